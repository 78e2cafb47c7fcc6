//! `crackdown explain`: watching changes nothing, and what is told is what the runs did.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Output;
use std::sync::atomic::AtomicBool;

use crackdown::ensemble::chain::Chain;
use crackdown::ensemble::difference::{RunChange, WhichRun};
use crackdown::ensemble::pair::{Agent, Life, Pair};
use crackdown::model::trace::WatchedRun;
use crackdown::record::event::{DayLog, Ending, Happening, Subject};
use crackdown::record::life::{ChoiceOptions, Intention, PaymentAnswer};
use crackdown::record::{Flow, Record};
use crackdown::scenario::Scenario;
use crackdown::scenario::world::Dated;
use crackdown::units::Class;
use jiff::civil::{Date, date};

use crate::program::{REFERENCE, command, said, succeeded};
use crate::worlds::{key, run, small};

/// The country in 3,200 agents over a few months.
fn short() -> Scenario {
    let mut scenario = small();
    scenario.people_per_agent = 500;
    scenario.start = date(2024, 3, 1);
    scenario.end = date(2024, 5, 31);
    scenario
}

/// The same world with banks that block from a date on.
fn blocking(from: Date) -> Scenario {
    let mut policy = short();
    let steps = BTreeMap::from([(date(2022, 1, 1), 0.0), (from, 1.0)]);
    policy.policy.auto_block.bank_share = Dated::new(steps).unwrap();
    policy.policy.auto_block.threshold_kzt = Dated::constant(0.0);
    policy.title = "Banks block".to_owned();
    policy
}

/// The baseline to that: nothing is blocked.
fn not_blocking() -> Scenario {
    let mut baseline = blocking(date(2024, 4, 1));
    baseline.policy.auto_block.bank_share = Dated::constant(0.0);
    baseline
}

fn compare(baseline: &Scenario, policy: &Scenario) -> Chain {
    let pair = Pair { baseline, policy, key: key(0) };
    pair.compare(&|| (), &AtomicBool::new(false)).unwrap()
}

fn life(baseline: &Scenario, policy: &Scenario, agent: Agent) -> Option<Life> {
    let pair = Pair { baseline, policy, key: key(0) };
    pair.life(agent, &|| (), &AtomicBool::new(false)).unwrap()
}

/// Runs a scenario with somebody who looks at everything every evening.
fn watched(scenario: &Scenario, mut see: impl FnMut(&WatchedRun, &DayLog)) -> Record {
    let mut run = WatchedRun::new(scenario, key(0));
    for _ in 0..scenario.total_days() {
        let log = run.run_day();
        see(&run, &log);
    }
    run.finish()
}

#[test]
fn a_watched_run_yields_the_same_record() {
    let scenario = blocking(date(2024, 4, 1));
    let mut seen = 0;
    let record = watched(&scenario, |run, log| {
        for errand in &log.errands {
            assert!(run.customer(errand.row).is_some(), "no account of customer {}", errand.row);
            seen += 1;
        }
        seen += (0..scenario.dealers.number).filter(|dealer| run.dealer(*dealer).is_some()).count();
        seen += log.sizes.iter().filter(|(name, _)| run.venue(*name).is_some()).count();
    });
    assert!(seen > 10_000);
    assert_eq!(record, run(&scenario));
}

#[test]
fn people_in_any_block_are_watched() {
    let mut scenario = short();
    scenario.people_per_agent = 16;
    scenario.start = date(2024, 1, 1);
    (scenario.end, scenario.warm_up_days) = (date(2024, 1, 10), 10);
    let mut last = 0;
    let record = watched(&scenario, |run, log| {
        for errand in &log.errands {
            assert_eq!(run.customer(errand.row).unwrap().ending, errand.ending);
            last = last.max(errand.row);
        }
    });
    assert!(last > 1 << 16, "nobody of the second block did anything");
    assert_eq!(record, run(&scenario));
}

#[test]
fn accounts_of_customers_agree_with_what_the_run_did() {
    let mut scenario = blocking(date(2024, 4, 1));
    // Sales of illegal farms are not told one by one.
    scenario.mining.number = 0;
    scenario.mining.arise_per_month = 0.0;
    let people = i64::from(scenario.people_per_agent);
    let (mut retried, mut searched, mut not_today) = (0, 0, 0);
    watched(&scenario, |run, log| {
        let mut traded = [0; Class::COUNT];
        let mut stopped = [0; Class::COUNT];
        for errand in &log.errands {
            let day = run.customer(errand.row).unwrap();
            assert_eq!(day.ending, errand.ending);
            assert_eq!(day.amount.0, i64::from(errand.amount));
            // The venue that was tried last is the one that the order ended with.
            assert_eq!(day.tries.last().map(|tried| tried.venue), errand.venue);
            let first = day.tries.first().map(|tried| tried.venue);
            match day.wish {
                Intention::Trades { venue, .. } => assert_eq!(first, Some(venue)),
                _ => assert_eq!(first, None),
            }
            retried += usize::from(day.tries.len() > 1);
            searched += usize::from(day.wish == Intention::Searches);
            not_today += usize::from(matches!(day.wish, Intention::NotToday(_)));
            for tried in &day.tries {
                let class = tried.venue.operator.class().index();
                match tried.verdict {
                    PaymentAnswer::Passed => traded[class] += day.amount.0 * people,
                    PaymentAnswer::Stopped => stopped[class] += people,
                    PaymentAnswer::Refused | PaymentAnswer::Declined => {}
                }
            }
            // Who deals with somebody known tries no venue.
            if day.wish == Intention::Direct {
                traded[Class::PeerToPeer.index()] += day.amount.0 * people;
                assert_eq!((day.tries.len(), day.ending), (0, Ending::Traded));
                continue;
            }
            let passed =
                day.tries.last().is_some_and(|tried| tried.verdict == PaymentAnswer::Passed);
            assert_eq!(passed, day.ending == Ending::Traded);
            if let Some(options) = &day.options {
                assert!((total(options) - 1.0).abs() < 1e-9, "{options:?}");
            }
        }
        // Licensed and foreign venues serve customers only: their books add up to the accounts.
        for class in [Class::Licensed, Class::Foreign] {
            let flows = &log.flows[class.index()];
            if class == Class::Licensed || log.cash_outs.is_empty() {
                assert_eq!(traded[class.index()], of_customers(run, log, class), "{class}");
            }
            assert!(stopped[class.index()] <= flows[Flow::BlockedOrders as usize], "{class}");
        }
    });
    assert!(retried > 0 && searched > 0 && not_today > 0, "{retried} {searched} {not_today}");
}

/// Turnover of a class without the payments of dealers.
fn of_customers(run: &WatchedRun, log: &DayLog, class: Class) -> i64 {
    let dealers: i64 = log
        .cash_outs
        .iter()
        .filter(|(_, tried)| {
            tried.is_some_and(|t| {
                t.verdict == PaymentAnswer::Passed && t.venue.operator.class() == class
            })
        })
        .filter_map(|(dealer, _)| Some(run.dealer(*dealer)?.held.0))
        .sum();
    log.flows[class.index()][Flow::Traded as usize] - dealers
}

fn total(options: &ChoiceOptions) -> f64 {
    let best: f64 = options.best.iter().map(|option| option.probability).sum();
    best + options.others_probability + options.outside_probability + options.not_today_probability
}

#[test]
fn accounts_of_dealers_agree_with_what_they_hold() {
    let scenario = blocking(date(2024, 4, 1));
    let mut held: BTreeMap<u32, i64> = BTreeMap::new();
    let (mut passed, mut couriers, mut left) = (0, 0, 0);
    watched(&scenario, |run, log| {
        for (dealer, tried) in &log.cash_outs {
            let day = run.dealer(*dealer).unwrap();
            assert_eq!(day.tried, *tried);
            let sold = match tried {
                Some(tried) if tried.verdict == PaymentAnswer::Passed => day.held.0,
                _ => day.couriers.0 + day.sold_abroad.0,
            };
            let income = day.evening.0 - (day.held.0 - sold);
            assert!(income >= 0, "dealer {dealer} on day {}: {day:?}", log.day.0);
            passed += usize::from(sold == day.held.0);
            couriers += usize::from(day.couriers.0 > 0);
            left += usize::from(day.claim_evening.0 > 0);
            held.insert(*dealer, day.evening.0);
        }
    });
    assert!(passed > 0 && couriers > 0 && left > 0, "{passed} {couriers} {left}");
}

#[test]
fn a_policy_that_changes_nothing_has_nothing_to_explain() {
    let base = short();
    let mut same = short();
    same.policy.auto_block.bank_share = {
        let share = base.policy.auto_block.bank_share.clone();
        let mut steps: BTreeMap<Date, f64> = share.steps().map(|(d, v)| (d, *v)).collect();
        steps.insert(date(2024, 4, 1), share.on(date(2024, 4, 1)));
        Dated::new(steps).unwrap()
    };
    assert_ne!(base, same);
    let comparison = compare(&base, &same);
    assert_eq!(comparison.first, None);
    assert!(comparison.differences.is_empty() && comparison.stories.is_empty());
    assert_eq!(comparison.untold, 0);
    assert!(comparison.alike.errands > 1000 && comparison.alike.events > 100);
}

#[test]
fn the_first_difference_is_not_before_the_policy_and_is_what_the_policy_does() {
    let from = date(2024, 4, 10);
    let (baseline, policy) = (not_blocking(), blocking(from));
    let comparison = compare(&baseline, &policy);
    let first = comparison.first.expect("blocking has effects");
    assert!(policy.date(first) >= from, "{}", policy.date(first));
    let told = &comparison.differences[0];
    assert_eq!((told.day, told.mark), (first, WhichRun::Policy));
    let began = [None, Some(Happening::ChecksBegin)];
    assert!(
        matches!(told.matter, RunChange::Event(Subject::Bank(_), both) if both == began),
        "{told:?}"
    );
    // Somebody whose payment went through in the baseline is stopped by a bank.
    let stopped = comparison.differences.iter().any(|difference| match &difference.matter {
        RunChange::Errand(_, both) => {
            let answer = |side: usize| {
                both[side].as_ref().and_then(|day| day.tries.first()).map(|tried| tried.verdict)
            };
            (answer(0), answer(1)) == (Some(PaymentAnswer::Passed), Some(PaymentAnswer::Stopped))
        }
        _ => false,
    });
    assert!(stopped);
    assert!(comparison.differences.is_sorted_by_key(|difference| difference.day));
}

#[test]
fn lives_show_what_the_comparison_found() {
    let (baseline, policy) = (not_blocking(), blocking(date(2024, 4, 1)));
    let comparison = compare(&baseline, &policy);
    let (row, days, _) = &comparison.stories[0];
    let Some(Life::Customer { days: all, .. }) = life(&baseline, &policy, Agent::Customer(*row))
    else {
        panic!("customer {row} has no life")
    };
    for told in days {
        assert!(all.contains(told), "customer {row} on day {}", told.0.0);
    }
    let Some(Life::Dealer { days }) = life(&baseline, &policy, Agent::Dealer(0)) else {
        panic!("dealer 0 has no life")
    };
    assert!(days.len() > 5 && days.iter().any(|(_, both)| both[0].is_some()));
    let name = "shadow-0.0".parse().unwrap();
    let Some(Life::Venue { days, events }) = life(&baseline, &policy, Agent::Venue(name)) else {
        panic!("the first shadow exchange has no life")
    };
    assert_eq!(days.len(), usize::from(baseline.total_days()));
    assert!(days.iter().any(|(_, both)| both[0] != both[1]));
    assert!(!events[0].is_empty());
    assert_eq!(life(&baseline, &policy, Agent::Venue("shadow-3-77.0".parse().unwrap())), None);
}

/// A result folder of `crackdown compare`, as far as `explain` reads it.
fn comparison_folder(home: &Path, manifest: &str) {
    let scenario = |name: &str, policy: &str| {
        let text = format!(
            r#"(extends: "{REFERENCE}", name: "{name}", title: "{name}", start: "2024-10-01", end: "2024-11-15",
            warm_up_days: 180, people_per_agent: 500, {policy})"#
        );
        fs::write(home.join(format!("scenarios/{name}.ron")), text).unwrap();
    };
    fs::create_dir_all(home.join("scenarios")).unwrap();
    fs::write(home.join("manifest.json"), manifest).unwrap();
    scenario("status_quo", "");
    scenario("no_change", "");
    let late = r#"policy: (auto_block: (bank_share: {"2024-10-10": 1.0}))"#;
    scenario("banks", late);
    scenario("wrong", "customers: (number: -1)");
}

/// Of a comparison that this version of the model made.
fn manifest() -> String {
    let version = crackdown::model::MODEL_VERSION;
    let hash = blake3::hash(b"").to_hex();
    format!(
        r#"{{"program": "crackdown", "kind": "comparison", "seed": 5, "replications": 2,
    "baseline": "status_quo", "policies": ["no_change", "banks", "wrong"], "model_version": {version},
    "files": {{"effects.csv": {{"bytes": 0, "blake3": "{hash}"}}}}}}"#
    )
}

fn explain(home: &Path, more: &[&str]) -> Output {
    command(home, &["explain", "."]).args(more).output().unwrap()
}

fn told(output: &Output) -> String {
    succeeded(output).0
}

#[test]
fn the_command_tells_the_chain_and_lives_in_words() {
    let home = tempfile::tempdir().unwrap();
    comparison_folder(home.path(), &manifest());
    let output = explain(home.path(), &["--policy", "banks", "--events", "12"]);
    let (chain, before) = succeeded(&output);
    assert!(before.contains("2 runs, side by side and watched: about "), "{before}");
    for part in [
        "What the policy changes",
        "2024-10-10  policy only",
        "First difference: 2024-1",
        "begins to check payments automatically",
        "a bank stops the payment to",
        "The first people reached",
        "What it adds up to",
        "more differences are not shown",
    ] {
        assert!(chain.contains(part), "no `{part}` in:\n{chain}");
    }
    let widest = chain.lines().map(|line| line.chars().count()).max().unwrap();
    assert!(widest <= 130, "{widest} columns");

    let nothing = told(&explain(home.path(), &["--policy", "no_change", "--replication", "1"]));
    assert!(nothing.contains("Nothing differs: in all 226 days"), "{nothing}");

    let row = chain.split("customer:").nth(1).unwrap().split(' ').next().unwrap();
    for (agent, part) in [
        (format!("customer:{row}"), "<<< first day that ends differently"),
        ("dealer:0".to_owned(), "partner hub of the market"),
        ("exchange:shadow-0.0".to_owned(), "shadow exchange 0.0"),
    ] {
        let life = told(&explain(home.path(), &["--policy", "banks", "--agent", &agent]));
        assert!(life.contains(part) && life.contains("BASELINE"), "no `{part}` in:\n{life}");
    }
    for (lang, begins) in
        [("ru", "Первое различие: 12.10.2024"), ("kk", "Алғашқы айырма: 12.10.2024")]
    {
        let said = |more: &[&str]| {
            told(&explain(home.path(), &[&["--policy", "banks", "--lang", lang], more].concat()))
        };
        let chain = said(&["--events", "100"]);
        assert!(chain.contains(begins), "{chain}");
        let lives = ["customer:7", "dealer:0", "exchange:shadow-0.0"];
        let lives = lives.map(|agent| said(&["--agent", agent, "--events", "9"]));
        for said in [chain].iter().chain(&lives) {
            let english = [" the ", " of ", " at ", " in ", " days", "baseline", "draw", "venue"];
            let left = said.lines().find(|line| english.iter().any(|word| line.contains(word)));
            assert_eq!(left, None, "{lang}");
        }
    }
    let json = told(&explain(home.path(), &["--policy", "banks", "--json"]));
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert!(json["differences"].as_array().unwrap().len() > 20);
}

#[test]
fn wrong_questions_are_refused_with_what_is_allowed() {
    let home = tempfile::tempdir().unwrap();
    comparison_folder(home.path(), &manifest());
    for (more, code, part) in [
        (vec!["--policy", "bank"], 2, "did you mean `banks`?"),
        (vec![], 2, "no_change, banks"),
        (vec!["--policy", "banks", "--replication", "2"], 2, "numbered from 0 to 1"),
        (vec!["--policy", "banks", "--agent", "custommer:1"], 2, "customer:0"),
        (vec!["--policy", "banks", "--agent", "customer:3200"], 2, "customer:3199"),
        (vec!["--policy", "banks", "--agent", "dealer:x"], 2, "dealer:199"),
        (vec!["--policy", "banks", "--agent", "exchange:0.0"], 2, "exchange:shadow-0.0"),
        (vec!["--policy", "banks", "--agent", "exchange:shadow-3-77.0"], 2, "in neither run"),
        (vec!["--policy", "wrong"], 1, "1 error"),
    ] {
        let output = explain(home.path(), &more);
        let said = said(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{more:?}: {said}");
        assert!(said.contains(part), "{more:?}: no `{part}` in:\n{said}");
        assert!(output.stdout.is_empty());
    }
    for (manifest, part) in [
        (manifest().replace("\"model_version\": ", "\"model_version\": 9"), "model version 9"),
        (manifest().replace("comparison", "run"), "crackdown compare"),
        (manifest().replace("seed", "sead"), "lacks one of"),
        ("{".to_owned(), "is no manifest"),
    ] {
        fs::write(home.path().join("manifest.json"), manifest).unwrap();
        let output = explain(home.path(), &["--policy", "banks"]);
        let said = said(&output.stderr);
        assert_eq!(output.status.code(), Some(3), "{said}");
        assert!(said.contains(part), "no `{part}` in:\n{said}");
    }
}
