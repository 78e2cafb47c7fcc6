//! The folders of an attribution and of dose curves: tables, columns, complete scenarios, manifest.

use serde_json::json;

use super::comparison::Table;
use super::manifest::fingerprints;
use super::number::{optional, plain};
use super::views::csv;
use super::{File, columns, file};
use crate::comparison::attribution::{Attribution, By};
use crate::comparison::dose::Dose;
use crate::comparison::{Amount, Setting};
use crate::record::MEASURES;

/// A scenario that is written to the folder: name and complete text.
pub type Written<'a> = (&'a str, &'a str);

/// Value with its interval, and the same in percent of the baseline.
const AMOUNT: [&str; 6] = ["value", "low", "high", "percent", "percent_low", "percent_high"];

fn amount(amount: &Amount, baseline: f64) -> Vec<String> {
    let percent = |value: f64| (baseline != 0.0).then(|| 100.0 * value / baseline.abs());
    let (low, high) = amount.interval.unzip();
    vec![
        plain(amount.mean),
        optional(low),
        optional(high),
        optional(percent(amount.mean)),
        optional(low.and_then(percent)),
        optional(high.and_then(percent)),
    ]
}

fn parts(made: &Attribution) -> Table {
    let mut rows = Vec::new();
    for split in &made.splits {
        let mut add = |part: &str, what: &str, value: &Amount| {
            let mut row = vec![part.to_owned(), what.to_owned(), split.measure.clone()];
            row.extend([split.unit.clone(), plain(split.baseline)]);
            row.extend(amount(value, split.baseline));
            row.push(made.setting.replications.to_string());
            rows.push(row);
        };
        for (name, part) in made.parts.iter().zip(&split.parts) {
            add(name, "alone", &part.alone);
            add(name, "last", &part.last);
            add(name, "shapley", &part.shapley);
        }
        if made.by == By::Mechanism {
            add("incapacitation", "effect", &split.none);
        }
        add("interaction", "effect", &split.interaction);
        add("all", "effect", &split.effect);
    }
    let mut head = vec!["part", "added", "measure", "unit", "baseline_mean"];
    head.extend(AMOUNT);
    head.push("replications");
    let about = "What each part adds: alone, last and on average over all orders (Shapley value), in each replication and then \
                 averaged; Shapley values, with incapacitation where there is one, add up to the effect of all";
    Table { name: "attribution", about, head, rows }
}

fn sets(made: &Attribution) -> Table {
    let mut rows = Vec::new();
    for split in &made.splits {
        for (set, value) in split.sets.iter().enumerate() {
            let members = made.members(set);
            let name = if members.is_empty() { "none".to_owned() } else { members.join(" + ") };
            let mut row = vec![name, split.measure.clone(), split.unit.clone()];
            row.push(plain(split.baseline));
            row.extend(amount(value, split.baseline));
            rows.push(row);
        }
    }
    let mut head = vec!["parts", "measure", "unit", "baseline_mean"];
    head.extend(AMOUNT);
    Table { name: "sets", about: "The effect of every set of parts", head, rows }
}

fn curves(dose: &Dose) -> Table {
    let mut rows = Vec::new();
    for curve in &dose.curves {
        for (strength, effects) in dose.strengths.iter().zip(&curve.effects) {
            for ((meaning, baseline), value) in MEASURES.iter().zip(&dose.baseline).zip(effects) {
                let mut row = vec![curve.policy.clone(), strength.to_string()];
                row.extend([meaning.name.to_owned(), meaning.unit.to_owned(), plain(*baseline)]);
                row.push(plain(value.mean));
                row.extend(amount(value, *baseline).into_iter().skip(1));
                row.push(dose.setting.replications.to_string());
                rows.push(row);
            }
        }
    }
    let mut head = vec!["policy", "strength", "measure", "unit", "baseline_mean", "mean"];
    head.extend(&AMOUNT[1..]);
    head.push("replications");
    let about =
        "Effect of a policy at part strength: policy minus baseline in the same replication";
    Table { name: "dose", about, head, rows }
}

/// Unit and meaning of a column.
fn explain(_: &str, column: &str) -> (&'static str, &'static str) {
    const ROW: &str = "unit of the row";
    match column {
        "part" => (
            "name",
            "Measure of the bundle or mechanism; `all`: all together; `interaction`: all together minus what the parts do alone; `incapacitation`: what is left with every mechanism switched off",
        ),
        "added" => (
            "name",
            "As what it is added: alone, last, on average over all orders (shapley); or the effect itself",
        ),
        "parts" => ("name", "The parts that are in the set"),
        "policy" => ("name", "Name of the scenario"),
        "strength" => ("share", "Share of the way from the baseline to the policy"),
        "measure" => ("name", "Name of the measure; see the list below"),
        "unit" => ("name", "Unit of the row's values"),
        "baseline_mean" => (ROW, "Mean of the baseline over replications"),
        "value" | "mean" => (ROW, "Mean over replications"),
        "low" | "high" => (ROW, "95 % interval of the mean (Student's t)"),
        "percent" => ("%", "The same over the baseline's mean"),
        "percent_low" | "percent_high" => {
            ("%", "Its 95 % interval; the baseline's mean is taken as given")
        }
        "replications" => ("number", "Number of replications"),
        _ => ("", ""),
    }
}

/// All files of an attribution's folder, the manifest last; `rendered` are taken as they are.
///
/// # Errors
/// If a table cannot be encoded.
pub fn attribution_files(
    made: &Attribution,
    scenarios: &[Written],
    rendered: Vec<File>,
) -> Result<Vec<File>, String> {
    let by = match made.by {
        By::Measure => "measure",
        By::Mechanism => "mechanism",
    };
    let words = format!("attribute {} --by {by}", names(scenarios));
    let kind = Kind { name: "attribution", words, content: json!(made) };
    folder(&kind, &made.setting, scenarios, &[parts(made), sets(made)], rendered)
}

/// All files of the folder of dose curves, the manifest last; `rendered` are taken as they are.
///
/// # Errors
/// If a table cannot be encoded.
pub fn dose_files(
    dose: &Dose,
    scenarios: &[Written],
    rendered: Vec<File>,
) -> Result<Vec<File>, String> {
    let strengths: Vec<String> = dose.strengths.iter().map(f64::to_string).collect();
    let words = format!("dose {} --strengths {}", names(scenarios), strengths.join(","));
    let kind = Kind { name: "dose", words, content: json!(dose) };
    folder(&kind, &dose.setting, scenarios, &[curves(dose)], rendered)
}

fn names(scenarios: &[Written]) -> String {
    let files = scenarios.iter().map(|(name, _)| format!("scenarios/{name}.ron"));
    files.collect::<Vec<_>>().join(" ")
}

/// What kind of folder it is.
struct Kind {
    name: &'static str,
    /// Command and arguments that make it again, but for what all commands take.
    words: String,
    content: serde_json::Value,
}

fn folder(
    kind: &Kind,
    setting: &Setting,
    scenarios: &[Written],
    tables: &[Table],
    rendered: Vec<File>,
) -> Result<Vec<File>, String> {
    let mut files = Vec::new();
    for (name, text) in scenarios {
        files.push(file(&format!("scenarios/{name}.ron"), text.as_bytes().to_vec()));
    }
    for table in tables {
        let name = format!("{}.csv", table.name);
        files.push(file(&name, csv(&table.head, table.rows.iter().cloned())?));
    }
    let head = "# Columns of the result files\n\n\
        Scenarios under the same luck. Money is in whole tenge (KZT) unless a column says otherwise; intervals are 95 %, \
        Student's t over replications. An empty cell means that there is no such value.\n";
    files.push(file("columns.md", columns::of_tables(head, tables, &explain).into_bytes()));
    files.extend(rendered);
    files.push(file(&format!("{}.json", kind.name), lines(&kind.content)));
    let (from, to) = setting.window;
    let repeat = format!(
        "crackdown {} --seed {} --replications {} --window {from}..{to} --out repeated",
        kind.words, setting.seed, setting.replications
    );
    let manifest = json!({
        "program": "crackdown",
        "kind": kind.name,
        "version": setting.version,
        "model_version": setting.model_version,
        "seed": setting.seed,
        "replications": setting.replications,
        "people_per_agent": setting.people_per_agent,
        "window": [from.to_string(), to.to_string()],
        "baseline": setting.baseline,
        "repeat": repeat,
        "files": fingerprints(&files),
    });
    files.push(file("manifest.json", lines(&manifest)));
    Ok(files)
}

fn lines(value: &serde_json::Value) -> Vec<u8> {
    let mut text = serde_json::to_string_pretty(value).expect("plain values");
    text.push('\n');
    text.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comparison::{attribution, dose};

    #[test]
    fn every_column_is_explained_and_every_row_is_as_wide_as_its_head() {
        let (made, dose) = (attribution::tests::made_up(2, 3), dose::tests::made_up(2, 3));
        for table in [parts(&made), sets(&made), curves(&dose)] {
            for column in &table.head {
                assert!(!explain(table.name, column).1.is_empty(), "{column} is not explained");
            }
            assert!(table.rows.iter().all(|row| row.len() == table.head.len()), "{}", table.name);
        }
        // Three things that each of two measures adds, interaction and effect.
        assert_eq!(parts(&made).rows.len(), 8 * MEASURES.len());
        assert_eq!(sets(&made).rows.len(), 4 * MEASURES.len());
    }
}
