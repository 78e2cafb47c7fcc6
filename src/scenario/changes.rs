//! In what two scenarios differ, in words: by parameter and date, with units, and what it was.

use std::collections::BTreeSet;

use jiff::ToSpan;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::campaign::{Campaign, Setting};
use super::describe::campaigns::{held_at, sentence, value_in_words};
use super::describe::interventions;
use super::finding::plain;
use super::intervention::Intervention;
use super::shape::{Kind, Parameter, Shape, shape};
use super::world::Dated;
use super::write::is_interpolated;
use super::{Resolved, differences};
use world::units::Day;

/// A difference between two scenarios.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Path of the parameter, as in `crackdown params`; below `policy.campaigns` with the name of the campaign.
    pub path: String,
    /// First day on which the values differ so; empty if it is all the run.
    pub from: Option<Date>,
    /// Last day.
    pub until: Option<Date>,
    /// Value in the first scenario; empty if it has none.
    pub first: String,
    /// Value in the second.
    pub second: String,
    /// Unit.
    pub unit: String,
    /// What holds in the second scenario, and in brackets what held in the first.
    pub words: String,
}

/// Where interventions stand.
const INTERVENTIONS: &str = "policy.interventions";

/// All differences of the second scenario from the first, by parameter and then by date; name and title left out.
#[must_use]
pub fn changes(first: &Resolved, second: &Resolved) -> Vec<Change> {
    let json = |of: &Resolved| serde_json::from_str(&of.json).unwrap_or(Value::Null);
    let pair = Pair { first, second, json: [json(first), json(second)] };
    let mut found = Vec::new();
    for difference in differences(&first.json, &second.json) {
        match shape().at(&difference.path) {
            Some(Shape::Leaf(parameter)) if parameter.by_date => {
                found.extend(pair.by_date(parameter));
            }
            Some(Shape::Leaf(parameter)) if !matches!(parameter.kind, Kind::Map(_)) => {
                let values = [&difference.before, &difference.after].map(|value| shown(value));
                let words = format!(
                    "{}: {} (was {})",
                    difference.path,
                    with_unit(&values[1], parameter),
                    values[0]
                );
                found.push(pair.constant(&difference.path, values, unit(parameter), words));
            }
            _ if difference.path.starts_with(INTERVENTIONS) => {
                found.extend(pair.intervention(&difference.path));
            }
            _ => found.extend(pair.campaign(&difference.path)),
        }
    }
    found
}

struct Pair<'a> {
    first: &'a Resolved,
    second: &'a Resolved,
    json: [Value; 2],
}

impl Pair<'_> {
    fn at(&self, path: &str) -> [Option<&Value>; 2] {
        self.json
            .each_ref()
            .map(|json| path.split('.').try_fold(json, |value, name| value.get(name)))
    }

    fn constant(&self, path: &str, values: [String; 2], unit: String, words: String) -> Change {
        let [first, second] = values;
        Change { path: path.to_owned(), from: None, until: None, first, second, unit, words }
    }

    /// First and last day of both runs together.
    fn days(&self) -> (Date, Date) {
        let (a, b) = (&self.first.scenario, &self.second.scenario);
        (a.date(Day(0)).min(b.date(Day(0))), a.end.max(b.end))
    }

    /// Stretches of time in which a value by date differs in one way.
    fn by_date(&self, parameter: &Parameter) -> Vec<Change> {
        let path = &parameter.path;
        let [Some(a), Some(b)] =
            self.at(path).map(|value| Dated::<Setting>::deserialize(value?).ok())
        else {
            return Vec::new();
        };
        if is_interpolated(path) {
            let values = [a, b].map(|dated| listed(&dated));
            let words = format!("{path}: {} on straight lines (was {})", values[1], values[0]);
            return vec![self.constant(path, values, unit(parameter), words)];
        }
        let (begin, end) = self.days();
        let mut dates: BTreeSet<Date> =
            a.steps().chain(b.steps()).map(|(date, _)| date.max(begin)).collect();
        dates.insert(begin);
        let dates: Vec<Date> = dates.into_iter().filter(|date| *date <= end).collect();
        let mut found: Vec<(Date, Date, Setting, Setting)> = Vec::new();
        for (index, &from) in dates.iter().enumerate() {
            let next = dates.get(index + 1).and_then(|next| next.yesterday().ok());
            let (x, y, until) = (a.on(from), b.on(from), next.unwrap_or(end));
            match found.last_mut() {
                Some(last)
                    if last.1.checked_add(1.day()).ok() == Some(from)
                        && (&last.2, &last.3) == (&x, &y) =>
                {
                    last.1 = until;
                }
                _ if x != y => found.push((from, until, x, y)),
                _ => {}
            }
        }
        let change = |(from, until, x, y): (Date, Date, Setting, Setting)| Change {
            path: path.clone(),
            from: Some(from).filter(|from| *from > begin),
            until: Some(until).filter(|until| *until < end),
            words: self.in_words(parameter, &x, &y),
            first: x.to_string(),
            second: y.to_string(),
            unit: unit(parameter),
        };
        found.into_iter().map(change).collect()
    }

    fn in_words(&self, parameter: &Parameter, before: &Setting, after: &Setting) -> String {
        let policy = &self.second.scenario.policy;
        match parameter.path.strip_prefix("policy.") {
            Some(lever) => {
                let was = value_in_words(policy, lever, before);
                format!("{} (was {was})", held_at(policy, lever, after))
            }
            None => {
                let [before, after] = [before, after].map(|value| shown(&value.to_string()));
                format!("{}: {} (was {before})", parameter.path, with_unit(&after, parameter))
            }
        }
    }

    /// An intervention that only one has, or a field in which it differs.
    fn intervention(&self, path: &str) -> Vec<Change> {
        let rest = path.strip_prefix(INTERVENTIONS).unwrap_or_default().trim_start_matches('.');
        let [a, b] = self.at(path);
        let text = |value: Option<&Value>| value.map_or_else(String::new, Value::to_string);
        if rest.is_empty() {
            // One scenario has no interventions at all: each of the other's stands alone.
            let names = [a, b].into_iter().flatten().filter_map(Value::as_object);
            let names: BTreeSet<&String> = names.flat_map(|map| map.keys()).collect();
            let each = |name: &String| self.intervention(&format!("{path}.{name}"));
            return names.into_iter().flat_map(each).collect();
        }
        let words = match rest.split_once('.') {
            Some((name, field)) => {
                let [was, is] = [a, b].map(|value| shown(&text(value)));
                format!("intervention \"{name}\", {field}: {is} (was {was})")
            }
            None => {
                let said = |value: &Value| {
                    let one = Intervention::deserialize(value).ok()?;
                    Some(format!("{}, on {}", interventions::sentence(&one), one.on))
                };
                match (a.and_then(said), b.and_then(said)) {
                    (_, Some(words)) => format!("intervention \"{rest}\" is added: {words}"),
                    (Some(words), None) => {
                        format!("intervention \"{rest}\" is taken away (was {words})")
                    }
                    (None, None) => String::new(),
                }
            }
        };
        vec![self.constant(path, [a, b].map(|value| shown(&text(value))), String::new(), words)]
    }

    /// A campaign that only one has, or a field in which it differs.
    fn campaign(&self, path: &str) -> Vec<Change> {
        let Some(rest) = path.strip_prefix("policy.campaigns") else { return Vec::new() };
        let rest = rest.trim_start_matches('.');
        let [a, b] = self.at(path);
        let text = |value: Option<&Value>| value.map_or_else(String::new, Value::to_string);
        let Some((name, field)) = rest.split_once('.') else {
            // One scenario has no campaigns at all: each of the other's stands alone.
            if rest.is_empty() {
                let names = [a, b].into_iter().flatten().filter_map(Value::as_object);
                let names: BTreeSet<&String> = names.flat_map(|map| map.keys()).collect();
                return names
                    .into_iter()
                    .flat_map(|name| self.campaign(&format!("{path}.{name}")))
                    .collect();
            }
            let said = |value: &Value, policy| {
                let campaign = Campaign::deserialize(value).ok()?;
                let from = campaign.from.map_or_else(String::new, |from| format!(", from {from}"));
                Some(format!("{}{from}", sentence(policy, &campaign)))
            };
            let words = match (a, b) {
                (None, Some(b)) => said(b, &self.second.scenario.policy)
                    .map(|words| format!("campaign \"{rest}\" is added: {words}")),
                (Some(a), _) => said(a, &self.first.scenario.policy)
                    .map(|words| format!("campaign \"{rest}\" is taken away (was {words})")),
                (None, None) => None,
            };
            let words = words.unwrap_or_default();
            return vec![self.constant(path, [text(a), text(b)], String::new(), words)];
        };
        let values = [a, b].map(|value| shown(&text(value)));
        let [was, is] =
            values.each_ref().map(|value| if value.is_empty() { "none" } else { value });
        let words = format!("campaign \"{name}\", {field}: {is} (was {was})");
        vec![self.constant(path, values.clone(), String::new(), words)]
    }
}

/// A value as a reader wants to see it: numbers with their thousands apart, texts without quotes.
fn shown(json: &str) -> String {
    match serde_json::from_str::<Value>(json) {
        Ok(Value::Number(number)) => number.as_f64().map_or_else(|| json.to_owned(), plain),
        Ok(Value::String(text)) => text,
        _ => json.to_owned(),
    }
}

fn listed(dated: &Dated<Setting>) -> String {
    let steps: Vec<String> = dated.steps().map(|(date, value)| format!("{date} {value}")).collect();
    steps.join(", ")
}

fn unit(parameter: &Parameter) -> String {
    match parameter.kind {
        Kind::Number | Kind::Whole if parameter.unit != "1" => parameter.unit.clone(),
        _ => String::new(),
    }
}

fn with_unit(value: &str, parameter: &Parameter) -> String {
    let unit = unit(parameter);
    if unit.is_empty() { value.to_owned() } else { format!("{value} {unit}") }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use jiff::civil::date;

    use super::*;
    use crate::{load, reference};

    #[test]
    fn a_policy_is_told_by_stretches_of_time_with_what_it_was() {
        let policy = load(Path::new("../../scenarios/policies/auto_block.ron"), &[]).unwrap();
        let found = changes(&reference(), &policy);
        let shares: Vec<(Option<Date>, Option<Date>, &str)> = found
            .iter()
            .filter(|change| change.path == "policy.auto_block.bank_share")
            .map(|change| (change.from, change.until, change.first.as_str()))
            .collect();
        let wanted = [
            (Some(date(2024, 1, 1)), Some(date(2024, 7, 21)), "0"),
            (Some(date(2024, 7, 22)), Some(date(2025, 1, 14)), "0.1"),
            (Some(date(2025, 1, 15)), None, "0.3"),
        ];
        assert_eq!(shares, wanted);
        let words = "auto_block: banks with 95 % of the card market block automatically (was 10 %)";
        assert!(found.iter().any(|change| change.words == words), "{found:#?}");
    }

    #[test]
    fn equal_scenarios_have_no_changes_and_other_parameters_are_told_with_their_unit() {
        let path = Path::new("../../scenarios/kazakhstan.ron");
        assert_eq!(changes(&reference(), &load(path, &[]).unwrap()), []);
        let slower = load(path, &["customers.search_days=12".to_owned()]).unwrap();
        let found = changes(&reference(), &slower);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].words, "customers.search_days: 12 days (was 8)");
    }

    #[test]
    fn campaigns_are_told_when_added_changed_and_taken_away() {
        let path = Path::new("../../scenarios/kazakhstan.ron");
        let with = |value: f64| {
            let campaign = format!(
                "policy.campaigns={{\"raids\": (lever: \"shutdown_rate.closures_per_month\", value: {value})}}"
            );
            load(path, &[campaign]).unwrap()
        };
        let words = |a: &Resolved, b: &Resolved| -> Vec<String> {
            changes(a, b).into_iter().map(|change| change.words).collect()
        };
        assert_eq!(
            words(&reference(), &with(12.0)),
            ["campaign \"raids\" is added: shutdown_rate: up to 12 platforms are closed a month"]
        );
        assert_eq!(words(&with(12.0), &with(8.0)), ["campaign \"raids\", value: 8 (was 12)"]);
        assert!(
            words(&with(12.0), &reference())[0].starts_with("campaign \"raids\" is taken away")
        );
    }
}
