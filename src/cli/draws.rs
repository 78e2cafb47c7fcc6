//! Runs spread over draws of a posterior: what `run` and `compare` have in common.

use std::path::PathBuf;

use super::check::show_findings;
use super::input;
use ::report::speech;
use scenario::study::{Cell, DrawsWanted};
use scenario::{Findings, Resolved, Scenario, Study};
use study::comparison::{self, ParameterDraws};
use study::store::{self, File};
use world::record::{Record, RunKey};

/// Draws at least: one says nothing about others. Unit: draws. Source: Student's t over draws.
const FEWEST: u32 = 2;

/// Over which draws runs are spread.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct DrawOptions {
    /// Spread the replications over draws of parameters from a posterior (Parquet, or CSV as Excel, R, Python and Stan write it; a row for
    /// each parameter set, columns named by parameter paths, `weight` if there is one): intervals then hold chance and what is not known
    #[arg(long, value_name = "FILE")]
    pub draws: Option<PathBuf>,
    /// Replications of each draw; from two on chance and unknown parameters can be told apart
    #[arg(long, value_name = "R", default_value_t = 2, requires = "draws", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub per_draw: u32,
}

/// Scenarios under all draws.
pub struct DrawnStudy {
    /// The scenarios with their draws.
    pub study: Study,
    /// All scenarios under the first draw, then under the second, and so on.
    pub scenarios: Vec<Scenario>,
    /// The posterior, as the result folder keeps it.
    pub posterior: File,
}

impl DrawOptions {
    /// What is wrong with the numbers.
    pub fn check(&self, replications: u32) -> Result<(), String> {
        let each = self.per_draw;
        if self.draws.is_none() {
            return Ok(());
        }
        if !replications.is_multiple_of(each) {
            let below = replications / each * each;
            let more = below + each;
            let both =
                if below < FEWEST * each { more.to_string() } else { format!("{below} or {more}") };
            return Err(format!(
                "--replications {replications} cannot be spread evenly over draws with --per-draw {each}: write --replications {both}"
            ));
        }
        if replications / each < FEWEST {
            return Err(format!(
                "--replications {replications} with --per-draw {each} is a single draw, which says nothing about others: write \
                 --replications {} or more",
                FEWEST * each
            ));
        }
        Ok(())
    }

    /// Lays the draws over scenarios, of which the baseline comes first; `None` if none are asked for.
    ///
    /// # Errors
    /// If the posterior cannot be used; everything that is wrong with it is told.
    pub fn lay(
        &self,
        scenarios: &[Resolved],
        sets: &[String],
        replications: u32,
        seed: u64,
        quiet: bool,
    ) -> Result<Option<DrawnStudy>, ()> {
        let Some(path) = &self.draws else { return Ok(None) };
        let draws = (replications / self.per_draw).max(1);
        let wanted = DrawsWanted { posterior: path, draws, per_draw: self.per_draw, seed };
        let laid = DrawnStudy::of(scenarios, sets, &wanted).map_err(|wrong| match wrong {
            Wrong::Findings(findings) => show_findings(path, &findings),
            Wrong::Texts(texts) => input::tell(&texts),
        })?;
        if !quiet {
            show_findings(path, &laid.study.warnings);
        }
        Ok(Some(laid))
    }
}

/// The study of scenarios as they are, or under draws.
pub fn study(
    scenarios: &[Resolved],
    laid: Option<&DrawnStudy>,
    seed: u64,
    replications: u32,
) -> Study {
    let own = || Study::of(scenarios.to_vec(), seed, replications, model::YIELDS);
    laid.map_or_else(own, |laid| laid.study.clone())
}

/// Why draws cannot be laid over scenarios.
pub enum Wrong {
    /// What was found about the posterior.
    Findings(Findings),
    /// Other reasons.
    Texts(Vec<String>),
}

impl std::fmt::Display for Wrong {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Wrong::Findings(findings) => f.write_str(&findings.render_by(false, &speech::told)),
            Wrong::Texts(texts) => f.write_str(&texts.join("\n")),
        }
    }
}

/// Draws that are told of at most when they make no valid scenario. Source: judgement.
const TOLD: usize = 5;

impl DrawnStudy {
    /// Lays draws over scenarios.
    pub fn of(
        scenarios: &[Resolved],
        sets: &[String],
        wanted: &DrawsWanted,
    ) -> Result<DrawnStudy, Wrong> {
        let study = Study::over(scenarios, sets, wanted, model::YIELDS, &store::read_table)
            .map_err(Wrong::Findings)?;
        let name = store::posterior_name(wanted.posterior);
        let posterior = store::copied(wanted.posterior, name)
            .map_err(|why| Wrong::Texts(vec![format!("--draws: {why}")]))?;
        let scenarios = study.scenarios().map_err(|wrong| {
            let mut texts: Vec<String> = wrong
                .iter()
                .take(TOLD)
                .map(|why| format!("{}, {why}", wanted.posterior.display()))
                .collect();
            if wrong.len() > TOLD {
                texts.push(format!("and {} more draws make no valid scenario", wrong.len() - TOLD));
            }
            Wrong::Texts(texts)
        })?;
        Ok(DrawnStudy { study, scenarios, posterior })
    }

    /// The draws as results tell of them.
    pub fn told(&self) -> comparison::ComparisonDraws {
        let study = &self.study;
        comparison::ComparisonDraws {
            file: self.posterior.name.clone(),
            blake3: blake3::hash(&self.posterior.bytes).to_hex().to_string(),
            number: study.draws(),
            replications: study.replications,
            parameters: ParameterDraws::drawn(study),
            ranking: None,
        }
    }

    /// A scenario under a draw, of so many scenarios.
    pub fn scenario(&self, arm: usize, arms: usize, draw: u32) -> &Scenario {
        &self.scenarios[draw as usize * arms + arm]
    }

    /// Number of a run over all draws.
    pub fn number(&self, RunKey { draw, replication, .. }: RunKey) -> u32 {
        self.study.number(Cell { draw, replication })
    }

    /// Chance of a run by its number over all draws.
    pub fn key(&self, run: u32) -> RunKey {
        self.study.key(self.study.cell(run))
    }

    /// The run with its number over all draws in place of its replication.
    pub fn numbered(&self, mut record: Record) -> Record {
        record.key = RunKey::new(record.key.seed, self.number(record.key));
        record
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_spread_evenly_over_two_draws_or_more() {
        let check = |replications: u32, per_draw: u32| {
            DrawOptions { draws: Some(PathBuf::from("p.csv")), per_draw }.check(replications)
        };
        assert!(check(40, 2).is_ok() && check(4, 2).is_ok() && check(2, 1).is_ok());
        for (replications, per_draw, hint) in [
            (41, 2, "--replications 40 or 42"),
            (5, 3, "--replications 6"),
            (2, 2, "--replications 4 or more"),
            (1, 1, "--replications 2 or more"),
        ] {
            let said = check(replications, per_draw).unwrap_err();
            assert!(said.contains(hint), "{said}");
        }
        assert!(DrawOptions::default().check(1).is_ok());
    }
}
