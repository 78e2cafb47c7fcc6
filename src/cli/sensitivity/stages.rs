//! A stage of a sensitivity as an ordinary study in a folder of its own.

use std::collections::BTreeMap;

use crate::cli::simulate::{Refusal, failed};
use crate::cli::stage::StageOptions;
use model::MEASURES;
use scenario::quoted;
use study::comparison::sensitivity::{DesignRuns, SensitivityRequest};

/// Makes the runs of a stage that are missing, and reads what all gave; points have a coordinate for each of the parameters.
pub fn stage(
    workplace: StageOptions,
    asked: &SensitivityRequest,
    name: &str,
    parameters: &[usize],
    points: Vec<Vec<f64>>,
) -> Result<DesignRuns, Refusal> {
    let base = workplace.study;
    let measures: Vec<String> =
        asked.measures.iter().map(|at| quoted(MEASURES[*at].name)).collect();
    let fields = [
        ("name", quoted(&format!("{}_{name}", base.name))),
        ("luck", "All".to_owned()),
        ("replications", asked.setting.replications.to_string()),
        ("measures", format!("[{}]", measures.join(", "))),
    ];
    let paths: Vec<&str> = parameters.iter().map(|at| asked.varied[*at].path.as_str()).collect();
    let row = |point: &Vec<f64>| -> Vec<String> {
        // Parameters that are not varied here have no column: the middle only fills their place.
        let mut whole = vec![0.5; asked.varied.len()];
        for (at, unit) in parameters.iter().zip(point) {
            whole[*at] = *unit;
        }
        let values = base.at(&whole);
        parameters.iter().map(|at| values[*at].clone()).collect()
    };
    let rows: Vec<Vec<String>> = points.iter().map(row).collect();
    let (study, runs) = workplace.make(name, &fields, &paths, &rows)?;
    let replications = study.replications as usize;
    let mut values = BTreeMap::new();
    for (number, arm) in study.arms.iter().enumerate() {
        for &measure in &asked.measures {
            let column = runs.column(&arm.name, MEASURES[measure].name, points.len(), replications);
            values.insert((number, measure), column.map_err(failed)?);
        }
    }
    Ok(DesignRuns { points, values })
}
