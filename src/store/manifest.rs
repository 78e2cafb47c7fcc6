//! The manifest: what was run, and the fingerprint of every file.

use serde_json::{Map, Value, json};

use super::{File, Study};
use crate::model::MODEL_VERSION;

/// Fingerprint of what determines the results, but for the number of replications: model, seed, scenario.
#[must_use]
pub fn input_fingerprint(study: &Study) -> String {
    let input =
        format!("crackdown model {MODEL_VERSION}\nseed {}\n{}", study.seed, study.resolved.json);
    blake3::hash(input.as_bytes()).to_hex().to_string()
}

/// `manifest.json`, for the files that precede it.
pub fn manifest(study: &Study, replications: usize, files: &[File]) -> Vec<u8> {
    let scenario = &study.resolved.scenario;
    let version = env!("CARGO_PKG_VERSION");
    let seed = study.seed;
    let mut fingerprints = Map::new();
    for file in files {
        let hash = blake3::hash(&file.bytes).to_hex().to_string();
        fingerprints
            .insert(file.name.clone(), json!({ "bytes": file.bytes.len(), "blake3": hash }));
    }
    let repeat = format!(
        "crackdown run scenario.ron --seed {seed} --replications {replications} --out repeated"
    );
    let manifest = json!({
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
        "files": Value::Object(fingerprints),
    });
    let mut text = serde_json::to_string_pretty(&manifest).expect("plain values");
    text.push('\n');
    text.into_bytes()
}

/// Whether this is the text of a manifest of this program.
pub fn is_manifest(text: &str) -> bool {
    serde_json::from_str::<Value>(text).is_ok_and(|value| value["program"] == "crackdown")
}
