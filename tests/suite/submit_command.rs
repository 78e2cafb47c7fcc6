//! `crackdown submit` seen from outside. Schedulers are stand-ins here; `.ci/cluster` has the real ones.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use assert_cmd::Command;
use tempfile::TempDir;

const STUDY: &str = "scenarios/studies/small.ron";

/// Runs the program with programs of the folder as the only ones besides the shell's own.
fn crackdown(programs: &Path, arguments: &[&str]) -> (i32, String, String) {
    let path = format!("{}:/usr/bin:/bin", programs.display());
    let mut command = Command::cargo_bin("crackdown").unwrap();
    let output = command.env("PATH", path).args(arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn submit(home: &TempDir, engine: &str, more: &[&str]) -> (i32, String, String) {
    let out = home.path().join("out");
    let mut arguments = vec!["submit", STUDY, "--engine", engine, "--shards", "4"];
    if engine == "kubernetes" {
        arguments.extend(["--image", "registry/crackdown:1", "--volume", "studies"]);
    } else {
        arguments.extend(["--out", out.to_str().unwrap()]);
    }
    arguments.extend(more);
    crackdown(home.path(), &arguments)
}

/// A program that notes how it was called, and then does as the text says.
fn stand_in(home: &TempDir, name: &str, text: &str) {
    let path = home.path().join(name);
    let calls = home.path().join("calls");
    fs::write(&path, format!("#!/bin/sh\necho \"{name} $*\" >> '{}'\n{text}\n", calls.display()))
        .unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

fn calls(home: &TempDir) -> String {
    let text = fs::read_to_string(home.path().join("calls")).unwrap_or_default();
    text.replace(home.path().to_str().unwrap(), "HOME")
}

/// What does not differ from machine to machine.
fn general(home: &TempDir, text: &str) -> String {
    let here = std::env::current_dir().unwrap();
    let program = assert_cmd::cargo::cargo_bin("crackdown");
    text.replace(program.to_str().unwrap(), "CRACKDOWN")
        .replace(home.path().to_str().unwrap(), "HOME")
        .replace(here.to_str().unwrap(), "HERE")
}

#[test]
fn a_dry_run_shows_what_would_be_written_and_called_and_writes_nothing() {
    let update = std::env::var_os("UPDATE_EXPECT").is_some();
    for engine in ["slurm", "hyperqueue", "kubernetes"] {
        let home = TempDir::new().unwrap();
        let (code, stdout, stderr) =
            submit(&home, engine, &["--dry-run", "--time", "01:30:00", "--memory", "900"]);
        assert_eq!(code, 0, "{stderr}");
        let said = general(&home, &stdout);
        let expected = format!("tests/submit/{engine}.expected");
        if update {
            fs::write(&expected, &said).unwrap();
        }
        assert_eq!(fs::read_to_string(&expected).unwrap(), said, "{expected}");
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0, "{engine} wrote something");
    }
}

#[test]
fn slurm_is_given_an_array_and_a_job_that_waits_for_it() {
    let home = TempDir::new().unwrap();
    stand_in(&home, "scontrol", "echo 'MaxArraySize            = 1001'");
    stand_in(&home, "sbatch", "echo '17;cluster'");
    let (code, stdout, stderr) = submit(&home, "slurm", &[]);
    assert_eq!(code, 0, "{stderr}");
    assert!(
        stdout.contains("36 runs in 4 shards of 9 runs") && stdout.contains("job array 17"),
        "{stdout}"
    );
    assert_eq!(
        calls(&home),
        "scontrol show config\n\
         sbatch --parsable HOME/out/submit/tasks.sh\n\
         sbatch --parsable --dependency=afterany:17,singleton HOME/out/submit/collect.sh 1\n"
    );
    let folder = home.path().join("out/submit");
    let mut names: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["collect.sh", "logs", "state", "tasks.sh"]);
    assert_eq!(fs::read_to_string(folder.join("state")).unwrap(), "running: attempt 1\n");

    let (code, _, stderr) = submit(&home, "slurm", &[]);
    assert_eq!(code, 2);
    assert!(stderr.contains("--force"), "{stderr}");
    assert_eq!(submit(&home, "slurm", &["--force"]).0, 0);
    fs::write(folder.join("state"), "merged\n").unwrap();
    fs::write(folder.join("attempt-2"), "17\n").unwrap();
    assert_eq!(submit(&home, "slurm", &[]).0, 0, "an ended submission can be repeated");
    assert!(!folder.join("attempt-2").exists(), "attempts are counted anew");
}

#[test]
fn a_scheduler_that_refuses_is_quoted_and_nothing_counts_as_running() {
    let home = TempDir::new().unwrap();
    stand_in(
        &home,
        "sbatch",
        "case $* in *collect*) echo 'no such partition' >&2; exit 1;; esac\necho 17",
    );
    stand_in(&home, "scancel", "");
    let (code, stdout, stderr) = submit(&home, "slurm", &[]);
    assert_eq!(code, 3);
    assert!(stderr.contains("no such partition") && !stdout.contains("Submitted"), "{stderr}");
    assert!(calls(&home).ends_with("scancel 17\n"), "{}", calls(&home));
    let state = fs::read_to_string(home.path().join("out/submit/state")).unwrap();
    assert_eq!(state, "failed: not submitted\n");
}

#[test]
fn more_shards_than_the_cluster_takes_are_refused_before_anything_is_written() {
    let home = TempDir::new().unwrap();
    stand_in(&home, "scontrol", "echo 'MaxArraySize            = 4'");
    stand_in(&home, "sbatch", "echo 17");
    let (code, _, stderr) = submit(&home, "slurm", &[]);
    assert_eq!(code, 2);
    assert!(stderr.contains("up to 3 (MaxArraySize)"), "{stderr}");
    assert_eq!(calls(&home), "scontrol show config\n");
    assert!(!home.path().join("out").exists());
}

#[test]
fn runs_of_other_shards_are_to_be_merged_first() {
    let home = TempDir::new().unwrap();
    stand_in(&home, "sbatch", "echo 17");
    let unmerged = home.path().join("out/unmerged");
    fs::create_dir_all(&unmerged).unwrap();
    fs::write(unmerged.join("0123456789ab-1-of-4.journal"), "").unwrap();
    assert_eq!(submit(&home, "slurm", &["--dry-run"]).0, 0);
    fs::write(unmerged.join("0123456789ab-1-of-3.parquet"), "").unwrap();
    let (code, _, stderr) = submit(&home, "slurm", &[]);
    assert_eq!(code, 2, "{stderr}");
    assert!(stderr.contains("3 shards") && stderr.contains("merge --partial"), "{stderr}");
    assert_eq!(calls(&home), "");
}

#[test]
fn a_missing_program_is_named_with_what_to_do() {
    for (engine, program) in [("slurm", "sbatch"), ("hyperqueue", "hq"), ("kubernetes", "kubectl")]
    {
        let home = TempDir::new().unwrap();
        let mut command = Command::cargo_bin("crackdown").unwrap();
        let out = home.path().join("out");
        command
            .env("PATH", home.path())
            .args(["submit", STUDY, "--engine", engine, "--shards", "4"]);
        match engine {
            "kubernetes" => {
                command.args(["--image", "a", "--volume", "b", "--out", "output/never"])
            }
            _ => command.arg("--out").arg(&out),
        };
        let output = command.output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(3), "{stderr}");
        assert!(stderr.contains(&format!("cannot find the program `{program}`")), "{stderr}");
        assert!(stderr.contains("--dry-run"), "{stderr}");
        assert!(!out.exists() && !Path::new("output/never").exists());
    }
}

#[test]
fn wrong_arguments_are_refused_in_words() {
    let home = TempDir::new().unwrap();
    let refused = |arguments: &[&str], said: &str| {
        let (code, _, stderr) = crackdown(home.path(), &[&["submit", STUDY], arguments].concat());
        assert_eq!(code, 2, "{arguments:?}: {stderr}");
        assert!(stderr.contains(said), "{arguments:?}: {stderr}");
    };
    refused(&["--engine", "slurm", "--shards", "13"], "12 at most");
    refused(&["--engine", "slurm", "--shards", "0"], "--shards");
    refused(&["--engine", "pbs", "--shards", "4"], "hyperqueue");
    refused(&["--engine", "slurm"], "--shards");
    refused(&["--engine", "slurm", "--shards", "4", "--time", "90"], "02:30:00");
    refused(&["--engine", "slurm", "--shards", "4", "--image", "a"], "for --engine kubernetes");
    refused(&["--engine", "kubernetes", "--shards", "4"], "--image NAME");
    refused(&["--engine", "kubernetes", "--shards", "4", "--image", "a"], "--volume CLAIM");
    refused(
        &[
            "--engine",
            "kubernetes",
            "--shards",
            "4",
            "--image",
            "a",
            "--volume",
            "b",
            "--out",
            "/elsewhere",
        ],
        "below the current folder",
    );
    refused(&["--engine", "slurm", "--shards", "4", "--out", "it's"], "quotes");
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0);
}

#[test]
fn a_wrong_study_is_told_like_any_wrong_file() {
    let home = TempDir::new().unwrap();
    let study = home.path().join("study.ron");
    fs::write(&study, "(title: \"x\", replicatons: 3)").unwrap();
    let study = study.to_str().unwrap();
    let (code, stdout, stderr) = crackdown(
        home.path(),
        &["submit", study, "--engine", "slurm", "--shards", "1", "--dry-run"],
    );
    assert_eq!((code, stdout.as_str()), (1, ""), "{stderr}");
    assert!(stderr.contains("replicatons"), "{stderr}");
}

#[test]
fn a_comparison_is_made_by_tasks_told_by_status_and_ends_in_its_own_results() {
    let home = TempDir::new().unwrap();
    let path = |name: &str| home.path().join(name).to_str().unwrap().to_owned();
    let compared = |out: &str, runs: &str| {
        let mut words: Vec<String> = [
            "compare",
            "scenarios/kazakhstan.ron",
            "scenarios/policies/no_enforcement.ron",
            "--replications=4",
            "--chance-only",
            "--set=people_per_agent=4000",
            "--set=start=\"2024-01-01\"",
            "--set=end=\"2024-01-31\"",
            "--set=warm_up_days=30",
        ]
        .map(str::to_owned)
        .to_vec();
        words.extend([format!("--out={}", path(out)), format!("--runs={}", path(runs))]);
        words
    };
    let run = |before: &[&str], words: &[String]| {
        let words: Vec<&str> =
            before.iter().copied().chain(words.iter().map(String::as_str)).collect();
        crackdown(home.path(), &words)
    };
    let words = compared("out", "runs");
    let (code, text, stderr) = run(&["status"], &words);
    assert_eq!(code, 0, "{stderr}");
    assert!(text.contains("2 arms × 1 draws × 4 replications = 8 runs"), "{text}");
    assert_eq!(run(&["status", "--missing", "3"], &words).1, "1-3\n");
    // A scheduler that runs what it is given at once.
    let folder = path("out-jobs/submit");
    stand_in(
        &home,
        "sbatch",
        &format!(
            "case $* in *collect*) bash '{folder}/collect.sh' 1 >&2; echo 18;; \
             *) for n in 1 2 3; do SLURM_ARRAY_TASK_ID=$n bash '{folder}/tasks.sh' >&2 || exit 1; done; echo 17;; esac"
        ),
    );
    let submit = ["submit", "--engine", "slurm", "--shards", "3"];
    let (code, text, stderr) = run(&submit, &words);
    assert_eq!(code, 0, "{stderr}");
    assert!(text.contains("8 runs in 3 shards of 2 to 4 runs"), "{text}");
    assert_eq!(fs::read_to_string(format!("{folder}/state")).unwrap(), "merged\n");
    assert_eq!(run(&["status", "--missing", "3"], &words).1, "");
    let alone = compared("alone", "other");
    assert_eq!(run(&[], &alone).0, 0);
    let results = |name: &str| crate::program::content(&home.path().join(name));
    assert!(results("out") == results("alone"));
    // What cannot be submitted is told.
    let kubernetes =
        ["submit", "--engine", "kubernetes", "--shards", "3", "--image", "crackdown:1"];
    let (code, _, stderr) = run(&[&kubernetes[..], &["--volume", "studies"]].concat(), &words);
    assert_eq!(code, 2, "{stderr}");
    assert!(stderr.contains("write a study file"), "{stderr}");
}
