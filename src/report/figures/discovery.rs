//! Where policies fail: the trade-off of density against coverage along the path of peeling, a panel for each policy that a box was found for.

use super::setting::{over, people};
use crate::chart::{Axis, AxisKind, Colour, Figure, Form, Mark, Panel};
use crate::say;
use crate::speech::{counted, titled, tr};
use crate::words::{discovery, percent_of};
use study::comparison::discovery::{Discovery, PolicyTest};
use study::stats::boxes::{FoundBox, WorldCount};

/// The figure; none where no box was found.
#[must_use]
pub fn discovery_figures(made: &Discovery) -> Vec<Figure> {
    let found = |case: &'_ PolicyTest| case.boxes.as_ref().is_some_and(|boxes| !boxes.is_empty());
    let cases: Vec<&PolicyTest> = made.cases.iter().filter(|case| found(case)).collect();
    let Some(worst) = cases.iter().max_by(|a, b| a.count.density().total_cmp(&b.count.density()))
    else {
        return Vec::new();
    };
    let setting = &made.worlds.setting;
    let title = discovery::case(made, worst);
    let title = over(title.split("; ").next().unwrap_or_default(), setting.window);
    let subtitle = tr(
        "Each dot is a box of parameters, smaller from right to left as worlds are peeled off. Across: share of the worlds in which the policy fails that the box holds. Up: share of the box's worlds in which it fails. Diamond: the box that is quoted.",
    );
    let foot = say!(
        "{title} · seed {seed} · {draws} draws × {replications} replications · {people} · crackdown {version}",
        title = titled(&made.worlds.title),
        seed = setting.seed,
        draws = made.worlds.draws(),
        replications = setting.replications,
        people = people(setting.people_per_agent),
        version = setting.version
    );
    let panel = |case: &&PolicyTest| Some(panel(made, case, case.boxes.as_ref()?.first()?));
    vec![Figure {
        panels: cases.iter().filter_map(panel).collect(),
        choice: tr("Policy"),
        ..Figure::new("peeling", "Where policies fail", title, subtitle, foot)
    }]
}

fn panel(made: &Discovery, case: &PolicyTest, found: &FoundBox) -> Panel {
    let at = |count: WorldCount| (100.0 * count.coverage(case.count.hits), 100.0 * count.density());
    let path: Vec<(f64, f64)> = found.path.iter().map(|peeled| at(peeled.count)).collect();
    let dots = found.path.iter().zip(&path).map(|(peeled, place)| {
        let rows = vec![
            (tr("density").to_owned(), percent_of(peeled.count.density())),
            (tr("coverage").to_owned(), percent_of(peeled.count.coverage(case.count.hits))),
            (tr("worlds").to_owned(), peeled.count.worlds.to_string()),
        ];
        let number = peeled.restricted().count() as u64;
        let head = counted(number, "{n} parameter|{n} parameters");
        Mark::dot(*place, Form::Filled, 2.5, Colour::Grey, Vec::new()).told(head, rows)
    });
    let chosen = Mark::dot(at(found.chosen.count), Form::Diamond, 6.0, Colour::Worse, Vec::new());
    let test = case
        .limit
        .map_or_else(|| tr("backfires").to_owned(), |limit| made.asked.limits[limit].text.clone());
    let ticks = [0.0, 25.0, 50.0, 75.0, 100.0];
    let axis =
        |kind, title: &str| Axis::over(kind, &ticks, |value| format!("{value} %")).titled(title);
    let x = Axis { range: (-3.0, 103.0), ..axis(AxisKind::Ticks, tr("coverage")) };
    let y = Axis { range: (0.0, 103.0), ..axis(AxisKind::Grid, tr("density")) };
    let line = Mark::line(path.clone(), Colour::Grey, 1.0);
    let marks = [line].into_iter().chain(dots).chain([chosen]).collect();
    let title = titled(&made.worlds.arms[case.policy].title);
    let finding = discovery::case(made, case);
    Panel { note: test, finding, ..Panel::new(title, (x, y), 150.0, marks) }
}
