//! Tables as Parquet: typed columns, compressed, units and meanings in the file.
//!
//! Columns are written one after another by the crate's own column writer; its arrow side is not used, since it would
//! take longer to build than everything else here.

use std::borrow::Borrow;
use std::io::Write;
use std::sync::Arc;

use ::parquet::basic::{Compression, LogicalType, Repetition, TimeUnit, Type as Kind, ZstdLevel};
use ::parquet::data_type::{
    BoolType, ByteArray, ByteArrayType, DataType, DoubleType, Int32Type, Int64Type,
};
use ::parquet::file::metadata::KeyValue;
use ::parquet::file::properties::{WriterProperties, WriterPropertiesBuilder};
use ::parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use ::parquet::schema::types::{Type, TypePtr};
use jiff::civil::Date;

use super::table::{ColumnValues, ResultColumn, Table};

/// Compression: larger is slower and hardly smaller here. Unit: zstd level. Source: judgement.
const ZSTD_LEVEL: i32 = 3;

/// A Parquet file with a row group for each of these tables, which have the same columns.
pub fn parquet<T: Borrow<Table>>(groups: impl IntoIterator<Item = T>) -> Result<Vec<u8>, String> {
    let mut groups = groups.into_iter().peekable();
    let first = groups.peek().ok_or("a table without columns")?.borrow();
    let mut file = ParquetFile::create(Vec::new(), first, None, |properties| properties)?;
    for table in groups {
        file.push(table.borrow())?;
    }
    file.finish()
}

/// A Parquet file in the making.
pub struct ParquetFile<W: Write + Send> {
    writer: SerializedFileWriter<W>,
}

impl<W: Write + Send> ParquetFile<W> {
    /// Begins a file with the columns of a table, whose rows are not written yet; `entry` stands in the file beside units and
    /// meanings, `tuned` says how columns are packed.
    pub fn create(
        to: W,
        table: &Table,
        entry: Option<KeyValue>,
        tuned: impl FnOnce(WriterPropertiesBuilder) -> WriterPropertiesBuilder,
    ) -> Result<ParquetFile<W>, String> {
        let about = |column: &ResultColumn| {
            KeyValue::new(column.name.to_string(), format!("{}: {}", column.unit, column.meaning))
        };
        let entries = table.columns.iter().map(about).chain(entry).collect();
        let properties = packed(ZSTD_LEVEL).map_err(text)?.set_key_value_metadata(Some(entries));
        let properties = Arc::new(tuned(properties).build());
        let writer = SerializedFileWriter::new(to, schema(table)?, properties).map_err(text)?;
        Ok(ParquetFile { writer })
    }

    /// Adds the rows of a table as a row group.
    ///
    /// # Errors
    /// If the disk refuses, or the table has other columns.
    pub fn push(&mut self, table: &Table) -> Result<(), String> {
        let mut group = self.writer.next_row_group().map_err(text)?;
        for column in &table.columns {
            let mut open = group.next_column().map_err(text)?.ok_or("a column too many")?;
            put(&mut open, column)?;
            open.close().map_err(text)?;
        }
        group.close().map(|_| ()).map_err(text)
    }

    /// Writes the end of the file.
    pub fn finish(self) -> Result<W, String> {
        self.writer.into_inner().map_err(text)
    }
}

/// How this program packs a file, and that it was this program.
pub(super) fn packed(zstd_level: i32) -> ::parquet::errors::Result<WriterPropertiesBuilder> {
    Ok(WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(zstd_level)?))
        .set_created_by(format!("crackdown {}", env!("CARGO_PKG_VERSION"))))
}

/// The columns of a table as a Parquet schema.
pub(super) fn schema(table: &Table) -> Result<TypePtr, String> {
    let field = |column: &ResultColumn| {
        let (kind, logical) = match column.values {
            ColumnValues::Text(_) => (Kind::BYTE_ARRAY, Some(LogicalType::String)),
            ColumnValues::Truth(_) => (Kind::BOOLEAN, None),
            // Not Parquet's own days: pandas makes objects of them, and dates of these.
            ColumnValues::Date(_) => (Kind::INT64, Some(midnight())),
            ColumnValues::Index(_) => (Kind::INT32, None),
            ColumnValues::Whole(_) => (Kind::INT64, None),
            ColumnValues::Number(_) | ColumnValues::Exact(_) => (Kind::DOUBLE, None),
        };
        let repetition = if column.optional { Repetition::OPTIONAL } else { Repetition::REQUIRED };
        let field = Type::primitive_type_builder(&column.name, kind)
            .with_logical_type(logical)
            .with_repetition(repetition);
        field.build().map(Arc::new).map_err(text)
    };
    let fields = table.columns.iter().map(field).collect::<Result<Vec<TypePtr>, String>>()?;
    Type::group_type_builder("schema").with_fields(fields).build().map(Arc::new).map_err(text)
}

fn put(open: &mut SerializedColumnWriter, column: &ResultColumn) -> Result<(), String> {
    match &column.values {
        ColumnValues::Text(values) => put_all::<ByteArrayType, _>(open, column, values, |words| {
            ByteArray::from(words.as_bytes())
        }),
        ColumnValues::Truth(values) => put_all::<BoolType, _>(open, column, values, |truth| *truth),
        ColumnValues::Date(values) => {
            let midnight = |date: &Date| i64::from(days_of(*date)) * MILLISECONDS;
            put_all::<Int64Type, _>(open, column, values, midnight)
        }
        ColumnValues::Index(values) => {
            put_all::<Int32Type, _>(open, column, values, |at| *at as i32)
        }
        ColumnValues::Whole(values) => {
            put_all::<Int64Type, _>(open, column, values, |value| *value)
        }
        ColumnValues::Number(values) | ColumnValues::Exact(values) => {
            put_all::<DoubleType, _>(open, column, values, |value| *value)
        }
    }
}

/// Milliseconds of a day.
const MILLISECONDS: i64 = 86_400_000;

/// A day as the moment at which it begins, wherever that is.
fn midnight() -> LogicalType {
    LogicalType::timestamp(false, TimeUnit::MILLIS)
}

/// A day as Parquet counts it: from 1970-01-01 on.
pub(super) fn days_of(date: Date) -> i32 {
    (date - jiff::civil::date(1970, 1, 1)).get_days()
}

/// Writes values; where some may be missing, levels say which are there.
fn put_all<D: DataType, V>(
    open: &mut SerializedColumnWriter,
    column: &ResultColumn,
    values: &[Option<V>],
    of: impl Fn(&V) -> D::T,
) -> Result<(), String> {
    let there: Vec<D::T> = values.iter().flatten().map(of).collect();
    if !column.optional && there.len() < values.len() {
        return Err(format!("`{}` lacks a value", column.name));
    }
    let levels: Vec<i16> = values.iter().map(|value| i16::from(value.is_some())).collect();
    let levels = column.optional.then_some(&levels[..]);
    open.typed::<D>().write_batch(&there, levels, None).map(|_| ()).map_err(text)
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}
