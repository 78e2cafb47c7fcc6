//! Measures of venues: how many, how large, how concentrated, and who goes there.

use crate::declare::{Measure, Window, mean, measures, share};
use world::record::{Flow, Record, VenueColumn};
use world::units::Class;

/// Users, numbers and concentration of venues.
pub const VENUES: &[Measure] = measures! {
    "licensed_share_of_users", "share", More: "People with a licensed usual venue over all with a usual venue, on the last day"
        = |w| share(w.users(Class::Licensed), Class::ALL.iter().map(|&class| w.users(class)).sum());
    "closures", "venues", Neither: "Illicit platforms closed by the AFM"
        = |w| w.platforms(VenueColumn::Closed);
    "entries" as "New platforms", "venues", Neither: "Illicit platforms opened by new operators"
        = |w| w.platforms(VenueColumn::Entered);
    "relaunches", "venues", Neither: "Illicit platforms opened as the new name of a closed one"
        = |w| w.platforms(VenueColumn::Relaunched);
    "exits" as "Exits of platforms", "venues", Neither: "Illicit platforms that stopped of their own accord or ran off"
        = |w| w.platforms(VenueColumn::Exited) + w.platforms(VenueColumn::RanOff);
    "illicit_platforms_open", "venues", Less: "Illicit platforms open, mean over days"
        = |w| w.platforms(VenueColumn::Open) / w.days();
    "shadow_hhi" as "Shadow concentration (HHI)", "share", Neither: "Concentration among shadow exchanges: Herfindahl-Hirschman index of trailing turnover, mean over days with turnover"
        = |w| mean(w.each_day().map(|day| concentration(w.record(), day))) * 1e-6;
    "shadow_effective_number" as "Shadow exchanges of equal size", "venues", Neither: "How many shadow exchanges of equal size would be as concentrated: one over the index, mean over days with turnover"
        = |w| mean(w.each_day().map(|day| Some(1.0 / (concentration(w.record(), day)? * 1e-6))));
    "shadow_top1_share" as "Share of the largest shadow exchange", "share", Neither: "Turnover of the largest shadow exchange of each day over that of all"
        = |w| share_of_shadow(w, VenueColumn::LargestTurnover);
    "shadow_top5_share" as "Share of the five largest", "share", Neither: "Turnover of the five largest shadow exchanges of each day over that of all"
        = |w| share_of_shadow(w, VenueColumn::LargestFiveTurnover);
};

/// Venues that became licensed.
pub const LICENCES: &[Measure] = measures! {
    "licences_granted", "venues", More: "Shadow exchanges and foreign platforms that became licensed venues"
        = |w| w.platforms(VenueColumn::Licences) + w.venue(VenueColumn::Licences, Class::Foreign);
    "licensed_venues", "venues", More: "Licensed venues open, mean over days"
        = |w| w.venue(VenueColumn::Open, Class::Licensed) / w.days();
};

/// Turnover of the largest shadow exchanges of each day over that of all.
fn share_of_shadow(w: &Window, column: VenueColumn) -> f64 {
    share(w.venue(column, Class::Shadow), w.flow(Flow::Traded, Class::Shadow))
}

/// Concentration among shadow exchanges on a day, in millionths; `None` without turnover.
fn concentration(record: &Record, day: usize) -> Option<f64> {
    let hhi = record.venue(VenueColumn::SquaredTurnover, day, Class::Shadow) as f64;
    (hhi > 0.0).then_some(hhi)
}
