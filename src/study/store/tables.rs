//! The large tables as Parquet: every day, replication, class and trader.

use std::sync::Arc;

use arrow_array::{ArrayRef, Date32Array, Int32Array, Int64Array, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;

use world::record::underworld::Underworld;
use world::record::{Flow, Record, VenueColumn};
use world::units::{Class, Trader};

/// Compression: larger is slower and hardly smaller here. Unit: zstd level. Source: judgement.
const ZSTD_LEVEL: i32 = 3;

/// A table of labelled whole numbers, one row group for each replication.
struct Layout {
    /// Heads of the columns with labels.
    labels: &'static [&'static str],
    /// Columns with numbers.
    columns: Vec<Column>,
    rows_a_day: usize,
    /// Labels of a row.
    names: fn(usize) -> Vec<&'static str>,
    /// Numbers of a run, column by column.
    numbers: fn(&Record) -> Vec<&Vec<i64>>,
}

fn daily_layout() -> Layout {
    Layout {
        labels: &["class", "trader"],
        columns: Flow::ALL.iter().map(|c| (c.key(), c.unit(), c.meaning())).collect(),
        rows_a_day: Class::COUNT * Trader::COUNT,
        names: |row| {
            let class = Class::ALL[row / Trader::COUNT % Class::COUNT].key();
            vec![class, Trader::ALL[row % Trader::COUNT].key()]
        },
        numbers: |record| record.flows.iter().collect(),
    }
}

fn venues_layout() -> Layout {
    Layout {
        labels: &["class"],
        columns: VenueColumn::ALL.iter().map(|c| (c.key(), c.unit(), c.meaning())).collect(),
        rows_a_day: Class::COUNT,
        names: |row| vec![Class::ALL[row % Class::COUNT].key()],
        numbers: |record| record.venues.iter().collect(),
    }
}

/// Columns of `market.parquet`.
pub const MARKET: [Column; 5] = [
    ("card_price_kzt", "KZT", "Price of a mule card"),
    ("cases_open", "cases", "Cases that the AFM works on, each an investigator's day"),
    ("reports_filed", "reports", "Suspicious-transaction reports to the AFM, true and false"),
    ("reports_true", "reports", "Those that are true"),
    ("reports_read", "reports", "Those that the AFM gets to read"),
];

fn market_layout() -> Layout {
    Layout {
        labels: &[],
        columns: MARKET.to_vec(),
        rows_a_day: 1,
        names: |_| Vec::new(),
        numbers: |record| {
            let mut columns = vec![&record.card_price_kzt, &record.cases_open];
            columns.extend(&record.reports);
            columns
        },
    }
}

fn underworld_layout() -> Layout {
    Layout {
        labels: &[],
        columns: Underworld::ALL.iter().map(|c| (c.key(), c.unit(), c.meaning())).collect(),
        rows_a_day: 1,
        names: |_| Vec::new(),
        numbers: |record| record.underworld.iter().collect(),
    }
}

/// `daily.parquet`: flows by day, replication, class and trader.
pub fn daily(records: &[Record]) -> Result<Vec<u8>, String> {
    daily_layout().write(records)
}

/// `venues.parquet`: venues by day, replication and class.
pub fn venues(records: &[Record]) -> Result<Vec<u8>, String> {
    venues_layout().write(records)
}

/// `market.parquet`: prices by day and replication.
pub fn market(records: &[Record]) -> Result<Vec<u8>, String> {
    market_layout().write(records)
}

/// `underworld.parquet`: pyramids, illegal farms and rackets by day and replication.
pub fn underworld(records: &[Record]) -> Result<Vec<u8>, String> {
    underworld_layout().write(records)
}

/// All rows of one run in each of the four tables, by the name of the file.
pub fn rows(record: &Record) -> Result<[(&'static str, RecordBatch); 4], String> {
    let rows = |layout: Layout| layout.batch(record, &layout.schema());
    Ok([
        ("daily.parquet", rows(daily_layout())?),
        ("venues.parquet", rows(venues_layout())?),
        ("market.parquet", rows(market_layout())?),
        ("underworld.parquet", rows(underworld_layout())?),
    ])
}

/// Name, unit and meaning.
pub type Column = (&'static str, &'static str, &'static str);

impl Layout {
    fn schema(&self) -> Arc<Schema> {
        let mut fields = vec![
            Field::new("date", DataType::Date32, false),
            Field::new("replication", DataType::Int32, false),
        ];
        fields.extend(self.labels.iter().map(|label| Field::new(*label, DataType::Utf8, false)));
        let number = |(key, ..): &Column| Field::new(*key, DataType::Int64, false);
        fields.extend(self.columns.iter().map(number));
        Arc::new(Schema::new(fields))
    }

    fn write(&self, records: &[Record]) -> Result<Vec<u8>, String> {
        let schema = self.schema();
        // Units go into the file's own list, which keeps its order; arrow's field metadata is a hash map.
        let unit = |(key, unit, meaning): &Column| {
            KeyValue::new((*key).to_owned(), format!("{unit}: {meaning}"))
        };
        let units = self.columns.iter().map(unit).collect();
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::try_new(ZSTD_LEVEL).map_err(text)?))
            .set_key_value_metadata(Some(units))
            .set_created_by(format!("crackdown {}", env!("CARGO_PKG_VERSION")))
            .build();
        let mut writer =
            ArrowWriter::try_new(Vec::new(), schema.clone(), Some(properties)).map_err(text)?;
        for record in records {
            writer.write(&self.batch(record, &schema)?).map_err(text)?;
            writer.flush().map_err(text)?;
        }
        writer.into_inner().map_err(text)
    }

    /// The rows of one run.
    fn batch(&self, record: &Record, schema: &Arc<Schema>) -> Result<RecordBatch, String> {
        let rows = record.days * self.rows_a_day;
        let epoch = jiff::civil::date(1970, 1, 1);
        let first = (record.start - epoch).get_days();
        let dates = (0..rows).map(|row| first + (row / self.rows_a_day) as i32);
        let replication = record.key.replication as i32;
        let mut arrays: Vec<ArrayRef> = vec![
            Arc::new(Date32Array::from_iter_values(dates)),
            Arc::new(Int32Array::from(vec![replication; rows])),
        ];
        for label in 0..self.labels.len() {
            let cells = (0..rows).map(|row| (self.names)(row)[label]);
            arrays.push(Arc::new(StringArray::from_iter_values(cells)));
        }
        for column in (self.numbers)(record) {
            arrays.push(Arc::new(Int64Array::from(column.clone())));
        }
        RecordBatch::try_new(schema.clone(), arrays).map_err(text)
    }
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}
