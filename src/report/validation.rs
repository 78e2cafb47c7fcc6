//! Cases from elsewhere: the band that agrees with each source and what the model yields, a line for each reading.
//!
//! Readings have different units, so each line has a scale of its own: its band is as wide on paper as every other.

use super::Figure;
use super::canvas::{Align, Canvas, GREY, GRID, INK, Style};
use super::compare::sheet::{BETTER, FOOT, LEFT, PAPER, WIDTH, WORSE, head_height, written_over};
use super::words::reading;
use study::comparison::validation::{Line, Validation};

/// Width of the words.
const NAME: f64 = 430.0;
/// Width of the numbers.
const NUMBERS: f64 = 250.0;
const ROW: f64 = 34.0;
const HEAD: f64 = 30.0;

/// The figure.
#[must_use]
pub fn validation_figure(validation: &Validation) -> Figure {
    Figure { name: "validation".to_owned(), svg: draw(validation).svg() }
}

fn draw(validation: &Validation) -> Canvas {
    let (inside, all) = validation.patterns_inside();
    let title = format!("{inside} of {all} cases from elsewhere agree in all that was read");
    let over =
        if validation.drawn { "draws of the parameters" } else { "replications (luck alone)" };
    let subtitle = format!(
        "Grey: band that agrees with the source, scaled to the same width in every line. Dot: median over {over}; line: 90 % interval, \
         cut off where it leaves the line. Blue: inside for at least 80 %, orange: not. * a parameter has its range from the same source."
    );
    let groups = {
        let mut names: Vec<&str> =
            validation.lines.iter().map(|line| line.pattern.as_str()).collect();
        names.dedup();
        names.len() as f64
    };
    let top = head_height(&title, &subtitle) + 14.0;
    let height = top + groups * HEAD + validation.lines.len() as f64 * ROW + FOOT;
    let mut canvas = Canvas::new(PAPER as u32, height as u32);
    let foot = format!(
        "{} · seed {} · crackdown {}",
        validation.title,
        validation.seed,
        env!("CARGO_PKG_VERSION")
    );
    written_over(&mut canvas, height, &foot, &title, &subtitle);
    let (x0, x1) = (LEFT + NAME, LEFT + WIDTH - NUMBERS);
    let small = Style { size: 10.0, ..Style::SMALL };
    canvas.text(x1 + 78.0, top - 4.0, "median", small.aligned(Align::Right));
    canvas.text(x1 + 186.0, top - 4.0, "band", small.aligned(Align::Right));
    canvas.text(LEFT + WIDTH, top - 4.0, "inside", small.aligned(Align::Right));
    let mut y = top;
    let mut last = "";
    for line in &validation.lines {
        if line.pattern != last {
            last = &line.pattern;
            canvas.line(vec![(LEFT, y + 4.0), (LEFT + WIDTH, y + 4.0)], GRID, 1.0);
            canvas.paragraph((LEFT, y + HEAD * 0.6), NAME + 180.0, 1, &line.happened, Style::LABEL);
            y += HEAD;
        }
        row(&mut canvas, (x0, x1), y + ROW / 2.0, line);
        y += ROW;
    }
    canvas
}

fn row(canvas: &mut Canvas, (x0, x1): (f64, f64), y: f64, line: &Line) {
    let star = if line.fitted == "prior" { " *" } else { "" };
    let body = Style { size: 11.5, ..Style::BODY };
    let words = format!("{}{star}", line.words);
    let lines = Canvas::height_of(NAME - 26.0, 2, &words, body) / (body.size * 1.3);
    canvas.paragraph(
        (LEFT + 10.0, y - (lines - 1.0) * body.size * 0.65),
        NAME - 26.0,
        2,
        &words,
        body,
    );
    let (low, high) = line.band;
    let width = (high - low).max(1e-9);
    let edge = |value: f64| {
        let place = (value - low) / width;
        x0 + (x1 - x0) * (1.0 / 3.0 + place.clamp(-0.96, 1.96) / 3.0)
    };
    let (b0, b1) = (edge(low), edge(high));
    let box_of = |a: f64, b: f64, half: f64| {
        vec![(a, y - half), (b, y - half), (b, y + half), (a, y + half)]
    };
    canvas.area(box_of(b0, b1, 9.0), GREY, 0.22);
    let zero = (0.0 - low) / width;
    if (-0.96..=1.96).contains(&zero) {
        canvas.line(vec![(edge(0.0), y - 11.0), (edge(0.0), y + 11.0)], GRID, 1.0);
    }
    let colour = match line.fitted {
        "condition" => INK,
        _ if line.inside => BETTER,
        _ => WORSE,
    };
    if !line.median.is_nan() {
        let (from, to) = line.interval;
        canvas.line(vec![(edge(from), y), (edge(to), y)], colour, 2.0);
        canvas.dot((edge(line.median), y), 4.5, colour, true);
    }
    let number = Style { size: 11.0, ..Style::BODY };
    let right = number.aligned(Align::Right);
    canvas.text(x1 + 78.0, y, &reading(line.median), right.coloured(colour));
    let band = format!("{} to {}", reading(low), reading(high));
    canvas.text(x1 + 186.0, y, &band, right.coloured(GREY));
    let share = format!("{:.0} %", 100.0 * line.share_inside);
    canvas.text(LEFT + WIDTH, y, &share, right.coloured(colour));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(number: usize, median: f64) -> Line {
        Line {
            pattern: format!("case_{}", number / 2),
            happened: "A large venue falls and nobody was ready for it at all".to_owned(),
            reading: "at_once".to_owned(),
            words: "Turnover of the class in the first thirty days against what it would have been without".to_owned(),
            source: "somebody".to_owned(),
            fitted: if number == 1 { "prior" } else { "no" },
            band: (-0.95, -0.75),
            median,
            interval: (median - 0.1, median + 0.3),
            draws: 20,
            replications: 2,
            share_inside: 0.55,
            inside: number.is_multiple_of(2),
        }
    }

    #[test]
    fn no_text_overlaps_another_or_leaves_the_paper() {
        let medians = [-0.8, f64::NAN, f64::INFINITY, 1e5, -1e5, 0.0];
        let lines = medians.iter().enumerate().map(|(number, median)| line(number, *median));
        let validation = Validation {
            title: "Cases from elsewhere".to_owned(),
            lines: lines.collect(),
            drawn: true,
            seed: 1,
            failed: 0,
        };
        let faults = draw(&validation).faults();
        assert!(faults.is_empty(), "{faults:#?}");
    }
}
