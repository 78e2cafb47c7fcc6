//! Rows of studies: those that are missing are made, of several studies at once, the whole or one shard; each is kept the moment its
//! runs end.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use super::progress;
use super::simulate::{Refusal, failed, interruption, tell, was_interrupted};
use super::study::failures_in_words;
use model::Saved;
use report::say;
use scenario::Study;
use study::ensemble::{Failure, RunOptions, StudyPart, WhenInterrupted, make};
use study::store::study::{
    self as store, Journal, KeptData, Label, MergedRuns, Plan, Progress, Rows, RowsMade, Scope,
    Shard, StudyFolder, look,
};

/// How rows are made.
#[derive(Clone, Copy, Debug)]
pub struct RowsWay {
    /// Threads.
    pub threads: usize,
    /// No progress, only errors.
    pub quiet: bool,
    /// Try runs that failed once more.
    pub retry_failed: bool,
}

/// A study, what is kept of it, and the folder for that.
pub struct RowsWanted<'a> {
    /// The study.
    pub study: &'a Study,
    /// What is kept of it.
    pub kept: KeptData<'a>,
    /// Where.
    pub place: StudyFolder,
    /// How it is called in commands that repeat a run; empty if none does.
    pub called: String,
}

/// A study of which nothing is missing any more, or nothing of a shard.
pub struct Complete<'a> {
    /// All rows there are to be, those of a second stage included.
    pub plan: Plan<'a>,
    /// What was made now.
    pub made: RowsMade,
    /// Rows that were there before.
    pub before: u64,
    /// Rows that failed, now or before.
    pub failures: u64,
    /// How the precision that is asked for was reached, in words.
    pub precision: Option<String>,
}

/// What is there of a study, and what is missing.
struct Looked<'a> {
    plan: Plan<'a>,
    there: Progress,
    label: Label,
    missing: u64,
}

/// Makes all rows that are missing and merges them; gives them study by study.
///
/// # Errors
/// If it was interrupted or the disk refuses: what is finished is kept.
pub fn all<'a>(
    way: RowsWay,
    wanted: &[RowsWanted<'a>],
) -> Result<Vec<(Complete<'a>, MergedRuns)>, Refusal> {
    let locks: Result<Vec<_>, String> = wanted.iter().map(|one| one.place.enter(true)).collect();
    let locks = locks.map_err(failed)?;
    let complete = complete(way, wanted, None, "")?;
    let mut all = Vec::new();
    for ((one, complete), lock) in wanted.iter().zip(complete).zip(locks) {
        let place = &one.place;
        let merging = store::merge(&complete.plan, place, false, &one.called).map_err(failed)?;
        let merged = merging.finish().map_err(failed)?;
        place.leave(lock);
        if merged.failed > 0 && !way.quiet {
            tell!("{}", failures_in_words(place, &merged));
        }
        all.push((complete, MergedRuns::open(place.folder()).map_err(failed)?));
    }
    Ok(all)
}

/// Makes what is missing, in both stages of those that have two; `take_in` is the command that takes in other shards.
///
/// # Errors
/// If it was interrupted or the disk refuses: what is finished is kept.
pub fn complete<'a>(
    way: RowsWay,
    wanted: &[RowsWanted<'a>],
    shard: Option<Shard>,
    take_in: &str,
) -> Result<Vec<Complete<'a>>, Refusal> {
    let scope = shard.map_or(Scope::Everything, Scope::Shard);
    let mut before: Vec<u64> = Vec::new();
    let mut made = vec![RowsMade::default(); wanted.len()];
    loop {
        let first = before.is_empty();
        let mut looked = Vec::new();
        for one in wanted {
            let plan = Plan::keeping(one.kept, one.study).map_err(failed)?;
            let (plan, mut there) = look(plan, &one.place, scope).map_err(failed)?;
            store::same_version(&there.files).map_err(failed)?;
            let label =
                Label { plan: plan.fingerprint().to_owned(), shard: shard.unwrap_or(Shard::WHOLE) };
            if shard.is_some() {
                only_such_shards(&one.place, &label, take_in).map_err(failed)?;
            }
            if way.retry_failed && first {
                there.failed = store::Bits::none(plan.runs());
            }
            tell_of_damage(&there);
            let missing = missing(&plan, &there, label.shard);
            looked.push(Looked { plan, there, label, missing });
        }
        let had: Vec<(u64, u64)> =
            looked.iter().map(|one| counts(&one.plan, &one.there, one.label.shard)).collect();
        if first {
            before = had.iter().map(|(had, _)| *had).collect();
        }
        let now = make_all(way, wanted, &looked)?;
        for (all, now) in made.iter_mut().zip(&now) {
            all.finished += now.finished;
            all.failed += now.failed;
        }
        let made_now = |now: &RowsMade| now.finished + now.failed;
        if looked.iter().zip(&now).any(|(one, now)| one.missing != made_now(now)) {
            return Err(failed(
                "not all runs that were missing were made: this is a bug of crackdown",
            ));
        }
        // A second stage may follow, or the same files are looked at a last time.
        let staged = |(one, now): (&RowsWanted, &RowsMade)| {
            one.study.precision.is_some() && made_now(now) > 0
        };
        if wanted.iter().zip(&now).any(staged) {
            continue;
        }
        let mut complete = Vec::new();
        for (number, Looked { plan, there, label, .. }) in looked.into_iter().enumerate() {
            let place = &wanted[number].place;
            if shard.is_some() && place.journal(&label).exists() {
                store::finish_shard(&plan, place, &label).map_err(failed)?;
            }
            let failures = had[number].1 + now[number].failed;
            let precision = there.stages.map(|stages| stages.in_words(&plan));
            let (made, before) = (made[number], before[number]);
            complete.push(Complete { plan, made, before, failures, precision });
        }
        return Ok(complete);
    }
}

/// How many rows of a shard are missing.
pub fn missing(plan: &Plan, there: &Progress, shard: Shard) -> u64 {
    let missing = |number| {
        let cell = plan.cell(number);
        (0..plan.arms()).filter(|arm| !there.has(plan.position(*arm, cell))).count()
    };
    shard.cells(plan.cells()).map(|number| missing(number) as u64).sum()
}

/// Rows of a shard that are there, and that failed.
pub fn counts(plan: &Plan, there: &Progress, shard: Shard) -> (u64, u64) {
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
fn only_such_shards(place: &StudyFolder, label: &Label, take_in: &str) -> Result<(), String> {
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
            "{} is of {why}, so runs would be made twice: take it in first with `{take_in}`",
            source.path.display()
        ))
    })
}

/// Makes what is missing, with progress; gives how many rows of each were made.
fn make_all(
    way: RowsWay,
    wanted: &[RowsWanted],
    looked: &[Looked],
) -> Result<Vec<RowsMade>, Refusal> {
    let missing: u64 = looked.iter().map(|one| one.missing).sum();
    let mut made = vec![RowsMade::default(); looked.len()];
    if missing == 0 {
        return Ok(made);
    }
    let interrupted = interruption()?;
    let bar = progress::runs(missing, way.quiet);
    let (days, started) = (AtomicU64::new(0), Instant::now());
    let on_day = || {
        days.fetch_add(1, Ordering::Relaxed);
    };
    let on_row = || {
        let speed = days.load(Ordering::Relaxed) as f64 / started.elapsed().as_secs_f64();
        bar.set_message(format!("{speed:.0}"));
        bar.inc(1);
    };
    let mut rows: Vec<(usize, Rows)> = Vec::new();
    for (number, Looked { plan, there, label, missing }) in looked.iter().enumerate() {
        if *missing > 0 {
            // Before the first run: nobody should wait for runs that cannot be kept.
            let path = wanted[number].place.journal(label);
            let journal = Journal::open(&path, &store::head(plan, Some(label.shard)));
            rows.push((number, Rows::new(plan, there, journal.map_err(failed)?, &on_row)));
        }
    }
    let parts = rows.iter().map(|(number, rows)| {
        let Looked { plan, label, .. } = &looked[*number];
        let cells = label.shard.cells(plan.cells()).map(|number| plan.cell(number));
        StudyPart { study: plan.study, cells: Box::new(cells), keep: rows, apart: false }
    });
    let when_interrupted = WhenInterrupted::Finish;
    let workshop = RunOptions {
        threads: way.threads,
        on_day: &on_day,
        interrupted: &interrupted,
        when_interrupted,
    };
    let mut result = make(parts.collect(), &workshop);
    bar.finish_and_clear();
    for (number, rows) in rows {
        let (now, flushed) = rows.end();
        made[number] = now;
        if let Err(why) = flushed {
            result = result.and(Err(Failure::NotKept(why)));
        }
    }
    let saved = result.map_err(|failure| refusal(&failure, &made))?;
    if !way.quiet && saved.share() > 0.0 {
        tell!("{}", saved_in_words(saved, looked));
    }
    Ok(made)
}

fn saved_in_words(saved: Saved, looked: &[Looked]) -> String {
    let percent = 100.0 * saved.share();
    let arms = match looked {
        [one] => say!("{n} arms", n = one.plan.study.arms.len()),
        _ => say!("all arms of a study"),
    };
    say!(
        "one warm-up for {arms}: {percent} % of the days were simulated once instead of again",
        arms,
        percent = format!("{percent:.0}")
    )
}

fn refusal(failure: &Failure, made: &[RowsMade]) -> Refusal {
    let number: u64 = made.iter().map(|made| made.finished + made.failed).sum();
    let kept = say!(
        "{number} runs that were finished are kept: the same command goes on from here",
        number
    );
    match failure {
        Failure::Interrupted => was_interrupted(&kept),
        _ => failed(format!("{failure}; {kept}")),
    }
}

fn tell_of_damage(there: &Progress) {
    for found in there.files.iter().filter(|found| found.damaged > 0) {
        tell!(
            "{}",
            say!(
                "{path}: {lines} damaged lines; their runs are made again",
                path = found.source.path.display(),
                lines = found.damaged
            )
        );
    }
}
