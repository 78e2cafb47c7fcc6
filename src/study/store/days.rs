//! The large tables: every day, replication, class and trader of runs.
//!
//! A table holds the rows of one run; a file has a row group for each of them.

use super::table::{Table, TableRows, with_columns};
use world::record::series::{Counts, RowsOfDay};
use world::record::{Flow, Record};
use world::units::{Class, Trader};

/// A table of a run's days: its file, and what it holds.
pub struct DayTable(&'static str, &'static str);

/// The tables of a run's days.
pub const DAYS: [DayTable; 6] = [
    DayTable(
        "daily",
        "Orders and turnover of each day and replication, by class of venue and by trader",
    ),
    DayTable("venues", "Venues of each day and replication, by class"),
    DayTable("market", "The market of cards and the desk of the AFM, by day and replication"),
    DayTable("underworld", "Pyramids, illegal farms and rackets, by day and replication"),
    DayTable("dealers", "Drug dealers by size, and what they sell, by day and replication"),
    DayTable(
        "purposes",
        "Turnover of each day and replication by what it is for, by class of venue",
    ),
];

impl DayTable {
    /// All series of a run that are declared for the file.
    pub fn of(&self, record: &Record) -> Table {
        let DayTable(file, about) = *self;
        let of_file: Vec<&Counts> =
            record.counts.iter().filter(|counts| counts.table.file == file).collect();
        let rows_of_day = of_file.first().map_or(RowsOfDay::None, |counts| counts.table.rows);
        let places = places(record, rows_of_day.number());
        let mut rows = by_day(file, about, &places);
        if rows_of_day != RowsOfDay::One {
            let traders = if rows_of_day == RowsOfDay::ClassTrader { Trader::COUNT } else { 1 };
            rows = rows.text("class", "name", "Class of the venue", move |place| {
                Class::ALL[place.row / traders % Class::COUNT].key()
            });
        }
        if rows_of_day == RowsOfDay::ClassTrader {
            let whose = "Whose trades: customer segments, dealers and illegal farms";
            rows = rows.text("trader", "name", whose, |place| {
                Trader::ALL[place.row % Trader::COUNT].key()
            });
        }
        for counts in of_file {
            for (series, values) in counts.table.series.iter().zip(&counts.columns) {
                rows =
                    rows.whole(series.name, series.unit, series.meaning, |place| values[place.row]);
            }
        }
        rows.with(|rows| mean_fee(rows, file, record)).table()
    }
}

/// Adds the mean fee of each class to the table of venues: fees over turnover.
fn mean_fee<'a>(
    rows: TableRows<'a, PlaceOfRow>,
    file: &str,
    record: &Record,
) -> TableRows<'a, PlaceOfRow> {
    if file != "venues" {
        return rows;
    }
    let about = "Fees and spread over turnover of the day; empty without turnover";
    rows.number("mean_fee", "share", about, |place| {
        let (day, class) = (place.row / Class::COUNT, Class::ALL[place.row % Class::COUNT]);
        let of = |flow: Flow| record.by_class(flow, day, class) as f64;
        (of(Flow::Traded) > 0.0).then(|| of(Flow::Fees) / of(Flow::Traded))
    })
}

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
) -> TableRows<'a, PlaceOfRow> {
    with_columns!(Table::of(name, about, places).ending("parquet"), place =>
        date "date", "date", "Day" => place.date;
        index "replication", "number", "Number of the replication, from 0: the same number means the same random numbers" => place.replication;
    )
}
