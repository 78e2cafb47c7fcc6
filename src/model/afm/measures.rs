//! Measures of the agency: its acts, its time and money, and what enforcement costs in all.

use super::CaseSeries;
use super::reports::ReportSeries;
use crate::declare::{Measure, Window, measures, share};
use world::record::VenueColumn;

/// Minutes of a working day.
///
/// Unit: minutes. Source: eight hours. Status: measured.
const MINUTES_A_DAY: f64 = 480.0;

/// Sites blocked, money seized and frozen.
pub const ACTS: &[Measure] = measures! {
    "sites_blocked", "sites", Neither: "Sites of illicit platforms blocked, mirrors counted again"
        = |w| w.platforms(VenueColumn::SitesBlocked);
    "seized", "KZT", Neither: "Float of venues and operators' wealth seized"
        = |w| w.platforms(VenueColumn::SeizedToday) + w.platforms(VenueColumn::PropertySeized);
    "property_seized", "KZT", Neither: "Part of it that is operators' wealth: flats, cars, accounts"
        = |w| w.platforms(VenueColumn::PropertySeized);
    "frozen", "KZT", Neither: "Float frozen"
        = |w| w.platforms(VenueColumn::FrozenToday);
};

/// Days and their cost.
pub const TIME: &[Measure] = measures! {
    "agency_days" as "Investigators’ days", "days", Less: "Days that investigators worked on cases, and days for closures, site blocks, freezes, requests abroad, reading reports, pyramids, inspections and rackets (measures)"
        = agency_days;
    "agency_cost" as "Agency’s cost", "KZT", Less: "Their cost (measures.agency_day_kzt)"
        = |w| w.measure("agency_days") * w.weights().agency_day_kzt;
};

/// What enforcement costs in all.
pub const COST: &[Measure] = measures! {
    "enforcement_cost", "KZT", Less: "Cost of the agency, the licensing authority, prisons and banks"
        = |w| w.measure("agency_cost") + w.measure("bank_cost") + state_cost(w);
};

/// Reports of suspicious transactions.
pub const REPORTS: &[Measure] = measures! {
    "reports_read_share" as "Share of reports read", "share", Neither: "Reports of suspicious transactions that the agency reads, over all that arrive"
        = reports_read_share;
};

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
    share(read, filed)
}
