//! Rows as Parquet: merged runs, and parts of shards.
//!
//! A row group holds runs of one arm only, at most [`GROUP`] of them, so that reading an arm's measure reads little else and
//! writing needs the memory of one group. Bytes depend on the rows alone.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int32Type};
use arrow_array::{Array, ArrayRef, Float64Array, Int32Array, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::arrow::{ArrowWriter, ProjectionMask};
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;

use super::journal::Head;
use super::place::{Writing, disk};
use super::plan::Fingerprint;
use super::row::{Outcome, Row, Stage};
use scenario::study::Cell;

/// Rows of a group at most. Unit: rows. Source: judgement: 8 MB at 60 measures.
pub(super) const GROUP: usize = 16_384;
/// Rows that are handed to the writer together. Unit: rows. Source: judgement.
const BATCH: usize = 1_024;
/// Compression: larger is slower and hardly smaller here. Unit: zstd level. Source: judgement.
const ZSTD_LEVEL: i32 = 3;
/// Name of the entry that holds the [`Head`] in JSON.
const HEAD: &str = "crackdown";

/// Columns of places.
pub(super) const PLACE: [&str; 3] = ["arm", "draw", "replication"];

/// A Parquet file of rows in the making.
pub(super) struct Table {
    writer: ArrowWriter<fs::File>,
    writing: Writing,
    schema: Arc<Schema>,
    failures: bool,
    by_arm: bool,
    batch: Vec<Row>,
    in_group: usize,
}

impl Table {
    /// Begins a file; with `failures` it can hold failed runs too.
    pub fn create(target: &Path, head: &Head, failures: bool) -> Result<Table, String> {
        let writing = Writing::of(target);
        let file = fs::File::create(writing.path()).map_err(|error| disk(target, &error))?;
        let mut fields = vec![
            Field::new("arm", DataType::Utf8, false),
            Field::new("draw", DataType::Int32, false),
            Field::new("replication", DataType::Int32, false),
        ];
        let measures = head.measures.iter();
        fields.extend(measures.map(|name| Field::new(name, DataType::Float64, failures)));
        fields.push(Field::new("address", DataType::Utf8, false));
        fields.push(Field::new("content", DataType::Utf8, failures));
        fields.push(Field::new("digest", DataType::Utf8, failures));
        if failures {
            fields.push(Field::new("stage", DataType::Utf8, true));
            fields.push(Field::new("message", DataType::Utf8, true));
        }
        let schema = Arc::new(Schema::new(fields));
        let head = serde_json::to_string(head).expect("plain values");
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::try_new(ZSTD_LEVEL).map_err(text)?))
            .set_dictionary_enabled(false)
            .set_column_dictionary_enabled("arm".into(), true)
            .set_column_dictionary_enabled("message".into(), true)
            .set_created_by(format!("crackdown {}", env!("CARGO_PKG_VERSION")))
            .set_key_value_metadata(Some(vec![KeyValue::new(HEAD.to_owned(), head)]))
            .build();
        let writer = ArrowWriter::try_new(file, schema.clone(), Some(properties)).map_err(text)?;
        Ok(Table {
            writer,
            writing,
            schema,
            failures,
            by_arm: true,
            batch: Vec::new(),
            in_group: 0,
        })
    }

    /// For rows that are not sorted by arm: a group may hold several.
    pub fn in_any_order(mut self) -> Table {
        self.by_arm = false;
        self
    }

    /// Adds a row.
    pub fn push(&mut self, row: Row) -> Result<(), String> {
        let other_arm = self.by_arm && self.batch.last().is_some_and(|last| last.arm != row.arm);
        if other_arm || self.in_group == GROUP {
            self.write()?;
            self.writer.flush().map_err(text)?;
            self.in_group = 0;
        }
        self.batch.push(row);
        self.in_group += 1;
        // The last row stays, so that the next one can be told from it.
        if self.batch.len() > BATCH {
            let last = self.batch.pop();
            self.write()?;
            self.batch.extend(last);
        }
        Ok(())
    }

    fn write(&mut self) -> Result<(), String> {
        if self.batch.is_empty() {
            return Ok(());
        }
        let rows = std::mem::take(&mut self.batch);
        let finished = |row: &Row| match &row.outcome {
            Outcome::Finished { values, content, digest } => {
                Some((values.clone(), content.to_string(), digest.to_string()))
            }
            Outcome::Failed { .. } => None,
        };
        let all: Vec<_> = rows.iter().map(finished).collect();
        let whole = |of: &dyn Fn(&Row) -> u32| -> ArrayRef {
            Arc::new(rows.iter().map(|row| Some(of(row) as i32)).collect::<Int32Array>())
        };
        let mut arrays: Vec<ArrayRef> = vec![
            Arc::new(StringArray::from_iter_values(rows.iter().map(|row| &row.arm))),
            whole(&|row| row.cell.draw),
            whole(&|row| row.cell.replication),
        ];
        let others = if self.failures { 5 } else { 3 };
        for measure in 0..self.schema.fields().len() - PLACE.len() - others {
            let values = all.iter().map(|row| row.as_ref().map(|row| row.0[measure]));
            arrays.push(Arc::new(values.collect::<Float64Array>()));
        }
        let addresses = rows.iter().map(|row| row.address.to_string());
        arrays.push(Arc::new(StringArray::from_iter_values(addresses)));
        let texts = |of: &dyn Fn(&Row) -> Option<String>| -> ArrayRef {
            Arc::new(rows.iter().map(of).collect::<StringArray>())
        };
        let content = all.iter().map(|row| row.as_ref().map(|row| &row.1));
        arrays.push(Arc::new(content.collect::<StringArray>()));
        let digests = all.iter().map(|row| row.as_ref().map(|row| &row.2));
        arrays.push(Arc::new(digests.collect::<StringArray>()));
        if self.failures {
            arrays.push(texts(&|row| match &row.outcome {
                Outcome::Failed { stage, .. } => Some(stage.key().to_owned()),
                Outcome::Finished { .. } => None,
            }));
            arrays.push(texts(&|row| match &row.outcome {
                Outcome::Failed { message, .. } => Some(message.clone()),
                Outcome::Finished { .. } => None,
            }));
        }
        let batch = RecordBatch::try_new(self.schema.clone(), arrays).map_err(text)?;
        self.writer.write(&batch).map_err(|error| self.say(&error))
    }

    fn say(&self, error: &dyn std::fmt::Display) -> String {
        format!("cannot write {}: {error}", self.writing.path().display())
    }

    /// Puts the file on disk; it has its name only when the caller finishes the writing.
    pub fn close(mut self) -> Result<Writing, String> {
        self.write()?;
        let Table { writer, writing, .. } = self;
        let say = |error: &dyn std::fmt::Display| {
            format!("cannot write {}: {error}", writing.path().display())
        };
        let file = writer.into_inner().map_err(|error| say(&error))?;
        file.sync_all().map_err(|error| say(&error))?;
        Ok(writing)
    }
}

/// What of a row is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Want<'a> {
    /// Only where it belongs and how it ended.
    Places,
    /// That and one measure.
    Measure(&'a str),
    /// Everything.
    All,
}

/// What a file says of itself, its schema and its groups included.
pub(super) fn open(
    path: &Path,
) -> Result<(ParquetRecordBatchReaderBuilder<fs::File>, Head), String> {
    let say = |why: &dyn std::fmt::Display| format!("{} cannot be read: {why}", path.display());
    let file = fs::File::open(path).map_err(|error| say(&error))?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|error| say(&error))?;
    let entries = builder.metadata().file_metadata().key_value_metadata();
    let head = entries.into_iter().flatten().find(|entry| entry.key == HEAD);
    let head = head.and_then(|entry| serde_json::from_str(entry.value.as_deref()?).ok());
    let head = head.ok_or_else(|| say(&"it was not written by crackdown"))?;
    Ok((builder, head))
}

/// Reads rows one after another.
pub(super) fn read(
    path: &Path,
    want: Want,
    each: &mut dyn FnMut(Row) -> Result<(), String>,
) -> Result<Head, String> {
    let (builder, head) = open(path)?;
    let measures: Vec<&str> = match want {
        Want::Places => Vec::new(),
        Want::Measure(name) => {
            head.measures.iter().map(String::as_str).filter(|m| *m == name).collect()
        }
        Want::All => head.measures.iter().map(String::as_str).collect(),
    };
    let hashes: &[&str] = if want == Want::All { &["content", "digest"] } else { &[] };
    let columns = PLACE.iter().chain(&["address", "stage", "message"]).chain(hashes);
    let mask = ProjectionMask::columns(
        builder.parquet_schema(),
        columns.copied().chain(measures.iter().copied()),
    );
    let say = |why: &dyn std::fmt::Display| format!("{} cannot be read: {why}", path.display());
    let batches = builder.with_projection(mask).with_batch_size(BATCH).build();
    for batch in batches.map_err(|error| say(&error))? {
        let batch = batch.map_err(|error| say(&error))?;
        let rows = Rows::of(&batch, &measures, want == Want::All);
        let rows = rows.ok_or_else(|| say(&"a column is missing"))?;
        for row in 0..batch.num_rows() {
            each(rows.row(row).ok_or_else(|| say(&"a fingerprint is damaged"))?)?;
        }
    }
    Ok(head)
}

/// Columns of a batch.
struct Rows<'a> {
    arm: &'a StringArray,
    draw: &'a Int32Array,
    replication: &'a Int32Array,
    address: &'a StringArray,
    values: Vec<&'a Float64Array>,
    hashes: Option<[&'a StringArray; 2]>,
    failures: Option<[&'a StringArray; 2]>,
}

impl<'a> Rows<'a> {
    fn of(batch: &'a RecordBatch, measures: &[&str], all: bool) -> Option<Rows<'a>> {
        let texts = |name| batch.column_by_name(name)?.as_string_opt::<i32>();
        let whole = |name| batch.column_by_name(name)?.as_primitive_opt::<Int32Type>();
        let number = |name| batch.column_by_name(name)?.as_primitive_opt::<Float64Type>();
        Some(Rows {
            arm: texts("arm")?,
            draw: whole("draw")?,
            replication: whole("replication")?,
            address: texts("address")?,
            values: measures.iter().map(|name| number(name)).collect::<Option<_>>()?,
            hashes: if all { Some([texts("content")?, texts("digest")?]) } else { None },
            failures: texts("stage").zip(texts("message")).map(|(stage, message)| [stage, message]),
        })
    }

    fn row(&self, row: usize) -> Option<Row> {
        let failed = self.failures.filter(|[stage, _]| stage.is_valid(row));
        let outcome = match (failed, self.hashes) {
            (Some([stage, message]), _) => Outcome::Failed {
                stage: Stage::read(stage.value(row))?,
                message: message.value(row).to_owned(),
            },
            (None, hashes) => {
                let hash = |number: usize| match hashes {
                    Some(hashes) => Fingerprint::read(hashes[number].value(row)),
                    None => Some(Fingerprint(0)),
                };
                Outcome::Finished {
                    values: self.values.iter().map(|values| values.value(row)).collect(),
                    content: hash(0)?,
                    digest: hash(1)?,
                }
            }
        };
        Some(Row {
            arm: self.arm.value(row).to_owned(),
            cell: Cell {
                draw: u32::try_from(self.draw.value(row)).ok()?,
                replication: u32::try_from(self.replication.value(row)).ok()?,
            },
            address: Fingerprint::read(self.address.value(row))?,
            outcome,
        })
    }
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}
