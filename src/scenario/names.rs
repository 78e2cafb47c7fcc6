//! Names in a list, in files of all kinds: each stands once.

use std::collections::BTreeMap;

use super::finding::Finding;
use super::source::Span;

/// Titles of things that have unique names, made different: where two have the same title, each is followed by its name.
pub fn titles_apart(all: &[(&str, &str)]) -> Vec<String> {
    let same = |title: &str| all.iter().filter(|(_, other)| *other == title).count();
    let own = |(name, title): &(&str, &str)| match same(title) {
        1 => (*title).to_owned(),
        _ => format!("{title} ({name})"),
    };
    all.iter().map(own).collect()
}

/// The names of a list and where each stands.
#[derive(Debug)]
pub(super) struct Names<P>(BTreeMap<String, P>);

impl<P: Copy> Names<P> {
    /// No names yet.
    pub(super) fn new() -> Names<P> {
        Names(BTreeMap::new())
    }

    /// Takes a name in; where it stood before, if it did.
    pub(super) fn before(&mut self, name: &str, place: P) -> Option<P> {
        let known = self.0.get(name).copied();
        if known.is_none() {
            self.0.insert(name.to_owned(), place);
        }
        known
    }
}

impl Names<Span> {
    /// Takes a name in; `false` if it is given again, which is reported as `shown`.
    pub(super) fn once(
        &mut self,
        name: &str,
        shown: &str,
        place: Span,
        found: &mut Vec<Finding>,
    ) -> bool {
        let before = self.before(name, place);
        found.extend(before.map(|first| {
            Finding::error(format!("{shown} is given twice"))
                .at(place, "given again")
                .see(first, "first given here")
                .hint("keep the one that is meant, or give one another name")
        }));
        before.is_none()
    }
}
