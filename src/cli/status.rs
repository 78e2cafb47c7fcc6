//! `crackdown status`: how much of a study is there, and what to do next.

use std::path::Path;

use serde_json::json;

use super::compare;
use super::simulate::{Refusal, answer, failed, print, tell, usage};
use super::study::{Chosen, NAMED, StudyCommand, ranges};
use super::tables::aligned;
use ::report::say;
use ::report::speech::{retold, tr};
use study::store::study::{
    self as store, KeptData, Plan, PrecisionStage, Progress, RecordFolder, Scope, look,
};

/// What is asked.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  \
    crackdown status scenarios/studies/small.ron\n  \
    crackdown status scenarios/studies/small.ron --missing 8\n  \
    crackdown status compare scenarios/kazakhstan.ron scenarios/policies/auto_block.ron --replications 100",
    subcommand_negates_reqs = true,
    subcommand_help_heading = "Instead of a study",
    disable_help_subcommand = true
)]
pub struct StatusArgs {
    /// The study
    #[command(flatten)]
    chosen: Option<Chosen>,
    /// What makes runs without a study file
    #[command(subcommand)]
    of: Option<StudyCommand>,
    /// Print as JSON
    #[arg(long)]
    json: bool,
    /// Print only the numbers of those of M shards that still have runs to make, such as 3,7-9
    #[arg(long, value_name = "M", conflicts_with = "json", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    missing: Option<u32>,
}

/// Tells how much is there.
pub fn run(args: &StatusArgs) -> Result<(), Refusal> {
    match (&args.of, &args.chosen) {
        (Some(StudyCommand::Compare(compared)), _) => {
            let study = compare::study(compared).ok_or(())?;
            let plan = Plan::keeping(KeptData::Days, &study).map_err(failed)?;
            let there = RecordFolder::new(&compared.runs).look(&plan);
            let next = match there.missing(&plan) {
                0 => tr("nothing: all runs are there; the comparison itself makes the results"),
                _ => tr("run the comparison, or shards of it with --shard K/M"),
            };
            tell(args, &plan, &there, next, &compared.runs)
        }
        (None, Some(chosen)) => {
            let study = chosen.load(true).ok_or(())?;
            let place = chosen.place(&study);
            let plan = Plan::of(&study).map_err(failed)?;
            let (plan, there) = look(plan, &place, Scope::Everything).map_err(failed)?;
            let next = next(chosen, &plan, &there);
            tell(args, &plan, &there, &next, place.folder())
        }
        (None, None) => Err(usage(tr("name a study"))),
    }
}

/// Runs of an arm or a shard.
#[derive(Clone, Copy, Debug, Default)]
struct RunCount {
    finished: u64,
    failed: u64,
    missing: u64,
}

impl RunCount {
    fn add(&mut self, there: &Progress, position: u64) {
        let place = if there.finished.has(position) {
            &mut self.finished
        } else if there.failed.has(position) {
            &mut self.failed
        } else {
            &mut self.missing
        };
        *place += 1;
    }

    fn json(self) -> serde_json::Value {
        json!({ "finished": self.finished, "failed": self.failed, "missing": self.missing })
    }
}

fn tell(
    args: &StatusArgs,
    plan: &Plan,
    there: &Progress,
    next: &str,
    folder: &Path,
) -> Result<(), Refusal> {
    if let Some(of) = args.missing {
        let missing = ranges(&there.missing_shards(plan, of));
        if !missing.is_empty() {
            print(&(missing + "\n"));
        }
        return Ok(());
    }
    let of = there.shards_of(plan).unwrap_or(1);
    let mut arms = vec![RunCount::default(); plan.arms()];
    let mut shards = vec![RunCount::default(); of as usize];
    for number in 0..plan.cells() {
        let cell = plan.cell(number);
        for (arm, count) in arms.iter_mut().enumerate() {
            let position = plan.position(arm, cell);
            count.add(there, position);
            shards[(number % u64::from(of)) as usize].add(there, position);
        }
    }
    let value = || json_of(plan, there, &arms, &shards, next, folder);
    if answer((args.json, false), value, || text(plan, there, &arms, &shards, next)) {
        for found in there.files.iter().filter(|found| found.damaged > 0) {
            let path = found.source.path.display();
            let lines = found.damaged;
            tell!("{}", say!("{path}: {lines} damaged lines count as missing", path, lines));
        }
    }
    Ok(())
}

/// What to do next, in words.
fn next(chosen: &Chosen, plan: &Plan, there: &Progress) -> String {
    let (called, out) = (chosen.called(), chosen.out_again());
    let of = there.shards_of(plan).unwrap_or(1);
    let unmerged = there.files.iter().any(|found| found.source.label().is_some());
    if let Err(why) = store::same_version(&there.files) {
        return why;
    }
    match (there.missing(plan), of) {
        (0, _) if unmerged => format!("crackdown merge {called}{out}"),
        (0, _) => say!("nothing: all runs are there"),
        (_, 1) => format!("crackdown sweep {called}{out}"),
        (_, of) => {
            let shards = ranges(&there.missing_shards(plan, of));
            let command = format!("crackdown sweep {called}{out} --shard K/{of}");
            say!("{command} for K in {shards}", command, shards)
        }
    }
}

fn text(
    plan: &Plan,
    there: &Progress,
    arms: &[RunCount],
    shards: &[RunCount],
    next: &str,
) -> String {
    let row = |name: String, count: &RunCount| {
        let numbers = [count.finished, count.failed, count.missing].map(|n| n.to_string());
        let mut row = vec![name];
        row.extend(numbers);
        row
    };
    let head = |name: &str| {
        [name, tr("finished##runs"), tr("failed##runs"), tr("missing##runs")]
            .map(str::to_owned)
            .to_vec()
    };
    let mut rows = vec![head(tr("arm##runs"))];
    let names = plan.study.arms.iter().map(|arm| arm.name.clone());
    rows.extend(names.zip(arms).map(|(name, count)| row(name, count)));
    let size = say!(
        "{title}: {arms} arms × {draws} draws × {replications} replications = {runs} runs",
        title = retold(&plan.study.title),
        arms = plan.arms(),
        draws = plan.draws(),
        replications = plan.replications,
        runs = plan.runs()
    );
    let mut text = format!("{size}\n{}", aligned(&rows));
    if shards.len() > 1 {
        let lacking =
            shards.iter().enumerate().filter(|(_, count)| count.missing + count.failed > 0);
        let mut rows = vec![head(tr("shard##runs"))];
        let of = shards.len();
        rows.extend(lacking.map(|(number, count)| row(format!("{}/{of}", number + 1), count)));
        let more = rows.len().saturating_sub(SHARDS + 1);
        rows.truncate(SHARDS + 1);
        if rows.len() > 1 {
            text += "\n";
            text += &aligned(&rows);
        }
        if more > 0 {
            text += &(say!("and {more} more shards", more) + "\n");
        }
    }
    text += "\n";
    let unmerged: Vec<_> =
        there.files.iter().filter(|found| found.source.label().is_some()).collect();
    for found in unmerged.iter().take(NAMED) {
        let (file, runs) = (found.source.path.display(), found.used);
        text += &(say!("unmerged: {file}, {runs} runs", file, runs) + "\n");
    }
    if unmerged.len() > NAMED {
        text += &(say!("unmerged: {more} more files", more = unmerged.len() - NAMED) + "\n");
    }
    let foreign: u64 = there.files.iter().map(|found| found.foreign).sum();
    if foreign > 0 {
        text += &(say!("{foreign} runs are there that the study does not have", foreign) + "\n");
    }
    if let Some(stages) = &there.stages {
        text += &(stages.in_words(plan) + "\n");
    }
    text + &say!("Next: {next}", next) + "\n"
}

/// Shards that are listed at most. Unit: shards. Source: judgement.
const SHARDS: usize = 20;

fn json_of(
    plan: &Plan,
    there: &Progress,
    arms: &[RunCount],
    shards: &[RunCount],
    next: &str,
    folder: &Path,
) -> serde_json::Value {
    let named = plan.study.arms.iter().zip(arms).map(|(arm, count)| {
        let mut value = count.json();
        value["arm"] = json!(arm.name);
        value
    });
    let numbered = shards.iter().enumerate().map(|(number, count)| {
        let mut value = count.json();
        value["shard"] = json!(number + 1);
        value
    });
    let unmerged = there.files.iter().filter(|found| found.source.label().is_some()).map(|found| {
        json!({
            "file": found.source.path.display().to_string(), "runs": found.used, "foreign": found.foreign,
            "damaged": found.damaged, "model_version": found.model_version,
        })
    });
    json!({
        "study": plan.study.name, "folder": folder.display().to_string(), "plan": plan.fingerprint(),
        "draws": plan.draws(), "replications": plan.replications, "stages_settled": there.stages != Some(PrecisionStage::First),
        "precision": there.stages.as_ref().map(|stages| stages.in_words(plan)),
        "runs": plan.runs(), "finished": there.finished.count(), "failed": there.failed.count(),
        "missing": there.missing(plan), "arms": named.collect::<Vec<_>>(), "shards": numbered.collect::<Vec<_>>(),
        "unmerged": unmerged.collect::<Vec<_>>(), "next": next,
    })
}
