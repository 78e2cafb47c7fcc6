//! Two runs with the same luck, day by day side by side: a baseline and a policy.
//!
//! Both are simulated together and compared every evening, so that nothing but what differs is kept: a
//! national run has tens of millions of orders.
//!
//! Deliberately absent: what counts as a difference (`difference`, `chain`), words for it (`cli`).

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};

use super::chain::Chain;
use super::{Failure, message};
use model::trace::WatchedRun;
use scenario::Scenario;
use world::record::RunKey;
use world::record::event::{DayLog, VenueName};
use world::record::life::{CustomerDay, DealerDay, Portrait, VenueDay};
use world::units::Day;

/// Two scenarios and the luck they share.
#[derive(Clone, Copy)]
pub struct Pair<'a> {
    /// The comparator.
    pub baseline: &'a Scenario,
    /// The policy.
    pub policy: &'a Scenario,
    /// The luck.
    pub key: RunKey,
}

/// What both runs yield of something: the baseline first, then the policy.
pub type BothRuns<T> = [T; 2];

/// Days of somebody on which something happened in either run.
pub type PairedDays<D> = Vec<(Day, BothRuns<Option<D>>)>;

/// Somebody's life in both runs.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Life {
    /// A customer.
    Customer {
        /// Who it is.
        portrait: Portrait,
        /// Days with a need.
        days: PairedDays<CustomerDay>,
    },
    /// A dealer: days of cash-out and of losses.
    Dealer {
        /// Days.
        days: PairedDays<DealerDay>,
    },
    /// A venue: every day from its opening on.
    Venue {
        /// Days.
        days: PairedDays<VenueDay>,
        /// What happened to it in each run.
        events: BothRuns<Vec<(Day, world::record::event::Happening)>>,
    },
}

/// Whose life is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Agent {
    /// A customer by row.
    Customer(u32),
    /// A dealer by number.
    Dealer(u32),
    /// A venue.
    Venue(VenueName),
}

impl Pair<'_> {
    /// Days that both runs have.
    pub fn total_days(&self) -> u16 {
        self.baseline.total_days().min(self.policy.total_days())
    }

    /// Simulates both runs and compares them.
    pub fn compare(&self, on_day: &dyn Fn(), interrupted: &AtomicBool) -> Result<Chain, Failure> {
        let mut comparison = Chain::default();
        self.run(on_day, interrupted, &mut |runs, logs| comparison.add(runs, logs))?;
        Ok(comparison)
    }

    /// Simulates both runs and watches one agent; `None` if there is no such agent in either.
    pub fn life(
        &self,
        agent: Agent,
        on_day: &dyn Fn(),
        interrupted: &AtomicBool,
    ) -> Result<Option<Life>, Failure> {
        match agent {
            Agent::Customer(row) => {
                let mut portrait = None;
                let mut days = Vec::new();
                self.run(on_day, interrupted, &mut |runs, logs| {
                    portrait = portrait.or_else(|| runs[0].portrait(row));
                    keep(&mut days, logs, runs.each_ref().map(|run| run.customer(row)));
                })?;
                Ok(portrait.map(|portrait| Life::Customer { portrait, days }))
            }
            Agent::Dealer(number) => {
                let mut days = Vec::new();
                self.run(on_day, interrupted, &mut |runs, logs| {
                    keep(&mut days, logs, runs.each_ref().map(|run| run.dealer(number)));
                })?;
                Ok(Some(Life::Dealer { days }))
            }
            Agent::Venue(name) => {
                let mut days: PairedDays<VenueDay> = Vec::new();
                let mut events = [Vec::new(), Vec::new()];
                self.run(on_day, interrupted, &mut |runs, logs| {
                    keep(&mut days, logs, runs.each_ref().map(|run| run.venue(name)));
                    for (events, log) in events.iter_mut().zip(logs) {
                        let about = world::record::event::Subject::Venue(name);
                        let own = log.events.iter().filter(|event| event.who == about);
                        events.extend(own.map(|event| (log.day, event.what)));
                    }
                })?;
                Ok((!days.is_empty()).then_some(Life::Venue { days, events }))
            }
        }
    }

    /// Simulates both runs day by day; `see` looks at them every evening.
    fn run(
        &self,
        on_day: &dyn Fn(),
        interrupted: &AtomicBool,
        see: &mut dyn FnMut(&BothRuns<WatchedRun>, &BothRuns<DayLog>),
    ) -> Result<(), Failure> {
        // Runs that unwind leave nothing behind that anybody looks at again.
        let days = AssertUnwindSafe(|| {
            let mut runs = [self.baseline, self.policy].map(|of| WatchedRun::new(of, self.key));
            for _ in 0..self.total_days() {
                let logs = runs.each_mut().map(WatchedRun::run_day);
                see(&runs, &logs);
                on_day();
                if interrupted.load(Ordering::Relaxed) {
                    return Err(Failure::Interrupted);
                }
            }
            Ok(())
        });
        catch_unwind(days).unwrap_or_else(|cause: Box<dyn Any + Send>| {
            let message = message(cause.as_ref());
            Err(Failure::Panicked { replication: self.key.replication, message })
        })
    }
}

fn keep<D>(days: &mut PairedDays<D>, logs: &BothRuns<DayLog>, both: BothRuns<Option<D>>) {
    if both.iter().any(Option::is_some) {
        days.push((logs[0].day, both));
    }
}
