//! Pure functions on numbers: what many replications say together.
//!
//! In reading order: `summary` and `student` (one arm), `bootstrap` and `paired` (two arms with the same luck),
//! `several` (many arms), `components`, `blocks` and `share` (draws of parameters and luck), `shapley` (what each of several measures adds), `sequential` (how many replications), `spillover` (what an outside analyst computes
//! from counts), `interrupted` (a series broken at a date), `recovery` (a series against its counterfactual),
//! `emulator` (what a simulation would say elsewhere), `optimum` (the best point under limits), `forecast` (weights, quantiles and scores of samples),
//! `walkers` (samples of a density), [`boxes`] (in which worlds something happens), [`information`] (what finding out is worth),
//! [`sensitivity`] (which parameters an answer hangs on).
//!
//! Deliberately absent: files, anything about the market.

mod blocks;
mod bootstrap;
pub mod boxes;
mod components;
mod emulator;
mod forecast;
pub mod information;
mod interrupted;
mod matrix;
mod optimum;
mod paired;
mod recovery;
pub mod sensitivity;
mod sequential;
mod several;
mod shapley;
mod share;
pub mod spillover;
mod student;
mod summary;
mod walkers;

pub use blocks::Blocks;
pub use bootstrap::Resamples;
pub use components::{Components, Design, components};
pub use emulator::{Agreement, Emulator, Observation, Surrogate};
pub use forecast::{Weights, crps, effective, weighted_quantiles};
pub use interrupted::{Coefficient, Interrupted, interrupted_series};
pub use optimum::{Bound, Problem, Round, Rounds, SearchResult, Surfaces, Units, standing};
pub use paired::{CLEAR, Paired, Ratio, paired, ratio};
pub use recovery::{RecoveryPath, recovery};
pub use sequential::{stein_interval, stein_replications};
pub use several::{Standing, simultaneous, standings};
pub use shapley::{Added, added};
pub use share::share_interval;
pub use student::student_quantile;
pub use summary::{
    Bands, Summary, bands, differences, known, mean, mean_interval, mean_of_known, quantile,
};
pub use walkers::{Sample, sample};

/// What tests of several files need.
#[cfg(test)]
mod tests {
    use world::random::{Decision, Luck};

    /// A standard normal number: the same at the same address.
    pub fn normal(seed: u64, trial: u32, what: u32, number: usize) -> f64 {
        Luck::new(seed, trial).at(Decision::Resampling, what, number as u64).normal()
    }

    /// Fails unless a number is as near as that.
    pub fn near(found: f64, expected: f64, within: f64) {
        assert!((found - expected).abs() <= within, "{found} instead of {expected}");
    }
}
