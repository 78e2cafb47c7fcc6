//! Whole records of runs on disk, all days of them, for whoever needs more than measures.
//!
//! A record is a Parquet file of one row, named by the address of the run. It is written under another name and then renamed, so it
//! is whole or not there, and carries the hash of its content; several processes can share the folder. It may be deleted at any
//! time: runs are then made again.
//!
//! Deliberately absent: deciding what is to be run.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::place::Writing;
use super::plan::{Addresses, Bits, Fingerprint, Plan};
use super::scan::Progress;
use crate::store::content::{columns, digest, stored, years};
use crate::store::lists::{ListCell, row_of_lists};
use crate::store::parquet_reader::ParquetReader;
use model::SIGHTS;
use scenario::Scenario;
use world::record::series::{Counts, SeriesTable};
use world::record::{Record, RunKey, Sight};

/// Letters of an address that name the folder of its file, so that no folder has too many.
const FOLDER: usize = 2;

/// A folder of records.
#[derive(Clone, Debug)]
pub struct RecordFolder {
    folder: PathBuf,
}

impl RecordFolder {
    /// A folder, which need not be there yet.
    pub fn new(folder: &Path) -> RecordFolder {
        RecordFolder { folder: folder.to_owned() }
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    fn path(&self, address: Fingerprint) -> PathBuf {
        let name = address.to_string();
        self.folder.join(&name[..FOLDER]).join(format!("{name}.parquet"))
    }

    /// Whether a run is there.
    pub fn has(&self, address: Fingerprint) -> bool {
        self.path(address).exists()
    }

    /// Bytes of all runs in the folder.
    pub fn bytes(&self) -> u64 {
        let entries = |folder: &Path| fs::read_dir(folder).into_iter().flatten().flatten();
        let files = entries(&self.folder).flat_map(|part| entries(&part.path()));
        files.filter_map(|file| file.metadata().ok()).map(|about| about.len()).sum()
    }

    /// Which runs of a plan are there.
    pub fn look(&self, plan: &Plan) -> Progress {
        let (mut finished, failed) = (Bits::none(plan.runs()), Bits::none(plan.runs()));
        let mut addresses = Addresses::new(plan.kept, plan.study);
        for position in 0..plan.runs() {
            let (arm, cell) = plan.at(position);
            if self.has(addresses.of(arm, cell)) {
                finished.set(position);
            }
        }
        Progress { finished, failed, files: Vec::new(), stages: None }
    }

    /// A run of this scenario with this luck. Of what a run yields, measures are left out, which follow from the rest, and targets.
    ///
    /// # Errors
    /// If it is not there, cannot be read, or is not what was written.
    pub fn load(
        &self,
        address: Fingerprint,
        scenario: &Scenario,
        key: RunKey,
    ) -> Result<Record, String> {
        let path = self.path(address);
        let read = || -> Result<Record, String> {
            let (record, hash) = decode(&ParquetReader::open(&path)?, scenario, key)?;
            if digest(&record).to_hex().as_str() == hash {
                Ok(record)
            } else {
                Err("its content was changed".to_owned())
            }
        };
        read().map_err(|why| format!("{}: {why}", path.display()))
    }

    /// Keeps a run.
    ///
    /// # Errors
    /// If the disk refuses; then it is not there.
    pub fn keep(&self, address: Fingerprint, record: &Record) -> Result<(), String> {
        let path = self.path(address);
        let bytes = encode(record)?;
        let writing = Writing::of(&path);
        let write = || -> io::Result<()> {
            fs::create_dir_all(path.parent().unwrap_or(&self.folder))?;
            // Not on the disk at once: what a power cut damages does not fit its hash and is made again.
            fs::write(writing.path(), bytes)?;
            fs::rename(writing.path(), &path)
        };
        write().map_err(|error| format!("cannot keep runs in {}: {error}", self.folder.display()))
    }
}

/// The record in a row, and the hash that it had.
fn decode(
    file: &ParquetReader,
    scenario: &Scenario,
    key: RunKey,
) -> Result<(Record, String), String> {
    if file.groups() == 0 {
        return Err("the run is missing".to_owned());
    }
    let whole = |name: &str| -> Result<Vec<i64>, String> {
        let values = file.named(0, name)?.whole()?;
        values.into_iter().collect::<Option<_>>().ok_or_else(|| format!("{name} lacks values"))
    };
    let numbers = |name: &str| file.named(0, name)?.numbers();
    let replication = *whole("replication")?.first().ok_or("no replication")?;
    if replication != i64::from(key.replication) {
        return Err(format!("holds replication {replication}"));
    }
    let days = usize::from(scenario.reported_days());
    let hash = file.named(0, "blake3")?.texts()?.pop().flatten().ok_or("no hash")?;
    let counts = |table: &'static SeriesTable| -> Result<Counts, String> {
        let columns = table.series.iter().map(|series| whole(&stored(table, series)));
        Ok(Counts { table, columns: columns.collect::<Result<_, _>>()? })
    };
    let counts: Vec<Counts> = model::tables().map(counts).collect::<Result<_, _>>()?;
    let (seen, truth) = (numbers("seen")?, numbers("truth")?);
    let years = whole("years")?;
    if seen.len() != years.len() * SIGHTS.len() || truth.len() != seen.len() {
        return Err("the agency's view has another length".to_owned());
    }
    let sights = seen.iter().zip(&truth).enumerate().map(|(number, (seen, truth))| {
        let meaning = &SIGHTS[number % SIGHTS.len()];
        let year = years[number / SIGHTS.len()] as i16;
        let (quantity, unit) = (meaning.quantity, meaning.unit);
        Sight { year, quantity, unit, seen: *seen, truth: *truth }
    });
    let record = Record {
        key,
        start: scenario.start,
        days,
        counts,
        sights: sights.collect(),
        measures: Vec::new(),
        targets: Vec::new(),
    };
    let as_long = |counts: &Counts| {
        let rows = days * counts.table.rows.number();
        rows == 0 || counts.columns.iter().all(|column| column.len() == rows)
    };
    if !record.counts.iter().all(as_long) {
        return Err("the run has another length".to_owned());
    }
    Ok((record, hash))
}

/// A Parquet file with one row.
fn encode(record: &Record) -> Result<Vec<u8>, String> {
    let mut row = vec![
        ("replication".to_owned(), ListCell::Index(record.key.replication)),
        ("blake3".to_owned(), ListCell::Text(digest(record).to_hex().to_string())),
    ];
    row.extend(
        columns(record).into_iter().map(|(name, list)| (name, ListCell::Whole(list.into()))),
    );
    row.push(("years".to_owned(), ListCell::Whole(years(record).into())));
    let sights = &record.sights;
    row.extend([
        ("seen".to_owned(), ListCell::Numbers(sights.iter().map(|sight| sight.seen).collect())),
        ("truth".to_owned(), ListCell::Numbers(sights.iter().map(|sight| sight.truth).collect())),
    ]);
    row_of_lists(&row)
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::simulate;
    use scenario::reference;

    fn world() -> (Scenario, Vec<Record>) {
        let mut scenario = reference().scenario;
        scenario.end = scenario.start.saturating_add(jiff::Span::new().days(40));
        scenario.warm_up_days = 30;
        scenario.people_per_agent = 4_000;
        let run = |replication| simulate(&scenario, RunKey::new(3, replication), &|| ());
        let records = (0..3).map(run).collect();
        (scenario, records)
    }

    #[test]
    fn runs_come_back_as_they_were() {
        let home = tempfile::tempdir().unwrap();
        let (scenario, records) = world();
        let days = RecordFolder::new(home.path());
        let address = |record: &Record| Fingerprint(u128::from(record.key.replication));
        for record in &records {
            assert!(!days.has(address(record)));
            days.keep(address(record), record).unwrap();
        }
        for record in &records {
            let mut expected = record.clone();
            expected.measures.clear();
            assert!(days.has(address(record)));
            assert_eq!(days.load(address(record), &scenario, record.key), Ok(expected));
        }
        let first = &records[0];
        let wrong = days.load(address(first), &scenario, records[1].key).unwrap_err();
        assert!(wrong.contains("holds replication 0"), "{wrong}");
        let folder = days.path(address(first)).parent().unwrap().to_owned();
        assert_eq!(fs::read_dir(folder).unwrap().count(), records.len(), "nothing else is left");
    }

    #[test]
    fn a_damaged_file_is_not_taken_for_a_run() {
        let home = tempfile::tempdir().unwrap();
        let (scenario, records) = world();
        let (days, record, address) = (RecordFolder::new(home.path()), &records[1], Fingerprint(7));
        days.keep(address, record).unwrap();
        let path = days.path(address);
        let whole = fs::read(&path).unwrap();
        // Every twentieth place: wherever a bit turns, the run is gone or as it was, never another.
        for place in (0..whole.len()).step_by(whole.len() / 20) {
            let mut bytes = whole.clone();
            bytes[place] ^= 0x10;
            fs::write(&path, bytes).unwrap();
            if let Ok(found) = days.load(address, &scenario, record.key) {
                assert_eq!(digest(&found), digest(record), "byte {place}");
            }
        }
        fs::write(&path, &whole[..whole.len() / 2]).unwrap();
        assert!(days.load(address, &scenario, record.key).is_err());
    }
}
