//! What an actor is to the engine: what it keeps from day to day, how that begins, and its rules.
//!
//! A world is built and copied from the same list of actors (`registry`), so what an actor keeps is said once.

use bevy_ecs::component::Mutable;
use bevy_ecs::prelude::*;
use bevy_ecs::world::World as EcsWorld;

use super::fork::{AgentKind, Fork};

/// An actor of the model.
#[derive(Clone, Copy)]
pub struct Actor {
    /// All that it keeps.
    holds: &'static [Holding],
    /// Fills before the first day what does not begin empty.
    build: fn(&mut EcsWorld),
    /// Its rules, each at its place in the day.
    rules: fn(&mut Schedule),
    /// Whether its books agree with the ledger.
    audit: fn(&mut EcsWorld) -> Result<(), String>,
}

impl Actor {
    /// An actor that keeps this, and begins with nothing.
    pub const fn new(holds: &'static [Holding], rules: fn(&mut Schedule)) -> Actor {
        Actor { holds, build: |_| (), rules, audit: |_| Ok(()) }
    }

    /// What it begins with.
    #[must_use]
    pub const fn build(self, build: fn(&mut EcsWorld)) -> Actor {
        Actor { build, ..self }
    }

    /// How its books are checked against the ledger.
    pub const fn audit(self, audit: fn(&mut EcsWorld) -> Result<(), String>) -> Actor {
        Actor { audit, ..self }
    }

    /// Puts it into a new world.
    pub fn enter(&self, world: &mut EcsWorld, day: &mut Schedule) {
        for holding in self.holds {
            (holding.make)(world);
        }
        (self.build)(world);
        (self.rules)(day);
    }

    /// Puts it into a copy of a world.
    pub fn follow(&self, copy: &mut Fork, day: &mut Schedule) {
        for holding in self.holds {
            (holding.copy)(copy);
        }
        (self.rules)(day);
    }

    /// Whether its books agree with the ledger.
    pub fn agrees(&self, world: &mut EcsWorld) -> Result<(), String> {
        (self.audit)(world)
    }
}

/// Something that an actor keeps.
#[derive(Clone, Copy)]
pub struct Holding {
    make: fn(&mut EcsWorld),
    copy: fn(&mut Fork),
}

impl Holding {
    /// A board or book that is empty before the first day.
    pub const fn empty<R: Resource + Component<Mutability = Mutable> + Clone + Default>() -> Holding
    {
        let make = |world: &mut EcsWorld| {
            world.init_resource::<R>();
        };
        Holding { make, copy: |copy| copy.resource::<R>() }
    }

    /// A board or book that `build` makes.
    pub const fn made<R: Resource + Component<Mutability = Mutable> + Clone>() -> Holding {
        Holding { make: |_| (), copy: |copy| copy.resource::<R>() }
    }

    /// Agents of a kind, the first of whom `build` makes.
    pub const fn agents<K: AgentKind>() -> Holding {
        Holding { make: |_| (), copy: |copy| copy.kind::<K>() }
    }

    /// What `build` makes and is copied in a way of its own.
    pub const fn copied(copy: fn(&mut Fork)) -> Holding {
        Holding { make: |_| (), copy }
    }
}
