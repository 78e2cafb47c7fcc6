//! Runs picked at random are simulated again and compared with what the folder says of them.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::{Arc, Mutex};

use super::Args;
use super::opened::Opened;
use super::report::Check;
use crate::cli::simulate::{Refusal, Told, interruption};
use study::ensemble::{Family, FirstPanic, WhenInterrupted, Workshop, families};
use study::store::verify::{Manifest, pick};
use world::record::Record;

/// Simulates so many runs again, with every number of threads.
pub fn check(
    args: &Args,
    wanted: u64,
    opened: &Opened,
    manifest: &Manifest,
) -> Result<Check, Refusal> {
    let titles = opened.titles();
    let replications = u64::from(opened.replications);
    let all = titles.len() as u64 * replications;
    let picked = pick(&manifest.hash, args.seed_of_pick, all, wanted);
    let place = |run: u64| ((run / replications) as usize, (run % replications) as u32);
    let job = |run: &u64| {
        let (scenario, replication) = place(*run);
        let (scenario, key) = opened.run(scenario, replication);
        Family { scenarios: vec![Arc::new(scenario.clone())], key }
    };
    // Each on its own and from its first day: what was simulated once for several runs is tried as well.
    let jobs: Vec<Family> = picked.iter().map(job).collect();
    let (counts, differ) = simulated(args, opened.seed, &jobs, all, &|number, record| {
        Ok(opened.differs(place(picked[number]).0, record))
    })?;
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

/// What was found about runs, by the place of the job and the number of threads.
pub type Found = BTreeMap<(usize, u16), Vec<String>>;

/// In what a run that was made again differs from what the folder says of it.
pub type Look<'a> = dyn Fn(usize, &Record) -> Result<Vec<String>, String> + Sync + 'a;

/// Simulates runs with every number of threads that was asked for; gives these numbers in words, and what was found.
pub fn simulated(
    args: &Args,
    seed: u64,
    jobs: &[Family],
    all: u64,
    look: &Look,
) -> Result<(String, Found), Refusal> {
    let threads = args.threads();
    let counts = threads.iter().map(u16::to_string).collect::<Vec<_>>().join(", ");
    let counts = if counts == "1" { "1 thread".to_owned() } else { format!("{counts} threads") };
    if !args.quiet {
        let number = jobs.len();
        let _ =
            writeln!(anstream::stderr(), "{number} of {all} runs are simulated again on {counts}");
    }
    let days: u64 = jobs.iter().map(|job| u64::from(job.scenarios[0].total_days())).sum();
    let days = days * threads.len() as u64;
    let told = Told { days, quiet: args.quiet, seed, lost: "nothing was verified" };
    let interrupted = interruption()?;
    let found: Mutex<Found> = Mutex::default();
    told.run(|on_day| {
        threads.iter().try_for_each(|&threads| {
            let workshop = Workshop {
                threads: usize::from(threads),
                on_day,
                interrupted: &interrupted,
                when_interrupted: WhenInterrupted::Stop,
            };
            let panicked = FirstPanic::default();
            let next = |number: usize| jobs.get(number).cloned();
            let done = families(&next, &workshop, &|number, _, record| {
                let replication = jobs[number].key.replication;
                let record = record.map_err(|message| panicked.tell(replication, message))?;
                let differs = look(number, &record)?;
                found.lock().expect("no panic while it is held").insert((number, threads), differs);
                Ok(())
            });
            panicked.or(done).map(|_| ())
        })
    })?;
    Ok((counts, found.into_inner().expect("no panic while it was held")))
}
