//! Puts the levers of the day into force.
//!
//! Campaigns (`campaigns`) come first: they change what the policy says today, for every lever alike. Then levers
//! are read from the policy by date, written to [`Levers`], and acted on by the actor they concern.

mod campaigns;

use bevy_ecs::prelude::*;

use super::board::AgencySight;
use super::fork::Fork;
use super::schedule::{Phase, Step, Today, Turn, World};
use campaigns::Campaigns;
use scenario::Scenario;
use scenario::intervention::Intervention;
use scenario::world::{Dated, Policy, Targeting};
use world::units::{DAYS_PER_MONTH, PerClass};

/// Months for which a bank card is valid where nothing shortens it.
///
/// Unit: months. Source: usual validity of three years, judgement. Status: assumption.
const CARD_VALIDITY_MONTHS: f64 = 36.0;

/// Values of all levers today; names and units as in the scenario's `policy`.
#[derive(Resource, Clone, Copy, Debug, PartialEq)]
#[allow(missing_docs)]
pub struct Levers {
    pub bank_share: f64,
    pub detect_listed: f64,
    pub detect_unlisted: f64,
    pub detect_card: f64,
    pub list_lag_days: f64,
    pub false_positive: f64,
    pub threshold_kzt: f64,
    pub closures_per_month: f64,
    pub targeting: Targeting,
    pub with_arrest: f64,
    pub sites_per_month: f64,
    pub traffic_reached: f64,
    pub mirror_race: f64,
    pub freezes_per_month: f64,
    pub freeze_caught: f64,
    pub freeze_delay_days: f64,
    pub freeze_leak: f64,
    pub conviction: f64,
    pub custodial_share: f64,
    pub term_years: f64,
    pub confiscation: f64,
    pub licence_capital_kzt: f64,
    pub licence_yearly_cost_kzt: f64,
    pub licence_decision_days: f64,
    pub licence_approval: f64,
    pub licence_levy: f64,
    pub licence_client_limit_kzt: f64,
    pub licence_kyc_burden: f64,
    pub cooperation_reach: f64,
    pub cooperation_chance: f64,
    pub cooperation_delay_days: f64,
    pub pyramid_warnings_reach: f64,
    pub pyramid_actions_per_year: f64,
    pub mining_inspections_per_month: f64,
    pub mining_inspections_threat: f64,
    pub racket_cases_per_year: f64,
    pub cards_per_client: f64,
    pub non_resident_validity_months: f64,
    pub lending_penalty: f64,
    pub card_detection: f64,
    pub kyc_required: PerClass<f64>,
    pub kyc_complies: PerClass<f64>,
    pub chain_analytics: f64,
    pub false_reports: f64,
    pub licensed_detection: f64,
    pub licensed_false_alarm: f64,
    pub agency_days_per_month: f64,
    pub bank_kzt_per_month: f64,
}

impl Levers {
    /// Share of the usual validity that cards of non-residents lose.
    #[must_use]
    pub fn validity_lost(&self) -> f64 {
        1.0 - (self.non_resident_validity_months / CARD_VALIDITY_MONTHS).min(1.0)
    }

    /// Chance per day that a card of a non-resident runs out before it would have anyway.
    #[must_use]
    pub fn early_expiry(&self) -> f64 {
        let a_month = 1.0 / self.non_resident_validity_months - 1.0 / CARD_VALIDITY_MONTHS;
        a_month.max(0.0) / DAYS_PER_MONTH
    }
}

/// Registers the actor.
pub fn init(world: &mut bevy_ecs::world::World, schedule: &mut Schedule) {
    let scenario = world.resource::<World>().clone();
    let today = *world.resource::<Today>();
    let mut campaigns = Campaigns::of(&scenario);
    let in_force = campaigns.policy(today, &AgencySight::default());
    world.insert_resource(levers_on(in_force.as_ref().unwrap_or(&scenario.policy), today));
    world.insert_resource(campaigns);
    systems(schedule);
}

/// The law in a copy of the world, from now on that of another scenario, which has said the same so far.
pub fn fork(copy: &mut Fork, schedule: &mut Schedule) {
    let scenario = copy.to.resource::<World>().clone();
    let campaigns = Campaigns::of(&scenario).remembering(copy.original());
    copy.to.insert_resource(campaigns);
    copy.resource::<Levers>();
    systems(schedule);
}

fn systems(schedule: &mut Schedule) {
    schedule.add_systems(put_levers_into_force.in_set(Step(Phase::Policy, Turn::Law)));
}

fn put_levers_into_force(
    scenario: Res<World>,
    today: Res<Today>,
    sight: Res<AgencySight>,
    mut campaigns: ResMut<Campaigns>,
    mut levers: ResMut<Levers>,
) {
    let in_force = campaigns.policy(*today, &sight);
    *levers = levers_on(in_force.as_ref().unwrap_or(&scenario.policy), *today);
}

/// Interventions of a day, by name.
pub fn interventions_on(
    scenario: &Scenario,
    today: Today,
) -> impl Iterator<Item = (&str, &Intervention)> {
    let all = scenario.policy.interventions.iter();
    all.filter(move |(_, one)| one.on == today.date).map(|(name, one)| (name.as_str(), one))
}

/// Values of all levers of a policy on a day, campaigns left out.
#[must_use]
pub fn levers_on(policy: &Policy, today: Today) -> Levers {
    let date = today.date;
    Levers {
        bank_share: policy.auto_block.bank_share.on(date),
        detect_listed: policy.auto_block.detect_listed.on(date),
        detect_unlisted: policy.auto_block.detect_unlisted.on(date),
        detect_card: policy.auto_block.detect_card.on(date),
        list_lag_days: policy.auto_block.list_lag_days.on(date),
        false_positive: policy.auto_block.false_positive.on(date),
        threshold_kzt: policy.auto_block.threshold_kzt.on(date),
        closures_per_month: policy.shutdown_rate.closures_per_month.on(date),
        targeting: policy.shutdown_rate.targeting.on(date),
        with_arrest: policy.shutdown_rate.with_arrest.on(date),
        sites_per_month: policy.site_blocking.sites_per_month.on(date),
        traffic_reached: policy.site_blocking.traffic_reached.on(date),
        mirror_race: policy.site_blocking.mirror_race.on(date),
        freezes_per_month: policy.wallet_freezing.venues_per_month.on(date),
        freeze_caught: policy.wallet_freezing.float_caught.on(date),
        freeze_delay_days: policy.wallet_freezing.delay_days.on(date),
        freeze_leak: policy.wallet_freezing.leak.on(date),
        conviction: policy.sentencing.conviction.on(date),
        custodial_share: policy.sentencing.custodial_share.on(date),
        term_years: policy.sentencing.term_years.on(date),
        confiscation: policy.sentencing.confiscation.on(date),
        licence_capital_kzt: policy.licensing.capital_kzt.on(date),
        licence_yearly_cost_kzt: policy.licensing.yearly_cost_kzt.on(date),
        licence_decision_days: policy.licensing.decision_days.on(date),
        licence_approval: policy.licensing.approval.on(date),
        licence_levy: policy.licensing.levy.on(date),
        licence_client_limit_kzt: policy.licensing.client_limit_kzt.on(date),
        licence_kyc_burden: policy.licensing.kyc_burden.on(date),
        cooperation_reach: policy.cooperation.reach.on(date),
        cooperation_chance: policy.cooperation.chance.on(date),
        cooperation_delay_days: policy.cooperation.delay_days.on(date),
        pyramid_warnings_reach: policy.pyramid_warnings.reach.on(date),
        pyramid_actions_per_year: policy.pyramid_warnings.actions_per_year.on(date),
        mining_inspections_per_month: policy.mining_inspections.per_month.on(date),
        mining_inspections_threat: policy.mining_inspections.threat.on(date),
        racket_cases_per_year: policy.mining_inspections.racket_cases_per_year.on(date),
        cards_per_client: policy.card_limits.cards_per_client.on(date),
        non_resident_validity_months: policy.card_limits.non_resident_validity_months.on(date),
        lending_penalty: policy.card_limits.lending_penalty.on(date),
        card_detection: policy.card_limits.detection.on(date),
        kyc_required: by_class(&policy.kyc.required, today),
        kyc_complies: by_class(&policy.kyc.complies, today),
        chain_analytics: policy.monitoring.chain_analytics.on(date),
        false_reports: policy.monitoring.false_reports.on(date),
        licensed_detection: policy.monitoring.licensed_detection.on(date),
        licensed_false_alarm: policy.monitoring.licensed_false_alarm.on(date),
        agency_days_per_month: policy.budget.agency_days_per_month.on(date),
        bank_kzt_per_month: policy.budget.bank_kzt_per_month.on(date),
    }
}

fn by_class(lever: &PerClass<Dated<f64>>, today: Today) -> PerClass<f64> {
    PerClass {
        licensed: lever.licensed.on(today.date),
        shadow: lever.shadow.on(today.date),
        hub: lever.hub.on(today.date),
        foreign: lever.foreign.on(today.date),
        peer_to_peer: lever.peer_to_peer.on(today.date),
    }
}
