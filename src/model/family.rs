//! Runs of several scenarios with the same luck, of which each day that they have in common is simulated once.
//!
//! One of them is the trunk. On the morning of the day on which another policy begins to differ, the world is copied,
//! the copy goes on under that policy to its end, and then the trunk goes on. So at most two worlds are in memory.
//!
//! Deliberately absent: threads, and what becomes of a run that panics (`ensemble`).

use std::sync::Arc;

use super::Simulation;
use super::order::BLOCK;
use scenario::Scenario;
use scenario::difference::days_in_common;
use world::record::{Record, RunKey};

/// Scenarios of which one is the trunk of the others.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Stem {
    trunk: usize,
    /// Those that part from it, by the number of days that they have in common, the last to part first.
    parting: Vec<(u16, usize)>,
}

impl Stem {
    /// Divides scenarios among trunks: what has no day in common with a trunk is or joins another.
    fn all(scenarios: &[Arc<Scenario>], members: impl IntoIterator<Item = usize>) -> Vec<Stem> {
        let mut stems: Vec<Stem> = Vec::new();
        for member in members {
            let joined = stems.iter_mut().find_map(|stem| {
                let days = days_in_common(&scenarios[stem.trunk], &scenarios[member]);
                (days > 0).then_some((stem, days))
            });
            match joined {
                Some((stem, days)) => stem.parting.push((days, member)),
                None => stems.push(Stem { trunk: member, parting: Vec::new() }),
            }
        }
        for stem in &mut stems {
            stem.parting.sort_by(|a, b| b.cmp(a));
        }
        // Taken from the end.
        stems.reverse();
        stems
    }
}

/// Days that a family saves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Saved {
    /// Days that are simulated.
    pub simulated: u64,
    /// Days that runs made one by one would take.
    pub apart: u64,
}

impl Saved {
    /// Adds another family's days.
    pub fn add(&mut self, other: Saved) {
        self.simulated += other.simulated;
        self.apart += other.apart;
    }

    /// Share of the days that need not be simulated again.
    pub fn share(&self) -> f64 {
        if self.apart > 0 { 1.0 - self.simulated as f64 / self.apart as f64 } else { 0.0 }
    }
}

/// Days that runs of these scenarios with the same luck take together and one by one.
pub fn saved(scenarios: &[Arc<Scenario>]) -> Saved {
    let days = |member: usize| u64::from(scenarios[member].total_days());
    let mut sum = Saved { simulated: 0, apart: (0..scenarios.len()).map(days).sum() };
    for stem in Stem::all(scenarios, 0..scenarios.len()) {
        let parted = stem.parting.iter().map(|(common, member)| days(*member) - u64::from(*common));
        sum.simulated += days(stem.trunk) + parted.sum::<u64>();
    }
    sum
}

/// Runs of several scenarios with the same luck, handed out one after another as branches that can be finished anywhere.
pub struct FamilyRuns {
    scenarios: Vec<Arc<Scenario>>,
    key: RunKey,
    /// What is still to be handed out; the last one is under way.
    stems: Vec<Stem>,
    /// World of the stem under way; none before its first day.
    world: Option<Simulation>,
}

impl FamilyRuns {
    /// Before the first day.
    pub fn new(scenarios: Vec<Arc<Scenario>>, key: RunKey) -> FamilyRuns {
        let stems = Stem::all(&scenarios, 0..scenarios.len());
        FamilyRuns { scenarios, key, stems, world: None }
    }

    /// The luck that they share.
    pub fn key(&self) -> RunKey {
        self.key
    }

    /// Simulates the trunk until the next scenario parts from it, and hands that one out; at last the trunk itself.
    /// Each scenario is handed out once; `on_day` is called after each day.
    pub fn branch(&mut self, on_day: &(dyn Fn() + Sync)) -> Option<Branch> {
        let stem = self.stems.last_mut()?;
        let scenario = &self.scenarios[stem.trunk];
        let mut world = self.world.take().unwrap_or_else(|| Simulation::new(scenario, self.key));
        let branch = match stem.parting.last() {
            Some(&(common, member)) => {
                while world.days() < common {
                    world.run_day();
                    on_day();
                }
                let branch = world.fork(&self.scenarios[member]);
                stem.parting.pop();
                self.world = Some(world);
                Branch { member, simulation: branch, days: self.scenarios[member].total_days() }
            }
            None => {
                let (member, days) = (stem.trunk, scenario.total_days());
                self.stems.pop();
                Branch { member, simulation: world, days }
            }
        };
        Some(branch)
    }

    /// Gives up the trunk under way after a panic and says whose it was; those that have not parted from it yet go on
    /// without it, from the first day.
    pub fn give_up(&mut self) -> Option<usize> {
        self.world = None;
        let stem = self.stems.pop()?;
        let left = stem.parting.iter().rev().map(|(_, member)| *member);
        self.stems.extend(Stem::all(&self.scenarios, left));
        Some(stem.trunk)
    }
}

/// A run that has parted from the others, or the trunk after all others have.
pub struct Branch {
    /// Whose run it is: position among the scenarios of the family.
    pub member: usize,
    /// Days of the whole run.
    pub days: u16,
    simulation: Simulation,
}

impl Branch {
    /// Simulates what is left of the days; `on_day` is called after each.
    #[must_use]
    pub fn finish(mut self, on_day: &(dyn Fn() + Sync)) -> Record {
        while self.simulation.days() < self.days {
            self.simulation.run_day();
            on_day();
        }
        self.simulation.finish()
    }
}

/// Simulates scenarios with the same luck, each day that they have in common once, and delivers each record with its
/// position as soon as it is there.
pub fn simulate_family(
    scenarios: &[Arc<Scenario>],
    key: RunKey,
    on_day: &(dyn Fn() + Sync),
    deliver: &mut dyn FnMut(usize, Record),
) -> Saved {
    let mut kin = FamilyRuns::new(scenarios.to_vec(), key);
    while let Some(branch) = kin.branch(on_day) {
        deliver(branch.member, branch.finish(on_day));
    }
    saved(scenarios)
}

/// How many threads can share the work of one run: more have nothing to do.
pub fn threads_of_use(scenario: &Scenario) -> usize {
    (scenario.agents() as usize).div_ceil(BLOCK)
}
