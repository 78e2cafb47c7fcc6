//! Runs picked at random are simulated again and compared with what the folder says of them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use super::VerifyArgs;
use super::report::Check;
use crate::cli::simulate::{Refusal, ReportedWork, failed, interruption, tell};
use scenario::Study;
use scenario::study::Cell;
use study::ensemble::{
    Failure, Keep, Run, RunOptions, Stage, StudyPart, Unmade, WhenInterrupted, make,
};
use study::store::verify::{Manifest, pick};

/// Runs that are named. Source: judgement.
const NAMED: usize = 8;

/// Runs of a study of which a folder says something.
pub trait Claims: Sync {
    /// The study.
    fn study(&self) -> &Study;

    /// How many runs there are.
    fn runs(&self) -> u64;

    /// Arm and cell of the run at a position below [`Claims::runs`].
    fn at(&self, position: u64) -> (usize, Cell);

    /// What a run is called.
    fn name(&self, arm: usize, cell: Cell) -> String;

    /// Reads what the folder says of the runs at these positions, in rising order.
    fn read(&mut self, _picked: &[u64]) -> Result<(), String> {
        Ok(())
    }

    /// What of a run is compared, in words.
    fn compared(&self) -> String;

    /// What the folder says of all runs together that does not follow from what it says of each.
    fn unfounded(&self) -> Vec<String> {
        Vec::new()
    }

    /// In what a run that was made again differs from what the folder says of it.
    fn differs(
        &self,
        arm: usize,
        cell: Cell,
        made: &Result<Run, Unmade>,
    ) -> Result<Vec<String>, String>;
}

/// Picked runs that are made again.
struct Again<'a> {
    claims: &'a dyn Claims,
    picked: BTreeSet<(usize, Cell)>,
    threads: u16,
    findings: Mutex<BTreeMap<(usize, Cell), String>>,
}

impl Keep for Again<'_> {
    fn has(&self, arm: usize, cell: Cell) -> bool {
        !self.picked.contains(&(arm, cell))
    }

    fn keep(&self, arms: &[usize], cell: Cell, made: Result<Run, Unmade>) -> Result<(), Failure> {
        if let Err(Unmade { stage: Stage::Simulation, message }) = made {
            let replication = self.claims.study().number(cell);
            return Err(Failure::Panicked { replication, message });
        }
        for arm in arms {
            let found = self.claims.differs(*arm, cell, &made).map_err(Failure::NotKept)?;
            let Some(first) = found.first() else { continue };
            let more = match found.len() {
                1 => String::new(),
                number => format!(" and {} more", number - 1),
            };
            let (name, threads) = (self.claims.name(*arm, cell), self.threads);
            let text = format!("{name}, on {threads} threads: {first}{more}");
            self.findings.lock().expect("no panic while it is held").insert((*arm, cell), text);
        }
        Ok(())
    }
}

/// Simulates so many runs with every number of threads that was asked for, each on its own and from its first day: what was simulated
/// once for several runs is tried as well.
pub fn check(
    args: &VerifyArgs,
    wanted: u64,
    manifest: &Manifest,
    all_claims: &mut [Box<dyn Claims + '_>],
) -> Result<Check, Refusal> {
    let all: u64 = all_claims.iter().map(|claims| claims.runs()).sum();
    let picked = pick(&manifest.hash, args.seed_of_pick, all, wanted);
    let (mut first, mut days, mut names) = (0, 0, Vec::new());
    let mut runs: Vec<BTreeSet<(usize, Cell)>> = Vec::new();
    for claims in all_claims.iter_mut() {
        let here = first..first + claims.runs();
        first = here.end;
        let of: Vec<u64> =
            picked.iter().filter(|at| here.contains(at)).map(|at| at - here.start).collect();
        claims.read(&of).map_err(failed)?;
        let of: BTreeSet<(usize, Cell)> = of.into_iter().map(|at| claims.at(at)).collect();
        names.extend(of.iter().map(|(arm, cell)| claims.name(*arm, *cell)));
        days += of.len() as u64 * u64::from(claims.study().arms[0].resolved.scenario.total_days());
        runs.push(of);
    }
    let threads = args.threads();
    let counts = args.threads_in_words();
    if !args.quiet {
        tell!("{} of {all} runs are simulated again on {counts}", picked.len());
    }
    let lost = "nothing was verified";
    let seed = manifest.seed.unwrap_or_default();
    let told = ReportedWork { days: days * threads.len() as u64, quiet: args.quiet, seed, lost };
    let interrupted = interruption()?;
    let mut findings = Vec::new();
    told.run(|on_day| {
        for count in threads {
            let mut again: Vec<Again> = Vec::new();
            for (claims, picked) in all_claims.iter().zip(&runs) {
                let (picked, findings) = (picked.clone(), Mutex::default());
                again.push(Again { claims: &**claims, picked, threads: count, findings });
            }
            let parts = again.iter().map(|keep| {
                let cells: BTreeSet<Cell> = keep.picked.iter().map(|(_, cell)| *cell).collect();
                let (study, cells) = (keep.claims.study(), Box::new(cells.into_iter()));
                StudyPart { study, cells, keep, apart: true }
            });
            let workshop = RunOptions {
                threads: usize::from(count),
                on_day,
                interrupted: &interrupted,
                when_interrupted: WhenInterrupted::Stop,
            };
            make(parts.collect(), &workshop)?;
            for Again { findings: found, .. } in again {
                findings
                    .extend(found.into_inner().expect("no panic while it was held").into_values());
            }
        }
        Ok(())
    })?;
    let about = format!(
        "{} of {all} simulated again on {counts}, {}: {}",
        picked.len(),
        all_claims[0].compared(),
        named(&names)
    );
    Ok(Check::of("runs", about, findings).complete(picked.len() as u64 == all))
}

/// The first of some runs.
pub fn named(runs: &[String]) -> String {
    let more = if runs.len() > NAMED { "; …" } else { "" };
    runs.iter().take(NAMED).cloned().collect::<Vec<String>>().join("; ") + more
}
