//! Drug dealers who sell, by size, what they sell, and the power that illegal farms draw.

use super::over_time::{self, SmallMultiple};
use super::run::About;
use crate::chart::{Colour, Figure};
use crate::numbers::BN;
use crate::palette;
use crate::speech::tr;
use model::series::{DealerSeries, FarmSeries};
use world::record::{Record, VenueColumn};
use world::units::Class;

/// The figure.
pub fn figure(records: &[Record], about: &About) -> Figure {
    let stock = |series: DealerSeries| {
        over_time::stock(records, |record, day| record.series(series)[day] as f64)
    };
    let street = over_time::rate(records, |record, day| {
        record.series(DealerSeries::StreetSales)[day] as f64 / BN
    });
    let unpaid = over_time::rate(records, |record, day| {
        let of = |class: &Class| record.venue(VenueColumn::Unpaid, day, *class) as f64;
        Class::PLATFORMS.iter().map(of).sum::<f64>() / BN
    });
    let power = over_time::stock(records, |record, day| {
        record.series(FarmSeries::IllegalPower)[day] as f64 / 1000.0
    });
    let title = over_time::change_in_words(tr("Drugs sold at home"), &street)
        .unwrap_or_else(|| tr("No drugs were sold in the reported days").to_owned());
    let hub = palette::class(Class::Hub);
    let all = vec![
        SmallMultiple::new("Drugs sold, bn KZT a month", Colour::Ink, street),
        SmallMultiple::new("Left unpaid, bn KZT a month", Colour::Grey, over_time::smooth(unpaid)),
        SmallMultiple::new("Power of illegal mining, MW", Colour::Grey, power),
        SmallMultiple::new("Dealers at home who sell: small", hub, stock(DealerSeries::HomeSmall)),
        SmallMultiple::new(
            "Dealers at home who sell: middle",
            hub,
            stock(DealerSeries::HomeMiddle),
        ),
        SmallMultiple::new("Dealers at home who sell: large", hub, stock(DealerSeries::HomeLarge)),
    ];
    let subtitle = tr(
        "Small, middle, large: thirds of dealers by income at the beginning; who sells less than a tenth of usual is not counted. Left unpaid: what fallen platforms held, means of three months.",
    );
    let name = ("underworld", "Dealers, drug sales and illegal mining");
    over_time::figure(all, name, title, subtitle, records, about)
}
