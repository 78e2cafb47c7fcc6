//! Figures of a sensitivity: the same parameters in small panels, one for each question.

use super::Figure;
use super::canvas::{AXIS, Align, Canvas, GREY, GRID, INK, Style};
use super::compare::sheet::{self, BETTER, FOOT, LEFT, PAPER, WIDTH, head_height};
use super::words::{lower_first, sentence};
use study::comparison::sensitivity::{Kind, Sensitivity};
use study::stats::sensitivity::Estimate;
use world::record::MEASURES;

/// Width of the names of parameters.
const NAMES: f64 = 300.0;
/// Panels beside each other at most.
const BESIDE: usize = 4;
/// Height of a parameter's row.
const ROW: f64 = 50.0;
/// Height of a panel's title.
const HEAD: f64 = 44.0;
/// Height of a panel's axis.
const FEET: f64 = 40.0;
/// Parameters of the screening that are drawn.
const MOST: usize = 12;

/// One question: what it shows of each parameter.
struct Panel {
    title: String,
    unit: &'static str,
    /// A dot with its interval, and a hollow one with its own or none.
    rows: Vec<Option<(Estimate, Option<Estimate>)>>,
    /// Largest value of the axis.
    most: f64,
    /// What stands there instead, if nothing varies.
    note: &'static str,
}

/// All figures.
#[must_use]
pub fn sensitivity_figures(made: &Sensitivity) -> Vec<Figure> {
    let drawn = [("sensitivity", indices(made)), ("morris", screening(made))];
    drawn
        .into_iter()
        .map(|(name, canvas)| Figure { name: name.to_owned(), svg: canvas.svg() })
        .collect()
}

/// What a question is about, in few words.
#[must_use]
pub fn asked_in_words(made: &Sensitivity, question: usize) -> String {
    let question = &made.questions[question];
    let measure = sentence(MEASURES[question.measure].name);
    let policy = question.policy.map(|policy| made.asked.arms[policy].title.as_str());
    match (question.kind, policy) {
        (Kind::Level, _) => format!("{measure}: level"),
        (Kind::Effect, Some(policy)) => format!("Effect of “{policy}”"),
        (Kind::Effect, None) => "Effects of all policies".to_owned(),
        (Kind::Displacement, Some(policy)) => format!("Displacement by “{policy}”"),
        (Kind::Displacement, None) => "Displacement by all policies".to_owned(),
        (Kind::Ranking, _) => "Ranking of the policies".to_owned(),
    }
}

fn indices(made: &Sensitivity) -> Canvas {
    let mut order: Vec<usize> = (0..made.kept.len()).collect();
    let leading = made.leading().and_then(|question| made.indices[question].as_ref());
    if let Some(indices) = leading {
        let total = |at: usize| indices.parameters[at].total.value;
        order.sort_by(|a, b| total(*b).total_cmp(&total(*a)));
    }
    let panel = |question: usize| Panel {
        title: asked_in_words(made, question),
        unit: "%",
        rows: order
            .iter()
            .map(|at| {
                let index = made.indices[question].as_ref()?.parameters[*at];
                let percent = |share: Estimate| Estimate {
                    value: 100.0 * share.value,
                    low: 100.0 * share.low,
                    high: 100.0 * share.high,
                };
                Some((percent(index.total), Some(percent(index.first))))
            })
            .collect(),
        most: 100.0,
        note: "does not vary, or luck hides it",
    };
    let panels: Vec<Panel> = made.shown().into_iter().map(panel).collect();
    let rows: Vec<usize> = order.iter().map(|at| made.kept[*at]).collect();
    let subtitle = format!(
        "Share of the variance over {} rows of a Saltelli design. Dot: total Sobol' index (with interactions), hollow: first index (alone); lines: \
         95 % intervals (bootstrap over rows), cut at the edge. Effects and displacement are paired: same parameters, same luck.",
        made.asked.base
    );
    draw(made, &made.headline(), &subtitle, &rows, &panels)
}

fn screening(made: &Sensitivity) -> Canvas {
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
    let panel = |question: usize| {
        let kind = made.questions[question].kind;
        let money = kind == Kind::Level && MEASURES[made.questions[question].measure].unit == "KZT";
        let (unit, scale) = match kind {
            Kind::Level if money => ("KZT bn", 1e-9),
            Kind::Level => (MEASURES[made.questions[question].measure].unit, 1.0),
            _ => ("points", 1.0),
        };
        let scaled = |found: Estimate| Estimate {
            value: found.value * scale,
            low: found.low * scale,
            high: found.high * scale,
        };
        let rows: Vec<Option<(Estimate, Option<Estimate>)>> = rows
            .iter()
            .map(|at| {
                let effect = made.screened[question].as_ref()?[*at];
                let sigma = effect.sigma;
                let sigma = Estimate { value: sigma, low: sigma, high: sigma };
                Some((scaled(effect.mu_star), Some(scaled(sigma))))
            })
            .collect();
        let ends = rows.iter().flatten().map(|(strong, weak)| {
            strong.high.max(weak.map_or(0.0, |weak| weak.value)).min(4.0 * strong.value.max(1e-12))
        });
        let most = ends.fold(0.0, f64::max);
        Panel {
            title: asked_in_words(made, question),
            unit,
            rows,
            most,
            note: "no whole trajectory",
        }
    };
    let panels: Vec<Panel> = made.shown().into_iter().map(panel).collect();
    let first = rows.first().map_or("nothing", |at| made.asked.varied[*at].words.as_str());
    let title = format!(
        "In the screening of {all} parameters, “{}” moves answers most",
        lower_first(first)
    );
    let subtitle = format!(
        "What changes when a parameter crosses its whole range. Dot: mean size (mu*) over {} trajectories with its 95 % interval (bootstrap); hollow: \
         standard deviation (sigma), large where it hangs on the other parameters. {}",
        made.asked.trajectories,
        if all > rows.len() {
            format!("The {} that move any answer most.", rows.len())
        } else {
            String::new()
        }
    );
    draw(made, &title, &subtitle, &rows, &panels)
}

fn draw(
    made: &Sensitivity,
    title: &str,
    subtitle: &str,
    rows: &[usize],
    panels: &[Panel],
) -> Canvas {
    let top = head_height(title, subtitle) + 6.0;
    let strip = HEAD + rows.len() as f64 * ROW + FEET;
    let strips = panels.len().div_ceil(BESIDE).max(1);
    let height = top + strips as f64 * strip + FOOT;
    let mut canvas = Canvas::new(PAPER as u32, height as u32);
    let asked = &made.asked;
    let foot = format!(
        "{} · seed {} · {} trajectories, then {} rows × {} parameters · {} per point, the same luck at all points · one agent for {} people · crackdown {}",
        asked.title,
        asked.setting.seed,
        asked.trajectories,
        asked.base,
        made.kept.len(),
        match asked.setting.replications {
            1 => "1 replication".to_owned(),
            many => format!("{many} replications"),
        },
        asked.setting.people_per_agent,
        asked.setting.version
    );
    sheet::written_over(&mut canvas, height, &foot, title, subtitle);
    let beside = panels.len().div_ceil(strips).max(1);
    let width = (WIDTH - NAMES) / beside as f64;
    for (number, panels) in panels.chunks(beside).enumerate() {
        let top = top + number as f64 * strip;
        names(&mut canvas, top + HEAD, made, rows);
        for (number, panel) in panels.iter().enumerate() {
            let left = LEFT + NAMES + number as f64 * width;
            one(&mut canvas, (left, top), width, panel);
        }
    }
    canvas
}

fn names(canvas: &mut Canvas, top: f64, made: &Sensitivity, rows: &[usize]) {
    for (number, at) in rows.iter().enumerate() {
        let varied = &made.asked.varied[*at];
        let y = top + (number as f64 + 0.5) * ROW;
        let small = Style { size: 11.5, ..Style::BODY };
        let (words, across) = (sentence(&varied.words), NAMES - 14.0);
        // Name and path together stand in the middle of the row.
        let first = y - Canvas::height_of(across, 2, &words, small) / 2.0 + 1.5;
        let below = canvas.paragraph((LEFT, first), across, 2, &words, small);
        let path = format!("{} · {}", varied.path, varied.status);
        let tiny = Style { size: 9.5, ..Style::SMALL };
        // A path has no spaces to be broken at.
        let mut shown = path.clone();
        while tiny.width(&shown) > NAMES - 14.0 && shown.chars().count() > 8 {
            let kept: String =
                path.chars().skip(path.chars().count() + 2 - shown.chars().count()).collect();
            shown = format!("…{kept}");
        }
        canvas.text(LEFT, below - 1.0, &shown, tiny);
    }
}

fn one(canvas: &mut Canvas, (left, top): (f64, f64), width: f64, panel: &Panel) {
    let title = Style { size: 11.5, ..Style::LABEL };
    canvas.paragraph((left, top + 8.0), width - 14.0, 2, &panel.title, title);
    let (x0, x1) = (left + 6.0, left + width - 22.0);
    let (y0, y1) = (top + HEAD - 4.0, top + HEAD + panel.rows.len() as f64 * ROW);
    let small = Style { size: 10.0, ..Style::SMALL };
    if panel.rows.iter().all(Option::is_none) {
        canvas.text((x0 + x1) / 2.0, (y0 + y1) / 2.0, panel.note, small.aligned(Align::Centre));
        return;
    }
    let ticks = sheet::ticks(0.0, panel.most, 3);
    let last = ticks[ticks.len() - 1];
    let first = ticks[0].min(-0.04 * last);
    let place = |value: f64| x0 + (x1 - x0) * ((value - first) / (last - first)).clamp(0.0, 1.0);
    for &value in &ticks {
        let x = place(value);
        canvas.line(vec![(x, y0), (x, y1)], if value == 0.0 { AXIS } else { GRID }, 1.0);
        let label = super::axis::short(value);
        canvas.text(x, y1 + 10.0, &label, small.aligned(Align::Centre));
    }
    canvas.text((x0 + x1) / 2.0, y1 + 23.0, panel.unit, small.aligned(Align::Centre));
    for (number, row) in panel.rows.iter().enumerate() {
        let Some((strong, weak)) = row else { continue };
        let y = y0 + 4.0 + (number as f64 + 0.5) * ROW;
        if let Some(weak) = weak {
            canvas.line(vec![(place(weak.low), y + 5.0), (place(weak.high), y + 5.0)], GREY, 1.0);
            canvas.dot((place(weak.value), y + 5.0), 3.0, GREY, false);
        }
        let colour = if strong.low > 0.01 * last { BETTER } else { INK };
        canvas.line(vec![(place(strong.low), y - 3.0), (place(strong.high), y - 3.0)], colour, 2.0);
        canvas.dot((place(strong.value), y - 3.0), 4.0, colour, true);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use study::comparison::sensitivity::tests::made_up;

    #[test]
    fn no_text_overlaps_another_or_leaves_the_paper() {
        let mut long = made_up(6, 30, 2);
        for varied in &mut long.asked.varied {
            varied.words = "what somebody means who writes as long a meaning as may be".to_owned();
            varied.path = format!("exchanges.a_group.{}.with_a_long_name.of_a_class", varied.path);
        }
        for arm in &mut long.asked.arms {
            arm.title = "A policy whose title is as long as somebody may write it".to_owned();
        }
        let mut nothing = made_up(2, 4, 1);
        nothing.indices.iter_mut().for_each(|found| *found = None);
        for made in [made_up(1, 3, 1), made_up(0, 2, 1), made_up(5, 8, 2), long, nothing] {
            for canvas in [indices(&made), screening(&made)] {
                let faults = canvas.faults();
                assert!(faults.is_empty(), "{faults:#?}");
            }
        }
    }
}
