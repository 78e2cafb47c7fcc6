//! The agency's view against the truth, year by year.

use super::run::{About, Range, footer, most};
use crate::chart::{Axis, ChartSeries, Colour, Figure, Form, Interval, Legend, Mark, Panel, Tick};
use crate::numbers::short;
use crate::palette::{BLUE, ORANGE};
use crate::say;
use crate::speech::tr;
use crate::words::ignorance::replications;
use model::SIGHTS;
use world::record::Record;

/// What is drawn of the view: name, title, divisor and unit in words, whether the seen is a part of the truth.
const DRAWN: [(&str, &str, f64, &str, bool); 9] = [
    ("closures", "Platforms closed / in operation", 1.0, "platforms", true),
    ("closed_turnover_kzt", "Turnover of the closed / of all", 1e9, "bn KZT", false),
    ("illicit_platforms_open", "Platforms listed / open", 1.0, "platforms", true),
    ("seized_kzt", "Coins and money seized / what there was", 1e9, "bn KZT", true),
    ("seized_share", "Seized share of the closed / of all", 0.01, "% of turnover", false),
    ("drug_money_kzt", "Drug money seen / all drug money", 1e9, "bn KZT", true),
    ("sites_blocked", "Sites blocked / blocked or up", 1.0, "sites", true),
    ("turnover_per_client_kzt", "Turnover per client: closed / all", 1e6, "m KZT", false),
    ("licensed_users_share", "Users of licensed venues", 0.01, "% of users", false),
];

/// Seen and true values of a quantity in a year.
fn view(records: &[Record], quantity: &str, year: i16) -> (Option<Range>, Option<Range>) {
    let sights = || {
        let all = records.iter().flat_map(|record| &record.sights);
        all.filter(|sight| sight.quantity == quantity && sight.year == year)
    };
    (
        most(sights().filter_map(|sight| sight.seen).collect()),
        most(sights().filter_map(|sight| sight.truth).collect()),
    )
}

/// The figure.
pub fn figure(records: &[Record], about: &About) -> Figure {
    let mut years: Vec<i16> =
        records.iter().flat_map(|record| &record.sights).map(|sight| sight.year).collect();
    years.sort_unstable();
    years.dedup();
    // Ten years fit; of longer runs the last are shown.
    let years = &years[years.len().saturating_sub(10)..];
    let subtitle = match records.len() {
        1 => tr("What the AFM sees, beside what is true, by calendar year; one replication")
            .to_owned(),
        many => say!(
            "What the AFM sees, beside what is true, by calendar year; median of {runs}, whiskers 5–95 %; “% of it”: seen of the true",
            runs = replications(many as u32)
        ),
    };
    let series = |name: &str, colour| ChartSeries::new(tr(name), colour);
    let (title, foot) = (finding(records, years), footer(records, about));
    Figure {
        series: vec![
            series("the AFM sees (left)", BLUE),
            series("true (right, hollow)", ORANGE),
            series("published figure, with its band (diamond)", Colour::Ink),
        ],
        legend: Legend::Blocks,
        panels: DRAWN.iter().map(|drawn| panel(drawn, records, years, about)).collect(),
        ..Figure::new("agency_view", "What the agency sees", title, subtitle, foot)
    }
}

fn finding(records: &[Record], years: &[i16]) -> String {
    let year = years.iter().rev().find(
        |&&year| matches!(view(records, "closures", year), (Some(seen), Some(_)) if seen[1] > 0.0),
    );
    let Some(&year) = year else {
        return tr("The AFM closed nothing; little of the market can be seen").to_owned();
    };
    // In each replication what was seen over what is true, not one median over another.
    let share = |quantity: &str| {
        let of = |record: &Record| {
            let sight = record.sights.iter().find(|s| s.quantity == quantity && s.year == year)?;
            let truth = sight.truth.filter(|truth| *truth > 0.0)?;
            Some(100.0 * sight.seen? / truth)
        };
        let shares: Vec<f64> = records.iter().filter_map(of).collect();
        let several = shares.len() > 1;
        most(shares).map(|[low, middle, high]| {
            if several && low.round() < high.round() {
                format!("{middle:.0} % [{low:.0}–{high:.0}]")
            } else {
                format!("{middle:.0} %")
            }
        })
    };
    let closed = share("closures").unwrap_or_else(|| tr("none").to_owned());
    match share("drug_money_kzt") {
        Some(seen) => say!(
            "In {year} the AFM closed {closed} of the platforms in operation and saw {seen} of the drug money",
            year,
            closed,
            seen
        ),
        None => {
            say!("In {year} the AFM closed {closed} of the platforms in operation", year, closed)
        }
    }
}

fn panel(
    &(quantity, title, divisor, unit, is_part): &(&str, &str, f64, &str, bool),
    records: &[Record],
    years: &[i16],
    about: &About,
) -> Panel {
    debug_assert!(SIGHTS.iter().any(|meaning| meaning.quantity == quantity));
    let scaled = |range: Option<Range>| range.map(|range| range.map(|value| value / divisor));
    let (mut ticks, mut marks, mut highest) = (Vec::new(), Vec::new(), 0.0_f64);
    for (number, &year) in years.iter().enumerate() {
        let middle = number as f64 + 0.5;
        let (seen, truth) = view(records, quantity, year);
        let (seen, truth) = (scaled(seen), scaled(truth));
        let known =
            about.published.iter().find(|k| k.year() == Some(year) && k.quantity == quantity);
        let published = scaled(known.map(|known| [known.low, known.value, known.high]));
        let all = [
            (seen, -0.2, BLUE, Form::Filled, 4.0),
            (truth, 0.2, ORANGE, Form::Hollow, 4.0),
            (published, 0.0, Colour::Ink, Form::Diamond, 5.0),
        ];
        for (series, (range, aside, colour, form, radius)) in all.into_iter().enumerate() {
            let Some([low, value, high]) = range else { continue };
            highest = highest.max(high);
            let whisker = Interval::upright((low, high), 1.5);
            let dot = Mark::dot((middle + aside, value), form, radius, colour, vec![whisker]);
            marks.push(dot.of(series));
        }
        let share = match (seen, truth) {
            (Some(seen), Some(truth)) if is_part && years.len() <= 5 && truth[1] > 0.0 => {
                let share = short((100.0 * seen[1] / truth[1]).round());
                say!("{share} % of it", share)
            }
            _ => String::new(),
        };
        ticks.push(Tick::new(middle, year.to_string()).below(share));
    }
    let across = Axis::marked((0.0, years.len().max(1) as f64), ticks);
    let axes = (across, Axis::from_zero(highest));
    Panel { note: tr(unit).to_owned(), ..Panel::new(tr(title), axes, 102.0, marks) }
}
