//! Many arms: intervals that hold together, and which arm is best.

use serde::{Deserialize, Serialize};

use super::{Resamples, Summary, student_quantile};

/// Simultaneous 95 % interval of a mean difference when `comparisons` of them are looked at together.
///
/// Bonferroni: each by Student's t at 1 − 0.05 / comparisons. Valid whatever their dependence, and a little wide.
/// `None` for fewer than two replications, or where all differences are equal.
///
/// # Panics
/// Without comparisons.
pub fn simultaneous(differences: &[f64], comparisons: usize) -> Option<(f64, f64)> {
    assert!(comparisons > 0, "no comparisons, no interval");
    let summary = Summary::of(differences)?;
    let n = summary.n as f64;
    let quantile = |degrees| student_quantile(1.0 - 0.025 / comparisons as f64, degrees);
    let half =
        summary.sd.filter(|_| summary.is_spread())? / n.sqrt() * quantile(summary.n as u32 - 1);
    Some((summary.mean - half, summary.mean + half))
}

/// How an arm stands among all on one measure.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Standing {
    /// Share of resamples in which its mean is the best: the chance that more replications would show it best.
    pub probability_best: f64,
    /// Share of replications in which it is the best; ties are shared.
    pub share_best: f64,
    /// Mean over resamples of its distance from the best mean: what choosing it is expected to lose.
    pub regret: f64,
}

/// Standings of arms on a measure: `values[arm][replication]`, and whether less is better.
pub fn standings(values: &[Vec<f64>], less: bool, resamples: &Resamples) -> Vec<Standing> {
    let sign = if less { 1.0 } else { -1.0 };
    let costs: Vec<Vec<f64>> =
        values.iter().map(|arm| arm.iter().map(|value| sign * value).collect()).collect();
    let means: Vec<Vec<f64>> = costs.iter().map(|arm| resamples.means(arm)).collect();
    let (by_resample, by_replication) = (wins(&means), wins(&costs));
    (0..values.len())
        .map(|arm| Standing {
            probability_best: by_resample[arm].0,
            share_best: by_replication[arm].0,
            regret: by_resample[arm].1,
        })
        .collect()
}

/// Share of columns in which each row is lowest, ties shared, and its mean distance from the lowest.
fn wins(rows: &[Vec<f64>]) -> Vec<(f64, f64)> {
    let columns = rows.first().map_or(0, Vec::len);
    let mut totals = vec![(0.0, 0.0); rows.len()];
    for column in 0..columns {
        let lowest = rows.iter().map(|row| row[column]).fold(f64::INFINITY, f64::min);
        let ties = rows.iter().filter(|row| row[column] <= lowest).count() as f64;
        for (row, (won, lost)) in rows.iter().zip(&mut totals) {
            *won += if row[column] <= lowest { 1.0 / ties } else { 0.0 };
            *lost += row[column] - lowest;
        }
    }
    let mean = |sum: f64| sum / columns.max(1) as f64;
    totals.into_iter().map(|(won, lost)| (mean(won), mean(lost))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::differences;
    use crate::stats::tests::normal;

    #[test]
    fn all_pairs_hold_together_as_often_as_they_say() {
        // Four arms without any effect: all six intervals cover zero in at least 95 % of trials.
        let missed = (0..1_000)
            .filter(|trial| {
                let arm =
                    |arm: u32| -> Vec<f64> { (0..10).map(|i| normal(5, *trial, arm, i)).collect() };
                let arms: Vec<Vec<f64>> = (0..4).map(arm).collect();
                (0..4).any(|a| {
                    (a + 1..4).any(|b| {
                        let (low, high) =
                            simultaneous(&differences(&arms[b], &arms[a]), 6).unwrap();
                        low > 0.0 || high < 0.0
                    })
                })
            })
            .count();
        assert!((10..=65).contains(&missed), "{missed} of 1,000");
    }

    #[test]
    fn the_best_arm_has_the_chance_and_no_regret() {
        let values = vec![vec![1.0, 2.0, 3.0], vec![2.0, 3.0, 4.0], vec![1.0, 2.0, 3.0]];
        let resamples = Resamples::new(3, 200);
        let less = standings(&values, true, &resamples);
        assert_eq!(less[0].probability_best, 0.5);
        assert_eq!((less[1].share_best, less[1].probability_best), (0.0, 0.0));
        assert!((less[1].regret - 1.0).abs() < 1e-12 && less[2].regret.abs() < 1e-12);
        assert_eq!(standings(&values, false, &resamples)[1].probability_best, 1.0);
    }
}
