//! The folders of a forecast and of an update: fans, scores, weighted draws, manifest.

use super::calibration::posterior;
use super::command::Command;
use super::manifest::{Manifest, ResultKind};
use super::table::{Table, TableRows, UNIT_OF_ROW, with_columns};
use super::{Figures, File, Written, sealed, told};
use crate::comparison::forecast::{
    Backtest, Fan, LARGEST_MEANING, Period, PosteriorShift, Score, quantities,
};
use crate::comparison::{ComparisonDraws, Setting};
use crate::stats::Weights;

/// A forecast with everything that its folder shows.
#[derive(Clone, Debug)]
pub struct Forecast {
    /// How it was got.
    pub setting: Setting,
    /// Name and title of each scenario, the status quo first.
    pub arms: Vec<(String, String)>,
    /// Draws of parameters; `None` if chance alone is in the bands.
    pub draws: Option<ComparisonDraws>,
    /// Years, then quarters.
    pub periods: Vec<Period>,
    /// All fans.
    pub fans: Vec<Fan>,
    /// Figures of past years predicted from those before them.
    pub backtests: Vec<Backtest>,
    /// Runs that the backtest weighed.
    pub backtest_runs: u32,
    /// Last dated value of the world, where much lies after it.
    pub frozen_since: Option<jiff::civil::Date>,
}

/// What new figures say.
#[derive(Clone, Debug)]
pub struct Update {
    /// How it was got.
    pub setting: Setting,
    /// Draws of parameters that were weighed.
    pub draws: ComparisonDraws,
    /// Weights of runs.
    pub weights: Weights,
    /// Weight of each draw.
    pub draw_weights: Vec<f64>,
    /// Effective number of draws.
    pub effective: f64,
    /// Names of the figures that were used.
    pub figures: Vec<String>,
    /// What moved, the furthest first: parameters, then figures of years.
    pub moved: Vec<PosteriorShift>,
}

const NAMES: [&str; 5] = ["p05", "p25", "p50", "p75", "p95"];

/// Adds a column for each quantile of a fan.
fn fan<'a, R>(
    rows: TableRows<'a, R>,
    before: &str,
    meaning: &str,
    of: impl Fn(&'a R) -> [f64; 5],
) -> TableRows<'a, R> {
    let of = &of;
    NAMES.iter().enumerate().fold(rows, |rows, (at, name)| {
        rows.number(
            format!("{before}{name}"),
            UNIT_OF_ROW,
            format!("{meaning}: {} % quantile over runs", &name[1..].trim_start_matches('0')),
            move |row| of(row)[at],
        )
    })
}

/// `forecast.csv`.
fn fans(forecast: &Forecast) -> Table {
    let names = quantities();
    let period = |fan: &Fan| &forecast.periods[fan.period];
    let held = match forecast.draws {
        Some(_) => "Chance and unknown parameters",
        None => "Chance only",
    };
    let about = "The agency's figures by year and quarter, the status quo first";
    with_columns!(Table::of("forecast", about, &forecast.fans), row =>
        text "arm", "name", "Scenario" => forecast.arms[row.arm].0.clone();
        text "quantity", "name", format!("What the agency sees; the meanings are those of agency_view.csv; largest_case_share: {LARGEST_MEANING}")
            => names[row.quantity].0;
        text "period", "name", "Calendar year, or year and quarter" => period(row).name.clone();
        text "kind_of_period", "word", "year or quarter" => period(row).kind;
        with |rows| fan(rows, "", held, |row| row.quantiles);
        text "unit", "text", "Unit of the row's quantiles" => names[row.quantity].1;
        number "runs_with_value", "share", "Share of runs that have a value" => row.share;
    ).table()
}

/// `backtest.csv`.
fn backtest(forecast: &Forecast) -> Table {
    let rows: Vec<(&Backtest, &Score)> = forecast
        .backtests
        .iter()
        .flat_map(|test| test.scores.iter().map(move |score| (test, score)))
        .collect();
    const SCORE: &str = "logarithm";
    const YES_OR_NO: &str = "yes or no";
    let about = "Published figures, each predicted from those that end before its year";
    with_columns!(Table::of("backtest", about, &rows), row =>
        whole "year", "year", "Year that was predicted" => row.0.year;
        whole "figures_before", "number", "Published figures that end before it" => row.0.fitted as i64;
        number "effective_runs", "number", "Effective number of runs that carry the prediction (Kong, Liu & Wong 1994)" => row.0.weights.effective;
        number "effective_runs_untempered", "number", "The same if the figures before counted in full" => row.0.weights.untempered;
        number "power", "1", "Power to which the likelihood of the figures before was taken so that enough runs carry the prediction"
            => row.0.weights.power;
        text "figure", "name", "Quantity and days" => row.1.known.target.name.clone();
        text "unit", "text", "Unit of the row's values" => row.1.known.target.unit;
        number "published", UNIT_OF_ROW, "What was published" => row.1.known.target.value;
        with |rows| fan(rows, "", "Prediction", |row| row.1.quantiles);
        truth "inside_50", YES_OR_NO, "Whether the figure lies between p25 and p75" => row.1.inside(1);
        truth "inside_90", YES_OR_NO, "Whether the figure lies between p05 and p95" => row.1.inside(0);
        truth "meets_90", YES_OR_NO, "Whether p05 to p95 meets the range within which the truth lies in nine cases of ten, as far as the source can be believed"
            => row.1.meets();
        number "crps", SCORE, "Score of the prediction on the logarithm of the figure, near the relative error; 0 is best (Gneiting & Raftery 2007)"
            => row.1.model;
        number "crps_unfitted", SCORE, "The same of the runs before any figure is known" => row.1.unfitted;
        number "crps_last_year", SCORE, "The same of the figure of the year before; empty if none was published" => row.1.last_year;
        number "crps_straight_line", SCORE, "The same of a straight line through the two years before; empty if they were not published"
            => row.1.line;
        text "source", "text", "Where the figure stands" => row.1.known.target.source.clone();
    ).table()
}

/// `moved.csv`.
fn moved(update: &Update) -> Table {
    let about = "What the new figures moved: parameters, and the agency's figures of years";
    with_columns!(Table::of("moved", about, &update.moved), row =>
        text "what", "name", "Path of the parameter, or quantity and year" => row.what.clone();
        text "unit", "text", "Unit of the row's quantiles" => row.unit;
        number "shift", "standard deviations", "By how many standard deviations of before the mean moved" => row.shift;
        with |rows| fan(rows, "before_", "Before", |row| row.before);
        with |rows| fan(rows, "after_", "After", |row| row.after);
    ).table()
}

/// All files; `draws` are those of the runs, `copies` files from elsewhere, `says` is what only this kind of folder says.
fn folder(
    (kind, repeat): (ResultKind, Command),
    setting: &Setting,
    scenarios: &[Written],
    draws: Option<&ComparisonDraws>,
    (about, tables): (&str, &[Table]),
    (copies, figures): (Vec<File>, Figures),
    says: Vec<(&str, serde_json::Value)>,
) -> Result<Vec<File>, String> {
    let mut files = told(about, tables, "")?;
    files.extend(scenarios.iter().map(Written::file).chain(copies));
    let repeat = repeat
        .option("seed", setting.seed)
        .option("replications", setting.replications)
        .draws(draws);
    let policies: Vec<&str> = scenarios.iter().skip(1).map(|one| one.name).collect();
    Ok(sealed(files, figures, repeat, |repeat| {
        let manifest = Manifest::of(kind, setting, repeat)
            .title(&setting.baseline_title)
            .says("baseline", &setting.baseline)
            .says("policies", policies)
            .says("input_blake3", Written::fingerprints(scenarios))
            .draws(draws);
        says.into_iter().fold(manifest, |manifest, (name, value)| manifest.says(name, value))
    }))
}

/// All files of the folder of a forecast; `repeat` are the words that only a forecast has, `copies` files from elsewhere.
pub fn forecast_files(
    forecast: &Forecast,
    scenarios: &[Written],
    repeat: Command,
    copies: Vec<File>,
    figures: Figures,
) -> Result<Vec<File>, String> {
    let mut tables = vec![fans(forecast)];
    if !forecast.backtests.is_empty() {
        tables.push(backtest(forecast));
    }
    let about = "A forecast of what the agency will see, and how well figures of past years would have been predicted. Shares lie between 0 and 1.";
    let (kind, tables, kept) =
        ((ResultKind::Forecast, repeat), (about, &tables[..]), (copies, figures));
    let says = vec![("backtest_runs", forecast.backtest_runs.into())];
    folder(kind, &forecast.setting, scenarios, forecast.draws.as_ref(), tables, kept, says)
}

/// All files of the folder of an update.
pub fn update_files(
    update: &Update,
    scenarios: &[Written],
    repeat: Command,
    copies: Vec<File>,
) -> Result<Vec<File>, String> {
    let parameters: Vec<String> =
        update.draws.parameters.iter().map(|parameter| parameter.path.clone()).collect();
    let rows: Vec<Vec<String>> =
        (0..update.draws.number).map(|draw| update.draws.values(draw)).collect();
    let tables = [moved(update), posterior("updated", &parameters, &rows, &update.draw_weights)];
    let about = "Draws of parameters weighed by figures that they were not fitted to. updated.parquet goes where a posterior goes: `--draws updated.parquet`.";
    let says = vec![
        ("figures", update.figures.clone().into()),
        ("effective_draws", update.effective.into()),
        ("power", update.weights.power.into()),
    ];
    let (kind, tables, kept) = ((ResultKind::Update, repeat), (about, &tables[..]), (copies, None));
    folder(kind, &update.setting, scenarios, Some(&update.draws), tables, kept, says)
}
