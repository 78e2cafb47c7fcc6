//! Runs that fork from one warm-up: the bytes of a run from the start, whatever parts when.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crackdown::model::{Saved, Simulation, saved, simulate, simulate_family};
use crackdown::record::{Record, VenueColumn};
use crackdown::scenario::difference::days_in_common;
use crackdown::scenario::intervention::{Act, Intervention};
use crackdown::scenario::policy::Policy;
use crackdown::scenario::world::Dated;
use crackdown::scenario::{self, Campaign, CampaignValue, Indicator, Scenario};
use crackdown::units::{Class, Day};
use jiff::ToSpan;
use jiff::civil::{Date, date};
use proptest::prelude::*;

use crate::worlds::{key, small};

/// The country in 800 agents, in the first months of 2024.
fn tiny() -> Scenario {
    let mut scenario = small();
    scenario.people_per_agent = 2_000;
    scenario.end = date(2024, 3, 31);
    scenario.warm_up_days = 60;
    scenario
}

/// Simulates them together and one by one, compares all bytes, and says what was saved.
fn same_bytes(scenarios: &[Scenario]) -> Saved {
    let family: Vec<Arc<Scenario>> = scenarios.iter().cloned().map(Arc::new).collect();
    let mut records: Vec<Option<Record>> = vec![None; family.len()];
    let days = AtomicU64::new(0);
    let count = || {
        days.fetch_add(1, Ordering::Relaxed);
    };
    let sum = simulate_family(&family, key(0), &count, &mut |member, record| {
        assert!(records[member].replace(record).is_none(), "{member} came twice");
    });
    for (member, record) in records.into_iter().enumerate() {
        let alone = simulate(&family[member], key(0), &|| ());
        assert!(record.expect("everybody comes") == alone, "{member} is another run");
    }
    assert_eq!(sum.simulated, days.into_inner());
    assert_eq!(sum.apart, family.iter().map(|one| u64::from(one.total_days())).sum::<u64>());
    assert_eq!(sum, saved(&family));
    sum
}

#[test]
fn every_policy_file_forks_from_the_baseline_with_the_bytes_of_a_run_from_the_start() {
    let sets: Vec<String> =
        ["people_per_agent=4000", "start=\"2023-12-01\"", "end=\"2024-02-29\"", "warm_up_days=100"]
            .iter()
            .map(|set| (*set).to_owned())
            .collect();
    let mut files: Vec<_> = std::fs::read_dir("scenarios/policies")
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files.insert(0, Path::new("scenarios/kazakhstan.ron").to_owned());
    let load = |path: &std::path::PathBuf| scenario::load(path, &sets).unwrap().scenario;
    let all: Vec<Scenario> = files.iter().map(load).collect();
    let sum = same_bytes(&all);
    assert!(sum.share() > 0.5, "{sum:?}");
}

#[test]
fn interventions_fork_on_their_day_with_the_bytes_of_a_run_from_the_start() {
    let base = tiny();
    let on = base.start.saturating_add(30.days());
    let each = Act::ALL.iter().map(|&act| {
        let mut policy = base.clone();
        let one = Intervention { number: 3, ..Intervention::new(act, on, Class::Shadow) };
        policy.policy.interventions.insert("one".to_owned(), one);
        assert_eq!(days_in_common(&base, &policy), base.warm_up_days + 30, "{act:?}");
        policy
    });
    let policies: Vec<_> = each.collect();
    let mut again = policies[1].clone();
    let late = Intervention::new(Act::Close, base.start.saturating_add(50.days()), Class::Hub);
    again.policy.interventions.insert("late".to_owned(), late);
    assert_eq!(days_in_common(&policies[1], &again), base.warm_up_days + 50);
    let all: Vec<Scenario> = [base].into_iter().chain(policies).chain([again]).collect();
    same_bytes(&all);
}

#[test]
fn policies_part_on_the_first_and_on_the_last_day_and_never() {
    let base = tiny();
    let closures_from = |from: Date| {
        let mut policy = base.clone();
        let steps = BTreeMap::from([(Date::MIN, 3.0), (from, 60.0)]);
        policy.policy.shutdown_rate.closures_per_month = Dated::new(steps).unwrap();
        policy
    };
    let mut base = base.clone();
    base.policy.shutdown_rate.closures_per_month = Dated::constant(3.0);
    let first = base.date(Day(0));
    let next = first.checked_add(1.day()).unwrap();
    let after = base.end.checked_add(1.day()).unwrap();
    let dates = [first, next, base.start, base.end, after];
    let policies = dates.map(closures_from);
    let all = base.total_days();
    let common = policies.each_ref().map(|policy| days_in_common(&base, policy));
    assert_eq!(common, [0, 1, base.warm_up_days, all - 1, all]);
    let mut family = vec![base.clone()];
    family.extend(policies);
    // Another title is the same run; another world none at all.
    family.push(Scenario { title: "again".to_owned(), ..base.clone() });
    let mut other = base.clone();
    other.afm.investigators += 5;
    assert_eq!(days_in_common(&base, &other), 0);
    family.push(other);
    let sum = same_bytes(&family);
    let shared = [1, base.warm_up_days, all - 1, all, all].map(u64::from);
    assert_eq!(sum.apart - sum.simulated, shared.iter().sum::<u64>());
}

#[test]
fn those_that_part_from_all_others_at_once_share_days_among_themselves() {
    let base = tiny();
    let mut without = base.clone();
    without.policy.auto_block.bank_share = Dated::constant(0.9);
    let mut later = without.clone();
    let steps = BTreeMap::from([(Date::MIN, 0.9), (base.start, 0.1)]);
    later.policy.auto_block.bank_share = Dated::new(steps).unwrap();
    let sum = same_bytes(&[base.clone(), without, later]);
    assert_eq!(sum.apart - sum.simulated, u64::from(base.warm_up_days));
}

/// A campaign of many closures with a memory: in force for a while whenever the agency sees cause.
fn campaign(value: f64, seen: Option<Indicator>, limit: f64) -> Campaign {
    let lever = "shutdown_rate.closures_per_month";
    let above = seen.map(|_| limit);
    let held = Campaign::new(lever, CampaignValue::Number(value));
    Campaign { seen, above, for_days: 20, ramp_days: 15, ..held }
}

#[test]
fn a_campaign_that_both_have_keeps_its_memory_and_one_that_one_has_begins_without() {
    let mut base = tiny();
    let listed = campaign(40.0, Some(Indicator::ListedVenues), 2.0);
    base.policy.campaigns.insert("both".to_owned(), listed.clone());
    let mut policy = base.clone();
    let from = Some(base.start);
    let own =
        Campaign { from, lever: "auto_block.bank_share".to_owned(), ..campaign(1.0, None, 0.0) };
    policy.policy.campaigns.insert("own".to_owned(), own);
    let mut later = base.clone();
    let mid = Some(base.start.checked_add(20.days()).unwrap());
    let answer = Campaign { from: mid, ..campaign(5.0, Some(Indicator::Closures), 1.0) };
    later.policy.campaigns.insert("an answer".to_owned(), answer);
    let waves =
        Campaign { from, every_days: Some(9), lasting_days: Some(4), ..campaign(80.0, None, 0.0) };
    let mut in_waves = base.clone();
    in_waves.policy.campaigns.insert("waves".to_owned(), waves);
    let sum = same_bytes(&[base.clone(), policy, later, in_waves]);
    assert_eq!(sum.apart - sum.simulated, u64::from(3 * base.warm_up_days + 20));
    // Without its memory the campaign would be another: it is in force when they part, and half-way up its ramp.
    let mut alone = base.clone();
    alone.policy.campaigns.clear();
    assert!(simulate(&alone, key(0), &|| ()) != simulate(&base, key(0), &|| ()));
}

/// A world in which much is on its way from one day to the next: requests abroad, verdicts, freezes, returns.
fn busy() -> Scenario {
    let mut busy = tiny();
    busy.afm.investigators = 30;
    busy.afm.case_days = 10.0;
    busy.afm.case_threshold /= 4.0;
    busy.courts.trial_days = 5.0;
    busy.courts.verdicts_per_month = 60.0;
    busy.policy.shutdown_rate.closures_per_month = Dated::constant(40.0);
    busy.policy.shutdown_rate.with_arrest = Dated::constant(0.8);
    busy.policy.cooperation.reach = Dated::constant(0.8);
    busy.policy.cooperation.delay_days = Dated::constant(5.0);
    busy.policy.wallet_freezing.venues_per_month = Dated::constant(20.0);
    busy
}

#[test]
fn a_run_that_is_forked_every_morning_is_the_same_run() {
    let busy = busy();
    let whole = simulate(&busy, key(0), &|| ());
    for column in [VenueColumn::Verdicts, VenueColumn::RequestsGranted, VenueColumn::Freezes] {
        let number: i64 = whole.series(column).iter().sum();
        assert!(number > 0, "none in column {}", column as usize);
    }
    let mut simulation = Simulation::new(&busy, key(0));
    for _ in 0..busy.total_days() {
        simulation = simulation.fork(&busy);
        simulation.run_day();
    }
    assert!(simulation.fork(&busy).finish() == whole);
}

/// A change of one lever from a day on.
fn changed(policy: &mut Policy, lever: usize, from: Date, strength: f64) {
    fn step(dated: &mut Dated<f64>, from: Date, value: f64) {
        let mut steps: BTreeMap<Date, f64> =
            dated.steps().map(|(date, value)| (date, *value)).collect();
        steps.retain(|date, _| *date < from);
        steps.insert(from, value);
        steps.entry(Date::MIN).or_insert_with(|| dated.on(Date::MIN));
        *dated = Dated::new(steps).unwrap();
    }
    match lever {
        0 => step(&mut policy.auto_block.bank_share, from, strength),
        1 => step(&mut policy.auto_block.list_lag_days, from, 60.0 * strength),
        2 => step(&mut policy.shutdown_rate.closures_per_month, from, 60.0 * strength),
        3 => step(&mut policy.wallet_freezing.venues_per_month, from, 30.0 * strength),
        4 => step(&mut policy.wallet_freezing.delay_days, from, 30.0 * strength),
        5 => step(&mut policy.site_blocking.sites_per_month, from, 900.0 * strength),
        6 => step(&mut policy.sentencing.conviction, from, strength),
        7 => step(&mut policy.cooperation.reach, from, strength),
        8 => step(&mut policy.licensing.approval, from, strength),
        9 => step(&mut policy.card_limits.cards_per_client, from, 1.0 + 9.0 * strength),
        10 => step(&mut policy.kyc.complies.shadow, from, strength),
        11 => step(&mut policy.pyramid_warnings.actions_per_year, from, 30.0 * strength),
        12 => step(&mut policy.mining_inspections.per_month, from, 30.0 * strength),
        _ => step(&mut policy.budget.agency_days_per_month, from, 400.0 * strength),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, ..ProptestConfig::default() })]

    /// Whatever part of a random world's policies changes on whatever day: the bytes are those of a run from the start.
    #[test]
    fn random_policies_fork_on_random_days(
        shape in (0..6_usize, 1..50_u16, 2_000..9_000_u32, 0..4_u32),
        changes in proptest::collection::vec((0..14_usize, 0..80_u16, 0.0..1.0_f64), 1..5),
    ) {
        let (feature, warm_up, people, investigators) = shape;
        let mut base = busy();
        base.warm_up_days = warm_up;
        base.people_per_agent = people;
        base.end = date(2024, 1, 31);
        base.afm.investigators = 5 + 10 * investigators;
        match feature {
            0 => base.mechanisms.displacement = 0.0,
            1 => base.mechanisms.deterrence = 0.0,
            2 => base.mechanisms.replacement = 0.0,
            3 => base.mining.number = 0,
            4 => base.pyramids.number = 0,
            _ => {}
        }
        let mut family = vec![base.clone()];
        for (lever, day, strength) in changes {
            let mut policy = base.clone();
            let from = base.date(Day(day.min(base.total_days() - 1)));
            changed(&mut policy.policy, lever, from, strength);
            family.push(policy);
        }
        same_bytes(&family);
    }
}
