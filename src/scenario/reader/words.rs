//! Words, numbers and texts in quotes.

use super::{Origin, Reader};
use crate::finding::{Finding, plain};
use crate::source::Span;
use crate::tree::{Tree, Value};
use world::text::unprintable;

impl Reader<'_> {
    pub(super) fn word(&mut self) -> (String, Span) {
        let start = self.at;
        let end = self.rest().find(|c: char| !c.is_alphanumeric() && c != '_');
        self.at += end.unwrap_or(self.rest().len());
        (self.text[start..self.at].to_owned(), self.span(start..self.at))
    }

    pub(super) fn name_value(&mut self) -> Tree {
        let (name, span) = self.word();
        // So many of the largest: one word with its number, as in `Largest(5)`.
        if name.eq_ignore_ascii_case("Largest")
            && let Some(number) = self.rest().trim_start_matches(' ').strip_prefix('(')
            && let Some(inside) = number.split_once(')').map(|(inside, _)| inside.trim().to_owned())
            && !inside.contains(['\n', '(', '{', '['])
        {
            self.at += self.rest().find(')').map_or(0, |end| end + 1);
            let span = self.span(span.start..self.at);
            return Tree { value: Value::Name(format!("{name}({inside})")), span };
        }
        let space = self.rest().len() - self.rest().trim_start_matches(' ').len();
        if self.origin == Origin::InStudy && self.rest()[space..].starts_with('(') {
            self.at += space;
            return self.tagged(name, span.start);
        }
        if self.rest().starts_with('(') {
            let message = format!("no word may stand before a bracket, but found `{name}(`");
            let hint = if name == "Some" {
                "write the value itself, without `Some(…)`"
            } else {
                "a group begins with its bracket, e.g. (number: 200)"
            };
            self.report(
                Finding::error(message).hint(hint),
                span.start..span.end,
                "leave this word out",
            );
            if name == "Some" {
                self.skip_entry();
                return self.broken(span.start);
            }
            return self.value();
        }
        let rest = self.rest();
        if rest.starts_with(['.', '/', '\\', '-'])
            && !rest.starts_with("//")
            && !rest.starts_with("/*")
        {
            return self.unquoted(span.start);
        }
        Tree { value: Value::Name(name), span }
    }

    pub(super) fn number(&mut self) -> Tree {
        let start = self.at;
        let end = self
            .rest()
            .find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '_' | '.' | '+' | '-'));
        self.at += end.unwrap_or(self.rest().len());
        let token = &self.text[start..self.at];
        let span = self.span(start..self.at);
        let digits = token.replace('_', "");
        let numeric =
            digits.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '+' | '-' | 'e' | 'E'));
        if let (Origin::ByProgram, Ok(whole)) = (self.origin, digits.parse::<i64>()) {
            return Tree { value: Value::Whole(whole), span };
        }
        match digits.parse::<f64>() {
            Ok(number) if numeric && number.is_finite() => {
                // Minus zero is zero, also in the canonical text.
                return Tree { value: Value::Number(number + 0.0), span };
            }
            Ok(_) if numeric => {
                let message = format!("`{token}` is too large a number");
                self.report(Finding::error(message), start..span.end, "too large");
            }
            _ if looks_like_date(token) => {
                if self.origin == Origin::OnCommandLine {
                    return Tree { value: Value::Text(token.to_owned()), span };
                }
                let finding = Finding::error(format!("the date {token} stands without quotes"))
                    .hint(format!("write \"{token}\""));
                self.report(finding, start..span.end, "quotes missing");
            }
            _ => {
                let finding = Finding::error(format!("`{token}` is not a number"))
                    .hint("numbers look like 12, 0.25, 1_600_000 or 1.5e6");
                self.report(finding, start..span.end, "not a number");
            }
        }
        self.broken(start)
    }

    pub(super) fn quoted(&mut self) -> Tree {
        let start = self.at;
        let mut value = String::new();
        let mut understood = true;
        self.at += 1;
        while let Some(next) = self.rest().chars().next().filter(|c| *c != '\n') {
            self.at += next.len_utf8();
            match next {
                '"' if understood => return self.text(value, start),
                '"' => return self.broken(start),
                '\\' => {
                    let escape = self.rest().chars().next().unwrap_or('\n');
                    match escape {
                        '"' | '\\' | '\'' => value.push(escape),
                        'n' => value.push('\n'),
                        't' => value.push('\t'),
                        'r' if self.origin == Origin::ByProgram => value.push('\r'),
                        '0' if self.origin == Origin::ByProgram => value.push('\0'),
                        'u' if self.origin == Origin::ByProgram => {
                            value.extend(self.code_point());
                            continue;
                        }
                        _ => {
                            understood = false;
                            let at = self.at;
                            let finding =
                                Finding::error("a backslash has a special meaning in texts")
                                    .hint("write \\\\ for a backslash; in paths use / instead");
                            self.report(finding, at - 1..at, "not understood");
                            continue;
                        }
                    }
                    self.at += escape.len_utf8();
                }
                other => value.push(other),
            }
        }
        let end = self.at;
        let finding = Finding::error("this text is not closed on its line")
            .hint("add the closing quote `\"`");
        self.report(finding, start..end, "opened here");
        // A comma that belongs after the text was taken into it: nothing more to say about this line.
        self.broken(start)
    }

    /// A text that was written from here on, if people can see all of it.
    fn text(&mut self, value: String, start: usize) -> Tree {
        let span = self.span(start..self.at);
        match unfit(&value, &self.text[start..self.at], span) {
            _ if self.origin == Origin::ByProgram => Tree { value: Value::Text(value), span },
            None => Tree { value: Value::Text(value), span },
            Some(finding) => {
                self.found.push(finding);
                self.broken(start)
            }
        }
    }

    /// The character that `u{…}` stands for.
    fn code_point(&mut self) -> Option<char> {
        let end = self.rest().find('}')?;
        let code = self.rest().get(2..end).map(|code| u32::from_str_radix(code, 16));
        self.at += end + 1;
        char::from_u32(code?.ok()?)
    }

    pub(super) fn raw(&mut self) -> Tree {
        let start = self.at;
        let hashes = self.rest()[1..].chars().take_while(|c| *c == '#').count();
        let open = start + 1 + hashes;
        let close = format!("\"{}", "#".repeat(hashes));
        if self.text[open..].starts_with('"')
            && let Some(length) = self.text[open + 1..].find(&close)
        {
            let value = self.text[open + 1..open + 1 + length].to_owned();
            self.at = open + 1 + length + close.len();
            return self.text(value, start);
        }
        self.at = self.text.len();
        self.lost = true;
        self.report(Finding::error("this text is never closed"), start..open, "opened here");
        self.broken(start)
    }
}

/// Longest text. Unit: characters. Source: a cell of a workbook holds 32,767, and some hold several texts; Status: assumption.
const LONGEST_TEXT: usize = 5_000;

/// Why a text cannot be shown wherever titles and names are: in figures, pages, workbooks and terminals. It stands at `span` as `written`.
pub(crate) fn unfit(value: &str, written: &str, span: Span) -> Option<Finding> {
    if let Some(wrong) = value.chars().find(|letter| unprintable(*letter)) {
        let what = match wrong {
            '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => "a line break",
            '\t' => "a tab",
            _ => "a character that cannot be shown",
        };
        // What was written as `\n` is not there as such.
        let place = written.find(wrong).map_or(span, |at| Span {
            start: span.start + at,
            end: span.start + at + wrong.len_utf8(),
            ..span
        });
        let message = format!("a text holds {what} (U+{:04X})", u32::from(wrong));
        let finding = Finding::error(message).at(place, "not allowed in a text");
        return Some(finding.hint("texts are one line of letters, digits, signs and spaces: delete it, or type the text again"));
    }
    let length = value.chars().count();
    (length > LONGEST_TEXT).then(|| {
        let message = format!("a text has {} characters", plain(length as f64));
        let most = plain(LONGEST_TEXT as f64);
        Finding::error(message).at(span, format!("at most {most} are allowed"))
    })
}

/// Whether a text is meant as a date.
pub(super) fn looks_like_date(token: &str) -> bool {
    let parts: Vec<&str> = token.split('-').collect();
    parts.len() == 3
        && parts.iter().all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()))
}
