//! Banks that are picked, and the issuers that there are.

use super::CrossChecks;
use crate::banks::PickedBanks;
use crate::finding::{Finding, nearest};
use crate::tree::{Tree, Value};

/// The lever that picks banks.
const PICK: &str = "auto_block.banks";

impl<'a> CrossChecks<'a> {
    /// All that is picked: on some date, or by a campaign.
    fn picks(&self) -> Vec<&'a Tree> {
        let dated = self.node(&format!("policy.{PICK}")).map_or_else(Vec::new, Tree::steps);
        let held = self.campaigns().into_iter().filter_map(|(_, campaign)| {
            let on_banks = campaign.at("lever").and_then(Tree::text) == Some(PICK);
            campaign.at("value").filter(|_| on_banks)
        });
        dated.into_iter().map(|(_, _, value)| value).chain(held).collect()
    }

    /// Whether any bank is picked.
    pub(super) fn picks_banks(&self) -> bool {
        self.picks().iter().any(|tree| tree.pick().is_some_and(|pick| pick != "ByShare"))
    }

    /// Picked banks that there are not.
    pub(super) fn banks(&mut self) {
        let issuers = self.node("banks.issuers").map_or(&[][..], Tree::items);
        let names: Vec<&str> =
            issuers.iter().filter_map(|issuer| issuer.at("name")?.text()).collect();
        for tree in self.picks() {
            let Some(pick) = tree.pick() else { continue };
            let known = format!("banks: {}", names.join(", "));
            let wrong = |place: &Tree, message: String, label: String| {
                Finding::error(message).at(place.span, label).hint(known.clone())
            };
            match pick.parse() {
                Err(why) => {
                    let message = format!("no bank can be picked by \"{}\"", pick.escape_debug());
                    self.found.push(wrong(tree, message, why));
                }
                Ok(PickedBanks::Largest(most)) if most > names.len() => {
                    let message =
                        format!("the {most} largest banks are wanted, of {}", names.len());
                    let label = "more than there are: write All".to_owned();
                    self.found.push(wrong(tree, message, label));
                }
                Ok(PickedBanks::Named(_)) => {
                    let mut before: Vec<String> = Vec::new();
                    for item in tree.items() {
                        for name in item.pick().iter().flat_map(|text| text.split(',')) {
                            let name = name.trim();
                            if before.iter().any(|other| other == name) {
                                let message = format!("the bank \"{name}\" is picked twice");
                                self.found.push(wrong(item, message, "once is enough".to_owned()));
                            } else if !names.contains(&name) {
                                let message = format!(
                                    "there is no bank \"{}\" in `banks.issuers`",
                                    name.escape_debug()
                                );
                                self.found.push(wrong(item, message, near(name, &names, tree)));
                            }
                            before.push(name.to_owned());
                        }
                    }
                }
                Ok(PickedBanks::ByShare | PickedBanks::All | PickedBanks::Largest(_)) => {}
            }
        }
    }
}

/// What may have been meant.
fn near(name: &str, names: &[&str], tree: &Tree) -> String {
    let alone = !matches!(tree.value, Value::List(_));
    let words = ["ByShare", "All", "Largest(5)"].into_iter().filter(|_| alone);
    // Many write a word in small letters, or a list without its brackets.
    match nearest(name, names.iter().copied().chain(words)) {
        Some(near) => format!("did you mean {near}?"),
        None if alone => "neither a bank nor one of ByShare, Largest(5), All".to_owned(),
        None => "no such bank".to_owned(),
    }
}

#[cfg(test)]
mod tests {

    #[test]
    fn banks_that_there_are_not_are_refused_with_what_may_have_been_meant_wherever_they_are_picked()
    {
        let told = |set: String| {
            crate::with(&[&set]).map_or_else(|found| found.to_string(), |_| "fine".to_owned())
        };
        for (pick, words) in [
            ("Halik", "did you mean Halyk?"),
            ("\"Kaspi Bank\"", "did you mean Kaspi?"),
            ("[\"Halyk\", \"Kaspy\"]", "did you mean Kaspi?"),
            ("[\"Halyk\", \"Halyk\"]", "is picked twice"),
            ("Largest(19)", "more than there are: write All"),
            ("Largest(0)", "write Largest(5)"),
            ("Largest(five)", "write Largest(5)"),
            ("largest(5)", "did you mean Largest(5)?"),
            ("[]", "the name of a bank is empty"),
            ("5", "or a list of names"),
            ("Largest(5)", "fine"),
            ("\"Kaspi, RBK\"", "fine"),
            ("{\"2025-03-01\": Largest(5), \"2025-09-01\": All}", "fine"),
        ] {
            let found = told(format!("policy.auto_block.banks={pick}"));
            assert!(found.contains(words), "{pick}: {found}");
            if !pick.starts_with('{') {
                let campaign =
                    format!("(lever: \"auto_block.banks\", value: {pick}, from: \"2024-03-01\")");
                let found = told(format!("policy.campaigns={{\"c\": {campaign}}}"));
                assert!(found.contains(words), "{pick} in a campaign: {found}");
            }
        }
    }
}
