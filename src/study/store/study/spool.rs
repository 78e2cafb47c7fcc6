//! Rows in any order on one side, in canonical order on the other, with no memory but for one row.
//!
//! A temporary file with a slot of fixed width for each run; what failed has its message in a second one.

use std::fs;
use std::io::{BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::place::disk;
use super::plan::{Bits, Fingerprint};
use super::row::{Row, RunEnd};
use crate::ensemble::Stage;
use scenario::study::Cell;

/// Bytes of a slot before its values: how it ended, address, content and digest.
const HEAD: usize = 1 + 3 * 16;
const FINISHED: u8 = 1;
const FAILED: u8 = 2;

/// What a slot holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
    /// A finished run with this digest.
    Finished(Fingerprint),
    /// A failed run.
    Failed,
}

/// Slots on disk; the files go when it is dropped.
#[derive(Debug)]
pub struct Spool {
    slots: fs::File,
    messages: fs::File,
    paths: [PathBuf; 2],
    filled: Bits,
    number: u64,
    values: usize,
}

impl Spool {
    /// Empty slots for so many runs, in a folder.
    pub fn new(folder: &Path, name: &str, number: u64, values: usize) -> Result<Spool, String> {
        let path = |end| folder.join(format!(".writing-{}-{name}.{end}", std::process::id()));
        let paths = [path("slots"), path("messages")];
        let open = |path: &PathBuf| {
            let options = fs::OpenOptions::new()
                .read(true)
                .write(true)
                .create(true)
                .truncate(true)
                .open(path);
            options.map_err(|error| disk(path, &error))
        };
        let (slots, messages) = (open(&paths[0])?, open(&paths[1])?);
        Ok(Spool { slots, messages, paths, filled: Bits::none(number), number, values })
    }

    fn width(&self) -> usize {
        HEAD + 8 * self.values
    }

    fn say(&self, error: &std::io::Error) -> String {
        disk(&self.paths[0], error)
    }

    /// What a slot holds.
    pub fn holds(&mut self, number: u64) -> Result<Option<Slot>, String> {
        if !self.filled.has(number) {
            return Ok(None);
        }
        let mut head = [0; HEAD];
        let place = SeekFrom::Start(number * self.width() as u64);
        let read = self.slots.seek(place).and_then(|_| self.slots.read_exact(&mut head));
        read.map_err(|error| self.say(&error))?;
        let slot = if head[0] == FINISHED { Slot::Finished(print(&head, 2)) } else { Slot::Failed };
        Ok(Some(slot))
    }

    /// Fills a slot, whatever it held.
    pub fn put(&mut self, number: u64, row: &Row) -> Result<(), String> {
        let mut slot = vec![0; self.width()];
        slot[1..17].copy_from_slice(&row.address.0.to_be_bytes());
        match &row.outcome {
            RunEnd::Finished { values, content, digest } => {
                slot[0] = FINISHED;
                slot[17..33].copy_from_slice(&content.0.to_be_bytes());
                slot[33..49].copy_from_slice(&digest.0.to_be_bytes());
                for (place, value) in slot[HEAD..].chunks_exact_mut(8).zip(values) {
                    place.copy_from_slice(&value.to_le_bytes());
                }
            }
            RunEnd::Failed { stage, message } => {
                slot[0] = FAILED;
                let at = self.messages.seek(SeekFrom::End(0)).map_err(|error| self.say(&error))?;
                let text = format!("{}\n{message}", stage.key());
                let written = self.messages.write_all(text.as_bytes());
                written.map_err(|error| self.say(&error))?;
                slot[17..25].copy_from_slice(&at.to_le_bytes());
                slot[25..33].copy_from_slice(&(text.len() as u64).to_le_bytes());
            }
        }
        let place = SeekFrom::Start(number * self.width() as u64);
        let written = self.slots.seek(place).and_then(|_| self.slots.write_all(&slot));
        written.map_err(|error| self.say(&error))?;
        self.filled.set(number);
        Ok(())
    }

    /// All filled slots in order, with arm and cell as `named` says.
    ///
    /// # Errors
    /// If the disk refuses, or what the caller says about a row.
    pub fn each(
        &mut self,
        named: &dyn Fn(u64) -> (String, Cell),
        each: &mut dyn FnMut(Row) -> Result<(), String>,
    ) -> Result<(), String> {
        // A seek empties what a buffer has read ahead, so holes are read over.
        let mut slots = BufReader::with_capacity(1 << 16, &self.slots);
        slots.seek(SeekFrom::Start(0)).map_err(|error| self.say(&error))?;
        let mut slot = vec![0; self.width()];
        let mut empty = 0;
        for number in 0..self.number {
            if !self.filled.has(number) {
                empty += slot.len() as i64;
                continue;
            }
            slots.seek_relative(empty).map_err(|error| self.say(&error))?;
            empty = 0;
            slots.read_exact(&mut slot).map_err(|error| self.say(&error))?;
            let outcome = if slot[0] == FINISHED {
                let number = |bytes: &[u8]| f64::from_le_bytes(bytes.try_into().expect("8 bytes"));
                RunEnd::Finished {
                    values: slot[HEAD..].chunks_exact(8).map(number).collect(),
                    content: print(&slot, 1),
                    digest: print(&slot, 2),
                }
            } else {
                self.failure(&slot)?
            };
            let (arm, cell) = named(number);
            each(Row { arm, cell, address: print(&slot, 0), outcome })?;
        }
        Ok(())
    }

    fn failure(&self, slot: &[u8]) -> Result<RunEnd, String> {
        let whole = |at: usize| {
            u64::from_le_bytes(slot[at..at + 8].try_into().expect("a slot has more bytes"))
        };
        let mut text = vec![0; whole(25) as usize];
        let mut messages = &self.messages;
        let read =
            messages.seek(SeekFrom::Start(whole(17))).and_then(|_| messages.read_exact(&mut text));
        read.map_err(|error| self.say(&error))?;
        let text = String::from_utf8_lossy(&text);
        let (stage, message) = text.split_once('\n').unwrap_or(("", ""));
        let stage = Stage::read(stage).unwrap_or(Stage::Simulation);
        Ok(RunEnd::Failed { stage, message: message.to_owned() })
    }
}

impl Drop for Spool {
    fn drop(&mut self) {
        for path in &self.paths {
            let _ = fs::remove_file(path);
        }
    }
}

/// The address, the content or the digest in a slot.
fn print(slot: &[u8], number: usize) -> Fingerprint {
    let from = 1 + 16 * number;
    Fingerprint(u128::from_be_bytes(slot[from..from + 16].try_into().expect("16 bytes")))
}
