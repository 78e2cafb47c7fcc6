//! Those who hold coins that nobody may ask about and must turn them into money: drug dealers on darknet
//! markets, and sellers of illegal farms.
//!
//! Dealers at home earn what drug buyers paid; dealers abroad earn there and use hubs here, outside
//! the reach of banks in Kazakhstan; these know hubs through their market only. Both prefer the hub that their market
//! works with, and a hub buys coins as far as its own money goes. A farm's seller takes what the farm mined and has no
//! market behind it.

pub mod account;
mod counter;
mod desk;
mod market;
pub mod replacement;
pub mod shops;
#[cfg(test)]
mod tests;

use bevy_ecs::prelude::*;
use bevy_ecs::world::World as EcsWorld;

use self::counter::{Counter, pay, withdraw};
use self::desk::{DealerLuck, Desk, OutsideRoute};
use self::market::DarknetMarket;
use self::replacement::{DealerRisk, Gap};
use self::shops::DealerSeries;
use super::actor::{Actor, Holding};
use super::board::{Directory, DrugSupply, HubDemand, NO_VENUE, Payments, RailBoard, TrafficBoard};
use super::choice::ChoiceTables;
use super::diary::Diary;
use super::ledger::{Account, Ledger};
use super::messages::VenueNumber;
use super::schedule::{Phase, RunLuck, Step, Today, Turn, World};
use world::random::Decision;
use world::record::{Flow, Migration};
use world::units::{Channel, Class, DAYS_PER_YEAR, Kzt, Trader, maths};

/// What somebody who holds coins lives on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// Drugs sold in Kazakhstan.
    Home,
    /// Drugs sold abroad.
    Abroad,
    /// Coins of the illegal farm of this number.
    Farm(usize),
}

/// Somebody who holds coins: a drug dealer, or the seller of an illegal farm.
#[derive(Component, Clone, Copy)]
pub struct Dealer {
    /// Number among dealers; of a farm's seller the address of the farm.
    number: u32,
    line: Line,
    market: usize,
    /// Share of drug sales in Kazakhstan (dealers at home).
    share: f64,
    /// Usual income in tenge a day.
    income: f64,
    /// Third by that income at the beginning: 0 the lowest.
    third: u8,
    /// Part of its usual custom that the dealer has: 1 while its market never fell.
    custom: f64,
    /// Part of it that the dealer cares to serve: less where turning coins into money costs more than usual.
    appetite: f64,
    /// Part of a tenge not paid out yet.
    carried: f64,
    held: Kzt,
    /// Balance left at a venue.
    claim: Kzt,
    claim_at: VenueNumber,
    /// Venue tried today.
    venue: VenueNumber,
    /// Way past all venues that is taken today, or would be if the venue tried takes no coins.
    outside: Option<OutsideRoute>,
    /// Whether today is a day of cash-out.
    due: bool,
    /// Platform where coins were sold last, and the last such that was closed: for traced displacement.
    usual: VenueNumber,
    lost: VenueNumber,
    /// Whether the market works with no open hub.
    lacks_hub: bool,
    /// How small the dealer is among those at home, from 0 for the largest to 1: small ones stop first.
    smallness: f64,
    /// Share of sales in Kazakhstan that the dealer had before stopping for fear; 0 while selling.
    paused: f64,
}

/// Where sellers of coins went whose platform was closed.
#[derive(Resource, Default, Clone)]
pub struct Trail(pub Migration);

impl Dealer {
    /// Coins held, in tenge.
    pub fn held(&self) -> Kzt {
        self.held
    }

    /// Before the first day: works with no market, sells nothing.
    fn new(number: u32, line: Line) -> Dealer {
        Dealer {
            number,
            line,
            market: usize::MAX,
            share: 0.0,
            income: 0.0,
            third: 0,
            custom: 1.0,
            appetite: 1.0,
            carried: 0.0,
            held: Kzt::ZERO,
            claim: Kzt::ZERO,
            claim_at: NO_VENUE,
            venue: NO_VENUE,
            outside: None,
            due: false,
            usual: NO_VENUE,
            lost: NO_VENUE,
            lacks_hub: false,
            smallness: 0.0,
            paused: 0.0,
        }
    }

    fn trader(&self) -> Trader {
        match self.line {
            Line::Home => Trader::Dealer,
            Line::Abroad => Trader::DealerAbroad,
            Line::Farm(_) => Trader::Farm,
        }
    }

    fn sells_drugs(&self) -> bool {
        !matches!(self.line, Line::Farm(_))
    }

    /// Account in which the coins are booked.
    fn coins(&self) -> Account {
        if self.sells_drugs() { Account::DealerCoins } else { Account::FarmCoins }
    }

    /// Class under which the need to sell is booked.
    fn wants_first(&self) -> Class {
        if self.sells_drugs() { Class::Hub } else { Class::Shadow }
    }

    /// Share of drug sales in Kazakhstan that the dealer has the custom for.
    fn served(&self) -> f64 {
        self.share * self.custom
    }

    /// A cash-out cost this share: the next sales follow what is left of a tenge, against the usual fee of hubs, half at once.
    fn pays(&mut self, cost: f64, scenario: &World) {
        let left = ((1.0 - cost) / (1.0 - scenario.exchanges.fee.hub)).min(1.0);
        let wanted = maths::pow(left, scenario.dealers.supply_elasticity);
        self.appetite = (self.appetite + wanted) / 2.0;
    }

    /// Sales as a share of usual ones: by custom, by what turning coins into money costs, and less while coins pile up unsold.
    fn sales(&self, cut: f64) -> f64 {
        self.custom
            * self.appetite
            * if self.held.0 as f64 > PILE_DAYS * self.income { 1.0 - cut } else { 1.0 }
    }
}

/// Days of income held unsold from which on a dealer cuts sales.
///
/// Unit: days. Source: judgement. Status: assumption.
const PILE_DAYS: f64 = 60.0;

/// Days over which would-be operators of hubs look at what dealers cannot get rid of.
///
/// Unit: days. Source: judgement. Status: assumption.
const LOOK_AT_DEMAND_DAYS: f64 = 30.0;

/// The actor.
pub const ACTOR: Actor = Actor::new(
    &[
        Holding::empty::<Gap>(),
        Holding::empty::<Trail>(),
        Holding::empty::<HubDemand>(),
        Holding::empty::<DealerRisk>(),
        Holding::made::<DealerLuck>(),
        Holding::made::<DrugSupply>(),
        Holding::empty::<Diary<DealerSeries>>(),
        Holding::agents::<(Dealer,)>(),
        Holding::agents::<(DarknetMarket,)>(),
    ],
    rules,
)
.build(build)
.audit(reconcile);

fn build(world: &mut EcsWorld) {
    let scenario = world.resource::<World>().clone();
    let luck = world.resource::<RunLuck>().clone();
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
            let line = if abroad { Line::Abroad } else { Line::Home };
            Dealer {
                market: (draws.uniform() * f64::from(markets)) as usize,
                share: if abroad { 0.0 } else { size },
                income: if abroad {
                    size * parameters.income_abroad_kzt / DAYS_PER_YEAR
                } else {
                    0.0
                },
                ..Dealer::new(number, line)
            }
        })
        .collect();
    let home: f64 = dealers.iter().map(|dealer| dealer.share).sum();
    let drug_sales = usual_drug_sales(&scenario);
    for dealer in &mut dealers {
        if dealer.line == Line::Home {
            dealer.share /= home;
            dealer.income = dealer.share * drug_sales;
        }
    }
    shops::thirds(&mut dealers);
    replacement::rank(&mut dealers);
    for dealer in dealers {
        world.spawn(dealer);
    }
    world.insert_resource(DealerLuck::new(&luck));
    world.insert_resource(DrugSupply { share: 1.0 });
}

fn rules(schedule: &mut Schedule) {
    schedule.add_systems(place_cash_outs.in_set(Step(Phase::Demand, Turn::Dealers)));
    schedule.add_systems(
        (settle_cash_outs, earn, sell_for_farms)
            .chain()
            .in_set(Step(Phase::Settlement, Turn::Dealers)),
    );
    schedule.add_systems(
        (replacement::fear, replacement::take_over)
            .chain()
            .in_set(Step(Phase::Adaptation, Turn::Customers)),
    );
    schedule.add_systems(
        (replacement::arrest, market::take_markets)
            .chain()
            .in_set(Step(Phase::Enforcement, Turn::Dealers)),
    );
    schedule.add_systems(
        (market::find_partners, market::win_back_custom)
            .chain()
            .in_set(Step(Phase::Adaptation, Turn::Dealers)),
    );
}

/// What drug buyers spend in a day once everybody owns crypto: the scale for "holds too much".
fn usual_drug_sales(scenario: &World) -> f64 {
    let people = &scenario.customers;
    let sigma = people.ticket_sigma.drug_buyer;
    let ticket = people.ticket_median_kzt.drug_buyer * maths::exp(sigma * sigma / 2.0);
    f64::from(people.number) * people.segment_share.drug_buyer * people.trades_per_year.drug_buyer
        / DAYS_PER_YEAR
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
        dealer.outside = None;
        dealer.due = desk.is_due(&dealer);
        dealer.lacks_hub = !directory.is_open(desk.loyalty(&dealer).0);
        if !dealer.due {
            continue;
        }
        let intent = desk.intend(&dealer);
        if !intent.today {
            continue;
        }
        dealer.venue = intent.venue;
        dealer.outside = intent.outside.or(intent.instead);
        if dealer.venue != NO_VENUE {
            let asked = &mut traffic.0[dealer.venue as usize];
            asked.coins_asked_kzt += dealer.held.0;
            if dealer.line != Line::Abroad {
                asked.dealers_asked_kzt += dealer.held.0;
            }
        }
    }
}

/// Cash-outs go through, are stopped, or go past all venues.
fn settle_cash_outs(
    scenario: Res<World>,
    today: Res<Today>,
    luck: Res<DealerLuck>,
    directory: Res<Directory>,
    payments: Res<Payments>,
    rails: Res<RailBoard>,
    mut counter: Counter,
    (mut demand, mut diary): (ResMut<HubDemand>, ResMut<Diary<DealerSeries>>),
    mut dealers: Query<&mut Dealer>,
) {
    let [mut taken, mut lacking] = [Kzt::ZERO; 2];
    let courier =
        directory.open().find(|(_, l)| l.class == Class::PeerToPeer).map(|(venue, _)| venue);
    for mut dealer in &mut dealers {
        if dealer.claim_at != NO_VENUE && !directory.is_open(dealer.claim_at) {
            // The venue is gone and the balance with it.
            diary.add(DealerSeries::ClaimsLost, dealer.claim.0);
            dealer.claim = Kzt::ZERO;
            dealer.claim_at = NO_VENUE;
        }
        if !dealer.due {
            continue;
        }
        let brought = dealer.held;
        let passed = dealer.venue != NO_VENUE
            && pay(&mut dealer, &luck, *today, &directory, &payments, &mut counter, &scenario);
        let at_hub = directory.listings.get(usize::from(dealer.venue));
        if at_hub.map_or(dealer.lacks_hub, |listing| listing.class == Class::Hub) {
            taken += brought - dealer.held;
            lacking += dealer.held;
        }
        if passed {
            withdraw(&mut dealer, &rails, &mut counter);
            continue;
        }
        let dealers = &scenario.dealers;
        match (dealer.outside, courier) {
            (Some(OutsideRoute::Couriers), Some(courier)) => {
                let amount = dealer.held.share(dealers.courier_share);
                let discount = (dealers.courier_discount * 1e6) as u32;
                let listing = &directory.listings[usize::from(courier)];
                let cash =
                    counter.trade(&mut dealer, courier, listing, Channel::Cash, amount, discount);
                counter.pay_out(Account::Floats, &dealer, cash);
                dealer.pays(dealers.courier_discount, &scenario);
            }
            (Some(OutsideRoute::Exchangers), _) => {
                counter.sell_abroad(&mut dealer, dealers.abroad_fee);
                dealer.pays(dealers.abroad_fee, &scenario);
            }
            _ => {}
        }
    }
    let fade = |mean: &mut f64, today: Kzt| *mean += (today.0 as f64 - *mean) / LOOK_AT_DEMAND_DAYS;
    fade(&mut demand.taken, taken);
    fade(&mut demand.lacking, lacking);
}

/// Today's income in coins: at home what drug buyers paid, abroad what markets there pay.
fn earn(
    scenario: Res<World>,
    mut counter: Counter,
    mut supply: ResMut<DrugSupply>,
    gap: Res<Gap>,
    mut dealers: Query<&mut Dealer>,
) {
    let cut = scenario.dealers.sales_cut;
    let mut sales = Kzt::ZERO;
    for &class in Class::ALL {
        let row = counter.flow(class, Trader::DrugBuyer);
        sales += Kzt(row[Flow::Traded as usize] - row[Flow::Fees as usize]);
    }
    let at_home = |dealer: &&Dealer| dealer.line == Line::Home;
    let served: f64 = dealers.iter().filter(at_home).map(Dealer::served).sum();
    let (mut cumulated, mut given, mut share_sold, mut any) = (0.0, Kzt::ZERO, 0.0, false);
    for mut dealer in &mut dealers {
        if !dealer.sells_drugs() {
            continue;
        }
        let income = if dealer.line == Line::Abroad {
            let income = dealer.income * dealer.sales(cut) + dealer.carried;
            dealer.carried = income - income.floor();
            let income = Kzt(income as i64);
            counter.transfer(Account::DrugSalesAbroad, Account::DealerCoins, income);
            income
        } else {
            any = true;
            share_sold += dealer.share * dealer.sales(cut);
            // Where all markets have just fallen, those who had waited still pay whom they know.
            cumulated +=
                if served > 0.0 { dealer.served() / served } else { dealer.share / gap.served };
            // The last dealer's share is rounded up to the whole, so that nothing is left over.
            let whole = cumulated > 1.0 - 1e-9;
            let due = if whole { sales } else { Kzt((sales.0 as f64 * cumulated) as i64) };
            let income = due - given;
            given = due;
            counter.transfer(Account::Floats, Account::DealerCoins, income);
            income
        };
        dealer.held += income;
        let (trader, held) = (dealer.trader(), dealer.held);
        let flow = counter.flow(Class::Hub, trader);
        flow[Flow::Demand as usize] += income.0;
        flow[Flow::Waiting as usize] += held.0;
    }
    if !any {
        counter.transfer(Account::Floats, Account::Spending, sales);
    }
    supply.share = if any { share_sold } else { 1.0 };
}

/// Farms' coins of yesterday reach their sellers; a new farm gets one.
fn sell_for_farms(mut commands: Commands, mut counter: Counter, mut dealers: Query<&mut Dealer>) {
    let mut sellers = 0;
    for mut dealer in &mut dealers {
        let Line::Farm(number) = dealer.line else { continue };
        sellers += 1;
        let mined = std::mem::take(&mut counter.farms().farms[number].mined);
        counter.transfer(Account::Mining, Account::FarmCoins, mined);
        dealer.held += mined;
        let (class, trader, held) = (dealer.wants_first(), dealer.trader(), dealer.held);
        let flow = counter.flow(class, trader);
        flow[Flow::Demand as usize] += mined.0;
        flow[Flow::Waiting as usize] += held.0;
    }
    for (number, farm) in counter.farms().farms.iter().enumerate().skip(sellers) {
        commands.spawn(Dealer::new(farm.address, Line::Farm(number)));
    }
}

/// Coins that dealers and sellers of farms hold equal the sector accounts.
fn reconcile(world: &mut EcsWorld) -> Result<(), String> {
    let (mut drugs, mut farms) = (Kzt::ZERO, Kzt::ZERO);
    for dealer in world.query::<&Dealer>().iter(world) {
        *if dealer.sells_drugs() { &mut drugs } else { &mut farms } += dealer.held();
    }
    let ledger = world.resource::<Ledger>();
    for (who, held, account) in
        [("dealers", drugs, Account::DealerCoins), ("farms", farms, Account::FarmCoins)]
    {
        let booked = ledger.balance(account);
        if held != booked {
            return Err(format!("{who} hold {}, booked {}", held.0, booked.0));
        }
    }
    Ok(())
}
