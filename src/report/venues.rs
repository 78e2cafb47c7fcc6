//! Illicit platforms alive, opening and ending over time.

use plotters::style::RGBColor;

use super::About;
use super::canvas::{Canvas, INK};
use super::panels::{self, Panel, Words};
use super::turnover::colour;
use crate::record::{Record, VenueColumn};
use crate::units::Class;

const PLATFORMS: [Class; 2] = [Class::Shadow, Class::Hub];

/// Draws the figure.
pub fn draw(records: &[Record], about: &About) -> Canvas {
    let open = |class: Class| {
        panels::stock(records, |record, day| record.venue(VenueColumn::Open, day, class) as f64)
    };
    let events = |columns: &[VenueColumn]| {
        panels::rate(records, |record, day| {
            let of = |class: &Class| -> i64 {
                columns.iter().map(|column| record.venue(*column, day, *class)).sum()
            };
            PLATFORMS.iter().map(of).sum::<i64>() as f64
        })
    };
    let blue = RGBColor(0x00, 0x72, 0xB2);
    let panel = |title: &str, colour, series| Panel { title: title.into(), colour, series };
    let closed = events(&[VenueColumn::Closed]);
    let returned = events(&[VenueColumn::Relaunched]);
    let entered = events(&[VenueColumn::Entered]);
    let total = |series: &panels::Series| -> f64 { series.iter().flatten().sum() };
    let title = if total(&closed) > 0.0 {
        let share = |part: f64| part / total(&closed);
        format!(
            "For ten platforms that the AFM closes, {:.0} come back under a new name and {:.0} open under new operators",
            10.0 * share(total(&returned)),
            10.0 * share(total(&entered)),
        )
    } else {
        "No platform was closed in the reported days".to_owned()
    };
    let all = [
        panel("Shadow exchanges open", colour(Class::Shadow), open(Class::Shadow)),
        panel("Darknet hubs open", colour(Class::Hub), open(Class::Hub)),
        panel("Closed by the AFM, a month", INK, closed),
        panel("New name, same operator, a month", colour(Class::Shadow), returned),
        panel("New operators, a month", blue, entered),
        panel(
            "Stopped or ran off, a month",
            RGBColor(0x6b, 0x6b, 0x6b),
            events(&[VenueColumn::Exited, VenueColumn::RanOff]),
        ),
    ];
    let words = Words {
        title,
        subtitle: "Number of illicit platforms (shadow exchanges and hubs), by month.".into(),
    };
    panels::draw(&all, &words, records, about)
}
