//! Turnover by class of venue over time.

use plotters::style::RGBColor;

use super::About;
use super::canvas::{Canvas, INK};
use super::panels::{self, Panel, Words};
use world::record::{Flow, Record};
use world::units::Class;

/// Billions.
const BN: f64 = 1e9;

/// Colour of a class. Source: Okabe & Ito 2008.
pub fn colour(class: Class) -> RGBColor {
    match class {
        Class::Licensed => RGBColor(0x00, 0x7d, 0x5a),
        Class::Shadow => RGBColor(0xD5, 0x5E, 0x00),
        Class::Hub => RGBColor(0xB0, 0x52, 0x86),
        Class::Foreign => RGBColor(0x00, 0x72, 0xB2),
        Class::PeerToPeer => RGBColor(0xA8, 0x6B, 0x00),
    }
}

/// Draws the figure.
pub fn draw(records: &[Record], about: &About) -> Canvas {
    let of_class = |class: Class| {
        panels::rate(records, |record, day| record.by_class(Flow::Traded, day, class) as f64 / BN)
    };
    let illicit = panels::rate(records, |record, day| {
        let weighted = |&class: &Class| {
            record.by_class(Flow::Traded, day, class) as f64 * about.illicit[class]
        };
        Class::ALL.iter().map(weighted).sum::<f64>() / BN
    });
    let mut said: Vec<String> = Vec::new();
    said.extend(panels::change_in_words("Illicit turnover", &illicit));
    for (class, what) in [(Class::Shadow, "shadow exchanges"), (Class::Licensed, "licensed venues")]
    {
        said.extend(panels::change_in_words(what, &of_class(class)));
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
    let mut all = vec![Panel {
        title: if counted.is_empty() { "Illicit: none".into() } else { "Illicit in all".into() },
        colour: INK,
        series: illicit,
    }];
    for class in [Class::Shadow, Class::Hub, Class::PeerToPeer, Class::Foreign, Class::Licensed] {
        all.push(Panel {
            title: class.label().into(),
            colour: colour(class),
            series: of_class(class),
        });
    }
    let words = Words {
        title,
        subtitle: "Turnover, bn KZT a month; title: last against first quarter of the run.".into(),
    };
    panels::draw(&all, &words, records, about)
}
