//! Figures of a calibration: published figures against the model, what is known of each parameter, pairs that go together.

use crate::chart::{
    Axis, AxisKind, Colour, Figure, Form, Interval, Mark, NumberCell, NumberColumn, Panel, Paper,
    Tick,
};
use crate::numbers::short;
use crate::palette::{BLUE, ORANGE};
use crate::say;
use crate::speech::{number, told, tr};
use crate::words::{amount, percent_of, sentence, without_currency};
use study::comparison::calibration::{CalibratedParameter, Calibration, Fit, Identified, Scale};
use world::units::maths;

/// Panels of marginals at most: the best known.
const MARGINALS: usize = 16;
/// Panels of pairs at most.
const PAIRS: usize = 8;
/// Bars of a histogram.
const BARS: usize = 12;
/// Dots of a pair at most.
const DOTS: usize = 400;

/// All figures of a calibration.
#[must_use]
pub fn calibration_figures(calibration: &Calibration) -> Vec<Figure> {
    let mut figures = vec![fits(calibration), marginals(calibration)];
    if calibration.parameters.len() > 1 {
        figures.push(pairs(calibration));
    }
    figures
}

/// What is seen, in a sentence without its full stop.
#[must_use]
pub fn calibration_finding(calibration: &Calibration) -> String {
    let inside = calibration.fits.iter().filter(|fit| fit.inside()).count();
    let known = |least: Identified| {
        calibration.parameters.iter().filter(|p| p.marginal.identified() >= least).count()
    };
    let plausible = calibration.fits.iter().filter(|fit| fit.plausible()).count();
    let all = calibration.fits.len();
    let cases = calibration.targets.iter().any(|target| target.scaled != Scale::Amount);
    let what = match cases {
        true => tr("published figures and readings of cases"),
        false => tr("published figures"),
    };
    say!(
        "{plausible} of {all} {what} lie within what nine of ten runs give, {inside} are met by nine of ten draws; they identify {identified} of {parameters} parameters, {partly} more in part",
        plausible,
        all,
        what,
        inside,
        identified = known(Identified::Yes),
        parameters = calibration.parameters.len(),
        partly = known(Identified::Partly) - known(Identified::Yes)
    )
}

fn foot(calibration: &Calibration) -> String {
    let (from, to) = calibration.days;
    let runs: Vec<String> = calibration.waves.iter().map(|wave| wave.runs.to_string()).collect();
    say!(
        "{name} · {days} · surfaces of {runs} runs · {draws} posterior draws, {checked} of them run {replications} times · one agent for {people} people · seed {seed} · crackdown {version}",
        name = calibration.name,
        days = say!("{from} to {to}", from, to),
        runs = runs.join(", "),
        draws = calibration.points.len(),
        checked = calibration.checked,
        replications = calibration.replications,
        people = calibration.people_per_agent,
        seed = calibration.seed,
        version = env!("CARGO_PKG_VERSION")
    )
}

/// A figure and year as a label.
fn label(fit: &Fit) -> String {
    let (name, year) = fit.target.name.split_once(' ').unwrap_or((&fit.target.name, ""));
    format!("{} {year}", tr(&sentence(name.trim_end_matches("_kzt"))))
}

/// Published figures with their tolerance, and the model, as a multiple of what was published.
fn fits(calibration: &Calibration) -> Figure {
    let subtitle = tr(
        "Grey: what was published and its tolerance. Line: 90 % of posterior draws, chance taken off; thin: 90 % of single runs, chance included. As a multiple of the published figure.",
    );
    // From a fourth to four times.
    let reach = maths::ln(4.0);
    let place = |ratio: f64| maths::ln(ratio.max(1e-9)).clamp(-reach, reach);
    let names = [(0.25, "¼"), (0.5, "½"), (1.0, tr("as published")), (2.0, "2×"), (4.0, "4×")];
    let ticks = names.map(|(ratio, name)| Tick::new(place(ratio), name)).to_vec();
    let (mut rows, mut marks) = (Vec::new(), Vec::new());
    let heads = [tr("published → model [90 % of draws]"), tr("draws inside")];
    let mut columns = heads.map(|head| NumberColumn { head: head.to_owned(), cells: Vec::new() });
    for (number, fit) in calibration.fits.iter().enumerate() {
        let at = number as f64 + 0.5;
        rows.push(Tick::new(at, label(fit)));
        let ratio = |value: f64| place(value / fit.target.value);
        let (low, high) = fit.target.tolerance;
        marks.push(Mark::bar((ratio(low), at - 0.3), (ratio(high), at + 0.3), Colour::Grey, 0.25));
        let colour = if fit.inside() { BLUE } else { ORANGE };
        let intervals = vec![
            Interval::across((ratio(fit.runs[0]), ratio(fit.runs[2])), 1.5),
            Interval::across((ratio(fit.draws[0]), ratio(fit.draws[2])), 4.5),
        ];
        marks.push(Mark::dot((ratio(fit.draws[1]), at), Form::Filled, 4.5, colour, intervals));
        let bare = |value: f64| match fit.target.unit {
            "KZT" | "share" => without_currency(&amount(value, fit.target.unit, false)),
            _ => short(value),
        };
        let [from, middle, to] = fit.draws.map(bare);
        let published = bare(fit.target.value);
        let words = say!("{published} → {middle} [{from} to {to}]", published, middle, from, to);
        let ink = if fit.inside() { Colour::Ink } else { ORANGE };
        let texts = [(words, Colour::Ink), (percent_of(fit.share_inside), ink)];
        for (column, (text, colour)) in columns.iter_mut().zip(texts) {
            column.cells.push(NumberCell { at, text, below: String::new(), colour });
        }
    }
    let x = Axis { kind: AxisKind::Grid, ..Axis::marked((-reach, reach), ticks) };
    let axes = (x, Axis::rows(rows.len() as f64, rows));
    let panel = Panel::new("", axes, 30.0 * calibration.fits.len() as f64, marks);
    let (title, foot) = (calibration_finding(calibration), foot(calibration));
    Figure {
        panels: vec![Panel { columns: columns.into(), ..panel }],
        paper: Paper { columns: 1, names: 230.0, ..Paper::default() },
        ..Figure::new("fit", "Published figures and the model", title, subtitle, foot)
    }
}

/// The last parts of a path, which fit above a panel.
fn short_path(path: &str) -> &str {
    let mut cut = path;
    while cut.chars().count() > 36 {
        match cut.split_once('.') {
            Some((_, rest)) => cut = rest,
            None => break,
        }
    }
    cut
}

/// Histograms of the best known parameters over their ranges.
fn marginals(calibration: &Calibration) -> Figure {
    let ordered = calibration.by_contraction();
    let shown = &ordered[..ordered.len().min(MARGINALS)];
    let best = ordered.first().map_or("", |parameter| parameter.path.as_str());
    let title = say!("What the published figures say of the parameters: most of {best}", best);
    let subtitle = say!(
        "Posterior draws over the range of each parameter, the {shown} best known of {all}; the line is the range itself, all values as likely. In brackets the share of the range's variance that is gone.",
        shown = shown.len(),
        all = ordered.len()
    );
    let panel = |parameter: &&CalibratedParameter| {
        let place = calibration.parameters.iter().position(|other| other.path == parameter.path);
        let of = |at| calibration.points.iter().map(move |point| point[at]);
        histogram(parameter, &place.into_iter().flat_map(of).collect::<Vec<f64>>())
    };
    let foot = foot(calibration);
    Figure {
        panels: shown.iter().map(panel).collect(),
        choice: tr("Parameter"),
        paper: Paper { columns: 4, ..Paper::default() },
        ..Figure::new("marginals", "What is known of each parameter", title, subtitle, foot)
    }
}

fn histogram(parameter: &CalibratedParameter, values: &[f64]) -> Panel {
    let mut bars = [0.0; BARS];
    for value in values {
        bars[((value * BARS as f64) as usize).min(BARS - 1)] += 1.0 / values.len().max(1) as f64;
    }
    let known = parameter.marginal.identified() != Identified::No;
    let colour = if known { BLUE } else { Colour::Grey };
    let bar = |(number, share): (usize, &f64)| {
        let from = number as f64 / BARS as f64;
        Mark::bar((from + 0.003, 0.0), (from + 1.0 / BARS as f64 - 0.003, *share), colour, 0.7)
    };
    let even = 1.0 / BARS as f64;
    let line = |at| Mark::line(vec![(0.0, at), (1.0, at)], Colour::Grey, 1.0);
    let gone = (100.0 * parameter.marginal.contraction).max(0.0).round();
    let range = Tick::new(0.5, format!("{} ({gone} %)", told(&parameter.range)));
    // Values without labels: the height says how many draws, not how much.
    let up = Axis { range: (0.0, bars.iter().copied().fold(0.2, f64::max)), ..Axis::default() };
    let axes = (Axis::marked((0.0, 1.0), vec![range]), up);
    let marks = bars.iter().enumerate().map(bar).chain([line(even)]).collect();
    Panel::new(short_path(&parameter.path), axes, 64.0, marks)
}

/// Scatter of the pairs that go together most.
fn pairs(calibration: &Calibration) -> Figure {
    let shown = calibration.pairs(PAIRS);
    let path = |at: usize| calibration.parameters[at].path.as_str();
    let title = shown.first().map_or_else(String::new, |(a, b, rho)| {
        say!(
            "Figures that fix only a combination: {one} and {other} go together most (correlation {rho})",
            one = path(*a),
            other = path(*b),
            rho = number(format!("{rho:.2}"))
        )
    });
    let subtitle = tr(
        "Posterior draws over the ranges of two parameters (across and up), the pairs with the strongest correlations. A narrow band says that one can stand in for the other.",
    );
    let panel = |(a, b, rho): &(usize, usize, f64)| {
        let points = calibration.points.iter().take(DOTS);
        let dot = |point: &Vec<f64>| {
            Mark::dot((point[*a], point[*b]), Form::Filled, 1.6, BLUE, Vec::new())
        };
        let below = say!("correlation {rho}", rho = number(format!("{rho:.2}")));
        let across = Tick::new(0.5, format!("→ {}", short_path(path(*a)))).below(below);
        let axes = [vec![across], Vec::new()].map(|ticks| Axis::marked((0.0, 1.0), ticks));
        let title = format!("↑ {}", short_path(path(*b)));
        Panel::new(title, axes.into(), 180.0, points.map(dot).collect())
    };
    Figure {
        panels: shown.iter().map(panel).collect(),
        choice: tr("Pair"),
        paper: Paper { columns: 4, ..Paper::default() },
        ..Figure::new("pairs", "Parameters that go together", title, subtitle, foot(calibration))
    }
}
