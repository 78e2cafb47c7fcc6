//! What differs between two runs with the same luck on a day: pure functions on what happened.
//!
//! Deliberately absent: whole runs (`chain`), and words (`cli`).

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::pair::BothRuns;
use world::record::event::{Ending, Errand, Event, Happening, Subject, VenueName};
use world::record::life::{CustomerDay, Intention, PaymentAnswer, Try};
use world::units::{Day, Kzt};

/// In which run something happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum WhichRun {
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
pub enum RunChange {
    /// Something happened to a bank or venue.
    Event(Subject, BothRuns<Option<Happening>>),
    /// A customer's day.
    Errand(u32, Box<BothRuns<Option<CustomerDay>>>),
    /// A dealer's payment.
    CashOut(u32, BothRuns<Option<Try>>),
    /// For the first time a venue that is open in both runs has much more or less turnover in one of them.
    Size(VenueName, BothRuns<Kzt>),
}

/// Something that differs on a day.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DayDifference {
    /// The day.
    pub day: Day,
    /// In which run it happened.
    pub mark: WhichRun,
    /// What differs.
    pub matter: RunChange,
}

/// What a customer's day came to, for telling like days from unlike ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum DayOutcome {
    Nothing,
    Traded,
    TradedElsewhere,
    Stopped,
    Refused,
    NotToday,
    Searched,
}

fn course(day: Option<&CustomerDay>) -> DayOutcome {
    let Some(day) = day else { return DayOutcome::Nothing };
    match (day.wish, day.tries.first().map(|tried| tried.verdict)) {
        (Intention::Searches | Intention::Nowhere, _) => DayOutcome::Searched,
        (Intention::Direct | Intention::Outside, _) => DayOutcome::TradedElsewhere,
        (Intention::NotToday(_), _) | (_, None) => DayOutcome::NotToday,
        (_, Some(PaymentAnswer::Passed)) => DayOutcome::Traded,
        _ if day.ending == Ending::Traded => DayOutcome::TradedElsewhere,
        (_, Some(PaymentAnswer::Stopped | PaymentAnswer::Declined)) => DayOutcome::Stopped,
        (_, Some(PaymentAnswer::Refused)) => DayOutcome::Refused,
    }
}

/// Differences of one kind are alike: the first few stand for all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct DifferenceKind(u8, Option<WhichRun>, DayOutcome);

/// Place of an event in the order of a day; events of one place are of one kind.
pub(super) fn place(what: Happening) -> u8 {
    match what {
        Happening::ChecksBegin => 0,
        Happening::ChecksEnd => 1,
        Happening::Exited => 4,
        Happening::RanOff => 5,
        Happening::Opened { relaunched: true } => 6,
        Happening::Opened { relaunched: false } => 7,
        Happening::Licensed => 8,
        Happening::Listed => 9,
        Happening::CaseOpened => 10,
        Happening::HelpAsked => 11,
        Happening::CaseProven => 12,
        Happening::CaseFailed => 13,
        Happening::SitesBlocked { .. } => 14,
        Happening::Frozen { .. } => 15,
        Happening::Closed { .. } => 16,
        Happening::Tried { .. } => 17,
    }
}

impl DayDifference {
    /// Place in the order of a day.
    pub(super) fn rank(&self) -> u8 {
        match &self.matter {
            RunChange::Errand(..) => 2,
            RunChange::CashOut(..) => 3,
            RunChange::Size(_, [baseline, policy]) if policy < baseline => 18,
            RunChange::Size(..) => 19,
            RunChange::Event(_, both) => both[0].or(both[1]).map_or(0, place),
        }
    }

    pub(super) fn kind(&self) -> DifferenceKind {
        match &self.matter {
            // What somebody does with the policy says more than what would have been done without it.
            RunChange::Errand(_, both) if self.mark == WhichRun::Baseline => {
                DifferenceKind(self.rank(), Some(self.mark), course(both[0].as_ref()))
            }
            RunChange::Errand(_, both) => {
                DifferenceKind(self.rank(), None, course(both[1].as_ref()))
            }
            // Which sites are blocked shifts as soon as one venue more or less has any.
            RunChange::Event(_, both) if is_site_block(both) => {
                DifferenceKind(self.rank(), None, DayOutcome::Nothing)
            }
            _ => DifferenceKind(self.rank(), Some(self.mark), DayOutcome::Nothing),
        }
    }
}

fn is_site_block(both: &BothRuns<Option<Happening>>) -> bool {
    matches!(both[0].or(both[1]), Some(Happening::SitesBlocked { .. }))
}

pub(super) fn mark<T>(both: &BothRuns<Option<T>>) -> WhichRun {
    match both {
        [Some(_), None] => WhichRun::Baseline,
        [None, Some(_)] => WhichRun::Policy,
        _ => WhichRun::Both,
    }
}

/// Events of a day that are in one list only, or in both but not equal.
pub(super) fn event_differences(day: Day, lists: BothRuns<&[Event]>) -> Vec<DayDifference> {
    let find = |list: &[Event], wanted: &Event| {
        list.iter()
            .find(|e| e.who == wanted.who && place(e.what) == place(wanted.what))
            .map(|e| e.what)
    };
    let mut found = Vec::new();
    for event in lists[1] {
        let before = find(lists[0], event);
        if !before.is_some_and(|before| before.is_like(&event.what)) {
            let both = [before, Some(event.what)];
            found.push(DayDifference {
                day,
                mark: mark(&both),
                matter: RunChange::Event(event.who, both),
            });
        }
    }
    for event in lists[0] {
        if find(lists[1], event).is_none() {
            let matter = RunChange::Event(event.who, [Some(event.what), None]);
            found.push(DayDifference { day, mark: WhichRun::Baseline, matter });
        }
    }
    found
}

/// Payments of dealers that are in one list only, or went to another venue or to another end.
pub(super) fn cash_out_differences(
    day: Day,
    lists: BothRuns<&[(u32, Option<Try>)]>,
) -> Vec<DayDifference> {
    let [baseline, policy] =
        lists.map(|list| list.iter().copied().collect::<BTreeMap<u32, Option<Try>>>());
    let dealers: BTreeSet<u32> = baseline.keys().chain(policy.keys()).copied().collect();
    let mut found = Vec::new();
    for dealer in dealers {
        let both = [&baseline, &policy].map(|list| list.get(&dealer).copied().flatten());
        if both[0] != both[1] {
            found.push(DayDifference {
                day,
                mark: mark(&both),
                matter: RunChange::CashOut(dealer, both),
            });
        }
    }
    found
}

/// Part by which the turnover of a venue has to differ to be told.
const MUCH: f64 = 0.1;

/// Venues open in both runs whose turnover differs much; all but those in `told`.
pub(super) fn size_differences(
    day: Day,
    sizes: BothRuns<&[(VenueName, Kzt)]>,
    told: &mut BTreeSet<VenueName>,
) -> Vec<DayDifference> {
    let baseline: BTreeMap<VenueName, Kzt> = sizes[0].iter().copied().collect();
    let mut found = Vec::new();
    for (name, policy) in sizes[1] {
        let Some(baseline) = baseline.get(name) else { continue };
        let much = (policy.0 - baseline.0).abs() as f64 > MUCH * baseline.0 as f64;
        if much && told.insert(*name) {
            let matter = RunChange::Size(*name, [*baseline, *policy]);
            found.push(DayDifference { day, mark: WhichRun::Both, matter });
        }
    }
    found
}

/// Rows of customers whose needs are in one list only or ended differently; both lists are by row.
pub(super) fn errand_differences(lists: BothRuns<&[Errand]>) -> Vec<u32> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use world::record::event::OperatorName;
    use world::units::Class;

    fn venue(number: u32) -> Subject {
        let operator = OperatorName::First { class: Class::Shadow, number };
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
        let marks: Vec<WhichRun> = found.iter().map(|difference| difference.mark).collect();
        assert_eq!(marks, [WhichRun::Both, WhichRun::Policy, WhichRun::Baseline]);
        assert!(event_differences(Day(5), [&policy, &policy]).is_empty());
    }

    #[test]
    fn a_venue_is_told_once_when_its_turnover_departs() {
        let operator = OperatorName::First { class: Class::Shadow, number: 0 };
        let name = VenueName { operator, generation: 0 };
        let mut told = BTreeSet::new();
        let mut found = |a: i64, b: i64| {
            let sizes = [&[(name, Kzt(a))][..], &[(name, Kzt(b))][..]];
            size_differences(Day(5), sizes, &mut told).len()
        };
        assert_eq!([found(100, 91), found(100, 89), found(100, 50)], [0, 1, 0]);
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
}
