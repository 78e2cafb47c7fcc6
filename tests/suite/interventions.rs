//! Interventions: what is known of them without running, and what they leave alone.

use crackdown::record::Record;
use crackdown::record::{Flow, VenueColumn};
use crackdown::scenario::Scenario;
use crackdown::scenario::intervention::{Act, Intervention, Markets, Successor, View};
use crackdown::units::{Class, Trader};

use crate::worlds::{run, small};

/// The small world with an intervention on its hundredth reported day.
fn with(act: Act, class: Class, change: impl Fn(&mut Intervention)) -> Scenario {
    let mut scenario = small();
    let on = scenario.start.saturating_add(jiff::Span::new().days(20));
    let mut one = Intervention::new(act, on, class);
    change(&mut one);
    scenario.policy.interventions.insert("one".to_owned(), one);
    scenario
}

fn closed(record: &Record) -> i64 {
    record.series(VenueColumn::Closed).iter().sum()
}

/// Closures that the agency counts as its own, in all years.
fn seen(record: &Record) -> f64 {
    record.sights.iter().filter(|s| s.quantity == "closures").filter_map(|s| s.seen).sum()
}

#[test]
fn watching_changes_nothing_but_that_something_is_watched() {
    let plain = run(&small());
    let mut watched = run(&with(Act::Watch, Class::Shadow, |one| one.number = 3));
    assert_eq!(watched.targets.len(), 3);
    assert_eq!(watched.targets[0].traded_kzt.len(), watched.days - 20);
    assert!(watched.targets[0].before_kzt >= watched.targets[1].before_kzt, "the largest first");
    watched.targets.clear();
    assert!(watched == plain);
}

#[test]
fn a_closure_from_outside_is_a_closure_and_the_agency_s_if_it_says_so() {
    let plain = run(&small());
    let hub = with(Act::CloseAndArrest, Class::Hub, |one| {
        (one.successor, one.view) = (Successor::Prepared, View::Apart);
    });
    let record = run(&hub);
    let day = 20;
    assert_eq!(record.venue(VenueColumn::Closed, day, Class::Hub), 1);
    assert_eq!(record.venue(VenueColumn::Arrests, day, Class::Hub), 1);
    let before = (0..day).map(|day| plain.venue(VenueColumn::Closed, day, Class::Shadow));
    let also = (0..day).map(|day| record.venue(VenueColumn::Closed, day, Class::Shadow));
    assert!(before.eq(also), "until then the runs are the same");
    // Both counts begin in the warm-up for the agency: what differs between them is what it did not do.
    assert_eq!(closed(&record) as f64 - seen(&record), closed(&plain) as f64 - seen(&plain) + 1.0);
    let own = |view| {
        let hub = with(Act::Close, Class::Hub, |one| one.view = view);
        seen(&run(&hub)) - closed(&run(&hub)) as f64
    };
    assert_eq!(own(View::Counts), seen(&plain) - closed(&plain) as f64, "counted on both sides");
    assert_eq!(own(View::Apart), own(View::Counts) - 1.0);
    assert_eq!(record.targets[0].back_after, Some(1), "the successor stands ready");
    let nobody = with(Act::Close, Class::Hub, |one| one.successor = Successor::Unprepared);
    assert_ne!(run(&nobody).targets[0].back_after, Some(1));
}

#[test]
fn blocked_sites_and_identification_cost_the_venue_its_clients_while_they_last() {
    let sum = |record: &Record, days: std::ops::Range<usize>| -> i64 {
        record
            .targets
            .iter()
            .map(|target| target.traded_kzt[days.clone()].iter().sum::<i64>())
            .sum()
    };
    let watched = run(&with(Act::Watch, Class::Shadow, |one| one.number = 20));
    let before = sum(&watched, 1..30);
    for act in [Act::BlockSites, Act::ForceKyc] {
        let record = run(&with(act, Class::Shadow, |one| one.number = 20));
        let share = sum(&record, 1..30) as f64 / before as f64;
        assert!(share < 0.7, "{act:?} leaves {share}");
        let once = run(&with(act, Class::Shadow, |one| (one.number, one.for_days) = (20, 1)));
        assert!(sum(&once, 1..30) as f64 / before as f64 > share, "{act:?} ends");
    }
}

#[test]
fn an_arrested_dealer_is_replaced_and_the_coins_are_seized() {
    let plain = run(&small());
    let record = run(&with(Act::ArrestDealers, Class::Shadow, |one| one.number = 35));
    let bought = |record: &Record, days: std::ops::Range<usize>| -> i64 {
        let row = |day, class: &Class| {
            record.series(Flow::Traded)[Record::row(day, *class, Trader::DrugBuyer)]
        };
        days.map(|day| Class::ALL.iter().map(|class| row(day, class)).sum::<i64>()).sum()
    };
    let seized = |record: &Record| -> i64 {
        let column = &record.series(Flow::Abandoned);
        column[Record::row(20, Class::Hub, Trader::Dealer)]
    };
    assert!(seized(&record) > seized(&plain));
    let share = |days: std::ops::Range<usize>| {
        bought(&record, days.clone()) as f64 / bought(&plain, days) as f64
    };
    let (at_once, later) = (share(21..28), share(100..plain.days));
    assert!(at_once < 0.9 && later > at_once + 0.05, "{at_once} at once, {later} later");
}

#[test]
fn taken_sites_are_replaced_faster_than_a_closed_platform_and_no_money_is_found() {
    let taken = |act| run(&with(act, Class::Shadow, |one| one.number = 60));
    let (sites, closed) = (taken(Act::TakeSites), taken(Act::Close));
    let back = |record: &Record, within: u16| {
        let soon = |days: &u16| *days <= within;
        record.targets.iter().filter(|target| target.back_after.as_ref().is_some_and(soon)).count()
    };
    assert!(
        back(&sites, 2) > back(&closed, 2) + 10,
        "{} and {}",
        back(&sites, 2),
        back(&closed, 2)
    );
    // The same operators give up, however long the others take.
    assert_eq!(back(&sites, 60), back(&closed, 60));
    let seized = |record: &Record| record.venue(VenueColumn::SeizedToday, 20, Class::Shadow);
    assert!(seized(&sites) == seized(&run(&small())) && seized(&closed) > seized(&sites));
}

#[test]
fn hubs_grow_into_what_a_closed_one_leaves_as_their_money_grows() {
    let plain = run(&small());
    let closed = run(&with(Act::Close, Class::Hub, |one| one.successor = Successor::Unprepared));
    let sum = |record: &Record, column: Flow, days: std::ops::Range<usize>| -> i64 {
        let row = |day| Record::row(day, Class::Hub, Trader::DealerAbroad);
        days.map(|day| record.series(column)[row(day)]).sum()
    };
    let share = |days: std::ops::Range<usize>| {
        sum(&closed, Flow::Traded, days.clone()) as f64 / sum(&plain, Flow::Traded, days) as f64
    };
    let (at_once, later) = (share(21..35), share(100..plain.days));
    assert!(at_once < 0.85 && later > 0.95, "{at_once} at once, {later} later");
    let refused = |record| sum(record, Flow::Refused, 21..60);
    assert!(refused(&closed) > refused(&plain), "more is brought than others have money for");
}

#[test]
fn identification_that_is_passed_is_not_asked_for_again() {
    let deals = |act| {
        let record = run(&with(act, Class::PeerToPeer, |_| {}));
        let column = &record.series(Flow::Traded);
        let row = |day| Record::row(day, Class::PeerToPeer, Trader::Retail);
        [21..51, 120..record.days].map(|days| days.map(|day| column[row(day)]).sum::<i64>() as f64)
    };
    let (free, forced) = (deals(Act::Watch), deals(Act::ForceKyc));
    let [at_once, later] = [0, 1].map(|part| forced[part] / free[part]);
    assert!((0.3..0.9).contains(&at_once), "some leave: {at_once}");
    // Were the habit of those who stay broken on every day, they would all be gone by then.
    assert!(later > 0.6 * at_once, "{at_once} at once, {later} later");
}

/// Turnover of all who sell or buy drugs, as a share of that of another run.
fn drug_money(record: &Record, plain: &Record, days: std::ops::Range<usize>) -> f64 {
    let traders = [Trader::DrugBuyer, Trader::Dealer, Trader::DealerAbroad];
    let sum = |record: &Record| -> i64 {
        let column = &record.series(Flow::Traded);
        let on = |day| {
            let rows = Class::ALL.iter().flat_map(|class| {
                traders.iter().map(move |trader| Record::row(day, *class, *trader))
            });
            rows.map(|row| column[row]).sum::<i64>()
        };
        days.clone().map(on).sum()
    };
    sum(record) as f64 / sum(plain) as f64
}

#[test]
fn markets_that_fall_with_their_hub_take_the_custom_of_dealers_with_them_for_long() {
    let hub = |markets, custom_days| {
        let mut scenario = with(Act::Close, Class::Hub, |one| {
            (one.number, one.successor, one.markets) = (1, Successor::Unprepared, markets);
        });
        // One hub for all markets, and others as soon as it is gone.
        scenario.exchanges.number.hub = 1;
        scenario.darknet_markets.custom_days = custom_days;
        run(&scenario)
    };
    let (stay, fall) = (hub(Markets::Stay, 60.0), hub(Markets::Fall, 60.0));
    let plain = {
        let mut scenario = small();
        scenario.exchanges.number.hub = 1;
        run(&scenario)
    };
    assert_eq!(drug_money(&fall, &plain, 0..20), 1.0, "until then nothing is different");
    let (stays, falls) = (drug_money(&stay, &plain, 22..62), drug_money(&fall, &plain, 22..62));
    assert!(falls < 0.7 * stays, "{falls} with the markets, {stays} without");
    let later = drug_money(&fall, &plain, 140..180);
    assert!(later > falls + 0.15, "{falls} at first, {later} later");
    let slow = drug_money(&hub(Markets::Fall, 900.0), &plain, 140..180);
    assert!(slow < 0.8 * later, "{later}, and {slow} where custom comes back more slowly");
}

#[test]
fn a_new_name_is_known_to_few_at_first() {
    let kept = |share: f64| {
        let mut scenario = with(Act::TakeSites, Class::Shadow, |one| one.number = 60);
        scenario.exchanges.relaunch = 1.0;
        scenario.exchanges.relaunch_keeps = share;
        let record = run(&scenario);
        let sum = |days: std::ops::Range<usize>| -> f64 {
            let each = record.targets.iter().map(|target| {
                target.traded_kzt[days.clone()].iter().sum::<i64>() as f64 / days.len() as f64
            });
            each.sum()
        };
        let before: f64 = record.targets.iter().map(|target| target.before_kzt).sum();
        [sum(5..35) / before, sum(120..160) / before]
    };
    let ([few, later], [all, _]) = (kept(0.15), kept(1.0));
    assert!(few < 0.45 * all, "{few} where few know it, {all} where all do");
    assert!(later > 1.5 * few, "{few} at first, {later} when it is known");
}

#[test]
fn who_loses_nothing_but_sites_goes_on_with_the_cards_at_hand() {
    let cards = |act| {
        let mut scenario = with(act, Class::Shadow, |one| one.number = 60);
        scenario.exchanges.relaunch = 1.0;
        let record = run(&scenario);
        let held = |day| record.venue(VenueColumn::Cards, day, Class::Shadow) as f64;
        held(30) / held(19)
    };
    let (taken, closed) = (cards(Act::TakeSites), cards(Act::Close));
    assert!(taken > 0.9 && closed < 0.8 * taken, "{taken} with sites taken, {closed} if closed");
}
