//! From scenarios to results: runs in parallel, what is computed from them, and where both are kept.
//!
//! Deliberately absent: what a run does (`model`), drawing (`report`), printing.

mod absent;
pub mod comparison;
pub mod ensemble;
pub mod experiment;
pub mod language;
pub mod stats;
pub mod store;

pub use experiment::Experiment;
