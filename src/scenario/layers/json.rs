//! A reform in JSON as a layer: dotted paths with values by date, as PolicyEngine writes them, or groups within groups.
//!
//! `{"policy.auto_block.bank_share": {"2024-01-01": 0.5}}` says the same as a policy file that sets this lever.

use std::path::Path;

use jiff::civil::Date;

use super::merged;
use super::set::{Name, names_entry, nested};
use crate::check::opening;
use crate::finding::Finding;
use crate::names::Names;
use crate::shape::{Parameter, ParameterKind, Schema, shape};
use crate::source::Span;
use crate::tree::{Key, Tree, Value};
use crate::window::days_of;

/// How a reform looks.
const EXAMPLE: &str = "for example {\"policy.auto_block.bank_share\": {\"2024-01-01\": 0.5}}";
/// Fields of campaigns and interventions that hold texts; the others hold words or numbers.
const TEXTS: [&str; 4] = ["lever", "from", "until", "on"];

/// From this year on a value that ends holds for ever. Source: PolicyEngine writes 2100-12-31; Status: judgement.
const FOR_EVER: i16 = 2050;

/// Whether a file is in JSON, by its name.
pub(crate) fn is_json(path: &Path) -> bool {
    path.extension().is_some_and(|end| end.eq_ignore_ascii_case("json"))
}

/// What a file of JSON says, as a file of RON would say it; without a name it is named after its file.
pub(super) fn reform(root: Tree, path: &Path, found: &mut Vec<Finding>) -> Option<Tree> {
    let span = root.span;
    if !matches!(root.value, Value::Map(_)) {
        let what = root.value.in_words();
        let message = format!("a reform in JSON stands in curly brackets, but found {what}");
        let finding = Finding::error(message).at(opening(&root), "curly brackets are wanted");
        found.push(finding.hint(EXAMPLE));
        return None;
    }
    let before = found.len();
    let mut said = Vec::new();
    flat(&[], root, &mut said, found);
    let group = |(names, _): &(Vec<Name>, Tree)| {
        let first = names.first().map_or("", |name| &name.text);
        first == "extends" || matches!(shape().field(first), Some(Schema::Group { .. }))
    };
    if found.len() == before && !said.iter().any(group) {
        let message = "this is a text in JSON, but no reform: no key is the path of a parameter";
        let finding =
            Finding::error(message).at(Span { end: span.start + 1, ..span }, "a reform is wanted");
        found.push(
            finding
                .hint(EXAMPLE)
                .hint("files of results: `crackdown verify FOLDER`, `crackdown report FOLDER`"),
        );
        return None;
    }
    let tree = grouped(said, path, span, found);
    (found.len() == before).then_some(tree)
}

/// The same for paths and values from elsewhere, which may say nothing.
pub(super) fn flattened(root: Tree, path: &Path, found: &mut Vec<Finding>) -> Tree {
    let (span, mut said) = (root.span, Vec::new());
    flat(&[], root, &mut said, found);
    grouped(said, path, span, found)
}

/// Values by their names as groups within groups, named after the file where they say no name.
fn grouped(
    said: Vec<(Vec<Name>, Tree)>,
    path: &Path,
    span: Span,
    found: &mut Vec<Finding>,
) -> Tree {
    let (mut known, mut tree) = (Names::new(), Tree { value: Value::Group(Vec::new()), span });
    for (names, value) in said {
        let path = names.iter().map(|name| &*name.text).collect::<Vec<_>>().join(".");
        let place = names.last().map_or(span, |name| name.span);
        if known.once(&path, &format!("`{path}`"), place, found) {
            tree = merged(tree, names.into_iter().rev().fold(value, nested));
        }
    }
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let letter = |c: char| if c.is_alphanumeric() || c == '-' { c } else { '_' };
    let name: String = stem.chars().map(letter).take(64).collect();
    for (field, text) in [("name", name), ("title", stem)] {
        if tree.field(field).is_none() {
            tree.set(field, Tree { value: Value::Text(text), span });
        }
    }
    tree
}

/// Every value of an object with the names that lead to it, whether groups stand within groups or paths have points.
fn flat(names: &[Name], tree: Tree, said: &mut Vec<(Vec<Name>, Tree)>, found: &mut Vec<Finding>) {
    let path = names.iter().map(|name| &*name.text).collect::<Vec<_>>().join(".");
    let entry = names.iter().position(|name| name.key);
    let leaf = match shape().at(&path) {
        Some(Schema::Leaf(parameter)) if !matches!(parameter.kind, ParameterKind::Map(_)) => {
            Some(&**parameter)
        }
        _ => None,
    };
    let Tree { value, span } = tree;
    let value = match value {
        Value::Map(entries) if leaf.is_none() => {
            for (key, tree) in entries {
                let Key::Written(key) = key else { continue };
                let Some(text) = key.text() else {
                    let message =
                        format!("a key in JSON is a text, but found {}", key.value.in_words());
                    found.push(Finding::error(message).at(key.span, "quotes are wanted"));
                    continue;
                };
                let (mut names, key_span) = (names.to_vec(), key.span);
                // The name of a campaign may hold points where it stands by itself.
                let parts: Vec<&str> =
                    if names_entry(&names) { vec![text] } else { text.split('.').collect() };
                for part in parts {
                    let key = names_entry(&names);
                    names.push(Name { text: part.to_owned(), span: key_span, key });
                }
                flat(&names, tree, said, found);
            }
            return;
        }
        Value::Map(entries) if leaf.is_some_and(|leaf| leaf.by_date) => {
            let word =
                |(key, tree): (Key, Tree)| (key, Tree { value: word(tree.value, leaf), ..tree });
            Value::Map(by_date(entries, &path, found).into_iter().map(word).collect())
        }
        // A campaign that is taken away.
        Value::Name(word) if word == "null" && entry == Some(names.len() - 1) => {
            Value::Name("None".to_owned())
        }
        Value::Text(text) if entry.is_some() && !TEXTS.contains(&&*names[names.len() - 1].text) => {
            Value::Name(text)
        }
        other => word(other, leaf),
    };
    said.push((names.to_vec(), Tree { value, span }));
}

/// JSON has no words, only texts.
fn word(value: Value, leaf: Option<&Parameter>) -> Value {
    match (value, leaf.map(|leaf| &leaf.kind)) {
        (Value::Text(word), Some(ParameterKind::Choice(_))) => Value::Name(word),
        (value, _) => value,
    }
}

/// Values by date: a key is a date, a year or a month, or a first and a last day with a point between.
fn by_date(entries: Vec<(Key, Tree)>, path: &str, found: &mut Vec<Finding>) -> Vec<(Key, Tree)> {
    let mut dated = Vec::new();
    let mut ends: Vec<(Date, Date, Span)> = Vec::new();
    for (key, value) in entries {
        let Key::Written(Tree { value: Value::Text(text), span }) = key else {
            dated.push((key, value));
            continue;
        };
        let (first, last) = match text.split_once('.') {
            Some((first, last)) => (first, Some(last)),
            None => (&*text, None),
        };
        let first = days_of(first).map_or_else(|| first.to_owned(), |(day, _)| day.to_string());
        if let Some(last) = last {
            match (first.parse(), last.parse()) {
                (Ok(first), Ok(last)) => ends.push((first, last, span)),
                _ => found.push(
                    Finding::error(format!("\"{}\" is no span of days", text.escape_debug()))
                        .at(span, "first and last day with a point between are wanted")
                        .hint("for example \"2024-01-01.2024-12-31\""),
                ),
            }
        }
        let key = Tree { value: Value::Text(first), span };
        dated.push((Key::Written(key), value));
    }
    // As in files of RON; JSON has no order.
    dated.sort_by(|(a, _), (b, _)| a.text().cmp(&b.text()));
    for (_, last, span) in ends {
        let goes_on = last
            .tomorrow()
            .is_ok_and(|next| dated.iter().any(|(key, _)| key.text() == Some(&next.to_string())));
        if last.year() < FOR_EVER && !goes_on {
            found.push(
                Finding::error(format!("the value of `{path}` ends on {last}, and none follows"))
                    .at(span, "what holds on the next day is not said")
                    .hint("write the value of the day after, or a campaign, which ends by itself: \"policy.campaigns\": {\"mine\": {\"lever\": …, \"value\": …, \"from\": …, \"until\": …}}"),
            );
        }
    }
    dated
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reader::{Origin, read};
    use crate::source::FileId;

    fn said(text: &str) -> Result<String, Vec<String>> {
        let mut found = Vec::new();
        let root = read(text, FileId(0), 0, Origin::InFile, &mut found).unwrap();
        assert!(found.is_empty(), "{found:?}");
        let tree = reform(root, Path::new("my reform.json"), &mut found);
        let messages = found.into_iter().map(|finding| finding.message).collect();
        tree.map(|tree| tree.written()).ok_or(messages)
    }

    #[test]
    fn a_reform_in_json_says_what_a_file_of_ron_would() {
        let named = "name: \"my_reform\", title: \"my reform\"";
        for (json, ron) in [
            (
                r#"{"policy.auto_block.bank_share": {"2024-01-01": 0.5}}"#,
                "policy: (auto_block: (bank_share: {\"2024-01-01\": 0.5}))",
            ),
            (
                r#"{"policy": {"auto_block": {"bank_share": 0.5}, "shutdown_rate.targeting": "Largest"}}"#,
                "policy: (auto_block: (bank_share: 0.5), shutdown_rate: (targeting: Largest))",
            ),
            (
                r#"{"policy.auto_block.bank_share": {"2025": 0.7, "2024-01-01.2024-12-31": 0.5}}"#,
                "policy: (auto_block: (bank_share: {\"2024-01-01\": 0.5, \"2025-01-01\": 0.7}))",
            ),
            (
                r#"{"policy.auto_block.bank_share": {"2024-01-01.2100-12-31": 0.5}}"#,
                "policy: (auto_block: (bank_share: {\"2024-01-01\": 0.5}))",
            ),
            (
                r#"{"policy.shutdown_rate.targeting": {"2024-03": "Largest"}}"#,
                "policy: (shutdown_rate: (targeting: {\"2024-03-01\": Largest}))",
            ),
            (
                r#"{"policy.campaigns": {"a. b": {"lever": "shutdown_rate.targeting", "value": "Largest", "from": "2024-01-01"}, "old": null}}"#,
                "policy: (campaigns: {\"a. b\": (lever: \"shutdown_rate.targeting\", value: Largest, from: \"2024-01-01\"), \"old\": None})",
            ),
            (
                r#"{"policy.campaigns.raids.value": 3}"#,
                "policy: (campaigns: {\"raids\": (value: 3)})",
            ),
        ] {
            assert_eq!(said(json), Ok(format!("({ron}, {named})")), "{json}");
        }
        let own = said(r#"{"name": "mine", "title": "Mine", "extends": "x.ron"}"#).unwrap();
        assert_eq!(own, "(name: \"mine\", title: \"Mine\", extends: \"x.ron\")");
    }

    #[test]
    fn what_a_reform_in_json_leaves_open_is_told() {
        for (json, message) in [
            (r#"{"kind": "comparison", "files": {"a": 1}}"#, "but no reform"),
            (r#"[{"policy.auto_block.bank_share": 0.5}]"#, "stands in curly brackets"),
            (r#"{"policy.auto_block.bank_share": {"2024-01-01.2024-06-30": 0.5}}"#, "none follows"),
            (r#"{"policy.auto_block.bank_share": {"2024-01-01.x": 0.5}}"#, "no span of days"),
            (
                r#"{"policy.auto_block.bank_share": 0.5, "policy": {"auto_block.bank_share": 0.6}}"#,
                "`policy.auto_block.bank_share` is given twice",
            ),
        ] {
            let found = said(json).unwrap_err();
            assert!(found[0].contains(message), "{json}: {found:?}");
        }
    }
}
