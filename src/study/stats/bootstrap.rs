//! Resampling of replications, or of draws with all their replications, the same for every measure and arm, so that what belongs together stays together.

use super::{Blocks, quantile, student_quantile};
use world::random::{Decision, Luck};
use world::units::maths;

/// Seed of resampling: fixed, so that the same results give the same intervals. Unit: none. Source: arbitrary.
const SEED: u64 = 0x5eed;

/// Which replications (or blocks of them) each resample holds.
#[derive(Clone, Debug)]
pub struct Resamples {
    /// Number of blocks.
    n: usize,
    blocks: Blocks,
    /// `n` positions for each resample, one resample after another.
    positions: Vec<u32>,
}

impl Resamples {
    /// So many resamples that give steady 95 % intervals. Source: Hesterberg (2015), The American Statistician 69(4).
    pub const USUAL: usize = 10_000;

    /// Positions that are kept at most: with very many replications fewer resamples are as steady. Source: judgement.
    const MOST: usize = 50_000_000;

    /// As many resamples of blocks of runs as are usual for so many blocks.
    pub fn usual_of_blocks(blocks: Blocks, runs: usize) -> Resamples {
        let most = Resamples::MOST / blocks.number(runs).max(1);
        Resamples::of_blocks(blocks, runs, Resamples::USUAL.min(most.max(1_000)))
    }

    /// Resamples of blocks of runs: a block is taken with all its runs.
    pub fn of_blocks(blocks: Blocks, runs: usize, number: usize) -> Resamples {
        Resamples { blocks, ..Resamples::new(blocks.number(runs), number) }
    }

    /// Which runs belong together.
    pub fn blocks(&self) -> Blocks {
        self.blocks
    }

    /// Resamples of `n` replications, each of `n` drawn with replacement.
    pub fn new(n: usize, number: usize) -> Resamples {
        let luck = Luck::new(SEED, n as u32);
        let mut positions = Vec::with_capacity(n * number);
        for resample in 0..number {
            let mut draws = luck.at(Decision::Resampling, 0, resample as u64);
            positions
                .extend((0..n).map(|_| ((draws.uniform() * n as f64) as usize).min(n - 1) as u32));
        }
        Resamples { n, blocks: Blocks::SINGLE, positions }
    }

    /// The positions of each resample.
    pub fn each(&self) -> impl Iterator<Item = &[u32]> {
        self.positions.chunks_exact(self.n.max(1))
    }

    /// Mean of each resample of these values.
    ///
    /// # Panics
    /// If there are not as many values as runs.
    pub fn means(&self, values: &[f64]) -> Vec<f64> {
        let values = self.blocks.means(values);
        assert_eq!(values.len(), self.n, "one value for each replication");
        if self.n == 0 {
            return Vec::new();
        }
        let mean = |chosen: &[u32]| {
            chosen.iter().map(|at| values[*at as usize]).sum::<f64>() / self.n as f64
        };
        self.positions.chunks_exact(self.n).map(mean).collect()
    }

    /// 95 % percentile interval of the mean, expanded so that it is not too narrow with few replications.
    ///
    /// Source: Hesterberg (2015), The American Statistician 69(4), section 5.3: percentiles at
    /// Φ(−√(n/(n−1)) · t) instead of 2.5 %. `None` for fewer than two replications.
    pub fn interval(&self, values: &[f64]) -> Option<(f64, f64)> {
        if self.n < 2 {
            return None;
        }
        let mut means = self.means(values);
        means.sort_by(f64::total_cmp);
        let n = self.n as f64;
        let wide = (n / (n - 1.0)).sqrt() * student_quantile(0.975, self.n as u32 - 1);
        let tail = maths::normal_below(-wide);
        Some((quantile(&means, tail), quantile(&means, 1.0 - tail)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resamples_are_drawn_with_replacement_and_always_the_same() {
        let resamples = Resamples::new(4, 2_000);
        let ones = resamples.means(&[1.0, 0.0, 0.0, 0.0]);
        let mean = ones.iter().sum::<f64>() / 2_000.0;
        assert!((mean - 0.25).abs() < 0.02, "{mean}");
        assert!(ones.contains(&0.0) && ones.contains(&0.5));
        assert_eq!(ones, Resamples::new(4, 2_000).means(&[1.0, 0.0, 0.0, 0.0]));
    }

    #[test]
    fn equal_values_have_an_interval_of_no_width() {
        let resamples = Resamples::new(5, 100);
        assert_eq!(resamples.interval(&[2.0; 5]), Some((2.0, 2.0)));
        assert_eq!(Resamples::new(1, 100).interval(&[2.0]), None);
    }
}
