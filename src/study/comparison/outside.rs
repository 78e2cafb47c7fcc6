//! What an analyst outside would compute from observed series of the policy's world alone, beside the truth.
//!
//! Best case for them: turnover of every class is seen without error. What they lack is the world without the
//! policy. Target: the classes asked about. Displacement area: other trade at home without a licence, deals between persons
//! included. Comparison area: what lies out of the measures' reach, licensed venues and foreign platforms (for the WDD foreign
//! platforms beside the target and licensed venues beside the displacement area).
//! The placebo is the same measure in the baseline, where nothing happened on the date.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::RunOutcome;
use crate::stats::spillover::{AreaChange, Areas, wdd};
use crate::stats::{Bands, bands, interrupted_series, mean};
use world::record::Flow;
use world::units::{Class, DAYS_PER_MONTH};

/// Fewest days on either side of the date. Unit: days. Source: judgement: seasons and single closures weigh less.
const FEWEST_DAYS: usize = 90;

/// Classes by the part that they play in an evaluation from outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Roles {
    /// What the policy aims at.
    pub target: Vec<Class>,
    /// Where displacement would be looked for.
    pub displacement: Vec<Class>,
    /// What should be untouched.
    pub comparison: Vec<Class>,
}

impl Roles {
    /// Roles for a target.
    pub fn new(target: &[Class]) -> Roles {
        let at_home = |class: Class| class.is_platform() || class == Class::PeerToPeer;
        let others = |wanted: bool| {
            let chosen = |class: &&Class| !target.contains(class) && at_home(**class) == wanted;
            Class::ALL.iter().filter(chosen).copied().collect()
        };
        Roles { target: target.to_vec(), displacement: others(true), comparison: others(false) }
    }
}

/// The measures, in the order of tables: name, unit, whether it is read from the policy's world without error bars.
pub const NAMES: [(&str, &str); 10] = [
    ("gross_effect", "KZT"),
    ("net_effect", "ratio"),
    ("wdq", "ratio"),
    ("total_net_effect", "KZT"),
    ("wdd", "trades"),
    ("wdd_standard_error", "trades"),
    ("its_level", "KZT a month"),
    ("its_level_standard_error", "KZT a month"),
    ("its_slope", "KZT a month and month"),
    ("its_slope_standard_error", "KZT a month and month"),
];

/// One measure of an outside analyst.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OutsideMeasure {
    /// Name, from [`NAMES`].
    pub name: String,
    /// Unit.
    pub unit: String,
    /// What they would compute, over replications; `None` where it has no meaning in most of them.
    pub computed: Option<Bands>,
    /// The same in the baseline with a pretended date: what luck and other events alone give.
    pub placebo: Option<Bands>,
    /// What is true: the same quantity from the paired runs; `None` for what is only an error.
    pub truth: Option<Bands>,
    /// Share of replications in which the measure means something.
    pub share_defined: f64,
}

/// All measures for a policy that begins on day `at` of the run; empty if too few days lie before or after.
pub fn outside(
    baseline: &[RunOutcome],
    policy: &[RunOutcome],
    roles: &Roles,
    window: &Range<usize>,
    months: &[Range<usize>],
    at: usize,
) -> Vec<OutsideMeasure> {
    let length = at.saturating_sub(window.start).min(window.end.saturating_sub(at));
    if length < FEWEST_DAYS || roles.displacement.is_empty() || roles.comparison.is_empty() {
        return Vec::new();
    }
    let spans = [at - length..at, at..at + length];
    let months = &unbroken(months, at)[..];
    let computed = |runs: &[RunOutcome]| -> Vec<_> {
        runs.iter().map(|own| compute(own, roles, &spans, months, at)).collect()
    };
    let (computed, placebo) = (computed(policy), computed(baseline));
    let truths: Vec<_> = baseline
        .iter()
        .zip(policy)
        .map(|(before, after)| truth(before, after, roles, &spans[1], months, at))
        .collect();
    NAMES
        .iter()
        .enumerate()
        .map(|(number, (name, unit))| {
            let most = |rows: &[[Option<f64>; NAMES.len()]]| {
                let values: Vec<f64> = rows.iter().filter_map(|row| row[number]).collect();
                (2 * values.len() > rows.len()).then(|| bands(values))
            };
            let defined = computed.iter().filter(|row| row[number].is_some()).count();
            OutsideMeasure {
                name: (*name).to_owned(),
                unit: (*unit).to_owned(),
                computed: most(&computed),
                placebo: most(&placebo),
                truth: most(&truths),
                share_defined: defined as f64 / computed.len().max(1) as f64,
            }
        })
        .collect()
}

fn change(
    own: &RunOutcome,
    flow: Flow,
    classes: &[Class],
    spans: &[Range<usize>; 2],
) -> AreaChange {
    let [before, after] = [0, 1].map(|side| own.total(flow, spans[side].clone(), classes) as f64);
    AreaChange { before, after }
}

/// Turnover of classes by calendar month, scaled to months of equal length.
fn monthly(own: &RunOutcome, classes: &[Class], months: &[Range<usize>]) -> Vec<f64> {
    let mean = |span: &Range<usize>| {
        own.total(Flow::Traded, span.clone(), classes) as f64 * DAYS_PER_MONTH / span.len() as f64
    };
    months.iter().map(mean).collect()
}

/// First month after the date, among months of which none holds it.
fn month_of(months: &[Range<usize>], at: usize) -> usize {
    months.iter().position(|span| span.start >= at).unwrap_or(months.len())
}

/// Months that lie wholly before or wholly after the date.
fn unbroken(months: &[Range<usize>], at: usize) -> Vec<Range<usize>> {
    months.iter().filter(|span| span.start >= at || span.end <= at).cloned().collect()
}

fn compute(
    own: &RunOutcome,
    roles: &Roles,
    spans: &[Range<usize>; 2],
    months: &[Range<usize>],
    at: usize,
) -> [Option<f64>; NAMES.len()] {
    let of = |classes: &[Class]| change(own, Flow::Traded, classes, spans);
    let areas = Areas {
        target: of(&roles.target),
        displacement: of(&roles.displacement),
        comparison: of(&roles.comparison),
    };
    let trades = |classes: &[Class]| change(own, Flow::Trades, classes, spans);
    let difference = wdd(
        trades(&roles.target),
        trades(&roles.comparison[roles.comparison.len() - 1..]),
        trades(&roles.displacement),
        trades(&roles.comparison[..1]),
    );
    let series = monthly(own, &roles.target, months);
    let broken = interrupted_series(&series, month_of(months, at));
    let finite = |value: f64| Some(value).filter(|value| value.is_finite());
    [
        finite(areas.gross_effect()),
        finite(areas.net_effect()),
        areas.wdq().and_then(finite),
        finite(areas.total_net_effect()),
        finite(difference.value),
        finite(difference.standard_error),
        broken.map(|broken| broken.level.value),
        broken.map(|broken| broken.level.standard_error),
        broken.map(|broken| broken.slope.value),
        broken.map(|broken| broken.slope.standard_error),
    ]
}

/// The same quantities, policy against baseline with the same luck.
fn truth(
    before: &RunOutcome,
    after: &RunOutcome,
    roles: &Roles,
    days: &Range<usize>,
    months: &[Range<usize>],
    at: usize,
) -> [Option<f64>; NAMES.len()] {
    let sum =
        |own: &RunOutcome, flow, classes: &[Class]| own.total(flow, days.clone(), classes) as f64;
    let effect = |flow, classes: &[Class]| sum(after, flow, classes) - sum(before, flow, classes);
    let target = effect(Flow::Traded, &roles.target);
    let moved = effect(Flow::Traded, &roles.displacement);
    let relative =
        |own| sum(own, Flow::Traded, &roles.target) / sum(own, Flow::Traded, &roles.comparison);
    let first = month_of(months, at);
    let differences: Vec<f64> = monthly(after, &roles.target, months)
        .iter()
        .zip(monthly(before, &roles.target, months))
        .skip(first)
        .map(|(after, before)| after - before)
        .collect();
    let line = line(&differences);
    let finite = |value: f64| Some(value).filter(|value| value.is_finite());
    [
        Some(-target),
        finite(relative(before) - relative(after)),
        (target < 0.0).then(|| moved / target),
        Some(-target - moved),
        Some(effect(Flow::Trades, &roles.target) + effect(Flow::Trades, &roles.displacement)),
        None,
        line.map(|(level, _)| level),
        None,
        line.map(|(_, slope)| slope),
        None,
    ]
}

/// Least-squares line through a series: its value at the first point and its slope; `None` for fewer than two points.
fn line(series: &[f64]) -> Option<(f64, f64)> {
    let n = series.len() as f64;
    let middle = (n - 1.0) / 2.0;
    let mean = mean(series);
    let squares: f64 = (0..series.len()).map(|t| (t as f64 - middle) * (t as f64 - middle)).sum();
    let products: f64 =
        series.iter().enumerate().map(|(t, y)| (t as f64 - middle) * (y - mean)).sum();
    let slope = products / squares;
    (squares > 0.0).then_some((mean - slope * middle, slope))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_month_in_which_a_policy_begins_is_neither_before_nor_after() {
        let months = [0..31, 31..60, 60..91];
        assert_eq!(unbroken(&months, 31), months);
        assert_eq!(unbroken(&months, 32), [0..31, 60..91]);
        assert_eq!(month_of(&unbroken(&months, 32), 32), 1);
    }

    #[test]
    fn a_line_is_found_exactly() {
        let (level, slope) = line(&[5.0, 3.0, 1.0, -1.0]).unwrap();
        assert!((level - 5.0).abs() < 1e-12 && (slope + 2.0).abs() < 1e-12);
        assert_eq!(line(&[5.0]), None);
    }
}
