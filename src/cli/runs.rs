//! Runs that are missing are made, those that are there are taken; of each the command keeps what it needs.

use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};

use super::simulate::{Refusal, Told, failed};
use model::{Saved, saved};
use scenario::{self, Scenario};
use study::ensemble::{Family, FirstPanic, WhenInterrupted, Workshop, families};
use study::store::RunStore;
use world::record::{Record, RunKey};

/// Finished runs are written together when there are so many: what a crash can cost. Unit: runs. Source: judgement.
const BATCH: usize = 16;

/// What is said when the work is interrupted.
const KEPT: &str = "finished runs are kept: the same command goes on from here";

/// A scenario that is run.
pub struct Arm<'a> {
    /// What it is called.
    pub title: String,
    /// Fingerprint of what determines its runs.
    pub fingerprint: String,
    /// The scenario.
    pub scenario: &'a Scenario,
    /// Draw of parameters, which has luck of its own; 0 where nothing is drawn.
    pub draw: u32,
}

/// How runs are made, and where they are kept.
#[derive(Clone, Copy)]
pub struct Way<'a> {
    /// Where finished runs are kept and looked for.
    pub store: &'a Path,
    /// Seed of the study.
    pub seed: u64,
    /// Number of threads.
    pub threads: usize,
    /// Whether to show no progress.
    pub quiet: bool,
    /// Raised when the user interrupts.
    pub interrupted: &'a AtomicBool,
}

/// What is kept of a run.
pub type Digest<'a, T> = dyn Fn(&Record) -> T + Sync + 'a;

/// The runs of several scenarios with the same days, under one or several draws of parameters.
pub struct Work<'a, T> {
    arms: Vec<Arm<'a>>,
    way: Way<'a>,
    digest: &'a Digest<'a, T>,
    stores: Vec<RunStore>,
    /// By scenario under a draw, and replication.
    kept: Vec<Vec<Option<T>>>,
    simulated: usize,
    reused: usize,
    saved: Saved,
}

/// A replication that is missing.
struct Absent {
    family: Family,
    /// Numbers of the scenarios of the family, all under the same draw.
    arms: Vec<usize>,
}

impl<'a, T: Send + Sync> Work<'a, T> {
    /// Looks up which runs are there; the scenarios stand draw by draw, in each in the same order.
    pub fn new(arms: Vec<Arm<'a>>, way: Way<'a>, digest: &'a Digest<'a, T>) -> Work<'a, T> {
        let open = |arm: &Arm| {
            let key = RunKey { seed: way.seed, draw: arm.draw, replication: 0 };
            RunStore::open(way.store, &arm.fingerprint, arm.scenario, key)
        };
        let stores = arms.iter().map(open).collect();
        let kept = arms.iter().map(|_| Vec::new()).collect();
        Work { arms, way, digest, stores, kept, simulated: 0, reused: 0, saved: Saved::default() }
    }

    /// What would be run, scenario by scenario, in words.
    pub fn plan(&self, replications: u32, out: &Path) -> String {
        let mut lines = Vec::new();
        let (scenarios, draws) = (self.scenarios(), self.arms.len() / self.scenarios());
        for (number, arm) in self.arms.iter().take(scenarios).enumerate() {
            let of_arm = self.stores.iter().skip(number).step_by(scenarios);
            let there: usize = of_arm.map(|store| there(store, replications)).sum();
            let each = match draws {
                1 => format!("{replications} replications"),
                _ => format!("{draws} draws × {replications} replications"),
            };
            lines.push(format!("{}: {each}, {there} of them are there", arm.title));
        }
        lines.push(self.costs());
        lines.push(format!("Runs would be kept in {}", self.way.store.display()));
        lines.push(format!("Results would go to {}", out.display()));
        lines.join("\n") + "\n"
    }

    /// Number of scenarios, each of which stands under every draw.
    fn scenarios(&self) -> usize {
        let first = self.arms.first().map(|arm| arm.draw);
        self.arms.iter().take_while(|arm| Some(arm.draw) == first).count()
    }

    /// Threads, seed and the cost of a run, in words.
    fn costs(&self) -> String {
        let cost = scenario::estimate(self.arms[0].scenario);
        format!(
            "On {} threads, seed {}\nEach replication on one thread: {cost}",
            self.way.threads, self.way.seed
        )
    }

    /// How many runs there will be, and how long those that are missing take, in words.
    pub fn announcement(&self, replications: u32) -> String {
        let all = self.arms.len() * replications as usize;
        let there: usize = self.stores.iter().map(|store| there(store, replications)).sum();
        let each = scenario::estimate(self.arms[0].scenario).seconds_per_replication;
        let seconds = each * (all - there) as f64 / self.way.threads as f64;
        let time = match seconds {
            _ if seconds < 60.0 => "under a minute".to_owned(),
            _ if seconds < 5400.0 => format!("about {:.0} minutes", seconds / 60.0),
            _ => format!("about {:.1} hours", seconds / 3600.0),
        };
        format!(
            "{all} runs: {} scenarios × {replications} replications, {there} of them are there; {time} on {} threads",
            self.arms.len(),
            self.way.threads
        )
    }

    /// How many runs were made and taken, in words.
    pub fn counted(&self) -> String {
        let counted = format!(
            "{} runs simulated, {} taken from {}",
            self.simulated,
            self.reused,
            self.way.store.display()
        );
        match 100.0 * self.saved.share() {
            share if share < 0.5 => counted,
            share => format!(
                "one warm-up for {} scenarios: {share:.0} % of the days simulated once instead of \
                 again\n{counted}",
                self.scenarios()
            ),
        }
    }

    /// Makes sure that every scenario has so many replications, under every draw.
    pub fn ensure(&mut self, replications: u32) -> Result<(), Refusal> {
        self.take(replications);
        let missing = self.missing(replications);
        if missing.is_empty() {
            return Ok(());
        }
        let next = |number: usize| missing.get(number).map(|absent| absent.family.clone());
        let pending: Mutex<Vec<(usize, Record)>> = Mutex::new(Vec::new());
        let done: Mutex<Vec<(usize, u32, T)>> = Mutex::new(Vec::new());
        let panicked = FirstPanic::default();
        let keep = |family: usize, member: usize, record: Result<Record, String>| {
            let Absent { family, arms } = &missing[family];
            let replication = family.key.replication;
            let number = family.key.draw * replications + replication;
            let record = record.map_err(|message| panicked.tell(number, message))?;
            let scenario = arms[member];
            let digest = (scenario, replication, (self.digest)(&record));
            done.lock().expect("no panic while it is held").push(digest);
            let mut pending = pending.lock().expect("no panic while it is held");
            pending.push((scenario, record));
            if pending.len() >= BATCH { self.keep(&mut pending) } else { Ok(()) }
        };
        let mut planned = Saved::default();
        missing.iter().for_each(|absent| planned.add(saved(&absent.family.scenarios)));
        let days = planned.simulated;
        let told = Told { days, quiet: self.way.quiet, seed: self.way.seed, lost: KEPT };
        let result = told.run(|on_day| {
            let workshop = Workshop {
                threads: self.way.threads,
                on_day,
                interrupted: self.way.interrupted,
                when_interrupted: WhenInterrupted::Finish,
            };
            panicked.or(families(&next, &workshop, &keep))
        });
        let mut pending = pending.into_inner().expect("no panic while it was held");
        let kept = self.keep(&mut pending).map_err(failed);
        self.saved.add(result.and_then(|saved| kept.map(|()| saved))?);
        for (scenario, replication, digest) in
            done.into_inner().expect("no panic while it was held")
        {
            self.simulated += 1;
            self.kept[scenario][replication as usize] = Some(digest);
        }
        Ok(())
    }

    /// Replications that are not there, each with the scenarios that lack it.
    fn missing(&self, replications: u32) -> Vec<Absent> {
        let scenarios: Vec<Arc<Scenario>> =
            self.arms.iter().map(|arm| Arc::new(arm.scenario.clone())).collect();
        let each = self.scenarios();
        let absent = |(first, replication): (usize, u32)| {
            let lacks = |arm: &usize| self.kept[*arm][replication as usize].is_none();
            let arms: Vec<usize> = (first..first + each).filter(lacks).collect();
            let key = RunKey { seed: self.way.seed, draw: self.arms[first].draw, replication };
            let scenarios = arms.iter().map(|arm| scenarios[*arm].clone()).collect();
            Absent { family: Family { scenarios, key }, arms }
        };
        let draws = (0..self.arms.len()).step_by(each.max(1));
        let cells = draws.flat_map(|first| (0..replications).map(move |number| (first, number)));
        cells.map(absent).filter(|absent| !absent.arms.is_empty()).collect()
    }

    /// Takes what is there.
    fn take(&mut self, replications: u32) {
        for (store, kept) in self.stores.iter_mut().zip(&mut self.kept) {
            for replication in kept.len() as u32..replications {
                let found = store.has(replication).then(|| store.load(replication));
                kept.push(match found {
                    Some(Ok(record)) => {
                        self.reused += 1;
                        Some((self.digest)(&record))
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

    fn keep(&self, pending: &mut Vec<(usize, Record)>) -> Result<(), String> {
        let mut by_scenario: Vec<Vec<Record>> = vec![Vec::new(); self.stores.len()];
        for (scenario, record) in pending.drain(..) {
            by_scenario[scenario].push(record);
        }
        self.stores.iter().zip(by_scenario).try_for_each(|(store, records)| store.keep(&records))
    }

    /// What was kept of the runs of one scenario.
    pub fn of(&self, arm: usize) -> impl Iterator<Item = &T> {
        self.kept[arm].iter().flatten()
    }

    /// What was kept of all runs, by scenario (under each draw in turn) and replication.
    pub fn into_kept(self) -> Vec<Vec<T>> {
        self.kept.into_iter().map(|kept| kept.into_iter().flatten().collect()).collect()
    }
}

/// How many of the replications are there.
fn there(store: &RunStore, replications: u32) -> usize {
    (0..replications).filter(|number| store.has(*number)).count()
}
