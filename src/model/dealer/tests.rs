//! Dealers: limits known without running, doses, and what a neutral value leaves alone.

use jiff::civil::date;
use scenario::intervention::{Act, Intervention, Successor};
use scenario::{Scenario, reference};
use world::record::{Flow, Record, RunKey, VenueColumn};
use world::units::{Class, Trader};

use super::shops::DealerSeries;

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

/// The small world in which something is done on the thirtieth day.
fn with(act: Act, class: Class, number: u16) -> Scenario {
    let mut scenario = small();
    let on = scenario.start.saturating_add(jiff::Span::new().days(30));
    let one = Intervention { number, ..Intervention::new(act, on, class) };
    scenario.policy.interventions.insert("one".to_owned(), one);
    scenario
}

#[test]
fn small_dealers_stop_first_when_a_large_one_is_arrested_and_come_back_as_memory_fades() {
    let days = |news: f64, number: u16| {
        let mut scenario = with(Act::ArrestDealers, Class::Shadow, number);
        scenario.dealers.arrest_news = news;
        scenario.perceived_risk.memory_days = 60.0;
        scenario.end = date(2024, 9, 30);
        let record = run(&scenario);
        let of = |series: DealerSeries, day: usize| record.series(series)[day];
        let all = |day| {
            [DealerSeries::HomeLarge, DealerSeries::HomeSmall, DealerSeries::Afraid]
                .map(|series| of(series, day))
        };
        (all(29), all(32), all(record.days - 1), sum(&record, Flow::Traded, &[Trader::DrugBuyer]))
    };
    let (before, after, later, _) = days(40.0, 1);
    assert_eq!(before, [12, 12, 0], "36 dealers at home, nobody afraid");
    let [large, small, afraid] = after;
    assert!(afraid > 0 && small < large, "small ones stop first: {after:?}");
    assert_eq!(later, [11, 12, 0], "all who feared are back");
    let (_, same, _, calm) = days(0.0, 1);
    assert_eq!(same, [11, 12, 0], "news that say nothing move nobody");
    let (_, mild, ..) = days(20.0, 1);
    assert!(mild[2] <= afraid, "the louder the news the more stop");
    let (.., frightened) = days(80.0, 1);
    assert!(frightened < calm, "buyers find fewer dealers for a while");
}

#[test]
fn many_arrests_on_a_day_are_one_piece_of_news_and_nobody_stays_out_for_good() {
    // Shares of the dealers left at home who have stopped, 1, 120 and 365 days after so many arrests.
    let out = |number: u16| {
        let mut scenario = with(Act::ArrestDealers, Class::Shadow, number);
        scenario.end = date(2025, 3, 31);
        let record = run(&scenario);
        let afraid = |day: usize| record.series(DealerSeries::Afraid)[30 + day] as f64;
        [1, 120, 365].map(|day| afraid(day) / f64::from(36 - number))
    };
    let [one, four, twelve] = [1, 4, 12].map(out);
    assert!(one[0] > 0.0 && one[0] < four[0] && four[0] < twelve[0], "{one:?} {four:?} {twelve:?}");
    assert!(four[0] < 0.9, "four arrests on a day do not say four times as much as one: {four:?}");
    assert!(twelve[1] < 0.8 * twelve[0], "{twelve:?}");
    assert!(twelve[2] < 0.1, "fear of one day of arrests is over within a year: {twelve:?}");
}

#[test]
fn shares_of_dealers_add_up_when_many_stop_and_come_back() {
    // The debug audit of the day holds coins against the ledger; here: what buyers paid reaches dealers.
    let mut scenario = with(Act::ArrestDealers, Class::Shadow, 3);
    scenario.dealers.arrest_news = 60.0;
    scenario.perceived_risk.memory_days = 40.0;
    let record = run(&scenario);
    let paid = sum(&record, Flow::Traded, &[Trader::DrugBuyer])
        - sum(&record, Flow::Fees, &[Trader::DrugBuyer]);
    assert_eq!(sum(&record, Flow::Demand, &[Trader::Dealer]), paid);
}

#[test]
fn a_hub_that_falls_leaves_claims_unpaid_and_costs_the_others_trust() {
    let unpaid = |scenario: &Scenario| {
        let record = run(scenario);
        let hub = |day: usize| record.venue(VenueColumn::Unpaid, day, Class::Hub);
        let lost: i64 = record.series(DealerSeries::ClaimsLost).iter().sum();
        (hub(30), lost, sum(&record, Flow::Outside, &[Trader::DealerAbroad]))
    };
    let mut scenario = with(Act::Close, Class::Hub, 1);
    let one = scenario.policy.interventions.get_mut("one").unwrap();
    one.successor = Successor::Unprepared;
    let (held, lost, outside) = unpaid(&scenario);
    assert!(held > 0 && lost > 0 && lost < held, "{held} {lost}");
    scenario.exchanges.claims_distrust = 5.0;
    let (_, _, wary) = unpaid(&scenario);
    assert!(wary > outside, "who was not paid goes past hubs: {wary} and {outside}");
    let plain = small();
    assert_eq!(unpaid(&plain).0, 0);
}

#[test]
fn more_hubs_enter_the_more_of_what_dealers_bring_is_not_taken() {
    let entered = |follows: f64| {
        let mut scenario = with(Act::Close, Class::Hub, 60);
        scenario.exchanges.entry_follows_demand = follows;
        scenario.exchanges.relaunch = 0.0;
        let one = scenario.policy.interventions.get_mut("one").unwrap();
        one.successor = Successor::Unprepared;
        let record = run(&scenario);
        (31..record.days)
            .map(|day| record.venue(VenueColumn::Entered, day, Class::Hub))
            .sum::<i64>()
    };
    let (none, many) = (entered(0.0), entered(400.0));
    assert!(none <= 2 && many > none + 2, "{none} {many}");
}
