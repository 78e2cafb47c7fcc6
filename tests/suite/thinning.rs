//! One agent for many people gives the same totals and effects: `people_per_agent` 1, 10, 100 and 1,000.

use std::path::Path;

use crackdown::model::simulate;
use crackdown::scenario::{Scenario, reference};
use jiff::civil::date;
use rayon::prelude::*;

use crate::worlds::key;

/// Totals that must agree. Numbers of orders and of cards are left out: they come in lumps.
const TOTALS: [&str; 9] = [
    "unlicensed_turnover",
    "shadow_turnover",
    "hub_turnover",
    "peer_to_peer_turnover",
    "unlicensed_foreign_turnover",
    "licensed_turnover",
    "demand",
    "closures",
    "illicit_platforms_open",
];

/// Effects of automatic blocking, in shares of the baseline, that must agree at 10, 100 and 1,000 people an agent.
const EFFECTS: [&str; 4] =
    ["crime_turnover", "licensed_turnover", "peer_to_peer_turnover", "unlicensed_foreign_turnover"];
/// The one that must at 10 and 100: at 1,000 too few shadow exchanges give up (ODD.md, finding 18).
const EFFECT_OF_FINE_AGENTS: &str = "shadow_turnover";

/// The year 2024 at a thinning.
fn year(mut scenario: Scenario, people_per_agent: u32) -> Scenario {
    scenario.start = date(2024, 1, 1);
    scenario.end = date(2024, 12, 31);
    scenario.warm_up_days = 250;
    scenario.people_per_agent = people_per_agent;
    scenario
}

/// Replications of a scenario: replication × measure.
fn replications(scenario: &Scenario, number: u32, measures: &[&str]) -> Vec<Vec<f64>> {
    let one = |number| {
        let record = simulate(scenario, key(number), &|| ());
        measures.iter().map(|name| record.measure(name).unwrap()).collect()
    };
    (0..number).into_par_iter().map(one).collect()
}

/// Number, mean and sum of squares about it of the values of one measure.
fn moments(runs: &[Vec<f64>], measure: usize) -> (f64, f64, f64) {
    let n = runs.len() as f64;
    let mean = runs.iter().map(|run| run[measure]).sum::<f64>() / n;
    let squares = runs.iter().map(|run| (run[measure] - mean) * (run[measure] - mean));
    (n, mean, squares.sum::<f64>())
}

/// Difference of two means, and how large it may be by chance; `floor` is what no error is taken to be below.
fn difference(a: (f64, f64, f64), b: (f64, f64, f64), floor: f64) -> (f64, f64) {
    let ((n, mean_a, squares_a), (m, mean_b, squares_b)) = (a, b);
    let variance = (squares_a + squares_b) / (n + m - 2.0);
    let error = (variance * (1.0 / n + 1.0 / m)).sqrt();
    // Student's t, two-sided 99.9 %, 10 degrees of freedom or more.
    ((mean_a - mean_b).abs(), 4.587 * error.max(floor))
}

#[test]
fn totals_agree_within_their_intervals_at_1_10_and_100_people_per_agent() {
    let totals =
        |people, number| replications(&year(reference().scenario, people), number, &TOTALS);
    let (coarse, middle, full) = (totals(100, 16), totals(10, 8), totals(1, 4));
    for (number, name) in TOTALS.iter().enumerate() {
        for (a, b, which) in [(&coarse, &middle, "100 and 10"), (&middle, &full, "10 and 1")] {
            let (a, b) = (moments(a, number), moments(b, number));
            let (off, allowed) = difference(a, b, 0.002 * a.1);
            assert!(off < allowed, "{name}, {which}: {:.4e} and {:.4e}", a.1, b.1);
            // The interval itself must be narrow enough to say something.
            assert!(allowed < 0.5 * a.1, "{name}, {which}: {allowed:.1e} is too wide");
        }
    }
}

#[test]
fn effects_agree_within_their_intervals_at_10_100_and_1000_people_per_agent() {
    let policy = crackdown::scenario::load(Path::new("scenarios/policies/auto_block.ron"), &[]);
    let policy = policy.unwrap_or_else(|findings| panic!("{findings}")).scenario;
    let measures = [EFFECTS.as_slice(), &[EFFECT_OF_FINE_AGENTS]].concat();
    // The policy less the status quo of the same luck, in shares of the status quo.
    let effects = |people, number| -> Vec<Vec<f64>> {
        let with = replications(&year(policy.clone(), people), number, &measures);
        let without = replications(&year(reference().scenario, people), number, &measures);
        let usual: Vec<f64> = (0..measures.len()).map(|of| moments(&without, of).1).collect();
        let one = |(with, without): (&Vec<f64>, &Vec<f64>)| {
            (0..measures.len()).map(|of| (with[of] - without[of]) / usual[of]).collect()
        };
        with.iter().zip(&without).map(one).collect()
    };
    let (coarse, middle, fine) = (effects(1000, 24), effects(100, 10), effects(10, 6));
    for (number, name) in measures.iter().enumerate() {
        for (a, b, which) in [(&coarse, &middle, "1,000 and 100"), (&middle, &fine, "100 and 10")] {
            if *name == EFFECT_OF_FINE_AGENTS && which == "1,000 and 100" {
                continue;
            }
            let (a, b) = (moments(a, number), moments(b, number));
            let (off, allowed) = difference(a, b, 0.0);
            assert!(off < allowed, "{name}, {which}: {:.3} and {:.3}", a.1, b.1);
            assert!(allowed < 0.25, "{name}, {which}: {allowed:.2} is too wide");
        }
    }
}
