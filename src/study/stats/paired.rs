//! Two arms compared replication by replication: the same number means the same luck, so the difference is the policy.

use serde::{Deserialize, Serialize};

use super::{Resamples, Summary, differences, quantile, student_quantile};

/// Ends of an interval.
pub type EndsOfInterval = (f64, f64);

/// Ends of the bootstrap interval may differ from those of Student's t by this share of its half-width before
/// the two are said to disagree. Source: judgement; beyond it the differences are skewed enough to matter.
const AGREE: f64 = 0.25;

/// Replications below which resampling cannot reach as far as Student's t, whatever the differences. Source: with three
/// replications no mean of a resample lies further out than 1.15 standard deviations, t reaches 2.48.
const FEWEST: usize = 8;

/// Differences below which nothing is called clear. Source: with fewer than six, even differences that all have one sign come about
/// by chance more often than in 5 % (sign test); that their spread is normal cannot be seen from so few.
pub const CLEAR: usize = 6;

/// Difference of two arms over replications.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Paired {
    /// Number of replications.
    pub n: usize,
    /// How many of them count on their own: all, or draws of parameters where several belong to one.
    pub units: usize,
    /// Mean of the first arm.
    pub baseline: f64,
    /// Mean of the second arm.
    pub policy: f64,
    /// Mean difference: second minus first.
    pub mean: f64,
    /// Standard deviation of single differences; `None` for one replication.
    pub sd: Option<f64>,
    /// 95 % interval of the mean difference by Student's t; `None` for one replication, or where all differences are equal.
    pub interval: Option<EndsOfInterval>,
    /// 50 % interval of the mean difference by Student's t.
    pub half_interval: Option<EndsOfInterval>,
    /// 95 % interval of the mean difference by resampling.
    pub bootstrap: Option<EndsOfInterval>,
    /// Whether the two 95 % intervals agree; `None` below eight replications, where resampling cannot tell.
    pub agree: Option<bool>,
    /// 95 % interval without pairing (Welch 1947), as if the arms had different luck.
    pub unpaired: Option<EndsOfInterval>,
    /// How many times more replications an unpaired comparison would need for the same width: variance of an
    /// unpaired difference over that of a paired one. `None` if all differences are equal.
    pub variance_ratio: Option<f64>,
    /// Share of replications in which the second arm is lower.
    pub share_lower: f64,
    /// Share of replications in which the second arm is higher.
    pub share_higher: f64,
}

impl Paired {
    /// Whether the 95 % interval leaves out zero and there are enough replications to say so; an exact zero in all does not.
    pub fn is_clear(&self) -> bool {
        let outside = |(low, high): EndsOfInterval| low > 0.0 || high < 0.0;
        self.units >= CLEAR && self.interval.is_some_and(outside)
    }
}

/// Compares a policy with the baseline; values stand in the order of the replications. Where `resamples` are of blocks, all but `n`, `sd` and the
/// shares are over blocks' means, and runs of a block may lack a value (no number) in both lists.
///
/// # Panics
/// Without replications or if there are not as many of one as of the other.
pub fn paired(baseline: &[f64], policy: &[f64], resamples: &Resamples) -> Paired {
    assert!(!policy.is_empty() && baseline.len() == policy.len(), "one value for each replication");
    let differences = differences(policy, baseline);
    let known: Vec<f64> = differences.iter().copied().filter(|d| !d.is_nan()).collect();
    let n = known.len();
    let summary = |values: &[f64]| Summary::of(values).expect("there are values");
    let blocks = resamples.blocks();
    let of_blocks = |values: &[f64]| summary(&blocks.means(values));
    let sd = summary(&known).sd;
    let share = |count: usize| count as f64 / n as f64;
    let share_lower = share(known.iter().filter(|d| **d < 0.0).count());
    let share_higher = share(known.iter().filter(|d| **d > 0.0).count());
    let interval = blocks.interval(&differences);
    // What belongs together counts as one from here on.
    let (first, second, both) = (of_blocks(baseline), of_blocks(policy), of_blocks(&differences));
    let units = both.n;
    let spread = both.sd.filter(|_| both.is_spread());
    let bootstrap = spread.and_then(|_| resamples.interval(&differences));
    let half =
        spread.map(|sd| sd / (units as f64).sqrt() * student_quantile(0.75, units as u32 - 1));
    let variances = first.sd.zip(second.sd).map(|(a, b)| (a * a, b * b));
    Paired {
        n,
        units,
        baseline: first.mean,
        policy: second.mean,
        mean: both.mean,
        sd,
        interval,
        half_interval: half.map(|half| (both.mean - half, both.mean + half)),
        bootstrap,
        agree: interval
            .zip(bootstrap)
            .filter(|_| units >= FEWEST)
            .map(|(t, resampled)| agree(t, resampled)),
        unpaired: variances.map(|variances| welch(both.mean, variances, units)),
        variance_ratio: variances
            .zip(spread.filter(|sd| *sd > 0.0))
            .map(|((a, b), sd)| (a + b) / (sd * sd)),
        share_lower,
        share_higher,
    }
}

fn agree((low, high): EndsOfInterval, (lower, higher): EndsOfInterval) -> bool {
    let slack = AGREE * (high - low) / 2.0;
    (low - lower).abs() <= slack && (high - higher).abs() <= slack
}

/// Interval of the difference of two independent means with unequal variances. Source: Welch (1947).
fn welch(difference: f64, (a, b): (f64, f64), n: usize) -> EndsOfInterval {
    let sum = (a + b) / n as f64;
    if sum <= 0.0 {
        return (difference, difference);
    }
    let each = |variance: f64| (variance / n as f64) * (variance / n as f64) / (n - 1) as f64;
    let degrees = (sum * sum / (each(a) + each(b))).floor().max(1.0);
    let half = sum.sqrt() * student_quantile(0.975, degrees as u32);
    (difference - half, difference + half)
}

/// A ratio of two sums over replications, such as cost over tenge removed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ratio {
    /// Sum of numerators over sum of denominators.
    pub value: f64,
    /// 95 % interval by resampling whole replications.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
}

/// Share of resamples in which the denominator must keep its sign for a ratio to mean anything.
const SAME_SIGN: f64 = 0.99;

/// Ratio of means with its interval: a share of what is positive, or a price of it; `None` if the denominator is not clearly above zero.
///
/// A ratio to an amount that may as well be negative has no sign, and one to next to nothing has any size.
pub fn ratio(numerators: &[f64], denominators: &[f64], resamples: &Resamples) -> Option<Ratio> {
    let (over, under): (f64, f64) = (numerators.iter().sum(), denominators.iter().sum());
    let blocks = resamples.blocks();
    let (low, _) = blocks.interval(denominators)?;
    if low <= 0.0 || blocks.number(denominators.len()) < CLEAR {
        return None;
    }
    let (overs, unders) = (resamples.means(numerators), resamples.means(denominators));
    let same = unders.iter().filter(|value| **value * under > 0.0).count();
    if (same as f64) < SAME_SIGN * unders.len() as f64 {
        return None;
    }
    let usable = overs.iter().zip(&unders).filter(|(_, under)| **under != 0.0);
    let mut ratios: Vec<f64> = usable.map(|(over, under)| over / under).collect();
    ratios.sort_by(f64::total_cmp);
    Some(Ratio {
        value: over / under,
        low: quantile(&ratios, 0.025),
        high: quantile(&ratios, 0.975),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use world::random::{Decision, Luck};

    #[test]
    fn a_paired_difference_agrees_with_r() {
        // Source: R, t.test(extra ~ group, sleep, paired = TRUE) and the same unpaired: Student (1908).
        let first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0];
        let second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];
        let effect = paired(&first, &second, &Resamples::new(10, 4_000));
        assert!((effect.mean - 1.58).abs() < 1e-12);
        let (low, high) = effect.interval.unwrap();
        assert!((low - 0.700_114_2).abs() < 1e-6 && (high - 2.459_885_8).abs() < 1e-6);
        // qt(0.75, 9) standard errors to each side of the mean.
        let (low, high) = effect.half_interval.unwrap();
        assert!((low - 1.306_670).abs() < 1e-5 && (high - 1.853_330).abs() < 1e-5, "{low} {high}");
        // Welch: 17 degrees after rounding down 17.776; R has −0.2054832 … 3.3654832 with the fraction.
        let (low, high) = effect.unpaired.unwrap();
        assert!((low + 0.205).abs() < 0.02 && (high - 3.365).abs() < 0.02, "{low} {high}");
        assert_eq!((effect.share_higher, effect.share_lower), (0.9, 0.0));
        assert!((effect.variance_ratio.unwrap() - 4.765_423).abs() < 1e-6);
    }

    #[test]
    fn intervals_agree_just_if_neither_end_is_off_by_more_than_a_share_of_half_the_width() {
        let slack = AGREE * 5.0;
        let off = |low: f64, high: f64| agree((10.0, 20.0), (10.0 + low, 20.0 + high));
        for sign in [-0.99, 0.99] {
            assert!(off(sign * slack, sign * slack) && off(sign * slack, -sign * slack));
            assert!(!off(1.02 * sign * slack, 0.0) && !off(0.0, 1.02 * sign * slack));
        }
    }

    #[test]
    fn a_policy_against_itself_is_exactly_nothing() {
        let values = [3.0, 1e12, -7.5, 0.1, 2.0, 2.0, 0.0, -1.0];
        let effect = paired(&values, &values, &Resamples::new(8, 500));
        assert_eq!((effect.mean, effect.interval), (0.0, Some((0.0, 0.0))));
        assert_eq!((effect.bootstrap, effect.variance_ratio), (Some((0.0, 0.0)), None));
        assert!(!effect.is_clear() && effect.agree == Some(true));
    }

    /// Two arms that share most of their luck and differ by `effect`.
    fn arms(trial: u64, n: usize, effect: f64, skewed: bool) -> (Vec<f64>, Vec<f64>) {
        let luck = Luck::new(77, trial as u32);
        (0..n)
            .map(|replication| {
                let mut draws = luck.at(Decision::Resampling, 1, replication as u64);
                let (shared, own) = (100.0 + 10.0 * draws.normal(), draws.normal());
                let own = if skewed { own + 0.12 * (own * own - 1.0) } else { own };
                (shared, shared + effect + own)
            })
            .unzip()
    }

    #[test]
    fn intervals_cover_a_known_effect_as_often_as_they_say() {
        for skewed in [false, true] {
            let n = 20;
            let resamples = Resamples::new(n, 2_000);
            let mut covered = [0; 3];
            for trial in 0..2_000 {
                let (baseline, policy) = arms(trial, n, -3.0, skewed);
                let effect = paired(&baseline, &policy, &resamples);
                for (count, interval) in
                    covered.iter_mut().zip([effect.interval, effect.bootstrap, effect.unpaired])
                {
                    let (low, high) = interval.unwrap();
                    *count += u32::from(low <= -3.0 && -3.0 <= high);
                }
            }
            let rates = covered.map(|count| f64::from(count) / 2_000.0);
            assert!((0.93..=0.97).contains(&rates[0]), "t: {rates:?}");
            assert!((0.93..=0.97).contains(&rates[1]), "bootstrap: {rates:?}");
            // Without pairing the shared luck is counted twice as noise: far too wide.
            assert!(rates[2] > 0.999, "unpaired: {rates:?}");
        }
    }

    #[test]
    fn comparisons_without_effect_reject_at_their_nominal_rate() {
        let resamples = Resamples::new(12, 10);
        let rejected = (0..2_000)
            .filter(|trial| {
                let (baseline, policy) = arms(100_000 + trial, 12, 0.0, false);
                paired(&baseline, &policy, &resamples).is_clear()
            })
            .count();
        // 5 % of 2,000, four standard errors to either side.
        assert!((61..=139).contains(&rejected), "{rejected} of 2,000");
    }

    #[test]
    fn skewed_differences_are_said_to_disagree() {
        let baseline = [0.0; 10];
        let mut policy = [1.0; 10];
        policy[3] = 200.0;
        let effect = paired(&baseline, &policy, &Resamples::new(10, 4_000));
        assert_eq!(effect.agree, Some(false), "{effect:?}");
    }

    #[test]
    fn a_ratio_needs_enough_denominators_clearly_above_zero() {
        let resamples = Resamples::new(6, 1_000);
        let (over, under) = ([2.0, 4.0, 6.0, 8.0, 10.0, 12.0], [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
        let all = ratio(&over, &under, &resamples).unwrap();
        assert_eq!((all.value, all.low, all.high), (2.0, 2.0, 2.0));
        assert_eq!(ratio(&over, &under.map(|value| value - 3.4), &resamples), None, "near zero");
        assert_eq!(ratio(&over, &under.map(|value| -value), &resamples), None, "negative");
        assert_eq!(ratio(&over, &[0.0; 6], &resamples), None);
        assert_eq!(ratio(&over[..5], &under[..5], &Resamples::new(5, 1_000)), None, "too few");
    }

    #[test]
    fn equal_differences_have_no_interval_and_too_few_are_not_clear() {
        let of = |differences: &[f64]| {
            let baseline = vec![0.0; differences.len()];
            paired(&baseline, differences, &Resamples::new(differences.len(), 200))
        };
        let equal = of(&[2.0; 20]);
        assert_eq!((equal.interval, equal.bootstrap, equal.agree), (None, None, None));
        assert!(!equal.is_clear());
        let values = [2.0, 2.1, 1.9, 2.05, 1.95, 2.02];
        assert!(of(&values).is_clear() && !of(&values[..5]).is_clear());
    }
}
