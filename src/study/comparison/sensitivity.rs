//! Which parameters the answers of a study hang on: the level of measures, the effects of policies, displacement, the ranking of policies.
//!
//! A parameter may matter for the level of a measure and not for the effect of a policy on it, nor for which policy is best. So each is a question of its
//! own, and effects are paired: policy minus baseline at the same point of the design with the same luck.
//!
//! Deliberately absent: simulation, files, drawing; the estimators (`stats`).

mod order;
mod question;
mod sentence;

use std::collections::BTreeMap;

use serde::Serialize;

use super::Setting;
use super::across::ArmOf;
use crate::stats::sensitivity::{Answers, Elementary, Indices, elementary, indices};
use scenario::Parameter;

pub use order::PolicyOrder;
pub use question::{QuestionKind, SensitivityQuestion};

/// A parameter that is varied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Varied {
    /// Path.
    pub path: String,
    /// What it means, in few words.
    pub words: String,
    /// `measured`, `estimated` or `assumption`.
    pub status: String,
    /// What it is varied over, in words.
    pub range: String,
}

/// Letters of a meaning in a sentence at most.
const LONGEST: usize = 90;

impl Varied {
    /// A parameter as the scenario documents it.
    pub fn of(parameter: &Parameter, range: String) -> Varied {
        let mut words = few_words(&parameter.meaning);
        if parameter.documented_at != parameter.path {
            let which = parameter.path.rsplit('.').next().unwrap_or_default();
            words = format!("{words}, {}", which.replace('_', " "));
        }
        Varied { path: parameter.path.clone(), words, status: parameter.status.clone(), range }
    }
}

/// The beginning of a meaning that says enough: up to the first stop; if that is long up to its last comma, or cut between words.
pub fn few_words(meaning: &str) -> String {
    let end = [". ", "; ", ": ", " ("].iter().filter_map(|stop| meaning.find(stop)).min();
    let mut text = meaning[..end.unwrap_or(meaning.len())].trim_end_matches('.').to_owned();
    if text.chars().count() > LONGEST {
        let cut = text.char_indices().nth(LONGEST).map_or(text.len(), |(at, _)| at);
        let comma = text[..cut].rfind(',').filter(|comma| *comma > cut / 3);
        text.truncate(comma.or_else(|| text[..cut].rfind(' ')).unwrap_or(cut));
        if comma.is_none() {
            text.push('…');
        }
    }
    let mut letters = text.chars();
    match (letters.next(), letters.next()) {
        // A name of capitals stays as it is.
        (Some(first), Some(second)) if !second.is_uppercase() => {
            first.to_lowercase().chain(text.chars().skip(1)).collect()
        }
        _ => text,
    }
}

/// What was asked.
#[derive(Clone, Debug)]
pub struct SensitivityRequest {
    /// Name of the study.
    pub name: String,
    /// Title of the study.
    pub title: String,
    /// Seed, days, replications of each point.
    pub setting: Setting,
    /// The world first, then its policies.
    pub arms: Vec<ArmOf>,
    /// Measures asked about: numbers in [`model::MEASURES`]; policies are ranked by the first.
    pub measures: Vec<usize>,
    /// Parameters.
    pub varied: Vec<Varied>,
    /// Trajectories of the screening.
    pub trajectories: usize,
    /// Rows of the design for indices.
    pub base: usize,
}

/// Runs at the points of a design.
#[derive(Clone, Debug, Default)]
pub struct DesignRuns {
    /// Points of the unit cube.
    pub points: Vec<Vec<f64>>,
    /// By arm and measure: point by point, in each replication by replication; not a number where a run failed.
    pub values: BTreeMap<(usize, usize), Vec<f64>>,
}

/// The screening: by question, by parameter; nothing where no trajectory is whole.
pub type Screened = Vec<Option<Vec<Elementary>>>;

/// What the answers hang on.
#[derive(Clone, Debug)]
pub struct Sensitivity {
    /// What was asked.
    pub asked: SensitivityRequest,
    /// Questions.
    pub questions: Vec<SensitivityQuestion>,
    /// Elementary effects of all parameters, by question.
    pub screened: Screened,
    /// Parameters that went on to the second stage: numbers in `asked.varied`.
    pub kept: Vec<usize>,
    /// Indices of those, by question; nothing where the answer does not vary.
    pub indices: Vec<Option<Indices>>,
    /// How firm the ranking of policies is; nothing with fewer than two policies.
    pub order: Option<PolicyOrder>,
    /// Points in each stage without all of their runs.
    pub incomplete: [usize; 2],
}

/// Screens all parameters.
pub fn screen(asked: &SensitivityRequest, stage: &DesignRuns) -> Screened {
    let of =
        |question: &SensitivityQuestion| elementary(&stage.points, &question.answers(asked, stage));
    asked.questions().iter().map(of).collect()
}

impl SensitivityRequest {
    /// Numbers of the policies among the arms.
    pub fn policies(&self) -> std::ops::Range<usize> {
        1..self.arms.len()
    }

    /// The parameters that go on to the second stage, in the order of the study.
    ///
    /// Half of the places go to those that move the ranking most (with one policy: its effect), the others to those with the largest share of
    /// the squares of μ* in any question.
    pub fn keep(&self, screened: &Screened, places: usize) -> Vec<usize> {
        let places = places.min(self.varied.len());
        let questions = self.questions();
        let shares: Vec<Option<Vec<f64>>> = screened
            .iter()
            .map(|effects| effects.as_ref().map(|effects| shares(effects)))
            .collect();
        let leading = question::leading(&questions);
        let mut kept: Vec<usize> = Vec::new();
        let mut take = |score: &dyn Fn(usize) -> f64, until: usize| {
            let mut order: Vec<usize> = (0..self.varied.len()).collect();
            order.sort_by(|a, b| score(*b).total_cmp(&score(*a)).then(a.cmp(b)));
            for at in order {
                if kept.len() < until && !kept.contains(&at) {
                    kept.push(at);
                }
            }
        };
        if let Some(leading) = leading.and_then(|question| shares[question].as_ref()) {
            take(&|at| leading[at], places.div_ceil(2));
        }
        let anywhere =
            |at: usize| shares.iter().flatten().map(|shares| shares[at]).fold(0.0, f64::max);
        take(&anywhere, places);
        kept.sort_unstable();
        kept
    }

    /// Points of a stage at which a run is missing.
    fn incomplete(&self, stage: &DesignRuns) -> usize {
        let replications = self.setting.replications as usize;
        let missing = |point: &usize| {
            let at = point * replications..(point + 1) * replications;
            stage.values.values().any(|column| column[at.clone()].iter().any(|x| x.is_nan()))
        };
        (0..stage.points.len()).filter(missing).count()
    }
}

/// Shares of the squares of μ*.
fn shares(effects: &[Elementary]) -> Vec<f64> {
    let squares: Vec<f64> =
        effects.iter().map(|effect| effect.mu_star.value * effect.mu_star.value).collect();
    let all: f64 = squares.iter().sum();
    squares.into_iter().map(|square| if all > 0.0 { square / all } else { 0.0 }).collect()
}

impl Sensitivity {
    /// What both stages say.
    pub fn of(
        asked: SensitivityRequest,
        screening: &DesignRuns,
        kept: Vec<usize>,
        second: &DesignRuns,
    ) -> Sensitivity {
        let questions = asked.questions();
        let screened = screen(&asked, screening);
        let of = |question: &SensitivityQuestion| -> Option<Indices> {
            let answers: Answers = question.answers(&asked, second);
            indices(&answers, kept.len())
        };
        let found = questions.iter().map(of).collect();
        let order = PolicyOrder::of(&asked, second, kept.len());
        let incomplete = [screening, second].map(|stage| asked.incomplete(stage));
        Sensitivity { questions, screened, kept, indices: found, order, incomplete, asked }
    }

    /// Number of the question about the ranking, or with one policy about its effect.
    pub fn leading(&self) -> Option<usize> {
        question::leading(&self.questions)
    }

    /// The questions that are shown: level of the first measure, each policy's effect on it, displacement by all, the ranking.
    pub fn shown(&self) -> Vec<usize> {
        let first = self.asked.measures[0];
        let shown = |question: &SensitivityQuestion| match question.kind {
            QuestionKind::Level | QuestionKind::Effect => question.measure == first,
            QuestionKind::Displacement => question.policy.is_none(),
            QuestionKind::Ranking => true,
        };
        (0..self.questions.len()).filter(|at| shown(&self.questions[*at])).collect()
    }
}

/// Results made up for tests, here and of figures.
#[cfg(any(test, feature = "made_up"))]
#[cfg_attr(not(test), allow(dead_code, missing_docs, unused_imports))]
pub mod tests;
