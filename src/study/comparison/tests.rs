//! Small comparisons for tests of this module and of those that show comparisons.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{LazyLock, Mutex};

use jiff::civil::date;

use super::*;
use model::simulate;
use world::record::RunKey;

/// Policy files used, in order.
const FILES: [&str; 6] = [
    "auto_block",
    "shutdown_double",
    "no_enforcement",
    "site_blocking",
    "wallet_freezing",
    "shutdown_largest_first",
];

fn scenario(path: &str) -> Resolved {
    let sets =
        ["people_per_agent=2000", "start=\"2023-09-01\"", "end=\"2024-04-30\"", "warm_up_days=60"];
    let sets: Vec<String> = sets.map(str::to_owned).to_vec();
    scenario::load(Path::new(path), &sets).unwrap_or_else(|findings| panic!("{findings}"))
}

/// The reference world, and so many policies.
fn scenarios(policies: usize) -> Vec<Resolved> {
    let policy = |name: &&str| scenario(&format!("../../scenarios/policies/{name}.ron"));
    let baseline = scenario("../../scenarios/kazakhstan.ron");
    std::iter::once(baseline).chain(FILES[..policies].iter().map(policy)).collect()
}

/// The reference world in 800 agents over eight months under so many policies.
pub fn small(policies: usize, replications: u32) -> Comparison {
    static MADE: LazyLock<Mutex<BTreeMap<(usize, u32), Comparison>>> =
        LazyLock::new(Mutex::default);
    let mut made = MADE.lock().unwrap();
    made.entry((policies, replications))
        .or_insert_with(|| {
            let scenarios = scenarios(policies);
            let arms = scenarios.iter().map(|resolved| runs(resolved, replications));
            compare(&question(), &arms.collect::<Vec<ArmRuns>>())
        })
        .clone()
}

/// The same over so many draws of two replications each, in which the draw moves what luck would.
pub fn drawn(policies: usize, draws: u32) -> Comparison {
    let scenarios = scenarios(policies);
    let arms: Vec<ArmRuns> = scenarios.iter().map(|resolved| runs(resolved, 2 * draws)).collect();
    let parameter = |path: &str| ParameterDraws {
        path: path.to_owned(),
        values: (0..draws).map(|draw| (0.5 + f64::from(draw) / 100.0).to_string()).collect(),
    };
    let draws = ComparisonDraws {
        file: "posterior.csv".to_owned(),
        blake3: "made up".to_owned(),
        number: draws,
        replications: 2,
        parameters: ["customers.habit", "customers.tries"].map(parameter).to_vec(),
        ranking: None,
    };
    compare(&Question { draws: Some(draws), ..question() }, &arms)
}

fn question() -> Question {
    Question {
        seed: 1,
        window: (date(2023, 9, 1), date(2024, 4, 30)),
        target: vec![Class::Shadow],
        draws: None,
    }
}

fn runs(resolved: &Resolved, replications: u32) -> ArmRuns<'_> {
    let scenario = &resolved.scenario;
    let days = 0..usize::from(scenario.reported_days());
    let run = |replication| {
        let record = simulate(scenario, RunKey::new(1, replication), &|| ());
        RunOutcome::of(&record, scenario, days.clone())
    };
    let outcomes = (0..replications).map(run).collect();
    ArmRuns { resolved, fingerprint: "made up".to_owned(), outcomes }
}

#[test]
fn a_policy_against_itself_changes_exactly_nothing() {
    let baseline = scenario("../../scenarios/kazakhstan.ron");
    let comparison = compare(&question(), &[runs(&baseline, 3), runs(&baseline, 3)]);
    let verdict = &comparison.verdicts[0];
    for effect in &verdict.effects {
        // What has a value in one replication only has no interval.
        let interval = (effect.paired.n > 1).then_some((0.0, 0.0));
        assert_eq!((effect.paired.mean, effect.paired.interval), (0.0, interval));
    }
    for account in &verdict.account.replications {
        assert_eq!((account.removed, account.entries), (0, [0; Entry::ALL.len()]));
    }
    assert!(verdict.cumulative.iter().flatten().all(|point| point.mean == 0.0));
    assert_eq!(comparison.arms[1].since, None);
}

#[test]
fn displacement_shares_add_up_to_one_and_are_absent_where_nothing_was_removed() {
    let [baseline, policy] = &scenarios(1)[..] else { panic!() };
    let arms = [runs(baseline, 8), runs(policy, 8)];
    let mut told = 0;
    for target in [vec![Class::Shadow], vec![Class::Foreign], vec![Class::Shadow, Class::Foreign]] {
        let comparison = compare(&Question { target: target.clone(), ..question() }, &arms);
        let account = &comparison.verdicts[0].account;
        let taken = account.removed.is_clear() && account.removed.mean > 0.0;
        let known = account.shares.iter().flatten().count();
        assert_eq!((known > 0, account.displaced.is_some()), (taken, taken), "{target:?}");
        for (share, entry) in account.shares.iter().zip(&account.entries) {
            assert!(share.is_none() || entry.mean >= 0.0, "what fell has no share of what fell");
        }
        if !taken {
            continue;
        }
        told += 1;
        let sum: f64 = account.shares.iter().flatten().map(|share| share.value).sum();
        assert!((sum - 1.0).abs() < 1e-9, "{target:?}: {sum}");
        let all = account.shares.iter().flatten().chain(&account.displaced);
        for Ratio { value, low, high } in all.copied() {
            assert!(0.0 <= low && low <= high && high <= 1.0 && (0.0..=1.0).contains(&value));
        }
        let of = Entry::ALL.iter().filter(|entry| entry.is_unlicensed());
        let shares = of.filter_map(|entry| account.shares[*entry as usize]);
        let moved: f64 = shares.map(|share| share.value).sum();
        assert!((account.displaced.unwrap().value - moved).abs() < 1e-9);
    }
    assert!(told >= 2);
    // The other way round the target grows: nothing was removed, and nothing can have moved.
    let back = compare(
        &Question { target: vec![Class::Foreign], ..question() },
        &[runs(policy, 8), runs(baseline, 8)],
    );
    let account = &back.verdicts[0].account;
    assert!(account.removed.mean < 0.0 && account.displaced.is_none());
    assert!(account.shares.iter().all(Option::is_none));
}

/// Measures of the three lines, in the order of `Line::WHICH_MONEY`.
const LINES: [&str; 3] = ["crime_turnover", "unlicensed_domestic_turnover", "private_turnover"];

#[test]
fn sums_over_months_hold_the_whole_window() {
    let [baseline, policy] = &scenarios(1)[..] else { panic!() };
    let window = (date(2023, 12, 20), date(2024, 4, 10));
    let day = days(&baseline.scenario, window).unwrap();
    let within = |resolved| {
        let mut arm = runs(resolved, 2);
        for (replication, outcome) in arm.outcomes.iter_mut().enumerate() {
            let key = RunKey::new(1, replication as u32);
            let record = simulate(&resolved.scenario, key, &|| ());
            *outcome = RunOutcome::of(&record, &resolved.scenario, day.clone());
        }
        arm
    };
    let arms = [within(baseline), within(policy)];
    let comparison = compare(&Question { window, ..question() }, &arms);
    for (line, sums) in LINES.iter().zip(&comparison.verdicts[0].cumulative) {
        let sum = sums.last().unwrap().mean;
        let effect = comparison.effect(0, line).unwrap().paired.mean;
        assert!(effect != 0.0 && (sum - effect).abs() < 1.0, "{line}: {sum} {effect}");
    }
}

#[test]
fn series_and_measures_agree() {
    let comparison = small(2, 3);
    for (number, verdict) in comparison.verdicts.iter().enumerate() {
        for (line, sums) in LINES.iter().zip(&verdict.cumulative) {
            let measured = comparison.effect(number, line).unwrap();
            let summed = sums.last().unwrap();
            // Months cover the window, so the last sum is the effect.
            assert!((summed.mean - measured.paired.mean).abs() < 1.0, "{summed:?} {measured:?}");
        }
        assert_eq!(comparison.arms[number + 1].since, Some(date(2024, 1, 1)));
    }
}

#[test]
fn a_comparison_reads_back_from_json_as_it_was() {
    let comparison = small(2, 3);
    let text = serde_json::to_string(&comparison).unwrap();
    // As text, so that what has no value is like itself.
    let read = serde_json::from_str::<Comparison>(&text).unwrap();
    assert_eq!(serde_json::to_string(&read).unwrap(), text);
}

/// Kind: runs without a value of a measure, in a comparison and in a study over the same draws.
#[test]
fn a_comparison_over_draws_leaves_out_what_a_study_leaves_out() {
    const NONE: f64 = f64::NAN;
    // Draws of three runs, of which the second has two and the last none.
    let before = [1.0, 2.0, 4.0, 3.0, 5.0, 1.0, 2.0, 9.0, 7.0, 1.0, NONE, 3.0];
    let after = [3.0, 5.0, 5.0, 4.0, NONE, 7.0, 3.0, 8.0, 1.0, NONE, 2.0, NONE];
    let blocks = Blocks::of(3);
    let resamples = Resamples::usual_of_blocks(blocks, before.len());
    let (compared, _) = paired_where_known(&before, &after, &resamples).unwrap();
    let differences: Vec<f64> = after.iter().zip(before).map(|(b, a)| b - a).collect();
    let studied = crate::stats::components(&differences, 3, crate::stats::Design::SAMPLED).unwrap();
    assert_eq!((compared.n, compared.units), (studied.runs, studied.draws));
    assert_eq!((compared.mean, compared.interval), (studied.mean, studied.interval));
    assert!(
        compared.bootstrap.is_some_and(|(low, high)| low < studied.mean && studied.mean < high)
    );
}
