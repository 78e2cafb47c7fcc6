//! `crackdown run`: simulates a scenario and writes its result folder.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use super::check::show_findings;
use super::{progress, tables};
use crate::ensemble::{self, Failure, Plan};
use crate::record::Record;
use crate::report;
use crate::scenario::{self, Resolved};
use crate::store::{self, Folder, Study};

/// Exit code when a run or its writing fails.
const FAILED: u8 = 3;
/// Exit code after Ctrl-C, as shells expect it.
const INTERRUPTED: u8 = 130;

/// What to run, how, and where the results go.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    crackdown run scenarios/kazakhstan.ron\n  \
    crackdown run scenarios/policies/auto_block.ron --set policy.auto_block.bank_share=0.8 --out output/auto_80\n  \
    crackdown run scenarios/kazakhstan.ron --people-per-agent 100 --replications 100")]
pub struct Args {
    /// Scenario file
    #[arg(value_name = "SCENARIO")]
    pub scenario: PathBuf,
    /// Number of replications: the same world with different luck
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub replications: u32,
    /// Seed: the same seed gives the same results, on any machine and number of threads
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub seed: u64,
    /// Threads [default: as many as the machine offers]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
    /// Override a value, e.g. policy.auto_block.bank_share=0.8; may be given several times
    #[arg(long = "set", value_name = "PATH=VALUE")]
    pub sets: Vec<String>,
    /// People that one agent stands for: faster and coarser; the same as --set people_per_agent=K
    #[arg(long, value_name = "K")]
    pub people_per_agent: Option<u32>,
    /// Result folder [default: output/NAME, by the name of the scenario]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Replace the result folder if there is one
    #[arg(long)]
    pub force: bool,
    /// Check everything and say what would be run, but run nothing
    #[arg(long)]
    pub dry_run: bool,
    /// No progress and no tables, only errors
    #[arg(long)]
    pub quiet: bool,
    /// Print measures as JSON instead of tables
    #[arg(long, conflicts_with = "quiet")]
    pub json: bool,
}

/// Runs the scenario.
pub fn run(args: &Args) -> ExitCode {
    let mut sets = args.sets.clone();
    sets.extend(args.people_per_agent.map(|people| format!("people_per_agent={people}")));
    let resolved = match scenario::load(&args.scenario, &sets) {
        Ok(resolved) => resolved,
        Err(findings) => {
            show_findings(&args.scenario, &findings);
            return ExitCode::FAILURE;
        }
    };
    if !args.quiet {
        show_findings(&args.scenario, &resolved.warnings);
    }
    let study = Study { resolved: &resolved, sets: &sets, seed: args.seed };
    match study_to_folder(args, &study) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Refusal { code, message }) => {
            let _ = writeln!(anstream::stderr(), "error: {message}");
            ExitCode::from(code)
        }
    }
}

/// Why there are no results, and the exit code that says so.
struct Refusal {
    code: u8,
    message: String,
}

fn failed(cause: impl std::fmt::Display) -> Refusal {
    Refusal { code: FAILED, message: cause.to_string() }
}

fn study_to_folder(args: &Args, study: &Study) -> Result<(), Refusal> {
    let scenario = &study.resolved.scenario;
    let target = args.out.clone().unwrap_or_else(|| PathBuf::from("output").join(&scenario.name));
    // Before anything is on disk, so that an interruption always cleans up.
    let interrupted = interruption()?;
    // Before the simulation: nobody should wait for results that cannot be kept.
    let folder = Folder::claim(&target, args.force).map_err(failed)?;
    let threads = args.threads.map_or_else(available_threads, usize::from);
    if args.dry_run {
        print(&what_would_run(args, study.resolved, threads, &target));
        return Ok(());
    }
    let records = simulate(args, study, threads, &interrupted)?;
    let files = store::files(study, &records, figures(study, &records)).map_err(failed)?;
    folder.write(&files).map_err(failed)?;
    if args.json {
        print(&json(&records, &target));
    } else if !args.quiet {
        let view = store::view(scenario, &records);
        let headline = tables::headline(scenario, &records);
        print(&format!(
            "{headline}\n{}Results: {}\n",
            tables::agency_view(&view),
            target.display()
        ));
    }
    Ok(())
}

/// A flag that Ctrl-C raises.
fn interruption() -> Result<Arc<AtomicBool>, Refusal> {
    let interrupted = Arc::new(AtomicBool::new(false));
    let raised = interrupted.clone();
    ctrlc::set_handler(move || {
        // The second time the user has waited long enough.
        if raised.swap(true, Ordering::Relaxed) {
            std::process::exit(i32::from(INTERRUPTED));
        }
    })
    .map_err(failed)?;
    Ok(interrupted)
}

fn simulate(
    args: &Args,
    study: &Study,
    threads: usize,
    interrupted: &AtomicBool,
) -> Result<Vec<Record>, Refusal> {
    let scenario = &study.resolved.scenario;
    let place = Arc::new(Mutex::new(None));
    let panicked = place.clone();
    // A panic is reported once and in words, not by each thread.
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if let (Some(at), Ok(mut place)) = (panic.location(), panicked.lock()) {
            place.get_or_insert_with(|| format!("{}:{}", at.file(), at.line()));
        }
    }));
    let days = u64::from(args.replications) * u64::from(scenario.total_days());
    let bar = progress::bar(days, args.quiet);
    let plan = Plan { scenario, seed: args.seed, replications: args.replications, threads };
    let result = ensemble::run(&plan, &crate::model::simulate, &|| bar.inc(1), interrupted);
    bar.finish_and_clear();
    std::panic::set_hook(usual);
    result.map_err(|failure| match failure {
        Failure::Interrupted => {
            Refusal { code: INTERRUPTED, message: "interrupted, nothing was written".to_owned() }
        }
        Failure::Panicked { .. } => {
            let place = place.lock().ok().and_then(|place| place.clone()).unwrap_or_default();
            failed(format!(
                "{failure} ({place})\nThis is a bug of crackdown {}, not of your scenario; nothing \
                 was written. It repeats with this command and seed {}.",
                env!("CARGO_PKG_VERSION"),
                args.seed
            ))
        }
        Failure::Threads(_) | Failure::NotKept(_) => failed(failure),
    })
}

/// The figures of the study, as SVG and PNG.
fn figures(study: &Study, records: &[Record]) -> Vec<store::File> {
    let scenario = &study.resolved.scenario;
    let about = report::About {
        title: scenario.title.clone(),
        name: scenario.name.clone(),
        seed: study.seed,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        measures: scenario::measures_by_date(scenario),
        people_per_agent: scenario.people_per_agent,
        illicit: scenario.measures.illicit,
        published: store::published::PUBLISHED,
    };
    let mut files = Vec::new();
    for figure in report::figures(records, &about) {
        let png = report::png(&figure.svg);
        let name = |end| format!("figures/{}.{end}", figure.name);
        files.push(store::File { name: name("png"), bytes: png });
        files.push(store::File { name: name("svg"), bytes: figure.svg.into_bytes() });
    }
    files
}

fn available_threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

fn what_would_run(
    args: &Args,
    resolved: &Resolved,
    threads: usize,
    target: &std::path::Path,
) -> String {
    format!(
        "{}: {} replications on {threads} threads, seed {}\nEach replication on one thread: {}\nResults \
         would go to {}\n",
        resolved.scenario.title,
        args.replications,
        args.seed,
        scenario::estimate(&resolved.scenario),
        target.display()
    )
}

/// Measures and the place of the results, for programs.
fn json(records: &[Record], target: &std::path::Path) -> String {
    let measures: Vec<serde_json::Value> = store::summaries(records)
        .into_iter()
        .map(|(name, unit, summary)| {
            let interval = summary.mean_interval().map(|(low, high)| [low, high]);
            serde_json::json!({
                "measure": name, "unit": unit, "replications": summary.n, "mean": summary.mean,
                "sd": summary.sd, "mean_interval_95": interval, "p5": summary.p5, "p25": summary.p25,
                "p50": summary.p50, "p75": summary.p75, "p95": summary.p95,
            })
        })
        .collect();
    let all = serde_json::json!({ "folder": target.display().to_string(), "measures": measures });
    serde_json::to_string_pretty(&all).expect("plain values") + "\n"
}

fn print(text: &str) {
    // A reader that closes the pipe early, such as `head`, has seen enough.
    let _ = write!(anstream::stdout(), "{text}");
}
