//! A folder of a validation made again by the command that made it: of its cells some are simulated, the readings of the others are
//! taken from the folder.
//!
//! Deliberately absent: setting the two folders against each other (`verify`).

use std::collections::BTreeSet;
use std::path::Path;
use std::process::ExitCode;

use super::prepare::prepare;
use super::{Args, making};
use crate::cli::figures::Drawing;
use crate::cli::simulate::How;
use study::store::posterior_in;
use study::store::study::{Addresses, Fingerprint, Journal, Kept, Label, Plan, Row, Shard, head};
use study::store::validation::{CATALOGUE, kept_values};

/// How a folder is made again.
pub struct Again<'a> {
    /// The folder.
    pub folder: &'a Path,
    /// Replications of each draw.
    pub replications: u32,
    /// Seed.
    pub seed: u64,
    /// Threads and figures.
    pub drawing: Drawing,
    /// Where results and readings go.
    pub place: &'a Path,
}

/// Makes a folder again at `place/repeated`; gives the cells that there are, and those that were simulated, in words.
///
/// `pick` says of a number of cells which are simulated.
///
/// # Errors
/// Why it cannot be made again; what is wrong with its files was told.
pub fn made_again(
    again: &Again,
    pick: &dyn Fn(u64) -> Vec<u64>,
) -> Result<(u64, Vec<String>), String> {
    let values = kept_values(again.folder)?;
    let args = Args {
        catalogue: again.folder.join(CATALOGUE),
        only: Vec::new(),
        draws: posterior_in(again.folder),
        number_of_draws: values.draws,
        replications: Some(again.replications),
        out: again.place.join("repeated"),
        runs: again.place.join("runs"),
        shard: None,
        strict: false,
        how: How::again(again.seed, again.drawing),
    };
    let unusable = || "its catalogue, scenarios or draws cannot be used".to_owned();
    let (_, experiments) = prepare(&args).ok_or_else(unusable)?;
    let cells = experiments.iter().map(|one| one.study.cells());
    let all: u64 = cells.clone().sum();
    let picked: BTreeSet<u64> = pick(all).into_iter().collect();
    let mut simulated = Vec::new();
    let mut first = 0;
    for (experiment, cells) in experiments.iter().zip(cells) {
        let (readings, place) = (making::readings(experiment), making::place(&args, experiment));
        let plan = Plan::keeping(Kept::Readings(&readings), &experiment.study)?;
        let mut addresses = Addresses::new(plan.kept, plan.study);
        let label = Label { plan: plan.fingerprint().to_owned(), shard: Shard::WHOLE };
        let _lock = place.enter(true)?;
        let mut journal = Journal::open(&place.journal(&label), &head(&plan, Some(label.shard)))?;
        for number in 0..cells {
            let (pattern, cell) = (&experiment.pattern, plan.cell(number));
            let of = |name: &str| values.get(&pattern.name, name, cell.draw, cell.replication);
            let kept: Option<Vec<f64>> = pattern.readings.iter().map(|one| of(&one.name)).collect();
            match kept {
                // A cell that failed has no reading at all, and fails again.
                Some(kept)
                    if !picked.contains(&(first + number))
                        && !kept.iter().all(|one| one.is_nan()) =>
                {
                    let (name, address) = (plan.name(0), addresses.of(0, cell));
                    journal.append(&Row::finished(name, cell, address, kept, Fingerprint(0)))?;
                }
                _ => simulated.push(format!("{} {}:{}", pattern.name, cell.draw, cell.replication)),
            }
        }
        first += cells;
    }
    match super::run(&args) {
        ExitCode::SUCCESS => Ok((all, simulated)),
        _ => Err("it cannot be made again".to_owned()),
    }
}
