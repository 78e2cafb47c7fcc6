//! How well the share of a variance is known that lies between draws.
//!
//! Source: Searle, Casella & McCulloch 1992, *Variance Components*, section 3.6: exact for normal effects and as many replications of each draw.

use super::{Blocks, mean};
use world::units::maths;

/// 95 % interval of the share of the variance that lies between blocks; `None` with one block, one run in each, or where nothing varies.
pub fn share_interval(values: &[f64], blocks: Blocks) -> Option<(f64, f64)> {
    let (size, number) = (blocks.size(), blocks.number(values.len()));
    if size < 2 || number < 2 || values.len() != size * number {
        return None;
    }
    let means = blocks.means(values);
    let middle = mean(&means);
    let square = |distance: f64| distance * distance;
    let between = means.iter().map(|mean| square(mean - middle)).sum::<f64>() * size as f64;
    let within: f64 = values
        .chunks(size)
        .zip(means.iter())
        .flat_map(|(block, mean)| block.iter().map(move |x| square(x - mean)))
        .sum();
    let degrees = [number as u32 - 1, (number * (size - 1)) as u32];
    let ratio = between / f64::from(degrees[0]) / (within / f64::from(degrees[1]));
    if ratio.is_nan() {
        return None;
    }
    if ratio.is_infinite() {
        return Some((1.0, 1.0));
    }
    let share = |quantile: f64| {
        let ratio = ratio / quantile;
        ((ratio - 1.0) / (ratio + size as f64 - 1.0)).clamp(0.0, 1.0)
    };
    Some((share(fisher_quantile(0.975, degrees)), share(fisher_quantile(0.025, degrees))))
}

/// The value that a ratio of two mean squares with these degrees of freedom stays below with probability `p` (Fisher's F).
fn fisher_quantile(p: f64, [over, under]: [u32; 2]) -> f64 {
    let below = |ratio: f64| {
        let (a, b) = (f64::from(over), f64::from(under));
        beta_below(a * ratio / (a * ratio + b), over, under)
    };
    reaches(p, below)
}

/// Where a rising function of what is above 0 reaches a value. Halving until no number lies between costs nothing here and cannot fail.
pub(super) fn reaches(value: f64, of: impl Fn(f64) -> f64) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    while of(high) < value {
        high *= 2.0;
    }
    loop {
        let middle = low + (high - low) / 2.0;
        if middle <= low || middle >= high {
            return middle;
        }
        if of(middle) < value { low = middle } else { high = middle }
    }
}

/// P(X ≤ x) for a beta variable with parameters `over / 2` and `under / 2`.
///
/// Source: Press et al. 2007, *Numerical Recipes*, section 6.4: Lentz's continued fraction.
pub(super) fn beta_below(x: f64, over: u32, under: u32) -> f64 {
    let (a, b) = (f64::from(over) / 2.0, f64::from(under) / 2.0);
    if x <= 0.0 || x >= 1.0 {
        return x.clamp(0.0, 1.0);
    }
    if x > (a + 1.0) / (a + b + 2.0) {
        return 1.0 - beta_below(1.0 - x, under, over);
    }
    let front = ln_gamma_half(over + under) - ln_gamma_half(over) - ln_gamma_half(under)
        + a * maths::ln(x)
        + b * maths::ln_1p(-x);
    let safe = |value: f64| if value.abs() < 1e-300 { 1e-300 } else { value };
    let mut d = 1.0 / safe(1.0 - (a + b) * x / (a + 1.0));
    let (mut c, mut fraction) = (1.0, d);
    for term in 1..10_000 {
        let m = f64::from(term);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let before = fraction;
        for step in [even, odd] {
            d = 1.0 / safe(1.0 + step * d);
            c = safe(1.0 + step / c);
            fraction *= c * d;
        }
        if (fraction / before - 1.0).abs() < 1e-15 {
            break;
        }
    }
    maths::exp(front) * fraction / a
}

/// ln Γ(n / 2).
fn ln_gamma_half(n: u32) -> f64 {
    let first = if n.is_multiple_of(2) { 0.0 } else { 0.5 * maths::ln(std::f64::consts::PI) };
    let start = if n.is_multiple_of(2) { 2 } else { 1 };
    (start..n.saturating_sub(1)).step_by(2).map(|k| maths::ln(f64::from(k) / 2.0)).sum::<f64>()
        + first
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::student_quantile;
    use crate::stats::tests::normal;

    #[test]
    fn quantiles_agree_with_what_is_known_of_them() {
        let near = |found: f64, expected: f64| {
            assert!((found / expected - 1.0).abs() < 1e-9, "{found} instead of {expected}");
        };
        for under in [1, 2, 7, 30, 400] {
            // One degree of freedom above: the square of Student's t.
            let t = student_quantile(0.975, under);
            near(fisher_quantile(0.95, [1, under]), t * t);
            near(fisher_quantile(0.975, [6, under]) * fisher_quantile(0.025, [under, 6]), 1.0);
        }
        // Two and two: P(F ≤ f) = f / (1 + f).
        near(fisher_quantile(0.975, [2, 2]), 39.0);
        // Source: tables of the F distribution, upper 2.5 %.
        assert!((fisher_quantile(0.975, [10, 10]) - 3.717).abs() < 1e-3);
        assert!((fisher_quantile(0.975, [5, 24]) - 3.155).abs() < 1e-3);
    }

    #[test]
    fn intervals_hold_the_true_share_at_their_rate() {
        let blocks = Blocks::of(2);
        for (between, share) in [(0.0, 0.0), (1.0, 0.5), (2.0, 0.8)] {
            let held = (0..2_000)
                .filter(|trial| {
                    let normal = |what, number: usize| normal(43, *trial, what, number);
                    let values: Vec<f64> =
                        (0..24).map(|run| between * normal(0, run / 2) + normal(1, run)).collect();
                    let (low, high) = share_interval(&values, blocks).unwrap();
                    low <= share && share <= high
                })
                .count();
            let rate = held as f64 / 2_000.0;
            // No share lies below 0, so at 0 only one end can miss.
            let most = if share == 0.0 { 0.99 } else { 0.965 };
            assert!((0.935..=most).contains(&rate), "{share}: {rate}");
        }
        assert_eq!(share_interval(&[1.0, 2.0, 3.0], Blocks::SINGLE), None);
        assert_eq!(share_interval(&[1.0, 1.0, 1.0, 1.0], blocks), None);
        assert_eq!(share_interval(&[1.0, 1.0, 2.0, 2.0], blocks), Some((1.0, 1.0)));
    }
}
