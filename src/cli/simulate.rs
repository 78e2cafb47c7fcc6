//! What commands that simulate have in common: interruption, progress, panics in words, exit codes.

use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use super::figures::Drawing;
pub(in crate::cli) use super::terminal::tell;
pub use super::terminal::{print, show};
use super::{progress, terminal};
use ::report::say;
use ::report::speech::{number, told_lines, tr};
use study::ensemble::Failure;
use study::store::{Folder, ResultKind};
use world::text::brief;

/// Exit code when a scenario or an argument is wrong, or results differ.
const WRONG: u8 = 1;
/// Exit code after wrong usage, as clap gives it.
const USAGE: u8 = 2;
/// Exit code when a run or its writing fails.
const FAILED: u8 = 3;
/// Exit code after Ctrl-C, as shells expect it.
const INTERRUPTED: u8 = 130;

/// How to simulate: options of every command that does.
#[derive(Debug, clap::Args)]
pub struct How {
    /// Seed: the same seed gives the same results, on any machine and number of threads
    #[arg(long, value_name = "S", default_value_t = 1, allow_negative_numbers = true)]
    pub seed: u64,
    /// Threads and figures
    #[command(flatten)]
    pub drawing: Drawing,
    /// Override a value of every scenario, e.g. customers.habit=0.5; may be given several times
    #[arg(long = "set", value_name = "PATH=VALUE")]
    sets: Vec<String>,
    /// People that one agent stands for: faster and coarser; the same as --set people_per_agent=K
    #[arg(long, value_name = "K")]
    people_per_agent: Option<u32>,
    /// Replace the result folder if there is one
    #[arg(long)]
    pub force: bool,
    /// Check everything and say what would be run, but run nothing
    #[arg(long)]
    pub dry_run: bool,
    /// No progress and no tables, only errors
    #[arg(long)]
    pub quiet: bool,
    /// Print results as JSON instead of tables
    #[arg(long, conflicts_with = "quiet")]
    pub json: bool,
}

impl How {
    /// Everything that is laid over a scenario.
    pub fn sets(&self) -> Vec<String> {
        let people = self.people_per_agent.map(|people| format!("people_per_agent={people}"));
        self.sets.iter().cloned().chain(people).collect()
    }

    /// Threads asked for, or as many as the machine offers.
    pub fn threads(&self) -> usize {
        self.drawing.threads()
    }

    /// Claims the place of the results before the simulation: nobody should wait for results that cannot be kept.
    pub fn claim(&self, out: &Path, kind: ResultKind) -> Result<Folder, Refusal> {
        // Before anything is on disk, so that an interruption always cleans up.
        interruption()?;
        Folder::claim(out, kind, self.force).map_err(failed)
    }

    /// Prints results as the options say ([`answer`]).
    pub fn answer<T: serde::Serialize>(
        &self,
        value: impl FnOnce() -> T,
        text: impl FnOnce() -> String,
    ) -> bool {
        answer((self.json, self.quiet), value, text)
    }
}

/// What was done, and how long it took.
pub fn in_seconds(what: &str, seconds: f64) -> String {
    say!("{what} in {seconds} s", what, seconds = number(format!("{seconds:.1}")))
}

/// As many threads as the machine offers.
pub fn offered_threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Why there are no results, or not those hoped for, and the exit code that says so.
pub struct Refusal {
    code: u8,
    /// None where all was told already.
    message: Option<String>,
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.message.as_deref().unwrap_or_default())
    }
}

impl Refusal {
    fn new(code: u8, cause: impl std::fmt::Display) -> Refusal {
        Refusal { code, message: Some(cause.to_string()) }
    }

    /// Says why, and gives the exit code.
    pub fn tell(&self) -> ExitCode {
        if let Some(message) = &self.message {
            tell!("{}", say!("error: {message}", message = told_lines(&brief(message))));
        }
        ExitCode::from(self.code)
    }
}

/// What is wrong, or differs, was told.
impl From<()> for Refusal {
    fn from((): ()) -> Refusal {
        Refusal { code: WRONG, message: None }
    }
}

/// The user interrupted.
pub fn was_interrupted(lost: &str) -> Refusal {
    Refusal::new(INTERRUPTED, say!("interrupted, {lost}", lost = tr(lost)))
}

/// Something failed while running or writing.
pub fn failed(cause: impl std::fmt::Display) -> Refusal {
    Refusal::new(FAILED, cause)
}

/// All went on, but some runs failed, which was told.
pub fn some_failed() -> Refusal {
    Refusal { code: FAILED, message: None }
}

/// A scenario or argument is wrong.
pub fn wrong(cause: impl std::fmt::Display) -> Refusal {
    Refusal::new(WRONG, cause)
}

/// What was asked for is not there.
pub fn usage(cause: impl std::fmt::Display) -> Refusal {
    Refusal::new(USAGE, cause)
}

/// Results for programs.
pub fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string_pretty(value).expect("plain values") + "\n"
}

/// Prints results: as JSON for programs, else as a text, which a quiet command leaves out; gives whether it was the text.
pub fn answer<T: serde::Serialize>(
    (as_json, quiet): (bool, bool),
    value: impl FnOnce() -> T,
    text: impl FnOnce() -> String,
) -> bool {
    if as_json {
        print(&json(&value()));
    } else if !quiet {
        show(&text());
    }
    !as_json && !quiet
}

/// A flag that Ctrl-C raises; the second time the program ends at once. It is the same for all who ask.
pub fn interruption() -> Result<Arc<AtomicBool>, Refusal> {
    static FLAG: OnceLock<Arc<AtomicBool>> = OnceLock::new();
    if let Some(flag) = FLAG.get() {
        return Ok(flag.clone());
    }
    let interrupted = FLAG.get_or_init(Arc::default).clone();
    let raised = interrupted.clone();
    ctrlc::set_handler(move || {
        // The second time the user has waited long enough.
        if raised.swap(true, Ordering::Relaxed) {
            std::process::exit(i32::from(INTERRUPTED));
        }
    })
    .map_err(failed)?;
    Ok(interrupted)
}

/// Work that shows its progress and tells failures in words.
pub struct ReportedWork {
    /// Days that will be simulated.
    pub days: u64,
    /// Whether to show nothing.
    pub quiet: bool,
    /// Seed of the study, to repeat a failure.
    pub seed: u64,
    /// What is lost when it is interrupted or fails, in words.
    pub lost: &'static str,
}

impl ReportedWork {
    /// Does the work; it is given what to call after each simulated day.
    pub fn run<T>(
        &self,
        work: impl FnOnce(&(dyn Fn() + Sync)) -> Result<T, Failure>,
    ) -> Result<T, Refusal> {
        let bar = progress::bar(self.days, self.quiet);
        let result = work(&|| bar.inc(1));
        bar.finish_and_clear();
        result.map_err(|failure| self.refusal(&failure))
    }

    fn refusal(&self, failure: &Failure) -> Refusal {
        match failure {
            Failure::Interrupted => was_interrupted(self.lost),
            Failure::Panicked { .. } => failed(format!(
                "{failure}\nThis is a bug of crackdown {}, not of your scenario; {}. It \
                 repeats with this command and seed {}.",
                env!("CARGO_PKG_VERSION"),
                self.lost,
                self.seed
            )),
            Failure::Threads(_) | Failure::NotKept(_) => failed(failure),
        }
    }
}

/// The exit code of a command, or that of a failure if its output could not be written.
pub fn all_written(code: ExitCode) -> ExitCode {
    match terminal::unwritten() {
        None => code,
        Some(why) => failed(format!("the output cannot be written: {why}")).tell(),
    }
}
