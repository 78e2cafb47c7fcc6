//! Text to a tree of values in which every value remembers its place.
//!
//! Own parser for the part of RON that scenarios use, rather than ron's borrowed `RawValue`. It needs
//! about as many lines, and in return names the mistake as the author would (a decimal comma, a date
//! without quotes, `=` for `:`), goes on after a mistake so that all are shown at once, keeps the
//! comments above a field, and sees names given twice. The result is typed by ron all the same.
//!
//! Stricter than RON in one point: a text in quotes ends on its line, so that a forgotten quote is
//! reported where it was forgotten.

use super::finding::Finding;
use super::source::{FileId, Span};
use super::tree::{Tree, Value};

mod brackets;
mod json;
mod slips;
mod words;

pub(crate) use json::{read_study, study_in_ron};
pub(super) use words::unfit;

/// Brackets within brackets: more than any scenario needs, few enough for the stack.
const DEEPEST: usize = 40;

/// What a scenario file looks like as a whole.
pub(super) const WHOLE: &str = "a scenario is a group in round brackets, e.g. (extends: \"kazakhstan.ron\", name: \"mine\", title: \"My scenario\")";

/// What a study file looks like as a whole.
pub(super) const WHOLE_STUDY: &str = "a study is a group in round brackets, e.g. (title: \"My study\", scenarios: [\"../kazakhstan.ron\"], replications: 10)";

/// Who wrote the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A file, which other programs may read as RON too.
    InFile,
    /// A study file, where words may stand before brackets: `Uniform(5, 60)`.
    InStudy,
    /// A command line, where the shell eats quotes: dates may go without.
    OnCommandLine,
    /// This program, which tells whole numbers from others.
    ByProgram,
}

/// Reads a value from `text`, beginning at byte `from`; `None` if what was read makes no sense as a whole.
pub fn read(
    text: &str,
    file: FileId,
    from: usize,
    origin: Origin,
    found: &mut Vec<Finding>,
) -> Option<Tree> {
    let mut reader = Reader {
        text,
        file,
        origin,
        found,
        at: from,
        depth: 0,
        comment: Vec::new(),
        suspect: None,
        lost: false,
    };
    if reader.text[from..].starts_with('\u{feff}') {
        reader.at += '\u{feff}'.len_utf8();
    }
    reader.attributes();
    if reader.peek().is_none() {
        let whole = if origin == Origin::InStudy { WHOLE_STUDY } else { WHOLE };
        let (message, hint) = match origin {
            Origin::OnCommandLine => ("a value is missing after `=`", None),
            _ if text.trim().is_empty() => ("the file is empty", Some(whole)),
            _ => ("the file holds nothing but comments", Some(whole)),
        };
        let mut finding = Finding::error(message);
        finding.hints.extend(hint.map(str::to_owned));
        reader.report(finding, from..from, "nothing here");
        return None;
    }
    let mut node = reader.value();
    reader.number_with_comma(&mut node);
    reader.tail(&mut node);
    reader.end_after(&node);
    (!reader.lost).then_some(node)
}

struct Reader<'a> {
    text: &'a str,
    file: FileId,
    origin: Origin,
    found: &'a mut Vec<Finding>,
    at: usize,
    depth: usize,
    /// Lines of comment since the last token.
    comment: Vec<String>,
    /// A bracket that, by the indentation, was closed by another one's closing bracket.
    suspect: Option<usize>,
    /// The text ended too early or is nested too deep: brackets and their contents cannot be trusted.
    lost: bool,
}

impl Reader<'_> {
    fn span(&self, range: std::ops::Range<usize>) -> Span {
        Span { file: self.file, start: range.start, end: range.end }
    }

    fn report(&mut self, finding: Finding, range: std::ops::Range<usize>, label: &str) {
        let span = self.span(range);
        self.found.push(finding.at(span, label));
    }

    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    /// The next character that is neither space nor comment.
    fn peek(&mut self) -> Option<char> {
        self.skip();
        self.rest().chars().next()
    }

    /// Passes over space and comments; remembers the lines of comment that stand above what follows.
    fn skip(&mut self) {
        let start = self.at;
        let mut lines = Vec::new();
        let mut newlines = if start == 0 { 1 } else { 0 };
        loop {
            let rest = &self.text[self.at..];
            if rest.starts_with("//") {
                let end = rest.find('\n').unwrap_or(rest.len());
                if newlines > 1 {
                    lines.clear();
                }
                if newlines > 0 {
                    lines.push(rest[2..end].trim().to_owned());
                }
                newlines = 0;
                self.at += end;
                // The comment's own line break.
                if self.text[self.at..].starts_with('\n') {
                    self.at += 1;
                    newlines = 1;
                }
            } else if rest.starts_with("/*") {
                self.block_comment();
            } else if let Some(space) = rest.chars().next().filter(|c| c.is_whitespace()) {
                newlines += usize::from(space == '\n');
                self.at += space.len_utf8();
            } else {
                break;
            }
        }
        if newlines > 1 {
            lines.clear();
        }
        if self.at > start {
            self.comment = lines;
        }
    }

    fn block_comment(&mut self) {
        let start = self.at;
        let mut depth = 0;
        while let Some(next) = self.rest().chars().next() {
            if self.rest().starts_with("/*") {
                depth += 1;
                self.at += 2;
            } else if self.rest().starts_with("*/") {
                depth -= 1;
                self.at += 2;
                if depth == 0 {
                    return;
                }
            } else {
                self.at += next.len_utf8();
            }
        }
        self.lost = true;
        self.report(
            Finding::error("this comment is never closed").hint("close it with `*/`"),
            start..start + 2,
            "opened here",
        );
    }

    /// Reports what follows the end; what is no group at all is reported as such later.
    fn end_after(&mut self, node: &Tree) {
        let Some(next) = self.peek().filter(|_| !self.lost) else { return };
        let finding = match (self.origin, &node.value) {
            (Origin::InFile | Origin::InStudy, Value::Group(_)) => Finding::error(format!(
                "nothing may follow the end of the {}, but found `{next}`",
                if self.origin == Origin::InStudy { "study" } else { "scenario" }
            ))
            .hint("is there a closing bracket too many further up?"),
            (Origin::OnCommandLine, value) if !matches!(value, Value::Broken) => {
                Finding::error(format!("nothing may follow the value, but found `{next}`"))
            }
            _ => return,
        };
        let at = self.at;
        self.report(finding, at..at + next.len_utf8(), "too much");
    }

    /// Passes over `#![enable(…)]`, which RON files may begin with.
    fn attributes(&mut self) {
        while self.peek() == Some('#') && self.rest().starts_with("#![") {
            self.at += self.rest().find(']').map_or(self.rest().len(), |end| end + 1);
        }
    }

    fn value(&mut self) -> Tree {
        let Some(next) = self.peek() else {
            let at = self.at;
            self.lost = true;
            self.report(Finding::error("a value is missing"), at..at, "the text ends here");
            return self.broken(at);
        };
        let start = self.at;
        match next {
            '(' | '{' | '[' => {
                if self.depth == DEEPEST {
                    self.lost = true;
                    let message = format!("brackets are nested more than {DEEPEST} deep");
                    self.report(Finding::error(message), start..start + 1, "too deep");
                    self.at = self.text.len();
                    return self.broken(start);
                }
                self.depth += 1;
                let value = match next {
                    '(' => self.group(),
                    '{' => self.map(),
                    _ => self.list(']'),
                };
                self.depth -= 1;
                Tree { value, span: self.span(start..self.at) }
            }
            '"' => self.quoted(),
            'r' if self.rest().starts_with("r\"") || self.rest().starts_with("r#") => self.raw(),
            '/' => self.unquoted(start),
            '.' if self.rest().starts_with("..") || self.rest().starts_with("./") => {
                self.unquoted(start)
            }
            '+' | '-' | '.' | '0'..='9' => self.number(),
            c if c.is_alphabetic() || c == '_' => self.name_value(),
            '\'' | '“' | '”' | '„' | '«' | '»' | '‘' | '’' => self.strange_quote(next),
            other => {
                let finding = Finding::error(format!(
                    "a value is wanted here, but found `{other}`"
                ))
                .hint("a value is a number, a text in quotes, a word, or something in brackets");
                self.report(finding, start..start + other.len_utf8(), "not a value");
                self.skip_entry();
                self.broken(start)
            }
        }
    }

    fn broken(&self, start: usize) -> Tree {
        Tree { value: Value::Broken, span: self.span(start..self.at) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> (Option<Tree>, Vec<Finding>) {
        let mut found = Vec::new();
        let node = read(text, FileId(0), 0, Origin::InFile, &mut found);
        (node, found)
    }

    #[test]
    fn every_value_remembers_its_place() {
        let text = "( a: 12, b: (c: \"x\"), )";
        let (node, found) = parse(text);
        assert!(found.is_empty(), "{found:?}");
        let node = node.unwrap();
        let a = node.at("a").unwrap();
        assert_eq!(&text[a.span.start..a.span.end], "12");
        let c = node.at("b.c").unwrap();
        assert_eq!(&text[c.span.start..c.span.end], "\"x\"");
    }

    /// What this program writes for itself to read: one writer, and every character that a text may hold.
    #[test]
    fn a_text_that_is_written_in_ron_is_read_again_whatever_characters_it_holds() {
        let letters = ('\0'..='\u{2fff}').chain('\u{fb00}'..='\u{ffff}').chain(['🙂', '\u{e0001}']);
        for letter in letters.filter(|letter| !world::text::unprintable(*letter)) {
            let text = format!("a{letter}\\{letter}\"{letter}//");
            let (node, found) = parse(&crate::quoted(&text));
            assert!(found.is_empty(), "U+{:04X}: {found:?}", u32::from(letter));
            assert_eq!(node.unwrap().text(), Some(&*text));
        }
    }

    #[test]
    fn comments_above_a_field_are_kept_and_others_are_not() {
        let (node, _) = parse("(\n// lost\n\n// one\n// two\na: 1, // behind a\nb: 2)");
        let node = node.unwrap();
        assert_eq!(node.field("a").unwrap().comment, ["one", "two"]);
        assert!(node.field("b").unwrap().comment.is_empty());
    }

    #[test]
    fn reading_goes_on_after_a_mistake() {
        let (node, found) = parse("(a = 1, b: 'x', c: 0,5, d: 8 %, e: 2024-01-01, f: 3)");
        let messages: Vec<&str> = found.iter().map(|finding| finding.message.as_str()).collect();
        assert_eq!(messages.len(), 5, "{messages:#?}");
        assert_eq!(node.unwrap().at("f").unwrap().number(), Some(3.0));
    }

    #[test]
    fn the_bracket_that_was_forgotten_is_named_by_indentation() {
        let text = "(\n  a: (\n    b: (\n      c: 1,\n  ),\n  d: 2,\n)\n";
        let (node, found) = parse(text);
        assert!(node.is_none());
        let (span, _) = found[0].place.as_ref().unwrap();
        assert_eq!(span.start, text.find("b: (").unwrap() + 3);
    }

    #[test]
    fn deep_nesting_is_refused_without_overflowing() {
        let (node, found) = parse(&"[".repeat(100_000));
        assert!(node.is_none());
        assert_eq!(found.len(), 1);
    }

    #[test]
    fn no_text_makes_the_reader_panic_or_loop() {
        let whole = "(a: [1, -2.5], b: {\"x\": (c: r#\"y\"#)}, d: Name, /* e */ f: \"é\\n\")";
        for (cut, _) in whole.char_indices() {
            let _ = parse(&whole[..cut]);
            let _ = parse(&whole[cut..]);
            for wrong in [")", "(", "\"", ",", ":", "é", "%", "\n", "r#", "]"] {
                let _ = parse(&format!("{}{wrong}{}", &whole[..cut], &whole[cut..]));
            }
        }
    }

    fn parse_study(text: &str) -> (Option<Tree>, Vec<Finding>) {
        let mut found = Vec::new();
        let node = read(text, FileId(0), 0, Origin::InStudy, &mut found);
        (node, found)
    }

    #[test]
    fn words_stand_before_brackets_in_studies_only() {
        let text = "(a: Uniform(5,60), b: Grid({\"x\": [1]}), c: Sobol (number: 8), d: Empty())";
        let (node, found) = parse_study(text);
        assert!(found.is_empty(), "{found:?}");
        let node = node.unwrap();
        let inside = |name: &str| match &node.at(name).unwrap().value {
            Value::Tagged(word, inside) => (word.clone(), inside.value.clone()),
            other => panic!("{other:?}"),
        };
        assert!(
            matches!(inside("a"), (word, Value::List(items)) if word == "Uniform" && items.len() == 2)
        );
        assert!(matches!(inside("b"), (_, Value::List(items)) if items.len() == 1));
        assert!(matches!(inside("c"), (_, Value::Group(fields)) if fields[0].name == "number"));
        assert!(matches!(inside("d"), (_, Value::List(items)) if items.is_empty()));
        assert!(!parse(text).1.is_empty());
    }

    #[test]
    fn no_text_makes_the_reader_of_studies_panic_or_loop() {
        let whole = "(a: [A(1, 2), B(/* x */ c: D(e: 1))], f: G({\"h\": I}))";
        for (cut, _) in whole.char_indices() {
            let _ = parse_study(&whole[..cut]);
            for wrong in [")", "(", "\"", ",", ":", "A(", "/*", "%", "]"] {
                let _ = parse_study(&format!("{}{wrong}{}", &whole[..cut], &whole[cut..]));
            }
        }
        let deep = parse_study(&"A(".repeat(100_000));
        assert!(deep.0.is_none());
    }
}
