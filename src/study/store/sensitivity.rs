//! The folder of a sensitivity: table, sentence, columns, the study with its scenarios, manifest.
//!
//! The runs of both stages lie in folders of their own, `morris` and `sobol`, as those of any study do, and stay when results are written
//! again; so files are replaced one by one, each whole or not at all, the manifest last.

use std::path::Path;

use serde_json::{Value, json};

use super::comparison::Table;
use super::number::{optional, plain};
use super::study::put_files;
use super::views::csv;
use super::{File, columns, file, stages};
use crate::comparison::sensitivity::{Question, Sensitivity};
use crate::stats::sensitivity::Estimate;
use scenario::Study;
use world::record::MEASURES;

/// File with the sentence that a page quotes.
pub const SENTENCE: &str = "sensitivity.json";

const HEAD: [&str; 22] = [
    "stage",
    "question",
    "measure",
    "policy",
    "parameter",
    "status",
    "mu_star",
    "mu_star_low",
    "mu_star_high",
    "mu",
    "sigma",
    "first",
    "first_low",
    "first_high",
    "total",
    "total_low",
    "total_high",
    "variance",
    "luck_share",
    "rows",
    "base",
    "replications",
];

fn table(made: &Sensitivity) -> Table {
    let mut rows = Vec::new();
    let replications = made.asked.setting.replications.to_string();
    let about = |stage: &str, question: &Question, parameter: usize| {
        let varied = &made.asked.varied[parameter];
        let policy = question.policy.map(|policy| made.asked.arms[policy].name.clone());
        vec![
            stage.to_owned(),
            question.kind.key().to_owned(),
            MEASURES[question.measure].name.to_owned(),
            policy.unwrap_or_default(),
            varied.path.clone(),
            varied.status.clone(),
        ]
    };
    let three = |found: Estimate| [found.value, found.low, found.high].map(plain);
    for (question, effects) in made.questions.iter().zip(&made.screened) {
        for (parameter, effect) in effects.iter().flatten().enumerate() {
            let mut row = about("morris", question, parameter);
            row.extend(three(effect.mu_star));
            row.extend([optional(effect.mu), plain(effect.sigma)]);
            row.extend(std::iter::repeat_n(String::new(), 8));
            row.push(effect.trajectories.to_string());
            row.extend([made.asked.trajectories.to_string(), replications.clone()]);
            rows.push(row);
        }
    }
    for (question, indices) in made.questions.iter().zip(&made.indices) {
        let Some(indices) = indices else { continue };
        for (parameter, index) in made.kept.iter().zip(&indices.parameters) {
            let mut row = about("sobol", question, *parameter);
            row.extend(std::iter::repeat_n(String::new(), 5));
            row.extend(three(index.first));
            row.extend(three(index.total));
            row.extend([plain(indices.variance), optional(indices.luck)]);
            row.push(indices.rows.to_string());
            row.extend([made.asked.base.to_string(), replications.clone()]);
            rows.push(row);
        }
    }
    let about = "What each answer hangs on: elementary effects of all parameters (morris), then Sobol' indices of those that were kept (sobol)";
    Table { name: "sensitivity", about, head: HEAD.to_vec(), rows }
}

/// Unit and meaning of a column.
fn explain(_: &str, column: &str) -> (&'static str, &'static str) {
    const ROW: &str = "unit of the answer";
    match column {
        "stage" => {
            ("name", "morris (screening of all parameters) or sobol (indices of those kept)")
        }
        "question" => (
            "name",
            "level (measure in the baseline, in its unit), effect (policy minus baseline, in percent of the same point's baseline; of shares in points), displacement \
             (what a policy adds at illicit venues that are no shadow exchanges, in percent of the same point's illicit turnover), ranking (effects of all policies less their mean)",
        ),
        "measure" => ("name", "Name of the measure; see the list below"),
        "policy" => (
            "name",
            "Policy; empty for levels, and where all policies are one answer of several numbers",
        ),
        "parameter" => ("name", "Path of the parameter"),
        "status" => ("name", "measured, estimated or assumption"),
        "mu_star" => (
            ROW,
            "Mean size of the change when the parameter crosses its range; of several numbers the root of their mean square",
        ),
        "mu_star_low" | "mu_star_high" => (ROW, "Its 95 % interval, bootstrap over trajectories"),
        "mu" => (ROW, "Mean change with its sign; empty for an answer of several numbers"),
        "sigma" => (
            ROW,
            "Standard deviation of the changes: large where they hang on the other parameters",
        ),
        "first" => {
            ("share", "First Sobol' index: share of the variance that the parameter has alone")
        }
        "total" => {
            ("share", "Total Sobol' index: share that the parameter has with all its interactions")
        }
        "first_low" | "first_high" | "total_low" | "total_high" => {
            ("share", "95 % interval, bootstrap over rows of the design")
        }
        "variance" => (
            "square of the answer's unit",
            "Variance of the answer over the design, luck taken off",
        ),
        "luck_share" => (
            "share",
            "Share of luck in the variance of means over replications; empty with one replication, which cannot tell",
        ),
        "rows" => ("number", "Trajectories or rows that were used: those without a failed run"),
        "base" => ("number", "Trajectories or rows of the design"),
        "replications" => ("number", "Replications of each point"),
        _ => ("", ""),
    }
}

const OTHERS: &str = "# Columns of the result files\n\n\
    Which parameters the answers of a study hang on. Indices are shares of what varies over the ranges of the parameters that were varied together; all \
    others have the values of the scenario. An empty cell means that there is no such value.\n\n\
    ## morris, sobol\n\n\
    Folders of ordinary studies: `study.ron`, `points.csv` (a row for each point of the design), `runs.parquet`, `failures.csv`.\n\n\
    ## sensitivity.json\n\n\
    The sentence about the ranking, the assumptions that it hangs on (total index with its 95 % interval), how firm the order of policies is.\n";

/// What a page quotes.
#[must_use]
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

fn pretty(value: &Value) -> Vec<u8> {
    let mut text = serde_json::to_string_pretty(value).expect("plain values");
    text.push('\n');
    text.into_bytes()
}

/// Writes all results beside the runs; `figures` are taken as they are, `options` is what the command needs to be repeated.
///
/// # Errors
/// If the disk refuses.
pub fn write_sensitivity(
    folder: &Path,
    study: &Study,
    made: &Sensitivity,
    figures: Vec<File>,
    options: &str,
) -> Result<(), String> {
    let mut files = stages::portable_files(&study.portable());
    let table = table(made);
    files.push(file("sensitivity.csv", csv(&table.head, table.rows.iter().cloned())?));
    files.push(file(SENTENCE, pretty(&sensitivity_json(made))));
    let about = columns::of_tables(OTHERS, &[table], &explain);
    files.push(file("columns.md", about.into_bytes()));
    files.extend(figures);
    put_files(folder, &files)?;
    let listed = stages::listed(folder, &files)?;
    let asked = &made.asked;
    let manifest = json!({
        "program": "crackdown",
        "kind": "sensitivity",
        "version": asked.setting.version,
        "model_version": asked.setting.model_version,
        "study": asked.name,
        "title": asked.title,
        "seed": asked.setting.seed,
        "replications": asked.setting.replications,
        "people_per_agent": asked.setting.people_per_agent,
        "repeat": format!("crackdown sensitivity study.ron {options} --out repeated"),
        "files": listed,
    });
    put_files(folder, &[File { name: "manifest.json".to_owned(), bytes: pretty(&manifest) }])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comparison::sensitivity::tests::made_up;

    #[test]
    fn every_column_is_explained_and_every_row_is_as_wide_as_its_head() {
        let made = made_up(2, 6, 2);
        let table = table(&made);
        for column in &table.head {
            assert!(!explain(table.name, column).1.is_empty(), "{column} is not explained");
        }
        assert!(table.rows.iter().all(|row| row.len() == table.head.len()));
        let of = |stage: &str| table.rows.iter().filter(|row| row[0] == stage).count();
        assert_eq!(of("morris"), made.questions.len() * 6);
        assert!(of("sobol") > 0 && of("sobol").is_multiple_of(4));
        let value = sensitivity_json(&made);
        assert_eq!(value["assumptions"][0]["path"], "customers.parameter_1");
        assert_eq!(value["policies"], json!(["policy_1", "policy_2"]));
    }
}
