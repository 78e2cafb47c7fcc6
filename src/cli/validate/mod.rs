//! `crackdown validate`: cases from elsewhere repeated in the model, set against what came of them there.

mod again;
mod making;
mod prepare;
mod table;

use std::path::PathBuf;

use super::shard::ShardAsked;
use super::simulate::{How, Refusal, failed, show, some_failed, tell};
pub(super) use again::take;
pub(in crate::cli) use making::{ExperimentReadings, make};
pub(in crate::cli) use prepare::{PatternExperiment, prepare};
use report::validation_figure;
use scenario::catalogue::{Catalogue, Fitted, Pattern};
use scenario::study::Arm;
use study::comparison::validation::{ENOUGH, ValidatedReading, Validation, spread};
use study::store::validation::{CATALOGUE, CellReading, validation_files};
use study::store::{self, Command};

/// What to validate, how, and where the results go.
#[derive(Debug, clap::Args)]
#[command(
    long_about = "Repeat cases from elsewhere in the model and say whether the same came of them\n\n\
    A catalogue names for each case a world, what is done in it, what is read from runs of both with the same random numbers, and the band \
    that would agree with the source. Nothing is fitted to these bands. A reading is inside if 80 % of the draws are; readings \
    outside stay in the table. With --draws parameters are drawn from a posterior (a table with a column for each parameter); \
    what makes a world the case that it is keeps its value. Without it intervals hold chance alone.",
    after_help = "Examples:\n  \
    crackdown validate\n  \
    crackdown validate --draws output/calibration/posterior.parquet --number-of-draws 50\n  \
    crackdown validate --only dominant_hub,banks_cut_off --replications 40\n\n\
    Finished experiments are kept in output/runs and used again; after Ctrl-C the same command goes on where it stopped.\n\
    The exit code is 0 whether patterns are met or not; with --strict it is 1 if one is not."
)]
pub struct ValidateArgs {
    /// Catalogue of patterns
    #[arg(value_name = "CATALOGUE", default_value = "scenarios/validation/patterns.ron")]
    pub catalogue: PathBuf,
    /// Only patterns of these names
    #[arg(long, value_name = "NAME,…", value_delimiter = ',')]
    pub only: Vec<String>,
    /// Table of parameter sets (Parquet or CSV) to draw from
    #[arg(long, value_name = "FILE")]
    pub draws: Option<PathBuf>,
    /// Number of draws from it
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub number_of_draws: u32,
    /// Replications of each draw [default: 2, and 20 without draws]
    #[arg(long, value_name = "R", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub replications: Option<u32>,
    /// Result folder
    #[arg(long, value_name = "DIR", default_value = "output/validation")]
    pub out: PathBuf,
    /// Where readings of finished experiments are kept and looked for; it may be deleted at any time
    #[arg(long, value_name = "DIR", default_value = "output/runs")]
    pub runs: PathBuf,
    /// Make only this part of the cells, keep their readings and write no results: K from 1 to M, or `auto` for the number that
    /// Slurm, HyperQueue or Kubernetes gives
    #[arg(long, value_name = "K/M")]
    pub shard: Option<ShardAsked>,
    /// Take every row of the table once instead, in order: points of a design
    #[arg(skip)]
    pub every_row: bool,
    /// Exit code 1 if a reading that is no condition lies outside
    #[arg(long)]
    pub strict: bool,
    /// How to simulate
    #[command(flatten)]
    pub how: How,
}

impl ValidateArgs {
    fn replications(&self) -> u32 {
        self.replications.unwrap_or(if self.draws.is_some() { 2 } else { 20 })
    }
}

/// Validates.
pub fn run(args: &ValidateArgs) -> Result<(), Refusal> {
    let (catalogue, experiments) = prepare(args)?;
    let (how, experiments) = (&args.how, &experiments[..]);
    if how.dry_run {
        show(&prepare::plan(args, experiments));
        return Ok(());
    }
    // Before anything is on disk, so that an interruption always cleans up.
    super::simulate::interruption()?;
    if let Some(asked) = args.shard {
        let counted = making::make_shard(args, experiments, asked.here()?)?;
        if !how.quiet {
            show(&(counted + "\n"));
        }
        return Ok(());
    }
    let folder = how.claim(&args.out, store::ResultKind::Validation)?;
    let made = make(args, experiments)?;
    let validation = validated(args, &catalogue.title, experiments, &made);
    let cells = cells(experiments, &made);
    let (inputs, repeat) = inputs(args, &catalogue, experiments).map_err(failed)?;
    let figures = how.drawing.files(&[validation_figure(&validation)])?;
    let repeat = (repeat, args.replications());
    let files = validation_files(&validation, &cells, inputs, figures, repeat).map_err(failed)?;
    folder.write(&files).map_err(failed)?;
    let json = || serde_json::json!({ "folder": args.out.display().to_string(), "validation": validation });
    if how.answer(json, || table::text(&validation, &args.out)) {
        tell!("{} cells simulated, {} taken", made.simulated, made.taken);
    }
    for why in made.failures.iter().take(super::study::NAMED) {
        tell!("failed: {why}");
    }
    match () {
        () if !made.failures.is_empty() => Err(some_failed()),
        () if args.strict && validation.lines.iter().any(|line| line.counts() && !line.inside) => {
            Err(().into())
        }
        () => Ok(()),
    }
}

fn validated(
    args: &ValidateArgs,
    title: &str,
    experiments: &[PatternExperiment],
    made: &ExperimentReadings,
) -> Validation {
    let mut lines = Vec::new();
    for (experiment, cells) in experiments.iter().zip(&made.values) {
        let pattern = &experiment.pattern;
        for (number, reading) in pattern.readings.iter().enumerate() {
            let replications = experiment.study.replications as usize;
            let values = values(reading.fitted, number, pattern, cells);
            let values: Vec<f64> = if args.draws.is_some() {
                values.chunks(replications).filter_map(mean).collect()
            } else {
                values.into_iter().flatten().collect()
            };
            let (median, interval, share_inside) = spread(&values, reading.band);
            lines.push(ValidatedReading {
                pattern: pattern.name.clone(),
                happened: pattern.words.clone(),
                reading: reading.name.clone(),
                words: reading.words.clone(),
                source: reading.source.clone(),
                fitted: reading.fitted.key(),
                band: reading.band,
                median,
                interval,
                draws: values.len(),
                replications,
                share_inside,
                inside: share_inside >= ENOUGH,
            });
        }
    }
    Validation {
        title: title.to_owned(),
        lines,
        drawn: args.draws.is_some(),
        seed: args.how.seed,
        failed: made.failures.len(),
    }
}

/// A reading in each cell; none where a condition of the case does not hold, since the case did not arise there.
///
/// A condition itself is read everywhere.
pub(in crate::cli) fn values(
    fitted: Fitted,
    number: usize,
    pattern: &Pattern,
    cells: &[Option<Vec<f64>>],
) -> Vec<Option<f64>> {
    let arose = |values: &[f64]| {
        let mut readings = pattern.readings.iter().zip(values);
        readings.all(|(reading, value)| {
            let (low, high) = reading.band;
            reading.fitted != Fitted::Condition || (low..=high).contains(value)
        })
    };
    let of = |cell: &Option<Vec<f64>>| match cell {
        None => Some(f64::NAN),
        Some(values) if fitted == Fitted::Condition || arose(values) => Some(values[number]),
        Some(_) => None,
    };
    cells.iter().map(of).collect()
}

/// Mean over the replications of a draw in which the case arose.
pub(in crate::cli) fn mean(values: &[Option<f64>]) -> Option<f64> {
    let known: Vec<f64> = values.iter().copied().flatten().collect();
    (!known.is_empty()).then(|| known.iter().sum::<f64>() / known.len() as f64)
}

/// Every reading in every draw and replication.
fn cells<'a>(
    experiments: &'a [PatternExperiment],
    made: &ExperimentReadings,
) -> Vec<CellReading<'a>> {
    let mut all = Vec::new();
    for (experiment, cells) in experiments.iter().zip(&made.values) {
        let replications = experiment.study.replications;
        for (number, values) in cells.iter().enumerate() {
            let number = number as u32;
            for (place, reading) in experiment.pattern.readings.iter().enumerate() {
                all.push(CellReading {
                    pattern: &experiment.pattern.name,
                    reading: &reading.name,
                    draw: number / replications,
                    replication: number % replications,
                    value: values.as_ref().map_or(f64::NAN, |values| values[place]),
                });
            }
        }
    }
    all
}

/// Catalogue and complete scenarios.
pub(in crate::cli) fn portable(
    catalogue: &Catalogue,
    experiments: &[PatternExperiment],
) -> Vec<store::File> {
    let mut files: Vec<store::File> = Vec::new();
    let mut moved: Vec<(&str, Vec<String>)> = Vec::new();
    for PatternExperiment { pattern, study, .. } in experiments {
        let name = |arm: &Arm| format!("scenarios/{}/{}.ron", pattern.name, arm.name);
        for arm in &study.arms {
            files.push(store::file(&name(arm), &*arm.resolved.text));
        }
        moved.push((&pattern.name, study.arms.iter().map(name).collect()));
    }
    files.push(store::file(CATALOGUE, catalogue.moved(&moved)));
    files
}

/// Catalogue, complete scenarios and draws, and the command that makes the folder again of nothing else.
fn inputs(
    args: &ValidateArgs,
    catalogue: &Catalogue,
    experiments: &[PatternExperiment],
) -> Result<(Vec<store::File>, Command), String> {
    let mut files = portable(catalogue, experiments);
    let mut repeat = Command::new("validate").word(CATALOGUE);
    if let Some(path) = &args.draws {
        let name = store::posterior_name(path);
        files.push(store::copied(path, name)?);
        repeat = repeat.option("draws", name).option("number-of-draws", args.number_of_draws);
    }
    let repeat = repeat.option("replications", args.replications()).option("seed", args.how.seed);
    Ok((files, repeat))
}

#[cfg(test)]
mod tests {
    use super::*;
    use scenario::catalogue::{Reading, Statistic};

    #[test]
    fn draws_in_which_the_case_does_not_arise_are_left_out_of_its_readings() {
        let reading = |fitted, band| Reading {
            name: String::new(),
            words: String::new(),
            kind: Statistic::Change,
            classes: Vec::new(),
            traders: Vec::new(),
            days: (0, 1),
            first_days: (0, 1),
            share: 0.9,
            band,
            source: String::new(),
            fitted,
        };
        let pattern = Pattern {
            name: String::new(),
            words: String::new(),
            world: PathBuf::new(),
            policies: Vec::new(),
            fold: String::new(),
            people_per_agent: None,
            on: jiff::civil::date(2024, 1, 1),
            readings: vec![
                reading(Fitted::Condition, (0.75, 0.97)),
                reading(Fitted::No, (0.0, 1.0)),
            ],
        };
        // Two draws of two replications: the case arises in one of the first and in none of the second.
        let cells = [
            Some(vec![0.8, 5.0]),
            Some(vec![1.0, 7.0]),
            Some(vec![0.5, 9.0]),
            Some(vec![0.625, 9.0]),
        ];
        let found = values(Fitted::No, 1, &pattern, &cells);
        assert_eq!(found, [Some(5.0), None, None, None]);
        assert_eq!(found.chunks(2).filter_map(mean).collect::<Vec<f64>>(), [5.0]);
        let condition = values(Fitted::Condition, 0, &pattern, &cells);
        assert_eq!(condition.chunks(2).filter_map(mean).collect::<Vec<f64>>(), [0.9, 0.5625]);
        let failed = values(Fitted::No, 1, &pattern, &[None]);
        assert!(failed[0].is_some_and(f64::is_nan), "what failed is outside, not left out");
    }
}
