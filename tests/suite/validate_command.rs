//! `crackdown validate` seen from outside: the shipped catalogue, one cheap case, draws, refusals.

use std::fs;
use std::path::Path;
use std::process::Output;

use crackdown::scenario::catalogue::{Catalogue, Fitted};
use crackdown::scenario::{self, Study};
use crackdown::store::Table;
use crackdown::store::parquet::parquet;

use crate::program::{self, HERE, content, said};

fn crackdown(home: &Path, arguments: &[&str]) -> Output {
    let catalogue = home.join("patterns.ron");
    program::command(home, &["validate"]).arg(catalogue).args(arguments).output().unwrap()
}

/// A catalogue with one case in a small world.
pub fn case(home: &Path) {
    let small =
        "start: \"2023-12-01\", end: \"2024-03-31\", warm_up_days: 180, people_per_agent: 4000";
    let write = |name: &str, text: String| fs::write(home.join(name), text).unwrap();
    write(
        "world.ron",
        format!(
            "(extends: \"{HERE}/scenarios/kazakhstan.ron\", name: \"world\", title: \"World\", {small})"
        ),
    );
    let act = "policy: (interventions: {\"wave\": (act: Close, on: \"2024-01-01\", number: 40, successor: Prepared)})";
    write("wave.ron", format!("(extends: \"world.ron\", name: \"wave\", title: \"Wave\", {act})"));
    let reading = |name: &str, read: &str, low: f64, high: f64| {
        format!(
            "(name: \"{name}\", words: \"in words\", {read}, low: {low}, high: {high}, source: \"somebody\", fitted: No)"
        )
    };
    let readings = [
        reading("back", "read: BackWithin, days: [0, 2]", 1.0, 1.0),
        reading("never", "read: Change, classes: [shadow], days: [1, 31]", 5.0, 6.0),
    ];
    write(
        "patterns.ron",
        format!(
            "(title: \"One case\", patterns: [(name: \"wave\", words: \"A wave\", world: \"world.ron\", policies: [\"wave.ron\"], \
             on: \"2024-01-01\", readings: [{}])])",
            readings.join(", ")
        ),
    );
}

#[test]
fn odd_characters_in_words_of_a_catalogue_are_no_mistake_in_another_file() {
    let home = tempfile::tempdir().unwrap();
    case(home.path());
    let path = home.path().join("patterns.ron");
    let odd = "A\u{a0}wave « ₸ » \u{ad}\u{200d}e\u{301} \\\\ \\\"q\\\" 'x' {} // /* 🙂";
    let text = fs::read_to_string(&path).unwrap().replace("A wave", odd);
    fs::write(&path, text).unwrap();
    let output = crackdown(home.path(), &["--dry-run"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output.stderr));
}

#[test]
fn every_case_of_the_shipped_catalogue_can_be_run_and_names_its_source() {
    let load = |name| {
        let path = Path::new("scenarios/validation").join(name);
        Catalogue::load(&path).unwrap_or_else(|findings| panic!("{findings}")).patterns
    };
    let (patterns, further) = (load("patterns.ron"), load("further.ron"));
    assert!(patterns.len() >= 10 && further.len() >= 6);
    for fold in ["fold1", "fold2"] {
        assert_eq!(patterns.iter().filter(|pattern| pattern.fold == fold).count(), 3);
    }
    assert!(further.iter().all(|pattern| pattern.fold.is_empty()), "nothing is fitted to these");
    let reference = scenario::reference();
    for pattern in patterns.iter().chain(&further) {
        let load = |path: &Path| scenario::load(path, &[]).unwrap_or_else(|f| panic!("{f}"));
        let world = load(&pattern.world);
        for policy in &pattern.policies {
            let policy = load(policy);
            assert!(
                scenario::mixture::worlds_differ_in(&world, &policy).is_empty(),
                "{}",
                pattern.name
            );
            assert_ne!(world.json, policy.json);
        }
        assert!(world.scenario.start < pattern.on && pattern.on < world.scenario.end);
        // A world is the reference but for what made the case the case: no general parameter is bent.
        let general =
            ["name", "title", "people_per_agent", "exchanges.number.hub", "banks.adoption_days"];
        for difference in scenario::differences(&reference.scenario, &world.scenario) {
            let path = difference.path.as_str();
            let known = general.contains(&path) || path.starts_with("policy.interventions");
            assert!(known, "{}: {path}", pattern.name);
        }
        for reading in &pattern.readings {
            assert!(reading.source.contains(';'), "{}: why is the band as wide?", reading.name);
            assert_ne!(reading.fitted, Fitted::Yes, "{}", reading.name);
        }
    }
}

#[test]
fn a_case_is_run_once_and_a_miss_is_a_result() {
    let home = tempfile::tempdir().unwrap();
    case(home.path());
    let arguments = ["--replications=2", "--threads=2", "--out=a"];
    let first = crackdown(home.path(), &arguments);
    assert_eq!(first.status.code(), Some(0), "{}", said(&first.stderr));
    let text = said(&first.stdout);
    assert!(text.contains("OUTSIDE") && text.contains("0 of 1 cases agree"), "{text}");
    assert!(text.contains("chance alone"), "{text}");
    assert!(said(&first.stderr).contains("2 cells simulated, 0 taken"));
    let again = crackdown(home.path(), &["--replications=2", "--out=b", "--strict", "--threads=1"]);
    assert_eq!(again.status.code(), Some(1), "{}", said(&again.stderr));
    assert!(said(&again.stderr).contains("0 cells simulated, 2 taken"));
    let (a, b) = (content(&home.path().join("a")), content(&home.path().join("b")));
    assert_eq!(a, b, "readings that were kept give the same files");
    let table = said(&a["validation.csv"]);
    let row = table.lines().nth(1).unwrap();
    assert!(row.starts_with("wave,back,in words,somebody,no,1,1,1,1,1,2,2,1,true"), "{row}");
    for name in
        ["runs.csv", "columns.md", "patterns.ron", "figures/validation.svg", "manifest.json"]
    {
        assert!(a.contains_key(name), "{name}");
    }
}

#[test]
fn draws_move_what_does_not_make_the_case() {
    let home = tempfile::tempdir().unwrap();
    case(home.path());
    // The world sets people_per_agent itself; habit is drawn.
    let table = Table::of("draws", "Draws", &[0.5, 0.9])
        .exact("customers.habit", "share", "Habit", |habit| *habit)
        .exact("people_per_agent", "people", "People per agent", |_| 1.0)
        .table();
    fs::write(home.path().join("draws.parquet"), parquet([table]).unwrap()).unwrap();
    let output = crackdown(
        home.path(),
        &["--draws=draws.parquet", "--number-of-draws=2", "--replications=1", "--out=a", "--json"],
    );
    assert_eq!(output.status.code(), Some(0), "{}", said(&output.stderr));
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let lines = json["validation"]["lines"].as_array().unwrap();
    assert_eq!(
        (lines[0]["draws"].as_u64(), lines[0]["share_inside"].as_f64()),
        (Some(2), Some(1.0))
    );
    assert_ne!(lines[1]["interval"][0], lines[1]["interval"][1], "draws differ");
    let world = fs::read_to_string(home.path().join("a/scenarios/wave/world.ron")).unwrap();
    assert!(world.contains("people_per_agent: 4000"));
}

#[test]
fn a_wrong_catalogue_is_refused_with_all_that_is_wrong() {
    let home = tempfile::tempdir().unwrap();
    case(home.path());
    let path = home.path().join("patterns.ron");
    let text = fs::read_to_string(&path).unwrap();
    let wrong = text
        .replace("read: Change", "read: Chainge")
        .replace("\"wave.ron\"", "\"wafe.ron\"")
        .replace("days: [0, 2]", "days: [2, 0]");
    fs::write(&path, &wrong).unwrap();
    let output = crackdown(home.path(), &["--out=a"]);
    let told = said(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{told}");
    for word in ["did you mean Change?", "wafe.ron is not there", "two whole numbers of days"] {
        assert!(told.contains(word), "{told}");
    }
    fs::write(&path, text.replace("low: 5, high: 6", "low: 6, high: 5")).unwrap();
    let told = said(&crackdown(home.path(), &["--out=a"]).stderr);
    assert!(told.contains("`high` lies below `low`"), "{told}");
    fs::write(&path, text).unwrap();
    let told = said(&crackdown(home.path(), &["--out=a", "--only=wafe"]).stderr);
    assert!(told.contains("Did you mean `wave`?"), "{told}");
    assert!(!home.path().join("a").exists(), "nothing half-written");
    assert!(
        Study::load(Path::new("scenarios/studies/small.ron"), &[], crackdown::model::YIELDS)
            .is_ok()
    );
}
