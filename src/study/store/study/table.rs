//! Rows as Parquet: merged runs, and parts of shards.
//!
//! A row group holds runs of one arm only, at most [`GROUP`] of them, so that reading an arm's measure reads little else and
//! writing needs the memory of one group. Bytes depend on the rows alone.

use std::fs;
use std::path::Path;

use ::parquet::file::metadata::KeyValue;
use model::MEASURES;
use scenario::study::Cell;
use world::text::unprintable;

use super::journal::FileHead;
use super::place::Writing;
use super::plan::Fingerprint;
use super::row::{Row, RunEnd};
use crate::ensemble::Stage;
use crate::store::parquet::ParquetFile;
use crate::store::parquet_reader::ParquetReader;
use crate::store::table::{Table, with_columns};

/// Rows of a group at most. Unit: rows. Source: judgement: 8 MB at 60 measures.
pub(super) const GROUP: usize = 16_384;
/// Name of the entry that holds the [`FileHead`] in JSON.
const HEAD: &str = "crackdown";

/// `runs.parquet`: rows of runs; with `failures` also of those that could not be made.
pub fn runs(measures: &[String], failures: bool, rows: &[Row]) -> Table {
    let finished = |row: &Row| match &row.outcome {
        RunEnd::Finished { content, digest, .. } => Some((*content, *digest)),
        RunEnd::Failed { .. } => None,
    };
    let value = |row: &Row, at: usize| match &row.outcome {
        RunEnd::Finished { values, .. } => Some(values[at]),
        RunEnd::Failed { .. } => None,
    };
    let failed = |row: &Row| match &row.outcome {
        RunEnd::Failed { stage, message } => Some((*stage, message.clone())),
        RunEnd::Finished { .. } => None,
    };
    let about = "One row for each finished run, in the order of arm, draw and replication";
    let mut table = with_columns!(Table::of("runs", about, rows).ending("parquet"), row =>
        text "arm", "name", "World with a policy, or the world itself" => row.arm.clone();
        index "draw", "number", "Number of the draw, from 0" => row.cell.draw;
        index "replication", "number", "Number of the replication, from 0" => row.cell.replication;
        with |table| {
            measures.iter().enumerate().fold(table, |table, (at, name)| {
                let unit = MEASURES.iter().find(|measure| measure.name == name);
                let unit = unit.map_or("unit of the measure", |measure| measure.unit);
                let about = "Value of this measure; see the list below";
                table.exact(name.clone(), unit, about, |row| value(row, at))
            })
        };
        text "address", "text", "Fingerprint of what determines the run" => row.address.to_string();
        text "content", "text", "Fingerprint of everything that came out, day by day" => finished(row).map(|(content, _)| content.to_string());
        text "digest", "text", "Fingerprint of the row" => finished(row).map(|(_, digest)| digest.to_string());
        with |table| match failures {
            false => table,
            true => with_columns!(table, row =>
                text "stage", "word", "Where a run failed" => failed(row).map(|(stage, _)| stage.key());
                text "message", "text", "Why it failed" => failed(row).map(|(_, why)| why);
            ),
        };
    ).table();
    for column in &mut table.columns {
        // Without failures every value is there.
        column.optional &= failures;
    }
    table
}

/// A Parquet file of rows in the making.
pub(super) struct RowFile {
    file: ParquetFile<fs::File>,
    writing: Writing,
    measures: Vec<String>,
    failures: bool,
    by_arm: bool,
    group: Vec<Row>,
}

impl RowFile {
    /// Begins a file; with `failures` it can hold failed runs too.
    pub fn create(target: &Path, head: &FileHead, failures: bool) -> Result<RowFile, String> {
        let writing = Writing::of(target);
        let open = writing.create()?;
        let measures = head.measures.clone();
        let head =
            KeyValue::new(HEAD.to_owned(), serde_json::to_string(head).expect("plain values"));
        let columns = runs(&measures, failures, &[]);
        let file = ParquetFile::create(open, &columns, Some(head), |properties| {
            // Only these repeat.
            properties
                .set_dictionary_enabled(false)
                .set_column_dictionary_enabled("arm".into(), true)
                .set_column_dictionary_enabled("message".into(), true)
        })?;
        Ok(RowFile { file, writing, measures, failures, by_arm: true, group: Vec::new() })
    }

    /// For rows that are not sorted by arm: a group may hold several.
    pub fn in_any_order(mut self) -> RowFile {
        self.by_arm = false;
        self
    }

    /// Adds a row.
    pub fn push(&mut self, row: Row) -> Result<(), String> {
        let other_arm = self.by_arm && self.group.last().is_some_and(|last| last.arm != row.arm);
        if other_arm || self.group.len() == GROUP {
            self.write()?;
        }
        self.group.push(row);
        Ok(())
    }

    fn write(&mut self) -> Result<(), String> {
        if self.group.is_empty() {
            return Ok(());
        }
        let rows = std::mem::take(&mut self.group);
        self.file
            .push(&runs(&self.measures, self.failures, &rows))
            .map_err(|why| self.writing.refused(&why))
    }

    /// Puts the file on disk; it has its name only when the caller finishes the writing.
    pub fn close(mut self) -> Result<Writing, String> {
        self.write()?;
        let RowFile { file, writing, .. } = self;
        writing.written(file.finish())
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

/// What a file says of itself, its groups included.
pub(super) fn open(path: &Path) -> Result<(ParquetReader, FileHead), String> {
    let say = |why: &dyn std::fmt::Display| format!("{} cannot be read: {why}", path.display());
    let file = ParquetReader::open(path).map_err(|error| say(&error))?;
    let head = file.entry(HEAD).and_then(|entry| serde_json::from_str(entry).ok());
    let head =
        head.filter(|head: &FileHead| !head.measures.iter().any(|name| name.contains(unprintable)));
    let head = head.ok_or_else(|| say(&"it was not written by crackdown"))?;
    Ok((file, head))
}

/// Reads rows one after another; in memory is a row group.
pub(super) fn read(
    path: &Path,
    want: Want,
    each: &mut dyn FnMut(Row) -> Result<(), String>,
) -> Result<FileHead, String> {
    let (file, head) = open(path)?;
    let measures: Vec<&str> = match want {
        Want::Places => Vec::new(),
        Want::Measure(name) => {
            head.measures.iter().map(String::as_str).filter(|m| *m == name).collect()
        }
        Want::All => head.measures.iter().map(String::as_str).collect(),
    };
    let say = |why: &dyn std::fmt::Display| format!("{} cannot be read: {why}", path.display());
    for group in 0..file.groups() {
        let rows = GroupRows::of(&file, group, &measures, want == Want::All);
        let rows = rows.map_err(|why| say(&why))?;
        for row in 0..file.rows(group) {
            each(rows.row(row).ok_or_else(|| say(&"a value is damaged"))?)?;
        }
    }
    Ok(head)
}

/// Columns of a row group.
struct GroupRows {
    arm: Vec<Option<String>>,
    draw: Vec<Option<i64>>,
    replication: Vec<Option<i64>>,
    address: Vec<Option<String>>,
    values: Vec<Vec<Option<f64>>>,
    hashes: Option<[Vec<Option<String>>; 2]>,
    failures: Option<[Vec<Option<String>>; 2]>,
}

impl GroupRows {
    fn of(
        file: &ParquetReader,
        group: usize,
        measures: &[&str],
        all: bool,
    ) -> Result<GroupRows, String> {
        let texts = |name: &str| file.named(group, name)?.texts();
        let whole = |name: &str| file.named(group, name)?.whole();
        let both = |names: [&str; 2]| Ok::<_, String>([texts(names[0])?, texts(names[1])?]);
        Ok(GroupRows {
            arm: texts("arm")?,
            draw: whole("draw")?,
            replication: whole("replication")?,
            address: texts("address")?,
            values: measures
                .iter()
                .map(|name| file.named(group, name)?.numbers())
                .collect::<Result<_, _>>()?,
            hashes: all.then(|| both(["content", "digest"])).transpose()?,
            failures: file.has("stage").then(|| both(["stage", "message"])).transpose()?,
        })
    }

    fn row(&self, row: usize) -> Option<Row> {
        let failed = self.failures.as_ref().and_then(|[stage, message]| {
            let message = message.get(row)?.as_deref();
            Some((stage.get(row)?.as_deref()?, message.unwrap_or_default()))
        });
        let hash = |number: usize| match &self.hashes {
            Some(hashes) => Fingerprint::read(hashes[number].get(row)?.as_deref()?),
            None => Some(Fingerprint(0)),
        };
        let outcome = match failed {
            Some((stage, message)) => {
                RunEnd::Failed { stage: Stage::read(stage)?, message: message.to_owned() }
            }
            None => RunEnd::Finished {
                values: self
                    .values
                    .iter()
                    .map(|values| *values.get(row)?)
                    .collect::<Option<_>>()?,
                content: hash(0)?,
                digest: hash(1)?,
            },
        };
        // A column of lists may hold more or less than a value for each row.
        let whole = |of: &[Option<i64>]| u32::try_from((*of.get(row)?)?).ok();
        let cell = Cell { draw: whole(&self.draw)?, replication: whole(&self.replication)? };
        let address = self.address.get(row)?.as_deref()?;
        Row::found(self.arm.get(row)?.clone()?, cell, address, outcome)
    }
}
