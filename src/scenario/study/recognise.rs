//! Telling studies from scenarios, where one stands for the other.

use std::path::Path;

use crate::scenario::finding::Finding;
use crate::scenario::reader::{Written, read};
use crate::scenario::source::{FileId, Node, Sources, Span, Value};

/// Whether a text is that of a study, by its fields at the top.
fn looks_like_a_study(text: &str) -> bool {
    const MARK: &str = "scenarios";
    if !text.contains(MARK) {
        return false;
    }
    let file = Sources::default().add("", text);
    match read(text, file, 0, Written::InStudy, &mut Vec::new()) {
        Some(root) => root.field(MARK).is_some() && root.field("extends").is_none(),
        // Brackets that do not close: the line must do.
        None => text.lines().any(|line| line.trim_start().starts_with("scenarios:")),
    }
}

/// What is said where a study stands for a scenario.
pub(in crate::scenario) fn instead_of_a_scenario(
    sources: &Sources,
    file: FileId,
) -> Option<Finding> {
    let source = sources.get(file);
    let start = source.text.find("scenarios").filter(|_| looks_like_a_study(&source.text))?;
    let span = Span { file, start, end: start + "scenarios".len() };
    Some(
        Finding::error("this is a study, not a scenario").at(span, "studies have this field").hint(
            format!(
                "`crackdown check {0}` says what it is, `crackdown sweep {0}` runs it",
                source.name
            ),
        ),
    )
}

/// Whether a file is a study, by its fields at the top; a file that cannot be read is none.
#[must_use]
pub fn is_study(path: &Path) -> bool {
    std::fs::read_to_string(path).is_ok_and(|text| looks_like_a_study(&text))
}

/// What is said where a scenario stands for a study.
pub(super) fn is_scenario(root: &Node) -> Option<Finding> {
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
