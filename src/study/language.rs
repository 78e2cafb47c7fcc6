//! The language in which people are spoken to: English, Russian or Kazakh. Sentences are in
//! `report/speech.rs`; the command that repeats a folder says which it was.
//!
//! Deliberately absent: the language of files for programs; names of columns and values in CSV, JSON and Parquet have none.

use std::cell::Cell;
use std::sync::atomic::{AtomicU8, Ordering};

/// A language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Russian.
    Russian,
    /// Kazakh.
    Kazakh,
}

use Language::{English, Kazakh, Russian};

impl Language {
    /// All of them.
    pub const ALL: [Language; 3] = [English, Russian, Kazakh];

    /// Its code, as in `--lang` and in the `lang` of a page.
    pub fn code(self) -> &'static str {
        ["en", "ru", "kk"][self as usize]
    }

    /// The language with a code.
    pub fn of(code: &str) -> Option<Language> {
        Language::ALL.into_iter().find(|language| language.code() == code)
    }
}

/// The language of the process, as a number in [`Language::ALL`].
static CHOSEN: AtomicU8 = AtomicU8::new(0);
thread_local! {
    /// What [`speaking`] sets in its place.
    static HERE: Cell<Option<Language>> = const { Cell::new(None) };
}

/// Chooses the language of the process.
pub fn choose(language: Language) {
    CHOSEN.store(language as u8, Ordering::Relaxed);
}

/// The language that is spoken now.
pub fn current() -> Language {
    HERE.get().unwrap_or_else(|| Language::ALL[usize::from(CHOSEN.load(Ordering::Relaxed))])
}

/// Does something in a language, on this thread alone.
pub fn speaking<T>(language: Language, what: impl FnOnce() -> T) -> T {
    /// Gives the thread its language back, also after a panic.
    struct Back(Option<Language>);
    impl Drop for Back {
        fn drop(&mut self) {
            HERE.set(self.0);
        }
    }
    let _back = Back(HERE.replace(Some(language)));
    what()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_holds_on_its_thread_until_the_end_also_after_a_panic() {
        let failed = std::panic::catch_unwind(|| speaking(Kazakh, || panic!("on purpose")));
        assert!(failed.is_err());
        assert_eq!(current(), English);
        assert_eq!(Language::of("kk"), Some(Kazakh));
        assert_eq!(Language::of("de"), None);
    }
}
