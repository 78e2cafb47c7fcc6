//! Whether the scenarios or studies in the folder are complete and are those that were run.

use std::path::Path;

use super::report::Check;
use super::{VERSION, rows};
use crate::cli::panics::quietly;
use scenario::{self, Resolved, Study};
use study::store::fingerprint;
use study::store::study::Plan;
use study::store::verify::{Manifest, ResultKind};

/// Reads all scenarios that the manifest lists and compares their fingerprints with those recorded.
pub fn scenarios(folder: &Path, manifest: &Manifest) -> Check {
    let mut findings = Vec::new();
    let (inputs, mut complete) = (manifest.inputs(), 0);
    let is_one = |name: &&String| {
        *name == "scenario.ron" || (name.starts_with("scenarios/") && name.ends_with(".ron"))
    };
    for name in manifest.files.keys().filter(is_one) {
        let path = folder.join(name);
        match scenario::load(&path, &[]) {
            Ok(resolved) => {
                complete += 1;
                let why = incomplete(&path, &resolved, manifest);
                findings.extend(why.map(|why| format!("{name} {why}")));
                let is = manifest.seed.map(|seed| fingerprint(&resolved.json, seed));
                if let Some(recorded) = inputs.get(name).filter(|one| Some(*one) != is.as_ref()) {
                    findings.push(format!(
                        "{name} is not the scenario that was run: its fingerprint is not {recorded}"
                    ));
                }
            }
            Err(why) => findings.push(format!("{name} cannot be used:\n{why}")),
        }
    }
    for name in manifest.scenarios().iter().chain(inputs.keys()) {
        if !manifest.files.contains_key(name) {
            findings.push(format!("{name} was run, but is not in the folder"));
        }
    }
    findings.dedup();
    if findings.is_empty() && inputs.is_empty() {
        return Check::left_out("inputs", "the manifest records no fingerprints of scenarios");
    }
    let about = match findings.len() {
        0 => format!("complete scenarios with the recorded fingerprints: {complete}"),
        number => format!("{number} findings about the scenarios in the folder"),
    };
    Check::of("inputs", about, findings)
}

/// A scenario that extends another has inputs outside the folder.
fn incomplete(path: &Path, resolved: &Resolved, manifest: &Manifest) -> Option<String> {
    let text = scenario::files::read_text(path).unwrap_or_default();
    let edited = manifest.version == VERSION && text != resolved.text;
    edited.then(|| "is not as crackdown writes a complete scenario".to_owned())
}

/// Reads the study in the folder, or those of its stages, by the folder in which they lie.
pub fn studies(folder: &Path, manifest: &Manifest) -> (Check, Vec<(String, Study)>) {
    let (mut studies, mut wrong) = (Vec::new(), Vec::new());
    let own = manifest.kind == ResultKind::Study;
    let stage = |name: &String| match own {
        true => (name == "study.ron").then(String::new),
        false => name.strip_suffix("/study.ron").map(str::to_owned),
    };
    for stage in manifest.files.keys().filter_map(stage) {
        match quietly(|| rows::opened(&folder.join(&stage))) {
            Ok(study) => studies.push((stage, study)),
            Err(why) => wrong.push(format!("{stage}: {why}").trim_start_matches(": ").to_owned()),
        }
    }
    let is =
        |(_, study): &(String, Study)| Plan::of(study).map(|plan| plan.fingerprint().to_owned());
    if own
        && wrong.is_empty()
        && !studies.iter().map(is).eq(manifest.inputs().into_values().map(Ok))
    {
        wrong.push(
            "study.ron and the scenarios beside it do not give the fingerprint in the manifest"
                .to_owned(),
        );
    }
    if studies.is_empty() && wrong.is_empty() {
        wrong.push("there is no study in the folder".to_owned());
    }
    let names: Vec<&str> = studies.iter().map(|(stage, _)| stage.as_str()).collect();
    let about = match &studies[..] {
        [(_, study)] if own => format!(
            "the study in the folder, with {} scenarios, is the one that was run",
            study.arms.len()
        ),
        _ => format!("the studies in the folder stand on their own: {}", names.join(", ")),
    };
    (Check::of("inputs", about, wrong), studies)
}
