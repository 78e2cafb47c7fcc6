//! Judges the goals of speed: a line for each, with what was measured, what is required, what is aimed at, and whether it is met.
//!
//! `cargo bench` takes some minutes; `cargo bench -- national memory` measures these groups only; `-- --test` shows on tiny worlds that
//! all groups start. The group `instructions` also fails where a count grew by more than 5 %; `-- instructions --update` stores counts.
//!
//! Times want a machine that does nothing else. Ratios are of times taken in turn.

mod goals;
mod instructions;
mod studies;
mod worlds;

use std::hint::black_box;
use std::process::{Command, ExitCode};

use crackdown::model::simulate;
use crackdown::record::RunKey;
use crackdown::scenario::Scenario;
use goals::{Goal, Size, note, shortest, time, verdict};
use worlds::{KEY, NATION, SETTLING_DAYS};
use yardstick::{Floor, Yardstick};

/// Days that are timed of settled worlds.
const DAYS: u16 = 60;
/// Argument by which a process is told to say its memory.
const MEMORY: &str = "--memory";

/// What is measured under a name.
type Group = (&'static str, fn(Size));

const GROUPS: [Group; 6] = [
    ("national", national),
    ("worlds", small_worlds),
    ("memory", memory),
    ("overhead", studies::overhead),
    ("sweep", studies::two_threads),
    ("yardstick", against_the_yardstick),
];

/// A pool of so many threads: what a run costs, not what the machine has.
fn pool(threads: usize) -> rayon::ThreadPool {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads")
}

/// The reference run of the whole country.
fn national(size: Size) {
    let mut scenario = crackdown::scenario::reference().scenario;
    scenario.customers.number = size.pick(NATION, NATION / 100);
    let days = scenario.reported_days();
    let mut trades = 0;
    let [one, two] = [1, 2].map(pool);
    let mut alone = || {
        let (seconds, record) = one.install(|| worlds::run(&scenario));
        trades = worlds::customers_trades(&record);
        seconds
    };
    let mut both = || two.install(|| worlds::run(&scenario).0);
    let [alone, both] = shortest(size.pick(2, 1), [&mut alone, &mut both]);
    note(format!("{} customers, {days} days, one thread: seconds", scenario.agents()), alone);
    let each = alone * 1e9 / trades as f64;
    verdict(size, "nanoseconds a trade, all work included", each, Goal::AtMost(350.0, Some(150.0)));
    let goal = Goal::AtLeast(1.75, None);
    verdict(size, "two threads on one national run, times as fast", alone / both, goal);
}

/// Whole runs of a small world, of which studies make thousands.
fn small_worlds(size: Size) {
    let scenario = worlds::reference(NATION, 1600, 0, size.pick(365, 30));
    let pool = pool(1);
    let mut replication = 0;
    let mut run = || {
        // Other luck each time, as in a study.
        replication += 1;
        let key = RunKey::new(KEY.seed, replication);
        pool.install(|| time(|| black_box(simulate(&scenario, key, &|| ()))).0)
    };
    let [seconds] = shortest(size.pick(8, 1), [&mut run]);
    let goal = Goal::AtLeast(20.0, Some(50.0));
    verdict(size, "years of 1,000 customers, a second and core", 1.0 / seconds, goal);
}

/// Memory of a process that simulates a world.
fn memory(size: Size) {
    let peak = |people: u32| {
        let own = std::env::current_exe().expect("this program");
        let out = Command::new(own).args([MEMORY, &people.to_string()]).output().expect("runs");
        String::from_utf8_lossy(&out.stdout).trim().parse::<f64>().ok()
    };
    let people = size.pick(NATION, NATION / 100);
    let (Some(all), Some(tenth)) = (peak(people), peak(people / 10)) else {
        return println!("memory: not measured, this system does not say it");
    };
    let each = (all - tenth) / f64::from(people - people / 10);
    verdict(size, "bytes a customer", each, Goal::AtMost(150.0, None));
}

/// Simulates some days and says how many bytes it took at most.
fn say_memory(people: u32) {
    let scenario = worlds::reference(people, 1, SETTLING_DAYS, 1);
    pool(1).install(|| worlds::run(&scenario));
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = peak.and_then(|peak| peak.trim().trim_end_matches(" kB").parse::<u64>().ok());
    println!("{}", kib.map_or(String::new(), |kib| (kib * 1024).to_string()));
}

/// Seconds of the reported days of a world written by hand, and its trades and turnover in them.
fn by_hand<W>(
    scenario: &Scenario,
    mut world: W,
    day: impl Fn(&mut W),
    totals: impl Fn(&W) -> [i64; 2],
) -> (f64, [i64; 2]) {
    (0..scenario.warm_up_days).for_each(|_| day(&mut world));
    let before = totals(&world);
    let (seconds, ()) = time(|| (0..scenario.reported_days()).for_each(|_| day(&mut world)));
    let after = totals(black_box(&world));
    (seconds, [after[0] - before[0], after[1] - before[1]])
}

/// The model beside the same work written by hand: with the model's own design, and with as little as the rules need.
fn against_the_yardstick(size: Size) {
    let people = size.pick(NATION, NATION / 100);
    let nation = worlds::reference(people, 1, SETTLING_DAYS, DAYS);
    let tenth = worlds::reference(people / 10, 1, SETTLING_DAYS, DAYS);
    let bare = worlds::without_institutions(&nation);
    let pool = pool(1);
    let run = |scenario| pool.install(|| worlds::run(scenario));
    let (mut of_model, mut of_hand, mut of_floor) = (0, [0; 2], [0; 2]);
    let mut model = || {
        let (seconds, record) = run(&nation);
        of_model = worlds::customers_trades(&record);
        seconds
    };
    let mut hand = || {
        let world = Yardstick::new(&nation, KEY.seed);
        let totals = |world: &Yardstick| [world.trades, world.turnover_kzt];
        let (seconds, made) = by_hand(&nation, world, Yardstick::run_day, totals);
        of_hand = made;
        seconds
    };
    let mut floor = || {
        let world = Floor::new(&nation, KEY.seed);
        let totals = |world: &Floor| [world.trades, world.turnover_kzt];
        let (seconds, made) = by_hand(&nation, world, Floor::run_day, totals);
        of_floor = made;
        seconds
    };
    let (mut small, mut plain) = (|| run(&tenth).0, || run(&bare).0);
    let works: [&mut dyn FnMut() -> f64; 5] =
        [&mut model, &mut hand, &mut floor, &mut small, &mut plain];
    let [model, hand, floor, small, plain] = shortest(size.pick(4, 1), works);
    for (hand, floor) in of_hand.into_iter().zip(of_floor) {
        let apart = (hand - floor).abs() as f64 / hand as f64;
        assert!(apart < 1e-5, "yardstick {of_hand:?} and floor {of_floor:?} have other rules");
    }
    let each = |seconds: f64, trades: i64| seconds * 1e9 / trades as f64;
    let (model_each, hand_each) = (each(model, of_model), each(hand, of_hand[0]));
    let floor_each = each(floor, of_floor[0]);
    note("nanoseconds a trade: model", model_each);
    note("nanoseconds a trade: yardstick, the model's design by hand", hand_each);
    note("nanoseconds a trade: floor, the same rules in plain arrays", floor_each);
    let judge = |what: &str, value, limit| verdict(size, what, value, Goal::AtMost(limit, None));
    judge("time a trade, model / yardstick", model_each / hand_each, 1.5);
    note("time a trade, model / floor", model_each / floor_each);
    note("time a trade, yardstick / floor", hand_each / floor_each);
    judge("time a day, model / yardstick", model / hand, 1.5);
    judge("time for ten times the customers", model / small, 11.0);
    judge("time with courts, licences, pyramids, farms / without", model / plain, 1.5);
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let given = |argument: &str| arguments.iter().any(|given| given == argument);
    match &arguments[..] {
        [what, case, ..] if what == instructions::CASE => {
            instructions::one_case(case);
            return ExitCode::SUCCESS;
        }
        [what, people, ..] if what == MEMORY => {
            say_memory(people.parse().expect("a number"));
            return ExitCode::SUCCESS;
        }
        _ => {}
    }
    let named: Vec<&String> = arguments.iter().filter(|name| !name.starts_with("--")).collect();
    let known =
        |name: &str| name == "instructions" || GROUPS.iter().any(|(group, _)| *group == name);
    if let Some(unknown) = named.iter().find(|name| !known(name)) {
        let groups = GROUPS.map(|(group, _)| group).join(", ");
        eprintln!("no group `{unknown}`; there are: {groups}, instructions");
        return ExitCode::FAILURE;
    }
    let wanted = |group: &str| named.is_empty() || named.iter().any(|name| *name == group);
    // `cargo test` runs benches without `--bench`.
    let size = if given("--test") || !given("--bench") { Size::Tiny } else { Size::Full };
    for (name, group) in GROUPS.iter().filter(|(name, _)| wanted(name)) {
        println!("\n{name}");
        group(size);
    }
    if size == Size::Full && wanted("instructions") {
        println!("\ninstructions");
        return instructions::instructions(given("--update"));
    }
    ExitCode::SUCCESS
}
