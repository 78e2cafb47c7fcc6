//! Finished runs that the study does not have any more: kept aside, for it may have them again after the next edit.

use std::fs;

use super::journal;
use super::place::{RowSource, SourceKind, StudyFolder, Writing, disk};
use super::row::{Row, RunEnd};
use super::table::{self, RowFile};

/// Rows that are kept aside, a file for each file that they come from.
pub(super) struct Orphans<'a> {
    place: &'a StudyFolder,
    open: Option<(usize, RowFile, blake3::Hasher)>,
    written: Vec<Writing>,
}

impl<'a> Orphans<'a> {
    /// None yet.
    pub fn new(place: &'a StudyFolder) -> Orphans<'a> {
        Orphans { place, open: None, written: Vec::new() }
    }

    /// Keeps a row of the source with this number; sources come one after another.
    pub fn keep(&mut self, number: usize, source: &RowSource, row: Row) -> Result<(), String> {
        if source.kind == SourceKind::Orphans || matches!(row.outcome, RunEnd::Failed { .. }) {
            return Ok(());
        }
        if self.open.as_ref().is_some_and(|(open, ..)| *open != number) {
            self.end()?;
        }
        let (_, table, hasher) = match &mut self.open {
            Some(open) => open,
            none => {
                let head = match &source.kind {
                    SourceKind::Journal(_) => journal::head(&source.path)?,
                    _ => Some(table::open(&source.path)?.1),
                };
                let head = head.ok_or("a file of rows without a head has rows")?;
                let target = self.place.folder().join(format!("former-{number}.parquet"));
                // Of several arms in any order: they are read whole.
                let table = RowFile::create(&target, &head, false)?.in_any_order();
                none.insert((number, table, blake3::Hasher::new()))
            }
        };
        hasher.update(&row.address.0.to_be_bytes());
        table.push(row)
    }

    fn end(&mut self) -> Result<(), String> {
        if let Some((_, table, hasher)) = self.open.take() {
            let name = format!("{}.parquet", &hasher.finalize().to_hex()[..16]);
            self.written.push(table.close()?.instead(self.place.former().join(name)));
        }
        Ok(())
    }

    /// Puts all files on disk; they have their names only when the caller finishes the writings.
    pub fn close(mut self) -> Result<Vec<Writing>, String> {
        self.end()?;
        if !self.written.is_empty() {
            let folder = self.place.former();
            fs::create_dir_all(&folder).map_err(|error| disk(&folder, &error))?;
        }
        Ok(self.written)
    }
}
