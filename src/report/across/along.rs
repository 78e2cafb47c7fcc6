//! How effects go with the parameters that are drawn: means over groups of draws, the parameters that matter most first.

use super::super::axis::short;
use super::super::canvas::{Align, Canvas, GREY, Style};
use super::super::compare::sheet::{
    FOOT, Frame, LEFT, PAPER, WIDTH, colour, head_height, tick, ticks,
};
use super::super::words::{lower_first, sentence};
use super::written;
use study::comparison::across::{Across, AlongParameter};
use world::record::MEASURES;
use world::units::maths;

/// Panels beside each other.
const ACROSS: usize = 3;
/// Parameters at most.
const MOST: usize = 9;
/// Policies at most: those with the largest spread over draws.
const POLICIES: usize = 6;
const CELL: f64 = WIDTH / ACROSS as f64;
const HEIGHT: f64 = 210.0;

/// Draws the figure.
pub fn draw(across: &Across) -> Canvas {
    let measure = across.asked.measures.first().map_or("", |measure| MEASURES[*measure].name);
    let measure = lower_first(&sentence(measure));
    let title = across.along.first().map_or_else(String::new, |first| {
        format!("What the effects on {measure} hang on: along {} they vary most", first.path)
    });
    let groups = across.along.first().map_or(0, |first| first.values.len());
    let subtitle = format!(
        "Effect in percent of the baseline, mean over up to {groups} groups of draws that lie next to each other. In brackets the largest share of \
         the variance of draws' effects that lies between groups; part of it is chance."
    );
    let shown = &across.along[..across.along.len().min(MOST)];
    let top = head_height(&title, &subtitle) + 24.0;
    let height = top + shown.len().div_ceil(ACROSS) as f64 * HEIGHT + FOOT;
    let mut canvas = Canvas::new(PAPER as u32, height as u32);
    written(&mut canvas, height, across, &title, &subtitle);
    let policies = widest(across);
    let room = WIDTH / policies.len().clamp(1, POLICIES) as f64;
    for (number, arm) in policies.iter().enumerate() {
        let key = Style { size: 11.5, strong: true, ..Style::BODY }.coloured(colour(number));
        canvas.paragraph(
            (LEFT + number as f64 * room, top - 18.0),
            room - 10.0,
            1,
            &across.asked.arms[*arm].title,
            key,
        );
    }
    for (number, parameter) in shown.iter().enumerate() {
        let at = (LEFT + (number % ACROSS) as f64 * CELL, top + (number / ACROSS) as f64 * HEIGHT);
        panel(&mut canvas, at, parameter, &policies);
    }
    canvas
}

/// Policies whose effect spreads most over draws, in the order of the study.
fn widest(across: &Across) -> Vec<usize> {
    let spread = |arm: &usize| {
        let effect = across.measures.first().and_then(|line| line.effects[*arm]);
        effect.map_or(0.0, |effect| effect.shown().quantiles[4] - effect.shown().quantiles[0])
    };
    let mut policies: Vec<usize> = across.policies().collect();
    policies.sort_by(|a, b| spread(b).total_cmp(&spread(a)).then(a.cmp(b)));
    policies.truncate(POLICIES);
    policies.sort_unstable();
    policies
}

fn panel(
    canvas: &mut Canvas,
    (left, top): (f64, f64),
    parameter: &AlongParameter,
    policies: &[usize],
) {
    let (mut low, mut high) = (0.0_f64, 0.0_f64);
    for effect in policies.iter().flat_map(|arm| &parameter.effects[*arm]) {
        (low, high) = (low.min(*effect), high.max(*effect));
    }
    let frame = Frame {
        x: (left + 48.0, left + CELL - 24.0),
        y: (top + HEIGHT - 46.0, top + 40.0),
        ticks: ticks(low, high, 4),
    };
    let label = Style { size: 12.0, ..Style::LABEL };
    let words = format!("{} ({:.0} %)", parameter.path, 100.0 * parameter.share);
    canvas.paragraph((left, top + 8.0), CELL - 16.0, 2, &words, label);
    frame.grid(canvas, &|value| tick(value, " %"));
    let (first, last) = (parameter.values[0], parameter.values[parameter.values.len() - 1]);
    // Values over orders of magnitude stand at like distances by their logarithm.
    let wide = first > 0.0 && last / first > 30.0;
    let scaled = |value: f64| if wide { maths::ln(value) } else { value };
    let place = |value: f64| {
        let share = (scaled(value) - scaled(first)) / (scaled(last) - scaled(first));
        frame.x.0 + (frame.x.1 - frame.x.0) * (0.04 + 0.92 * share)
    };
    let style = Style { size: 10.0, ..Style::SMALL }.aligned(Align::Centre);
    let mut taken = f64::NEG_INFINITY;
    for value in &parameter.values {
        let (x, text) = (place(*value), short(*value));
        let half = style.width(&text) / 2.0;
        canvas.line(vec![(x, frame.y.0), (x, frame.y.0 + 3.0)], GREY, 1.0);
        if x - half > taken + 6.0 {
            canvas.text(x, frame.y.0 + 12.0, &text, style);
            taken = x + half;
        }
    }
    for (number, arm) in policies.iter().enumerate() {
        let points = parameter.values.iter().zip(&parameter.effects[*arm]);
        let line: Vec<(f64, f64)> =
            points.map(|(value, effect)| (place(*value), frame.up(*effect))).collect();
        for at in &line {
            canvas.dot(*at, 2.5, colour(number), true);
        }
        canvas.line(line, colour(number), 1.5);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use study::comparison::across::tests::made_up;

    #[test]
    fn no_text_overlaps_another_or_leaves_the_paper() {
        let mut long = made_up(6, 60, 2);
        for arm in &mut long.asked.arms {
            arm.title = "A policy whose title is as long as somebody may write it".to_owned();
        }
        let mut wide = made_up(2, 40, 2);
        for parameter in &mut wide.along {
            let number = parameter.values.len();
            parameter.values = (0..number).map(|group| maths::exp(2.3 * group as f64)).collect();
        }
        let mut many = made_up(2, 40, 2);
        let first = many.along[0].clone();
        many.along.resize(20, first);
        for across in [made_up(1, 12, 1), made_up(20, 30, 3), long, wide, many] {
            let faults = draw(&across).faults();
            assert!(faults.is_empty(), "{faults:#?}");
        }
    }
}
