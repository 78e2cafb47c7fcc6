//! One agent for many people gives the same totals: `people_per_agent` 1, 10 and 100.

use crackdown::model::simulate;
use crackdown::scenario::reference;
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

/// Totals of replications at a thinning: replication × total.
fn totals(people_per_agent: u32, replications: u32) -> Vec<Vec<f64>> {
    let mut scenario = reference().scenario;
    scenario.start = date(2024, 1, 1);
    scenario.end = date(2024, 12, 31);
    scenario.warm_up_days = 250;
    scenario.people_per_agent = people_per_agent;
    (0..replications)
        .into_par_iter()
        .map(|number| {
            let record = simulate(&scenario, key(number), &|| ());
            TOTALS.iter().map(|name| record.measure(name).unwrap()).collect()
        })
        .collect()
}

#[test]
fn totals_agree_within_their_intervals_at_1_10_and_100_people_per_agent() {
    let coarse = totals(100, 16);
    let middle = totals(10, 8);
    let full = totals(1, 4);
    for (number, name) in TOTALS.iter().enumerate() {
        let moments = |runs: &[Vec<f64>]| {
            let n = runs.len() as f64;
            let mean = runs.iter().map(|run| run[number]).sum::<f64>() / n;
            let squares = runs.iter().map(|run| (run[number] - mean) * (run[number] - mean));
            (n, mean, squares.sum::<f64>())
        };
        for (a, b, which) in [(&coarse, &middle, "100 and 10"), (&middle, &full, "10 and 1")] {
            let ((n, mean_a, squares_a), (m, mean_b, squares_b)) = (moments(a), moments(b));
            let variance = (squares_a + squares_b) / (n + m - 2.0);
            let error = (variance * (1.0 / n + 1.0 / m)).sqrt();
            // Student's t, two-sided 99.9 %, 10 degrees of freedom or more.
            let allowed = 4.587 * error.max(0.002 * mean_a);
            let difference = (mean_a - mean_b).abs();
            assert!(difference < allowed, "{name}, {which}: {mean_a:.4e} and {mean_b:.4e}");
            // The interval itself must be narrow enough to say something.
            assert!(allowed < 0.5 * mean_a, "{name}, {which}: {allowed:.1e} is too wide");
        }
    }
}
