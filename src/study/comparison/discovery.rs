//! Where policies fail, and what finding out is worth: the runs of a study or of a comparison over draws, looked at world by world.
//!
//! A policy fails in a world if it moves the objective the wrong way there, or misses a limit. In reading order: [`Worlds`] (what is known of
//! the runs), [`DiscoveryRequest`] with its [`Limit`]s, [`PolicyTest`] (in which worlds one policy fails one test), [`InformationValue`] (what
//! finding out is worth).
//!
//! Deliberately absent: how boxes and values are computed; see `stats`.

use serde::{Deserialize, Serialize};

use super::across::{self, ArmOf};
use super::draws::ParameterDraws;
use super::effects::less_is_better;
use super::{Comparison, Setting, measure_number};
use crate::stats::boxes::{Choice, FoundBox, ParameterValues, Search, WorldCount};
use crate::stats::information::{Choices, Worth, worth_answers};
use crate::stats::{Design, components, differences, known, mean};
use model::MEASURES;

/// Worlds from which boxes are looked for. Source: judgement: two in the smallest box by chance.
pub const FEWEST_WORLDS: usize = 40;
/// Worlds in which a policy fails, and in which it does not, from which boxes are looked for. Source: judgement.
pub const FEWEST_FAILURES: usize = 5;

/// A measure in all arms.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MeasureRuns {
    /// Name of the measure.
    pub measure: String,
    /// Values by arm, draw and replication; no number where a run failed.
    #[serde(deserialize_with = "crate::absent::lists")]
    pub values: Vec<Vec<f64>>,
}

/// Runs over draws of parameters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Worlds {
    /// Title of the study.
    pub title: String,
    /// Name of the study.
    pub name: String,
    /// Seed, days, replications of each draw.
    pub setting: Setting,
    /// Whether all draws have the same random numbers.
    pub luck_is_shared: bool,
    /// Arms, the baseline first.
    pub arms: Vec<ArmOf>,
    /// What is drawn.
    pub parameters: Vec<ParameterDraws>,
    /// Measures.
    pub lines: Vec<MeasureRuns>,
}

impl Worlds {
    /// Of a study, with these measures of it.
    pub fn of_study(
        name: &str,
        asked: &across::SweepRequest,
        parameters: Vec<ParameterDraws>,
        measures: &[usize],
        column: &mut across::ReadColumn,
    ) -> Result<Worlds, String> {
        let mut lines = Vec::new();
        for &measure in measures {
            let values = (0..asked.arms.len()).map(|arm| column(arm, measure));
            let values = values.collect::<Result<_, _>>()?;
            lines.push(MeasureRuns { measure: MEASURES[measure].name.to_owned(), values });
        }
        Ok(Worlds {
            title: asked.title.clone(),
            name: name.to_owned(),
            setting: asked.setting.clone(),
            luck_is_shared: asked.design.luck_is_shared,
            arms: asked.arms.clone(),
            parameters,
            lines,
        })
    }

    /// Of a comparison, with these measures of it; `None` if it has no draws.
    pub fn of_comparison(comparison: &Comparison, measures: &[usize]) -> Option<Worlds> {
        let draws = comparison.draws.as_ref()?;
        let arm = |arm: &super::ComparedArm| ArmOf {
            name: arm.name.clone(),
            title: arm.title.clone(),
            baseline: 0,
        };
        let line = |measure: &usize| MeasureRuns {
            measure: MEASURES[*measure].name.to_owned(),
            values: comparison.arms.iter().map(|arm| arm.values[*measure].clone()).collect(),
        };
        Some(Worlds {
            title: format!("Comparison with {}", comparison.arms[0].title),
            name: comparison.arms[0].name.clone(),
            setting: Setting { replications: draws.replications, ..comparison.setting() },
            luck_is_shared: false,
            arms: comparison.arms.iter().map(arm).collect(),
            parameters: draws.parameters.clone(),
            lines: measures.iter().map(line).collect(),
        })
    }

    /// Number of draws.
    pub fn draws(&self) -> usize {
        let runs = self.lines.first().map_or(0, |line| line.values[0].len());
        runs / self.setting.replications.max(1) as usize
    }

    /// Numbers of the arms that are no baseline.
    pub fn policies(&self) -> impl Iterator<Item = usize> + '_ {
        let arms = self.arms.iter().enumerate();
        arms.filter(|(number, arm)| arm.baseline != *number).map(|(number, _)| number)
    }

    /// Whether numbers fit together: what is read from a file may be anything.
    pub fn is_whole(&self) -> bool {
        let draws = self.draws();
        let runs = draws * self.setting.replications as usize;
        let line = |line: &MeasureRuns| {
            line.values.len() == self.arms.len()
                && line.values.iter().all(|values| values.len() == runs)
                && measure_number(&line.measure).is_some()
        };
        draws > 0
            && self.lines.iter().all(line)
            && self.arms.iter().all(|arm| arm.baseline < self.arms.len())
            && self.parameters.iter().all(|parameter| parameter.values.len() == draws)
    }

    fn values(&self, measure: usize, arm: usize) -> &[f64] {
        let name = MEASURES[measure].name;
        let line = self.lines.iter().find(|line| line.measure == name);
        line.map_or(&[], |line| &line.values[arm])
    }

    /// Means over replications.
    fn by_draw(&self, values: &[f64]) -> Vec<f64> {
        across::by_draw(values, self.setting.replications)
    }

    fn change(&self, measure: usize, arm: usize) -> Vec<f64> {
        let base = self.values(measure, self.arms[arm].baseline);
        differences(self.values(measure, arm), base)
    }

    /// Parameters in these draws: numbers, or words.
    fn parameters_in(&self, draws: &[usize]) -> Vec<ParameterValues> {
        let of = |parameter: &ParameterDraws| {
            let texts: Vec<&String> = draws.iter().map(|draw| &parameter.values[*draw]).collect();
            let numbers: Option<Vec<f64>> = texts
                .iter()
                .map(|text| text.parse().ok().filter(|number: &f64| number.is_finite()))
                .collect();
            numbers.map(ParameterValues::Numbers).unwrap_or_else(|| {
                let words = parameter.words();
                ParameterValues::Words(
                    texts.iter().map(|text| words.partition_point(|word| word < *text)).collect(),
                )
            })
        };
        self.parameters.iter().map(of).collect()
    }
}

/// What a limit is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LimitAbout {
    /// The measure under the policy.
    Level,
    /// Policy minus baseline.
    Change,
    /// The same in percent of the baseline's mean in the same draw.
    Percent,
}

/// What a policy must keep in a world.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Limit {
    /// As it was written.
    pub text: String,
    /// Number of the measure.
    pub measure: usize,
    /// What it is about.
    pub about: LimitAbout,
    /// Whether the value is a ceiling; else a floor.
    pub ceiling: bool,
    /// The value.
    pub value: f64,
}

impl Limit {
    /// Reads `MEASURE<=VALUE` or `MEASURE>=VALUE`: a plain value is a level under the policy, one with a sign a change from the baseline, one
    /// with `%` a change in percent.
    ///
    /// # Errors
    /// What is wrong with it; then `Err(None)` if the measure is not known.
    pub fn read(text: &str) -> Result<Limit, Option<String>> {
        let example = "write for example \"honest_turnover_stopped<=5e9\" (level), \"closures>=+2\" (change) or \"crime_turnover<=-5%\"";
        let parts = text.split_once("<=").map(|parts| (parts, true));
        let parts = parts.or_else(|| text.split_once(">=").map(|parts| (parts, false)));
        let ((name, value), ceiling) =
            parts.ok_or_else(|| Some(format!("has no `<=` or `>=`; {example}")))?;
        let measure = measure_number(name.trim()).ok_or(None)?;
        let value = value.trim().replace('−', "-");
        let (number, about) = match value.strip_suffix('%') {
            Some(number) => (number.trim(), LimitAbout::Percent),
            None if value.starts_with(['+', '-']) => (value.as_str(), LimitAbout::Change),
            None => (value.as_str(), LimitAbout::Level),
        };
        let value = number.parse().ok().filter(|value: &f64| value.is_finite());
        let value = value.ok_or_else(|| Some(format!("`{number}` is no number; {example}")))?;
        Ok(Limit { text: text.trim().to_owned(), measure, about, ceiling, value })
    }
}

/// What is asked of the worlds.
#[derive(Clone, Debug)]
pub struct DiscoveryRequest {
    /// Measure that policies are chosen by.
    pub objective: usize,
    /// Arms that are looked at.
    pub policies: Vec<usize>,
    /// Limits.
    pub limits: Vec<Limit>,
    /// Boxes at most for each case.
    pub boxes: usize,
    /// What boxes are chosen by.
    pub choice: Choice,
    /// People asked in a survey.
    pub people: u32,
    /// How answers about a parameter spread: path, standard deviation.
    pub spreads: Vec<(String, f64)>,
}

/// A policy and a test.
#[derive(Clone, Debug)]
pub struct PolicyTest {
    /// Number of the arm.
    pub policy: usize,
    /// The limit that it may miss; `None`: it moves the objective the wrong way.
    pub limit: Option<usize>,
    /// Worlds that have a value, and those of them in which it fails.
    pub count: WorldCount,
    /// Share of worlds in which it fails with chance taken off; `None` with one replication, or where there is nothing to take off.
    pub without_chance: Option<f64>,
    /// Boxes in which it fails, the first over all worlds; `None` where worlds or failures are too few.
    pub boxes: Option<Vec<FoundBox>>,
    /// Chance that there is nothing to be found: of the last box that was looked for.
    pub by_chance: Option<f64>,
    /// For each box and parameter the words that lie outside it.
    pub words: Vec<Vec<String>>,
}

/// What finding out about a parameter is worth.
#[derive(Clone, Debug, PartialEq)]
pub struct OfParameter {
    /// Path.
    pub path: String,
    /// What knowing it is worth; `None` if it does not vary.
    pub known: Option<Worth>,
    /// Whether that is more than chance gives to any parameter in 95 of 100 cases.
    pub clear: bool,
    /// How many answers what is known of it is worth, and what a survey is worth; `None` where answers have no spread.
    pub survey: Option<(f64, Worth)>,
}

/// What finding out is worth.
#[derive(Clone, Debug, PartialEq)]
pub struct InformationValue {
    /// Number of the arm that is chosen as things are known: the best mean.
    pub chosen: usize,
    /// Arms that are choices: those that keep all limits in the mean.
    pub options: Vec<usize>,
    /// Draws with a value for all of them.
    pub draws: usize,
    /// What knowing everything but chance is worth.
    pub everything: Worth,
    /// Whether chance is still in that, since each draw has one replication.
    pub holds_chance: bool,
    /// The gain that chance gives to any parameter in 95 of 100 cases.
    pub by_chance: f64,
    /// By parameter, those that are worth most first.
    pub parameters: Vec<OfParameter>,
}

/// Where policies fail, and what finding out is worth.
#[derive(Clone, Debug)]
pub struct Discovery {
    /// The runs.
    pub worlds: Worlds,
    /// What was asked.
    pub asked: DiscoveryRequest,
    /// By policy, first the objective, then the limits.
    pub cases: Vec<PolicyTest>,
    /// What finding out is worth; `None` with fewer than two choices or draws.
    pub value: Option<InformationValue>,
}

impl Discovery {
    /// Looks for boxes and computes what finding out is worth.
    pub fn of(worlds: Worlds, asked: DiscoveryRequest) -> Discovery {
        let tests = || std::iter::once(None).chain((0..asked.limits.len()).map(Some));
        let pairs = asked.policies.iter().flat_map(|policy| tests().map(|limit| (*policy, limit)));
        let cases = pairs.map(|(policy, limit)| worlds.case(&asked, policy, limit)).collect();
        let value = worlds.value(&asked);
        Discovery { worlds, asked, cases, value }
    }
}

impl Worlds {
    /// How far a policy misses what is asked of it, run by run: above 0 it fails.
    fn misses(&self, asked: &DiscoveryRequest, policy: usize, limit: Option<usize>) -> Vec<f64> {
        let Some(limit) = limit.map(|limit| &asked.limits[limit]) else {
            let less = less_is_better(MEASURES[asked.objective].wanted).unwrap_or(true);
            let sign = if less { 1.0 } else { -1.0 };
            return self.change(asked.objective, policy).iter().map(|x| sign * x).collect();
        };
        let found = match limit.about {
            LimitAbout::Level => self.values(limit.measure, policy).to_vec(),
            LimitAbout::Change => self.change(limit.measure, policy),
            LimitAbout::Percent => {
                let size = self.setting.replications.max(1) as usize;
                let base = self.by_draw(self.values(limit.measure, self.arms[policy].baseline));
                let change = self.change(limit.measure, policy);
                let of = |(run, change): (usize, &f64)| 100.0 * change / base[run / size].abs();
                change.iter().enumerate().map(of).collect()
            }
        };
        let sign = if limit.ceiling { 1.0 } else { -1.0 };
        found.iter().map(|value| sign * (value - limit.value)).collect()
    }

    fn case(&self, asked: &DiscoveryRequest, policy: usize, limit: Option<usize>) -> PolicyTest {
        let runs = self.misses(asked, policy, limit);
        let means = self.by_draw(&runs);
        let draws: Vec<usize> = (0..means.len()).filter(|draw| means[*draw].is_finite()).collect();
        let hits: Vec<bool> = draws.iter().map(|draw| means[*draw] > 0.0).collect();
        let count =
            WorldCount { worlds: hits.len(), hits: hits.iter().filter(|hit| **hit).count() };
        let mut case = PolicyTest {
            policy,
            limit,
            count,
            without_chance: self.without_chance(&runs, &means),
            boxes: None,
            by_chance: None,
            words: self.parameters.iter().map(ParameterDraws::words).collect(),
        };
        let few = count.hits.min(count.worlds - count.hits) < FEWEST_FAILURES;
        if count.worlds >= FEWEST_WORLDS && !few {
            let parameters = self.parameters_in(&draws);
            let search = Search { parameters: &parameters, hits: &hits, choice: asked.choice };
            let (boxes, by_chance) = search.boxes(asked.boxes);
            (case.boxes, case.by_chance) = (Some(boxes), Some(by_chance));
        }
        case
    }

    /// Share of draws whose mean lies above 0 once means are drawn together to the spread that is left without chance (Louis 1984).
    fn without_chance(&self, runs: &[f64], means: &[f64]) -> Option<f64> {
        let known = known(means);
        let sd = components(runs, self.setting.replications as usize, self.design())?.ignorance?;
        let number = known.len() as f64;
        let middle = mean(&known);
        let square = |mean: &f64| (mean - middle) * (mean - middle);
        let spread = known.iter().map(square).sum::<f64>() / (number - 1.0);
        if spread <= 0.0 {
            return None;
        }
        let share = (sd * sd / spread).min(1.0).sqrt();
        let above = known.iter().filter(|mean| middle + share * (**mean - middle) > 0.0);
        Some(above.count() as f64 / number)
    }

    fn design(&self) -> Design {
        Design { luck_is_shared: self.luck_is_shared, draws_are_sampled: true }
    }

    fn value(&self, asked: &DiscoveryRequest) -> Option<InformationValue> {
        let less = less_is_better(MEASURES[asked.objective].wanted)?;
        let sign = if less { -1.0 } else { 1.0 };
        let base = self.arms[*asked.policies.first()?].baseline;
        let keeps = |policy: &usize| {
            (0..asked.limits.len()).all(|limit| {
                let missed = self.by_draw(&self.misses(asked, *policy, Some(limit)));
                known(&missed).iter().sum::<f64>() <= 0.0
            })
        };
        let policies = asked.policies.iter().copied();
        let policies = policies.filter(|policy| self.arms[*policy].baseline == base);
        let options: Vec<usize> = std::iter::once(base).chain(policies.filter(keeps)).collect();
        let size = self.setting.replications.max(1) as usize;
        // A draw counts if every option has a value in all its runs, so that differences are of the same runs.
        let whole = |draw: &usize| {
            let runs = draw * size..(draw + 1) * size;
            let there = |arm: &usize| {
                self.values(asked.objective, *arm)[runs.clone()].iter().all(|x| x.is_finite())
            };
            options.iter().all(there)
        };
        let draws: Vec<usize> = (0..self.draws()).filter(whole).collect();
        let benefit = |arm: &usize| -> Vec<f64> {
            let values = self.values(asked.objective, *arm);
            let runs = draws.iter().flat_map(|draw| &values[draw * size..(draw + 1) * size]);
            runs.map(|value| sign * value).collect()
        };
        let benefits: Vec<Vec<f64>> = options.iter().map(benefit).collect();
        let choices = Choices::of(&benefits, size)?;
        let (everything, holds_chance) = choices.everything(self.design());
        let values = self.parameters_in(&draws);
        let (told, by_chance) = choices.parameters(&values);
        let mut parameters: Vec<OfParameter> = Vec::new();
        for ((parameter, values), told) in self.parameters.iter().zip(&values).zip(&told) {
            let spread = asked.spreads.iter().find(|(path, _)| *path == parameter.path);
            let before = match values {
                ParameterValues::Numbers(numbers) => {
                    worth_answers(numbers, spread.map(|(_, sd)| *sd))
                }
                ParameterValues::Words(_) => None,
            };
            let known = told.as_ref().map(|told| told.worth);
            parameters.push(OfParameter {
                path: parameter.path.clone(),
                clear: known.is_some_and(|known| known.gain > by_chance),
                known,
                survey: told
                    .as_ref()
                    .zip(before)
                    .map(|(told, before)| (before, told.survey(f64::from(asked.people), before))),
            });
        }
        let gain = |one: &OfParameter| one.known.map_or(-1.0, |known| known.gain);
        parameters.sort_by(|a, b| gain(b).total_cmp(&gain(a)));
        let (chosen, draws) = (options[choices.chosen], draws.len());
        Some(InformationValue {
            chosen,
            options,
            draws,
            everything,
            holds_chance,
            by_chance,
            parameters,
        })
    }
}

/// What finding out is worth to a choice among the arms of a comparison by its first measure; `None` without draws.
pub fn value_of_comparison(comparison: &Comparison) -> Option<InformationValue> {
    let worlds = Worlds::of_comparison(comparison, &[0])?;
    let policies = worlds.policies().collect();
    let (limits, spreads) = (Vec::new(), Vec::new());
    let choice = Choice::Balance;
    worlds.value(&DiscoveryRequest {
        objective: 0,
        policies,
        limits,
        boxes: 0,
        choice,
        people: 0,
        spreads,
    })
}

/// Results made up for tests, here and of figures.
#[cfg(any(test, feature = "made_up"))]
#[cfg_attr(not(test), allow(dead_code, missing_docs, unused_imports))]
pub mod tests {
    use super::*;
    use world::random::{Decision, Luck};

    /// What is found in worlds of which some fail, with limits.
    pub fn found(draws: usize, limits: &[&str]) -> Discovery {
        Discovery::of(made_up(draws), asked(limits))
    }

    /// So many draws of two parameters; the policy lowers the first measure by 1 but raises it by 2 where the first is above 0.8.
    fn made_up(draws: usize) -> Worlds {
        let number = |what: u32, at: usize| {
            Luck::new(23, 0).at(Decision::Resampling, what, at as u64).uniform()
        };
        let parameter = |path: &str, what| ParameterDraws {
            path: path.to_owned(),
            values: (0..draws).map(|draw| number(what, draw).to_string()).collect(),
        };
        let base: Vec<f64> = (0..2 * draws).map(|run| 100.0 + number(2, run)).collect();
        let effect = |run: usize| if number(0, run / 2) > 0.8 { 2.0 } else { -1.0 };
        let policy =
            (0..2 * draws).map(|run| base[run] + effect(run) + 0.2 * number(3, run)).collect();
        let comparison = super::super::tests::small(1, 2);
        let mut worlds = Worlds::of_study(
            "made_up",
            &across::tests::made_up(1, 2, 2).asked,
            vec![parameter("a", 0), parameter("b", 1)],
            &[0],
            &mut |_, _| Ok(Vec::new()),
        )
        .unwrap();
        worlds.setting = Setting { replications: 2, ..comparison.setting() };
        worlds.lines[0].values = vec![base, policy];
        worlds
    }

    fn asked(limits: &[&str]) -> DiscoveryRequest {
        DiscoveryRequest {
            objective: 0,
            policies: vec![1],
            limits: limits.iter().map(|text| Limit::read(text).unwrap()).collect(),
            boxes: 2,
            choice: Choice::Balance,
            people: 1_000,
            spreads: Vec::new(),
        }
    }

    #[test]
    fn worlds_in_which_a_policy_backfires_are_found_and_what_tells_them_is_worth_asking() {
        let worlds = made_up(150);
        assert!(worlds.is_whole());
        let found = Discovery::of(worlds, asked(&[]));
        let [case] = &found.cases[..] else { panic!("{:?}", found.cases) };
        let share = case.count.density();
        assert!(
            (0.12..0.3).contains(&share) && (case.without_chance.unwrap() - share).abs() < 0.02
        );
        let boxes = case.boxes.as_ref().unwrap();
        assert_eq!(boxes[0].chosen.restricted().collect::<Vec<_>>(), [0]);
        assert_eq!(boxes[0].chosen.count.hits, case.count.hits);
        let value = found.value.unwrap();
        // Without asking the policy is taken; who knew would gain 2 in a fifth of the worlds.
        assert_eq!((value.chosen, value.draws), (1, 150));
        assert!((value.everything.gain - 2.1 * share).abs() < 0.05, "{value:?}");
        assert_eq!((value.parameters[0].path.as_str(), value.parameters[0].clear), ("a", true));
        assert!(!value.parameters[1].clear, "{value:?}");
        let (before, survey) = value.parameters[0].survey.unwrap();
        // Uniform: variance 1/12, a quarter over that less one.
        let known = value.parameters[0].known.unwrap();
        assert!((before - 2.0).abs() < 0.7, "{before}");
        assert!(survey.gain <= known.gain + 0.02, "{survey:?} {known:?}");
    }

    #[test]
    fn limits_are_levels_changes_or_percents_and_rule_policies_out() {
        let name = MEASURES[0].name;
        let texts = [format!("{name}<=99.8"), format!("{name}<=+1"), format!("{name}>=-0.5%")];
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let limits = asked(&texts).limits;
        let about: Vec<LimitAbout> = limits.iter().map(|limit| limit.about).collect();
        assert_eq!(about, [LimitAbout::Level, LimitAbout::Change, LimitAbout::Percent]);
        assert!(limits[0].ceiling && !limits[2].ceiling);
        let found = Discovery::of(made_up(60), asked(&texts));
        assert_eq!(found.cases.len(), 4);
        let shares: Vec<f64> = found.cases.iter().map(|case| case.count.density()).collect();
        // Too large a rise fails where it backfires; a fall of more than half a percent everywhere else.
        assert_eq!(shares[2], shares[0]);
        assert!((shares[3] + shares[0] - 1.0).abs() < 1e-12, "{shares:?}");
        assert!(found.value.is_none(), "the policy misses the third limit in the mean");
        assert_eq!(Limit::read("nothing<=3"), Err(None));
        for wrong in [format!("{name}=3"), format!("{name}<=much")] {
            assert!(Limit::read(&wrong).unwrap_err().unwrap().contains("write for example"));
        }
    }
}
