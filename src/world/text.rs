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

/// A path as it may stand in a message: whoever names files may put line breaks and worse in their names.
pub fn shown(path: &Path) -> String {
    printable(&path.to_string_lossy()).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

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
