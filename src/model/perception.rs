//! What people believe about the risk of being caught up in a closure.
//!
//! Perceived certainty is the mean of a Beta belief with fading memory: closures, losses and arrests
//! speak for risk, venues that live on speak against it. Source: facts.md §3 (NarcoLogic; Loughran et
//! al. 2012). Closures that come more often than people are used to are heard of more (initial deterrence,
//! Sherman 1990) and are remembered for a while after they end (residual deterrence). Severity is the prison
//! that verdicts brought for each closure.

use bevy_ecs::prelude::*;
use bevy_ecs::world::World as EcsWorld;

use super::actor::{Actor, Holding};
use super::board::{Cause, Directory, Perceived, certainty};
use super::declare::{Measure, measures};
use super::messages::{FloatFrozen, VenueGone, Verdict};
use super::schedule::{Phase, Step, Turn, World};
use world::record::VenueColumn;
use world::units::{Class, DAYS_PER_YEAR, maths};

/// Experience that people remember, by class, in venue-years.
#[derive(Resource, Default, Clone, Copy, Debug)]
pub struct Experience {
    /// Weight of what spoke for risk.
    bad: [f64; Class::COUNT],
    /// Weight of what spoke against it.
    good: [f64; Class::COUNT],
    /// Closures and losses a day, as of late and as people are used to.
    pace: [[f64; 2]; Class::COUNT],
    /// Prison that verdicts brought, in years.
    prison_years: f64,
    /// Closures.
    closures: f64,
}

/// Days that count as lately.
///
/// Unit: days. Source: judgement. Status: assumption.
const LATELY_DAYS: f64 = 30.0;

/// Closures that the belief in prison before any verdict is worth.
///
/// Unit: closures. Source: judgement. Status: assumption.
const PRIOR_CLOSURES: f64 = 10.0;

/// Closures and losses come at most this many times as often as usual, in what people make of it.
///
/// Unit: 1. Source: judgement. Status: assumption.
const MOST_NOVEL: f64 = 8.0;

/// Perceived risk.
pub const RISK: &[Measure] = measures! {
    "shadow_perceived_risk" as "Perceived risk of closure", "probability", Neither: "Perceived chance that a shadow exchange is closed within a year, mean over days"
        = |w| w.venue(VenueColumn::PerceivedRisk, Class::Shadow) / w.days() * 1e-6;
};

/// Perceived severity.
pub const PRISON: &[Measure] = measures! {
    "perceived_prison_years", "years", Neither: "Years in prison that operators expect for a closure, mean over days: severity"
        = |w| w.venue(VenueColumn::PerceivedPrison, Class::Shadow) / w.days() * 1e-6;
};

/// The actor.
pub const ACTOR: Actor =
    Actor::new(&[Holding::empty::<Experience>(), Holding::made::<Perceived>()], rules).build(build);

fn build(world: &mut EcsWorld) {
    let prior = world.resource::<World>().perceived_risk.prior;
    let prison_years = world.resource::<World>().perceived_risk.prior_prison_years;
    world.insert_resource(Perceived { certainty: [prior; Class::COUNT], prison_years });
}

fn rules(schedule: &mut Schedule) {
    schedule.add_systems(learn.in_set(Step(Phase::Learning, Turn::Public)));
}

fn learn(
    scenario: Res<World>,
    directory: Res<Directory>,
    mut gone: MessageReader<VenueGone>,
    mut frozen: MessageReader<FloatFrozen>,
    mut verdicts: MessageReader<Verdict>,
    mut experience: ResMut<Experience>,
    mut perceived: ResMut<Perceived>,
) {
    let risk = &scenario.perceived_risk;
    let at_work = scenario.mechanisms.deterrence;
    let keep = maths::exp(-1.0 / risk.memory_days);
    let experience = &mut *experience;
    experience.prison_years *= keep;
    experience.closures *= keep;
    let mut open = [0.0; Class::COUNT];
    for (_, listing) in directory.open() {
        open[listing.class.index()] += 1.0 / DAYS_PER_YEAR;
    }
    let mut novelty = [1.0; Class::COUNT];
    for class in 0..Class::COUNT {
        experience.bad[class] *= keep;
        experience.good[class] = experience.good[class] * keep + open[class];
        let [lately, usual] = &mut experience.pace[class];
        // Nobody is surprised by what was expected from the start.
        let expected = risk.prior * open[class];
        novelty[class] = 1.0 + risk.novelty * surprise(*lately + expected, *usual + expected);
        *lately *= 1.0 - 1.0 / LATELY_DAYS;
        *usual *= keep;
    }
    // What happens to venues of a class on one day is one piece of news, as large as all of them together.
    let mut heard = [(0.0_f64, 0.0); Class::COUNT];
    let mut hear = |class: Class, weight: f64, relative_size: f64| {
        let (most, size) = &mut heard[class.index()];
        *most = most.max(weight);
        *size += if weight > 0.0 { relative_size } else { 0.0 };
    };
    let mut closures = 0.0;
    for event in gone.read() {
        let weight = match event.cause {
            Cause::Closed if event.arrest => 1.0 + risk.arrest_weight,
            Cause::Closed => 1.0,
            Cause::RanOff => risk.loss_weight,
            Cause::Exited | Cause::Licensed => 0.0,
        };
        closures += f64::from(u8::from(event.cause == Cause::Closed));
        hear(event.class, weight, event.relative_size);
    }
    for event in frozen.read() {
        hear(event.class, risk.loss_weight, event.relative_size);
    }
    for (class, (weight, size)) in heard.into_iter().enumerate().filter(|(_, heard)| heard.0 > 0.0)
    {
        let sized = if risk.news_of_size > 0.0 { maths::pow(size, risk.news_of_size) } else { 1.0 };
        experience.bad[class] += weight * novelty[class] * sized;
        experience.pace[class][0] += weight / LATELY_DAYS;
        experience.pace[class][1] += weight * (1.0 - keep);
    }
    experience.closures += closures;
    for verdict in verdicts.read() {
        experience.prison_years += f64::from(verdict.term_days) / DAYS_PER_YEAR;
    }
    for class in 0..Class::COUNT {
        let learned =
            certainty(risk.prior, risk.prior_weight, experience.bad[class], experience.good[class]);
        perceived.certainty[class] = risk.prior + at_work * (learned - risk.prior);
    }
    let learned = (risk.prior_prison_years * PRIOR_CLOSURES + experience.prison_years)
        / (PRIOR_CLOSURES + experience.closures);
    let prior = risk.prior_prison_years;
    perceived.prison_years = prior + at_work * (learned - prior);
}

/// How much more often something happens lately than usual: 0 where not more often, a logarithm of the ratio above.
pub fn surprise(lately: f64, usual: f64) -> f64 {
    if lately > usual && usual > 0.0 { maths::ln((lately / usual).min(MOST_NOVEL)) } else { 0.0 }
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

    #[test]
    fn a_crackdown_surprises_at_first_and_wears_off() {
        assert_eq!(surprise(0.1, 0.1), 0.0);
        assert_eq!(surprise(0.05, 0.1), 0.0);
        assert!((surprise(0.2, 0.1) - maths::ln(2.0)).abs() < 1e-12);
        assert!((surprise(100.0, 0.1) - maths::ln(MOST_NOVEL)).abs() < 1e-12);
    }
}
