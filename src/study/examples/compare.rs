//! Compares policies with the reference: effects on a few measures with 95 % intervals (chance alone).
//!
//! `cargo run --release --example compare -- scenarios/policies/auto_block.ron scenarios/policies/card_limits.ron`

use std::error::Error;

use study::Experiment;

fn main() -> Result<(), Box<dyn Error>> {
    let small = ["people_per_agent=1000".to_owned()];
    let baseline = scenario::load("scenarios/kazakhstan.ron".as_ref(), &small)?;
    let files: Vec<String> = std::env::args().skip(1).collect();
    let load = |file: &String| scenario::load(file.as_ref(), &small);
    let policies = files.iter().map(load).collect::<Result<Vec<_>, _>>()?;
    let comparison = Experiment::compare(baseline, policies).replications(8).run()?;
    for (arm, verdict) in comparison.policies().iter().zip(&comparison.verdicts) {
        println!("{}", arm.title);
        for effect in verdict.effects.iter().take(6) {
            let interval =
                effect.paired.interval.map(|(low, high)| format!(" [{low:+.3e}, {high:+.3e}]"));
            let interval = interval.unwrap_or_default();
            println!(
                "  {:<30} {:+.3e}{interval} {}",
                effect.measure, effect.paired.mean, effect.unit
            );
        }
    }
    Ok(())
}
