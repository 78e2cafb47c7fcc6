//! The folder of a calibration: the posterior sample, how it meets what was published, what is known of each parameter, waves, recovery.
//!
//! Deliberately absent: the runs of the waves; each wave is a study of its own beside these files.

use std::path::Path;
use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use serde_json::{Value, json};

use super::comparison::Table;
use super::number::{optional, plain, yes};
use super::study::put_files;
use super::views::csv;
use super::{File, columns, file, stages};
use crate::comparison::calibration::{Calibration, Identified};
use model::MODEL_VERSION;
use scenario::Study;

/// The posterior sample: a column for each parameter, and the weight of each row.
fn posterior(calibration: &Calibration) -> Result<Vec<u8>, String> {
    let mut fields = Vec::new();
    let mut columns: Vec<ArrayRef> = Vec::new();
    for (place, parameter) in calibration.parameters.iter().enumerate() {
        let texts: Vec<&str> = calibration.values.iter().map(|row| row[place].as_str()).collect();
        let numbers: Option<Vec<f64>> = texts.iter().map(|text| text.parse().ok()).collect();
        let (kind, column): (DataType, ArrayRef) = match numbers {
            Some(numbers) => (DataType::Float64, Arc::new(Float64Array::from(numbers))),
            None => (DataType::Utf8, Arc::new(StringArray::from(texts))),
        };
        fields.push(Field::new(&parameter.path, kind, false));
        columns.push(column);
    }
    let number = calibration.values.len();
    fields.push(Field::new("weight", DataType::Float64, false));
    columns.push(Arc::new(Float64Array::from(vec![1.0 / number as f64; number])));
    let text = |error: &dyn std::fmt::Display| error.to_string();
    let schema = Arc::new(Schema::new(fields));
    let batch = RecordBatch::try_new(schema.clone(), columns).map_err(|error| text(&error))?;
    let level = ZstdLevel::try_new(3).map_err(|error| text(&error))?;
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(level))
        .set_created_by(format!("crackdown {}", env!("CARGO_PKG_VERSION")))
        .build();
    let mut bytes = Vec::new();
    let mut writer =
        ArrowWriter::try_new(&mut bytes, schema, Some(properties)).map_err(|error| text(&error))?;
    writer.write(&batch).map_err(|error| text(&error))?;
    writer.close().map_err(|error| text(&error))?;
    Ok(bytes)
}

fn fit(calibration: &Calibration) -> Table {
    let row = |fit: &crate::comparison::calibration::Fit| {
        let mut row = vec![fit.target.name.clone(), fit.target.unit.to_owned()];
        let (low, high) = fit.target.tolerance;
        row.extend([fit.target.value, low, high].map(plain));
        row.extend(fit.draws.map(plain));
        row.extend(fit.runs.map(plain));
        row.extend([
            plain(fit.share_inside),
            plain(fit.runs_inside),
            yes(fit.inside()),
            yes(fit.plausible()),
        ]);
        row.push(fit.target.source.clone());
        row
    };
    Table {
        name: "fit",
        about: "Published figures beside the model at posterior parameters",
        head: vec![
            "figure",
            "unit",
            "published",
            "low",
            "high",
            "draws_p5",
            "draws_p50",
            "draws_p95",
            "runs_p5",
            "runs_p50",
            "runs_p95",
            "share_inside",
            "runs_inside",
            "inside",
            "plausible_figure",
            "source",
        ],
        rows: calibration.fits.iter().map(row).collect(),
    }
}

fn parameters(calibration: &Calibration) -> Table {
    let row = |parameter: &&crate::comparison::calibration::Parameter| {
        let mut row = vec![
            parameter.path.clone(),
            parameter.status.to_owned(),
            parameter.range.clone(),
            parameter.marginal.identified().key().to_owned(),
            plain(parameter.marginal.contraction),
        ];
        row.extend(parameter.values.clone());
        row
    };
    Table {
        name: "parameters",
        about: "What the figures say of each parameter, the best known first",
        head: vec![
            "parameter",
            "status",
            "range",
            "identified",
            "contraction",
            "p5",
            "p25",
            "p50",
            "p75",
            "p95",
        ],
        rows: calibration.by_contraction().iter().map(row).collect(),
    }
}

fn waves(calibration: &Calibration) -> Table {
    let mut rows = Vec::new();
    for (number, wave) in calibration.waves.iter().enumerate() {
        for (target, explained) in calibration.targets.iter().zip(&wave.explained) {
            rows.push(vec![
                (number + 1).to_string(),
                wave.runs.to_string(),
                plain(wave.plausible),
                target.name.clone(),
                optional(*explained),
            ]);
        }
    }
    Table {
        name: "waves",
        about: "What each wave of runs showed",
        head: vec!["wave", "runs", "plausible", "figure", "explained"],
        rows,
    }
}

fn recovery(calibration: &Calibration) -> Table {
    let mut rows = Vec::new();
    let repetitions = calibration.recovery.iter().flat_map(|recovery| &recovery.repetitions);
    for (number, repetition) in repetitions.enumerate() {
        for (parameter, found) in calibration.parameters.iter().zip(repetition) {
            rows.push(vec![
                (number + 1).to_string(),
                parameter.path.clone(),
                plain(found.truth),
                plain(found.marginal.quantiles[0]),
                plain(found.marginal.quantiles[2]),
                plain(found.marginal.quantiles[4]),
                found.marginal.identified().key().to_owned(),
                yes(found.marginal.holds(found.truth)),
            ]);
        }
    }
    Table {
        name: "recovery",
        about: "Calibrations to data that the model made with known parameters; coordinates are shares of the way from the lower to the upper end of the range",
        head: vec!["repetition", "parameter", "truth", "p5", "p50", "p95", "identified", "inside"],
        rows,
    }
}

fn explain(_table: &str, column: &str) -> (&'static str, &'static str) {
    match column {
        "figure" => ("name", "Figure of the agency's view and year"),
        "unit" => ("text", "Unit of the figure"),
        "published" => ("unit of the figure", "What was published"),
        "low" | "high" => (
            "unit of the figure",
            "Within these the truth lies in nine cases of ten, as far as the source can be believed",
        ),
        "draws_p5" | "draws_p50" | "draws_p95" => (
            "unit of the figure",
            "Quantile over sets of parameters of their expected values, luck taken off",
        ),
        "runs_p5" | "runs_p50" | "runs_p95" => {
            ("unit of the figure", "Quantile over single runs: parameters and luck")
        }
        "share_inside" => {
            ("share", "Share of sets of parameters whose expected value lies between low and high")
        }
        "runs_inside" => ("share", "Share of single runs between low and high"),
        "inside" => (
            "yes or no",
            "fit.csv: whether at least 0.9 of the sets are inside; recovery.csv: whether the truth lies between p5 and p95",
        ),
        "plausible_figure" => (
            "yes or no",
            "Whether the 90 % interval of single runs, luck included, meets what was published",
        ),
        "source" => ("text", "Where the figure stands"),
        "parameter" => ("name", "Path of the parameter"),
        "status" => ("word", "measured, estimated or assumption"),
        "range" => ("text", "What it was drawn from: all values as likely"),
        "identified" => (
            "word",
            "yes: more than half of the range's variance is gone; partly: more than a fifth; no: the figures say hardly anything of it",
        ),
        "contraction" => (
            "share",
            "1 minus posterior variance over variance of the range; 0 and a little below by chance",
        ),
        "p5" | "p25" | "p50" | "p75" | "p95" => {
            ("unit of the parameter; recovery.csv: share of the range", "Quantile of the posterior")
        }
        "wave" => ("number", "Number of the wave"),
        "runs" => (
            "number",
            "Runs of which the surfaces were made: those of this wave and earlier ones that are not ruled out",
        ),
        "plausible" => {
            ("share", "Share of all ranges together that is not ruled out after the wave")
        }
        "explained" => (
            "share",
            "Share of the variance between runs that the surface predicts of runs that it has not seen (Q²); the rest is luck and what the surface cannot follow",
        ),
        "repetition" => ("number", "Number of the calibration to made-up data"),
        "truth" => {
            ("share of the range", "Where in its range the parameter was that made the data")
        }
        _ => ("", ""),
    }
}

/// What else stands in the folder.
const OTHERS: &str = "# Columns of the result files\n\n\
    ## posterior.parquet\n\n\
    One row for each set of parameters: a column for each, named by its path, and `weight`, which is the same for all. `crackdown run` and `crackdown compare` take it \
    with `--draws`, a study with `draws: Posterior(file: \"posterior.parquet\", number: 200)`.\n\n\
    ## wave_1/, wave_2/, …, check/, recovery/\n\n\
    The runs, each folder a study with its `study.ron`, `points.csv` and `runs.parquet`; `crackdown sweep FOLDER/study.ron --out FOLDER` makes them again, with `--shard K/M` on several machines.\n";

/// Writes the folder's files, the manifest last; figures are taken as they are, `options` is what the command needs to be repeated.
///
/// # Errors
/// If a table cannot be encoded, or the disk refuses.
pub fn write_calibration(
    folder: &Path,
    study: &Study,
    calibration: &Calibration,
    figures: Vec<File>,
    options: &str,
) -> Result<(), String> {
    let mut tables = vec![fit(calibration), parameters(calibration), waves(calibration)];
    if calibration.recovery.is_some() {
        tables.push(recovery(calibration));
    }
    let mut files = stages::portable_files(&study.portable());
    files.push(file("posterior.parquet", posterior(calibration)?));
    for table in &tables {
        let bytes = csv(&table.head, table.rows.iter().cloned())?;
        files.push(file(&format!("{}.csv", table.name), bytes));
    }
    let about = columns::of_tables(OTHERS, &tables, &explain);
    files.push(file("columns.md", about.into_bytes()));
    files.extend(figures);
    put_files(folder, &files)?;
    let listed = stages::listed(folder, &files)?;
    put_files(folder, &[file("manifest.json", manifest(calibration, options, &listed))])
}

fn manifest(calibration: &Calibration, options: &str, files: &Value) -> Vec<u8> {
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
    let manifest = json!({
        "program": "crackdown",
        "kind": "calibration",
        "version": env!("CARGO_PKG_VERSION"),
        "model_version": MODEL_VERSION,
        "study": calibration.name,
        "title": calibration.title,
        "seed": calibration.seed,
        "people_per_agent": calibration.people_per_agent,
        "waves": calibration.waves.iter().map(|wave| json!({ "runs": wave.runs, "plausible": wave.plausible })).collect::<Vec<_>>(),
        "posterior": calibration.points.len(),
        "checked": calibration.checked,
        "replications": calibration.replications,
        "disagreement": calibration.disagreement,
        "recovery": recovery,
        "repeat": format!("crackdown calibrate study.ron {options} --out repeated"),
        "files": files,
    });
    (serde_json::to_string_pretty(&manifest).expect("plain values") + "\n").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comparison::calibration::tests::made_up;

    #[test]
    fn every_column_is_explained_and_the_posterior_can_be_read_again() {
        let calibration = made_up();
        for table in [
            fit(&calibration),
            parameters(&calibration),
            waves(&calibration),
            recovery(&calibration),
        ] {
            assert!(!table.rows.is_empty(), "{}", table.name);
            for column in &table.head {
                assert!(!explain(table.name, column).1.is_empty(), "{column} is not explained");
            }
            assert!(table.rows.iter().all(|row| row.len() == table.head.len()), "{}", table.name);
        }
        let home = tempfile::tempdir().unwrap();
        std::fs::write(home.path().join("posterior.parquet"), posterior(&calibration).unwrap())
            .unwrap();
        let table = crate::store::read_table(&home.path().join("posterior.parquet")).unwrap();
        assert_eq!(table.rows, calibration.values.len());
        assert_eq!(table.columns.len(), calibration.parameters.len() + 1);
        assert_eq!(table.columns[0].0, calibration.parameters[0].path);
    }
}
