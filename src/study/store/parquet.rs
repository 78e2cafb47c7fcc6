//! Tables as Parquet: typed columns, compressed, units and meanings in the file.

use std::borrow::Borrow;
use std::sync::Arc;

use arrow_array::{
    ArrayRef, BooleanArray, Date32Array, Float64Array, Int32Array, Int64Array, RecordBatch,
    StringArray,
};
use arrow_schema::{DataType, Field, Schema};
use jiff::civil::Date;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;

use super::table::{Column, Table, Values};

/// Compression: larger is slower and hardly smaller here. Unit: zstd level. Source: judgement.
const ZSTD_LEVEL: i32 = 3;

/// A Parquet file with a row group for each of these tables, which have the same columns.
///
/// # Errors
/// If there is no table, or columns differ.
pub fn parquet<T: Borrow<Table>>(groups: impl IntoIterator<Item = T>) -> Result<Vec<u8>, String> {
    let mut groups = groups.into_iter().peekable();
    let first = groups.peek().ok_or("a table without columns")?.borrow();
    let schema = Arc::new(Schema::new(first.columns.iter().map(field).collect::<Vec<Field>>()));
    // Units go into the file's own list, which keeps its order; arrow's field metadata is a hash map.
    let measured = first.columns.iter().filter(|of| matches!(of.values, Values::Whole(_)));
    let unit = |column: &Column| {
        KeyValue::new(column.name.to_string(), format!("{}: {}", column.unit, column.meaning))
    };
    let units: Vec<KeyValue> = measured.map(unit).collect();
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(ZSTD_LEVEL).map_err(text)?))
        .set_key_value_metadata((!units.is_empty()).then_some(units))
        .set_created_by(format!("crackdown {}", env!("CARGO_PKG_VERSION")))
        .build();
    let mut writer =
        ArrowWriter::try_new(Vec::new(), schema.clone(), Some(properties)).map_err(text)?;
    for table in groups {
        writer.write(&batch(table.borrow(), &schema)?).map_err(text)?;
        writer.flush().map_err(text)?;
    }
    writer.into_inner().map_err(text)
}

/// The rows of a table in memory.
pub(super) fn rows(table: &Table) -> Result<RecordBatch, String> {
    let fields: Vec<Field> = table.columns.iter().map(field).collect();
    batch(table, &Arc::new(Schema::new(fields)))
}

fn batch(table: &Table, schema: &Arc<Schema>) -> Result<RecordBatch, String> {
    let arrays = table.columns.iter().map(|column| array(&column.values)).collect();
    RecordBatch::try_new(schema.clone(), arrays).map_err(text)
}

fn field(column: &Column) -> Field {
    let kind = match column.values {
        Values::Text(_) => DataType::Utf8,
        Values::Truth(_) => DataType::Boolean,
        Values::Date(_) => DataType::Date32,
        Values::Index(_) => DataType::Int32,
        Values::Whole(_) => DataType::Int64,
        Values::Number(_) | Values::Exact(_) => DataType::Float64,
    };
    Field::new(column.name.as_ref(), kind, column.optional)
}

fn array(values: &Values) -> ArrayRef {
    let epoch = jiff::civil::date(1970, 1, 1);
    let day = |date: &Option<Date>| date.map(|date| (date - epoch).get_days());
    match values {
        Values::Text(values) => {
            Arc::new(values.iter().map(Option::as_deref).collect::<StringArray>())
        }
        Values::Truth(values) => Arc::new(values.iter().copied().collect::<BooleanArray>()),
        Values::Date(values) => Arc::new(values.iter().map(day).collect::<Date32Array>()),
        Values::Index(values) => {
            let signed = |index: &Option<u32>| index.map(|index| index as i32);
            Arc::new(values.iter().map(signed).collect::<Int32Array>())
        }
        Values::Whole(values) => Arc::new(values.iter().copied().collect::<Int64Array>()),
        Values::Number(values) | Values::Exact(values) => {
            Arc::new(values.iter().copied().collect::<Float64Array>())
        }
    }
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}
