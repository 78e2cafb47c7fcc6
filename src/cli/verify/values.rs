//! Runs of `run`, `compare`, `attribute` and `dose`: what the folder says of each, and what follows from that alone.

use std::ops::Range;
use std::path::Path;

use super::again::Claims;
use crate::cli::draws::DrawnStudy;
use crate::cli::pool::Pool;
use crate::cli::{Subcommand, attribute, compare, dose, run};
use jiff::civil::Date;
use model::MEASURES;
use scenario::study::Cell;
use scenario::{Scenario, Study};
use study::comparison::{self, Comparison, ComparisonDraws, paired_where_known};
use study::ensemble::{Run, Unmade};
use study::stats::{Blocks, Resamples};
use study::store;
use study::store::verify::{Manifest, rows_that_differ};

/// The runs that a command makes, with what its folder says of them.
pub struct ValueClaims<'a> {
    folder: &'a Path,
    study: Study,
    /// What each arm is called.
    titles: Vec<String>,
    laid: Option<DrawnStudy>,
    /// Weights and costs of the baseline hold for all: measures compare worlds, not yardsticks.
    base: Scenario,
    days: Range<usize>,
    /// Measures of every run, by arm, replication and measure; none where tables of days hold the runs.
    kept: Option<Vec<Vec<Vec<f64>>>>,
    comparison: Option<Comparison>,
}

impl<'a> ValueClaims<'a> {
    /// Reads what the command of a folder reads, and the folder.
    ///
    /// # Errors
    /// If something in it cannot be used, or is not what the manifest says.
    pub fn of(folder: &'a Path, manifest: &Manifest, command: &Subcommand) -> Result<Self, String> {
        let unusable = |()| "its scenarios or draws cannot be used".to_owned();
        let pooled = |pool: (Pool, (Date, Date)), replications: u32| {
            let (pool, window) = pool;
            let study = pool.study(replications);
            let base = study.arms[0].resolved.scenario.clone();
            let kept = Some(store::read_measured(folder, &pool.fingerprints, replications)?);
            let (titles, days) = (pool.titles, days(&base, window)?);
            Ok::<_, String>((study, titles, None, base, days, kept, None))
        };
        let (study, titles, laid, base, days, kept, comparison) = match command {
            Subcommand::Run(args) => {
                let (resolved, laid) = run::prepare(args).map_err(unusable)?;
                let study = run::study(args, &resolved, laid.as_ref());
                let (titles, base) = (vec![resolved.scenario.name.clone()], resolved.scenario);
                (study, titles, laid, base, 0..0, None, None)
            }
            Subcommand::Compare(args) => {
                let prepared = compare::prepare(args).map_err(unusable)?;
                let path = folder.join("comparison.json");
                let comparison: Comparison = store::read_json(&path)
                    .map_err(|why| format!("comparison.json cannot be read: {why}"))?;
                let (kept, replications) = (Some(values(&comparison)?), comparison.replications);
                let mut study = compare::study_of(args, &prepared);
                if prepared.laid.is_none() {
                    // Its second stage is in the folder as well.
                    study.replications = replications;
                }
                let titles =
                    prepared.scenarios.iter().map(|one| one.scenario.name.clone()).collect();
                let (laid, base) = (prepared.laid, prepared.scenarios[0].scenario.clone());
                let days = days(&base, prepared.window)?;
                (study, titles, laid, base, days, kept, Some(comparison))
            }
            Subcommand::Attribute(args) => {
                pooled(attribute::pool(args).map_err(unusable)?, args.trial.replications)?
            }
            Subcommand::Dose(args) => {
                pooled(dose::pool(args).map_err(unusable)?, args.trial.replications)?
            }
            _ => return Err("not this kind of results".to_owned()),
        };
        let arms = kept.as_ref().is_none_or(|kept| kept.len() == study.arms.len());
        if arms
            && manifest.seed == Some(study.seed)
            && manifest.replications.map(u64::from) == Some(study.cells())
        {
            Ok(ValueClaims { folder, study, titles, laid, base, days, kept, comparison })
        } else {
            Err("the folder does not hold what the manifest says: scenarios, seed and replications"
                .to_owned())
        }
    }
}

impl Claims for ValueClaims<'_> {
    fn study(&self) -> &Study {
        &self.study
    }

    fn runs(&self) -> u64 {
        self.titles.len() as u64 * self.study.cells()
    }

    fn at(&self, position: u64) -> (usize, Cell) {
        let cells = self.study.cells();
        ((position / cells) as usize, self.study.cell((position % cells) as u32))
    }

    fn name(&self, arm: usize, cell: Cell) -> String {
        format!("{}, replication {}", self.titles[arm], self.study.number(cell))
    }

    fn compared(&self) -> String {
        let number = MEASURES.len();
        match self.kept {
            None => {
                format!("every day in the daily tables and {number} measures in replications.csv")
            }
            Some(_) => format!("{number} measures, to the last bit"),
        }
    }

    fn unfounded(&self) -> Vec<String> {
        let Some(comparison) = &self.comparison else { return Vec::new() };
        let mut found = other_effects(comparison);
        let told = self.laid.as_ref().map(DrawnStudy::told);
        let kept = comparison.draws.clone().map(|draws| ComparisonDraws { ranking: None, ..draws });
        if told != kept {
            found.push("the draws in comparison.json do not follow from the posterior".to_owned());
        }
        found
    }

    fn differs(
        &self,
        arm: usize,
        cell: Cell,
        made: &Result<Run, Unmade>,
    ) -> Result<Vec<String>, String> {
        let record = &made.as_ref().map_err(|unmade| unmade.message.clone())?.record;
        let Some(kept) = &self.kept else {
            let numbered = self.laid.as_ref().map(|laid| laid.numbered(record.clone()));
            let record = numbered.as_ref().unwrap_or(record);
            return Ok(rows_that_differ(self.folder, record).unwrap_or_else(|why| vec![why]));
        };
        let base = match &self.laid {
            Some(laid) => laid.scenario(0, self.titles.len(), cell.draw),
            None => &self.base,
        };
        let measures = model::measures(record, base, self.days.clone());
        let each = measures.iter().zip(&kept[arm][self.study.number(cell) as usize]);
        let other = each.filter(|(measure, kept)| {
            measure.value.map(f64::to_bits)
                != Some(**kept).filter(|kept| !kept.is_nan()).map(f64::to_bits)
        });
        let said = other.map(|(measure, kept)| {
            format!("{} is {}, in the folder {kept}", measure.name, measure.number())
        });
        Ok(said.collect())
    }
}

fn days(base: &Scenario, window: (Date, Date)) -> Result<Range<usize>, String> {
    let days = comparison::days(base, window);
    days.ok_or_else(|| format!("{} to {} are no days of the run", window.0, window.1))
}

/// Measures of all runs, turned to arm, replication, measure.
fn values(comparison: &Comparison) -> Result<Vec<Vec<Vec<f64>>>, String> {
    let replications = comparison.replications as usize;
    let complete = |values: &Vec<Vec<f64>>| {
        values.len() == MEASURES.len() && values.iter().all(|of| of.len() == replications)
    };
    let arms = &comparison.arms;
    if !arms.iter().all(|arm| complete(&arm.values)) || comparison.verdicts.len() + 1 != arms.len()
    {
        return Err("comparison.json does not hold a value of every run and measure".to_owned());
    }
    let of = |values: &Vec<Vec<f64>>| {
        let one = |replication: usize| values.iter().map(|of| of[replication]).collect();
        (0..replications).map(one).collect()
    };
    Ok(arms.iter().map(|arm| of(&arm.values)).collect())
}

/// Effects that are not what the values of the runs give.
fn other_effects(comparison: &Comparison) -> Vec<String> {
    let blocks = comparison.draws.as_ref().map_or(Blocks::SINGLE, ComparisonDraws::blocks);
    let resamples = Resamples::usual_of_blocks(blocks, comparison.replications as usize);
    let base = &comparison.arms[0].values;
    let mut found = Vec::new();
    for (arm, verdict) in comparison.policies().iter().zip(&comparison.verdicts) {
        for ((before, after), measure) in base.iter().zip(&arm.values).zip(&MEASURES) {
            let kept = verdict.effects.iter().find(|effect| effect.measure == measure.name);
            let now = paired_where_known(before, after, &resamples);
            // As text, so that what is no number is like itself.
            let kept = kept.map(|kept| (kept.paired, kept.spread));
            if format!("{now:?}") != format!("{kept:?}") {
                found.push(format!(
                    "the effect of {} on {} does not follow from the runs",
                    arm.name, measure.name
                ));
            }
        }
    }
    if comparison.draws != comparison.draws.clone().map(|draws| draws.of(&comparison.arms)) {
        found.push("what the ranking depends on does not follow from the runs".to_owned());
    }
    found
}
