//! Darknet markets: places where dealers sell, each with a hub that it works with.

use bevy_ecs::prelude::*;
use bevy_ecs::world::World as EcsWorld;

use crate::model::board::{Directory, NO_VENUE};
use crate::model::messages::VenueNumber;
use crate::model::schedule::{Luck, Today, World};
use crate::random::Decision;
use crate::units::Class;

/// A place where dealers sell.
#[derive(Component, Clone)]
pub struct DarknetMarket {
    number: u32,
    partner: VenueNumber,
}

impl DarknetMarket {
    /// The hub that it works with; it may be gone.
    pub fn partner(&self) -> VenueNumber {
        self.partner
    }
}

/// Makes the markets, each still without a partner.
pub fn spawn(world: &mut EcsWorld, number: u32) {
    for number in 0..number {
        world.spawn(DarknetMarket { number, partner: NO_VENUE });
    }
}

/// A market without an open partner hub looks for another.
pub fn find_partners(
    scenario: Res<World>,
    luck: Res<Luck>,
    today: Res<Today>,
    directory: Res<Directory>,
    mut markets: Query<&mut DarknetMarket>,
) {
    let search = scenario.mechanisms.displacement / scenario.darknet_markets.search_days;
    for mut market in &mut markets {
        if directory.is_open(market.partner) {
            continue;
        }
        let mut draws =
            luck.at(Decision::MarketPartner, u32::from(today.day.0), u64::from(market.number));
        if !draws.happens(search) {
            continue;
        }
        let hubs = || directory.open().filter(|(_, listing)| listing.class == Class::Hub);
        let size = |turnover: f64| 1.0 + turnover / scenario.customers.herding_unit_kzt;
        let total: f64 = hubs().map(|(_, listing)| size(listing.monthly_turnover)).sum();
        let mut left = draws.uniform() * total;
        for (venue, listing) in hubs() {
            left -= size(listing.monthly_turnover);
            if left < 0.0 {
                market.partner = venue;
                break;
            }
        }
    }
}
