//! What differs between two runs with the same luck: pure functions on what happened on a day.
//!
//! Deliberately absent: running anything (`pair`), words (`cli`), and statistics: this is one replication.

use std::collections::BTreeMap;
use std::mem::{Discriminant, discriminant};

use serde::Serialize;

use super::pair::Both;
use crate::model::trace::Watched;
use crate::record::Flow;
use crate::record::event::{DayLog, Ending, Errand, Event, Happening, Subject, VenueName};
use crate::record::life::{CustomerDay, Try, Verdict, Wish};
use crate::units::{Class, Day, Kzt};

/// Customers whose days are told in detail, on one day and in all; the others are counted.
const DETAILS_A_DAY: usize = 40;
const DETAILS: usize = 5_000;
/// People who are followed from the first difference on, and days told of each.
const FOLLOWED: usize = 3;
const STORY_DAYS: usize = 6;
/// Days after the first difference on which sizes of venues are compared.
pub const MILESTONES: [u16; 5] = [7, 30, 90, 180, 365];

/// In which run something happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// In the baseline only.
    Baseline,
    /// With the policy only.
    Policy,
    /// In both, but differently.
    Both,
}

/// Something that differs; the baseline first, then the policy.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Matter {
    /// Something happened to a bank or venue.
    Event(Subject, Both<Option<Happening>>),
    /// A customer's day.
    Errand(u32, Box<Both<Option<CustomerDay>>>),
    /// A dealer's payment.
    CashOut(u32, Both<Option<Try>>),
}

/// Something that differs on a day.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Difference {
    /// The day.
    pub day: Day,
    /// In which run it happened.
    pub mark: Mark,
    /// What differs.
    pub matter: Matter,
}

/// What a customer's day came to, for telling like days from unlike ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Course {
    Nothing,
    Traded,
    TradedElsewhere,
    Stopped,
    Refused,
    NotToday,
    Searched,
}

fn course(day: Option<&CustomerDay>) -> Course {
    let Some(day) = day else { return Course::Nothing };
    match (day.wish, day.tries.first().map(|tried| tried.verdict)) {
        (Wish::Searches | Wish::Nowhere, _) => Course::Searched,
        (Wish::NotToday(_), _) | (_, None) => Course::NotToday,
        (_, Some(Verdict::Passed)) => Course::Traded,
        _ if day.ending == Ending::Traded => Course::TradedElsewhere,
        (_, Some(Verdict::Stopped)) => Course::Stopped,
        (_, Some(Verdict::Refused)) => Course::Refused,
    }
}

/// Differences of one kind are alike: the first few stand for all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Kind(u8, Mark, Course, Course);

impl Difference {
    /// Place in the order of a day.
    fn rank(&self) -> u8 {
        match &self.matter {
            Matter::Errand(..) => 2,
            Matter::CashOut(..) => 3,
            Matter::Event(_, both) => match both[0].or(both[1]) {
                Some(Happening::ChecksBegin) | None => 0,
                Some(Happening::ChecksEnd) => 1,
                Some(Happening::Exited) => 4,
                Some(Happening::RanOff) => 5,
                Some(Happening::Opened { relaunched: true }) => 6,
                Some(Happening::Opened { relaunched: false }) => 7,
                Some(Happening::Listed) => 8,
                Some(Happening::CaseOpened) => 9,
                Some(Happening::CaseProven) => 10,
                Some(Happening::CaseFailed) => 11,
                Some(Happening::SitesBlocked { .. }) => 12,
                Some(Happening::Frozen { .. }) => 13,
                Some(Happening::Closed { .. }) => 14,
            },
        }
    }

    fn kind(&self) -> Kind {
        let (baseline, policy) = match &self.matter {
            Matter::Errand(_, both) => (course(both[0].as_ref()), course(both[1].as_ref())),
            _ => (Course::Nothing, Course::Nothing),
        };
        Kind(self.rank(), self.mark, baseline, policy)
    }
}

/// What happened before the first difference, the same in both runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Alike {
    /// Events of banks and venues.
    pub events: usize,
    /// Customers' days with a need.
    pub errands: usize,
    /// Dealers' payments.
    pub cash_outs: usize,
}

/// The venues that had lost and won most by a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Movers {
    /// The day.
    pub day: Day,
    /// Monthly turnover of the venue that lost most, in both runs.
    pub lost: Option<(VenueName, Both<Kzt>)>,
    /// Monthly turnover of the venue that won most, in both runs.
    pub won: Option<(VenueName, Both<Kzt>)>,
}

/// Days of somebody who was among the first to be reached, in both runs.
pub type StoryDays = Vec<(Day, Both<Option<CustomerDay>>)>;

/// Sums of a day by class.
pub type DayFlows = [[i64; Flow::COUNT]; Class::COUNT];

/// Two runs compared.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Comparison {
    /// Days simulated.
    pub days: u16,
    /// First day on which something differs.
    pub first: Option<Day>,
    /// What was the same before.
    pub alike: Alike,
    /// What differs, by day and in the order of each day.
    pub differences: Vec<Difference>,
    /// Customers' days that differ and are told in detail.
    pub told: usize,
    /// Customers' days that differ and are not told in detail.
    pub untold: u64,
    /// The first people reached: their numbers and their days that differ, and how many more there are.
    pub stories: Vec<(u32, StoryDays, u32)>,
    /// Sizes of venues after some time.
    pub movers: Vec<Movers>,
    /// Every event of both runs.
    #[serde(skip)]
    pub events: Both<Vec<(Day, Event)>>,
    /// Flows of every day of both runs.
    #[serde(skip)]
    pub flows: Both<Vec<DayFlows>>,
    /// Illicit platforms open at the end of every day of both runs.
    #[serde(skip)]
    pub platforms: Both<Vec<u32>>,
}

impl Comparison {
    /// Adds a day of both runs.
    pub fn add(&mut self, runs: &Both<Watched>, logs: &Both<DayLog>) {
        let day = logs[0].day;
        self.days += 1;
        for (side, log) in logs.iter().enumerate() {
            self.events[side].extend(log.events.iter().map(|event| (day, *event)));
            self.flows[side].push(log.flows);
            let open = Class::PLATFORMS.iter().map(|class| log.open[class.index()]).sum();
            self.platforms[side].push(open);
        }
        let mut found = event_differences(day, [&logs[0].events, &logs[1].events]);
        found.extend(cash_out_differences(day, [&logs[0].cash_outs, &logs[1].cash_outs]));
        let rows = errand_differences([&logs[0].errands, &logs[1].errands]);
        let room = DETAILS_A_DAY.min(DETAILS.saturating_sub(self.told)).min(rows.len());
        for row in &rows[..room] {
            let both = runs.each_ref().map(|run| run.customer(*row));
            let mark = mark(&both);
            found.push(Difference { day, mark, matter: Matter::Errand(*row, Box::new(both)) });
        }
        self.told += room;
        self.untold += (rows.len() - room) as u64;
        self.follow(day, runs, &rows);
        found.sort_by_key(Difference::rank);
        if self.first.is_none() && !found.is_empty() {
            self.first = Some(day);
        }
        if self.first.is_none() {
            self.alike.events += logs[0].events.len();
            self.alike.errands += logs[0].errands.len();
            self.alike.cash_outs += logs[0].cash_outs.len();
        }
        self.differences.extend(found);
        if self.first.is_some_and(|first| MILESTONES.contains(&day.since(first))) {
            self.movers.push(movers(day, [&logs[0].sizes, &logs[1].sizes]));
        }
    }

    fn follow(&mut self, day: Day, runs: &Both<Watched>, rows: &[u32]) {
        for &row in rows {
            let known = self.stories.iter().position(|(known, ..)| *known == row);
            if known.is_none() && self.stories.len() == FOLLOWED {
                continue;
            }
            let story = known.unwrap_or(self.stories.len());
            if known.is_none() {
                self.stories.push((row, Vec::new(), 0));
            }
            let (_, days, more) = &mut self.stories[story];
            if days.len() < STORY_DAYS {
                days.push((day, runs.each_ref().map(|run| run.customer(row))));
            } else {
                *more += 1;
            }
        }
    }

    /// Days on which an event of this kind happened to somebody in a run.
    pub fn days_of(&self, side: usize, who: Subject, what: Happening) -> impl Iterator<Item = Day> {
        let alike = move |event: &Event| event.who == who && same(event.what) == same(what);
        self.events[side].iter().filter(move |(_, event)| alike(event)).map(|(day, _)| *day)
    }

    /// Positions of at most `limit` differences that tell most: the first of each kind, then the second of
    /// each kind, and so on; in the order of days.
    #[must_use]
    pub fn chosen(&self, limit: usize) -> Vec<usize> {
        let mut nth = BTreeMap::new();
        let mut ranked: Vec<(u32, usize)> = self
            .differences
            .iter()
            .enumerate()
            .map(|(index, difference)| {
                let count = nth.entry(difference.kind()).or_insert(0_u32);
                *count += 1;
                (*count, index)
            })
            .collect();
        ranked.sort_unstable();
        ranked.truncate(limit);
        let mut chosen: Vec<usize> = ranked.into_iter().map(|(_, index)| index).collect();
        chosen.sort_unstable();
        chosen
    }
}

fn mark<T>(both: &Both<Option<T>>) -> Mark {
    match both {
        [Some(_), None] => Mark::Baseline,
        [None, Some(_)] => Mark::Policy,
        _ => Mark::Both,
    }
}

fn same(what: Happening) -> Discriminant<Happening> {
    discriminant(&what)
}

/// Events of a day that are in one list only, or in both but not equal.
fn event_differences(day: Day, lists: Both<&[Event]>) -> Vec<Difference> {
    let find = |list: &[Event], wanted: &Event| {
        list.iter()
            .find(|e| e.who == wanted.who && same(e.what) == same(wanted.what))
            .map(|e| e.what)
    };
    let mut found = Vec::new();
    for event in lists[1] {
        let before = find(lists[0], event);
        if before != Some(event.what) {
            let both = [before, Some(event.what)];
            found.push(Difference {
                day,
                mark: mark(&both),
                matter: Matter::Event(event.who, both),
            });
        }
    }
    for event in lists[0] {
        if find(lists[1], event).is_none() {
            let matter = Matter::Event(event.who, [Some(event.what), None]);
            found.push(Difference { day, mark: Mark::Baseline, matter });
        }
    }
    found
}

/// Payments of dealers that are in one list only, or went to another venue or to another end.
fn cash_out_differences(day: Day, lists: Both<&[(u32, Option<Try>)]>) -> Vec<Difference> {
    let [baseline, policy] =
        lists.map(|list| list.iter().copied().collect::<BTreeMap<u32, Option<Try>>>());
    let dealers: std::collections::BTreeSet<u32> =
        baseline.keys().chain(policy.keys()).copied().collect();
    let mut found = Vec::new();
    for dealer in dealers {
        let both = [&baseline, &policy].map(|list| list.get(&dealer).copied().flatten());
        if both[0] != both[1] {
            found.push(Difference {
                day,
                mark: mark(&both),
                matter: Matter::CashOut(dealer, both),
            });
        }
    }
    found
}

/// Rows of customers whose needs are in one list only or ended differently; both lists are by row.
fn errand_differences(lists: Both<&[Errand]>) -> Vec<u32> {
    let [mut baseline, mut policy] = lists.map(|list| list.iter().peekable());
    let mut rows = Vec::new();
    while let Some(row) =
        [baseline.peek(), policy.peek()].into_iter().flatten().map(|e| e.row).min()
    {
        let both =
            [&mut baseline, &mut policy].map(|list| list.next_if(|errand| errand.row == row));
        if both[0] != both[1] {
            rows.push(row);
        }
    }
    rows
}

/// The venues whose monthly turnover differs most between the runs.
fn movers(day: Day, sizes: Both<&[(VenueName, Kzt)]>) -> Movers {
    let mut by_name: BTreeMap<VenueName, Both<Kzt>> = BTreeMap::new();
    for (side, list) in sizes.iter().enumerate() {
        for (name, size) in *list {
            by_name.entry(*name).or_insert([Kzt::ZERO; 2])[side] = *size;
        }
    }
    let change = |both: &Both<Kzt>| both[1].0 - both[0].0;
    let most = |sign: i64| {
        let most = by_name.iter().max_by_key(|(_, both)| sign * change(both));
        most.filter(|(_, both)| sign * change(both) > 0).map(|(name, both)| (*name, *both))
    };
    Movers { day, lost: most(-1), won: most(1) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::event::Operator;

    fn venue(number: u32) -> Subject {
        let operator = Operator::First { class: Class::Shadow, number };
        Subject::Venue(VenueName { operator, generation: 0 })
    }

    #[test]
    fn events_of_one_run_and_unequal_events_are_told_apart() {
        let event = |number, what| Event { who: venue(number), what };
        let baseline = [
            event(1, Happening::Listed),
            event(2, Happening::SitesBlocked { sites: 1 }),
            event(3, Happening::Exited),
        ];
        let policy = [
            event(1, Happening::Listed),
            event(2, Happening::SitesBlocked { sites: 2 }),
            event(4, Happening::Exited),
        ];
        let found = event_differences(Day(5), [&baseline, &policy]);
        let marks: Vec<Mark> = found.iter().map(|difference| difference.mark).collect();
        assert_eq!(marks, [Mark::Both, Mark::Policy, Mark::Baseline]);
        assert!(event_differences(Day(5), [&policy, &policy]).is_empty());
    }

    #[test]
    fn customers_who_need_or_end_differently_are_found() {
        let errand = |row, ending| Errand { row, amount: 5, venue: None, ending };
        let baseline =
            [errand(1, Ending::Waits), errand(2, Ending::Waits), errand(9, Ending::Waits)];
        let policy =
            [errand(1, Ending::Waits), errand(2, Ending::GivenUp), errand(3, Ending::Waits)];
        assert_eq!(errand_differences([&baseline, &policy]), [2, 3, 9]);
        assert!(errand_differences([&policy, &policy]).is_empty());
    }

    #[test]
    fn the_first_of_each_kind_is_chosen_before_the_second_of_any() {
        let difference = |day, what| Difference {
            day: Day(day),
            mark: Mark::Policy,
            matter: Matter::Event(venue(0), [None, Some(what)]),
        };
        let mut differences: Vec<Difference> =
            (0..50).map(|day| difference(day, Happening::Listed)).collect();
        differences.push(difference(50, Happening::Exited));
        let comparison = Comparison { differences, ..Comparison::default() };
        assert_eq!(comparison.chosen(3), [0, 1, 50]);
        assert_eq!(comparison.chosen(1000).len(), 51);
    }
}
