//! A scenario file, what it extends, and the `--set` values, laid over one another key by key.
//!
//! Every value remembers the text it came from. A list by date laid over another replaces it from its own
//! first date on; laid over a single value, it keeps that value for the time before. Everything else replaces.

use std::fs::File;
use std::io::Read;
use std::path::{Component, Path, PathBuf};

use super::finding::{Finding, nearest};
use super::reader::{Written, read};
use super::shape::{Kind, Shape, shape};
use super::source::{Key, Node, Sources, Span, Value};

mod set;

use set::set_layer;

/// Larger files are not scenarios.
const LARGEST_BYTES: u64 = 4_000_000;

/// Which text lies over which.
#[derive(Clone, Copy, Debug)]
pub(super) struct Order {
    files: usize,
}

impl Order {
    /// One file and nothing else.
    pub(super) fn single() -> Order {
        Order { files: 1 }
    }

    /// Height of a text: 0 for the file that extends nothing, most for the last `--set`.
    pub(super) fn height(self, span: Span) -> usize {
        let id = span.file.0;
        if id < self.files { self.files - 1 - id } else { id }
    }

    /// Whether the text is the file given or a `--set`, not something extended.
    pub(super) fn own(self, span: Span) -> bool {
        span.file.0 == 0 || span.file.0 >= self.files
    }
}

/// All layers laid over one another.
pub(super) struct Gathered {
    pub(super) root: Node,
    pub(super) order: Order,
    /// Whether every layer could be read: otherwise a value may seem to be missing that is not.
    pub(super) complete: bool,
}

/// Reads all layers and lays them over one another; `None` if none can be read at all.
pub(super) fn gather(
    path: &Path,
    sets: &[String],
    sources: &mut Sources,
    found: &mut Vec<Finding>,
) -> Option<Gathered> {
    let Chain { layers, paths, complete } = chain(path, sources, found);
    let order = Order { files: paths.len() };
    let mut root = layers.into_iter().rev().reduce(merged)?;
    for set in sets {
        let file = sources.add("--set", set.as_str());
        if let Some(node) = set_layer(set, file, found) {
            root = merged(root, node);
        }
    }
    Some(Gathered { root, order, complete })
}

/// Reads a text as if it stood in a file that extends `base`.
pub(super) fn gather_text(
    text: &str,
    name: &str,
    base: &Path,
    sources: &mut Sources,
    found: &mut Vec<Finding>,
) -> Option<Gathered> {
    let file = sources.add(name, text);
    let mut node = read(text, file, 0, Written::InFile, found)?;
    if let Value::Group(fields) = &mut node.value {
        fields.retain(|field| field.name != "extends");
    }
    let Chain { layers, paths, complete } = chain(base, sources, found);
    let root = layers.into_iter().rev().reduce(merged)?;
    Some(Gathered { root: merged(root, node), order: Order { files: paths.len() + 1 }, complete })
}

/// A file and what it extends, each without its `extends`: the file itself first.
pub(super) struct Chain {
    pub(super) layers: Vec<Node>,
    /// The files, with symbolic links followed.
    pub(super) paths: Vec<PathBuf>,
    /// Whether every layer could be read.
    pub(super) complete: bool,
}

/// Reads a file and what it extends.
pub(super) fn chain(path: &Path, sources: &mut Sources, found: &mut Vec<Finding>) -> Chain {
    let mut layers = Vec::new();
    let mut paths: Vec<PathBuf> = Vec::new();
    let mut next = Base::At(path.to_path_buf(), None);
    while let Base::At(path, from) = next {
        next = Base::Unreadable;
        let Some(text) = open(&path, from, &paths, found) else { break };
        paths.push(path.canonicalize().unwrap_or_else(|_| path.clone()));
        let file = sources.add(path.display().to_string(), text);
        let Some(mut node) = read(&sources.get(file).text, file, 0, Written::InFile, found) else {
            break;
        };
        next = take_extends(&mut node, &path, found);
        layers.push(node);
    }
    Chain { layers, paths, complete: matches!(next, Base::None) }
}

/// What a file extends.
enum Base {
    None,
    /// A file, and the place that names it.
    At(PathBuf, Option<Span>),
    Unreadable,
}

/// Takes `extends` out of a file's tree.
fn take_extends(node: &mut Node, path: &Path, found: &mut Vec<Finding>) -> Base {
    let Value::Group(fields) = &mut node.value else { return Base::None };
    let Some(index) = fields.iter().position(|field| field.name == "extends") else {
        return Base::None;
    };
    let value = fields.remove(index).value;
    match value.value {
        Value::Text(base) => {
            let base = path.parent().unwrap_or(Path::new("")).join(base);
            return Base::At(tidy(&base), Some(value.span));
        }
        Value::Broken => {}
        other => {
            let found_words = other.in_words();
            found.push(
                Finding::error(format!("`extends` names a scenario file, but found {found_words}"))
                    .at(value.span, "a path in quotes is wanted")
                    .hint("write extends: \"../kazakhstan.ron\""),
            );
        }
    }
    Base::Unreadable
}

/// `a/b/../c` as `a/c`, where that is the same file.
fn tidy(path: &Path) -> PathBuf {
    let mut short = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir
                if matches!(short.components().next_back(), Some(Component::Normal(_))) =>
            {
                short.pop();
            }
            Component::CurDir => {}
            other => short.push(other),
        }
    }
    if short.canonicalize().ok() == path.canonicalize().ok() { short } else { path.to_path_buf() }
}

fn open(
    path: &Path,
    from: Option<Span>,
    chain: &[PathBuf],
    found: &mut Vec<Finding>,
) -> Option<String> {
    let shown = path.display();
    let place = |finding: Finding| match from {
        Some(span) => finding.at(span, "named here"),
        None => finding,
    };
    if let Ok(whole) = path.canonicalize()
        && chain.contains(&whole)
    {
        let message = format!("`extends` goes round in a circle: {shown} is already being read");
        let hint = "a scenario extends another, which in the end extends nothing";
        found.push(place(Finding::error(message)).hint(hint));
        return None;
    }
    match content(path) {
        Ok(text) => Some(text),
        Err((wrong, hint)) => {
            let mut finding = Finding::error(wrong);
            finding.hints.extend((!hint.is_empty()).then(|| hint.to_owned()));
            if !path.exists()
                && let Some(hint) = elsewhere(path, from.is_some())
            {
                finding = finding.hint(hint);
            }
            if from.is_some() {
                finding =
                    finding.hint("the path is taken from the folder of the file that extends");
            }
            found.push(place(finding));
            None
        }
    }
}

/// The text of a file, or what is wrong with it and a hint.
fn content(path: &Path) -> Result<String, (String, &'static str)> {
    let shown = path.display();
    if path.as_os_str().is_empty() {
        return Err(("the path of the scenario file is empty".to_owned(), ""));
    }
    if path.is_dir() {
        let wrong = format!("{shown} is a folder, not a scenario file");
        return Err((wrong, "name the file in it, ending in .ron"));
    }
    let mut bytes = Vec::new();
    let reading =
        File::open(path).and_then(|file| file.take(LARGEST_BYTES + 1).read_to_end(&mut bytes));
    if let Err(error) = reading {
        let why = match error.kind() {
            std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
            std::io::ErrorKind::PermissionDenied => "you are not allowed to read it".to_owned(),
            _ => error.to_string(),
        };
        return Err((format!("cannot read {shown}: {why}"), ""));
    }
    if bytes.len() as u64 > LARGEST_BYTES {
        let wrong = format!("{shown} is too large to be a scenario file");
        return Err((wrong, "scenario files are texts of some kilobytes"));
    }
    String::from_utf8(bytes).map_err(|error| {
        let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = valid.iter().filter(|byte| **byte == b'\n').count() + 1;
        let tail = valid.rsplit(|byte| *byte == b'\n').next().unwrap_or(valid);
        let column = String::from_utf8_lossy(tail).chars().count() + 1;
        let wrong = format!("{shown}:{line}:{column}: the file is not text in UTF-8");
        (wrong, "save it in your editor with the encoding UTF-8")
    })
}

/// Where a missing file may be instead.
fn elsewhere(path: &Path, extended: bool) -> Option<String> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let name = path.file_name()?;
    if extended {
        for way in ["..", "scenarios", "../scenarios", "../..", "../../scenarios"] {
            if folder.join(way).join(name).is_file() {
                return Some(format!("did you mean \"{way}/{}\"?", name.display()));
            }
        }
    }
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .ok()?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.ends_with(".ron"))
        .collect();
    names.sort();
    let near = nearest(name.to_str()?, names.iter().map(String::as_str))?;
    Some(format!("did you mean {}?", tidy(&folder.join(near)).display()))
}

/// One tree laid over another.
pub(super) fn merged(base: Node, over: Node) -> Node {
    merge(base, over, Some(shape()), false)
}

/// One difference from a reference laid over another: what is taken away is still said, since the reference may have it.
pub(super) fn merged_differences(base: Node, over: Node) -> Node {
    merge(base, over, Some(shape()), true)
}

fn merge(base: Node, over: Node, shape: Option<&Shape>, differences: bool) -> Node {
    let named =
        matches!(shape, Some(Shape::Leaf(parameter)) if matches!(parameter.kind, Kind::Map(_)));
    match (base.value, over.value) {
        (Value::Group(mut fields), Value::Group(others)) => {
            for other in others {
                let below = shape.and_then(|shape| shape.field(&other.name));
                match fields.iter().position(|field| field.name == other.name) {
                    Some(index) => {
                        let field = &mut fields[index];
                        let lower = std::mem::replace(
                            &mut field.value,
                            Node { value: Value::Broken, span: other.value.span },
                        );
                        field.value = merge(lower, other.value, below, differences);
                        field.name_span = other.name_span;
                    }
                    None => fields.push(other),
                }
            }
            Node { value: Value::Group(fields), span: base.span }
        }
        (Value::Map(entries), Value::Map(others)) if named => {
            Node { value: Value::Map(by_name(entries, others, differences)), span: over.span }
        }
        (Value::Map(entries), Value::Map(others)) => {
            let first = others.iter().filter_map(|(key, _)| date_of(key)).min();
            let kept = entries.into_iter().filter(|(key, _)| match first {
                Some(first) => date_of(key) < Some(first),
                None => false,
            });
            let mut merged: Vec<(Key, Node)> = kept.collect();
            merged.extend(others);
            Node { value: Value::Map(merged), span: over.span }
        }
        (
            constant @ (Value::Number(_) | Value::Name(_) | Value::Text(_)),
            Value::Map(mut entries),
        ) if !entries.is_empty() => {
            entries.insert(0, (Key::Before, Node { value: constant, span: base.span }));
            Node { value: Value::Map(entries), span: over.span }
        }
        (_, value) => Node { value, span: over.span },
    }
}

/// Entries added by their names: fields of a group one by one, and what is laid over by `None` is taken away.
fn by_name(
    mut entries: Vec<(Key, Node)>,
    others: Vec<(Key, Node)>,
    differences: bool,
) -> Vec<(Key, Node)> {
    for (key, other) in others {
        match entries.iter().position(|(known, _)| date_of(known) == date_of(&key)) {
            Some(index) if is_none(&other) && !is_none(&entries[index].1) && !differences => {
                entries.remove(index);
            }
            Some(index) => {
                let (_, lower) = entries.remove(index);
                entries.insert(index, (key, merge(lower, other, None, differences)));
            }
            None => entries.push((key, other)),
        }
    }
    entries
}

/// Whether a value is the word `None`, which takes an entry away.
pub(super) fn is_none(node: &Node) -> bool {
    matches!(&node.value, Value::Name(name) if name == "None")
}

/// The date of an entry; `None`, which comes first, for the value before all dates.
fn date_of(key: &Key) -> Option<&str> {
    match key {
        Key::Written(key) => key.text(),
        Key::Before => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::shape::written;
    use crate::scenario::source::FileId;

    fn layered(texts: &[&str]) -> String {
        let tree = |(id, text): (usize, &&str)| {
            let mut found = Vec::new();
            let node = read(text, FileId(id), 0, Written::InFile, &mut found).unwrap();
            assert!(found.is_empty(), "{found:?}");
            node
        };
        written(&texts.iter().enumerate().map(tree).reduce(merged).unwrap())
    }

    #[test]
    fn groups_are_merged_and_other_values_replaced() {
        assert_eq!(
            layered(&["(a: (b: 1, c: [2]))", "(a: (c: [3], d: 4))"]),
            "(a: (b: 1, c: [3], d: 4))"
        );
    }

    #[test]
    fn a_list_by_date_replaces_another_from_its_first_date_on() {
        let base = "(a: {\"2022-01-01\": 1, \"2024-01-01\": 2, \"2025-01-01\": 3})";
        assert_eq!(
            layered(&[base, "(a: {\"2024-01-01\": 9})"]),
            "(a: {\"2022-01-01\": 1, \"2024-01-01\": 9})"
        );
        assert_eq!(layered(&[base, "(a: 7)"]), "(a: 7)");
    }

    #[test]
    fn a_list_by_date_keeps_a_constant_for_the_time_before() {
        assert_eq!(
            layered(&["(a: 1)", "(a: {\"2024-01-01\": 9})", "(a: {\"2025-01-01\": 5})"]),
            "(a: {before: 1, \"2024-01-01\": 9, \"2025-01-01\": 5})"
        );
    }

    #[test]
    fn campaigns_are_added_changed_by_field_and_taken_away_by_name() {
        let layer = |campaigns: &str| format!("(policy: (campaigns: {{{campaigns}}}))");
        let base = layer("\"a\": (lever: \"x\", value: 1), \"b\": (lever: \"y\", value: 2)");
        for (over, wanted) in [
            ("", "\"a\": (lever: \"x\", value: 1), \"b\": (lever: \"y\", value: 2)"),
            (
                "\"a\": (value: 7)",
                "\"a\": (lever: \"x\", value: 7), \"b\": (lever: \"y\", value: 2)",
            ),
            ("\"a\": None", "\"b\": (lever: \"y\", value: 2)"),
            (
                "\"c\": (value: 3)",
                "\"a\": (lever: \"x\", value: 1), \"b\": (lever: \"y\", value: 2), \"c\": (value: 3)",
            ),
        ] {
            assert_eq!(layered(&[&base, &layer(over)]), layer(wanted));
        }
    }

    #[test]
    fn heights_put_the_given_file_over_its_base_and_sets_over_all() {
        let order = Order { files: 2 };
        let height = |id| order.height(Span { file: FileId(id), start: 0, end: 0 });
        assert_eq!([height(1), height(0), height(2), height(3)], [0, 1, 2, 3]);
    }
}
