//! What a fall of illicit turnover costs honest users and the agency, and which policies nobody beats.

use super::super::canvas::{AXIS, Align, Canvas, GREY, GRID, INK, Style};
use super::sheet::{BETTER, FOOT, LEFT, PAPER, WIDTH, head_and_foot, head_height, tick, ticks};
use crate::comparison::{Comparison, Effect};

/// Cost axes: measure, title, divisor, unit.
const COSTS: [(&str, &str, f64, &str); 2] = [
    ("honest_turnover_stopped", "Harm: honest turnover stopped by banks, bn KZT", 1e9, " bn"),
    ("enforcement_cost", "Cost of agency and banks, m KZT", 1e6, " m"),
];
const CELL: (f64, f64) = (WIDTH / 2.0, 380.0);

/// Draws the figure.
pub fn draw(comparison: &Comparison) -> Canvas {
    let best = undominated(comparison);
    let title = title(comparison, &best);
    let subtitle = "Effects against the baseline (0, 0). Better is left and down. Filled: no other policy, nor the baseline, is better or \
                    equal on all three; hollow: some is. Lines: 95 % intervals of the means";
    let keys = comparison.policies().len().div_ceil(3) as f64 * 18.0;
    let top = head_height(&title, subtitle);
    let height = top + CELL.1 + keys + 16.0 + FOOT;
    let mut canvas = Canvas::new(PAPER as u32, height as u32);
    head_and_foot(&mut canvas, height, comparison, &title, subtitle);
    for (number, cost) in COSTS.iter().enumerate() {
        panel(&mut canvas, (LEFT + number as f64 * CELL.0, top), comparison, cost, &best);
    }
    for (number, arm) in comparison.policies().iter().enumerate() {
        let at = (
            LEFT + (number % 3) as f64 * WIDTH / 3.0,
            top + CELL.1 + 12.0 + (number / 3) as f64 * 18.0,
        );
        let strong = best.contains(&number);
        let style = Style { size: 11.5, strong, ..Style::BODY };
        let text = format!("{}  {}", number + 1, arm.title);
        canvas.paragraph(at, WIDTH / 3.0 - 16.0, 1, &text, style);
    }
    canvas
}

/// Effects on illicit turnover, harm and cost: less is better in each.
fn objectives(comparison: &Comparison, policy: usize) -> Vec<f64> {
    let names = ["illicit_turnover", COSTS[0].0, COSTS[1].0];
    let mean =
        |name| comparison.effect(policy, name).map_or(0.0, |effect: &Effect| effect.paired.mean);
    names.into_iter().map(mean).collect()
}

/// Policies that neither another policy nor the baseline equals or beats on all objectives.
pub fn undominated(comparison: &Comparison) -> Vec<usize> {
    let policies = comparison.policies().len();
    let all: Vec<Vec<f64>> = (0..policies).map(|policy| objectives(comparison, policy)).collect();
    let beats = |a: &[f64], b: &[f64]| {
        a.iter().zip(b).all(|(a, b)| a <= b) && a.iter().zip(b).any(|(a, b)| a < b)
    };
    let nothing = [0.0; 3];
    (0..policies)
        .filter(|&policy| {
            let own = &all[policy];
            own.iter().any(|value| *value != 0.0)
                && !beats(&nothing, own)
                && !all.iter().any(|other| beats(other, own))
        })
        .collect()
}

fn title(comparison: &Comparison, best: &[usize]) -> String {
    let names: Vec<String> =
        best.iter().map(|policy| format!("“{}”", comparison.policies()[*policy].title)).collect();
    match names.as_slice() {
        [] => "No policy is better than the baseline on any of turnover, harm and cost".to_owned(),
        [only] => {
            format!("Only {only} is beaten by nothing on illicit turnover, harm and cost together")
        }
        [some @ .., last] if names.len() <= 3 => format!(
            "Beaten by nothing on illicit turnover, harm and cost together: {} and {last}",
            some.join(", ")
        ),
        _ => format!(
            "{} of {} policies are beaten by nothing on illicit turnover, harm and cost together",
            names.len(),
            comparison.policies().len()
        ),
    }
}

fn panel(
    canvas: &mut Canvas,
    (left, top): (f64, f64),
    comparison: &Comparison,
    (measure, title, divisor, unit): &(&str, &str, f64, &str),
    best: &[usize],
) {
    // Mean and interval of an effect, in the unit of an axis.
    let span = |effect: Option<&Effect>, scale: f64| {
        let effect = effect?;
        let (low, high) =
            effect.paired.interval.unwrap_or((effect.paired.mean, effect.paired.mean));
        Some([effect.paired.mean * scale, low * scale, high * scale])
    };
    let points: Vec<[[f64; 3]; 2]> = (0..comparison.policies().len())
        .filter_map(|policy| {
            let illicit = comparison.effect(policy, "illicit_turnover")?;
            let share = illicit.relative(1.0)?;
            let x = span(Some(illicit), 100.0 * share)?;
            Some([x, span(comparison.effect(policy, measure), 1.0 / divisor)?])
        })
        .collect();
    let range = |axis: usize, number: usize| {
        let ends = |place: usize| points.iter().map(move |point| point[axis][place]);
        ticks(ends(1).fold(0.0, f64::min), ends(2).fold(0.0, f64::max), number)
    };
    let (across_ticks, up_ticks) = (range(0, 6), range(1, 6));
    let (x0, x1) = (left + 52.0, left + CELL.0 - 20.0);
    let (y0, y1) = (top + CELL.1 - 54.0, top + 26.0);
    let place = |ticks: &[f64], value: f64, from: f64, to: f64| {
        from + (to - from) * (value - ticks[0]) / (ticks[ticks.len() - 1] - ticks[0])
    };
    let across = |value: f64| place(&across_ticks, value, x0, x1);
    let up = |value: f64| place(&up_ticks, value, y0, y1);
    canvas.text(left, top + 6.0, title, Style { size: 12.0, ..Style::LABEL });
    let small = Style { size: 10.0, ..Style::SMALL };
    for value in &across_ticks {
        let colour = if *value == 0.0 { AXIS } else { GRID };
        canvas.line(vec![(across(*value), y0), (across(*value), y1)], colour, 1.0);
        canvas.text(across(*value), y0 + 12.0, &tick(*value, " %"), small.aligned(Align::Centre));
    }
    for value in &up_ticks {
        let colour = if *value == 0.0 { AXIS } else { GRID };
        canvas.line(vec![(x0, up(*value)), (x1, up(*value))], colour, 1.0);
        canvas.text(x0 - 5.0, up(*value), &tick(*value, unit), small.aligned(Align::Right));
    }
    let middle = Style::SMALL.aligned(Align::Centre);
    canvas.text((x0 + x1) / 2.0, y0 + 30.0, "Effect on illicit turnover", middle);
    let mut taken: Vec<(f64, f64)> = Vec::new();
    for (policy, [x, y]) in points.iter().enumerate() {
        let good = best.contains(&policy);
        let colour = if good { BETTER } else { GREY };
        canvas.line(vec![(across(x[1]), up(y[0])), (across(x[2]), up(y[0]))], colour, 1.25);
        canvas.line(vec![(across(x[0]), up(y[1])), (across(x[0]), up(y[2]))], colour, 1.25);
        let at = (across(x[0]), up(y[0]));
        canvas.dot(at, 5.0, colour, good);
        number(canvas, at, policy, &mut taken, ((x0, x1), (y1, y0)));
    }
}

/// Writes the number of a policy beside its point, where no other number stands.
fn number(
    canvas: &mut Canvas,
    (x, y): (f64, f64),
    policy: usize,
    taken: &mut Vec<(f64, f64)>,
    ((left, right), (above, below)): ((f64, f64), (f64, f64)),
) {
    const ROOM: (f64, f64) = (19.0, 15.0);
    let free = |place: &(f64, f64)| {
        let inside = place.0 > left + 8.0
            && place.0 < right - 8.0
            && place.1 > above + 6.0
            && place.1 < below - 6.0;
        inside
            && taken.iter().all(|other| {
                (other.0 - place.0).abs() >= ROOM.0 || (other.1 - place.1).abs() >= ROOM.1
            })
    };
    let ring = |radius: f64| {
        [
            (1.0, -1.0),
            (-1.0, -1.0),
            (1.0, 1.0),
            (-1.0, 1.0),
            (0.0, -1.4),
            (0.0, 1.4),
            (1.5, 0.0),
            (-1.5, 0.0),
        ]
        .map(|(dx, dy)| (x + dx * radius, y + dy * radius))
    };
    let found = (1..24).flat_map(|step| ring(6.0 + 6.0 * f64::from(step))).find(free);
    let place = found.unwrap_or((x, y));
    taken.push(place);
    if (place.0 - x).abs() + (place.1 - y).abs() > 40.0 {
        canvas.line(vec![(x, y), place], GRID, 1.0);
    }
    let style = Style { size: 11.0, strong: true, colour: INK, align: Align::Centre };
    canvas.text(place.0, place.1, &(policy + 1).to_string(), style);
}
