//! A policy whose levers are held at other values, as campaigns do.
//!
//! A lever is found by its path in the tree of the policy, so that a new lever can have campaigns without a line here.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::campaign::Setting;
use super::policy::Policy;
use super::shape::{Kind, Schema, shape};
use super::tree::{Tree, Value};
use super::world::Dated;

/// A policy whose levers are found by their paths.
#[derive(Clone, Debug)]
pub struct Adjustable {
    tree: Tree,
    /// The policy as it is held, if it was typed since a lever was last moved.
    typed: Option<Policy>,
}

impl Adjustable {
    /// The policy, its campaigns left out.
    pub fn new(policy: &Policy) -> Adjustable {
        let bare = Policy { campaigns: BTreeMap::new(), ..policy.clone() };
        Adjustable { tree: Tree::of(&bare), typed: Some(bare) }
    }

    /// What the lever at a path below `policy` says by date; `None` if there is none.
    pub fn lever(&self, path: &str) -> Option<Dated<Setting>> {
        settings(self.tree.at(path)?)
    }

    /// Holds the lever at a path at one value.
    pub fn hold(&mut self, path: &str, setting: &Setting) {
        let Some(place) = self.tree.at_mut(path) else { return };
        let Some(Schema::Leaf(parameter)) = shape().at(&format!("policy.{path}")) else { return };
        let whole = parameter.kind == Kind::Whole;
        let held = Tree::constant(match setting {
            Setting::Number(number) if whole => Value::Number(number.round()),
            Setting::Number(number) => Value::Number(*number),
            Setting::Word(word) if parameter.is_open_choice() => Value::Text(word.clone()),
            Setting::Word(word) => Value::Name(word.clone()),
        });
        if *place != held {
            *place = held;
            self.typed = None;
        }
    }

    /// The policy with all levers as they are held.
    pub fn policy(&mut self) -> Policy {
        let typed = || self.tree.typed().expect("campaigns of a valid scenario suit their levers");
        self.typed.get_or_insert_with(typed).clone()
    }
}

/// Values by date of a lever in the tree of a typed policy.
pub(super) fn settings(tree: &Tree) -> Option<Dated<Setting>> {
    let setting = |tree: &Tree| match (tree.number(), tree.word().or_else(|| tree.text())) {
        (Some(number), _) => Some(Setting::Number(number)),
        (None, word) => Some(Setting::Word(word?.to_owned())),
    };
    let steps = tree.entries().map(|(date, value)| Some((date.parse().ok()?, setting(value)?)));
    Dated::new(steps.collect::<Option<BTreeMap<Date, Setting>>>()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{parameters, reference};

    #[test]
    fn every_lever_can_be_held_at_a_value_by_its_path_and_nothing_else_changes() {
        let policy = reference().scenario.policy;
        for parameter in parameters().iter().filter(|p| p.by_date) {
            let Some(path) = parameter.path.strip_prefix("policy.") else { continue };
            let mut adjustable = Adjustable::new(&policy);
            assert_eq!(adjustable.policy(), policy);
            let held = adjustable.lever(path).unwrap_or_else(|| panic!("{path}"));
            let value = match (held.on(Date::MIN), &parameter.kind) {
                (_, Kind::Choice(words)) => Setting::Word(words.last().unwrap().clone()),
                _ => Setting::Number(parameter.allowed.low.unwrap() + 0.25),
            };
            adjustable.hold(path, &value);
            let changed = adjustable.policy();
            assert_ne!(changed, policy, "{path}");
            let mut back = Adjustable::new(&changed);
            assert!(back.lever(path).is_some());
            back.hold(path, &held.on(Date::MIN));
            let mut constant = Adjustable::new(&policy);
            constant.hold(path, &held.on(Date::MIN));
            assert_eq!(back.policy(), constant.policy(), "{path}");
        }
    }
}
