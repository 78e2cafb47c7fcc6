//! Cases from elsewhere: the band that agrees with each source and what the model yields, a row for each reading.
//!
//! Readings have different units, so each row has a scale of its own: its band is as wide on paper as every other.

use crate::chart::{
    Axis, Colour, Figure, Form, Interval, Mark, NumberCell, NumberColumn, Panel, Paper, Tick,
};
use crate::say;
use crate::speech::{retold, titled, tr};
use crate::words::reading;
use study::comparison::validation::{ValidatedReading, Validation};

/// How far from its band a row reaches, in widths of the band.
const REACH: (f64, f64) = (-0.96, 1.96);

/// The figure.
#[must_use]
pub fn validation_figure(validation: &Validation) -> Figure {
    let (inside, all) = validation.patterns_inside();
    let over = match validation.drawn {
        true => tr("draws of the parameters"),
        false => tr("replications (chance alone)"),
    };
    let title = say!(
        "{inside} of {all} cases from elsewhere have all readings inside the band",
        inside,
        all
    );
    let subtitle = say!(
        "Grey: band that agrees with the source, scaled to the same width in every line. Dot: median over {over}; line: 90 % interval, cut off where it leaves the line. Blue: inside for at least 80 %, orange: not. * a parameter has its range from the same source.",
        over
    );
    let foot = say!(
        "{title} · seed {seed} · crackdown {version}",
        title = titled(&validation.title),
        seed = validation.seed,
        version = env!("CARGO_PKG_VERSION")
    );
    Figure {
        panels: vec![panel(validation)],
        paper: Paper { columns: 1, names: 430.0, ..Paper::default() },
        ..Figure::new("validation", "Cases from elsewhere", title, subtitle, foot)
    }
}

fn panel(validation: &Validation) -> Panel {
    let (mut rows, mut marks, mut at) = (Vec::new(), Vec::new(), 0.0);
    let heads = [tr("median"), tr("band"), tr("inside")];
    let mut columns = heads.map(|head| NumberColumn { head: head.to_owned(), cells: Vec::new() });
    let mut last = "";
    for line in &validation.lines {
        if line.pattern != last {
            last = &line.pattern;
            rows.push(Tick::head(at + 0.5, retold(&line.happened)));
            at += 1.0;
        }
        let middle = at + 0.5;
        let star = if line.fitted == "prior" { " *" } else { "" };
        rows.push(Tick::new(middle, format!("{}{star}", retold(&line.words))));
        marks.extend(row(middle, line));
        let colour = colour(line);
        let (low, high) = line.band;
        let band = say!("{low} to {high}", low = reading(low), high = reading(high));
        let numbers = [
            (reading(line.median), colour),
            (band, Colour::Grey),
            (format!("{:.0} %", 100.0 * line.share_inside), colour),
        ];
        for (column, (text, colour)) in columns.iter_mut().zip(numbers) {
            column.cells.push(NumberCell { at: middle, text, below: String::new(), colour });
        }
        at += 1.0;
    }
    let axes = (Axis { range: (-1.0, 2.0), ..Axis::default() }, Axis::rows(at, rows));
    Panel { columns: columns.into(), ..Panel::new("", axes, 34.0 * at, marks) }
}

fn colour(line: &ValidatedReading) -> Colour {
    match line.fitted {
        "condition" => Colour::Ink,
        _ if line.inside => Colour::Better,
        _ => Colour::Worse,
    }
}

/// Band, median and interval of a reading, in widths of its band.
fn row(at: f64, line: &ValidatedReading) -> Vec<Mark> {
    let (low, high) = line.band;
    let place = |value: f64| ((value - low) / (high - low).max(1e-9)).clamp(REACH.0, REACH.1);
    let mut marks = vec![Mark::bar((0.0, at - 0.27), (place(high), at + 0.27), Colour::Grey, 0.22)];
    let zero = place(0.0);
    if zero > REACH.0 && zero < REACH.1 {
        let points = vec![(zero, at - 0.33), (zero, at + 0.33)];
        marks.push(Mark::line(points, Colour::Rgb(0xc4, 0xc4, 0xc4), 1.0));
    }
    if !line.median.is_nan() {
        let ends = (place(line.interval.0), place(line.interval.1));
        let interval = vec![Interval::across(ends, 2.0)];
        marks.push(Mark::dot((place(line.median), at), Form::Filled, 4.5, colour(line), interval));
    }
    marks
}
