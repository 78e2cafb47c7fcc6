//! Groups, maps and lists, and what stands between their entries: names, colons, commas, closing brackets.

use super::words::looks_like_date;
use super::{DEEPEST, Reader};
use crate::finding::Finding;
use crate::names::Names;
use crate::tree::{Field, Key, Tree, Value};

impl Reader<'_> {
    /// What stands in brackets behind a word: a group if the first entry has a name, else a list.
    pub(super) fn tagged(&mut self, name: String, start: usize) -> Tree {
        let open = self.at;
        let (comment, lost, found) = (self.comment.clone(), self.lost, self.found.len());
        self.at += 1;
        let word = self.peek().is_some_and(|c| c.is_alphabetic() || c == '_');
        let named = word && {
            self.word();
            matches!(self.peek(), Some(':' | '='))
        };
        (self.at, self.comment, self.lost) = (open, comment, lost);
        self.found.truncate(found);
        let inside = if named || self.depth == DEEPEST {
            self.value()
        } else {
            self.depth += 1;
            let value = self.list(')');
            self.depth -= 1;
            Tree { value, span: self.span(open..self.at) }
        };
        let value = match inside.value {
            Value::Broken => Value::Broken,
            _ => Value::Tagged(name, Box::new(inside)),
        };
        Tree { value, span: self.span(start..self.at) }
    }

    /// Values without names up to the closing bracket.
    pub(super) fn list(&mut self, close: char) -> Value {
        let open = self.at;
        let mut items: Vec<Tree> = Vec::new();
        self.at += 1;
        while self.inside(open, close) {
            let mut item = self.value();
            self.after_value(']', &mut item);
            items.push(item);
        }
        Value::List(items)
    }

    pub(super) fn map(&mut self) -> Value {
        let open = self.at;
        let mut entries: Vec<(Key, Tree)> = Vec::new();
        let mut names = Names::new();
        self.at += 1;
        while self.inside(open, '}') {
            let key = self.value();
            if matches!(key.value, Value::Broken) && self.rest().starts_with(',') {
                self.at += 1;
                continue;
            }
            let shown = self.text[key.span.start..key.span.end].to_owned();
            if let Some(name) = key_name(&key.value) {
                names.once(&name, &shown, key.span, self.found);
            }
            if !self.colon(&shown) {
                continue;
            }
            let mut value = self.value();
            self.after_value('}', &mut value);
            entries.push((Key::Written(key), value));
        }
        Value::Map(entries)
    }

    pub(super) fn group(&mut self) -> Value {
        let open = self.at;
        let mut fields: Vec<Field> = Vec::new();
        let mut names = Names::new();
        self.at += 1;
        while self.inside(open, ')') {
            let comment = std::mem::take(&mut self.comment);
            let start = self.at;
            let (name, name_span) = match self.rest().chars().next() {
                Some(c) if c.is_alphabetic() || c == '_' => self.word(),
                Some('"') => {
                    let node = self.quoted();
                    let Value::Text(name) = node.value else { continue };
                    if looks_like_date(&name) {
                        let finding = Finding::error("values by date stand in curly brackets")
                            .hint(format!("write {{\"{name}\": …}}"));
                        self.report(finding, open..node.span.end, "`{` is wanted");
                        self.at = open;
                        self.skip_entry();
                        return Value::Broken;
                    }
                    let finding = Finding::error(format!(
                        "the name of a field stands without quotes, but found \"{name}\""
                    ))
                    .hint(format!("write {name}: …"));
                    self.report(finding, node.span.start..node.span.end, "leave the quotes out");
                    (name, node.span)
                }
                _ if self.strange_comment() => continue,
                other => {
                    self.no_name(start, other.unwrap_or(' '));
                    continue;
                }
            };
            if self.name_in_parts(start, &name) {
                self.pass_entry();
                continue;
            }
            names.once(&name, &format!("`{name}`"), name_span, self.found);
            if !self.colon(&name) {
                continue;
            }
            let mut value = self.value();
            self.after_value(')', &mut value);
            fields.push(Field { name, name_span, value, comment });
        }
        Value::Group(fields)
    }

    /// Reports that something else stands where a field should begin.
    fn no_name(&mut self, start: usize, found: char) {
        let finding =
            Finding::error(format!("the name of a field is wanted here, but found `{found}`"))
                .hint("a group holds fields with a name: (number: 200, abroad: 0.8)");
        self.report(finding, start..start + found.len_utf8(), "not a name");
        self.pass_entry();
    }

    /// Whether another entry follows; passes over the closing bracket if not.
    fn inside(&mut self, open: usize, close: char) -> bool {
        let opened = self.text[open..].chars().next().unwrap_or(' ');
        match self.peek() {
            None => {
                if !self.lost {
                    self.lost = true;
                    let open = self.suspect.unwrap_or(open);
                    let opened = self.text[open..].chars().next().unwrap_or(' ');
                    let finding = Finding::error(format!("the bracket `{opened}` is never closed"))
                        .hint(format!("add the closing bracket `{}`", closing(opened)));
                    self.report(finding, open..open + 1, "opened here");
                }
                false
            }
            Some(c) if c == close => {
                let (columns, first) = self.indent(self.at);
                if self.suspect.is_none() && first && columns < self.indent(open).0 {
                    self.suspect = Some(open);
                }
                self.at += 1;
                false
            }
            Some(c @ (')' | ']' | '}')) => {
                let at = self.at;
                let finding = Finding::error(format!("`{opened}` is closed by `{c}`"))
                    .see(self.span(open..open + 1), "opened here")
                    .hint(format!("close `{opened}` with `{close}`"));
                self.report(finding, at..at + 1, "the wrong bracket");
                self.at += 1;
                false
            }
            Some(_) => !self.lost,
        }
    }

    /// Columns before the first character of the line, and whether nothing but space stands before `at` on it.
    fn indent(&self, at: usize) -> (usize, bool) {
        let line = self.text[..at].rfind('\n').map_or(0, |newline| newline + 1);
        let columns = self.text[line..].chars().take_while(|c| *c == ' ' || *c == '\t').count();
        (columns, self.text[line..at].trim().is_empty())
    }

    /// Passes over the colon after a name; `false` if there is no value to be read.
    fn colon(&mut self, name: &str) -> bool {
        let next = self.peek();
        let at = self.at;
        match next {
            Some(':') => self.at += 1,
            Some('=') => {
                let finding =
                    Finding::error(format!("`:` is wanted after `{name}`, but found `=`"))
                        .hint(format!("write {name}: …"));
                self.report(finding, at..at + 1, "write `:` here");
                self.at += 1;
            }
            _ => {
                let found = next.map_or("the end of the file".to_owned(), |c| format!("`{c}`"));
                let finding = Finding::error(format!(
                    "`:` and a value are wanted after `{name}`, but found {found}"
                ));
                let end = at + next.map_or(0, char::len_utf8);
                self.report(finding, at..end, "write `:` and a value before this");
                self.pass_entry();
                return false;
            }
        }
        if let Some(c @ (',' | ')' | '}' | ']')) = self.peek() {
            let finding = Finding::error(format!("the value of `{name}` is missing"));
            let at = self.at;
            self.report(finding, at..at + 1, "write a value before this");
            self.at += usize::from(c == ',');
            return false;
        }
        true
    }

    /// Passes over the comma after a value.
    fn after_value(&mut self, close: char, value: &mut Tree) {
        if close != ']' {
            self.number_with_comma(value);
        }
        if self.text[self.at..].chars().next().is_some_and(|c| c != ',') {
            self.tail(value);
        }
        let end = self.at;
        let next = match self.peek() {
            Some(',') => {
                self.at += 1;
                return;
            }
            Some(')' | ']' | '}') | None => return,
            Some(next) => next,
        };
        let at = self.at;
        if matches!(value.value, Value::Broken) {
            // Already reported; the text up to the next entry may be part of the same mistake.
            if !next.is_alphabetic() {
                self.pass_entry();
            }
        } else if next == ';' {
            let finding = Finding::error("entries are parted by `,`, but found `;`");
            self.report(finding, at..at + 1, "write `,` here");
            self.at += 1;
        } else {
            let finding = Finding::error("a comma is missing after this value");
            self.report(finding, end - 1..end, "write `,` after this");
            if !next.is_alphabetic() && !matches!(next, '"' | '(') {
                self.pass_entry();
            }
        }
    }

    /// Passes over the rest of an entry and the comma behind it.
    fn pass_entry(&mut self) {
        self.skip_entry();
        self.at += usize::from(self.rest().starts_with(','));
    }

    /// Passes over everything up to the next comma or closing bracket of the present group.
    pub(super) fn skip_entry(&mut self) {
        let mut depth = 0_usize;
        while let Some(next) = self.peek() {
            match next {
                ',' if depth == 0 => return,
                ')' | ']' | '}' if depth == 0 => return,
                ')' | ']' | '}' => depth -= 1,
                '(' | '[' | '{' => depth += 1,
                '"' => {
                    let line =
                        self.rest()[1..].find(['"', '\n']).map_or(self.rest().len(), |end| end + 1);
                    self.at += line;
                    if !self.rest().starts_with('"') {
                        continue;
                    }
                }
                _ => {}
            }
            self.at += next.len_utf8();
        }
    }
}
fn closing(open: char) -> char {
    match open {
        '(' => ')',
        '[' => ']',
        _ => '}',
    }
}

/// What tells keys apart: a text and a word are never the same.
fn key_name(key: &Value) -> Option<String> {
    match key {
        Value::Text(text) => Some(format!("\"{text}\"")),
        Value::Name(name) => Some(name.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
