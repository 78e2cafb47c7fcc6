//! Commands of this program, as a person or a script types them.
//!
//! Every command that a text names (what repeats a folder, a run that failed, shards that are missing) is put together here,
//! word by word, so that each word is quoted where a shell needs it.

use std::fmt;

use crate::comparison::ComparisonDraws;
use crate::language::{Language, current};

/// The option of every command that draws figures, to draw none.
const NO_FIGURES: &str = "--no-figures";

/// A command line.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Command(Vec<String>);

impl Command {
    /// A command of this program, without arguments.
    pub fn new(name: &str) -> Command {
        Command(vec!["crackdown".to_owned(), name.to_owned()])
    }

    /// Adds a word.
    pub fn word(mut self, word: impl fmt::Display) -> Command {
        self.0.push(word.to_string());
        self
    }

    /// Adds several words.
    pub fn words(self, words: impl IntoIterator<Item = impl fmt::Display>) -> Command {
        words.into_iter().fold(self, Command::word)
    }

    /// Adds an option with its value.
    pub fn option(self, name: &str, value: impl fmt::Display) -> Command {
        self.word(format_args!("--{name}")).word(value)
    }

    /// Adds what spreads runs over the draws in a folder, if there are any.
    pub fn draws(self, draws: Option<&ComparisonDraws>) -> Command {
        let Some(draws) = draws else { return self };
        self.option("draws", &draws.file).option("per-draw", draws.replications)
    }

    /// Adds published figures of a file in place of ours, if there are any.
    pub fn published(self, file: Option<&str>) -> Command {
        file.into_iter().fold(self, |command, file| command.option("figures", file))
    }

    /// Says that no figures are drawn, where none were.
    pub fn figures(self, drawn: bool) -> Command {
        if drawn { self } else { self.word(NO_FIGURES) }
    }

    /// Says that what a folder holds is made again beside it, in the language of now where that is another than English: figures and
    /// pages have its words.
    pub fn repeated(self) -> Command {
        let spoken = match current() {
            Language::English => self,
            other => self.option("lang", other.code()),
        };
        spoken.option("out", "repeated")
    }
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<String> = self.0.iter().map(|word| quoted(word)).collect();
        f.write_str(&words.join(" "))
    }
}

/// A word as a shell takes it.
pub fn quoted(word: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-./:,=+@%".contains(&byte);
    if !word.is_empty() && word.bytes().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// The words of a command as it was written by [`Command`]; `None` if a quote is not closed.
pub fn words(text: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            ' ' => words.extend(word.take()),
            '\'' => {
                let word = word.get_or_insert_default();
                loop {
                    match letters.next()? {
                        '\'' => break,
                        letter => word.push(letter),
                    }
                }
            }
            '\\' => word.get_or_insert_default().push(letters.next()?),
            _ => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    Some(words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::speaking;

    #[test]
    fn words_are_quoted_only_where_a_shell_needs_it() {
        for (word, expected) in [
            ("output/studies/small", "output/studies/small"),
            ("my study", "'my study'"),
            ("$HOME", "'$HOME'"),
            ("it's", r"'it'\''s'"),
            ("", "''"),
        ] {
            assert_eq!(quoted(word), expected);
            assert_eq!(words(expected).unwrap(), [word]);
        }
        assert_eq!(words("a  'b c'd").unwrap(), ["a", "b cd"]);
        assert_eq!((words("a 'b"), words("a\\")), (None, None));
        let command = Command::new("run").word("a b.ron").option("seed", 7).repeated();
        assert_eq!(command.to_string(), "crackdown run 'a b.ron' --seed 7 --out repeated");
        let russian = speaking(Language::Russian, || Command::new("run").repeated());
        assert_eq!(russian.to_string(), "crackdown run --lang ru --out repeated");
    }
}
