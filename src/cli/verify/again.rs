//! Runs picked at random are simulated again and compared with what the folder says of them.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::{Arc, Mutex};

use super::Args;
use super::opened::Opened;
use super::report::Check;
use crate::cli::simulate::{Refusal, Told, interruption};
use crate::ensemble::{Family, FirstPanic, WhenInterrupted, Workshop, families};
use crate::record::RunKey;
use crate::store::verify::{Manifest, pick};

/// Simulates so many runs again, with every number of threads.
pub fn check(
    args: &Args,
    wanted: u64,
    opened: &Opened,
    manifest: &Manifest,
) -> Result<Check, Refusal> {
    let (scenarios, titles) = (opened.run_scenarios(), opened.titles());
    let replications = u64::from(opened.replications);
    let all = scenarios.len() as u64 * replications;
    let picked = pick(&manifest.hash, args.seed_of_pick, all, wanted);
    let place = |run: u64| ((run / replications) as usize, (run % replications) as u32);
    let job = |run: &u64| {
        let (scenario, replication) = place(*run);
        let scenarios = vec![Arc::new(scenarios[scenario].clone())];
        Family { scenarios, key: RunKey::new(opened.seed, replication) }
    };
    // Each on its own and from its first day: what was simulated once for several runs is tried as well.
    let jobs: Vec<Family> = picked.iter().map(job).collect();
    let threads = args.threads();
    let counts = threads.iter().map(u16::to_string).collect::<Vec<_>>().join(", ");
    let counts = if counts == "1" { "1 thread".to_owned() } else { format!("{counts} threads") };
    if !args.quiet {
        let number = picked.len();
        let _ =
            writeln!(anstream::stderr(), "{number} of {all} runs are simulated again on {counts}");
    }
    let days: u64 = jobs.iter().map(|job| u64::from(job.scenarios[0].total_days())).sum();
    let told = Told {
        days: days * threads.len() as u64,
        quiet: args.quiet,
        seed: opened.seed,
        lost: "nothing was verified",
    };
    let interrupted = interruption()?;
    // By run and number of threads.
    let differ: Mutex<BTreeMap<(usize, u16), Vec<String>>> = Mutex::new(BTreeMap::new());
    told.run(|on_day| {
        threads.iter().try_for_each(|&threads| {
            let workshop = Workshop {
                threads: usize::from(threads),
                on_day,
                interrupted: &interrupted,
                when_interrupted: WhenInterrupted::Stop,
            };
            let panicked = FirstPanic::default();
            let done =
                families(&|number| jobs.get(number).cloned(), &workshop, &|number, _, record| {
                    let replication = jobs[number].key.replication;
                    let record = record.map_err(|message| panicked.tell(replication, message))?;
                    let found = opened.differs(place(picked[number]).0, &record);
                    let mut differ = differ.lock().expect("no panic while it is held");
                    differ.insert((number, threads), found);
                    Ok(())
                });
            panicked.or(done).map(|_| ())
        })
    })?;
    let differ = differ.into_inner().expect("no panic while it was held");
    let mut findings = Vec::new();
    for ((number, threads), found) in differ.iter().filter(|(_, found)| !found.is_empty()) {
        let (scenario, replication) = place(picked[*number]);
        let title = &titles[scenario];
        let more = match found.len() {
            1 => String::new(),
            number => format!(" and {} more", number - 1),
        };
        findings.push(format!(
            "{title}, replication {replication}, on {threads} threads: {}{more}",
            found[0]
        ));
    }
    let which: Vec<String> = picked
        .iter()
        .map(|run| format!("{} {}", titles[place(*run).0], place(*run).1))
        .take(8)
        .collect();
    let more = if picked.len() > which.len() { ", …" } else { "" };
    let what = format!(
        "{} of {all} simulated again on {counts}, {}: {}{more}",
        picked.len(),
        opened.compared(),
        which.join(", ")
    );
    Ok(Check::of("runs", what, findings).complete(picked.len() as u64 == all))
}
