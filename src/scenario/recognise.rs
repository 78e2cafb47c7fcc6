//! Telling studies from scenarios, where one stands for the other.

use std::ops::Range;
use std::path::Path;

use super::files;
use super::finding::Finding;
use super::reader::read_study;
use super::shipped::typed;
use super::source::{FileId, Sources, Span};
use super::tree::{Tree, Value};

/// Where a text says that it is a study: its field `scenarios` at the top.
fn mark(text: &str) -> Option<Range<usize>> {
    const MARK: &str = "scenarios";
    if !text.contains(MARK) {
        return None;
    }
    let file = Sources::default().add("", text);
    if let Some(root) = read_study(text, file, &mut Vec::new()) {
        let span = root.field(MARK).filter(|_| root.field("extends").is_none())?.name_span;
        return Some(span.start..span.end);
    }
    // Brackets that do not close: a line must do.
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let indent = line.len() - line.trim_start().len();
        if line[indent..].starts_with("scenarios:") {
            return Some(start + indent..start + indent + MARK.len());
        }
        start += line.len();
    }
    None
}

/// What is said where a study stands for a scenario.
pub(super) fn instead_of_a_scenario(sources: &Sources, file: FileId) -> Option<Finding> {
    let source = sources.get(file);
    let place = mark(&source.text)?;
    let span = Span { file, start: place.start, end: place.end };
    Some(
        Finding::error("this is a study, not a scenario").at(span, "studies have this field").hint(
            format!(
                "`crackdown check {0}` says what it is, `crackdown sweep {0}` runs it",
                typed(&source.name)
            ),
        ),
    )
}

/// Whether a file is a study, by its fields at the top; a file that cannot be read is none.
pub fn is_study(path: &Path) -> bool {
    let text =
        files::whole(path, files::LARGEST_BYTES).ok().and_then(|bytes| files::text(bytes).ok());
    text.is_some_and(|text| mark(&text).is_some())
}

/// What is said where a scenario stands for a study.
pub(super) fn is_scenario(root: &Tree) -> Option<Finding> {
    let Value::Group(fields) = &root.value else { return None };
    let marks = ["extends", "customers", "exchanges", "policy"];
    let study = fields.iter().any(|field| field.name == "scenarios");
    let field = fields.iter().find(|field| marks.contains(&field.name.as_str()))?;
    (!study).then(|| {
        Finding::error("this is a scenario, not a study")
            .at(field.name_span, "scenarios have this field")
            .hint("`crackdown run` and `crackdown compare` simulate scenarios; a study names scenarios: scenarios: [\"…\"]")
    })
}
