//! Two regimes that the model must be able to produce with the parameters of the reference: what is taken from illicit
//! platforms comes back at others, and what is taken stays away because all substitutes are hit together.

use std::path::Path;

use crackdown::comparison::{Entry, RunOutcome, account};
use crackdown::model::simulate;
use crackdown::scenario::load;
use crackdown::units::Class;
use rayon::prelude::*;

use crate::worlds::key;

/// Outcomes of six replications of the years 2023 to 2025 in 32,000 agents.
fn outcomes(file: &str) -> Vec<RunOutcome> {
    let sets = ["people_per_agent=50".to_owned()];
    let scenario =
        load(Path::new(file), &sets).unwrap_or_else(|findings| panic!("{findings}")).scenario;
    let days = 0..usize::from(scenario.reported_days());
    let run = |replication| {
        RunOutcome::of(&simulate(&scenario, key(replication), &|| ()), &scenario, days.clone())
    };
    (0..6).into_par_iter().map(run).collect()
}

#[test]
fn closing_the_largest_moves_turnover_to_other_platforms_and_persons() {
    let baseline = outcomes("scenarios/kazakhstan.ron");
    let policy = outcomes("scenarios/policies/shutdown_largest_first.ron");
    let window = 365..baseline[0].days;
    let (mut removed, mut displaced) = (0, 0);
    for (before, after) in baseline.iter().zip(&policy) {
        let account = account(before, after, &[Class::Shadow, Class::Hub], &window);
        removed += account.removed;
        displaced += [Entry::Relaunched, Entry::Entrant, Entry::PeerToPeer]
            .map(|entry| account.entry(entry))
            .iter()
            .sum::<i64>();
    }
    assert!(removed > 0, "nothing was taken from established platforms");
    let share = displaced as f64 / removed as f64;
    assert!((0.6..1.2).contains(&share), "{share:.2} of what was removed came back elsewhere");
}

#[test]
fn hitting_all_substitutes_together_reduces_turnover_of_platforms_and_persons_for_good() {
    let baseline = outcomes("scenarios/kazakhstan.ron");
    let policy = outcomes("scenarios/policies/bundle_all_rails.ron");
    let alone = outcomes("scenarios/policies/auto_block.ron");
    let at_home = [Class::Shadow, Class::Hub, Class::PeerToPeer];
    let days = baseline[0].days;
    let turnover = |outcome: &RunOutcome, window: std::ops::Range<usize>| {
        outcome.total(crackdown::record::Flow::Traded, window, &at_home) as f64
    };
    for (number, before) in baseline.iter().enumerate() {
        let change = |after: &RunOutcome, window: std::ops::Range<usize>| {
            turnover(after, window.clone()) / turnover(before, window) - 1.0
        };
        let last = days - 180..days;
        let (whole, late) = (change(&policy[number], 365..days), change(&policy[number], last));
        assert!(whole < -0.1 && late < -0.1, "replication {number}: {whole:.2}, late {late:.2}");
        let single = change(&alone[number], 365..days);
        assert!(single > 0.0, "replication {number}: one rail alone backfires, here {single:.2}");
    }
}
