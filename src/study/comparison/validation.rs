//! What readings say over draws and replications, and whether that agrees with the source.
//!
//! Deliberately absent: what a reading computes (`pattern`).

use serde::Serialize;

use scenario::catalogue::Fitted;

/// Share of draws inside the band from which on a reading is inside. Unit: share. Source: issue 6; Status: assumption.
pub const ENOUGH: f64 = 0.8;

/// A reading over all draws.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ValidatedReading {
    /// Name of the pattern.
    pub pattern: String,
    /// The pattern in words.
    pub happened: String,
    /// Name of the reading.
    pub reading: String,
    /// The reading in words.
    pub words: String,
    /// Where the band comes from.
    pub source: String,
    /// Whether the number was used to make the model.
    pub fitted: &'static str,
    /// Lowest and highest value that agree with the source.
    pub band: (f64, f64),
    /// Median; without end where most runs do not see the day; not a number where most cannot tell.
    pub median: f64,
    /// 5 % and 95 % quantile.
    pub interval: (f64, f64),
    /// Draws, or replications where there is one set of parameters.
    pub draws: usize,
    /// Replications of each draw.
    pub replications: usize,
    /// Share of draws inside the band.
    pub share_inside: f64,
    /// Whether enough of them are.
    pub inside: bool,
}

impl ValidatedReading {
    /// Whether the reading is a finding of the case and was not fitted.
    pub fn counts(&self) -> bool {
        self.fitted != Fitted::Condition.key()
    }
}

/// Everything that was validated.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Validation {
    /// Title of the catalogue.
    pub title: String,
    /// All readings, in the order of the catalogue.
    pub lines: Vec<ValidatedReading>,
    /// Whether parameters were drawn; else intervals hold luck alone.
    pub drawn: bool,
    /// Seed.
    pub seed: u64,
    /// Runs that failed.
    pub failed: usize,
}

impl Validation {
    /// Patterns whose readings all lie inside, and patterns in all; conditions do not count.
    pub fn patterns_inside(&self) -> (usize, usize) {
        let mut names: Vec<&str> = self.lines.iter().map(|line| line.pattern.as_str()).collect();
        names.dedup();
        let inside = |name: &&str| {
            self.lines
                .iter()
                .filter(|line| line.pattern == *name && line.counts())
                .all(|line| line.inside)
        };
        (names.iter().filter(|name| inside(name)).count(), names.len())
    }
}

/// Median, 90 % interval and share inside a band; values that are no numbers lie outside.
pub fn spread(values: &[f64], band: (f64, f64)) -> (f64, (f64, f64), f64) {
    let mut known: Vec<f64> = values.iter().copied().filter(|value| !value.is_nan()).collect();
    known.sort_by(f64::total_cmp);
    let inside = known.iter().filter(|value| (band.0..=band.1).contains(*value)).count();
    let share = inside as f64 / values.len().max(1) as f64;
    let at = |p: f64| {
        let Some(last) = known.len().checked_sub(1) else { return f64::NAN };
        let position = p * last as f64;
        let (below, above) = (known[position.floor() as usize], known[position.ceil() as usize]);
        // Between a day and never lies no day.
        if above.is_infinite() || below.is_infinite() {
            return above;
        }
        below + position.fract() * (above - below)
    };
    (at(0.5), (at(0.05), at(0.95)), share)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_that_never_come_and_values_that_are_none_lie_outside() {
        let never = f64::INFINITY;
        let (median, (low, high), share) =
            spread(&[10.0, 20.0, 30.0, never, f64::NAN], (15.0, 40.0));
        assert_eq!((median, high), (25.0, never));
        assert!((low - 11.5).abs() < 1e-9 && (share - 0.4).abs() < 1e-12);
        let (median, _, share) = spread(&[f64::NAN], (0.0, 1.0));
        assert!(median.is_nan() && share == 0.0);
        assert_eq!(spread(&[1.0, 1.0], (0.5, 1.0)).2, 1.0, "the ends belong to the band");
    }
}
