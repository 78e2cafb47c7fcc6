//! Slips that have a name: a decimal comma, a percent sign, a unit behind a number, a text without quotes.
//!
//! Each is reported as its author would call it, with what was probably meant.

use super::{Origin, Reader};
use crate::finding::{Finding, hundredth};
use crate::tree::{Tree, Value};

impl Reader<'_> {
    /// A number that goes on after a comma: `0,8` or `1,600,000`.
    pub(super) fn number_with_comma(&mut self, value: &mut Tree) {
        if !matches!(value.value, Value::Number(_)) {
            return;
        }
        let start = value.span.start;
        let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
        while self.rest().starts_with(',') && digits(&self.rest()[1..]) > 0 {
            self.at += 1 + digits(&self.rest()[1..]);
        }
        let written = self.text[start..self.at].to_owned();
        let groups: Vec<&str> = written.split(',').collect();
        let thousands = groups[1..].iter().all(|group| group.len() == 3) && groups[0] != "0";
        let hint = match groups[..] {
            [_] => return,
            [whole, fraction] if !thousands => format!("write {whole}.{fraction}"),
            [whole, fraction] => {
                format!("write {whole}{fraction}, or {whole}.{fraction} if a fraction is meant")
            }
            _ => format!("write {}", groups.concat()),
        };
        let finding = Finding::error(format!("the number `{written}` contains a comma")).hint(hint);
        self.report(finding, start..self.at, "commas part the entries of a group");
        value.value = Value::Broken;
    }

    /// What follows a number or a word on its line without a comma, unless it is the next entry.
    pub(super) fn tail(&mut self, value: &mut Tree) {
        let start = value.span.start;
        let rest = self.rest();
        let length = rest.find([',', ')', ']', '}', '\n', '"', ';']).unwrap_or(rest.len());
        let tail = rest[..length].split("//").next().unwrap_or_default().trim_end();
        if tail.trim_start().is_empty() || tail.contains([':', '=', '(', '[', '{']) {
            return;
        }
        let end = self.at + tail.len();
        let written = &self.text[start..end];
        let more = tail.trim_start();
        let (finding, label) = match value.value {
            Value::Number(number) if more == "%" && number < 0.0 => (
                Finding::error("percent signs are not understood").hint(
                    "no change in percent can be written: write the value itself, a share from 0 to 1 or an amount in full, in its unit",
                ),
                "a value without sign is wanted",
            ),
            Value::Number(number) if more == "%" => (
                Finding::error("percent signs are not understood").hint(format!(
                    "write a share as a number from 0 to 1: {}; an amount in full, in its unit",
                    hundredth(number)
                )),
                "a number without sign is wanted",
            ),
            Value::Number(_)
                if more.chars().all(|c| c.is_ascii_digit() || " '_.\u{a0}\u{202f}".contains(c)) =>
            {
                let apart = |c: &char| c.is_ascii_digit() || matches!(c, '.' | '-' | '+');
                let joined: String = written.chars().filter(apart).collect();
                (
                    Finding::error(format!("`{written}` is not one number"))
                        .hint(format!("write {joined}, with nothing between the digits")),
                    "not one number",
                )
            }
            Value::Number(_) => (
                Finding::error(format!("`{written}` is more than a number"))
                    .hint("write all digits and no words; `crackdown params` tells the unit"),
                "a number alone is wanted",
            ),
            Value::Name(ref name) => (
                Finding::error(format!("the text `{written}` stands without quotes"))
                    .hint(format!("write \"{written}\", or {name} alone if that is meant")),
                "quotes missing",
            ),
            _ => return,
        };
        self.report(finding, start..end, label);
        self.at = end;
        value.value = Value::Broken;
    }

    /// A path or other text without quotes.
    pub(super) fn unquoted(&mut self, start: usize) -> Tree {
        let rest = &self.text[start..];
        let mut length = rest.find([',', ')', ']', '}', '\n', '"']).unwrap_or(rest.len());
        if self.origin == Origin::InStudy {
            // The path of a parameter before its values.
            length = rest[..length].find(": ").unwrap_or(length);
        }
        let written = rest[..length].trim_end();
        let finding = Finding::error(format!("the text `{written}` stands without quotes"))
            .hint(format!("write \"{written}\""));
        self.at = start + written.len().max(1);
        self.report(finding, start..self.at, "quotes missing");
        self.broken(start)
    }

    /// A quote that is not the straight double one.
    pub(super) fn strange_quote(&mut self, quote: char) -> Tree {
        let start = self.at;
        let finding = Finding::error(format!("the quote `{quote}` is not understood"))
            .hint("texts and dates stand in straight double quotes: \"…\"");
        self.report(finding, start..start + quote.len_utf8(), "not a straight double quote");
        self.skip_entry();
        self.broken(start)
    }

    /// A name that goes on after a point, a hyphen or a space: `policy.auto_block:` or `bank share:`.
    pub(super) fn name_in_parts(&mut self, start: usize, name: &str) -> bool {
        let rest = self.rest();
        let Some(length) = rest.find([':', '=', ',', '(', ')', '[', ']', '{', '}', '"', '\n'])
        else {
            return false;
        };
        let tail = rest[..length].trim_end();
        let parted = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | ' ');
        if tail.is_empty() || !rest[length..].starts_with([':', '=']) || !tail.chars().all(parted) {
            return false;
        }
        let end = self.at + tail.len();
        let written = &self.text[start..end];
        let hint = if tail.contains('.') {
            let below: Vec<&str> = written.split('.').skip(1).collect();
            format!("write {name}: ({}: …{}", below.join(": ("), ")".repeat(below.len()))
        } else {
            format!("write {}: …", written.replace(['-', ' '], "_"))
        };
        let finding = Finding::error(format!("`{written}` is not the name of a field")).hint(hint);
        self.report(finding, start..end, "letters, digits and `_` are wanted");
        true
    }

    /// A comment as other languages write it.
    pub(super) fn strange_comment(&mut self) -> bool {
        let start = self.at;
        let sign = if self.rest().starts_with('#') { "#" } else { "--" };
        if !self.rest().starts_with(sign) {
            return false;
        }
        let finding = Finding::error(format!("comments do not begin with `{sign}`"))
            .hint("write // before a comment");
        self.report(finding, start..start + sign.len(), "write `//` here");
        self.at += self.rest().find('\n').unwrap_or(self.rest().len());
        true
    }
}
