//! `crackdown attribute` and `dose` seen from outside: sums, exact zeros, shared runs, refusals.

use std::fs;
use std::path::Path;
use std::process::Output;

use crate::program::{self, REFERENCE, Row, content, rows, said, succeeded};

const AUTO_BLOCK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/policies/auto_block.ron");
const LARGEST: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/policies/shutdown_largest_first.ron");
/// Few agents and few days: a run takes a moment.
const SMALL: [&str; 4] = [
    "--people-per-agent=2000",
    "--set=end=\"2024-06-30\"",
    "--set=warm_up_days=180",
    "--replications=3",
];
/// Two measures at once.
const BOTH: &str = "name: \"both\", title: \"Both\", policy: (shutdown_rate: (closures_per_month: \
    {\"2024-01-01\": 9.0}), site_blocking: (sites_per_month: {\"2024-01-01\": 3000}))";

fn crackdown(home: &Path, command: &str, arguments: &[&str]) -> Output {
    program::command(home, &[command]).args(arguments).args(SMALL).output().unwrap()
}

fn succeeds(output: &Output) -> String {
    succeeded(output).1
}

/// A scenario file that extends the reference.
fn written(home: &Path, name: &str, body: &str) -> String {
    let path = home.join(name);
    fs::write(&path, format!("(extends: \"{REFERENCE}\", {body})")).unwrap();
    path.to_str().unwrap().to_owned()
}

fn number(row: &Row, column: &str) -> f64 {
    row[column].parse().unwrap()
}

fn manifest_lists_everything(folder: &Path) {
    let files = content(folder);
    let manifest: serde_json::Value = serde_json::from_slice(&files["manifest.json"]).unwrap();
    for (name, bytes) in files.iter().filter(|(name, _)| *name != "manifest.json") {
        let hash = blake3::hash(bytes).to_hex().to_string();
        assert_eq!(manifest["files"][name]["blake3"], hash, "{name}");
    }
}

#[test]
fn shapley_values_of_a_bundle_add_up_and_runs_are_shared_with_compare() {
    let home = tempfile::tempdir().unwrap();
    let both = written(home.path(), "both.ron", BOTH);
    let output = crackdown(home.path(), "attribute", &[REFERENCE, &both]);
    let errors = succeeds(&output);
    assert!(
        errors.contains("12 runs: 4 scenarios × 3 replications, 0 of them are there"),
        "{errors}"
    );
    let text = said(&output.stdout);
    for part in ["Shutdown rate", "Site blocking", "Shapley value", "Interaction", "All together"] {
        assert!(text.contains(part), "no `{part}` in:\n{text}");
    }
    let folder = home.path().join("output/attribution");
    manifest_lists_everything(&folder);
    let rows = rows(&fs::read(folder.join("attribution.csv")).unwrap());
    let of = |measure: &str, part: &str, added: &str| {
        let found = rows
            .iter()
            .find(|row| row["measure"] == measure && row["part"] == part && row["added"] == added);
        number(found.unwrap(), "value")
    };
    for measure in ["unlicensed_turnover", "licensed_turnover", "sites_blocked"] {
        let all = of(measure, "all", "effect");
        let sum = |added| of(measure, "shutdown_rate", added) + of(measure, "site_blocking", added);
        // Each number is rounded to a whole.
        assert!((sum("shapley") - all).abs() <= 2.0 + 1e-5 * all.abs(), "{measure}");
        let interaction = of(measure, "interaction", "effect");
        assert!((sum("alone") + interaction - all).abs() <= 2.0 + 1e-5 * all.abs(), "{measure}");
        // So few agents need not touch a licensed venue in half a year.
        assert!(all != 0.0 || measure == "licensed_turnover", "{measure}");
    }
    // Closing platforms blocks hardly any site.
    assert!(of("sites_blocked", "site_blocking", "alone") > 100.0);
    assert!(fs::read(folder.join("figures/attribution.png")).unwrap().len() > 1000);
    let again = crackdown(home.path(), "compare", &[REFERENCE, &both]);
    assert!(succeeds(&again).contains("0 runs simulated, 6 taken"));
    // From inside its folder, the command in the manifest repeats it.
    let first = content(&folder);
    succeeds(&program::repeated(&folder));
    assert!(content(&folder.join("repeated")) == first);
}

#[test]
fn mechanisms_are_switched_off_in_both_scenarios() {
    let home = tempfile::tempdir().unwrap();
    let dry = ["--by=mechanism", "--dry-run", REFERENCE, LARGEST];
    let output = crackdown(home.path(), "attribute", &dry);
    succeeds(&output);
    let plan = said(&output.stdout);
    assert!(plan.contains("48 runs: 16 scenarios × 3 replications"), "{plan}");
    assert!(plan.contains("status quo without deterrence, displacement: 3 replications"), "{plan}");
    assert!(plan.contains("Largest platforms first without replacement: 3 replications"), "{plan}");
    assert!(!home.path().join("output").exists(), "a dry run leaves nothing");
}

#[test]
fn a_dose_of_nothing_is_exactly_nothing_and_all_of_it_is_the_policy() {
    let home = tempfile::tempdir().unwrap();
    let dose = ["--strengths=1,0,0.5", REFERENCE, AUTO_BLOCK, LARGEST];
    let output = crackdown(home.path(), "dose", &dose);
    // The baseline once, two policies at one half and in full; words are all or nothing.
    assert!(succeeds(&output).contains("12 runs simulated"), "{}", said(&output.stderr));
    assert!(said(&output.stdout).contains("Automatic blocking by banks"));
    let folder = home.path().join("output/dose");
    manifest_lists_everything(&folder);
    let doses = rows(&fs::read(folder.join("dose.csv")).unwrap());
    let nothing: Vec<&Row> = doses.iter().filter(|row| row["strength"] == "0").collect();
    assert!(nothing.len() > 80);
    // Without own definitions their measures have no value.
    for row in nothing.into_iter().filter(|row| !row["measure"].starts_with("own_")) {
        // A share that has a value in one of these small worlds only has no interval.
        let interval = if row["measure"].starts_with("traced_") { &row["low"] } else { "0" };
        assert_eq!([&row["mean"], &row["low"], &row["high"]], ["0", interval, interval], "{row:?}");
    }
    let at = |policy: &str, strength: &str, measure: &str| {
        let found = doses.iter().find(|row| {
            row["policy"] == policy && row["strength"] == strength && row["measure"] == measure
        });
        number(found.unwrap(), "mean")
    };
    for measure in ["unlicensed_turnover", "honest_turnover_stopped"] {
        let words = ["0.5", "1"].map(|at_| at("shutdown_largest_first", at_, measure));
        assert_eq!(words[0], words[1], "{measure}");
    }
    let stopped = ["0.5", "1"].map(|at_| at("auto_block", at_, "honest_turnover_stopped"));
    // So few agents make few payments to licensed venues: the same, or by chance a little more, may be stopped at half strength.
    assert!(0.0 < stopped[0] && stopped[0] <= 1.1 * stopped[1], "{stopped:?}");
    assert!(
        at("auto_block", "0.5", "unlicensed_turnover")
            != at("auto_block", "1", "unlicensed_turnover")
    );
    succeeds(&crackdown(home.path(), "compare", &[REFERENCE, AUTO_BLOCK, "--quiet"]));
    let effects = fs::read(home.path().join("output/auto_block/effects.csv")).unwrap();
    let defined = |row: &&Row| !row["measure"].starts_with("own_");
    for row in rows(&effects).iter().filter(defined) {
        assert_eq!(number(row, "effect"), at("auto_block", "1", &row["measure"]), "{row:?}");
    }
}

#[test]
fn what_cannot_be_divided_is_refused_in_words() {
    let home = tempfile::tempdir().unwrap();
    let world = written(home.path(), "world.ron", &format!("customers: (habit: 0.5), {BOTH}"));
    for command in ["attribute", "dose"] {
        let refused = crackdown(home.path(), command, &[REFERENCE, &world]);
        assert_eq!(refused.status.code(), Some(1));
        let errors = said(&refused.stderr);
        assert!(errors.contains("in more than policy (customers.habit)"), "{errors}");
        assert!(errors.contains("begins with `extends: \"kazakhstan\"`"), "{errors}");
    }
    let same = crackdown(home.path(), "attribute", &[REFERENCE, REFERENCE]);
    assert_eq!(same.status.code(), Some(1));
    assert!(said(&same.stderr).contains("no effect to divide"), "{}", said(&same.stderr));
    let wrong = ["--strengths=0,50", "--window=2020-01-01..2024-01-01", REFERENCE, AUTO_BLOCK];
    let refused = crackdown(home.path(), "dose", &wrong);
    assert_eq!(refused.status.code(), Some(1));
    let errors = said(&refused.stderr);
    for part in ["`50` is no share from 0 to 1", "within the reported days"] {
        assert!(errors.contains(part), "no `{part}` in:\n{errors}");
    }
    assert!(!home.path().join("output").exists());
}

/// Kind: days count on which nothing can differ yet; `compare` says so, and whoever shares its days.
#[test]
fn a_bundle_that_begins_after_the_first_day_that_counts_is_told() {
    let home = tempfile::tempdir().unwrap();
    for (command, policy) in [("attribute", AUTO_BLOCK), ("dose", LARGEST)] {
        let words = [REFERENCE, policy, "--window=2023-07-01..", "--dry-run"];
        let told = succeeds(&crackdown(home.path(), command, &words));
        assert!(
            told.contains("differs from the baseline only from 2024-01-01"),
            "{command}: {told}"
        );
    }
}
