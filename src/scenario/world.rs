//! The valid scenario as types: what `kazakhstan.ron` says, in the same order and under the same names.
//!
//! Meaning, unit, range, status and source of each field stand in `scenarios/kazakhstan.ron`, once.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::policy::Policy;
use world::units::{Class, Day, PerClass, PerPlatform, PerPurpose, PerSegment, Trader};

/// A value that may change on dates: each holds from its date on, the first also before it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Dated<T>(BTreeMap<Date, T>);

impl<T: Clone> Dated<T> {
    /// The same value at all times.
    pub fn constant(value: T) -> Dated<T> {
        Dated(BTreeMap::from([(Date::MIN, value)]))
    }

    /// Values by date; `None` if there are none.
    pub fn new(steps: BTreeMap<Date, T>) -> Option<Dated<T>> {
        (!steps.is_empty()).then_some(Dated(steps))
    }

    /// The value in force on a date.
    pub fn on(&self, date: Date) -> T {
        let held = self.0.range(..=date).next_back().or_else(|| self.0.iter().next());
        held.map(|(_, value)| value.clone()).expect("a dated value has at least one step")
    }

    /// The same dates with what a function makes of the values.
    pub fn map<U>(&self, of: impl Fn(&T) -> U) -> Dated<U> {
        Dated(self.0.iter().map(|(date, value)| (*date, of(value))).collect())
    }

    /// Dates and values in order; the date of a constant is [`Date::MIN`].
    pub fn steps(&self) -> impl Iterator<Item = (Date, &T)> {
        self.0.iter().map(|(date, value)| (*date, value))
    }
}

impl Dated<f64> {
    /// The value on a date, on straight lines between the steps.
    pub fn between(&self, date: Date) -> f64 {
        let before = self.0.range(..=date).next_back();
        let after = self.0.range(date..).next();
        match (before, after) {
            (Some((from, a)), Some((to, b))) if from < to => {
                let span = f64::from((*to - *from).get_days());
                a + (b - a) * f64::from((date - *from).get_days()) / span
            }
            (Some((_, value)), _) | (None, Some((_, value))) => *value,
            (None, None) => unreachable!("a dated value has at least one step"),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Dated<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // The reader writes every dated value out as a map before typing it.
        BTreeMap::deserialize(deserializer).map(Dated)
    }
}

/// A world and the policy in force in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Scenario {
    pub name: String,
    pub title: String,
    pub start: Date,
    pub end: Date,
    pub warm_up_days: u16,
    pub people_per_agent: u32,
    pub kzt_per_usd: Dated<f64>,
    pub customers: Customers,
    pub exchanges: Exchanges,
    pub mule_cards: MuleCards,
    pub banks: Banks,
    pub dealers: Dealers,
    pub darknet_markets: DarknetMarkets,
    pub pyramids: Pyramids,
    pub mining: Mining,
    pub rackets: Rackets,
    pub perceived_risk: PerceivedRisk,
    pub afm: Afm,
    pub protection: Protection,
    pub courts: Courts,
    pub partners: Partners,
    pub mechanisms: Mechanisms,
    pub measures: Measures,
    pub policy: Policy,
}

impl Scenario {
    /// Days of the run, warm-up included.
    pub fn total_days(&self) -> u16 {
        self.warm_up_days + self.reported_days()
    }

    /// Reported days.
    pub fn reported_days(&self) -> u16 {
        (self.end - self.start).get_days() as u16 + 1
    }

    /// Calendar date of a day of the run.
    pub fn date(&self, day: Day) -> Date {
        let offset = jiff::Span::new().days(i64::from(day.0) - i64::from(self.warm_up_days));
        self.start.checked_add(offset).expect("a run's days were checked to be dates")
    }

    /// Customer agents: people divided by `people_per_agent`, at least one.
    pub fn agents(&self) -> u32 {
        (self.customers.number / self.people_per_agent).max(1)
    }
}

/// People who exchange.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Customers {
    pub number: u32,
    pub ownership: Dated<f64>,
    pub segment_share: PerSegment<f64>,
    pub trades_per_year: PerSegment<f64>,
    pub activity_sigma: f64,
    pub ticket_median_kzt: PerSegment<f64>,
    pub ticket_sigma: PerSegment<f64>,
    pub ticket_limit_kzt: f64,
    pub trade_growth: PerSegment<Dated<f64>>,
    pub price_sensitivity: PerSegment<f64>,
    pub risk_aversion: PerSegment<f64>,
    pub risk_aversion_spread: f64,
    pub kyc_aversion: PerSegment<f64>,
    pub private_share: PerSegment<f64>,
    pub private_aversion: f64,
    pub vpn_share: PerSegment<f64>,
    pub herding: f64,
    pub herding_unit_kzt: f64,
    pub habit: f64,
    pub class_dissimilarity: f64,
    pub alike_dissimilarity: f64,
    pub first_deal_risk: f64,
    pub identification: Identification,
    pub not_today: f64,
    pub access_cost: f64,
    pub search_days: f64,
    pub retry: f64,
    pub tries: u32,
    pub give_up: PerSegment<f64>,
    pub scar_days: u16,
    pub partner: f64,
    pub partner_days: f64,
    pub partner_meets: f64,
}

/// How identification at licensed venues spreads.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Identification {
    pub at_start: f64,
    pub by_itself: f64,
    pub by_example: f64,
}

/// What some find in venues of a class beyond what others find.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Appeal {
    pub criminals: PerClass<f64>,
    pub professionals: PerClass<f64>,
}

/// Venues and their operators.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Exchanges {
    pub number: PerClass<u32>,
    pub attractiveness: PerClass<f64>,
    pub appeal: Appeal,
    pub attractiveness_sigma: PerClass<f64>,
    pub fee: PerClass<f64>,
    pub fee_sigma: f64,
    pub kyc: PerClass<f64>,
    pub float_days: PerClass<f64>,
    pub memory_days: f64,
    pub account_share: PerClass<f64>,
    pub cash_share: PerClass<f64>,
    pub sites: PerPlatform<u32>,
    pub mirror_days: f64,
    pub peer_to_peer_capacity_kzt: f64,
    pub peer_to_peer_growth: f64,
    pub entry_per_month: PerPlatform<f64>,
    pub entry_follows_demand: f64,
    pub hub_capital_kzt: f64,
    pub claims_distrust: f64,
    pub outside_income_kzt: f64,
    pub outside_income_sigma: f64,
    pub loss_if_closed_years: f64,
    pub running_cost_kzt: f64,
    pub exit: f64,
    pub saving: f64,
    pub property_kzt: f64,
    pub relaunch: f64,
    pub relaunch_days: f64,
    pub relaunch_keeps: f64,
    pub prepared: f64,
    pub prepared_keeps: f64,
    pub return_after_release: f64,
    pub run_off: f64,
    pub skill_sigma: f64,
    pub hub_skill: f64,
    pub abroad: PerPlatform<f64>,
    pub moves_abroad: f64,
    pub would_be_licensed: f64,
    pub licence_keeps: f64,
    pub capital_return: f64,
    pub mule_identity_fee: f64,
}

/// Cards lent by droppers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct MuleCards {
    pub throughput_kzt: f64,
    pub daily_limit_kzt: f64,
    pub balance_kzt: f64,
    pub supply_per_day: f64,
    pub price_kzt: f64,
    pub supply_elasticity: f64,
    pub price_speed: f64,
    pub reserve: f64,
    pub handling: f64,
    pub bank_shopping: f64,
    pub other_demand: f64,
    pub other_elasticity: f64,
    pub cards_per_dropper: f64,
    pub non_resident_share: f64,
    pub lender_deterrence: f64,
}

/// Banks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Banks {
    pub issuers: Vec<Issuer>,
    pub background_stop: f64,
    pub load_effect: f64,
    pub sender_side: f64,
    pub adoption_days: f64,
    pub personal_card_factor: f64,
    pub useful_reports: f64,
    pub fine_that_doubles: f64,
}

/// A bank that issues cards.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Issuer {
    pub name: String,
    pub assets_kzt_bn: f64,
}

/// Drug dealers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Dealers {
    pub number: u32,
    pub abroad: f64,
    pub income_abroad_kzt: f64,
    pub income_sigma: f64,
    pub cash_out_days: f64,
    pub partner_hub: f64,
    pub balance_share: f64,
    pub courier_share: f64,
    pub courier_discount: f64,
    pub abroad_fee: f64,
    pub outside_worth: f64,
    pub abroad_farther: f64,
    pub sales_cut: f64,
    pub supply_elasticity: f64,
    pub arrest_news: f64,
    pub nerve_spread: f64,
}

/// Darknet markets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct DarknetMarkets {
    pub number: u32,
    pub search_days: f64,
    pub custom_days: f64,
}

/// Pyramids that promise a yield on coins.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Pyramids {
    pub number: u32,
    pub arise_per_year: f64,
    pub founders: f64,
    pub recruits_per_day: f64,
    pub reach_median: f64,
    pub reach_sigma: f64,
    pub promise: f64,
    pub skim: f64,
    pub memory_days: f64,
    pub warning_effect: f64,
    pub complaints: f64,
    pub recovered: f64,
    pub frozen: f64,
}

/// Illegal mining farms.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Mining {
    pub number: u32,
    pub arise_per_month: f64,
    pub power_median_mw: f64,
    pub power_sigma: f64,
    pub coins_per_mw_day_kzt: Dated<f64>,
    pub cost_mw_day_kzt: f64,
    pub cost_sigma: f64,
    pub power_kzt_per_kwh: f64,
    pub industry_mw: f64,
    pub industry_yield: f64,
    pub machines_kzt_per_mw: f64,
    pub officials: f64,
    pub restart_days: f64,
}

/// Gangs that squeeze farms.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Rackets {
    pub number: u32,
    pub members: u32,
    pub squeezed: f64,
    pub protects: f64,
    pub cut: f64,
    pub arrested: f64,
    pub return_days: f64,
}

/// Perceived risk and deterrence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct PerceivedRisk {
    pub prior: f64,
    pub prior_weight: f64,
    pub memory_days: f64,
    pub threshold: f64,
    pub steepness: f64,
    pub news_of_size: f64,
    pub loss_weight: f64,
    pub arrest_weight: f64,
    pub novelty: f64,
    pub severity_weight: f64,
    pub prior_prison_years: f64,
}

/// The agency.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Afm {
    pub intelligence: f64,
    pub test_purchases: f64,
    pub report_value: f64,
    pub staleness: f64,
    pub case_threshold: f64,
    pub list_threshold: f64,
    pub investigators: u32,
    pub case_days: f64,
    pub case_success: f64,
    pub float_caught: f64,
    pub wealth_caught: f64,
    pub drug_money_seen: f64,
    pub reports_read_per_day: f64,
}

/// Officials who protect operators.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Protection {
    pub share: PerPlatform<f64>,
    pub success: f64,
    pub delay: f64,
    pub lasts_days: f64,
}

/// Courts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Courts {
    pub verdicts_per_month: f64,
    pub trial_days: f64,
    pub held: f64,
    pub term_sigma: f64,
    pub doubt: f64,
}

/// Partners abroad.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Partners {
    pub groups: Vec<PartnerGroup>,
    pub extradition: f64,
}

/// A group of countries where operators sit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct PartnerGroup {
    pub name: String,
    pub operators: f64,
    pub willingness: f64,
}

/// Mechanisms that can be switched off, to divide an effect into its parts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Mechanisms {
    pub deterrence: f64,
    pub displacement: f64,
    pub replacement: f64,
}

/// What counts, how much harm it does, and what acts cost.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Measures {
    pub harm: PerPurpose<f64>,
    pub own: BTreeMap<String, Own>,
    pub agency_day_kzt: f64,
    pub closure_days: f64,
    pub site_block_days: f64,
    pub freeze_days: f64,
    pub request_days: f64,
    pub application_days: f64,
    pub prison_day_kzt: f64,
    pub pyramid_days: f64,
    pub inspection_days: f64,
    pub racket_case_days: f64,
    pub bank_stop_kzt: f64,
    pub report_minutes: f64,
}

/// What a reader of the results wants counted: turnover of some traders at venues of some classes. Its name is that of the measure.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Own {
    /// As tables and figures call it.
    pub title: String,
    /// Classes at which all traders count.
    pub everybody: Vec<Class>,
    /// Who counts at licensed venues.
    pub licensed: Vec<Trader>,
    /// Who counts at shadow exchanges.
    pub shadow: Vec<Trader>,
    /// Who counts at hubs.
    pub hub: Vec<Trader>,
    /// Who counts at foreign platforms.
    pub foreign: Vec<Trader>,
    /// Who counts in deals between persons.
    pub peer_to_peer: Vec<Trader>,
}

impl Own {
    /// Names that a definition may have: those of the measures.
    pub const NAMES: [&str; 3] = ["own_1", "own_2", "own_3"];

    /// Whether turnover of a trader at venues of a class counts.
    pub fn counts(&self, class: Class, trader: Trader) -> bool {
        let some = match class {
            Class::Licensed => &self.licensed,
            Class::Shadow => &self.shadow,
            Class::Hub => &self.hub,
            Class::Foreign => &self.foreign,
            Class::PeerToPeer => &self.peer_to_peer,
        };
        self.everybody.contains(&class) || some.contains(&trader)
    }
}
