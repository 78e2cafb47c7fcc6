//! Waves of runs: each an ordinary study in the folder of the calibration, so that it resumes, shards and repeats like any other.

use std::path::Path;

use super::seen;
use crate::cli::check::show_findings;
use crate::cli::input;
use crate::cli::simulate::{Refusal, failed};
use crate::cli::sweep::{self, Way};
use crate::comparison::calibration::{Target, Wave};
use crate::scenario::Study;
use crate::store::study::Place;
use crate::store::{self, File};

/// What waves have in common.
pub struct Waves<'a> {
    /// The study with its ranges.
    pub study: &'a Study,
    /// What is to be met.
    pub targets: &'a [Target],
    /// Folder of the calibration.
    pub folder: &'a Path,
    /// How runs are made.
    pub way: Way,
}

/// Luck of the runs at the posterior: added to the seed. Source: beyond any number of waves.
const LUCK_OF_CHECK: u64 = 100;
/// Luck of a recovery: so many times its number is added to the seed. Source: beyond the check.
pub const LUCK_OF_RECOVERY: u64 = 1_000;

impl Waves<'_> {
    /// A run at each point.
    pub fn wave(&self, name: &str, luck: u64, points: Vec<Vec<f64>>) -> Result<Wave, Refusal> {
        let values = self.runs(name, luck, &points, 1)?;
        let figures =
            values.into_iter().map(|figure| figure.into_iter().flatten().collect()).collect();
        Ok(Wave { points, figures })
    }

    /// The replications of the study at the first points: `[target][draw][replication]`.
    pub fn check(&self, points: &[Vec<f64>], number: usize) -> Result<Vec<Vec<Vec<f64>>>, Refusal> {
        let first = &points[..number.min(points.len())];
        self.runs("check", LUCK_OF_CHECK, first, self.study.replications)
    }

    fn runs(
        &self,
        name: &str,
        luck: u64,
        points: &[Vec<f64>],
        replications: u32,
    ) -> Result<Vec<Vec<Vec<f64>>>, Refusal> {
        let folder = self.folder.join(name);
        let path = folder.join("study.ron");
        store::put_files(&folder, &self.derived(name, luck, points, replications))
            .map_err(failed)?;
        let study = input::study(&path, &[]).map_err(|findings| {
            show_findings(&path, &findings);
            failed(format!("{} cannot be used", path.display()))
        })?;
        let runs = sweep::all(&study, &Place::new(&folder), self.way, "study.ron")?;
        let arm = &study.arms[0].name;
        let mut all = Vec::new();
        for target in self.targets {
            let mut of = vec![vec![f64::NAN; replications as usize]; points.len()];
            for value in runs.values(arm, &seen(target).name()).map_err(failed)? {
                let (cell, value) = value.map_err(failed)?;
                of[cell.draw as usize][cell.replication as usize] = value;
            }
            all.push(of);
        }
        Ok(all)
    }

    /// The study of these points, with everything that it needs.
    fn derived(&self, name: &str, luck: u64, points: &[Vec<f64>], replications: u32) -> Vec<File> {
        let seen: Vec<String> =
            self.targets.iter().map(|target| format!("{:?}", target.name)).collect();
        let fields = [
            // A name names one folder, not a way through several.
            ("name", format!("{:?}", name.replace('/', "_"))),
            ("draws", "Table(file: \"points.csv\")".to_owned()),
            ("replications", replications.to_string()),
            ("luck", "Each".to_owned()),
            ("seed", (self.study.seed + luck).to_string()),
            ("measures", "[\"illicit_turnover\"]".to_owned()),
            ("seen", format!("[{}]", seen.join(", "))),
        ];
        let portable = self.study.derived(&fields);
        let mut table = self.study.parameters().join(",") + "\n";
        for point in points {
            table += &(self.study.at(point).join(",") + "\n");
        }
        let text = |(name, text): (String, String)| File { name, bytes: text.into_bytes() };
        let mut files: Vec<File> = portable.scenarios.into_iter().map(text).collect();
        files.push(text(("points.csv".to_owned(), table)));
        files.push(text(("study.ron".to_owned(), portable.study)));
        files
    }
}
