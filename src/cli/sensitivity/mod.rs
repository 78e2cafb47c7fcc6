//! `crackdown sensitivity`: which parameters the answers of a study hang on.
//!
//! Two ordinary studies in the result folder, `morris` and `sobol`, made as any study is: interrupted and repeated at will, also as shards.

mod stages;
mod text;

use std::path::Path;

use super::input;
use super::simulate::{Refusal, failed, show, some_failed};
use super::stage::{MakeRuns, StageOptions};
use super::study::Chosen;
use super::tables::on_threads;
use model::MEASURES;
use scenario::Study;
use scenario::study::designs;
use study::comparison::Setting;
use study::comparison::across::ArmOf;
use study::comparison::sensitivity::{Sensitivity, SensitivityRequest, Varied, screen};
use study::store::{self, Command};

/// Measures asked about unless others are named: policies are ranked by the first.
const USUAL: [&str; 7] = [
    "unlicensed_domestic_turnover",
    "unlicensed_turnover",
    "crime_turnover",
    "private_turnover",
    "shadow_turnover",
    "licensed_turnover",
    "traced_unlicensed_share_90_days",
];

/// What is asked, how, and where the results go.
#[derive(Debug, clap::Args)]
#[command(
    long_about = "Say which parameters the answers of a study depend on\n\n\
    First all parameters that the study draws are screened (Morris' trajectories); then Sobol' indices are estimated for those that move any answer \
    most, with 95 % intervals. Answers are the level of each measure in the baseline, the effect of each policy, what policies displace, and the \
    ranking of the policies: a parameter may matter for the one and not for the other. Ranges are those of the study; how many draws it \
    has and how they are spread does not matter here. All points have the same random numbers.",
    after_help = "Examples:\n  \
    crackdown sensitivity scenarios/studies/what_the_ranking_hangs_on.ron\n  \
    crackdown sensitivity scenarios/studies/what_the_ranking_hangs_on.ron --trajectories 20 --keep 10 --base 128\n  \
    crackdown sensitivity scenarios/studies/small.ron --trajectories 4 --keep 3 --base 16 --out output/trial\n\n\
    It may be interrupted and repeated: finished runs are kept and never made again. Larger designs begin with smaller ones.\n\
    Many machines: the folders `morris` and, once that is done, `sobol` hold studies, e.g.\n  \
    crackdown sweep DIR/morris/study.ron --out DIR/morris --shard 1/8\n\
    Exit codes: 0 done, 1 the study is wrong, 2 wrong usage, 3 failed or some runs failed, 130 interrupted."
)]
pub struct SensitivityArgs {
    /// The study
    #[command(flatten)]
    chosen: Chosen,
    /// Trajectories of the screening
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(2..=10_000))]
    trajectories: u32,
    /// Parameters that go on to Sobol' indices: those that move answers most
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=500))]
    keep: u32,
    /// Rows of the design for Sobol' indices: a power of two
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = clap::value_parser!(u32).range(4..=65_536))]
    base: u32,
    /// Replications of each point [default: those of the study]; from 2 on chance is told from interaction
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    replications: Option<u32>,
    /// Measures asked about; policies are ranked by the first
    #[arg(long, value_name = "NAME,…", value_delimiter = ',', default_values_t = USUAL.map(str::to_owned))]
    measures: Vec<String>,
    /// How runs are made, and what is printed
    #[command(flatten)]
    how: MakeRuns,
}

/// Asks what the answers depend on.
pub fn run(args: &SensitivityArgs) -> Result<(), Refusal> {
    let study = args.chosen.load(args.how.quiet).ok_or(())?;
    let (asked, wrong) = asked(args, &study);
    input::refuse(&wrong)?;
    ask(args, &study, asked)
}

/// What is asked, and everything that is wrong with it.
fn asked(args: &SensitivityArgs, study: &Study) -> (SensitivityRequest, Vec<String>) {
    let mut wrong = Vec::new();
    let shown = args.chosen.study.display();
    let worlds = study.arms.iter().enumerate().filter(|(number, arm)| arm.baseline == *number);
    let worlds = worlds.count();
    if worlds != 1 {
        wrong.push(format!(
            "{shown} has {worlds} worlds; a sensitivity is asked in one: leave one of `scenarios`"
        ));
    }
    if !study.draws_from_ranges() {
        wrong.push(format!(
            "{shown} draws no parameters from ranges, so nothing can be varied; write draws: LatinHypercube(number: 1, parameters: {{\"customers.habit\": Prior}})"
        ));
    }
    if study.precision.is_some() {
        wrong.push(format!(
            "{shown} asks for a precision, which a sensitivity cannot keep: leave out `precision`"
        ));
    }
    if !args.base.is_power_of_two() {
        let below = 1 << args.base.ilog2();
        wrong.push(format!(
            "--base {} is no power of two: write {below} or {}",
            args.base,
            2 * below
        ));
    }
    let mut measures = Vec::new();
    for name in &args.measures {
        match input::measure(name.trim()) {
            Ok(measure) if measures.contains(&measure) => {}
            Ok(measure) => measures.push(measure),
            Err(why) => wrong.push(format!("--measures: {why}")),
        }
    }
    let replications = args.replications.unwrap_or(study.replications);
    let asked = SensitivityRequest {
        name: study.name.clone(),
        title: study.title.clone(),
        setting: Setting::of_study(study, replications),
        arms: study.arms.iter().map(ArmOf::from).collect(),
        measures,
        varied: study
            .ranges()
            .into_iter()
            .map(|(parameter, range)| Varied::of(parameter, range))
            .collect(),
        trajectories: args.trajectories as usize,
        base: args.base as usize,
    };
    let runs = runs(args, &asked).iter().sum::<u64>();
    if let Some(budget) = study.budget.filter(|budget| runs > *budget) {
        wrong.push(format!(
            "{runs} runs are more than the budget of {budget} of {shown}: ask for fewer trajectories, parameters, rows or replications, or raise the budget"
        ));
    }
    (asked, wrong)
}

/// Runs of both stages.
fn runs(args: &SensitivityArgs, asked: &SensitivityRequest) -> [u64; 2] {
    let parameters = asked.varied.len() as u64;
    let kept = parameters.min(u64::from(args.keep));
    let each = asked.arms.len() as u64 * u64::from(asked.setting.replications);
    [asked.trajectories as u64 * (parameters + 1) * each, asked.base as u64 * (kept + 2) * each]
}

fn ask(args: &SensitivityArgs, study: &Study, asked: SensitivityRequest) -> Result<(), Refusal> {
    let folder = args.chosen.folder("sensitivity", study);
    store::takes(&folder, &store::ResultKind::Sensitivity, study).map_err(failed)?;
    let threads = args.how.drawing.threads();
    if args.how.dry_run {
        show(&in_advance(args, study, &asked, threads, &folder));
        return Ok(());
    }
    let workplace = StageOptions { study, folder: &folder, way: args.how.way() };
    let all: Vec<usize> = (0..asked.varied.len()).collect();
    let points = designs::trajectories(study.seed, all.len(), asked.trajectories);
    let first = stages::stage(workplace, &asked, "morris", &all, points)?;
    let kept = asked.keep(&screen(&asked, &first), args.keep as usize);
    let points = designs::saltelli(study.seed, kept.len(), asked.base);
    let second = stages::stage(workplace, &asked, "sobol", &kept, points)?;
    let made = Sensitivity::of(asked.clone(), &first, kept, &second);
    let figures = args.how.drawing.files(&report::sensitivity_figures(&made))?;
    let repeat = repeat(args, &asked);
    store::write_sensitivity(&folder, study, &made, figures, repeat).map_err(failed)?;
    let json = || store::sensitivity_json(&made);
    args.how.answer(json, || text::text(&made, &folder));
    if made.incomplete == [0, 0] { Ok(()) } else { Err(some_failed()) }
}

/// The command that makes the folder again; what was set is in the texts of the scenarios.
fn repeat(args: &SensitivityArgs, asked: &SensitivityRequest) -> Command {
    let measures: Vec<&str> = asked.measures.iter().map(|at| MEASURES[*at].name).collect();
    Command::new("sensitivity")
        .word("study.ron")
        .option("trajectories", args.trajectories)
        .option("keep", args.keep)
        .option("base", args.base)
        .option("replications", asked.setting.replications)
        .option("measures", measures.join(","))
}

fn in_advance(
    args: &SensitivityArgs,
    study: &Study,
    asked: &SensitivityRequest,
    threads: usize,
    folder: &Path,
) -> String {
    let [first, second] = runs(args, asked);
    let cells = (first + second) as f64 / asked.arms.len() as f64;
    let seconds = study.cell_cost().seconds_per_replication * cells;
    format!(
        "{}: {} parameters, {} arms, {} replications of each point\nmorris: {} trajectories, {first} runs\nsobol: {} rows for at most {} parameters, \
         {second} runs\nAll would be made in at most {}, less what is there\nRuns and results would go to {}\n",
        asked.title,
        asked.varied.len(),
        asked.arms.len(),
        asked.setting.replications,
        asked.trajectories,
        asked.base,
        args.keep.min(asked.varied.len() as u32),
        on_threads(seconds, threads),
        folder.display()
    )
}
