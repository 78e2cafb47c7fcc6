//! What venues are worth to each kind of trader: the weights of the multinomial logit.
//!
//! Utility = attractiveness + herding · ln(1 + turnover / unit) − price sensitivity · fee
//! − risk aversion · response to perceived risk − KYC aversion · KYC − access cost · sites down.
//! Habit is personal and acts at the choice. Source: model.md 5.2; McFadden 1974.

use bevy_ecs::prelude::*;

use crate::model::board::{Directory, Perceived};
use crate::model::choice::{BANDS, ChoiceTables, KINDS, Table, kind};
use crate::model::policy::Levers;
use crate::model::schedule::World;
use crate::units::{Class, Segment, maths};

/// What tables of choice are made from, as far as it does not change daily.
#[derive(Resource)]
pub struct Tastes {
    /// Risk aversion by segment and band.
    aversion: [[f64; BANDS]; Segment::COUNT],
    /// What a venue is worth apart from what changes daily, by slot, segment and privacy, and for which public face.
    standing: Vec<[[f64; 2]; Segment::COUNT]>,
    faces: Vec<(u16, u32)>,
}

impl Tastes {
    /// Tastes of a scenario's people, before they have seen any venue.
    #[must_use]
    pub fn new(scenario: &World) -> Tastes {
        let people = &scenario.customers;
        let spread = people.risk_aversion_spread;
        let mut aversion = [[0.0; BANDS]; Segment::COUNT];
        for &segment in Segment::ALL {
            let middle = people.risk_aversion[segment];
            aversion[segment.index()] = [middle * (1.0 - spread), middle, middle * (1.0 + spread)];
        }
        Tastes { aversion, standing: Vec::new(), faces: Vec::new() }
    }
}

/// Whether people of a segment know how to reach a class: hubs serve the drug trade and fraud only.
fn reaches(segment: Segment, class: Class) -> bool {
    class != Class::Hub || matches!(segment, Segment::DrugBuyer | Segment::Fraud)
}

/// How strongly perceived certainty acts: little below the threshold, steeply above.
///
/// Source: Loughran et al. 2012 (facts.md §3), as a logistic function.
#[must_use]
pub fn response(certainty: f64, threshold: f64, steepness: f64) -> f64 {
    maths::logistic(steepness * (certainty - threshold))
}

/// Rebuilds the tables of choice from yesterday's public world.
pub fn weigh_venues(
    scenario: Res<World>,
    levers: Res<Levers>,
    directory: Res<Directory>,
    perceived: Res<Perceived>,
    mut tastes: ResMut<Tastes>,
    mut choice: ResMut<ChoiceTables>,
) {
    let people = &scenario.customers;
    let tastes = &mut *tastes;
    let tables = &mut choice.tables;
    if tables.is_empty() {
        *tables = vec![Table::new(&directory.layout); KINDS];
        tastes.standing = vec![[[0.0; 2]; Segment::COUNT]; directory.layout.slots_in_all()];
        tastes.faces = vec![(u16::MAX, 0); directory.layout.slots_in_all()];
    }
    let risk = &scenario.perceived_risk;
    let mut fear = [[1.0; Class::COUNT]; Segment::COUNT * BANDS];
    for &class in Class::ALL {
        let felt = response(perceived.certainty[class.index()], risk.threshold, risk.steepness);
        for &segment in Segment::ALL {
            for band in 0..BANDS {
                fear[segment.index() * BANDS + band][class.index()] =
                    maths::exp(-tastes.aversion[segment.index()][band] * felt);
            }
        }
    }
    for (slot, &venue) in directory.at_slot.iter().enumerate() {
        if !directory.is_open(venue) {
            for table in &mut *tables {
                table.weights[slot] = 0.0;
            }
            continue;
        }
        let listing = &directory.listings[venue as usize];
        if tastes.faces[slot] != (venue, listing.fee_ppm) {
            tastes.faces[slot] = (venue, listing.fee_ppm);
            for &segment in Segment::ALL {
                let utility = listing.attractiveness
                    - people.price_sensitivity[segment] * f64::from(listing.fee_ppm) * 1e-6
                    - people.kyc_aversion[segment] * listing.kyc;
                let shunned = people.private_aversion * listing.kyc;
                tastes.standing[slot][segment.index()] = if reaches(segment, listing.class) {
                    [maths::exp(utility), maths::exp(utility - shunned)]
                } else {
                    [0.0; 2]
                };
            }
        }
        let known = maths::ln_1p(listing.monthly_turnover / people.herding_unit_kzt);
        let crowd = maths::exp(people.herding * known);
        let unreached = people.access_cost * listing.sites_down * levers.traffic_reached;
        let access = if unreached > 0.0 { maths::exp(-unreached) } else { 1.0 };
        let dearer = f64::from(listing.fee_ppm.saturating_sub(listing.normal_fee_ppm)) * 1e-6;
        for &segment in Segment::ALL {
            let price = if dearer > 0.0 {
                maths::exp(-people.price_sensitivity[segment] * dearer)
            } else {
                1.0
            };
            for band in 0..BANDS {
                let aversion = tastes.aversion[segment.index()][band];
                let trust = if listing.distrust > 1e-3 {
                    maths::exp(-aversion * listing.distrust)
                } else {
                    1.0
                };
                let safe = fear[segment.index() * BANDS + band][listing.class.index()] * trust;
                for (vpn, reached) in [(true, 1.0), (false, access)] {
                    for private in [false, true] {
                        let standing = tastes.standing[slot][segment.index()];
                        let table = &mut tables[kind(segment, band, private, vpn)];
                        table.weights[slot] =
                            crowd * standing[usize::from(private)] * safe * reached;
                        table.ease[slot] = safe * reached * price;
                    }
                }
            }
        }
    }
    for table in &mut *tables {
        table.rebuild(&directory.layout, people.class_dissimilarity);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn perceived_risk_acts_little_below_the_threshold_and_steeply_above() {
        let at = |certainty| response(certainty, 0.35, 15.0);
        assert!(at(0.1) < 0.03);
        assert!(at(0.6) > 0.97);
        assert!((at(0.35) - 0.5).abs() < 1e-12);
    }
}
