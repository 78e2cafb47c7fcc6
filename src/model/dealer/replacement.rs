//! Dealers who are arrested, and others who take their buyers over.
//!
//! Buyers of an arrested dealer find another one as clients of a closed venue find another venue: after `search_days` on
//! average. Until then they buy nothing. What others earn more is replacement, not displacement: it is other people's trade.
//!
//! Deliberately absent: courts; who is arrested by an intervention sells no more within the run.

use bevy_ecs::prelude::*;

use super::{Dealer, Line};
use crate::board::{Flows, NO_VENUE};
use crate::ledger::{Account, Ledger};
use crate::messages::DealersWanted;
use crate::schedule::World;
use world::record::Flow;
use world::units::{Class, Kzt, Trader};

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

/// The largest dealers at home are arrested and their coins seized.
pub fn arrest(
    mut wanted: MessageReader<DealersWanted>,
    mut gap: ResMut<Gap>,
    mut flows: ResMut<Flows>,
    mut ledger: ResMut<Ledger>,
    mut dealers: Query<&mut Dealer>,
) {
    for order in wanted.read() {
        let mut ranked: Vec<(f64, u32)> = dealers
            .iter()
            .filter(|dealer| dealer.line == Line::Home && dealer.share > 0.0)
            .map(|dealer| (dealer.share, dealer.number))
            .collect();
        ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
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
            gap.lost += dealer.share;
            gap.served -= dealer.share;
            (dealer.share, dealer.income) = (0.0, 0.0);
            // A balance left at a venue stays there.
            (dealer.claim, dealer.claim_at) = (Kzt::ZERO, NO_VENUE);
        }
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
