//! Reads everything, changes nothing: fills the record of the run.

mod totals;

use bevy_ecs::prelude::*;
use bevy_ecs::world::World as EcsWorld;

use super::actor::{Actor, Holding};
use super::board::{AgencyDiary, Cause, Directory, Flows, Perceived, RegulatorList, TrafficBoard};
use super::dealer::shops;
use super::declare::{Measure, NO_VALUE, Window, measures};
use super::diary::{Counted, Diary};
use super::exchange::{Books, Cards, Exchange, Identity, Operator, Sites, VenueState};
use super::intervention::WatchedVenues;
use super::messages::{
    FloatFrozen, LicenceApplied, RequestAnswered, RequestSent, SiteBlockOrder, VenueGone,
    VenueNumber, VenueOpened, Verdict,
};
use super::mining::FarmSeries;
use super::policy::Levers;
use super::pyramid::PyramidSeries;
use super::registry::TABLES;
use super::schedule::{Phase, Today, World};
use world::record::series::Counts;
use world::record::series::SeriesList;
use world::record::{ClosedVenue, Flow, Migration, Record, RunKey, Traced, VenueColumn};
use world::units::{Class, Day, Purpose, Trader};

pub use totals::{Quantity, SIGHTS, Year, measures, seen_over};

world::series! {
    /// Turnover of a day by what it is for.
    PurposeSeries in "purposes", Class, "purpose_";
    Drugs = "drugs_kzt", "KZT", "Turnover of drug buyers";
    CashOut = "cash_out_kzt", "KZT", "Turnover of dealers, those abroad included";
    Fraud = "fraud_kzt", "KZT", "Turnover of people who cash out fraud";
    Pyramids = "pyramids_kzt", "KZT", "What members of pyramids buy to pay it in";
    Mining = "illegal_mining_kzt", "KZT", "Coins of illegal farms sold";
    Honest = "honest_kzt", "KZT", "Turnover of retail investors, traders, remitters and professionals";
}

/// Three lines that say which money is meant, with their parts, and what is built on purposes. Criminals' money at a venue without
/// a licence is in two lines; honest money at a licensed venue is in none.
pub const LINES: &[Measure] = measures! {
    "unlicensed_domestic_turnover" as "Without a licence, domestic", "KZT", Less: "Domestic exchange business without a licence: turnover of whomever at shadow exchanges and hubs"
        = |w| w.turnover(|class, _| class.is_platform());
    "unlicensed_foreign_turnover" as "Without a licence, foreign", "KZT", Less: "Foreign exchange business without a licence: turnover of whomever at foreign platforms"
        = |w| w.flow(Flow::Traded, Class::Foreign);
    "unlicensed_turnover" as "Exchange without a licence", "KZT", Less: "Both together: turnover of whomever at shadow exchanges, hubs and foreign platforms"
        = |w| w.unlicensed(Flow::Traded);
    "crime_turnover" as "Money of crime", "KZT", Less: "Turnover of drug buyers, dealers, fraud, pyramids' members and illegal farms at venues of any class, licensed ones and deals between persons included"
        = |w| w.turnover(|_, trader| trader.purpose().is_crime());
    "crime_drugs" as "Money of crime: drug payments", "KZT", Less: "The part of it that drug buyers pay"
        = |w| w.purpose(Purpose::Drugs);
    "crime_cash_out" as "Money of crime: dealers' cash-out", "KZT", Less: "The part of it that dealers turn into money, those abroad included"
        = |w| w.purpose(Purpose::CashOut);
    "crime_fraud" as "Money of crime: fraud", "KZT", Less: "The part of it that comes from fraud"
        = |w| w.purpose(Purpose::Fraud);
    "crime_pyramids" as "Money of crime: pyramids", "KZT", Less: "The part of it that members of pyramids buy to pay in"
        = |w| w.purpose(Purpose::Pyramids);
    "crime_mining" as "Money of crime: illegal mining", "KZT", Less: "The part of it that illegal farms sell"
        = |w| w.purpose(Purpose::Mining);
    "private_turnover" as "Deals between honest persons", "KZT", Neither: "Turnover of honest people without any venue: seen by no one, and no crime"
        = |w| w.turnover(|class, trader| class == Class::PeerToPeer && !trader.purpose().is_crime());
    "harm", "KZT", Less: "Money of each purpose times its harm (measures.harm), at venues of any class"
        = |w| Purpose::ALL.iter().map(|&purpose| w.weights().harm[purpose] * w.purpose(purpose)).sum();
    "own_1" as "Own definition 1", "KZT", Less: "Turnover that an own definition of the baseline counts (measures.own); no value without one"
        = |w| own(w, "own_1");
    "own_2" as "Own definition 2", "KZT", Less: "The same for another"
        = |w| own(w, "own_2");
    "own_3" as "Own definition 3", "KZT", Less: "The same for a third"
        = |w| own(w, "own_3");
};

/// Turnover by an own definition.
fn own(w: &Window, name: &str) -> f64 {
    let own = w.weights().own.get(name);
    own.map_or(NO_VALUE, |own| w.turnover(|class, trader| own.counts(class, trader)))
}

/// Where turnover for a purpose is counted.
fn series_of(purpose: Purpose) -> PurposeSeries {
    PurposeSeries::ALL[purpose.index()]
}

/// The record in the making.
#[derive(Resource, Clone)]
pub struct Sheet {
    counts: Vec<Counts>,
    years: Vec<(i16, Year)>,
    /// Venues closed in the reported days, with the people whose usual venue each was.
    closed: Vec<(VenueNumber, i64)>,
    /// Last day's waiting needs, for the identity of flows.
    waiting: Vec<i64>,
}

impl Counted for Flows {
    type Of = Flow;

    fn today(&self, series: Flow, row: usize) -> i64 {
        self.0[row][series as usize]
    }
}

/// The actor.
pub const ACTOR: Actor = Actor::new(
    &[
        Holding::made::<Sheet>(),
        Holding::empty::<Diary<PurposeSeries>>(),
        Holding::empty::<Diary<VenueColumn>>(),
    ],
    rules,
)
.build(build);

fn build(world: &mut EcsWorld) {
    let days = usize::from(world.resource::<World>().reported_days());
    world.insert_resource(Sheet {
        counts: TABLES.iter().map(|kept| Counts::with_room(kept.table, days)).collect(),
        years: Vec::new(),
        closed: Vec::new(),
        waiting: vec![0; Class::COUNT * Trader::COUNT],
    });
}

fn rules(schedule: &mut Schedule) {
    schedule.add_systems(
        (
            measure_flows,
            measure_venues,
            shops::measure_dealers,
            measure_years,
            measure_targets,
            keep_day,
        )
            .chain()
            .in_set(Phase::Measurement),
    );
}

fn measure_flows(
    scenario: Res<World>,
    today: Res<Today>,
    flows: Res<Flows>,
    levers: Res<Levers>,
    mut purposes: ResMut<Diary<PurposeSeries>>,
    mut sheet: ResMut<Sheet>,
) {
    let sheet = &mut *sheet;
    for (row, waiting) in flows.0.iter().zip(&mut sheet.waiting) {
        debug_assert_eq!(identities(row, *waiting), Ok(()), "on {}", today.date);
        *waiting = row[Flow::Waiting as usize];
    }
    for (number, row) in flows.0.iter().enumerate() {
        let (class, trader) = (number / Trader::COUNT, Trader::ALL[number % Trader::COUNT]);
        purposes.add_to(class, series_of(trader.purpose()), row[Flow::Traded as usize]);
    }
    let year = totals::of(&mut sheet.years, today.date.year());
    year.add_flows(&flows.0, &scenario, levers.monitoring.chain_analytics);
}

/// The two identities of flows (ODD.md §4) for one class and trader on one day.
fn identities(row: &[i64; Flow::COUNT], waiting_before: i64) -> Result<(), String> {
    let of = |flow: Flow| row[flow as usize];
    let needs = waiting_before + of(Flow::Demand);
    let ends = of(Flow::Met) + of(Flow::Outside) + of(Flow::Abandoned) + of(Flow::Waiting);
    if needs != ends {
        return Err(format!("{needs} KZT were needed, {ends} ended or wait"));
    }
    let tried = of(Flow::Attempted);
    let stopped = of(Flow::Blocked) + of(Flow::Declined);
    let results = of(Flow::Traded) + stopped + of(Flow::Refused);
    if tried != results {
        return Err(format!("{tried} KZT were tried, {results} traded, stopped or refused"));
    }
    Ok(())
}

/// What happened to venues today, as they and the agency told.
#[derive(bevy_ecs::system::SystemParam)]
struct News<'w, 's> {
    opened: MessageReader<'w, 's, VenueOpened>,
    gone: MessageReader<'w, 's, VenueGone>,
    frozen: MessageReader<'w, 's, FloatFrozen>,
    blocked: MessageReader<'w, 's, SiteBlockOrder>,
    verdicts: MessageReader<'w, 's, Verdict>,
    requests: MessageReader<'w, 's, RequestSent>,
    answers: MessageReader<'w, 's, RequestAnswered>,
    applications: MessageReader<'w, 's, LicenceApplied>,
}

impl News<'_, '_> {
    /// Counts verdicts, requests abroad and applications for a licence.
    fn read_of_law(
        &mut self,
        directory: &Directory,
        day: &mut [[i64; VenueColumn::COUNT]; Class::COUNT],
        year: &mut Year,
    ) {
        let class_of = |venue: VenueNumber| directory.listings[usize::from(venue)].class.index();
        for verdict in self.verdicts.read() {
            let row = &mut day[verdict.class.index()];
            row[VenueColumn::Verdicts as usize] += 1;
            row[VenueColumn::Convictions as usize] += i64::from(verdict.convicted);
            row[VenueColumn::Jailed as usize] += i64::from(verdict.term_days > 0);
            row[VenueColumn::ConfiscatedToday as usize] += verdict.confiscated.0;
            year.tried(verdict);
        }
        for request in self.requests.read() {
            day[class_of(request.venue)][VenueColumn::Requests as usize] += 1;
        }
        for answer in self.answers.read() {
            let granted = i64::from(answer.granted);
            day[class_of(answer.venue)][VenueColumn::RequestsGranted as usize] += granted;
        }
        for application in self.applications.read() {
            day[class_of(application.venue)][VenueColumn::Applications as usize] += 1;
        }
    }
}

fn measure_venues(
    today: Res<Today>,
    directory: Res<Directory>,
    perceived: Res<Perceived>,
    list: Res<RegulatorList>,
    mut news: News,
    venues: Query<(&Identity, &VenueState, &Books, &Cards, &Sites), With<Exchange>>,
    operators: Query<&Operator>,
    mut diary: ResMut<Diary<VenueColumn>>,
    mut sheet: ResMut<Sheet>,
) {
    let mut day = [[0_i64; VenueColumn::COUNT]; Class::COUNT];
    let sheet = &mut *sheet;
    let year = totals::of(&mut sheet.years, today.date.year());
    for opened in news.opened.read() {
        // The first venues open before the first day.
        if today.day > Day(0) {
            let column =
                if opened.relaunched { VenueColumn::Relaunched } else { VenueColumn::Entered };
            day[opened.class.index()][column as usize] += 1;
        }
        year.opened(opened.class);
    }
    for gone in news.gone.read() {
        let row = &mut day[gone.class.index()];
        match gone.cause {
            Cause::Closed => {
                row[VenueColumn::Closed as usize] += 1;
                row[VenueColumn::SeizedToday as usize] += gone.wallets_seized.0;
                row[VenueColumn::PropertySeized as usize] += gone.property_seized.0;
                row[VenueColumn::ClosedTurnover as usize] += gone.lifetime_turnover.0;
                if today.reported {
                    sheet.closed.push((gone.venue, gone.users));
                }
            }
            Cause::Exited => row[VenueColumn::Exited as usize] += 1,
            Cause::Licensed => row[VenueColumn::Licences as usize] += 1,
            Cause::RanOff => row[VenueColumn::RanOff as usize] += 1,
        }
        row[VenueColumn::Unpaid as usize] += gone.unpaid.0;
        if gone.by_agency {
            year.gone(gone);
        }
        row[VenueColumn::Arrests as usize] += i64::from(gone.arrest);
    }
    news.read_of_law(&directory, &mut day, year);
    let illicit = operators.iter().filter(|operator| operator.class.is_platform());
    year.wealth = illicit.map(|operator| (operator.wealth + operator.property).0).sum();
    for operator in &operators {
        if operator.is_behind_bars(today.day) {
            day[operator.class.index()][VenueColumn::BehindBars as usize] += 1;
        }
    }
    for frozen in news.frozen.read() {
        day[frozen.class.index()][VenueColumn::FrozenToday as usize] += frozen.amount.0;
        day[frozen.class.index()][VenueColumn::Freezes as usize] += 1;
        year.frozen += frozen.amount.0;
    }
    for block in news.blocked.read() {
        let class = directory.listings[block.venue as usize].class;
        day[class.index()][VenueColumn::SitesBlocked as usize] += i64::from(block.sites);
        year.sites_blocked += i64::from(block.sites);
    }
    year.start_stocks();
    let mut trailing = [(0.0, 0.0); Class::COUNT];
    let mut largest = [[0_i64; 5]; Class::COUNT];
    for (identity, state, books, cards, sites) in &venues {
        let row = &mut day[identity.class.index()];
        row[VenueColumn::CardsStopped as usize] += i64::from(cards.lost_today);
        if *state != VenueState::Open {
            continue;
        }
        let listed = list.since(identity.number).is_some();
        row[VenueColumn::Open as usize] += 1;
        row[VenueColumn::SitesDown as usize] += i64::from(sites.down);
        row[VenueColumn::Listed as usize] += i64::from(listed);
        row[VenueColumn::Users as usize] += books.users;
        row[VenueColumn::Float as usize] += books.float.0;
        row[VenueColumn::Cards as usize] += i64::from(cards.total());
        keep_largest(&mut largest[identity.class.index()], books.today.0);
        let (sum, squares) = &mut trailing[identity.class.index()];
        *sum += books.daily_turnover;
        *squares += books.daily_turnover * books.daily_turnover;
        year.stock(identity.class, books, sites, listed);
    }
    for (class, (sum, squares)) in trailing.into_iter().enumerate() {
        let hhi = if sum > 0.0 { squares / (sum * sum) } else { 0.0 };
        day[class][VenueColumn::LargestTurnover as usize] = largest[class][0];
        day[class][VenueColumn::LargestFiveTurnover as usize] = largest[class].iter().sum();
        day[class][VenueColumn::SquaredTurnover as usize] = (hhi * 1e6) as i64;
        day[class][VenueColumn::PerceivedRisk as usize] = (perceived.certainty[class] * 1e6) as i64;
        day[class][VenueColumn::PerceivedPrison as usize] = (perceived.prison_years * 1e6) as i64;
    }
    for (class, row) in day.iter().enumerate() {
        for (&column, value) in VenueColumn::ALL.iter().zip(row) {
            diary.add_to(class, column, *value);
        }
    }
}

/// Puts a value in its place among the largest, which fall from the first to the last.
fn keep_largest(largest: &mut [i64; 5], value: i64) {
    let place = largest.partition_point(|other| *other >= value);
    if place < largest.len() {
        largest[place..].rotate_right(1);
        largest[place] = value;
    }
}

fn measure_years(
    scenario: Res<World>,
    today: Res<Today>,
    agency: Res<AgencyDiary>,
    pyramids: Res<Diary<PyramidSeries>>,
    farms: Res<Diary<FarmSeries>>,
    mut sheet: ResMut<Sheet>,
) {
    let year = totals::of(&mut sheet.years, today.date.year());
    year.cases_opened += i64::from(agency.cases_opened);
    year.add_underworld(&pyramids, &farms, &scenario);
}

/// Ends the day of all that is counted; a reported day goes into the record.
fn keep_day(world: &mut EcsWorld) {
    let reported = world.resource::<Today>().reported;
    let mut counts = std::mem::take(&mut world.resource_mut::<Sheet>().counts);
    for (kept, counts) in TABLES.iter().zip(&mut counts) {
        (kept.day)(world, reported.then_some(counts));
    }
    world.resource_mut::<Sheet>().counts = counts;
}

fn measure_targets(
    scenario: Res<World>,
    today: Res<Today>,
    directory: Res<Directory>,
    traffic: Res<TrafficBoard>,
    mut watched: ResMut<WatchedVenues>,
) {
    if today.reported {
        let number = usize::from(today.day.since(Day(scenario.warm_up_days)));
        watched.look(number, &directory, |venue| {
            // A venue that opened today has had no traffic yet.
            let traffic = traffic.0.get(usize::from(venue));
            traffic.map_or((0, 0), |traffic| (traffic.traded_kzt, traffic.drug_kzt))
        });
    }
}

/// The finished record.
pub fn record(world: &mut EcsWorld, key: RunKey, mut migration: Migration) -> Record {
    let scenario = world.resource::<World>().clone();
    let sheet = world.remove_resource::<Sheet>().expect("a run has one sheet");
    let listings = &world.resource::<Directory>().listings;
    for &(venue, people) in &sheet.closed {
        let listing = &listings[usize::from(venue)];
        let Some((day, _)) = listing.gone else { continue };
        let lately = migration.lately.get(usize::from(venue)).copied().unwrap_or_default();
        migration.people[listing.class.index()] += people;
        migration.closed.push(ClosedVenue {
            venue,
            class: listing.class,
            day: day.since(Day(scenario.warm_up_days)),
            people,
            before_kzt: std::array::from_fn(|trader| {
                lately.a_day(Trader::ALL[trader], listing.opened, day)
            }),
        });
    }
    let mut counts = sheet.counts;
    let traced = counts.iter_mut().find(|counts| std::ptr::eq(counts.table, Traced::TABLE));
    *traced.expect("the record has the table") = Counts::from(migration);
    let mut record = Record {
        key,
        start: scenario.start,
        days: usize::from(scenario.reported_days()),
        counts,
        sights: totals::sights(&sheet.years, &scenario),
        measures: Vec::new(),
        targets: world.remove_resource::<WatchedVenues>().unwrap_or_default().into_targets(),
    };
    record.measures = totals::measures(&record, &scenario, 0..record.days);
    record
}

#[cfg(test)]
mod tests {
    use super::*;
    use scenario::Scenario;
    use scenario::intervention::{Act, Intervention};
    use scenario::world::OwnMeasure;
    use world::units::PerPurpose;

    #[test]
    fn the_five_largest_are_kept_in_order() {
        let mut largest = [0; 5];
        for value in [3, 9, 1, 9, 4, 7, 2] {
            keep_largest(&mut largest, value);
        }
        assert_eq!(largest, [9, 9, 7, 4, 3]);
    }

    #[test]
    fn venue_by_venue_traced_displacement_adds_up_and_closed_venues_had_clients() {
        let mut scenario = scenario::reference().scenario;
        scenario.people_per_agent = 200;
        scenario.end = scenario.start.saturating_add(jiff::Span::new().days(250));
        scenario.warm_up_days = 365;
        let hub = Intervention::new(
            Act::Close,
            scenario.start.saturating_add(jiff::Span::new().days(40)),
            Class::Hub,
        );
        scenario.policy.interventions.insert("hub".to_owned(), hub);
        let record = crate::simulate(&scenario, RunKey::new(1, 0), &|| ());
        let closed: Vec<ClosedVenue> = record.closed_venues().collect();
        let class_of = |venue: u16| closed.iter().find(|one| one.venue == venue).unwrap().class;
        let mut sums = vec![0; record.series(Traced::Ended).len()];
        for (path, kzt) in record.paths() {
            for (window, kzt) in kzt.iter().enumerate() {
                let class = class_of(path.from);
                sums[Migration::index(class, path.trader, window, path.destination)] += kzt;
            }
        }
        assert_eq!(sums, record.series(Traced::Ended));
        for &class in Class::ALL {
            let people = closed.iter().filter(|one| one.class == class).map(|one| one.people);
            assert_eq!(people.sum::<i64>(), record.series(Traced::People)[class.index()]);
        }
        let before = |class: Class, trader: Trader| -> i64 {
            let of = |one: &&ClosedVenue| one.class == class;
            closed.iter().filter(of).map(|one| one.before_kzt[trader.index()]).sum()
        };
        assert!(before(Class::Shadow, Trader::Retail) > 0);
        assert!(before(Class::Hub, Trader::DealerAbroad) > 0);
        let abroad = Migration::source(Class::Hub, Trader::DealerAbroad, 3);
        assert!(record.series(Traced::Demand)[abroad] > 0, "dealers abroad go to another hub");
    }

    #[test]
    fn what_is_seen_over_the_days_of_a_year_is_what_is_seen_in_the_year() {
        let mut scenario = scenario::reference().scenario;
        scenario.people_per_agent = 200;
        scenario.start = jiff::civil::date(2024, 1, 1);
        scenario.end = jiff::civil::date(2024, 12, 31);
        scenario.warm_up_days = 365;
        let record = crate::simulate(&scenario, RunKey::new(1, 0), &|| ());
        let mut something = 0;
        for sight in record.sights.iter().filter(|sight| sight.year == 2024) {
            let of = SIGHTS.iter().find(|of| of.quantity == sight.quantity).unwrap();
            let over = seen_over(&record, &scenario, sight.quantity, 0..record.days);
            match (of.over, sight.seen) {
                (Some(_), Some(seen)) => assert_eq!(over, seen, "{}", sight.quantity),
                _ => assert!(over.is_nan(), "{}", sight.quantity),
            }
            something += usize::from(over > 0.0);
        }
        assert!(something > 12, "{something}");
        let half = seen_over(&record, &scenario, "sites_blocked", 0..180);
        let whole = seen_over(&record, &scenario, "sites_blocked", 0..record.days);
        assert!(0.0 < half && half < whole);
    }

    #[test]
    fn a_lost_tenge_breaks_an_identity() {
        let mut row = [0; Flow::COUNT];
        row[Flow::Demand as usize] = 10;
        row[Flow::Met as usize] = 7;
        row[Flow::Waiting as usize] = 5;
        assert_eq!(identities(&row, 2), Ok(()));
        assert!(identities(&row, 3).is_err());
        row[Flow::Attempted as usize] = 1;
        assert!(identities(&row, 2).is_err());
    }

    #[test]
    fn each_purpose_has_its_series() {
        for &purpose in Purpose::ALL {
            let key = series_of(purpose).key();
            assert_eq!(key.strip_suffix("_kzt"), Some(purpose.key()));
        }
    }

    #[test]
    fn purposes_add_up_to_the_turnover_of_each_class_and_day() {
        let mut scenario = scenario::reference().scenario;
        scenario.people_per_agent = 200;
        scenario.end = scenario.start.saturating_add(jiff::Span::new().days(60));
        scenario.warm_up_days = 30;
        let record = crate::simulate(&scenario, RunKey::new(1, 0), &|| ());
        for day in 0..record.days {
            for &class in Class::ALL {
                let row = day * Class::COUNT + class.index();
                let of = |&purpose: &PurposeSeries| record.series(purpose)[row];
                let sum: i64 = PurposeSeries::ALL.iter().map(of).sum();
                assert_eq!(sum, record.by_class(Flow::Traded, day, class), "{class}, day {day}");
            }
        }
        for purpose in PurposeSeries::ALL {
            assert!(record.series(*purpose).iter().sum::<i64>() > 0, "{}", purpose.key());
        }
        lines_add_up(&record, scenario);
    }

    /// Lines are the sums of their parts, harm follows its weights, and own definitions count what they say.
    fn lines_add_up(record: &Record, mut scenario: Scenario) {
        let of = |scenario: &Scenario| {
            let all = totals::measures(record, scenario, 0..record.days);
            move |name: &str| all.iter().find(|it| it.name == name).unwrap().value
        };
        let value = of(&scenario);
        let sum = |names: &[&str]| names.iter().map(|name| value(name).unwrap()).sum::<f64>();
        let unlicensed = sum(&["unlicensed_domestic_turnover", "unlicensed_foreign_turnover"]);
        assert_eq!(value("unlicensed_turnover"), Some(unlicensed));
        let parts =
            ["crime_drugs", "crime_cash_out", "crime_fraud", "crime_pyramids", "crime_mining"];
        assert_eq!(value("crime_turnover"), Some(sum(&parts)));
        let direct = value("peer_to_peer_turnover").unwrap();
        assert!(value("private_turnover").unwrap() < direct, "criminals deal with persons as well");
        assert_eq!(value("own_1"), None, "nobody defined it");
        scenario.measures.harm = PerPurpose { fraud: 1.0, ..PerPurpose::default() };
        let own = |title: &str| OwnMeasure { title: title.to_owned(), ..OwnMeasure::default() };
        let platforms = OwnMeasure { everybody: Class::PLATFORMS.to_vec(), ..own("Platforms") };
        let buyers = OwnMeasure { shadow: vec![Trader::DrugBuyer], ..own("Buyers") };
        let both = [("own_1", platforms), ("own_2", buyers)];
        scenario.measures.own = both.map(|(name, own)| (name.to_owned(), own)).into();
        let again = of(&scenario);
        assert_eq!(again("harm"), value("crime_fraud"));
        assert_eq!(again("own_1"), value("unlicensed_domestic_turnover"));
        let bought = again("own_2").unwrap();
        assert!(0.0 < bought && bought < value("crime_drugs").unwrap());
        assert_eq!(again("crime_turnover"), value("crime_turnover"));
    }
}
