//! The page of a comparison: one file to hand over.

use super::Figure;
use crate::comparison::Comparison;

/// The page.
#[must_use]
pub fn page(comparison: &Comparison, figures: &[Figure]) -> String {
    format!("{} {}", comparison.arms.len(), figures.len())
}
