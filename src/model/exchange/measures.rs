//! Measures of venues: how many, how large, how concentrated, who goes there, and what it costs.

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

/// What clients pay, class by class.
pub const FEES: &[Measure] = measures! {
    "hub_fee" as "Fee at hubs", "share", Neither: "Fees and spreads paid at darknet hubs over turnover there, dealers abroad included; no value without turnover"
        = |w| mean_fee(w, Class::Hub);
    "shadow_fee" as "Fee at shadow exchanges", "share", Neither: "The same at shadow exchanges"
        = |w| mean_fee(w, Class::Shadow);
    "peer_to_peer_fee" as "Fee of peer-to-peer and cash deals", "share", Neither: "The same in peer-to-peer and cash deals, couriers’ discount included"
        = |w| mean_fee(w, Class::PeerToPeer);
    "licensed_fee" as "Fee at licensed venues", "share", Neither: "The same at licensed venues"
        = |w| mean_fee(w, Class::Licensed);
    "foreign_fee" as "Fee at foreign platforms", "share", Neither: "The same at foreign platforms"
        = |w| mean_fee(w, Class::Foreign);
};

/// Fees and spreads paid for a tenge of turnover at venues of a class; no value without turnover.
fn mean_fee(w: &Window, class: Class) -> f64 {
    share(w.flow(Flow::Fees, class), w.flow(Flow::Traded, class))
}

/// Turnover of the largest shadow exchanges of each day over that of all.
fn share_of_shadow(w: &Window, column: VenueColumn) -> f64 {
    share(w.venue(column, Class::Shadow), w.flow(Flow::Traded, Class::Shadow))
}

/// Concentration among shadow exchanges on a day, in millionths; `None` without turnover.
fn concentration(record: &Record, day: usize) -> Option<f64> {
    let hhi = record.venue(VenueColumn::SquaredTurnover, day, Class::Shadow) as f64;
    (hhi > 0.0).then_some(hhi)
}

#[cfg(test)]
mod tests {
    use crate::{measures, tables};
    use world::record::{Flow, Record, RunKey, VenueColumn};
    use world::units::{Class, Trader};

    #[test]
    fn a_fee_is_weighed_by_turnover_and_absent_without_any() {
        let scenario = scenario::reference().scenario;
        let mut record = Record::of_nothing(RunKey::new(1, 0), scenario.start, 3, tables());
        let trades = [
            (0, Class::Hub, Trader::Dealer, 300, 30),
            (1, Class::Hub, Trader::DealerAbroad, 100, 2),
            (2, Class::Hub, Trader::Dealer, 1_000, 900),
            (1, Class::Foreign, Trader::Retail, 1_000, 5),
        ];
        for (day, class, trader, traded, fees) in trades {
            let row = Record::row(day, class, trader);
            record.series_mut(Flow::Traded)[row] = traded;
            record.series_mut(Flow::Fees)[row] = fees;
        }
        for (day, verdicts, convictions) in [(0, 3, 2), (1, 1, 1), (2, 5, 0)] {
            let row = day * Class::COUNT + Class::Shadow.index();
            record.series_mut(VenueColumn::Verdicts)[row] = verdicts;
            record.series_mut(VenueColumn::Convictions)[row] = convictions;
        }
        let of = |name: &str, days| {
            let all = measures(&record, &scenario, days);
            all.into_iter().find(|measure| measure.name == name).unwrap().value
        };
        assert_eq!(of("hub_fee", 0..2), Some(32.0 / 400.0));
        assert_eq!(of("foreign_fee", 0..2), Some(0.005));
        for absent in ["shadow_fee", "peer_to_peer_fee", "licensed_fee"] {
            assert_eq!(of(absent, 0..2), None, "{absent}");
        }
        assert_eq!(of("foreign_fee", 2..3), None);
        assert_eq!(of("conviction_share", 0..2), Some(0.75));
        assert_eq!(of("conviction_share", 2..3), Some(0.0));
        record.series_mut(VenueColumn::Verdicts).fill(0);
        let all = measures(&record, &scenario, 0..1);
        let share = all.iter().find(|measure| measure.name == "conviction_share").unwrap();
        assert_eq!(share.value, None);
    }
}
