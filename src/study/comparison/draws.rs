//! Draws of parameters over which the runs of a comparison are spread, and the parameters that the ranking of policies hangs on.
//!
//! A parameter may move the effect of every policy and leave their order as it is. So what is looked at is how far each policy stands from the mean
//! of all policies in the same draw, and how much of the variance of that lies between draws with different values of the parameter.
//!
//! Deliberately absent: a sensitivity analysis; that takes draws of its own (`crackdown sensitivity`), whose finding a page quotes.

use serde::{Deserialize, Serialize};

use super::ComparedArm;
use super::across::groups;
use crate::stats::{Blocks, differences, mean, quantile};
use scenario::Study;
use world::random::{Decision, Luck};

/// Draws of a comparison.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ComparisonDraws {
    /// Name of the posterior's copy in the result folder.
    pub file: String,
    /// BLAKE3 hash of the posterior.
    pub blake3: String,
    /// Number of draws.
    pub number: u32,
    /// Replications of each draw.
    pub replications: u32,
    /// What is drawn.
    pub parameters: Vec<ParameterDraws>,
    /// What the ranking of policies hangs on; `None` before it was looked at, and where the draws are too few to be grouped.
    pub ranking: Option<Ranking>,
}

/// A drawn parameter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParameterDraws {
    /// Path.
    pub path: String,
    /// Value in each draw, as `--set` takes it.
    pub values: Vec<String>,
}

impl ParameterDraws {
    /// All that a study draws.
    pub fn drawn(study: &Study) -> Vec<ParameterDraws> {
        let rows: Vec<Vec<String>> = (0..study.draws()).map(|draw| study.values(draw)).collect();
        let of = |(number, path): (usize, &str)| ParameterDraws {
            path: path.to_owned(),
            values: rows.iter().map(|row| row[number].clone()).collect(),
        };
        study.parameters().into_iter().enumerate().map(of).collect()
    }
}

/// How the ranking of policies on exchange without a licence goes with the drawn parameters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ranking {
    /// Parameters that go with it beyond chance, those that matter most first.
    pub hangs_on: Vec<Assumption>,
    /// The largest share that chance alone gives to any parameter in 95 of 100 cases.
    pub by_chance: f64,
    /// Number of permutations that tell chance.
    pub permutations: u32,
}

/// A parameter that the ranking hangs on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Assumption {
    /// Path of the parameter.
    pub path: String,
    /// Share of the variance of policies' distances from their mean that lies between draws of unlike values (correlation ratio, less what chance
    /// gives).
    pub share: f64,
    /// Ends of its 95 % interval, where there is one.
    #[serde(default)]
    pub low: Option<f64>,
    /// Upper end.
    #[serde(default)]
    pub high: Option<f64>,
}

/// What `crackdown sensitivity` found about the ranking.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RankingSensitivity {
    /// The finding in a sentence.
    pub sentence: String,
    /// Title of the study.
    pub study: String,
    /// Policies that it looked at.
    pub policies: Vec<String>,
    /// What it is about.
    pub assumptions: Vec<Assumption>,
    /// Seed of the study.
    pub seed: u64,
    /// Version of the program.
    pub version: String,
}

impl ComparisonDraws {
    /// Which runs belong together.
    pub fn blocks(&self) -> Blocks {
        Blocks::of(self.replications)
    }

    /// Values of a draw, parameter by parameter.
    pub fn values(&self, draw: u32) -> Vec<String> {
        self.parameters.iter().map(|of| of.values[draw as usize].clone()).collect()
    }

    /// What the ranking on exchange without a licence, the first measure, depends on.
    pub fn of(mut self, arms: &[ComparedArm]) -> ComparisonDraws {
        let of = |arm: &ComparedArm| arm.values[0].clone();
        let base = of(&arms[0]);
        let effect = |arm: &ComparedArm| differences(&of(arm), &base);
        let effects: Vec<Vec<f64>> = arms[1..].iter().map(effect).collect();
        self.rank(&effects, &base);
        self
    }

    /// What the effect of one policy depends on: differences run by run, and levels of the baseline. As for the ranking.
    pub fn of_one(&self, effect: &[f64], levels: &[f64]) -> Option<Ranking> {
        let mut one = self.clone();
        one.rank(&[effect.to_vec()], levels);
        one.ranking
    }

    /// Looks at what the ranking hangs on: `effects[policy][run]` are differences, `levels` those of the baseline.
    fn rank(&mut self, effects: &[Vec<f64>], levels: &[f64]) {
        let levels = self.blocks().means(levels).into_owned();
        let relative = |effect: &Vec<f64>| -> Vec<f64> {
            let means = self.blocks().means(effect).into_owned();
            // In percent of the same draw, so that a larger market alone is no other ranking.
            if levels.iter().all(|level| *level != 0.0) {
                means.iter().zip(&levels).map(|(effect, level)| effect / level.abs()).collect()
            } else {
                means
            }
        };
        let effects: Vec<Vec<f64>> = effects.iter().map(relative).collect();
        let numbers: Vec<(&str, Vec<f64>)> = self
            .parameters
            .iter()
            .map(|parameter| (parameter.path.as_str(), numbers(&parameter.values)))
            .collect();
        let ranking = ranking(&numbers, &apart(&effects));
        self.ranking = ranking;
    }
}

impl ParameterDraws {
    /// Its different values, in the order of the alphabet.
    pub fn words(&self) -> Vec<String> {
        words(&self.values)
    }
}

fn words(values: &[String]) -> Vec<String> {
    let mut words = values.to_vec();
    words.sort();
    words.dedup();
    words
}

/// Values as numbers; words by their place in the alphabet.
fn numbers(values: &[String]) -> Vec<f64> {
    let read: Option<Vec<f64>> = values.iter().map(|value| value.parse().ok()).collect();
    read.unwrap_or_else(|| {
        let words = words(values);
        values.iter().map(|value| words.partition_point(|word| word < value) as f64).collect()
    })
}

/// Distance of each policy from the mean of all in the same draw; a single policy is ranked against the baseline, by its effect.
fn apart(effects: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let draws = effects.first().map_or(0, Vec::len);
    let mean = |draw: usize| match effects.len() {
        1 => 0.0,
        many => effects.iter().map(|policy| policy[draw]).sum::<f64>() / many as f64,
    };
    let means: Vec<f64> = (0..draws).map(mean).collect();
    effects
        .iter()
        .map(|policy| policy.iter().zip(&means).map(|(effect, mean)| effect - mean).collect())
        .collect()
}

/// Permutations that tell chance. Source: judgement: enough for a steady 95 % quantile.
const PERMUTATIONS: usize = 1_000;
/// Additions that permutations may take; with very many draws fewer permutations are as steady. Source: judgement: a second.
const MOST: usize = 300_000_000;
/// Seed of permutations: fixed, so that the same results give the same words. Unit: none. Source: arbitrary.
const SEED: u64 = 0xa5e;

fn ranking(parameters: &[(&str, Vec<f64>)], policies: &[Vec<f64>]) -> Option<Ranking> {
    let draws = policies.first()?.len();
    let grouped: Vec<(&str, Vec<Vec<usize>>)> = parameters
        .iter()
        .filter_map(|(path, values)| {
            let mut order: Vec<usize> = (0..draws).collect();
            order.sort_by(|a, b| values[*a].total_cmp(&values[*b]).then(a.cmp(b)));
            let groups: Vec<Vec<usize>> =
                groups(&order, values).into_iter().map(<[usize]>::to_vec).collect();
            // Groups of one say everything and nothing.
            (groups.len() > 1 && 2 * groups.len() <= draws).then_some((*path, groups))
        })
        .collect();
    if grouped.is_empty() {
        return None;
    }
    let same: Vec<usize> = (0..draws).collect();
    let found: Vec<f64> =
        grouped.iter().map(|(_, groups)| share(groups, policies, &same)).collect();
    let work = draws * policies.len() * grouped.len();
    let permutations = PERMUTATIONS.min(MOST / work.max(1)).max(200);
    let mut largest: Vec<f64> = (0..permutations)
        .map(|number| {
            let shuffled = shuffled(draws, number as u64);
            grouped
                .iter()
                .map(|(_, groups)| share(groups, policies, &shuffled))
                .fold(f64::NEG_INFINITY, f64::max)
        })
        .collect();
    largest.sort_by(f64::total_cmp);
    let by_chance = quantile(&largest, 0.95).max(0.0);
    let mut hangs_on: Vec<Assumption> = grouped
        .iter()
        .zip(found)
        .filter(|(_, share)| *share > by_chance)
        .map(|((path, _), share)| Assumption {
            path: (*path).to_owned(),
            share,
            low: None,
            high: None,
        })
        .collect();
    hangs_on.sort_by(|a, b| b.share.total_cmp(&a.share));
    Some(Ranking { hangs_on, by_chance, permutations: permutations as u32 })
}

/// Share of the variance of policies that lies between groups of draws, less what chance gives; draw `d` of a group has the values of
/// `places[d]`.
///
/// Source: Kelley (1935), An unbiased correlation ratio measure, PNAS 21(9): ε² = 1 − (1 − η²)(n − 1)/(n − k).
fn share(groups: &[Vec<usize>], policies: &[Vec<f64>], places: &[usize]) -> f64 {
    let draws = places.len() as f64;
    let (mut between, mut all) = (0.0, 0.0);
    for policy in policies {
        let middle = mean(policy);
        all += policy.iter().map(|value| (value - middle) * (value - middle)).sum::<f64>();
        for group in groups {
            let sum: f64 = group.iter().map(|draw| policy[places[*draw]] - middle).sum();
            between += sum * sum / group.len() as f64;
        }
    }
    if all <= 0.0 {
        return 0.0;
    }
    1.0 - (1.0 - between / all) * (draws - 1.0) / (draws - groups.len() as f64)
}

fn shuffled(number: usize, permutation: u64) -> Vec<usize> {
    let mut draws = Luck::new(SEED, number as u32).at(Decision::Resampling, 1, permutation);
    let mut places: Vec<usize> = (0..number).collect();
    for last in (1..number).rev() {
        let chosen = ((draws.uniform() * (last + 1) as f64) as usize).min(last);
        places.swap(last, chosen);
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normal(what: u32, number: usize) -> f64 {
        Luck::new(3, 0).at(Decision::Resampling, what, number as u64).normal()
    }

    /// Two policies over so many draws; the first parameter moves both, the second their order, the third nothing.
    fn made_up(number: usize, order: f64) -> ComparisonDraws {
        let value = |what: u32| -> Vec<String> {
            (0..number).map(|draw| normal(what, draw).to_string()).collect()
        };
        let parameters = ["level", "order", "nothing"]
            .iter()
            .zip(1..)
            .map(|(path, what)| ParameterDraws { path: (*path).to_owned(), values: value(what) })
            .collect();
        let mut draws = ComparisonDraws {
            file: "posterior.csv".to_owned(),
            blake3: String::new(),
            number: number as u32,
            replications: 2,
            parameters,
            ranking: None,
        };
        let effect = |policy: f64| -> Vec<f64> {
            (0..2 * number)
                .map(|run| {
                    let draw = run / 2;
                    10.0 * normal(1, draw)
                        + policy * order * normal(2, draw)
                        + 0.5 * normal(9 + policy as u32, run)
                })
                .collect()
        };
        draws.rank(&[effect(1.0), effect(2.0)], &vec![100.0; 2 * number]);
        draws
    }

    #[test]
    fn the_parameter_that_turns_the_order_is_found_and_the_one_that_moves_all_is_not() {
        let ranking = made_up(40, 3.0).ranking.unwrap();
        let paths: Vec<&str> = ranking.hangs_on.iter().map(|one| one.path.as_str()).collect();
        assert_eq!(paths, ["order"], "{ranking:?}");
        assert!(ranking.hangs_on[0].share > 0.7 && ranking.by_chance < 0.5, "{ranking:?}");
    }

    #[test]
    fn chance_is_not_taken_for_an_assumption() {
        assert_eq!(made_up(40, 0.0).ranking.unwrap().hangs_on, []);
        assert_eq!(made_up(6, 3.0).ranking, None);
    }

    #[test]
    fn a_single_policy_is_ranked_against_the_baseline() {
        assert_eq!(apart(&[vec![1.0, 2.0]]), [[1.0, 2.0]]);
        assert_eq!(apart(&[vec![1.0, 2.0], vec![3.0, 8.0]]), [[-1.0, -3.0], [1.0, 3.0]]);
    }

    #[test]
    fn words_are_levels() {
        let words = ["Random", "Easiest", "Random"].map(str::to_owned);
        assert_eq!(numbers(&words), [1.0, 0.0, 1.0]);
        assert_eq!(numbers(&["2".to_owned(), "1e1".to_owned()]), [2.0, 10.0]);
    }
}
