//! What of a study is there, without reading more than places.

use super::failures;
use super::journal::{self, FileHead};
use super::place::{RowSource, SourceKind, StudyFolder};
use super::plan::{Bits, Finder, Plan, Shard};
use super::precision::{PrecisionStage, second_stage};
use super::row::{Row, RunEnd};
use super::table::{self, Want};
use model::MEASURES;
use model::MODEL_VERSION;

/// What was found in a file.
#[derive(Clone, Debug)]
pub struct ScannedFile {
    /// The file.
    pub source: RowSource,
    /// Rows that the study has.
    pub used: u64,
    /// Rows that the study does not have, or has no more.
    pub foreign: u64,
    /// Lines that are damaged, so that they count as missing.
    pub damaged: u64,
    /// Version of the model that made it, where the file says so.
    pub model_version: Option<u32>,
}

/// Which runs are there.
#[derive(Clone, Debug)]
pub struct Progress {
    /// Finished runs, by position.
    pub finished: Bits,
    /// Runs that failed and are not tried again by themselves, by position.
    pub failed: Bits,
    /// The files.
    pub files: Vec<ScannedFile>,
    /// How many replications precision needs; `None` if none is asked for.
    pub stages: Option<PrecisionStage>,
}

impl Progress {
    /// Whether a run is there or has failed.
    pub fn has(&self, position: u64) -> bool {
        self.finished.has(position) || self.failed.has(position)
    }

    /// Runs that are neither there nor failed.
    pub fn missing(&self, plan: &Plan) -> u64 {
        plan.runs() - self.finished.count() - self.failed.count()
    }

    /// How many shards the unmerged files of this plan are of; none if there are none.
    pub fn shards_of(&self, plan: &Plan) -> Option<u32> {
        let labels = self.files.iter().filter_map(|found| found.source.label());
        labels.filter(|label| label.plan == plan.fingerprint()).map(|label| label.shard.of).max()
    }

    /// Numbers of the shards of `of` that still have runs to make, ascending.
    pub fn missing_shards(&self, plan: &Plan, of: u32) -> Vec<u32> {
        let mut missing = vec![false; of as usize];
        for number in 0..plan.cells() {
            let shard = (number % u64::from(of)) as usize;
            if !missing[shard] {
                let cell = plan.cell(number);
                missing[shard] = (0..plan.arms()).any(|arm| !self.has(plan.position(arm, cell)));
            }
        }
        (1..=of).filter(|number| missing[*number as usize - 1]).collect()
    }
}

/// Which files are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// All.
    Everything,
    /// What is merged and what is of this shard.
    Shard(Shard),
}

/// Looks up what is there, and how many replications a study with precision needs if that is known.
///
/// # Errors
/// If a file cannot be read, or precision cannot be reached in principle.
pub fn look<'a>(
    plan: Plan<'a>,
    place: &StudyFolder,
    scope: Scope,
) -> Result<(Plan<'a>, Progress), String> {
    let study = plan.study;
    // How many replications are needed follows from all runs of the first stage.
    let scope = if study.precision.is_some() { Scope::Everything } else { scope };
    let sources = sources(&plan, place, scope)?;
    let there = places(&plan, &sources)?;
    let Some(precision) = &study.precision else { return Ok((plan, there)) };
    if there.missing(&plan) > 0 {
        return Ok((plan, Progress { stages: Some(PrecisionStage::First), ..there }));
    }
    let mut values = vec![f64::NAN; plan.runs() as usize];
    let mut finder = Finder::new(&plan);
    for source in &sources {
        read(source, Want::Measure(MEASURES[precision.measure].name), &mut |row| {
            let RunEnd::Finished { values: row_values, .. } = &row.outcome else { return Ok(()) };
            for position in finder.places(&row.arm, row.cell, row.address) {
                values[position as usize] = row_values.first().copied().unwrap_or(f64::NAN);
            }
            Ok(())
        })?;
    }
    let (replications, stages) = second_stage(&plan, precision, &values)?;
    let more = replications != plan.replications;
    let plan = plan.with_replications(replications);
    let there = if more { places(&plan, &sources)? } else { there };
    Ok((plan, Progress { stages: Some(stages), ..there }))
}

/// Files that are looked at.
fn sources(plan: &Plan, place: &StudyFolder, scope: Scope) -> Result<Vec<RowSource>, String> {
    let mut sources = place.sources()?;
    if let Scope::Shard(shard) = scope {
        sources.retain(|source| {
            source
                .label()
                .is_none_or(|label| label.plan == plan.fingerprint() && label.shard == shard)
        });
    }
    Ok(sources)
}

fn places(plan: &Plan, sources: &[RowSource]) -> Result<Progress, String> {
    let mut finder = Finder::new(plan);
    let (mut finished, mut failed) = (Bits::none(plan.runs()), Bits::none(plan.runs()));
    let mut files = Vec::new();
    for source in sources {
        let (mut used, mut foreign) = (0, 0);
        let (head, damaged) = read(source, Want::Places, &mut |row| {
            let places = finder.places(&row.arm, row.cell, row.address);
            *(if places.is_empty() { &mut foreign } else { &mut used }) += 1;
            for position in places {
                match row.outcome {
                    RunEnd::Finished { .. } => {
                        finished.set(position);
                        failed.clear(position);
                    }
                    RunEnd::Failed { .. } if !finished.has(position) => {
                        failed.set(position);
                    }
                    RunEnd::Failed { .. } => {}
                }
            }
            Ok(())
        })?;
        let model_version = head.map(|head| head.model_version);
        files.push(ScannedFile { source: source.clone(), used, foreign, damaged, model_version });
    }
    Ok(Progress { finished, failed, files, stages: None })
}

/// Reads a file of rows; gives its head and how many lines are damaged.
pub(super) fn read(
    source: &RowSource,
    want: Want,
    each: &mut dyn FnMut(Row) -> Result<(), String>,
) -> Result<(Option<FileHead>, u64), String> {
    match &source.kind {
        SourceKind::Runs | SourceKind::Orphans | SourceKind::Part(_) => {
            Ok((Some(table::read(&source.path, want, each)?), 0))
        }
        SourceKind::Failures => failures::read(&source.path, each).map(|()| (None, 0)),
        SourceKind::Journal(_) => {
            let Want::Measure(name) = want else { return journal::read(&source.path, each) };
            let head = journal::head(&source.path)?;
            let at = head.and_then(|head| head.measures.iter().position(|other| other == name));
            journal::read(&source.path, &mut |mut row| {
                if let RunEnd::Finished { values, .. } = &mut row.outcome {
                    *values = at.and_then(|at| values.get(at)).copied().into_iter().collect();
                }
                each(row)
            })
        }
    }
}

/// Refuses files that another version of the model made.
pub fn same_version(files: &[ScannedFile]) -> Result<(), String> {
    let other = files.iter().find(|found| {
        found.source.label().is_some() && found.model_version.is_some_and(|v| v != MODEL_VERSION)
    });
    other.map_or(Ok(()), |found| {
        Err(format!(
            "{} was made with model version {}, this is {MODEL_VERSION}: versions are not mixed. Merge it with the program \
             that made it, or remove it to have its runs made again",
            found.source.path.display(),
            found.model_version.unwrap_or_default(),
        ))
    })
}
