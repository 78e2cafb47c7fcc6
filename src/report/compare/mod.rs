//! Figures of a comparison.

use super::Figure;
use crate::comparison::Comparison;

/// All figures of a comparison.
#[must_use]
pub fn comparison_figures(comparison: &Comparison) -> Vec<Figure> {
    let _ = comparison;
    Vec::new()
}
