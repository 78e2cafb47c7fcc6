//! A study at given points, in a folder of its own beneath the results: it resumes, shards and repeats like any study.
//!
//! Waves of a calibration and both parts of a sensitivity are such stages.

use std::path::Path;

use super::check::show_findings;
use super::input;
use super::rows::{self, Wanted, Way};
use super::simulate::{Refusal, failed};
use scenario::Study;
use study::store::study::{Kept, Place, Runs};
use study::store::{self, portable_files, put_files};

/// Where stages are made, and of what.
#[derive(Clone, Copy)]
pub struct Workplace<'a> {
    /// The study with its ranges.
    pub study: &'a Study,
    /// Folder of the results.
    pub folder: &'a Path,
    /// How runs are made.
    pub way: Way,
}

impl Workplace<'_> {
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
    ) -> Result<(Study, Runs), Refusal> {
        let folder = self.folder.join(name);
        let points = ("draws", "Table(file: \"points.csv\")".to_owned());
        let portable = self.study.derived(&[fields, &[points]].concat());
        let mut files = vec![store::points(parameters, rows).map_err(failed)?];
        files.extend(portable_files(&portable));
        put_files(&folder, &files).map_err(failed)?;
        let path = folder.join("study.ron");
        let study = input::study(&path, &[]).map_err(|findings| {
            show_findings(&path, &findings);
            failed(format!("{} cannot be used", path.display()))
        })?;
        let called = "study.ron --out .".to_owned();
        let wanted =
            Wanted { study: &study, kept: Kept::Measures, place: Place::new(&folder), called };
        let (_, runs) = rows::all(self.way, &[wanted])?.remove(0);
        Ok((study, runs))
    }
}
