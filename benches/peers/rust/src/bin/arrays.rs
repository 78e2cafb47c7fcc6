//! The common model in plain arrays and one loop.

use peers::{DAYS, HABIT, NOWHERE, Random, VENUES, agents, clock, cumulated, pick, say};

fn main() {
    let agents = agents();
    let mut random = Random(1);
    let mut venues = vec![NOWHERE; agents as usize];
    let mut visits = [0; VENUES];
    let start = clock();
    for _ in 0..DAYS {
        let weights = cumulated(&visits);
        visits = [0; VENUES];
        for venue in &mut venues {
            if *venue == NOWHERE || random.unit() >= HABIT {
                *venue = pick(&weights, random.unit());
            }
            visits[usize::from(*venue)] += 1;
        }
    }
    say("plain arrays in Rust", agents, start, &visits);
}
