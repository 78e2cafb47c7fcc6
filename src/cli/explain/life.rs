//! The life of one agent in both runs, side by side.
//!
//! Deliberately absent: the sentences about a day (`account`).

use super::ToldRuns;
use super::account::{self, happening};
use super::chain::bank_name;
use super::words::{self, date, money, venue};
use crate::cli::tables::wrapped;
use ::report::say;
use ::report::speech::{counted, number, tr};
use scenario::Scenario;
use scenario::finding::plain;
use study::ensemble::pair::{Agent, BothRuns, Life, PairedDays};
use world::record::event::{Ending, Happening, VenueName};
use world::record::life::{CustomerDay, DealerDay, Portrait, VenueDay};
use world::units::{Day, Kzt};

/// Columns of text for one run.
const COLUMN: usize = 52;

/// A day of somebody: in words, whether it came to the same, and days alike summed up.
trait DayAccount: PartialEq {
    /// Line by line.
    fn lines(&self, scenario: &Scenario) -> Vec<String>;
    /// Whether two days came to the same, whatever was known and likely.
    fn same_result(&self, other: &Self) -> bool;
    /// Days alike in a few words.
    fn sum(days: &[&Self]) -> String;
}

impl DayAccount for CustomerDay {
    fn lines(&self, scenario: &Scenario) -> Vec<String> {
        account::customer(self, scenario)
    }

    fn same_result(&self, other: &CustomerDay) -> bool {
        let result = |day: &CustomerDay| (day.amount, day.wish, day.tries.clone(), day.ending);
        result(self) == result(other)
    }

    fn sum(days: &[&CustomerDay]) -> String {
        let count = |ending| days.iter().filter(|day| day.ending == ending).count();
        let traded = days.iter().filter(|day| day.ending == Ending::Traded);
        let sum: Kzt = traded.map(|day| day.amount).sum();
        say!(
            "{trades} ({sum}), waited on {waits}, gave up {given}",
            trades = counted(count(Ending::Traded) as u64, "{n} trade|{n} trades"),
            sum = money(sum),
            waits = in_days(count(Ending::Waits)),
            given = count(Ending::GivenUp)
        )
    }
}

impl DayAccount for DealerDay {
    fn lines(&self, _: &Scenario) -> Vec<String> {
        account::dealer(self)
    }

    fn same_result(&self, other: &DealerDay) -> bool {
        let result = |day: &DealerDay| (day.due, day.wish, day.tried, day.claim_lost);
        result(self) == result(other)
    }

    fn sum(days: &[&DealerDay]) -> String {
        let payments = days.iter().filter(|day| day.tried.is_some()).count();
        counted(payments as u64, "{n} payment at a venue|{n} payments at a venue")
    }
}

/// The whole life.
pub(super) fn text(told: &ToldRuns, agent: Agent, life: &Life) -> String {
    let mut text = told.head();
    match (agent, life) {
        (Agent::Customer(row), Life::Customer { portrait, days }) => {
            text += &who(told, row, portrait);
            text += &days_in_words(told, days, tr("a need"));
        }
        (Agent::Dealer(number), Life::Dealer { days }) => {
            text += &dealer(number, days);
            text += &days_in_words(told, days, tr("a cash-out or a loss"));
        }
        (Agent::Venue(name), Life::Venue { days, events }) => {
            text += &format!("exchange:{name} = {}\n\n", venue(name));
            text += &venue_days(told, name, days, events);
        }
        _ => {}
    }
    text
}

fn in_days(days: usize) -> String {
    counted(days as u64, "{n} day|{n} days")
}

fn who(told: &ToldRuns, row: u32, portrait: &Portrait) -> String {
    let averse = ["little averse to risk", "middling averse to risk", "very averse to risk"];
    let private = if portrait.private { tr("avoids identification, ") } else { "" };
    let vpn = tr(if portrait.vpn { "has a VPN" } else { "has no VPN" });
    let bank = bank_name(told.baseline, portrait.bank);
    let people = match told.baseline.people_per_agent {
        1 => String::new(),
        people => {
            let people = number(plain(f64::from(people)));
            say!(" Stands for {people} people; amounts are for one of them.", people)
        }
    };
    let often = if portrait.daily_chance > 0.0 {
        let days = format!("{:.0}", 1.0 / portrait.daily_chance);
        say!("a need every {days} days on average", days)
    } else {
        tr("hardly ever a need").to_owned()
    };
    let owner = match portrait.joined {
        Day(0) => tr("owns crypto from the first day on").to_owned(),
        day => say!("owns crypto since {day}", day = date(told.baseline, day)),
    };
    let text = say!(
        "customer:{row}: {segment}, {averse}, {private}{vpn}, client of {bank}, {owner}, {often}.{people}",
        row,
        segment = words::segment(portrait.segment),
        averse = tr(averse[usize::from(portrait.risk_band).min(2)]),
        private,
        vpn,
        bank,
        owner,
        often,
        people
    );
    wrapped(&text, 2 * COLUMN + 5).join("\n") + "\n\n"
}

fn dealer(number: u32, days: &PairedDays<DealerDay>) -> String {
    let abroad = days.iter().flat_map(|(_, both)| both.iter().flatten()).any(|day| day.abroad);
    let place = tr(if abroad { "sells abroad" } else { "sells in Kazakhstan" });
    format!("dealer:{number}: {place}.\n\n")
}

/// How two days of somebody compare.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Alike {
    Identical,
    /// Other odds, the same result.
    SameResult,
    Different,
}

fn alike<D: DayAccount>(both: &BothRuns<Option<D>>) -> Alike {
    match both {
        [Some(a), Some(b)] if a == b => Alike::Identical,
        [Some(a), Some(b)] if a.same_result(b) => Alike::SameResult,
        _ => Alike::Different,
    }
}

/// Days on which something happened: those alike summed up, the others side by side.
fn days_in_words<D: DayAccount>(told: &ToldRuns, days: &PairedDays<D>, what: &str) -> String {
    if days.is_empty() {
        return say!("In neither run is there a day with {what}.", what) + "\n";
    }
    let first = days.iter().position(|(_, both)| alike(both) != Alike::Identical);
    let Some(first) = first else { return same_life(told, days, what) };
    let first_result = days.iter().position(|(_, both)| alike(both) == Alike::Different);
    let mut text = String::new();
    let (mut shown, mut hidden, mut at) = (0, 0, 0);
    while at < days.len() && hidden == 0 {
        let kind = alike(&days[at].1);
        let tell = kind == Alike::Different || at == first;
        if tell && shown < told.limit {
            let mark = match at {
                _ if Some(at) == first_result => tr("   <<< first day that ends differently"),
                _ if at == first => tr("   <<< first difference: other odds, the same result"),
                _ => "",
            };
            text += &format!("{}{mark}\n", date(told.baseline, days[at].0));
            text += &columns(told, &days[at].1);
            shown += 1;
        } else if tell {
            let rest = days[at..].iter().map(|(_, both)| alike(both));
            hidden = rest.filter(|kind| *kind == Alike::Different).count();
        }
        at += 1;
        if !tell {
            let run = days[at - 1..].iter().take_while(|(_, both)| alike(both) == kind).count();
            let end = if at <= first { (at - 1 + run).min(first) } else { at - 1 + run };
            text += &summary(told, &days[at - 1..end.max(at)], kind);
            at = end.max(at);
        }
    }
    if first_result.is_none() {
        text += tr("All days end in the same way in both runs; only the odds differ.");
        text += "\n";
    }
    if hidden > 0 {
        let days = in_days(hidden);
        text += &say!("Not shown: {days} that end differently; --events N shows more.", days);
        text += "\n";
    }
    text
}

fn same_life<D: DayAccount>(told: &ToldRuns, days: &PairedDays<D>, what: &str) -> String {
    let number = in_days(days.len());
    let mut text =
        say!("Nothing differs: {number} with {what}, the same in both runs.", number, what);
    text += "\n\n";
    for (day, both) in days.iter().take(told.limit) {
        text += &format!("{}\n", date(told.baseline, *day));
        for line in both.iter().flatten().take(1).flat_map(|own| own.lines(told.baseline)) {
            text += &format!("  {line}\n");
        }
        text.push('\n');
    }
    if days.len() > told.limit {
        text += &not_shown(days.len() - told.limit);
    }
    text
}

fn not_shown(days: usize) -> String {
    say!("Not shown: {days}; --events N shows more.", days = in_days(days)) + "\n"
}

fn summary<D: DayAccount>(
    told: &ToldRuns,
    days: &[(Day, BothRuns<Option<D>>)],
    kind: Alike,
) -> String {
    let (Some((from, _)), Some((to, _))) = (days.first(), days.last()) else {
        return String::new();
    };
    let (from, to) = (date(told.baseline, *from), date(told.baseline, *to));
    let span = if from == to { from } else { say!("{from} to {to}", from, to) };
    let own: Vec<&D> = days.iter().filter_map(|(_, both)| both[0].as_ref()).collect();
    let how = if kind == Alike::Identical { "the same" } else { "other odds, the same result" };
    format!("{span}: {}, {}: {}\n\n", in_days(days.len()), tr(how), D::sum(&own))
}

/// A day of both runs in two columns.
fn columns<D: DayAccount>(told: &ToldRuns, both: &BothRuns<Option<D>>) -> String {
    let lines = both.each_ref().map(|day| match day {
        Some(day) => day.lines(told.baseline),
        None => vec![tr("nothing happens").to_owned()],
    });
    side_by_side(&lines)
}

/// Two columns, line by line; a star stands where they differ.
fn side_by_side(lines: &BothRuns<Vec<String>>) -> String {
    let mut text = format!("  {:<COLUMN$} | {}\n", tr("BASELINE"), tr("POLICY"));
    for line in 0..lines[0].len().max(lines[1].len()) {
        let cells = lines.each_ref().map(|lines| lines.get(line).map_or("", String::as_str));
        let mark = if cells[0] == cells[1] { '|' } else { '*' };
        let parts = cells.map(wrapped_item);
        for row in 0..parts[0].len().max(parts[1].len()) {
            let [left, right] =
                parts.each_ref().map(|parts| parts.get(row).map_or("", String::as_str));
            text += format!("  {left:<COLUMN$} {mark} {right}").trim_end();
            text.push('\n');
        }
    }
    text + "\n"
}

/// A line in the width of a column; what goes on is set in.
fn wrapped_item(line: &str) -> Vec<String> {
    let parts = wrapped(line, COLUMN - 2);
    let set_in =
        |(number, part): (usize, String)| if number == 0 { part } else { format!("  {part}") };
    parts.into_iter().enumerate().map(set_in).collect()
}

/// What differs in the life of a venue: its events, and its state on the first of a month.
fn venue_days(
    told: &ToldRuns,
    name: VenueName,
    days: &PairedDays<VenueDay>,
    events: &BothRuns<Vec<(Day, Happening)>>,
) -> String {
    let first = days
        .iter()
        .position(|(day, both)| both[0] != both[1] || on(events, 0, *day) != on(events, 1, *day));
    let mut text = String::new();
    let before = first.unwrap_or(days.len());
    text += &venue_before(told, name, &days[..before], &events[0]);
    let Some(first) = first else { return text + tr("Nothing differs.") + "\n" };
    let mut rows: Vec<usize> = (first..days.len())
        .filter(|&at| {
            let (day, both) = &days[at];
            let told_events = |side| on(events, side, *day).iter().any(|what| !often(what));
            let month = told.baseline.date(*day).day() == 1;
            let open = both.iter().flatten().any(|day| day.open);
            at == first || told_events(0) || told_events(1) || (month && open)
        })
        .collect();
    let more = rows.len().saturating_sub(told.limit);
    rows.truncate(told.limit);
    for at in rows {
        let (day, both) = &days[at];
        let mark = if at == first { tr("   <<< first difference") } else { "" };
        text += &format!("{}{mark}\n", date(told.baseline, *day));
        text += &venue_columns(told, name, *day, both, events);
    }
    if more > 0 {
        text += &not_shown(more);
    }
    text
}

/// Happens so often to a venue that only its state is told.
fn often(what: &Happening) -> bool {
    matches!(what, Happening::SitesBlocked { .. })
}

fn on(events: &BothRuns<Vec<(Day, Happening)>>, side: usize, day: Day) -> Vec<Happening> {
    let from = events[side].partition_point(|(other, _)| *other < day);
    let own = events[side][from..].iter().take_while(|(other, _)| *other == day);
    own.map(|(_, what)| *what).collect()
}

/// The days that are the same in both runs: events, and the last state.
fn venue_before(
    told: &ToldRuns,
    name: VenueName,
    days: &[(Day, BothRuns<Option<VenueDay>>)],
    events: &[(Day, Happening)],
) -> String {
    let (Some((from, _)), Some((to, last))) = (days.first(), days.last()) else {
        return String::new();
    };
    let (from, until) = (date(told.baseline, *from), date(told.baseline, *to));
    let number = in_days(days.len());
    let mut text = say!("{from} to {until}: {number}, the same in both runs", from, until, number);
    text.push('\n');
    for (day, what) in events.iter().filter(|(day, what)| day <= to && !often(what)) {
        text += &format!("  {}  {}\n", date(told.baseline, *day), happening(&venue(name), *what));
    }
    if let Some(last) = &last[0] {
        let state = account::exchange(last, told.baseline).join("; ");
        for line in wrapped(&say!("at the end of it: {state}", state), 2 * COLUMN) {
            text += &format!("  {line}\n");
        }
    }
    text + "\n"
}

fn venue_columns(
    told: &ToldRuns,
    name: VenueName,
    day: Day,
    both: &BothRuns<Option<VenueDay>>,
    events: &BothRuns<Vec<(Day, Happening)>>,
) -> String {
    let happened = [0, 1].map(|side| on(events, side, day));
    let most = happened.iter().map(Vec::len).max().unwrap_or(0);
    let sides = [0, 1].map(|side| {
        let told_events = happened[side].iter();
        let mut lines: Vec<String> =
            told_events.map(|what| format!("> {}", happening(&venue(name), *what))).collect();
        // So that the states stand beside each other.
        lines.resize(most, String::new());
        match &both[side] {
            Some(state) => lines.extend(account::exchange(state, told.baseline)),
            None => lines.push(tr("not open yet").to_owned()),
        }
        lines
    });
    side_by_side(&sides)
}
