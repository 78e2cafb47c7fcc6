//! The people of the yardstick: who they are, what they remember.

use scenario::Scenario;
use world::random::{Decision, Luck};
use world::units::{Day, Segment, maths};

/// No venue.
pub const NOWHERE: u16 = u16::MAX;
/// Risk bands.
pub const BANDS: usize = 3;
/// Kinds: segment, risk band, privacy and VPN.
pub const KINDS: usize = Segment::COUNT * BANDS * 4;

/// What a person is.
#[derive(Clone, Copy)]
pub struct Profile {
    pub kind: u8,
    pub segment: u8,
    pub fine: u8,
    pub bank: u8,
    pub joined: u16,
}

/// What a person remembers.
#[derive(Clone, Copy)]
pub struct Memory {
    pub usual: u16,
    since: u16,
    recent_kzt: u32,
}

impl Memory {
    pub const EMPTY: Memory = Memory { usual: NOWHERE, since: 0, recent_kzt: 0 };

    /// Sum traded in the window of thirty days.
    pub fn recent(&self, today: u16) -> u32 {
        if today - self.since < 30 { self.recent_kzt } else { 0 }
    }

    pub fn add(&mut self, amount: u32, today: u16) {
        self.recent_kzt = self.recent(today).saturating_add(amount);
        self.since = if today - self.since < 30 { self.since } else { today };
    }
}

/// Columns of people.
pub struct People {
    pub activity: Vec<u8>,
    pub profiles: Vec<Profile>,
    pub memories: Vec<Memory>,
    pub tickets: Vec<Vec<u32>>,
}

/// Steps of a table of quantiles.
const STEPS: usize = 1 << 12;

impl People {
    pub fn new(scenario: &Scenario, luck: &Luck) -> People {
        let customers = &scenario.customers;
        let traits = luck.many(Decision::CustomerTraits);
        let owners: Vec<f64> = (0..scenario.total_days())
            .map(|day| customers.ownership.between(scenario.date(Day(day))))
            .collect();
        let rates = Segment::ALL
            .iter()
            .map(|&segment| rates(customers.trades_per_year[segment], customers.activity_sigma))
            .collect::<Vec<_>>();
        let number = scenario.agents() as usize;
        let mut people = People {
            activity: Vec::with_capacity(number),
            profiles: Vec::with_capacity(number),
            memories: vec![Memory::EMPTY; number],
            tickets: Segment::ALL
                .iter()
                .map(|&segment| {
                    let median = customers.ticket_median_kzt[segment];
                    let sigma = customers.ticket_sigma[segment];
                    let size = |z: f64| median * maths::exp(sigma * z);
                    normals().map(|z| size(z).min(customers.ticket_limit_kzt) as u32).collect()
                })
                .collect(),
        };
        for person in 0..scenario.agents() {
            let [a, b, c, d] = traits.words(person, 0, 0).map(unit);
            let [e, f, g, _] = traits.words(person, 0, 1).map(unit);
            let segment = pick(customers.segment_share.each().into_iter().copied(), a);
            let private = f < *customers.private_share.each()[segment];
            let vpn = c < *customers.vpn_share.each()[segment];
            let band = (b * BANDS as f64) as usize;
            let kind = (segment * BANDS + band) * 4 + usize::from(private) * 2 + usize::from(vpn);
            let threshold = rates[segment][(d * STEPS as f64) as usize];
            people.activity.push((threshold >> 8) as u8);
            let assets = scenario.banks.issuers.iter().map(|issuer| issuer.assets_kzt_bn);
            let all: f64 = assets.clone().sum();
            people.profiles.push(Profile {
                kind: kind as u8,
                segment: segment as u8,
                fine: threshold as u8,
                bank: pick(assets.map(|assets| assets / all), g) as u8,
                joined: owners.partition_point(|share| *share < e) as u16,
            });
        }
        people
    }
}

/// Size of a trade.
pub fn ticket(tickets: &[Vec<u32>], segment: usize, word: u32) -> u32 {
    tickets[segment][(word >> 20) as usize]
}

/// Chances to trade on a day out of 2¹⁶, by quantiles: a lognormal, capped, with the mean kept.
fn rates(trades_per_year: f64, sigma: f64) -> Vec<u16> {
    let mean = trades_per_year / 365.2425;
    let mut scale = mean;
    let rates = |scale: f64| normals().map(move |z| (scale * maths::exp(sigma * z)).min(1.0));
    for _ in 0..30 {
        scale *= mean / (rates(scale).sum::<f64>() / STEPS as f64);
    }
    rates(scale).map(|rate| (rate * 65_536.0).min(65_535.0) as u16).collect()
}

/// Quantiles of the standard normal distribution.
fn normals() -> impl Iterator<Item = f64> {
    (0..STEPS).map(|i| maths::normal_quantile((i as f64 + 0.5) / STEPS as f64))
}

/// A word as a number between 0 and 1.
fn unit(word: u32) -> f64 {
    (f64::from(word) + 0.5) / 4_294_967_296.0
}

/// Position of a number among shares.
fn pick(shares: impl Iterator<Item = f64>, number: f64) -> usize {
    let mut sum = 0.0;
    let below = |share: f64| {
        sum += share;
        sum < number
    };
    shares.map(below).take_while(|below| *below).count()
}
