//! Which money, and turnover by class of venue, over time.

use super::over_time::{self, SmallMultiple};
use super::run::About;
use crate::chart::{Colour, Figure};
use crate::numbers::BN;
use crate::palette;
use crate::speech::tr;
use crate::words::lower_first;
use study::comparison::MoneyLine;
use world::record::Record;

/// The figure.
pub fn figure(records: &[Record], about: &About) -> Figure {
    let of_line = |line: MoneyLine| {
        over_time::rate(records, |record, day| {
            record.traded(day, |class, trader| line.counts(class, trader)) as f64 / BN
        })
    };
    let mut said: Vec<String> = Vec::new();
    for line in MoneyLine::WHICH_MONEY {
        let label = tr(line.label());
        let what = if said.is_empty() { label.to_owned() } else { lower_first(label) };
        said.extend(over_time::change_in_words(&what, &of_line(line)));
    }
    let title = if said.is_empty() {
        tr("Nobody traded in the reported days").to_owned()
    } else {
        said.join(", ")
    };
    let colour = |line| match line {
        MoneyLine::Of(class) => palette::class(class),
        _ => Colour::Ink,
    };
    let all =
        MoneyLine::ALL.map(|line| SmallMultiple::new(line.label(), colour(line), of_line(line)));
    let subtitle = tr("Turnover, bn KZT a month; title: last against first quarter of the run.");
    let name = ("turnover_by_class", "Which money, and turnover by class");
    over_time::figure(all.into(), name, title, subtitle, records, about)
}
