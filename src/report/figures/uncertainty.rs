//! How much of the spread of effects is luck and how much is not known: a bar for each policy and measure.

use super::setting::{LEADING, chosen, framed, others, rows};
use crate::chart::{
    Axis, AxisKind, ChartSeries, Colour, Figure, Form, Interval, Legend, Mark, NumberCell,
    NumberColumn, Panel, Paper,
};
use crate::speech::tr;
use crate::{SHOWN, palette, words};
use study::comparison::Comparison;

/// The figure; `None` where the shares are not known.
pub fn figure(comparison: &Comparison) -> Option<Figure> {
    let title = words::ignorance::shares(comparison)?;
    let subtitle = tr(
        "Share of the variance of a single run's effect. Dark: what is not known (it differs from draw to draw of the parameters); light: chance (it differs between replications of a draw). Line: 95 % interval of the share.",
    );
    let subtitle = format!("{subtitle}{}", others(comparison));
    Some(Figure {
        series: vec![
            ChartSeries::new(tr("what is not known"), palette::UNKNOWN),
            ChartSeries::new(tr("chance"), palette::CHANCE),
        ],
        legend: Legend::Blocks,
        panels: measures().map(|measure| panel(comparison, measure)).collect(),
        choice: tr("Measure"),
        paper: Paper { columns: 2, width: 740.0, ..Paper::default() },
        ..framed(comparison, ("uncertainty", "Chance and unknown parameters"), title, subtitle)
    })
}

/// The measure that the title is about, then the others.
fn measures() -> impl Iterator<Item = &'static str> {
    [LEADING].into_iter().chain(SHOWN.into_iter().filter(|measure| *measure != LEADING))
}

fn panel(comparison: &Comparison, measure: &str) -> Panel {
    let (mut marks, mut cells) = (Vec::new(), Vec::new());
    for (row, policy) in chosen(comparison).into_iter().enumerate() {
        let at = row as f64 + 0.5;
        let effect = comparison.effect(policy, measure);
        let spread = effect.and_then(|effect| effect.spread);
        let said = spread.as_ref().and_then(words::ignorance::share);
        let said = said.unwrap_or_else(|| tr("nothing varies").to_owned());
        cells.push(NumberCell {
            at,
            text: said.clone(),
            below: String::new(),
            colour: Colour::Ink,
        });
        let Some(share) = effect.and_then(words::ignorance::share_of_ignorance) else { continue };
        let told = |mark: Mark, series: usize| {
            let rows = vec![(tr("not known").to_owned(), said.clone())];
            mark.of(series).told(&comparison.policies()[policy].title, rows)
        };
        let (from, to) = (at - 0.22, at + 0.22);
        marks.push(told(Mark::bar((0.0, from), (share, to), palette::UNKNOWN, 1.0), 0));
        marks.push(told(Mark::bar((share, from), (1.0, to), palette::CHANCE, 1.0), 1));
        if let Some(ends) = spread.and_then(|spread| spread.share_interval) {
            let line = vec![Interval::across(ends, 1.5), Interval::ends(ends, Colour::Ink)];
            marks.push(Mark::dot((share, at), Form::None, 0.0, Colour::Ink, line));
        }
    }
    let percent =
        |share: f64| if share == 0.0 { "0".to_owned() } else { format!("{:.0} %", 100.0 * share) };
    let axes = (Axis::over(AxisKind::Grid, &[0.0, 0.5, 1.0], percent), rows(comparison));
    let height = 30.0 * chosen(comparison).len() as f64;
    let panel = Panel::new(words::measure(measure), axes, height, marks);
    Panel { columns: NumberColumn::of(cells), ..panel }
}
