//! The figure of a best mix: the objective against each limit, as surfaces promise it and as fresh runs say.

use crate::chart::{
    Axis, AxisKind, ChartSeries, Colour, Figure, Form, Interval, Legend, Mark, Panel, Paper,
};
use crate::numbers::{short, signed_tick, ticks};
use crate::palette::BLUE;
use crate::say;
use crate::speech::{titled, tr};
use crate::words::{amount, foreign, lower_first, spelled, unit};
use study::comparison::optimum::{FrontierPoint, Optimum, Verified};

/// All figures of a best mix; none without limits.
#[must_use]
pub fn optimum_figures(made: &Optimum) -> Vec<Figure> {
    let limits: Vec<usize> = (1..made.asked.targets.len()).collect();
    if limits.is_empty() {
        return Vec::new();
    }
    let asked = &made.asked;
    let objective = &asked.targets[0];
    let title = match made.winner() {
        Some(winner) => say!(
            "Within the limits the best mix changes {measure} by {percent} %",
            measure = within(objective.name),
            percent = signed_tick(round(share(made, winner.found[0].mean)), "")
        ),
        None => say!("No mix that was run keeps the limits"),
    };
    let subtitle = say!(
        "Line: the best that surfaces promise under other limits, band: 95 % of what runs would say. Filled: fresh runs of the mix; hollow: policies as they stand; crosses: 95 % intervals of the means ({holds}). Upright: the limit.",
        holds = tr(asked.holds())
    );
    let setting = &asked.setting;
    let footer = say!(
        "{title} · {days} · {replications} fresh replications · one agent for {people} people · seed {seed} · crackdown {version}",
        title = titled(&asked.title),
        days = say!("{from} to {to}", from = setting.window.0, to = setting.window.1),
        replications = setting.replications,
        people = setting.people_per_agent,
        seed = setting.seed,
        version = setting.version
    );
    let series = |arm: &Verified| ChartSeries::new(titled(&arm.title), look(arm).1);
    vec![Figure {
        series: made.verified.iter().map(series).collect(),
        legend: Legend::Numbers,
        panels: limits.into_iter().map(|limit| panel(made, limit)).collect(),
        choice: tr("Limit"),
        paper: Paper { columns: 2, ..Paper::default() },
        ..Figure::new("frontier", "What limits cost", title, subtitle, footer)
    }]
}

/// How a mix is drawn, and how a policy as it stands.
fn look(arm: &Verified) -> (Form, Colour) {
    if arm.mix { (Form::Filled, BLUE) } else { (Form::Hollow, Colour::Grey) }
}

/// A measure in a sentence.
fn within(name: &str) -> String {
    foreign(name).map_or_else(|| name.replace('_', " "), |label| lower_first(&label))
}

/// A measure as a name.
fn named(name: &str) -> String {
    foreign(name).unwrap_or_else(|| name.to_owned())
}

fn round(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

/// The objective in percent of the baseline.
fn share(made: &Optimum, value: f64) -> f64 {
    100.0 * value / made.baseline[0].abs()
}

fn panel(made: &Optimum, limit: usize) -> Panel {
    let target = &made.asked.targets[limit];
    let steps: Vec<&FrontierPoint> =
        made.frontier.iter().filter(|step| step.limit == limit && step.kept).collect();
    let line = steps.iter().map(|step| (step.at_most, share(made, step.promised[0].value)));
    let ends = |step: &&FrontierPoint| {
        let promise = step.promised[0];
        (step.at_most, share(made, promise.low), share(made, promise.high))
    };
    let band: Vec<(f64, f64, f64)> = steps.iter().map(ends).collect();
    let (mut across, mut up) = ((0.0_f64, target.at_most.unwrap_or(0.0)), (0.0_f64, 0.0_f64));
    let mut reach = |x: f64, y: f64| {
        across = (across.0.min(x), across.1.max(x));
        up = (up.0.min(y), up.1.max(y));
    };
    for (x, low, high) in &band {
        reach(*x, *low);
        reach(*x, *high);
    }
    let mut marks = Vec::new();
    if let Some(most) = target.at_most {
        marks.push(Mark::rule(most, tr("limit").to_owned()));
    }
    marks.push(Mark::band(band, BLUE, 0.15));
    marks.push(Mark::line(line.collect(), BLUE, 1.8));
    for (number, arm) in made.verified.iter().enumerate() {
        reach(arm.found[limit].mean, share(made, arm.found[0].mean));
        marks.push(dot(made, arm, limit, number));
    }
    let label = |value: f64| if value == 0.0 { "0".to_owned() } else { short(value) };
    let x = Axis::over(AxisKind::Ticks, &ticks(across.0, across.1, 4), label);
    let added = if target.added { tr(", added") } else { "" };
    let x = x.titled(format!("{}, {}{added}", within(target.name), unit(target.unit)));
    let title = say!("{measure} and its limit", measure = spelled(target.name));
    Panel {
        note: say!("{measure} against the limit", measure = within(made.asked.targets[0].name)),
        ..Panel::new(title, (x, Axis::signed(up, 5, " %")), 260.0, marks)
    }
}

fn dot(made: &Optimum, arm: &Verified, limit: usize, number: usize) -> Mark {
    let (objective, cost) = (&arm.found[0], &arm.found[limit]);
    let of = |(low, high)| Interval::upright((share(made, low), share(made, high)), 1.2);
    let up = objective.interval.map(of);
    let across = cost.interval.map(|ends| Interval::across(ends, 1.2));
    let ((form, colour), target) = (look(arm), &made.asked.targets[limit]);
    let mean = share(made, objective.mean);
    let told = vec![
        (named(made.asked.targets[0].name), format!("{} %", signed_tick(round(mean), ""))),
        (named(target.name), amount(cost.mean, target.unit, target.added)),
    ];
    Mark::dot((cost.mean, mean), form, 4.5, colour, up.into_iter().chain(across).collect())
        .written((number + 1).to_string(), false)
        .of(number)
        .told(titled(&arm.title), told)
}
