//! `crackdown merge`: makes one file of the parts of a study, with the bytes that one machine would have written.

use super::figures::Drawing;
use super::simulate::{Refusal, failed, show, some_failed, tell};
use super::study::{Chosen, NAMED, failures_in_words, ranges};
use super::study_results;
use study::store::study::{self as store, Plan, Progress, Scope, look};

/// What is merged.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    crackdown merge scenarios/studies/small.ron\n  \
    crackdown merge scenarios/studies/small.ron --partial\n\n\
    Exit codes: 0 merged, 1 the study is wrong, 2 wrong usage, 3 merged but some runs failed, or not merged.")]
pub struct MergeArgs {
    /// The study
    #[command(flatten)]
    chosen: Chosen,
    /// Take what is there, even if runs are missing
    #[arg(long)]
    partial: bool,
    /// Threads and figures
    #[command(flatten)]
    drawing: Drawing,
    /// No summary, only errors
    #[arg(long)]
    quiet: bool,
}

/// Merges parts.
pub fn run(args: &MergeArgs) -> Result<(), Refusal> {
    let study = &args.chosen.load(true).ok_or(())?;
    let place = args.chosen.place_to_write(study)?;
    if !place.folder().exists() {
        return Err(failed(format!(
            "{} is not there: make runs first with `crackdown sweep {}{}`",
            place.folder().display(),
            args.chosen.called(),
            args.chosen.out_again()
        )));
    }
    let lock = place.enter(true).map_err(failed)?;
    let plan = Plan::of(study).map_err(failed)?;
    let (plan, there) = look(plan, &place, Scope::Everything).map_err(failed)?;
    store::same_version(&there.files).map_err(failed)?;
    let missing = there.missing(&plan);
    if missing > 0 && !args.partial {
        return Err(failed(gaps(args, &plan, &there, missing)));
    }
    let called = args.chosen.called_beside();
    let merging = store::merge(&plan, &place, !args.partial, &called).map_err(failed)?;
    let (merged, across) = study_results::write(&plan, &place, merging, args.drawing)?;
    place.leave(lock);
    if !args.quiet {
        let lacking = if missing > 0 { format!(", {missing} are missing") } else { String::new() };
        let files = there.files.iter().filter(|found| found.source.label().is_some()).count();
        show(&study_results::text(&across, place.folder()));
        if let Some(stages) = &there.stages {
            show(&(stages.in_words(&plan) + "\n"));
        }
        tell!(
            "{} runs from {files} unmerged files{lacking}; runs: {}",
            merged.finished,
            place.runs().display()
        );
    }
    if merged.failed > 0 {
        tell!("{}", failures_in_words(&place, &merged));
        return Err(some_failed());
    }
    Ok(())
}

/// Which runs are missing, and the commands that make them.
fn gaps(args: &MergeArgs, plan: &Plan, there: &Progress, missing: u64) -> String {
    let (called, out) = (args.chosen.called(), args.chosen.out_again());
    let mut text = format!("{missing} of {} runs are missing", plan.runs());
    if plan.replications > plan.study.replications {
        text += &format!(
            " (precision needs {} replications, {} of them in a second stage)",
            plan.replications,
            plan.replications - plan.study.replications
        );
    }
    match there.shards_of(plan) {
        Some(of) if of > 1 => {
            let shards = there.missing_shards(plan, of);
            text += &format!(", in the shards {} of {of}. What makes them:", ranges(&shards));
            for shard in shards.iter().take(NAMED) {
                text += &format!("\n  crackdown sweep {called}{out} --shard {shard}/{of}");
            }
            if shards.len() > NAMED {
                text += &format!("\n  and {} more", shards.len() - NAMED);
            }
        }
        _ => text += &format!(". What makes them: crackdown sweep {called}{out}"),
    }
    text + "\nTo merge what is there: --partial"
}
