//! `crackdown submit`: hands the shards of a study to a cluster's own scheduler.
//!
//! Scripts are written to `DIR/submit`, then the scheduler's own program is called. The scheduler starts, places, repeats and bills; a
//! task is `crackdown sweep STUDY --shard auto/M` and nothing else.
//!
//! Deliberately absent: talking to nodes, and anything that a task would need to know about the cluster.

use std::path::{Path, PathBuf};

use super::check::show_findings;
use super::simulate::{Refusal, failed, show, usage};
use super::study::StudyCommand;
use super::{compare, input};
use study::store::{ResultKind, quoted, takes};
use world::text::shown;

mod engine;
mod folder;
mod job;
mod scripts;

use engine::Handed;
use job::Job;

/// A study, how it is cut, and what a task may use.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  \
    crackdown submit scenarios/studies/small.ron --engine slurm --shards 12\n  \
    crackdown submit scenarios/studies/small.ron --engine hyperqueue --shards 12 --threads 4\n  \
    crackdown submit scenarios/studies/small.ron --engine kubernetes --shards 12 --image registry/crackdown:1 --volume studies\n  \
    crackdown submit scenarios/studies/small.ron --engine slurm --shards 12 --dry-run\n  \
    crackdown submit --engine slurm --shards 12 compare scenarios/kazakhstan.ron scenarios/policies/*.ron --replications 200\n\n\
    Slurm: account, partition and the like are taken from its own variables (SBATCH_ACCOUNT, SBATCH_PARTITION, SBATCH_QOS).\n\
    HyperQueue: a server and workers must be running (hq server start, hq worker start); the command waits for the end.\n\
    Kubernetes: the volume holds a copy of the current folder; STUDY and --out lie below it.\n\
    DIR/submit/state says `merged` in the end, or what is missing; of a comparison DIR is its --out with `-jobs` behind it.",
    subcommand_negates_reqs = true,
    subcommand_help_heading = "Instead of a study",
    disable_help_subcommand = true
)]
pub struct SubmitArgs {
    /// Study file
    #[arg(value_name = "STUDY", required = true)]
    pub study: Option<PathBuf>,
    /// Who schedules the tasks
    #[arg(long, value_enum)]
    pub engine: Engine,
    /// Number of tasks that share the runs of the study
    #[arg(long, value_name = "M", value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    pub shards: u32,
    /// Folder of the study [default: output/studies/NAME]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Override a value of every scenario, e.g. customers.habit=0.5; may be given several times
    #[arg(long = "set", value_name = "PATH=VALUE")]
    pub sets: Vec<String>,
    /// Threads of a task
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: u16,
    /// Memory of a task in megabytes [default: what its runs need, doubled]
    #[arg(long, value_name = "MB", value_parser = clap::value_parser!(u32).range(1..=100_000_000))]
    pub memory: Option<u32>,
    /// Longest time of a task; one that is stopped goes on from there in the next attempt [default: three times the estimate]
    #[arg(long, value_name = "HH:MM:SS", value_parser = job::seconds)]
    pub time: Option<u64>,
    /// How often a shard is tried
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub attempts: u32,
    /// Kubernetes: image that holds the program as `crackdown`
    #[arg(long, value_name = "NAME")]
    pub image: Option<String>,
    /// Kubernetes: persistent volume claim that all tasks can write
    #[arg(long, value_name = "CLAIM")]
    pub volume: Option<String>,
    /// Show files and commands, but write and start nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Submit although an earlier submission seems to be under way
    #[arg(long)]
    pub force: bool,
    /// What makes runs without a study file
    #[command(subcommand)]
    pub of: Option<StudyCommand>,
}

/// Who schedules the tasks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Engine {
    /// Job array of Slurm
    Slurm,
    /// Task array of HyperQueue
    Hyperqueue,
    /// Indexed Job of Kubernetes
    Kubernetes,
}

/// Submits the study.
pub fn run(args: &SubmitArgs) -> Result<(), Refusal> {
    let study = match (&args.of, &args.study) {
        (Some(StudyCommand::Compare(compared)), _) => compare::study(compared),
        (None, Some(path)) => {
            let told = |findings| show_findings(path, &findings);
            input::study(path, &args.sets).map_err(told).ok()
        }
        (None, None) => None,
    };
    let study = &study.ok_or(())?;
    let job = Job::new(args, study).map_err(usage)?;
    if args.of.is_none() {
        let place = job.folder.parent().unwrap_or(Path::new(""));
        takes(place, &ResultKind::Study, study).map_err(failed)?;
    }
    folder::takes(&job.folder)?;
    job.same_shards().map_err(usage)?;
    let plan = engine::plan(&job);
    if args.dry_run {
        show(&(job.summary() + "\n" + &in_full(&plan)));
        return Ok(());
    }
    engine::ready(&job)?;
    folder::write(&job.folder, &plan.files, args.force)?;
    show(&job.summary());
    engine::start(&job, &plan)
}

/// Everything that would be written and called.
fn in_full(plan: &Handed) -> String {
    let mut text = String::new();
    for file in &plan.files {
        text += &format!("== {}\n{}\n", file.name, String::from_utf8_lossy(&file.bytes));
    }
    let line = |command: &Vec<String>| {
        command.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ") + "\n"
    };
    text + "== commands\n" + &plan.commands.iter().map(line).collect::<String>()
}

/// A path as text that every scheduler's script can hold.
fn writable(path: &Path) -> Result<String, String> {
    let strange = |c: char| c.is_control() || "'\"\\".contains(c);
    match path.to_str() {
        Some(text) if !text.contains(strange) => Ok(text.to_owned()),
        _ => Err(format!(
            "{}: schedulers cannot be given a path with quotes, backslashes or line breaks: rename or move it",
            shown(path)
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_no_script_can_hold_is_refused() {
        assert!(writable(Path::new("a b/%c")).is_ok() && writable(Path::new("a\nb")).is_err());
    }
}
