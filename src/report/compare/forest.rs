//! Effects with intervals: four measures, all policies.

use super::super::SHOWN;
use super::super::canvas::{AXIS, Align, Canvas, GREY, GRID, Style};
use super::super::words::{headline, percent_effect, percent_interval};
use super::sheet::{
    BETTER, FOOT, LEFT, PAPER, WIDTH, WORSE, head_and_foot, head_height, tick, ticks,
};
use study::comparison::{Comparison, Effect};

const CELL: f64 = WIDTH / 2.0;
const NAME: f64 = 168.0;
const NUMBERS: f64 = 138.0;
const ROW: f64 = 30.0;

/// Draws the figure.
pub fn draw(comparison: &Comparison) -> Canvas {
    let [title, _] = headline(comparison);
    let title = title.trim_end_matches('.');
    let intervals = if comparison.replications > 1 {
        "Dot: mean; thick 50 %, thin 95 % interval (Student's t); grey: the interval holds 0; blue is better, orange worse."
    } else {
        "One replication: no intervals."
    };
    let subtitle = format!(
        "Policy minus baseline in the same replication, in percent of the baseline. {intervals}"
    );
    let rows = comparison.policies().len() as f64;
    let cell = 64.0 + rows * ROW;
    let top = head_height(title, &subtitle);
    let height = top + 2.0 * cell + FOOT;
    let mut canvas = Canvas::new(PAPER as u32, height as u32);
    head_and_foot(&mut canvas, height, comparison, title, &subtitle);
    for (number, (measure, title)) in SHOWN.iter().enumerate() {
        let at = (LEFT + (number % 2) as f64 * CELL, top + (number / 2) as f64 * cell);
        panel(&mut canvas, at, comparison, measure, title);
    }
    canvas
}

/// Mean and interval in percent; `None` where the baseline is nothing.
fn percent(effect: &Effect, interval: Option<(f64, f64)>) -> Option<(f64, f64, f64)> {
    let of = |value: f64| effect.relative(value).map(|share| 100.0 * share);
    let mean = of(effect.paired.mean)?;
    let (low, high) =
        interval.map_or(Some((mean, mean)), |(low, high)| Some((of(low)?, of(high)?)))?;
    Some((mean, low, high))
}

fn panel(
    canvas: &mut Canvas,
    (left, top): (f64, f64),
    comparison: &Comparison,
    measure: &str,
    title: &str,
) {
    let rows = comparison.policies().len();
    let effects: Vec<Option<&Effect>> =
        (0..rows).map(|policy| comparison.effect(policy, measure)).collect();
    let ends = effects.iter().flatten().filter_map(|e| percent(e, e.paired.interval));
    let (mut low, mut high) = (0.0_f64, 0.0_f64);
    for (_, from, to) in ends {
        (low, high) = (low.min(from), high.max(to));
    }
    let ticks = ticks(low, high, 4);
    let (x0, x1) = (left + NAME, left + CELL - NUMBERS - 14.0);
    let (first, last) = (ticks[0], ticks[ticks.len() - 1]);
    let across = |value: f64| x0 + (x1 - x0) * (value - first) / (last - first);
    let (y0, y1) = (top + 24.0, top + 24.0 + rows as f64 * ROW);
    canvas.text(left, top + 8.0, title, Style::LABEL);
    for value in &ticks {
        let x = across(*value);
        let colour = if *value == 0.0 { AXIS } else { GRID };
        canvas.line(vec![(x, y0), (x, y1)], colour, 1.0);
        let style = Style { size: 10.0, ..Style::SMALL }.aligned(Align::Centre);
        canvas.text(x, y1 + 11.0, &tick(*value, " %"), style);
    }
    for (number, effect) in effects.iter().enumerate() {
        let y = y0 + (number as f64 + 0.5) * ROW;
        let small = Style { size: 11.5, ..Style::BODY };
        let title = &comparison.policies()[number].title;
        let lines = Canvas::height_of(NAME - 12.0, 2, title, small) / (small.size * 1.3);
        let first = y - (lines - 1.0) * small.size * 0.65;
        canvas.paragraph((left, first), NAME - 12.0, 2, title, small);
        let Some(effect) = effect else { continue };
        let right = small.aligned(Align::Right);
        let words = format!("{} {}", percent_effect(effect), percent_interval(effect));
        canvas.text(left + CELL - 16.0, y, words.trim(), Style { size: 11.0, ..right });
        let colour = match effect.is_better() {
            Some(true) => BETTER,
            Some(false) => WORSE,
            None => GREY,
        };
        if let Some((mean, low, high)) = percent(effect, effect.paired.interval) {
            canvas.line(vec![(across(low), y), (across(high), y)], colour, 1.5);
            if let Some((_, low, high)) = percent(effect, effect.paired.half_interval) {
                canvas.line(vec![(across(low), y), (across(high), y)], colour, 4.0);
            }
            canvas.dot((across(mean), y), 4.0, colour, true);
        }
    }
}
