//! Whether the scenarios in the folder are complete and are those that were run.

use std::collections::BTreeMap;
use std::path::Path;

use super::VERSION;
use super::report::Check;
use scenario::{self, Resolved};
use study::store::fingerprint;
use study::store::verify::Manifest;

/// Scenarios by the name of their file.
pub type Scenarios = BTreeMap<String, Resolved>;

/// Reads all scenarios that the manifest lists and compares their fingerprints with those recorded.
pub fn check(folder: &Path, manifest: &Manifest) -> (Check, Scenarios) {
    let mut findings = Vec::new();
    let mut scenarios = Scenarios::new();
    let files = manifest.files.keys();
    let files = files.filter(|name| {
        *name == "scenario.ron" || (name.starts_with("scenarios/") && name.ends_with(".ron"))
    });
    for name in files {
        let path = folder.join(name);
        match scenario::load(&path, &[]) {
            Ok(resolved) => {
                findings.extend(
                    incomplete(&path, &resolved, manifest).map(|why| format!("{name} {why}")),
                );
                scenarios.insert(name.clone(), resolved);
            }
            Err(why) => findings.push(format!("{name} cannot be used:\n{why}")),
        }
    }
    for name in &manifest.scenarios() {
        if !manifest.files.contains_key(name) {
            findings.push(format!("{name} was run, but is not in the folder"));
        }
    }
    let inputs = manifest.inputs();
    for (name, recorded) in &inputs {
        let found = scenarios.get(name).zip(manifest.seed);
        let same = found.is_some_and(|(of, seed)| fingerprint(&of.json, seed) == *recorded);
        if !same {
            findings.push(format!(
                "{name} is not the scenario that was run: its fingerprint is not {recorded}"
            ));
        }
    }
    let check = if findings.is_empty() && inputs.is_empty() {
        Check::left_out("inputs", "the manifest records no fingerprints of scenarios")
    } else {
        let about = match findings.len() {
            0 => format!("complete scenarios with the recorded fingerprints: {}", scenarios.len()),
            number => format!("{number} findings about the scenarios in the folder"),
        };
        Check::of("inputs", about, findings)
    };
    (check, scenarios)
}

/// A scenario that extends another has inputs outside the folder.
fn incomplete(path: &Path, resolved: &Resolved, manifest: &Manifest) -> Option<String> {
    let text = scenario::files::read_text(path).unwrap_or_default();
    let edited = manifest.version == VERSION && text != resolved.text;
    edited.then(|| "is not as crackdown writes a complete scenario".to_owned())
}
