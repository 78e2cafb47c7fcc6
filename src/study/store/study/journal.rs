//! The journal of a shard: a line for each run, written the moment the run ends.
//!
//! A line is handed to the operating system in one call, so a killed process loses no finished run; to the disk it goes
//! about once a second, which is what a power cut can cost. Every line has a check value: what is damaged is no run.

use std::io::{BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::place::{Lock, disk};
use super::row::{Row, checked, read_checked};

/// How long a finished run may be in memory only. Unit: time. Source: judgement.
const FLUSH_AFTER: Duration = Duration::from_secs(1);

/// First line of a journal, and part of every other file of rows: who made them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileHead {
    /// Version of the model.
    pub model_version: u32,
    /// Fingerprint of the plan; empty for merged runs, which can be of several.
    pub plan: String,
    /// Shard, as K/M; empty for merged runs.
    pub shard: String,
    /// Names of the measures, in the order of values.
    pub measures: Vec<String>,
}

/// A journal that this process writes; no other can at the same time.
#[derive(Debug)]
pub struct Journal {
    lock: Lock,
    path: PathBuf,
    /// Bytes that are whole lines.
    length: u64,
    flushed: Instant,
}

impl Journal {
    /// Opens a journal to go on with it, or begins it; a line that was torn off is cut away.
    ///
    /// # Errors
    /// If another process writes it, or the disk refuses.
    pub fn open(path: &Path, head: &FileHead) -> Result<Journal, String> {
        let lock = Lock::take(path, true)?
            .ok_or_else(|| format!("another process is making this shard: {}", path.display()))?;
        let mut journal =
            Journal { lock, path: path.to_owned(), length: 0, flushed: Instant::now() };
        let say = |error| disk(path, &error);
        let mut bytes = BufReader::new(&journal.lock.file);
        let (mut line, mut first, mut length) = (Vec::new(), true, 0);
        let mut is_journal = false;
        while read_line(&mut bytes, &mut line).map_err(say)? > 0 {
            if first {
                is_journal = read_head(&line).is_some();
                first = false;
            }
            if line.ends_with(b"\n") && is_journal {
                length += line.len() as u64;
            }
            line.clear();
        }
        journal.length = length;
        journal.lock.file.set_len(length).map_err(say)?;
        journal.lock.file.seek(SeekFrom::Start(length)).map_err(say)?;
        if length == 0 {
            journal.write(&checked(head))?;
        }
        Ok(journal)
    }

    /// Keeps a run.
    ///
    /// # Errors
    /// If the disk refuses; then the journal is as it was.
    pub fn append(&mut self, row: &Row) -> Result<(), String> {
        self.write(&row.line())?;
        if self.flushed.elapsed() >= FLUSH_AFTER {
            self.flush()?;
        }
        Ok(())
    }

    /// Waits until all is on the disk.
    pub fn flush(&mut self) -> Result<(), String> {
        self.lock.file.sync_data().map_err(|error| disk(&self.path, &error))?;
        self.flushed = Instant::now();
        Ok(())
    }

    fn write(&mut self, line: &str) -> Result<(), String> {
        if let Err(error) = self.lock.file.write_all(line.as_bytes()) {
            // Half a line would be cut away anyway; a full disk lets files become shorter.
            let _ = self.lock.file.set_len(self.length);
            let _ = self.lock.file.seek(SeekFrom::Start(self.length));
            return Err(disk(&self.path, &error));
        }
        self.length += line.len() as u64;
        Ok(())
    }
}

/// Longest line. Unit: bytes. Source: a run has a thousand; judgement.
const LONGEST: u64 = 16_000_000;

/// Adds a line with its end, or as much of one as any run has: the rest is read as another line, and is no run.
fn read_line(bytes: &mut impl BufRead, line: &mut Vec<u8>) -> std::io::Result<usize> {
    bytes.take(LONGEST).read_until(b'\n', line)
}

fn read_head(line: &[u8]) -> Option<FileHead> {
    read_checked(std::str::from_utf8(line).ok()?.strip_suffix('\n')?)
}

/// First line of a journal, if it is whole.
pub(super) fn head(path: &Path) -> Result<Option<FileHead>, String> {
    let say = |error| disk(path, &error);
    let mut line = Vec::new();
    let file = scenario::files::open(path).map_err(say)?;
    read_line(&mut BufReader::new(file), &mut line).map_err(say)?;
    Ok(read_head(&line))
}

/// Reads a journal that may be written at the same time; gives its head and how many lines are damaged.
///
/// # Errors
/// If the disk refuses, or what the caller says about a row.
pub(super) fn read(
    path: &Path,
    each: &mut dyn FnMut(Row) -> Result<(), String>,
) -> Result<(Option<FileHead>, u64), String> {
    let say = |error| disk(path, &error);
    let file = scenario::files::open(path).map_err(say)?;
    let length = file.metadata().map_err(say)?.len();
    let mut bytes = BufReader::new(file.take(length));
    let mut line = Vec::new();
    read_line(&mut bytes, &mut line).map_err(say)?;
    let head = read_head(&line);
    let mut damaged = 0;
    loop {
        line.clear();
        if read_line(&mut bytes, &mut line).map_err(say)? == 0 {
            return Ok((head, damaged));
        }
        // A line without an end is being written, or was torn off.
        let Some(whole) = line.strip_suffix(b"\n") else { return Ok((head, damaged)) };
        match std::str::from_utf8(whole).ok().and_then(Row::read) {
            Some(row) if head.is_some() => each(row)?,
            _ => damaged += 1,
        }
    }
}

#[cfg(test)]
mod tests {

    use super::*;
    use crate::ensemble::Stage;
    use crate::store::study::plan::Fingerprint;
    use scenario::study::Cell;
    use std::fs;

    fn row(number: u32) -> Row {
        let cell = Cell { draw: 0, replication: number };
        Row::failed("a", cell, Fingerprint(u128::from(number)), Stage::Scenario, "why")
    }

    fn rows(path: &Path) -> (Vec<Row>, u64) {
        let mut rows = Vec::new();
        let keep = &mut |row| {
            rows.push(row);
            Ok(())
        };
        let damaged = read(path, keep).unwrap().1;
        (rows, damaged)
    }

    #[test]
    fn a_journal_goes_on_after_a_cut_at_any_byte() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("journal");
        let head =
            FileHead { model_version: 1, plan: "p".into(), shard: "1/1".into(), measures: vec![] };
        let mut journal = Journal::open(&path, &head).unwrap();
        assert!(Journal::open(&path, &head).unwrap_err().contains("another process"));
        for number in 0..3 {
            journal.append(&row(number)).unwrap();
        }
        drop(journal);
        let whole = fs::read(&path).unwrap();
        for length in 0..=whole.len() {
            fs::write(&path, &whole[..length]).unwrap();
            let before = rows(&path).0;
            let mut journal = Journal::open(&path, &head).unwrap();
            journal.append(&row(9)).unwrap();
            drop(journal);
            let (after, damaged) = rows(&path);
            assert_eq!((&after[..before.len()], damaged), (&before[..], 0), "cut at {length}");
            assert_eq!(after[before.len()..], [row(9)]);
        }
        let mut turned = whole.clone();
        turned[whole.len() / 2] ^= 4;
        fs::write(&path, turned).unwrap();
        assert_eq!((rows(&path).0.len(), rows(&path).1), (2, 1));
    }
}
