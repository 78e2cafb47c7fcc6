//! Puts the levers of the day into force.
//!
//! Later levers (sentencing, licensing, KYC, cooperation, monitoring, warnings, inspections) find their place
//! here: read from the policy by date, written to [`Levers`], acted on by the actor they concern. Campaigns
//! (`campaigns`) come before: they change what the policy says today, for every lever alike.

mod campaigns;

use bevy_ecs::prelude::*;

use super::board::AgencySight;
use super::schedule::{Phase, Step, Today, Turn, World};
use crate::scenario::world::{Policy, Targeting};
use campaigns::Campaigns;

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
    pub agency_days_per_month: f64,
    pub bank_kzt_per_month: f64,
}

/// Registers the actor.
pub fn init(world: &mut bevy_ecs::world::World, schedule: &mut Schedule) {
    let scenario = world.resource::<World>().clone();
    let today = *world.resource::<Today>();
    let mut campaigns = Campaigns::of(&scenario);
    let in_force = campaigns.policy(today, &AgencySight::default());
    world.insert_resource(levers_on(in_force.as_ref().unwrap_or(&scenario.policy), today));
    world.insert_resource(campaigns);
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

fn levers_on(policy: &Policy, today: Today) -> Levers {
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
        agency_days_per_month: policy.budget.agency_days_per_month.on(date),
        bank_kzt_per_month: policy.budget.bank_kzt_per_month.on(date),
    }
}
