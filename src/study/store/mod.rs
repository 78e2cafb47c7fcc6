//! The result folder: what stands in it, and writing it whole or not at all.
//!
//! `table` is a result table, `csv`, `parquet`, `workbook` and `columns` write it; `days` and `views` make tables of records, `comparison` of comparisons, `parts` attributions and dose curves, `forecast` forecasts and what new figures change,
//! `across` the answer of a study, `benefits` costs and benefits, [`validation`] that of experiments, `calibration` a posterior, `sensitivity` what it hangs on, `stages` what these two have in common; `draws` what a folder holds of draws of parameters; [`study`] keeps finished runs; `imported` reads what others wrote; [`published`] holds what others
//! reported; [`Folder`] puts files on disk, [`single`] one alone, [`verify`] reads them back and says what differs, [`archive`] makes one file of a folder.
//!
//! Deliberately absent: figures (the caller passes their bytes), printing. Nothing here knows the time, the
//! host, the number of threads or a path, so that the same study gives the same bytes everywhere.

mod across;
pub mod archive;
mod benefits;
mod calibration;
mod columns;
pub mod command;
mod comparison;
mod content;
pub mod csv;
mod days;
mod deterrence;
mod discovery;
mod draws;
mod folder;
mod forecast;
mod imported;
mod lists;
mod manifest;
mod migration;
mod number;
mod optimum;
mod outside;
pub mod parquet;
mod parquet_reader;
mod parts;
pub mod published;
mod sensitivity;
pub mod single;
mod stages;
pub mod study;
pub mod table;
mod template;
pub mod trust;
pub mod validation;
pub mod verify;
mod views;
mod workbook;

pub use across::across_files;
pub use benefits::{benefits_file, our_unit_values, read_unit_values};
pub use calibration::write_calibration;
pub use command::{Command, quoted, words};
pub use comparison::{comparison_files, read_comparison, repeat_command, tables};
pub use content::digest;
pub use discovery::{WORLDS, discovery_files, read_worlds};
pub use draws::{copied, copies, points, posterior_name, published_name, read_sensitivity};
pub use folder::{Folder, takes};
pub use forecast::{Forecast, Update, forecast_files, update_files};
pub use imported::read_table;
pub use manifest::{MANIFEST, Manifest, ResultKind, fingerprint, input_fingerprint};
pub use optimum::{write_optimum, write_reach};
pub use outside::read_json;
pub use parts::{MeasuredRuns, Written, attribution_files, dose_files, read_measured};
pub use sensitivity::{SENTENCE, sensitivity_json, write_sensitivity};
pub use stages::{portable_files, table_of};
pub use study::put_files;
pub use table::Table;
pub use template::template;
pub use views::{AgencyView, Summarised, summaries, view};
pub use workbook::SHOWN;

use crate::comparison::ComparisonDraws;
use crate::comparison::deterrence::responses;
use published::List;
use scenario::Resolved;
use world::record::Record;

/// A file of the result folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Path inside the folder, with `/`.
    pub name: String,
    /// Content.
    pub bytes: Vec<u8>,
}

/// Figures of a folder as files; `None` where none were asked for.
pub type Figures = Option<Vec<File>>;

/// What was run.
#[derive(Clone, Copy, Debug)]
pub struct RunResults<'a> {
    /// The scenario with its texts.
    pub resolved: &'a Resolved,
    /// What was set from the command line.
    pub sets: &'a [String],
    /// Seed.
    pub seed: u64,
    /// Draws of parameters over which the runs are spread, draw by draw, and the posterior.
    pub draws: Option<(&'a ComparisonDraws, &'a File)>,
    /// Published figures of a file in place of ours, and the file.
    pub published: Option<(&'a List, &'a File)>,
}

impl RunResults<'_> {
    /// Published figures beside the agency's view.
    pub fn published(&self) -> &List {
        match self.published {
            Some((list, _)) => list,
            None => List::ours(),
        }
    }
}

/// All files of a result folder, the manifest last; `figures` are taken as they are.
pub fn files(
    study: &RunResults,
    records: &[Record],
    figures: Figures,
) -> Result<Vec<File>, String> {
    let draws = study.draws.map(|(draws, _)| draws);
    let first = records.first().ok_or("there is no run")?;
    let mut files = vec![file("scenario.ron", study.resolved.text.clone())];
    let mut told = Vec::new();
    for days in days::DAYS {
        // A run at a time: all of them as tables would need the memory of all runs twice.
        let table = days.of(first);
        let bytes = parquet::parquet(records.iter().map(|record| days.of(record)))?;
        files.push(file(&table.file_name(), bytes));
        told.push(table);
    }
    let small = [
        Some(views::replications(records)),
        Some(views::summary(records, draws)),
        Some(views::agency_view(&view(&study.resolved.scenario, records, study.published()))),
        Some(migration::migration(records)),
        Some(migration::closed_venues(records)),
        Some(deterrence::deterrence(&responses(&study.resolved.scenario, records))),
        draws.map(draws::table),
    ];
    for table in small.into_iter().flatten() {
        files.push(table_file(&table)?);
        told.push(table);
    }
    let about = columns::markdown(ABOUT, &told)
        + draws.map_or("", |_| columns::DRAWS)
        + &columns::measures()
        + &columns::names();
    files.push(file("columns.md", about));
    files.extend(study.draws.map(|(_, posterior)| posterior.clone()));
    files.extend(study.published.map(|(_, file)| file.clone()));
    let (scenario, replications) = (&study.resolved.scenario, records.len() as u32);
    let repeat = Command::new("run")
        .word(manifest::SCENARIO)
        .option("seed", study.seed)
        .option("replications", replications)
        .draws(draws)
        .published(study.published.map(|(_, file)| &*file.name));
    Ok(sealed(files, figures, repeat, |repeat| {
        Manifest::new(ResultKind::Run, study.seed, replications, repeat)
            .title(&scenario.title)
            .says("scenario", &scenario.name)
            .says("people_per_agent", scenario.people_per_agent)
            .says("sets", study.sets)
            .says("input_blake3", input_fingerprint(study))
            .draws(draws)
    }))
}

/// What the folder of `crackdown run` is, for `columns.md`.
const ABOUT: &str = "Runs of one scenario. Shares lie between 0 and 1; dates are calendar days. Only reported days stand here, except that sums over a calendar year \
    count the days of the warm-up that lie in it.";

/// A table as the file that its name promises.
fn table_file(table: &Table) -> Result<File, String> {
    let bytes = match table.ending {
        "parquet" => parquet::parquet([table])?,
        _ => csv::csv(table)?,
    };
    Ok(file(&table.file_name(), bytes))
}

/// All these tables as files.
fn table_files(tables: &[Table]) -> Result<Vec<File>, String> {
    tables.iter().map(table_file).collect()
}

/// Tables as files, and `columns.md` that tells them: `about` says what folder it is, `more` follows the columns.
fn told(about: &str, tables: &[Table], more: &str) -> Result<Vec<File>, String> {
    let mut files = table_files(tables)?;
    files.push(file("columns.md", columns::markdown(about, tables) + more));
    Ok(files)
}

/// The files of a folder with its figures, the manifest last: it lists all, and its command leaves figures out where there are none.
fn sealed(
    mut files: Vec<File>,
    figures: Figures,
    repeat: Command,
    manifest: impl FnOnce(Command) -> Manifest,
) -> Vec<File> {
    let repeat = repeat.figures(figures.is_some());
    files.extend(figures.into_iter().flatten());
    files.push(manifest(repeat).lists(&files).file());
    files
}

/// JSON for people, one line for each value.
fn pretty(value: &impl serde::Serialize) -> Vec<u8> {
    (serde_json::to_string_pretty(value).expect("plain values") + "\n").into_bytes()
}

/// A file of this name and content.
pub fn file(name: &str, content: impl Into<Vec<u8>>) -> File {
    File { name: name.to_owned(), bytes: content.into() }
}
