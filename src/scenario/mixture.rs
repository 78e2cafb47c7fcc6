//! Scenarios between two others: a policy with some of the measures of another, or with all of them at part strength.
//!
//! Works on the scenario as JSON, so that a lever that is new needs nothing here: the groups of `policy` are the
//! measures, whatever they are called.
//!
//! Deliberately absent: reading files. A mixture of two valid scenarios has no text of its own.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde_json::{Map, Value};

use super::{Resolved, Scenario, differences};

/// A scenario with the JSON text that determines its runs.
#[derive(Clone, Debug)]
pub struct Mixture {
    /// The scenario.
    pub scenario: Scenario,
    /// As JSON with its keys in fixed order.
    pub json: String,
}

/// Group of `policy` whose members are campaigns by name, each with a strength.
const CAMPAIGNS: &str = "campaigns";
/// Field of a campaign.
const STRENGTH: &str = "strength";

impl Mixture {
    /// A scenario as it is.
    #[must_use]
    pub fn just(resolved: &Resolved) -> Mixture {
        Mixture { scenario: resolved.scenario.clone(), json: resolved.json.clone() }
    }

    /// The scenario with the same world and another policy.
    fn with_policy(base: &Resolved, policy: Value) -> Mixture {
        let mut whole = read(base);
        whole["policy"] = policy;
        Mixture::typed(whole)
    }

    fn typed(whole: Value) -> Mixture {
        let scenario: Scenario =
            serde_json::from_value(whole).expect("what lies between two scenarios is one");
        let json = serde_json::to_string(&scenario).expect("a scenario can be written");
        Mixture { scenario, json }
    }
}

fn read(resolved: &Resolved) -> Value {
    serde_json::from_str(&resolved.json).expect("a resolved scenario is well-formed")
}

/// Measures in which two scenarios differ: names of groups of `policy`, in alphabetical order.
#[must_use]
pub fn measures_that_differ(base: &Resolved, bundle: &Resolved) -> Vec<String> {
    let (a, b) = (read(base), read(bundle));
    let groups = |whole: &Value| -> BTreeSet<String> {
        whole["policy"].as_object().into_iter().flat_map(|policy| policy.keys().cloned()).collect()
    };
    let differ = |group: &String| a["policy"].get(group) != b["policy"].get(group);
    groups(&a).union(&groups(&b)).filter(|group| differ(group)).cloned().collect()
}

/// Paths outside `policy` in which two scenarios differ.
#[must_use]
pub fn worlds_differ_in(base: &Resolved, other: &Resolved) -> Vec<String> {
    let found = differences(&base.json, &other.json);
    let paths = found.into_iter().map(|difference| difference.path);
    paths.filter(|path| !path.starts_with("policy.")).collect()
}

/// The baseline with some measures as in the bundle.
///
/// # Panics
/// Never on resolved scenarios: both have every group of `policy`.
#[must_use]
pub fn with_measures(base: &Resolved, bundle: &Resolved, measures: &[&str]) -> Mixture {
    let mut policy = read(base)["policy"].take();
    let mut other = read(bundle)["policy"].take();
    for measure in measures {
        policy[*measure] = other[*measure].take();
    }
    Mixture::with_policy(base, policy)
}

/// The scenario with some mechanisms switched off.
///
/// # Panics
/// If there is no mechanism of such a name.
#[must_use]
pub fn without_mechanisms(resolved: &Resolved, off: &[&str]) -> Mixture {
    let mut whole = read(resolved);
    for mechanism in off {
        let share = whole["mechanisms"].get_mut(*mechanism);
        *share.expect("the mechanism is in every scenario") = Value::from(0.0);
    }
    Mixture::typed(whole)
}

/// The baseline with its policy moved a share of the way to that of another scenario: numbers lie between, words
/// switch at once, campaigns that only one of them has get that share of their strength.
///
/// # Panics
/// Never on resolved scenarios.
#[must_use]
pub fn at_strength(base: &Resolved, policy: &Resolved, share: f64) -> Mixture {
    let (mut a, mut b) = (read(base)["policy"].take(), read(policy)["policy"].take());
    // The ends are exact, so that their runs are those of the two scenarios.
    if share <= 0.0 {
        return Mixture::with_policy(base, a);
    }
    if share >= 1.0 {
        return Mixture::with_policy(base, b);
    }
    let campaigns =
        a.get_mut(CAMPAIGNS).map(Value::take).zip(b.get_mut(CAMPAIGNS).map(Value::take));
    let mut mixed = between(&a, &b, share);
    if let Some((a, b)) = campaigns {
        mixed[CAMPAIGNS] = campaigns_between(&a, &b, share);
    }
    Mixture::with_policy(base, mixed)
}

fn between(a: &Value, b: &Value, share: f64) -> Value {
    if a == b {
        return a.clone();
    }
    match (a, b) {
        (Value::Object(x), Value::Object(y)) => match (by_date(x), by_date(y)) {
            (Some(x), Some(y)) => dates_between(&x, &y, share),
            _ => {
                let keys: BTreeSet<&String> = x.keys().chain(y.keys()).collect();
                let each = |key: &String| match (x.get(key), y.get(key)) {
                    (Some(a), Some(b)) => Some(between(a, b, share)),
                    // What only one has is no number to go halfway to: the policy decides.
                    (_, b) => b.cloned(),
                };
                let fields = keys.into_iter().filter_map(|key| Some((key.clone(), each(key)?)));
                Value::Object(fields.collect())
            }
        },
        (Value::Number(_), Value::Number(_)) => number_between(a, b, share),
        _ => b.clone(),
    }
}

fn number_between(a: &Value, b: &Value, share: f64) -> Value {
    let (Some(from), Some(to)) = (a.as_f64(), b.as_f64()) else { return b.clone() };
    let value = from + share * (to - from);
    // What counts in whole things at both ends does so between.
    if let (Some(_), Some(_)) = (a.as_u64(), b.as_u64()) {
        return Value::from(value.round() as u64);
    }
    Value::from(value)
}

/// Values by date with the texts of their dates; `None` for a group of names.
type ByDate<'a> = BTreeMap<Date, (&'a String, &'a Value)>;

fn by_date(map: &Map<String, Value>) -> Option<ByDate<'_>> {
    let dated = map.iter().map(|(key, value)| Some((key.parse().ok()?, (key, value))));
    dated.collect::<Option<ByDate>>().filter(|dated| !dated.is_empty())
}

fn dates_between(a: &ByDate, b: &ByDate, share: f64) -> Value {
    let held = |steps: &ByDate, date: Date| {
        let step = steps.range(..=date).next_back().or_else(|| steps.iter().next());
        step.map_or(Value::Null, |(_, (_, value))| (*value).clone())
    };
    let dates = a.iter().chain(b).map(|(date, (text, _))| (*date, *text));
    let dates: BTreeMap<Date, &String> = dates.collect();
    let at = |date: &Date| between(&held(a, *date), &held(b, *date), share);
    // Where the policy holds on all dates, as with words, it is the policy to the letter: its runs are found again.
    let whole = dates.keys().all(|date| at(date) == held(b, *date));
    if whole {
        let step = |(text, value): &(&String, &Value)| ((*text).clone(), (*value).clone());
        return Value::Object(b.values().map(step).collect());
    }
    Value::Object(dates.iter().map(|(date, text)| ((*text).clone(), at(date))).collect())
}

fn campaigns_between(a: &Value, b: &Value, share: f64) -> Value {
    let empty = Map::new();
    let (a, b) = (a.as_object().unwrap_or(&empty), b.as_object().unwrap_or(&empty));
    let mut mixed = Map::new();
    for (name, campaign) in a {
        match b.get(name) {
            Some(other) if same_but_numbers(campaign, other) => {
                mixed.insert(name.clone(), between(campaign, other, share));
            }
            // Another campaign under the same name: the one goes as the other comes.
            Some(other) => {
                mixed.insert(format!("{name} (before)"), weaker(campaign, 1.0 - share));
                mixed.insert(name.clone(), weaker(other, share));
            }
            None => drop(mixed.insert(name.clone(), weaker(campaign, 1.0 - share))),
        }
    }
    for (name, campaign) in b.iter().filter(|(name, _)| !a.contains_key(*name)) {
        mixed.insert(name.clone(), weaker(campaign, share));
    }
    Value::Object(mixed)
}

/// Whether two values differ in nothing but numbers.
fn same_but_numbers(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Object(a), Value::Object(b)) => {
            let same =
                |(name, a): (&String, &Value)| b.get(name).is_some_and(|b| same_but_numbers(a, b));
            a.len() == b.len() && a.iter().all(same)
        }
        (Value::Number(_), Value::Number(_)) => true,
        (a, b) => a == b,
    }
}

/// A campaign with a share of its strength.
fn weaker(campaign: &Value, share: f64) -> Value {
    let mut weaker = campaign.clone();
    let strength = campaign.get(STRENGTH).and_then(Value::as_f64).unwrap_or(1.0);
    if let Some(fields) = weaker.as_object_mut() {
        fields.insert(STRENGTH.to_owned(), Value::from(strength * share));
    }
    weaker
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use jiff::civil::date;
    use serde_json::json;

    use super::*;
    use crate::world::Targeting;
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
            ["auto_block", "shutdown_rate", "site_blocking", "wallet_freezing"]
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
        let raid = json!({"lever": "x", "value": 12.0, "strength": 0.8, "ramp_days": 30});
        let mixed = campaigns_between(&json!({}), &json!({"raid": raid}), 0.25);
        assert_eq!(mixed["raid"]["strength"], 0.2);
        assert_eq!(mixed["raid"]["value"], 12.0);
        let gone = campaigns_between(&json!({"raid": raid}), &json!({}), 0.25);
        assert!((gone["raid"]["strength"].as_f64().unwrap() - 0.6).abs() < 1e-12);
        let harder = json!({"lever": "x", "value": 20.0, "strength": 0.8, "ramp_days": 61});
        let both = campaigns_between(&json!({"raid": raid}), &json!({"raid": harder}), 0.5);
        let expected = json!({"lever": "x", "value": 16.0, "strength": 0.8, "ramp_days": 46});
        assert_eq!(both["raid"], expected);
        let other = json!({"lever": "y", "value": 1.0, "strength": 1.0, "ramp_days": 30});
        let both = campaigns_between(&json!({"raid": raid}), &json!({"raid": other}), 0.5);
        assert_eq!((&both["raid"]["lever"], &both["raid"]["strength"]), (&json!("y"), &json!(0.5)));
        assert_eq!(both["raid (before)"]["strength"], 0.4);
    }
}
