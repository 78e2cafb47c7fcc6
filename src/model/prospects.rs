//! The options of a choice with their utilities and chances, for accounts of somebody's day.
//!
//! Deliberately absent: the choice itself (`choice`), and anything that a run needs.

use super::board::{Directory, Listing};
use super::choice::ChoiceTables;
use super::messages::VenueNumber;
use world::record::life::{ChoiceOptions, Prospect};
use world::units::maths;

/// Options that are listed one by one.
const BEST: usize = 5;

/// Options of somebody of a kind who goes to `usual` with the chance `habit` and else looks at all venues
/// whose listing `factor` lets through; `outside` is the weight of ways past all venues.
pub fn options(
    choice: &ChoiceTables,
    kind: usize,
    directory: &Directory,
    (usual, habit): (Option<VenueNumber>, f64),
    factor: impl Fn(&Listing) -> f64,
    outside: f64,
) -> ChoiceOptions {
    let offers = choice.venues().iter().enumerate();
    let weighed: Vec<(VenueNumber, f64)> = offers
        .filter_map(|(offer, &venue)| {
            let listing = &directory.listings[usize::from(venue)];
            let weight = choice.weight(kind, offer) * factor(listing);
            (weight > 0.0).then_some((venue, weight))
        })
        .collect();
    let total: f64 = weighed.iter().map(|(_, weight)| weight).sum();
    let full = total + outside + choice.not_today;
    let today = 1.0 - choice.not_today / full;
    let mut all: Vec<Prospect> = weighed
        .iter()
        .filter_map(|&(venue, weight)| {
            let listing = &directory.listings[usize::from(venue)];
            let stay = if Some(venue) == usual { habit } else { 0.0 };
            Some(Prospect {
                venue: directory.name(venue)?,
                fee: f64::from(listing.fee_ppm) * 1e-6,
                sites_down: listing.sites_down,
                utility: maths::ln(weight),
                probability: today * (stay + (1.0 - habit) * weight / (total + outside)),
            })
        })
        .collect();
    all.sort_by(|a, b| b.probability.total_cmp(&a.probability));
    let rest = all.split_off(BEST.min(all.len()));
    ChoiceOptions {
        best: all,
        others: rest.len(),
        others_probability: rest.iter().map(|prospect| prospect.probability).sum(),
        outside_probability: today * (1.0 - habit) * outside / (total + outside),
        not_today_utility: maths::ln(choice.not_today),
        not_today_probability: choice.not_today / full,
    }
}
