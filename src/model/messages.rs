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

/// Messages that are kept for a day, each once: a doc, a name and its fields.
macro_rules! messages {
    ($($(#[$doc:meta])* $name:ident { $($(#[$about:meta])* $field:ident: $of:ty,)+ })+) => {
        $(
            $(#[$doc])*
            #[derive(Message, Clone, Copy, Debug)]
            pub struct $name { $($(#[$about])* pub $field: $of),+ }
        )+

        /// Registers all messages, so that they are kept for a day.
        pub fn register(world: &mut World) {
            $(MessageRegistry::register_message::<$name>(world);)+
        }
    };
}

messages! {
    /// A venue is ordered closed.
    ClosureOrder {
        /// Venue.
        venue: VenueNumber,
        /// Whether the operator is arrested as well.
        arrest: bool,
        /// Whether only its sites are taken: no money is found, and who goes on needs no longer than a mirror does.
        sites_only: bool,
        /// Whether a successor stands ready; as drawn where the agency closes.
        successor: Successor,
        /// Whether it is the agency's act, and not one from outside.
        by_agency: bool,
        /// Chance that what the case rests on convinces a court.
        proof: f64,
    }

    /// A venue is held to something from outside: to identification, or its sites are kept blocked.
    VenueHeld {
        /// Venue.
        venue: VenueNumber,
        /// KYC that it must ask for; without it its sites are blocked.
        kyc: Option<f64>,
        /// Until the morning of which day.
        until: Day,
    }

    /// A venue is given a licence from outside, without having asked.
    LicenceGiven {
        /// Venue.
        venue: VenueNumber,
    }

    /// The darknet markets that work with a hub fall with it.
    MarketsTaken {
        /// The hub.
        hub: VenueNumber,
    }

    /// The largest drug dealers at home are to be arrested.
    DealersWanted {
        /// How many.
        number: u16,
    }

    /// The agency has coins of a venue frozen.
    FreezeOrder {
        /// Venue.
        venue: VenueNumber,
        /// Share of the float that is caught.
        share: f64,
    }

    /// The agency has sites of a venue blocked.
    SiteBlockOrder {
        /// Venue.
        venue: VenueNumber,
        /// Number of sites.
        sites: u32,
    }

    /// A venue opened.
    VenueOpened {
        /// Venue.
        venue: VenueNumber,
        /// Class.
        class: Class,
        /// Whether it is the new name of a closed one.
        relaunched: bool,
        /// Key of its operator, for the address of luck.
        operator: u64,
        /// Address of its luck: operator and generation.
        address: u64,
        /// Where the operator sits.
        seat: Seat,
        /// Until when officials protect the operator.
        protected_until: Day,
    }

    /// A venue is no more.
    VenueGone {
        /// Venue.
        venue: VenueNumber,
        /// Class.
        class: Class,
        /// Why.
        cause: Cause,
        /// Whether the operator was arrested.
        arrest: bool,
        /// Whether the agency closed it.
        by_agency: bool,
        /// Turnover over its whole life.
        lifetime_turnover: Kzt,
        /// People who came to use it over its whole life.
        lifetime_clients: i64,
        /// People whose usual venue it was.
        users: i64,
        /// Float seized: coins in wallets and money of the venue.
        wallets_seized: Kzt,
        /// Operator's wealth seized: flats, cars, accounts.
        property_seized: Kzt,
        /// Money and coins that it held, balances of clients and dealers among them, and that nobody was paid.
        unpaid: Kzt,
        /// Its share of the class's turnover, times the number of open venues of the class.
        relative_size: f64,
    }

    /// Part of a venue's float was frozen.
    FloatFrozen {
        /// Venue.
        venue: VenueNumber,
        /// Class.
        class: Class,
        /// Amount.
        amount: Kzt,
        /// As in [`VenueGone`].
        relative_size: f64,
    }

    /// An operator is arrested.
    Arrested {
        /// Venue at which.
        venue: VenueNumber,
        /// Its class.
        class: Class,
        /// Address of the venue's luck.
        address: u64,
        /// Float and wealth seized in the case.
        seized: Kzt,
        /// Chance that what the case rests on convinces a court.
        proof: f64,
    }

    /// A court has decided about an arrested operator.
    Verdict {
        /// Venue at which the operator was arrested.
        venue: VenueNumber,
        /// Its class.
        class: Class,
        /// Whether the operator was convicted.
        convicted: bool,
        /// Time in prison from the arrest on, in days; 0 without prison.
        term_days: u16,
        /// What is confiscated of the assets seized.
        confiscated: Kzt,
        /// What is given back of them.
        returned: Kzt,
    }

    /// The agency asks a partner abroad to help to close a venue.
    RequestSent {
        /// Venue.
        venue: VenueNumber,
        /// Address of its luck.
        address: u64,
        /// Cases opened against it so far: with the address, that of the request's luck.
        case: u32,
        /// Where the operator sits, 0 to 1 along the partners from the readiest on.
        place: f64,
    }

    /// A partner abroad has answered.
    RequestAnswered {
        /// Venue.
        venue: VenueNumber,
        /// Whether the partner helps.
        granted: bool,
    }

    /// An operator applies for a licence.
    LicenceApplied {
        /// Venue that would become licensed.
        venue: VenueNumber,
    }

    /// The agency dismantles a pyramid.
    PyramidOrder {
        /// Number of the pyramid in this run.
        pyramid: usize,
    }

    /// The agency inspects an illegal farm.
    InspectionOrder {
        /// Number of the farm in this run.
        farm: usize,
    }

    /// The agency breaks up a racket.
    RacketOrder {
        /// Number of the racket.
        racket: usize,
    }
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

/// Forgets messages of the day before yesterday; once a day.
pub fn update(world: &mut World) {
    world.resource_scope(|world, mut registry: Mut<MessageRegistry>| {
        registry.run_updates(world, bevy_ecs::change_detection::Tick::new(0));
    });
}
