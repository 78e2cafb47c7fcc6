//! `crackdown sweep STUDY --only ARM:DRAW:REPLICATION`: one run in the foreground, of which nothing is kept.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::cli::input::meant;
use crate::cli::simulate::{Refusal, failed, json, print, usage};
use scenario::Study;
use scenario::study::Cell;
use study::store;
use study::store::study::{Addresses, Fingerprint, Plan, Row, RunEnd};

/// Simulates the run and prints its measures.
pub fn run(study: &Study, run: &str) -> Result<(), Refusal> {
    let (arm, cell) = named(study, run).map_err(usage)?;
    let name = &study.arms[arm].name;
    let scenario = study
        .scenario(arm, cell.draw)
        .map_err(|why| failed(format!("{name}, draw {}: stage scenario: {why}", cell.draw)))?;
    // The panic's own message, with its place, goes to stderr as it is.
    let simulated =
        catch_unwind(AssertUnwindSafe(|| model::simulate(&scenario, study.key(cell), &|| ())));
    let record = simulated.map_err(|_| {
        failed(format!(
            "{name}, draw {}, replication {}: stage simulation: this is a bug of crackdown {}",
            cell.draw,
            cell.replication,
            env!("CARGO_PKG_VERSION")
        ))
    })?;
    let plan = Plan::of(study).map_err(failed)?;
    let kept = plan.values(&record, &scenario).map_err(failed)?;
    let address = Addresses::new(plan.kept, study).of(arm, cell);
    let content = Fingerprint::of(store::digest(&record));
    let row = Row::finished(name, cell, address, kept, content);
    let RunEnd::Finished { values, content, digest } = &row.outcome else { return Ok(()) };
    let measures: serde_json::Map<String, serde_json::Value> = plan
        .measures()
        .into_iter()
        .zip(values)
        .map(|(name, value)| (name, (*value).into()))
        .collect();
    let all = serde_json::json!({
        "arm": name, "draw": cell.draw, "replication": cell.replication, "address": address.to_string(),
        "measures": measures, "content": content.to_string(), "digest": digest.to_string(),
    });
    print(&json(&all));
    Ok(())
}

/// The run that is meant.
fn named(study: &Study, run: &str) -> Result<(usize, Cell), String> {
    let mut parts = run.rsplitn(3, ':');
    let (replication, draw, arm) = (parts.next(), parts.next(), parts.next());
    let whole = |text: Option<&str>| text.and_then(|text| text.parse::<u32>().ok());
    let (Some(arm), Some(draw), Some(replication)) = (arm, whole(draw), whole(replication)) else {
        return Err(format!(
            "--only {run}: write ARM:DRAW:REPLICATION, such as {}:0:0",
            study.arms[0].name
        ));
    };
    let names = || study.arms.iter().map(|arm| arm.name.as_str());
    let number = names().position(|name| name == arm).ok_or_else(|| {
        let near = meant(arm, names());
        let all = names().collect::<Vec<_>>().join(", ");
        format!("--only {run}: no arm is called `{arm}`.{near} Allowed: {all}")
    })?;
    let most = study.precision.as_ref().map_or(0, |precision| precision.at_most);
    let most = most.max(study.replications);
    if draw >= study.draws() || replication >= most {
        return Err(format!(
            "--only {run}: draws are 0 to {}, replications 0 to {}",
            study.draws() - 1,
            most - 1
        ));
    }
    Ok((number, Cell { draw, replication }))
}
