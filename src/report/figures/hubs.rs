//! Hubs and the dealers who live on them: how many, how large the largest is, and where dealers turn coins into money.

use super::over_time::{self, SmallMultiple};
use super::run::About;
use crate::chart::{Colour, Figure};
use crate::numbers::BN;
use crate::palette;
use crate::say;
use crate::speech::tr;
use model::series::DealerSeries;
use world::record::{Flow, Record, VenueColumn};
use world::units::{Class, Trader};

/// The figure.
pub fn figure(records: &[Record], about: &About) -> Figure {
    let open = over_time::stock(records, |record, day| {
        record.venue(VenueColumn::Open, day, Class::Hub) as f64
    });
    let largest = over_time::percent(
        records,
        |record, day| record.venue(VenueColumn::LargestTurnover, day, Class::Hub) as f64,
        |record, day| record.by_class(Flow::Traded, day, Class::Hub) as f64,
    );
    let held =
        over_time::stock(records, |record, day| record.series(DealerSeries::Held)[day] as f64 / BN);
    let traded = |trader: Trader, class: Class| {
        over_time::rate(records, move |record, day| of(record, Flow::Traded, day, class, trader))
    };
    let outside = |trader: Trader| {
        over_time::rate(records, move |record, day| {
            Class::ALL.iter().map(|class| of(record, Flow::Outside, day, *class, trader)).sum()
        })
    };
    let title = match over_time::at_end(&largest) {
        Some(share) => say!(
            "The largest hub has {share} of the turnover of hubs in the last quarter of the run",
            share
        ),
        None => tr("No hub had turnover at the end of the run").to_owned(),
    };
    let [hub, shadow, person] = [Class::Hub, Class::Shadow, Class::PeerToPeer].map(palette::class);
    let home = Trader::Dealer;
    let all = vec![
        SmallMultiple::new("Hubs open", hub, open),
        SmallMultiple::new("Share of the largest hub, %", hub, largest),
        SmallMultiple::new("Coins that dealers hold, bn KZT", Colour::Ink, held),
        SmallMultiple::new("Dealers at home: at hubs", hub, traded(home, Class::Hub)),
        SmallMultiple::new("At home: at shadow exchanges", shadow, traded(home, Class::Shadow)),
        SmallMultiple::new(
            "At home: couriers and persons",
            person,
            traded(home, Class::PeerToPeer),
        ),
        SmallMultiple::new("At home: exchangers abroad", Colour::Grey, outside(home)),
        SmallMultiple::new(
            "Dealers abroad: at hubs",
            hub,
            traded(Trader::DealerAbroad, Class::Hub),
        ),
        SmallMultiple::new("Abroad: exchangers there", Colour::Grey, outside(Trader::DealerAbroad)),
    ];
    let subtitle = tr(
        "Where dealers turn coins into money: bn KZT a month. Largest hub: that of each day, over all hubs; no line without turnover.",
    );
    let name = ("hubs", "Hubs and where dealers go");
    over_time::figure(all, name, title, subtitle, records, about)
}

/// A flow of a trader at a class, in billions.
fn of(record: &Record, flow: Flow, day: usize, class: Class, trader: Trader) -> f64 {
    record.series(flow)[Record::row(day, class, trader)] as f64 / BN
}
