//! What came of today's orders: habits, waiting needs, and the tallies of the day.

use bevy_ecs::prelude::*;
use bevy_ecs::world::World as EcsWorld;
use rayon::prelude::*;

use super::Customer;
use crate::board::{Cause, Directory, Flows, Listing, NO_VENUE, TrafficBoard};
use crate::messages::VenueNumber;
use crate::order::{BLOCK, Block, Memory, Order, OrderBook, Outcome, Waiting, nowhere};
use crate::schedule::{Today, World};
use world::random::Many;
use world::record::{Destination, Ended, Flow, Migration};
use world::units::{Channel, Class, Day, Segment, Trader};

/// What every settlement of the day reads.
struct SettlementSituation<'a> {
    directory: &'a Directory,
    today: Day,
    first_reported: Day,
    last_day: Day,
    trade: Many,
    give_up_below: [u64; Segment::COUNT],
}

/// Settles all orders: trades change habits, the rest waits or is given up.
pub fn settle_orders(
    scenario: Res<World>,
    today: Res<Today>,
    directory: Res<Directory>,
    mut book: ResMut<OrderBook>,
    mut flows: ResMut<Flows>,
    mut traffic: ResMut<TrafficBoard>,
    mut people: Query<&mut Customer>,
) {
    let book = &mut *book;
    let situation = situation(&scenario, today.day, &directory, book.trade);
    let mut column = people
        .contiguous_iter_mut()
        .expect("customers keep their components for life")
        .next()
        .expect("a scenario has at least one customer");
    // Nobody asks whether memories changed, so nobody pays for marking them.
    let people = column.bypass_change_detection();
    if book.blocks.len() > 1 {
        book.blocks
            .par_iter_mut()
            .zip(people.par_chunks_mut(BLOCK))
            .for_each(|(block, people)| settle_block(block, people, &situation));
    } else {
        settle_block(&mut book.blocks[0], people, &situation);
    }
    flows.0.fill([0; Flow::COUNT]);
    book.post(&mut flows, &mut traffic, i64::from(scenario.people_per_agent));
}

fn situation<'a>(
    scenario: &World,
    today: Day,
    directory: &'a Directory,
    trade: Many,
) -> SettlementSituation<'a> {
    let mut give_up_below = [0; Segment::COUNT];
    for &segment in Segment::ALL {
        give_up_below[segment.index()] =
            (scenario.customers.give_up[segment] * 4_294_967_296.0) as u64;
    }
    SettlementSituation {
        directory,
        today,
        first_reported: Day(scenario.warm_up_days),
        last_day: Day(scenario.total_days() - 1),
        trade,
        give_up_below,
    }
}

fn settle_block(block: &mut Block, people: &mut [Customer], situation: &SettlementSituation) {
    let orders = std::mem::take(&mut block.orders);
    for order in &orders {
        if order.outcome == Outcome::Direct {
            settle_direct(block, order, situation);
        } else if order.outcome == Outcome::Passed {
            settle_trade(block, order, situation);
            let memory = remember(block, order, situation);
            people[(order.row - block.first) as usize].remember(memory);
        } else {
            let day = u32::from(situation.today.0);
            let [_, patience, ..] = situation.trade.words(order.row, day, 1);
            let amount = i64::from(order.amount);
            let gives_up = u64::from(patience) < situation.give_up_below[order.segment as usize];
            let flow = block.flow(order.origin, order.segment);
            if gives_up {
                flow[Flow::Abandoned as usize] += amount;
                trace(&mut block.migration, order, Destination::Abandoned, situation);
            } else {
                flow[Flow::Waiting as usize] += amount;
                block.waiting.push(Waiting {
                    row: order.row,
                    amount: order.amount,
                    arose: order.arose,
                    origin: order.origin,
                    segment: order.segment,
                    first: order.first,
                });
            }
        }
    }
    block.orders = orders;
}

fn settle_trade(block: &mut Block, order: &Order, situation: &SettlementSituation) {
    let amount = i64::from(order.amount);
    let listing = &situation.directory.listings[order.venue as usize];
    let fee = amount * i64::from(listing.fee_ppm) / 1_000_000;
    block.flow(order.origin, order.segment)[Flow::Met as usize] += amount;
    let flow = block.flow(listing.class.index() as u8, order.segment);
    flow[Flow::Traded as usize] += amount;
    flow[Flow::TradedAccount as usize + order.channel as usize] += amount;
    flow[Flow::Fees as usize] += fee;
    flow[Flow::Trades as usize] += 1;
    if let Some(column) = listing.origin(situation.first_reported) {
        flow[column as usize] += amount;
    }
    let destination = destination(&order.memory, listing, situation);
    trace(&mut block.migration, order, destination, situation);

    if listing.class.is_platform() {
        block.migration.count(order.venue, situation.today, trader(order), amount);
    }

    let traffic = &mut block.traffic[order.venue as usize];
    traffic.traded_kzt += amount;
    traffic.fees_kzt += fee;
    if order.channel == Channel::Card as u8 {
        traffic.card_kzt += amount;
    }
    if order.segment == Segment::DrugBuyer as u8 {
        traffic.drug_kzt += amount;
    }
}

/// A deal between two who know each other: no venue, no fee, and nobody but the two remembers it.
fn settle_direct(block: &mut Block, order: &Order, situation: &SettlementSituation) {
    let amount = i64::from(order.amount);
    block.flow(order.origin, order.segment)[Flow::Met as usize] += amount;
    let flow = block.flow(Class::PeerToPeer.index() as u8, order.segment);
    for column in [Flow::Attempted, Flow::Traded, Flow::TradedCash, Flow::TradedDirect] {
        flow[column as usize] += amount;
    }
    flow[Flow::Trades as usize] += 1;
    trace(&mut block.migration, order, Destination::Direct, situation);
}

/// What somebody remembers after a trade.
fn remember(block: &mut Block, order: &Order, situation: &SettlementSituation) -> Memory {
    let mut memory = order.memory;
    if memory.usual != order.venue {
        block.traffic[order.venue as usize].arrivals += 1;
        if memory.usual != NO_VENUE {
            block.traffic[memory.usual as usize].departures += 1;
            if gone(memory.usual, situation).is_some() {
                memory.lost = lost(&memory, situation);
            }
        }
        memory.usual = order.venue;
    }
    if situation.today.since(memory.since) >= 30 {
        memory.since = situation.today;
        memory.recent_kzt = 0;
    }
    memory.recent_kzt = memory.recent_kzt.saturating_add(order.amount);
    memory
}

fn gone(venue: VenueNumber, situation: &SettlementSituation) -> Option<(Day, Cause)> {
    if venue == NO_VENUE { None } else { situation.directory.listings[venue as usize].gone }
}

/// The venue whose loss is on this person's mind: the usual one if the AFM closed it, or the last one lost.
fn lost(memory: &Memory, situation: &SettlementSituation) -> VenueNumber {
    match gone(memory.usual, situation) {
        Some((_, Cause::Closed)) => memory.usual,
        Some(_) if memory.lost == NO_VENUE => memory.usual,
        _ => memory.lost,
    }
}

fn destination(memory: &Memory, listing: &Listing, situation: &SettlementSituation) -> Destination {
    let lost = lost(memory, situation);
    let old = gone(lost, situation)
        .map(|(day, _)| (&situation.directory.listings[usize::from(lost)], day));
    listing.as_destination(old)
}

fn trader(order: &Order) -> Trader {
    Trader::from(Segment::ALL[usize::from(order.segment)])
}

/// Books the end of a need under the venue that the AFM closed on this person, for each window.
fn trace(
    migration: &mut Migration,
    order: &Order,
    destination: Destination,
    situation: &SettlementSituation,
) {
    let lost = lost(&order.memory, situation);
    let Some((closed, Cause::Closed)) = gone(lost, situation) else { return };
    // A need that waited already did not arise from the closure.
    if closed < situation.first_reported || order.arose <= closed {
        return;
    }
    let at_venue = destination.class().is_some() && destination != Destination::Direct;
    let need = Ended {
        from: (lost, situation.directory.listings[usize::from(lost)].class, closed),
        trader: trader(order),
        days: (order.arose.since(closed), situation.today.since(closed)),
        destination,
        to: at_venue.then_some(order.venue),
        kzt: i64::from(order.amount),
    };
    migration.book(&need, situation.last_day);
}

/// At the end of the run: what still waits is booked as waiting in traced displacement.
pub fn close_books(world: &mut EcsWorld) {
    let Some(mut book) = world.remove_resource::<OrderBook>() else { return };
    let scenario = world.resource::<World>().clone();
    let directory = world.resource::<Directory>().clone();
    // Past the end: no window holds it.
    let after = Day(u16::MAX);
    let situation = situation(&scenario, after, &directory, book.trade);
    let mut people = world.query::<&Customer>();
    let people = people
        .contiguous_iter(world)
        .expect("customers keep their components for life")
        .next()
        .expect("a scenario has at least one customer");
    for block in &mut book.blocks {
        for waiting in std::mem::take(&mut block.waiting) {
            let order = Order {
                amount: waiting.amount,
                arose: waiting.arose,
                segment: waiting.segment,
                memory: people[waiting.row as usize].memory(),
                ..nowhere(waiting.row)
            };
            trace(&mut block.migration, &order, Destination::Waiting, &situation);
        }
    }
    world.insert_resource(book);
}
