//! Same luck, same bytes: what may change a result, and what may not.

use std::collections::BTreeMap;

use crackdown::model::{Proof, simulate};
use crackdown::record::{Flow, VenueColumn};
use crackdown::scenario::world::Dated;
use crackdown::units::{Class, Trader};
use jiff::civil::date;

use crate::worlds::{first_difference, key, of_trader, run, run_for_proof, small};

#[test]
fn results_do_not_depend_on_the_number_of_threads() {
    let mut scenario = small();
    // Several blocks of customers, so that there is something to share out.
    scenario.people_per_agent = 8;
    scenario.end = date(2024, 1, 20);
    scenario.warm_up_days = 20;
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| run(&scenario))
    };
    let one = on(1);
    assert!(one.series(Flow::Traded).iter().sum::<i64>() > 0);
    assert_eq!(one, on(2));
    assert_eq!(one, on(8));
}

#[test]
fn results_do_not_depend_on_the_order_of_systems_that_is_not_declared() {
    let mut scenario = small();
    scenario.end = date(2024, 2, 29);
    scenario.warm_up_days = 60;
    let declared = run(&scenario);
    for seed in 0..20 {
        let shuffled = Proof { shuffle: Some(seed), ..Proof::default() };
        assert_eq!(declared, run_for_proof(&scenario, shuffled), "shuffle {seed}");
    }
}

#[test]
fn another_seed_or_replication_is_another_run_and_the_same_one_is_the_same() {
    let mut scenario = small();
    scenario.end = date(2024, 1, 31);
    scenario.warm_up_days = 30;
    let flows = |seed, replication| {
        let key = crackdown::record::RunKey::new(seed, replication);
        simulate(&scenario, key, &|| ()).all::<Flow>().to_vec()
    };
    assert_eq!(flows(1, 0), flows(1, 0));
    assert_ne!(flows(1, 0), flows(1, 1));
    assert_ne!(flows(1, 0), flows(2, 0));
}

#[test]
fn a_policy_that_changes_nothing_changes_no_byte() {
    let base = small();
    let mut same = small();
    let share = base.policy.auto_block.bank_share.clone();
    let mut steps: BTreeMap<_, _> = share.steps().map(|(date, value)| (date, *value)).collect();
    steps.insert(date(2024, 3, 1), share.on(date(2024, 3, 1)));
    same.policy.auto_block.bank_share = Dated::new(steps).unwrap();
    assert_ne!(base, same);
    assert_eq!(run(&base), run(&same));
}

#[test]
fn a_policy_that_starts_late_leaves_all_days_before_as_they_were() {
    let base = small();
    let baseline = run(&base);
    let start = date(2024, 4, 1);
    let day = (start - base.start).get_days() as usize;
    let from = |before: f64, after: f64| {
        Dated::new(BTreeMap::from([(date(2022, 1, 1), before), (start, after)])).unwrap()
    };
    let mut banks = small();
    banks.policy.auto_block.bank_share = from(0.0, 1.0);
    let mut closures = small();
    closures.policy.shutdown_rate.closures_per_month = from(3.0, 30.0);
    let mut base_closures = small();
    base_closures.policy.shutdown_rate.closures_per_month = from(3.0, 3.0);
    let mut sites = small();
    sites.policy.site_blocking.sites_per_month = from(375.0, 6000.0);
    let mut base_sites = small();
    base_sites.policy.site_blocking.sites_per_month = from(375.0, 375.0);
    let mut freezes = small();
    freezes.policy.wallet_freezing.venues_per_month = from(0.3, 20.0);
    let mut base_freezes = small();
    base_freezes.policy.wallet_freezing.venues_per_month = from(0.3, 0.3);
    let mut cards = small();
    cards.policy.card_limits.cards_per_client = from(20.0, 0.5);
    let mut kyc = small();
    kyc.policy.kyc.required.shadow = from(0.0, 1.0);
    let mut alarms = small();
    alarms.policy.monitoring.licensed_false_alarm = from(0.001, 0.5);
    for (name, policy, before) in [
        ("card_limits", cards, baseline.clone()),
        ("kyc", kyc, baseline.clone()),
        ("monitoring", alarms, baseline.clone()),
        ("auto_block", banks, baseline),
        ("shutdown_rate", closures, run(&base_closures)),
        ("site_blocking", sites, run(&base_sites)),
        ("wallet_freezing", freezes, run(&base_freezes)),
    ] {
        let after = run(&policy);
        let first =
            first_difference(&before, &after).unwrap_or_else(|| panic!("{name}: no effect"));
        assert!(first >= day, "{name} changed day {first}, before it began on day {day}");
        let classes = day * Class::COUNT;
        for (a, b) in before.all::<VenueColumn>().iter().zip(after.all::<VenueColumn>()) {
            assert_eq!(a[..classes], b[..classes], "{name}");
        }
    }
}

/// Needs arise from each person's own luck; only what is chosen depends on others.
#[test]
fn one_more_customer_adds_needs_of_one_kind_and_leaves_the_needs_of_others_alone() {
    let mut base = small();
    base.customers.number = 4000;
    base.people_per_agent = 1;
    base.end = date(2024, 3, 31);
    let mut added = 0;
    let without = run(&base);
    // The newcomer may be somebody who hardly ever trades: several are tried.
    for more in [1, 2, 3, 10, 30] {
        let mut larger = base.clone();
        larger.customers.number += more;
        let with = run(&larger);
        let mut kinds = 0;
        for &trader in &Trader::ALL[..5] {
            let mut new_needs = 0;
            for day in 0..with.days {
                let need = |record| of_trader(record, Flow::Demand, day, trader);
                let difference = need(&with) - need(&without);
                assert!(difference >= 0, "{trader} on day {day}: {difference}");
                new_needs += difference;
            }
            kinds += i64::from(new_needs > 0);
            added += new_needs;
        }
        assert!(kinds <= i64::from(more), "{more} more customers are of {kinds} kinds");
    }
    assert!(added > 0, "none of the newcomers ever traded");
}

#[test]
fn a_trader_who_is_immune_to_checks_changes_only_what_follows() {
    let mut scenario = small();
    scenario.customers.number = 2000;
    scenario.people_per_agent = 1;
    scenario.policy.auto_block.bank_share = Dated::constant(1.0);
    scenario.policy.auto_block.detect_card = Dated::constant(0.9);
    scenario.policy.auto_block.threshold_kzt = Dated::constant(0.0);
    scenario.end = date(2024, 2, 29);
    // Whatever differs must be seen from its first day on.
    scenario.warm_up_days = 0;
    let checked = run(&scenario);
    let mut changed = 0;
    for person in 0..60 {
        let immune = run_for_proof(&scenario, Proof { immune: Some(person), ..Proof::default() });
        let Some(day) = first_difference(&checked, &immune) else { continue };
        changed += 1;
        // On the first day that differs only this one person's payment does.
        let touched = Trader::ALL.iter().filter(|&&trader| {
            (0..Flow::COUNT).any(|column| {
                let column = Flow::ALL[column];
                of_trader(&checked, column, day, trader) != of_trader(&immune, column, day, trader)
            })
        });
        let touched: Vec<_> = touched.collect();
        assert_eq!(touched.len(), 1, "person {person}, day {day}: {touched:?}");
        let stopped = |record| of_trader(record, Flow::BlockedOrders, day, *touched[0]);
        assert!(stopped(&immune) < stopped(&checked), "person {person}, day {day}");
    }
    assert!(changed > 0, "nobody's immunity mattered");
    assert_eq!(checked.key, key(0));
}
