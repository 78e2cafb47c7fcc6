//! Families of runs in parallel: scenarios with the same luck, each day that they have in common simulated once.
//!
//! A thread takes a family, simulates its trunk and finishes one branch after another. When no new families are left,
//! threads help with the branches of those that are under way; at the very end, where runs are large enough to be worked
//! on by several threads, the last few branches go one after another on all threads. So there are at most two worlds for
//! each thread, and no list of runs.
//!
//! Deliberately absent: what becomes of a record, and what a run does.

use std::any::Any;
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use super::{Failure, RunOptions, WhenInterrupted, message};
use model::{Branch, FamilyRuns, Saved, threads_of_use};
use scenario::Scenario;
use world::record::{Record, RunKey};

/// Scenarios that are simulated with the same luck.
#[derive(Clone, Debug)]
pub struct Family {
    /// The members, by number.
    pub scenarios: Vec<Arc<Scenario>>,
    /// Their luck.
    pub key: RunKey,
}

/// The family of a number, counted from 0; none from some number on.
pub type Next<'a> = dyn Fn(usize) -> Option<Family> + Sync + 'a;

/// Takes the record of a member of a family, or what the panic of its run said; an error ends the work.
pub type HandOver<'a> =
    dyn Fn(usize, usize, Result<Record, String>) -> Result<(), Failure> + Sync + 'a;

/// Unwinds a run at the end of a day when the user interrupts it; no panic, so no message.
struct Stop;

/// Makes all families, asked for by consecutive numbers until there is none, and hands each record over as soon as it
/// is there, in any order; a member whose run panics is handed over as what the panic said, and the others go on.
///
/// # Errors
/// If it was interrupted, threads cannot be started, or a record could not be kept. Records handed over before stay
/// with the caller.
pub fn families(next: &Next, workshop: &RunOptions, keep: &HandOver) -> Result<Saved, Failure> {
    let threads = workshop.threads.max(1);
    let hall = Hall { next, workshop, keep, work: Mutex::default(), apart: AtomicU64::new(0) };
    let hall = &hall;
    let days = AtomicU64::new(0);
    let failures: Mutex<Vec<Failure>> = Mutex::default();
    let failed = AtomicBool::new(false);
    let work = |pool: &rayon::ThreadPool, to_the_end: bool| {
        let mut own = None;
        while !failed.load(Ordering::Relaxed) {
            let Some(open) = hall.assign(own.take(), to_the_end) else { return };
            if let Err(failure) = hall.one_branch(&open, pool, &days) {
                failed.store(true, Ordering::Relaxed);
                failures.lock().expect("no panic while it is held").push(failure);
            }
            own = Some(open);
        }
    };
    let pools: Vec<rayon::ThreadPool> = (0..threads).map(|_| pool(1)).collect::<Result<_, _>>()?;
    std::thread::scope(|scope| {
        for pool in &pools {
            scope.spawn(|| work(pool, false));
        }
    });
    drop(pools);
    if threads > 1 && hall.work().left() > 0 && !failed.load(Ordering::Relaxed) {
        work(&pool(threads)?, true);
    }
    let mut failures = failures.into_inner().expect("no panic while it was held");
    // What went wrong says more than that the rest was interrupted.
    let worst = failures.iter().position(|failure| *failure != Failure::Interrupted);
    match failures.is_empty() {
        true => {
            Ok(Saved { simulated: days.into_inner(), apart: hall.apart.load(Ordering::Relaxed) })
        }
        false => Err(failures.swap_remove(worst.unwrap_or(0))),
    }
}

fn pool(threads: usize) -> Result<rayon::ThreadPool, Failure> {
    let built = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    built.map_err(|error| Failure::Threads(error.to_string()))
}

/// A family under way.
struct Open {
    number: usize,
    kin: Mutex<FamilyRuns>,
    /// Threads that can work on one of its runs.
    threads_of_use: usize,
    /// Whether a thread simulates its trunk: another that wanted a branch now would wait.
    grows: AtomicBool,
    /// Whether it has one member only: then all runs take the same time, and threads are done at the same time.
    alone: bool,
}

impl Open {
    fn grows(&self) -> bool {
        self.grows.load(Ordering::Relaxed)
    }
}

/// Families that are asked for, and how many of their branches nobody has taken yet.
#[derive(Default)]
struct Work {
    /// Number of the next family to be asked for.
    next: usize,
    /// Whether there is none any more.
    all_known: bool,
    /// Threads that make a branch.
    busy: usize,
    waiting: VecDeque<(Arc<Open>, usize)>,
    begun: Vec<(Arc<Open>, usize)>,
}

impl Work {
    /// Branches that nobody has taken.
    fn left(&self) -> usize {
        self.waiting.iter().chain(&self.begun).map(|(_, left)| left).sum()
    }

    /// Branches that can be taken without waiting for a trunk.
    fn at_hand(&self) -> usize {
        let begun = self.begun.iter().filter(|(open, _)| !open.grows());
        self.waiting.iter().chain(begun).map(|(_, left)| left).sum()
    }

    /// Whether the last few runs are so large, and so few against the threads that are free, that all threads together are
    /// through with them sooner.
    fn is_for_all(&self, threads: usize) -> bool {
        let mut open = self.waiting.iter().chain(&self.begun).map(|(open, _)| open);
        let alone = open.clone().all(|open| open.alone);
        let free = if alone { threads } else { threads - self.busy };
        self.all_known && 2 * self.left() <= free && open.all(|open| open.threads_of_use > 1)
    }

    /// Asks for families until there is a branch for everybody.
    fn fill(&mut self, next: &Next, threads: usize) {
        while !self.all_known && self.at_hand() < threads {
            let Some(family) = next(self.next) else {
                self.all_known = true;
                return;
            };
            let (number, left) = (self.next, family.scenarios.len());
            self.next += 1;
            let Some(first) = family.scenarios.first() else { continue };
            let threads_of_use = threads_of_use(first);
            let kin = Mutex::new(FamilyRuns::new(family.scenarios, family.key));
            let grows = AtomicBool::new(false);
            let open = Open { number, kin, threads_of_use, grows, alone: left == 1 };
            self.waiting.push_back((Arc::new(open), left));
        }
    }

    /// Takes a branch: of the own family, else of a new one, else of that with most left; one whose trunk grows only if there is no other.
    fn take(&mut self, own: Option<Arc<Open>>) -> Option<Arc<Open>> {
        self.begun.retain(|(_, left)| *left > 0);
        let own = own.filter(|own| !own.grows());
        let position =
            own.and_then(|own| self.begun.iter().position(|(open, _)| Arc::ptr_eq(open, &own)));
        if position.is_none()
            && let Some(new) = self.waiting.pop_front()
        {
            self.begun.push(new);
            return self.from(self.begun.len() - 1);
        }
        let most = || {
            let ready = |(open, left): &(Arc<Open>, usize)| (!open.grows(), *left);
            (0..self.begun.len()).max_by_key(|number| ready(&self.begun[*number]))
        };
        position.or_else(most).and_then(|position| self.from(position))
    }

    fn from(&mut self, position: usize) -> Option<Arc<Open>> {
        let (open, left) = self.begun.get_mut(position)?;
        *left -= 1;
        open.grows.store(true, Ordering::Relaxed);
        Some(open.clone())
    }
}

/// Where all threads look for work.
struct Hall<'a> {
    next: &'a Next<'a>,
    workshop: &'a RunOptions<'a>,
    keep: &'a HandOver<'a>,
    work: Mutex<Work>,
    /// Days that runs handed over so far would have taken one by one.
    apart: AtomicU64,
}

impl Hall<'_> {
    fn work(&self) -> MutexGuard<'_, Work> {
        self.work.lock().expect("no panic while it is held")
    }

    /// A family of which one branch is to be made; `None` if this thread has nothing to do any more.
    fn assign(&self, own: Option<Arc<Open>>, to_the_end: bool) -> Option<Arc<Open>> {
        let mut work = self.work();
        let threads = self.workshop.threads.max(1);
        work.fill(self.next, threads);
        work.busy -= usize::from(own.is_some());
        if !to_the_end && work.is_for_all(threads) {
            return None;
        }
        let open = work.take(own);
        work.busy += usize::from(open.is_some());
        open
    }

    fn interrupted(&self) -> bool {
        self.workshop.interrupted.load(Ordering::Relaxed)
    }

    /// Makes one branch of a family and hands its record over.
    fn one_branch(
        &self,
        open: &Open,
        pool: &rayon::ThreadPool,
        days: &AtomicU64,
    ) -> Result<(), Failure> {
        if self.interrupted() {
            return Err(Failure::Interrupted);
        }
        let on_day = |stops: bool| {
            if stops && self.interrupted() {
                resume_unwind(Box::new(Stop));
            }
            days.fetch_add(1, Ordering::Relaxed);
            (self.workshop.on_day)();
        };
        // A run that unwinds leaves nothing behind that anybody looks at again.
        let branch = {
            let mut kin = open.kin.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            let kin = &mut *kin;
            // Of the trunk nothing is lost that is not quickly made again.
            let grow = AssertUnwindSafe(|| pool.install(|| kin.branch(&|| on_day(true))));
            let grown = catch_unwind(grow);
            open.grows.store(false, Ordering::Relaxed);
            match grown {
                Ok(Some(branch)) => Ok(branch),
                Ok(None) => return Ok(()),
                Err(cause) if cause.is::<Stop>() => return Err(Failure::Interrupted),
                Err(cause) => Err((kin.give_up().unwrap_or(0), cause)),
            }
        };
        let stops = self.workshop.when_interrupted == WhenInterrupted::Stop;
        let made = branch.and_then(|branch: Branch| {
            let (member, in_all) = (branch.member, u64::from(branch.days));
            let finish = || pool.install(|| branch.finish(&|| on_day(stops)));
            let record = catch_unwind(AssertUnwindSafe(finish)).map_err(|cause| (member, cause))?;
            self.apart.fetch_add(in_all, Ordering::Relaxed);
            Ok((member, record))
        });
        self.hand_over(open.number, made)
    }

    fn hand_over(
        &self,
        family: usize,
        made: Result<(usize, Record), (usize, Box<dyn Any + Send>)>,
    ) -> Result<(), Failure> {
        let (member, result) = match made {
            Ok((member, record)) => (member, Ok(record)),
            Err((_, cause)) if cause.is::<Stop>() => return Err(Failure::Interrupted),
            Err((member, cause)) => (member, Err(message(cause.as_ref()))),
        };
        (self.keep)(family, member, result)
    }
}
