//! What a fall of illicit turnover costs honest users and the agency, and which policies nobody beats.

use super::setting::{figure as of_comparison, name};
use crate::chart::{
    Axis, Colour, Figure, Form, Interval, Kind, Legend, Mark, Panel, Paper, Series,
};
use crate::numbers::{signed_tick, ticks};
use crate::words::{amount, percent_effect, percent_interval};
use study::comparison::{Comparison, Effect};

/// Cost axes: measure, title, divisor, unit; the first two are those that policies are judged by.
const COSTS: [(&str, &str, f64, &str); 3] = [
    ("honest_turnover_stopped", "Harm: honest turnover stopped by banks, bn KZT", 1e9, " bn"),
    ("enforcement_cost", "Cost of agency and banks, m KZT", 1e6, " m"),
    ("agency_cost", "Cost of the agency alone, m KZT", 1e6, " m"),
];

/// The figure.
pub fn figure(comparison: &Comparison) -> Figure {
    let best = undominated(comparison);
    let subtitle = "Effects against the baseline (0, 0). Better is left and down. Filled: no other policy, nor the baseline, is better or \
                    equal on all three; hollow: some is. Lines: 95 % intervals of the means";
    let series = |policy: usize| {
        let colour = if best.contains(&policy) { Colour::Better } else { Colour::Grey };
        Series::new(name(comparison, policy + 1), colour)
    };
    Figure {
        series: (0..comparison.policies().len()).map(series).collect(),
        legend: Legend::Numbers,
        panels: COSTS.iter().map(|cost| panel(comparison, cost, &best)).collect(),
        choice: "Against",
        paper: Paper { columns: 2, most: 2, ..Paper::default() },
        ..of_comparison(
            comparison,
            ("tradeoff", "What it costs"),
            title(comparison, &best),
            subtitle.to_owned(),
        )
    }
}

/// Effects on illicit turnover, harm and cost: less is better in each.
fn objectives(comparison: &Comparison, policy: usize) -> Vec<f64> {
    let names = ["illicit_turnover", COSTS[0].0, COSTS[1].0];
    let mean =
        |name| comparison.effect(policy, name).map_or(0.0, |effect: &Effect| effect.paired.mean);
    names.into_iter().map(mean).collect()
}

/// Policies that neither another policy nor the baseline equals or beats on all objectives.
fn undominated(comparison: &Comparison) -> Vec<usize> {
    let policies = comparison.policies().len();
    let all: Vec<Vec<f64>> = (0..policies).map(|policy| objectives(comparison, policy)).collect();
    let beats = |a: &[f64], b: &[f64]| {
        a.iter().zip(b).all(|(a, b)| a <= b) && a.iter().zip(b).any(|(a, b)| a < b)
    };
    let nothing = [0.0; 3];
    (0..policies)
        .filter(|&policy| {
            let own = &all[policy];
            own.iter().any(|value| *value != 0.0)
                && !beats(&nothing, own)
                && !all.iter().any(|other| beats(other, own))
        })
        .collect()
}

fn title(comparison: &Comparison, best: &[usize]) -> String {
    let names: Vec<String> =
        best.iter().map(|policy| format!("“{}”", comparison.policies()[*policy].title)).collect();
    match names.as_slice() {
        [] => "No policy is better than the baseline on any of turnover, harm and cost".to_owned(),
        [only] => {
            format!("Only {only} is beaten by nothing on illicit turnover, harm and cost together")
        }
        [some @ .., last] if names.len() <= 3 => format!(
            "Beaten by nothing on illicit turnover, harm and cost together: {} and {last}",
            some.join(", ")
        ),
        _ => format!(
            "{} of {} policies are beaten by nothing on illicit turnover, harm and cost together",
            names.len(),
            comparison.policies().len()
        ),
    }
}

fn panel(
    comparison: &Comparison,
    (measure, title, divisor, unit): &(&str, &str, f64, &str),
    best: &[usize],
) -> Panel {
    // Mean and interval of an effect, in the unit of an axis.
    let span = |effect: &Effect, scale: f64| {
        let (low, high) =
            effect.paired.interval.unwrap_or((effect.paired.mean, effect.paired.mean));
        [low * scale, effect.paired.mean * scale, high * scale]
    };
    let mut ends = [(0.0_f64, 0.0_f64); 2];
    let mut marks = Vec::new();
    for policy in 0..comparison.policies().len() {
        let of = |measure| comparison.effect(policy, measure);
        let (Some(illicit), Some(cost)) = (of("illicit_turnover"), of(measure)) else { continue };
        let Some(share) = illicit.relative(1.0) else { continue };
        let [x, y] = [span(illicit, 100.0 * share), span(cost, 1.0 / divisor)];
        for (ends, [low, _, high]) in ends.iter_mut().zip([x, y]) {
            *ends = (ends.0.min(low), ends.1.max(high));
        }
        let good = best.contains(&policy);
        let (colour, form) =
            if good { (Colour::Better, Form::Filled) } else { (Colour::Grey, Form::Hollow) };
        let intervals =
            vec![Interval::across((x[0], x[2]), 1.25), Interval::upright((y[0], y[2]), 1.25)];
        let dot = Mark::dot((x[1], y[1]), form, 5.0, colour, intervals);
        let told = vec![
            (
                "Illicit turnover".to_owned(),
                format!("{} {}", percent_effect(illicit), percent_interval(illicit)),
            ),
            (crate::words::measure(measure), amount(cost.paired.mean, &cost.unit, true)),
        ];
        let title = &comparison.policies()[policy].title;
        marks.push(dot.written((policy + 1).to_string(), false).of(policy).told(title, told));
    }
    let axis = |(low, high), unit| {
        Axis::over(Kind::Grid, &ticks(low, high, 6), |value| signed_tick(value, unit))
    };
    Panel {
        title: (*title).to_owned(),
        x: axis(ends[0], " %").titled("Effect on illicit turnover"),
        y: axis(ends[1], unit),
        height: 300.0,
        marks,
        ..Panel::default()
    }
}
