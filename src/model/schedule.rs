//! The order of a day, and what every system may know of it: the date, the luck, the scenario.
//!
//! Deliberately absent: what happens in a phase; that is with the actors.

use std::sync::Arc;

use bevy_ecs::prelude::*;
use bevy_ecs::schedule::{LogLevel, ScheduleBuildSettings, ScheduleLabel, SingleThreadedExecutor};
use jiff::civil::Date;

use scenario::Scenario;
use world::random;
use world::units::Day;

/// The phases of a day; each sees the finished work of the one before (ODD.md §3).
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// The levers in force today are put into force.
    Policy,
    /// Traders who are due decide whether, how much and where.
    Demand,
    /// Venues ration, banks pass or stop payments.
    Payment,
    /// Venues deliver and take their fee; balances move.
    Settlement,
    /// Venues, dealers and markets adapt.
    Adaptation,
    /// Signals reach the agency.
    Intelligence,
    /// Cases advance; closures, site blocks, freezes, seizures.
    Enforcement,
    /// Perceived risk, trust, and tomorrow's public boards.
    Learning,
    /// Reads everything, changes nothing.
    Measurement,
}

/// Whose turn it is within a phase.
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Turn {
    /// The law: levers come into force.
    Law,
    /// Customers.
    Customers,
    /// Dealers and darknet markets.
    Dealers,
    /// The AFM.
    Agency,
    /// Authorities abroad.
    Partners,
    /// Venues and their operators.
    Exchanges,
    /// Courts.
    Courts,
    /// Pyramids.
    Pyramids,
    /// Illegal farms and rackets.
    Mining,
    /// The market for mule cards.
    Cards,
    /// Banks.
    Banks,
    /// The treasury.
    Treasury,
    /// What everybody hears.
    Public,
}

/// A turn of a phase: where a system of an actor has its place.
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Step(pub Phase, pub Turn);

const PHASES: [Phase; 9] = [
    Phase::Policy,
    Phase::Demand,
    Phase::Payment,
    Phase::Settlement,
    Phase::Adaptation,
    Phase::Intelligence,
    Phase::Enforcement,
    Phase::Learning,
    Phase::Measurement,
];

/// One day of the world.
#[derive(ScheduleLabel, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DayCycle;

/// The day that is being simulated.
#[derive(Resource, Clone, Copy, Debug)]
pub struct Today {
    /// Day of the run.
    pub day: Day,
    /// Calendar date.
    pub date: Date,
    /// Whether the warm-up is over.
    pub reported: bool,
}

/// The scenario that is being run.
#[derive(Resource, Clone)]
pub struct World(pub Arc<Scenario>);

impl std::ops::Deref for World {
    type Target = Scenario;
    fn deref(&self) -> &Scenario {
        &self.0
    }
}

/// The luck of this replication.
#[derive(Resource, Clone)]
pub struct RunLuck(pub random::Luck);

impl std::ops::Deref for RunLuck {
    type Target = random::Luck;
    fn deref(&self) -> &random::Luck {
        &self.0
    }
}

/// An empty day: phases in a chain, one thread, any ambiguity of order an error.
///
/// `shuffle` permutes systems whose order is not declared; results must not depend on it.
pub fn day_cycle(shuffle: Option<u64>) -> Schedule {
    let mut schedule = Schedule::new(DayCycle);
    schedule.set_executor(SingleThreadedExecutor::new());
    schedule.set_build_settings(ScheduleBuildSettings {
        ambiguity_detection: LogLevel::Error,
        hierarchy_detection: LogLevel::Error,
        shuffle_seed: shuffle,
        ..Default::default()
    });
    for pair in PHASES.windows(2) {
        schedule.configure_sets((pair[0], pair[1]).chain());
    }
    for phase in PHASES {
        schedule.configure_sets(
            (
                Step(phase, Turn::Law),
                Step(phase, Turn::Customers),
                Step(phase, Turn::Dealers),
                Step(phase, Turn::Agency),
                Step(phase, Turn::Partners),
                Step(phase, Turn::Exchanges),
                Step(phase, Turn::Courts),
                Step(phase, Turn::Pyramids),
                Step(phase, Turn::Mining),
                Step(phase, Turn::Cards),
                Step(phase, Turn::Banks),
                Step(phase, Turn::Treasury),
                Step(phase, Turn::Public),
            )
                .chain()
                .in_set(phase),
        );
    }
    schedule
}
