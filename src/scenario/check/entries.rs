//! Entries by name, as campaigns and interventions are written.
//!
//! Deliberately absent: what their fields mean.

use super::form::{FieldForm, Given};
use crate::finding::Finding;
use crate::tree::{Key, Tree, Value};

/// How a kind of entry is spoken of.
pub(super) struct EntryWords {
    /// As in "the campaign".
    pub word: &'static str,
    /// As in "a campaign".
    pub one: &'static str,
    /// How one is written.
    pub example: &'static str,
}

/// Looks at each entry; only in a tree that is `complete` is a field missing, and nothing left to take away.
pub(super) fn each(
    kind: &EntryWords,
    form: &FieldForm,
    (path, node): (&str, &Tree),
    complete: bool,
    found: &mut Vec<Finding>,
    look: impl Fn(&Given, &mut Vec<Finding>),
) {
    let EntryWords { word, one, example } = *kind;
    let wrong = |message: String, place: &Tree, label: &str| {
        Finding::error(message).at(place.span, label).hint(example)
    };
    let entries = match &node.value {
        Value::Map(entries) => entries,
        Value::Broken => return,
        other => {
            let message =
                format!("`{path}` is a list of {word}s by name, but found {}", other.in_words());
            found.push(wrong(message, node, "curly brackets are wanted"));
            return;
        }
    };
    for (key, node) in entries {
        let Key::Written(key) = key else { continue };
        let name = key.text().unwrap_or_default();
        if !names_an_entry(name) {
            let message = match key.text() {
                Some(text) => format!("\"{}\" cannot name {one}", text.escape_debug()),
                None => format!("{one} has a name in quotes, but found {}", key.value.in_words()),
            };
            let label = "1 to 64 letters, digits, spaces, `_` and `-` are allowed";
            let broken = matches!(key.value, Value::Broken);
            found.extend((!broken).then(|| wrong(message, key, label)));
            continue;
        }
        if node.is_none() {
            let message = format!("there is no {word} \"{name}\" to take away");
            let label = format!("takes away {one} of a file that this one extends");
            found.extend(complete.then(|| Finding::error(message).at(node.span, label)));
            continue;
        }
        if !matches!(node.value, Value::Group(_) | Value::Broken) {
            let what = node.value.in_words();
            let message = format!("the {word} \"{name}\" is a group, but found {what}");
            found.push(wrong(message, node, "a group in round brackets is wanted"));
            continue;
        }
        let Some(given) = form.fields(node, found) else { continue };
        let missing = form.missing(&format!("the {word} \"{name}\""), node);
        let missing = missing.filter(|_| complete);
        found.extend(missing.map(|finding| finding.at(key.span, format!("this {word}"))));
        look(&given, found);
    }
}

fn names_an_entry(name: &str) -> bool {
    let good = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | ' ');
    let fits = name.trim() == name && !name.is_empty() && name.chars().count() <= 64;
    fits && name.chars().all(good)
}

/// The documentation of a list of entries, which names the fields of the form and of a typed entry, and no others.
#[cfg(test)]
pub(super) fn documented<T: serde::Serialize>(
    path: &str,
    form: &FieldForm,
    typed: &T,
) -> &'static crate::shape::Parameter {
    use crate::shape::{ParameterKind, Schema, shape};
    let Some(Schema::Leaf(parameter)) = shape().at(path) else { panic!("{path}") };
    let ParameterKind::Map(fields) = &parameter.kind else { panic!("{path}") };
    assert_eq!(*fields, form.names());
    let typed = serde_json::to_value(typed).unwrap();
    let typed: std::collections::BTreeSet<&String> = typed.as_object().unwrap().keys().collect();
    assert_eq!(fields.iter().collect::<std::collections::BTreeSet<_>>(), typed);
    parameter
}
