//! The folder of a study: whether it is the study that it says, whether everything follows from its runs, and runs made again.

use std::collections::BTreeMap;
use std::path::Path;

use super::again::simulated;
use super::report::Check;
use super::{Args, Rerun, VERSION, other_version, quietly};
use crate::cli::figures::Drawing;
use crate::cli::simulate::{Refusal, failed};
use crate::cli::{input, study_results};
use scenario::Study;
use scenario::files;
use scenario::study::Cell;
use study::ensemble::{Run, Unmade};
use study::store;
use study::store::study::{Addresses, Fingerprint, Merging, Outcome, Place, Plan, Row, Runs};
use study::store::verify::{MANIFEST, Manifest, pick};

/// Makes all checks that come after the one of the files.
pub fn check(
    args: &Args,
    folder: &Path,
    manifest: &Manifest,
    checks: &mut Vec<Check>,
) -> Result<(), Refusal> {
    let study = match quietly(|| opened(folder)) {
        Ok(study) => study,
        Err(why) => {
            checks.push(Check::of("inputs", "the study cannot be used".to_owned(), vec![why]));
            checks.push(Check::impossible("runs", "the study cannot be used"));
            return Ok(());
        }
    };
    let plan = Plan::of(&study).map_err(failed)?;
    let plan = plan
        .with_replications(manifest.replications.unwrap_or(study.replications).clamp(1, 100_000));
    let about = format!(
        "the study in the folder, with {} scenarios, is the one that was run",
        study.arms.len()
    );
    let well = manifest.inputs().values().eq([plan.fingerprint()]);
    let why = "study.ron and the scenarios beside it do not give the fingerprint in the manifest";
    let other = if well { Vec::new() } else { vec![why.to_owned()] };
    checks.push(Check::of("inputs", about, other));
    if !well {
        checks.push(Check::impossible("runs", "the study is not the one that was run"));
        return Ok(());
    }
    if manifest.version == VERSION {
        let found = quietly(|| derived(&plan, folder, manifest, args.threads()[0]));
        let found = found.unwrap_or_else(|why| vec![why]);
        let about = match found.len() {
            0 => "computed again from runs.parquet: every file has the same bytes".to_owned(),
            number => format!("computed again from runs.parquet; differences: {number}"),
        };
        checks.push(Check::of("contents", about, found));
    } else {
        checks.push(other_version(manifest));
    }
    checks.push(match args.rerun {
        Rerun::Some(0) => Check::left_out("runs", "none were asked for"),
        Rerun::Some(wanted) => again(args, &plan, folder, manifest, wanted)?,
        Rerun::All => again(args, &plan, folder, manifest, u64::MAX)?,
    });
    Ok(())
}

/// The study in the folder, which may name nothing outside it.
pub fn opened(folder: &Path) -> Result<Study, String> {
    let study =
        input::study(&folder.join("study.ron"), &[]).map_err(|findings| findings.to_string())?;
    let portable = study.portable();
    let same = |name: &str, text: &str| {
        files::read_text(folder.join(name)).is_ok_and(|found| found == text)
    };
    let alone = same("study.ron", &portable.study)
        && portable.scenarios.iter().all(|(name, text)| same(name, text));
    if alone {
        Ok(study)
    } else {
        Err("study.ron does not stand on its own, as crackdown writes it".to_owned())
    }
}

/// Files that are not what follows from the runs.
fn derived(
    plan: &Plan,
    folder: &Path,
    manifest: &Manifest,
    threads: u16,
) -> Result<Vec<String>, String> {
    let home = tempfile::tempdir().map_err(|error| error.to_string())?;
    let place = Place::new(home.path());
    let merging = Merging::copied(&Place::new(folder), &place)?;
    let drawing = Drawing::again(threads, manifest.drawn());
    study_results::write(plan, &place, merging, drawing).map_err(|why| why.to_string())?;
    let is = Manifest::read(home.path())?;
    let mut found: Vec<String> = manifest.differing(&is).into_iter().cloned().collect();
    found.extend((manifest.hash != is.hash).then(|| MANIFEST.to_owned()));
    Ok(found)
}

/// Runs picked at random are simulated again, each on its own and from its first day.
fn again(
    args: &Args,
    plan: &Plan,
    folder: &Path,
    manifest: &Manifest,
    wanted: u64,
) -> Result<Check, Refusal> {
    let all = plan.runs();
    let picked = pick(&manifest.hash, args.seed_of_pick, all, wanted);
    let again = simulated_again(args, plan, folder, &picked)?;
    Ok(again.check("measures", all, picked.len() as u64 == all))
}

/// Runs that were made again.
#[derive(Default)]
pub struct Again {
    /// How many.
    pub made: usize,
    /// On how many threads, in words.
    pub counts: String,
    /// The first of them.
    pub which: Vec<String>,
    /// In what they differ from those in the folder.
    pub findings: Vec<String>,
}

impl Again {
    /// What it says of a folder with so many runs, of which these `values` are kept.
    pub fn check(self, values: &str, all: u64, complete: bool) -> Check {
        let more = if self.made > self.which.len() { ", …" } else { "" };
        let what = format!(
            "{} of {all} simulated again on {}, all days and {values} to the last bit: {}{more}",
            self.made,
            self.counts,
            self.which.join(", ")
        );
        Check::of("runs", what, self.findings).complete(complete)
    }
}

/// Simulates the runs at these positions of the plan, each on its own and from its first day, and sets them against the folder's.
pub fn simulated_again(
    args: &Args,
    plan: &Plan,
    folder: &Path,
    picked: &[u64],
) -> Result<Again, Refusal> {
    let stored = stored(plan, folder, picked).map_err(failed)?;
    let runs: Vec<(usize, Cell)> = picked.iter().map(|position| plan.at(*position)).collect();
    let look = |arm: usize, cell: Cell, made: Result<&Run, &Unmade>| {
        let was = stored.get(&plan.position(arm, cell));
        let Run { record, scenario } = match made {
            Ok(run) => run,
            // It failed when the study was run, for the same reason.
            Err(_) if was.is_none() => return Ok(Vec::new()),
            Err(unmade) => return Ok(vec![unmade.message.clone()]),
        };
        let values = plan.values(record, scenario)?;
        let address = Addresses::new(plan.kept, plan.study).of(arm, cell);
        let content = Fingerprint::of(store::digest(record));
        let now = Row::finished(plan.name(arm), cell, address, values, content);
        Ok(other(was, &now).into_iter().collect())
    };
    let (counts, found) = simulated(args, plan.study, &runs, plan.runs(), &look)?;
    let mut findings = Vec::new();
    for ((arm, cell, threads), differs) in found {
        let told = differs
            .iter()
            .map(|why| format!("{}, on {threads} threads: {why}", said(plan, arm, cell)));
        findings.extend(told);
    }
    let which: Vec<String> =
        runs.iter().take(8).map(|(arm, cell)| said(plan, *arm, *cell)).collect();
    Ok(Again { made: runs.len(), counts, which, findings })
}

fn said(plan: &Plan, arm: usize, cell: Cell) -> String {
    format!("{}:{}:{}", plan.study.arms[arm].name, cell.draw, cell.replication)
}

/// Rows of the picked runs that finished, by position.
fn stored(plan: &Plan, folder: &Path, picked: &[u64]) -> Result<BTreeMap<u64, Row>, String> {
    let mut found = BTreeMap::new();
    Runs::open(folder)?.rows(&mut |row| {
        let arm = plan.study.arms.iter().position(|arm| arm.name == row.arm);
        let arm = arm.ok_or_else(|| format!("the study has no arm {}", row.arm))?;
        let position = plan.position(arm, row.cell);
        if picked.binary_search(&position).is_ok() {
            found.insert(position, row);
        }
        Ok(())
    })?;
    Ok(found)
}

/// In what a run differs from its row.
fn other(was: Option<&Row>, now: &Row) -> Option<String> {
    let Some(was) = was else { return Some("the folder has no such run".to_owned()) };
    if was.address != now.address {
        return Some("its row belongs to another scenario, seed or draw".to_owned());
    }
    let (
        Outcome::Finished { values: before, content: was_content, .. },
        Outcome::Finished { values: after, content, .. },
    ) = (&was.outcome, &now.outcome)
    else {
        return Some("one of the two failed".to_owned());
    };
    let differ = before
        .iter()
        .zip(after)
        .filter(|(before, after)| before.to_bits() != after.to_bits())
        .count();
    match differ {
        // Not the rows as a whole: what has no value is not like itself.
        0 if was_content == content => None,
        0 => Some("another course of days with the same measures".to_owned()),
        number => Some(format!("{number} measures differ")),
    }
}
