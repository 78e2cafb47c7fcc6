//! What is in a panel: lines, bands, dots with intervals, bars, ribbons, texts.

use super::beside::{FAR, PaperPoint, beside, distance, short_of};
use super::canvas::{Align, Canvas, GREY, GRID, INK, Style};
use super::layout::Placed;
use super::{block, readable, rgb};
use crate::chart::{Colour, Form, Interval, Mark, MarkShape, TextSide};

/// Labels beside lines and streams.
pub const LABEL: Style = Style { size: 11.0, ..Style::LABEL };
/// Smaller lines below them.
pub const BELOW: Style = Style { size: 10.0, ..Style::SMALL };
/// Texts in bars and cells.
const INSIDE: Style = Style { size: 10.5, ..Style::BODY };
/// Steps of the edges of a stream.
const STEPS: usize = 32;

/// Draws the marks of a panel.
pub fn draw(canvas: &mut Canvas, place: &Placed) {
    let marks: Vec<&Mark> = place.panel.marks.iter().collect();
    rules(canvas, place, &marks);
    let dots: Vec<(PaperPoint, &str)> = marks
        .iter()
        .filter_map(|mark| match &mark.shape {
            MarkShape::Dot { at, label, .. } if !label.is_empty() => {
                Some(((place.across(at.0), place.up(at.1)), label.as_str()))
            }
            _ => None,
        })
        .collect();
    let at: Vec<PaperPoint> = dots.iter().map(|(at, _)| *at).collect();
    let numbers = beside(&at, (place.x, (place.y.1, place.y.0)));
    for (dot, number) in at.iter().zip(&numbers) {
        if distance(*dot, *number) > FAR {
            canvas.line(vec![*dot, short_of(*number, *dot)], GRID, 1.0);
        }
    }
    for mark in &marks {
        one(canvas, place, mark, &marks);
    }
    let style = Style { size: 11.0, strong: true, colour: INK, align: Align::Center };
    for ((_, text), number) in dots.iter().zip(&numbers) {
        canvas.text(number.0, number.1, text, style);
    }
}

/// Upright lines where measures change.
fn rules(canvas: &mut Canvas, place: &Placed, marks: &[&Mark]) {
    for mark in marks {
        let MarkShape::Rule { at, text } = &mark.shape else { continue };
        let x = place.across(*at);
        canvas.line(vec![(x, place.y.0), (x, place.y.1 - 5.0)], GREY, 0.75);
        if !text.is_empty() {
            canvas.text(x, place.y.1 - 11.0, text, BELOW);
        }
    }
}

fn one(canvas: &mut Canvas, place: &Placed, mark: &Mark, all: &[&Mark]) {
    let colour = rgb(mark.colour);
    let at = |(x, y): (f64, f64)| (place.across(x), place.up(y));
    match &mark.shape {
        MarkShape::Rule { .. } => {}
        MarkShape::Line { points, width } => {
            canvas.line(points.iter().map(|point| at(*point)).collect(), colour, *width);
        }
        MarkShape::Band { points, opacity } if points.len() > 1 => {
            let upper = points.iter().map(|(x, _, high)| at((*x, *high)));
            let lower = points.iter().rev().map(|(x, low, _)| at((*x, *low)));
            canvas.area(upper.chain(lower).collect(), colour, *opacity);
        }
        MarkShape::Band { .. } => {}
        MarkShape::Dot { at: (x, y), form, radius, intervals, .. } => {
            for interval in intervals {
                whisker(canvas, place, (*x, *y), interval, mark.colour);
            }
            let (x, y) = at((*x, *y));
            match form {
                Form::None => {}
                Form::Filled => canvas.dot((x, y), *radius, colour, true),
                Form::Hollow => canvas.dot((x, y), *radius, colour, false),
                Form::Diamond => {
                    let r = *radius;
                    let corners = vec![(x, y - r), (x + r, y), (x, y + r), (x - r, y)];
                    canvas.area(corners, colour, 1.0);
                }
            }
        }
        MarkShape::Bar { from, to, opacity, text, pale } => {
            let ((x0, y0), (x1, y1)) = (at(*from), at(*to));
            block(canvas, (x0, x1), (y0, y1), mark.colour, *opacity);
            let middle = f64::midpoint(x0, x1);
            let room = INSIDE.width(text) / 2.0 + 3.0;
            // An upright stroke would cross it out.
            let crossed = all.iter().any(|mark| match &mark.shape {
                MarkShape::Dot { at: (x, y), form: Form::None, .. } => {
                    let y = place.up(*y);
                    (place.across(*x) - middle).abs() < room && y > y0.min(y1) && y < y0.max(y1)
                }
                _ => false,
            });
            if !text.is_empty() && !crossed && 2.0 * room <= (x1 - x0).abs() {
                let ink = if *pale { GREY } else { ink_on(mark.colour, *opacity) };
                let style = INSIDE.aligned(Align::Center).coloured(ink);
                canvas.text(middle, f64::midpoint(y0, y1), text, style);
            }
        }
        MarkShape::Ribbon { from, to, height } => {
            // A hair's breadth, so that the smallest stream is still seen.
            let thick = place.length(*height).max(0.6);
            ribbon(canvas, at(*from), at(*to), thick, mark.colour);
        }
        MarkShape::Label { at: place_of, text, below, side } => {
            let (x, y) = at(*place_of);
            let (x, align) = match side {
                TextSide::Right => (x + 6.0, Align::Left),
                TextSide::Left => (x - 6.0, Align::Right),
            };
            let two = !below.is_empty();
            // What stands at an edge stays within the panel.
            let y = y.clamp(
                place.y.1 + 6.0,
                (place.y.0 - if two { 12.0 } else { 6.0 }).max(place.y.1 + 6.0),
            );
            let up = if two { 6.0 } else { 0.0 };
            canvas.text(x, y - up, text, LABEL.aligned(align).coloured(readable(mark.colour)));
            if two {
                canvas.text(x, y + 6.5, below, BELOW.aligned(align));
            }
        }
    }
}

/// White on dark colours, ink on light ones.
fn ink_on(colour: Colour, opacity: f64) -> plotters::style::RGBColor {
    let (red, green, blue) = colour.rgb();
    let light =
        (0.299 * f64::from(red) + 0.587 * f64::from(green) + 0.114 * f64::from(blue)) / 255.0;
    if 1.0 - (1.0 - light) * opacity < 0.47 { plotters::style::WHITE } else { INK }
}

fn whisker(
    canvas: &mut Canvas,
    place: &Placed,
    (x, y): (f64, f64),
    interval: &Interval,
    own: Colour,
) {
    let colour = rgb(interval.colour.unwrap_or(own));
    let point = |value: f64| match interval.upright {
        true => (place.across(x), place.up(value)),
        false => (place.across(value), place.up(y)),
    };
    let (low, high) = (point(interval.low), point(interval.high));
    if !interval.ends {
        canvas.line(vec![low, high], colour, interval.width);
        return;
    }
    for end in [low, high] {
        canvas.line(vec![(end.0, end.1 - 7.0), (end.0, end.1 + 7.0)], colour, interval.width);
    }
}

/// A stream whose sides leave and arrive level.
fn ribbon(canvas: &mut Canvas, from: PaperPoint, to: PaperPoint, thick: f64, colour: Colour) {
    let at = |step: usize, down: f64| {
        let t = step as f64 / STEPS as f64;
        let eased = t * t * (3.0 - 2.0 * t);
        (from.0 + (to.0 - from.0) * t, from.1 + (to.1 - from.1) * eased + down)
    };
    let upper = (0..=STEPS).map(|step| at(step, 0.0));
    let lower = (0..=STEPS).rev().map(|step| at(step, thick));
    canvas.area(upper.chain(lower).collect(), rgb(colour), 0.38);
}
