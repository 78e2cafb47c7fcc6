//! Which money, and turnover by class, over time: baseline against policies.

use super::setting::{
    arm_numbers, arms, at_first, banded, day, first_month, framed, others_over_time, roomy, window,
};
use crate::chart::{Axis, FROZEN_WORDS, Figure, Legend, Mark, Panel, Paper};
use crate::say;
use crate::speech::tr;
use crate::words::ignorance::runs;
use crate::words::{amount, lower_first, percent_effect};
use study::comparison::{Bands, Comparison, MoneyLine};
use world::units::DAYS_PER_MONTH;

/// Tenge a day as billions a month.
const BN_MONTH: f64 = DAYS_PER_MONTH / 1e9;
/// The figure.
pub fn figure(comparison: &Comparison) -> Figure {
    Figure {
        series: arms(comparison),
        legend: Legend::Names,
        panels: [1, 0, 2, 3, 4, 5, 6, 7].into_iter().map(|line| panel(comparison, line)).collect(),
        choice: tr("Turnover of"),
        paper: Paper { columns: 1, most: 1, width: 740.0, ..Paper::default() },
        ..framed(
            comparison,
            ("turnover_by_policy", "Turnover over time"),
            title(comparison),
            subtitle(comparison),
        )
    }
}

fn title(comparison: &Comparison) -> String {
    // What the first panel shows.
    let of = |number: usize| {
        let effect = comparison.effect(number, "unlicensed_domestic_turnover")?;
        let policy = &comparison.policies()[number].title;
        let said = say!("{effect} under “{policy}”", effect = percent_effect(effect), policy);
        Some((effect.relative(effect.paired.mean)?, said))
    };
    let mut all: Vec<(f64, String)> = at_first(comparison).into_iter().filter_map(of).collect();
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    match all.as_slice() {
        [] => tr("There is no domestic exchange without a licence in the baseline").to_owned(),
        [(_, effect)] => {
            say!("Domestic exchange without a licence changes by {effect}", effect)
        }
        [(_, lowest), .., (_, highest)] => say!(
            "Domestic exchange without a licence changes from {lowest} to {highest}",
            lowest,
            highest
        ),
    }
}

fn subtitle(comparison: &Comparison) -> String {
    let runs = runs(comparison);
    let bands = match comparison.replications {
        1 => tr("one replication").to_owned(),
        _ if roomy(comparison) => {
            say!("median of {runs}; dark band 25–75 %, light band 5–95 %", runs)
        }
        _ => say!("median of {runs}; band 25–75 %", runs),
    };
    let frozen = comparison
        .frozen_since
        .map_or_else(String::new, |_| format!(". {}", tr(FROZEN_WORDS).trim_end_matches('.')));
    say!(
        "Turnover, bn KZT a month. Grey: baseline; colour: policy from its start; {bands}{frozen}.{others}",
        bands,
        frozen,
        others = others_over_time(comparison)
    )
}

fn panel(comparison: &Comparison, line: usize) -> Panel {
    let series = arms(comparison);
    let middle =
        |(date, days): &(jiff::civil::Date, u16)| day(comparison, *date) + f64::from(*days) / 2.0;
    let months: Vec<f64> = comparison.months.iter().map(middle).collect();
    let scaled = |bands: &Bands| bands.map(|value| value * BN_MONTH);
    let bands = usize::from(comparison.replications > 1) + usize::from(roomy(comparison));
    let (mut marks, mut highest) = (Vec::new(), 0.0_f64);
    for (place, (arm, series)) in arm_numbers(comparison).into_iter().zip(&series).enumerate() {
        let months_of: Vec<Bands> =
            comparison.arms[arm].turnover[line].iter().map(scaled).collect();
        highest = months_of.iter().map(|one| one[2 + bands]).fold(highest, f64::max);
        let from = arm.checked_sub(1).map_or(0, |policy| first_month(comparison, policy));
        let points: Vec<(f64, Bands)> = months.iter().copied().zip(months_of).skip(from).collect();
        marks.extend(banded(&points, bands, place, series.colour));
        if let Some(since) = comparison.arms[arm].since.filter(|_| arm > 0) {
            marks.push(Mark::rule(day(comparison, since), String::new()).of(place));
        }
    }
    let (x, y) = (window(comparison), Axis::from_zero(highest).titled(tr("bn KZT a month")));
    let frozen = comparison.frozen_since.map(|since| day(comparison, since) + 1.0);
    marks.extend(frozen.map(|from| Mark::frozen(from, &x, &y)));
    let panel = Panel::new(tr(MoneyLine::ALL[line].label()), (x, y), 230.0, marks);
    Panel { finding: finding(comparison, line), ..panel }
}

/// Where turnover of a line stands in the last month, under the lowest and the highest policy.
fn finding(comparison: &Comparison, line: usize) -> String {
    let name = match MoneyLine::ALL[line] {
        MoneyLine::Of(class) => {
            say!("Turnover of {class}", class = lower_first(tr(class.label())))
        }
        line => tr(line.label()).to_owned(),
    };
    let last = |arm: usize| {
        comparison.arms[arm].turnover[line].last().map_or(0.0, |bands| bands[2] * DAYS_PER_MONTH)
    };
    let mut policies: Vec<usize> = (1..comparison.arms.len()).collect();
    policies.sort_by(|a, b| last(*a).total_cmp(&last(*b)));
    let (Some(low), Some(high)) = (policies.first(), policies.last()) else { return name };
    let say = |arm: usize| {
        let title = &comparison.arms[arm].title;
        let amount = amount(last(arm), "KZT", false);
        say!("{amount} a month under “{title}”", amount, title)
    };
    let usual = amount(last(0), "KZT", false);
    let range = match low == high {
        true => say!("at {end}", end = say(*low)),
        false => say!("between {low} and {high}", low = say(*low), high = say(*high)),
    };
    say!("{name} ends {range}; the baseline at {usual}", name, range, usual)
}
