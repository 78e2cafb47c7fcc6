//! Streams from what stands on the left to what stands on the right, each end with room for its label.

use crate::chart::{Axis, Colour, Mark, Panel, TextSide};
use crate::speech::tr;

/// Room that a label of two lines needs. Unit: pixels.
const LABEL: f64 = 28.0;
/// Least distance between ends. Unit: pixels.
const GAP: f64 = 6.0;
/// Width of an end, as a share of the panel's.
const WIDE: f64 = 0.03;

/// An end of streams.
pub struct End {
    /// What it is.
    pub label: String,
    /// How much, in words.
    pub below: String,
    /// How much.
    pub amount: f64,
    /// Its colour.
    pub colour: Colour,
}

impl End {
    /// An end about which nothing more is said yet.
    pub fn new(label: String, amount: f64, colour: Colour) -> End {
        End { label, below: String::new(), amount, colour }
    }
}

/// A panel with streams; `amount` tells how much goes from an end on the left to one on the right, `scale` how many pixels an amount of one
/// has.
pub fn streams(
    left: &[End],
    right: &[End],
    height: f64,
    scale: f64,
    amount: impl Fn(usize, usize) -> f64,
) -> Panel {
    let total: f64 = left.iter().map(|end| end.amount).sum();
    let height = high_enough(left, right, height);
    let places = [left, right].map(|ends| tops(ends, scale, height));
    let mut marks = Vec::new();
    let mut taken = places[1].clone();
    for (from, source) in left.iter().enumerate() {
        let mut y = places[0][from];
        for (to, sink) in right.iter().enumerate() {
            let thick = amount(from, to) * scale;
            if thick <= 0.0 {
                continue;
            }
            let head = format!("{} → {}", source.label, sink.label);
            let ribbon = Mark::ribbon((WIDE, y), (1.0 - WIDE, taken[to]), thick, source.colour);
            marks.push(ribbon.told(head, Vec::new()));
            y += thick;
            taken[to] += thick;
        }
    }
    for (side, ends) in [left, right].into_iter().enumerate() {
        let (x, edge, align) = if side == 0 {
            (WIDE, 0.0, TextSide::Left)
        } else {
            (1.0 - WIDE, 1.0, TextSide::Right)
        };
        for (end, top) in ends.iter().zip(&places[side]) {
            let low = top + (end.amount * scale).max(1.0);
            let told = vec![(end.below.clone(), String::new())];
            marks.push(Mark::bar((edge, *top), (x, low), end.colour, 1.0).told(&end.label, told));
            let middle = f64::midpoint(*top, low);
            let (label, below) = (end.label.clone(), end.below.clone());
            marks.push(Mark::label((edge, middle), align, label, below, Colour::Ink));
        }
    }
    let axes = [(0.0, 1.0), (height, 0.0)].map(|range| Axis { range, ..Axis::default() });
    let empty = if total > 0.0 { "" } else { tr("Nothing changed") };
    Panel { empty: empty.to_owned(), ..Panel::new("", axes.into(), height, marks) }
}

/// The largest scale at which both sides have room.
pub fn largest_scale(left: &[End], right: &[End], height: f64) -> f64 {
    let height = high_enough(left, right, height);
    [left, right].map(|ends| scale(ends, height)).into_iter().fold(f64::INFINITY, f64::min)
}

fn high_enough(left: &[End], right: &[End], height: f64) -> f64 {
    height.max(LABEL * left.len().max(right.len()) as f64 + 40.0)
}

/// Pixels for an amount of one: thin ends take the room of their labels, the others share what is left.
fn scale(ends: &[End], height: f64) -> f64 {
    let mut thin = vec![false; ends.len()];
    loop {
        let taken: f64 = thin.iter().map(|thin| if *thin { LABEL } else { GAP }).sum();
        let rest: f64 =
            ends.iter().zip(&thin).filter(|(_, thin)| !**thin).map(|(end, _)| end.amount).sum();
        let scale = if rest > 0.0 { (height - taken).max(20.0) / rest } else { f64::INFINITY };
        let more = ends.iter().position(|end| end.amount * scale + GAP < LABEL);
        match more.filter(|_| rest > 0.0) {
            Some(_) => {
                let before = thin.iter().filter(|thin| **thin).count();
                for (end, thin) in ends.iter().zip(&mut thin) {
                    *thin |= end.amount * scale + GAP < LABEL;
                }
                if thin.iter().filter(|thin| **thin).count() == before {
                    return scale;
                }
            }
            None => return scale,
        }
    }
}

/// Where each end begins, all of them in the middle of the height.
fn tops(ends: &[End], scale: f64, height: f64) -> Vec<f64> {
    let room = |end: &End| (end.amount * scale + GAP).max(LABEL);
    let all: f64 = ends.iter().map(room).sum();
    let mut y = (height - all).max(0.0) / 2.0;
    let place = |end: &End| {
        let at = y + (room(end) - end.amount * scale) / 2.0;
        y += room(end);
        at
    };
    ends.iter().map(place).collect()
}
