//! Cumulative effects on the three lines that say which money is meant, policy by policy.

use super::setting::{arm_numbers, arms, at_first, day, framed, others_over_time, roomy, window};
use crate::chart::{Axis, Figure, Legend, Mark, Panel, Paper};
use crate::numbers::BN;
use crate::say;
use crate::speech::tr;
use crate::words::amount;
use study::comparison::{Comparison, Cumulative, MoneyLine};

/// The line that the title is about: domestic exchange without a licence.
const LEADING: usize = 1;

/// The figure.
pub fn figure(comparison: &Comparison) -> Figure {
    let bands = match comparison.replications {
        1 => tr("One replication"),
        _ if roomy(comparison) => tr(
            "Line: mean; dark band: 95 % interval of the mean; light band: 5–95 % of replications",
        ),
        _ => tr("Line: mean; band: 95 % interval of the mean"),
    };
    let range = range(comparison);
    let subtitle = say!(
        "Sum since the start of the window, policy minus baseline with the same random numbers, bn KZT. {bands}.{others}",
        bands,
        others = others_over_time(comparison)
    );
    Figure {
        series: arms(comparison),
        legend: Legend::Names,
        panels: std::iter::once(LEADING)
            .chain((0..MoneyLine::WHICH_MONEY.len()).filter(|line| *line != LEADING))
            .map(|line| panel(comparison, line, range))
            .collect(),
        choice: tr("Effect on"),
        paper: Paper { columns: 3, width: 740.0, ..Paper::default() },
        ..framed(comparison, ("cumulative_effect", "Effect so far"), title(comparison), subtitle)
    }
}

fn title(comparison: &Comparison) -> String {
    let mut ends: Vec<(f64, &str)> = at_first(comparison)
        .into_iter()
        .filter_map(|policy| {
            let last = comparison.verdicts[policy].cumulative[LEADING].last()?;
            Some((last.mean, comparison.policies()[policy].title.as_str()))
        })
        .collect();
    ends.sort_by(|a, b| a.0.total_cmp(&b.0));
    let say = |(value, title): &(f64, &str), of_what: &str| {
        let amount = amount(value.abs(), "KZT", false);
        match *value {
            0.0 => say!("“{title}” has changed nothing", title),
            ..0.0 => say!("“{title}” has cut {amount}{of_what}", title, amount, of_what),
            _ => say!("“{title}” has added {amount}{of_what}", title, amount, of_what),
        }
    };
    let of_what = tr(" of domestic exchange without a licence");
    let by = comparison.window.1;
    match ends.as_slice() {
        [] => tr("No whole month lies in the window").to_owned(),
        [only] => say!("By {by} {sum}", by, sum = say(only, of_what)),
        [lowest, .., highest] => {
            let (sum, other) = (say(lowest, of_what), say(highest, ""));
            say!("By {by} {sum}, {other}", by, sum, other)
        }
    }
}

/// The lowest and the highest end of what is drawn of all lines: one scale for all panels.
fn range(comparison: &Comparison) -> (f64, f64) {
    let drawn = arm_numbers(comparison).split_off(1);
    let sums =
        drawn.iter().flat_map(|arm| comparison.verdicts[arm - 1].cumulative.iter().flatten());
    sums.fold((0.0, 0.0), |(low, high): (f64, f64), sum| {
        let runs = if roomy(comparison) { [sum.bands[0], sum.bands[4]] } else { [sum.mean; 2] };
        let ends = [runs[0], runs[1], sum.interval.0, sum.interval.1].map(|end| end / BN);
        ends.iter().fold((low, high), |(low, high), end| (low.min(*end), high.max(*end)))
    })
}

fn panel(comparison: &Comparison, line: usize, range: (f64, f64)) -> Panel {
    let series = arms(comparison);
    // The sum of a month is known at its end.
    let end = |(date, days): &(jiff::civil::Date, u16)| day(comparison, *date) + f64::from(*days);
    let ends: Vec<f64> = comparison.months.iter().map(end).collect();
    let mut marks = Vec::new();
    for (place, arm) in arm_numbers(comparison).into_iter().enumerate().skip(1) {
        let (verdict, colour) = (&comparison.verdicts[arm - 1], series[place].colour);
        let mut add = |mark: Mark| marks.push(mark.of(place));
        let points = || ends.iter().zip(&verdict.cumulative[line]);
        if comparison.replications > 1 {
            let band = |of: &dyn Fn(&Cumulative) -> (f64, f64)| {
                let ends = |(x, sum): (&f64, _)| {
                    let (low, high) = of(sum);
                    (*x, low / BN, high / BN)
                };
                points().map(ends).collect()
            };
            if roomy(comparison) {
                add(Mark::band(band(&|sum| (sum.bands[0], sum.bands[4])), colour, 0.16));
            }
            add(Mark::band(band(&|sum| sum.interval), colour, 0.30));
        }
        add(Mark::line(points().map(|(x, sum)| (*x, sum.mean / BN)).collect(), colour, 2.0));
    }
    let axes = (window(comparison), Axis::signed(range, 4, "").titled(tr("bn KZT in all")));
    Panel::new(tr(MoneyLine::WHICH_MONEY[line].label()), axes, 170.0, marks)
}
