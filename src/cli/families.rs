//! Stands in for `ensemble::families` until it is there: every member is simulated from the start.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::sweep::making::{Keep, Next};
use crate::ensemble::Failure;
use crate::model::simulate;
use crate::record::RunKey;
use crate::scenario::Scenario;

/// Scenarios that are simulated with the same luck.
#[derive(Clone, Debug)]
pub struct Family {
    /// The members, by number.
    pub scenarios: Vec<Arc<Scenario>>,
    /// Their luck.
    pub key: RunKey,
}

/// Makes all families.
///
/// # Errors
/// If it was interrupted or a record could not be kept.
pub fn families(
    next: &Next,
    threads: usize,
    on_day: &(dyn Fn() + Sync),
    interrupted: &AtomicBool,
    keep: &Keep,
) -> Result<(), Failure> {
    let number = AtomicUsize::new(0);
    let work = || {
        loop {
            if interrupted.load(Ordering::Relaxed) {
                return Err(Failure::Interrupted);
            }
            let number = number.fetch_add(1, Ordering::Relaxed);
            let Some(family) = next(number) else { return Ok(()) };
            for (member, scenario) in family.scenarios.iter().enumerate() {
                let run = AssertUnwindSafe(|| simulate(scenario, family.key, on_day));
                let result = catch_unwind(run).map_err(|cause| {
                    cause.downcast_ref::<String>().cloned().unwrap_or_default()
                });
                keep(number, member, result).map_err(Failure::NotKept)?;
            }
        }
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..threads.max(1)).map(|_| scope.spawn(work)).collect();
        threads.into_iter().map(|thread| thread.join().expect("panics are caught")).collect()
    })
}
