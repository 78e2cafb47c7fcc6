//! Interventions each for itself: fields, values, fields that belong to another act.
//!
//! Deliberately absent: whether the day lies within the run (`cross_checks`).

use std::fmt::Debug;
use std::sync::LazyLock;

use super::entries::{self, EntryWords};
use super::form::{FieldForm, Given, Holds};
use crate::finding::Finding;
use crate::intervention::{Act, LONGEST_DAYS, Markets, Successor, View, Which};
use crate::shape::Bounds;
use crate::tree::Tree;
use world::units::Class;

/// How interventions are spoken of and written.
const ENTRIES: EntryWords = EntryWords {
    word: "intervention",
    one: "an intervention",
    example: "write {\"largest hub\": (act: CloseAndArrest, on: \"2024-10-01\", class: hub)}",
};
/// Venues or dealers at most. Unit: venues. Source: more than are ever open; Status: assumption.
const MOST: f64 = 1000.0;

/// What an intervention may say.
static FORM: LazyLock<FieldForm> = LazyLock::new(|| {
    fn words<T: Debug>(all: &[T]) -> Holds {
        Holds::Word(all.iter().map(|word| format!("{word:?}")).collect())
    }
    let between = |low, high| Bounds { low: Some(low), high: Some(high) };
    let classes = Class::ALL.iter().map(|class| class.key().to_owned()).collect();
    let days = Holds::Whole(between(1.0, f64::from(LONGEST_DAYS)));
    FieldForm::new(ENTRIES.one, "")
        .needs("act", words(Act::ALL), "say what is done, e.g. act: CloseAndArrest")
        .needs("on", Holds::Date, "say on which day, e.g. on: \"2024-10-01\"")
        .may("class", Holds::Word(classes), "class of the venues")
        .may("which", words(Which::ALL), "which of the open venues of the class")
        .may("number", Holds::Whole(between(1.0, MOST)), "how many venues, or dealers")
        .may("successor", words(Successor::ALL), "whether a successor stands ready")
        .may("markets", words(Markets::ALL), "whether darknet markets fall with a hub")
        .may("view", words(View::ALL), "whether the agency's view counts a closure")
        .may("level", Holds::Number(between(0.0, 1.0)), "identification that is asked for")
        .may("for_days", days, "days for which it lasts")
});

/// Looks at the interventions; whether a field is missing only if the tree is `complete`.
pub(super) fn check(path: &str, node: &Tree, complete: bool, found: &mut Vec<Finding>) {
    entries::each(&ENTRIES, &FORM, (path, node), complete, found, together);
}

/// Fields of an intervention that say nothing for its act, and acts that a class cannot suffer.
fn together(given: &Given, found: &mut Vec<Finding>) {
    let act = |act: &&Act| given.word("act") == Some(act.key());
    let Some(&act) = Act::ALL.iter().find(act) else { return };
    let at = |field: &str| given.node.at(field);
    let idle = |field: &str| match field {
        "successor" | "view" => !act.closes() && act != Act::Watch,
        "markets" => !matches!(act, Act::Close | Act::CloseAndArrest | Act::Watch),
        "level" => !matches!(act, Act::ForceKyc | Act::Watch),
        "for_days" => !matches!(act, Act::BlockSites | Act::ForceKyc | Act::Watch),
        "class" | "which" => act == Act::ArrestDealers,
        _ => false,
    };
    for field in ["successor", "markets", "view", "level", "for_days", "class", "which"] {
        if let Some(node) = at(field).filter(|_| idle(field)) {
            let message = format!("`{field}` says nothing where the act is {act:?}");
            found.push(Finding::error(message).at(node.span, "leave it out"));
        }
    }
    let is = |class: Class| move |node: &&Tree| node.word() == Some(class.key());
    if let Some(node) = at("class").filter(is(Class::PeerToPeer))
        && (act.closes() || matches!(act, Act::BlockSites | Act::License))
    {
        let message =
            "deals between persons have no venue that could be closed, blocked or licensed";
        let hint = "choose another class, or ForceKyc";
        found.push(Finding::error(message).at(node.span, "no venue").hint(hint));
    }
    if let Some(node) = at("class").filter(is(Class::Licensed))
        && act == Act::License
    {
        let message = "licensed venues have a licence";
        let hint = "choose shadow, hub or foreign";
        found.push(Finding::error(message).at(node.span, "no other class").hint(hint));
    }
    if let Some(node) = at("markets").filter(|_| !idle("markets"))
        && at("class").filter(is(Class::Hub)).is_none()
    {
        let message = "`markets` says nothing where the class is not hub: darknet markets work with hubs only";
        found.push(Finding::error(message).at(node.span, "leave it out, or add class: hub"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intervention::Intervention;

    #[test]
    fn the_fields_and_words_in_the_documentation_are_those_of_an_intervention() {
        let day = jiff::civil::date(2024, 1, 1);
        let one = Intervention::new(Act::Close, day, Class::Hub);
        let parameter = entries::documented("policy.interventions", &FORM, &one);
        for act in Act::ALL {
            assert!(parameter.meaning.contains(&format!("{act:?}")), "{act:?}");
        }
        for word in ["Largest", "Random", "AsDrawn", "Prepared", "Unprepared", "Stay", "Fall"] {
            assert!(parameter.meaning.contains(word), "{word}");
        }
    }
}
