//! What folders have in common that hold studies beneath their results: waves of a calibration, both parts of a sensitivity.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::manifest::{Held, MANIFEST, stays_inside};
use super::{File, file};
use scenario::study::Portable;

/// A study and its scenarios as files that need nothing outside their folder, the study last.
pub fn portable_files(portable: &Portable) -> Vec<File> {
    let mut files: Vec<File> = portable
        .scenarios
        .iter()
        .map(|(name, text)| file(name, text.clone().into_bytes()))
        .collect();
    files.push(file("study.ron", portable.study.clone().into_bytes()));
    files
}

/// Names of the files of the stages beneath a folder. What else lies there is somebody's own and no result.
///
/// # Errors
/// If the folder cannot be read.
pub fn listed(folder: &Path) -> Result<BTreeSet<String>, String> {
    let say = |error: std::io::Error| format!("cannot read {}: {error}", folder.display());
    let mut names = BTreeSet::new();
    for entry in fs::read_dir(folder).map_err(say)? {
        let entry = entry.map_err(say)?;
        let path = entry.path();
        if !path.join("study.ron").is_file() {
            continue;
        }
        let stage = entry.file_name().to_string_lossy().into_owned();
        if !stays_inside(&stage) {
            continue;
        }
        let mut inside: Vec<String> =
            ["study.ron", "points.csv", "runs.parquet", "failures.csv"].map(str::to_owned).into();
        for (folder, end) in [("scenarios", "ron"), ("former", "parquet")] {
            for entry in fs::read_dir(path.join(folder)).into_iter().flatten().flatten() {
                if entry.path().extension().is_some_and(|found| found == end) {
                    inside.push(format!("{folder}/{}", entry.file_name().to_string_lossy()));
                }
            }
        }
        // A stage that was made as a study of its own has results of its own.
        if let Some(held) = Held::in_folder(&path) {
            inside.push(MANIFEST.to_owned());
            inside.extend(held.files);
        }
        let there =
            inside.into_iter().filter(|name| stays_inside(name) && path.join(name).is_file());
        names.extend(there.map(|name| format!("{stage}/{name}")));
    }
    Ok(names)
}
