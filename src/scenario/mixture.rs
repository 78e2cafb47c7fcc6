//! Scenarios between two others: a policy with some of the measures of another, or with all of them at part strength.
//!
//! Works on the trees of scenarios, so that a lever that is new needs nothing here: the groups of `policy` are the
//! measures, whatever they are called.
//!
//! Deliberately absent: reading files. A mixture of two valid scenarios has no text of its own.

use super::difference::differences;
use super::resolved::Resolved;
use super::tree::{Tree, Value};
use super::world::Scenario;

/// A scenario with the JSON text that determines its runs.
#[derive(Clone, Debug)]
pub struct Mixture {
    /// The scenario.
    pub scenario: Scenario,
    /// As JSON with its keys in fixed order.
    pub json: String,
}

/// Path of the policy.
const POLICY: &str = "policy";
/// Group of `policy` whose members are campaigns by name, each with a strength.
const CAMPAIGNS: &str = "campaigns";
/// Field of a campaign.
const STRENGTH: &str = "strength";

impl Mixture {
    /// A scenario as it is.
    pub fn just(resolved: &Resolved) -> Mixture {
        Mixture { scenario: resolved.scenario.clone(), json: resolved.json.clone() }
    }

    fn of(tree: &Tree) -> Mixture {
        let scenario: Scenario = tree.typed().expect("what lies between two scenarios is one");
        Mixture { json: scenario.json(), scenario }
    }
}

/// Measures in which two scenarios differ: names of groups of `policy`, in alphabetical order.
pub fn measures_that_differ(base: &Resolved, bundle: &Resolved) -> Vec<String> {
    let paths = differences(&base.scenario, &bundle.scenario).into_iter().map(|found| found.path);
    let mut measures: Vec<String> = paths
        .filter_map(|path| Some(path.strip_prefix("policy.")?.split('.').next()?.to_owned()))
        .collect();
    measures.dedup();
    measures
}

/// Paths outside `policy` in which two scenarios differ.
pub fn worlds_differ_in(base: &Resolved, other: &Resolved) -> Vec<String> {
    let found = differences(&base.scenario, &other.scenario);
    let paths = found.into_iter().map(|difference| difference.path);
    paths.filter(|path| !path.starts_with("policy.")).collect()
}

/// The baseline with some measures as in the bundle.
pub fn with_measures(base: &Resolved, bundle: &Resolved, measures: &[&str]) -> Mixture {
    let (mut tree, mut other) = (Tree::of(&base.scenario), Tree::of(&bundle.scenario));
    for path in measures.iter().map(|measure| format!("{POLICY}.{measure}")) {
        match other.remove(&path) {
            Some(measure) => tree.set(&path, measure),
            None => drop(tree.remove(&path)),
        }
    }
    Mixture::of(&tree)
}

/// The scenario with some mechanisms switched off.
///
/// # Panics
/// If there is no mechanism of such a name.
pub fn without_mechanisms(resolved: &Resolved, off: &[&str]) -> Mixture {
    let mut tree = Tree::of(&resolved.scenario);
    for mechanism in off {
        let share = tree.at_mut(&format!("mechanisms.{mechanism}"));
        *share.expect("the mechanism is in every scenario") = Tree::new(Value::Number(0.0));
    }
    Mixture::of(&tree)
}

/// The baseline with its policy moved a share of the way to that of another scenario: numbers lie between, words
/// switch at once, campaigns that only one of them has get that share of their strength.
pub fn at_strength(base: &Resolved, policy: &Resolved, share: f64) -> Mixture {
    // The ends are exact, so that their runs are those of the two scenarios.
    if share <= 0.0 {
        return Mixture::just(base);
    }
    Mixture::of(&tree_at_strength(&Tree::of(&base.scenario), &Tree::of(&policy.scenario), share))
}

/// The same for the trees of typed scenarios.
pub(super) fn tree_at_strength(base: &Tree, other: &Tree, share: f64) -> Tree {
    let mut tree = base.clone();
    if share <= 0.0 {
        return tree;
    }
    let (Some(a), Some(b)) = (base.at(POLICY), other.at(POLICY)) else {
        unreachable!("every scenario has a policy")
    };
    let mut mixed = if share < 1.0 { a.between(b, share) } else { b.clone() };
    if share < 1.0
        && let (Some(a), Some(b)) = (a.at(CAMPAIGNS), b.at(CAMPAIGNS))
    {
        mixed.set(CAMPAIGNS, campaigns_between(a, b, share));
    }
    tree.set(POLICY, mixed);
    tree
}

fn campaigns_between(a: &Tree, b: &Tree, share: f64) -> Tree {
    let mut mixed = Tree::new(Value::Map(Vec::new()));
    for (name, campaign) in a.entries() {
        match b.at(name) {
            Some(other) if same_but_numbers(campaign, other) => {
                mixed.set(name, campaign.between(other, share));
            }
            // Another campaign under the same name: the one goes as the other comes.
            Some(other) => {
                mixed.set(&format!("{name} (before)"), weaker(campaign, 1.0 - share));
                mixed.set(name, weaker(other, share));
            }
            None => mixed.set(name, weaker(campaign, 1.0 - share)),
        }
    }
    for (name, campaign) in b.entries().filter(|(name, _)| a.at(name).is_none()) {
        mixed.set(name, weaker(campaign, share));
    }
    mixed
}

/// Whether two campaigns differ in nothing but numbers.
fn same_but_numbers(a: &Tree, b: &Tree) -> bool {
    let numbers = |tree: Option<&Tree>| tree.is_some_and(|tree| tree.number().is_some());
    a.differences(b).into_iter().all(|(_, a, b)| numbers(a) && numbers(b))
}

/// A campaign with a share of its strength.
fn weaker(campaign: &Tree, share: f64) -> Tree {
    let mut weaker = campaign.clone();
    let strength = campaign.at(STRENGTH).and_then(Tree::number).unwrap_or(1.0);
    weaker.set(STRENGTH, Tree::new(Value::Number(strength * share)));
    weaker
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use jiff::civil::date;

    use super::*;
    use crate::campaign::CampaignValue;
    use crate::policy::Targeting;
    use crate::{load, reference};

    fn policy(name: &str, sets: &[&str]) -> Resolved {
        let path = format!("../../scenarios/policies/{name}.ron");
        let sets: Vec<String> = sets.iter().map(|set| (*set).to_owned()).collect();
        load(Path::new(&path), &sets).unwrap()
    }

    #[test]
    fn measures_are_the_groups_of_policy_that_differ() {
        let base = reference();
        assert_eq!(measures_that_differ(&base, &policy("auto_block", &[])), ["auto_block"]);
        assert_eq!(
            measures_that_differ(&base, &policy("no_enforcement", &[])),
            ["auto_block", "interventions", "shutdown_rate", "site_blocking", "wallet_freezing"]
        );
        assert!(measures_that_differ(&base, &base).is_empty());
        let habit = policy("auto_block", &["customers.habit=0.5"]);
        assert_eq!(worlds_differ_in(&base, &habit), ["customers.habit"]);
        assert_eq!(measures_that_differ(&base, &habit), ["auto_block"]);
    }

    #[test]
    fn some_measures_are_taken_and_the_others_left() {
        let (base, bundle) = (reference(), policy("no_enforcement", &[]));
        let none = with_measures(&base, &bundle, &[]);
        assert_eq!((&none.scenario, &none.json), (&base.scenario, &base.json));
        let one = with_measures(&base, &bundle, &["site_blocking"]).scenario;
        assert_eq!(one.policy.site_blocking, bundle.scenario.policy.site_blocking);
        assert_eq!(one.policy.auto_block, base.scenario.policy.auto_block);
        let measures = measures_that_differ(&base, &bundle);
        let all: Vec<&str> = measures.iter().map(String::as_str).collect();
        assert_eq!(with_measures(&base, &bundle, &all).scenario.policy, bundle.scenario.policy);
    }

    #[test]
    fn mechanisms_are_switched_off_and_nothing_else() {
        let base = reference();
        let off = without_mechanisms(&base, &["displacement"]).scenario;
        let mut expected = base.scenario.clone();
        expected.mechanisms.displacement = 0.0;
        assert_eq!(off, expected);
    }

    #[test]
    fn the_ends_of_a_dose_are_the_two_scenarios() {
        let (base, policy) = (reference(), policy("auto_block", &[]));
        assert_eq!(at_strength(&base, &policy, 0.0).json, base.json);
        assert_eq!(at_strength(&base, &policy, 1.0).scenario.policy, policy.scenario.policy);
        assert_eq!(at_strength(&base, &base, 0.3).json, base.json);
    }

    #[test]
    fn numbers_lie_between_on_every_date_and_words_switch() {
        let base = reference();
        let half = at_strength(&base, &policy("auto_block", &[]), 0.5).scenario.policy.auto_block;
        let share = |year, month, day| half.bank_share.on(date(year, month, day));
        // The reference has 0, from July 2024 0.1, from 2025 0.3; the policy 0.95 from January 2024 on.
        for (found, expected) in [
            (share(2023, 12, 31), 0.0),
            (share(2024, 1, 1), 0.475),
            (share(2024, 7, 22), 0.525),
            (share(2025, 6, 1), 0.625),
        ] {
            assert!((found - expected).abs() < 1e-12, "{found} {expected}");
        }
        assert_eq!(half.detect_listed, base.scenario.policy.auto_block.detect_listed);
        let largest = policy("shutdown_largest_first", &[]);
        let little = at_strength(&base, &largest, 0.01);
        assert_eq!(little.json, at_strength(&base, &largest, 1.0).json);
        let targeting = &little.scenario.policy.shutdown_rate.targeting;
        assert_eq!(targeting.on(date(2023, 12, 31)), Targeting::Easiest);
        assert_eq!(targeting.on(date(2024, 1, 1)), Targeting::Largest);
    }

    #[test]
    fn campaigns_that_only_one_has_get_a_share_of_their_strength() {
        let with =
            |campaigns: &str| policy("auto_block", &[&format!("policy.campaigns={campaigns}")]);
        let mixed = |a: &str, b: &str, share| {
            at_strength(&with(a), &with(b), share).scenario.policy.campaigns
        };
        let raid = |lever: &str, value: u32, strength: f64, days: u16| {
            format!(
                "{{\"raid\": (lever: \"{lever}\", value: {value}, strength: {strength}, ramp_days: {days})}}"
            )
        };
        let (sites, closures) =
            ("site_blocking.sites_per_month", "shutdown_rate.closures_per_month");
        let one = raid(sites, 12, 0.8, 30);
        let coming = mixed("{}", &one, 0.25);
        assert_eq!(
            (coming["raid"].strength, &coming["raid"].value),
            (0.2, &CampaignValue::Number(12.0))
        );
        let gone = mixed(&one, "{}", 0.25);
        assert!((gone["raid"].strength - 0.6).abs() < 1e-12);
        let both = mixed(&one, &raid(sites, 20, 0.8, 61), 0.5);
        let (value, days) = (&both["raid"].value, both["raid"].ramp_days);
        assert_eq!((value, both["raid"].strength, days), (&CampaignValue::Number(16.0), 0.8, 46));
        let both = mixed(&one, &raid(closures, 1, 1.0, 30), 0.5);
        assert_eq!((both["raid"].lever.as_str(), both["raid"].strength), (closures, 0.5));
        assert_eq!(both["raid (before)"].strength, 0.4);
    }
}
