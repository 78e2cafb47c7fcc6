//! A second world that stands where the first one stands, so that a policy can go its own way from here.
//!
//! Every actor says once which boards, books and kinds of agents it keeps ([`Holding`](super::actor::Holding)): they are made and
//! copied from that. What an actor forgets is found by [`missing`], which compares both worlds as a whole.
//!
//! Deliberately absent: when to fork (`family`), and messages: whoever reads one does so on the day on which it is
//! written, and what is heard the day after lies in an [`Overnight`](super::messages::Overnight) box.

use std::collections::BTreeMap;

use bevy_ecs::bundle::NoBundleEffect;
use bevy_ecs::component::Mutable;
use bevy_ecs::prelude::*;
use bevy_ecs::world::World as EcsWorld;

/// A world that is being copied, evening to evening.
pub struct Fork<'a> {
    from: &'a EcsWorld,
    /// The copy.
    pub to: EcsWorld,
}

impl<'a> Fork<'a> {
    /// An empty copy.
    pub fn new(from: &'a EcsWorld) -> Fork<'a> {
        Fork { from, to: EcsWorld::new() }
    }

    /// Something of the world that is copied, to be changed on the way.
    pub fn original<R: Resource>(&self) -> &'a R {
        self.from.resource::<R>()
    }

    /// Copies a board or book.
    pub fn resource<R: Resource + Component<Mutability = Mutable> + Clone>(&mut self) {
        self.to.insert_resource(self.original::<R>().clone());
    }

    /// Copies all agents of a kind, in their order.
    pub fn kind<K: AgentKind>(&mut self) {
        K::copy(self.from, &mut self.to);
    }

    /// Copies all agents of a kind, in their order, each changed on the way; tells who is whom.
    pub fn changed<K: AgentKind>(
        &mut self,
        change: impl FnMut(&mut K),
    ) -> BTreeMap<Entity, Entity> {
        K::copy_changed(self.from, &mut self.to, change)
    }
}

/// The components of a kind of agents: all that it has, for life.
pub trait AgentKind: Bundle<Effect: NoBundleEffect> + Sized {
    /// Copies all in one go.
    fn copy(from: &EcsWorld, to: &mut EcsWorld);

    /// Copies all one by one.
    fn copy_changed(
        from: &EcsWorld,
        to: &mut EcsWorld,
        change: impl FnMut(&mut Self),
    ) -> BTreeMap<Entity, Entity>;
}

macro_rules! kinds {
    ($(($($part:ident),+))+) => {$(
        #[allow(non_snake_case)]
        impl<$($part: Component + Clone),+> AgentKind for ($($part,)+) {
            fn copy(from: &EcsWorld, to: &mut EcsWorld) {
                // Who has never been there is not known by name.
                let Some(mut all) = from.try_query::<($(&$part,)+)>() else { return };
                to.spawn_batch(all.iter(from).map(|($($part,)+)| ($($part.clone(),)+)));
            }

            fn copy_changed(
                from: &EcsWorld,
                to: &mut EcsWorld,
                mut change: impl FnMut(&mut Self),
            ) -> BTreeMap<Entity, Entity> {
                let query = from.try_query::<(Entity, $(&$part,)+)>();
                let Some(mut all) = query else { return BTreeMap::new() };
                all.iter(from)
                    .map(|(entity, $($part,)+)| {
                        let mut parts = ($($part.clone(),)+);
                        change(&mut parts);
                        (entity, to.spawn(parts).id())
                    })
                    .collect()
            }
        }
    )+};
}

kinds! { (A) (A, B) (A, B, C, D, E, F, G) }

/// What one world has more of than the other, in words; empty if they hold the same things in the same numbers.
pub fn missing(from: &EcsWorld, to: &EcsWorld) -> Vec<String> {
    let (before, after) = (inventory(from), inventory(to));
    let names = before.keys().chain(after.keys().filter(|name| !before.contains_key(*name)));
    names
        .filter_map(|name| {
            let of = |inventory: &BTreeMap<String, u32>| inventory.get(name).copied().unwrap_or(0);
            let (had, has) = (of(&before), of(&after));
            (had != has).then(|| format!("{name}: {had} in the world, {has} in its copy"))
        })
        .collect()
}

/// Number of entities by the names of their components; a resource is an entity as well.
fn inventory(world: &EcsWorld) -> BTreeMap<String, u32> {
    let mut found = BTreeMap::new();
    for archetype in world.archetypes().iter().filter(|archetype| !archetype.is_empty()) {
        let names = archetype.components().iter().filter_map(|id| world.components().get_name(*id));
        let mut names: Vec<String> = names.map(|name| name.to_string()).collect();
        names.sort();
        *found.entry(names.join(" + ")).or_default() += archetype.len();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Simulation;
    use scenario::{Scenario, reference};
    use world::record::RunKey;

    #[derive(Resource, Clone)]
    struct Forgotten;

    #[derive(Component, Clone)]
    struct Stranger;

    fn tiny() -> Scenario {
        let mut scenario = reference().scenario;
        scenario.people_per_agent = 20_000;
        scenario
    }

    fn after_a_week() -> Simulation {
        let mut simulation = Simulation::new(&tiny(), RunKey::new(1, 0));
        (0..7).for_each(|_| simulation.run_day());
        simulation
    }

    #[test]
    fn a_copy_lacks_nothing() {
        let original = after_a_week();
        let copy = original.fork(&tiny());
        assert_eq!(missing(&original.world, &copy.world), Vec::<String>::new());
        assert!(inventory(&copy.world).values().sum::<u32>() > 1_000);
    }

    #[test]
    fn a_forgotten_resource_kind_or_agent_is_found() {
        let mut original = after_a_week();
        let copy = original.fork(&tiny());
        original.world.insert_resource(Forgotten);
        original.world.spawn(Stranger);
        let found = missing(&original.world, &copy.world).join("\n");
        assert!(found.contains("Forgotten") && found.contains("Stranger"), "{found}");
        assert_eq!(found.lines().count(), 2, "{found}");
        let mut copy = original.fork_unchecked(&tiny());
        copy.world.insert_resource(Forgotten);
        copy.world.spawn(Stranger);
        assert!(missing(&original.world, &copy.world).is_empty());
        copy.world.spawn(Stranger);
        assert_eq!(missing(&original.world, &copy.world).len(), 1, "one too many");
    }

    #[test]
    #[should_panic(expected = "Forgotten")]
    fn a_fork_that_forgets_something_is_loud() {
        let mut original = after_a_week();
        original.world.insert_resource(Forgotten);
        let _ = original.fork(&tiny());
    }
}
