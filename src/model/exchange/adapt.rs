//! How venues adapt: mirrors, exits, running off, coming back, and new operators.

use bevy_ecs::prelude::*;
use bevy_ecs::world::World as EcsWorld;

use super::{
    Books, Brand, Cards, Exchange, Identity, Opening, Operator, OperatorPlan, Roster, Sites,
    VenueState, open, orders,
};
use crate::board::{Cause, Directory, HubDemand, Perceived, deterrent};
use crate::ledger::Ledger;
use crate::messages::VenueGone;
use crate::policy::Levers;
use crate::schedule::{RunLuck, Today, World};
use world::random::Decision;
use world::record::event;
use world::units::{Class, DAYS_PER_MONTH, DAYS_PER_YEAR, Kzt, maths};

/// Blocked sites are replaced by mirrors, each with the same chance a day.
pub fn repair_sites(
    scenario: Res<World>,
    levers: Res<Levers>,
    luck: Res<RunLuck>,
    today: Res<Today>,
    mut venues: Query<(&Identity, &mut Sites), With<Exchange>>,
) {
    let chance = 1.0 / (scenario.exchanges.mirror_days * levers.site_blocking.mirror_race).max(1.0);
    for (identity, mut sites) in &mut venues {
        if sites.down > 0 {
            // An address holds the draws of thirty sites.
            let up = (0..sites.down.div_ceil(30)).map(|thirty| {
                let address = identity.address() | u64::from(thirty) << 60;
                let mut draws = luck.at(Decision::Mirror, u32::from(today.day.0), address);
                let sites = (sites.down - thirty * 30).min(30);
                (0..sites).filter(|_| draws.happens(chance)).count() as u32
            });
            sites.down -= up.sum::<u32>();
        }
    }
}

/// Venues that do not pay stop; venues that feel hunted may run off with what is left.
#[allow(clippy::type_complexity)]
pub fn exit_or_run_off(
    scenario: Res<World>,
    levers: Res<Levers>,
    luck: Res<RunLuck>,
    today: Res<Today>,
    directory: Res<Directory>,
    mut ledger: ResMut<Ledger>,
    mut gone: MessageWriter<VenueGone>,
    mut venues: Query<
        (&Identity, &mut VenueState, &mut Brand, &mut Books, &mut Cards),
        With<Exchange>,
    >,
    mut operators: Query<&mut Operator>,
) {
    let exchanges = &scenario.exchanges;
    for (identity, mut state, mut brand, mut books, mut cards) in &mut venues {
        if *state != VenueState::Open {
            continue;
        }
        brand.distrust *= 1.0 - 1.0 / DISTRUST_DAYS;
        brand.unknown *= 1.0 - 1.0 / KNOWN_DAYS;
        let hunted = brand.hunted_until > today.day;
        let (cost, trial) = match identity.class {
            Class::Shadow | Class::Hub => (exchanges.running_cost_kzt, TRIAL_DAYS),
            Class::Licensed => {
                (levers.licensing.yearly_cost_kzt / DAYS_PER_YEAR, LICENSED_TRIAL_DAYS)
            }
            Class::Foreign | Class::PeerToPeer => continue,
        };
        let age = today.day.since(identity.opened);
        let eaten = directory.listings.get(usize::from(identity.number));
        let eaten = eaten.map_or(0.0, |listing| listing.monthly_eaten / 30.0);
        let poor = age > trial && books.daily_turnover * brand.fee - eaten < cost;
        if !hunted && !poor {
            continue;
        }
        let mut draws = luck.at(Decision::VenueExit, u32::from(today.day.0), identity.address());
        let runs_off = draws.happens(exchanges.run_off) && hunted;
        let exits = draws.happens(exchanges.exit) && poor;
        if !runs_off && !exits {
            continue;
        }
        let cause = if runs_off { Cause::RanOff } else { Cause::Exited };
        *state = VenueState::Gone(today.day, cause);
        let unpaid = if runs_off { books.float.max(Kzt::ZERO) } else { Kzt::ZERO };
        let Ok(mut operator) = operators.get_mut(identity.operator) else { continue };
        orders::wind_up(cause, &mut books, &mut cards, &mut operator, &scenario, &mut ledger);
        gone.write(VenueGone { unpaid, ..orders::farewell(identity, &books, cause, &directory) });
    }
}

/// Those who were not paid by a venue that is gone trust the others of its class less.
pub fn lose_trust(
    scenario: Res<World>,
    mut gone: MessageReader<VenueGone>,
    mut venues: Query<(&Identity, &VenueState, &mut Brand, &Books), With<Exchange>>,
) {
    let mut unpaid = [Kzt::ZERO; Class::COUNT];
    for venue in gone.read() {
        unpaid[venue.class.index()] += venue.unpaid;
    }
    for (class, lost) in unpaid.into_iter().enumerate().filter(|(_, lost)| *lost > Kzt::ZERO) {
        let open = |identity: &Identity, state: &VenueState| {
            identity.class.index() == class && *state == VenueState::Open
        };
        let others = venues.iter().filter(|(identity, state, ..)| open(identity, state));
        let held: Kzt = others.map(|(.., books)| books.float.max(Kzt::ZERO)).sum();
        let share = lost.0 as f64 / (lost + held).0 as f64;
        for (identity, state, mut brand, _) in &mut venues {
            if open(identity, state) {
                brand.distrust += scenario.exchanges.claims_distrust * share;
            }
        }
    }
}

/// Days in which lost trust fades by a factor e.
///
/// Unit: days. Source: judgement. Status: assumption.
const DISTRUST_DAYS: f64 = 60.0;

/// Days in which what a new name lacks for not being known fades by a factor e.
///
/// Unit: days. Source: the time for which operators keep a new venue open though it does not pay. Status: assumption.
const KNOWN_DAYS: f64 = 90.0;

/// Days for which a new venue is kept open even if it does not pay.
///
/// Unit: days. Source: judgement. Status: assumption.
const TRIAL_DAYS: u16 = 90;

/// The same for a licensed venue, which takes longer to become known.
///
/// Unit: days. Source: judgement. Status: assumption.
const LICENSED_TRIAL_DAYS: u16 = 365;

/// Operators come back under a new name, and new ones enter where it pays.
pub fn open_venues(world: &mut EcsWorld) {
    come_back(world);
    enter(world);
}

fn come_back(world: &mut EcsWorld) {
    let today = world.resource::<Today>().day;
    let scenario = world.resource::<World>().clone();
    let mut due: Vec<(Entity, u16, OperatorPlan)> = world
        .query::<(Entity, &Operator)>()
        .iter(world)
        .filter_map(|(entity, operator)| match operator.plan {
            OperatorPlan::Return { on, from, .. } if on <= today => {
                Some((entity, from, operator.plan))
            }
            OperatorPlan::License { from } => Some((entity, from, operator.plan)),
            OperatorPlan::Return { .. } | OperatorPlan::None => None,
        })
        .collect();
    due.sort_by_key(|(_, from, _)| *from);
    for (operator, from, plan) in due {
        let old = world.resource::<Roster>().0[from as usize];
        let identity = *world.get::<Identity>(old).expect("venues keep their identity");
        let brand = *world.get::<Brand>(old).expect("venues keep their brand");
        let turnover = world.get::<Books>(old).map_or(0.0, |books| books.daily_turnover);
        let class = match plan {
            OperatorPlan::License { .. } => Class::Licensed,
            OperatorPlan::Return { .. } | OperatorPlan::None => identity.class,
        };
        if !has_room(world, class) {
            continue;
        }
        let luck = world.resource::<RunLuck>().clone();
        let mut person = *world.get::<Operator>(operator).expect("operators are for ever");
        person.plan = OperatorPlan::None;
        let like_before = Opening {
            class,
            key: identity.key,
            generation: identity.generation + 1,
            operator: Some(operator),
            attractiveness: brand.attractiveness,
            fee: brand.fee,
            daily_turnover: turnover,
            unknown: 0.0,
            relaunched: true,
            prepared: person.prepared,
            outside_income: person.outside_income,
        };
        let (opening, followers) = match plan {
            OperatorPlan::Return { followers, .. } => {
                person.perhaps_moves(&scenario, &luck, &identity);
                let unknown = unknown(followers);
                let daily_turnover = turnover * followers;
                (Opening { daily_turnover, unknown, ..like_before }, followers)
            }
            OperatorPlan::License { .. } | OperatorPlan::None => {
                let first = Opening::first(&scenario, &luck, class, identity.key);
                let followers = scenario.exchanges.licence_keeps;
                let opening = Opening {
                    attractiveness: first.attractiveness,
                    fee: first.fee,
                    daily_turnover: turnover * followers,
                    relaunched: false,
                    ..like_before
                };
                (opening, followers)
            }
        };
        world.entity_mut(operator).insert(person);
        let number = open(world, &opening, today);
        // Only where nothing but the sites was taken are there cards left.
        let left =
            std::mem::take(&mut *world.get_mut::<Cards>(old).expect("venues keep their cards"));
        let new = world.resource::<Roster>().0[usize::from(number)];
        world.entity_mut(new).insert(left);
        let mut directory = world.resource_mut::<Directory>();
        let listing = &mut directory.listings[from as usize];
        listing.successor = number;
        listing.followers = followers;
    }
}

/// Utility that a new name lacks: of those who would have come to the old one as few know it as clients follow.
fn unknown(followers: f64) -> f64 {
    -maths::ln(followers.clamp(LEAST_KNOWN, 1.0))
}

/// Share of others for whom a new name is as good as the old one at least.
///
/// Unit: share. Source: a bound for the logarithm. Status: assumption.
const LEAST_KNOWN: f64 = 1e-3;

fn has_room(world: &EcsWorld, class: Class) -> bool {
    let directory = world.resource::<Directory>();
    let slots = directory.layout.slots(class);
    let open = directory.listings.iter().filter(|l| l.class == class && l.gone.is_none()).count();
    // Leaves room for those that open on the same day.
    open + 8 < slots.len()
}

/// Would-be operators enter when expected profit beats expected loss and the outside income.
///
/// Source: Becker 1968, with the certainty that is perceived in place of the true one.
fn enter(world: &mut EcsWorld) {
    let scenario = world.resource::<World>().clone();
    let luck = world.resource::<RunLuck>().clone();
    let today = world.resource::<Today>().day;
    let exchanges = &scenario.exchanges;
    for class in Class::PLATFORMS {
        let per_month = exchanges.entry_per_month.of(class).unwrap_or(0.0);
        let drawn_by_demand = match class {
            Class::Hub => exchanges.entry_follows_demand * world.resource::<HubDemand>().unserved(),
            _ => 0.0,
        };
        let per_month = per_month * (1.0 + drawn_by_demand) * scenario.mechanisms.replacement;
        let mut draws = luck.at(Decision::Entry, u32::from(today.0), class.index() as u64);
        for candidate in 0..draws.poisson(per_month / DAYS_PER_MONTH) {
            let operator =
                event::OperatorName::Entrant { class, day: today, candidate: candidate as u16 };
            let mut opening = Opening::first(&scenario, &luck, class, operator.key());
            opening.daily_turnover = 0.0;
            if has_room(world, class) && pays(world, &scenario, &opening) {
                open(world, &opening, today);
            }
        }
    }
}

/// Whether opening a venue pays, as the would-be operator sees it.
fn pays(world: &EcsWorld, scenario: &World, opening: &Opening) -> bool {
    let directory = world.resource::<Directory>();
    let perceived = world.resource::<Perceived>();
    let certainty = deterrent(perceived.certainty[opening.class.index()], &scenario.perceived_risk);
    let (sum, count) = directory.turnover_of(opening.class);
    // Where no hub is left, or none takes what is brought, a new one can have that.
    let waits = match opening.class {
        Class::Hub => world.resource::<HubDemand>().lacking * 30.0,
        _ => 0.0,
    };
    let yearly_turnover = (sum / count.max(1.0)).max(waits) * 12.0;
    let exchanges = &scenario.exchanges;
    let eaten = directory.open().filter(|(_, listing)| listing.class == opening.class);
    let eaten: f64 = eaten.map(|(_, listing)| listing.monthly_eaten).sum();
    let profit = yearly_turnover * opening.fee
        - eaten / count.max(1.0) * 12.0
        - exchanges.running_cost_kzt * DAYS_PER_YEAR;
    let float = yearly_turnover / DAYS_PER_YEAR * exchanges.float_days[opening.class];
    let loss = float * scenario.afm.float_caught
        + loss_years(perceived, scenario) * opening.outside_income;
    profit > certainty * loss + opening.outside_income
}

/// What a closure costs an operator besides the float, in years of the outside income: the business, and
/// prison as far as people believe in it.
pub fn loss_years(perceived: &Perceived, scenario: &World) -> f64 {
    let risk = &scenario.perceived_risk;
    scenario.exchanges.loss_if_closed_years + risk.severity_weight * perceived.prison_years
}
