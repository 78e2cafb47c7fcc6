//! Series by day as actors declare them, and the counts of a run.

use crate::units::{Class, Trader};

/// A series: what one column of a table counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Series {
    /// Name in tables.
    pub name: &'static str,
    /// Unit.
    pub unit: &'static str,
    /// What it counts, for `columns.md`.
    pub meaning: &'static str,
}

/// What the rows of a day are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowsOfDay {
    /// None: the rows are those of [`Migration`](super::Migration), over the whole run.
    None,
    /// One.
    One,
    /// One for each venue class.
    Class,
    /// One for each venue class and kind of trader.
    ClassTrader,
}

impl RowsOfDay {
    /// How many there are.
    pub const fn number(self) -> usize {
        match self {
            RowsOfDay::None => 0,
            RowsOfDay::One => 1,
            RowsOfDay::Class => Class::COUNT,
            RowsOfDay::ClassTrader => Class::COUNT * Trader::COUNT,
        }
    }
}

/// A table of series as it is declared.
#[derive(Debug)]
pub struct SeriesTable {
    /// Before the names of its series where runs are stored.
    pub prefix: &'static str,
    /// Table of the result folder (its file without ending) in which its series stand, with those of others; empty if in none.
    pub file: &'static str,
    /// What the rows of a day are.
    pub rows: RowsOfDay,
    /// Its series, in order.
    pub series: &'static [Series],
}

/// The series of one table: an enum made by [`series!`](crate::series).
pub trait SeriesList: Copy + Send + Sync + 'static {
    /// Their table.
    const TABLE: &'static SeriesTable;
    /// All of them, in the order of the table.
    const ALL: &'static [Self];
    /// Position in the table.
    fn index(self) -> usize;
}

/// What a run counted in one table: `columns[series][day · rows of a day + row]`.
#[derive(Clone, Debug)]
pub struct Counts {
    /// What the table is.
    pub table: &'static SeriesTable,
    /// Its columns, in the order of its series.
    pub columns: Vec<Vec<i64>>,
}

impl PartialEq for Counts {
    fn eq(&self, other: &Counts) -> bool {
        std::ptr::eq(self.table, other.table) && self.columns == other.columns
    }
}

impl Counts {
    /// Nothing yet, with room for some days.
    pub fn with_room(table: &'static SeriesTable, days: usize) -> Counts {
        let column = |_| Vec::with_capacity(days * table.rows.number());
        Counts { table, columns: table.series.iter().map(column).collect() }
    }
}

/// Declares the series of a table, once for all: their names, units and meanings.
///
/// After `in` stand the file in which they appear, what the rows of a day are, and what is put before their names where
/// runs are stored.
#[macro_export]
macro_rules! series {
    ($(#[$doc:meta])* $name:ident in $file:literal, $rows:ident, $prefix:literal;
        $($series:ident = $key:literal, $unit:literal, $meaning:literal;)+
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $(#[doc = $meaning] $series),+ }

        impl $name {
            /// All of them, in the order of the table.
            pub const ALL: &'static [$name] = &[$($name::$series),+];
            /// How many there are.
            pub const COUNT: usize = $name::ALL.len();

            /// Name in the table.
            pub fn key(self) -> &'static str {
                match self { $($name::$series => $key),+ }
            }
        }

        impl $crate::record::series::SeriesList for $name {
            const TABLE: &'static $crate::record::series::SeriesTable = {
                static TABLE: $crate::record::series::SeriesTable = $crate::record::series::SeriesTable {
                    prefix: $prefix,
                    file: $file,
                    rows: $crate::record::series::RowsOfDay::$rows,
                    series: &[$(
                        $crate::record::series::Series { name: $key, unit: $unit, meaning: $meaning },
                    )+],
                };
                &TABLE
            };
            const ALL: &'static [$name] = $name::ALL;
            fn index(self) -> usize { self as usize }
        }
    };
}
