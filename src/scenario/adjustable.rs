//! A policy whose levers are held at other values, as campaigns do.
//!
//! A lever is found by its path in the tree of the policy, so that a new lever can have campaigns without a line here.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::campaign::CampaignValue;
use super::policy::Policy;
use super::shape::{ParameterKind, Schema, shape};
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
    pub fn lever(&self, path: &str) -> Option<Dated<CampaignValue>> {
        settings(self.tree.at(path)?)
    }

    /// Holds the lever at a path at one value.
    pub fn hold(&mut self, path: &str, setting: &CampaignValue) {
        let Some(place) = self.tree.at_mut(path) else { return };
        let Some(Schema::Leaf(parameter)) = shape().at(&format!("policy.{path}")) else { return };
        let whole = parameter.kind == ParameterKind::Whole;
        let held = Tree::constant(match setting {
            CampaignValue::Number(number) if whole => Value::Number(number.round()),
            CampaignValue::Number(number) => Value::Number(*number),
            CampaignValue::Word(word) if parameter.is_open_choice() => Value::Text(word.clone()),
            CampaignValue::Word(word) => Value::Name(word.clone()),
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
pub(super) fn settings(tree: &Tree) -> Option<Dated<CampaignValue>> {
    let setting = |tree: &Tree| match (tree.number(), tree.word().or_else(|| tree.text())) {
        (Some(number), _) => Some(CampaignValue::Number(number)),
        (None, word) => Some(CampaignValue::Word(word?.to_owned())),
    };
    let steps = tree.entries().map(|(date, value)| Some((date.parse().ok()?, setting(value)?)));
    Dated::new(steps.collect::<Option<BTreeMap<Date, CampaignValue>>>()?)
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
                (_, ParameterKind::Choice(words)) => {
                    CampaignValue::Word(words.last().unwrap().clone())
                }
                _ => CampaignValue::Number(parameter.allowed.low.unwrap() + 0.25),
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
