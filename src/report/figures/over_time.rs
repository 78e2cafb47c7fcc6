//! Small multiples over the days of a run: median and bands over replications, dates on which measures change.

use jiff::civil::Date;

use super::run::{About, footer, most};
use super::setting;
use crate::chart::{Axis, Colour, FROZEN_WORDS, Figure, Mark, Panel, TextSide};
use crate::numbers::short;
use crate::say;
use crate::speech::{month, retold, tr};
use crate::words::ignorance::replications;
use study::comparison;
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

/// Points of a series over time, replication by replication; no number where there is no such value.
pub type ReplicatedSeries = Vec<Vec<f64>>;

/// A flow as a monthly rate.
pub fn rate(records: &[Record], flow: impl Fn(&Record, usize) -> f64) -> ReplicatedSeries {
    stock(records, |record, day| flow(record, day) * DAYS_PER_MONTH)
}

/// A stock: its mean over each span.
pub fn stock(records: &[Record], of: impl Fn(&Record, usize) -> f64) -> ReplicatedSeries {
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

/// One flow in percent of another in each span; no value where there is none of the other.
pub fn percent(
    records: &[Record],
    part: impl Fn(&Record, usize) -> f64,
    whole: impl Fn(&Record, usize) -> f64,
) -> ReplicatedSeries {
    let (part, whole) = (stock(records, part), stock(records, whole));
    let share = |(part, whole): (f64, f64)| if whole > 0.0 { part / whole } else { f64::NAN };
    let over = |(part, whole): (Vec<f64>, Vec<f64>)| {
        part.into_iter().zip(whole).map(share).map(|share| share * 100.0).collect()
    };
    part.into_iter().zip(whole).map(over).collect()
}

/// One of the small multiples.
pub struct SmallMultiple {
    /// What is shown.
    pub title: String,
    /// Colour of the series.
    pub colour: Colour,
    /// The series.
    pub series: ReplicatedSeries,
}

impl SmallMultiple {
    /// A series whose title is a key of the catalogue.
    pub fn new(title: &str, colour: Colour, series: ReplicatedSeries) -> SmallMultiple {
        SmallMultiple { title: tr(title).to_owned(), colour, series }
    }
}

/// The figure: panels three in a row, with the measures numbered and explained below.
pub fn figure(
    panels: Vec<SmallMultiple>,
    (name, heading): (&str, &str),
    title: String,
    subtitle: &str,
    records: &[Record],
    about: &About,
) -> Figure {
    let measures: Vec<&(Date, String)> = records.first().map_or_else(Vec::new, |record| {
        let last = date_of(record, record.days.saturating_sub(1));
        let inside = |date: Date| date > record.start && date <= last;
        about.measures.iter().filter(|(date, _)| inside(*date)).collect()
    });
    let bands = match records.len() {
        1 => tr("Line: the only replication").to_owned(),
        many => say!(
            "Line: median of {runs}; dark band 25–75 %, light band 5–95 %",
            runs = replications(many as u32)
        ),
    };
    let note = |(date, label): &&(Date, String)| format!("{}: {}", written(*date), retold(label));
    let frozen = about.frozen_since.map(|_| format!(". {}", tr(FROZEN_WORDS)));
    let subtitle = format!("{subtitle} {bands}{}", frozen.unwrap_or_default());
    Figure {
        notes: measures.iter().map(note).collect(),
        panels: panels.into_iter().map(|over| panel(over, records, &measures, about)).collect(),
        ..Figure::new(name, heading, title, subtitle, footer(records, about))
    }
}

fn panel(
    over: SmallMultiple,
    records: &[Record],
    measures: &[&(Date, String)],
    about: &About,
) -> Panel {
    let Some(record) = records.first() else { return Panel::default() };
    let bands = bands(&over.series);
    let highest = bands.iter().flatten().map(|band| band[4]).fold(0.0, f64::max);
    let (x, y) = (days(record), Axis::from_zero(highest));
    let mut marks = rules(record, measures);
    let spans = spans(record);
    let middles = spans.iter().map(|span| (span.start + span.end) as f64 / 2.0);
    let points: Vec<(f64, Option<[f64; 5]>)> = middles.zip(bands).collect();
    let stretches = stretches(&points);
    if records.len() > 1 {
        for (low, high, opacity) in [(0, 4, 0.16), (1, 3, 0.30)] {
            for stretch in &stretches {
                let band = stretch.iter().map(|(x, band)| (*x, band[low], band[high]));
                marks.push(Mark::band(band.collect(), over.colour, opacity));
            }
        }
    }
    // After the bands of the series, whose ends the page looks up in the first band.
    let frozen = about.frozen_since.map(|since| f64::from((since - record.start).get_days() + 1));
    marks.extend(frozen.map(|from| Mark::frozen(from, &x, &y)));
    for stretch in &stretches {
        let line = stretch.iter().map(|(x, band)| (*x, band[2])).collect();
        marks.push(Mark::line(line, over.colour, 2.0));
    }
    if let Some((x, last)) = stretches.last().and_then(|stretch| stretch.last()) {
        let range = match records.len() {
            1 => String::new(),
            _ => format!("{}–{}", short(last[0]), short(last[4])),
        };
        marks.push(Mark::label((*x, last[2]), TextSide::Right, short(last[2]), range, over.colour));
    }
    let empty = if stretches.is_empty() { tr("No value in these days") } else { "" };
    let panel = Panel::new(over.title, (x, y), 130.0, marks);
    Panel { colour: over.colour, empty: empty.to_owned(), ..panel }
}

/// Points that follow each other without a gap: no line is drawn where there is no value.
fn stretches(points: &[(f64, Option<[f64; 5]>)]) -> Vec<Vec<(f64, [f64; 5])>> {
    let known = |stretch: &[(f64, Option<[f64; 5]>)]| -> Vec<(f64, [f64; 5])> {
        stretch.iter().filter_map(|(x, bands)| Some((*x, (*bands)?))).collect()
    };
    let gap = |(_, bands): &(f64, Option<[f64; 5]>)| bands.is_none();
    points.split(gap).map(known).filter(|stretch| !stretch.is_empty()).collect()
}

/// The days of a run, with the first days of years, or of months in short runs.
fn days(record: &Record) -> Axis {
    let month = |date: Date| match month(date.month()) {
        month if date.month() == 1 || date == record.start => format!("{month} {}", date.year()),
        month => month.to_owned(),
    };
    let months = record.days <= 2 * 366;
    setting::days((record.start, record.days as i32), months.then_some(&month))
}

/// Upright lines where measures change, numbered; close ones share a range of numbers.
fn rules(record: &Record, measures: &[&(Date, String)]) -> Vec<Mark> {
    // A number needs this share of the panel.
    let room = 0.14 * record.days as f64;
    let days: Vec<f64> =
        measures.iter().map(|(date, _)| f64::from((*date - record.start).get_days())).collect();
    let mut groups: Vec<std::ops::Range<usize>> = Vec::new();
    for (number, day) in days.iter().enumerate() {
        match groups.last_mut() {
            Some(group) if day - days[group.start] < room => group.end = number + 1,
            _ => groups.push(number..number + 1),
        }
    }
    let text = |number: usize| match groups.iter().find(|group| group.start == number) {
        Some(group) if group.len() == 1 => format!("{}", number + 1),
        Some(group) => format!("{}–{}", number + 1, group.end),
        None => String::new(),
    };
    days.iter().enumerate().map(|(number, day)| Mark::rule(*day, text(number))).collect()
}

/// A date in words.
pub fn written(date: Date) -> String {
    format!("{} {} {}", date.day(), month(date.month()), date.year())
}

/// The mean of each point and its neighbours: for rare events, which come in ones and twos.
pub fn smooth(series: ReplicatedSeries) -> ReplicatedSeries {
    let mean = |run: Vec<f64>| {
        let around = |i: usize| &run[i.saturating_sub(1)..(i + 2).min(run.len())];
        (0..run.len()).map(|i| around(i).iter().sum::<f64>() / around(i).len() as f64).collect()
    };
    series.into_iter().map(mean).collect()
}

/// Median and bands at each point, of the replications that have a value there: 5, 25, 50, 75, 95 %.
pub fn bands(series: &ReplicatedSeries) -> Vec<Option<[f64; 5]>> {
    let points = series.first().map_or(0, Vec::len);
    let at = |point: usize| {
        let known = series.iter().map(|run| run[point]).filter(|value| !value.is_nan());
        let values: Vec<f64> = known.collect();
        (!values.is_empty()).then(|| comparison::bands(values))
    };
    (0..points).map(at).collect()
}

/// Change from the first to the last quarter of the run, in each replication, as shares.
pub fn changes(series: &ReplicatedSeries) -> Vec<f64> {
    let change = |run: &Vec<f64>| {
        let part = (run.len() / 4).max(1);
        let mean = |points: &[f64]| points.iter().sum::<f64>() / points.len() as f64;
        let before = mean(run.get(..part)?);
        let after = mean(&run[run.len() - part..]);
        (before > 0.0).then_some(after / before - 1.0)
    };
    series.iter().filter_map(change).collect()
}

/// A change in words: with its size if nearly all replications agree on its direction.
pub fn change_in_words(what: &str, series: &ReplicatedSeries) -> Option<String> {
    let changes = changes(series);
    let few = changes.len() < FEW;
    let [low, middle, high] = most(changes)?;
    // Of a few replications, the lowest and the highest are no 90 % of anything.
    if few {
        return Some(say!("{what} {change}", what, change = signed(middle)));
    }
    Some(if low > 0.0 || high < 0.0 {
        let end = |value: f64| format!("{:.0}", 100.0 * value).replace('-', "−");
        say!(
            "{what} {change} [{low}–{high}]",
            what,
            change = signed(middle),
            low = end(low),
            high = end(high)
        )
    } else {
        say!("{what} without clear trend", what)
    })
}

/// A percentage in the last quarter in words: median over replications that have a value then, and its range where there are several.
pub fn at_end(series: &ReplicatedSeries) -> Option<String> {
    let of_quarter = |run: &Vec<f64>| {
        let quarter = &run[run.len() - (run.len() / 4).clamp(1, run.len())..];
        let known: Vec<f64> = quarter.iter().copied().filter(|value| !value.is_nan()).collect();
        (!known.is_empty()).then(|| known.iter().sum::<f64>() / known.len() as f64)
    };
    let last: Vec<f64> =
        series.iter().filter(|run| !run.is_empty()).filter_map(of_quarter).collect();
    let several = last.len() > 1;
    let [low, middle, high] = most(last)?;
    let range =
        if several { format!(" [{}–{}]", short(low), short(high)) } else { String::new() };
    (high > 0.0).then(|| format!("{} %{range}", short(middle)))
}

/// Replications below which a title says nothing of clear trends.
const FEW: usize = 5;

/// A change as a percentage with its sign.
fn signed(change: f64) -> String {
    let sign = if change < 0.0 { '−' } else { '+' };
    format!("{sign}{:.0} %", change.abs() * 100.0)
}
