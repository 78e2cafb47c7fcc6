//! `crackdown run` seen from outside: results, refusals, interruption.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::program::{
    self, REFERENCE, content, interrupt, repeated, said, succeeded, succeeds, until_there,
};

/// The reference in a village over a season: a run takes a moment.
const SMALL: [&str; 10] = [
    "run",
    REFERENCE,
    "--set",
    "customers.number=2000",
    "--set",
    "start=\"2024-10-01\"",
    "--set",
    "end=\"2024-12-31\"",
    "--set",
    "warm_up_days=180",
];

fn command(home: &Path, more: &[&str]) -> Command {
    let mut command = program::command(home, &SMALL);
    command.args(more);
    command
}

fn run(home: &Path, more: &[&str]) -> Output {
    command(home, more).arg("--replications=3").output().unwrap()
}

#[test]
fn a_run_ends_in_tables_and_a_complete_folder() {
    let home = tempfile::tempdir().unwrap();
    let output = run(home.path(), &[]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output.stderr));
    let text = said(&output.stdout);
    for part in [
        "Money of crime",
        "Exchange without a licence",
        "Deals between honest persons",
        "95 % interval",
        "The agency's view, 2024",
        "output/kazakhstan",
    ] {
        assert!(text.contains(part), "no `{part}` in:\n{text}");
    }
    let files = content(&home.path().join("output/kazakhstan"));
    for name in [
        "scenario.ron",
        "manifest.json",
        "daily.parquet",
        "market.parquet",
        "purposes.parquet",
        "underworld.parquet",
        "venues.parquet",
        "summary.csv",
        "replications.csv",
        "agency_view.csv",
        "migration.csv",
        "columns.md",
    ] {
        assert!(files.get(name).is_some_and(|bytes| !bytes.is_empty()), "no {name}");
    }
    let manifest: serde_json::Value = serde_json::from_slice(&files["manifest.json"]).unwrap();
    for (name, bytes) in files.iter().filter(|(name, _)| *name != "manifest.json") {
        let fingerprint = &manifest["files"][name];
        assert_eq!(fingerprint["bytes"], bytes.len(), "{name}");
        let hash = blake3::hash(bytes).to_hex().to_string();
        assert_eq!(fingerprint["blake3"], hash, "{name}");
    }
}

#[test]
fn results_are_the_same_bytes_on_any_number_of_threads() {
    let home = tempfile::tempdir().unwrap();
    for threads in ["1", "2", "8"] {
        // Each from the start: no run is taken from another.
        let runs = format!("--runs=runs-{threads}");
        let output = run(home.path(), &["--quiet", "--threads", threads, "--out", threads, &runs]);
        assert_eq!(output.status.code(), Some(0), "{}", said(&output.stderr));
        assert!(output.stdout.is_empty());
    }
    let alone = content(&home.path().join("1"));
    for threads in ["2", "8"] {
        for (name, bytes) in content(&home.path().join(threads)) {
            assert!(alone[&name] == bytes, "{name} differs on {threads} threads");
        }
    }
}

#[test]
fn the_command_in_the_manifest_repeats_the_results() {
    let home = tempfile::tempdir().unwrap();
    // All reported years: a scenario whose `start` was set past some dated steps is refused when read again.
    let small = ["--set=customers.number=2000", "--replications=2", "--quiet", "--out=first"];
    succeeds(home.path(), &[&["run", REFERENCE][..], &small].concat());
    let first = content(&home.path().join("first"));
    succeeded(&repeated(&home.path().join("first")));
    for (name, bytes) in content(&home.path().join("first/repeated")) {
        // What was set is now part of the scenario, so only the manifest's `sets` may differ.
        assert!(first[&name] == bytes || name == "manifest.json", "{name} differs");
    }
}

#[test]
fn results_are_replaced_only_by_force_and_other_folders_never() {
    let home = tempfile::tempdir().unwrap();
    assert!(run(home.path(), &["--quiet", "--out", "study"]).status.success());
    let before = content(&home.path().join("study"));
    let refused = run(home.path(), &["--out", "study", "--seed", "2"]);
    assert_eq!(refused.status.code(), Some(3));
    assert!(said(&refused.stderr).contains("--force"));
    assert!(content(&home.path().join("study")) == before);
    let forced = run(home.path(), &["--quiet", "--out", "study", "--seed", "2", "--force"]);
    assert!(forced.status.success(), "{}", said(&forced.stderr));
    assert!(content(&home.path().join("study"))["daily.parquet"] != before["daily.parquet"]);

    fs::create_dir(home.path().join("thesis")).unwrap();
    fs::write(home.path().join("thesis/chapter.txt"), "years of work").unwrap();
    let refused = run(home.path(), &["--out", "thesis", "--force"]);
    assert_eq!(refused.status.code(), Some(3));
    assert!(said(&refused.stderr).contains("no result folder"));
    assert_eq!(content(&home.path().join("thesis"))["chapter.txt"], b"years of work");
}

#[test]
fn a_place_that_cannot_be_written_is_refused_before_the_simulation() {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("file"), "").unwrap();
    let output = run(home.path(), &["--out", "file/study", "--dry-run"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(said(&output.stderr).contains("cannot write"), "{}", said(&output.stderr));
}

#[test]
fn a_dry_run_leaves_nothing() {
    let home = tempfile::tempdir().unwrap();
    let output = run(home.path(), &["--dry-run", "--people-per-agent", "10"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output.stderr));
    assert!(said(&output.stdout).contains("3 replications"));
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0);
}

#[test]
fn a_wrong_scenario_and_a_wrong_option_have_their_own_exit_codes() {
    let home = tempfile::tempdir().unwrap();
    assert_eq!(run(home.path(), &["--set", "afm.no_such=1"]).status.code(), Some(1));
    assert_eq!(run(home.path(), &["--threads", "0"]).status.code(), Some(2));
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0);
}

#[test]
fn json_has_every_measure_and_nothing_else() {
    let home = tempfile::tempdir().unwrap();
    let output = run(home.path(), &["--json"]);
    let all: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(all["measures"][0]["replications"], 3);
    assert!(all["measures"].as_array().unwrap().len() > 20);
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_leaves_no_results() {
    let home = tempfile::tempdir().unwrap();
    let mut long = command(home.path(), &["--replications=100000", "--quiet"]);
    let mut child = long.stderr(Stdio::null()).spawn().unwrap();
    // Signals are answered from before the folder is claimed.
    until_there(&mut child, &home.path().join("output/.kazakhstan.partial"));
    interrupt(&child);
    assert_eq!(child.wait().unwrap().code(), Some(130));
    // Only runs that were finished, if there are any, from which the same command goes on.
    let left = fs::read_dir(home.path().join("output")).into_iter().flatten().flatten();
    assert!(left.into_iter().all(|entry| entry.file_name() == "runs"));
}

#[test]
fn finished_runs_are_taken_by_the_next_run_and_give_the_same_bytes() {
    let home = tempfile::tempdir().unwrap();
    let first = run(home.path(), &["--out=a"]);
    assert!(said(&first.stderr).contains("3 runs simulated, 0 taken"), "{}", said(&first.stderr));
    let again = run(home.path(), &["--out=b"]);
    assert!(said(&again.stderr).contains("0 runs simulated, 3 taken"), "{}", said(&again.stderr));
    assert!(content(&home.path().join("a")) == content(&home.path().join("b")));
    let more = command(home.path(), &["--out=c", "--replications=5"]).output().unwrap();
    assert!(said(&more.stderr).contains("2 runs simulated, 3 taken"), "{}", said(&more.stderr));
}
