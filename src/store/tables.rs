//! The large tables as Parquet: every day, replication, class and trader.

use std::sync::Arc;

use arrow_array::{ArrayRef, Date32Array, Int32Array, Int64Array, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;

use crate::record::underworld::Underworld;
use crate::record::{Flow, Record, VenueColumn};
use crate::units::{Class, Trader};

/// Compression: larger is slower and hardly smaller here. Unit: zstd level. Source: judgement.
const ZSTD_LEVEL: i32 = 3;

/// `daily.parquet`: flows by day, replication, class and trader.
pub fn daily(records: &[Record]) -> Result<Vec<u8>, String> {
    let labels = ["class", "trader"];
    let columns: Vec<_> = Flow::ALL.iter().map(|c| (c.key(), c.unit(), c.meaning())).collect();
    let names = |row: usize| {
        let class = Class::ALL[row / Trader::COUNT % Class::COUNT].key();
        vec![class, Trader::ALL[row % Trader::COUNT].key()]
    };
    let rows_a_day = Class::COUNT * Trader::COUNT;
    write(records, &labels, &columns, rows_a_day, &names, |record| record.flows.iter().collect())
}

/// `venues.parquet`: venues by day, replication and class.
pub fn venues(records: &[Record]) -> Result<Vec<u8>, String> {
    let columns: Vec<_> =
        VenueColumn::ALL.iter().map(|c| (c.key(), c.unit(), c.meaning())).collect();
    let names = |row: usize| vec![Class::ALL[row % Class::COUNT].key()];
    write(records, &["class"], &columns, Class::COUNT, &names, |record| {
        record.venues.iter().collect()
    })
}

/// Columns of `market.parquet`.
pub const MARKET: [Column; 5] = [
    ("card_price_kzt", "KZT", "Price of a mule card"),
    ("cases_open", "cases", "Cases that the AFM works on, each an investigator's day"),
    ("reports_filed", "reports", "Suspicious-transaction reports to the AFM, true and false"),
    ("reports_true", "reports", "Those that are true"),
    ("reports_read", "reports", "Those that the AFM gets to read"),
];

/// `market.parquet`: prices by day and replication.
pub fn market(records: &[Record]) -> Result<Vec<u8>, String> {
    write(records, &[], &MARKET, 1, &|_| Vec::new(), |record| {
        let mut columns = vec![&record.card_price_kzt, &record.cases_open];
        columns.extend(&record.reports);
        columns
    })
}

/// `underworld.parquet`: pyramids, illegal farms and rackets by day and replication.
pub fn underworld(records: &[Record]) -> Result<Vec<u8>, String> {
    let columns: Vec<_> =
        Underworld::ALL.iter().map(|c| (c.key(), c.unit(), c.meaning())).collect();
    write(records, &[], &columns, 1, &|_| Vec::new(), |record| record.underworld.iter().collect())
}

/// Name, unit and meaning.
pub type Column = (&'static str, &'static str, &'static str);

/// A table of labelled whole numbers, one row group for each replication.
fn write(
    records: &[Record],
    labels: &[&str],
    columns: &[Column],
    rows_a_day: usize,
    names: &dyn Fn(usize) -> Vec<&'static str>,
    numbers: fn(&Record) -> Vec<&Vec<i64>>,
) -> Result<Vec<u8>, String> {
    let mut fields = vec![
        Field::new("date", DataType::Date32, false),
        Field::new("replication", DataType::Int32, false),
    ];
    fields.extend(labels.iter().map(|label| Field::new(*label, DataType::Utf8, false)));
    fields.extend(columns.iter().map(|(key, ..)| Field::new(*key, DataType::Int64, false)));
    let schema = Arc::new(Schema::new(fields));
    // Units go into the file's own list, which keeps its order; arrow's field metadata is a hash map.
    let units = columns
        .iter()
        .map(|(key, unit, meaning)| KeyValue::new((*key).to_owned(), format!("{unit}: {meaning}")))
        .collect();
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(ZSTD_LEVEL).map_err(text)?))
        .set_key_value_metadata(Some(units))
        .set_created_by(format!("crackdown {}", env!("CARGO_PKG_VERSION")))
        .build();
    let mut writer =
        ArrowWriter::try_new(Vec::new(), schema.clone(), Some(properties)).map_err(text)?;
    for record in records {
        let rows = record.days * rows_a_day;
        let epoch = jiff::civil::date(1970, 1, 1);
        let first = (record.start - epoch).get_days();
        let dates = (0..rows).map(|row| first + (row / rows_a_day) as i32);
        let replication = record.key.replication as i32;
        let mut arrays: Vec<ArrayRef> = vec![
            Arc::new(Date32Array::from_iter_values(dates)),
            Arc::new(Int32Array::from(vec![replication; rows])),
        ];
        for label in 0..labels.len() {
            let cells = (0..rows).map(|row| names(row)[label]);
            arrays.push(Arc::new(StringArray::from_iter_values(cells)));
        }
        for column in numbers(record) {
            arrays.push(Arc::new(Int64Array::from(column.clone())));
        }
        let batch = RecordBatch::try_new(schema.clone(), arrays).map_err(text)?;
        writer.write(&batch).map_err(text)?;
        writer.flush().map_err(text)?;
    }
    writer.into_inner().map_err(text)
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}
