//! What a bug says: a panic is an error in words with an exit code, not a trace.

use std::panic::{AssertUnwindSafe, catch_unwind, set_hook};
use std::process::ExitCode;
use std::sync::Mutex;

use super::simulate::failed;
use world::text::printable;

/// Message and place of the last panic.
static LAST: Mutex<String> = Mutex::new(String::new());

/// Does the work of a command; if it panics, says that it is a bug, and gives the exit code of a failure.
pub fn told<T>(command: T, work: fn(T) -> ExitCode) -> ExitCode {
    set_hook(Box::new(|panic| {
        let place = panic.location().map(|at| format!(" ({}:{})", at.file(), at.line()));
        let message = panic.payload_as_str().unwrap_or("a panic without words");
        let told = format!("{}{}", printable(message), place.unwrap_or_default());
        *LAST.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = told;
    }));
    catch_unwind(AssertUnwindSafe(|| work(command))).unwrap_or_else(|_| {
        let what = LAST.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone();
        let version = env!("CARGO_PKG_VERSION");
        failed(format!(
            "{what}\nThis is a bug of crackdown {version}, not of your files; runs that were finished are kept. Please report the command and \
             the files that it reads."
        ))
        .tell()
    })
}

/// Does what damaged results could make panic: then that is what is wrong with them.
///
/// # Errors
/// Those of the work, or that the values do not fit together.
pub fn quietly<T>(work: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|_| Err("the values in it do not fit together".to_owned()))
}
