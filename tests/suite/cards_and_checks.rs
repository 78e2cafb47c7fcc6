//! Mule cards, KYC and monitoring where results are known without running.

use crackdown::model::series::{CaseSeries, ReportSeries};
use crackdown::record::{Flow, Record, VenueColumn};
use crackdown::scenario::Scenario;
use crackdown::scenario::world::Dated;
use crackdown::units::{Class, Trader};

use crate::worlds::{of_class, run, small};

/// What is done to a small world.
type Change = fn(&mut Scenario);

/// A flow of a trader at a class over the whole of the reported days.
fn of(record: &Record, column: Flow, class: Class, trader: Trader) -> f64 {
    let at = |day| record.series(column)[Record::row(day, class, trader)];
    (0..record.days).map(at).sum::<i64>() as f64
}

fn measure(record: &Record, name: &str) -> f64 {
    record.measure(name).unwrap_or_else(|| panic!("no measure {name}"))
}

fn changed(change: impl FnOnce(&mut Scenario)) -> Record {
    let mut scenario = small();
    change(&mut scenario);
    run(&scenario)
}

#[test]
fn levers_at_rest_change_no_byte() {
    let plain = run(&small());
    let same: [(&str, Change); 7] = [
        ("a limit of cards that nobody reaches", |s| {
            s.policy.card_limits.cards_per_client = Dated::constant(s.mule_cards.cards_per_dropper);
        }),
        ("cards that are valid for longer than usual", |s| {
            s.policy.card_limits.non_resident_validity_months = Dated::constant(100.0);
            s.mule_cards.non_resident_share = 1.0;
        }),
        ("deterrence of what is not punished", |s| s.mule_cards.lender_deterrence = 50.0),
        ("all comply with nothing", |s| {
            s.policy.kyc.complies.shadow = Dated::constant(1.0);
            s.policy.kyc.complies.peer_to_peer = Dated::constant(1.0);
        }),
        ("nobody complies with all", |s| {
            s.policy.kyc.required.shadow = Dated::constant(1.0);
            s.policy.kyc.complies.shadow = Dated::constant(0.0);
        }),
        ("less is required than is asked for", |s| {
            s.policy.kyc.required.foreign = Dated::constant(s.exchanges.kyc.foreign);
            s.policy.kyc.complies.foreign = Dated::constant(1.0);
        }),
        ("time to read more than there is", |s| s.afm.reports_read_per_day = 1e6),
    ];
    for (name, change) in same {
        assert!(changed(change) == plain, "{name}");
    }
}

#[test]
fn without_cards_to_borrow_platforms_are_paid_through_none() {
    let record = changed(|s| s.policy.card_limits.cards_per_client = Dated::constant(0.0));
    for class in Class::PLATFORMS {
        assert_eq!(of_class(&record, Flow::TradedCard, class), 0);
        assert!(of_class(&record, Flow::Refused, class) > 0);
    }
    assert_eq!(record.series(VenueColumn::Cards).iter().sum::<i64>(), 0);
    assert!(of_class(&record, Flow::TradedAccount, Class::Shadow) > 0);
    assert!(of_class(&record, Flow::TradedCard, Class::PeerToPeer) > 0, "their own cards");
}

#[test]
fn scarce_cards_are_dear_and_clients_pay_for_them() {
    let plain = run(&small());
    let fee = |record: &Record| {
        let sum = |column| of_class(record, column, Class::Shadow) as f64;
        sum(Flow::Fees) / sum(Flow::Traded)
    };
    let cuts: [(&str, Change); 4] = [
        ("limit", |s| s.policy.card_limits.cards_per_client = Dated::constant(0.5)),
        ("validity", |s| {
            s.mule_cards.non_resident_share = 0.9;
            s.policy.card_limits.non_resident_validity_months = Dated::constant(1.0);
        }),
        ("penalty", |s| s.policy.card_limits.lending_penalty = Dated::constant(1.0)),
        ("detection", |s| s.policy.card_limits.detection = Dated::constant(5.0)),
    ];
    for (name, cut) in cuts {
        let scarce = changed(cut);
        let price = measure(&scarce, "card_price") / measure(&plain, "card_price");
        assert!(price > 1.5, "{name}: price {price}");
        assert!(fee(&scarce) > 1.02 * fee(&plain), "{name}: {} and {}", fee(&scarce), fee(&plain));
        let shadow = |record| of_class(record, Flow::TradedCard, Class::Shadow);
        assert!(shadow(&scarce) < shadow(&plain), "{name}");
    }
}

#[test]
fn kyc_forced_on_shadow_exchanges_drives_off_those_who_want_privacy() {
    let forced = changed(|s| {
        s.policy.kyc.required.shadow = Dated::constant(0.3);
        s.policy.kyc.complies.shadow = Dated::constant(1.0);
        // What criminals find there beyond others would hold them.
        s.exchanges.appeal.criminals.shadow = 0.0;
    });
    let plain = changed(|s| s.exchanges.appeal.criminals.shadow = 0.0);
    let kept = |trader| {
        of(&forced, Flow::Traded, Class::Shadow, trader)
            / of(&plain, Flow::Traded, Class::Shadow, trader)
    };
    // Nine in ten drug buyers want privacy, and one in seven retail investors.
    let (buyers, retail) = (kept(Trader::DrugBuyer), kept(Trader::Retail));
    assert!(buyers < 0.6 * retail && retail < 1.0, "drug buyers {buyers}, retail {retail}");
}

#[test]
fn a_licensed_venue_that_sees_everything_has_no_drug_or_fraud_clients_and_keeps_the_others() {
    let with = |detection: f64, false_alarm: f64| {
        changed(|s| {
            s.exchanges.mule_identity_fee = 0.0;
            s.policy.monitoring.licensed_detection = Dated::constant(detection);
            s.policy.monitoring.licensed_false_alarm = Dated::constant(false_alarm);
        })
    };
    let (blind, seeing, nervous) = (with(0.0, 0.0), with(1.0, 0.0), with(0.0, 1.0));
    assert!(measure(&blind, "licensed_abuse_kzt") > 0.0, "nobody to be stopped");
    assert_eq!(measure(&seeing, "licensed_abuse_kzt"), 0.0);
    let retail = |record| of(record, Flow::Traded, Class::Licensed, Trader::Retail);
    let change = retail(&seeing) / retail(&blind) - 1.0;
    assert!(change.abs() < 0.05, "honest turnover changes by {change}");
    let harm = |record| measure(record, "honest_payments_stopped");
    assert_eq!(harm(&blind), harm(&seeing), "banks' false alarms only");
    assert_eq!(retail(&nervous), 0.0);
    assert!(harm(&nervous) > harm(&blind) && measure(&nervous, "licensed_abuse_kzt") > 0.0);
}

#[test]
fn dear_identities_keep_drug_money_out_of_licensed_venues() {
    let abuse =
        |fee: f64| measure(&changed(|s| s.exchanges.mule_identity_fee = fee), "licensed_abuse_kzt");
    let (free, dear) = (abuse(0.0), abuse(5.0));
    assert!(dear < 0.2 * free, "{dear} and {free}");
}

/// The agency knows only what banks report.
fn reports_only(scenario: &mut Scenario) {
    scenario.afm.intelligence = 0.0;
    scenario.policy.auto_block.bank_share = Dated::constant(1.0);
    scenario.policy.auto_block.threshold_kzt = Dated::constant(0.0);
    scenario.policy.auto_block.detect_card = Dated::constant(0.3);
    scenario.banks.useful_reports = 1.0;
    scenario.afm.reports_read_per_day = 1e6;
}

#[test]
fn false_reports_drown_true_ones_where_little_can_be_read() {
    let listed = |record: &Record| record.series(VenueColumn::Listed).iter().sum::<i64>();
    let with = |change: Change| {
        changed(|s| {
            reports_only(s);
            change(s);
        })
    };
    let all_read = with(|_| ());
    assert!(listed(&all_read) > 0 && measure(&all_read, "reports_read_share") == 1.0);
    let drowned = with(|s| {
        s.afm.reports_read_per_day = 0.01;
        s.policy.monitoring.false_reports = Dated::constant(0.99);
    });
    assert_eq!(listed(&drowned), 0);
    assert!(measure(&drowned, "reports_read_share") < 0.01);
    // More false ones alone do no harm to an agency that reads them all, but take its time.
    let patient = with(|s| s.policy.monitoring.false_reports = Dated::constant(0.99));
    assert_eq!(patient.all::<Flow>(), all_read.all::<Flow>());
    assert!(measure(&patient, "agency_days") > measure(&all_read, "agency_days"));
}

#[test]
fn reports_are_filed_read_and_true_in_the_shares_that_the_levers_say() {
    let record = changed(reports_only);
    let [filed, well_founded, read] = [ReportSeries::Filed, ReportSeries::True, ReportSeries::Read]
        .map(|kind| record.series(kind).iter().sum::<i64>() as f64);
    assert!(filed > 1000.0 && (read / filed - 1.0).abs() < 1e-3);
    assert!((well_founded / filed - 0.07).abs() < 1e-3, "{}", well_founded / filed);
}

#[test]
fn an_agency_without_chain_analytics_and_reports_learns_nothing() {
    let record = changed(|s| {
        s.policy.monitoring.chain_analytics = Dated::constant(0.0);
        s.afm.test_purchases = 0.0;
        s.banks.useful_reports = 0.0;
        s.policy.interventions.clear();
    });
    assert_eq!(measure(&record, "closures"), 0.0);
    assert_eq!(record.series(CaseSeries::Open).iter().sum::<i64>(), 0);
    let seen = |record: &Record| {
        record.sights.iter().find(|sight| sight.quantity == "drug_money_kzt").unwrap().seen
    };
    assert_eq!(seen(&record), Some(0.0));
    assert!(seen(&run(&small())) > Some(0.0));
}
