//! Effects of all policies on up to four measures: how they spread over draws, and how well their mean is known.

use super::super::canvas::{AXIS, Align, Canvas, GREY, GRID, INK, Style};
use super::super::compare::sheet::{
    BETTER, FOOT, LEFT, PAPER, WIDTH, WORSE, head_height, tick, ticks,
};
use super::super::words::{amount, sentence};
use super::super::{SHOWN, across::percent_of};
use super::{across_finding, said, written};
use study::comparison::across::{Across, EffectAcross, MeasureAcross};
use world::record::{MEASURES, Wanted};

const CELL: f64 = WIDTH / 2.0;
const NAME: f64 = 158.0;
const NUMBERS: f64 = 150.0;
const ROW: f64 = 38.0;
/// Measures at most.
const MOST: usize = 4;

/// Draws the figure.
pub fn draw(across: &Across) -> Canvas {
    let title = across_finding(across);
    let many = across.asked.draws > 1;
    let spread = if many {
        "Thin line: 5–95 % of the draws' means, thick: 25–75 %; dot: mean over draws; marks across: its 95 % interval (Student's t)."
    } else {
        "Dot: mean over replications; marks across: its 95 % interval (Student's t)."
    };
    let subtitle = format!(
        "Policy minus baseline in the same draw and replication, in percent of the baseline. {spread} Blue is better, orange worse, grey unclear."
    );
    let shown = shown(across);
    let policies = across.policies().count();
    let cell = 64.0 + policies as f64 * ROW;
    let top = head_height(&title, &subtitle);
    let height = top + shown.len().div_ceil(2) as f64 * cell + FOOT;
    let mut canvas = Canvas::new(PAPER as u32, height as u32);
    written(&mut canvas, height, across, &title, &subtitle);
    for (number, line) in shown.into_iter().enumerate() {
        let at = (LEFT + (number % 2) as f64 * CELL, top + (number / 2) as f64 * cell);
        panel(&mut canvas, at, across, line);
    }
    canvas
}

/// The measures that are shown everywhere, as far as the study keeps them, then others.
fn shown(across: &Across) -> Vec<&MeasureAcross> {
    let usual = SHOWN.iter().filter_map(|(name, _)| across.measure(name));
    let others = across
        .measures
        .iter()
        .filter(|line| SHOWN.iter().all(|(name, _)| *name != MEASURES[line.measure].name));
    usual.chain(others).take(MOST).collect()
}

fn panel(canvas: &mut Canvas, (left, top): (f64, f64), across: &Across, line: &MeasureAcross) {
    let meaning = &MEASURES[line.measure];
    let effects: Vec<(usize, Option<&EffectAcross>)> =
        across.policies().map(|arm| (arm, line.effects[arm].as_ref())).collect();
    let in_percent =
        effects.iter().flat_map(|(_, effect)| effect).all(|effect| effect.percent.is_some());
    let of = |effect: &EffectAcross| {
        if in_percent { effect.percent.unwrap_or(effect.amount) } else { effect.amount }
    };
    let (mut low, mut high) = (0.0_f64, 0.0_f64);
    for (_, effect) in &effects {
        let Some(found) = effect.map(of) else { continue };
        let (from, to) = found.interval.unwrap_or((found.mean, found.mean));
        low = low.min(from).min(found.quantiles[0]);
        high = high.max(to).max(found.quantiles[4]);
    }
    let ticks = ticks(low, high, 4);
    let (x0, x1) = (left + NAME, left + CELL - NUMBERS - 14.0);
    let (first, last) = (ticks[0], ticks[ticks.len() - 1]);
    let place = |value: f64| x0 + (x1 - x0) * (value - first) / (last - first);
    let (y0, y1) = (top + 24.0, top + 24.0 + effects.len() as f64 * ROW);
    let named =
        SHOWN.iter().find(|(name, _)| *name == meaning.name).map(|(_, title)| (*title).to_owned());
    let unit = if in_percent { String::new() } else { format!(" ({})", meaning.unit) };
    canvas.text(
        left,
        top + 8.0,
        &format!("{}{unit}", named.unwrap_or_else(|| sentence(meaning.name))),
        Style::LABEL,
    );
    let unit = if in_percent { " %" } else { "" };
    for value in &ticks {
        let x = place(*value);
        let colour = if *value == 0.0 { AXIS } else { GRID };
        canvas.line(vec![(x, y0), (x, y1)], colour, 1.0);
        let style = Style { size: 10.0, ..Style::SMALL }.aligned(Align::Centre);
        canvas.text(x, y1 + 11.0, &tick(*value, unit), style);
    }
    for (number, (arm, effect)) in effects.iter().enumerate() {
        let y = y0 + (number as f64 + 0.5) * ROW;
        let small = Style { size: 11.5, ..Style::BODY };
        let title = &across.asked.arms[*arm].title;
        let lines = Canvas::height_of(NAME - 12.0, 2, title, small) / (small.size * 1.3);
        canvas.paragraph(
            (left, y - (lines - 1.0) * small.size * 0.65),
            NAME - 12.0,
            2,
            title,
            small,
        );
        let Some(effect) = effect else { continue };
        let found = of(effect);
        let right = Style { size: 11.0, ..small }.aligned(Align::Right);
        let better = effect.better.map(|share| format!("better in {} of draws", percent_of(share)));
        // Amounts are long: their interval stands below.
        let (words, below) = if in_percent {
            (said(effect, line.measure), better)
        } else {
            let of = |value: f64| amount(value, meaning.unit, true).replace("KZT ", "");
            let interval = found.interval.map(|(low, high)| format!("[{}, {}]", of(low), of(high)));
            (of(found.mean), interval)
        };
        let up = if below.is_some() { 7.0 } else { 0.0 };
        canvas.text(left + CELL - 16.0, y - up, &words, right);
        if let Some(below) = below {
            canvas.text(
                left + CELL - 16.0,
                y + up,
                &below,
                Style { size: 10.0, ..Style::SMALL }.aligned(Align::Right),
            );
        }
        let colour = match (effect.is_clear(), meaning.wanted) {
            (true, Wanted::Less) if found.mean < 0.0 => BETTER,
            (true, Wanted::More) if found.mean > 0.0 => BETTER,
            (true, Wanted::Less | Wanted::More) => WORSE,
            _ => GREY,
        };
        if found.draws > 1 {
            let at = |quantile: usize| (place(found.quantiles[quantile]), y);
            canvas.line(vec![at(0), at(4)], colour, 1.5);
            canvas.line(vec![at(1), at(3)], colour, 4.5);
        }
        if let Some((low, high)) = found.interval {
            for end in [low, high] {
                canvas.line(vec![(place(end), y - 7.0), (place(end), y + 7.0)], INK, 1.5);
            }
        }
        canvas.dot((place(found.mean), y), 4.0, colour, true);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use study::comparison::across::tests::made_up;

    #[test]
    fn no_text_overlaps_another_or_leaves_the_paper() {
        let mut long = made_up(6, 4, 2);
        for arm in &mut long.asked.arms {
            arm.title = "A policy whose title is as long as somebody may write it who means well"
                .to_owned();
        }
        let mut nothing = made_up(2, 3, 2);
        for line in &mut nothing.measures {
            for effect in line.effects.iter_mut().flatten() {
                effect.percent = None;
            }
        }
        let mut few = made_up(3, 5, 2);
        few.measures.truncate(1);
        for across in [made_up(1, 1, 1), made_up(20, 30, 3), long, nothing, few] {
            let faults = draw(&across).faults();
            assert!(faults.is_empty(), "{faults:#?}");
        }
    }
}
