//! The lists of what actors declare, in the order of tables.
//!
//! New measures go to the end: rows of tables that exist stay where they are.

use scenario::study::Yields;

use super::declare::{Measure, count, joined};
use super::measure::SIGHTS;
use super::{
    afm, bank, court, customer, exchange, mining, mule_card, partner, perception, pyramid,
};

const LISTS: &[&[Measure]] = &[
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
    customer::measures::ABUSE,
    afm::measures::REPORTS,
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
