//! A study in words: what is varied, how many runs that makes, and what they cost.
//!
//! Deliberately absent: running anything.

use std::path::Path;

use crate::cli::simulate::offered_threads;
use model::MEASURES;
use scenario::Study;
use scenario::estimate::{duration, size};
use scenario::finding::plain;
use scenario::study::{LuckOf, Width};

/// Draws whose scenarios are looked at. Unit: draws. Source: about a second for ten arms; Status: assumption.
const MOST_CHECKED: u32 = 1000;
/// Room that a run takes on disk beside its measures: its address, fingerprint and keys. Unit: bytes. Source: judgement;
/// Status: assumption.
const BYTES_PER_RUN: u64 = 60;
/// Room that a value takes on disk. Unit: bytes. Source: numbers hardly compress; Status: assumption.
const BYTES_PER_VALUE: u64 = 8;
/// Columns of the table of parameters are no wider than this. Unit: characters. Source: two fit a terminal; Status: assumption.
const WIDEST: usize = 44;

/// What a well-formed study says.
pub(super) fn in_words(path: &Path, study: &Study) -> String {
    let mut text = format!("{}: {}\n", path.display(), study.title);
    text.push_str(&arms(study));
    text.push_str(&format!("  Draws: {}\n", study.draws_in_words()));
    let luck = match study.luck {
        _ if study.draws() == 1 => "",
        LuckOf::Each => ", each draw with random numbers of its own",
        LuckOf::All => ", the same random numbers in all draws",
    };
    text.push_str(&format!(
        "  Replications: {} of each draw{luck}\n",
        plain(f64::from(study.replications))
    ));
    text.push_str(&runs(study));
    text.push_str(&format!("  {}\n", cost(study)));
    text.push_str(&parameters(study));
    text.push_str(&of_draws(study));
    text
}

fn arms(study: &Study) -> String {
    let worlds: Vec<&str> = study
        .arms
        .iter()
        .enumerate()
        .filter(|(number, arm)| arm.baseline == *number)
        .map(|(_, arm)| arm.name.as_str())
        .collect();
    let policies: Vec<&str> = study
        .arms
        .iter()
        .enumerate()
        .filter(|(number, arm)| arm.baseline != *number && arm.baseline == 0)
        .map(|(_, arm)| arm.resolved.scenario.name.as_str())
        .collect();
    let days = &study.arms[0].resolved.scenario;
    let mut text =
        format!("  {}: {}\n", if worlds.len() > 1 { "Worlds" } else { "World" }, worlds.join(", "));
    let named =
        if policies.is_empty() { "none: only baselines".to_owned() } else { policies.join(", ") };
    text.push_str(&format!("  Policies: {named}\n"));
    text.push_str(&format!(
        "  Days that count: {} to {}, of a run from {} to {} after {} days of warm-up\n",
        study.window.0, study.window.1, days.start, days.end, days.warm_up_days
    ));
    text
}

fn runs(study: &Study) -> String {
    let count = |number: u64| plain(number as f64);
    let mut text = format!(
        "  {} draws × {} replications = {} cells; × {} arms = {} runs, a row each of {}\n",
        count(u64::from(study.draws())),
        count(u64::from(study.replications)),
        count(study.cells()),
        count(study.arms.len() as u64),
        count(study.runs()),
        kept(study)
    );
    if let Some(precision) = &study.precision {
        let width = match precision.width {
            Width::Share(share) => format!("{} % of the baseline", plain(share * 100.0)),
            Width::Amount(amount) => plain(amount),
        };
        text.push_str(&format!(
            "  Precision: replications are added, up to {}, until {} is known to {width} either way\n",
            precision.at_most, MEASURES[precision.measure].name
        ));
    }
    match study.budget {
        Some(budget) if study.runs() > budget => text.push_str(&format!(
            "  Over budget: only {} runs are wanted, so `crackdown sweep` refuses this study\n",
            count(budget)
        )),
        Some(budget) => text.push_str(&format!("  Budget: {} runs\n", count(budget))),
        None => {}
    }
    text
}

fn kept(study: &Study) -> String {
    let measures = match study.measures.len() {
        all if all == MEASURES.len() => format!("all {all} measures"),
        1 => "1 measure".to_owned(),
        some => format!("{some} measures"),
    };
    match study.seen.len() {
        0 => measures,
        1 => format!("{measures} and 1 figure of the agency's view"),
        some => format!("{measures} and {some} figures of the agency's view"),
    }
}

fn cost(study: &Study) -> String {
    let threads = offered_threads();
    let cell = study.cell_cost();
    let seconds = cell.seconds_per_replication * study.cells() as f64 / threads as f64;
    let values = (study.measures.len() + study.seen.len()) as u64 + study.parameters().len() as u64;
    let bytes = study.runs() * (BYTES_PER_RUN + BYTES_PER_VALUE * values);
    let memory = cell.bytes.saturating_mul(threads as u64);
    format!(
        "Cost: about {} on {threads} threads, {} of disk, {} of memory (each warm-up is simulated once for all arms of a world)",
        duration(seconds),
        size(bytes),
        size(memory)
    )
}

fn parameters(study: &Study) -> String {
    let ranges = study.ranges();
    if ranges.is_empty() {
        return String::new();
    }
    let world = |path: &str, default: &str| {
        let json: serde_json::Value =
            serde_json::from_str(&study.arms[0].resolved.json).unwrap_or_default();
        let place = path.split('.').try_fold(&json, |json, name| json.get(name));
        match place {
            Some(serde_json::Value::Object(dated)) if dated.len() > 1 => {
                "changes on dates".to_owned()
            }
            Some(serde_json::Value::Object(dated)) => {
                dated.values().next().map_or_else(|| default.to_owned(), shown)
            }
            Some(value) => shown(value),
            None => default.to_owned(),
        }
    };
    let mut rows =
        vec![["parameter", "drawn from", "in the world", "unit", "status"].map(str::to_owned)];
    rows.extend(ranges.into_iter().map(|(parameter, range)| {
        let world = world(&parameter.path, &parameter.default);
        [parameter.path.clone(), range, world, parameter.unit.clone(), parameter.status.clone()]
    }));
    let widths: Vec<usize> = (0..rows[0].len())
        .map(|column| {
            rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0).min(WIDEST)
        })
        .collect();
    let mut text = "Parameters drawn:\n".to_owned();
    for row in &rows {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        let line = cells.collect::<Vec<_>>().join("  ");
        text.push_str(&format!("  {}\n", line.trim_end()));
    }
    text
}

fn shown(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::Number(number) => number.as_f64().map_or_else(String::new, plain),
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Whether the drawn scenarios can be run.
fn of_draws(study: &Study) -> String {
    let checked = study.draws().min(MOST_CHECKED);
    let wrong = |draw: u32| {
        (0..study.arms.len()).find_map(|arm| Some((draw, arm, study.scenario(arm, draw).err()?)))
    };
    let wrong: Vec<(u32, usize, String)> = (0..checked).filter_map(wrong).collect();
    let first = if checked < study.draws() { "the first " } else { "" };
    let number = plain(f64::from(checked));
    let Some((draw, arm, why)) = wrong.first() else {
        let draws = if checked == 1 { "draw gives" } else { "draws give" };
        return format!("Checked: {first}{number} {draws} scenarios that can be run\n");
    };
    format!(
        "Checked: {} of {first}{number} draws cannot be run and will be recorded as failed; first draw {draw}, arm {}: {why}\n",
        plain(wrong.len() as f64),
        study.arms[*arm].name
    )
}
