//! Studies and catalogues, which may be written in JSON: the tree that a file of RON would be.
//!
//! JSON has no groups, no words and no words before brackets. What stands for them: an object with names, a text, and an object
//! with one name in capitals, as in `{"Uniform": [0.2, 0.8]}`.

use std::borrow::Cow;

use super::{Origin, read};
use crate::finding::Finding;
use crate::shape::{ParameterKind, Schema, shape};
use crate::source::FileId;
use crate::tree::{Field, Key, Tree, Value};

/// Fields that hold values by paths or names, not fields.
const LISTS: [&str; 4] = ["set", "parameters", "limits", "levers"];
/// Fields that hold words.
const WORDS: [&str; 5] = ["luck", "read", "fitted", "classes", "traders"];
/// Words that have fields in their brackets; the others have values.
const WITH_FIELDS: [&str; 4] = ["LatinHypercube", "Sobol", "Posterior", "Table"];
/// Words before a list of values, which need no second brackets.
const SPREAD: [&str; 3] = ["Uniform", "LogUniform", "OneOf"];

/// Reads a study or a catalogue in RON or JSON.
pub(crate) fn read_study(text: &str, file: FileId, found: &mut Vec<Finding>) -> Option<Tree> {
    let root = read(text, file, 0, Origin::InStudy, found)?;
    Some(match root.value {
        // No study of RON stands in curly brackets.
        Value::Map(_) => meant(root, "", false),
        _ => root,
    })
}

/// A study's text in RON, whatever it is written in.
pub(crate) fn study_in_ron(text: &str) -> Cow<'_, str> {
    match read(text, FileId(0), 0, Origin::InStudy, &mut Vec::new()) {
        Some(root) if matches!(root.value, Value::Map(_)) => {
            meant(root, "", false).written().into()
        }
        _ => text.into(),
    }
}

/// What RON would say in the place of a value; `name` is that of its field or path, and `words` whether texts are words.
fn meant(tree: Tree, name: &str, words: bool) -> Tree {
    let Tree { value, span } = tree;
    let value = match value {
        Value::Text(text) if words || WORDS.contains(&name) || text == "Prior" => Value::Name(text),
        Value::Name(null) if null == "null" => Value::Name("None".to_owned()),
        Value::List(items) => {
            Value::List(items.into_iter().map(|item| meant(item, name, words)).collect())
        }
        Value::Map(entries) => {
            return object(Tree { value: Value::Map(entries), span }, name, words);
        }
        other => other,
    };
    Tree { value, span }
}

/// An object of JSON as a group, a list by name or a word before brackets.
fn object(tree: Tree, name: &str, words: bool) -> Tree {
    let Tree { value: Value::Map(entries), span } = tree else { return tree };
    if let [(key, _)] = &entries[..]
        && let Some(word) =
            key.text().filter(|key| key.starts_with(|c: char| c.is_ascii_uppercase()))
    {
        let word = word.to_owned();
        let inside = entries.into_iter().map(|(_, value)| value).next();
        let inside = inside.map(|inside| meant(inside, &word, words));
        return Tree { value: tagged(word, inside), span };
    }
    let named = |key: &Key| {
        let field =
            |text: &str| text.chars().all(|c| c.is_ascii_lowercase() || "_0123456789".contains(c));
        key.text()
            .is_some_and(|text| field(text) && !text.starts_with(|c: char| c.is_ascii_digit()))
    };
    // Parameters stand by paths, of which some have no points; values by date by days.
    let list = LISTS.contains(&name) || ["Grid", "List"].contains(&name);
    if list || !entries.iter().all(|(key, _)| named(key)) {
        let of = |(key, value): (Key, Tree)| {
            let path = key.text().unwrap_or_default().to_owned();
            let words = words || is_word(&path);
            (key, meant(value, &path, words))
        };
        return Tree { value: Value::Map(entries.into_iter().map(of).collect()), span };
    }
    let field = |(key, value): (Key, Tree)| {
        let Key::Written(key) = key else { return None };
        let name = key.text()?.to_owned();
        let value = meant(value, &name, words);
        Some(Field { name, name_span: key.span, value, comment: Vec::new() })
    };
    Tree { value: Value::Group(entries.into_iter().filter_map(field).collect()), span }
}

/// A word before brackets.
fn tagged(word: String, inside: Option<Tree>) -> Value {
    let Some(inside) = inside else { return Value::Name(word) };
    let spread = SPREAD.contains(&&*word) && matches!(inside.value, Value::List(_));
    let bare = spread || WITH_FIELDS.contains(&&*word);
    let span = inside.span;
    let inside = if bare { inside } else { Tree { value: Value::List(vec![inside]), span } };
    Value::Tagged(word, Box::new(inside))
}

/// Whether a parameter is a word.
fn is_word(path: &str) -> bool {
    let path = path.split('@').next().unwrap_or(path);
    matches!(shape().at(path), Some(Schema::Leaf(leaf)) if matches!(leaf.kind, ParameterKind::Choice(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_study_in_json_is_the_tree_that_ron_would_be() {
        let said = |text: &str| {
            let mut found = Vec::new();
            let tree = read_study(text, FileId(0), &mut found);
            assert!(found.is_empty(), "{found:?}");
            tree.unwrap()
        };
        for (json, ron) in [
            (
                r#"{"title": "T", "luck": "All", "replications": 5}"#,
                "(title: \"T\", luck: All, replications: 5)",
            ),
            (
                r#"{"set": {"start": "2024-01-01", "policy.shutdown_rate.targeting": {"2024-01-01": "Largest"}}}"#,
                r#"(set: {"start": "2024-01-01", "policy.shutdown_rate.targeting": {"2024-01-01": Largest}})"#,
            ),
            (
                r#"{"draws": {"LatinHypercube": {"number": [4, 2], "parameters": {"customers.habit": "Prior", "afm.case_days": {"Uniform": [4, 12]}, "policy.shutdown_rate.targeting": {"OneOf": ["Easiest", "Largest"]}}}}}"#,
                r#"(draws: LatinHypercube(number: [4, 2], parameters: {"customers.habit": Prior, "afm.case_days": Uniform(4, 12), "policy.shutdown_rate.targeting": OneOf(Easiest, Largest)}))"#,
            ),
            (
                r#"{"draws": {"Grid": {"customers.habit": [0.5, 0.6], "policy.shutdown_rate.targeting@2024-01-01": ["Largest"]}}}"#,
                r#"(draws: Grid({"customers.habit": [0.5, 0.6], "policy.shutdown_rate.targeting@2024-01-01": [Largest]}))"#,
            ),
            (
                r#"{"draws": {"List": [{"customers.habit": 0.5}]}}"#,
                r#"(draws: List([{"customers.habit": 0.5}]))"#,
            ),
            (
                r#"{"draws": {"Posterior": {"file": "p.csv", "number": 3}}}"#,
                r#"(draws: Posterior(file: "p.csv", number: 3))"#,
            ),
            (
                r#"{"optimise": {"objective": "x", "limits": {"bank_cost": {"adds": 5, "a_month": true}}, "levers": {"strength.a": {"Uniform": [0, 1]}}}}"#,
                r#"(optimise: (objective: "x", limits: {"bank_cost": (adds: 5, a_month: true)}, levers: {"strength.a": Uniform(0, 1)}))"#,
            ),
            (
                r#"{"patterns": [{"name": "a", "readings": [{"read": "Change", "classes": ["hub"], "fitted": "No"}]}], "optimise": null}"#,
                r#"(patterns: [(name: "a", readings: [(read: Change, classes: [hub], fitted: No)])], optimise: None)"#,
            ),
        ] {
            let (json, ron) = (said(json), said(ron));
            assert_eq!(json, ron);
            // And what is written of it is read again.
            assert_eq!(said(&json.written()), ron);
        }
    }
}
