//! One venue at the end of a day, as its operator and the market know it.
//!
//! Deliberately absent: what the agency knows of it (`afm`), and anything that a run needs.

use bevy_ecs::world::World as EcsWorld;

use super::{Books, Brand, Cards, Identity, Roster, Sites, VenueState};
use crate::board::{Directory, RegulatorList, TrafficBoard};
use crate::messages::VenueNumber;
use crate::schedule::Today;
use world::record::life::{CaseState, VenueDay};
use world::units::Kzt;

/// A venue in the evening; `None` if there is none of this number.
pub fn account(world: &EcsWorld, venue: VenueNumber) -> Option<VenueDay> {
    let entity = *world.resource::<Roster>().0.get(usize::from(venue))?;
    let parts =
        (world.get::<Books>(entity)?, world.get::<Brand>(entity)?, world.get::<Cards>(entity)?);
    let (books, brand, cards) = parts;
    let sites = world.get::<Sites>(entity)?;
    let listing = world.resource::<Directory>().listings.get(usize::from(venue))?;
    let today = world.resource::<Today>().day;
    let traffic = world.resource::<TrafficBoard>().0.get(usize::from(venue)).copied();
    let traffic = traffic.unwrap_or_default();
    Some(VenueDay {
        opened: world.get::<Identity>(entity)?.opened,
        open: *world.get::<VenueState>(entity)? == VenueState::Open,
        turnover: Kzt(traffic.traded_kzt),
        monthly_turnover: Kzt((books.daily_turnover * 30.0) as i64),
        fee: f64::from(listing.fee_ppm) * 1e-6,
        users: books.users,
        float: books.float,
        cards: cards.total(),
        stopped: traffic.stopped(),
        sites_down: sites.down,
        sites: sites.number,
        listed: world.resource::<RegulatorList>().since(venue).is_some(),
        hunted: brand.hunted_until > today,
        evidence: 0.0,
        case: CaseState::None,
    })
}
