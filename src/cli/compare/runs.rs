//! Runs that are missing are made, those that are there are taken.

use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;

use super::Args;
use super::prepare::{Prepared, Width};
use crate::cli::simulate::{Refusal, Told, failed};
use crate::comparison::{Outcome, Precision, Runs, days};
use crate::ensemble::{self, Job, WhenInterrupted, Workshop};
use crate::record::{MEASURES, Record, RunKey};
use crate::scenario;
use crate::stats::{stein_interval, stein_replications};
use crate::store::{RunStore, Study, input_fingerprint};

/// Finished runs are written together when there are so many: what a crash can cost. Unit: runs. Source: judgement.
const BATCH: usize = 16;

/// What is said when the work is interrupted.
const KEPT: &str = "finished runs are kept: the same command goes on from here";

/// The runs of a comparison.
pub struct Work<'a> {
    args: &'a Args,
    prepared: &'a Prepared,
    threads: usize,
    interrupted: &'a AtomicBool,
    fingerprints: Vec<String>,
    stores: Vec<RunStore>,
    /// By scenario and replication.
    outcomes: Vec<Vec<Option<Outcome>>>,
    simulated: usize,
    reused: usize,
}

impl<'a> Work<'a> {
    /// Looks up which runs are there.
    pub fn new(
        args: &'a Args,
        prepared: &'a Prepared,
        threads: usize,
        interrupted: &'a AtomicBool,
    ) -> Work<'a> {
        let fingerprints: Vec<String> = prepared
            .scenarios
            .iter()
            .map(|resolved| input_fingerprint(&Study { resolved, sets: &[], seed: args.how.seed }))
            .collect();
        let open = |(fingerprint, resolved): (&String, &scenario::Resolved)| {
            RunStore::open(&args.runs, fingerprint, &resolved.scenario, args.how.seed)
        };
        let stores = fingerprints.iter().zip(&prepared.scenarios).map(open).collect();
        let outcomes = vec![Vec::new(); prepared.scenarios.len()];
        Work {
            args,
            prepared,
            threads,
            interrupted,
            fingerprints,
            stores,
            outcomes,
            simulated: 0,
            reused: 0,
        }
    }

    /// What would be run, in words.
    pub fn plan(&self, out: &Path) -> String {
        let mut lines = Vec::new();
        for (resolved, store) in self.prepared.scenarios.iter().zip(&self.stores) {
            let there = (0..self.args.replications).filter(|number| store.has(*number)).count();
            lines.push(format!(
                "{}: {} replications, {there} of them are there",
                resolved.scenario.title, self.args.replications
            ));
        }
        let cost = scenario::estimate(&self.prepared.scenarios[0].scenario);
        lines.push(format!("On {} threads, seed {}", self.threads, self.args.how.seed));
        lines.push(format!("Each replication on one thread: {cost}"));
        lines.push(format!("Runs would be kept in {}", self.args.runs.display()));
        lines.push(format!("Results would go to {}", out.display()));
        lines.join("\n") + "\n"
    }

    /// How many runs were made and taken, in words.
    pub fn counted(&self) -> String {
        format!(
            "{} runs simulated, {} taken from {}",
            self.simulated,
            self.reused,
            self.args.runs.display()
        )
    }

    /// Makes sure that every scenario has so many replications.
    pub fn ensure(&mut self, replications: u32) -> Result<(), Refusal> {
        self.take(replications);
        let scenarios = &self.prepared.scenarios;
        let mut jobs = Vec::new();
        let mut whose = Vec::new();
        for (number, outcomes) in self.outcomes.iter().enumerate() {
            for replication in (0..replications).filter(|at| outcomes[*at as usize].is_none()) {
                let key = RunKey { seed: self.args.how.seed, replication };
                jobs.push(Job { scenario: &scenarios[number].scenario, key });
                whose.push(number);
            }
        }
        if jobs.is_empty() {
            return Ok(());
        }
        let pending: Mutex<Vec<(usize, Record)>> = Mutex::new(Vec::new());
        let done: Mutex<Vec<(usize, Outcome)>> = Mutex::new(Vec::new());
        let window = self.window();
        let keep = |number: usize, record: Record| {
            let scenario = whose[number];
            let outcome = Outcome::of(&record, &scenarios[0].scenario, window.clone());
            done.lock().expect("no panic while it is held").push((scenario, outcome));
            let mut pending = pending.lock().expect("no panic while it is held");
            pending.push((scenario, record));
            if pending.len() >= BATCH { self.keep(&mut pending) } else { Ok(()) }
        };
        let days = jobs.len() as u64 * u64::from(scenarios[0].scenario.total_days());
        let told = Told { days, quiet: self.args.how.quiet, seed: self.args.how.seed, lost: KEPT };
        let result = told.run(|on_day| {
            let workshop = Workshop {
                threads: self.threads,
                simulate: &crate::model::simulate,
                on_day,
                interrupted: self.interrupted,
                when_interrupted: WhenInterrupted::Finish,
            };
            ensemble::each(&jobs, &workshop, &keep)
        });
        let mut pending = pending.into_inner().expect("no panic while it was held");
        let kept = self.keep(&mut pending).map_err(failed);
        result.and(kept)?;
        self.simulated += jobs.len();
        for (scenario, outcome) in done.into_inner().expect("no panic while it was held") {
            let place = outcome.replication as usize;
            self.outcomes[scenario][place] = Some(outcome);
        }
        Ok(())
    }

    /// Takes what is there.
    fn take(&mut self, replications: u32) {
        let window = self.window();
        // Weights and costs of the baseline hold for all: measures compare worlds, not yardsticks.
        let base = &self.prepared.scenarios[0].scenario;
        for (number, outcomes) in self.outcomes.iter_mut().enumerate() {
            for replication in outcomes.len() as u32..replications {
                let store = &mut self.stores[number];
                let found = store.has(replication).then(|| store.load(replication));
                outcomes.push(match found {
                    Some(Ok(record)) => {
                        self.reused += 1;
                        Some(Outcome::of(&record, base, window.clone()))
                    }
                    // What cannot be read is made again.
                    Some(Err(_)) => {
                        store.forget(replication);
                        None
                    }
                    None => None,
                });
            }
        }
    }

    fn window(&self) -> std::ops::Range<usize> {
        days(&self.prepared.scenarios[0].scenario, self.prepared.window)
            .expect("the window was checked")
    }

    fn keep(&self, pending: &mut Vec<(usize, Record)>) -> Result<(), String> {
        let mut by_scenario: Vec<Vec<Record>> = vec![Vec::new(); self.stores.len()];
        for (scenario, record) in pending.drain(..) {
            by_scenario[scenario].push(record);
        }
        self.stores.iter().zip(by_scenario).try_for_each(|(store, records)| store.keep(&records))
    }

    /// Adds replications until the wanted interval is narrow enough or the budget is met.
    pub fn reach_precision(&mut self) -> Result<Option<Precision>, Refusal> {
        let Some(wish) = &self.prepared.wish else { return Ok(None) };
        let first_stage = self.args.replications;
        let baseline = self.values(0, wish.measure);
        let half_width = match wish.width {
            Width::Amount(amount) => amount,
            Width::Share(share) => {
                share * (baseline.iter().sum::<f64>() / baseline.len() as f64).abs()
            }
        };
        let name = MEASURES[wish.measure].name;
        if half_width <= 0.0 {
            return Err(failed(format!(
                "--precision: {name} is 0 in the baseline, so no share of it is a width; give an amount"
            )));
        }
        let policies = 1..self.prepared.scenarios.len();
        let needed = policies
            .clone()
            .filter_map(|policy| {
                stein_replications(&self.differences(policy, wish.measure), half_width)
            })
            .fold(f64::from(first_stage), f64::max);
        let needed = needed.min(f64::from(u32::MAX)) as u32;
        let budget = self.args.max_replications.max(first_stage);
        self.ensure(needed.min(budget))?;
        let intervals = policies
            .map(|policy| {
                stein_interval(&self.differences(policy, wish.measure), first_stage as usize)
            })
            .collect();
        Ok(Some(Precision {
            measure: name.to_owned(),
            half_width,
            wanted: wish.written.clone(),
            first_stage,
            needed,
            reached: needed <= budget,
            intervals,
        }))
    }

    fn values(&self, scenario: usize, measure: usize) -> Vec<f64> {
        self.outcomes[scenario].iter().flatten().map(|outcome| outcome.measures[measure]).collect()
    }

    fn differences(&self, policy: usize, measure: usize) -> Vec<f64> {
        let (before, after) = (self.values(0, measure), self.values(policy, measure));
        after.iter().zip(before).map(|(after, before)| after - before).collect()
    }

    /// The arms with all their runs.
    pub fn arms(&mut self) -> Vec<Runs<'a>> {
        let outcomes = std::mem::take(&mut self.outcomes);
        self.prepared
            .scenarios
            .iter()
            .zip(&self.fingerprints)
            .zip(outcomes)
            .map(|((resolved, fingerprint), outcomes)| Runs {
                resolved,
                fingerprint: fingerprint.clone(),
                outcomes: outcomes.into_iter().flatten().collect(),
            })
            .collect()
    }
}
