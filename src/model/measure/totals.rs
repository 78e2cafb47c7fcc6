//! Sums over years and over windows of the reported days.

use std::ops::Range;

use crate::board::Cause;
use crate::exchange::{Books, Sites};
use crate::messages::{VenueGone, Verdict};
use crate::schedule::World;
use scenario::Scenario;
use world::record::underworld::Underworld;
use world::record::{
    Destination, Flow, MEASURES, Measure, Migration, Record, SIGHTS, Sight, TRACE_WINDOWS,
    VenueColumn,
};
use world::units::{Class, PerClass, Trader};

/// Minutes of a working day.
///
/// Unit: minutes. Source: eight hours. Status: measured.
const MINUTES_A_DAY: f64 = 480.0;

/// Sums and stocks of a calendar year, warm-up included, as the agency and the truth have them.
#[derive(Clone, Default)]
pub struct Year {
    turnover: i64,
    platform_turnover: i64,
    drug_true: i64,
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
    seized: i64,
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
#[derive(Clone)]
struct UnderworldYear {
    /// Sums over the days.
    sums: [i64; Underworld::COUNT],
    /// Pyramids open and farms running at the end of the last day.
    open: i64,
    running: i64,
    /// People in rackets when the year began.
    racket_people: Option<i64>,
}

impl Default for UnderworldYear {
    fn default() -> UnderworldYear {
        UnderworldYear { sums: [0; Underworld::COUNT], open: 0, running: 0, racket_people: None }
    }
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
                let traded =
                    flows[class.index() * Trader::COUNT + trader.index()][Flow::Traded as usize];
                self.turnover += (traded as f64 * scenario.measures.illicit[class]) as i64;
                if class.is_platform() {
                    self.platform_turnover += traded;
                }
                if matches!(trader, Trader::DrugBuyer | Trader::Dealer) {
                    self.drug_true += traded;
                }
                if trader == Trader::DrugBuyer && class.is_platform() {
                    self.drug_seen += traded as f64 * seen;
                }
            }
        }
    }

    /// Adds a day of pyramids, illegal farms and rackets.
    pub fn add_underworld(&mut self, day: &[i64; Underworld::COUNT], scenario: &World) {
        let year = &mut self.underworld;
        let of = |column: Underworld| day[column as usize];
        for (sum, value) in year.sums.iter_mut().zip(day) {
            *sum += value;
        }
        year.open = of(Underworld::PyramidsOpen);
        year.running = of(Underworld::FarmsRunning);
        let rackets = of(Underworld::RacketsActive) + of(Underworld::RacketsBroken);
        year.racket_people.get_or_insert(rackets * i64::from(scenario.rackets.members));
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
            self.seized += gone.seized.0;
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
            SIGHTS.iter().map(|meaning| {
                let (seen, truth) = sight(meaning.quantity, year);
                let (quantity, unit) = (meaning.quantity, meaning.unit);
                Sight { year: *number, quantity, unit, seen, truth }
            })
        })
        .collect()
}

fn sight(quantity: &str, year: &Year) -> (Option<f64>, Option<f64>) {
    let stock = &year.stock;
    let both = |seen: i64, truth: i64| (Some(seen as f64), Some(truth as f64));
    match quantity {
        "closures" => both(year.closures, year.operated),
        "closed_turnover_kzt" => both(year.closed_turnover, year.platform_turnover),
        "arrests" => both(year.arrests, year.operated),
        "seized_kzt" => both(year.seized, stock.float + year.seized),
        "seized_share" => {
            (ratio(year.seized, year.closed_turnover), ratio(year.seized, year.platform_turnover))
        }
        "frozen_kzt" => both(year.frozen, stock.float + year.frozen),
        "sites_blocked" => both(year.sites_blocked, stock.sites + year.sites_blocked),
        "drug_money_kzt" => (Some(year.drug_seen), Some(year.drug_true as f64)),
        "licensed_users_share" => {
            let share = ratio(stock.licensed_users, stock.users);
            (share, share)
        }
        "turnover_per_client_kzt" => (
            ratio(year.closed_turnover, year.closed_clients),
            ratio(stock.lifetime_turnover, stock.lifetime_clients),
        ),
        "illicit_turnover_kzt" => (None, Some(year.turnover as f64)),
        "illicit_platforms_open" => both(stock.listed, stock.open),
        "cases_opened" => both(year.cases_opened, year.operated),
        "convictions" => both(year.convictions, year.operated),
        "jailed" => both(year.jailed, year.operated),
        "confiscated_kzt" => both(year.confiscated, stock.float + year.seized),
        "licensed_venues" => both(stock.licensed_venues, stock.licensed_venues),
        _ => underworld(quantity, &year.underworld),
    }
}

fn underworld(quantity: &str, year: &UnderworldYear) -> (Option<f64>, Option<f64>) {
    use Underworld::{
        FarmsClosed, FarmsStopped, PyramidFrozen, PyramidLosses, PyramidRecovered, PyramidVictims,
        PyramidVictimsSeen, PyramidsCollapsed, PyramidsDismantled, RacketArrests,
    };
    let of = |column: Underworld| year.sums[column as usize];
    let both = |seen: i64, truth: i64| (Some(seen as f64), Some(truth as f64));
    let paid = of(PyramidLosses) + of(PyramidRecovered);
    // Whoever is there in the end or left during the year was there at some time in it.
    let (dismantled, closed) = (of(PyramidsDismantled), of(FarmsClosed) + of(FarmsStopped));
    match quantity {
        "pyramids_dismantled" => both(dismantled, year.open + of(PyramidsCollapsed) + dismantled),
        "pyramid_victims" => both(of(PyramidVictimsSeen), of(PyramidVictims)),
        "pyramid_recovered_kzt" => both(of(PyramidRecovered), paid),
        "pyramid_frozen_kzt" => both(of(PyramidFrozen), paid),
        "farms_closed" => both(closed, year.running + closed),
        "racket_arrests" => both(of(RacketArrests), year.racket_people.unwrap_or(0)),
        _ => (None, None),
    }
}

/// Share of the needs of closed platforms' clients that ended at classes that count as illicit; 0 without closures.
fn traced(migration: &Migration, window: usize, illicit: &PerClass<f64>) -> f64 {
    let (mut ended, mut needed) = (0.0, 0.0);
    for class in Class::PLATFORMS {
        for &trader in Trader::ALL {
            needed += migration.demand_kzt[Migration::source(class, trader, window)] as f64;
            for &to in Destination::ALL {
                let kzt = migration.kzt[Migration::index(class, trader, window, to)] as f64;
                ended += kzt * to.class().map_or(0.0, |class| illicit[class]);
            }
        }
    }
    if needed > 0.0 { ended / needed } else { 0.0 }
}

/// Measures over a window of the reported days, in days from the first of them (model.md, section 7).
///
/// # Panics
/// If the window is empty or leaves the record.
#[must_use]
pub fn measures(record: &Record, scenario: &Scenario, days: Range<usize>) -> Vec<Measure> {
    assert!(!days.is_empty() && days.end <= record.days, "no such window: {days:?}");
    let flow = |column: Flow, class: Class| -> f64 {
        days.clone().map(|day| record.by_class(column, day, class)).sum::<i64>() as f64
    };
    let all = |column: Flow| Class::ALL.iter().map(|&class| flow(column, class)).sum::<f64>();
    let weighted = |column: Flow, weight: &world::units::PerClass<f64>| {
        Class::ALL.iter().map(|&class| flow(column, class) * weight[class]).sum::<f64>()
    };
    let venue = |column: VenueColumn, class: Class| -> f64 {
        days.clone().map(|day| record.venue(column, day, class)).sum::<i64>() as f64
    };
    let platforms = |column: VenueColumn| venue(column, Class::Shadow) + venue(column, Class::Hub);
    let last = days.end - 1;
    let number = days.len() as f64;
    let illicit = &scenario.measures.illicit;
    let share = |part: f64, whole: f64| if whole > 0.0 { part / whole } else { 0.0 };
    let users = |class: Class| record.venue(VenueColumn::Users, last, class) as f64;
    let turnover = all(Flow::Traded);
    let waiting: i64 =
        Class::ALL.iter().map(|&class| record.by_class(Flow::Waiting, last, class)).sum();
    let card_price = record.card_price_kzt[days.clone()].iter().sum::<i64>() as f64 / number;
    let case_days = record.cases_open[days.clone()].iter().sum::<i64>() as f64;
    let costs = &scenario.measures;
    let act_days = platforms(VenueColumn::Closed) * costs.closure_days
        + platforms(VenueColumn::SitesBlocked) * costs.site_block_days
        + platforms(VenueColumn::Freezes) * costs.freeze_days;
    let under = |column: Underworld| -> f64 {
        record.underworld[column as usize][days.clone()].iter().sum::<i64>() as f64
    };
    let underworld_days = under(Underworld::PyramidsDismantled) * costs.pyramid_days
        + under(Underworld::FarmsInspected) * costs.inspection_days
        + under(Underworld::RacketsBroken) * costs.racket_case_days;
    let requests = platforms(VenueColumn::Requests);
    let reports = |kind: usize| record.reports[kind][days.clone()].iter().sum::<i64>() as f64;
    let (filed, read) = (reports(0), reports(2));
    let reading_days = read * costs.report_minutes / MINUTES_A_DAY;
    let agency_days =
        case_days + act_days + requests * costs.request_days + underworld_days + reading_days;
    let agency_cost = agency_days * costs.agency_day_kzt;
    let behind_bars = platforms(VenueColumn::BehindBars);
    let state_cost =
        platforms(VenueColumn::Applications) * costs.application_days * costs.agency_day_kzt
            + behind_bars * costs.prison_day_kzt;
    let bank_cost = all(Flow::BlockedOrders) * costs.bank_stop_kzt;
    // At licensed venues, of traders who are honest or not.
    let licensed = |column: Flow, criminal: bool| -> f64 {
        let of = |day: usize, trader: Trader| {
            record.flows[column as usize][Record::row(day, Class::Licensed, trader)]
        };
        let traders = || Trader::ALL.iter().filter(|trader| trader.is_criminal() == criminal);
        days.clone().flat_map(|day| traders().map(move |&trader| of(day, trader))).sum::<i64>()
            as f64
    };
    let shadow = flow(Flow::Traded, Class::Shadow);
    let shadow_share = |column: VenueColumn| share(venue(column, Class::Shadow), shadow);
    let effective_number = |day: usize| {
        let hhi = record.venue(VenueColumn::SquaredTurnover, day, Class::Shadow) as f64 * 1e-6;
        if hhi > 0.0 { 1.0 / hhi } else { 0.0 }
    };

    let mut list = Vec::new();
    let mut add = |name: &str, value| {
        let meaning = MEASURES.get(list.len()).filter(|meaning| meaning.name == name);
        let meaning = meaning.expect("measures are added in the order of their list");
        list.push(Measure { name: meaning.name, unit: meaning.unit, value });
    };
    add("illicit_turnover", weighted(Flow::Traded, illicit));
    add("harm_weighted_turnover", weighted(Flow::Traded, &scenario.measures.harm));
    add("licensed_turnover", flow(Flow::Traded, Class::Licensed));
    add("shadow_turnover", flow(Flow::Traded, Class::Shadow));
    add("hub_turnover", flow(Flow::Traded, Class::Hub));
    add("foreign_turnover", flow(Flow::Traded, Class::Foreign));
    add("peer_to_peer_turnover", flow(Flow::Traded, Class::PeerToPeer));
    add("entrant_turnover", all(Flow::TradedEntrant));
    add("relaunched_turnover", all(Flow::TradedRelaunched));
    add("demand", all(Flow::Demand));
    add("met", all(Flow::Met));
    add("abandoned", all(Flow::Abandoned));
    add("waiting_at_end", waiting as f64);
    add("illicit_fees", weighted(Flow::Fees, illicit));
    add("illicit_blocked", weighted(Flow::Blocked, illicit));
    add("illicit_refused", weighted(Flow::Refused, illicit));
    add("licensed_share_of_turnover", share(flow(Flow::Traded, Class::Licensed), turnover));
    let all_users = Class::ALL.iter().map(|&class| users(class)).sum();
    add("licensed_share_of_users", share(users(Class::Licensed), all_users));
    add("closures", platforms(VenueColumn::Closed));
    add("entries", platforms(VenueColumn::Entered));
    add("relaunches", platforms(VenueColumn::Relaunched));
    add("exits", platforms(VenueColumn::Exited) + platforms(VenueColumn::RanOff));
    add("illicit_platforms_open", platforms(VenueColumn::Open) / number);
    add("shadow_hhi", venue(VenueColumn::SquaredTurnover, Class::Shadow) / number * 1e-6);
    let numbers: f64 = days.clone().map(effective_number).sum();
    add("shadow_effective_number", numbers / number);
    add("shadow_top1_share", shadow_share(VenueColumn::LargestTurnover));
    add("shadow_top5_share", shadow_share(VenueColumn::LargestFiveTurnover));
    add("shadow_perceived_risk", venue(VenueColumn::PerceivedRisk, Class::Shadow) / number * 1e-6);
    add("sites_blocked", platforms(VenueColumn::SitesBlocked));
    add("seized", platforms(VenueColumn::SeizedToday));
    add("frozen", platforms(VenueColumn::FrozenToday));
    add("cards_stopped", platforms(VenueColumn::CardsStopped));
    add("card_price", card_price);
    add("honest_payments_stopped", licensed(Flow::BlockedOrders, false));
    add("honest_turnover_stopped", licensed(Flow::Blocked, false));
    add("honest_need_abandoned", licensed(Flow::Abandoned, false));
    add("honest_need_waiting", licensed(Flow::Waiting, false));
    add("licensed_users", users(Class::Licensed));
    for (window, days) in TRACE_WINDOWS.iter().enumerate() {
        add(
            &format!("traced_illicit_share_{days}_days"),
            traced(&record.migration, window, illicit),
        );
    }
    add("agency_days", agency_days);
    add("agency_cost", agency_cost);
    add("bank_cost", bank_cost);
    add("enforcement_cost", agency_cost + bank_cost + state_cost);
    add("direct_turnover", all(Flow::TradedDirect));
    add("convictions", platforms(VenueColumn::Convictions));
    add("jailed", platforms(VenueColumn::Jailed));
    add("operators_behind_bars", behind_bars / number);
    add("confiscated", platforms(VenueColumn::ConfiscatedToday));
    add("requests_abroad", requests);
    add("licences_granted", platforms(VenueColumn::Licences));
    add("licensed_venues", venue(VenueColumn::Open, Class::Licensed) / number);
    let prison = venue(VenueColumn::PerceivedPrison, Class::Shadow);
    add("perceived_prison_years", prison / number * 1e-6);
    add("pyramid_losses", under(Underworld::PyramidLosses));
    add("farm_coins_sold", under(Underworld::FarmSold));
    add("racket_income", under(Underworld::RacketIncome));
    add("licensed_abuse_kzt", licensed(Flow::Traded, true));
    add("reports_read_share", if filed > 0.0 { read / filed } else { 1.0 });
    debug_assert_eq!(list.len(), MEASURES.len());
    list
}
