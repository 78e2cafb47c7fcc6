//! What banks spend on stopped payments in a calendar month, and when they suspend automatic checks for it.
//!
//! Stops without automatic checks go on: they cost as well, but no bank chooses them.

use bevy_ecs::prelude::*;

use crate::board::Flows;
use crate::policy::Levers;
use crate::schedule::{Today, World};
use world::record::Flow;

/// What all banks together have spent this month, up to yesterday evening.
#[derive(Resource, Default, Clone)]
pub struct Spending {
    /// Year and month.
    month: (i16, i8),
    kzt: f64,
    /// Whether automatic checks are suspended today.
    pub suspended: bool,
}

/// Adds yesterday's stops to what the month has cost, and suspends automatic checks when that reaches the budget.
pub fn count_stops(
    scenario: Res<World>,
    levers: Res<Levers>,
    today: Res<Today>,
    flows: Res<Flows>,
    mut spending: ResMut<Spending>,
) {
    let month = (today.date.year(), today.date.month());
    if spending.month == month {
        let stops: i64 = flows.0.iter().map(|row| row[Flow::BlockedOrders as usize]).sum();
        spending.kzt += stops as f64 * scenario.measures.bank_stop_kzt;
    } else {
        *spending = Spending { month, ..Spending::default() };
    }
    spending.suspended = spending.kzt >= levers.budget.bank_kzt_per_month;
}
