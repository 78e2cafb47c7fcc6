//! Series over time: spans of days, turnover of each arm, cumulative effects, recovery.

use std::ops::Range;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::RunOutcome;
use crate::stats::{Bands, Blocks, bands, mean, recovery};
use world::record::Flow;
use world::units::{Class, Trader};

/// Days of a point of a recovery. Unit: days. Source: convention, so that weekends weigh the same in every point.
const WEEK: usize = 7;
/// Weeks over which recovery is smoothed. Unit: weeks. Source: judgement: single weeks are noisy.
const SMOOTHED: usize = 4;

/// A line of a figure: which money is meant, or turnover of one class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MoneyLine {
    /// Money of crime at venues of any class.
    Crime,
    /// Domestic exchange without a licence; foreign platforms are a class.
    Domestic,
    /// Deals between honest persons.
    Private,
    /// One class.
    Of(Class),
}

impl MoneyLine {
    /// The three lines that say which money is meant.
    pub const WHICH_MONEY: [MoneyLine; 3] =
        [MoneyLine::Crime, MoneyLine::Domestic, MoneyLine::Private];
    /// All lines, in the order of figures.
    pub const ALL: [MoneyLine; 8] = [
        MoneyLine::Crime,
        MoneyLine::Domestic,
        MoneyLine::Private,
        MoneyLine::Of(Class::Shadow),
        MoneyLine::Of(Class::Hub),
        MoneyLine::Of(Class::Licensed),
        MoneyLine::Of(Class::Foreign),
        MoneyLine::Of(Class::PeerToPeer),
    ];

    /// Name in tables.
    pub fn key(self) -> &'static str {
        match self {
            MoneyLine::Crime => "crime",
            MoneyLine::Domestic => "domestic",
            MoneyLine::Private => "private",
            MoneyLine::Of(class) => class.key(),
        }
    }

    /// Name in figures.
    pub fn label(self) -> &'static str {
        match self {
            MoneyLine::Crime => "Money of crime",
            MoneyLine::Domestic => "Domestic exchange without a licence",
            MoneyLine::Private => "Deals between honest persons",
            MoneyLine::Of(class) => class.label(),
        }
    }

    /// Whether turnover of a trader at venues of a class is in the line.
    pub fn counts(self, class: Class, trader: Trader) -> bool {
        let crime = trader.purpose().is_crime();
        match self {
            MoneyLine::Crime => crime,
            MoneyLine::Domestic => class.is_platform(),
            MoneyLine::Private => class == Class::PeerToPeer && !crime,
            MoneyLine::Of(of) => class == of,
        }
    }

    /// Turnover over days.
    pub fn turnover(self, outcome: &RunOutcome, days: Range<usize>) -> f64 {
        match self {
            MoneyLine::Of(class) => outcome.sum(Flow::Traded, days, class) as f64,
            which => {
                let at = MoneyLine::WHICH_MONEY.iter().position(|line| *line == which);
                let of = at.map_or(&[][..], |at| &outcome.lines[at]);
                of[days].iter().sum::<i64>() as f64
            }
        }
    }
}

/// Turnover of an arm over the spans: for each line and span, bands over replications, in tenge a day.
pub fn turnover(outcomes: &[RunOutcome], spans: &[Range<usize>]) -> Vec<Vec<Bands>> {
    let of = |line: MoneyLine, span: &Range<usize>| {
        let each = |outcome: &RunOutcome| line.turnover(outcome, span.clone()) / span.len() as f64;
        bands(outcomes.iter().map(each).collect())
    };
    MoneyLine::ALL.iter().map(|&line| spans.iter().map(|span| of(line, span)).collect()).collect()
}

/// Cumulative effect of a policy at the end of a span.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cumulative {
    /// Bands over replications.
    pub bands: Bands,
    /// Mean over replications.
    pub mean: f64,
    /// 95 % interval of the mean (Student's t, over draws where parameters are drawn); equal to the mean for one replication.
    pub interval: (f64, f64),
}

/// Cumulative paired effect on a line from the start of the window to the end of each month, in tenge; the last
/// point holds the whole window, stubs of months included.
pub fn cumulative(
    line: MoneyLine,
    (baseline, policy): (&[RunOutcome], &[RunOutcome]),
    window: &Range<usize>,
    spans: &[Range<usize>],
    blocks: Blocks,
) -> Vec<Cumulative> {
    let mut sums = vec![0.0; policy.len()];
    let mut next = window.start;
    spans
        .iter()
        .enumerate()
        .map(|(number, span)| {
            let end = if number + 1 == spans.len() { window.end } else { span.end };
            let days = next..end;
            next = end;
            for (sum, (before, after)) in sums.iter_mut().zip(baseline.iter().zip(policy)) {
                let of = |outcome| line.turnover(outcome, days.clone());
                *sum += of(after) - of(before);
            }
            let mean = mean(&sums);
            let interval = blocks.interval(&sums).unwrap_or((mean, mean));
            Cumulative { bands: bands(sums.clone()), mean, interval }
        })
        .collect()
}

/// Calendar months of a window as spans of days; a stub shorter than half a month at an end is left out.
pub fn months(start: Date, window: &Range<usize>) -> Vec<Range<usize>> {
    let mut spans: Vec<Range<usize>> = Vec::new();
    for day in window.clone() {
        let date = start.saturating_add(jiff::Span::new().days(day as i64));
        match spans.last_mut() {
            Some(last) if date.day() != 1 => last.end = day + 1,
            _ => spans.push(day..day + 1),
        }
    }
    if spans.len() > 2 && spans.last().is_some_and(|span| span.len() < 15) {
        spans.pop();
    }
    if spans.len() > 2 && spans[0].len() < 15 {
        spans.remove(0);
    }
    spans
}

/// A time over replications, some of which may not have seen it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Time {
    /// Median in days; `None` if fewer than half saw it within the window.
    pub median_days: Option<f64>,
    /// Share of replications that saw it within the window.
    pub share_seen: f64,
}

impl Time {
    fn of(times: &[Option<usize>]) -> Time {
        let days = |weeks: usize| (weeks * WEEK) as f64;
        let mut sorted: Vec<f64> =
            times.iter().map(|time| time.map_or(f64::INFINITY, days)).collect();
        sorted.sort_by(f64::total_cmp);
        let seen = times.iter().filter(|time| time.is_some()).count();
        let median = sorted.get((sorted.len().max(1) - 1) / 2).copied();
        Time {
            median_days: median.filter(|days| days.is_finite()),
            share_seen: seen as f64 / times.len().max(1) as f64,
        }
    }
}

/// How turnover fell against the counterfactual and came back, over replications.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct TurnoverRecovery {
    /// Largest loss of a month as a share of the counterfactual.
    pub peak_loss: Bands,
    /// From the start of the policy to the largest loss, in days.
    pub peak_after: Time,
    /// From the largest loss until half of it is made good.
    pub half_life: Time,
    /// From the start until turnover is back at nine tenths of the counterfactual for good.
    pub to_ninety: Time,
    /// Turnover lost since the start, in tenge.
    pub lost_area: Bands,
    /// The same as a share of the counterfactual.
    pub lost_share: Bands,
}

/// Recovery of the turnover of classes from day `from` of the run on; `None` if less than eight weeks follow.
pub fn recovered(
    baseline: &[RunOutcome],
    policy: &[RunOutcome],
    days: Range<usize>,
    of: &dyn Fn(&RunOutcome, Range<usize>) -> f64,
) -> Option<TurnoverRecovery> {
    let weeks = days.len() / WEEK;
    if weeks < 2 * SMOOTHED {
        return None;
    }
    let smooth = |outcome: &RunOutcome| -> Vec<f64> {
        (0..=weeks - SMOOTHED)
            .map(|week| {
                let first = days.start + week * WEEK;
                of(outcome, first..first + SMOOTHED * WEEK) / SMOOTHED as f64
            })
            .collect()
    };
    let whole = |outcome: &RunOutcome| of(outcome, days.start..days.start + weeks * WEEK);
    let runs: Vec<_> = baseline
        .iter()
        .zip(policy)
        .filter_map(|(before, after)| {
            let found = recovery(&smooth(after), &smooth(before))?;
            let (lost, counterfactual) = (whole(before) - whole(after), whole(before));
            Some((found, lost, lost / counterfactual))
        })
        .collect();
    if runs.is_empty() {
        return None;
    }
    let time = |of: &dyn Fn(&crate::stats::RecoveryPath) -> Option<usize>| {
        Time::of(&runs.iter().map(|(found, ..)| of(found)).collect::<Vec<_>>())
    };
    Some(TurnoverRecovery {
        peak_loss: bands(runs.iter().map(|(found, ..)| found.peak_loss).collect()),
        peak_after: time(&|found| Some(found.peak_at)),
        half_life: time(&|found| found.half_life),
        to_ninety: time(&|found| found.to_ninety),
        lost_area: bands(runs.iter().map(|(_, lost, _)| *lost).collect()),
        lost_share: bands(runs.iter().map(|(.., share)| *share).collect()),
    })
}
