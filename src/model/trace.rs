//! Watching a run: what happened on each day, and the day of one customer, dealer or venue in detail.
//!
//! A watched run is the plain run, looked at between its days: the watcher keeps the boards of the morning, lets
//! the day pass, and reads. Decisions are told again by the functions that took them, with the same
//! addressed draws. So watching changes nothing, and a run that nobody watches does nothing for it.
//!
//! Deliberately absent: any system of its own, and comparing runs (`ensemble`).

use std::collections::BTreeMap;

use bevy_ecs::message::{Message, Messages};
use bevy_ecs::world::World as EcsWorld;

use super::board::{CardMarket, Cause, Directory, Flows, Payments, Perceived, RegulatorList};
use super::messages::{FloatFrozen, SiteBlockOrder, VenueGone, VenueNumber, VenueOpened, Verdict};
use super::order::OrderBook;
use super::schedule::Today;
use super::{Simulation, afm, bank, customer, dealer, exchange};
use scenario::Scenario;
use world::record::event::{DayLog, Errand, Event, Happening, Subject, VenueName};
use world::record::life::{CaseState, CustomerDay, DealerDay, Portrait, Try, VenueDay};
use world::record::{Flow, Record, RunKey};
use world::units::{Class, Kzt, Trader};

/// A run with somebody who watches it.
pub struct WatchedRun {
    simulation: Simulation,
    morning: Morning,
}

/// What can be seen in the morning and is overwritten by the evening.
#[derive(Default)]
struct Morning {
    directory: Directory,
    perceived: Perceived,
    dealers: dealer::account::DealerMorning,
    checking_banks: u32,
    cases: BTreeMap<VenueNumber, (f64, CaseState)>,
}

impl Morning {
    fn of(world: &EcsWorld) -> Morning {
        Morning {
            directory: world.resource::<Directory>().clone(),
            perceived: *world.resource::<Perceived>(),
            dealers: dealer::account::DealerMorning::of(world),
            checking_banks: world.resource::<Payments>().checking_banks,
            cases: afm::cases(world),
        }
    }
}

impl WatchedRun {
    /// The world before its first day.
    pub fn new(scenario: &Scenario, key: RunKey) -> WatchedRun {
        WatchedRun { simulation: Simulation::new(scenario, key), morning: Morning::default() }
    }

    /// Simulates the next day and tells what happened.
    pub fn run_day(&mut self) -> DayLog {
        self.morning = Morning::of(&self.simulation.world);
        self.simulation.run_day();
        let world = &self.simulation.world;
        let morning = &self.morning;
        let directory = world.resource::<Directory>();
        DayLog {
            day: world.resource::<Today>().day,
            events: events(world, morning),
            errands: errands(world, morning),
            cash_outs: dealer::account::cash_outs(world, &morning.directory, &morning.dealers),
            flows: flows(world),
            open: open(directory),
            card_price_kzt: world.resource::<CardMarket>().price_kzt,
            perceived_risk: world.resource::<Perceived>().certainty,
            sizes: directory
                .open()
                .map(|(_, listing)| (listing.name(), Kzt(listing.monthly_turnover as i64)))
                .collect(),
        }
    }

    /// Who a customer is; `None` if there is none of this number.
    pub fn portrait(&self, customer: u32) -> Option<Portrait> {
        customer::account::portrait(&self.simulation.world, customer)
    }

    /// The last day of a customer; `None` if there was no need.
    pub fn customer(&self, row: u32) -> Option<CustomerDay> {
        let world = &self.simulation.world;
        let directory = &self.morning.directory;
        let perceived = &self.morning.perceived;
        let (mut day, first) = customer::account::account(world, directory, perceived, row)?;
        if let Some(venue) = first {
            let (order, _) = customer::account::order_of(world.resource::<OrderBook>(), row)?;
            let mut placed = *order;
            placed.venue = venue;
            let tries = bank::tries(world, placed);
            day.tries = tries
                .into_iter()
                .filter_map(|(venue, channel, verdict)| {
                    Some(Try { venue: directory.name(venue)?, channel, verdict })
                })
                .collect();
        }
        Some(day)
    }

    /// The last day of a dealer; `None` if nothing happened or there is no such dealer.
    pub fn dealer(&self, number: u32) -> Option<DealerDay> {
        let morning = &self.morning;
        let world = &self.simulation.world;
        dealer::account::account(world, &morning.directory, &morning.dealers, number)
    }

    /// A venue at the end of the last day; `None` if it has not opened yet.
    pub fn venue(&self, name: VenueName) -> Option<VenueDay> {
        let world = &self.simulation.world;
        let number = world.resource::<Directory>().number(name)?;
        let mut day = exchange::account(world, number)?;
        if let Some((evidence, case)) = afm::cases(world).get(&number) {
            (day.evidence, day.case) = (*evidence, *case);
        }
        Some(day)
    }

    /// Closes the books after the last day.
    #[must_use]
    pub fn finish(self) -> Record {
        self.simulation.finish()
    }
}

/// Messages that were written on the day that has just passed.
fn told<M: Message>(world: &EcsWorld) -> impl Iterator<Item = &M> {
    world.resource::<Messages<M>>().iter_current_update_messages()
}

/// What happened to banks and venues, in the order of a day.
fn events(world: &EcsWorld, morning: &Morning) -> Vec<Event> {
    let mut found = bank_events(world, morning);
    found.extend(market_events(world));
    found.extend(agency_events(world, morning));
    found
}

fn venue_event(world: &EcsWorld, venue: VenueNumber, what: Happening) -> Option<Event> {
    let name = world.resource::<Directory>().name(venue)?;
    Some(Event { who: Subject::Venue(name), what })
}

fn bank_events(world: &EcsWorld, morning: &Morning) -> Vec<Event> {
    let checking = world.resource::<Payments>().checking_banks;
    let changed = checking ^ morning.checking_banks;
    (0..32_u8)
        .filter(|bank| changed >> bank & 1 == 1)
        .map(|bank| {
            let begins = checking >> bank & 1 == 1;
            let what = if begins { Happening::ChecksBegin } else { Happening::ChecksEnd };
            Event { who: Subject::Bank(bank), what }
        })
        .collect()
}

/// Venues that left or opened of their own accord.
fn market_events(world: &EcsWorld) -> Vec<Event> {
    let left = told::<VenueGone>(world).filter_map(|gone| {
        let what = match gone.cause {
            Cause::Closed => return None,
            Cause::Exited => Happening::Exited,
            Cause::RanOff => Happening::RanOff,
            Cause::Licensed => Happening::Licensed,
        };
        venue_event(world, gone.venue, what)
    });
    let opened = told::<VenueOpened>(world).filter_map(|opened| {
        let what = Happening::Opened { relaunched: opened.relaunched };
        venue_event(world, opened.venue, what)
    });
    left.chain(opened).collect()
}

/// What the agency found, decided and did.
fn agency_events(world: &EcsWorld, morning: &Morning) -> Vec<Event> {
    let today = world.resource::<Today>().day;
    let listed = world.resource::<RegulatorList>().0.iter().enumerate();
    let mut found: Vec<Event> = listed
        .filter(|(_, since)| **since == Some(today))
        .filter_map(|(venue, _)| venue_event(world, venue as VenueNumber, Happening::Listed))
        .collect();
    let closed: BTreeMap<VenueNumber, &VenueGone> = told::<VenueGone>(world)
        .filter(|gone| gone.cause == Cause::Closed)
        .map(|gone| (gone.venue, gone))
        .collect();
    let directory = &morning.directory;
    for (venue, (_, case)) in afm::cases(world) {
        let before = morning.cases.get(&venue).map_or(CaseState::None, |(_, case)| *case);
        let what = match (before, case) {
            (CaseState::None, CaseState::Open) => Happening::CaseOpened,
            (CaseState::Open, CaseState::Requested) => Happening::HelpAsked,
            (CaseState::Open | CaseState::Requested, CaseState::Proven) => Happening::CaseProven,
            // A case against a venue that is gone, or is being closed, did not fail.
            (CaseState::Open | CaseState::Requested, CaseState::None)
                if directory.is_open(venue) && !closed.contains_key(&venue) =>
            {
                Happening::CaseFailed
            }
            _ => continue,
        };
        found.extend(venue_event(world, venue, what));
    }
    for block in told::<SiteBlockOrder>(world) {
        let what = Happening::SitesBlocked { sites: block.sites };
        found.extend(venue_event(world, block.venue, what));
    }
    for frozen in told::<FloatFrozen>(world) {
        let what = Happening::Frozen { amount: frozen.amount };
        found.extend(venue_event(world, frozen.venue, what));
    }
    for gone in closed.values() {
        let seized = gone.wallets_seized + gone.property_seized;
        let (arrest, users) = (gone.arrest, gone.users);
        found.extend(venue_event(world, gone.venue, Happening::Closed { arrest, seized, users }));
    }
    for verdict in told::<Verdict>(world) {
        let (convicted, term_days) = (verdict.convicted, verdict.term_days);
        found.extend(venue_event(world, verdict.venue, Happening::Tried { convicted, term_days }));
    }
    found
}

fn errands(world: &EcsWorld, morning: &Morning) -> Vec<Errand> {
    let book = world.resource::<OrderBook>();
    let mut found = Vec::new();
    for block in &book.blocks {
        let mut waiting = block.waiting.iter().map(|waiting| waiting.row).peekable();
        for order in &block.orders {
            while waiting.next_if(|row| *row < order.row).is_some() {}
            let waits = waiting.peek() == Some(&order.row);
            found.push(Errand {
                row: order.row,
                amount: order.amount,
                venue: morning.directory.name(order.venue),
                ending: customer::account::ending(order, waits),
            });
        }
    }
    found
}

fn flows(world: &EcsWorld) -> [[i64; Flow::COUNT]; Class::COUNT] {
    let mut sums = [[0; Flow::COUNT]; Class::COUNT];
    for (row, flows) in world.resource::<Flows>().0.iter().enumerate() {
        for (sum, flow) in sums[row / Trader::COUNT].iter_mut().zip(flows) {
            *sum += flow;
        }
    }
    sums
}

fn open(directory: &Directory) -> [u32; Class::COUNT] {
    let mut counts = [0; Class::COUNT];
    for (_, listing) in directory.open() {
        counts[listing.class.index()] += 1;
    }
    counts
}
