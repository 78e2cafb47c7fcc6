//! What commands that set scenarios against each other have in common: reading them, days that count, names.

use std::io::Write;
use std::path::{Path, PathBuf};

use jiff::civil::Date;

use super::check::show_findings;
use scenario::{self, Findings, Resolved, Scenario, Study};
use study::comparison;
use study::store;

/// Reads all scenario files and tells all findings; `None` if any cannot be used.
pub fn load(paths: &[&PathBuf], sets: &[String], quiet: bool) -> Option<Vec<Resolved>> {
    let mut scenarios = Vec::new();
    for path in paths {
        match scenario::load(path, sets) {
            Ok(resolved) => {
                if !quiet {
                    show_findings(path, &resolved.warnings);
                }
                scenarios.push(resolved);
            }
            Err(findings) => show_findings(path, &findings),
        }
    }
    (scenarios.len() == paths.len()).then_some(scenarios)
}

/// Reads a study file, posterior files included.
///
/// # Errors
/// Everything that is wrong with it, at once.
pub fn study(path: &Path, sets: &[String]) -> Result<Study, Findings> {
    Study::load_with(path, sets, model::YIELDS, &store::read_table)
}

/// The same, and tells all findings; `None` if it cannot be used.
pub fn told_study(path: &Path, sets: &[String], quiet: bool) -> Option<Study> {
    match study(path, sets) {
        Ok(study) => {
            if !quiet {
                show_findings(path, &study.warnings);
            }
            Some(study)
        }
        Err(findings) => {
            show_findings(path, &findings);
            None
        }
    }
}

/// Tells everything that is wrong with the arguments.
pub fn tell(wrong: &[String]) {
    for text in wrong {
        let _ = writeln!(anstream::stderr(), "error: {text}");
    }
}

/// Runs must outlive results: a result folder is replaced as a whole.
pub fn apart(out: &Path, runs: &Path) -> Result<(), String> {
    let place = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    if place(runs).starts_with(place(out)) {
        return Err(format!(
            "--runs {} lies in the result folder --out {}: name another place for one of them",
            runs.display(),
            out.display()
        ));
    }
    Ok(())
}

/// Tells two scenarios of the same name apart by a number, and two of the same title by their names.
pub fn name_apart(scenarios: &mut [Resolved]) {
    for number in 1..scenarios.len() {
        let wanted = scenarios[number].scenario.name.clone();
        let mut name = wanted.clone();
        let mut next = 2;
        while scenarios[..number].iter().any(|other| other.scenario.name == name) {
            name = format!("{wanted}_{next}");
            next += 1;
        }
        scenarios[number].scenario.name = name;
    }
    let titles: Vec<String> = scenarios.iter().map(|one| one.scenario.title.clone()).collect();
    for resolved in scenarios {
        let scenario = &mut resolved.scenario;
        if titles.iter().filter(|title| **title == scenario.title).count() > 1 {
            scenario.title = format!("{} ({})", scenario.title, scenario.name);
        }
    }
}

/// A scenario that is to differ from the baseline in nothing but policy.
pub fn only_policy_differs(
    baseline: &Resolved,
    path: &Path,
    policy: &Resolved,
) -> Result<(), String> {
    let world = scenario::mixture::worlds_differ_in(baseline, policy);
    if world.is_empty() {
        return Ok(());
    }
    Err(format!(
        "{} differs from the baseline in more than policy ({}): what lies between the two would be of both; give both \
         the same world",
        path.display(),
        world.join(", ")
    ))
}

/// `FROM..TO`, both included.
pub fn window(text: Option<&str>, scenario: &Scenario) -> Result<(Date, Date), String> {
    let whole = (scenario.start, scenario.end);
    let Some(text) = text else { return Ok(whole) };
    let example = format!("write for example --window {}..{}", whole.0, whole.1);
    let (from, to) =
        text.split_once("..").ok_or_else(|| format!("--window {text}: no `..`; {example}"))?;
    let date = |text: &str| -> Result<Date, String> {
        text.trim().parse().map_err(|_| format!("--window: `{text}` is no date; {example}"))
    };
    let window = (date(from)?, date(to)?);
    if comparison::days(scenario, window).is_none() {
        return Err(format!(
            "--window {text}: must lie within the reported days, {} to {}, and not end before it begins",
            whole.0, whole.1
        ));
    }
    Ok(window)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_lies_within_the_reported_days() {
        let scenario = scenario::reference().scenario;
        let whole = (scenario.start, scenario.end);
        assert_eq!(window(None, &scenario), Ok(whole));
        assert!(window(Some("2024-01-01..2024-12-31"), &scenario).is_ok());
        for wrong in [
            "2024-01-01",
            "2024-13-01..2024-12-31",
            "2020-01-01..2024-01-01",
            "2024-02-01..2024-01-01",
        ] {
            assert!(window(Some(wrong), &scenario).is_err(), "{wrong}");
        }
    }

    #[test]
    fn runs_do_not_lie_in_the_result_folder() {
        let apart = |out: &str, runs: &str| apart(Path::new(out), Path::new(runs)).is_ok();
        assert!(apart("output/comparison", "output/runs"));
        assert!(!apart("output", "output/runs") && !apart("a", "a"));
    }
}
