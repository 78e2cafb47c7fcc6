//! Dealers: limits known without running, doses, and what a neutral value leaves alone.

use jiff::civil::date;
use scenario::{Scenario, reference};
use world::record::{Flow, Record, RunKey};
use world::units::{Class, Trader};

/// Half a year of the country in few agents.
fn small() -> Scenario {
    let mut scenario = reference().scenario;
    (scenario.start, scenario.end) = (date(2024, 1, 1), date(2024, 6, 30));
    (scenario.warm_up_days, scenario.people_per_agent) = (180, 1000);
    scenario
}

fn run(scenario: &Scenario) -> Record {
    crate::simulate(scenario, RunKey::new(1, 0), &|| ())
}

/// A flow of some traders over the whole run, at all classes.
fn sum(record: &Record, flow: Flow, traders: &[Trader]) -> i64 {
    let rows = (0..record.days).flat_map(|day| Class::ALL.iter().map(move |&class| (day, class)));
    let at = |(day, class)| -> i64 {
        traders.iter().map(|&trader| record.series(flow)[Record::row(day, class, trader)]).sum()
    };
    rows.map(at).sum()
}

const SELLERS: [Trader; 3] = [Trader::Dealer, Trader::DealerAbroad, Trader::Farm];

#[test]
fn nobody_goes_past_venues_that_way_is_worth_nothing_and_more_do_the_cheaper_it_is() {
    let outside = |change: &dyn Fn(&mut Scenario)| {
        let mut scenario = small();
        change(&mut scenario);
        let record = run(&scenario);
        let couriers: i64 = (0..record.days)
            .map(|day| {
                record.series(Flow::Fees)[Record::row(day, Class::PeerToPeer, Trader::Dealer)]
            })
            .sum();
        (sum(&record, Flow::Outside, Trader::ALL), couriers)
    };
    assert_eq!(outside(&|s| s.dealers.outside_worth = -1000.0).0, 0);
    let (usual, couriers) = outside(&|_| ());
    assert!(usual > 0 && couriers > 0, "{usual} {couriers}");
    assert!(outside(&|s| s.dealers.abroad_fee = 0.0).0 > usual);
    assert!(outside(&|s| s.dealers.abroad_fee = 0.2).0 < usual / 2);
    // All coins are accounted for in whole tenge; the debug audit holds the ledger against them each day.
    let record = run(&small());
    let ends = |day: usize| -> i64 {
        let at = |flow: Flow, trader| record.series(flow)[Record::row(day, Class::Hub, trader)];
        let of = |trader| {
            at(Flow::Met, trader) + at(Flow::Outside, trader) + at(Flow::Waiting, trader)
                - at(Flow::Demand, trader)
        };
        of(Trader::DealerAbroad)
    };
    let waited = |day: usize| {
        record.series(Flow::Waiting)[Record::row(day, Class::Hub, Trader::DealerAbroad)]
    };
    assert!((1..record.days).all(|day| ends(day) == waited(day - 1)));
    assert_eq!(sum(&record, Flow::Outside, &SELLERS), sum(&record, Flow::Outside, Trader::ALL));
}

#[test]
fn dealers_sell_less_the_dearer_it_is_to_get_at_their_money() {
    let sold = |elasticity: f64, fee: f64| {
        let mut scenario = small();
        scenario.dealers.supply_elasticity = elasticity;
        // What piles up unsold is another reason to sell less.
        scenario.dealers.sales_cut = 0.0;
        // All that dealers abroad can do is to pay this at exchangers there.
        scenario.exchanges.number.hub = 0;
        scenario.exchanges.entry_per_month.hub = 0.0;
        scenario.dealers.abroad_fee = fee;
        sum(&run(&scenario), Flow::Demand, &[Trader::DealerAbroad])
    };
    let usual = sold(1.0, small().exchanges.fee.hub);
    assert_eq!(sold(0.0, 0.3), usual, "nobody minds");
    let dear = sold(1.0, 0.3) as f64 / usual as f64;
    // Seven tenths of a tenge are left where 96.7 hundredths are usual; they learn it with their first cash-outs.
    assert!(dear > 0.7 && dear < 0.78, "{dear}");
    assert!(sold(2.0, 0.3) < sold(1.0, 0.3));
}
