//! How effects go with the parameters that are drawn: means over groups of draws, the parameters that matter most first.

use super::across::foot;
use super::setting::over;
use crate::chart::{Axis, ChartSeries, Figure, Form, Legend, Mark, Panel, Tick};
use crate::numbers::short;
use crate::palette;
use crate::say;
use crate::speech::{titled, tr};
use crate::words::{lower_first, spelled};
use model::MEASURES;
use study::comparison::across::{Across, AlongParameter};
use world::units::maths;

/// Parameters at most.
const MOST: usize = 9;
/// Policies at most: those with the largest spread over draws.
const POLICIES: usize = 6;

/// The figure.
pub fn figure(across: &Across) -> Figure {
    let measure = across.asked.measures.first().map_or("", |measure| MEASURES[*measure].name);
    let measure = lower_first(&spelled(measure));
    let title = across.along.first().map_or_else(String::new, |first| {
        let title = say!("Effects on {measure} vary most along {path}", measure, path = first.path);
        over(&title, across.asked.setting.window)
    });
    let groups = across.along.first().map_or(0, |first| first.values.len());
    let policies = widest(across);
    let series = |(number, arm): (usize, &usize)| {
        ChartSeries::new(titled(&across.asked.arms[*arm].title), palette::policy(number))
    };
    let subtitle = say!(
        "Effect in percent of the baseline, mean over up to {groups} groups of draws that lie next to each other. In brackets the largest share of the variance of draws' effects that lies between groups; part of it is chance.",
        groups
    );
    Figure {
        series: policies.iter().enumerate().map(series).collect(),
        legend: Legend::Names,
        panels: across.along.iter().take(MOST).map(|one| panel(one, &policies)).collect(),
        choice: tr("Parameter"),
        ..Figure::new("along_parameters", "Effects along parameters", title, subtitle, foot(across))
    }
}

/// Policies whose effect spreads most over draws, in the order of the study.
fn widest(across: &Across) -> Vec<usize> {
    let spread = |arm: &usize| {
        let effect = across.measures.first().and_then(|line| line.effects[*arm]);
        effect.map_or(0.0, |effect| effect.shown().quantiles[4] - effect.shown().quantiles[0])
    };
    let mut policies: Vec<usize> = across.policies().collect();
    policies.sort_by(|a, b| spread(b).total_cmp(&spread(a)).then(a.cmp(b)));
    policies.truncate(POLICIES);
    policies.sort_unstable();
    policies
}

fn panel(parameter: &AlongParameter, policies: &[usize]) -> Panel {
    let (mut low, mut high) = (0.0_f64, 0.0_f64);
    for effect in policies.iter().flat_map(|arm| &parameter.effects[*arm]) {
        (low, high) = (low.min(*effect), high.max(*effect));
    }
    let (first, last) = (parameter.values[0], parameter.values[parameter.values.len() - 1]);
    // Values over orders of magnitude stand at like distances by their logarithm.
    let wide = first > 0.0 && last / first > 30.0;
    let scaled = |value: f64| if wide { maths::ln(value) } else { value };
    let margin = 0.04 * (scaled(last) - scaled(first)).max(1e-9);
    let ticks_across =
        parameter.values.iter().map(|value| Tick::new(scaled(*value), short(*value)));
    let mut marks = Vec::new();
    for (number, arm) in policies.iter().enumerate() {
        let points = parameter.values.iter().zip(&parameter.effects[*arm]);
        let line: Vec<(f64, f64)> =
            points.map(|(value, effect)| (scaled(*value), *effect)).collect();
        let colour = palette::policy(number);
        let dot =
            |at: &(f64, f64)| Mark::dot(*at, Form::Filled, 2.5, colour, Vec::new()).of(number);
        marks.extend(line.iter().map(dot));
        marks.push(Mark::line(line, colour, 1.5).of(number));
    }
    let ends = (scaled(first) - margin, scaled(last) + margin);
    let axes = (Axis::marked(ends, ticks_across.collect()), Axis::signed((low, high), 4, " %"));
    let title = format!("{} ({:.0} %)", parameter.path, 100.0 * parameter.share);
    Panel::new(title, axes, 124.0, marks)
}
