//! `crackdown sweep`: makes the runs of a study that are missing, the whole or one shard.

mod only;

use std::io::Write;
use std::process::ExitCode;

use super::check::show_findings;
use super::figures::Drawing;
use super::rows::{self, Complete, Wanted, Way};
use super::shard::Asked;
use super::simulate::{self, Refusal, failed, interruption, print, wrong};
use super::study::{Chosen, failures_in_words};
use super::study_results;
use scenario::{Study, estimate};
use study::comparison::across::Across;
use study::store::study::{self as store, Kept, Merged, Place, Plan, Scope, Shard, There, look};

/// Which runs are made, and how.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    crackdown sweep scenarios/studies/small.ron\n  \
    crackdown sweep scenarios/studies/small.ron --shard 3/8\n  \
    crackdown sweep scenarios/studies/small.ron --only auto_block:3:1\n\n\
    It may be interrupted, killed and repeated: finished runs are kept and never made again.\n\
    Exit codes: 0 all runs are there, 1 the study is wrong, 2 wrong usage, 3 some runs failed or could not be kept, \
    130 interrupted.")]
pub struct Args {
    /// The study
    #[command(flatten)]
    chosen: Chosen,
    /// Make only this part of the study: K from 1 to M, or `auto` for the number that Slurm, HyperQueue or Kubernetes gives
    #[arg(long, value_name = "K/M")]
    shard: Option<Asked>,
    /// Threads and figures
    #[command(flatten)]
    drawing: Drawing,
    /// No progress and no summary, only errors
    #[arg(long)]
    quiet: bool,
    /// Say what would be run, but run nothing
    #[arg(long)]
    dry_run: bool,
    /// Try runs that failed once more
    #[arg(long)]
    retry_failed: bool,
    /// Simulate just one run from the start, keep nothing, and print its measures as JSON
    #[arg(long, value_name = "ARM:DRAW:REPLICATION", conflicts_with_all = ["shard", "dry_run", "retry_failed"])]
    only: Option<String>,
}

impl Args {
    fn way(&self) -> Way {
        let threads = self.drawing.threads();
        Way { threads, quiet: self.quiet, retry_failed: self.retry_failed }
    }
}

/// Makes what is missing.
pub fn run(args: &Args) -> ExitCode {
    let Some(study) = args.chosen.load() else { return ExitCode::FAILURE };
    if !args.quiet {
        show_findings(&args.chosen.study, &study.warnings);
    }
    let result = match &args.only {
        Some(run) => only::run(&study, run).map(|()| ExitCode::SUCCESS),
        None => sweep(args, &study),
    };
    result.unwrap_or_else(|refusal| refusal.tell())
}

fn sweep(args: &Args, study: &Study) -> Result<ExitCode, Refusal> {
    let shard = args.shard.map(Asked::here).transpose()?;
    let within = study.budget.is_none_or(|budget| study.runs() <= budget);
    if !within {
        return Err(wrong(format!(
            "{} has {} runs, more than its budget of {}: make it smaller, or raise the budget",
            args.chosen.study.display(),
            study.runs(),
            study.budget.unwrap_or_default()
        )));
    }
    let place = args.chosen.place_to_write(study)?;
    if args.dry_run {
        let plan = Plan::of(study).map_err(failed)?;
        let (plan, there) = look(plan, &place, scope(shard)).map_err(failed)?;
        store::same_version(&there.files).map_err(failed)?;
        print(&in_advance(args, &plan, &there, shard, &place));
        return Ok(ExitCode::SUCCESS);
    }
    // Before anything is on disk, so that an interruption always finds the flag.
    interruption()?;
    let lock = place.enter(shard.is_none()).map_err(failed)?;
    let called = format!("{}{}", args.chosen.called(), args.chosen.out_again());
    let wanted =
        Wanted { study, kept: Kept::Measures, place: place.clone(), called: called.clone() };
    let take_in = format!("crackdown merge {called} --partial");
    let mut complete = rows::complete(args.way(), &[wanted], shard, &take_in)?;
    let Complete { plan, made, before, failures, precision } = complete.remove(0);
    let all = before + made.finished + made.failed;
    let counted =
        format!("{} runs made, {before} were there, of {all}", made.finished + made.failed);
    let Some(shard) = shard else {
        let (merged, across) = merge(args, &plan, &place)?;
        place.leave(lock);
        if !args.quiet {
            print(&study_results::text(&across, place.folder()));
            let precision = precision.map_or_else(String::new, |said| said + "\n");
            print(&format!("{precision}{counted}\nRuns: {}\n", place.runs().display()));
        }
        return Ok(conclude(&place, &merged));
    };
    if !args.quiet {
        print(&format!("{}, shard {shard}: {counted}\n", study.title));
    }
    if failures > 0 {
        tell(&format!("{failures} runs of shard {shard} failed: they are recorded"));
    }
    Ok(if failures > 0 { simulate::some_failed() } else { ExitCode::SUCCESS })
}

fn scope(shard: Option<Shard>) -> Scope {
    shard.map_or(Scope::Everything, Scope::Shard)
}

/// Takes in everything that is there and writes runs and results.
fn merge(args: &Args, plan: &Plan, place: &Place) -> Result<(Merged, Across), Refusal> {
    let sources = store::sources(plan, place, Scope::Everything).map_err(failed)?;
    let called = args.chosen.called_beside();
    let merging = store::merge(plan, place, &sources, false, &called).map_err(failed)?;
    study_results::write(plan, place, merging, args.drawing)
}

/// Says what failed, and gives the exit code.
fn conclude(place: &Place, merged: &Merged) -> ExitCode {
    if merged.failed == 0 {
        return ExitCode::SUCCESS;
    }
    tell(&failures_in_words(place, merged));
    simulate::some_failed()
}

fn tell(text: &str) {
    let _ = writeln!(crate::cli::terminal::stderr(), "{text}");
}

fn in_advance(
    args: &Args,
    plan: &Plan,
    there: &There,
    shard: Option<Shard>,
    place: &Place,
) -> String {
    let study = plan.study;
    let shard = shard.unwrap_or(Shard::WHOLE);
    let missing = rows::missing(plan, there, shard);
    let (had, failures) = rows::counts(plan, there, shard);
    let each = estimate(&study.arms[0].resolved.scenario).seconds_per_replication;
    let threads = args.way().threads;
    let minutes = each * missing as f64 / threads as f64 / 60.0;
    let whose = if shard.of > 1 { format!(", shard {shard}") } else { String::new() };
    format!(
        "{}{whose}: {} arms × {} draws × {} replications\n{had} runs are there ({failures} of them failed), {missing} would be \
         made in at most {:.0} minutes on {threads} threads\nRuns and results would go to {}\n",
        study.title,
        plan.arms(),
        plan.draws(),
        plan.replications,
        minutes.ceil(),
        place.folder().display()
    )
}
