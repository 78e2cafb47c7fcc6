//! Dealers who are arrested, those who stop for fear, and others who take their buyers over.
//!
//! Buyers of an arrested dealer find another one as clients of a closed venue find another venue: after `search_days` on
//! average. Until then they buy nothing. What others earn more is replacement, not displacement: it is other people's trade.
//!
//! Deliberately absent: courts; who is arrested by an intervention sells no more within the run.

use bevy_ecs::prelude::*;

use super::shops::DealerSeries;
use super::{Dealer, Line, usual_drug_sales};
use crate::board::{Flows, NO_VENUE, certainty};
use crate::diary::Diary;
use crate::ledger::{Account, Ledger};
use crate::messages::DealersWanted;
use crate::schedule::World;
use scenario::Scenario;
use world::record::Flow;
use world::units::{Class, DAYS_PER_YEAR, Kzt, Trader, maths};

/// Buyers without a dealer.
#[derive(Resource, Clone, Copy)]
pub struct Gap {
    /// Share of the market at home that nobody serves.
    lost: f64,
    /// Share that somebody serves: the sum of the dealers' shares, and exactly 1 while nobody was arrested.
    pub served: f64,
}

impl Default for Gap {
    fn default() -> Gap {
        Gap { lost: 0.0, served: 1.0 }
    }
}

/// What dealers at home have heard and lived through, in dealer-years that fade: a Beta belief like that of people in venues.
#[derive(Resource, Default, Clone, Copy)]
pub struct DealerRisk {
    bad: f64,
    good: f64,
}

/// Ranks dealers at home by size.
pub fn rank(dealers: &mut [Dealer]) {
    let mut home: Vec<&mut Dealer> =
        dealers.iter_mut().filter(|dealer| dealer.line == Line::Home).collect();
    home.sort_by(|a, b| b.share.total_cmp(&a.share).then(a.number.cmp(&b.number)));
    let all = home.len() as u32;
    for (place, dealer) in home.into_iter().enumerate() {
        dealer.smallness = smallness(place as u32, all);
    }
}

/// How small a dealer is at a place, from 0, among all by size: from 0 for the largest to 1.
pub fn smallness(place: u32, all: u32) -> f64 {
    f64::from(place) / f64::from(all.saturating_sub(1).max(1))
}

/// Perceived risk of an arrest at which a dealer of such a size stops.
pub fn nerve(scenario: &Scenario, smallness: f64) -> f64 {
    let spread = scenario.dealers.nerve_spread * (1.0 - 2.0 * smallness);
    scenario.perceived_risk.threshold + spread
}

/// Number of dealers at home: the first ones, so that it does not depend on luck.
pub fn home_dealers(scenario: &Scenario) -> u32 {
    let parameters = &scenario.dealers;
    let home = f64::from(parameters.number) * (1.0 - parameters.abroad);
    (0..parameters.number).filter(|number| f64::from(*number) + 0.5 <= home).count() as u32
}

/// Dealers stop where they think an arrest more likely than their nerves bear, small ones first, and come back as memory fades.
pub fn fear(
    scenario: Res<World>,
    mut risk: ResMut<DealerRisk>,
    mut gap: ResMut<Gap>,
    mut diary: ResMut<Diary<DealerSeries>>,
    mut dealers: Query<&mut Dealer>,
) {
    let beliefs = &scenario.perceived_risk;
    let keep = maths::exp(-1.0 / beliefs.memory_days);
    let mut active = dealers.iter().filter(|dealer| dealer.share > 0.0).count();
    // Who has stopped hears as well that nobody else was taken.
    let free = active + dealers.iter().filter(|dealer| dealer.paused > 0.0).count();
    risk.bad *= keep;
    risk.good = risk.good * keep + free as f64 / DAYS_PER_YEAR;
    let learned = certainty(beliefs.prior, beliefs.prior_weight, risk.bad, risk.good);
    let believed = beliefs.prior + scenario.mechanisms.deterrence * (learned - beliefs.prior);
    // Nobody fears who has heard of nothing.
    let afraid = |dealer: &Dealer| risk.bad > 0.0 && believed > nerve(&scenario, dealer.smallness);
    let (mut stopped, mut back) = (0.0, 0.0);
    for mut dealer in &mut dealers {
        // Somebody stays to sell: without dealers at home sales are booked otherwise.
        if dealer.share > 0.0 && active > 1 && afraid(&dealer) {
            stopped += dealer.share;
            dealer.paused = std::mem::replace(&mut dealer.share, 0.0);
            dealer.income = 0.0;
            active -= 1;
        } else if dealer.paused > 0.0 && !afraid(&dealer) {
            back += dealer.paused;
        }
    }
    gap.lost += stopped;
    gap.served -= stopped;
    if back > 0.0 {
        // Who comes back has the former buyers again: those whom nobody serves, and for the rest from those who took them over.
        let unserved = back.min(gap.lost);
        let others = ((gap.served - (back - unserved)) / gap.served).max(0.0);
        gap.lost -= unserved;
        gap.served = 0.0;
        let sales = usual_drug_sales(&scenario);
        for mut dealer in &mut dealers {
            if dealer.paused > 0.0 && !afraid(&dealer) {
                dealer.share = std::mem::replace(&mut dealer.paused, 0.0);
                dealer.income = dealer.share * sales;
            } else if dealer.share > 0.0 {
                dealer.share *= others;
                dealer.income *= others;
            }
            gap.served += dealer.share;
        }
    }
    let afraid = dealers.iter().filter(|dealer| dealer.paused > 0.0).count();
    diary.add(DealerSeries::Afraid, afraid as i64);
}

/// The largest dealers at home are arrested and their coins seized.
pub fn arrest(
    scenario: Res<World>,
    mut risk: ResMut<DealerRisk>,
    mut wanted: MessageReader<DealersWanted>,
    mut gap: ResMut<Gap>,
    mut flows: ResMut<Flows>,
    mut ledger: ResMut<Ledger>,
    mut dealers: Query<&mut Dealer>,
) {
    // All arrests of a day are one piece of news, as large as all of them together, as with venues.
    let mut sizes = 0.0;
    for order in wanted.read() {
        let mut ranked: Vec<(f64, u32)> = dealers
            .iter()
            .filter(|dealer| dealer.line == Line::Home && dealer.share > 0.0)
            .map(|dealer| (dealer.share, dealer.number))
            .collect();
        ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let average = 1.0 / ranked.len().max(1) as f64;
        // Somebody stays to sell: without dealers at home sales are booked otherwise.
        let most = ranked.len().saturating_sub(1);
        ranked.truncate(usize::from(order.number).min(most));
        for mut dealer in &mut dealers {
            let known = (dealer.share, dealer.number);
            if dealer.line != Line::Home || !ranked.contains(&known) {
                continue;
            }
            let held = std::mem::replace(&mut dealer.held, Kzt::ZERO);
            ledger.transfer(Account::DealerCoins, Account::Seized, held);
            let flow = &mut flows.0[Class::Hub.index() * Trader::COUNT + Trader::Dealer.index()];
            flow[Flow::Waiting as usize] -= held.0;
            flow[Flow::Abandoned as usize] += held.0;
            sizes += dealer.share / average;
            gap.lost += dealer.share;
            gap.served -= dealer.share;
            (dealer.share, dealer.income) = (0.0, 0.0);
            // A balance left at a venue stays there.
            (dealer.claim, dealer.claim_at) = (Kzt::ZERO, NO_VENUE);
        }
    }
    if sizes > 0.0 {
        let size = maths::pow(sizes, scenario.perceived_risk.news_of_size);
        risk.bad += scenario.dealers.arrest_news * size;
    }
}

/// Buyers without a dealer find others, who sell that much more.
pub fn take_over(scenario: Res<World>, mut gap: ResMut<Gap>, mut dealers: Query<&mut Dealer>) {
    if gap.lost <= 0.0 {
        return;
    }
    let found = gap.lost / scenario.customers.search_days * scenario.mechanisms.replacement;
    let more = (gap.served + found) / gap.served;
    let mut served = 0.0;
    for mut dealer in &mut dealers {
        if dealer.line == Line::Home {
            dealer.share *= more;
            dealer.income *= more;
            served += dealer.share;
        }
    }
    gap.lost -= found;
    gap.served = served;
}
