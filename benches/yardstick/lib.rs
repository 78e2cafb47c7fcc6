//! The yardstick: the customers' day written by hand over plain arrays, without an ECS.
//!
//! It does the work that the model does for its customers, with the same draws at the same addresses: a
//! byte compared per person, orders by those who act or wait (size, habit, choice among all venues,
//! not today), banks' review with a second try, settlement with habits, waiting and giving up, and the
//! flows by class and segment and the traffic by venue. What the model's design costs (columns of
//! entities, phases, boards, blocks) is the ratio of the two times.
//!
//! Deliberately absent, so a favour to the yardstick: everybody else. Venues are always the same and
//! nobody closes, blocks or freezes them; no dealers, cards, agency, fear after a loss, tracing,
//! measures and record; one thread.
//!
//! The yardstick has the model's own ideas: tables of choice, orders collected by block. [`Floor`] does without.

mod floor;
mod people;
mod venues;

pub use floor::Floor;

use people::{Memory, NOWHERE, People, Profile, ticket};
use scenario::Scenario;
use venues::{Traffic, Venue, Venues};
use world::random::{Decision, Luck, Many};
use world::record::Flow;
use world::units::{Channel, Class, Segment};

/// People whose random bytes are drawn at once.
const BLOCK: usize = 1 << 16;
/// 2³²: thresholds for random words are shares of it.
const FULL: f64 = 4_294_967_296.0;

/// What was counted on a day, by class and segment.
type Flows = [[[i64; Flow::COUNT]; Segment::COUNT]; Class::COUNT];

/// A payment that is tried.
#[derive(Clone, Copy)]
struct Try {
    segment: usize,
    amount: u32,
    venue: u16,
    channel: Channel,
}

/// What was counted on a day.
struct Counts {
    flows: Flows,
    /// By venue.
    traffic: Vec<Traffic>,
}

impl Counts {
    fn new(venues: usize) -> Counts {
        Counts { flows: Flows::default(), traffic: vec![Traffic::default(); venues] }
    }

    fn clear(&mut self) {
        self.flows = Flows::default();
        self.traffic.fill(Traffic::default());
    }

    /// Trades and turnover.
    fn totals(&self) -> (i64, i64) {
        let all = self.flows.as_flattened().iter();
        let sum = |flow: Flow| all.clone().map(|counts| counts[flow as usize]).sum();
        (sum(Flow::Trades), sum(Flow::Traded))
    }

    /// Counts a try; whether it works. `room` and `check` are its luck, `level` says who checks.
    fn tried(&mut self, terms: &Venue, a: Try, [room, check]: [u32; 2], level: usize) -> bool {
        let flow = &mut self.flows[usize::from(terms.class)][a.segment];
        flow[Flow::Attempted as usize] += i64::from(a.amount);
        if u64::from(room) >= terms.accept_below {
            flow[Flow::Refused as usize] += i64::from(a.amount);
        } else if check < terms.stop_below[a.channel.index()][level] {
            flow[Flow::Blocked as usize] += i64::from(a.amount);
            flow[Flow::BlockedOrders as usize] += 1;
            self.traffic[usize::from(a.venue)].stopped += 1;
        } else {
            return true;
        }
        false
    }

    /// Counts a trade, of somebody whose usual venue was another before, perhaps none.
    fn traded(&mut self, terms: &Venue, a: Try, before: u16) {
        let kzt = i64::from(a.amount);
        let fee = kzt * i64::from(terms.fee_ppm) / 1_000_000;
        let flow = &mut self.flows[usize::from(terms.class)][a.segment];
        flow[Flow::Traded as usize] += kzt;
        flow[Flow::TradedAccount as usize + a.channel.index()] += kzt;
        flow[Flow::Fees as usize] += fee;
        flow[Flow::Trades as usize] += 1;
        let traffic = &mut self.traffic[usize::from(a.venue)];
        traffic.traded_kzt += kzt;
        traffic.fees_kzt += fee;
        traffic.card_kzt += if a.channel == Channel::Card { kzt } else { 0 };
        traffic.drug_kzt += if a.segment == Segment::DrugBuyer.index() { kzt } else { 0 };
        if before != a.venue {
            traffic.arrivals += 1;
            if before != NOWHERE {
                self.traffic[usize::from(before)].departures += 1;
            }
        }
    }
}

/// Numbers that hold for everybody.
struct Rules {
    habit: f64,
    not_today: f64,
    tries: u32,
    retry_below: u64,
    give_up_below: [u64; Segment::COUNT],
    threshold_kzt: u32,
}

impl Rules {
    fn new(scenario: &Scenario) -> Rules {
        let customers = &scenario.customers;
        let share = |p: f64| (p * FULL) as u64;
        Rules {
            habit: customers.habit,
            not_today: world::units::maths::exp(customers.not_today),
            tries: customers.tries,
            retry_below: share(customers.retry),
            give_up_below: customers.give_up.each().map(|p| share(*p)),
            threshold_kzt: scenario.policy.auto_block.threshold_kzt.on(scenario.start) as u32,
        }
    }
}

/// A need that waits for another day.
#[derive(Clone, Copy)]
struct Waiting {
    person: u32,
    amount: u32,
    origin: u8,
}

/// The world of the yardstick.
pub struct Yardstick {
    need: Many,
    trade: Many,
    people: People,
    venues: Venues,
    rules: Rules,
    day: u16,
    bytes: Vec<u8>,
    due: Vec<u32>,
    found: Vec<(u32, Profile)>,
    acting: Vec<(u32, Profile, Memory)>,
    waiting: Vec<Waiting>,
    still_waiting: Vec<Waiting>,
    counts: Counts,
    /// Trades so far.
    pub trades: i64,
    /// Turnover so far, in tenge.
    pub turnover_kzt: i64,
}

impl Yardstick {
    /// The people of a scenario and venues such as it starts with.
    pub fn new(scenario: &Scenario, seed: u64) -> Yardstick {
        let luck = Luck::new(seed, 0);
        let venues = Venues::new(scenario, &luck);
        Yardstick {
            need: luck.many(Decision::CustomerNeed),
            trade: luck.many(Decision::CustomerTrade),
            people: People::new(scenario, &luck),
            rules: Rules::new(scenario),
            day: 0,
            bytes: vec![0; BLOCK],
            due: Vec::new(),
            found: Vec::new(),
            acting: Vec::new(),
            waiting: Vec::new(),
            still_waiting: Vec::new(),
            counts: Counts::new(venues.all.len()),
            trades: 0,
            turnover_kzt: 0,
            venues,
        }
    }

    /// The next day.
    pub fn run_day(&mut self) {
        self.venues.rebuild_tables();
        self.counts.clear();
        let held = std::mem::take(&mut self.waiting);
        let mut rest = &held[..];
        for first in (0..self.people.activity.len()).step_by(BLOCK) {
            let last = (first + BLOCK).min(self.people.activity.len());
            self.find_due(first, last);
            let (here, later) = rest.split_at(rest.partition_point(|w| (w.person as usize) < last));
            rest = later;
            self.collect();
            self.act(here);
        }
        self.waiting = std::mem::replace(&mut self.still_waiting, held);
        self.still_waiting.clear();
        self.venues.remember_turnover(&self.counts.traffic);
        let (trades, turnover) = self.counts.totals();
        self.trades += trades;
        self.turnover_kzt += turnover;
        self.day += 1;
    }

    /// Compares a random byte of each person with the person's activity.
    fn find_due(&mut self, first: usize, last: usize) {
        let activity = &self.people.activity[first..last];
        let bytes = &mut self.bytes[..activity.len().next_multiple_of(8)];
        self.need.fill_bytes(first as u32, u32::from(self.day), bytes);
        for (byte, activity) in bytes.iter_mut().zip(activity) {
            *byte = u8::from(*byte < *activity) + 2 * u8::from(*byte == *activity);
        }
        bytes[activity.len()..].fill(0);
        self.due.clear();
        for (word, eight) in bytes.as_chunks::<8>().0.iter().enumerate() {
            let mut set = u64::from_le_bytes(*eight);
            while set != 0 {
                let lane = set.trailing_zeros() / 8;
                let perhaps = (set >> (lane * 8)) & 0xff == 2;
                set &= !(0xff << (lane * 8));
                let person = first as u32 + word as u32 * 8 + lane;
                self.due.push(person << 1 | u32::from(perhaps));
            }
        }
    }

    /// Fetches those who really want to trade, in loops that do nothing else: the processor then waits
    /// for many of them at once.
    fn collect(&mut self) {
        let day = u32::from(self.day);
        self.found.clear();
        for due in &self.due {
            self.found.push((*due, self.people.profiles[(due >> 1) as usize]));
        }
        self.acting.clear();
        for (due, profile) in &self.found {
            let (person, perhaps) = (due >> 1, due & 1 == 1);
            let by_a_hair = || (self.need.words(person, day, 0)[0] as u8) < profile.fine;
            if profile.joined <= self.day && (!perhaps || by_a_hair()) {
                self.acting.push((person, *profile, Memory::EMPTY));
            }
        }
        for (person, _, memory) in &mut self.acting {
            *memory = self.people.memories[*person as usize];
        }
    }

    /// Those with a new need and those who wait act, in the order of persons.
    fn act(&mut self, held: &[Waiting]) {
        let acting = std::mem::take(&mut self.acting);
        let mut held = held.iter().peekable();
        for (person, profile, memory) in &acting {
            while let Some(waiting) = held.next_if(|waiting| waiting.person < *person) {
                self.try_again(waiting);
            }
            let waiting = held.next_if(|waiting| waiting.person == *person);
            self.trade(*person, profile, *memory, true, waiting);
        }
        for waiting in held {
            self.try_again(waiting);
        }
        self.acting = acting;
    }

    fn try_again(&mut self, waiting: &Waiting) {
        let row = waiting.person as usize;
        let (profile, memory) = (self.people.profiles[row], self.people.memories[row]);
        self.trade(waiting.person, &profile, memory, false, Some(waiting));
    }

    /// One person's day: the need, the venue, the payment, and what comes of it.
    fn trade(
        &mut self,
        person: u32,
        profile: &Profile,
        memory: Memory,
        needs: bool,
        held: Option<&Waiting>,
    ) {
        let day = u32::from(self.day);
        let [_, size, ..] = self.need.words(person, day, 0);
        let [class, group, member, stay] = self.trade.words(person, day, 0);
        let [today, patience, ..] = self.trade.words(person, day, 1);
        let segment = usize::from(profile.segment);
        let fresh = if needs { ticket(&self.people.tickets, segment, size) } else { 0 };
        let amount = fresh.saturating_add(held.map_or(0, |held| held.amount));

        let table = &self.venues.tables[usize::from(profile.kind)];
        let usual = (memory.usual != NOWHERE && held.is_none()).then_some(memory.usual);
        let stays = usual.filter(|venue| {
            let class = self.venues.all[usize::from(*venue)].class;
            f64::from(stay) < self.rules.habit * table.ease[usize::from(class)] * FULL
        });
        let wanted = stays.unwrap_or_else(|| table.pick([class, group, member]));
        let full = table.total + self.rules.not_today;
        let placed = f64::from(today) * full < table.total * FULL;
        let origin = held.map_or(self.venues.all[usize::from(wanted)].class, |held| held.origin);
        self.flow(origin, segment)[Flow::Demand as usize] += i64::from(fresh);
        if placed {
            self.counts.traffic[usize::from(wanted)].asked_kzt += i64::from(amount);
        }
        let paid = placed.then(|| self.pay(person, profile, &memory, amount, wanted)).flatten();
        if let Some(paid) = paid {
            self.flow(origin, segment)[Flow::Met as usize] += i64::from(amount);
            self.settle(person, memory, paid);
        } else if u64::from(patience) < self.rules.give_up_below[segment] {
            self.flow(origin, segment)[Flow::Abandoned as usize] += i64::from(amount);
        } else {
            self.flow(origin, segment)[Flow::Waiting as usize] += i64::from(amount);
            self.still_waiting.push(Waiting { person, amount, origin });
        }
    }

    /// Tries to pay, a second time elsewhere if need be; the try that worked.
    fn pay(
        &mut self,
        person: u32,
        profile: &Profile,
        memory: &Memory,
        amount: u32,
        mut venue: u16,
    ) -> Option<Try> {
        let day = u32::from(self.day);
        let segment = usize::from(profile.segment);
        let sum = memory.recent(self.day).saturating_add(amount);
        let level = self.venues.check_level(sum > self.rules.threshold_kzt, profile.bank);
        for attempt in 0..self.rules.tries {
            let [way, room, check, again] = self.trade.words(person, day, 2 + 2 * attempt);
            let terms = &self.venues.all[usize::from(venue)];
            let channel = terms.channel(way);
            let tried = Try { segment, amount, venue, channel };
            if self.counts.tried(terms, tried, [room, check], level) {
                return Some(tried);
            }
            if attempt + 1 == self.rules.tries || u64::from(again) >= self.rules.retry_below {
                break;
            }
            let [a, b, c, _] = self.trade.words(person, day, 3 + 2 * attempt);
            let other = self.venues.tables[usize::from(profile.kind)].pick([a, b, c]);
            if other == venue {
                break;
            }
            venue = other;
        }
        None
    }

    /// Books a trade and forms the habit.
    fn settle(&mut self, person: u32, mut memory: Memory, paid: Try) {
        let terms = &self.venues.all[usize::from(paid.venue)];
        let before = std::mem::replace(&mut memory.usual, paid.venue);
        self.counts.traded(terms, paid, before);
        memory.add(paid.amount, self.day);
        self.people.memories[person as usize] = memory;
    }

    fn flow(&mut self, class: u8, segment: usize) -> &mut [i64; Flow::COUNT] {
        &mut self.counts.flows[usize::from(class)][segment]
    }
}
