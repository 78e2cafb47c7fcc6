//! Which published cases from elsewhere speak for or against what the model says of a lever.
//!
//! The map from levers to cases is `scenarios/validation/levers.csv`, what the cases said is the shipped result of `crackdown validate`.

use std::collections::{BTreeMap, BTreeSet};

use serde::de::DeserializeOwned;

/// A case and what it said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// What happened, in words.
    pub words: String,
    /// Readings inside their bands.
    pub inside: usize,
    /// Readings in all; conditions and what was fitted do not count.
    pub of: usize,
}

/// A line of the map.
#[derive(Clone, Debug, serde::Deserialize)]
struct Speaks {
    /// Beginning of the paths of a lever.
    lever: String,
    /// Name of the case.
    case: String,
    /// What happened there.
    why: String,
}

/// What is read of a line of the validation.
#[derive(Clone, Debug, serde::Deserialize)]
struct JudgedReading {
    pattern: String,
    fitted: String,
    inside: bool,
}

const LEVERS: &str = include_str!("../../../scenarios/validation/levers.csv");
const READINGS: [&str; 2] = [
    include_str!("../../../output/reference/validation/validation.csv"),
    include_str!("../../../output/reference/validation/further.csv"),
];

/// Readings of all cases that were fitted to nothing.
fn readings() -> impl Iterator<Item = JudgedReading> {
    let all = READINGS.into_iter().flat_map(rows::<JudgedReading>);
    all.filter(|read| read.fitted == "no")
}

fn rows<T: DeserializeOwned>(text: &str) -> Vec<T> {
    let mut reader = ::csv::Reader::from_reader(text.as_bytes());
    reader
        .deserialize()
        .map(|row| row.expect("shipped tables are whole: a test reads them"))
        .collect()
}

/// Cases that speak of a policy which sets these paths, each once.
pub fn cases<'a>(paths: impl Iterator<Item = &'a str>) -> Vec<Case> {
    let paths: Vec<&str> = paths.collect();
    let mut read: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for JudgedReading { pattern, inside, .. } in readings() {
        let (good, all) = read.entry(pattern).or_default();
        *good += usize::from(inside);
        *all += 1;
    }
    let mut found: Vec<Case> = Vec::new();
    // Two levers may speak of one case, each in its own words: it is named by the first.
    let mut named = BTreeSet::new();
    for Speaks { lever, case, why } in rows::<Speaks>(LEVERS) {
        let set = paths.iter().any(|path| {
            path.strip_prefix(&lever).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        });
        let Some(&(inside, of)) = read.get(&case).filter(|_| set) else { continue };
        if named.insert(case) {
            found.push(Case { words: why, inside, of });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_lever_of_the_map_exists_and_every_case_of_it_is_in_the_catalogue() {
        let catalogue = concat!(
            include_str!("../../../scenarios/validation/patterns.ron"),
            include_str!("../../../scenarios/validation/further.ron"),
        );
        let known = scenario::parameters();
        for Speaks { lever, case, .. } in rows::<Speaks>(LEVERS) {
            let of = |path: &str| path == lever || path.starts_with(&format!("{lever}."));
            assert!(known.iter().any(|parameter| of(&parameter.path)), "{lever}");
            assert!(catalogue.contains(&format!("name: \"{case}\"")), "{case}");
            assert!(
                readings().any(|read| read.pattern == case),
                "{case} says nothing that was not fitted"
            );
        }
    }

    #[test]
    fn a_policy_is_spoken_of_by_the_cases_of_its_levers_alone() {
        let blocked = cases(["policy.site_blocking.per_month"].into_iter());
        assert!(blocked.len() > 3 && blocked.iter().all(|case| case.words.contains("site")));
        assert!(blocked.iter().all(|case| case.inside <= case.of && case.of > 0));
        let both = ["policy.interventions.hub.on", "policy.cooperation.share"];
        let [both, hub] = [cases(both.into_iter()), cases(both[..1].iter().copied())];
        assert_eq!(both, hub, "one case under two levers is named once");
        assert_eq!(cases(["policy.grid.check", "policy.site_blockings"].into_iter()), []);
    }
}
