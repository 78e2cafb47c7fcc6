//! Orders of the day: what customers ask of venues and banks, and what came of it.
//!
//! Customers are handled in blocks of rows, each with its own orders, waiting list and tallies, so
//! that blocks can be worked on in parallel. Tallies are integers and are added up by block number:
//! the same bytes on any number of threads.

use std::sync::Arc;

use bevy_ecs::prelude::*;
use rayon::prelude::*;

use super::board::{Flows, NO_VENUE, Traffic, TrafficBoard};
use super::choice::Footing;
use super::kept::{Kept, NORMAL_4096};
use super::messages::VenueNumber;
use super::schedule::World;
use world::random::{Decision, Luck, Many};
use world::record::{Flow, Migration};
use world::units::{Class, Day, Segment, Trader, maths};

/// Rows of customers in a block.
pub const BLOCK: usize = 1 << 16;

/// What a person remembers.
#[derive(Clone, Copy, Debug)]
pub struct Memory {
    /// Usual venue, open or gone.
    pub usual: VenueNumber,
    /// Last usual venue that was lost.
    pub lost: VenueNumber,
    /// First day of the window of thirty days that `recent_kzt` counts.
    pub since: Day,
    /// Sum traded in that window.
    pub recent_kzt: u32,
}

impl Memory {
    /// Sum traded in the running window of thirty days.
    pub fn recent(&self, today: Day) -> u32 {
        if today.since(self.since) < 30 { self.recent_kzt } else { 0 }
    }
}

/// What came of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Not decided yet: to be paid.
    Placed,
    /// Went through.
    Passed,
    /// Went through between two persons who know each other, without a venue.
    Direct,
    /// Waits for another day.
    Waits,
}

/// One person's wish to trade today.
#[derive(Clone, Copy, Debug)]
pub struct Order {
    /// Row of the customer.
    pub row: u32,
    /// Amount in tenge, what waited included.
    pub amount: u32,
    /// Part of it that is new today.
    pub fresh: u32,
    /// Day on which the need first arose.
    pub arose: Day,
    /// Venue that is tried, in the end the one where it went through.
    pub venue: VenueNumber,
    /// Venue that was tried first.
    pub first: VenueNumber,
    /// Kind of trader.
    pub kind: u8,
    /// What the person has been through.
    pub footing: Footing,
    /// Segment.
    pub segment: u8,
    /// Home bank.
    pub bank: u8,
    /// Class that was wanted first; the need is booked under it until it ends.
    pub origin: u8,
    /// Whether a bank with automatic checks would check this client today.
    pub checked: bool,
    /// What came of it.
    pub outcome: Outcome,
    /// Channel through which it went, as an index of `Channel`.
    pub channel: u8,
    /// What the person remembered in the morning: carried along, so that settlement need not fetch it again.
    pub memory: Memory,
}

/// A need that waits.
#[derive(Clone, Copy, Debug)]
pub struct Waiting {
    /// Row of the customer.
    pub row: u32,
    /// Amount in tenge.
    pub amount: u32,
    /// Day on which it arose.
    pub arose: Day,
    /// Class that was wanted first.
    pub origin: u8,
    /// Segment.
    pub segment: u8,
    /// Venue that was tried first when it was last tried; perhaps none.
    pub first: VenueNumber,
}

/// The orders of a block of customers.
#[derive(Default, Clone)]
pub struct Block {
    /// First row.
    pub first: u32,
    /// Random bytes of the day, one a row.
    pub bytes: Vec<u8>,
    /// Rows within the block that may want to trade today, times two, plus one where it is close.
    pub due: Vec<u32>,
    /// Today's orders by row.
    pub orders: Vec<Order>,
    /// Waiting needs by row.
    pub waiting: Vec<Waiting>,
    /// Flows of the day per person, by class and segment.
    pub flows: Vec<[i64; Flow::COUNT]>,
    /// Traffic of the day per person, by venue.
    pub traffic: Vec<Traffic>,
    /// Traced displacement per person, over the whole run.
    pub migration: Migration,
}

impl Block {
    /// The tally of a class and segment.
    #[inline]
    pub fn flow(&mut self, class: u8, segment: u8) -> &mut [i64; Flow::COUNT] {
        &mut self.flows[class as usize * Segment::COUNT + segment as usize]
    }
}

/// All blocks, and what every decision about orders reads.
#[derive(Resource, Clone)]
pub struct OrderBook {
    /// Blocks by number.
    pub blocks: Vec<Block>,
    /// Luck of needs.
    pub need: Many,
    /// Luck of trades.
    pub trade: Many,
    /// Quantiles of trade size by segment, in tenge.
    pub tickets: Arc<Vec<Vec<u32>>>,
}

impl OrderBook {
    /// Empty blocks for a scenario's customers.
    pub fn new(scenario: &World, luck: &Luck) -> OrderBook {
        let agents = scenario.agents() as usize;
        let blocks = (0..agents.div_ceil(BLOCK))
            .map(|number| {
                let rows = BLOCK.min(agents - number * BLOCK);
                Block {
                    first: (number * BLOCK) as u32,
                    bytes: vec![0; rows.next_multiple_of(16)],
                    flows: vec![[0; Flow::COUNT]; Class::COUNT * Segment::COUNT],
                    ..Block::default()
                }
            })
            .collect();
        static TICKETS: Kept<Vec<Vec<u32>>> = Kept::new();
        let people = &scenario.customers;
        let (median, sigma) = (&people.ticket_median_kzt, &people.ticket_sigma);
        let parameters = median.each().into_iter().chain(sigma.each()).copied();
        let tickets = TICKETS.get(parameters.chain([people.ticket_limit_kzt]), || {
            let of = |segment: &Segment| {
                let ticket = |z: &f64| median[*segment] * maths::exp(sigma[*segment] * z);
                let limited = |ticket: f64| ticket.min(people.ticket_limit_kzt).max(1.0) as u32;
                NORMAL_4096.iter().map(ticket).map(limited).collect()
            };
            Segment::ALL.iter().map(of).collect()
        });
        OrderBook {
            blocks,
            need: luck.many(Decision::CustomerNeed),
            trade: luck.many(Decision::CustomerTrade),
            tickets,
        }
    }

    /// Size of a trade: the quantile at a random word.
    #[inline]
    pub fn ticket(tickets: &[Vec<u32>], segment: u8, word: u32) -> u32 {
        tickets[segment as usize][(word >> 20) as usize]
    }

    /// Works on all blocks, in parallel if there are several.
    pub fn each_block(blocks: &mut [Block], work: impl Fn(usize, &mut Block) + Sync) {
        if blocks.len() > 1 {
            blocks.par_iter_mut().enumerate().for_each(|(number, block)| work(number, block));
        } else {
            for (number, block) in blocks.iter_mut().enumerate() {
                work(number, block);
            }
        }
    }

    /// Adds the tallies of all blocks to the boards, times people per agent, and clears them.
    pub fn post(&mut self, flows: &mut Flows, traffic: &mut TrafficBoard, people: i64) {
        for block in &mut self.blocks {
            for (i, tally) in block.flows.iter_mut().enumerate() {
                let (class, segment) = (i / Segment::COUNT, i % Segment::COUNT);
                let row = &mut flows.0[class * Trader::COUNT + segment];
                for (sum, count) in row.iter_mut().zip(tally.iter_mut()) {
                    *sum += *count * people;
                    *count = 0;
                }
            }
            for (sum, count) in traffic.0.iter_mut().zip(&mut block.traffic) {
                sum.add(count, people);
                *count = Traffic::default();
            }
        }
    }

    /// Traced displacement over all blocks, times people per agent; of each venue what was traded lately up to its `last` day.
    pub fn migration(&self, people: i64, last: impl Fn(usize) -> Day) -> Migration {
        let mut sum = Migration::new();
        for block in &self.blocks {
            sum.join(&block.migration, people, &last);
        }
        sum
    }
}

/// A need that waits, made into an order that is not placed anywhere yet.
pub fn nowhere(row: u32) -> Order {
    Order {
        row,
        amount: 0,
        fresh: 0,
        arose: Day(0),
        venue: NO_VENUE,
        first: NO_VENUE,
        kind: 0,
        footing: Footing::FREE,
        segment: 0,
        bank: 0,
        origin: 0,
        checked: false,
        outcome: Outcome::Waits,
        channel: 0,
        memory: Memory { usual: NO_VENUE, lost: NO_VENUE, since: Day(0), recent_kzt: 0 },
    }
}
