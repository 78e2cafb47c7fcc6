//! Where clients of closed platforms went, traced: by the class of their venue and what their money was for, arm by arm at one scale.

use super::setting::{chosen, framed, others};
use super::streams::{End, largest_scale, streams};
use crate::chart::{Figure, Panel, Paper};
use crate::numbers::{BN, short};
use crate::palette;
use crate::say;
use crate::speech::tr;
use crate::words::{amount, lower_first};
use study::comparison::{ComparedArm, Comparison, MovedDemand, followed_days};
use world::record::Destination;
use world::units::Class;

/// Share of all flows below which an end is not named by itself.
const SMALL: f64 = 0.02;
/// Height of a panel. Unit: pixels.
const HEIGHT: f64 = 210.0;

/// The figure; `None` where no client of a closed platform could be followed, in no arm.
pub fn figure(comparison: &Comparison) -> Option<Figure> {
    // The policy of the title first, beside the baseline.
    let mut shown: Vec<usize> = chosen(comparison).into_iter().map(|policy| policy + 1).collect();
    shown.insert(shown.len().min(1), 0);
    let arms: Vec<&ComparedArm> =
        shown.into_iter().map(|number| &comparison.arms[number]).collect();
    let sides: Vec<[Vec<End>; 2]> = arms.iter().map(|arm| ends(arm)).collect();
    let scale = sides
        .iter()
        .filter(|[left, _]| !left.is_empty())
        .map(|[left, right]| largest_scale(left, right, HEIGHT))
        .reduce(f64::min)?;
    let panel = |(arm, [left, right]): (&&ComparedArm, &[Vec<End>; 2])| Panel {
        title: arm.title.clone(),
        finding: finding(arm),
        ..streams(left, right, HEIGHT, scale, |from, to| {
            let of = |moved: &&MovedDemand| {
                place(&source(moved), left) == Some(from) && place(sink(moved), right) == Some(to)
            };
            arm.moved.iter().filter(of).map(|moved| moved.kzt).sum()
        })
    };
    let subtitle = say!(
        "What clients of closed platforms wanted to exchange within {days} days after the closure, bn KZT: on the left class of the closed venue and purpose, on the right where it ended. Followed client by client; all closures of the run; mean of the replications; all panels have one scale.{others}",
        days = followed_days(),
        others = others(comparison)
    );
    let title = arms.first().map_or_else(String::new, |arm| finding(arm));
    Some(Figure {
        panels: arms.iter().zip(&sides).map(panel).collect(),
        choice: tr("Under"),
        paper: Paper { columns: 1, most: 2, width: 740.0, ..Paper::default() },
        ..framed(comparison, ("moved", "Where clients of closed platforms went"), title, subtitle)
    })
}

/// Where most of it went, as far as venues without a licence and deals between persons go.
fn finding(arm: &ComparedArm) -> String {
    let sum = |wanted: &dyn Fn(Destination) -> bool| -> f64 {
        arm.moved.iter().filter(|moved| wanted(moved.to)).map(|moved| moved.kzt).sum()
    };
    let all = sum(&|_| true);
    if all <= 0.0 {
        return say!(
            "Under “{policy}” no client of a closed platform could be followed",
            policy = arm.title
        );
    }
    let percent = |wanted: &dyn Fn(Destination) -> bool| 100.0 * sum(wanted) / all;
    let whole = |percent: f64| format!("{percent:.0}");
    say!(
        "Under “{policy}” clients of closed platforms took {again} % of {amount} to venues without a licence again and {persons} % to deals between persons",
        policy = arm.title,
        again = whole(percent(&|to| to.class().is_some_and(Class::is_unlicensed))),
        amount = amount(all, "KZT", false),
        persons = whole(percent(&|to| to.class() == Some(Class::PeerToPeer)))
    )
}

/// Everything that is too small to be named.
const OTHERS: &str = "All others";

/// Where a flow comes from.
fn source(moved: &MovedDemand) -> String {
    format!("{}: {}", tr(moved.from.label()), lower_first(tr(moved.purpose.label())))
}

/// Where a flow goes.
fn sink(moved: &MovedDemand) -> &'static str {
    tr(moved.to.label())
}

/// Number of the end of this name, or of all that is too small to be named.
fn place(label: &str, ends: &[End]) -> Option<usize> {
    let at = |label: &str| ends.iter().position(|end| end.label == label);
    at(label).or_else(|| at(tr(OTHERS)))
}

/// Both sides, small ends together.
fn ends(arm: &ComparedArm) -> [Vec<End>; 2] {
    let all: f64 = arm.moved.iter().map(|moved| moved.kzt).sum();
    let mut sides: [Vec<End>; 2] = Default::default();
    for moved in &arm.moved {
        let left = (source(moved), palette::class(moved.from));
        let right = (sink(moved).to_owned(), palette::destination(moved.to));
        for (side, (label, colour)) in sides.iter_mut().zip([left, right]) {
            match side.iter_mut().find(|end| end.label == label) {
                Some(end) => end.amount += moved.kzt,
                None => side.push(End::new(label, moved.kzt, colour)),
            }
        }
    }
    for side in &mut sides {
        let (mut named, rest): (Vec<End>, Vec<End>) =
            std::mem::take(side).into_iter().partition(|end| end.amount >= SMALL * all);
        let amount: f64 = rest.iter().map(|end| end.amount).sum();
        if amount > 0.0 {
            named.push(End::new(tr(OTHERS).to_owned(), amount, palette::OTHERS));
        }
        for end in &mut named {
            let percent = 100.0 * end.amount / all;
            let percent = format!("{percent:.0}");
            end.below = say!("{amount} bn, {percent} %", amount = short(end.amount / BN), percent);
        }
        *side = named;
    }
    sides
}
