//! Merged runs for whoever makes results of them: one measure of one arm at a time.

use std::path::{Path, PathBuf};

use ::parquet::file::statistics::Statistics;
use scenario::study::Cell;

use super::failures;
use super::place::StudyFolder;
use super::row::Row;
use super::table;
use crate::store::parquet_reader::{ParquetReader, Stored};

/// Merged runs of a study.
#[derive(Debug)]
pub struct MergedRuns {
    path: PathBuf,
    failures: PathBuf,
    measures: Vec<String>,
    /// Arm of each row group.
    groups: Vec<String>,
}

impl MergedRuns {
    /// Opens the merged runs of a study's folder; reads no row.
    pub fn open(folder: &Path) -> Result<MergedRuns, String> {
        let place = StudyFolder::new(folder);
        MergedRuns::at(&place.runs(), &place.failures())
    }

    /// The same of files under other names.
    pub(super) fn at(path: &Path, failures: &Path) -> Result<MergedRuns, String> {
        let (file, head) = table::open(path)?;
        let arm = |group: usize| {
            let metadata = file.about().row_group(group);
            let arm = match metadata.columns().first().and_then(|column| column.statistics()) {
                Some(Statistics::ByteArray(all)) => all.min_opt().map(|min| min.data().to_vec()),
                _ => None,
            };
            let arm = arm.and_then(|arm| String::from_utf8(arm).ok());
            arm.ok_or_else(|| format!("{}: no arm in a group", path.display()))
        };
        let groups = (0..file.groups()).map(arm).collect::<Result<_, _>>()?;
        let (path, failures) = (path.to_owned(), failures.to_owned());
        Ok(MergedRuns { path, failures, measures: head.measures, groups })
    }

    /// A measure of all finished runs of an arm, by draw and replication.
    ///
    /// # Errors
    /// If the measure was not kept, or the file cannot be read.
    pub fn values(&self, arm: &str, measure: &str) -> Result<Vec<(Cell, f64)>, String> {
        if !self.measures.iter().any(|kept| kept == measure) {
            return Err(format!("{measure} was not kept by this study"));
        }
        let path = &self.path;
        let say = |why: String| format!("{} cannot be read: {why}", path.display());
        let file = ParquetReader::open(path).map_err(say)?;
        let groups = self.groups.iter().enumerate().filter(|(_, name)| *name == arm);
        let mut all = Vec::new();
        for (group, _) in groups {
            let whole = |name: &str| file.named(group, name)?.whole();
            let numbers = file.named(group, measure).and_then(Stored::numbers).map_err(say)?;
            let draws = whole("draw").map_err(say)?;
            let replications = whole("replication").map_err(say)?;
            for ((draw, replication), value) in draws.iter().zip(&replications).zip(&numbers) {
                let number = |it: Option<i64>| it.and_then(|it| u32::try_from(it).ok());
                let cell = number(*draw).zip(number(*replication));
                let (Some((draw, replication)), Some(value)) = (cell, value) else {
                    return Err(say("a value is missing".to_owned()));
                };
                all.push((Cell { draw, replication }, *value));
            }
        }
        Ok(all)
    }

    /// A measure of an arm in all cells, draw by draw; not a number where a run failed or is missing.
    ///
    /// # Errors
    /// If the measure was not kept, or the file cannot be read.
    pub fn column(
        &self,
        arm: &str,
        measure: &str,
        draws: usize,
        replications: usize,
    ) -> Result<Vec<f64>, String> {
        let mut column = vec![f64::NAN; draws * replications];
        for (cell, value) in self.values(arm, measure)? {
            let place = (cell.draw as usize).saturating_mul(replications);
            let inside = (cell.replication as usize) < replications;
            let place = Some(place.saturating_add(cell.replication as usize)).filter(|_| inside);
            let place = place.and_then(|place| column.get_mut(place));
            *place.ok_or_else(|| {
                let path = self.path.display();
                format!("{path} holds a run that its study does not have")
            })? = value;
        }
        Ok(column)
    }

    /// All finished runs in canonical order, one at a time.
    ///
    /// # Errors
    /// If the file cannot be read, or what the caller says about a row.
    pub fn rows(&self, each: &mut dyn FnMut(Row) -> Result<(), String>) -> Result<(), String> {
        table::read(&self.path, table::Want::All, each).map(|_| ())
    }

    /// All failed runs, in canonical order.
    ///
    /// # Errors
    /// If the file cannot be read, or what the caller says about a row.
    pub fn failures(&self, each: &mut dyn FnMut(Row) -> Result<(), String>) -> Result<(), String> {
        failures::read(&self.failures, each)
    }
}
