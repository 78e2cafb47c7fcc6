//! Two runs compared: what was the same, when the first difference came, and what differed from then on.
//!
//! Deliberately absent: running anything (`pair`), words (`cli`), and statistics: this is one replication.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::difference::{
    DayDifference, DifferenceKind, RunChange, WhichRun, cash_out_differences, errand_differences,
    event_differences, mark, place, size_differences,
};
use super::pair::BothRuns;
use model::trace::WatchedRun;
use world::record::Flow;
use world::record::event::{DayLog, Happening, Subject, VenueName};
use world::record::life::CustomerDay;
use world::units::{Class, Day, Kzt};

/// Customers whose days are told in detail, on one day and in all; the others are counted.
const DETAILS_A_DAY: usize = 40;
const DETAILS: usize = 5_000;
/// People who are followed from the first difference on, and days told of each.
const FOLLOWED: usize = 3;
const STORY_DAYS: usize = 6;
/// Days after the first difference on which sizes of venues are compared.
pub const MILESTONES: [u16; 5] = [7, 30, 90, 180, 365];

/// What happened before the first difference, the same in both runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SharedHistory {
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
    pub lost: Option<(VenueName, BothRuns<Kzt>)>,
    /// Monthly turnover of the venue that won most, in both runs.
    pub won: Option<(VenueName, BothRuns<Kzt>)>,
}

/// Days of somebody who was among the first to be reached, in both runs.
pub type StoryDays = Vec<(Day, BothRuns<Option<CustomerDay>>)>;

/// Sums of a day by class.
pub type DayFlows = [[i64; Flow::COUNT]; Class::COUNT];

/// How things stand at the end of a day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EveningState {
    /// Open illicit platforms.
    pub platforms: u32,
    /// Price of a mule card, in tenge.
    pub card_price_kzt: f64,
    /// Perceived chance that a venue of a class is closed within a year.
    pub perceived_risk: [f64; Class::COUNT],
}

/// Two runs compared.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Chain {
    /// Days simulated.
    pub days: u16,
    /// First day on which something differs.
    pub first: Option<Day>,
    /// What was the same before.
    pub alike: SharedHistory,
    /// What differs, by day and in the order of each day.
    pub differences: Vec<DayDifference>,
    /// Customers' days that differ and are told in detail.
    pub told: usize,
    /// Customers' days that differ and are not told in detail.
    pub untold: u64,
    /// The first people reached: their numbers and their days that differ, and how many more there are.
    pub stories: Vec<(u32, StoryDays, u32)>,
    /// Sizes of venues after some time.
    pub movers: Vec<Movers>,
    /// Venues whose turnover was much more or less in one run at some time.
    #[serde(skip)]
    departed: BTreeSet<VenueName>,
    /// Days of every event of both runs, by whom it happened to and its kind.
    #[serde(skip)]
    events: BothRuns<BTreeMap<(Subject, u8), Vec<Day>>>,
    /// Flows of every day of both runs.
    #[serde(skip)]
    pub flows: BothRuns<Vec<DayFlows>>,
    /// How things stood at the end of every day of both runs.
    #[serde(skip)]
    pub states: BothRuns<Vec<EveningState>>,
}

impl Chain {
    /// Adds a day of both runs.
    pub fn add(&mut self, runs: &BothRuns<WatchedRun>, logs: &BothRuns<DayLog>) {
        let day = logs[0].day;
        self.days += 1;
        for (side, log) in logs.iter().enumerate() {
            for event in &log.events {
                self.events[side].entry((event.who, place(event.what))).or_default().push(day);
            }
            self.flows[side].push(log.flows);
            self.states[side].push(EveningState {
                platforms: Class::PLATFORMS.iter().map(|class| log.open[class.index()]).sum(),
                card_price_kzt: log.card_price_kzt,
                perceived_risk: log.perceived_risk,
            });
        }
        let mut found = event_differences(day, [&logs[0].events, &logs[1].events]);
        found.extend(cash_out_differences(day, [&logs[0].cash_outs, &logs[1].cash_outs]));
        found.extend(size_differences(day, [&logs[0].sizes, &logs[1].sizes], &mut self.departed));
        let rows = errand_differences([&logs[0].errands, &logs[1].errands]);
        let room = DETAILS_A_DAY.min(DETAILS.saturating_sub(self.told)).min(rows.len());
        for row in &rows[..room] {
            let both = runs.each_ref().map(|run| run.customer(*row));
            let mark = mark(&both);
            found.push(DayDifference {
                day,
                mark,
                matter: RunChange::Errand(*row, Box::new(both)),
            });
        }
        self.told += room;
        self.untold += (rows.len() - room) as u64;
        self.follow(day, runs, &rows);
        found.sort_by_key(DayDifference::rank);
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

    fn follow(&mut self, day: Day, runs: &BothRuns<WatchedRun>, rows: &[u32]) {
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

    /// The day nearest to this one on which an event of this kind happened to somebody in a run, and did not in the other.
    pub fn nearest(&self, side: usize, who: Subject, what: Happening, day: Day) -> Option<Day> {
        let key = (who, place(what));
        let [here, there] = [side, 1 - side].map(|side| self.events[side].get(&key));
        let alone = |day: &&Day| !there.is_some_and(|there| there.contains(day));
        here?.iter().filter(alone).copied().min_by_key(|other| other.0.abs_diff(day.0))
    }

    /// Positions of at most `limit` differences that tell most: the first of each kind, then the second of
    /// each kind, and so on; in the order of days. With each first of a kind, how many of its kind there are.
    pub fn chosen(&self, limit: usize) -> Vec<(usize, Option<u32>)> {
        let mut counts: BTreeMap<DifferenceKind, u32> = BTreeMap::new();
        let mut ranked: Vec<(bool, u32, usize)> = Vec::new();
        for (index, difference) in self.differences.iter().enumerate() {
            let echo = self.is_echo(difference);
            let count = counts.entry(difference.kind()).or_default();
            *count += u32::from(!echo);
            ranked.push((echo, *count, index));
        }
        ranked.sort_unstable();
        ranked.truncate(limit);
        let mut chosen: Vec<(usize, Option<u32>)> = ranked
            .into_iter()
            .map(|(echo, nth, index)| {
                let all = counts.get(&self.differences[index].kind()).copied();
                (index, all.filter(|_| nth == 1 && !echo))
            })
            .collect();
        chosen.sort_unstable();
        chosen
    }

    /// Whether the same happened to the same earlier in the other run, where it was told of already.
    fn is_echo(&self, difference: &DayDifference) -> bool {
        let (RunChange::Event(who, both), side) = (
            &difference.matter,
            match difference.mark {
                WhichRun::Baseline => 1,
                WhichRun::Policy => 0,
                WhichRun::Both => return false,
            },
        ) else {
            return false;
        };
        let Some(what) = both[0].or(both[1]) else { return false };
        self.nearest(side, *who, what, difference.day)
            .is_some_and(|day| day < difference.day && self.first.is_some_and(|first| day >= first))
    }
}

/// The venues whose monthly turnover differs most between the runs.
fn movers(day: Day, sizes: BothRuns<&[(VenueName, Kzt)]>) -> Movers {
    let mut by_name: BTreeMap<VenueName, BothRuns<Kzt>> = BTreeMap::new();
    for (side, list) in sizes.iter().enumerate() {
        for (name, size) in *list {
            by_name.entry(*name).or_insert([Kzt::ZERO; 2])[side] = *size;
        }
    }
    let change = |both: &BothRuns<Kzt>| both[1].0 - both[0].0;
    let most = |sign: i64| {
        let most = by_name.iter().max_by_key(|(_, both)| sign * change(both));
        most.filter(|(_, both)| sign * change(both) > 0).map(|(name, both)| (*name, *both))
    };
    Movers { day, lost: most(-1), won: most(1) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use world::record::event::OperatorName;

    fn venue(number: u32) -> Subject {
        let operator = OperatorName::First { class: Class::Shadow, number };
        Subject::Venue(VenueName { operator, generation: 0 })
    }

    #[test]
    fn the_first_of_each_kind_is_chosen_before_the_second_of_any() {
        let difference = |day, what| DayDifference {
            day: Day(day),
            mark: WhichRun::Policy,
            matter: RunChange::Event(venue(0), [None, Some(what)]),
        };
        let mut differences: Vec<DayDifference> =
            (0..50).map(|day| difference(day, Happening::Listed)).collect();
        differences.push(difference(50, Happening::Exited));
        let comparison = Chain { differences, ..Chain::default() };
        assert_eq!(comparison.chosen(3), [(0, Some(50)), (1, None), (50, Some(1))]);
        assert_eq!(comparison.chosen(1000).len(), 51);
    }
}
