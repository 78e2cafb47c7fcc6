//! Whether a run that was made again stands in the tables of `crackdown run`, value by value.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use crate::store::days::DAYS;
use crate::store::parquet::schema;
use crate::store::parquet_reader::{ParquetReader, Stored};
use crate::store::{Table, csv, views};
use scenario::files;
use world::record::Record;

/// Tables in which the rows of this run are not what was simulated, each with the reason.
pub fn rows_that_differ(folder: &Path, record: &Record) -> Result<Vec<String>, String> {
    let mut found = Vec::new();
    for days in DAYS {
        let table = days.of(record);
        let name = table.file_name();
        let path = folder.join(&name);
        // The file may be anything, and its reader is written for files that are well-formed.
        let compared = catch_unwind(AssertUnwindSafe(|| compare(&path, &table, record)));
        let compared = compared.unwrap_or_else(|_| Err("is damaged".to_owned()));
        found.extend(compared.err().map(|why| format!("{name}: {why}")));
    }
    found.extend(measures(folder, record).err().map(|why| format!("replications.csv: {why}")));
    Ok(found)
}

fn compare(path: &Path, expected: &Table, record: &Record) -> Result<(), String> {
    let found = ParquetReader::open(path)?;
    let group = record.key.replication as usize;
    if group >= found.groups() || found.rows(group) != expected.len() {
        return Err(format!("has other rows for replication {group}"));
    }
    let columns = schema(expected)?;
    if found.about().file_metadata().schema().get_fields() != columns.get_fields() {
        return Err("has other columns".to_owned());
    }
    for (place, column) in expected.columns.iter().enumerate() {
        if found.column(group, place)? != Stored::from(&column.values) {
            return Err(format!("`{}` of replication {group} differs", column.name));
        }
    }
    Ok(())
}

fn measures(folder: &Path, record: &Record) -> Result<(), String> {
    let bytes = files::read(folder.join("replications.csv")).map_err(|error| files::why(&error))?;
    let found = String::from_utf8_lossy(&bytes);
    let expected = csv::csv(&views::replications(std::slice::from_ref(record)))?;
    let expected = String::from_utf8_lossy(&expected);
    let (head, rows) = expected.split_once('\n').unwrap_or_default();
    if found.lines().next() != Some(head) {
        return Err("has other columns".to_owned());
    }
    let number = format!("{},", record.key.replication);
    let found = found.lines().skip(1).filter(|line| line.starts_with(&number));
    let mut pairs = rows.lines();
    for line in found {
        if pairs.next() != Some(line) {
            return Err(format!("`{}` is not what was simulated", line.escape_debug()));
        }
    }
    pairs.next().map_or(Ok(()), |line| Err(format!("`{line}` is missing")))
}
