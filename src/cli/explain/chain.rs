//! The chain of events after the first difference, in words.
//!
//! Deliberately absent: what it adds up to (`sums`), which events are told (`ensemble::chain` chooses), and how much a policy does on
//! average: that is what the comparison itself says.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::account::{cash_out, course, happening};
use super::words::{self, date, money, segment, venue};
use super::{ToldRuns, sums};
use crate::cli::tables::wrapped;
use ::report::say;
use ::report::speech::{counted, dated, number, retold, told, tr};
use scenario::finding::plain;
use scenario::{Scenario, steps_in_words};
use study::ensemble::chain::{Chain, StoryDays};
use study::ensemble::difference::{DayDifference, RunChange, WhichRun};
use study::ensemble::pair::BothRuns;
use world::record::event::{Happening, Subject, VenueName};
use world::record::life::CustomerDay;
use world::units::{Day, Kzt};

/// Columns that a line of text may take.
const WIDTH: usize = 110;
/// Columns of date and mark before the text of an event.
const MARGIN: usize = 27;

/// The whole explanation.
pub(super) fn text(told: &ToldRuns, comparison: &Chain) -> String {
    let mut text = told.head();
    text += tr("One replication shows how a policy works, not how much it does on average.");
    text += &("\n\n".to_owned() + &levers(told));
    let Some(first) = comparison.first else {
        return text + &nothing_differs(comparison);
    };
    text += &first_difference(told, comparison, first);
    text += &chain(told, comparison);
    text += &stories(told, comparison);
    text + &sums::text(told, comparison, first)
}

fn nothing_differs(comparison: &Chain) -> String {
    let (days, alike) = (comparison.days, alike(comparison));
    say!(
        "Nothing differs: in all {days} days {alike} happen in the same way in both runs.",
        days,
        alike
    ) + "\n"
}

fn alike(comparison: &Chain) -> String {
    let alike = comparison.alike;
    say!(
        "{events} events of banks and venues, {needs} needs of customers and {payments} payments of dealers",
        events = count(alike.events as u64),
        needs = count(alike.errands as u64),
        payments = count(alike.cash_outs as u64)
    )
}

fn count(count: u64) -> String {
    number(plain(count as f64))
}

/// Where the levers of the two scenarios differ, by date.
fn levers(told: &ToldRuns) -> String {
    let [baseline, policy] = [told.baseline, told.policy].map(steps_in_words);
    let only =
        |mark: &'static str, own: &[(Option<Date>, String)], other: &[(Option<Date>, String)]| {
            let own = own.iter().filter(|step| !other.contains(step));
            own.map(|(date, words)| (*date, mark, retold(words))).collect::<Vec<_>>()
        };
    let mut steps = only("baseline only", &baseline, &policy);
    steps.extend(only("policy only", &policy, &baseline));
    steps.sort();
    let mut text = tr("What the policy changes").to_owned() + "\n";
    if steps.is_empty() {
        text += tr("Nothing: both scenarios have the same levers on all days.");
        text += "\n";
    }
    for (date, mark, words) in steps {
        let date = date.map(|date| dated(date.to_string()));
        let date = date.unwrap_or_else(|| tr("at first").to_owned());
        text += &entry(&date, mark, &words);
    }
    let same_world = Scenario {
        name: told.baseline.name.clone(),
        title: told.baseline.title.clone(),
        policy: told.baseline.policy.clone(),
        ..told.policy.clone()
    };
    if same_world != *told.baseline {
        text +=
            tr("The two scenarios differ in more than their levers: `crackdown check` shows how.");
        text += "\n";
    }
    text + "\n"
}

fn first_difference(told: &ToldRuns, comparison: &Chain, first: Day) -> String {
    let day = date(told.baseline, first);
    let mut text = say!("First difference: {day}", day) + "\n";
    if let Some(difference) = comparison.differences.first() {
        for line in sentences(told, comparison, difference) {
            text += &paragraph(&line, "  ");
        }
    }
    let before = match first.0 {
        0 => tr("It is the first day of the run.").to_owned(),
        days => say!(
            "The {days} before are the same in both runs: {alike}.",
            days = counted(u64::from(days), "{n} day|{n} days"),
            alike = alike(comparison)
        ),
    };
    text + &paragraph(&before, "") + "\n"
}

fn chain(told: &ToldRuns, comparison: &Chain) -> String {
    let chosen = comparison.chosen(told.limit);
    let mut text = tr("The chain: what differs, by day, the first of each kind").to_owned() + "\n";
    if told.baseline.people_per_agent > 1 {
        let people = count(u64::from(told.baseline.people_per_agent));
        text +=
            &say!("A customer stands for {people} people; amounts are for one of them.", people);
        text += "\n";
    }
    for (index, kind) in &chosen {
        let difference = &comparison.differences[*index];
        let mark = match difference.mark {
            WhichRun::Baseline => "baseline only",
            WhichRun::Policy => "policy only",
            WhichRun::Both => "both differ",
        };
        let day = date(told.baseline, difference.day);
        let mut lines = sentences(told, comparison, difference).into_iter();
        let head = lines.next().unwrap_or_default();
        let more = match (&difference.matter, kind) {
            (RunChange::Event(..) | RunChange::Size(..), Some(all)) if *all > 1 => {
                say!(" [first of {all} such differences]", all = count(u64::from(*all)))
            }
            _ => String::new(),
        };
        text += &entry(&day, mark, &(head + &more));
        for line in lines {
            text += &paragraph(&line, &" ".repeat(MARGIN));
        }
    }
    let more = comparison.differences.len() - chosen.len();
    if more as u64 + comparison.untold > 0 {
        text += &paragraph(
            &say!(
                "{more} more differences are not shown ({left}); --events N shows more.",
                more = count(more as u64 + comparison.untold),
                left = left(comparison, &chosen)
            ),
            "",
        );
    }
    text + "\n"
}

/// What is left out, by what it is about.
fn left(comparison: &Chain, chosen: &[(usize, Option<u32>)]) -> String {
    let mut counts: BTreeMap<&str, u64> = BTreeMap::from([("customers' days", comparison.untold)]);
    for (index, difference) in comparison.differences.iter().enumerate() {
        if chosen.binary_search_by_key(&index, |(index, _)| *index).is_err() {
            let about = match &difference.matter {
                RunChange::Errand(..) => "customers' days",
                RunChange::CashOut(..) => "payments of dealers",
                RunChange::Size(..) => "sizes of venues",
                RunChange::Event(Subject::Bank(_), _) => "of banks",
                RunChange::Event(Subject::Venue(_), both) => match both[0].or(both[1]) {
                    Some(Happening::SitesBlocked { .. }) => "site blocks",
                    Some(Happening::Closed { .. }) => "closures",
                    Some(Happening::Opened { .. }) => "openings",
                    Some(Happening::Exited | Happening::RanOff) => "exits",
                    Some(Happening::Listed) => "listings",
                    Some(Happening::Licensed) => "licences",
                    Some(Happening::Tried { .. }) => "verdicts",
                    Some(Happening::Frozen { .. }) => "freezes",
                    _ => "steps of cases",
                },
            };
            *counts.entry(about).or_default() += 1;
        }
    }
    let counts = counts.into_iter().filter(|(_, number)| *number > 0);
    let counts: Vec<String> = counts
        .map(|(about, number)| say!("{number} {about}", number = count(number), about = tr(about)))
        .collect();
    counts.join(", ")
}

/// A difference in words: one sentence, or one head and a line for each run.
fn sentences(told: &ToldRuns, comparison: &Chain, difference: &DayDifference) -> Vec<String> {
    match &difference.matter {
        RunChange::Event(who, both) => vec![event(told, comparison, difference, *who, both)],
        RunChange::Errand(row, both) => {
            let mut lines = vec![need(*row, both)];
            lines.extend(both_lines(both.each_ref().map(Option::as_ref), course));
            lines
        }
        RunChange::Size(name, both) => vec![size(*name, both)],
        RunChange::CashOut(dealer, both) => {
            let head = say!("dealer:{dealer} turns coins into money", dealer);
            let lines = sides(*both).map(|(run, tried)| format!("{run}{}", cash_out(tried)));
            [head].into_iter().chain(lines).collect()
        }
    }
}

/// A venue that has come to have much more or less turnover with the policy.
fn size(name: VenueName, [baseline, policy]: &BothRuns<Kzt>) -> String {
    let part = (policy.0 - baseline.0).abs() as f64 / baseline.0.max(1) as f64;
    let (venue, part) = (venue(name), words::percent(part));
    let (now, before) = (money(*policy), money(*baseline));
    match policy < baseline {
        true => say!(
            "{venue} now has {part} less turnover than in the baseline: {now} instead of {before} in 30 days",
            venue,
            part,
            now,
            before
        ),
        false => say!(
            "{venue} now has {part} more turnover than in the baseline: {now} instead of {before} in 30 days",
            venue,
            part,
            now,
            before
        ),
    }
}

fn both_lines<T>(both: BothRuns<Option<T>>, words: impl Fn(T) -> String) -> Vec<String> {
    let said = |side: Option<T>| side.map_or_else(|| tr("needs nothing today").to_owned(), &words);
    sides(both.map(said)).map(|(run, done)| format!("{run}{done}")).to_vec()
}

/// What stands before the lines of both runs.
fn sides<T>([baseline, policy]: BothRuns<T>) -> [(&'static str, T); 2] {
    [(tr("baseline: "), baseline), (tr("policy:   "), policy)]
}

fn need(row: u32, both: &BothRuns<Option<CustomerDay>>) -> String {
    let amounts = both.each_ref().map(|day| day.as_ref().map(|day| money(day.amount)));
    let amount = match amounts {
        [Some(a), Some(b)] if a == b => a,
        [Some(a), Some(b)] => say!("{a} in the baseline, {b} with the policy", a, b),
        [a, b] => a.or(b).unwrap_or_default(),
    };
    let segment = both.iter().flatten().map(|day| segment(day.segment)).next().unwrap_or_default();
    say!("customer:{row} ({segment}) needs {amount}", row, segment, amount)
}

/// An event of one run, and when it happens in the other; or of both, with what differs.
fn event(
    told: &ToldRuns,
    comparison: &Chain,
    difference: &DayDifference,
    who: Subject,
    both: &BothRuns<Option<Happening>>,
) -> String {
    let name = match who {
        Subject::Venue(name) => venue(name),
        Subject::Bank(bank) => bank_name(told.baseline, bank),
    };
    match both {
        [Some(baseline), Some(policy)] => {
            let (baseline, policy) = (happening(&name, *baseline), happening(&name, *policy));
            say!("{policy} (baseline: {baseline})", policy, baseline)
        }
        [Some(what), None] => {
            let other = elsewhere(told, comparison, 1, difference.day, who, *what);
            format!("{}{other}", happening(&name, *what))
        }
        [_, what] => what.map_or_else(String::new, |what| {
            let other = elsewhere(told, comparison, 0, difference.day, who, what);
            format!("{}{other}", happening(&name, what))
        }),
    }
}

/// When the same happens to the same in the other run.
fn elsewhere(
    told: &ToldRuns,
    comparison: &Chain,
    side: usize,
    day: Day,
    who: Subject,
    what: Happening,
) -> String {
    // Happens to a venue so often that another day says nothing.
    if matches!(what, Happening::SitesBlocked { .. }) {
        return String::new();
    }
    let other = comparison.nearest(side, who, what, day).map(|day| date(told.baseline, day));
    match (side, other) {
        (0, None) => tr(" (never in the baseline)").to_owned(),
        (_, None) => tr(" (never in the policy run)").to_owned(),
        (0, Some(day)) => say!(" (in the baseline on {day})", day),
        (_, Some(day)) => say!(" (in the policy run on {day})", day),
    }
}

/// Name of a bank.
pub(super) fn bank_name(scenario: &Scenario, bank: u8) -> String {
    let issuer = scenario.banks.issuers.get(usize::from(bank));
    issuer.map_or_else(|| say!("bank {bank}", bank), |issuer| told(&issuer.name))
}

/// The first people reached, each with the first days that differ.
fn stories(told: &ToldRuns, comparison: &Chain) -> String {
    if comparison.stories.is_empty() {
        return String::new();
    }
    let mut text = tr("The first people reached: how it went on for them").to_owned() + "\n";
    for (row, days, more) in &comparison.stories {
        let needs = days.first().map_or_else(String::new, |(_, both)| need(*row, both));
        text += &format!("{needs}\n");
        text += &story(told, days);
        if *more > 0 {
            let days = counted(u64::from(*more), "{n} more day|{n} more days");
            let hint = say!("... and {days}: --agent customer:{row} tells all of them", days, row);
            text += &format!("  {hint}\n");
        }
    }
    text + "\n"
}

fn story(told: &ToldRuns, days: &StoryDays) -> String {
    let mut text = String::new();
    for (day, both) in days {
        let mut lines = both_lines(both.each_ref().map(Option::as_ref), course).into_iter();
        let first = paragraph(&lines.next().unwrap_or_default(), &" ".repeat(14));
        text += &format!("  {:<12}{}", date(told.baseline, *day), first.trim_start());
        text += &lines.map(|line| paragraph(&line, &" ".repeat(14))).collect::<String>();
    }
    text
}

/// A dated line with its mark; what does not fit goes on below.
fn entry(date: &str, mark: &str, words: &str) -> String {
    let indent = " ".repeat(MARGIN);
    let text = paragraph(words, &indent);
    format!("{date:<12}{:<15}{}", tr(mark), text.trim_start())
}

/// Text in lines of at most [`WIDTH`], the first and all others with this indent.
fn paragraph(text: &str, indent: &str) -> String {
    let lead: String = text.chars().take_while(|c| *c == ' ').collect();
    wrapped(text.trim_start(), WIDTH - indent.len())
        .into_iter()
        .map(|line| format!("{indent}{lead}{line}\n"))
        .collect()
}
