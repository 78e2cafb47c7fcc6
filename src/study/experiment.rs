//! The front door for programs: a baseline and policies under the same luck, made and compared in memory.
//!
//! Deliberately absent: files (commands keep runs in stores and write folders), draws of parameters.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;

use jiff::civil::Date;

use crate::comparison::{self, ArmRuns, Comparison, Question, RunOutcome};
use crate::ensemble::{Failure, Keep, Run, RunOptions, StudyPart, Unmade, WhenInterrupted, make};
use crate::store::fingerprint;
use scenario::study::Cell;
use scenario::{Resolved, Study};
use world::units::Class;

/// A baseline and policies that are to be compared.
#[derive(Clone, Debug)]
#[must_use]
pub struct Experiment {
    scenarios: Vec<Resolved>,
    replications: u32,
    seed: u64,
    threads: usize,
    window: Option<(Date, Date)>,
}

impl Experiment {
    /// Compares policies with a baseline: twenty replications with seed 1 on all cores; days count from the first on which
    /// a policy differs.
    pub fn compare(baseline: Resolved, policies: impl IntoIterator<Item = Resolved>) -> Experiment {
        let threads = std::thread::available_parallelism().map_or(1, NonZero::get);
        let scenarios = std::iter::once(baseline).chain(policies).collect();
        Experiment { scenarios, replications: 20, seed: 1, threads, window: None }
    }

    /// So many replications.
    pub fn replications(self, replications: u32) -> Experiment {
        Experiment { replications, ..self }
    }

    /// Another seed: other luck for all.
    pub fn seed(self, seed: u64) -> Experiment {
        Experiment { seed, ..self }
    }

    /// So many threads; results do not depend on it.
    pub fn threads(self, threads: usize) -> Experiment {
        Experiment { threads, ..self }
    }

    /// First and last day that count.
    pub fn window(self, first: Date, last: Date) -> Experiment {
        Experiment { window: Some((first, last)), ..self }
    }

    /// Makes all runs and compares them. The numbers are those of `crackdown compare` with the same scenarios, seed, replications and
    /// window.
    ///
    /// # Panics
    /// Without replications, with days that count outside the reported ones, or with policies whose days are not those of the baseline.
    pub fn run(&self) -> Result<Comparison, Failure> {
        let study = Study::of(self.scenarios.clone(), self.seed, self.replications, model::YIELDS);
        let window = self.window.unwrap_or(study.window);
        let outcomes = KeptOutcomes { experiment: self, window, of: Mutex::default() };
        let workshop = RunOptions {
            threads: self.threads,
            on_day: &|| (),
            interrupted: &AtomicBool::new(false),
            when_interrupted: WhenInterrupted::Finish,
        };
        let cells = (0..self.replications).map(|replication| Cell { draw: 0, replication });
        make(
            vec![StudyPart {
                study: &study,
                cells: Box::new(cells),
                keep: &outcomes,
                apart: false,
            }],
            &workshop,
        )?;
        let mut made = outcomes.of.into_inner().expect("no panic while it was held");
        let arms = self.scenarios.iter().enumerate().map(|(arm, resolved)| ArmRuns {
            resolved,
            fingerprint: fingerprint(&resolved.json, self.seed),
            outcomes: (0..self.replications).filter_map(|run| made.remove(&(arm, run))).collect(),
        });
        let arms: Vec<ArmRuns> = arms.collect();
        let question =
            Question { seed: self.seed, window, target: vec![Class::Shadow], draws: None };
        Ok(comparison::compare(&question, &arms))
    }
}

/// What comes of the runs, by arm and replication.
struct KeptOutcomes<'a> {
    experiment: &'a Experiment,
    window: (Date, Date),
    of: Mutex<BTreeMap<(usize, u32), RunOutcome>>,
}

impl Keep for KeptOutcomes<'_> {
    fn has(&self, _arm: usize, _cell: Cell) -> bool {
        false
    }

    fn keep(&self, arms: &[usize], cell: Cell, made: Result<Run, Unmade>) -> Result<(), Failure> {
        let replication = cell.replication;
        let Run { record, .. } =
            made.map_err(|Unmade { message, .. }| Failure::Panicked { replication, message })?;
        // Weights and costs of the baseline hold for all: measures compare worlds, not yardsticks.
        let base = &self.experiment.scenarios[0].scenario;
        let days = comparison::days(base, self.window);
        let outcome = RunOutcome::of(&record, base, days.expect("days that count are reported"));
        let mut of = self.of.lock().expect("no panic while it is held");
        of.extend(arms.iter().map(|arm| ((*arm, replication), outcome.clone())));
        Ok(())
    }
}
