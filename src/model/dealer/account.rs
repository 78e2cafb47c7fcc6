//! One dealer's day, told again after it.
//!
//! The same pure functions decide as on the day itself; draws are addressed, so they are the same.
//!
//! Deliberately absent: anything that a run needs.

use bevy_ecs::world::World as EcsWorld;

use super::counter::bought;
use super::desk::{DealerLuck, Desk, LIKE, OutsideRoute, answer};
use super::market::DarknetMarket;
use super::{Dealer, Line};
use crate::board::{Directory, Listing, NO_VENUE, Payments, TrafficBoard};
use crate::choice::ChoiceTables;
use crate::messages::VenueNumber;
use crate::prospects;
use crate::schedule::{Today, World};
use world::record::life::{DealerDay, Intention, PaymentAnswer, Try};
use world::units::Kzt;

/// Dealers and markets as they are in the morning.
#[derive(Clone, Default)]
pub struct DealerMorning {
    dealers: Vec<Dealer>,
    partners: Vec<VenueNumber>,
}

impl DealerMorning {
    /// As they are now.
    pub fn of(world: &EcsWorld) -> DealerMorning {
        let partners = world.try_query::<&DarknetMarket>();
        DealerMorning {
            dealers: dealers(world),
            partners: partners.map_or_else(Vec::new, |mut markets| {
                markets.iter(world).map(DarknetMarket::partner).collect()
            }),
        }
    }
}

/// All dealers, by number; sellers of farms are not among them.
fn dealers(world: &EcsWorld) -> Vec<Dealer> {
    let query = world.try_query::<&Dealer>();
    let mut all: Vec<Dealer> = query.map_or_else(Vec::new, |mut dealers| {
        dealers.iter(world).copied().filter(Dealer::sells_drugs).collect()
    });
    all.sort_by_key(|dealer| dealer.number);
    all
}

/// Payments of the day: dealers for whom it was a day of cash-out, by number.
pub fn cash_outs(
    world: &EcsWorld,
    directory: &Directory,
    morning: &DealerMorning,
) -> Vec<(u32, Option<Try>)> {
    let desk = desk(world, directory, morning);
    let due = morning.dealers.iter().filter(|dealer| desk.is_due(dealer));
    due.map(|dealer| (dealer.number, payment(world, &desk, dealer).map(|(tried, _)| tried)))
        .collect()
}

fn desk<'a>(world: &'a EcsWorld, directory: &'a Directory, morning: &'a DealerMorning) -> Desk<'a> {
    Desk::new(
        world.resource::<World>(),
        *world.resource::<Today>(),
        world.resource::<DealerLuck>(),
        directory,
        world.resource::<ChoiceTables>(),
        &morning.partners,
    )
}

/// The payment of a dealer who is due and the coins that the venue bought; `None` if the dealer goes nowhere.
fn payment(world: &EcsWorld, desk: &Desk, dealer: &Dealer) -> Option<(Try, Kzt)> {
    let intent = desk.intend(dealer);
    if !intent.today || intent.venue == NO_VENUE {
        return None;
    }
    let placed = Dealer { venue: intent.venue, ..*dealer };
    let payments = world.resource::<Payments>();
    let (channel, mut verdict) = answer(&placed, desk.luck, *world.resource::<Today>(), payments);
    let number = usize::from(intent.venue);
    let share = bought(&payments.acceptance[number], &world.resource::<TrafficBoard>().0[number]);
    let mut sold = dealer.held.share(share);
    if verdict != PaymentAnswer::Passed {
        sold = Kzt::ZERO;
    } else if sold == Kzt::ZERO {
        verdict = PaymentAnswer::Refused;
    }
    Some((Try { venue: desk.directory.name(intent.venue)?, channel, verdict }, sold))
}

/// A dealer's day after it; `None` if there is no such dealer or nothing happened.
///
/// `directory` and `morning` are those of the morning.
pub fn account(
    world: &EcsWorld,
    directory: &Directory,
    morning: &DealerMorning,
    number: u32,
) -> Option<DealerDay> {
    let dealer = morning.dealers.get(number as usize)?;
    let evening = *dealers(world).get(number as usize)?;
    let desk = desk(world, directory, morning);
    let due = desk.is_due(dealer);
    let claim_lost = dealer.claim_at != NO_VENUE && !directory.is_open(dealer.claim_at);
    if !due && !claim_lost {
        return None;
    }
    let (partner, loyalty) = desk.loyalty(dealer);
    let factor = |listing: &Listing| desk.factor(dealer, listing);
    let outside = desk.outside(dealer).iter().sum();
    let usual = (Some(partner), loyalty);
    let paid = due.then(|| payment(world, &desk, dealer)).flatten();
    let (tried, sold) = (paid.map(|(tried, _)| tried), paid.map_or(Kzt::ZERO, |(_, sold)| sold));
    let way = if due && sold == Kzt::ZERO { past(&desk, dealer) } else { None };
    let share = world.resource::<World>().dealers.courier_share;
    Some(DealerDay {
        abroad: dealer.line == Line::Abroad,
        held: dealer.held,
        evening: evening.held,
        custom: dealer.custom,
        partner: directory.is_open(partner).then(|| directory.name(partner)).flatten(),
        claim: dealer.claim,
        claim_at: directory.name(dealer.claim_at),
        claim_lost,
        due,
        wish: due.then(|| wish(&desk, dealer)).flatten(),
        options: due
            .then(|| prospects::options(desk.choice, LIKE, directory, usual, factor, outside)),
        drawn: due.then(|| desk.drawn(dealer, loyalty)),
        tried,
        sold,
        couriers: if way == Some(OutsideRoute::Couriers) {
            dealer.held.share(share)
        } else {
            Kzt::ZERO
        },
        sold_abroad: if way == Some(OutsideRoute::Exchangers) { dealer.held } else { Kzt::ZERO },
        claim_evening: evening.claim,
    })
}

/// The way past all venues of a dealer who is due and sold nothing at any.
fn past(desk: &Desk, dealer: &Dealer) -> Option<OutsideRoute> {
    let intent = desk.intend(dealer);
    if intent.today { intent.outside.or(intent.instead) } else { None }
}

fn wish(desk: &Desk, dealer: &Dealer) -> Option<Intention> {
    let intent = desk.intend(dealer);
    if intent.today && intent.outside.is_some() {
        return Some(Intention::Outside);
    }
    let Some(venue) = desk.directory.name(intent.venue) else { return Some(Intention::Nowhere) };
    Some(if intent.today {
        Intention::Trades { venue, by_habit: intent.by_loyalty }
    } else {
        Intention::NotToday(venue)
    })
}
