//! Public boards: what everybody may see of everybody else. One actor writes a board, others read it.
//!
//! A client sees a fee and a closed door, not an exchange's books; the agency sees what its sources tell.

mod agency;

use bevy_ecs::prelude::*;

use super::choice::Layout;
use super::messages::VenueNumber;
use scenario::world::PerceivedRisk;
use world::record::Destination;
use world::record::Flow;
use world::record::event::{OperatorName, VenueName};
use world::record::life::PaymentAnswer;
use world::units::{Channel, Class, Day, Kzt, Trader, maths};

pub use agency::{AgencyBudget, AgencySight};

/// No venue.
pub const NO_VENUE: VenueNumber = VenueNumber::MAX;
/// Banks at most; a scenario with more is refused.
pub const MAX_BANKS: usize = 32;

/// Why a venue is no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Closed by the AFM.
    Closed,
    /// Stopped of its own accord.
    Exited,
    /// Ran off with its clients' money.
    RanOff,
    /// Got a licence and goes on as a licensed venue.
    Licensed,
}

/// Where an operator sits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Seat {
    /// In Kazakhstan.
    Home,
    /// In another country: 0 to 1 along the partners, from the readiest to help to the least.
    Abroad(f64),
}

/// The public face of a venue. Written by exchanges at the end of a day, read on the next.
#[derive(Clone, Copy, Debug)]
pub struct Listing {
    /// Class.
    pub class: Class,
    /// Position in the tables of choice while open.
    pub slot: Option<u16>,
    /// First day.
    pub opened: Day,
    /// Day on which and why it ended.
    pub gone: Option<(Day, Cause)>,
    /// Whether it is the new name of a closed venue.
    pub relaunched: bool,
    /// Key of the operator, the same for all its venues.
    pub operator: u64,
    /// Venue that took over from this one.
    pub successor: VenueNumber,
    /// Share of clients who follow to the successor.
    pub followers: f64,
    /// Fee and spread in millionths, the price of cards included.
    pub fee_ppm: u32,
    /// Fee and spread in millionths when cards cost their normal price and accounts work.
    pub normal_fee_ppm: u32,
    /// KYC that clients pass.
    pub kyc: f64,
    /// KYC that the venue asks for of its own accord.
    pub own_kyc: f64,
    /// First day on which clients are asked for as much KYC as now.
    pub kyc_since: Day,
    /// Attractiveness of its brand.
    pub attractiveness: f64,
    /// Utility that a new name lacks for not being known yet.
    pub unknown: f64,
    /// Share of payments for which it has room as far as cards go: 1 while it has cards enough.
    pub taken: f64,
    /// What dear cards eat of the fees of thirty days, since clients would leave if they paid for it, in tenge.
    pub monthly_eaten: f64,
    /// Turnover of thirty days as people see it, in tenge.
    pub monthly_turnover: f64,
    /// Drug money in thirty days as chain analytics sees it, in tenge.
    pub monthly_drug_money: f64,
    /// Share of its sites that is down.
    pub sites_down: f64,
    /// Sites that are up.
    pub sites_up: u32,
    /// Trust lost by frozen or vanished money (0 none).
    pub distrust: f64,
    /// Turnover over its whole life.
    pub lifetime_turnover: Kzt,
    /// Names its operator had before.
    pub generation: u32,
}

/// Mean of a Beta belief after experience.
pub fn certainty(prior: f64, weight: f64, bad: f64, good: f64) -> f64 {
    (prior * weight + bad) / (weight + bad + good)
}

/// Address of a venue's luck: operator and generation, the same in all policies.
pub fn venue_address(operator: u64, generation: u32) -> u64 {
    operator << 8 | u64::from(generation.min(255))
}

impl Listing {
    /// Name that means the same in every run with the same luck.
    pub fn name(&self) -> VenueName {
        VenueName { operator: OperatorName::of_key(self.operator), generation: self.generation }
    }

    /// Column in which turnover is counted besides, if the venue is an illicit platform that was relaunched or entered.
    pub fn origin(&self, first_reported: Day) -> Option<Flow> {
        if self.relaunched {
            Some(Flow::TradedRelaunched)
        } else if self.class.is_platform() && self.opened > first_reported {
            Some(Flow::TradedEntrant)
        } else {
            None
        }
    }
}

/// All venues that ever opened in this run, by number.
#[derive(Resource, Default, Clone, Debug)]
pub struct Directory {
    /// Public faces by venue number.
    pub listings: Vec<Listing>,
    /// Venue at each slot of the tables of choice.
    pub at_slot: Vec<VenueNumber>,
    /// How slots divide into classes.
    pub layout: Layout,
}

impl Directory {
    /// Whether a venue is open.
    pub fn is_open(&self, venue: VenueNumber) -> bool {
        venue != NO_VENUE && self.listings[venue as usize].slot.is_some()
    }

    /// Name of a venue; `None` for no venue.
    pub fn name(&self, venue: VenueNumber) -> Option<VenueName> {
        self.listings.get(usize::from(venue)).map(Listing::name)
    }

    /// Number of a venue by its name.
    pub fn number(&self, name: VenueName) -> Option<VenueNumber> {
        let key = name.operator.key();
        let named = |l: &Listing| l.operator == key && l.generation == name.generation;
        self.listings.iter().position(named).map(|number| number as VenueNumber)
    }

    /// Monthly turnover of all open venues of a class, and their number.
    pub fn turnover_of(&self, class: Class) -> (f64, f64) {
        self.open()
            .filter(|(_, listing)| listing.class == class)
            .fold((0.0, 0.0), |(sum, count), (_, l)| (sum + l.monthly_turnover, count + 1.0))
    }

    /// Open venues in the order of their slots: the same order in all policies as far as possible.
    pub fn open(&self) -> impl Iterator<Item = (VenueNumber, &Listing)> {
        self.at_slot
            .iter()
            .filter(|venue| **venue != NO_VENUE)
            .map(|venue| (*venue, &self.listings[*venue as usize]))
    }
}

impl Listing {
    /// What this venue is to who lost another, if any: by its class, or as the other's new name, or as one that opened since.
    pub fn as_destination(&self, lost: Option<(&Listing, Day)>) -> Destination {
        if let Some((old, day)) = lost {
            if self.relaunched && self.operator == old.operator {
                return Destination::Relaunched;
            }
            if self.class.is_platform() && self.opened > day {
                return Destination::Entrant;
            }
        }
        match self.class {
            Class::Licensed => Destination::Licensed,
            Class::Shadow => Destination::Shadow,
            Class::Hub => Destination::Hub,
            Class::Foreign => Destination::Foreign,
            Class::PeerToPeer => Destination::PeerToPeer,
        }
    }
}

/// How payments to a venue go today, as thresholds out of 2³².
#[derive(Clone, Copy, Debug, Default)]
pub struct Acceptance {
    /// Below: merchant account.
    pub account_below: u32,
    /// Otherwise below: cash; the rest goes through cards.
    pub cash_below: u32,
    /// By channel: a number below is accepted by the venue; the rest is refused for lack of capacity.
    pub accept_below: [u64; Channel::COUNT],
    /// By channel, and by who checks this client today (0 nobody, 1 the venue's banks, 2 the client's
    /// bank as well): a number below is stopped.
    pub stop_below: [[u32; 3]; Channel::COUNT],
    /// Share of payments to its merchant accounts that are stopped, on average.
    pub account_trouble: f64,
    /// What one client may trade there in thirty days, in tenge.
    pub client_limit_kzt: u32,
    /// Money for which the venue buys coins today at most; infinite where it is not its own money.
    pub buys_kzt: f64,
    /// What the venue stops itself where banks let it pass: of honest clients, and of drug and fraud clients; out of 2³².
    pub watched_below: [u32; 2],
}

/// Payment boards by venue number, and the banks that check automatically.
#[derive(Resource, Default, Clone, Debug)]
pub struct Payments {
    /// By venue number.
    pub acceptance: Vec<Acceptance>,
    /// One bit for each bank that checks automatically today.
    pub checking_banks: u32,
    /// Share of the card market of each bank, cumulated, out of 2³².
    pub bank_below: Vec<u32>,
    /// Clients below this sum in thirty days are not checked.
    pub threshold_kzt: u32,
}

/// What happened at a venue today. Written by traders' settlement, read by venues, banks and the agency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Orders that customers placed, first tries.
    pub asked_kzt: i64,
    /// Part of it that was not asked of the same venue the day before.
    pub asked_anew_kzt: i64,
    /// Cash-outs that dealers at home and farms placed.
    pub dealers_asked_kzt: i64,
    /// Coins brought in all, by dealers abroad too: the venue pays for them with money of its own.
    pub coins_asked_kzt: i64,
    /// Turnover.
    pub traded_kzt: i64,
    /// Fees.
    pub fees_kzt: i64,
    /// Turnover through cards.
    pub card_kzt: i64,
    /// Turnover of drug buyers and dealers.
    pub drug_kzt: i64,
    /// Turnover of dealers.
    pub dealers_kzt: i64,
    /// Part of it of dealers abroad, who are paid out there.
    pub abroad_kzt: i64,
    /// Payments to cards that banks stopped.
    pub cards_stopped: i64,
    /// Payments to accounts that banks stopped.
    pub accounts_stopped: i64,
    /// Payments of drug and fraud clients to a licensed venue that it or a bank stopped.
    pub suspects_stopped: i64,
    /// Balances that dealers left at the venue, less those they took out.
    pub deposits_kzt: i64,
    /// People who made it their usual venue.
    pub arrivals: i64,
    /// People who left it.
    pub departures: i64,
}

impl Traffic {
    /// Counts a payment that was not made; `flow` is that of the trader at the class of the venue.
    pub fn turn_away(
        &mut self,
        flow: &mut [i64; Flow::COUNT],
        verdict: PaymentAnswer,
        channel: Channel,
        amount: i64,
        suspect_at_licensed: bool,
    ) {
        let (sum, orders) = match verdict {
            PaymentAnswer::Passed => return,
            PaymentAnswer::Refused => {
                flow[Flow::Refused as usize] += amount;
                return;
            }
            PaymentAnswer::Stopped => (Flow::Blocked, Flow::BlockedOrders),
            PaymentAnswer::Declined => (Flow::Declined, Flow::DeclinedOrders),
        };
        flow[sum as usize] += amount;
        flow[orders as usize] += 1;
        self.suspects_stopped += i64::from(suspect_at_licensed);
        match (verdict, channel) {
            (PaymentAnswer::Declined, _) => {}
            (_, Channel::Card) => self.cards_stopped += 1,
            _ => self.accounts_stopped += 1,
        }
    }

    /// Payments that banks stopped.
    pub fn stopped(&self) -> i64 {
        self.cards_stopped + self.accounts_stopped
    }

    /// Adds another count, times a number of people.
    pub fn add(&mut self, other: &Traffic, times: i64) {
        self.asked_kzt += other.asked_kzt * times;
        self.asked_anew_kzt += other.asked_anew_kzt * times;
        self.dealers_asked_kzt += other.dealers_asked_kzt * times;
        self.coins_asked_kzt += other.coins_asked_kzt * times;
        self.traded_kzt += other.traded_kzt * times;
        self.fees_kzt += other.fees_kzt * times;
        self.card_kzt += other.card_kzt * times;
        self.drug_kzt += other.drug_kzt * times;
        self.dealers_kzt += other.dealers_kzt * times;
        self.abroad_kzt += other.abroad_kzt * times;
        self.cards_stopped += other.cards_stopped * times;
        self.accounts_stopped += other.accounts_stopped * times;
        self.suspects_stopped += other.suspects_stopped * times;
        self.deposits_kzt += other.deposits_kzt * times;
        self.arrivals += other.arrivals * times;
        self.departures += other.departures * times;
    }
}

/// Today's traffic by venue number.
#[derive(Resource, Default, Clone, Debug)]
pub struct TrafficBoard(pub Vec<Traffic>);

/// What the offers of venues would draw from customers today, with nobody's luck in it.
///
/// A customer agent stands for many people, whose trades at a small venue come in lumps. Venues and those
/// who judge them go by this expectation where lumps would say little (see `exchange::trade`).
#[derive(Resource, Default, Clone, Debug)]
pub struct Expected {
    /// Turnover in tenge by venue number.
    pub turnover_kzt: Vec<f64>,
    /// Mean size of the trade of a customer agent at venues of a class, in tenge.
    pub agent_trade_kzt: [f64; Class::COUNT],
}

/// Today's flows by class, trader and column, in the order of a day's rows of the daily table.
#[derive(Resource, Clone, Debug)]
pub struct Flows(pub Vec<[i64; world::record::Flow::COUNT]>);

impl Default for Flows {
    fn default() -> Flows {
        Flows(vec![[0; world::record::Flow::COUNT]; Class::COUNT * Trader::COUNT])
    }
}

/// Perceived risk by class: the chance that a venue is closed within a year, as people believe.
#[derive(Resource, Clone, Copy, Debug, Default)]
pub struct Perceived {
    /// By class.
    pub certainty: [f64; Class::COUNT],
    /// Years that an operator spends in prison after a closure, on average, as people believe: severity.
    pub prison_years: f64,
}

/// How much of the certainty that they perceive deters would-be offenders, who decide once: little below the threshold, nearly all of it
/// above. Clients respond to the certainty itself (`customer/taste.rs`).
///
/// Source: Loughran et al. 2012 (facts.md §3), as a logistic function.
pub fn deterrent(certainty: f64, risk: &PerceivedRisk) -> f64 {
    certainty * maths::logistic(risk.steepness * (certainty - risk.threshold))
}

/// What the dark side of the market offers: readable by drug buyers and dealers.
#[derive(Resource, Clone, Copy, Debug)]
pub struct DrugSupply {
    /// Share of normal sales that dealers make.
    pub share: f64,
}

/// Coins that dealers bring to hubs, fading means of a day: readable by would-be operators of hubs.
#[derive(Resource, Clone, Copy, Debug, Default)]
pub struct HubDemand {
    /// What hubs took.
    pub taken: f64,
    /// What no hub took: refused, or no hub was known.
    pub lacking: f64,
}

impl HubDemand {
    /// Share of what is brought that no hub takes.
    pub fn unserved(&self) -> f64 {
        let all = self.taken + self.lacking;
        if all > 0.0 { self.lacking / all } else { 0.0 }
    }
}

/// Share of the people of the segment `pyramid` who are members of one: readable by them.
#[derive(Resource, Clone, Copy, Debug)]
pub struct PyramidMembership {
    /// Share.
    pub share: f64,
}

/// A pyramid as it looks from outside.
#[derive(Clone, Copy, Debug)]
pub struct PyramidFace {
    /// Address of its luck.
    pub address: u64,
    /// Whether it recruits and pays.
    pub open: bool,
    /// Members.
    pub members: f64,
    /// Members that it seems to have.
    pub seems: f64,
}

/// Pyramids by number; written by pyramids.
#[derive(Resource, Default, Clone, Debug)]
pub struct PyramidBoard {
    /// By number.
    pub faces: Vec<PyramidFace>,
}

/// An illegal farm as it looks from outside, and its counter at the venues.
#[derive(Clone, Copy, Debug)]
pub struct FarmFace {
    /// Address of its luck.
    pub address: u32,
    /// Whether it draws power.
    pub runs: bool,
    /// Power that it seems to draw, in MW.
    pub seems_mw: f64,
    /// Coins mined and not taken to be sold yet; who sells takes them.
    pub mined: Kzt,
    /// Money for coins that the farm has not counted yet; who sells adds to it.
    pub paid: Kzt,
}

/// Illegal farms and rackets by number; written by farms, and by who sells their coins.
#[derive(Resource, Default, Clone, Debug)]
pub struct FarmBoard {
    /// Farms by number.
    pub farms: Vec<FarmFace>,
    /// Income of a month that each racket seems to have, by number; 0 for those that are broken up.
    pub rackets: Vec<f64>,
    /// Power that licensed miners draw today, in kW.
    pub legal_kw: i64,
}

/// The market for mule cards.
#[derive(Resource, Clone, Copy, Debug)]
pub struct CardMarket {
    /// Price of a card today, in tenge.
    pub price_kzt: f64,
    /// Cards for sale today.
    pub supply: f64,
    /// Cards asked for today.
    pub asked: f64,
    /// Share of what was asked for that could be had, as of yesterday.
    pub fill: f64,
}

/// How the banks of mule cards look to those who buy cards: share of each bank in what is bought, and which check.
#[derive(Resource, Clone, Debug, Default)]
pub struct CardBanks {
    /// Share of each bank in cards bought today.
    pub share_bought: Vec<f64>,
    /// Whether the bank checks automatically.
    pub checks: Vec<bool>,
}

/// Which unlicensed venues the regulator lists, since when, by venue number.
#[derive(Resource, Default, Clone, Debug)]
pub struct RegulatorList(pub Vec<Option<Day>>);

impl RegulatorList {
    /// Since when a venue is listed.
    pub fn since(&self, venue: VenueNumber) -> Option<Day> {
        self.0.get(venue as usize).copied().flatten()
    }
}

/// Rails of each venue that banks see: by venue number.
#[derive(Resource, Default, Clone, Debug)]
pub struct RailBoard(pub Vec<Rails>);

/// What a bank can see of how a venue is paid.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rails {
    /// Share of payments through merchant accounts.
    pub account_share: f64,
    /// Share of payments in cash.
    pub cash_share: f64,
    /// Use of its cards, 0 idle to 1 at their daily limit.
    pub card_load: f64,
    /// Share of its cards at banks that check.
    pub cards_checked: f64,
    /// Money that its cards carry in a day; infinite where clients pay from card to card of persons.
    pub card_capacity: f64,
    /// Money that the venue carries in a day in all (peer-to-peer).
    pub capacity: f64,
    /// Money asked of the venue in a day, on average.
    pub asked: f64,
    /// Share of what is asked that the float can pay.
    pub solvency: f64,
    /// Money for which the venue can buy coins in a day; infinite where it is not its own money.
    pub buys_kzt: f64,
    /// Whether a payment through a card brings in more than the card costs; else the venue takes no new ones.
    pub cards_pay: bool,
}

impl Rails {
    /// Share of payments that goes through cards.
    pub fn card_share(&self) -> f64 {
        (1.0 - self.account_share - self.cash_share).max(0.0)
    }
}

/// Suspicious-transaction reports, and how the agency keeps up with them.
#[derive(Resource, Default, Clone, Copy, Debug)]
pub struct ReportDesk {
    /// Reports a day, true and false, fading mean.
    pub pace: f64,
    /// Share of reports that the agency gets to read.
    pub share_read: f64,
    /// Reports since the first day.
    pub filed: f64,
    /// Those that are true.
    pub well_founded: f64,
    /// Those that were read.
    pub read: f64,
    /// Whole reports of today, so that parts of a report are not lost: filed, true, read.
    pub today: [i64; 3],
}

/// What the agency did today, for those who measure.
#[derive(Resource, Default, Clone, Copy, Debug)]
pub struct AgencyDiary {
    /// Cases opened today.
    pub cases_opened: u32,
    /// Cases being worked on at the end of the day.
    pub cases_open: u32,
}

/// Channel of a payment, by a random word.
pub fn channel(acceptance: &Acceptance, word: u32) -> Channel {
    if word < acceptance.account_below {
        Channel::Account
    } else if word < acceptance.cash_below {
        Channel::Cash
    } else {
        Channel::Card
    }
}

/// Who checks a payment: 0 nobody, 1 the venue's banks, 2 the client's bank as well.
pub fn check_level(checked: bool, bank: u8, checking_banks: u32) -> usize {
    match (checked, (checking_banks >> bank) & 1 == 1) {
        (false, _) => 0,
        (true, false) => 1,
        (true, true) => 2,
    }
}

/// What comes of a payment: `room` is the luck of finding capacity, `check` that of passing the banks and the
/// venue; a `suspect` buys drugs or cashes out fraud.
#[inline]
pub fn verdict(
    acceptance: &Acceptance,
    channel: Channel,
    level: usize,
    room: u32,
    check: u32,
    suspect: bool,
) -> PaymentAnswer {
    if u64::from(room) >= acceptance.accept_below[channel.index()] {
        return PaymentAnswer::Refused;
    }
    let bank = acceptance.stop_below[channel.index()][level];
    let venue = acceptance.watched_below[usize::from(suspect)];
    // What passes the bank may still be stopped by the venue.
    let left = (u64::from(u32::MAX - bank) * u64::from(venue)) >> 32;
    match u64::from(check) {
        check if check < u64::from(bank) => PaymentAnswer::Stopped,
        check if check < u64::from(bank) + left => PaymentAnswer::Declined,
        _ => PaymentAnswer::Passed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offenders_are_deterred_little_below_the_threshold_and_by_nearly_all_above() {
        let risk = &scenario::reference().scenario.perceived_risk;
        let share = |certainty: f64| deterrent(certainty, risk) / certainty;
        assert!(share(risk.threshold - 0.2) < 0.1 && share(risk.threshold + 0.2) > 0.9);
        assert!((share(risk.threshold) - 0.5).abs() < 1e-12);
        let steps: Vec<f64> = (1..100).map(|i| deterrent(f64::from(i) / 100.0, risk)).collect();
        assert!(steps.is_sorted());
    }
}
