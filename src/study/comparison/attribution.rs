//! What each part of an effect adds: measures of a bundle, or mechanisms that can be switched off.
//!
//! A *world* is a pair of scenarios with the same luck, one for each set of parts. The effect in a world is after
//! minus before in the same replication; what a part adds is computed in each replication from the effects of all
//! worlds, then averaged.

use serde::{Deserialize, Serialize};

use super::dose::mean_of;
use super::{Amount, Setting};
use crate::stats::{Added, added};
use model::MEASURES;

/// What an effect is divided into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum By {
    /// The measures of a bundle: before is always the baseline, after the baseline with a set of them.
    Measure,
    /// Deterrence, displacement and replacement: both scenarios have the same set of them at work.
    Mechanism,
}

/// Mechanisms that can be switched off, in the order of the scenario.
pub const MECHANISMS: [&str; 3] = ["deterrence", "displacement", "replacement"];

/// Values of all runs: `values[scenario][replication][measure]`.
pub type RunValues = [Vec<Vec<f64>>];

/// What is divided.
#[derive(Clone, Debug, PartialEq)]
pub struct Division {
    /// Into what.
    pub by: By,
    /// Parts, at most a handful.
    pub parts: Vec<String>,
    /// Scenarios before and after, by their place in [`RunValues`], for each set of parts; part `i` is in a set if bit
    /// `i` of its number is.
    pub worlds: Vec<(usize, usize)>,
}

/// What a part adds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Contribution {
    /// As the only one.
    pub alone: Amount,
    /// As the last one.
    pub last: Amount,
    /// On average over all orders.
    pub shapley: Amount,
}

/// The effect on one measure, divided.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Split {
    /// Name of the measure.
    pub measure: String,
    /// Unit.
    pub unit: String,
    /// Mean of the baseline.
    #[serde(deserialize_with = "crate::absent::number")]
    pub baseline: f64,
    /// Effect with all parts.
    pub effect: Amount,
    /// Effect with none of them: nothing for measures; incapacitation for mechanisms.
    pub none: Amount,
    /// What each part adds.
    pub parts: Vec<Contribution>,
    /// Effect with all, minus the effect with none, minus what the parts add alone: below 0 in a wanted fall means that
    /// they help each other.
    pub interaction: Amount,
    /// Effect in every world, in the order of the sets.
    pub sets: Vec<Amount>,
}

/// A finished attribution.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Attribution {
    /// How it was got.
    pub setting: Setting,
    /// What the effect is divided into.
    pub by: By,
    /// Name of the bundle or policy.
    pub bundle: String,
    /// Its title.
    pub title: String,
    /// Parts.
    pub parts: Vec<String>,
    /// One for each measure, in the order of [`MEASURES`].
    pub splits: Vec<Split>,
}

impl Attribution {
    /// The effect on a measure.
    ///
    /// # Panics
    /// If there is no measure of that name.
    pub fn split(&self, measure: &str) -> &Split {
        let found = self.splits.iter().find(|split| split.measure == measure);
        found.expect("the measure is in the list")
    }

    /// Names of the parts in a set.
    pub fn members(&self, set: usize) -> Vec<&str> {
        let inside = self.parts.iter().enumerate().filter(|(part, _)| set >> part & 1 == 1);
        inside.map(|(_, name)| name.as_str()).collect()
    }
}

/// Divides the effect on every measure.
///
/// # Panics
/// Without replications, or if there is not a world for each set.
pub fn attribute(
    setting: Setting,
    (bundle, title): (&str, &str),
    division: &Division,
    values: &RunValues,
) -> Attribution {
    let split = |number: usize| split(number, division, values);
    Attribution {
        setting,
        by: division.by,
        bundle: bundle.to_owned(),
        title: title.to_owned(),
        parts: division.parts.clone(),
        splits: (0..MEASURES.len()).map(split).collect(),
    }
}

fn split(measure: usize, division: &Division, values: &RunValues) -> Split {
    let &(before, _) = division.worlds.last().expect("there is a world for each set");
    let replications = values[before].len();
    // By replication and set.
    let effects: Vec<Vec<f64>> = (0..replications)
        .map(|replication| {
            let at = |scenario: usize| values[scenario][replication][measure];
            division.worlds.iter().map(|&(before, after)| at(after) - at(before)).collect()
        })
        .collect();
    let parts: Vec<Vec<Added>> = effects.iter().map(|worth| added(worth)).collect();
    let all = division.worlds.len() - 1;
    let over =
        |of: &dyn Fn(usize) -> f64| Amount::of(&(0..replications).map(of).collect::<Vec<f64>>());
    let interaction = |replication: usize| {
        let (worth, parts) = (&effects[replication], &parts[replication]);
        parts.iter().fold(worth[all] - worth[0], |left, part| left - part.alone)
    };
    let baseline = mean_of(values[before].iter().map(|of| of[measure]));
    let meaning = &MEASURES[measure];
    Split {
        measure: meaning.name.to_owned(),
        unit: meaning.unit.to_owned(),
        baseline,
        effect: over(&|replication| effects[replication][all]),
        none: over(&|replication| effects[replication][0]),
        parts: (0..division.parts.len())
            .map(|part| Contribution {
                alone: over(&|replication| parts[replication][part].alone),
                last: over(&|replication| parts[replication][part].last),
                shapley: over(&|replication| parts[replication][part].shapley),
            })
            .collect(),
        interaction: over(&interaction),
        sets: (0..=all).map(|set| over(&|replication| effects[replication][set])).collect(),
    }
}

/// Results made up for tests, here and of figures.
#[cfg(any(test, feature = "made_up"))]
#[cfg_attr(not(test), allow(dead_code, missing_docs, unused_imports))]
pub mod tests {
    use jiff::civil::date;

    use super::*;
    use world::random::{Decision, Luck};

    /// What is asked, with so many replications.
    pub fn setting(replications: u32) -> Setting {
        Setting {
            version: "0.0.0".to_owned(),
            model_version: 1,
            seed: 1,
            replications,
            window: (date(2024, 1, 1), date(2024, 12, 31)),
            people_per_agent: 100,
            baseline: "base".to_owned(),
            baseline_title: "A baseline made up for a test".to_owned(),
        }
    }

    /// Values of scenarios made up of luck that all share, and of each scenario's own.
    pub fn values(scenarios: usize, replications: u32) -> Vec<Vec<Vec<f64>>> {
        let of = |scenario: usize, replication: u32| -> Vec<f64> {
            let luck = Luck::new(3, replication);
            (0..MEASURES.len())
                .map(|measure| {
                    let shared = luck.at(Decision::Resampling, measure as u32, 0).normal();
                    let mut own =
                        luck.at(Decision::Resampling, measure as u32, scenario as u64 + 1);
                    (1e12 + 1e11 * shared - 1e10 * scenario as f64 + 1e9 * own.normal()).round()
                })
                .collect()
        };
        let scenario = |scenario| (0..replications).map(|number| of(scenario, number)).collect();
        (0..scenarios).map(scenario).collect()
    }

    /// An attribution of so many measures.
    pub fn made_up(parts: usize, replications: u32) -> Attribution {
        let division = Division {
            by: By::Measure,
            parts: (0..parts).map(|part| format!("measure_number_{part}")).collect(),
            worlds: (0..1 << parts).map(|set| (0, set)).collect(),
        };
        let values = values(1 << parts, replications);
        attribute(setting(replications), ("bundle", "All at once"), &division, &values)
    }

    #[test]
    fn parts_add_up_to_the_effect_in_every_replication_and_so_in_the_mean() {
        for parts in 1..=4 {
            for split in made_up(parts, 5).splits {
                let sum: f64 = split.parts.iter().map(|part| part.shapley.mean).sum();
                assert!((sum - split.effect.mean).abs() < 1.0, "{split:?}");
                let alone: f64 = split.parts.iter().map(|part| part.alone.mean).sum();
                assert!((alone + split.interaction.mean - split.effect.mean).abs() < 1.0);
                assert_eq!(split.none, Amount { mean: 0.0, interval: Some((0.0, 0.0)) });
            }
        }
    }

    #[test]
    fn mechanisms_and_incapacitation_add_up_to_the_effect() {
        let division = Division {
            by: By::Mechanism,
            parts: MECHANISMS.map(str::to_owned).to_vec(),
            worlds: (0..8).map(|set| (2 * set, 2 * set + 1)).collect(),
        };
        let made = attribute(setting(4), ("policy", "A policy"), &division, &values(16, 4));
        for split in made.splits {
            let sum: f64 = split.parts.iter().map(|part| part.shapley.mean).sum();
            assert!((split.none.mean + sum - split.effect.mean).abs() < 1.0, "{split:?}");
            assert!(split.none.mean != 0.0);
        }
    }

    #[test]
    fn a_measure_that_changes_nothing_gets_exactly_nothing() {
        // The second measure is without effect: sets that differ only in it are the same scenario.
        let division = Division {
            by: By::Measure,
            parts: vec!["real".to_owned(), "empty".to_owned()],
            worlds: vec![(0, 0), (0, 1), (0, 0), (0, 1)],
        };
        let made = attribute(setting(6), ("b", "B"), &division, &values(2, 6));
        let nothing = Amount { mean: 0.0, interval: Some((0.0, 0.0)) };
        for split in made.splits {
            let Contribution { alone, last, shapley } = split.parts[1];
            assert_eq!([alone, last, shapley, split.interaction], [nothing; 4]);
            assert_eq!(split.parts[0].shapley, split.effect);
        }
    }
}
