//! Suspicious-transaction reports and the agency's limited time to read them.
//!
//! Banks and licensed venues report what they stop. True reports bring false ones with them, the agency reads as
//! many as it can, and what is not read gives no evidence: more alerts can drown the useful ones (Takáts 2011).
//!
//! Deliberately absent: what a report that is read is worth (`gather_evidence`).

use bevy_ecs::prelude::*;

use crate::board::{Directory, ReportDesk, TrafficBoard};
use crate::diary::Counted;
use crate::policy::Levers;
use crate::schedule::{Today, World};
use world::units::Class;

/// Days over which reports that arrive in lumps are read evenly.
///
/// Unit: days. Source: judgement; reports wait for weeks. Status: assumption.
const PILE_DAYS: f64 = 30.0;

world::series! {
    /// What becomes of reports on a day.
    ReportSeries in "market", One, "";
    Filed = "reports_filed", "reports", "Suspicious-transaction reports to the AFM, true and false";
    True = "reports_true", "reports", "Those that are true";
    Read = "reports_read", "reports", "Those that the AFM gets to read";
}

impl Counted for ReportDesk {
    type Of = ReportSeries;

    fn today(&self, series: ReportSeries, _row: usize) -> i64 {
        self.today[series as usize]
    }
}

/// Counts today's reports and works out which share of them is read.
pub fn read_reports(
    scenario: Res<World>,
    levers: Res<Levers>,
    today: Res<Today>,
    directory: Res<Directory>,
    traffic: Res<TrafficBoard>,
    mut desk: ResMut<ReportDesk>,
) {
    let stopped: i64 = traffic
        .0
        .iter()
        .zip(&directory.listings)
        .map(|(traffic, listing)| match listing.class {
            Class::Shadow | Class::Hub => traffic.stopped(),
            Class::Licensed => traffic.suspects_stopped,
            // Banks refuse these payments by rule, without a suspicion of anybody.
            Class::Foreign | Class::PeerToPeer => 0,
        })
        .sum();
    let well_founded = stopped as f64 * scenario.banks.useful_reports;
    let filed = filed(well_founded, levers.monitoring.false_reports);
    desk.pace += (filed - desk.pace) / if today.day.0 == 0 { 1.0 } else { PILE_DAYS };
    desk.share_read = share_read(scenario.afm.reports_read_per_day, desk.pace);
    let before = whole(&desk);
    desk.filed += filed;
    desk.well_founded += well_founded;
    desk.read += filed * desk.share_read;
    let sums = whole(&desk);
    desk.today = [0, 1, 2].map(|kind| sums[kind] - before[kind]);
}

/// Whole reports of the sums since the first day: filed, true, read.
fn whole(desk: &ReportDesk) -> [i64; 3] {
    [desk.filed, desk.well_founded, desk.read].map(|sum| sum as i64)
}

/// Reports in all, given those that are true and the share that is false.
fn filed(well_founded: f64, false_share: f64) -> f64 {
    well_founded / (1.0 - false_share)
}

/// Share of arriving reports that are read.
fn share_read(capacity: f64, arrivals: f64) -> f64 {
    if arrivals > capacity { capacity / arrivals } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn false_reports_come_with_true_ones_and_drown_them() {
        assert_eq!(filed(7.0, 0.0), 7.0);
        assert!((filed(7.0, 0.93) - 100.0).abs() < 1e-9);
        assert_eq!(share_read(100.0, 50.0), 1.0);
        assert_eq!(share_read(100.0, 0.0), 1.0);
        assert_eq!(share_read(0.0, 0.0), 1.0);
        assert_eq!(share_read(0.0, 5.0), 0.0);
        // Ten times as many false ones at the same capacity: a tenth of the true ones is read.
        let read = |share| share_read(100.0, filed(7.0, share));
        assert!((read(0.993) - read(0.93) / 10.0).abs() < 1e-9);
    }
}
