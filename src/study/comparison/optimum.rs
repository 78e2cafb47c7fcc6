//! The best mix of levers under limits: what surfaces promise, what runs chose, what fresh runs say, and what another limit would buy.
//!
//! Deliberately absent: simulation, files, drawing; how the best is looked for (`stats`).

use serde::Serialize;

use super::{Amount, Setting};
use crate::stats::{Blocks, Bound, Problem, Round, SearchResult, Surfaces, Units, standing};
use model::MEASURES;
use scenario::study::{MixLimit, Optimise};
use world::record::Wanted;

/// Days of a month. Unit: days. Source: 365.25 / 12; Status: measured.
pub const MONTH: f64 = 30.4375;
/// Multiples of a limit along the frontier. Source: judgement.
const ALONG: [f64; 8] = [0.25, 0.5, 0.75, 1.0, 1.1, 1.25, 1.5, 2.0];
/// The multiple that says what relaxing a limit buys.
const RELAXED: f64 = 1.1;
/// A limit binds if the promised best uses so much of it. Unit: share. Source: judgement: a step of the search is less.
const BINDS: f64 = 0.98;

/// A measure that is optimised or limited.
#[derive(Clone, Debug, Serialize)]
pub struct TargetMeasure {
    /// Number in [`model::MEASURES`].
    #[serde(skip)]
    pub measure: usize,
    /// Its name.
    pub name: &'static str,
    /// Its unit.
    pub unit: &'static str,
    /// Whether less of it is better, which turns the sign of an objective.
    pub less: bool,
    /// Whether the difference to the baseline counts, or the whole.
    pub added: bool,
    /// The limit over the days that count, in its unit; of an objective none.
    pub at_most: Option<f64>,
    /// The limit as the study states it, and whether it is meant a month.
    #[serde(skip)]
    pub stated: Option<(f64, bool)>,
    /// Share of the worlds in which it is to be kept.
    pub worlds: Option<f64>,
}

/// What is asked.
#[derive(Clone, Debug, Serialize)]
pub struct OptimumRequest {
    /// Name of the study.
    pub name: String,
    /// Title of the study.
    pub title: String,
    /// Seed, days, replications of each point.
    pub setting: Setting,
    /// Number of draws of unknown parameters; 1 where there are none.
    pub draws: u32,
    /// Paths of the levers.
    pub levers: Vec<String>,
    /// Their ranges in words.
    pub ranges: Vec<String>,
    /// The objective, then the limits.
    pub targets: Vec<TargetMeasure>,
    /// What another mix may be better by without anybody minding. Unit: share of the baseline's mean.
    pub indifference: f64,
}

impl OptimumRequest {
    /// Objective and limits of a study's section, over so many days that count; the objective must have a better side.
    ///
    /// # Errors
    /// If nobody knows which side of the objective is better.
    pub fn targets(said: &Optimise, days: f64) -> Result<Vec<TargetMeasure>, String> {
        let target = |measure: usize, limit: Option<&MixLimit>| TargetMeasure {
            measure,
            name: MEASURES[measure].name,
            unit: MEASURES[measure].unit,
            less: limit.is_some() || MEASURES[measure].wanted == Wanted::Less,
            added: limit.is_none_or(|limit| limit.added),
            at_most: limit
                .map(|it| if it.a_month { it.at_most * days / MONTH } else { it.at_most }),
            stated: limit.map(|it| (it.at_most, it.a_month)),
            worlds: limit.and_then(|limit| limit.worlds),
        };
        let objective = target(said.objective, None);
        if MEASURES[said.objective].wanted == Wanted::Neither {
            return Err(format!(
                "nobody knows whether more or less of {} is better, so it is no objective; as a limit it can stand",
                objective.name
            ));
        }
        let limits = said.limits.iter().map(|limit| target(limit.measure, Some(limit)));
        Ok([objective].into_iter().chain(limits).collect())
    }

    /// The problem in figures of which less is better, with this mean of the objective in the baseline.
    pub fn problem(&self, said: &Optimise, baseline: f64) -> Problem {
        let bound =
            |target: &TargetMeasure| Some(Bound { at_most: target.at_most?, share: target.worlds });
        Problem {
            bounds: self.targets.iter().filter_map(bound).collect(),
            candidates: said.candidates as usize,
            rounds: said.rounds as usize,
            indifference: said.indifference * baseline.abs(),
        }
    }

    /// Figures of an arm, unit by unit, from its runs and those of the baseline: `values[target][cell]`.
    pub fn units(&self, baseline: &[Vec<f64>], values: &[Vec<f64>]) -> Units {
        let blocks = self.blocks();
        let of = |(target, (base, own)): (&TargetMeasure, (&Vec<f64>, &Vec<f64>))| {
            let sign = if target.less { 1.0 } else { -1.0 };
            let figure =
                |(own, base): (&f64, &f64)| sign * if target.added { own - base } else { *own };
            blocks.means(&own.iter().zip(base).map(figure).collect::<Vec<f64>>()).into_owned()
        };
        self.targets.iter().zip(baseline.iter().zip(values)).map(of).collect()
    }

    /// Which runs belong together: those of a draw, where there are draws.
    pub fn blocks(&self) -> Blocks {
        if self.draws > 1 { Blocks::of(self.setting.replications) } else { Blocks::SINGLE }
    }

    /// What an interval over units holds.
    pub fn holds(&self) -> &'static str {
        if self.draws > 1 { "chance and unknown parameters" } else { "chance only" }
    }
}

/// A promise of a surface.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct PromisedValue {
    /// What is expected.
    pub value: f64,
    /// 95 % interval of what as many runs as at a point of the design would say.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
}

/// A point of the frontier.
#[derive(Clone, Debug, Serialize)]
pub struct FrontierPoint {
    /// Number of the limit among the targets.
    pub limit: usize,
    /// Multiple of the limit.
    pub multiple: f64,
    /// The limit.
    pub at_most: f64,
    /// Whether surfaces know a point that keeps it.
    pub kept: bool,
    /// What surfaces promise of each target.
    pub promised: Vec<PromisedValue>,
    /// Where: values of the levers.
    pub levers: Vec<String>,
}

/// What a limit is worth.
#[derive(Clone, Debug, Serialize)]
pub struct LimitWorth {
    /// Number of the limit among the targets.
    pub limit: usize,
    /// Whether the promised best uses it up.
    pub binds: bool,
    /// What the surfaces' best gains in the objective if the limit were a tenth higher. Unit: that of the objective; below 0 is better where
    /// less is.
    pub a_tenth_more: f64,
}

/// An arm in fresh runs.
#[derive(Clone, Debug, Serialize)]
pub struct Verified {
    /// Its name.
    pub name: String,
    /// Its title.
    pub title: String,
    /// Whether it is a mix that was found, or a policy of the study.
    pub mix: bool,
    /// Values of the levers; of a policy of the study none.
    pub levers: Vec<String>,
    /// What surfaces promised of each target; of policies none.
    pub promised: Vec<PromisedValue>,
    /// Each target: mean and 95 % interval.
    pub found: Vec<Amount>,
    /// Share of units that keep each limit.
    pub within: Vec<Option<f64>>,
    /// Whether it keeps all limits.
    pub keeps: bool,
    /// Replications or draws behind it.
    pub units: usize,
    #[serde(skip)]
    figures: Units,
}

/// What was found.
#[derive(Clone, Debug, Serialize)]
pub struct Optimum {
    /// What was asked.
    pub asked: OptimumRequest,
    /// Mean of each target's measure in the baseline of the fresh runs.
    pub baseline: Vec<f64>,
    /// Share of the variance between points of the design that surfaces predict where they did not look (Q²), target by target.
    pub explained: Vec<Option<f64>>,
    /// Points of the design: values of the levers, and targets.
    pub design: Vec<(Vec<String>, Vec<f64>)>,
    /// Rounds of choosing: candidates, units of each, how many stayed, what another may be better by at most.
    pub rounds: Vec<(usize, usize, usize, Option<f64>)>,
    /// What limits cost.
    pub frontier: Vec<FrontierPoint>,
    /// What each limit is worth.
    pub worth: Vec<LimitWorth>,
    /// Fresh runs: the winner first if there is one, other mixes that stayed, policies of the study.
    pub verified: Vec<Verified>,
    /// Whether the first of them is the winner.
    pub won: bool,
    /// Share of units in which the winner is the best of those that keep the limits.
    pub best_in: Option<f64>,
    /// How far it is from the best of each unit on average. Unit: that of the objective.
    pub regret: Option<f64>,
    /// Runs that were made in all.
    pub runs: u64,
}

/// An arm of the fresh runs: name, title, its point if it is a mix, and its runs by target and cell.
pub type Fresh = (String, String, Option<Vec<f64>>, Vec<Vec<f64>>);

/// Everything that is known once fresh runs are there.
pub struct FreshEvidence<'a> {
    /// The problem.
    pub problem: &'a Problem,
    /// Points of the design and their runs.
    pub design: (&'a [Vec<f64>], &'a [Units]),
    /// What was found.
    pub found: &'a SearchResult,
    /// Values of levers at a point.
    pub values: &'a dyn Fn(&[f64]) -> Vec<String>,
    /// Fresh runs: the baseline's by target and cell, and arms, the winner first.
    pub fresh: (Vec<Vec<f64>>, Vec<Fresh>),
    /// Runs that were made in all.
    pub runs: u64,
}

impl Optimum {
    /// Puts it together.
    pub fn of(asked: OptimumRequest, evidence: FreshEvidence) -> Optimum {
        let FreshEvidence { problem, design, found, values, fresh: (baseline, arms), runs } =
            evidence;
        let surfaces = &found.surfaces;
        let targets = asked.targets.len();
        let sign = |target: usize| if asked.targets[target].less { 1.0 } else { -1.0 };
        let promised = |point: &[f64]| -> Vec<PromisedValue> {
            (0..targets).map(|target| promise(surfaces, target, sign(target), point)).collect()
        };
        let figures = |units: &Units| -> Vec<f64> {
            (0..targets)
                .map(|target| sign(target) * problem.figure(target, &units[target]))
                .collect()
        };
        let limits: Vec<f64> = problem.bounds.iter().map(|bound| bound.at_most).collect();
        let frontier = frontier(problem, surfaces, &limits, &promised, values);
        let worth = worth(problem, &frontier, &limits, sign(0));
        let verify = |(name, title, point, own): Fresh| {
            let units = asked.units(&baseline, &own);
            let amount = |target: usize| {
                let all: Vec<f64> =
                    units[target].iter().map(|value| sign(target) * value).collect();
                Amount {
                    mean: figures(&units)[target],
                    interval: crate::stats::mean_interval(&all),
                }
            };
            let within = |target: usize| {
                let limit = asked.targets[target].at_most?;
                let known = units[target].iter().filter(|value| value.is_finite());
                let inside = known.clone().filter(|value| **value <= limit).count();
                Some(inside as f64 / known.count().max(1) as f64)
            };
            Verified {
                mix: point.is_some(),
                levers: point.as_deref().map(values).unwrap_or_default(),
                promised: point.as_deref().map(&promised).unwrap_or_default(),
                found: (0..targets).map(amount).collect(),
                within: (0..targets).map(within).collect(),
                keeps: problem.keeps(&units),
                units: units[0].len(),
                name,
                title,
                figures: units,
            }
        };
        let verified: Vec<Verified> = arms.into_iter().map(verify).collect();
        let won = found.winner.is_some();
        let stands = verified.first().filter(|_| won).and_then(|first| {
            let others = verified[1..].iter().filter(|other| other.keeps);
            let all: Vec<&[f64]> =
                [first].into_iter().chain(others).map(|arm| &arm.figures[0][..]).collect();
            standing(&all)
        });
        let explained =
            |surface: &Option<crate::stats::Emulator>| surface.as_ref().map(|it| it.explained);
        let point = |(point, units): (&Vec<f64>, &Units)| (values(point), figures(units));
        let round = |round: &Round| (round.run.len(), round.units, round.left.len(), round.behind);
        Optimum {
            baseline: baseline.iter().map(|all| Amount::of(all).mean).collect(),
            explained: surfaces.each.iter().map(explained).collect(),
            design: design.0.iter().zip(design.1).map(point).collect(),
            rounds: found.rounds.rounds.iter().map(round).collect(),
            frontier,
            worth,
            verified,
            won,
            best_in: stands.map(|(share, _)| share),
            regret: stands.map(|(_, regret)| regret),
            runs,
            asked,
        }
    }

    /// The winner in fresh runs.
    pub fn winner(&self) -> Option<&Verified> {
        self.verified.first().filter(|_| self.won)
    }

    /// The best of the study's policies that keep the limits in fresh runs.
    pub fn best_policy(&self) -> Option<&Verified> {
        let sign = if self.asked.targets[0].less { 1.0 } else { -1.0 };
        let inside = self.verified.iter().filter(|arm| !arm.mix && arm.keeps);
        inside.min_by(|a, b| (sign * a.found[0].mean).total_cmp(&(sign * b.found[0].mean)))
    }

    /// The winner less the best policy of the study on the objective, unit by unit: mean and 95 % interval.
    pub fn lead(&self) -> Option<Amount> {
        let (winner, other) = (self.winner()?, self.best_policy()?);
        let sign = if self.asked.targets[0].less { 1.0 } else { -1.0 };
        let pairs = winner.figures[0].iter().zip(&other.figures[0]);
        let differences: Vec<f64> = pairs.map(|(a, b)| sign * (a - b)).collect();
        Some(Amount::of(&differences))
    }
}

fn promise(surfaces: &Surfaces, target: usize, sign: f64, point: &[f64]) -> PromisedValue {
    let (value, error) = surfaces.at(target, point);
    let (value, reach) = (sign * value, 1.96 * error);
    PromisedValue { value, low: value - reach, high: value + reach }
}

/// The surfaces' best under multiples of each limit.
fn frontier(
    problem: &Problem,
    surfaces: &Surfaces,
    limits: &[f64],
    promised: &dyn Fn(&[f64]) -> Vec<PromisedValue>,
    values: &dyn Fn(&[f64]) -> Vec<String>,
) -> Vec<FrontierPoint> {
    let mut steps = Vec::new();
    for limit in 0..problem.bounds.len() {
        for multiple in ALONG {
            let mut moved = limits.to_vec();
            moved[limit] *= multiple;
            let Some(point) = surfaces.best(&moved, 1).pop() else { continue };
            let slack = |at: usize| surfaces.at(at + 1, &point).0 - moved[at];
            let kept = (0..limits.len()).all(|at| slack(at) <= 1e-9 * moved[at].abs().max(1e-9));
            steps.push(FrontierPoint {
                limit: limit + 1,
                multiple,
                at_most: moved[limit],
                kept,
                promised: promised(&point),
                levers: values(&point),
            });
        }
    }
    steps
}

fn worth(
    problem: &Problem,
    frontier: &[FrontierPoint],
    limits: &[f64],
    sign: f64,
) -> Vec<LimitWorth> {
    let of = |limit: usize| {
        let at = |multiple: f64| {
            frontier.iter().find(|step| step.limit == limit && step.multiple == multiple)
        };
        let (here, more) = (at(1.0)?, at(RELAXED)?);
        let used = here.promised[limit].value / limits[limit - 1];
        // The surfaces' best is searched for: a hair's gain is none.
        let gain = sign * (more.promised[0].value - here.promised[0].value);
        Some(LimitWorth { limit, binds: used >= BINDS, a_tenth_more: sign * gain.min(0.0) })
    };
    (1..=problem.bounds.len()).filter_map(of).collect()
}

/// A strength that was run.
#[derive(Clone, Debug, Serialize)]
pub struct Tried {
    /// Share of the way from the lower to the upper end of the levers.
    pub strength: f64,
    /// Values of the levers.
    pub levers: Vec<String>,
    /// What is aimed at.
    pub found: Amount,
}

/// What it takes to reach an aim.
#[derive(Clone, Debug, Serialize)]
pub struct Reach {
    /// Seed, days, replications.
    pub setting: Setting,
    /// Measure.
    pub measure: &'static str,
    /// Its unit.
    pub unit: &'static str,
    /// Paths of the levers, which move together.
    pub levers: Vec<String>,
    /// The aim in the unit of the measure: of the difference to the baseline, or of the whole.
    pub aim: f64,
    /// Whether the difference is meant.
    pub added: bool,
    /// Mean of the measure in the baseline.
    pub baseline: f64,
    /// Strengths in rising order; 0 first, where the policy is its lower end.
    pub tried: Vec<Tried>,
    /// The weakest strength whose mean reaches the aim, between strengths that were run by a straight line; `None` if none does.
    pub strength: Option<f64>,
    /// Weakest strength at which the mean may reach it, and weakest at which it does even at the other end of its 95 % interval (chance only).
    pub between: (Option<f64>, Option<f64>),
}

impl Reach {
    /// What strengths that were run say; they are put in order.
    pub fn settle(&mut self) {
        self.tried.sort_by(|a, b| a.strength.total_cmp(&b.strength));
        // Whether more or less is needed is told from where levers are weakest.
        let up = self.tried.first().is_some_and(|first| first.found.mean < self.aim);
        let sign = if up { 1.0 } else { -1.0 };
        let line = |of: &dyn Fn(&Amount) -> f64| -> Option<f64> {
            let short = |tried: &Tried| sign * (of(&tried.found) - self.aim);
            let at = self.tried.iter().position(|tried| short(tried) >= 0.0)?;
            let there = &self.tried[at];
            let Some(before) = at.checked_sub(1).map(|at| &self.tried[at]) else {
                return Some(there.strength);
            };
            let (a, b) = (short(before), short(there));
            Some(before.strength + (there.strength - before.strength) * -a / (b - a))
        };
        let end = |best: bool| {
            move |amount: &Amount| {
                let (low, high) = amount.interval.unwrap_or((amount.mean, amount.mean));
                if best == up { high } else { low }
            }
        };
        let (strength, from, to) =
            (line(&|amount| amount.mean), line(&end(true)), line(&end(false)));
        self.strength = strength;
        self.between = (from, to);
    }

    /// Strengths to be run next, so that what is not known lies between narrower ones; none if the bracket is narrower than `width`.
    pub fn next(&self, width: f64) -> Vec<f64> {
        let Some(strength) = self.strength else { return Vec::new() };
        let below = self.tried.iter().rev().find(|tried| tried.strength < strength);
        let above = self.tried.iter().find(|tried| tried.strength >= strength);
        let (Some(below), Some(above)) = (below, above) else { return Vec::new() };
        let (from, to) = (below.strength, above.strength);
        if to - from <= width {
            return Vec::new();
        }
        [1.0, 2.0, 3.0].map(|part| from + (to - from) * part / 4.0).to_vec()
    }
}

/// Results made up for tests, here and of figures.
#[cfg(any(test, feature = "made_up"))]
#[cfg_attr(not(test), allow(dead_code, missing_docs, unused_imports))]
pub mod tests {
    use super::*;

    /// A best mix under so many limits, and a policy.
    pub fn made_up(limits: usize, draws: u32) -> Optimum {
        let scenario = scenario::reference();
        let window = (scenario.scenario.start, scenario.scenario.end);
        let target = |measure: usize| TargetMeasure {
            measure,
            name: MEASURES[measure].name,
            unit: MEASURES[measure].unit,
            less: true,
            added: measure > 1,
            at_most: (measure > 0).then_some(100.0),
            stated: None,
            worlds: None,
        };
        let promised = |value: f64| PromisedValue { value, low: value - 1.0, high: value + 1.0 };
        let step = |at: usize| FrontierPoint {
            limit: 1 + at / 3,
            multiple: 1.0,
            at_most: 50.0 + 50.0 * (at % 3) as f64,
            kept: true,
            promised: vec![promised(-5.0 * (at % 3) as f64); limits + 1],
            levers: Vec::new(),
        };
        let amount = |mean: f64| Amount { mean, interval: Some((mean - 1.0, mean + 1.0)) };
        let verified = |(title, mix): (&str, bool)| Verified {
            name: title.to_lowercase().replace(' ', "_"),
            title: title.to_owned(),
            mix,
            levers: Vec::new(),
            promised: Vec::new(),
            found: (0..=limits).map(|at| amount(-7.0 + 30.0 * at as f64)).collect(),
            within: vec![None; limits],
            keeps: true,
            units: 3,
            figures: Units::default(),
        };
        Optimum {
            asked: OptimumRequest {
                name: "best_mix".to_owned(),
                title: "The best mix under a budget".to_owned(),
                setting: Setting::of(&scenario, 1, 3, window),
                draws,
                levers: Vec::new(),
                ranges: Vec::new(),
                targets: (0..=limits).map(target).collect(),
                indifference: 0.01,
            },
            baseline: vec![100.0; limits + 1],
            explained: vec![Some(0.9); limits + 1],
            design: Vec::new(),
            rounds: Vec::new(),
            frontier: (0..3 * limits).map(step).collect(),
            worth: Vec::new(),
            verified: [("Best mix", true), ("Closer monitoring", false)].map(verified).to_vec(),
            won: true,
            best_in: None,
            regret: None,
            runs: 300,
        }
    }

    fn reach(aim: f64, means: &[f64]) -> Reach {
        let last = (means.len() - 1) as f64;
        let tried = means.iter().enumerate().map(|(at, mean)| Tried {
            strength: at as f64 / last,
            levers: Vec::new(),
            found: Amount { mean: *mean, interval: Some((mean - 1.0, mean + 1.0)) },
        });
        let scenario = scenario::reference();
        let window = (scenario.scenario.start, scenario.scenario.end);
        let mut reach = Reach {
            setting: Setting::of(&scenario, 1, 2, window),
            measure: "closures",
            unit: "venues",
            levers: Vec::new(),
            aim,
            added: true,
            baseline: 10.0,
            tried: tried.collect(),
            strength: None,
            between: (None, None),
        };
        reach.settle();
        reach
    }

    #[test]
    fn the_strength_lies_between_those_that_were_run() {
        let found = reach(-5.0, &[0.0, -4.0, -8.0, -9.0, -10.0]);
        assert_eq!(found.strength, Some(0.3125));
        assert_eq!(found.between, (Some(0.25), Some(0.375)));
        assert_eq!(found.next(0.1), [0.3125, 0.375, 0.4375]);
        assert!(found.next(0.3).is_empty());
        assert_eq!(reach(5.0, &[0.0, 10.0]).strength, Some(0.5));
    }

    #[test]
    fn what_no_strength_reaches_is_said() {
        let found = reach(-20.0, &[0.0, -4.0, -8.0]);
        assert_eq!((found.strength, found.between), (None, (None, None)));
        assert!(found.next(0.01).is_empty());
        let perhaps = reach(-8.5, &[0.0, -4.0, -8.0]);
        assert_eq!((perhaps.strength, perhaps.between.1), (None, None));
        assert!(perhaps.between.0.is_some());
    }
}
