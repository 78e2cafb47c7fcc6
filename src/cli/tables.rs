//! Results as tables for the terminal.

use std::path::Path;

use report::language::{Language, current};
use report::say;
use report::speech::{counted, number, retold, told, tr};
use report::words::{self, ignorance::share};
use scenario::Scenario;
use scenario::finding::plain;
use study::comparison::{ComparisonDraws, Setting};
use study::store::{AgencyView, Summarised, summaries};
use world::record::Record;

/// Measures of the headline, by name, with their titles.
const HEADLINE: [(&str, &str); 18] = [
    ("crime_turnover", "Money of crime, at any venue"),
    ("crime_drugs", "  drug payments"),
    ("crime_cash_out", "  dealers' cash-out"),
    ("crime_fraud", "  fraud"),
    ("crime_pyramids", "  payments into pyramids"),
    ("crime_mining", "  coins of illegal mining"),
    ("unlicensed_turnover", "Exchange without a licence"),
    ("shadow_turnover", "  at shadow exchanges"),
    ("hub_turnover", "  at darknet hubs"),
    ("unlicensed_foreign_turnover", "  at foreign platforms"),
    ("private_turnover", "Deals between honest persons"),
    ("licensed_turnover", "Turnover of licensed venues"),
    ("abandoned", "Need given up"),
    ("closures", "Platforms closed"),
    ("relaunches", "Platforms relaunched"),
    ("entries", "New platforms, new operators"),
    ("seized", "Seized"),
    ("honest_turnover_stopped", "Honest licensed turnover stopped"),
];

/// The headline: key measures with interval and band.
pub fn headline(
    scenario: &Scenario,
    records: &[Record],
    draws: Option<&ComparisonDraws>,
) -> String {
    let rate = scenario.kzt_per_usd.on(scenario.end);
    let all = summaries(records, draws);
    let mut head = vec!["", tr("mean"), tr("95 % interval"), "p5 - p95", tr("mean in USD")];
    head.extend(draws.map(|_| tr("unknown parameters")));
    let mut rows = vec![head.into_iter().map(str::to_owned).collect()];
    let own = scenario.measures.own.iter().map(|(name, own)| (name.as_str(), own.title.as_str()));
    for (name, title) in HEADLINE.into_iter().chain(own) {
        let Some(row) = all.iter().find(|row| row.name == name) else { continue };
        let mut cells = headline_row(tr(title), row, rate);
        if draws.is_some() {
            let share = row.spread.and_then(|spread| share(&spread));
            cells.push(share.unwrap_or_else(|| "-".to_owned()));
        }
        rows.push(cells);
    }
    let note = match (draws, records.len()) {
        (Some(draws), _) => over_draws(draws),
        (None, 1) => say!("One replication: no interval. Use --replications for one."),
        (None, _) => [
            tr("95 % interval: of the mean, Student's t over replications. p5 - p95: of single replications."),
            tr("Both say how much chance matters in this model, not how well it fits the country."),
        ]
        .join("\n"),
    };
    let runs = match draws {
        Some(draws) => say!(
            "{draws} draws of parameters × {replications}",
            draws = draws.number,
            replications = replications(draws.replications as usize)
        ),
        None => replications(records.len()),
    };
    let days = say!("{from} to {to}", from = scenario.start, to = scenario.end);
    let span = format!("{}: {days}, {runs}", retold(&scenario.title));
    let rate =
        say!("USD at {rate} KZT, the rate at the end of the run.", rate = number(plain(rate)));
    format!("{span}\n\n{}\n{note}\n{rate}\n", aligned(&rows))
}

/// What intervals over draws hold.
fn over_draws(draws: &ComparisonDraws) -> String {
    let shares = match draws.replications {
        1 => tr(
            "With one replication of each draw chance and unknown parameters cannot be told apart: use --per-draw 2.",
        ),
        _ => tr(
            "Unknown parameters: share of the variance of single runs that comes from the draw [95 % interval]; the rest is chance.",
        ),
    };
    let interval = say!(
        "95 % interval: of the mean, Student's t over {draws} draws: chance and unknown parameters. p5 - p95: of single runs.",
        draws = draws.number
    );
    format!("{interval}\n{shares}")
}

fn headline_row(title: &str, row: &Summarised, rate: f64) -> Vec<String> {
    let Summarised { unit, summary, interval, .. } = row;
    let interval = interval.map_or_else(
        || tr("none").to_owned(),
        |(low, high)| format!("{} - {}", said(low, unit), said(high, unit)),
    );
    let dollars = if *unit == "KZT" { said(summary.mean / rate, "USD") } else { String::new() };
    let band = format!("{} - {}", said(summary.p5, unit), said(summary.p95, unit));
    vec![title.to_owned(), named(summary.mean, unit), interval, band, dollars]
}

/// The agency's view of each year beside the truth and what was published.
pub fn agency_view(view: &[AgencyView]) -> String {
    let head = [
        "",
        tr("unit##params"),
        tr("the AFM sees"),
        tr("what there is"),
        tr("published"),
        tr("seen / published"),
        tr("factor 2"),
    ];
    let mut text = String::new();
    for year in view.chunk_by(|a, b| (a.year, a.days) == (b.year, b.days)) {
        let part = if year[0].whole_year { "" } else { tr(", part of the year") };
        let when = year[0].days.map_or_else(
            || format!("{}{part}", year[0].year),
            |(from, to)| say!("{from} to {to}", from, to),
        );
        text += &say!("The agency's view, {when} (medians over replications)", when);
        text += "\n\n";
        let mut rows = vec![self::head(head)];
        for row in year {
            let (unit, scale) = shown_unit(row.unit);
            let value = |value: Option<f64>| {
                value.map_or_else(|| "-".to_owned(), |value| number(significant(value * scale)))
            };
            let published = row.published.as_ref().map_or_else(String::new, |told| {
                if told.low < told.high {
                    number(format!(
                        "{} - {}",
                        significant(told.low * scale),
                        significant(told.high * scale)
                    ))
                } else {
                    number(significant(told.value * scale))
                }
            });
            rows.push(vec![
                quantity(row.quantity.trim_end_matches("_kzt")),
                told(unit),
                value(row.seen.map(|summary| summary.p50)),
                value(row.truth.map(|summary| summary.p50)),
                published,
                row.ratio().map_or_else(String::new, |ratio| number(significant(ratio))),
                row.within_factor_two()
                    .map_or("", |within| if within { tr("yes") } else { tr("no") })
                    .to_owned(),
            ]);
        }
        text += &aligned(&rows);
        text.push('\n');
    }
    text
}

/// A published quantity in words, in English in small letters.
fn quantity(name: &str) -> String {
    let words = words::quantity(name);
    match current() {
        Language::English => words::lower_first(&words),
        Language::Russian | Language::Kazakh => words,
    }
}

/// The last lines of what a command prints: whether agents are too large, and where the results lie.
pub(super) fn results(setting: &Setting, folder: &Path) -> String {
    let coarse =
        words::coarse(setting.people_per_agent).map_or_else(String::new, |said| said + "\n");
    coarse + &say!("Results: {folder}", folder = folder.display()) + "\n"
}

/// A number of replications.
pub(super) fn replications(number: usize) -> String {
    counted(number as u64, "{n} replication|{n} replications")
}

/// Draws and replications of each, in words; one draw goes without saying.
pub(super) fn draws_and_replications(draws: u32, replications: u32) -> String {
    let each = self::replications(replications as usize);
    match draws {
        1 => each,
        _ => format!("{} × {each}", counted(draws.into(), "{n} draw|{n} draws")),
    }
}

/// What one thread does in so many seconds, on so many: in words.
pub(super) fn on_threads(seconds: f64, threads: usize) -> String {
    let time = told(&scenario::estimate::duration(seconds / threads as f64));
    say!("{time} on {threads}", time, threads = self::threads(threads))
}

/// Threads in words.
pub(super) fn threads(number: usize) -> String {
    counted(number as u64, "{n} thread|{n} threads")
}

/// Unit for tables of the agency's view, and what to multiply values by.
fn shown_unit(unit: &str) -> (&str, f64) {
    match unit {
        "KZT" => ("KZT m", 1e-6),
        "share" => ("%", 100.0),
        other => (other, 1.0),
    }
}

/// An amount in a size that can be read, with its unit.
pub(super) fn named(value: f64, unit: &str) -> String {
    match unit {
        "KZT" => say!("KZT {amount}", amount = said(value, unit)),
        _ => format!("{} {}", said(value, unit), words::unit(unit)),
    }
}

/// The same as [`amount`] in the language of now.
pub(super) fn said(value: f64, unit: &str) -> String {
    let text = number(amount(value, unit));
    let sized = [" bn", " m"].iter().find_map(|size| Some((text.strip_suffix(size)?, tr(size))));
    sized.map_or_else(|| text.clone(), |(size, unit)| format!("{size}{unit}"))
}

/// An amount in a size that can be read: money in millions or billions, other things as they are.
pub(super) fn amount(value: f64, unit: &str) -> String {
    match unit {
        "KZT" | "USD" if value.abs() >= 1e9 => format!("{} bn", significant(value / 1e9)),
        "KZT" | "USD" => format!("{} m", significant(value / 1e6)),
        _ => significant(value),
    }
}

/// Three significant digits, and whole numbers from a hundred on.
pub(super) fn significant(value: f64) -> String {
    if value.abs() >= 99.95 {
        return plain(value.round());
    }
    let rounded: f64 = format!("{value:.2e}").parse().expect("a number was written");
    plain(if rounded == 0.0 { 0.0 } else { rounded })
}

/// The head of a table.
pub fn head<const N: usize>(titles: [&str; N]) -> Vec<String> {
    titles.map(str::to_owned).to_vec()
}

/// Text in lines of at most so many columns, where words allow.
pub(super) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let line = lines.last_mut().expect("there is always a line");
        let long = line.chars().count() + 1 + word.chars().count() > width;
        if long && !line.is_empty() {
            lines.push(word.to_owned());
        } else {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines
}

/// A text in lines, as a cell of a table.
pub(super) fn in_lines(text: &str, width: usize) -> String {
    wrapped(text, width).join("\n")
}

/// Rows as columns: the first to the left, the others to the right. A cell may have several lines.
pub fn aligned(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        let lines = rows.iter().flat_map(|row| row[column].lines());
        lines.map(|line| line.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut text = String::new();
    for row in rows {
        let lines = row.iter().map(|cell| cell.lines().count()).max().unwrap_or(0).max(1);
        for number in 0..lines {
            let cells = row.iter().zip(&widths).enumerate().map(|(column, (cell, &width))| {
                let line = cell.lines().nth(number).unwrap_or("");
                if column == 0 { format!("{line:<width$}") } else { format!("{line:>width$}") }
            });
            text += cells.collect::<Vec<String>>().join("  ").trim_end();
            text.push('\n');
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use report::language::speaking;
    use report::speech::knows;

    #[test]
    fn amounts_are_readable() {
        assert_eq!(named(60e9, "KZT"), "KZT 60 bn");
        assert_eq!(named(123_456_789.0, "KZT"), "KZT 123 m");
        assert_eq!(amount(12.345, "venues"), "12.3");
        assert_eq!(significant(-0.0), "0");
    }

    #[test]
    fn long_text_is_broken_at_words() {
        assert_eq!(wrapped("one two three", 7), ["one two", "three"]);
        assert_eq!(wrapped("unbreakable", 3), ["unbreakable"]);
        assert_eq!(wrapped("", 3), [""]);
    }

    #[test]
    fn titles_of_the_headline_are_in_each_language() {
        let lacks: Vec<&str> =
            HEADLINE.iter().map(|(_, title)| *title).filter(|title| !knows(title)).collect();
        assert!(lacks.is_empty(), "{lacks:?}");
        let russian = |value| speaking(Language::Russian, || named(value, "KZT"));
        assert_eq!([russian(60e9), russian(-1.5e6)], ["60 млрд тенге", "-1,5 млн тенге"]);
    }

    #[test]
    fn columns_stand_below_each_other() {
        let rows = [vec!["a".to_owned(), "1".to_owned()], vec!["bb".to_owned(), "22".to_owned()]];
        assert_eq!(aligned(&rows), "a    1\nbb  22\n");
        let rows =
            [vec!["a\nb".to_owned(), "1".to_owned()], vec!["c".to_owned(), "2\n33".to_owned()]];
        assert_eq!(aligned(&rows), "a   1\nb\nc   2\n   33\n");
    }
}
