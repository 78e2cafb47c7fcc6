//! Measures × policies: every effect at a glance.

use plotters::style::RGBColor;

use super::super::canvas::{Align, Canvas, GREY, INK, Style};
use super::super::words::{percent_effect, sentence, signed};
use super::sheet::{BETTER, FOOT, LEFT, PAPER, WIDTH, WORSE, head_and_foot, head_height};
use study::comparison::{Comparison, Effect};
use world::units::maths;

/// Measures shown, in groups.
const SHOWN: [(&str, &[&str]); 4] = [
    (
        "Illicit trade",
        &[
            "illicit_turnover",
            "harm_weighted_turnover",
            "shadow_turnover",
            "hub_turnover",
            "peer_to_peer_turnover",
            "entrant_turnover",
            "relaunched_turnover",
            "illicit_platforms_open",
        ],
    ),
    ("Other trade", &["foreign_turnover", "licensed_turnover", "licensed_users"]),
    ("Honest users", &["honest_turnover_stopped", "honest_need_abandoned", "honest_need_waiting"]),
    (
        "Enforcement",
        &[
            "closures",
            "seized",
            "enforcement_cost",
            "shadow_perceived_risk",
            "shadow_effective_number",
        ],
    ),
];
const NAME: f64 = 196.0;
const ROW: f64 = 24.0;
const GROUP: f64 = 26.0;
/// Policies whose titles stand above their columns; more are numbered.
const TITLED: usize = 7;
/// Effect that has the strongest colour, as a share of the baseline.
const STRONGEST: f64 = 0.5;

/// Draws the figure.
pub fn draw(comparison: &Comparison) -> Canvas {
    let title = title(comparison);
    let subtitle = "Effect in percent of the baseline. Blue: better, orange: worse, no colour: neither is better in itself; grey figures: the 95 % interval \
                    holds 0";
    let policies = comparison.policies().len();
    let titled = policies <= TITLED;
    let rows: usize = SHOWN.iter().map(|(_, measures)| measures.len()).sum();
    let key = if titled { 0.0 } else { policies.div_ceil(3) as f64 * 17.0 + 8.0 };
    let top = head_height(&title, subtitle);
    let heads = if titled { 50.0 } else { 20.0 };
    let body = rows as f64 * ROW + SHOWN.len() as f64 * GROUP;
    let height = top + heads + body + 10.0 + key + FOOT;
    let mut canvas = Canvas::new(PAPER as u32, height as u32);
    head_and_foot(&mut canvas, height, comparison, &title, subtitle);
    let cell = ((WIDTH - NAME) / policies as f64).min(160.0);
    for (number, arm) in comparison.policies().iter().enumerate() {
        let middle = LEFT + NAME + (number as f64 + 0.5) * cell;
        let style = Style { size: 11.0, strong: true, ..Style::BODY };
        if titled {
            canvas.paragraph(
                (middle - cell / 2.0 + 4.0, top + 4.0),
                cell - 8.0,
                3,
                &arm.title,
                style,
            );
        } else {
            canvas.text(middle, top + 6.0, &(number + 1).to_string(), style.aligned(Align::Centre));
            let at = (
                LEFT + (number % 3) as f64 * WIDTH / 3.0,
                top + heads + body + 14.0 + (number / 3) as f64 * 17.0,
            );
            let text = format!("{}  {}", number + 1, arm.title);
            canvas.paragraph(at, WIDTH / 3.0 - 16.0, 1, &text, Style { strong: false, ..style });
        }
    }
    let mut y = top + heads;
    for (group, measures) in SHOWN {
        canvas.text(
            LEFT,
            y + GROUP / 2.0 + 2.0,
            group,
            Style { size: 12.0, ..Style::LABEL }.coloured(GREY),
        );
        y += GROUP;
        for measure in measures {
            row(&mut canvas, y, cell, comparison, measure);
            y += ROW;
        }
    }
    canvas
}

fn title(comparison: &Comparison) -> String {
    let shown = SHOWN.iter().flat_map(|(_, measures)| measures.iter());
    let effects: Vec<&Effect> = shown
        .flat_map(|measure| {
            (0..comparison.policies().len()).filter_map(|policy| comparison.effect(policy, measure))
        })
        .collect();
    let count =
        |better: bool| effects.iter().filter(|effect| effect.is_better() == Some(better)).count();
    format!(
        "{} effects are clearly for the better and {} for the worse, of {} on measures of which one way is better",
        count(true),
        count(false),
        effects.iter().filter(|effect| effect.share_better.is_some()).count()
    )
}

fn row(canvas: &mut Canvas, y: f64, cell: f64, comparison: &Comparison, measure: &str) {
    let middle = y + ROW / 2.0;
    canvas.text(LEFT + 8.0, middle, &sentence(measure), Style { size: 11.5, ..Style::BODY });
    for policy in 0..comparison.policies().len() {
        let Some(effect) = comparison.effect(policy, measure) else { continue };
        let left = LEFT + NAME + policy as f64 * cell;
        if let (Some(better), Some(share)) =
            (effect.is_better(), effect.relative(effect.paired.mean))
        {
            let strength = maths::pow((share.abs() / STRONGEST).min(1.0), 0.5);
            let colour: RGBColor = if better { BETTER } else { WORSE };
            let corners =
                [(1.0, 1.0), (cell - 1.0, 1.0), (cell - 1.0, ROW - 1.0), (1.0, ROW - 1.0)];
            let area = corners.map(|(dx, dy)| (left + dx, y + dy)).to_vec();
            canvas.area(area, colour, 0.08 + 0.47 * strength);
        }
        let ink = if effect.paired.is_clear() { INK } else { GREY };
        let style = Style { size: 11.0, ..Style::BODY }.aligned(Align::Centre).coloured(ink);
        canvas.text(left + cell / 2.0, middle, &short_effect(effect, cell, style), style);
    }
}

/// Cells narrower than this hold whole percents only. Unit: points.
const CROWDED: f64 = 60.0;

/// The effect as it fits into a cell.
fn short_effect(effect: &Effect, cell: f64, style: Style) -> String {
    let full = percent_effect(effect);
    // Where most cells are too narrow for a full figure, none has one.
    if cell > CROWDED && style.width(&full) < cell - 6.0 {
        return full;
    }
    effect.relative(effect.paired.mean).map_or_else(
        || signed(effect.paired.mean.signum(), 0).trim_end_matches('1').to_owned(),
        |share| signed(100.0 * share, 0),
    )
}
