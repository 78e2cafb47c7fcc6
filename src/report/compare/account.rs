//! The displacement account as stacked signed bars.

use plotters::style::RGBColor;

use super::super::axis::short;
use super::super::canvas::{AXIS, Align, Canvas, GREY, GRID, INK, Style};
use super::super::words::ignorance::runs;
use super::super::words::{lower_first, signed, target};
use super::sheet::{FOOT, LEFT, PAPER, WIDTH, head_and_foot, head_height, tick, ticks};
use study::comparison::{Comparison, Entry};

const BN: f64 = 1e9;
const NAME: f64 = 190.0;
const ROW: f64 = 58.0;

/// Colour of an entry: illicit warm, legal green and blue, gone grey.
pub fn colour(entry: Entry) -> RGBColor {
    match entry {
        Entry::Relaunched => RGBColor(0x8C, 0x2D, 0x04),
        Entry::Entrant => RGBColor(0xD9, 0x48, 0x01),
        Entry::Shadow => RGBColor(0xF1, 0x69, 0x13),
        Entry::Hub => RGBColor(0x88, 0x41, 0x7D),
        Entry::PeerToPeer => RGBColor(0xE6, 0x9F, 0x00),
        Entry::Foreign => RGBColor(0x56, 0xB4, 0xE9),
        Entry::Licensed => RGBColor(0x00, 0x9E, 0x73),
        Entry::Deferred => RGBColor(0x44, 0x44, 0x44),
        Entry::GivenUp => RGBColor(0x8a, 0x8a, 0x8a),
        Entry::NotArisen => RGBColor(0xc4, 0xc4, 0xc4),
    }
}

/// Entries that are not nothing everywhere.
fn shown(comparison: &Comparison) -> Vec<Entry> {
    let any = |entry: &Entry| {
        comparison.verdicts.iter().any(|v| v.account.entries[*entry as usize].mean != 0.0)
    };
    Entry::ALL.into_iter().filter(any).collect()
}

/// Draws the figure.
pub fn draw(comparison: &Comparison) -> Canvas {
    let title = title(comparison);
    let subtitle = format!(
        "Turnover taken from established {} (black mark) and where it went (right) or fell as well (left), bn KZT, policy minus \
         baseline with the same luck; mean of {}; parts add up to the mark, to the tenge, in every one",
        target(comparison),
        runs(comparison)
    );
    let entries = shown(comparison);
    let top = head_height(&title, &subtitle);
    let keys = key_rows(&entries);
    let rows = comparison.policies().len() as f64;
    let height = top + keys as f64 * 20.0 + 14.0 + rows * ROW + 28.0 + FOOT;
    let mut canvas = Canvas::new(PAPER as u32, height as u32);
    head_and_foot(&mut canvas, height, comparison, &title, &subtitle);
    key(&mut canvas, top, &entries);
    bars(&mut canvas, top + keys as f64 * 20.0 + 14.0, comparison, &entries);
    canvas
}

fn title(comparison: &Comparison) -> String {
    let mut largest: Vec<(&str, &str, f64)> = Vec::new();
    for (arm, verdict) in comparison.policies().iter().zip(&comparison.verdicts) {
        let account = &verdict.account;
        let to = Entry::ALL.iter().zip(&account.entries).filter(|(_, value)| value.is_clear());
        let most =
            to.max_by(|a, b| a.1.mean.total_cmp(&b.1.mean)).filter(|(_, value)| value.mean > 0.0);
        if let (Some((entry, value)), true) = (most, account.removed.mean > 0.0) {
            largest.push((&arm.title, entry.label(), value.mean));
        }
    }
    largest.sort_by(|a, b| b.2.total_cmp(&a.2));
    match largest.first() {
        None => "No turnover clearly moved".to_owned(),
        Some((policy, entry, value)) => format!(
            "The largest shift: {} grows by {} bn KZT under “{policy}”",
            lower_first(entry),
            short(value / BN)
        ),
    }
}

const KEY: f64 = WIDTH / 5.0;

fn key_rows(entries: &[Entry]) -> usize {
    entries.len().div_ceil(5)
}

fn key(canvas: &mut Canvas, top: f64, entries: &[Entry]) {
    for (number, entry) in entries.iter().enumerate() {
        let (x, y) = (LEFT + (number % 5) as f64 * KEY, top + (number / 5) as f64 * 20.0);
        block(canvas, (x, x + 12.0), (y - 6.0, y + 6.0), colour(*entry));
        canvas.text(x + 18.0, y, entry.label(), Style { size: 11.5, ..Style::BODY });
    }
}

fn block(canvas: &mut Canvas, (x0, x1): (f64, f64), (y0, y1): (f64, f64), colour: RGBColor) {
    canvas.area(vec![(x0, y0), (x1, y0), (x1, y1), (x0, y1)], colour, 1.0);
}

fn bars(canvas: &mut Canvas, top: f64, comparison: &Comparison, entries: &[Entry]) {
    let mean = |policy: usize, entry: &Entry| {
        comparison.verdicts[policy].account.entries[*entry as usize].mean / BN
    };
    let policies = 0..comparison.policies().len();
    let (mut low, mut high) = (0.0_f64, 0.0_f64);
    for policy in policies.clone() {
        let sum = |sign: f64| -> f64 {
            entries.iter().map(|entry| mean(policy, entry)).filter(|v| v * sign > 0.0).sum()
        };
        (low, high) = (low.min(sum(-1.0)), high.max(sum(1.0)));
        let removed = comparison.verdicts[policy].account.removed.mean / BN;
        (low, high) = (low.min(removed), high.max(removed));
    }
    let ticks = ticks(low, high, 8);
    let (x0, x1) = (LEFT + NAME, LEFT + WIDTH - 10.0);
    let (first, last) = (ticks[0], ticks[ticks.len() - 1]);
    let across = |value: f64| x0 + (x1 - x0) * (value - first) / (last - first);
    let bottom = top + comparison.policies().len() as f64 * ROW;
    for value in &ticks {
        let x = across(*value);
        let colour = if *value == 0.0 { AXIS } else { GRID };
        canvas.line(vec![(x, top), (x, bottom)], colour, 1.0);
        canvas.text(x, bottom + 12.0, &tick(*value, ""), Style::SMALL.aligned(Align::Centre));
    }
    for policy in policies {
        let y = top + (policy as f64 + 0.5) * ROW;
        name(canvas, y, comparison, policy);
        let mark = across(comparison.verdicts[policy].account.removed.mean / BN);
        let (mut left, mut right) = (0.0, 0.0);
        for entry in entries {
            let value = mean(policy, entry);
            let start = if value < 0.0 { &mut left } else { &mut right };
            let ends = (across(*start), across(*start + value));
            *start += value;
            let (from, to) = (ends.0.min(ends.1), ends.0.max(ends.1));
            block(canvas, (from, to), (y - 15.0, y + 15.0), colour(*entry));
            let label = signed(value, if value.abs() < 10.0 { 1 } else { 0 });
            let style = Style { size: 10.5, ..Style::BODY }.aligned(Align::Centre);
            let middle = (from + to) / 2.0;
            let under_mark = (mark - middle).abs() < style.width(&label) / 2.0 + 3.0;
            if style.width(&label) + 6.0 < to - from && !under_mark {
                let dark = matches!(
                    entry,
                    Entry::Relaunched
                        | Entry::Hub
                        | Entry::Deferred
                        | Entry::Entrant
                        | Entry::Licensed
                );
                let ink = if dark { plotters::style::WHITE } else { INK };
                canvas.text(middle, y, &label, style.coloured(ink));
            }
        }
        canvas.line(vec![(mark, y - 21.0), (mark, y + 21.0)], INK, 2.5);
    }
}

/// Title of the policy and what it took from the target.
fn name(canvas: &mut Canvas, y: f64, comparison: &Comparison, policy: usize) {
    let style = Style { size: 12.0, ..Style::LABEL };
    let title = &comparison.policies()[policy].title;
    let lines = Canvas::height_of(NAME - 14.0, 2, title, style) / (style.size * 1.3);
    let next =
        canvas.paragraph((LEFT, y - 6.0 - (lines - 1.0) * 8.0), NAME - 14.0, 2, title, style);
    let removed = &comparison.verdicts[policy].account.removed;
    let interval = removed.interval.map_or_else(String::new, |(low, high)| {
        format!(" [{}, {}]", short(low / BN), short(high / BN))
    });
    let text = format!("taken: {} bn{interval}", short(removed.mean / BN));
    let style = Style { size: 10.5, ..Style::SMALL }.coloured(GREY);
    canvas.text(LEFT, next + 1.0, &text, style);
}
