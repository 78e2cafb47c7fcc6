//! The folders of an attribution and of dose curves: tables, columns, complete scenarios, manifest.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::json;

use super::comparison::Table;
use super::manifest::fingerprints;
use super::number::{optional, plain};
use super::views::csv;
use super::{File, columns, file};
use crate::comparison::attribution::{Attribution, By};
use crate::comparison::dose::Dose;
use crate::comparison::{Amount, Setting};
use world::record::MEASURES;

/// A scenario that is written to the folder.
pub struct Written<'a> {
    /// Name, unique in the folder.
    pub name: &'a str,
    /// Complete text.
    pub text: &'a str,
    /// Fingerprint of what determines its runs.
    pub fingerprint: String,
}

/// All runs behind an attribution or dose curves: everything else in the folder follows from their measures.
#[derive(Clone, Copy, Debug)]
pub struct Measured<'a> {
    /// What each scenario is called.
    pub titles: &'a [String],
    /// Fingerprint of what determines the runs of each scenario.
    pub fingerprints: &'a [String],
    /// `values[scenario][replication][measure]`.
    pub values: &'a [Vec<Vec<f64>>],
}

/// File with the measures of every run.
const RUNS: &str = "replications";
/// Its columns before the measures.
const RUN: [&str; 3] = ["scenario", "input_blake3", "replication"];

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

fn runs(measured: &Measured) -> Table {
    let mut rows = Vec::new();
    for (number, replications) in measured.values.iter().enumerate() {
        for (replication, values) in replications.iter().enumerate() {
            let (title, fingerprint) = (&measured.titles[number], &measured.fingerprints[number]);
            let mut row = vec![title.clone(), fingerprint.clone(), replication.to_string()];
            // Shortest text that reads back as the same number: everything can be computed again from it.
            row.extend(values.iter().map(f64::to_string));
            rows.push(row);
        }
    }
    let mut head = RUN.to_vec();
    head.extend(MEASURES.iter().map(|meaning| meaning.name));
    let about = "Every measure of every run: all other tables and the figures can be computed again from it";
    Table { name: RUNS, about, head, rows }
}

/// Reads the measures of all runs back: `values[scenario][replication][measure]`, scenarios in the order of their fingerprints.
///
/// # Errors
/// If a run is missing, or the file is not what was written.
pub fn read_measured(
    folder: &Path,
    fingerprints: &[String],
    replications: u32,
) -> Result<Vec<Vec<Vec<f64>>>, String> {
    let path = folder.join(format!("{RUNS}.csv"));
    let say = |why: String| format!("{}: {why}", path.display());
    let mut reader = csv::Reader::from_path(&path).map_err(|error| say(error.to_string()))?;
    let mut found: BTreeMap<(String, u32), Vec<f64>> = BTreeMap::new();
    for (line, row) in reader.records().enumerate() {
        let row = row.map_err(|error| say(error.to_string()))?;
        let replication = row.get(2).and_then(|text| text.parse().ok());
        let numbers: Option<Vec<f64>> =
            row.iter().skip(RUN.len()).map(|text| text.parse().ok()).collect();
        let run = replication.zip(numbers).filter(|(_, of)| of.len() == MEASURES.len());
        let Some((replication, numbers)) = run else {
            return Err(say(format!("line {} is no run", line + 2)));
        };
        found.insert((row[1].to_owned(), replication), numbers);
    }
    let missing = |fingerprint: &str, replication: u32| {
        say(format!("replication {replication} of scenario {fingerprint:.16} is missing"))
    };
    let of = |fingerprint: &String| {
        let one = |replication| {
            let run = found.get(&(fingerprint.clone(), replication)).cloned();
            run.ok_or_else(|| missing(fingerprint, replication))
        };
        (0..replications).map(one).collect::<Result<_, _>>()
    };
    fingerprints.iter().map(of).collect()
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
        "scenario" => ("text", "Title of the scenario that was run"),
        "input_blake3" => {
            ("text", "Fingerprint of what determines its runs: model, seed, scenario")
        }
        "replication" => ("number", "Number of the replication, from 0"),
        _ => MEASURES.iter().find(|meaning| meaning.name == column).map_or(("", ""), |meaning| {
            (meaning.unit, "Value of this measure in the replication, exactly; see the list below")
        }),
    }
}

/// All files of an attribution's folder, the manifest last; `rendered` are taken as they are.
///
/// # Errors
/// If a table cannot be encoded.
pub fn attribution_files(
    made: &Attribution,
    scenarios: &[Written],
    measured: &Measured,
    rendered: Vec<File>,
) -> Result<Vec<File>, String> {
    let by = match made.by {
        By::Measure => "measure",
        By::Mechanism => "mechanism",
    };
    let words = format!("attribute {} --by {by}", names(scenarios));
    let kind = Kind { name: "attribution", words, content: json!(made) };
    folder(&kind, &made.setting, scenarios, &[parts(made), sets(made), runs(measured)], rendered)
}

/// All files of the folder of dose curves, the manifest last; `rendered` are taken as they are.
///
/// # Errors
/// If a table cannot be encoded.
pub fn dose_files(
    dose: &Dose,
    scenarios: &[Written],
    measured: &Measured,
    rendered: Vec<File>,
) -> Result<Vec<File>, String> {
    let strengths: Vec<String> = dose.strengths.iter().map(f64::to_string).collect();
    let words = format!("dose {} --strengths {}", names(scenarios), strengths.join(","));
    let kind = Kind { name: "dose", words, content: json!(dose) };
    folder(&kind, &dose.setting, scenarios, &[curves(dose), runs(measured)], rendered)
}

fn names(scenarios: &[Written]) -> String {
    let files = scenarios.iter().map(|one| format!("scenarios/{}.ron", one.name));
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
    for Written { name, text, .. } in scenarios {
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
    let inputs: serde_json::Map<String, serde_json::Value> =
        scenarios.iter().map(|one| (one.name.to_owned(), json!(one.fingerprint))).collect();
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
        "input_blake3": inputs,
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
        let (titles, fingerprints) = (vec!["one".to_owned()], vec!["print".to_owned()]);
        let values = [vec![vec![0.1 + 0.2; MEASURES.len()]; 3]];
        let measured = Measured { titles: &titles, fingerprints: &fingerprints, values: &values };
        for table in [parts(&made), sets(&made), curves(&dose), runs(&measured)] {
            for column in &table.head {
                assert!(!explain(table.name, column).1.is_empty(), "{column} is not explained");
            }
            assert!(table.rows.iter().all(|row| row.len() == table.head.len()), "{}", table.name);
        }
        // Three things that each of two measures adds, interaction and effect.
        assert_eq!(parts(&made).rows.len(), 8 * MEASURES.len());
        assert_eq!(sets(&made).rows.len(), 4 * MEASURES.len());
        let home = tempfile::tempdir().unwrap();
        let table = runs(&measured);
        let text = csv(&table.head, table.rows.iter().cloned()).unwrap();
        std::fs::write(home.path().join("replications.csv"), text).unwrap();
        assert_eq!(read_measured(home.path(), &fingerprints, 3).unwrap(), values);
        let missing = read_measured(home.path(), &fingerprints, 4).unwrap_err();
        assert!(missing.contains("replication 3 of scenario print is missing"), "{missing}");
    }
}
