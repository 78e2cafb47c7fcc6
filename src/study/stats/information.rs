//! What finding out is worth before a choice is made: of everything (EVPI), of one parameter (EVPPI), of a survey of it (EVSI).
//!
//! A choice is made among options by their mean over worlds. Who knew the world would choose better in some of them; the mean gain is what
//! knowing is worth. What a parameter tells is the regression of the differences between options on it; chance, which nobody can know, is
//! what the regression leaves. A regression finds something in noise as well: the same with worlds shuffled says how much.
//!
//! Source: Strong, Oakley & Brennan 2014, *Medical Decision Making* 34 (regression); Jalal & Alarid-Escudero 2018, *Medical Decision Making*
//! 38 (survey: the fitted differences shrink by √(n / (n + n₀)), exact for normal parameters with a linear effect); Hastie, Tibshirani &
//! Friedman 2009, *The Elements of Statistical Learning*, 5.2 (natural cubic splines); Kim & Gu 2004, *JRSS B* 66 (1.4 in GCV).
//!
//! Deliberately absent: what the options are, and what is to be had for less.

use super::boxes::{ParameterValues, shuffled};
use super::{Design, components, differences, mean, quantile};

/// Natural splines that are tried: functions with 1, 2, 3, 5 and 9 free numbers, each holding those before.
const SIZES: [usize; 5] = [1, 2, 3, 5, 9];
/// What a free number costs in generalised cross-validation. Source: Kim & Gu 2004.
const COST: f64 = 1.4;
/// Worlds for each free number at least. Source: judgement.
const WORLDS_PER_NUMBER: usize = 5;
/// Shuffles that tell what chance gives. Source: judgement.
const SHUFFLES: u64 = 200;

/// What knowing something is worth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Worth {
    /// Mean gain, in the unit of the benefits.
    pub gain: f64,
    /// Share of worlds in which another option would be chosen.
    pub changes: f64,
}

impl Worth {
    /// Of expected advantages over the option that is chosen now: `advantages[option][world]`.
    fn of(advantages: &[Vec<f64>]) -> Worth {
        let worlds = advantages.first().map_or(0, Vec::len);
        let best = |world: usize| advantages.iter().map(|one| one[world]).fold(0.0_f64, f64::max);
        let gains: Vec<f64> = (0..worlds).map(best).collect();
        let number = worlds.max(1) as f64;
        Worth {
            gain: gains.iter().sum::<f64>() / number,
            changes: gains.iter().filter(|gain| **gain > 0.0).count() as f64 / number,
        }
    }
}

/// A function of one parameter: orthonormal columns that grow from a constant to a spline with many bends.
struct Smooth {
    columns: Vec<Vec<f64>>,
    /// How many columns each function that is tried has.
    sizes: Vec<usize>,
}

impl Smooth {
    /// `None` where the parameter is the same in all worlds.
    fn along(values: &ParameterValues) -> Option<Smooth> {
        let (wanted, worlds) = match values {
            ParameterValues::Numbers(numbers) => (spline(numbers), numbers.len()),
            ParameterValues::Words(words) => (vec![indicators(words)], words.len()),
        };
        let mut columns = vec![vec![1.0 / (worlds as f64).sqrt(); worlds]];
        let mut sizes = vec![1];
        for group in wanted {
            if (columns.len() + group.len()) * WORLDS_PER_NUMBER > worlds {
                break;
            }
            for mut column in group {
                let before = length(&column);
                // Twice, so that rounding leaves nothing of the others.
                for _ in 0..2 {
                    for other in &columns {
                        let dot = dot(&column, other);
                        column.iter_mut().zip(other).for_each(|(x, y)| *x -= dot * y);
                    }
                }
                let left = length(&column);
                if left > 1e-8 * before {
                    column.iter_mut().for_each(|x| *x /= left);
                    columns.push(column);
                }
            }
            if columns.len() > sizes[sizes.len() - 1] {
                sizes.push(columns.len());
            }
        }
        (sizes.len() > 1).then_some(Smooth { columns, sizes })
    }

    /// Fitted values, with as many bends as generalised cross-validation asks for.
    fn fit(&self, values: &[f64]) -> Vec<f64> {
        let weights: Vec<f64> = self.columns.iter().map(|column| dot(column, values)).collect();
        let number = values.len() as f64;
        let all = dot(values, values);
        let score = |size: usize| {
            let left = all - weights[..size].iter().map(|weight| weight * weight).sum::<f64>();
            let free = 1.0 - COST * size as f64 / number;
            left.max(0.0) / (free * free)
        };
        let mut chosen = 1;
        for &size in &self.sizes[1..] {
            if score(size) < score(chosen) {
                chosen = size;
            }
        }
        let mut fitted = vec![0.0; values.len()];
        for (column, weight) in self.columns.iter().zip(&weights).take(chosen) {
            fitted.iter_mut().zip(column).for_each(|(sum, x)| *sum += weight * x);
        }
        fitted
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn length(column: &[f64]) -> f64 {
    dot(column, column).sqrt()
}

/// Columns of natural cubic splines by group: linear, a knot in the middle, at the quarters, at the eighths.
fn spline(numbers: &[f64]) -> Vec<Vec<Vec<f64>>> {
    let mut sorted = numbers.to_vec();
    sorted.sort_by(f64::total_cmp);
    let (low, high) = (sorted[0], sorted[sorted.len() - 1]);
    if high <= low {
        return Vec::new();
    }
    let scaled = |value: f64| (value - low) / (high - low);
    let linear = numbers.iter().map(|value| scaled(*value)).collect();
    let mut groups = vec![vec![linear]];
    let mut parts = 2;
    for size in &SIZES[2..] {
        let knots = (1..parts).step_by(if parts == 2 { 1 } else { 2 });
        let knots = knots.map(|at| scaled(quantile(&sorted, f64::from(at) / f64::from(parts))));
        let group: Vec<Vec<f64>> = knots
            .filter(|knot| *knot > 0.0 && *knot < 1.0)
            .map(|knot| {
                // Between ends at 0 and 1 this is linear outside them and has one bend inside.
                let cube = |x: f64| x.max(0.0) * x.max(0.0) * x.max(0.0);
                let column = |value: &f64| {
                    let x = scaled(*value);
                    cube(x - knot) - (1.0 - knot) * cube(x)
                };
                numbers.iter().map(column).collect()
            })
            .collect();
        debug_assert!(group.len() <= size / 2 + 1);
        groups.push(group);
        parts *= 2;
    }
    groups
}

/// A column for each word.
fn indicators(words: &[usize]) -> Vec<Vec<f64>> {
    let mut all = words.to_vec();
    all.sort_unstable();
    all.dedup();
    let of = |word: usize| words.iter().map(|own| f64::from(u8::from(*own == word))).collect();
    all.into_iter().map(of).collect()
}

/// Options under all worlds.
#[derive(Clone, Debug)]
pub struct Choices {
    /// Number of the option with the largest mean.
    pub chosen: usize,
    /// Advantage over it, run by run, of all others: `[option][draw · replications + replication]`.
    runs: Vec<Vec<f64>>,
    /// Their means over replications.
    advantages: Vec<Vec<f64>>,
    replications: usize,
}

impl Choices {
    /// Of benefits `[option][draw · replications + replication]`; the more the better, and each draw with a value for all. `None` with fewer
    /// than two options or draws.
    pub fn of(benefits: &[Vec<f64>], replications: usize) -> Option<Choices> {
        let means: Vec<f64> = benefits.iter().map(|option| mean(option)).collect();
        let best = |a: &usize, b: &usize| means[*a].total_cmp(&means[*b]).then(b.cmp(a));
        let chosen = (0..means.len()).max_by(best)?;
        let others = benefits.iter().enumerate().filter(|(option, _)| *option != chosen);
        let less = |(_, option): (usize, &Vec<f64>)| -> Vec<f64> {
            differences(option, &benefits[chosen])
        };
        let runs: Vec<Vec<f64>> = others.map(less).collect();
        let by_draw = |runs: &Vec<f64>| runs.chunks(replications).map(mean).collect();
        let advantages: Vec<Vec<f64>> = runs.iter().map(by_draw).collect();
        (advantages.first()?.len() > 1).then_some(Choices {
            chosen,
            runs,
            advantages,
            replications,
        })
    }

    /// What knowing everything but chance is worth: draws' means shrunk to the spread that is left when chance is taken off. With one
    /// replication chance cannot be told, and is in it; then also `true`.
    pub fn everything(&self, design: Design) -> (Worth, bool) {
        let mut holds_chance = false;
        let shrunk = |(runs, means): (&Vec<f64>, &Vec<f64>)| -> Vec<f64> {
            let number = means.len() as f64;
            let middle = mean(means);
            let spread = means.iter().map(|mean| (mean - middle) * (mean - middle)).sum::<f64>()
                / (number - 1.0);
            let known =
                components(runs, self.replications, design).and_then(|found| found.ignorance);
            holds_chance |= known.is_none();
            let share = known
                .map_or(1.0, |sd| if spread > 0.0 { (sd * sd / spread).min(1.0) } else { 0.0 });
            means.iter().map(|mean| middle + share.sqrt() * (mean - middle)).collect()
        };
        let advantages: Vec<Vec<f64>> =
            self.runs.iter().zip(&self.advantages).map(shrunk).collect();
        (Worth::of(&advantages), holds_chance)
    }

    /// What knowing each parameter is worth, and the gain that chance gives to any of them in at most 5 of 100 cases. `None` for a parameter
    /// that does not vary.
    pub fn parameters(&self, parameters: &[ParameterValues]) -> (Vec<Option<KnownParameter>>, f64) {
        let smooths: Vec<Option<Smooth>> = parameters.iter().map(Smooth::along).collect();
        let fit = |smooth: &Smooth, advantages: &[Vec<f64>]| -> Vec<Vec<f64>> {
            advantages.iter().map(|values| smooth.fit(values)).collect()
        };
        let told = smooths.iter().map(|smooth| {
            let fitted = fit(smooth.as_ref()?, &self.advantages);
            Some(KnownParameter { worth: Worth::of(&fitted), fitted })
        });
        let draws: Vec<usize> = (0..self.advantages[0].len()).collect();
        let mut largest: Vec<f64> = (0..SHUFFLES)
            .map(|shuffle| {
                let order = shuffled(&draws, 2, shuffle);
                let shuffled: Vec<Vec<f64>> = self
                    .advantages
                    .iter()
                    .map(|values| order.iter().map(|draw| values[*draw]).collect())
                    .collect();
                let gains =
                    smooths.iter().flatten().map(|smooth| Worth::of(&fit(smooth, &shuffled)).gain);
                gains.fold(0.0, f64::max)
            })
            .collect();
        largest.sort_by(f64::total_cmp);
        (told.collect(), quantile(&largest, 0.95))
    }
}

/// What a parameter tells about the options.
#[derive(Clone, Debug)]
pub struct KnownParameter {
    /// What knowing it is worth.
    pub worth: Worth,
    /// Expected advantages of the other options, by option and world.
    fitted: Vec<Vec<f64>>,
}

impl KnownParameter {
    /// What asking so many is worth, if what is known now is worth `before` answers.
    pub fn survey(&self, asked: f64, before: f64) -> Worth {
        let share = (asked / (asked + before)).sqrt();
        let shrunk = |values: &Vec<f64>| -> Vec<f64> {
            let middle = mean(values);
            values.iter().map(|value| middle + share * (value - middle)).collect()
        };
        Worth::of(&self.fitted.iter().map(shrunk).collect::<Vec<_>>())
    }
}

/// How many answers what is known of a parameter is worth: those of yes or no for a share, else answers that spread by `spread` (standard
/// deviation). `None` where it does not vary, or where a number that is no share has no spread.
pub fn worth_answers(values: &[f64], spread: Option<f64>) -> Option<f64> {
    let number = values.len() as f64;
    let mean = mean(values);
    let variance =
        values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / (number - 1.0);
    if variance.is_nan() || variance <= 0.0 {
        return None;
    }
    match spread {
        Some(sd) => Some(sd * sd / variance),
        // Source: a beta distribution with this mean and variance counts as so many answers.
        None if values.iter().all(|value| (0.0..=1.0).contains(value)) => {
            Some((mean * (1.0 - mean) / variance - 1.0).max(0.0))
        }
        None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::tests::{near, normal};
    use world::units::maths;

    /// Mean gain of choosing what is better, for an advantage that is normal with this mean and spread.
    fn loss(mean: f64, sd: f64) -> f64 {
        let at = mean.abs() / sd;
        let density = maths::exp(-0.5 * at * at) / (2.0 * std::f64::consts::PI).sqrt();
        sd * (density - at * maths::normal_below(-at))
    }

    /// An option against nothing: advantage −1 + 3 a + 2 b + chance; a third parameter does nothing.
    fn linear(draws: usize, replications: usize, luck: f64) -> (Choices, Vec<ParameterValues>) {
        let parameter = |what| {
            ParameterValues::Numbers((0..draws).map(|draw| normal(5, 0, what, draw)).collect())
        };
        let advantage = |run: usize| {
            let draw = run / replications;
            -1.0 + 3.0 * normal(5, 0, 0, draw)
                + 2.0 * normal(5, 0, 1, draw)
                + luck * normal(5, 0, 9, run)
        };
        let option: Vec<f64> = (0..draws * replications).map(advantage).collect();
        let benefits = [vec![0.0; option.len()], option];
        (Choices::of(&benefits, replications).unwrap(), (0..3).map(parameter).collect())
    }

    #[test]
    fn a_linear_normal_model_has_the_values_of_its_closed_form_with_chance_taken_off() {
        let (choices, parameters) = linear(4_000, 2, 4.0);
        assert_eq!(choices.chosen, 0);
        let (all, holds_chance) = choices.everything(Design::SAMPLED);
        assert!(!holds_chance);
        near(all.gain, loss(-1.0, 13.0_f64.sqrt()), 0.06);
        near(all.changes, maths::normal_below(-1.0 / 13.0_f64.sqrt()), 0.03);
        let (told, by_chance) = choices.parameters(&parameters);
        let gains: Vec<f64> = told.iter().map(|told| told.as_ref().unwrap().worth.gain).collect();
        near(gains[0], loss(-1.0, 3.0), 0.06);
        near(gains[1], loss(-1.0, 2.0), 0.06);
        assert!(gains[2] <= by_chance && by_chance < 0.05, "{gains:?}, chance {by_chance}");
        // What is left in with one replication.
        let (choices, _) = linear(4_000, 1, 4.0);
        let (all, holds_chance) = choices.everything(Design::SAMPLED);
        assert!(holds_chance);
        near(all.gain, loss(-1.0, 29.0_f64.sqrt()), 0.1);
    }

    #[test]
    fn a_survey_has_the_value_of_the_normal_closed_form_and_grows_to_all() {
        let (choices, parameters) = linear(4_000, 2, 1.0);
        let (told, _) = choices.parameters(&parameters);
        let told = told[0].as_ref().unwrap();
        let ParameterValues::Numbers(values) = &parameters[0] else { panic!("numbers") };
        // Each answer spreads by 5 around the truth, which spreads by 1: what is known is worth 25 answers.
        let before = worth_answers(values, Some(5.0)).unwrap();
        near(before, 25.0, 1.5);
        for asked in [5.0, 25.0, 400.0] {
            near(
                told.survey(asked, 25.0).gain,
                loss(-1.0, 3.0 * (asked / (asked + 25.0)).sqrt()),
                0.06,
            );
        }
        assert!(told.survey(1e9, 25.0).gain > 0.9999 * told.worth.gain);
    }

    #[test]
    fn bends_are_followed_and_words_are_told_apart() {
        let draws = 600;
        let x: Vec<f64> = (0..draws).map(|draw| draw as f64 / draws as f64).collect();
        let words: Vec<usize> = (0..draws).map(|draw| draw % 3).collect();
        // Better in the middle third of x by 1, else worse by 1: a cubic spline rounds it off.
        let hump = |x: f64| 0.5 * maths::exp(-0.5 * (x - 0.5) * (x - 0.5) / 0.01) - 0.2;
        let option: Vec<f64> =
            (0..draws).map(|draw| hump(x[draw]) + 0.3 * normal(5, 0, 3, draw)).collect();
        let choices = Choices::of(&[vec![0.0; draws], option], 1).unwrap();
        let (told, by_chance) = choices.parameters(&[
            ParameterValues::Numbers(x.clone()),
            ParameterValues::Words(words.clone()),
        ]);
        let truth = x.iter().map(|x| hump(*x).max(0.0)).sum::<f64>() / draws as f64;
        near(told[0].as_ref().unwrap().worth.gain, truth - hump_mean(&x, hump), 0.012);
        assert!(told[1].as_ref().unwrap().worth.gain <= by_chance);
        let of_word: Vec<f64> = words.iter().map(|word| [-2.0, -1.0, 2.0][*word]).collect();
        let choices = Choices::of(&[vec![0.0; draws], of_word], 1).unwrap();
        let (told, _) = choices.parameters(&[ParameterValues::Words(words)]);
        near(told[0].as_ref().unwrap().worth.gain, 2.0 / 3.0, 1e-9);
        near(told[0].as_ref().unwrap().worth.changes, 1.0 / 3.0, 1e-9);
    }

    /// What is had without knowing: the mean, if it is above nothing.
    fn hump_mean(x: &[f64], hump: impl Fn(f64) -> f64) -> f64 {
        (x.iter().map(|x| hump(*x)).sum::<f64>() / x.len() as f64).max(0.0)
    }

    #[test]
    fn a_share_is_worth_the_answers_of_its_beta_distribution_and_what_does_not_vary_none() {
        // Mean 0.3 and variance 0.3 · 0.7 / 22: as after 21 answers.
        let sd = (0.3_f64 * 0.7 / 22.0).sqrt();
        let values: Vec<f64> = [-1.0, 1.0].map(|sign| 0.3 + sign * sd / 2.0_f64.sqrt()).to_vec();
        near(worth_answers(&values, None).unwrap(), 21.0, 1e-9);
        assert_eq!(worth_answers(&[3.0, 3.0], Some(1.0)), None);
        assert_eq!(worth_answers(&[3.0, 4.0], None), None);
    }
}
