//! Dose and response: a figure for each measure, a small panel for each policy.

use super::setting::{foot, over};
use crate::chart::{Axis, Colour, Figure, Form, Interval, Mark, Panel, Paper, Tick};
use crate::numbers::short;
use crate::say;
use crate::speech::{titled, tr};
use crate::words::{self, lower_first};
use study::comparison::dose::{Curve, Dose};

/// Panels beside each other.
const ACROSS: usize = 4;
/// Panels on a page at most: what is still read on a screen.
const MOST: usize = 16;

/// All figures of dose curves: one for each of the measures that are shown, on as many pages as they need.
#[must_use]
pub fn dose_figures(dose: &Dose, shown: &[&str]) -> Vec<Figure> {
    let count = dose.curves.len();
    let pages = count.div_ceil(MOST);
    // Pages of like size, not a full one and a rest.
    let each = count.div_ceil(pages.max(1)).next_multiple_of(ACROSS).min(MOST);
    let intervals = match dose.setting.replications {
        1 => tr("One replication: no intervals."),
        _ => tr("Bars: 95 % interval (Student's t)."),
    };
    let subtitle = say!(
        "Effect in percent of the baseline, by share of the way from the baseline to the policy; same random numbers at every strength. {intervals} Each panel has its own scale.",
        intervals
    );
    let mut figures = Vec::new();
    for &measure in shown {
        for (page, curves) in dose.curves.chunks(each.max(1)).enumerate() {
            let number = if pages > 1 { format!("_{}", page + 1) } else { String::new() };
            let of = match pages {
                ..2 => String::new(),
                _ => say!(", page {page} of {pages}", page = page + 1, pages),
            };
            let title = say!(
                "Dose and response: {measure}{of}",
                measure = lower_first(&words::measure(measure)),
                of
            );
            let title = over(&title, dose.setting.window);
            let name = format!("dose_{measure}{number}");
            let panel = |curve| panel(dose, curve, Dose::measure(measure));
            figures.push(Figure {
                panels: curves.iter().map(panel).collect(),
                choice: tr("Policy"),
                paper: Paper { columns: ACROSS, ..Paper::default() },
                ..Figure::new(name, &title, title.as_str(), &*subtitle, foot(&dose.setting))
            });
        }
    }
    figures
}

fn panel(dose: &Dose, curve: &Curve, measure: usize) -> Panel {
    let baseline = dose.baseline[measure];
    let scale = if baseline == 0.0 { 1.0 } else { 100.0 / baseline.abs() };
    let unit = if baseline == 0.0 { "" } else { " %" };
    let (mut low, mut high) = (0.0_f64, 0.0_f64);
    let (mut line, mut dots) = (Vec::new(), Vec::new());
    for (strength, effects) in dose.strengths.iter().zip(&curve.effects) {
        let amount = &effects[measure];
        if amount.mean.is_nan() {
            // The measure has no value there.
            continue;
        }
        let ends = (amount.low() * scale, amount.high() * scale);
        (low, high) = (low.min(ends.0), high.max(ends.1));
        let at = (100.0 * strength, amount.mean * scale);
        line.push(at);
        let interval = vec![Interval::upright(ends, 1.5)];
        dots.push(Mark::dot(at, Form::Filled, 3.0, Colour::Better, interval));
    }
    let ticks_across = line.iter().map(|(strength, _)| Tick::new(*strength, short(*strength)));
    let x = Axis::marked((-4.0, 104.0), ticks_across.collect()).titled(tr("strength in %"));
    let marks = [Mark::line(line, Colour::Better, 1.5)].into_iter().chain(dots).collect();
    let axes = (x, Axis::signed((low, high), 4, unit));
    Panel::new(titled(&curve.title), axes, 104.0, marks)
}
