//! Scenarios × replications → runs, in parallel.
//!
//! As many replications as there are threads run at once, each on one thread; those left over run one
//! after another, each on all threads. So never more replications are in memory than there are threads:
//! in one shared pool a thread that waits inside a run may start another, and memory would have no bound.
//!
//! Deliberately absent: what a run does (the caller passes it), files, printing.

pub mod chain;
pub mod difference;
pub mod pair;

use std::any::Any;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use crate::record::{Record, RunKey};
use crate::scenario::Scenario;

/// What is to be run.
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

/// One run of the world, such as [`crate::model::simulate`].
pub type Simulate<'a> = dyn Fn(&Scenario, RunKey, &(dyn Fn() + Sync)) -> Record + Sync + 'a;

/// Why there are no results.
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
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Interrupted => f.write_str("interrupted"),
            Failure::Panicked { replication, message } => {
                write!(f, "replication {replication} failed: {message}")
            }
            Failure::Threads(message) => write!(f, "cannot start threads: {message}"),
        }
    }
}

impl std::error::Error for Failure {}

/// Unwinds a run at the end of a day when the user interrupts it; no panic, so no message.
struct Stop;

/// Runs all replications; results are in their order and do not depend on the number of threads.
///
/// `on_day` is called after each simulated day of any replication. When `interrupted` is raised, all
/// runs end with their current day.
///
/// # Errors
/// If it was interrupted, a replication panicked or the threads cannot be started.
pub fn run(
    plan: &Plan,
    simulate: &Simulate,
    on_day: &(dyn Fn() + Sync),
    interrupted: &AtomicBool,
) -> Result<Vec<Record>, Failure> {
    let threads = plan.threads.max(1);
    let together = plan.replications - plan.replications % (threads as u32).max(1);
    let mut records = side_by_side(plan, threads, together, simulate, on_day, interrupted)?;
    if together < plan.replications {
        let pool = pool(threads)?;
        for replication in together..plan.replications {
            records.push(one(plan, replication, &pool, simulate, on_day, interrupted)?);
        }
    }
    Ok(records)
}

/// The first `replications`, each on one of `threads` threads.
fn side_by_side(
    plan: &Plan,
    threads: usize,
    replications: u32,
    simulate: &Simulate,
    on_day: &(dyn Fn() + Sync),
    interrupted: &AtomicBool,
) -> Result<Vec<Record>, Failure> {
    if replications == 0 {
        return Ok(Vec::new());
    }
    let pools: Vec<rayon::ThreadPool> = (0..threads).map(|_| pool(1)).collect::<Result<_, _>>()?;
    let next = AtomicU32::new(0);
    let failed = AtomicBool::new(false);
    let done: Mutex<Vec<(u32, Result<Record, Failure>)>> = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for pool in &pools {
            scope.spawn(|| {
                while !failed.load(Ordering::Relaxed) {
                    let replication = next.fetch_add(1, Ordering::Relaxed);
                    if replication >= replications {
                        break;
                    }
                    let result = one(plan, replication, pool, simulate, on_day, interrupted);
                    failed.fetch_or(result.is_err(), Ordering::Relaxed);
                    done.lock().expect("no panic while it is held").push((replication, result));
                }
            });
        }
    });
    let mut done = done.into_inner().expect("no panic while it was held");
    done.sort_by_key(|(replication, _)| *replication);
    done.into_iter().map(|(_, result)| result).collect()
}

fn pool(threads: usize) -> Result<rayon::ThreadPool, Failure> {
    let built = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    built.map_err(|error| Failure::Threads(error.to_string()))
}

fn one(
    plan: &Plan,
    replication: u32,
    pool: &rayon::ThreadPool,
    simulate: &Simulate,
    on_day: &(dyn Fn() + Sync),
    interrupted: &AtomicBool,
) -> Result<Record, Failure> {
    let stop_or_go_on = || {
        if interrupted.load(Ordering::Relaxed) {
            resume_unwind(Box::new(Stop));
        }
        on_day();
    };
    let key = RunKey { seed: plan.seed, replication };
    // A run that unwinds leaves nothing behind that anybody looks at again.
    let run = AssertUnwindSafe(|| pool.install(|| simulate(plan.scenario, key, &stop_or_go_on)));
    if interrupted.load(Ordering::Relaxed) {
        return Err(Failure::Interrupted);
    }
    catch_unwind(run).map_err(|cause| {
        if cause.is::<Stop>() {
            Failure::Interrupted
        } else {
            Failure::Panicked { replication, message: message(cause.as_ref()) }
        }
    })
}

fn message(cause: &(dyn Any + Send)) -> String {
    let text = cause.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| cause.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "no message".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Migration;
    use std::sync::LazyLock;
    use std::sync::atomic::AtomicUsize;

    fn fake(scenario: &Scenario, key: RunKey, on_day: &(dyn Fn() + Sync)) -> Record {
        for _ in 0..3 {
            on_day();
        }
        Record {
            key,
            start: scenario.start,
            days: 3,
            flows: Vec::new(),
            venues: Vec::new(),
            card_price_kzt: vec![i64::from(key.replication); 3],
            migration: Migration::new(),
            sights: Vec::new(),
            measures: Vec::new(),
        }
    }

    static REFERENCE: LazyLock<Scenario> =
        LazyLock::new(|| crate::scenario::reference().scenario.clone());

    fn plan(replications: u32, threads: usize) -> Plan<'static> {
        Plan { scenario: &REFERENCE, seed: 7, replications, threads }
    }

    #[test]
    fn results_come_in_order_whatever_the_threads() {
        let quiet = AtomicBool::new(false);
        let alone = run(&plan(7, 1), &fake, &|| (), &quiet).unwrap();
        assert!(alone.iter().map(|record| record.key.replication).eq(0..7));
        for threads in [2, 3, 8] {
            let days = AtomicUsize::new(0);
            let count = || {
                days.fetch_add(1, Ordering::Relaxed);
            };
            assert_eq!(run(&plan(7, threads), &fake, &count, &quiet).unwrap(), alone);
            assert_eq!(days.into_inner(), 21);
        }
    }

    #[test]
    fn never_more_runs_at_once_than_threads() {
        let (now, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let simulate = |scenario: &Scenario, key: RunKey, on_day: &(dyn Fn() + Sync)| {
            most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            let record = fake(scenario, key, on_day);
            now.fetch_sub(1, Ordering::SeqCst);
            record
        };
        run(&plan(11, 3), &simulate, &|| (), &AtomicBool::new(false)).unwrap();
        assert!(most.into_inner() <= 3);
    }

    #[test]
    fn an_interruption_ends_runs_within_a_day() {
        for threads in [1, 4] {
            let interrupted = AtomicBool::new(false);
            let raise = || interrupted.store(true, Ordering::Relaxed);
            let result = run(&plan(4, threads), &fake, &raise, &interrupted);
            assert_eq!(result, Err(Failure::Interrupted));
        }
    }

    #[test]
    fn a_panic_names_its_replication() {
        let simulate = |scenario: &Scenario, key: RunKey, on_day: &(dyn Fn() + Sync)| {
            if key.replication == 2 {
                // Unwinds as a panic does, but keeps the test's output clean.
                resume_unwind(Box::new("no such venue"));
            }
            fake(scenario, key, on_day)
        };
        for threads in [1, 2, 8] {
            let result = run(&plan(4, threads), &simulate, &|| (), &AtomicBool::new(false));
            let message = "no such venue".to_owned();
            assert_eq!(result, Err(Failure::Panicked { replication: 2, message }));
        }
    }
}
