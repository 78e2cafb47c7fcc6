//! The schedulers' own programs: which are needed, what they are told, and what they answer.

use std::path::PathBuf;
use std::process::{Command, Output};

use super::super::simulate::{Refusal, failed, show, usage};
use super::job::Job;
use super::scripts::scripts;
use super::{Engine, folder};
use study::store::{File, quoted};
use world::text::printable;

/// Tasks that Kubernetes takes in an Indexed Job whose indexes are repeated one by one. Source: Kubernetes documentation of Job.
const KUBERNETES_SHARDS: u32 = 100_000;

/// Files to write, then commands to call.
#[derive(Debug)]
pub struct Handed {
    /// Files.
    pub files: Vec<File>,
    /// Commands; JOB stands for the answer of the first.
    pub commands: Vec<Vec<String>>,
}

/// What a job comes to.
pub fn plan(job: &Job) -> Handed {
    let file = |name: &str| format!("{}/submit/{name}", job.out);
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let commands = match job.engine {
        Engine::Slurm => vec![
            words(&["sbatch", "--parsable", &file("tasks.sh")]),
            words(&[
                "sbatch",
                "--parsable",
                "--dependency=afterany:JOB,singleton",
                &file("collect.sh"),
                "1",
            ]),
        ],
        Engine::Hyperqueue => vec![words(&["bash", &file("run.sh")])],
        // A job of the same name that has ended would be left as it is.
        Engine::Kubernetes => vec![
            words(&["kubectl", "delete", "job", &job.name, "--ignore-not-found"]),
            words(&["kubectl", "apply", "-f", &file("tasks.yaml")]),
        ],
    };
    Handed { files: scripts(job), commands }
}

/// Programs that an engine needs, and where they usually are.
fn needed(engine: Engine) -> (&'static [&'static str], &'static str) {
    match engine {
        Engine::Slurm => (
            &["sbatch", "bash"],
            "run this where Slurm's programs are, usually on the cluster's login node",
        ),
        Engine::Hyperqueue => (
            &["hq", "bash"],
            "install HyperQueue, put its program `hq` on the PATH and start a server and workers",
        ),
        Engine::Kubernetes => (&["kubectl"], "install kubectl and let it point to the cluster"),
    }
}

/// Whether the scheduler can take the job; nothing is written yet.
pub fn ready(job: &Job) -> Result<(), Refusal> {
    let (programs, hint) = needed(job.engine);
    if let Some(missing) = programs.iter().find(|program| !on_path(program)) {
        return Err(failed(format!(
            "cannot find the program `{missing}`: {hint}; or see with --dry-run what would be written and called"
        )));
    }
    match job.engine {
        Engine::Slurm => match largest_array() {
            Some(most) if job.shards >= most => Err(usage(format!(
                "--shards {}: this cluster takes job arrays with numbers up to {} (MaxArraySize): give fewer shards, or more \
                 --threads for each",
                job.shards,
                most - 1
            ))),
            _ => Ok(()),
        },
        Engine::Kubernetes if job.shards > KUBERNETES_SHARDS => Err(usage(format!(
            "--shards {}: a Kubernetes Job takes {KUBERNETES_SHARDS} at most; give fewer shards, or more --threads for each",
            job.shards
        ))),
        _ => Ok(()),
    }
}

fn on_path(program: &str) -> bool {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&folders).any(|folder: PathBuf| folder.join(program).is_file())
}

/// MaxArraySize of the cluster, if it tells.
fn largest_array() -> Option<u32> {
    let answer = Command::new("scontrol").args(["show", "config"]).output().ok()?;
    let text = String::from_utf8(answer.stdout).ok()?;
    let line = text.lines().find_map(|line| line.trim().strip_prefix("MaxArraySize"))?;
    line.trim_start_matches([' ', '=']).trim().parse().ok()
}

/// Starts a job whose files are written.
pub fn start(job: &Job, plan: &Handed) -> Result<(), Refusal> {
    let started = match job.engine {
        Engine::Slurm => slurm(job, plan),
        Engine::Hyperqueue => return hyperqueue(job, plan),
        Engine::Kubernetes => kubernetes(job, plan),
    };
    if started.is_err() {
        folder::not_started(&job.folder);
    }
    started
}

fn slurm(job: &Job, plan: &Handed) -> Result<(), Refusal> {
    // The cluster's name may follow behind a semicolon.
    let number =
        |answer: String| printable(answer.trim().split(';').next().unwrap_or("")).into_owned();
    let tasks = number(answer(&plan.commands[0])?);
    let collect: Vec<String> =
        plan.commands[1].iter().map(|word| dependent(word, &tasks)).collect();
    let collects = answer(&collect).map(number).inspect_err(|_| {
        // Without a collector nobody would merge.
        let _ = Command::new("scancel").arg(&tasks).output();
    })?;
    show(&format!(
        "Submitted: job array {tasks} (tasks), then job {collects} (collects, resubmits what is missing, merges)\n\
         See: squeue -j {tasks},{collects}; crackdown {}; {}/submit/state\n",
        job.words.told(),
        job.out
    ));
    Ok(())
}

/// A word of a command that waits for a job, with the number of the job.
fn dependent(word: &str, tasks: &str) -> String {
    if word.starts_with("--dependency=") { word.replace("JOB", tasks) } else { word.to_owned() }
}

fn hyperqueue(job: &Job, plan: &Handed) -> Result<(), Refusal> {
    let command = &plan.commands[0];
    let ended = Command::new(&command[0]).args(&command[1..]).status();
    let ended = ended
        .map_err(|error| not_called(&command[0], &error))
        .inspect_err(|_| folder::not_started(&job.folder))?;
    if ended.success() {
        return Ok(());
    }
    Err(failed(format!(
        "not merged: {}/submit/state says why, logs are in {}/submit/logs",
        job.out, job.out
    )))
}

fn kubernetes(job: &Job, plan: &Handed) -> Result<(), Refusal> {
    for command in &plan.commands {
        show(&format!("{}\n", indented(&answer(command)?)));
    }
    show(&format!(
        "Then wait for the tasks and merge: bash {}/submit/collect.sh\n",
        quoted(&job.out)
    ));
    Ok(())
}

/// What a program answers; its own words if it refuses.
fn answer(command: &[String]) -> Result<String, Refusal> {
    let output = Command::new(&command[0]).args(&command[1..]).output();
    let Output { status, stdout, stderr } =
        output.map_err(|error| not_called(&command[0], &error))?;
    if status.success() {
        return Ok(String::from_utf8_lossy(&stdout).into_owned());
    }
    Err(failed(format!(
        "`{}` refused ({status}): {}",
        command.join(" "),
        indented(&String::from_utf8_lossy(&stderr))
    )))
}

/// Lines of another program: behind the first they stand apart from what this one says.
fn indented(text: &str) -> String {
    text.trim().lines().map(printable).collect::<Vec<_>>().join("\n  ")
}

fn not_called(program: &str, error: &std::io::Error) -> Refusal {
    failed(format!("cannot call `{program}`: {error}"))
}
