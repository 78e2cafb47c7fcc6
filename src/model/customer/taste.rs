//! What venues are worth to each kind of trader: the weights of the multinomial logit.
//!
//! Utility = attractiveness + herding · ln(1 + turnover / unit) − price sensitivity · fee
//! − risk aversion · response to perceived risk − KYC aversion · KYC − access cost · sites down. Who knows droppers
//! may pay for a mule's identity in place of the KYC aversion.
//! Habit is personal and acts at the choice. Source: model.md 5.2; McFadden 1974.

use bevy_ecs::prelude::*;

use super::orders::trade_growth;
use super::ownership_curve;
use crate::board::{CardMarket, Directory, DrugSupply, Expected, Listing, NO_VENUE, Perceived};
use crate::choice::{BANDS, ChoiceTables, KINDS, Table, kind, segment_of};
use crate::messages::VenueNumber;
use crate::order::OrderBook;
use crate::policy::Levers;
use crate::schedule::{Today, World};
use scenario::Scenario;
use world::units::{Class, DAYS_PER_YEAR, Segment, maths};

/// What tables of choice are made from, as far as it does not change daily.
#[derive(Resource, Clone)]
pub struct Tastes {
    /// Risk aversion by segment and band.
    aversion: [[f64; BANDS]; Segment::COUNT],
    /// What a venue is worth apart from what changes daily, by slot, segment and privacy, and for which public face.
    standing: Vec<[[f64; 2]; Segment::COUNT]>,
    faces: Vec<Face>,
    /// Turnover a day of all people of a kind, once all of them own crypto, in tenge.
    demand: Vec<f64>,
    /// Share of people who own crypto, by day.
    owners: Vec<f64>,
    /// Mean size of a trade in tenge.
    ticket: f64,
}

/// What a venue's standing depends on: which it is, its fee, its KYC and the cost of a mule's identity.
type Face = (VenueNumber, u32, f64, f64);

/// The face of an empty slot.
const NOBODY: Face = (NO_VENUE, 0, 0.0, 0.0);

impl Tastes {
    /// Tastes of a scenario's people, before they have seen any venue.
    #[must_use]
    pub fn new(scenario: &World, book: &OrderBook) -> Tastes {
        let people = &scenario.customers;
        let spread = people.risk_aversion_spread;
        let mut aversion = [[0.0; BANDS]; Segment::COUNT];
        for &segment in Segment::ALL {
            let middle = people.risk_aversion[segment];
            aversion[segment.index()] = [middle * (1.0 - spread), middle, middle * (1.0 + spread)];
        }
        let mut demand = vec![0.0; KINDS];
        let mut trades = 0.0;
        for &segment in Segment::ALL {
            let tickets = &book.tickets[segment.index()];
            let ticket =
                tickets.iter().map(|ticket| f64::from(*ticket)).sum::<f64>() / tickets.len() as f64;
            let number = f64::from(people.number) * people.segment_share[segment];
            let daily = number * people.trades_per_year[segment] / DAYS_PER_YEAR;
            trades += daily;
            for band in 0..BANDS {
                for (private, vpn) in [(false, false), (false, true), (true, false), (true, true)] {
                    let share = |has: bool, share: f64| if has { share } else { 1.0 - share };
                    demand[kind(segment, band, private, vpn)] = daily * ticket / BANDS as f64
                        * share(private, people.private_share[segment])
                        * share(vpn, people.vpn_share[segment]);
                }
            }
        }
        // A world without any trade has no mean; any size serves.
        let ticket = if trades > 0.0 { demand.iter().sum::<f64>() / trades } else { 1.0 };
        let owners = ownership_curve(scenario);
        let (standing, faces) = (Vec::new(), Vec::new());
        Tastes { aversion, standing, faces, demand, owners, ticket }
    }
}

/// Whether people of a segment know how to reach a class: hubs serve the drug trade and fraud only.
fn reaches(segment: Segment, class: Class) -> bool {
    class != Class::Hub || segment.is_criminal()
}

/// Utility lost to identification: by passing it, or by paying for a mule's identity where that hurts less.
fn identification(aversion: f64, kyc: f64, borrowed: Option<f64>) -> f64 {
    let passed = aversion * kyc;
    borrowed.map_or(passed, |cost| passed.min(cost))
}

/// What a venue is worth to people of a segment without and with a wish for privacy, apart from what changes
/// daily; and how much less easily they stay than without the KYC that it was told to ask for.
fn standing(
    scenario: &Scenario,
    listing: &Listing,
    segment: Segment,
    identity_fee: f64,
) -> ([f64; 2], [f64; 2]) {
    if !reaches(segment, listing.class) {
        return ([0.0; 2], [1.0; 2]);
    }
    let people = &scenario.customers;
    let sensitivity = people.price_sensitivity[segment];
    let borrowed = |fee: f64| segment.is_criminal().then_some(sensitivity * fee);
    let utility = listing.attractiveness - sensitivity * f64::from(listing.fee_ppm) * 1e-6;
    let open = people.kyc_aversion[segment];
    let worth = [open, open + people.private_aversion].map(|aversion| {
        let now = identification(aversion, listing.kyc, borrowed(identity_fee));
        let normal = scenario.exchanges.mule_identity_fee;
        let before = identification(aversion, listing.own_kyc, borrowed(normal));
        // Most venues ask for what they always did: then there is nothing to compute.
        let strain = if now > before { maths::exp(before - now) } else { 1.0 };
        (maths::exp(utility - now), strain)
    });
    (worth.map(|(standing, _)| standing), worth.map(|(_, strain)| strain))
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
    cards: Res<CardMarket>,
    mut tastes: ResMut<Tastes>,
    mut choice: ResMut<ChoiceTables>,
) {
    let people = &scenario.customers;
    let tastes = &mut *tastes;
    let ChoiceTables { tables, strain, .. } = &mut *choice;
    if tables.is_empty() {
        *tables = vec![Table::new(&directory.layout); KINDS];
        tastes.standing = vec![[[0.0; 2]; Segment::COUNT]; directory.layout.slots_in_all()];
        *strain = vec![[[1.0; 2]; Segment::COUNT]; directory.layout.slots_in_all()];
        tastes.faces = vec![NOBODY; directory.layout.slots_in_all()];
    }
    let identity_fee =
        scenario.exchanges.mule_identity_fee * cards.price_kzt / scenario.mule_cards.price_kzt;
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
            if tastes.faces[slot] != NOBODY {
                tastes.faces[slot] = NOBODY;
                for table in &mut *tables {
                    table.weights[slot] = 0.0;
                }
            }
            continue;
        }
        let listing = &directory.listings[venue as usize];
        let face = (venue, listing.fee_ppm, listing.kyc, identity_fee);
        if tastes.faces[slot] != face {
            tastes.faces[slot] = face;
            for &segment in Segment::ALL {
                let both = standing(&scenario, listing, segment, identity_fee);
                (tastes.standing[slot][segment.index()], strain[slot][segment.index()]) = both;
            }
        }
        let known = maths::ln_1p(listing.monthly_turnover / people.herding_unit_kzt);
        let crowd = maths::exp(people.herding * known - listing.unknown);
        let unreached =
            people.access_cost * listing.sites_down * levers.site_blocking.traffic_reached;
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

/// Works out what each venue's offer would draw today if nobody had luck or habits.
pub fn expect_trade(
    scenario: Res<World>,
    today: Res<Today>,
    directory: Res<Directory>,
    supply: Res<DrugSupply>,
    tastes: Res<Tastes>,
    choice: Res<ChoiceTables>,
    mut expected: ResMut<Expected>,
) {
    let owners = tastes.owners[usize::from(today.day.0)];
    let growth = trade_growth(&scenario, today.date);
    let kinds = || tastes.demand.iter().enumerate();
    let grown: f64 = kinds().map(|(kind, demand)| demand * growth[segment_of(kind)]).sum();
    let usual: f64 = kinds().map(|(_, demand)| demand).sum();
    let larger = if usual > 0.0 { grown / usual } else { 1.0 };
    expected.agent_trade_kzt = tastes.ticket * larger * f64::from(scenario.people_per_agent);
    let open: Vec<(usize, usize)> = directory
        .open()
        .filter_map(|(_, listing)| Some((usize::from(listing.slot?), listing.class.index())))
        .collect();
    let mut turnover = vec![0.0; open.len()];
    for (number, table) in choice.tables.iter().enumerate() {
        if table.total <= 0.0 {
            continue;
        }
        let buyers = segment_of(number) == Segment::DrugBuyer.index();
        let demand = tastes.demand[number] * growth[segment_of(number)] * owners;
        let demand = demand * if buyers { supply.share } else { 1.0 };
        let per_weight = demand / (table.total + choice.not_today);
        let factors = table.class_factor.map(|factor| per_weight * factor);
        for (sum, (slot, class)) in turnover.iter_mut().zip(&open) {
            *sum += factors[*class] * table.weights[*slot];
        }
    }
    expected.turnover_kzt.clear();
    expected.turnover_kzt.resize(directory.listings.len(), 0.0);
    for ((venue, _), turnover) in directory.open().zip(turnover) {
        expected.turnover_kzt[venue as usize] = turnover;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mules_identity_is_taken_where_it_hurts_less_than_to_identify_oneself() {
        assert_eq!(identification(10.0, 1.0, None), 10.0);
        assert_eq!(identification(10.0, 1.0, Some(4.0)), 4.0);
        assert_eq!(identification(10.0, 0.2, Some(4.0)), 2.0);
        assert_eq!(identification(10.0, 0.0, Some(4.0)), 0.0);
    }

    #[test]
    fn perceived_risk_acts_little_below_the_threshold_and_steeply_above() {
        let at = |certainty| response(certainty, 0.35, 15.0);
        assert!(at(0.1) < 0.03);
        assert!(at(0.6) > 0.97);
        assert!((at(0.35) - 0.5).abs() < 1e-12);
    }
}
