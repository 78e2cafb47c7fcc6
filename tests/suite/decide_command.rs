//! `new` and `discover`, seen from outside: every question is written, checked and answered in a small world; where the worlds fail is said,
//! the folder is verified, and nothing is replaced.

use std::fs;
use std::path::Path;

use crate::program::{SCENARIOS, crackdown, said, tiny_set};

const QUESTIONS: [&str; 7] = [
    "which measure first",
    "what if the hub falls",
    "what if sites are taken",
    "what does it take",
    "what is the best mix",
    "what should we find out",
    "next year",
];

fn output(home: &Path, words: &[&str], code: i32) -> String {
    let output = crackdown(home, words);
    let (text, errors) = (said(&output.stdout), said(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{words:?}: {text}{errors}");
    if code == 0 { text } else { errors }
}

/// Fewer draws and days, so that a question is answered in a moment.
fn shrink(folder: &Path) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let Ok(text) = fs::read_to_string(&path) else { continue };
        let small = text
            .replace("number: 20,", "number: 3,")
            .replace("number: 60,", "number: 3,")
            .replace("points: 48", "points: 16")
            .replace("candidates: 6", "candidates: 2")
            .replace("rounds: 3", "rounds: 1")
            .replace("verify: 16", "verify: 2")
            .replace(
                "\"start\": \"2023-10-01\", \"end\": \"2024-12-31\"",
                "\"start\": \"2024-01-01\", \"end\": \"2024-01-31\", \"warm_up_days\": 30",
            )
            .replace("\"people_per_agent\": 1000", "\"people_per_agent\": 4000")
            .replace("2024-01-01..2024-12-31", "2024-01-01..2024-01-31");
        fs::write(&path, small).unwrap();
    }
}

#[test]
fn every_question_is_written_passes_check_and_is_answered_by_its_command() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let listed = output(home, &["new"], 0);
    for question in QUESTIONS {
        assert!(listed.contains(question), "{listed}");
        let text = output(home, &["new", question], 0);
        let folder = question.replace(' ', "_");
        for entry in fs::read_dir(home.join(&folder)).unwrap() {
            let path = entry.unwrap().path();
            let text = output(home, &["check", path.to_str().unwrap()], 0);
            assert!(!text.contains("error"), "{text}");
        }
        let again = output(home, &["new", question], 1);
        assert!(again.contains("exists already") && again.contains("--force"), "{again}");
        shrink(&home.join(&folder));
        let next = text.lines().find_map(|line| line.strip_prefix("Next: crackdown ")).unwrap();
        let small = next
            .replace("--people-per-agent 100", "--people-per-agent 4000 --replications 2")
            .replace(
                "--set end=2026-12-31 --window 2026",
                "--set start=2026-01-01 --set end=2026-02-15 --window 2026-01-15..",
            );
        let mut words: Vec<&str> = small.split(' ').collect();
        if small.starts_with("dose") || small.contains("hub_falls") {
            // Long enough for the hub to fall.
            words.extend([
                "--set",
                "start=2024-01-01",
                "--set",
                "end=2024-04-30",
                "--set",
                "warm_up_days=30",
            ]);
        }
        words.push("--no-figures");
        output(home, &words, 0);
        assert!(home.join(&folder).join("results/manifest.json").is_file(), "{question}");
    }
    let wrong = output(home, &["new", "next yaer"], 2);
    assert!(wrong.contains("Did you mean \"next year\"?"), "{wrong}");
}

/// A study of made-up worlds: enough draws for a box, and days for an effect.
fn study(home: &Path, draws: u32) {
    let set = tiny_set();
    let text = format!(
        "(title: \"Where it fails\", scenarios: [\"{SCENARIOS}/kazakhstan.ron\"], policies: [\"{SCENARIOS}/policies/shutdown_double.ron\", \
         \"{SCENARIOS}/policies/auto_block.ron\"], set: {set}, replications: 2, \
         draws: LatinHypercube(number: {draws}, parameters: {{\"customers.habit\": Prior, \"customers.herding\": Prior}}), \
         measures: [\"unlicensed_domestic_turnover\", \"closures\"])"
    );
    fs::write(home.join("study.ron"), text).unwrap();
}

#[test]
fn a_study_is_made_and_looked_at_and_its_folder_is_verified() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    study(home, 40);
    let plan = output(home, &["discover", "study.ron", "--dry-run"], 0);
    assert!(plan.contains("240 of 240 runs would be made"), "{plan}");
    let limit = "--limit=closures<=+0.2";
    let first =
        output(home, &["discover", "study.ron", "--out", "found", limit, "--no-figures"], 0);
    assert!(
        first.contains("of 40 worlds") && first.contains("misses the limit closures<=+0.2"),
        "{first}"
    );
    assert!(
        first.contains("Knowing the world first") || first.contains("best in every world"),
        "{first}"
    );
    for name in [
        "failing.csv",
        "boxes.csv",
        "peeling.csv",
        "value.csv",
        "worlds.json",
        "columns.md",
        "findings.txt",
    ] {
        assert!(home.join("found").join(name).is_file(), "{name}");
    }
    // The runs are those of a sweep, and are not made again.
    let results = "output/studies/study";
    assert!(home.join(results).join("effects.csv").is_file());
    let again = output(home, &["discover", results, "--out", "again", limit, "--no-figures"], 0);
    assert_eq!(first.replace("Results: found", "Results: again"), again);
    for name in ["failing.csv", "boxes.csv", "value.csv", "worlds.json"] {
        let read = |folder: &str| fs::read(home.join(folder).join(name)).unwrap();
        assert!(read("found") == read("again"), "{name}");
    }
    let verified = output(home, &["verify", "found"], 0);
    assert!(verified.contains("computed again from worlds.json"), "{verified}");
    let taken = output(home, &["discover", results, "--out", "found"], 3);
    assert!(taken.contains("--force"), "{taken}");
}

#[test]
fn wrong_wishes_are_refused_with_what_is_allowed_before_anything_is_simulated() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    study(home, 3);
    for (words, said) in [
        (vec!["--objective=closure"], "did you mean `closures`?"),
        (vec!["--objective=closures"], "neither more nor less"),
        (vec!["--policies=auto_blok"], "did you mean `auto_block`?"),
        (vec!["--limit=closures=3"], "has no `<=` or `>=`"),
        (vec!["--limit=crime_turnover<=3"], "has no measure `crime_turnover`"),
        (vec!["--spread=customers.habbit=2"], "did you mean `customers.habit`?"),
        (vec!["--spread=customers.habit"], "a path and a number above 0"),
        (vec!["--density=80"], "a share above 0 and up to 1"),
    ] {
        let words = [&["discover", "study.ron"][..], &words].concat();
        let errors = output(home, &words, 2);
        assert!(errors.contains(said), "{errors}");
    }
    assert!(!home.join("output").exists());
    let few = output(home, &["discover", "study.ron", "--no-figures"], 0);
    assert!(few.contains("too few") || few.contains("in none of 3 worlds"), "{few}");
    let folder = output(home, &["discover", "nowhere"], 1);
    assert!(folder.contains("nowhere"), "{folder}");
}
