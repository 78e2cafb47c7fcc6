//! Waves of runs: each an ordinary study in the folder of the calibration, so that it resumes, shards and repeats like any other.

use super::cases::Cases;
use super::seen;
use crate::cli::simulate::{Refusal, failed};
use crate::cli::stage::StageOptions;
use scenario::quoted;
use study::comparison::calibration::{CalibrationTarget, Wave};

/// What waves have in common.
pub struct Waves<'a> {
    /// Where they are made, and of what.
    pub workplace: StageOptions<'a>,
    /// What is to be met: published figures, then readings of cases.
    pub targets: &'a [CalibrationTarget],
    /// Cases that are to be met.
    pub cases: Option<&'a Cases>,
}

/// Chance of the runs at the posterior: added to the seed. Source: beyond any number of waves.
const LUCK_OF_CHECK: u64 = 100;
/// Chance of a recovery: so many times its number is added to the seed. Source: beyond the check.
pub const LUCK_OF_RECOVERY: u64 = 1_000;

impl Waves<'_> {
    /// A run at each point.
    pub fn wave(&self, name: &str, luck: u64, points: Vec<Vec<f64>>) -> Result<Wave, Refusal> {
        let mut figures = self.runs(name, luck, &points, 1)?;
        figures.extend(self.readings(name, luck, points.len())?);
        Ok(Wave { points, figures })
    }

    /// The replications of the study at the first points: `[target][draw][replication]`.
    pub fn check(&self, points: &[Vec<f64>], number: usize) -> Result<Vec<Vec<Vec<f64>>>, Refusal> {
        let first = &points[..number.min(points.len())];
        let replications = self.workplace.study.replications;
        let all = self.runs("check", LUCK_OF_CHECK, first, replications)?;
        let by_draw = |column: Vec<f64>| {
            column.chunks(replications as usize).map(<[f64]>::to_vec).collect::<Vec<_>>()
        };
        let cases = self.readings("check", LUCK_OF_CHECK, first.len())?;
        let once = |column: Vec<f64>| column.into_iter().map(|value| vec![value]).collect();
        Ok(all.into_iter().map(by_draw).chain(cases.into_iter().map(once)).collect())
    }

    /// For each reading of a case its value at every point of a stage, once.
    fn readings(&self, name: &str, luck: u64, number: usize) -> Result<Vec<Vec<f64>>, Refusal> {
        let Some(cases) = self.cases else { return Ok(Vec::new()) };
        let StageOptions { study, folder, way } = self.workplace;
        let (points, place) =
            (folder.join(name).join("points.csv"), folder.join(name).join("cases"));
        cases.values((&points, number), &place, study.seed + luck, way.threads, way.quiet)
    }

    /// Targets that are published figures.
    fn published(&self) -> impl Iterator<Item = &CalibrationTarget> {
        let cases = self.cases.map_or(0, |cases| cases.targets().len());
        self.targets[..self.targets.len() - cases].iter()
    }

    /// For each target the figure of every run, draw by draw.
    fn runs(
        &self,
        name: &str,
        luck: u64,
        points: &[Vec<f64>],
        replications: u32,
    ) -> Result<Vec<Vec<f64>>, Refusal> {
        let study = self.workplace.study;
        let seen_names: Vec<String> = self.published().map(|target| quoted(&target.name)).collect();
        let fields = [
            // A name names one folder, not a way through several.
            ("name", quoted(&name.replace('/', "_"))),
            ("replications", replications.to_string()),
            ("luck", "Each".to_owned()),
            ("seed", (study.seed + luck).to_string()),
            ("measures", "[\"unlicensed_turnover\"]".to_owned()),
            ("seen", format!("[{}]", seen_names.join(", "))),
        ];
        let rows: Vec<Vec<String>> = points.iter().map(|point| study.at(point)).collect();
        let (made, runs) = self.workplace.make(name, &fields, &study.parameters(), &rows)?;
        let column = |target: &CalibrationTarget| {
            runs.column(&made.arms[0].name, &seen(target).name(), rows.len(), replications as usize)
        };
        self.published().map(|target| column(target).map_err(failed)).collect()
    }
}
