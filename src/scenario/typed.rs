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
    pub fn of<T: Serialize>(value: &T) -> Tree {
        let text = options().to_string(value).expect("plain data can be written");
        let mut found = Vec::new();
        let tree = read(&text, FileId(usize::MAX), 0, Origin::ByProgram, &mut found);
        debug_assert!(found.is_empty(), "{found:?}");
        tree.expect("what was written can be read")
    }

    /// The typed value of a tree.
    pub fn typed<T: DeserializeOwned>(&self) -> Result<T, String> {
        typed(&self.written())
    }
}

impl Scenario {
    /// What determines its runs, as JSON with keys in fixed order.
    pub fn json(&self) -> String {
        serde_json::to_string(self).expect("a scenario can be written")
    }
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
}
