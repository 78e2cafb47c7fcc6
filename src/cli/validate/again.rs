//! Readings in the folder of a validation, laid down where the command that made it looks for what is there.

use std::collections::BTreeSet;
use std::path::Path;

use super::prepare::prepare;
use super::{ValidateArgs, making};
use scenario::catalogue::Reading;
use study::store::study::{
    Addresses, Fingerprint, Journal, KeptData, Label, Plan, Row, Shard, head,
};
use study::store::validation::kept_values;

/// Gives the command the readings of all cells but those that are picked; gives the cells that there are, and those that it will
/// simulate, in words.
///
/// `pick` says of a number of cells which are simulated.
///
/// # Errors
/// Why they cannot be used; what is wrong with other files of the folder was told.
pub(in crate::cli) fn take(
    args: &ValidateArgs,
    folder: &Path,
    pick: &dyn Fn(u64) -> Vec<u64>,
) -> Result<(u64, Vec<String>), String> {
    let values = kept_values(folder)?;
    let unusable = |()| "its catalogue, scenarios or draws cannot be used".to_owned();
    let (_, experiments) = prepare(args).map_err(unusable)?;
    let cells = experiments.iter().map(|one| one.study.cells());
    let all: u64 = cells.clone().sum();
    let picked: BTreeSet<u64> = pick(all).into_iter().collect();
    let mut simulated = Vec::new();
    let mut first = 0;
    for (experiment, cells) in experiments.iter().zip(cells) {
        let (readings, place) = (making::readings(experiment), making::place(args, experiment));
        let plan = Plan::keeping(KeptData::Readings(&readings), &experiment.study)?;
        let mut addresses = Addresses::new(plan.kept, plan.study);
        let label = Label { plan: plan.fingerprint().to_owned(), shard: Shard::WHOLE };
        let _lock = place.enter(true)?;
        let mut journal = Journal::open(&place.journal(&label), &head(&plan, Some(label.shard)))?;
        for number in 0..cells {
            let (pattern, cell) = (&experiment.pattern, plan.cell(number));
            let of = |reading: &Reading| {
                let key = (pattern.name.clone(), reading.name.clone(), cell.draw, cell.replication);
                values.get(&key).copied()
            };
            let kept: Option<Vec<f64>> = pattern.readings.iter().map(of).collect();
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
    Ok((all, simulated))
}
