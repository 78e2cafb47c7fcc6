//! Result files of a study beside its merged runs: study and scenarios, tables, the draws, the manifest.
//!
//! Each file is written whole or not at all, the manifest last; large ones are never in memory as a whole.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::Path;

use serde_json::{Value, json};

use super::place::{Place, Writing};
use super::plan::Plan;
use crate::comparison::across::Across;
use crate::store::csv::CsvFile;
use crate::store::draws::of_draws;
use crate::store::manifest::{Kind, Manifest};
use crate::store::stages::portable_files;
use crate::store::{Command, File, across_files};
use scenario::study::Arm;

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
    let mut names: BTreeSet<String> = files.into_iter().map(|file| file.name).collect();
    names.extend(["draws.csv", "failures.csv", "runs.parquet"].map(str::to_owned));
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
fn put_manifest(plan: &Plan, folder: &Path, names: &BTreeSet<String>) -> Result<(), String> {
    let study = plan.study;
    let arm = |arm: &Arm| json!({ "name": arm.name, "title": arm.title, "baseline": study.arms[arm.baseline].name });
    let (from, to) = study.window;
    let repeat = Command::new("sweep").word("study.ron");
    let manifest = Manifest::new(Kind::Study, study.seed, plan.replications, repeat)
        .title(&study.title)
        .says("study", &study.name)
        .says("draws", study.draws())
        .says("people_per_agent", study.arms[0].resolved.scenario.people_per_agent)
        .says("window", [from, to])
        .says("arms", study.arms.iter().map(arm).collect::<Vec<Value>>())
        .says("input_blake3", plan.fingerprint());
    put(folder, &manifest.lists_on_disk(folder, names)?.file())
}
