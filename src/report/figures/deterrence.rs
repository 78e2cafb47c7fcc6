//! Perceived risk against behaviour, for clients and for offenders.

use super::run::{About, footer};
use crate::chart::{Axis, AxisKind, ChartSeries, Figure, Form, Legend, Mark, Panel, Paper};
use crate::numbers::short;
use crate::palette;
use crate::say;
use crate::speech::tr;
use model::deterrence::Who;
use study::comparison::deterrence::Response;
use world::record::Record;
use world::units::{Class, Segment};

/// Who is shown: a client who is honest and one who is not, and offenders. The table has all segments.
const SHOWN: [(Who, &str); 4] = [
    (Who::Clients(Segment::Retail), "Retail investors: share drawn away from the class"),
    (Who::Clients(Segment::DrugBuyer), "Drug buyers: share drawn away from the class"),
    (Who::Operators, "Would-be operators: share of the risk that they count"),
    (Who::Dealers, "Dealers at home: share who stop"),
];

/// The figure.
pub fn figure(records: &[Record], about: &About) -> Figure {
    let end = |who: Who, class: Class| {
        about.responses.iter().find(|one| one.who == who && one.at_end == Some(class))
    };
    let percent = |share: f64| format!("{} %", short(100.0 * share));
    let shadow = |who| end(who, Class::Shadow);
    let title = match (shadow(SHOWN[0].0), shadow(Who::Operators)) {
        (Some(client), Some(operator)) => say!(
            "At the perceived risk of today ({risk} at shadow exchanges) {clients} of retail investors are drawn away, and would-be operators count {operators} of it",
            risk = percent(client.risk),
            clients = percent(client.deterred[1]),
            operators = percent(operator.deterred[1]),
        ),
        _ => tr("What perceived risk does to clients and to offenders").to_owned(),
    };
    let subtitle = tr(
        "Responses of the model to a perceived risk within a year, by the parameters of the scenario: of the closure of one's venue, for dealers of an arrest. Line: people of middling aversion; band: the least and the most averse third. Dots: the last thirty days of the runs, median. What dealers believe is not counted.",
    );
    let today = |class: Class| {
        let name = say!("Today: {class}", class = tr(class.label()));
        ChartSeries::new(name, palette::class(class))
    };
    let foot = footer(records, about);
    Figure {
        series: Class::PLATFORMS.map(today).into(),
        legend: Legend::Names,
        panels: SHOWN.iter().map(|(who, title)| panel(*who, title, about)).collect(),
        choice: tr("Who"),
        paper: Paper { columns: 2, ..Paper::default() },
        ..Figure::new("deterrence", "Perceived risk and behaviour", title, subtitle, foot)
    }
}

fn panel(who: Who, title: &str, about: &About) -> Panel {
    let colour = match who {
        Who::Clients(_) => palette::BLUE,
        Who::Operators | Who::Dealers => palette::ORANGE,
    };
    let of = |one: &&Response| one.who == who;
    let (curve, ends): (Vec<&Response>, Vec<&Response>) =
        about.responses.iter().filter(of).partition(|one| one.at_end.is_none());
    let place = |one: &Response| (100.0 * one.risk, 100.0 * one.deterred[1]);
    let mut marks = Vec::new();
    if curve.iter().any(|one| one.deterred[0] < one.deterred[2]) {
        let band = curve.iter().map(|one| {
            let [low, _, high] = one.deterred.map(|share| 100.0 * share);
            (100.0 * one.risk, low, high)
        });
        marks.push(Mark::band(band.collect(), colour, 0.16));
    }
    marks.push(Mark::line(curve.iter().map(|one| place(one)).collect(), colour, 2.0));
    for one in ends {
        let number = Class::PLATFORMS.iter().position(|class| one.at_end == Some(*class));
        let Some(number) = number else { continue };
        let ink = palette::class(Class::PLATFORMS[number]);
        marks.push(Mark::dot(place(one), Form::Filled, 4.0, ink, Vec::new()).of(number));
    }
    let shares = [0.0, 25.0, 50.0, 75.0, 100.0];
    let axis = |kind| Axis::over(kind, &shares, |share| format!("{share:.0} %"));
    let across = axis(AxisKind::Ticks).titled(tr("Perceived risk within a year"));
    Panel::new(tr(title), (across, axis(AxisKind::Grid)), 150.0, marks)
}
