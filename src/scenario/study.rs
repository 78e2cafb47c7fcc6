//! A study: scenarios × policies × draws of parameters × replications, and what is kept of each run.
//!
//! A *draw* is one set of parameter values (what we do not know), a *replication* is luck. Runs are counted in *cells*: one draw and one
//! replication, with every arm. An *arm* is a world with a policy; the first arm of a world is its baseline.
//!
//! Deliberately absent: running anything, and what the model makes of a scenario.

use std::path::Path;

use jiff::civil::Date;

use super::{Findings, Resolved, Scenario};
use crate::record::RunKey;

/// Whether draws share their luck.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LuckOf {
    /// Every draw has luck of its own: means over draws average luck out.
    Each,
    /// Replication r has the same luck in all draws: differences between draws are differences of parameters.
    All,
}

/// A world with a policy.
#[derive(Clone, Debug)]
pub struct Arm {
    /// Unique name: that of the world for its baseline, else that of the policy, or `world/policy` with several worlds.
    pub name: String,
    /// Title for figures and tables.
    pub title: String,
    /// Number of the arm that is its baseline; its own for a baseline.
    pub baseline: usize,
    /// The scenario as written, before anything is drawn.
    pub resolved: Resolved,
}

/// How narrow an interval is to be: Stein's two stages, of which `replications` is the first.
#[derive(Clone, Debug, PartialEq)]
pub struct Precision {
    /// Number of the measure in [`crate::record::MEASURES`].
    pub measure: usize,
    /// Half-width of the 95 % interval of every policy's effect.
    pub width: Width,
    /// Replications at most.
    pub at_most: u32,
}

/// Half-width of an interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Width {
    /// Of the baseline's mean.
    Share(f64),
    /// In the unit of the measure.
    Amount(f64),
}

/// A draw and a replication.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cell {
    /// Number of the draw, from 0.
    pub draw: u32,
    /// Number of the replication, from 0.
    pub replication: u32,
}

/// A valid study.
#[derive(Clone, Debug)]
pub struct Study {
    /// Short name: names the result folder.
    pub name: String,
    /// Title for figures and tables.
    pub title: String,
    /// Seed.
    pub seed: u64,
    /// Replications of each draw.
    pub replications: u32,
    /// Whether draws share their luck.
    pub luck: LuckOf,
    /// First and last day that count.
    pub window: (Date, Date),
    /// Measures that are kept: numbers in [`crate::record::MEASURES`], ascending.
    pub measures: Vec<usize>,
    /// How narrow intervals are to be, if that was asked for.
    pub precision: Option<Precision>,
    /// World by world, in each the baseline first.
    pub arms: Vec<Arm>,
    /// The study file as it was read.
    pub text: String,
}

impl Study {
    /// Reads a study file and all scenarios that it names, with `--set PATH=VALUE` texts laid over each.
    ///
    /// # Errors
    /// Everything that is wrong, at once; warnings included.
    pub fn load(path: &Path, sets: &[String]) -> Result<Study, Findings> {
        let _ = (path, sets);
        todo!()
    }

    /// Number of draws, at least 1.
    #[must_use]
    pub fn draws(&self) -> u32 {
        todo!()
    }

    /// Paths of the parameters that are drawn, in the order of the file; none if there is one draw as written.
    #[must_use]
    pub fn parameters(&self) -> Vec<&str> {
        todo!()
    }

    /// Values of the drawn parameters, as text that `--set` takes, in the order of [`Study::parameters`].
    #[must_use]
    pub fn values(&self, draw: u32) -> Vec<String> {
        let _ = draw;
        todo!()
    }

    /// The scenario of an arm under a draw.
    ///
    /// # Errors
    /// Why the values do not go together, such as shares that do not add up to 1.
    pub fn scenario(&self, arm: usize, draw: u32) -> Result<Scenario, String> {
        let _ = (arm, draw);
        todo!()
    }

    /// What determines the runs of an arm under a draw, name and title left out: the scenario as JSON with keys in alphabetical order, made
    /// without typing it (a few microseconds). The same text as that of the scenario written out in a file.
    #[must_use]
    pub fn canonical(&self, arm: usize, draw: u32) -> String {
        let _ = (arm, draw);
        todo!()
    }

    /// Number of cells: draws times replications.
    #[must_use]
    pub fn cells(&self) -> u64 {
        u64::from(self.draws()) * u64::from(self.replications)
    }

    /// A cell by its number, replications fastest.
    #[must_use]
    pub fn cell(&self, number: u64) -> Cell {
        let replications = u64::from(self.replications);
        Cell { draw: (number / replications) as u32, replication: (number % replications) as u32 }
    }

    /// Seed and luck of the runs of a cell.
    #[must_use]
    pub fn key(&self, cell: Cell) -> RunKey {
        let draw = match self.luck {
            LuckOf::Each => cell.draw,
            LuckOf::All => 0,
        };
        RunKey { seed: self.seed, draw, replication: cell.replication }
    }
}
