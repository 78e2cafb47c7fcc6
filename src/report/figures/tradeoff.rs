//! What a fall of domestic exchange without a licence, or of money of crime, costs honest users and the agency, and which policies nobody beats.

use super::setting::{chosen, framed, others};
use crate::chart::{
    Axis, ChartSeries, Colour, Figure, Form, Interval, Legend, Mark, Panel, Paper, Point,
};
use crate::say;
use crate::speech::tr;
use crate::words::{amount, lower_first, percent_effect, percent_interval};
use study::comparison::{Comparison, Effect};

/// Cost axes: measure, title, divisor, unit; the first two are those that policies are judged by.
const COSTS: [(&str, &str, f64, &str); 3] = [
    ("honest_turnover_stopped", "Honest turnover stopped, bn KZT", 1e9, " bn"),
    ("enforcement_cost", "Cost of agency and banks, m KZT", 1e6, " m"),
    ("agency_cost", "Cost of the agency alone, m KZT", 1e6, " m"),
];

/// What is to fall: measure, title, and the title in a word; policies are judged by the first.
const FALLS: [(&str, &str, &str); 2] = [
    ("unlicensed_domestic_turnover", "Domestic exchange without a licence", "domestic"),
    ("crime_turnover", "Money of crime", "crime"),
];

/// How dark the ground is where a policy would be beaten. Source: judgement.
const GROUND: f64 = 0.10;

/// The figure.
pub fn figure(comparison: &Comparison) -> Figure {
    let best = undominated(comparison);
    let subtitle = say!(
        "Effects against the baseline (0). Better is left and down. Filled: no other policy, nor the baseline, is better or equal on domestic exchange without a licence, honest turnover stopped and cost; hollow: some is. Grey ground: beaten on the two axes of the panel. Crosses: 95 % intervals of the means.{others}",
        others = others(comparison)
    );
    let series = |policy: usize| {
        let colour = if best.contains(&policy) { Colour::Better } else { Colour::Grey };
        ChartSeries::new(&comparison.policies()[policy].title, colour)
    };
    Figure {
        series: chosen(comparison).into_iter().map(series).collect(),
        legend: Legend::Numbers,
        panels: COSTS
            .iter()
            .flat_map(|cost| FALLS.map(|falls| panel(comparison, falls, cost, &best)))
            .collect(),
        choice: tr("Against"),
        paper: Paper { columns: 1, most: 1, width: 740.0, ..Paper::default() },
        ..framed(comparison, ("tradeoff", "What it costs"), title(comparison, &best), subtitle)
    }
}

/// Effects of a policy on measures of which less is better.
fn effects_on(comparison: &Comparison, policy: usize, measures: &[&str]) -> Vec<f64> {
    let mean =
        |name| comparison.effect(policy, name).map_or(0.0, |effect: &Effect| effect.paired.mean);
    measures.iter().copied().map(mean).collect()
}

/// Whether one is as good on everything, and better on something; less is better.
fn beats(one: &[f64], other: &[f64]) -> bool {
    let pairs = || one.iter().zip(other);
    pairs().all(|(one, other)| one <= other) && pairs().any(|(one, other)| one < other)
}

/// Policies that neither another policy nor the baseline equals or beats on domestic exchange without a licence, honest turnover stopped and cost together.
fn undominated(comparison: &Comparison) -> Vec<usize> {
    let policies = 0..comparison.policies().len();
    let measures = [FALLS[0].0, COSTS[0].0, COSTS[1].0];
    let all: Vec<_> =
        policies.clone().map(|policy| effects_on(comparison, policy, &measures)).collect();
    let good = |policy: &usize| {
        let own = &all[*policy];
        own.iter().any(|value| *value != 0.0)
            && !beats(&[0.0; 3], own)
            && !all.iter().any(|other| beats(other, own))
    };
    policies.filter(good).collect()
}

/// Who beats a policy on what is to fall and one cost: the baseline if nobody else does it; `None` if nobody does.
fn beaten_by<'a>(comparison: &'a Comparison, policy: usize, axes: [&str; 2]) -> Option<&'a str> {
    let of = |policy| effects_on(comparison, policy, &axes);
    let own = of(policy);
    let other = (0..comparison.policies().len()).find(|other| beats(&of(*other), &own));
    let baseline = beats(&[0.0; 2], &own).then_some(0);
    let arm = other.map(|other| other + 1).or(baseline)?;
    Some(&comparison.arms[arm].title)
}

/// Where everything is beaten by one of the dots: above it and to its right, up to the edges.
fn beaten(mut dots: Vec<Point>, x: &Axis, y: &Axis) -> Vec<(f64, f64, f64)> {
    let all = dots.clone();
    dots.retain(|dot| !all.iter().any(|other| beats(&[other.0, other.1], &[dot.0, dot.1])));
    dots.sort_by(|a, b| a.0.total_cmp(&b.0));
    let until = dots.iter().skip(1).map(|dot| dot.0).chain([x.range.1]);
    let ground = |(dot, until): (&Point, f64)| [dot.0, until].map(|at| (at, dot.1, y.range.1));
    dots.iter().zip(until).flat_map(ground).collect()
}

fn title(comparison: &Comparison, best: &[usize]) -> String {
    let names: Vec<String> = best
        .iter()
        .map(|policy| crate::words::quoted(&comparison.policies()[*policy].title))
        .collect();
    match names.as_slice() {
        [] => tr("No policy is better than the baseline on any of domestic exchange without a licence, honest turnover stopped and cost").to_owned(),
        [only] if comparison.policies().len() == 1 => say!(
            "{only}: domestic exchange without a licence against honest turnover stopped and cost",
            only
        ),
        [only] => {
            say!("No other policy does better than {only} on domestic exchange without a licence, honest turnover stopped and cost together", only)
        }
        [some @ .., last] if names.len() <= 3 => say!(
            "No other policy does better on domestic exchange without a licence, honest turnover stopped and cost together than {some} and {last}",
            some = some.join(", "),
            last
        ),
        _ => say!(
            "Of {of} policies {number} are such that no other does better on domestic exchange without a licence, honest turnover stopped and cost together",
            number = names.len(),
            of = comparison.policies().len()
        ),
    }
}

fn panel(
    comparison: &Comparison,
    (falls, name, word): (&str, &str, &str),
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
    let mut marks = vec![
        Mark::dot((0.0, 0.0), Form::Diamond, 5.0, Colour::Ink, Vec::new())
            .written("0", false)
            .told(&comparison.arms[0].title, Vec::new()),
    ];
    let mut dots = vec![(0.0, 0.0)];
    for (place, policy) in chosen(comparison).into_iter().enumerate() {
        let of = |measure| comparison.effect(policy, measure);
        let (Some(fall), Some(cost)) = (of(falls), of(measure)) else { continue };
        let Some(share) = fall.relative(1.0) else { continue };
        let [x, y] = [span(fall, 100.0 * share), span(cost, 1.0 / divisor)];
        for (ends, [low, _, high]) in ends.iter_mut().zip([x, y]) {
            *ends = (ends.0.min(low), ends.1.max(high));
        }
        let good = best.contains(&policy);
        let (colour, form) =
            if good { (Colour::Better, Form::Filled) } else { (Colour::Grey, Form::Hollow) };
        let intervals =
            vec![Interval::across((x[0], x[2]), 1.25), Interval::upright((y[0], y[2]), 1.25)];
        let dot = Mark::dot((x[1], y[1]), form, 5.0, colour, intervals);
        let beaten = match beaten_by(comparison, policy, [falls, measure]) {
            Some(by) => say!("beaten by “{by}”", by),
            None => tr("no other does better").to_owned(),
        };
        let told = vec![
            (tr(name).to_owned(), format!("{} {}", percent_effect(fall), percent_interval(fall))),
            (crate::words::measure(measure), amount(cost.paired.mean, &cost.unit, true)),
            (tr("On the two together").to_owned(), beaten),
        ];
        dots.push((x[1], y[1]));
        let title = &comparison.policies()[policy].title;
        marks.push(dot.written((place + 1).to_string(), false).of(place).told(title, told));
    }
    let line = say!("Effect on {line}", line = lower_first(tr(name)));
    let [x, y] =
        [(ends[0], " %"), (ends[1], unit)].map(|(ends, unit)| Axis::signed(ends, 6, tr(unit)));
    let x = x.titled(line);
    marks.insert(0, Mark::band(beaten(dots, &x, &y), Colour::Grey, GROUND));
    Panel::new(format!("{} ({})", tr(title), tr(word)), (x, y), 300.0, marks)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::MarkShape;
    use study::comparison::tests::small;

    #[test]
    fn what_is_beaten_begins_at_the_dots_that_nobody_beats_and_reaches_the_edges() {
        let axis = Axis { range: (-10.0, 10.0), ..Axis::default() };
        let dots = vec![(0.0, 0.0), (-4.0, 3.0), (2.0, 5.0), (-4.0, 6.0), (1.0, -2.0)];
        let corners = [(-4.0, 3.0), (0.0, 3.0), (0.0, 0.0), (1.0, 0.0), (1.0, -2.0), (10.0, -2.0)];
        let expected = corners.map(|(across, low)| (across, low, 10.0));
        assert_eq!(beaten(dots, &axis, &axis), expected);
        let alone = [(0.0, 0.0, 10.0), (10.0, 0.0, 10.0)];
        assert_eq!(beaten(vec![(0.0, 0.0)], &axis, &axis), alone);
    }

    #[test]
    fn every_panel_shows_the_baseline_and_tells_of_each_policy_who_beats_it_there() {
        let comparison = small(4, 3);
        for panel in figure(&comparison).panels {
            let tips: Vec<_> = panel.marks.iter().filter_map(|mark| mark.tip.as_ref()).collect();
            assert_eq!(tips[0].head, comparison.arms[0].title);
            assert_eq!(tips.len(), 5, "a dot for the baseline and each policy");
            let verdicts: Vec<&str> = tips[1..].iter().map(|tip| &*tip.rows[2].1).collect();
            let known =
                |words: &&str| words.starts_with("beaten by “") || *words == "no other does better";
            assert!(verdicts.iter().all(known), "{verdicts:?}");
            let ground = panel.marks.iter().find_map(|mark| match &mark.shape {
                MarkShape::Band { points, .. } => Some(points),
                _ => None,
            });
            let corners: Vec<_> =
                ground.unwrap().iter().map(|corner| (corner.0, corner.1)).collect();
            let dots = panel.marks.iter().filter(|mark| mark.series.is_some());
            for (mark, verdict) in dots.zip(&verdicts) {
                let MarkShape::Dot { at, .. } = &mark.shape else { panic!("a policy is a dot") };
                assert_eq!(corners.contains(at), *verdict == "no other does better", "{verdict}");
            }
        }
    }
}
