//! The days that count: as people write them, and which count where nobody says.

use jiff::civil::Date;

use super::difference::days_in_common;
use super::world::Scenario;
use world::units::Day;

/// Where nobody says which days count: from the first reported day on which a policy can differ from its baseline, to the
/// last one; all reported days where none ever differs. Days on which nothing can differ only thin an effect.
///
/// `pairs`: each policy after its baseline.
pub fn by_default<'a>(
    (start, end): (Date, Date),
    pairs: impl IntoIterator<Item = (&'a Scenario, &'a Scenario)>,
) -> (Date, Date) {
    let parts = |(baseline, policy)| parts_on(baseline, policy);
    let first = pairs.into_iter().filter_map(parts).min();
    (first.map_or(start, |date| date.clamp(start, end)), end)
}

/// The first day of the run, warm-up included, on which a scenario can differ from its baseline; `None` if it never does.
pub fn parts_on(baseline: &Scenario, scenario: &Scenario) -> Option<Date> {
    let common = days_in_common(baseline, scenario);
    (common < baseline.total_days()).then(|| baseline.date(Day(common)))
}

/// The last day on which a scenario's campaigns act that differs from its baseline in nothing else; `None` if it does, or if one never ends.
pub fn ends_on(baseline: &Scenario, scenario: &Scenario) -> Option<Date> {
    let without = |scenario: &Scenario| {
        let mut scenario = scenario.clone();
        scenario.policy.campaigns.clear();
        scenario
    };
    let alike = parts_on(&without(baseline), &without(scenario)).is_none();
    let there = &baseline.policy.campaigns;
    let own = scenario.policy.campaigns.iter().filter(|(name, one)| there.get(*name) != Some(*one));
    let ends: Option<Vec<Date>> = own.map(|(_, campaign)| campaign.until).collect();
    ends?.into_iter().max().filter(|_| alike)
}

/// Reads `FROM..TO`, both included. Each end is a day, a month (`2024-03`) or a year; an end that is left out is that of the
/// reported days; a day, month or year alone stands for all its days.
///
/// # Errors
/// What is wrong with it, and what may be written.
pub fn read(text: &str, reported: (Date, Date)) -> Result<(Date, Date), String> {
    let (start, end) = reported;
    let example = format!("write for example {}, or only a year", written(reported));
    let span = |text: &str| {
        days_of(text.trim()).ok_or_else(|| {
            format!("`{}` is no day, month or year; {example}", text.trim().escape_debug())
        })
    };
    let (from, to) = match text.split_once("..") {
        None => span(text)?,
        Some((from, to)) => {
            let first = if from.trim().is_empty() { start } else { span(from)?.0 };
            let last = if to.trim().is_empty() { end } else { span(to)?.1 };
            (first, last)
        }
    };
    if to < from && from <= end && start <= to {
        return Err(format!("ends on {to}, before it begins on {from}"));
    }
    if from < start || end < to || to < from {
        let inside = (from.clamp(start, end), to.clamp(start, end));
        let within =
            if to < start || end < from { example } else { format!("write {}", written(inside)) };
        return Err(format!(
            "{} must lie within the reported days, {start} to {end}; {within}",
            written((from, to))
        ));
    }
    Ok((from, to))
}

/// As [`read`] reads it.
fn written((from, to): (Date, Date)) -> String {
    format!("{from}..{to}")
}

/// First and last day of a day, month or year.
pub(super) fn days_of(text: &str) -> Option<(Date, Date)> {
    let number = |text: &str, digits: usize| {
        let plain = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
        plain.then(|| text.parse::<i16>().ok()).flatten()
    };
    if let Some(year) = number(text, 4) {
        return Some((Date::new(year, 1, 1).ok()?, Date::new(year, 12, 31).ok()?));
    }
    if let Some((year, month)) = text.split_once('-').filter(|(_, month)| month.len() == 2) {
        let month = i8::try_from(number(month, 2)?).ok()?;
        let first = Date::new(number(year, 4)?, month, 1).ok()?;
        return Some((first, first.last_of_month()));
    }
    let day = text.parse().ok()?;
    Some((day, day))
}

/// Days that count in titles: `2024`, `2024–2025`, or their first and last day.
pub fn in_words((from, to): (Date, Date)) -> String {
    let whole = from.day_of_year() == 1 && to == to.last_of_year();
    match (from.year(), to.year()) {
        (first, last) if whole && first == last => first.to_string(),
        (first, last) if whole => format!("{first}–{last}"),
        _ => format!("{from} to {to}"),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::reference;

    #[test]
    fn ends_may_be_open_and_days_months_or_years() {
        let reported = (date(2023, 1, 1), date(2025, 12, 31));
        let read = |text: &str| read(text, reported).map(written);
        for (text, days) in [
            ("2024-02-03..2024-12-31", "2024-02-03..2024-12-31"),
            ("2024", "2024-01-01..2024-12-31"),
            ("2024..", "2024-01-01..2025-12-31"),
            ("..2024", "2023-01-01..2024-12-31"),
            (" 2024-02 .. 2024-02 ", "2024-02-01..2024-02-29"),
            ("2024-03", "2024-03-01..2024-03-31"),
            ("2024-03-05", "2024-03-05..2024-03-05"),
            ("2024-07-01..", "2024-07-01..2025-12-31"),
            ("..", "2023-01-01..2025-12-31"),
        ] {
            assert_eq!(read(text).as_deref(), Ok(days), "{text}");
        }
        for (text, word) in [
            ("", "is no day, month or year"),
            ("2024-13-01..2024-12-31", "`2024-13-01` is no day"),
            ("2024-13", "`2024-13` is no day"),
            ("24", "is no day"),
            ("2024-1", "is no day"),
            ("last year", "write for example 2023-01-01..2025-12-31"),
            ("2024-02-01..2024-01-01", "before it begins"),
            ("2026..", "within the reported days"),
            ("..2020", "within the reported days"),
            ("2026", "within the reported days, 2023-01-01 to 2025-12-31"),
            ("2022..2024", "write 2023-01-01..2024-12-31"),
        ] {
            let message = read(text).unwrap_err();
            assert!(message.contains(word), "{text}: {message}");
        }
    }

    #[test]
    fn what_campaigns_alone_make_differ_ends_with_the_last_of_them() {
        let baseline = reference().scenario;
        let ends = |more: &[&str], until: &str| {
            let lever =
                "lever: \"shutdown_rate.closures_per_month\", value: 12, from: \"2024-09-01\"";
            let campaigns = format!("policy.campaigns={{\"raids\": ({lever}{until})}}");
            let sets = [&[campaigns.as_str()][..], more].concat();
            ends_on(&baseline, &crate::with(&sets).unwrap().scenario)
        };
        let until = ", until: \"2024-11-30\"";
        assert_eq!(ends(&[], until), Some(date(2024, 11, 30)));
        assert_eq!(ends(&[], ""), None, "it never ends");
        assert_eq!(ends(&["policy.auto_block.bank_share=0.9"], until), None, "more differs");
        assert_eq!(ends_on(&baseline, &baseline), None);
    }

    #[test]
    fn days_that_count_begin_where_the_first_policy_parts_from_the_baseline() {
        let baseline = reference().scenario;
        let policy = |set: &str| crate::with(&[set]).unwrap().scenario;
        let closures = |from: &str| {
            policy(&format!(
                "policy.shutdown_rate.closures_per_month={{\"2023-01-01\": 2, \"{from}\": 40}}"
            ))
        };
        let (early, late) = (closures("2024-03-01"), closures("2025-07-01"));
        let reported = (baseline.start, baseline.end);
        let window = |policies: &[&Scenario]| {
            by_default(reported, policies.iter().map(|policy| (&baseline, *policy)))
        };
        let early_begins = date(2024, 3, 1);
        assert_eq!(window(&[&late, &early]), window(&[&early]));
        assert!(window(&[&early]).0 <= early_begins && window(&[&late, &early]).1 == reported.1);
        assert_eq!(window(&[&baseline]), reported, "nothing ever differs");
        let other = policy("customers.habit=0.5");
        assert_eq!(window(&[&late, &other]), reported, "another world differs at once");
    }

    #[test]
    fn whole_years_are_called_by_their_number() {
        let words = |text: &str| in_words(read(text, (Date::MIN, Date::MAX)).unwrap());
        assert_eq!(words("2024"), "2024");
        assert_eq!(words("2024..2025"), "2024–2025");
        assert_eq!(words("2024-02..2025"), "2024-02-01 to 2025-12-31");
    }
}
