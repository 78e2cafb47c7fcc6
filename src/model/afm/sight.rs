//! What the agency sees of the market each evening: the indicators that campaigns may wait for.
//!
//! Only what it can know: platforms on the regulator's list with the turnover that people see, reports of banks,
//! its own cases and closures. Deliberately absent: books of venues, venues that it does not know, the truth.

use std::collections::VecDeque;

use bevy_ecs::prelude::*;

use crate::board::{AgencyDiary, AgencySight, Cause, Directory, RegulatorList, TrafficBoard};
use crate::messages::VenueGone;
use crate::schedule::World;
use scenario::Indicator;

/// Days over which reports and closures are counted. Unit: days. Source: the text of the scenario; Status: assumption.
const DAYS: usize = 30;

/// Useful reports and closures of the last days, today's last.
#[derive(Resource, Default, Clone)]
pub struct RecentDays(VecDeque<(f64, u32)>);

/// Draws up the indicators of the evening.
pub fn draw_up_indicators(
    scenario: Res<World>,
    directory: Res<Directory>,
    list: Res<RegulatorList>,
    traffic: Res<TrafficBoard>,
    diary: Res<AgencyDiary>,
    mut gone: MessageReader<VenueGone>,
    mut recent: ResMut<RecentDays>,
    mut sight: ResMut<AgencySight>,
) {
    let closed =
        gone.read().filter(|gone| gone.cause == Cause::Closed && gone.by_agency).count() as u32;
    let stopped: i64 = directory
        .listings
        .iter()
        .zip(&traffic.0)
        .filter(|(listing, _)| listing.class.is_platform())
        .map(|(_, traffic)| traffic.stopped())
        .sum();
    recent.0.push_back((stopped as f64 * scenario.banks.useful_reports, closed));
    while recent.0.len() > DAYS {
        recent.0.pop_front();
    }
    let mut readings = [0.0; Indicator::ALL.len()];
    for (venue, listing) in directory.open() {
        if listing.class.is_platform() && list.since(venue).is_some() {
            readings[Indicator::ListedTurnover.index()] += listing.monthly_turnover;
            readings[Indicator::ListedVenues.index()] += 1.0;
            readings[Indicator::ReopenedNames.index()] += f64::from(u8::from(listing.relaunched));
        }
    }
    readings[Indicator::OpenCases.index()] = f64::from(diary.cases_open);
    readings[Indicator::Reports.index()] = recent.0.iter().map(|(reports, _)| reports).sum();
    readings[Indicator::Closures.index()] =
        recent.0.iter().map(|(_, closures)| f64::from(*closures)).sum();
    sight.0 = Some(readings);
}
