//! Figures of a sensitivity: the same parameters in small panels, one for each question.

use crate::chart::{Axis, Colour, Figure, Form, Interval, Kind, Mark, Panel, Paper, Tick};
use crate::numbers::{short, ticks};
use crate::words::{lower_first, sentence};
use model::MEASURES;
use study::comparison::sensitivity::{Kind as Asked, Sensitivity};
use study::stats::sensitivity::Estimate;

/// Panels beside each other at most.
const BESIDE: usize = 4;
/// Parameters of the screening that are drawn.
const MOST: usize = 12;

/// One question: what it shows of each parameter.
struct Answer {
    question: usize,
    unit: &'static str,
    /// A dot with its interval, and a hollow one with its own or none.
    rows: Vec<Option<(Estimate, Estimate)>>,
    /// Largest value of the axis.
    most: f64,
    /// What stands there instead, if nothing varies.
    note: &'static str,
}

/// All figures.
#[must_use]
pub fn sensitivity_figures(made: &Sensitivity) -> Vec<Figure> {
    vec![indices(made), screening(made)]
}

/// What a question is about, in few words.
#[must_use]
pub fn asked_in_words(made: &Sensitivity, question: usize) -> String {
    let question = &made.questions[question];
    let measure = sentence(MEASURES[question.measure].name);
    let policy = question.policy.map(|policy| made.asked.arms[policy].title.as_str());
    match (question.kind, policy) {
        (Asked::Level, _) => format!("{measure}: level"),
        (Asked::Effect, Some(policy)) => format!("Effect of “{policy}”"),
        (Asked::Effect, None) => "Effects of all policies".to_owned(),
        (Asked::Displacement, Some(policy)) => format!("Displacement by “{policy}”"),
        (Asked::Displacement, None) => "Displacement by all policies".to_owned(),
        (Asked::Ranking, _) => "Ranking of the policies".to_owned(),
    }
}

/// An estimate in another unit.
fn scaled(found: Estimate, scale: f64) -> Estimate {
    Estimate { value: found.value * scale, low: found.low * scale, high: found.high * scale }
}

fn indices(made: &Sensitivity) -> Figure {
    let mut order: Vec<usize> = (0..made.kept.len()).collect();
    let leading = made.leading().and_then(|question| made.indices[question].as_ref());
    if let Some(indices) = leading {
        let total = |at: usize| indices.parameters[at].total.value;
        order.sort_by(|a, b| total(*b).total_cmp(&total(*a)));
    }
    let answer = |question: usize| {
        let row = |at: &usize| {
            let index = made.indices[question].as_ref()?.parameters[*at];
            Some((scaled(index.total, 100.0), scaled(index.first, 100.0)))
        };
        Answer {
            question,
            unit: "%",
            rows: order.iter().map(row).collect(),
            most: 100.0,
            note: "does not vary, or chance hides it",
        }
    };
    let answers: Vec<Answer> = made.shown().into_iter().map(answer).collect();
    let rows: Vec<usize> = order.iter().map(|at| made.kept[*at]).collect();
    let subtitle = format!(
        "Share of the variance over {} rows of a Saltelli design. Dot: total Sobol' index (with interactions), hollow: first index (alone); lines: \
         95 % intervals (bootstrap over rows), cut at the edge. Effects and displacement are paired: same parameters, same random numbers.",
        made.asked.base
    );
    figure(made, ("sensitivity", made.headline(), subtitle), &rows, &answers)
}

fn screening(made: &Sensitivity) -> Figure {
    // Largest share of what moves an answer most, and these shares over all answers.
    let score = |at: usize| {
        let shares = made.shown().into_iter().filter_map(|question| {
            let effects = made.screened[question].as_ref()?;
            let most =
                effects.iter().map(|effect| effect.mu_star.value).fold(f64::MIN_POSITIVE, f64::max);
            Some(effects[at].mu_star.value / most)
        });
        shares.fold((0.0, 0.0), |(most, sum), share| (f64::max(most, share), sum + share))
    };
    let mut rows: Vec<usize> = (0..made.asked.varied.len()).collect();
    rows.sort_by(|a, b| {
        let (a, b) = (score(*a), score(*b));
        b.0.total_cmp(&a.0).then(b.1.total_cmp(&a.1))
    });
    let all = rows.len();
    rows.truncate(MOST);
    let answer = |question: usize| {
        let kind = made.questions[question].kind;
        let level = MEASURES[made.questions[question].measure].unit;
        let (unit, scale) = match kind {
            Asked::Level if level == "KZT" => ("KZT bn", 1e-9),
            Asked::Level => (level, 1.0),
            _ => ("points", 1.0),
        };
        let row = |at: &usize| {
            let effect = made.screened[question].as_ref()?[*at];
            let sigma = Estimate { value: effect.sigma, low: effect.sigma, high: effect.sigma };
            Some((scaled(effect.mu_star, scale), scaled(sigma, scale)))
        };
        let rows: Vec<Option<(Estimate, Estimate)>> = rows.iter().map(row).collect();
        let end = |(strong, weak): &(Estimate, Estimate)| {
            strong.high.max(weak.value).min(4.0 * strong.value.max(1e-12))
        };
        let most = rows.iter().flatten().map(end).fold(0.0, f64::max);
        Answer { question, unit, rows, most, note: "no whole trajectory" }
    };
    let answers: Vec<Answer> = made.shown().into_iter().map(answer).collect();
    let first = rows.first().map_or("nothing", |at| made.asked.varied[*at].words.as_str());
    let title = format!(
        "In the screening of {all} parameters, “{}” moves answers most",
        lower_first(first)
    );
    let subtitle = format!(
        "What changes when a parameter crosses its whole range. Dot: mean size (mu*) over {} trajectories with its 95 % interval (bootstrap); hollow: \
         standard deviation (sigma), large where it depends on the other parameters. {}",
        made.asked.trajectories,
        if all > rows.len() {
            format!("The {} that move any answer most.", rows.len())
        } else {
            String::new()
        }
    );
    figure(made, ("morris", title, subtitle), &rows, &answers)
}

fn figure(
    made: &Sensitivity,
    (name, title, subtitle): (&str, String, String),
    rows: &[usize],
    answers: &[Answer],
) -> Figure {
    let asked = &made.asked;
    let replications = match asked.setting.replications {
        1 => "1 replication".to_owned(),
        many => format!("{many} replications"),
    };
    let strips = answers.len().div_ceil(BESIDE).max(1);
    Figure {
        name: name.to_owned(),
        heading: sentence(name),
        title,
        subtitle,
        footer: format!(
            "{} · seed {} · {} trajectories, then {} rows × {} parameters · {replications} per point, the same random numbers at all points · one agent for {} people · crackdown {}",
            asked.title,
            asked.setting.seed,
            asked.trajectories,
            asked.base,
            made.kept.len(),
            asked.setting.people_per_agent,
            asked.setting.version
        ),
        panels: answers.iter().map(|answer| panel(made, rows, answer)).collect(),
        choice: "Question",
        paper: Paper {
            columns: answers.len().div_ceil(strips).max(1),
            names: 300.0,
            names_once: true,
            ..Paper::default()
        },
        ..Figure::default()
    }
}

fn panel(made: &Sensitivity, rows: &[usize], answer: &Answer) -> Panel {
    let ticks = ticks(0.0, answer.most, 3);
    let last = ticks[ticks.len() - 1];
    // Intervals are cut at the edge.
    let first = ticks[0].min(-0.04 * last);
    let cut = |value: f64| value.clamp(first, last);
    let ends = |found: &Estimate| (cut(found.low), cut(found.high));
    let mut marks = Vec::new();
    for (number, row) in answer.rows.iter().enumerate() {
        let Some((strong, weak)) = row else { continue };
        let (above, below) = (number as f64 + 0.46, number as f64 + 0.62);
        let thin = vec![Interval::across(ends(weak), 1.0)];
        marks.push(Mark::dot((cut(weak.value), below), Form::Hollow, 3.0, Colour::Grey, thin));
        let colour = if strong.low > 0.01 * last { Colour::Better } else { Colour::Ink };
        let line = vec![Interval::across(ends(strong), 2.0)];
        marks.push(Mark::dot((cut(strong.value), above), Form::Filled, 4.0, colour, line));
    }
    let name = |(number, at): (usize, &usize)| {
        let varied = &made.asked.varied[*at];
        Tick::new(number as f64 + 0.5, sentence(&varied.words))
            .below(format!("{} · {}", varied.path, varied.status))
    };
    let mut x = Axis::over(Kind::Grid, &ticks, short).titled(answer.unit);
    x.range.0 = first;
    Panel {
        title: asked_in_words(made, answer.question),
        x,
        y: Axis::rows(rows.len() as f64, rows.iter().enumerate().map(name).collect()),
        height: 50.0 * rows.len() as f64,
        empty: if marks.is_empty() { answer.note.to_owned() } else { String::new() },
        marks,
        ..Panel::default()
    }
}
