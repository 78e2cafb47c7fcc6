//! Sums over years and over windows of the reported days.

use std::ops::Range;

use crate::board::Cause;
use crate::declare::{self, Window};
use crate::diary::Diary;
use crate::exchange::{Books, Sites};
use crate::messages::{VenueGone, Verdict};
use crate::mining::FarmSeries;
use crate::pyramid::PyramidSeries;
use crate::registry::MEASURES;
use crate::schedule::World;
use scenario::Scenario;
use world::record::{Flow, Measured, Record, Sight, VenueColumn};
use world::units::{Class, Trader};

/// Sums and stocks of a calendar year, warm-up included, as the agency and the truth have them.
#[derive(Clone, Default)]
pub struct Year {
    unlicensed_turnover: i64,
    crime_turnover: i64,
    private_turnover: i64,
    platform_turnover: i64,
    licensed_turnover: i64,
    drug_true: i64,
    /// Payments of drug buyers and cash-outs of dealers at home, at platforms.
    drug_at_platforms: i64,
    /// Cash-outs of fraud that were stopped, and all that were tried.
    fraud_stopped: i64,
    fraud_tried: i64,
    /// Drug money at platforms that chain analytics can tell.
    drug_seen: f64,
    operated: i64,
    closures: i64,
    arrests: i64,
    closed_turnover: i64,
    closed_clients: i64,
    convictions: i64,
    jailed: i64,
    confiscated: i64,
    wallets_seized: i64,
    property_seized: i64,
    /// Wealth of the operators of illicit platforms at the end of the last day.
    pub wealth: i64,
    /// Float frozen in the year.
    pub frozen: i64,
    /// Sites blocked in the year.
    pub sites_blocked: i64,
    /// Cases opened in the year.
    pub cases_opened: i64,
    stock: Stock,
    underworld: UnderworldYear,
}

/// Pyramids, illegal farms and rackets in a year.
#[derive(Clone, Default)]
struct UnderworldYear {
    /// Sums over the days.
    pyramids: [i64; PyramidSeries::COUNT],
    farms: [i64; FarmSeries::COUNT],
    /// Pyramids open and farms running at the end of the last day.
    open: i64,
    running: i64,
    /// People in rackets when the year began.
    racket_people: Option<i64>,
}

/// Stocks of illicit platforms (shadow and hubs) at the end of a day, and users of all venues.
#[derive(Clone, Default)]
struct Stock {
    open: i64,
    listed: i64,
    float: i64,
    sites: i64,
    lifetime_turnover: i64,
    lifetime_clients: i64,
    users: i64,
    licensed_users: i64,
    licensed_venues: i64,
}

/// The sums of a year; a new year starts with the platforms that are open.
pub fn of(years: &mut Vec<(i16, Year)>, number: i16) -> &mut Year {
    if years.last().is_none_or(|(last, _)| *last != number) {
        let open = years.last().map_or(0, |(_, year)| year.stock.open);
        years.push((number, Year { operated: open, ..Year::default() }));
    }
    &mut years.last_mut().expect("just pushed").1
}

impl Year {
    /// Adds a day's flows, in the order of a day's rows.
    pub fn add_flows(
        &mut self,
        flows: &[[i64; Flow::COUNT]],
        scenario: &World,
        chain_analytics: f64,
    ) {
        let seen = (scenario.afm.drug_money_seen * chain_analytics).min(1.0);
        for &class in Class::ALL {
            for &trader in Trader::ALL {
                let row = &flows[class.index() * Trader::COUNT + trader.index()];
                let traded = row[Flow::Traded as usize];
                let crime = trader.purpose().is_crime();
                if class.is_unlicensed() {
                    self.unlicensed_turnover += traded;
                }
                if crime {
                    self.crime_turnover += traded;
                } else if class == Class::PeerToPeer {
                    self.private_turnover += traded;
                }
                if class.is_platform() {
                    self.platform_turnover += traded;
                }
                if class == Class::Licensed {
                    self.licensed_turnover += traded;
                }
                if matches!(trader, Trader::DrugBuyer | Trader::Dealer) {
                    self.drug_true += traded;
                    self.drug_at_platforms += if class.is_platform() { traded } else { 0 };
                }
                if trader == Trader::Fraud {
                    self.fraud_stopped += row[Flow::Blocked as usize];
                    self.fraud_tried += row[Flow::Attempted as usize];
                }
                if trader == Trader::DrugBuyer && class.is_platform() {
                    self.drug_seen += traded as f64 * seen;
                }
            }
        }
    }

    /// Adds a day of pyramids, illegal farms and rackets.
    pub fn add_underworld(
        &mut self,
        pyramids: &Diary<PyramidSeries>,
        farms: &Diary<FarmSeries>,
        scenario: &World,
    ) {
        let year = &mut self.underworld;
        for (sum, &series) in year.pyramids.iter_mut().zip(PyramidSeries::ALL) {
            *sum += pyramids.of(series);
        }
        for (sum, &series) in year.farms.iter_mut().zip(FarmSeries::ALL) {
            *sum += farms.of(series);
        }
        year.open = pyramids.of(PyramidSeries::Open);
        year.running = farms.of(FarmSeries::FarmsRunning);
        let rackets = farms.of(FarmSeries::RacketsActive) + farms.of(FarmSeries::RacketsBroken);
        year.racket_people.get_or_insert(rackets * i64::from(scenario.rackets.members));
    }

    fn pyramids(&self, series: PyramidSeries) -> i64 {
        self.underworld.pyramids[series as usize]
    }

    fn farms(&self, series: FarmSeries) -> i64 {
        self.underworld.farms[series as usize]
    }

    /// What members of fallen pyramids lost, and what was recovered.
    fn paid_into_fallen(&self) -> i64 {
        self.pyramids(PyramidSeries::Losses) + self.pyramids(PyramidSeries::Recovered)
    }

    fn farms_closed(&self) -> i64 {
        self.farms(FarmSeries::FarmsClosed) + self.farms(FarmSeries::FarmsStopped)
    }

    /// A venue opened.
    pub fn opened(&mut self, class: Class) {
        self.operated += i64::from(class.is_platform());
    }

    /// A venue is no more.
    pub fn gone(&mut self, gone: &VenueGone) {
        if gone.cause == Cause::Closed {
            self.closures += 1;
            self.arrests += i64::from(gone.arrest);
            self.closed_turnover += gone.lifetime_turnover.0;
            self.closed_clients += gone.lifetime_clients;
            self.wallets_seized += gone.wallets_seized.0;
            self.property_seized += gone.property_seized.0;
        }
    }

    /// An operator was tried.
    pub fn tried(&mut self, verdict: &Verdict) {
        self.convictions += i64::from(verdict.convicted);
        self.jailed += i64::from(verdict.term_days > 0);
        self.confiscated += verdict.confiscated.0;
    }

    /// Forgets yesterday's stocks.
    pub fn start_stocks(&mut self) {
        self.stock = Stock::default();
    }

    /// Adds an open venue to today's stocks.
    pub fn stock(&mut self, class: Class, books: &Books, sites: &Sites, listed: bool) {
        let stock = &mut self.stock;
        stock.users += books.users;
        if class == Class::Licensed {
            stock.licensed_users += books.users;
            stock.licensed_venues += 1;
        }
        if class.is_platform() {
            stock.open += 1;
            stock.listed += i64::from(listed);
            stock.float += books.float.0;
            stock.sites += i64::from(sites.number);
            stock.lifetime_turnover += books.lifetime.0;
            stock.lifetime_clients += books.clients;
        }
    }
}

fn ratio(part: i64, whole: i64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// The agency's view beside the truth, for each year that has reported days.
pub fn sights(years: &[(i16, Year)], scenario: &World) -> Vec<Sight> {
    let reported = years.iter().filter(|(number, _)| *number >= scenario.start.year());
    reported
        .flat_map(|(number, year)| {
            SIGHTS.iter().map(|of| {
                let (seen, truth) = (of.formula)(year);
                Sight { year: *number, quantity: of.quantity, unit: of.unit, seen, truth }
            })
        })
        .collect()
}

/// A quantity of the agency's view: what it sees, and what that is a part or an estimate of.
#[derive(Clone, Copy, Debug)]
pub struct Quantity {
    /// Name.
    pub quantity: &'static str,
    /// Unit.
    pub unit: &'static str,
    /// What the agency sees.
    pub seen: &'static str,
    /// What it is a part or an estimate of.
    pub truth: &'static str,
    /// What it sees and what is true in a year; `None` where there is no such value.
    formula: fn(&Year) -> (Option<f64>, Option<f64>),
    /// What it sees over any reported days; `None` where only sums of whole years are kept.
    pub over: Option<fn(&Window) -> f64>,
}

impl Quantity {
    /// Whether the agency sees anything of it.
    pub fn is_seen(&self) -> bool {
        !self.seen.starts_with("Nothing")
    }
}

macro_rules! quantities {
    ($($quantity:literal, $unit:literal: $seen:literal / $truth:literal = $formula:expr $(, or $over:expr)?;)+) => {
        /// All quantities of the agency's view, in the order of tables and figures.
        pub static SIGHTS: [Quantity; [$($quantity),+].len()] = [$(Quantity {
            quantity: $quantity, unit: $unit, seen: $seen, truth: $truth, formula: $formula,
            over: quantities!(@ $($over)?),
        }),+];
    };
    (@) => { None };
    (@ $over:expr) => { Some($over) };
}

/// What the agency sees of a quantity over reported days, counted from the first; no number where it sees nothing, or only over whole years.
///
/// # Panics
/// If the days are none or leave the record.
pub fn seen_over(record: &Record, scenario: &Scenario, quantity: &str, days: Range<usize>) -> f64 {
    let of = SIGHTS.iter().find(|sight| sight.quantity == quantity).and_then(|sight| sight.over);
    of.map_or(declare::NO_VALUE, |over| over(&Window::new(record, scenario, days, &MEASURES)))
}

quantities! {
    "closures", "venues": "Platforms closed in the year" / "Illicit platforms that were open at some time in the year"
        = |y| both(y.closures, y.operated)
        , or |w| w.venues(VenueColumn::Closed);
    "closed_turnover_kzt", "KZT": "Turnover over their whole life of the platforms closed in the year" / "Turnover of illicit platforms in the year"
        = |y| both(y.closed_turnover, y.platform_turnover)
        , or |w| w.venues(VenueColumn::ClosedTurnover);
    "arrests", "people": "Operators arrested in the year: each a criminal case" / "Illicit platforms that were open at some time in the year, each with an operator"
        = |y| both(y.arrests, y.operated)
        , or |w| w.venues(VenueColumn::Arrests);
    "seized_kzt", "KZT": "Float of venues seized in the year: coins in wallets and money" / "Float of illicit platforms at the end of the year, and what was seized"
        = |y| both(y.wallets_seized, y.stock.float + y.wallets_seized)
        , or |w| w.venues(VenueColumn::SeizedToday);
    "seized_share", "share": "The same, as a share of the turnover of the closed platforms" / "The same, as a share of the turnover of all illicit platforms in the year"
        = |y| (ratio(y.wallets_seized, y.closed_turnover), ratio(y.wallets_seized, y.platform_turnover))
        , or |w| declare::share(w.venues(VenueColumn::SeizedToday), w.venues(VenueColumn::ClosedTurnover));
    "seized_property_kzt", "KZT": "Operators' wealth seized in the year: flats, cars, accounts" / "Wealth of operators of illicit platforms at the end of the year, and what was seized"
        = |y| both(y.property_seized, y.wealth + y.property_seized)
        , or |w| w.venues(VenueColumn::PropertySeized);
    "frozen_kzt", "KZT": "Float frozen in the year" / "Float of illicit platforms at the end of the year, and what was frozen"
        = |y| both(y.frozen, y.stock.float + y.frozen)
        , or |w| w.venues(VenueColumn::FrozenToday);
    "sites_blocked", "sites": "Sites blocked in the year, mirrors counted again" / "Sites of illicit platforms at the end of the year, and all that were blocked in the year"
        = |y| both(y.sites_blocked, y.stock.sites + y.sites_blocked)
        , or |w| w.venues(VenueColumn::SitesBlocked);
    "drug_money_kzt", "KZT": "Drug money at illicit platforms that chain analytics can tell: payments of buyers at home" / "Payments of drug buyers and cash-outs of dealers at home, at all venues"
        = |y| (Some(y.drug_seen), Some(y.drug_true as f64));
    "drug_share", "share": "Drug money that chain analytics can tell at all illicit platforms, over the turnover of the platforms closed: a ratio, above 1 where few are closed" / "Drug money at illicit platforms, buyers' and dealers', over their turnover"
        = |y| ((y.closed_turnover > 0).then(|| y.drug_seen / y.closed_turnover as f64), ratio(y.drug_at_platforms, y.platform_turnover));
    "fraud_stopped_kzt", "KZT": "Cash-outs of fraud that were stopped in the year" / "Cash-outs of fraud that were tried in the year, at all venues"
        = |y| both(y.fraud_stopped, y.fraud_tried)
        , or |w| w.flow_of(Flow::Blocked, Trader::Fraud);
    "licensed_turnover_kzt", "KZT": "Turnover of licensed venues in the year" / "The same"
        = |y| both(y.licensed_turnover, y.licensed_turnover)
        , or |w| w.flow(Flow::Traded, Class::Licensed);
    "licensed_users_share", "share": "Share of people with a usual venue who use a licensed one at the end of the year (surveys see it)" / "The same"
        = |y| { let share = ratio(y.stock.licensed_users, y.stock.users); (share, share) }
        , or |w| declare::share(w.users(Class::Licensed), Class::ALL.iter().map(|&class| w.users(class)).sum());
    "turnover_per_client_kzt", "KZT": "Turnover per client over their whole life of the platforms closed in the year" / "Turnover per client over their whole life of all illicit platforms open at the end of the year"
        = |y| (ratio(y.closed_turnover, y.closed_clients), ratio(y.stock.lifetime_turnover, y.stock.lifetime_clients));
    "crime_turnover_kzt", "KZT": "Nothing: no agency sees it" / "Money of crime in the year, at venues of any class"
        = |y| (None, Some(y.crime_turnover as f64));
    "unlicensed_turnover_kzt", "KZT": "Nothing: no agency sees it" / "Exchange without a licence in the year: shadow exchanges, hubs, foreign platforms"
        = |y| (None, Some(y.unlicensed_turnover as f64));
    "private_turnover_kzt", "KZT": "Nothing: no agency sees it" / "Deals between honest persons in the year"
        = |y| (None, Some(y.private_turnover as f64));
    "illicit_platforms_open", "venues": "Platforms on the regulator's list and open at the end of the year" / "Illicit platforms open at the end of the year"
        = |y| both(y.stock.listed, y.stock.open)
        , or |w| w.last(VenueColumn::Listed, Class::Shadow) + w.last(VenueColumn::Listed, Class::Hub);
    "cases_opened", "cases": "Cases opened in the year" / "Illicit platforms that were open at some time in the year"
        = |y| both(y.cases_opened, y.operated);
    "convictions", "people": "Operators convicted in the year" / "Illicit platforms that were open at some time in the year, each with an operator"
        = |y| both(y.convictions, y.operated)
        , or |w| w.venues(VenueColumn::Convictions);
    "jailed", "people": "Operators sentenced to prison in the year" / "The same"
        = |y| both(y.jailed, y.operated)
        , or |w| w.venues(VenueColumn::Jailed);
    "confiscated_kzt", "KZT": "Assets confiscated by courts in the year" / "Float of illicit platforms at the end of the year, and what was seized"
        = |y| both(y.confiscated, y.stock.float + y.wallets_seized + y.property_seized)
        , or |w| w.venues(VenueColumn::ConfiscatedToday);
    "licensed_venues", "venues": "Licensed venues open at the end of the year" / "The same"
        = |y| both(y.stock.licensed_venues, y.stock.licensed_venues)
        , or |w| w.last(VenueColumn::Open, Class::Licensed);
    "pyramids_dismantled", "pyramids": "Pyramids dismantled in the year" / "Pyramids that were open at some time in the year"
        = |y| both(y.pyramids(PyramidSeries::Dismantled), y.underworld.open + y.pyramids(PyramidSeries::Collapsed) + y.pyramids(PyramidSeries::Dismantled))
        , or |w| w.sum(PyramidSeries::Dismantled);
    "pyramid_victims", "people": "Members of the pyramids dismantled in the year" / "Members of the pyramids that fell in the year, collapsed or dismantled"
        = |y| both(y.pyramids(PyramidSeries::VictimsSeen), y.pyramids(PyramidSeries::Victims))
        , or |w| w.sum(PyramidSeries::VictimsSeen);
    "pyramid_recovered_kzt", "KZT": "Recovered from pyramids in the year" / "Lost in the year by members of pyramids that fell, and what was recovered"
        = |y| both(y.pyramids(PyramidSeries::Recovered), y.paid_into_fallen())
        , or |w| w.sum(PyramidSeries::Recovered);
    "pyramid_frozen_kzt", "KZT": "Coins of pyramids frozen in the year" / "Lost in the year by members of pyramids that fell, and what was recovered"
        = |y| both(y.pyramids(PyramidSeries::Frozen), y.paid_into_fallen())
        , or |w| w.sum(PyramidSeries::Frozen);
    "farms_closed", "farms": "Illegal farms closed, or stopped at the threat of an inspection, in the year" / "Illegal farms that ran at some time in the year"
        = |y| both(y.farms_closed(), y.underworld.running + y.farms_closed())
        , or |w| w.sum(FarmSeries::FarmsClosed) + w.sum(FarmSeries::FarmsStopped);
    "racket_arrests", "people": "People of rackets arrested in the year" / "People in rackets at the start of the year"
        = |y| both(y.farms(FarmSeries::RacketArrests), y.underworld.racket_people.unwrap_or(0))
        , or |w| w.sum(FarmSeries::RacketArrests);
}

fn both(seen: i64, truth: i64) -> (Option<f64>, Option<f64>) {
    (Some(seen as f64), Some(truth as f64))
}

/// Measures over a window of the reported days, in days from the first of them.
///
/// # Panics
/// If the window is empty or leaves the record.
pub fn measures(record: &Record, scenario: &Scenario, days: Range<usize>) -> Vec<Measured> {
    let window = Window::new(record, scenario, days, &MEASURES);
    let value = |measure: &declare::Measure| Measured {
        name: measure.name,
        unit: measure.unit,
        value: Some((measure.formula)(&window)).filter(|value| !value.is_nan()),
    };
    MEASURES.iter().map(value).collect()
}
