//! Faults of a kind, in every file and command that they can reach: each gives a finding before anything is simulated or written.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use crackdown::scenario::Catalogue;
use tempfile::TempDir;

use crate::program::{HERE, TINY, command, crackdown, said, tiny_world};

/// The command is refused with these words and writes nothing.
fn refused(home: &Path, words: &[&str], parts: &[&str]) {
    let before = listing(home);
    let output = crackdown(home, words);
    let errors = said(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{words:?}: {errors}");
    for part in parts {
        assert!(errors.contains(part), "{words:?}: no `{part}` in\n{errors}");
    }
    assert_eq!(listing(home), before, "{words:?} wrote something");
}

fn listing(home: &Path) -> Vec<String> {
    let entries = fs::read_dir(home).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

fn scenario(home: &Path, name: &str, title: &str, more: &str) {
    let text = format!(
        "(extends: \"{HERE}/scenarios/kazakhstan.ron\", name: \"{name}\", title: \"{title}\", {more})\n"
    );
    fs::write(home.join(format!("{name}.ron")), text).unwrap();
}

fn study(home: &Path, title: &str, more: &str) {
    let text = format!(
        "(title: \"{title}\", scenarios: [\"{HERE}/scenarios/kazakhstan.ron\"], replications: 1,\n{more})\n"
    );
    fs::write(home.join("study.ron"), text).unwrap();
}

/// What simulates scenarios, with everything small and nothing kept elsewhere.
fn simulating<'a>(command: &'a [&'a str]) -> Vec<&'a str> {
    let sets = TINY.iter().flat_map(|set| ["--set", set]);
    command.iter().copied().chain(sets).chain(["--replications", "1", "--out", "out"]).collect()
}

#[test]
fn a_character_that_cannot_be_shown_is_refused_in_every_kind_of_file() {
    let reference = format!("{HERE}/scenarios/kazakhstan.ron");
    let home = TempDir::new().unwrap();
    let here = home.path();
    for (wrong, code) in [
        ("\u{7}", "U+0007"),
        ("\u{fffe}", "U+FFFE"),
        ("\0", "U+0000"),
        ("\u{1b}[31m", "U+001B"),
        ("\u{202e}", "U+202E"),
        ("\\n", "U+000A"),
    ] {
        let title = format!("a{wrong}b");
        scenario(here, "world", &title, "");
        scenario(here, "policy", "Policy", &format!("policy: (campaigns: {{\"{title}\": None}})"));
        study(here, &title, "");
        let found = [code, "not allowed in a text", "texts are one line"];
        refused(here, &["check", "world.ron"], &found);
        refused(here, &["check", "policy.ron"], &found);
        refused(here, &["check", "study.ron"], &found);
        refused(here, &simulating(&["run", "world.ron"]), &found);
        refused(here, &simulating(&["compare", &reference, "world.ron"]), &found);
        refused(here, &simulating(&["compare", "world.ron", &reference]), &found);
        refused(here, &simulating(&["dose", &reference, "policy.ron"]), &found);
        refused(here, &["sweep", "study.ron"], &found);
        let catalogue = format!("(title: \"{title}\", patterns: [])");
        let wrong = Catalogue::load_text(&catalogue, Path::new("patterns.ron")).unwrap_err();
        assert!(wrong.to_string().contains(code), "{wrong}");
        // Nothing that a terminal obeys comes back.
        let obeyed =
            |c: char| c != '\n' && c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c);
        for file in ["world.ron", "policy.ron", "study.ron"] {
            let errors = said(&crackdown(here, &["check", file]).stderr);
            assert!(!errors.contains(obeyed), "{errors:?}");
        }
    }
}

#[test]
fn a_character_that_cannot_be_shown_is_refused_on_the_command_line() {
    let home = TempDir::new().unwrap();
    let reference = format!("{HERE}/scenarios/kazakhstan.ron");
    for words in [
        ["check", "a\u{1b}[2Jb.ron"],
        ["check", "world.ron: ok\nb.ron"],
        ["params", "a\u{7}"],
        ["--set", "title=a\u{202e}b"],
    ] {
        let words = if words[0] == "--set" {
            vec!["check", &reference, words[0], words[1]]
        } else {
            words.to_vec()
        };
        let output = crackdown(home.path(), &words);
        let errors = said(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{words:?}: {errors}");
        assert!(errors.contains("cannot be shown"), "{errors}");
        let last = words.last().unwrap();
        let wrong: Vec<char> =
            last.chars().filter(|c| !c.is_ascii_graphic() && *c != ' ').collect();
        let lines = errors.trim_end();
        assert!(!wrong.is_empty() && !lines.contains(&wrong[..]), "{errors:?}");
    }
}

#[test]
fn a_text_longer_than_a_cell_of_a_workbook_is_refused() {
    let home = TempDir::new().unwrap();
    scenario(home.path(), "world", &"long ".repeat(7_000), "");
    let found = ["a text has 35,000 characters", "at most 5,000"];
    refused(home.path(), &simulating(&["run", "world.ron"]), &found);
}

#[test]
fn a_parameter_named_twice_is_a_finding_in_every_way_to_draw() {
    let home = TempDir::new().unwrap();
    let here = home.path();
    let reference = format!("{HERE}/scenarios/kazakhstan.ron");
    let twice = "{\"customers.habit\": V, \"customers.herding\": V, \"customers.habit\": V}";
    let given = [
        ("LatinHypercube(number: 5, parameters: {})", "Prior"),
        ("Sobol(number: 8, parameters: {})", "Prior"),
        ("Grid({})", "[0.2, 0.4]"),
        ("List([{}])", "0.3"),
    ];
    for (draws, value) in given {
        let draws = draws.replace("{}", &twice.replace('V', value));
        study(here, "Twice", &format!("draws: {draws}"));
        let found = ["\"customers.habit\" is given twice", "study.ron:2:", "first given here"];
        refused(here, &["check", "study.ron"], &found);
        refused(here, &["sweep", "study.ron"], &found);
        refused(here, &["sensitivity", "study.ron"], &found);
    }
    let table = "customers.habit,customers.herding,customers.habit,weight\n0.2,0.1,0.3,1\n";
    fs::write(here.join("points.csv"), table).unwrap();
    let found = [
        "columns 1 and 3 of points.csv are both named `customers.habit`",
        "take one of the two out",
    ];
    for draws in ["Table(file: \"points.csv\")", "Posterior(file: \"points.csv\", number: 2)"] {
        study(here, "Twice", &format!("draws: {draws}"));
        refused(here, &["check", "study.ron"], &found);
        refused(here, &["sweep", "study.ron"], &found);
    }
    let drawn = ["--draws", "points.csv"];
    refused(here, &[&simulating(&["run", &reference])[..], &drawn].concat(), &found);
    let policy = format!("{HERE}/scenarios/policies/kyc.ron");
    refused(here, &[&simulating(&["compare", &reference, &policy])[..], &drawn].concat(), &found);
    // Weights, too.
    fs::write(here.join("points.csv"), "weight,customers.habit,weight\n1,0.3,2\n").unwrap();
    study(here, "Twice", "draws: Posterior(file: \"points.csv\", number: 2)");
    refused(
        here,
        &["check", "study.ron"],
        &["columns 1 and 3 of points.csv are both named `weight`"],
    );
}

#[test]
fn names_twice_are_a_finding_in_every_list_of_names() {
    let home = TempDir::new().unwrap();
    let here = home.path();
    let studies = [
        (
            "measures: [\"demand\", \"closures\", \"demand\"]",
            "in `measures`, \"demand\" is given twice",
        ),
        (
            "seen: [\"closures 2024\", \"closures  2024\"]",
            "in `seen`, \"closures  2024\" is given twice",
        ),
        (
            "set: {\"customers.habit\": 0.5, \"customers.habit\": 0.5}",
            "\"customers.habit\" is given twice",
        ),
        ("policies: [\"one.ron\", \"one.ron\"]", "in `policies`, \"one.ron\" is given twice"),
        (
            "policies: [\"one.ron\", \"two.ron\"]",
            "in these files, the `name` \"one\" is given twice",
        ),
        ("title: \"again\"", "`title` is given twice"),
    ];
    scenario(here, "one", "One", "policy: (kyc: (complies: (shadow: 0.4)))");
    fs::copy(here.join("one.ron"), here.join("two.ron")).unwrap();
    for (more, found) in studies {
        study(here, "Twice", more);
        refused(
            here,
            &["check", "study.ron"],
            &[found, "first given here", "keep the one that is meant"],
        );
    }
    let raid = "(act: Close, on: \"2024-03-01\", number: 1)";
    let scenarios = [
        (
            format!("policy: (interventions: {{\"raid\": {raid}, \"raid\": {raid}}})"),
            "\"raid\" is given twice",
        ),
        (
            "policy: (campaigns: {\"autumn\": None, \"autumn\": None})".to_owned(),
            "\"autumn\" is given twice",
        ),
        (
            "partners: (groups: [(name: \"a\", operators: 1, willingness: 1), (name: \"a\", operators: 1, willingness: 1)])".to_owned(),
            "in `partners.groups`, the name \"a\" is given twice",
        ),
    ];
    for (more, found) in scenarios {
        scenario(here, "world", "World", &more);
        refused(
            here,
            &["check", "world.ron"],
            &[found, "first given here", "keep the one that is meant"],
        );
    }
    crate::validate_command::case(here);
    let catalogue = fs::read_to_string(here.join("patterns.ron")).unwrap();
    let pattern = &catalogue[catalogue.find("[(name").unwrap() + 1..catalogue.rfind("])").unwrap()];
    let reading = &pattern[pattern.find("(name: \"never\"").unwrap()..pattern.rfind("])").unwrap()];
    for (twice, found) in [
        (
            catalogue.replace(pattern, &format!("{pattern}, {pattern}")),
            "the name \"wave\" is given twice",
        ),
        (
            catalogue.replace(reading, &format!("{reading}, {reading}")),
            "the name \"never\" is given twice",
        ),
        (catalogue.replace("[shadow]", "[shadow, hub, shadow]"), "shadow is given twice"),
    ] {
        let said = Catalogue::load_text(&twice, &here.join("patterns.ron")).unwrap_err();
        assert!(said.to_string().contains(found), "no `{found}` in\n{said}");
    }
}

#[cfg(unix)]
#[test]
fn what_is_no_regular_file_is_refused_at_once() {
    let home = TempDir::new().unwrap();
    let here = home.path();
    assert!(Command::new("mkfifo").arg(here.join("pipe.ron")).status().unwrap().success());
    let reference = format!("{HERE}/scenarios/kazakhstan.ron");
    let began = Instant::now();
    let found = ["it is a device or a pipe; a file is wanted"];
    for wrong in ["/dev/zero", "pipe.ron"] {
        refused(here, &["check", wrong], &found);
        refused(here, &["sweep", wrong], &found);
        refused(here, &["run", wrong, "--out", "out"], &found);
        refused(
            here,
            &[&simulating(&["run", &reference])[..], &["--draws", wrong]].concat(),
            &found,
        );
        fs::write(
            here.join("world.ron"),
            format!("(extends: \"{wrong}\", name: \"w\", title: \"W\")"),
        )
        .unwrap();
        refused(here, &["check", "world.ron"], &found);
        for draws in ["Table(file: F)", "Posterior(file: F, number: 2)"] {
            let draws = draws.replace('F', &format!("\"{wrong}\""));
            study(here, "Draws", &format!("draws: {draws}"));
            refused(here, &["check", "study.ron"], &found);
        }
    }
    let took = began.elapsed();
    assert!(took < Duration::from_secs(60), "{took:?}");
}

#[test]
fn twenty_thousand_mistakes_are_a_screenful() {
    let home = TempDir::new().unwrap();
    let fields: String = (0..20_000).map(|number| format!("    herdng_{number}: 0,5,\n")).collect();
    fs::write(
        home.path().join("world.ron"),
        format!("(\n    extends: \"{HERE}/scenarios/kazakhstan.ron\",\n    customers: (\n{fields}    ),\n)\n"),
    )
    .unwrap();
    let output = crackdown(home.path(), &["check", "world.ron"]);
    let errors = said(&output.stderr);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        errors.contains(" more: mend these first\n"),
        "{}",
        errors.lines().rev().take(3).collect::<String>()
    );
    assert!(
        errors.contains("40000 errors") && errors.lines().count() < 250,
        "{}",
        errors.lines().count()
    );
}

/// Kind: what is wrong with a default is told with its file and line, and the command line wins over it.
#[test]
fn wrong_defaults_are_told_where_they_stand() {
    let home = tempfile::tempdir().unwrap();
    tiny_world(home.path());
    let with = |text: &str, words: &[&str]| {
        fs::write(home.path().join("crackdown.toml"), text).unwrap();
        crackdown(home.path(), words)
    };
    let output = with("quiet = false\nreplications = many\n", &["run", "w.ron", "--dry-run"]);
    let said = said(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("crackdown.toml:2: invalid value 'many' for '--replications"), "{said}");
    let output = with("quiet = true\n", &["run", "w.ron", "--json", "--dry-run"]);
    assert!(output.status.success(), "{}", crate::program::said(&output.stderr));
}

/// Kind: output that cannot be written is an error; only a reader who has seen enough is none.
#[test]
fn output_that_cannot_be_written_is_an_error_of_every_command_that_prints() {
    let home = tempfile::tempdir().unwrap();
    tiny_world(home.path());
    let policy = format!("{HERE}/scenarios/policies/auto_block.ron");
    let compared: &[&str] = &["compare", "w.ron", "w.ron", "--replications=2", "--json"];
    for words in [
        &["check", "w.ron"][..],
        &["params"],
        &["diff", "w.ron", &policy],
        &["stack", &policy, &format!("{HERE}/scenarios/policies/kyc.ron")],
        compared,
    ] {
        let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let full = command(home.path(), words).stdout(full).output().unwrap();
        assert_eq!(full.status.code(), Some(3), "{words:?}: {}", said(&full.stderr));
        assert!(said(&full.stderr).contains("the output cannot be written"), "{words:?}");
    }
}
