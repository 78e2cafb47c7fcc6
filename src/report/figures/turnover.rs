//! Turnover by class of venue over time.

use super::over_time::{self, Over, Words};
use super::run::About;
use crate::chart::{Colour, Figure};
use crate::palette;
use world::record::{Flow, Record};
use world::units::Class;

/// Billions.
const BN: f64 = 1e9;

/// The figure.
pub fn figure(records: &[Record], about: &About) -> Figure {
    let of_class = |class: Class| {
        over_time::rate(records, |record, day| {
            record.by_class(Flow::Traded, day, class) as f64 / BN
        })
    };
    let illicit = over_time::rate(records, |record, day| {
        let weighted = |&class: &Class| {
            record.by_class(Flow::Traded, day, class) as f64 * about.illicit[class]
        };
        Class::ALL.iter().map(weighted).sum::<f64>() / BN
    });
    let mut said: Vec<String> = Vec::new();
    said.extend(over_time::change_in_words("Illicit turnover", &illicit));
    for (class, what) in [(Class::Shadow, "shadow exchanges"), (Class::Licensed, "licensed venues")]
    {
        said.extend(over_time::change_in_words(what, &of_class(class)));
    }
    let title = if said.is_empty() {
        "Nobody traded in the reported days".to_owned()
    } else {
        said.join(", ")
    };
    let counted: Vec<&str> = Class::ALL
        .iter()
        .filter(|class| about.illicit[**class] > 0.0)
        .map(|class| class.label())
        .collect();
    let mut all = vec![Over {
        title: if counted.is_empty() { "Illicit: none".into() } else { "Illicit in all".into() },
        colour: Colour::Ink,
        series: illicit,
    }];
    for class in [Class::Shadow, Class::Hub, Class::PeerToPeer, Class::Foreign, Class::Licensed] {
        all.push(Over {
            title: class.label().into(),
            colour: palette::class(class),
            series: of_class(class),
        });
    }
    let words = Words {
        name: "turnover_by_class",
        heading: "Turnover by class",
        title,
        subtitle: "Turnover, bn KZT a month; title: last against first quarter of the run.".into(),
    };
    over_time::figure(all, words, records, about)
}
