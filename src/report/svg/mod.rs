//! A figure on paper: SVG through plotters, panels in strips, every text measured before it is placed.
//!
//! In reading order: [`canvas`] (shapes and text), [`layout`] (where panels stand), [`marks`] (what is in them),
//! [`beside`] (room for numbers beside dots).

mod beside;
pub(super) mod canvas;
mod layout;
mod marks;

use super::chart::{Colour, Figure, Legend};
use canvas::{Canvas, GREY, Style};
use plotters::style::RGBColor;

/// Margin.
const LEFT: f64 = 24.0;
/// Height of a foot of one line; each more needs its own.
const FOOT: f64 = 40.0;
/// Secondary lines below the title.
const SUBTITLE: Style = Style { size: 13.0, ..Style::SMALL };
/// Labels of axes.
const TICK: Style = Style { size: 10.0, ..Style::SMALL };
/// Names in the legend and below the panels.
const KEY: Style = Style { size: 11.5, ..Style::BODY };
/// Distance of lines of the legend and of names below the panels.
const LINE: f64 = 18.0;
/// Room of a name below the panels, at least. Unit: pixels.
const BESIDE: f64 = 330.0;

/// Width between the margins.
fn width(figure: &Figure) -> f64 {
    figure.paper.width - 2.0 * LEFT
}

/// What of a figure is drawn on paper: what the page shows at first.
fn at_first(figure: &Figure) -> Figure {
    let mut figure = figure.clone();
    let places: Vec<Option<usize>> = figure
        .series
        .iter()
        .scan(0, |next, series| {
            let place = series.shown.then_some(*next);
            *next += usize::from(series.shown);
            Some(place)
        })
        .collect();
    figure.series.retain(|series| series.shown);
    for panel in &mut figure.panels {
        panel.marks.retain_mut(|mark| match mark.series {
            Some(series) => {
                mark.series = places[series];
                mark.series.is_some()
            }
            None => true,
        });
    }
    figure
}

/// The figure as SVG text.
pub fn svg(figure: &Figure) -> String {
    drawn(figure).svg()
}

/// The figure on paper.
pub fn drawn(figure: &Figure) -> Canvas {
    let figure = &at_first(figure);
    let wide = width(figure);
    let head = 30.0
        + Canvas::height_of(wide, 4, &figure.title, Style::TITLE)
        + Canvas::height_of(wide, 4, &figure.subtitle, SUBTITLE);
    let legend = legend_rows(figure);
    let top = head + legend.len() as f64 * LINE + if legend.is_empty() { 0.0 } else { 12.0 };
    let strips = layout::strips(figure, top);
    let below = strips.last().map_or(top, |strip| strip.bottom);
    let key = key(figure, &strips);
    let beside = key_columns(wide, &key);
    let rows = key.len().div_ceil(beside);
    let key_height = rows as f64 * LINE + if rows > 0 { 8.0 } else { 0.0 };
    let step = Canvas::height_of(wide, 1, "", Style::SMALL);
    let foot = Canvas::height_of(wide, usize::MAX, &figure.footer, Style::SMALL) - step;
    let height = below + key_height + FOOT + foot;
    let mut canvas = Canvas::new(figure.paper.width as u32, height as u32);
    let next = canvas.paragraph((LEFT, 26.0), wide, 4, &figure.title, Style::TITLE);
    canvas.paragraph((LEFT, next + 2.0), wide, 4, &figure.subtitle, SUBTITLE);
    for (row, entries) in legend.iter().enumerate() {
        write_legend(&mut canvas, figure, head + 6.0 + row as f64 * LINE, entries);
    }
    for strip in &strips {
        strip.draw(&mut canvas);
    }
    for (place, (number, text)) in key.iter().enumerate() {
        // Down the columns, so that numbers follow each other.
        let (column, row) = (place / rows, place % rows);
        let x = LEFT + column as f64 * wide / beside as f64;
        let y = below + 10.0 + row as f64 * LINE;
        canvas.text(x, y, &format!("{number}."), KEY.coloured(GREY));
        canvas.paragraph((x + 20.0, y), key_room(wide, beside), 1, text, KEY);
    }
    let at = (LEFT, height - 18.0 - foot);
    canvas.paragraph(at, wide, usize::MAX, &figure.footer, Style::SMALL);
    canvas
}

/// Names below the panels that stand beside each other: as many as can without one of them being cut.
fn key_columns(wide: f64, key: &[(usize, &str)]) -> usize {
    let most = ((wide / BESIDE) as usize).max(1);
    let fits = |beside: &usize| {
        key.iter().all(|(_, text)| Canvas::fits(key_room(wide, *beside), 1, text, KEY))
    };
    (1..=most).rev().find(fits).unwrap_or(1)
}

/// Width of a name below the panels.
fn key_room(wide: f64, beside: usize) -> f64 {
    wide / beside as f64 - 36.0
}

/// Notes, and names of what is only numbered above; both numbered from 1.
fn key<'a>(figure: &'a Figure, strips: &[layout::Strip<'a>]) -> Vec<(usize, &'a str)> {
    let notes = figure.notes.iter().map(String::as_str).enumerate();
    let by_number = figure.legend == Legend::Numbers;
    let names = figure.series.iter().filter(|_| by_number).map(|series| series.name.as_str());
    let heads = strips.iter().find_map(layout::Strip::numbered_heads).unwrap_or_default();
    let heads = heads.iter().map(|tick| tick.label.as_str()).enumerate();
    notes.chain(names.enumerate()).chain(heads).map(|(at, text)| (at + 1, text)).collect()
}

/// Width of what stands before a name of the legend.
fn swatch(figure: &Figure) -> f64 {
    if figure.legend == Legend::None { 0.0 } else { 18.0 }
}

/// Style of names in the legend.
fn legend_style(figure: &Figure) -> Style {
    Style { strong: figure.legend == Legend::Names, ..KEY }
}

/// Series of the legend, row by row, each with its place and room.
fn legend_rows(figure: &Figure) -> Vec<Vec<(usize, f64, f64)>> {
    if !matches!(figure.legend, Legend::Names | Legend::Blocks) {
        return Vec::new();
    }
    let style = legend_style(figure);
    let mut rows: Vec<Vec<(usize, f64, f64)>> = vec![Vec::new()];
    let mut x = 0.0;
    for (number, series) in figure.series.iter().enumerate() {
        let room = (style.width(&series.name) + 1.0).min(width(figure) - swatch(figure));
        let wide = room + swatch(figure);
        if x > 0.0 && x + wide > width(figure) {
            rows.push(Vec::new());
            x = 0.0;
        }
        rows.last_mut().expect("there is always a row").push((number, x, room));
        x += wide + 20.0;
    }
    rows
}

fn write_legend(canvas: &mut Canvas, figure: &Figure, y: f64, entries: &[(usize, f64, f64)]) {
    for &(number, x, room) in entries {
        let (series, x) = (&figure.series[number], LEFT + x);
        let style = legend_style(figure);
        let half = if figure.legend == Legend::Blocks { 6.0 } else { 1.5 };
        block(canvas, (x, x + 12.0), (y - half, y + half), series.colour, 1.0);
        canvas.paragraph((x + swatch(figure), y), room, 1, &series.name, style);
    }
}

/// A filled rectangle.
fn block(canvas: &mut Canvas, x: Ends, y: Ends, colour: Colour, opacity: f64) {
    canvas.area(vec![(x.0, y.0), (x.1, y.0), (x.1, y.1), (x.0, y.1)], rgb(colour), opacity);
}

/// Both ends of something on paper. Unit: pixels.
type Ends = (f64, f64);

/// A colour dark enough for text on white: contrast 4.5 to 1 at least. Source: WCAG 2.2, 1.4.3.
fn readable(colour: Colour) -> RGBColor {
    let mut colour = colour;
    while colour.luminance() > 1.05 / 4.5 - 0.05 {
        let (red, green, blue) = colour.rgb();
        let darker = |part: u8| (f64::from(part) * 0.95) as u8;
        colour = Colour::Rgb(darker(red), darker(green), darker(blue));
    }
    rgb(colour)
}

/// A colour on paper.
const fn rgb(colour: Colour) -> RGBColor {
    let (red, green, blue) = colour.rgb();
    RGBColor(red, green, blue)
}

/// Several lines of text whose middle is at `y`.
fn centred(
    canvas: &mut Canvas,
    (x, y): (f64, f64),
    text: &str,
    room: f64,
    most: usize,
    style: Style,
) -> f64 {
    let height = Canvas::height_of(room, most, text, style);
    let first = y - (height - style.size * 1.3) / 2.0;
    canvas.paragraph((x, first), room, most, text, style)
}
