//! How an effect grows with a lever: the same world with more and more banks that block by themselves.
//!
//! `cargo run --release --example strength`

use std::error::Error;

use study::Experiment;

fn main() -> Result<(), Box<dyn Error>> {
    let with = |share: f64| {
        let sets =
            ["people_per_agent=2000".to_owned(), format!("policy.auto_block.bank_share={share}")];
        scenario::load("scenarios/policies/auto_block.ron".as_ref(), &sets)
    };
    let small = ["people_per_agent=2000".to_owned()];
    let baseline = scenario::load("scenarios/kazakhstan.ron".as_ref(), &small)?;
    let shares = [0.25, 0.5, 0.75, 1.0];
    let policies = shares.into_iter().map(with).collect::<Result<Vec<_>, _>>()?;
    let comparison = Experiment::compare(baseline, policies).replications(6).run()?;
    for (share, verdict) in shares.iter().zip(&comparison.verdicts) {
        let effect = &verdict.effects[0];
        println!(
            "{share:.2} of banks: {} {:+.2e} {}",
            effect.measure, effect.paired.mean, effect.unit
        );
    }
    Ok(())
}
