//! How many replications a study with precision needs: Stein's rule on its first stage.
//!
//! With several draws the effect is the mean over draws, in each replication; so what is bounded is what luck does to
//! the mean over draws, not how much draws differ. Draws of which a run failed are left out.

use super::plan::Plan;
use crate::stats::stein_replications;
use model::MEASURES;
use scenario::study::{Cell, Precision};

/// How a study that asks for a precision stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PrecisionStage {
    /// The first stage is not whole, so nothing follows from it yet.
    First,
    /// So many replications reach it.
    Enough,
    /// It needs so many replications, more than the study allows.
    Capped(u32),
    /// Names of arms of which the first stage does not say how the differences spread: all are equal, or there are none.
    Unknown(Vec<String>),
}

impl PrecisionStage {
    /// In a sentence.
    pub fn in_words(&self, plan: &Plan) -> String {
        let (all, first) = (plan.replications, plan.study.replications);
        match self {
            PrecisionStage::First => "precision: how many replications are needed follows when all runs of the first stage are there"
                .to_owned(),
            PrecisionStage::Enough => {
                format!("precision: {all} replications are enough, {first} of them in the first stage")
            }
            PrecisionStage::Capped(needed) => format!(
                "precision: not reached with {all} replications, it needs {needed}; raise `at_most`"
            ),
            PrecisionStage::Unknown(arms) => format!(
                "precision: cannot tell for {}, since differences of the first {first} replications are all equal or missing, which \
                 says nothing of how they spread; raise `replications`",
                arms.join(", ")
            ),
        }
    }
}

/// Replications of each draw, those of the first stage included, and how the study stands with them: a pure function of the study.
///
/// `values` are those of the measure in canonical order, not a number where a run failed.
///
/// # Errors
/// If the width is a share of nothing.
pub(super) fn second_stage(
    plan: &Plan,
    precision: &Precision,
    values: &[f64],
) -> Result<(u32, PrecisionStage), String> {
    let first = plan.study.replications;
    let of = |arm: usize, draw: u32, replication: u32| {
        values[plan.position(arm, Cell { draw, replication }) as usize]
    };
    let (mut needed, mut unknown) = (first, Vec::new());
    for (number, arm) in plan.study.arms.iter().enumerate() {
        let baseline = arm.baseline;
        if baseline == number {
            continue;
        }
        let whole = |draw: &u32| {
            (0..first).all(|r| !of(number, *draw, r).is_nan() && !of(baseline, *draw, r).is_nan())
        };
        let draws: Vec<u32> = (0..plan.draws()).filter(whole).collect();
        if draws.is_empty() {
            unknown.push(arm.name.clone());
            continue;
        }
        let mean = |of: &dyn Fn(u32) -> f64| {
            draws.iter().map(|draw| of(*draw)).sum::<f64>() / draws.len() as f64
        };
        let differences: Vec<f64> =
            (0..first).map(|r| mean(&|draw| of(number, draw, r) - of(baseline, draw, r))).collect();
        let level = (0..first).map(|r| mean(&|draw| of(baseline, draw, r))).sum::<f64>();
        let half_width = precision.width.half(level / f64::from(first));
        if half_width <= 0.0 {
            return Err(format!(
                "precision: {} is 0 in {}, so no share of it is a width; give an amount",
                MEASURES[precision.measure].name, plan.study.arms[baseline].name
            ));
        }
        match stein_replications(&differences, half_width) {
            Some(replications) => needed = needed.max(replications.min(f64::from(u32::MAX)) as u32),
            None => unknown.push(arm.name.clone()),
        }
    }
    let most = precision.at_most.max(first);
    let stages = match unknown.is_empty() {
        false => PrecisionStage::Unknown(unknown),
        true if needed > most => PrecisionStage::Capped(needed),
        true => PrecisionStage::Enough,
    };
    Ok((needed.min(most), stages))
}
