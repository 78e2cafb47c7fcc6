//! What the answers of a study hang on, seen from outside.

use super::*;
use crate::program::content;

/// Two parameters, of which the last is a price in an account of costs: it cannot matter for turnover.
const VARIED: Tiny = Tiny {
    policies: &["no_enforcement", "auto_block"],
    replications: 1,
    draws: "Sobol(number: 1, parameters: {\"customers.habit\": Prior, \"measures.prison_day_kzt\": Prior})",
    more: "",
};

const ASK: [&str; 9] = [
    "sensitivity",
    "tiny.ron",
    "--trajectories=2",
    "--keep=2",
    "--base=4",
    "--measures",
    "unlicensed_turnover,shadow_turnover",
    "--out",
    "out",
];

/// Rows of the table with their columns by name.
fn table(home: &Path) -> Vec<std::collections::BTreeMap<String, String>> {
    let text = fs::read_to_string(home.join("out/sensitivity.csv")).unwrap();
    let mut lines = text.lines().map(|line| line.split(',').map(str::to_owned));
    let head: Vec<String> = lines.next().unwrap().collect();
    lines.map(|cells| head.iter().cloned().zip(cells).collect()).collect()
}

#[test]
fn a_price_that_nobody_looks_at_has_no_index_and_results_come_again_when_files_are_lost() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    VARIED.write(home);
    let said = succeeds(home, &ASK);
    assert!(
        said.starts_with("The ranking of these 2 policies by “Exchange without a licence”"),
        "{said}"
    );
    let rows = table(home);
    // Two parameters: in two measures the level and two effects, displacement by each and by both, the ranking.
    assert_eq!(rows.iter().filter(|row| row["stage"] == "morris").count(), 2 * (2 * 3 + 3 + 1));
    let total = |question: &str, parameter: &str| {
        let row = rows.iter().find(|row| {
            row["stage"] == "sobol"
                && row["question"] == question
                && row["measure"] == "unlicensed_turnover"
                && row["parameter"] == parameter
        });
        let row = row.unwrap_or_else(|| panic!("no index of {parameter} for the {question}"));
        ["total", "total_low", "total_high"].map(|name| row[name].parse::<f64>().unwrap())
    };
    for question in ["level", "ranking"] {
        assert_eq!(total(question, "measures.prison_day_kzt"), [0.0; 3], "{question}");
        let [value, low, high] = total(question, "customers.habit");
        assert!(low <= value && value <= high && high > 0.0, "{question}");
    }
    let verified = succeeds(home, &["verify", "out", "--rerun", "2"]);
    assert!(verified.contains("morris, sobol") && verified.contains("2 of 66"), "{verified}");
    let json: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(home.join("out/sensitivity.json")).unwrap())
            .unwrap();
    assert!(said.starts_with(json["sentence"].as_str().unwrap()));
    assert_eq!(json["policies"], serde_json::json!(["no_enforcement", "auto_block"]));
    let before = content(&home.join("out"));
    for name in [
        "figures/sensitivity.svg",
        "figures/morris.png",
        "study.ron",
        "columns.md",
        "manifest.json",
    ] {
        assert!(home.join("out").join(name).exists(), "{name}");
    }
    // What is lost is made again, from the runs that are there.
    fs::remove_file(home.join("out/sobol/runs.parquet")).unwrap();
    fs::remove_file(home.join("out/sensitivity.csv")).unwrap();
    succeeds(home, &ASK);
    assert!(content(&home.join("out")) == before, "the same bytes again");
    // A stage is a study like any other, to be made by many.
    let status = succeeds(home, &["status", "out/sobol/study.ron", "--out=out/sobol"]);
    assert!(status.contains("48"), "{status}");
    // Results of something else are not written over.
    let errors = refused(home, 3, &["sensitivity", "tiny.ron", "--out=out/sobol"]);
    assert!(errors.contains("name another folder with --out"), "{errors}");
}

#[test]
fn what_cannot_be_asked_is_refused_all_at_once_and_nothing_is_written() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    Tiny { more: "budget: (runs: 10),", ..USUAL }.write(home);
    let errors = refused(
        home,
        1,
        &["sensitivity", "tiny.ron", "--base=24", "--measures=unlicensed_turnovr", "--out=out"],
    );
    for part in [
        "draws no parameters from ranges",
        "write 16 or 32",
        "did you mean unlicensed_turnover?",
        "more than the budget of 10",
    ] {
        assert!(errors.contains(part), "{part}: {errors}");
    }
    assert!(!home.join("out").exists());
    VARIED.write(home);
    let said = succeeds(home, &["sensitivity", "tiny.ron", "--dry-run", "--out=out"]);
    // Ten trajectories of three points, 64 rows of four, three arms.
    assert!(said.contains("90 runs") && said.contains("768 runs"), "{said}");
    assert!(!home.join("out").exists());
}
