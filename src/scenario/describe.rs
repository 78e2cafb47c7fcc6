//! A scenario's measures in words.

use std::collections::BTreeMap;

pub(super) mod campaigns;
pub(super) mod interventions;

use jiff::ToSpan;
use jiff::civil::Date;

use super::finding::{percent, plain};
use super::policy::LeverValue;
use super::shape::{Parameter, Schema, shape};
use super::world::{Dated, Issuer, Scenario};

/// A lever's parameter, by its path below `policy`, with its sentence and label.
pub(super) fn words_of(path: &str) -> Option<(&'static Parameter, &'static str, &'static str)> {
    let Some(Schema::Leaf(parameter)) = shape().at(&format!("policy.{path}")) else { return None };
    let (sentence, label) = parameter.says.as_ref()?;
    Some((parameter, sentence, label))
}

/// A value of a lever by its unit.
fn in_words(value: f64, unit: &str) -> String {
    match unit {
        "share" | "probability" => percent(value),
        "KZT" => format!("KZT {}", plain(value)),
        "1" if value == 1.0 => "just".to_owned(),
        "1" => format!("{} times", plain(value)),
        "days" if value == 1.0 => "1 day".to_owned(),
        "years" if value == 1.0 => "1 year".to_owned(),
        "days" | "years" => format!("{} {unit}", plain(value)),
        _ => plain(value),
    }
}

/// A value with as many digits as a label has room for.
fn short(value: f64, unit: &str) -> f64 {
    let per_unit = match unit {
        "share" | "probability" => 1000.0,
        "KZT" => 1.0,
        _ if value.abs() < 100.0 => 100.0,
        _ => 1.0,
    };
    (value * per_unit).round() / per_unit
}

/// A value in a sentence and in a label.
#[derive(Clone)]
struct Wording {
    words: String,
    label: String,
}

/// Values by date in words; of numbers, in this unit; of banks, with their names.
fn said(steps: &Dated<LeverValue>, unit: &str, issuers: &[Issuer]) -> Vec<(Date, Wording)> {
    // What arithmetic left behind the seventh digit is nobody's value.
    let tidy = |value: f64| format!("{value:.6e}").parse().unwrap_or(value);
    let wording = |value: &LeverValue| {
        let (words, label) = match value {
            LeverValue::Number(value) => {
                (in_words(tidy(*value), unit), in_words(short(*value, unit), unit))
            }
            LeverValue::Words(words, label) => ((*words).to_owned(), (*label).to_owned()),
            LeverValue::Banks(banks) => (banks.in_words(issuers), banks.label()),
        };
        Wording { words, label }
    };
    steps.steps().map(|(date, value)| (date, wording(value))).collect()
}

/// A value that holds from a date on.
struct LeverChange {
    /// Path of the lever below `policy`.
    lever: String,
    /// Its sentence and label.
    words: (&'static str, &'static str),
    value: Wording,
    /// `None` on the first day.
    before: Option<Wording>,
}

/// What holds on the first day of the run and changes later, by date and then in the order of levers.
fn changes(scenario: &Scenario, first: Date) -> BTreeMap<Date, Vec<LeverChange>> {
    let mut by_date: BTreeMap<Date, Vec<LeverChange>> = BTreeMap::new();
    for (lever, steps) in scenario.policy.levers() {
        let Some((parameter, sentence, label)) = words_of(&lever) else { continue };
        let mut before: Option<Wording> = None;
        let steps = said(&steps, &parameter.unit, &scenario.banks.issuers);
        let held = steps.iter().rposition(|(date, _)| *date <= first).unwrap_or(0);
        for (index, (date, value)) in steps.into_iter().enumerate().skip(held) {
            let date = if index == held { first } else { date };
            let same = before.as_ref().is_some_and(|before| before.words == value.words);
            if date > scenario.end || same {
                continue;
            }
            let change = LeverChange {
                lever: lever.clone(),
                words: (sentence, label),
                value: value.clone(),
                before,
            };
            by_date.entry(date).or_default().push(change);
            before = Some(value);
        }
    }
    by_date
}

/// The measures in words: what holds when the run starts (without a date), then every change up to its end.
pub fn steps_in_words(scenario: &Scenario) -> Vec<(Option<Date>, String)> {
    let first = scenario
        .start
        .checked_sub(i64::from(scenario.warm_up_days).days())
        .unwrap_or(scenario.start);
    let mut told = Vec::new();
    for (date, changes) in changes(scenario, first) {
        for LeverChange { lever, words: (sentence, _), value, before } in changes {
            let measure = lever.split('.').next().unwrap_or(&lever);
            let sentence = sentence.replace("{}", &value.words);
            told.push(match before {
                Some(before) => {
                    (Some(date), format!("{measure}: {sentence} (was {})", before.words))
                }
                None => (None, format!("{measure}: {sentence}")),
            });
        }
    }
    told.extend(campaigns::told(scenario, first));
    told.extend(interventions::told(scenario, first));
    told.sort_by_key(|(date, _)| *date);
    told
}

/// The measures in words, one line each: what holds when the run starts, then every change up to its end.
///
/// A line looks like `2024-07-22  auto_block: banks with 10 % of the card market block automatically (was 0 %)`.
pub fn sequence(scenario: &Scenario) -> Vec<String> {
    let line = |(date, words): (Option<Date>, String)| match date {
        Some(date) => format!("{date}  {words}"),
        None => format!("at first    {words}"),
    };
    steps_in_words(scenario).into_iter().map(line).collect()
}

/// Changes of policy within the reported days, each with a label of at most 28 characters for a figure.
pub fn measures_by_date(scenario: &Scenario) -> Vec<(Date, String)> {
    let mut marks: Vec<(Date, String)> = changes(scenario, scenario.start)
        .into_iter()
        .flat_map(|(date, changes)| changes.into_iter().map(move |change| (date, change)))
        .filter(|(_, change)| change.before.is_some())
        .map(|(date, change)| (date, change.words.1.replace("{}", &change.value.label)))
        .collect();
    marks.extend(campaigns::marks(scenario));
    marks.extend(interventions::marks(scenario));
    marks.sort_by_key(|(date, _)| *date);
    marks
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::adjustable::Adjustable;
    use crate::{CampaignValue, ParameterKind, parameters, reference};

    #[test]
    fn every_lever_of_the_reference_is_declared_once_in_order_and_with_words() {
        let policy: Vec<String> = parameters()
            .into_iter()
            .filter(|parameter| parameter.by_date)
            .filter_map(|parameter| parameter.path.strip_prefix("policy.").map(str::to_owned))
            .collect();
        let reference = reference().scenario.policy;
        let levers: Vec<String> = reference.levers().into_iter().map(|(path, _)| path).collect();
        assert_eq!(levers, policy);
        let silent: Vec<&String> = levers.iter().filter(|path| words_of(path).is_none()).collect();
        assert!(silent.is_empty(), "no `says:` in kazakhstan.ron: {silent:?}");
    }

    #[test]
    fn the_status_quo_is_told_by_date_with_what_held_before() {
        let lines = sequence(&reference().scenario);
        let wanted = "2024-07-22  auto_block: banks with 10 % of the card market block automatically (was 0 %)";
        assert!(lines.iter().any(|line| line == wanted), "{lines:#?}");
        assert!(
            lines.iter().any(
                |line| line.starts_with("at first    shutdown_rate: closures take the easiest")
            )
        );
    }

    #[test]
    fn marks_are_changes_within_the_reported_days_only() {
        let mut scenario = reference().scenario;
        let marks = measures_by_date(&scenario);
        assert!(
            marks.contains(&(date(2025, 1, 15), "auto-block: banks 30 %".to_owned())),
            "{marks:?}"
        );
        assert!(marks.iter().all(|(day, _)| *day > scenario.start && *day <= scenario.end));
        scenario.end = date(2025, 1, 14);
        assert!(!measures_by_date(&scenario).iter().any(|(day, _)| *day == date(2025, 1, 15)));
    }

    #[test]
    fn labels_stay_short_whatever_the_value() {
        let scenario = reference().scenario;
        let (policy, issuers) = (scenario.policy, scenario.banks.issuers);
        for (path, _) in policy.levers() {
            let (parameter, _, label) = words_of(&path).unwrap();
            let values: Vec<Wording> = match &parameter.kind {
                // The words of every choice, by setting the lever to each.
                ParameterKind::Choice(words) => {
                    let said = |word: &String| {
                        let mut held = Adjustable::new(&policy);
                        held.hold(&path, &CampaignValue::Word(word.clone()));
                        let held = held.policy();
                        let lever = held.levers().into_iter().find(|(lever, _)| *lever == path);
                        said(&lever.unwrap().1, &parameter.unit, &issuers).remove(0).1
                    };
                    words.iter().map(said).collect()
                }
                _ => {
                    let high = parameter.allowed.high.unwrap();
                    let values = [high, high * 0.98765, high * 0.123_456_789, 0.000_123_4];
                    let dated = values.map(|value| Dated::constant(LeverValue::Number(value)));
                    dated.map(|dated| said(&dated, &parameter.unit, &[]).remove(0).1).to_vec()
                }
            };
            for value in values {
                let label = label.replace("{}", &value.label);
                assert!(label.chars().count() <= 28, "{label}");
            }
        }
    }
}
