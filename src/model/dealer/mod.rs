//! Drug dealers and darknet markets: coins come in from buyers and must be turned into money.
//!
//! Dealers at home earn what drug buyers paid; dealers abroad earn there and use hubs here, outside
//! the reach of banks in Kazakhstan. Both prefer the hub that their market works with.

pub mod account;
mod desk;
mod market;

use bevy_ecs::prelude::*;
use bevy_ecs::world::World as EcsWorld;

use self::desk::Desk;
use self::market::DarknetMarket;
use super::board::{
    Directory, DrugSupply, Flows, Listing, NO_VENUE, Payments, RailBoard, Traffic, TrafficBoard,
};
use super::choice::ChoiceTables;
use super::ledger::{Account, Ledger};
use super::messages::VenueNumber;
use super::schedule::{Luck, Phase, Step, Today, Turn, World};
use crate::random::{Decision, Many};
use crate::record::Flow;
use crate::record::life::Verdict;
use crate::units::{Channel, Class, Day, Kzt, Trader, maths};

/// A drug dealer.
#[derive(Component, Clone, Copy)]
pub struct Dealer {
    number: u32,
    abroad: bool,
    market: usize,
    /// Share of drug sales in Kazakhstan (dealers at home).
    share: f64,
    /// Usual income in tenge a day.
    income: f64,
    /// Part of a tenge not paid out yet.
    carried: f64,
    held: Kzt,
    /// Balance left at a venue.
    claim: Kzt,
    claim_at: VenueNumber,
    /// Venue tried today.
    venue: VenueNumber,
    /// Whether today is a day of cash-out.
    due: bool,
}

impl Dealer {
    /// Coins held, in tenge.
    #[must_use]
    pub fn held(&self) -> Kzt {
        self.held
    }

    fn trader(&self) -> Trader {
        if self.abroad { Trader::DealerAbroad } else { Trader::Dealer }
    }

    /// Sales while coins pile up unsold, as a share of usual sales.
    fn sales(&self, cut: f64) -> f64 {
        if self.held.0 as f64 > PILE_DAYS * self.income { 1.0 - cut } else { 1.0 }
    }
}

/// Days of income held unsold from which on a dealer cuts sales.
///
/// Unit: days. Source: judgement. Status: assumption.
const PILE_DAYS: f64 = 60.0;

/// Luck of dealers' days.
#[derive(Resource)]
struct DealerLuck(Many);

/// Registers the actor.
pub fn init(world: &mut EcsWorld, schedule: &mut Schedule) {
    let scenario = world.resource::<World>().clone();
    let luck = world.resource::<Luck>().clone();
    let markets = scenario.darknet_markets.number;
    market::spawn(world, markets);
    let parameters = &scenario.dealers;
    let mut dealers: Vec<Dealer> = (0..parameters.number)
        .map(|number| {
            let mut draws = luck.at(Decision::DealerTraits, 0, u64::from(number));
            // The first dealers are at home, so that their number does not depend on luck.
            let home = f64::from(parameters.number) * (1.0 - parameters.abroad);
            let abroad = f64::from(number) + 0.5 > home;
            let size = draws.lognormal(1.0, parameters.income_sigma);
            Dealer {
                number,
                abroad,
                market: (draws.uniform() * f64::from(markets)) as usize,
                share: if abroad { 0.0 } else { size },
                income: if abroad { size * parameters.income_abroad_kzt / 365.2425 } else { 0.0 },
                carried: 0.0,
                held: Kzt::ZERO,
                claim: Kzt::ZERO,
                claim_at: NO_VENUE,
                venue: NO_VENUE,
                due: false,
            }
        })
        .collect();
    let home: f64 = dealers.iter().map(|dealer| dealer.share).sum();
    let drug_sales = usual_drug_sales(&scenario);
    for dealer in &mut dealers {
        if !dealer.abroad {
            dealer.share /= home;
            dealer.income = dealer.share * drug_sales;
        }
    }
    for dealer in dealers {
        world.spawn(dealer);
    }
    world.insert_resource(DealerLuck(luck.many(Decision::DealerTrade)));
    world.insert_resource(DrugSupply { share: 1.0 });
    schedule.add_systems(place_cash_outs.in_set(Step(Phase::Demand, Turn::Dealers)));
    schedule.add_systems(
        (settle_cash_outs, earn).chain().in_set(Step(Phase::Settlement, Turn::Dealers)),
    );
    schedule.add_systems(market::find_partners.in_set(Step(Phase::Adaptation, Turn::Dealers)));
}

/// What drug buyers spend in a day once everybody owns crypto: the scale for "holds too much".
fn usual_drug_sales(scenario: &World) -> f64 {
    let people = &scenario.customers;
    let sigma = people.ticket_sigma.drug_buyer;
    let ticket = people.ticket_median_kzt.drug_buyer * maths::exp(sigma * sigma / 2.0);
    f64::from(people.number) * people.segment_share.drug_buyer * people.trades_per_year.drug_buyer
        / 365.2425
        * ticket
}

/// Dealers who are due choose a venue.
fn place_cash_outs(
    scenario: Res<World>,
    today: Res<Today>,
    luck: Res<DealerLuck>,
    directory: Res<Directory>,
    choice: Res<ChoiceTables>,
    markets: Query<&DarknetMarket>,
    mut dealers: Query<&mut Dealer>,
    mut traffic: ResMut<TrafficBoard>,
) {
    let partners: Vec<VenueNumber> = markets.iter().map(DarknetMarket::partner).collect();
    let desk = Desk::new(&scenario, *today, &luck, &directory, &choice, &partners);
    for mut dealer in &mut dealers {
        dealer.venue = NO_VENUE;
        dealer.due = desk.is_due(&dealer);
        if !dealer.due {
            continue;
        }
        let intent = desk.intend(&dealer);
        if !intent.today {
            continue;
        }
        dealer.venue = intent.venue;
        if dealer.venue != NO_VENUE && !dealer.abroad {
            traffic.0[dealer.venue as usize].dealers_asked_kzt += dealer.held.0;
        }
    }
}

/// Today's boards that a cash-out touches.
#[derive(bevy_ecs::system::SystemParam)]
struct Counter<'w> {
    flows: ResMut<'w, Flows>,
    traffic: ResMut<'w, TrafficBoard>,
    ledger: ResMut<'w, Ledger>,
    scenario: Res<'w, World>,
}

impl Counter<'_> {
    fn first_reported(&self) -> Day {
        Day(self.scenario.warm_up_days)
    }

    fn flow(&mut self, class: Class, trader: Trader) -> &mut [i64; Flow::COUNT] {
        &mut self.flows.0[class.index() * Trader::COUNT + trader.index()]
    }

    /// A dealer's coins go to a venue through a channel: turnover and fee; returns what is left of it.
    fn trade(
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
        self.flow(Class::Hub, dealer.trader())[Flow::Met as usize] += amount.0;
        let traffic = &mut self.traffic.0[venue as usize];
        traffic.traded_kzt += amount.0;
        traffic.fees_kzt += fee;
        traffic.drug_kzt += amount.0;
        traffic.dealers_kzt += amount.0;
        if channel == Channel::Card && !dealer.abroad {
            traffic.card_kzt += amount.0;
        }
        dealer.held -= amount;
        self.ledger.transfer(Account::DealerCoins, Account::Floats, amount);
        amount - Kzt(fee)
    }
}

/// Cash-outs go through, are stopped, or are left to couriers.
fn settle_cash_outs(
    scenario: Res<World>,
    today: Res<Today>,
    luck: Res<DealerLuck>,
    directory: Res<Directory>,
    payments: Res<Payments>,
    rails: Res<RailBoard>,
    mut counter: Counter,
    mut dealers: Query<&mut Dealer>,
) {
    let courier =
        directory.open().find(|(_, l)| l.class == Class::PeerToPeer).map(|(venue, _)| venue);
    for mut dealer in &mut dealers {
        if dealer.claim_at != NO_VENUE && !directory.is_open(dealer.claim_at) {
            // The venue is gone and the balance with it.
            dealer.claim = Kzt::ZERO;
            dealer.claim_at = NO_VENUE;
        }
        if !dealer.due {
            continue;
        }
        let passed = dealer.venue != NO_VENUE
            && pay(&mut dealer, &luck, *today, &directory, &payments, &mut counter, &scenario);
        if passed {
            withdraw(&mut dealer, &rails, &mut counter);
        } else if let (Some(courier), false) = (courier, dealer.abroad) {
            let amount = dealer.held.share(scenario.dealers.courier_share);
            let discount = (scenario.dealers.courier_discount * 1e6) as u32;
            let listing = &directory.listings[courier as usize];
            let cash =
                counter.trade(&mut dealer, courier, listing, Channel::Cash, amount, discount);
            counter.ledger.transfer(Account::Floats, Account::Spending, cash);
        }
    }
}

/// One cash-out at the chosen venue; whether it went through.
fn pay(
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
    if verdict != Verdict::Passed {
        let amount = dealer.held.0;
        let flow = counter.flow(listing.class, dealer.trader());
        flow[Flow::Attempted as usize] += amount;
        if verdict == Verdict::Refused {
            flow[Flow::Refused as usize] += amount;
        } else {
            flow[Flow::Blocked as usize] += amount;
            flow[Flow::BlockedOrders as usize] += 1;
            let traffic: &mut Traffic = &mut counter.traffic.0[dealer.venue as usize];
            match channel {
                Channel::Card => traffic.cards_stopped += 1,
                _ => traffic.accounts_stopped += 1,
            }
            if listing.class == Class::Licensed {
                traffic.suspects_stopped += 1;
            }
        }
        return false;
    }
    let (venue, class, fee) = (dealer.venue, listing.class, listing.fee_ppm);
    let amount = dealer.held;
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
    counter.ledger.transfer(Account::Floats, Account::Spending, paid - left);
    true
}

/// Takes the balance of the last time out, as far as the venue can pay.
fn withdraw(dealer: &mut Dealer, rails: &RailBoard, counter: &mut Counter) {
    // `due` is cleared when the balance was left just now.
    if dealer.claim_at == NO_VENUE || !dealer.due {
        return;
    }
    let paid = dealer.claim.share(rails.0[dealer.claim_at as usize].solvency);
    counter.traffic.0[dealer.claim_at as usize].deposits_kzt -= paid.0;
    counter.ledger.transfer(Account::Floats, Account::Spending, paid);
    dealer.claim -= paid;
    if dealer.claim <= Kzt(1) {
        dealer.claim_at = NO_VENUE;
    }
}

/// Today's income in coins: at home what drug buyers paid, abroad what markets there pay.
fn earn(
    scenario: Res<World>,
    mut counter: Counter,
    mut supply: ResMut<DrugSupply>,
    mut dealers: Query<&mut Dealer>,
) {
    let cut = scenario.dealers.sales_cut;
    let mut sales = Kzt::ZERO;
    for &class in Class::ALL {
        let row = counter.flow(class, Trader::DrugBuyer);
        sales += Kzt(row[Flow::Traded as usize] - row[Flow::Fees as usize]);
    }
    let (mut cumulated, mut given, mut share_sold, mut any) = (0.0, Kzt::ZERO, 0.0, false);
    for mut dealer in &mut dealers {
        let income = if dealer.abroad {
            let income = dealer.income * dealer.sales(cut) + dealer.carried;
            dealer.carried = income - income.floor();
            let income = Kzt(income as i64);
            counter.ledger.transfer(Account::DrugSalesAbroad, Account::DealerCoins, income);
            income
        } else {
            any = true;
            share_sold += dealer.share * dealer.sales(cut);
            cumulated += dealer.share;
            // The last dealer's share is rounded up to the whole, so that nothing is left over.
            let whole = cumulated > 1.0 - 1e-9;
            let due = if whole { sales } else { Kzt((sales.0 as f64 * cumulated) as i64) };
            let income = due - given;
            given = due;
            counter.ledger.transfer(Account::Floats, Account::DealerCoins, income);
            income
        };
        dealer.held += income;
        let (trader, held) = (dealer.trader(), dealer.held);
        let flow = counter.flow(Class::Hub, trader);
        flow[Flow::Demand as usize] += income.0;
        flow[Flow::Waiting as usize] += held.0;
    }
    if !any {
        counter.ledger.transfer(Account::Floats, Account::Spending, sales);
    }
    supply.share = if any { share_sold } else { 1.0 };
}

/// Coins that dealers hold equal the sector account.
pub fn reconcile(world: &mut EcsWorld) -> Result<(), String> {
    let held: Kzt = world.query::<&Dealer>().iter(world).map(Dealer::held).sum();
    let booked = world.resource::<Ledger>().balance(Account::DealerCoins);
    if held == booked {
        Ok(())
    } else {
        Err(format!("dealers hold {}, booked {}", held.0, booked.0))
    }
}
