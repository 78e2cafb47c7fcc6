//! The figures, one file each: a pure function from data to a [`Figure`](crate::chart::Figure).
//!
//! `over_time`, `streams` and `setting` hold what several share. To add one: write its file, name it in the list of its kind below.
//!
//! Deliberately absent: statistics; every number comes from the data.

mod across;
mod agency;
mod along;
mod attribution;
mod calibration;
mod cumulative_effect;
mod deterrence;
mod discovery;
mod displacement;
mod displacement_account;
mod dose;
mod effects;
mod fees;
mod forecast;
mod hubs;
mod measures;
mod moved;
mod optimum;
mod over_time;
mod run;
mod sensitivity;
mod setting;
mod streams;
mod tradeoff;
mod turnover;
mod turnover_by_policy;
mod uncertainty;
mod underworld;
mod validation;
mod venues;

pub use across::{across_finding, said as said_across};
pub use attribution::finding as attribution_finding;
pub use calibration::{calibration_figures, calibration_finding};
pub use discovery::discovery_figures;
pub use dose::dose_figures;
pub use forecast::forecast_figure;
pub use optimum::optimum_figures;
pub use run::{About, run_figures};
pub use sensitivity::{asked_in_words, sensitivity_figures};
pub use setting::{MOST, others, ranked};
pub use validation::validation_figure;

use super::chart::Figure;
use study::comparison::Comparison;
use study::comparison::across::Across;
use study::comparison::attribution::Attribution;

/// All figures of a comparison, in the order of the page.
#[must_use]
pub fn comparison_figures(comparison: &Comparison) -> Vec<Figure> {
    let comparison = &crate::words::in_language(comparison);
    let mut all = vec![effects::figure(comparison)];
    all.extend(moved::figure(comparison));
    all.push(displacement_account::figure(comparison));
    all.push(tradeoff::figure(comparison));
    all.extend(uncertainty::figure(comparison));
    all.push(turnover_by_policy::figure(comparison));
    all.push(cumulative_effect::figure(comparison));
    all.push(measures::figure(comparison));
    all
}

/// All figures of a study; none if it has no policies.
#[must_use]
pub fn across_figures(across: &Across) -> Vec<Figure> {
    if across.policies().next().is_none() {
        return Vec::new();
    }
    let along = (!across.along.is_empty()).then(|| along::figure(across));
    [across::figure(across)].into_iter().chain(along).collect()
}

/// All figures of an attribution.
#[must_use]
pub fn attribution_figures(made: &Attribution) -> Vec<Figure> {
    vec![attribution::figure(made)]
}

#[cfg(test)]
pub(crate) mod tests;
