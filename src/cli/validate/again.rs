//! A folder of a validation made again by the command that made it: of its cells some are simulated, the readings of the others are
//! taken from the folder.
//!
//! Deliberately absent: setting the two folders against each other (`verify`).

use std::collections::BTreeSet;
use std::path::Path;
use std::process::ExitCode;

use super::prepare::{Experiment, prepare};
use super::{Args, making};
use crate::cli::simulate::How;
use study::store::posterior_in;
use study::store::validation::{CATALOGUE, Readings, kept_values};

/// How a folder is made again.
pub struct Again<'a> {
    /// The folder.
    pub folder: &'a Path,
    /// Replications of each draw.
    pub replications: u32,
    /// Seed.
    pub seed: u64,
    /// Threads.
    pub threads: u16,
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
        strict: false,
        how: How::again(again.seed, again.threads),
    };
    let unusable = || "its catalogue, scenarios or draws cannot be used".to_owned();
    let (_, experiments) = prepare(&args).ok_or_else(unusable)?;
    let cells: Vec<(&Experiment, u32, String)> = experiments
        .iter()
        .flat_map(|experiment| {
            let keys = making::cells(experiment).map(|(_, key)| key);
            (0..).zip(keys).map(move |(number, key)| (experiment, number, key))
        })
        .collect();
    let all = cells.len() as u64;
    let picked: BTreeSet<u64> = pick(all).into_iter().collect();
    let mut readings = Readings::open(&args.runs);
    let mut simulated = Vec::new();
    for (place, (experiment, number, key)) in (0..).zip(&cells) {
        let pattern = &experiment.pattern;
        let (draw, replication) = (number / again.replications, number % again.replications);
        let of = |reading: &str| values.get(&pattern.name, reading, draw, replication);
        let kept: Option<Vec<f64>> = pattern.readings.iter().map(|one| of(&one.name)).collect();
        match kept {
            // A cell that failed has no reading at all, and fails again.
            Some(kept) if !picked.contains(&place) && !kept.iter().all(|one| one.is_nan()) => {
                readings.keep(key, &kept)?;
            }
            _ => simulated.push(format!("{} {draw}:{replication}", pattern.name)),
        }
    }
    match super::run(&args) {
        ExitCode::SUCCESS => Ok((all, simulated)),
        _ => Err("it cannot be made again".to_owned()),
    }
}
