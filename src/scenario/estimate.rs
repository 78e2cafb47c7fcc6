//! What a run will cost, before it is run.

use std::fmt;

use super::finding::plain;
use super::world::Scenario;
use world::units::{Class, Segment, Trader};

/// Time for a customer agent and day. Unit: seconds. Source: choices.md §3; Status: estimated.
const SECONDS_PER_AGENT_DAY: f64 = 0.9e-9;
/// Time for a trade. Unit: seconds. Source: reference scenario at 1 person per agent; Status: measured.
const SECONDS_PER_TRADE: f64 = 150e-9;
/// Time for a day whatever happens. Unit: seconds. Source: reference scenario at 1,000 people per agent;
/// Status: measured.
const SECONDS_PER_DAY: f64 = 300e-6;
/// Memory for a customer agent. Unit: bytes. Source: peaks of runs of the reference scenario at 1 and 10 people per agent, and of
/// `cargo bench`; Status: measured.
const BYTES_PER_AGENT: u64 = 95;
/// Memory of a run without customers. Unit: bytes. Source: peak of a run of the reference scenario at 1,000 people per agent;
/// Status: measured.
const BYTES_BASE: u64 = 80_000_000;

/// Room on disk that a kept run takes for a day. Unit: bytes. Source: reference scenario, 912 kB for 1,826 days; Status: measured.
const BYTES_PER_DAY: u64 = 500;

/// Memory from which a warning is due. Unit: bytes. Source: half of a common computer; Status: assumption.
pub(super) const MUCH_MEMORY_BYTES: u64 = 4_000_000_000;

/// Cost of one replication on one thread.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CostEstimate {
    /// Time.
    pub seconds_per_replication: f64,
    /// Memory at the peak.
    pub bytes: u64,
    /// Rows of the daily tables.
    pub rows: u64,
    /// Room on disk of a run that is kept with all its days.
    pub kept: u64,
}

impl fmt::Display for CostEstimate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let megabytes = self.bytes.div_ceil(1_000_000);
        let seconds = self.seconds_per_replication;
        let time = match seconds {
            _ if seconds < 1.0 => "under a second".to_owned(),
            _ if seconds < 120.0 => format!("about {seconds:.0} s"),
            _ => format!("about {:.0} minutes", seconds / 60.0),
        };
        let rows = plain(self.rows as f64);
        write!(f, "{time}, {} MB of memory, {rows} rows of daily tables", plain(megabytes as f64))
    }
}

/// A time, in words.
pub fn duration(seconds: f64) -> String {
    match seconds {
        _ if seconds < 1.5 => "a second".to_owned(),
        _ if seconds < 120.0 => format!("{seconds:.0} s"),
        _ if seconds < 7200.0 => format!("{:.0} minutes", seconds / 60.0),
        _ if seconds < 172_800.0 => format!("{:.0} hours", seconds / 3600.0),
        _ => format!("{:.0} days", seconds / 86_400.0),
    }
}

/// Room on disk or in memory, in words.
pub fn size(bytes: u64) -> String {
    match bytes {
        0..1_000_000 => "less than 1 MB".to_owned(),
        1_000_000..10_000_000_000 => format!("{} MB", plain(bytes.div_ceil(1_000_000) as f64)),
        _ => format!("{} GB", plain(bytes.div_ceil(1_000_000_000) as f64)),
    }
}

/// Estimates the cost of one replication.
///
/// The rule: every day costs a fixed time, a time for each agent whether or not it acts, and a time for each
/// trade; trades follow from owners and their trades a year, and from dealers' cash-outs. Memory goes with
/// the agents; the daily table has a row for each class and trader, and one for each class.
pub fn estimate(scenario: &Scenario) -> CostEstimate {
    let agents = f64::from(scenario.agents());
    let days = f64::from(scenario.total_days());
    let customers = &scenario.customers;
    let per_year: f64 = Segment::ALL
        .iter()
        .map(|&segment| customers.segment_share[segment] * customers.trades_per_year[segment])
        .sum();
    let owners = customers.ownership.between(scenario.end).min(1.0);
    let dealers = f64::from(scenario.dealers.number) / scenario.dealers.cash_out_days;
    let trades_per_day = agents * owners * per_year / 365.0 + dealers;
    let day = agents * SECONDS_PER_AGENT_DAY + trades_per_day * SECONDS_PER_TRADE + SECONDS_PER_DAY;
    let rows_per_day = Class::COUNT * Trader::COUNT + Class::COUNT;
    CostEstimate {
        seconds_per_replication: days * day,
        bytes: u64::from(scenario.agents()) * BYTES_PER_AGENT + BYTES_BASE,
        rows: u64::from(scenario.reported_days()) * rows_per_day as u64,
        kept: u64::from(scenario.reported_days()) * BYTES_PER_DAY,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twice_the_people_take_nearly_twice_the_time_and_half_the_agents_half() {
        let base = super::super::reference().scenario;
        let mut larger = base.clone();
        larger.customers.number *= 2;
        let ratio =
            estimate(&larger).seconds_per_replication / estimate(&base).seconds_per_replication;
        assert!((1.8..=2.0).contains(&ratio), "{ratio}");
        let mut coarser = base.clone();
        coarser.people_per_agent = 2;
        assert_eq!(estimate(&coarser).bytes - BYTES_BASE, (estimate(&base).bytes - BYTES_BASE) / 2);
    }
}
