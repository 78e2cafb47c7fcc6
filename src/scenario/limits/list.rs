//! Lists of groups, such as the banks: each item for itself.
//!
//! Deliberately absent: how items go together (`sense`).

use super::unknown_fields;
use crate::finding::{Finding, plain};
use crate::names::Names;
use crate::source::{Node, Value};

/// Largest number in an item of a list. Unit: as the field says, e.g. bn KZT. Source: far beyond any bank;
/// Status: assumption.
const LARGEST_IN_LIST: f64 = 1e9;

/// Items of a list: `name` is a text, every other field a number above 0.
pub(super) fn check(path: &str, fields: &[String], items: &[Node], found: &mut Vec<Finding>) {
    let mut names = Names::new();
    for item in items {
        let Value::Group(given) = &item.value else {
            if !matches!(item.value, Value::Broken) {
                found.push(
                    Finding::error(format!(
                        "an item of `{path}` is a group, but found {}",
                        item.value.in_words()
                    ))
                    .at(item.span, "a group in round brackets is wanted")
                    .hint(format!("write ({}: …)", fields.join(": …, "))),
                );
            }
            continue;
        };
        unknown_fields(given, fields, &format!("an item of `{path}`"), found);
        for name in fields {
            let Some(field) = item.field(name) else {
                found.push(
                    Finding::error(format!("in an item of `{path}`, `{name}` is missing"))
                        .at(item.span, "in this item"),
                );
                continue;
            };
            let value = &field.value;
            if name == "name"
                && let Some(text) = value.text()
            {
                let shown = format!("in `{path}`, the name \"{text}\"");
                names.once(text, &shown, value.span, found);
            }
            let good = match &value.value {
                Value::Broken => true,
                Value::Text(text) => name == "name" && !text.trim().is_empty(),
                Value::Number(number) => {
                    name != "name" && *number > 0.0 && *number <= LARGEST_IN_LIST
                }
                _ => false,
            };
            if !good {
                let wanted = match name.as_str() {
                    "name" => "a text in quotes".to_owned(),
                    _ => format!("a number above 0 and up to {}", plain(LARGEST_IN_LIST)),
                };
                found.push(
                    Finding::error(format!(
                        "`{name}` of an item of `{path}` must be {wanted}, but found {}",
                        value.value.in_words()
                    ))
                    .at(value.span, format!("{wanted} is wanted")),
                );
            }
        }
    }
}
