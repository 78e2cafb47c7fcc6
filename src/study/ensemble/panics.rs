//! Panics of runs: told by whoever asked for the runs, with their place, not printed by each thread.

use std::collections::BTreeMap;
use std::panic::PanicHookInfo;
use std::sync::{Mutex, MutexGuard, Once};

/// Panics whose place is remembered at most. Unit: messages. Source: judgement.
const PLACES: usize = 1_000;

static SEEN: Mutex<SeenPanics> = Mutex::new(SeenPanics { at_work: 0, places: BTreeMap::new() });

struct SeenPanics {
    /// Engines at work: while there are none, panics are printed as ever.
    at_work: usize,
    /// Where panics came from, by message.
    places: BTreeMap<String, String>,
}

fn seen() -> MutexGuard<'static, SeenPanics> {
    SEEN.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// Does work whose panics are caught, without printing them.
pub fn quietly<T>(work: impl FnOnce() -> T) -> T {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if !remember(panic) {
                usual(panic);
            }
        }));
    });
    struct AtWork;
    impl Drop for AtWork {
        fn drop(&mut self) {
            seen().at_work -= 1;
        }
    }
    seen().at_work += 1;
    let _at_work = AtWork;
    work()
}

/// Remembers where a panic came from; false if nobody is at work.
fn remember(panic: &PanicHookInfo) -> bool {
    let mut seen = seen();
    if seen.at_work > 0
        && seen.places.len() < PLACES
        && let Some(at) = panic.location()
    {
        let message = panic.payload_as_str().unwrap_or_default().to_owned();
        seen.places.insert(message, format!("{}:{}", at.file(), at.line()));
    }
    seen.at_work > 0
}

/// What a panic said, and where it came from if that is known.
pub fn with_place(message: String) -> String {
    match seen().places.get(&message) {
        Some(place) => format!("{message} ({place})"),
        None => message,
    }
}
