//! What a run yields: plain columns of numbers, no behaviour beyond filling and reading them.
//!
//! Series are declared by [`series!`](crate::series): those of everybody here, those of one actor in its file.
//!
//! Deliberately absent: statistics over runs (`stats`), files (`store`), the model itself.

pub mod event;
pub mod life;
pub mod series;
pub mod target;

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::units::{Class, Day, Trader};
use series::{Counts, RowsOfDay, SeriesList, SeriesTable};

/// What determines a run besides the scenario and the version of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RunKey {
    /// Seed of the study.
    pub seed: u64,
    /// Number of the draw of parameters whose luck it has: 0 where there is one set of parameters, or where
    /// all draws share their luck.
    pub draw: u32,
    /// Number of the replication, from 0: the same number (and draw) means the same luck.
    pub replication: u32,
}

impl RunKey {
    /// A replication of a study with one set of parameters.
    pub const fn new(seed: u64, replication: u32) -> RunKey {
        RunKey { seed, draw: 0, replication }
    }
}

crate::series! {
    /// Series of the daily table: one row for each day, venue class and kind of trader.
    ///
    /// For each class, trader and day, two identities hold exactly:
    /// waiting yesterday + demand = met + outside + abandoned + waiting today (class: the one wanted first), and
    /// attempted = traded + blocked + declined + refused (class: the one tried).
    Flow in "daily", ClassTrader, "flow_";
    Demand = "demand_kzt", "KZT", "New need to trade that arose today, under the class that was wanted first";
    Met = "met_kzt", "KZT", "Need that was traded today at any venue, under the class that was wanted first";
    Abandoned = "abandoned_kzt", "KZT", "Need given up today, under the class that was wanted first";
    Waiting = "waiting_kzt", "KZT", "Need still waiting at the end of the day (a stock), under the class that was wanted first";
    Attempted = "attempted_kzt", "KZT", "Orders placed today at venues of the class, repeated tries included";
    Traded = "traded_kzt", "KZT", "Turnover: orders that went through today at venues of the class";
    Blocked = "blocked_kzt", "KZT", "Orders stopped by a bank today";
    Refused = "refused_kzt", "KZT", "Orders refused for lack of capacity (cards, float, partners) today";
    TradedAccount = "traded_account_kzt", "KZT", "Part of the turnover paid through merchant accounts";
    TradedCard = "traded_card_kzt", "KZT", "Part of the turnover paid through mule cards";
    TradedCash = "traded_cash_kzt", "KZT", "Part of the turnover paid in cash";
    TradedEntrant = "traded_entrant_kzt", "KZT", "Part of the turnover at illicit platforms that opened after the first reported day, relaunches not included";
    TradedRelaunched = "traded_relaunched_kzt", "KZT", "Part of the turnover at venues relaunched by the operator of a closed one";
    Fees = "fees_kzt", "KZT", "Fees and spreads paid by traders";
    Trades = "trades", "trades", "Number of trades that went through (times people per agent)";
    BlockedOrders = "blocked_orders", "orders", "Number of orders stopped by a bank (times people per agent)";
    Outside = "outside_kzt", "KZT", "Need met today at exchangers in other countries, at no venue here, under the class that was wanted first";
    TradedDirect = "traded_direct_kzt", "KZT", "Part of the turnover between persons who know each other from a closed platform, without any venue; in peer-to-peer only";
    Declined = "declined_kzt", "KZT", "Orders that the venue itself stopped as suspicious today";
    DeclinedOrders = "declined_orders", "orders", "Number of orders that the venue itself stopped (times people per agent)";
}

crate::series! {
    /// Series of the venue table: one row for each day and venue class.
    VenueColumn in "venues", Class, "venue_";
    Open = "open", "venues", "Venues open at the end of the day";
    Entered = "entered", "venues", "Venues that opened today under a new operator";
    Relaunched = "relaunched", "venues", "Venues that opened today as the new name of a closed one";
    Closed = "closed", "venues", "Venues closed by the AFM today";
    Exited = "exited", "venues", "Venues that stopped of their own accord today";
    RanOff = "ran_off", "venues", "Venues that ran off with their clients' money today";
    SitesBlocked = "sites_blocked", "sites", "Sites blocked today";
    SitesDown = "sites_down", "sites", "Sites blocked and not yet replaced by a mirror at the end of the day (a stock)";
    Listed = "listed", "venues", "Open venues on the regulator's list at the end of the day";
    Users = "users", "people", "People whose usual venue is an open venue of the class (a stock)";
    LargestTurnover = "largest_turnover_kzt", "KZT", "Turnover of the largest venue of the class today";
    LargestFiveTurnover = "largest_five_turnover_kzt", "KZT", "Turnover of the five largest venues of the class today";
    SquaredTurnover = "hhi_ppm", "ppm", "Concentration: HHI of trailing turnover within the class, in millionths";
    Float = "float_kzt", "KZT", "Money and coins held by open venues, clients' balances included (a stock)";
    Freezes = "freezes", "venues", "Venues part of whose float was frozen today";
    FrozenToday = "frozen_kzt", "KZT", "Float frozen today";
    SeizedToday = "seized_kzt", "KZT", "Float seized today: coins in wallets and money of venues";
    Unpaid = "unpaid_kzt", "KZT", "Money and coins held by venues that were closed or ran off today, balances of clients and dealers among them, and that nobody was paid";
    ClosedTurnover = "closed_turnover_kzt", "KZT", "Lifetime turnover of the venues closed today";
    Cards = "cards", "cards", "Mule cards held by venues at the end of the day (a stock)";
    CardsStopped = "cards_stopped", "cards", "Mule cards stopped or used up today";
    PerceivedRisk = "perceived_risk_ppm", "ppm", "Perceived chance that a venue of the class is closed within a year, in millionths";
    Arrests = "arrests", "people", "Operators arrested today";
    Verdicts = "verdicts", "people", "Arrested operators tried today";
    Convictions = "convictions", "people", "Operators convicted today";
    Jailed = "jailed", "people", "Operators sentenced to prison today";
    BehindBars = "behind_bars", "people", "Operators in custody or in prison at the end of the day (a stock)";
    ConfiscatedToday = "confiscated_kzt", "KZT", "Assets confiscated by courts today";
    Requests = "requests", "requests", "Requests to partners abroad sent today";
    RequestsGranted = "requests_granted", "requests", "Requests to partners abroad granted today";
    PerceivedPrison = "perceived_prison_ppm", "ppm", "Years in prison that operators expect for a closure, whatever the class, in millionths";
    Applications = "applications", "applications", "Applications for a licence made today";
    Licences = "licences", "venues", "Venues that got a licence today and left the class";
    PropertySeized = "property_seized_kzt", "KZT", "Operators' wealth seized today: flats, cars, accounts";
}

crate::named! {
    /// Why a trader's money had to move, and where it went: categories of traced displacement.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
    Destination:
    /// The same operator under a new name.
    Relaunched = relaunched, "New name, same operator";
    /// Another shadow exchange that was open when the old venue closed.
    Shadow = shadow, "Other shadow exchanges";
    /// A shadow exchange or hub that opened after the closure, under another operator.
    Entrant = entrant, "New venues, new operators";
    /// A hub.
    Hub = hub, "Darknet hubs";
    /// Peer-to-peer deals and cash.
    PeerToPeer = peer_to_peer, "Peer-to-peer and cash";
    /// Somebody known from the closed venue, without any venue.
    Direct = direct, "Known partners, no venue";
    /// A foreign platform.
    Foreign = foreign, "Foreign platforms";
    /// A licensed venue.
    Licensed = licensed, "Licensed (AIFC)";
    /// Exchangers in other countries, past all venues here (sellers of coins).
    Outside = outside, "Exchangers in other countries";
    /// Given up.
    Abandoned = abandoned, "Given up";
    /// Still waiting when the window ended (or the run did).
    Waiting = waiting, "Still waiting";
}

impl Destination {
    /// Class of the venues there; `None` for needs that ended at no venue. Entrants are mostly shadow exchanges.
    pub fn class(self) -> Option<Class> {
        match self {
            Destination::Relaunched | Destination::Shadow | Destination::Entrant => {
                Some(Class::Shadow)
            }
            Destination::Hub => Some(Class::Hub),
            Destination::PeerToPeer | Destination::Direct => Some(Class::PeerToPeer),
            Destination::Foreign => Some(Class::Foreign),
            Destination::Licensed => Some(Class::Licensed),
            Destination::Outside | Destination::Abandoned | Destination::Waiting => None,
        }
    }
}

/// Windows after a closure, in days, over which displacement is traced.
pub const TRACE_WINDOWS: [u16; 4] = [7, 30, 90, 180];

/// Traced displacement: what became of the needs of traders whose usual venue was closed by the AFM.
///
/// For each class of the closed venue, kind of trader, window and destination: need that arose
/// within the window, by where it ended. For every class, trader and window the
/// destinations add up to `demand_kzt` exactly. A need that waited before the closure is left out; a new need that
/// joins a waiting one counts with the day of the older.
#[derive(Clone, Debug, PartialEq)]
pub struct Migration {
    /// Need that arose, in tenge; index [`Migration::index`] without destination.
    pub demand_kzt: Vec<i64>,
    /// By destination, in tenge; index [`Migration::index`].
    pub kzt: Vec<i64>,
    /// By destination, in trades (times people per agent).
    pub trades: Vec<i64>,
    /// People whose usual venue was closed, by class of the venue.
    pub people: Vec<i64>,
    /// The same needs venue by venue, in tenge, within each window.
    pub paths: BTreeMap<Path, [i64; TRACE_WINDOWS.len()]>,
    /// What was traded lately, by number of the venue; only at platforms.
    pub lately: Vec<Lately>,
    /// Venues that were closed in the reported days, in the order of their closure.
    pub closed: Vec<ClosedVenue>,
}

/// From a closed venue to where a need of its clients ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Path {
    /// Number of the closed venue.
    pub from: u16,
    /// Whose need.
    pub trader: Trader,
    /// Where it ended.
    pub destination: Destination,
    /// Number of the venue there; none where it ended at no venue.
    pub to: Option<u16>,
}

/// What was traded at a venue in these thirty days and in the thirty before, by trader, in tenge.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Lately {
    thirty: u16,
    now: [i64; Trader::COUNT],
    last: [i64; Trader::COUNT],
}

/// Days over which [`Lately`] counts before it begins anew.
const THIRTY: u16 = 30;

impl Lately {
    /// Counts a trade.
    #[inline]
    pub fn add(&mut self, day: Day, trader: Trader, kzt: i64) {
        self.turn_to(day);
        self.now[trader.index()] += kzt;
    }

    fn turn_to(&mut self, day: Day) {
        let thirty = day.0 / THIRTY;
        if thirty != self.thirty {
            let next = thirty == self.thirty + 1;
            self.last = if next { self.now } else { [0; Trader::COUNT] };
            self.now = [0; Trader::COUNT];
            self.thirty = thirty;
        }
    }

    /// Adds another count of the same venue up to a day, times a number of people.
    pub fn join(&mut self, mut other: Lately, day: Day, people: i64) {
        self.turn_to(day);
        other.turn_to(day);
        for trader in 0..Trader::COUNT {
            self.now[trader] += other.now[trader] * people;
            self.last[trader] += other.last[trader] * people;
        }
    }

    /// Turnover a day, in tenge, of a trader at a venue that opened on one day and closes on another.
    pub fn a_day(&self, trader: Trader, opened: Day, closed: Day) -> i64 {
        let counted = THIRTY + closed.0 % THIRTY + 1;
        let days = counted.min(closed.since(opened) + 1);
        (self.now[trader.index()] + self.last[trader.index()]) / i64::from(days.max(1))
    }
}

/// A venue that was closed, and what its clients did there before.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClosedVenue {
    /// Number of the venue.
    pub venue: u16,
    /// Its class.
    pub class: Class,
    /// Reported day of the closure, from 0.
    pub day: u16,
    /// People whose usual venue it was.
    pub people: i64,
    /// Turnover a day in the month or two before, in tenge, by trader.
    pub before_kzt: [i64; Trader::COUNT],
}

impl Migration {
    /// An empty account.
    pub fn new() -> Migration {
        let sources = Class::COUNT * Trader::COUNT * TRACE_WINDOWS.len();
        Migration {
            demand_kzt: vec![0; sources],
            kzt: vec![0; sources * Destination::COUNT],
            trades: vec![0; sources * Destination::COUNT],
            people: vec![0; Class::COUNT],
            paths: BTreeMap::new(),
            lately: Vec::new(),
            closed: Vec::new(),
        }
    }

    /// Position of a source in `demand_kzt`; times the number of destinations plus the destination in the others.
    pub fn source(class: Class, trader: Trader, window: usize) -> usize {
        (class.index() * Trader::COUNT + trader.index()) * TRACE_WINDOWS.len() + window
    }

    /// Position of a source and destination in `kzt` and `trades`.
    pub fn index(class: Class, trader: Trader, window: usize, destination: Destination) -> usize {
        Migration::source(class, trader, window) * Destination::COUNT + destination as usize
    }
}

/// A need of a closed venue's client that ended: what traced displacement books.
#[derive(Clone, Copy, Debug)]
pub struct Ended {
    /// Number of the closed venue, its class, and the day of its closure.
    pub from: (u16, Class, Day),
    /// Whose need.
    pub trader: Trader,
    /// Days after the closure on which it arose and ended.
    pub days: (u16, u16),
    /// Where it ended.
    pub destination: Destination,
    /// Number of the venue there, if any.
    pub to: Option<u16>,
    /// Amount in tenge.
    pub kzt: i64,
}

impl Migration {
    /// Books the end of a need in each window that the run sees to its end: others would count as more waiting than there was.
    pub fn book(&mut self, need: &Ended, last_day: Day) {
        let (venue, class, closed) = need.from;
        let (arose, ended) = need.days;
        for (number, &window) in TRACE_WINDOWS.iter().enumerate() {
            if arose > window || closed.plus(window) > last_day {
                continue;
            }
            let (destination, to) = match ended <= window {
                true => (need.destination, need.to),
                false => (Destination::Waiting, None),
            };
            self.demand_kzt[Migration::source(class, need.trader, number)] += need.kzt;
            let index = Migration::index(class, need.trader, number, destination);
            self.kzt[index] += need.kzt;
            self.trades[index] += 1;
            let path = Path { from: venue, trader: need.trader, destination, to };
            self.paths.entry(path).or_default()[number] += need.kzt;
        }
    }

    /// Counts a trade at a platform.
    pub fn count(&mut self, venue: u16, day: Day, trader: Trader, kzt: i64) {
        let venue = usize::from(venue);
        if self.lately.len() <= venue {
            self.lately.resize(venue + 1, Lately::default());
        }
        self.lately[venue].add(day, trader, kzt);
    }

    /// Adds another, times a number of people; of each venue what was traded lately up to its `last` day.
    pub fn join(&mut self, other: &Migration, people: i64, last: impl Fn(usize) -> Day) {
        for (sum, counts) in [
            (&mut self.demand_kzt, &other.demand_kzt),
            (&mut self.kzt, &other.kzt),
            (&mut self.trades, &other.trades),
        ] {
            for (sum, count) in sum.iter_mut().zip(counts) {
                *sum += count * people;
            }
        }
        for (path, kzt) in &other.paths {
            for (sum, count) in self.paths.entry(*path).or_default().iter_mut().zip(kzt) {
                *sum += count * people;
            }
        }
        self.lately.resize(self.lately.len().max(other.lately.len()), Lately::default());
        for (venue, lately) in other.lately.iter().enumerate() {
            self.lately[venue].join(*lately, last(venue), people);
        }
    }
}

impl Default for Migration {
    fn default() -> Migration {
        Migration::new()
    }
}

crate::series! {
    /// Traced displacement in the record; its rows are those of [`Migration`].
    Traced in "", None, "migration_";
    Demand = "demand_kzt", "KZT", "Need that arose within the window after a closure";
    Ended = "kzt", "KZT", "That need by where it ended";
    Trades = "trades", "trades", "The same in trades (times people per agent)";
    People = "people", "people", "People whose usual venue was closed, by class of the venue";
    PathFrom = "path_from", "number", "Venue by venue, a row for each path of a need: number of the closed venue";
    PathTrader = "path_trader", "number", "Whose need, in the order of traders";
    PathDestination = "path_destination", "number", "Where it ended, in the order of destinations";
    PathTo = "path_to", "number", "Number of the venue there; -1 where it ended at no venue";
    PathWithin7 = "path_kzt_7", "KZT", "Need that took this path within 7 days after the closure";
    PathWithin30 = "path_kzt_30", "KZT", "The same within 30 days";
    PathWithin90 = "path_kzt_90", "KZT", "The same within 90 days";
    PathWithin180 = "path_kzt_180", "KZT", "The same within 180 days";
    Closed = "closed_venue", "number", "Closed venues, a row each: number of the venue";
    ClosedClass = "closed_class", "number", "Its class, in the order of classes";
    ClosedDay = "closed_day", "number", "Reported day of the closure, from 0";
    ClosedPeople = "closed_people", "people", "People whose usual venue it was";
    ClosedBefore = "closed_before_kzt", "KZT", "Turnover a day in the month or two before the closure, by closed venue and trader";
}

impl From<Migration> for Counts {
    fn from(of: Migration) -> Counts {
        let paths = |value: &dyn Fn(&Path) -> i64| of.paths.keys().map(value).collect();
        let within = |window: usize| of.paths.values().map(|kzt| kzt[window]).collect();
        let closed = |value: &dyn Fn(&ClosedVenue) -> i64| of.closed.iter().map(value).collect();
        let columns = vec![
            paths(&|path| i64::from(path.from)),
            paths(&|path| path.trader.index() as i64),
            paths(&|path| path.destination as i64),
            paths(&|path| path.to.map_or(-1, i64::from)),
            within(0),
            within(1),
            within(2),
            within(3),
            closed(&|venue| i64::from(venue.venue)),
            closed(&|venue| venue.class.index() as i64),
            closed(&|venue| i64::from(venue.day)),
            closed(&|venue| venue.people),
            of.closed.iter().flat_map(|venue| venue.before_kzt).collect(),
        ];
        let sums = [of.demand_kzt, of.kzt, of.trades, of.people];
        Counts { table: Traced::TABLE, columns: sums.into_iter().chain(columns).collect() }
    }
}

/// Paths and closed venues of a run, as its record keeps them.
impl Record {
    /// Needs of closed venues' clients, venue by venue, with tenge within each window.
    pub fn paths(&self) -> impl Iterator<Item = (Path, [i64; TRACE_WINDOWS.len()])> {
        let of = |series: Traced| self.series(series);
        let within = [
            Traced::PathWithin7,
            Traced::PathWithin30,
            Traced::PathWithin90,
            Traced::PathWithin180,
        ]
        .map(of);
        let [from, trader, destination, to] =
            [Traced::PathFrom, Traced::PathTrader, Traced::PathDestination, Traced::PathTo].map(of);
        (0..from.len()).map(move |row| {
            let path = Path {
                from: from[row] as u16,
                trader: Trader::ALL[trader[row] as usize],
                destination: Destination::ALL[destination[row] as usize],
                to: u16::try_from(to[row]).ok(),
            };
            (path, within.map(|kzt| kzt[row]))
        })
    }

    /// Venues that were closed in the reported days.
    pub fn closed_venues(&self) -> impl Iterator<Item = ClosedVenue> {
        let of = |series: Traced| self.series(series);
        let [venue, class, day, people] =
            [Traced::Closed, Traced::ClosedClass, Traced::ClosedDay, Traced::ClosedPeople].map(of);
        let before = of(Traced::ClosedBefore).as_chunks::<{ Trader::COUNT }>().0;
        (0..venue.len()).map(move |row| ClosedVenue {
            venue: venue[row] as u16,
            class: Class::ALL[class[row] as usize],
            day: day[row] as u16,
            people: people[row],
            before_kzt: before[row],
        })
    }
}

/// One quantity as the agency sees it and as it is, in one calendar year of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sight {
    /// Calendar year.
    pub year: i16,
    /// Name of the quantity.
    pub quantity: &'static str,
    /// Unit.
    pub unit: &'static str,
    /// What the AFM sees; `None` where it sees nothing of the kind.
    pub seen: Option<f64>,
    /// What is true; `None` where the quantity is the agency's own act.
    pub truth: Option<f64>,
}

crate::named! {
    /// Which way of a measure is better for society.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
    Wanted:
    /// The less the better: money of crime, harm to honest users, cost.
    Less = less;
    /// The more the better: turnover that is licensed.
    More = more;
    /// Neither is better in itself: acts, prices, demand.
    Neither = neither;
}

/// One measure of a run over the reported days.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// Name in tables.
    pub name: &'static str,
    /// Unit.
    pub unit: &'static str,
    /// Value; `None` where there is no such value, such as a share of nothing.
    pub value: Option<f64>,
}

impl Measured {
    /// The value as a place in a list of numbers: no number where there is none.
    pub fn number(&self) -> f64 {
        self.value.unwrap_or(f64::NAN)
    }
}

/// Everything that one run yields. Only reported days; the warm-up is not in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// What determined it.
    pub key: RunKey,
    /// First reported day.
    pub start: Date,
    /// Number of reported days.
    pub days: usize,
    /// What was counted, table by table, in the order in which runs are stored.
    pub counts: Vec<Counts>,
    /// The agency's view beside the truth, by year.
    pub sights: Vec<Sight>,
    /// Measures over the reported days.
    pub measures: Vec<Measured>,
    /// Venues that interventions were about, in the order of their days; not kept in stores of runs.
    pub targets: Vec<target::Target>,
}

impl Record {
    /// A record of days on which nothing happened, to be filled.
    pub fn of_nothing(
        key: RunKey,
        start: Date,
        days: usize,
        tables: impl Iterator<Item = &'static SeriesTable>,
    ) -> Record {
        let nothing = |table: &'static SeriesTable| match table.rows {
            RowsOfDay::None => Counts::from(Migration::new()),
            rows => {
                Counts { table, columns: vec![vec![0; days * rows.number()]; table.series.len()] }
            }
        };
        let counts = tables.map(nothing).collect();
        let (sights, measures, targets) = (Vec::new(), Vec::new(), Vec::new());
        Record { key, start, days, counts, sights, measures, targets }
    }

    /// A series: `[day · rows of a day + row]`, or the rows of [`Migration`].
    ///
    /// # Panics
    /// If the record lacks its table.
    pub fn series<S: SeriesList>(&self, series: S) -> &[i64] {
        &self.all::<S>()[series.index()]
    }

    /// All series of a table, in its order.
    ///
    /// # Panics
    /// If the record lacks it.
    pub fn all<S: SeriesList>(&self) -> &[Vec<i64>] {
        let table = self.counts.iter().find(|counts| std::ptr::eq(counts.table, S::TABLE));
        &table.expect("a run has all tables").columns
    }

    /// The same, to be changed.
    ///
    /// # Panics
    /// If the record lacks its table.
    pub fn series_mut<S: SeriesList>(&mut self, series: S) -> &mut Vec<i64> {
        let table = self.counts.iter_mut().find(|counts| std::ptr::eq(counts.table, S::TABLE));
        &mut table.expect("a run has all tables").columns[series.index()]
    }

    /// Position of a row of the daily table in each of its columns.
    pub fn row(day: usize, class: Class, trader: Trader) -> usize {
        (day * Class::COUNT + class.index()) * Trader::COUNT + trader.index()
    }

    /// A flow on a day at venues of a class, summed over traders.
    pub fn by_class(&self, column: Flow, day: usize, class: Class) -> i64 {
        let first = Record::row(day, class, Trader::Retail);
        self.series(column)[first..first + Trader::COUNT].iter().sum()
    }

    /// Turnover on a day of those traders at venues of those classes that are wanted.
    pub fn traded(&self, day: usize, wanted: impl Fn(Class, Trader) -> bool) -> i64 {
        let first = Record::row(day, Class::Licensed, Trader::Retail);
        let rows = &self.series(Flow::Traded)[first..first + Class::COUNT * Trader::COUNT];
        let of = |(row, kzt): (usize, &i64)| {
            let (class, trader) =
                (Class::ALL[row / Trader::COUNT], Trader::ALL[row % Trader::COUNT]);
            if wanted(class, trader) { *kzt } else { 0 }
        };
        rows.iter().enumerate().map(of).sum()
    }

    /// A column of the venue table on a day.
    pub fn venue(&self, column: VenueColumn, day: usize, class: Class) -> i64 {
        self.series(column)[day * Class::COUNT + class.index()]
    }

    /// A measure by name; `None` if there is no such measure, or it has no value.
    pub fn measure(&self, name: &str) -> Option<f64> {
        self.measures.iter().find(|measure| measure.name == name)?.value
    }
}
