//! All that a run yields as named columns of whole numbers, and its hash.

use model::SIGHTS;
use world::record::Record;
use world::record::series::{Counts, Series, SeriesTable};

/// Name of a series where runs are stored.
pub(super) fn stored(table: &SeriesTable, series: &Series) -> String {
    format!("{}{}", table.prefix, series.name)
}

/// All whole-number columns of a record, by name.
pub(super) fn columns(record: &Record) -> Vec<(String, &[i64])> {
    fn of(counts: &Counts) -> Vec<(String, &[i64])> {
        let names = counts.table.series.iter().map(|series| stored(counts.table, series));
        names.zip(counts.columns.iter().map(Vec::as_slice)).collect()
    }
    record.counts.iter().flat_map(of).collect()
}

/// Years of the agency's view, in order.
pub(super) fn years(record: &Record) -> Vec<i64> {
    record.sights.chunks(SIGHTS.len()).map(|year| i64::from(year[0].year)).collect()
}

/// Hash of the content of a run.
pub fn digest(record: &Record) -> blake3::Hash {
    let mut hasher = blake3::Hasher::new();
    let mut add = |values: &[i64]| {
        let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        hasher.update(&(values.len() as u64).to_le_bytes());
        hasher.update(&bytes);
    };
    for (_, values) in columns(record) {
        add(values);
    }
    add(&years(record));
    let bits = |value: Option<f64>| value.map_or(i64::MIN, |value| value.to_bits() as i64);
    add(&record.sights.iter().map(|sight| bits(sight.seen)).collect::<Vec<i64>>());
    add(&record.sights.iter().map(|sight| bits(sight.truth)).collect::<Vec<i64>>());
    add(&[i64::from(record.key.replication)]);
    hasher.finalize()
}
