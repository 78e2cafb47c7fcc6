//! Traced displacement: where clients of closed venues went, by kind of venue and venue by venue.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::table::{Table, with_columns};
use crate::stats::Summary;
use world::record::{ClosedVenue, Destination, Migration, Path, Record, TRACE_WINDOWS, Traced};
use world::units::{Class, Purpose, Trader};

/// Traders whose needs are added up: each alone, all of a purpose where it has several, and all.
struct TraderGroup {
    trader: &'static str,
    purpose: &'static str,
    members: Vec<Trader>,
}

/// All traders, or all purposes.
const ALL: &str = "all";

fn groups() -> Vec<TraderGroup> {
    let each = Trader::ALL.iter().map(|&trader| TraderGroup {
        trader: trader.key(),
        purpose: trader.purpose().key(),
        members: vec![trader],
    });
    let several = of_purposes().filter(|group| group.members.len() > 1);
    each.chain(several).chain([of_all()]).collect()
}

fn of_purposes() -> impl Iterator<Item = TraderGroup> {
    Purpose::ALL.iter().map(|&purpose| TraderGroup {
        trader: ALL,
        purpose: purpose.key(),
        members: Trader::ALL.iter().copied().filter(|one| one.purpose() == purpose).collect(),
    })
}

fn of_all() -> TraderGroup {
    TraderGroup { trader: ALL, purpose: ALL, members: Trader::ALL.to_vec() }
}

/// Whether the run sees a window after a closure to its end.
fn is_seen(record: &Record, closed: &ClosedVenue, days: u16) -> bool {
    usize::from(closed.day) + usize::from(days) < record.days
}

/// What became of the needs of closed venues' clients.
struct MigrationRow {
    class: Class,
    trader: &'static str,
    purpose: &'static str,
    days: u16,
    to: Destination,
    people: f64,
    before: f64,
    kzt: Summary,
    /// Over the mean of all need.
    share: f64,
    trades: Summary,
    /// Part of it at the venue that received most, over closed venues; none where it ended at no venue.
    largest: Option<f64>,
}

/// `migration.csv`: traced displacement; rows for `all` traders are summed within each replication.
pub fn migration(records: &[Record]) -> Table {
    let about = "Traced displacement: where the needs of clients ended whose venue was closed";
    with_columns!(Table::of("migration", about, &moved(records)), row =>
        text "closed_class", "name", "Class of the venue that was closed" => row.class.key();
        text "trader", "name", "Whose needs: customer segments, or all of them" => row.trader;
        text "purpose", "name", "What their money is for, or all purposes" => row.purpose;
        whole "window_days", "days", "Days after the closure that are counted" => row.days;
        text "destination", "name", "Where the need ended; see the list below" => row.to.key();
        number "people_mean", "people", "People whose usual venue of this class was closed, all traders: mean over replications" => row.people;
        number "before_kzt_mean", "KZT", "What these traders traded at the closed venues in as many days before, at the pace of the last month or two: mean over replications"
            => row.before;
        number "kzt_mean", "KZT", "Need that ended there: mean over replications" => row.kzt.mean;
        number "kzt_p5", "KZT", "Need that ended there: 5 % quantile" => row.kzt.p5;
        number "kzt_p95", "KZT", "Need that ended there: 95 % quantile" => row.kzt.p95;
        number "share_of_need", "share", "kzt_mean over the mean of all need that arose in the window" => row.share;
        number "trades_mean", "trades", "Trades that ended there: mean over replications" => row.trades.mean;
        number "largest_venue_share", "share", "Of what ended there, the part at the one venue that received most from each closed venue"
            => row.largest;
    ).table()
}

fn moved(records: &[Record]) -> Vec<MigrationRow> {
    let mut rows = Vec::new();
    for &class in Class::ALL {
        let people = mean(records, |record| record.series(Traced::People)[class.index()]);
        for TraderGroup { trader, purpose, members } in groups() {
            for (window, &days) in TRACE_WINDOWS.iter().enumerate() {
                let sum = |column: Traced, at: &dyn Fn(Trader) -> usize| {
                    let each = |record: &Record| {
                        let column = record.series(column);
                        members.iter().map(|&trader| column[at(trader)]).sum::<i64>() as f64
                    };
                    Summary::of(&records.iter().map(each).collect::<Vec<f64>>())
                };
                let need = sum(Traced::Demand, &|t| Migration::source(class, t, window));
                let Some(need) = need.filter(|need| need.mean > 0.0) else { continue };
                let before = mean(records, |record| {
                    let seen =
                        |venue: &ClosedVenue| venue.class == class && is_seen(record, venue, days);
                    record.closed_venues().filter(seen).map(|venue| before(&venue, &members)).sum()
                }) * f64::from(days);
                let largest = largest(records, class, window, &members);
                for &to in Destination::ALL {
                    let at = |trader| Migration::index(class, trader, window, to);
                    let (kzt, trades) = (sum(Traced::Ended, &at), sum(Traced::Trades, &at));
                    let (Some(kzt), Some(trades)) = (kzt, trades) else { continue };
                    rows.push(MigrationRow {
                        class,
                        trader,
                        purpose,
                        days,
                        to,
                        people,
                        before,
                        kzt,
                        share: kzt.mean / need.mean,
                        trades,
                        largest: largest.get(&to).copied(),
                    });
                }
            }
        }
    }
    rows
}

/// Turnover a day of some traders at a closed venue before.
fn before(venue: &ClosedVenue, members: &[Trader]) -> i64 {
    members.iter().map(|trader| venue.before_kzt[trader.index()]).sum()
}

/// Of what ended at venues of each kind, the part at those that received most from each closed venue of a class.
fn largest(
    records: &[Record],
    class: Class,
    window: usize,
    members: &[Trader],
) -> BTreeMap<Destination, f64> {
    let mut sums: BTreeMap<Destination, (i64, i64)> = BTreeMap::new();
    for record in records {
        let classes: BTreeMap<u16, Class> =
            record.closed_venues().map(|venue| (venue.venue, venue.class)).collect();
        let mut ended: BTreeMap<(u16, Destination), BTreeMap<u16, i64>> = BTreeMap::new();
        for (path, kzt) in record.paths() {
            let wanted = classes.get(&path.from) == Some(&class) && members.contains(&path.trader);
            if let (Some(to), true) = (path.to, wanted) {
                *ended.entry((path.from, path.destination)).or_default().entry(to).or_default() +=
                    kzt[window];
            }
        }
        for ((_, destination), venues) in ended {
            let (most, all) = sums.entry(destination).or_default();
            *most += venues.values().max().copied().unwrap_or(0);
            *all += venues.values().sum::<i64>();
        }
    }
    let share = |(to, (most, all)): (Destination, (i64, i64))| {
        (all > 0).then_some((to, most as f64 / all as f64))
    };
    sums.into_iter().filter_map(share).collect()
}

/// A closed venue in a run, and where needs of its clients for a purpose went within a window.
struct Left {
    replication: u32,
    venue: ClosedVenue,
    date: Date,
    purpose: &'static str,
    days: u16,
    before: i64,
    need: i64,
    at_venues: i64,
    venues: usize,
    largest: Option<(Path, i64)>,
}

/// `closed_venues.parquet`: each closed venue of each run, and where its clients went, venue by venue.
pub fn closed_venues(records: &[Record]) -> Table {
    let about = "Closed venues of each replication: what their clients did before, and to which venue most of it went";
    let number = "Number of the venue in its run, in the order of opening";
    with_columns!(Table::of("closed_venues", about, &left(records)).ending("parquet"), row =>
        index "replication", "number", "Number of the replication, from 0" => row.replication;
        whole "venue", "number", number => row.venue.venue;
        text "class", "name", "Its class" => row.venue.class.key();
        date "closed", "date", "Day of the closure" => row.date;
        whole "people", "people", "People whose usual venue it was, for any purpose" => row.venue.people;
        text "purpose", "name", "What the money is for, or all purposes" => row.purpose;
        whole "window_days", "days", "Days after the closure that are counted" => row.days;
        whole "before_kzt", "KZT", "Turnover at the venue in as many days before, at the pace of the last month or two" => row.before;
        whole "need_kzt", "KZT", "Need of its clients that arose in the window" => row.need;
        whole "at_venues_kzt", "KZT", "Part of it that ended at some venue" => row.at_venues;
        whole "venues", "venues", "Number of venues to which it went" => row.venues;
        text "largest_destination", "name", "Kind of the venue to which most went" => row.largest.map(|(path, _)| path.destination.key());
        whole "largest_venue", "number", "The venue to which most went" => row.largest.and_then(|(path, _)| path.to);
        whole "largest_kzt", "KZT", "What went there" => row.largest.map(|(_, kzt)| kzt);
    ).table()
}

fn left(records: &[Record]) -> Vec<Left> {
    let groups: Vec<TraderGroup> = [of_all()].into_iter().chain(of_purposes()).collect();
    let mut rows = Vec::new();
    for record in records {
        let mut paths: BTreeMap<u16, Vec<(Path, [i64; TRACE_WINDOWS.len()])>> = BTreeMap::new();
        for (path, kzt) in record.paths() {
            paths.entry(path.from).or_default().push((path, kzt));
        }
        for venue in record.closed_venues() {
            let date = record.start.saturating_add(jiff::Span::new().days(i64::from(venue.day)));
            let of_venue = paths.get(&venue.venue).map_or(&[][..], Vec::as_slice);
            for TraderGroup { purpose, members, .. } in &groups {
                for (window, &days) in TRACE_WINDOWS.iter().enumerate() {
                    let before = before(&venue, members) * i64::from(days);
                    let wanted = of_venue.iter().filter(|(path, _)| members.contains(&path.trader));
                    let mut ended: BTreeMap<u16, (Path, i64)> = BTreeMap::new();
                    let mut need = 0;
                    for (path, kzt) in wanted {
                        need += kzt[window];
                        if let Some(to) = path.to.filter(|_| kzt[window] > 0) {
                            ended.entry(to).or_insert((*path, 0)).1 += kzt[window];
                        }
                    }
                    if before + need == 0 || !is_seen(record, &venue, days) {
                        continue;
                    }
                    rows.push(Left {
                        replication: record.key.replication,
                        venue,
                        date,
                        purpose,
                        days,
                        before,
                        need,
                        at_venues: ended.values().map(|(_, kzt)| kzt).sum(),
                        venues: ended.len(),
                        largest: ended.into_values().max_by_key(|(_, kzt)| *kzt),
                    });
                }
            }
        }
    }
    rows
}

fn mean(records: &[Record], of: impl Fn(&Record) -> i64) -> f64 {
    let sum: i64 = records.iter().map(of).sum();
    sum as f64 / records.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use world::record::RunKey;

    /// A run with two closed shadow exchanges: of the first one's clients 30 went to venue 7 and 10 to venue 8, of the second one's 20
    /// to venue 8 and 5 gave up; the second closed too late for windows of 90 days.
    fn record() -> Record {
        let start = jiff::civil::date(2024, 1, 1);
        let mut record = Record::of_nothing(RunKey::new(1, 0), start, 100, model::tables());
        let mut set = |series: Traced, values: Vec<i64>| *record.series_mut(series) = values;
        let retail = Trader::Retail.index() as i64;
        set(Traced::PathFrom, vec![1, 1, 2, 2]);
        set(Traced::PathTrader, vec![retail; 4]);
        set(Traced::PathTo, vec![7, 8, 8, -1]);
        let [shadow, given_up] = [Destination::Shadow as i64, Destination::Abandoned as i64];
        set(Traced::PathDestination, vec![shadow, shadow, shadow, given_up]);
        set(Traced::PathWithin7, vec![30, 10, 20, 5]);
        set(Traced::PathWithin30, vec![30, 10, 20, 5]);
        set(Traced::PathWithin90, vec![30, 10, 0, 0]);
        set(Traced::PathWithin180, vec![0; 4]);
        set(Traced::Closed, vec![1, 2]);
        set(Traced::ClosedClass, vec![Class::Shadow.index() as i64; 2]);
        set(Traced::ClosedDay, vec![5, 50]);
        set(Traced::ClosedPeople, vec![100, 50]);
        let mut before = vec![0; 2 * Trader::COUNT];
        before[Trader::Retail.index()] = 4;
        before[Trader::COUNT + Trader::Retail.index()] = 3;
        set(Traced::ClosedBefore, before);
        for (window, [to_shadow, gave_up]) in [[60, 5], [60, 5], [40, 0]].into_iter().enumerate() {
            let source = Migration::source(Class::Shadow, Trader::Retail, window);
            record.series_mut(Traced::Demand)[source] = to_shadow + gave_up;
            let at = |to| Migration::index(Class::Shadow, Trader::Retail, window, to);
            record.series_mut(Traced::Ended)[at(Destination::Shadow)] = to_shadow;
            record.series_mut(Traced::Ended)[at(Destination::Abandoned)] = gave_up;
        }
        record
    }

    #[test]
    fn the_largest_destination_is_that_of_each_closed_venue() {
        let rows = moved(&[record()]);
        let row = |trader: &str, days: u16, to: Destination| {
            rows.iter()
                .find(|row| row.trader == trader && row.days == days && row.to == to)
                .unwrap()
        };
        let retail = Trader::Retail.key();
        // 30 of 40 at the one, 20 of 20 at the other.
        assert_eq!(row(retail, 7, Destination::Shadow).largest, Some(50.0 / 60.0));
        assert_eq!(row(ALL, 90, Destination::Shadow).largest, Some(30.0 / 40.0));
        assert_eq!(row(retail, 7, Destination::Abandoned).largest, None);
        // The second one's 90 days are not seen to the end.
        assert_eq!(row(retail, 7, Destination::Shadow).before, 7.0 * 7.0);
        assert_eq!(row(retail, 90, Destination::Shadow).before, 4.0 * 90.0);
    }

    #[test]
    fn each_closed_venue_has_a_row_for_each_window_that_the_run_sees() {
        let rows = left(&[record()]);
        let of = |venue: u16, days: u16| {
            let found = rows.iter().filter(move |row| row.venue.venue == venue && row.days == days);
            found.map(|row| (row.purpose, row.need, row.at_venues, row.largest.map(|it| it.1)))
        };
        let honest = Purpose::Honest.key();
        let [first, second] = [(40, 40, Some(30)), (25, 20, Some(20))];
        for (venue, (need, at_venues, largest)) in [(1, first), (2, second)] {
            let expected = [ALL, honest].map(|purpose| (purpose, need, at_venues, largest));
            assert_eq!(of(venue, 7).collect::<Vec<_>>(), expected);
        }
        assert_eq!(of(1, 90).count(), 2);
        assert_eq!(of(2, 90).count() + of(1, 180).count(), 0);
    }
}
