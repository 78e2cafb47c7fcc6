//! The market for mule cards: droppers lend, venues and other criminals borrow, and the price clears it.
//!
//! Card limits and short validity cut what is offered, the crime of lending makes droppers ask for more, and
//! the duty to detect droppers wears cards out faster. Venues share the market with other crime, so all of
//! this shows in the price that they pay, however few cards they use themselves.
//!
//! Deliberately absent: the stock of a venue and what it spends on cards (`exchange`); the cards of others.

use bevy_ecs::prelude::*;
use bevy_ecs::world::World as EcsWorld;

use super::actor::{Actor, Holding};
use super::board::CardMarket;
use super::declare::{Measure, measures};
use super::diary::Counted;
use super::policy::Levers;
use super::schedule::{Phase, Step, Turn, World};
use scenario::world::MuleCards;
use world::record::VenueColumn;
use world::units::maths;

/// Highest price, in multiples of the normal one: beyond it nobody borrows.
///
/// Unit: 1. Source: judgement. Status: assumption.
const PRICE_CEILING: f64 = 50.0;

/// Lowest price, in multiples of the normal one: below it nobody lends.
///
/// Unit: 1. Source: judgement. Status: assumption.
const PRICE_FLOOR: f64 = 0.2;

world::series! {
    /// What the market for mule cards shows on a day.
    CardSeries in "market", One, "";
    Price = "card_price_kzt", "KZT", "Price of a mule card";
}

impl Counted for CardMarket {
    type Of = CardSeries;

    fn today(&self, series: CardSeries, _row: usize) -> i64 {
        match series {
            CardSeries::Price => self.price_kzt as i64,
        }
    }
}

/// Measures of mule cards.
pub const MEASURES: &[Measure] = measures! {
    "cards_stopped", "cards", Neither: "Mule cards stopped by banks"
        = |w| w.platforms(VenueColumn::CardsStopped);
    "card_price", "KZT", Neither: "Price of a mule card, mean over days"
        = |w| w.sum(CardSeries::Price) / w.days();
};

/// The actor.
pub const ACTOR: Actor = Actor::new(&[Holding::made::<CardMarket>()], rules).build(build);

fn build(world: &mut EcsWorld) {
    let cards = world.resource::<World>().mule_cards.clone();
    let supply = supply(&cards, world.resource::<Levers>(), 1.0);
    world.insert_resource(CardMarket {
        price_kzt: cards.price_kzt,
        supply,
        asked: 0.0,
        fill: if supply > 0.0 { 1.0 } else { 0.0 },
    });
}

fn rules(schedule: &mut Schedule) {
    schedule.add_systems(clear_market.in_set(Step(Phase::Adaptation, Turn::Cards)));
}

/// Sets tomorrow's price and the share of what is asked for that can be had.
fn clear_market(scenario: Res<World>, levers: Res<Levers>, mut market: ResMut<CardMarket>) {
    let cards = &scenario.mule_cards;
    let dearness = market.price_kzt / cards.price_kzt;
    market.supply = supply(cards, &levers, dearness);
    let wanted = market.asked + others(cards, &levers, dearness);
    market.fill = if market.supply > 0.0 { (market.supply / wanted).min(1.0) } else { 0.0 };
    market.price_kzt = cards.price_kzt
        * (dearness * (1.0 + cards.price_speed * scarcity(wanted, market.supply)))
            .clamp(PRICE_FLOOR, PRICE_CEILING);
}

/// Cards offered a day where they cost `dearness` normal prices.
fn supply(cards: &MuleCards, levers: &Levers, dearness: f64) -> f64 {
    let allowed = (levers.card_limits.cards_per_client / cards.cards_per_dropper).min(1.0);
    let valid = 1.0 - cards.non_resident_share * levers.validity_lost();
    // A dropper who may be punished asks for so many times the price for the same.
    let asks = 1.0 + cards.lender_deterrence * levers.card_limits.lending_penalty;
    cards.supply_per_day * allowed * valid * maths::pow(dearness / asks, cards.supply_elasticity)
}

/// Cards that other crime wants a day: the faster cards are found out, the more of them.
fn others(cards: &MuleCards, levers: &Levers, dearness: f64) -> f64 {
    cards.supply_per_day
        * cards.other_demand
        * levers.card_limits.detection
        * maths::pow(dearness, -cards.other_elasticity)
}

/// How far wanted cards exceed those offered: 1 where there are none, 0 where the market clears, -1 where
/// nobody wants any.
fn scarcity(wanted: f64, offered: f64) -> f64 {
    let larger = wanted.max(offered);
    if larger > 0.0 { (wanted - offered) / larger } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedule::Today;
    use scenario::policy::CardLimitsToday;
    use scenario::reference;
    use world::units::Day;

    fn set(mut levers: Levers, lever: impl FnOnce(&mut CardLimitsToday)) -> Levers {
        lever(&mut levers.0.card_limits);
        levers
    }

    /// The cards of the reference, and its levers before any of them acts on cards.
    fn normal() -> (MuleCards, Levers) {
        let scenario = reference().scenario;
        let today = Today { day: Day(0), date: scenario.start, reported: true };
        let levers = Levers(scenario.policy.on(today.date));
        (scenario.mule_cards, levers)
    }

    /// The price at which the market settles where venues want so many cards, in normal prices.
    fn settled(cards: &MuleCards, levers: &Levers, venues: f64) -> f64 {
        let mut dearness = 1.0;
        for _ in 0..5_000 {
            let offered = supply(cards, levers, dearness);
            let wanted = others(cards, levers, dearness) + venues;
            dearness *= 1.0 + cards.price_speed * scarcity(wanted, offered);
            dearness = dearness.clamp(PRICE_FLOOR, PRICE_CEILING);
        }
        dearness
    }

    #[test]
    fn levers_at_rest_leave_the_normal_supply_and_demand() {
        let (cards, mut levers) = normal();
        assert_eq!(supply(&cards, &levers, 1.0), cards.supply_per_day);
        assert_eq!(others(&cards, &levers, 1.0), cards.supply_per_day * cards.other_demand);
        levers.0.card_limits.cards_per_client = cards.cards_per_dropper;
        levers.0.card_limits.non_resident_validity_months = 60.0;
        assert_eq!(supply(&cards, &levers, 1.0), cards.supply_per_day);
    }

    #[test]
    fn the_price_settles_where_supply_meets_demand_from_both_sides() {
        let (cards, levers) = normal();
        let rest = cards.supply_per_day * (1.0 - cards.other_demand);
        assert!((settled(&cards, &levers, rest) - 1.0).abs() < 1e-6, "normal demand, normal price");
        let cheap = settled(&cards, &levers, 0.0);
        assert!(cheap < 1.0 && cheap > PRICE_FLOOR, "{cheap}");
        let analytic = maths::pow(
            cards.other_demand,
            1.0 / (cards.supply_elasticity + cards.other_elasticity),
        );
        assert!((cheap - analytic).abs() < 1e-6, "{cheap} and {analytic}");
        assert!(settled(&cards, &levers, 3.0 * rest) > 1.0);
    }

    #[test]
    fn a_cut_of_supply_raises_the_price_even_for_venues_that_use_few() {
        let (cards, levers) = normal();
        let few = 0.01 * cards.supply_per_day;
        let before = settled(&cards, &levers, few);
        for cut in [
            set(levers.clone(), |l| l.cards_per_client = cards.cards_per_dropper / 2.0),
            set(levers.clone(), |l| l.non_resident_validity_months = 1.0),
            set(levers.clone(), |l| l.lending_penalty = 0.5),
            set(levers.clone(), |l| l.detection = 2.0),
        ] {
            assert!(settled(&cards, &cut, few) > 1.05 * before);
        }
        let none = set(levers.clone(), |l| l.cards_per_client = 0.0);
        assert_eq!(supply(&cards, &none, 10.0), 0.0);
        assert_eq!(settled(&cards, &none, few), PRICE_CEILING);
    }

    #[test]
    fn shorter_validity_takes_the_cards_of_non_residents_only() {
        let (cards, levers) = normal();
        let a_third = set(levers.clone(), |l| l.non_resident_validity_months = 12.0);
        let kept = supply(&cards, &a_third, 1.0) / cards.supply_per_day;
        assert!((kept - (1.0 - cards.non_resident_share * 2.0 / 3.0)).abs() < 1e-12, "{kept}");
        assert_eq!(levers.early_expiry(), 0.0);
        assert!(a_third.early_expiry() > 0.0);
    }
}
