//! Wrong scenario files against the full message that the analyst sees.
//!
//! `UPDATE_EXPECT=1 cargo test --test suite bad` rewrites the expected messages; read the difference.

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use crackdown::scenario;

/// The cases: files in `tests/bad`, named from the root of the package as messages will name them.
fn cases() -> Vec<PathBuf> {
    let entries = fs::read_dir("tests/bad").unwrap().map(|entry| entry.unwrap().path());
    let mut cases: Vec<PathBuf> =
        entries.filter(|path| path.extension().is_some_and(|end| end == "ron")).collect();
    cases.sort();
    cases
}

/// What the first lines of a case want laid over it: `// --set PATH=VALUE`.
fn sets(case: &Path) -> Vec<String> {
    let text = fs::read_to_string(case).unwrap_or_default();
    text.lines().map_while(|line| line.strip_prefix("// --set ")).map(str::to_owned).collect()
}

#[test]
fn every_wrong_file_is_refused_with_its_expected_message() {
    let update = std::env::var_os("UPDATE_EXPECT").is_some();
    let cases = cases();
    assert!(cases.len() >= 30, "only {} wrong files", cases.len());
    let mut wrong = Vec::new();
    for case in cases {
        let Err(findings) = scenario::load(&case, &sets(&case)) else {
            wrong.push(format!("{}: taken as a good scenario", case.display()));
            continue;
        };
        assert!(findings.errors() > 0, "{}: refused without an error", case.display());
        let expected = case.with_extension("expected");
        let said = findings.to_string();
        if update {
            fs::write(&expected, said).unwrap();
        } else if fs::read_to_string(&expected).unwrap_or_default() != said {
            wrong.push(format!("{} should be:\n{said}", expected.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_program_fails_on_wrong_files_and_says_so_on_stderr() {
    for name in ["unknown_field", "empty", "folder", "set_out_of_range", "windows_lines_and_tabs"] {
        let case = Path::new("tests/bad").join(name).with_extension("ron");
        let expected = fs::read_to_string(case.with_extension("expected")).unwrap();
        let mut command = Command::cargo_bin("crackdown").unwrap();
        command.arg("check").arg(&case);
        command.args(sets(&case).iter().flat_map(|set| ["--set", set]));
        let output = command.assert().failure().code(1).get_output().clone();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.starts_with(&expected), "{name}:\n{said}");
        assert!(output.stdout.is_empty(), "{name}");
    }
}

#[test]
fn one_wrong_file_among_good_ones_fails_but_all_are_read() {
    let mut command = Command::cargo_bin("crackdown").unwrap();
    command.args(["check", "scenarios/kazakhstan.ron", "tests/bad/empty.ron", "no_such_file.ron"]);
    command.arg("scenarios/policies/auto_block.ron");
    let output = command.assert().failure().code(1).get_output().clone();
    let (out, err) =
        (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert!(out.contains("Kazakhstan, status quo") && out.contains("Automatic blocking by banks"));
    assert!(err.contains("the file is empty") && err.contains("no_such_file.ron"), "{err}");
    assert!(err.ends_with("2 of 4 files cannot be used\n"), "{err}");
}
