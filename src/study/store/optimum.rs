//! The folder of a best mix, and of what it takes to reach an aim: policy file, tables, columns, the study with its scenarios, manifest.
//!
//! Runs lie in folders of their own (`design`, `round_1` …, `verified`), as those of any study do, and stay when results are written again.

use std::path::Path;

use serde_json::json;

use super::command::Command;
use super::manifest::{Kind, Manifest};
use super::study::Together;
use super::table::Table;
use super::{Figures, File, columns, file, stages, table_file, table_of};
use crate::comparison::Setting;
use crate::comparison::optimum::{Optimum, Reach, Step, Target, Verified};
use scenario::Study;

/// The unit of a target's number.
fn unit(target: &Target) -> &'static str {
    target.unit
}

fn frontier(made: &Optimum) -> Table {
    let targets = &made.asked.targets;
    let about = "What surfaces promise of the best mix under other limits: each limit is moved, the others stay. Promises are no results: only \
        verified.csv holds simulated effects of the mix";
    let mut rows = Table::of("frontier", about, &made.frontier)
        .text("limit", "name", "Measure whose limit is moved", |step: &Step| {
            targets[step.limit].name
        })
        .number("multiple", "1", "Multiple of the limit that was asked for", |step: &Step| {
            step.multiple
        })
        .number(
            "at_most",
            "unit of the limit",
            "The limit over the days that count",
            |step: &Step| step.at_most,
        )
        .text(
            "kept",
            "yes or no",
            "Whether surfaces know a mix that keeps all limits",
            |step: &Step| {
                if step.kept { "yes" } else { "no" }
            },
        );
    for (at, target) in targets.iter().enumerate() {
        let meaning = format!("Promised {}: {}", target.name, counted(target));
        rows = rows
            .number(target.name, unit(target), meaning, move |step: &Step| step.promised[at].value)
            .number(
                format!("{}_low", target.name),
                unit(target),
                format!("Lower end of the 95 % interval of the promise: {}", counted(target)),
                move |step: &Step| step.promised[at].low,
            )
            .number(
                format!("{}_high", target.name),
                unit(target),
                format!("Upper end of the 95 % interval of the promise: {}", counted(target)),
                move |step: &Step| step.promised[at].high,
            );
    }
    for (at, lever) in made.asked.levers.iter().enumerate() {
        rows = rows.text(
            lever.clone(),
            "as written",
            format!("Value of {lever}"),
            move |step: &Step| step.levers[at].clone(),
        );
    }
    rows.table()
}

/// What is counted of a target.
fn counted(target: &Target) -> &'static str {
    if target.added { "policy minus baseline" } else { "of the policy" }
}

fn verified(made: &Optimum) -> Table {
    let rows: Vec<(&Verified, usize)> = made
        .verified
        .iter()
        .flat_map(|arm| (0..made.asked.targets.len()).map(move |target| (arm, target)))
        .collect();
    type Row<'a> = (&'a Verified, usize);
    let interval = match made.asked.draws {
        1 => "95 % interval of the mean (chance only)",
        _ => "95 % interval of the mean (chance and unknown parameters)",
    };
    let about = "Fresh runs of the mix, of others that stayed to the end, and of the study's policies: another seed than all runs that chose";
    Table::of("verified", about, &rows)
        .text("arm", "name", "Name of the mix or policy", |row: &Row| row.0.name.clone())
        .text(
            "kind",
            "name",
            "best (the winner), mix (another that stayed), policy (of the study)",
            |row: &Row| match row.0.mix {
                true if made.won && row.0.name == made.verified[0].name => "best",
                true => "mix",
                false => "policy",
            },
        )
        .text("measure", "name", "The objective, or a measure with a limit", |row: &Row| {
            made.asked.targets[row.1].name
        })
        .text(
            "counted",
            "name",
            "Whether the difference to the baseline counts, or the whole",
            |row: &Row| counted(&made.asked.targets[row.1]),
        )
        .text("unit", "name", "Unit of the numbers of the row", |row: &Row| {
            made.asked.targets[row.1].unit
        })
        .number(
            "promised",
            "unit of the row",
            "What surfaces promised before; empty for policies",
            |row: &Row| row.0.promised.get(row.1).map(|it| it.value),
        )
        .interval(
            ["promised_low", "promised_high"],
            "unit of the row",
            "95 % interval of the promise",
            |row: &Row| row.0.promised.get(row.1).map(|it| (it.low, it.high)),
        )
        .number(
            "found",
            "unit of the row",
            "What fresh runs say: mean, or the share's quantile of a limit in worlds",
            |row: &Row| row.0.found[row.1].mean,
        )
        .interval(["found_low", "found_high"], "unit of the row", interval, |row: &Row| {
            row.0.found[row.1].interval
        })
        .number("at_most", "unit of the row", "The limit; empty for the objective", |row: &Row| {
            made.asked.targets[row.1].at_most
        })
        .number(
            "within",
            "share",
            "Share of replications, or of draws, that keep it",
            |row: &Row| row.0.within[row.1],
        )
        .whole("units", "number", "Replications, or draws, behind the row", |row: &Row| row.0.units)
        .table()
}

fn design(made: &Optimum) -> Table {
    type Row = (Vec<String>, Vec<f64>);
    let about = "Runs that surfaces are made of: a row for each point of the design";
    let mut rows = Table::of("design", about, &made.design);
    for (at, lever) in made.asked.levers.iter().enumerate() {
        rows = rows.text(
            lever.clone(),
            "as written",
            format!("Value of {lever}"),
            move |row: &Row| row.0[at].clone(),
        );
    }
    for (at, target) in made.asked.targets.iter().enumerate() {
        let meaning = format!("Mean over the runs of the point: {}", counted(target));
        rows = rows.number(target.name, unit(target), meaning, move |row: &Row| row.1[at]);
    }
    rows.table()
}

/// What the folder is, for `columns.md`.
const ABOUT: &str = "The mix of levers that is best under limits. `best.ron` is that policy, over the baseline in `scenarios`; it is missing where no mix keeps the \
    limits. Surfaces (frontier.csv) promise, fresh runs (verified.csv) say.";

/// What else stands in the folder.
const OTHERS: &str = "\n## design, round_1 …, verified\n\nFolders of ordinary studies: `study.ron`, `scenarios` with a policy file for each mix, `runs.parquet`, `failures.csv`.\n\n\
    ## optimum.json\n\nEverything above as JSON, with the rounds of choosing, what each limit is worth, and regret.\n";

/// Writes all results beside the runs; `files` are the policy and others that were made.
///
/// # Errors
/// If the disk refuses.
pub fn write_optimum(
    folder: &Path,
    study: &Study,
    made: &Optimum,
    (mut files, figures): (Vec<File>, Figures),
    repeat: Command,
) -> Result<(), String> {
    let tables = [verified(made), frontier(made), design(made)];
    files.push(file("optimum.json", pretty(&json!(made))));
    let about = columns::markdown(ABOUT, &tables) + OTHERS + &columns::measures();
    write(
        folder,
        study,
        (&tables, about, files, figures),
        Kind::Optimum,
        (&made.asked.setting, repeat),
    )
}

fn reached(made: &Reach) -> Table {
    let about = "Strengths that were run, in the order of strength, with the same random numbers";
    type Row = crate::comparison::optimum::Tried;
    Table::of("reach", about, &made.tried)
        .number(
            "strength",
            "share",
            "Share of the way from the lower to the upper end of the levers",
            |row: &Row| row.strength,
        )
        .text("levers", "as written", "Values of the levers", |row: &Row| row.levers.join(", "))
        .number("found", made.unit, "Mean of what is aimed at", |row: &Row| row.found.mean)
        .interval(
            ["low", "high"],
            made.unit,
            "95 % interval of the mean (chance only)",
            |row: &Row| row.found.interval,
        )
        .whole("replications", "number", "Replications behind it", |_| made.setting.replications)
        .table()
}

/// Writes what it takes to reach an aim.
///
/// # Errors
/// If the disk refuses.
pub fn write_reach(
    folder: &Path,
    study: &Study,
    made: &Reach,
    mut files: Vec<File>,
    repeat: Command,
) -> Result<(), String> {
    let tables = [reached(made)];
    files.push(file("reach.json", pretty(&json!(made))));
    let about = columns::markdown(
        "What it takes to reach an aim. `reach.ron` is the weakest policy that does; it is missing where none does.",
        &tables,
    ) + &columns::measures();
    write(folder, study, (&tables, about, files, None), Kind::Reach, (&made.setting, repeat))
}

fn pretty(value: &serde_json::Value) -> Vec<u8> {
    let mut text = serde_json::to_string_pretty(value).expect("plain values");
    text.push('\n');
    text.into_bytes()
}

fn write(
    folder: &Path,
    study: &Study,
    (tables, about, mut files, figures): (&[Table], String, Vec<File>, Figures),
    kind: Kind,
    (setting, repeat): (&Setting, Command),
) -> Result<(), String> {
    let portable = study.portable();
    files.extend(stages::portable_files(&portable));
    files.extend(table_of(&portable)?);
    for table in tables {
        files.push(table_file(table)?);
    }
    files.push(file("columns.md", about.into_bytes()));
    let repeat = if kind == Kind::Optimum { repeat.figures(figures.is_some()) } else { repeat };
    files.extend(figures.into_iter().flatten());
    let mut together = Together::new(folder);
    together.put(&files)?;
    let manifest = Manifest::new(kind, setting.seed, setting.replications, repeat)
        .made_by(&setting.version, setting.model_version)
        .title(&study.title)
        .says("study", &study.name)
        .says("people_per_agent", setting.people_per_agent);
    together.finish_with(manifest, &stages::listed(folder)?)
}
