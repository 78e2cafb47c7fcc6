//! How much of the spread of effects is luck and how much is not known: a bar for each policy and measure.

use plotters::style::RGBColor;

use super::super::SHOWN;
use super::super::canvas::{AXIS, Align, Canvas, INK, Style};
use super::super::words;
use super::sheet::{FOOT, LEFT, PAPER, WIDTH, head_and_foot, head_height};
use study::comparison::{Comparison, Effect};

const CELL: f64 = WIDTH / 2.0;
const NAME: f64 = 168.0;
const NUMBERS: f64 = 116.0;
const ROW: f64 = 30.0;
/// Height of a bar.
const BAR: f64 = 13.0;
/// What is not known: dark. Source: Okabe & Ito 2008.
const IGNORANCE: RGBColor = RGBColor(0xAA, 0x4A, 0x80);
/// Luck: light.
const LUCK: RGBColor = RGBColor(0xC9, 0xCF, 0xD6);

/// Draws the figure; `None` where the shares are not known.
pub fn draw(comparison: &Comparison) -> Option<Canvas> {
    let title = words::ignorance::shares(comparison)?;
    let subtitle = "Share of the variance of a single run's effect. Dark: what is not known (it differs from draw to draw of the parameters); \
                    light: luck (it differs between replications of a draw). Line: 95 % interval of the share.";
    let rows = comparison.policies().len() as f64;
    let cell = 52.0 + rows * ROW;
    let top = head_height(&title, subtitle);
    let height = top + 2.0 * cell + FOOT;
    let mut canvas = Canvas::new(PAPER as u32, height as u32);
    head_and_foot(&mut canvas, height, comparison, &title, subtitle);
    for (number, (measure, title)) in SHOWN.iter().enumerate() {
        let at = (LEFT + (number % 2) as f64 * CELL, top + (number / 2) as f64 * cell);
        panel(&mut canvas, at, comparison, measure, title);
    }
    Some(canvas)
}

fn panel(
    canvas: &mut Canvas,
    (left, top): (f64, f64),
    comparison: &Comparison,
    measure: &str,
    title: &str,
) {
    let (x0, x1) = (left + NAME, left + CELL - NUMBERS - 14.0);
    canvas.text(left, top + 8.0, title, Style::LABEL);
    let y0 = top + 20.0;
    for policy in 0..comparison.policies().len() {
        let y = y0 + (policy as f64 + 0.5) * ROW;
        let small = Style { size: 11.5, ..Style::BODY };
        let title = &comparison.policies()[policy].title;
        let lines = Canvas::height_of(NAME - 12.0, 2, title, small) / (small.size * 1.3);
        let first = y - (lines - 1.0) * small.size * 0.65;
        canvas.paragraph((left, first), NAME - 12.0, 2, title, small);
        let share =
            comparison.effect(policy, measure).and_then(words::ignorance::share_of_ignorance);
        let right = Style { size: 11.0, ..small }.aligned(Align::Right);
        canvas.text(left + CELL - 16.0, y, &said(comparison.effect(policy, measure)), right);
        let Some(share) = share else { continue };
        let middle = x0 + (x1 - x0) * share;
        let mut bar = |from: f64, to: f64, colour| {
            let (low, high) = (y - BAR / 2.0, y + BAR / 2.0);
            if to > from {
                canvas.area(vec![(from, low), (to, low), (to, high), (from, high)], colour, 1.0);
            }
        };
        bar(x0, middle, IGNORANCE);
        bar(middle, x1, LUCK);
        let interval =
            comparison.effect(policy, measure).and_then(|effect| effect.spread?.share_interval);
        if let Some((low, high)) = interval {
            let [from, to] = [low, high].map(|share| x0 + (x1 - x0) * share);
            canvas.line(vec![(from, y), (to, y)], INK, 1.5);
            for end in [from, to] {
                canvas.line(vec![(end, y - 4.0), (end, y + 4.0)], INK, 1.5);
            }
        }
    }
    let y1 = y0 + comparison.policies().len() as f64 * ROW;
    for (share, label) in [(0.0, "0"), (0.5, "50 %"), (1.0, "100 %")] {
        let x = x0 + (x1 - x0) * share;
        canvas.line(vec![(x, y1), (x, y1 + 3.0)], AXIS, 1.0);
        let style = Style { size: 10.0, ..Style::SMALL }.aligned(Align::Centre);
        canvas.text(x, y1 + 11.0, label, style);
    }
}

/// The share of ignorance in words.
fn said(effect: Option<&Effect>) -> String {
    let spread = effect.and_then(|effect| effect.spread);
    let share = spread.as_ref().and_then(words::ignorance::share);
    share.unwrap_or_else(|| "nothing varies".to_owned())
}
