//! A row that holds lists, as Parquet: everything that a run yields in one row.

use std::borrow::Cow;
use std::sync::Arc;

use ::parquet::basic::{Encoding, LogicalType, Repetition, Type as Kind};
use ::parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int32Type, Int64Type};
use ::parquet::errors::ParquetError;
use ::parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use ::parquet::schema::types::{Type, TypePtr};

use super::parquet::packed;

/// Compression: differences pack well, and fast is enough. Unit: zstd level. Source: judgement.
const ZSTD_LEVEL: i32 = 1;

/// A cell of such a row.
#[derive(Clone, Debug)]
pub enum ListCell<'a> {
    /// A number that names something.
    Index(u32),
    /// Words.
    Text(String),
    /// A list of whole numbers.
    Whole(Cow<'a, [i64]>),
    /// A list of numbers, some of which may be missing.
    Numbers(Vec<Option<f64>>),
}

/// A Parquet file of one row.
pub fn row_of_lists(row: &[(String, ListCell)]) -> Result<Vec<u8>, String> {
    write(row).map_err(|error| error.to_string())
}

fn write(row: &[(String, ListCell)]) -> Result<Vec<u8>, ParquetError> {
    let fields = row.iter().map(|(name, cell)| field(name, cell));
    let fields = fields.collect::<Result<Vec<TypePtr>, ParquetError>>()?;
    let schema = Type::group_type_builder("schema").with_fields(fields).build()?;
    let properties = packed(ZSTD_LEVEL)?.set_dictionary_enabled(false);
    // Days that follow each other differ little.
    let whole = row.iter().filter(|(_, cell)| matches!(cell, ListCell::Whole(_)));
    let properties = whole.fold(properties, |properties, (name, _)| {
        let path = vec![name.clone(), "list".to_owned(), "item".to_owned()];
        properties.set_column_encoding(path.into(), Encoding::DELTA_BINARY_PACKED)
    });
    let mut writer =
        SerializedFileWriter::new(Vec::new(), Arc::new(schema), Arc::new(properties.build()))?;
    let mut group = writer.next_row_group()?;
    for (name, cell) in row {
        let other = || ParquetError::General(format!("`{name}` is a column too many"));
        let mut open = group.next_column()?.ok_or_else(other)?;
        put(&mut open, cell)?;
        open.close()?;
    }
    group.close()?;
    writer.into_inner()
}

fn field(name: &str, cell: &ListCell) -> Result<TypePtr, ParquetError> {
    let one = |name, kind, logical, repetition| {
        let field = Type::primitive_type_builder(name, kind);
        field.with_logical_type(logical).with_repetition(repetition).build().map(Arc::new)
    };
    let list = |kind| {
        let item = one("item", kind, None, Repetition::OPTIONAL)?;
        let items = Type::group_type_builder("list")
            .with_repetition(Repetition::REPEATED)
            .with_fields(vec![item])
            .build()?;
        Type::group_type_builder(name)
            .with_logical_type(Some(LogicalType::List))
            .with_repetition(Repetition::REQUIRED)
            .with_fields(vec![Arc::new(items)])
            .build()
            .map(Arc::new)
    };
    match cell {
        ListCell::Index(_) => one(name, Kind::INT32, None, Repetition::REQUIRED),
        ListCell::Text(_) => {
            one(name, Kind::BYTE_ARRAY, Some(LogicalType::String), Repetition::REQUIRED)
        }
        ListCell::Whole(_) => list(Kind::INT64),
        ListCell::Numbers(_) => list(Kind::DOUBLE),
    }
}

fn put(open: &mut SerializedColumnWriter, cell: &ListCell) -> Result<(), ParquetError> {
    match cell {
        ListCell::Index(index) => {
            open.typed::<Int32Type>().write_batch(&[*index as i32], None, None)?;
        }
        ListCell::Text(text) => {
            let text = ByteArray::from(text.as_str());
            open.typed::<ByteArrayType>().write_batch(&[text], None, None)?;
        }
        ListCell::Whole(values) => {
            let (defined, repeated) = levels(values.iter().map(|_| true));
            let writer = open.typed::<Int64Type>();
            writer.write_batch(values, Some(&defined), Some(&repeated))?;
        }
        ListCell::Numbers(values) => {
            let (defined, repeated) = levels(values.iter().map(Option::is_some));
            let there: Vec<f64> = values.iter().copied().flatten().collect();
            let writer = open.typed::<DoubleType>();
            writer.write_batch(&there, Some(&defined), Some(&repeated))?;
        }
    }
    Ok(())
}

/// Levels of one list: 2 where an item is there, 1 where it is missing, 0 for a list of nothing; all but the first are repeats.
fn levels(there: impl Iterator<Item = bool>) -> (Vec<i16>, Vec<i16>) {
    let mut defined: Vec<i16> = there.map(|there| if there { 2 } else { 1 }).collect();
    if defined.is_empty() {
        defined.push(0);
    }
    let repeated = (0..defined.len()).map(|place| i16::from(place > 0)).collect();
    (defined, repeated)
}
