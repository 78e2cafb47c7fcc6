//! The agency's figures of years to come, as fans.

use super::setting::{banded, of_baseline};
use crate::chart::{
    Axis, ChartSeries, Colour, FROZEN_WORDS, Figure, Form, Interval, Legend, Mark, Panel, Tick,
};
use crate::palette;
use crate::say;
use crate::speech::{counted, titled, tr};
use study::comparison::forecast::{KnownFigure, Period, quantities};
use study::store::Forecast;

/// What is drawn: name, title, divisor and unit in words.
const DRAWN: [(&str, &str, f64, &str); 9] = [
    ("closures", "Platforms closed", 1.0, "platforms"),
    ("closed_turnover_kzt", "Turnover of the closed", 1e9, "bn KZT"),
    ("largest_case_share", "Share of the largest case", 0.01, "% of that turnover"),
    ("seized_kzt", "Coins and money seized", 1e9, "bn KZT"),
    ("seized_property_kzt", "Property seized", 1e9, "bn KZT"),
    ("arrests", "Operators arrested", 1.0, "people"),
    ("sites_blocked", "Sites blocked", 1.0, "sites"),
    ("licensed_turnover_kzt", "Turnover of licensed venues", 1e9, "bn KZT"),
    ("licensed_users_share", "Users of licensed venues", 0.01, "% of users"),
];

/// Scenarios with bands; of more only the median is drawn.
const BANDED: usize = 3;

/// The figure; published figures of whole years stand in it as diamonds. `None` without a whole year.
#[must_use]
pub fn forecast_figure(
    forecast: &Forecast,
    published: &[KnownFigure],
    title: String,
) -> Option<Figure> {
    let years: Vec<&Period> = forecast.periods.iter().filter(|period| period.is_year()).collect();
    if years.is_empty() {
        return None;
    }
    let held = match forecast.draws {
        Some(_) => tr("chance and unknown parameters"),
        None => tr("chance only"),
    };
    let frozen = forecast.frozen_since.map_or("", |_| tr(FROZEN_WORDS));
    let setting = &forecast.setting;
    let series = |(number, (_, title)): (usize, &(String, String))| {
        let (colour, dashed) = palette::arm(number);
        ChartSeries { dashed, ..ChartSeries::new(titled(title), colour) }
    };
    let arms = forecast.arms.iter().enumerate().map(series);
    let diamond = ChartSeries::new(
        tr("published figure, with the range of its source (diamond)"),
        Colour::Ink,
    );
    let subtitle = say!(
        "Figures of the agency by calendar year; line: median, dark band 50 %, light band 90 % of worlds ({held}). {frozen}",
        held,
        frozen
    );
    let runs = counted(
        u64::from(setting.replications),
        "{n} runs of each scenario|{n} runs of each scenario",
    );
    let foot = of_baseline(setting, &runs);
    Some(Figure {
        series: arms.chain([diamond]).collect(),
        legend: Legend::Blocks,
        panels: DRAWN.iter().map(|drawn| panel(drawn, forecast, &years, published)).collect(),
        ..Figure::new("forecast", "What the agency will see", title, subtitle, foot)
    })
}

fn panel(
    &(quantity, title, divisor, unit): &(&str, &str, f64, &str),
    forecast: &Forecast,
    years: &[&Period],
    published: &[KnownFigure],
) -> Panel {
    let number = quantities().iter().position(|(name, _)| *name == quantity);
    let place =
        |name: &str| years.iter().position(|year| year.name == name).map(|at| at as f64 + 0.5);
    let of_arm = |arm: usize| -> Vec<(f64, [f64; 5])> {
        let of = forecast.fans.iter().filter(|fan| fan.arm == arm && Some(fan.quantity) == number);
        of.filter_map(|fan| {
            let at = place(&forecast.periods[fan.period].name)?;
            Some((at, fan.quantiles.map(|value| value / divisor)))
        })
        .collect()
    };
    let known: Vec<(f64, [f64; 3])> = published
        .iter()
        .filter(|known| known.quantity == quantity)
        .filter_map(|known| {
            let (low, high) = known.target.tolerance;
            let of = |period: &&&Period| (period.from, period.to) == (known.from, known.to);
            let at = place(&years.iter().find(of)?.name)?;
            Some((at, [low, known.target.value, high].map(|value| value / divisor)))
        })
        .collect();
    let lines: Vec<Vec<(f64, [f64; 5])>> = (0..forecast.arms.len()).map(of_arm).collect();
    let ends = lines.iter().flatten().map(|(_, fan)| fan[4]);
    let highest = ends.chain(known.iter().map(|(_, range)| range[2])).fold(0.0, f64::max);
    let ticks = years.iter().enumerate().map(|(at, year)| Tick::new(at as f64 + 0.5, &year.name));
    let x = Axis::marked((0.0, years.len() as f64), ticks.collect());
    let y = Axis::from_zero(highest);
    let mut marks = Vec::new();
    for (arm, points) in lines.iter().enumerate() {
        marks.extend(banded(points, if arm < BANDED { 2 } else { 0 }, arm, palette::arm(arm).0));
    }
    let since = forecast.frozen_since.map(|since| {
        let first = years[0].from;
        f64::from((since - first).get_days()) / 365.25
    });
    marks.extend(since.map(|from| Mark::frozen(from, &x, &y)));
    for (at, [low, value, high]) in known {
        let whisker = vec![Interval::upright((low, high), 1.5)];
        let dot = Mark::dot((at, value), Form::Diamond, 4.0, Colour::Ink, whisker);
        marks.push(dot.of(forecast.arms.len()));
    }
    Panel { note: tr(unit).to_owned(), ..Panel::new(tr(title), (x, y), 112.0, marks) }
}
