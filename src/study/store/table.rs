//! A result table: columns that say their name, unit and meaning, and hold their values.
//!
//! A table is declared in one function, from its rows: each column is a line there (`with_columns!`), with its words and with
//! what it shows of a row. What is written of a table (CSV, Parquet, sheets of a workbook, `columns.md`) is made by a function on [`Table`] in
//! a file of its own, so a new column is one line, and it cannot be written without a unit and a meaning.
//!
//! Deliberately absent: what the values are, and how files look.

use std::borrow::Cow;

use jiff::civil::Date;

use super::number::{plain, yes};

/// Words that the program holds, or that it makes.
pub type Phrase = Cow<'static, str>;

/// Unit of a column whose rows have units of their own.
pub const UNIT_OF_ROW: &str = "unit of the row";

/// A result table.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// Name of its file, without the ending.
    pub name: &'static str,
    /// Ending of the name of its file.
    pub ending: &'static str,
    /// What one row is, or what the rows tell together: a sentence without its full stop.
    pub meaning: &'static str,
    /// Columns, all of the same length.
    pub columns: Vec<ResultColumn>,
}

/// A column of a result table.
#[derive(Clone, Debug, PartialEq)]
pub struct ResultColumn {
    /// Name.
    pub name: Phrase,
    /// Unit; for words what kind of words they are.
    pub unit: Phrase,
    /// What the values tell: a sentence without its full stop.
    pub meaning: Phrase,
    /// Whether a row may have no value.
    pub optional: bool,
    /// Values, by row.
    pub values: ColumnValues,
}

/// Values of a column; `None` where there is no such value, which is never the same as 0.
#[derive(Clone, Debug, PartialEq)]
pub enum ColumnValues {
    /// Words.
    Text(Vec<Option<Phrase>>),
    /// Whether something is so.
    Truth(Vec<Option<bool>>),
    /// Days of the calendar.
    Date(Vec<Option<Date>>),
    /// Numbers that name something, from 0: draws and replications.
    Index(Vec<Option<u32>>),
    /// Whole numbers.
    Whole(Vec<Option<i64>>),
    /// Numbers, written with six significant digits at least.
    Number(Vec<Option<f64>>),
    /// Numbers, written so that the same number is read back: other tables can be computed from them.
    Exact(Vec<Option<f64>>),
}

impl ColumnValues {
    /// Number of rows.
    pub fn len(&self) -> usize {
        match self {
            ColumnValues::Text(values) => values.len(),
            ColumnValues::Truth(values) => values.len(),
            ColumnValues::Date(values) => values.len(),
            ColumnValues::Index(values) => values.len(),
            ColumnValues::Whole(values) => values.len(),
            ColumnValues::Number(values) | ColumnValues::Exact(values) => values.len(),
        }
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A value as text; empty where there is none.
    pub fn text(&self, row: usize) -> Cow<'_, str> {
        let text = match self {
            ColumnValues::Text(values) => return values[row].as_deref().unwrap_or_default().into(),
            ColumnValues::Truth(values) => values[row].map(yes),
            ColumnValues::Date(values) => values[row].map(|date| date.to_string()),
            ColumnValues::Index(values) => values[row].map(|index| index.to_string()),
            ColumnValues::Whole(values) => values[row].map(|value| value.to_string()),
            ColumnValues::Number(values) => values[row].map(plain),
            ColumnValues::Exact(values) => {
                values[row].filter(|value| !value.is_nan()).map(|value| value.to_string())
            }
        };
        text.unwrap_or_default().into()
    }
}

impl Table {
    /// Begins a table of CSV with a row for each of these.
    pub fn of<'a, R>(name: &'static str, meaning: &'static str, rows: &'a [R]) -> TableRows<'a, R> {
        TableRows { rows, table: Table { name, ending: "csv", meaning, columns: Vec::new() } }
    }

    /// Name of its file.
    pub fn file_name(&self) -> String {
        format!("{}.{}", self.name, self.ending)
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.columns.first().map_or(0, |column| column.values.len())
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// What a cell is made of: a value, or one that may be missing.
pub trait CellValue<T> {
    /// Whether it may be missing.
    const OPTIONAL: bool;
    /// The value, if there is one.
    fn value(self) -> Option<T>;
}

/// Values that are never missing.
macro_rules! cells {
    ($($from:ty => $to:ty: $make:expr;)+) => {$(
        impl CellValue<$to> for $from {
            const OPTIONAL: bool = false;
            fn value(self) -> Option<$to> {
                let make: fn($from) -> $to = $make;
                Some(make(self))
            }
        }
    )+};
}

cells! {
    &'static str => Phrase: Cow::Borrowed;
    String => Phrase: Cow::Owned;
    bool => bool: |truth| truth;
    Date => Date: |date| date;
    u32 => u32: |index| index;
    i64 => i64: |value| value;
    i16 => i64: i64::from;
    u16 => i64: i64::from;
    u32 => i64: i64::from;
    usize => i64: |value| value as i64;
    f64 => f64: |value| value;
}

impl<T, C: CellValue<T>> CellValue<T> for Option<C> {
    const OPTIONAL: bool = true;

    fn value(self) -> Option<T> {
        self.and_then(C::value)
    }
}

/// A table in the making: columns are added one after another.
#[derive(Debug)]
#[must_use]
pub struct TableRows<'a, R> {
    rows: &'a [R],
    table: Table,
}

/// Rows with these columns, one after another: kind, name, unit, meaning, and what it shows of a row. A kind is a method of
/// [`TableRows`] that takes these four; `with` adds columns that several tables have.
macro_rules! with_columns {
    ($rows:expr, $row:ident => ) => { $rows };
    ($rows:expr, $row:ident => with $more:expr; $($rest:tt)*) => {
        $crate::store::table::with_columns!($rows.with($more), $row => $($rest)*)
    };
    ($rows:expr, $row:ident => $kind:ident $name:expr, $unit:expr, $meaning:expr => $of:expr; $($rest:tt)*) => {
        $crate::store::table::with_columns!(
            $rows.$kind($name, $unit, $meaning, |$row| { let _ = &$row; $of }), $row => $($rest)*
        )
    };
}
pub(crate) use with_columns;

/// A method that adds a column of a kind.
macro_rules! kinds {
    ($($(#[$doc:meta])+ $method:ident: $kind:ident of $value:ty;)+) => {$(
        $(#[$doc])+
        pub fn $method<C: CellValue<$value>>(
            self,
            name: impl Into<Phrase>,
            unit: impl Into<Phrase>,
            meaning: impl Into<Phrase>,
            of: impl Fn(&'a R) -> C,
        ) -> Self {
            let values = self.rows.iter().map(|row| of(row).value()).collect();
            self.column(ResultColumn {
                name: name.into(),
                unit: unit.into(),
                meaning: meaning.into(),
                optional: C::OPTIONAL,
                values: ColumnValues::$kind(values),
            })
        }
    )+};
}

impl<'a, R> TableRows<'a, R> {
    kinds! {
        /// Adds a column of words.
        text: Text of Phrase;
        /// Adds a column of `yes` and `no`.
        truth: Truth of bool;
        /// Adds a column of days.
        date: Date of Date;
        /// Adds a column of numbers that name something, from 0.
        index: Index of u32;
        /// Adds a column of whole numbers.
        whole: Whole of i64;
        /// Adds a column of numbers that are shown with six significant digits.
        number: Number of f64;
        /// Adds a column of numbers that are read back as they are.
        exact: Exact of f64;
    }

    /// Adds a column as it is.
    pub fn column(mut self, column: ResultColumn) -> Self {
        self.table.columns.push(column);
        self
    }

    /// Adds columns that several tables have, or that depend on something.
    pub fn with(self, more: impl FnOnce(Self) -> Self) -> Self {
        more(self)
    }

    /// Adds both ends of an interval: its meaning goes on after "Lower end of the".
    pub fn interval(
        self,
        [low, high]: [&'static str; 2],
        unit: &'static str,
        meaning: &'static str,
        of: impl Fn(&'a R) -> Option<(f64, f64)>,
    ) -> Self {
        self.number(low, unit, format!("Lower end of the {meaning}"), |row| of(row).map(|it| it.0))
            .number(high, unit, format!("Upper end of the {meaning}"), |row| of(row).map(|it| it.1))
    }

    /// Adds a column of numbers for each name.
    pub fn numbers<C: CellValue<f64>, const N: usize>(
        mut self,
        names: [impl Into<Phrase>; N],
        unit: &'static str,
        meaning: &'static str,
        of: impl Fn(&'a R) -> [C; N],
    ) -> Self {
        for (at, name) in names.into_iter().enumerate() {
            let one = |row| of(row).into_iter().nth(at).expect("a value for each name");
            self = self.number(name, unit, meaning, one);
        }
        self
    }

    /// Adds median, 5 % and 95 % quantile of five quantiles: `NAME_p50`, `NAME_p5`, `NAME_p95`.
    pub fn quantiles(
        mut self,
        name: &'static str,
        unit: &'static str,
        meaning: &'static str,
        of: impl Fn(&'a R) -> Option<[f64; 5]>,
    ) -> Self {
        for (at, end, which) in
            [(2, "p50", "median"), (0, "p5", "5 % quantile"), (4, "p95", "95 % quantile")]
        {
            self = self.number(
                format!("{name}_{end}"),
                unit,
                format!("{meaning}: {which} over replications"),
                |row| of(row).map(|bands| bands[at]),
            );
        }
        self
    }

    /// A table of another format than CSV.
    pub fn ending(mut self, ending: &'static str) -> Self {
        self.table.ending = ending;
        self
    }

    /// The finished table.
    pub fn table(self) -> Table {
        for ResultColumn { name, unit, meaning, .. } in &self.table.columns {
            let told = !name.is_empty() && !unit.is_empty() && !meaning.is_empty();
            debug_assert!(told, "{}: `{name}` lacks a unit or a meaning", self.table.name);
        }
        self.table
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_is_missing_is_empty_and_one_that_is_nothing_is_zero() {
        let rows = [(Some(0.0), "a", 3_usize), (None, "b", 4)];
        let table = Table::of("t", "Rows", &rows)
            .number("x", "KZT", "A number", |row| row.0)
            .text("name", "name", "A name", |row| row.1)
            .whole("n", "number", "A count", |row| row.2)
            .interval(["low", "high"], "KZT", "interval", |row| row.0.map(|x| (x, x)))
            .table();
        let optional: Vec<bool> = table.columns.iter().map(|column| column.optional).collect();
        assert_eq!(optional, [true, false, false, true, true]);
        let cells = |row: usize| -> Vec<Cow<str>> {
            table.columns.iter().map(|column| column.values.text(row)).collect()
        };
        assert_eq!(cells(0), ["0", "a", "3", "0", "0"]);
        assert_eq!(cells(1), ["", "b", "4", "", ""]);
        assert_eq!(table.columns[3].meaning, "Lower end of the interval");
    }

    #[test]
    fn exact_numbers_are_read_back_as_they_are() {
        let exact = ColumnValues::Exact(vec![Some(0.1 + 0.2), Some(f64::NAN), None]);
        let texts: Vec<Cow<str>> = (0..3).map(|row| exact.text(row)).collect();
        assert_eq!(texts, ["0.30000000000000004", "", ""]);
    }
}
