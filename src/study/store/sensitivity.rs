//! The folder of a sensitivity: table, sentence, columns, the study with its scenarios, manifest.
//!
//! The runs of both stages lie in folders of their own, `morris` and `sobol`, as those of any study do, and stay when results are written
//! again; so files are replaced one by one, each whole or not at all, the manifest last.

use std::path::Path;

use serde_json::{Value, json};

use super::command::Command;
use super::manifest::{Manifest, ResultKind};
use super::table::{Table, with_columns};
use super::{Figures, columns, file, pretty, stages, told};
use crate::comparison::sensitivity::{Sensitivity, SensitivityQuestion};
use crate::stats::sensitivity::{Elementary, Estimate, Index, Indices};
use model::MEASURES;
use scenario::Study;

/// File with the sentence that a page quotes; its copy in the folder of a comparison is called the same.
pub const SENTENCE: &str = "sensitivity.json";

/// What was found of a parameter for a question, by one of the two stages.
struct AnswerRow<'a> {
    question: &'a SensitivityQuestion,
    parameter: usize,
    effect: Option<&'a Elementary>,
    index: Option<(&'a Index, &'a Indices)>,
}

fn table(made: &Sensitivity) -> Table {
    const ROW: &str = "unit of the answer";
    let asked = &made.asked;
    let mut rows = Vec::new();
    for (question, effects) in made.questions.iter().zip(&made.screened) {
        let effects = effects.iter().flatten().enumerate();
        rows.extend(effects.map(|(parameter, effect)| AnswerRow {
            question,
            parameter,
            effect: Some(effect),
            index: None,
        }));
    }
    for (question, indices) in made.questions.iter().zip(&made.indices) {
        let Some(indices) = indices else { continue };
        let kept = made.kept.iter().zip(&indices.parameters);
        rows.extend(kept.map(|(parameter, index)| AnswerRow {
            question,
            parameter: *parameter,
            effect: None,
            index: Some((index, indices)),
        }));
    }
    let ends = |estimate: Estimate| (estimate.low, estimate.high);
    let about = "What each answer depends on: elementary effects of all parameters (morris), then Sobol' indices of those that were kept (sobol)";
    with_columns!(Table::of("sensitivity", about, &rows), row =>
        text "stage", "name", "morris (screening of all parameters) or sobol (indices of those kept)"
            => if row.effect.is_some() { "morris" } else { "sobol" };
        text "question", "name", "level (measure in the baseline, in its unit), effect (policy minus baseline, in percent of the same point's baseline; of shares in points), displacement \
             (what a policy adds at venues without a licence that are no shadow exchanges, in percent of the same point's exchange without a licence), ranking (effects of all policies less their mean)"
            => row.question.kind.key();
        text "measure", "name", "Name of the measure; see the list below" => MEASURES[row.question.measure].name;
        text "policy", "name", "Policy; empty for levels, and where all policies are one answer of several numbers"
            => row.question.policy.map(|policy| asked.arms[policy].name.clone());
        text "parameter", "name", "Path of the parameter" => asked.varied[row.parameter].path.clone();
        text "status", "name", "measured, estimated or assumption" => asked.varied[row.parameter].status.clone();
        number "mu_star", ROW, "Mean size of the change when the parameter crosses its range; of several numbers the root of their mean square"
            => row.effect.map(|effect| effect.mu_star.value);
        interval ["mu_star_low", "mu_star_high"], ROW, "95 % interval of mu_star, bootstrap over trajectories"
            => row.effect.map(|effect| ends(effect.mu_star));
        number "mu", ROW, "Mean change with its sign; empty for an answer of several numbers" => row.effect?.mu;
        number "sigma", ROW, "Standard deviation of the changes: large where they depend on the other parameters"
            => row.effect.map(|effect| effect.sigma);
        number "first", "share", "First Sobol' index: share of the variance that the parameter has alone"
            => row.index.map(|(index, _)| index.first.value);
        interval ["first_low", "first_high"], "share", "95 % interval of first, bootstrap over rows of the design"
            => row.index.map(|(index, _)| ends(index.first));
        number "total", "share", "Total Sobol' index: share that the parameter has with all its interactions"
            => row.index.map(|(index, _)| index.total.value);
        interval ["total_low", "total_high"], "share", "95 % interval of total, bootstrap over rows of the design"
            => row.index.map(|(index, _)| ends(index.total));
        number "variance", "square of the answer's unit", "Variance of the answer over the design, chance taken off"
            => row.index.map(|(_, indices)| indices.variance);
        number "luck_share", "share", "Share of chance in the variance of means over replications; empty with one replication, which cannot tell"
            => row.index?.1.luck;
        whole "rows", "number", "Trajectories or rows that were used: those without a failed run" => {
            let of_screening = row.effect.map(|effect| effect.trajectories);
            of_screening.or(row.index.map(|(_, indices)| indices.rows))
        };
        whole "base", "number", "Trajectories or rows of the design" => if row.effect.is_some() { asked.trajectories } else { asked.base };
        whole "replications", "number", "Replications of each point" => asked.setting.replications;
    ).table()
}

/// What the folder is, for `columns.md`.
const ABOUT: &str = "Which parameters the answers of a study depend on. Indices are shares of what varies over the ranges of the parameters that were varied together; all \
    others have the values of the scenario.";

/// What else stands in the folder.
const OTHERS: &str = "\n## morris, sobol\n\n\
    Folders of ordinary studies: `study.ron`, `points.csv` (a row for each point of the design), `runs.parquet`, `failures.csv`.\n\n\
    ## sensitivity.json\n\n\
    The sentence about the ranking, the assumptions that it depends on (total index with its 95 % interval), how firm the order of policies is.\n";

/// What a page quotes.
pub fn sensitivity_json(made: &Sensitivity) -> Value {
    let asked = &made.asked;
    let name = |policy: &usize| asked.arms[*policy].name.clone();
    let order = made.order.as_ref().map(|order| {
        json!({
            "policies": order.mean.iter().map(name).collect::<Vec<String>>(),
            "effects_percent": order.effects,
            "share_best": order.best,
            "kendall_tau": order.agreement,
            "points": order.points,
        })
    });
    json!({
        "sentence": made.sentence(),
        "study": asked.title,
        "name": asked.name,
        "baseline": asked.arms[0].name,
        "policies": asked.policies().map(|policy| name(&policy)).collect::<Vec<String>>(),
        "measure": MEASURES[asked.measures[0]].name,
        "assumptions": made.assumptions(),
        "order": order,
        "parameters": asked.varied,
        "kept": made.kept.iter().map(|at| asked.varied[*at].path.as_str()).collect::<Vec<&str>>(),
        "trajectories": asked.trajectories,
        "base": asked.base,
        "replications": asked.setting.replications,
        "incomplete_points": made.incomplete,
        "window": [asked.setting.window.0.to_string(), asked.setting.window.1.to_string()],
        "people_per_agent": asked.setting.people_per_agent,
        "seed": asked.setting.seed,
        "version": asked.setting.version,
        "model_version": asked.setting.model_version,
    })
}

/// Writes all results beside the runs; `figures` are taken as they are, `repeat` is the command that makes it again.
pub fn write_sensitivity(
    folder: &Path,
    study: &Study,
    made: &Sensitivity,
    figures: Figures,
    repeat: Command,
) -> Result<(), String> {
    let mut files = told(ABOUT, &[table(made)], &(OTHERS.to_owned() + &columns::measures()))?;
    files.push(file(SENTENCE, pretty(&sensitivity_json(made))));
    let repeat = repeat.figures(figures.is_some());
    files.extend(figures.into_iter().flatten());
    let manifest = Manifest::of(ResultKind::Sensitivity, &made.asked.setting, repeat)
        .title(&made.asked.title)
        .says("study", &made.asked.name);
    stages::write(folder, &study.portable(), files, manifest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comparison::sensitivity::tests::made_up;

    #[test]
    fn both_stages_have_rows_and_the_sentence_names_the_policies() {
        let made = made_up(2, 6, 2);
        let table = table(&made);
        let stages = &table.columns[0].values;
        let of = |stage: &str| (0..table.len()).filter(|row| stages.text(*row) == stage).count();
        assert_eq!(of("morris"), made.questions.len() * 6);
        assert!(of("sobol") > 0 && of("sobol").is_multiple_of(4));
        let value = sensitivity_json(&made);
        assert_eq!(value["assumptions"][0]["path"], "customers.parameter_1");
        assert_eq!(value["policies"], json!(["policy_1", "policy_2"]));
    }
}
