//! `crackdown compare` and `report` seen from outside: results, reuse, resumption, refusals.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::program::{
    self, REFERENCE, Row, content, crackdown, interrupt, repeated, rows, said, succeeded,
    until_there,
};

const AUTO_BLOCK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/policies/auto_block.ron");
const CLOSURES: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/policies/shutdown_double.ron");
/// The reference with an agent for two thousand people: a run of its five years takes a moment.
const SMALL: [&str; 2] = ["--people-per-agent=2000", "--replications=3"];

fn command(home: &Path, files: &[&str], more: &[&str]) -> Command {
    let mut command = program::command(home, &["compare"]);
    command.args(files).args(SMALL).args(more);
    if !more.iter().any(|word| word.starts_with("--out=")) {
        command.arg("--out=output/comparison");
    }
    command
}

fn compare(home: &Path, files: &[&str], more: &[&str]) -> Output {
    command(home, files, more).output().unwrap()
}

fn succeeds(output: &Output) -> String {
    succeeded(output).1
}

#[test]
fn a_comparison_ends_in_a_headline_and_a_complete_folder() {
    let home = tempfile::tempdir().unwrap();
    let output = compare(home.path(), &[REFERENCE, AUTO_BLOCK, CLOSURES], &[]);
    let told = succeeds(&output);
    assert!(told.contains("9 runs simulated, 0 taken"));
    assert!(
        told.contains("one warm-up for 3 scenarios: ") && told.contains(" % of the days"),
        "{told}"
    );
    let text = said(&output.stdout);
    for part in ["Automatic blocking by banks", "chance only", "95 % interval", "report.html"] {
        assert!(text.contains(part), "no `{part}` in:\n{text}");
    }
    let files = content(&home.path().join("output/comparison"));
    for name in [
        "report.html",
        "results.xlsx",
        "effects.csv",
        "displacement.csv",
        "account.csv",
        "comparison.json",
        "columns.md",
        "scenarios/kazakhstan.ron",
        "scenarios/auto_block.ron",
        "figures/effects.svg",
        "figures/effects.png",
    ] {
        assert!(files.get(name).is_some_and(|bytes| !bytes.is_empty()), "no {name}");
    }
    let manifest: serde_json::Value = serde_json::from_slice(&files["manifest.json"]).unwrap();
    for (name, bytes) in files.iter().filter(|(name, _)| *name != "manifest.json") {
        let hash = blake3::hash(bytes).to_hex().to_string();
        assert_eq!(manifest["files"][name]["blake3"], hash, "{name}");
    }
    assert_eq!(&files["results.xlsx"][..2], b"PK");
    let accounts = rows(&files["account.csv"]);
    assert_eq!(accounts.len(), 6);
    for row in accounts {
        let of = |name: &str| row[name].parse::<i64>().unwrap();
        let named = ["policy", "replication", "removed"];
        let parts: i64 =
            row.keys().filter(|name| !named.contains(&name.as_str())).map(|n| of(n)).sum();
        assert_eq!(parts, of("removed"));
    }
    let columns = said(&files["columns.md"]);
    assert!(!columns.contains("|  |"), "a column is not explained:\n{columns}");
}

#[test]
fn published_figures_of_an_analyst_stand_beside_the_baseline_and_are_repeated() {
    let home = tempfile::tempdir().unwrap();
    let figures = "quantity,from,to,value,low,high,factor,use,source\n\
        closures,2024-01-01,2024-12-31,1000,,,1.1,check,mine\n\
        convictions,2024-01-01,2024-12-31,5,,,10000,check,mine\n\
        closures,2019-01-01,2019-12-31,1,,,2,check,mine\n";
    fs::write(home.path().join("mine.csv"), figures).unwrap();
    let told = succeeded(&compare(home.path(), &[REFERENCE, CLOSURES], &["--figures=mine.csv"])).0;
    assert!(told.contains("1 of 2 published figures agree"), "{told}");
    let folder = home.path().join("output/comparison");
    let first = content(&folder);
    let beside = rows(&first["published.csv"]);
    let of = |column: &str| beside.iter().map(|row| row[column].as_str()).collect::<Vec<_>>();
    assert_eq!(of("quantity"), ["closures", "convictions"], "2019 lies before all days");
    assert_eq!(of("inside"), ["no", "yes"]);
    assert_eq!(of("published"), ["1000", "5"]);
    // The middle of the runs is what `run` shows as the agency's view.
    let run = ["run", REFERENCE, "--people-per-agent=2000", "--replications=3", "--out=run"];
    succeeds(&crackdown(home.path(), &run));
    let view = rows(&content(&home.path().join("run"))["agency_view.csv"]);
    let same = |row: &&Row| row["quantity"] == "closures" && row["year"] == "2024";
    assert_eq!(view.iter().find(same).unwrap()["seen_p50"], of("seen_p50")[0]);
    assert_eq!(said(&first["figures.csv"]), figures);
    assert!(said(&first["report.html"]).contains("1 of 2 published figures agree"));
    succeeds(&crackdown(home.path(), &["report", "output/comparison", "--out=again"]));
    let again = content(&home.path().join("again"));
    assert!(again["published.csv"] == first["published.csv"]);
    succeeds(&repeated(&folder));
    assert!(content(&folder.join("repeated"))["published.csv"] == first["published.csv"]);
}

#[test]
fn effects_can_be_computed_again_from_replications() {
    let home = tempfile::tempdir().unwrap();
    succeeds(&compare(home.path(), &[REFERENCE, AUTO_BLOCK], &["--quiet"]));
    let files = content(&home.path().join("output/comparison"));
    let mut values: BTreeMap<(String, String), Vec<f64>> = BTreeMap::new();
    for row in rows(&files["replications.csv"]) {
        let value = row["value"].parse().unwrap_or(f64::NAN);
        values.entry((row["scenario"].clone(), row["measure"].clone())).or_default().push(value);
    }
    let mut compared = 0;
    for row in rows(&files["effects.csv"]).iter().filter(|row| row["replications"] == "3") {
        let of = |scenario: &str| &values[&(scenario.to_owned(), row["measure"].clone())];
        let (before, after) = (of("kazakhstan"), of("auto_block"));
        let differences: Vec<f64> = after.iter().zip(before).map(|(a, b)| a - b).collect();
        let mean = differences.iter().sum::<f64>() / 3.0;
        let effect: f64 = row["effect"].parse().unwrap();
        assert!((effect - mean).abs() <= 1.0 + 1e-5 * mean.abs(), "{}", row["measure"]);
        let half: f64 = differences.iter().map(|d| (d - mean) * (d - mean)).sum::<f64>() / 2.0;
        let low = mean - 4.302_652_73 * (half / 3.0).sqrt();
        // Equal differences have no interval.
        let Ok(found) = row["effect_low"].parse::<f64>() else {
            assert!(row["sd"] == "0", "{}", row["measure"]);
            continue;
        };
        assert!((found - low).abs() <= 1.0 + 1e-4 * low.abs(), "{}", row["measure"]);
        compared += 1;
    }
    assert!(compared > 30);
}

#[test]
fn runs_are_used_again_and_give_the_same_bytes() {
    let home = tempfile::tempdir().unwrap();
    let files = [REFERENCE, AUTO_BLOCK];
    assert!(
        succeeds(&compare(home.path(), &files, &["--threads=1", "--out=a"]))
            .contains("6 runs simulated, 0 taken")
    );
    assert!(
        succeeds(&compare(home.path(), &files, &["--threads=2", "--out=b"]))
            .contains("0 runs simulated, 6 taken")
    );
    let fresh = ["--threads=8", "--out=c", "--runs=other"];
    assert!(succeeds(&compare(home.path(), &files, &fresh)).contains("6 runs simulated, 0 taken"));
    let first = content(&home.path().join("a"));
    for again in ["b", "c"] {
        assert!(content(&home.path().join(again)) == first, "{again} differs");
    }
    // Each policy from the start and by itself, without a trunk to fork from.
    let alone = |file: &str| {
        compare(home.path(), &[REFERENCE, file], &["--out=apart", "--runs=alone", "--force"])
    };
    assert!(succeeds(&alone(CLOSURES)).contains("one warm-up"));
    assert!(!succeeds(&alone(AUTO_BLOCK)).contains("one warm-up"));
    assert!(content(&home.path().join("apart")) == first);
    // Another policy, more replications, another window: only what is missing is run.
    let more = [REFERENCE, AUTO_BLOCK, CLOSURES];
    assert!(
        succeeds(&compare(home.path(), &more, &["--out=d"])).contains("3 runs simulated, 6 taken")
    );
    let year = ["--out=e", "--window=2024-01-01..2024-12-31"];
    assert!(succeeds(&compare(home.path(), &files, &year)).contains("0 runs simulated, 6 taken"));
    assert!(content(&home.path().join("e"))["effects.csv"] != first["effects.csv"]);
    let set = ["--out=f", "--set=customers.habit=0.5"];
    assert!(succeeds(&compare(home.path(), &files, &set)).contains("6 runs simulated, 0 taken"));
}

#[test]
fn a_damaged_run_is_made_again() {
    let home = tempfile::tempdir().unwrap();
    let files = [REFERENCE, AUTO_BLOCK];
    succeeds(&compare(home.path(), &files, &["--out=a"]));
    let mut cut = 0;
    for folder in fs::read_dir(home.path().join("output/runs")).unwrap() {
        for file in fs::read_dir(folder.unwrap().path()).unwrap() {
            let path = file.unwrap().path();
            let bytes = fs::read(&path).unwrap();
            fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
            cut += 1;
        }
    }
    assert!(cut > 0);
    assert!(
        succeeds(&compare(home.path(), &files, &["--out=b"])).contains("6 runs simulated, 0 taken")
    );
    assert!(content(&home.path().join("a")) == content(&home.path().join("b")));
}

#[test]
fn the_command_in_the_manifest_repeats_the_results() {
    let home = tempfile::tempdir().unwrap();
    succeeds(&compare(home.path(), &[REFERENCE, AUTO_BLOCK], &["--quiet", "--target=shadow,hub"]));
    let folder = home.path().join("output/comparison");
    let first = content(&folder);
    succeeds(&repeated(&folder));
    assert!(content(&folder.join("repeated")) == first);
}

#[test]
fn a_report_is_rendered_again_to_the_same_bytes() {
    let home = tempfile::tempdir().unwrap();
    succeeds(&compare(home.path(), &[REFERENCE, AUTO_BLOCK], &["--quiet"]));
    let folder = home.path().join("output/comparison");
    let first = content(&folder);
    fs::remove_dir_all(home.path().join("output/runs")).unwrap();
    fs::remove_file(folder.join("report.html")).unwrap();
    let report = |more: &[&str]| crackdown(home.path(), &[&["report"], more].concat());
    succeeds(&report(&["output/comparison"]));
    assert!(content(&folder) == first);
    succeeds(&report(&["output/comparison", "--out", "again"]));
    assert!(content(&home.path().join("again")) == first);
    let nothing = report(&["output"]);
    assert_eq!(nothing.status.code(), Some(1));
    assert!(said(&nothing.stderr).contains("no result folder of `crackdown compare`"));
}

#[test]
fn a_scenario_against_itself_differs_by_exactly_nothing() {
    let home = tempfile::tempdir().unwrap();
    succeeds(&compare(home.path(), &[REFERENCE, REFERENCE], &["--quiet"]));
    for row in rows(&content(&home.path().join("output/comparison"))["effects.csv"]) {
        assert_eq!(row["policy"], "kazakhstan_2");
        // Without own definitions their measures have no value.
        if row["measure"].starts_with("own_") {
            continue;
        }
        for column in ["effect", "effect_low", "effect_high", "bootstrap_low", "bootstrap_high"] {
            assert_eq!(row[column], "0", "{}", row["measure"]);
        }
    }
}

#[test]
fn precision_is_reached_or_the_budget_is_met_and_it_says_which() {
    let home = tempfile::tempdir().unwrap();
    let files = [REFERENCE, CLOSURES];
    let wide = compare(
        home.path(),
        &files,
        &["--precision=unlicensed_domestic_turnover=50%", "--out=wide"],
    );
    succeeds(&wide);
    assert!(said(&wide.stdout).contains("reached with 3 replications"), "{}", said(&wide.stdout));
    let more =
        ["--precision=unlicensed_domestic_turnover=0.01%", "--max-replications=5", "--out=narrow"];
    let narrow = compare(home.path(), &files, &more);
    succeeds(&narrow);
    let text = said(&narrow.stdout);
    assert!(text.contains("NOT reached") && text.contains("the budget is 5"), "{text}");
    assert!(text.contains("Intervals that keep the level"), "{text}");
    // The rule's promise: where it says reached, its interval is as narrow as was asked for.
    let json = content(&home.path().join("wide"));
    let all: serde_json::Value = serde_json::from_slice(&json["comparison.json"]).unwrap();
    let ends = all["precision"]["intervals"][0].as_array().unwrap();
    let half = (ends[1].as_f64().unwrap() - ends[0].as_f64().unwrap()) / 2.0;
    assert!(half > 0.0 && half <= all["precision"]["half_width"].as_f64().unwrap());
    let rows = rows(&content(&home.path().join("narrow"))["effects.csv"]);
    let without =
        |row: &Row| ["traced_", "own_"].iter().any(|none| row["measure"].starts_with(none));
    assert!(rows.iter().all(|row| row["replications"] == "5" || without(row)));
    // The command in the manifest makes both stages again.
    succeeds(&crackdown(home.path(), &["verify", "narrow", "--rerun=all"]));
}

/// Kind: two things with one name cannot be told apart.
#[test]
fn policies_of_the_same_title_are_told_apart_by_their_names() {
    let home = tempfile::tempdir().unwrap();
    for (name, closures) in [("few", 1), ("many", 6)] {
        let text = format!(
            "(extends: {REFERENCE:?}, name: {name:?}, title: \"Closures\", people_per_agent: 4000,\n\
             policy: (shutdown_rate: (closures_per_month: {{\"2024-01-01\": {closures}}})))"
        );
        fs::write(home.path().join(format!("{name}.ron")), text).unwrap();
    }
    let output = crackdown(
        home.path(),
        &[
            "compare",
            REFERENCE,
            "few.ron",
            "many.ron",
            "--replications=2",
            "--people-per-agent=4000",
            "--out=output/comparison",
        ],
    );
    succeeds(&output);
    let page = said(&content(&home.path().join("output/comparison"))["report.html"]);
    for place in [said(&output.stdout), page] {
        assert!(place.contains("Closures (few)") && place.contains("Closures (many)"));
    }
    succeeds(&crackdown(home.path(), &["verify", "output/comparison", "--rerun=0"]));
}

/// Kind: a ratio of nothing is not 0, which would be better or worse than any value.
#[test]
fn a_measure_without_a_value_is_absent_everywhere_and_never_better() {
    let home = tempfile::tempdir().unwrap();
    let none = format!(
        "(extends: {REFERENCE:?}, name: \"none\", title: \"No closures\",\n\
         policy: (shutdown_rate: (closures_per_month: {{\"2022-01-01\": 0}}), interventions: {{\"RAKS\": None}}))"
    );
    fs::write(home.path().join("none.ron"), none).unwrap();
    let output = compare(home.path(), &[REFERENCE, "none.ron"], &[]);
    succeeds(&output);
    let files = content(&home.path().join("output/comparison"));
    let traced = |row: &&Row| row["measure"].starts_with("traced_");
    let effects = rows(&files["effects.csv"]);
    let absent: Vec<_> = effects.iter().filter(traced).collect();
    assert_eq!(absent.len(), 4);
    for row in absent {
        for column in ["baseline_mean", "policy_mean", "effect", "effect_low", "share_better"] {
            assert_eq!(row[column], "", "{column} of {}", row["measure"]);
        }
        assert_eq!(row["replications"], "0");
    }
    for name in ["ranking.csv", "pairs.csv"] {
        assert_eq!(rows(&files[name]).iter().filter(traced).count(), 0, "{name}");
    }
    let single = rows(&files["replications.csv"]);
    let of_none = single.iter().filter(traced).filter(|row| row["scenario"] == "none");
    assert!(of_none.clone().count() == 12 && of_none.clone().all(|row| row["value"].is_empty()));
    for arguments in
        [&["verify", "output/comparison", "--rerun", "1"][..], &["report", "output/comparison"]]
    {
        succeeds(&crackdown(home.path(), arguments));
    }
}

/// Kind: no spread is taken for certainty.
#[test]
fn equal_differences_are_no_precision_and_too_few_are_not_clear() {
    let home = tempfile::tempdir().unwrap();
    let small =
        "start: \"2023-12-01\", end: \"2024-03-31\", warm_up_days: 180, people_per_agent: 1000";
    let write = |name: &str, more: &str| {
        let text = format!(
            "(extends: {REFERENCE:?}, name: {name:?}, title: \"World {name}\", {small}{more})"
        );
        fs::write(home.path().join(format!("{name}.ron")), text).unwrap();
    };
    write("w", "");
    write("p", ", policy: (site_blocking: (sites_per_month: {\"2024-01-01\": 376}))");
    let output = crackdown(
        home.path(),
        &[
            "compare",
            "w.ron",
            "p.ron",
            "--replications=2",
            "--precision=sites_blocked=0.1",
            "--out=output/comparison",
        ],
    );
    succeeds(&output);
    let text = said(&output.stdout);
    assert!(text.contains("cannot tell for “World p”") && !text.contains("reached with"), "{text}");
    assert!(text.contains("too few to check by resampling"), "{text}");
    assert!(text.contains("No policy clearly"), "two replications are not clear: {text}");
    let files = content(&home.path().join("output/comparison"));
    for row in rows(&files["effects.csv"]) {
        let without = row["sd"] == "0" && row["effect"] != "0";
        assert!(!without || row["effect_low"].is_empty(), "{}", row["measure"]);
    }
}

#[test]
fn everything_that_is_wrong_is_told_at_once() {
    let home = tempfile::tempdir().unwrap();
    let wrong = [
        "--window=2020-01-01..2024-01-01",
        "--target=shadov",
        "--precision=unlicenced_turnover=2%",
    ];
    let output = compare(home.path(), &[REFERENCE, AUTO_BLOCK], &wrong);
    assert_eq!(output.status.code(), Some(1));
    let errors = said(&output.stderr);
    for part in
        ["within the reported days", "did you mean `shadow`", "Did you mean `unlicensed_turnover`"]
    {
        assert!(errors.contains(part), "no `{part}` in:\n{errors}");
    }
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0);
    // Days must pair.
    fs::write(
        home.path().join("late.ron"),
        format!("(extends: \"{REFERENCE}\", name: \"late\", start: \"2023-06-30\")"),
    )
    .unwrap();
    let output = compare(home.path(), &[REFERENCE, "late.ron"], &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output.stderr).contains("start is 2023-06-30, in the baseline 2023-01-01"));
    assert_eq!(compare(home.path(), &[REFERENCE], &[]).status.code(), Some(2));
}

#[test]
fn what_the_command_line_takes_out_of_a_comparison_without_an_error_is_told() {
    let home = tempfile::tempdir().unwrap();
    let told = |sets: &[&str]| {
        let more = [&["--dry-run"], sets].concat();
        succeeds(&compare(home.path(), &[REFERENCE, AUTO_BLOCK], &more))
    };
    // A lever that the policy is about has the same value in both; one that it leaves alone has not been taken from it.
    let lever = "--set=policy.auto_block.bank_share=0.8";
    for lang in ["en", "ru", "kk"] {
        let level = told(&[lever, "--lang", lang]);
        assert!(level.contains("auto_block.ron") && level.contains("bank_share"), "{level}");
    }
    assert!(told(&[lever]).contains("--set overrides what"), "{}", told(&[lever]));
    let other = told(&["--set=policy.shutdown_rate.with_arrest=0.5", "--set=customers.habit=0.5"]);
    assert!(!other.contains("--set overrides"), "{other}");
    // Figures whose days are no year of the run.
    let figures = "quantity,from,to,value,factor,source\nclosures,2024-01-01,2024-08-31,30,2,x\n\
        closures,2035,2035,30,2,x\n";
    fs::write(home.path().join("own.csv"), figures).unwrap();
    let own = told(&["--figures=own.csv"]);
    for part in [
        "own.csv:2: `closures 2024-01-01..2024-08-31` is not used: only whole calendar years",
        "own.csv:3: `closures 2035` is not used: its year does not lie within the run",
        "own.csv: none of its figures is used",
    ] {
        assert!(own.contains(part), "no `{part}` in:\n{own}");
    }
}

#[test]
fn a_policy_that_changes_the_world_too_is_pointed_out() {
    let home = tempfile::tempdir().unwrap();
    let text = format!(
        "(extends: \"{REFERENCE}\", name: \"both\", customers: (habit: 0.5), policy: (shutdown_rate: (with_arrest: 1.0)))"
    );
    fs::write(home.path().join("both.ron"), text).unwrap();
    let output = compare(home.path(), &[REFERENCE, "both.ron"], &["--dry-run"]);
    let errors = succeeds(&output);
    assert!(errors.contains("more than policy (customers.habit)"), "{errors}");
    assert!(said(&output.stdout).contains("3 replications, 0 of them are there"));
    assert!(!home.path().join("output").exists(), "a dry run leaves nothing");
}

#[test]
fn runs_and_results_stay_apart() {
    let home = tempfile::tempdir().unwrap();
    let refused = compare(home.path(), &[REFERENCE, CLOSURES], &["--out=a", "--runs=a/runs"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(said(&refused.stderr).contains("lies in the result folder"));
}

#[test]
fn weights_of_the_baseline_hold_for_all() {
    let home = tempfile::tempdir().unwrap();
    let text =
        format!("(extends: \"{REFERENCE}\", name: \"other\", measures: (harm: (honest: 1)))");
    fs::write(home.path().join("other.ron"), text).unwrap();
    succeeds(&compare(home.path(), &[REFERENCE, "other.ron"], &["--quiet"]));
    let rows = rows(&content(&home.path().join("output/comparison"))["effects.csv"]);
    let nothing = |row: &Row| row["effect"] == "0" || row["measure"].starts_with("own_");
    assert!(rows.iter().all(nothing), "another yardstick is no effect");
}

#[test]
fn results_are_replaced_only_by_force() {
    let home = tempfile::tempdir().unwrap();
    let files = [REFERENCE, CLOSURES];
    succeeds(&compare(home.path(), &files, &["--quiet"]));
    let before = content(&home.path().join("output/comparison"));
    let refused = compare(home.path(), &files, &["--seed=2"]);
    assert_eq!(refused.status.code(), Some(3));
    assert!(said(&refused.stderr).contains("--force"));
    assert!(content(&home.path().join("output/comparison")) == before);
    succeeds(&compare(home.path(), &files, &["--seed=2", "--force", "--quiet"]));
    assert!(
        content(&home.path().join("output/comparison"))["effects.csv"] != before["effects.csv"]
    );
}

#[cfg(unix)]
#[test]
fn an_interrupted_comparison_goes_on_where_it_stopped() {
    let home = tempfile::tempdir().unwrap();
    let files = [REFERENCE, CLOSURES];
    let many = |out: &str| {
        let mut command = program::command(home.path(), &["compare"]);
        command.args(files).args([
            "--people-per-agent=2000",
            "--replications=40",
            "--chance-only",
            "--threads=2",
            out,
        ]);
        command
    };
    let mut child = many("--out=a").stderr(Stdio::piped()).spawn().unwrap();
    // The first run is on disk.
    until_there(&mut child, &home.path().join("output/runs"));
    interrupt(&child);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    assert!(said(&output.stderr).contains("finished runs are kept"));
    assert!(!home.path().join("a").exists() && !home.path().join(".a.partial").exists());
    let resumed = succeeds(&many("--out=a").output().unwrap());
    let taken = resumed.split(" taken").next().unwrap().rsplit(' ').next().unwrap();
    assert!((1..80).contains(&taken.parse::<u32>().unwrap()), "{resumed}");
    succeeds(&many("--out=b").arg("--runs=fresh").output().unwrap());
    assert!(content(&home.path().join("a")) == content(&home.path().join("b")));
}

/// Ways in which files can name a last day of their own: all arms run to the latest, in every command that sets arms side by side.
#[test]
fn scenarios_with_different_ends_all_run_to_the_latest_and_it_says_so() {
    let home = tempfile::tempdir().unwrap();
    let write = |name: &str, rest: &str| {
        let path = home.path().join(format!("{name}.ron"));
        let text = format!(
            "(extends: {REFERENCE:?}, name: {name:?}, title: {name:?}, start: \"2023-12-01\", warm_up_days: 180, people_per_agent: 10000, {rest})"
        );
        fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let kyc = |date: &str| format!("policy: (kyc: (required: (shadow: {{\"{date}\": 1.0}})))");
    let short = write("short", "end: \"2024-01-31\"");
    let long = write("long", &format!("end: \"2024-02-29\", {}", kyc("2024-02-01")));
    let same = write("same", &format!("end: \"2024-01-31\", {}", kyc("2024-01-01")));
    for (command, files) in [
        ("compare", vec![&short, &long, &same]),
        ("compare", vec![&long, &short]),
        ("dose", vec![&short, &long]),
        ("attribute", vec![&short, &long]),
    ] {
        let mut program = program::command(home.path(), &[command]);
        program.args(&files).args(["--replications=2", "--force", "--runs=runs"]);
        let output = program.args(["--out", command]).output().unwrap();
        let text = said(&output.stderr);
        assert!(output.status.success(), "{command}: {text}");
        let line = text.lines().find(|line| line.contains("all run to 2024-02-29"));
        assert!(line.is_some_and(|line| line.contains("long.ron;")), "{command}: {text}");
    }
}
