//! Dose and response: effects of policies at part strength.

use serde::{Deserialize, Serialize};

use super::attribution::RunValues;
use super::{Amount, Setting, measure_number};
use model::MEASURES;

/// A policy at several strengths.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Curve {
    /// Name of the policy.
    pub policy: String,
    /// Its title.
    pub title: String,
    /// Effects, policy minus baseline: `effects[strength][measure]`.
    pub effects: Vec<Vec<Amount>>,
}

/// Finished curves.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Dose {
    /// How they were got.
    pub setting: Setting,
    /// Strengths: shares of the way from the baseline to the policy, rising.
    pub strengths: Vec<f64>,
    /// Means of the baseline, in the order of [`MEASURES`].
    #[serde(deserialize_with = "crate::absent::list")]
    pub baseline: Vec<f64>,
    /// One for each policy.
    pub curves: Vec<Curve>,
}

impl Dose {
    /// Place of a measure in the lists.
    ///
    /// # Panics
    /// If there is no measure of that name.
    pub fn measure(name: &str) -> usize {
        measure_number(name).expect("the measure is in the list")
    }
}

/// A policy that is dosed: name, title, and its scenario at each strength by its place in [`RunValues`].
pub type Dosed = (String, String, Vec<usize>);

/// Mean of the values that there are; no number if there are none.
pub(super) fn mean_of(values: impl Iterator<Item = f64>) -> f64 {
    let known: Vec<f64> = values.filter(|value| !value.is_nan()).collect();
    known.iter().sum::<f64>() / known.len() as f64
}

/// Effects at every strength; scenario 0 is the baseline.
///
/// # Panics
/// Without replications.
pub fn dose(setting: Setting, strengths: &[f64], policies: &[Dosed], values: &RunValues) -> Dose {
    let base = &values[0];
    let effect = |scenario: usize, measure: usize| {
        let each = values[scenario].iter().zip(base);
        Amount::of(&each.map(|(a, b)| a[measure] - b[measure]).collect::<Vec<f64>>())
    };
    let effects =
        |scenario: &usize| (0..MEASURES.len()).map(|measure| effect(*scenario, measure)).collect();
    let curve = |(policy, title, scenarios): &Dosed| Curve {
        policy: policy.clone(),
        title: title.clone(),
        effects: scenarios.iter().map(effects).collect(),
    };
    let mean = |measure: usize| mean_of(base.iter().map(|of| of[measure]));
    Dose {
        setting,
        strengths: strengths.to_vec(),
        baseline: (0..MEASURES.len()).map(mean).collect(),
        curves: policies.iter().map(curve).collect(),
    }
}

/// Results made up for tests, here and of figures.
#[cfg(any(test, feature = "made_up"))]
#[cfg_attr(not(test), allow(dead_code, missing_docs, unused_imports))]
pub mod tests {
    use super::super::attribution::tests::{setting, values};
    use super::*;

    /// Curves of so many policies at five strengths.
    pub fn made_up(policies: usize, replications: u32) -> Dose {
        let strengths = [0.0, 0.25, 0.5, 0.75, 1.0];
        let policy = |number: usize| {
            let scenarios = (0..5).map(|step| if step == 0 { 0 } else { 4 * number + step });
            (format!("policy_{number}"), format!("Policy number {number}"), scenarios.collect())
        };
        let policies: Vec<Dosed> = (0..policies).map(policy).collect();
        let values = values(1 + 4 * policies.len(), replications);
        dose(setting(replications), &strengths, &policies, &values)
    }

    #[test]
    fn strength_nothing_is_exactly_nothing_and_more_is_what_was_simulated() {
        let dose = made_up(3, 4);
        for curve in &dose.curves {
            for amount in &curve.effects[0] {
                assert_eq!(*amount, Amount { mean: 0.0, interval: Some((0.0, 0.0)) });
            }
        }
        let found = dose.curves[1].effects[4][0];
        // Scenario 8 lies 8e10 below the baseline, but for its own luck.
        assert!((found.mean + 8e10).abs() < 3e9 && found.high() < 0.0, "{found:?}");
    }
}
