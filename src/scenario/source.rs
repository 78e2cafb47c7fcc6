//! Texts that scenarios are read from, and places in them.

use std::ops::Range;

use super::workbook::SheetCell;

/// Number of a text in [`Sources`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FileId(pub usize);

/// A stretch of a text, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// The text.
    pub file: FileId,
    /// First byte.
    pub start: usize,
    /// First byte after it.
    pub end: usize,
}

impl Span {
    /// No place: of a value that stands in no text.
    pub const NOWHERE: Span = Span { file: FileId(usize::MAX), start: 0, end: 0 };

    /// Where it stands in a text that begins at this byte.
    #[must_use]
    pub fn within(self, first: usize) -> Range<usize> {
        self.start - first..self.end - first
    }
}

/// A text with others in the place of some stretches of it, in bytes.
pub fn replaced(text: &str, mut changes: Vec<(Range<usize>, String)>) -> String {
    // From the end, so that places before stay where they are.
    changes.sort_by_key(|(range, _)| std::cmp::Reverse(range.start));
    let mut text = text.to_owned();
    for (range, new) in changes {
        text.replace_range(range, &new);
    }
    text
}

/// A text with the name under which messages show it.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceText {
    /// The path as the user gave it, or `--set`.
    pub name: String,
    /// All of the text, or of a table the line that is shown.
    pub text: String,
    /// Number of its first line, from 1.
    pub line: usize,
    /// Of a workbook the cells that the text is made of, in its order.
    pub cells: Vec<SheetCell>,
}

impl SourceText {
    /// The cell at a byte of the text that stands for a workbook.
    pub(super) fn cell(&self, at: usize) -> Option<&SheetCell> {
        self.cells.iter().find(|cell| at <= cell.range.end)
    }
}

/// All texts of one scenario: the file given first, then what it extends, then the `--set` texts.
#[derive(Clone, Debug, Default)]
pub struct Sources(Vec<SourceText>);

impl Sources {
    /// Takes in a text.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> FileId {
        self.add_line(name, text, 1)
    }

    /// Takes in what begins at this line of a larger text.
    pub fn add_line(
        &mut self,
        name: impl Into<String>,
        text: impl Into<String>,
        line: usize,
    ) -> FileId {
        self.put(SourceText { name: name.into(), text: text.into(), line, cells: Vec::new() })
    }

    /// Takes in a text as it is.
    pub(super) fn put(&mut self, source: SourceText) -> FileId {
        self.0.push(source);
        FileId(self.0.len() - 1)
    }

    /// Number of a text, which is taken in unless it is there under the same name.
    pub(super) fn also(&mut self, source: &SourceText) -> FileId {
        let known = self.0.iter().position(|old| old == source);
        known.map_or_else(|| self.put(source.clone()), FileId)
    }

    /// Gives a text another name.
    pub(super) fn rename(&mut self, name: &str, text: &str, new: &str) {
        for source in self.0.iter_mut().filter(|old| (&*old.name, &*old.text) == (name, text)) {
            new.clone_into(&mut source.name);
        }
    }

    /// Number of texts.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// The text with this number.
    pub fn get(&self, file: FileId) -> &SourceText {
        &self.0[file.0]
    }
}
