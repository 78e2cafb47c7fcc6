//! Good scenarios: every file in `scenarios`, layers, `--set`, and texts that change at random.

use std::fs;
use std::path::{Path, PathBuf};

use crackdown::scenario::policy::Targeting;
use crackdown::scenario::{self, Resolved};
use jiff::civil::{Date, date};
use proptest::prelude::*;
use tempfile::TempDir;

use crate::program::{at_root, succeeded};

fn load(path: &str, sets: &[&str]) -> Resolved {
    let sets: Vec<String> = sets.iter().map(|set| (*set).to_owned()).collect();
    scenario::load(Path::new(path), &sets).unwrap_or_else(|findings| panic!("{findings}"))
}

/// All scenario files of the package.
fn files() -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![PathBuf::from("scenarios")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let catalogue = ["studies", "patterns.ron", "further.ron"];
            let study = |path: &Path| {
                fs::read_to_string(path).is_ok_and(|text| text.contains("scenarios: ["))
            };
            if catalogue.iter().any(|end| path.ends_with(end)) || study(&path) {
                // Other files than scenarios, with tests of their own.
            } else if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "ron") {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

#[test]
fn a_run_of_other_dates_is_written_so_that_it_can_be_read_again() {
    let folder = TempDir::new().unwrap();
    for dates in
        [["2024-10-01", "2025-03-31"], ["2023-01-01", "2023-06-30"], ["2022-06-01", "2024-03-01"]]
    {
        let sets = [
            format!("start=\"{}\"", dates[0]),
            format!("end=\"{}\"", dates[1]),
            "warm_up_days=180".to_owned(),
        ];
        let path = Path::new("scenarios/kazakhstan.ron");
        let resolved = scenario::load(path, &sets).unwrap_or_else(|findings| panic!("{findings}"));
        let copy = folder.path().join("copy.ron");
        fs::write(&copy, &resolved.text).unwrap();
        let again = scenario::load(&copy, &[]).unwrap_or_else(|findings| panic!("{findings}"));
        assert_eq!(again.scenario, resolved.scenario);
        assert_eq!(again.json, resolved.json);
    }
}

#[test]
fn every_file_is_well_formed_and_its_resolved_text_gives_it_again() {
    let folder = TempDir::new().unwrap();
    let files = files();
    assert!(files.len() >= 7);
    for path in files {
        let first = load(path.to_str().unwrap(), &[]);
        let copy = folder.path().join("resolved.ron");
        fs::write(&copy, &first.text).unwrap();
        let again = load(copy.to_str().unwrap(), &[]);
        assert_eq!(again.scenario, first.scenario, "{}", path.display());
        assert_eq!(again.json, first.json, "{}", path.display());
        assert_eq!(again.text, first.text, "{}", path.display());
        assert_eq!(again.warnings.warnings(), first.warnings.warnings(), "{}", again.warnings);
    }
}

#[test]
fn the_built_in_reference_is_the_file_and_has_no_warnings() {
    assert!(scenario::reference().warnings.is_empty(), "{}", scenario::reference().warnings);
    assert_eq!(scenario::reference().json, load("scenarios/kazakhstan.ron", &[]).json);
}

#[test]
fn a_list_by_date_over_a_constant_keeps_it_for_the_time_before() {
    let policy = load("scenarios/policies/auto_block.ron", &[]).scenario.policy;
    let lag = policy.auto_block.list_lag_days;
    assert_eq!((lag.on(date(2023, 12, 31)), lag.on(date(2024, 1, 1))), (30.0, 5.0));
    let share = policy.auto_block.bank_share;
    assert_eq!((share.on(date(2023, 12, 31)), share.on(date(2025, 12, 31))), (0.0, 0.95));
}

#[test]
fn a_chain_of_three_files_lays_each_over_the_one_before() {
    let folder = TempDir::new().unwrap();
    let base = Path::new("scenarios/kazakhstan.ron").canonicalize().unwrap();
    fs::create_dir(folder.path().join("lower")).unwrap();
    let write = |name: &str, text: String| fs::write(folder.path().join(name), text).unwrap();
    write(
        "lower/middle.ron",
        format!(
            "(extends: {base:?}, name: \"middle\", title: \"Middle\", customers: (search_days: 12, tries: 3),
              policy: (shutdown_rate: (closures_per_month: {{\"2023-06-01\": 4, \"2025-01-01\": 6}})))"
        ),
    );
    write(
        "top.ron",
        "(extends: \"lower/middle.ron\", name: \"top\", customers: (search_days: 4),
          policy: (shutdown_rate: (closures_per_month: {\"2024-01-01\": 8})))"
            .to_owned(),
    );
    let scenario = load(folder.path().join("top.ron").to_str().unwrap(), &[]).scenario;
    assert_eq!((scenario.name.as_str(), scenario.title.as_str()), ("top", "Middle"));
    assert_eq!((scenario.customers.search_days, scenario.customers.tries), (4.0, 3));
    let steps: Vec<(Date, f64)> = scenario
        .policy
        .shutdown_rate
        .closures_per_month
        .steps()
        .map(|(day, value)| (day, *value))
        .collect();
    assert_eq!(
        steps,
        [
            (date(2022, 1, 1), 1.5),
            (date(2023, 1, 1), 2.25),
            (date(2023, 6, 1), 4.0),
            (date(2024, 1, 1), 8.0)
        ]
    );
}

#[test]
fn set_overrides_values_of_every_kind() {
    let sets = [
        "policy.auto_block.bank_share=0.8",
        "policy.shutdown_rate.targeting=Largest",
        "policy.shutdown_rate.closures_per_month={2024-07-01: 9}",
        "exchanges.number.shadow=50",
        "title=Fifty shadow exchanges",
        "end=2024-12-31",
        "customers.number = 10_000",
        "customers.vpn_share=(retail: 0.4, fraud: 0.5)",
    ];
    let scenario = load("scenarios/kazakhstan.ron", &sets).scenario;
    let policy = scenario.policy;
    assert_eq!(policy.auto_block.bank_share.steps().collect::<Vec<_>>(), [(Date::MIN, &0.8)]);
    assert_eq!(policy.shutdown_rate.targeting.on(date(2023, 1, 1)), Targeting::Largest);
    let closures = policy.shutdown_rate.closures_per_month;
    assert_eq!((closures.on(date(2024, 6, 30)), closures.on(date(2024, 7, 1))), (2.0, 9.0));
    assert_eq!((scenario.exchanges.number.shadow, scenario.exchanges.number.hub), (50, 3));
    assert_eq!(
        (scenario.title.as_str(), scenario.end),
        ("Fifty shadow exchanges", date(2024, 12, 31))
    );
    assert_eq!(scenario.customers.number, 10_000);
    let vpn = scenario.customers.vpn_share;
    assert_eq!((vpn.retail, vpn.fraud, vpn.pyramid), (0.4, 0.5, 0.2));
}

#[test]
fn the_last_set_wins() {
    let sets = ["people_per_agent=10", "people_per_agent=100"];
    assert_eq!(load("scenarios/kazakhstan.ron", &sets).scenario.people_per_agent, 100);
}

#[test]
fn a_doubtful_value_is_warned_about_once_and_still_usable() {
    let resolved = load("scenarios/kazakhstan.ron", &["customers.search_days=90"]);
    assert_eq!((resolved.warnings.warnings(), resolved.warnings.errors()), (1, 0));
    assert_eq!(resolved.scenario.customers.search_days, 90.0);
}

#[test]
fn windows_lines_tabs_and_a_byte_order_mark_are_fine() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("windows.ron");
    let text = fs::read_to_string("scenarios/kazakhstan.ron").unwrap();
    let text = text.replace("    ", "\t").replace('\n', "\r\n");
    fs::write(&path, format!("\u{feff}{text}")).unwrap();
    assert_eq!(load(path.to_str().unwrap(), &[]).json, scenario::reference().json);
}

#[test]
fn labels_of_measures_fit_into_figures() {
    for path in files() {
        let scenario = load(path.to_str().unwrap(), &[]).scenario;
        for (date, label) in scenario::measures_by_date(&scenario) {
            assert!(label.chars().count() <= 28, "{}: {date} {label}", path.display());
        }
    }
}

#[test]
fn check_tells_first_what_differs_from_the_reference_and_all_measures_in_full() {
    let check = |more: &[&str]| {
        let words = ["check", "scenarios/policies/auto_block.ron"];
        let (text, errors) = succeeded(&at_root(&[&words[..], more].concat()));
        assert!(errors.is_empty(), "{errors}");
        text
    };
    let (text, full) = (check(&[]), check(&["--full"]));
    let differs = [
        "scenarios/policies/auto_block.ron: Automatic blocking by banks",
        "  2023-01-01 to 2025-12-31 after 365 days of warm-up; 1,600,000 people as 1,600,000 agents",
        "Differs from the reference, by measure and date:",
        "  from 2025-01-15           auto_block: banks with 95 % of the card market block automatically (was 30 %)",
    ];
    let all = [
        "  at first    auto_block: banks act on a listing after 30 days",
        "  2024-01-01  shutdown_rate: up to 2 platforms are closed a month (was 2.25)",
        "  2024-01-01  auto_block: banks act on a listing after 5 days (was 30 days)",
    ];
    let has = |text: &str, line: &str| text.lines().any(|shown| shown == line);
    for line in differs {
        assert!(has(&text, line) && has(&full, line), "`{line}` is not in\n{full}");
    }
    for line in all {
        assert!(!has(&text, line) && has(&full, line), "`{line}`:\n{full}");
    }
    assert!(text.lines().count() < 15, "{text}");
    assert!(text.contains("\nCost of one replication on one core: about"), "{text}");
    assert!(!full.contains("2024-07-22  "), "the overlay replaces the later steps:\n{full}");
}

#[test]
fn check_tells_what_differs_after_the_last_day_of_the_reference_and_that_the_world_is_frozen() {
    let check =
        |file: &str, sets: &[&str]| succeeded(&at_root(&[&["check", file], sets].concat())).0;
    let policy = "--set=policy.kyc.required.shadow={\"2026-02-01\": 1.0}";
    let said = check("scenarios/kazakhstan.ron", &["--set=end=2028-12-31", policy]);
    assert!(said.contains("2026-02-01") && said.contains("end: 2028-12-31"), "{said}");
    assert!(said.contains("1,460 of 2,192 reported days (67 %)"), "{said}");
    let outlook = check("scenarios/outlook_2028.ron", &[]);
    assert!(
        outlook.contains("2026-01-15") && !outlook.contains("nothing in the world"),
        "{outlook}"
    );
}

#[test]
fn a_world_too_large_for_many_computers_and_a_missing_name_are_warned_about() {
    let resolved = load("scenarios/kazakhstan.ron", &["customers.number=50_000_000"]);
    assert!(resolved.warnings.to_string().contains("50,000,000 agents are many"));
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("mine.ron");
    let base = Path::new("scenarios/kazakhstan.ron").canonicalize().unwrap();
    fs::write(&path, format!("(extends: \"{}\")", base.display())).unwrap();
    let warnings = load(path.to_str().unwrap(), &[]).warnings.to_string();
    assert!(warnings.contains("no name of its own"), "{warnings}");
}

proptest! {
    // The same cases every time: a test that fails only on some days helps nobody.
    #![proptest_config(ProptestConfig {
        rng_seed: proptest::test_runner::RngSeed::Fixed(2024),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    /// Whatever happens to the bytes of the reference: it is read or refused, and what is wrong can be shown.
    #[test]
    fn changed_bytes_never_panic(
        changes in prop::collection::vec((any::<prop::sample::Index>(), 0..4_u8, any::<u8>()), 1..12)
    ) {
        const LIKELY: &[u8] = b"()[]{}:,;=\"'.-+_% \n0123456789eEr#/*\\\xc3\xa9";
        let mut bytes = fs::read("scenarios/kazakhstan.ron").unwrap();
        for (place, change, byte) in changes {
            let at = place.index(bytes.len());
            match change {
                0 => { bytes.remove(at); }
                1 => bytes[at] = byte,
                2 => bytes.insert(at, LIKELY[usize::from(byte) % LIKELY.len()]),
                _ => bytes[at] = LIKELY[usize::from(byte) % LIKELY.len()],
            }
        }
        // Bytes that are no text are refused at once: not what is tried here.
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("changed.ron");
        fs::write(&path, text).unwrap();
        match scenario::load(&path, &[]) {
            Ok(resolved) => drop(resolved.warnings.to_string()),
            Err(findings) => prop_assert!(findings.errors() > 0 && !findings.to_string().is_empty()),
        }
    }

    /// The same for `--set`.
    #[test]
    fn any_set_is_taken_or_refused(set in "\\PC{0,30}|(policy|customers)\\.[a-z_.]{0,20}=[(){}\\[\\]\":,0-9a-zé. -]{0,20}") {
        if let Err(findings) = scenario::load(Path::new("scenarios/kazakhstan.ron"), &[set]) {
            prop_assert!(findings.errors() > 0 && !findings.to_string().is_empty());
        }
    }
}
