//! Interventions each for itself: fields, values, fields that belong to another act.
//!
//! Deliberately absent: whether the day lies within the run (`sense`).

use super::date;
use super::named::{self, One};
use crate::finding::{Finding, nearest, plain};
use crate::intervention::{Act, LONGEST_DAYS, Markets, Successor, Which};
use crate::source::{Node, Value};
use world::units::Class;

/// How interventions are spoken of and written.
const KIND: named::Kind = named::Kind {
    word: "intervention",
    one: "an intervention",
    example: "write {\"largest hub\": (act: CloseAndArrest, on: \"2024-10-01\", class: hub)}",
    always: &[
        ("act", "say what is done, e.g. act: CloseAndArrest"),
        ("on", "say on which day, e.g. on: \"2024-10-01\""),
    ],
};
/// Venues or dealers at most. Unit: venues. Source: more than are ever open; Status: assumption.
const MOST: f64 = 1000.0;

/// Looks at the interventions; whether a field is missing only if the tree is `complete`.
pub(super) fn check(fields: &[String], node: &Node, complete: bool, found: &mut Vec<Finding>) {
    named::each(&KIND, fields, node, complete, found, &|one, found| {
        let one = Written(one);
        one.values(found);
        one.together(found);
    });
}

/// One intervention as it was written.
struct Written<'a>(&'a One<'a>);

impl Written<'_> {
    fn at(&self, field: &str) -> Option<&Node> {
        self.0.at(field)
    }

    fn act(&self) -> Option<Act> {
        let Value::Name(written) = &self.at("act")?.value else { return None };
        Act::ALL.into_iter().find(|act| format!("{act:?}") == *written)
    }

    /// Each value for itself.
    fn values(&self, found: &mut Vec<Finding>) {
        let words = |all: &[&dyn std::fmt::Debug]| -> Vec<String> {
            all.iter().map(|word| format!("{word:?}")).collect()
        };
        let acts = Act::ALL.map(|act| format!("{act:?}")).to_vec();
        let which = words(&Which::ALL.each_ref().map(|word| word as &dyn std::fmt::Debug));
        let successor = words(&Successor::ALL.each_ref().map(|word| word as &dyn std::fmt::Debug));
        let markets = words(&Markets::ALL.each_ref().map(|word| word as &dyn std::fmt::Debug));
        let classes: Vec<String> = Class::ALL.iter().map(|class| class.key().to_owned()).collect();
        for (field, words) in [
            ("act", acts),
            ("which", which),
            ("successor", successor),
            ("markets", markets),
            ("class", classes),
        ] {
            if let Some(node) = self.at(field) {
                word(field, node, &words, found);
            }
        }
        if let Some(node) = self.at("on") {
            date("`on` of an intervention", node, found);
        }
        for (field, low, high, whole) in [
            ("number", 1.0, MOST, true),
            ("level", 0.0, 1.0, false),
            ("for_days", 1.0, f64::from(LONGEST_DAYS), true),
        ] {
            let Some(node) = self.at(field) else { continue };
            let fits =
                |number: f64| (low..=high).contains(&number) && !(whole && number.fract() != 0.0);
            if node.number().is_some_and(fits) {
                continue;
            }
            let kind = if whole { "a whole number" } else { "a number" };
            let said = node.number().map_or_else(|| node.value.in_words(), plain);
            let range = format!("from {} to {}", plain(low), plain(high));
            let message =
                format!("`{field}` of an intervention must be {kind} {range}, but is {said}");
            found.push(Finding::error(message).at(node.span, format!("allowed: {range}")));
        }
    }

    /// Fields that say nothing for this act, and acts that a class cannot suffer.
    fn together(&self, found: &mut Vec<Finding>) {
        let Some(act) = self.act() else { return };
        let idle = |field: &str| match field {
            "successor" => !act.closes() && act != Act::Watch,
            "markets" => !matches!(act, Act::Close | Act::CloseAndArrest | Act::Watch),
            "level" => !matches!(act, Act::ForceKyc | Act::Watch),
            "for_days" => !matches!(act, Act::BlockSites | Act::ForceKyc | Act::Watch),
            "class" | "which" => act == Act::ArrestDealers,
            _ => false,
        };
        for field in ["successor", "markets", "level", "for_days", "class", "which"] {
            if let Some(node) = self.at(field).filter(|_| idle(field)) {
                let message = format!("`{field}` says nothing where the act is {act:?}");
                found.push(Finding::error(message).at(node.span, "leave it out"));
            }
        }
        let person_to_person = |node: &&Node| matches!(&node.value, Value::Name(name) if *name == Class::PeerToPeer.key());
        if let Some(node) = self.at("class").filter(person_to_person)
            && (act.closes() || act == Act::BlockSites)
        {
            let message = "deals between persons have no venue that could be closed or blocked";
            let hint = "choose another class, or ForceKyc";
            found.push(Finding::error(message).at(node.span, "no venue").hint(hint));
        }
        let is_hub =
            |node: &Node| matches!(&node.value, Value::Name(name) if *name == Class::Hub.key());
        if let Some(node) = self.at("markets").filter(|_| !idle("markets"))
            && !self.at("class").is_some_and(is_hub)
        {
            let message = "`markets` says nothing where the class is not hub: darknet markets work with hubs only";
            found.push(Finding::error(message).at(node.span, "leave it out, or add class: hub"));
        }
    }
}

/// One of some words, without quotes.
fn word(field: &str, node: &Node, words: &[String], found: &mut Vec<Finding>) {
    let given = match &node.value {
        Value::Name(text) | Value::Text(text) => text.as_str(),
        _ => "",
    };
    if words.iter().any(|word| word == given) && matches!(node.value, Value::Name(_)) {
        return;
    }
    let label = match nearest(given, words.iter().map(String::as_str)) {
        Some(near) if near == given => format!("write {near} without quotes"),
        Some(near) => format!("did you mean {near}?"),
        None => "unknown word".to_owned(),
    };
    let message = format!(
        "`{field}` of an intervention must be one of {}, but found {}",
        words.join(", "),
        node.value.in_words()
    );
    found.push(Finding::error(message).at(node.span, label));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intervention::Intervention;
    use crate::shape::{Kind, Shape, shape};

    #[test]
    fn the_fields_and_words_in_the_documentation_are_those_of_an_intervention() {
        let Some(Shape::Leaf(parameter)) = shape().at("policy.interventions") else { panic!() };
        let Kind::Map(fields) = &parameter.kind else { panic!() };
        let day = jiff::civil::date(2024, 1, 1);
        let one = Intervention::new(Act::Close, day, Class::Hub);
        let serde_json::Value::Object(typed) = serde_json::to_value(one).unwrap() else { panic!() };
        let mut documented: Vec<&str> = fields.iter().map(String::as_str).collect();
        documented.sort_unstable();
        let mut typed: Vec<&str> = typed.keys().map(String::as_str).collect();
        typed.sort_unstable();
        assert_eq!(documented, typed);
        for act in Act::ALL {
            assert!(parameter.meaning.contains(&format!("{act:?}")), "{act:?}");
        }
        for word in ["Largest", "Random", "AsDrawn", "Prepared", "Unprepared", "Stay", "Fall"] {
            assert!(parameter.meaning.contains(word), "{word}");
        }
    }
}
