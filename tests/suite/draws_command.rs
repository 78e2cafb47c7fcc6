//! `run` and `compare` with `--draws`, seen from outside: the same as a study of the same draws, refusals, and every command that reads the folder.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::program::{self, Row, SCENARIOS, TINY, content, crackdown, repeated, said, succeeded};

const POSTERIOR: &str = "customers.habit,weight,policy.shutdown_rate.targeting\n\
    0.2,1,Easiest\n0.4,0,Random\n0.6,2,Random\n0.8,1,Easiest\n";

fn succeeds(home: &Path, words: &[&str]) -> (String, String) {
    succeeded(&crackdown(home, words))
}

/// A command over small scenarios.
fn small<'a>(command: &'a str, files: &'a [String], more: &[&'a str]) -> Vec<&'a str> {
    let mut words = vec![command];
    words.extend(files.iter().map(String::as_str));
    words.extend(TINY.iter().flat_map(|set| ["--set", set]));
    words.extend(more);
    words
}

fn files(policies: &[&str]) -> Vec<String> {
    let policies = policies.iter().map(|name| format!("{SCENARIOS}/policies/{name}.ron"));
    std::iter::once(format!("{SCENARIOS}/kazakhstan.ron")).chain(policies).collect()
}

/// A home with a posterior.
fn home() -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("posterior.csv"), POSTERIOR).unwrap();
    home
}

fn rows(path: &Path) -> Vec<Row> {
    program::rows(&fs::read(path).unwrap())
}

#[test]
fn a_comparison_with_the_shipped_reference_holds_unknown_parameters_unless_chance_alone_is_asked_for()
 {
    let home = home();
    let here = home.path();
    let names = files(&["no_enforcement"]);
    for (more, holds) in [
        (&["--replications=12", "--out=a"][..], "it holds\nchance and unknown parameters"),
        (&["--replications=13", "--out=b"], "it holds\nchance and unknown parameters"),
        (&["--replications=11", "--out=c"], "it holds\nchance only"),
        (&["--replications=12", "--chance-only", "--out=d"], "it holds\nchance only"),
    ] {
        let (text, _) = succeeds(here, &small("compare", &names, more));
        assert!(text.contains(holds), "{more:?}: no `{holds}` in:\n{text}");
    }
    let said = ["--replications=12", "--set=customers.habit=0.5", "--out=e"];
    let (_, told) = succeeds(here, &small("compare", &names, &said));
    assert!(told.contains("intervals hold chance only: a scenario or --set gives"), "{told}");
    let drawn = |folder: &str| here.join(folder).join("posterior.parquet").exists();
    assert_eq!(["a", "b", "c", "d"].map(drawn), [true, true, false, false]);
    let both = ["--replications=12", "--chance-only", "--draws=posterior.csv"];
    let refused = crackdown(here, &small("compare", &names, &both));
    assert_ne!(refused.status.code(), Some(0));
}

#[test]
fn a_comparison_over_draws_says_what_the_study_of_the_same_draws_says() {
    let home = home();
    let here = home.path();
    let names = files(&["no_enforcement", "shutdown_double"]);
    let options = ["--draws=posterior.csv", "--replications=6", "--seed=5", "--out=results"];
    let (text, _) = succeeds(here, &small("compare", &names, &options));
    for part in ["3 draws × 2 replications", "chance and unknown parameters", "too few to say"] {
        assert!(text.contains(part), "no `{part}` in:\n{text}");
    }
    let (text, _) = succeeds(
        here,
        &small("compare", &names, &[&options[..3], &["--json", "--out=again"]].concat()),
    );
    assert!(text.contains("\"share_of_ignorance\"") && text.contains("\"draws\""));
    let study = format!(
        "(title: \"t\", name: \"t\", seed: 5, replications: 2, scenarios: [\"{}\"], policies: [\"{}\", \"{}\"],
         set: {{\"people_per_agent\": 4000, \"start\": \"2024-01-01\", \"end\": \"2024-01-31\", \"warm_up_days\": 30}},
         draws: Posterior(file: \"posterior.csv\", number: 3))",
        names[0], names[1], names[2]
    );
    fs::write(here.join("study.ron"), study).unwrap();
    succeeds(here, &["sweep", "study.ron", "--out", "study", "--quiet"]);
    assert_eq!(
        fs::read_to_string(here.join("results/draws.csv")).unwrap(),
        fs::read_to_string(here.join("study/draws.csv")).unwrap()
    );
    let mut in_study = BTreeMap::new();
    for row in rows(&here.join("study/effects.csv")).into_iter().filter(|row| row["unit"] != "%") {
        in_study.insert((row["arm"].clone(), row["measure"].clone()), row);
    }
    let effects = rows(&here.join("results/effects.csv"));
    let mut moved = 0;
    // Where a run has no value (a share of nothing), a comparison leaves out its draw, a study the run.
    let known: Vec<_> = effects.iter().filter(|row| row["replications"] == "6").collect();
    assert!(known.len() > effects.len() - 20, "{} of {}", known.len(), effects.len());
    for row in known {
        let other = &in_study[&(row["policy"].clone(), row["measure"].clone())];
        for (own, theirs) in [
            ("effect", "mean"),
            ("effect_low", "low"),
            ("effect_high", "high"),
            ("draws", "draws"),
            ("share_of_ignorance", "ignorance_share"),
        ] {
            assert_eq!(row[own], other[theirs], "{} of {}", own, row["measure"]);
        }
        moved += usize::from(row["effect"] != "0");
    }
    assert!(effects.len() > 100 && moved > 20, "{moved} of {}", effects.len());
    // The account adds up in every run, and every run says to which draw it belongs.
    let accounts = rows(&here.join("results/account.csv"));
    assert_eq!(accounts.len(), 12);
    for (number, row) in accounts.iter().enumerate() {
        let of = |name: &str| row[name].parse::<i64>().unwrap();
        assert_eq!((of("replication"), of("draw")), (number as i64 % 6, number as i64 % 6 / 2));
        let named = ["policy", "replication", "draw", "removed"];
        let parts = row.keys().filter(|name| !named.contains(&name.as_str()));
        assert_eq!(parts.map(|name| of(name)).sum::<i64>(), of("removed"));
    }
}

#[test]
fn folders_of_draws_are_verified_rendered_explained_and_made_again() {
    let home = home();
    let here = home.path();
    let names = files(&["shutdown_double"]);
    fs::create_dir(here.join("sensitivity")).unwrap();
    let found = "{\"sentence\": \"This ranking depends on two assumptions.\", \"study\": \"All levers\", \"policies\": [\"auto_block\"], \
                 \"assumptions\": [{\"path\": \"customers.habit\", \"share\": 0.4, \"low\": 0.2, \"high\": 0.6}], \"seed\": 3, \"version\": \"0.1.0\"}";
    fs::write(here.join("sensitivity/sensitivity.json"), found).unwrap();
    let options = ["--draws=posterior.csv", "--replications=4", "--sensitivity=sensitivity"];
    let (text, _) =
        succeeds(here, &small("compare", &names, &[&options[..], &["--out=results"]].concat()));
    assert!(text.contains("This ranking depends on two assumptions."), "{text}");
    let page = fs::read_to_string(here.join("results/report.html")).unwrap();
    for part in [
        "id=\"overturn\"",
        "depends on two assumptions",
        "It did not look at “Twice the closures”",
        "40 % [20, 60]",
    ] {
        assert!(page.contains(part), "no `{part}` on the page");
    }
    let first = content(&here.join("results"));
    for name in ["posterior.csv", "draws.csv", "sensitivity.json"] {
        assert!(first.contains_key(name), "no {name}");
    }
    let columns = said(&first["columns.md"]);
    assert!(!columns.contains("|  |"), "a column is not explained:\n{columns}");
    // Found again, whatever is asked for first: nothing is simulated twice.
    let (_, told) =
        succeeds(here, &small("compare", &names, &[&options[..], &["--out=second"]].concat()));
    assert!(told.contains("0 runs simulated, 8 taken"), "{told}");
    let more = ["--draws=posterior.csv", "--replications=6", "--out=third"];
    let (_, told) = succeeds(here, &small("compare", &names, &more));
    assert!(told.contains("4 runs simulated, 8 taken"), "{told}");
    succeeds(here, &["verify", "results", "--rerun", "all", "--threads", "1,2"]);
    succeeds(here, &["report", "results", "--out", "rendered"]);
    assert!(content(&here.join("rendered")) == first, "rendering changes bytes");
    let (text, _) = succeeds(here, &["explain", "results", "--replication", "3", "--quiet"]);
    assert!(text.starts_with("Run 3 is replication 1 of draw 1"), "{text}");
    // The command in the manifest, inside the folder.
    succeeded(&repeated(&here.join("results")));
    assert!(content(&here.join("results/repeated")) == first, "another result");
    fs::remove_dir_all(here.join("results/repeated")).unwrap();
    fs::remove_dir_all(here.join("results/output")).unwrap();
    succeeds(here, &["record", "results", "--out", "results.zip"]);
    // A posterior that was changed is found.
    let file = here.join("results/posterior.csv");
    fs::write(&file, POSTERIOR.replace("0.6", "0.5")).unwrap();
    assert_eq!(crackdown(here, &["verify", "results", "--rerun", "0"]).status.code(), Some(1));
}

#[test]
fn a_run_over_draws_has_intervals_over_draws_and_is_verified() {
    let home = home();
    let here = home.path();
    let names = files(&[]);
    let more = ["--draws=posterior.csv", "--replications=8", "--per-draw=2", "--dry-run"];
    let (_, told) = succeeds(here, &small("run", &names, &more));
    assert!(told.contains("4 draws are taken from 3 different rows of posterior.csv"), "{told}");
    let options = ["--draws=posterior.csv", "--replications=6", "--per-draw=3", "--out=results"];
    let (text, _) = succeeds(here, &small("run", &names, &options));
    assert!(text.contains("2 draws of parameters × 3 replications"), "{text}");
    let draws = fs::read_to_string(here.join("results/draws.csv")).unwrap();
    assert_eq!(draws.lines().count(), 3);
    let mut values: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for row in rows(&here.join("results/replications.csv")) {
        values
            .entry(row["measure"].clone())
            .or_default()
            .push(row["value"].parse().unwrap_or(f64::NAN));
    }
    let mut clear = 0;
    for row in rows(&here.join("results/summary.csv")) {
        let of = &values[&row["measure"]];
        assert_eq!(of.len(), 6);
        // A share of nothing has no value, nor has an own definition that nobody made, in one of the runs or in all.
        if of.iter().any(|value| value.is_nan()) {
            continue;
        }
        let means = [of[..3].iter().sum::<f64>() / 3.0, of[3..].iter().sum::<f64>() / 3.0];
        // Student's t with one degree of freedom over two draws.
        let half = 12.706_204_736 * (means[0] - means[1]).abs() / 2.0;
        if half == 0.0 && row["mean_low"].is_empty() {
            // Equal values say nothing of how others would spread.
            continue;
        }
        let (low, high): (f64, f64) =
            (row["mean_low"].parse().unwrap(), row["mean_high"].parse().unwrap());
        assert!(((high - low) / 2.0 - half).abs() <= 1.0 + 1e-4 * half, "{}", row["measure"]);
        clear += usize::from(half > 0.0);
        assert_eq!(row["draws"], "2");
    }
    assert!(clear > 20);
    succeeds(here, &["verify", "results", "--rerun", "all"]);
    succeeds(here, &["verify", "results", "--rerun", "2"]);
}

#[test]
fn draws_that_cannot_be_used_are_refused_in_words_and_nothing_is_written() {
    let home = home();
    let here = home.path();
    let bad = |name: &str, text: &str| fs::write(here.join(name), text).unwrap();
    bad("unknown.csv", "customers.habbit,weight\n0.2,1\n");
    bad("weights.csv", "customers.habit,weight\n0.2,0\n0.3,0\n");
    bad("range.csv", "customers.habit\n1.5\n");
    bad("same.csv", "customers.habit,weight\n0.2,1\n0.2,2\n0.3,0\n");
    bad("shares.csv", "customers.segment_share.retail\n0.2\n0.3\n");
    let names = files(&["shutdown_double"]);
    for (options, part) in [
        (vec!["--draws=none.csv"], "there is no such file"),
        (vec!["--draws=unknown.csv"], "did you mean `customers.habit`"),
        (vec!["--draws=weights.csv"], "add up to 0"),
        (vec!["--draws=range.csv"], "row 1, column `customers.habit`: allowed"),
        (vec!["--draws=shares.csv"], "draw 0 (customers.segment_share.retail=0.3): the shares in"),
        (vec!["--draws=same.csv"], "all rows of same.csv that can be drawn are the same"),
        (vec!["--draws=posterior.csv", "--replications=5"], "write --replications 4 or 6"),
        (vec!["--draws=posterior.csv", "--replications=2"], "--replications 4 or more"),
        (vec!["--draws=posterior.csv", "--set=customers.habit=0.5"], "has no effect"),
    ] {
        let mut words = options.clone();
        if !words.iter().any(|word| word.starts_with("--replications")) {
            words.push("--replications=4");
        }
        for (command, names) in [("compare", &names[..]), ("run", &names[..1])] {
            let output = crackdown(here, &small(command, names, &words));
            let errors = said(&output.stderr);
            assert_eq!(output.status.code(), Some(1), "{command} {words:?}: {errors}");
            assert!(errors.contains(part), "{command} {words:?}, no `{part}`:\n{errors}");
        }
    }
    let precise = [
        "--draws=posterior.csv",
        "--replications=4",
        "--precision=closures=2",
        "--sensitivity=nowhere",
    ];
    let output = crackdown(here, &small("compare", &names, &precise));
    let errors = said(&output.stderr);
    assert_eq!(output.status.code(), Some(1));
    assert!(errors.contains("--precision cannot be combined with --draws"), "{errors}");
    assert!(errors.contains("no result folder of `crackdown sensitivity`"), "{errors}");
    assert_eq!(
        crackdown(here, &small("run", &names[..1], &["--per-draw=3"])).status.code(),
        Some(2)
    );
    assert!(!here.join("output").exists());
}
