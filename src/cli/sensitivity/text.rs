//! What a sensitivity says, for the terminal.

use std::path::Path;

use crate::cli::tables::aligned;
use model::MEASURES;
use report::speech::{number, retold, told, tr};
use report::words::sensitivity::in_language;
use report::{percent_of, say};
use study::comparison::sensitivity::{QuestionKind, Sensitivity};
use study::stats::sensitivity::Estimate;

/// The sentence, and total indices of the parameters that were kept.
pub fn text(made: &Sensitivity, folder: &Path) -> String {
    let made = &in_language(made);
    let asked = &made.asked;
    let columns: Vec<(String, usize)> = columns(made);
    let mut head = vec![say!("total index, % of variance [95 %]"), tr("status##params").to_owned()];
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
        let mut row = vec![varied.path.clone(), told(&varied.status)];
        row.extend(columns.iter().map(|(_, question)| {
            let index = made.indices[*question].as_ref().map(|found| found.parameters[at].total);
            index.map_or_else(|| "-".to_owned(), share)
        }));
        rows.push(row);
    }
    let order = made.order.as_ref().map_or_else(String::new, |order| {
        let said = say!(
            "Order of the policies: Kendall's tau with their mean order is {tau} on average over {points} points; another policy than “{title}” is best in {share}.",
            tau = number(format!("{:.2}", order.agreement)),
            points = order.points,
            title = asked.arms[order.mean[0]].title,
            share = percent_of(1.0 - order.best[0])
        );
        format!("\n{said}")
    });
    let luck = match made.leading().and_then(|question| made.indices[question].as_ref()?.luck) {
        Some(share) => say!(
            "Chance has {share} of the variance of the first answer's means, and is taken off.",
            share = percent_of(share)
        ),
        None if asked.setting.replications > 1 => String::new(),
        None => {
            say!("One replication: what chance makes of a changed parameter counts as interaction.")
        }
    };
    let [first, second] = made.incomplete;
    let failed = if first + second > 0 {
        let said = say!(
            "{points} points lack a run that failed: their trajectories and rows are left out.",
            points = first + second
        );
        format!("\n{said}")
    } else {
        String::new()
    };
    let design = say!(
        "Of {all} parameters that were screened with {trajectories} trajectories, {kept} were kept; {rows} rows, bootstrap over rows. -: does not vary, or chance hides it.",
        all = asked.varied.len(),
        trajectories = asked.trajectories,
        kept = made.kept.len(),
        rows = asked.base
    );
    let file = say!("All: {file}", file = folder.join("sensitivity.csv").display());
    format!(
        "{}\n\n{}\n{design} {luck}{order}{failed}\n{file}\n",
        retold(&made.sentence()),
        aligned(&rows)
    )
}

/// The questions that a terminal has room for, with short titles.
fn columns(made: &Sensitivity) -> Vec<(String, usize)> {
    let first = made.asked.measures[0];
    let mut found = Vec::new();
    let single = made.asked.policies().len() == 1;
    for (number, question) in made.questions.iter().enumerate() {
        let title = match question.kind {
            QuestionKind::Level if question.measure == first => retold(&MEASURES[first].title()),
            QuestionKind::Effect if single && question.measure == first => {
                tr("effect##column").to_owned()
            }
            QuestionKind::Displacement if question.policy.is_none() => {
                tr("displacement##column").to_owned()
            }
            QuestionKind::Ranking => tr("ranking##column").to_owned(),
            _ => continue,
        };
        found.push((title, number));
    }
    found
}

fn share(index: Estimate) -> String {
    let percent = |share: f64| format!("{:.0}", 100.0 * share + 0.0);
    let ends = say!("[{low}, {high}]", low = percent(index.low), high = percent(index.high));
    format!("{} {ends}", percent(index.value))
}
