//! Illicit platforms alive, opening and ending over time.

use super::over_time::{self, SmallMultiple};
use super::run::{About, most};
use crate::chart::{Colour, Figure};
use crate::palette;
use crate::say;
use crate::speech::tr;
use world::record::{Record, VenueColumn};
use world::units::Class;

/// The figure.
pub fn figure(records: &[Record], about: &About) -> Figure {
    let open = |class: Class| {
        over_time::stock(records, |record, day| record.venue(VenueColumn::Open, day, class) as f64)
    };
    let events = |columns: &[VenueColumn]| {
        over_time::smooth(over_time::rate(records, |record, day| {
            let of = |class: &Class| -> i64 {
                columns.iter().map(|column| record.venue(*column, day, *class)).sum()
            };
            Class::PLATFORMS.iter().map(of).sum::<i64>() as f64
        }))
    };
    let closed = events(&[VenueColumn::Closed]);
    let returned = events(&[VenueColumn::Relaunched]);
    let entered = events(&[VenueColumn::Entered]);
    let ended = events(&[VenueColumn::Exited, VenueColumn::RanOff]);
    let shadow = palette::class(Class::Shadow);
    let title = if records.iter().any(|record| count(record, VenueColumn::Closed) > 0.0) {
        say!(
            "{closed} platforms closed, {returned} back under a new name, {entered} opened by new operators",
            closed = number(records, VenueColumn::Closed),
            returned = number(records, VenueColumn::Relaunched),
            entered = number(records, VenueColumn::Entered),
        )
    } else {
        tr("No platform was closed in the reported days").to_owned()
    };
    let all = [
        SmallMultiple::new("Shadow exchanges open", shadow, open(Class::Shadow)),
        SmallMultiple::new("Darknet hubs open", palette::class(Class::Hub), open(Class::Hub)),
        SmallMultiple::new("Closed by the AFM, a month", Colour::Ink, closed),
        SmallMultiple::new("New name, same operator, a month", shadow, returned),
        SmallMultiple::new("New operators, a month", palette::BLUE, entered),
        SmallMultiple::new("Stopped or ran off, a month", Colour::Grey, ended),
    ];
    let subtitle = tr(
        "Illicit platforms (shadow exchanges and hubs); events a month as means of three months.",
    );
    let name = ("venues", "Illicit platforms");
    over_time::figure(all.into(), name, title, subtitle, records, about)
}

/// Events at illicit platforms over the run.
fn count(record: &Record, column: VenueColumn) -> f64 {
    let days = 0..record.days;
    let of =
        |day| Class::PLATFORMS.iter().map(|class| record.venue(column, day, *class)).sum::<i64>();
    days.map(of).sum::<i64>() as f64
}

/// Median of a count, and its range where there are replications enough.
fn number(records: &[Record], column: VenueColumn) -> String {
    let counts: Vec<f64> = records.iter().map(|record| count(record, column)).collect();
    let several = counts.len() > 1;
    let [low, middle, high] = most(counts).unwrap_or_default();
    if !several || low.round() == high.round() {
        format!("{middle:.0}")
    } else {
        format!("{middle:.0} [{low:.0}–{high:.0}]")
    }
}
