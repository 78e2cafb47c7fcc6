//! `crackdown verify` and `record` seen from outside: what is well passes, every damage is found, nothing panics.

use std::fs;
use std::path::{Path, PathBuf};

use crackdown::store::{archive, verify::Manifest};
use crackdown::{scenario, store};
use serde_json::{Value, json};

use crate::program::{REFERENCE, content, crackdown, said, succeeds};

const LARGEST: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/policies/shutdown_largest_first.ron");
/// Few agents and few days: a run takes a moment.
const SMALL: [&str; 6] = [
    "--people-per-agent=4000",
    "--set=end=\"2023-06-30\"",
    "--set=warm_up_days=90",
    "--replications=2",
    "--quiet",
    "--out=results",
];

/// A result folder of a command in a temporary home.
fn made(arguments: &[&str]) -> (tempfile::TempDir, PathBuf) {
    let home = tempfile::tempdir().unwrap();
    succeeds(home.path(), &[arguments, &SMALL].concat());
    let folder = home.path().join("results");
    (home, folder)
}

/// Report as JSON, with the exit code.
fn verified(folder: &Path, more: &[&str]) -> (Option<i32>, Value) {
    let path = folder.to_str().unwrap();
    let output = crackdown(folder.parent().unwrap(), &[&["verify", path, "--json"], more].concat());
    let report = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| json!({ "error": said(&output.stderr) }));
    (output.status.code(), report)
}

/// Outcome of a check, or nothing if it was not reached.
fn outcome<'a>(report: &'a Value, check: &str) -> &'a str {
    let checks = report["checks"].as_array().map(Vec::as_slice).unwrap_or_default();
    let found = checks.iter().find(|one| one["check"] == check);
    found.and_then(|one| one["outcome"].as_str()).unwrap_or("")
}

fn findings(report: &Value) -> String {
    report["checks"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|one| one["findings"].to_string())
        .collect()
}

fn is_well(folder: &Path, more: &[&str]) -> Value {
    let (code, report) = verified(folder, more);
    assert_eq!(code, Some(0), "{report:#}");
    assert_eq!(outcome(&report, "runs"), "passed", "{report:#}");
    report
}

/// Changes the manifest.
fn with_manifest(folder: &Path, change: impl FnOnce(&mut Value)) {
    let path = folder.join("manifest.json");
    let mut manifest: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    change(&mut manifest);
    fs::write(&path, serde_json::to_string_pretty(&manifest).unwrap() + "\n").unwrap();
}

/// Writes a file and its hash into the manifest, as a forger would.
pub fn forge(folder: &Path, name: &str, bytes: &[u8]) {
    fs::write(folder.join(name), bytes).unwrap();
    let hash = blake3::hash(bytes).to_hex().to_string();
    with_manifest(folder, |manifest| {
        manifest["files"][name] = json!({ "bytes": bytes.len(), "blake3": hash });
    });
}

fn habit_changed(path: &Path) -> scenario::Resolved {
    scenario::load(path, &["customers.habit=0.123".to_owned()]).unwrap()
}

#[test]
fn a_run_can_be_made_again_and_every_damage_is_found() {
    let (_home, folder) = made(&["run", REFERENCE]);
    let report = is_well(&folder, &["--rerun=2", "--threads=1,2,8"]);
    assert!(report["checks"][2]["about"].as_str().unwrap().contains("2 of 2"), "{report:#}");
    is_well(&folder, &["--rerun=all", "--threads=2"]);
    let files = content(&folder);
    for (name, bytes) in &files {
        let mut other = bytes.clone();
        let middle = other.len() / 2;
        other[middle] ^= 1;
        fs::write(folder.join(name), &other).unwrap();
        let (code, report) = verified(&folder, &["--rerun=0"]);
        assert_eq!(code, Some(1), "a change of {name} is not found");
        assert!(name == "manifest.json" || findings(&report).contains(name.as_str()), "{report:#}");
        fs::write(folder.join(name), bytes).unwrap();
    }
    fs::remove_file(folder.join("summary.csv")).unwrap();
    fs::write(folder.join("figures/more.svg"), "").unwrap();
    let (code, report) = verified(&folder, &[]);
    assert_eq!((code, outcome(&report, "runs")), (Some(1), "impossible"));
    assert!(findings(&report).contains("missing: summary.csv"), "{report:#}");
    // Somebody's own file is no difference, and is named.
    fs::write(folder.join("summary.csv"), &files["summary.csv"]).unwrap();
    let report = is_well(&folder, &["--rerun=all"]);
    let notes = report["checks"][0]["notes"].to_string();
    assert!(notes.contains("left alone: figures/more.svg"), "{report:#}");
    let text = said(&crackdown(&folder, &["verify", ".", "--rerun=0"]).stdout);
    assert!(text.contains("not part of the results, left alone: figures/more.svg"), "{text}");
}

#[test]
fn results_in_a_language_are_verified_by_a_command_that_speaks_another() {
    for own in ["en", "ru"] {
        // Several threads draw: none of them may take its numbers from the command.
        let (_home, folder) = made(&["compare", REFERENCE, LARGEST, "--lang", own, "--threads=2"]);
        for other in ["en", "ru", "kk"] {
            let more = ["--rerun=0", "--threads=2", "--lang", other];
            let (code, report) = verified(&folder, &more);
            assert_eq!((code, outcome(&report, "contents")), (Some(0), "passed"), "{report:#}");
        }
    }
}

#[test]
fn a_forged_run_is_found_by_making_it_again() {
    let (_home, folder) = made(&["run", REFERENCE]);
    let files = content(&folder);
    // Another scenario, its hash and its fingerprint: only what is simulated tells.
    let other = habit_changed(&folder.join("scenario.ron"));
    forge(&folder, "scenario.ron", other.text.as_bytes());
    let (code, report) = verified(&folder, &["--rerun=1"]);
    assert_eq!((code, outcome(&report, "inputs")), (Some(1), "failed"), "{report:#}");
    with_manifest(&folder, |manifest| {
        manifest["input_blake3"] = json!(store::fingerprint(&other.json, 1));
    });
    let (code, report) = verified(&folder, &["--rerun=0"]);
    assert_eq!((code, outcome(&report, "inputs")), (Some(0), "passed"), "{report:#}");
    let (code, report) = verified(&folder, &["--rerun=1", "--seed-of-pick=7"]);
    assert_eq!((code, outcome(&report, "runs")), (Some(1), "failed"), "{report:#}");
    let restore = || {
        for name in ["scenario.ron", "manifest.json", "daily.parquet", "replications.csv"] {
            fs::write(folder.join(name), &files[name]).unwrap();
        }
    };
    // A table that is none, one that is cut and one with other numbers, all with the right hash.
    let daily = &files["daily.parquet"];
    let mut tables = vec![b"garbage".to_vec(), daily[..daily.len() / 2].to_vec(), Vec::new()];
    for part in 1..6 {
        let mut bytes = daily.clone();
        let at = daily.len() * part / 6;
        bytes[at] ^= 0x55;
        tables.push(bytes);
    }
    for bytes in &tables[..4] {
        restore();
        forge(&folder, "daily.parquet", bytes);
        let (code, report) = verified(&folder, &["--rerun=2"]);
        assert_eq!((code, outcome(&report, "runs")), (Some(1), "failed"), "{report:#}");
        assert!(findings(&report).contains("daily.parquet"), "{report:#}");
    }
    restore();
    let text = said(&files["replications.csv"]);
    let (line, value) = text.lines().nth(1).and_then(|line| line.rsplit_once(',')).unwrap();
    let changed = text.replacen(&format!("{line},{value}"), &format!("{line},12345"), 1);
    forge(&folder, "replications.csv", changed.as_bytes());
    let (code, report) = verified(&folder, &["--rerun=2"]);
    assert_eq!(code, Some(1));
    assert!(findings(&report).contains("12345"), "{report:#}");
    // No table of runs, but everything is compared when everything is made again.
    restore();
    forge(&folder, "summary.csv", b"measure\n");
    assert_eq!(verified(&folder, &["--rerun=1"]).0, Some(0));
    let (code, report) = verified(&folder, &["--rerun=all"]);
    assert_eq!(code, Some(1));
    assert!(findings(&report).contains("summary.csv differs"), "{report:#}");
}

#[test]
fn a_comparison_can_be_made_again_and_forgeries_are_found() {
    let (home, folder) = made(&["compare", REFERENCE, LARGEST]);
    let report = is_well(&folder, &["--rerun=4"]);
    assert_eq!(outcome(&report, "contents"), "passed");
    is_well(&folder, &["--rerun=all"]);
    let effects = fs::read(folder.join("effects.csv")).unwrap();
    forge(&folder, "effects.csv", b"policy,effect\n");
    let (code, report) = verified(&folder, &["--rerun=0"]);
    assert_eq!((code, outcome(&report, "contents")), (Some(1), "failed"), "{report:#}");
    assert!(findings(&report).contains("effects.csv"), "{report:#}");
    forge(&folder, "effects.csv", &effects);
    // Everything that can be computed is made to fit another scenario; what is simulated does not.
    let file = folder.join("scenarios/kazakhstan.ron");
    let before = scenario::load(&file, &[]).unwrap();
    let other = habit_changed(&file);
    fs::write(&file, &other.text).unwrap();
    let path = folder.join("comparison.json");
    let [before, after] = [before, other].map(|one| store::fingerprint(&one.json, 1));
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(&before));
    fs::write(&path, text.replace(&before, &after)).unwrap();
    assert_eq!(crackdown(home.path(), &["report", "results"]).status.code(), Some(0));
    let (code, report) = verified(&folder, &["--rerun=4"]);
    assert_eq!(code, Some(1));
    assert_eq!(["inputs", "contents"].map(|check| outcome(&report, check)), ["passed"; 2]);
    assert!(findings(&report).contains("kazakhstan, replication 1"), "{report:#}");
    // Values that fit nothing else in the file.
    let text = fs::read_to_string(&path).unwrap();
    let mut comparison: Value = serde_json::from_str(&text).unwrap();
    comparison["arms"][1]["values"][0][0] = json!(1.0);
    fs::write(&path, comparison.to_string()).unwrap();
    crackdown(home.path(), &["report", "results"]);
    let (_, report) = verified(&folder, &["--rerun=0"]);
    assert!(findings(&report).contains("does not follow from the runs"), "{report:#}");
    for damage in [json!([]), json!([[1.0]]), Value::Null] {
        comparison["arms"][1]["values"] = damage;
        forge(&folder, "comparison.json", comparison.to_string().as_bytes());
        assert_eq!(verified(&folder, &[]).0, Some(1));
    }
}

#[test]
fn attributions_and_dose_curves_can_be_made_again() {
    let commands = [
        vec!["attribute", REFERENCE, LARGEST],
        vec!["dose", REFERENCE, LARGEST, "--strengths=0,0.5,1"],
    ];
    for command in &commands {
        let (_home, folder) = made(command);
        let report = is_well(&folder, &["--rerun=2"]);
        for check in ["inputs", "contents"] {
            assert_eq!(outcome(&report, check), "passed", "{report:#}");
        }
        is_well(&folder, &["--rerun=all"]);
        let name = "replications.csv";
        let text = fs::read_to_string(folder.join(name)).unwrap();
        let (rows, _) = text.trim_end().rsplit_once(',').unwrap();
        forge(&folder, name, format!("{rows},987654\n").as_bytes());
        let (code, report) = verified(&folder, &["--rerun=100"]);
        assert_eq!((code, outcome(&report, "contents")), (Some(1), "failed"), "{report:#}");
        assert!(findings(&report).contains("in the folder 987654"), "{report:#}");
        forge(&folder, name, b"scenario,input_blake3\na,b\n");
        assert_eq!(verified(&folder, &[]).0, Some(1));
    }
}

#[test]
fn a_validation_can_be_made_again_and_forgeries_are_found() {
    let home = tempfile::tempdir().unwrap();
    crate::validate_command::case(home.path());
    fs::write(home.path().join("draws.csv"), "customers.habit\n0.5\n0.9\n").unwrap();
    let draws = ["--draws=draws.csv", "--number-of-draws=2", "--replications=2"];
    let out = ["validate", "patterns.ron", "--seed=7", "--quiet", "--out=results"];
    succeeds(home.path(), &[&out[..], &draws].concat());
    let folder = home.path().join("results");
    // Nothing outside the folder is needed.
    for name in ["world.ron", "wave.ron", "patterns.ron", "draws.csv"] {
        fs::remove_file(home.path().join(name)).unwrap();
    }
    let report = is_well(&folder, &["--rerun=1"]);
    assert!(report.to_string().contains("1 of 4 cells"), "{report:#}");
    is_well(&folder, &["--rerun=all", "--threads=1,2"]);
    let before = content(&folder);
    let restore = |name: &str| forge(&folder, name, &before[name]);

    // A reading that is no more what was read: the tables do not follow from it, and the run does not give it.
    let table = said(&before["runs.csv"]);
    let row = table.lines().find(|row| row.starts_with("wave,never,1,0,")).unwrap();
    forge(&folder, "runs.csv", table.replace(row, "wave,never,1,0,-0.5").as_bytes());
    let (code, report) = verified(&folder, &["--rerun=0"]);
    assert_eq!((code, outcome(&report, "contents")), (Some(1), "failed"), "{report:#}");
    let (code, report) = verified(&folder, &["--rerun=all"]);
    assert_eq!((code, outcome(&report, "runs")), (Some(1), "failed"), "{report:#}");
    restore("runs.csv");

    // Another scenario than the one that was run.
    let name = "scenarios/wave/wave.ron";
    let wave = said(&before[name]);
    let other = wave.replace("number: 40", "number: 4");
    assert_ne!(wave, other);
    forge(&folder, name, other.as_bytes());
    let (code, report) = verified(&folder, &["--rerun=all"]);
    assert_eq!((code, outcome(&report, "runs")), (Some(1), "failed"), "{report:#}");
    restore(name);

    forge(&folder, "patterns.ron", b"(title: 3)");
    assert_eq!(verified(&folder, &[]).0, Some(1));
    forge(&folder, "runs.csv", b"a,b\n1\n");
    assert_eq!(verified(&folder, &[]).0, Some(1));
}

#[test]
fn what_is_no_result_is_refused_in_words() {
    let (home, folder) = made(&["run", REFERENCE]);
    let manifest = fs::read(folder.join("manifest.json")).unwrap();
    let write = |bytes: &[u8]| fs::write(folder.join("manifest.json"), bytes).unwrap();
    for end in [0, 1, manifest.len() / 3, manifest.len() - 4] {
        write(&manifest[..end]);
        let (code, report) = verified(&folder, &[]);
        assert_eq!(code, Some(1));
        assert!(report["error"].as_str().unwrap().contains("is no manifest"), "{report:#}");
    }
    write(&manifest);
    // Huge and missing numbers.
    for (key, value) in [
        ("replications", json!(u64::MAX)),
        ("replications", json!(1e300)),
        ("seed", json!(-1)),
        ("seed", Value::Null),
        ("kind", json!("dose")),
        ("kind", json!("comparison")),
        ("kind", json!("prophecy")),
        ("kind", json!("study")),
    ] {
        with_manifest(&folder, |manifest| manifest[key] = value.clone());
        let (code, report) = verified(&folder, &[]);
        assert_eq!(code, Some(1), "{key} {value}: {report:#}");
        write(&manifest);
    }
    // The command comes with the folder: it may name nothing outside it, and make nothing else.
    for (repeat, said) in [
        (json!("crackdown run /etc/scenario.ron --seed 1"), "which the folder does not hold"),
        (json!("crackdown run ../scenario.ron --seed 1"), "which the folder does not hold"),
        (json!("crackdown record . --force"), "is not `crackdown run`"),
        (json!("rm scenario.ron"), "is not `crackdown run`"),
        (json!("crackdown run scenario.ron --out x --seed 1"), "cannot be used multiple times"),
        (json!("crackdown run 'scenario.ron"), "is no command"),
        (json!("crackdown run scenario.ron --seed 2 --replications 2"), "seed and replications"),
        (json!("crackdown run scenario.ron --seed 1 --replications 3"), "seed and replications"),
        (Value::Null, "names no command"),
    ] {
        with_manifest(&folder, |manifest| manifest["repeat"] = repeat.clone());
        let (code, report) = verified(&folder, &["--rerun=0"]);
        assert_eq!(code, Some(1), "{repeat}: {report:#}");
        assert!(findings(&report).contains(said), "{repeat}: {report:#}");
        write(&manifest);
    }
    with_manifest(&folder, |manifest| manifest["model_version"] = json!(1));
    let (code, report) = verified(&folder, &[]);
    assert_eq!((code, outcome(&report, "runs")), (Some(1), "impossible"));
    let (code, report) = verified(&folder, &["--rerun=0"]);
    assert_eq!((code, outcome(&report, "files")), (Some(0), "passed"), "{report:#}");
    write(&manifest);
    for (path, word) in
        [("nowhere", "no result folder"), ("results/daily.parquet", "daily.parquet")]
    {
        let output = crackdown(home.path(), &["verify", path]);
        assert_eq!(output.status.code(), Some(1));
        assert!(said(&output.stderr).contains(word), "{}", said(&output.stderr));
    }
    let usage = crackdown(home.path(), &["verify", "results", "--rerun=some"]);
    assert_eq!(usage.status.code(), Some(2));
    let text = crackdown(home.path(), &["verify", "results", "--rerun=1"]);
    for part in
        ["This establishes:", "It does not establish:", "published", "1 of 2 simulated again"]
    {
        assert!(said(&text.stdout).contains(part), "no `{part}` in:\n{}", said(&text.stdout));
    }
}

#[test]
fn a_record_is_one_file_with_the_same_bytes_that_can_be_verified() {
    let (home, folder) = made(&["run", REFERENCE]);
    let record = |more: &[&str]| crackdown(home.path(), &[&["record", "results"], more].concat());
    let archive = home.path().join("results.zip");
    assert_eq!(record(&[]).status.code(), Some(0));
    assert_eq!(record(&["--out=again.zip"]).status.code(), Some(0));
    let bytes = fs::read(&archive).unwrap();
    assert!(bytes == fs::read(home.path().join("again.zip")).unwrap());
    is_well(&archive, &["--rerun=1"]);
    // What stands beside the results is looked at as well.
    let beside = store::File { name: "Cargo.lock".to_owned(), bytes: b"other".to_vec() };
    let manifest = Manifest::read(&folder).unwrap();
    let other = fs::File::create(home.path().join("other.zip")).unwrap();
    archive::pack(&folder, &manifest, &[beside], other).unwrap();
    let (code, report) = verified(&home.path().join("other.zip"), &["--rerun=0"]);
    let found = findings(&report);
    assert!(code == Some(1) && outcome(&report, "record") == "failed", "{report}");
    assert!(
        found.contains("changed: Cargo.lock") && found.contains("missing: CITATION.cff"),
        "{found}"
    );
    let refused = record(&[]);
    assert_eq!(refused.status.code(), Some(3));
    assert!(said(&refused.stderr).contains("--force"), "{}", said(&refused.stderr));
    assert_eq!(record(&["--force"]).status.code(), Some(0));
    assert_eq!(record(&["--out=results/inside.zip"]).status.code(), Some(2));
    // Wherever a bit turns, the results are whole or it is said that they are not.
    let manifest = blake3::hash(&fs::read(folder.join("manifest.json")).unwrap()).to_string();
    let mut found = 0;
    for part in 0..24 {
        let mut other = bytes.clone();
        let at = bytes.len() * part / 24;
        other[at] ^= 0x10;
        let path = home.path().join("other.zip");
        fs::write(&path, other).unwrap();
        let (code, report) = verified(&path, &["--rerun=0"]);
        found += usize::from(code == Some(1));
        assert!(code == Some(1) || report["manifest_blake3"] == manifest.as_str(), "byte {at}");
    }
    assert!(found > 12, "only {found} of 24 changes were found");
    fs::write(folder.join("summary.csv"), "").unwrap();
    let refused = record(&["--out=third.zip"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(said(&refused.stderr).contains("changed: summary.csv"), "{}", said(&refused.stderr));
    let mut left: Vec<_> =
        fs::read_dir(home.path()).unwrap().map(|one| one.unwrap().file_name()).collect();
    left.sort();
    // `output` holds the kept runs.
    assert_eq!(left, ["again.zip", "other.zip", "output", "results", "results.zip"]);
}

/// With the figures first, without them second: what each folder holds.
fn with_and_without(arguments: &[&str]) -> [std::collections::BTreeMap<String, Vec<u8>>; 2] {
    let (_home, with) = made(&[arguments, &["--threads=1"]].concat());
    let (home, without) = made(&[arguments, &["--threads=2", "--no-figures"]].concat());
    is_well(&without, &["--rerun=all"]);
    if arguments[0] == "compare" {
        // The page names no folder that is not there, and figures can be drawn later.
        let page = fs::read_to_string(without.join("report.html")).unwrap();
        assert!(!page.contains("<code>figures</code>") && page.contains("--no-figures"));
        let drawn = crackdown(home.path(), &["report", "results", "--out=drawn", "--threads=2"]);
        assert_eq!(drawn.status.code(), Some(0), "{}", said(&drawn.stderr));
        assert!(content(&home.path().join("drawn")) == content(&with), "drawn later");
    }
    [content(&with), content(&without)]
}

#[test]
fn a_folder_without_figures_has_the_same_tables_and_can_be_verified() {
    for arguments in [
        &["run", REFERENCE][..],
        &["compare", REFERENCE, LARGEST],
        &["dose", REFERENCE, LARGEST, "--strengths=1"],
        &["attribute", REFERENCE, LARGEST],
    ] {
        let [mut with, mut without] = with_and_without(arguments);
        assert!(with.keys().any(|name| name.starts_with("figures/")), "{arguments:?}");
        let repeat = |files: &std::collections::BTreeMap<String, Vec<u8>>| {
            let manifest: Value = serde_json::from_slice(&files["manifest.json"]).unwrap();
            manifest["repeat"].as_str().unwrap().contains("--no-figures")
        };
        assert!(!repeat(&with) && repeat(&without), "{arguments:?}");
        for files in [&mut with, &mut without] {
            files.retain(|name, _| name != "manifest.json" && name != "report.html");
        }
        with.retain(|name, _| !name.starts_with("figures/"));
        assert!(with == without, "{arguments:?}");
    }
}

#[test]
fn figures_do_not_depend_on_the_number_of_threads_that_draw_them() {
    let (home, folder) = made(&["compare", REFERENCE, LARGEST, "--threads=1"]);
    for threads in ["1", "2", "8"] {
        let out = format!("--out=by_{threads}");
        let again = crackdown(home.path(), &["report", "results", &out, "--threads", threads]);
        assert_eq!(again.status.code(), Some(0), "{}", said(&again.stderr));
        let drawn = content(&home.path().join(format!("by_{threads}")));
        assert!(drawn == content(&folder), "{threads} threads");
    }
}
