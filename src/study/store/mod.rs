//! The result folder: what stands in it, and writing it whole or not at all.
//!
//! `tables`, `views` and `columns` turn records into the bytes of files, `comparison` and `workbook` comparisons, `parts` attributions and dose curves,
//! `across` the answer of a study, [`validation`] that of experiments, `calibration` a posterior, `sensitivity` what it hangs on, `stages` what these two have in common; `draws` what a folder holds of draws of parameters; `runs` keeps finished runs; [`study`] those of studies of any size; `table` reads what others wrote; [`published`] holds what others
//! reported; [`Folder`] puts files on disk, [`verify`] reads them back and says what differs, [`archive`] makes one file of a folder.
//!
//! Deliberately absent: figures (the caller passes their bytes), printing. Nothing here knows the time, the
//! host, the number of threads or a path, so that the same study gives the same bytes everywhere.

mod across;
pub mod archive;
mod calibration;
mod columns;
mod comparison;
mod content;
mod draws;
mod folder;
mod manifest;
mod number;
mod parts;
pub mod published;
mod runs;
mod sensitivity;
mod stages;
pub mod study;
mod table;
mod tables;
pub mod validation;
pub mod verify;
mod views;
mod workbook;

pub use across::across_files;
pub use calibration::write_calibration;
pub use comparison::{Table, comparison_files, read_comparison, repeat_command, tables};
pub use content::digest;
pub use draws::{copied, copies, posterior_in, posterior_name, read_sensitivity};
pub use folder::{Folder, FolderError};
pub use manifest::{drawn_fingerprint, fingerprint, input_fingerprint};
pub use parts::{Measured, Written, attribution_files, dose_files, read_measured};
pub use runs::RunStore;
pub use sensitivity::{SENTENCE, sensitivity_json, write_sensitivity};
pub use stages::portable_files;
pub use study::put_files;
pub use table::read_table;
pub use views::{Summarised, View, summaries, view};

use crate::comparison::Draws;
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

/// What was run.
#[derive(Clone, Copy, Debug)]
pub struct Study<'a> {
    /// The scenario with its texts.
    pub resolved: &'a Resolved,
    /// What was set from the command line.
    pub sets: &'a [String],
    /// Seed.
    pub seed: u64,
    /// Draws of parameters over which the runs are spread, draw by draw, and the posterior.
    pub draws: Option<(&'a Draws, &'a File)>,
}

/// All files of a result folder, the manifest last; `figures` are taken as they are.
///
/// # Errors
/// If a table cannot be encoded.
pub fn files(study: &Study, records: &[Record], figures: Vec<File>) -> Result<Vec<File>, String> {
    let draws = study.draws.map(|(draws, _)| draws);
    let view = view(&study.resolved.scenario, records);
    let mut files = vec![
        file("scenario.ron", study.resolved.text.clone().into_bytes()),
        file("columns.md", columns::markdown(study.draws.is_some()).into_bytes()),
        file("daily.parquet", tables::daily(records)?),
        file("venues.parquet", tables::venues(records)?),
        file("market.parquet", tables::market(records)?),
        file("underworld.parquet", tables::underworld(records)?),
        file("replications.csv", views::replications(records)?),
        file("summary.csv", views::summary(records, draws)?),
        file("agency_view.csv", views::agency_view(&view)?),
        file("migration.csv", views::migration(records)?),
    ];
    if let Some((draws, posterior)) = study.draws {
        files.extend([draws::table(draws)?, posterior.clone()]);
    }
    files.extend(figures);
    files.push(file("manifest.json", manifest::manifest(study, records.len(), &files)));
    Ok(files)
}

fn file(name: &str, bytes: Vec<u8>) -> File {
    File { name: name.to_owned(), bytes }
}
