//! Traced displacement: where the money of closed platforms' clients went.

use plotters::style::RGBColor;

use super::axis::short;
use super::canvas::{Align, Canvas, GREY, Style};
use super::turnover::colour;
use super::{About, footer};
use study::stats::quantile;
use world::record::{Destination, Migration, Record, TRACE_WINDOWS};
use world::units::{Class, Trader};

/// Which of the windows is drawn: 90 days.
const WINDOW: usize = 2;
const PAPER: (u32, u32) = (1080, 640);
const LEFT: f64 = 24.0;
const BN: f64 = 1e9;

/// Amount that went from closed venues of a class to a destination, in each replication.
fn amounts(records: &[Record], class: Class, to: Destination) -> Vec<f64> {
    records
        .iter()
        .map(|record| {
            let of = |&trader: &Trader| {
                record.migration.kzt[Migration::index(class, trader, WINDOW, to)]
            };
            Trader::ALL.iter().map(of).sum::<i64>() as f64 / BN
        })
        .collect()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

/// Value and, with several replications, the range of most of them.
fn with_range(values: &[f64], more: &str) -> String {
    if values.len() < 2 {
        return format!("{} bn{more}", short(mean(values)));
    }
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let [low, high] = [0.05, 0.95].map(|p| short(quantile(&sorted, p)));
    format!("{} bn [{low}–{high}]{more}", short(mean(values)))
}

/// Whether a destination counts as illicit.
fn is_illicit(to: Destination, about: &About) -> bool {
    to.class().is_some_and(|class| about.illicit[class] > 0.0)
}

/// Draws the figure.
pub fn draw(records: &[Record], about: &About) -> Canvas {
    let sources: Vec<Class> = Class::PLATFORMS
        .into_iter()
        .filter(|&class| {
            Destination::ALL.iter().any(|&to| mean(&amounts(records, class, to)) > 0.0)
        })
        .collect();
    let total: f64 = sources
        .iter()
        .flat_map(|&class| Destination::ALL.iter().map(move |&to| (class, to)))
        .map(|(class, to)| mean(&amounts(records, class, to)))
        .sum();
    let mut canvas = Canvas::new(PAPER.0, PAPER.1);
    let width = f64::from(PAPER.0) - 2.0 * LEFT;
    let title = if sources.is_empty() {
        "No client of a closed platform could be traced".to_owned()
    } else {
        finding(records, &sources, about)
    };
    let next = canvas.paragraph((LEFT, 26.0), width, 2, &title, Style::TITLE);
    let range = if records.len() > 1 {
        format!("mean of {} replications [5–95 %]", records.len())
    } else {
        "one replication".into()
    };
    let subtitle = format!(
        "Needs of clients of closed platforms that arose within {} days, bn KZT, by where they ended; {range}",
        TRACE_WINDOWS[WINDOW]
    );
    canvas.paragraph((LEFT, next + 2.0), width, 2, &subtitle, Style { size: 13.0, ..Style::SMALL });
    canvas.paragraph(
        (LEFT, f64::from(PAPER.1) - 20.0),
        width,
        1,
        &footer(records, about),
        Style::SMALL,
    );
    if total > 0.0 {
        flows(&mut canvas, records, &sources, total, about);
    } else {
        let closed = records.iter().any(|record| record.migration.people.iter().any(|p| *p > 0));
        let text = if closed {
            "Platforms were closed, but no 90 days after a closure with clients lie within the run."
        } else {
            "The AFM closed no platform that anybody used in the reported days."
        };
        canvas.paragraph((LEFT, 320.0), width, 2, text, Style { size: 14.0, ..Style::BODY });
    }
    canvas
}

fn finding(records: &[Record], sources: &[Class], about: &About) -> String {
    let mut shares: Vec<f64> = (0..records.len())
        .filter_map(|run| {
            let sum = |wanted: &dyn Fn(Destination) -> bool| -> f64 {
                sources
                    .iter()
                    .flat_map(|&class| Destination::ALL.iter().map(move |&to| (class, to)))
                    .filter(|(_, to)| wanted(*to))
                    .map(|(class, to)| amounts(&records[run..=run], class, to)[0])
                    .sum()
            };
            let all = sum(&|_| true);
            (all > 0.0).then(|| sum(&|to| is_illicit(to, about)) / all)
        })
        .collect();
    shares.sort_by(f64::total_cmp);
    let [low, middle, high] = [0.05, 0.5, 0.95].map(|p| 100.0 * quantile(&shares, p));
    let range = if shares.len() > 1 { format!(" [{low:.0}–{high:.0}]") } else { String::new() };
    format!(
        "{middle:.0} %{range} of what clients of closed platforms needed to trade stayed illicit within {} days",
        TRACE_WINDOWS[WINDOW]
    )
}

/// A band that leaves a block on the left and arrives at one on the right.
struct Band {
    from: f64,
    to: f64,
    height: f64,
    colour: RGBColor,
}

fn flows(canvas: &mut Canvas, records: &[Record], sources: &[Class], total: f64, about: &About) {
    let (top, bottom) = (108.0, f64::from(PAPER.1) - 52.0);
    let (x0, x1) = (210.0, 760.0);
    let targets: Vec<Destination> = Destination::ALL.to_vec();
    // Every destination has room for its label, however little goes there.
    let gap = 14.0;
    let least = 26.0;
    let room = bottom - top - gap * (targets.len() - 1) as f64;
    let sum = |to: Destination| -> f64 {
        sources.iter().map(|&class| mean(&amounts(records, class, to))).sum()
    };
    let small: Vec<bool> = targets.iter().map(|&to| sum(to) / total * room < least).collect();
    let small_count = small.iter().filter(|small| **small).count() as f64;
    let large: f64 =
        targets.iter().zip(&small).filter(|(_, small)| !**small).map(|(&to, _)| sum(to)).sum();
    let scale = if large > 0.0 { (room - small_count * least) / large } else { 0.0 };

    let left_height: f64 = sources
        .iter()
        .map(|&class| targets.iter().map(|&to| mean(&amounts(records, class, to))).sum::<f64>())
        .sum::<f64>()
        * scale
        + 40.0 * (sources.len() - 1) as f64;
    let mut left = top + (bottom - top - left_height).max(0.0) / 2.0;
    let mut right: Vec<f64> = Vec::new();
    let mut y = top;
    for (&to, small) in targets.iter().zip(&small) {
        right.push(y);
        y += if *small { least } else { sum(to) * scale } + gap;
    }
    let tops = right.clone();
    let mut bands = Vec::new();
    for &class in sources {
        let begin = left;
        let mut all = vec![0.0; records.len()];
        for (number, &to) in targets.iter().enumerate() {
            let values = amounts(records, class, to);
            for (sum, value) in all.iter_mut().zip(&values) {
                *sum += value;
            }
            let height = mean(&values) * scale;
            bands.push(Band { from: left, to: right[number], height, colour: colour(class) });
            left += height;
            right[number] += height;
        }
        block(canvas, (x0 - 16.0, begin), left - begin, colour(class));
        let middle = (begin + left) / 2.0;
        let style = Style::LABEL.aligned(Align::Right);
        canvas.text(x0 - 26.0, middle - 8.0, class.label(), style);
        let small = Style::SMALL.aligned(Align::Right);
        canvas.text(x0 - 26.0, middle + 8.0, &with_range(&all, ""), small);
        left += 40.0;
    }
    for band in bands.iter().filter(|band| band.height > 0.0) {
        ribbon(canvas, (x0, x1), band);
    }
    for (number, &to) in targets.iter().enumerate() {
        let grey = if is_illicit(to, about) {
            RGBColor(0x55, 0x55, 0x55)
        } else {
            RGBColor(0xb0, 0xb0, 0xb0)
        };
        let height = right[number] - tops[number];
        block(canvas, (x1, tops[number]), height.max(1.0), grey);
        let label_at = tops[number] + if small[number] { least } else { height } / 2.0;
        let values: Vec<f64> = (0..records.len())
            .map(|run| {
                sources.iter().map(|&class| amounts(&records[run..=run], class, to)[0]).sum()
            })
            .collect();
        let share = format!(", {:.0} %", 100.0 * sum(to) / total);
        canvas.text(x1 + 26.0, label_at - 7.0, to.label(), Style::LABEL);
        canvas.text(x1 + 26.0, label_at + 8.0, &with_range(&values, &share), Style::SMALL);
    }
    let note = "Dark blocks: counted as illicit. Light blocks: not.";
    canvas.text(LEFT, bottom + 12.0, note, Style::SMALL.coloured(GREY));
}

fn block(canvas: &mut Canvas, (x, y): (f64, f64), height: f64, colour: RGBColor) {
    let corners = vec![(x, y), (x + 16.0, y), (x + 16.0, y + height), (x, y + height)];
    canvas.area(corners, colour, 1.0);
}

/// A band with sides that leave and arrive level.
fn ribbon(canvas: &mut Canvas, (x0, x1): (f64, f64), band: &Band) {
    const STEPS: usize = 48;
    let side = |offset: f64| {
        (0..=STEPS).map(move |step| {
            let t = step as f64 / STEPS as f64;
            // Smoothstep: level at both ends.
            let s = t * t * (3.0 - 2.0 * t);
            (x0 + (x1 - x0) * t, band.from + (band.to - band.from) * s + offset)
        })
    };
    // A hair's breadth, so that the smallest stream is still seen.
    let upper = side(0.0);
    let lower: Vec<_> = side(band.height.max(0.6)).collect();
    canvas.area(upper.chain(lower.into_iter().rev()).collect(), band.colour, 0.38);
}
