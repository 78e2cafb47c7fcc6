//! What actors tell each other. Read once, on the day on which it is said; what is heard a day later lies in a box over night.
//!
//! So nothing is on its way between two days but what stands in a box: a world can be copied there (`fork`).

use bevy_ecs::message::MessageRegistry;
use bevy_ecs::prelude::*;

use super::board::{Cause, Seat};
use scenario::intervention::Successor;
use world::units::{Class, Day, Kzt};

/// Number of a venue in this run, in order of opening; never reused.
pub type VenueNumber = u16;

/// A venue is ordered closed.
#[derive(Message, Clone, Copy, Debug)]
pub struct ClosureOrder {
    /// Venue.
    pub venue: VenueNumber,
    /// Whether the operator is arrested as well.
    pub arrest: bool,
    /// Whether only its sites are taken: no money is found, and who goes on needs no longer than a mirror does.
    pub sites_only: bool,
    /// Whether a successor stands ready; as drawn where the agency closes.
    pub successor: Successor,
    /// Whether it is the agency's act, and not one from outside.
    pub by_agency: bool,
    /// Chance that what the case rests on convinces a court.
    pub proof: f64,
}

/// A venue is held to something from outside: to identification, or its sites are kept blocked.
#[derive(Message, Clone, Copy, Debug)]
pub struct VenueHeld {
    /// Venue.
    pub venue: VenueNumber,
    /// KYC that it must ask for; without it its sites are blocked.
    pub kyc: Option<f64>,
    /// Until the morning of which day.
    pub until: Day,
}

/// A venue is given a licence from outside, without having asked.
#[derive(Message, Clone, Copy, Debug)]
pub struct LicenceGiven {
    /// Venue.
    pub venue: VenueNumber,
}

/// The darknet markets that work with a hub fall with it.
#[derive(Message, Clone, Copy, Debug)]
pub struct MarketsTaken {
    /// The hub.
    pub hub: VenueNumber,
}

/// The largest drug dealers at home are to be arrested.
#[derive(Message, Clone, Copy, Debug)]
pub struct DealersWanted {
    /// How many.
    pub number: u16,
}

/// The agency has coins of a venue frozen.
#[derive(Message, Clone, Copy, Debug)]
pub struct FreezeOrder {
    /// Venue.
    pub venue: VenueNumber,
    /// Share of the float that is caught.
    pub share: f64,
}

/// The agency has sites of a venue blocked.
#[derive(Message, Clone, Copy, Debug)]
pub struct SiteBlockOrder {
    /// Venue.
    pub venue: VenueNumber,
    /// Number of sites.
    pub sites: u32,
}

/// A venue opened.
#[derive(Message, Clone, Copy, Debug)]
pub struct VenueOpened {
    /// Venue.
    pub venue: VenueNumber,
    /// Class.
    pub class: Class,
    /// Whether it is the new name of a closed one.
    pub relaunched: bool,
    /// Key of its operator, for the address of luck.
    pub operator: u64,
    /// Address of its luck: operator and generation.
    pub address: u64,
    /// Where the operator sits.
    pub seat: Seat,
    /// Until when officials protect the operator.
    pub protected_until: Day,
}

/// An operator is arrested.
#[derive(Message, Clone, Copy, Debug)]
pub struct Arrested {
    /// Venue at which.
    pub venue: VenueNumber,
    /// Its class.
    pub class: Class,
    /// Address of the venue's luck.
    pub address: u64,
    /// Float and wealth seized in the case.
    pub seized: Kzt,
    /// Chance that what the case rests on convinces a court.
    pub proof: f64,
}

/// A court has decided about an arrested operator.
#[derive(Message, Clone, Copy, Debug)]
pub struct Verdict {
    /// Venue at which the operator was arrested.
    pub venue: VenueNumber,
    /// Its class.
    pub class: Class,
    /// Whether the operator was convicted.
    pub convicted: bool,
    /// Time in prison from the arrest on, in days; 0 without prison.
    pub term_days: u16,
    /// What is confiscated of the assets seized.
    pub confiscated: Kzt,
    /// What is given back of them.
    pub returned: Kzt,
}

/// The agency asks a partner abroad to help to close a venue.
#[derive(Message, Clone, Copy, Debug)]
pub struct RequestSent {
    /// Venue.
    pub venue: VenueNumber,
    /// Address of its luck.
    pub address: u64,
    /// Cases opened against it so far: with the address, that of the request's luck.
    pub case: u32,
    /// Where the operator sits, 0 to 1 along the partners from the readiest on.
    pub place: f64,
}

/// A partner abroad has answered.
#[derive(Message, Clone, Copy, Debug)]
pub struct RequestAnswered {
    /// Venue.
    pub venue: VenueNumber,
    /// Whether the partner helps.
    pub granted: bool,
}

/// An operator applies for a licence.
#[derive(Message, Clone, Copy, Debug)]
pub struct LicenceApplied {
    /// Venue that would become licensed.
    pub venue: VenueNumber,
}

/// A venue is no more.
#[derive(Message, Clone, Copy, Debug)]
pub struct VenueGone {
    /// Venue.
    pub venue: VenueNumber,
    /// Class.
    pub class: Class,
    /// Why.
    pub cause: Cause,
    /// Whether the operator was arrested.
    pub arrest: bool,
    /// Whether the agency closed it.
    pub by_agency: bool,
    /// Turnover over its whole life.
    pub lifetime_turnover: Kzt,
    /// People who came to use it over its whole life.
    pub lifetime_clients: i64,
    /// People whose usual venue it was.
    pub users: i64,
    /// Float seized: coins in wallets and money of the venue.
    pub wallets_seized: Kzt,
    /// Operator's wealth seized: flats, cars, accounts.
    pub property_seized: Kzt,
    /// Money and coins that it held, balances of clients and dealers among them, and that nobody was paid.
    pub unpaid: Kzt,
    /// Its share of the class's turnover, times the number of open venues of the class.
    pub relative_size: f64,
}

/// Part of a venue's float was frozen.
#[derive(Message, Clone, Copy, Debug)]
pub struct FloatFrozen {
    /// Venue.
    pub venue: VenueNumber,
    /// Class.
    pub class: Class,
    /// Amount.
    pub amount: Kzt,
    /// As in [`VenueGone`].
    pub relative_size: f64,
}

/// The agency dismantles a pyramid.
#[derive(Message, Clone, Copy, Debug)]
pub struct PyramidOrder {
    /// Number of the pyramid in this run.
    pub pyramid: usize,
}

/// The agency inspects an illegal farm.
#[derive(Message, Clone, Copy, Debug)]
pub struct InspectionOrder {
    /// Number of the farm in this run.
    pub farm: usize,
}

/// The agency breaks up a racket.
#[derive(Message, Clone, Copy, Debug)]
pub struct RacketOrder {
    /// Number of the racket.
    pub racket: usize,
}

/// What was said today and is heard tomorrow.
#[derive(Resource, Clone)]
pub struct Overnight<M: Send + Sync + 'static>(Vec<M>);

impl<M: Send + Sync + 'static> Default for Overnight<M> {
    fn default() -> Overnight<M> {
        Overnight(Vec::new())
    }
}

impl<M: Send + Sync + 'static> Overnight<M> {
    /// Puts something in for tomorrow.
    pub fn add(&mut self, message: M) {
        self.0.push(message);
    }

    /// Takes all out, in the order in which it was said.
    pub fn take(&mut self) -> Vec<M> {
        std::mem::take(&mut self.0)
    }
}

/// Registers all messages, so that they are kept for a day.
pub fn register(world: &mut World) {
    MessageRegistry::register_message::<ClosureOrder>(world);
    MessageRegistry::register_message::<VenueHeld>(world);
    MessageRegistry::register_message::<LicenceGiven>(world);
    MessageRegistry::register_message::<MarketsTaken>(world);
    MessageRegistry::register_message::<DealersWanted>(world);
    MessageRegistry::register_message::<FreezeOrder>(world);
    MessageRegistry::register_message::<SiteBlockOrder>(world);
    MessageRegistry::register_message::<VenueOpened>(world);
    MessageRegistry::register_message::<VenueGone>(world);
    MessageRegistry::register_message::<FloatFrozen>(world);
    MessageRegistry::register_message::<Arrested>(world);
    MessageRegistry::register_message::<Verdict>(world);
    MessageRegistry::register_message::<RequestSent>(world);
    MessageRegistry::register_message::<RequestAnswered>(world);
    MessageRegistry::register_message::<LicenceApplied>(world);
    MessageRegistry::register_message::<PyramidOrder>(world);
    MessageRegistry::register_message::<InspectionOrder>(world);
    MessageRegistry::register_message::<RacketOrder>(world);
}

/// Forgets messages of the day before yesterday; once a day.
pub fn update(world: &mut World) {
    world.resource_scope(|world, mut registry: Mut<MessageRegistry>| {
        registry.run_updates(world, bevy_ecs::change_detection::Tick::new(0));
    });
}
