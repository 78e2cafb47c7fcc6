//! In what two scenarios differ.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde_json::Value as Json;

use super::intervention::Intervention;
use super::tree::Tree;
use super::world::Scenario;

/// A value that two scenarios have different.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Path of the parameter, as in `crackdown params`.
    pub path: String,
    /// Value in the first scenario, as JSON; empty if it has none.
    pub before: String,
    /// Value in the second.
    pub after: String,
}

/// All values in which two scenarios differ, in the order of their paths; name and title left out.
pub fn differences(first: &Scenario, second: &Scenario) -> Vec<Difference> {
    let (first, second) = (Tree::of(first), Tree::of(second));
    let apart = first.differences(&second).into_iter();
    apart
        .filter(|(path, _, _)| !["name", "title"].contains(&path.as_str()))
        .map(|(path, a, b)| Difference { path, before: plain(a), after: plain(b) })
        .collect()
}

/// A value as JSON: a constant without its date.
fn plain(value: Option<&Tree>) -> String {
    let json = value.map(Tree::json);
    match json {
        Some(Json::Object(map)) if map.len() == 1 => {
            map.values().next().map_or_else(String::new, Json::to_string)
        }
        json => json.map_or_else(String::new, |json| json.to_string()),
    }
}

/// The first day of the run (warm-up included) on which a lever stands differently; `None` if none ever does.
pub fn policies_part_on(first: &Scenario, second: &Scenario) -> Option<Date> {
    let begin = first.date(world::units::Day(0));
    let until = first.end.max(second.end);
    let levers = first.policy.levers().into_iter().zip(second.policy.levers());
    let dates = levers.flat_map(|((_, a), (_, b))| {
        let steps = a.steps().chain(b.steps()).map(|(date, _)| date.max(begin));
        let dates: BTreeSet<Date> = steps.chain([begin]).collect();
        dates.into_iter().find(|date| a.on(*date) != b.on(*date))
    });
    dates
        .chain(campaigns_part_on(first, second))
        .chain(interventions_part_on(first, second))
        .min()
        .filter(|date| *date <= until)
}

/// Days from the first one of the warm-up on that are the same in runs of both with the same luck: none if anything
/// but the policy differs.
pub fn days_in_common(first: &Scenario, second: &Scenario) -> u16 {
    let world = |scenario: &Scenario| Scenario {
        name: String::new(),
        title: String::new(),
        policy: first.policy.clone(),
        ..scenario.clone()
    };
    if world(first) != world(second) {
        return 0;
    }
    let all = first.total_days();
    policies_part_on(first, second).map_or(all, |date| {
        let days = (date - first.date(world::units::Day(0))).get_days();
        u16::try_from(days).unwrap_or(0).min(all)
    })
}

/// The first day of a campaign that only one of them has, or has so.
fn campaigns_part_on(first: &Scenario, second: &Scenario) -> Option<Date> {
    let begin = first.date(world::units::Day(0));
    let [a, b] = [first, second].map(|scenario| scenario.policy.campaigns_in_order());
    let alone = a.iter().filter(|named| !b.contains(named));
    let alone = alone.chain(b.iter().filter(|named| !a.contains(named)));
    let acting = alone.filter(|(_, campaign)| campaign.until.is_none_or(|until| until >= begin));
    acting.map(|(_, campaign)| campaign.from.unwrap_or(begin).max(begin)).min()
}

/// The first day of an intervention that only one of them has, or has so.
fn interventions_part_on(first: &Scenario, second: &Scenario) -> Option<Date> {
    let begin = first.date(world::units::Day(0));
    let [a, b] = [first, second].map(|scenario| &scenario.policy.interventions);
    let only = |a: &BTreeMap<String, Intervention>, b: &BTreeMap<String, Intervention>| {
        let alone = a.iter().filter(|(name, one)| b.get(*name) != Some(one));
        alone.map(|(_, one)| one.on).filter(|on| *on >= begin).min()
    };
    only(a, b).into_iter().chain(only(b, a)).min()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::{load, reference};

    #[test]
    fn a_policy_file_differs_where_it_says() {
        let baseline = reference();
        let path = std::path::Path::new("../../scenarios/policies/auto_block.ron");
        let policy = load(path, &[]).unwrap();
        let found = differences(&baseline.scenario, &policy.scenario);
        let paths: Vec<&str> = found.iter().map(|difference| difference.path.as_str()).collect();
        let auto_block = |name: &str| format!("policy.auto_block.{name}");
        let expected = ["bank_share", "detect_card", "list_lag_days"].map(auto_block);
        assert_eq!(paths, expected);
        assert_eq!(policies_part_on(&baseline.scenario, &policy.scenario), Some(date(2024, 1, 1)));
    }

    #[test]
    fn a_scenario_does_not_differ_from_itself() {
        let baseline = reference();
        assert!(differences(&baseline.scenario, &baseline.scenario).is_empty());
        assert_eq!(policies_part_on(&baseline.scenario, &baseline.scenario), None);
    }

    #[test]
    fn a_campaign_parts_policies_from_its_first_day_on() {
        let baseline = reference();
        let with = |strength: f64| {
            let set = format!(
                "policy.campaigns={{\"raids\": (lever: \"shutdown_rate.closures_per_month\", value: 12, \
                 from: \"2024-09-01\", strength: {strength})}}"
            );
            crate::with(&[&set]).unwrap()
        };
        let part = |a: &Scenario, b: &Scenario| policies_part_on(a, b);
        let (strong, none) = (with(1.0), with(0.0));
        assert_eq!(part(&baseline.scenario, &strong.scenario), Some(date(2024, 9, 1)));
        assert_eq!(part(&baseline.scenario, &none.scenario), None);
        assert_eq!(part(&strong.scenario, &strong.scenario), None);
        let paths: Vec<String> = differences(&none.scenario, &strong.scenario)
            .into_iter()
            .map(|found| found.path)
            .collect();
        assert_eq!(paths, ["policy.campaigns.raids.strength"]);
    }

    #[test]
    fn other_values_than_levers_are_told_too() {
        let (baseline, mut other) = (reference().scenario, reference().scenario);
        other.customers.habit = 0.5;
        let found = differences(&baseline, &other);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].path.as_str(), found[0].after.as_str()), ("customers.habit", "0.5"));
    }
}
