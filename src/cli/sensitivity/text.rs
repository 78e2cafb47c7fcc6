//! What a sensitivity says, for the terminal.

use std::path::Path;

use crate::cli::tables::aligned;
use model::MEASURES;
use report::percent_of;
use study::comparison::sensitivity::{Kind, Sensitivity};
use study::stats::sensitivity::Estimate;

/// The sentence, and total indices of the parameters that were kept.
pub fn text(made: &Sensitivity, folder: &Path) -> String {
    let asked = &made.asked;
    let columns: Vec<(String, usize)> = columns(made);
    let mut head = vec!["total index, % of variance [95 %]".to_owned(), "status".to_owned()];
    head.extend(columns.iter().map(|(title, _)| title.clone()));
    let mut rows = vec![head];
    let mut order: Vec<usize> = (0..made.kept.len()).collect();
    let leading = made.leading().and_then(|question| made.indices[question].as_ref());
    if let Some(indices) = leading {
        let total = |at: usize| indices.parameters[at].total.value;
        order.sort_by(|a, b| total(*b).total_cmp(&total(*a)));
    }
    for at in order {
        let varied = &asked.varied[made.kept[at]];
        let mut row = vec![varied.path.clone(), varied.status.clone()];
        row.extend(columns.iter().map(|(_, question)| {
            let index = made.indices[*question].as_ref().map(|found| found.parameters[at].total);
            index.map_or_else(|| "-".to_owned(), share)
        }));
        rows.push(row);
    }
    let order = made.order.as_ref().map_or_else(String::new, |order| {
        format!(
            "\nOrder of the policies: Kendall's tau with their mean order is {:.2} on average over {} points; another policy than “{}” is best in {}.",
            order.agreement,
            order.points,
            asked.arms[order.mean[0]].title,
            percent_of(1.0 - order.best[0])
        )
    });
    let luck = match made.leading().and_then(|question| made.indices[question].as_ref()?.luck) {
        Some(share) => format!(
            "Chance has {} of the variance of the first answer's means, and is taken off.",
            percent_of(share)
        ),
        None if asked.setting.replications > 1 => String::new(),
        None => "One replication: what chance makes of a changed parameter counts as interaction."
            .to_owned(),
    };
    let [first, second] = made.incomplete;
    let failed = if first + second > 0 {
        format!(
            "\n{} points lack a run that failed: their trajectories and rows are left out.",
            first + second
        )
    } else {
        String::new()
    };
    format!(
        "{}\n\n{}\nOf {} parameters that were screened with {} trajectories, {} were kept; {} rows, bootstrap over rows. -: does not vary, or chance hides it. {luck}{order}{failed}\nAll: {}\n",
        made.sentence(),
        aligned(&rows),
        asked.varied.len(),
        asked.trajectories,
        made.kept.len(),
        asked.base,
        folder.join("sensitivity.csv").display()
    )
}

/// The questions that a terminal has room for, with short titles.
fn columns(made: &Sensitivity) -> Vec<(String, usize)> {
    let first = made.asked.measures[0];
    let mut found = Vec::new();
    let single = made.asked.policies().len() == 1;
    for (number, question) in made.questions.iter().enumerate() {
        let title = match question.kind {
            Kind::Level if question.measure == first => MEASURES[first].title(),
            Kind::Effect if single && question.measure == first => "effect".to_owned(),
            Kind::Displacement if question.policy.is_none() => "displacement".to_owned(),
            Kind::Ranking => "ranking".to_owned(),
            _ => continue,
        };
        found.push((title, number));
    }
    found
}

fn share(index: Estimate) -> String {
    let percent = |share: f64| format!("{:.0}", 100.0 * share + 0.0);
    format!("{} [{}, {}]", percent(index.value), percent(index.low), percent(index.high))
}
