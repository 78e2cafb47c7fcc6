//! Many files of rows become one, in canonical order: the bytes that one machine would have written.

use std::fs;
use std::path::PathBuf;

use super::failures::Failures;
use super::former::Orphans;
use super::journal::FileHead;
use super::place::{Label, RowSource, SourceKind, StudyFolder, Writing, disk};
use super::plan::{Finder, Plan, Shard};
use super::reader::MergedRuns;
use super::row::{Row, RunEnd};
use super::scan::read;
use super::spool::{Slot, Spool};
use super::table::{RowFile, Want};
use crate::store::manifest::Listed;
use model::MODEL_VERSION;

/// What was merged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Merged {
    /// Finished runs.
    pub finished: u64,
    /// Failed runs.
    pub failed: u64,
}

/// Merged runs that are on disk under other names, so that results of them can be written before anything earlier is touched.
/// Dropping removes them.
pub struct Merging<'a> {
    /// What was merged.
    pub merged: Merged,
    place: &'a StudyFolder,
    former: Vec<Writing>,
    runs: Writing,
    failures: Writing,
    /// Files of which everything is merged.
    spent: Vec<PathBuf>,
}

impl Merging<'_> {
    /// Opens the runs; reads no row.
    pub fn runs(&self) -> Result<MergedRuns, String> {
        MergedRuns::at(self.runs.path(), self.failures.path())
    }

    /// Name, size and hash of the files, as a manifest lists them.
    pub(super) fn listed(&self) -> Result<[(String, Listed); 2], String> {
        let of = |name: &str, writing: &Writing| {
            let path = writing.path();
            let listed = Listed::on_disk(path).map_err(|error| disk(path, &error))?;
            Ok::<_, String>((name.to_owned(), listed))
        };
        Ok([of("runs.parquet", &self.runs)?, of("failures.csv", &self.failures)?])
    }

    /// Gives all files their names.
    ///
    /// Runs are in their place before anything is removed, so whatever moment it is killed at, the next merge does the rest.
    pub fn finish(self) -> Result<Merged, String> {
        let Merging { merged, place, former, runs, failures, spent } = self;
        former.into_iter().try_for_each(Writing::finish)?;
        failures.finish()?;
        runs.finish()?;
        for path in spent {
            fs::remove_file(&path).map_err(|error| disk(&path, &error))?;
        }
        // Only if it is empty.
        let _ = fs::remove_dir(place.former());
        Ok(merged)
    }
}

/// Merges all that is there; with `strict`, the same run in two shards is refused. `called` is how the study is called in commands.
///
/// # Errors
/// What does not fit, or what the disk refuses; then all is as it was.
pub fn merge<'a>(
    plan: &Plan,
    place: &'a StudyFolder,
    strict: bool,
    called: &str,
) -> Result<Merging<'a>, String> {
    let (sources, measures) = (place.sources()?, plan.measures());
    let mut spool = Spool::new(&place.unmerged(), "merge", plan.runs(), measures.len())?;
    let mut former = Orphans::new(place);
    let idle =
        gather(plan, &sources, strict, &mut spool, &|position| position, &mut |number, row| {
            former.keep(number, &sources[number], row)
        })?;
    let mut merged = Merged::default();
    let mut runs = RowFile::create(&place.runs(), &head(plan, None), false)?;
    let mut failures = Failures::create(&place.failures(), called)?;
    spool.each(&|position| named(plan, position), &mut |row| match row.outcome {
        RunEnd::Finished { .. } => {
            merged.finished += 1;
            runs.push(row)
        }
        RunEnd::Failed { .. } => {
            merged.failed += 1;
            failures.push(&row)
        }
    })?;
    let (failures, runs, former) = (failures.close()?, runs.close()?, former.close()?);
    // What was kept aside goes when all of it is needed again.
    let spent = |(source, idle): &(&RowSource, u64)| {
        source.label().is_some() || (source.kind == SourceKind::Orphans && *idle == 0)
    };
    let spent = sources.iter().zip(idle).filter(spent).map(|(source, _)| source.path.clone());
    Ok(Merging { merged, place, former, runs, failures, spent: spent.collect() })
}

/// Makes one part of what a shard has: its part, if there is one already, and its journal.
///
/// # Errors
/// What does not fit, or what the disk refuses; then all is as it was.
pub fn finish_shard(plan: &Plan, place: &StudyFolder, label: &Label) -> Result<(), String> {
    let own = [
        RowSource { kind: SourceKind::Part(label.clone()), path: place.part(label) },
        RowSource { kind: SourceKind::Journal(label.clone()), path: place.journal(label) },
    ];
    let own: Vec<RowSource> = own.into_iter().filter(|source| source.path.exists()).collect();
    // Only the places of this shard get slots: many shards must not mean many empty slots.
    let mut positions = Vec::new();
    let mut finder = Finder::new(plan);
    for source in &own {
        read(source, Want::Places, &mut |row| {
            positions.extend(finder.places(&row.arm, row.cell, row.address));
            Ok(())
        })?;
    }
    positions.sort_unstable();
    positions.dedup();
    let slot = |position: u64| {
        positions.binary_search(&position).expect("all positions were read before") as u64
    };
    let name = format!("{}-{}", label.shard.number, label.shard.of);
    let (number, values) = (positions.len() as u64, plan.measures().len());
    let mut spool = Spool::new(&place.unmerged(), &name, number, values)?;
    gather(plan, &own, false, &mut spool, &slot, &mut |_, _| Ok(()))?;
    let mut part = RowFile::create(&place.part(label), &head(plan, Some(label.shard)), true)?;
    let named = |slot: u64| named(plan, positions[slot as usize]);
    spool.each(&named, &mut |row| part.push(row))?;
    let writing: Writing = part.close()?;
    writing.finish()?;
    fs::remove_file(place.journal(label)).map_err(|error| disk(&place.journal(label), &error))
}

/// What files of rows say of themselves.
pub fn head(plan: &Plan, shard: Option<Shard>) -> FileHead {
    FileHead {
        model_version: MODEL_VERSION,
        plan: shard.map_or_else(String::new, |_| plan.fingerprint().to_owned()),
        shard: shard.map_or_else(String::new, |shard| shard.to_string()),
        measures: plan.measures(),
    }
}

fn named(plan: &Plan, position: u64) -> (String, scenario::study::Cell) {
    let (arm, cell) = plan.at(position);
    (plan.name(arm).to_owned(), cell)
}

/// Puts all rows in their slots, and hands over those that the study does not have; gives their number for each source.
/// A row counts only if it is what was written.
fn gather(
    plan: &Plan,
    sources: &[RowSource],
    strict: bool,
    spool: &mut Spool,
    slot: &dyn Fn(u64) -> u64,
    foreign: &mut dyn FnMut(usize, Row) -> Result<(), String>,
) -> Result<Vec<u64>, String> {
    let mut finder = Finder::new(plan);
    let mut idle = vec![0; sources.len()];
    // In which of the unmerged files a run was found, from 1: four bytes each, and only where it matters.
    let mut owners = vec![0_u32; if strict { plan.runs() as usize } else { 0 }];
    for (number, source) in sources.iter().enumerate() {
        let here = source.path.display();
        read(source, Want::All, &mut |row: Row| {
            if !row.is_whole() {
                let Row { arm, cell, .. } = &row;
                return Err(format!(
                    "{here}: the row of {arm}, draw {}, replication {} was changed since it was written (its digest \
                     does not fit). Remove the file to have its runs made again",
                    cell.draw, cell.replication
                ));
            }
            let places = finder.places(&row.arm, row.cell, row.address);
            if places.is_empty() {
                idle[number] += 1;
                return foreign(number, row);
            }
            for position in places {
                let at = slot(position);
                match (spool.holds(at)?, &row.outcome) {
                    (Some(Slot::Finished(there)), RunEnd::Finished { digest, .. }) => {
                        if there != *digest {
                            return Err(differing(plan, position, &here));
                        }
                        let owner = owners.get(position as usize).copied().unwrap_or(0);
                        let other = owner.checked_sub(1).map(|other| &sources[other as usize]);
                        let twice = other.filter(|other| other.label() != source.label());
                        if let Some(other) = twice.filter(|_| source.label().is_some()) {
                            return Err(overlapping(plan, position, other, source));
                        }
                    }
                    (Some(Slot::Finished(_)), RunEnd::Failed { .. }) => {}
                    _ => {
                        if strict && source.label().is_some() {
                            owners[position as usize] = number as u32 + 1;
                        }
                        spool.put(at, &row)?;
                    }
                }
            }
            Ok(())
        })?;
    }
    Ok(idle)
}

fn differing(plan: &Plan, position: u64, here: &dyn std::fmt::Display) -> String {
    let (arm, cell) = named(plan, position);
    format!(
        "{here}: the run {arm}, draw {}, replication {} has other values than the same run in another file; one of the two \
         machines computes wrongly. Remove the file that you trust less to have its runs made again",
        cell.draw, cell.replication
    )
}

fn overlapping(plan: &Plan, position: u64, one: &RowSource, other: &RowSource) -> String {
    let (arm, cell) = named(plan, position);
    format!(
        "{} and {} overlap: both hold the run {arm}, draw {}, replication {}. Its values are the same in both, so \
         `--partial` takes it once",
        one.path.display(),
        other.path.display(),
        cell.draw,
        cell.replication
    )
}
