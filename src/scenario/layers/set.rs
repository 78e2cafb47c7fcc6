//! `--set PATH=VALUE` as a layer: the tree of one value at its path.

use crate::finding::Finding;
use crate::reader::{Origin, read, unfit};
use crate::shape::{ParameterKind, Schema, shape};
use crate::source::{FileId, Span};
use crate::tree::{Field, Key, Tree, Value};

/// Where campaigns and interventions stand: the name that follows is a key in quotes, which may hold spaces.
const NAMED: [[&str; 2]; 2] = [["policy", "campaigns"], ["policy", "interventions"]];

/// A name in a path, and where it stands.
#[derive(Clone)]
pub(super) struct Name {
    pub(super) text: String,
    pub(super) span: Span,
    /// Whether it names a campaign or an intervention.
    pub(super) key: bool,
}

/// Whether what follows these names names a campaign or an intervention.
pub(super) fn names_entry(names: &[Name]) -> bool {
    NAMED.iter().any(|named| names.iter().map(|name| &*name.text).eq(*named))
}

/// The tree of one `--set PATH=VALUE`.
pub(super) fn set_layer(set: &str, file: FileId, found: &mut Vec<Finding>) -> Option<Tree> {
    let span = |start: usize, end: usize| Span { file, start, end };
    let Some(equals) = set.find('=') else {
        found.push(
            Finding::error(format!("--set wants PATH=VALUE, but found `{set}`"))
                .at(span(set.len(), set.len()), "`=` and a value are missing")
                .hint("for example --set policy.auto_block.bank_share=0.5"),
        );
        return None;
    };
    let path = set[..equals].trim();
    let written = set[equals + 1..].trim();
    let value = if textual(path) && !written.is_empty() && !written.starts_with('"') {
        let span = span(equals + 1, set.len());
        if let Some(wrong) = unfit(written, &set[equals + 1..], span) {
            found.push(wrong);
            return None;
        }
        Tree { value: Value::Text(written.to_owned()), span }
    } else {
        read(set, file, equals + 1, Origin::OnCommandLine, found)?
    };
    let mut at = set.find(path).unwrap_or(0);
    let mut names: Vec<Name> = Vec::new();
    for text in path.split('.') {
        let key = names_entry(&names);
        let good = |c: char| c.is_alphanumeric() || c == '_' || key && matches!(c, ' ' | '-');
        if text.is_empty() || !text.chars().all(good) {
            found.push(
                Finding::error(format!("`{path}` is not the path of a parameter"))
                    .at(span(0, equals), "names with points between are wanted")
                    .hint("for example customers.vpn_share.retail; `crackdown params` lists all paths"),
            );
            return None;
        }
        names.push(Name { text: text.to_owned(), span: span(at, at + text.len()), key });
        at += text.len() + 1;
    }
    Some(names.into_iter().rev().fold(value, nested))
}

/// Whether a value at this path is a text even without quotes, which the shell eats.
fn textual(path: &str) -> bool {
    let known = matches!(shape().at(path), Some(Schema::Leaf(parameter))
        if matches!(parameter.kind, ParameterKind::Text | ParameterKind::Date));
    known
        || path.starts_with("policy.campaigns.") && path.ends_with(".lever")
        || path.starts_with("policy.interventions.") && path.ends_with(".on")
}

/// A value with a name before it.
pub(super) fn nested(value: Tree, Name { text: name, span: name_span, key }: Name) -> Tree {
    let span = Span { start: name_span.start, ..value.span };
    if key {
        let key = Key::Written(Tree { value: Value::Text(name), span: name_span });
        return Tree { span, value: Value::Map(vec![(key, value)]) };
    }
    Tree { span, value: Value::Group(vec![Field { name, name_span, value, comment: Vec::new() }]) }
}
