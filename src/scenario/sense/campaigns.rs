//! Campaigns and the run: one that never acts was meant otherwise.

use super::Sense;
use super::dates::Window;
use crate::finding::Finding;
use crate::limits::date_in;
use crate::source::{Key, Node, Value};

impl<'a> Sense<'a> {
    /// Names and trees of all campaigns.
    pub(super) fn campaigns(&self) -> Vec<(&'a str, &'a Node)> {
        let Some(Value::Map(entries)) = self.node("policy.campaigns").map(|node| &node.value)
        else {
            return Vec::new();
        };
        let named = entries.iter().filter_map(|(key, node)| match key {
            Key::Written(key) => Some((key.text()?, node)),
            Key::Before => None,
        });
        named.collect()
    }

    /// Whether a campaign moves the lever at a path.
    pub(super) fn has_campaign(&self, path: &str) -> bool {
        self.campaigns().iter().any(|(_, campaign)| {
            campaign.at("lever").and_then(Node::text) == path.strip_prefix("policy.")
                && campaign.at("strength").and_then(Node::number) != Some(0.0)
        })
    }

    /// A campaign outside the run, unless the run was changed by a higher layer.
    pub(super) fn campaigns_that_never_act(&mut self, window: &Window) {
        for (name, campaign) in self.campaigns() {
            let dated = |field| campaign.at(field).and_then(|node| Some((node, date_in(node)?)));
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
