//! Interventions and the run: one on a day outside of it was meant otherwise.

use super::CrossChecks;
use super::dates::RunDays;
use crate::finding::Finding;
use crate::tree::Tree;

impl CrossChecks<'_> {
    /// An intervention outside the run, unless the run was changed by a higher layer.
    pub(super) fn interventions_that_never_act(&mut self, window: &RunDays) {
        let entries = self.node("policy.interventions").into_iter().flat_map(Tree::entries);
        for (name, node) in entries {
            let Some(place) = node.at("on") else { continue };
            let Some(on) = place.date() else { continue };
            let height = self.order.height(place.span);
            let (limit, seen, way, hint) = if on > window.end && height >= window.end_height {
                let seen = (window.end_span, "the run ends here");
                (window.end, seen, "or earlier", self.way_out(window))
            } else if on < window.first && height >= window.first_height {
                let hint = "choose another day, or let the run begin earlier".to_owned();
                (window.first, (window.first_span, "set here"), "or later", hint)
            } else {
                continue;
            };
            self.found.push(
                Finding::error(format!(
                    "the intervention \"{name}\" never acts: {on} lies outside the run"
                ))
                .at(place.span, format!("allowed: {limit} {way}"))
                .see(seen.0, seen.1)
                .hint(hint),
            );
        }
    }
}
