//! Figures of a study: effects over draws of parameters, and how they go with each parameter.

mod along;
mod forest;

use super::Figure;
use super::canvas::Canvas;
use super::compare::sheet;
use super::words::signed;
use study::comparison::across::{Across, EffectAcross};
use study::stats::Components;
use world::record::MEASURES;

/// All figures of a study; none if it has no policies.
#[must_use]
pub fn across_figures(across: &Across) -> Vec<Figure> {
    let mut figures = Vec::new();
    if across.policies().next().is_none() {
        return figures;
    }
    figures.push(Figure { name: "effects".to_owned(), svg: forest::draw(across).svg() });
    if !across.along.is_empty() {
        figures
            .push(Figure { name: "along_parameters".to_owned(), svg: along::draw(across).svg() });
    }
    figures
}

/// What is seen, in a sentence without its full stop.
#[must_use]
pub fn across_finding(across: &Across) -> String {
    let Some(line) = across.measures.first() else { return "Nothing was measured".to_owned() };
    let name = super::words::lower_first(&super::words::sentence(MEASURES[line.measure].name));
    let policies: Vec<usize> = across.policies().collect();
    let effects = policies.iter().filter_map(|arm| Some((*arm, line.effects[*arm]?)));
    let Some((arm, effect)) =
        effects.min_by(|(_, a), (_, b)| a.shown().mean.total_cmp(&b.shown().mean))
    else {
        return format!("No policies: {name} in {} draws", across.asked.draws);
    };
    let title = &across.asked.arms[arm].title;
    if !effect.is_clear() {
        return format!(
            "No policy clearly changes {name} most: “{title}” is lowest, {}",
            said(&effect, line.measure)
        );
    }
    let draws = effect.better.map_or_else(String::new, |share| {
        format!(", for the better in {} of draws", percent_of(share))
    });
    let verb = if effect.amount.mean < 0.0 { "lowers" } else { "raises" };
    let most = if policies.len() > 1 && effect.amount.mean < 0.0 { " most" } else { "" };
    let size = said(&effect, line.measure);
    format!("“{title}” {verb} {name}{most}, {size}{draws}")
}

/// A share of draws, never rounded to all or none of them.
pub fn percent_of(share: f64) -> String {
    match 100.0 * share {
        percent if percent > 99.5 && share < 1.0 => "over 99 %".to_owned(),
        percent if percent < 0.5 && share > 0.0 => "under 1 %".to_owned(),
        percent => format!("{percent:.0} %"),
    }
}

/// An effect with its interval.
#[must_use]
pub fn said(effect: &EffectAcross, measure: usize) -> String {
    let unit = MEASURES[measure].unit;
    let with_unit = |value: f64| super::words::amount(value, unit, true);
    match effect.percent {
        Some(percent) => in_percent(&percent),
        None => match effect.amount.interval {
            Some((low, high)) => format!(
                "{} [{}, {}]",
                with_unit(effect.amount.mean),
                with_unit(low),
                with_unit(high)
            ),
            None => with_unit(effect.amount.mean),
        },
    }
}

fn in_percent(percent: &Components) -> String {
    let digits = match percent.mean.abs() {
        size if size >= 99.5 => 0,
        size if size >= 0.95 => 1,
        _ => 2,
    };
    let number = |value: f64| signed(value, digits);
    match percent.interval {
        Some((0.0, 0.0)) => "0 %".to_owned(),
        Some((low, high)) => {
            format!("{} % [{}, {}]", number(percent.mean), number(low), number(high))
        }
        None => format!("{} %", number(percent.mean)),
    }
}

/// Writes title, subtitle and the line at the foot.
fn written(canvas: &mut Canvas, height: f64, across: &Across, title: &str, subtitle: &str) {
    let asked = &across.asked;
    let counted = |number: u32, what: &str| {
        if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
    };
    let people = match asked.setting.people_per_agent {
        1 => "one agent per person".to_owned(),
        many => format!("one agent for {many} people"),
    };
    let foot = format!(
        "{} · seed {} · {} × {} · {people} · crackdown {}",
        asked.title,
        asked.setting.seed,
        counted(asked.draws, "draw"),
        counted(asked.setting.replications, "replication"),
        asked.setting.version
    );
    sheet::written_over(canvas, height, &foot, title, subtitle);
}
