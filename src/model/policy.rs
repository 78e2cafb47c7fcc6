//! Puts the levers of the day into force.
//!
//! Later levers (sentencing, licensing, KYC, cooperation, monitoring, warnings, inspections, triggers,
//! ramps) find their place here: read from the scenario by date, written to [`Levers`], acted on by
//! the actor they concern.

use bevy_ecs::prelude::*;

use super::schedule::{Phase, Step, Today, Turn, World};
use crate::scenario::world::Targeting;

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
}

/// Registers the actor.
pub fn init(world: &mut bevy_ecs::world::World, schedule: &mut Schedule) {
    let scenario = world.resource::<World>().clone();
    let today = *world.resource::<Today>();
    world.insert_resource(levers_on(&scenario, today));
    schedule.add_systems(put_levers_into_force.in_set(Step(Phase::Policy, Turn::Law)));
}

fn put_levers_into_force(scenario: Res<World>, today: Res<Today>, mut levers: ResMut<Levers>) {
    *levers = levers_on(&scenario, *today);
}

fn levers_on(scenario: &World, today: Today) -> Levers {
    let policy = &scenario.policy;
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
    }
}
