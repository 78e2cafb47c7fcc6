//! Samples of points of the unit cube in proportion to a density, by walkers that learn from each other where it is long and narrow.
//!
//! In each sweep every walker tries a new value of each coordinate (near or anywhere), then a jump along the difference of two other walkers
//! (differential evolution, ter Braak 2006). Luck is addressed by sweep and walker.

use super::mean;
use world::random::{Decision, Draws, Luck};

/// Walkers. Unit: walkers. Source: ter Braak 2006: twice the coordinates that matter; judgement.
const WALKERS: usize = 60;
/// Sweeps before the first sample. Unit: sweeps. Source: judgement, checked by the ratio of variances.
const BURN_IN: u32 = 400;
/// Sweeps between samples of a walker. Unit: sweeps. Source: judgement.
const BETWEEN: u32 = 40;
/// Points of the cube among which each walker picks its start. Unit: points. Source: judgement.
const STARTS: usize = 50;
/// Half of the width of a near step. Unit: share of the range. Source: judgement.
const NEAR: f64 = 0.15;

/// A sample, and how much walkers agree.
#[derive(Clone, Debug)]
pub struct Sample {
    /// Points of the unit cube, each as likely.
    pub points: Vec<Vec<f64>>,
    /// Largest ratio of spread within and between walkers over coordinates (Gelman & Rubin 1992): near 1 when they agree.
    pub disagreement: f64,
}

struct Walker {
    point: Vec<f64>,
    density: f64,
}

/// At least so many points in proportion to a density given by its logarithm; `occasion` tells samples of one study apart.
pub fn sample(
    dimensions: usize,
    number: usize,
    luck: &Luck,
    occasion: u32,
    log_density: &dyn Fn(&[f64]) -> f64,
) -> Sample {
    let address = |sweep: u32, walker: usize| {
        let agent = u64::from(occasion) << 32 | walker as u64;
        luck.at(Decision::Calibration, sweep, agent)
    };
    let start = |walker: usize| {
        let mut draws = address(0, walker);
        let point = |draws: &mut Draws| (0..dimensions).map(|_| draws.uniform()).collect();
        let candidates = (0..STARTS).map(|_| {
            let point: Vec<f64> = point(&mut draws);
            let density = log_density(&point);
            Walker { point, density }
        });
        candidates.max_by(|a, b| a.density.total_cmp(&b.density)).expect("there are candidates")
    };
    let mut walkers: Vec<Walker> = (0..WALKERS).map(start).collect();
    let rounds = number.div_ceil(WALKERS).max(2) as u32;
    let mut points = Vec::with_capacity(rounds as usize * WALKERS);
    for sweep in 1..=BURN_IN + BETWEEN * (rounds - 1) {
        for at in 0..WALKERS {
            let mut draws = address(sweep, at);
            step(&mut walkers[at], log_density, &mut draws);
            jump(&mut walkers, at, log_density, &mut draws);
        }
        if sweep >= BURN_IN && (sweep - BURN_IN).is_multiple_of(BETWEEN) {
            points.extend(walkers.iter().map(|walker| walker.point.clone()));
        }
    }
    let disagreement = (0..dimensions).map(|place| ratio(&points, place)).fold(1.0, f64::max);
    Sample { points, disagreement }
}

/// Takes a point with the chance of its density against that of the walker.
fn offer(
    walker: &mut Walker,
    point: Vec<f64>,
    log_density: &dyn Fn(&[f64]) -> f64,
    draws: &mut Draws,
) {
    let density = log_density(&point);
    if world::units::maths::ln(draws.uniform()) < density - walker.density {
        *walker = Walker { point, density };
    }
}

/// One coordinate after the other.
fn step(walker: &mut Walker, log_density: &dyn Fn(&[f64]) -> f64, draws: &mut Draws) {
    for place in 0..walker.point.len() {
        let anywhere = draws.happens(0.3);
        let mut value = draws.uniform();
        if !anywhere {
            value = inside(walker.point[place] + NEAR * (2.0 * value - 1.0));
        }
        let mut point = walker.point.clone();
        point[place] = value;
        offer(walker, point, log_density, draws);
    }
}

/// Along the difference of two others.
fn jump(walkers: &mut [Walker], at: usize, log_density: &dyn Fn(&[f64]) -> f64, draws: &mut Draws) {
    let mut other = |avoid: usize| loop {
        let found = (draws.uniform() * walkers.len() as f64) as usize;
        if found != at && found != avoid {
            return found;
        }
    };
    let first = other(at);
    let second = other(first);
    let length = 0.2 + 0.6 * draws.uniform();
    let moved = |place: usize| {
        let difference = walkers[first].point[place] - walkers[second].point[place];
        inside(walkers[at].point[place] + length * difference)
    };
    let point: Vec<f64> = (0..walkers[at].point.len()).map(moved).collect();
    offer(&mut walkers[at], point, log_density, draws);
}

/// Beyond an end of the range the way leads back.
fn inside(value: f64) -> f64 {
    let folded = value.abs() % 2.0;
    if folded > 1.0 { 2.0 - folded } else { folded }
}

/// Spread of all points against that within walkers.
fn ratio(points: &[Vec<f64>], place: usize) -> f64 {
    let rounds = points.len() / WALKERS;
    let of = |walker: usize| (0..rounds).map(move |round| points[round * WALKERS + walker][place]);
    let means: Vec<f64> =
        (0..WALKERS).map(|walker| of(walker).sum::<f64>() / rounds as f64).collect();
    let within = (0..WALKERS)
        .map(|walker| {
            let squares: f64 = of(walker).map(|x| (x - means[walker]) * (x - means[walker])).sum();
            squares / (rounds - 1) as f64
        })
        .sum::<f64>()
        / WALKERS as f64;
    let mean = mean(&means);
    let between = means.iter().map(|m| (m - mean) * (m - mean)).sum::<f64>() / (WALKERS - 1) as f64;
    let rounds = rounds as f64;
    if within <= 0.0 { 1.0 } else { (((rounds - 1.0) / rounds * within + between) / within).sqrt() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_narrow_density_is_sampled_with_its_mean_spread_and_correlation() {
        // Two coordinates with correlation 0.95 and standard deviation 0.1 around 0.4 and 0.6, one that nothing is known of.
        let density = |point: &[f64]| {
            let (x, y) = ((point[0] - 0.4) / 0.1, (point[1] - 0.6) / 0.1);
            let rho: f64 = 0.95;
            -0.5 * (x * x - 2.0 * rho * x * y + y * y) / (1.0 - rho * rho)
        };
        let sample = sample(3, 3_000, &Luck::new(1, 0), 0, &density);
        let number = sample.points.len() as f64;
        assert!(sample.points.len() >= 3_000);
        let mean = |f: &dyn Fn(&[f64]) -> f64| {
            sample.points.iter().map(|point| f(point)).sum::<f64>() / number
        };
        let (x, y) = (mean(&|p| p[0]), mean(&|p| p[1]));
        assert!((x - 0.4).abs() < 0.02 && (y - 0.6).abs() < 0.02, "{x} {y}");
        let sx = mean(&|p| (p[0] - x) * (p[0] - x)).sqrt();
        let sy = mean(&|p| (p[1] - y) * (p[1] - y)).sqrt();
        assert!((sx - 0.1).abs() < 0.015 && (sy - 0.1).abs() < 0.015, "{sx} {sy}");
        let rho = mean(&|p| (p[0] - x) * (p[1] - y)) / (sx * sy);
        assert!((rho - 0.95).abs() < 0.02, "{rho}");
        let free = mean(&|p| p[2]);
        let spread = mean(&|p| (p[2] - free) * (p[2] - free));
        assert!(
            (free - 0.5).abs() < 0.03 && (spread - 1.0 / 12.0).abs() < 0.008,
            "{free} {spread}"
        );
        assert!(sample.disagreement < 1.05, "{}", sample.disagreement);
    }

    #[test]
    fn samples_repeat_and_differ_by_occasion() {
        let of = |occasion| sample(2, 120, &Luck::new(1, 0), occasion, &|_| 0.0).points;
        assert_eq!(of(1), of(1));
        assert_ne!(of(1), of(2));
        assert!((inside(-0.1) - 0.1).abs() < 1e-12 && (inside(1.2) - 0.8).abs() < 1e-12);
    }
}
