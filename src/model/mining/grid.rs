//! Legal mining: what a licence for the grid costs, who has one, and how much power licensed miners draw.
//!
//! Industry with new machines runs as far as coins pay for its power. Illegal farms get a licence while the quota lasts
//! and go back when staying illegal promises more; who holds one keeps it before industry grows.
//!
//! Deliberately absent: where licensed miners sell their coins, and power that others lack.

use bevy_ecs::prelude::*;
use bevy_ecs::world::World as EcsWorld;

use super::racket::{self, Racket};
use super::{FarmSeries, MiningFarm, PLANNED_DAYS, Status, days_until_found};
use crate::board::FarmBoard;
use crate::diary::Diary;
use crate::policy::Levers;
use crate::schedule::{RunLuck, Today, World};
use world::random::Decision;
use world::units::DAYS_PER_YEAR;

/// Power of a megawatt in a day.
///
/// Unit: kWh. Source: 24 hours. Status: measured.
const KWH_PER_MW_DAY: f64 = 24_000.0;

/// Equal parts of industry, each with a cost of its own.
///
/// Unit: parts. Source: fine enough that a tenge a kWh moves some of them. Status: assumption.
const PARTS: u32 = 50;

/// Days between two looks of a farm at whether a licence would pay.
///
/// Unit: days. Source: judgement. Status: assumption.
const LOOK_DAYS: usize = 30;

/// What is left of the grid, and industry.
#[derive(Resource, Clone)]
pub struct PowerGrid {
    /// Costs of the parts of industry as an illegal farm would have them, lowest first.
    costs: Vec<f64>,
    /// Power for which newcomers may get a licence today, in MW.
    pub room_mw: f64,
}

/// Draws the costs of industry.
pub fn build(world: &mut EcsWorld, scenario: &World) {
    let mining = &scenario.mining;
    let luck = world.resource::<RunLuck>();
    let cost = |part: u32| {
        let mut draws = luck.at(Decision::IndustryTraits, 0, u64::from(part));
        draws.lognormal(mining.cost_mw_day_kzt, mining.cost_sigma)
    };
    let mut costs: Vec<f64> = (0..PARTS).map(cost).collect();
    costs.sort_by(f64::total_cmp);
    world.insert_resource(PowerGrid { costs, room_mw: 0.0 });
}

impl PowerGrid {
    /// Power that industry would draw if coins brought this much, in MW, a day and megawatt, after all that only licensed miners pay.
    fn wanted(&self, industry_mw: f64, coins: f64) -> f64 {
        let parts = self.costs.partition_point(|cost| *cost < coins);
        industry_mw * parts as f64 / f64::from(PARTS)
    }
}

/// What a megawatt costs a licensed miner a day, above what it costs an illegal one.
pub fn premium(scenario: &World, levers: &Levers) -> f64 {
    let kwh = levers.grid.tariff_kzt_per_kwh + levers.tax.mining_levy_kzt_per_kwh
        - scenario.mining.power_kzt_per_kwh;
    KWH_PER_MW_DAY * kwh + levers.grid.licence_kzt_per_mw / DAYS_PER_YEAR
}

/// What mining promises, a megawatt: with a licence, and without.
pub struct Promise {
    /// With a licence.
    pub legal: f64,
    /// Without: until it is found.
    pub illegal: f64,
}

impl Promise {
    /// Of a farm, if coins bring this much a day and `found` days pass until a farm that nobody protects is inspected.
    pub fn of(
        farm: &MiningFarm,
        scenario: &World,
        coins: f64,
        premium: f64,
        found: f64,
        active: &[bool],
    ) -> Promise {
        let cut = match farm.racket {
            Some(racket) if active[racket] => scenario.rackets.cut,
            _ => 0.0,
        };
        let days = if farm.is_protected(active) { PLANNED_DAYS } else { found };
        Promise {
            legal: (coins - farm.cost - premium) * PLANNED_DAYS,
            illegal: (coins * (1.0 - cut) - farm.cost) * days,
        }
    }

    /// Whether a licence is worth it to somebody who must earn so much first.
    pub fn licence_pays(&self, machines: f64) -> bool {
        self.legal > machines && self.legal > self.illegal
    }
}

/// Licences go round: holders keep theirs while the quota lasts, industry takes what it can use, and farms ask for the rest.
pub fn license_farms(
    scenario: Res<World>,
    levers: Res<Levers>,
    today: Res<Today>,
    mut grid: ResMut<PowerGrid>,
    mut board: ResMut<FarmBoard>,
    mut diary: ResMut<Diary<FarmSeries>>,
    mut farms: Query<&mut MiningFarm>,
    rackets: Query<&Racket>,
) {
    let mining = &scenario.mining;
    let coins = mining.coins_per_mw_day_kzt.on(today.date);
    let premium = premium(&scenario, &levers);
    let mut left = levers.grid.quota_mw;
    let mut drawn = 0.0;
    for mut farm in &mut farms {
        if farm.status == Status::Licensed {
            if farm.power > left {
                farm.status = Status::Runs;
                continue;
            }
            left -= farm.power;
            if coins > farm.cost + premium {
                drawn += farm.power;
            }
        }
    }
    let industry =
        grid.wanted(mining.industry_mw, coins * mining.industry_yield - premium).min(left);
    left -= industry;
    let looks = |farm: &MiningFarm| {
        let looking = (usize::from(today.day.0) + farm.number) % LOOK_DAYS == LOOK_DAYS - 1;
        looking && matches!(farm.status, Status::Runs | Status::Licensed)
    };
    if levers.grid.quota_mw > 0.0 && farms.iter().any(looks) {
        let active = racket::active(&rackets);
        let running = farms.iter().filter(|farm| farm.status == Status::Runs).count() as f64;
        let found = days_until_found(levers.mining_inspections.per_month, running);
        for mut farm in &mut farms {
            if !looks(&farm) {
                continue;
            }
            let promise = Promise::of(&farm, &scenario, coins, premium, found, &active);
            if farm.status == Status::Licensed {
                if promise.illegal > promise.legal.max(0.0) {
                    farm.status = Status::Runs;
                    left += farm.power;
                }
            } else if farm.power <= left && promise.licence_pays(0.0) {
                farm.status = Status::Licensed;
                left -= farm.power;
            }
        }
    }
    grid.room_mw = left;
    let licensed = farms.iter().filter(|farm| farm.status == Status::Licensed).count();
    diary.add(FarmSeries::FarmsLicensed, licensed as i64);
    board.legal_kw = ((industry + drawn) * 1000.0).round() as i64;
    diary.add(FarmSeries::LegalPower, board.legal_kw);
}

#[cfg(test)]
mod tests {
    use super::*;
    use scenario::Scenario;
    use scenario::world::Dated;
    use world::record::{Record, RunKey};

    /// A year of few agents, after `change`.
    fn a_year(change: impl FnOnce(&mut Scenario)) -> Record {
        let mut scenario = scenario::reference().scenario;
        scenario.people_per_agent = 10_000;
        scenario.start = jiff::civil::date(2024, 1, 1);
        scenario.end = jiff::civil::date(2024, 12, 31);
        scenario.warm_up_days = 100;
        change(&mut scenario);
        crate::simulate(&scenario, RunKey::new(1, 0), &|| ())
    }

    fn powers(record: &Record) -> [f64; 2] {
        ["illegal_power", "legal_power"].map(|name| record.measure(name).expect("a number"))
    }

    #[test]
    fn without_quota_or_at_a_tariff_beyond_all_coins_no_licensed_miner_runs() {
        let closed = a_year(|s| s.policy.grid.quota_mw = Dated::constant(0.0));
        let dear = a_year(|s| s.policy.grid.tariff_kzt_per_kwh = Dated::constant(1000.0));
        let [illegal, legal] = powers(&closed);
        assert!(illegal > 0.0 && legal == 0.0);
        assert_eq!(powers(&dear), [illegal, legal], "and illegal farms do not mind");
        let levy = |record: &Record| record.measure("tax_received").expect("a number");
        assert_eq!(levy(&closed), levy(&dear), "no levy of what nobody draws");
    }

    #[test]
    fn the_quota_limits_licensed_miners_and_the_levy_is_paid_by_the_kilowatt_hour() {
        let of = |quota: f64, levy: f64| {
            let record = a_year(|scenario| {
                scenario.policy.tax.licensed_levy = Dated::constant(0.0);
                scenario.policy.tax.mining_levy_kzt_per_kwh = Dated::constant(levy);
                scenario.policy.grid.quota_mw = Dated::constant(quota);
            });
            let drawn = record.series(FarmSeries::LegalPower);
            assert!(drawn.iter().all(|kw| *kw as f64 <= quota * 1000.0));
            let kwh = 24 * drawn.iter().sum::<i64>();
            assert_eq!(record.measure("tax_received"), Some(kwh as f64 * levy));
            powers(&record)[1]
        };
        assert!(0.0 < of(50.0, 2.0) && of(50.0, 2.0) < of(200.0, 2.0));
        assert_eq!(of(200.0, 0.0), 200.0, "industry would draw more");
        assert!(of(5000.0, 12.0) < of(5000.0, 2.0), "some of it does not pay the levy");
    }

    #[test]
    fn cheap_power_with_a_licence_draws_farms_out_of_the_dark_and_a_dear_licence_does_not() {
        let open = |licence: f64| {
            powers(&a_year(|scenario| {
                scenario.policy.tax.mining_levy_kzt_per_kwh = Dated::constant(0.0);
                scenario.policy.grid.quota_mw = Dated::constant(5000.0);
                scenario.policy.grid.tariff_kzt_per_kwh = Dated::constant(8.0);
                scenario.policy.grid.licence_kzt_per_mw = Dated::constant(licence);
            }))
        };
        let reference = powers(&a_year(|_| ()));
        let (cheap, dear) = (open(0.0), open(1e9));
        assert!(
            cheap[0] < reference[0] / 2.0 && cheap[1] > reference[1],
            "{cheap:?} {reference:?}"
        );
        assert_eq!(dear, [reference[0], 0.0]);
    }

    #[test]
    fn a_licence_costs_what_the_law_says_a_day() {
        let scenario = World(std::sync::Arc::new(scenario::reference().scenario));
        let mut levers = Levers(scenario.policy.on(scenario.start));
        levers.0.grid.tariff_kzt_per_kwh = 20.0;
        levers.0.grid.licence_kzt_per_mw = 365_000.0;
        levers.0.tax.mining_levy_kzt_per_kwh = 3.0;
        let dearer = 24_000.0 * (23.0 - scenario.mining.power_kzt_per_kwh);
        assert!((premium(&scenario, &levers) - dearer - 1000.0).abs() < 1.0);
    }
}
