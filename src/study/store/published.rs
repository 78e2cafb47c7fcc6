//! Published figures marked *fit*: what the agency and the press reported, to lay beside the model.

use model::SIGHTS;

/// A published figure and the band within which sources differ.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Published {
    /// Calendar year.
    pub year: i16,
    /// Name of the quantity, as in [`model::SIGHTS`].
    pub quantity: &'static str,
    /// Lowest statement; the value itself where there is only one.
    pub low: f64,
    /// Central statement.
    pub value: f64,
    /// Highest statement; the value itself where there is only one.
    pub high: f64,
    /// How far the statements can be believed: in nine cases of ten the truth lies between `low / factor` and `high · factor`.
    /// Source: judgement, by what kind of statement it is; Status: assumption.
    pub factor: f64,
    /// Where it stands.
    pub source: &'static str,
}

impl Published {
    /// Unit.
    ///
    /// # Panics
    /// Never: a test looks every figure up.
    #[must_use]
    pub fn unit(&self) -> &'static str {
        let sight = SIGHTS.iter().find(|sight| sight.quantity == self.quantity);
        sight.expect("it is a figure of the view").unit
    }

    /// Within this the truth lies in nine cases of ten.
    #[must_use]
    pub fn tolerance(&self) -> (f64, f64) {
        (self.low / self.factor, self.high * self.factor)
    }

    /// Whether a value lies within a factor of two of the band.
    #[must_use]
    pub fn within_factor_two(&self, value: f64) -> bool {
        (self.low / 2.0..=self.high * 2.0).contains(&value)
    }
}

/// The agency counts its own acts.
const COUNTED: f64 = 1.15;
/// Sums over cases that are valued and dated in more than one way, or counts for part of a year.
const STATED: f64 = 1.5;
/// One case stands for all, or a part for the whole.
const CASE: f64 = 2.0;

const fn one(
    year: i16,
    quantity: &'static str,
    value: f64,
    factor: f64,
    source: &'static str,
) -> Published {
    Published { year, quantity, low: value, value, high: value, factor, source }
}

/// All published figures.
pub const PUBLISHED: &[Published] = &[
    one(2024, "closures", 36.0, COUNTED, "AFM-2025-01: illicit platforms liquidated (facts.md §1)"),
    one(2024, "closed_turnover_kzt", 60e9, STATED, "AFM-2025-01: their turnover (facts.md §1)"),
    one(
        2024,
        "seized_share",
        0.0425,
        STATED,
        "AFM-2025-01: 4.8 m USDT seized from them (facts.md §1)",
    ),
    Published {
        year: 2024,
        quantity: "seized_property_kzt",
        low: 2.51e6 * 470.0,
        value: 3.77e6 * 470.0,
        high: 3.77e6 * 470.0,
        factor: CASE,
        source: "AFM-2024-08: assets of USD 2.51 m seized to August, 3.77 m in a year at that pace (facts.md §1) at KZT 470 (facts.md §2)",
    },
    Published {
        year: 2024,
        quantity: "sites_blocked",
        low: 3500.0,
        value: 4500.0,
        high: 5500.0,
        factor: COUNTED,
        source: "AFM-2025-01, TRIO-2025: band, here with its middle (facts.md §1)",
    },
    one(
        2024,
        "drug_money_kzt",
        18.8e6 * 470.0,
        STATED,
        "TRIO-2025: USD 18.8 m (facts.md §1) at KZT 470 (facts.md §2)",
    ),
    Published {
        year: 2024,
        quantity: "drug_share",
        low: 0.05,
        value: 0.17,
        high: 0.30,
        factor: 1.0,
        source: "TRIO-2025, AFM-2025-01: drug money over the turnover of the platforms closed (facts.md §1)",
    },
    one(
        2025,
        "fraud_stopped_kzt",
        (2.8e9 - 0.967e9) * 365.0 / 345.0,
        STATED,
        "press: anti-fraud centre, KZT 2.8 bn to 1 Jan 2026 less 967 m in its first 6 months (facts.md §1), as a year",
    ),
    one(
        2025,
        "licensed_turnover_kzt",
        6.8e9 / 0.75 * 532.0,
        CASE,
        "press on the AIFC: USD 6.8 bn from January to September (facts.md §1), as a year, at KZT 532 (facts.md §2)",
    ),
    Published {
        year: 2025,
        quantity: "licensed_users_share",
        low: 0.08,
        value: 0.12,
        high: 0.18,
        factor: 1.0,
        source: "press: more than 192,000 users, within a factor of 1.5 (facts.md §1), of 1.6 million owners (facts.md §2)",
    },
    Published {
        year: 2024,
        quantity: "licensed_users_share",
        low: 0.03,
        value: 0.05,
        high: 0.08,
        factor: 1.0,
        source: "RAKS-2025: share of investors, early 2025 (facts.md §1)",
    },
    one(
        2024,
        "turnover_per_client_kzt",
        3370.0 * 470.0,
        CASE,
        "TRIO-2025: USD 3,370, one small platform (facts.md §1) at KZT 470 (facts.md §2)",
    ),
    Published {
        year: 2024,
        quantity: "convictions",
        low: 6.0,
        value: 9.0,
        high: 9.0,
        factor: STATED,
        source: "AFM-2024-08: 6 sentences to August, 9 in a year at that pace (facts.md §1)",
    },
    Published {
        year: 2024,
        quantity: "jailed",
        low: 4.0,
        value: 6.0,
        high: 6.0,
        factor: STATED,
        source: "AFM-2024-08: 4 jailed to August, 6 in a year at that pace (facts.md §1)",
    },
    one(2024, "licensed_venues", 10.0, STATED, "licensed venues (facts.md §2)"),
    one(2025, "licensed_venues", 12.0, STATED, "licensed venues (facts.md §2)"),
    one(
        2024,
        "pyramids_dismantled",
        2.0,
        COUNTED,
        "AFM-2025-01: pyramids dismantled (facts.md §1)",
    ),
    one(
        2024,
        "pyramid_victims",
        5000.0,
        CASE,
        "AFM-2024-08: about 2,500 of one of the two (facts.md §1)",
    ),
    one(
        2024,
        "pyramid_recovered_kzt",
        545_000.0 * 470.0,
        CASE,
        "AFM-2025-01: USD 545,000 (facts.md §1) at KZT 470 (facts.md §2)",
    ),
    one(
        2024,
        "pyramid_frozen_kzt",
        120_000.0 * 470.0,
        CASE,
        "AFM-2025-01: 120,000 USDT (facts.md §1) at KZT 470 (facts.md §2)",
    ),
    one(
        2022,
        "farms_closed",
        106.0,
        STATED,
        "press: farms that stopped or were closed (facts.md §1)",
    ),
    one(2022, "racket_arrests", 23.0, STATED, "RACKET-2022: arrests (facts.md §1)"),
    one(2023, "arrests", 9.0, STATED, "press: criminal cases of illegal exchange (facts.md §1)"),
    Published {
        year: 2024,
        quantity: "arrests",
        low: 9.0,
        value: 12.0,
        high: 20.0,
        factor: COUNTED,
        source: "press: 12 criminal cases of illegal exchange; AFM-2024-08: 9-20 cases a year, mining included (facts.md §1)",
    },
];

/// The published figure for a quantity in a year.
#[must_use]
pub fn published(year: i16, quantity: &str) -> Option<&'static Published> {
    PUBLISHED.iter().find(|published| published.year == year && published.quantity == quantity)
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::SIGHTS;

    #[test]
    fn every_published_figure_belongs_to_a_quantity_of_the_agencys_view() {
        for published in PUBLISHED {
            assert!(SIGHTS.iter().any(|sight| sight.quantity == published.quantity));
            assert!(published.low <= published.value && published.value <= published.high);
        }
    }

    #[test]
    fn a_factor_of_two_is_taken_from_the_ends_of_the_band() {
        let users = published(2024, "licensed_users_share").unwrap();
        assert!(users.within_factor_two(0.16) && users.within_factor_two(0.015));
        assert!(!users.within_factor_two(0.17) && !users.within_factor_two(0.01));
    }
}
