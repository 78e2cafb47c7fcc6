//! From trees to typed values and back: the only place that knows ron.
//!
//! A tree is written as text and ron types it; a typed value is written by ron and read into a tree.

use ron::extensions::Extensions;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::reader::{Origin, read};
use super::source::FileId;
use super::tree::Tree;
use super::world::Scenario;

/// Parameters that came after results were kept, and as JSON what the reference says: a complete scenario may lack them, and where
/// they hold this they are left out of what determines a run. None is the last of its group.
pub(super) const LATER: [(&str, &str); 3] = [
    ("policy.auto_block.banks", r#"{"-009999-01-01":"ByShare"}"#),
    ("policy.auto_block.pay_list", r#"{"-009999-01-01":"Forbidden"}"#),
    (
        "customers.trade_growth",
        r#"{"retail":{"-009999-01-01":1.0},"remitter":{"-009999-01-01":1.0},"drug_buyer":{"-009999-01-01":1.0},"fraud":{"-009999-01-01":1.0},"pyramid":{"-009999-01-01":1.0},"professional":{"-009999-01-01":1.0}}"#,
    ),
];

fn options() -> ron::Options {
    ron::Options::default()
        .with_default_extension(Extensions::IMPLICIT_SOME | Extensions::UNWRAP_NEWTYPES)
}

/// Types a text.
pub(super) fn typed<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    options().from_str(text).map_err(|error| error.to_string())
}

impl Tree {
    /// The tree of a typed value: complete, with every list by date as it is held.
    ///
    /// # Panics
    /// Never on scenarios and their parts, which are plain data.
    #[must_use]
    pub fn of<T: Serialize>(value: &T) -> Tree {
        let text = options().to_string(value).expect("plain data can be written");
        let mut found = Vec::new();
        let tree = read(&text, FileId(usize::MAX), 0, Origin::ByProgram, &mut found);
        debug_assert!(found.is_empty(), "{found:?}");
        tree.expect("what was written can be read")
    }

    /// The typed value of a tree.
    ///
    /// # Errors
    /// Why it is none.
    pub fn typed<T: DeserializeOwned>(&self) -> Result<T, String> {
        typed(&self.written())
    }
}

impl Scenario {
    /// What determines its runs, as JSON with keys in fixed order: parameters that came later and hold what the reference says are
    /// left out, so that scenarios without them stay what they were.
    ///
    /// # Panics
    /// Never: a scenario is plain data.
    #[must_use]
    pub fn json(&self) -> String {
        let mut text = serde_json::to_string(self).expect("a scenario can be written");
        for (path, value) in LATER {
            let name = path.rsplit('.').next().unwrap_or(path);
            text = text.replacen(&format!("\"{name}\":{value},"), "", 1);
        }
        text
    }
}

impl Tree {
    /// Takes parameters that came later out of a typed scenario where they hold what the reference says.
    pub(super) fn leave_later_out(&mut self) {
        for (path, value) in LATER {
            let said = serde_json::from_str::<serde_json::Value>(value).ok();
            if self.at(path).map(Tree::json) == said {
                self.remove(path);
            }
        }
    }
}

/// Parameters that came later and stand in a tree, each as text with the value of the reference.
pub(super) fn later_in(tree: &Tree) -> Vec<String> {
    let there = LATER.iter().filter(|(path, _)| tree.at(path).is_some());
    let text = |(path, value): &(&str, &str)| {
        let name = path.rsplit('.').next().unwrap_or(path);
        // With keys in the order of texts that determine runs.
        let value: serde_json::Value = serde_json::from_str(value).expect("plain values");
        format!("\"{name}\":{value},")
    };
    there.map(text).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference;

    #[test]
    fn a_scenario_as_a_tree_is_the_same_scenario_and_the_same_json() {
        let mut scenario = reference().scenario;
        scenario.title = "Қазақстан \"a\\b\"\n\u{301}\r\t'".to_owned();
        let tree = Tree::of(&scenario);
        assert_eq!(tree.typed::<Scenario>().unwrap(), scenario);
        assert_eq!(tree.json(), serde_json::to_value(&scenario).unwrap());
    }

    #[test]
    fn parameters_that_came_later_are_in_no_fingerprint_unless_they_are_used() {
        let reference = reference();
        let holds = |json: &str, path: &str| {
            let json: serde_json::Value = serde_json::from_str(json).unwrap();
            json.pointer(&format!("/{}", path.replace('.', "/"))).is_some()
        };
        let (text, typed) = (&reference.json, Tree::of(&reference.scenario));
        let mut tree = typed.clone();
        tree.leave_later_out();
        for (path, _) in LATER {
            assert!(!holds(text, path) && tree.at(path).is_none(), "{path}");
            assert!(typed.at(path).is_some(), "{path}");
        }
        let left: serde_json::Value = serde_json::from_str(text).unwrap();
        assert_eq!(tree.json(), left, "both ways to a fingerprint leave out the same");
        assert_eq!(serde_json::from_str::<Scenario>(text).unwrap(), reference.scenario);
        let used = [
            "policy.auto_block.banks=Largest(5)",
            "policy.auto_block.pay_list=Licensed",
            "customers.trade_growth.fraud=1.5",
        ];
        for (set, (later, _)) in used.iter().zip(LATER) {
            let path = std::path::Path::new("../../scenarios/kazakhstan.ron");
            let with = crate::load(path, &[(*set).to_owned()]).unwrap();
            assert!(holds(&with.json, later), "{set}");
            assert_eq!(serde_json::from_str::<Scenario>(&with.json).unwrap(), with.scenario);
            let again = Tree::of(&with.scenario).typed::<Scenario>().unwrap();
            assert_eq!(again, with.scenario, "{set}");
        }
    }
}
