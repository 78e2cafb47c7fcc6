//! How far runs reach: one last day for scenarios that are set against each other, and how long nothing in a world changes any more.

use std::path::Path;

use jiff::civil::Date;

use super::cross_checks;
use super::finding::plain;
use super::layers;
use super::shape::shape;
use super::source::Sources;
use super::tree::Tree;
use super::world::Scenario;
use world::text::shown;

/// The shipped world that goes on after the last figures, and its last day; a test compares it with the file.
pub(super) const OUTLOOK: (&str, &str) = ("outlook_2028.ron", "2028-12-31");
/// Days without a dated value that are passed over. Unit: days. Source: the reference holds its last year; Status: assumption.
const A_YEAR: i32 = 366;

/// The last day that a file says, with what it extends and the `--set` texts over it; `None` if it says none that can be.
fn last_day(path: &Path, under: Option<&Path>, sets: &[String]) -> Option<Date> {
    let gathered = layers::gather(path, under, sets, &mut Sources::default(), &mut Vec::new())?;
    let window = cross_checks::window(&gathered.root, gathered.order)?;
    window.can_be().then_some(window.end)
}

/// For each file the `--set` texts with which all run to the latest day that one of them says, and a sentence where that is not
/// what each of them says.
pub fn ends_together(paths: &[&Path], sets: &[String]) -> (Vec<Vec<String>>, Option<String>) {
    let ends: Vec<Option<Date>> = paths
        .iter()
        .enumerate()
        // A reform in JSON that extends nothing lies over the first.
        .map(|(number, path)| last_day(path, paths.first().copied().filter(|_| number > 0), sets))
        .collect();
    let latest = ends.iter().flatten().max().copied();
    let short = |end: &Option<Date>| end.is_some() && *end < latest;
    let own = |end: &Option<Date>| {
        let longer = latest.filter(|_| short(end)).map(|latest| format!("end=\"{latest}\""));
        sets.iter().cloned().chain(longer).collect()
    };
    let called = |number: usize| shown(paths[number]);
    let long = ends.iter().position(|end| *end == latest);
    let ended: Vec<usize> = (0..ends.len()).filter(|number| short(&ends[*number])).collect();
    let sentence = match (latest, long, ended.as_slice()) {
        (Some(latest), Some(long), [first, others @ ..]) => {
            let others = match others.len() {
                0 => String::new(),
                many => format!(" and {many} more"),
            };
            let first = called(*first);
            Some(format!(
                "all run to {latest}, the `end` of {}; {first}{others} ended earlier",
                called(long)
            ))
        }
        _ => None,
    };
    (ends.iter().map(own).collect(), sentence)
}

/// Days of a world on which nothing changes by itself any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frozen {
    /// The last dated value outside `policy`.
    pub since: Date,
    /// Reported days after it.
    pub days: i32,
    /// All reported days.
    pub of: i32,
}

/// Whether more than a year of the reported days lies after the last dated value of the world, policy left out; `None` if not, or
/// if the world has no dated value.
pub fn frozen(scenario: &Scenario) -> Option<Frozen> {
    let tree = Tree::of(scenario);
    // Tenge per dollar stands outside of all groups: it only shows amounts.
    let world = |path: &str| path.contains('.') && !path.starts_with("policy.");
    let dated = shape().leaves().into_iter().filter(|leaf| leaf.by_date && world(&leaf.path));
    let since = dated
        .filter_map(|leaf| tree.at(&leaf.path)?.steps().last()?.0)
        .filter(|date| *date > Date::MIN)
        .max()?;
    let of = (scenario.end - scenario.start).get_days() + 1;
    let days = (scenario.end - since).get_days().clamp(0, of);
    (days > A_YEAR).then_some(Frozen { since, days, of })
}

impl std::fmt::Display for Frozen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Frozen { since, days, of } = self;
        let share = 100.0 * f64::from(*days) / f64::from(*of);
        let (days, of) = (plain(f64::from(*days)), plain(f64::from(*of)));
        write!(
            f,
            "nothing in the world changes by itself after {since}, its last dated value: {days} of {of} reported days ({share:.0} %) \
             lie after it. Date values of the world, or extend {}, which states trends to {}",
            OUTLOOK.0, OUTLOOK.1
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{load, reference};

    const REFERENCE: &str = "../../scenarios/kazakhstan.ron";

    #[test]
    fn all_files_run_to_the_latest_day_that_one_of_them_says() {
        let folder = std::env::temp_dir().join(format!("ends-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let base = std::path::absolute(REFERENCE).unwrap();
        let long = folder.join("long.ron");
        let text = format!(
            "(extends: {:?}, name: \"long\", end: \"2027-06-30\", policy: (kyc: (required: (shadow: {{\"2027-01-01\": 1.0}}))))",
            base.display().to_string()
        );
        std::fs::write(&long, text).unwrap();
        let paths = [base.as_path(), long.as_path()];
        let (sets, said) = ends_together(&paths, &[]);
        let said = said.unwrap();
        assert!(said.contains("2027-06-30") && said.contains("kazakhstan.ron ended"), "{said}");
        for (path, sets) in paths.iter().zip(&sets) {
            let resolved = load(path, sets).unwrap_or_else(|findings| panic!("{findings}"));
            assert_eq!(resolved.scenario.end.to_string(), "2027-06-30");
        }
        let given = ["end=2026-12-31".to_owned()];
        assert_eq!(ends_together(&paths, &given), (vec![given.to_vec(); 2], None));
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_world_without_dated_values_for_more_than_a_year_is_frozen() {
        assert_eq!(frozen(&reference().scenario), None);
        let to = |path: &str, end: &str| {
            frozen(&load(Path::new(path), &[format!("end={end}")]).unwrap().scenario)
        };
        let found = to(REFERENCE, "2028-12-31").unwrap();
        assert_eq!((found.since.to_string(), found.of), ("2025-01-01".to_owned(), 2192));
        assert!(found.to_string().contains("1,460 of 2,192 reported days (67 %)"), "{found}");
        assert_eq!(to("../../scenarios/outlook_2028.ron", OUTLOOK.1), None);
    }

    #[test]
    fn the_outlook_ends_as_messages_say_and_has_the_past_of_the_reference() {
        let path = format!("../../scenarios/{}", OUTLOOK.0);
        let outlook = load(Path::new(&path), &[]).unwrap_or_else(|findings| panic!("{findings}"));
        assert!(outlook.warnings.is_empty(), "{}", outlook.warnings);
        let (outlook, reference) = (outlook.scenario, reference().scenario);
        assert_eq!(outlook.end.to_string(), OUTLOOK.1);
        assert_eq!(outlook.start, reference.start);
        let owners = |scenario: &Scenario, date: Date| {
            scenario.customers.ownership.between(date) * f64::from(scenario.customers.number)
        };
        let mut date = reference.start;
        while date <= reference.end {
            let (a, b) = (owners(&outlook, date), owners(&reference, date));
            assert!((a - b).abs() < 1.0, "{date}: {a} against {b}");
            assert_eq!(outlook.policy.on(date), reference.policy.on(date), "{date}");
            date = date.tomorrow().unwrap();
        }
    }
}
