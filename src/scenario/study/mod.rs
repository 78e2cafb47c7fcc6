//! A study: scenarios × policies × draws of parameters × replications, and what is kept of each run.
//!
//! A *draw* is one set of parameter values (what we do not know), a *replication* is luck. Runs are counted in *cells*: one draw and one
//! replication, with every arm. An *arm* is a world with a policy; the first arm of a world is its baseline.
//!
//! Deliberately absent: running anything, and what the model makes of a scenario.

use std::path::Path;

use jiff::civil::Date;

use super::estimate::{CostEstimate, estimate};
use super::finding::Findings;
use super::resolved::Resolved;
use super::window;
use super::world::Scenario;
use world::record::{RunKey, Sight};

pub mod designs;
mod draws;
mod expand;
mod file;
mod levers;
mod load;
mod memory;
mod points;
mod portable;
mod prepared;
mod ranges;
mod table;
mod worlds;

pub use super::recognise::is_study;
use draws::DrawnValues;
pub use levers::{MixLimit, Optimise, PolicyPart};
pub use memory::DrawsWanted;
pub use portable::Portable;
use prepared::ArmTemplate;
pub use table::{Fault, InputColumn, InputEntry, InputTable, Lines, record};

/// What a run yields, by name, as the model declares it: a study says what of it is kept.
#[derive(Clone, Copy, Debug)]
pub struct Yields {
    /// Measures, in the order of their list.
    pub measures: &'static [&'static str],
    /// Quantities of the agency's view.
    pub quantities: &'static [&'static str],
}

/// How a table is read, which this module does not know; or all that is wrong with it.
pub type Tables<'a> = &'a dyn Fn(&Path) -> Result<InputTable, Vec<Fault>>;

/// Runs of a study at most. Unit: runs. Source: a measure of all of them is held in memory, 800 MB; Status: assumption.
pub const MOST_RUNS: u64 = 100_000_000;

/// Whether draws share their luck.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LuckOf {
    /// Every draw has luck of its own: means over draws average luck out.
    #[default]
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

impl Arm {
    /// A scenario under its own name; the first arm is its baseline.
    fn of(resolved: Resolved) -> Arm {
        let scenario = &resolved.scenario;
        let (name, title) = (scenario.name.clone(), scenario.title.clone());
        Arm { name, title, baseline: 0, resolved }
    }
}

/// How narrow an interval is to be: Stein's two stages, of which `replications` is the first.
#[derive(Clone, Debug, PartialEq)]
pub struct Precision {
    /// Number of the measure in [`Yields::measures`].
    pub measure: usize,
    /// Half-width of the 95 % interval of every policy's effect.
    pub width: Width,
    /// Replications at most.
    pub at_most: u32,
}

/// A figure of the agency's view that is kept of every run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Name of the quantity.
    pub quantity: &'static str,
    /// When it is counted.
    pub over: Over,
}

/// Days over which a figure of the agency's view is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    /// A calendar year, the days of the warm-up that lie in it included.
    Year(i16),
    /// From a reported day to another.
    Days(Date, Date),
}

impl Over {
    /// `2024`, or `2024-01-01..2024-08-31`.
    pub fn named(text: &str) -> Option<Over> {
        let days = || {
            let (from, to) = text.split_once("..")?;
            let (from, to) = (from.parse().ok()?, to.parse().ok()?);
            (from <= to).then_some(Over::Days(from, to))
        };
        text.parse().ok().map(Over::Year).or_else(days)
    }
}

impl Seen {
    /// By its name and year, such as `closures 2024`, or days, such as `closures 2024-01-01..2024-08-31`; `None` if there is no such figure.
    pub fn named(text: &str, yields: Yields) -> Option<Seen> {
        let (name, over) = text.trim().split_once(char::is_whitespace)?;
        let quantity = yields.quantities.iter().find(|quantity| **quantity == name)?;
        Some(Seen { quantity, over: Over::named(over.trim())? })
    }

    /// Name of its column.
    pub fn name(self) -> String {
        match self.over {
            Over::Year(year) => format!("seen_{}_{year}", self.quantity),
            Over::Days(from, to) => format!("seen_{}_{from}_{to}", self.quantity),
        }
    }

    /// What the agency saw in a run in a year; no number where it saw nothing of the kind.
    pub fn of_year(quantity: &str, year: i16, sights: &[Sight]) -> f64 {
        let sight = sights.iter().find(|sight| sight.year == year && sight.quantity == quantity);
        sight.and_then(|sight| sight.seen).unwrap_or(f64::NAN)
    }
}

/// Half-width of an interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Width {
    /// Of the baseline's mean.
    Share(f64),
    /// In the unit of the measure.
    Amount(f64),
}

impl Width {
    /// In the unit of the measure, with this mean of the baseline.
    pub fn half(self, baseline: f64) -> f64 {
        match self {
            Width::Amount(amount) => amount,
            Width::Share(share) => share * baseline.abs(),
        }
    }
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
    /// Measures that are kept: numbers in [`Yields::measures`], ascending.
    pub measures: Vec<usize>,
    /// Figures of the agency's view that are kept beside them.
    pub seen: Vec<Seen>,
    /// How narrow intervals are to be, if that was asked for.
    pub precision: Option<Precision>,
    /// World by world, in each the baseline first.
    pub arms: Vec<Arm>,
    /// More runs than this are not wanted.
    pub budget: Option<u64>,
    /// The best mix of levers that is to be found, if that was asked for.
    pub optimise: Option<Optimise>,
    /// What is doubtful but does not keep the study from being run.
    pub warnings: Findings,
    /// The study file as it was read; empty for a study in memory.
    pub text: String,
    draws: DrawnValues,
    /// The scenario of each arm with gaps for what is drawn.
    prepared: Vec<ArmTemplate>,
}

/// The days that count where a study does not say, over all its worlds.
fn days_that_count(arms: &[Arm]) -> (Date, Date) {
    let scenario = |at: usize| &arms[at].resolved.scenario;
    let pairs = arms.iter().map(|arm| (scenario(arm.baseline), &arm.resolved.scenario));
    window::by_default((scenario(0).start, scenario(0).end), pairs)
}

impl Study {
    /// Number of draws, at least 1.
    pub fn draws(&self) -> u32 {
        self.draws.number
    }

    /// The study with no more than its first draws, once each: of a Latin hypercube, whose rows are in no order, they are a sample like any other.
    #[must_use]
    pub fn first_draws(mut self, most: u32) -> Study {
        self.draws.number = self.draws.number.min(most);
        self.replications = 1;
        self
    }

    /// Whether draws stand for all plausible sets of parameters, or only for themselves (a grid, a list, a single one).
    pub fn draws_are_sampled(&self) -> bool {
        use draws::DrawDesign::{LatinHypercube, Posterior, Sobol};
        matches!(self.draws.kind, LatinHypercube(_) | Sobol | Posterior(_))
    }

    /// How draws are made, in words.
    pub fn draws_in_words(&self) -> String {
        self.draws.in_words()
    }

    /// Paths of the parameters that are drawn, in the order of the file; none if there is one draw as written.
    pub fn parameters(&self) -> Vec<&str> {
        self.draws.columns.iter().map(|column| column.parameter.path.as_str()).collect()
    }

    /// What the drawn parameters are, in the order of [`Study::parameters`], and from what each is drawn in words.
    pub fn ranges(&self) -> Vec<(&'static super::Parameter, String)> {
        self.draws.columns.iter().map(|column| (column.parameter, column.in_words())).collect()
    }

    /// Values of the drawn parameters, as text that `--set` takes, in the order of [`Study::parameters`].
    pub fn values(&self, draw: u32) -> Vec<String> {
        let values = self.draws.columns.iter().zip(self.draws.of(draw));
        values.map(|(column, value)| column.written(*value)).collect()
    }

    /// Values of the drawn parameters at a point of the unit cube, each by its range, as text that `--set` takes.
    ///
    /// # Panics
    /// If the point has not one coordinate for each parameter.
    pub fn at(&self, unit: &[f64]) -> Vec<String> {
        let columns = &self.draws.columns;
        assert_eq!(unit.len(), columns.len(), "a coordinate for each parameter");
        columns.iter().zip(unit).map(|(column, unit)| column.written(column.at(*unit))).collect()
    }

    /// Points of the unit cube, one in each of so many slices of each parameter's range: a Latin hypercube of its own.
    pub fn hypercube(&self, number: usize) -> Vec<Vec<f64>> {
        let width = self.draws.columns.len();
        points::hypercube(self.seed, 0, number, width).chunks(width).map(<[f64]>::to_vec).collect()
    }

    /// Whether parameters are drawn from ranges, so that [`Study::at`] covers more than the draws there are.
    pub fn draws_from_ranges(&self) -> bool {
        matches!(self.draws.kind, draws::DrawDesign::LatinHypercube(_) | draws::DrawDesign::Sobol)
    }

    /// The scenario of an arm under a draw.
    ///
    /// # Errors
    /// Why the values do not go together, such as shares that do not add up to 1.
    pub fn scenario(&self, arm: usize, draw: u32) -> Result<Scenario, String> {
        self.prepared[arm].scenario(&self.draws.columns, self.draws.of(draw))
    }

    /// What determines the runs of an arm under a draw, name and title left out: the scenario as JSON with keys in alphabetical order, made
    /// without typing it (a few microseconds). The same text as that of the scenario written out in a file.
    pub fn canonical(&self, arm: usize, draw: u32) -> String {
        self.prepared[arm].canonical(&self.draws.columns, self.draws.of(draw))
    }

    /// Number of runs: cells times arms.
    pub fn runs(&self) -> u64 {
        self.cells() * self.arms.len() as u64
    }

    /// Cost of all runs of a cell on one thread, of which the warm-up of a world is simulated once.
    pub fn cell_cost(&self) -> CostEstimate {
        let mut cost = CostEstimate { seconds_per_replication: 0.0, bytes: 0, rows: 0, kept: 0 };
        for (number, arm) in self.arms.iter().enumerate() {
            let scenario = &arm.resolved.scenario;
            let run = estimate(scenario);
            let share = f64::from(scenario.reported_days()) / f64::from(scenario.total_days());
            let share = if arm.baseline == number { 1.0 } else { share };
            cost.seconds_per_replication += run.seconds_per_replication * share;
            cost.bytes = cost.bytes.max(run.bytes);
            cost.rows += run.rows;
            cost.kept += run.kept;
        }
        cost
    }

    /// Number of cells: draws times replications.
    pub fn cells(&self) -> u64 {
        u64::from(self.draws()) * u64::from(self.replications)
    }

    /// Seed and luck of the runs of a cell.
    pub fn key(&self, cell: Cell) -> RunKey {
        let draw = match self.luck {
            LuckOf::Each => cell.draw,
            LuckOf::All => 0,
        };
        RunKey { seed: self.seed, draw, replication: cell.replication }
    }
}
