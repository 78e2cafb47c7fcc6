//! What is printed of a calibration.

use std::path::Path;

use crate::cli::tables::{aligned, head};
use study::comparison::calibration::{Calibration, Identified};

/// Figures and parameters in words.
pub fn text(calibration: &Calibration, folder: &Path) -> String {
    let (figure, draws) = ("published [tolerance]", "model [90 % of draws]");
    let mut rows = vec![head(["figure", figure, draws, "draws inside", "[90 % of runs]", ""])];
    for fit in &calibration.fits {
        let amount = |value: f64| report::amount_in_words(value, fit.target.unit, false);
        let range = |[low, middle, high]: [f64; 3]| {
            format!("{} [{} to {}]", amount(middle), amount(low), amount(high))
        };
        let (low, high) = fit.target.tolerance;
        rows.push(vec![
            fit.target.name.clone(),
            range([low, fit.target.value, high]),
            range(fit.draws),
            report::percent_of(fit.share_inside),
            format!("[{} to {}]", amount(fit.runs[0]), amount(fit.runs[2])),
            if fit.plausible() { "inside" } else { "OUTSIDE" }.to_owned(),
        ]);
    }
    let by = |wanted: Identified| -> String {
        let names: Vec<&str> = calibration
            .by_contraction()
            .iter()
            .filter(|parameter| parameter.marginal.identified() == wanted)
            .map(|parameter| parameter.path.as_str())
            .collect();
        if names.is_empty() { "none".to_owned() } else { names.join(", ") }
    };
    let mut text = format!(
        "{}\n{}\n\n{}\n\nIdentified: {}\nPartly: {}\nNot: {}\n",
        calibration.title,
        report::calibration_finding(calibration),
        aligned(&rows),
        by(Identified::Yes),
        by(Identified::Partly),
        by(Identified::No),
    );
    if calibration.disagreement > 1.1 {
        text += &format!(
            "Walkers disagree ({:.2}; 1.1 and less is wanted): take a larger --posterior\n",
            calibration.disagreement
        );
    }
    if let Some(recovery) = &calibration.recovery {
        let rate = |least| {
            let (inside, of) = recovery.found(least);
            format!("{inside} of {of} ({})", report::percent_of(inside as f64 / of.max(1) as f64))
        };
        text += &format!(
            "Recovery, {} calibrations (waves: {}) to made-up data: known values within their 90 % intervals: {}; of those at least partly identified: {}\n",
            recovery.repetitions.len(),
            recovery.waves,
            rate(Identified::No),
            rate(Identified::Partly)
        );
    }
    text + &format!("Posterior: {}\n", folder.join("posterior.parquet").display())
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
