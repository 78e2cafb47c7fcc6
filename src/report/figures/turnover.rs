//! Which money, and turnover by class of venue, over time.

use super::over_time::{self, Over, Words};
use super::run::About;
use crate::chart::{Colour, Figure};
use crate::palette;
use crate::speech::tr;
use crate::words::lower_first;
use study::comparison::Line;
use world::record::Record;

/// Billions.
const BN: f64 = 1e9;

/// The figure.
pub fn figure(records: &[Record], about: &About) -> Figure {
    let of_line = |line: Line| {
        over_time::rate(records, |record, day| {
            record.traded(day, |class, trader| line.counts(class, trader)) as f64 / BN
        })
    };
    let mut said: Vec<String> = Vec::new();
    for line in Line::WHICH_MONEY {
        let what = if said.is_empty() {
            tr(line.label()).to_owned()
        } else {
            lower_first(tr(line.label()))
        };
        said.extend(over_time::change_in_words(&what, &of_line(line)));
    }
    let title = if said.is_empty() {
        tr("Nobody traded in the reported days").to_owned()
    } else {
        said.join(", ")
    };
    let all = Line::ALL.map(|line| Over {
        title: tr(line.label()).into(),
        colour: match line {
            Line::Of(class) => palette::class(class),
            _ => Colour::Ink,
        },
        series: of_line(line),
    });
    let words = Words {
        name: "turnover_by_class",
        heading: "Which money, and turnover by class",
        title,
        subtitle: tr("Turnover, bn KZT a month; title: last against first quarter of the run.")
            .into(),
    };
    over_time::figure(all.into(), words, records, about)
}
