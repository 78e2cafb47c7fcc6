//! Where a dealer turns coins into money, and how the payment is answered: pure functions.
//!
//! Deliberately absent: what follows from it (settlement).

use super::{Dealer, Line};
use crate::board::{Directory, Listing, NO_VENUE, Payments, channel, check_level, verdict};
use crate::choice::{self, ChoiceTable, ChoiceTables, Footing};
use crate::messages::VenueNumber;
use crate::schedule::{Today, World};
use bevy_ecs::prelude::Resource;
use world::random::{self, Decision, Many, unit};
use world::record::life::{Drawn, PaymentAnswer};
use world::units::{Channel, Class, Segment, maths};

/// Kind of trader whose tastes dealers have: drug buyers of middling risk aversion who avoid identification and have a VPN.
pub const LIKE: usize = choice::kind(Segment::DrugBuyer, 1, true, true);

/// Luck of the days of dealers and of sellers of farms.
#[derive(Resource, Clone)]
pub struct DealerLuck {
    dealers: Many,
    farms: Many,
}

impl DealerLuck {
    /// Of a replication.
    pub fn new(luck: &random::Luck) -> DealerLuck {
        DealerLuck {
            dealers: luck.many(Decision::DealerTrade),
            farms: luck.many(Decision::FarmTrade),
        }
    }

    /// Four words of somebody's day.
    fn words(&self, dealer: &Dealer, day: u32, block: u32) -> [u32; 4] {
        let many = if dealer.sells_drugs() { &self.dealers } else { &self.farms };
        many.words(dealer.number, day, block)
    }
}

/// What every dealer's decision of the day reads.
pub struct Desk<'a> {
    pub(super) today: u32,
    pub(super) luck: &'a DealerLuck,
    pub(super) directory: &'a Directory,
    pub(super) choice: &'a ChoiceTables,
    pub(super) table: &'a ChoiceTable,
    partners: &'a [VenueNumber],
    due_below: f64,
    partner_hub: f64,
    /// Hubs by the position of their offer, and their weight for dealers abroad.
    hubs_from_abroad: Vec<(usize, f64)>,
    /// Weight of all hubs together for dealers abroad, over the sum of their weights.
    pub(super) abroad_factor: f64,
    sensitivity: f64,
    /// Weight of couriers, and of exchangers in other countries for who sells at home and abroad.
    couriers: f64,
    exchangers: [f64; 2],
}

/// A way past all venues here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutsideRoute {
    /// Couriers and street cash.
    Couriers,
    /// Exchangers in other countries.
    Exchangers,
}

/// What a dealer who is due means to do.
pub struct DealerIntent {
    /// Where; perhaps nowhere.
    pub venue: VenueNumber,
    /// Past all venues.
    pub outside: Option<OutsideRoute>,
    /// Where to if the venue does not take the coins.
    pub instead: Option<OutsideRoute>,
    /// Whether out of loyalty to the hub of the market, without a look at others.
    pub by_loyalty: bool,
    /// Whether today at all.
    pub today: bool,
}

impl<'a> Desk<'a> {
    /// A day as it is before any dealer has decided; `partners` are the hubs that markets work with.
    pub fn new(
        scenario: &World,
        today: Today,
        luck: &'a DealerLuck,
        directory: &'a Directory,
        choice: &'a ChoiceTables,
        partners: &'a [VenueNumber],
    ) -> Desk<'a> {
        let table = &choice.tables[LIKE];
        let people = &scenario.customers;
        let sensitivity = people.price_sensitivity.drug_buyer;
        let hubs_from_abroad: Vec<(usize, f64)> = choice
            .offers(Class::Hub)
            .map(|offer| {
                let listing = &directory.listings[usize::from(choice.venue(offer))];
                let freed = freed_of_cards(listing, sensitivity);
                (offer, choice.weight(LIKE, offer) * freed)
            })
            .collect();
        // Each way past venues is a class of its own in the nested logit.
        let nest = people.class_dissimilarity;
        let sum: f64 = hubs_from_abroad.iter().map(|(_, weight)| weight).sum();
        let dealers = &scenario.dealers;
        let worth = |farther: f64, price: f64| {
            maths::exp(nest * (dealers.outside_worth - farther - sensitivity * price))
        };
        let persons = directory.open().any(|(_, listing)| listing.class == Class::PeerToPeer);
        Desk {
            today: u32::from(today.day.0),
            luck,
            directory,
            choice,
            table,
            partners,
            due_below: 1.0 / dealers.cash_out_days,
            partner_hub: dealers.partner_hub,
            abroad_factor: if sum > 0.0 { maths::pow(sum, nest) / sum } else { 0.0 },
            hubs_from_abroad,
            sensitivity,
            couriers: if persons { worth(0.0, dealers.courier_discount) } else { 0.0 },
            exchangers: [dealers.abroad_farther, 0.0]
                .map(|farther| worth(farther, dealers.abroad_fee)),
        }
    }

    /// What the weight of a venue within its class is multiplied by for a dealer to get its weight among all.
    pub fn factor(&self, dealer: &Dealer, listing: &Listing) -> f64 {
        match (dealer.line == Line::Abroad, listing.class == Class::Hub) {
            (true, true) if !self.knows(dealer) => 0.0,
            (true, true) => self.abroad_factor * freed_of_cards(listing, self.sensitivity),
            (true, false) => 0.0,
            (false, _) => self.table.class_factor(Footing::FREE, listing.class),
        }
    }

    /// From abroad hubs are known through the market only: while it has none, its dealers find none.
    fn knows(&self, dealer: &Dealer) -> bool {
        let partner = self.partners.get(dealer.market).copied().unwrap_or(NO_VENUE);
        dealer.line != Line::Abroad || self.directory.is_open(partner)
    }

    /// Weights of couriers and of exchangers in other countries for a dealer.
    pub fn outside(&self, dealer: &Dealer) -> [f64; 2] {
        match dealer.line {
            Line::Abroad => [0.0, self.exchangers[1]],
            Line::Home | Line::Farm(_) => [self.couriers, self.exchangers[0]],
        }
    }

    /// Whether today is a day of cash-out.
    pub fn is_due(&self, dealer: &Dealer) -> bool {
        dealer.held.0 > 0 && unit(self.luck.words(dealer, self.today, 0)[0]) < self.due_below
    }

    /// The hub that the dealer's market works with, if it is open, and the chance of going there without a look
    /// at others.
    pub fn loyalty(&self, dealer: &Dealer) -> (VenueNumber, f64) {
        let partner = self.partners.get(dealer.market).copied().unwrap_or(NO_VENUE);
        let open = self.directory.is_open(partner);
        let slot = open.then(|| self.directory.listings[partner as usize].slot).flatten();
        let chance = slot.map_or(0.0, |slot| {
            let offer = self.choice.position(slot);
            let by_cards = match dealer.line {
                // Cards that became dear or scarce do not concern who is paid out abroad.
                Line::Abroad => {
                    let taken =
                        self.directory.listings[usize::from(partner)].taken.max(LEAST_TAKEN);
                    self.choice.dearer(LIKE, offer) * taken
                }
                Line::Home | Line::Farm(_) => 1.0,
            };
            self.partner_hub * self.choice.ease(LIKE, offer) / by_cards
                * self.choice.strain(LIKE, offer)
        });
        (partner, chance)
    }

    /// Where a dealer who is due goes, if anywhere.
    pub fn intend(&self, dealer: &Dealer) -> DealerIntent {
        let [_, a, b, c] = self.luck.words(dealer, self.today, 0);
        let [_, _, way, other_way] = self.luck.words(dealer, self.today, 1);
        let (partner, loyalty) = self.loyalty(dealer);
        let drawn = self.drawn(dealer, loyalty);
        let abroad = dealer.line == Line::Abroad;
        let venues = match (abroad, self.knows(dealer)) {
            (true, false) => 0.0,
            (true, true) => self.hub_weight() * self.abroad_factor,
            (false, _) => self.table.shares(Footing::FREE).total,
        };
        let [couriers, exchangers] = self.outside(dealer);
        let all = venues + couriers + exchangers;
        let hold = self.choice.not_today;
        let today = all > 0.0 && drawn.trade * (all + hold) < all;
        let by_loyalty = drawn.stay < loyalty;
        let past = |left: f64| {
            if left < couriers {
                Some(OutsideRoute::Couriers)
            } else {
                (left < couriers + exchangers).then_some(OutsideRoute::Exchangers)
            }
        };
        // Venues come last, so that the weight of ways past them moves nobody from venue to venue.
        let outside = if by_loyalty { None } else { past(unit(way) * all) };
        let venue = if outside.is_some() {
            NO_VENUE
        } else if by_loyalty {
            partner
        } else if abroad {
            if venues > 0.0 { self.some_hub(a) } else { NO_VENUE }
        } else {
            self.choice.pick(LIKE, Footing::FREE, [a, b, c]).unwrap_or(NO_VENUE)
        };
        let instead = past(unit(other_way) * (couriers + exchangers + hold));
        DealerIntent { venue, outside, instead, by_loyalty, today }
    }

    /// The numbers drawn for a dealer's choice.
    pub fn drawn(&self, dealer: &Dealer, loyalty: f64) -> Drawn {
        let [stay, trade, ..] = self.luck.words(dealer, self.today, 1);
        Drawn { stay: unit(stay), habit: loyalty, trade: unit(trade) }
    }

    /// Weight of all hubs for dealers abroad.
    fn hub_weight(&self) -> f64 {
        self.hubs_from_abroad.iter().map(|(_, weight)| weight).sum()
    }

    /// A hub in proportion to its weight for dealers abroad.
    fn some_hub(&self, word: u32) -> VenueNumber {
        let mut left = unit(word) * self.hub_weight();
        let hub = self.hubs_from_abroad.iter().find(|(_, weight)| {
            left -= weight;
            left < 0.0
        });
        hub.map_or(NO_VENUE, |(hub, _)| self.choice.venue(*hub))
    }
}

/// What a hub's weight is multiplied by for who is paid out abroad: neither the price of cards nor their number concerns them.
fn freed_of_cards(listing: &Listing, sensitivity: f64) -> f64 {
    let saved = f64::from(listing.fee_ppm) - f64::from(listing.normal_fee_ppm);
    maths::exp(sensitivity * saved * 1e-6) / listing.taken.max(LEAST_TAKEN)
}

/// A venue that takes less is taken for one that takes this.
///
/// Unit: share. Source: a bound for the quotient. Status: assumption.
const LEAST_TAKEN: f64 = 1e-3;

/// The fee that a dealer or seller pays at a venue: abroad it is the one at the normal price of cards, since no card of Kazakhstan takes part.
pub fn fee_ppm(line: Line, listing: &Listing) -> u32 {
    match line {
        Line::Abroad => listing.normal_fee_ppm,
        Line::Home | Line::Farm(_) => listing.fee_ppm,
    }
}

/// What the venue and banks answer to the payment of a dealer, and through what it goes.
pub fn answer(
    dealer: &Dealer,
    luck: &DealerLuck,
    today: Today,
    payments: &Payments,
) -> (Channel, PaymentAnswer) {
    if dealer.line == Line::Abroad {
        // Paid out abroad: neither cards nor banks of Kazakhstan take part.
        return (Channel::Cash, PaymentAnswer::Passed);
    }
    let [way, room, check, bank] = luck.words(dealer, u32::from(today.day.0), 2);
    let acceptance = &payments.acceptance[dealer.venue as usize];
    let channel = channel(acceptance, way);
    if dealer.held.0 > i64::from(acceptance.client_limit_kzt) {
        return (channel, PaymentAnswer::Refused);
    }
    let last = payments.bank_below.len() - 1;
    let bank = payments.bank_below.partition_point(|below| *below <= bank).min(last) as u8;
    let level = check_level(true, bank, payments.checking_banks);
    (channel, verdict(acceptance, channel, level, room, check, true))
}
