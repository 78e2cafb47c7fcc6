//! The lists of what actors declare, in the order of tables.
//!
//! A new measure stands in its actor's list; tables of measures get a row more there.

use scenario::study::Yields;

use super::actor::Actor;
use super::board::{AgencyDiary, CardMarket, Flows, ReportDesk};
use super::dealer::shops::DealerSeries;
use super::declare::{Measure, count, joined};
use super::diary::{Diary, Recorded};
use super::measure::{PurposeSeries, SIGHTS};
use super::mining::FarmSeries;
use super::pyramid::PyramidSeries;
use super::treasury::RevenueSeries;
use super::{
    afm, bank, court, customer, dealer, exchange, intervention, measure, mining, mule_card,
    partner, perception, policy, pyramid, treasury,
};

use world::record::series::{SeriesList, SeriesTable};
use world::record::{Traced, VenueColumn};

/// All actors, in the order in which a world is built: customers last, since a resource is an entity too, and one that came
/// after them would have a place kept for each of them.
pub const ACTORS: [Actor; 15] = [
    policy::ACTOR,
    bank::ACTOR,
    mule_card::ACTOR,
    perception::ACTOR,
    exchange::ACTOR,
    intervention::ACTOR,
    afm::ACTOR,
    partner::ACTOR,
    court::ACTOR,
    dealer::ACTOR,
    pyramid::ACTOR,
    mining::ACTOR,
    treasury::ACTOR,
    measure::ACTOR,
    customer::ACTOR,
];

const LISTS: &[&[Measure]] = &[
    measure::LINES,
    customer::measures::TRADE,
    exchange::measures::VENUES,
    perception::RISK,
    afm::measures::ACTS,
    mule_card::MEASURES,
    customer::measures::HONEST,
    afm::measures::TIME,
    bank::MEASURES,
    afm::measures::COST,
    customer::measures::DIRECT,
    court::MEASURES,
    partner::MEASURES,
    exchange::measures::LICENCES,
    perception::PRISON,
    pyramid::MEASURES,
    mining::MEASURES,
    dealer::shops::MEASURES,
    treasury::MEASURES,
    customer::measures::ABUSE,
    afm::measures::REPORTS,
    exchange::measures::FEES,
];

/// All measures, in the order of tables.
pub static MEASURES: [Measure; count(LISTS)] = joined(LISTS);

/// What a run yields, by name.
pub const YIELDS: Yields = Yields { measures: &MEASURE_NAMES, quantities: &QUANTITIES };

static MEASURE_NAMES: [&str; MEASURES.len()] = {
    let (mut names, mut number) = ([""; MEASURES.len()], 0);
    while number < names.len() {
        names[number] = MEASURES[number].name;
        number += 1;
    }
    names
};

static QUANTITIES: [&str; SIGHTS.len()] = {
    let (mut names, mut number) = ([""; SIGHTS.len()], 0);
    while number < names.len() {
        names[number] = SIGHTS[number].quantity;
        number += 1;
    }
    names
};

/// The tables of a record, in the order in which runs are stored.
pub const TABLES: [Recorded; 11] = [
    Recorded::daily::<Flows>(),
    Recorded::daily::<Diary<VenueColumn>>(),
    Recorded::daily::<CardMarket>(),
    Recorded::daily::<AgencyDiary>(),
    Recorded::at_the_end(Traced::TABLE),
    Recorded::daily::<Diary<PyramidSeries>>(),
    Recorded::daily::<Diary<FarmSeries>>(),
    Recorded::daily::<ReportDesk>(),
    Recorded::daily::<Diary<PurposeSeries>>(),
    Recorded::daily::<Diary<DealerSeries>>(),
    Recorded::daily::<Diary<RevenueSeries>>(),
];

/// What the tables of a record are, in the order in which runs are stored.
pub fn tables() -> impl Iterator<Item = &'static SeriesTable> {
    TABLES.iter().map(|kept| kept.table)
}
