//! Scenarios × replications → runs, in parallel.
//!
//! As many runs as there are threads go on at once, each on one thread. So never more runs are in memory than there are
//! threads, and as many trunks from which they part (`family`): in one shared pool a thread that waits inside a run may start
//! another, and memory would have no bound.
//!
//! Deliberately absent: what a run does (`model`), what becomes of its record (the caller takes it as soon as it is
//! there), files, printing.

pub mod chain;
pub mod difference;
mod family;
pub mod pair;

use std::any::Any;
use std::fmt;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};

use scenario::Scenario;
use world::record::{Record, RunKey};

pub use family::{Family, families};

/// Replications of one scenario.
#[derive(Clone, Copy, Debug)]
pub struct Plan<'a> {
    /// The world and policy.
    pub scenario: &'a Scenario,
    /// Seed of the study.
    pub seed: u64,
    /// Number of replications.
    pub replications: u32,
    /// Number of threads, at least one.
    pub threads: usize,
}

/// What happens to runs that are under way when the user interrupts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhenInterrupted {
    /// They end with their current day and are lost.
    Stop,
    /// They are finished and kept; no others begin.
    Finish,
}

/// How runs are made.
#[derive(Clone, Copy)]
pub struct Workshop<'a> {
    /// Number of threads, at least one.
    pub threads: usize,
    /// Called after each simulated day of any run.
    pub on_day: &'a (dyn Fn() + Sync),
    /// Raised when the user interrupts.
    pub interrupted: &'a AtomicBool,
    /// What then becomes of runs under way.
    pub when_interrupted: WhenInterrupted,
}

/// The family of a number, counted from 0; none from some number on.
pub type Next<'a> = dyn Fn(usize) -> Option<Family> + Sync + 'a;

/// Takes the record of a member of a family, or what the panic of its run said; an error ends the work.
pub type Keep<'a> = dyn Fn(usize, usize, Result<Record, String>) -> Result<(), String> + Sync + 'a;

/// Why there are no results, or not all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The interruption flag was raised.
    Interrupted,
    /// A replication panicked: a bug of the program.
    Panicked {
        /// Which one.
        replication: u32,
        /// What the panic said.
        message: String,
    },
    /// The threads could not be started.
    Threads(String),
    /// A record could not be kept.
    NotKept(String),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Interrupted => f.write_str("interrupted"),
            Failure::Panicked { replication, message } => {
                write!(f, "replication {replication} failed: {message}")
            }
            Failure::Threads(message) => write!(f, "cannot start threads: {message}"),
            Failure::NotKept(message) => f.write_str(message),
        }
    }
}

impl std::error::Error for Failure {}

/// Runs all replications; results are in their order and do not depend on the number of threads.
///
/// `on_day` is called after each simulated day of any replication. When `interrupted` is raised, all
/// runs end with their current day.
///
/// # Errors
/// If it was interrupted, a replication panicked or the threads cannot be started.
pub fn run(
    plan: &Plan,
    on_day: &(dyn Fn() + Sync),
    interrupted: &AtomicBool,
) -> Result<Vec<Record>, Failure> {
    let scenarios = vec![Arc::new(plan.scenario.clone())];
    let next = |number: usize| {
        let replication =
            u32::try_from(number).ok().filter(|number| *number < plan.replications)?;
        let key = RunKey::new(plan.seed, replication);
        Some(Family { scenarios: scenarios.clone(), key })
    };
    gathered(&next, plan.threads, on_day, interrupted)
}

/// Runs scenarios each with luck of its own; results are in their order, and the same is true of them.
///
/// # Errors
/// If it was interrupted, a run panicked or the threads cannot be started.
pub fn run_all(
    runs: &[(&Scenario, RunKey)],
    threads: usize,
    on_day: &(dyn Fn() + Sync),
    interrupted: &AtomicBool,
) -> Result<Vec<Record>, Failure> {
    let next = |number: usize| {
        let (scenario, key) = *runs.get(number)?;
        Some(Family { scenarios: vec![Arc::new(scenario.clone())], key })
    };
    gathered(&next, threads, on_day, interrupted)
}

/// Records of families of one run each, in their order.
fn gathered(
    next: &Next,
    threads: usize,
    on_day: &(dyn Fn() + Sync),
    interrupted: &AtomicBool,
) -> Result<Vec<Record>, Failure> {
    let when_interrupted = WhenInterrupted::Stop;
    let workshop = Workshop { threads, on_day, interrupted, when_interrupted };
    let done: Mutex<Vec<Record>> = Mutex::new(Vec::new());
    let panicked = FirstPanic::default();
    let result = families(next, &workshop, &|family, _, record| {
        let record = record.map_err(|message| panicked.tell(family as u32, message))?;
        done.lock().expect("no panic while it is held").push(record);
        Ok(())
    });
    panicked.or(result)?;
    let mut done = done.into_inner().expect("no panic while it was held");
    done.sort_by_key(|record| record.key);
    Ok(done)
}

/// The first run that panicked, where one is enough to end the work.
#[derive(Default)]
pub struct FirstPanic(Mutex<Option<Failure>>);

impl FirstPanic {
    /// Remembers which replication it was and what the panic said; gives a reason to keep nothing more.
    pub fn tell(&self, replication: u32, message: String) -> String {
        let failure = Failure::Panicked { replication, message };
        let reason = failure.to_string();
        self.0.lock().expect("no panic while it is held").get_or_insert(failure);
        reason
    }

    /// The panic if there was one, else the result.
    ///
    /// # Errors
    /// The panic, or the error of the result.
    pub fn or<T>(&self, result: Result<T, Failure>) -> Result<T, Failure> {
        self.0.lock().expect("no panic while it is held").take().map_or(result, Err)
    }
}

fn message(cause: &(dyn Any + Send)) -> String {
    let text = cause.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| cause.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "no message".to_owned())
}

#[cfg(test)]
mod tests;
