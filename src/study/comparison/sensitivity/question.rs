//! What is asked of each parameter, and the answers of runs.

use serde::Serialize;

use super::{DesignRuns, SensitivityRequest};
use crate::comparison::measure_number;
use crate::stats::sensitivity::Answers;
use crate::stats::{differences, mean};
use model::MEASURES;

world::named! {
    /// Kind of a question.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
    #[serde(rename_all = "snake_case")]
    QuestionKind:
    /// A measure in the baseline.
    Level = level;
    /// What a policy changes in a measure, in percent of the mean of the same point's baseline; of shares in points.
    Effect = effect;
    /// What a policy adds at venues without a licence that are no shadow exchanges, in percent of the same point's exchange without a
    /// licence.
    Displacement = displacement;
    /// The effects of all policies on a measure, less their mean at the same point.
    Ranking = ranking;
}

/// A question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct SensitivityQuestion {
    /// Kind.
    pub kind: QuestionKind,
    /// Measure: number in [`MEASURES`].
    pub measure: usize,
    /// Number of the policy; all at once if there is none.
    pub policy: Option<usize>,
}

/// The question that parameters are chosen by and that the sentence is about.
pub(super) fn leading(questions: &[SensitivityQuestion]) -> Option<usize> {
    let of = |kind| questions.iter().position(|question| question.kind == kind);
    of(QuestionKind::Ranking)
        .or_else(|| of(QuestionKind::Effect))
        .or_else(|| of(QuestionKind::Level))
}

fn number(name: &str) -> usize {
    measure_number(name).expect("the measure is in the list")
}

impl SensitivityRequest {
    /// All questions.
    pub fn questions(&self) -> Vec<SensitivityQuestion> {
        let mut all = Vec::new();
        let mut ask =
            |kind, measure, policy| all.push(SensitivityQuestion { kind, measure, policy });
        for &measure in &self.measures {
            ask(QuestionKind::Level, measure, None);
        }
        for &measure in &self.measures {
            for policy in self.policies() {
                ask(QuestionKind::Effect, measure, Some(policy));
            }
        }
        let unlicensed = number("unlicensed_turnover");
        let parts = [unlicensed, number("shadow_turnover")];
        if !self.policies().is_empty() && parts.iter().all(|part| self.measures.contains(part)) {
            for policy in self.policies() {
                ask(QuestionKind::Displacement, unlicensed, Some(policy));
            }
            ask(QuestionKind::Displacement, unlicensed, None);
        }
        if self.policies().len() > 1 {
            ask(QuestionKind::Ranking, self.measures[0], None);
        }
        all
    }
}

impl SensitivityQuestion {
    /// Answers at all points of a design.
    pub(super) fn answers(&self, asked: &SensitivityRequest, stage: &DesignRuns) -> Answers {
        let replications = asked.setting.replications as usize;
        let policies: Vec<usize> = match self.policy {
            Some(policy) => vec![policy],
            None => asked.policies().collect(),
        };
        let at = |point: usize| -> Vec<f64> {
            let here = point * replications..(point + 1) * replications;
            let column = |arm: usize, measure: usize| -> &[f64] {
                &stage.values[&(arm, measure)][here.clone()]
            };
            match self.kind {
                QuestionKind::Level => column(0, self.measure).to_vec(),
                QuestionKind::Effect | QuestionKind::Ranking => {
                    let mut effects: Vec<Vec<f64>> = policies
                        .iter()
                        .map(|policy| {
                            self.changed(column(0, self.measure), column(*policy, self.measure))
                        })
                        .collect();
                    if self.kind == QuestionKind::Ranking {
                        less_their_mean(&mut effects);
                    }
                    effects.concat()
                }
                QuestionKind::Displacement => {
                    let all = mean(column(0, self.measure));
                    let shadow = number("shadow_turnover");
                    let of = |policy: &usize| {
                        let elsewhere = |arm: usize| {
                            differences(column(arm, self.measure), column(arm, shadow))
                        };
                        let (before, after) = (elsewhere(0), elsewhere(*policy));
                        let pairs = before.into_iter().zip(after);
                        pairs.map(|(before, after)| 100.0 * (after - before) / all).collect()
                    };
                    policies.iter().map(of).collect::<Vec<Vec<f64>>>().concat()
                }
            }
        };
        let points = (0..stage.points.len()).map(at).collect();
        let components = match self.kind {
            QuestionKind::Level => 1,
            _ => policies.len(),
        };
        Answers { components, replications, points }
    }

    /// Policy minus baseline, replication by replication.
    fn changed(&self, base: &[f64], policy: &[f64]) -> Vec<f64> {
        let mean = mean(base);
        // A share of nothing has no percentage, and has a size of its own.
        let unit = MEASURES[self.measure].unit;
        let scale = if unit == "share" || unit == "probability" { 1.0 } else { mean.abs() };
        policy.iter().zip(base).map(|(policy, base)| 100.0 * (policy - base) / scale).collect()
    }
}

/// Takes from effects, by policy and replication, their mean over policies.
fn less_their_mean(effects: &mut [Vec<f64>]) {
    let number = effects.len() as f64;
    for replication in 0..effects[0].len() {
        let mean = effects.iter().map(|effect| effect[replication]).sum::<f64>() / number;
        for effect in &mut *effects {
            effect[replication] -= mean;
        }
    }
}
