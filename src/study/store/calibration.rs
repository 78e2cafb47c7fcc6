//! The folder of a calibration: the posterior sample, how it meets what was published, what is known of each parameter, waves, recovery.
//!
//! Deliberately absent: the runs of the waves; each wave is a study of its own beside these files.

use std::path::Path;

use serde_json::{Value, json};

use super::command::Command;
use super::manifest::{Manifest, ResultKind};
use super::table::{Table, with_columns};
use super::{Figures, stages, told};
use crate::comparison::calibration::{
    CalibratedParameter, Calibration, CalibrationTarget, Identified, Learnt, RecoveredParameter,
};
use scenario::Study;

/// Sets of parameters: a column for each parameter, and the weight of each row.
pub(super) fn posterior(
    name: &'static str,
    parameters: &[String],
    rows: &[Vec<String>],
    weights: &[f64],
) -> Table {
    const PARAMETER: &str = "unit of the parameter";
    let about = "One row for each set of parameters; `crackdown run` and `crackdown compare` take it with `--draws`, a study with \
                 `draws: Posterior(file: \"posterior.parquet\", number: 200)`";
    let weighted: Vec<(&Vec<String>, f64)> = rows.iter().zip(weights.iter().copied()).collect();
    let table = Table::of(name, about, &weighted).ending("parquet");
    let table = parameters.iter().enumerate().fold(table, |table, (place, path)| {
        let number = |row: &Vec<String>| row[place].parse::<f64>().ok();
        if rows.iter().all(|row| number(row).is_some()) {
            table.exact(path.clone(), PARAMETER, "Value of this parameter", |row| {
                number(row.0).unwrap_or(f64::NAN)
            })
        } else {
            table.text(path.clone(), "name", "Choice of this parameter", |row| row.0[place].clone())
        }
    });
    let equal = weights.windows(2).all(|pair| pair[0] == pair[1]);
    let about = if equal {
        "Weight of the row: the same for all"
    } else {
        "Weight of the row: how likely it is"
    };
    table.exact("weight", "share", about, |row| row.1).table()
}

/// The posterior sample.
fn sample(calibration: &Calibration) -> Table {
    let parameters: Vec<String> =
        calibration.parameters.iter().map(|parameter| parameter.path.clone()).collect();
    let rows = &calibration.values;
    posterior("posterior", &parameters, rows, &vec![1.0 / rows.len() as f64; rows.len()])
}

fn fit(calibration: &Calibration) -> Table {
    const UNIT: &str = "unit of the figure";
    const RANGE: &str = "range within which the truth lies in nine cases of ten, as far as the source can be believed";
    with_columns!(Table::of("fit", "Published figures beside the model at posterior parameters", &calibration.fits), fit =>
        text "figure", "name", "Figure of the agency's view and year" => fit.target.name.clone();
        text "unit", "text", "Unit of the figure" => fit.target.unit;
        number "published", UNIT, "What was published" => fit.target.value;
        interval ["low", "high"], UNIT, RANGE => Some(fit.target.tolerance);
        numbers ["draws_p5", "draws_p50", "draws_p95"], UNIT, "Quantile over sets of parameters of their expected values, chance taken off"
            => fit.draws;
        numbers ["runs_p5", "runs_p50", "runs_p95"], UNIT, "Quantile over single runs: parameters and chance" => fit.runs;
        number "share_inside", "share", "Share of sets of parameters whose expected value lies between low and high" => fit.share_inside;
        number "runs_inside", "share", "Share of single runs between low and high" => fit.runs_inside;
        truth "inside", YES_OR_NO, "Whether at least 0.9 of the sets are inside" => fit.inside();
        truth "plausible_figure", YES_OR_NO, "Whether the 90 % interval of single runs, chance included, meets what was published"
            => fit.plausible();
        text "source", "text", "Where the figure stands" => fit.target.source.clone();
    ).table()
}

const YES_OR_NO: &str = "yes or no";
const PARAMETER: &str = "Path of the parameter";
const IDENTIFIED: &str = "yes: more than half of the range's variance is gone; partly: more than a fifth; no: the figures say hardly anything of it";

fn parameters(calibration: &Calibration) -> Table {
    let about = "What the figures say of each parameter, the best known first";
    with_columns!(Table::of("parameters", about, &calibration.by_contraction()), parameter =>
        text "parameter", "name", PARAMETER => parameter.path.clone();
        text "status", "word", "measured, estimated or assumption" => parameter.status;
        text "range", "text", "What it was drawn from: all values as likely" => parameter.range.clone();
        text "identified", "word", IDENTIFIED => parameter.marginal.identified().key();
        text "told_by", "text", "Targets that say something of it, the most first, each with the standard deviations of its error by which the model's value \
             differs over the parameter's range; empty where none says as much as one"
            => told_by(parameter);
        number "contraction", "share", "1 minus posterior variance over variance of the range; 0 and a little below by chance"
            => parameter.marginal.contraction;
        with |rows| {
            let quantiles = ["p5", "p25", "p50", "p75", "p95"].into_iter().enumerate();
            quantiles.fold(rows, |rows, (at, name)| {
                rows.text(name, "unit of the parameter", "Quantile of the posterior", |parameter| {
                    parameter.values[at].clone()
                })
            })
        };
    ).table()
}

/// The targets that say most of a parameter, in words.
fn told_by(parameter: &CalibratedParameter) -> Option<String> {
    let targets = parameter.told_by.iter().take(4);
    let words: Vec<String> = targets.map(|(name, size)| format!("{name} ({size:.1})")).collect();
    Some(words.join("; ")).filter(|words| !words.is_empty())
}

fn waves(calibration: &Calibration) -> Table {
    let mut rows: Vec<(usize, &Learnt, &CalibrationTarget, Option<f64>)> = Vec::new();
    for (number, wave) in calibration.waves.iter().enumerate() {
        let targets = calibration.targets.iter().zip(&wave.explained);
        rows.extend(targets.map(|(target, explained)| (number + 1, wave, target, *explained)));
    }
    with_columns!(Table::of("waves", "What each wave of runs showed", &rows), row =>
        whole "wave", "number", "Number of the wave" => row.0;
        whole "runs", "number", "Runs of which the surfaces were made: those of this wave and earlier ones that are not ruled out" => row.1.runs;
        number "plausible", "share", "Share of all ranges together that is not ruled out after the wave" => row.1.plausible;
        text "figure", "name", "Figure of the agency's view and year" => row.2.name.clone();
        number "explained", "share", "Share of the variance between runs that the surface predicts of runs that it has not seen (Q²); the rest is chance and what the surface cannot follow"
            => row.3;
    ).table()
}

fn recovery(calibration: &Calibration) -> Table {
    let mut rows: Vec<(usize, &CalibratedParameter, &RecoveredParameter)> = Vec::new();
    let repetitions = calibration.recovery.iter().flat_map(|recovery| &recovery.repetitions);
    for (number, repetition) in repetitions.enumerate() {
        let parameters = calibration.parameters.iter().zip(repetition);
        rows.extend(parameters.map(|(parameter, found)| (number + 1, parameter, found)));
    }
    const RANGE: &str = "share of the range";
    let about = "Calibrations to data that the model made with known parameters; coordinates are shares of the way from the lower to the upper end of the range";
    with_columns!(Table::of("recovery", about, &rows), row =>
        whole "repetition", "number", "Number of the calibration to made-up data" => row.0;
        text "parameter", "name", PARAMETER => row.1.path.clone();
        number "truth", RANGE, "Where in its range the parameter was that made the data" => row.2.truth;
        numbers ["p5", "p50", "p95"], RANGE, "Quantile of the posterior" => [0, 2, 4].map(|at| row.2.marginal.quantiles[at]);
        text "identified", "word", IDENTIFIED => row.2.marginal.identified().key();
        truth "inside", YES_OR_NO, "Whether the truth lies between p5 and p95" => row.2.marginal.holds(row.2.truth);
    ).table()
}

/// What the folder is, for `columns.md`.
const ABOUT: &str = "A calibration: parameters that agree with what was published.";

/// What else stands in the folder.
const OTHERS: &str = "\n## wave_1/, wave_2/, …, check/, recovery/\n\n\
    The runs, each folder a study with its `study.ron`, `points.csv` and `runs.parquet`; `crackdown sweep FOLDER/study.ron --out FOLDER` makes them again, with `--shard K/M` on several machines.\n";

/// Writes the folder's files, the manifest last; figures are taken as they are, `repeat` is the command that makes it again.
pub fn write_calibration(
    folder: &Path,
    study: &Study,
    calibration: &Calibration,
    figures: Figures,
    inputs: Vec<super::File>,
    repeat: Command,
) -> Result<(), String> {
    let mut tables =
        vec![sample(calibration), fit(calibration), parameters(calibration), waves(calibration)];
    if calibration.recovery.is_some() {
        tables.push(recovery(calibration));
    }
    let mut files = told(ABOUT, &tables, OTHERS)?;
    let repeat = repeat.figures(figures.is_some());
    files.extend(figures.into_iter().flatten().chain(inputs));
    stages::write(folder, &study.portable(), files, manifest(calibration, repeat))
}

fn manifest(calibration: &Calibration, repeat: Command) -> Manifest {
    let recovery = calibration.recovery.as_ref().map(|recovery| {
        let share = |least| {
            let (found, of) = recovery.found(least);
            json!({ "inside": found, "of": of })
        };
        json!({
            "repetitions": recovery.repetitions.len(), "waves": recovery.waves,
            "all": share(Identified::No), "identified": share(Identified::Partly),
        })
    });
    let wave = |wave: &Learnt| json!({ "runs": wave.runs, "plausible": wave.plausible });
    let waves: Vec<Value> = calibration.waves.iter().map(wave).collect();
    Manifest::new(ResultKind::Calibration, calibration.seed, calibration.replications, repeat)
        .title(&calibration.title)
        .says("study", &calibration.name)
        .says("people_per_agent", calibration.people_per_agent)
        .says("waves", waves)
        .says("posterior", calibration.points.len())
        .says("checked", calibration.checked)
        .says("disagreement", calibration.disagreement)
        .says("recovery", recovery)
}

#[cfg(test)]
mod tests {
    use super::super::table_file;
    use super::*;
    use crate::comparison::calibration::tests::made_up;

    #[test]
    fn every_table_has_rows_and_the_posterior_can_be_read_again() {
        let calibration = made_up();
        for table in [
            fit(&calibration),
            parameters(&calibration),
            waves(&calibration),
            recovery(&calibration),
        ] {
            assert!(!table.is_empty(), "{}", table.name);
        }
        let home = tempfile::tempdir().unwrap();
        let bytes = table_file(&sample(&calibration)).unwrap().bytes;
        std::fs::write(home.path().join("posterior.parquet"), bytes).unwrap();
        let table = crate::store::read_table(&home.path().join("posterior.parquet")).unwrap();
        assert_eq!(table.rows, calibration.values.len());
        assert_eq!(table.columns.len(), calibration.parameters.len() + 1);
        assert_eq!(table.columns[0].name, calibration.parameters[0].path);
    }
}
