//! Studies: what they say, what they draw, and that a drawn scenario is the one that would be written out.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crackdown::scenario::study::{Entry, LuckOf, Table};
use crackdown::scenario::{self, Kind, Study, parameters};

/// A folder with a study that draws like this; scenarios are named from the root of the package.
struct Written {
    home: tempfile::TempDir,
}

impl Written {
    fn new(fields: &str) -> Written {
        let home = tempfile::tempdir().unwrap();
        let here = std::env::current_dir().unwrap();
        let world = here.join("scenarios/kazakhstan.ron");
        let text = format!(
            "(title: \"A study\", scenarios: [{:?}], replications: 2, set: {{\"people_per_agent\": 1000}}, {fields})",
            world.display().to_string()
        );
        fs::write(home.path().join("study.ron"), text).unwrap();
        Written { home }
    }

    fn path(&self) -> PathBuf {
        self.home.path().join("study.ron")
    }

    fn study(&self) -> Study {
        Study::load(&self.path(), &[]).unwrap_or_else(|findings| panic!("{findings}"))
    }
}

fn study(fields: &str) -> Study {
    Written::new(fields).study()
}

fn numbers(study: &Study, column: usize) -> Vec<f64> {
    (0..study.draws()).map(|draw| study.values(draw)[column].parse().unwrap()).collect()
}

/// JSON without name and title, keys in alphabetical order.
fn canonical(json: &str) -> String {
    let mut value: serde_json::Value = serde_json::from_str(json).unwrap();
    let fields = value.as_object_mut().unwrap();
    fields.remove("name");
    fields.remove("title");
    value.to_string()
}

/// Every arm under every draw against the same scenario read with `--set`, and read from its own text.
fn same_as_written(study: &Study, files: &[&str], sets: &[&str], kept: &[(usize, &str)]) {
    for draw in 0..study.draws() {
        for (arm, file) in files.iter().enumerate() {
            let values = study.values(draw);
            let drawn = study.parameters().into_iter().zip(&values);
            let drawn = drawn.filter(|(path, _)| !kept.contains(&(arm, path)));
            let mut all: Vec<String> = sets.iter().map(|set| (*set).to_owned()).collect();
            all.extend(drawn.map(|(path, value)| format!("{path}={value}")));
            let loaded = scenario::load(Path::new(file), &all).unwrap_or_else(|f| panic!("{f}"));
            assert_eq!(study.canonical(arm, draw), canonical(&loaded.json), "{file} {draw}");
            assert_eq!(study.scenario(arm, draw), Ok(loaded.scenario), "{file} {draw}");
            let home = tempfile::tempdir().unwrap();
            let out = home.path().join("out.ron");
            fs::write(&out, &loaded.text).unwrap();
            let again = scenario::load(&out, &[]).unwrap();
            assert_eq!(study.canonical(arm, draw), canonical(&again.json), "{file} {draw}");
        }
    }
}

#[test]
fn a_drawn_scenario_is_the_one_that_would_be_written_out() {
    let small = Study::load(Path::new("scenarios/studies/small.ron"), &[]).unwrap();
    assert_eq!((small.name.as_str(), small.draws(), small.replications), ("small", 4, 3));
    assert_eq!((small.cells(), small.runs()), (12, 36));
    let files = [
        "scenarios/kazakhstan.ron",
        "scenarios/policies/no_enforcement.ron",
        "scenarios/policies/shutdown_double.ron",
    ];
    let sets = ["people_per_agent=1000", "start=2023-12-01", "end=2024-03-31", "warm_up_days=180"];
    same_as_written(&small, &files, &sets, &[]);
    let texts: BTreeSet<String> = (0..4)
        .flat_map(|draw| (0..3).map(move |arm| (arm, draw)))
        .map(|(arm, draw)| small.canonical(arm, draw))
        .collect();
    assert_eq!(texts.len(), 12);
}

#[test]
fn every_number_and_word_of_a_scenario_can_be_drawn() {
    for parameter in parameters() {
        let path = parameter.path.as_str();
        let value = match &parameter.kind {
            Kind::Choice(words) => words.last().unwrap().clone(),
            Kind::Number | Kind::Whole => parameter.numbers[0].to_string(),
            _ => continue,
        };
        if ["people_per_agent", "warm_up_days"].contains(&path) {
            continue;
        }
        let study = study(&format!("draws: Grid({{\"{path}\": [{value}]}})"));
        let sets = ["people_per_agent=1000".to_owned(), format!("{path}={value}")];
        let loaded = scenario::load(Path::new("scenarios/kazakhstan.ron"), &sets).unwrap();
        assert_eq!(study.canonical(0, 0), canonical(&loaded.json), "{path}");
        assert_eq!(study.scenario(0, 0), Ok(loaded.scenario), "{path}");
    }
}
