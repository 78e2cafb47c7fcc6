//! Interventions and the run: one on a day outside of it was meant otherwise.

use super::Sense;
use super::dates::Window;
use crate::finding::Finding;
use crate::limits::date_in;
use crate::source::{Key, Value};

impl Sense<'_> {
    /// An intervention outside the run, unless the run was changed by a higher layer.
    pub(super) fn interventions_that_never_act(&mut self, window: &Window) {
        let Some(Value::Map(entries)) = self.node("policy.interventions").map(|node| &node.value)
        else {
            return;
        };
        for (key, node) in entries {
            let Key::Written(key) = key else { continue };
            let Some(place) = node.at("on") else { continue };
            let Some(on) = date_in(place) else { continue };
            let name = key.text().unwrap_or_default();
            let height = self.order.height(place.span);
            let (limit, seen, hint) = if on > window.end && height >= window.end_height {
                (window.end, (window.end_span, "the run ends here"), "or earlier")
            } else if on < window.first && height >= window.first_height {
                (window.first, (window.first_span, "set here"), "or later")
            } else {
                continue;
            };
            self.found.push(
                Finding::error(format!(
                    "the intervention \"{name}\" never acts: {on} lies outside the run"
                ))
                .at(place.span, format!("allowed: {limit} {hint}"))
                .see(seen.0, seen.1)
                .hint("choose another day, or let the run begin earlier or end later"),
            );
        }
    }
}
