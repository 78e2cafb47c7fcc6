//! One run of the world: the only place that knows bevy_ecs.
//!
//! `registry` is the table of contents: all actors, measures and tables of series. Actors (banks, exchanges, customers, dealers,
//! pyramids, illegal mining, the AFM, the market for mule cards) never import each other: they meet on boards and through messages.
//!
//! Deliberately absent: input and output, clocks, threads of its own, and any way to fail on a valid scenario.

#![doc = "\n\n"]
#![doc = include_str!("ODD.md")]

mod actor;
mod afm;
mod bank;
mod board;
mod capacity;
mod choice;
mod court;
mod customer;
mod dealer;
mod declare;
pub mod deterrence;
mod diary;
mod exchange;
mod family;
mod fork;
mod intervention;
mod kept;
mod ledger;
mod measure;
mod messages;
mod mining;
mod mule_card;
mod order;
mod partner;
mod perception;
mod policy;
mod prospects;
mod pyramid;
mod registry;
mod schedule;
pub mod trace;
mod treasury;

use std::sync::Arc;

use bevy_ecs::prelude::*;
use bevy_ecs::world::World as EcsWorld;

use scenario::Scenario;
use world::random;
use world::record::{Record, RunKey};
use world::units::Day;

pub use declare::{Measure, Window};
pub use family::{Branch, FamilyRuns, Saved, saved, simulate_family, threads_of_use};
pub use measure::{Quantity, SIGHTS, measures, seen_over};
pub use registry::{MEASURES, YIELDS, tables};

/// Series that actors declare, besides those of `world::record` that everybody counts.
pub mod series {
    pub use crate::afm::CaseSeries;
    pub use crate::afm::reports::ReportSeries;
    pub use crate::dealer::shops::DealerSeries;
    pub use crate::measure::PurposeSeries;
    pub use crate::mining::FarmSeries;
    pub use crate::mule_card::CardSeries;
    pub use crate::pyramid::PyramidSeries;
}

/// Version of what the model computes: raised whenever the same scenario and luck give other numbers.
pub const MODEL_VERSION: u32 = 7;

/// Version of the formulas of measures: raised whenever the same record gives other measures. Kept rows of measures of
/// another version are made again; kept days stay.
pub const FORMULAS: u32 = 4;

/// One run, day by day.
pub struct Simulation {
    world: EcsWorld,
    day_cycle: Schedule,
    key: RunKey,
    next: Day,
    proof: Proof,
}

/// Departures from a plain run, for proofs about the model.
#[derive(Clone, Copy, Debug, Default)]
pub struct Proof {
    /// Number of a customer whom no bank checks.
    pub immune: Option<u32>,
    /// Seed of a random order of systems whose order is not declared.
    pub shuffle: Option<u64>,
}

impl Simulation {
    /// The world before its first day.
    pub fn new(scenario: &Scenario, key: RunKey) -> Simulation {
        Simulation::for_proof(scenario, key, Proof::default())
    }

    /// The world before its first day, changed for a proof.
    pub fn for_proof(scenario: &Scenario, key: RunKey, proof: Proof) -> Simulation {
        let mut world = EcsWorld::new();
        let mut day_cycle = schedule::day_cycle(proof.shuffle);
        world.insert_resource(schedule::World(Arc::new(scenario.clone())));
        world.insert_resource(schedule::RunLuck(random::Luck::of_draw(
            key.seed,
            key.draw,
            key.replication,
        )));
        world.insert_resource(today(scenario, Day(0)));
        world.insert_resource(ledger::Ledger::default());
        world.insert_resource(board::Flows::default());
        world.insert_resource(board::TrafficBoard::default());
        world.insert_resource(board::AgencySight::default());
        messages::register(&mut world);
        // The first day would make it, after all agents.
        world.init_resource::<Schedules>();

        for actor in registry::ACTORS {
            actor.enter(&mut world, &mut day_cycle);
        }
        if let Some(person) = proof.immune {
            customer::make_immune(&mut world, person);
        }
        Simulation { world, day_cycle, key, next: Day(0), proof }
    }

    /// A second run that has been the same until yesterday evening and goes on under another policy.
    ///
    /// The scenario differs from that of this run in nothing but the policy, and in that only from today on: see
    /// [`days_in_common`](scenario::difference::days_in_common).
    pub fn fork(&self, scenario: &Scenario) -> Simulation {
        let copy = self.fork_unchecked(scenario);
        debug_assert_eq!(fork::missing(&self.world, &copy.world), Vec::<String>::new());
        copy
    }

    fn fork_unchecked(&self, scenario: &Scenario) -> Simulation {
        if self.next == Day(0) {
            // Of the first venues nobody has heard yet.
            return Simulation::for_proof(scenario, self.key, self.proof);
        }
        let mut copy = fork::Fork::new(&self.world);
        let mut day_cycle = schedule::day_cycle(self.proof.shuffle);
        copy.to.insert_resource(schedule::World(Arc::new(scenario.clone())));
        copy.resource::<schedule::RunLuck>();
        copy.resource::<schedule::Today>();
        copy.resource::<ledger::Ledger>();
        copy.resource::<board::Flows>();
        copy.resource::<board::TrafficBoard>();
        copy.resource::<board::AgencySight>();
        messages::register(&mut copy.to);
        copy.to.init_resource::<Schedules>();

        for actor in registry::ACTORS {
            actor.follow(&mut copy, &mut day_cycle);
        }
        Simulation { world: copy.to, day_cycle, key: self.key, next: self.next, proof: self.proof }
    }

    /// Days simulated so far.
    pub fn days(&self) -> u16 {
        self.next.0
    }

    /// Simulates the next day.
    pub fn run_day(&mut self) {
        let today = today(&self.world.resource::<schedule::World>().0, self.next);
        self.world.insert_resource(today);
        messages::update(&mut self.world);
        self.day_cycle.run(&mut self.world);
        debug_assert_eq!(self.audit(), Ok(()), "on {}", today.date);
        self.next = self.next.plus(1);
    }

    /// Whether the books balance: what everybody holds equals the ledger, which adds up to zero.
    pub fn audit(&mut self) -> Result<(), String> {
        registry::ACTORS.iter().try_for_each(|actor| actor.agrees(&mut self.world))
    }

    /// Closes the books after the last day.
    #[must_use]
    pub fn finish(mut self) -> Record {
        customer::settlement::close_books(&mut self.world);
        let people = i64::from(self.world.resource::<schedule::World>().people_per_agent);
        let last_day = Day(self.next.0.saturating_sub(1));
        let directory = self.world.resource::<board::Directory>();
        let last = |venue: usize| {
            let gone = directory.listings.get(venue).and_then(|listing| listing.gone);
            gone.map_or(last_day, |(day, _)| day)
        };
        let mut migration = self.world.resource::<order::OrderBook>().migration(people, last);
        migration.join(&self.world.resource::<dealer::Trail>().0, 1, last);
        measure::record(&mut self.world, self.key, migration)
    }
}

fn today(scenario: &Scenario, day: Day) -> schedule::Today {
    schedule::Today { day, date: scenario.date(day), reported: day.0 >= scenario.warm_up_days }
}

/// Simulates one replication of a valid scenario; `on_day` is called after each day (warm-up included).
pub fn simulate(scenario: &Scenario, key: RunKey, on_day: &(dyn Fn() + Sync)) -> Record {
    let mut simulation = Simulation::new(scenario, key);
    for _ in 0..scenario.total_days() {
        simulation.run_day();
        on_day();
    }
    simulation.finish()
}
