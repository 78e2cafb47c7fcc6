//! Puts the levers of the day into force.
//!
//! Campaigns (`campaigns`) come first: they change what the policy says today, for every lever alike. Then levers
//! are read from the policy by date, written to [`Levers`], and acted on by the actor they concern.

mod campaigns;

use bevy_ecs::prelude::*;
use bevy_ecs::world::World as EcsWorld;

use super::actor::{Actor, Holding};
use super::board::AgencySight;
use super::fork::Fork;
use super::schedule::{Phase, Step, Today, Turn, World};
use campaigns::Campaigns;
use scenario::Scenario;
use scenario::intervention::Intervention;
use scenario::policy::InForce;
use world::units::DAYS_PER_MONTH;

/// Months for which a bank card is valid where nothing shortens it.
///
/// Unit: months. Source: usual validity of three years, judgement. Status: assumption.
const CARD_VALIDITY_MONTHS: f64 = 36.0;

/// What every lever is set to today.
#[derive(Resource, Clone, Debug, PartialEq)]
pub struct Levers(pub InForce);

impl std::ops::Deref for Levers {
    type Target = InForce;
    fn deref(&self) -> &InForce {
        &self.0
    }
}

impl Levers {
    /// Share of the usual validity that cards of non-residents lose.
    pub fn validity_lost(&self) -> f64 {
        1.0 - (self.card_limits.non_resident_validity_months / CARD_VALIDITY_MONTHS).min(1.0)
    }

    /// Chance per day that a card of a non-resident runs out before it would have anyway.
    pub fn early_expiry(&self) -> f64 {
        let a_month =
            1.0 / self.card_limits.non_resident_validity_months - 1.0 / CARD_VALIDITY_MONTHS;
        a_month.max(0.0) / DAYS_PER_MONTH
    }
}

/// The actor.
pub const ACTOR: Actor =
    Actor::new(&[Holding::made::<Levers>(), Holding::copied(copy_campaigns)], rules).build(build);

fn build(world: &mut EcsWorld) {
    let scenario = world.resource::<World>().clone();
    let today = *world.resource::<Today>();
    let mut campaigns = Campaigns::of(&scenario);
    let in_force = campaigns.policy(today, &AgencySight::default());
    world.insert_resource(Levers(in_force.as_ref().unwrap_or(&scenario.policy).on(today.date)));
    world.insert_resource(campaigns);
}

/// Campaigns of the other policy, which has said the same so far.
fn copy_campaigns(copy: &mut Fork) {
    let scenario = copy.to.resource::<World>().clone();
    let campaigns = Campaigns::of(&scenario).remembering(copy.original());
    copy.to.insert_resource(campaigns);
}

fn rules(schedule: &mut Schedule) {
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
    levers.0 = in_force.as_ref().unwrap_or(&scenario.policy).on(today.date);
}

/// Interventions of a day, by name.
pub fn interventions_on(
    scenario: &Scenario,
    today: Today,
) -> impl Iterator<Item = (&str, &Intervention)> {
    let all = scenario.policy.interventions.iter();
    all.filter(move |(_, one)| one.on == today.date).map(|(name, one)| (name.as_str(), one))
}
