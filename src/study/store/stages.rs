//! What folders have in common that hold studies beneath their results: waves of a calibration, both parts of a sensitivity.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

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

/// Names of these files and of everything in the folders of stages beside them.
///
/// # Errors
/// If the folder cannot be read.
pub fn listed(folder: &Path, files: &[File]) -> Result<BTreeSet<String>, String> {
    let mut names: BTreeSet<String> = files.iter().map(|file| file.name.clone()).collect();
    below(folder, "", false, &mut names)?;
    Ok(names)
}

/// Files of a folder that holds a study, and those below it; at the top only what is a stage counts.
fn below(
    folder: &Path,
    before: &str,
    in_stage: bool,
    names: &mut BTreeSet<String>,
) -> Result<(), String> {
    let say = |error: std::io::Error| format!("cannot read {}: {error}", folder.display());
    for entry in fs::read_dir(folder).map_err(say)? {
        let entry = entry.map_err(say)?;
        let name = format!("{before}{}", entry.file_name().to_string_lossy());
        let path = entry.path();
        if path.is_dir() {
            let stage = in_stage || path.join("study.ron").exists();
            below(&path, &format!("{name}/"), stage, names)?;
        } else if in_stage {
            names.insert(name);
        }
    }
    Ok(())
}
