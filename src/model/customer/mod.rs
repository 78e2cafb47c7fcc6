//! Customers: people who exchange tenge and crypto.
//!
//! One entity each, all alike in shape, so that their columns lie contiguous. A day costs a byte
//! compared per person and real work only for those who act. What a person decides stands in an
//! [`Order`](super::order::Order) first and has consequences only in settlement.

pub mod account;
mod identification;
pub mod measures;
mod orders;
pub mod settlement;
pub mod taste;

use std::sync::Arc;

use bevy_ecs::prelude::*;
use bevy_ecs::world::World as EcsWorld;

use super::actor::{Actor, Holding};
use super::board::{Expected, NO_VENUE};
use super::choice::{self, BANDS, ChoiceTables, Nesting};
use super::kept::{Kept, NORMAL_16384};
use super::messages::VenueNumber;
use super::order::{Memory, OrderBook};
use super::schedule::{Phase, RunLuck, Step, Today, Turn, World};
use world::random::{Decision, unit};
use world::units::{DAYS_PER_YEAR, Day, Segment, maths};

/// Chance to want a trade on a day, as an upper byte out of 2¹⁶; 0 before somebody owns crypto.
#[derive(Component, Clone, Copy)]
pub struct Activity(pub u8);

/// What a person is, for life, and remembers: a quarter of a line of the cache, since nearly everybody is visited alone.
#[derive(Component, Clone, Copy)]
pub struct Customer {
    // The parts of a `Memory`, which by itself is longer.
    usual: VenueNumber,
    lost: VenueNumber,
    since: Day,
    recent_kzt: u32,
    /// First day of owning crypto.
    joined: Day,
    /// Kind of trader: segment, risk band, privacy and VPN as a number, see [`choice::kind`].
    kind: u8,
    /// Home bank, and in the highest bit whether banks' automatic checks pass this person by (for proofs of common luck).
    bank: u8,
    /// Chance to want a trade on a day, out of 2¹⁶: its upper and lower byte.
    activity: [u8; 2],
}

/// The bit of `Customer::bank` that takes somebody out of checks.
const IMMUNE: u8 = 1 << 7;

const _: () = assert!(size_of::<Customer>() == 16);

impl Customer {
    fn memory(&self) -> Memory {
        let Customer { usual, lost, since, recent_kzt, .. } = *self;
        Memory { usual, lost, since, recent_kzt }
    }

    fn remember(&mut self, memory: Memory) {
        let Memory { usual, lost, since, recent_kzt } = memory;
        *self = Customer { usual, lost, since, recent_kzt, ..*self };
    }

    fn bank(&self) -> u8 {
        self.bank & !IMMUNE
    }

    fn is_immune(&self) -> bool {
        self.bank & IMMUNE != 0
    }
}

/// Who comes to own crypto on which day.
#[derive(Resource, Default, Clone)]
pub struct Joining(Arc<[Vec<u32>]>);

/// The actor.
pub const ACTOR: Actor = Actor::new(
    &[
        Holding::empty::<Expected>(),
        Holding::made::<OrderBook>(),
        Holding::made::<taste::Tastes>(),
        Holding::made::<identification::IdentifiedShares>(),
        Holding::made::<ChoiceTables>(),
        Holding::empty::<Joining>(),
        Holding::agents::<(Activity, Customer)>(),
    ],
    rules,
)
.build(build);

fn build(world: &mut EcsWorld) {
    let scenario = world.resource::<World>().clone();
    let owners = ownership_curve(&scenario);
    let book = OrderBook::new(&scenario, world.resource::<RunLuck>());
    world.insert_resource(taste::Tastes::new(&scenario, &book, owners.clone()));
    world.insert_resource(book);
    let people = &scenario.customers;
    let nesting =
        Nesting { venues: people.class_dissimilarity, classes: people.alike_dissimilarity };
    let not_today = maths::exp(people.not_today);
    world.insert_resource(identification::IdentifiedShares::new(people));
    world.insert_resource(ChoiceTables::new(not_today, nesting, taste::stranger(people)));
    spawn(world, &owners);
}

fn rules(schedule: &mut Schedule) {
    schedule.add_systems(
        (
            admit,
            identification::identify,
            taste::weigh_venues,
            taste::expect_trade,
            orders::place_orders,
        )
            .chain()
            .in_set(Step(Phase::Demand, Turn::Customers)),
    );
    schedule
        .add_systems(settlement::settle_orders.in_set(Step(Phase::Settlement, Turn::Customers)));
}

/// Lets those who own crypto from today on want trades: before, no draw can find them.
fn admit(today: Res<Today>, joining: Res<Joining>, mut people: Query<(&mut Activity, &Customer)>) {
    let mut columns =
        people.contiguous_iter_mut().expect("customers keep their components for life");
    let (mut activity, people) = columns.next().expect("a scenario has at least one customer");
    let activity = activity.bypass_change_detection();
    for row in joining.0.get(usize::from(today.day.0)).into_iter().flatten() {
        activity[*row as usize] = Activity(people[*row as usize].activity[0]);
    }
}

/// Takes a customer out of all checks of banks, for a proof.
pub fn make_immune(world: &mut EcsWorld, person: u32) {
    let mut all = world.query::<&mut Customer>();
    if let Some(mut person) = all.iter_mut(world).nth(person as usize) {
        person.bank |= IMMUNE;
    }
}

fn spawn(world: &mut EcsWorld, owners: &[f64]) {
    let scenario = world.resource::<World>().clone();
    let traits = world.resource::<RunLuck>().many(Decision::CustomerTraits);
    let people = &scenario.customers;
    let issuers = &scenario.banks.issuers;
    let assets: f64 = issuers.iter().map(|issuer| issuer.assets_kzt_bn).sum();
    let bank_below = cumulate(issuers.iter().map(|issuer| issuer.assets_kzt_bn / assets));
    let segment_below = cumulate(people.segment_share.each().into_iter().copied());
    let activity = ActivityCurve::of(&scenario);

    let mut joining = vec![Vec::new(); usize::from(scenario.total_days())];
    world.spawn_batch((0..scenario.agents()).map(|number| {
        let [a, b, c, d] = traits.words(number, 0, 0);
        let [e, f, ..] = traits.words(number, 0, 1);
        let segment = Segment::ALL[rank(&segment_below, a)];
        let band = ((u64::from(b) * BANDS as u64) >> 32) as usize;
        let vpn = unit(c) < people.vpn_share[segment];
        let private = unit(f) < people.private_share[segment];
        let rate = activity.daily_rate(segment, d);
        let threshold = (rate * 65_536.0).round() as u32;
        // A threshold of 2¹⁶ (every day) does not fit two bytes: one day in 65,536 is lost.
        let threshold = threshold.min(65_535) as u16;
        let joined = owners.partition_point(|share| *share < unit(e));
        if let Some(day) = joining.get_mut(joined) {
            day.push(number);
        }
        let person = Customer {
            usual: NO_VENUE,
            lost: NO_VENUE,
            since: Day(0),
            recent_kzt: 0,
            joined: Day(joined as u16),
            kind: choice::kind(segment, band, private, vpn) as u8,
            bank: rank(&bank_below, e.rotate_left(16)) as u8,
            activity: threshold.to_be_bytes(),
        };
        (Activity(0), person)
    }));
    world.insert_resource(Joining(joining.into()));
}

/// Cumulated shares as thresholds; the last is full.
fn cumulate(shares: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut sum = 0.0;
    let mut below: Vec<f64> = shares
        .map(|share| {
            sum += share;
            sum
        })
        .collect();
    if let Some(last) = below.last_mut() {
        *last = 2.0;
    }
    below
}

/// Position of a word among cumulated shares.
fn rank(below: &[f64], word: u32) -> usize {
    below.partition_point(|share| *share <= unit(word))
}

/// Share of people who own crypto by each day of the run.
fn ownership_curve(scenario: &World) -> Vec<f64> {
    let mut highest: f64 = 0.0;
    (0..scenario.total_days())
        .map(|day| {
            highest = highest.max(scenario.customers.ownership.between(scenario.date(Day(day))));
            highest
        })
        .collect()
}

/// Activity over people: a lognormal with the given mean, capped at one trade a day, by quantiles.
struct ActivityCurve {
    quantiles: Vec<f64>,
    scale: [f64; Segment::COUNT],
}

impl ActivityCurve {
    /// The curve of a scenario's people.
    fn of(scenario: &World) -> Arc<ActivityCurve> {
        static CURVES: Kept<ActivityCurve> = Kept::new();
        let people = &scenario.customers;
        let rates = people.trades_per_year.each().into_iter().copied();
        CURVES.get(rates.chain([people.activity_sigma]), || ActivityCurve::new(scenario))
    }

    fn new(scenario: &World) -> ActivityCurve {
        let people = &scenario.customers;
        let sigma = people.activity_sigma;
        let quantile = |z: &f64| maths::exp(sigma * z - sigma * sigma / 2.0);
        let quantiles: Vec<f64> = NORMAL_16384.iter().map(quantile).collect();
        let mut scale = [0.0; Segment::COUNT];
        for &segment in Segment::ALL {
            scale[segment.index()] =
                scale_for_mean(&quantiles, people.trades_per_year[segment] / DAYS_PER_YEAR);
        }
        ActivityCurve { quantiles, scale }
    }

    fn daily_rate(&self, segment: Segment, word: u32) -> f64 {
        let step = (word >> 18) as usize;
        (self.quantiles[step] * self.scale[segment.index()]).min(1.0)
    }
}

/// Scale at which the quantiles, capped at one, have this mean.
fn scale_for_mean(quantiles: &[f64], mean: f64) -> f64 {
    let capped = |scale: f64| {
        quantiles.iter().map(|q| (q * scale).min(1.0)).sum::<f64>() / quantiles.len() as f64
    };
    let (mut low, mut high) = (0.0, 1.0);
    while capped(high) < mean && high < 1e9 {
        high *= 2.0;
    }
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        if capped(middle) < mean {
            low = middle;
        } else {
            high = middle;
        }
    }
    (low + high) / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capped_activity_keeps_its_mean() {
        let quantiles: Vec<f64> =
            (0..1000).map(|i| f64::from(i) * f64::from(i) / 333_333.0).collect();
        for mean in [0.001, 0.1, 0.6] {
            let scale = scale_for_mean(&quantiles, mean);
            let got = quantiles.iter().map(|q| (q * scale).min(1.0)).sum::<f64>() / 1000.0;
            assert!((got - mean).abs() < 1e-9, "{mean} {got}");
        }
    }

    #[test]
    fn no_resource_keeps_a_place_for_each_customer() {
        use bevy_ecs::resource::IsResource;
        let mut scenario = scenario::reference().scenario;
        scenario.people_per_agent = 20_000;
        let mut first = crate::Simulation::new(&scenario, world::record::RunKey::new(1, 0));
        (0..3).for_each(|_| first.run_day());
        for mut run in [first.fork(&scenario), first] {
            run.run_day();
            let world = &mut run.world;
            let mut customers = world.query_filtered::<Entity, With<Customer>>();
            let first = customers.iter(world).map(|it| it.index()).min().expect("customers");
            let mut resources = world.query_filtered::<Entity, With<IsResource>>();
            let late = resources.iter(world).filter(|it| it.index() > first).count();
            assert_eq!(late, 0, "made after the customers");
            assert!(resources.iter(world).count() > 20);
        }
    }
}
