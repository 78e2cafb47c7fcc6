//! All that a run yields as named columns of whole numbers, and its hash.

use model::SIGHTS;
use world::record::underworld::Underworld;
use world::record::{Flow, Record, VenueColumn};

pub(super) const MIGRATION: [&str; 4] =
    ["migration_demand_kzt", "migration_kzt", "migration_trades", "migration_people"];

pub(super) const REPORTS: [&str; 3] = ["reports_filed", "reports_true", "reports_read"];

pub(super) fn flow_name(flow: Flow) -> String {
    format!("flow_{}", flow.key())
}

pub(super) fn venue_name(column: VenueColumn) -> String {
    format!("venue_{}", column.key())
}

pub(super) fn underworld_name(column: Underworld) -> String {
    format!("underworld_{}", column.key())
}

/// All whole-number columns of a record, by name.
pub(super) fn columns(record: &Record) -> Vec<(String, &[i64])> {
    let flows = Flow::ALL.iter().map(|c| (flow_name(*c), &record.flows[*c as usize][..]));
    let venues = VenueColumn::ALL.iter().map(|c| (venue_name(*c), &record.venues[*c as usize][..]));
    let migration = &record.migration;
    let lists = [&migration.demand_kzt, &migration.kzt, &migration.trades, &migration.people];
    let migration = MIGRATION.iter().zip(lists).map(|(name, list)| ((*name).to_owned(), &list[..]));
    let market = [
        ("card_price_kzt".to_owned(), &record.card_price_kzt[..]),
        ("cases_open".to_owned(), &record.cases_open[..]),
    ];
    let underworld =
        Underworld::ALL.iter().map(|c| (underworld_name(*c), &record.underworld[*c as usize][..]));
    let reports = REPORTS.iter().zip(&record.reports);
    let reports = reports.map(|(name, list)| ((*name).to_owned(), &list[..]));
    flows.chain(venues).chain(market).chain(migration).chain(underworld).chain(reports).collect()
}

/// Years of the agency's view, in order.
pub(super) fn years(record: &Record) -> Vec<i64> {
    record.sights.chunks(SIGHTS.len()).map(|year| i64::from(year[0].year)).collect()
}

/// Hash of the content of a run.
#[must_use]
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
