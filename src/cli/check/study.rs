//! A study in words: what is varied, how many runs that makes, and what they cost.
//!
//! Deliberately absent: running anything.

use std::path::Path;

use crate::cli::optimise;
use crate::cli::simulate::offered_threads;
use crate::cli::study::Chosen;
use crate::cli::tables::on_threads;
use ::report::say;
use ::report::speech::{counted, items, retold, told, tr};
use ::report::words::foreign;
use model::MEASURES;
use scenario::Study;
use scenario::estimate::size;
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
pub(super) fn in_words(path: &Path, sets: &[String], study: &Study) -> String {
    let mut text = format!("{}: {}\n", path.display(), retold(&study.title));
    text.push_str(&arms(study));
    let n = number(u64::from(study.replications));
    let replications = match study.luck {
        _ if study.draws() == 1 => say!("Replications: {n} of each draw", n),
        LuckOf::Each => {
            say!("Replications: {n} of each draw, each draw with random numbers of its own", n)
        }
        LuckOf::All => {
            say!("Replications: {n} of each draw, the same random numbers in all draws", n)
        }
    };
    let draws = say!("Draws: {draws}", draws = told(&study.draws_in_words()));
    text.push_str(&format!("  {draws}\n  {replications}\n"));
    if study.optimise.is_some() {
        for line in optimise::in_words(path, study, offered_threads()) {
            text.push_str(&format!("  {}\n", told(&line)));
        }
    } else {
        text.push_str(&runs(study));
        text.push_str(&format!("  {}\n", cost(study)));
    }
    text.push_str(&levers(study));
    text.push_str(&parameters(study));
    text.push_str(&of_draws(study));
    text.push_str(&other_commands(path, sets, study));
    text
}

/// A number with its thousands apart.
fn number(number: u64) -> String {
    told(&plain(number as f64))
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
    let names = worlds.join(", ");
    let worlds = match worlds.len() {
        1 => say!("World: {names}", names),
        _ => say!("Worlds: {names}", names),
    };
    let names =
        if policies.is_empty() { say!("none: only baselines") } else { policies.join(", ") };
    let policies = say!("Policies: {names}", names);
    let days = say!(
        "Days that count: {first} to {last}, of a run from {start} to {end} after {days} days of warm-up",
        first = study.window.0,
        last = study.window.1,
        start = days.start,
        end = days.end,
        days = days.warm_up_days
    );
    format!("  {worlds}\n  {policies}\n  {days}\n")
}

fn runs(study: &Study) -> String {
    let mut lines = vec![say!(
        "{draws} draws × {replications} replications = {cells} cells; × {arms} arms = {runs} runs, a row each of {kept}",
        draws = number(u64::from(study.draws())),
        replications = number(u64::from(study.replications)),
        cells = number(study.cells()),
        arms = number(study.arms.len() as u64),
        runs = number(study.runs()),
        kept = kept(study)
    )];
    if let Some(precision) = &study.precision {
        let width = match precision.width {
            Width::Share(share) => say!("{share} % of the baseline", share = plain(share * 100.0)),
            Width::Amount(amount) => told(&plain(amount)),
        };
        lines.push(say!(
            "Precision: replications are added, up to {most}, until {measure} is known to {width} either way",
            most = precision.at_most,
            measure = MEASURES[precision.measure].name,
            width
        ));
    }
    if study.measures.len() < MEASURES.len() {
        let named = |at: &usize| {
            let measure = &MEASURES[*at];
            foreign(measure.name).unwrap_or_else(|| measure.name.to_owned())
        };
        let names: Vec<String> = study.measures.iter().map(named).collect();
        lines.push(say!("Measures kept: {names}", names = names.join(", ")));
    }
    lines.extend(study.budget.map(|budget| {
        let n = number(budget);
        if study.runs() > budget {
            say!(
                "Over budget: only {n} runs are wanted, so `crackdown sweep` refuses this study",
                n
            )
        } else {
            say!("Budget: {n} runs", n)
        }
    }));
    lines.iter().map(|line| format!("  {line}\n")).collect()
}

fn kept(study: &Study) -> String {
    let measures = match study.measures.len() {
        n if n == MEASURES.len() => say!("all {n} measures", n),
        some => counted(some as u64, "{n} measure|{n} measures"),
    };
    match study.seen.len() as u64 {
        0 => measures,
        some => {
            let figures = counted(some, "{n} figure|{n} figures");
            say!("{measures} and {figures} of the agency's view", measures, figures)
        }
    }
}

fn cost(study: &Study) -> String {
    let threads = offered_threads();
    let cell = study.cell_cost();
    let seconds = cell.seconds_per_replication * study.cells() as f64;
    let values = (study.measures.len() + study.seen.len()) as u64 + study.parameters().len() as u64;
    let bytes = study.runs() * (BYTES_PER_RUN + BYTES_PER_VALUE * values);
    let memory = cell.bytes.saturating_mul(threads as u64);
    say!(
        "Cost: about {time}, {disk} of disk, {memory} of memory (each warm-up is simulated once for all arms of a world)",
        time = on_threads(seconds, threads),
        disk = told(&size(bytes)),
        memory = told(&size(memory))
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
                tr("changes on dates").to_owned()
            }
            Some(serde_json::Value::Object(dated)) => {
                dated.values().next().map_or_else(|| default.to_owned(), shown)
            }
            Some(value) => shown(value),
            None => default.to_owned(),
        }
    };
    let rows = ranges.into_iter().map(|(parameter, range)| {
        let world = world(&parameter.path, &parameter.default);
        let unit = told(&parameter.unit);
        [parameter.path.clone(), told(&range), world, unit, told(&parameter.status)]
    });
    let heads = tr(r#"["parameter", "drawn from", "in the world", "unit", "status"]"#);
    say!("Parameters drawn:") + "\n" + &table(heads, rows)
}

/// What `crackdown optimise` may choose.
fn levers(study: &Study) -> String {
    if study.optimise.is_none() {
        return String::new();
    }
    let title = |policy: &str| study.arms.iter().find(|arm| arm.name == policy);
    let rows = study.levers().into_iter().map(|(lever, range)| {
        let policy = lever.path.strip_prefix("strength.").and_then(title);
        let words = match policy {
            Some(arm) => say!("from nothing to all of “{title}”", title = retold(&arm.title)),
            None => told(lever.meaning.trim_end_matches('.')),
        };
        [lever.path.clone(), told(&range), words]
    });
    say!("Levers:") + "\n" + &table(tr(r#"["lever", "range", "what it is"]"#), rows)
}

/// Rows under their heads, in columns of one width each.
fn table<const N: usize>(heads: &str, rows: impl Iterator<Item = [String; N]>) -> String {
    let mut heads = items(heads);
    let head = std::array::from_fn(|_| heads.next().unwrap_or("").to_owned());
    let rows: Vec<[String; N]> = std::iter::once(head).chain(rows).collect();
    let widths: Vec<usize> = (0..N)
        .map(|column| {
            rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0).min(WIDEST)
        })
        .collect();
    let mut text = String::new();
    for row in &rows {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        let line = cells.collect::<Vec<_>>().join("  ");
        text.push_str(&format!("  {}\n", line.trim_end()));
    }
    text
}

fn shown(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::Number(number) => {
            number.as_f64().map_or_else(String::new, |number| told(&plain(number)))
        }
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Commands that make other runs of the study than those that were counted, and say which.
fn other_commands(path: &Path, sets: &[String], study: &Study) -> String {
    if study.optimise.is_some() {
        return String::new();
    }
    let commands: &[&str] = match (study.draws_from_ranges(), study.arms.len()) {
        (false, _) => return String::new(),
        (true, 1) => &["calibrate", "sensitivity"],
        (true, _) => &["sensitivity", "discover"],
    };
    let file = Chosen::of(path.to_owned(), None, sets.to_vec()).called();
    let dry = |command: &&str| format!("crackdown {command} {file} --dry-run");
    let commands: Vec<String> = commands.iter().map(dry).collect();
    say!(
        "Runs and cost are those of `crackdown sweep`; what others would run: {commands}",
        commands = commands.join("; ")
    ) + "\n"
}

/// Whether the drawn scenarios can be run.
fn of_draws(study: &Study) -> String {
    let checked = study.draws().min(MOST_CHECKED);
    let wrong = |draw: u32| {
        (0..study.arms.len()).find_map(|arm| Some((draw, arm, study.scenario(arm, draw).err()?)))
    };
    let wrong: Vec<(u32, usize, String)> = (0..checked).filter_map(wrong).collect();
    let all = checked == study.draws();
    let n = number(u64::from(checked));
    let Some((draw, arm, why)) = wrong.first() else {
        let said = match all {
            true if checked == 1 => say!("Checked: 1 draw gives scenarios that can be run"),
            true => say!("Checked: {n} draws give scenarios that can be run", n),
            false => say!("Checked: the first {n} draws give scenarios that can be run", n),
        };
        return said + "\n";
    };
    let arm = &study.arms[*arm].name;
    let (wrong, why) = (number(wrong.len() as u64), told(why));
    let said = if all {
        say!(
            "Checked: {wrong} of {n} draws cannot be run and will be recorded as failed; first draw {draw}, arm {arm}: {why}",
            wrong,
            n,
            draw,
            arm,
            why
        )
    } else {
        say!(
            "Checked: {wrong} of the first {n} draws cannot be run and will be recorded as failed; first draw {draw}, arm {arm}: {why}",
            wrong,
            n,
            draw,
            arm,
            why
        )
    };
    said + "\n"
}
