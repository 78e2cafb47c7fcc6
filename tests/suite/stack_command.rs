//! `crackdown stack` and `crackdown diff` seen from outside.

use std::fs;
use std::path::Path;

use crackdown::scenario;
use tempfile::TempDir;

use crate::program::{at_root, said};

const AUTO: &str = "scenarios/policies/auto_block.ron";
const SITES: &str = "scenarios/policies/site_blocking.ron";
const DOUBLE: &str = "scenarios/policies/shutdown_double.ron";
const BASE: &str = "scenarios/kazakhstan.ron";

fn run(arguments: &[&str]) -> (i32, String, String) {
    let output = at_root(arguments);
    (output.status.code().unwrap(), said(&output.stdout), said(&output.stderr))
}

/// A policy file in a folder.
fn policy(folder: &TempDir, name: &str, policy: &str) -> String {
    let base = Path::new(BASE).canonicalize().unwrap();
    let path = folder.path().join(format!("{name}.ron"));
    let text =
        format!("(extends: {base:?}, name: \"{name}\", title: \"{name}\", policy: ({policy}))");
    fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

fn load(path: &str) -> scenario::Resolved {
    scenario::load(Path::new(path), &[]).unwrap_or_else(|findings| panic!("{findings}"))
}

#[test]
fn policies_that_agree_become_one_file_that_says_both() {
    let folder = TempDir::new().unwrap();
    let out = folder.path().join("both.ron");
    let out = out.to_str().unwrap();
    let (code, stdout, report) = run(&["stack", AUTO, SITES, "--out", out]);
    assert_eq!((code, stdout.as_str()), (0, ""), "{report}");
    assert!(
        report.contains("no conflicts") && report.contains(&format!("{AUTO} sets:")),
        "{report}"
    );
    let both = load(out);
    assert_eq!(both.scenario.name, "both");
    assert_eq!(both.scenario.title, "Automatic blocking by banks + Mass blocking of sites");
    let (auto, sites) = (load(AUTO).scenario.policy, load(SITES).scenario.policy);
    assert_eq!(both.scenario.policy.auto_block, auto.auto_block);
    assert_eq!(both.scenario.policy.site_blocking, sites.site_blocking);
    let text = fs::read_to_string(out).unwrap();
    assert!(text.contains("extends:") && !text.contains("customers"), "{text}");

    let (code, _, said) = run(&["stack", AUTO, SITES, "--out", out]);
    assert_eq!(code, 3);
    assert!(said.contains("--force"), "{said}");
    assert_eq!(run(&["stack", SITES, AUTO, "--out", out, "--force"]).0, 0);
    assert_eq!(
        load(out).scenario.policy,
        both.scenario.policy,
        "order does not matter without conflicts"
    );
}

#[test]
fn without_a_place_the_bundle_is_shown() {
    let (code, text, _) = run(&["stack", AUTO, DOUBLE, "--name", "pair", "--title", "A pair"]);
    assert_eq!(code, 0);
    assert_eq!(
        text,
        "// Written by crackdown stack from auto_block.ron and shutdown_double.ron.\n\
         (\n    extends: \"scenarios/kazakhstan.ron\",\n    name: \"pair\",\n    title: \"A pair\",\n    policy: (\n        \
         auto_block: (\n            bank_share: {\"2024-01-01\": 0.95},\n            list_lag_days: {\"2024-01-01\": 5},\n            \
         detect_card: {\"2024-01-01\": 0.1},\n        ),\n        \
         shutdown_rate: (\n            closures_per_month: {\"2024-01-01\": 4, \"2024-10-01\": 12, \"2025-01-01\": 6},\n        ),\n    ),\n)\n"
    );
}

#[test]
fn a_conflict_is_told_and_refused_unless_the_last_is_preferred() {
    let folder = TempDir::new().unwrap();
    let late = policy(&folder, "late", "shutdown_rate: (closures_per_month: {\"2024-07-01\": 9})");
    let (code, text, report) = run(&["stack", DOUBLE, &late]);
    assert_eq!((code, text.as_str()), (1, ""));
    for part in [
        "conflict: `policy.shutdown_rate.closures_per_month` is set differently (from different dates)",
        &format!("{DOUBLE}: {{\"2024-01-01\": 4, \"2024-10-01\": 12, \"2025-01-01\": 6}}"),
        "late.ron: {\"2024-07-01\": 9}",
        "--prefer last",
    ] {
        assert!(report.contains(part), "no `{part}` in\n{report}");
    }
    let (code, text, report) = run(&["stack", DOUBLE, &late, "--prefer", "last"]);
    assert_eq!(code, 0, "{report}");
    assert!(text.contains("closures_per_month: {\"2024-01-01\": 4, \"2024-07-01\": 9}"), "{text}");
    assert!(report.contains("the last one wins"), "{report}");
    let (_, text, _) = run(&["stack", &late, DOUBLE, "--prefer", "last"]);
    assert!(
        text.contains(
            "closures_per_month: {\"2024-01-01\": 4, \"2024-10-01\": 12, \"2025-01-01\": 6}"
        ),
        "{text}"
    );
    // What both say alike is no conflict.
    let same = policy(
        &folder,
        "same",
        "shutdown_rate: (closures_per_month: {\"2024-01-01\": 4.0, \"2024-10-01\": 12, \"2025-01-01\": 6})",
    );
    assert_eq!(run(&["stack", DOUBLE, &same]).0, 0);
}

#[test]
fn campaigns_of_one_name_must_agree_and_those_on_one_lever_are_noted() {
    let folder = TempDir::new().unwrap();
    let raids = |value: f64, more: &str| {
        format!(
            "campaigns: {{\"raids\": (lever: \"shutdown_rate.closures_per_month\", value: {value}{more})}}"
        )
    };
    let a = policy(&folder, "a", &raids(12.0, ", until: \"2025-01-31\""));
    let b = policy(&folder, "b", &raids(8.0, ""));
    let (code, _, report) = run(&["stack", &a, &b]);
    assert_eq!(code, 1);
    assert!(report.contains("conflict: `policy.campaigns.raids` is set differently"), "{report}");
    let (code, text, _) = run(&["stack", &a, &b, "--prefer", "last"]);
    assert_eq!(code, 0);
    let whole = "\"raids\": (lever: \"shutdown_rate.closures_per_month\", value: 8),";
    assert!(text.contains(whole), "of two campaigns the last holds as a whole:\n{text}");
    let (code, _, report) = run(&["stack", &a, DOUBLE]);
    assert_eq!(code, 0);
    assert!(report.contains("note: campaign \"raids\""), "{report}");
}

#[test]
fn a_campaign_of_the_reference_can_be_taken_away_and_changed_but_not_both() {
    let folder = TempDir::new().unwrap();
    let text = fs::read_to_string(BASE).unwrap();
    let raids = "campaigns: {\"raids\": (lever: \"shutdown_rate.closures_per_month\", value: 12)},";
    fs::write(folder.path().join("base.ron"), text.replace("campaigns: {},", raids)).unwrap();
    let write = |name: &str, campaign: &str| {
        let path = folder.path().join(format!("{name}.ron"));
        let policy = format!("policy: (campaigns: {{\"raids\": {campaign}}})");
        fs::write(&path, format!("(extends: \"base.ron\", name: \"{name}\", {policy})")).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let (away, half, late) = (
        write("away", "None"),
        write("half", "(strength: 0.5)"),
        write("late", "(from: \"2024-05-01\")"),
    );
    let both = folder.path().join("both.ron");
    let both = both.to_str().unwrap();
    let (code, _, report) = run(&["stack", &half, &late, "--out", both]);
    assert_eq!(code, 0, "different fields of one campaign are no conflict:\n{report}");
    let campaigns = load(both).scenario.policy.campaigns;
    assert_eq!((campaigns["raids"].strength, campaigns["raids"].from.is_some()), (0.5, true));
    for (files, left) in [([&away, &half], 1), ([&half, &away], 0)] {
        let [a, b] = files;
        assert_eq!(run(&["stack", a, b]).0, 1);
        let last = ["stack", a, b, "--prefer", "last", "--force", "--out", both];
        let (code, _, report) = run(&last);
        assert_eq!(code, 0, "{report}");
        assert_eq!(load(both).scenario.policy.campaigns.len(), left, "{report}");
    }
}

#[test]
fn files_on_different_references_cannot_be_stacked() {
    let folder = TempDir::new().unwrap();
    fs::copy(BASE, folder.path().join("other.ron")).unwrap();
    let text = "(extends: \"other.ron\", name: \"x\", policy: (auto_block: (bank_share: 0.5)))";
    let path = folder.path().join("x.ron");
    fs::write(&path, text).unwrap();
    let (code, _, said) = run(&["stack", AUTO, path.to_str().unwrap()]);
    assert_eq!(code, 1);
    assert!(said.contains("only policies on the same reference"), "{said}");
    let (code, _, said) = run(&["stack", AUTO, BASE]);
    assert_eq!(code, 1);
    assert!(said.contains("extends nothing"), "{said}");
}

#[test]
fn a_difference_is_told_in_words_and_as_tables() {
    let (code, text, _) = run(&["diff", BASE, DOUBLE]);
    assert_eq!(code, 0);
    assert_eq!(
        text,
        "What scenarios/policies/shutdown_double.ron (Twice the closures) changes of \
         scenarios/kazakhstan.ron (Kazakhstan, status quo):\n  \
         2024-01-01 to 2024-09-30  shutdown_rate: up to 4 platforms are closed a month (was 2)\n  \
         2024-10-01 to 2024-12-31  shutdown_rate: up to 12 platforms are closed a month (was 6)\n  \
         from 2025-01-01           shutdown_rate: up to 6 platforms are closed a month (was 3)\n"
    );
    let (_, json, _) = run(&["diff", BASE, AUTO, "--format", "json"]);
    let rows: Vec<serde_json::Value> = serde_json::from_str(&json).unwrap();
    let (_, text, _) = run(&["diff", BASE, AUTO, "--format", "csv"]);
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let lines: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!((lines.len(), rows.len()), (5, 5));
    assert_eq!(&lines[0][0], "policy.auto_block.bank_share");
    assert_eq!(rows[0]["from"], "2024-01-01");
}

#[test]
fn equal_files_have_no_difference_and_wrong_ones_are_refused() {
    assert_eq!(run(&["diff", AUTO, AUTO]), (0, "no difference\n".to_owned(), String::new()));
    let (code, text, said) = run(&["diff", AUTO, "tests/bad/empty.ron"]);
    assert_eq!((code, text.as_str()), (1, ""));
    assert!(said.contains("the file is empty"), "{said}");
}
