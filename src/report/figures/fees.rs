//! What clients pay at venues of each class over time.

use super::over_time::{self, SmallMultiple};
use super::run::About;
use crate::chart::Figure;
use crate::palette;
use crate::say;
use crate::speech::tr;
use world::record::{Flow, Record};
use world::units::Class;

/// Classes in the order of what they usually charge.
const CLASSES: [Class; 5] =
    [Class::Hub, Class::Shadow, Class::PeerToPeer, Class::Licensed, Class::Foreign];

/// The figure.
pub fn figure(records: &[Record], about: &About) -> Figure {
    let all = CLASSES.map(|class| {
        let fees = over_time::percent(
            records,
            |record, day| record.by_class(Flow::Fees, day, class) as f64,
            |record, day| record.by_class(Flow::Traded, day, class) as f64,
        );
        SmallMultiple::new(class.label(), palette::class(class), fees)
    });
    let last =
        |over: &SmallMultiple| Some(format!("{} {}", over.title, over_time::at_end(&over.series)?));
    let said: Vec<String> = all.iter().filter_map(last).take(3).collect();
    let title = if said.is_empty() {
        tr("Nobody traded in the reported days").to_owned()
    } else {
        say!("Mean fee in the last quarter of the run: {fees}", fees = said.join(", "))
    };
    let subtitle = tr(
        "Fees and spread, percent of turnover (couriers' discount included); no line where nobody traded.",
    );
    let name = ("fees_by_class", "Fees by class");
    over_time::figure(all.into(), name, title, subtitle, records, about)
}
