//! `crackdown sweep`: makes the runs of a study that are missing, the whole or one shard.

mod making;
mod only;
mod shard;

use std::collections::BTreeMap;
use std::io::Write;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

pub use self::making::values;
use self::making::{Made, Work};
use self::shard::Asked;
use super::check::show_findings;
use super::simulate::{self, Refusal, failed, interruption, offered_threads, print, usage, wrong};
use super::study::{Chosen, failures_in_words};
use super::{progress, study_results};
use model::Saved;
use scenario::{Study, estimate};
use study::comparison::across::Across;
use study::ensemble::{self, Failure, WhenInterrupted, Workshop};
use study::store::study::{
    self as store, Journal, Label, Merged, Place, Plan, Runs, Scope, Shard, There, look,
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
pub struct Args {
    /// The study
    #[command(flatten)]
    chosen: Chosen,
    /// Make only this part of the study: K from 1 to M, or `auto` for the number that Slurm, HyperQueue or Kubernetes gives
    #[arg(long, value_name = "K/M")]
    shard: Option<Asked>,
    /// Threads [default: as many as the machine offers]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
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

/// How runs are made.
#[derive(Clone, Copy, Debug)]
pub struct Way {
    /// Threads.
    pub threads: usize,
    /// No progress, only errors.
    pub quiet: bool,
    /// Try runs that failed once more.
    pub retry_failed: bool,
}

impl Args {
    fn way(&self) -> Way {
        let threads = self.threads.map_or_else(offered_threads, usize::from);
        Way { threads, quiet: self.quiet, retry_failed: self.retry_failed }
    }
}

/// Makes all runs of a study that are missing and merges them, for commands that need them; `called` is how it is called beside its folder.
///
/// # Errors
/// If it was interrupted or the disk refuses: what is finished is kept.
pub fn all(study: &Study, place: &Place, way: Way, called: &str) -> Result<Runs, Refusal> {
    let interrupted = interruption()?;
    let lock = place.enter(true).map_err(failed)?;
    let (plan, ..) = complete(way, study, place, None, called, &interrupted)?;
    let sources = store::sources(&plan, place, Scope::Everything).map_err(failed)?;
    let merged = store::merge(&plan, place, &sources, false, called).map_err(failed)?;
    place.leave(lock);
    if merged.failed > 0 && !way.quiet {
        tell(&failures_in_words(place, &merged));
    }
    Runs::open(place.folder()).map_err(failed)
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
    let variable = |name: &str| std::env::var(name).ok();
    let shard = args.shard.map(|asked| asked.settle(&variable)).transpose().map_err(usage)?;
    let within = study.budget.is_none_or(|budget| study.runs() <= budget);
    if !within {
        return Err(wrong(format!(
            "{} has {} runs, more than its budget of {}: make it smaller, or raise the budget",
            args.chosen.study.display(),
            study.runs(),
            study.budget.unwrap_or_default()
        )));
    }
    let place = args.chosen.place(study);
    if args.dry_run {
        let (plan, there) = look(study, &place, scope(shard)).map_err(failed)?;
        store::same_version(&there.files).map_err(failed)?;
        print(&in_advance(args, &plan, &there, shard, &place));
        return Ok(ExitCode::SUCCESS);
    }
    // Before anything is on disk, so that an interruption always finds the flag.
    let interrupted = interruption()?;
    let lock = place.enter(shard.is_none()).map_err(failed)?;
    let called = format!("{}{}", args.chosen.called(), args.chosen.out_again());
    let (plan, made, there_before, failures) =
        complete(args.way(), study, &place, shard, &called, &interrupted)?;
    let all = there_before + made.finished + made.failed;
    let counted =
        format!("{} runs made, {there_before} were there, of {all}", made.finished + made.failed);
    let Some(shard) = shard else {
        let (merged, across) = merge(args, &plan, &place)?;
        place.leave(lock);
        if !args.quiet {
            print(&study_results::text(&across, place.folder()));
            print(&format!("{counted}\nRuns: {}\n", place.runs().display()));
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

/// Makes what is missing of a shard, in both stages; gives all runs there are to be, what was made, what was there, and how many failed in all.
fn complete<'a>(
    way: Way,
    study: &'a Study,
    place: &Place,
    shard: Option<Shard>,
    called: &str,
    interrupted: &Arc<AtomicBool>,
) -> Result<(Plan<'a>, Made, u64, u64), Refusal> {
    let (mut all, mut before) = (Made::default(), None);
    loop {
        let (plan, mut there) = look(study, place, scope(shard)).map_err(failed)?;
        store::same_version(&there.files).map_err(failed)?;
        let label =
            Label { plan: plan.fingerprint().to_owned(), shard: shard.unwrap_or(Shard::WHOLE) };
        if shard.is_some() {
            only_such_shards(place, &label, called).map_err(failed)?;
        }
        if way.retry_failed && before.is_none() {
            there.failed = store::Bits::none(plan.runs());
        }
        tell_of_damage(&there);
        let mut made = Made::default();
        let missing = work_of(&plan, &there, label.shard).missing();
        if missing > 0 {
            // Before the first run: nobody should wait for runs that cannot be kept.
            let journal =
                Journal::open(&place.journal(&label), &store::head(&plan, Some(label.shard)));
            let journal = journal.map_err(failed)?;
            let result;
            (made, result) = make(way, &plan, &there, &label, missing, journal, interrupted);
            all.finished += made.finished;
            all.failed += made.failed;
            let saved = result.map_err(|failure| refusal(&failure, made))?;
            if !way.quiet && saved.share() > 0.0 {
                tell(&format!(
                    "one warm-up for {} arms: {:.0} % of the days were simulated once instead of again",
                    plan.arms(),
                    100.0 * saved.share()
                ));
            }
        }
        let (had, failures) = counts(&plan, &there, label.shard);
        before.get_or_insert(had);
        if missing > 0 && made.finished + made.failed == missing {
            // A second stage may follow, or the same files are looked at a last time.
            if study.precision.is_some() {
                continue;
            }
        } else if missing > 0 {
            return Err(failed(
                "not all runs that were missing were made: this is a bug of crackdown",
            ));
        }
        if shard.is_some() && place.journal(&label).exists() {
            store::finish_shard(&plan, place, &label).map_err(failed)?;
        }
        return Ok((plan, all, before.unwrap_or(0), failures + made.failed));
    }
}

fn work_of<'a>(plan: &'a Plan<'a>, there: &'a There, shard: Shard) -> Work<'a> {
    Work { plan, there, shard, on_run: &|| (), place_of_panic: &|_| None }
}

/// Runs of a shard that are there, and that failed.
fn counts(plan: &Plan, there: &There, shard: Shard) -> (u64, u64) {
    let (mut had, mut failures) = (0, 0);
    for number in shard.cells(plan.cells()) {
        let cell = plan.cell(number);
        for position in (0..plan.arms()).map(|arm| plan.position(arm, cell)) {
            had += u64::from(there.has(position));
            failures += u64::from(there.failed.has(position));
        }
    }
    (had, failures)
}

/// A shard knows only its own files, so others than shards of the same plan must be merged first.
fn only_such_shards(place: &Place, label: &Label, called: &str) -> Result<(), String> {
    let other = place.sources()?.into_iter().find(|source| {
        source
            .label()
            .is_some_and(|other| other.plan != label.plan || other.shard.of != label.shard.of)
    });
    other.map_or(Ok(()), |source| {
        let why = match source.label() {
            Some(other) if other.plan == label.plan => {
                format!("a shard of {}, not of {}", other.shard.of, label.shard.of)
            }
            _ => "another version of the study".to_owned(),
        };
        Err(format!(
            "{} is of {why}, so runs would be made twice: take it in first with `crackdown merge {called} --partial`",
            source.path.display()
        ))
    })
}

/// Makes runs with progress; a panic is recorded with its place and not printed.
fn make(
    way: Way,
    plan: &Plan,
    there: &There,
    label: &Label,
    missing: u64,
    journal: Journal,
    interrupted: &Arc<AtomicBool>,
) -> (Made, Result<Saved, Failure>) {
    let places: Arc<Mutex<BTreeMap<String, String>>> = Arc::default();
    let panicked = places.clone();
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let message = panic.payload_as_str().unwrap_or_default();
        if let (Some(at), Ok(mut places)) = (panic.location(), panicked.lock())
            && places.len() < PLACES
        {
            places.insert(message.to_owned(), format!("{}:{}", at.file(), at.line()));
        }
    }));
    let place_of_panic = |message: &str| places.lock().ok()?.get(message).cloned();
    let bar = progress::runs(missing, way.quiet);
    let (days, started) = (AtomicU64::new(0), Instant::now());
    let on_day = || {
        days.fetch_add(1, Ordering::Relaxed);
    };
    let on_run = || {
        let speed = days.load(Ordering::Relaxed) as f64 / started.elapsed().as_secs_f64();
        bar.set_message(format!("{speed:.0}"));
        bar.inc(1);
    };
    let work = Work {
        on_run: &on_run,
        place_of_panic: &place_of_panic,
        ..work_of(plan, there, label.shard)
    };
    let threads = way.threads;
    let result = work.make(journal, &|next, keep| {
        let when_interrupted = WhenInterrupted::Finish;
        let workshop = Workshop { threads, on_day: &on_day, interrupted, when_interrupted };
        ensemble::families(next, &workshop, keep)
    });
    bar.finish_and_clear();
    std::panic::set_hook(usual);
    result
}

/// Panics whose place is remembered at most. Unit: messages. Source: judgement.
const PLACES: usize = 1_000;

fn refusal(failure: &Failure, made: Made) -> Refusal {
    let kept = format!(
        "{} runs that were finished are kept: the same command goes on from here",
        made.finished + made.failed
    );
    match failure {
        Failure::Interrupted => simulate::interrupted(format!("interrupted, {kept}")),
        _ => failed(format!("{failure}; {kept}")),
    }
}

/// Takes in everything that is there and writes runs and results.
fn merge(args: &Args, plan: &Plan, place: &Place) -> Result<(Merged, Across), Refusal> {
    let sources = store::sources(plan, place, Scope::Everything).map_err(failed)?;
    let called = args.chosen.called_beside();
    let merged = store::merge(plan, place, &sources, false, &called).map_err(failed)?;
    let across = study_results::write(plan, place).map_err(failed)?;
    Ok((merged, across))
}

/// Says what failed, and gives the exit code.
fn conclude(place: &Place, merged: &Merged) -> ExitCode {
    if merged.failed == 0 {
        return ExitCode::SUCCESS;
    }
    tell(&failures_in_words(place, merged));
    simulate::some_failed()
}

fn tell_of_damage(there: &There) {
    for found in there.files.iter().filter(|found| found.damaged > 0) {
        tell(&format!(
            "{}: {} damaged lines; their runs are made again",
            found.source.path.display(),
            found.damaged
        ));
    }
}

fn tell(text: &str) {
    let _ = writeln!(anstream::stderr(), "{text}");
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
    let missing = work_of(plan, there, shard).missing();
    let (had, failures) = counts(plan, there, shard);
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
