//! Own definitions of what is counted, each for itself: its name is that of a measure, and it counts something.

use std::sync::LazyLock;

use super::entries::{self, EntryWords};
use super::form::{FieldForm, Holds};
use crate::finding::Finding;
use crate::tree::{Key, Tree, Value};
use crate::world::OwnMeasure;
use world::units::{Class, Trader};

/// How own definitions are spoken of and written.
const ENTRIES: EntryWords = EntryWords {
    word: "definition",
    one: "a definition",
    example: "write {\"own_1\": (title: \"Drug money on platforms\", shadow: [drug_buyer, dealer], everybody: [hub])}",
};

/// What a definition may say.
static FORM: LazyLock<FieldForm> = LazyLock::new(|| {
    let classes = Class::ALL.iter().map(|class| class.key().to_owned()).collect();
    let form = FieldForm::new(ENTRIES.one, "")
        .needs("title", Holds::Text, "what tables call it")
        .may("everybody", Holds::Words(classes), "classes at which all turnover counts");
    Class::ALL.iter().fold(form, |form, class| {
        let traders = Trader::ALL.iter().map(|trader| trader.key().to_owned()).collect();
        form.may(class.key(), Holds::Words(traders), "whose turnover counts at this class")
    })
});

/// Looks at the definitions; whether one is too short only if the tree is `complete`.
pub(super) fn check(path: &str, node: &Tree, complete: bool, found: &mut Vec<Finding>) {
    entries::each(&ENTRIES, &FORM, (path, node), complete, found, |given, found| {
        let lists = FORM.names().into_iter().skip(1).filter_map(|name| given.node.field(name));
        if complete && lists.map(|list| list.value.items().len()).sum::<usize>() == 0 {
            let finding = Finding::error("this definition counts nothing");
            found.push(finding.at(given.node.span, "no class, no trader").hint(ENTRIES.example));
        }
    });
    let Value::Map(entries) = &node.value else { return };
    for (key, _) in entries {
        let Key::Written(key) = key else { continue };
        if let Some(name) = key.text().filter(|name| !OwnMeasure::NAMES.contains(name)) {
            let [a, b, c] = OwnMeasure::NAMES;
            let name = name.escape_debug();
            let finding = Finding::error(format!("there is no measure \"{name}\" to be defined"));
            let label = format!("definitions are called {a}, {b} and {c}");
            found.push(finding.at(key.span, label).hint("`title` may hold any text"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shape::{ParameterKind, Schema, shape};

    #[test]
    fn the_fields_in_the_documentation_are_those_of_a_definition() {
        let Some(Schema::Leaf(parameter)) = shape().at("measures.own") else { panic!() };
        let ParameterKind::Map(fields) = &parameter.kind else { panic!() };
        assert_eq!(*fields, FORM.names());
    }

    #[test]
    fn findings_name_the_class_the_trader_and_the_measure() {
        let told = |own: &str| {
            let loaded = crate::with(&[&format!("measures.own={own}")]);
            loaded.map_or_else(|found| found.to_string(), |_| String::new())
        };
        let right = "{\"own_1\": (title: \"a\", everybody: [hub], shadow: [drug_buyer, dealer])}";
        assert_eq!(told(right), "");
        for (wrong, wanted) in [
            ("{\"own_1\": (title: \"a\", shadow: [drug_byer])}", "did you mean drug_buyer?"),
            ("{\"own_1\": (title: \"a\", everybody: [hubs])}", "did you mean hub?"),
            ("{\"own_1\": (title: \"a\", shadows: [fraud])}", "did you mean `shadow`?"),
            ("{\"mine\": (title: \"a\", shadow: [fraud])}", "called own_1, own_2 and own_3"),
            ("{\"own_1\": (title: \"a\", shadow: [])}", "counts nothing"),
            ("{\"own_1\": (shadow: [fraud])}", "`title`"),
        ] {
            assert!(told(wrong).contains(wanted), "{wrong}: {}", told(wrong));
        }
    }
}
