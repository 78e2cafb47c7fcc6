//! Darknet markets: places where dealers sell, each with a hub that it works with.
//!
//! A market may fall with its hub, as Hydra did, which was both. Its dealers then sell nothing until another market stands in its
//! place, and win back the custom that they had there slowly: ratings and regulars are lost with a market.

use bevy_ecs::prelude::*;
use bevy_ecs::world::World as EcsWorld;

use super::{Dealer, Line};
use crate::board::{Directory, DrugSupply, NO_VENUE};
use crate::messages::{MarketsTaken, VenueNumber};
use crate::schedule::{RunLuck, Today, World};
use world::random::Decision;
use world::units::Class;

/// A place where dealers sell.
#[derive(Component, Clone)]
pub struct DarknetMarket {
    number: u32,
    partner: VenueNumber,
    /// Whether it fell and no other stands in its place yet.
    fallen: bool,
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
        world.spawn(DarknetMarket { number, partner: NO_VENUE, fallen: false });
    }
}

/// A market without an open partner hub looks for another, and so does one that is to stand in the place of a fallen one.
pub fn find_partners(
    scenario: Res<World>,
    luck: Res<RunLuck>,
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
        // A place of sale needs no hub, only its dealers abroad do.
        market.fallen = false;
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

/// Markets fall with the hub that they work with.
pub fn take_markets(
    scenario: Res<World>,
    mut taken: MessageReader<MarketsTaken>,
    mut supply: ResMut<DrugSupply>,
    mut markets: Query<&mut DarknetMarket>,
    mut dealers: Query<&mut Dealer>,
) {
    for MarketsTaken { hub } in taken.read() {
        let mut fallen = Vec::new();
        for mut market in &mut markets {
            market.fallen |= market.partner == *hub;
            fallen.push(market.fallen);
        }
        let mut share_sold = 0.0;
        for mut dealer in &mut dealers {
            if fallen.get(dealer.market) == Some(&true) {
                dealer.custom = 0.0;
            }
            if dealer.line == Line::Home {
                share_sold += dealer.share * dealer.sales(scenario.dealers.sales_cut);
            }
        }
        // Without dealers at home sales are booked otherwise.
        if dealers.iter().any(|dealer| dealer.line == Line::Home) {
            supply.share = share_sold;
        }
    }
}

/// Dealers whose market fell win back custom where another stands in its place.
pub fn win_back_custom(
    scenario: Res<World>,
    markets: Query<&DarknetMarket>,
    mut dealers: Query<&mut Dealer>,
) {
    let speed = scenario.mechanisms.displacement / scenario.darknet_markets.custom_days;
    let fallen: Vec<bool> = markets.iter().map(|market| market.fallen).collect();
    for mut dealer in &mut dealers {
        if dealer.custom < 1.0 && fallen.get(dealer.market) == Some(&false) {
            dealer.custom += (1.0 - dealer.custom) * speed;
        }
    }
}
