//! Files that people bring: tables of Excel, R, Python and Stan, reforms in JSON, and what is no scenario, study or table at all.

use std::fs;
use std::path::Path;

use crackdown::model::YIELDS;
use crackdown::scenario::catalogue::Catalogue;
use crackdown::scenario::{self, Findings, Study};
use crackdown::store;

use crate::program::REFERENCE;

/// A study whose draws are the rows of a table with this name and content.
fn drawn(name: &str, bytes: &[u8]) -> Result<Study, Findings> {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join(name), bytes).unwrap();
    let text = format!(
        "(title: \"T\", scenarios: [{REFERENCE:?}], replications: 1, draws: Table(file: {name:?}))"
    );
    Study::load_text(&text, &home.path().join("study.ron"), &[], YIELDS, &store::read_table)
}

fn values(study: &Study) -> Vec<Vec<String>> {
    (0..study.draws()).map(|draw| study.values(draw)).collect()
}

#[test]
fn tables_of_every_program_give_the_same_draws_with_a_note_of_what_was_passed_over() {
    let plain = drawn("a.csv", b"customers.habit,customers.tries\n0.6,2\n0.7,3\n").unwrap();
    assert!(plain.warnings.is_empty(), "{}", plain.warnings);
    for (name, text, note) in [
        (
            "excel.csv",
            "customers.habit;customers.tries;\r\n0,6;2;\r\n0,7;3;\r\n;;\r\n",
            "decimal sign",
        ),
        ("pandas.csv", ",customers.habit,customers.tries\n0,0.6,2\n5,0.7,3\n", "names of rows"),
        (
            "again.csv",
            "Unnamed: 0,customers.habit,customers.tries\n0,0.6,2\n5,0.7,3\n",
            "names of rows",
        ),
        (
            "r.csv",
            "\"\",\"customers.habit\",\"customers.tries\"\n\"1\",0.6,2\n\"2\",0.7,3\n",
            "names of rows",
        ),
        (
            "r.txt",
            "\"customers.habit\" \"customers.tries\"\n\"1\" 0.6 2\n\"2\" 0.7 3\n",
            "names of rows",
        ),
        (
            "stan.csv",
            "# model\nlp__,customers.habit,customers.tries\n# x\n-7,0.6,2\n-8,0.7,3\n",
            "lines of comment",
        ),
        (
            "chains.csv",
            ".chain,.draw,customers.habit,customers.tries\n1,1,0.6,2\n1,2,0.7,3\n",
            "a sampler",
        ),
        ("tabs.tsv", "customers.habit\tcustomers.tries\n0.6\t2\n0.7\t3\n", "a tab"),
    ] {
        let study = drawn(name, text.as_bytes()).unwrap_or_else(|wrong| panic!("{name}: {wrong}"));
        assert_eq!(values(&study), values(&plain), "{name}");
        let said = study.warnings.to_string();
        assert!(said.contains(note), "{name}: {said}");
    }
}

#[test]
fn mistakes_in_tables_name_row_and_column_and_show_the_line_of_the_file() {
    for (text, parts) in [
        ("customers.habit,weights\n0.6,1\n", &["a.csv:1:17", "did you mean `weight`?"][..]),
        (
            "# note\ncustomers.habit,customers.tries\n0.6,2\n7,2\n8,2\n",
            &[
                "a.csv:4:1",
                "7,2",
                "row 2, column `customers.habit` (and 1 more rows)",
                "allowed: from 0 to",
            ],
        ),
        ("customers.habit,customers.tries\n0.6,2\n,3\n", &["a.csv:3:1", "holds no value", "row 2"]),
        ("customers.habit,customers.tries\n0.6,2\nNA,3\n", &["holds no value", "row 2"]),
        ("customers.habit,customers.tries\n0,6,2\n", &["row 1 has 3 cells", "decimal sign"]),
        ("customers.habit\n50%\n", &["a.csv:2:1", "`50%`"]),
        ("customers.habbit\n0.6\n", &["a.csv:1:1", "did you mean `customers.habit`?"]),
        ("0.6,0.7\n0.8,0.9\n", &["first line holds numbers"]),
    ] {
        let said = drawn("a.csv", text.as_bytes()).unwrap_err().to_string();
        for part in parts {
            assert!(said.contains(part), "{text}: {part} is not in\n{said}");
        }
    }
}

#[test]
fn what_is_no_scenario_study_catalogue_or_table_is_told_what_it_is_and_what_to_do() {
    let home = tempfile::tempdir().unwrap();
    for (name, bytes, what) in [
        (
            "a.xlsx",
            &b"PK\x03\x04\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0xl/workbook.xml"[..],
            "a workbook",
        ),
        ("a.tar.gz", b"\x1f\x8b\x08\0", "packed with gzip"),
        ("a.zip", b"PK\x03\x04", "an archive"),
        ("a.parquet", b"PAR1\0\0\0\0PAR1", "a Parquet table"),
        ("a.tsv", b"customers.habit\tweight\n0.5\t1\n", "a table"),
    ] {
        let path = home.path().join(name);
        fs::write(&path, bytes).unwrap();
        let scenario = scenario::load(&path, &[]).unwrap_err().to_string();
        let study = Study::load(&path, &[], YIELDS).unwrap_err().to_string();
        let catalogue = Catalogue::load(&path).unwrap_err().to_string();
        for said in [scenario, study, catalogue] {
            assert!(said.contains(what) && said.contains("help:"), "{name}: {said}");
        }
        if !name.ends_with(".tsv") && !name.ends_with(".parquet") {
            let table = drawn(name, bytes).unwrap_err().to_string();
            assert!(table.contains(what) && table.contains("help:"), "{name}: {table}");
        }
    }
}

#[test]
fn a_reform_in_json_is_the_policy_that_a_file_of_ron_says() {
    let home = tempfile::tempdir().unwrap();
    let put = |name: &str, text: String| {
        let path = home.path().join(name);
        fs::write(&path, text).unwrap();
        path
    };
    let json =
        put("reform.json", "{\"policy.auto_block.bank_share\": {\"2024-01-01\": 0.5}}".into());
    let ron = put(
        "reform.ron",
        format!(
            "(extends: {REFERENCE:?}, name: \"reform\", title: \"reform\", policy: (auto_block: (bank_share: {{\"2024-01-01\": 0.5}})))"
        ),
    );
    let (json, ron) = (scenario::load(&json, &[]).unwrap(), scenario::load(&ron, &[]).unwrap());
    assert_eq!(json.json, ron.json);
    // Beside a baseline it is a policy on that baseline.
    let world = put(
        "world.ron",
        format!("(extends: {REFERENCE:?}, name: \"world\", people_per_agent: 1000)"),
    );
    let laid = scenario::load_over(&home.path().join("reform.json"), Some(&world), &[]).unwrap();
    assert_eq!(laid.scenario.people_per_agent, 1000);
    let text =
        "(title: \"T\", scenarios: [\"world.ron\"], policies: [\"reform.json\"], replications: 1)";
    let path = home.path().join("study.ron");
    let study = Study::load_text(text, &path, &[], YIELDS, &store::read_table)
        .unwrap_or_else(|wrong| panic!("{wrong}"));
    assert_eq!(study.arms[1].resolved.json, laid.json);
    let wrong = put(
        "wrong.json",
        "{\"policy.auto_blok.bank_share\": 0.5, \"policy.shutdown_rate.closures_per_month\": -1}"
            .into(),
    );
    let said = scenario::load(&wrong, &[]).unwrap_err().to_string();
    assert!(
        said.contains("did you mean `auto_block`?") && said.contains("wrong.json:1:"),
        "{said}"
    );
}

#[test]
fn a_study_in_json_is_the_study_that_a_file_of_ron_says() {
    let home = tempfile::tempdir().unwrap();
    let world = home.path().join("world.ron");
    fs::write(&world, format!("(extends: {REFERENCE:?}, name: \"world\")")).unwrap();
    let load = |name: &str, text: &str| {
        let path = home.path().join(name);
        fs::write(&path, text).unwrap();
        Study::load_with(&path, &[], YIELDS, &store::read_table)
    };
    let ron = load(
        "study.ron",
        "(name: \"s\", title: \"T\", scenarios: [\"world.ron\"], policies: [\"auto_block\"], \
            set: {\"policy.shutdown_rate.targeting\": Largest}, replications: 2, luck: All, draws: \
            LatinHypercube(number: 3, parameters: {\"customers.habit\": Prior, \"afm.case_days\": Uniform(90, 150)}))",
    )
    .unwrap_or_else(|wrong| panic!("{wrong}"));
    let json = r#"{"name": "s", "title": "T", "scenarios": ["world.ron"], "policies": ["auto_block"],
        "set": {"policy.shutdown_rate.targeting": "Largest"}, "replications": 2, "luck": "All", "draws":
        {"LatinHypercube": {"number": 3, "parameters": {"customers.habit": "Prior", "afm.case_days": {"Uniform": [90, 150]}}}}}"#;
    let study = load("study.json", json).unwrap_or_else(|wrong| panic!("{wrong}"));
    assert!(scenario::study::is_study(&home.path().join("study.json")));
    // The copy beside its results is in RON; more draws are written into the JSON.
    let folder = home.path().join("copy");
    fs::create_dir_all(folder.join("scenarios")).unwrap();
    let portable = study.portable();
    for (path, text) in &portable.scenarios {
        fs::write(folder.join(path), text).unwrap();
    }
    let copy = load("copy/study.ron", &portable.study).unwrap_or_else(|wrong| panic!("{wrong}"));
    let more = study.expanded(2, 1).unwrap();
    let more = load("study.json", &more).unwrap_or_else(|wrong| panic!("{wrong}\n{more}"));
    assert_eq!((more.draws(), more.replications), (5, 3));
    for other in [&study, &copy] {
        assert_eq!((other.cells(), other.arms.len()), (ron.cells(), ron.arms.len()));
        for (arm, draw) in (0..2).flat_map(|arm| (0..3).map(move |draw| (arm, draw))) {
            assert_eq!(other.canonical(arm, draw), ron.canonical(arm, draw));
        }
    }
    let wrong = load("study.json", &json.replace("replications", "replicatons")).unwrap_err();
    let said = wrong.to_string();
    assert!(
        said.contains("study.json:2:") && said.contains("did you mean `replications`?"),
        "{said}"
    );
}

#[test]
fn texts_in_utf_16_as_windows_writes_them_are_read() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("a.ron");
    let text = format!("\u{feff}(extends: {REFERENCE:?}, name: \"a\", title: \"Қазақстан\")");
    fs::write(&path, text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>()).unwrap();
    assert_eq!(scenario::load(&path, &[]).unwrap().scenario.title, "Қазақстан");
}

#[test]
fn what_check_accepts_sweep_can_run() {
    let study = |replications: &str, draws: &str| {
        let text = format!(
            "(title: \"T\", scenarios: [{REFERENCE:?}], replications: {replications}, draws: LatinHypercube(number: {draws}, \
             parameters: {{\"customers.habit\": Prior}}))"
        );
        Study::load_text(&text, Path::new("study.ron"), &[], YIELDS, &store::read_table)
    };
    let said = study("65535", "65535").unwrap_err().to_string();
    assert!(said.contains("4,294,836,225 runs, which are too many"), "{said}");
    assert!(said.contains("a study may have 100,000,000 runs"), "{said}");
    let most = study("10000", "10000").unwrap();
    assert!(store::study::Plan::of(&most).is_ok());
}

/// How long a processor worked for this thread: what others do at the same time does not count. Unit: ns; 0 where the system does not say.
fn work() -> u64 {
    let told = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    told.split(' ').next().and_then(|spent| spent.parse().ok()).unwrap_or(0)
}

/// Twenty thousand mistakes in each kind of file: told with little work, and at most on a screen or two.
#[test]
fn twenty_thousand_mistakes_of_every_kind_of_file_take_little_work_and_a_screen() {
    const MANY: usize = 20_000;
    let many = |line: &dyn Fn(usize) -> String| (0..MANY).map(line).collect::<Vec<_>>().join(",\n");
    let home = tempfile::tempdir().unwrap();
    let head = format!("extends: {REFERENCE:?}, name: \"x\", title: \"T\"");
    let study = format!("title: \"T\", scenarios: [{REFERENCE:?}], replications: 1");
    let scenarios = [
        format!("({head}, {})", many(&|at| format!("x{at}: 1"))),
        format!(
            "({head}, policy: (campaigns: {{{}}}))",
            many(&|at| format!("\"c{at}\": (lever: \"x\", value: 5)"))
        ),
        format!(
            "({head}, policy: (shutdown_rate: (closures_per_month: {{{}}})))",
            many(&|at| format!("\"2024-01-01\": -{at}"))
        ),
    ];
    let studies = [
        format!("({study}, {})", many(&|at| format!("x{at}: 1"))),
        format!("({study}, policies: [{}])", many(&|at| format!("\"x{at}.ron\""))),
        format!("({study}, draws: Grid({{{}}}))", many(&|at| format!("\"x{at}\": [1]"))),
        format!(
            "({study}, draws: List([{}]))",
            many(&|at| format!("{{\"customers.habit\": 7, \"x{at}\": 1}}"))
        ),
        format!("({study}, set: {{{}}})", many(&|at| format!("\"x{at}\": 1"))),
        format!("({study}, seen: [{}])", many(&|at| format!("\"x{at} 2024\""))),
    ];
    let catalogue = format!(
        "(title: \"T\", patterns: [{}])",
        many(&|at| format!("(name: \"x{at}\", words: 3, foo: 1)"))
    );
    let tables = [
        format!("customers.habit,customers.tries\n{}", "x,7.5\n".repeat(MANY)),
        format!("customers.habit,customers.tries\n{}", "0.5\n".repeat(MANY)),
        format!("{}\n{}\n", many(&|at| format!("x{at}")).replace('\n', ""), ["1"; MANY].join(",")),
        format!("{}\n{}\n", ["customers.habit"; MANY].join(","), ["7"; MANY].join(",")),
    ];
    let path = home.path().join("file.ron");
    let told = |what: &str, load: &dyn Fn() -> Option<Findings>| {
        let begun = work();
        let said = load().unwrap_or_else(|| panic!("{what}: taken as good")).to_string();
        // Quadratic work takes minutes.
        let worked = work() - begun;
        assert!(worked < 20_000_000_000, "{what}: {worked} ns of a processor");
        let lines = said.lines().count();
        assert!(
            lines <= 300 && said.len() < 100_000,
            "{what}: {lines} lines, {} bytes",
            said.len()
        );
    };
    for text in &scenarios {
        fs::write(&path, text).unwrap();
        told(&text[..300], &|| scenario::load(&path, &[]).err());
    }
    for text in &studies {
        told(&text[..300], &|| {
            Study::load_text(text, &path, &[], YIELDS, &store::read_table).err()
        });
    }
    told("a catalogue", &|| Catalogue::load_text(&catalogue, &path).err());
    for table in &tables {
        told(&table[..40], &|| drawn("a.csv", table.as_bytes()).err());
    }
}
