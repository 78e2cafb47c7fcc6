//! Figures of a sensitivity: the same parameters in small panels, one for each question.

use crate::chart::{Axis, AxisKind, Colour, Figure, Form, Interval, Mark, Panel, Paper, Tick};
use crate::numbers::{short, ticks};
use crate::say;
use crate::speech::{counted, titled, told, tr};
use crate::words::{lower_first, sensitivity, sentence, spelled};
use model::MEASURES;
use study::comparison::sensitivity::{QuestionKind, Sensitivity};
use study::stats::sensitivity::Estimate;

/// Panels beside each other at most.
const BESIDE: usize = 4;
/// Parameters of the screening that are drawn.
const MOST: usize = 12;

/// One question: what it shows of each parameter.
struct QuestionPanel {
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
    let made = &sensitivity::in_language(made);
    vec![indices(made), screening(made)]
}

/// What a question is about, in few words.
#[must_use]
pub fn asked_in_words(made: &Sensitivity, question: usize) -> String {
    let question = &made.questions[question];
    let measure = spelled(MEASURES[question.measure].name);
    let policy = question.policy.map(|policy| titled(&made.asked.arms[policy].title));
    match (question.kind, policy) {
        (QuestionKind::Level, _) => say!("{measure}: level", measure),
        (QuestionKind::Effect, Some(policy)) => say!("Effect of “{policy}”", policy),
        (QuestionKind::Effect, None) => say!("Effects of all policies"),
        (QuestionKind::Displacement, Some(policy)) => say!("Displacement by “{policy}”", policy),
        (QuestionKind::Displacement, None) => say!("Displacement by all policies"),
        (QuestionKind::Ranking, _) => say!("Ranking of the policies"),
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
        QuestionPanel {
            question,
            unit: "%",
            rows: order.iter().map(row).collect(),
            most: 100.0,
            note: tr("does not vary, or chance hides it"),
        }
    };
    let answers: Vec<QuestionPanel> = made.shown().into_iter().map(answer).collect();
    let rows: Vec<usize> = order.iter().map(|at| made.kept[*at]).collect();
    let subtitle = say!(
        "Share of the variance over {rows} rows of a Saltelli design. Dot: total Sobol' index (with interactions), hollow: first index (alone); lines: 95 % intervals (bootstrap over rows), cut at the edge. Effects and displacement are paired: same parameters, same random numbers.",
        rows = made.asked.base
    );
    figure(made, ("sensitivity", sensitivity::headline(made), subtitle), &rows, &answers)
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
            QuestionKind::Level if level == "KZT" => ("KZT bn", 1e-9),
            QuestionKind::Level => (level, 1.0),
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
        QuestionPanel { question, unit, rows, most, note: tr("no whole trajectory") }
    };
    let answers: Vec<QuestionPanel> = made.shown().into_iter().map(answer).collect();
    let first = rows.first().map_or(tr("nothing"), |at| made.asked.varied[*at].words.as_str());
    let title = say!(
        "In the screening of {all} parameters, “{first}” moves answers most",
        all,
        first = lower_first(first)
    );
    let shown = match rows.len() {
        some if all > some => say!("The {some} that move any answer most.", some),
        _ => String::new(),
    };
    let subtitle = say!(
        "What changes when a parameter crosses its whole range. Dot: mean size (mu*) over {trajectories} trajectories with its 95 % interval (bootstrap); hollow: standard deviation (sigma), large where it depends on the other parameters. {shown}",
        trajectories = made.asked.trajectories,
        shown
    );
    figure(made, ("morris", title, subtitle), &rows, &answers)
}

fn figure(
    made: &Sensitivity,
    (name, title, subtitle): (&str, String, String),
    rows: &[usize],
    answers: &[QuestionPanel],
) -> Figure {
    let asked = &made.asked;
    let replications = u64::from(asked.setting.replications);
    let foot = say!(
        "{title} · seed {seed} · {trajectories} trajectories, then {rows} rows × {parameters} parameters · {replications} per point, the same random numbers at all points · one agent for {people} people · crackdown {version}",
        title = asked.title,
        seed = asked.setting.seed,
        trajectories = asked.trajectories,
        rows = asked.base,
        parameters = made.kept.len(),
        replications = counted(replications, "{n} replication|{n} replications"),
        people = asked.setting.people_per_agent,
        version = asked.setting.version
    );
    let strips = answers.len().div_ceil(BESIDE).max(1);
    let columns = answers.len().div_ceil(strips).max(1);
    Figure {
        panels: answers.iter().map(|answer| panel(made, rows, answer)).collect(),
        choice: tr("Question"),
        paper: Paper { columns, names: 300.0, names_once: true, ..Paper::default() },
        ..Figure::new(name, &sentence(name), title, subtitle, foot)
    }
}

fn panel(made: &Sensitivity, rows: &[usize], answer: &QuestionPanel) -> Panel {
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
        let status = format!("{} · {}", varied.path, told(&varied.status));
        Tick::new(number as f64 + 0.5, sentence(&varied.words)).below(status)
    };
    let mut x = Axis::over(AxisKind::Grid, &ticks, short).titled(tr(answer.unit));
    x.range.0 = first;
    let number = rows.len() as f64;
    let axes = (x, Axis::rows(number, rows.iter().enumerate().map(name).collect()));
    let empty = if marks.is_empty() { answer.note.to_owned() } else { String::new() };
    let title = asked_in_words(made, answer.question);
    Panel { empty, ..Panel::new(title, axes, 50.0 * number, marks) }
}
