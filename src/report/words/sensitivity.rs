//! A sensitivity as the language of now tells it.

use std::collections::BTreeMap;

use super::listed;
use crate::language::{Language, current};
use crate::say;
use crate::speech::{retold, titled, told};
use scenario::parameters;
use study::comparison::Assumption;
use study::comparison::sensitivity::{Sensitivity, few_words};

/// The same with titles and meanings of parameters in the language of now, as far as it knows them.
#[must_use]
pub fn in_language(made: &Sensitivity) -> Sensitivity {
    let mut made = made.clone();
    if current() == Language::English {
        return made;
    }
    let meanings = meanings();
    made.asked.title = titled(&made.asked.title);
    for arm in &mut made.asked.arms {
        arm.title = titled(&arm.title);
    }
    for varied in &mut made.asked.varied {
        if let Some(meaning) = meanings.get(&varied.path) {
            varied.words.clone_from(&meaning[1]);
        }
    }
    made
}

/// A sentence ([`Sensitivity::sentence`]) that was kept, in the language of now.
#[must_use]
pub fn kept(sentence: &str, assumptions: &[Assumption]) -> String {
    let meanings = meanings();
    let known = assumptions.iter().filter_map(|one| meanings.get(&one.path));
    let named = known.fold(sentence.to_owned(), |said, [words, ours]| said.replace(words, ours));
    retold(&named)
}

/// Meanings of parameters in few words by their paths: in English, and in the language of now.
fn meanings() -> BTreeMap<String, [String; 2]> {
    let words = |meaning: &str| [few_words(meaning), few_words(&told(meaning))];
    parameters().into_iter().map(|own| (own.path, words(&own.meaning))).collect()
}

/// What the ranking depends on as the title of a figure: parameters by their paths, without numbers.
#[must_use]
pub fn headline(made: &Sensitivity) -> String {
    let paths: Vec<String> = made.assumptions().into_iter().map(|found| found.path).collect();
    match made.leading().filter(|_| !paths.is_empty()) {
        None => retold(&made.sentence()),
        Some(leading) => say!(
            "{subject} depends on {parameters}",
            subject = retold(&made.subject(leading)),
            parameters = listed(&paths)
        ),
    }
}
