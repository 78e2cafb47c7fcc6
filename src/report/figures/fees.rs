//! What clients pay at venues of each class over time.

use super::over_time::{self, Over, Words};
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
    let fees = |class: Class| {
        let percent = over_time::ratio(
            records,
            |record, day| record.by_class(Flow::Fees, day, class) as f64,
            |record, day| record.by_class(Flow::Traded, day, class) as f64,
        );
        percent.into_iter().map(|run| run.into_iter().map(|fee| fee * 100.0).collect()).collect()
    };
    let all = CLASSES.map(|class| Over {
        title: tr(class.label()).into(),
        colour: palette::class(class),
        series: fees(class),
    });
    let said: Vec<String> = CLASSES
        .into_iter()
        .zip(&all)
        .filter_map(|(class, over)| {
            Some(format!("{} {}", tr(class.label()), over_time::at_end(&over.series)?))
        })
        .take(3)
        .collect();
    let title = if said.is_empty() {
        tr("Nobody traded in the reported days").to_owned()
    } else {
        say!("Mean fee in the last quarter of the run: {fees}", fees = said.join(", "))
    };
    let words = Words {
        name: "fees_by_class",
        heading: "Fees by class",
        title,
        subtitle: tr("Fees and spread, percent of turnover (couriers' discount included); no line where nobody traded.").into(),
    };
    over_time::figure(all.into(), words, records, about)
}
