//! README and guide: commands are ones that the program takes, files and figures that they name are there, lines are short.
//!
//! `.ci/run` runs every command of the blocks marked `sh` as written; here they and the long ones, marked `bash`, stop short of simulating.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use assert_cmd::Command;
use crackdown::scenario;
use crackdown::store::{RunResults, input_fingerprint};
use tempfile::TempDir;

fn readme() -> String {
    fs::read_to_string("README.md").unwrap()
}

/// README and the files of the guide, by path.
fn texts() -> Vec<(String, String)> {
    let guide = fs::read_dir("src/guide").unwrap().map(|file| file.unwrap().path());
    let guide = guide.filter(|path| path.is_file());
    let mut paths: Vec<_> = guide.chain([Path::new("README.md").to_owned()]).collect();
    paths.sort();
    let read = |path: std::path::PathBuf| {
        (path.to_string_lossy().into_owned(), fs::read_to_string(&path).unwrap())
    };
    paths.into_iter().map(read).collect()
}

/// Commands of the blocks of shell commands; a backslash at the end of a line goes on with the next.
fn commands() -> Vec<String> {
    let mut found = Vec::new();
    let (mut inside, mut goes_on) = (false, false);
    for line in texts().iter().flat_map(|(_, text)| text.lines()) {
        match line {
            "```sh" | "```bash" => inside = true,
            "```" => inside = false,
            _ if inside => {
                let part = line.trim_end_matches('\\').trim();
                match found.last_mut() {
                    Some(last) if goes_on => *last = format!("{last} {part}"),
                    _ => found.push(part.to_owned()),
                }
                goes_on = line.ends_with('\\');
            }
            _ => {}
        }
    }
    found
}

#[test]
fn the_readme_is_short_and_no_line_is_long() {
    assert!(readme().lines().count() <= 120);
    for (path, text) in texts() {
        for (number, line) in text.lines().enumerate() {
            assert!(line.chars().count() <= 120, "{path}:{}: over 120 columns", number + 1);
        }
    }
}

/// An argument as the shell hands it over: `*.ron` stands for all policy files.
fn expanded(argument: &str) -> Vec<String> {
    let Some(folder) = argument.strip_suffix("/*.ron") else { return vec![argument.to_owned()] };
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<String> = files.map(|path| path.to_string_lossy().into_owned()).collect();
    files.sort();
    files
}

/// Examples at the end of the help of commands that simulate, as far as they name files that are there.
fn examples() -> Vec<String> {
    let shipped = |word: &str| word.starts_with("scenarios/") || !word.contains('.');
    let mut found = Vec::new();
    for name in ["run", "compare", "attribute", "dose", "forecast", "reach"] {
        let help = Command::cargo_bin("crackdown").unwrap().args([name, "--help"]).output();
        let help = String::from_utf8(help.unwrap().stdout).unwrap();
        let begins = format!("crackdown {name} ");
        // Help breaks long lines.
        let mut examples: Vec<String> = Vec::new();
        let after = help.lines().skip_while(|line| !line.starts_with("Examples:")).skip(1);
        for line in after.map(str::trim).take_while(|line| !line.is_empty()) {
            match examples.last_mut() {
                Some(last) if !line.starts_with("crackdown ") => *last = format!("{last} {line}"),
                _ => examples.push(line.to_owned()),
            }
        }
        examples.retain(|line| line.starts_with(&begins));
        let own = examples.into_iter().filter(|line| {
            let files = [".csv", ".parquet", ".ron"];
            let file = |word: &&str| files.iter().any(|end| word.ends_with(end));
            line.split(' ').filter(file).all(shipped)
        });
        let before = found.len();
        found.extend(own);
        assert!(found.len() > before, "no example of {name} names files that are there");
    }
    found
}

#[test]
fn every_command_is_understood() {
    let commands = [commands(), examples()].concat();
    assert!(commands.len() >= 6 && commands.contains(&"cargo test".to_owned()));
    // What they write stays in a folder that sees the scenarios and the reference: the checkout is as clean after as before.
    let place = TempDir::new().unwrap();
    let here = std::env::current_dir().unwrap();
    fs::create_dir(place.path().join("output")).unwrap();
    for shown in ["scenarios", "output/reference"] {
        std::os::unix::fs::symlink(here.join(shown), place.path().join(shown)).unwrap();
    }
    for command in commands.iter().filter(|command| *command != "cargo test") {
        let arguments = command
            .strip_prefix("cargo run --release -- ")
            .or_else(|| command.strip_prefix("crackdown "))
            .unwrap_or_else(|| panic!("{command}: who runs that?"));
        let mut program = Command::cargo_bin("crackdown").unwrap();
        program.current_dir(place.path()).args(arguments.split(' ').flat_map(expanded));
        let simulates = [
            "run ",
            "compare ",
            "attribute ",
            "dose ",
            "forecast ",
            "update ",
            "reach ",
            "sweep ",
            "calibrate ",
            "sensitivity ",
            "validate ",
            "discover ",
            "optimise ",
        ];
        if simulates.iter().any(|name| arguments.starts_with(name))
            && !arguments.contains("--dry-run")
        {
            program.arg("--dry-run");
        }
        if arguments.starts_with("demo ") {
            program.args(["--replications", "1"]);
        }
        let output = program.output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        // What is rendered again or explained must have been compared before: understood is enough here.
        let later = ["report ", "explain ", "verify ", "record ", "benefits "]
            .iter()
            .any(|name| arguments.starts_with(name));
        let well = if later { output.status.code() != Some(2) } else { output.status.success() };
        assert!(well, "{command}\n{errors}");
    }
}

#[test]
fn files_and_figures_that_it_names_are_there() {
    let text = readme();
    assert!(text.contains("(src/guide/limits.md)"), "what it cannot tell is one step away");
    for link in text.split("](").skip(1).map(|rest| rest.split(')').next().unwrap()) {
        let known =
            link.starts_with("https://") || link.starts_with('#') || Path::new(link).exists();
        assert!(known, "{link} is not there");
    }
    for policy in fs::read_dir("scenarios/policies").unwrap() {
        let name = policy.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned();
        assert!(text.contains(&name), "the README does not speak of the policy {name}");
    }
}

#[test]
fn the_policy_that_it_shows_is_the_file() {
    let file = fs::read_to_string("scenarios/policies/auto_block.ron").unwrap();
    assert!(readme().contains(&file), "the README shows another policy than auto_block.ron");
}

const AGAIN: &str = "the model or the levers have changed: `.ci/reference` makes output/reference again; then copy the table of \
                     published figures to src/guide/uncertainty.md";

#[test]
fn the_results_that_it_shows_are_those_of_this_model() {
    let manifest = fs::read_to_string("output/reference/manifest.json").unwrap();
    let resolved = scenario::load(Path::new("scenarios/kazakhstan.ron"), &[]).unwrap();
    let study =
        RunResults { resolved: &resolved, sets: &[], seed: 1, draws: None, published: None };
    assert!(manifest.contains(&input_fingerprint(&study)), "{AGAIN}");
    for name in ["summary.csv", "agency_view.csv"] {
        let bytes = fs::read(Path::new("output/reference").join(name)).unwrap();
        let fingerprint = blake3::hash(&bytes).to_hex().to_string();
        assert!(manifest.contains(&fingerprint), "{name} is not the file of that run");
    }
}

#[test]
fn the_comparison_that_it_shows_is_that_of_this_model() {
    let folder = Path::new("output/reference/comparison");
    let text = fs::read_to_string(folder.join("manifest.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_str(&text).unwrap();
    let mut compared = 0;
    for path in
        expanded("scenarios/policies/*.ron").iter().chain([&"scenarios/kazakhstan.ron".to_owned()])
    {
        // As the README's command does it.
        let sets = ["people_per_agent=10".to_owned()];
        let resolved = scenario::load(Path::new(path), &sets).unwrap();
        let study =
            RunResults { resolved: &resolved, sets: &sets, seed: 1, draws: None, published: None };
        let known = &manifest["input_blake3"][&resolved.scenario.name];
        assert_eq!(*known, input_fingerprint(&study), "{path}: {AGAIN}");
        compared += 1;
    }
    assert!(compared > 6);
    for name in ["effects.csv", "displacement.csv"] {
        let bytes = fs::read(folder.join(name)).unwrap();
        let fingerprint = blake3::hash(&bytes).to_hex().to_string();
        assert!(text.contains(&fingerprint), "{name} is not the file of that comparison");
    }
}

#[test]
fn the_posterior_that_is_shipped_is_that_of_this_model_and_of_the_tables_beside_it() {
    let folder = Path::new("output/reference/calibration");
    let text = fs::read_to_string(folder.join("manifest.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_str(&text).unwrap();
    let version = crackdown::model::MODEL_VERSION;
    assert_eq!(
        manifest["model_version"], version,
        "calibrate again: src/guide/calibration.md says how"
    );
    for (path, name) in [
        (Path::new("scenarios").join("posterior.parquet"), "posterior.parquet"),
        (folder.join("fit.csv"), "fit.csv"),
        (folder.join("parameters.csv"), "parameters.csv"),
        (folder.join("recovery.csv"), "recovery.csv"),
    ] {
        let fingerprint = blake3::hash(&fs::read(&path).unwrap()).to_hex().to_string();
        assert_eq!(manifest["files"][name]["blake3"], fingerprint, "{}", path.display());
    }
    // What the README says of it.
    let recovery = &manifest["recovery"]["all"];
    let words = format!("{} of {}", recovery["inside"], recovery["of"]);
    let guide = fs::read_to_string("src/guide/calibration.md").unwrap();
    assert!(guide.contains(&words), "the guide does not say that {words} were found");
}

#[test]
fn pairing_pays_in_the_comparison_that_it_shows() {
    let times = |measure: &str| -> Vec<f64> {
        let mut reader = csv::Reader::from_path("output/reference/comparison/effects.csv").unwrap();
        let rows = reader.deserialize::<BTreeMap<String, String>>().map(Result::unwrap);
        let of = rows.filter(|row| row["measure"] == measure);
        let mut times: Vec<f64> =
            of.map(|row| row["unpaired_needs_times_more"].parse().unwrap()).collect();
        times.sort_by(f64::total_cmp);
        assert!(times.len() >= 20, "{measure}: {times:?}");
        times
    };
    let crime = times("crime_turnover");
    assert!(crime[0] >= 9.0, "{crime:?}");
    // Who is closed, and which venues comply, is another in the two worlds (ODD, finding 13).
    let domestic = times("unlicensed_domestic_turnover");
    assert!(domestic[0] > 1.0 && domestic[domestic.len() / 2] > 25.0, "{domestic:?}");
}

#[test]
fn the_table_of_published_figures_is_that_of_the_reference_run() {
    let text = fs::read_to_string("src/guide/uncertainty.md").unwrap();
    let mut reader = csv::Reader::from_path("output/reference/agency_view.csv").unwrap();
    let mut compared = 0;
    for row in reader.deserialize::<BTreeMap<String, String>>() {
        let row = row.unwrap();
        if row["year"] != "2024" || row["published"].is_empty() {
            continue;
        }
        let number = |column: &str| row[column].parse::<f64>().unwrap();
        let amount = |value: f64| match row["unit"].as_str() {
            "KZT" if value >= 1e9 => format!("KZT {:.1} bn", value / 1e9),
            "KZT" => format!("KZT {:.2} m", value / 1e6),
            "share" => format!("{:.1} %", 100.0 * value),
            _ => format!("{value:.0}"),
        };
        let (low, high) = (amount(number("published_low")), amount(number("published_high")));
        let published = if low == high { low } else { format!("{low} to {high}") };
        let name = row["quantity"].trim_end_matches("_kzt").replace('_', " ");
        let [middle, low, high] = ["seen_p50", "seen_p5", "seen_p95"].map(|c| amount(number(c)));
        let line = format!("| {name} | {published} | {middle} [{low} – {high}] |");
        assert!(text.contains(&line), "the guide lacks\n{line}\n{AGAIN}");
        assert_eq!(row["within_factor_two"], "yes", "{name}");
        compared += 1;
    }
    assert_eq!(compared, 17);
}

#[test]
fn licences_changelog_and_citation_are_those_of_this_program() {
    let read = |name: &str| fs::read_to_string(name).unwrap();
    assert!(read("LICENSE-MIT").contains("Permission is hereby granted, free of charge"));
    assert!(read("LICENSE-APACHE").contains("END OF TERMS AND CONDITIONS"));
    let version = env!("CARGO_PKG_VERSION");
    assert!(read("CITATION.cff").contains(&format!("\nversion: {version}\n")));
    let (changes, model) = (read("CHANGELOG.md"), crackdown::model::MODEL_VERSION);
    assert!(changes.contains(&format!("Program {version}, model version {model}.")));
    for version in 1..=model {
        let head = format!("\n## Model version {version} ");
        assert!(
            changes.contains(&head),
            "CHANGELOG.md does not say what version {version} changed"
        );
    }
}
