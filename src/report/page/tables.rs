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
use study::comparison::{
    Beside, Comparison, Effect, Entry, OutsideMeasure, Time, TurnoverRecovery,
};
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
pub struct PageTable {
    /// What it shows.
    pub caption: String,
    /// Heads of the columns.
    pub head: Vec<Head>,
    /// Rows; the first cell names the row.
    pub rows: Vec<Vec<PageCell>>,
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
pub struct PageCell {
    /// What stands in it.
    pub text: String,
    /// In small below it.
    pub below: String,
    /// What it sorts by; text sorts by itself.
    pub sort: Option<f64>,
    /// `better`, `worse`, `unclear` or nothing.
    pub tone: &'static str,
}

impl PageTable {
    /// A table with heads of columns and their explanations; all columns but the first hold numbers.
    pub fn new(
        caption: impl Into<String>,
        heads: &[(&str, &str)],
        rows: impl IntoIterator<Item = Vec<PageCell>>,
    ) -> PageTable {
        let head = |(at, (text, about)): (usize, &(&str, &str))| Head {
            text: tr(text).to_owned(),
            about: tr(about).to_owned(),
            number: at > 0,
        };
        let head = heads.iter().enumerate().map(head).collect();
        PageTable { caption: caption.into(), head, rows: rows.into_iter().collect() }
    }

    /// The same with columns that hold words.
    pub fn worded(mut self, columns: impl IntoIterator<Item = usize>) -> PageTable {
        columns.into_iter().for_each(|column| self.head[column].number = false);
        self
    }
}

impl PageCell {
    /// The same with a smaller line below.
    pub fn below(self, below: impl Into<String>) -> PageCell {
        PageCell { below: below.into(), ..self }
    }
}

/// The measure that leads where there is room for one.
const LEADING: &str = "unlicensed_domestic_turnover";

/// A cell of words.
pub fn words(text: impl Into<String>) -> PageCell {
    PageCell { text: text.into(), ..PageCell::default() }
}

/// A cell of a number, or a dash.
pub fn number(text: String, sort: Option<f64>) -> PageCell {
    PageCell {
        text: if text.is_empty() { "–".to_owned() } else { text },
        sort,
        ..PageCell::default()
    }
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

fn effect_cell(effect: Option<&Effect>) -> PageCell {
    let Some(effect) = effect else { return number(String::new(), None) };
    let (text, below) = effect_words(effect);
    PageCell {
        text,
        below,
        sort: Some(effect.relative(effect.paired.mean).unwrap_or(effect.paired.mean)),
        tone: tone(effect),
    }
}

fn percent(share: f64) -> String {
    format!("{} %", short((1000.0 * share).round() / 10.0))
}

fn share_cell(share: Option<f64>) -> PageCell {
    number(share.map_or_else(String::new, percent), share)
}

/// An effect as an amount, with percent and interval below; an effect that is not clear says so.
fn amount_cell(effect: Option<&Effect>) -> PageCell {
    let Some(effect) = effect else { return number(String::new(), None) };
    let (percent, interval) = effect_words(effect);
    let below = match (interval.as_str(), effect.paired.is_clear()) {
        ("", _) => percent,
        (_, true) => format!("{percent} {interval}"),
        (_, false) => say!("{percent} {interval}, no clear effect", percent, interval),
    };
    let mean = effect.paired.mean;
    PageCell { text: billions(mean), below, sort: Some(mean), tone: tone(effect) }
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
pub fn summary(comparison: &Comparison, brief: bool) -> PageTable {
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
        1 => say!(
            "Change against the baseline, {days}, one replication",
            days = days(comparison.window)
        ),
        _ => say!(
            "Change against the baseline, {days}, {runs}; in brackets the 95 % interval of the mean, in percent of the baseline: {held}",
            days = days(comparison.window),
            runs = words::ignorance::runs(comparison),
            held = words::ignorance::holds(comparison)
        ),
    };
    let heads = [
        ("Policy", ""),
        ("Domestic exchange without a licence", words::meaning(LEADING)),
        ("Money of crime", words::meaning("crime_turnover")),
        ("Deals between honest persons", words::meaning("private_turnover")),
        ("Honest turnover stopped", "Payments to licensed venues that banks stop"),
        ("Cost of agency and banks", words::meaning("enforcement_cost")),
        ("Trust", trust::ABOUT),
    ];
    PageTable::new(caption, &heads, ranked(comparison).into_iter().take(most).map(row))
}

/// Policies against the turnover of each class.
pub fn classes(comparison: &Comparison) -> PageTable {
    let titles = BESIDE.map(words::measure);
    let measures = titles.iter().zip(BESIDE).map(|(title, name)| (&**title, words::meaning(name)));
    let heads: Vec<(&str, &str)> = [("Policy", "")].into_iter().chain(measures).collect();
    let row = |policy: usize| {
        let mut row = vec![words(&comparison.policies()[policy].title)];
        row.extend(BESIDE.iter().map(|name| effect_cell(comparison.effect(policy, name))));
        row
    };
    let caption = say!(
        "The same by class of venue, in percent of the baseline, {days}",
        days = days(comparison.window)
    );
    PageTable::new(caption, &heads, ranked(comparison).into_iter().map(row))
}

/// All measures of one policy.
pub fn measures(comparison: &Comparison, policy: usize) -> PageTable {
    let row = |effect: &Effect| {
        let paired = &effect.paired;
        let index = MEASURES.iter().position(|measure| measure.name == effect.measure);
        let standing = comparison.standings[index?].get(policy + 1);
        let name = words(words::measure_of(comparison, &effect.measure));
        let plain = |value: f64| number(amount(value, &effect.unit, false), Some(value));
        Some(vec![
            name.below(words::meaning(&effect.measure)),
            plain(paired.baseline),
            plain(paired.policy),
            effect_cell(Some(effect)),
            share_cell(effect.share_better),
            share_cell(standing.map(|standing| standing.probability_best)),
        ])
    };
    let heads = [
        ("Measure", ""),
        ("Baseline", "Mean over replications"),
        ("Policy", "Mean over replications"),
        ("Effect", "In percent of the baseline, with the 95 % interval of the mean"),
        ("Better in", "Share of replications"),
        ("Probability best", "Among all scenarios"),
    ];
    let caption = say!("Every measure, {days}", days = days(comparison.window));
    PageTable::new(caption, &heads, comparison.verdicts[policy].effects.iter().filter_map(row))
}

fn bands(bands: Option<[f64; 5]>, show: &dyn Fn(f64) -> String) -> PageCell {
    let Some([low, _, middle, _, high]) = bands else { return number(String::new(), None) };
    let ends = say!("[{low}, {high}]", low = show(low), high = show(high));
    number(show(middle), Some(middle)).below(ends)
}

fn outside_row(first: String, outside: &OutsideMeasure) -> Vec<PageCell> {
    let (unit, per) = match outside.unit.strip_prefix("KZT") {
        Some(per) => ("KZT", per),
        None => (outside.unit.as_str(), ""),
    };
    let show = |value: f64| match unit {
        "ratio" => signed(value, 2),
        _ => amount(value, unit, true),
    };
    vec![
        words(first),
        words(words::measure(&outside.name)).below(tr(per.trim())),
        bands(outside.computed, &show),
        bands(outside.placebo, &show),
        bands(outside.truth, &show),
    ]
}

/// What outside analysts would compute: chosen measures of all policies, or all of one.
pub fn outside(comparison: &Comparison, policy: Option<usize>) -> PageTable {
    let mut rows = Vec::new();
    let arms = comparison.policies().iter().zip(&comparison.verdicts);
    for (number, (arm, verdict)) in arms.enumerate() {
        let wanted = |outside: &&OutsideMeasure| match policy {
            Some(policy) => policy == number,
            None => OUTSIDE.contains(&outside.name.as_str()),
        };
        let outside = verdict.outside.iter().filter(wanted);
        rows.extend(outside.map(|own| outside_row(arm.title.clone(), own)));
    }
    let heads = [
        ("Policy", ""),
        ("Measure", ""),
        ("Computed outside", "From the policy’s world alone: median and 5–95 % over replications"),
        ("Placebo", "The same in the baseline, where nothing happened on that date"),
        ("Truth", "The same quantity from the paired runs"),
    ];
    let caption = tr("What an analyst outside would compute, beside the truth");
    PageTable::new(caption, &heads, rows).worded([1])
}

/// Published figures beside what the agency of the baseline sees.
pub fn published(comparison: &Comparison) -> PageTable {
    let range = |[low, high]: [f64; 2], unit: &str| {
        let end = |end: f64| match unit {
            "KZT" | "share" => amount(end, unit, false),
            _ => short(end),
        };
        format!("[{}, {}]", end(low), end(high))
    };
    let row = |it: &Beside| {
        let value = |value: f64, [low, middle]: [f64; 2]| {
            number(amount(value, &it.unit, false), Some(value))
                .below(range([low, middle], &it.unit))
        };
        let inside = tr(if it.inside() { "yes" } else { "no" });
        vec![
            self::words(format!("{}, {}", words::quantity(&it.quantity), it.year)),
            value(it.published, it.tolerance.into()),
            value(it.seen[1], [it.seen[0], it.seen[2]]),
            self::words(inside),
        ]
    };
    let heads = [
        ("Figure of the agency", ""),
        (
            "Published",
            "In brackets: between these the truth lies in nine cases of ten, by its source",
        ),
        ("The baseline", "What the agency sees: median of single runs, in brackets 5–95 % of them"),
        ("Median inside", ""),
    ];
    let caption = tr("What the agency sees in the baseline, beside what was published");
    PageTable::new(caption, &heads, comparison.published.iter().map(row)).worded([3])
}

/// How turnover fell and came back.
pub fn recovery(comparison: &Comparison) -> PageTable {
    let mut rows = Vec::new();
    for (arm, verdict) in comparison.policies().iter().zip(&comparison.verdicts) {
        let all = [
            ("Target", verdict.recoveries.target),
            ("Money of crime", verdict.recoveries.crime),
            ("Domestic, without a licence", verdict.recoveries.domestic),
        ];
        for (series, found) in all {
            rows.extend(found.map(|found| recovery_row(&arm.title, tr(series), &found)));
        }
    }
    let heads = [
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
    ];
    PageTable::new(tr("How turnover fell and came back"), &heads, rows).worded([1])
}

fn recovery_row(title: &str, series: &str, found: &TurnoverRecovery) -> Vec<PageCell> {
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
fn back_cell(time: Time) -> PageCell {
    match time.median_days {
        Some(0.0) => number(tr("never below").to_owned(), Some(0.0)),
        _ => time_cell(time),
    }
}

fn time_cell(time: Time) -> PageCell {
    let text = match time.median_days {
        Some(days) => say!("{number} days", number = short(days)),
        None => tr("not within the window").to_owned(),
    };
    let seen = || say!("seen in {share}", share = percent(time.share_seen));
    let below = if time.share_seen < 1.0 { seen() } else { String::new() };
    number(text, Some(time.median_days.unwrap_or(f64::MAX))).below(below)
}

/// The displacement account in numbers, without entries that are nothing under all policies.
pub fn account(comparison: &Comparison) -> PageTable {
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
    let caption = say!(
        "The displacement account in tenge, with 95 % intervals of the mean, {days}",
        days = days(comparison.window)
    );
    PageTable::new(caption, &columns, ranked(comparison).into_iter().map(row))
}

fn kzt_cell(value: &Paired) -> PageCell {
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
pub fn parameters(all: &[Parameter], measured: bool) -> PageTable {
    let rank = |parameter: &&Parameter| parameter.status != "assumption";
    let mut chosen: Vec<&Parameter> = all
        .iter()
        .filter(|own| !["name", "title"].contains(&own.path.as_str()))
        .filter(|own| (own.status == "measured") == measured)
        .collect();
    chosen.sort_by_key(rank);
    let row = |own: &&Parameter| {
        let value = match own.numbers.as_slice() {
            [only] => number(own.default.clone(), Some(*only)),
            _ => words(&own.default),
        };
        let range = own.range.map(|range| {
            let end = |end: Option<f64>| end.map_or_else(|| "…".to_owned(), short);
            format!("{} to {}", end(range.low), end(range.high))
        });
        vec![
            words(&own.path).below(&own.meaning),
            words(&own.status),
            value,
            words(&own.unit),
            words(range.unwrap_or_else(|| "–".to_owned())),
            words(&own.source),
        ]
    };
    let heads = [
        ("Parameter", ""),
        ("Status", "assumption, estimated or measured"),
        ("Value", "In the reference scenario; with dates where it changes"),
        ("Unit", ""),
        ("Plausible range", ""),
        ("Source", ""),
    ];
    let caption = if measured { "Measured values" } else { "Assumptions and estimates" };
    PageTable::new(caption, &heads, chosen.iter().map(row)).worded([1, 3, 4, 5])
}
