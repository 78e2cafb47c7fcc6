//! The displacement account: where the turnover went that a policy took from its target.
//!
//! Every trade meets a need, and every need ends as met here or abroad, given up or waiting. So, policy minus baseline in the same
//! replication, what the established venues of the target lost is what others gained, what waits, what was given
//! up, and what was never needed: whole tenge that add up exactly.
//!
//! Net changes do not say who went where; traced displacement (`crackdown run`) does, for closed venues only.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::Outcome;
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

/// Stocks and flows of one run over the window.
struct Balance {
    established: [i64; Class::COUNT],
    relaunched: i64,
    entrant: i64,
    outside: i64,
    deferred: i64,
    given_up: i64,
    arisen: i64,
}

fn balance(outcome: &Outcome, window: &Range<usize>) -> Balance {
    let sum = |flow, class| outcome.sum(flow, window.clone(), class);
    let all = |flow| outcome.total(flow, window.clone(), Class::ALL);
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
    let mut established = [0; Class::COUNT];
    for &class in Class::ALL {
        established[class.index()] = sum(Flow::Traded, class)
            - sum(Flow::TradedEntrant, class)
            - sum(Flow::TradedRelaunched, class);
    }
    Balance {
        established,
        relaunched: all(Flow::TradedRelaunched),
        entrant: all(Flow::TradedEntrant),
        outside: all(Flow::Outside),
        deferred: waiting(window.end - 1) - waited,
        given_up: all(Flow::Abandoned),
        arisen: all(Flow::Demand),
    }
}

/// Balances of a policy and of the baseline with the same luck.
pub struct Balances {
    replication: u32,
    before: Balance,
    after: Balance,
}

impl Balances {
    /// Balances over a window.
    ///
    /// # Panics
    /// If the replications differ: then the difference would be luck.
    pub fn of(baseline: &Outcome, policy: &Outcome, window: &Range<usize>) -> Balances {
        assert_eq!(
            baseline.replication, policy.replication,
            "an account compares runs with the same random numbers"
        );
        let (before, after) = (balance(baseline, window), balance(policy, window));
        Balances { replication: policy.replication, before, after }
    }

    /// What established venues of a class gained.
    fn gained(&self, class: Class) -> i64 {
        self.after.established[class.index()] - self.before.established[class.index()]
    }

    /// The account of a target.
    pub fn account(&self, target: &[Class]) -> DisplacementAccount {
        let (before, after) = (&self.before, &self.after);
        let mut entries = [0; Entry::COUNT];
        let mut removed = 0;
        for &class in Class::ALL {
            if target.contains(&class) {
                removed -= self.gained(class);
            } else {
                entries[Entry::of(class) as usize] = self.gained(class);
            }
        }
        entries[Entry::Relaunched as usize] = after.relaunched - before.relaunched;
        entries[Entry::Entrant as usize] = after.entrant - before.entrant;
        entries[Entry::Outside as usize] = after.outside - before.outside;
        entries[Entry::Deferred as usize] = after.deferred - before.deferred;
        entries[Entry::GivenUp as usize] = after.given_up - before.given_up;
        entries[Entry::NotArisen as usize] = before.arisen - after.arisen;
        DisplacementAccount { replication: self.replication, removed, entries }
    }
}

/// The account of a policy against the baseline with the same luck.
///
/// # Panics
/// If the replications differ: then the difference would be luck.
pub fn account(
    baseline: &Outcome,
    policy: &Outcome,
    target: &[Class],
    window: &Range<usize>,
) -> DisplacementAccount {
    Balances::of(baseline, policy, window).account(target)
}
