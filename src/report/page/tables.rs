//! Tables of the page: heads, cells, and what a cell sorts by.

use model::MEASURES;
use serde::Serialize;

use super::trust;
use crate::figures::{MOST, ranked};
use crate::numbers::short;
use crate::say;
use crate::speech::tr;
use crate::words::{self, amount, percent_effect, percent_interval, signed};
use scenario::Parameter;
use study::comparison::{Beside, Comparison, Effect, Entry, Outside, Recovered, Time};
use study::stats::Paired;
use words::days;

/// Measures beside each other in the table of all policies.
const BESIDE: [&str; 8] = [
    "shadow_turnover",
    "hub_turnover",
    "peer_to_peer_turnover",
    "harm",
    "licensed_turnover",
    "entrant_turnover",
    "relaunched_turnover",
    "closures",
];
/// Measures of outside analysts that everybody sees; the others stand with each policy.
const OUTSIDE: [&str; 3] = ["gross_effect", "wdq", "its_level"];

/// A table.
#[derive(Debug, Serialize)]
pub struct Table {
    /// What it shows.
    pub caption: String,
    /// Heads of the columns.
    pub head: Vec<Head>,
    /// Rows; the first cell names the row.
    pub rows: Vec<Vec<Cell>>,
}

/// Head of a column.
#[derive(Debug, Serialize)]
pub struct Head {
    /// Words.
    pub text: String,
    /// Explanation.
    pub about: String,
    /// Whether it holds numbers.
    pub number: bool,
}

/// A cell.
#[derive(Debug, Default, Serialize)]
pub struct Cell {
    /// What stands in it.
    pub text: String,
    /// In small below it.
    pub below: String,
    /// What it sorts by; text sorts by itself.
    pub sort: Option<f64>,
    /// `better`, `worse`, `unclear` or nothing.
    pub tone: &'static str,
}

/// The measure that leads where there is room for one.
const LEADING: &str = "unlicensed_domestic_turnover";

/// Heads of columns with their explanations; all but the first hold numbers.
pub fn heads(heads: &[(&str, &str)]) -> Vec<Head> {
    let words = |(text, about): &(&str, &str)| Head {
        text: tr(text).to_owned(),
        about: tr(about).to_owned(),
        number: true,
    };
    let mut heads: Vec<Head> = heads.iter().map(words).collect();
    heads[0].number = false;
    heads
}

/// A cell of words.
pub fn words(text: impl Into<String>) -> Cell {
    Cell { text: text.into(), ..Cell::default() }
}

/// A cell of a number, or a dash.
pub fn number(text: String, sort: Option<f64>) -> Cell {
    Cell { text: if text.is_empty() { "–".to_owned() } else { text }, sort, ..Cell::default() }
}

/// Tone of an effect: the words for which colour and weight stand.
fn tone(effect: &Effect) -> &'static str {
    match effect.is_better() {
        Some(true) => "better",
        Some(false) => "worse",
        None if effect.paired.is_clear() => "clear",
        None => "unclear",
    }
}

/// An effect and its interval in percent of the baseline; an effect that is exactly nothing needs no digits.
pub fn effect_words(effect: &Effect) -> (String, String) {
    if effect.paired.mean == 0.0 && effect.paired.sd.is_none_or(|sd| sd == 0.0) {
        return ("0".to_owned(), String::new());
    }
    (percent_effect(effect), percent_interval(effect))
}

fn effect_cell(effect: Option<&Effect>) -> Cell {
    let Some(effect) = effect else { return number(String::new(), None) };
    let (text, below) = effect_words(effect);
    Cell {
        text,
        below,
        sort: Some(effect.relative(effect.paired.mean).unwrap_or(effect.paired.mean)),
        tone: tone(effect),
    }
}

fn percent(share: f64) -> String {
    format!("{} %", short((1000.0 * share).round() / 10.0))
}

fn share_cell(share: Option<f64>) -> Cell {
    number(share.map_or_else(String::new, percent), share)
}

/// An effect as an amount, with percent and interval below; an effect that is not clear says so.
fn amount_cell(effect: Option<&Effect>) -> Cell {
    let Some(effect) = effect else { return number(String::new(), None) };
    let (percent, interval) = effect_words(effect);
    let below = match (interval.as_str(), effect.paired.is_clear()) {
        ("", _) => percent,
        (_, true) => format!("{percent} {interval}"),
        (_, false) => say!("{percent} {interval}, no clear effect", percent, interval),
    };
    let mean = effect.paired.mean;
    Cell { text: billions(mean), below, sort: Some(mean), tone: tone(effect) }
}

/// An amount of money in one style: billions of tenge with a sign.
fn billions(kzt: f64) -> String {
    match (kzt / 1e9).abs() {
        0.0 => "0".to_owned(),
        size if size < 0.001 => tr("under KZT 0.001 bn").to_owned(),
        size => {
            say!(
                "{sign}KZT {size} bn",
                sign = if kzt < 0.0 { "−" } else { "+" },
                size = short(size)
            )
        }
    }
}

/// The policies in short, the largest effect on the leading line first: amounts on the three lines, what it costs, trust.
pub fn summary(comparison: &Comparison, brief: bool) -> Table {
    let most = if brief { MOST } else { usize::MAX };
    let row = |policy: usize| {
        let effect = |measure| amount_cell(comparison.effect(policy, measure));
        vec![
            words(&comparison.policies()[policy].title),
            effect(LEADING),
            effect("crime_turnover"),
            effect("private_turnover"),
            effect("honest_turnover_stopped"),
            effect("enforcement_cost"),
            trust::cell(comparison, policy),
        ]
    };
    let caption = match comparison.replications {
        1 => {
            say!(
                "Change against the baseline, {days}, one replication",
                days = days(comparison.window)
            )
        }
        _ => say!(
            "Change against the baseline, {days}, {runs}; in brackets the 95 % interval of the mean, in percent of the baseline: {held}",
            days = days(comparison.window),
            runs = words::ignorance::runs(comparison),
            held = words::ignorance::holds(comparison)
        ),
    };
    Table {
        caption,
        head: heads(&[
            ("Policy", ""),
            ("Domestic exchange without a licence", words::meaning(LEADING)),
            ("Money of crime", words::meaning("crime_turnover")),
            ("Deals between honest persons", words::meaning("private_turnover")),
            ("Honest turnover stopped", "Payments to licensed venues that banks stop"),
            ("Cost of agency and banks", words::meaning("enforcement_cost")),
            ("Trust", trust::ABOUT),
        ]),
        rows: ranked(comparison).into_iter().take(most).map(row).collect(),
    }
}

/// Policies against the turnover of each class.
pub fn classes(comparison: &Comparison) -> Table {
    let mut columns = vec![("Policy".to_owned(), "")];
    for name in BESIDE {
        columns.push((words::measure(name), words::meaning(name)));
    }
    let columns: Vec<(&str, &str)> = columns.iter().map(|(a, b)| (a.as_str(), *b)).collect();
    let row = |policy: usize| {
        let mut row = vec![words(&comparison.policies()[policy].title)];
        row.extend(BESIDE.iter().map(|name| effect_cell(comparison.effect(policy, name))));
        row
    };
    Table {
        caption: say!(
            "The same by class of venue, in percent of the baseline, {days}",
            days = days(comparison.window)
        ),
        head: heads(&columns),
        rows: ranked(comparison).into_iter().map(row).collect(),
    }
}

/// All measures of one policy.
pub fn measures(comparison: &Comparison, policy: usize) -> Table {
    let row = |effect: &Effect| {
        let paired = &effect.paired;
        let index = MEASURES.iter().position(|measure| measure.name == effect.measure);
        let standing = comparison.standings[index?].get(policy + 1);
        let mut name = words(words::measure_of(comparison, &effect.measure));
        name.below = words::meaning(&effect.measure).to_owned();
        let plain = |value: f64| number(amount(value, &effect.unit, false), Some(value));
        Some(vec![
            name,
            plain(paired.baseline),
            plain(paired.policy),
            effect_cell(Some(effect)),
            share_cell(effect.share_better),
            share_cell(standing.map(|standing| standing.probability_best)),
        ])
    };
    Table {
        caption: say!("Every measure, {days}", days = days(comparison.window)),
        head: heads(&[
            ("Measure", ""),
            ("Baseline", "Mean over replications"),
            ("Policy", "Mean over replications"),
            ("Effect", "In percent of the baseline, with the 95 % interval of the mean"),
            ("Better in", "Share of replications"),
            ("Probability best", "Among all scenarios"),
        ]),
        rows: comparison.verdicts[policy].effects.iter().filter_map(row).collect(),
    }
}

fn bands(bands: Option<[f64; 5]>, show: &dyn Fn(f64) -> String) -> Cell {
    let Some([low, _, middle, _, high]) = bands else { return number(String::new(), None) };
    let mut cell = number(show(middle), Some(middle));
    cell.below = say!("[{low}, {high}]", low = show(low), high = show(high));
    cell
}

fn outside_row(first: String, outside: &Outside) -> Vec<Cell> {
    let (unit, per) = match outside.unit.strip_prefix("KZT") {
        Some(per) => ("KZT", per),
        None => (outside.unit.as_str(), ""),
    };
    let show = |value: f64| match unit {
        "ratio" => signed(value, 2),
        _ => amount(value, unit, true),
    };
    let mut name = words(words::measure(&outside.name));
    name.below = tr(per.trim()).to_owned();
    vec![
        words(first),
        name,
        bands(outside.computed, &show),
        bands(outside.placebo, &show),
        bands(outside.truth, &show),
    ]
}

/// What outside analysts would compute: chosen measures of all policies, or all of one.
pub fn outside(comparison: &Comparison, policy: Option<usize>) -> Table {
    let mut rows = Vec::new();
    for (number, (arm, verdict)) in
        comparison.policies().iter().zip(&comparison.verdicts).enumerate()
    {
        let wanted = |outside: &&Outside| match policy {
            Some(policy) => policy == number,
            None => OUTSIDE.contains(&outside.name.as_str()),
        };
        rows.extend(
            verdict.outside.iter().filter(wanted).map(|own| outside_row(arm.title.clone(), own)),
        );
    }
    let mut head = heads(&[
        ("Policy", ""),
        ("Measure", ""),
        ("Computed outside", "From the policy’s world alone: median and 5–95 % over replications"),
        ("Placebo", "The same in the baseline, where nothing happened on that date"),
        ("Truth", "The same quantity from the paired runs"),
    ]);
    head[1].number = false;
    Table {
        caption: tr("What an analyst outside would compute, beside the truth").to_owned(),
        head,
        rows,
    }
}

/// Published figures beside what the agency of the baseline sees.
pub fn published(comparison: &Comparison) -> Table {
    let range = |[low, high]: [f64; 2], unit: &str| {
        let end = |end: f64| match unit {
            "KZT" | "share" => amount(end, unit, false),
            _ => short(end),
        };
        format!("[{}, {}]", end(low), end(high))
    };
    let row = |it: &Beside| {
        let value = |value: f64| amount(value, &it.unit, false);
        let mut published = number(value(it.published), Some(it.published));
        published.below = range([it.tolerance.0, it.tolerance.1], &it.unit);
        let mut seen = number(value(it.seen[1]), Some(it.seen[1]));
        seen.below = range([it.seen[0], it.seen[2]], &it.unit);
        let inside = tr(if it.inside() { "yes" } else { "no" });
        let name = words::quantity(&it.quantity);
        vec![self::words(format!("{name}, {}", it.year)), published, seen, self::words(inside)]
    };
    let mut head = heads(&[
        ("Figure of the agency", ""),
        (
            "Published",
            "In brackets: between these the truth lies in nine cases of ten, by its source",
        ),
        ("The baseline", "What the agency sees: median of single runs, in brackets 5–95 % of them"),
        ("Median inside", ""),
    ]);
    head[3].number = false;
    Table {
        caption: tr("What the agency sees in the baseline, beside what was published").to_owned(),
        head,
        rows: comparison.published.iter().map(row).collect(),
    }
}

/// How turnover fell and came back.
pub fn recovery(comparison: &Comparison) -> Table {
    let mut rows = Vec::new();
    for (arm, verdict) in comparison.policies().iter().zip(&comparison.verdicts) {
        let all = [
            ("Target", verdict.recoveries.target),
            ("Money of crime", verdict.recoveries.crime),
            ("Domestic, without a licence", verdict.recoveries.domestic),
        ];
        for (series, found) in all {
            if let Some(found) = found {
                rows.push(recovery_row(&arm.title, tr(series), &found));
            }
        }
    }
    let mut head = heads(&[
        ("Policy", ""),
        (
            "Turnover",
            "Of the target classes, money of crime, or domestic exchange without a licence",
        ),
        (
            "Largest loss",
            "Largest loss of a month, share of the baseline’s turnover: median and 5–95 %",
        ),
        ("Reached after", "Days from the start of the policy, median"),
        (
            "Half made good after",
            "Days from the largest loss, median; below it the share of replications that saw it",
        ),
        (
            "Back at 90 % after",
            "Days from the start until turnover is back at nine tenths for good",
        ),
        ("Lost since the start", "Share of the baseline’s turnover: median and 5–95 %"),
    ]);
    head[1].number = false;
    Table { caption: tr("How turnover fell and came back").to_owned(), head, rows }
}

fn recovery_row(title: &str, series: &str, found: &Recovered) -> Vec<Cell> {
    let share = |value: f64| {
        let text = signed(100.0 * value, 0);
        format!("{} %", text.trim_start_matches('+'))
    };
    vec![
        words(title),
        words(series),
        bands(Some(found.peak_loss), &share),
        time_cell(found.peak_after),
        time_cell(found.half_life),
        back_cell(found.to_ninety),
        bands(Some(found.lost_share), &share),
    ]
}

/// When turnover is back at nine tenths: not a time where it has never been below.
fn back_cell(time: Time) -> Cell {
    match time.median_days {
        Some(0.0) => number(tr("never below").to_owned(), Some(0.0)),
        _ => time_cell(time),
    }
}

fn time_cell(time: Time) -> Cell {
    let text = match time.median_days {
        Some(days) => say!("{number} days", number = short(days)),
        None => tr("not within the window").to_owned(),
    };
    let mut cell = number(text, Some(time.median_days.unwrap_or(f64::MAX)));
    if time.share_seen < 1.0 {
        cell.below = say!("seen in {share}", share = percent(time.share_seen));
    }
    cell
}

/// The displacement account in numbers, without entries that are nothing under all policies.
pub fn account(comparison: &Comparison) -> Table {
    let accounts = || comparison.verdicts.iter().map(|verdict| &verdict.account);
    let used: Vec<usize> = (0..Entry::ALL.len())
        .filter(|&entry| accounts().any(|account| account.entries[entry].mean != 0.0))
        .collect();
    let mut columns = vec![
        ("Policy", ""),
        (
            "Taken from the first venues of the target",
            "From venues of the target that were open from the start",
        ),
    ];
    columns.extend(used.iter().map(|&entry| (Entry::ALL[entry].label(), "")));
    let row = |policy: usize| {
        let account = &comparison.verdicts[policy].account;
        let mut row = vec![words(&comparison.policies()[policy].title), kzt_cell(&account.removed)];
        row.extend(used.iter().map(|&entry| kzt_cell(&account.entries[entry])));
        row
    };
    Table {
        caption: say!(
            "The displacement account in tenge, with 95 % intervals of the mean, {days}",
            days = days(comparison.window)
        ),
        head: heads(&columns),
        rows: ranked(comparison).into_iter().map(row).collect(),
    }
}

fn kzt_cell(value: &Paired) -> Cell {
    let kzt = |value: f64| amount(value, "KZT", true).replace("KZT ", "").replace(tr(" KZT"), "");
    let mut cell = number(kzt(value.mean), Some(value.mean));
    if let Some((low, high)) = value.interval.filter(|(low, high)| low < high) {
        cell.below = words::tied(&say!("[{low}, {high}]", low = kzt(low), high = kzt(high)))
            .replace(" m", "\u{a0}m");
    }
    cell.tone = if value.is_clear() { "clear" } else { "unclear" };
    cell
}

/// Parameters of the reference scenario, chosen by whether they were measured.
pub fn parameters(all: &[Parameter], measured: bool) -> Table {
    let rank = |parameter: &&Parameter| parameter.status != "assumption";
    let mut chosen: Vec<&Parameter> = all
        .iter()
        .filter(|own| !["name", "title"].contains(&own.path.as_str()))
        .filter(|own| (own.status == "measured") == measured)
        .collect();
    chosen.sort_by_key(rank);
    let row = |own: &&Parameter| {
        let mut name = words(&own.path);
        name.below.clone_from(&own.meaning);
        let value = match own.numbers.as_slice() {
            [only] => number(own.default.clone(), Some(*only)),
            _ => words(&own.default),
        };
        let range = own.range.map(|range| {
            let end = |end: Option<f64>| end.map_or_else(|| "…".to_owned(), short);
            format!("{} to {}", end(range.low), end(range.high))
        });
        vec![
            name,
            words(&own.status),
            value,
            words(&own.unit),
            words(range.unwrap_or_else(|| "–".to_owned())),
            words(&own.source),
        ]
    };
    let mut head = heads(&[
        ("Parameter", ""),
        ("Status", "assumption, estimated or measured"),
        ("Value", "In the reference scenario; with dates where it changes"),
        ("Unit", ""),
        ("Plausible range", ""),
        ("Source", ""),
    ]);
    for column in [1, 3, 4, 5] {
        head[column].number = false;
    }
    Table {
        caption: if measured { "Measured values" } else { "Assumptions and estimates" }.to_owned(),
        head,
        rows: chosen.iter().map(row).collect(),
    }
}
