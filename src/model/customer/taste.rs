//! What venues are worth to each kind of trader: the weights of the multinomial logit.
//!
//! Utility = attractiveness + herding · ln(1 + turnover / unit) − price sensitivity · fee
//! − risk aversion · perceived risk − KYC aversion · KYC − access cost · sites down; for criminals, who know droppers and
//! may pay for a mule's identity in place of the KYC aversion, + what they look for in a class.
//! Identification at licensed venues is no cost of a trade: it is passed once, or never (`identification`).
//! Habit is personal and acts at the choice. Source: ODD.md §6; McFadden 1974. Clients respond smoothly to perceived risk:
//! Bhaskar, Linacre & Machin 2019 find little lasting deterrence of clients by closures.

use bevy_ecs::prelude::*;

use super::identification::{self, IdentifiedShares};
use super::orders::trade_growth;
use crate::board::{CardMarket, Directory, DrugSupply, Expected, Listing, Perceived};
use crate::choice::{
    BANDS, ChoiceTable, ChoiceTables, Footing, KINDS, Offer, Stay, is_private, kind, segment_of,
};
use crate::messages::VenueNumber;
use crate::order::OrderBook;
use crate::policy::Levers;
use crate::schedule::{Today, World};
use scenario::Scenario;
use scenario::world::Customers;
use world::units::{Class, DAYS_PER_YEAR, Segment, maths};

/// What tables of choice are made from, as far as it does not change daily.
#[derive(Resource, Clone)]
pub struct Tastes {
    /// Risk aversion by segment and band.
    aversion: [[f64; BANDS]; Segment::COUNT],
    /// What is known of venues apart from what changes daily, by slot.
    known: Vec<Option<KnownVenue>>,
    /// The cost of a mule's identity that standing was worked out with.
    identity_fee: f64,
    /// Turnover a day of all people of a kind, once all of them own crypto, in tenge.
    pub(super) demand: Vec<f64>,
    /// Share of people who own crypto, by day.
    owners: Vec<f64>,
    /// Mean size of a trade in tenge, by segment.
    ticket: [f64; Segment::COUNT],
}

/// What follows from a venue's public face.
#[derive(Clone, Copy)]
struct KnownVenue {
    face: Face,
    /// Utility lost to identification, by segment and privacy.
    trouble: [[f64; 2]; Segment::COUNT],
    /// What it is worth by segment and privacy, apart from how many go there.
    standing: [[f64; 2]; Segment::COUNT],
    stay: Stay,
}

/// What standing and habit depend on: which venue it is, its fee, its fee in normal times, and its KYC.
type Face = (VenueNumber, u32, u32, f64);

impl Tastes {
    /// Tastes of a scenario's people, before they have seen any venue; `owners` is the share of people who own crypto by
    /// day.
    pub fn new(scenario: &World, book: &OrderBook, owners: Vec<f64>) -> Tastes {
        let people = &scenario.customers;
        let mut demand = vec![0.0; KINDS];
        let mut mean_ticket = [0.0; Segment::COUNT];
        for &segment in Segment::ALL {
            let tickets = &book.tickets[segment.index()];
            let ticket =
                tickets.iter().map(|ticket| f64::from(*ticket)).sum::<f64>() / tickets.len() as f64;
            mean_ticket[segment.index()] = ticket;
            let number = f64::from(people.number) * people.segment_share[segment];
            let daily = number * people.trades_per_year[segment] / DAYS_PER_YEAR;
            for band in 0..BANDS {
                for (private, vpn) in [(false, false), (false, true), (true, false), (true, true)] {
                    let share = |has: bool, share: f64| if has { share } else { 1.0 - share };
                    demand[kind(segment, band, private, vpn)] = daily * ticket / BANDS as f64
                        * share(private, people.private_share[segment])
                        * share(vpn, people.vpn_share[segment]);
                }
            }
        }
        let aversion = aversion(people);
        Tastes {
            aversion,
            known: Vec::new(),
            identity_fee: 0.0,
            demand,
            owners,
            ticket: mean_ticket,
        }
    }
}

/// What a class of venues is worth against one without risk, at a perceived risk: clients respond to every bit of it.
pub fn fear(aversion: f64, certainty: f64) -> f64 {
    maths::exp(-aversion * certainty)
}

/// Risk aversion by segment and band.
pub fn aversion(people: &Customers) -> [[f64; BANDS]; Segment::COUNT] {
    let spread = people.risk_aversion_spread;
    let bands = |middle: f64| [middle * (1.0 - spread), middle, middle * (1.0 + spread)];
    std::array::from_fn(|segment| bands(people.risk_aversion[Segment::ALL[segment]]))
}

/// What a first deal with a stranger is worth against a later one, by segment and risk band.
pub fn stranger(people: &Customers) -> [[f64; BANDS]; Segment::COUNT] {
    aversion(people)
        .map(|bands| bands.map(|aversion| maths::exp(-aversion * people.first_deal_risk)))
}

/// Whether people of a segment know how to reach a class: hubs serve the drug trade and fraud only.
fn reaches(segment: Segment, class: Class) -> bool {
    class != Class::Hub || segment.is_criminal()
}

/// Utility lost to identification: by passing it, or by paying for a mule's identity where that hurts less.
fn trouble(aversion: f64, kyc: f64, borrowed: Option<f64>) -> f64 {
    let passed = aversion * kyc;
    borrowed.map_or(passed, |cost| passed.min(cost))
}

/// Works out what a venue is worth to people of each segment without and with a wish for privacy, apart from what changes
/// daily; and how much less easily they stay than at its normal fee, and without the KYC that it was told to ask for.
/// What follows from its public face alone is worked out where that is new.
fn know(
    known: &mut KnownVenue,
    scenario: &Scenario,
    listing: &Listing,
    identity_fee: f64,
    new: bool,
) {
    let people = &scenario.customers;
    let sensitivity = people.price_sensitivity.each();
    if new {
        let dearer = f64::from(listing.fee_ppm.saturating_sub(listing.normal_fee_ppm)) * 1e-6;
        let less = |each: &f64| if dearer > 0.0 { maths::exp(-each * dearer) } else { 1.0 };
        known.stay.price = sensitivity.map(less);
    }
    let mut troubles = [[0.0; 2]; Segment::COUNT];
    for (segment, troubles) in Segment::ALL.iter().zip(&mut troubles) {
        let borrowed =
            |fee: f64| segment.is_criminal().then_some(people.price_sensitivity[*segment] * fee);
        // Who looks at a licensed venue has passed.
        let passed = !segment.is_criminal() && listing.class == Class::Licensed;
        let aversions = identification::aversions(people, *segment);
        for (privacy, aversion) in aversions.into_iter().enumerate() {
            let aversion = if passed { 0.0 } else { aversion };
            let now = trouble(aversion, listing.kyc, borrowed(identity_fee));
            troubles[privacy] = now;
            // Most venues ask for what they always did: then there is nothing to compute.
            let before =
                trouble(aversion, listing.own_kyc, borrowed(scenario.exchanges.mule_identity_fee));
            known.stay.strain[segment.index()][privacy] =
                if now > before { maths::exp(before - now) } else { 1.0 };
        }
    }
    // The cost of a mule's identity matters only where one is taken.
    if !new && troubles == known.trouble {
        return;
    }
    known.trouble = troubles;
    let appeal = &scenario.exchanges.appeal;
    for &segment in Segment::ALL.iter().filter(|segment| reaches(**segment, listing.class)) {
        let number = segment.index();
        let mut utility =
            listing.attractiveness - sensitivity[number] * f64::from(listing.fee_ppm) * 1e-6;
        if segment.is_criminal() {
            utility += appeal.criminals[listing.class];
        } else if segment == Segment::Professional {
            utility += appeal.professionals[listing.class];
        }
        known.standing[number] = troubles[number].map(|trouble| maths::exp(utility - trouble));
    }
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
    let mut fears = Fears { aversion, known: Vec::new() };
    let fear = perceived.certainty.map(|certainty| fears.of(certainty));
    let open =
        directory.at_slot.iter().zip(known).enumerate().filter_map(|(slot, (&venue, known))| {
            if !directory.is_open(venue) {
                *known = None;
                return None;
            }
            let listing = &directory.listings[usize::from(venue)];
            let face = (venue, listing.fee_ppm, listing.normal_fee_ppm, listing.kyc);
            let new = known.is_none_or(|known| known.face != face);
            let known = known.get_or_insert(KnownVenue {
                face,
                trouble: [[0.0; 2]; Segment::COUNT],
                standing: [[0.0; 2]; Segment::COUNT],
                stay: Stay::EASY,
            });
            known.face = face;
            if new || !same_fee {
                know(known, &scenario, listing, fee, new);
            }
            let heard = maths::ln_1p(listing.monthly_turnover / people.herding_unit_kzt);
            let crowd = maths::exp(people.herding * heard - listing.unknown);
            let mut safe = fear[listing.class.index()];
            if listing.distrust > 1e-3 {
                let less = fears.of(listing.distrust);
                for (safe, less) in safe.as_flattened_mut().iter_mut().zip(less.as_flattened()) {
                    *safe *= less;
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
    choice.renew(&directory.layout, open);
}

/// What a danger leaves of a venue's worth, by segment and risk band.
///
/// Venues of a class lose trust together, so that many share a danger: what is known of one is not worked out again.
struct Fears<'a> {
    aversion: &'a [[f64; BANDS]; Segment::COUNT],
    known: Vec<(f64, [[f64; BANDS]; Segment::COUNT])>,
}

impl Fears<'_> {
    fn of(&mut self, danger: f64) -> [[f64; BANDS]; Segment::COUNT] {
        if let Some((_, left)) = self.known.iter().find(|(known, _)| *known == danger) {
            return *left;
        }
        let left = self.aversion.map(|bands| bands.map(|aversion| fear(aversion, danger)));
        self.known.push((danger, left));
        left
    }
}

/// How people of a kind divide into footings, if nobody had luck, and this share passed identification: of those who deal with persons by
/// habit, as many look around as come to it anew.
fn used_to(table: &ChoiceTable, passed: f64, not_today: f64) -> [(Footing, f64); Footing::COUNT] {
    let person = |footing: Footing| {
        let shares = table.shares(footing);
        shares.weights[Class::PeerToPeer.index()] / (shares.total + not_today)
    };
    let dealt = [false, true].map(|passed| {
        let [new, used] = [false, true].map(|dealt| person(Footing { passed, dealt }));
        new / (1.0 - used + new).max(f64::MIN_POSITIVE)
    });
    Footing::ALL.map(|footing| {
        let dealt = dealt[usize::from(footing.passed)];
        let share = if footing.passed { passed } else { 1.0 - passed };
        (footing, share * if footing.dealt { dealt } else { 1.0 - dealt })
    })
}

/// Works out what each venue's offer would draw today if nobody had luck or habits.
pub fn expect_trade(
    scenario: Res<World>,
    today: Res<Today>,
    directory: Res<Directory>,
    supply: Res<DrugSupply>,
    tastes: Res<Tastes>,
    identified: Res<IdentifiedShares>,
    choice: Res<ChoiceTables>,
    mut expected: ResMut<Expected>,
) {
    let owners = tastes.owners[usize::from(today.day.0)];
    let growth = trade_growth(&scenario, today.date);
    let mut all_factors = [[0.0; Class::COUNT]; KINDS];
    let mut trades = [0.0; Class::COUNT];
    let mut money = [0.0; Class::COUNT];
    for (number, table) in choice.tables.iter().enumerate() {
        let segment = segment_of(number);
        let demand = tastes.demand[number] * growth[segment] * owners;
        let buyers = segment == Segment::DrugBuyer.index();
        let demand = demand * if buyers { supply.share } else { 1.0 };
        let passed = identified.0[segment][usize::from(is_private(number))];
        let factors = &mut all_factors[number];
        let footings = used_to(table, passed, choice.not_today);
        for (footing, share) in footings.into_iter().filter(|(_, share)| *share > 0.0) {
            let weight = table.shares(footing).total + choice.not_today;
            for &class in Class::ALL {
                factors[class.index()] +=
                    demand * share / weight * table.class_factor(footing, class);
            }
        }
        for &class in Class::ALL {
            let drawn = factors[class.index()] * table.class_sum(class);
            money[class.index()] += drawn;
            trades[class.index()] += drawn / (tastes.ticket[segment] * growth[segment]);
        }
    }
    let people = f64::from(scenario.people_per_agent);
    // A class without any trade has no mean; any size serves.
    expected.agent_trade_kzt = std::array::from_fn(|class| {
        people * if trades[class] > 0.0 { money[class] / trades[class] } else { 1.0 }
    });
    expected.turnover_kzt.clear();
    expected.turnover_kzt.resize(directory.listings.len(), 0.0);
    for (venue, turnover) in choice.venues().iter().zip(choice.weighed(&all_factors)) {
        expected.turnover_kzt[usize::from(*venue)] = turnover;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mules_identity_is_taken_where_it_hurts_less_than_to_identify_oneself() {
        assert_eq!(trouble(10.0, 1.0, None), 10.0);
        assert_eq!(trouble(10.0, 1.0, Some(4.0)), 4.0);
        assert_eq!(trouble(10.0, 0.2, Some(4.0)), 2.0);
        assert_eq!(trouble(10.0, 0.0, Some(4.0)), 0.0);
    }
}
