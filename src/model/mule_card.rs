//! The market for mule cards: droppers supply, venues buy, scarcity shows in the price.
//!
//! Card limits, shorter validity and the crime of lending a card will act here on supply and price.

use bevy_ecs::prelude::*;
use bevy_ecs::world::World as EcsWorld;

use super::board::CardMarket;
use super::schedule::{Phase, Step, Turn, World};
use crate::units::maths;

/// Highest price, in multiples of the normal one: beyond it nobody buys.
///
/// Unit: 1. Source: judgement. Status: assumption.
const PRICE_CEILING: f64 = 50.0;

/// Registers the actor.
pub fn init(world: &mut EcsWorld, schedule: &mut Schedule) {
    let cards = world.resource::<World>().mule_cards.clone();
    world.insert_resource(CardMarket {
        price_kzt: cards.price_kzt,
        supply: cards.supply_per_day,
        asked: 0.0,
        fill: if cards.supply_per_day > 0.0 { 1.0 } else { 0.0 },
    });
    schedule.add_systems(clear_market.in_set(Step(Phase::Adaptation, Turn::Cards)));
}

/// Sets tomorrow's supply and price from what was asked for today.
fn clear_market(scenario: Res<World>, mut market: ResMut<CardMarket>) {
    let cards = &scenario.mule_cards;
    let supply = market.supply;
    market.fill = if supply > 0.0 { (supply / market.asked).min(1.0) } else { 0.0 };
    let scarcity =
        if supply > 0.0 { ((market.asked - supply) / supply).clamp(-1.0, 1.0) } else { 1.0 };
    market.price_kzt = (market.price_kzt * (1.0 + cards.price_speed * scarcity))
        .clamp(cards.price_kzt, cards.price_kzt * PRICE_CEILING);
    let dearer = market.price_kzt / cards.price_kzt;
    market.supply = cards.supply_per_day * maths::pow(dearer, cards.supply_elasticity);
}
