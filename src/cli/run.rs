//! `crackdown run`: simulates a scenario and writes its result folder.

use std::path::PathBuf;
use std::time::Instant;

use super::check::show_findings;
use super::draws::{self, DrawOptions, DrawnStudy};
use super::input;
use super::published::OwnFigures;
use super::runs::StudyRuns;
use super::simulate::{How, Refusal, failed, in_seconds, print, tell};
use super::tables;
use report::say;
use scenario::{self, Resolved, Study};
use study::comparison::deterrence::responses;
use study::store::{self, RunResults};
use world::record::Record;

/// What to run, how, and where the results go.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    crackdown run scenarios/kazakhstan.ron\n  \
    crackdown run scenarios/policies/auto_block.ron --set policy.auto_block.bank_share=0.8 --out output/auto_80\n  \
    crackdown run scenarios/kazakhstan.ron --people-per-agent 100 --replications 100\n  \
    crackdown run scenarios/kazakhstan.ron --draws posterior.parquet --replications 200\n  \
    crackdown run scenarios/kazakhstan.ron --figures my_figures.csv\n\n\
    Finished runs are kept in output/runs and used again; after Ctrl-C the same command goes on where it stopped.")]
pub struct RunArgs {
    /// Scenario file
    #[arg(value_name = "SCENARIO")]
    pub scenario: PathBuf,
    /// Number of replications: the same world with different random numbers
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub replications: u32,
    /// Over which draws replications are spread
    #[command(flatten)]
    pub spread: DrawOptions,
    /// Result folder [default: output/NAME, by the name of the scenario]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Where finished runs are kept and looked for; it may be deleted at any time
    #[arg(long, value_name = "DIR", default_value = "output/runs")]
    pub runs: PathBuf,
    /// Published figures that stand beside the agency's view
    #[command(flatten)]
    pub published: OwnFigures,
    /// How to simulate
    #[command(flatten)]
    pub how: How,
}

/// Runs the scenario.
pub fn run(args: &RunArgs) -> Result<(), Refusal> {
    let own = args.published.read(args.how.quiet);
    let (Ok((resolved, laid)), Ok(own)) = (prepare(args), own) else {
        return Err(().into());
    };
    if let Some(own) = own.as_ref().filter(|_| !args.how.quiet) {
        own.tell_left_out(&resolved.scenario);
    }
    let told = laid.as_ref().map(DrawnStudy::told);
    let draws = told.as_ref().zip(laid.as_ref().map(|laid| &laid.posterior));
    let sets = args.how.sets();
    let published = own.as_ref().map(|own| (&own.list, &own.file));
    let study =
        RunResults { resolved: &resolved, sets: &sets, seed: args.how.seed, draws, published };
    study_to_folder(args, &study, laid.as_ref())
}

/// The scenario, and under which draws it is run; what is wrong is told.
pub(super) fn prepare(args: &RunArgs) -> Result<(Resolved, Option<DrawnStudy>), ()> {
    let sets = args.how.sets();
    let resolved = scenario::load(&args.scenario, &sets);
    let resolved = resolved.map_err(|findings| show_findings(&args.scenario, &findings))?;
    if !args.how.quiet {
        show_findings(&args.scenario, &resolved.warnings);
        input::note_if_frozen(&resolved.scenario);
    }
    let mut wrong: Vec<String> = args.spread.check(args.replications).err().into_iter().collect();
    wrong.extend(input::apart(&target(args, &resolved), &args.runs).err());
    input::tell(&wrong);
    let (one, how) = (std::slice::from_ref(&resolved), &args.how);
    let laid = args.spread.lay(one, &sets, args.replications, how.seed, how.quiet)?;
    if wrong.is_empty() { Ok((resolved, laid)) } else { Err(()) }
}

/// The study of a scenario as it is, or under draws.
pub(super) fn study(args: &RunArgs, resolved: &Resolved, laid: Option<&DrawnStudy>) -> Study {
    draws::study(std::slice::from_ref(resolved), laid, args.how.seed, args.replications)
}

/// Where the results go.
fn target(args: &RunArgs, resolved: &Resolved) -> PathBuf {
    let usual = || PathBuf::from("output").join(&resolved.scenario.name);
    args.out.clone().unwrap_or_else(usual)
}

fn study_to_folder(
    args: &RunArgs,
    study: &RunResults,
    laid: Option<&DrawnStudy>,
) -> Result<(), Refusal> {
    let scenario = &study.resolved.scenario;
    let target = target(args, study.resolved);
    let folder = args.how.claim(&target, store::ResultKind::Run)?;
    let of = self::study(args, study.resolved, laid);
    let digest = |mut record: Record| {
        let scenario = laid.map_or(scenario, |laid| laid.scenario(0, 1, record.key.draw));
        record.measures = model::measures(&record, scenario, 0..record.days);
        match laid {
            Some(laid) => laid.numbered(record),
            None => record,
        }
    };
    let mut runs = StudyRuns::new(&of, &args.how, &args.runs, &digest);
    if args.how.dry_run {
        print(&runs.plan(of.replications, &target));
        return Ok(());
    }
    let started = Instant::now();
    runs.ensure(of.replications)?;
    let (counted, records) = (runs.counted(), runs.into_kept().remove(0));
    let simulated = started.elapsed().as_secs_f64();
    let figures = args.how.drawing.files(&figures(study, &records))?;
    let files = store::files(study, &records, figures).map_err(failed)?;
    folder.write(&files).map_err(failed)?;
    let text = || {
        let view = tables::agency_view(&store::view(scenario, &records, study.published()));
        let headline = tables::headline(scenario, &records, study.draws.map(|(draws, _)| draws));
        let results = say!("Results: {folder}", folder = target.display());
        format!("{headline}\n{view}{results}\n")
    };
    if args.how.answer(|| json(study, &records, &target), text) {
        tell!("{}", in_seconds(&counted, simulated));
    }
    Ok(())
}

/// The figures of the study.
fn figures(study: &RunResults, records: &[Record]) -> Vec<report::Figure> {
    let scenario = &study.resolved.scenario;
    let about = report::About {
        title: scenario.title.clone(),
        name: scenario.name.clone(),
        seed: study.seed,
        draws: study.draws.map(|(draws, _)| draws.clone()),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        measures: scenario::measures_by_date(scenario),
        frozen_since: scenario::frozen(scenario).map(|frozen| frozen.since),
        people_per_agent: scenario.people_per_agent,
        published: study.published().all.clone(),
        responses: responses(scenario, records),
    };
    report::run_figures(records, &about)
}

/// Measures and the place of the results, for programs.
fn json(study: &RunResults, records: &[Record], target: &std::path::Path) -> serde_json::Value {
    let draws = study.draws.map(|(draws, _)| draws);
    let measures: Vec<serde_json::Value> = store::summaries(records, draws)
        .into_iter()
        .map(|row| {
            let (name, unit, summary) = (row.name, row.unit, row.summary);
            let interval = row.interval.map(|(low, high)| [low, high]);
            let mut told = serde_json::json!({
                "measure": name, "unit": unit, "replications": summary.n, "mean": summary.mean,
                "sd": summary.sd, "mean_interval_95": interval, "p5": summary.p5, "p25": summary.p25,
                "p50": summary.p50, "p75": summary.p75, "p95": summary.p95,
            });
            if let Some(draws) = draws {
                told["draws"] = draws.number.into();
                told["share_of_ignorance"] = row.spread.and_then(|s| s.share_of_ignorance).into();
            }
            told
        })
        .collect();
    serde_json::json!({ "folder": target.display().to_string(), "measures": measures })
}
