//! Finished runs on disk, so that no run is made twice.
//!
//! A run is found by what determines it: a folder for each fingerprint (model version, scenario, seed, draw), in it Parquet
//! files with a row for each replication. A file is written under another name and then renamed, so it is whole or not there;
//! each row carries the hash of its content. The folder can be deleted at any time: runs are then made again.
//!
//! Deliberately absent: deciding what is to be run.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::content::{
    MIGRATION, REPORTS, columns, digest, flow_name, underworld_name, venue_name, years,
};
use super::lists::{Listed, rows_of_lists};
use super::parquet_reader::ParquetReader;
use scenario::Scenario;
use world::record::underworld::Underworld;
use world::record::{Flow, Migration, Record, RunKey, SIGHTS, Sight, VenueColumn};

/// Characters of the fingerprint that name a folder: 64 bits, so that no two scenarios meet.
const NAME_LENGTH: usize = 16;

/// Runs of one scenario, seed and draw on disk.
#[derive(Debug)]
pub struct RunStore {
    folder: PathBuf,
    /// Seed and draw; the replication is that of the run.
    key: RunKey,
    start: jiff::civil::Date,
    days: usize,
    /// For each replication the file and row that hold it.
    found: BTreeMap<u32, (PathBuf, usize)>,
}

impl RunStore {
    /// Looks up what is there; files that cannot be read count as absent. `key` says seed and draw.
    #[must_use]
    pub fn open(folder: &Path, fingerprint: &str, scenario: &Scenario, key: RunKey) -> RunStore {
        let folder = folder.join(&fingerprint[..NAME_LENGTH.min(fingerprint.len())]);
        let mut files: Vec<PathBuf> = fs::read_dir(&folder)
            .map(|entries| entries.filter_map(|entry| Some(entry.ok()?.path())).collect())
            .unwrap_or_default();
        files.retain(|path| path.extension().is_some_and(|end| end == "parquet"));
        files.sort();
        let mut found = BTreeMap::new();
        for path in files {
            for (row, replication) in
                replications(&path).unwrap_or_default().into_iter().enumerate()
            {
                found.insert(replication, (path.clone(), row));
            }
        }
        let days = usize::from(scenario.reported_days());
        RunStore { folder, key, start: scenario.start, days, found }
    }

    /// Whether a replication is there.
    #[must_use]
    pub fn has(&self, replication: u32) -> bool {
        self.found.contains_key(&replication)
    }

    /// A run that is there.
    ///
    /// # Errors
    /// If it is not, cannot be read, or is not what was written.
    pub fn load(&self, replication: u32) -> Result<Record, String> {
        let (path, row) = self.found.get(&replication).ok_or("no such run")?;
        let say = |why: String| format!("{}: {why}", path.display());
        let record = self.read(path, *row).map_err(say)?;
        if record.key.replication != replication {
            return Err(say(format!("holds replication {}", record.key.replication)));
        }
        Ok(record)
    }

    /// Forgets that a run is there, because it cannot be read.
    pub fn forget(&mut self, replication: u32) {
        self.found.remove(&replication);
    }

    /// Keeps finished runs in one new file.
    ///
    /// # Errors
    /// If the disk refuses; then nothing new is there.
    pub fn keep(&self, records: &[Record]) -> Result<(), String> {
        if records.is_empty() {
            return Ok(());
        }
        let mut sorted: Vec<&Record> = records.iter().collect();
        sorted.sort_by_key(|record| record.key.replication);
        let bytes = encode(&sorted)?;
        let hash = blake3::hash(&bytes).to_hex();
        let replication = |record: Option<&&Record>| record.map_or(0, |r| r.key.replication);
        let name = format!(
            "runs-{:05}-{:05}-{}.parquet",
            replication(sorted.first()),
            replication(sorted.last()),
            &hash[..8]
        );
        let write = || -> io::Result<()> {
            fs::create_dir_all(&self.folder)?;
            let partial = self.folder.join(format!(".{name}.partial-{}", std::process::id()));
            let mut file = fs::File::create(&partial)?;
            let written = file.write_all(&bytes).and_then(|()| file.sync_all());
            if let Err(error) = written {
                let _ = fs::remove_file(&partial);
                return Err(error);
            }
            fs::rename(&partial, self.folder.join(&name))
        };
        write().map_err(|error| format!("cannot keep runs in {}: {error}", self.folder.display()))
    }

    fn read(&self, path: &Path, row: usize) -> Result<Record, String> {
        let (record, hash) = self.decode(&ParquetReader::open(path)?, row)?;
        if digest(&record).to_hex().as_str() == hash {
            Ok(record)
        } else {
            Err("its content was changed".to_owned())
        }
    }

    fn decode(&self, file: &ParquetReader, group: usize) -> Result<(Record, String), String> {
        if group >= file.groups() {
            return Err("the run is missing".to_owned());
        }
        let whole = |name: &str| -> Result<Vec<i64>, String> {
            let values = file.named(group, name)?.whole()?;
            values.into_iter().collect::<Option<_>>().ok_or_else(|| format!("{name} lacks values"))
        };
        let numbers = |name: &str| file.named(group, name)?.numbers();
        let replication = *whole("replication")?.first().ok_or("no replication")?;
        let hash = file.named(group, "blake3")?.texts()?.pop().flatten().ok_or("no hash")?;
        let flows =
            Flow::ALL.iter().map(|flow| whole(&flow_name(*flow))).collect::<Result<_, _>>()?;
        let venues =
            VenueColumn::ALL.iter().map(|c| whole(&venue_name(*c))).collect::<Result<_, _>>()?;
        let [demand_kzt, kzt, trades, people] = {
            let [a, b, c, d] = MIGRATION.map(whole);
            [a?, b?, c?, d?]
        };
        let reports = {
            let [a, b, c] = REPORTS.map(whole);
            [a?, b?, c?]
        };
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
            key: RunKey { replication: replication as u32, ..self.key },
            start: self.start,
            days: self.days,
            flows,
            venues,
            card_price_kzt: whole("card_price_kzt")?,
            cases_open: whole("cases_open")?,
            underworld: Underworld::ALL
                .iter()
                .map(|c| whole(&underworld_name(*c)))
                .collect::<Result<_, _>>()?,
            reports,
            migration: Migration { demand_kzt, kzt, trades, people },
            sights: sights.collect(),
            measures: Vec::new(),
            targets: Vec::new(),
        };
        if record.card_price_kzt.len() != self.days {
            return Err("the run has another length".to_owned());
        }
        Ok((record, hash))
    }
}

/// Which replications a file holds, in the order of its rows.
fn replications(path: &Path) -> Option<Vec<u32>> {
    let file = ParquetReader::open(path).ok()?;
    let one = |group| {
        u32::try_from((*file.named(group, "replication").ok()?.whole().ok()?.first()?)?).ok()
    };
    (0..file.groups()).map(one).collect()
}

/// A Parquet file with a row group for each run.
fn encode(records: &[&Record]) -> Result<Vec<u8>, String> {
    rows_of_lists(&records.iter().map(|record| row(record)).collect::<Vec<_>>())
}

fn row(record: &Record) -> Vec<(String, Listed<'_>)> {
    let mut row = vec![
        ("replication".to_owned(), Listed::Index(record.key.replication)),
        ("blake3".to_owned(), Listed::Text(digest(record).to_hex().to_string())),
    ];
    row.extend(columns(record).into_iter().map(|(name, list)| (name, Listed::Whole(list.into()))));
    row.push(("years".to_owned(), Listed::Whole(years(record).into())));
    let sights = &record.sights;
    row.extend([
        ("seen".to_owned(), Listed::Numbers(sights.iter().map(|sight| sight.seen).collect())),
        ("truth".to_owned(), Listed::Numbers(sights.iter().map(|sight| sight.truth).collect())),
    ]);
    row
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
    fn runs_come_back_as_they_were_and_are_found_by_what_determines_them() {
        let home = tempfile::tempdir().unwrap();
        let (scenario, records) = world();
        let open = |fingerprint: &str| {
            RunStore::open(home.path(), fingerprint, &scenario, RunKey::new(3, 0))
        };
        let store = open("0123456789abcdef-one");
        assert!(!store.has(0));
        store.keep(&records[1..]).unwrap();
        store.keep(&records[..1]).unwrap();
        let store = open("0123456789abcdef-one");
        for record in &records {
            let mut expected = record.clone();
            expected.measures.clear();
            assert_eq!(store.load(record.key.replication), Ok(expected));
        }
        assert!(!open("another").has(0) && !store.has(3));
        let names = fs::read_dir(&store.folder).unwrap().map(|e| e.unwrap().file_name());
        assert!(
            names.map(|name| name.into_string().unwrap()).all(|name| name.starts_with("runs-"))
        );
    }

    #[test]
    fn a_damaged_file_is_not_taken_for_a_run() {
        let home = tempfile::tempdir().unwrap();
        let (scenario, records) = world();
        let open = || RunStore::open(home.path(), "x", &scenario, RunKey::new(3, 0));
        open().keep(&records).unwrap();
        let path = open().found[&1].0.clone();
        let whole = fs::read(&path).unwrap();
        // Every twentieth place: wherever a bit turns, the run is gone or as it was, never another.
        for place in (0..whole.len()).step_by(whole.len() / 20) {
            let mut bytes = whole.clone();
            bytes[place] ^= 0x10;
            fs::write(&path, bytes).unwrap();
            if let Ok(record) = open().load(1) {
                assert_eq!(digest(&record), digest(&records[1]), "byte {place}");
            }
        }
        fs::write(&path, &whole[..whole.len() / 2]).unwrap();
        assert!(!open().has(1));
    }
}
