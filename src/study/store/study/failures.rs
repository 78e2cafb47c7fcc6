//! `failures.csv`: runs that could not be made, and the command that repeats each.

use std::fs;
use std::path::Path;

use super::place::Writing;
use super::row::{Row, RunEnd};
use crate::ensemble::Stage;
use crate::store::csv::CsvFile;
use crate::store::table::with_columns;
use crate::store::{Table, quoted};
use scenario::study::Cell;

/// A run that could not be made.
struct Failed<'a> {
    row: &'a Row,
    stage: Stage,
    message: &'a str,
    command: String,
}

/// `failures.csv`: what could not be made, and why.
fn table(rows: &[Failed]) -> Table {
    with_columns!(Table::of("failures", "One row for each run that could not be made", rows), failed =>
        text "arm", "name", "Name of the arm" => failed.row.arm.clone();
        index "draw", "number", "Number of the draw, from 0" => failed.row.cell.draw;
        index "replication", "number", "Number of the replication, from 0" => failed.row.cell.replication;
        text "stage", "word", "scenario: the values of the draw make no valid scenario; simulation: the program panicked" => failed.stage.key();
        text "message", "text", "Why" => failed.message.to_owned();
        text "command", "text", "What repeats just this run, in the folder of the study file" => failed.command.clone();
        text "address", "text", "What determines the run, as a number" => failed.row.address.to_string();
    ).table()
}

/// Head of `failures.csv` with the meaning of its columns.
pub fn failures_without_rows() -> Table {
    table(&[])
}

/// `failures.csv` in the making.
pub(super) struct Failures {
    file: CsvFile<fs::File>,
    writing: Writing,
    study: String,
}

impl Failures {
    /// Begins the file; `study` is how the study is called in commands.
    pub fn create(target: &Path, study: &str) -> Result<Failures, String> {
        let writing = Writing::of(target);
        let mut file = CsvFile::new(writing.create()?);
        file.push(&failures_without_rows())?;
        Ok(Failures { file, writing, study: study.to_owned() })
    }

    /// Adds a failed run; a finished one is left out.
    pub fn push(&mut self, row: &Row) -> Result<(), String> {
        let RunEnd::Failed { stage, message } = &row.outcome else { return Ok(()) };
        let command = command(&self.study, &row.arm, row.cell);
        self.file
            .push(&table(&[Failed { row, stage: *stage, message, command }]))
            .map_err(|error| self.writing.refused(&error))
    }

    /// Puts the file on disk; it has its name only when the caller finishes the writing.
    pub fn close(self) -> Result<Writing, String> {
        let Failures { file, writing, .. } = self;
        writing.written(file.finish())
    }
}

/// The command that repeats a run; `study` is how the study is called, if it is.
fn command(study: &str, arm: &str, cell: Cell) -> String {
    if study.is_empty() {
        return String::new();
    }
    let run = format!("{arm}:{}:{}", cell.draw, cell.replication);
    format!("crackdown sweep {study} --only {}", quoted(&run))
}

/// Reads failed runs one after another.
pub(super) fn read(
    path: &Path,
    each: &mut dyn FnMut(Row) -> Result<(), String>,
) -> Result<(), String> {
    let say = |why: &dyn std::fmt::Display| format!("{} cannot be read: {why}", path.display());
    let file = scenario::files::open(path).map_err(|error| say(&error))?;
    let mut reader = csv::Reader::from_reader(file);
    for record in reader.records() {
        let record = record.map_err(|error| say(&error))?;
        let row = || {
            let cell = Cell {
                draw: record.get(1)?.parse().ok()?,
                replication: record.get(2)?.parse().ok()?,
            };
            let stage = Stage::read(record.get(3)?)?;
            let message = record.get(4)?.to_owned();
            let outcome = RunEnd::Failed { stage, message };
            Row::found(record.get(0)?.to_owned(), cell, record.get(6)?, outcome)
        };
        each(row().ok_or_else(|| say(&"a line is damaged"))?)?;
    }
    Ok(())
}
