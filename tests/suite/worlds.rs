//! Worlds small enough for tests, and runs of them.

use crackdown::model::{Proof, Simulation, simulate};
use crackdown::record::{Flow, Record, RunKey};
use crackdown::scenario::{Scenario, reference};
use crackdown::units::{Class, Trader};
use jiff::civil::date;

/// The country in 4,000 agents, in the first half of 2024.
pub fn small() -> Scenario {
    let mut scenario = reference().scenario;
    scenario.start = date(2024, 1, 1);
    scenario.end = date(2024, 6, 30);
    scenario.warm_up_days = 200;
    scenario.people_per_agent = 400;
    scenario
}

pub fn key(replication: u32) -> RunKey {
    RunKey::new(1, replication)
}

pub fn run(scenario: &Scenario) -> Record {
    simulate(scenario, key(0), &|| ())
}

pub fn run_for_proof(scenario: &Scenario, proof: Proof) -> Record {
    let mut simulation = Simulation::for_proof(scenario, key(0), proof);
    for _ in 0..scenario.total_days() {
        simulation.run_day();
    }
    simulation.finish()
}

/// A flow of a trader on a day, over all classes.
pub fn of_trader(record: &Record, column: Flow, day: usize, trader: Trader) -> i64 {
    Class::ALL.iter().map(|&class| record.series(column)[Record::row(day, class, trader)]).sum()
}

/// A flow at a class over the whole of the reported days.
pub fn of_class(record: &Record, column: Flow, class: Class) -> i64 {
    (0..record.days).map(|day| record.by_class(column, day, class)).sum()
}

/// First reported day whose flows differ.
pub fn first_difference(a: &Record, b: &Record) -> Option<usize> {
    let rows = Class::COUNT * Trader::COUNT;
    (0..a.days).find(|day| {
        let rows = day * rows..(day + 1) * rows;
        a.all::<Flow>().iter().zip(b.all::<Flow>()).any(|(a, b)| a[rows.clone()] != b[rows.clone()])
    })
}
