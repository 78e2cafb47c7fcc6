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

pub use super::manifest::{Listed, MANIFEST, Manifest, ResultKind, scenario_file};
pub use pick::pick;
pub use rows::rows_that_differ;
use world::text::printable;

/// Folders of a study that no manifest lists: what shards are writing, runs that an edited study no longer has, scripts for
/// engines.
const BESIDE: [&str; 3] = ["unmerged/", "former/", "submit/"];

/// How a file or folder differs from what a manifest lists, in the order in which that is told.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// It is not there.
    Missing,
    /// It has another content.
    Changed,
    /// It is there and the manifest does not list it.
    Added,
    /// A link, pipe or folder stands where a file should, or where nothing should.
    NoFile,
    /// It cannot be read, and why.
    Unreadable(String),
}

/// A file or folder that is not as the manifest lists it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FileDifference {
    /// How it differs.
    pub way: Way,
    /// Its name in the folder.
    pub name: String,
}

impl fmt::Display for FileDifference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = &self.name;
        let text = match &self.way {
            Way::Missing => format!("missing: {name}"),
            Way::Changed => format!("changed: {name}"),
            Way::Added => format!("added:   {name}"),
            Way::NoFile => format!("no file: {name} is a link, pipe or folder"),
            Way::Unreadable(why) => format!("cannot be read: {name}: {why}"),
        };
        f.write_str(&printable(&text))
    }
}

/// All differences between a folder and its manifest.
pub fn differences(folder: &Path, manifest: &Manifest) -> Vec<FileDifference> {
    let mut found = Vec::new();
    let mut there = BTreeMap::new();
    walk(folder, "", &mut there, &mut found);
    if manifest.kind == ResultKind::Study {
        there.retain(|name, _| !BESIDE.iter().any(|folder| name.starts_with(folder)));
    }
    there.remove(MANIFEST);
    for (name, listed) in &manifest.files {
        let way = match there.remove(name) {
            None => Way::Missing,
            Some(false) => Way::NoFile,
            Some(true) => match Listed::on_disk(&folder.join(name)) {
                Ok(is) if is == *listed => continue,
                Ok(_) => Way::Changed,
                Err(error) => Way::Unreadable(error.to_string()),
            },
        };
        found.push(FileDifference { way, name: name.clone() });
    }
    let added = |is_file| if is_file { Way::Added } else { Way::NoFile };
    let rest = there.into_iter();
    found.extend(rest.map(|(name, is_file)| FileDifference { way: added(is_file), name }));
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
    let mut below = Vec::new();
    let mut read = || {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            let kind = entry.file_type()?;
            if kind.is_dir() {
                below.push((entry.path(), format!("{name}/")));
            } else {
                there.insert(name, kind.is_file());
            }
        }
        Ok::<_, std::io::Error>(())
    };
    if let Err(error) = read() {
        let way = Way::Unreadable(error.to_string());
        found.push(FileDifference { way, name: format!("{prefix}.") });
        return;
    }
    for (path, prefix) in below {
        walk(&path, &prefix, there, found);
    }
}

#[cfg(test)]
mod tests;
