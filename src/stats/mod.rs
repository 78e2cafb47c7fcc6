//! Pure functions on numbers: what many replications say together.
//!
//! Deliberately absent: randomness, files, anything about the market.

mod student;
mod summary;

pub use student::student_quantile;
pub use summary::{Summary, mean_interval, quantile};
