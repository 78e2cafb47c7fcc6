//! Courts, partners abroad, protectors, licences, direct deals and deterrence: results known without running.

use crackdown::record::{Flow, Record, VenueColumn};
use crackdown::scenario::Scenario;
use crackdown::scenario::world::Dated;
use crackdown::units::{Class, PerPlatform};

use crate::worlds::{of_class, run, small};

fn sum(record: &Record, column: VenueColumn) -> i64 {
    record.series(column).iter().sum()
}

/// A world in which many platforms are closed, each with an arrest, and nobody has a successor.
fn harsh() -> Scenario {
    let mut scenario = small();
    scenario.policy.shutdown_rate.closures_per_month = Dated::constant(15.0);
    scenario.policy.shutdown_rate.with_arrest = Dated::constant(1.0);
    scenario.afm.intelligence = 0.05;
    scenario.afm.investigators = 300;
    scenario.afm.case_days = 40.0;
    scenario.afm.case_success = 1.0;
    scenario.exchanges.prepared = 0.0;
    scenario.exchanges.run_off = 0.0;
    scenario.exchanges.abroad = PerPlatform { shadow: 0.0, hub: 0.0 };
    scenario.exchanges.moves_abroad = 0.0;
    scenario.protection.share = PerPlatform { shadow: 0.0, hub: 0.0 };
    scenario.courts.verdicts_per_month = 100.0;
    scenario.courts.trial_days = 20.0;
    scenario.courts.held = 1.0;
    scenario.courts.doubt = 0.0;
    scenario.exchanges.return_after_release = 1.0;
    scenario
}

#[test]
fn courts_that_convict_nobody_jail_nobody_and_confiscate_nothing() {
    let mut scenario = harsh();
    scenario.policy.sentencing.conviction = Dated::constant(0.0);
    let record = run(&scenario);
    assert!(sum(&record, VenueColumn::Verdicts) > 10);
    for column in [VenueColumn::Convictions, VenueColumn::Jailed, VenueColumn::ConfiscatedToday] {
        assert_eq!(sum(&record, column), 0, "{}", column.key());
    }
    let prior = scenario.perceived_risk.prior_prison_years;
    assert!(record.measure("perceived_prison_years").unwrap() < prior, "nobody fears prison more");
    assert!(sum(&record, VenueColumn::Relaunched) > 10, "the acquitted come back");
}

#[test]
fn the_jailed_stay_out_of_business_and_without_verdicts_the_arrested_stay_in_custody() {
    let mut scenario = harsh();
    let sentencing = &mut scenario.policy.sentencing;
    sentencing.conviction = Dated::constant(1.0);
    sentencing.custodial_share = Dated::constant(1.0);
    sentencing.term_years = Dated::constant(10.0);
    sentencing.confiscation = Dated::constant(1.0);
    let jailed = run(&scenario);
    assert!(sum(&jailed, VenueColumn::Jailed) > 10);
    assert_eq!(sum(&jailed, VenueColumn::Relaunched), 0, "all others are in prison for years");
    assert!(sum(&jailed, VenueColumn::ConfiscatedToday) > 0);
    let prior = scenario.perceived_risk.prior_prison_years;
    assert!(jailed.measure("perceived_prison_years").unwrap() > prior);
    scenario.courts.verdicts_per_month = 0.0;
    let waiting = run(&scenario);
    assert_eq!(sum(&waiting, VenueColumn::Verdicts), 0);
    assert_eq!(sum(&waiting, VenueColumn::Relaunched), 0, "all wait in custody");
    let behind = |day| {
        Class::PLATFORMS
            .iter()
            .map(|&c| waiting.venue(VenueColumn::BehindBars, day, c))
            .sum::<i64>()
    };
    let arrests = sum(&waiting, VenueColumn::Arrests);
    assert_eq!(
        behind(waiting.days - 1) - behind(0),
        arrests - {
            Class::PLATFORMS.iter().map(|&c| waiting.venue(VenueColumn::Arrests, 0, c)).sum::<i64>()
        }
    );
}

#[test]
fn who_awaits_the_verdict_at_large_may_open_again() {
    let mut scenario = harsh();
    scenario.courts.held = 0.0;
    scenario.courts.verdicts_per_month = 0.0;
    let record = run(&scenario);
    assert!(sum(&record, VenueColumn::Relaunched) > 10);
    scenario.exchanges.return_after_release = 0.0;
    assert_eq!(sum(&run(&scenario), VenueColumn::Relaunched), 0);
}

#[test]
fn an_operator_abroad_is_out_of_reach_without_a_partner_who_helps() {
    let mut scenario = harsh();
    scenario.exchanges.abroad = PerPlatform { shadow: 1.0, hub: 1.0 };
    scenario.policy.cooperation.delay_days = Dated::constant(10.0);
    let closures = |scenario: &Scenario| {
        let record = run(scenario);
        (sum(&record, VenueColumn::Closed), sum(&record, VenueColumn::Arrests))
    };
    scenario.policy.cooperation.chance = Dated::constant(0.0);
    assert_eq!(closures(&scenario), (0, 0));
    scenario.policy.cooperation.chance = Dated::constant(1.0);
    scenario.policy.cooperation.reach = Dated::constant(0.0);
    assert_eq!(closures(&scenario), (0, 0));
    scenario.policy.cooperation.reach = Dated::constant(1.0);
    for willingness in [0.0, 1.0] {
        for group in &mut scenario.partners.groups {
            group.willingness = willingness;
        }
        assert_eq!(closures(&scenario).0 > 0, willingness > 0.0, "partners who help or not");
    }
    scenario.partners.extradition = 0.0;
    let (closed, arrested) = closures(&scenario);
    assert!(closed > 10 && arrested == 0, "{closed} {arrested}");
    scenario.partners.extradition = 1.0;
    let (closed, arrested) = closures(&scenario);
    assert!(closed == arrested && closed > 10, "each closure comes with an arrest");
}

#[test]
fn no_case_holds_against_operators_whom_officials_protect_for_good() {
    let mut scenario = harsh();
    scenario.protection.share = PerPlatform { shadow: 1.0, hub: 1.0 };
    scenario.protection.success = 0.0;
    scenario.protection.lasts_days = 60_000.0;
    let protected = sum(&run(&scenario), VenueColumn::Closed);
    scenario.protection.lasts_days = 1.0;
    let exposed = sum(&run(&scenario), VenueColumn::Closed);
    // A few lose their protector in time even so.
    assert!(protected * 10 < exposed, "{protected} {exposed}");
}

#[test]
fn licences_are_asked_for_where_they_pay_and_granted_where_the_law_says() {
    let mut scenario = small();
    scenario.exchanges.would_be_licensed = 1.0;
    let licensing = &mut scenario.policy.licensing;
    licensing.capital_kzt = Dated::constant(0.0);
    licensing.yearly_cost_kzt = Dated::constant(0.0);
    licensing.decision_days = Dated::constant(5.0);
    licensing.approval = Dated::constant(1.0);
    let free = run(&scenario);
    assert!(sum(&free, VenueColumn::Licences) > 20);
    scenario.policy.licensing.approval = Dated::constant(0.0);
    let refused = run(&scenario);
    assert!(sum(&refused, VenueColumn::Applications) > 0);
    assert_eq!(sum(&refused, VenueColumn::Licences), 0);
    scenario.policy.licensing.capital_kzt = Dated::constant(1e10);
    assert_eq!(sum(&run(&scenario), VenueColumn::Applications), 0, "no licence pays at that price");
    scenario.policy.licensing.capital_kzt = Dated::constant(0.0);
    scenario.exchanges.would_be_licensed = 0.0;
    assert_eq!(sum(&run(&scenario), VenueColumn::Applications), 0, "nobody wants one");
}

#[test]
fn limits_levies_and_identification_keep_clients_from_licensed_venues() {
    let people = || {
        // Limits are for others than professionals, and these have no trouble with identification.
        let mut scenario = small();
        let shares = &mut scenario.customers.segment_share;
        shares.retail += std::mem::take(&mut shares.professional);
        scenario
    };
    let mut scenario = people();
    let turnover = |scenario: &Scenario| of_class(&run(scenario), Flow::Traded, Class::Licensed);
    let usual = turnover(&scenario);
    assert!(usual > 0);
    scenario.policy.licensing.client_limit_kzt = Dated::constant(0.0);
    assert_eq!(turnover(&scenario), 0);
    let mut scenario = people();
    scenario.policy.licensing.kyc_burden = Dated::constant(0.0);
    let easy = turnover(&scenario);
    // Slowly: more people pass it each year.
    assert!(easy > usual * 51 / 50, "{easy} {usual}");
    let mut scenario = people();
    scenario.policy.tax.licensed_levy = Dated::constant(0.1);
    assert!(turnover(&scenario) < usual / 5);
}

#[test]
fn direct_deals_follow_closures_only() {
    let mut scenario = harsh();
    scenario.customers.partner = 1.0;
    scenario.customers.partner_meets = 1.0;
    let direct =
        |scenario: &Scenario| -> i64 { run(scenario).series(Flow::TradedDirect).iter().sum() };
    assert!(direct(&scenario) > 0);
    scenario.customers.partner_meets = 0.0;
    assert_eq!(direct(&scenario), 0);
    scenario.customers.partner_meets = 1.0;
    scenario.policy.shutdown_rate.closures_per_month = Dated::constant(0.0);
    assert_eq!(direct(&scenario), 0);
    let mut scenario = harsh();
    scenario.customers.partner = 0.0;
    assert_eq!(direct(&scenario), 0);
}

#[test]
fn a_crackdown_deters_more_while_it_is_news_and_is_remembered_when_it_is_over() {
    let mut scenario = harsh();
    scenario.policy.shutdown_rate.closures_per_month = Dated::constant(0.0);
    let quiet = run(&scenario);
    let wave = [("2020-01-01", 0.0), ("2024-01-15", 20.0), ("2024-03-15", 0.0)];
    let wave = wave.map(|(date, value)| (date.parse().unwrap(), value));
    scenario.policy.shutdown_rate.closures_per_month =
        Dated::new(std::collections::BTreeMap::from(wave)).unwrap();
    scenario.perceived_risk.novelty = 0.0;
    let plain = run(&scenario);
    scenario.perceived_risk.novelty = 1.0;
    let novel = run(&scenario);
    let fear = |record: &Record, day| record.venue(VenueColumn::PerceivedRisk, day, Class::Shadow);
    assert!(fear(&novel, 60) > fear(&plain, 60) && fear(&plain, 60) > fear(&quiet, 60));
    let last = quiet.days - 1;
    assert!(fear(&plain, last) > fear(&quiet, last), "residual deterrence");
    assert!(fear(&plain, last) < fear(&plain, 75), "and it fades");
}
