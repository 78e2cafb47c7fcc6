//! `crackdown calibrate STUDY`: parameters that agree with what was published, in waves of runs that can be interrupted and resumed.

mod cases;
mod recovery;
mod tables;
mod waves;

use super::input;
use super::published::{self, OwnFigures};
use super::simulate::{Refusal, failed, show, tell, wrong};
use super::stage::{MakeRuns, StageOptions};
use super::study::Chosen;
use super::tables::on_threads;
use scenario::Study;
use scenario::study::Seen;
use study::comparison::calibration::{
    CalibratedParameter, Calibration, CalibrationTarget, Fit, Knowledge, Marginal, Recovery,
};
use study::store::published::{List, Published};
use study::store::{self, Command};

use cases::{Cases, CasesAsked};
use waves::Waves;

/// What is calibrated, and how.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    crackdown calibrate scenarios/studies/calibration.ron\n  \
    crackdown calibrate scenarios/studies/calibration.ron --recovery 20\n  \
    crackdown calibrate scenarios/studies/calibration.ron --figures my_figures.csv\n  \
    crackdown compare scenarios/kazakhstan.ron scenarios/policies/*.ron --draws output/calibration/calibration/posterior.parquet\n\n\
    It may be interrupted and repeated: finished runs are kept and never made again.")]
pub struct CalibrateArgs {
    /// The study
    #[command(flatten)]
    chosen: Chosen,
    /// Waves: the first over all ranges, each later one over what is not ruled out yet
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..=20))]
    waves: u32,
    /// Runs of each wave [default: the number of draws in the study]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(10..=1_000_000))]
    runs: Option<u32>,
    /// Sets of parameters in the posterior sample
    #[arg(long, value_name = "N", default_value_t = 400, value_parser = clap::value_parser!(u32).range(60..=100_000))]
    posterior: u32,
    /// Sets of them that are run, each with the replications of the study, to show how they meet the figures
    #[arg(long, value_name = "N", default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    check: u32,
    /// Calibrate so many times to data that the model made with known parameters, and count how often they are found
    #[arg(long, value_name = "N", default_value_t = 0)]
    recovery: u32,
    /// Waves of each of these calibrations: the first serves all of them, each later one takes as many runs again
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=20))]
    recovery_waves: u32,
    /// Published figures that are to be met
    #[command(flatten)]
    published: OwnFigures,
    /// Cases that are to be met
    #[command(flatten)]
    cases: CasesAsked,
    /// How runs are made, and what is printed
    #[command(flatten)]
    how: MakeRuns,
}

/// Calibrates.
pub fn run(args: &CalibrateArgs) -> Result<(), Refusal> {
    let study = args.chosen.load(args.how.quiet).ok_or(())?;
    let own = args.published.read(args.how.quiet)?;
    let published = published::list(own.as_ref());
    let cases = args.cases.read(args)?;
    let mut targets = targets(&study, published);
    targets.extend(cases.iter().flat_map(Cases::targets));
    input::refuse(&wrong_with(args, &study, &targets))?;
    calibrate(args, &study, &targets, (cases.as_ref(), own.map(|own| own.file)))
}

fn calibrate(
    args: &CalibrateArgs,
    study: &Study,
    targets: &[CalibrationTarget],
    (cases, published): (Option<&Cases>, Option<store::File>),
) -> Result<(), Refusal> {
    let folder = args.chosen.folder("calibration", study);
    store::takes(&folder, &store::ResultKind::Calibration, study).map_err(failed)?;
    let way = args.how.way();
    let runs = runs(args, study);
    if args.how.dry_run {
        let seconds = cases.map_or(Ok(0.0), Cases::seconds)?;
        show(&in_advance(args, study, (targets.len(), seconds), runs, &folder, way.threads));
        return Ok(());
    }
    let (mut inputs, words) = cases.map_or(Ok(Default::default()), |cases| cases.kept())?;
    let waves = Waves { workplace: StageOptions { study, folder: &folder, way }, targets, cases };
    let dimensions = study.parameters().len();
    let mut known = Knowledge::new(dimensions, targets, study.seed, 0);
    let mut learnt = Vec::new();
    let mut first = None;
    for number in 1..=args.waves {
        let points = match number {
            1 => study.hypercube(runs),
            _ => known.next_points(runs),
        };
        let wave = waves.wave(&format!("wave_{number}"), u64::from(number) - 1, points)?;
        let seen = known.learn(&wave, None).map_err(wrong)?;
        if !args.how.quiet {
            tell!(
                "wave {number} of {}: {} runs, {} of the ranges are not ruled out",
                args.waves,
                seen.runs,
                report::percent_of(seen.plausible)
            );
        }
        learnt.push(seen);
        first.get_or_insert(wave);
    }
    let sample = known.posterior(args.posterior as usize);
    let middle: Vec<f64> =
        (0..dimensions).map(|place| Marginal::of(&sample.points, place).quantiles[2]).collect();
    let checked = waves.check(&sample.points, args.check as usize)?;
    let fits = targets.iter().zip(&checked).filter_map(|(target, values)| Fit::of(target, values));
    let parameters = study.ranges().into_iter().enumerate().map(|(place, (parameter, range))| {
        let marginal = Marginal::of(&sample.points, place);
        let values = marginal.quantiles.map(|quantile| {
            let mut point = vec![0.5; dimensions];
            point[place] = quantile;
            study.at(&point)[place].clone()
        });
        CalibratedParameter {
            path: parameter.path.clone(),
            status: &parameter.status,
            range,
            told_by: known.told_by(&middle, place),
            marginal,
            values,
        }
    });
    let recovery: Option<Recovery> = match (args.recovery, &first) {
        (0, _) | (_, None) => None,
        (number, Some(first)) => Some(recovery::recover(args, &waves, first, runs, number)?),
    };
    let calibration = Calibration {
        title: study.title.clone(),
        name: study.name.clone(),
        seed: study.seed,
        people_per_agent: study.arms[0].resolved.scenario.people_per_agent,
        days: (study.arms[0].resolved.scenario.start, study.arms[0].resolved.scenario.end),
        replications: study.replications,
        checked: args.check.min(args.posterior),
        parameters: parameters.collect(),
        targets: targets.to_vec(),
        fits: fits.collect(),
        waves: learnt,
        values: sample.points.iter().map(|point| study.at(point)).collect(),
        disagreement: sample.disagreement,
        points: sample.points,
        recovery,
    };
    let figures = args.how.drawing.files(&report::calibration_figures(&calibration))?;
    let repeat = repeat(args, runs).published(published.as_ref().map(|file| &*file.name));
    let repeat = words.iter().fold(repeat, |repeat, (name, value)| repeat.option(name, value));
    inputs.extend(published);
    store::write_calibration(&folder, study, &calibration, figures, inputs, repeat)
        .map_err(failed)?;
    let json = || tables::json(&calibration, &folder);
    args.how.answer(json, || tables::text(&calibration, &folder));
    Ok(())
}

/// Runs of each wave.
fn runs(args: &CalibrateArgs, study: &Study) -> usize {
    args.runs.unwrap_or_else(|| study.draws()) as usize
}

/// Published figures to fit whose days are all reported.
fn targets(study: &Study, published: &List) -> Vec<CalibrationTarget> {
    let scenario = &study.arms[0].resolved.scenario;
    published.to_fit(scenario.start, scenario.end).map(Published::target).collect()
}

/// Figures of the agency's view by the name of a target.
fn seen(target: &CalibrationTarget) -> Seen {
    Seen::named(&target.name, model::YIELDS).expect("targets are figures of the view")
}

/// Everything that is wrong with the study for a calibration.
fn wrong_with(args: &CalibrateArgs, study: &Study, targets: &[CalibrationTarget]) -> Vec<String> {
    let path = args.chosen.study.display();
    let mut wrong = Vec::new();
    if study.arms.len() != 1 {
        wrong.push(format!(
            "{path}: a calibration has one scenario and no policies, but this study has {} arms",
            study.arms.len()
        ));
    }
    if !study.draws_from_ranges() {
        wrong.push(format!(
            "{path}: a calibration needs ranges to draw from: write draws: LatinHypercube(number: 600, parameters: {{\"customers.habit\": Prior}})"
        ));
    }
    if study.precision.is_some() {
        wrong.push(format!("{path}: `precision` has no meaning in a calibration"));
    }
    let (runs, least) = (runs(args, study), 3 * (study.parameters().len() + 1));
    if study.draws_from_ranges() && runs < least {
        wrong.push(format!(
            "{path}: waves of {runs} runs are too few for {} parameters: at least {least} are needed",
            study.parameters().len()
        ));
    }
    if targets.is_empty() {
        wrong.push(format!(
            "{path}: no figure was published for the years that are reported whole: make `start` and `end` reach over 2023 or 2024"
        ));
    }
    wrong
}

/// The command that makes the folder again; what was set is in the texts of the scenarios.
fn repeat(args: &CalibrateArgs, runs: usize) -> Command {
    Command::new("calibrate")
        .word("study.ron")
        .option("waves", args.waves)
        .option("runs", runs)
        .option("posterior", args.posterior)
        .option("check", args.check)
        .option("recovery", args.recovery)
        .option("recovery-waves", args.recovery_waves)
}

fn in_advance(
    args: &CalibrateArgs,
    study: &Study,
    (targets, seconds_of_cases): (usize, f64),
    runs: usize,
    folder: &std::path::Path,
    threads: usize,
) -> String {
    let checked = u64::from(args.check.min(args.posterior)) * u64::from(study.replications);
    let later = u64::from(args.waves - 1) * runs as u64;
    let blind = u64::from(args.recovery * (args.recovery_waves - 1)) * runs as u64;
    let all = runs as u64 + later + checked + blind;
    let checks = u64::from(args.check.min(args.posterior));
    let of_cases = seconds_of_cases * (runs as u64 + later + blind + checks) as f64;
    let seconds = study.cell_cost().seconds_per_replication * all as f64 + of_cases;
    format!(
        "{}: {} parameters, {targets} targets\n{} waves of {runs} runs, {checked} runs at the posterior, {} recoveries: {all} runs, about {}\nRuns and results would go to {}\n",
        study.title,
        study.parameters().len(),
        args.waves,
        args.recovery,
        on_threads(seconds, threads),
        folder.display()
    )
}
