//! What reaches a terminal: names and texts from outside, whatever is in them, neither steer it nor imitate a line of this program.

use std::fs;
use std::path::Path;
use std::process::Command;

use crackdown::text::unprintable;

use crate::program::{command, said as text, tiny_world};

/// Clears the screen, begins a line of its own, turns the direction of writing, and a second line.
const HOSTILE: &str = "a\u{1b}[2J\nIMITATED: ok\u{202e}\u{9b}31m\rIMITATED: ok\n";

/// Runs the program; gives all that it said, after looking at it.
fn harmless(here: &Path, words: &[&str], more: &dyn Fn(&mut Command)) -> String {
    let mut program = command(here, words);
    more(&mut program);
    let output = program.output().unwrap();
    let said = text(&output.stdout) + &text(&output.stderr);
    let obeyed = said.chars().find(|letter| *letter != '\n' && unprintable(*letter));
    assert_eq!(obeyed, None, "{words:?}: {said:?}");
    assert!(!said.lines().any(|line| line.starts_with("IMITATED")), "{words:?}: {said}");
    assert!(!said.contains("bug of crackdown"), "{words:?}: {said}");
    said
}

fn world(here: &Path) {
    tiny_world(here);
    let policy = "(extends: \"w.ron\", name: \"p\", title: \"Policy\", policy: (kyc: (complies: (shadow: 0.4))))";
    fs::write(here.join("p.ron"), policy).unwrap();
    let study = "(title: \"S\", scenarios: [\"w.ron\"], replications: 2)";
    fs::write(here.join("study.ron"), study).unwrap();
}

const MADE: [&[&str]; 2] = [
    &["compare", "w.ron", "p.ron", "--replications=2", "--out=compared", "--quiet"],
    &["sweep", "study.ron", "--out=swept", "--quiet"],
];

/// Every command that reads results.
const READ: [&[&str]; 14] = [
    &["verify", "compared"],
    &["verify", "compared", "--json"],
    &["verify", "swept"],
    &["record", "compared", "--force"],
    &["record", "swept", "--force"],
    &["report", "compared"],
    &["explain", "compared", "--policy", "p"],
    &["compare", "w.ron", "p.ron", "--replications=2", "--out=compared", "--force"],
    &["run", "w.ron", "--replications=1", "--out=compared", "--force"],
    &["sweep", "study.ron", "--out=swept"],
    &["status", "study.ron", "--out=swept"],
    &["merge", "study.ron", "--out=swept", "--partial"],
    &["sweep", "study.ron", "--out=compared"],
    &["submit", "study.ron", "--out=swept", "--engine=slurm", "--shards=1", "--dry-run"],
];

/// Kind: a folder in whose path somebody put what a terminal obeys.
#[test]
fn names_of_folders_above_reach_no_terminal_raw() {
    let home = tempfile::tempdir().unwrap();
    let here = home.path().join(HOSTILE.trim_end());
    fs::create_dir(&here).unwrap();
    world(&here);
    fs::write(
        here.join("q.ron"),
        fs::read_to_string(here.join("p.ron")).unwrap().replace("w.ron", "v.ron"),
    )
    .unwrap();
    fs::copy(here.join("w.ron"), here.join("v.ron")).unwrap();
    for words in MADE.iter().chain(&READ) {
        harmless(&here, words, &|_| ());
    }
    let here_only: [&[&str]; 6] = [
        &["check", "w.ron", "p.ron", "study.ron"],
        &["stack", "p.ron", "q.ron"],
        &["stack", "p.ron", "p.ron"],
        &["diff", "w.ron", "p.ron"],
        &["run", "w.ron", "--dry-run"],
        &["validate", "--dry-run"],
    ];
    for words in here_only {
        harmless(&here, words, &|_| ());
    }
    harmless(&here.join("compared"), &["record", "."], &|_| ());
    assert!(home.path().read_dir().unwrap().count() > 0);
}

/// Kind: files in a folder of results, with names that imitate lines or steer.
#[test]
fn names_of_files_in_results_reach_no_terminal_raw() {
    let home = tempfile::tempdir().unwrap();
    let here = home.path();
    world(here);
    for words in MADE {
        harmless(here, words, &|_| ());
    }
    for place in
        ["compared", "compared/figures", "swept", "swept/unmerged", "swept/former", "swept/submit"]
    {
        fs::create_dir_all(here.join(place)).unwrap();
        for name in [
            HOSTILE.to_owned(),
            format!("{HOSTILE}-1-of-2.parquet"),
            format!("{HOSTILE}.journal"),
            format!("attempt-{HOSTILE}"),
        ] {
            fs::write(here.join(place).join(name), "").unwrap();
        }
    }
    for words in READ {
        harmless(here, words, &|_| ());
    }
    let there = fs::read_dir(here.join("compared")).unwrap().flatten();
    let hostile = there.filter(|entry| entry.file_name().to_string_lossy().contains("IMITATED"));
    assert_eq!(hostile.count(), 4, "what is not its own stays");
}

/// Kind: texts inside results: manifests, data, failures.
#[test]
fn texts_in_results_reach_no_terminal_raw() {
    let home = tempfile::tempdir().unwrap();
    let here = home.path();
    world(here);
    for words in MADE {
        harmless(here, words, &|_| ());
    }
    let original = |name: &str| fs::read(here.join(name)).unwrap();
    for name in ["compared/manifest.json", "swept/manifest.json", "compared/comparison.json"] {
        let bytes = original(name);
        let mut value: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        let paths = texts(&value, "");
        // Each text alone, so that a refusal of one hides no other.
        for path in paths.iter().step_by(1 + paths.len() / 25) {
            let text = value.pointer_mut(path).unwrap();
            let before = std::mem::replace(text, HOSTILE.into());
            fs::write(here.join(name), serde_json::to_vec(&value).unwrap()).unwrap();
            for words in READ.iter().filter(|words| {
                words.iter().any(|word| word.contains(name.split('/').next().unwrap()))
                    && !words.contains(&"--force")
                    || words[0] == "record"
            }) {
                harmless(here, words, &|_| ());
            }
            *value.pointer_mut(path).unwrap() = before;
            fs::write(here.join(name), &bytes).unwrap();
        }
    }
    let head = String::from_utf8(original("swept/failures.csv")).unwrap();
    let head = head.lines().next().unwrap();
    for row in [
        format!("\"{HOSTILE}\",0,0,simulation,why,command,00000000000000000000000000000000"),
        format!("w,0,0,simulation,\"{HOSTILE}\",command,00000000000000000000000000000000"),
        format!("w,0,0,\"{HOSTILE}\",why,\"{HOSTILE}\",\"{HOSTILE}\""),
        format!("w,\"{HOSTILE}\",0,simulation,why,command,0"),
    ] {
        fs::write(here.join("swept/failures.csv"), format!("{head}\n{row}\n")).unwrap();
        for words in
            READ.iter().filter(|words| words.contains(&"--out=swept") || words.contains(&"swept"))
        {
            harmless(here, words, &|_| ());
        }
    }
}

/// Places of all texts in JSON.
fn texts(value: &serde_json::Value, path: &str) -> Vec<String> {
    match value {
        serde_json::Value::String(_) => vec![path.to_owned()],
        serde_json::Value::Array(items) => {
            let items = items.iter().enumerate();
            items.flat_map(|(at, item)| texts(item, &format!("{path}/{at}"))).collect()
        }
        serde_json::Value::Object(fields) => {
            let escaped = |name: &str| name.replace('~', "~0").replace('/', "~1");
            fields
                .iter()
                .flat_map(|(name, item)| texts(item, &format!("{path}/{}", escaped(name))))
                .collect()
        }
        _ => Vec::new(),
    }
}

/// Kind: tables of draws, variables of engines, answers of other programs.
#[cfg(unix)]
#[test]
fn tables_variables_and_other_programs_reach_no_terminal_raw() {
    use std::os::unix::fs::PermissionsExt;
    let home = tempfile::tempdir().unwrap();
    let here = home.path();
    world(here);
    let head = format!("\"customers.habit{HOSTILE}\",weight\n0.3,1\n");
    let values = format!("customers.habit,weight\n\"{HOSTILE}\",1\n0.3,\"{HOSTILE}\"\n");
    let word = format!("policy.shutdown_rate.targeting,weight\n\"{HOSTILE}\",1\n");
    for table in [head, values, word, HOSTILE.repeat(3)] {
        fs::write(here.join("draws.csv"), table).unwrap();
        let drawn = "(title: \"S\", scenarios: [\"w.ron\"], replications: 1, draws: Table(file: \"draws.csv\"))";
        fs::write(here.join("drawn.ron"), drawn).unwrap();
        harmless(here, &["check", "drawn.ron"], &|_| ());
        harmless(
            here,
            &["run", "w.ron", "--draws=draws.csv", "--replications=2", "--dry-run"],
            &|_| (),
        );
    }
    for name in ["SLURM_ARRAY_TASK_ID", "HQ_TASK_ID", "JOB_COMPLETION_INDEX"] {
        let said = harmless(here, &["sweep", "study.ron", "--shard=auto/2"], &|program| {
            program.env(name, HOSTILE);
        });
        assert!(said.contains(name), "{said}");
    }
    for code in [0, 1] {
        for program in ["sbatch", "kubectl", "scontrol"] {
            let path = here.join(program);
            let text =
                format!("#!/bin/sh\nprintf '%s' '{HOSTILE}' | tee /dev/stderr\nexit {code}\n");
            fs::write(&path, text).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        }
        let path = |program: &mut Command| {
            program.env("PATH", format!("{}:/usr/bin:/bin", here.display()));
        };
        let submit = ["submit", "study.ron", "--shards=1", "--force"];
        harmless(here, &[&submit[..], &["--engine=slurm"]].concat(), &path);
        let kubernetes = ["--engine=kubernetes", "--image=i", "--volume=v"];
        harmless(here, &[&submit[..], &kubernetes].concat(), &path);
    }
}
