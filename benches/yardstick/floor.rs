//! The floor: the rules of the yardstick in as little as they need, one record a person and no tables of choice.
//!
//! Draws, rules and counts are the yardstick's. Left out is its design: what a day weighs are ten columns of venues (segment, privacy)
//! and their sums; a pick walks along the weights; a person is 16 bytes, and so is one miss of the cache; whoever waits is a bit beside
//! the day's byte. Sums are added in another order, so a choice in a billion differs.

use scenario::Scenario;
use world::random::{Decision, Luck, Many};
use world::record::Flow;
use world::units::{Class, Segment, maths};

use super::people::{KINDS, Memory, NOWHERE, People, Profile, ticket};
use super::venues::{MEMBERS, Venues};
use super::{BLOCK, Counts, FULL, Rules, Try};

/// Wishes by segment and privacy: what venues weigh the same for.
const WISHES: usize = Segment::COUNT * 2;
/// Flags of a person on a day.
const WANTS: u8 = 1;
const WAITS: u8 = 2;

/// A person.
#[derive(Clone, Copy)]
#[repr(align(16))]
struct Person {
    memory: Memory,
    held_kzt: u32,
    joined: u16,
    /// Kind, and whether the own bank checks payments.
    nature: u8,
    origin: u8,
}

/// What a day weighs for one wish.
#[derive(Clone)]
struct Column {
    weights: Vec<f64>,
    groups: Vec<f64>,
    classes: [f64; Class::COUNT],
}

/// The world of the floor.
pub struct Floor {
    need: Many,
    choice: Many,
    rules: Rules,
    activity: Vec<u8>,
    fine: Vec<u8>,
    people: Vec<Person>,
    tickets: Vec<Vec<u32>>,
    venues: Venues,
    columns: Vec<Column>,
    /// By kind: weights of the classes, and their sum.
    classes: Vec<([f64; Class::COUNT], f64)>,
    waiting: Vec<u32>,
    day: u16,
    counts: Counts,
    /// Trades so far.
    pub trades: i64,
    /// Turnover so far, in tenge.
    pub turnover_kzt: i64,
}

impl Floor {
    /// The people of a scenario and venues such as it starts with.
    pub fn new(scenario: &Scenario, seed: u64) -> Floor {
        let luck = Luck::new(seed, 0);
        let venues = Venues::new(scenario, &luck);
        let traits = People::new(scenario, &luck);
        let checks = |bank: u8| (venues.check_level(true, bank) == 2) as u8;
        let person = |profile: &Profile| Person {
            memory: Memory::EMPTY,
            held_kzt: 0,
            joined: profile.joined,
            nature: profile.kind * 2 + checks(profile.bank),
            origin: 0,
        };
        let slots = venues.all.len();
        let column = Column {
            weights: vec![0.0; slots],
            groups: vec![0.0; slots / MEMBERS],
            classes: [0.0; Class::COUNT],
        };
        Floor {
            need: luck.many(Decision::CustomerNeed),
            choice: luck.many(Decision::CustomerTrade),
            rules: Rules::new(scenario),
            activity: traits.activity,
            fine: traits.profiles.iter().map(|profile| profile.fine).collect(),
            people: traits.profiles.iter().map(person).collect(),
            columns: vec![column; WISHES],
            classes: vec![([0.0; Class::COUNT], 0.0); KINDS],
            waiting: Vec::new(),
            day: 0,
            counts: Counts::new(slots),
            trades: 0,
            turnover_kzt: 0,
            tickets: traits.tickets,
            venues,
        }
    }

    /// The next day.
    pub fn run_day(&mut self) {
        self.weigh();
        self.counts.clear();
        let held = std::mem::take(&mut self.waiting);
        let mut held = held.into_iter().peekable();
        let (mut bytes, mut flags) = (vec![0; BLOCK], vec![0; BLOCK]);
        let (mut due, mut acting) = (Vec::new(), Vec::new());
        for first in (0..self.people.len()).step_by(BLOCK) {
            let activity = &self.activity[first..self.people.len().min(first + BLOCK)];
            let bytes = &mut bytes[..activity.len().next_multiple_of(8)];
            let flags = &mut flags[..bytes.len()];
            self.need.fill_bytes(first as u32, u32::from(self.day), bytes);
            for ((flag, byte), activity) in flags.iter_mut().zip(&*bytes).zip(activity) {
                *flag = u8::from(byte <= activity);
            }
            flags[activity.len()..].fill(0);
            while let Some(person) = held.next_if(|p| (*p as usize) < first + activity.len()) {
                flags[person as usize - first] |= WAITS;
            }
            due.clear();
            for (word, eight) in flags.as_chunks::<8>().0.iter().enumerate() {
                let mut set = u64::from_le_bytes(*eight);
                while set != 0 {
                    let lane = set.trailing_zeros() as usize / 8;
                    set &= !(0xff << (lane * 8));
                    due.push(word * 8 + lane);
                }
            }
            due.retain(|at| {
                let row = first + at;
                let hair = || self.need.words(row as u32, u32::from(self.day), 0)[0] as u8;
                let sure = bytes[*at] < activity[*at] || hair() < self.fine[row];
                flags[*at] &= if sure { WANTS | WAITS } else { WAITS };
                flags[*at] != 0
            });
            // A loop that only fetches: the processor waits for many people at once.
            acting.clear();
            acting.extend(due.iter().map(|at| (first + at, flags[*at], self.people[first + at])));
            for (row, flag, person) in &acting {
                self.act(*row as u32, *flag, *person);
            }
        }
        self.venues.remember_turnover(&self.counts.traffic);
        let (trades, turnover) = self.counts.totals();
        self.trades += trades;
        self.turnover_kzt += turnover;
        self.day += 1;
    }

    /// Weighs all venues for all wishes by yesterday's turnover, and the classes for all kinds.
    fn weigh(&mut self) {
        for slot in 0..self.venues.all.len() {
            let crowd = self.venues.crowd(slot);
            for (wish, column) in self.columns.iter_mut().enumerate() {
                column.weights[slot] = crowd * self.venues.standing[slot][wish / 2][wish % 2];
            }
        }
        let firsts = &self.venues.first_group;
        for column in &mut self.columns {
            for (sum, weights) in column.groups.iter_mut().zip(column.weights.chunks(MEMBERS)) {
                *sum = weights.iter().sum();
            }
            for (class, sum) in column.classes.iter_mut().enumerate() {
                *sum = column.groups[firsts[class]..firsts[class + 1]].iter().sum();
            }
        }
        for (kind, (classes, total)) in self.classes.iter_mut().enumerate() {
            let (sums, ease) = (&self.columns[wish(kind)].classes, &self.venues.tables[kind].ease);
            for (class, weight) in classes.iter_mut().enumerate() {
                let all = sums[class] * ease[class];
                let nest = || maths::pow(all, self.venues.dissimilarity);
                *weight = if all > 0.0 { nest() } else { 0.0 };
            }
            *total = classes.iter().sum();
        }
    }

    /// The venue at three random words: class, group, member, along the weights.
    fn pick(&self, kind: usize, [class, group, member]: [u32; 3]) -> u16 {
        let column = &self.columns[wish(kind)];
        let (classes, total) = &self.classes[kind];
        let class = walk(classes, *total, class);
        let groups = self.venues.first_group[class]..self.venues.first_group[class + 1];
        let group = groups.start + walk(&column.groups[groups], column.classes[class], group);
        let members = &column.weights[group * MEMBERS..(group + 1) * MEMBERS];
        (group * MEMBERS + walk(members, column.groups[group], member)) as u16
    }

    /// One person's day: the need, the venue, the payment, and what comes of it.
    fn act(&mut self, row: u32, flag: u8, mut person: Person) {
        let day = u32::from(self.day);
        let needs = flag & WANTS != 0 && person.joined <= self.day;
        let waits = flag & WAITS != 0;
        if !needs && !waits {
            return;
        }
        let [_, size, ..] = self.need.words(row, day, 0);
        let [class, group, member, stay] = self.choice.words(row, day, 0);
        let [today, patience, ..] = self.choice.words(row, day, 1);
        let kind = usize::from(person.nature / 2);
        let segment = kind / (KINDS / Segment::COUNT);
        let fresh = if needs { ticket(&self.tickets, segment, size) } else { 0 };
        let amount = fresh.saturating_add(std::mem::take(&mut person.held_kzt));
        let usual = person.memory.usual;
        let stays = !waits && usual != NOWHERE && {
            let class = usize::from(self.venues.all[usize::from(usual)].class);
            f64::from(stay) < self.rules.habit * self.venues.tables[kind].ease[class] * FULL
        };
        let wanted = if stays { usual } else { self.pick(kind, [class, group, member]) };
        let total = self.classes[kind].1;
        let placed = f64::from(today) * (total + self.rules.not_today) < total * FULL;
        if !waits {
            person.origin = self.venues.all[usize::from(wanted)].class;
        }
        let kzt = i64::from(amount);
        let origin = usize::from(person.origin);
        self.counts.flows[origin][segment][Flow::Demand as usize] += i64::from(fresh);
        if placed {
            self.counts.traffic[usize::from(wanted)].asked_kzt += kzt;
        }
        let paid = if placed { self.pay(row, &person, kind, amount, wanted) } else { None };
        let end = if let Some(paid) = paid {
            let terms = &self.venues.all[usize::from(paid.venue)];
            let before = std::mem::replace(&mut person.memory.usual, paid.venue);
            self.counts.traded(terms, paid, before);
            person.memory.add(amount, self.day);
            Flow::Met
        } else if u64::from(patience) < self.rules.give_up_below[segment] {
            Flow::Abandoned
        } else {
            person.held_kzt = amount;
            self.waiting.push(row);
            Flow::Waiting
        };
        self.counts.flows[origin][segment][end as usize] += kzt;
        self.people[row as usize] = person;
    }

    /// Tries to pay, a second time elsewhere if need be; the try that worked.
    fn pay(
        &mut self,
        row: u32,
        person: &Person,
        kind: usize,
        amount: u32,
        mut venue: u16,
    ) -> Option<Try> {
        let day = u32::from(self.day);
        let sum = person.memory.recent(self.day).saturating_add(amount);
        let level =
            usize::from(sum > self.rules.threshold_kzt) * (1 + usize::from(person.nature % 2));
        for attempt in 0..self.rules.tries {
            let [way, room, check, again] = self.choice.words(row, day, 2 + 2 * attempt);
            let terms = &self.venues.all[usize::from(venue)];
            let channel = terms.channel(way);
            let segment = kind / (KINDS / Segment::COUNT);
            let tried = Try { segment, amount, venue, channel };
            if self.counts.tried(terms, tried, [room, check], level) {
                return Some(tried);
            }
            if attempt + 1 == self.rules.tries || u64::from(again) >= self.rules.retry_below {
                break;
            }
            let [a, b, c, _] = self.choice.words(row, day, 3 + 2 * attempt);
            let other = self.pick(kind, [a, b, c]);
            if other == venue {
                break;
            }
            venue = other;
        }
        None
    }
}

/// Segment and privacy of a kind.
fn wish(kind: usize) -> usize {
    kind / (KINDS / Segment::COUNT) * 2 + kind / 2 % 2
}

/// Position of a word along weights with this sum; never one without weight.
fn walk(weights: &[f64], sum: f64, word: u32) -> usize {
    let place = f64::from(word >> 1) / (FULL / 2.0) * sum;
    let (mut cumulated, mut last) = (0.0, 0);
    for (i, weight) in weights.iter().enumerate().filter(|(_, weight)| **weight > 0.0) {
        cumulated += weight;
        last = i;
        if place < cumulated {
            break;
        }
    }
    last
}
