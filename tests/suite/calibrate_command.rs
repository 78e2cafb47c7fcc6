//! `crackdown calibrate`: waves that resume, a posterior that other commands take, studies that cannot be calibrated.

use std::fs;
use std::path::Path;
use std::process::Output;

use crate::program::{SCENARIOS, command, crackdown, said, succeeded};

/// Few venues and people over the year of most figures: a run takes a moment.
fn study(home: &Path, draws: &str, more: &str) {
    let text = format!(
        "(title: \"A calibration for tests\", scenarios: [\"{SCENARIOS}/kazakhstan.ron\"], replications: 2, {more}\n\
         set: {{\"people_per_agent\": 4000, \"exchanges.number.shadow\": 30, \"start\": \"2024-01-01\", \"end\": \"2024-12-31\", \"warm_up_days\": 30}},\n\
         draws: {draws})"
    );
    fs::write(home.join("tiny.ron"), text).unwrap();
}

const RANGES: &str = "LatinHypercube(number: 14, parameters: {\"customers.habit\": Prior, \
    \"customers.trades_per_year.drug_buyer\": LogUniform(3, 30), \"afm.drug_money_seen\": Prior})";

fn calibrate(home: &Path, words: &[&str]) -> Output {
    let fixed = ["calibrate", "tiny.ron", "--posterior", "120", "--check", "3"];
    command(home, &fixed).args(words).output().unwrap()
}

fn succeeds(home: &Path, words: &[&str]) -> String {
    succeeded(&calibrate(home, words)).0
}

const RESULTS: [&str; 8] = [
    "posterior.parquet",
    "fit.csv",
    "parameters.csv",
    "waves.csv",
    "recovery.csv",
    "columns.md",
    "figures/fit.svg",
    "manifest.json",
];

fn results(folder: &Path) -> Vec<Vec<u8>> {
    RESULTS.iter().map(|name| fs::read(folder.join(name)).unwrap()).collect()
}

#[test]
fn a_calibration_resumes_and_gives_the_same_posterior_on_any_number_of_threads() {
    let home = tempfile::tempdir().unwrap();
    study(home.path(), RANGES, "");
    let dry = succeeds(home.path(), &["--recovery", "2", "--recovery-waves", "2", "--dry-run"]);
    // Two waves, the check, and a second wave of each recovery.
    assert!(dry.contains("62 runs") && !home.path().join("output").exists(), "{dry}");
    let printed =
        succeeds(home.path(), &["--recovery", "2", "--recovery-waves", "2", "--threads", "2"]);
    assert!(printed.contains("drug_money_kzt 2024") && printed.contains("Recovery"), "{printed}");
    let folder = home.path().join("output/calibration/tiny");
    let all = results(&folder);
    let parameters = said(&all[2]);
    assert_eq!(parameters.lines().count(), 4, "{parameters}");
    assert!(
        parameters.contains("customers.trades_per_year.drug_buyer,assumption,"),
        "{parameters}"
    );
    // Parts that are lost are made again, the rest is not.
    fs::remove_file(folder.join("check/runs.parquet")).unwrap();
    fs::remove_file(folder.join("posterior.parquet")).unwrap();
    let kept = fs::read(folder.join("wave_2/runs.parquet")).unwrap();
    let output =
        calibrate(home.path(), &["--recovery", "2", "--recovery-waves", "2", "--threads", "1"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output.stderr));
    assert_eq!(fs::read(folder.join("wave_2/runs.parquet")).unwrap(), kept);
    assert_eq!(results(&folder), all);
    let elsewhere = succeeds(
        home.path(),
        &["--recovery", "2", "--recovery-waves", "2", "--out", "again", "--threads", "3"],
    );
    assert!(elsewhere.contains("again"), "{elsewhere}");
    assert_eq!(results(&home.path().join("again")), all);
    // What the folder holds is what its manifest lists, runs of all waves included, and these can be made again.
    let verify = || crackdown(home.path(), &["verify", "again", "--rerun", "4"]);
    let (told, _) = succeeded(&verify());
    assert!(told.contains("4 of 62 simulated again"), "{told}");
    // A table that does not follow from them is found, whatever the manifest says of it.
    let fit = fs::read(home.path().join("again/fit.csv")).unwrap();
    let other = said(&fit).replacen('0', "1", 1);
    crate::verify_command::forge(&home.path().join("again"), "fit.csv", other.as_bytes());
    let differs = verify();
    assert_eq!(differs.status.code(), Some(1));
    assert!(said(&differs.stdout).contains("DIFFERS   contents"), "{}", said(&differs.stdout));
    crate::verify_command::forge(&home.path().join("again"), "fit.csv", &fit);
    let points = home.path().join("again/wave_2/points.csv");
    let changed = fs::read_to_string(&points).unwrap().replace('1', "2");
    fs::write(&points, changed).unwrap();
    let differs = verify();
    assert_eq!(differs.status.code(), Some(1));
    assert!(said(&differs.stdout).contains("wave_2/points.csv"), "{}", said(&differs.stdout));
    // The sample is one that studies take.
    let posterior = folder.join("posterior.parquet");
    study(
        home.path(),
        &format!("Posterior(file: {:?}, number: 2)", posterior.display().to_string()),
        "",
    );
    let (checked, _) = succeeded(&crackdown(home.path(), &["check", "tiny.ron"]));
    assert!(checked.contains("afm.drug_money_seen"), "{checked}");
}

#[test]
fn what_cannot_be_calibrated_is_refused_with_what_to_write() {
    let home = tempfile::tempdir().unwrap();
    let refused = |words: &[&str], part: &str| {
        let output = calibrate(home.path(), words);
        let errors = said(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{errors}");
        assert!(errors.contains(part), "{part}: {errors}");
        assert!(!home.path().join("output/calibration/tiny/posterior.parquet").exists());
    };
    study(
        home.path(),
        RANGES,
        &format!("policies: [\"{SCENARIOS}/policies/no_enforcement.ron\"],"),
    );
    refused(&[], "no policies, but this study has 2 arms");
    study(home.path(), "List([{\"customers.habit\": 0.6}])", "");
    refused(&[], "needs ranges to draw from");
    study(home.path(), RANGES, "");
    refused(&["--set", "end=\"2024-12-30\""], "no figure was published for the years");
    refused(&["--runs", "11", "--quiet"], "at least 12 are needed");
    // All that is wrong is told at once.
    let mut both = vec!["--set", "end=\"2024-12-30\""];
    both.extend(["--runs", "11"]);
    refused(&both, "no figure was published for the years");
    refused(&both, "at least 12 are needed");
    study(home.path(), RANGES, "precision: (measure: \"closures\", amount: 2),");
    refused(&[], "`precision` has no meaning");
}
