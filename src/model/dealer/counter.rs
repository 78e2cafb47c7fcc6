//! The counter of a venue at which somebody who holds coins turns them into money.
//!
//! Deliberately absent: where the seller goes and what the banks answer (`desk`).

use super::desk::{self, DealerLuck};
use super::{Dealer, Line, Trail};
use crate::board::{
    Acceptance, Cause, Directory, FarmBoard, Flows, Listing, NO_VENUE, Payments, RailBoard,
    Traffic, TrafficBoard,
};
use crate::ledger::{Account, Ledger};
use crate::messages::VenueNumber;
use crate::schedule::{Today, World};
use bevy_ecs::prelude::*;
use world::record::life::PaymentAnswer;
use world::record::{Destination, Ended, Flow};
use world::units::{Channel, Class, Day, Kzt, Trader};

/// Today's boards that a cash-out touches.
#[derive(bevy_ecs::system::SystemParam)]
pub struct Counter<'w> {
    flows: ResMut<'w, Flows>,
    traffic: ResMut<'w, TrafficBoard>,
    ledger: ResMut<'w, Ledger>,
    farms: ResMut<'w, FarmBoard>,
    scenario: Res<'w, World>,
    today: Res<'w, Today>,
    directory: Res<'w, Directory>,
    trail: ResMut<'w, Trail>,
}

impl Counter<'_> {
    fn first_reported(&self) -> Day {
        Day(self.scenario.warm_up_days)
    }

    /// Today's tally of a class and trader.
    pub fn flow(&mut self, class: Class, trader: Trader) -> &mut [i64; Flow::COUNT] {
        &mut self.flows.0[class.index() * Trader::COUNT + trader.index()]
    }

    /// Moves money in the books.
    pub fn transfer(&mut self, from: Account, to: Account, amount: Kzt) {
        self.ledger.transfer(from, to, amount);
    }

    /// The desks of illegal farms.
    pub fn farms(&mut self) -> &mut FarmBoard {
        &mut self.farms
    }

    /// Money that is paid out: dealers spend it, a farm counts it.
    pub fn pay_out(&mut self, from: Account, dealer: &Dealer, amount: Kzt) {
        if let Line::Farm(number) = dealer.line {
            self.farms.farms[number].paid += amount;
            self.ledger.transfer(from, Account::FarmCash, amount);
        } else {
            self.ledger.transfer(from, Account::Spending, amount);
        }
    }

    /// All coins go to exchangers in other countries: no turnover of any venue here.
    pub fn sell_abroad(&mut self, dealer: &mut Dealer, fee: f64) {
        let amount = std::mem::replace(&mut dealer.held, Kzt::ZERO);
        self.flow(dealer.wants_first(), dealer.trader())[Flow::Outside as usize] += amount.0;
        self.follow(dealer, None, amount.0);
        self.ledger.transfer(dealer.coins(), Account::ExchangersAbroad, amount);
        self.pay_out(Account::ExchangersAbroad, dealer, amount - amount.share(fee));
    }

    /// Coins go to a venue through a channel: turnover and fee; returns what is left of it.
    pub fn trade(
        &mut self,
        dealer: &mut Dealer,
        venue: VenueNumber,
        listing: &Listing,
        channel: Channel,
        amount: Kzt,
        fee_ppm: u32,
    ) -> Kzt {
        let fee = amount.0 * i64::from(fee_ppm) / 1_000_000;
        let opened = listing.origin(self.first_reported());
        let flow = self.flow(listing.class, dealer.trader());
        if let Some(column) = opened {
            flow[column as usize] += amount.0;
        }
        flow[Flow::Attempted as usize] += amount.0;
        flow[Flow::Traded as usize] += amount.0;
        flow[Flow::TradedAccount as usize + channel.index()] += amount.0;
        flow[Flow::Fees as usize] += fee;
        flow[Flow::Trades as usize] += 1;
        self.flow(dealer.wants_first(), dealer.trader())[Flow::Met as usize] += amount.0;
        self.follow(dealer, Some((venue, listing)), amount.0);
        let traffic = &mut self.traffic.0[venue as usize];
        traffic.traded_kzt += amount.0;
        traffic.fees_kzt += fee;
        if dealer.sells_drugs() {
            traffic.drug_kzt += amount.0;
        }
        traffic.dealers_kzt += amount.0;
        if dealer.line == Line::Abroad {
            traffic.abroad_kzt += amount.0;
        } else if channel == Channel::Card {
            traffic.card_kzt += amount.0;
        }
        dealer.held -= amount;
        self.ledger.transfer(dealer.coins(), Account::Floats, amount);
        amount - Kzt(fee)
    }
}

impl Counter<'_> {
    /// Books a sale, at a venue or past all, under the platform that was closed on the seller, if there is one. Coins held have no date,
    /// so the need is that of the day on which they are sold.
    fn follow(&mut self, dealer: &mut Dealer, to: Option<(VenueNumber, &Listing)>, kzt: i64) {
        let (trader, today) = (dealer.trader(), self.today.day);
        let closed = |venue: VenueNumber| match self.directory.listings.get(usize::from(venue)) {
            Some(Listing { gone: Some((day, Cause::Closed)), class, .. }) => Some((*class, *day)),
            _ => None,
        };
        if closed(dealer.usual).is_some() {
            dealer.lost = dealer.usual;
        }
        if let Some((venue, _)) = to.filter(|(_, listing)| listing.class.is_platform()) {
            dealer.usual = venue;
            self.trail.0.count(venue, today, trader, kzt);
        }
        let lost = dealer.lost;
        if let Some((class, day)) = closed(lost).filter(|(_, day)| *day >= self.first_reported()) {
            let old = &self.directory.listings[usize::from(lost)];
            let after = today.since(day);
            let need = Ended {
                from: (lost, class, day),
                trader,
                days: (after, after),
                destination: to.map_or(Destination::Outside, |(_, listing)| {
                    listing.as_destination(Some((old, day)))
                }),
                to: to.map(|(venue, _)| venue),
                kzt,
            };
            self.trail.0.book(&need, Day(self.scenario.total_days() - 1));
        }
    }
}

/// Share of the coins brought today that a venue can pay for: all that bring coins get the same share.
///
/// Clients who bring money pay before they get coins; who brings coins is paid with the venue's own money, and a venue has only so much of it.
pub fn bought(acceptance: &Acceptance, traffic: &Traffic) -> f64 {
    (acceptance.buys_kzt / (traffic.coins_asked_kzt as f64).max(1.0)).min(1.0)
}

/// One cash-out at the chosen venue; whether it went through, perhaps in part.
pub fn pay(
    dealer: &mut Dealer,
    luck: &DealerLuck,
    today: Today,
    directory: &Directory,
    payments: &Payments,
    counter: &mut Counter,
    scenario: &World,
) -> bool {
    let listing = &directory.listings[dealer.venue as usize];
    let (channel, verdict) = desk::answer(dealer, luck, today, payments);
    if verdict != PaymentAnswer::Passed {
        let amount = dealer.held.0;
        let row = listing.class.index() * Trader::COUNT + dealer.trader().index();
        let flow = &mut counter.flows.0[row];
        flow[Flow::Attempted as usize] += amount;
        let traffic = &mut counter.traffic.0[usize::from(dealer.venue)];
        traffic.turn_away(flow, verdict, channel, amount, listing.class == Class::Licensed);
        return false;
    }
    let (venue, class, fee) = (dealer.venue, listing.class, desk::fee_ppm(dealer.line, listing));
    let number = usize::from(venue);
    let amount =
        dealer.held.share(bought(&payments.acceptance[number], &counter.traffic.0[number]));
    let rest = (dealer.held - amount).0;
    let flow = counter.flow(class, dealer.trader());
    flow[Flow::Attempted as usize] += rest;
    flow[Flow::Refused as usize] += rest;
    if amount == Kzt::ZERO {
        return false;
    }
    let paid = counter.trade(dealer, venue, listing, channel, amount, fee);
    let left = if class == Class::Hub && dealer.claim_at == NO_VENUE {
        paid.share(scenario.dealers.balance_share)
    } else {
        Kzt::ZERO
    };
    if left > Kzt::ZERO {
        dealer.claim_at = venue;
        dealer.claim = left;
        // Taken out with the next cash-out; until then it is part of the venue's float.
        dealer.due = false;
    }
    counter.traffic.0[venue as usize].deposits_kzt += left.0;
    counter.pay_out(Account::Floats, dealer, paid - left);
    dealer.pays(f64::from(fee) * 1e-6, scenario);
    true
}

/// Takes the balance of the last time out, as far as the venue can pay.
pub fn withdraw(dealer: &mut Dealer, rails: &RailBoard, counter: &mut Counter) {
    // `due` is cleared when the balance was left just now.
    if dealer.claim_at == NO_VENUE || !dealer.due {
        return;
    }
    let paid = dealer.claim.share(rails.0[dealer.claim_at as usize].solvency);
    counter.traffic.0[dealer.claim_at as usize].deposits_kzt -= paid.0;
    counter.pay_out(Account::Floats, dealer, paid);
    dealer.claim -= paid;
    if dealer.claim <= Kzt(1) {
        dealer.claim_at = NO_VENUE;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_venue_buys_as_far_as_its_money_goes_and_gives_all_the_same_share() {
        let share = |money: f64, asked: i64| {
            let acceptance = Acceptance { buys_kzt: money, ..Acceptance::default() };
            let traffic = Traffic { coins_asked_kzt: asked, ..Traffic::default() };
            bought(&acceptance, &traffic)
        };
        assert_eq!(share(100.0, 50), 1.0);
        assert_eq!(share(100.0, 400), 0.25);
        assert_eq!(share(0.0, 400), 0.0);
        assert_eq!(share(f64::INFINITY, 400), 1.0);
        assert_eq!(share(100.0, 0), 1.0);
    }
}
