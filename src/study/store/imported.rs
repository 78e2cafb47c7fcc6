//! Tables that others wrote: a posterior sample as Parquet or CSV, column by column.
//!
//! Deliberately absent: what the columns mean.

use std::fs::File;
use std::path::Path;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type,
    UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrowPrimitiveType};
use arrow_schema::DataType;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use scenario::study::{Entry, Table};

/// Reads a table of numbers and texts: CSV if its name says so, else Parquet.
///
/// # Errors
/// Why it cannot be read, naming the column.
pub fn read_table(path: &Path) -> Result<Table, String> {
    if path.extension().is_some_and(|end| end.eq_ignore_ascii_case("csv")) {
        return read_csv(path);
    }
    let file = File::open(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
        _ => error.to_string(),
    })?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(file)
        .map_err(|error| format!("it is not a Parquet file ({error})"))?;
    let names: Vec<String> =
        builder.schema().fields().iter().map(|field| field.name().clone()).collect();
    let mut columns: Vec<(String, Vec<Entry>)> =
        names.into_iter().map(|name| (name, Vec::new())).collect();
    let mut rows = 0;
    for batch in builder.build().map_err(|error| error.to_string())? {
        let batch = batch.map_err(|error| error.to_string())?;
        rows += batch.num_rows();
        for ((name, entries), array) in columns.iter_mut().zip(batch.columns()) {
            append(entries, array.as_ref()).map_err(|why| format!("column `{name}` {why}"))?;
        }
    }
    Ok(Table { rows, columns })
}

/// What is a number in a CSV file is read as one.
fn read_csv(path: &Path) -> Result<Table, String> {
    let say = |error: csv::Error| match error.kind() {
        csv::ErrorKind::Io(why) if why.kind() == std::io::ErrorKind::NotFound => {
            "there is no such file".to_owned()
        }
        _ => error.to_string(),
    };
    let mut reader = csv::Reader::from_path(path).map_err(say)?;
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

fn append(entries: &mut Vec<Entry>, array: &dyn Array) -> Result<(), String> {
    if array.null_count() > 0 {
        return Err(format!("has an empty place in row {}", entries.len() + first_null(array) + 1));
    }
    match array.data_type() {
        DataType::Float64 => numbers::<Float64Type>(entries, array, |value| value),
        DataType::Float32 => numbers::<Float32Type>(entries, array, f64::from),
        DataType::Int8 => numbers::<Int8Type>(entries, array, f64::from),
        DataType::Int16 => numbers::<Int16Type>(entries, array, f64::from),
        DataType::Int32 => numbers::<Int32Type>(entries, array, f64::from),
        DataType::Int64 => numbers::<Int64Type>(entries, array, |value| value as f64),
        DataType::UInt8 => numbers::<UInt8Type>(entries, array, f64::from),
        DataType::UInt16 => numbers::<UInt16Type>(entries, array, f64::from),
        DataType::UInt32 => numbers::<UInt32Type>(entries, array, f64::from),
        DataType::UInt64 => numbers::<UInt64Type>(entries, array, |value| value as f64),
        DataType::Utf8 => texts(entries, array.as_string::<i32>().iter()),
        DataType::LargeUtf8 => texts(entries, array.as_string::<i64>().iter()),
        DataType::Utf8View => texts(entries, array.as_string_view().iter()),
        other => return Err(format!("holds {other}; numbers and texts are wanted")),
    }
    Ok(())
}

fn first_null(array: &dyn Array) -> usize {
    (0..array.len()).find(|row| array.is_null(*row)).unwrap_or(0)
}

fn numbers<T: ArrowPrimitiveType>(
    entries: &mut Vec<Entry>,
    array: &dyn Array,
    number: impl Fn(T::Native) -> f64,
) {
    let values = array.as_primitive::<T>().values().iter();
    entries.extend(values.map(|value| Entry::Number(number(*value))));
}

fn texts<'a>(entries: &mut Vec<Entry>, values: impl Iterator<Item = Option<&'a str>>) {
    entries.extend(values.map(|text| Entry::Text(text.unwrap_or_default().to_owned())));
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
    use parquet::arrow::ArrowWriter;

    use super::*;

    fn written(columns: Vec<(&str, ArrayRef)>) -> Result<Table, String> {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("table.parquet");
        let batch = RecordBatch::try_from_iter(columns).unwrap();
        let file = File::create(&path).unwrap();
        let mut writer = ArrowWriter::try_new(file, batch.schema(), None).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
        read_table(&path)
    }

    #[test]
    fn numbers_and_texts_are_read_and_gaps_refused() {
        let table = written(vec![
            ("a", Arc::new(Float64Array::from(vec![0.5, 2.0]))),
            ("b", Arc::new(Int64Array::from(vec![3, 4]))),
            ("c", Arc::new(StringArray::from(vec!["Easiest", "Largest"]))),
        ])
        .unwrap();
        assert_eq!(table.rows, 2);
        assert_eq!(table.columns[0].1, [Entry::Number(0.5), Entry::Number(2.0)]);
        assert_eq!(table.columns[1].1, [Entry::Number(3.0), Entry::Number(4.0)]);
        assert_eq!(table.columns[2].1[1], Entry::Text("Largest".to_owned()));
        let gap = written(vec![("a", Arc::new(Float64Array::from(vec![Some(0.5), None])))]);
        assert_eq!(gap, Err("column `a` has an empty place in row 2".to_owned()));
    }

    #[test]
    fn what_is_no_table_is_refused() {
        assert!(read_table(Path::new("Cargo.toml")).unwrap_err().contains("not a Parquet file"));
        assert_eq!(read_table(Path::new("no_such_file")), Err("there is no such file".to_owned()));
    }
}
