//! What each part of an effect adds: bars for alone, last and Shapley value, on four measures.

use plotters::style::RGBColor;

use super::canvas::{AXIS, Align, Canvas, GREY, GRID, INK, Style};
use super::compare::sheet::{BETTER, FOOT, LEFT, PAPER, WIDTH, head_height, tick, ticks, written};
use super::words::{against, sentence};
use super::{Figure, SHOWN};
use study::comparison::Amount;
use study::comparison::attribution::{Attribution, By, Split};

/// Width of a panel.
const CELL: f64 = WIDTH / 2.0;
/// Width of the names of parts.
const NAME: f64 = 132.0;
/// Width of the numbers at the right.
const NUMBERS: f64 = 138.0;
/// Height of a bar, and of a part with its three bars.
const BAR: f64 = 12.0;
const PART: f64 = 3.0 * BAR + 12.0;
/// Height of a line with one bar.
const LINE: f64 = BAR + 12.0;

/// The three ways in which a part is added, with the opacity of their bars.
const WAYS: [(&str, f64); 3] = [("alone", 0.25), ("last", 0.55), ("Shapley value", 1.0)];

/// All figures of an attribution.
#[must_use]
pub fn attribution_figures(made: &Attribution) -> Vec<Figure> {
    vec![Figure { name: "attribution".to_owned(), svg: draw(made).svg() }]
}

/// What is seen, in a sentence without its full stop.
#[must_use]
pub fn finding(made: &Attribution) -> String {
    let split = made.split("illicit_turnover");
    let said = |amount: &Amount| against(amount, split.baseline, &split.unit);
    let parts = made.parts.iter().zip(&split.parts);
    let size = |part: &study::comparison::attribution::Part| part.shapley.mean.abs();
    let most = parts.max_by(|(_, a), (_, b)| size(a).total_cmp(&size(b)));
    let effect = format!("{}: illicit turnover {}", made.title, said(&split.effect));
    match (most, made.by) {
        (Some((name, part)), By::Measure) => {
            format!("{effect}; “{}” adds most, {}", sentence(name), said(&part.shapley))
        }
        (Some((name, part)), By::Mechanism) => format!(
            "{effect}, by incapacitation alone {}; of the mechanisms {name} adds most, {}",
            said(&split.none),
            said(&part.shapley)
        ),
        (None, _) => effect,
    }
}

fn draw(made: &Attribution) -> Canvas {
    let title = finding(made);
    let whole = match made.by {
        By::Measure => "Interaction: all together minus the sum of all alone.",
        By::Mechanism => "Incapacitation: all three switched off in baseline and policy alike.",
    };
    let subtitle = format!(
        "Percent of the baseline. Bars from above: alone, last, Shapley value (mean over all orders); lines: 95 % intervals \
         (Student's t). {whole}"
    );
    let lines = lines(made, made.split("illicit_turnover")).len() as f64;
    let cell = 62.0 + made.parts.len() as f64 * PART + lines * LINE;
    let top = head_height(&title, &subtitle) + 22.0;
    let height = top + 2.0 * cell + FOOT;
    let mut canvas = Canvas::new(PAPER as u32, height as u32);
    written(&mut canvas, height, &made.setting, &title, &subtitle);
    legend(&mut canvas, top - 14.0);
    for (number, (measure, title)) in SHOWN.iter().enumerate() {
        let at = (LEFT + (number % 2) as f64 * CELL, top + (number / 2) as f64 * cell);
        panel(&mut canvas, at, made, made.split(measure), title);
    }
    canvas
}

fn legend(canvas: &mut Canvas, y: f64) {
    let mut x = LEFT;
    for (name, opacity) in WAYS {
        bar(canvas, (x, x + 24.0), (y, BAR), BETTER, opacity);
        let style = Style { size: 11.5, ..Style::BODY };
        canvas.text(x + 30.0, y, name, style);
        x += 30.0 + style.width(name) + 24.0;
    }
}

/// Lines below the parts: name and amount.
fn lines<'a>(made: &Attribution, split: &'a Split) -> Vec<(&'static str, &'a Amount)> {
    match made.by {
        By::Measure => {
            vec![("Interaction", &split.interaction), ("All together", &split.effect)]
        }
        By::Mechanism => vec![("Incapacitation", &split.none), ("All together", &split.effect)],
    }
}

fn panel(
    canvas: &mut Canvas,
    (left, top): (f64, f64),
    made: &Attribution,
    split: &Split,
    title: &str,
) {
    let ways = |part: &study::comparison::attribution::Part| [part.alone, part.last, part.shapley];
    let lines = lines(made, split);
    // Where the baseline is nothing there is no percentage: amounts are drawn in their unit.
    let scale = if split.baseline == 0.0 { 1.0 } else { 100.0 / split.baseline.abs() };
    let unit = if split.baseline == 0.0 { "" } else { " %" };
    let (mut low, mut high) = (0.0_f64, 0.0_f64);
    let all = split.parts.iter().flat_map(ways).chain(lines.iter().map(|(_, amount)| **amount));
    for amount in all {
        (low, high) = (low.min(amount.low() * scale), high.max(amount.high() * scale));
    }
    let ticks = ticks(low, high, 4);
    let (x0, x1) = (left + NAME, left + CELL - NUMBERS - 22.0);
    let (first, last) = (ticks[0], ticks[ticks.len() - 1]);
    let across = |value: f64| x0 + (x1 - x0) * (value * scale - first) / (last - first);
    let y0 = top + 22.0;
    let y1 = y0 + split.parts.len() as f64 * PART + lines.len() as f64 * LINE + 4.0;
    canvas.text(left, top + 8.0, title, Style::LABEL);
    for value in &ticks {
        let x = x0 + (x1 - x0) * (value - first) / (last - first);
        let colour = if *value == 0.0 { AXIS } else { GRID };
        canvas.line(vec![(x, y0), (x, y1)], colour, 1.0);
        let style = Style { size: 10.0, ..Style::SMALL }.aligned(Align::Centre);
        canvas.text(x, y1 + 11.0, &tick(*value, unit), style);
    }
    let small = Style { size: 11.5, ..Style::BODY };
    let numbers = |canvas: &mut Canvas, y: f64, amount: &Amount, colour: RGBColor| {
        let words = against(amount, split.baseline, &split.unit);
        let style = Style { size: 11.0, colour, ..Style::BODY }.aligned(Align::Right);
        canvas.text(left + CELL - 16.0, y, &words, style);
    };
    let drawn = |canvas: &mut Canvas, y: f64, amount: &Amount, opacity: f64| {
        bar(canvas, (across(0.0), across(amount.mean)), (y, BAR - 2.0), BETTER, opacity);
        if amount.interval.is_some() {
            canvas.line(vec![(across(amount.low()), y), (across(amount.high()), y)], INK, 1.2);
        }
    };
    for (number, (name, part)) in made.parts.iter().zip(&split.parts).enumerate() {
        let y = y0 + number as f64 * PART + 6.0;
        let middle = y + 1.5 * BAR;
        let name = sentence(name);
        let height = Canvas::height_of(NAME - 12.0, 2, &name, small) / (small.size * 1.3);
        let first = middle - (height - 1.0) * small.size * 0.65;
        canvas.paragraph((left, first), NAME - 12.0, 2, &name, small);
        for (way, (amount, (_, opacity))) in ways(part).iter().zip(WAYS).enumerate() {
            let y = y + (way as f64 + 0.5) * BAR;
            drawn(canvas, y, amount, opacity);
            numbers(canvas, y, amount, if opacity < 1.0 { GREY } else { INK });
        }
    }
    let y = y0 + split.parts.len() as f64 * PART + 4.0;
    canvas.line(vec![(left, y), (left + CELL - 16.0, y)], GRID, 1.0);
    for (number, (name, amount)) in lines.into_iter().enumerate() {
        let y = y + (number as f64 + 0.5) * LINE;
        canvas.text(left, y, name, small);
        drawn(canvas, y, amount, 1.0);
        numbers(canvas, y, amount, INK);
    }
}

/// A bar around the height `y`.
fn bar(
    canvas: &mut Canvas,
    (from, to): (f64, f64),
    (y, height): (f64, f64),
    colour: RGBColor,
    opacity: f64,
) {
    let (top, bottom) = (y - height / 2.0, y + height / 2.0);
    canvas.area(vec![(from, top), (to, top), (to, bottom), (from, bottom)], colour, opacity);
}

#[cfg(test)]
mod tests {
    use super::*;
    use study::comparison::attribution::tests::made_up;

    #[test]
    fn no_text_overlaps_another_or_leaves_the_paper() {
        let mut mechanisms = made_up(3, 4);
        mechanisms.by = By::Mechanism;
        let mut nothing = made_up(2, 3);
        for split in &mut nothing.splits {
            split.baseline = 0.0;
        }
        let mut long = made_up(6, 3);
        long.parts = vec!["a_measure_whose_name_is_as_long_as_names_may_become".to_owned(); 6];
        long.title =
            "A bundle with a title as long as somebody may write who means well ".repeat(3);
        for made in [made_up(1, 1), made_up(2, 20), mechanisms, nothing, long] {
            let faults = draw(&made).faults();
            assert!(faults.is_empty(), "{} parts: {faults:#?}", made.parts.len());
        }
    }

    #[test]
    fn the_figure_is_well_formed_and_tells_how_it_was_got() {
        for figure in attribution_figures(&made_up(3, 4)) {
            assert!(figure.svg.contains("4 replications") && figure.svg.contains("seed 1"));
            assert_eq!(&super::super::png(&figure.svg)[1..4], b"PNG");
        }
    }
}
