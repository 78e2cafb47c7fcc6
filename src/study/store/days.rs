//! The large tables: every day, replication, class and trader of runs.
//!
//! A table holds the rows of one run; a file has a row group for each of them.

use super::table::{Rows, Table};
use world::record::underworld::Underworld;
use world::record::{Flow, Record, VenueColumn};
use world::units::{Class, Trader};

/// The four tables of a run's days.
pub const DAYS: [fn(&Record) -> Table; 4] = [daily, venues, market, underworld];

/// `daily.parquet`: flows by day, class and trader.
fn daily(record: &Record) -> Table {
    let about = "Orders and turnover of each day and replication, by class of venue and by trader";
    let places = places(record, Class::COUNT * Trader::COUNT);
    by_day("daily", about, &places)
        .text("class", "name", CLASS, |place| {
            Class::ALL[place.row / Trader::COUNT % Class::COUNT].key()
        })
        .text("trader", "name", "Whose trades: customer segments, dealers and illegal farms", |p| {
            Trader::ALL[p.row % Trader::COUNT].key()
        })
        .with(|rows| {
            let columns = Flow::ALL.iter().zip(&record.flows);
            columns.fold(rows, |rows, (column, values)| {
                rows.whole(column.key(), column.unit(), column.meaning(), |place| values[place.row])
            })
        })
        .table()
}

/// `venues.parquet`: venues by day and class.
fn venues(record: &Record) -> Table {
    let about = "Venues of each day and replication, by class";
    let places = places(record, Class::COUNT);
    by_day("venues", about, &places)
        .text("class", "name", CLASS, |place| Class::ALL[place.row % Class::COUNT].key())
        .with(|rows| {
            let columns = VenueColumn::ALL.iter().zip(&record.venues);
            columns.fold(rows, |rows, (column, values)| {
                rows.whole(column.key(), column.unit(), column.meaning(), |place| values[place.row])
            })
        })
        .table()
}

/// `market.parquet`: prices, cases and reports by day.
fn market(record: &Record) -> Table {
    let about = "The market of cards and the desk of the AFM, by day and replication";
    let [filed, truly, read] = &record.reports;
    by_day("market", about, &places(record, 1))
        .whole("card_price_kzt", "KZT", "Price of a mule card", |place| {
            record.card_price_kzt[place.row]
        })
        .whole(
            "cases_open",
            "cases",
            "Cases that the AFM works on, each an investigator's day",
            |place| record.cases_open[place.row],
        )
        .whole(
            "reports_filed",
            "reports",
            "Suspicious-transaction reports to the AFM, true and false",
            |place| filed[place.row],
        )
        .whole("reports_true", "reports", "Those that are true", |place| truly[place.row])
        .whole("reports_read", "reports", "Those that the AFM gets to read", |place| {
            read[place.row]
        })
        .table()
}

/// `underworld.parquet`: pyramids, illegal farms and rackets by day.
fn underworld(record: &Record) -> Table {
    let about = "Pyramids, illegal farms and rackets, by day and replication";
    by_day("underworld", about, &places(record, 1))
        .with(|rows| {
            let columns = Underworld::ALL.iter().zip(&record.underworld);
            columns.fold(rows, |rows, (column, values)| {
                rows.whole(column.key(), column.unit(), column.meaning(), |place| values[place.row])
            })
        })
        .table()
}

const CLASS: &str = "Class of the venue";

/// Where a row stands.
struct PlaceOfRow {
    date: jiff::civil::Date,
    replication: u32,
    row: usize,
}

fn places(record: &Record, rows_a_day: usize) -> Vec<PlaceOfRow> {
    let day = |day: usize| record.start.saturating_add(jiff::Span::new().days(day as i64));
    let replication = record.key.replication;
    let of_day = |number: usize| {
        let date = day(number);
        let rows = number * rows_a_day..(number + 1) * rows_a_day;
        rows.map(move |row| PlaceOfRow { date, replication, row })
    };
    (0..record.days).flat_map(of_day).collect()
}

/// A table with day and replication.
fn by_day<'a>(
    name: &'static str,
    about: &'static str,
    places: &'a [PlaceOfRow],
) -> Rows<'a, PlaceOfRow> {
    Table::of(name, about, places)
        .ending("parquet")
        .date("date", "date", "Day", |place| place.date)
        .index(
            "replication",
            "number",
            "Number of the replication, from 0: the same number means the same luck",
            |place| place.replication,
        )
}
