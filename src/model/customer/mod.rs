//! Customers: people who exchange tenge and crypto.
//!
//! One entity each, all alike in shape, so that their columns lie contiguous. A day costs a byte
//! compared per person and real work only for those who act. What a person decides stands in an
//! [`Order`](super::order::Order) first and has consequences only in settlement.

pub mod account;
pub mod measures;
mod orders;
pub mod settlement;
mod taste;

use bevy_ecs::prelude::*;
use bevy_ecs::world::World as EcsWorld;

use super::actor::{Actor, Holding};
use super::board::{Expected, NO_VENUE};
use super::choice::{self, BANDS, ChoiceTables};
use super::order::{Memory, OrderBook};
use super::schedule::{Luck, Phase, Step, Turn, World};
use world::random::{Decision, unit};
use world::units::{DAYS_PER_YEAR, Day, Segment, maths};

/// Marks a customer.
#[derive(Component, Clone)]
pub struct Customer;

/// Chance to want a trade on a day: upper byte of a threshold out of 2¹⁶.
#[derive(Component, Clone, Copy)]
pub struct Activity(pub u8);

/// What a person is, for life.
#[derive(Component, Clone, Copy)]
pub struct Profile {
    /// Kind of trader: segment, risk band, privacy and VPN as a number, see [`choice::kind`].
    kind: u8,
    /// Lower byte of the activity threshold.
    fine: u8,
    /// Home bank.
    bank: u8,
    /// Whether banks' automatic checks pass this person by (for proofs of common luck).
    immune: bool,
    /// First day of owning crypto.
    joined: Day,
}

/// The actor.
pub const ACTOR: Actor = Actor::new(
    &[
        Holding::empty::<Expected>(),
        Holding::made::<OrderBook>(),
        Holding::made::<taste::Tastes>(),
        Holding::made::<ChoiceTables>(),
        Holding::agents::<(Customer, Activity, Profile, Memory)>(),
    ],
    rules,
)
.build(build);

fn build(world: &mut EcsWorld) {
    spawn(world);
    let scenario = world.resource::<World>().clone();
    let book = OrderBook::new(&scenario, world.resource::<Luck>());
    world.insert_resource(taste::Tastes::new(&scenario, &book));
    world.insert_resource(book);
    let not_today = maths::exp(scenario.customers.not_today);
    world.insert_resource(ChoiceTables::new(not_today));
}

fn rules(schedule: &mut Schedule) {
    schedule.add_systems(
        (taste::weigh_venues, taste::expect_trade, orders::place_orders)
            .chain()
            .in_set(Step(Phase::Demand, Turn::Customers)),
    );
    schedule
        .add_systems(settlement::settle_orders.in_set(Step(Phase::Settlement, Turn::Customers)));
}

/// Takes a customer out of all checks of banks, for a proof.
pub fn make_immune(world: &mut EcsWorld, person: u32) {
    let mut all = world.query::<&mut Profile>();
    if let Some(mut profile) = all.iter_mut(world).nth(person as usize) {
        profile.immune = true;
    }
}

fn spawn(world: &mut EcsWorld) {
    let scenario = world.resource::<World>().clone();
    let traits = world.resource::<Luck>().many(Decision::CustomerTraits);
    let people = &scenario.customers;
    let issuers = &scenario.banks.issuers;
    let assets: f64 = issuers.iter().map(|issuer| issuer.assets_kzt_bn).sum();
    let bank_below = cumulate(issuers.iter().map(|issuer| issuer.assets_kzt_bn / assets));
    let segment_below = cumulate(people.segment_share.each().into_iter().copied());
    let joined_by = ownership_curve(&scenario);
    let activity = ActivityCurve::new(&scenario);

    world.spawn_batch((0..scenario.agents()).map(|person| {
        let [a, b, c, d] = traits.words(person, 0, 0);
        let [e, f, ..] = traits.words(person, 0, 1);
        let segment = Segment::ALL[rank(&segment_below, a)];
        let band = ((u64::from(b) * BANDS as u64) >> 32) as usize;
        let vpn = unit(c) < people.vpn_share[segment];
        let private = unit(f) < people.private_share[segment];
        let rate = activity.daily_rate(segment, d);
        let threshold = (rate * 65_536.0).round() as u32;
        // A threshold of 2¹⁶ (every day) does not fit two bytes: one day in 65,536 is lost.
        let threshold = threshold.min(65_535) as u16;
        (
            Customer,
            Activity((threshold >> 8) as u8),
            Profile {
                kind: choice::kind(segment, band, private, vpn) as u8,
                fine: threshold as u8,
                bank: rank(&bank_below, e.rotate_left(16)) as u8,
                immune: false,
                joined: Day(joined_by.partition_point(|share| *share < unit(e)) as u16),
            },
            Memory { usual: NO_VENUE, lost: NO_VENUE, since: Day(0), recent_kzt: 0 },
        )
    }));
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
    /// Quantiles in the table.
    const STEPS: usize = 1 << 14;

    fn new(scenario: &World) -> ActivityCurve {
        let people = &scenario.customers;
        let sigma = people.activity_sigma;
        let quantiles: Vec<f64> = (0..ActivityCurve::STEPS)
            .map(|i| {
                let p = (i as f64 + 0.5) / ActivityCurve::STEPS as f64;
                maths::exp(sigma * maths::normal_quantile(p) - sigma * sigma / 2.0)
            })
            .collect();
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
}
