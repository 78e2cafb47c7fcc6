//! Results of small worlds stay what they were, to the byte: `tests/golden` holds what earlier versions wrote.
//!
//! A change of the model changes them: then its version rises, CHANGELOG.md says why, and the failing test says which files to copy.

use std::fs;
use std::path::Path;

use crate::program::{HERE, crackdown, said};

/// Runs a command in a folder of its own; its results, by name, are those in `tests/golden`.
fn same(arguments: &str, files: &[(&str, &str)]) {
    let home = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(Path::new(HERE).join("scenarios"), home.path().join("scenarios"))
        .unwrap();
    let words: Vec<&str> = arguments.split_whitespace().collect();
    let output = crackdown(home.path(), &[&words[..], &["--quiet", "--out", "new"]].concat());
    assert!(output.status.success(), "{arguments}\n{}", said(&output.stderr));
    for (file, golden) in files {
        let written = fs::read_to_string(home.path().join("new").join(file)).unwrap();
        let path = Path::new(HERE).join("tests/golden").join(golden);
        let kept = fs::read_to_string(&path).unwrap();
        let differs = written.lines().zip(kept.lines()).position(|(a, b)| a != b);
        assert!(
            written == kept,
            "crackdown {arguments}\n{file} is not {} any more (first difference: line {:?})",
            path.display(),
            differs.map(|line| line + 1)
        );
    }
}

#[test]
fn a_run() {
    same(
        "run scenarios/kazakhstan.ron --people-per-agent 2000 --replications 2",
        &[("summary.csv", "run_summary.csv"), ("agency_view.csv", "run_agency_view.csv")],
    );
}

#[test]
fn a_comparison() {
    same(
        "compare scenarios/kazakhstan.ron scenarios/policies/auto_block.ron scenarios/policies/card_limits.ron \
         scenarios/policies/bundle_all_rails.ron --people-per-agent 2000 --replications 4 --chance-only",
        &[("effects.csv", "compare_effects.csv"), ("displacement.csv", "compare_displacement.csv")],
    );
}

#[test]
fn strengths_of_a_policy() {
    same(
        "dose scenarios/kazakhstan.ron scenarios/policies/auto_block.ron --people-per-agent 2000 --replications 2",
        &[("dose.csv", "dose.csv")],
    );
}

#[test]
fn parts_of_an_effect() {
    same(
        "attribute scenarios/kazakhstan.ron scenarios/policies/shutdown_double.ron --people-per-agent 2000 --replications 2",
        &[("attribution.csv", "attribution.csv")],
    );
}

#[test]
fn a_study() {
    same("sweep scenarios/studies/small.ron", &[("effects.csv", "sweep_effects.csv")]);
}

#[test]
fn a_case_from_elsewhere() {
    same(
        "validate scenarios/validation/patterns.ron --only one_site_blocked --replications 2",
        &[("validation.csv", "validation.csv")],
    );
}
