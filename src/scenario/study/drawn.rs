//! Scenarios under draws from a posterior that the command line names: what a study with the same posterior would make of them, without a study file.
//!
//! A draw is laid over all scenarios, but what a policy sets itself it keeps. Runs are numbered draw by draw, as a study counts its cells.
//!
//! Deliberately absent: how values are drawn and laid over scenarios (`draws`, `prepared`), which studies share.

use std::path::Path;

use super::draws::{Draws, posterior};
use super::prepared::Prepared;
use super::{Arm, Cell, Tables, worlds};
use crate::finding::{Finding, Findings};
use crate::reader::{Written, read};
use crate::source::{Node, Sources, Span, Value};
use crate::{Resolved, Scenario};
use world::record::RunKey;

/// Name under which findings show what the option says.
const OPTION: &str = "--draws";

/// Which draws are wanted.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// File of the posterior.
    pub posterior: &'a Path,
    /// Number of draws.
    pub draws: u32,
    /// Replications of each draw.
    pub per_draw: u32,
    /// Seed: of the draws and of the luck.
    pub seed: u64,
}

/// Scenarios with gaps for what is drawn, and the draws.
#[derive(Clone, Debug)]
pub struct Drawn {
    seed: u64,
    per_draw: u32,
    draws: Draws,
    prepared: Vec<Prepared>,
    /// What is doubtful but does not keep the scenarios from being run.
    pub warnings: Findings,
}

impl Drawn {
    /// Lays draws over a baseline and policies; the baseline comes first. `sets` are the `--set` texts that the scenarios were read with.
    ///
    /// # Errors
    /// Everything that is wrong with the posterior, at once.
    ///
    /// # Panics
    /// Without scenarios.
    pub fn over(
        scenarios: &[Resolved],
        sets: &[String],
        wanted: &Wanted,
        tables: Tables,
    ) -> Result<Drawn, Findings> {
        let mut findings = Findings::default();
        let drawn = Drawn::read(scenarios, sets, wanted, tables, &mut findings);
        findings.sort();
        match drawn {
            Some(mut drawn) if findings.errors() == 0 => {
                drawn.warnings = findings;
                Ok(drawn)
            }
            _ => Err(findings),
        }
    }

    fn read(
        scenarios: &[Resolved],
        sets: &[String],
        wanted: &Wanted,
        tables: Tables,
        findings: &mut Findings,
    ) -> Option<Drawn> {
        let shown = wanted.posterior.display().to_string();
        let file = findings.sources.add(OPTION, shown.as_str());
        let span = Span { file, start: 0, end: shown.len() };
        let node = Node { value: Value::Text(shown.clone()), span };
        let (number, found) = (wanted.draws as usize, &mut findings.found);
        let draws = posterior::named_by_option(
            wanted.posterior,
            &node,
            number,
            wanted.seed,
            tables,
            found,
        )?;
        let arms: Vec<Arm> = scenarios.iter().map(arm).collect();
        let paths = || draws.columns.iter().map(|column| column.parameter.path.as_str());
        for set in sets {
            let path = set.split('=').next().unwrap_or_default().trim();
            if paths().any(|drawn| drawn == path) {
                found.push(
                    Finding::error(format!("--set {set} has no effect: {shown} draws `{path}`"))
                        .hint("leave the --set out, or give a posterior without this column"),
                );
            }
        }
        let mut prepared = Vec::new();
        for (number, arm) in arms.iter().enumerate() {
            let mut open = Vec::new();
            for path in paths() {
                let own = worlds::says_itself(&arms, number, path);
                if own {
                    found.push(kept(arm, path, span));
                } else if worlds::differs_from_first(&arms, number, path) {
                    found.push(lost(arm, path, span));
                }
                open.push(!own);
            }
            prepared.push(Prepared::new(
                &arm.resolved,
                &tree(&arm.resolved),
                &draws.columns,
                &open,
            ));
        }
        let (seed, per_draw) = (wanted.seed, wanted.per_draw);
        Some(Drawn { seed, per_draw, draws, prepared, warnings: Findings::default() })
    }

    /// Number of draws.
    #[must_use]
    pub fn draws(&self) -> u32 {
        self.draws.number
    }

    /// Replications of each draw.
    #[must_use]
    pub fn per_draw(&self) -> u32 {
        self.per_draw
    }

    /// Paths of the parameters that are drawn, in the order of the file.
    #[must_use]
    pub fn parameters(&self) -> Vec<&str> {
        self.draws.columns.iter().map(|column| column.parameter.path.as_str()).collect()
    }

    /// Values of the drawn parameters, as text that `--set` takes, in the order of [`Drawn::parameters`].
    #[must_use]
    pub fn values(&self, draw: u32) -> Vec<String> {
        let values = self.draws.columns.iter().zip(self.draws.of(draw));
        values.map(|(column, value)| column.written(*value)).collect()
    }

    /// A scenario under a draw.
    ///
    /// # Errors
    /// Why the values do not go together, such as shares that do not add up to 1.
    pub fn scenario(&self, arm: usize, draw: u32) -> Result<Scenario, String> {
        self.prepared[arm].scenario(&self.draws.columns, self.draws.of(draw))
    }

    /// What determines the runs of a scenario under a draw but for seed and luck, as JSON.
    #[must_use]
    pub fn canonical(&self, arm: usize, draw: u32) -> String {
        self.prepared[arm].canonical(&self.draws.columns, self.draws.of(draw))
    }

    /// All scenarios, draw by draw.
    ///
    /// # Errors
    /// Which draws make no valid scenario, and why.
    pub fn scenarios(&self) -> Result<Vec<Scenario>, Vec<String>> {
        let (mut all, mut wrong) = (Vec::new(), Vec::new());
        for draw in 0..self.draws() {
            for arm in 0..self.prepared.len() {
                match self.scenario(arm, draw) {
                    Ok(scenario) => all.push(scenario),
                    Err(why) => {
                        wrong.push(format!("draw {draw} ({}): {why}", self.in_words(draw)));
                        break;
                    }
                }
            }
        }
        if wrong.is_empty() { Ok(all) } else { Err(wrong) }
    }

    /// A draw as `path=value, …`.
    #[must_use]
    pub fn in_words(&self, draw: u32) -> String {
        let values = self.values(draw);
        let pairs = self.parameters().into_iter().zip(values);
        pairs.map(|(path, value)| format!("{path}={value}")).collect::<Vec<_>>().join(", ")
    }

    /// Draw and replication of a run by its number.
    #[must_use]
    pub fn cell(&self, run: u32) -> Cell {
        Cell { draw: run / self.per_draw, replication: run % self.per_draw }
    }

    /// Seed and luck of a run by its number: every draw has luck of its own.
    #[must_use]
    pub fn key(&self, run: u32) -> RunKey {
        let Cell { draw, replication } = self.cell(run);
        RunKey { seed: self.seed, draw, replication }
    }

    /// Number of a run.
    #[must_use]
    pub fn number(&self, key: RunKey) -> u32 {
        key.draw * self.per_draw + key.replication
    }
}

fn arm(resolved: &Resolved) -> Arm {
    let scenario = &resolved.scenario;
    let (name, title) = (scenario.name.clone(), scenario.title.clone());
    Arm { name, title, baseline: 0, resolved: resolved.clone() }
}

/// The values of a scenario as they stand in its complete text.
fn tree(resolved: &Resolved) -> Node {
    let file = Sources::default().add("", resolved.text.as_str());
    read(&resolved.text, file, 0, Written::InFile, &mut Vec::new())
        .expect("a complete scenario can be read")
}

fn kept(arm: &Arm, path: &str, place: Span) -> Finding {
    Finding::warning(format!("`{path}` is drawn, but the arm \"{}\" sets it", arm.name))
        .at(place, "drawn here")
        .hint("the draw counts in the baseline; the policy keeps its own value")
}

fn lost(arm: &Arm, path: &str, place: Span) -> Finding {
    Finding::error(format!(
        "`{path}` is drawn, but \"{}\" differs from the baseline in it",
        arm.name
    ))
    .at(place, "drawn here")
    .hint("a draw is of the world, which is the same for all: give both the same value, or a posterior without this column")
}
