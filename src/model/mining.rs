//! Illegal mining farms, and the rackets that squeeze them.
//!
//! A farm mines while coins pay its cost; who sells its coins for it meets it on the [`FarmBoard`]. Officials or a
//! racket keep some farms safe. Of an announced inspection some farms hear in time and stop by themselves; an
//! inspection closes the others, unless they are protected. New farms open when they expect to earn their machines back
//! before they are found, and with a licence for the grid where that promises more (`grid`).
//!
//! Deliberately absent: where coins are sold (`dealer/`), and power that is stolen from somebody.

mod grid;
mod racket;

use std::collections::BTreeSet;

use bevy_ecs::prelude::*;
use bevy_ecs::world::World as EcsWorld;

use self::grid::{PowerGrid, Promise};
use self::racket::Racket;
use super::actor::{Actor, Holding};
use super::board::{FarmBoard, FarmFace, Flows};
use super::declare::{Measure, measures};
use super::diary::Diary;
use super::ledger::{Account, Ledger};
use super::messages::InspectionOrder;
use super::policy::Levers;
use super::schedule::{Phase, RunLuck, Step, Today, Turn, World};
use world::random::{self, Decision};
use world::record::Flow;
use world::units::{Class, DAYS_PER_MONTH, Kzt, Trader};

/// Longest time over which somebody who opens a farm plans.
///
/// Unit: days. Source: machines are worn out or outdated by then, judgement. Status: assumption.
const PLANNED_DAYS: f64 = 1000.0;

/// Spread of the power that a farm seems to draw against what it draws: sigma of a lognormal.
///
/// Unit: 1. Source: judgement. Status: assumption.
const SEEMS_SIGMA: f64 = 0.5;

/// An illegal mining farm.
#[derive(Component, Clone, Copy)]
pub struct MiningFarm {
    /// Number in this run, in order of opening.
    number: usize,
    /// Address of its luck.
    address: u32,
    /// Power in MW.
    power: f64,
    /// Power that it seems to draw, in MW.
    seems: f64,
    /// Cost of a megawatt for a day, in tenge.
    cost: f64,
    /// Whether officials protect it for reasons of their own.
    officials: bool,
    /// The racket in whose district it is.
    racket: Option<usize>,
    /// Whether that racket keeps it safe while it is active.
    kept_safe: bool,
    status: Status,
    /// Money taken for coins since the last reckoning.
    cash: Kzt,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Status {
    /// Draws power without a licence.
    Runs,
    /// Has a licence for the grid.
    Licensed,
    /// Stopped at the threat of an inspection.
    Stopped,
    Closed,
}

impl MiningFarm {
    fn draw(number: usize, address: u32, scenario: &World, luck: &random::Luck) -> MiningFarm {
        let (mining, rackets) = (&scenario.mining, &scenario.rackets);
        let mut draws = luck.at(Decision::FarmTraits, 0, u64::from(address));
        let power = draws.lognormal(mining.power_median_mw, mining.power_sigma);
        let squeezed = draws.happens(rackets.squeezed) && rackets.number > 0;
        let district = (draws.uniform() * f64::from(rackets.number)) as usize;
        MiningFarm {
            number,
            address,
            power,
            cost: draws.lognormal(mining.cost_mw_day_kzt, mining.cost_sigma),
            seems: power * draws.lognormal(1.0, SEEMS_SIGMA),
            officials: draws.happens(mining.officials),
            racket: squeezed.then_some(district),
            kept_safe: draws.happens(rackets.protects),
            status: Status::Runs,
            cash: Kzt::ZERO,
        }
    }

    fn face(&self) -> FarmFace {
        FarmFace {
            address: self.address,
            runs: self.status == Status::Runs,
            seems_mw: self.seems,
            mined: Kzt::ZERO,
            paid: Kzt::ZERO,
        }
    }

    /// Whether an inspection finds nothing here; `active` says which rackets are.
    fn is_protected(&self, active: &[bool]) -> bool {
        self.officials || (self.kept_safe && self.racket.is_some_and(|racket| active[racket]))
    }
}

/// Measures of farms and rackets.
pub const MEASURES: &[Measure] = measures! {
    "farm_coins_sold", "KZT", Less: "Coins of illegal farms sold at venues"
        = |w| w.sum(FarmSeries::FarmSold);
    "illegal_power", "MW", Less: "Power that illegal farms draw, mean over days"
        = |w| w.sum(FarmSeries::IllegalPower) / 1000.0 / w.days();
    "legal_power", "MW", Neither: "Power that licensed miners draw, mean over days"
        = |w| w.sum(FarmSeries::LegalPower) / 1000.0 / w.days();
    "racket_income", "KZT", Less: "What rackets took from illegal farms"
        = |w| w.sum(FarmSeries::RacketIncome);
};

world::series! {
    /// What happened to illegal farms and rackets on a day.
    FarmSeries in "underworld", One, "underworld_";
    FarmsRunning = "farms_running", "farms", "Illegal farms that are neither stopped nor closed at the end of the day (a stock)";
    FarmsProtected = "farms_protected", "farms", "Running farms that officials or a racket keep safe from inspections (a stock)";
    FarmsIdle = "farms_idle", "farms", "Running farms that mine nothing today since coins do not pay their cost";
    FarmsOpened = "farms_opened", "farms", "Illegal farms that opened today, or started again";
    FarmsInspected = "farms_inspected", "farms", "Inspections ordered today";
    FarmsStopped = "farms_stopped", "farms", "Farms that stopped today at the threat of an inspection alone";
    FarmsClosed = "farms_closed", "farms", "Farms closed by an inspection today";
    FarmsLicensed = "farms_licensed", "farms", "Farms that were illegal, or would have been, with a licence for the grid at the end of the day (a stock)";
    IllegalPower = "illegal_power_kw", "kW", "Power that illegal farms draw today";
    LegalPower = "legal_power_kw", "kW", "Power that licensed miners draw today, industry and farms";
    FarmMined = "farm_mined_kzt", "KZT", "Coins mined by illegal farms today";
    FarmSold = "farm_sold_kzt", "KZT", "Coins of illegal farms sold at venues today";
    RacketsActive = "rackets_active", "rackets", "Rackets that squeeze farms at the end of the day (a stock)";
    RacketIncome = "racket_income_kzt", "KZT", "Taken by rackets from farms today";
    RacketsBroken = "rackets_broken", "rackets", "Rackets broken up by the agency today";
    RacketArrests = "racket_arrests", "people", "People of rackets arrested today";
}

/// The actor.
pub const ACTOR: Actor = Actor::new(
    &[
        Holding::made::<FarmBoard>(),
        Holding::made::<PowerGrid>(),
        Holding::empty::<Diary<FarmSeries>>(),
        Holding::agents::<(MiningFarm,)>(),
        Holding::agents::<(Racket,)>(),
    ],
    rules,
)
.build(build)
.audit(reconcile);

fn build(world: &mut EcsWorld) {
    let scenario = world.resource::<World>().clone();
    let luck = world.resource::<RunLuck>().clone();
    let farms: Vec<MiningFarm> = (0..scenario.mining.number)
        .map(|number| MiningFarm::draw(number as usize, number, &scenario, &luck))
        .collect();
    world.insert_resource(FarmBoard {
        farms: farms.iter().map(MiningFarm::face).collect(),
        rackets: vec![0.0; scenario.rackets.number as usize],
        legal_kw: 0,
    });
    for farm in farms {
        world.spawn(farm);
    }
    racket::spawn(world, &scenario);
    grid::build(world, &scenario);
}

fn rules(schedule: &mut Schedule) {
    schedule.add_systems(
        (grid::license_farms, run_farms, racket::squeeze_farms, open_farms)
            .chain()
            .in_set(Step(Phase::Adaptation, Turn::Mining)),
    );
    schedule.add_systems(
        (inspect_farms, racket::break_rackets)
            .chain()
            .in_set(Step(Phase::Enforcement, Turn::Mining)),
    );
    schedule.add_systems(show_farms.in_set(Step(Phase::Learning, Turn::Mining)));
}

/// Farms count their money, mine if it pays, and some that stopped start again.
fn run_farms(
    scenario: Res<World>,
    luck: Res<RunLuck>,
    today: Res<Today>,
    mut board: ResMut<FarmBoard>,
    mut diary: ResMut<Diary<FarmSeries>>,
    mut farms: Query<&mut MiningFarm>,
) {
    let board = &mut *board;
    let coins = scenario.mining.coins_per_mw_day_kzt.on(today.date);
    for mut farm in &mut farms {
        let face = &mut board.farms[farm.number];
        farm.cash += std::mem::take(&mut face.paid);
        if farm.status == Status::Stopped {
            let (day, address) = (u32::from(today.day.0), u64::from(farm.address));
            let mut draws = luck.at(Decision::FarmRestart, day, address);
            if coins > farm.cost && draws.happens(1.0 / scenario.mining.restart_days) {
                farm.status = Status::Runs;
                diary.add(FarmSeries::FarmsOpened, 1);
            }
        }
        if farm.status != Status::Runs {
            continue;
        }
        if coins > farm.cost {
            let mined = Kzt((coins * farm.power) as i64);
            face.mined += mined;
            diary.add(FarmSeries::FarmMined, mined.0);
            diary.add(FarmSeries::IllegalPower, (farm.power * 1000.0) as i64);
        } else {
            diary.add(FarmSeries::FarmsIdle, 1);
        }
    }
}

/// Days until a farm that nobody protects is inspected, if `per_month` of the farms that run are.
fn days_until_found(per_month: f64, running: f64) -> f64 {
    if per_month > 0.0 {
        ((running + 1.0) / per_month * DAYS_PER_MONTH).min(PLANNED_DAYS)
    } else {
        PLANNED_DAYS
    }
}

/// New farms open where they pay.
fn open_farms(
    mut commands: Commands,
    scenario: Res<World>,
    luck: Res<RunLuck>,
    today: Res<Today>,
    levers: Res<Levers>,
    mut board: ResMut<FarmBoard>,
    mut grid: ResMut<PowerGrid>,
    mut diary: ResMut<Diary<FarmSeries>>,
    farms: Query<&MiningFarm>,
    rackets: Query<&Racket>,
) {
    let mining = &scenario.mining;
    let day = today.day.0;
    let mean = mining.arise_per_month / DAYS_PER_MONTH;
    let candidates = luck.at(Decision::FarmEntry, u32::from(day), 0).poisson(mean);
    if candidates == 0 {
        return;
    }
    let active = racket::active(&rackets);
    let running = farms.iter().filter(|farm| farm.status == Status::Runs).count() as f64;
    let coins = mining.coins_per_mw_day_kzt.on(today.date);
    let premium = grid::premium(&scenario, &levers);
    let found = days_until_found(levers.mining_inspections.per_month, running);
    for candidate in 0..candidates.min(255) {
        // Beyond the numbers of the first farms.
        let address = 1 << 31 | u32::from(day) << 8 | candidate;
        let mut farm = MiningFarm::draw(board.farms.len(), address, &scenario, &luck);
        let promise = Promise::of(&farm, &scenario, coins, premium, found, &active);
        if farm.power <= grid.room_mw && promise.licence_pays(mining.machines_kzt_per_mw) {
            farm.status = Status::Licensed;
            grid.room_mw -= farm.power;
        } else if promise.illegal <= mining.machines_kzt_per_mw {
            continue;
        }
        board.farms.push(farm.face());
        diary.add(FarmSeries::FarmsOpened, i64::from(farm.status == Status::Runs));
        commands.spawn(farm);
    }
}

/// Announced inspections: who hears of it in time stops, unless protected; the others are closed.
fn inspect_farms(
    luck: Res<RunLuck>,
    today: Res<Today>,
    levers: Res<Levers>,
    mut orders: MessageReader<InspectionOrder>,
    mut diary: ResMut<Diary<FarmSeries>>,
    mut farms: Query<&mut MiningFarm>,
    rackets: Query<&Racket>,
) {
    let ordered: BTreeSet<usize> = orders.read().map(|order| order.farm).collect();
    if ordered.is_empty() {
        return;
    }
    let active = racket::active(&rackets);
    for mut farm in &mut farms {
        if farm.status != Status::Runs || !ordered.contains(&farm.number) {
            continue;
        }
        diary.add(FarmSeries::FarmsInspected, 1);
        if farm.is_protected(&active) {
            continue;
        }
        let (day, address) = (u32::from(today.day.0), u64::from(farm.address));
        let hears = luck.at(Decision::FarmNotice, day, address);
        let (status, column) = found(hears, levers.mining_inspections.threat);
        farm.status = status;
        diary.add(column, 1);
    }
}

/// What becomes of a farm that nobody protects when an inspection is announced.
fn found(mut hears: random::Draws, threat: f64) -> (Status, FarmSeries) {
    if hears.happens(threat) {
        (Status::Stopped, FarmSeries::FarmsStopped)
    } else {
        (Status::Closed, FarmSeries::FarmsClosed)
    }
}

/// What can be seen of farms tomorrow.
fn show_farms(
    flows: Res<Flows>,
    mut board: ResMut<FarmBoard>,
    mut diary: ResMut<Diary<FarmSeries>>,
    farms: Query<&MiningFarm>,
    rackets: Query<&Racket>,
) {
    let active = racket::active(&rackets);
    let board = &mut *board;
    for farm in &farms {
        let runs = farm.status == Status::Runs;
        board.farms[farm.number].runs = runs;
        if runs {
            diary.add(FarmSeries::FarmsRunning, 1);
            diary.add(FarmSeries::FarmsProtected, i64::from(farm.is_protected(&active)));
        }
    }
    let number = active.iter().filter(|active| **active).count();
    diary.add(FarmSeries::RacketsActive, number as i64);
    let sold = |class: &Class| {
        flows.0[class.index() * Trader::COUNT + Trader::Farm.index()][Flow::Traded as usize]
    };
    diary.add(FarmSeries::FarmSold, Class::ALL.iter().map(sold).sum());
}

/// Money of farms and rackets equals the sector accounts.
fn reconcile(world: &mut EcsWorld) -> Result<(), String> {
    let counted: Kzt = world.query::<&MiningFarm>().iter(world).map(|farm| farm.cash).sum();
    let on_the_way: Kzt = world.resource::<FarmBoard>().farms.iter().map(|farm| farm.paid).sum();
    let rackets: Kzt = world.query::<&Racket>().iter(world).map(Racket::cash).sum();
    let ledger = world.resource::<Ledger>();
    for (who, held, account) in [
        ("farms", counted + on_the_way, Account::FarmCash),
        ("rackets", rackets, Account::RacketCash),
    ] {
        let booked = ledger.balance(account);
        if held != booked {
            return Err(format!("{who} have {} in money, booked {}", held.0, booked.0));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_more_inspections_the_sooner_a_farm_is_found() {
        assert_eq!(days_until_found(0.0, 50.0), PLANNED_DAYS);
        assert_eq!(days_until_found(5.1, 50.0), 10.0 * DAYS_PER_MONTH);
        assert!(days_until_found(40.0, 50.0) < 40.0);
    }

    #[test]
    fn a_racket_protects_while_it_is_active_and_officials_always() {
        let scenario = World(std::sync::Arc::new(scenario::reference().scenario));
        let luck = random::Luck::new(1, 0);
        let farm = MiningFarm::draw(0, 0, &scenario, &luck);
        let squeezed = MiningFarm { officials: false, racket: Some(1), kept_safe: true, ..farm };
        assert!(squeezed.is_protected(&[false, true]));
        assert!(!squeezed.is_protected(&[true, false]));
        let left_alone = MiningFarm { kept_safe: false, ..squeezed };
        assert!(!left_alone.is_protected(&[true, true]));
        assert!(MiningFarm { officials: true, ..left_alone }.is_protected(&[false, false]));
    }
}
