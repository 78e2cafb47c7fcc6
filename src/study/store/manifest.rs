//! The manifest: what was run, and the fingerprint of every file.

use std::path::Path;
use std::{fs, io};

use serde_json::{Map, Value, json};

use super::{File, Study, draws};
use model::MODEL_VERSION;

/// Fingerprint of what determines the results, but for the number of replications: model, seed, scenario.
///
/// Name and title of the scenario are left out: they change no number.
#[must_use]
pub fn input_fingerprint(study: &Study) -> String {
    fingerprint(&study.resolved.json, study.seed)
}

/// The same for a scenario given as JSON.
#[must_use]
pub fn fingerprint(json: &str, seed: u64) -> String {
    let mut scenario: Value = serde_json::from_str(json).unwrap_or_default();
    if let Some(fields) = scenario.as_object_mut() {
        fields.remove("name");
        fields.remove("title");
    }
    let input = format!("crackdown model {MODEL_VERSION}\nseed {seed}\n{scenario}");
    blake3::hash(input.as_bytes()).to_hex().to_string()
}

/// The same for a scenario under a draw of parameters, which has luck of its own. The first draw has the luck of a scenario without draws.
#[must_use]
pub fn drawn_fingerprint(json: &str, seed: u64, draw: u32) -> String {
    let plain = fingerprint(json, seed);
    if draw == 0 {
        return plain;
    }
    blake3::hash(format!("crackdown draw {draw}\n{plain}").as_bytes()).to_hex().to_string()
}

/// `manifest.json`, for the files that precede it.
pub fn manifest(study: &Study, replications: usize, files: &[File]) -> Vec<u8> {
    let scenario = &study.resolved.scenario;
    let version = env!("CARGO_PKG_VERSION");
    let seed = study.seed;
    let drawn = study.draws.map(|(draws, _)| draws);
    let repeat = format!(
        "crackdown run scenario.ron --seed {seed} --replications {replications}{} --out repeated",
        draws::options(drawn)
    );
    let mut manifest = json!({
        "program": "crackdown",
        "version": version,
        "scenario": scenario.name,
        "title": scenario.title,
        "seed": seed,
        "replications": replications,
        "people_per_agent": scenario.people_per_agent,
        "sets": study.sets,
        "model_version": MODEL_VERSION,
        "input_blake3": input_fingerprint(study),
        "repeat": repeat,
        "files": fingerprints(files),
    });
    if let Some(drawn) = drawn {
        manifest["draws"] = draws::in_manifest(drawn);
    }
    let mut text = serde_json::to_string_pretty(&manifest).expect("plain values");
    text.push('\n');
    text.into_bytes()
}

/// Size and hash of every file, by name.
pub fn fingerprints(files: &[File]) -> Value {
    let mut all = Map::new();
    for file in files {
        let hash = blake3::hash(&file.bytes).to_hex().to_string();
        all.insert(file.name.clone(), json!({ "bytes": file.bytes.len(), "blake3": hash }));
    }
    Value::Object(all)
}

/// Size and BLAKE3 hash of a file on disk, read piece by piece: runs may be more than memory holds.
pub fn hashed(path: &Path) -> io::Result<(u64, String)> {
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(fs::File::open(path)?)?;
    Ok((hasher.count(), hasher.finalize().to_hex().to_string()))
}

/// The same as [`fingerprints`] for files that lie in a folder.
pub fn fingerprints_on_disk<'a>(
    folder: &Path,
    names: impl IntoIterator<Item = &'a String>,
) -> Result<Value, String> {
    let mut all = Map::new();
    for name in names {
        let path = folder.join(name);
        let (bytes, hash) =
            hashed(&path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
        all.insert(name.clone(), json!({ "bytes": bytes, "blake3": hash }));
    }
    Ok(Value::Object(all))
}

/// Names of the files that a manifest of this program lists; `None` if the text is no such manifest.
pub fn files(text: &str) -> Option<Vec<String>> {
    let value: Value = serde_json::from_str(text).ok()?;
    let files = value["files"].as_object().map(|files| files.keys().cloned().collect());
    (value["program"] == "crackdown").then(|| files.unwrap_or_default())
}
