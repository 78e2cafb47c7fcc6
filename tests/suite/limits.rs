//! Results that are known without running, and invariants on random worlds.

use crackdown::model::Simulation;
use crackdown::record::{Destination, Flow, Migration, Record, TRACE_WINDOWS, Traced, VenueColumn};
use crackdown::scenario::Scenario;
use crackdown::scenario::policy::Targeting;
use crackdown::scenario::world::Dated;
use crackdown::units::{Class, PerClass, PerSegment, Trader};
use jiff::civil::date;
use proptest::prelude::*;

use crate::worlds::{key, of_class, run, small};

#[test]
fn nobody_needs_to_trade_nobody_trades() {
    let mut scenario = small();
    let none = PerSegment::default();
    scenario.customers.trades_per_year = none;
    scenario.dealers.number = 0;
    scenario.mining.number = 0;
    scenario.mining.arise_per_month = 0.0;
    let record = run(&scenario);
    assert!(record.all::<Flow>().iter().flatten().all(|value| *value == 0));
}

#[test]
fn without_enforcement_nothing_is_closed_blocked_frozen_or_seized() {
    let mut scenario = small();
    scenario.policy.auto_block.bank_share = Dated::constant(0.0);
    scenario.policy.shutdown_rate.closures_per_month = Dated::constant(0.0);
    scenario.policy.site_blocking.sites_per_month = Dated::constant(0.0);
    scenario.policy.wallet_freezing.venues_per_month = Dated::constant(0.0);
    scenario.policy.monitoring.licensed_detection = Dated::constant(0.0);
    scenario.policy.monitoring.licensed_false_alarm = Dated::constant(0.0);
    scenario.banks.background_stop = 0.0;
    let record = run(&scenario);
    for column in [
        VenueColumn::Closed,
        VenueColumn::SitesBlocked,
        VenueColumn::SitesDown,
        VenueColumn::FrozenToday,
        VenueColumn::SeizedToday,
        VenueColumn::Relaunched,
    ] {
        assert_eq!(record.series(column).iter().sum::<i64>(), 0, "{}", column.key());
    }
    assert_eq!(record.series(Flow::Blocked).iter().sum::<i64>(), 0);
    assert!(record.series(Traced::Demand).iter().all(|need| *need == 0));
}

#[test]
fn banks_that_stop_everything_leave_cash_only() {
    let mut scenario = small();
    let block = &mut scenario.policy.auto_block;
    block.bank_share = Dated::constant(1.0);
    block.detect_listed = Dated::constant(1.0);
    block.detect_unlisted = Dated::constant(1.0);
    block.detect_card = Dated::constant(1.0);
    block.false_positive = Dated::constant(1.0);
    block.threshold_kzt = Dated::constant(0.0);
    scenario.banks.sender_side = 1.0;
    scenario.banks.personal_card_factor = 1.0;
    scenario.banks.load_effect = 0.0;
    scenario.banks.adoption_days = 1.0;
    let record = run(&scenario);
    // Dealers abroad are paid outside the country.
    for day in 0..record.days {
        for &class in Class::ALL {
            for &trader in &Trader::ALL[..6] {
                let row = Record::row(day, class, trader);
                assert_eq!(record.series(Flow::TradedAccount)[row], 0);
                assert_eq!(record.series(Flow::TradedCard)[row], 0);
            }
        }
    }
    assert!(record.series(Flow::TradedCash).iter().sum::<i64>() > 0);
}

#[test]
fn venues_that_are_all_alike_share_the_market() {
    let mut scenario = small();
    scenario.customers.number = 400_000;
    scenario.people_per_agent = 10;
    scenario.exchanges.number =
        PerClass { licensed: 0, shadow: 20, hub: 0, foreign: 0, peer_to_peer: 0 };
    scenario.exchanges.attractiveness_sigma =
        PerClass { licensed: 0.0, shadow: 0.0, hub: 0.0, foreign: 0.0, peer_to_peer: 0.0 };
    scenario.exchanges.fee_sigma = 0.0;
    scenario.exchanges.entry_per_month.shadow = 0.0;
    scenario.policy.shutdown_rate.closures_per_month = Dated::constant(0.0);
    scenario.policy.site_blocking.sites_per_month = Dated::constant(0.0);
    scenario.policy.wallet_freezing.venues_per_month = Dated::constant(0.0);
    let record = run(&scenario);
    let hhi = record.measure("shadow_hhi").unwrap();
    assert!((0.05..0.055).contains(&hhi), "20 equal venues have an HHI of 0.05, here {hhi}");
}

#[test]
fn without_cards_and_accounts_shadow_exchanges_live_on_cash() {
    let mut scenario = small();
    scenario.mule_cards.supply_per_day = 0.0;
    scenario.exchanges.account_share.shadow = 0.0;
    let record = run(&scenario);
    assert_eq!(of_class(&record, Flow::TradedCard, Class::Shadow), 0);
    assert_eq!(of_class(&record, Flow::TradedAccount, Class::Shadow), 0);
    assert!(of_class(&record, Flow::TradedCash, Class::Shadow) > 0);
}

#[test]
fn traced_displacement_adds_up() {
    let mut scenario = small();
    scenario.policy.shutdown_rate.closures_per_month = Dated::constant(12.0);
    scenario.people_per_agent = 100;
    let record = run(&scenario);
    let (demand, kzt) = (record.series(Traced::Demand), record.series(Traced::Ended));
    let needs: i64 = demand.iter().sum();
    assert!(needs > 0, "closures displaced nobody");
    for &class in Class::ALL {
        for &trader in Trader::ALL {
            let mut longer = 0;
            for window in 0..TRACE_WINDOWS.len() {
                let ended: i64 = Destination::ALL
                    .iter()
                    .map(|&to| kzt[Migration::index(class, trader, window, to)])
                    .sum();
                let need = demand[Migration::source(class, trader, window)];
                assert_eq!(ended, need, "{class} {trader} window {window}");
                longer = longer.max(need);
            }
            assert!(longer >= 0);
        }
    }
}

/// Worlds with features switched off at random: what must always hold, holds on every day.
pub fn any_world() -> impl Strategy<Value = Scenario> {
    let numbers = (0_u32..4, 0_u32..40, 0_u32..4, 0_u32..4, 0_u32..2);
    let levers = (0.0..1.0_f64, 0.0..40.0_f64, 0.0..3000.0_f64, 0.0..20.0_f64, 0.0..1.0_f64);
    let targets = prop::sample::select(vec![
        Targeting::Easiest,
        Targeting::Largest,
        Targeting::Random,
        Targeting::MostHarmful,
        Targeting::KeyOperators,
    ]);
    let people = (1_u32..3000, 1_u32..50, 0_u32..60, 0.0..1.0_f64, any::<bool>());
    let law = (0.0..1.0_f64, 0.0..1.0_f64, 0.0..10.0_f64, 0.0..1.0_f64);
    let underworld = (0_u32..40, 0_u32..80, 0_u32..8, 0.0..60.0_f64, 0.0..60.0_f64, 0.0..1.0_f64);
    let all = (numbers, levers, targets, people, law, underworld);
    all.prop_map(|(numbers, levers, targeting, people, law, underworld)| {
        let mut scenario = small();
        scenario.end = date(2024, 3, 1);
        scenario.warm_up_days = 180;
        let (licensed, shadow, hub, foreign, peer_to_peer) = numbers;
        scenario.exchanges.number = PerClass { licensed, shadow, hub, foreign, peer_to_peer };
        let (bank_share, closures, sites, freezes, arrest) = levers;
        scenario.policy.auto_block.bank_share = Dated::constant(bank_share);
        scenario.policy.auto_block.detect_card = Dated::constant(bank_share);
        scenario.policy.shutdown_rate.closures_per_month = Dated::constant(closures);
        scenario.policy.shutdown_rate.targeting = Dated::constant(targeting);
        scenario.policy.shutdown_rate.with_arrest = Dated::constant(arrest);
        scenario.policy.site_blocking.sites_per_month = Dated::constant(sites);
        scenario.policy.wallet_freezing.venues_per_month = Dated::constant(freezes);
        scenario.customers.number = people.0 * people.1;
        scenario.people_per_agent = people.1;
        scenario.dealers.number = people.2;
        scenario.customers.retry = people.3;
        let (abroad, approval, verdicts, partner) = law;
        scenario.exchanges.abroad.shadow = abroad;
        scenario.policy.cooperation.chance = Dated::constant(abroad);
        scenario.policy.licensing.approval = Dated::constant(approval);
        scenario.policy.licensing.capital_kzt = Dated::constant(verdicts * 1e6);
        scenario.exchanges.would_be_licensed = approval;
        scenario.courts.verdicts_per_month = verdicts;
        scenario.courts.held = partner;
        scenario.customers.partner = partner;
        let (pyramids, farms, rackets, actions, inspections, threat) = underworld;
        scenario.pyramids.number = pyramids;
        scenario.mining.number = farms;
        scenario.rackets.number = rackets;
        scenario.pyramids.complaints *= 100.0;
        scenario.policy.pyramid_warnings.actions_per_year = Dated::constant(actions);
        scenario.policy.mining_inspections.per_month = Dated::constant(inspections);
        scenario.policy.mining_inspections.threat = Dated::constant(threat);
        scenario.policy.mining_inspections.racket_cases_per_year = Dated::constant(actions);
        if people.4 {
            scenario.mule_cards.supply_per_day = 0.0;
            scenario.afm.investigators = 500;
            scenario.afm.intelligence = 0.2;
        }
        scenario
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn books_balance_and_needs_end_in_one_place_in_any_world(scenario in any_world()) {
        let mut simulation = Simulation::new(&scenario, key(0));
        for _ in 0..scenario.total_days() {
            simulation.run_day();
            prop_assert_eq!(simulation.audit(), Ok(()));
        }
        let record = simulation.finish();
        let at = |column: Flow, day: usize, class, trader| {
            record.series(column)[Record::row(day, class, trader)]
        };
        for day in 0..record.days {
            for &class in Class::ALL {
                let gone = record.venue(VenueColumn::Open, day, class) == 0
                    && record.venue(VenueColumn::Closed, day, class) == 0
                    && record.venue(VenueColumn::Exited, day, class) == 0
                    && record.venue(VenueColumn::RanOff, day, class) == 0
                    && record.venue(VenueColumn::Licences, day, class) == 0;
                for &trader in Trader::ALL {
                    let flow = |column| at(column, day, class, trader);
                    if day > 0 {
                        prop_assert_eq!(
                            at(Flow::Waiting, day - 1, class, trader) + flow(Flow::Demand),
                            flow(Flow::Met)
                                + flow(Flow::Outside)
                                + flow(Flow::Abandoned)
                                + flow(Flow::Waiting)
                        );
                    }
                    prop_assert_eq!(
                        flow(Flow::Attempted),
                        flow(Flow::Traded) + flow(Flow::Blocked) + flow(Flow::Declined) + flow(Flow::Refused)
                    );
                    prop_assert_eq!(
                        flow(Flow::Traded),
                        flow(Flow::TradedAccount) + flow(Flow::TradedCard) + flow(Flow::TradedCash)
                    );
                    if gone {
                        // Two who know each other need no venue.
                        let at_venues = flow(Flow::Traded) - flow(Flow::TradedDirect);
                        prop_assert_eq!(at_venues, 0, "{} has no open venue", class);
                    }
                }
            }
        }
    }
}
