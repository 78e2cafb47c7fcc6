//! What a result folder says about itself, and whether its files are those that its manifest lists.
//!
//! In reading order: [`Manifest`] (what was written; `super::manifest`), [`differences`] (whether it is still there), `pick` (which runs are made again),
//! `rows` (whether a run that was made again stands in the tables). A folder may come from anywhere: nothing in it is
//! believed, links are not followed, and only ordinary files are opened.
//!
//! Deliberately absent: simulation, printing.

mod pick;
mod rows;

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::Path;

pub use super::manifest::{Kind, Listed, MANIFEST, Manifest, scenario_file};
pub use pick::pick;
pub use rows::rows_that_differ;
use world::text::printable;

/// Folders of a study that no manifest lists: what shards are writing, runs that an edited study no longer has, scripts for
/// engines.
const BESIDE: [&str; 3] = ["unmerged/", "former/", "submit/"];

/// How a folder differs from what its manifest lists.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FileDifference {
    /// A file is not there.
    Missing(String),
    /// A file has another content.
    Changed(String),
    /// A file is there that the manifest does not list.
    Added(String),
    /// A link, pipe or folder stands where a file should, or where nothing should.
    NoFile(String),
    /// A file or folder cannot be read.
    Unreadable(String, String),
}

impl fmt::Display for FileDifference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            FileDifference::Missing(name) => format!("missing: {name}"),
            FileDifference::Changed(name) => format!("changed: {name}"),
            FileDifference::Added(name) => format!("added:   {name}"),
            FileDifference::NoFile(name) => format!("no file: {name} is a link, pipe or folder"),
            FileDifference::Unreadable(name, why) => format!("cannot be read: {name}: {why}"),
        };
        f.write_str(&printable(&text))
    }
}

/// All differences between a folder and its manifest, by name of the file.
pub fn differences(folder: &Path, manifest: &Manifest) -> Vec<FileDifference> {
    let mut found = Vec::new();
    let mut there = BTreeMap::new();
    walk(folder, "", &mut there, &mut found);
    if manifest.kind == Kind::Study {
        there.retain(|name, _| !BESIDE.iter().any(|folder| name.starts_with(folder)));
    }
    there.remove(MANIFEST);
    for (name, listed) in &manifest.files {
        match there.remove(name) {
            None => found.push(FileDifference::Missing(name.clone())),
            Some(false) => found.push(FileDifference::NoFile(name.clone())),
            Some(true) => match Listed::on_disk(&folder.join(name)) {
                Ok(is) if is == *listed => {}
                Ok(_) => found.push(FileDifference::Changed(name.clone())),
                Err(error) => {
                    found.push(FileDifference::Unreadable(name.clone(), error.to_string()))
                }
            },
        }
    }
    let rest = there.into_iter().map(|(name, is_file)| match is_file {
        true => FileDifference::Added(name),
        false => FileDifference::NoFile(name),
    });
    found.extend(rest);
    found.sort();
    found
}

/// Everything below a folder but folders: name, and whether it is an ordinary file. Links are not followed.
fn walk(
    folder: &Path,
    prefix: &str,
    there: &mut BTreeMap<String, bool>,
    found: &mut Vec<FileDifference>,
) {
    let mut unreadable = |name: String, error: std::io::Error| {
        found.push(FileDifference::Unreadable(name, error.to_string()));
    };
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => return unreadable(format!("{prefix}."), error),
    };
    let mut below = Vec::new();
    for entry in entries {
        let entry = match entry.and_then(|entry| Ok((entry.file_type()?, entry))) {
            Ok(entry) => entry,
            Err(error) => return unreadable(format!("{prefix}."), error),
        };
        let name = format!("{prefix}{}", entry.1.file_name().to_string_lossy());
        if entry.0.is_dir() {
            below.push((entry.1.path(), format!("{name}/")));
        } else {
            there.insert(name, entry.0.is_file());
        }
    }
    for (path, prefix) in below {
        walk(&path, &prefix, there, found);
    }
}

#[cfg(test)]
mod tests;
