//! Texts that scenarios are read from, and the tree of values a text is read into.
//!
//! Deliberately absent: what a scenario must contain (`shape`), how a text is read (`reader`).

use std::ops::Range;

/// Number of a text in [`Sources`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FileId(pub usize);

/// A stretch of a text, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// The text.
    pub file: FileId,
    /// First byte.
    pub start: usize,
    /// First byte after it.
    pub end: usize,
}

impl Span {
    /// Where it stands in a text that begins at this byte.
    #[must_use]
    pub fn within(self, first: usize) -> Range<usize> {
        self.start - first..self.end - first
    }
}

/// A text with others in the place of some stretches of it, in bytes.
#[must_use]
pub fn replaced(text: &str, mut changes: Vec<(Range<usize>, String)>) -> String {
    // From the end, so that places before stay where they are.
    changes.sort_by_key(|(range, _)| std::cmp::Reverse(range.start));
    let mut text = text.to_owned();
    for (range, new) in changes {
        text.replace_range(range, &new);
    }
    text
}

/// A text with the name under which messages show it.
#[derive(Clone, Debug)]
pub struct Source {
    /// The path as the user gave it, or `--set`.
    pub name: String,
    /// All of the text.
    pub text: String,
}

/// All texts of one scenario: the file given first, then what it extends, then the `--set` texts.
#[derive(Clone, Debug, Default)]
pub struct Sources(Vec<Source>);

impl Sources {
    /// Takes in a text.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> FileId {
        self.0.push(Source { name: name.into(), text: text.into() });
        FileId(self.0.len() - 1)
    }

    /// Number of a text, which is taken in unless it is there under the same name.
    pub(super) fn also(&mut self, source: &Source) -> FileId {
        let known =
            self.0.iter().position(|old| (&old.name, &old.text) == (&source.name, &source.text));
        known.map_or_else(|| self.add(&source.name, &source.text), FileId)
    }

    /// Gives a text another name.
    pub(super) fn rename(&mut self, name: &str, text: &str, new: &str) {
        for source in self.0.iter_mut().filter(|old| (&*old.name, &*old.text) == (name, text)) {
            new.clone_into(&mut source.name);
        }
    }

    /// Number of texts.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// The text with this number.
    #[must_use]
    pub fn get(&self, file: FileId) -> &Source {
        &self.0[file.0]
    }
}

/// A value and where it stands.
#[derive(Clone, Debug)]
pub struct Node {
    /// What was written.
    pub value: Value,
    /// Where.
    pub span: Span,
}

/// What can be written in a scenario file.
#[derive(Clone, Debug)]
pub enum Value {
    /// `(name: value, …)`.
    Group(Vec<Field>),
    /// `{key: value, …}`.
    Map(Vec<(Key, Node)>),
    /// `[value, …]`.
    List(Vec<Node>),
    /// `"text"`.
    Text(String),
    /// A finite number.
    Number(f64),
    /// A word without quotes.
    Name(String),
    /// `Word(…)`, in study files only: a group if its contents have names, else a list.
    Tagged(String, Box<Node>),
    /// Something that could not be read and was reported; nothing more is said about it.
    Broken,
}

/// A key of a map.
#[derive(Clone, Debug)]
pub enum Key {
    /// What stands before the colon.
    Written(Node),
    /// The value before the first date: left by a constant that a list by date was laid over.
    Before,
}

/// A field of a group.
#[derive(Clone, Debug)]
pub struct Field {
    /// Name before the colon.
    pub name: String,
    /// Where the name stands.
    pub name_span: Span,
    /// The value after the colon.
    pub value: Node,
    /// Lines of comment directly above.
    pub comment: Vec<String>,
}

impl Node {
    /// The field of a group.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Field> {
        match &self.value {
            Value::Group(fields) => fields.iter().find(|field| field.name == name),
            _ => None,
        }
    }

    /// The value at a dotted path.
    #[must_use]
    pub fn at(&self, path: &str) -> Option<&Node> {
        path.split('.').try_fold(self, |node, name| node.field(name).map(|field| &field.value))
    }

    /// The number, if it is one.
    #[must_use]
    pub fn number(&self) -> Option<f64> {
        if let Value::Number(number) = self.value { Some(number) } else { None }
    }

    /// The text, if it is one.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        if let Value::Text(text) = &self.value { Some(text) } else { None }
    }
}

impl Value {
    /// The value in words, for "but found …".
    #[must_use]
    pub fn in_words(&self) -> String {
        match self {
            Value::Group(_) => "a group in round brackets".to_owned(),
            Value::Map(_) => "a list in curly brackets".to_owned(),
            Value::List(_) => "a list in square brackets".to_owned(),
            Value::Text(text) => format!("the text \"{}\"", text.escape_debug()),
            Value::Number(number) => format!("the number {number}"),
            Value::Name(name) => format!("the word `{name}`"),
            Value::Tagged(name, _) => format!("`{name}(…)`"),
            Value::Broken => "something unreadable".to_owned(),
        }
    }
}
