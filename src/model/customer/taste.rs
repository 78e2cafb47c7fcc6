//! What venues are worth to each kind of trader: the weights of the multinomial logit.
//!
//! Utility = attractiveness + herding · ln(1 + turnover / unit) − price sensitivity · fee
//! − risk aversion · response to perceived risk − KYC aversion · KYC − access cost · sites down. Who knows droppers
//! may pay for a mule's identity in place of the KYC aversion.
//! Habit is personal and acts at the choice. Source: model.md 5.2; McFadden 1974.

use bevy_ecs::prelude::*;

use super::orders::trade_growth;
use crate::board::{CardMarket, Directory, DrugSupply, Expected, Listing, Perceived};
use crate::choice::{BANDS, ChoiceTables, KINDS, Offer, Stay, kind, segment_of};
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
    /// What is known of venues apart from what changes daily, by slot.
    known: Vec<Option<Known>>,
    /// The cost of a mule's identity that standing was worked out with.
    identity_fee: f64,
    /// Turnover a day of all people of a kind, once all of them own crypto, in tenge.
    demand: Vec<f64>,
    /// Share of people who own crypto, by day.
    owners: Vec<f64>,
    /// Mean size of a trade in tenge.
    ticket: f64,
}

/// What follows from a venue's public face.
#[derive(Clone, Copy)]
struct Known {
    face: Face,
    /// What it is worth by segment and privacy, apart from how many go there.
    standing: [[f64; 2]; Segment::COUNT],
    stay: Stay,
}

/// What standing and habit depend on: which venue it is, its fee, its fee in normal times, and its KYC.
type Face = (VenueNumber, u32, u32, f64);

impl Tastes {
    /// Tastes of a scenario's people, before they have seen any venue; `owners` is the share of people who own crypto by
    /// day.
    #[must_use]
    pub fn new(scenario: &World, book: &OrderBook, owners: Vec<f64>) -> Tastes {
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
        Tastes { aversion, known: Vec::new(), identity_fee: 0.0, demand, owners, ticket }
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

/// Works out what a venue is worth to people of a segment without and with a wish for privacy, apart from what changes
/// daily; and how much less easily they stay than at its normal fee, and without the KYC that it was told to ask for.
fn know(
    known: &mut Known,
    scenario: &Scenario,
    listing: &Listing,
    segment: Segment,
    identity_fee: f64,
) {
    let people = &scenario.customers;
    let sensitivity = people.price_sensitivity[segment];
    let number = segment.index();
    let dearer = f64::from(listing.fee_ppm.saturating_sub(listing.normal_fee_ppm)) * 1e-6;
    known.stay.price[number] = if dearer > 0.0 { maths::exp(-sensitivity * dearer) } else { 1.0 };
    if !reaches(segment, listing.class) {
        return;
    }
    let borrowed = |fee: f64| segment.is_criminal().then_some(sensitivity * fee);
    let utility = listing.attractiveness - sensitivity * f64::from(listing.fee_ppm) * 1e-6;
    let open = people.kyc_aversion[segment];
    for (privacy, aversion) in [open, open + people.private_aversion].into_iter().enumerate() {
        let now = identification(aversion, listing.kyc, borrowed(identity_fee));
        let normal = scenario.exchanges.mule_identity_fee;
        let before = identification(aversion, listing.own_kyc, borrowed(normal));
        // Most venues ask for what they always did: then there is nothing to compute.
        known.stay.strain[number][privacy] =
            if now > before { maths::exp(before - now) } else { 1.0 };
        known.standing[number][privacy] = maths::exp(utility - now);
    }
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
    let Tastes { aversion, known, identity_fee, .. } = &mut *tastes;
    known.resize(directory.at_slot.len(), None);
    let fee =
        scenario.exchanges.mule_identity_fee * cards.price_kzt / scenario.mule_cards.price_kzt;
    let same_fee = std::mem::replace(identity_fee, fee) == fee;
    let risk = &scenario.perceived_risk;
    let fear = perceived.certainty.map(|certainty| {
        let felt = response(certainty, risk.threshold, risk.steepness);
        aversion.map(|bands| bands.map(|aversion| maths::exp(-aversion * felt)))
    });
    let open =
        directory.at_slot.iter().zip(known).enumerate().filter_map(|(slot, (&venue, known))| {
            if !directory.is_open(venue) {
                *known = None;
                return None;
            }
            let listing = &directory.listings[usize::from(venue)];
            let face = (venue, listing.fee_ppm, listing.normal_fee_ppm, listing.kyc);
            let stale = known.is_none_or(|known| known.face != face);
            let known = known.get_or_insert(Known {
                face,
                standing: [[0.0; 2]; Segment::COUNT],
                stay: Stay::EASY,
            });
            known.face = face;
            for &segment in Segment::ALL {
                // Only criminals take a mule's identity.
                if stale || segment.is_criminal() && !same_fee {
                    know(known, &scenario, listing, segment, fee);
                }
            }
            let heard = maths::ln_1p(listing.monthly_turnover / people.herding_unit_kzt);
            let crowd = maths::exp(people.herding * heard - listing.unknown);
            let mut safe = fear[listing.class.index()];
            if listing.distrust > 1e-3 {
                for (safe, aversion) in
                    safe.as_flattened_mut().iter_mut().zip(aversion.as_flattened())
                {
                    *safe *= maths::exp(-aversion * listing.distrust);
                }
            }
            if listing.taken < 1.0 {
                // A venue that refuses payments for lack of cards is sought out and returned to that much less.
                safe.as_flattened_mut().iter_mut().for_each(|safe| *safe *= listing.taken);
            }
            let unreached =
                people.access_cost * listing.sites_down * levers.site_blocking.traffic_reached;
            let offer = Offer {
                venue,
                worth: known.standing.map(|both| both.map(|standing| crowd * standing)),
                safe,
                reach: if unreached > 0.0 { maths::exp(-unreached) } else { 1.0 },
                stay: known.stay,
            };
            Some((slot, offer))
        });
    choice.renew(&directory.layout, open, people.class_dissimilarity);
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
    let mut turnover = vec![0.0; choice.venues().len()];
    for (number, table) in choice.tables.iter().enumerate() {
        if table.total <= 0.0 {
            continue;
        }
        let buyers = segment_of(number) == Segment::DrugBuyer.index();
        let demand = tastes.demand[number] * growth[segment_of(number)] * owners;
        let demand = demand * if buyers { supply.share } else { 1.0 };
        let per_weight = demand / (table.total + choice.not_today);
        let factors = table.class_factor.map(|factor| per_weight * factor);
        choice.add_weights(number, factors, &mut turnover);
    }
    expected.turnover_kzt.clear();
    expected.turnover_kzt.resize(directory.listings.len(), 0.0);
    for (venue, turnover) in choice.venues().iter().zip(turnover) {
        expected.turnover_kzt[usize::from(*venue)] = turnover;
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
