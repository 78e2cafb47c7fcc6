//! Measures × policies: every effect at a glance.

use super::setting::{chosen, framed, others};
use crate::chart::{Axis, AxisKind, Colour, Figure, Mark, Panel, Paper, Tick};
use crate::say;
use crate::speech::tr;
use crate::words::{self, amount, percent_effect, percent_interval, signed};
use scenario::world::OwnMeasure;
use study::comparison::{Comparison, Effect};
use world::units::maths;

/// Measures shown, in groups.
const GROUPS: [(&str, &[&str]); 5] = [
    (
        "Which money",
        &[
            "crime_turnover",
            "crime_drugs",
            "crime_cash_out",
            "crime_fraud",
            "crime_pyramids",
            "crime_mining",
            "unlicensed_turnover",
            "unlicensed_domestic_turnover",
            "unlicensed_foreign_turnover",
            "private_turnover",
            "harm",
            "own_1",
            "own_2",
            "own_3",
        ],
    ),
    (
        "At which venues",
        &[
            "shadow_turnover",
            "hub_turnover",
            "peer_to_peer_turnover",
            "entrant_turnover",
            "relaunched_turnover",
            "illicit_platforms_open",
            "licensed_turnover",
            "licensed_users",
        ],
    ),
    ("Honest users", &["honest_turnover_stopped", "honest_need_abandoned", "honest_need_waiting"]),
    ("Agency", &["closures", "seized", "enforcement_cost"]),
    ("Shadow exchanges", &["shadow_perceived_risk", "shadow_effective_number"]),
];
/// Effect that has the strongest colour, as a share of the baseline.
const STRONGEST: f64 = 0.5;
/// Policies from which on cells hold whole percents only.
const CROWDED: usize = 13;

/// The figure.
pub fn figure(comparison: &Comparison) -> Figure {
    let subtitle = tr(
        "Effect in percent of the baseline. Blue: better, orange: worse, no colour: neither is better in itself; grey figures: the 95 % interval holds 0.",
    );
    let subtitle = format!("{subtitle}{}", others(comparison));
    Figure {
        panels: vec![panel(comparison, tr("Main measures"), &GROUPS)],
        choice: tr("Shown"),
        paper: Paper { columns: 1, most: 1, names: 216.0, width: 740.0, ..Paper::default() },
        ..framed(comparison, ("measures", "All measures"), title(comparison), subtitle)
    }
}

fn title(comparison: &Comparison) -> String {
    let shown = GROUPS.iter().flat_map(|(_, measures)| measures.iter());
    let effects: Vec<&Effect> = shown
        .flat_map(|measure| {
            (0..comparison.policies().len()).filter_map(|policy| comparison.effect(policy, measure))
        })
        .collect();
    let count =
        |better: bool| effects.iter().filter(|effect| effect.is_better() == Some(better)).count();
    say!(
        "{better} effects are clearly for the better and {worse} for the worse, of {of} on measures of which one way is better",
        better = count(true),
        worse = count(false),
        of = effects.iter().filter(|effect| effect.share_better.is_some()).count()
    )
}

fn panel(comparison: &Comparison, title: &str, groups: &[(&str, &[&str])]) -> Panel {
    let (policies, shown) = (comparison.policies(), chosen(comparison));
    let (mut ticks, mut marks, mut row) = (Vec::new(), Vec::new(), 0.0);
    for (group, measures) in groups {
        ticks.push(Tick::head(row + 0.5, tr(group)));
        row += 1.0;
        let undefined =
            |name: &&&str| OwnMeasure::NAMES.contains(name) && comparison.title(name).is_none();
        for measure in measures.iter().filter(|name| !undefined(name)) {
            let name = words::measure_of(comparison, measure);
            ticks.push(Tick::new(row + 0.5, &name));
            let cells = shown.iter().enumerate().filter_map(|(column, &policy)| {
                let effect = comparison.effect(policy, measure)?;
                let head = format!("{name}: {}", policies[policy].title);
                Some(cell(effect, (column as f64, row), shown.len()).told(head, told(effect)))
            });
            marks.extend(cells);
            row += 1.0;
        }
    }
    let head = |(at, policy): (usize, &usize)| Tick::new(at as f64 + 0.5, &policies[*policy].title);
    let heads =
        Axis::marked((0.0, shown.len() as f64), shown.iter().enumerate().map(head).collect());
    let heads = Axis { kind: AxisKind::Heads, ..heads };
    Panel::new(title, (heads, Axis::rows(row, ticks)), 24.0 * row, marks)
}

/// An effect in its cell.
fn cell(effect: &Effect, (x, y): (f64, f64), policies: usize) -> Mark {
    let share = effect.relative(effect.paired.mean);
    let (colour, opacity) = match (effect.is_better(), share) {
        (Some(better), Some(share)) => {
            let strength = maths::pow((share.abs() / STRONGEST).min(1.0), 0.5);
            (if better { Colour::Better } else { Colour::Worse }, 0.08 + 0.47 * strength)
        }
        _ => (Colour::Grey, 0.0),
    };
    let text = match share {
        _ if policies < CROWDED => percent_effect(effect),
        Some(share) => signed(100.0 * share, 0),
        None => signed(effect.paired.mean.signum(), 0).trim_end_matches('1').to_owned(),
    };
    let bar = Mark::bar((x + 0.01, y + 0.04), (x + 0.99, y + 0.96), colour, opacity);
    bar.written(text, !effect.paired.is_clear())
}

fn told(effect: &Effect) -> Vec<(String, String)> {
    vec![
        (
            tr("Effect").to_owned(),
            format!("{} {}", percent_effect(effect), percent_interval(effect)),
        ),
        (tr("in its unit").to_owned(), amount(effect.paired.mean, &effect.unit, true)),
        (words::meaning(&effect.measure).to_owned(), String::new()),
    ]
}
