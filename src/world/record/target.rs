//! What became of the venues that an intervention was about.
//!
//! Deliberately absent: files. Only experiments ask for it, while the run is in memory (`comparison::pattern`); stores of runs
//! do not keep it.

use crate::units::Class;

/// A venue that an intervention was about, with all later names of its operator, from the day of the act on.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// Name of the intervention.
    pub intervention: String,
    /// Class of the venue.
    pub class: Class,
    /// Reported day of the act, from 0.
    pub day: usize,
    /// Turnover a day before the act, fading mean, in tenge.
    pub before_kzt: f64,
    /// Days after the act on which the operator or a successor opened under another name; none if nobody did.
    pub back_after: Option<u16>,
    /// Turnover by day, from the day of the act on, in tenge.
    pub traded_kzt: Vec<i64>,
    /// The part of it that is drug money.
    pub drug_kzt: Vec<i64>,
}
