//! Rows that are kept the moment their runs end, in the journal of a shard.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard};

use super::journal::Journal;
use super::plan::{Addresses, Fingerprint, KeptData, Plan};
use super::row::Row;
use super::scan::Progress;
use crate::ensemble::{Failure, Keep, Run, Stage, Unmade};
use crate::store::content;
use scenario::study::Cell;
use world::record::Record;

/// How many rows were made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RowsMade {
    /// Finished.
    pub finished: u64,
    /// Failed.
    pub failed: u64,
}

/// Keeps the rows of a plan.
pub struct Rows<'a> {
    plan: &'a Plan<'a>,
    there: &'a Progress,
    /// Called after each row.
    on_row: &'a (dyn Fn() + Sync),
    state: Mutex<RowsState<'a>>,
}

struct RowsState<'a> {
    journal: Journal,
    addresses: Addresses<'a>,
    made: RowsMade,
    /// Records of cells that are read when their last run ends, by arm of the study.
    open: BTreeMap<Cell, Vec<Option<Record>>>,
}

impl<'a> Rows<'a> {
    /// Keeps those that are not there in a journal.
    pub fn new(
        plan: &'a Plan<'a>,
        there: &'a Progress,
        journal: Journal,
        on_row: &'a (dyn Fn() + Sync),
    ) -> Rows<'a> {
        let addresses = Addresses::new(plan.kept, plan.study);
        let state =
            RowsState { journal, addresses, made: RowsMade::default(), open: BTreeMap::new() };
        Rows { plan, there, on_row, state: Mutex::new(state) }
    }

    fn state(&self) -> MutexGuard<'_, RowsState<'a>> {
        self.state.lock().expect("no panic while it is held")
    }

    /// Waits until all is on the disk; gives how many were made.
    pub fn end(self) -> (RowsMade, Result<(), String>) {
        let mut state = self.state.into_inner().expect("no panic while it was held");
        (state.made, state.journal.flush())
    }

    /// Keeps the row of an arm of rows.
    fn row(
        &self,
        arm: usize,
        cell: Cell,
        outcome: &Result<(Vec<f64>, Fingerprint), Unmade>,
    ) -> Result<(), Failure> {
        let mut state = self.state();
        let (name, address) = (self.plan.name(arm), state.addresses.of(arm, cell));
        let row = match outcome {
            Ok((values, content)) => Row::finished(name, cell, address, values.clone(), *content),
            Err(Unmade { stage, message }) => Row::failed(name, cell, address, *stage, message),
        };
        state.journal.append(&row).map_err(Failure::NotKept)?;
        let made = &mut state.made;
        *(if outcome.is_ok() { &mut made.finished } else { &mut made.failed }) += 1;
        drop(state);
        (self.on_row)();
        Ok(())
    }

    /// Reads a cell of which the last run has ended, or a run failed.
    fn of_cell(
        &self,
        arms: &[usize],
        cell: Cell,
        made: Result<Run, Unmade>,
    ) -> Option<Result<(Vec<f64>, Fingerprint), Unmade>> {
        let KeptData::Readings(readings) = self.plan.kept else { return None };
        let mut state = self.state();
        let all = self.plan.study.arms.len();
        let records = state.open.entry(cell).or_insert_with(|| vec![None; all]);
        // A run of the cell has failed: what else comes of it is of no use.
        if records.is_empty() {
            return None;
        }
        match made {
            Ok(run) => arms.iter().for_each(|arm| records[*arm] = Some(run.record.clone())),
            Err(unmade) => {
                records.clear();
                return Some(Err(unmade));
            }
        }
        if records.iter().any(Option::is_none) {
            return None;
        }
        let records = state.open.remove(&cell)?;
        drop(state);
        let records: Vec<&Record> = records.iter().flatten().collect();
        let mut hasher = blake3::Hasher::new();
        records.iter().for_each(|record| {
            hasher.update(content::digest(record).as_bytes());
        });
        Some(Ok(((readings.read)(&records), Fingerprint::of(hasher.finalize()))))
    }
}

impl Keep for Rows<'_> {
    fn has(&self, arm: usize, cell: Cell) -> bool {
        self.there.has(self.plan.position(self.plan.row_of(arm), cell))
    }

    fn keep(&self, arms: &[usize], cell: Cell, made: Result<Run, Unmade>) -> Result<(), Failure> {
        if let KeptData::Readings(_) = self.plan.kept {
            return self.of_cell(arms, cell, made).map_or(Ok(()), |read| self.row(0, cell, &read));
        }
        let outcome = made.and_then(|Run { record, scenario }| {
            let values = self.plan.values(&record, &scenario);
            let values = values.map_err(|message| Unmade { stage: Stage::Simulation, message })?;
            Ok((values, Fingerprint::of(content::digest(&record))))
        });
        arms.iter().try_for_each(|arm| self.row(*arm, cell, &outcome))
    }
}
