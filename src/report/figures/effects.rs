//! Effects with intervals: on paper the three lines that say which money is meant, at one scale; on the page more measures.

use super::setting::{chosen, framed, others, rows};
use crate::SHOWN;
use crate::chart::{
    Axis, Colour, Figure, Form, Interval, Mark, NumberCell, NumberColumn, Panel, Paper,
};
use crate::say;
use crate::speech::tr;
use crate::words::{self, amount, ignorance, percent_effect, percent_interval};
use model::MEASURES;
use study::comparison::{Comparison, Effect};

/// The lines that say which money is meant, the leading one first.
const LINES: [&str; 3] = ["unlicensed_domestic_turnover", "crime_turnover", "private_turnover"];

/// The figure.
pub fn figure(comparison: &Comparison) -> Figure {
    let design = ignorance::design(comparison);
    let intervals = match (comparison.replications, design) {
        (1, _) => tr("One replication: no intervals"),
        (_, None) => tr("Line: 95 % interval of the mean, chance only"),
        (_, Some((_, 1))) => tr("Line: 95 % interval of the mean, chance and unknown parameters"),
        (..) => tr(
            "95 % intervals of the mean: thick, chance only; thin, chance and unknown parameters",
        ),
    };
    let subtitle = say!(
        "Policy minus baseline with the same random numbers, bn KZT; beside it in percent of the baseline. {intervals}. Grey: no clear effect, or neither better nor worse; blue: better; orange: worse.{others}",
        intervals,
        others = others(comparison)
    );
    let own = comparison.own.iter().map(|(name, _)| name.as_str());
    let more = SHOWN.into_iter().filter(|name| !LINES.contains(name));
    let of = |measure: &str, range| panel(comparison, measure, range);
    let lines = LINES.map(|line| of(line, range(comparison, &LINES)));
    let more = more.chain(own).map(|measure| of(measure, range(comparison, &[measure])));
    Figure {
        panels: lines.into_iter().chain(more).collect(),
        choice: tr("Measure"),
        paper: Paper {
            most: LINES.len(),
            names: 150.0,
            names_once: true,
            width: 740.0,
            ..Paper::default()
        },
        ..framed(
            comparison,
            ("effects", "Effects side by side"),
            words::title(comparison),
            subtitle,
        )
    }
}

/// By how much values of an effect are multiplied to be drawn: money in billions, all else in percent of the baseline where there is one.
fn scaled(effect: &Effect, value: f64) -> f64 {
    match effect.unit.as_str() {
        "KZT" => value / 1e9,
        _ => effect.relative(value).map_or(value, |share| 100.0 * share),
    }
}

/// The lowest and highest end of the intervals of some measures.
fn range(comparison: &Comparison, measures: &[&str]) -> (f64, f64) {
    let each = measures.iter().flat_map(|measure| {
        chosen(comparison).into_iter().filter_map(|policy| comparison.effect(policy, measure))
    });
    each.fold((0.0, 0.0), |(low, high): (f64, f64), effect| {
        let mean = effect.paired.mean;
        let (from, to) = effect.paired.interval.unwrap_or((mean, mean));
        (low.min(scaled(effect, from)), high.max(scaled(effect, to)))
    })
}

/// Colour of an effect.
fn colour(effect: &Effect) -> Colour {
    match effect.is_better() {
        Some(true) => Colour::Better,
        Some(false) => Colour::Worse,
        None => Colour::Grey,
    }
}

fn panel(comparison: &Comparison, measure: &str, range: (f64, f64)) -> Panel {
    let design = ignorance::design(comparison);
    let (mut marks, mut cells) = (Vec::new(), Vec::new());
    let label = words::measure_of(comparison, measure);
    let (mut money, mut relative) = (false, true);
    for (row, policy) in chosen(comparison).into_iter().enumerate() {
        let Some(effect) = comparison.effect(policy, measure) else { continue };
        let at = row as f64 + 0.5;
        money = effect.unit == "KZT";
        relative &= effect.relative(0.0).is_some();
        let ends = |(low, high)| (scaled(effect, low), scaled(effect, high));
        let wide = effect.paired.interval.map(|found| Interval::across(ends(found), 1.5));
        let chance = design.and_then(|design| effect.by_chance(Some(design)));
        let thick = chance.map(|found| Interval::across(ends(found), 4.0));
        let dot = (scaled(effect, effect.paired.mean), at);
        let interval = percent_interval(effect);
        let mut told = vec![
            (label.clone(), format!("{} {interval}", percent_effect(effect)).trim().to_owned()),
            (tr("in its unit").to_owned(), amount(effect.paired.mean, &effect.unit, true)),
        ];
        if effect.paired.interval.is_some() {
            told.push((say!("[95 %: {held}]", held = ignorance::holds(comparison)), String::new()));
        }
        let intervals = wide.into_iter().chain(thick).collect();
        let mark = Mark::dot(dot, Form::Filled, 4.0, colour(effect), intervals);
        marks.push(mark.told(&comparison.policies()[policy].title, told));
        let text = percent_effect(effect);
        cells.push(NumberCell { at, text, below: interval, colour: Colour::Ink });
    }
    let unit_of = MEASURES.iter().find(|m| m.name == measure).map_or("", |meaning| meaning.unit);
    let (title, unit) = match (money, relative) {
        (true, _) => (tr("bn KZT"), ""),
        (false, true) => (tr("% of the baseline"), " %"),
        (false, false) => (words::unit(unit_of), ""),
    };
    let y = rows(comparison);
    let height = 32.0 * y.ticks.len() as f64;
    let axes = (Axis::signed(range, 2, unit).titled(title), y);
    Panel {
        empty: if marks.is_empty() { tr("No value") } else { "" }.to_owned(),
        finding: finding(comparison, measure),
        columns: NumberColumn::of(cells),
        ..Panel::new(label, axes, height, marks)
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
        _ if all.is_empty() => return say!("{name}: no run gives it a value under both", name),
        (0, 0) if of == 1 => return say!("{name}: not clearly changed", name),
        (0, 0) => return say!("{name}: no policy of {of} clearly changes it", name, of),
        (down, _) if of == 1 => {
            let effect = percent_effect(all[0].1);
            return match down {
                1 => say!("{name}: lowered, {effect}", name, effect),
                _ => say!("{name}: raised, {effect}", name, effect),
            };
        }
        (down, 0) => say!("{down} of {of} lower it", down, of),
        (0, up) => say!("{up} of {of} raise it", up, of),
        (down, up) => say!("{down} of {of} lower it, {up} raise it", down, of, up),
    };
    let clear = all.iter().filter(|(_, effect)| effect.paired.is_clear());
    let most = clear.max_by(|(_, a), (_, b)| a.paired.mean.abs().total_cmp(&b.paired.mean.abs()));
    let most = most.map_or_else(String::new, |(policy, effect)| {
        let title = &comparison.policies()[*policy].title;
        say!("; “{title}” changes it most, {effect}", title, effect = percent_effect(effect))
    });
    format!("{name}: {direction}{most}")
}
