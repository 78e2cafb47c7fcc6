//! A stage of a sensitivity as an ordinary study in a folder of its own.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::cli::input;
use crate::cli::simulate::{Refusal, failed};
use crate::cli::sweep::{self, Way};
use crate::comparison::sensitivity::{Asked, Stage};
use crate::record::MEASURES;
use crate::scenario::Study;
use crate::store::study::Place;
use crate::store::{File, put_files};

/// Where stages are made, and of what.
pub struct Workplace<'a> {
    pub study: &'a Study,
    pub asked: &'a Asked,
    pub folder: &'a Path,
    pub way: Way,
}

/// Refuses a folder that holds something else: files of it would be replaced.
pub fn may_be_used(folder: &Path) -> Result<(), String> {
    let Ok(mut entries) = fs::read_dir(folder) else {
        return if folder.exists() {
            Err(format!("{} is no folder", folder.display()))
        } else {
            Ok(())
        };
    };
    if entries.next().is_none() {
        return Ok(());
    }
    let kind = fs::read_to_string(folder.join("manifest.json")).ok().and_then(|text| {
        let value: serde_json::Value = serde_json::from_str(&text).ok()?;
        (value["program"] == "crackdown").then(|| value["kind"] == "sensitivity")
    });
    let begun = folder.join("morris/study.ron").exists();
    if kind.unwrap_or(begun) {
        return Ok(());
    }
    Err(format!(
        "{} holds something else than a sensitivity: name another folder with --out",
        folder.display()
    ))
}

impl Workplace<'_> {
    /// Makes the runs of a stage that are missing, and reads what all gave.
    pub fn stage(
        &self,
        name: &str,
        parameters: &[usize],
        points: Vec<Vec<f64>>,
    ) -> Result<Stage, Refusal> {
        let folder = self.folder.join(name);
        self.write(name, &folder, parameters, &points)?;
        let study = input::study(&folder.join("study.ron"), &[])
            .map_err(|findings| failed(format!("{findings}\nthis is a bug of crackdown")))?;
        let place = Place::new(&folder);
        let runs = sweep::all(&study, &place, self.way, "study.ron --out .")?;
        let replications = study.replications as usize;
        let mut values = BTreeMap::new();
        for (number, arm) in study.arms.iter().enumerate() {
            for &measure in &self.asked.measures {
                let mut column = vec![f64::NAN; points.len() * replications];
                let found = runs.values(&arm.name, MEASURES[measure].name).map_err(failed)?;
                for value in found {
                    let (cell, value) = value.map_err(failed)?;
                    column[cell.draw as usize * replications + cell.replication as usize] = value;
                }
                values.insert((number, measure), column);
            }
        }
        Ok(Stage { points, values })
    }

    /// The stage as a study: its file, its points, its scenarios.
    fn write(
        &self,
        name: &str,
        folder: &Path,
        parameters: &[usize],
        points: &[Vec<f64>],
    ) -> Result<(), Refusal> {
        let measures: Vec<String> =
            self.asked.measures.iter().map(|at| format!("{:?}", MEASURES[*at].name)).collect();
        let portable = self.study.derived(&[
            ("name", format!("{:?}", format!("{}_{name}", self.study.name))),
            ("draws", "Table(file: \"points.csv\")".to_owned()),
            ("luck", "All".to_owned()),
            ("replications", self.asked.setting.replications.to_string()),
            ("measures", format!("[{}]", measures.join(", "))),
        ]);
        let mut table = csv::Writer::from_writer(Vec::new());
        let paths = parameters.iter().map(|at| self.asked.varied[*at].path.as_str());
        table.write_record(paths).map_err(failed)?;
        for point in points {
            // Parameters that are not varied here have no column: the middle only fills their place.
            let mut whole = vec![0.5; self.asked.varied.len()];
            for (at, unit) in parameters.iter().zip(point) {
                whole[*at] = *unit;
            }
            let values = self.study.at(&whole);
            table.write_record(parameters.iter().map(|at| &values[*at])).map_err(failed)?;
        }
        let bytes = table.into_inner().map_err(failed)?;
        let mut files = vec![File { name: "points.csv".to_owned(), bytes }];
        let text = |(name, text): (String, String)| File { name, bytes: text.into_bytes() };
        files.extend(portable.scenarios.into_iter().map(text));
        files.push(text(("study.ron".to_owned(), portable.study)));
        put_files(folder, &files).map_err(failed)
    }
}
