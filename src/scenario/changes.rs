//! In what two scenarios differ, in words: by parameter and date, with units, and what it was.

use std::collections::BTreeSet;

use jiff::ToSpan;
use jiff::civil::Date;
use serde::Serialize;

use super::adjustable::settings;
use super::banks::{self, PickedBanks};
use super::campaign::CampaignValue;
use super::describe::campaigns::{held_at, sentence, value_in_words};
use super::describe::interventions;
use super::finding::{percent, plain};
use super::policy::BankOrder;
use super::resolved::Resolved;
use super::shape::{Bounds, Parameter, ParameterKind, Schema, shape};
use super::tree::{Tree, Value};
use super::world::{Dated, Scenario};
use super::write::acts;
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

/// Where campaigns and interventions stand.
const ENTRIES: [(&str, &str); 2] =
    [("campaign", "policy.campaigns"), ("intervention", "policy.interventions")];

/// All differences of the second scenario from the first, by parameter and then by date; name and title left out. Schedules are
/// compared on the days that both simulate: a scenario knows nothing of what comes after its end.
pub fn changes(first: &Resolved, second: &Resolved) -> Vec<Change> {
    let (first, second) = (&first.scenario, &second.scenario);
    let trees = [first, second].map(Tree::of);
    let pair = ScenarioPair { first, second };
    let mut found = Vec::new();
    for (path, a, b) in trees[0].differences(&trees[1]) {
        match shape().at(&path) {
            _ if ["name", "title"].contains(&path.as_str()) => {}
            Some(Schema::Leaf(parameter)) if parameter.by_date => {
                found.extend(pair.by_date(parameter, [a, b]));
            }
            Some(Schema::Leaf(parameter)) if !matches!(parameter.kind, ParameterKind::Map(_)) => {
                let values = [a, b].map(shown);
                let words =
                    format!("{path}: {} (was {})", with_unit(&values[1], parameter), values[0]);
                found.push(constant(&path, values, unit(parameter), words));
            }
            _ => found.extend(pair.entry(&path, [a, b])),
        }
    }
    found
}

/// Levers that stand on one side of the first scenario for a time and on the other from a date on to the end: what a schedule does
/// that is meant to end, but names a value instead of going back. A sentence each, with the day and what would go back.
pub fn turns(changes: &[Change]) -> Vec<String> {
    let side = |change: &Change| {
        let [was, is] = [&change.first, &change.second].map(|text| text.parse::<f64>().ok());
        Some(is? > was?)
    };
    let mut found = Vec::new();
    for last in changes.iter().filter(|change| change.until.is_none()) {
        let (Some(from), Some(above)) = (last.from, side(last)) else { continue };
        let before =
            changes.iter().filter(|change| change.path == last.path && change.from < Some(from));
        if !before.filter_map(side).any(|other| other != above) {
            continue;
        }
        let Change { path, first, second, .. } = last;
        let (stays, was) = if above { ("above", "below") } else { ("below", "above") };
        found.push(format!(
            "{path} is {was} the reference for a time, and from {from} on it stays {stays} it ({second} instead of {first}). To go back \
             write {first} from that day, or use a campaign with `until`"
        ));
    }
    found
}

/// Which banks the share of banks told to block covers, where a scenario changes that share: a number alone says nothing of them.
pub fn banks_of_the_share(scenario: &Scenario, changes: &[Change]) -> Option<String> {
    let of = |path: &str| changes.iter().rev().find(|change| change.path == path);
    let last = of("policy.auto_block.bank_share")?;
    if of("policy.auto_block.banks").is_some() {
        return None;
    }
    let share: f64 = last.second.parse().ok().filter(|share| *share > 0.0 && *share < 1.0)?;
    let from = last.from.unwrap_or_else(|| scenario.date(Day(0)));
    let pick = "to pick them write banks: Largest(5), or their names";
    Some(match scenario.policy.auto_block.order.on(from) {
        BankOrder::AtRandom => format!(
            "which banks bank_share covers is drawn by chance, in each replication anew; {pick}"
        ),
        BankOrder::LargestFirst => {
            let names = banks::covered(&scenario.banks.issuers, share).join(", ");
            let names = if names.is_empty() { "no bank" } else { &names };
            format!("bank_share {share}, the largest first, covers {names}; {pick}")
        }
    })
}

/// Which banks block beside those that a scenario picks, from when on, and what to write if only those picked shall; `None` where
/// there are no others. A policy that picks banks takes the share of its world along.
#[must_use]
pub fn banks_besides(scenario: &Scenario, changes: &[Change]) -> Option<String> {
    let of = |lever| lever_of_banks(changes, lever);
    let picked: PickedBanks = of("banks")?.second.parse().ok()?;
    if matches!(picked, PickedBanks::ByShare | PickedBanks::All) {
        return None;
    }
    let from = of("banks")?.from.unwrap_or_else(|| scenario.date(Day(0)));
    let (levers, issuers) = (&scenario.policy.auto_block, &scenario.banks.issuers);
    let later = levers.bank_share.steps().map(|(date, _)| date).filter(|date| *date > from);
    let dates: Vec<Date> =
        std::iter::once(from).chain(later).filter(|date| *date <= scenario.end).collect();
    let by_size = levers.order.on(from) == BankOrder::LargestFirst;
    let others = |date: &Date| {
        let share = levers.bank_share.on(*date);
        let among = |name: &&str| {
            issuers
                .iter()
                .position(|issuer| issuer.name == *name)
                .is_some_and(|number| !picked.pick(issuers, number))
        };
        let who = match by_size {
            true => banks::covered(issuers, share).into_iter().filter(among).collect::<Vec<_>>(),
            false => Vec::new(),
        };
        match (by_size, share > 0.0) {
            (true, _) if who.is_empty() => None,
            (true, _) => Some(format!("{date}: {}", who.join(", "))),
            (false, true) => Some(format!("{date}: {}", percent(share))),
            (false, false) => None,
        }
    };
    let who: Vec<String> = dates.iter().filter_map(others).collect();
    if who.is_empty() {
        return None;
    }
    let who = who.join("; ");
    let zeros: Vec<String> = dates.iter().map(|date| format!("\"{date}\": 0")).collect();
    let zeros = format!("{{{}}}", zeros.join(", "));
    Some(match by_size {
        true => format!(
            "beside the banks that are picked, bank_share makes others block, the largest first: {who}. If only those picked shall block, \
             write bank_share: {zeros}"
        ),
        false => format!(
            "beside the banks that are picked, bank_share makes others block, which chance draws; the share of the card market: {who}. \
             If only those picked shall block, write bank_share: {zeros}"
        ),
    })
}

/// What stays as it was of how banks check, where a scenario picks banks and says nothing of it.
#[must_use]
pub fn checks_unchanged(scenario: &Scenario, changes: &[Change]) -> Option<String> {
    let picked = lever_of_banks(changes, "banks").filter(|change| change.second != "ByShare")?;
    let from = picked.from.unwrap_or_else(|| scenario.date(Day(0)));
    let levers = &scenario.policy.auto_block;
    let values = [
        ("detect_listed", levers.detect_listed.on(from)),
        ("threshold_kzt", levers.threshold_kzt.on(from)),
    ];
    let kept = values.into_iter().filter(|(lever, _)| lever_of_banks(changes, lever).is_none());
    let kept: Vec<String> =
        kept.map(|(lever, value)| format!("{lever} {}", plain(value))).collect();
    let kept = kept.join(", ");
    (!kept.is_empty()).then(|| format!("how these banks check stays as it was: {kept}"))
}

/// That cost and time of a licence hardly move the number of licences, where a scenario changes them and not which share is granted.
#[must_use]
pub fn few_apply(scenario: &Scenario, changes: &[Change]) -> Option<String> {
    let of = |lever: &str| {
        let named = |one: &&Change| one.path.strip_prefix("policy.licensing.") == Some(lever);
        changes.iter().rev().find(named)
    };
    let last = ["capital_kzt", "yearly_cost_kzt", "decision_days"].into_iter().find_map(of)?;
    if of("approval").is_some() {
        return None;
    }
    let from = last.from.unwrap_or_else(|| scenario.date(Day(0)));
    let could = percent(scenario.exchanges.would_be_licensed);
    let granted = percent(scenario.policy.licensing.approval.on(from));
    Some(format!(
        "cost and time of a licence hardly move `licences_granted`: {could} of the operators of shadow exchanges could pass \
         (exchanges.would_be_licensed), and nearly all of these apply at today's cost; what limits licences is policy.licensing.approval: \
         {granted} of applications are granted"
    ))
}

/// The last change of a lever of `policy.auto_block`.
fn lever_of_banks<'a>(changes: &'a [Change], lever: &str) -> Option<&'a Change> {
    let named = |one: &&Change| one.path.strip_prefix("policy.auto_block.") == Some(lever);
    changes.iter().rev().find(named)
}

/// That banks need time, where a scenario changes which of them are told to block: their dates are of the order, not of the act.
#[must_use]
pub fn banks_begin_later(scenario: &Scenario, changes: &[Change]) -> Option<String> {
    let told = ["policy.auto_block.bank_share", "policy.auto_block.banks"];
    changes.iter().find(|change| told.contains(&change.path.as_str()))?;
    let days = plain(scenario.banks.adoption_days);
    Some(format!(
        "a bank that is told to block begins {days} days later on average (banks.adoption_days): effects come after the dates above"
    ))
}

/// That cards of droppers are stopped by a lever of their own, where a scenario changes what banks stop but not that.
#[must_use]
pub fn cards_apart(scenario: &Scenario, changes: &[Change]) -> Option<String> {
    const BANKS: [&str; 4] = ["bank_share", "banks", "detect_listed", "detect_unlisted"];
    let of = |lever| lever_of_banks(changes, lever);
    let last = BANKS.into_iter().filter_map(of).next()?;
    if of("detect_card").is_some() {
        return None;
    }
    let from = last.from.unwrap_or_else(|| scenario.date(Day(0)));
    let chance = percent(scenario.policy.auto_block.detect_card.on(from));
    Some(format!(
        "banks stop payments to mule cards by a lever of their own, policy.auto_block.detect_card, which stays as in the reference: {chance} \
         of those to cards of middling use"
    ))
}

/// Levers of the policy that are set beyond what is thought plausible: this may be meant.
#[must_use]
pub fn implausible(changes: &[Change]) -> Option<String> {
    let mut found: Vec<String> = Vec::new();
    for Change { path, second, .. } in changes.iter().filter(|one| one.path.starts_with("policy."))
    {
        let Some(Schema::Leaf(parameter)) = shape().at(path) else { continue };
        let Some(Bounds { low: Some(low), high: Some(high) }) = parameter.plausible() else {
            continue;
        };
        let value = second.replace(',', "").parse().ok();
        if value.is_some_and(|value: f64| value < low || value > high) {
            let said = format!("{path} {second} ({}–{})", plain(low), plain(high));
            found.extend(Some(said).filter(|said| !found.contains(said)));
        }
    }
    let list = found.join("; ");
    (!found.is_empty()).then(|| format!("outside the range that is thought plausible: {list}"))
}

fn constant(path: &str, values: [String; 2], unit: String, words: String) -> Change {
    let [first, second] = values;
    Change { path: path.to_owned(), from: None, until: None, first, second, unit, words }
}

struct ScenarioPair<'a> {
    first: &'a Scenario,
    second: &'a Scenario,
}

impl ScenarioPair<'_> {
    /// First and last day that both simulate.
    fn days(&self) -> (Date, Date) {
        let (a, b) = (self.first, self.second);
        (a.date(Day(0)).max(b.date(Day(0))), a.end.min(b.end))
    }

    /// Stretches of time in which a value by date differs in one way.
    fn by_date(&self, parameter: &Parameter, values: [Option<&Tree>; 2]) -> Vec<Change> {
        let path = &parameter.path;
        let [Some(a), Some(b)] = values.map(|value| settings(value?)) else {
            return Vec::new();
        };
        let (begin, end) = self.days();
        if parameter.is_interpolated() {
            let [x, y] = [&a, &b].map(|dated| dated.map(number));
            let dates = a.steps().chain(b.steps()).map(|(date, _)| date).chain([begin, end]);
            let mut dates = dates.filter(|date| (begin..=end).contains(date));
            if dates.all(|date| x.between(date) == y.between(date)) {
                return Vec::new();
            }
            let values = [&a, &b].map(listed);
            let words = format!("{path}: {} on straight lines (was {})", values[1], values[0]);
            return vec![constant(path, values, unit(parameter), words)];
        }
        let mut dates: BTreeSet<Date> =
            a.steps().chain(b.steps()).map(|(date, _)| date.max(begin)).collect();
        dates.insert(begin);
        let dates: Vec<Date> = dates.into_iter().filter(|date| *date <= end).collect();
        let mut found: Vec<(Date, Date, CampaignValue, CampaignValue)> = Vec::new();
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
        let change = |(from, until, x, y): (Date, Date, CampaignValue, CampaignValue)| Change {
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

    fn in_words(
        &self,
        parameter: &Parameter,
        before: &CampaignValue,
        after: &CampaignValue,
    ) -> String {
        let scenario = self.second;
        match parameter.path.strip_prefix("policy.") {
            Some(lever) => {
                let was = value_in_words(scenario, lever, before);
                let was = if was == "just" { "as usual".to_owned() } else { was };
                format!("{} (was {was})", held_at(scenario, lever, after))
            }
            None => {
                let [before, after] = [before, after].map(in_words);
                format!("{}: {} (was {before})", parameter.path, with_unit(&after, parameter))
            }
        }
    }

    /// A campaign or an intervention that only one has, or a field in which it differs.
    fn entry(&self, path: &str, values: [Option<&Tree>; 2]) -> Vec<Change> {
        let Some((kind, map)) = ENTRIES.into_iter().find(|(_, map)| path.starts_with(map)) else {
            return Vec::new();
        };
        let rest = path[map.len()..].trim_start_matches('.');
        let (begin, end) = self.days();
        let one_alone = values.iter().flatten().count() == 1;
        if one_alone && !rest.is_empty() && !rest.contains('.') {
            let alone = values.into_iter().flatten().next();
            if !alone.is_some_and(|one| acts(one, (begin, end))) {
                return Vec::new();
            }
        }
        if rest.is_empty() {
            // One scenario has none at all: each of the other's stands alone.
            let names = values.into_iter().flatten().flat_map(Tree::entries).map(|(name, _)| name);
            let names: BTreeSet<&str> = names.collect();
            let each = |name: &str| {
                let below = values.map(|value| value?.at(name));
                self.entry(&format!("{path}.{name}"), below)
            };
            return names.into_iter().flat_map(each).collect();
        }
        let [first, second] = values.map(shown);
        let told = |from, until, words| Change {
            path: path.to_owned(),
            from,
            until,
            first: first.clone(),
            second: second.clone(),
            unit: String::new(),
            words,
        };
        if let Some((name, field)) = rest.split_once('.') {
            let [was, is] =
                [&first, &second].map(|text| if text.is_empty() { "none" } else { text });
            let words = format!("{kind} \"{name}\", {field}: {is} (was {was})");
            return vec![told(None, None, words)];
        }
        let of = |scenario| said(scenario, kind, rest);
        match (of(self.first), of(self.second)) {
            (None, Some((from, until, words))) => {
                vec![told(from, until, format!("{kind} \"{rest}\": {words}"))]
            }
            (Some((from, until, words)), _) => {
                vec![told(from, until, format!("without the {kind} \"{rest}\" ({words})"))]
            }
            (None, None) => Vec::new(),
        }
    }
}

/// A campaign or an intervention as a sentence, with its first and last day.
fn said(
    scenario: &Scenario,
    kind: &str,
    name: &str,
) -> Option<(Option<Date>, Option<Date>, String)> {
    let policy = &scenario.policy;
    if kind == "campaign" {
        let campaign = policy.campaigns.get(name)?;
        return Some((campaign.from, campaign.until, sentence(scenario, campaign)));
    }
    let one = policy.interventions.get(name)?;
    Some((Some(one.on), Some(one.on), interventions::sentence(one)))
}

/// A value as a reader wants to see it: numbers with their thousands apart, texts without quotes.
fn shown(value: Option<&Tree>) -> String {
    let Some(value) = value else { return String::new() };
    match (&value.value, value.number()) {
        (_, Some(number)) => plain(number),
        (Value::Text(text) | Value::Name(text), _) => text.clone(),
        _ => value.json().to_string(),
    }
}

fn number(setting: &CampaignValue) -> f64 {
    match setting {
        CampaignValue::Number(number) => *number,
        CampaignValue::Word(_) => f64::NAN,
    }
}

fn in_words(setting: &CampaignValue) -> String {
    match setting {
        CampaignValue::Number(number) => plain(*number),
        CampaignValue::Word(word) => word.clone(),
    }
}

/// All values with the dates from which they hold.
pub(super) fn listed(dated: &Dated<CampaignValue>) -> String {
    let step = |(date, value): (Date, &CampaignValue)| match date {
        // The date of a constant lies before all that can be written.
        Date::MIN if dated.steps().count() == 1 => format!("{value} at all times"),
        Date::MIN => format!("{value} before"),
        date => format!("{date} {value}"),
    };
    dated.steps().map(step).collect::<Vec<_>>().join(", ")
}

fn unit(parameter: &Parameter) -> String {
    match parameter.kind {
        ParameterKind::Number | ParameterKind::Whole if parameter.unit != "1" => {
            parameter.unit.clone()
        }
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
    use crate::{load, reference, with};

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
        assert_eq!(changes(&reference(), &with(&[]).unwrap()), []);
        let slower = with(&["customers.search_days=12"]).unwrap();
        let found = changes(&reference(), &slower);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].words, "customers.search_days: 12 days (was 8)");
    }

    #[test]
    fn a_constant_under_a_list_by_date_is_told_without_a_date_before_all_dates() {
        let outlook = load(Path::new("../../scenarios/outlook_2028.ron"), &[]).unwrap();
        // As `check` tells it: up to the last day of the scenario.
        let mut base = reference();
        base.scenario.end = outlook.scenario.end;
        let words: Vec<String> =
            changes(&base, &outlook).into_iter().map(|change| change.words).collect();
        let grown = words.iter().filter(|words| words.contains("on straight lines"));
        let constant = grown.filter(|words| words.ends_with("(was 1 at all times)")).count();
        assert!(constant > 0, "{words:#?}");
        assert!(!words.iter().any(|words| words.contains("-00")), "{words:#?}");
    }

    #[test]
    fn a_share_of_banks_says_which_banks_it_covers_or_that_chance_does() {
        let note = |sets: &[&str]| {
            let loaded = with(sets).unwrap();
            banks_of_the_share(&loaded.scenario, &changes(&reference(), &loaded))
        };
        assert_eq!(note(&[]), None);
        let share = "policy.auto_block.bank_share={\"2025-03-01\": 0.68}";
        assert!(note(&[share]).unwrap().contains("drawn by chance"));
        let largest = note(&[share, "policy.auto_block.order=LargestFirst"]).unwrap();
        assert!(
            largest.contains("covers Halyk, Kaspi, CenterCredit, Otbasy, Forte; "),
            "{largest}"
        );
        assert_eq!(note(&["policy.auto_block.bank_share=1.0"]), None, "all banks need no names");
    }

    #[test]
    fn banks_that_block_beside_those_picked_are_told_with_what_ends_it() {
        let outlook = Path::new("../../scenarios/outlook_2028.ron");
        let note = |sets: &[&str]| {
            let sets: Vec<String> = sets.iter().map(|set| (*set).to_owned()).collect();
            let mut base = load(outlook, &[]).unwrap();
            let loaded = load(outlook, &sets).unwrap();
            base.scenario.end = loaded.scenario.end;
            let changes = changes(&base, &loaded);
            let scenario = &loaded.scenario;
            (banks_besides(scenario, &changes), checks_unchanged(scenario, &changes))
        };
        let five = "policy.auto_block.banks={\"2026-03-01\": Largest(5)}";
        let (said, kept) = note(&[five]);
        let said = said.unwrap();
        let others = "2026-03-01: 45 %; 2027-01-15: 60 %; 2028-01-15: 75 %. ";
        let typed = "{\"2026-03-01\": 0, \"2027-01-15\": 0, \"2028-01-15\": 0}";
        assert!(said.contains(others) && said.ends_with(typed), "{said}");
        assert!(kept.unwrap().contains(": detect_listed "));
        // What is typed is what ends it.
        assert_eq!(note(&[five, &format!("policy.auto_block.bank_share={typed}")]).0, None);
        let set = ["policy.auto_block.detect_listed=0.8", "policy.auto_block.threshold_kzt=1"];
        assert_eq!(note(&[&[five][..], &set].concat()).1, None);
        let largest = [five, "policy.auto_block.order=LargestFirst"];
        let with = |share| note(&[&largest[..], &[share][..]].concat()).0;
        let said = with("policy.auto_block.bank_share=0.8").unwrap();
        assert!(said.contains("the largest first: 2026-03-01: "), "{said}");
        assert!(!said.contains("Halyk"), "{said}");
        assert_eq!(with("policy.auto_block.bank_share=0.3"), None, "they are among those picked");
        assert_eq!(note(&["policy.auto_block.banks={\"2026-03-01\": All}"]).0, None);
    }

    #[test]
    fn banks_that_are_told_to_block_begin_later_and_only_then_is_it_said() {
        let note = |sets: &[&str]| {
            let loaded = with(sets).unwrap();
            banks_begin_later(&loaded.scenario, &changes(&reference(), &loaded))
        };
        assert_eq!(note(&["policy.auto_block.detect_card=0.5"]), None);
        let all = "policy.auto_block.banks={\"2025-03-01\": All}";
        assert!(note(&[all]).unwrap().contains(" 45 days later"));
        assert!(note(&[all, "banks.adoption_days=10"]).unwrap().contains(" 10 days later"));
    }

    #[test]
    fn levers_beyond_what_is_plausible_and_cards_with_a_lever_of_their_own_are_noted() {
        let notes = |sets: &[&str]| {
            let loaded = with(sets).unwrap();
            let changes = changes(&reference(), &loaded);
            (implausible(&changes), cards_apart(&loaded.scenario, &changes))
        };
        assert_eq!(notes(&["policy.auto_block.detect_card=0.1"]), (None, None));
        let (beyond, cards) = notes(&["policy.auto_block.detect_listed=0.5"]);
        assert!(beyond.unwrap().ends_with(": policy.auto_block.detect_listed 0.5 (0.8–0.98)"));
        assert!(cards.unwrap().contains("as in the reference: 6 % of those"));
    }

    #[test]
    fn what_limits_licences_is_said_where_only_their_cost_and_time_change() {
        let note = |sets: &[&str]| {
            let loaded = with(sets).unwrap();
            few_apply(&loaded.scenario, &changes(&reference(), &loaded))
        };
        let cheap = "policy.licensing.yearly_cost_kzt={\"2024-01-01\": 3000000}";
        let said = note(&[cheap]).unwrap();
        assert!(
            said.contains(": 0.8 % of") && said.ends_with(": 40 % of applications are granted")
        );
        assert_eq!(note(&[cheap, "policy.licensing.approval=0.8"]), None);
        assert_eq!(note(&["policy.licensing.kyc_burden=0.5"]), None);
    }

    #[test]
    fn a_lever_that_ends_on_the_other_side_of_the_reference_is_pointed_out() {
        let with = |steps: &str| {
            let set = format!("policy.site_blocking.sites_per_month={{{steps}}}");
            turns(&changes(&reference(), &with(&[&set]).unwrap()))
        };
        let ended = with("\"2025-01-01\": 1000, \"2025-04-01\": 0");
        assert_eq!(ended.len(), 1);
        assert!(
            ended[0].contains("from 2025-04-01 on it stays below it (0 instead of 375)"),
            "{ended:?}"
        );
        assert_eq!(with("\"2025-01-01\": 1000, \"2025-04-01\": 375"), [""; 0], "it goes back");
        assert_eq!(with("\"2025-01-01\": 1000, \"2025-04-01\": 500"), [""; 0], "it stays above");
        assert_eq!(with("\"2025-01-01\": 0"), [""; 0], "it is below all the time");
    }

    #[test]
    fn a_schedule_cut_to_the_days_of_a_run_is_compared_on_the_days_that_both_have() {
        let with = |sets: &[&str]| with(sets).unwrap();
        let paths = |a: &Resolved, b: &Resolved| -> Vec<String> {
            changes(a, b).into_iter().map(|change| change.path).collect()
        };
        let shorter = with(&["end=\"2024-12-31\""]);
        assert_eq!(paths(&reference(), &shorter), ["end"]);
        assert_eq!(paths(&shorter, &reference()), ["end"]);
        let later = with(&["start=\"2024-06-01\"", "warm_up_days=30"]);
        assert_eq!(paths(&reference(), &later), ["start", "warm_up_days"]);
        // A campaign and an intervention after the end of one of them are no differences either.
        let acts = [
            "policy.campaigns={\"raids\": (lever: \"shutdown_rate.closures_per_month\", value: 12, from: \"2025-03-01\")}",
            "policy.interventions={\"fall\": (on: \"2025-05-01\", act: Close)}",
        ];
        let late = with(&acts);
        assert_eq!(paths(&shorter, &late), ["end"]);
        assert_eq!(paths(&reference(), &late).len(), 2);
        // What differs on days that both have is told.
        let both = with(&["end=\"2024-12-31\"", "policy.auto_block.bank_share=0.5"]);
        let mut found = paths(&reference(), &both);
        found.dedup();
        assert_eq!(found, ["end", "policy.auto_block.bank_share"]);
    }

    #[test]
    fn campaigns_are_told_when_added_changed_and_taken_away() {
        let with = |value: f64| {
            let campaign = format!(
                "policy.campaigns={{\"raids\": (lever: \"shutdown_rate.closures_per_month\", value: {value})}}"
            );
            with(&[&campaign]).unwrap()
        };
        let words = |a: &Resolved, b: &Resolved| -> Vec<String> {
            changes(a, b).into_iter().map(|change| change.words).collect()
        };
        assert_eq!(
            words(&reference(), &with(12.0)),
            ["campaign \"raids\": shutdown_rate: up to 12 platforms are closed a month"]
        );
        assert_eq!(words(&with(12.0), &with(8.0)), ["campaign \"raids\", value: 8 (was 12)"]);
        assert!(
            words(&with(12.0), &reference())[0].starts_with("without the campaign \"raids\" (")
        );
    }
}
