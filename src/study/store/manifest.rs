//! The manifest: what was run, and size and hash of every file. One type for all kinds of results, written and read here.
//!
//! A manifest comes from anywhere, so reading it believes nothing: names must stay inside the folder, sizes and hashes must be there.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read};
use std::path::{Component, Path};

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::command::Command;
use super::{File, RunResults, file};
use crate::comparison::{ComparisonDraws, Setting};
use model::MODEL_VERSION;
use scenario::files;
use world::text::{printable, unprintable};

/// Fingerprint of what determines the results, but for the number of replications: model, seed, scenario.
///
/// Name and title of the scenario are left out: they change no number.
pub fn input_fingerprint(study: &RunResults) -> String {
    fingerprint(&study.resolved.json, study.seed)
}

/// The same for a scenario given as JSON.
pub fn fingerprint(json: &str, seed: u64) -> String {
    let mut scenario: Value = serde_json::from_str(json).unwrap_or_default();
    if let Some(fields) = scenario.as_object_mut() {
        fields.remove("name");
        fields.remove("title");
    }
    let input = format!("crackdown model {MODEL_VERSION}\nseed {seed}\n{scenario}");
    blake3::hash(input.as_bytes()).to_hex().to_string()
}

/// Name of the manifest.
pub const MANIFEST: &str = "manifest.json";
/// A manifest is not larger than this; a study's names a handful of files. Unit: bytes. Source: judgement.
pub(super) const MOST_BYTES: u64 = 1 << 26;

/// Kinds of results: name in a manifest, the command that makes them, and what they are.
macro_rules! kinds {
    ($($kind:ident: $name:literal by $command:literal, $about:literal;)*) => {
        /// What kind of results a folder holds.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum ResultKind {
            $(#[doc = concat!("Of `crackdown ", $command, "`.")] $kind,)*
            /// Of a later version of the program.
            Unknown(String),
        }

        impl ResultKind {
            fn of(name: Option<&str>) -> ResultKind {
                match name {
                    None => ResultKind::Run,
                    $(Some($name) => ResultKind::$kind,)*
                    Some(other) => ResultKind::Unknown(other.to_owned()),
                }
            }

            /// Name in a manifest.
            pub fn name(&self) -> &str {
                match self {
                    $(ResultKind::$kind => $name,)*
                    ResultKind::Unknown(name) => name,
                }
            }

            /// The command that makes such results, where this program has one.
            pub fn command(&self) -> Option<&'static str> {
                match self {
                    $(ResultKind::$kind => Some($command),)*
                    ResultKind::Unknown(_) => None,
                }
            }

            /// What they are, and the command that makes them.
            pub fn about(&self) -> &str {
                match self {
                    $(ResultKind::$kind => concat!($about, " (`crackdown ", $command, "`)"),)*
                    ResultKind::Unknown(name) => name,
                }
            }
        }
    };
}

kinds! {
    Run: "run" by "run", "one scenario";
    Comparison: "comparison" by "compare", "a comparison of policies with a baseline";
    Attribution: "attribution" by "attribute", "an effect divided into its parts";
    Dose: "dose" by "dose", "dose and response of policies";
    Forecast: "forecast" by "forecast", "the agency's figures of years to come";
    Update: "update" by "update", "a posterior weighed by new figures";
    Study: "study" by "sweep", "a study";
    Calibration: "calibration" by "calibrate", "parameters that agree with what was published";
    Sensitivity: "sensitivity" by "sensitivity", "what the answers of a study depend on";
    Optimum: "optimum" by "optimise", "the best mix of levers";
    Reach: "reach" by "reach", "what it takes";
    Validation: "validation" by "validate", "cases from elsewhere repeated in the model";
    Discovery: "discovery" by "discover", "where policies fail, and what finding out is worth";
}

impl ResultKind {
    /// A folder of it, in words.
    pub fn in_words(&self) -> String {
        let article = if self.name().starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
        format!("{article} {}", printable(self.name()))
    }
}

/// What a folder of results says of itself.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct Manifest {
    /// What kind of results it is about.
    pub kind: ResultKind,
    /// Version of the program that wrote it.
    pub version: String,
    /// Version of the model.
    pub model_version: Option<u64>,
    /// Seed.
    pub seed: Option<u64>,
    /// Number of replications.
    pub replications: Option<u32>,
    /// Title, where there is one.
    pub title: Option<String>,
    /// The command that makes the results again, from inside the folder.
    pub repeat: Option<String>,
    /// The files.
    pub files: BTreeMap<String, Listed>,
    /// What only results of this kind say.
    pub more: Map<String, Value>,
    /// BLAKE3 hash of the manifest as it was read: stands for everything it lists. Empty in one that is being made.
    pub hash: String,
}

/// Makes and writes.
impl Manifest {
    /// A manifest of this program without files; `replications` is of each draw in a study, of everything elsewhere.
    pub fn new(kind: ResultKind, seed: u64, replications: u32, repeat: Command) -> Manifest {
        Manifest {
            kind,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            model_version: Some(u64::from(MODEL_VERSION)),
            seed: Some(seed),
            replications: Some(replications),
            title: None,
            repeat: Some(repeat.repeated().to_string()),
            files: BTreeMap::new(),
            more: Map::new(),
            hash: String::new(),
        }
    }

    /// A manifest of what was made in a setting.
    pub fn of(kind: ResultKind, setting: &Setting, repeat: Command) -> Manifest {
        Manifest::new(kind, setting.seed, setting.replications, repeat)
            .made_by(&setting.version, setting.model_version)
            .says("people_per_agent", setting.people_per_agent)
    }

    /// As the versions say that made the results.
    pub fn made_by(mut self, version: &str, model_version: u32) -> Manifest {
        self.version = version.to_owned();
        self.model_version = Some(u64::from(model_version));
        self
    }

    /// With a title.
    pub fn title(mut self, title: &str) -> Manifest {
        self.title = Some(title.to_owned());
        self
    }

    /// With something that only results of this kind say.
    pub fn says(mut self, name: &str, value: impl Serialize) -> Manifest {
        let value = serde_json::to_value(value).expect("plain values");
        self.more.insert(name.to_owned(), value);
        self
    }

    /// With what is known of draws of parameters, if there are any.
    pub fn draws(self, draws: Option<&ComparisonDraws>) -> Manifest {
        let Some(draws) = draws else { return self };
        let told = json!({
            "file": draws.file,
            "blake3": draws.blake3,
            "number": draws.number,
            "replications": draws.replications,
        });
        self.says("draws", told)
    }

    /// With these files.
    pub fn lists(mut self, files: &[File]) -> Manifest {
        self.files =
            files.iter().map(|file| (file.name.clone(), Listed::of(&file.bytes))).collect();
        self
    }

    /// With files that lie in a folder.
    pub fn lists_on_disk(
        mut self,
        folder: &Path,
        names: &BTreeSet<String>,
    ) -> Result<Manifest, String> {
        for name in names {
            let path = folder.join(name);
            let listed = Listed::on_disk(&path).map_err(|error| files::unread(&path, &error))?;
            self.files.insert(name.clone(), listed);
        }
        Ok(self)
    }

    /// The file.
    pub fn file(&self) -> File {
        let mut all = self.more.clone();
        let kind = (self.kind != ResultKind::Run).then(|| self.kind.name());
        let named = [
            ("program", json!(PROGRAM)),
            ("kind", json!(kind)),
            ("version", json!(self.version)),
            ("model_version", json!(self.model_version)),
            ("seed", json!(self.seed)),
            ("replications", json!(self.replications)),
            ("title", json!(self.title)),
            ("repeat", json!(self.repeat)),
            ("files", json!(self.files)),
        ];
        for (name, value) in named.into_iter().filter(|(_, value)| !value.is_null()) {
            all.insert(name.to_owned(), value);
        }
        let text = serde_json::to_string_pretty(&all).expect("plain values") + "\n";
        file(MANIFEST, text)
    }
}

/// Reads.
impl Manifest {
    /// Reads the manifest of a folder.
    pub fn read(folder: &Path) -> Result<Manifest, String> {
        let path = folder.join(MANIFEST);
        let none = |why: String| {
            format!("{}: {why}; {} is no result folder", path.display(), folder.display())
        };
        let found = path.symlink_metadata().map_err(|error| none(error.to_string()))?;
        if !found.is_file() {
            return Err(none("is no ordinary file".to_owned()));
        }
        let file = files::open(&path).map_err(|error| none(error.to_string()))?;
        let mut bytes = Vec::new();
        file.take(MOST_BYTES + 1)
            .read_to_end(&mut bytes)
            .map_err(|error| none(error.to_string()))?;
        Manifest::parse(&bytes).map_err(none)
    }

    /// Reads a manifest.
    pub fn parse(bytes: &[u8]) -> Result<Manifest, String> {
        if bytes.len() as u64 > MOST_BYTES {
            return Err("is larger than any manifest".to_owned());
        }
        let value: Value =
            serde_json::from_slice(bytes).map_err(|error| format!("is no manifest: {error}"))?;
        let mut more = match value {
            Value::Object(all) => all,
            _ => Map::new(),
        };
        let mut take = |name: &str| more.remove(name).unwrap_or_default();
        if take("program") != PROGRAM {
            return Err("is no manifest of crackdown".to_owned());
        }
        let text = |value: Value| value.as_str().map(|text| printable(text).into_owned());
        Ok(Manifest {
            kind: ResultKind::of(text(take("kind")).as_deref()),
            version: text(take("version")).unwrap_or_else(|| "unknown".to_owned()),
            model_version: take("model_version").as_u64(),
            seed: take("seed").as_u64(),
            replications: take("replications").as_u64().and_then(|n| u32::try_from(n).ok()),
            title: text(take("title")),
            repeat: text(take("repeat")),
            files: listed(&take("files"))?,
            hash: blake3::hash(bytes).to_hex().to_string(),
            more,
        })
    }

    /// Fingerprints of what determines the runs, by the file of the scenario.
    pub fn inputs(&self) -> BTreeMap<String, String> {
        let text = |value: &Value| printable(value.as_str().unwrap_or("no text")).into_owned();
        match self.more.get("input_blake3") {
            Some(Value::String(fingerprint)) => {
                BTreeMap::from([(SCENARIO.to_owned(), fingerprint.clone())])
            }
            Some(Value::Object(all)) => {
                all.iter().map(|(name, value)| (scenario_file(name), text(value))).collect()
            }
            _ => BTreeMap::new(),
        }
    }

    /// Complete scenarios in the order of the command, as files.
    pub fn scenarios(&self) -> Vec<String> {
        if self.kind == ResultKind::Run {
            return vec![SCENARIO.to_owned()];
        }
        self.names().iter().map(|name| scenario_file(name)).collect()
    }

    /// Names of the scenarios that were compared, the baseline first.
    pub fn names(&self) -> Vec<String> {
        self.texts("baseline").into_iter().chain(self.texts("policies")).collect()
    }

    /// What was set from the command line.
    pub fn sets(&self) -> Vec<String> {
        self.texts("sets")
    }

    /// Replications of each draw, where runs are spread over draws of parameters.
    pub fn per_draw(&self) -> Option<u32> {
        self.more.get("draws")?["replications"].as_u64().and_then(|n| u32::try_from(n).ok())
    }

    /// A text or several.
    fn texts(&self, name: &str) -> Vec<String> {
        let text = |value: &Value| value.as_str().map(|text| printable(text).into_owned());
        match self.more.get(name) {
            Some(Value::Array(all)) => all.iter().filter_map(text).collect(),
            Some(value) => text(value).into_iter().collect(),
            None => Vec::new(),
        }
    }

    /// Files that one of two manifests lists otherwise than the other, or alone.
    pub fn differing<'a>(&'a self, other: &'a Manifest) -> BTreeSet<&'a String> {
        let names = self.files.keys().chain(other.files.keys());
        names.filter(|name| self.files.get(*name) != other.files.get(*name)).collect()
    }

    /// Size of all files together. Unit: bytes.
    pub fn bytes(&self) -> u64 {
        self.files.values().fold(0, |sum, file| sum.saturating_add(file.bytes))
    }
}

/// What the manifests of this program say.
const PROGRAM: &str = "crackdown";

/// The complete scenario of `crackdown run`.
pub(super) const SCENARIO: &str = "scenario.ron";

/// File of the complete scenario of this name, where there are several.
pub fn scenario_file(name: &str) -> String {
    format!("scenarios/{name}.ron")
}

/// Size and hash of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Listed {
    /// BLAKE3 hash of its content.
    pub blake3: String,
    /// Size.
    pub bytes: u64,
}

impl Listed {
    /// Of a file in memory.
    pub fn of(bytes: &[u8]) -> Listed {
        let hash = blake3::hash(bytes).to_hex().to_string();
        Listed { bytes: bytes.len() as u64, blake3: hash }
    }

    /// Of a file on disk, read piece by piece: runs may be more than memory holds.
    pub fn on_disk(path: &Path) -> io::Result<Listed> {
        let mut hasher = blake3::Hasher::new();
        hasher.update_reader(files::open(path)?)?;
        Ok(Listed { bytes: hasher.count(), blake3: hasher.finalize().to_hex().to_string() })
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
        && !name.contains('\\')
        && !name.contains(unprintable)
}

/// What a folder of results says that it holds, however much of its manifest later versions understand.
#[derive(Clone, Debug)]
pub(super) struct HeldFolder {
    /// Kind of results.
    pub kind: ResultKind,
    /// Name of the study, where there is one.
    pub study: Option<String>,
    /// Names of its files.
    pub files: Vec<String>,
}

impl HeldFolder {
    /// What the manifest in a folder says; `None` if there is none of this program.
    pub fn in_folder(folder: &Path) -> Option<HeldFolder> {
        let bytes = scenario::files::whole(&folder.join(MANIFEST), MOST_BYTES).ok()?;
        let value: Value = serde_json::from_slice(&bytes).ok()?;
        let files = value["files"].as_object().map(|files| files.keys().cloned().collect());
        (value["program"] == PROGRAM).then(|| HeldFolder {
            kind: ResultKind::of(value["kind"].as_str()),
            study: value["study"].as_str().map(|name| printable(name).into_owned()),
            files: files.unwrap_or_default(),
        })
    }
}
