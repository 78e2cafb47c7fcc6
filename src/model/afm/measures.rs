//! Measures of the agency: its acts, its time and money, and what enforcement costs in all.

use super::CaseSeries;
use super::reports::ReportSeries;
use crate::declare::{Measure, Window};
use world::record::VenueColumn;
use world::record::Wanted::{Less, Neither};

/// Minutes of a working day.
///
/// Unit: minutes. Source: eight hours. Status: measured.
const MINUTES_A_DAY: f64 = 480.0;

/// Sites blocked, money seized and frozen.
pub const ACTS: &[Measure] = &[
    Measure::new(
        "sites_blocked",
        "sites",
        Neither,
        "Sites of illicit platforms blocked, mirrors counted again",
        |w| w.platforms(VenueColumn::SitesBlocked),
    ),
    Measure::new("seized", "KZT", Neither, "Float and operators' wealth seized", |w| {
        w.platforms(VenueColumn::SeizedToday)
    }),
    Measure::new("frozen", "KZT", Neither, "Float frozen", |w| {
        w.platforms(VenueColumn::FrozenToday)
    }),
];

/// Days and their cost.
pub const TIME: &[Measure] = &[
    Measure::new("agency_days", "days", Less, "Days that investigators worked on cases, and days for closures, site blocks, freezes, requests abroad, reading reports, pyramids, inspections and rackets (measures)", agency_days)
        .label("Investigators’ days"),
    Measure::new("agency_cost", "KZT", Less, "Their cost (measures.agency_day_kzt)", |w| w.measure("agency_days") * w.weights().agency_day_kzt)
        .label("Agency’s cost"),
];

/// What enforcement costs in all.
pub const COST: &[Measure] = &[Measure::new(
    "enforcement_cost",
    "KZT",
    Less,
    "Cost of the agency, the licensing authority, prisons and banks",
    |w| w.measure("agency_cost") + w.measure("bank_cost") + state_cost(w),
)];

/// Reports of suspicious transactions.
pub const REPORTS: &[Measure] = &[Measure::new(
    "reports_read_share",
    "share",
    Neither,
    "Reports of suspicious transactions that the agency reads, over all that arrive; 1 if none do",
    reports_read_share,
)
.label("Share of reports read")];

fn agency_days(w: &Window) -> f64 {
    let costs = w.weights();
    let cases = w.sum(CaseSeries::Open);
    let acts = w.platforms(VenueColumn::Closed) * costs.closure_days
        + w.platforms(VenueColumn::SitesBlocked) * costs.site_block_days
        + w.platforms(VenueColumn::Freezes) * costs.freeze_days;
    let requests = w.platforms(VenueColumn::Requests) * costs.request_days;
    let underworld = w.sum_of("pyramids_dismantled") * costs.pyramid_days
        + w.sum_of("farms_inspected") * costs.inspection_days
        + w.sum_of("rackets_broken") * costs.racket_case_days;
    let reading = w.sum(ReportSeries::Read) * costs.report_minutes / MINUTES_A_DAY;
    cases + acts + requests + underworld + reading
}

/// Cost of the licensing authority and of prisons.
fn state_cost(w: &Window) -> f64 {
    let costs = w.weights();
    w.platforms(VenueColumn::Applications) * costs.application_days * costs.agency_day_kzt
        + w.platforms(VenueColumn::BehindBars) * costs.prison_day_kzt
}

fn reports_read_share(w: &Window) -> f64 {
    let (filed, read) = (w.sum(ReportSeries::Filed), w.sum(ReportSeries::Read));
    if filed > 0.0 { read / filed } else { 1.0 }
}
