//! What an actor declares in its own file: measures, each once, with its words and its formula.
//!
//! Deliberately absent: the lists of all of them (`registry`), and who counts what a formula reads (`measure`).

use std::ops::Range;

use scenario::Scenario;
use scenario::world::Measures;
use world::record::series::{SeriesList, SeriesTable};
use world::record::{Flow, Record, VenueColumn, Wanted};
use world::units::{Class, Purpose, Trader};

/// A measure of a run over a window of its reported days: its words and its formula.
///
/// Tables, columns, help, page and figures take their words from here.
#[derive(Clone, Copy, Debug)]
pub struct Measure {
    /// Name in tables.
    pub name: &'static str,
    /// Unit.
    pub unit: &'static str,
    /// Which way is better.
    pub wanted: Wanted,
    /// What is measured.
    pub meaning: &'static str,
    /// Name as people say it; empty where `name` with spaces is one.
    pub label: &'static str,
    /// The value over a window; no number where there is none.
    pub formula: fn(&Window) -> f64,
}

impl Measure {
    /// As people say it: `closures` as "Closures".
    pub fn title(&self) -> String {
        let words =
            if self.label.is_empty() { self.name.replace('_', " ") } else { self.label.to_owned() };
        let mut letters = words.chars();
        letters
            .next()
            .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
    }
}

/// A list of measures: name, label if the name with spaces is none, unit, which way is better, meaning, and formula.
macro_rules! measures {
    ($($name:literal $(as $label:literal)?, $unit:literal, $wanted:ident: $meaning:literal = $formula:expr;)+) => {
        &[$($crate::declare::Measure {
            name: $name,
            unit: $unit,
            wanted: ::world::record::Wanted::$wanted,
            meaning: $meaning,
            label: concat!("" $(, $label)?),
            formula: $formula,
        },)+]
    };
}
pub(crate) use measures;

/// Reported days of a run, as formulas read them.
pub struct Window<'a> {
    record: &'a Record,
    scenario: &'a Scenario,
    /// Days from the first reported one.
    days: Range<usize>,
    /// All measures, for those that build on others.
    measures: &'static [Measure],
}

impl<'a> Window<'a> {
    /// Days of a run, counted from the first reported one.
    ///
    /// # Panics
    /// If there are none, or they leave the record.
    pub fn new(
        record: &'a Record,
        scenario: &'a Scenario,
        days: Range<usize>,
        measures: &'static [Measure],
    ) -> Window<'a> {
        assert!(!days.is_empty() && days.end <= record.days, "no such window: {days:?}");
        Window { record, scenario, days, measures }
    }

    /// The record.
    pub fn record(&self) -> &'a Record {
        self.record
    }

    /// Weights and costs that belong to the scenario.
    pub fn weights(&self) -> &'a Measures {
        &self.scenario.measures
    }

    /// Number of days.
    pub fn days(&self) -> f64 {
        self.days.len() as f64
    }

    /// The days.
    pub fn each_day(&self) -> Range<usize> {
        self.days.clone()
    }

    /// The last day.
    pub fn last_day(&self) -> usize {
        self.days.end - 1
    }

    /// Another measure over the same days.
    ///
    /// # Panics
    /// If nobody declares it.
    pub fn measure(&self, name: &str) -> f64 {
        let found = self.measures.iter().find(|measure| measure.name == name);
        (found.expect("the measure is declared").formula)(self)
    }

    /// A flow at venues of a class.
    pub fn flow(&self, column: Flow, class: Class) -> f64 {
        self.each_day().map(|day| self.record.by_class(column, day, class)).sum::<i64>() as f64
    }

    /// A flow at all venues.
    pub fn all(&self, column: Flow) -> f64 {
        Class::ALL.iter().map(|&class| self.flow(column, class)).sum()
    }

    /// A flow at venues without a licence, those abroad included.
    pub fn unlicensed(&self, column: Flow) -> f64 {
        Class::UNLICENSED.iter().map(|&class| self.flow(column, class)).sum()
    }

    /// Turnover of those traders at venues of those classes that are wanted.
    pub fn turnover(&self, wanted: impl Fn(Class, Trader) -> bool) -> f64 {
        self.each_day().map(|day| self.record.traded(day, &wanted)).sum::<i64>() as f64
    }

    /// Turnover for a purpose, at whatever venue.
    pub fn purpose(&self, purpose: Purpose) -> f64 {
        self.turnover(|_, trader| trader.purpose() == purpose)
    }

    /// A flow at licensed venues, of traders who are criminal or honest.
    pub fn licensed(&self, column: Flow, criminal: bool) -> f64 {
        let flows = self.record.series(column);
        let of = |day: usize, trader: Trader| flows[Record::row(day, Class::Licensed, trader)];
        let traders = || Trader::ALL.iter().filter(|trader| trader.is_criminal() == criminal);
        self.each_day().flat_map(|day| traders().map(move |&trader| of(day, trader))).sum::<i64>()
            as f64
    }

    /// A column of the venue table for a class.
    pub fn venue(&self, column: VenueColumn, class: Class) -> f64 {
        self.each_day().map(|day| self.record.venue(column, day, class)).sum::<i64>() as f64
    }

    /// The same for illicit platforms: shadow exchanges and hubs.
    pub fn platforms(&self, column: VenueColumn) -> f64 {
        self.venue(column, Class::Shadow) + self.venue(column, Class::Hub)
    }

    /// The same for venues of all classes together.
    pub fn venues(&self, column: VenueColumn) -> f64 {
        Class::ALL.iter().map(|&class| self.venue(column, class)).sum()
    }

    /// A column of the venue table for a class on the last day.
    pub fn last(&self, column: VenueColumn, class: Class) -> f64 {
        self.record.venue(column, self.last_day(), class) as f64
    }

    /// A flow of one kind of traders at all venues.
    pub fn flow_of(&self, column: Flow, trader: Trader) -> f64 {
        let flows = self.record.series(column);
        let of = |day: usize| -> i64 {
            Class::ALL.iter().map(|&class| flows[Record::row(day, class, trader)]).sum()
        };
        self.each_day().map(of).sum::<i64>() as f64
    }

    /// People whose usual venue is an open venue of the class, on the last day.
    pub fn users(&self, class: Class) -> f64 {
        self.last(VenueColumn::Users, class)
    }

    /// Sum of a series over the days and all its rows.
    pub fn sum<S: SeriesList>(&self, series: S) -> f64 {
        self.total(S::TABLE, self.record.series(series))
    }

    /// The same for a series of another actor, by its name.
    ///
    /// # Panics
    /// If nobody declares it.
    pub fn sum_of(&self, name: &str) -> f64 {
        let found = self.record.counts.iter().find_map(|counts| {
            let at = counts.table.series.iter().position(|series| series.name == name)?;
            Some(self.total(counts.table, &counts.columns[at]))
        });
        found.expect("somebody declares the series")
    }

    fn total(&self, table: &SeriesTable, column: &[i64]) -> f64 {
        let (days, rows) = (self.each_day(), table.rows.number());
        column[days.start * rows..days.end * rows].iter().sum::<i64>() as f64
    }
}

/// What a measure is where there is no such value: no number.
///
/// A share of nothing is not 0: 0 would be better or worse than any value.
pub const NO_VALUE: f64 = f64::NAN;

/// A part of a whole; no value where there is no whole.
pub fn share(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { NO_VALUE }
}

/// Mean of what has a value; no value where nothing has.
pub fn mean(values: impl Iterator<Item = Option<f64>>) -> f64 {
    let (sum, number) = values.flatten().fold((0.0, 0.0), |(sum, n), value| (sum + value, n + 1.0));
    share(sum, number)
}

/// Several lists of one kind as one, in order.
pub const fn joined<T: Copy, const N: usize>(lists: &[&[T]]) -> [T; N] {
    let mut all = [lists[0][0]; N];
    let (mut list, mut at, mut number) = (0, 0, 0);
    while list < lists.len() {
        while at < lists[list].len() {
            all[number] = lists[list][at];
            number += 1;
            at += 1;
        }
        at = 0;
        list += 1;
    }
    all
}

/// How many there are in several lists.
pub const fn count<T>(lists: &[&[T]]) -> usize {
    let (mut list, mut number) = (0, 0);
    while list < lists.len() {
        number += lists[list].len();
        list += 1;
    }
    number
}
