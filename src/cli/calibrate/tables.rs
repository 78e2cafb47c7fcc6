//! What is printed of a calibration.

use std::path::Path;

use crate::cli::tables::{aligned, head};
use report::language::{Language, current};
use report::say;
use report::speech::{number, retold, tr};
use study::comparison::calibration::{Calibration, Identified};

/// Figures and parameters in words.
pub fn text(calibration: &Calibration, folder: &Path) -> String {
    let (figure, draws) = (tr("published [tolerance]"), tr("model [90 % of draws]"));
    let (inside, runs) = (tr("draws inside"), tr("[90 % of runs]"));
    let mut rows = vec![head([tr("figure##column"), figure, draws, inside, runs, ""])];
    for fit in &calibration.fits {
        let amount = |value: f64| report::amount_in_words(value, fit.target.unit, false);
        let range = |[low, middle, high]: [f64; 3]| {
            let ends = say!("[{from} to {to}]", from = amount(low), to = amount(high));
            format!("{} {ends}", amount(middle))
        };
        let (low, high) = fit.target.tolerance;
        rows.push(vec![
            label(&fit.target.name),
            range([low, fit.target.value, high]),
            range(fit.draws),
            report::percent_of(fit.share_inside),
            say!("[{from} to {to}]", from = amount(fit.runs[0]), to = amount(fit.runs[2])),
            if fit.plausible() { tr("inside##cell") } else { tr("OUTSIDE") }.to_owned(),
        ]);
    }
    let by = |wanted: Identified| -> String {
        let names: Vec<&str> = calibration
            .by_contraction()
            .iter()
            .filter(|parameter| parameter.marginal.identified() == wanted)
            .map(|parameter| parameter.path.as_str())
            .collect();
        if names.is_empty() { tr("none").to_owned() } else { names.join(", ") }
    };
    let mut text = format!(
        "{}\n{}\n\n{}\n\n{}\n{}\n{}\n",
        retold(&calibration.title),
        report::calibration_finding(calibration),
        aligned(&rows),
        say!("Identified: {parameters}", parameters = by(Identified::Yes)),
        say!("Partly: {parameters}", parameters = by(Identified::Partly)),
        say!("Not: {parameters}", parameters = by(Identified::No)),
    );
    if calibration.disagreement > 1.1 {
        text += &say!(
            "Walkers disagree ({size}; 1.1 and less is wanted): take a larger --posterior",
            size = number(format!("{:.2}", calibration.disagreement))
        );
        text.push('\n');
    }
    if let Some(recovery) = &calibration.recovery {
        let rate = |least| {
            let (inside, of) = recovery.found(least);
            let share = report::percent_of(inside as f64 / of.max(1) as f64);
            say!("{inside} of {of} ({share})", inside, of, share)
        };
        text += &say!(
            "Recovery, {number} calibrations (waves: {waves}) to made-up data: known values within their 90 % intervals: {all}; of those at least partly identified: {partly}",
            number = recovery.repetitions.len(),
            waves = recovery.waves,
            all = rate(Identified::No),
            partly = rate(Identified::Partly)
        );
        text.push('\n');
    }
    let file = folder.join("posterior.parquet");
    text + &say!("Posterior: {file}", file = file.display()) + "\n"
}

/// A figure and its year: English by the name that tables have.
fn label(name: &str) -> String {
    match (current(), name.split_once(' ')) {
        (Language::English, _) | (_, None) => name.to_owned(),
        (_, Some((what, year))) => {
            format!("{} {year}", tr(&report::words::sentence(what.trim_end_matches("_kzt"))))
        }
    }
}

/// The same for programs.
pub fn json(calibration: &Calibration, folder: &Path) -> serde_json::Value {
    let fits: Vec<serde_json::Value> = calibration
        .fits
        .iter()
        .map(|fit| {
            serde_json::json!({
                "figure": fit.target.name, "unit": fit.target.unit, "published": fit.target.value,
                "tolerance": fit.target.tolerance, "draws": fit.draws, "runs": fit.runs,
                "share_inside": fit.share_inside, "inside": fit.inside(),
            })
        })
        .collect();
    let parameters: Vec<serde_json::Value> = calibration
        .by_contraction()
        .iter()
        .map(|parameter| {
            serde_json::json!({
                "parameter": parameter.path, "identified": parameter.marginal.identified().key(),
                "contraction": parameter.marginal.contraction, "quantiles": parameter.values,
            })
        })
        .collect();
    serde_json::json!({
        "folder": folder.display().to_string(), "fits": fits, "parameters": parameters,
    })
}
