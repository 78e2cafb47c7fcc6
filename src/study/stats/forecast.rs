//! Forecasts by samples: weights of runs, quantiles under them, and scores against what came.

use world::units::maths;

/// Weights that add up to 1, from logarithms of likelihoods that are each taken to a power.
fn weights_at(logs: &[f64], power: f64) -> Vec<f64> {
    let highest =
        logs.iter().copied().filter(|log| !log.is_nan()).fold(f64::NEG_INFINITY, f64::max);
    let raw: Vec<f64> = logs
        .iter()
        .map(|log| if log.is_nan() { 0.0 } else { maths::exp(power * (log - highest)) })
        .collect();
    let sum: f64 = raw.iter().sum();
    raw.into_iter().map(|weight| weight / sum).collect()
}

/// Effective number of weighted values: 1 over the sum of squared weights that add up to 1 (Kong, Liu & Wong 1994).
pub fn effective(weights: &[f64]) -> f64 {
    let (sum, squares) =
        weights.iter().fold((0.0, 0.0), |(sum, squares), w| (sum + w, squares + w * w));
    if squares > 0.0 { sum * sum / squares } else { 0.0 }
}

/// Weights of runs by the logarithm of the likelihood of what was observed.
#[derive(Clone, Debug, PartialEq)]
pub struct Weights {
    /// One for each run; they add up to 1.
    pub weights: Vec<f64>,
    /// Their effective number.
    pub effective: f64,
    /// Effective number before likelihoods were tempered.
    pub untempered: f64,
    /// Power to which likelihoods were taken: 1 if all of what was observed counts.
    pub power: f64,
}

impl Weights {
    /// Importance weights. Where fewer than `least` runs would carry them, likelihoods are taken to the largest power at which so many do: adaptive
    /// tempering, of which this is the first step (Del Moral, Doucet & Jasra 2012).
    ///
    /// # Panics
    /// If no likelihood is a number.
    pub fn of(logs: &[f64], least: f64) -> Weights {
        assert!(logs.iter().any(|log| log.is_finite()), "a run has a likelihood");
        let untempered = effective(&weights_at(logs, 1.0));
        let least = least.min(logs.iter().filter(|log| log.is_finite()).count() as f64 * 0.999);
        let (mut low, mut high) = (0.0, 1.0);
        if untempered < least {
            for _ in 0..50 {
                let middle = (low + high) / 2.0;
                match effective(&weights_at(logs, middle)) < least {
                    true => high = middle,
                    false => low = middle,
                }
            }
        } else {
            low = 1.0;
        }
        let weights = weights_at(logs, low);
        Weights { effective: effective(&weights), weights, untempered, power: low }
    }
}

/// Values that are numbers with their weights, in rising order.
fn sorted(values: &[f64], weights: &[f64]) -> Vec<(f64, f64)> {
    let mut pairs: Vec<(f64, f64)> = values
        .iter()
        .copied()
        .zip(weights.iter().copied())
        .filter(|(value, weight)| value.is_finite() && *weight > 0.0)
        .collect();
    pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
    pairs
}

/// Quantiles of weighted values; `None` if none is a number. With equal weights those of type 7 (Hyndman & Fan 1996).
pub fn weighted_quantiles<const N: usize>(
    values: &[f64],
    weights: &[f64],
    at: [f64; N],
) -> Option<[f64; N]> {
    let pairs = sorted(values, weights);
    let (&first, &last) = (pairs.first()?, pairs.last()?);
    // Each value stands at the weight before it plus the share of its own that has passed, so that the first is at 0 and the last at 1.
    let whole: f64 = pairs.iter().map(|pair| pair.1).sum();
    let mut before = 0.0;
    let mut places = Vec::with_capacity(pairs.len());
    for (value, weight) in &pairs {
        places.push((before + weight / 2.0, *value));
        before += weight;
    }
    let (start, end) = (first.1 / 2.0, whole - last.1 / 2.0);
    Some(at.map(|p| {
        let place = start + p.clamp(0.0, 1.0) * (end - start);
        let above = places.partition_point(|(at, _)| *at < place);
        match (above.checked_sub(1).map(|below| places[below]), places.get(above)) {
            (Some((a, low)), Some((b, high))) if b > &a => {
                low + (high - low) * ((place - a) / (b - a))
            }
            (_, Some((_, value))) => *value,
            (Some((_, value)), None) => value,
            (None, None) => last.0,
        }
    }))
}

/// Continuous ranked probability score of a forecast by weighted values against what came, in the unit of the values: 0 is best, and for a single
/// value it is the distance. `None` if no value is a number.
///
/// Source: Gneiting & Raftery (2007), equation 21, the ensemble's own distribution: the mean distance to what came, less half the mean distance
/// between two values.
pub fn crps(values: &[f64], weights: &[f64], came: f64) -> Option<f64> {
    let pairs = sorted(values, weights);
    let whole: f64 = pairs.iter().map(|pair| pair.1).sum();
    if pairs.is_empty() {
        return None;
    }
    let distance: f64 =
        pairs.iter().map(|(value, weight)| weight / whole * (value - came).abs()).sum();
    // Between neighbours the distribution is F: the half mean distance of two values is the integral of F (1 - F).
    let (mut below, mut spread) = (0.0, 0.0);
    for pair in pairs.windows(2) {
        below += pair[0].1 / whole;
        spread += below * (1.0 - below) * (pair[1].0 - pair[0].0);
    }
    Some(distance - spread)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::quantile;

    /// The value that a standard normal variable stays below with this probability.
    fn normal_quantile(p: f64) -> f64 {
        let (mut low, mut high) = (-10.0, 10.0);
        for _ in 0..60 {
            let middle = f64::midpoint(low, high);
            if maths::normal_below(middle) < p { low = middle } else { high = middle }
        }
        low
    }

    #[test]
    fn the_score_of_one_value_is_its_distance_and_of_two_known() {
        assert_eq!(crps(&[3.0], &[1.0], 5.0), Some(2.0));
        // Two values at 0 and 1, each with half: at 0.5 it is 1/2 - 1/4; at 2 it is 3/2 - 1/4.
        let two = |came| crps(&[0.0, 1.0], &[0.5, 0.5], came).unwrap();
        assert!((two(0.5) - 0.25).abs() < 1e-12 && (two(2.0) - 1.25).abs() < 1e-12);
        // The same ensemble, in which one value stands twice or weighs twice.
        let twice = crps(&[0.0, 1.0, 1.0], &[1.0; 3], 0.3);
        let heavy = crps(&[1.0, 0.0], &[2.0, 1.0], 0.3);
        assert!((twice.unwrap() - heavy.unwrap()).abs() < 1e-12);
        assert_eq!(crps(&[f64::NAN], &[1.0], 1.0), None);
    }

    #[test]
    fn the_score_of_a_normal_sample_is_that_of_the_normal_distribution() {
        // Source: Gneiting & Raftery (2007), equation 20: at its mean the standard normal scores (sqrt 2 - 1) / sqrt pi.
        let number = 4_000;
        let values: Vec<f64> = (0..number)
            .map(|at| {
                let p = (f64::from(at) + 0.5) / f64::from(number);
                normal_quantile(p)
            })
            .collect();
        let score = crps(&values, &vec![1.0; values.len()], 0.0).unwrap();
        assert!((score - 0.233_695).abs() < 1e-3, "{score}");
    }

    #[test]
    fn quantiles_of_equal_weights_are_those_of_r_and_weights_move_them() {
        let values = [8.0, 1.0, 16.0, 2.0, 4.0];
        let mut sorted = values;
        sorted.sort_by(f64::total_cmp);
        for p in [0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0] {
            let [found] = weighted_quantiles(&values, &[0.2; 5], [p]).unwrap();
            assert!((found - quantile(&sorted, p)).abs() < 1e-12, "{p}: {found}");
        }
        let [middle] = weighted_quantiles(&[0.0, 10.0], &[0.01, 0.99], [0.5]).unwrap();
        assert!(middle > 4.9);
        assert_eq!(weighted_quantiles(&[1.0, 2.0], &[0.0, 1.0], [0.5]), Some([2.0]));
        assert_eq!(weighted_quantiles(&[f64::NAN], &[1.0], [0.5]), None);
    }

    #[test]
    fn weights_find_the_normal_posterior_of_a_normal_prior() {
        // Prior N(0, 1), one observation 1 with standard deviation 1: posterior N(1/2, 1/2).
        let number = 20_000;
        let prior: Vec<f64> = (0..number)
            .map(|at| {
                let p = (f64::from(at) + 0.5) / f64::from(number);
                normal_quantile(p)
            })
            .collect();
        let logs: Vec<f64> = prior.iter().map(|x| -0.5 * (1.0 - x) * (1.0 - x)).collect();
        let weights = Weights::of(&logs, 20.0);
        let mean: f64 = prior.iter().zip(&weights.weights).map(|(x, w)| x * w).sum();
        let square: f64 = prior.iter().zip(&weights.weights).map(|(x, w)| x * x * w).sum();
        assert!((mean - 0.5).abs() < 1e-3 && (square - mean * mean - 0.5).abs() < 1e-2);
        assert_eq!(weights.power, 1.0);
    }

    #[test]
    fn too_few_runs_temper_the_likelihood_until_enough_carry_it() {
        let logs: Vec<f64> = (0..100).map(|run| -10.0 * f64::from(run)).collect();
        let weights = Weights::of(&logs, 20.0);
        assert!(weights.untempered < 1.1 && weights.power < 1.0 && weights.power > 0.0);
        assert!((weights.effective - 20.0).abs() < 0.01, "{}", weights.effective);
        assert_eq!(Weights::of(&[0.0, f64::NAN], 20.0).weights, [1.0, 0.0]);
        assert!((effective(&[3.0; 8]) - 8.0).abs() < 1e-12);
    }
}
