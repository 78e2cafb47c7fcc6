//! The worlds that are measured.

use crackdown::model::Simulation;
use crackdown::record::{Flow, Record, RunKey};
use crackdown::scenario::Scenario;
use crackdown::scenario::world::Dated;
use crackdown::units::{Class, PerPlatform, Segment};
use jiff::ToSpan;

use crate::goals::time;

/// Days until habits and waiting needs have settled.
pub const SETTLING_DAYS: u16 = 60;
/// Customers of the country.
pub const NATION: u32 = 1_600_000;
/// Share of people who own crypto, on average over the days of the reference run, warm-up included.
const OWNERS: f64 = 0.65;
/// The luck of all.
pub const KEY: RunKey = RunKey::new(1, 0);

/// The reference scenario from its third year on with a fixed share of owners: one day costs as much as the next.
pub fn reference(people: u32, people_per_agent: u32, settling_days: u16, days: u16) -> Scenario {
    let mut scenario = crackdown::scenario::reference().scenario;
    scenario.customers.number = people;
    scenario.people_per_agent = people_per_agent;
    scenario.customers.ownership = Dated::constant(OWNERS);
    scenario.warm_up_days = settling_days;
    scenario.start = scenario.start.saturating_add(2.years());
    scenario.end = scenario.start.saturating_add(i64::from(days - 1).days());
    scenario
}

/// The same world without pyramids, farms, rackets, licences, direct deals, and operators who are protected or abroad.
pub fn without_institutions(scenario: &Scenario) -> Scenario {
    let mut bare = scenario.clone();
    (bare.pyramids.number, bare.pyramids.arise_per_year) = (0, 0.0);
    (bare.mining.number, bare.mining.arise_per_month) = (0, 0.0);
    bare.rackets.number = 0;
    bare.customers.partner = 0.0;
    let nobody = PerPlatform { shadow: 0.0, hub: 0.0 };
    (bare.exchanges.abroad, bare.protection.share) = (nobody, nobody);
    (bare.exchanges.moves_abroad, bare.exchanges.would_be_licensed) = (0.0, 0.0);
    bare.policy.shutdown_rate.with_arrest = Dated::constant(0.0);
    bare
}

/// A simulation whose habits have settled.
pub fn settled(scenario: &Scenario) -> Simulation {
    let mut simulation = Simulation::new(scenario, KEY);
    (0..scenario.warm_up_days).for_each(|_| simulation.run_day());
    simulation
}

/// Seconds of the reported days of a scenario; also what happened.
pub fn run(scenario: &Scenario) -> (f64, Record) {
    let mut simulation = settled(scenario);
    let days = scenario.reported_days();
    let (seconds, ()) = time(|| (0..days).for_each(|_| simulation.run_day()));
    (seconds, simulation.finish())
}

/// Trades of customers in a record.
pub fn customers_trades(record: &Record) -> i64 {
    let rows = (0..record.days).flat_map(|day| Class::ALL.iter().map(move |class| (day, *class)));
    rows.flat_map(|(day, class)| Segment::ALL.iter().map(move |s| (day, class, (*s).into())))
        .map(|(day, class, trader)| record.series(Flow::Trades)[Record::row(day, class, trader)])
        .sum()
}
