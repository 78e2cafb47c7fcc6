//! What the charts read, embedded as JSON: rounded numbers and finished sentences.

use serde::Serialize;

use super::{findings, labels, policies, tables};
use crate::compare::first_month;
use crate::words::{amount, target};
use study::comparison::{Comparison, Effect, Entry, Line};
use study::stats::Paired;
use world::record::{MEASURES, MeasureMeaning};
use world::units::DAYS_PER_MONTH;

/// Tenge in a billion.
const BN: f64 = 1e9;
/// Costs that the trade-off sets against illicit turnover.
const COSTS: [&str; 3] = ["honest_turnover_stopped", "agency_cost", "enforcement_cost"];

/// Low end, middle, high end.
type Three = [f64; 3];

/// Everything that charts show.
#[derive(Debug, Serialize)]
pub struct Charts {
    arms: Vec<Name>,
    months: Vec<String>,
    lines: Vec<TurnoverLine>,
    cumulative: Sums,
    measures: Vec<MeasureEffects>,
    account: Accounts,
    tradeoff: Vec<Tradeoff>,
    measures_title: String,
    replications: u32,
}

/// A scenario in a legend.
#[derive(Debug, Serialize)]
struct Name {
    title: String,
    colour: &'static str,
    dashed: bool,
    /// First month in which it can differ from the baseline.
    since: usize,
    /// Whether charts over time show it at first.
    shown: bool,
}

/// Turnover of a class under all scenarios. Unit: bn KZT a month; 5, 50 and 95 %.
#[derive(Debug, Serialize)]
struct TurnoverLine {
    label: &'static str,
    title: String,
    arms: Vec<Vec<Three>>,
}

/// Cumulative effects. Unit: bn KZT; low, mean, high.
#[derive(Debug, Serialize)]
struct Sums {
    title: String,
    policies: Vec<Vec<Three>>,
}

/// Effects on a measure. Unit: % of the baseline, or of the measure where the baseline is nothing.
#[derive(Debug, Serialize)]
struct MeasureEffects {
    key: &'static str,
    label: String,
    meaning: &'static str,
    wanted: &'static str,
    unit: &'static str,
    title: String,
    effects: Vec<EffectData>,
}

#[derive(Debug, Serialize)]
struct EffectData {
    /// Ends of the 95 % and the 50 % interval around the mean.
    five: [f64; 5],
    text: String,
    interval: String,
    amount: String,
    clear: bool,
    better: Option<bool>,
}

/// Displacement accounts. Unit: bn KZT.
#[derive(Debug, Serialize)]
struct Accounts {
    title: String,
    target: String,
    entries: Vec<&'static str>,
    policies: Vec<AccountData>,
}

#[derive(Debug, Serialize)]
struct AccountData {
    title: String,
    removed: Three,
    entries: Vec<Three>,
    shares: Vec<Option<f64>>,
}

/// Illicit turnover against a cost.
#[derive(Debug, Serialize)]
struct Tradeoff {
    label: String,
    title: String,
    /// Effect on the cost. Unit: bn KZT.
    costs: Vec<Three>,
    /// Whether no other scenario beats it, baseline first.
    undominated: Vec<bool>,
}

/// Five digits that matter: enough for a chart, short in the file.
fn round(value: f64) -> f64 {
    format!("{value:.4e}").parse().unwrap_or(value)
}

fn three(value: &Paired) -> Three {
    let (low, high) = value.interval.unwrap_or((value.mean, value.mean));
    [low, value.mean, high].map(|value| round(value / BN))
}

/// Data of all charts.
#[must_use]
pub fn charts(comparison: &Comparison) -> Charts {
    let month = |(date, _): &(jiff::civil::Date, u16)| date.strftime("%Y-%m").to_string();
    Charts {
        arms: (0..comparison.arms.len()).map(|arm| name(comparison, arm)).collect(),
        months: comparison.months.iter().map(month).collect(),
        lines: (0..Line::ALL.len()).map(|line| turnover(comparison, line)).collect(),
        cumulative: cumulative(comparison),
        measures: MEASURES.iter().map(|meaning| effects(comparison, meaning)).collect(),
        account: account(comparison),
        tradeoff: COSTS.iter().map(|cost| tradeoff(comparison, cost)).collect(),
        measures_title: findings::measures(comparison),
        replications: comparison.replications,
    }
}

fn name(comparison: &Comparison, arm: usize) -> Name {
    let own = &comparison.arms[arm];
    let (colour, dashed) = policies::colour(arm);
    let since = arm.checked_sub(1).map_or(0, |policy| first_month(comparison, policy));
    Name { title: own.title.clone(), colour, dashed, since, shown: shown(comparison, arm) }
}

/// Bands of more than three policies hide each other: at first the baseline and those with the largest effects.
fn shown(comparison: &Comparison, arm: usize) -> bool {
    let size = |policy: usize| {
        comparison.effect(policy, "illicit_turnover").map_or(0.0, |e| e.paired.mean.abs())
    };
    let Some(own) = arm.checked_sub(1) else { return true };
    let larger = |other: &usize| (size(*other), own) > (size(own), *other);
    (0..comparison.verdicts.len()).filter(larger).count() < 3
}

fn turnover(comparison: &Comparison, line: usize) -> TurnoverLine {
    let month =
        |bands: &[f64; 5]| [0, 2, 4].map(|at: usize| round(bands[at] * DAYS_PER_MONTH / BN));
    TurnoverLine {
        label: Line::ALL[line].label(),
        title: findings::turnover(comparison, line),
        arms: comparison
            .arms
            .iter()
            .map(|arm| arm.turnover[line].iter().map(month).collect())
            .collect(),
    }
}

fn cumulative(comparison: &Comparison) -> Sums {
    let sums = |sum: &study::comparison::Cumulative| {
        [sum.interval.0, sum.mean, sum.interval.1].map(|value| round(value / BN))
    };
    let of = |verdict: &study::comparison::Verdict| verdict.cumulative.iter().map(sums).collect();
    Sums {
        title: findings::cumulative(comparison),
        policies: comparison.verdicts.iter().map(of).collect(),
    }
}

fn effects(comparison: &Comparison, meaning: &MeasureMeaning) -> MeasureEffects {
    let policies = 0..comparison.verdicts.len();
    let all: Vec<&Effect> =
        policies.filter_map(|policy| comparison.effect(policy, meaning.name)).collect();
    let relative = all.iter().all(|effect| effect.relative(0.0).is_some());
    MeasureEffects {
        key: meaning.name,
        label: labels::measure(meaning.name),
        meaning: meaning.meaning,
        wanted: meaning.wanted.key(),
        unit: if relative { "% of the baseline" } else { meaning.unit },
        title: findings::effects(comparison, meaning.name),
        effects: all.into_iter().map(effect).collect(),
    }
}

fn effect(effect: &Effect) -> EffectData {
    let paired = &effect.paired;
    let none = (paired.mean, paired.mean);
    let (wide, half) = (paired.interval.unwrap_or(none), paired.half_interval.unwrap_or(none));
    let (text, interval) = tables::effect_words(effect);
    let scaled = |value: f64| effect.relative(value).map_or(value, |share| 100.0 * share);
    EffectData {
        five: [wide.0, half.0, paired.mean, half.1, wide.1].map(|value| round(scaled(value))),
        text,
        interval,
        amount: amount(paired.mean, &effect.unit, true),
        clear: paired.is_clear(),
        better: effect.is_better(),
    }
}

fn account(comparison: &Comparison) -> Accounts {
    let of = |policy: usize| {
        let account = &comparison.verdicts[policy].account;
        let clear = account.removed.is_clear();
        let share =
            |value: &Paired| clear.then(|| round(100.0 * value.mean / account.removed.mean));
        AccountData {
            title: findings::flow(comparison, policy),
            removed: three(&account.removed),
            entries: account.entries.iter().map(three).collect(),
            shares: account.entries.iter().map(share).collect(),
        }
    };
    Accounts {
        title: findings::account(comparison),
        target: target(comparison),
        entries: Entry::ALL.iter().map(|entry| entry.label()).collect(),
        policies: (0..comparison.verdicts.len()).map(of).collect(),
    }
}

fn tradeoff(comparison: &Comparison, cost: &str) -> Tradeoff {
    let policies = 0..comparison.verdicts.len();
    let effects = policies.filter_map(|policy| comparison.effect(policy, cost));
    Tradeoff {
        label: labels::measure(cost),
        title: findings::tradeoff(comparison, cost),
        costs: effects.map(|effect| three(&effect.paired)).collect(),
        undominated: findings::undominated(comparison, cost),
    }
}
