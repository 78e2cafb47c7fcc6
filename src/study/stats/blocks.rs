//! Runs that belong together: the replications of one draw of parameters.
//!
//! Replications of a draw share what we do not know, so they are not independent of each other, but draws are: an interval over draws' means holds
//! luck and ignorance. Where nothing is drawn, each run is a block of its own.

use std::borrow::Cow;

use super::{Design, components, mean_interval};

/// How many runs in a row belong to one draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Blocks {
    size: usize,
}

impl Blocks {
    /// Each run stands for itself.
    pub const SINGLE: Blocks = Blocks { size: 1 };

    /// So many replications of each draw, each draw with luck of its own.
    ///
    /// # Panics
    /// Without replications.
    pub fn of(replications: u32) -> Blocks {
        assert!(replications > 0, "a draw has replications");
        Blocks { size: replications as usize }
    }

    /// Number of runs of a block.
    pub fn size(self) -> usize {
        self.size
    }

    /// Number of blocks of so many runs.
    pub fn number(self, runs: usize) -> usize {
        runs.div_ceil(self.size)
    }

    /// Mean of each block over its runs that have a value; the values themselves where each stands for itself.
    pub fn means(self, values: &[f64]) -> Cow<'_, [f64]> {
        if self.size == 1 {
            return Cow::Borrowed(values);
        }
        let there = |block: &[f64]| block.iter().filter(|value| !value.is_nan()).count() as f64;
        let sum = |block: &[f64]| block.iter().filter(|value| !value.is_nan()).sum::<f64>();
        Cow::Owned(values.chunks(self.size).map(|block| sum(block) / there(block)).collect())
    }

    /// Those runs for which every list has a value (no number: none). The rule is that of a study: a run without a value is left out,
    /// and its block counts by its other runs. So a run keeps its place in its block, as no number, and a block without any other goes.
    pub fn complete<'a, const N: usize>(self, lists: [&'a [f64]; N]) -> [Cow<'a, [f64]>; N] {
        let whole = |at: usize| lists.iter().all(|list| !list[at].is_nan());
        let runs = lists.first().map_or(0, |list| list.len());
        if (0..runs).all(whole) {
            return lists.map(Cow::Borrowed);
        }
        let blocks: Vec<_> =
            (0..runs).step_by(self.size).map(|from| from..(from + self.size).min(runs)).collect();
        let kept: Vec<_> = blocks.into_iter().filter(|block| block.clone().any(whole)).collect();
        let value = |list: &[f64], at: usize| if whole(at) { list[at] } else { f64::NAN };
        lists.map(|list| {
            Cow::Owned(kept.iter().cloned().flatten().map(|at| value(list, at)).collect())
        })
    }

    /// 95 % interval of the mean, by Student's t over blocks; `None` for fewer than two.
    pub fn interval(self, values: &[f64]) -> Option<(f64, f64)> {
        if self.size == 1 {
            return mean_interval(values);
        }
        // To the last bit the interval of a study with the same draws.
        let found = components(values, self.size, Design::SAMPLED)?;
        found.interval.filter(|_| found.draws > 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::tests::normal;
    use crate::stats::{Resamples, paired};

    #[test]
    fn blocks_of_one_are_the_values_themselves() {
        let values = [3.0, 1.0, 7.0, 2.0];
        assert_eq!(Blocks::SINGLE.means(&values), &values[..]);
        assert_eq!(Blocks::SINGLE.interval(&values), mean_interval(&values));
        assert_eq!(Blocks::of(2).means(&values), &[2.0, 4.5][..]);
        assert_eq!(Blocks::of(2).interval(&values), mean_interval(&[2.0, 4.5]));
        // One draw says nothing about others.
        assert_eq!(Blocks::of(4).interval(&values), None);
    }

    #[test]
    fn a_run_without_a_value_is_left_out_and_its_block_counts_by_the_others() {
        const NONE: f64 = f64::NAN;
        let (a, b) = ([1.0, 2.0, 3.0, 4.0, NONE, 7.0], [5.0, 6.0, NONE, 8.0, 9.0, NONE]);
        let complete = |blocks: Blocks| blocks.complete([&a, &b]).map(Cow::into_owned);
        assert_eq!(complete(Blocks::SINGLE), [vec![1.0, 2.0, 4.0], vec![5.0, 6.0, 8.0]]);
        let means = complete(Blocks::of(2)).map(|list| Blocks::of(2).means(&list).into_owned());
        assert_eq!(means, [vec![1.5, 4.0], vec![5.5, 8.0]]);
        assert_eq!(Blocks::of(2).complete([&a[..4]]), [&a[..4]]);
    }

    #[test]
    fn intervals_over_draws_hold_the_true_effect_and_those_over_runs_do_not() {
        // The effect of a draw is 3 ± 2, luck adds ± 1 to each of its four replications; 12 draws.
        let (draws, replications, trials) = (12, 4, 2_000);
        let blocks = Blocks::of(replications as u32);
        let resamples = Resamples::of_blocks(blocks, draws * replications, 1_000);
        let single = Resamples::new(draws * replications, 10);
        let mut held = [0; 3];
        for trial in 0..trials {
            let normal = |what, number: usize| normal(29, trial, what, number);
            let world: Vec<f64> =
                (0..draws * replications).map(|run| 50.0 + 10.0 * normal(2, run)).collect();
            let policy: Vec<f64> = world
                .iter()
                .enumerate()
                .map(|(run, base)| {
                    base + 3.0 + 2.0 * normal(0, run / replications) + normal(1, run)
                })
                .collect();
            let over_draws = paired(&world, &policy, &resamples);
            let over_runs = paired(&world, &policy, &single);
            let found = [over_draws.interval, over_draws.bootstrap, over_runs.interval];
            for (held, interval) in held.iter_mut().zip(found) {
                let (low, high) = interval.unwrap();
                *held += u32::from(low <= 3.0 && 3.0 <= high);
            }
        }
        let rates = held.map(|held| f64::from(held) / f64::from(trials));
        assert!((0.93..=0.97).contains(&rates[0]), "t: {rates:?}");
        assert!((0.92..=0.975).contains(&rates[1]), "resampling: {rates:?}");
        assert!(rates[2] < 0.8, "as if replications of a draw were draws: {rates:?}");
    }
}
