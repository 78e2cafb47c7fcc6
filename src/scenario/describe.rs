//! A scenario's measures in words.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;

use super::Scenario;
use super::finding::plain;
use super::world::{Dated, Policy, Targeting};
use super::write::percent;

/// How the value of a lever is said.
#[derive(Clone, Copy)]
enum Say {
    Percent,
    Number,
    Times,
    Kzt,
    Days,
}

enum Steps<'a> {
    Numbers(&'a Dated<f64>, Say),
    Targets(&'a Dated<Targeting>),
}

/// A lever of policy: path below `policy`, sentence with `{}` for the value, and label for a mark in a figure.
type Lever = (&'static str, &'static str, &'static str, for<'a> fn(&'a Policy) -> Steps<'a>);

/// All levers, in the order of the reference scenario.
const LEVERS: [Lever; 17] = {
    use Say::{Days, Kzt, Number, Percent, Times};
    use Steps::{Numbers, Targets};
    [
        (
            "auto_block.bank_share",
            "banks with {} of the card market block automatically",
            "auto-blocking {}",
            |p| Numbers(&p.auto_block.bank_share, Percent),
        ),
        (
            "auto_block.detect_listed",
            "{} of payments to listed accounts are stopped",
            "listed accounts {}",
            |p| Numbers(&p.auto_block.detect_listed, Percent),
        ),
        (
            "auto_block.detect_unlisted",
            "{} of payments to unlisted accounts are stopped",
            "unlisted accounts {}",
            |p| Numbers(&p.auto_block.detect_unlisted, Percent),
        ),
        (
            "auto_block.detect_card",
            "{} of payments to mule cards of middling use are stopped",
            "mule cards {}",
            |p| Numbers(&p.auto_block.detect_card, Percent),
        ),
        ("auto_block.list_lag_days", "banks act on a listing after {}", "list lag {}", |p| {
            Numbers(&p.auto_block.list_lag_days, Days)
        }),
        (
            "auto_block.false_positive",
            "{} of honest payments to licensed venues are stopped",
            "false alarms {}",
            |p| Numbers(&p.auto_block.false_positive, Percent),
        ),
        (
            "auto_block.threshold_kzt",
            "clients below {} in 30 days are not checked",
            "threshold {}",
            |p| Numbers(&p.auto_block.threshold_kzt, Kzt),
        ),
        (
            "shutdown_rate.closures_per_month",
            "up to {} platforms are closed a month",
            "closures {} a month",
            |p| Numbers(&p.shutdown_rate.closures_per_month, Number),
        ),
        ("shutdown_rate.targeting", "closures take {} first", "closures: {} first", |p| {
            Targets(&p.shutdown_rate.targeting)
        }),
        ("shutdown_rate.with_arrest", "{} of closures come with an arrest", "arrests {}", |p| {
            Numbers(&p.shutdown_rate.with_arrest, Percent)
        }),
        (
            "site_blocking.sites_per_month",
            "{} sites are blocked a month",
            "sites blocked {} a month",
            |p| Numbers(&p.site_blocking.sites_per_month, Number),
        ),
        (
            "site_blocking.traffic_reached",
            "blocking reaches {} of traffic",
            "traffic reached {}",
            |p| Numbers(&p.site_blocking.traffic_reached, Percent),
        ),
        (
            "site_blocking.mirror_race",
            "a mirror takes {} as long to appear",
            "mirrors take {} as long",
            |p| Numbers(&p.site_blocking.mirror_race, Times),
        ),
        (
            "wallet_freezing.venues_per_month",
            "the wallets of {} venues are frozen a month",
            "wallets frozen {} a month",
            |p| Numbers(&p.wallet_freezing.venues_per_month, Number),
        ),
        (
            "wallet_freezing.float_caught",
            "a freeze catches {} of the float",
            "freeze catches {}",
            |p| Numbers(&p.wallet_freezing.float_caught, Percent),
        ),
        (
            "wallet_freezing.delay_days",
            "a freeze comes {} after the decision",
            "freeze delay {}",
            |p| Numbers(&p.wallet_freezing.delay_days, Days),
        ),
        (
            "wallet_freezing.leak",
            "{} of operators are warned of a freeze",
            "freezes leaked {}",
            |p| Numbers(&p.wallet_freezing.leak, Percent),
        ),
    ]
};

fn in_words(value: f64, say: Say) -> String {
    match say {
        Say::Percent => percent(value),
        Say::Number => plain(value),
        Say::Kzt => format!("KZT {}", plain(value)),
        Say::Times if value == 1.0 => "just".to_owned(),
        Say::Times => format!("{} times", plain(value)),
        Say::Days if value == 1.0 => "1 day".to_owned(),
        Say::Days => format!("{} days", plain(value)),
    }
}

fn target(targeting: Targeting) -> &'static str {
    match targeting {
        Targeting::Easiest => "the easiest to prove",
        Targeting::Largest => "the largest",
        Targeting::Random => "any at random",
        Targeting::MostHarmful => "the most harmful",
        Targeting::KeyOperators => "key operators",
    }
}

impl Steps<'_> {
    /// Dates and values in words.
    fn in_words(&self) -> Vec<(Date, String)> {
        match self {
            Steps::Numbers(dated, say) => {
                dated.steps().map(|(date, value)| (date, in_words(*value, *say))).collect()
            }
            Steps::Targets(dated) => {
                dated.steps().map(|(date, value)| (date, target(*value).to_owned())).collect()
            }
        }
    }
}

/// A value that holds from a date on.
struct Change {
    lever: usize,
    value: String,
    /// `None` on the first day.
    before: Option<String>,
}

/// What holds on the first day of the run and changes later, by date and then in the order of levers.
fn changes(scenario: &Scenario, first: Date) -> BTreeMap<Date, Vec<Change>> {
    let mut by_date: BTreeMap<Date, Vec<Change>> = BTreeMap::new();
    for (lever, (_, _, _, steps)) in LEVERS.iter().enumerate() {
        let mut before: Option<String> = None;
        let steps = steps(&scenario.policy).in_words();
        let held = steps.iter().rposition(|(date, _)| *date <= first).unwrap_or(0);
        for (index, (date, value)) in steps.into_iter().enumerate().skip(held) {
            let date = if index == held { first } else { date };
            if date > scenario.end || before.as_ref() == Some(&value) {
                continue;
            }
            by_date.entry(date).or_default().push(Change { lever, value: value.clone(), before });
            before = Some(value);
        }
    }
    by_date
}

/// The measures in words, one line each: what holds when the run starts, then every change up to its end.
///
/// A line looks like `2024-07-22  auto_block: banks with 10 % of the card market block automatically (was 0 %)`.
#[must_use]
pub fn sequence(scenario: &Scenario) -> Vec<String> {
    let first = scenario
        .start
        .checked_sub(i64::from(scenario.warm_up_days).days())
        .unwrap_or(scenario.start);
    let mut lines = Vec::new();
    for (date, changes) in changes(scenario, first) {
        for Change { lever, value, before } in changes {
            let (path, sentence, _, _) = LEVERS[lever];
            let measure = path.split('.').next().unwrap_or(path);
            let sentence = sentence.replace("{}", &value);
            lines.push(match before {
                Some(before) => format!("{date}  {measure}: {sentence} (was {before})"),
                None => format!("at first    {measure}: {sentence}"),
            });
        }
    }
    lines
}

/// Changes of policy within the reported days with a short label each, to be marked in figures.
#[must_use]
pub fn measures_by_date(scenario: &Scenario) -> Vec<(Date, String)> {
    changes(scenario, scenario.start)
        .into_iter()
        .flat_map(|(date, changes)| changes.into_iter().map(move |change| (date, change)))
        .filter(|(_, change)| change.before.is_some())
        .map(|(date, change)| (date, LEVERS[change.lever].2.replace("{}", &change.value)))
        .collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::scenario::{parameters, reference};

    #[test]
    fn every_lever_of_the_reference_is_in_the_list_once_and_in_order() {
        let policy: Vec<String> = parameters()
            .into_iter()
            .filter_map(|parameter| parameter.path.strip_prefix("policy.").map(str::to_owned))
            .collect();
        let levers: Vec<&str> = LEVERS.iter().map(|(path, ..)| *path).collect();
        assert_eq!(levers, policy);
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
        assert!(marks.contains(&(date(2025, 1, 15), "auto-blocking 30 %".to_owned())), "{marks:?}");
        assert!(marks.iter().all(|(day, _)| *day > scenario.start && *day <= scenario.end));
        scenario.end = date(2025, 1, 14);
        assert!(!measures_by_date(&scenario).iter().any(|(day, _)| *day == date(2025, 1, 15)));
    }
}
