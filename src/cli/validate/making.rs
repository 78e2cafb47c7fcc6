//! Makes the cells of experiments that are missing; of each only its readings are kept.

use super::super::rows::{self, RowsWanted, RowsWay};
use super::super::simulate::{Refusal, failed};
use super::{PatternExperiment, ValidateArgs};
use study::comparison::pattern;
use study::store::study::{KeptData, Readings, Shard, StudyFolder};
use world::record::Record;

/// What came of it.
pub struct ExperimentReadings {
    /// By experiment and cell, draw by draw: the readings, if the cell did not fail.
    pub values: Vec<Vec<Option<Vec<f64>>>>,
    /// Cells that were simulated.
    pub simulated: u64,
    /// Cells whose readings were there.
    pub taken: u64,
    /// Why cells failed.
    pub failures: Vec<String>,
}

/// What is read from the cells of an experiment.
pub fn readings(experiment: &PatternExperiment) -> Readings<'_> {
    let readings = &experiment.pattern.readings;
    let said = |r: &scenario::catalogue::Reading| {
        format!("{:?}", (r.kind, &r.classes, &r.traders, r.days, r.first_days, r.share))
    };
    let words: Vec<String> = readings.iter().map(said).collect();
    let name = |(number, reading): (usize, &scenario::catalogue::Reading)| {
        format!("{number}_{}", reading.name)
    };
    let read = move |records: &[&Record]| -> Vec<f64> {
        readings.iter().map(|one| pattern::read(one, experiment.event, records)).collect()
    };
    Readings {
        names: readings.iter().enumerate().map(name).collect(),
        said: format!("{} {}", experiment.event, words.join(" ")),
        read: Box::new(read),
    }
}

/// Where the readings of an experiment are kept.
pub fn place(args: &ValidateArgs, experiment: &PatternExperiment) -> StudyFolder {
    StudyFolder::new(&args.runs.join("validation").join(&experiment.pattern.name))
}

fn way(args: &ValidateArgs) -> RowsWay {
    RowsWay { threads: args.how.threads(), quiet: args.how.quiet, retry_failed: true }
}

fn wanted<'a>(
    args: &ValidateArgs,
    experiments: &'a [PatternExperiment],
    readings: &'a [Readings<'a>],
) -> Vec<RowsWanted<'a>> {
    let one = |(experiment, readings): (&'a PatternExperiment, &'a Readings<'a>)| RowsWanted {
        study: &experiment.study,
        kept: KeptData::Readings(readings),
        place: place(args, experiment),
        called: String::new(),
    };
    experiments.iter().zip(readings).map(one).collect()
}

/// Makes all that are missing.
pub fn make(
    args: &ValidateArgs,
    experiments: &[PatternExperiment],
) -> Result<ExperimentReadings, Refusal> {
    let readings: Vec<Readings> = experiments.iter().map(readings).collect();
    let all = rows::all(way(args), &wanted(args, experiments, &readings))?;
    let mut made =
        ExperimentReadings { values: Vec::new(), simulated: 0, taken: 0, failures: Vec::new() };
    for (experiment, (complete, runs)) in experiments.iter().zip(all) {
        made.simulated += complete.made.finished + complete.made.failed;
        made.taken += complete.before;
        let mut values = vec![None; complete.plan.runs() as usize];
        runs.rows(&mut |row| {
            let place = complete.plan.position(0, row.cell);
            values[place as usize] = row.values().map(<[f64]>::to_vec);
            Ok(())
        })
        .map_err(failed)?;
        runs.failures(&mut |row| {
            let (name, cell) = (&experiment.pattern.name, row.cell);
            let why = row.failure().unwrap_or_default();
            made.failures.push(format!(
                "{name}, draw {}, replication {}: {why}",
                cell.draw, cell.replication
            ));
            Ok(())
        })
        .map_err(failed)?;
        made.values.push(values);
    }
    Ok(made)
}

/// Makes what is missing of a shard; gives in words how many cells were made and were there.
pub fn make_shard(
    args: &ValidateArgs,
    experiments: &[PatternExperiment],
    shard: Shard,
) -> Result<String, Refusal> {
    let readings: Vec<Readings> = experiments.iter().map(readings).collect();
    let wanted = wanted(args, experiments, &readings);
    let locks: Result<Vec<_>, String> = wanted.iter().map(|one| one.place.enter(false)).collect();
    let _locks = locks.map_err(failed)?;
    let take_in = "crackdown validate … without --shard";
    let complete = rows::complete(way(args), &wanted, Some(shard), take_in)?;
    let made: u64 = complete.iter().map(|one| one.made.finished + one.made.failed).sum();
    let before: u64 = complete.iter().map(|one| one.before).sum();
    Ok(format!(
        "shard {shard}: {made} cells simulated, {before} taken from {}",
        args.runs.display()
    ))
}
