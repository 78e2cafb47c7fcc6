//! Dose and response: a figure for each measure, a small panel for each policy.

use super::canvas::{Align, Canvas, Style};
use super::compare::sheet::{
    BETTER, FOOT, Frame, LEFT, PAPER, WIDTH, head_height, tick, ticks, written,
};
use super::words::lower_first;
use super::{Figure, SHOWN};
use study::comparison::dose::{Curve, Dose};

/// Panels beside each other.
const ACROSS: usize = 4;
/// Panels on a page at most: what is still read on a screen.
const MOST: usize = 16;
/// Size of a panel.
const CELL: f64 = WIDTH / ACROSS as f64;
const HEIGHT: f64 = 186.0;

/// All figures of dose curves: one for each measure, on as many pages as they need.
#[must_use]
pub fn dose_figures(dose: &Dose) -> Vec<Figure> {
    let count = dose.curves.len();
    let pages = count.div_ceil(MOST);
    // Pages of like size, not a full one and a rest.
    let each = count.div_ceil(pages.max(1)).next_multiple_of(ACROSS).min(MOST);
    let mut figures = Vec::new();
    for (measure, title) in SHOWN {
        for (page, curves) in dose.curves.chunks(each.max(1)).enumerate() {
            let number = if pages > 1 { format!("_{}", page + 1) } else { String::new() };
            let of =
                if pages > 1 { format!(", page {} of {pages}", page + 1) } else { String::new() };
            let svg = draw(dose, curves, measure, title, &of).svg();
            figures.push(Figure { name: format!("dose_{measure}{number}"), svg });
        }
    }
    figures
}

fn draw(dose: &Dose, curves: &[Curve], measure: &str, title: &str, page: &str) -> Canvas {
    let title = format!("Dose and response: {}{page}", lower_first(title));
    let intervals = match dose.setting.replications {
        1 => "One replication: no intervals.",
        _ => "Bars: 95 % interval (Student's t).",
    };
    let subtitle = format!(
        "Effect in percent of the baseline, by share of the way from the baseline to the policy; same luck at every strength. \
         {intervals} Each panel has its own scale."
    );
    let rows = curves.len().div_ceil(ACROSS) as f64;
    let top = head_height(&title, &subtitle);
    let height = top + rows * HEIGHT + FOOT;
    let mut canvas = Canvas::new(PAPER as u32, height as u32);
    written(&mut canvas, height, &dose.setting, &title, &subtitle);
    let measure = Dose::measure(measure);
    for (number, curve) in curves.iter().enumerate() {
        let (column, row) = (number % ACROSS, number / ACROSS);
        let at = (LEFT + column as f64 * CELL, top + row as f64 * HEIGHT);
        panel(&mut canvas, at, dose, curve, measure);
    }
    canvas
}

fn panel(canvas: &mut Canvas, (left, top): (f64, f64), dose: &Dose, curve: &Curve, measure: usize) {
    let baseline = dose.baseline[measure];
    let scale = if baseline == 0.0 { 1.0 } else { 100.0 / baseline.abs() };
    let unit = if baseline == 0.0 { "" } else { " %" };
    let amounts: Vec<_> = curve.effects.iter().map(|effects| &effects[measure]).collect();
    let (mut low, mut high) = (0.0_f64, 0.0_f64);
    for amount in &amounts {
        (low, high) = (low.min(amount.low() * scale), high.max(amount.high() * scale));
    }
    let label = Style { size: 12.0, ..Style::LABEL };
    canvas.paragraph((left, top + 8.0), CELL - 16.0, 2, &curve.title, label);
    let frame = Frame {
        x: (left + 48.0, left + CELL - 20.0),
        y: (top + HEIGHT - 42.0, top + 40.0),
        ticks: ticks(low, high, 4),
    };
    frame.grid(canvas, &|value| tick(value, unit));
    let across = |strength: f64| frame.x.0 + (frame.x.1 - frame.x.0) * (0.04 + 0.92 * strength);
    let mut line = Vec::new();
    let style = Style { size: 10.0, ..Style::SMALL }.aligned(Align::Centre);
    let mut taken = f64::NEG_INFINITY;
    for (strength, amount) in dose.strengths.iter().zip(&amounts) {
        let x = across(*strength);
        line.push((x, frame.up(amount.mean * scale)));
        let text = super::axis::short(100.0 * strength);
        let half = style.width(&text) / 2.0;
        if x - half > taken + 3.0 {
            canvas.text(x, frame.y.0 + 12.0, &text, style);
            taken = x + half;
        }
    }
    canvas.text((frame.x.0 + frame.x.1) / 2.0, frame.y.0 + 24.0, "strength in %", style);
    if line.len() > 1 {
        canvas.line(line.clone(), BETTER, 1.5);
    }
    for ((x, y), amount) in line.into_iter().zip(amounts) {
        let ends = [amount.low(), amount.high()].map(|value| (x, frame.up(value * scale)));
        canvas.line(ends.to_vec(), BETTER, 1.5);
        canvas.dot((x, y), 3.0, BETTER, true);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use study::comparison::dose::tests::made_up;

    #[test]
    fn no_text_overlaps_another_or_leaves_the_paper() {
        let mut long = made_up(5, 2);
        for curve in &mut long.curves {
            curve.title = "A policy whose title is as long as somebody may write it".to_owned();
        }
        let mut nothing = made_up(2, 1);
        nothing.baseline.fill(0.0);
        for dose in [made_up(1, 1), made_up(25, 3), long, nothing] {
            for curves in dose.curves.chunks(MOST) {
                let faults =
                    draw(&dose, curves, "illicit_turnover", "Illicit turnover", "").faults();
                assert!(faults.is_empty(), "{faults:#?}");
            }
        }
    }

    #[test]
    fn many_policies_stand_on_pages_of_like_size() {
        let names = |policies| -> Vec<String> {
            dose_figures(&made_up(policies, 2)).into_iter().map(|figure| figure.name).collect()
        };
        assert_eq!(names(2).len(), SHOWN.len());
        assert_eq!(names(25).len(), 2 * SHOWN.len());
        assert_eq!(names(25)[..2], ["dose_illicit_turnover_1", "dose_illicit_turnover_2"]);
    }
}
