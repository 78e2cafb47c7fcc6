//! Merged runs for whoever makes results of them: one measure of one arm at a time.

use std::fs;
use std::path::Path;

use arrow_array::RecordBatch;
use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int32Type};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use parquet::file::statistics::Statistics;

use super::failures;
use super::place::Place;
use super::row::Row;
use super::table;
use scenario::study::Cell;

/// Merged runs of a study.
#[derive(Debug)]
pub struct Runs {
    place: Place,
    measures: Vec<String>,
    model_version: u32,
    /// Arm and number of rows of each row group.
    groups: Vec<(String, u64)>,
}

impl Runs {
    /// Opens the merged runs of a study's folder; reads no row.
    ///
    /// # Errors
    /// If there are none, or they cannot be read.
    pub fn open(folder: &Path) -> Result<Runs, String> {
        let place = Place::new(folder);
        let (builder, head) = table::open(&place.runs())?;
        let arm = |group: usize| {
            let metadata = builder.metadata().row_group(group);
            let arm = match metadata.column(0).statistics() {
                Some(Statistics::ByteArray(all)) => all.min_opt().map(|min| min.data().to_vec()),
                _ => None,
            };
            let arm = arm.and_then(|arm| String::from_utf8(arm).ok());
            let arm =
                arm.ok_or_else(|| format!("{}: no arm in a group", place.runs().display()))?;
            Ok::<_, String>((arm, metadata.num_rows() as u64))
        };
        let groups = (0..builder.metadata().num_row_groups()).map(arm).collect::<Result<_, _>>()?;
        Ok(Runs { measures: head.measures, model_version: head.model_version, groups, place })
    }

    /// Names of the measures that are kept.
    #[must_use]
    pub fn measures(&self) -> &[String] {
        &self.measures
    }

    /// Version of the model that made them.
    #[must_use]
    pub fn model_version(&self) -> u32 {
        self.model_version
    }

    /// Number of finished runs of an arm.
    #[must_use]
    pub fn count(&self, arm: &str) -> u64 {
        self.groups.iter().filter(|(name, _)| name == arm).map(|(_, rows)| rows).sum()
    }

    /// A measure of all finished runs of an arm, by draw and replication; in memory are a thousand at a time.
    ///
    /// # Errors
    /// If the measure was not kept, or the file cannot be read.
    pub fn values(&self, arm: &str, measure: &str) -> Result<Values, String> {
        if !self.measures.iter().any(|kept| kept == measure) {
            return Err(format!("{measure} was not kept by this study"));
        }
        let path = self.place.runs();
        let say = |why: &dyn std::fmt::Display| format!("{} cannot be read: {why}", path.display());
        let file = fs::File::open(&path).map_err(|error| say(&error))?;
        let builder =
            ParquetRecordBatchReaderBuilder::try_new(file).map_err(|error| say(&error))?;
        let mask =
            ProjectionMask::columns(builder.parquet_schema(), ["draw", "replication", measure]);
        let groups = self.groups.iter().enumerate().filter(|(_, (name, _))| name == arm);
        let groups = groups.map(|(group, _)| group).collect();
        let batches = builder.with_projection(mask).with_row_groups(groups).build();
        let batches = batches.map_err(|error| say(&error))?;
        Ok(Values { batches, batch: None, row: 0 })
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
        for value in self.values(arm, measure)? {
            let (cell, value) = value?;
            column[cell.draw as usize * replications + cell.replication as usize] = value;
        }
        Ok(column)
    }

    /// All finished runs in canonical order, one at a time.
    ///
    /// # Errors
    /// If the file cannot be read, or what the caller says about a row.
    pub fn rows(&self, each: &mut dyn FnMut(Row) -> Result<(), String>) -> Result<(), String> {
        table::read(&self.place.runs(), table::Want::All, each).map(|_| ())
    }

    /// All failed runs, in canonical order.
    ///
    /// # Errors
    /// If the file cannot be read, or what the caller says about a row.
    pub fn failures(&self, each: &mut dyn FnMut(Row) -> Result<(), String>) -> Result<(), String> {
        failures::read(&self.place.failures(), each)
    }
}

/// Values of a measure with their cells, read as they are asked for.
pub struct Values {
    batches: ParquetRecordBatchReader,
    batch: Option<RecordBatch>,
    row: usize,
}

impl Values {
    fn at(batch: &RecordBatch, row: usize) -> Option<(Cell, f64)> {
        let whole = |number: usize| {
            let column = batch.column(number).as_primitive_opt::<Int32Type>()?;
            u32::try_from(column.value(row)).ok()
        };
        let cell = Cell { draw: whole(0)?, replication: whole(1)? };
        Some((cell, batch.column(2).as_primitive_opt::<Float64Type>()?.value(row)))
    }
}

impl Iterator for Values {
    type Item = Result<(Cell, f64), String>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(batch) = self.batch.as_ref().filter(|batch| self.row < batch.num_rows()) {
                self.row += 1;
                let value = Values::at(batch, self.row - 1);
                return Some(value.ok_or_else(|| "a column has another type".to_owned()));
            }
            self.row = 0;
            match self.batches.next()? {
                Ok(batch) => self.batch = Some(batch),
                Err(error) => {
                    self.batch = None;
                    return Some(Err(error.to_string()));
                }
            }
        }
    }
}
