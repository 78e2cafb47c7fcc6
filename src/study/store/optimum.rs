//! The folder of a best mix, and of what it takes to reach an aim: policy file, tables, columns, the study with its scenarios, manifest.
//!
//! Runs lie in folders of their own (`design`, `round_1` …, `verified`), as those of any study do, and stay when results are written again.

use std::path::Path;

use serde_json::json;

use super::command::Command;
use super::manifest::{Manifest, ResultKind};
use super::table::{Table, with_columns};
use super::{Figures, File, columns, file, pretty, stages, table_of, told};
use crate::comparison::Setting;
use crate::comparison::optimum::{FrontierPoint, Optimum, Reach, TargetMeasure, Verified};
use scenario::Study;

fn frontier(made: &Optimum) -> Table {
    let targets = &made.asked.targets;
    let about = "What surfaces promise of the best mix under other limits: each limit is moved, the others stay. Promises are no results: only \
        verified.csv holds simulated effects of the mix";
    let mut rows = with_columns!(Table::of("frontier", about, &made.frontier), step =>
        text "limit", "name", "Measure whose limit is moved" => targets[step.limit].name;
        number "multiple", "1", "Multiple of the limit that was asked for" => step.multiple;
        number "at_most", "unit of the limit", "The limit over the days that count" => step.at_most;
        text "kept", "yes or no", "Whether surfaces know a mix that keeps all limits" => if step.kept { "yes" } else { "no" };
    );
    for (at, target) in targets.iter().enumerate() {
        let meaning = format!("Promised {}: {}", target.name, counted(target));
        rows = with_columns!(rows, step =>
            number target.name, target.unit, meaning => step.promised[at].value;
            number format!("{}_low", target.name), target.unit, format!("Lower end of the 95 % interval of the promise: {}", counted(target))
                => step.promised[at].low;
            number format!("{}_high", target.name), target.unit, format!("Upper end of the 95 % interval of the promise: {}", counted(target))
                => step.promised[at].high;
        );
    }
    for (at, lever) in made.asked.levers.iter().enumerate() {
        rows = rows.text(
            lever.clone(),
            "as written",
            format!("Value of {lever}"),
            move |step: &FrontierPoint| step.levers[at].clone(),
        );
    }
    rows.table()
}

/// What is counted of a target.
fn counted(target: &TargetMeasure) -> &'static str {
    if target.added { "policy minus baseline" } else { "of the policy" }
}

fn verified(made: &Optimum) -> Table {
    let rows: Vec<(&Verified, usize)> = made
        .verified
        .iter()
        .flat_map(|arm| (0..made.asked.targets.len()).map(move |target| (arm, target)))
        .collect();
    let interval = match made.asked.draws {
        1 => "95 % interval of the mean (chance only)",
        _ => "95 % interval of the mean (chance and unknown parameters)",
    };
    let about = "Fresh runs of the mix, of others that stayed to the end, and of the study's policies: another seed than all runs that chose";
    with_columns!(Table::of("verified", about, &rows), row =>
        text "arm", "name", "Name of the mix or policy" => row.0.name.clone();
        text "kind", "name", "best (the winner), mix (another that stayed), policy (of the study)" => match row.0.mix {
            true if made.won && row.0.name == made.verified[0].name => "best",
            true => "mix",
            false => "policy",
        };
        text "measure", "name", "The objective, or a measure with a limit" => made.asked.targets[row.1].name;
        text "counted", "name", "Whether the difference to the baseline counts, or the whole" => counted(&made.asked.targets[row.1]);
        text "unit", "name", "Unit of the numbers of the row" => made.asked.targets[row.1].unit;
        number "promised", "unit of the row", "What surfaces promised before; empty for policies" => row.0.promised.get(row.1).map(|it| it.value);
        interval ["promised_low", "promised_high"], "unit of the row", "95 % interval of the promise"
            => row.0.promised.get(row.1).map(|it| (it.low, it.high));
        number "found", "unit of the row", "What fresh runs say: mean, or the share's quantile of a limit in worlds" => row.0.found[row.1].mean;
        interval ["found_low", "found_high"], "unit of the row", interval => row.0.found[row.1].interval;
        number "at_most", "unit of the row", "The limit; empty for the objective" => made.asked.targets[row.1].at_most;
        number "within", "share", "Share of replications, or of draws, that keep it" => row.0.within[row.1];
        whole "units", "number", "Replications, or draws, behind the row" => row.0.units;
    ).table()
}

fn design(made: &Optimum) -> Table {
    type DesignPoint = (Vec<String>, Vec<f64>);
    let about = "Runs that surfaces are made of: a row for each point of the design";
    let mut rows = Table::of("design", about, &made.design);
    for (at, lever) in made.asked.levers.iter().enumerate() {
        rows = rows.text(
            lever.clone(),
            "as written",
            format!("Value of {lever}"),
            move |row: &DesignPoint| row.0[at].clone(),
        );
    }
    for (at, target) in made.asked.targets.iter().enumerate() {
        let meaning = format!("Mean over the runs of the point: {}", counted(target));
        rows = rows.number(target.name, target.unit, meaning, move |row: &DesignPoint| row.1[at]);
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
pub fn write_optimum(
    folder: &Path,
    study: &Study,
    made: &Optimum,
    (mut files, figures): (Vec<File>, Figures),
    repeat: Command,
) -> Result<(), String> {
    let tables = [verified(made), frontier(made), design(made)];
    files.push(file("optimum.json", pretty(&json!(made))));
    let about = (ABOUT, OTHERS, &tables[..]);
    let kind = ResultKind::Optimum;
    write(folder, study, about, (files, figures), kind, (&made.asked.setting, repeat))
}

fn reached(made: &Reach) -> Table {
    let about = "Strengths that were run, in the order of strength, with the same random numbers";
    with_columns!(Table::of("reach", about, &made.tried), row =>
        number "strength", "share", "Share of the way from the lower to the upper end of the levers" => row.strength;
        text "levers", "as written", "Values of the levers" => row.levers.join(", ");
        number "found", made.unit, "Mean of what is aimed at" => row.found.mean;
        interval ["low", "high"], made.unit, "95 % interval of the mean (chance only)" => row.found.interval;
        whole "replications", "number", "Replications behind it" => made.setting.replications;
    ).table()
}

/// Writes what it takes to reach an aim.
pub fn write_reach(
    folder: &Path,
    study: &Study,
    made: &Reach,
    mut files: Vec<File>,
    repeat: Command,
) -> Result<(), String> {
    let tables = [reached(made)];
    files.push(file("reach.json", pretty(&json!(made))));
    let about = "What it takes to reach an aim. `reach.ron` is the weakest policy that does; it is missing where none does.";
    let about = (about, "", &tables[..]);
    write(folder, study, about, (files, None), ResultKind::Reach, (&made.setting, repeat))
}

fn write(
    folder: &Path,
    study: &Study,
    (about, others, tables): (&str, &str, &[Table]),
    (mut files, figures): (Vec<File>, Figures),
    kind: ResultKind,
    (setting, repeat): (&Setting, Command),
) -> Result<(), String> {
    let portable = study.portable();
    files.extend(table_of(&portable)?);
    files.extend(told(about, tables, &(others.to_owned() + &columns::measures()))?);
    let repeat =
        if kind == ResultKind::Optimum { repeat.figures(figures.is_some()) } else { repeat };
    files.extend(figures.into_iter().flatten());
    let manifest =
        Manifest::of(kind, setting, repeat).title(&study.title).says("study", &study.name);
    stages::write(folder, &portable, files, manifest)
}
