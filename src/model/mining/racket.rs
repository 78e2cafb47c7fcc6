//! Rackets: gangs with officials behind them that take a part of what illegal farms sell, and keep some of them safe.
//!
//! Deliberately absent: single members; a racket is broken up as a whole and put together again by others.

use std::collections::BTreeSet;

use bevy_ecs::prelude::*;
use bevy_ecs::world::World as EcsWorld;

use super::FarmSeries;
use super::MiningFarm;
use crate::board::FarmBoard;
use crate::diary::Diary;
use crate::ledger::{Account, Ledger};
use crate::messages::RacketOrder;
use crate::schedule::{RunLuck, Today, World};
use world::random::Decision;
use world::units::{Day, Kzt};

/// A gang that squeezes farms.
#[derive(Component, Clone)]
pub struct Racket {
    number: usize,
    /// Until when it is broken up.
    broken_until: Option<Day>,
    /// What it took at the last reckoning, until it is spent at the next.
    cash: Kzt,
}

impl Racket {
    /// Money it holds.
    pub fn cash(&self) -> Kzt {
        self.cash
    }
}

/// Makes the rackets.
pub fn spawn(world: &mut EcsWorld, scenario: &World) {
    for number in 0..scenario.rackets.number as usize {
        world.spawn(Racket { number, broken_until: None, cash: Kzt::ZERO });
    }
}

/// Which rackets are active, by number.
pub fn active(rackets: &Query<&Racket>) -> Vec<bool> {
    let mut active = vec![false; rackets.iter().len()];
    for racket in rackets {
        active[racket.number] = racket.broken_until.is_none();
    }
    active
}

/// On the first of a month farms reckon up: an active racket takes its cut, the rest is spent.
pub fn squeeze_farms(
    scenario: Res<World>,
    today: Res<Today>,
    mut ledger: ResMut<Ledger>,
    mut board: ResMut<FarmBoard>,
    mut diary: ResMut<Diary<FarmSeries>>,
    mut farms: Query<&mut MiningFarm>,
    mut rackets: Query<&mut Racket>,
) {
    for mut racket in &mut rackets {
        // Others have put it together again.
        racket.broken_until = racket.broken_until.filter(|until| *until > today.day);
    }
    if today.date.day() != 1 {
        return;
    }
    let mut cuts = vec![Kzt::ZERO; board.rackets.len()];
    let squeezes: BTreeSet<usize> = rackets
        .iter()
        .filter(|racket| racket.broken_until.is_none())
        .map(|racket| racket.number)
        .collect();
    for mut farm in &mut farms {
        let cash = std::mem::take(&mut farm.cash);
        let cut = match farm.racket.filter(|racket| squeezes.contains(racket)) {
            Some(racket) => {
                let cut = cash.share(scenario.rackets.cut);
                cuts[racket] += cut;
                cut
            }
            None => Kzt::ZERO,
        };
        ledger.transfer(Account::FarmCash, Account::RacketCash, cut);
        ledger.transfer(Account::FarmCash, Account::Spending, cash - cut);
    }
    for mut racket in &mut rackets {
        let taken = cuts[racket.number];
        let spent = std::mem::replace(&mut racket.cash, taken);
        ledger.transfer(Account::RacketCash, Account::Spending, spent);
        board.rackets[racket.number] = racket.cash.0 as f64;
        diary.add(FarmSeries::RacketIncome, racket.cash.0);
    }
}

/// The agency breaks rackets up: members are arrested, their money is seized, nobody is protected any more.
pub fn break_rackets(
    scenario: Res<World>,
    luck: Res<RunLuck>,
    today: Res<Today>,
    mut orders: MessageReader<RacketOrder>,
    mut ledger: ResMut<Ledger>,
    mut board: ResMut<FarmBoard>,
    mut diary: ResMut<Diary<FarmSeries>>,
    mut rackets: Query<&mut Racket>,
) {
    let ordered: BTreeSet<usize> = orders.read().map(|order| order.racket).collect();
    if ordered.is_empty() {
        return;
    }
    let rules = &scenario.rackets;
    for mut racket in &mut rackets {
        if racket.broken_until.is_some() || !ordered.contains(&racket.number) {
            continue;
        }
        let day = u32::from(today.day.0);
        let mut draws = luck.at(Decision::RacketCourse, day, racket.number as u64);
        let back = draws.waiting_days(rules.return_days);
        // At most 30 members: an address holds 64 words, two a draw.
        let arrests = (0..rules.members).filter(|_| draws.happens(rules.arrested)).count();
        racket.broken_until = Some(today.day.plus(back));
        let cash = std::mem::take(&mut racket.cash);
        ledger.transfer(Account::RacketCash, Account::Seized, cash);
        board.rackets[racket.number] = 0.0;
        diary.add(FarmSeries::RacketsBroken, 1);
        diary.add(FarmSeries::RacketArrests, arrests as i64);
    }
}
