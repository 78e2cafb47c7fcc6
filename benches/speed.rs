//! Speed of the model, and its ratio to the yardstick: the same work written by hand without an ECS.
//!
//! `cargo bench --bench speed` measures on one thread and ends with the requirements that hold for the
//! model; `--no-run` and a filter work as usual.

mod yardstick;

use std::hint::black_box;
use std::time::{Duration, Instant};

use crackdown::model::{Simulation, simulate};
use crackdown::record::{Flow, Record, RunKey};
use crackdown::scenario::Scenario;
use crackdown::scenario::world::Dated;
use crackdown::units::{Class, Segment};
use criterion::{BenchmarkId, Criterion, Throughput};
use jiff::ToSpan;
use yardstick::Yardstick;

/// Days until habits and waiting needs have settled.
const SETTLING_DAYS: u16 = 60;
/// Days that are timed.
const DAYS: u16 = 60;
/// Customers of the country.
const NATION: u32 = 1_600_000;
/// Share of people who own crypto, on average over the days of the reference run, warm-up included.
const OWNERS: f64 = 0.65;
const KEY: RunKey = RunKey { seed: 1, replication: 0 };

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
        .map(|(day, class, trader)| {
            record.flows[Flow::Trades as usize][Record::row(day, class, trader)]
        })
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

/// Middle of three measurements.
fn median(mut measure: impl FnMut() -> f64) -> f64 {
    let mut times = [measure(), measure(), measure()];
    times.sort_by(f64::total_cmp);
    times[1]
}

/// Prints the measured ratios beside what is required of them.
fn requirements(people: u32) {
    let nation = scenario(people, SETTLING_DAYS, DAYS);
    let per_day = f64::from(DAYS);
    let trades = customers_trades(&time_model(&nation).1) as f64;
    let yardstick_trades = time_yardstick(&nation).1 as f64;
    // One after the other, so that what else the machine does hits both.
    let (mut models, mut yardsticks) = (Vec::new(), Vec::new());
    let ratio = median(|| {
        models.push(time_model(&nation).0.as_secs_f64());
        yardsticks.push(time_yardstick(&nation).0.as_secs_f64());
        models[models.len() - 1] / yardsticks[yardsticks.len() - 1]
    });
    let tenth = scenario(people / 10, SETTLING_DAYS, DAYS);
    let growth = median(|| {
        let small = time_model(&tenth).0.as_secs_f64();
        time_model(&nation).0.as_secs_f64() / small
    });
    println!("\n{people} customers, mean of {DAYS} days, median of 3    model    yardstick");
    let row = |name: &str, model: f64, yardstick: f64| {
        println!("{name:<52} {model:>8.1} {yardstick:>12.1}");
    };
    let milliseconds = |times: &[f64]| {
        let mut times = times.iter().copied();
        median(|| times.next().unwrap_or_default()) * 1e3 / per_day
    };
    let (model, hand) = (milliseconds(&models), milliseconds(&yardsticks));
    row("trades of customers per day", trades / per_day, yardstick_trades / per_day);
    row("milliseconds per day", model, hand);
    let (per_trade, hand_trade) =
        (model * 1e6 * per_day / trades, hand * 1e6 * per_day / yardstick_trades);
    row("nanoseconds per trade, all else included", per_trade, hand_trade);
    let say = |name: &str, value: f64, limit: f64| {
        let verdict = if value <= limit { "kept" } else { "MISSED" };
        println!("{name:<52} {value:>8.2}   at most {limit:.1}: {verdict}");
    };
    say("time per day, model / yardstick", ratio, 1.5);
    say("time per trade, model / yardstick", per_trade / hand_trade, 1.5);
    say("time for ten times the customers", growth, 11.0);
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
