//! From arguments to scenarios that can be compared, or everything that is wrong with them.

use std::io::Write;
use std::path::{Path, PathBuf};

use jiff::civil::Date;

use super::Args;
use crate::cli::check::show_findings;
use crate::comparison;
use crate::record::MEASURES;
use crate::scenario::finding::nearest;
use crate::scenario::{self, Resolved, Scenario};
use crate::units::Class;

/// A measure and how narrow its interval is to be.
#[derive(Clone, Debug, PartialEq)]
pub struct Wish {
    /// Number of the measure.
    pub measure: usize,
    /// Half-width of the interval: a share of the baseline's mean, or an amount.
    pub width: Width,
    /// As written.
    pub written: String,
}

/// Half-width of an interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Width {
    /// Of the baseline's mean.
    Share(f64),
    /// In the unit of the measure.
    Amount(f64),
}

/// What is to be compared.
pub struct Prepared {
    /// Baseline first; names are unique.
    pub scenarios: Vec<Resolved>,
    /// First and last day that count.
    pub window: (Date, Date),
    /// Target of the displacement account.
    pub target: Vec<Class>,
    /// What `--precision` asks for.
    pub wish: Option<Wish>,
}

/// Loads and checks everything, and tells all findings.
pub fn prepare(args: &Args) -> Result<Prepared, ()> {
    let sets = args.how.sets();
    let paths: Vec<&PathBuf> = std::iter::once(&args.baseline).chain(&args.policies).collect();
    let mut wrong: Vec<String> = Vec::new();
    let mut scenarios = Vec::new();
    let mut failed = false;
    for path in &paths {
        match scenario::load(path, &sets) {
            Ok(resolved) => {
                if !args.how.quiet {
                    show_findings(path, &resolved.warnings);
                }
                scenarios.push(resolved);
            }
            Err(findings) => {
                show_findings(path, &findings);
                failed = true;
            }
        }
    }
    let mut keep = |result: Result<(), String>| wrong.extend(result.err());
    let mut target = Vec::new();
    keep(classes(&args.target).map(|classes| target = classes));
    let mut wish = None;
    keep(args.precision.as_deref().map_or(Ok(()), |text| precision(text).map(|w| wish = Some(w))));
    if args.precision.is_some() && args.replications < 2 {
        keep(Err("--precision needs at least 2 --replications in its first stage".to_owned()));
    }
    keep(apart(&args.out, &args.runs));
    let mut window = (Date::MIN, Date::MAX);
    if !failed {
        keep(dates(args.window.as_deref(), &scenarios[0].scenario).map(|dates| window = dates));
        for (path, resolved) in paths.iter().zip(&scenarios).skip(1) {
            let same = comparable(&scenarios[0].scenario, &resolved.scenario);
            keep(same.map_err(|why| format!("{}: {why}", path.display())));
        }
    }
    for text in &wrong {
        let _ = writeln!(anstream::stderr(), "error: {text}");
    }
    if failed || !wrong.is_empty() {
        return Err(());
    }
    name_apart(&mut scenarios);
    if !args.how.quiet {
        warn_of_other_worlds(&paths, &scenarios);
    }
    Ok(Prepared { scenarios, window, target, wish })
}

/// Runs must outlive results: a result folder is replaced as a whole.
fn apart(out: &Path, runs: &Path) -> Result<(), String> {
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

/// Replications of two scenarios pair only if their days and agents are the same.
fn comparable(baseline: &Scenario, policy: &Scenario) -> Result<(), String> {
    let mut differ = Vec::new();
    let mut check = |name: &str, a: String, b: String| {
        if a != b {
            differ.push(format!("{name} is {b}, in the baseline {a}"));
        }
    };
    check("start", baseline.start.to_string(), policy.start.to_string());
    check("end", baseline.end.to_string(), policy.end.to_string());
    let warm_up = |scenario: &Scenario| scenario.warm_up_days.to_string();
    check("warm_up_days", warm_up(baseline), warm_up(policy));
    let people = |scenario: &Scenario| scenario.people_per_agent.to_string();
    check("people_per_agent", people(baseline), people(policy));
    if differ.is_empty() {
        return Ok(());
    }
    Err(format!("cannot be compared day by day with the baseline: {}", differ.join("; ")))
}

/// Tells two scenarios of the same name apart by a number.
fn name_apart(scenarios: &mut [Resolved]) {
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
}

/// A policy that changes the world as well is no longer only a policy: the reader should know.
fn warn_of_other_worlds(paths: &[&PathBuf], scenarios: &[Resolved]) {
    for (path, resolved) in paths.iter().zip(scenarios).skip(1) {
        let found = scenario::differences(&scenarios[0].json, &resolved.json);
        let world: Vec<&str> = found
            .iter()
            .map(|difference| difference.path.as_str())
            .filter(|path| !path.starts_with("policy."))
            .collect();
        if !world.is_empty() {
            let _ = writeln!(
                anstream::stderr(),
                "warning: {} differs from the baseline in more than policy ({}): the effect is of both",
                path.display(),
                world.join(", ")
            );
        }
    }
}

fn classes(names: &[String]) -> Result<Vec<Class>, String> {
    let mut found = Vec::new();
    for name in names {
        let class = Class::ALL.iter().find(|class| class.key() == name.trim());
        let class = class.ok_or_else(|| {
            let all = || Class::ALL.iter().map(|class| class.key());
            let near = nearest(name, all())
                .map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
            format!("--target: no class is called `{name}`{near} Allowed: {}", list(all()))
        })?;
        if !found.contains(class) {
            found.push(*class);
        }
    }
    if found.len() == Class::COUNT {
        return Err("--target: with all classes as the target nothing can be displaced".to_owned());
    }
    Ok(found)
}

fn list<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.collect::<Vec<_>>().join(", ")
}

/// `MEASURE=WIDTH`, such as `illicit_turnover=2%`.
fn precision(text: &str) -> Result<Wish, String> {
    let example = "write for example illicit_turnover=0.5% or closures=2";
    let (name, width) =
        text.split_once('=').ok_or_else(|| format!("--precision {text}: no `=`; {example}"))?;
    let measure = MEASURES.iter().position(|meaning| meaning.name == name.trim());
    let measure = measure.ok_or_else(|| {
        let all = || MEASURES.iter().map(|meaning| meaning.name);
        let near = nearest(name, all())
            .map_or_else(String::new, |near| format!(" Did you mean `{near}`?"));
        format!("--precision: no measure is called `{name}`.{near} Allowed: {}", list(all()))
    })?;
    let (number, share) = match width.trim().strip_suffix('%') {
        Some(number) => (number.trim(), true),
        None => (width.trim(), false),
    };
    let value: f64 = number
        .parse()
        .ok()
        .filter(|value: &f64| value.is_finite() && *value > 0.0)
        .ok_or_else(|| format!("--precision: `{width}` is no width above 0; {example}"))?;
    let width = if share { Width::Share(value / 100.0) } else { Width::Amount(value) };
    Ok(Wish { measure, width, written: text.to_owned() })
}

/// `FROM..TO`, both included.
fn dates(text: Option<&str>, scenario: &Scenario) -> Result<(Date, Date), String> {
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
    fn a_precision_is_a_measure_and_a_width() {
        let wish = precision("illicit_turnover=2%").unwrap();
        assert_eq!((wish.measure, wish.width), (0, Width::Share(0.02)));
        assert_eq!(precision("illicit_turnover=5e9").unwrap().width, Width::Amount(5e9));
        for (text, word) in [
            ("illicit_turnover", "no `=`"),
            ("ilicit_turnover=2%", "Did you mean `illicit_turnover`?"),
            ("illicit_turnover=0%", "no width above 0"),
            ("illicit_turnover=inf", "no width above 0"),
        ] {
            let message = precision(text).unwrap_err();
            assert!(message.contains(word), "{message}");
        }
    }

    #[test]
    fn a_window_lies_within_the_reported_days() {
        let scenario = scenario::reference().scenario;
        let whole = (scenario.start, scenario.end);
        assert_eq!(dates(None, &scenario), Ok(whole));
        assert!(dates(Some("2024-01-01..2024-12-31"), &scenario).is_ok());
        for wrong in [
            "2024-01-01",
            "2024-13-01..2024-12-31",
            "2020-01-01..2024-01-01",
            "2024-02-01..2024-01-01",
        ] {
            assert!(dates(Some(wrong), &scenario).is_err(), "{wrong}");
        }
    }

    #[test]
    fn runs_do_not_lie_in_the_result_folder() {
        let apart = |out: &str, runs: &str| apart(Path::new(out), Path::new(runs)).is_ok();
        assert!(apart("output/comparison", "output/runs"));
        assert!(!apart("output", "output/runs") && !apart("a", "a"));
    }

    #[test]
    fn a_class_that_is_misspelt_gets_the_nearest_name() {
        let message = classes(&["shadov".to_owned()]).unwrap_err();
        assert!(message.contains("did you mean `shadow`?"), "{message}");
        let twice = ["hub".to_owned(), "hub".to_owned()];
        assert_eq!(classes(&twice), Ok(vec![Class::Hub]));
    }
}
