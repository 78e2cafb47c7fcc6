//! What happened in a run, day by day, under names that mean the same in every run with the same luck.
//!
//! A venue's number depends on how many opened before it, so it is named by its operator and by how many
//! names that operator had before: the address of its luck.
//!
//! Deliberately absent: finding what differs between two runs (`ensemble`), and words for it (`cli`).

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use super::Flow;
use super::life::Try;
use crate::units::{Class, Day, Kzt};

/// Who runs a venue, in every run with the same luck.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OperatorName {
    /// There when the run begins.
    First {
        /// Class of the venues.
        class: Class,
        /// Number within the class, from 0.
        number: u32,
    },
    /// Came during the run.
    Entrant {
        /// Class of the venues.
        class: Class,
        /// Day on which the operator thought of it.
        day: Day,
        /// Number among those who thought of it that day, from 0.
        candidate: u16,
    },
}

/// Added to the class in the keys of entrants.
const ENTRANTS: u64 = 8;

impl OperatorName {
    /// Class of the operator's venues.
    pub fn class(self) -> Class {
        match self {
            OperatorName::First { class, .. } | OperatorName::Entrant { class, .. } => class,
        }
    }

    /// The key in addresses of luck.
    pub fn key(self) -> u64 {
        match self {
            OperatorName::First { class, number } => {
                (class.index() as u64) << 48 | u64::from(number)
            }
            OperatorName::Entrant { class, day, candidate } => {
                (ENTRANTS + class.index() as u64) << 48
                    | u64::from(day.0) << 16
                    | u64::from(candidate)
            }
        }
    }

    /// The operator with a key.
    pub fn of_key(key: u64) -> OperatorName {
        let class = Class::ALL[(key >> 48) as usize % ENTRANTS as usize % Class::COUNT];
        if key >> 48 >= ENTRANTS {
            OperatorName::Entrant { class, day: Day((key >> 16) as u16), candidate: key as u16 }
        } else {
            OperatorName::First { class, number: key as u32 }
        }
    }
}

/// A venue: one name of one operator. Written `shadow-118.0`, or `shadow-431-1.0` for somebody who came on day 431.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VenueName {
    /// Who runs it.
    pub operator: OperatorName,
    /// Names the operator had before.
    pub generation: u32,
}

impl VenueName {
    /// Number of the operator and of the name, without the class: `118.0`.
    pub fn number(&self) -> String {
        match self.operator {
            OperatorName::First { number, .. } => format!("{number}.{}", self.generation),
            OperatorName::Entrant { day, candidate, .. } => {
                format!("{}-{candidate}.{}", day.0, self.generation)
            }
        }
    }
}

impl fmt::Display for VenueName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.operator.class(), self.number())
    }
}

impl FromStr for VenueName {
    type Err = ();

    fn from_str(text: &str) -> Result<VenueName, ()> {
        let (class, number) = text.split_once('-').ok_or(())?;
        let class = *Class::ALL.iter().find(|known| known.key() == class).ok_or(())?;
        let (operator, generation) = number.rsplit_once('.').ok_or(())?;
        let operator = match operator.split_once('-') {
            None => OperatorName::First { class, number: parsed(operator)? },
            Some((day, candidate)) => OperatorName::Entrant {
                class,
                day: Day(parsed(day)?),
                candidate: parsed(candidate)?,
            },
        };
        Ok(VenueName { operator, generation: parsed(generation)? })
    }
}

fn parsed<T: FromStr>(text: &str) -> Result<T, ()> {
    text.parse().map_err(|_| ())
}

impl Serialize for VenueName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Something that happened to a bank or a venue.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Happening {
    /// A bank begins to check payments automatically.
    ChecksBegin,
    /// A bank no longer checks payments automatically.
    ChecksEnd,
    /// A venue opened; `relaunched` if it is the new name of a closed one.
    Opened {
        /// Whether it is a new name.
        relaunched: bool,
    },
    /// A venue stopped of its own accord.
    Exited,
    /// A venue ran off with its clients' money.
    RanOff,
    /// A venue got a licence and goes on as a licensed one.
    Licensed,
    /// The operator of a venue was tried.
    Tried {
        /// Whether convicted.
        convicted: bool,
        /// Days in prison, from the arrest on.
        term_days: u16,
    },
    /// The regulator put a venue on its list.
    Listed,
    /// The agency opened a case against a venue.
    CaseOpened,
    /// A case was proven; a partner abroad is asked for help.
    HelpAsked,
    /// A case was proven: the venue can be closed.
    CaseProven,
    /// A case ended in nothing.
    CaseFailed,
    /// Sites of a venue were blocked.
    SitesBlocked {
        /// How many.
        sites: u32,
    },
    /// A part of a venue's float was frozen.
    Frozen {
        /// How much.
        amount: Kzt,
    },
    /// The agency closed a venue.
    Closed {
        /// Whether the operator was arrested.
        arrest: bool,
        /// Float and wealth seized.
        seized: Kzt,
        /// People whose usual venue it was.
        users: i64,
    },
}

impl Happening {
    /// Whether it is the same act and, within one percent, of the same size: what a venue holds differs a little
    /// on every day once two runs differ.
    pub fn is_like(&self, other: &Happening) -> bool {
        let near = |a: i64, b: i64| (a - b).abs() as f64 <= 0.01 * a.max(b) as f64;
        match (*self, *other) {
            (Happening::Frozen { amount: a }, Happening::Frozen { amount: b }) => near(a.0, b.0),
            (
                Happening::Closed { arrest, seized, users },
                Happening::Closed { arrest: b_arrest, seized: b_seized, users: b_users },
            ) => arrest == b_arrest && near(seized.0, b_seized.0) && near(users, b_users),
            (a, b) => a == b,
        }
    }
}

/// To whom something happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// A bank, by its position among the issuers of the scenario.
    Bank(u8),
    /// A venue.
    Venue(VenueName),
}

/// Something happened to somebody.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Event {
    /// To whom.
    pub who: Subject,
    /// What.
    pub what: Happening,
}

/// How a need to trade stood at the end of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// Traded.
    Traded,
    /// Waits for another day.
    Waits,
    /// Given up.
    GivenUp,
}

/// A customer's need on a day and how it ended: enough to see whether two runs differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Errand {
    /// Row of the customer.
    pub row: u32,
    /// Amount in tenge, for each person the customer stands for.
    pub amount: u32,
    /// Venue that was tried last, if any.
    pub venue: Option<VenueName>,
    /// How it ended.
    pub ending: Ending,
}

/// Everything that happened on a day.
#[derive(Clone, Debug, PartialEq)]
pub struct DayLog {
    /// The day.
    pub day: Day,
    /// What happened to banks and venues, in the order of the day.
    pub events: Vec<Event>,
    /// All customers with a need, by row.
    pub errands: Vec<Errand>,
    /// Payments of dealers, by number.
    pub cash_outs: Vec<(u32, Option<Try>)>,
    /// Flows by class, over all traders.
    pub flows: [[i64; Flow::COUNT]; Class::COUNT],
    /// Open venues by class.
    pub open: [u32; Class::COUNT],
    /// Price of a mule card, in tenge.
    pub card_price_kzt: f64,
    /// Perceived chance that a venue of a class is closed within a year, in the evening.
    pub perceived_risk: [f64; Class::COUNT],
    /// Turnover of thirty days of open venues.
    pub sizes: Vec<(VenueName, Kzt)>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_venues_can_be_written_and_read() {
        let first = OperatorName::First { class: Class::PeerToPeer, number: 0 };
        let entrant = OperatorName::Entrant { class: Class::Hub, day: Day(431), candidate: 1 };
        for (operator, text) in [(first, "peer_to_peer-0.2"), (entrant, "hub-431-1.2")] {
            assert_eq!(OperatorName::of_key(operator.key()), operator);
            let name = VenueName { operator, generation: 2 };
            assert_eq!(name.to_string(), text);
            assert_eq!(text.parse(), Ok(name));
        }
        for wrong in ["", "shadow", "shadow-1", "nobody-1.0", "shadow-1.0.0", "shadow-x.0"] {
            assert_eq!(wrong.parse::<VenueName>(), Err(()), "{wrong}");
        }
    }
}
