//! Studies in memory: what commands make of a baseline and policies without a study file, as they stand or under draws of a posterior.
//!
//! A draw is laid over all scenarios, but what a policy sets itself it keeps. Runs are numbered draw by draw, as a study counts its cells.
//!
//! Deliberately absent: how values are drawn and laid over scenarios (`draws`, `prepared`), which studies share.

use std::path::Path;

use super::draws::{DrawnValues, posterior};
use super::load::settled;
use super::prepared::ArmTemplate;
use super::ranges::DrawTarget;
use super::{Arm, Cell, LuckOf, Study, Tables, Yields, days_that_count, worlds};
use crate::finding::{Finding, Findings};
use crate::reader::{Origin, read};
use crate::resolved::Resolved;
use crate::source::{Sources, Span};
use crate::tree::{Tree, Value};
use crate::world::Scenario;

/// Name under which findings show what the option says.
const OPTION: &str = "--draws";

/// Which draws are wanted.
#[derive(Clone, Copy, Debug)]
pub struct DrawsWanted<'a> {
    /// File of the posterior.
    pub posterior: &'a Path,
    /// Number of draws.
    pub draws: u32,
    /// Replications of each draw.
    pub per_draw: u32,
    /// Seed: of the draws and of the luck.
    pub seed: u64,
}

impl Study {
    /// A study of scenarios as they are; the baseline comes first.
    ///
    /// # Panics
    /// Without scenarios.
    pub fn of(scenarios: Vec<Resolved>, seed: u64, replications: u32, yields: Yields) -> Study {
        let prepared =
            scenarios.iter().map(|resolved| ArmTemplate::fixed(&resolved.scenario)).collect();
        let arms = scenarios.into_iter().map(Arm::of).collect();
        in_memory(arms, seed, replications, yields, DrawnValues::as_written(), prepared)
    }

    /// A study of scenarios under draws; the baseline comes first. `sets` are the `--set` texts that the scenarios were read with.
    ///
    /// # Panics
    /// Without scenarios.
    pub fn over(
        scenarios: &[Resolved],
        sets: &[String],
        wanted: &DrawsWanted,
        yields: Yields,
        tables: Tables,
    ) -> Result<Study, Findings> {
        let mut findings = Findings::default();
        let study = over(scenarios, sets, wanted, yields, tables, &mut findings);
        settled(study, findings)
    }

    /// All scenarios, draw by draw.
    ///
    /// # Errors
    /// Which draws make no valid scenario, and why.
    pub fn scenarios(&self) -> Result<Vec<Scenario>, Vec<String>> {
        let (mut all, mut wrong) = (Vec::new(), Vec::new());
        for draw in 0..self.draws() {
            for arm in 0..self.arms.len() {
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
    pub fn in_words(&self, draw: u32) -> String {
        let values = self.values(draw);
        let pairs = self.parameters().into_iter().zip(values);
        pairs.map(|(path, value)| format!("{path}={value}")).collect::<Vec<_>>().join(", ")
    }

    /// Draw and replication of a run of an arm by its number, draw by draw.
    pub fn cell(&self, run: u32) -> Cell {
        Cell { draw: run / self.replications, replication: run % self.replications }
    }

    /// Number of a run of an arm, draw by draw.
    pub fn number(&self, cell: Cell) -> u32 {
        cell.draw * self.replications + cell.replication
    }
}

/// All measures over the days that count by default, and luck of its own for each draw.
fn in_memory(
    arms: Vec<Arm>,
    seed: u64,
    replications: u32,
    yields: Yields,
    draws: DrawnValues,
    prepared: Vec<ArmTemplate>,
) -> Study {
    let base = &arms[0].resolved.scenario;
    Study {
        name: base.name.clone(),
        title: base.title.clone(),
        seed,
        replications,
        luck: LuckOf::Each,
        window: days_that_count(&arms),
        measures: (0..yields.measures.len()).collect(),
        seen: Vec::new(),
        precision: None,
        arms,
        budget: None,
        optimise: None,
        warnings: Findings::default(),
        text: String::new(),
        draws,
        prepared,
    }
}

fn over(
    scenarios: &[Resolved],
    sets: &[String],
    wanted: &DrawsWanted,
    yields: Yields,
    tables: Tables,
    findings: &mut Findings,
) -> Option<Study> {
    let shown = wanted.posterior.display().to_string();
    let file = findings.sources.add(OPTION, shown.as_str());
    let span = Span { file, start: 0, end: shown.len() };
    let node = Tree { value: Value::Text(shown.clone()), span };
    let number = wanted.draws as usize;
    let draws =
        posterior::named_by_option(wanted.posterior, &node, number, wanted.seed, tables, findings)?;
    let found = &mut findings.found;
    let arms: Vec<Arm> = scenarios.iter().cloned().map(Arm::of).collect();
    let hint = "leave the --set out, or give a posterior without this column";
    draws.drawn_and_set(sets, &shown, hint, found);
    let trees = worlds::typed_trees(&arms);
    for (number, arm) in arms.iter().enumerate() {
        for column in &draws.columns {
            if let DrawTarget::Leaf(path) | DrawTarget::From(path, _) = column.place()
                && trees[0].at(path) != trees[number].at(path)
                && !worlds::says_itself(&arms, &trees, number, path)
            {
                found.push(lost(arm, path, span));
            }
        }
    }
    let written = arms.iter().map(|arm| tree(&arm.resolved));
    let prepared = worlds::prepared(&arms, &trees, written, &draws, span, found);
    Some(in_memory(arms, wanted.seed, wanted.per_draw, yields, draws, prepared))
}

/// The values of a scenario as they stand in its complete text.
fn tree(resolved: &Resolved) -> Tree {
    let file = Sources::default().add("", resolved.text.as_str());
    read(&resolved.text, file, 0, Origin::InFile, &mut Vec::new())
        .expect("a complete scenario can be read")
}

fn lost(arm: &Arm, path: &str, place: Span) -> Finding {
    Finding::error(format!(
        "`{path}` is drawn, but \"{}\" differs from the baseline in it",
        arm.name
    ))
    .at(place, "drawn here")
    .hint("a draw is of the world, which is the same for all: give both the same value, or a posterior without this column")
}
