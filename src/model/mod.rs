//! One run of the world: the only place that knows bevy_ecs.

use crate::record::{Record, RunKey};
use crate::scenario::Scenario;

/// Simulates one replication of a valid scenario; `on_day` is called after each day (warm-up included).
#[must_use]
pub fn simulate(_scenario: &Scenario, _key: RunKey, _on_day: &(dyn Fn() + Sync)) -> Record {
    todo!("being written")
}
