//! A study at given points, in a folder of its own beneath the results: it resumes, shards and repeats like any study.
//!
//! Waves of a calibration and both parts of a sensitivity are such stages.

use std::path::Path;

use super::check::show_findings;
use super::figures::Drawing;
use super::input;
use super::rows::{self, RowsWanted, RowsWay};
use super::simulate::{Refusal, answer, failed};
use scenario::study::Portable;
use scenario::{Study, quoted};
use study::store::study::{KeptData, MergedRuns, StudyFolder};
use study::store::{self, File, portable_files, put_files};

/// How runs of stages are made: options of `calibrate`, `optimise` and `sensitivity`.
#[derive(Debug, clap::Args)]
pub struct MakeRuns {
    /// Threads and figures
    #[command(flatten)]
    pub drawing: Drawing,
    /// Try runs that failed once more
    #[arg(long)]
    retry_failed: bool,
    /// Say what would be run, but run nothing
    #[arg(long)]
    pub dry_run: bool,
    /// No progress and no table, only errors
    #[arg(long)]
    pub quiet: bool,
    /// Print results as JSON instead of a table
    #[arg(long, conflicts_with = "quiet")]
    json: bool,
}

impl MakeRuns {
    /// How rows are made.
    pub fn way(&self) -> RowsWay {
        let threads = self.drawing.threads();
        RowsWay { threads, quiet: self.quiet, retry_failed: self.retry_failed }
    }

    /// Prints results as the options say.
    pub fn answer<T: serde::Serialize>(
        &self,
        value: impl FnOnce() -> T,
        text: impl FnOnce() -> String,
    ) {
        answer((self.json, self.quiet), value, text);
    }
}

/// Where stages are made, and of what.
#[derive(Clone, Copy)]
pub struct StageOptions<'a> {
    /// The study with its ranges.
    pub study: &'a Study,
    /// Folder of the results.
    pub folder: &'a Path,
    /// How runs are made.
    pub way: RowsWay,
}

impl StageOptions<'_> {
    /// Makes the runs that are missing: at each point the parameters have the values of a row; `fields` say how the stage differs from the study.
    ///
    /// # Errors
    /// If it was interrupted or the disk refuses: what is finished is kept.
    pub fn make(
        &self,
        name: &str,
        fields: &[(&str, String)],
        parameters: &[&str],
        rows: &[Vec<String>],
    ) -> Result<(Study, MergedRuns), Refusal> {
        let points = ("draws", "Table(file: \"points.csv\")".to_owned());
        let portable = self.study.derived(&[fields, &[points]].concat());
        let table = store::points(parameters, rows).map_err(failed)?;
        self.complete(name, &portable, vec![table])
    }

    /// The same with other policies, by name and text, under the study's own draws.
    ///
    /// # Errors
    /// If it was interrupted or the disk refuses: what is finished is kept.
    pub fn make_policies(
        &self,
        name: &str,
        fields: &[(&str, String)],
        policies: &[(String, String)],
    ) -> Result<(Study, MergedRuns), Refusal> {
        let path = |name: &String| format!("scenarios/{name}.ron");
        let list: Vec<String> = policies.iter().map(|(name, _)| quoted(&path(name))).collect();
        let list = ("policies", format!("[{}]", list.join(", ")));
        let portable = self.study.derived(&[fields, &[list]].concat());
        let file = |(name, text): &(String, String)| store::file(&path(name), &**text);
        self.complete(name, &portable, policies.iter().map(file).collect())
    }

    /// Writes the stage with these files beside it, and makes what is missing.
    fn complete(
        &self,
        name: &str,
        portable: &Portable,
        mut files: Vec<File>,
    ) -> Result<(Study, MergedRuns), Refusal> {
        let folder = self.folder.join(name);
        files.extend(portable_files(portable));
        files.extend(store::table_of(portable).map_err(failed)?);
        put_files(&folder, &files).map_err(failed)?;
        let path = folder.join("study.ron");
        let study = input::study(&path, &[]).map_err(|findings| {
            show_findings(&path, &findings);
            failed(format!("{} cannot be used", path.display()))
        })?;
        // As it stands on its own: policies that extend a scenario are complete from here on.
        put_files(&folder, &portable_files(&study.portable())).map_err(failed)?;
        let called = "study.ron --out .".to_owned();
        let wanted = RowsWanted {
            study: &study,
            kept: KeptData::Measures,
            place: StudyFolder::new(&folder),
            called,
        };
        let (_, runs) = rows::all(self.way, &[wanted])?.remove(0);
        Ok((study, runs))
    }
}
