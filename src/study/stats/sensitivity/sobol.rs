//! Sobol' indices from a Saltelli design.

use super::{Answers, Estimate, RESAMPLES, mean, with_intervals};
use crate::stats::{Resamples, differences};

/// What a parameter has of the variance of an answer.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct Index {
    /// Alone: the share that would go if it were known.
    pub first: Estimate,
    /// With all its interactions: the share that would stay if all others were known.
    pub total: Estimate,
}

/// Indices of all parameters.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Indices {
    /// Variance of the answer over the design, luck taken off; of several numbers the sum.
    pub variance: f64,
    /// Share of luck in the variance of means over replications; `None` where one replication cannot tell.
    pub luck: Option<f64>,
    /// Rows of the design that were used: those without a missing answer.
    pub rows: usize,
    /// By parameter.
    pub parameters: Vec<Index>,
}

/// What a row of the design adds to sums.
struct DesignRow {
    /// Mean of A and B, number by number.
    middle: Vec<f64>,
    /// Mean square of A and B.
    square: f64,
    /// What luck adds to the variance.
    luck: f64,
    steps: Vec<ParameterStep>,
}

/// The move of one coordinate from A to B's.
struct ParameterStep {
    /// By how much the answer moves, number by number.
    by: Vec<f64>,
    /// That times B's answer.
    product: f64,
    /// Half its square.
    half_square: f64,
}

/// Indices from answers at the points of [`scenario::study::designs::saltelli`]; `None` if the answer does not vary, or if luck
/// hides whether it does: then shares of its variance would say nothing.
///
/// Source: Saltelli et al. 2010, table 2 (b) for the first and (f), Jansen's, for the total index; variance over A and B. Answers are
/// centred before anything else. With several replications, products are taken between different ones, so that their own luck is not in them.
pub fn indices(answers: &Answers, parameters: usize) -> Option<Indices> {
    let rows = rows(answers, parameters);
    if rows.is_empty() {
        return None;
    }
    let every: Vec<u32> = (0..rows.len() as u32).collect();
    let all = Sums::of(&every, &rows, answers.components);
    let variance = all.variance();
    // What is left of rounding is no variance.
    if variance <= 1e-18 * all.square.max(f64::MIN_POSITIVE) {
        return None;
    }
    if hidden_by_luck(&rows, answers.components) {
        return None;
    }
    let shares = with_intervals(rows.len(), &|chosen| {
        let sums = Sums::of(chosen, &rows, answers.components);
        let variance = sums.variance();
        (0..parameters).flat_map(|at| sums.shares(chosen, &rows, at, variance)).collect()
    });
    let parameters = shares
        .chunks(2)
        .map(|pair| Index { first: within(pair[0]), total: within(pair[1]) })
        .collect();
    let luck = (answers.replications > 1).then(|| all.luck / (variance + all.luck));
    Some(Indices { variance, luck, rows: rows.len(), parameters })
}

/// An estimate whose interval leaves out what no share can be: less than nothing and more than all.
fn within(Estimate { value, low, high }: Estimate) -> Estimate {
    Estimate { value, low: low.max(value.min(0.0)), high: high.min(value.max(1.0)) }
}

/// Whether other rows might have shown no variance at all once luck is taken off: in one of forty resamples or more.
fn hidden_by_luck(rows: &[DesignRow], components: usize) -> bool {
    let resamples = Resamples::new(rows.len(), RESAMPLES);
    let without = |chosen: &&[u32]| Sums::of(chosen, rows, components).variance() <= 0.0;
    40 * resamples.each().filter(without).count() > RESAMPLES
}

/// Rows whose answers are all there, centred on the mean of A and B.
fn rows(answers: &Answers, parameters: usize) -> Vec<DesignRow> {
    let width = parameters + 2;
    let whole = |row: &usize| (0..width).all(|at| answers.means(row * width + at).is_some());
    let kept: Vec<usize> = (0..answers.points.len() / width).filter(whole).collect();
    let centre: Vec<f64> = (0..answers.components)
        .map(|number| {
            let of = |point: usize| mean(number_of(answers, point, number));
            let both = kept.iter().map(|row| (of(row * width) + of(row * width + 1)) / 2.0);
            both.sum::<f64>() / kept.len() as f64
        })
        .collect();
    let row = |row: &usize| {
        let (a, b) = (row * width, row * width + 1);
        let centred = |point: usize, number: usize| -> Vec<f64> {
            number_of(answers, point, number).iter().map(|value| value - centre[number]).collect()
        };
        let mut found = DesignRow {
            middle: Vec::with_capacity(answers.components),
            square: 0.0,
            luck: 0.0,
            steps: (0..parameters)
                .map(|_| ParameterStep { by: Vec::new(), product: 0.0, half_square: 0.0 })
                .collect(),
        };
        for number in 0..answers.components {
            let (at_a, at_b) = (centred(a, number), centred(b, number));
            let (mean_a, mean_b) = (mean(&at_a), mean(&at_b));
            found.middle.push((mean_a + mean_b) / 2.0);
            found.square += (mean_a * mean_a + mean_b * mean_b) / 2.0;
            let apart = differences(&at_b, &at_a);
            let apart_mean = mean(&apart);
            found.luck += (apart_mean * apart_mean - product(&apart, &apart)) / 2.0;
            for (parameter, step) in found.steps.iter_mut().enumerate() {
                let by = differences(&centred(row * width + 2 + parameter, number), &at_a);
                step.product += product(&at_b, &by);
                step.half_square += product(&by, &by) / 2.0;
                step.by.push(mean(&by));
            }
        }
        found
    };
    kept.iter().map(row).collect()
}

fn number_of(answers: &Answers, point: usize, number: usize) -> &[f64] {
    &answers.points[point][number * answers.replications..][..answers.replications]
}

/// Product of two expected values, of which each replication knows one: over pairs of different replications if there are several.
fn product(a: &[f64], b: &[f64]) -> f64 {
    let n = a.len() as f64;
    let (sum_a, sum_b) = (a.iter().sum::<f64>(), b.iter().sum::<f64>());
    if a.len() < 2 {
        return sum_a * sum_b;
    }
    let same: f64 = a.iter().zip(b).map(|(a, b)| a * b).sum();
    (sum_a * sum_b - same) / (n * (n - 1.0))
}

/// Means over some rows.
struct Sums {
    middle: Vec<f64>,
    square: f64,
    luck: f64,
}

impl Sums {
    fn of(chosen: &[u32], rows: &[DesignRow], components: usize) -> Sums {
        let mut sums = Sums { middle: vec![0.0; components], square: 0.0, luck: 0.0 };
        for row in chosen.iter().map(|row| &rows[*row as usize]) {
            sums.square += row.square;
            sums.luck += row.luck;
            for (sum, middle) in sums.middle.iter_mut().zip(&row.middle) {
                *sum += middle;
            }
        }
        let n = chosen.len() as f64;
        sums.square /= n;
        sums.luck /= n;
        sums.middle.iter_mut().for_each(|sum| *sum /= n);
        sums
    }

    fn variance(&self) -> f64 {
        self.square - self.middle.iter().map(|middle| middle * middle).sum::<f64>() - self.luck
    }

    /// First and total index of a parameter over some rows.
    fn shares(&self, chosen: &[u32], rows: &[DesignRow], at: usize, variance: f64) -> [f64; 2] {
        let (mut first, mut total) = (0.0, 0.0);
        for step in chosen.iter().map(|row| &rows[*row as usize].steps[at]) {
            // Rows drawn anew have another middle than all rows have.
            let moved: f64 = step.by.iter().zip(&self.middle).map(|(by, middle)| by * middle).sum();
            first += step.product - moved;
            total += step.half_square;
        }
        [first, total].map(|sum| sum / chosen.len() as f64 / variance)
    }
}
