//! Studies: what they say, what they draw, and that a drawn scenario is the one that would be written out.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crackdown::model::YIELDS;
use crackdown::scenario::study::{InputColumn, InputEntry, InputTable, LuckOf};
use crackdown::scenario::{self, ParameterKind, Study, parameters};
use crackdown::store::study::Plan;

use crate::program::{at_root, said, succeeded};

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
        Study::load(&self.path(), &[], YIELDS).unwrap_or_else(|findings| panic!("{findings}"))
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
    let small = Study::load(Path::new("scenarios/studies/small.ron"), &[], YIELDS).unwrap();
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
            ParameterKind::Choice(words) => words.last().unwrap().clone(),
            ParameterKind::Number | ParameterKind::Whole => parameter.numbers[0].to_string(),
            _ => continue,
        };
        // Banks are picked, not drawn: that is refused.
        if ["people_per_agent", "warm_up_days", "policy.auto_block.banks"].contains(&path) {
            continue;
        }
        let study = study(&format!("draws: Grid({{\"{path}\": [{value}]}})"));
        let sets = ["people_per_agent=1000".to_owned(), format!("{path}={value}")];
        let loaded = scenario::load(Path::new("scenarios/kazakhstan.ron"), &sets).unwrap();
        assert_eq!(study.canonical(0, 0), canonical(&loaded.json), "{path}");
        assert_eq!(study.scenario(0, 0), Ok(loaded.scenario), "{path}");
    }
}

#[test]
fn every_study_of_the_folder_can_be_run() {
    let entries = fs::read_dir("scenarios/studies").unwrap().map(|entry| entry.unwrap().path());
    let studies: Vec<PathBuf> =
        entries.filter(|path| path.extension().is_some_and(|end| end == "ron")).collect();
    assert!(studies.len() >= 3);
    for path in studies {
        let study = Study::load(&path, &[], YIELDS).unwrap_or_else(|findings| panic!("{findings}"));
        assert!(study.warnings.is_empty(), "{}:\n{}", path.display(), study.warnings);
        for draw in 0..study.draws() {
            for arm in 0..study.arms.len() {
                let scenario = study.scenario(arm, draw);
                assert!(scenario.is_ok(), "{} {arm} {draw}: {scenario:?}", path.display());
            }
        }
    }
}

#[test]
fn a_study_without_draws_has_one_as_written() {
    let study = study("seed: 7");
    assert_eq!((study.draws(), study.seed, study.luck), (1, 7, LuckOf::Each));
    assert!(study.parameters().is_empty() && study.values(0).is_empty());
    assert_eq!(study.canonical(0, 0), canonical(&study.arms[0].resolved.json));
    assert_eq!(study.scenario(0, 0), Ok(study.arms[0].resolved.scenario.clone()));
    assert_eq!(study.measures.len(), crackdown::model::MEASURES.len());
}

const RANGES: &str = "\"customers.habit\": Prior, \"customers.tries\": Uniform(1, 3), \
    \"customers.herding_unit_kzt\": LogUniform(1000, 1000000), \
    \"policy.shutdown_rate.targeting\": OneOf([Largest, Easiest]), \"customers.retry\": OneOf(0.2, 0.8)";

#[test]
fn drawn_values_lie_in_their_ranges_and_each_part_of_a_range_is_met_alike() {
    for kind in ["LatinHypercube", "Sobol"] {
        let study = study(&format!("draws: {kind}(number: 96, parameters: {{{RANGES}}})"));
        let habit = parameters().into_iter().find(|p| p.path == "customers.habit").unwrap();
        assert!(numbers(&study, 0).iter().all(|value| habit.range.unwrap().contain(*value)));
        // Of 96 points, each of three whole numbers has a third, each of two words or values half.
        let tries = numbers(&study, 1);
        let times = |number: f64| tries.iter().filter(|value| **value == number).count();
        for number in [1.0, 2.0, 3.0] {
            assert!((31..=33).contains(&times(number)), "{kind}: {number} {}", times(number));
        }
        let units = numbers(&study, 2);
        assert!(units.iter().all(|value| (1e3..=1e6).contains(value)));
        let small = units.iter().filter(|value| **value < 1e4).count();
        assert!(
            (31..=33).contains(&small),
            "{kind}: a third below a third of the magnitudes, {small}"
        );
        for (column, values) in [(3, ["Largest", "Easiest"]), (4, ["0.2", "0.8"])] {
            for value in values {
                let times = (0..96).filter(|draw| study.values(*draw)[column] == value).count();
                assert_eq!(times, 48, "{kind} {value}");
            }
        }
    }
}

#[test]
fn values_are_written_so_that_they_read_back_the_same() {
    let study = study(&format!("draws: Sobol(number: 8, parameters: {{{RANGES}}})"));
    let sets: Vec<&str> = vec!["people_per_agent=1000"];
    same_as_written(&study, &["scenarios/kazakhstan.ron"], &sets, &[]);
}

fn all_values(study: &Study) -> Vec<Vec<String>> {
    (0..study.draws()).map(|draw| study.values(draw)).collect()
}

#[test]
fn more_draws_leave_the_earlier_ones_alone_and_another_seed_changes_them() {
    for (kind, longer, number) in [
        ("Sobol(number: 10", "number: 15", 15),
        ("LatinHypercube(number: 10", "number: [10, 5]", 15),
        ("LatinHypercube(number: [4, 6]", "number: [4, 6, 5]", 15),
    ] {
        let fields = |seed| format!("seed: {seed}, draws: {kind}, parameters: {{{RANGES}}})");
        let short = study(&fields(1));
        let text = short.expanded(5, 3).unwrap();
        assert!(text.contains(longer) && text.contains("replications: 5"), "{text}");
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join("study.ron"), text).unwrap();
        let long = Study::load(&home.path().join("study.ron"), &[], YIELDS).unwrap();
        assert_eq!((long.draws(), long.replications), (number, 5));
        assert_eq!(all_values(&long)[..10], all_values(&short));
        assert_ne!(all_values(&long)[10..], all_values(&short)[..5]);
        assert_ne!(all_values(&study(&fields(2))), all_values(&short));
        assert_eq!(all_values(&study(&fields(1))), all_values(&short));
    }
}

#[test]
fn a_grid_holds_all_combinations_and_a_list_what_it_says() {
    let grid = study(
        "draws: Grid({\"customers.habit\": [0.5, 0.8], \"policy.shutdown_rate.targeting\": [Easiest, Largest, Random]})",
    );
    let expected =
        ["0.5 Easiest", "0.5 Largest", "0.5 Random", "0.8 Easiest", "0.8 Largest", "0.8 Random"];
    let found: Vec<String> = all_values(&grid).iter().map(|values| values.join(" ")).collect();
    assert_eq!(found, expected);
    let list = study(
        "draws: List([{\"customers.habit\": 0.5, \"customers.tries\": 1}, {\"customers.tries\": 3, \"customers.habit\": 0.9}])",
    );
    assert_eq!(all_values(&list), [["0.5", "1"], ["0.9", "3"]]);
    for study in [grid, list, study("")] {
        assert!(study.expanded(1, 0).is_err());
        assert!(study.expanded(0, 1).unwrap().contains("replications: 3"));
    }
}

#[test]
fn rows_of_a_posterior_are_drawn_by_weight_and_the_first_stay() {
    let number = |text: &[f64]| text.iter().map(|value| InputEntry::Number(*value)).collect();
    let column = |(name, entries): (&str, Vec<InputEntry>)| InputColumn {
        name: name.to_owned(),
        place: 0,
        index: false,
        entries,
    };
    let words = ["Easiest", "Random", "Largest"].map(|word| InputEntry::Text(word.to_owned()));
    let columns: Vec<InputColumn> = [
        ("customers.habit", number(&[0.5, 0.6, 0.7])),
        ("weight", number(&[1.0, 0.0, 3.0])),
        ("policy.shutdown_rate.targeting", words.to_vec()),
    ]
    .map(column)
    .into();
    let load = |number: usize, columns: &[InputColumn]| {
        let written =
            Written::new(&format!("draws: Posterior(file: \"sample.parquet\", number: {number})"));
        Study::load_with(&written.path(), &[], YIELDS, &|path| {
            assert!(path.ends_with("sample.parquet"));
            Ok(InputTable { rows: 3, columns: columns.to_vec(), ..InputTable::default() })
        })
    };
    let study = load(400, &columns).unwrap();
    assert_eq!(study.parameters(), ["customers.habit", "policy.shutdown_rate.targeting"]);
    let all = all_values(&study);
    let times = |habit: &str| all.iter().filter(|values| values[0] == habit).count();
    assert_eq!(times("0.6"), 0);
    // 300 expected, and less than five standard deviations of 8.7 away.
    assert!((260..=340).contains(&times("0.7")), "{}", times("0.7"));
    assert!(all.iter().all(|values| (values[0] == "0.5") == (values[1] == "Easiest")));
    assert_eq!(all_values(&load(50, &columns).unwrap()), all[..50]);
    assert!(study.expanded(50, 0).unwrap().contains("number: 450"));
    let mut wrong = columns;
    wrong[0].entries[1] = InputEntry::Number(1.5);
    wrong[2].entries[0] = InputEntry::Text("Largets".to_owned());
    wrong.push(column(("customers.habbit", wrong[0].entries.clone())));
    let said = load(50, &wrong).unwrap_err().to_string();
    for part in [
        "row 2, column `customers.habit`: `customers.habit` must be",
        "row 1, column `policy.shutdown_rate.targeting`: `policy.shutdown_rate.targeting`",
        "did you mean `customers.habit`",
    ] {
        assert!(said.contains(part), "{part}\n{said}");
    }
}

#[test]
fn values_that_do_not_go_together_are_an_error_that_names_them() {
    let study = study("draws: Grid({\"customers.segment_share.retail\": [0.832, 0.5]})");
    assert!(study.scenario(0, 0).is_ok());
    let why = study.scenario(0, 1).unwrap_err();
    assert!(why.contains("add up to 0.668 instead of 1") && why.contains("retail 0.5"), "{why}");
    assert!(!why.contains('\n'));
}

#[test]
fn a_policy_keeps_what_it_says_itself_and_says_so() {
    let policy = std::env::current_dir().unwrap().join("scenarios/policies/auto_block.ron");
    let study = study(&format!(
        "policies: [{:?}], draws: Grid({{\"policy.auto_block.bank_share\": [0.2, 0.4]}})",
        policy.display().to_string()
    ));
    assert_ne!(study.canonical(0, 0), study.canonical(0, 1));
    assert_eq!(study.canonical(1, 0), study.canonical(1, 1));
    assert!(study.warnings.to_string().contains("the arm \"auto_block\" sets it"));
    let drawn = study.scenario(0, 1).unwrap().policy.auto_block.bank_share;
    assert!(drawn.steps().all(|(_, share)| *share == 0.4));
    let files = ["scenarios/kazakhstan.ron", "scenarios/policies/auto_block.ron"];
    let kept = [(1, "policy.auto_block.bank_share")];
    same_as_written(&study, &files, &["people_per_agent=1000"], &kept);
}

#[test]
fn a_policy_is_laid_over_every_world() {
    let home = tempfile::tempdir().unwrap();
    let here = std::env::current_dir().unwrap();
    let scenario = |name: &str| here.join("scenarios").join(name).display().to_string();
    let world = scenario("kazakhstan.ron");
    let other = home.path().join("other.ron");
    fs::write(
        &other,
        format!(
            "(extends: {world:?}, name: \"other\", title: \"Other\", customers: (habit: 0.6), \
             policy: (site_blocking: (sites_per_month: 5), auto_block: (bank_share: 0.5)))"
        ),
    )
    .unwrap();
    let text = format!(
        "(title: \"Two worlds\", scenarios: [{world:?}, \"other.ron\"], policies: [{:?}], replications: 1, \
         draws: Grid({{\"customers.retry\": [0.3, 0.6]}}))",
        scenario("policies/auto_block.ron")
    );
    let path = home.path().join("study.ron");
    fs::write(&path, text).unwrap();
    let study = Study::load(&path, &[], YIELDS).unwrap_or_else(|findings| panic!("{findings}"));
    let names: Vec<&str> = study.arms.iter().map(|arm| arm.name.as_str()).collect();
    assert_eq!(names, ["kazakhstan", "kazakhstan/auto_block", "other", "other/auto_block"]);
    let baselines: Vec<usize> = study.arms.iter().map(|arm| arm.baseline).collect();
    assert_eq!(baselines, [0, 0, 2, 2]);
    for draw in 0..2 {
        let [policy, other, both] = [1, 2, 3].map(|arm| study.scenario(arm, draw).unwrap());
        assert_eq!(both.policy.auto_block, policy.policy.auto_block);
        assert_eq!(both.policy.site_blocking, other.policy.site_blocking);
        assert_eq!(both.customers, other.customers);
        assert_ne!(both.customers, policy.customers);
        // The arm read from its own complete text is the same scenario.
        let out = home.path().join("out.ron");
        fs::write(&out, &study.arms[3].resolved.text).unwrap();
        let again =
            scenario::load(&out, &[format!("customers.retry={}", study.values(draw)[0])]).unwrap();
        assert_eq!(study.canonical(3, draw), canonical(&again.json));
    }
}

#[test]
fn arms_of_the_same_title_are_told_apart_and_days_count_from_where_the_first_policy_differs() {
    let folder = tempfile::TempDir::new().unwrap();
    let base = Path::new("scenarios/kazakhstan.ron").canonicalize().unwrap();
    let write = |name: &str, from: &str, closures: u32| {
        let text = format!(
            "(extends: \"{}\", name: \"{name}\", title: \"Closures\", policy: (shutdown_rate: (closures_per_month: {{\"{from}\": {closures}}})))",
            base.display()
        );
        fs::write(folder.path().join(format!("{name}.ron")), text).unwrap();
    };
    write("few", "2024-07-01", 4);
    write("many", "2025-01-01", 8);
    let text = format!(
        "(title: \"T\", scenarios: [\"{}\"], policies: [\"few.ron\", \"many.ron\"], replications: 1)",
        base.display()
    );
    let path = folder.path().join("study.ron");
    fs::write(&path, text).unwrap();
    let study = Study::load(&path, &[], YIELDS).unwrap();
    let titles: Vec<&str> = study.arms.iter().map(|arm| arm.title.as_str()).collect();
    assert_eq!(titles, ["Kazakhstan, status quo", "Closures (few)", "Closures (many)"]);
    let window = study.window;
    assert_eq!(
        (window.0.to_string(), window.1.to_string()),
        ("2024-07-01".into(), "2025-12-31".into())
    );
}

#[test]
fn values_from_the_command_line_lie_over_those_of_the_study() {
    let written = Written::new("luck: All");
    let study = Study::load(&written.path(), &["people_per_agent=500".to_owned()], YIELDS).unwrap();
    let scenario = study.scenario(0, 0).unwrap();
    assert_eq!((scenario.people_per_agent, study.luck), (500, LuckOf::All));
    assert_eq!(written.study().scenario(0, 0).unwrap().people_per_agent, 1000);
    let cell = Plan::of(&study).unwrap().cell(1);
    assert_eq!((cell.draw, cell.replication), (0, 1));
}

/// What the program says that is refused.
fn refused(words: &[&str]) -> String {
    let output = at_root(words);
    assert_eq!(output.status.code(), Some(1));
    said(&output.stderr)
}

#[test]
fn check_says_what_a_study_is_and_which_draws_cannot_be_run() {
    let (said, errors) = succeeded(&at_root(&["check", "scenarios/studies/small.ron"]));
    for part in [
        "4 draws × 3 replications = 12 cells; × 3 arms = 36 runs",
        "Policies: no_enforcement, shutdown_double",
        "4 draws: a Latin hypercube",
        "customers.search_days",
        "4 to 12",
        "1,000,000 to 100,000,000 (by magnitude)",
        "Easiest, Largest",
        "Checked: 4 draws give scenarios that can be run",
    ] {
        assert!(said.contains(part), "{part}\n{said}");
    }
    assert!(errors.is_empty(), "{errors}");
    let written = Written::new(
        "budget: (runs: 3), draws: Grid({\"customers.segment_share.retail\": [0.832, 0.5]})",
    );
    let path = written.path().display().to_string();
    let (said, _) = succeeded(&at_root(&["check", &path]));
    assert!(
        said.contains("1 of 2 draws cannot be run") && said.contains("add up to 0.668"),
        "{said}"
    );
    assert!(said.contains("Over budget"), "{said}");
}

#[test]
fn check_says_what_a_study_asks_for_beyond_its_runs_in_each_language() {
    let check = |study: &str, lang: &str| {
        let file = format!("scenarios/studies/{study}.ron");
        succeeded(&at_root(&["check", &file, "--lang", lang])).0
    };
    let said = check("best_mix", "en");
    for part in [
        "Objective: least crime_turnover",
        "agency_days at most +1,000 days a month beyond the baseline; bank_cost at most",
        "Search: 160 points, then 12 mixes in at most 4 rounds; the winner in 40 fresh runs",
        "At most 2284 runs",
        "strength.auto_block",
        "from nothing to all of “",
        "0.2 to 0.8",
    ] {
        assert!(said.contains(part), "{part}\n{said}");
    }
    assert!(!said.contains("64 runs"), "these are not the runs of `optimise`: {said}");
    assert!(check("best_mix", "ru").contains("не больше +1\u{a0}000"));
    assert!(check("best_mix", "kk").contains("айына ең көбі"));
    let ranking = check("what_the_ranking_hangs_on", "en");
    let file = "scenarios/studies/what_the_ranking_hangs_on.ron";
    assert!(ranking.contains("Measures kept: "), "{ranking}");
    assert!(ranking.contains(&format!("crackdown sensitivity {file} --dry-run")), "{ranking}");
    assert!(check("calibration", "en").contains("crackdown calibrate scenarios/studies/"));
}

#[test]
fn a_study_is_not_run_as_a_scenario() {
    let said = refused(&["run", "scenarios/studies/small.ron"]);
    assert!(said.contains("this is a study, not a scenario"), "{said}");
    assert!(said.contains("crackdown sweep scenarios/studies/small.ron"), "{said}");
}

#[test]
fn a_value_that_nobody_reads_whole_is_cut_in_errors_without_a_place_too() {
    let long = "9".repeat(100_000);
    for words in [["run", "kazakhstan", "--set", &long], ["list", &long, "", ""]] {
        let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
        let output = at_root(&words);
        let errors = said(&output.stderr);
        assert!(!output.status.success() && errors.len() < 2000, "{} letters", errors.len());
    }
}

#[test]
fn expand_changes_the_numbers_and_leaves_every_comment() {
    let here = std::env::current_dir().unwrap();
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("small.ron");
    let text = fs::read_to_string("scenarios/studies/small.ron").unwrap();
    let text = text.replace("../", &format!("{}/scenarios/", here.display()));
    fs::write(&path, &text).unwrap();
    let shown = path.display().to_string();
    let add = ["expand", &shown, "--add-draws", "6", "--add-replications", "2"];
    let (dry, _) = succeeded(&at_root(&[&add[..], &["--dry-run"]].concat()));
    assert!(dry.contains("It would add 114 runs"), "{dry}");
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
    let (said, _) = succeeded(&at_root(&add));
    assert!(said.contains("before: 4 draws × 3 replications × 3 arms = 36 runs"), "{said}");
    assert!(said.contains("after:  10 draws × 5 replications × 3 arms = 150 runs"), "{said}");
    assert!(said.contains(&format!("crackdown sweep {shown}")), "{said}");
    let expected =
        text.replace("replications: 3", "replications: 5").replace("number: 4", "number: [4, 6]");
    assert_eq!(fs::read_to_string(&path).unwrap(), expected);
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1);
    // What cannot be expanded is left alone.
    let grid = Written::new("draws: Grid({\"customers.habit\": [0.5]})");
    let before = fs::read_to_string(grid.path()).unwrap();
    let shown = grid.path().display().to_string();
    let said = refused(&["expand", &shown, "--add-draws", "1"]);
    assert!(said.contains("a grid holds all combinations"), "{said}");
    refused(&["expand", &shown]);
    assert_eq!(fs::read_to_string(grid.path()).unwrap(), before);
    assert_eq!(fs::read_dir(grid.home.path()).unwrap().count(), 1);
}

#[test]
fn changed_bytes_never_panic() {
    let text = fs::read_to_string("scenarios/studies/small.ron").unwrap();
    let path = Path::new("scenarios/studies/small.ron");
    let tables = |_: &Path| Err(vec!["no tables here".to_owned().into()]);
    let start = text.find("title:").unwrap();
    let places = text.char_indices().filter(|(at, _)| *at >= start).step_by(37);
    for (place, _) in places {
        for wrong in ["(", ")", "}", ",", "x", "-", "[1]"] {
            let changed = format!("{}{wrong}{}", &text[..place], &text[place..]);
            let _ = Study::load_text(&changed, path, &[], YIELDS, &tables);
        }
        let _ = Study::load_text(&text[..place], path, &[], YIELDS, &tables);
    }
}

#[test]
fn a_value_that_is_drawn_cannot_be_set() {
    let path = Path::new("scenarios/studies/small.ron");
    let said =
        Study::load(path, &["customers.habit=0.5".to_owned()], YIELDS).unwrap_err().to_string();
    assert!(said.contains("--set customers.habit=0.5 has no effect"), "{said}");
}
