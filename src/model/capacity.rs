//! What somebody can do in a month: acts of the agency, verdicts of courts.
//!
//! Deliberately absent: what an act costs (`board/agency.rs`), and in what order acts come.

use world::units::DAYS_PER_MONTH;

/// Adds a day's part of a month's number; what is not used is kept for a month at most.
pub fn gain(left: &mut f64, per_month: f64) {
    *left = (*left + per_month / DAYS_PER_MONTH).min(per_month.max(1.0));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unused_capacity_is_kept_for_a_month_at_most() {
        let mut left = 0.0;
        for _ in 0..365 {
            gain(&mut left, 3.0);
        }
        assert_eq!(left, 3.0);
        let mut rare = 0.0;
        for _ in 0..365 {
            gain(&mut rare, 0.1);
        }
        assert_eq!(rare, 1.0, "a rare act must still become possible");
    }
}
