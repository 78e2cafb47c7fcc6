//! Campaigns in words.

use jiff::civil::Date;

use super::{in_words, said, words_of};
use crate::adjustable::Adjustable;
use crate::campaign::{Campaign, CampaignValue, Indicator};
use crate::world::Scenario;

/// Most characters of a label for a figure.
const LONGEST_LABEL: usize = 28;

/// Campaigns that act in the run, each with the day on which it is told: none if it holds from the beginning.
pub(super) fn told(scenario: &Scenario, first: Date) -> Vec<(Option<Date>, String)> {
    acting(scenario, first)
        .map(|(name, campaign)| {
            let date = campaign.from.filter(|from| *from > first);
            (date, format!("campaign \"{name}\": {}", sentence(scenario, campaign)))
        })
        .collect()
}

/// Marks for a figure: where campaigns begin and end within the reported days.
pub(super) fn marks(scenario: &Scenario) -> Vec<(Date, String)> {
    let mut marks = Vec::new();
    for (name, campaign) in acting(scenario, scenario.start) {
        let within = |date: &Date| *date > scenario.start && *date <= scenario.end;
        if let Some(from) = campaign.from.filter(within) {
            marks.push((from, label(name, "")));
        }
        let after = campaign.until.and_then(|until| until.tomorrow().ok());
        if let Some(after) = after.filter(within) {
            marks.push((after, label(name, " ends")));
        }
    }
    marks
}

fn acting(scenario: &Scenario, first: Date) -> impl Iterator<Item = (&str, &Campaign)> {
    let end = scenario.end;
    scenario.policy.campaigns_in_order().into_iter().filter(move |(_, campaign)| {
        campaign.from.is_none_or(|from| from <= end)
            && campaign.until.is_none_or(|until| until >= first)
    })
}

pub(super) fn label(name: &str, more: &str) -> String {
    let room = LONGEST_LABEL - more.len();
    if name.chars().count() <= room {
        return format!("{name}{more}");
    }
    let short: String = name.chars().take(room - 1).collect();
    format!("{}…{more}", short.trim_end())
}

/// A campaign as a sentence, without its name and first day.
pub(crate) fn sentence(scenario: &Scenario, campaign: &Campaign) -> String {
    let mut parts = vec![held_at(scenario, &campaign.lever, &campaign.value)];
    if let Some(until) = campaign.until {
        parts.push(format!("until {until}"));
    }
    if let (Some(every), Some(lasting)) = (campaign.every_days, campaign.lasting_days) {
        parts.push(format!("in waves of {} every {}", days(lasting), days(every)));
    }
    if campaign.ramp_days > 0 {
        parts.push(format!("reached on a straight line over {}", days(campaign.ramp_days)));
    }
    if let Some(seen) = campaign.seen {
        let limit = match (campaign.above, campaign.below) {
            (Some(above), Some(below)) => {
                format!("between {} and {}", reading(seen, above), reading(seen, below))
            }
            (Some(above), None) => format!("above {}", reading(seen, above)),
            (None, Some(below)) => format!("below {}", reading(seen, below)),
            (None, None) => String::new(),
        };
        let what = indicator(seen);
        let long = days(campaign.for_days);
        parts.push(format!("while the agency sees {what} {limit}, each time for {long}"));
    }
    if campaign.strength < 1.0 {
        parts.push(format!("at {} of its strength", in_words(campaign.strength, "share")));
    }
    parts.join(", ")
}

/// A lever at a value, as a sentence with its measure before it.
pub(crate) fn held_at(scenario: &Scenario, path: &str, value: &CampaignValue) -> String {
    let measure = path.split('.').next().unwrap_or(path);
    match words_of(path) {
        Some((_, sentence, _)) => {
            let sentence = sentence.replace("{}", &value_in_words(scenario, path, value));
            format!("{measure}: {sentence}")
        }
        None => format!("{path}: {value}"),
    }
}

/// A value of a lever in the words that its sentence wants.
pub(crate) fn value_in_words(scenario: &Scenario, path: &str, value: &CampaignValue) -> String {
    let mut adjustable = Adjustable::new(&scenario.policy);
    adjustable.hold(path, value);
    let policy = adjustable.policy();
    let lever = policy.levers().into_iter().find(|(lever, _)| lever == path);
    let said = words_of(path).zip(lever).map(|((parameter, ..), (_, steps))| {
        said(&steps, &parameter.unit, &scenario.banks.issuers)
    });
    said.and_then(|said| said.into_iter().next())
        .map_or_else(|| value.to_string(), |(_, said)| said.words)
}

fn days(number: u16) -> String {
    in_words(f64::from(number), "days")
}

fn reading(indicator: Indicator, value: f64) -> String {
    in_words(value, if indicator == Indicator::ListedTurnover { "KZT" } else { "" })
}

/// What the agency sees, in words.
fn indicator(indicator: Indicator) -> &'static str {
    match indicator {
        Indicator::ListedTurnover => "turnover of listed platforms in 30 days",
        Indicator::ListedVenues => "a number of open listed platforms",
        Indicator::OpenCases => "a number of open cases",
        Indicator::Reports => "a number of useful bank reports in 30 days",
        Indicator::Closures => "a number of closures in 30 days",
        Indicator::ReopenedNames => "a number of platforms reopened under new names",
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::{measures_by_date, reference, sequence};

    #[test]
    fn a_campaign_is_told_in_words_and_marked_where_it_begins_and_ends() {
        let mut scenario = reference().scenario;
        let campaign = Campaign {
            lever: "shutdown_rate.closures_per_month".to_owned(),
            value: CampaignValue::Number(12.0),
            from: Some(date(2024, 9, 1)),
            until: Some(date(2025, 3, 31)),
            ramp_days: 10,
            every_days: Some(90),
            lasting_days: Some(30),
            seen: Some(Indicator::ListedTurnover),
            above: Some(5e9),
            below: None,
            for_days: 14,
            strength: 0.5,
        };
        scenario.policy.campaigns.insert("autumn raids".to_owned(), campaign);
        let wanted = "2024-09-01  campaign \"autumn raids\": shutdown_rate: up to 12 platforms are closed a month, \
            until 2025-03-31, in waves of 30 days every 90 days, reached on a straight line over 10 days, \
            while the agency sees turnover of listed platforms in 30 days above KZT 5,000,000,000, each time for 14 days, \
            at 50 % of its strength";
        assert!(
            sequence(&scenario).iter().any(|line| line == wanted),
            "{:#?}",
            sequence(&scenario)
        );
        let marks = measures_by_date(&scenario);
        assert!(marks.contains(&(date(2024, 9, 1), "autumn raids".to_owned())), "{marks:?}");
        assert!(marks.contains(&(date(2025, 4, 1), "autumn raids ends".to_owned())), "{marks:?}");
        assert!(marks.is_sorted_by_key(|(date, _)| *date), "{marks:?}");
        scenario.policy.campaigns.get_mut("autumn raids").unwrap().strength = 0.0;
        assert_eq!(sequence(&scenario), sequence(&reference().scenario));
    }

    #[test]
    fn long_names_are_cut_to_fit_into_figures() {
        let name = "a very long name of a campaign that nobody reads";
        let cut = label(name, " ends");
        assert!(cut.chars().count() <= LONGEST_LABEL && cut.ends_with("… ends"), "{cut}");
        assert_eq!(label("short", " ends"), "short ends");
    }
}
