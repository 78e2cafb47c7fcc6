//! Pyramids, illegal farms and rackets: limits known without running, and the figures marked *fit*.

use crackdown::model::series::{FarmSeries, PyramidSeries};
use crackdown::record::series::SeriesList;
use crackdown::record::{Flow, Record};
use crackdown::scenario::Scenario;
use crackdown::scenario::world::Dated;
use crackdown::units::{Class, Trader};
use jiff::civil::date;
use rayon::prelude::*;

use crackdown::model::simulate;

use crate::worlds::{key, of_class, of_trader, run, small};

fn sum(record: &Record, column: impl SeriesList) -> i64 {
    record.series(column).iter().sum()
}

fn last(record: &Record, column: impl SeriesList) -> i64 {
    *record.series(column).last().unwrap()
}

fn replications(scenario: &Scenario) -> Vec<Record> {
    (0..6).into_par_iter().map(|number| simulate(scenario, key(number), &|| ())).collect()
}

/// Mean over replications.
fn mean(records: &[Record], of: impl Fn(&Record) -> f64) -> f64 {
    records.iter().map(of).sum::<f64>() / records.len() as f64
}

/// Within a factor of two of a band.
fn fits(name: &str, value: f64, low: f64, high: f64) {
    assert!(
        (low / 2.0..=high * 2.0).contains(&value),
        "{name}: {value}, published {low} to {high}"
    );
}

#[test]
fn farms_and_rackets_of_2022_are_within_a_factor_of_two_of_what_was_reported() {
    let mut scenario = small();
    (scenario.start, scenario.end) = (date(2022, 1, 1), date(2022, 12, 31));
    let records = replications(&scenario);
    let of = |column| mean(&records, |record| sum(record, column) as f64);
    let stopped = of(FarmSeries::FarmsStopped);
    fits("farms stopped at the threat", stopped, 55.0, 55.0);
    fits("farms stopped or closed", stopped + of(FarmSeries::FarmsClosed), 100.0, 106.0);
    fits("arrests", of(FarmSeries::RacketArrests), 23.0, 23.0);
    let usd = of(FarmSeries::RacketIncome) / 12.0 / scenario.kzt_per_usd.on(scenario.start);
    fits("income of rackets a month", usd, 0.3e6, 0.5e6);
}

#[test]
fn pyramids_of_2024_are_within_a_factor_of_two_and_illegal_coins_are_a_minor_part() {
    let mut scenario = small();
    (scenario.start, scenario.end) = (date(2023, 1, 1), date(2025, 12, 31));
    scenario.warm_up_days = 365;
    let records = replications(&scenario);
    let in_2024 = |column: PyramidSeries| {
        mean(&records, |record| record.series(column)[365..731].iter().sum::<i64>() as f64)
    };
    let dismantled = in_2024(PyramidSeries::Dismantled);
    fits("dismantled", dismantled, 2.0, 2.0);
    fits("victims of each", in_2024(PyramidSeries::VictimsSeen) / dismantled, 2500.0, 2500.0);
    fits("recovered", in_2024(PyramidSeries::Recovered), 545e3 * 470.0, 545e3 * 470.0);
    fits("frozen", in_2024(PyramidSeries::Frozen), 120e3 * 470.0, 120e3 * 470.0);
    let coins = mean(&records, |record| sum(record, FarmSeries::FarmSold) as f64);
    let shadow = mean(&records, |record| of_class(record, Flow::Traded, Class::Shadow) as f64);
    assert!(coins > 0.0 && coins < 0.1 * shadow, "{coins} of {shadow}");
}

#[test]
fn nobody_recruits_nobody_pays_in() {
    let mut scenario = small();
    scenario.pyramids.recruits_per_day = 0.0;
    let record = run(&scenario);
    for column in [PyramidSeries::Members, PyramidSeries::Inflow, PyramidSeries::Losses] {
        assert_eq!(sum(&record, column), 0, "{}", column.key());
    }
    let bought = |day| of_trader(&record, Flow::Traded, day, Trader::Pyramid);
    assert!((0..record.days).all(|day| bought(day) == 0));
    assert!(last(&record, PyramidSeries::Open) > 0, "founders remain");
}

#[test]
fn everybody_is_warned_and_heeds_it_nobody_joins() {
    let mut scenario = small();
    scenario.pyramids.warning_effect = 1.0;
    scenario.policy.pyramid_warnings.reach = Dated::constant(1.0);
    assert_eq!(sum(&run(&scenario), PyramidSeries::Recruits), 0);
}

#[test]
fn the_more_people_are_warned_the_fewer_join() {
    let mut scenario = small();
    let joined = [0.0, 0.4, 0.8].map(|reach| {
        scenario.policy.pyramid_warnings.reach = Dated::constant(reach);
        sum(&run(&scenario), PyramidSeries::Recruits)
    });
    assert!(joined[0] > joined[1] && joined[1] > joined[2], "{joined:?}");
}

#[test]
fn what_members_buy_net_of_fees_is_paid_into_pyramids() {
    let record = run(&small());
    assert!(sum(&record, PyramidSeries::Inflow) > 0);
    for day in 0..record.days {
        let of = |column| of_trader(&record, column, day, Trader::Pyramid);
        let paid_in = record.series(PyramidSeries::Inflow)[day];
        assert_eq!(paid_in, of(Flow::Traded) - of(Flow::Fees), "day {day}");
    }
}

#[test]
fn a_pyramid_that_pays_no_yield_never_falls_of_itself() {
    let mut scenario = small();
    scenario.pyramids.promise = 0.0;
    scenario.policy.pyramid_warnings.actions_per_year = Dated::constant(0.0);
    let record = run(&scenario);
    let fallen = [PyramidSeries::Collapsed, PyramidSeries::Dismantled];
    assert!(fallen.iter().all(|column| sum(&record, *column) == 0));
    assert_eq!(sum(&record, PyramidSeries::PaidOut), 0);
}

#[test]
fn an_agency_with_time_dismantles_all_that_it_knows() {
    let mut scenario = small();
    scenario.policy.pyramid_warnings.actions_per_year = Dated::constant(365.0);
    scenario.pyramids.complaints = 1.0;
    let record = run(&scenario);
    assert!(sum(&record, PyramidSeries::Dismantled) > 0);
    assert_eq!(sum(&record, PyramidSeries::Collapsed), 0, "none lives long enough");
    scenario.pyramids.complaints = 0.0;
    assert_eq!(sum(&run(&scenario), PyramidSeries::Dismantled), 0, "nobody complains");
}

#[test]
fn nobody_inspects_no_farm_stops_or_closes() {
    let mut scenario = small();
    scenario.policy.mining_inspections.per_month = Dated::constant(0.0);
    let record = run(&scenario);
    for column in [FarmSeries::FarmsStopped, FarmSeries::FarmsClosed, FarmSeries::FarmsInspected] {
        assert_eq!(sum(&record, column), 0, "{}", column.key());
    }
    // And then it does not matter who would have heard of an inspection.
    scenario.policy.mining_inspections.threat = Dated::constant(0.0);
    assert!(run(&scenario) == record);
}

#[test]
fn all_farms_hear_of_a_wave_and_all_that_nobody_protects_stop() {
    let mut scenario = small();
    scenario.warm_up_days = 0;
    scenario.mining.arise_per_month = 0.0;
    scenario.mining.restart_days = 10_000.0;
    scenario.mining.officials = 0.3;
    scenario.policy.mining_inspections.per_month = Dated::constant(1000.0);
    scenario.policy.mining_inspections.threat = Dated::constant(1.0);
    scenario.policy.mining_inspections.racket_cases_per_year = Dated::constant(0.0);
    let record = run(&scenario);
    assert_eq!(sum(&record, FarmSeries::FarmsClosed), 0);
    let day = |column: FarmSeries, day: usize| record.series(column)[day];
    let protected = day(FarmSeries::FarmsProtected, 30);
    assert!(protected > 0);
    assert_eq!(day(FarmSeries::FarmsRunning, 30), protected);
    assert!(
        sum(&record, FarmSeries::FarmsStopped) >= i64::from(scenario.mining.number) - protected
    );
}

#[test]
fn without_rackets_nobody_is_squeezed_protected_or_arrested() {
    let mut scenario = small();
    scenario.rackets.number = 0;
    scenario.mining.officials = 0.0;
    let record = run(&scenario);
    for column in [FarmSeries::RacketIncome, FarmSeries::RacketArrests, FarmSeries::FarmsProtected]
    {
        assert_eq!(sum(&record, column), 0, "{}", column.key());
    }
    assert!(sum(&record, FarmSeries::FarmSold) > 0);
}

#[test]
fn a_broken_racket_protects_nobody_and_takes_nothing() {
    let mut scenario = small();
    scenario.mining.officials = 0.0;
    scenario.rackets.arrested = 1.0;
    scenario.rackets.return_days = 10_000.0;
    scenario.policy.mining_inspections.racket_cases_per_year = Dated::constant(365.0);
    scenario.warm_up_days = 0;
    let record = run(&scenario);
    let arrests = i64::from(scenario.rackets.number * scenario.rackets.members);
    assert_eq!(sum(&record, FarmSeries::RacketArrests), arrests);
    let day = |column: FarmSeries, day: usize| record.series(column)[day];
    assert!(day(FarmSeries::FarmsProtected, 0) > 0);
    for column in [FarmSeries::FarmsProtected, FarmSeries::RacketsActive] {
        assert_eq!(day(column, 60), 0, "{}", column.key());
    }
    let income = record.series(FarmSeries::RacketIncome);
    assert!(income[..60].iter().sum::<i64>() > 0 && income[60..].iter().all(|income| *income == 0));
}

#[test]
fn farms_sell_what_they_mine_and_nothing_is_drug_money() {
    let mut scenario = small();
    let with = run(&scenario);
    let (mined, sold) = (sum(&with, FarmSeries::FarmMined), sum(&with, FarmSeries::FarmSold));
    assert!(sold > mined / 2 && sold < mined * 2, "{sold} of {mined}");
    scenario.mining.number = 0;
    scenario.mining.arise_per_month = 0.0;
    let without = run(&scenario);
    assert_eq!(sum(&without, FarmSeries::FarmSold), 0);
    let farms = |day| of_trader(&without, Flow::Attempted, day, Trader::Farm);
    assert!((0..without.days).all(|day| farms(day) == 0));
}

#[test]
fn no_act_costs_no_agency_day_and_each_act_its_days() {
    let mut scenario = small();
    scenario.policy.pyramid_warnings.actions_per_year = Dated::constant(6.0);
    scenario.policy.mining_inspections.per_month = Dated::constant(10.0);
    scenario.policy.mining_inspections.racket_cases_per_year = Dated::constant(4.0);
    let days = |scenario: &Scenario| run(scenario).measure("agency_days").unwrap();
    let full = days(&scenario);
    let record = run(&scenario);
    let acts = [
        (sum(&record, PyramidSeries::Dismantled), scenario.measures.pyramid_days),
        (sum(&record, FarmSeries::FarmsInspected), scenario.measures.inspection_days),
        (sum(&record, FarmSeries::RacketsBroken), scenario.measures.racket_case_days),
    ];
    let expected: f64 = acts.iter().map(|(acts, days)| *acts as f64 * days).sum();
    assert!(acts.iter().all(|(acts, _)| *acts > 0));
    let measures = &mut scenario.measures;
    (measures.pyramid_days, measures.inspection_days, measures.racket_case_days) = (0.0, 0.0, 0.0);
    assert!((full - days(&scenario) - expected).abs() < 1e-6);
}
