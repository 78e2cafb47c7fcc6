//! What folders have in common that hold studies beneath their results: waves of a calibration, both parts of a sensitivity.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::manifest::{HeldFolder, MANIFEST, Manifest, stays_inside};
use super::study::Together;
use super::{File, file};
use scenario::files;
use scenario::study::Portable;

/// A study and its scenarios as files that need nothing outside their folder, the study last.
pub fn portable_files(portable: &Portable) -> Vec<File> {
    let study = [file("study.ron", &*portable.study)];
    portable.scenarios.iter().map(|(name, text)| file(name, &**text)).chain(study).collect()
}

/// The table that a study takes its draws from, if it does.
pub fn table_of(portable: &Portable) -> Result<Option<File>, String> {
    let Some((from, name)) = &portable.table else { return Ok(None) };
    let bytes = files::read(from);
    let bytes = bytes.map_err(|error| files::unread(from, &error))?;
    Ok(Some(file(name, bytes)))
}

/// Writes results beside the stages of a study, all or none: these files, its own files, and the manifest, which lists the stages too.
pub(super) fn write(
    folder: &Path,
    portable: &Portable,
    mut files: Vec<File>,
    manifest: Manifest,
) -> Result<(), String> {
    files.extend(portable_files(portable));
    let mut together = Together::new(folder);
    together.put(&files)?;
    together.finish_with(manifest, &listed(folder)?)
}

/// Names of the files of the stages beneath a folder, at whatever depth. What else lies there is somebody's own and no result.
fn listed(folder: &Path) -> Result<BTreeSet<String>, String> {
    let mut names = BTreeSet::new();
    below(folder, "", &mut names)?;
    Ok(names)
}

fn below(folder: &Path, before: &str, names: &mut BTreeSet<String>) -> Result<(), String> {
    let say = |error: std::io::Error| files::unread(folder, &error);
    for entry in fs::read_dir(folder).map_err(say)? {
        let entry = entry.map_err(say)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if !entry.file_type().map_err(say)?.is_dir() || !stays_inside(&name) {
            continue;
        }
        let (path, name) = (entry.path(), format!("{before}{name}/"));
        // A case of a calibration has its readings in such a folder, and no study file: the catalogue beside the results says what it is.
        if path.join("study.ron").is_file() || path.join("runs.parquet").is_file() {
            names.extend(of_stage(&path).into_iter().map(|file| format!("{name}{file}")));
        }
        below(&path, &name, names)?;
    }
    Ok(())
}

/// Names of the files of a stage.
fn of_stage(stage: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        ["study.ron", "points.csv", "runs.parquet", "failures.csv"].map(str::to_owned).into();
    for (folder, end) in [("scenarios", "ron"), ("former", "parquet")] {
        for entry in fs::read_dir(stage.join(folder)).into_iter().flatten().flatten() {
            if entry.path().extension().is_some_and(|found| found == end) {
                names.push(format!("{folder}/{}", entry.file_name().to_string_lossy()));
            }
        }
    }
    // A stage that was made as a study of its own has results of its own.
    if let Some(held) = HeldFolder::in_folder(stage) {
        names.push(MANIFEST.to_owned());
        names.extend(held.files);
    }
    names.retain(|name| stays_inside(name) && stage.join(name).is_file());
    names
}
