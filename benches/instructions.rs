//! Counts of instructions by callgrind: they do not depend on what else the machine does, so CI can hold them.
//!
//! Each case is a process of its own under valgrind, which counts inside [`counted_by_callgrind`] only. `instructions.txt` holds for
//! each case the sum and the functions in which most of it is spent, so a case that grew can say where. What the C library does is
//! left out: its versions of `memcpy` differ by processor and system. Counts still depend on the compiler and on AVX2, with which
//! random bytes are drawn; so both stand in the file.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::hint::black_box;
use std::path::Path;
use std::process::{Child, Command, ExitCode, Stdio};

use crackdown::model::Simulation;
use crackdown::model::trace::WatchedRun;
use crackdown::scenario::Scenario;

use yardstick::{Floor, Yardstick};

use crate::goals::{Goal, Size, note, verdict};
use crate::worlds::{self, KEY};

/// Growth that fails.
const TOLERATED: f64 = 1.05;
/// Functions kept of each case.
const KEPT: usize = 40;
/// Functions told of a case that grew.
const TOLD: usize = 10;
/// People of the national day: 1.6 million take minutes under valgrind.
const PEOPLE: u32 = 400_000;
/// Days counted of a settled world.
const DAYS: u16 = 30;

/// What is held: none may grow.
const CASES: [&str; 4] = ["fixed_day", "first_world", "second_world", "national_day"];
/// What is counted beside it.
const BY_HAND: [&str; 2] = ["yardstick", "floor"];

/// Argument by which a process is told to do one case.
pub const CASE: &str = "--case";

fn stored() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/benches/instructions.txt"))
}

/// A customer stands for 1,600 people: what a day costs but for its customers.
fn small() -> Scenario {
    worlds::reference(worlds::NATION, 1600, worlds::SETTLING_DAYS, DAYS)
}

fn national() -> Scenario {
    worlds::reference(PEOPLE, 1, worlds::SETTLING_DAYS, DAYS)
}

#[inline(never)]
fn counted_by_callgrind<T>(work: impl FnOnce() -> T) -> T {
    black_box(work())
}

/// Does one case; only this is looked at by callgrind.
pub fn one_case(name: &str) {
    // Counted is what this thread does.
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread();
    pool.build_global().expect("no pool before main");
    let days = |scenario| {
        let mut simulation = worlds::settled(&scenario);
        counted_by_callgrind(|| (0..DAYS).for_each(|_| simulation.run_day()));
    };
    match name {
        "fixed_day" => days(small()),
        "national_day" => days(national()),
        "first_world" => {
            let scenario = small();
            drop(counted_by_callgrind(|| Simulation::new(&scenario, KEY)));
        }
        "second_world" => {
            let scenario = small();
            drop(Simulation::new(&scenario, KEY));
            let other = crackdown::record::RunKey::new(KEY.seed, 1);
            drop(counted_by_callgrind(|| Simulation::new(&scenario, other)));
        }
        "yardstick" => by_hand(Yardstick::new, Yardstick::run_day),
        "floor" => by_hand(Floor::new, Floor::run_day),
        other => panic!("no case `{other}`"),
    }
}

/// Counts the national days of a world written by hand.
fn by_hand<W>(make: fn(&Scenario, u64) -> W, day: fn(&mut W)) {
    let mut world = make(&national(), KEY.seed);
    (0..worlds::SETTLING_DAYS).for_each(|_| day(&mut world));
    counted_by_callgrind(|| (0..DAYS).for_each(|_| day(&mut world)));
    black_box(&world);
}

/// Instructions by function.
type Profile = BTreeMap<String, u64>;

fn sum(profile: &Profile) -> u64 {
    profile.values().sum()
}

/// Counts one case in a process of its own.
fn begin(name: &str, out: &Path) -> std::io::Result<Child> {
    let mut command = Command::new("valgrind");
    command
        .args(["--tool=callgrind", "--quiet", "--toggle-collect=*counted_by_callgrind*"])
        .args(["--demangle=no", "--compress-strings=no", "--compress-pos=no"])
        .arg(format!("--callgrind-out-file={}", out.display()))
        .arg(std::env::current_exe()?)
        .args([CASE, name])
        .stdout(Stdio::null());
    command.spawn()
}

/// Reads callgrind's file: self cost by function, of this program only.
fn read(text: &str) -> Profile {
    let own = std::env::current_exe().expect("this program");
    let own = own.to_string_lossy();
    let mut costs: BTreeMap<&str, u64> = BTreeMap::new();
    let mut calls: BTreeMap<&str, BTreeMap<&str, u64>> = BTreeMap::new();
    let (mut object, mut function, mut called) = ("", "", None);
    let mut all: u64 = 0;
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("ob=") {
            object = name;
        } else if let Some(name) = line.strip_prefix("fn=") {
            function = name;
        } else if let Some(name) = line.strip_prefix("cfn=") {
            called = Some(name);
        } else if line.starts_with(|first: char| first.is_ascii_digit()) {
            // The line below a call tells what it cost in all, in whatever object it stands.
            let called = called.take();
            let count = line.split(' ').nth(1).and_then(|count| count.parse().ok()).unwrap_or(0);
            all += if called.is_none() { count } else { 0 };
            match called {
                _ if object != own => {}
                Some(called) => {
                    *calls.entry(function).or_default().entry(called).or_default() += count
                }
                None => *costs.entry(function).or_default() += count,
            }
        } else if let Some(sum) = line.strip_prefix("totals: ") {
            assert_eq!(
                sum.parse(),
                Ok(all),
                "callgrind's file was read in another way than it is meant"
            );
        }
    }
    let mut profile = Profile::new();
    for (function, count) in costs {
        let name = label(function, calls.get(function));
        *profile.entry(name).or_default() += count;
    }
    profile
}

/// A function as people know it. Systems are compiled into one generic function each, all of the same name: what of ours they
/// call most tells them apart.
fn label(function: &str, calls: Option<&BTreeMap<&str, u64>>) -> String {
    let name = plain(function);
    if !name.contains("FunctionSystem<Marker") {
        return name;
    }
    let ours = |name: &String| {
        ["model", "world", "scenario"].contains(&name.split("::").next().unwrap_or(""))
    };
    let mut calls: Vec<(u64, String)> = calls
        .into_iter()
        .flatten()
        .map(|(name, count)| (*count, plain(name)))
        .filter(|(_, name)| ours(name))
        .collect();
    calls.sort_by(|a, b| b.cmp(a));
    let names: Vec<String> = calls.into_iter().take(3).map(|(_, name)| name).collect();
    format!(
        "a system that calls {}",
        if names.is_empty() { "nothing of ours".into() } else { names.join(", ") }
    )
}

/// A name without the compiler's hash, which differs from place to place, and without callgrind's mark of a recursion.
fn plain(symbol: &str) -> String {
    let symbol = symbol.split('\'').next().unwrap_or(symbol);
    format!("{:#}", rustc_demangle::demangle(symbol))
}

/// What the counts depend on besides the code.
fn made_with() -> String {
    let rustc = Command::new("rustc").arg("--version").output().ok();
    let rustc = rustc.map_or(String::new(), |out| String::from_utf8_lossy(&out.stdout).into());
    format!("{}, AVX2 {}", rustc.trim(), if avx2() { "yes" } else { "no" })
}

#[cfg(target_arch = "x86_64")]
fn avx2() -> bool {
    std::arch::is_x86_feature_detected!("avx2")
}

#[cfg(not(target_arch = "x86_64"))]
fn avx2() -> bool {
    false
}

/// Cases as the file holds them: a line for each case with its sum, below it a line for each of its largest functions.
fn written(profiles: &BTreeMap<String, Profile>) -> String {
    let mut text = format!("made with: {}\n", made_with());
    for name in CASES {
        let profile = &profiles[name];
        writeln!(text, "{name} {}", sum(profile)).expect("a string");
        let mut functions: Vec<_> = profile.iter().collect();
        functions.sort_by_key(|(name, count)| (std::cmp::Reverse(**count), *name));
        for (function, count) in functions.into_iter().take(KEPT) {
            writeln!(text, "    {count} {function}").expect("a string");
        }
    }
    text
}

/// Sum and functions of a case in the file.
fn stored_case(text: &str, name: &str) -> Option<(u64, Profile)> {
    let mut lines = text.lines().skip_while(|line| line.split(' ').next() != Some(name));
    let sum = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let functions = lines.map_while(|line| line.strip_prefix("    ")?.split_once(' '));
    let functions = functions.filter_map(|(count, name)| Some((name.into(), count.parse().ok()?)));
    Some((sum, functions.collect()))
}

/// Where a case grew: the functions that grew most.
fn growth(before: &Profile, now: &Profile) -> String {
    let mut grown: Vec<(i64, &String)> = now
        .iter()
        .map(|(name, count)| (*count as i64 - before.get(name).map_or(0, |c| *c as i64), name))
        .collect();
    grown.sort_by_key(|(more, name)| (-more, *name));
    let mut text = String::new();
    for (more, name) in grown.into_iter().take_while(|(more, _)| *more > 0).take(TOLD) {
        let now = now[name];
        writeln!(text, "    +{more:>12} to {now:>12} {name}").expect("a string");
    }
    text
}

/// Counts all cases, judges goals, and compares with what is stored, or stores it.
pub fn instructions(update: bool) -> ExitCode {
    let folder = tempfile::tempdir().expect("a folder for a while");
    let out = |name: &str| folder.path().join(name);
    let all = CASES.into_iter().chain(BY_HAND);
    let children: Vec<_> = all.map(|name| (name, begin(name, &out(name)))).collect();
    // Without valgrind while it works: how much a day decides and trades.
    let scenario = national();
    let mut watched = WatchedRun::new(&scenario, KEY);
    let errands = |watched: &mut WatchedRun| watched.run_day().errands.len();
    for _ in 0..worlds::SETTLING_DAYS {
        errands(&mut watched);
    }
    let decisions: usize = (0..DAYS).map(|_| errands(&mut watched)).sum();
    let trades = worlds::customers_trades(&worlds::run(&scenario).1);

    let mut profiles = BTreeMap::new();
    for (name, child) in children {
        let mut child = match child {
            Ok(child) => child,
            Err(error) => {
                println!("instructions: not counted, valgrind does not start: {error}");
                return ExitCode::FAILURE;
            }
        };
        assert!(child.wait().expect("a child").success(), "case {name} failed");
        profiles
            .insert(name.to_owned(), read(&std::fs::read_to_string(out(name)).expect("counts")));
    }

    let million = |name: &str, times: u16| sum(&profiles[name]) as f64 / f64::from(times) * 1e-6;
    let days = f64::from(DAYS);
    let judge = |what: &str, measured, goal| verdict(Size::Full, what, measured, goal);
    let fixed = million("fixed_day", DAYS);
    let nation = million("national_day", DAYS);
    judge("fixed day, million instructions", fixed, Goal::AtMost(0.9, Some(0.4)));
    note("making a first world, million instructions", million("first_world", 1));
    let second = million("second_world", 1);
    judge("making a second world, million instructions", second, Goal::AtMost(3.0, None));
    note(format!("day of {PEOPLE} people, million instructions"), nation);
    let (decisions, trades) = (decisions as f64, trades as f64);
    let above = (nation - fixed) * days * 1e6;
    let aim = Goal::AtMost(600.0, None);
    judge("  without the fixed day, instructions a decision", above / decisions, aim);
    note("  all, instructions a trade", nation * days * 1e6 / trades);
    for name in BY_HAND {
        note(format!("  {name}, million instructions a day"), million(name, DAYS));
    }

    let now = written(&profiles);
    if update {
        std::fs::write(stored(), &now).expect("the file of counts can be written");
        println!("stored in {}", stored().display());
        return ExitCode::SUCCESS;
    }
    let before = std::fs::read_to_string(stored()).unwrap_or_default();
    let mut failed = false;
    for name in CASES {
        let profile = &profiles[name];
        let (all, functions) = stored_case(&before, name).unwrap_or_default();
        let ratio = sum(profile) as f64 / all.max(1) as f64;
        let grew = ratio > TOLERATED;
        let word = if grew { "GREW" } else { "held" };
        println!(
            "{name:<16} {:>12} instructions, stored {all:>12}: {ratio:.3} {word}",
            sum(profile)
        );
        if grew {
            print!("{}", growth(&functions, profile));
        }
        failed |= grew;
    }
    let (stored_with, made_with) = (before.lines().next().unwrap_or(""), made_with());
    if failed && stored_with != format!("made with: {made_with}") {
        // Another compiler or processor draws no line between what grew and what is compiled otherwise.
        println!("not judged: stored counts were {stored_with}; these with {made_with}");
        failed = false;
        println!("to judge from here on: .ci/instructions --update");
    } else if failed {
        println!("if it is worth that: .ci/instructions --update");
    }
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
