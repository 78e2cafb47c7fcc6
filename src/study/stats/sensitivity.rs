//! Which parameters an answer hangs on: Sobol' indices and Morris' elementary effects, for answers of one number or several.
//!
//! An answer of several numbers (the effects of all policies at once) has one index for each parameter: the partial variances of its numbers
//! added up over their variances added up (Lamboni, Monod & Makowski 2011; Gamboa, Janon, Klein & Lagnoux 2014). With one number that is the
//! usual index, so there is one estimator for both. Intervals come from drawing rows of the design anew.
//!
//! Where a point was run with several replications, what luck adds to variances is taken off.
//!
//! Deliberately absent: the design (`scenario`), what the answers are about.

mod morris;
mod sobol;
#[cfg(test)]
mod tests;

pub use morris::{Elementary, elementary};
pub use sobol::{Index, Indices, indices};

use super::{Resamples, mean, quantile, student_quantile};
use world::units::maths;

/// Answers at the points of a design.
#[derive(Clone, Debug)]
pub struct Answers {
    /// Numbers that an answer has.
    pub components: usize,
    /// Replications of each point.
    pub replications: usize,
    /// Point by point: number by number, in each replication by replication. Not a number where there is no answer.
    pub points: Vec<Vec<f64>>,
}

impl Answers {
    /// Means over replications, number by number; `None` if one is missing.
    fn means(&self, point: usize) -> Option<Vec<f64>> {
        let values = &self.points[point];
        let whole = values.len() == self.components * self.replications;
        let means = values.chunks(self.replications).map(mean);
        (whole && values.iter().all(|value| value.is_finite())).then(|| means.collect())
    }
}

/// A value and the 95 % interval that other rows of the design would move it within.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct Estimate {
    /// Value.
    pub value: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// Resamples for intervals of a design. Unit: resamples. Source: Archer, Saltelli & Sobol' 1997: a thousand and more.
const RESAMPLES: usize = 2_000;

/// Statistics of rows with their intervals: percentiles over rows drawn with replacement, expanded for few rows.
///
/// Source: Archer, Saltelli & Sobol' 1997 (rows of the design are drawn, so that points that belong together stay together); Hesterberg 2015
/// for the expansion.
fn with_intervals(rows: usize, statistics: &dyn Fn(&[u32]) -> Vec<f64>) -> Vec<Estimate> {
    let resamples = Resamples::new(rows, RESAMPLES);
    let every: Vec<u32> = (0..rows as u32).collect();
    let values = statistics(&every);
    let mut others: Vec<Vec<f64>> = vec![Vec::with_capacity(RESAMPLES); values.len()];
    for chosen in resamples.each() {
        for (list, value) in others.iter_mut().zip(statistics(chosen)) {
            list.extend(Some(value).filter(|value| value.is_finite()));
        }
    }
    let n = rows as f64;
    let estimate = |(value, mut others): (f64, Vec<f64>)| {
        if rows < 2 || others.is_empty() {
            return Estimate { value, low: f64::NEG_INFINITY, high: f64::INFINITY };
        }
        others.sort_by(f64::total_cmp);
        let wide = (n / (n - 1.0)).sqrt() * student_quantile(0.975, rows as u32 - 1);
        let tail = maths::normal_below(-wide);
        Estimate { value, low: quantile(&others, tail), high: quantile(&others, 1.0 - tail) }
    };
    values.into_iter().zip(others).map(estimate).collect()
}
