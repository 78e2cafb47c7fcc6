//! Speed of the model, and its ratio to the yardstick: the same work written by hand without an ECS.
//!
//! `cargo bench --bench speed` measures on one thread and ends with the requirements that hold for the
//! model. `-- national` measures one group only; those requirements are always printed.

mod yardstick;

use std::hint::black_box;
use std::time::{Duration, Instant};

use crackdown::model::{Simulation, simulate};
use crackdown::record::{Flow, Record, RunKey};
use crackdown::scenario::Scenario;
use crackdown::scenario::world::Dated;
use crackdown::units::{Class, PerPlatform, Segment};
use criterion::{BenchmarkId, Criterion, Throughput};
use jiff::ToSpan;
use yardstick::Yardstick;

/// Days until habits and waiting needs have settled.
const SETTLING_DAYS: u16 = 60;
/// Days that are timed.
const DAYS: u16 = 60;
/// Rounds of measuring what is required.
const ROUNDS: u32 = 5;
/// Customers of the country.
const NATION: u32 = 1_600_000;
/// Share of people who own crypto, on average over the days of the reference run, warm-up included.
const OWNERS: f64 = 0.65;
const KEY: RunKey = RunKey::new(1, 0);

/// The reference scenario with this many customers and a fixed share of owners: one day costs as much
/// as the next.
fn scenario(people: u32, settling_days: u16, days: u16) -> Scenario {
    let mut scenario = crackdown::scenario::reference().scenario;
    scenario.customers.number = people;
    scenario.customers.ownership = Dated::constant(OWNERS);
    scenario.warm_up_days = settling_days;
    scenario.start = scenario.start.saturating_add(2.years());
    scenario.end = scenario.start.saturating_add(i64::from(days - 1).days());
    scenario
}

/// The same world without pyramids, farms, rackets, licences, direct deals, and operators who are protected or abroad.
fn without_institutions(scenario: &Scenario) -> Scenario {
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
fn settled(scenario: &Scenario) -> Simulation {
    let mut simulation = Simulation::new(scenario, KEY);
    for _ in 0..scenario.warm_up_days {
        simulation.run_day();
    }
    simulation
}

/// Times the reported days of a scenario; also what happened.
fn time_model(scenario: &Scenario) -> (Duration, Record) {
    let mut simulation = settled(scenario);
    let start = Instant::now();
    for _ in 0..scenario.reported_days() {
        simulation.run_day();
    }
    (start.elapsed(), simulation.finish())
}

/// Times the same days of the yardstick; also its trades in them.
fn time_yardstick(scenario: &Scenario) -> (Duration, i64) {
    let mut yardstick = Yardstick::new(scenario, KEY.seed);
    for _ in 0..scenario.warm_up_days {
        yardstick.run_day();
    }
    let before = yardstick.trades;
    let start = Instant::now();
    for _ in 0..scenario.reported_days() {
        yardstick.run_day();
    }
    (start.elapsed(), black_box(&yardstick).trades - before)
}

/// Trades of customers in a record.
fn customers_trades(record: &Record) -> i64 {
    let rows = (0..record.days).flat_map(|day| Class::ALL.iter().map(move |class| (day, *class)));
    rows.flat_map(|(day, class)| Segment::ALL.iter().map(move |s| (day, class, (*s).into())))
        .map(|(day, class, trader)| record.series(Flow::Trades)[Record::row(day, class, trader)])
        .sum()
}

/// Measures single days of a world of this size.
fn days(criterion: &mut Criterion, group: &str, people: &[u32]) {
    let mut group = criterion.benchmark_group(group);
    group.sample_size(10).measurement_time(Duration::from_secs(3));
    for &people in people {
        group.throughput(Throughput::Elements(u64::from(people)));
        group.bench_function(BenchmarkId::new("day", people), |bencher| {
            let scenario = scenario(people, SETTLING_DAYS, 1000);
            let (mut simulation, mut left) = (settled(&scenario), scenario.reported_days());
            bencher.iter_custom(|days| {
                let mut time = Duration::ZERO;
                for _ in 0..days {
                    if left == 0 {
                        (simulation, left) = (settled(&scenario), scenario.reported_days());
                    }
                    let start = Instant::now();
                    simulation.run_day();
                    time += start.elapsed();
                    left -= 1;
                }
                time
            });
        });
    }
}

/// Measures whole runs of a small world, of which studies make thousands.
fn small_world(criterion: &mut Criterion) {
    let scenario = scenario(10_000, 0, 365);
    let mut group = criterion.benchmark_group("small_world");
    group
        .sample_size(10)
        .measurement_time(Duration::from_secs(3))
        .throughput(Throughput::Elements(1));
    group.bench_function("year of 10000", |bencher| {
        bencher.iter(|| simulate(&scenario, KEY, &|| ()));
    });
}

/// Measures how long it takes to make the people and venues of the country.
fn construction(criterion: &mut Criterion) {
    let scenario = scenario(NATION, 0, 365);
    let mut group = criterion.benchmark_group("construction");
    group.sample_size(10).measurement_time(Duration::from_secs(2));
    group.bench_function("national", |bencher| {
        bencher.iter_with_large_drop(|| Simulation::new(&scenario, KEY));
    });
}

/// Prints the measured ratios beside what is required of them.
///
/// Each time is the fastest of several rounds, in which all are measured one after the other: what else
/// the machine does can only make them slower.
fn requirements(people: u32) {
    let nation = scenario(people, SETTLING_DAYS, DAYS);
    let tenth = scenario(people / 10, SETTLING_DAYS, DAYS);
    let bare = without_institutions(&nation);
    let (mut model, mut hand, mut small) = (f64::MAX, f64::MAX, f64::MAX);
    let mut plain = f64::MAX;
    let (mut trades, mut hand_trades) = (0, 0);
    for _ in 0..ROUNDS {
        let (time, record) = time_model(&nation);
        (model, trades) = (model.min(time.as_secs_f64()), customers_trades(&record));
        let (time, count) = time_yardstick(&nation);
        (hand, hand_trades) = (hand.min(time.as_secs_f64()), count);
        small = small.min(time_model(&tenth).0.as_secs_f64());
        plain = plain.min(time_model(&bare).0.as_secs_f64());
    }
    let days = f64::from(DAYS);
    let (trades, hand_trades) = (trades as f64, hand_trades as f64);
    println!("\n{people} customers, {DAYS} days, fastest of {ROUNDS}");
    println!("{:<44} {:>10} {:>10}", "", "model", "yardstick");
    let row = |name: &str, model: f64, hand: f64| println!("{name:<44} {model:>10.1} {hand:>10.1}");
    row("trades of customers per day", trades / days, hand_trades / days);
    row("milliseconds per day", model * 1e3 / days, hand * 1e3 / days);
    row("nanoseconds per trade, all work included", model * 1e9 / trades, hand * 1e9 / hand_trades);
    let say = |name: &str, value: f64, limit: f64| {
        let verdict = match value <= limit {
            _ if people < NATION => "too small a world to judge",
            true => "kept",
            false => "MISSED",
        };
        println!("{name:<44} {value:>10.2}   at most {limit:.1}: {verdict}");
    };
    say("time per day, model / yardstick", model / hand, 1.5);
    say("time per trade, model / yardstick", model / trades / (hand / hand_trades), 1.5);
    say("time for ten times the customers", model / small, 11.0);
    say("time with courts, licences, pyramids, farms", model / plain, 1.5);
}

fn main() {
    // One core: what a run costs, not what the machine has.
    rayon::ThreadPoolBuilder::new().num_threads(1).build_global().expect("no pool before main");
    let mut criterion = Criterion::default().configure_from_args();
    days(&mut criterion, "national", &[NATION]);
    days(&mut criterion, "ten_times", &[NATION / 10, NATION]);
    small_world(&mut criterion);
    construction(&mut criterion);
    criterion.final_summary();

    let given = |argument: &str| std::env::args().any(|given| given == argument);
    let testing = given("--test") || !given("--bench");
    if !given("--list") {
        requirements(if testing { NATION / 100 } else { NATION });
    }
}
