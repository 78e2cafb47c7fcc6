//! What a result folder says about itself, and whether its files are those that its manifest lists.
//!
//! In reading order: [`Manifest`] (what was written), [`differences`] (whether it is still there), `pick` (which runs are made again),
//! `rows` (whether a run that was made again stands in the tables). A folder may come from anywhere: nothing in it is
//! believed, links are not followed, and only ordinary files are opened.
//!
//! Deliberately absent: simulation, printing.

mod pick;
mod rows;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::io::Read;
use std::path::{Component, Path};

use serde_json::Value;

pub use pick::pick;
pub use rows::rows_that_differ;

/// Name of the manifest.
pub const MANIFEST: &str = "manifest.json";
/// A manifest is not larger than this; a study's names a handful of files. Unit: bytes. Source: judgement.
pub(super) const MOST_BYTES: u64 = 1 << 26;
/// Folders of a study that no manifest lists: what shards are writing, runs that an edited study no longer has, scripts for
/// engines.
const BESIDE: [&str; 3] = ["unmerged/", "former/", "submit/"];

/// What kind of results a folder holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Of `crackdown run`.
    Run,
    /// Of `crackdown compare`.
    Comparison,
    /// Of `crackdown attribute`.
    Attribution,
    /// Of `crackdown dose`.
    Dose,
    /// Of `crackdown sweep`.
    Study,
    /// Of `crackdown calibrate`.
    Calibration,
    /// Of `crackdown sensitivity`.
    Sensitivity,
    /// Of `crackdown validate`.
    Validation,
    /// Of a later version of the program.
    Unknown(String),
}

impl Kind {
    fn of(name: Option<&str>) -> Kind {
        match name {
            None | Some("run") => Kind::Run,
            Some("comparison") => Kind::Comparison,
            Some("attribution") => Kind::Attribution,
            Some("dose") => Kind::Dose,
            Some("study") => Kind::Study,
            Some("calibration") => Kind::Calibration,
            Some("sensitivity") => Kind::Sensitivity,
            Some("validation") => Kind::Validation,
            Some(other) => Kind::Unknown(other.to_owned()),
        }
    }

    /// Name in a manifest.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Kind::Run => "run",
            Kind::Comparison => "comparison",
            Kind::Attribution => "attribution",
            Kind::Dose => "dose",
            Kind::Study => "study",
            Kind::Calibration => "calibration",
            Kind::Sensitivity => "sensitivity",
            Kind::Validation => "validation",
            Kind::Unknown(name) => name,
        }
    }
}

/// Size and hash of a file as the manifest lists them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Size.
    pub bytes: u64,
    /// BLAKE3 hash of its content.
    pub blake3: String,
}

/// What a manifest says.
#[derive(Clone, Debug, PartialEq)]
pub struct Manifest {
    /// What kind of results it is about.
    pub kind: Kind,
    /// Version of the program that wrote it.
    pub version: String,
    /// Version of the model.
    pub model_version: Option<u64>,
    /// Seed.
    pub seed: Option<u64>,
    /// Number of replications.
    pub replications: Option<u32>,
    /// Fingerprints of what determines the runs, by the file of the scenario.
    pub inputs: BTreeMap<String, String>,
    /// Complete scenarios in the order of the command, as files.
    pub scenarios: Vec<String>,
    /// Title, where there is one.
    pub title: Option<String>,
    /// What was set from the command line.
    pub sets: Vec<String>,
    /// Replications of each draw, where runs are spread over draws of parameters.
    pub per_draw: Option<u32>,
    /// The command that makes the results again, from inside the folder.
    pub repeat: Option<String>,
    /// The files.
    pub files: BTreeMap<String, Listed>,
    /// BLAKE3 hash of the manifest itself: stands for everything it lists.
    pub hash: String,
}

impl Manifest {
    /// Files that one of two manifests lists otherwise than the other, or alone.
    #[must_use]
    pub fn differing<'a>(&'a self, other: &'a Manifest) -> BTreeSet<&'a String> {
        let names = self.files.keys().chain(other.files.keys());
        names.filter(|name| self.files.get(*name) != other.files.get(*name)).collect()
    }

    /// Reads the manifest of a folder.
    ///
    /// # Errors
    /// If there is none, or it is none of this program.
    pub fn read(folder: &Path) -> Result<Manifest, String> {
        let path = folder.join(MANIFEST);
        let none = |why: String| {
            format!("{}: {why}; {} is no result folder", path.display(), folder.display())
        };
        let found = path.symlink_metadata().map_err(|error| none(error.to_string()))?;
        if !found.is_file() {
            return Err(none("is no ordinary file".to_owned()));
        }
        let file = fs::File::open(&path).map_err(|error| none(error.to_string()))?;
        let mut bytes = Vec::new();
        file.take(MOST_BYTES + 1)
            .read_to_end(&mut bytes)
            .map_err(|error| none(error.to_string()))?;
        Manifest::parse(&bytes).map_err(none)
    }

    /// Reads a manifest.
    ///
    /// # Errors
    /// If it is none of this program.
    pub fn parse(bytes: &[u8]) -> Result<Manifest, String> {
        if bytes.len() as u64 > MOST_BYTES {
            return Err("is larger than any manifest".to_owned());
        }
        let value: Value =
            serde_json::from_slice(bytes).map_err(|error| format!("is no manifest: {error}"))?;
        if value["program"] != "crackdown" {
            return Err("is no manifest of crackdown".to_owned());
        }
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let kind = Kind::of(value["kind"].as_str());
        let mut manifest = Manifest {
            version: text(&value["version"]).unwrap_or_else(|| "unknown".to_owned()),
            model_version: value["model_version"].as_u64(),
            seed: value["seed"].as_u64(),
            replications: value["replications"].as_u64().and_then(|n| u32::try_from(n).ok()),
            inputs: BTreeMap::new(),
            scenarios: Vec::new(),
            title: text(&value["title"]),
            sets: value["sets"].as_array().into_iter().flatten().filter_map(text).collect(),
            per_draw: value["draws"]["replications"].as_u64().and_then(|n| u32::try_from(n).ok()),
            repeat: text(&value["repeat"]),
            files: listed(&value["files"])?,
            hash: blake3::hash(bytes).to_hex().to_string(),
            kind,
        };
        manifest.inputs = inputs(&value["input_blake3"]);
        let first = text(&value["baseline"]).into_iter();
        let others = value["policies"].as_array().into_iter().flatten().filter_map(text);
        manifest.scenarios = match manifest.kind {
            Kind::Run => vec![SCENARIO.to_owned()],
            _ => first.chain(others).map(|name| scenario_file(&name)).collect(),
        };
        Ok(manifest)
    }

    /// Size of all files together. Unit: bytes.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.files.values().fold(0, |sum, file| sum.saturating_add(file.bytes))
    }
}

/// The complete scenario of `crackdown run`.
const SCENARIO: &str = "scenario.ron";

/// File of the complete scenario of this name, where there are several.
#[must_use]
pub fn scenario_file(name: &str) -> String {
    format!("scenarios/{name}.ron")
}

fn inputs(value: &Value) -> BTreeMap<String, String> {
    let text = |value: &Value| value.as_str().unwrap_or("no text").to_owned();
    match value {
        Value::String(fingerprint) => BTreeMap::from([(SCENARIO.to_owned(), fingerprint.clone())]),
        Value::Object(all) => {
            all.iter().map(|(name, value)| (scenario_file(name), text(value))).collect()
        }
        _ => BTreeMap::new(),
    }
}

fn listed(value: &Value) -> Result<BTreeMap<String, Listed>, String> {
    let files = value.as_object().filter(|files| !files.is_empty()).ok_or("lists no files")?;
    let mut all = BTreeMap::new();
    for (name, about) in files {
        if !stays_inside(name) {
            return Err(format!(
                "lists `{}`, which is no place inside the folder",
                name.escape_debug()
            ));
        }
        let bytes = about["bytes"].as_u64();
        let hash = about["blake3"].as_str().and_then(|text| blake3::Hash::from_hex(text).ok());
        let (Some(bytes), Some(hash)) = (bytes, hash) else {
            return Err(format!("lists `{}` without size and hash", name.escape_debug()));
        };
        all.insert(name.clone(), Listed { bytes, blake3: hash.to_hex().to_string() });
    }
    Ok(all)
}

/// Whether a name leads to a place inside the folder, and is written as the program writes it.
pub(super) fn stays_inside(name: &str) -> bool {
    let plain = |part: &str| !part.is_empty() && part != "." && part != "..";
    let normal = |part: Component| matches!(part, Component::Normal(_));
    name.split('/').all(plain)
        && Path::new(name).components().all(normal)
        && !name.contains(['\\', '\0'])
}

/// How a folder differs from what its manifest lists.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Difference {
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

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Difference::Missing(name) => write!(f, "missing: {name}"),
            Difference::Changed(name) => write!(f, "changed: {name}"),
            Difference::Added(name) => write!(f, "added:   {name}"),
            Difference::NoFile(name) => write!(f, "no file: {name} is a link, pipe or folder"),
            Difference::Unreadable(name, why) => write!(f, "cannot be read: {name}: {why}"),
        }
    }
}

/// All differences between a folder and its manifest, by name of the file.
#[must_use]
pub fn differences(folder: &Path, manifest: &Manifest) -> Vec<Difference> {
    let mut found = Vec::new();
    let mut there = BTreeMap::new();
    walk(folder, "", &mut there, &mut found);
    if manifest.kind == Kind::Study {
        there.retain(|name, _| !BESIDE.iter().any(|folder| name.starts_with(folder)));
    }
    there.remove(MANIFEST);
    for (name, listed) in &manifest.files {
        match there.remove(name) {
            None => found.push(Difference::Missing(name.clone())),
            Some(false) => found.push(Difference::NoFile(name.clone())),
            Some(true) => match hash(&folder.join(name)) {
                Ok(is) if is == *listed => {}
                Ok(_) => found.push(Difference::Changed(name.clone())),
                Err(error) => found.push(Difference::Unreadable(name.clone(), error.to_string())),
            },
        }
    }
    let rest = there.into_iter().map(|(name, is_file)| match is_file {
        true => Difference::Added(name),
        false => Difference::NoFile(name),
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
    found: &mut Vec<Difference>,
) {
    let mut unreadable = |name: String, error: std::io::Error| {
        found.push(Difference::Unreadable(name, error.to_string()));
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

fn hash(path: &Path) -> std::io::Result<Listed> {
    let (bytes, blake3) = super::manifest::hashed(path)?;
    Ok(Listed { bytes, blake3 })
}

#[cfg(test)]
mod tests;
