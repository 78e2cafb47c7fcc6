//! A scenario's measures in words.

use std::collections::BTreeMap;

pub(super) mod campaigns;
pub(super) mod interventions;

use jiff::ToSpan;
use jiff::civil::Date;

use super::finding::{percent, plain};
use super::world::Scenario;
use super::world::{Dated, Policy, Targeting};

/// How the value of a lever is said.
#[derive(Clone, Copy)]
pub(super) enum Say {
    Percent,
    Number,
    Times,
    Kzt,
    Days,
    Years,
}

pub(super) enum Steps<'a> {
    Numbers(&'a Dated<f64>, Say),
    Targets(&'a Dated<Targeting>),
}

/// A lever of policy.
pub(super) struct Lever {
    /// Path below `policy`.
    path: &'static str,
    /// Sentence with `{}` for the value.
    sentence: &'static str,
    /// The same for a mark in a figure.
    label: &'static str,
    pub(super) steps: for<'a> fn(&'a Policy) -> Steps<'a>,
}

const fn lever(
    path: &'static str,
    sentence: &'static str,
    label: &'static str,
    steps: for<'a> fn(&'a Policy) -> Steps<'a>,
) -> Lever {
    Lever { path, sentence, label, steps }
}

/// All levers, in the order of the reference scenario.
pub(super) const LEVERS: [Lever; 56] = {
    use Say::{Days, Kzt, Number, Percent, Times, Years};
    use Steps::{Numbers, Targets};
    [
        lever(
            "auto_block.bank_share",
            "banks with {} of the card market block automatically",
            "auto-block: banks {}",
            |p| Numbers(&p.auto_block.bank_share, Percent),
        ),
        lever(
            "auto_block.detect_listed",
            "{} of payments to listed accounts are stopped",
            "listed accounts: {}",
            |p| Numbers(&p.auto_block.detect_listed, Percent),
        ),
        lever(
            "auto_block.detect_unlisted",
            "{} of payments to unlisted accounts are stopped",
            "unlisted accounts: {}",
            |p| Numbers(&p.auto_block.detect_unlisted, Percent),
        ),
        lever(
            "auto_block.detect_card",
            "{} of payments to mule cards of middling use are stopped",
            "mule cards: {}",
            |p| Numbers(&p.auto_block.detect_card, Percent),
        ),
        lever("auto_block.list_lag_days", "banks act on a listing after {}", "list lag: {}", |p| {
            Numbers(&p.auto_block.list_lag_days, Days)
        }),
        lever(
            "auto_block.false_positive",
            "{} of honest payments to licensed venues are stopped",
            "false alarms: {}",
            |p| Numbers(&p.auto_block.false_positive, Percent),
        ),
        lever(
            "auto_block.threshold_kzt",
            "clients below {} in 30 days are not checked",
            "threshold: {}",
            |p| Numbers(&p.auto_block.threshold_kzt, Kzt),
        ),
        lever(
            "shutdown_rate.closures_per_month",
            "up to {} platforms are closed a month",
            "closures: {}/month",
            |p| Numbers(&p.shutdown_rate.closures_per_month, Number),
        ),
        lever("shutdown_rate.targeting", "closures take {}", "closures: {}", |p| {
            Targets(&p.shutdown_rate.targeting)
        }),
        lever(
            "shutdown_rate.with_arrest",
            "{} of closures come with an arrest",
            "arrests: {}",
            |p| Numbers(&p.shutdown_rate.with_arrest, Percent),
        ),
        lever(
            "site_blocking.sites_per_month",
            "{} sites are blocked a month",
            "sites blocked: {}/month",
            |p| Numbers(&p.site_blocking.sites_per_month, Number),
        ),
        lever(
            "site_blocking.traffic_reached",
            "blocking reaches {} of traffic",
            "traffic reached: {}",
            |p| Numbers(&p.site_blocking.traffic_reached, Percent),
        ),
        lever(
            "site_blocking.mirror_race",
            "a mirror takes {} as long to appear",
            "mirrors: {} as long",
            |p| Numbers(&p.site_blocking.mirror_race, Times),
        ),
        lever(
            "wallet_freezing.venues_per_month",
            "the wallets of {} venues are frozen a month",
            "wallets frozen: {}/month",
            |p| Numbers(&p.wallet_freezing.venues_per_month, Number),
        ),
        lever(
            "wallet_freezing.float_caught",
            "a freeze catches {} of the float",
            "freeze catches: {}",
            |p| Numbers(&p.wallet_freezing.float_caught, Percent),
        ),
        lever(
            "wallet_freezing.delay_days",
            "a freeze comes {} after the decision",
            "freeze delay: {}",
            |p| Numbers(&p.wallet_freezing.delay_days, Days),
        ),
        lever(
            "wallet_freezing.leak",
            "{} of operators are warned of a freeze",
            "freezes leaked: {}",
            |p| Numbers(&p.wallet_freezing.leak, Percent),
        ),
        lever(
            "sentencing.conviction",
            "{} of trials end in a conviction",
            "convictions: {}",
            |p| Numbers(&p.sentencing.conviction, Percent),
        ),
        lever(
            "sentencing.custodial_share",
            "{} of the convicted go to prison",
            "prison: {}",
            |p| Numbers(&p.sentencing.custodial_share, Percent),
        ),
        lever("sentencing.term_years", "half of the terms are longer than {}", "terms: {}", |p| {
            Numbers(&p.sentencing.term_years, Years)
        }),
        lever(
            "sentencing.confiscation",
            "a conviction confiscates {} of what was seized",
            "confiscated: {}",
            |p| Numbers(&p.sentencing.confiscation, Percent),
        ),
        lever("licensing.capital_kzt", "a licence takes a capital of {}", "capital: {}", |p| {
            Numbers(&p.licensing.capital_kzt, Kzt)
        }),
        lever("licensing.yearly_cost_kzt", "a licence costs {} a year", "licence {}/y", |p| {
            Numbers(&p.licensing.yearly_cost_kzt, Kzt)
        }),
        lever(
            "licensing.decision_days",
            "an application is decided after {}",
            "licence after: {}",
            |p| Numbers(&p.licensing.decision_days, Days),
        ),
        lever(
            "licensing.approval",
            "{} of applications are granted",
            "licences granted: {}",
            |p| Numbers(&p.licensing.approval, Percent),
        ),
        lever("licensing.levy", "clients of licensed venues pay a levy of {}", "levy: {}", |p| {
            Numbers(&p.licensing.levy, Percent)
        }),
        lever(
            "licensing.client_limit_kzt",
            "a client may trade {} in 30 days at licensed venues",
            "limit: {}",
            |p| Numbers(&p.licensing.client_limit_kzt, Kzt),
        ),
        lever(
            "licensing.kyc_burden",
            "identification at licensed venues is {} as troublesome",
            "licensed KYC: {}",
            |p| Numbers(&p.licensing.kyc_burden, Times),
        ),
        lever(
            "cooperation.reach",
            "{} of operators abroad sit where there is an agreement",
            "agreements: {}",
            |p| Numbers(&p.cooperation.reach, Percent),
        ),
        lever(
            "cooperation.chance",
            "{} of requests abroad succeed where there is an agreement",
            "requests granted: {}",
            |p| Numbers(&p.cooperation.chance, Percent),
        ),
        lever(
            "cooperation.delay_days",
            "requests abroad are answered after {}",
            "answers after: {}",
            |p| Numbers(&p.cooperation.delay_days, Days),
        ),
        lever(
            "pyramid_warnings.reach",
            "warnings of pyramids reach {} of people",
            "pyramid warnings: {}",
            |p| Numbers(&p.pyramid_warnings.reach, Percent),
        ),
        lever(
            "pyramid_warnings.actions_per_year",
            "up to {} pyramids are dismantled a year",
            "pyramids: {}/year",
            |p| Numbers(&p.pyramid_warnings.actions_per_year, Number),
        ),
        lever(
            "mining_inspections.per_month",
            "up to {} farms are inspected a month",
            "farms inspected: {}/month",
            |p| Numbers(&p.mining_inspections.per_month, Number),
        ),
        lever(
            "mining_inspections.threat",
            "{} of farms hear of an inspection in time",
            "farms warned: {}",
            |p| Numbers(&p.mining_inspections.threat, Percent),
        ),
        lever(
            "mining_inspections.racket_cases_per_year",
            "up to {} rackets are broken up a year",
            "rackets: {}/year",
            |p| Numbers(&p.mining_inspections.racket_cases_per_year, Number),
        ),
        lever(
            "card_limits.cards_per_client",
            "cards that one person may hold: {}",
            "cards per client: {}",
            |p| Numbers(&p.card_limits.cards_per_client, Number),
        ),
        lever(
            "card_limits.non_resident_validity_months",
            "cards of non-residents are valid for {} months",
            "non-residents: {} months",
            |p| Numbers(&p.card_limits.non_resident_validity_months, Number),
        ),
        lever(
            "card_limits.lending_penalty",
            "lending a card is punished with {} of certain and full severity",
            "card lending: {}",
            |p| Numbers(&p.card_limits.lending_penalty, Percent),
        ),
        lever(
            "card_limits.detection",
            "banks find droppers' cards {} as fast",
            "droppers {} as fast",
            |p| Numbers(&p.card_limits.detection, Times),
        ),
        lever(
            "kyc.required.licensed",
            "licensed venues must ask for {} of full KYC",
            "KYC licensed: {}",
            |p| Numbers(&p.kyc.required.licensed, Percent),
        ),
        lever(
            "kyc.required.shadow",
            "shadow exchanges must ask for {} of full KYC",
            "KYC shadow: {}",
            |p| Numbers(&p.kyc.required.shadow, Percent),
        ),
        lever("kyc.required.hub", "hubs must ask for {} of full KYC", "KYC hubs: {}", |p| {
            Numbers(&p.kyc.required.hub, Percent)
        }),
        lever(
            "kyc.required.foreign",
            "foreign platforms must ask for {} of full KYC",
            "KYC foreign: {}",
            |p| Numbers(&p.kyc.required.foreign, Percent),
        ),
        lever(
            "kyc.required.peer_to_peer",
            "peer-to-peer deals must ask for {} of full KYC",
            "KYC peer-to-peer: {}",
            |p| Numbers(&p.kyc.required.peer_to_peer, Percent),
        ),
        lever(
            "kyc.complies.licensed",
            "{} of licensed venues ask for the KYC required",
            "licensed comply: {}",
            |p| Numbers(&p.kyc.complies.licensed, Percent),
        ),
        lever(
            "kyc.complies.shadow",
            "{} of shadow exchanges ask for the KYC required",
            "shadow comply: {}",
            |p| Numbers(&p.kyc.complies.shadow, Percent),
        ),
        lever("kyc.complies.hub", "{} of hubs ask for the KYC required", "hubs comply: {}", |p| {
            Numbers(&p.kyc.complies.hub, Percent)
        }),
        lever(
            "kyc.complies.foreign",
            "{} of foreign platforms ask for the KYC required",
            "foreign comply: {}",
            |p| Numbers(&p.kyc.complies.foreign, Percent),
        ),
        lever(
            "kyc.complies.peer_to_peer",
            "{} of peer-to-peer deals ask for the KYC required",
            "peer-to-peer comply: {}",
            |p| Numbers(&p.kyc.complies.peer_to_peer, Percent),
        ),
        lever(
            "monitoring.chain_analytics",
            "chain analytics finds {} as much",
            "tracing {} as good",
            |p| Numbers(&p.monitoring.chain_analytics, Times),
        ),
        lever(
            "monitoring.false_reports",
            "{} of reports to the agency are false",
            "false reports: {}",
            |p| Numbers(&p.monitoring.false_reports, Percent),
        ),
        lever(
            "monitoring.licensed_detection",
            "licensed venues stop {} of drug and fraud trades",
            "licensed detection: {}",
            |p| Numbers(&p.monitoring.licensed_detection, Percent),
        ),
        lever(
            "monitoring.licensed_false_alarm",
            "licensed venues stop {} of honest trades",
            "licensed alarms: {}",
            |p| Numbers(&p.monitoring.licensed_false_alarm, Percent),
        ),
        lever(
            "budget.agency_days_per_month",
            "the agency can spend {} a month",
            "agency: {}/month",
            |p| Numbers(&p.budget.agency_days_per_month, Days),
        ),
        lever(
            "budget.bank_kzt_per_month",
            "banks check automatically until stopped payments cost {} a month",
            "bank cap {}",
            |p| Numbers(&p.budget.bank_kzt_per_month, Kzt),
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
        Say::Years if value == 1.0 => "1 year".to_owned(),
        Say::Years => format!("{} years", plain(value)),
    }
}

/// A value with as many digits as a label has room for.
fn short(value: f64, say: Say) -> f64 {
    let per_unit = match say {
        Say::Percent => 1000.0,
        Say::Kzt => 1.0,
        Say::Number | Say::Times | Say::Days | Say::Years if value.abs() < 100.0 => 100.0,
        Say::Number | Say::Times | Say::Days | Say::Years => 1.0,
    };
    (value * per_unit).round() / per_unit
}

/// Whom closures take first: in a sentence, and in a label.
fn target(targeting: Targeting) -> (&'static str, &'static str) {
    match targeting {
        Targeting::Easiest => ("the easiest to prove first", "easiest first"),
        Targeting::Largest => ("the largest first", "largest first"),
        Targeting::Random => ("venues at random", "at random"),
        Targeting::MostHarmful => ("the most harmful first", "most harmful first"),
        Targeting::KeyOperators => ("key operators first", "key operators"),
    }
}

/// A value in a sentence and in a label.
#[derive(Clone)]
struct Wording {
    words: String,
    label: String,
}

impl Steps<'_> {
    fn said(&self) -> Vec<(Date, Wording)> {
        let number = |value: f64, say| Wording {
            words: in_words(value, say),
            label: in_words(short(value, say), say),
        };
        let targets = |targeting| {
            let (words, label) = target(targeting);
            Wording { words: words.to_owned(), label: label.to_owned() }
        };
        match self {
            Steps::Numbers(dated, say) => {
                dated.steps().map(|(date, value)| (date, number(*value, *say))).collect()
            }
            Steps::Targets(dated) => {
                dated.steps().map(|(date, value)| (date, targets(*value))).collect()
            }
        }
    }
}

/// A value that holds from a date on.
struct Step {
    lever: &'static Lever,
    value: Wording,
    /// `None` on the first day.
    before: Option<Wording>,
}

/// What holds on the first day of the run and changes later, by date and then in the order of levers.
fn changes(scenario: &Scenario, first: Date) -> BTreeMap<Date, Vec<Step>> {
    let mut by_date: BTreeMap<Date, Vec<Step>> = BTreeMap::new();
    for lever in &LEVERS {
        let mut before: Option<Wording> = None;
        let steps = (lever.steps)(&scenario.policy).said();
        let held = steps.iter().rposition(|(date, _)| *date <= first).unwrap_or(0);
        for (index, (date, value)) in steps.into_iter().enumerate().skip(held) {
            let date = if index == held { first } else { date };
            let same = before.as_ref().is_some_and(|before| before.words == value.words);
            if date > scenario.end || same {
                continue;
            }
            by_date.entry(date).or_default().push(Step { lever, value: value.clone(), before });
            before = Some(value);
        }
    }
    by_date
}

/// The measures in words: what holds when the run starts (without a date), then every change up to its end.
#[must_use]
pub fn steps_in_words(scenario: &Scenario) -> Vec<(Option<Date>, String)> {
    let first = scenario
        .start
        .checked_sub(i64::from(scenario.warm_up_days).days())
        .unwrap_or(scenario.start);
    let mut told = Vec::new();
    for (date, changes) in changes(scenario, first) {
        for Step { lever, value, before } in changes {
            let measure = lever.path.split('.').next().unwrap_or(lever.path);
            let sentence = lever.sentence.replace("{}", &value.words);
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
#[must_use]
pub fn sequence(scenario: &Scenario) -> Vec<String> {
    let line = |(date, words): (Option<Date>, String)| match date {
        Some(date) => format!("{date}  {words}"),
        None => format!("at first    {words}"),
    };
    steps_in_words(scenario).into_iter().map(line).collect()
}

/// Changes of policy within the reported days, each with a label of at most 28 characters for a figure.
#[must_use]
pub fn measures_by_date(scenario: &Scenario) -> Vec<(Date, String)> {
    let mut marks: Vec<(Date, String)> = changes(scenario, scenario.start)
        .into_iter()
        .flat_map(|(date, changes)| changes.into_iter().map(move |change| (date, change)))
        .filter(|(_, change)| change.before.is_some())
        .map(|(date, change)| (date, change.lever.label.replace("{}", &change.value.label)))
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
    use crate::{parameters, reference};

    #[test]
    fn every_lever_of_the_reference_is_in_the_list_once_and_in_order() {
        let policy: Vec<String> = parameters()
            .into_iter()
            .filter(|parameter| parameter.by_date)
            .filter_map(|parameter| parameter.path.strip_prefix("policy.").map(str::to_owned))
            .collect();
        let levers: Vec<&str> = LEVERS.iter().map(|lever| lever.path).collect();
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
        let policy = reference().scenario.policy;
        let levers = |p: &crate::Parameter| p.by_date && p.path.starts_with("policy.");
        for parameter in parameters().into_iter().filter(levers) {
            let path = parameter.path.trim_start_matches("policy.");
            let lever = LEVERS.iter().find(|lever| lever.path == path).unwrap();
            let values: Vec<Wording> = match (lever.steps)(&policy) {
                Steps::Numbers(_, say) => {
                    let high = parameter.allowed.high.unwrap();
                    [high, high * 0.98765, high * 0.123_456_789, 0.000_123_4]
                        .map(|value| {
                            Steps::Numbers(&Dated::constant(value), say).said().remove(0).1
                        })
                        .to_vec()
                }
                Steps::Targets(_) => {
                    use Targeting::{Easiest, KeyOperators, Largest, MostHarmful, Random};
                    [Easiest, Largest, Random, MostHarmful, KeyOperators]
                        .map(|value| Steps::Targets(&Dated::constant(value)).said().remove(0).1)
                        .to_vec()
                }
            };
            for value in values {
                let label = lever.label.replace("{}", &value.label);
                assert!(label.chars().count() <= 28, "{label}");
            }
        }
    }
}
