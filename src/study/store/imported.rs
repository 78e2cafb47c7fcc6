//! Tables that others wrote: a posterior sample as Parquet or CSV, column by column.
//!
//! Deliberately absent: what the columns mean.

use std::path::Path;

use scenario::files;
use scenario::study::{Entry, Table};

use super::parquet_reader::{ParquetReader, Stored};

/// Largest table. Unit: bytes. Source: a million draws of a hundred parameters as text, all of which are held in memory; Status: assumption.
pub(super) const MOST_BYTES: u64 = 2_000_000_000;

/// Reads a table of numbers and texts: CSV if its name says so, else Parquet.
///
/// # Errors
/// Why it cannot be read, naming the column.
pub fn read_table(path: &Path) -> Result<Table, String> {
    if path.extension().is_some_and(|end| end.eq_ignore_ascii_case("csv")) {
        return read_csv(path);
    }
    let file = ParquetReader::open(path)?;
    let mut columns: Vec<(String, Vec<Entry>)> =
        file.names().into_iter().map(|name| (name, Vec::new())).collect();
    let mut rows = 0;
    for group in 0..file.groups() {
        for (place, (name, entries)) in columns.iter_mut().enumerate() {
            let column = file.column(group, place);
            append(entries, column, file.is_nested(place))
                .map_err(|why| format!("column `{name}` {why}"))?;
        }
        rows += file.rows(group);
    }
    Ok(Table { rows, columns })
}

/// What is a number in a CSV file is read as one.
fn read_csv(path: &Path) -> Result<Table, String> {
    let say = |error: csv::Error| error.to_string();
    let bytes = files::whole(path, MOST_BYTES).map_err(|error| files::why(&error))?;
    let mut reader = csv::Reader::from_reader(&bytes[..]);
    let names = reader.headers().map_err(say)?.clone();
    let mut columns: Vec<(String, Vec<Entry>)> =
        names.iter().map(|name| (name.to_owned(), Vec::new())).collect();
    let mut rows = 0;
    for record in reader.records() {
        let record = record.map_err(say)?;
        rows += 1;
        for ((name, entries), cell) in columns.iter_mut().zip(&record) {
            let cell = cell.trim();
            if cell.is_empty() {
                return Err(format!("column `{name}` has an empty place in row {rows}"));
            }
            let number = cell.parse().map(Entry::Number);
            entries.push(number.unwrap_or_else(|_| Entry::Text(cell.to_owned())));
        }
    }
    Ok(Table { rows, columns })
}

fn append(
    entries: &mut Vec<Entry>,
    column: Result<Stored, String>,
    nested: bool,
) -> Result<(), String> {
    if nested {
        return Err("holds lists or groups; numbers and texts are wanted".to_owned());
    }
    match column? {
        Stored::Text(values) => all(entries, values, Entry::Text),
        Stored::Whole(values) => all(entries, values, |value| Entry::Number(value as f64)),
        Stored::Number(values) => all(entries, values, Entry::Number),
        Stored::Truth(_) => Err("holds true and false; numbers and texts are wanted".to_owned()),
    }
}

fn all<T>(
    entries: &mut Vec<Entry>,
    values: Vec<Option<T>>,
    entry: impl Fn(T) -> Entry,
) -> Result<(), String> {
    for value in values {
        let empty = || format!("has an empty place in row {}", entries.len() + 1);
        let value = value.ok_or_else(empty)?;
        entries.push(entry(value));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use ::parquet::basic::{Compression, GzipLevel, ZstdLevel};

    use super::super::parquet::ParquetFile;
    use super::super::table::Table as ResultTable;
    use super::*;

    fn read(table: &ResultTable, compression: Compression) -> Result<Table, String> {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("table.parquet");
        let tuned = |properties: ::parquet::file::properties::WriterPropertiesBuilder| {
            properties.set_compression(compression)
        };
        let mut file = ParquetFile::create(Vec::new(), table, None, tuned).unwrap();
        file.push(table).unwrap();
        std::fs::write(&path, file.finish().unwrap()).unwrap();
        read_table(&path)
    }

    #[test]
    fn numbers_and_texts_are_read_and_gaps_refused() {
        let rows = [(0.5, 3_i64, "Easiest"), (2.0, 4, "Largest")];
        let table = ResultTable::of("t", "Rows", &rows)
            .exact("a", "number", "Number", |row| row.0)
            .whole("b", "number", "Whole number", |row| row.1)
            .text("c", "name", "Text", |row| row.2)
            .table();
        // What pandas, pyarrow, DuckDB and R write, and what they can write.
        for compression in [
            Compression::UNCOMPRESSED,
            Compression::SNAPPY,
            Compression::GZIP(GzipLevel::default()),
            Compression::LZ4_RAW,
            Compression::ZSTD(ZstdLevel::default()),
        ] {
            let table = read(&table, compression).unwrap();
            assert_eq!(table.rows, 2);
            assert_eq!(table.columns[0].1, [Entry::Number(0.5), Entry::Number(2.0)]);
            assert_eq!(table.columns[1].1, [Entry::Number(3.0), Entry::Number(4.0)]);
            assert_eq!(table.columns[2].1[1], Entry::Text("Largest".to_owned()));
        }
        let gap = ResultTable::of("t", "Rows", &[Some(0.5), None])
            .exact("a", "number", "Number", |row| *row)
            .table();
        let gap = read(&gap, Compression::UNCOMPRESSED);
        assert_eq!(gap, Err("column `a` has an empty place in row 2".to_owned()));
        let days = ResultTable::of("t", "Rows", &[jiff::civil::date(2024, 1, 1)])
            .truth("a", "yes or no", "Truth", |_| true)
            .table();
        assert!(read(&days, Compression::UNCOMPRESSED).unwrap_err().contains("column `a` holds"));
    }

    #[test]
    fn what_is_no_table_is_refused() {
        assert!(read_table(Path::new("Cargo.toml")).unwrap_err().contains("not a Parquet file"));
        assert_eq!(read_table(Path::new("no_such_file")), Err("there is no such file".to_owned()));
    }
}
