//! A sensitivity as the language of now tells it.

use std::collections::BTreeMap;

use super::listed;
use crate::language::{Language, current};
use crate::say;
use crate::speech::{retold, titled, told};
use scenario::parameters;
use study::comparison::sensitivity::{Sensitivity, few_words};

/// The same with titles and meanings of parameters in the language of now, as far as it knows them.
#[must_use]
pub fn in_language(made: &Sensitivity) -> Sensitivity {
    let mut made = made.clone();
    if current() == Language::English {
        return made;
    }
    let known = parameters();
    let meanings: BTreeMap<&str, &str> =
        known.iter().map(|own| (own.path.as_str(), own.meaning.as_str())).collect();
    made.asked.title = titled(&made.asked.title);
    for arm in &mut made.asked.arms {
        arm.title = titled(&arm.title);
    }
    for varied in &mut made.asked.varied {
        if let Some(meaning) = meanings.get(varied.path.as_str()) {
            varied.words = few_words(&told(meaning));
        }
    }
    made
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
