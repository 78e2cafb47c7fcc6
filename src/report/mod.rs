//! Figures: the only place that draws.
