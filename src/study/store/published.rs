//! Published figures: what the agency and the press reported, to lay beside the model and to calibrate it to.
//!
//! Ours stand in `scenarios/figures.csv`; an analyst's own file is read in the same way.
//!
//! Deliberately absent: what the model says of a quantity (`model::SIGHTS`), and the format of tables (`imported`).

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::LazyLock;

use jiff::civil::{Date, date};

use super::imported::{read_table, read_text};
use super::views::covers;
use crate::comparison::calibration::CalibrationTarget;
use crate::comparison::{Beside, RunOutcome};
use crate::stats::quantile;
use model::{Quantity, SIGHTS};
use scenario::finding::nearest;
use scenario::study::{Fault, InputEntry, InputTable};
use scenario::{Findings, Scenario};

/// What a figure is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// Parameters are calibrated to it.
    Fit,
    /// It is shown beside the model and never fitted.
    Check,
}

/// A published figure and the band within which sources differ.
#[derive(Clone, Debug, PartialEq)]
pub struct Published {
    /// Name of the quantity, as in [`model::SIGHTS`].
    pub quantity: &'static str,
    /// First day that it counts.
    pub from: Date,
    /// Last day that it counts.
    pub to: Date,
    /// Lowest statement; the value itself where there is only one.
    pub low: f64,
    /// Central statement.
    pub value: f64,
    /// Highest statement; the value itself where there is only one.
    pub high: f64,
    /// How far the statements can be believed: in nine cases of ten the truth lies between `low / factor` and `high · factor`.
    pub factor: f64,
    /// What it is used for.
    pub used: Use,
    /// Where it stands.
    pub source: String,
    /// Its line in the file, or its row in a table that has no lines.
    pub line: usize,
}

impl Published {
    /// The quantity of the agency's view.
    pub fn of(&self) -> &'static Quantity {
        quantity(self.quantity).expect("it was looked up when it was read")
    }

    /// Unit.
    pub fn unit(&self) -> &'static str {
        self.of().unit
    }

    /// The calendar year, if it counts one from the first day to the last.
    pub fn year(&self) -> Option<i16> {
        let year = self.from.year();
        ((self.from, self.to) == whole(year)).then_some(year)
    }

    /// Whether it counts a calendar year that runs of a scenario cover.
    fn fits(&self, scenario: &Scenario) -> bool {
        self.year().is_some_and(|year| covers(scenario, year))
    }

    /// Quantity and days, as a study names it: `closures 2024`, or `closures 2024-01-01..2024-08-31`.
    pub fn name(&self) -> String {
        match self.year() {
            Some(year) => format!("{} {year}", self.quantity),
            None => format!("{} {}..{}", self.quantity, self.from, self.to),
        }
    }

    /// As what runs are to meet.
    pub fn target(&self) -> CalibrationTarget {
        CalibrationTarget {
            name: self.name(),
            unit: self.unit(),
            value: self.value,
            stated: (self.low, self.high),
            tolerance: self.tolerance(),
            source: self.source.clone(),
            ..CalibrationTarget::default()
        }
    }

    /// Within this the truth lies in nine cases of ten.
    pub fn tolerance(&self) -> (f64, f64) {
        (self.low / self.factor, self.high * self.factor)
    }

    /// Whether a value lies within a factor of two of the band.
    pub fn within_factor_two(&self, value: f64) -> bool {
        (self.low / 2.0..=self.high * 2.0).contains(&value)
    }
}

fn quantity(name: &str) -> Option<&'static Quantity> {
    SIGHTS.iter().find(|sight| sight.quantity == name)
}

/// First and last day of a calendar year.
fn whole(year: i16) -> (Date, Date) {
    (date(year, 1, 1), date(year, 12, 31))
}

/// Published figures, ours or those of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct List {
    /// In the order of the file.
    pub all: Vec<Published>,
    /// How the file was read where that is not plain, in words.
    pub notes: Vec<String>,
}

/// The project's own list, as its file is.
const OURS: &str = include_str!("../../../scenarios/figures.csv");

impl List {
    /// The project's own list, `scenarios/figures.csv`.
    pub fn ours() -> &'static List {
        static FIGURES: LazyLock<List> = LazyLock::new(|| {
            let table = read_text(OURS.into()).and_then(|table| figures(&table));
            table.unwrap_or_else(|faults| panic!("scenarios/figures.csv: {faults:?}"))
        });
        &FIGURES
    }

    /// Reads a file with a row for each figure: CSV as spreadsheets, R and Python write it, or Parquet.
    ///
    /// # Errors
    /// All that is wrong with it, with the lines.
    pub fn read(path: &Path) -> Result<List, Findings> {
        let table = read_table(path).and_then(|table| figures(&table));
        table.map_err(|faults| Findings::of_faults(path, faults))
    }

    /// The figure for a quantity in a calendar year.
    pub fn of_year(&self, year: i16, quantity: &str) -> Option<&Published> {
        self.all.iter().find(|it| it.quantity == quantity && it.year() == Some(year))
    }

    /// Figures of calendar years beside what the agency of runs of a scenario sees.
    pub fn beside(&self, scenario: &Scenario, runs: &[RunOutcome]) -> Vec<Beside> {
        let beside = |it: &Published| {
            let sights = runs.iter().flat_map(|run| &run.sights);
            let same = sights.filter(|of| (of.year, of.quantity) == (it.from.year(), it.quantity));
            let mut seen: Vec<f64> = same.filter_map(|sight| sight.seen).collect();
            seen.sort_by(f64::total_cmp);
            (!seen.is_empty()).then(|| Beside {
                quantity: it.quantity.to_owned(),
                year: it.from.year(),
                unit: it.unit().to_owned(),
                published: it.value,
                tolerance: it.tolerance(),
                seen: [0.05, 0.5, 0.95].map(|p| quantile(&seen, p)),
            })
        };
        self.all.iter().filter(|it| it.fits(scenario)).filter_map(beside).collect()
    }

    /// Figures that [`List::beside`] passes over since their days do not fit: line, name, and whether they count a calendar year.
    pub fn left_out(&self, scenario: &Scenario) -> Vec<(usize, String, bool)> {
        let left = self.all.iter().filter(|it| !it.fits(scenario));
        left.map(|it| (it.line, it.name(), it.year().is_some())).collect()
    }

    /// Figures to calibrate to whose days lie within these.
    pub fn to_fit(&self, first: Date, last: Date) -> impl Iterator<Item = &Published> {
        let within = move |it: &&Published| first <= it.from && it.to <= last;
        self.all.iter().filter(|it| it.used == Use::Fit).filter(within)
    }
}

/// Heads that a message names at most. Source: judgement.
const HEADS: usize = 5;

/// Columns that a file needs, and those it may have.
const COLUMNS: [(&str, bool); 9] = [
    ("quantity", true),
    ("from", true),
    ("to", true),
    ("value", true),
    ("low", false),
    ("high", false),
    ("factor", false),
    ("use", false),
    ("source", true),
];

/// The figures of a table, or all that is wrong with it.
fn figures(table: &InputTable) -> Result<List, Vec<Fault>> {
    let mut faults = Vec::new();
    let columns = || COLUMNS.map(|(name, _)| name).join(", ");
    if COLUMNS.iter().all(|(name, _)| table.column(name).is_none()) {
        // A table of something else, or with heads in another language: one fault says it.
        let heads = table.columns.iter().filter(|column| !column.index);
        let heads: Vec<String> = heads.take(HEADS).map(|it| format!("`{}`", it.name)).collect();
        let heads = heads.join(", ");
        let why = format!("none of its columns has a name that figures have: {heads}");
        return Err(vec![fault(table, 0, 0, why, format!("columns are {}", columns()))]);
    }
    for (name, _) in COLUMNS.iter().filter(|(_, needed)| *needed) {
        if table.column(name).is_none() {
            let why = format!("it has no column `{name}`");
            faults.push(Fault::new(why, format!("columns are {}", columns())));
        }
    }
    for column in table.columns.iter().filter(|column| !column.index) {
        let names = COLUMNS.iter().map(|(name, _)| *name);
        if !names.clone().any(|name| name == column.name) {
            let near =
                nearest(&column.name, names.clone()).map(|near| format!("did you mean `{near}`?"));
            let all = || format!("columns are {}", columns());
            let why = format!("there is no column `{}`", column.name);
            faults.push(fault(table, 0, column.place, why, near.unwrap_or_else(all)));
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let mut all: Vec<Published> = Vec::new();
    let mut known = BTreeSet::new();
    for row in 0..table.rows {
        let mut found = FigureRow { table, row, faults: Vec::new() };
        if let Some(figure) = found.figure() {
            if !known.insert((figure.quantity, figure.from, figure.to)) {
                let why = format!("{} stands twice", figure.name());
                found.wrong("quantity", why, "of several statements give `low` and `high`");
            }
            all.push(figure);
        }
        faults.extend(found.faults);
    }
    if faults.is_empty() { Ok(List { all, notes: table.notes.clone() }) } else { Err(faults) }
}

/// What is wrong in a cell; row 0 is the head.
fn fault(
    table: &InputTable,
    row: usize,
    place: usize,
    why: String,
    hint: impl Into<String>,
) -> Fault {
    let line = table.lines.as_ref().map(|lines| {
        let (line, number, cells) = lines.cells(row);
        let end = line.len();
        (line.to_owned(), number, cells.get(place).cloned().unwrap_or(end..end))
    });
    let why = if line.is_none() && row > 0 { format!("row {row}: {why}") } else { why };
    Fault { line, ..Fault::new(why, hint) }
}

/// A row that is read, and what is wrong with it.
struct FigureRow<'a> {
    table: &'a InputTable,
    row: usize,
    faults: Vec<Fault>,
}

impl FigureRow<'_> {
    fn wrong(&mut self, column: &str, why: String, hint: impl Into<String>) {
        let place = self.table.column(column).map_or(0, |it| it.place);
        self.faults.push(fault(self.table, self.row + 1, place, why, hint));
    }

    fn entry(&self, column: &str) -> &InputEntry {
        self.table.column(column).map_or(&InputEntry::Empty, |it| &it.entries[self.row])
    }

    fn text(&self, column: &str) -> Option<String> {
        self.entry(column).written()
    }

    /// A number, at least so large; `None` where the cell is empty, or wrong.
    fn number(&mut self, column: &str, least: f64) -> Option<f64> {
        match self.entry(column) {
            InputEntry::Empty => None,
            InputEntry::Number(number) if number.is_finite() && *number >= least => Some(*number),
            InputEntry::Number(number) => {
                let why = format!("`{column}` is {number}, and at least {least} is allowed");
                self.wrong(column, why, "");
                None
            }
            InputEntry::Text(_) | InputEntry::Other(_) => {
                self.wrong(
                    column,
                    format!("`{column}` is no number"),
                    "write 1234.5, without thousands' commas",
                );
                None
            }
        }
    }

    /// A day, or the first or last one of a year.
    fn day(&mut self, column: &str, of_year: fn(i16) -> Date) -> Option<Date> {
        let text = self.text(column).unwrap_or_default();
        let year = text.parse::<i16>().ok().filter(|year| (1000..=9999).contains(year));
        let turned = || Date::strptime("%d.%m.%Y", &text).ok();
        let day = year.map(of_year).or_else(|| text.parse().ok()).or_else(turned);
        if day.is_none() {
            let why = format!("`{column}` is no day");
            self.wrong(column, why, "write 2024-08-31, 31.08.2024, or 2024 for the whole year");
        }
        day
    }

    fn figure(&mut self) -> Option<Published> {
        let name = self.text("quantity").unwrap_or_default();
        let of = quantity(&name);
        match of {
            None => {
                let names = SIGHTS.iter().filter(|of| of.is_seen()).map(|of| of.quantity);
                let near =
                    nearest(&name, names.clone()).map(|near| format!("did you mean `{near}`?"));
                let all = || format!("quantities are {}", names.collect::<Vec<&str>>().join(", "));
                let why = format!("the agency's view has no `{name}`");
                self.wrong("quantity", why, near.unwrap_or_else(all));
            }
            Some(of) if !of.is_seen() => {
                let why =
                    format!("no agency sees `{name}`, so nothing can be set against a figure");
                self.wrong("quantity", why, "");
            }
            Some(_) => {}
        }
        let from = self.day("from", |year| whole(year).0);
        let to = self.day("to", |year| whole(year).1);
        let value = self.number("value", 0.0);
        if value.is_none_or(|value| value <= 0.0) && self.faults.is_empty() {
            self.wrong("value", "`value` must be a number above 0".to_owned(), "");
        }
        let (low, high) = (self.number("low", 0.0), self.number("high", 0.0));
        let factor = self.number("factor", 1.0).unwrap_or(1.0);
        let used = match self.text("use").as_deref() {
            None | Some("fit") => Use::Fit,
            Some("check") => Use::Check,
            Some(other) => {
                self.wrong("use", format!("`use` is `{other}`"), "allowed are fit and check");
                Use::Check
            }
        };
        let source = self.text("source").unwrap_or_default();
        if source.is_empty() {
            self.wrong(
                "source",
                "`source` is empty".to_owned(),
                "every figure says where it stands",
            );
        }
        let (of, from, to, value) = (of?, from?, to?, value?);
        let (low, high) = (low.unwrap_or(value), high.unwrap_or(value));
        let lines = self.table.lines.as_ref();
        let line = lines.map_or(self.row + 1, |lines| lines.cells(self.row + 1).1);
        let figure = Published {
            quantity: of.quantity,
            from,
            to,
            low,
            value,
            high,
            factor,
            used,
            source,
            line,
        };
        if from > to {
            self.wrong("to", format!("`to` ({to}) lies before `from` ({from})"), "");
        } else if figure.year().is_none() && of.over.is_none() {
            let why = format!("`{}` is known for whole calendar years only", of.quantity);
            self.wrong("from", why, "give a year, such as 2024 in `from` and `to`");
        }
        if !(low <= value && value <= high) {
            let why =
                format!("`value` does not lie between `low` and `high`: {low}, {value}, {high}");
            self.wrong("value", why, "");
        } else if low == high && factor == 1.0 {
            let hint = "give `low` and `high`, or a `factor` above 1: 1.15 where an agency counts its own acts, 1.5 for sums, 2 where one case stands for all";
            self.wrong("value", "nothing says how far the figure can be believed".to_owned(), hint);
        }
        self.faults.is_empty().then_some(figure)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<List, Vec<Fault>> {
        read_text(text.into()).and_then(|table| figures(&table))
    }

    #[test]
    fn ours_are_twenty_four_figures_to_fit_with_their_bands() {
        let ours = List::ours();
        assert_eq!(ours.all.len(), 24);
        assert!(ours.all.iter().all(|it| it.used == Use::Fit && it.year().is_some()));
        let fitted = |first, last| ours.to_fit(whole(first).0, whole(last).1).count();
        assert_eq!((fitted(2022, 2026), fitted(2023, 2023), fitted(2019, 2021)), (24, 1, 0));
        let property = ours.of_year(2024, "seized_property_kzt").unwrap();
        assert_eq!((property.low, property.high), (2.51e6 * 470.0, 3.77e6 * 470.0));
        let fraud = ours.of_year(2025, "fraud_stopped_kzt").unwrap();
        assert_eq!(fraud.value, (2.8e9 - 0.967e9) * 365.0 / 345.0);
        assert_eq!(fraud.tolerance(), (fraud.value / 1.5, fraud.value * 1.5));
    }

    #[test]
    fn a_factor_of_two_is_taken_from_the_ends_of_the_band() {
        let users = List::ours().of_year(2024, "licensed_users_share").unwrap();
        assert!(users.within_factor_two(0.16) && users.within_factor_two(0.015));
        assert!(!users.within_factor_two(0.17) && !users.within_factor_two(0.01));
    }

    #[test]
    fn an_analysts_file_with_semicolons_and_parts_of_a_year_is_read() {
        let text = "quantity;from;to;value;low;high;factor;use;source\n\
            closures;2024;2024;36;;;1,15;;AFM\n\
            convictions;01.01.2024;31.08.2024;6;4;6;1,5;check;AFM, August\n";
        let found = read(text).unwrap().all;
        assert_eq!((found[0].name(), found[0].factor), ("closures 2024".to_owned(), 1.15));
        assert_eq!((found[0].used, found[1].used), (Use::Fit, Use::Check));
        assert_eq!(found[1].name(), "convictions 2024-01-01..2024-08-31");
        assert_eq!((found[1].year(), found[1].low), (None, 4.0));
        // Days that are no calendar year, or lie outside of the run, are told with their lines.
        let (list, mut scenario) = (read(text).unwrap(), scenario::reference().scenario);
        let part = (3, found[1].name(), false);
        assert_eq!(list.left_out(&scenario), std::slice::from_ref(&part));
        scenario.end = date(2024, 6, 30);
        assert_eq!(list.left_out(&scenario), [(2, found[0].name(), true), part]);
    }

    #[test]
    fn what_is_wrong_is_told_with_the_line_and_what_is_allowed() {
        let head = "quantity,from,to,value,low,high,factor,use,source\n";
        for (row, why, hint) in [
            ("closure,2024,2024,36,,,2,fit,x", "has no `closure`", "`closures`"),
            ("crime_turnover_kzt,2024,2024,36,,,2,fit,x", "no agency sees", ""),
            ("closures,2024-13-01,2024,36,,,2,fit,x", "`from` is no day", "2024-08-31"),
            ("closures,2025,2024,36,,,2,fit,x", "lies before", ""),
            ("closures,2024,2024,0,,,2,fit,x", "above 0", ""),
            ("closures,2024,2024,36,40,50,2,fit,x", "does not lie between", ""),
            ("closures,2024,2024,36,,,,fit,x", "how far", "factor"),
            ("closures,2024,2024,36,,,0.5,fit,x", "at least 1", ""),
            ("closures,2024,2024,36,,,2,fitted,x", "`fitted`", "fit and check"),
            ("closures,2024,2024,36,,,2,fit,", "`source` is empty", ""),
            ("drug_share,2024,2024-08-31,0.1,,,2,fit,x", "whole calendar years", ""),
            ("closures,2024,2024,36,,,2,fit,x\nclosures,2024,2024,3,,,2,fit,x", "stands twice", ""),
        ] {
            let found = read(&format!("{head}{row}\n")).unwrap_err();
            assert!(found[0].why.contains(why) && found[0].hint.contains(hint), "{row}: {found:?}");
            assert!(found[0].line.is_some());
        }
        let found = read("quantity,form,to,value,source\nclosures,2024,2024,36,x\n").unwrap_err();
        assert!(found[0].why.contains("no column `from`"), "{found:?}");
        assert!(found[1].hint.contains("did you mean `from`"), "{found:?}");
        // Heads in another language are one fault, not one a column.
        let found = read("показатель,с,по,значение\nзакрыто,2024,2024,36\n").unwrap_err();
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].why.contains("`показатель`") && found[0].hint.contains("quantity, from"));
    }
}
