//! Studies → runs, in parallel: [`make()`] is the one engine.
//!
//! As many runs as there are threads go on at once, each on one thread. So never more runs are in memory than there are
//! threads, and as many trunks from which they part (`family`): in one shared pool a thread that waits inside a run may start
//! another, and memory would have no bound.
//!
//! Deliberately absent: what a run does (`model`), what becomes of its record ([`Keep`] takes it as soon as it is
//! there), files, printing.

pub mod chain;
pub mod difference;
mod family;
mod make;
pub mod pair;
mod panics;

use std::any::Any;
use std::fmt;
use std::sync::atomic::AtomicBool;

pub use make::{Keep, Run, Stage, StudyPart, Unmade, make};

/// What happens to runs that are under way when the user interrupts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhenInterrupted {
    /// They end with their current day and are lost.
    Stop,
    /// They are finished and kept; no others begin.
    Finish,
}

/// How runs are made.
#[derive(Clone, Copy)]
pub struct RunOptions<'a> {
    /// Number of threads, at least one.
    pub threads: usize,
    /// Called after each simulated day of any run.
    pub on_day: &'a (dyn Fn() + Sync),
    /// Raised when the user interrupts.
    pub interrupted: &'a AtomicBool,
    /// What then becomes of runs under way.
    pub when_interrupted: WhenInterrupted,
}

/// Why there are no results, or not all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The interruption flag was raised.
    Interrupted,
    /// A replication panicked: a bug of the program.
    Panicked {
        /// Which one.
        replication: u32,
        /// What the panic said.
        message: String,
    },
    /// The threads could not be started.
    Threads(String),
    /// A record could not be kept.
    NotKept(String),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Interrupted => f.write_str("interrupted"),
            Failure::Panicked { replication, message } => {
                write!(f, "replication {replication} failed: {message}")
            }
            Failure::Threads(message) => write!(f, "cannot start threads: {message}"),
            Failure::NotKept(message) => f.write_str(message),
        }
    }
}

impl std::error::Error for Failure {}

fn message(cause: &(dyn Any + Send)) -> String {
    let text = cause.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| cause.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "no message".to_owned())
}

#[cfg(test)]
mod tests;
