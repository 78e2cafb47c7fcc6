//! Effects with intervals: on paper the first measures, on the page all of them.

use super::setting::{figure as of_comparison, rows};
use crate::SHOWN;
use crate::chart::{Axis, Cell, Colour, Column, Figure, Form, Interval, Kind, Mark, Panel, Paper};
use crate::numbers::{signed_tick, ticks};
use crate::words::{self, amount, percent_effect, percent_interval};
use model::MEASURES;
use scenario::world::Own;
use study::comparison::{Comparison, Effect};

/// The figure.
pub fn figure(comparison: &Comparison) -> Figure {
    let intervals = if comparison.replications > 1 {
        "Dot: mean; thick 50 %, thin 95 % interval (Student's t); grey: no clear effect; blue is better, orange worse."
    } else {
        "One replication: no intervals."
    };
    let subtitle = format!(
        "Policy minus baseline in the same replication, in percent of the baseline. {intervals}"
    );
    let first: Vec<&str> =
        SHOWN.into_iter().chain(comparison.own.iter().map(|(name, _)| name.as_str())).collect();
    let others = MEASURES.iter().map(|meaning| meaning.name);
    let others = others.filter(|name| !first.contains(name) && !Own::NAMES.contains(name));
    Figure {
        panels: first
            .iter()
            .copied()
            .chain(others)
            .map(|measure| panel(comparison, measure))
            .collect(),
        choice: "Measure",
        paper: Paper { columns: 2, most: first.len(), ..Paper::default() },
        ..of_comparison(
            comparison,
            ("effects", "Effects side by side"),
            words::title(comparison),
            subtitle,
        )
    }
}

/// Colour of an effect.
fn colour(effect: &Effect) -> Colour {
    match effect.is_better() {
        Some(true) => Colour::Better,
        Some(false) => Colour::Worse,
        None => Colour::Grey,
    }
}

fn panel(comparison: &Comparison, measure: &str) -> Panel {
    let policies = 0..comparison.verdicts.len();
    let of = |policy| Some((policy, comparison.effect(policy, measure)?));
    let effects: Vec<(usize, &Effect)> = policies.filter_map(of).collect();
    let relative = effects.iter().all(|(_, effect)| effect.relative(0.0).is_some());
    // Where the baseline is nothing there is no percentage: amounts are drawn in their unit.
    let money = effects.first().is_some_and(|(_, effect)| effect.unit == "KZT");
    let (scale, unit) = match (relative, money) {
        (true, _) => (100.0, " %"),
        (false, true) => (1e-9, " bn"),
        (false, false) => (1.0, ""),
    };
    let of = |effect: &Effect, value: f64| {
        scale * if relative { effect.relative(value).unwrap_or(0.0) } else { value }
    };
    let (mut low, mut high) = (0.0_f64, 0.0_f64);
    let (mut marks, mut cells) = (Vec::new(), Vec::new());
    let label = words::measure_of(comparison, measure);
    let empty = if effects.is_empty() { "No value" } else { "" };
    for (policy, effect) in effects {
        let at = policy as f64 + 0.5;
        let paired = &effect.paired;
        let ends = |(low, high)| (of(effect, low), of(effect, high));
        let wide = paired.interval.map(ends);
        let (from, to) = wide.unwrap_or(ends((paired.mean, paired.mean)));
        (low, high) = (low.min(from), high.max(to));
        let half = paired.half_interval.map(ends);
        let wide = wide.map(|ends| Interval::across(ends, 1.5));
        let intervals = wide.into_iter().chain(half.map(|ends| Interval::across(ends, 4.0)));
        let dot = (of(effect, paired.mean), at);
        let said = format!("{} {}", percent_effect(effect), percent_interval(effect));
        let said = said.trim().to_owned();
        let told = vec![
            (label.clone(), said.clone()),
            ("in its unit".to_owned(), amount(paired.mean, &effect.unit, true)),
        ];
        let mark = Mark::dot(dot, Form::Filled, 4.0, colour(effect), intervals.collect());
        marks.push(mark.told(&comparison.policies()[policy].title, told));
        cells.push(Cell { at, text: said, below: String::new(), colour: Colour::Ink });
    }
    let unit_of = MEASURES.iter().find(|m| m.name == measure).map_or("", |meaning| meaning.unit);
    let title = match (relative, money) {
        (true, _) => "% of the baseline",
        (false, true) => "bn KZT",
        (false, false) => unit_of,
    };
    let x = Axis::over(Kind::Grid, &ticks(low, high, 4), |value| signed_tick(value, unit));
    Panel {
        title: label,
        empty: empty.to_owned(),
        finding: finding(comparison, measure),
        x,
        note: if relative { String::new() } else { title.to_owned() },
        y: rows(comparison),
        height: 30.0 * comparison.policies().len() as f64,
        marks,
        columns: vec![Column { head: String::new(), cells }],
        ..Panel::default()
    }
}

/// How many policies clearly change a measure, and which most.
fn finding(comparison: &Comparison, measure: &str) -> String {
    let all: Vec<(usize, &Effect)> = (0..comparison.verdicts.len())
        .filter_map(|policy| Some((policy, comparison.effect(policy, measure)?)))
        .collect();
    let count = |less: bool| {
        let clear = all.iter().filter(|(_, effect)| effect.paired.is_clear());
        clear.filter(|(_, effect)| (effect.paired.mean < 0.0) == less).count()
    };
    let (down, up, of) = (count(true), count(false), all.len());
    let name = words::measure_of(comparison, measure);
    let direction = match (down, up) {
        _ if all.is_empty() => return format!("{name}: no run gives it a value under both"),
        (0, 0) => return format!("{name}: no policy of {of} clearly changes it"),
        (down, 0) => format!("{down} of {of} lower it"),
        (0, up) => format!("{up} of {of} raise it"),
        (down, up) => format!("{down} of {of} lower it, {up} raise it"),
    };
    let clear = all.iter().filter(|(_, effect)| effect.paired.is_clear());
    let most = clear.max_by(|(_, a), (_, b)| a.paired.mean.abs().total_cmp(&b.paired.mean.abs()));
    let most = most.map_or_else(String::new, |(policy, effect)| {
        let title = &comparison.policies()[*policy].title;
        format!("; “{title}” changes it most, {}", percent_effect(effect))
    });
    format!("{name}: {direction}{most}")
}
