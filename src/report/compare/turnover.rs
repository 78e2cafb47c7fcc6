//! Turnover by class over time, baseline against policies.

use super::super::axis;
use super::super::canvas::{Canvas, Style};
use super::super::words::ignorance::runs;
use super::super::words::percent_effect;
use super::sheet::{
    BASELINE, FOOT, Frame, LEFT, PAPER, WIDTH, colour, first_month, head_and_foot, head_height,
};
use study::comparison::{Bands, Comparison, Line};
use world::units::DAYS_PER_MONTH;

/// Tenge a day as billions a month.
const BN_MONTH: f64 = DAYS_PER_MONTH / 1e9;
/// Policies that share a panel; with more, each has its own row.
const TOGETHER: usize = 3;

/// Draws the figure.
pub fn draw(comparison: &Comparison) -> Canvas {
    if comparison.policies().len() <= TOGETHER { together(comparison) } else { rows(comparison) }
}

fn title(comparison: &Comparison) -> String {
    // What each policy does to shadow exchanges and to peer-to-peer deals is what panels show best.
    let say = |measure: &str| {
        let mut all: Vec<(f64, String)> = (0..comparison.policies().len())
            .filter_map(|policy| {
                let effect = comparison.effect(policy, measure)?;
                let change = effect.relative(effect.paired.mean)?;
                let name = &comparison.policies()[policy].title;
                Some((change, format!("{} under “{name}”", percent_effect(effect))))
            })
            .collect();
        all.sort_by(|a, b| a.0.total_cmp(&b.0));
        match all.as_slice() {
            [] => "is nothing in the baseline".to_owned(),
            [only] => format!("changes by {}", only.1),
            [lowest, .., highest] => format!("changes from {} to {}", lowest.1, highest.1),
        }
    };
    format!("Turnover of shadow exchanges {}", say("shadow_turnover"))
}

fn subtitle(comparison: &Comparison) -> String {
    let bands = match comparison.replications {
        1 => "one replication".to_owned(),
        _ => {
            let runs = runs(comparison);
            format!("median of {runs}; dark band 25–75 %, light band 5–95 %")
        }
    };
    format!("Turnover, bn KZT a month. Grey: baseline; colour: policy from its start; {bands}")
}

/// Series of an arm as billions a month.
fn series(comparison: &Comparison, arm: usize, line: usize) -> Vec<Bands> {
    let scaled = |bands: &Bands| bands.map(|value| value * BN_MONTH);
    comparison.arms[arm].turnover[line].iter().map(scaled).collect()
}

fn highest(comparison: &Comparison, line: usize) -> f64 {
    let all = 0..comparison.arms.len();
    all.flat_map(|arm| series(comparison, arm, line)).map(|bands| bands[4]).fold(0.0, f64::max)
}

fn label(ticks: &[f64]) -> impl Fn(f64) -> String {
    let step = ticks[1] - ticks[0];
    move |value| axis::tick(value, step)
}

/// A panel with the baseline and some policies, numbered from 0.
fn panel(
    canvas: &mut Canvas,
    frame: &Frame,
    comparison: &Comparison,
    line: usize,
    policies: &[usize],
) {
    let points = frame.months(comparison);
    let several = comparison.replications > 1;
    frame.bands(canvas, &points, &series(comparison, 0, line), BASELINE, several);
    for &policy in policies {
        let from = first_month(comparison, policy).min(points.len());
        let own = series(comparison, policy + 1, line);
        frame.bands(canvas, &points[from..], &own[from..], colour(policy), several);
    }
}

fn together(comparison: &Comparison) -> Canvas {
    let cell = (WIDTH / 3.0, 206.0);
    let (title, subtitle) = (title(comparison), subtitle(comparison));
    let top = head_height(&title, &subtitle) + 22.0;
    let height = top + 2.0 * cell.1 + FOOT;
    let mut canvas = Canvas::new(PAPER as u32, height as u32);
    head_and_foot(&mut canvas, height, comparison, &title, &subtitle);
    let mut x = LEFT;
    let key = Style { size: 12.0, ..Style::LABEL };
    let room = WIDTH / comparison.arms.len() as f64 - 16.0;
    for (number, arm) in comparison.arms.iter().enumerate() {
        let colour = if number == 0 { BASELINE } else { colour(number - 1) };
        canvas.paragraph((x, top - 22.0), room, 1, &arm.title, key.coloured(colour));
        x += room + 16.0;
    }
    let policies: Vec<usize> = (0..comparison.policies().len()).collect();
    for (number, line) in Line::ALL.iter().enumerate() {
        let (left, above) =
            (LEFT + (number % 3) as f64 * cell.0, top + (number / 3) as f64 * cell.1);
        let frame = Frame {
            x: (left + 38.0, left + cell.0 - 18.0),
            y: (above + cell.1 - 34.0, above + 26.0),
            ticks: axis::ticks(highest(comparison, number)),
        };
        canvas.text(left, above + 8.0, line.label(), Style::LABEL);
        frame.grid(&mut canvas, &label(&frame.ticks));
        frame.years(&mut canvas, comparison, true);
        panel(&mut canvas, &frame, comparison, number, &policies);
    }
    canvas
}

fn rows(comparison: &Comparison) -> Canvas {
    const NAME: f64 = 118.0;
    const ROW: f64 = 104.0;
    let cell = (WIDTH - NAME) / Line::ALL.len() as f64;
    let (title, subtitle) = (title(comparison), subtitle(comparison));
    let top = head_height(&title, &subtitle);
    let height = top + 26.0 + comparison.policies().len() as f64 * ROW + 12.0 + FOOT;
    let mut canvas = Canvas::new(PAPER as u32, height as u32);
    head_and_foot(&mut canvas, height, comparison, &title, &subtitle);
    for (column, line) in Line::ALL.iter().enumerate() {
        let left = LEFT + NAME + column as f64 * cell;
        let style = Style { size: 11.5, ..Style::LABEL };
        canvas.text(left + 28.0, top + 8.0, line.label(), style);
        let ticks = axis::ticks(highest(comparison, column));
        for policy in 0..comparison.policies().len() {
            let above = top + 24.0 + policy as f64 * ROW;
            let frame = Frame {
                x: (left + 28.0, left + cell - 8.0),
                y: (above + ROW - 22.0, above + 6.0),
                ticks: ticks.clone(),
            };
            let last = policy + 1 == comparison.policies().len();
            frame.grid(&mut canvas, &label(&frame.ticks));
            frame.years(&mut canvas, comparison, last);
            panel(&mut canvas, &frame, comparison, column, &[policy]);
        }
    }
    for (policy, arm) in comparison.policies().iter().enumerate() {
        let above = top + 24.0 + policy as f64 * ROW;
        let style = Style { size: 12.0, ..Style::LABEL }.coloured(colour(policy));
        let next = canvas.paragraph((LEFT, above + 20.0), NAME - 14.0, 3, &arm.title, style);
        if let Some(effect) = comparison.effect(policy, "illicit_turnover") {
            let words = format!("{} illicit", percent_effect(effect));
            canvas.text(LEFT, next + 3.0, &words, Style { size: 11.0, ..Style::SMALL });
        }
    }
    canvas
}
