//! A scenario file, what it extends, and the `--set` values, laid over one another key by key.
//!
//! Every value remembers the text it came from. A list by date laid over another replaces it from its own
//! first date on; laid over a single value, it keeps that value for the time before. Everything else replaces.

use std::path::{Path, PathBuf};

use super::finding::Finding;
use super::reader::{Origin, read};
use super::recognise;
use super::shape::{REFERENCE, REFERENCE_NAME, holds_entries};
use super::shipped::{beside, located, shown};
use super::source::{FileId, SourceText, Sources, Span};
use super::tree::{Laying, Tree, Value};
use super::workbook;

mod files;
mod json;
mod set;

use files::opened;
pub(super) use files::{elsewhere, open, tidy};
use set::set_layer;

/// Which text lies over which.
#[derive(Clone, Copy, Debug)]
pub(super) struct LayerOrder {
    files: usize,
}

impl LayerOrder {
    /// One file and nothing else.
    pub(super) fn single() -> LayerOrder {
        LayerOrder { files: 1 }
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
    pub(super) root: Tree,
    pub(super) order: LayerOrder,
    /// The files, the given one first.
    pub(super) files: Vec<PathBuf>,
    /// Whether every layer could be read: otherwise a value may seem to be missing that is not.
    pub(super) complete: bool,
}

/// Reads all layers and lays them over one another; `None` if none can be read at all.
///
/// A reform in JSON that extends nothing is laid over `under`, or else over the reference.
pub(super) fn gather(
    path: &Path,
    under: Option<&Path>,
    sets: &[String],
    sources: &mut Sources,
    found: &mut Vec<Finding>,
) -> Option<Gathered> {
    let LayerChain { layers, paths, complete } = chain(path, under, sources, found);
    let order = LayerOrder { files: paths.len() };
    let mut root = layers.into_iter().rev().reduce(merged)?;
    for set in sets {
        let file = sources.add("--set", set.as_str());
        if let Some(node) = set_layer(set, file, found) {
            root = merged(root, node);
        }
    }
    Some(Gathered { root, order, files: paths, complete })
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
    let mut node = read(text, file, 0, Origin::InFile, found)?;
    node.remove("extends");
    let LayerChain { layers, paths, complete } = chain(base, None, sources, found);
    let root = layers.into_iter().rev().reduce(merged)?;
    Some(Gathered {
        root: merged(root, node),
        order: LayerOrder { files: paths.len() + 1 },
        files: paths,
        complete,
    })
}

/// A file and what it extends, each without its `extends`: the file itself first.
pub(super) struct LayerChain {
    pub(super) layers: Vec<Tree>,
    /// The files, with symbolic links followed.
    pub(super) paths: Vec<PathBuf>,
    /// Whether every layer could be read.
    pub(super) complete: bool,
}

/// Reads a file and what it extends; a reform in JSON that extends nothing lies over `under`, or else over the reference.
pub(super) fn chain(
    path: &Path,
    under: Option<&Path>,
    sources: &mut Sources,
    found: &mut Vec<Finding>,
) -> LayerChain {
    let mut layers = Vec::new();
    let mut paths: Vec<PathBuf> = Vec::new();
    let mut next = Base::At(located(path), None);
    while let Base::At(path, from) = next {
        next = Base::Unreadable;
        let before = sources.len();
        let read = layer(&path, from, &paths, sources, found);
        if sources.len() > before {
            paths.push(path.canonicalize().unwrap_or_else(|_| path.clone()));
        }
        let Some((mut node, reform)) = read else { break };
        next = match node.field("extends") {
            None if reform => {
                under.map_or(Base::Reference, |under| Base::At(under.to_owned(), None))
            }
            _ => take_extends(&mut node, &path, found),
        };
        layers.push(node);
    }
    if matches!(next, Base::Reference) {
        paths.push(REFERENCE_NAME.into());
        let file = sources.add(REFERENCE_NAME, REFERENCE);
        layers.extend(read(REFERENCE, file, 0, Origin::InFile, found));
        next = Base::None;
    }
    LayerChain { layers, paths, complete: matches!(next, Base::None) }
}

/// What one file says, and whether it is a reform, which extends what it is asked of; `None` if it cannot be read.
fn layer(
    path: &Path,
    from: Option<Span>,
    chain: &[PathBuf],
    sources: &mut Sources,
    found: &mut Vec<Finding>,
) -> Option<(Tree, bool)> {
    if workbook::is_workbook(path) {
        let book = opened(path, from, chain, workbook::content, found)?;
        let before = found.len();
        let workbook::BookText { text, cells, tree } = book.laid(FileId(sources.len()), found);
        sources.put(SourceText { name: shown(path), text, line: 1, cells });
        let tree = json::flattened(tree, path, found);
        return (found.len() == before).then_some((tree, true));
    }
    let text = open(path, from, chain, found)?;
    let file = sources.add(shown(path), text);
    if let Some(wrong) = recognise::instead_of_a_scenario(sources, file) {
        found.push(wrong);
        return None;
    }
    let node = read(&sources.get(file).text, file, 0, Origin::InFile, found)?;
    if json::is_json(path) {
        return Some((json::reform(node, path, found)?, true));
    }
    Some((node, false))
}

/// What a file extends.
enum Base {
    None,
    /// The scenario that is built in.
    Reference,
    /// A file, and the place that names it.
    At(PathBuf, Option<Span>),
    Unreadable,
}

/// Takes `extends` out of a file's tree.
fn take_extends(node: &mut Tree, path: &Path, found: &mut Vec<Finding>) -> Base {
    let Some(Tree { value, span }) = node.remove("extends") else { return Base::None };
    match value {
        Value::Text(base) => return Base::At(tidy(&beside(path, &base)), Some(span)),
        Value::Broken => {}
        other => {
            let what = other.in_words();
            found.push(
                Finding::error(format!("`extends` names a scenario file, but found {what}"))
                    .at(span, "a path in quotes is wanted")
                    .hint("write extends: \"../kazakhstan.ron\""),
            );
        }
    }
    Base::Unreadable
}

/// One tree laid over another.
pub(super) fn merged(base: Tree, over: Tree) -> Tree {
    base.under(over, &Laying { named: &holds_entries, differences: false })
}

/// One difference from a reference laid over another: what is taken away is still said, since the reference may have it.
pub(super) fn merged_differences(base: Tree, over: Tree) -> Tree {
    base.under(over, &Laying { named: &holds_entries, differences: true })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layered(texts: &[&str]) -> String {
        let tree = |(id, text): (usize, &&str)| {
            let mut found = Vec::new();
            let node = read(text, FileId(id), 0, Origin::InFile, &mut found).unwrap();
            assert!(found.is_empty(), "{found:?}");
            node
        };
        texts.iter().enumerate().map(tree).reduce(merged).unwrap().written()
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
        let order = LayerOrder { files: 2 };
        let height = |id| order.height(Span { file: FileId(id), start: 0, end: 0 });
        assert_eq!([height(1), height(0), height(2), height(3)], [0, 1, 2, 3]);
    }
}
