//! Replications are added until the wanted interval is narrow enough or the budget is met.

use super::prepare::PrecisionWish;
use crate::cli::runs::StudyRuns;
use crate::cli::simulate::{Refusal, failed};
use model::MEASURES;
use study::comparison::{PrecisionReached, RunOutcome};
use study::stats::{stein_interval, stein_replications};

/// Reaches the precision wished for; the first scenario is the baseline of `policies` others.
pub fn reach(
    runs: &mut StudyRuns<RunOutcome>,
    policies: usize,
    wish: &PrecisionWish,
    first_stage: u32,
    budget: u32,
) -> Result<PrecisionReached, Refusal> {
    let baseline = values(runs, 0, wish.measure);
    let half_width = wish.width.half(baseline.iter().sum::<f64>() / baseline.len() as f64);
    let name = MEASURES[wish.measure].name;
    if half_width.is_nan() {
        return Err(failed(format!("--precision: {name} has no value in the baseline")));
    }
    if half_width <= 0.0 {
        return Err(failed(format!(
            "--precision: {name} is 0 in the baseline, so no share of it is a width; give an amount"
        )));
    }
    let policies = 1..=policies;
    let each: Vec<Option<f64>> = policies
        .clone()
        .map(|policy| stein_replications(&differences(runs, policy, wish.measure), half_width))
        .collect();
    let needed = each.iter().flatten().copied().fold(f64::from(first_stage), f64::max);
    let needed = needed.min(f64::from(u32::MAX)) as u32;
    let budget = budget.max(first_stage);
    runs.ensure(needed.min(budget))?;
    let intervals = policies
        .map(|policy| {
            stein_interval(&differences(runs, policy, wish.measure), first_stage as usize)
        })
        .collect();
    Ok(PrecisionReached {
        measure: name.to_owned(),
        half_width,
        wanted: wish.written.clone(),
        first_stage,
        needed,
        reached: needed <= budget && each.iter().all(Option::is_some),
        intervals,
    })
}

fn values(runs: &StudyRuns<RunOutcome>, scenario: usize, measure: usize) -> Vec<f64> {
    runs.of(scenario).map(|outcome| outcome.measures[measure]).collect()
}

fn differences(runs: &StudyRuns<RunOutcome>, policy: usize, measure: usize) -> Vec<f64> {
    let (before, after) = (values(runs, 0, measure), values(runs, policy, measure));
    after.iter().zip(before).map(|(after, before)| after - before).collect()
}
