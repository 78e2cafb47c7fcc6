//! Scenarios × replications → runs, in parallel.
//!
//! As many runs as there are threads go on at once, each on one thread; those left over go one after
//! another, each on all threads. So never more runs are in memory than there are threads: in one
//! shared pool a thread that waits inside a run may start another, and memory would have no bound.
//!
//! Deliberately absent: what a run does (the caller passes it), what becomes of its record (the caller
//! takes it as soon as it is there), files, printing.

pub mod chain;
pub mod difference;
pub mod pair;

use std::any::Any;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use crate::record::{Record, RunKey};
use crate::scenario::Scenario;

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

/// One run of the world, such as [`crate::model::simulate`].
pub type Simulate<'a> = dyn Fn(&Scenario, RunKey, &(dyn Fn() + Sync)) -> Record + Sync + 'a;

/// One run to be made.
#[derive(Clone, Copy, Debug)]
pub struct Job<'a> {
    /// The world and policy.
    pub scenario: &'a Scenario,
    /// Seed and replication.
    pub key: RunKey,
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
    /// One run.
    pub simulate: &'a Simulate<'a>,
    /// Called after each simulated day of any run.
    pub on_day: &'a (dyn Fn() + Sync),
    /// Raised when the user interrupts.
    pub interrupted: &'a AtomicBool,
    /// What then becomes of runs under way.
    pub when_interrupted: WhenInterrupted,
}

/// Takes the record of the job with this number; an error ends the work.
pub type Keep<'a> = dyn Fn(usize, Record) -> Result<(), String> + Sync + 'a;

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
    let job = |replication| {
        let key = RunKey::new(plan.seed, replication);
        Job { scenario: plan.scenario, key }
    };
    let jobs: Vec<Job> = (0..plan.replications).map(job).collect();
    let when_interrupted = WhenInterrupted::Stop;
    let workshop =
        Workshop { threads: plan.threads, simulate, on_day, interrupted, when_interrupted };
    let done: Mutex<Vec<(usize, Record)>> = Mutex::new(Vec::new());
    each(&jobs, &workshop, &|number, record| {
        done.lock().expect("no panic while it is held").push((number, record));
        Ok(())
    })?;
    let mut done = done.into_inner().expect("no panic while it was held");
    done.sort_by_key(|(number, _)| *number);
    Ok(done.into_iter().map(|(_, record)| record).collect())
}

/// Makes all runs and hands each record over as soon as it is there, in any order.
///
/// # Errors
/// If it was interrupted, a run panicked, threads cannot be started, or a record could not be kept. Records
/// handed over before stay with the caller.
pub fn each(jobs: &[Job], workshop: &Workshop, keep: &Keep) -> Result<(), Failure> {
    let threads = workshop.threads.max(1);
    let together = jobs.len() - jobs.len() % threads;
    side_by_side(&jobs[..together], threads, workshop, keep)?;
    if together < jobs.len() {
        let pool = pool(threads)?;
        for (number, job) in jobs.iter().enumerate().skip(together) {
            let record = one(job, &pool, workshop)?;
            keep(number, record).map_err(Failure::NotKept)?;
        }
    }
    Ok(())
}

/// Runs each on one of `threads` threads.
fn side_by_side(
    jobs: &[Job],
    threads: usize,
    workshop: &Workshop,
    keep: &Keep,
) -> Result<(), Failure> {
    if jobs.is_empty() {
        return Ok(());
    }
    let pools: Vec<rayon::ThreadPool> = (0..threads).map(|_| pool(1)).collect::<Result<_, _>>()?;
    let next = AtomicUsize::new(0);
    let failed = AtomicBool::new(false);
    let failures: Mutex<Vec<(usize, Failure)>> = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for pool in &pools {
            scope.spawn(|| {
                while !failed.load(Ordering::Relaxed) {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let Some(job) = jobs.get(number) else { break };
                    let result = one(job, pool, workshop)
                        .and_then(|record| keep(number, record).map_err(Failure::NotKept));
                    if let Err(failure) = result {
                        failed.store(true, Ordering::Relaxed);
                        let mut failures = failures.lock().expect("no panic while it is held");
                        failures.push((number, failure));
                    }
                }
            });
        }
    });
    let mut failures = failures.into_inner().expect("no panic while it was held");
    failures.sort_by_key(|(number, _)| *number);
    // What went wrong says more than that the rest was interrupted.
    let worst = failures.iter().position(|(_, failure)| *failure != Failure::Interrupted);
    match failures.is_empty() {
        true => Ok(()),
        false => Err(failures.swap_remove(worst.unwrap_or(0)).1),
    }
}

fn pool(threads: usize) -> Result<rayon::ThreadPool, Failure> {
    let built = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    built.map_err(|error| Failure::Threads(error.to_string()))
}

fn one(job: &Job, pool: &rayon::ThreadPool, workshop: &Workshop) -> Result<Record, Failure> {
    let interrupted = || workshop.interrupted.load(Ordering::Relaxed);
    let stop_or_go_on = || {
        if workshop.when_interrupted == WhenInterrupted::Stop && interrupted() {
            resume_unwind(Box::new(Stop));
        }
        (workshop.on_day)();
    };
    // A run that unwinds leaves nothing behind that anybody looks at again.
    let run = AssertUnwindSafe(|| {
        pool.install(|| (workshop.simulate)(job.scenario, job.key, &stop_or_go_on))
    });
    if interrupted() {
        return Err(Failure::Interrupted);
    }
    catch_unwind(run).map_err(|cause| {
        if cause.is::<Stop>() {
            Failure::Interrupted
        } else {
            let replication = job.key.replication;
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
            cases_open: vec![0; 3],
            underworld: Vec::new(),
            reports: [vec![0; 3], vec![0; 3], vec![0; 3]],
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
    fn runs_under_way_are_finished_and_kept_when_that_was_asked_for() {
        let interrupted = AtomicBool::new(false);
        let raise = || interrupted.store(true, Ordering::Relaxed);
        let plan = plan(4, 2);
        let job = |replication| Job { scenario: plan.scenario, key: RunKey::new(7, replication) };
        let jobs: Vec<Job> = (0..4).map(job).collect();
        let workshop = Workshop {
            threads: 2,
            simulate: &fake,
            on_day: &raise,
            interrupted: &interrupted,
            when_interrupted: WhenInterrupted::Finish,
        };
        let kept = AtomicUsize::new(0);
        let result = each(&jobs, &workshop, &|_, record| {
            assert_eq!(record.days, 3);
            kept.fetch_add(1, Ordering::Relaxed);
            Ok(())
        });
        assert_eq!(result, Err(Failure::Interrupted));
        assert!((1..=2).contains(&kept.into_inner()));
    }

    #[test]
    fn a_record_that_cannot_be_kept_ends_the_work() {
        let plan = plan(3, 1);
        let key = |replication| RunKey::new(7, replication);
        let jobs = [0, 1, 2].map(|number| Job { scenario: plan.scenario, key: key(number) });
        let workshop = Workshop {
            threads: 1,
            simulate: &fake,
            on_day: &|| (),
            interrupted: &AtomicBool::new(false),
            when_interrupted: WhenInterrupted::Finish,
        };
        let result = each(&jobs, &workshop, &|_, _| Err("disk full".to_owned()));
        assert_eq!(result, Err(Failure::NotKept("disk full".to_owned())));
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
