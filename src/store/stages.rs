//! What folders have in common that hold studies beneath their results: waves of a calibration, both parts of a sensitivity.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::{Map, Value, json};

use super::File;
use crate::scenario::Study;

/// The study and its scenarios, as they need nothing outside the folder.
pub fn whole_study(study: &Study) -> Vec<File> {
    let portable = study.portable();
    let text = |(name, text): (String, String)| File { name, bytes: text.into_bytes() };
    let mut files = vec![text(("study.ron".to_owned(), portable.study))];
    files.extend(portable.scenarios.into_iter().map(text));
    files
}

/// Size and hash of these files and of everything in the folders of stages beside them, as they lie on disk.
///
/// # Errors
/// If one cannot be read.
pub fn listed(folder: &Path, files: &[File]) -> Result<Value, String> {
    let mut names: BTreeMap<String, ()> =
        files.iter().map(|file| (file.name.clone(), ())).collect();
    below(folder, "", false, &mut names)?;
    let mut listed = Map::new();
    for name in names.into_keys() {
        let path = folder.join(&name);
        let bytes =
            fs::read(&path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
        let hash = blake3::hash(&bytes).to_hex().to_string();
        listed.insert(name, json!({ "bytes": bytes.len(), "blake3": hash }));
    }
    Ok(Value::Object(listed))
}

/// Files of a folder that holds a study, and those below it; at the top only what is a stage counts.
fn below(
    folder: &Path,
    before: &str,
    in_stage: bool,
    names: &mut BTreeMap<String, ()>,
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
            names.insert(name, ());
        }
    }
    Ok(())
}
