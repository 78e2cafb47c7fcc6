//! What commands that set scenarios against each other have in common: reading them, days that count, names.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use jiff::civil::Date;

use super::check::show_findings;
use super::simulate::tell;
use ::report::say;
use ::report::speech;
use model::MEASURES;
use scenario::finding::nearest;
use scenario::{self, Findings, Resolved, Scenario, Study, window};
use study::comparison::measure_number;
use study::store;
use world::text::brief;

/// Number of a measure by its name.
pub fn measure(name: &str) -> Result<usize, String> {
    measure_number(name).ok_or_else(|| {
        let near = nearest(name, MEASURES.iter().map(|measure| measure.name));
        let hint = near.map_or_else(String::new, |near| format!("; did you mean {near}?"));
        format!("there is no measure `{name}`{hint}")
    })
}

/// What to ask behind a sentence that says that there is no such name: whether the nearest of those that there are was meant.
pub fn meant<'a>(name: &str, all: impl IntoIterator<Item = &'a str>) -> String {
    nearest(name, all).map_or_else(String::new, |near| format!(" Did you mean `{near}`?"))
}

/// Reads all scenario files and tells all findings; the baseline comes first; `None` if any cannot be used. All run to the latest `end` among them, since
/// only days that all simulate can be set side by side.
pub fn load(paths: &[&PathBuf], sets: &[String], quiet: bool) -> Option<Vec<Resolved>> {
    let mut scenarios = Vec::new();
    let files: Vec<&Path> = paths.iter().map(|path| path.as_path()).collect();
    let (with_ends, said) = scenario::ends_together(&files, sets);
    if let Some(said) = said.filter(|_| !quiet) {
        note(&said);
    }
    for (path, sets) in paths.iter().zip(&with_ends) {
        let under = paths.first().filter(|first| *first != path).map(|first| first.as_path());
        match scenario::load_over(path, under, sets) {
            Ok(resolved) => {
                if !quiet {
                    show_findings(path, &resolved.warnings);
                }
                scenarios.push(resolved);
            }
            Err(findings) => show_findings(path, &findings),
        }
    }
    let all = (scenarios.len() == paths.len()).then_some(scenarios)?;
    if !quiet {
        note_if_frozen(&all[0].scenario);
        // Files are read again for this: only where there is something to level.
        if !sets.is_empty() {
            warn_of_levelled(paths, &all);
        }
    }
    Some(all)
}

/// Tells where `--set` gave a policy and the baseline the same value of what the policy is about: it is empty there, and nobody said so.
fn warn_of_levelled(paths: &[&PathBuf], scenarios: &[Resolved]) {
    let apart = |first: &Scenario, second: &Scenario| -> BTreeSet<String> {
        let found = scenario::differences(first, second).into_iter().map(|it| it.path);
        found.filter(|path| path.starts_with("policy.")).collect()
    };
    let as_written = |path: &Path| {
        let under = (path != paths[0]).then_some(paths[0].as_path());
        scenario::load_over(path, under, &[]).ok().map(|resolved| resolved.scenario)
    };
    let Some(base) = as_written(paths[0]) else { return };
    for (path, with) in paths.iter().zip(scenarios).skip(1) {
        let Some(own) = as_written(path) else { continue };
        let now = apart(&scenarios[0].scenario, &with.scenario);
        let level: Vec<String> = apart(&base, &own).difference(&now).cloned().collect();
        if !level.is_empty() {
            tell!(
                "warning: --set overrides what {} sets itself ({}): it no longer differs from the baseline there",
                path.display(),
                level.join(", ")
            );
        }
    }
}

/// Tells where much of the reported days lies after the last dated value of the world.
pub fn note_if_frozen(scenario: &Scenario) {
    if let Some(frozen) = scenario::frozen(scenario) {
        note(&frozen.to_string());
    }
}

/// A line on stderr about what is well-formed and may surprise.
pub fn note(text: &str) {
    tell!("{}", say!("note: {text}", text = speech::told(text)));
}

/// Reads a study file, posterior files included.
pub fn study(path: &Path, sets: &[String]) -> Result<Study, Findings> {
    Study::load_with(path, sets, model::YIELDS, &store::read_table)
}

/// The same, and tells all findings; `None` if it cannot be used.
pub fn told_study(path: &Path, sets: &[String], quiet: bool) -> Option<Study> {
    let study = study(path, sets).map_err(|findings| show_findings(path, &findings)).ok()?;
    if !quiet {
        show_findings(path, &study.warnings);
        note_if_frozen(&study.arms[0].resolved.scenario);
    }
    Some(study)
}

/// Tells everything that is wrong with the arguments.
pub fn tell(wrong: &[String]) {
    for text in wrong {
        tell!("error: {}", brief(text));
    }
}

/// The same, and refuses if anything is.
pub fn refuse(wrong: &[String]) -> Result<(), ()> {
    tell(wrong);
    if wrong.is_empty() { Ok(()) } else { Err(()) }
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
    let all: Vec<(&str, &str)> =
        scenarios.iter().map(|one| (&one.scenario.name[..], &one.scenario.title[..])).collect();
    let titles = scenario::titles_apart(&all);
    for (resolved, title) in scenarios.iter_mut().zip(titles) {
        resolved.scenario.title = title;
    }
}

/// A scenario that is to differ from the baseline in nothing but policy.
fn only_policy_differs(
    (base, baseline): (&Path, &Resolved),
    (path, policy): (&Path, &Resolved),
) -> Result<(), String> {
    let world = scenario::mixture::worlds_differ_in(baseline, policy);
    if world.is_empty() {
        return Ok(());
    }
    // A shipped scenario is extended by its name from anywhere.
    let stem = base.file_stem().unwrap_or_default();
    let named = if scenario::shipped::is_file(Path::new(stem)) { stem } else { base.as_os_str() };
    Err(format!(
        "{} differs from the baseline in more than policy ({}): what lies between the two would be of both; a policy on this baseline begins with `extends: {}`",
        path.display(),
        world.join(", "),
        scenario::quoted(&named.to_string_lossy())
    ))
}

/// A baseline and policies that differ from it in nothing else, with names and titles apart. What is wrong is told together: `wrong` of the options,
/// runs that lie in the results, and what `look` finds in the scenarios.
pub fn trial(
    (base, policies): (&PathBuf, &[PathBuf]),
    (sets, quiet): (&[String], bool),
    (out, runs): (&Path, &Path),
    mut wrong: Vec<String>,
    look: impl FnOnce(&[Resolved]) -> Result<(), String>,
) -> Result<Vec<Resolved>, ()> {
    let paths: Vec<&PathBuf> = std::iter::once(base).chain(policies).collect();
    let loaded = load(&paths, sets, quiet);
    wrong.extend(apart(out, runs).err());
    if let Some(scenarios) = &loaded {
        for (path, policy) in policies.iter().zip(&scenarios[1..]) {
            wrong.extend(only_policy_differs((base, &scenarios[0]), (path, policy)).err());
        }
        wrong.extend(look(scenarios).err());
    }
    refuse(&wrong)?;
    let mut scenarios = loaded.ok_or(())?;
    name_apart(&mut scenarios);
    Ok(scenarios)
}

/// The days that count: as `--window` says, or those by default. Baseline first.
pub fn window(text: Option<&str>, scenarios: &[Resolved]) -> Result<(Date, Date), String> {
    let base = &scenarios[0].scenario;
    let reported = (base.start, base.end);
    let Some(text) = text else {
        let pairs = scenarios[1..].iter().map(|policy| (base, &policy.scenario));
        return Ok(window::by_default(reported, pairs));
    };
    window::read(text, reported).map_err(|why| format!("--window: {why}"))
}

/// Tells which policies can differ from the baseline on a part of the days that count only.
pub fn hint_at_late_starts(scenarios: &[Resolved], (from, to): (Date, Date)) {
    let base = &scenarios[0].scenario;
    for Resolved { scenario, .. } in &scenarios[1..] {
        let text = match window::parts_on(base, scenario) {
            Some(date) if date > to => {
                format!("is as in the baseline until {date}, after the days that count")
            }
            Some(date) if date > from => {
                let last = window::ends_on(base, scenario).filter(|last| *last > date);
                let last = last.map_or(to, |last| last.min(to));
                format!(
                    "differs from the baseline only from {date}, but days count from {from}; for its own days: --window {date}..{last}"
                )
            }
            _ => continue,
        };
        note(&format!("{} {text}", scenario.name));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_do_not_lie_in_the_result_folder() {
        let apart = |out: &str, runs: &str| apart(Path::new(out), Path::new(runs)).is_ok();
        assert!(apart("output/comparison", "output/runs"));
        assert!(!apart("output", "output/runs") && !apart("a", "a"));
    }
}
