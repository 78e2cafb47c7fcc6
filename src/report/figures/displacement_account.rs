//! The displacement account as stacked signed bars.

use super::setting::{chosen, framed, others, rows};
use crate::chart::{Axis, ChartSeries, Colour, Figure, Form, Interval, Legend, Mark, Panel, Paper};
use crate::numbers::{BN, short};
use crate::palette;
use crate::say;
use crate::speech::tr;
use crate::words::ignorance::runs;
use crate::words::{amount, lower_first, signed, target};
use study::comparison::{Comparison, Entry};
use study::stats::{Paired, Ratio};

/// Entries that are not nothing everywhere.
fn shown(comparison: &Comparison) -> Vec<Entry> {
    let any = |entry: &Entry| {
        comparison.verdicts.iter().any(|v| v.account.entries[*entry as usize].mean != 0.0)
    };
    Entry::ALL.iter().copied().filter(any).collect()
}

/// The figure.
pub fn figure(comparison: &Comparison) -> Figure {
    let subtitle = say!(
        "Turnover taken from {target} that were open from the start (upright mark) and where it went (right) or fell as well (left), bn KZT, policy minus baseline with the same random numbers; mean of {runs}; parts add up to the mark, to the tenge, in every one.{others}",
        target = target(comparison),
        runs = runs(comparison),
        others = others(comparison)
    );
    let entries = shown(comparison);
    let series =
        entries.iter().map(|entry| ChartSeries::new(tr(entry.label()), palette::entry(*entry)));
    let removed = ChartSeries::new(tr("Taken from the first venues of the target"), Colour::Ink);
    Figure {
        series: series.chain([removed]).collect(),
        legend: Legend::Blocks,
        panels: vec![panel(comparison, &entries)],
        paper: Paper { columns: 1, names: 190.0, width: 740.0, ..Paper::default() },
        ..framed(
            comparison,
            ("displacement_account", "Where turnover went"),
            title(comparison),
            subtitle,
        )
    }
}

fn title(comparison: &Comparison) -> String {
    let mut largest: Vec<(&str, &str, f64)> = Vec::new();
    for (arm, verdict) in comparison.policies().iter().zip(&comparison.verdicts) {
        let account = &verdict.account;
        let to = Entry::ALL.iter().zip(&account.entries).filter(|(_, value)| value.is_clear());
        let most =
            to.max_by(|a, b| a.1.mean.total_cmp(&b.1.mean)).filter(|(_, value)| value.mean > 0.0);
        if let (Some((entry, value)), true) = (most, account.removed.mean > 0.0) {
            largest.push((&arm.title, tr(entry.label()), value.mean));
        }
    }
    largest.sort_by(|a, b| b.2.total_cmp(&a.2));
    match largest.first() {
        None => tr("No turnover clearly moved").to_owned(),
        Some((policy, entry, value)) => say!(
            "The largest shift: {entry} grows by {amount} under “{policy}”",
            entry = lower_first(entry),
            amount = amount(*value, "KZT", false),
            policy
        ),
    }
}

fn panel(comparison: &Comparison, entries: &[Entry]) -> Panel {
    let (mut low, mut high) = (0.0_f64, 0.0_f64);
    let (mut marks, mut y) = (Vec::new(), rows(comparison));
    for (row, policy) in chosen(comparison).into_iter().enumerate() {
        let title = &comparison.policies()[policy].title;
        let middle = row as f64 + 0.5;
        let account = &comparison.verdicts[policy].account;
        let (mut left, mut right) = (0.0, 0.0);
        for (series, entry) in entries.iter().enumerate() {
            let found = &account.entries[*entry as usize];
            let value = found.mean / BN;
            let start = if value < 0.0 { &mut left } else { &mut right };
            let ends = [*start, *start + value];
            *start += value;
            let bar = Mark::bar(
                (ends[0].min(ends[1]), middle - 0.26),
                (ends[0].max(ends[1]), middle + 0.26),
                palette::entry(*entry),
                1.0,
            );
            let text = signed(value, if value.abs() < 10.0 { 1 } else { 0 });
            let told = told(tr(entry.label()), found, account.shares[*entry as usize]);
            marks.push(bar.written(text, false).of(series).told(title, told));
        }
        let removed = account.removed.mean / BN;
        let stroke = Interval::upright((middle - 0.36, middle + 0.36), 2.5);
        let dot = Mark::dot((removed, middle), Form::None, 5.0, Colour::Ink, vec![stroke]);
        let words = told(tr("Taken from the first venues of the target"), &account.removed, None);
        marks.push(dot.of(entries.len()).told(title, words));
        (low, high) = (low.min(left).min(removed), high.max(right).max(removed));
        y.ticks[row].below = say!("taken: {amount}", amount = bn(&account.removed));
    }
    let height = 58.0 * y.ticks.len() as f64;
    Panel::new("", (Axis::signed((low, high), 6, ""), y), height, marks)
}

/// An amount with its interval in billions.
fn bn(value: &Paired) -> String {
    let interval = value.interval.map_or_else(String::new, |(low, high)| {
        say!(" [{low}, {high}]", low = short(low / BN), high = short(high / BN))
    });
    say!("{amount} bn{interval}", amount = short(value.mean / BN), interval)
}

fn told(name: &str, value: &Paired, share: Option<Ratio>) -> Vec<(String, String)> {
    let mut told = vec![(name.to_owned(), say!("{sign}KZT {size}", sign = "", size = bn(value)))];
    if let Some(share) = share {
        told.push((tr("of all that fell").to_owned(), format!("{} %", short(100.0 * share.value))));
    }
    told
}
