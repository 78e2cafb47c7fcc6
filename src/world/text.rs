//! What may stand in a text that people see: titles, names, messages.
//!
//! Texts from outside end in drawings, pages, workbooks and terminals. Each of these knows characters that it refuses or obeys.

use std::borrow::Cow;
use std::path::Path;

/// Whether a character has no place in a text that people see: control characters and line breaks, marks that turn the direction of
/// writing round, and numbers that Unicode gives to no character.
pub fn unprintable(letter: char) -> bool {
    let turns = matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let breaks = matches!(letter, '\u{2028}' | '\u{2029}');
    let none = matches!(letter, '\u{fdd0}'..='\u{fdef}') || u32::from(letter) & 0xfffe == 0xfffe;
    letter.is_control() || turns || breaks || none
}

/// The text with a replacement character in the place of each that is unprintable.
pub fn printable(text: &str) -> Cow<'_, str> {
    if text.contains(unprintable) {
        text.replace(unprintable, "\u{fffd}").into()
    } else {
        text.into()
    }
}

/// Longest word, or text in quotes, that a message shows whole. Unit: letters. Source: longer than any path that people type; Status: judgement.
const LONGEST: usize = 200;

/// A message whose words and quoted texts are cut in their middle where nobody reads them whole: files may hold a value of megabytes.
pub fn brief(text: &str) -> Cow<'_, str> {
    if text.len() <= LONGEST {
        return text.into();
    }
    let quotes = ['`', '"'];
    let (mut said, mut rest) = (String::with_capacity(text.len().min(4096)), text);
    while let Some(first) = rest.chars().next() {
        let after = &rest[first.len_utf8()..];
        let line = after.split('\n').next().unwrap_or_default();
        let quoted = line.find(first).filter(|_| quotes.contains(&first)).map(|at| at + 1);
        let word = || after.find(|letter: char| letter.is_whitespace() || quotes.contains(&letter));
        let end = first.len_utf8() + quoted.or_else(word).unwrap_or(after.len());
        let (part, more) = rest.split_at(end);
        let letters = if part.len() > LONGEST { part.chars().count() } else { 0 };
        if letters > LONGEST {
            said.extend(part.chars().take(LONGEST / 2));
            said.push('…');
            said.extend(part.chars().skip(letters - LONGEST / 10));
        } else {
            said.push_str(part);
        }
        rest = more;
    }
    said.into()
}

/// A path as it may stand in a message: whoever names files may put line breaks and worse in their names.
pub fn shown(path: &Path) -> String {
    printable(&path.to_string_lossy()).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_or_quoted_text_of_any_length_is_cut_and_all_else_stays() {
        let long = "x".repeat(400_000);
        for text in [format!("is \"{long}\""), format!("`a b {long}` of"), long.clone()] {
            assert!(brief(&text).len() < 300, "{}", brief(&text));
        }
        assert!(brief(&format!("is \"{long}\", which")).ends_with("xxx\", which"));
        let fine = "write end: \"2028-12-31\" ".repeat(1000);
        assert_eq!(brief(&fine), fine);
        assert_eq!(brief(&format!("a\"b\n{fine}")), format!("a\"b\n{fine}"));
    }

    #[test]
    fn words_of_all_languages_stay_and_what_steers_a_terminal_goes() {
        let fine = "Қазақстан ₸ « – » 日本 ‘x’\u{a0}\u{200d}🙂";
        assert!(matches!(printable(fine), Cow::Borrowed(text) if text == fine));
        for wrong in "\0\u{7}\t\n\r\u{1b}\u{7f}\u{85}\u{9b}\u{2028}\u{202e}\u{2066}\u{fdd0}\u{fffe}\u{ffff}\u{10ffff}".chars() {
            assert!(unprintable(wrong), "{wrong:?}");
            assert_eq!(printable(&format!("a{wrong}b")), "a\u{fffd}b");
        }
    }
}
