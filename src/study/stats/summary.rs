//! Mean, spread and quantiles of one measure over replications.

use super::student_quantile;

/// Mean of values.
pub fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Mean of the values that are there: finite ones.
pub fn mean_of_known(values: &[f64]) -> f64 {
    mean(&known(values))
}

/// The values that are there: finite ones.
pub fn known(values: &[f64]) -> Vec<f64> {
    values.iter().copied().filter(|value| value.is_finite()).collect()
}

/// What values are more than others, one by one.
pub fn differences(values: &[f64], than: &[f64]) -> Vec<f64> {
    values.iter().zip(than).map(|(value, than)| value - than).collect()
}

/// 5, 25, 50, 75 and 95 % quantile.
pub type Bands = [f64; 5];

/// Bands of values.
pub fn bands(mut values: Vec<f64>) -> Bands {
    values.sort_by(f64::total_cmp);
    [0.05, 0.25, 0.5, 0.75, 0.95].map(|p| quantile(&values, p))
}

/// Quantile at `p` of sorted values, on straight lines between them.
///
/// Source: type 7 of Hyndman & Fan (1996), the default of R and numpy.
///
/// # Panics
/// Without values.
pub fn quantile(sorted: &[f64], p: f64) -> f64 {
    assert!(!sorted.is_empty(), "no values, no quantile");
    let position = p.clamp(0.0, 1.0) * (sorted.len() - 1) as f64;
    let below = position.floor() as usize;
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + (position - below as f64) * (sorted[above] - sorted[below])
}

/// What the replications say about one measure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Summary {
    /// Number of replications.
    pub n: usize,
    /// Mean.
    pub mean: f64,
    /// Standard deviation of single replications (divisor n − 1); `None` for a single one.
    pub sd: Option<f64>,
    /// 5 % quantile.
    pub p5: f64,
    /// 25 % quantile.
    pub p25: f64,
    /// Median.
    pub p50: f64,
    /// 75 % quantile.
    pub p75: f64,
    /// 95 % quantile.
    pub p95: f64,
}

impl Summary {
    /// Summary of values in the order of the replications; `None` without values.
    pub fn of(values: &[f64]) -> Option<Summary> {
        if values.is_empty() {
            return None;
        }
        let n = values.len();
        let mean = mean(values);
        let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        let at = |p| quantile(&sorted, p);
        Some(Summary {
            n,
            mean,
            sd: (n > 1).then(|| (squares / (n - 1) as f64).sqrt()),
            p5: at(0.05),
            p25: at(0.25),
            p50: at(0.5),
            p75: at(0.75),
            p95: at(0.95),
        })
    }

    /// Whether its spread says how far the mean may be off: not for one value, nor where all are equal, which says nothing of
    /// how others would spread. All exactly zero is what a policy does that changes nothing.
    pub fn is_spread(&self) -> bool {
        self.sd.is_some_and(|sd| sd > 0.0 || self.mean == 0.0)
    }

    /// 95 % interval of the mean: what more replications would move it within; `None` without a spread.
    pub fn mean_interval(&self) -> Option<(f64, f64)> {
        let sd = self.sd.filter(|_| self.is_spread())?;
        let half = sd / (self.n as f64).sqrt() * student_quantile(0.975, self.n as u32 - 1);
        Some((self.mean - half, self.mean + half))
    }
}

/// 95 % interval of the mean of independent values, by Student's t; `None` for fewer than two, or equal ones.
pub fn mean_interval(values: &[f64]) -> Option<(f64, f64)> {
    Summary::of(values)?.mean_interval()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_agree_with_r() {
        // Source: R, quantile(c(1, 2, 4, 8, 16), c(.05, .25, .5, .75, .95)), type 7.
        let values = [1.0, 2.0, 4.0, 8.0, 16.0];
        for (p, expected) in [
            (0.0, 1.0),
            (0.05, 1.2),
            (0.25, 2.0),
            (0.5, 4.0),
            (0.75, 8.0),
            (0.95, 14.4),
            (1.0, 16.0),
        ] {
            assert!((quantile(&values, p) - expected).abs() < 1e-12, "{p}");
        }
        assert_eq!(quantile(&[3.0], 0.95), 3.0);
    }

    #[test]
    fn a_summary_agrees_with_r() {
        // Source: R, t.test(extra ~ group, sleep), first group: Student (1908).
        let values = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0];
        let summary = Summary::of(&values).unwrap();
        assert!((summary.mean - 0.75).abs() < 1e-12);
        assert!((summary.sd.unwrap() - 1.789_010).abs() < 1e-6);
        let (low, high) = mean_interval(&values).unwrap();
        assert!((low + 0.529_780_4).abs() < 1e-6 && (high - 2.029_780_4).abs() < 1e-6);
    }

    #[test]
    fn one_replication_has_no_interval_and_none_no_summary() {
        let summary = Summary::of(&[5.0]).unwrap();
        assert_eq!((summary.mean, summary.sd, summary.p5), (5.0, None, 5.0));
        assert_eq!(mean_interval(&[5.0]), None);
        assert_eq!(Summary::of(&[]), None);
    }
}
