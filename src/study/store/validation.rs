//! The folder of a validation.

use std::collections::BTreeMap;
use std::path::Path;

use super::command::Command;
use super::manifest::{Manifest, ResultKind};
use super::table::{Table, with_columns};
use super::{Figures, File, columns, sealed, told};
use crate::comparison::validation::Validation;

/// Name of the catalogue in a result folder.
pub const CATALOGUE: &str = "patterns.ron";

/// What the table of a folder says, by pattern, reading, draw and replication; not a number where it says nothing.
pub type KeptReadings = BTreeMap<(String, String, u32, u32), f64>;

/// Reads the readings that a folder holds.
///
/// # Errors
/// If the table is not there or not as it was written.
pub fn kept_values(folder: &Path) -> Result<KeptReadings, String> {
    let path = folder.join("runs.csv");
    let wrong = |why: &dyn std::fmt::Display| format!("{}: {why}", path.display());
    let file = scenario::files::open(&path).map_err(|error| wrong(&error))?;
    let mut known = KeptReadings::new();
    for row in ::csv::Reader::from_reader(file).deserialize() {
        let (pattern, reading, draw, replication, value): (String, String, u32, u32, Option<f64>) =
            row.map_err(|error| wrong(&error))?;
        known.insert((pattern, reading, draw, replication), value.unwrap_or(f64::NAN));
    }
    if known.is_empty() { Err(wrong(&"has no row")) } else { Ok(known) }
}

/// A reading of one cell.
pub struct CellReading<'a> {
    /// Pattern.
    pub pattern: &'a str,
    /// Reading.
    pub reading: &'a str,
    /// Draw.
    pub draw: u32,
    /// Replication.
    pub replication: u32,
    /// Value.
    pub value: f64,
}

/// All files of the folder; `inputs` are what it was made from, so that it can be made again inside its folder, `repeat` is the command that
/// does so, `replications` those of each draw.
pub fn validation_files(
    validation: &Validation,
    cells: &[CellReading],
    inputs: Vec<File>,
    figures: Figures,
    (repeat, replications): (Command, u32),
) -> Result<Vec<File>, String> {
    let tables = [lines(validation), runs(cells)];
    let mut files = told(ABOUT, &tables, &columns::measures())?;
    files.extend(inputs);
    Ok(sealed(files, figures, repeat, |repeat| {
        Manifest::new(ResultKind::Validation, validation.seed, replications, repeat)
            .title(&validation.title)
            .says("parameters_drawn", validation.drawn)
            .says("failed", validation.failed)
    }))
}

/// What the folder is, for `columns.md`.
const ABOUT: &str = "Cases from elsewhere repeated in the model. `patterns.ron` is the catalogue, `scenarios` holds each world and policy as it was run, `posterior.parquet` (or `.csv`) the sets of \
    parameters that draws were taken from. A value is also missing where the day never came within the run.";

fn lines(validation: &Validation) -> Table {
    const READING: &str = "as the reading";
    let about = "What the model yields where a case from elsewhere is repeated in it, beside the band that agrees with the source";
    with_columns!(Table::of("validation", about, &validation.lines), line =>
        text "pattern", "name", "Name of the case in the catalogue" => line.pattern.clone();
        text "reading", "name", "Name of what is read, within the case" => line.reading.clone();
        text "words", "text", "What is read, in words" => line.words.clone();
        text "source", "text", "Where the band comes from, and why it is as wide" => line.source.clone();
        text "fitted", "word", "no: used for nothing; prior: a parameter has its range from the same source; yes: fitted to it; condition: says that the world is as the case was"
            => line.fitted;
        number "band_low", READING, "Lowest value that agrees with the source" => line.band.0;
        number "band_high", READING, "Highest value that agrees with the source" => line.band.1;
        number "median", READING, "Median over draws (means of their replications), or over replications without draws" => line.median;
        number "low", READING, "5 % quantile of the same" => line.interval.0;
        number "high", READING, "95 % quantile of the same" => line.interval.1;
        whole "draws", "draws", "Sets of parameters" => line.draws;
        whole "replications", "replications", "Replications of each draw" => line.replications;
        number "share_inside", "share", "Share of draws inside the band; of replications without draws" => line.share_inside;
        text "inside", "true or false", "Whether that is at least 80 %" => if line.inside { "true" } else { "false" };
    ).table()
}

fn runs(cells: &[CellReading]) -> Table {
    with_columns!(Table::of("runs", "Every reading in every draw and replication", cells), cell =>
        text "pattern", "name", "Name of the case in the catalogue" => cell.pattern.to_owned();
        text "reading", "name", "Name of what is read, within the case" => cell.reading.to_owned();
        index "draw", "number", "Draw, from 0" => cell.draw;
        index "replication", "number", "Replication, from 0" => cell.replication;
        exact "value", "as the reading", "What was read" => Some(cell.value).filter(|value| !value.is_nan());
    ).table()
}
