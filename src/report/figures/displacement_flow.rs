//! The displacement account as streams: what fell on the left, where it went on the right.

use super::setting::figure as of_comparison;
use super::streams::{End, streams};
use crate::chart::{Figure, Panel, Paper};
use crate::numbers::short;
use crate::palette;
use crate::words::ignorance::runs;
use crate::words::{amount, lower_first, target};
use study::comparison::{Comparison, Entry, PolicyAccount};
use study::stats::Paired;

const BN: f64 = 1e9;
/// Share of all flows below which an end is not named by itself.
const SMALL: f64 = 0.02;

/// The figure.
pub fn figure(comparison: &Comparison) -> Figure {
    let replications = match comparison.replications {
        1 => "one replication".to_owned(),
        _ => format!("mean of {} [95 % interval]", runs(comparison)),
    };
    let subtitle = format!(
        "What lost turnover under each policy (left) and what gained it (right), bn KZT, {replications}. Net changes do not say who \
         went where: ribbons divide each loss in proportion to the gains"
    );
    Figure {
        panels: (0..comparison.verdicts.len()).map(|policy| panel(comparison, policy)).collect(),
        choice: "Policy",
        paper: Paper { columns: 2, ..Paper::default() },
        ..of_comparison(
            comparison,
            ("displacement_flow", "What fell and what rose"),
            title(comparison),
            subtitle,
        )
    }
}

fn title(comparison: &Comparison) -> String {
    let taken: Vec<&PolicyAccount> = comparison
        .verdicts
        .iter()
        .map(|verdict| &verdict.account)
        .filter(|account| account.removed.is_clear() && account.removed.mean > 0.0)
        .collect();
    let back = |account: &&&PolicyAccount| account.displaced.is_some_and(|share| share.low > 0.0);
    let back = taken.iter().filter(back).count();
    let target = target(comparison);
    if taken.is_empty() {
        return format!("No policy clearly takes turnover from established {target}");
    }
    let take = if taken.len() == 1 { "policy that takes" } else { "policies that take" };
    let come = match back {
        0 => "none clearly lets it go on".to_owned(),
        1 => "1 lets a part go on".to_owned(),
        more => format!("{more} let a part go on"),
    };
    format!(
        "Of {} {take} turnover from established {target}, {come} as other exchange without a licence",
        taken.len()
    )
}

/// What lost and what gained, the small ones together.
fn ends(comparison: &Comparison, policy: usize) -> [Vec<End>; 2] {
    let account = &comparison.verdicts[policy].account;
    let mut sides = [Vec::new(), Vec::new()];
    let end = |label: &str, value: &Paired, sign: f64, colour| {
        let flipped =
            |(low, high): (f64, f64)| if sign < 0.0 { (-high, -low) } else { (low, high) };
        let interval = value.interval.map(flipped).map_or_else(String::new, |(low, high)| {
            format!(" [{}, {}]", short(low / BN), short(high / BN))
        });
        let amount = value.mean * sign;
        let below = format!("{} bn{interval}", short(amount / BN));
        End { label: label.to_owned(), below, amount, colour }
    };
    let removed = &account.removed;
    let name = format!("Established {}", target(comparison));
    let (side, sign) = if removed.mean >= 0.0 { (0, 1.0) } else { (1, -1.0) };
    sides[side].push(end(&name, removed, sign, palette::BASELINE));
    for (entry, value) in Entry::ALL.iter().zip(&account.entries) {
        let (side, sign) = if value.mean < 0.0 { (0, -1.0) } else { (1, 1.0) };
        sides[side].push(end(entry.label(), value, sign, palette::entry(*entry)));
    }
    for side in &mut sides {
        let total: f64 = side.iter().map(|end| end.amount).sum();
        let (named, rest): (Vec<End>, Vec<End>) =
            std::mem::take(side).into_iter().partition(|end| end.amount >= SMALL * total);
        let amount: f64 = rest.iter().map(|end| end.amount).sum();
        *side = named;
        if amount > 0.0 {
            let (label, below) = ("All others".to_owned(), format!("{} bn", short(amount / BN)));
            side.push(End { label, below, amount, colour: palette::OTHERS });
        }
        side.retain(|end| end.amount > 0.0);
    }
    sides
}

fn panel(comparison: &Comparison, policy: usize) -> Panel {
    let [left, right] = ends(comparison, policy);
    let total: f64 = left.iter().map(|end| end.amount).sum();
    let amount = |from: usize, to: usize| left[from].amount * right[to].amount / total;
    Panel {
        title: comparison.policies()[policy].title.clone(),
        finding: finding(comparison, policy),
        ..streams(&left, &right, 190.0, amount)
    }
}

/// What rises most under a policy while turnover of the target falls, or that it grows.
fn finding(comparison: &Comparison, policy: usize) -> String {
    let account = &comparison.verdicts[policy].account;
    let title = &comparison.policies()[policy].title;
    let target = target(comparison);
    let removed = amount(account.removed.mean.abs(), "KZT", false);
    if !account.removed.is_clear() {
        return format!("“{title}” does not clearly change established {target}");
    }
    if account.removed.mean < 0.0 {
        return format!("Under “{title}” established {target} gain {removed}");
    }
    let rises = largest(account).map_or_else(String::new, |(entry, value)| {
        let (name, value) = (lower_first(entry.label()), amount(value, "KZT", true));
        format!("; what rises most is “{name}”, {value}")
    });
    format!("“{title}” takes {removed} from established {target}{rises}")
}

fn largest(account: &PolicyAccount) -> Option<(Entry, f64)> {
    let entries = Entry::ALL.iter().zip(&account.entries);
    let risen = entries.filter(|(_, value)| value.is_clear() && value.mean > 0.0);
    risen
        .max_by(|(_, a), (_, b)| a.mean.total_cmp(&b.mean))
        .map(|(entry, value)| (*entry, value.mean))
}
