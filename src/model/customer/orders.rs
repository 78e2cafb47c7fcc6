//! Who wants to trade today, how much, and where: intents only, nobody's money moves here.

use bevy_ecs::prelude::*;

use super::{Activity, Customer};
use crate::board::{
    Cause, Directory, DrugSupply, NO_VENUE, Payments, PyramidMembership, Traffic, TrafficBoard,
};
use crate::choice::{self, ChoiceTables, Footing};
use crate::messages::VenueNumber;
use crate::order::{BLOCK, Block, Memory, Order, OrderBook, Outcome, Waiting, nowhere};
use crate::schedule::{Today, World};
use world::random::{Many, unit};
use world::record::Flow;
use world::units::{Class, Day, Segment, maths};

/// What every decision of the day reads.
pub(super) struct Situation<'a> {
    scenario: &'a World,
    today: Day,
    directory: &'a Directory,
    choice: &'a ChoiceTables,
    payments: &'a Payments,
    need: Many,
    trade: Many,
    tickets: &'a [Vec<u32>],
    /// How large trades are against the tickets, by segment.
    growth: [f64; Segment::COUNT],
    /// Chance per day that the search for a new venue goes on.
    search_goes_on: f64,
    drug_supply_below: u64,
    pyramid_members_below: u64,
}

impl<'a> Situation<'a> {
    /// A day as it is before anybody has decided; `luck` is that of needs and of trades.
    pub(super) fn new(
        scenario: &'a World,
        today: Today,
        directory: &'a Directory,
        choice: &'a ChoiceTables,
        payments: &'a Payments,
        (supply, membership): (&DrugSupply, &PyramidMembership),
        (need, trade): (Many, Many),
        tickets: &'a [Vec<u32>],
    ) -> Situation<'a> {
        Situation {
            scenario,
            today: today.day,
            directory,
            choice,
            payments,
            need,
            trade,
            tickets,
            growth: trade_growth(scenario, today.date),
            search_goes_on: 1.0 - scenario.mechanisms.displacement / scenario.customers.search_days,
            drug_supply_below: (supply.share * 4_294_967_296.0) as u64,
            pyramid_members_below: (membership.share * 4_294_967_296.0) as u64,
        }
    }
}

impl Situation<'_> {
    /// Size of a trade of today at a random word.
    fn ticket(&self, segment: u8, word: u32) -> u32 {
        let ticket = OrderBook::ticket(self.tickets, segment, word);
        let grown = f64::from(ticket) * self.growth[usize::from(segment)];
        grown.min(self.scenario.customers.ticket_limit_kzt) as u32
    }
}

/// How large trades are on a date against the tickets, by segment.
pub(super) fn trade_growth(scenario: &World, date: jiff::civil::Date) -> [f64; Segment::COUNT] {
    scenario.customers.trade_growth.each().map(|growth| growth.between(date))
}

/// Writes today's orders: those with a new need and those who wait.
pub fn place_orders(
    scenario: Res<World>,
    today: Res<Today>,
    directory: Res<Directory>,
    choice: Res<ChoiceTables>,
    payments: Res<Payments>,
    thinning: (Res<DrugSupply>, Res<PyramidMembership>),
    mut book: ResMut<OrderBook>,
    mut traffic: ResMut<TrafficBoard>,
    people: Query<(&Activity, &Customer)>,
) {
    let book = &mut *book;
    let situation = Situation::new(
        &scenario,
        *today,
        &directory,
        &choice,
        &payments,
        (&thinning.0, &thinning.1),
        (book.need, book.trade),
        &book.tickets,
    );
    traffic.0.clear();
    traffic.0.resize(directory.listings.len(), Traffic::default());
    let (activity, people) = people
        .contiguous_iter()
        .expect("customers keep their components for life")
        .next()
        .expect("a scenario has at least one customer");
    OrderBook::each_block(&mut book.blocks, |number, block| {
        let rows = number * BLOCK..((number + 1) * BLOCK).min(activity.len());
        block.traffic.resize(directory.listings.len(), Traffic::default());
        find_due(block, &activity[rows.clone()], &situation);
        place(block, &people[rows], &situation);
    });
}

/// Compares one random byte of each row with its activity, and keeps the rows that may have a need.
fn find_due(block: &mut Block, activity: &[Activity], situation: &Situation) {
    let day = u32::from(situation.today.0);
    situation.need.fill_bytes(block.first, day, &mut block.bytes);
    block.due.clear();
    // A byte per row becomes 0 (idle), 1 (due) or 2 (perhaps), so that whole words of idle rows can be passed over.
    for (byte, activity) in block.bytes.iter_mut().zip(activity) {
        *byte = u8::from(*byte < activity.0) + 2 * u8::from(*byte == activity.0);
    }
    block.bytes[activity.len()..].fill(0);
    keep_marked(&block.bytes, &mut block.due);
}

/// Keeps the rows whose byte is 1 or 2, times two, plus one for 2.
///
/// A function of its own, so that the loop over idle rows, which are nearly all, has the processor's registers to itself.
#[inline(never)]
fn keep_marked(bytes: &[u8], due: &mut Vec<u32>) {
    let (words, rest) = bytes.as_chunks::<8>();
    let (pairs, odd) = words.as_chunks::<2>();
    debug_assert!(rest.is_empty() && odd.is_empty(), "blocks are filled up to sixteen rows");
    for (number, pair) in pairs.iter().enumerate() {
        let pair = pair.map(u64::from_le_bytes);
        if pair[0] | pair[1] == 0 {
            continue;
        }
        for (word, mut set) in pair.into_iter().enumerate() {
            let first = (2 * number + word) as u32 * 8;
            while set != 0 {
                // A byte holds its lowest bit or the next: where it stands tells the row and which of the two.
                let bit = set.trailing_zeros();
                set &= set - 1;
                due.push(((first + bit / 8) << 1) | (bit % 8));
            }
        }
    }
}

/// Makes orders of those who are due and those who wait, in the order of rows.
fn place(block: &mut Block, people: &[Customer], situation: &Situation) {
    block.orders.clear();
    let due = std::mem::take(&mut block.due);
    let mut waiting = std::mem::take(&mut block.waiting);
    // Collected first, in a loop that does nothing else: the processor then waits for many rows at once.
    let collect = |row: u32| (row, people[row as usize]);
    let fresh: Vec<(u32, Customer)> = due.iter().map(|due| collect(due >> 1)).collect();
    let held: Vec<(u32, Customer)> =
        waiting.iter().map(|waiting| collect(waiting.row - block.first)).collect();
    let (mut next_due, mut next_waiting) = (0, 0);
    while next_due < due.len() || next_waiting < waiting.len() {
        let due_row = fresh.get(next_due).map_or(u32::MAX, |(row, ..)| *row);
        let waiting_row = held.get(next_waiting).map_or(u32::MAX, |(row, ..)| *row);
        let row = due_row.min(waiting_row);
        let number = block.first + row;
        let (_, person) = if due_row == row { &fresh[next_due] } else { &held[next_waiting] };
        let need = (due_row == row && person.joined <= situation.today)
            .then(|| situation.need.words(number, u32::from(situation.today.0), 0))
            .filter(|words| due[next_due] & 1 == 0 || by_a_hair(*words, person));
        let held = (waiting_row == row).then(|| waiting[next_waiting]);
        next_due += usize::from(due_row == row);
        next_waiting += usize::from(waiting_row == row);
        if need.is_none() && held.is_none() {
            continue;
        }
        if let Some(order) = decide(number, person, need, held, situation) {
            if order.outcome == Outcome::Placed {
                let traffic = &mut block.traffic[order.venue as usize];
                traffic.asked_kzt += i64::from(order.amount);
                traffic.asked_anew_kzt += i64::from(anew(&order, held));
            }
            let origin = block.flow(order.origin, order.segment);
            origin[Flow::Demand as usize] += i64::from(order.fresh);
            block.orders.push(order);
        }
    }
    waiting.clear();
    block.due = due;
    block.waiting = waiting;
}

/// Part of an order that is news to the venue: who asks again for what was refused yesterday is no new client.
fn anew(order: &Order, held: Option<Waiting>) -> u32 {
    let again = held.filter(|held| held.first == order.first);
    order.amount - again.map_or(0, |held| held.amount)
}

/// Whether somebody whose random byte equals the upper byte of activity is due: the lower byte decides.
fn by_a_hair([fine, ..]: [u32; 4], person: &Customer) -> bool {
    ((fine & 0xff) as u8) < person.activity[1]
}

/// Size of the new need of somebody who is due, by the words of the day.
fn fresh_need(segment: u8, [_, size, supplied, _]: [u32; 4], situation: &Situation) -> u32 {
    // Who is not a member of a pyramid has nothing to pay in: the same word as for drugs, since nobody is of both segments.
    let below = match Segment::ALL[usize::from(segment)] {
        Segment::DrugBuyer => situation.drug_supply_below,
        Segment::Pyramid => situation.pyramid_members_below,
        _ => u64::MAX,
    };
    if u64::from(supplied) < below { situation.ticket(segment, size) } else { 0 }
}

/// One person's decision of the day; `need` are the words of who is due.
fn decide(
    number: u32,
    person: &Customer,
    need: Option<[u32; 4]>,
    held: Option<Waiting>,
    situation: &Situation,
) -> Option<Order> {
    let memory = &person.memory();
    let segment = choice::segment_of(person.kind as usize) as u8;
    let fresh = need.map_or(0, |words| fresh_need(segment, words, situation));
    let waited = held.map_or(0, |held| held.amount);
    let fresh = fresh.min(u32::MAX - waited);
    if fresh == 0 && held.is_none() {
        return None;
    }

    let mut order = nowhere(number);
    order.amount = waited + fresh;
    order.fresh = fresh;
    order.arose = held.map_or(situation.today, |held| held.arose);
    order.segment = segment;
    order.memory = *memory;
    order.bank = person.bank();
    order.kind = felt_kind(person, situation);
    order.footing = footing(number, person, situation);
    order.checked = !person.is_immune()
        && memory.recent(situation.today).saturating_add(order.amount)
            > situation.payments.threshold_kzt;

    let intent = intend(&order, held.is_some(), situation);
    let wanted = match (&intent.pick, intent.searches) {
        (_, true) => memory.usual,
        (Some(pick), false) => pick.venue,
        (None, false) => NO_VENUE,
    };
    let class = if intent.direct {
        Class::PeerToPeer
    } else {
        situation.directory.listings.get(wanted as usize).map_or(Class::Shadow, |l| l.class)
    };
    order.origin = held.map_or(class.index() as u8, |held| held.origin);
    if intent.direct {
        order.outcome = Outcome::Direct;
    }
    if let Some(Pick { venue, today: true, .. }) = intent.pick {
        (order.venue, order.first) = (venue, venue);
        order.outcome = Outcome::Placed;
    }
    Some(order)
}

/// What somebody with a need means to do.
pub(super) struct Intent {
    /// The venue that habit speaks for.
    pub usual: Option<VenueNumber>,
    /// Whether to trade with somebody known from a closed venue, without any venue.
    pub direct: bool,
    /// Whether the search for another venue still goes on.
    pub searches: bool,
    /// The venue wanted; `None` if none can be reached or the search goes on.
    pub pick: Option<Pick>,
}

/// A venue that somebody wants.
pub(super) struct Pick {
    /// Which.
    pub venue: VenueNumber,
    /// Whether by habit, without a look at others.
    pub by_habit: bool,
    /// Whether to trade today at all.
    pub today: bool,
}

/// What somebody with this order means to do; who `waited` could not trade before and looks around.
pub(super) fn intend(order: &Order, waited: bool, situation: &Situation) -> Intent {
    if meets_partner(order.row, &order.memory, situation) {
        return Intent { usual: None, direct: true, searches: false, pick: None };
    }
    let (usual, found) = usual_venue(order, situation);
    let usual = if waited { None } else { usual };
    let pick = found.then(|| choose(order, usual, situation)).flatten();
    Intent { usual, direct: false, searches: !found, pick }
}

/// What somebody has been through. Who passes the identification of licensed venues, and in what order, is settled once for life; how many
/// have by now stands in the tables.
fn footing(number: u32, person: &Customer, situation: &Situation) -> Footing {
    let kind = usize::from(person.kind);
    let privacy = usize::from(choice::is_private(kind));
    let below = situation.choice.passed_below[choice::segment_of(kind)][privacy];
    let word = || situation.trade.words(number, 0, IDENTIFICATION)[0];
    let passed = below > u64::from(u32::MAX) || below > 0 && u64::from(word()) < below;
    let usual = situation.directory.listings.get(usize::from(person.usual));
    Footing { passed, dealt: usual.is_some_and(|usual| usual.class == Class::PeerToPeer) }
}

/// Block of a person's words of the first day that decides who passes identification early.
const IDENTIFICATION: u32 = 101;

/// Kind of trader, one step more averse after a recent loss.
fn felt_kind(person: &Customer, situation: &Situation) -> u8 {
    if scarred(&person.memory(), situation) {
        choice::more_averse(person.kind as usize) as u8
    } else {
        person.kind
    }
}

/// Whether somebody lost a venue not long ago.
pub(super) fn scarred(memory: &Memory, situation: &Situation) -> bool {
    let gone = |venue: VenueNumber| {
        (venue != NO_VENUE)
            .then(|| situation.directory.listings[venue as usize].gone)
            .flatten()
            .is_some_and(|(day, cause)| {
                cause != Cause::Licensed
                    && situation.today.since(day) < situation.scenario.customers.scar_days
            })
    };
    gone(memory.usual) || gone(memory.lost)
}

/// Whether somebody known from a platform that the AFM closed wants the other side of a trade today.
///
/// Who knows whom, and for how long, is settled once for each closure: the same luck on every day.
fn meets_partner(person: u32, memory: &Memory, situation: &Situation) -> bool {
    let people = &situation.scenario.customers;
    let closed = [memory.usual, memory.lost].into_iter().find_map(|venue| {
        let listing = situation.directory.listings.get(usize::from(venue))?;
        match listing.gone {
            Some((day, Cause::Closed)) => Some(day),
            _ => None,
        }
    });
    let Some(closed) = closed.filter(|_| people.partner > 0.0) else { return false };
    let [knows, lasts, ..] = situation.trade.words(person, u32::from(closed.0), PARTNER);
    let days = f64::from(situation.today.since(closed));
    // Exponential: still in touch with the chance e^(-days / mean).
    let known = people.partner * situation.scenario.mechanisms.displacement;
    if unit(knows) >= known || unit(lasts) >= maths::exp(-days / people.partner_days) {
        return false;
    }
    let [_, _, meets, _] = situation.trade.words(person, u32::from(situation.today.0), PARTNER);
    unit(meets) < people.partner_meets
}

/// Block of a person's words of a day that decides about partners; payments use lower ones.
const PARTNER: u32 = 100;

/// The usual venue if it is open, or the one that took over if this person follows; and whether the
/// search for another is over.
fn usual_venue(order: &Order, situation: &Situation) -> (Option<VenueNumber>, bool) {
    let memory = &order.memory;
    if memory.usual == NO_VENUE {
        return (None, true);
    }
    let listing = &situation.directory.listings[memory.usual as usize];
    let Some((gone, cause)) = listing.gone else {
        return (Some(memory.usual), true);
    };
    // The same luck on every day: who follows and how long the search takes is settled once for each closure.
    let [_, _, follow, search] = situation.trade.words(order.row, u32::from(gone.0), 1);
    // Who avoids identification does not follow to a licensed venue.
    let shuns = cause == Cause::Licensed && choice::is_private(usize::from(order.kind));
    if !shuns && situation.directory.is_open(listing.successor) && unit(follow) < listing.followers
    {
        return (Some(listing.successor), true);
    }
    let days = f64::from(situation.today.since(gone));
    (None, unit(search) >= maths::pow(situation.search_goes_on, days))
}

/// The venue wanted, and whether to trade today at all; `None` if no venue can be reached.
fn choose(order: &Order, usual: Option<VenueNumber>, situation: &Situation) -> Option<Pick> {
    let [class, group, member, stay, trade] = luck_of_choice(order.row, situation);
    let total = situation.choice.tables[order.kind as usize].shares(order.footing).total;
    if total <= 0.0 {
        return None;
    }
    let habit = habit(usual, order, situation) * 4_294_967_296.0;
    let by_habit = usual.filter(|_| f64::from(stay) < habit);
    let venue = match by_habit {
        Some(venue) => venue,
        None => {
            let words = [class, group, member];
            situation.choice.pick(usize::from(order.kind), order.footing, words)?
        }
    };
    let full = total + situation.choice.not_today;
    let today = f64::from(trade) * full < total * 4_294_967_296.0;
    Some(Pick { venue, by_habit: by_habit.is_some(), today })
}

/// Words of a choice: class, group, venue, whether to stay with the usual venue, whether to trade today.
#[inline]
pub(super) fn luck_of_choice(person: u32, situation: &Situation) -> [u32; 5] {
    let day = u32::from(situation.today.0);
    let [class, group, member, stay] = situation.trade.words(person, day, 0);
    let [trade, ..] = situation.trade.words(person, day, 1);
    [class, group, member, stay, trade]
}

/// Chance of going to the usual venue without a look at others.
///
/// Identification is passed once: it breaks the habit of those whose last thirty days of trading began before it was asked for.
#[inline]
pub(super) fn habit(usual: Option<VenueNumber>, order: &Order, situation: &Situation) -> f64 {
    let Some(listing) = usual.map(|venue| &situation.directory.listings[venue as usize]) else {
        return 0.0;
    };
    let Some(slot) = listing.slot else { return 0.0 };
    let (choice, kind) = (situation.choice, usize::from(order.kind));
    let offer = choice.position(slot);
    let asked = order.memory.since < listing.kyc_since;
    let strain = if asked { choice.strain(kind, offer) } else { 1.0 };
    situation.scenario.customers.habit * choice.ease(kind, offer) * strain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_refused_yesterday_is_asked_for_anew_only_elsewhere() {
        let order = Order { amount: 500, fresh: 200, venue: 7, first: 7, ..nowhere(0) };
        let held =
            |first| Waiting { row: 0, amount: 300, arose: Day(1), origin: 0, segment: 0, first };
        assert_eq!(anew(&order, None), 500);
        assert_eq!(anew(&order, Some(held(7))), 200);
        assert_eq!(anew(&order, Some(held(8))), 500);
        assert_eq!(anew(&order, Some(held(NO_VENUE))), 500);
    }
}
