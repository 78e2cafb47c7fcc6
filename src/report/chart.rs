//! What a figure is: titles, series, panels with axes, marks in the units of the data.
//!
//! Everything that is said and shown is here, once; the renderers (`svg` for files and paper, `page/chart.js` for
//! the page) only decide where it stands. Places on an axis are numbers: values, days, or rows counted from 0.
//!
//! Deliberately absent: pixels other than sizes, fonts, statistics.

use serde::{Serialize, Serializer};
use world::units::maths;

use super::numbers::{signed_tick, tick, ticks, ticks_from_zero};
use super::speech::tr;

/// A figure.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Figure {
    /// Name of the file, without its ending.
    pub name: String,
    /// What the figure is about, in a few words.
    pub heading: String,
    /// The finding.
    pub title: String,
    /// Quantity, unit, number of runs, what lines and bands hold.
    pub subtitle: String,
    /// What it takes to draw the figure again.
    pub footer: String,
    /// What colours or numbers stand for, in this order.
    pub series: Vec<ChartSeries>,
    /// How series are named.
    pub legend: Legend,
    /// What the numbers of upright lines stand for, below the panels.
    pub notes: Vec<String>,
    /// Small pictures, in reading order.
    pub panels: Vec<Panel>,
    /// What is chosen with a panel on the page, which shows one at a time: "Measure".
    pub choice: &'static str,
    /// How panels stand on paper.
    #[serde(skip)]
    pub paper: Paper,
}

impl Figure {
    /// A figure with its words and no panels yet; the heading is a key of the catalogue.
    pub fn new(
        name: impl Into<String>,
        heading: &str,
        title: impl Into<String>,
        subtitle: impl Into<String>,
        footer: String,
    ) -> Figure {
        let (name, heading) = (name.into(), tr(heading).to_owned());
        let (title, subtitle) = (title.into(), subtitle.into());
        Figure { name, heading, title, subtitle, footer, ..Figure::default() }
    }
}

/// Something that has the same colour or number in all panels: a scenario, an entry of an account.
#[derive(Clone, Debug, Serialize)]
pub struct ChartSeries {
    /// Name.
    pub name: String,
    /// Colour.
    pub colour: Colour,
    /// Whether its line is dashed on the page, because colours are used up.
    pub dashed: bool,
    /// Whether the page shows it at first, and paper at all.
    pub shown: bool,
}

impl ChartSeries {
    /// A series that is shown and not dashed.
    pub fn new(name: impl Into<String>, colour: Colour) -> ChartSeries {
        ChartSeries { name: name.into(), colour, dashed: false, shown: true }
    }
}

/// How series are named.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Legend {
    /// Not at all.
    #[default]
    None,
    /// Names in their colours above the panels.
    Names,
    /// Blocks of colour with names above the panels.
    Blocks,
    /// Names with the numbers that stand beside their dots, below the panels.
    Numbers,
}

/// How panels stand on paper.
#[derive(Clone, Copy, Debug)]
pub struct Paper {
    /// Panels beside each other.
    pub columns: usize,
    /// Panels drawn; the page offers all.
    pub most: usize,
    /// Width of the names of rows. Unit: pixels.
    pub names: f64,
    /// Only the first panel of each strip names the rows, for all.
    pub names_once: bool,
    /// Width. Unit: pixels. On a page of A4 a figure of 740 has no text below 7 pt.
    pub width: f64,
}

impl Default for Paper {
    fn default() -> Paper {
        Paper { columns: 3, most: usize::MAX, names: 156.0, names_once: false, width: 1080.0 }
    }
}

/// One small picture.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Panel {
    /// What is shown.
    pub title: String,
    /// Colour of the title.
    pub colour: Colour,
    /// A line below the title: the unit.
    pub note: String,
    /// What this panel shows, as a sentence: the page has room for it.
    pub finding: String,
    /// Horizontal axis.
    pub x: Axis,
    /// Vertical axis.
    pub y: Axis,
    /// Height of the plotting area on paper. Unit: pixels.
    pub height: f64,
    /// What is drawn, the later over the earlier.
    pub marks: Vec<Mark>,
    /// Numbers to the right of rows.
    pub columns: Vec<NumberColumn>,
    /// What stands there instead where nothing can be drawn.
    pub empty: String,
}

impl Panel {
    /// A picture of so many pixels in height, with its marks between two axes.
    pub fn new(
        title: impl Into<String>,
        (x, y): (Axis, Axis),
        height: f64,
        marks: Vec<Mark>,
    ) -> Panel {
        Panel { title: title.into(), x, y, height, marks, ..Panel::default() }
    }
}

/// An axis.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Axis {
    /// Left and right, or lower and upper end; rows are counted downwards, so their lower end is their number.
    pub range: (f64, f64),
    /// Places with labels.
    pub ticks: Vec<Tick>,
    /// Quantity and unit.
    pub title: String,
    /// How it is drawn.
    pub kind: AxisKind,
    /// The day that 0 stands for; empty where places are no days.
    pub origin: String,
}

/// How an axis is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AxisKind {
    /// Not at all.
    #[default]
    Bare,
    /// Lines across the panel at its ticks, the one at 0 darker.
    Grid,
    /// Small marks at its ticks.
    Ticks,
    /// Names of rows.
    Rows,
    /// Names above columns.
    Heads,
}

/// A labelled place on an axis.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Tick {
    /// The place.
    pub at: f64,
    /// Its label.
    pub label: String,
    /// A smaller line below.
    pub below: String,
    /// Whether it is the head of a group.
    pub head: bool,
}

impl Tick {
    /// A tick with a label.
    pub fn new(at: f64, label: impl Into<String>) -> Tick {
        Tick { at, label: label.into(), ..Tick::default() }
    }

    /// The same with a smaller line below.
    #[must_use]
    pub fn below(self, below: impl Into<String>) -> Tick {
        Tick { below: below.into(), ..self }
    }

    /// The head of a group of rows.
    pub fn head(at: f64, label: impl Into<String>) -> Tick {
        Tick { at, label: label.into(), head: true, ..Tick::default() }
    }
}

impl Axis {
    /// An axis from the first to the last of its ticks, which a function labels.
    pub fn over(kind: AxisKind, ticks: &[f64], label: impl Fn(f64) -> String) -> Axis {
        let range = (ticks[0], ticks[ticks.len() - 1]);
        let ticks = ticks.iter().map(|at| Tick::new(*at, label(*at))).collect();
        Axis { range, ticks, kind, ..Axis::default() }
    }

    /// A grid over values and 0, about so many lines, each labelled with its sign.
    pub fn signed((low, high): (f64, f64), number: usize, unit: &str) -> Axis {
        Axis::over(AxisKind::Grid, &ticks(low, high, number), |value| signed_tick(value, unit))
    }

    /// A grid from 0 to a highest value.
    pub fn from_zero(highest: f64) -> Axis {
        let ticks = ticks_from_zero(highest);
        let step = ticks[1] - ticks[0];
        Axis::over(AxisKind::Grid, &ticks, |value| tick(value, step))
    }

    /// Small marks at places within a range.
    pub fn marked(range: (f64, f64), ticks: Vec<Tick>) -> Axis {
        Axis { range, ticks, kind: AxisKind::Ticks, ..Axis::default() }
    }

    /// A number of rows, from above.
    pub fn rows(number: f64, ticks: Vec<Tick>) -> Axis {
        Axis { range: (number, 0.0), ticks, kind: AxisKind::Rows, ..Axis::default() }
    }

    /// The same with a title.
    #[must_use]
    pub fn titled(self, title: impl Into<String>) -> Axis {
        Axis { title: title.into(), ..self }
    }

    /// Where a value lies between the ends, from 0 to 1.
    pub fn share(&self, value: f64) -> f64 {
        let (from, to) = self.range;
        ((value - from) / (to - from)).clamp(0.0, 1.0)
    }
}

/// Numbers to the right of rows, one below the other.
#[derive(Clone, Debug, Default, Serialize)]
pub struct NumberColumn {
    /// Its head, above.
    pub head: String,
    /// The numbers.
    pub cells: Vec<NumberCell>,
}

impl NumberColumn {
    /// Numbers without a head.
    pub fn of(cells: Vec<NumberCell>) -> Vec<NumberColumn> {
        vec![NumberColumn { head: String::new(), cells }]
    }
}

/// A number beside a row.
#[derive(Clone, Debug, Serialize)]
pub struct NumberCell {
    /// Place on the vertical axis.
    pub at: f64,
    /// The number.
    pub text: String,
    /// A smaller line below.
    pub below: String,
    /// Colour.
    pub colour: Colour,
}

/// Something drawn.
#[derive(Clone, Debug, Serialize)]
pub struct Mark {
    /// Which series it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub series: Option<usize>,
    /// Colour.
    pub colour: Colour,
    /// What it is.
    #[serde(flatten)]
    pub shape: MarkShape,
    /// What the page tells of it to whoever points at it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tip: Option<Tip>,
}

/// What a mark is.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "mark", rename_all = "snake_case")]
pub enum MarkShape {
    /// A line through points.
    Line {
        /// Places.
        points: Vec<Point>,
        /// Unit: pixels.
        width: f64,
    },
    /// An area between two lines: place, low, high.
    Band {
        /// Places with both ends.
        points: Vec<(f64, f64, f64)>,
        /// From 0 to 1.
        opacity: f64,
    },
    /// A dot with its intervals.
    Dot {
        /// The place.
        at: Point,
        /// How it looks.
        form: Form,
        /// Unit: pixels.
        radius: f64,
        /// Its intervals.
        intervals: Vec<Interval>,
        /// A number or name to stand beside it.
        label: String,
    },
    /// A bar or a cell: opposite corners.
    Bar {
        /// A corner.
        from: Point,
        /// The corner opposite.
        to: Point,
        /// From 0 to 1.
        opacity: f64,
        /// What stands in it where there is room.
        text: String,
        /// Whether the text stands back.
        pale: bool,
    },
    /// A stream from left to right.
    Ribbon {
        /// Its upper end on the left.
        from: Point,
        /// Its upper end on the right.
        to: Point,
        /// Unit: that of the vertical axis.
        height: f64,
    },
    /// A text beside a place.
    Label {
        /// The place.
        at: Point,
        /// The text.
        text: String,
        /// A smaller line below.
        below: String,
        /// Where it stands.
        side: TextSide,
    },
    /// A line from bottom to top, with a label above; an empty one has none.
    Rule {
        /// Place on the horizontal axis.
        at: f64,
        /// The label.
        text: String,
    },
}

/// A place: across, up or down.
pub type Point = (f64, f64);

/// How a dot looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// Filled.
    Filled,
    /// Hollow.
    Hollow,
    /// A filled square on its corner.
    Diamond,
    /// Only its intervals are drawn.
    None,
}

/// Where a text stands against its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TextSide {
    /// It ends there.
    Left,
    /// It begins there.
    Right,
}

/// An interval of a dot.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Interval {
    /// Whether it lies along the vertical axis.
    pub upright: bool,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Unit: pixels.
    pub width: f64,
    /// Whether only marks across its ends are drawn, and not what lies between.
    pub ends: bool,
    /// Its colour, if it is not that of the dot.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub colour: Option<Colour>,
}

impl Interval {
    /// An interval along the horizontal axis.
    pub fn across((low, high): (f64, f64), width: f64) -> Interval {
        Interval { upright: false, low, high, width, ends: false, colour: None }
    }

    /// An interval along the vertical axis.
    pub fn upright((low, high): (f64, f64), width: f64) -> Interval {
        Interval { upright: true, ..Interval::across((low, high), width) }
    }

    /// Only marks across the ends.
    pub fn ends((low, high): (f64, f64), colour: Colour) -> Interval {
        Interval { ends: true, colour: Some(colour), ..Interval::across((low, high), 1.5) }
    }
}

/// What is told of a mark.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Tip {
    /// What it is.
    pub head: String,
    /// Names and values.
    pub rows: Vec<(String, String)>,
}

/// How dark the ground is behind days on which nothing in the world changes by itself. Source: judgement.
const FROZEN: f64 = 0.10;
/// What a subtitle says of it.
pub const FROZEN_WORDS: &str = "Grey ground: nothing in the world changes by itself any more.";

impl Mark {
    fn new(colour: Colour, shape: MarkShape) -> Mark {
        Mark { series: None, colour, shape, tip: None }
    }

    /// A line.
    pub fn line(points: Vec<Point>, colour: Colour, width: f64) -> Mark {
        Mark::new(colour, MarkShape::Line { points, width })
    }

    /// A band.
    pub fn band(points: Vec<(f64, f64, f64)>, colour: Colour, opacity: f64) -> Mark {
        Mark::new(colour, MarkShape::Band { points, opacity })
    }

    /// A dot with intervals.
    pub fn dot(
        at: Point,
        form: Form,
        radius: f64,
        colour: Colour,
        intervals: Vec<Interval>,
    ) -> Mark {
        Mark::new(colour, MarkShape::Dot { at, form, radius, intervals, label: String::new() })
    }

    /// A bar or a cell.
    pub fn bar(from: Point, to: Point, colour: Colour, opacity: f64) -> Mark {
        Mark::new(colour, MarkShape::Bar { from, to, opacity, text: String::new(), pale: false })
    }

    /// A stream.
    pub fn ribbon(from: Point, to: Point, height: f64, colour: Colour) -> Mark {
        Mark::new(colour, MarkShape::Ribbon { from, to, height })
    }

    /// A text.
    pub fn label(at: Point, side: TextSide, text: String, below: String, colour: Colour) -> Mark {
        Mark::new(colour, MarkShape::Label { at, text, below, side })
    }

    /// An upright line.
    pub fn rule(at: f64, text: String) -> Mark {
        Mark::new(Colour::Grey, MarkShape::Rule { at, text })
    }

    /// The ground behind days on which nothing in the world changes by itself, from a place on the horizontal axis to its end.
    pub fn frozen(from: f64, across: &Axis, up: &Axis) -> Mark {
        let from = from.clamp(across.range.0, across.range.1);
        let ends = [from, across.range.1];
        let points = ends.map(|x| (x, up.range.0, up.range.1)).to_vec();
        Mark::band(points, Colour::Grey, FROZEN)
    }

    /// The same as part of a series.
    #[must_use]
    pub fn of(self, series: usize) -> Mark {
        Mark { series: Some(series), ..self }
    }

    /// The same with what is told of it.
    #[must_use]
    pub fn told(self, head: impl Into<String>, rows: Vec<(String, String)>) -> Mark {
        Mark { tip: Some(Tip { head: head.into(), rows }), ..self }
    }

    /// The same with a text in it or beside it.
    #[must_use]
    pub fn written(mut self, words: impl Into<String>, stands_back: bool) -> Mark {
        match &mut self.shape {
            MarkShape::Bar { text, pale, .. } => (*text, *pale) = (words.into(), stands_back),
            MarkShape::Dot { label, .. } => *label = words.into(),
            _ => {}
        }
        self
    }
}

/// A colour: one that the page adapts to light and dark, or always the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Colour {
    /// Main text.
    #[default]
    Ink,
    /// Secondary text.
    Grey,
    /// For the better.
    Better,
    /// For the worse.
    Worse,
    /// Red, green, blue.
    Rgb(u8, u8, u8),
}

impl Colour {
    /// Red, green and blue on paper.
    pub const fn rgb(self) -> (u8, u8, u8) {
        match self {
            Colour::Ink => (0x22, 0x22, 0x22),
            Colour::Grey => (0x6b, 0x6b, 0x6b),
            Colour::Better => (0x00, 0x72, 0xB2),
            Colour::Worse => (0xD5, 0x5E, 0x00),
            Colour::Rgb(red, green, blue) => (red, green, blue),
        }
    }

    /// How light it is, from 0 to 1. Source: WCAG 2.2, relative luminance.
    pub fn luminance(self) -> f64 {
        let part = |part: u8| {
            let share = f64::from(part) / 255.0;
            if share <= 0.04045 { share / 12.92 } else { maths::pow((share + 0.055) / 1.055, 2.4) }
        };
        let (red, green, blue) = self.rgb();
        0.2126 * part(red) + 0.7152 * part(green) + 0.0722 * part(blue)
    }

    /// As style sheets write it.
    pub fn hex(self) -> String {
        let (red, green, blue) = self.rgb();
        format!("#{red:02X}{green:02X}{blue:02X}")
    }
}

impl Serialize for Colour {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Colour::Ink => serializer.serialize_str("ink"),
            Colour::Grey => serializer.serialize_str("secondary"),
            Colour::Better => serializer.serialize_str("better"),
            Colour::Worse => serializer.serialize_str("worse"),
            Colour::Rgb(..) => serializer.serialize_str(&self.hex()),
        }
    }
}
