//! Authorities abroad: they answer the agency's requests, after a while, with help or without.
//!
//! Deliberately absent: whom the agency asks about (`afm`), and what it does with the help.

use bevy_ecs::prelude::*;
use bevy_ecs::world::World as EcsWorld;

use super::actor::{Actor, Holding};
use super::declare::{Measure, measures};
use super::messages::{Overnight, RequestAnswered, RequestSent, VenueNumber};
use super::policy::Levers;
use super::schedule::{Phase, RunLuck, Step, Today, Turn, World};
use world::random::Decision;
use world::record::VenueColumn;
use world::units::Day;

/// The authorities of a group of countries.
#[derive(Component, Clone)]
struct Partner {
    /// Where the group begins and ends along all operators abroad, the readiest groups first.
    places: std::ops::Range<f64>,
    /// Chance that a request succeeds, against that of the readiest group.
    willingness: f64,
    /// Requests not answered yet: when each will be, for which venue, and whether with help.
    requests: Vec<(Day, VenueNumber, bool)>,
}

/// Measures of partners abroad.
pub const MEASURES: &[Measure] = measures! {
    "requests_abroad", "requests", Neither: "Requests to partners abroad"
        = |w| w.platforms(VenueColumn::Requests);
};

/// The actor.
pub const ACTOR: Actor = Actor::new(
    &[Holding::empty::<Overnight<RequestAnswered>>(), Holding::agents::<(Partner,)>()],
    rules,
)
.build(build);

fn build(world: &mut EcsWorld) {
    let scenario = world.resource::<World>().clone();
    let groups = &scenario.partners.groups;
    let all: f64 = groups.iter().map(|group| group.operators).sum();
    let mut from = 0.0;
    for (number, group) in groups.iter().enumerate() {
        let last = number + 1 == groups.len();
        let to = if last { f64::INFINITY } else { from + group.operators / all };
        world.spawn(Partner {
            places: from..to,
            willingness: group.willingness.min(1.0),
            requests: Vec::new(),
        });
        from = to;
    }
}

fn rules(schedule: &mut Schedule) {
    schedule.add_systems(
        (take_requests, answer_requests).chain().in_set(Step(Phase::Enforcement, Turn::Partners)),
    );
}

/// Requests arrive; what will come of them is settled by the agreements of the day.
fn take_requests(
    levers: Res<Levers>,
    luck: Res<RunLuck>,
    today: Res<Today>,
    mut sent: MessageReader<RequestSent>,
    mut partners: Query<&mut Partner>,
) {
    for request in sent.read() {
        let mut draws = luck.at(Decision::Request, request.case, request.address);
        let (help, wait) = (draws.uniform(), draws.waiting_days(levers.cooperation.delay_days));
        for mut partner in &mut partners {
            if partner.places.contains(&request.place) {
                let chance = chance_of_help(&levers, request.place, partner.willingness);
                partner.requests.push((today.day.plus(wait), request.venue, help < chance));
            }
        }
    }
}

/// Requests whose time has come are answered.
fn answer_requests(
    today: Res<Today>,
    mut partners: Query<&mut Partner>,
    mut answers: MessageWriter<RequestAnswered>,
    mut tomorrow: ResMut<Overnight<RequestAnswered>>,
) {
    for mut partner in &mut partners {
        partner.requests.retain(|(on, venue, granted)| {
            if *on <= today.day {
                let answer = RequestAnswered { venue: *venue, granted: *granted };
                answers.write(answer);
                tomorrow.add(answer);
            }
            *on > today.day
        });
    }
}

/// Chance that a request about an operator at this place succeeds: none where there is no agreement.
fn chance_of_help(levers: &Levers, place: f64, willingness: f64) -> f64 {
    if place < levers.cooperation.reach { levers.cooperation.chance * willingness } else { 0.0 }
}
