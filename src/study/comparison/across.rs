//! A study's answer: effects of policies over all draws of parameters, with what we do not know and luck apart.
//!
//! Columns of values are asked for one at a time, so that a study of a million runs needs no more memory than one of a thousand but for two
//! columns of numbers.
//!
//! Deliberately absent: where the values come from, files, drawing.

use serde::{Deserialize, Serialize};

use super::Setting;
use super::effects::less_is_better;
use crate::stats::{Components, Design, components, differences, known, mean_of_known};
use model::MEASURES;
use scenario::study::Arm;

/// An arm of a study: a world with a policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArmOf {
    /// Name.
    pub name: String,
    /// Title.
    pub title: String,
    /// Number of the arm that is its baseline; its own for a baseline.
    pub baseline: usize,
}

impl From<&Arm> for ArmOf {
    fn from(arm: &Arm) -> ArmOf {
        ArmOf { name: arm.name.clone(), title: arm.title.clone(), baseline: arm.baseline }
    }
}

/// What was asked.
#[derive(Clone, Debug)]
pub struct SweepRequest {
    /// Title of the study.
    pub title: String,
    /// Seed, days, replications of each draw.
    pub setting: Setting,
    /// Draws.
    pub draws: u32,
    /// How draws and replications go together.
    pub design: Design,
    /// Arms, world by world.
    pub arms: Vec<ArmOf>,
    /// Measures that are kept: numbers in [`MEASURES`].
    pub measures: Vec<usize>,
    /// Parameters that are drawn, with their value in each draw; `None` for words.
    pub parameters: Vec<(String, Option<Vec<f64>>)>,
}

/// Effect of a policy on one measure: policy minus baseline in the same draw and replication.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EffectAcross {
    /// In the unit of the measure.
    pub amount: Components,
    /// In percent of the mean of the same draw's baseline; `None` if that is nothing in some draw.
    pub percent: Option<Components>,
    /// Share of draws in which the mean effect is for the better; `None` where no way is, or with one draw.
    pub better: Option<f64>,
}

impl EffectAcross {
    /// What is shown: percent where there is such a thing, else the amount.
    pub fn shown(&self) -> &Components {
        self.percent.as_ref().unwrap_or(&self.amount)
    }

    /// Whether the interval leaves out zero.
    pub fn is_clear(&self) -> bool {
        self.amount.interval.is_some_and(|(low, high)| low > 0.0 || high < 0.0)
    }
}

/// One measure in all arms.
#[derive(Clone, Debug, PartialEq)]
pub struct MeasureAcross {
    /// Number in [`MEASURES`].
    pub measure: usize,
    /// Level, by arm; `None` if no run succeeded.
    pub levels: Vec<Option<Components>>,
    /// Effect, by arm; `None` for baselines.
    pub effects: Vec<Option<EffectAcross>>,
}

/// How the effect of policies on the leading measure goes with a parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct AlongParameter {
    /// Path of the parameter.
    pub path: String,
    /// Mean value of the parameter in each group of draws, ascending.
    pub values: Vec<f64>,
    /// For each arm the mean effect in each group; empty for baselines.
    pub effects: Vec<Vec<f64>>,
    /// Largest share of the variance of draws' mean effects that lies between the groups, over policies (correlation ratio).
    pub share: f64,
}

/// A study's answer.
#[derive(Clone, Debug)]
pub struct Across {
    /// What was asked.
    pub asked: SweepRequest,
    /// By measure.
    pub measures: Vec<MeasureAcross>,
    /// By parameter that is a number and varies, those that matter most first.
    pub along: Vec<AlongParameter>,
}

/// Values of an arm and measure, by draw and replication; not a number where a run failed.
pub type ReadColumn<'a> = dyn FnMut(usize, usize) -> Result<Vec<f64>, String> + 'a;

impl Across {
    /// Computes all effects.
    pub fn of(asked: SweepRequest, column: &mut ReadColumn) -> Result<Across, String> {
        let mut measures = Vec::new();
        let mut along = Vec::new();
        for (place, &measure) in asked.measures.iter().enumerate() {
            let mut line = MeasureAcross { measure, levels: Vec::new(), effects: Vec::new() };
            let mut base = Vec::new();
            let mut means = Vec::new();
            for (number, arm) in asked.arms.iter().enumerate() {
                let values = column(number, measure)?;
                line.levels.push(asked.components(&values));
                if arm.baseline == number {
                    line.effects.push(None);
                    means.push(Vec::new());
                    base = values;
                    continue;
                }
                line.effects.push(asked.effect(measure, &base, &values));
                if place == 0 {
                    means.push(by_draw(&asked.percent(&base, &values), asked.setting.replications));
                }
            }
            if place == 0 {
                along = asked.along(&means);
            }
            measures.push(line);
        }
        Ok(Across { asked, measures, along })
    }

    /// A measure by its name; `None` if it is not kept.
    pub fn measure(&self, name: &str) -> Option<&MeasureAcross> {
        self.measures.iter().find(|line| MEASURES[line.measure].name == name)
    }

    /// Numbers of the arms that are no baseline.
    pub fn policies(&self) -> impl Iterator<Item = usize> + '_ {
        let arms = self.asked.arms.iter().enumerate();
        arms.filter(|(number, arm)| arm.baseline != *number).map(|(number, _)| number)
    }
}

/// Groups of draws along a parameter at most. Source: judgement.
const GROUPS: usize = 8;
/// Draws in a group at least, if the values are not a few levels. Source: judgement.
const IN_A_GROUP: usize = 5;

impl SweepRequest {
    fn components(&self, values: &[f64]) -> Option<Components> {
        components(values, self.setting.replications as usize, self.design)
    }

    fn effect(&self, measure: usize, base: &[f64], policy: &[f64]) -> Option<EffectAcross> {
        let difference = differences(policy, base);
        let amount = self.components(&difference)?;
        let percent = self.percent(base, policy);
        let whole = difference
            .iter()
            .zip(&percent)
            .all(|(amount, percent)| amount.is_nan() || percent.is_finite());
        let means = by_draw(&difference, self.setting.replications);
        let better =
            less_is_better(MEASURES[measure].wanted).filter(|_| self.draws > 1).map(|less| {
                let means = known(&means);
                let better =
                    means.iter().filter(|mean| if less { **mean < 0.0 } else { **mean > 0.0 });
                better.count() as f64 / means.len() as f64
            });
        Some(EffectAcross { amount, percent: self.components(&percent).filter(|_| whole), better })
    }

    /// Differences in percent of the mean of the same draw's baseline.
    fn percent(&self, base: &[f64], policy: &[f64]) -> Vec<f64> {
        let replications = self.setting.replications as usize;
        let mut all = Vec::with_capacity(base.len());
        for (base, policy) in base.chunks(replications).zip(policy.chunks(replications)) {
            let level = mean_of_known(base);
            all.extend(
                policy.iter().zip(base).map(|(policy, base)| 100.0 * (policy - base) / level.abs()),
            );
        }
        all
    }

    /// How effects, given by arm and draw, go with each parameter.
    fn along(&self, effects: &[Vec<f64>]) -> Vec<AlongParameter> {
        let mut all: Vec<AlongParameter> = Vec::new();
        for (path, values) in &self.parameters {
            let Some(values) = values else { continue };
            let there = |draw: &usize| {
                effects.iter().all(|arm| arm.get(*draw).is_none_or(|effect| effect.is_finite()))
            };
            let mut order: Vec<usize> = (0..values.len()).filter(there).collect();
            order.sort_by(|a, b| values[*a].total_cmp(&values[*b]).then(a.cmp(b)));
            let groups = groups(&order, values);
            if groups.len() < 2 {
                continue;
            }
            let mean = |draws: &[usize], of: &[f64]| {
                draws.iter().map(|draw| of[*draw]).sum::<f64>() / draws.len() as f64
            };
            let curves: Vec<Vec<f64>> = effects
                .iter()
                .map(|arm| {
                    if arm.is_empty() {
                        Vec::new()
                    } else {
                        groups.iter().map(|draws| mean(draws, arm)).collect()
                    }
                })
                .collect();
            let share = effects.iter().zip(&curves).filter(|(arm, _)| !arm.is_empty()).map(
                |(arm, curve)| {
                    let middle = mean(&order, arm);
                    let square = |distance: f64| distance * distance;
                    let all: f64 = order.iter().map(|draw| square(arm[*draw] - middle)).sum();
                    let between = groups
                        .iter()
                        .zip(curve)
                        .map(|(draws, mean)| draws.len() as f64 * square(mean - middle));
                    if all > 0.0 { between.sum::<f64>() / all } else { 0.0 }
                },
            );
            let share = share.fold(0.0, f64::max);
            let values = groups.iter().map(|draws| mean(draws, values)).collect();
            all.push(AlongParameter { path: path.clone(), values, effects: curves, share });
        }
        all.sort_by(|a, b| b.share.total_cmp(&a.share));
        all
    }
}

/// Mean over the replications of each draw that have a value.
pub(super) fn by_draw(values: &[f64], replications: u32) -> Vec<f64> {
    values.chunks(replications.max(1) as usize).map(mean_of_known).collect()
}

/// Draws in the order of a parameter, in groups: one for each value if there are few values, else of like size.
pub(super) fn groups<'a>(order: &'a [usize], values: &[f64]) -> Vec<&'a [usize]> {
    let levels: Vec<&[usize]> = order.chunk_by(|a, b| values[*a] == values[*b]).collect();
    if levels.len() <= GROUPS {
        return levels;
    }
    let number = (order.len() / IN_A_GROUP).clamp(1, GROUPS);
    let end = |group: usize| group * order.len() / number;
    (0..number).map(|group| &order[end(group)..end(group + 1)]).collect()
}

/// Results made up for tests, here and of figures.
#[cfg(any(test, feature = "made_up"))]
#[cfg_attr(not(test), allow(dead_code, missing_docs, unused_imports))]
pub mod tests {
    use super::*;
    use jiff::civil::date;
    use world::random::{Decision, Luck};

    /// An answer about `policies` made-up policies; the effect of the first hangs on the first parameter.
    pub fn made_up(policies: usize, draws: u32, replications: u32) -> Across {
        let number = |what: u64, at: u64| {
            Luck::new(17, 0).at(Decision::Resampling, what as u32, at).normal()
        };
        let parameter = |what: u64| {
            (0..u64::from(draws)).map(|draw| number(1_000 + what, draw).abs()).collect()
        };
        let mut arms = vec![ArmOf {
            name: "kazakhstan".into(),
            title: "Kazakhstan, status quo".into(),
            baseline: 0,
        }];
        arms.extend((0..policies).map(|n| ArmOf {
            name: format!("policy_{n}"),
            title: format!("Policy number {n}"),
            baseline: 0,
        }));
        let first: Vec<f64> = parameter(0);
        let asked = SweepRequest {
            title: "A made-up study".into(),
            setting: Setting {
                version: "0".into(),
                model_version: 1,
                seed: 1,
                replications,
                window: (date(2023, 1, 1), date(2024, 12, 31)),
                people_per_agent: 100,
                baseline: "kazakhstan".into(),
                baseline_title: "Kazakhstan, status quo".into(),
            },
            draws,
            design: Design::SAMPLED,
            arms,
            measures: (0..MEASURES.len()).collect(),
            parameters: vec![
                ("customers.habit".into(), Some(first.clone())),
                ("mule_cards.price".into(), Some(parameter(1))),
                ("policy.shutdown_rate.targeting".into(), None),
            ],
        };
        Across::of(asked, &mut |arm, measure| {
            let runs = u64::from(draws) * u64::from(replications);
            let value = |run: u64| {
                let draw = (run / u64::from(replications)) as usize;
                let world = 100.0 + 5.0 * number(measure as u64, draw as u64);
                let effect = if arm == 1 {
                    -10.0 * first[draw]
                } else {
                    2.0 * (arm as f64 - 2.0) * f64::from(u8::from(arm > 0))
                };
                world
                    + effect
                    + number(50 + measure as u64, run)
                    + 0.5 * number(100 + arm as u64, run)
            };
            Ok((0..runs).map(value).collect())
        })
        .unwrap()
    }

    #[test]
    fn the_effect_that_hangs_on_a_parameter_is_found_and_its_spread_is_ignorance() {
        let across = made_up(3, 40, 4);
        let effect = across.measure("unlicensed_turnover").unwrap().effects[1].unwrap();
        assert!(effect.amount.share_of_ignorance().unwrap() > 0.9 && effect.is_clear());
        assert!(effect.better.unwrap() > 0.9);
        let constant = across.measure("unlicensed_turnover").unwrap().effects[2].unwrap();
        assert!(constant.amount.share_of_ignorance().unwrap() < 0.2, "{constant:?}");
        assert_eq!(across.along[0].path, "customers.habit");
        assert!(across.along[0].share > 0.8 && across.along[1].share < 0.5, "{:?}", across.along);
        let curve = &across.along[0].effects[1];
        assert!(curve.windows(2).all(|pair| pair[1] < pair[0]), "{curve:?}");
    }

    #[test]
    fn failed_runs_are_left_out_and_a_baseline_of_nothing_has_no_percentage() {
        let mut across = made_up(1, 3, 2);
        let mut read = |arm: usize, _: usize| {
            Ok(match arm {
                0 => vec![0.0, 0.0, 5.0, 5.0, 5.0, 5.0],
                _ => vec![1.0, 1.0, 6.0, f64::NAN, 4.0, 4.0],
            })
        };
        across = Across::of(across.asked, &mut read).unwrap();
        let effect = across.measures[0].effects[1].unwrap();
        assert_eq!((effect.amount.runs, effect.percent), (5, None));
        assert!((effect.amount.mean - 1.0 / 3.0).abs() < 1e-12);
        // Exchange without a licence: less is better.
        assert!((effect.better.unwrap() - 1.0 / 3.0).abs() < 1e-12);
    }

    #[test]
    fn few_values_are_groups_and_many_are_parted_evenly() {
        let levels: Vec<f64> = (0..12).map(|draw| f64::from(draw % 3)).collect();
        let mut order: Vec<usize> = (0..12).collect();
        order.sort_by(|a, b| levels[*a].total_cmp(&levels[*b]).then(a.cmp(b)));
        assert_eq!(groups(&order, &levels).len(), 3);
        let many: Vec<f64> = (0..23).map(f64::from).collect();
        let order: Vec<usize> = (0..23).collect();
        let sizes: Vec<usize> = groups(&order, &many).iter().map(|group| group.len()).collect();
        assert_eq!((sizes.len(), sizes.iter().sum::<usize>()), (4, 23));
    }
}
