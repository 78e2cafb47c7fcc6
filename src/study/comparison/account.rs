//! The displacement account: where the turnover went that a policy took from its target.
//!
//! Every trade meets a need, and every need ends as met here or abroad, given up or waiting. So, policy minus baseline in the same
//! replication, what the established venues of the target lost is what others gained, what waits, what was given
//! up, and what was never needed: whole tenge that add up exactly.
//!
//! Net changes do not say who went where; traced displacement (`crackdown run`) does, for closed venues only.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::RunOutcome;
use world::record::Flow;
use world::units::Class;

world::named! {
    /// Where turnover removed from the target can be found again.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
    Entry:
    /// At venues that are the new name of a closed one.
    Relaunched = relaunched, "New names, same operators";
    /// At venues that opened within the run under new operators.
    Entrant = entrant, "New venues, new operators";
    /// At established shadow exchanges, unless they are the target.
    Shadow = shadow, "Other shadow exchanges";
    /// At established hubs, unless they are the target.
    Hub = hub, "Darknet hubs";
    /// At peer-to-peer and cash deals, unless they are the target.
    PeerToPeer = peer_to_peer, "Peer-to-peer and cash";
    /// At foreign platforms, unless they are the target.
    Foreign = foreign, "Foreign platforms";
    /// At licensed venues, unless they are the target.
    Licensed = licensed, "Licensed (AIFC)";
    /// At exchangers in other countries, outside all venues here.
    Outside = outside, "Exchangers abroad";
    /// Waiting at the end of the window.
    Deferred = deferred, "Deferred (still waiting)";
    /// Needs given up.
    GivenUp = given_up, "Gone: given up";
    /// Needs that did not arise: dealers who sold less, buyers without supply.
    NotArisen = not_arisen, "Gone: need never arose";
}

impl Entry {
    /// Whether what goes there is exchange without a licence again; new names and new venues are shadow exchanges and hubs.
    pub fn is_unlicensed(self) -> bool {
        let counts = |class: &Class| Entry::of(*class) == self;
        matches!(self, Entry::Relaunched | Entry::Entrant) || Class::UNLICENSED.iter().any(counts)
    }

    fn of(class: Class) -> Entry {
        match class {
            Class::Licensed => Entry::Licensed,
            Class::Shadow => Entry::Shadow,
            Class::Hub => Entry::Hub,
            Class::Foreign => Entry::Foreign,
            Class::PeerToPeer => Entry::PeerToPeer,
        }
    }
}

/// The account of one policy in one replication, in tenge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DisplacementAccount {
    /// Number of the replication.
    pub replication: u32,
    /// Turnover that established venues of the target lost; negative if they gained.
    pub removed: i64,
    /// Where it went, in the order of [`Entry::ALL`]; negative where turnover fell as well.
    pub entries: [i64; Entry::COUNT],
}

impl DisplacementAccount {
    /// What went to an entry.
    pub fn entry(&self, entry: Entry) -> i64 {
        self.entries[entry as usize]
    }

    /// What is not accounted for: 0, in every replication of every policy.
    pub fn unexplained(&self) -> i64 {
        self.removed - self.entries.iter().sum::<i64>()
    }
}

/// What venues of a class traded that neither opened nor came back under a new name within the run.
fn established(outcome: &RunOutcome, window: &Range<usize>, class: Class) -> i64 {
    let sum = |flow| outcome.sum(flow, window.clone(), class);
    sum(Flow::Traded) - sum(Flow::TradedEntrant) - sum(Flow::TradedRelaunched)
}

/// By how much what waits grew over the window.
fn deferred(outcome: &RunOutcome, window: &Range<usize>) -> i64 {
    let waiting = |day: usize| outcome.total(Flow::Waiting, day..day + 1, Class::ALL);
    // Before the first reported day nothing is recorded; what waited then follows from that day's flows.
    let waited = match window.start.checked_sub(1) {
        Some(day) => waiting(day),
        None => {
            let first = |flow| outcome.total(flow, 0..1, Class::ALL);
            first(Flow::Met) + first(Flow::Outside) + first(Flow::Abandoned) + waiting(0)
                - first(Flow::Demand)
        }
    };
    waiting(window.end - 1) - waited
}

/// The account of a policy against the baseline with the same luck.
///
/// # Panics
/// If the replications differ: then the difference would be luck.
pub fn account(
    baseline: &RunOutcome,
    policy: &RunOutcome,
    target: &[Class],
    window: &Range<usize>,
) -> DisplacementAccount {
    assert_eq!(
        baseline.replication, policy.replication,
        "an account compares runs with the same random numbers"
    );
    let gained = |class| established(policy, window, class) - established(baseline, window, class);
    let more = |flow| {
        let all = |outcome: &RunOutcome| outcome.total(flow, window.clone(), Class::ALL);
        all(policy) - all(baseline)
    };
    let mut entries = [0; Entry::COUNT];
    for class in Class::ALL.iter().filter(|class| !target.contains(class)) {
        entries[Entry::of(*class) as usize] = gained(*class);
    }
    entries[Entry::Relaunched as usize] = more(Flow::TradedRelaunched);
    entries[Entry::Entrant as usize] = more(Flow::TradedEntrant);
    entries[Entry::Outside as usize] = more(Flow::Outside);
    entries[Entry::Deferred as usize] = deferred(policy, window) - deferred(baseline, window);
    entries[Entry::GivenUp as usize] = more(Flow::Abandoned);
    entries[Entry::NotArisen as usize] = -more(Flow::Demand);
    let removed = -Class::ALL
        .iter()
        .filter(|class| target.contains(class))
        .map(|class| gained(*class))
        .sum::<i64>();
    DisplacementAccount { replication: policy.replication, removed, entries }
}
