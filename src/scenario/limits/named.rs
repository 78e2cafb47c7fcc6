//! Entries by name, as campaigns and interventions are written: the walk over them, and what is missing.
//!
//! Deliberately absent: what their fields mean.

use super::unknown_fields;
use crate::finding::Finding;
use crate::layers::is_none;
use crate::source::{Key, Node, Span, Value};

/// How a kind of entry is spoken of.
pub(super) struct Kind {
    /// As in "the campaign".
    pub word: &'static str,
    /// As in "a campaign".
    pub one: &'static str,
    /// How one is written.
    pub example: &'static str,
    /// Fields that each has, with a hint for where one is missing.
    pub always: &'static [(&'static str, &'static str)],
}

/// One entry as it was written.
pub(super) struct One<'a> {
    name: &'a str,
    node: &'a Node,
    span: Span,
}

impl One<'_> {
    /// A field, unless it could not be read.
    pub fn at(&self, field: &str) -> Option<&Node> {
        self.node.at(field).filter(|node| !matches!(node.value, Value::Broken))
    }

    /// Fields that every entry has and this one lacks.
    fn missing(&self, kind: &Kind, found: &mut Vec<Finding>) {
        for (field, hint) in kind.always {
            if self.node.at(field).is_none() {
                let message =
                    format!("in the {} \"{}\", `{field}` is missing", kind.word, self.name);
                let label = format!("this {}", kind.word);
                found.push(Finding::error(message).at(self.span, label).hint(*hint));
            }
        }
    }
}

/// Looks at each entry; only in a tree that is `complete` is a field missing, and nothing left to take away.
pub(super) fn each(
    kind: &Kind,
    fields: &[String],
    node: &Node,
    complete: bool,
    found: &mut Vec<Finding>,
    look: &dyn Fn(&One, &mut Vec<Finding>),
) {
    let Kind { word, one, example, .. } = *kind;
    let entries = match &node.value {
        Value::Map(entries) => entries,
        Value::Broken => return,
        other => {
            let message = format!(
                "`policy.{word}s` is a list of {word}s by name, but found {}",
                other.in_words()
            );
            let label = "curly brackets are wanted";
            found.push(Finding::error(message).at(node.span, label).hint(example));
            return;
        }
    };
    for (key, node) in entries {
        let Key::Written(key) = key else { continue };
        let Some(name) = name_of(key, one, example, found) else { continue };
        if is_none(node) {
            if complete {
                let message = format!("there is no {word} \"{name}\" to take away");
                let label = format!("takes away {one} of a file that this one extends");
                found.push(Finding::error(message).at(node.span, label));
            }
            continue;
        }
        let Value::Group(given) = &node.value else {
            if !matches!(node.value, Value::Broken) {
                let what = node.value.in_words();
                let message = format!("the {word} \"{name}\" is a group, but found {what}");
                let label = "a group in round brackets is wanted";
                found.push(Finding::error(message).at(node.span, label).hint(example));
            }
            continue;
        };
        unknown_fields(given, fields, one, found);
        let entry = One { name, node, span: key.span };
        if complete {
            entry.missing(kind, found);
        }
        look(&entry, found);
    }
}

/// The name of an entry, if it can be one.
fn name_of<'a>(
    key: &'a Node,
    whose: &str,
    example: &str,
    found: &mut Vec<Finding>,
) -> Option<&'a str> {
    let good = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | ' ');
    let name = key.text().unwrap_or_default();
    let fits = name.trim() == name && !name.is_empty() && name.chars().count() <= 64;
    if fits && name.chars().all(good) {
        return Some(name);
    }
    if !matches!(key.value, Value::Broken) {
        let message = match key.text() {
            Some(text) => format!("\"{}\" cannot name {whose}", text.escape_debug()),
            None => format!("{whose} has a name in quotes, but found {}", key.value.in_words()),
        };
        let label = "1 to 64 letters, digits, spaces, `_` and `-` are allowed";
        found.push(Finding::error(message).at(key.span, label).hint(example));
    }
    None
}
