//! The displacement account as alluvial diagrams: what fell on the left, where it went on the right.

use plotters::style::RGBColor;

use super::super::axis::short;
use super::super::canvas::{Align, Canvas, Style};
use super::super::words::ignorance::runs;
use super::super::words::target;
use super::account::colour;
use super::sheet::{BASELINE, FOOT, LEFT, PAPER, WIDTH, head_and_foot, head_height};
use study::comparison::{Comparison, Entry, PolicyAccount};
use study::stats::Paired;

const BN: f64 = 1e9;
const CELL: (f64, f64) = (WIDTH / 2.0, 236.0);
/// Share of all flows below which an end is not named by itself.
const SMALL: f64 = 0.02;
const BAR: f64 = 10.0;
/// Height of a label.
const LABEL: f64 = 25.0;

/// An end of ribbons.
struct End {
    label: String,
    /// Amount in tenge, above 0.
    amount: f64,
    /// Its interval.
    interval: Option<(f64, f64)>,
    colour: RGBColor,
}

/// Draws the figure.
pub fn draw(comparison: &Comparison) -> Canvas {
    let title = title(comparison);
    let replications = match comparison.replications {
        1 => "one replication".to_owned(),
        _ => format!("mean of {} [95 % interval]", runs(comparison)),
    };
    let subtitle = format!(
        "What lost turnover under each policy (left) and what gained it (right), bn KZT, {replications}. Net changes do not say who \
         went where: ribbons divide each loss in proportion to the gains"
    );
    let rows = comparison.policies().len().div_ceil(2);
    let top = head_height(&title, &subtitle);
    let height = top + rows as f64 * CELL.1 + FOOT;
    let mut canvas = Canvas::new(PAPER as u32, height as u32);
    head_and_foot(&mut canvas, height, comparison, &title, &subtitle);
    for (number, arm) in comparison.policies().iter().enumerate() {
        let (left, above) =
            (LEFT + (number % 2) as f64 * CELL.0, top + (number / 2) as f64 * CELL.1);
        let style = Style { size: 12.5, ..Style::LABEL };
        canvas.paragraph((left, above + 8.0), CELL.0 - 24.0, 1, &arm.title, style);
        diagram(&mut canvas, (left, above + 26.0), comparison, number);
    }
    canvas
}

fn title(comparison: &Comparison) -> String {
    let taken: Vec<&PolicyAccount> = comparison
        .verdicts
        .iter()
        .map(|verdict| &verdict.account)
        .filter(|account| account.removed.is_clear() && account.removed.mean > 0.0)
        .collect();
    let back = |account: &&&PolicyAccount| account.net_efficiency.is_some_and(|r| r.high < 1.0);
    let back = taken.iter().filter(back).count();
    let target = target(comparison);
    if taken.is_empty() {
        return format!("No policy clearly takes turnover from established {target}");
    }
    let take = if taken.len() == 1 { "policy that takes" } else { "policies that take" };
    let come = match back {
        0 => "none clearly lets it come back".to_owned(),
        1 => "1 lets it come back".to_owned(),
        more => format!("{more} let it come back"),
    };
    format!(
        "Of {} {take} turnover from established {target}, {come} as other illicit trade",
        taken.len()
    )
}

/// What lost and what gained, the small ones together.
fn ends(comparison: &Comparison, policy: usize) -> [Vec<End>; 2] {
    let account = &comparison.verdicts[policy].account;
    let mut sides = [Vec::new(), Vec::new()];
    let flip = |interval: Option<(f64, f64)>| interval.map(|(low, high)| (-high, -low));
    let end = |label: &str, value: &Paired, sign: f64, colour| End {
        label: label.to_owned(),
        amount: value.mean * sign,
        interval: if sign < 0.0 { flip(value.interval) } else { value.interval },
        colour,
    };
    let removed = &account.removed;
    let name = format!("Established {}", target(comparison));
    let (side, sign) = if removed.mean >= 0.0 { (0, 1.0) } else { (1, -1.0) };
    sides[side].push(end(&name, removed, sign, BASELINE));
    for (entry, value) in Entry::ALL.iter().zip(&account.entries) {
        let (side, sign) = if value.mean < 0.0 { (0, -1.0) } else { (1, 1.0) };
        sides[side].push(end(entry.label(), value, sign, colour(*entry)));
    }
    for side in &mut sides {
        let total: f64 = side.iter().map(|end| end.amount).sum();
        let (named, rest): (Vec<End>, Vec<End>) =
            std::mem::take(side).into_iter().partition(|end| end.amount >= SMALL * total);
        let amount: f64 = rest.iter().map(|end| end.amount).sum();
        *side = named;
        if amount > 0.0 {
            let label = "All others".to_owned();
            side.push(End { label, amount, interval: None, colour: RGBColor(0xaa, 0xaa, 0xaa) });
        }
        side.retain(|end| end.amount > 0.0);
    }
    sides
}

fn diagram(canvas: &mut Canvas, (left, top): (f64, f64), comparison: &Comparison, policy: usize) {
    let sides = ends(comparison, policy);
    let total: f64 = sides[0].iter().map(|end| end.amount).sum();
    if total <= 0.0 {
        canvas.text(left, top + 60.0, "Nothing changed", Style::BODY);
        return;
    }
    let room = CELL.1 - 62.0;
    let (x0, x1) = (left + 176.0, left + CELL.0 - 186.0);
    // Labels take two lines: ends are as far apart as those need.
    let gap = |ends: &[End]| if ends.len() > 4 { 20.0 } else { LABEL };
    let most = sides.iter().map(|ends| (ends.len() - 1) as f64 * gap(ends)).fold(0.0, f64::max);
    let scale = (room - most).max(40.0) / total;
    let places: Vec<Vec<f64>> = sides
        .iter()
        .map(|ends| {
            let mut y = top;
            let place = |end: &End| {
                let at = y;
                y += end.amount * scale + gap(ends);
                at
            };
            ends.iter().map(place).collect()
        })
        .collect();
    let mut taken = places[1].clone();
    for (from, source) in sides[0].iter().enumerate() {
        let mut y = places[0][from];
        for (to, sink) in sides[1].iter().enumerate() {
            let amount = source.amount * sink.amount / total * scale;
            let colour = if source.colour == BASELINE { sink.colour } else { source.colour };
            ribbon(canvas, (x0 + BAR, y), (x1 - BAR, taken[to]), amount, colour);
            y += amount;
            taken[to] += amount;
        }
    }
    for (side, ends) in sides.iter().enumerate() {
        let mut lowest = f64::NEG_INFINITY;
        for (end, y) in ends.iter().zip(&places[side]) {
            let (from, to) = if side == 0 { (x0, x0 + BAR) } else { (x1 - BAR, x1) };
            let low = y + (end.amount * scale).max(1.0);
            canvas.area(vec![(from, *y), (to, *y), (to, low), (from, low)], end.colour, 1.0);
            let align = if side == 0 { Align::Right } else { Align::Left };
            let x = if side == 0 { from - 8.0 } else { to + 8.0 };
            // Two lines of text need their room, however thin the ends are.
            let middle = f64::midpoint(*y, low).max(lowest + LABEL);
            lowest = middle;
            label(canvas, (x, middle), end, align);
        }
    }
}

fn label(canvas: &mut Canvas, (x, y): (f64, f64), end: &End, align: Align) {
    let style = Style { size: 10.5, strong: true, ..Style::BODY }.aligned(align);
    canvas.text(x, y - 5.5, &end.label, style);
    let interval = end.interval.map_or_else(String::new, |(low, high)| {
        format!(" [{}, {}]", short(low / BN), short(high / BN))
    });
    let style = Style { size: 10.0, ..Style::SMALL }.aligned(align);
    canvas.text(x, y + 6.0, &format!("{} bn{interval}", short(end.amount / BN)), style);
}

/// A band from one end to another.
fn ribbon(canvas: &mut Canvas, from: (f64, f64), to: (f64, f64), width: f64, colour: RGBColor) {
    const STEPS: usize = 24;
    let at = |step: usize, down: f64| {
        let t = step as f64 / STEPS as f64;
        let eased = t * t * (3.0 - 2.0 * t);
        (from.0 + (to.0 - from.0) * t, from.1 + (to.1 - from.1) * eased + down)
    };
    let upper = (0..=STEPS).map(|step| at(step, 0.0));
    let lower = (0..=STEPS).rev().map(|step| at(step, width));
    canvas.area(upper.chain(lower).collect(), colour, 0.38);
}
