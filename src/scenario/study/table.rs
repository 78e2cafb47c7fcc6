//! A table that somebody wrote: columns, what they hold row by row, and where that stands in the file.
//!
//! Deliberately absent: the format of the file, which `store` knows, and what columns mean.

use std::ops::Range;

use world::text::printable;

/// A table as a file holds it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct InputTable {
    /// Number of rows.
    pub rows: usize,
    /// Columns in the order of the file.
    pub columns: Vec<InputColumn>,
    /// The lines of the file, if it is a text.
    pub lines: Option<Lines>,
    /// How the file was read where that is not plain, in words.
    pub notes: Vec<String>,
}

impl InputTable {
    /// The column of this name.
    pub fn column(&self, name: &str) -> Option<&InputColumn> {
        self.columns.iter().find(|column| column.name == name)
    }
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct InputColumn {
    /// Name.
    pub name: String,
    /// Number of its column in the file, from 0.
    pub place: usize,
    /// Whether the program that wrote it says that it numbers or names rows.
    pub index: bool,
    /// What it holds, row by row.
    pub entries: Vec<InputEntry>,
}

/// What a table holds in one place.
#[derive(Clone, Debug, PartialEq)]
pub enum InputEntry {
    /// A number.
    Number(f64),
    /// A text.
    Text(String),
    /// Nothing.
    Empty,
    /// Something else, in words.
    Other(&'static str),
}

impl InputEntry {
    /// What is written there, without spaces around it; `None` where there is neither number nor text.
    pub fn written(&self) -> Option<String> {
        match self {
            InputEntry::Text(text) => Some(text.trim().to_owned()),
            InputEntry::Number(number) => Some(number.to_string()),
            InputEntry::Empty | InputEntry::Other(_) => None,
        }
    }
}

/// Something that is wrong with a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// What, in one sentence without a full stop.
    pub why: String,
    /// A line with its number from 1, and the bytes of it that are meant.
    pub line: Option<(String, usize, Range<usize>)>,
    /// What to do; may be empty.
    pub hint: String,
}

impl Fault {
    /// A fault of the whole file.
    pub fn new(why: impl Into<String>, hint: impl Into<String>) -> Fault {
        // The library that reads Parquet repeats what it finds.
        let why = printable(&why.into()).into_owned();
        Fault { why, line: None, hint: hint.into() }
    }
}

impl From<String> for Fault {
    fn from(why: String) -> Fault {
        Fault::new(why, "")
    }
}

/// The lines of a table of text, of which each holds a row.
#[derive(Clone, Debug, PartialEq)]
pub struct Lines {
    /// All of the text.
    pub text: String,
    /// What stands between cells.
    pub separator: char,
    /// Byte at which the head begins and then each row, and the number of that line from 1.
    pub starts: Vec<(usize, usize)>,
}

impl Lines {
    /// The line of the head, or of a row from 1 on, with its number, and the bytes of the cells in it.
    ///
    /// # Panics
    /// If there is no such row.
    pub fn cells(&self, row: usize) -> (&str, usize, Vec<Range<usize>>) {
        let (start, number) = self.starts[row];
        let (cells, end) = record(&self.text, start, self.separator);
        let line = self.text[start..end].trim_end_matches(['\r', '\n']);
        let at = |range: Range<usize>| range.start - start..range.end - start;
        (line, number, cells.into_iter().map(at).collect())
    }
}

/// The cells of the record that begins at a byte, and the byte at which the next one begins. Quotes are part of a cell's bytes.
pub fn record(text: &str, start: usize, separator: char) -> (Vec<Range<usize>>, usize) {
    let (mut cells, mut from, mut quoted) = (Vec::new(), start, false);
    for (at, letter) in text[start..].char_indices() {
        let at = start + at;
        match letter {
            // A quote opens at the beginning of a cell; two of them within quotes close and open again.
            '"' if quoted || text[from..at].trim().is_empty() => quoted = !quoted,
            '"' if text[from..at].trim_start().starts_with('"') => quoted = !quoted,
            _ if quoted => {}
            '\n' => {
                let end = if text[from..at].ends_with('\r') { at - 1 } else { at };
                cells.push(from..end);
                return (cells, at + 1);
            }
            _ if letter == separator => {
                cells.push(from..at);
                from = at + letter.len_utf8();
            }
            _ => {}
        }
    }
    cells.push(from..text.len());
    (cells, text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_of_a_line_are_found_with_quotes_and_breaks_within() {
        let text = "a;\"b;\"\"c\nd\";e\r\nf; \"g\"";
        let (cells, next) = record(text, 0, ';');
        let shown: Vec<&str> = cells.iter().map(|cell| &text[cell.clone()]).collect();
        assert_eq!(shown, ["a", "\"b;\"\"c\nd\"", "e"]);
        let (cells, end) = record(text, next, ';');
        assert_eq!((&text[cells[1].clone()], end), (" \"g\"", text.len()));
        let lines =
            Lines { text: text.to_owned(), separator: ';', starts: vec![(0, 1), (next, 3)] };
        assert_eq!(lines.cells(1), ("f; \"g\"", 3, vec![0..1, 2..6]));
    }
}
