//! Interventions: acts of a single day against particular venues or dealers, from outside the agency's capacity.
//!
//! Levers say how much is done a month; an intervention says that *this* hub is closed on *that* day. It is how a case
//! from elsewhere is set up (the fall of one market, identification forced on one venue), and what an analyst asks who
//! wants to know what follows if the largest hub is closed in October.
//!
//! Deliberately absent: who is meant, which only the day can tell (the model knows), and checks of what was written
//! (`check`, `cross_checks`).

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use world::units::Class;

world::named! {
    /// What is done.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
    Act:
    /// Nothing: the venues are only watched, so that a baseline can be set against a policy that acts on them.
    Watch;
    /// Venues are closed and their operators stay free.
    Close;
    /// Venues are closed and their operators arrested.
    CloseAndArrest;
    /// All sites of venues are taken, nothing else: who goes on does so under a new name as fast as mirrors come.
    TakeSites;
    /// All sites of venues are blocked, mirrors included.
    BlockSites;
    /// Venues are made to identify their clients.
    ForceKyc;
    /// The largest drug dealers at home are arrested.
    ArrestDealers;
    /// Venues get a licence: they go on as licensed ones, with the clients who do not avoid identification.
    License;
}

impl Act {
    /// Whether venues are closed.
    pub fn closes(self) -> bool {
        matches!(self, Act::Close | Act::CloseAndArrest | Act::TakeSites)
    }
}

world::named! {
    /// Which of the open venues of a class are meant.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
    Which:
    /// Those with the largest turnover.
    Largest;
    /// Any, as luck has it.
    Random;
}

world::named! {
    /// Whether somebody stands ready to take over a venue that is closed.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
    Successor:
    /// As luck has it (`exchanges.prepared`).
    AsDrawn;
    /// A successor is prepared.
    Prepared;
    /// Nobody is.
    Unprepared;
}

world::named! {
    /// What becomes of the darknet markets that work with a hub that is closed.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
    Markets:
    /// They look for another hub.
    Stay;
    /// They fall with it, as where the place of sale and the exchange are one.
    Fall;
}

world::named! {
    /// Whether the agency's view counts a closure as its own.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
    View:
    /// It does: an act that is known to have been done.
    Counts;
    /// It stands apart: an experiment.
    Apart;
}

/// An act of a single day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Intervention {
    /// What is done.
    pub act: Act,
    /// On which day.
    pub on: Date,
    /// Class of the venues.
    pub class: Class,
    /// Which of them.
    pub which: Which,
    /// How many venues, or dealers.
    pub number: u16,
    /// Whether a successor stands ready (closures).
    pub successor: Successor,
    /// Whether darknet markets fall with it (closures of hubs).
    pub markets: Markets,
    /// Whether the agency's view counts it (closures).
    pub view: View,
    /// Identification that is asked for (KYC).
    pub level: f64,
    /// Days for which it lasts (site blocks, KYC).
    pub for_days: u16,
}

/// Longest that an intervention lasts. Unit: days. Source: longer than any run to be compared. Status: assumption.
pub const LONGEST_DAYS: u16 = 3650;

impl Intervention {
    /// An act with everything else as where nothing is said.
    pub fn new(act: Act, on: Date, class: Class) -> Intervention {
        Intervention {
            act,
            on,
            class,
            which: Which::Largest,
            number: 1,
            successor: Successor::AsDrawn,
            markets: Markets::Stay,
            view: View::Counts,
            level: 1.0,
            for_days: LONGEST_DAYS,
        }
    }
}

/// What holds where nothing is said; act and day are always said, which is looked at before (`check`).
impl Default for Intervention {
    fn default() -> Intervention {
        Intervention::new(Act::Watch, Date::MIN, Class::Shadow)
    }
}
