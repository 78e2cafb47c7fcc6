//! Response surfaces: what a simulation would say at parameters at which nobody ran it, and how wrong that may be.
//!
//! A surface is a polynomial of second degree in the parameters (Legendre polynomials on their ranges), of which only terms are kept that
//! runs speak for. What it leaves over is luck and what the polynomial cannot follow; both count as its error. Surfaces of several figures
//! share their errors' correlations.
//!
//! Source: Box & Draper 1987 (response surfaces); Vernon, Goldstein & Bower 2010 (polynomial emulators in history matching).
//!
//! Deliberately absent: Gaussian processes, which interpolate a simulator without luck better, but need noise estimated for a single run per
//! point and arithmetic that differs from machine to machine in every library tried.

use super::matrix::Factor;
use super::mean;

/// A term is kept if it is so many standard errors from nothing. Unit: 1. Source: the usual two; Status: assumption.
const KEPT: f64 = 2.0;
/// Parameters whose products are tried, the strongest first. Unit: parameters. Source: judgement: 66 products.
const PAIRED: usize = 12;
/// Runs wanted for each term that is tried. Unit: runs. Source: judgement: fewer make chance look like an effect.
const RUNS_PER_TERM: usize = 3;

/// A product of Legendre polynomials of single parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Term {
    Constant,
    Linear(usize),
    Square(usize),
    Product(usize, usize),
}

impl Term {
    /// Value at a point of the unit cube; over the cube each term has mean 0 (but the constant) and variance 1.
    fn at(self, point: &[f64]) -> f64 {
        let centred = |place: usize| 2.0 * point[place] - 1.0;
        let linear = |place: usize| 3.0_f64.sqrt() * centred(place);
        match self {
            Term::Constant => 1.0,
            Term::Linear(place) => linear(place),
            Term::Square(place) => {
                let x = centred(place);
                5.0_f64.sqrt() * (3.0 * x * x - 1.0) / 2.0
            }
            Term::Product(a, b) => linear(a) * linear(b),
        }
    }
}

/// A response surface of one figure.
#[derive(Clone, Debug)]
pub struct Emulator {
    terms: Vec<Term>,
    weights: Vec<f64>,
    /// Of the sums of products of terms.
    factor: Factor,
    /// Error of each run, predicted from the others; no number where the run has no value.
    pub errors: Vec<f64>,
    /// Mean square of these errors: luck and what the surface cannot follow.
    pub variance: f64,
    /// Share of the variance between runs that is predicted from the others (Q²); at most 1, below 0 if a constant is better.
    pub explained: f64,
}

impl Emulator {
    /// Share of the variance (Q²) below which a surface says too little to be read.
    ///
    /// Unit: share. Source: half of what there is to say; Status: judgement.
    pub const TRUSTED: f64 = 0.5;

    /// The surface through values at points of the unit cube; what is not a number is missing. `None` with too few values, or where all
    /// are the same.
    pub fn fit(points: &[Vec<f64>], values: &[f64]) -> Option<Emulator> {
        let there: Vec<usize> = (0..values.len()).filter(|at| values[*at].is_finite()).collect();
        let dimensions = points.first()?.len();
        let room = there.len() / RUNS_PER_TERM;
        if room < dimensions + 1 {
            return None;
        }
        let known: Vec<f64> = there.iter().map(|at| values[*at]).collect();
        if known.iter().all(|value| *value == known[0]) {
            return None;
        }
        let rows: Vec<&[f64]> = there.iter().map(|at| points[*at].as_slice()).collect();
        let mut terms = vec![Term::Constant];
        terms.extend((0..dimensions).map(Term::Linear));
        if room > 2 * dimensions {
            terms.extend((0..dimensions).map(Term::Square));
        }
        let first = LeastSquares::of(terms, &rows, &known)?;
        let strengths = first.strengths();
        let mut kept: Vec<Term> = first.clear_terms();
        let mut order: Vec<usize> = (0..dimensions).collect();
        let strength = |place: usize| -> f64 {
            let of = |term: &Term| *term == Term::Linear(place) || *term == Term::Square(place);
            first
                .terms
                .iter()
                .zip(&strengths)
                .filter(|(term, _)| of(term))
                .map(|(_, s)| s * s)
                .sum()
        };
        order.sort_by(|a, b| strength(*b).total_cmp(&strength(*a)));
        order.truncate(PAIRED);
        let mut tried = kept.clone();
        'pairs: for (number, &b) in order.iter().enumerate() {
            for &a in &order[..number] {
                if tried.len() >= room {
                    break 'pairs;
                }
                tried.push(Term::Product(a, b));
            }
        }
        if tried.len() > kept.len() {
            kept = LeastSquares::of(tried, &rows, &known)?.clear_terms();
        }
        let last = LeastSquares::of(kept, &rows, &known)?;
        let left = last.left_out(&rows, &known);
        let number = known.len() as f64;
        let variance = left.iter().map(|error| error * error).sum::<f64>() / number;
        let mean = mean(&known);
        let total = known.iter().map(|y| (y - mean) * (y - mean)).sum::<f64>() / number;
        let mut errors = vec![f64::NAN; values.len()];
        for (at, error) in there.iter().zip(left) {
            errors[*at] = error;
        }
        let explained = if total > 0.0 { 1.0 - variance / total } else { 0.0 };
        let LeastSquares { terms, weights, factor, .. } = last;
        Some(Emulator { terms, weights, factor, errors, variance, explained })
    }

    /// What is expected at a point.
    pub fn at(&self, point: &[f64]) -> f64 {
        self.terms.iter().zip(&self.weights).map(|(term, weight)| weight * term.at(point)).sum()
    }

    /// Standard deviation of what runs at a point would say, as many as were made at each point of the fit, around what is expected: luck,
    /// what the surface cannot follow, and what it does not know of its own weights.
    pub fn error(&self, point: &[f64]) -> f64 {
        let line: Vec<f64> = self.terms.iter().map(|term| term.at(point)).collect();
        (self.variance * (1.0 + self.factor.distance(&line))).sqrt()
    }

    /// The surface as a program elsewhere needs it: of each term the places of its coordinates (none for the constant, one twice for a
    /// square), its weight, and the inverse of its factor row by row, whose squares at a point add up to the leverage.
    pub fn spelled(&self) -> (Vec<Vec<usize>>, &[f64], Vec<Vec<f64>>) {
        let places = |term: &Term| match *term {
            Term::Constant => vec![],
            Term::Linear(at) => vec![at],
            Term::Square(at) => vec![at, at],
            Term::Product(a, b) => vec![a, b],
        };
        let size = self.terms.len();
        let column = |at: usize| {
            let unit: Vec<f64> = (0..size).map(|row| f64::from(u8::from(row == at))).collect();
            self.factor.whiten(&unit)
        };
        let columns: Vec<Vec<f64>> = (0..size).map(column).collect();
        let row = |row: usize| columns[..=row].iter().map(|column| column[row]).collect();
        (self.terms.iter().map(places).collect(), &self.weights, (0..size).map(row).collect())
    }
}

/// Least squares.
struct LeastSquares {
    terms: Vec<Term>,
    weights: Vec<f64>,
    factor: Factor,
    /// Residual standard deviation.
    sd: f64,
}

impl LeastSquares {
    fn of(terms: Vec<Term>, rows: &[&[f64]], values: &[f64]) -> Option<LeastSquares> {
        let size = terms.len();
        let mut squares = vec![0.0; size * size];
        let mut products = vec![0.0; size];
        let at = |row: &[f64]| -> Vec<f64> { terms.iter().map(|term| term.at(row)).collect() };
        for (row, value) in rows.iter().zip(values) {
            let line = at(row);
            for a in 0..size {
                products[a] += line[a] * value;
                for b in 0..=a {
                    squares[a * size + b] += line[a] * line[b];
                }
            }
        }
        let factor = Factor::of(&squares, size)?;
        let weights = factor.solve(&products);
        let residual = |(row, value): (&&[f64], &f64)| {
            let found: f64 = at(row).iter().zip(&weights).map(|(x, weight)| x * weight).sum();
            (value - found) * (value - found)
        };
        let sum: f64 = rows.iter().zip(values).map(residual).sum();
        let sd = (sum / rows.len().saturating_sub(size).max(1) as f64).sqrt();
        Some(LeastSquares { terms, weights, factor, sd })
    }

    /// Weights in standard errors; a surface without error has infinite ones.
    fn strengths(&self) -> Vec<f64> {
        let strength = |(at, weight): (usize, &f64)| {
            let mut unit = vec![0.0; self.terms.len()];
            unit[at] = 1.0;
            let error = self.sd * self.factor.distance(&unit).sqrt();
            if *weight == 0.0 { 0.0 } else { weight.abs() / error }
        };
        self.weights.iter().enumerate().map(strength).collect()
    }

    fn clear_terms(&self) -> Vec<Term> {
        let strengths = self.strengths();
        let clear =
            |(term, strength): &(&Term, &f64)| **term == Term::Constant || **strength > KEPT;
        self.terms.iter().zip(&strengths).filter(clear).map(|(term, _)| *term).collect()
    }

    /// Errors of each value predicted from all others.
    fn left_out(&self, rows: &[&[f64]], values: &[f64]) -> Vec<f64> {
        let error = |(row, value): (&&[f64], &f64)| {
            let line: Vec<f64> = self.terms.iter().map(|term| term.at(row)).collect();
            let found: f64 = line.iter().zip(&self.weights).map(|(x, weight)| x * weight).sum();
            (value - found) / (1.0 - self.factor.distance(&line)).max(0.05)
        };
        rows.iter().zip(values).map(error).collect()
    }
}

/// Surfaces of several figures, and how their errors go together.
#[derive(Clone, Debug)]
pub struct Surrogate {
    /// One surface for each figure; `None` where no run has a value that differs.
    pub surfaces: Vec<Option<Emulator>>,
    /// Covariance of errors, row by row; of figures without a surface zero.
    covariance: Vec<f64>,
}

impl Surrogate {
    /// Surfaces through `figures[figure][run]` at `points[run]`.
    pub fn fit(points: &[Vec<f64>], figures: &[Vec<f64>]) -> Surrogate {
        let surfaces: Vec<Option<Emulator>> = figures
            .iter()
            .map(|values| Emulator::fit(points, values).filter(|surface| surface.variance > 0.0))
            .collect();
        let size = surfaces.len();
        let mut covariance = vec![0.0; size * size];
        for a in 0..size {
            for b in 0..=a {
                let (Some(first), Some(second)) = (&surfaces[a], &surfaces[b]) else { continue };
                let pairs = first.errors.iter().zip(&second.errors);
                let both: Vec<f64> = pairs.map(|(x, y)| x * y).filter(|p| p.is_finite()).collect();
                let mean = both.iter().sum::<f64>() / both.len().max(1) as f64;
                covariance[a * size + b] = mean;
                covariance[b * size + a] = mean;
            }
        }
        Surrogate { surfaces, covariance }
    }
}

/// A figure to be met: what was published and its standard deviation, in the scale of the surface.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Observation {
    /// The middle of what may be true.
    pub value: f64,
    /// How far off the publication may be.
    pub sd: f64,
}

/// How well parameters agree with what was published, according to surfaces.
#[derive(Clone, Debug)]
pub struct Agreement {
    /// Numbers of the figures that have a surface.
    used: Vec<usize>,
    surfaces: Vec<Emulator>,
    aims: Vec<Observation>,
    /// Standard deviation of the difference of surface and publication, by figure.
    spreads: Vec<f64>,
    factor: Factor,
}

impl Agreement {
    /// Of figures that have a surface; `None` if none has.
    pub fn of(surrogate: &Surrogate, aims: &[Observation]) -> Option<Agreement> {
        let size = surrogate.surfaces.len();
        let used: Vec<usize> = (0..size).filter(|at| surrogate.surfaces[*at].is_some()).collect();
        let mut covariance = Vec::new();
        for &a in &used {
            for &b in &used {
                let own = if a == b { aims[a].sd * aims[a].sd } else { 0.0 };
                covariance.push(surrogate.covariance[a * size + b] + own);
            }
        }
        let spreads = (0..used.len()).map(|at| covariance[at * used.len() + at].sqrt()).collect();
        // Pairs with missing values can make a matrix that is none of covariances: then errors count as independent.
        let factor = Factor::of(&covariance, used.len()).or_else(|| {
            let mut alone = vec![0.0; covariance.len()];
            for at in 0..used.len() {
                alone[at * used.len() + at] = covariance[at * used.len() + at];
            }
            Factor::of(&alone, used.len())
        })?;
        (!used.is_empty()).then(|| Agreement {
            surfaces: used.iter().filter_map(|at| surrogate.surfaces[*at].clone()).collect(),
            aims: used.iter().map(|at| aims[*at]).collect(),
            spreads,
            factor,
            used,
        })
    }

    fn misses(&self, point: &[f64]) -> Vec<f64> {
        let miss = |(surface, aim): (&Emulator, &Observation)| surface.at(point) - aim.value;
        self.surfaces.iter().zip(&self.aims).map(miss).collect()
    }

    /// Largest difference of surface and publication over all figures, in standard deviations (Craig et al. 1997).
    pub fn implausibility(&self, point: &[f64]) -> f64 {
        let misses = self.misses(point);
        misses.iter().zip(&self.spreads).map(|(miss, sd)| (miss / sd).abs()).fold(0.0, f64::max)
    }

    /// For each figure with a surface its number, and by how many standard deviations the surface differs over the range of one coordinate.
    pub fn signals(&self, middle: &[f64], place: usize) -> Vec<(usize, f64)> {
        let mut point = middle.to_vec();
        let surfaces = self.used.iter().zip(self.surfaces.iter().zip(&self.spreads));
        let mut signal = |(used, (surface, spread)): (&usize, (&Emulator, &f64))| {
            let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
            for step in 0..=8 {
                point[place] = f64::from(step) / 8.0;
                let value = surface.at(&point);
                (low, high) = (low.min(value), high.max(value));
            }
            (*used, (high - low) / spread)
        };
        surfaces.map(&mut signal).collect()
    }

    /// Logarithm of the likelihood of what was published, up to a constant.
    pub fn log_likelihood(&self, point: &[f64]) -> f64 {
        -0.5 * self.factor.distance(&self.misses(point))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use world::random::{Decision, Luck};

    fn points(number: usize, dimensions: usize) -> Vec<Vec<f64>> {
        let luck = Luck::new(5, 0);
        (0..number as u64)
            .map(|at| {
                let mut draws = luck.at(Decision::Calibration, 0, at);
                (0..dimensions).map(|_| draws.uniform()).collect()
            })
            .collect()
    }

    fn truth(point: &[f64]) -> f64 {
        3.0 + 2.0 * point[0] - point[1] * point[1] + 1.5 * point[0] * point[2]
    }

    fn noisy(points: &[Vec<f64>], sd: f64) -> Vec<f64> {
        let luck = Luck::new(6, 0);
        let value = |(at, point): (usize, &Vec<f64>)| {
            truth(point) + sd * luck.at(Decision::Calibration, 1, at as u64).normal()
        };
        points.iter().enumerate().map(value).collect()
    }

    #[test]
    fn a_polynomial_without_luck_is_found_exactly() {
        let points = points(120, 6);
        let values: Vec<f64> = points.iter().map(|point| truth(point)).collect();
        let surface = Emulator::fit(&points, &values).unwrap();
        assert!(surface.explained > 1.0 - 1e-9, "{}", surface.explained);
        let at = [0.9, 0.1, 0.7, 0.5, 0.5, 0.2];
        assert!((surface.at(&at) - truth(&at)).abs() < 1e-6);
    }

    #[test]
    fn the_error_that_is_claimed_is_the_error_at_new_points() {
        let known = points(400, 10);
        let mut values = noisy(&known, 0.3);
        values[7] = f64::NAN;
        let surface = Emulator::fit(&known, &values).unwrap();
        assert!((surface.variance.sqrt() - 0.3).abs() < 0.03, "{}", surface.variance.sqrt());
        assert!(surface.errors[7].is_nan());
        let new: Vec<Vec<f64>> = points(900, 10).split_off(400);
        let misses: Vec<f64> = new.iter().map(|at| surface.at(at) - truth(at)).collect();
        let miss = (misses.iter().map(|m| m * m).sum::<f64>() / misses.len() as f64).sqrt();
        assert!(miss < 0.12, "{miss}");
        assert!(
            Emulator::fit(&known[..25], &values[..25]).is_none(),
            "too few runs for ten parameters"
        );
    }

    #[test]
    fn what_is_far_from_the_publication_is_implausible() {
        let known = points(300, 3);
        let figures = vec![noisy(&known, 0.2), vec![1.0; 300]];
        let surrogate = Surrogate::fit(&known, &figures);
        assert!(surrogate.surfaces[1].is_none(), "nothing differs");
        let at = [0.5, 0.5, 0.5];
        let aim =
            |value: f64| [Observation { value, sd: 0.1 }, Observation { value: 1.0, sd: 0.1 }];
        let near = Agreement::of(&surrogate, &aim(truth(&at))).unwrap();
        let far = Agreement::of(&surrogate, &aim(truth(&at) + 2.24)).unwrap();
        assert!(near.implausibility(&at) < 0.7);
        // 2.24 is ten times the root of 0.2² + 0.1².
        assert!((far.implausibility(&at) - 10.0).abs() < 1.0, "{}", far.implausibility(&at));
        assert!(far.log_likelihood(&at) < near.log_likelihood(&at) - 30.0);
        assert!(Agreement::of(&Surrogate::fit(&known, &figures[1..]), &aim(0.0)[1..]).is_none());
    }
}
