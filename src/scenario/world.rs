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

/// Groups of parameters: what each is about, its name, and its fields as `kazakhstan.ron` documents them.
macro_rules! groups {
    ($($(#[$doc:meta])* $name:ident { $($field:ident: $of:ty,)+ })+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        #[allow(missing_docs)]
        pub struct $name { $(pub $field: $of),+ }
    )+};
}

groups! {
    /// A world and the policy in force in it.
    Scenario {
        name: String,
        title: String,
        start: Date,
        end: Date,
        warm_up_days: u16,
        people_per_agent: u32,
        kzt_per_usd: Dated<f64>,
        customers: Customers,
        exchanges: Exchanges,
        mule_cards: MuleCards,
        banks: Banks,
        dealers: Dealers,
        darknet_markets: DarknetMarkets,
        pyramids: Pyramids,
        mining: Mining,
        rackets: Rackets,
        perceived_risk: PerceivedRisk,
        afm: Afm,
        protection: Protection,
        courts: Courts,
        partners: Partners,
        mechanisms: Mechanisms,
        measures: Measures,
        policy: Policy,
    }

    /// People who exchange.
    Customers {
        number: u32,
        ownership: Dated<f64>,
        segment_share: PerSegment<f64>,
        trades_per_year: PerSegment<f64>,
        activity_sigma: f64,
        ticket_median_kzt: PerSegment<f64>,
        ticket_sigma: PerSegment<f64>,
        ticket_limit_kzt: f64,
        trade_growth: PerSegment<Dated<f64>>,
        price_sensitivity: PerSegment<f64>,
        risk_aversion: PerSegment<f64>,
        risk_aversion_spread: f64,
        kyc_aversion: PerSegment<f64>,
        private_share: PerSegment<f64>,
        private_aversion: f64,
        vpn_share: PerSegment<f64>,
        herding: f64,
        herding_unit_kzt: f64,
        habit: f64,
        class_dissimilarity: f64,
        alike_dissimilarity: f64,
        first_deal_risk: f64,
        identification: Identification,
        not_today: f64,
        access_cost: f64,
        search_days: f64,
        retry: f64,
        tries: u32,
        give_up: PerSegment<f64>,
        scar_days: u16,
        partner: f64,
        partner_days: f64,
        partner_meets: f64,
    }

    /// How identification at licensed venues spreads.
    Identification {
        at_start: f64,
        by_itself: f64,
        by_example: f64,
    }

    /// What some find in venues of a class beyond what others find.
    Appeal {
        criminals: PerClass<f64>,
        professionals: PerClass<f64>,
    }

    /// Venues and their operators.
    Exchanges {
        number: PerClass<u32>,
        attractiveness: PerClass<f64>,
        appeal: Appeal,
        attractiveness_sigma: PerClass<f64>,
        fee: PerClass<f64>,
        fee_sigma: f64,
        kyc: PerClass<f64>,
        float_days: PerClass<f64>,
        memory_days: f64,
        account_share: PerClass<f64>,
        cash_share: PerClass<f64>,
        sites: PerPlatform<u32>,
        mirror_days: f64,
        peer_to_peer_capacity_kzt: f64,
        peer_to_peer_growth: f64,
        entry_per_month: PerPlatform<f64>,
        entry_follows_demand: f64,
        hub_capital_kzt: f64,
        claims_distrust: f64,
        outside_income_kzt: f64,
        outside_income_sigma: f64,
        loss_if_closed_years: f64,
        running_cost_kzt: f64,
        exit: f64,
        saving: f64,
        property_kzt: f64,
        relaunch: f64,
        relaunch_days: f64,
        relaunch_keeps: f64,
        prepared: f64,
        prepared_keeps: f64,
        return_after_release: f64,
        run_off: f64,
        skill_sigma: f64,
        hub_skill: f64,
        abroad: PerPlatform<f64>,
        moves_abroad: f64,
        would_be_licensed: f64,
        licence_keeps: f64,
        capital_return: f64,
        mule_identity_fee: f64,
    }

    /// Cards lent by droppers.
    MuleCards {
        throughput_kzt: f64,
        daily_limit_kzt: f64,
        balance_kzt: f64,
        supply_per_day: f64,
        price_kzt: f64,
        supply_elasticity: f64,
        price_speed: f64,
        reserve: f64,
        handling: f64,
        bank_shopping: f64,
        other_demand: f64,
        other_elasticity: f64,
        cards_per_dropper: f64,
        non_resident_share: f64,
        lender_deterrence: f64,
    }

    /// Banks.
    Banks {
        issuers: Vec<Issuer>,
        background_stop: f64,
        load_effect: f64,
        sender_side: f64,
        adoption_days: f64,
        personal_card_factor: f64,
        useful_reports: f64,
        fine_that_doubles: f64,
    }

    /// A bank that issues cards.
    Issuer {
        name: String,
        assets_kzt_bn: f64,
    }

    /// Drug dealers.
    Dealers {
        number: u32,
        abroad: f64,
        income_abroad_kzt: f64,
        income_sigma: f64,
        cash_out_days: f64,
        partner_hub: f64,
        balance_share: f64,
        courier_share: f64,
        courier_discount: f64,
        abroad_fee: f64,
        outside_worth: f64,
        abroad_farther: f64,
        sales_cut: f64,
        supply_elasticity: f64,
        arrest_news: f64,
        nerve_spread: f64,
    }

    /// Darknet markets.
    DarknetMarkets {
        number: u32,
        search_days: f64,
        custom_days: f64,
    }

    /// Pyramids that promise a yield on coins.
    Pyramids {
        number: u32,
        arise_per_year: f64,
        founders: f64,
        recruits_per_day: f64,
        reach_median: f64,
        reach_sigma: f64,
        promise: f64,
        skim: f64,
        memory_days: f64,
        warning_effect: f64,
        complaints: f64,
        recovered: f64,
        frozen: f64,
    }

    /// Illegal mining farms.
    Mining {
        number: u32,
        arise_per_month: f64,
        power_median_mw: f64,
        power_sigma: f64,
        coins_per_mw_day_kzt: Dated<f64>,
        cost_mw_day_kzt: f64,
        cost_sigma: f64,
        power_kzt_per_kwh: f64,
        industry_mw: f64,
        industry_yield: f64,
        machines_kzt_per_mw: f64,
        officials: f64,
        restart_days: f64,
    }

    /// Gangs that squeeze farms.
    Rackets {
        number: u32,
        members: u32,
        squeezed: f64,
        protects: f64,
        cut: f64,
        arrested: f64,
        return_days: f64,
    }

    /// Perceived risk and deterrence.
    PerceivedRisk {
        prior: f64,
        prior_weight: f64,
        memory_days: f64,
        threshold: f64,
        steepness: f64,
        news_of_size: f64,
        loss_weight: f64,
        arrest_weight: f64,
        novelty: f64,
        severity_weight: f64,
        prior_prison_years: f64,
    }

    /// The agency.
    Afm {
        intelligence: f64,
        test_purchases: f64,
        report_value: f64,
        staleness: f64,
        case_threshold: f64,
        list_threshold: f64,
        investigators: u32,
        case_days: f64,
        case_success: f64,
        float_caught: f64,
        wealth_caught: f64,
        drug_money_seen: f64,
        reports_read_per_day: f64,
    }

    /// Officials who protect operators.
    Protection {
        share: PerPlatform<f64>,
        success: f64,
        delay: f64,
        lasts_days: f64,
    }

    /// Courts.
    Courts {
        verdicts_per_month: f64,
        trial_days: f64,
        held: f64,
        term_sigma: f64,
        doubt: f64,
    }

    /// Partners abroad.
    Partners {
        groups: Vec<PartnerGroup>,
        extradition: f64,
    }

    /// A group of countries where operators sit.
    PartnerGroup {
        name: String,
        operators: f64,
        willingness: f64,
    }

    /// Mechanisms that can be switched off, to divide an effect into its parts.
    Mechanisms {
        deterrence: f64,
        displacement: f64,
        replacement: f64,
    }

    /// What counts, how much harm it does, and what acts cost.
    Measures {
        harm: PerPurpose<f64>,
        own: BTreeMap<String, OwnMeasure>,
        agency_day_kzt: f64,
        closure_days: f64,
        site_block_days: f64,
        freeze_days: f64,
        request_days: f64,
        application_days: f64,
        prison_day_kzt: f64,
        pyramid_days: f64,
        inspection_days: f64,
        racket_case_days: f64,
        bank_stop_kzt: f64,
        report_minutes: f64,
    }
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

/// What a reader of the results wants counted: turnover of some traders at venues of some classes. Its name is that of the measure.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OwnMeasure {
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

impl OwnMeasure {
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
