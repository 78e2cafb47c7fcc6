//! What a fall of illicit turnover costs honest users and the agency, and which policies nobody beats.

use super::super::canvas::{AXIS, Align, Canvas, GREY, GRID, INK, Style};
use super::sheet::{BETTER, FOOT, LEFT, PAPER, WIDTH, head_and_foot, head_height, tick, ticks};
use study::comparison::{Comparison, Effect};

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
    let dots: Vec<(f64, f64)> = points.iter().map(|[x, y]| (across(x[0]), up(y[0]))).collect();
    let numbers = beside(&dots, ((x0, x1), (y1, y0)));
    for (dot, place) in dots.iter().zip(&numbers) {
        if distance(*dot, *place) > FAR {
            canvas.line(vec![*dot, short_of(*place, *dot)], GRID, 1.0);
        }
    }
    for (policy, ([x, y], dot)) in points.iter().zip(&dots).enumerate() {
        let good = best.contains(&policy);
        let colour = if good { BETTER } else { GREY };
        canvas.line(vec![(across(x[1]), up(y[0])), (across(x[2]), up(y[0]))], colour, 1.25);
        canvas.line(vec![(across(x[0]), up(y[1])), (across(x[0]), up(y[2]))], colour, 1.25);
        canvas.dot(*dot, DOT, colour, good);
    }
    let style = Style { size: 11.0, strong: true, colour: INK, align: Align::Centre };
    for (policy, place) in numbers.iter().enumerate() {
        canvas.text(place.0, place.1, &(policy + 1).to_string(), style);
    }
}

/// A place on the paper.
type Place = (f64, f64);

/// Radius of a dot.
const DOT: f64 = 5.0;
/// Half of the room that a number takes, and as much between it and what stands beside it.
const ROOM: Place = (9.5, 7.5);
/// Distance from which on a line leads from a dot to its number.
const FAR: f64 = 22.0;

/// Directions in which room is looked for, upper right first.
const AROUND: [Place; 16] = [
    (1.1, -1.0),
    (-1.1, -1.0),
    (1.1, 1.0),
    (-1.1, 1.0),
    (0.0, -1.0),
    (0.0, 1.0),
    (1.1, 0.0),
    (-1.1, 0.0),
    (0.5, -1.0),
    (-0.5, -1.0),
    (0.5, 1.0),
    (-0.5, 1.0),
    (1.1, -0.5),
    (-1.1, -0.5),
    (1.1, 0.5),
    (-1.1, 0.5),
];

fn distance(a: Place, b: Place) -> f64 {
    ((a.0 - b.0) * (a.0 - b.0) + (a.1 - b.1) * (a.1 - b.1)).sqrt()
}

/// Where a line that comes from a dot ends before the number.
fn short_of(number: Place, dot: Place) -> Place {
    let share = 1.0 - (9.0 / distance(number, dot)).min(1.0);
    (dot.0 + (number.0 - dot.0) * share, dot.1 + (number.1 - dot.1) * share)
}

/// Whether a line from a to b passes a place closer than a number is high.
fn passes((a, b): (Place, Place), place: Place) -> bool {
    let length = distance(a, b).max(1e-9);
    let along = ((place.0 - a.0) * (b.0 - a.0) + (place.1 - a.1) * (b.1 - a.1)) / (length * length);
    let along = along.clamp(0.0, 1.0);
    distance(place, (a.0 + (b.0 - a.0) * along, a.1 + (b.1 - a.1) * along)) < ROOM.1
}

/// Places of the numbers of dots: as near as there is room, clear of all dots, of each other, and of the lines that lead to them.
///
/// Dots that stand closest together choose first.
fn beside(dots: &[Place], ((left, right), (above, below)): (Place, Place)) -> Vec<Place> {
    let crowd = |dot: &Place| dots.iter().filter(|other| distance(*dot, **other) < 40.0).count();
    let mut order: Vec<usize> = (0..dots.len()).collect();
    order.sort_by_key(|at| std::cmp::Reverse(crowd(&dots[*at])));
    let mut places: Vec<Option<Place>> = vec![None; dots.len()];
    for at in order {
        let dot = dots[at];
        let free = |place: &Place, clear_of_lines: bool| {
            let inside = (left + ROOM.0..right - ROOM.0).contains(&place.0)
                && (above + ROOM.1..below - ROOM.1).contains(&place.1);
            let near = |other: Place, room: Place| {
                (other.0 - place.0).abs() < room.0 && (other.1 - place.1).abs() < room.1
            };
            let on_dot = dots.iter().any(|dot| near(*dot, (ROOM.0 + 3.0, ROOM.1 + 4.0)));
            // Nobody takes it for the number of another dot.
            let own = distance(dot, *place).min(FAR);
            let of_another = dots.iter().any(|other| distance(*other, *place) < own);
            let in_the_way = places.iter().zip(dots).any(|(other, from)| {
                other.is_some_and(|other| {
                    let lines = passes((*from, other), *place)
                        || (distance(dot, *place) > FAR && passes((dot, *place), other));
                    near(other, (2.0 * ROOM.0, 2.0 * ROOM.1)) || (clear_of_lines && lines)
                })
            });
            inside && !on_dot && !of_another && !in_the_way
        };
        let ring = |step: u32| {
            let radius = 12.0 + 3.0 * f64::from(step);
            AROUND.map(|(dx, dy)| (dot.0 + radius * dx, dot.1 + radius * dy))
        };
        let found =
            |clear_of_lines: bool| (0..60).flat_map(ring).find(|place| free(place, clear_of_lines));
        // In a dense crowd a number may stand on the line to another one, but on no dot and no number.
        places[at] = Some(found(true).or_else(|| found(false)).unwrap_or(dot));
    }
    places.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_a_crowd_stand_clear_of_dots_and_of_each_other() {
        let dots: Vec<Place> = (0..20)
            .map(|number| {
                let number = f64::from(number);
                (300.0 + 4.0 * (number % 5.0), 200.0 + 2.0 * (number / 5.0).floor())
            })
            .collect();
        let places = beside(&dots, ((0.0, 600.0), (0.0, 400.0)));
        assert_eq!(places.len(), dots.len());
        for (at, place) in places.iter().enumerate() {
            let clear = |other: &Place| {
                (other.0 - place.0).abs() >= ROOM.0 || (other.1 - place.1).abs() >= ROOM.1
            };
            assert!(dots.iter().all(clear), "{} stands on a dot", at + 1);
            assert!(places[..at].iter().all(clear), "{} stands on a number", at + 1);
        }
    }
}
