//! The one way to a terminal: whatever comes from outside, nothing that a terminal obeys goes through but line breaks, and colours
//! where findings are told.
//!
//! Texts of files and folders are refused or made harmless where they are read; this is for what slips past, and for what other
//! programs say.

use std::borrow::Cow;
use std::io::{self, Write};
use std::sync::OnceLock;

use ::report::speech::told_lines;
use world::text::unprintable;

/// What takes the place of a character that is not let through.
const INSTEAD: &str = "\u{fffd}";

/// A stream that lets nothing through that a terminal obeys.
pub struct Clean<W: Write> {
    inner: W,
    /// Whether colours go through.
    styled: bool,
}

/// The error stream.
pub fn stderr() -> Clean<anstream::AutoStream<io::Stderr>> {
    Clean { inner: anstream::stderr(), styled: false }
}

/// The error stream for findings, which have colours of their own; all else in them is harmless before.
pub fn styled() -> Clean<anstream::AutoStream<io::Stderr>> {
    Clean { inner: anstream::stderr(), styled: true }
}

impl<W: Write> Write for Clean<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        self.inner.write_all(clean(&text, self.styled).as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// The text without what a terminal obeys: line breaks stay, and colours if it is `styled`.
fn clean(text: &str, styled: bool) -> Cow<'_, str> {
    let stays = |letter: char| letter == '\n' || !unprintable(letter);
    if text.chars().all(stays) {
        return text.into();
    }
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let colour = if styled { colour(rest) } else { 0 };
        let length = colour.max(letter.len_utf8());
        kept.push_str(if colour > 0 || stays(letter) { &rest[..length] } else { INSTEAD });
        rest = &rest[length..];
    }
    kept.into()
}

/// How many bytes of a text set a colour: `ESC [ numbers m`.
fn colour(text: &str) -> usize {
    let Some(inside) = text.strip_prefix("\u{1b}[") else { return 0 };
    let numbers = inside.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b';').count();
    if inside[numbers..].starts_with('m') { 2 + numbers + 1 } else { 0 }
}

/// Writes a line to the error stream in the language of now; nobody is told if that cannot be written.
macro_rules! tell {
    ($($said:tt)*) => {
        $crate::cli::terminal::line(format_args!($($said)*))
    };
}
pub(in crate::cli) use tell;

/// The same for what was put together.
pub fn line(said: std::fmt::Arguments) {
    let _ = writeln!(stderr(), "{}", told_lines(&said.to_string()));
}

/// Prints what is for people, in the language of now as far as the catalogue knows its lines.
pub fn show(text: &str) {
    print(&told_lines(text));
}

/// Why something that was to be printed is not.
static UNWRITTEN: OnceLock<String> = OnceLock::new();

/// Prints a result; what cannot be written is told at the end ([`unwritten`]).
pub fn print(text: &str) {
    let mut out = Clean { inner: anstream::stdout(), styled: false };
    let written = write!(out, "{text}").and_then(|()| out.flush());
    // A reader that closes the pipe early, such as `head`, has seen enough.
    if let Err(error) = written.as_ref()
        && error.kind() != io::ErrorKind::BrokenPipe
    {
        let _ = UNWRITTEN.set(error.to_string());
    }
}

/// Why not all was printed, if so.
pub fn unwritten() -> Option<&'static str> {
    UNWRITTEN.get().map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_terminal_obeys_goes_through_in_any_piece() {
        let fine = "Қазақстан ₸ « – »\n  line\n";
        assert!(matches!(clean(fine, false), Cow::Borrowed(text) if text == fine));
        for wrong in [
            "\u{1b}[2J",
            "\u{1b}]0;title\u{7}",
            "\u{1b}[31m",
            "\u{9b}31m",
            "a\rok",
            "\u{202e}ko",
            "\u{2028}ok",
            "\u{8}",
            "\t",
            "\0",
            "\u{85}",
        ] {
            for styled in [false, true] {
                let text = clean(wrong, styled);
                let colours = styled && wrong == "\u{1b}[31m";
                assert_eq!(text.contains(unprintable), colours, "{wrong:?}: {text:?}");
            }
        }
        assert_eq!(
            clean("\u{1b}[1;31mred\u{1b}[0m\u{1b}[2J", true),
            "\u{1b}[1;31mred\u{1b}[0m\u{fffd}[2J"
        );
        let mut out = Clean { inner: Vec::new(), styled: false };
        let (first, second) = ("a\u{1b}b", 'ж');
        writeln!(out, "{first}: {second}").unwrap();
        out.write_all(&[0xff, b'x']).unwrap();
        assert_eq!(String::from_utf8(out.inner).unwrap(), "a\u{fffd}b: ж\n\u{fffd}x");
    }
}
