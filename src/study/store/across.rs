//! The tables of a study: levels and effects over draws of parameters, the draws, what failed.
//!
//! Deliberately absent: the runs themselves; they stand in `runs.parquet`.

use super::table::{Table, TableRows, UNIT_OF_ROW, with_columns};
use super::{File, columns, draws, file, study, table_files};
use crate::comparison::across::{Across, EffectAcross};
use crate::stats::Components;
use model::{MEASURES, Measure};

/// An arm with what was found of it on a measure.
struct ComponentsRow<'a> {
    arm: &'a str,
    baseline: &'a str,
    measure: &'static str,
    unit: &'static str,
    found: &'a Components,
    better: Option<f64>,
}

/// Adds mean with interval, and where its spread comes from.
fn components<'a, R>(
    rows: TableRows<'a, R>,
    of: impl Fn(&'a R) -> &'a Components,
) -> TableRows<'a, R> {
    let of = &of;
    with_columns!(rows, row =>
        number "mean", UNIT_OF_ROW, "Mean over draws of their means over replications" => of(row).mean;
        interval ["low", "high"], UNIT_OF_ROW, "95 % interval of the mean (Student's t): over draws and chance if draws are sampled, over chance alone for a grid or list"
            => of(row).interval;
        number "luck_sd", UNIT_OF_ROW, "Standard deviation of single runs of the same draw" => of(row).luck;
        number "ignorance_sd", UNIT_OF_ROW, "Standard deviation between draws with chance taken away (ANOVA estimate, 0 if negative)"
            => of(row).ignorance;
        number "ignorance_share", "share", "Share of the variance of single runs that comes from the draw" => of(row).share_of_ignorance();
        // They say something from two draws on.
        numbers ["draws_p5", "draws_p25", "draws_p50", "draws_p75", "draws_p95"], UNIT_OF_ROW, "Quantile over draws of their means over replications; with few replications it holds chance as well"
            => of(row).quantiles.map(|value| (of(row).draws > 1).then_some(value));
    )
}

/// Adds how many draws and runs there are.
fn counts<'a, R>(rows: TableRows<'a, R>, of: impl Fn(&'a R) -> &'a Components) -> TableRows<'a, R> {
    with_columns!(rows, row =>
        whole "draws", "number", "Draws with a run that succeeded" => of(row).draws;
        whole "runs", "number", "Runs that succeeded" => of(row).runs;
    )
}

const ARM: &str = "World with a policy, or the world itself";
const MEASURE: &str = "Name of the measure; see the list below";
const UNIT: &str = "Unit of the row's values";

fn levels(across: &Across) -> Table {
    let mut rows = Vec::new();
    for line in &across.measures {
        let Measure { name: measure, unit, .. } = MEASURES[line.measure];
        for (arm, found) in across.asked.arms.iter().zip(&line.levels) {
            let Some(found) = found else { continue };
            rows.push(ComponentsRow {
                arm: &arm.name,
                baseline: "",
                measure,
                unit,
                found,
                better: None,
            });
        }
    }
    let about = "Each measure in each arm, over draws of parameters and replications";
    with_columns!(Table::of("levels", about, &rows), row =>
        text "arm", "name", ARM => row.arm.to_owned();
        text "measure", "name", MEASURE => row.measure;
        text "unit", "name", UNIT => row.unit;
        with |rows| components(rows, |row| row.found);
        with |rows| counts(rows, |row| row.found);
    )
    .table()
}

fn effects(across: &Across) -> Table {
    let mut rows = Vec::new();
    for line in &across.measures {
        let Measure { name: measure, unit, .. } = MEASURES[line.measure];
        for (arm, effect) in across.asked.arms.iter().zip(&line.effects) {
            let Some(EffectAcross { amount, percent, better }) = effect else { continue };
            let baseline = &across.asked.arms[arm.baseline].name;
            let arm = &arm.name;
            let row = |unit, found| ComponentsRow {
                arm,
                baseline,
                measure,
                unit,
                found,
                better: *better,
            };
            rows.push(row(unit, amount));
            rows.extend(percent.as_ref().map(|percent| row("%", percent)));
        }
    }
    let about = "Each policy minus its baseline in the same draw and replication; a second row in percent of the mean of the same draw's baseline";
    with_columns!(Table::of("effects", about, &rows), row =>
        text "arm", "name", ARM => row.arm.to_owned();
        text "baseline", "name", "Arm from which the effect is counted" => row.baseline.to_owned();
        text "measure", "name", MEASURE => row.measure;
        text "unit", "name", UNIT => row.unit;
        with |rows| components(rows, |row| row.found);
        number "draws_better", "share", "Share of draws in which the mean effect is for the better" => row.better;
        with |rows| counts(rows, |row| row.found);
    ).table()
}

fn along(across: &Across) -> Table {
    let mut rows = Vec::new();
    for parameter in &across.along {
        for (arm, effects) in across.asked.arms.iter().zip(&parameter.effects) {
            let groups = parameter.values.iter().zip(effects);
            rows.extend(groups.map(|(value, effect)| (arm, parameter, *value, *effect)));
        }
    }
    let measure = across.asked.measures.first().map_or("", |measure| MEASURES[*measure].name);
    let about = if measure == "unlicensed_turnover" {
        "Effect on exchange without a licence along each drawn parameter: means over groups of draws of like size"
    } else {
        "Effect on the first measure that is kept along each drawn parameter: means over groups of draws of like size"
    };
    with_columns!(Table::of("along_parameters", about, &rows), row =>
        text "arm", "name", ARM => row.0.name.clone();
        text "parameter", "name", "Path of the drawn parameter" => row.1.path.clone();
        number "value", "unit of the parameter", "Mean of the parameter in the group of draws" => row.2;
        number "effect_percent", "%", "Mean effect in the group, in percent of the same draw's baseline" => row.3;
        number "share_between", "share", "Share of the variance of draws' mean effects that lies between the groups, largest over policies (correlation ratio; some of it by chance: groups − 1 over draws − 1)"
            => row.1.share;
    ).table()
}

/// What the folder is, for `columns.md`.
const ABOUT: &str = "Runs of a study: scenarios × policies × draws of parameters × replications. A draw is one set of parameter values (what is not known), a replication \
    other random numbers.";

/// The tables that follow from the runs.
pub fn across_files(across: &Across) -> Result<Vec<File>, String> {
    let mut tables = vec![effects(across), levels(across), along(across)];
    let mut files = table_files(&tables)?;
    // These are written row by row.
    let asked = &across.asked;
    let drawn: Vec<&str> = asked.parameters.iter().map(|(path, _)| path.as_str()).collect();
    let kept: Vec<String> =
        asked.measures.iter().map(|measure| MEASURES[*measure].name.to_owned()).collect();
    tables.extend([
        study::runs(&kept, false, &[]),
        draws::of_draws(&drawn, &[]),
        study::failures_without_rows(),
    ]);
    let about = columns::markdown(ABOUT, &tables) + &columns::measures();
    files.push(file("columns.md", about));
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comparison::across::tests::made_up;

    #[test]
    fn a_policy_has_a_row_in_the_unit_and_one_in_percent() {
        let across = made_up(2, 6, 3);
        assert_eq!(effects(&across).len(), 4 * MEASURES.len());
        assert_eq!(levels(&across).len(), 3 * MEASURES.len());
        assert!(!along(&across).is_empty());
    }
}
