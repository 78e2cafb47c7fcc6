//! Where commands write: nothing of somebody else's is overwritten or deleted, and nothing that was made is lost.

use std::fs;
use std::io::Write;
use std::process::Stdio;

use crate::program::{
    SCENARIOS, command, content, crackdown, on_small_disk, said, succeeds, tiny_world, until_there,
};

/// A home with a small world, a policy, studies, and a folder and a file that are somebody's own.
fn home() -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    let put = |name: &str, text: String| fs::write(home.path().join(name), text).unwrap();
    tiny_world(home.path());
    put("p.ron", "(extends: \"w.ron\", name: \"p\", title: \"Policy\", policy: (shutdown_rate: (closures_per_month: {\"2024-01-01\": 6})))".to_owned());
    let study = |draws: &str| {
        format!("(title: \"S\", scenarios: [\"w.ron\"], replications: 1, draws: {draws})")
    };
    put("study.ron", study("Grid({\"customers.habit\": [0.2, 0.4]})"));
    put("other.ron", study("Grid({\"customers.habit\": [0.3]})"));
    put(
        "ranges.ron",
        study("LatinHypercube(number: 10, parameters: {\"customers.habit\": Prior})"),
    );
    fs::create_dir(home.path().join("thesis")).unwrap();
    put("thesis/study.ron", "(title: \"Years of work\")".to_owned());
    put("thesis/effects.csv", "years,of,work\n".to_owned());
    put("chapter.txt", "years of work".to_owned());
    home
}

/// Kind: a command with `--out` at a place that holds something else.
#[test]
fn no_command_writes_into_what_is_not_its_own_with_or_without_force() {
    let home = home();
    let here = home.path();
    succeeds(
        here,
        &["compare", "w.ron", "p.ron", "--replications=2", "--out=comparison", "--quiet"],
    );
    succeeds(here, &["sweep", "study.ron", "--out=swept", "--quiet"]);
    let catalogue = format!("{SCENARIOS}/validation/patterns.ron");
    let commands: &[(&[&str], &str, bool)] = &[
        (&["run", "w.ron", "--replications=1"], "", true),
        (&["compare", "w.ron", "p.ron", "--replications=2"], "comparison", true),
        (&["dose", "w.ron", "p.ron", "--replications=2"], "", true),
        (&["attribute", "w.ron", "p.ron", "--replications=2"], "", true),
        (&["validate", &catalogue], "", true),
        (&["report", "comparison"], "comparison", true),
        (&["sweep", "study.ron"], "swept", false),
        (&["sweep", "study.ron", "--shard=1/2"], "swept", false),
        (&["sweep", "study.ron", "--dry-run"], "swept", false),
        (&["sweep", "other.ron"], "", false),
        (&["merge", "study.ron", "--partial"], "swept", false),
        (&["calibrate", "ranges.ron", "--waves=1"], "", false),
        (&["sensitivity", "ranges.ron"], "", false),
        (&["submit", "study.ron", "--engine=slurm", "--shards=1", "--dry-run"], "swept", true),
        (&["record", "comparison"], "", true),
        (&["stack", "p.ron", "p.ron"], "", true),
    ];
    let before = content(here);
    for (words, own, forces) in commands {
        for place in ["comparison", "swept", "thesis", "chapter.txt"] {
            for force in [false, true] {
                if place == *own || force && !forces {
                    continue;
                }
                let (out, force) = (["--out", place], if force { &["--force"][..] } else { &[] });
                let output = crackdown(here, &[words, &out[..], force].concat());
                let errors = said(&output.stderr);
                let code = output.status.code();
                assert!(!matches!(code, Some(0)), "{words:?} --out {place} {force:?}: {errors}");
                // A calibration of a month has nothing to aim at, which is told first.
                assert!(
                    errors.contains("another f") || words[0] == "calibrate",
                    "{words:?} --out {place} {force:?} says nothing of what to do: {errors}"
                );
                assert!(
                    content(here) == before,
                    "{words:?} --out {place} {force:?} wrote something"
                );
            }
        }
    }
}

/// Kind: something appears at the place of the results while they are made.
#[test]
fn what_appears_during_a_run_stays_and_so_do_the_results() {
    let home = home();
    let here = home.path();
    let commands: [&[&str]; 4] = [
        &["run", "w.ron", "--replications=60"],
        &["compare", "w.ron", "p.ron", "--replications=30"],
        &["dose", "w.ron", "p.ron", "--replications=10"],
        &["attribute", "w.ron", "p.ron", "--replications=10"],
    ];
    for (number, words) in commands.iter().enumerate() {
        let place = here.join("results");
        let mut program = command(here, words);
        program.args(["--out=results", &format!("--runs=runs{number}"), "--threads=1"]);
        let mut child = program.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        // The place was free when it was claimed.
        until_there(&mut child, &here.join(".results.partial"));
        fs::create_dir(&place).unwrap();
        fs::write(place.join("notes.txt"), "years of work").unwrap();
        let output = child.wait_with_output().unwrap();
        let errors = said(&output.stderr);
        assert_eq!(output.status.code(), Some(3), "{words:?}: {errors}");
        assert!(errors.contains("the results are in results-2"), "{words:?}: {errors}");
        assert!(here.join("results-2/manifest.json").exists(), "{words:?}");
        assert_eq!(content(&place).len(), 1, "{words:?} wrote to what is not its own");
        assert!(!here.join(".results.partial").exists(), "{words:?}");
        fs::remove_dir_all(&place).unwrap();
        fs::remove_dir_all(here.join("results-2")).unwrap();
    }
}

/// Kind: hidden files and folders whose names look like left-overs.
#[test]
fn hidden_files_of_others_stay_and_left_overs_of_killed_commands_go() {
    let home = home();
    let here = home.path();
    let foreign = [
        ".both.ron.partial",
        ".results.zip.partial",
        ".study.ron.partial",
        ".record-notes.partial",
    ];
    for name in foreign {
        fs::write(here.join(name), "years of work").unwrap();
    }
    let left_overs =
        [".both.ron.crackdown-aB3dE6.partial", ".results.zip.crackdown-aB3dE6.partial"];
    for name in left_overs {
        fs::write(here.join(name), "half").unwrap();
    }
    succeeds(here, &["run", "w.ron", "--replications=1", "--out=results", "--quiet"]);
    succeeds(here, &["stack", "p.ron", "p.ron", "--out=both.ron"]);
    succeeds(here, &["record", "results"]);
    succeeds(here, &["expand", "study.ron", "--add-replications=1"]);
    // What they wrote they may replace, without trace.
    succeeds(here, &["stack", "p.ron", "p.ron", "--out=both.ron", "--force"]);
    succeeds(here, &["record", "results", "--force"]);
    for name in foreign {
        assert_eq!(fs::read_to_string(here.join(name)).unwrap(), "years of work", "{name}");
    }
    let there = content(here);
    let hidden: Vec<_> = there.keys().filter(|name| name.starts_with('.')).collect();
    assert_eq!(hidden.len(), foreign.len(), "{hidden:?}");
    // A study has left-overs of its own, and a user may have a file that looks like one.
    succeeds(here, &["sweep", "study.ron", "--out=swept", "--quiet"]);
    fs::write(here.join("swept/.writing-notes.txt"), "years of work").unwrap();
    fs::write(here.join("swept/.writing-123-effects.csv"), "half").unwrap();
    succeeds(here, &["sweep", "study.ron", "--out=swept", "--quiet"]);
    assert!(here.join("swept/.writing-notes.txt").exists());
    assert!(!here.join("swept/.writing-123-effects.csv").exists());
}

/// Kind: notes among the stages of a result are listed as results, and go with them.
#[test]
fn notes_among_the_stages_of_a_sensitivity_are_no_results() {
    let home = home();
    let here = home.path();
    let words = [
        "sensitivity",
        "ranges.ron",
        "--trajectories=2",
        "--keep=1",
        "--base=4",
        "--measures=demand",
        "--out=asked",
        "--quiet",
    ];
    succeeds(here, &words);
    let verified = |more: &[&str]| {
        let output = crackdown(here, &[&["verify", "asked", "--rerun=0"], more].concat());
        (output.status.code(), said(&output.stdout))
    };
    assert_eq!(verified(&[]).0, Some(0), "{}", verified(&[]).1);
    let mut notes = fs::File::create(here.join("asked/morris/notes.txt")).unwrap();
    notes.write_all(b"years of work").unwrap();
    succeeds(here, &words);
    let manifest = fs::read_to_string(here.join("asked/manifest.json")).unwrap();
    assert!(
        manifest.contains("morris/runs.parquet") && !manifest.contains("notes.txt"),
        "{manifest}"
    );
}

/// Kind: a disk that becomes full. The largest file that may be written stands for it: whoever runs the tests may set that.
#[cfg(unix)]
#[test]
fn a_full_disk_leaves_results_whole_or_none_and_all_runs() {
    let home = home();
    let here = home.path();
    let commands: [&[&str]; 6] = [
        &["run", "w.ron", "--replications=2", "--out=out"],
        &["compare", "w.ron", "p.ron", "--replications=2", "--out=out"],
        &["sweep", "study.ron", "--out=out"],
        &[
            "sensitivity",
            "ranges.ron",
            "--trajectories=2",
            "--keep=1",
            "--base=4",
            "--measures=demand",
            "--out=out",
        ],
        &["dose", "w.ron", "p.ron", "--replications=2", "--out=out"],
        &["stack", "p.ron", "p.ron", "--out=out/both.ron"],
    ];
    let full_once = commands.map(|words| {
        let mut refused = 0;
        for blocks in [0, 1, 8, 20, 40, 100] {
            let output = on_small_disk(blocks, here, words);
            let errors = said(&output.stderr);
            assert!(
                !errors.contains("panicked") && !errors.contains("bug of"),
                "{words:?}: {errors}"
            );
            let whole =
                here.join("out/manifest.json").exists() || here.join("out/both.ron").exists();
            assert_eq!(output.status.success(), whole, "{words:?} with {blocks} blocks: {errors}");
            if whole {
                break;
            }
            refused += 1;
            assert_eq!(output.status.code(), Some(3), "{words:?}: {errors}");
            let there =
                if here.join("out").exists() { content(&here.join("out")) } else { [].into() };
            let tables = [
                "effects.csv",
                "columns.md",
                "levels.csv",
                "draws.csv",
                "summary.csv",
                "sensitivity.csv",
            ];
            let half = there
                .keys()
                .find(|name| tables.contains(&name.as_str()) || name.starts_with("figures/"));
            assert_eq!(
                half, None,
                "{words:?} with {blocks} blocks left results without a manifest"
            );
            let hidden =
                there.keys().find(|name| name.contains(".writing-") || name.ends_with(".partial"));
            assert_eq!(hidden, None, "{words:?} with {blocks} blocks left what it was writing");
        }
        // With room again the same command does the rest.
        if !here.join("out/both.ron").exists() && !here.join("out/manifest.json").exists() {
            succeeds(here, words);
        }
        fs::remove_dir_all(here.join("out")).unwrap();
        refused
    });
    assert!(full_once.iter().all(|refused| *refused > 0), "{full_once:?}");
}

/// Kind: a finished study that goes on stays as it was until runs and results of more are there, all at once.
#[cfg(unix)]
#[test]
fn a_full_disk_leaves_a_finished_study_as_it_was_until_it_can_be_extended() {
    let home = home();
    let here = home.path();
    succeeds(here, &["sweep", "study.ron", "--out=swept", "--quiet"]);
    let study = fs::read_to_string(here.join("study.ron")).unwrap();
    fs::write(here.join("study.ron"), study.replace("replications: 1", "replications: 2")).unwrap();
    let results = || {
        let mut files = content(&here.join("swept"));
        files.retain(|name, _| !name.starts_with("unmerged/"));
        files
    };
    let before = results();
    let mut refused_with_all_runs = 0;
    for blocks in [1, 8, 16, 24, 32, 40, 60, 100, 200] {
        let output = on_small_disk(blocks, here, &["sweep", "study.ron", "--out=swept"]);
        if output.status.success() {
            break;
        }
        assert_eq!(output.status.code(), Some(3), "{}", said(&output.stderr));
        assert!(results() == before, "{blocks} blocks changed results that are not the new ones");
        let status = crackdown(here, &["status", "study.ron", "--out=swept", "--json"]);
        let status: serde_json::Value = serde_json::from_slice(&status.stdout).unwrap();
        refused_with_all_runs += u32::from(status["missing"] == 0);
        succeeds(here, &["verify", "swept", "--rerun=0"]);
    }
    assert!(refused_with_all_runs > 0, "the disk was never full while results were written");
    succeeds(here, &["sweep", "study.ron", "--out=swept", "--quiet"]);
    succeeds(here, &["sweep", "study.ron", "--out=undisturbed", "--quiet"]);
    assert!(results() == content(&here.join("undisturbed")));
}

/// Kind: earlier results stay as they are where new ones cannot be written.
#[cfg(unix)]
#[test]
fn a_full_disk_leaves_earlier_results_as_they_were() {
    let home = home();
    let here = home.path();
    succeeds(here, &["compare", "w.ron", "p.ron", "--replications=2", "--out=compared", "--quiet"]);
    succeeds(here, &["record", "compared"]);
    succeeds(here, &["stack", "p.ron", "p.ron", "--out=both.ron"]);
    let before = content(here);
    let commands: [&[&str]; 5] = [
        &["report", "compared"],
        &["compare", "w.ron", "p.ron", "--replications=2", "--out=compared", "--force", "--seed=2"],
        &["record", "compared", "--force"],
        &["stack", "p.ron", "p.ron", "--out=both.ron", "--force"],
        &["expand", "study.ron", "--add-replications=1"],
    ];
    for words in commands {
        let output = on_small_disk(0, here, words);
        assert_eq!(output.status.code(), Some(3), "{words:?}: {}", said(&output.stderr));
        let after: Vec<_> =
            content(here).into_iter().filter(|(name, _)| !name.starts_with("output/")).collect();
        let before = before.iter().filter(|(name, _)| !name.starts_with("output/"));
        let before: Vec<_> = before.map(|(name, bytes)| (name.clone(), bytes.clone())).collect();
        assert!(after == before, "{words:?} changed something");
    }
}
