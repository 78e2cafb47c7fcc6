//! Sentences in the language of now.
//!
//! A sentence is written once in the code, in English, with named gaps: `say!("“{policy}” takes {removed}", policy, removed)`. Its
//! Russian and Kazakh stand in `speech/catalogue.txt`, each with the same gaps in its own order. What follows `##` in a key
//! tells two uses of the same English apart and is not shown. A text without a line in the catalogue stays as it is: titles that
//! an analyst wrote. `speech/tests.rs` finds keys of the code that the catalogue lacks.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::sync::LazyLock;

use jiff::civil::Date;

use crate::language::Language::{English, Kazakh, Russian};
use crate::language::current;

/// The catalogue: blocks of three lines (English, Russian, Kazakh), blank lines between them, comments after `#`.
pub const CATALOGUE: &str = include_str!("speech/catalogue.txt");

/// What is said of wrong files, in the same form. Gaps have no names: a translation that needs another order numbers them, `{2}`.
pub const FINDINGS: &str = include_str!("speech/findings.txt");

/// Entries of a catalogue in their order: the key, Russian and Kazakh.
pub fn entries(catalogue: &'static str) -> impl Iterator<Item = [&'static str; 3]> {
    let lines = catalogue.lines().filter(|line| !line.starts_with("# "));
    let mut lines = lines.filter(|line| !line.is_empty());
    std::iter::from_fn(move || Some([lines.next()?, lines.next()?, lines.next()?]))
}

/// Entries by their English, and those with nameless gaps: texts that were put together earlier are understood by these.
struct Entries {
    texts: BTreeMap<&'static str, [&'static str; 3]>,
    patterns: Vec<[&'static str; 3]>,
}

impl Entries {
    fn of(catalogue: &'static str) -> Entries {
        Entries {
            texts: entries(catalogue).map(|texts| (texts[0], texts)).collect(),
            patterns: entries(catalogue).filter(|texts| texts[0].contains("{}")).collect(),
        }
    }

    /// Patterns in the order of their own letters: those with most say most.
    fn telling_first(mut self) -> Entries {
        let own = |texts: &[&str; 3]| texts[0].len() - 2 * texts[0].matches("{}").count();
        self.patterns.sort_by_key(|texts| std::cmp::Reverse(own(texts)));
        self
    }

    /// The first pattern that a text follows and that suits it, with what stands in its gaps.
    fn followed<'t>(
        &self,
        text: &'t str,
        suits: impl Fn(&str, &[&str]) -> bool,
    ) -> Option<([&'static str; 3], Vec<&'t str>)> {
        self.patterns.iter().find_map(|texts| {
            let gaps = gaps(texts[0], text).filter(|gaps| suits(texts[0], gaps))?;
            Some((*texts, gaps))
        })
    }
}

/// The catalogue.
static SPEECH: LazyLock<Entries> = LazyLock::new(|| Entries::of(CATALOGUE));

/// What is said of wrong files.
static FOUND: LazyLock<Entries> = LazyLock::new(|| Entries::of(FINDINGS).telling_first());

/// Whether the catalogue has a text.
pub fn knows(key: &str) -> bool {
    SPEECH.texts.contains_key(key)
}

/// A text in the language of now; one that the catalogue does not have as it is.
pub fn tr(key: &str) -> &str {
    let shown = |text| str::split(text, "##").next().unwrap_or(text);
    match (current(), SPEECH.texts.get(key)) {
        (English, _) | (_, None) => shown(key),
        (language, Some(texts)) => texts[language as usize],
    }
}

/// A sentence with its gaps filled.
///
/// # Panics
/// In debug builds, if a gap is left.
pub fn said(key: &str, gaps: &[(&str, &dyn Display)]) -> String {
    let text = tr(key);
    let mut said = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        let value = gaps.iter().find(|(gap, _)| *gap == name).map(|(_, value)| value);
        debug_assert!(value.is_some(), "nothing fills {{{name}}} of: {text}");
        said.push_str(before);
        let value = value.map(ToString::to_string);
        said.extend(match typed(before, after) {
            true => value,
            false => value.map(dated),
        });
        rest = after;
    }
    said + rest
}

/// A date in digits as people write it who read the language of now: 01.03.2026; in English, and what is no date, as it is. Files and
/// commands have dates as they are typed.
pub fn dated(text: String) -> String {
    match text.as_bytes() {
        [_, _, _, _, b'-', _, _, b'-', _, _] if current() != English => {
            let day = text.parse::<Date>().map(|day| day.strftime("%d.%m.%Y").to_string());
            day.unwrap_or(text)
        }
        _ => text,
    }
}

/// Whether what stands between these parts of a sentence is typed so: in quotes, in a command, in a file.
fn typed(before: &str, after: &str) -> bool {
    let option = before
        .strip_suffix(' ')
        .is_some_and(|before| before.rsplit(' ').next().is_some_and(|word| word.starts_with("--")));
    option
        || before.ends_with(['`', '"', '@', '='])
        || before.ends_with("..")
        || after.starts_with("..")
}

/// A sentence in the language of now: its English, then what fills its gaps, `name` or `name = value`.
#[macro_export]
macro_rules! say {
    ($key:literal $(, $name:ident $(= $value:expr)?)* $(,)?) => {
        $crate::speech::said(
            $key,
            &[$((stringify!($name), $crate::say!(@ $name $(= $value)?) as &dyn ::std::fmt::Display)),*],
        )
    };
    (@ $name:ident) => { &$name };
    (@ $name:ident = $value:expr) => { &$value };
}

/// A number with its noun: the key has the English forms, as in `{n} draw|{n} draws`.
pub fn counted(number: u64, key: &str) -> String {
    let forms: Vec<&str> = tr(key).split('|').collect();
    forms[form(number).min(forms.len() - 1)].replace("{n}", &number.to_string())
}

/// Which form a noun has after a number.
fn form(number: u64) -> usize {
    match (current(), number) {
        (English, 1) | (Kazakh, _) => 0,
        (English, _) => 1,
        (Russian, _) => match (number % 10, number % 100) {
            (_, 11..=14) => 2,
            (1, _) => 0,
            (2..=4, _) => 1,
            _ => 2,
        },
    }
}

/// The form of a text that suits the number in its first gap, as English writes it; a fraction takes the form of few.
fn formed<'t>(text: &'t str, gaps: &[&str]) -> &'t str {
    let forms: Vec<&str> = text.split('|').collect();
    let number = gaps.first().and_then(|gap| gap.replace(',', "").parse().ok());
    forms[number.map_or(1, form).min(forms.len() - 1)]
}

/// Whether a text is a number as English writes it, with thousands or a decimal point: `1,500`, `12.5 %`.
fn is_number(text: &str) -> bool {
    let plain = |letter: char| letter.is_ascii_digit() || ".,%−+ ".contains(letter);
    let thousands = |part: &str| part.bytes().take_while(u8::is_ascii_digit).count() == 3;
    let begins = text.trim_start_matches(['−', '+']).starts_with(|c: char| c.is_ascii_digit());
    begins
        && text.contains(['.', ','])
        && text.chars().all(plain)
        && text.matches('.').count() <= 1
        && text.split(',').skip(1).all(thousands)
}

/// A number as English writes it (`1,234.5`) as the language of now does: `1 234,5`.
pub fn number(text: String) -> String {
    match current() {
        English => text,
        Russian | Kazakh => text.replace(',', "\u{a0}").replace('.', ","),
    }
}

/// A month in short, as the page's charts write it too.
pub fn month(number: i8) -> &'static str {
    let all = tr(
        r#"["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]"#,
    );
    items(all).nth(usize::try_from(number - 1).unwrap_or(0)).unwrap_or("")
}

/// Items of a list that is one text of the catalogue: `["a", "b"]`.
pub fn items(list: &str) -> impl Iterator<Item = &str> {
    list.split('"').skip(1).step_by(2)
}

/// A text that was put together in English earlier, as far as the catalogue knows its parts; numbers as the language of now writes them.
pub fn retold(text: &str) -> String {
    if current() == English {
        return text.to_owned();
    }
    if knows(text) {
        return tr(text).to_owned();
    }
    if is_number(text) {
        return number(text.to_owned());
    }
    if let Some((texts, gaps)) = SPEECH.followed(text, |_, _| true) {
        return filled(texts[0], formed(texts[current() as usize], &gaps), &gaps, retold);
    }
    // Several sentences, each with a text of its own.
    let begins = |rest: &str| rest.starts_with(|first: char| first.is_uppercase() || first == '“');
    match text.split_once(". ").filter(|(_, rest)| begins(rest)) {
        Some((first, rest)) => format!("{} {}", retold(&format!("{first}.")), retold(rest)),
        None => dated(text.to_owned()),
    }
}

/// A title: one that the project ships in the language of now, an analyst's own as it was written.
pub fn titled(text: &str) -> String {
    tr(text).to_owned()
}

/// A text of a finding ([`scenario::Findings::render_by`]) in the language of now, as far as it is known. Numbers stay as files have
/// them, but for thousands; a word alone stays, since somebody wrote it, and what is in quotes.
pub fn told(text: &str) -> String {
    let language = current();
    if language == English {
        return text.to_owned();
    }
    let language = language as usize;
    if let Some(texts) = FOUND.texts.get(text) {
        return texts[language].to_owned();
    }
    let digit = |letter: char| letter.is_ascii_digit() || ",.".contains(letter);
    if text.contains(',') && text.chars().all(digit) {
        return text.replace(',', "\u{a0}");
    }
    if !text.contains(' ') {
        return dated(text.to_owned());
    }
    if let Some(texts) = SPEECH.texts.get(text) {
        return texts[language].to_owned();
    }
    // Meanings of parameters stand without their full stop.
    let sentence = format!("{text}.");
    let meaning = [&FOUND, &SPEECH].iter().find_map(|all| all.texts.get(sentence.as_str()));
    if let Some(texts) = meaning {
        return texts[language].trim_end_matches('.').to_owned();
    }
    // A unit stands after a number, not after a sentence or a list that happens to end with it.
    let suits = |pattern: &str, gaps: &[&str]| {
        let short = pattern.len() < 12 && pattern.starts_with("{}");
        !short || gaps.iter().all(|gap| !gap.contains(' ') && !gap.ends_with(','))
    };
    if let Some((texts, gaps)) = FOUND.followed(text, suits) {
        // What somebody typed stands in sentences; numbers of ranges and amounts are ours.
        let phrase = !texts[0].contains([',', ':', '`', '\'']);
        let tell = |gap: &str| match phrase && is_number(gap) {
            true => number(gap.to_owned()),
            false => told(gap),
        };
        return filled(texts[0], texts[language], &gaps, tell);
    }
    // A meaning with its unit.
    match text.strip_suffix(')').and_then(|text| text.rsplit_once(" (")) {
        Some((before, within)) => format!("{} ({})", told(before), told(within)),
        None => text.to_owned(),
    }
}

/// A message of several lines ([`told`]), each with what it is set in by.
pub fn told_lines(text: &str) -> String {
    let tell = |line: &str| {
        let words = line.trim_start();
        format!("{}{}", &line[..line.len() - words.len()], told(words))
    };
    text.split('\n').map(tell).collect::<Vec<_>>().join("\n")
}

/// A sentence with what stands in its gaps, in their order or by their numbers, told each by itself; what is in quotes in English was
/// written by somebody and stays.
fn filled(english: &str, pattern: &str, gaps: &[&str], tell: impl Fn(&str) -> String) -> String {
    let parts: Vec<&str> = english.split("{}").collect();
    let quoted: Vec<bool> = parts.windows(2).map(|ends| typed(ends[0], ends[1])).collect();
    let mut said = String::new();
    let mut rest = pattern;
    let mut next = 0;
    while let Some((before, after)) = rest.split_once('{') {
        said.push_str(before);
        let gap = after.split_once('}').filter(|(gap, _)| gap.bytes().all(|c| c.is_ascii_digit()));
        let Some((gap, after)) = gap else {
            said.push('{');
            rest = after;
            continue;
        };
        next += 1;
        let number: usize = gap.parse().unwrap_or(next);
        let gap = gaps.get(number - 1).copied().unwrap_or_default();
        said += &if quoted[number - 1] { gap.to_owned() } else { tell(gap) };
        rest = after;
    }
    said + rest
}

/// What stands in the gaps of a sentence; `None` if it is another sentence.
fn gaps<'t>(pattern: &str, text: &'t str) -> Option<Vec<&'t str>> {
    let mut parts = pattern.split("{}");
    let mut rest = text.strip_prefix(parts.next()?)?;
    let mut found = Vec::new();
    let mut parts = parts.peekable();
    while let Some(part) = parts.next() {
        let at = match parts.peek() {
            None => rest.strip_suffix(part)?.len(),
            Some(_) => rest.find(part)?,
        };
        if at == 0 {
            return None;
        }
        found.push(&rest[..at]);
        rest = &rest[at + part.len()..];
    }
    Some(found)
}

#[cfg(test)]
mod tests;
