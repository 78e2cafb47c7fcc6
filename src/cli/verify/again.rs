//! Runs picked at random are simulated again and compared with what the folder says of them.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::sync::Mutex;

use super::Args;
use super::opened::Opened;
use super::report::Check;
use crate::cli::simulate::{Refusal, Told, interruption};
use scenario::Study;
use scenario::study::Cell;
use study::ensemble::{Failure, Keep, Part, Run, Stage, Unmade, WhenInterrupted, Workshop, make};
use study::store::verify::{Manifest, pick};

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
    let runs: Vec<(usize, Cell)> =
        picked.iter().map(|run| (place(*run).0, opened.study.cell(place(*run).1))).collect();
    let look = |arm: usize, _: Cell, made: Result<&Run, &Unmade>| match made {
        Ok(run) => Ok(opened.differs(arm, &run.record)),
        Err(unmade) => Err(unmade.message.clone()),
    };
    let (counts, differ) = simulated(args, &opened.study, &runs, all, &look)?;
    let mut findings = Vec::new();
    for ((arm, cell, threads), found) in differ.iter().filter(|(_, found)| !found.is_empty()) {
        let (title, replication) = (&titles[*arm], opened.study.number(*cell));
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

/// What was found about runs, by arm, cell and number of threads.
pub type Found = BTreeMap<(usize, Cell, u16), Vec<String>>;

/// In what a run that was made again differs from what the folder says of it.
pub type Look<'a> =
    dyn Fn(usize, Cell, Result<&Run, &Unmade>) -> Result<Vec<String>, String> + Sync + 'a;

/// Runs that are made again.
struct Again<'a> {
    picked: BTreeSet<(usize, Cell)>,
    look: &'a Look<'a>,
    study: &'a Study,
    threads: u16,
    found: Mutex<Found>,
}

impl Keep for Again<'_> {
    fn has(&self, arm: usize, cell: Cell) -> bool {
        !self.picked.contains(&(arm, cell))
    }

    fn keep(&self, arms: &[usize], cell: Cell, made: Result<Run, Unmade>) -> Result<(), Failure> {
        if let Err(Unmade { stage: Stage::Simulation, message }) = made {
            let replication = self.study.number(cell);
            return Err(Failure::Panicked { replication, message });
        }
        for arm in arms {
            let differs = (self.look)(*arm, cell, made.as_ref()).map_err(Failure::NotKept)?;
            let mut found = self.found.lock().expect("no panic while it is held");
            found.insert((*arm, cell, self.threads), differs);
        }
        Ok(())
    }
}

/// Simulates runs with every number of threads that was asked for, each on its own and from its first day: what was simulated once for
/// several runs is tried as well. Gives these numbers in words, and what was found.
pub fn simulated(
    args: &Args,
    study: &Study,
    runs: &[(usize, Cell)],
    all: u64,
    look: &Look,
) -> Result<(String, Found), Refusal> {
    let threads = args.threads();
    let counts = threads.iter().map(u16::to_string).collect::<Vec<_>>().join(", ");
    let counts = if counts == "1" { "1 thread".to_owned() } else { format!("{counts} threads") };
    if !args.quiet {
        let number = runs.len();
        let _ = writeln!(
            crate::cli::terminal::stderr(),
            "{number} of {all} runs are simulated again on {counts}"
        );
    }
    let picked: BTreeSet<(usize, Cell)> = runs.iter().copied().collect();
    let cells: BTreeSet<Cell> = picked.iter().map(|(_, cell)| *cell).collect();
    let days = runs.len() as u64 * u64::from(study.arms[0].resolved.scenario.total_days());
    let days = days * threads.len() as u64;
    let told = Told { days, quiet: args.quiet, seed: study.seed, lost: "nothing was verified" };
    let interrupted = interruption()?;
    let mut found = Found::new();
    told.run(|on_day| {
        threads.iter().try_for_each(|&threads| {
            let workshop = Workshop {
                threads: usize::from(threads),
                on_day,
                interrupted: &interrupted,
                when_interrupted: WhenInterrupted::Stop,
            };
            let (picked, now) = (picked.clone(), Mutex::default());
            let again = Again { picked, look, study, threads, found: now };
            let cells = Box::new(cells.iter().copied());
            make(vec![Part { study, cells, keep: &again, apart: true }], &workshop)?;
            found.extend(again.found.into_inner().expect("no panic while it was held"));
            Ok(())
        })
    })?;
    Ok((counts, found))
}
