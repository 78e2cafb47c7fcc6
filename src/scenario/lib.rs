//! Text to valid scenario: the only place that knows RON.
//!
//! In reading order: [`world`] (what a scenario is), [`policy`] (its levers), [`campaign`] (levers for a time), [`intervention`] (acts of a day), [`banks`] (which are picked);
//! `source`, `reader` (text to tree) and `tree` (every edit of a scenario: found and put by path, laid over another, compared,
//! mixed, written); `shape` (what the reference says about each parameter), `check` (one checker for all files that people
//! write), `cross_checks` (how values go together), [`finding`] (saying what is wrong); `layers` (`extends` and `--set`),
//! `resolved` and `typed` (from tree to scenario), `write` (the complete text).
//!
//! On top of these: [`describe`] (a scenario in words), [`difference`] and [`mod@changes`] (two scenarios), [`mixture`] (what
//! lies between them), [`adjustable`] (levers held by campaigns), [`mod@stack`] (several policies together), [`mod@estimate`]
//! (what a run costs), [`window`] (the days that count), [`shipped`] (files that the program holds), [`horizon`] (how far runs reach), [`study`] (scenarios × policies × draws × replications), [`catalogue`] (patterns from elsewhere).
//!
//! Deliberately absent: printing, and anything that a run does.

mod check;
mod cross_checks;
mod layers;
mod names;
mod reader;
mod recognise;
mod resolved;
mod shape;
mod tree;
mod typed;
mod write;

pub mod adjustable;
pub mod banks;
pub mod campaign;
pub mod catalogue;
pub mod changes;
pub mod describe;
pub mod difference;
pub mod estimate;
pub mod files;
pub mod finding;
pub mod formats;
pub mod horizon;
pub mod intervention;
pub mod mixture;
pub mod policy;
pub mod shipped;
pub mod source;
pub mod stack;
pub mod study;
pub mod window;
pub mod workbook;
pub mod world;

pub use campaign::{Campaign, CampaignValue, Indicator};
pub use catalogue::Catalogue;
pub use changes::{Change, changes};
pub use describe::{measures_by_date, sequence, steps_in_words};
pub use difference::{Difference, differences, policies_part_on};
pub use estimate::{CostEstimate, estimate};
pub use finding::{Finding, Findings, Severity};
pub use horizon::{Frozen, ends_together, frozen};
pub use intervention::{Act, Intervention};
pub use mixture::Mixture;
pub use names::titles_apart;
pub use resolved::{Resolved, load, load_over, reference, shipped_posterior, shipped_world_below};
pub use shape::{Bounds, Parameter, ParameterKind, parameters};
pub use stack::{Stack, Stacked, stack};
pub use study::Study;
pub use tree::quoted;
pub use world::Scenario;

/// The reference with `--set` texts laid over it, for tests.
#[cfg(test)]
fn with(sets: &[&str]) -> Result<Resolved, Findings> {
    let sets: Vec<String> = sets.iter().map(|set| (*set).to_owned()).collect();
    load(std::path::Path::new("../../scenarios/kazakhstan.ron"), &sets)
}
