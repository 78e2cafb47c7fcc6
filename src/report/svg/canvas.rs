//! Shapes and text on paper, measured before they are drawn.

use std::sync::Once;

use plotters::prelude::*;
pub use plotters::style::text_anchor::HPos as Align;
use plotters::style::text_anchor::{Pos, VPos};
use plotters::style::{FontStyle, register_font};
use world::text::printable;

use super::rgb;
use crate::chart::Colour;
use crate::words::{TIE, tied};

/// Text face. Inter 4, SIL Open Font License; Latin, Cyrillic with Kazakh letters.
pub const REGULAR: &[u8] = include_bytes!("../fonts/Inter-Regular.ttf");
/// Face of titles and labels.
pub const SEMIBOLD: &[u8] = include_bytes!("../fonts/Inter-SemiBold.ttf");

/// Main text.
pub const INK: RGBColor = rgb(Colour::Ink);
/// Secondary text.
pub const GREY: RGBColor = rgb(Colour::Grey);
/// Axes.
pub const AXIS: RGBColor = RGBColor(0x66, 0x66, 0x66);
/// Grid.
pub const GRID: RGBColor = RGBColor(0xe6, 0xe6, 0xe6);

/// plotters writes whole coordinates: drawn at four times the size, shapes stay smooth.
const FINE: f64 = 4.0;

/// Ratio of plotters' font size to that of SVG.
const POINT: f64 = 1.24;

/// How a text looks.
#[derive(Clone, Copy)]
pub struct Style {
    /// Size in pixels.
    pub size: f64,
    /// Whether it is semibold.
    pub strong: bool,
    /// Colour.
    pub colour: RGBColor,
    /// Whether it begins at its point, ends there or is centred.
    pub align: Align,
}

impl Style {
    /// Plain text.
    pub const BODY: Style = Style { size: 12.0, strong: false, colour: INK, align: Align::Left };
    /// Secondary text.
    pub const SMALL: Style = Style { size: 11.0, strong: false, colour: GREY, align: Align::Left };
    /// Label of a thing.
    pub const LABEL: Style = Style { size: 13.0, strong: true, colour: INK, align: Align::Left };
    /// Title of a figure.
    pub const TITLE: Style = Style { size: 18.0, strong: true, colour: INK, align: Align::Left };

    /// The same, standing elsewhere.
    #[must_use]
    pub fn aligned(self, align: Align) -> Style {
        Style { align, ..self }
    }

    /// The same in another colour.
    #[must_use]
    pub fn coloured(self, colour: RGBColor) -> Style {
        Style { colour, ..self }
    }

    fn font(self) -> FontDesc<'static> {
        static FACES: Once = Once::new();
        FACES.call_once(|| {
            for (style, face) in [(FontStyle::Normal, REGULAR), (FontStyle::Bold, SEMIBOLD)] {
                assert!(
                    register_font("Inter", style, face).is_ok(),
                    "the built-in fonts are fonts"
                );
            }
        });
        let style = if self.strong { FontStyle::Bold } else { FontStyle::Normal };
        FontDesc::new(FontFamily::Name("Inter"), self.size * FINE * POINT, style)
    }

    /// Width of a text in pixels.
    pub fn width(self, text: &str) -> f64 {
        let (width, _) = self.font().box_size(text).expect("the face is registered");
        f64::from(width) / FINE
    }
}

enum PaperShape {
    Line(Vec<(f64, f64)>, RGBColor, f64),
    Area(Vec<(f64, f64)>, RGBColor, f64),
    Dot((f64, f64), f64, RGBColor, bool),
    Text((f64, f64), String, Style),
}

/// Paper with shapes on it, in pixels from the upper left corner.
pub struct Canvas {
    width: u32,
    height: u32,
    shapes: Vec<PaperShape>,
}

impl Canvas {
    /// Empty paper.
    pub fn new(width: u32, height: u32) -> Canvas {
        Canvas { width, height, shapes: Vec::new() }
    }

    /// A line through points.
    pub fn line(&mut self, points: Vec<(f64, f64)>, colour: RGBColor, width: f64) {
        self.shapes.push(PaperShape::Line(points, colour, width));
    }

    /// A filled area.
    pub fn area(&mut self, points: Vec<(f64, f64)>, colour: RGBColor, opacity: f64) {
        self.shapes.push(PaperShape::Area(points, colour, opacity));
    }

    /// A dot, filled or hollow.
    pub fn dot(&mut self, at: (f64, f64), radius: f64, colour: RGBColor, filled: bool) {
        self.shapes.push(PaperShape::Dot(at, radius, colour, filled));
    }

    /// A text whose middle line is at `y`, without characters that XML forbids.
    pub fn text(&mut self, x: f64, y: f64, text: &str, style: Style) {
        self.shapes.push(PaperShape::Text((x, y), printable(text).into_owned(), style));
    }

    /// Lines of text that fit a width, broken between words; the last is cut with an ellipsis after `most`.
    pub fn paragraph(
        &mut self,
        at: (f64, f64),
        width: f64,
        most: usize,
        text: &str,
        style: Style,
    ) -> f64 {
        let lines = wrap(text, width, most, style);
        let step = style.size * 1.3;
        for (number, line) in lines.iter().enumerate() {
            self.text(at.0, at.1 + number as f64 * step, line, style);
        }
        at.1 + lines.len() as f64 * step
    }

    /// Height of a paragraph, in pixels.
    pub fn height_of(width: f64, most: usize, text: &str, style: Style) -> f64 {
        wrap(text, width, most, style).len() as f64 * style.size * 1.3
    }

    /// Whether a paragraph holds a text without cutting it.
    #[must_use]
    pub fn fits(width: f64, most: usize, text: &str, style: Style) -> bool {
        let lines = wrap(text, width, usize::MAX, style);
        lines.len() <= most && lines.iter().all(|line| style.width(line) <= width)
    }

    /// The drawing as SVG text.
    pub fn svg(&self) -> String {
        let mut svg = String::new();
        let fine = |value: f64| (value * FINE).round() as i32;
        let at = |(x, y): (f64, f64)| (fine(x), fine(y));
        let size = (self.width * FINE as u32, self.height * FINE as u32);
        {
            let paper = SVGBackend::with_string(&mut svg, size).into_drawing_area();
            let drawn = paper.fill(&WHITE).and_then(|()| {
                for shape in &self.shapes {
                    match shape {
                        PaperShape::Line(points, colour, width) => {
                            let points: Vec<_> = points.iter().copied().map(at).collect();
                            let stroke = colour.stroke_width((width * FINE).round() as u32);
                            paper.draw(&PathElement::new(points, stroke))?;
                        }
                        PaperShape::Area(points, colour, opacity) => {
                            let points: Vec<_> = points.iter().copied().map(at).collect();
                            paper.draw(&Polygon::new(points, colour.mix(*opacity).filled()))?;
                        }
                        PaperShape::Dot(centre, radius, colour, filled) => {
                            let radius = fine(*radius);
                            let ground = if *filled { colour } else { &WHITE };
                            paper.draw(&Circle::new(at(*centre), radius, ground.filled()))?;
                            if !filled {
                                let stroke = colour.stroke_width((1.5 * FINE) as u32);
                                paper.draw(&Circle::new(at(*centre), radius, stroke))?;
                            }
                        }
                        PaperShape::Text(point, text, style) => {
                            let anchor = Pos::new(style.align, VPos::Center);
                            let style = style.font().color(&style.colour).pos(anchor);
                            paper.draw(&Text::new(text.clone(), at(*point), style))?;
                        }
                    }
                }
                paper.present()
            });
            drawn.expect("drawing into a text cannot fail");
        }
        let written = format!("width=\"{}\" height=\"{}\"", size.0, size.1);
        let wanted = format!("width=\"{}\" height=\"{}\"", self.width, self.height);
        svg.replacen(&written, &wanted, 1)
            .replace("font-family=\"Inter\"", "font-family=\"Inter, Helvetica, Arial, sans-serif\"")
    }

    /// Texts that were cut.
    #[cfg(test)]
    pub fn cut(&self) -> Vec<String> {
        let text = |shape: &PaperShape| match shape {
            PaperShape::Text(_, text, _) if text.contains('…') => Some(text.clone()),
            _ => None,
        };
        self.shapes.iter().filter_map(text).collect()
    }

    /// Texts that overlap others, leave the paper or are too small to read.
    #[cfg(test)]
    pub fn faults(&self) -> Vec<String> {
        let mut boxes: Vec<(f64, f64, f64, f64, &str)> = Vec::new();
        let mut faults = Vec::new();
        for shape in &self.shapes {
            let PaperShape::Text((x, y), text, style) = shape else { continue };
            let width = style.width(text);
            let left = match style.align {
                Align::Left => *x,
                Align::Center => x - width / 2.0,
                Align::Right => x - width,
            };
            let half = style.size * 0.5;
            let (right, top, bottom) = (left + width, y - half, y + half);
            let (wide, high) = (f64::from(self.width), f64::from(self.height));
            if left < 0.0 || right > wide || top < 0.0 || bottom > high {
                faults.push(format!("“{text}” leaves the paper"));
            }
            if style.size < 9.0 {
                faults.push(format!("“{text}” is too small"));
            }
            for (l, t, r, b, other) in &boxes {
                if left < *r && *l < right && top < *b && *t < bottom {
                    faults.push(format!("“{text}” overlaps “{other}”"));
                }
            }
            boxes.push((left, top, right, bottom, text));
        }
        faults
    }
}

/// Breaks a text into lines of at most this width; amounts stay with their units.
fn wrap(text: &str, width: f64, most: usize, style: Style) -> Vec<String> {
    let mut lines = vec![String::new()];
    let tied = tied(text);
    let ends = |c: char| c.is_whitespace() && c != TIE;
    for word in tied.split(ends).filter(|word| !word.is_empty()) {
        let line = lines.last_mut().expect("there is always a line");
        let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
        if line.is_empty() || style.width(&longer) <= width {
            *line = longer;
        } else {
            lines.push(word.to_owned());
        }
    }
    if lines.len() > most {
        lines.truncate(most);
        if let Some(last) = lines.last_mut() {
            while style.width(&format!("{last} …")) > width && last.contains(' ') {
                last.truncate(last.rfind(' ').unwrap_or(0));
            }
            last.push_str(" …");
        }
    }
    lines.into_iter().map(|line| line.replace(TIE, " ")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_fits_keeps_every_word() {
        let text = "Shadow exchanges lose a third of their turnover";
        let width = Style::TITLE.width(text);
        assert_eq!(wrap(text, width, 1, Style::TITLE), [text]);
        let cut = wrap(text, width - 1.0, 1, Style::TITLE);
        assert_eq!(cut, ["Shadow exchanges lose a third of their …"]);
    }

    #[test]
    fn an_amount_is_not_broken() {
        let text = "It has added KZT 206 bn and 13.5 % more";
        for width in (30..320).step_by(10) {
            for line in wrap(text, f64::from(width), 20, Style::TITLE) {
                for part in ["KZT", "206", "bn"] {
                    assert_eq!(line.contains(part), line.contains("KZT 206 bn"), "{width}: {line}");
                }
                assert_eq!(line.contains('%'), line.contains("13.5 %"), "{width}: {line}");
            }
        }
    }

    #[test]
    fn planted_faults_of_layout_are_found() {
        let mut canvas = Canvas::new(400, 200);
        canvas.text(10.0, 50.0, "one", Style::BODY);
        assert!(canvas.faults().is_empty());
        canvas.text(15.0, 52.0, "two", Style::BODY);
        canvas.text(390.0, 150.0, "beyond the edge", Style::BODY);
        assert_eq!(canvas.faults().len(), 2);
    }

    #[test]
    fn what_xml_forbids_is_not_drawn() {
        let mut canvas = Canvas::new(200, 60);
        canvas.text(10.0, 30.0, "a\u{7}b\u{fffe}\0<&>", Style::TITLE);
        assert_eq!(&crate::png(&canvas.svg())[1..4], b"PNG");
    }

    #[test]
    fn strong_text_is_drawn_semibold() {
        let drawn = |strong| {
            let mut canvas = Canvas::new(200, 60);
            canvas.text(10.0, 30.0, "Қазақстан ₸", Style { strong, ..Style::TITLE });
            crate::png(&canvas.svg())
        };
        assert!(drawn(true) != drawn(false), "the semibold face is not of the family Inter");
    }
}
