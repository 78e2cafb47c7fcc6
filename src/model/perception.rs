//! What people believe about the risk of being caught up in a closure.
//!
//! Perceived certainty is the mean of a Beta belief with fading memory: closures, losses and arrests
//! speak for risk, venues that live on speak against it. Source: facts.md §3 (NarcoLogic; Loughran et
//! al. 2012). Severity is not perceived yet: sentences come with the courts.

use bevy_ecs::prelude::*;
use bevy_ecs::world::World as EcsWorld;

use super::board::{Cause, Directory, Perceived};
use super::messages::{FloatFrozen, VenueGone};
use super::schedule::{Phase, Step, Turn, World};
use crate::units::{Class, maths};

/// Experience that people remember, by class, in venue-years.
#[derive(Resource, Default, Clone, Copy, Debug)]
pub struct Experience {
    /// Weight of what spoke for risk.
    bad: [f64; Class::COUNT],
    /// Weight of what spoke against it.
    good: [f64; Class::COUNT],
}

/// Registers the actor.
pub fn init(world: &mut EcsWorld, schedule: &mut Schedule) {
    let prior = world.resource::<World>().perceived_risk.prior;
    world.insert_resource(Experience::default());
    world.insert_resource(Perceived { certainty: [prior; Class::COUNT] });
    schedule.add_systems(learn.in_set(Step(Phase::Learning, Turn::Public)));
}

fn learn(
    scenario: Res<World>,
    directory: Res<Directory>,
    mut gone: MessageReader<VenueGone>,
    mut frozen: MessageReader<FloatFrozen>,
    mut experience: ResMut<Experience>,
    mut perceived: ResMut<Perceived>,
) {
    let risk = &scenario.perceived_risk;
    let keep = maths::exp(-1.0 / risk.memory_days);
    let experience = &mut *experience;
    for class in 0..Class::COUNT {
        experience.bad[class] *= keep;
        experience.good[class] *= keep;
    }
    for (_, listing) in directory.open() {
        experience.good[listing.class.index()] += 1.0 / 365.2425;
    }
    let news = |relative_size: f64| {
        if risk.news_of_size > 0.0 {
            maths::pow(relative_size, risk.news_of_size)
        } else {
            1.0
        }
    };
    for event in gone.read() {
        let weight = match event.cause {
            Cause::Closed if event.arrest => 1.0 + risk.arrest_weight,
            Cause::Closed => 1.0,
            Cause::RanOff => risk.loss_weight,
            Cause::Exited => 0.0,
        };
        experience.bad[event.class.index()] += weight * news(event.relative_size);
    }
    for event in frozen.read() {
        experience.bad[event.class.index()] += risk.loss_weight * news(event.relative_size);
    }
    for class in 0..Class::COUNT {
        perceived.certainty[class] = certainty(
            risk.prior,
            risk.prior_weight,
            experience.bad[class],
            experience.good[class],
        );
    }
}

/// Mean of a Beta belief after experience.
#[must_use]
pub fn certainty(prior: f64, weight: f64, bad: f64, good: f64) -> f64 {
    (prior * weight + bad) / (weight + bad + good)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn belief_starts_at_the_prior_and_follows_experience() {
        assert!((certainty(0.1, 20.0, 0.0, 0.0) - 0.1).abs() < 1e-12);
        assert!((certainty(0.1, 20.0, 500.0, 500.0) - 0.5).abs() < 0.01);
        assert!(certainty(0.1, 20.0, 0.0, 1000.0) < 0.01);
    }
}
