//! What each part of an effect adds: bars for alone, last and Shapley value, on four measures.

use super::setting::{foot, over};
use crate::SHOWN;
use crate::chart::{
    Axis, ChartSeries, Colour, Figure, Form, Interval, Legend, Mark, NumberCell, NumberColumn,
    Panel, Paper, Tick,
};
use crate::say;
use crate::speech::{titled, tr};
use crate::words::{against, measure, sentence};
use study::comparison::Amount;
use study::comparison::attribution::{Attribution, By, Contribution, Split};

/// The three ways in which a part is added, with the colours of their bars: from light to full blue.
const WAYS: [(&str, Colour); 3] = [
    ("alone", Colour::Rgb(0xBF, 0xDC, 0xEC)),
    ("last", Colour::Rgb(0x73, 0xB1, 0xD5)),
    ("Shapley value", Colour::Better),
];
/// Rows of a part: its bars and the room below. Unit: heights of a bar.
const PART: f64 = 4.0;
/// Rows of a line with one bar.
const LINE: f64 = 2.0;

/// The figure.
pub fn figure(made: &Attribution) -> Figure {
    let whole = match made.by {
        By::Measure => tr("Interaction: all together minus the sum of all alone."),
        By::Mechanism => tr("Incapacitation: all three switched off in baseline and policy alike."),
    };
    let title = over(&finding(made), made.setting.window);
    let subtitle = say!(
        "Percent of the baseline. Bars from above: alone, last, Shapley value (mean over all orders); lines and brackets: 95 % intervals of the mean (chance only, Student's t). {whole}",
        whole
    );
    Figure {
        series: WAYS.iter().map(|(name, colour)| ChartSeries::new(tr(name), *colour)).collect(),
        legend: Legend::Blocks,
        panels: SHOWN.iter().map(|name| panel(made, made.split(name), &measure(name))).collect(),
        choice: tr("Measure"),
        paper: Paper { columns: 2, names: 132.0, ..Paper::default() },
        ..Figure::new("attribution", "What each part adds", title, subtitle, foot(&made.setting))
    }
}

/// What is seen, in a sentence without its full stop.
#[must_use]
pub fn finding(made: &Attribution) -> String {
    let split = made.split("unlicensed_domestic_turnover");
    let said = |amount: &Amount| against(amount, split.baseline, &split.unit);
    let parts = made.parts.iter().zip(&split.parts);
    let size = |part: &Contribution| part.shapley.mean.abs();
    let most = parts.max_by(|(_, a), (_, b)| size(a).total_cmp(&size(b)));
    let effect = say!(
        "{title}: domestic exchange without a licence {effect}",
        title = titled(&made.title),
        effect = said(&split.effect)
    );
    match (most, made.by) {
        (Some((name, part)), By::Measure) => {
            let (part, amount) = (tr(&sentence(name)).to_owned(), said(&part.shapley));
            say!("{effect}; “{part}” adds most, {amount}", effect, part, amount)
        }
        (Some((name, part)), By::Mechanism) => say!(
            "{effect}, by incapacitation alone {none}; of the mechanisms {name} adds most, {amount}",
            effect,
            none = said(&split.none),
            name = tr(name),
            amount = said(&part.shapley)
        ),
        (None, _) => effect,
    }
}

fn panel(made: &Attribution, split: &Split, title: &str) -> Panel {
    // Where the baseline is nothing there is no percentage: amounts are drawn in their unit.
    let scale = if split.baseline == 0.0 { 1.0 } else { 100.0 / split.baseline.abs() };
    let unit = if split.baseline == 0.0 { "" } else { " %" };
    let (mut low, mut high) = (0.0_f64, 0.0_f64);
    let (mut rows, mut marks, mut cells) = (Vec::new(), Vec::new(), Vec::new());
    let mut add = |at: f64, amount: &Amount, (series, colour): (usize, Colour), ink: Colour| {
        let ends = (amount.low() * scale, amount.high() * scale);
        (low, high) = (low.min(ends.0), high.max(ends.1));
        let (from, to) = ((0.0, at - 0.42), (amount.mean * scale, at + 0.42));
        marks.push(Mark::bar(from, to, colour, 1.0).of(series));
        if amount.interval.is_some() {
            let line = vec![Interval::across(ends, 1.2)];
            marks.push(Mark::dot((to.0, at), Form::None, 0.0, Colour::Ink, line).of(series));
        }
        let text = against(amount, split.baseline, &split.unit);
        cells.push(NumberCell { at, text, below: String::new(), colour: ink });
    };
    for (number, (name, part)) in made.parts.iter().zip(&split.parts).enumerate() {
        let top = number as f64 * PART + 0.5;
        rows.push(Tick::new(top + 1.5, tr(&sentence(name))));
        for (way, amount) in [part.alone, part.last, part.shapley].iter().enumerate() {
            let ink = if way < 2 { Colour::Grey } else { Colour::Ink };
            add(top + 0.5 + way as f64, amount, (way, WAYS[way].1), ink);
        }
    }
    let below = split.parts.len() as f64 * PART;
    let rest = match made.by {
        By::Measure => (tr("Interaction"), &split.interaction),
        By::Mechanism => (tr("Incapacitation"), &split.none),
    };
    let lines = [rest, (tr("All together"), &split.effect)];
    let end = below + lines.len() as f64 * LINE;
    for (number, (name, amount)) in lines.into_iter().enumerate() {
        let at = below + (number as f64 + 0.5) * LINE;
        rows.push(Tick::new(at, name));
        add(at, amount, (2, Colour::Better), Colour::Ink);
    }
    let axes = (Axis::signed((low, high), 4, unit), Axis::rows(end, rows));
    Panel { columns: NumberColumn::of(cells), ..Panel::new(title, axes, 12.5 * end, marks) }
}
