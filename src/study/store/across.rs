//! The tables of a study: levels and effects over draws of parameters, the draws, what failed.
//!
//! Deliberately absent: the runs themselves; they stand in `runs.parquet`.

use super::comparison::Table;
use super::number::{optional, plain};
use super::views::csv;
use super::{File, columns, file};
use crate::comparison::across::{Across, EffectAcross};
use crate::stats::Components;
use world::record::MEASURES;

/// Mean with interval and where its spread comes from.
const COMPONENTS: [&str; 11] = [
    "mean",
    "low",
    "high",
    "luck_sd",
    "ignorance_sd",
    "ignorance_share",
    "draws_p5",
    "draws_p25",
    "draws_p50",
    "draws_p75",
    "draws_p95",
];

fn written(components: &Components) -> Vec<String> {
    let (low, high) = components.interval.unzip();
    let mut row = vec![plain(components.mean), optional(low), optional(high)];
    row.extend(
        [components.luck, components.ignorance, components.share_of_ignorance()].map(optional),
    );
    // Quantiles over draws say something from two draws on.
    let quantiles = components.quantiles.map(|value| (components.draws > 1).then_some(value));
    row.extend(quantiles.map(optional));
    row
}

fn counts(components: &Components) -> [String; 2] {
    [components.draws.to_string(), components.runs.to_string()]
}

fn about(measure: usize) -> [String; 2] {
    [MEASURES[measure].name.to_owned(), MEASURES[measure].unit.to_owned()]
}

fn levels(across: &Across) -> Table {
    let mut rows = Vec::new();
    for line in &across.measures {
        for (arm, level) in across.asked.arms.iter().zip(&line.levels) {
            let Some(level) = level else { continue };
            let mut row = vec![arm.name.clone()];
            row.extend(about(line.measure));
            row.extend(written(level));
            row.extend(counts(level));
            rows.push(row);
        }
    }
    let mut head = vec!["arm", "measure", "unit"];
    head.extend(COMPONENTS);
    head.extend(["draws", "runs"]);
    Table {
        name: "levels",
        about: "Each measure in each arm, over draws of parameters and replications",
        head,
        rows,
    }
}

fn effects(across: &Across) -> Table {
    let mut rows = Vec::new();
    for line in &across.measures {
        for (arm, effect) in across.asked.arms.iter().zip(&line.effects) {
            let Some(effect) = effect else { continue };
            let EffectAcross { amount, percent, better } = effect;
            let mut add = |unit: &str, components: &Components| {
                let mut row = vec![arm.name.clone(), across.asked.arms[arm.baseline].name.clone()];
                row.extend([about(line.measure)[0].clone(), unit.to_owned()]);
                row.extend(written(components));
                row.push(optional(*better));
                row.extend(counts(components));
                rows.push(row);
            };
            add(MEASURES[line.measure].unit, amount);
            if let Some(percent) = percent {
                add("%", percent);
            }
        }
    }
    let mut head = vec!["arm", "baseline", "measure", "unit"];
    head.extend(COMPONENTS);
    head.extend(["draws_better", "draws", "runs"]);
    let about = "Each policy minus its baseline in the same draw and replication; a second row in percent of the mean of the same draw's baseline";
    Table { name: "effects", about, head, rows }
}

fn along(across: &Across) -> Table {
    let mut rows = Vec::new();
    for parameter in &across.along {
        for (arm, effects) in across.asked.arms.iter().zip(&parameter.effects) {
            for (value, effect) in parameter.values.iter().zip(effects) {
                rows.push(vec![
                    arm.name.clone(),
                    parameter.path.clone(),
                    plain(*value),
                    plain(*effect),
                    plain(parameter.share),
                ]);
            }
        }
    }
    let measure = across.asked.measures.first().map_or("", |measure| MEASURES[*measure].name);
    let about = if measure == "illicit_turnover" {
        "Effect on illicit turnover along each drawn parameter: means over groups of draws of like size"
    } else {
        "Effect on the first measure that is kept along each drawn parameter: means over groups of draws of like size"
    };
    let head = vec!["arm", "parameter", "value", "effect_percent", "share_between"];
    Table { name: "along_parameters", about, head, rows }
}

/// Unit and meaning of a column.
fn explain(_: &str, column: &str) -> (&'static str, &'static str) {
    const ROW: &str = "unit of the row";
    match column {
        "arm" => ("name", "World with a policy, or the world itself"),
        "baseline" => ("name", "Arm from which the effect is counted"),
        "measure" => ("name", "Name of the measure; see the list below"),
        "unit" => ("name", "Unit of the row's values"),
        "mean" => (ROW, "Mean over draws of their means over replications"),
        "low" | "high" => (
            ROW,
            "95 % interval of the mean (Student's t): over draws and luck if draws are sampled, over luck alone for a grid or list",
        ),
        "luck_sd" => (ROW, "Standard deviation of single runs of the same draw"),
        "ignorance_sd" => (
            ROW,
            "Standard deviation between draws with luck taken away (ANOVA estimate, 0 if negative)",
        ),
        "ignorance_share" => {
            ("share", "Share of the variance of single runs that comes from the draw")
        }
        "draws_p5" | "draws_p25" | "draws_p50" | "draws_p75" | "draws_p95" => (
            ROW,
            "Quantile over draws of their means over replications; with few replications it holds luck as well",
        ),
        "draws_better" => ("share", "Share of draws in which the mean effect is for the better"),
        "draws" => ("number", "Draws with a run that succeeded"),
        "runs" => ("number", "Runs that succeeded"),
        "parameter" => ("name", "Path of the drawn parameter"),
        "value" => ("unit of the parameter", "Mean of the parameter in the group of draws"),
        "effect_percent" => {
            ("%", "Mean effect in the group, in percent of the same draw's baseline")
        }
        "share_between" => (
            "share",
            "Share of the variance of draws' mean effects that lies between the groups, largest over policies (correlation ratio; some of it by chance: groups − 1 over draws − 1)",
        ),
        _ => ("", ""),
    }
}

/// What else stands in the folder of a study, for `columns.md`.
const OTHERS: &str = "# Columns of the result files\n\n\
    Runs of a study: scenarios × policies × draws of parameters × replications. A draw is one set of parameter values (what is not known), a replication \
    is luck. Money is in whole tenge (KZT) unless a column says otherwise. An empty cell means that there is no such value.\n\n\
    ## runs.parquet\n\n\
    One row for each finished run, in the order of arm, draw and replication: `arm`, `draw` and `replication` (both from 0), a column for each measure \
    (unit in the list below), `address` (fingerprint of what determines the run), `content` (of everything that came out, day by day) and `digest` (of the row).\n\n\
    ## draws.csv\n\n\
    One row for each draw: its number and the value of each drawn parameter, as `--set` takes it.\n\n\
    ## failures.csv\n\n\
    One row for each run that failed: where, why, and the command that repeats it.\n";

/// The tables that follow from the runs.
///
/// # Errors
/// If one cannot be encoded.
pub fn across_files(across: &Across) -> Result<Vec<File>, String> {
    let tables = [effects(across), levels(across), along(across)];
    let mut files = Vec::new();
    for table in &tables {
        files.push(file(
            &format!("{}.csv", table.name),
            csv(&table.head, table.rows.iter().cloned())?,
        ));
    }
    files.push(file("columns.md", columns::of_tables(OTHERS, &tables, &explain).into_bytes()));
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comparison::across::tests::made_up;

    #[test]
    fn every_column_is_explained_and_every_row_is_as_wide_as_its_head() {
        let across = made_up(2, 6, 3);
        for table in [effects(&across), levels(&across), along(&across)] {
            assert!(!table.rows.is_empty());
            for column in &table.head {
                assert!(!explain(table.name, column).1.is_empty(), "{column} is not explained");
            }
            assert!(table.rows.iter().all(|row| row.len() == table.head.len()), "{}", table.name);
        }
        // A row in the unit and one in percent for each of two policies.
        assert_eq!(effects(&across).rows.len(), 4 * MEASURES.len());
        assert_eq!(levels(&across).rows.len(), 3 * MEASURES.len());
    }
}
