//! Where panels stand: strips of cells whose margins fit their labels, axes with ticks as far as there is room.

use super::canvas::{AXIS, Align, Canvas, GRID, Style};
use super::{Ends, LEFT, TICK, centred, marks, readable, width};
use crate::chart::{Axis, AxisKind, Figure, MarkShape, NumberColumn, Panel, TextSide, Tick};

/// Between a panel and the next.
const GAP: f64 = 16.0;
/// How far the last label of an axis may reach beyond it.
const EDGE: f64 = GAP + 6.0;
/// Names of rows.
const NAME: Style = Style { size: 11.5, ..Style::BODY };
/// Room between them and the panel.
const AFTER: f64 = 12.0;
/// Smaller lines below them.
const BELOW: Style = Style { size: 10.0, ..Style::SMALL };
/// Numbers beside rows.
const NUMBER: Style = Style { size: 11.0, ..Style::BODY };
/// Width that a head above a column needs; narrower ones are numbered.
const HEAD: f64 = 90.0;
/// Widest column below a head.
const WIDEST: f64 = 160.0;

/// Panels beside each other.
pub struct Strip<'a> {
    cells: Vec<Placed<'a>>,
    /// Where it ends.
    pub bottom: f64,
}

/// A panel on paper.
pub struct Placed<'a> {
    /// The panel.
    pub panel: &'a Panel,
    /// Left edge and upper edge, and width.
    at: (f64, f64),
    width: f64,
    /// Where the plotting area begins and ends; the lower edge is the larger number.
    pub x: Ends,
    /// Lower and upper edge.
    pub y: Ends,
    /// Style of the title.
    title: Style,
    /// Whether its rows are named.
    named: bool,
    /// Whether these names stand for the whole strip.
    once: bool,
}

/// What all panels of a figure have in common.
struct Margins {
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
}

/// Largest part of a panel, or of a strip whose names stand once, that names of rows take to be whole.
const NAMES: f64 = 0.4;

/// All strips from a height on.
pub fn strips(figure: &Figure, top: f64) -> Vec<Strip<'_>> {
    let shown = &figure.panels[..figure.panels.len().min(figure.paper.most)];
    let columns = balanced(shown.len(), figure.paper.columns);
    let once = figure.paper.names_once;
    let names = names(figure, shown, columns);
    let lead = if once { names } else { 0.0 };
    let width = (width(figure) - lead) / columns as f64;
    let style = Style { size: if width < 300.0 { 12.0 } else { 13.0 }, ..Style::LABEL };
    let names = if once { 0.0 } else { names };
    let margins = margins(names, shown, width, style);
    let mut y = top;
    let mut strips: Vec<Strip> = Vec::new();
    for panels in shown.chunks(columns) {
        let (above, below) = (margins.top, margins.bottom);
        let height = panels.iter().map(|panel| panel.height).fold(0.0, f64::max);
        let mut cells = Vec::new();
        for (column, panel) in panels.iter().enumerate() {
            let left = LEFT + lead + column as f64 * width;
            let mut x = (left + margins.left, left + width - margins.right);
            if panel.x.kind == AxisKind::Heads {
                x.1 = x.1.min(x.0 + WIDEST * panel.x.ticks.len() as f64);
            }
            cells.push(Placed {
                panel,
                at: (left, y),
                width,
                x,
                y: (y + above + panel.height, y + above),
                title: style.coloured(readable(panel.colour)),
                named: !once || column == 0,
                once,
            });
        }
        y += above + height + below;
        strips.push(Strip { cells, bottom: y });
    }
    strips
}

/// Columns for so many panels: as many as there may be, fewer if the strips are as many then, so that no panel stands alone.
fn balanced(panels: usize, most: usize) -> usize {
    let most = most.max(1);
    match panels.div_ceil(most) {
        0 | 1 => most,
        strips => panels.div_ceil(strips),
    }
}

/// Width of names of rows: that of the figure, more where a name would be cut.
fn names(figure: &Figure, all: &[Panel], columns: usize) -> f64 {
    let beside = if figure.paper.names_once { 1 } else { columns };
    let most = NAMES * width(figure) / beside as f64;
    let whole = |names: f64| {
        let of = |panel: &Panel| {
            let room = names + overhang(panel, TextSide::Left) - AFTER;
            let named: Vec<&Tick> = named(panel).filter(|tick| !tick.head).collect();
            named.iter().all(|tick| {
                let up = |tick: &Tick| panel.height * tick.at / (panel.y.range.0 - panel.y.range.1);
                Canvas::fits(room, lines(panel, tick, up), &tick.label, NAME)
            })
        };
        all.iter().filter(|panel| panel.y.kind == AxisKind::Rows).all(of)
    };
    let mut names = figure.paper.names;
    while names < most && !whole(names) {
        names += 4.0;
    }
    names
}

/// Rows that have a name.
fn named(panel: &Panel) -> impl Iterator<Item = &Tick> {
    panel.y.ticks.iter().filter(|tick| !tick.label.is_empty())
}

/// Lines that the name of a row may take beside its neighbours, whose height on paper a function tells.
fn lines(panel: &Panel, tick: &Tick, up: impl Fn(&Tick) -> f64) -> usize {
    let others = named(panel).filter(|other| other.at != tick.at);
    let apart = others.map(|other| (up(other) - up(tick)).abs());
    if apart.fold(f64::INFINITY, f64::min) < 29.0 { 1 } else { 2 }
}

/// Room that labels need around the plotting areas.
fn margins(names: f64, all: &[Panel], width: f64, style: Style) -> Margins {
    let most = |of: &dyn Fn(&Panel) -> f64| all.iter().map(of).fold(0.0, f64::max);
    let left = most(&|panel| {
        let axis = match panel.y.kind {
            AxisKind::Rows => names,
            AxisKind::Bare | AxisKind::Heads => 0.0,
            AxisKind::Grid | AxisKind::Ticks => widest(&panel.y.ticks) + 9.0,
        };
        axis + overhang(panel, TextSide::Left)
    });
    let right = most(&|panel| {
        let columns: f64 = panel.columns.iter().map(column_width).sum();
        columns + overhang(panel, TextSide::Right)
    });
    let title = most(&|panel| match panel.title.as_str() {
        "" => 0.0,
        title => Canvas::height_of(width - GAP, 2, title, style) + 4.0,
    });
    let notes = most(&|panel| if panel.note.is_empty() { 0.0 } else { 16.0 });
    let above = most(&|panel| {
        let named = |mark: &crate::chart::Mark| matches!(&mark.shape, MarkShape::Rule { text, .. } if !text.is_empty());
        let ruled = panel.marks.iter().any(named);
        let columns = panel.columns.iter().any(|column| !column.head.is_empty());
        let heads = match panel.x.kind {
            AxisKind::Heads if numbered(panel, width - left) => 16.0,
            AxisKind::Heads => 44.0,
            _ => 0.0,
        };
        if ruled || columns { 16.0 + heads } else { heads }
    });
    let bottom = most(&|panel| {
        let below = panel.x.ticks.iter().any(|tick| !tick.below.is_empty());
        let ticks =
            if matches!(panel.x.kind, AxisKind::Bare | AxisKind::Heads) { 0.0 } else { 20.0 };
        let title = if panel.x.title.is_empty() { 0.0 } else { 14.0 };
        ticks + title + if below { 14.0 } else { 0.0 }
    });
    Margins { left, right: right + GAP, top: title + notes + above + 6.0, bottom: bottom + 12.0 }
}

fn widest(ticks: &[Tick]) -> f64 {
    ticks.iter().map(|tick| TICK.width(&tick.label)).fold(0.0, f64::max)
}

fn column_width(column: &NumberColumn) -> f64 {
    let cells =
        column.cells.iter().flat_map(|cell| [NUMBER.width(&cell.text), BELOW.width(&cell.below)]);
    cells.fold(TICK.width(&column.head), f64::max) + 14.0
}

/// How far labels at an edge reach beyond it.
fn overhang(panel: &Panel, wanted: TextSide) -> f64 {
    let reach = |mark: &crate::chart::Mark| match &mark.shape {
        MarkShape::Label { at, text, below, side } if *side == wanted => {
            let share = panel.x.share(at.0);
            let from_edge = if wanted == TextSide::Left { share } else { 1.0 - share };
            if from_edge > 0.15 {
                return 0.0;
            }
            marks::LABEL.width(text).max(marks::BELOW.width(below)) + 10.0
        }
        _ => 0.0,
    };
    panel.marks.iter().map(reach).fold(0.0, f64::max)
}

/// Whether columns are too narrow for their heads.
fn numbered(panel: &Panel, width: f64) -> bool {
    width / (panel.x.ticks.len().max(1) as f64) < HEAD
}

impl<'a> Strip<'a> {
    /// Heads that are only numbers above the columns.
    pub fn numbered_heads(&self) -> Option<&'a [Tick]> {
        let cell = self.cells.first()?;
        let is = cell.panel.x.kind == AxisKind::Heads && numbered(cell.panel, cell.x.1 - cell.x.0);
        is.then_some(cell.panel.x.ticks.as_slice())
    }

    /// Draws all its panels.
    pub fn draw(&self, canvas: &mut Canvas) {
        for cell in &self.cells {
            cell.draw(canvas);
        }
    }
}

impl Placed<'_> {
    /// Where a place across lies.
    pub fn across(&self, value: f64) -> f64 {
        let (from, to) = self.panel.x.range;
        self.x.0 + (self.x.1 - self.x.0) * (value - from) / (to - from)
    }

    /// Where a place up or down lies.
    pub fn up(&self, value: f64) -> f64 {
        let (from, to) = self.panel.y.range;
        self.y.0 - (self.y.0 - self.y.1) * (value - from) / (to - from)
    }

    /// Pixels of a length along the vertical axis.
    pub fn length(&self, value: f64) -> f64 {
        let (from, to) = self.panel.y.range;
        (self.y.0 - self.y.1) * value / (to - from).abs()
    }

    fn draw(&self, canvas: &mut Canvas) {
        let (left, top) = self.at;
        let title = &self.panel.title;
        let mut next = top + 8.0;
        if !title.is_empty() {
            next = canvas.paragraph((left, next), self.width - GAP, 2, title, self.title);
        }
        if !self.panel.note.is_empty() {
            canvas.text(left, next, &self.panel.note, Style::SMALL);
        }
        if !self.panel.empty.is_empty() {
            let middle = f64::midpoint(self.y.0, self.y.1);
            let room = self.x.1 - self.x.0;
            let style = Style::SMALL;
            let x = if style.width(&self.panel.empty) < room { self.x.0 + 6.0 } else { left };
            canvas.paragraph((x, middle), left + self.width - GAP - x, 2, &self.panel.empty, style);
            self.rows(canvas);
            return;
        }
        self.axis_across(canvas);
        self.axis_up(canvas);
        self.rows(canvas);
        marks::draw(canvas, self);
        self.columns(canvas);
    }

    fn axis_up(&self, canvas: &mut Canvas) {
        if !matches!(self.panel.y.kind, AxisKind::Grid | AxisKind::Ticks) {
            return;
        }
        for tick in &self.panel.y.ticks {
            let y = self.up(tick.at);
            if self.panel.y.kind == AxisKind::Grid {
                let colour = if tick.at == 0.0 { AXIS } else { GRID };
                canvas.line(vec![(self.x.0, y), (self.x.1, y)], colour, 1.0);
            }
            canvas.text(self.x.0 - 6.0, y, &tick.label, TICK.aligned(Align::Right));
        }
        if self.panel.y.kind == AxisKind::Ticks {
            canvas.line(vec![(self.x.0, self.y.0), (self.x.0, self.y.1)], AXIS, 1.0);
        }
    }

    fn axis_across(&self, canvas: &mut Canvas) {
        let Axis { ticks, kind, title, .. } = &self.panel.x;
        match kind {
            AxisKind::Bare | AxisKind::Rows => return,
            AxisKind::Heads => return self.heads(canvas, ticks),
            AxisKind::Grid => {
                for tick in ticks {
                    let x = self.across(tick.at);
                    let colour = if tick.at == 0.0 { AXIS } else { GRID };
                    canvas.line(vec![(x, self.y.0), (x, self.y.1)], colour, 1.0);
                }
            }
            AxisKind::Ticks => {
                if self.panel.y.kind != AxisKind::Grid {
                    canvas.line(vec![(self.x.0, self.y.0), (self.x.1, self.y.0)], AXIS, 1.0);
                }
                for tick in ticks {
                    let x = self.across(tick.at);
                    canvas.line(vec![(x, self.y.0), (x, self.y.0 + 3.0)], AXIS, 1.0);
                }
            }
        }
        let centre = TICK.aligned(Align::Center);
        for tick in self.labelled(ticks) {
            let x = self.across(tick.at);
            canvas.text(x, self.y.0 + 12.0, &tick.label, centre);
            if !tick.below.is_empty() {
                canvas.text(x, self.y.0 + 26.0, &tick.below, centre);
            }
        }
        if !title.is_empty() {
            canvas.text(f64::midpoint(self.x.0, self.x.1), self.y.0 + 26.0, title, centre);
        }
    }

    /// Ticks whose labels are written: every one, every second or every third …, with that at 0, as there is room.
    fn labelled<'b>(&self, ticks: &'b [Tick]) -> Vec<&'b Tick> {
        let zero = ticks.iter().position(|tick| tick.at == 0.0).unwrap_or(0);
        let every = |step: usize| {
            let picked = ticks.iter().enumerate().filter(move |(at, _)| at % step == zero % step);
            let reach = |tick: &Tick| {
                let half = TICK.width(&tick.label).max(TICK.width(&tick.below)) / 2.0;
                (self.across(tick.at) - half, self.across(tick.at) + half)
            };
            picked.map(move |(_, tick)| (tick, reach(tick)))
        };
        let apart = |step: &usize| {
            every(*step).zip(every(*step).skip(1)).all(|(one, next)| next.1.0 >= one.1.1 + 6.0)
        };
        let step = (1..=ticks.len()).find(apart).unwrap_or(1);
        let inside = every(step).filter(|(_, reach)| reach.1 <= self.x.1 + EDGE);
        inside.map(|(tick, _)| tick).collect()
    }

    /// Heads above columns, or their numbers.
    fn heads(&self, canvas: &mut Canvas, ticks: &[Tick]) {
        let room = (self.x.1 - self.x.0) / ticks.len().max(1) as f64;
        let style = Style { size: 11.0, strong: true, ..Style::BODY };
        let numbered = numbered(self.panel, self.x.1 - self.x.0);
        for (number, tick) in ticks.iter().enumerate() {
            let x = self.across(tick.at);
            if numbered {
                let centre = style.aligned(Align::Center);
                canvas.text(x, self.y.1 - 8.0, &(number + 1).to_string(), centre);
            } else {
                let height = Canvas::height_of(room - 8.0, 3, &tick.label, style);
                let at = (x - room / 2.0 + 4.0, self.y.1 - height + 4.0);
                canvas.paragraph(at, room - 8.0, 3, &tick.label, style);
            }
        }
    }

    /// Names of rows.
    fn rows(&self, canvas: &mut Canvas) {
        if self.panel.y.kind != AxisKind::Rows || !self.named {
            return;
        }
        // The first column, whose names may stand for all panels of the strip.
        let left = if self.once { LEFT } else { self.at.0 };
        let room = self.x.0 - left - AFTER;
        for tick in named(self.panel) {
            let y = self.up(tick.at);
            let lines = lines(self.panel, tick, |tick| self.up(tick.at));
            if tick.head {
                let style = Style { size: 12.0, ..Style::LABEL };
                canvas.paragraph((left, y), self.width - GAP, 1, &tick.label, style);
                continue;
            }
            let up = if tick.below.is_empty() { 0.0 } else { 6.0 };
            let next = centred(canvas, (left, y - up), &tick.label, room, lines, NAME);
            if !tick.below.is_empty() {
                canvas.text(left, next - 2.0, &cut(&tick.below, room), BELOW);
            }
        }
    }

    /// Numbers to the right of rows.
    fn columns(&self, canvas: &mut Canvas) {
        let mut right = self.at.0 + self.width - GAP;
        for column in self.panel.columns.iter().rev() {
            let style = TICK.aligned(Align::Right);
            canvas.text(right, self.y.1 - 9.0, &column.head, style);
            for cell in &column.cells {
                let y = self.up(cell.at);
                let up = if cell.below.is_empty() { 0.0 } else { 6.5 };
                let number = NUMBER.aligned(Align::Right).coloured(readable(cell.colour));
                canvas.text(right, y - up, &cell.text, number);
                if !cell.below.is_empty() {
                    canvas.text(right, y + up, &cell.below, BELOW.aligned(Align::Right));
                }
            }
            right -= column_width(column);
        }
    }
}

/// The end of a text that has no spaces to be broken at.
fn cut(text: &str, room: f64) -> String {
    let mut kept: Vec<char> = text.chars().collect();
    if BELOW.width(text) <= room {
        return text.to_owned();
    }
    while kept.len() > 8 && BELOW.width(&format!("…{}", kept.iter().collect::<String>())) > room {
        kept.remove(0);
    }
    format!("…{}", kept.into_iter().collect::<String>())
}
