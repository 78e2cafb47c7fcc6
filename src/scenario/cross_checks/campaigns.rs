//! Campaigns and the run: one that never acts was meant otherwise, and so perhaps two on the same lever and days.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;

use super::CrossChecks;
use super::dates::RunDays;
use crate::check::opening;
use crate::finding::Finding;
use crate::source::Span;
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
    pub(super) fn campaigns_that_never_act(&mut self, window: &RunDays) {
        for (name, campaign) in self.campaigns() {
            let dated = |field| campaign.at(field).and_then(|node| Some((node, node.date()?)));
            let never = |why| format!("the campaign \"{name}\" never acts: {why}");
            if let Some((node, from)) = dated("from")
                && from > window.end
                && self.order.height(node.span) >= window.end_height
            {
                let way_out = self.way_out(window);
                self.found.push(
                    Finding::error(never(format!("{from} lies after the end of the run")))
                        .at(node.span, format!("allowed: {} or earlier", window.end))
                        .see(window.end_span, "the run ends here")
                        .hint(way_out),
                );
            }
            if let Some((node, until)) = dated("until")
                && until < window.first
                && self.order.height(node.span) >= window.first_height
            {
                let begins = format!("the run with its warm-up begins on {}", window.first);
                self.found.push(
                    Finding::error(never(format!("{until} lies before the run")))
                        .at(node.span, begins)
                        .see(window.first_span, "set here")
                        .hint("choose a later date, or leave the campaign out"),
                );
            }
        }
    }

    /// Campaigns that hold one lever on the same days: what then counts should be meant.
    pub(super) fn campaigns_that_overlap(&mut self, window: &RunDays) {
        let mut by_lever: BTreeMap<&str, Vec<HeldLever>> = BTreeMap::new();
        for (name, campaign) in self.campaigns() {
            if let Some((lever, held)) = held(name, campaign, window) {
                by_lever.entry(lever).or_default().push(held);
            }
        }
        for (lever, mut all) in by_lever {
            // As they are applied.
            all.sort_by_key(|one| (one.begins, one.name));
            for (number, later) in all.iter().enumerate() {
                let mut others = all[..number]
                    .iter()
                    .rev()
                    .filter_map(|earlier| Some((earlier, earlier.common(later)?)));
                let Some((earlier, (from, until))) = others.next() else { continue };
                let more = match others.count() {
                    0 => String::new(),
                    more => format!(", and with {more} more"),
                };
                let (name, own) = (earlier.name, later.name);
                self.found.push(
                    Finding::warning(format!(
                        "the campaigns \"{name}\" and \"{own}\" hold `{lever}` on the same days, {from} to {until}{more}"
                    ))
                    .at(later.place, "applied last: on these days its value counts")
                    .see(earlier.place, "the other campaign")
                    .hint("if that is not meant, let one end (`until`) before the other begins (`from`)"),
                );
            }
        }
    }
}

/// When a campaign holds its lever.
struct HeldLever<'a> {
    name: &'a str,
    place: Span,
    /// First day as written, by which campaigns are ordered.
    begins: Option<Date>,
    from: Date,
    until: Date,
    /// Days from one wave to the next, and days that a wave lasts.
    waves: Option<(i32, i32)>,
}

/// The lever that a campaign holds in the run, and when; `None` if it never does, or cannot be read.
fn held<'a>(
    name: &'a str,
    campaign: &'a Tree,
    window: &RunDays,
) -> Option<(&'a str, HeldLever<'a>)> {
    let lever = campaign.at("lever")?.text()?;
    let number = |field: &str| campaign.at(field).and_then(Tree::number);
    let date = |field: &str| campaign.at(field).and_then(Tree::date);
    if number("strength") == Some(0.0) {
        return None;
    }
    let begins = date("from");
    let waves = number("every_days").zip(number("lasting_days"));
    let waves = waves.filter(|(every, _)| *every >= 1.0);
    let held = HeldLever {
        name,
        place: opening(campaign),
        begins,
        from: begins.unwrap_or(window.first),
        until: date("until").unwrap_or(window.end).min(window.end),
        waves: waves.map(|(every, lasting)| (every as i32, lasting as i32)),
    };
    (held.from <= held.until).then_some((lever, held))
}

impl HeldLever<'_> {
    /// First and last day of the run on which both hold the lever.
    fn common(&self, other: &HeldLever) -> Option<(Date, Date)> {
        let (from, until) = (self.from.max(other.from), self.until.min(other.until));
        if from > until {
            return None;
        }
        if self.waves.is_none() && other.waves.is_none() {
            return Some((from, until));
        }
        let mut days = from.series(1.day()).take_while(|day| *day <= until);
        let both = |day: &Date| self.holds(*day) && other.holds(*day);
        let first = days.find(both)?;
        Some((first, days.filter(both).last().unwrap_or(first)))
    }

    fn holds(&self, day: Date) -> bool {
        let since = (day - self.from).get_days();
        self.waves.is_none_or(|(every, lasting)| since % every < lasting)
    }
}

#[cfg(test)]
mod tests {
    use crate::with;

    /// Warnings about the reference with these campaigns.
    fn warnings(campaigns: &str) -> Vec<String> {
        let set = format!("policy.campaigns={{{campaigns}}}");
        let found = with(&[&set]).unwrap_or_else(|findings| panic!("{findings}")).warnings;
        found.found.into_iter().map(|finding| finding.message).collect()
    }

    fn closures(name: &str, rest: &str) -> String {
        format!("\"{name}\": (lever: \"shutdown_rate.closures_per_month\", value: 9, {rest}),")
    }

    #[test]
    fn campaigns_of_one_lever_that_overlap_are_pointed_out_with_their_days_and_others_are_not() {
        let spring = closures("spring", "from: \"2024-03-01\", until: \"2024-05-31\"");
        let may = closures("may", "from: \"2024-05-01\", until: \"2024-06-30\"");
        let lever = "`shutdown_rate.closures_per_month`";
        let both = format!(
            "the campaigns \"spring\" and \"may\" hold {lever} on the same days, 2024-05-01 to 2024-05-31"
        );
        assert_eq!(warnings(&format!("{spring}{may}")), [&both[..]]);
        assert_eq!(warnings(&format!("{may}{spring}")), [both], "in whatever order they stand");
        let june = closures("june", "from: \"2024-06-01\"");
        assert_eq!(warnings(&format!("{spring}{june}")), [""; 0]);
        let sites = "\"sites\": (lever: \"site_blocking.sites_per_month\", value: 9, from: \"2024-03-01\"),";
        assert_eq!(warnings(&format!("{spring}{sites}")), [""; 0], "another lever");
        let idle = closures("idle", "strength: 0.0");
        assert_eq!(warnings(&format!("{spring}{idle}")), [""; 0], "it never moves the lever");
        let always = closures("always", "");
        let found = warnings(&format!("{always}{spring}{may}"));
        assert_eq!(found.len(), 2, "{found:#?}");
        assert!(found[1].ends_with("2024-05-31, and with 1 more"), "{found:#?}");
    }

    #[test]
    fn waves_overlap_on_days_on_which_both_are_in_force() {
        let waves = |name: &str, from: &str, every: u32| {
            let more = format!("from: \"{from}\", every_days: {every}, lasting_days: 10");
            closures(name, &more)
        };
        let first = waves("first", "2024-01-01", 40);
        assert_eq!(warnings(&format!("{first}{}", waves("second", "2024-01-21", 40))), [""; 0]);
        let found = warnings(&format!("{first}{}", waves("second", "2024-01-06", 80)));
        assert_eq!(found.len(), 1);
        assert!(found[0].contains("same days, 2024-01-06 to "), "{found:?}");
    }

    #[test]
    fn what_is_plausible_is_said_of_the_world_and_not_of_levers_that_a_policy_sets() {
        let warnings = |set: &str| {
            let found = with(&[set]).unwrap().warnings.found;
            found.into_iter().map(|finding| finding.message).collect::<Vec<_>>()
        };
        assert_eq!(warnings("policy.shutdown_rate.closures_per_month=40"), [""; 0]);
        assert_eq!(warnings("policy.auto_block.detect_listed={\"2024-01-01\": 1.0}"), [""; 0]);
        assert_eq!(
            super::tests::warnings(&closures("many", "strength: 1").replace("9,", "40,")),
            [""; 0]
        );
        assert_eq!(warnings("customers.search_days=90").len(), 1);
    }
}
