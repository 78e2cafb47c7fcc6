//! Telling studies and catalogues from scenarios, where one stands for the other.

use std::ops::Range;
use std::path::Path;

use super::files;
use super::finding::Finding;
use super::reader::read_study;
use super::shipped::typed;
use super::source::{FileId, Sources, Span};
use super::tree::{Tree, Value};

/// The field at the top of a study, and of a catalogue of cases.
const MARKS: [&str; 2] = ["scenarios", "patterns"];

/// Where a text has such a field at the top.
fn mark(text: &str, mark: &str) -> Option<Range<usize>> {
    if !text.contains(mark) {
        return None;
    }
    let file = Sources::default().add("", text);
    if let Some(root) = read_study(text, file, &mut Vec::new()) {
        let span = root.field(mark).filter(|_| root.field("extends").is_none())?.name_span;
        return Some(span.start..span.end);
    }
    // Brackets that do not close: a line must do.
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let indent = line.len() - line.trim_start().len();
        if line[indent..].strip_prefix(mark).is_some_and(|rest| rest.starts_with(':')) {
            return Some(start + indent..start + indent + mark.len());
        }
        start += line.len();
    }
    None
}

/// What is said where a study or a catalogue stands for a scenario.
pub(super) fn instead_of_a_scenario(sources: &Sources, file: FileId) -> Option<Finding> {
    let source = sources.get(file);
    let name = typed(&source.name);
    let [study, catalogue] = MARKS.map(|field| mark(&source.text, field));
    let (place, [message, label, hint]) = match (study, catalogue) {
        (Some(place), _) => {
            let hint = "`crackdown check {}` says what it is, `crackdown sweep {}` runs it";
            (place, ["this is a study, not a scenario", "studies have this field", hint])
        }
        (None, place) => {
            let hint = "`crackdown validate {} --dry-run` checks it, without --dry-run its cases are repeated in the model";
            let message = "this is a catalogue of cases, not a scenario";
            (place?, [message, "catalogues have this field", hint])
        }
    };
    let span = Span { file, start: place.start, end: place.end };
    Some(Finding::error(message).at(span, label).hint(hint.replace("{}", name)))
}

/// Whether a file is a study, by its fields at the top; a file that cannot be read is none.
pub fn is_study(path: &Path) -> bool {
    let text =
        files::whole(path, files::LARGEST_BYTES).ok().and_then(|bytes| files::text(bytes).ok());
    text.is_some_and(|text| mark(&text, MARKS[0]).is_some())
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
