//! The sentence that a page quotes: on which assumptions a ranking hangs.

use serde::Serialize;

use super::{QuestionKind, Sensitivity};
use crate::stats::sensitivity::Estimate;
use model::MEASURES;

/// Assumptions that are named at most.
const NAMED: usize = 3;
/// A parameter whose share may be as small as this is not known to matter. Unit: share of variance. Source: judgement.
const MATTERS: f64 = 0.01;

/// An assumption that the ranking hangs on.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NamedAssumption {
    /// Path of the parameter.
    pub path: String,
    /// What it means, in few words.
    pub words: String,
    /// `measured`, `estimated` or `assumption`.
    pub status: String,
    /// Its total index.
    pub share: f64,
    /// Lower end of the 95 % interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Sensitivity {
    /// The parameters that are known to matter for a question, those that matter most first.
    pub fn known(&self, question: usize) -> Vec<NamedAssumption> {
        let Some(indices) = &self.indices[question] else { return Vec::new() };
        let mut found: Vec<NamedAssumption> = Vec::new();
        for (at, index) in self.kept.iter().zip(&indices.parameters) {
            let Estimate { value, low, high } = index.total;
            let varied = &self.asked.varied[*at];
            if low > MATTERS {
                found.push(NamedAssumption {
                    path: varied.path.clone(),
                    words: varied.words.clone(),
                    status: varied.status.clone(),
                    share: value,
                    low,
                    high,
                });
            }
        }
        found.sort_by(|a, b| b.share.total_cmp(&a.share));
        found
    }

    /// The assumptions that the ranking (with one policy: its effect) hangs on: up to three.
    pub fn assumptions(&self) -> Vec<NamedAssumption> {
        let mut known = self.leading().map_or_else(Vec::new, |question| self.known(question));
        known.truncate(NAMED);
        known
    }

    /// What is asked first of all.
    pub fn subject(&self, leading: usize) -> String {
        let measure = MEASURES[self.questions[leading].measure].title();
        let policies = self.asked.policies().len();
        match self.questions[leading].kind {
            QuestionKind::Ranking => {
                format!("The ranking of these {policies} policies by “{measure}”")
            }
            QuestionKind::Effect => format!("The effect of the policy on “{measure}”"),
            _ => format!("The level of “{measure}”"),
        }
    }

    /// What the ranking hangs on, in words.
    pub fn sentence(&self) -> String {
        let Some(leading) = self.leading() else { return "Nothing was asked.".to_owned() };
        let subject = self.subject(leading);
        if self.indices[leading].is_none() {
            return format!(
                "{subject} does not vary with the parameters, or chance hides that it does: more replications or more agents would tell."
            );
        }
        let assumptions = self.assumptions();
        let one = |found: &NamedAssumption| {
            let percent = |share: f64| format!("{:.0}", 100.0 * share.clamp(0.0, 1.0));
            format!(
                "{} ({}; {} % [{}–{}] of its variance)",
                found.words,
                found.path,
                percent(found.share),
                percent(found.low),
                percent(found.high)
            )
        };
        let list: Vec<String> = assumptions.iter().map(one).collect();
        let what = match list.len() {
            0 => {
                return format!(
                    "{subject} is not known to depend on any of the {} assumptions that were varied together.",
                    self.kept.len()
                );
            }
            1 => "one assumption",
            2 => "two assumptions",
            _ => "three assumptions",
        };
        let firm = self.order.as_ref().map_or_else(String::new, |order| {
            let told = |place: usize| {
                (&self.asked.arms[order.mean[place]].title, (100.0 * order.best[place]).floor())
            };
            let (best, percent) = told(0);
            // Of equals the better on average.
            let often = (0..order.best.len())
                .rev()
                .max_by(|a, b| order.best[*a].total_cmp(&order.best[*b]))
                .filter(|place| *place > 0);
            match often.map(told) {
                None => format!(" “{best}” is best in {percent} % of draws."),
                Some((other, share)) => format!(
                    " “{best}” is best on average, but in {percent} % of draws only; “{other}” is best in {share} %."
                ),
            }
        });
        format!("{subject} depends on {what}: {}.{firm}", list.join(", "))
    }
}
