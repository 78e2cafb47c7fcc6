//! Cumulative effect on illicit turnover, policy by policy.

use super::super::axis::short;
use super::super::canvas::{Align, Canvas, Style};
use super::super::words::amount;
use super::sheet::{
    FOOT, Frame, LEFT, PAPER, WIDTH, colour, head_and_foot, head_height, tick, ticks,
};
use study::comparison::{Comparison, Cumulative};

const BN: f64 = 1e9;
const COLUMNS: usize = 3;
const CELL: (f64, f64) = (WIDTH / 3.0, 200.0);

/// Draws the figure.
pub fn draw(comparison: &Comparison) -> Canvas {
    let title = title(comparison);
    let bands = if comparison.replications > 1 {
        "Line: mean; dark band: 95 % interval of the mean; light band: 5–95 % of replications"
    } else {
        "One replication"
    };
    let subtitle = format!(
        "Illicit turnover since the start of the window, policy minus baseline with the same luck, bn KZT. {bands}"
    );
    let rows = comparison.policies().len().div_ceil(COLUMNS);
    let top = head_height(&title, &subtitle);
    let height = top + rows as f64 * CELL.1 + FOOT;
    let mut canvas = Canvas::new(PAPER as u32, height as u32);
    head_and_foot(&mut canvas, height, comparison, &title, &subtitle);
    let all = comparison.verdicts.iter().flat_map(|verdict| &verdict.cumulative);
    let (mut low, mut high) = (0.0_f64, 0.0_f64);
    for point in all {
        (low, high) = (low.min(point.bands[0] / BN), high.max(point.bands[4] / BN));
        (low, high) = (low.min(point.interval.0 / BN), high.max(point.interval.1 / BN));
    }
    let ticks = ticks(low, high, 4);
    for (number, arm) in comparison.policies().iter().enumerate() {
        let (left, above) =
            (LEFT + (number % COLUMNS) as f64 * CELL.0, top + (number / COLUMNS) as f64 * CELL.1);
        let frame = Frame {
            x: (left + 40.0, left + CELL.0 - 52.0),
            y: (above + CELL.1 - 34.0, above + 28.0),
            ticks: ticks.clone(),
        };
        let style = Style { size: 12.0, ..Style::LABEL }.coloured(colour(number));
        canvas.paragraph((left, above + 8.0), CELL.0 - 16.0, 1, &arm.title, style);
        frame.grid(&mut canvas, &|value| tick(value, ""));
        frame.years(&mut canvas, comparison, true);
        panel(&mut canvas, &frame, comparison, number);
    }
    canvas
}

fn title(comparison: &Comparison) -> String {
    let mut ends: Vec<(f64, &str)> = comparison
        .policies()
        .iter()
        .zip(&comparison.verdicts)
        .filter_map(|(arm, verdict)| Some((verdict.cumulative.last()?.mean, arm.title.as_str())))
        .collect();
    ends.sort_by(|a, b| a.0.total_cmp(&b.0));
    let say = |(value, title): &(f64, &str)| {
        let verb = if *value < 0.0 { "removed" } else { "added" };
        if *value == 0.0 {
            return format!("“{title}” has changed nothing");
        }
        format!("“{title}” has {verb} {}", amount(value.abs(), "KZT", false))
    };
    let by = comparison.window.1;
    match ends.as_slice() {
        [] => "No whole month lies in the window".to_owned(),
        [only] => format!("By {by} {}", say(only)),
        [lowest, .., highest] => format!("By {by} {}, {}", say(lowest), say(highest)),
    }
}

fn panel(canvas: &mut Canvas, frame: &Frame, comparison: &Comparison, policy: usize) {
    let points: &[Cumulative] = &comparison.verdicts[policy].cumulative;
    let colour = colour(policy);
    // The sum of a month is known at its end.
    let half = frame.months(comparison);
    let ends: Vec<f64> = half
        .iter()
        .zip(&comparison.months)
        .map(|(middle, (date, _))| 2.0 * middle - frame.day(comparison, *date))
        .collect();
    let up = |value: f64| frame.up(value / BN);
    if comparison.replications > 1 && points.len() > 1 {
        let mut band = |of: &dyn Fn(&Cumulative) -> (f64, f64), opacity| {
            let upper = ends.iter().zip(points).map(|(x, point)| (*x, up(of(point).1)));
            let lower = ends.iter().zip(points).rev().map(|(x, point)| (*x, up(of(point).0)));
            canvas.area(upper.chain(lower).collect(), colour, opacity);
        };
        band(&|point| (point.bands[0], point.bands[4]), 0.16);
        band(&|point| point.interval, 0.30);
    }
    canvas.line(
        ends.iter().zip(points).map(|(x, point)| (*x, up(point.mean))).collect(),
        colour,
        2.0,
    );
    if let (Some(x), Some(last)) = (ends.last(), points.last()) {
        let y = up(last.mean).clamp(frame.y.1 + 6.0, frame.y.0 - 6.0);
        let style = Style { size: 11.5, ..Style::LABEL }.coloured(colour).aligned(Align::Left);
        let sign = if last.mean > 0.0 { "+" } else { "" };
        canvas.text(x + 5.0, y, &format!("{sign}{}", short(last.mean / BN)), style);
    }
}
