//! A day in the life of one customer, dealer or venue: what it knew, could choose, decided, and what came of it.
//!
//! Deliberately absent: how any of it is decided (`model`), and words for it (`cli`).

use serde::Serialize;

use super::event::{Ending, VenueName};
use crate::units::{Channel, Class, Day, Kzt, Segment};

/// What a bank or venue answered to a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentAnswer {
    /// It went through.
    Passed,
    /// The venue could not take it: no cards, float or partners left.
    Refused,
    /// A bank stopped it.
    Stopped,
    /// The venue itself stopped it as suspicious.
    Declined,
}

/// One try to pay at one venue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Try {
    /// Where.
    pub venue: VenueName,
    /// Through what.
    pub channel: Channel,
    /// The answer.
    pub verdict: PaymentAnswer,
}

/// A venue as an option of somebody's choice.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Prospect {
    /// Which.
    pub venue: VenueName,
    /// Fee and spread, a share.
    pub fee: f64,
    /// Share of its sites that is blocked.
    pub sites_down: f64,
    /// Logarithm of its weight, as chosen without habit; not trading today has one as well.
    pub utility: f64,
    /// Chance that it is chosen, habit included.
    pub probability: f64,
}

/// Options of a choice: the best, what the rest adds up to, and not trading.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ChoiceOptions {
    /// The most likely venues, best first.
    pub best: Vec<Prospect>,
    /// Number of the other venues with any chance.
    pub others: usize,
    /// Chance of all of them.
    pub others_probability: f64,
    /// Chance of couriers or exchangers in other countries.
    pub outside_probability: f64,
    /// Utility of not trading today.
    pub not_today_utility: f64,
    /// Chance of not trading today.
    pub not_today_probability: f64,
}

/// What somebody meant to do on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Intention {
    /// Still looks for another venue, since the usual one is gone.
    Searches,
    /// No venue can be reached.
    Nowhere,
    /// Prefers not to trade today; would have gone to this venue.
    NotToday(VenueName),
    /// Past all venues: couriers, or exchangers in other countries.
    Outside,
    /// Trades with a partner known from a closed venue, without any venue.
    Direct,
    /// Trades at a venue, by habit or after a look at all of them.
    Trades {
        /// Where.
        venue: VenueName,
        /// Whether by habit, without a look at others.
        by_habit: bool,
    },
}

/// The numbers that were drawn for a choice, each between 0 and 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Drawn {
    /// Below `habit`: no look at others.
    pub stay: f64,
    /// Chance of going to the usual venue without a look at others.
    pub habit: f64,
    /// Below one less the chance of not trading: trades today.
    pub trade: f64,
}

/// A customer's day with a need.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CustomerDay {
    /// Segment of the customer.
    pub segment: Segment,
    /// Amount needed, what waited included; for each person.
    pub amount: Kzt,
    /// Part of it that is new today.
    pub fresh: Kzt,
    /// Day on which the need arose.
    pub arose: Day,
    /// Usual venue in the morning.
    pub usual: Option<VenueName>,
    /// Day since which the usual venue is gone.
    pub usual_gone: Option<Day>,
    /// Usual venue, or the one that took over from it, if habit speaks for it today.
    pub habit_for: Option<VenueName>,
    /// Whether a recent loss makes this person more averse to risk.
    pub scarred: bool,
    /// Perceived chance that a venue of the usual venue's class (else a shadow exchange) is closed within a year.
    pub perceived_risk: f64,
    /// Class that this speaks of.
    pub risk_of: Class,
    /// Whether banks that check automatically look at this person's payments.
    pub checked: bool,
    /// Whether the person's own bank checks automatically.
    pub bank_checks: bool,
    /// What could be chosen; none while somebody searches.
    pub options: Option<ChoiceOptions>,
    /// What was drawn; none while somebody searches.
    pub drawn: Option<Drawn>,
    /// What was decided.
    pub wish: Intention,
    /// Tries to pay.
    pub tries: Vec<Try>,
    /// How it ended.
    pub ending: Ending,
}

/// Who a customer is.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Portrait {
    /// Segment.
    pub segment: Segment,
    /// Risk band: 0 little, 1 middling, 2 much averse.
    pub risk_band: u8,
    /// Whether the person avoids identification.
    pub private: bool,
    /// Whether the person has a VPN.
    pub vpn: bool,
    /// Home bank, by its position among the issuers.
    pub bank: u8,
    /// First day of owning crypto.
    pub joined: Day,
    /// Chance of a need on a day.
    pub daily_chance: f64,
}

/// A dealer's day on which coins were to be turned into money, or a balance was lost.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DealerDay {
    /// Whether the dealer sells abroad.
    pub abroad: bool,
    /// Coins held in the morning.
    pub held: Kzt,
    /// Coins held in the evening, today's income included.
    pub evening: Kzt,
    /// Part of the usual custom that the dealer has in the morning: less than 1 since the dealer's market fell.
    pub custom: f64,
    /// Hub that the dealer's market works with, if it is open.
    pub partner: Option<VenueName>,
    /// Balance left at a venue in the morning.
    pub claim: Kzt,
    /// Where that balance is.
    pub claim_at: Option<VenueName>,
    /// Whether that venue was gone, and the balance with it.
    pub claim_lost: bool,
    /// Whether today was a day to turn coins into money.
    pub due: bool,
    /// What was decided.
    pub wish: Option<Intention>,
    /// What could be chosen.
    pub options: Option<ChoiceOptions>,
    /// What was drawn; habit is loyalty to the partner hub.
    pub drawn: Option<Drawn>,
    /// The payment, if there was one.
    pub tried: Option<Try>,
    /// Coins that the venue bought: all, or as many as it had money for.
    pub sold: Kzt,
    /// Coins given to couriers.
    pub couriers: Kzt,
    /// Coins sold to exchangers in other countries.
    pub sold_abroad: Kzt,
    /// Balance left at a venue in the evening.
    pub claim_evening: Kzt,
}

/// State of an agency's case against a venue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseState {
    /// None is open.
    None,
    /// Being worked on.
    Open,
    /// Proven; a partner abroad was asked for help.
    Requested,
    /// Proven: the venue can be closed.
    Proven,
}

/// A venue at the end of a day.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct VenueDay {
    /// First day.
    pub opened: Day,
    /// Whether it is still open.
    pub open: bool,
    /// Turnover today.
    pub turnover: Kzt,
    /// Turnover of thirty days, fading mean.
    pub monthly_turnover: Kzt,
    /// Fee and spread, a share.
    pub fee: f64,
    /// People whose usual venue it is.
    pub users: i64,
    /// Money and coins held.
    pub float: Kzt,
    /// Mule cards held.
    pub cards: u32,
    /// Payments to its accounts and cards that banks stopped today.
    pub stopped: i64,
    /// Sites that are blocked.
    pub sites_down: u32,
    /// Sites in all.
    pub sites: u32,
    /// Whether the regulator lists it.
    pub listed: bool,
    /// Whether it feels hunted after a freeze.
    pub hunted: bool,
    /// Evidence that the agency has against it; a case is worth opening at `afm.case_threshold`.
    pub evidence: f64,
    /// The agency's case against it.
    pub case: CaseState,
}
