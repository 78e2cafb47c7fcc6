//! Wrong scenario files against the full message that the analyst sees.
//!
//! `UPDATE_EXPECT=1 cargo test --test suite bad` rewrites the expected messages; read the difference.

use std::fs;
use std::path::{Path, PathBuf};

use crackdown::scenario::{self, Findings, Study};
use crackdown::store;

use crate::program::{at_root, said};

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
        let mut words = vec!["check".to_owned(), case.display().to_string()];
        words.extend(sets(&case).iter().map(|set| format!("--set={set}")));
        let output = at_root(&words);
        assert_eq!(output.status.code(), Some(1), "{name}");
        let said = said(&output.stderr);
        assert!(said.starts_with(&expected), "{name}:\n{said}");
        assert!(output.stdout.is_empty(), "{name}");
    }
}

#[test]
fn one_wrong_file_among_good_ones_fails_but_all_are_read() {
    let wrong = ["check", "scenarios/kazakhstan.ron", "tests/bad/empty.ron", "no_such_file.ron"];
    let output = at_root(&[&wrong[..], &["scenarios/policies/auto_block.ron"]].concat());
    assert_eq!(output.status.code(), Some(1));
    let (out, err) = (said(&output.stdout), said(&output.stderr));
    assert!(out.contains("Kazakhstan, status quo") && out.contains("Automatic blocking by banks"));
    assert!(err.contains("the file is empty") && err.contains("no_such_file.ron"), "{err}");
    assert!(err.ends_with("2 of 4 files cannot be used\n"), "{err}");
}

#[test]
fn wrong_and_good_files_are_told_in_russian_and_kazakh() {
    let told = |lang: &str, file: &str, good: bool| {
        let output = at_root(&["check", file, "--lang", lang]);
        assert_eq!(output.status.success(), good);
        said(if good { &output.stdout } else { &output.stderr })
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
        ("ru", "scenarios/studies/best_mix.ron", "Цель: как можно меньше"),
        ("kk", "scenarios/studies/best_mix.ron", "Мақсат: мүмкіндігінше аз"),
    ];
    for (lang, file, head) in good {
        let said = told(lang, file, true);
        assert!(said.contains(head), "{said}");
        let english = [" the ", " of ", " to ", " days", "Note", "Cost", "draws"];
        assert!(!english.iter().any(|word| said.contains(word)), "{lang}: {said}");
    }
}

#[test]
fn what_commands_print_and_refuse_is_told_in_russian_and_kazakh() {
    let study = "scenarios/studies/small.ron";
    for line in [
        "run",
        "run kazakhstan --threads",
        "run kazakhstan --replications x",
        "run kazakhstan --quiet --json",
        "template --out x.txt --xlsx",
        "nonsense",
        "compare kazakhstan auto_block --foo",
        "compare kazakhstan auto_block --window 2030 --chance-only",
        "compare kazakhstan auto_block --precision nonsense=2",
        "dose kazakhstan auto_block --strengths 2",
        "explain tests",
        "report tests",
        "record tests",
        "verify tests",
        "benefits tests",
        &format!("expand {study} --add-draws 2 --dry-run"),
        &format!("expand {study}"),
        &format!("merge {study} --out tests/nowhere"),
        &format!("sweep {study} --dry-run"),
        &format!("sweep {study} --only nonsense:1:1"),
        &format!("submit --engine kubernetes {study} --shards 2"),
        &format!("submit --engine slurm {study} --shards 20000"),
        "sensitivity scenarios/studies/what_the_ranking_hangs_on.ron --dry-run",
        "calibrate scenarios/studies/calibration.ron --dry-run",
        "posteriors scenarios/posterior.parquet",
    ] {
        for lang in ["ru", "kk"] {
            let output = at_root(&line.split(' ').chain(["--lang", lang]).collect::<Vec<_>>());
            let said = said(&output.stdout) + &said(&output.stderr);
            let english = [" the ", " is ", " of ", " to ", " are ", "error", "Usage", "runs "];
            let left = said.lines().find(|line| english.iter().any(|word| line.contains(word)));
            assert_eq!(left, None, "{line} in {lang}");
            assert!(!said.is_empty(), "{line}");
        }
    }
}
