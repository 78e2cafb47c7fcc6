//! How firm the order of policies is over the points of a design.

use serde::Serialize;

use super::{DesignRuns, SensitivityRequest};
use crate::stats::mean;
use model::MEASURES;
use world::record::Wanted;

/// The order of policies over independent points.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PolicyOrder {
    /// Numbers of the policies, the best first, by mean effect.
    pub mean: Vec<usize>,
    /// Mean effects in percent, in this order.
    pub effects: Vec<f64>,
    /// Share of points at which each is best, in this order.
    pub best: Vec<f64>,
    /// Mean of Kendall's τ between the order at a point and that of the means: 1 the same, 0 unrelated.
    pub agreement: f64,
    /// Points.
    pub points: usize,
}

impl PolicyOrder {
    /// Of the points A and B of a Saltelli design; nothing with fewer than two policies or without a whole point.
    pub(super) fn of(
        asked: &SensitivityRequest,
        stage: &DesignRuns,
        parameters: usize,
    ) -> Option<PolicyOrder> {
        let ranking =
            asked.questions().into_iter().find(|q| q.kind == super::QuestionKind::Ranking)?;
        let effects = super::SensitivityQuestion { kind: super::QuestionKind::Effect, ..ranking };
        let answers = effects.answers(asked, stage);
        let width = parameters + 2;
        let means = |point: &Vec<f64>| -> Option<Vec<f64>> {
            let means = point.chunks(answers.replications);
            let means: Vec<f64> = means.map(mean).collect();
            means.iter().all(|mean| mean.is_finite()).then_some(means)
        };
        let independent =
            answers.points.iter().enumerate().filter(|(number, _)| number % width < 2);
        let points: Vec<Vec<f64>> = independent.filter_map(|(_, point)| means(point)).collect();
        if points.is_empty() {
            return None;
        }
        // What is wanted less of is best where it falls most.
        let sign = if MEASURES[ranking.measure].wanted == Wanted::More { -1.0 } else { 1.0 };
        let policies = answers.components;
        let number = points.len() as f64;
        let mean: Vec<f64> = (0..policies)
            .map(|at| points.iter().map(|point| point[at]).sum::<f64>() / number)
            .collect();
        let mut order: Vec<usize> = (0..policies).collect();
        order.sort_by(|a, b| (sign * mean[*a]).total_cmp(&(sign * mean[*b])).then(a.cmp(b)));
        let best_at = |point: &Vec<f64>| {
            (0..policies).min_by(|a, b| (sign * point[*a]).total_cmp(&(sign * point[*b])))
        };
        let best = order.iter().map(|policy| {
            points.iter().filter(|point| best_at(point) == Some(*policy)).count() as f64 / number
        });
        let best = best.collect();
        let agreement = points.iter().map(|point| kendall(point, &mean)).sum::<f64>() / number;
        Some(PolicyOrder {
            effects: order.iter().map(|policy| mean[*policy]).collect(),
            best,
            agreement,
            points: points.len(),
            mean: order.into_iter().map(|policy| policy + 1).collect(),
        })
    }
}

/// Kendall's τ: pairs in the same order less pairs in the other, over all pairs. Equal ones count as neither.
fn kendall(a: &[f64], b: &[f64]) -> f64 {
    let (mut sum, mut pairs) = (0.0, 0.0);
    for i in 0..a.len() {
        for j in i + 1..a.len() {
            let [x, y] = [a[i] - a[j], b[i] - b[j]];
            pairs += 1.0;
            if x * y != 0.0 {
                sum += (x * y).signum();
            }
        }
    }
    sum / pairs
}

#[cfg(test)]
mod tests {
    use super::kendall;

    #[test]
    fn tau_is_one_for_the_same_order_and_minus_one_for_the_other() {
        let order = [1.0, 2.0, 3.0, 5.0];
        assert_eq!(kendall(&order, &[10.0, 11.0, 15.0, 20.0]), 1.0);
        assert_eq!(kendall(&order, &[4.0, 3.0, 2.0, 1.0]), -1.0);
        // One of six pairs the other way.
        assert!((kendall(&order, &[2.0, 1.0, 3.0, 4.0]) - 4.0 / 6.0).abs() < 1e-12);
    }
}
