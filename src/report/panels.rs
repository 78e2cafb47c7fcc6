//! Small multiples over time: median and bands over replications, measures marked.

use jiff::civil::Date;
use plotters::style::RGBColor;

use super::axis;
use super::canvas::{AXIS, Align, Canvas, GREY, GRID, Style};
use super::{About, footer};
use study::comparison;
use study::stats::quantile;
use world::record::Record;
use world::units::DAYS_PER_MONTH;

/// Runs of up to this many days are shown by the week.
const SHORT_RUN: usize = 120;

/// Spans of days that are shown as one point: calendar months, or weeks in short runs.
pub fn spans(record: &Record) -> Vec<std::ops::Range<usize>> {
    let mut spans: Vec<std::ops::Range<usize>> = Vec::new();
    for day in 0..record.days {
        let date = date_of(record, day);
        let begins = if record.days <= SHORT_RUN { day.is_multiple_of(7) } else { date.day() == 1 };
        match spans.last_mut() {
            Some(last) if !begins => last.end = day + 1,
            _ => spans.push(day..day + 1),
        }
    }
    // A stub of a few days at an end would be noise beside whole spans.
    let stub = if record.days <= SHORT_RUN { 4 } else { 15 };
    if spans.len() > 2 && spans.last().is_some_and(|span| span.len() < stub) {
        spans.pop();
    }
    if spans.len() > 2 && spans[0].len() < stub {
        spans.remove(0);
    }
    spans
}

fn date_of(record: &Record, day: usize) -> Date {
    record.start.saturating_add(jiff::Span::new().days(day as i64))
}

/// Points of a series over time, replication by replication.
pub type Series = Vec<Vec<f64>>;

/// A flow as a monthly rate.
pub fn rate(records: &[Record], flow: impl Fn(&Record, usize) -> f64) -> Series {
    stock(records, |record, day| flow(record, day) * DAYS_PER_MONTH)
}

/// A stock: its mean over each span.
pub fn stock(records: &[Record], of: impl Fn(&Record, usize) -> f64) -> Series {
    let spans = records.first().map_or_else(Vec::new, spans);
    records
        .iter()
        .map(|record| {
            let mean = |span: &std::ops::Range<usize>| {
                span.clone().map(|day| of(record, day)).sum::<f64>() / span.len() as f64
            };
            spans.iter().map(mean).collect()
        })
        .collect()
}

/// One of the small multiples.
pub struct Panel {
    /// What is shown.
    pub title: String,
    /// Colour of the series.
    pub colour: RGBColor,
    /// The series.
    pub series: Series,
}

/// What a figure of panels says in words.
pub struct Words {
    /// The finding.
    pub title: String,
    /// Quantity and unit.
    pub subtitle: String,
}

const PAPER: u32 = 1080;
const LEFT: f64 = 24.0;
const COLUMNS: usize = 3;
const CELL: (f64, f64) = (344.0, 216.0);

/// Draws panels three in a row, with the measures marked and explained below.
pub fn draw(panels: &[Panel], words: &Words, records: &[Record], about: &About) -> Canvas {
    let rows = panels.len().div_ceil(COLUMNS);
    let measures: Vec<&(Date, String)> = records.first().map_or_else(Vec::new, |record| {
        let last = date_of(record, record.days.saturating_sub(1));
        let inside = |date: Date| date > record.start && date <= last;
        about.measures.iter().filter(|(date, _)| inside(*date)).collect()
    });
    let key_rows = measures.len().div_ceil(COLUMNS);
    let key_height = if key_rows == 0 { 0.0 } else { 26.0 + key_rows as f64 * 17.0 };
    let width = f64::from(PAPER) - 2.0 * LEFT;
    let head = 64.0 + Canvas::height_of(width, 2, &words.title, Style::TITLE);
    let height = head + rows as f64 * CELL.1 + key_height + 44.0;
    let mut canvas = Canvas::new(PAPER, height as u32);
    head_lines(&mut canvas, words, records);
    for (number, panel) in panels.iter().enumerate() {
        let (column, row) = (number % COLUMNS, number / COLUMNS);
        let at = (LEFT + column as f64 * CELL.0, head + row as f64 * CELL.1);
        draw_panel(&mut canvas, at, panel, records, &measures);
    }
    let top = head + rows as f64 * CELL.1 + 8.0;
    for (number, (date, label)) in measures.iter().enumerate() {
        // Down the columns, so that numbers follow each other.
        let (column, row) = (number / key_rows, number % key_rows);
        let at = (LEFT + column as f64 * CELL.0, top + 8.0 + row as f64 * 17.0);
        canvas.text(at.0, at.1, &format!("{}", number + 1), Style::SMALL);
        let text = format!("{}  {label}", written(*date));
        canvas.paragraph((at.0 + 20.0, at.1), CELL.0 - 36.0, 1, &text, Style::SMALL);
    }
    canvas.paragraph(
        (LEFT, height - 20.0),
        f64::from(PAPER) - 2.0 * LEFT,
        1,
        &footer(records, about),
        Style::SMALL,
    );
    canvas
}

fn head_lines(canvas: &mut Canvas, words: &Words, records: &[Record]) {
    let width = f64::from(PAPER) - 2.0 * LEFT;
    let next = canvas.paragraph((LEFT, 26.0), width, 2, &words.title, Style::TITLE);
    let bands = match records.len() {
        1 => "Line: the only replication".to_owned(),
        many => {
            format!("Line: median of {many} replications; dark band 25–75 %, light band 5–95 %")
        }
    };
    let text = format!("{} {bands}", words.subtitle);
    canvas.paragraph((LEFT, next + 2.0), width, 1, &text, Style { size: 13.0, ..Style::SMALL });
}

/// A date in words.
pub fn written(date: Date) -> String {
    let months =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    format!("{} {} {}", date.day(), months[(date.month() - 1) as usize], date.year())
}

/// The mean of each point and its neighbours: for rare events, which come in ones and twos.
pub fn smooth(series: Series) -> Series {
    let mean = |run: Vec<f64>| {
        let around = |i: usize| &run[i.saturating_sub(1)..(i + 2).min(run.len())];
        (0..run.len()).map(|i| around(i).iter().sum::<f64>() / around(i).len() as f64).collect()
    };
    series.into_iter().map(mean).collect()
}

/// Median and bands at each point: 5, 25, 50, 75, 95 %.
pub fn bands(series: &Series) -> Vec<[f64; 5]> {
    let points = series.first().map_or(0, Vec::len);
    let at = |point: usize| comparison::bands(series.iter().map(|run| run[point]).collect());
    (0..points).map(at).collect()
}

fn draw_panel(
    canvas: &mut Canvas,
    (left, top): (f64, f64),
    panel: &Panel,
    records: &[Record],
    measures: &[&(Date, String)],
) {
    let Some(record) = records.first() else { return };
    let (x0, x1) = (left + 36.0, left + CELL.0 - 62.0);
    let (y0, y1) = (top + CELL.1 - 40.0, top + 46.0);
    let bands = bands(&panel.series);
    let spans = spans(record);
    let highest = bands.iter().map(|band| band[4]).fold(0.0, f64::max);
    let ticks = axis::ticks(highest);
    let top_tick = *ticks.last().expect("there are always ticks");
    let across = |day: f64| x0 + (x1 - x0) * day / record.days as f64;
    let up = |value: f64| y0 - (y0 - y1) * value / top_tick;

    canvas.text(left, top + 10.0, &panel.title, Style::LABEL.coloured(panel.colour));
    let step = ticks[1] - ticks[0];
    for value in &ticks {
        let y = up(*value);
        let colour = if *value == 0.0 { AXIS } else { GRID };
        canvas.line(vec![(x0, y), (x1, y)], colour, 1.0);
        let label = axis::tick(*value, step);
        canvas.text(x0 - 6.0, y, &label, Style::SMALL.aligned(Align::Right));
    }
    draw_years(canvas, record, &across, y0);
    mark_measures(canvas, record, &across, (y0, y1), measures);

    let middle = |span: &std::ops::Range<usize>| (span.start + span.end) as f64 / 2.0;
    let points: Vec<(f64, &[f64; 5])> =
        spans.iter().zip(&bands).map(|(span, band)| (across(middle(span)), band)).collect();
    if records.len() > 1 {
        for (low, high, opacity) in [(0, 4, 0.16), (1, 3, 0.30)] {
            let upper = points.iter().map(|(x, band)| (*x, up(band[high])));
            let lower = points.iter().rev().map(|(x, band)| (*x, up(band[low])));
            canvas.area(upper.chain(lower).collect(), panel.colour, opacity);
        }
    }
    canvas.line(points.iter().map(|(x, band)| (*x, up(band[2]))).collect(), panel.colour, 2.0);
    if let Some((x, last)) = points.last() {
        let y = up(last[2]).clamp(y1 + 6.0, y0 - 16.0);
        let style = Style { size: 12.0, ..Style::LABEL }.coloured(panel.colour);
        canvas.text(x + 8.0, y, &axis::short(last[2]), style);
        if records.len() > 1 {
            let range = format!("{}–{}", axis::short(last[0]), axis::short(last[4]));
            let style = Style { size: 10.0, ..Style::SMALL };
            canvas.text(x + 8.0, y + 13.0, &range, style);
        }
    }
}

/// Ticks and names of years, or of months in short runs.
fn draw_years(canvas: &mut Canvas, record: &Record, across: &impl Fn(f64) -> f64, y: f64) {
    let months = record.days <= 2 * 366;
    let mut taken = f64::NEG_INFINITY;
    for day in 0..record.days {
        let date = date_of(record, day);
        let (label, begins) = if months {
            let name = written(date);
            let month = name.split(' ').nth(1).unwrap_or_default().to_owned();
            let new_year = date.month() == 1 || day == 0;
            let label = if new_year { format!("{month} {}", date.year()) } else { month };
            (label, date.day() == 1)
        } else {
            (format!("{}", date.year()), date.month() == 1 && date.day() == 1)
        };
        if !begins {
            continue;
        }
        let x = across(day as f64);
        canvas.line(vec![(x, y), (x, y + 4.0)], AXIS, 1.0);
        let style = Style::SMALL.aligned(Align::Centre);
        let half = style.width(&label) / 2.0;
        if x - half > taken + 8.0 {
            canvas.text(x, y + 14.0, &label, style);
            taken = x + half;
        }
    }
}

/// Vertical lines where measures change, numbered; close ones share a number range.
fn mark_measures(
    canvas: &mut Canvas,
    record: &Record,
    across: &impl Fn(f64) -> f64,
    (y0, y1): (f64, f64),
    measures: &[&(Date, String)],
) {
    let mut marks: Vec<(f64, usize, usize)> = Vec::new();
    for (number, (date, _)) in measures.iter().enumerate() {
        let x = across(f64::from((*date - record.start).get_days()));
        match marks.last_mut() {
            Some((first, _, last)) if x - *first < 34.0 => *last = number + 1,
            _ => marks.push((x, number + 1, number + 1)),
        }
        canvas.line(vec![(x, y0), (x, y1 - 6.0)], GREY, 0.75);
    }
    for (x, first, last) in marks {
        let label = if first == last { format!("{first}") } else { format!("{first}–{last}") };
        let style = Style { size: 10.0, ..Style::SMALL };
        canvas.text(x, y1 - 12.0, &label, style.aligned(Align::Left));
    }
}

/// Change from the first to the last quarter of the run, in each replication, as shares; sorted.
pub fn changes(series: &Series) -> Vec<f64> {
    let mut changes: Vec<f64> = series
        .iter()
        .filter_map(|run| {
            let part = (run.len() / 4).max(1);
            let mean = |points: &[f64]| points.iter().sum::<f64>() / points.len() as f64;
            let before = mean(run.get(..part)?);
            let after = mean(&run[run.len() - part..]);
            (before > 0.0).then_some(after / before - 1.0)
        })
        .collect();
    changes.sort_by(f64::total_cmp);
    changes
}

/// A change in words: with its size if nearly all replications agree on its direction.
pub fn change_in_words(what: &str, series: &Series) -> Option<String> {
    let changes = changes(series);
    if changes.is_empty() {
        return None;
    }
    // Of a few replications, the lowest and the highest are no 90 % of anything.
    if changes.len() < FEW {
        return Some(format!("{what} {}", signed(quantile(&changes, 0.5))));
    }
    let [low, middle, high] = [0.05, 0.5, 0.95].map(|p| quantile(&changes, p));
    Some(if low > 0.0 || high < 0.0 {
        format!("{what} {} [{:.0}–{:.0}]", signed(middle), 100.0 * low, 100.0 * high)
            .replace('-', "−")
    } else {
        format!("{what} without clear trend")
    })
}

/// Replications below which a title says nothing of clear trends.
const FEW: usize = 5;

/// A change as a percentage with its sign.
fn signed(change: f64) -> String {
    let sign = if change < 0.0 { '−' } else { '+' };
    format!("{sign}{:.0} %", change.abs() * 100.0)
}
