//! What a study says: numbers that follow from its runs, in a folder that can be verified.

use std::fs;
use std::path::Path;

use crackdown::store::study::MergedRuns;
use serde_json::Value;

use super::{SCENARIOS, Tiny, USUAL, crackdown, refused, succeeds};
use crate::program::said;

const DRAWN: Tiny = Tiny {
    draws: "LatinHypercube(number: 3, parameters: {\"customers.habit\": Prior, \"customers.search_days\": Uniform(4, 12)})",
    ..USUAL
};

fn swept(home: &Path) -> String {
    DRAWN.write(home);
    succeeds(home, &["sweep", "tiny.ron", "--out", "study"])
}

/// A cell of a table, by the beginning of its row and its column.
fn cell(table: &str, row: &str, column: &str) -> f64 {
    let head: Vec<&str> = table.lines().next().unwrap().split(',').collect();
    let at = head.iter().position(|name| *name == column).unwrap();
    let line = table.lines().find(|line| line.starts_with(row)).unwrap();
    line.split(',').nth(at).unwrap().parse().unwrap()
}

#[test]
fn effects_are_means_over_draws_of_pairs_with_the_same_luck() {
    let home = tempfile::tempdir().unwrap();
    let printed = swept(home.path());
    let folder = home.path().join("study");
    let runs = MergedRuns::open(&folder).unwrap();
    let values = |arm: &str| -> Vec<f64> {
        runs.values(arm, "unlicensed_domestic_turnover")
            .unwrap()
            .into_iter()
            .map(|value| value.1)
            .collect()
    };
    let (base, policy) = (values("kazakhstan"), values("no_enforcement"));
    assert_eq!((base.len(), policy.len()), (9, 9));
    let by_draw: Vec<f64> = base
        .chunks(3)
        .zip(policy.chunks(3))
        .map(|(base, policy)| {
            100.0 * (policy.iter().sum::<f64>() - base.iter().sum::<f64>())
                / base.iter().sum::<f64>()
        })
        .collect();
    let mean = by_draw.iter().sum::<f64>() / 3.0;
    let table = fs::read_to_string(folder.join("effects.csv")).unwrap();
    let row = "no_enforcement,kazakhstan,unlicensed_domestic_turnover,%";
    assert!((cell(&table, row, "mean") - mean).abs() < 1e-4 * mean.abs(), "{mean}\n{table}");
    // Student's t with two degrees of freedom.
    let variance = by_draw.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / 2.0;
    let half = 4.302_652_73 * (variance / 3.0).sqrt();
    let (low, high) = (cell(&table, row, "low"), cell(&table, row, "high"));
    assert!(((high - low) / 2.0 - half).abs() < 1e-3 * half, "{low} {high} {half}");
    assert!(
        printed.contains("No enforcement") && printed.contains("unknown parameters"),
        "{printed}"
    );
    let draws = fs::read_to_string(folder.join("draws.csv")).unwrap();
    assert_eq!(draws.lines().next(), Some("draw,customers.habit,customers.search_days"));
    assert_eq!(draws.lines().count(), 4);
}

#[test]
fn a_study_is_verified_and_every_forgery_is_found() {
    let home = tempfile::tempdir().unwrap();
    swept(home.path());
    let folder = home.path().join("study");
    let verify =
        |more: &[&str]| crackdown(home.path(), &[&["verify", "study", "--json"], more].concat());
    let well = verify(&["--rerun", "4", "--threads", "1,2"]);
    assert_eq!(well.status.code(), Some(0), "{} {}", said(&well.stdout), said(&well.stderr));
    let report: Value = serde_json::from_slice(&well.stdout).unwrap();
    let names: Vec<&str> = report["checks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|check| check["check"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["files", "inputs", "contents", "runs"]);

    // A table is changed, and its hash in the manifest with it: it does not follow from the runs.
    let forged = |name: &str, change: &dyn Fn(String) -> String| {
        let (path, listed) = (folder.join(name), folder.join("manifest.json"));
        let (text, manifest) =
            (fs::read_to_string(&path).unwrap(), fs::read_to_string(&listed).unwrap());
        let new = change(text.clone());
        assert_ne!(new, text);
        fs::write(&path, &new).unwrap();
        assert_eq!(verify(&["--rerun", "0"]).status.code(), Some(1), "{name} without its hash");
        let mut json: Value = serde_json::from_str(&manifest).unwrap();
        let hash = blake3::hash(new.as_bytes()).to_hex().to_string();
        json["files"][name] = serde_json::json!({"blake3": hash, "bytes": new.len()});
        fs::write(&listed, serde_json::to_string_pretty(&json).unwrap() + "\n").unwrap();
        let found = verify(&["--rerun", "0"]);
        fs::write(&path, text).unwrap();
        fs::write(&listed, manifest).unwrap();
        assert_eq!(found.status.code(), Some(1), "{name}: {}", said(&found.stdout));
        said(&found.stdout)
    };
    assert!(
        forged("effects.csv", &|text| text.replace("no_enforcement,", "no_enforcement ,"))
            .contains("effects.csv")
    );
    forged("scenarios/no_enforcement.ron", &|text| text.replace("habit: 0", "habit: 1"));
    forged("study.ron", &|text| text.replace("replications: 3", "replications: 2"));
    assert_eq!(verify(&["--rerun", "0"]).status.code(), Some(0), "all is as it was");

    // One archive, verified as the folder is.
    succeeds(home.path(), &["record", "study", "--out", "study.zip"]);
    succeeds(home.path(), &["verify", "study.zip", "--rerun", "1"]);
    fs::write(folder.join("effects.csv"), "x").unwrap();
    refused(home.path(), 1, &["record", "study", "--out", "again.zip"]);
}

#[test]
fn the_study_beside_its_results_gives_the_same_bytes() {
    let home = tempfile::tempdir().unwrap();
    swept(home.path());
    let folder = home.path().join("study");
    succeeds(&folder, &["sweep", "study.ron", "--out", "../repeated"]);
    for name in ["runs.parquet", "effects.csv", "study.ron", "figures/effects.png", "manifest.json"]
    {
        let [was, is] = [&folder, &home.path().join("repeated")]
            .map(|folder| fs::read(folder.join(name)).unwrap());
        assert!(was == is, "{name}");
    }
}

#[test]
fn every_row_of_a_table_is_a_draw_and_what_the_agency_sees_is_kept() {
    let home = tempfile::tempdir().unwrap();
    let table =
        "customers.habit,weight,policy.shutdown_rate.targeting\n0.7,0,Random\n0.2,3,Easiest\n";
    fs::write(home.path().join("rows.csv"), table).unwrap();
    let more =
        "luck: All, seen: [\"sites_blocked 2024\", \"closures 2024\", \"drug_money_kzt 2024\"]";
    Tiny { draws: "Table(file: \"rows.csv\")", more, policies: &[], replications: 1 }
        .write(home.path());
    succeeds(home.path(), &["sweep", "tiny.ron", "--out", "study"]);
    let folder = home.path().join("study");
    let draws = fs::read_to_string(folder.join("draws.csv")).unwrap();
    assert_eq!(
        draws,
        "draw,customers.habit,policy.shutdown_rate.targeting\n0,0.7,Random\n1,0.2,Easiest\n"
    );
    // The same run by itself says the same.
    let scenario = format!("{SCENARIOS}/kazakhstan.ron");
    let mut words = vec!["run", scenario.as_str(), "--replications", "1", "--out", "run"];
    let sets = [
        "people_per_agent=4000",
        "start=\"2024-01-01\"",
        "end=\"2024-01-31\"",
        "warm_up_days=30",
        "customers.habit=0.7",
        "policy.shutdown_rate.targeting=Random",
    ];
    words.extend(sets.iter().flat_map(|set| ["--set", set]));
    succeeds(home.path(), &words);
    let view = fs::read_to_string(home.path().join("run/agency_view.csv")).unwrap();
    let runs = MergedRuns::open(&folder).unwrap();
    let seen = cell(&view, "2024,no,sites_blocked,", "seen_p50");
    let kept = runs.values("kazakhstan", "seen_sites_blocked_2024").unwrap();
    let kept = kept[0].1;
    assert!(kept > 0.0 && (kept - seen).abs() <= 1e-6 * seen, "{kept} {seen}");
    // Verified, moved elsewhere and swept again: the table lies beside the study.
    succeeds(home.path(), &["verify", "study", "--rerun", "1"]);
    let beside = folder.join("study.ron");
    succeeds(home.path(), &["sweep", &beside.to_string_lossy(), "--out", "again"]);
    assert_eq!(
        fs::read(folder.join("runs.parquet")).unwrap(),
        fs::read(home.path().join("again/runs.parquet")).unwrap()
    );
}

#[test]
fn figures_of_earlier_results_do_not_stay_beside_results_without_them() {
    let home = tempfile::tempdir().unwrap();
    swept(home.path());
    let figures = || crate::program::content(&home.path().join("study")).into_keys();
    let drawn = |name: &String| name.starts_with("figures/");
    assert!(figures().any(|name| drawn(&name)), "there are none");
    let tables = fs::read(home.path().join("study/effects.csv")).unwrap();
    succeeds(home.path(), &["merge", "tiny.ron", "--out", "study", "--no-figures"]);
    assert_eq!(figures().filter(drawn).count(), 0);
    assert!(tables == fs::read(home.path().join("study/effects.csv")).unwrap());
    succeeds(home.path(), &["verify", "study", "--rerun", "0"]);
    succeeds(home.path(), &["merge", "tiny.ron", "--out", "study"]);
    assert!(figures().any(|name| drawn(&name)), "not drawn again");
    succeeds(home.path(), &["verify", "study", "--rerun", "0"]);
}
