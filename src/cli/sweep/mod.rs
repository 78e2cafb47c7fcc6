//! `crackdown sweep`: makes the runs of a study that are missing, the whole or one shard.

mod only;

use std::path::Path;

use super::check::show_findings;
use super::figures::Drawing;
use super::rows::{self, Complete, RowsWanted, RowsWay};
use super::shard::ShardAsked;
use super::simulate::{Refusal, failed, interruption, show, some_failed, tell, wrong};
use super::study::{Chosen, failures_in_words};
use super::study_results;
use super::tables::{draws_and_replications, on_threads};
use scenario::{Study, estimate};
use study::comparison::across::Across;
use study::store::study::{
    self as store, KeptData, Merged, Plan, Progress, Scope, Shard, StudyFolder, look,
};

/// Which runs are made, and how.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    crackdown sweep scenarios/studies/small.ron\n  \
    crackdown sweep scenarios/studies/small.ron --shard 3/8\n  \
    crackdown sweep scenarios/studies/small.ron --only auto_block:3:1\n\n\
    It may be interrupted, killed and repeated: finished runs are kept and never made again.\n\
    Exit codes: 0 all runs are there, 1 the study is wrong, 2 wrong usage, 3 some runs failed or could not be kept, \
    130 interrupted.")]
pub struct SweepArgs {
    /// The study
    #[command(flatten)]
    chosen: Chosen,
    /// Make only this part of the study: K from 1 to M, or `auto` for the number that Slurm, HyperQueue or Kubernetes gives
    #[arg(long, value_name = "K/M")]
    shard: Option<ShardAsked>,
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

impl SweepArgs {
    fn way(&self) -> RowsWay {
        let threads = self.drawing.threads();
        RowsWay { threads, quiet: self.quiet, retry_failed: self.retry_failed }
    }
}

/// Makes what is missing.
pub fn run(args: &SweepArgs) -> Result<(), Refusal> {
    let study = args.chosen.load(true).ok_or(())?;
    if !args.quiet {
        show_findings(&args.chosen.study, &study.warnings);
    }
    match &args.only {
        Some(run) => only::run(&study, run),
        None => sweep(args, &study),
    }
}

fn sweep(args: &SweepArgs, study: &Study) -> Result<(), Refusal> {
    let shard = args.shard.map(ShardAsked::here).transpose()?;
    within_budget(&args.chosen.study, study)?;
    let place = args.chosen.place_to_write(study)?;
    if args.dry_run {
        let plan = Plan::of(study).map_err(failed)?;
        let (plan, there) = look(plan, &place, scope(shard)).map_err(failed)?;
        store::same_version(&there.files).map_err(failed)?;
        show(&in_advance(args, &plan, &there, shard, &place));
        return Ok(());
    }
    if let Some(shard) = shard {
        // Before anything is on disk, so that an interruption always finds the flag.
        interruption()?;
        // Held until the shard is done.
        let _lock = place.enter(false).map_err(failed)?;
        let complete = complete(&args.chosen, study, args.way(), &place, Some(shard))?;
        if !args.quiet {
            show(&format!("{}, shard {shard}: {}\n", study.title, counted(&complete)));
        }
        let failures = complete.failures;
        if failures > 0 {
            tell!("{failures} runs of shard {shard} failed: they are recorded");
            return Err(some_failed());
        }
        return Ok(());
    }
    let (complete, merged, across) = whole(&args.chosen, study, args.way(), args.drawing)?;
    if !args.quiet {
        show(&study_results::text(&across, place.folder()));
        let precision =
            complete.precision.as_ref().map_or_else(String::new, |said| format!("{said}\n"));
        show(&format!("{precision}{}\nRuns: {}\n", counted(&complete), place.runs().display()));
    }
    if merged.failed > 0 {
        tell!("{}", failures_in_words(&place, &merged));
        return Err(some_failed());
    }
    Ok(())
}

fn within_budget(path: &Path, study: &Study) -> Result<(), Refusal> {
    match study.budget.filter(|budget| study.runs() > *budget) {
        None => Ok(()),
        Some(budget) => Err(wrong(format!(
            "{} has {} runs, more than its budget of {budget}: make it smaller, or raise the budget",
            path.display(),
            study.runs(),
        ))),
    }
}

/// Makes the runs of a study that are missing, and its results: the plan with what was made, what was merged, and what that says.
///
/// # Errors
/// If it is over its budget, was interrupted, or the disk refuses: what is finished is kept.
pub fn whole<'a>(
    chosen: &Chosen,
    study: &'a Study,
    way: RowsWay,
    drawing: Drawing,
) -> Result<(Complete<'a>, Merged, Across), Refusal> {
    within_budget(&chosen.study, study)?;
    let place = chosen.place_to_write(study)?;
    // Before anything is on disk, so that an interruption always finds the flag.
    interruption()?;
    let lock = place.enter(true).map_err(failed)?;
    let complete = complete(chosen, study, way, &place, None)?;
    let called = chosen.called_beside();
    let merging = store::merge(&complete.plan, &place, false, &called).map_err(failed)?;
    let (merged, across) = study_results::write(&complete.plan, &place, merging, drawing)?;
    place.leave(lock);
    Ok((complete, merged, across))
}

fn complete<'a>(
    chosen: &Chosen,
    study: &'a Study,
    way: RowsWay,
    place: &StudyFolder,
    shard: Option<Shard>,
) -> Result<Complete<'a>, Refusal> {
    let called = format!("{}{}", chosen.called(), chosen.out_again());
    let wanted = RowsWanted {
        study,
        kept: KeptData::Measures,
        place: place.clone(),
        called: called.clone(),
    };
    let take_in = format!("crackdown merge {called} --partial");
    Ok(rows::complete(way, &[wanted], shard, &take_in)?.remove(0))
}

/// How many runs were made and were there, in words.
fn counted(complete: &Complete) -> String {
    let Complete { made, before, .. } = complete;
    let now = made.finished + made.failed;
    format!("{now} runs made, {before} were there, of {}", before + now)
}

fn scope(shard: Option<Shard>) -> Scope {
    shard.map_or(Scope::Everything, Scope::Shard)
}

fn in_advance(
    args: &SweepArgs,
    plan: &Plan,
    there: &Progress,
    shard: Option<Shard>,
    place: &StudyFolder,
) -> String {
    let study = plan.study;
    let shard = shard.unwrap_or(Shard::WHOLE);
    let missing = rows::missing(plan, there, shard);
    let (had, failures) = rows::counts(plan, there, shard);
    let each = estimate(&study.arms[0].resolved.scenario).seconds_per_replication;
    let whose = if shard.of > 1 { format!(", shard {shard}") } else { String::new() };
    format!(
        "{}{whose}: {} arms × {}\n{had} runs are there ({failures} of them failed), {missing} would be \
         made in at most {}\nRuns and results would go to {}\n",
        study.title,
        plan.arms(),
        draws_and_replications(plan.draws(), plan.replications),
        on_threads(each * missing as f64, args.way().threads),
        place.folder().display()
    )
}
