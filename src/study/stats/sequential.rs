//! How many replications an interval of wanted width takes, without losing its level.
//!
//! Adding replications until the usual interval is narrow stops too early too often: it stops where the spread
//! happens to look small. Stein's two stages keep the level exactly for normal differences: the spread of the
//! first stage alone decides how many more are needed, and it alone enters the interval.
//!
//! Source: Stein (1945), Annals of Mathematical Statistics 16(3), 243–258.

use super::{Summary, mean, student_quantile};

/// Replications in all, the first stage included, for a 95 % interval of the mean of this half-width.
///
/// `None` for fewer than two replications in the first stage, and where they are all equal: that says nothing of their spread.
pub fn stein_replications(first_stage: &[f64], half_width: f64) -> Option<f64> {
    let summary = Summary::of(first_stage)?;
    let sd = summary.sd.filter(|sd| *sd > 0.0)?;
    let spread = sd * student_quantile(0.975, summary.n as u32 - 1) / half_width;
    Some((spread * spread).ceil().max(summary.n as f64))
}

/// 95 % interval of the mean of all replications, by the spread of the first stage.
///
/// `None` for fewer than two replications in the first stage, and where they are all equal.
pub fn stein_interval(all: &[f64], first_stage: usize) -> Option<(f64, f64)> {
    let first = Summary::of(&all[..first_stage.min(all.len())])?;
    let mean = mean(all);
    let quantile = student_quantile(0.975, (first.sd.is_some().then_some(first.n)? - 1) as u32);
    let half = first.sd.filter(|sd| *sd > 0.0)? / (all.len() as f64).sqrt() * quantile;
    Some((mean - half, mean + half))
}

#[cfg(test)]
mod tests {
    use super::*;
    use world::random::{Decision, Luck};

    #[test]
    fn the_interval_has_the_width_and_keeps_its_level() {
        let half_width = 0.4;
        let mut covered = 0;
        for trial in 0..2_000 {
            let luck = Luck::new(31, trial);
            let draw = |i: usize| 5.0 + luck.at(Decision::Resampling, 0, i as u64).normal();
            let first: Vec<f64> = (0..8).map(draw).collect();
            let needed = stein_replications(&first, half_width).unwrap() as usize;
            let all: Vec<f64> = (0..needed).map(draw).collect();
            let (low, high) = stein_interval(&all, 8).unwrap();
            assert!(high - low <= 2.0 * half_width + 1e-12);
            covered += u32::from(low <= 5.0 && 5.0 <= high);
        }
        let rate = f64::from(covered) / 2_000.0;
        assert!((0.93..=0.975).contains(&rate), "{rate}");
    }

    #[test]
    fn no_spread_and_one_replication_say_nothing() {
        assert_eq!(stein_replications(&[2.0; 6], 0.1), None);
        assert_eq!(stein_interval(&[2.0; 6], 6), None);
        assert_eq!(stein_replications(&[2.0], 0.1), None);
        assert_eq!(stein_interval(&[2.0, 3.0], 1), None);
    }
}
