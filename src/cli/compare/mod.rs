//! `crackdown compare`: policies against a baseline under the same luck.

mod precision;
mod prepare;
mod tables;

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use super::runs::{Arm, Way, Work};
use super::simulate::{How, Refusal, failed, interruption, print};
use crate::comparison::{self, Comparison, Outcome, Question, Runs};
use crate::record::Record;
use crate::report;
use crate::scenario::Resolved;
use crate::store::{self, Folder, fingerprint};

use prepare::Prepared;

/// What to compare, how, and where the results go.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    crackdown compare scenarios/kazakhstan.ron scenarios/policies/*.ron\n  \
    crackdown compare scenarios/kazakhstan.ron scenarios/policies/auto_block.ron --people-per-agent 10 --replications 50\n  \
    crackdown compare scenarios/kazakhstan.ron scenarios/policies/auto_block.ron --precision illicit_turnover=0.5%\n  \
    crackdown compare scenarios/kazakhstan.ron scenarios/policies/*.ron --window 2024-01-01..2024-12-31 --out output/2024\n\n\
    Finished runs are kept in output/runs and used again; after Ctrl-C the same command goes on where it stopped.")]
pub struct Args {
    /// Scenario file of the baseline
    #[arg(value_name = "BASELINE")]
    pub baseline: PathBuf,
    /// Scenario files of the policies
    #[arg(value_name = "POLICY", required = true)]
    pub policies: Vec<PathBuf>,
    /// Number of replications: the same world with different luck; the first stage of --precision
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub replications: u32,
    /// Add replications until the 95 % interval of every policy's effect on a measure is no wider than ±WIDTH,
    /// e.g. illicit_turnover=0.5% (of the baseline) or closures=2 (Stein's two stages)
    #[arg(long, value_name = "MEASURE=WIDTH")]
    pub precision: Option<String>,
    /// Budget of --precision
    #[arg(long, value_name = "N", default_value_t = 400, requires = "precision")]
    pub max_replications: u32,
    /// Days that count [default: all reported days]
    #[arg(long, value_name = "FROM..TO")]
    pub window: Option<String>,
    /// Classes whose established venues are the target of the displacement account
    #[arg(long, value_name = "CLASS,…", default_value = "shadow", value_delimiter = ',')]
    pub target: Vec<String>,
    /// Result folder
    #[arg(long, value_name = "DIR", default_value = "output/comparison")]
    pub out: PathBuf,
    /// Where finished runs are kept and looked for; it may be deleted at any time
    #[arg(long, value_name = "DIR", default_value = "output/runs")]
    pub runs: PathBuf,
    /// How to simulate
    #[command(flatten)]
    pub how: How,
}

/// Compares the policies.
pub fn run(args: &Args) -> ExitCode {
    let Ok(prepared) = prepare::prepare(args) else { return ExitCode::FAILURE };
    match to_folder(args, &prepared) {
        Ok(()) => ExitCode::SUCCESS,
        Err(refusal) => refusal.tell(),
    }
}

fn to_folder(args: &Args, prepared: &Prepared) -> Result<(), Refusal> {
    // Before anything is on disk, so that an interruption always cleans up.
    let interrupted = interruption()?;
    // Before the simulation: nobody should wait for results that cannot be kept.
    let folder = Folder::claim(&args.out, args.how.force).map_err(failed)?;
    let threads = args.how.threads();
    // Weights and costs of the baseline hold for all: measures compare worlds, not yardsticks.
    let base = &prepared.scenarios[0].scenario;
    let days = comparison::days(base, prepared.window).expect("the window was checked");
    let digest = |record: &Record| Outcome::of(record, base, days.clone());
    let way = Way {
        store: &args.runs,
        seed: args.how.seed,
        threads,
        quiet: args.how.quiet,
        interrupted: &interrupted,
    };
    let fingerprints: Vec<String> = prepared
        .scenarios
        .iter()
        .map(|resolved| fingerprint(&resolved.json, args.how.seed))
        .collect();
    let mut work = Work::new(arms(prepared, &fingerprints), way, &digest);
    if args.how.dry_run {
        print(&work.plan(args.replications, &args.out));
        return Ok(());
    }
    let started = Instant::now();
    work.ensure(args.replications)?;
    let precision = match &prepared.wish {
        Some(wish) => {
            let policies = prepared.scenarios.len() - 1;
            let budget = args.max_replications;
            Some(precision::reach(&mut work, policies, wish, args.replications, budget)?)
        }
        None => None,
    };
    let simulated = started.elapsed();
    let counted = work.counted();
    let comparison = {
        let with = |(resolved, (fingerprint, outcomes))| Runs { resolved, fingerprint, outcomes };
        let runs = fingerprints.into_iter().zip(work.into_kept());
        let runs: Vec<Runs> = prepared.scenarios.iter().zip(runs).map(with).collect();
        let mut comparison = compare(args, prepared, &runs);
        comparison.precision = precision;
        comparison
    };
    let texts: Vec<String> =
        prepared.scenarios.iter().map(|resolved| resolved.text.clone()).collect();
    let files = rendered(&comparison, &texts)?;
    folder.write(&files).map_err(failed)?;
    if args.how.json {
        print(&tables::json(&comparison, &args.out));
    } else if !args.how.quiet {
        print(&tables::text(&comparison, &args.out));
        let _ = writeln!(
            anstream::stderr(),
            "{} in {:.1} s; statistics, figures and page in {:.1} s",
            counted,
            simulated.as_secs_f64(),
            (started.elapsed() - simulated).as_secs_f64()
        );
    }
    Ok(())
}

fn arms<'a>(prepared: &'a Prepared, fingerprints: &[String]) -> Vec<Arm<'a>> {
    let arm = |(resolved, fingerprint): (&'a Resolved, &String)| Arm {
        title: resolved.scenario.title.clone(),
        fingerprint: fingerprint.clone(),
        scenario: &resolved.scenario,
    };
    prepared.scenarios.iter().zip(fingerprints).map(arm).collect()
}

fn compare(args: &Args, prepared: &Prepared, arms: &[Runs]) -> Comparison {
    let question =
        Question { seed: args.how.seed, window: prepared.window, target: prepared.target.clone() };
    comparison::compare(&question, arms)
}

/// All files of a comparison's folder; `texts` are the complete scenarios, in the order of the arms.
pub(super) fn rendered(
    comparison: &Comparison,
    texts: &[String],
) -> Result<Vec<store::File>, Refusal> {
    let figures = report::comparison_figures(comparison);
    let mut files = Vec::new();
    let page = report::page(comparison, &figures);
    for figure in figures {
        let png = report::png(&figure.svg);
        let name = |end| format!("figures/{}.{end}", figure.name);
        files.push(store::File { name: name("png"), bytes: png });
        files.push(store::File { name: name("svg"), bytes: figure.svg.into_bytes() });
    }
    files.push(store::File { name: "report.html".to_owned(), bytes: page.into_bytes() });
    store::comparison_files(comparison, texts, files).map_err(failed)
}
