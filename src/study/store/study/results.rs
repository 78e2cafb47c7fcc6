//! Result files of a study beside its merged runs: study and scenarios, tables, the draws, the manifest.
//!
//! Each file is written whole or not at all, the manifest last; large ones are never in memory as a whole.

use std::fs;
use std::io::Write;
use std::path::Path;

use serde_json::{Value, json};

use super::place::{Place, Writing};
use super::plan::Plan;
use crate::comparison::across::Across;
use crate::store::csv::CsvFile;
use crate::store::draws::of_draws;
use crate::store::manifest::fingerprints_on_disk;
use crate::store::stages::portable_files;
use crate::store::{File, across_files};
use model::MODEL_VERSION;

/// Writes everything that follows from the runs; `rendered` are taken as they are.
///
/// # Errors
/// If the disk refuses.
pub fn write_results(
    plan: &Plan,
    place: &Place,
    across: &Across,
    rendered: Vec<File>,
) -> Result<(), String> {
    let folder = place.folder();
    let portable = plan.study.portable();
    let mut files = portable_files(&portable);
    if let Some((from, name)) = portable.table {
        let bytes =
            fs::read(&from).map_err(|error| format!("cannot read {}: {error}", from.display()))?;
        files.push(File { name, bytes });
    }
    files.extend(across_files(across)?);
    files.extend(rendered);
    put_files(folder, &files)?;
    draws(plan, folder)?;
    let mut names: Vec<String> = files.into_iter().map(|file| file.name).collect();
    names.extend(["draws.csv", "failures.csv", "runs.parquet"].map(str::to_owned));
    names.sort();
    put_manifest(plan, folder, &names)
}

/// Writes files into a folder, each whole or not at all, in this order.
///
/// # Errors
/// If the disk refuses.
pub fn put_files(folder: &Path, files: &[File]) -> Result<(), String> {
    files.iter().try_for_each(|file| put(folder, file))
}

fn put(folder: &Path, file: &File) -> Result<(), String> {
    let target = folder.join(&file.name);
    let writing = Writing::of(&target);
    let write = || {
        if let Some(parent) = target.parent() {
            fs::create_dir_all(parent)?;
        }
        let mut open = fs::File::create(writing.path())?;
        open.write_all(&file.bytes).and_then(|()| open.sync_all())
    };
    write().map_err(|error| format!("cannot write {}: {error}", target.display()))?;
    writing.finish()
}

/// Draws that are written together. Unit: draws. Source: judgement.
const TOGETHER: u32 = 1_000;

/// `draws.csv`: a row for each draw.
fn draws(plan: &Plan, folder: &Path) -> Result<(), String> {
    let target = folder.join("draws.csv");
    let writing = Writing::of(&target);
    let say = |error: &dyn std::fmt::Display| format!("cannot write {}: {error}", target.display());
    let mut file = CsvFile::new(fs::File::create(writing.path()).map_err(|error| say(&error))?);
    let (study, parameters) = (plan.study, plan.study.parameters());
    for first in (0..study.draws()).step_by(TOGETHER as usize) {
        let together = first..study.draws().min(first + TOGETHER);
        let rows: Vec<(u32, Vec<String>)> =
            together.map(|draw| (draw, study.values(draw))).collect();
        file.push(&of_draws(&parameters, &rows)).map_err(|error| say(&error))?;
    }
    let file = file.finish().map_err(|error| say(&error))?;
    file.sync_all().map_err(|error| say(&error))?;
    writing.finish()
}

/// `manifest.json`: what was run, and the fingerprint of every file.
fn put_manifest(plan: &Plan, folder: &Path, names: &[String]) -> Result<(), String> {
    let study = plan.study;
    let files = fingerprints_on_disk(folder, names)?;
    let scenarios: Vec<Value> = study
        .arms
        .iter()
        .map(|arm| json!({ "name": arm.name, "title": arm.title, "baseline": study.arms[arm.baseline].name }))
        .collect();
    let manifest = json!({
        "program": "crackdown",
        "kind": "study",
        "version": env!("CARGO_PKG_VERSION"),
        "model_version": MODEL_VERSION,
        "study": study.name,
        "title": study.title,
        "seed": study.seed,
        "draws": study.draws(),
        "replications": plan.replications,
        "people_per_agent": study.arms[0].resolved.scenario.people_per_agent,
        "window": [study.window.0.to_string(), study.window.1.to_string()],
        "arms": scenarios,
        "input_blake3": plan.fingerprint(),
        "repeat": "crackdown sweep study.ron --out repeated",
        "files": files,
    });
    let mut text = serde_json::to_string_pretty(&manifest).expect("plain values");
    text.push('\n');
    put(folder, &File { name: "manifest.json".to_owned(), bytes: text.into_bytes() })
}
