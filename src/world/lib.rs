//! The words that everybody speaks: amounts, days and classes, addressed random draws, what a run yields.
//!
//! Deliberately absent: anything about one actor, files, statistics.

pub mod random;
pub mod record;
pub mod text;
pub mod units;
