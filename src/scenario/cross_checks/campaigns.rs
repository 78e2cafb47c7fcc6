//! Campaigns and the run: one that never acts was meant otherwise.

use super::CrossChecks;
use super::dates::Window;
use crate::finding::Finding;
use crate::tree::Tree;

impl<'a> CrossChecks<'a> {
    /// Names and trees of all campaigns.
    pub(super) fn campaigns(&self) -> Vec<(&'a str, &'a Tree)> {
        self.node("policy.campaigns").into_iter().flat_map(Tree::entries).collect()
    }

    /// Whether a campaign moves the lever at a path.
    pub(super) fn has_campaign(&self, path: &str) -> bool {
        self.campaigns().iter().any(|(_, campaign)| {
            campaign.at("lever").and_then(Tree::text) == path.strip_prefix("policy.")
                && campaign.at("strength").and_then(Tree::number) != Some(0.0)
        })
    }

    /// A campaign outside the run, unless the run was changed by a higher layer.
    pub(super) fn campaigns_that_never_act(&mut self, window: &Window) {
        for (name, campaign) in self.campaigns() {
            let dated = |field| campaign.at(field).and_then(|node| Some((node, node.date()?)));
            if let Some((node, from)) = dated("from")
                && from > window.end
                && self.order.height(node.span) >= window.end_height
            {
                self.found.push(
                    Finding::error(format!(
                        "the campaign \"{name}\" never acts: {from} lies after the end of the run"
                    ))
                    .at(node.span, format!("allowed: {} or earlier", window.end))
                    .see(window.end_span, "the run ends here")
                    .hint("choose an earlier date, or let the run end later"),
                );
            }
            if let Some((node, until)) = dated("until")
                && until < window.first
                && self.order.height(node.span) >= window.first_height
            {
                self.found.push(
                    Finding::error(format!(
                        "the campaign \"{name}\" never acts: {until} lies before the run"
                    ))
                    .at(node.span, format!("the run with its warm-up begins on {}", window.first))
                    .see(window.first_span, "set here")
                    .hint("choose a later date, or leave the campaign out"),
                );
            }
        }
    }
}
