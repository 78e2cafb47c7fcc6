//! What each chart shows, in one sentence computed from the data.

use super::labels;
use crate::words::{amount, lower_first, percent_effect, target};
use study::comparison::{Comparison, Effect, Entry, Line, PolicyAccount};
use world::units::DAYS_PER_MONTH;

/// Where turnover of a line stands in the last month, under the lowest and the highest policy.
#[must_use]
pub fn turnover(comparison: &Comparison, line: usize) -> String {
    let name = match Line::ALL[line] {
        Line::Illicit => "Illicit turnover".to_owned(),
        Line::Of(class) => format!("Turnover of {}", lower_first(class.label())),
    };
    let last = |arm: usize| {
        comparison.arms[arm].turnover[line].last().map_or(0.0, |bands| bands[2] * DAYS_PER_MONTH)
    };
    let mut policies: Vec<usize> = (1..comparison.arms.len()).collect();
    policies.sort_by(|a, b| last(*a).total_cmp(&last(*b)));
    let (Some(low), Some(high)) = (policies.first(), policies.last()) else { return name };
    let say = |arm: usize| {
        let title = &comparison.arms[arm].title;
        format!("{} a month under “{title}”", amount(last(arm), "KZT", false))
    };
    let usual = amount(last(0), "KZT", false);
    let range = match low == high {
        true => format!("at {}", say(*low)),
        false => format!("between {} and {}", say(*low), say(*high)),
    };
    format!("{name} ends {range}; the baseline at {usual}")
}

/// What the strongest policy has taken away by the end.
#[must_use]
pub fn cumulative(comparison: &Comparison) -> String {
    let ends = comparison.verdicts.iter().enumerate();
    let lowest = ends
        .filter_map(|(policy, verdict)| Some((policy, verdict.cumulative.last()?)))
        .filter(|(_, end)| comparison.replications > 1 && end.interval.1 < 0.0)
        .min_by(|(_, a), (_, b)| a.mean.total_cmp(&b.mean));
    match lowest {
        Some((policy, end)) => format!(
            "By the end “{}” has taken away {} of illicit turnover",
            comparison.policies()[policy].title,
            amount(-end.mean, "KZT", false)
        ),
        None => "By the end no policy has clearly taken away illicit turnover".to_owned(),
    }
}

/// How many policies clearly change a measure, and which most.
#[must_use]
pub fn effects(comparison: &Comparison, measure: &str) -> String {
    let all: Vec<(usize, &Effect)> = (0..comparison.verdicts.len())
        .filter_map(|policy| Some((policy, comparison.effect(policy, measure)?)))
        .collect();
    let count = |less: bool| {
        let clear = all.iter().filter(|(_, effect)| effect.paired.is_clear());
        clear.filter(|(_, effect)| (effect.paired.mean < 0.0) == less).count()
    };
    let (down, up, of) = (count(true), count(false), all.len());
    let name = labels::measure(measure);
    let direction = match (down, up) {
        (0, 0) => return format!("{name}: no policy of {of} clearly changes it"),
        (down, 0) => format!("{down} of {of} lower it"),
        (0, up) => format!("{up} of {of} raise it"),
        (down, up) => format!("{down} of {of} lower it, {up} raise it"),
    };
    let clear = all.iter().filter(|(_, effect)| effect.paired.is_clear());
    let most = clear.max_by(|(_, a), (_, b)| a.paired.mean.abs().total_cmp(&b.paired.mean.abs()));
    let most = most.map_or_else(String::new, |(policy, effect)| {
        let title = &comparison.policies()[*policy].title;
        format!("; “{title}” changes it most, {}", percent_effect(effect))
    });
    format!("{name}: {direction}{most}")
}

/// Where most of the removed turnover goes under the policy that cuts illicit turnover most.
#[must_use]
pub fn account(comparison: &Comparison) -> String {
    let effect = |policy: &usize| {
        comparison.effect(*policy, "illicit_turnover").map_or(0.0, |effect| effect.paired.mean)
    };
    let taken = |policy: &usize| {
        let removed = &comparison.verdicts[*policy].account.removed;
        removed.is_clear() && removed.mean > 0.0
    };
    let policies = (0..comparison.verdicts.len()).filter(taken);
    match policies.min_by(|a, b| effect(a).total_cmp(&effect(b))) {
        Some(policy) => flow(comparison, policy),
        None => format!("No policy clearly takes turnover from established {}", target(comparison)),
    }
}

/// What rises most under a policy while turnover of the target falls, or that it grows.
#[must_use]
pub fn flow(comparison: &Comparison, policy: usize) -> String {
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

/// Which arms no other beats on both illicit turnover and a cost: not worse on either and better on one.
#[must_use]
pub fn undominated(comparison: &Comparison, cost: &str) -> Vec<bool> {
    let mean = |arm: usize, measure: &str| match arm.checked_sub(1) {
        None => 0.0,
        Some(policy) => comparison.effect(policy, measure).map_or(0.0, |e| e.paired.mean),
    };
    let points: Vec<(f64, f64)> = (0..comparison.arms.len())
        .map(|arm| (mean(arm, "illicit_turnover"), mean(arm, cost)))
        .collect();
    let beaten = |own: &(f64, f64)| {
        points.iter().any(|other| other.0 <= own.0 && other.1 <= own.1 && other != own)
    };
    points.iter().map(|own| !beaten(own)).collect()
}

/// Which scenarios are worth a choice between illicit turnover and a cost.
#[must_use]
pub fn tradeoff(comparison: &Comparison, cost: &str) -> String {
    let free = undominated(comparison, cost);
    let kept = comparison.arms.iter().zip(&free).filter(|(_, kept)| **kept);
    let titles: Vec<String> = kept.map(|(arm, _)| format!("“{}”", arm.title)).collect();
    let cost = lower_first(&labels::measure(cost));
    match titles.as_slice() {
        [only] => format!("{only} is no worse than any other on illicit turnover and on {cost}"),
        _ => format!(
            "{} of {} scenarios are a choice between illicit turnover and {cost}: {}",
            titles.len(),
            free.len(),
            titles.join(", ")
        ),
    }
}

/// Which policy betters most measures.
#[must_use]
pub fn measures(comparison: &Comparison) -> String {
    let count = |policy: usize, better: bool| {
        let effects = comparison.verdicts[policy].effects.iter();
        effects.filter(|effect| effect.is_better() == Some(better)).count()
    };
    let policies = 0..comparison.verdicts.len();
    match policies.max_by_key(|policy| (count(*policy, true), std::cmp::Reverse(*policy))) {
        Some(policy) if count(policy, true) == 0 => {
            "No policy clearly betters a measure".to_owned()
        }
        Some(policy) => format!(
            "“{}” clearly betters the most measures, {}, and worsens {}",
            comparison.policies()[policy].title,
            count(policy, true),
            count(policy, false)
        ),
        None => "No policy to compare".to_owned(),
    }
}
