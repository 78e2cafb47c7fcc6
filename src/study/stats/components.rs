//! What we do not know apart from luck: runs of several draws of parameters, each with several replications.
//!
//! A value is a mean, plus what its draw makes of it (ignorance), plus luck. The two variances are estimated from mean squares; the interval
//! of the mean holds both, unless the draws are points that somebody chose (a grid), of which there are no others to be drawn.

use super::{bands, mean, student_quantile};

/// How draws and replications go together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Design {
    /// Whether replication r has the same luck in all draws (crossed), or each draw has its own (nested).
    pub luck_is_shared: bool,
    /// Whether the draws stand for all plausible sets of parameters, or for themselves (grid, list, a single one).
    pub draws_are_sampled: bool,
}

impl Design {
    /// Draws are sampled, and each has luck of its own.
    pub const SAMPLED: Design = Design { luck_is_shared: false, draws_are_sampled: true };
}

/// Mean over draws and replications, and where its spread comes from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Components {
    /// Draws with a value.
    pub draws: usize,
    /// Runs with a value.
    pub runs: usize,
    /// Mean over draws of their means over replications.
    pub mean: f64,
    /// 95 % interval of the mean: what other draws (if they are sampled) and other luck would move it within.
    pub interval: Option<(f64, f64)>,
    /// Standard deviation of single runs by luck; `None` with one replication.
    pub luck: Option<f64>,
    /// Standard deviation between draws when luck is taken away; `None` with one draw or one replication.
    pub ignorance: Option<f64>,
    /// Quantiles of the draws' means: 5, 25, 50, 75, 95 %. With few replications they hold luck as well.
    pub quantiles: [f64; 5],
}

impl Components {
    /// Share of the variance of single runs that comes from the draw.
    pub fn share_of_ignorance(&self) -> Option<f64> {
        let square = |sd: f64| sd * sd;
        let (ignorance, luck) = (square(self.ignorance?), square(self.luck?));
        (ignorance + luck > 0.0).then(|| ignorance / (ignorance + luck))
    }
}

/// Mean, interval and variances of values `[draw · replications + replication]`; what is not a number is missing. `None` without values.
///
/// Source: Searle, Casella & McCulloch 1992, *Variance Components*: ANOVA estimators, one way with random effects (also unbalanced) and two
/// ways crossed without interaction; Satterthwaite 1946 for the degrees of freedom of the crossed mean. Negative variances count as 0.
pub fn components(values: &[f64], replications: usize, design: Design) -> Option<Components> {
    let complete = |at: &usize, table: &[&[f64]]| table.iter().all(|row| row[*at].is_finite());
    let mut table: Vec<&[f64]> = values.chunks(replications.max(1)).collect();
    table.retain(|row| row.iter().any(|value| value.is_finite()));
    let groups: Vec<Vec<f64>> = if design.luck_is_shared {
        // Only replications that all draws have can be set against each other.
        let kept: Vec<usize> = (0..replications).filter(|at| complete(at, &table)).collect();
        table.iter().map(|row| kept.iter().map(|at| row[*at]).collect()).collect()
    } else {
        table.iter().map(|row| row.iter().copied().filter(|x| x.is_finite()).collect()).collect()
    };
    let groups: Vec<Vec<f64>> = groups.into_iter().filter(|group| !group.is_empty()).collect();
    if groups.is_empty() {
        return None;
    }
    let means: Vec<f64> = groups.iter().map(|group| mean(group)).collect();
    let split =
        if design.luck_is_shared { crossed(&groups, &means) } else { nested(&groups, &means) };
    let middle = mean(&means);
    let [error, degrees] =
        if design.draws_are_sampled { split.sampled } else { split.chosen }.unwrap_or_default();
    let half = (degrees >= 1.0).then(|| error.sqrt() * student_quantile(0.975, degrees as u32));
    // Equal values say nothing of how others would spread.
    let half = half.filter(|half| *half > 0.0 || middle == 0.0);
    Some(Components {
        draws: groups.len(),
        runs: groups.iter().map(Vec::len).sum(),
        mean: middle,
        interval: half.map(|half| (middle - half, middle + half)),
        luck: split.luck.map(f64::sqrt),
        ignorance: split.ignorance.map(f64::sqrt),
        quantiles: bands(means),
    })
}

/// Variances, and variance and degrees of freedom of the mean.
#[derive(Default)]
struct VarianceSplit {
    luck: Option<f64>,
    ignorance: Option<f64>,
    /// With draws that stand for others.
    sampled: Option<[f64; 2]>,
    /// With draws that stand for themselves.
    chosen: Option<[f64; 2]>,
}

fn squares(values: impl Iterator<Item = f64>) -> f64 {
    values.map(|value| value * value).sum()
}

/// Each draw with luck of its own.
fn nested(groups: &[Vec<f64>], means: &[f64]) -> VarianceSplit {
    let draws = groups.len() as f64;
    let sizes: Vec<f64> = groups.iter().map(|group| group.len() as f64).collect();
    let all: f64 = sizes.iter().sum();
    let inner = all - draws;
    let within = groups
        .iter()
        .zip(means)
        .map(|(group, mean)| squares(group.iter().map(|value| value - mean)));
    let luck = (inner > 0.0).then(|| within.sum::<f64>() / inner);
    let middle = mean(means);
    let spread = squares(means.iter().map(|mean| mean - middle));
    let ignorance = luck.filter(|_| draws > 1.0).map(|luck| {
        let weighted = sizes.iter().zip(means).map(|(size, mean)| size * mean).sum::<f64>() / all;
        let between = sizes
            .iter()
            .zip(means)
            .map(|(size, mean)| size * (mean - weighted) * (mean - weighted));
        let size = (all - squares(sizes.iter().copied()) / all) / (draws - 1.0);
        ((between.sum::<f64>() / (draws - 1.0) - luck) / size).max(0.0)
    });
    let chosen = luck.map(|luck| {
        [luck * sizes.iter().map(|size| 1.0 / size).sum::<f64>() / (draws * draws), inner]
    });
    let sampled =
        if draws > 1.0 { Some([spread / (draws - 1.0) / draws, draws - 1.0]) } else { chosen };
    VarianceSplit { luck, ignorance, sampled, chosen }
}

/// All draws with the same luck; all groups have the same length.
fn crossed(groups: &[Vec<f64>], means: &[f64]) -> VarianceSplit {
    let (draws, replications) = (groups.len() as f64, groups[0].len() as f64);
    if replications < 2.0 {
        return VarianceSplit::default();
    }
    let by_luck: Vec<f64> = (0..groups[0].len())
        .map(|at| groups.iter().map(|group| group[at]).sum::<f64>() / draws)
        .collect();
    let middle = mean(means);
    let luck_mean_square =
        draws * squares(by_luck.iter().map(|mean| mean - middle)) / (replications - 1.0);
    let chosen = Some([luck_mean_square / (draws * replications), replications - 1.0]);
    if draws < 2.0 {
        return VarianceSplit {
            luck: Some(luck_mean_square),
            ignorance: None,
            sampled: chosen,
            chosen,
        };
    }
    let draw_mean_square =
        replications * squares(means.iter().map(|mean| mean - middle)) / (draws - 1.0);
    let rest = groups.iter().zip(means).flat_map(|(group, mean)| {
        group.iter().zip(&by_luck).map(move |(value, luck)| value - mean - luck + middle)
    });
    let error = squares(rest) / ((draws - 1.0) * (replications - 1.0));
    let ignorance = ((draw_mean_square - error) / replications).max(0.0);
    let luck = error + ((luck_mean_square - error) / draws).max(0.0);
    // The variance of the mean is a sum of mean squares; never less than what one of the two says alone.
    let sum = draw_mean_square + luck_mean_square - error;
    let parts = [(draw_mean_square, draws - 1.0), (luck_mean_square, replications - 1.0)];
    let sampled = if sum > draw_mean_square.max(luck_mean_square) {
        let rest = error * error / ((draws - 1.0) * (replications - 1.0));
        let terms =
            parts.iter().map(|(square, degrees)| square * square / degrees).sum::<f64>() + rest;
        [sum / (draws * replications), (sum * sum / terms).floor().max(1.0)]
    } else {
        let (square, degrees) = if parts[0].0 >= parts[1].0 { parts[0] } else { parts[1] };
        [square / (draws * replications), degrees]
    };
    VarianceSplit { luck: Some(luck), ignorance: Some(ignorance), sampled: Some(sampled), chosen }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::tests::{near, normal};

    const NESTED: Design = Design::SAMPLED;
    const CROSSED: Design = Design { luck_is_shared: true, draws_are_sampled: true };

    #[test]
    fn variances_agree_with_the_dyestuff_study() {
        // Source: Davies & Goldsmith 1972, yields of six batches; R, lme4::lmer(Yield ~ 1 + (1 | Batch), Dyestuff): mean 1527.5 with
        // standard error 19.383, standard deviations 42.00 (batch) and 49.51 (residual). Balanced data: REML is ANOVA.
        let yields = [
            1545.0, 1440.0, 1440.0, 1520.0, 1580.0, 1540.0, 1555.0, 1490.0, 1560.0, 1495.0, 1595.0,
            1550.0, 1605.0, 1510.0, 1560.0, 1445.0, 1440.0, 1595.0, 1465.0, 1545.0, 1595.0, 1630.0,
            1515.0, 1635.0, 1625.0, 1520.0, 1455.0, 1450.0, 1480.0, 1445.0,
        ];
        let found = components(&yields, 5, NESTED).unwrap();
        near(found.mean, 1527.5, 1e-9);
        near(found.ignorance.unwrap(), 42.00, 0.005);
        near(found.luck.unwrap(), 49.51, 0.005);
        let (low, high) = found.interval.unwrap();
        near((high - low) / 2.0, 19.383 * student_quantile(0.975, 5), 0.01);
        near(found.share_of_ignorance().unwrap(), 1764.05 / (1764.05 + 2451.25), 1e-6);
    }

    #[test]
    fn a_grid_has_no_ignorance_in_its_interval_and_missing_runs_are_left_out() {
        let values = [0.0, 2.0, 10.0, 12.0, f64::NAN, f64::NAN, 20.0, f64::NAN];
        let chosen = Design { draws_are_sampled: false, ..NESTED };
        let found = components(&values, 2, chosen).unwrap();
        assert_eq!((found.draws, found.runs), (3, 5));
        near(found.mean, 32.0 / 3.0, 1e-12);
        // Luck: variance 2 with two degrees of freedom; the mean's is 2 · (1/2 + 1/2 + 1) / 9.
        let (low, high) = found.interval.unwrap();
        near((high - low) / 2.0, (4.0_f64 / 9.0).sqrt() * student_quantile(0.975, 2), 1e-9);
        assert!(components(&[f64::NAN; 4], 2, NESTED).is_none());
    }

    #[test]
    fn shared_luck_is_told_from_draws() {
        // Values that are a sum of draw and luck and nothing else: 0, 6 and 0, 1, 5.
        let values = [0.0, 1.0, 5.0, 6.0, 7.0, 11.0];
        let found = components(&values, 3, CROSSED).unwrap();
        near(found.ignorance.unwrap(), 18.0_f64.sqrt(), 1e-9);
        near(found.luck.unwrap(), 7.0_f64.sqrt(), 1e-9);
        // Nested, the same numbers say that the draws differ by less.
        assert!(components(&values, 3, NESTED).unwrap().ignorance.unwrap() < 18.0_f64.sqrt());
        // One replication: what is luck cannot be known, so there is no interval.
        let single = components(&[1.0, 2.0, 4.0], 1, CROSSED).unwrap();
        assert_eq!((single.interval, single.luck), (None, None));
        let alone = components(&[1.0, 2.0, 4.0], 1, NESTED).unwrap();
        assert!(alone.interval.is_some() && alone.ignorance.is_none());
    }

    #[test]
    fn intervals_hold_the_true_mean_at_their_rate() {
        for (luck_is_shared, draws, replications) in [(false, 12, 3), (true, 12, 4), (true, 6, 12)]
        {
            let design = Design { luck_is_shared, draws_are_sampled: true };
            let trials = 2_000;
            let held = (0..trials)
                .filter(|trial| {
                    let normal = |what, number: u64| normal(91, *trial, what, number as usize);
                    let value = |draw: u64, replication: u64| {
                        let own = draw * 1_000 + replication;
                        let shared = if luck_is_shared { normal(1, replication) } else { 0.0 };
                        3.0 + 2.0 * normal(0, draw) + shared + normal(2, own)
                    };
                    let values: Vec<f64> = (0..draws)
                        .flat_map(|d| (0..replications).map(move |r| (d, r)))
                        .map(|(d, r)| value(d, r))
                        .collect();
                    let (low, high) = components(&values, replications as usize, design)
                        .unwrap()
                        .interval
                        .unwrap();
                    (low..=high).contains(&3.0)
                })
                .count();
            let rate = held as f64 / f64::from(trials);
            assert!(
                (0.935..=0.975).contains(&rate),
                "shared luck {luck_is_shared}, {draws} draws: {rate}"
            );
        }
    }
}
