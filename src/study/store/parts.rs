//! The folders of an attribution and of dose curves: tables, columns, complete scenarios, manifest.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::json;

use super::command::Command;
use super::manifest::{Manifest, ResultKind, scenario_file};
use super::table::{Table, TableRows, UNIT_OF_ROW, with_columns};
use super::{Figures, File, SHOWN, columns, file, pretty, sealed, told};
use crate::comparison::attribution::{Attribution, By, Split};
use crate::comparison::dose::Dose;
use crate::comparison::{Amount, Setting};
use model::MEASURES;

/// A scenario that is written to the folder.
pub struct Written<'a> {
    /// Name, unique in the folder.
    pub name: &'a str,
    /// Complete text.
    pub text: &'a str,
    /// Fingerprint of what determines its runs.
    pub fingerprint: String,
}

impl Written<'_> {
    /// Its text as a file of the folder.
    pub(super) fn file(&self) -> File {
        file(&scenario_file(self.name), self.text.as_bytes().to_vec())
    }

    /// Fingerprints by name.
    pub(super) fn fingerprints<'a>(all: &'a [Written]) -> BTreeMap<&'a str, &'a str> {
        all.iter().map(|one| (one.name, &*one.fingerprint)).collect()
    }
}

/// All runs behind an attribution or dose curves: everything else in the folder follows from their measures.
#[derive(Clone, Copy, Debug)]
pub struct MeasuredRuns<'a> {
    /// What each scenario is called.
    pub titles: &'a [String],
    /// Fingerprint of what determines the runs of each scenario.
    pub fingerprints: &'a [String],
    /// `values[scenario][replication][measure]`.
    pub values: &'a [Vec<Vec<f64>>],
}

/// File with the measures of every run.
const RUNS: &str = "replications";
/// Number of its columns before the measures.
const BEFORE: usize = 3;

/// An effect on a measure in a row of a table.
struct AmountRow<'a> {
    measure: &'a str,
    unit: &'a str,
    baseline: f64,
    amount: &'a Amount,
}

/// Adds measure and unit, then the baseline, the effect with its interval, and the same in percent; `value` is what the effect is called.
fn found<'a, R>(
    rows: TableRows<'a, R>,
    value: &'static str,
    of: impl Fn(&'a R) -> &'a AmountRow<'a>,
) -> TableRows<'a, R> {
    let of = &of;
    let percent = |found: &AmountRow, value: f64| {
        (found.baseline != 0.0).then(|| 100.0 * value / found.baseline.abs())
    };
    with_columns!(rows, row =>
        text "measure", "name", "Name of the measure; see the list below" => of(row).measure.to_owned();
        text "unit", "name", "Unit of the row's values" => of(row).unit.to_owned();
        number "baseline_mean", UNIT_OF_ROW, "Mean of the baseline over replications" => of(row).baseline;
        number value, UNIT_OF_ROW, "Mean over replications" => of(row).amount.mean;
        interval ["low", "high"], UNIT_OF_ROW, "95 % interval of the mean (Student's t)" => of(row).amount.interval;
        number "percent", "%", "The same over the baseline's mean" => percent(of(row), of(row).amount.mean);
        interval ["percent_low", "percent_high"], "%", "95 % interval of percent; the baseline's mean is taken as given" => {
            let (low, high) = of(row).amount.interval?;
            percent(of(row), low).zip(percent(of(row), high))
        };
    )
}

fn parts(made: &Attribution) -> Table {
    let mut rows: Vec<(&str, &str, AmountRow)> = Vec::new();
    for split in &made.splits {
        let Split { measure, unit, baseline, .. } = split;
        let mut add = |part, what, amount| {
            rows.push((part, what, AmountRow { measure, unit, baseline: *baseline, amount }));
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
    let about = "What each part adds: alone, last and on average over all orders (Shapley value), in each replication and then \
                 averaged; Shapley values, with incapacitation where there is one, add up to the effect of all";
    with_columns!(Table::of("attribution", about, &rows), row =>
        text "part", "name", "Measure of the bundle or mechanism; `all`: all together; `interaction`: all together minus what the parts do alone; `incapacitation`: what is left with every mechanism switched off"
            => row.0.to_owned();
        text "added", "name", "As what it is added: alone, last, on average over all orders (shapley); or the effect itself" => row.1.to_owned();
        with |rows| found(rows, "value", |row| &row.2);
        with |rows| replications(rows, &made.setting);
    ).table()
}

/// Adds the number of replications.
fn replications<'a, R>(rows: TableRows<'a, R>, setting: &Setting) -> TableRows<'a, R> {
    rows.whole("replications", "number", "Number of replications", |_| setting.replications)
}

fn sets(made: &Attribution) -> Table {
    let mut rows: Vec<(String, AmountRow)> = Vec::new();
    for Split { measure, unit, baseline, sets, .. } in &made.splits {
        for (set, amount) in sets.iter().enumerate() {
            let members = made.members(set);
            let name = if members.is_empty() { "none".to_owned() } else { members.join(" + ") };
            rows.push((name, AmountRow { measure, unit, baseline: *baseline, amount }));
        }
    }
    Table::of("sets", "The effect of every set of parts", &rows)
        .text("parts", "name", "The parts that are in the set", |row| row.0.clone())
        .with(|rows| found(rows, "value", |row| &row.1))
        .table()
}

fn curves(dose: &Dose) -> Table {
    let mut rows: Vec<(&str, f64, AmountRow)> = Vec::new();
    for curve in &dose.curves {
        for (strength, effects) in dose.strengths.iter().zip(&curve.effects) {
            let all = MEASURES.iter().zip(&dose.baseline).zip(effects);
            rows.extend(all.map(|((of, baseline), amount)| {
                let found =
                    AmountRow { measure: of.name, unit: of.unit, baseline: *baseline, amount };
                (curve.policy.as_str(), *strength, found)
            }));
        }
    }
    let about =
        "Effect of a policy at part strength: policy minus baseline in the same replication";
    with_columns!(Table::of("dose", about, &rows), row =>
        text "policy", "name", "Name of the scenario" => row.0.to_owned();
        exact "strength", "share", "Share of the way from the baseline to the policy" => row.1;
        with |rows| found(rows, "mean", |row| &row.2);
        with |rows| replications(rows, &dose.setting);
    )
    .table()
}

fn runs(measured: &MeasuredRuns) -> Table {
    let mut rows: Vec<(&str, &str, usize, &[f64])> = Vec::new();
    let scenarios = measured.titles.iter().zip(measured.fingerprints).zip(measured.values);
    for ((title, fingerprint), replications) in scenarios {
        let all = replications.iter().enumerate();
        rows.extend(all.map(|(number, values)| (&**title, &**fingerprint, number, &values[..])));
    }
    let about = "Every measure of every run: all other tables and the figures can be computed again from it";
    with_columns!(Table::of(RUNS, about, &rows), run =>
        text "scenario", "text", "Title of the scenario that was run" => run.0.to_owned();
        text "input_blake3", "text", "Fingerprint of what determines its runs: model, seed, scenario" => run.1.to_owned();
        index "replication", "number", "Number of the replication, from 0" => run.2 as u32;
        with |rows| {
            let about = "Value of this measure in the replication, exactly; see the list below";
            let measures = MEASURES.iter().enumerate();
            measures.fold(rows, |rows, (number, measure)| {
                rows.exact(measure.name, measure.unit, about, |run| run.3[number])
            })
        };
    ).table()
}

/// A value as it is written exactly: nothing where there is none.
fn number(text: &str) -> Option<f64> {
    if text.is_empty() { Some(f64::NAN) } else { text.parse().ok() }
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
    let file = scenario::files::open(&path).map_err(|error| say(error.to_string()))?;
    let mut reader = csv::Reader::from_reader(file);
    let mut found: BTreeMap<(String, u32), Vec<f64>> = BTreeMap::new();
    for (line, row) in reader.records().enumerate() {
        let row = row.map_err(|error| say(error.to_string()))?;
        let replication = row.get(2).and_then(|text| text.parse().ok());
        let numbers: Option<Vec<f64>> = row.iter().skip(BEFORE).map(number).collect();
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

/// What the folder is, for `columns.md`.
const ABOUT: &str =
    "Scenarios under the same random numbers. Intervals are 95 %, Student's t over replications.";

/// All files of an attribution's folder, the manifest last; `figures` are taken as they are.
pub fn attribution_files(
    made: &Attribution,
    scenarios: &[Written],
    measured: &MeasuredRuns,
    figures: Figures,
) -> Result<Vec<File>, String> {
    let by = match made.by {
        By::Measure => "measure",
        By::Mechanism => "mechanism",
    };
    let repeat = Command::new("attribute").words(names(scenarios)).option("by", by);
    let tables = [parts(made), sets(made), runs(measured)];
    folder(
        ResultKind::Attribution,
        repeat,
        &made.setting,
        scenarios,
        (&tables, &json!(made)),
        figures,
    )
}

/// All files of the folder of dose curves, the manifest last; `figures` are taken as they are.
pub fn dose_files(
    dose: &Dose,
    scenarios: &[Written],
    measured: &MeasuredRuns,
    figures: Figures,
    shown: &[&str],
) -> Result<Vec<File>, String> {
    let strengths: Vec<String> = dose.strengths.iter().map(f64::to_string).collect();
    let repeat = Command::new("dose").words(names(scenarios));
    let repeat = repeat.option("strengths", strengths.join(","));
    let usual = shown == SHOWN;
    let repeat = if usual { repeat } else { repeat.option("measures", shown.join(",")) };
    let tables = [curves(dose), runs(measured)];
    folder(ResultKind::Dose, repeat, &dose.setting, scenarios, (&tables, &json!(dose)), figures)
}

fn names<'a>(scenarios: &'a [Written]) -> impl Iterator<Item = String> + 'a {
    scenarios.iter().map(|one| scenario_file(one.name))
}

/// All files; `repeat` is what makes them again, but for what both commands take.
fn folder(
    kind: ResultKind,
    repeat: Command,
    setting: &Setting,
    scenarios: &[Written],
    (tables, content): (&[Table], &serde_json::Value),
    figures: Figures,
) -> Result<Vec<File>, String> {
    let mut files = told(ABOUT, tables, &columns::measures())?;
    files.extend(scenarios.iter().map(Written::file));
    files.push(file(&format!("{}.json", kind.name()), pretty(content)));
    let (from, to) = setting.window;
    let repeat = repeat
        .option("seed", setting.seed)
        .option("replications", setting.replications)
        .option("window", format_args!("{from}..{to}"));
    Ok(sealed(files, figures, repeat, |repeat| {
        Manifest::of(kind, setting, repeat)
            .says("window", [from, to])
            .says("baseline", &setting.baseline)
            .says("input_blake3", Written::fingerprints(scenarios))
    }))
}

#[cfg(test)]
mod tests {
    use super::super::csv::csv;
    use super::*;
    use crate::comparison::{attribution, dose};

    #[test]
    fn every_part_has_its_rows_and_measures_are_read_back_exactly() {
        let (made, dose) = (attribution::tests::made_up(2, 3), dose::tests::made_up(2, 3));
        // Three things that each of two measures adds, interaction and effect.
        assert_eq!(parts(&made).len(), 8 * MEASURES.len());
        assert_eq!(sets(&made).len(), 4 * MEASURES.len());
        assert!(!curves(&dose).is_empty());
        let (titles, fingerprints) = (vec!["one".to_owned()], vec!["print".to_owned()]);
        let values = [vec![vec![0.1 + 0.2; MEASURES.len()]; 3]];
        let measured =
            MeasuredRuns { titles: &titles, fingerprints: &fingerprints, values: &values };
        let home = tempfile::tempdir().unwrap();
        let text = csv(&runs(&measured)).unwrap();
        std::fs::write(home.path().join("replications.csv"), text).unwrap();
        assert_eq!(read_measured(home.path(), &fingerprints, 3).unwrap(), values);
        let missing = read_measured(home.path(), &fingerprints, 4).unwrap_err();
        assert!(missing.contains("replication 3 of scenario print is missing"), "{missing}");
    }
}
