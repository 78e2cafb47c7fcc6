//! What is submitted: the study cut into shards, and what a task needs.
//!
//! Deliberately absent: which scheduler it is for.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::{Engine, SubmitArgs, writable};
use crate::cli::study::StudyCommand;
use scenario::estimate::duration;
use scenario::finding::plain;
use scenario::{Study, shipped};
use study::store::study::StudyFolder;

/// Time that a task gets at least, since a node has to start it and read files. Unit: seconds. Status: assumption.
const LEAST_SECONDS: u64 = 600;
/// Memory that a task gets at least. Unit: megabytes. Source: a small run takes 60; Status: assumption.
const LEAST_MEGABYTES: u64 = 200;
/// Bytes in a megabyte, as schedulers count.
const MEGABYTE: u64 = 1 << 20;
/// Longest name of a job: a Kubernetes job and the number of its pod must fit into 63 letters.
const LONGEST_NAME: usize = 45;

/// Words of the program's commands.
#[derive(Debug, Serialize)]
pub struct CommandWords {
    /// Makes runs; `--shard` is put behind it.
    pub make: Vec<String>,
    /// Prints the shards that are missing.
    pub missing: Vec<String>,
    /// Makes results when all runs are there.
    pub merge: Vec<String>,
    /// Tells in JSON how much is there; what has no unmerged files, as a comparison, need not be asked.
    pub status: Vec<String>,
    /// Folder in which all these are called, where they do not mean the same everywhere.
    pub here: Option<String>,
}

impl CommandWords {
    /// What tells how much is there.
    pub fn told(&self) -> String {
        match &self.status[..] {
            [] => "status compare …".to_owned(),
            [status, _, study, ..] => format!("{status} {study}"),
            [status, ..] => status.clone(),
        }
    }
}

/// A study cut into shards; templates of scripts know it by the names of its fields.
#[derive(Debug, Serialize)]
pub struct Job {
    /// Who schedules.
    #[serde(skip)]
    pub engine: Engine,
    /// Name of the jobs in queues: small letters, digits, `-`.
    pub name: String,
    /// This program.
    pub program: String,
    /// What makes, tells and merges its runs.
    #[serde(flatten)]
    pub words: CommandWords,
    /// Folder of the study as tasks will find it.
    pub out: String,
    /// Where scripts go.
    #[serde(skip)]
    pub folder: PathBuf,
    /// Number of shards.
    pub shards: u32,
    /// How often a shard is tried.
    pub attempts: u32,
    /// Threads of a task.
    pub threads: u16,
    /// Memory of a task in megabytes.
    pub megabytes: u64,
    /// Longest time of a task in seconds.
    pub seconds: u64,
    /// Whether the study wants precision, so that a second stage follows the first.
    pub precision: bool,
    /// Whether memory was asked for.
    pub memory_given: bool,
    /// Whether time was asked for.
    pub time_given: bool,
    /// Kubernetes: image.
    pub image: String,
    /// Kubernetes: volume claim.
    pub volume: String,
    title: String,
    arms: usize,
    draws: u32,
    replications: u32,
    /// Seconds that all runs of the largest shard take one after another.
    shard_seconds: f64,
}

impl Job {
    /// Cuts a study into shards.
    ///
    /// # Errors
    /// Arguments that do not go together.
    pub fn new(args: &SubmitArgs, study: &Study) -> Result<Job, String> {
        let cells = study.cells();
        if u64::from(args.shards) > cells {
            return Err(format!(
                "--shards {}: the study has {} cells (a draw and a replication with all scenarios, which are simulated together): \
                 the rest of the shards would have nothing to do; give {cells} at most",
                plain(f64::from(args.shards)),
                plain(cells as f64),
            ));
        }
        let (image, volume) = container(args)?;
        if args.engine == Engine::Kubernetes && study.precision.is_some() {
            return Err("a study with precision has a second stage, which a Kubernetes Job cannot start: use another engine, or \
                        take `precision` out and give `replications`"
                .to_owned());
        }
        let cost = study.cell_cost();
        let cells_of_shard = cells.div_ceil(u64::from(args.shards));
        let shard_seconds = cells_of_shard as f64 * cost.seconds_per_replication;
        // Twice: the state after the warm-up is kept while a policy starts from a copy of it.
        let megabytes =
            (2 * cost.bytes * u64::from(args.threads)).div_ceil(MEGABYTE).div_ceil(100) * 100;
        let estimated = (3.0 * shard_seconds / f64::from(args.threads)).ceil() as u64;
        let out = match (&args.of, &args.out) {
            (Some(StudyCommand::Compare(compared)), None) => {
                let mut out = compared.out().into_os_string();
                out.push("-jobs");
                PathBuf::from(out)
            }
            (Some(StudyCommand::Compare(_)), Some(_)) => {
                return Err("--out: a comparison has its own --out, behind `compare`".to_owned());
            }
            (None, Some(out)) => out.clone(),
            (None, None) => PathBuf::from("output/studies").join(&study.name),
        };
        let found = |path: &Path| match args.engine {
            Engine::Kubernetes => below(path),
            _ => absolute(path),
        };
        let program = std::env::current_exe()
            .map_err(|error| format!("cannot tell where this program is: {error}"))?;
        Ok(Job {
            engine: args.engine,
            name: name(&study.name),
            program: writable(&program)?,
            words: match (&args.of, &args.study) {
                (Some(StudyCommand::Compare(_)), _) => of_comparison(args)?,
                (None, study) => {
                    let study = study.as_deref().unwrap_or(&out);
                    let held = shipped::located(study) != study;
                    let study = if held { writable(study)? } else { found(study)? };
                    of_study(args, study, found(&out)?)
                }
            },
            out: found(&out)?,
            folder: out.join("submit"),
            shards: args.shards,
            // The second stage is an attempt of its own.
            attempts: args.attempts + u32::from(study.precision.is_some()),
            precision: study.precision.is_some(),
            threads: args.threads,
            megabytes: args.memory.map_or(megabytes.max(LEAST_MEGABYTES), u64::from),
            seconds: args.time.unwrap_or(estimated.max(LEAST_SECONDS).div_ceil(60) * 60),
            memory_given: args.memory.is_some(),
            time_given: args.time.is_some(),
            image,
            volume,
            title: study.title.clone(),
            arms: study.arms.len(),
            draws: study.draws(),
            replications: study.replications,
            shard_seconds,
        })
    }

    /// Whether runs that are not merged are of as many shards: a task reads its own files only.
    pub fn same_shards(&self) -> Result<(), String> {
        let place = StudyFolder::new(self.folder.parent().unwrap_or(Path::new("")));
        let sources = place.sources()?;
        let mut of = sources.iter().filter_map(|one| Some((one.label()?.shard.of, &one.path)));
        of.find(|(of, _)| *of != self.shards).map_or(Ok(()), |(of, path)| {
            Err(format!(
                "--shards {}: {} is of a study in {}: submit as many, or take it in first with `crackdown merge --partial`",
                self.shards,
                path.display(),
                if of == 1 { "one piece".to_owned() } else { format!("{of} shards") }
            ))
        })
    }

    /// What is submitted, in words.
    pub fn summary(&self) -> String {
        let number = |number: u64| plain(number as f64);
        let cells = u64::from(self.draws) * u64::from(self.replications);
        let (arms, shards) = (self.arms as u64, u64::from(self.shards));
        let (most, least) = (cells.div_ceil(shards), cells / shards);
        let runs = match (most * arms, least * arms) {
            (most, least) if most == least => number(most),
            (most, least) => format!("{} to {}", number(least), number(most)),
        };
        format!(
            "{}\n{} scenarios × {} draws × {} replications = {} runs in {} shards of {runs} runs\n\
             A task: {} thread{}, {} MB, about {} (limit {})\n",
            self.title,
            number(arms),
            number(self.draws.into()),
            number(self.replications.into()),
            number(cells * arms),
            number(shards),
            self.threads,
            if self.threads == 1 { "" } else { "s" },
            number(self.megabytes),
            duration(self.shard_seconds / f64::from(self.threads)),
            clock(self.seconds),
        )
    }
}

/// A command of this program, behind what it is called.
fn command(first: &[&str], chosen: &[String]) -> Vec<String> {
    first.iter().map(|word| (*word).to_owned()).chain(chosen.iter().cloned()).collect()
}

/// Commands of a study: its file, what is laid over it, its folder.
fn of_study(args: &SubmitArgs, study: String, out: String) -> CommandWords {
    let sets = args.sets.iter().flat_map(|set| ["--set".to_owned(), set.clone()]);
    let chosen: Vec<String> =
        std::iter::once(study).chain(sets).chain(["--out".to_owned(), out]).collect();
    CommandWords {
        make: command(&["sweep"], &chosen),
        missing: command(&["status", "--missing", &args.shards.to_string()], &chosen),
        merge: command(&["merge"], &chosen),
        status: command(&["status", "--json"], &chosen),
        here: None,
    }
}

/// Commands of a comparison: as it was written, in the same folder.
fn of_comparison(args: &SubmitArgs) -> Result<CommandWords, String> {
    if args.engine == Engine::Kubernetes {
        return Err("a comparison cannot be submitted to Kubernetes: write a study file, or use another engine".to_owned());
    }
    if !args.sets.is_empty() {
        return Err("--set: write it behind `compare`".to_owned());
    }
    let written = std::env::args().skip_while(|word| word != "compare").collect::<Vec<String>>();
    let option = |word: &str| word.split('=').next().unwrap_or_default().to_owned();
    if let Some(word) =
        written.iter().find(|word| ["--dry-run", "--shard"].contains(&&*option(word)))
    {
        return Err(format!(
            "{word}: write --dry-run before `compare`; shards are numbered by the engine"
        ));
    }
    Ok(CommandWords {
        make: for_a_task(&written),
        missing: command(&["status", "--missing", &args.shards.to_string()], &written),
        merge: written,
        status: Vec::new(),
        here: Some(absolute(Path::new("."))?),
    })
}

/// What a task is told: the command without what is said of every task (`--threads`) and what only a person reads.
fn for_a_task(written: &[String]) -> Vec<String> {
    let mut left = Vec::new();
    let mut words = written.iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--quiet" | "--json" => {}
            "--threads" => drop(words.next()),
            other if other.starts_with("--threads=") => {}
            _ => left.push(word.clone()),
        }
    }
    left
}

/// Image and volume claim, which only Kubernetes takes.
fn container(args: &SubmitArgs) -> Result<(String, String), String> {
    match (args.engine, &args.image, &args.volume) {
        (Engine::Kubernetes, Some(image), Some(volume)) => Ok((image.clone(), volume.clone())),
        (Engine::Kubernetes, image, volume) => {
            let missing = [
                (image, "--image NAME (a container image with this program)"),
                (
                    volume,
                    "--volume CLAIM (a persistent volume claim that holds the current folder)",
                ),
            ];
            let missing =
                missing.iter().filter(|(given, _)| given.is_none()).map(|(_, what)| *what);
            Err(format!("--engine kubernetes needs {}", missing.collect::<Vec<_>>().join(" and ")))
        }
        (_, None, None) => Ok(Default::default()),
        _ => Err("--image and --volume are for --engine kubernetes".to_owned()),
    }
}

/// A path that means the same wherever a task starts.
fn absolute(path: &Path) -> Result<String, String> {
    let path = std::path::absolute(path).map_err(|error| format!("{}: {error}", path.display()))?;
    writable(&path)
}

/// A path below the current folder, of which the volume holds a copy.
fn below(path: &Path) -> Result<String, String> {
    let whole = |path: &Path| path.canonicalize().or_else(|_| std::path::absolute(path)).ok();
    let here = whole(Path::new("."));
    let inside = here.and_then(|here| Some(whole(path)?.strip_prefix(here).ok()?.to_owned()));
    // A path that is not there yet keeps its `..`, which could lead out.
    let inside = inside.filter(|path| path.iter().all(|part| part != ".."));
    match inside {
        Some(path) => writable(&path),
        None => Err(format!(
            "{} does not lie below the current folder, of which the volume holds a copy: change to a folder above it",
            path.display()
        )),
    }
}

/// `HH:MM:SS` in seconds.
pub fn seconds(text: &str) -> Result<u64, String> {
    let wrong = || "write hours, minutes and seconds, for example 02:30:00".to_owned();
    let parts: Vec<&str> = text.split(':').collect();
    let [hours, minutes, seconds] = parts[..] else { return Err(wrong()) };
    let part = |text: &str, most: u64| {
        let digits = (1..=4).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        text.parse::<u64>().ok().filter(|value| digits && *value <= most).ok_or_else(wrong)
    };
    let total = part(hours, 9_999)? * 3600 + part(minutes, 59)? * 60 + part(seconds, 59)?;
    if total == 0 { Err(wrong()) } else { Ok(total) }
}

/// Seconds as `HH:MM:SS`.
pub fn clock(seconds: u64) -> String {
    format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// Name of a study as every queue takes it.
fn name(study: &str) -> String {
    let letter = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    let name: String =
        format!("crackdown-{study}").chars().map(letter).take(LONGEST_NAME).collect();
    name.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_is_not_told_twice() {
        let written =
            ["compare", "a.ron", "b.ron", "--quiet", "--threads", "4", "--seed=2", "--json"];
        let left = for_a_task(&written.map(str::to_owned));
        assert_eq!(left, ["compare", "a.ron", "b.ron", "--seed=2"]);
    }

    #[test]
    fn times_are_read_and_written() {
        assert_eq!(seconds("02:30:05"), Ok(9005));
        assert_eq!(seconds("120:00:00").map(clock), Ok("120:00:00".to_owned()));
        for wrong in ["", "10", "10:00", "00:60:00", "-1:00:00", "00:00:00", "1:2:3:4", "+1:00:00"]
        {
            assert!(seconds(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn names_are_taken_by_every_queue() {
        assert_eq!(name("Rails_over Ö"), "crackdown-rails-over");
        assert!(name(&"x".repeat(64)).len() <= LONGEST_NAME);
    }

    #[test]
    fn what_the_volume_mirrors_lies_below_the_current_folder() {
        assert_eq!(
            below(Path::new("scenarios/kazakhstan.ron")).as_deref(),
            Ok("scenarios/kazakhstan.ron")
        );
        assert_eq!(below(Path::new("output/new")).as_deref(), Ok("output/new"));
        assert!(below(Path::new("/")).is_err());
        assert!(below(Path::new("output/../../new")).is_err());
    }
}
