//! Whether a run that was made again stands in the tables of `crackdown run`, value by value.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use ::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use arrow_array::RecordBatch;

use crate::store::days::DAYS;
use crate::store::{csv, parquet, views};
use world::record::Record;

/// Tables in which the rows of this run are not what was simulated, each with the reason.
///
/// # Errors
/// If the run cannot be written as tables.
pub fn rows_that_differ(folder: &Path, record: &Record) -> Result<Vec<String>, String> {
    let mut found = Vec::new();
    for days in DAYS {
        let table = days(record);
        let (name, expected) = (table.file_name(), parquet::rows(&table)?);
        let path = folder.join(&name);
        // The file may be anything, and its reader is written for files that are well-formed.
        let compared = catch_unwind(AssertUnwindSafe(|| compare(&path, &expected, record)));
        let compared = compared.unwrap_or_else(|_| Err("is damaged".to_owned()));
        found.extend(compared.err().map(|why| format!("{name}: {why}")));
    }
    found.extend(measures(folder, record).err().map(|why| format!("replications.csv: {why}")));
    Ok(found)
}

fn compare(path: &Path, expected: &RecordBatch, record: &Record) -> Result<(), String> {
    let text = |error: ::parquet::errors::ParquetError| error.to_string();
    let file = fs::File::open(path).map_err(|error| error.to_string())?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(text)?;
    let group = record.key.replication as usize;
    let rows = builder.metadata().row_groups().get(group).map(|group| group.num_rows());
    if rows != i64::try_from(expected.num_rows()).ok() {
        return Err(format!("has other rows for replication {group}"));
    }
    if builder.schema().fields() != expected.schema().fields() {
        return Err("has other columns".to_owned());
    }
    let reader = builder.with_batch_size(expected.num_rows()).with_row_groups(vec![group]);
    let mut at = 0;
    for batch in reader.build().map_err(text)? {
        let batch = batch.map_err(|error| error.to_string())?;
        let part = expected.slice(at, batch.num_rows().min(expected.num_rows() - at));
        for (column, field) in batch.columns().iter().zip(expected.schema().fields()) {
            let same = part.column_by_name(field.name()).is_some_and(|of| of == column);
            if !same {
                return Err(format!("`{}` of replication {group} differs", field.name()));
            }
        }
        at += batch.num_rows();
    }
    if at == expected.num_rows() { Ok(()) } else { Err("lacks rows".to_owned()) }
}

fn measures(folder: &Path, record: &Record) -> Result<(), String> {
    let bytes = fs::read(folder.join("replications.csv")).map_err(|error| error.to_string())?;
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
