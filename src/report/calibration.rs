//! Figures of a calibration: published figures against the model, what is known of each parameter, pairs that go together.

use super::Figure;
use super::axis::short;
use super::canvas::{AXIS, Align, Canvas, GREY, GRID, INK, Style};
use super::compare::sheet::{FOOT, LEFT, PAPER, WIDTH, head_height, written_over};
use super::words::{amount, sentence};
use plotters::style::RGBColor;
use study::comparison::calibration::{Calibration, Fit, Identified, Parameter};
use world::units::maths;

const BLUE: RGBColor = RGBColor(0x00, 0x72, 0xB2);
const ORANGE: RGBColor = RGBColor(0xD5, 0x5E, 0x00);
/// Height of a row of the figure of fits.
const ROW: f64 = 30.0;
/// Panels beside each other.
const ACROSS: usize = 4;
/// Panels of marginals at most: the best known.
const MARGINALS: usize = 16;
/// Panels of pairs at most.
const PAIRS: usize = 8;
/// Bars of a histogram.
const BARS: usize = 12;

/// All figures of a calibration.
#[must_use]
pub fn calibration_figures(calibration: &Calibration) -> Vec<Figure> {
    let figure = |name: &str, canvas: Canvas| Figure { name: name.to_owned(), svg: canvas.svg() };
    let mut figures =
        vec![figure("fit", fits(calibration)), figure("marginals", marginals(calibration))];
    if calibration.parameters.len() > 1 {
        figures.push(figure("pairs", pairs(calibration)));
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
    format!(
        "{plausible} of {all} published figures lie within what nine of ten runs give, {inside} are met by nine of ten draws; they identify {} of {} parameters, {} more in part",
        known(Identified::Yes),
        calibration.parameters.len(),
        known(Identified::Partly) - known(Identified::Yes),
    )
}

fn foot(calibration: &Calibration) -> String {
    let (from, to) = calibration.days;
    let runs: Vec<String> = calibration.waves.iter().map(|wave| wave.runs.to_string()).collect();
    format!(
        "{} · {from} to {to} · surfaces of {} runs · {} posterior draws, {} of them run {} times · one agent for {} people · seed {} · crackdown {}",
        calibration.name,
        runs.join(", "),
        calibration.points.len(),
        calibration.checked,
        calibration.replications,
        calibration.people_per_agent,
        calibration.seed,
        env!("CARGO_PKG_VERSION")
    )
}

/// A figure and year as a label.
fn label(fit: &Fit) -> String {
    let (name, year) = fit.target.name.split_once(' ').unwrap_or((&fit.target.name, ""));
    format!("{} {year}", sentence(name.trim_end_matches("_kzt")))
}

/// Published figures with their tolerance, and the model, as a multiple of what was published.
fn fits(calibration: &Calibration) -> Canvas {
    let title = calibration_finding(calibration);
    let subtitle = "Grey: what was published and its tolerance. Line: 90 % of posterior draws, luck taken off; thin: 90 % of single runs, luck included. As a multiple of the published figure.";
    let top = head_height(&title, subtitle) + 28.0;
    let height = top + calibration.fits.len() as f64 * ROW + 30.0 + FOOT;
    let mut canvas = Canvas::new(PAPER as u32, height as u32);
    written_over(&mut canvas, height, &foot(calibration), &title, subtitle);
    // From a fourth to four times.
    let (x0, x1) = (LEFT + 230.0, LEFT + WIDTH - 330.0);
    let reach = maths::ln(4.0);
    let place = |ratio: f64| {
        let logarithm = maths::ln(ratio.max(1e-9)).clamp(-reach, reach);
        (x0 + x1) / 2.0 + (x1 - x0) / 2.0 * logarithm / reach
    };
    let bottom = top + calibration.fits.len() as f64 * ROW;
    for (ratio, name) in [(0.25, "¼"), (0.5, "½"), (1.0, "as published"), (2.0, "2×"), (4.0, "4×")]
    {
        let colour = if ratio == 1.0 { AXIS } else { GRID };
        canvas.line(vec![(place(ratio), top - 6.0), (place(ratio), bottom)], colour, 1.0);
        let style = Style::SMALL.aligned(Align::Centre);
        canvas.text(place(ratio), bottom + 12.0, name, style);
    }
    let right = LEFT + WIDTH;
    for (x, words) in
        [(right - 120.0, "published → model [90 % of draws]"), (right, "draws inside")]
    {
        canvas.text(x, top - 14.0, words, Style::SMALL.aligned(Align::Right));
    }
    for (number, fit) in calibration.fits.iter().enumerate() {
        let y = top + (number as f64 + 0.5) * ROW;
        let small = Style { size: 12.0, ..Style::BODY };
        canvas.text(LEFT, y, &label(fit), small);
        let ratio = |value: f64| place(value / fit.target.value);
        let (low, high) = (ratio(fit.target.tolerance.0), ratio(fit.target.tolerance.1));
        let bar = vec![(low, y - 9.0), (high, y - 9.0), (high, y + 9.0), (low, y + 9.0)];
        canvas.area(bar, GREY, 0.25);
        let colour = if fit.inside() { BLUE } else { ORANGE };
        canvas.line(vec![(ratio(fit.runs[0]), y), (ratio(fit.runs[2]), y)], colour, 1.5);
        canvas.line(vec![(ratio(fit.draws[0]), y), (ratio(fit.draws[2]), y)], colour, 4.5);
        canvas.dot((ratio(fit.draws[1]), y), 4.5, colour, true);
        let bare = |value: f64| match fit.target.unit {
            "KZT" | "share" => amount(value, fit.target.unit, false).replace("KZT ", ""),
            _ => short(value),
        };
        let [from, middle, to] = fit.draws.map(bare);
        let words = format!("{} → {middle} [{from} to {to}]", bare(fit.target.value));
        let style = Style { size: 11.0, ..Style::BODY }.aligned(Align::Right);
        canvas.text(right - 120.0, y, &words, style);
        canvas.text(
            right,
            y,
            &super::percent_of(fit.share_inside),
            style.coloured(if fit.inside() { INK } else { ORANGE }),
        );
    }
    canvas
}

/// Where a panel stands.
fn cell(number: usize, top: f64, height: f64) -> (f64, f64, f64) {
    let width = WIDTH / ACROSS as f64;
    let (column, row) = (number % ACROSS, number / ACROSS);
    (LEFT + column as f64 * width, top + row as f64 * height, width - 18.0)
}

/// The last parts of a path, which fit above a panel.
fn short_path(path: &str) -> &str {
    let mut cut = path;
    while (Style { size: 11.0, ..Style::BODY }).width(cut) > WIDTH / ACROSS as f64 - 22.0 {
        match cut.split_once('.') {
            Some((_, rest)) => cut = rest,
            None => break,
        }
    }
    cut
}

/// Histograms of the best known parameters over their ranges.
fn marginals(calibration: &Calibration) -> Canvas {
    const HEIGHT: f64 = 120.0;
    let ordered = calibration.by_contraction();
    let shown = &ordered[..ordered.len().min(MARGINALS)];
    let best = ordered.first().map_or("", |parameter| parameter.path.as_str());
    let title = format!("What the published figures say of the parameters: most of {best}");
    let subtitle = format!(
        "Posterior draws over the range of each parameter, the {} best known of {}; the line is the range itself, all values as likely. In brackets the share of the range's variance that is gone.",
        shown.len(),
        ordered.len()
    );
    let top = head_height(&title, &subtitle) + 10.0;
    let height = top + shown.len().div_ceil(ACROSS) as f64 * HEIGHT + FOOT;
    let mut canvas = Canvas::new(PAPER as u32, height as u32);
    written_over(&mut canvas, height, &foot(calibration), &title, &subtitle);
    for (number, parameter) in shown.iter().enumerate() {
        let place = calibration.parameters.iter().position(|other| other.path == parameter.path);
        let values: Vec<f64> = place
            .into_iter()
            .flat_map(|at| calibration.points.iter().map(move |p| p[at]))
            .collect();
        histogram(&mut canvas, cell(number, top, HEIGHT), parameter, &values);
    }
    canvas
}

fn histogram(
    canvas: &mut Canvas,
    (left, top, width): (f64, f64, f64),
    parameter: &Parameter,
    values: &[f64],
) {
    let mut bars = [0.0; BARS];
    for value in values {
        bars[((value * BARS as f64) as usize).min(BARS - 1)] += 1.0 / values.len().max(1) as f64;
    }
    let gone = (100.0 * parameter.marginal.contraction).max(0.0).round();
    let small = Style { size: 11.0, ..Style::BODY };
    canvas.text(left, top + 10.0, short_path(&parameter.path), small);
    let (ground, high) = (top + 88.0, 64.0);
    let most = bars.iter().copied().fold(0.2, f64::max);
    let step = width / BARS as f64;
    let colour = if parameter.marginal.identified() == Identified::No { GREY } else { BLUE };
    for (number, bar) in bars.iter().enumerate() {
        let (x, y) = (left + number as f64 * step, ground - high * bar / most);
        let area =
            vec![(x + 0.5, ground), (x + 0.5, y), (x + step - 0.5, y), (x + step - 0.5, ground)];
        canvas.area(area, colour, 0.7);
    }
    let even = ground - high / BARS as f64 / most;
    canvas.line(vec![(left, even), (left + width, even)], AXIS, 1.0);
    canvas.line(vec![(left, ground), (left + width, ground)], AXIS, 1.0);
    let tiny = Style { size: 10.0, ..Style::SMALL };
    canvas.text(left, ground + 10.0, &format!("{} ({gone} %)", parameter.range), tiny);
}

/// Scatter of the pairs that go together most.
fn pairs(calibration: &Calibration) -> Canvas {
    const HEIGHT: f64 = 250.0;
    let shown = calibration.pairs(PAIRS);
    let title = shown.first().map_or_else(String::new, |(a, b, rho)| {
        format!(
            "Figures that fix only a combination: {} and {} go together most (correlation {rho:.2})",
            calibration.parameters[*a].path, calibration.parameters[*b].path
        )
    });
    let subtitle = "Posterior draws over the ranges of two parameters (across and up), the pairs with the strongest correlations. A narrow band says that one can stand in for the other.";
    let top = head_height(&title, subtitle) + 10.0;
    let height = top + shown.len().div_ceil(ACROSS) as f64 * HEIGHT + FOOT;
    let mut canvas = Canvas::new(PAPER as u32, height as u32);
    written_over(&mut canvas, height, &foot(calibration), &title, subtitle);
    for (number, (a, b, rho)) in shown.iter().enumerate() {
        let (left, top, width) = cell(number, top, HEIGHT);
        let side = width.min(HEIGHT - 70.0);
        let names = [*b, *a].map(|place| calibration.parameters[place].path.as_str());
        let small = Style { size: 11.0, ..Style::BODY };
        canvas.text(left, top + 10.0, &format!("↑ {}", short_path(names[0])), small);
        let (y0, y1) = (top + 24.0, top + 24.0 + side);
        for (from, to) in [((left, y0), (left, y1)), ((left, y1), (left + side, y1))] {
            canvas.line(vec![from, to], AXIS, 1.0);
        }
        for point in calibration.points.iter().take(400) {
            let at = (left + side * point[*a], y1 - side * point[*b]);
            canvas.dot(at, 1.6, BLUE, true);
        }
        canvas.text(left, y1 + 12.0, &format!("→ {}", short_path(names[1])), small);
        let tiny = Style { size: 10.0, ..Style::SMALL };
        canvas.text(left, y1 + 26.0, &format!("correlation {rho:.2}"), tiny);
    }
    canvas
}

#[cfg(test)]
mod tests {
    use super::*;
    use study::comparison::calibration::tests::made_up;

    #[test]
    fn no_text_overlaps_another_or_leaves_the_paper() {
        let calibration = made_up();
        for canvas in [fits(&calibration), marginals(&calibration), pairs(&calibration)] {
            let faults = canvas.faults();
            assert!(faults.is_empty(), "{faults:#?}");
        }
    }
}
