//! Wrong scenario files against the full message that the analyst sees.
//!
//! `UPDATE_EXPECT=1 cargo test --test suite bad` rewrites the expected messages; read the difference.

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use crackdown::scenario::{self, Findings, Study};
use crackdown::store;

/// The cases: files in a folder, named from the root of the package as messages will name them.
fn cases(folder: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
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

/// Compares what is said about every case with what is expected.
fn refused(cases: Vec<PathBuf>, load: impl Fn(&Path) -> Option<Findings>) {
    let update = std::env::var_os("UPDATE_EXPECT").is_some();
    let mut wrong = Vec::new();
    for case in cases {
        let Some(findings) = load(&case) else {
            wrong.push(format!("{}: taken as good", case.display()));
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
fn every_wrong_file_is_refused_with_its_expected_message() {
    let cases = cases("tests/bad");
    assert!(cases.len() >= 30, "only {} wrong files", cases.len());
    refused(cases, |case| scenario::load(case, &sets(case)).err());
}

#[test]
fn every_wrong_study_is_refused_with_its_expected_message() {
    let cases = cases("tests/bad/studies");
    assert!(cases.len() >= 12, "only {} wrong studies", cases.len());
    refused(cases, |case| {
        Study::load_with(case, &sets(case), crackdown::model::YIELDS, &store::read_table).err()
    });
}

#[test]
fn the_program_fails_on_wrong_files_and_says_so_on_stderr() {
    for name in [
        "unknown_field",
        "empty",
        "folder",
        "set_out_of_range",
        "windows_lines_and_tabs",
        "studies/ranges",
    ] {
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

#[test]
fn wrong_and_good_files_are_told_in_russian_and_kazakh() {
    let told = |lang: &str, file: &str, good: bool| {
        let mut command = Command::cargo_bin("crackdown").unwrap();
        let assert = command.args(["check", file, "--lang", lang]).assert();
        let output = if good { assert.success() } else { assert.failure() }.get_output().clone();
        let text = if good { output.stdout } else { output.stderr };
        String::from_utf8(text).unwrap()
    };
    let wrong = told("ru", "tests/bad/unknown_field.ron", false);
    assert!(wrong.contains("ошибка: ") && wrong.contains("подсказка: "), "{wrong}");
    assert!(!wrong.contains("error") && !wrong.contains("help"), "{wrong}");
    assert!(told("kk", "tests/bad/unknown_field.ron", false).contains("қате: "));
    let study = "scenarios/studies/small.ron";
    let policy = "scenarios/policies/auto_block.ron";
    let good = [
        ("ru", policy, "Отличия от исходного сценария"),
        ("kk", policy, "Негізгі сценарийден айырмасы"),
        ("ru", study, "Варьируемые параметры:"),
        ("kk", study, "Өзгертілетін параметрлер:"),
    ];
    for (lang, file, head) in good {
        let said = told(lang, file, true);
        assert!(said.contains(head), "{said}");
        let english = [" the ", " of ", " to ", " days", "Note", "Cost", "draws"];
        assert!(!english.iter().any(|word| said.contains(word)), "{lang}: {said}");
    }
}
