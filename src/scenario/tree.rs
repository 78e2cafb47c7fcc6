//! The tree of values that a scenario is, and every edit of it: found and put by path, laid over another, compared, mixed,
//! written as text or JSON.
//!
//! A value remembers where it was written, so whatever becomes of a tree, a finding can show the place. Two trees are equal
//! if they say the same, wherever it stands.
//!
//! Deliberately absent: how a text is read into a tree (`reader`), what a scenario must contain (`shape`), types (`typed`).

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use jiff::civil::Date;
use serde_json::Value as Json;

use super::source::Span;

/// A value and where it stands.
#[derive(Clone, Debug)]
pub struct Tree {
    /// What was written.
    pub value: Value,
    /// Where.
    pub span: Span,
}

/// What can be written in a scenario file.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `(name: value, …)`.
    Group(Vec<Field>),
    /// `{key: value, …}`.
    Map(Vec<(Key, Tree)>),
    /// `[value, …]`.
    List(Vec<Tree>),
    /// `"text"`.
    Text(String),
    /// A finite number.
    Number(f64),
    /// A number that counts whole things: only in trees of typed values, which know that.
    Whole(i64),
    /// A word without quotes.
    Name(String),
    /// `Word(…)`, in study files only: a group if its contents have names, else a list.
    Tagged(String, Box<Tree>),
    /// Something that could not be read and was reported; nothing more is said about it.
    Broken,
}

/// Stands for a value for as long as that is worked on.
const NOTHING: Tree = Tree { value: Value::Broken, span: Span::NOWHERE };

/// A key of a map.
#[derive(Clone, Debug, PartialEq)]
pub enum Key {
    /// What stands before the colon.
    Written(Tree),
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
    pub value: Tree,
    /// Lines of comment directly above.
    pub comment: Vec<String>,
}

/// A difference of two trees: a path, and what each says there.
pub type Apart<'a> = (String, Option<&'a Tree>, Option<&'a Tree>);

/// Values by date with their keys, as they are written.
pub(super) type ByDate<'a> = BTreeMap<Date, (&'a Key, &'a Tree)>;

impl PartialEq for Tree {
    fn eq(&self, other: &Tree) -> bool {
        self.value == other.value
    }
}

impl PartialEq for Field {
    fn eq(&self, other: &Field) -> bool {
        (&self.name, &self.value) == (&other.name, &other.value)
    }
}

impl Key {
    /// The text that the key is; none for the value before all dates.
    pub fn text(&self) -> Option<&str> {
        match self {
            Key::Written(key) => key.text(),
            Key::Before => None,
        }
    }
}

/// Reading a value.
impl Tree {
    /// The field of a group.
    pub fn field(&self, name: &str) -> Option<&Field> {
        match &self.value {
            Value::Group(fields) => fields.iter().find(|field| field.name == name),
            _ => None,
        }
    }

    /// The value at a dotted path: through fields of groups and names of entries.
    pub fn at(&self, path: &str) -> Option<&Tree> {
        path.split('.').try_fold(self, |tree, name| match &tree.value {
            Value::Map(entries) => {
                entries.iter().find(|(key, _)| key.text() == Some(name)).map(|(_, value)| value)
            }
            _ => tree.field(name).map(|field| &field.value),
        })
    }

    /// The number, if it is one.
    pub fn number(&self) -> Option<f64> {
        match self.value {
            Value::Number(number) => Some(number),
            Value::Whole(number) => Some(number as f64),
            _ => None,
        }
    }

    /// The text, if it is one.
    pub fn text(&self) -> Option<&str> {
        if let Value::Text(text) = &self.value { Some(text) } else { None }
    }

    /// The word, if it is one.
    pub fn word(&self) -> Option<&str> {
        if let Value::Name(word) = &self.value { Some(word) } else { None }
    }

    /// The value of an open choice as the text that it is typed from: a word, a text, or several texts with commas between.
    pub fn pick(&self) -> Option<String> {
        let one = |tree: &Tree| tree.word().or_else(|| tree.text()).map(str::to_owned);
        self.items().iter().map(one).collect::<Option<Vec<_>>>().map(|texts| texts.join(", "))
    }

    /// Whether it is the word `None`, which takes an entry away.
    pub fn is_none(&self) -> bool {
        self.word() == Some("None")
    }

    /// The date, if it is a text that says one.
    pub fn date(&self) -> Option<Date> {
        let (year, month, day) = date_parts(self.text()?)?;
        Date::new(year, month, day).ok()
    }

    /// The values of a list; any other value stands for a list of itself.
    pub fn items(&self) -> &[Tree] {
        if let Value::List(items) = &self.value { items } else { std::slice::from_ref(self) }
    }

    /// Entries that have names, such as campaigns.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &Tree)> {
        let entries = if let Value::Map(entries) = &self.value { &entries[..] } else { &[] };
        entries.iter().filter_map(|(key, value)| Some((key.text()?, value)))
    }

    /// Entries of a list by date in the order of dates; the value before all dates has none. A constant is such a value.
    pub fn steps(&self) -> Vec<(Option<Date>, Option<Span>, &Tree)> {
        let mut steps: Vec<_> = match &self.value {
            Value::Map(entries) => entries
                .iter()
                .filter_map(|(key, value)| match key {
                    Key::Before => Some((None, None, value)),
                    Key::Written(key) => key.date().map(|date| (Some(date), Some(key.span), value)),
                })
                .collect(),
            _ => vec![(None, None, self)],
        };
        steps.sort_by_key(|(date, _, _)| *date);
        steps
    }

    /// Values by date, if all keys are dates and there are any.
    pub(super) fn by_date(&self) -> Option<ByDate<'_>> {
        let Value::Map(entries) = &self.value else { return None };
        let dated = entries.iter().map(|(key, value)| {
            let date = key.text()?.parse().ok()?;
            Some((date, (key, value)))
        });
        dated.collect::<Option<ByDate>>().filter(|dated| !dated.is_empty())
    }

    /// What differs in another tree, in the order of paths; a list by date is one value.
    pub fn differences<'a>(&'a self, other: &'a Tree) -> Vec<Apart<'a>> {
        fn walk<'a>(
            found: &mut Vec<Apart<'a>>,
            path: &str,
            first: Option<&'a Tree>,
            second: Option<&'a Tree>,
        ) {
            if first == second {
                return;
            }
            let (Some(a), Some(b)) = (first.and_then(children), second.and_then(children)) else {
                found.push((path.to_owned(), first, second));
                return;
            };
            let names: BTreeSet<&str> = a.keys().chain(b.keys()).copied().collect();
            for name in names {
                walk(found, &join(path, name), a.get(name).copied(), b.get(name).copied());
            }
        }
        let mut found = Vec::new();
        walk(&mut found, "", Some(self), Some(other));
        found
    }

    /// All single values with their paths; lists by date and what is `whole` are single values.
    pub fn leaves(&self, whole: &dyn Fn(&str) -> bool) -> BTreeMap<String, &Tree> {
        fn walk<'a>(
            found: &mut BTreeMap<String, &'a Tree>,
            path: &str,
            tree: &'a Tree,
            whole: &dyn Fn(&str) -> bool,
        ) {
            match children(tree).filter(|_| !whole(path)) {
                Some(children) => {
                    for (name, tree) in children {
                        walk(found, &join(path, name), tree, whole);
                    }
                }
                None => drop(found.insert(path.to_owned(), tree)),
            }
        }
        let mut found = BTreeMap::new();
        walk(&mut found, "", self, whole);
        found
    }
}

/// What a group or a list of named entries holds; `None` for a single value.
fn children(tree: &Tree) -> Option<BTreeMap<&str, &Tree>> {
    match &tree.value {
        Value::Group(fields) => {
            Some(fields.iter().map(|field| (field.name.as_str(), &field.value)).collect())
        }
        Value::Map(_) if tree.steps().is_empty() && tree.by_date().is_none() => {
            Some(tree.entries().collect())
        }
        _ => None,
    }
}

/// A path one name further.
pub(super) fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// Changing a value.
impl Tree {
    /// A value that stands in no text.
    pub fn new(value: Value) -> Tree {
        Tree { value, span: Span::NOWHERE }
    }

    /// The same value at all times, as typed values hold it.
    pub fn constant(value: Value) -> Tree {
        let key = Tree::new(Value::Text(Date::MIN.to_string()));
        Tree::new(Value::Map(vec![(Key::Written(key), Tree::new(value))]))
    }

    /// Holds a typed value by date at another from a day on; what held before, from the first day of the run on, stays.
    pub(super) fn hold_from(&mut self, first: Date, date: Date, value: Value) {
        let Value::Map(entries) = &mut self.value else { return };
        let day = |key: &Key| key.text().and_then(|text| text.parse::<Date>().ok());
        let written = |date: Date| Key::Written(Tree::new(Value::Text(date.to_string())));
        // The first value holds before its own date, too: as a constant that a list by date is laid over.
        if let Some((key, value)) = entries.first_mut().map(|(key, value)| (key, value.clone()))
            && day(key).is_none_or(|day| day < first || day >= date)
        {
            let before = (written(first), value);
            entries.retain(|(key, _)| day(key).is_some_and(|day| day > first && day < date));
            entries.insert(0, before);
        } else {
            entries.retain(|(key, _)| day(key).is_some_and(|day| day < date));
        }
        entries.push((written(date), Tree::new(value)));
    }

    /// The value at a dotted path, to be changed.
    pub fn at_mut(&mut self, path: &str) -> Option<&mut Tree> {
        path.split('.').try_fold(self, |tree, name| match &mut tree.value {
            Value::Group(fields) => {
                fields.iter_mut().find(|field| field.name == name).map(|field| &mut field.value)
            }
            Value::Map(entries) => {
                entries.iter_mut().find(|(key, _)| key.text() == Some(name)).map(|(_, value)| value)
            }
            _ => None,
        })
    }

    /// Puts a value at a dotted path; a group or list of entries that holds it must be there.
    pub fn set(&mut self, path: &str, value: Tree) {
        if let Some(place) = self.at_mut(path) {
            *place = value;
            return;
        }
        let (parent, name) = path.rsplit_once('.').unwrap_or(("", path));
        let parent = if parent.is_empty() { Some(self) } else { self.at_mut(parent) };
        let (name, span) = (name.to_owned(), value.span);
        match parent.map(|parent| &mut parent.value) {
            Some(Value::Group(fields)) => {
                fields.push(Field { name, name_span: span, value, comment: Vec::new() });
            }
            Some(Value::Map(entries)) => {
                entries.push((Key::Written(Tree { value: Value::Text(name), span }), value));
            }
            _ => {}
        }
    }

    /// Takes away what stands at a dotted path.
    pub fn remove(&mut self, path: &str) -> Option<Tree> {
        let (parent, name) = path.rsplit_once('.').unwrap_or(("", path));
        let parent = if parent.is_empty() { self } else { self.at_mut(parent)? };
        match &mut parent.value {
            Value::Group(fields) => {
                let index = fields.iter().position(|field| field.name == name)?;
                Some(fields.remove(index).value)
            }
            Value::Map(entries) => {
                let index = entries.iter().position(|(key, _)| key.text() == Some(name))?;
                Some(entries.remove(index).1)
            }
            _ => None,
        }
    }

    /// The tree without the comments above its fields.
    #[must_use]
    pub fn without_comments(mut self) -> Tree {
        if let Value::Group(fields) = &mut self.value {
            for field in fields {
                field.comment = Vec::new();
                let value = std::mem::replace(&mut field.value, NOTHING);
                field.value = value.without_comments();
            }
        }
        self
    }

    /// The tree with another laid over it, key by key.
    ///
    /// A list by date laid over another replaces it from its own first date on; laid over a single value, it keeps that value for the
    /// time before. Entries at the paths that are `named` are added by their names. Everything else replaces.
    #[must_use]
    pub fn under(self, over: Tree, how: &Laying) -> Tree {
        self.laid_under(over, "", how)
    }

    fn laid_under(self, over: Tree, path: &str, how: &Laying) -> Tree {
        let value = match (self.value, over.value) {
            (Value::Group(mut fields), Value::Group(others)) => {
                let mut places: BTreeMap<String, usize> =
                    fields.iter().zip(0..).map(|(field, at)| (field.name.clone(), at)).collect();
                for other in others {
                    match places.get(&other.name) {
                        Some(at) => {
                            let field = &mut fields[*at];
                            let lower = std::mem::replace(&mut field.value, NOTHING);
                            let path = join(path, &other.name);
                            field.value = lower.laid_under(other.value, &path, how);
                            field.name_span = other.name_span;
                        }
                        None => {
                            places.insert(other.name.clone(), fields.len());
                            fields.push(other);
                        }
                    }
                }
                return Tree { value: Value::Group(fields), span: self.span };
            }
            (Value::Map(entries), Value::Map(others)) if (how.named)(path) => {
                Value::Map(by_name(entries, others, how))
            }
            (Value::Map(mut entries), Value::Map(others)) => {
                let first = others.iter().filter_map(|(key, _)| key.text()).min();
                entries.retain(|(key, _)| first.is_some_and(|first| key.text() < Some(first)));
                entries.extend(others);
                Value::Map(entries)
            }
            (
                constant @ (Value::Number(_) | Value::Name(_) | Value::Text(_) | Value::List(_)),
                Value::Map(mut entries),
            ) if !entries.is_empty() => {
                entries.insert(0, (Key::Before, Tree { value: constant, span: self.span }));
                Value::Map(entries)
            }
            (_, value) => value,
        };
        Tree { value, span: over.span }
    }

    /// A share of the way to another tree: numbers lie between on every date, everything else is the other's.
    ///
    /// What only one of them has is no number to go halfway to: the other decides.
    pub fn between(&self, other: &Tree, share: f64) -> Tree {
        if self == other {
            return self.clone();
        }
        let value = match (&self.value, &other.value) {
            // What counts in whole things at both ends does so between.
            (Value::Whole(from), Value::Whole(to)) => {
                let (from, to) = (*from as f64, *to as f64);
                Value::Whole((from + share * (to - from)).round() as i64)
            }
            (Value::Group(_), Value::Group(others)) => {
                let each = |field: &Field| match self.field(&field.name) {
                    Some(lower) => {
                        Field { value: lower.value.between(&field.value, share), ..field.clone() }
                    }
                    None => field.clone(),
                };
                Value::Group(others.iter().map(each).collect())
            }
            (Value::Map(_), Value::Map(others)) => match (self.by_date(), other.by_date()) {
                (Some(a), Some(b)) => return dates_between(&a, (&b, other), share),
                _ => {
                    let each = |(key, value): &(Key, Tree)| {
                        let lower = key.text().and_then(|name| self.at(name));
                        (key.clone(), lower.map_or(value.clone(), |a| a.between(value, share)))
                    };
                    Value::Map(others.iter().map(each).collect())
                }
            },
            _ => match (self.number(), other.number()) {
                (Some(from), Some(to)) => Value::Number(from + share * (to - from)),
                _ => return other.clone(),
            },
        };
        Tree { value, span: other.span }
    }
}

/// How one tree is laid over another.
pub struct Laying<'a> {
    /// Whether a path holds entries by name.
    pub named: &'a dyn Fn(&str) -> bool,
    /// Whether both are differences from a third: then what is taken away is still said, since the third may have it.
    pub differences: bool,
}

/// Entries added by their names: fields of a group one by one, and what is laid over by `None` is taken away.
fn by_name(entries: Vec<(Key, Tree)>, others: Vec<(Key, Tree)>, how: &Laying) -> Vec<(Key, Tree)> {
    let name = |key: &Key| key.text().map(str::to_owned);
    let mut places: BTreeMap<Option<String>, usize> =
        entries.iter().zip(0..).map(|((key, _), at)| (name(key), at)).collect();
    let mut entries: Vec<Option<(Key, Tree)>> = entries.into_iter().map(Some).collect();
    for (key, other) in others {
        let name = name(&key);
        let place = places.get(&name).copied();
        match place.and_then(|at| Some((at, entries[at].take()?))) {
            Some((_, (_, lower))) if other.is_none() && !lower.is_none() && !how.differences => {
                places.remove(&name);
            }
            Some((at, (_, lower))) => {
                // No entry holds entries of its own.
                let how = Laying { named: &|_| false, ..*how };
                entries[at] = Some((key, lower.laid_under(other, "", &how)));
            }
            None => {
                places.insert(name, entries.len());
                entries.push(Some((key, other)));
            }
        }
    }
    entries.into_iter().flatten().collect()
}

/// What holds on a day; before all dates the first.
pub(super) fn held<'a>(steps: &ByDate<'a>, date: Date) -> Option<&'a Tree> {
    let step = steps.range(..=date).next_back().or_else(|| steps.iter().next());
    step.map(|(_, (_, value))| *value)
}

fn dates_between(a: &ByDate, (b, other): (&ByDate, &Tree), share: f64) -> Tree {
    let keys: BTreeMap<Date, &Key> =
        a.iter().chain(b).map(|(date, (key, _))| (*date, *key)).collect();
    let mut steps = Vec::new();
    for (date, key) in keys {
        let (Some(from), Some(to)) = (held(a, date), held(b, date)) else { continue };
        steps.push((key.clone(), from.between(to, share), to));
    }
    // Where the other holds on all dates, as with words, it is the other to the letter: its runs are found again.
    if steps.iter().all(|(_, value, to)| value == *to) {
        return other.clone();
    }
    let steps = steps.into_iter().map(|(key, value, _)| (key, value));
    Tree { value: Value::Map(steps.collect()), span: other.span }
}

/// Writing a value.
impl Tree {
    /// The value on one line, as it may be written in a scenario file.
    pub fn written(&self) -> String {
        let joined = |parts: Vec<String>| parts.join(", ");
        match &self.value {
            Value::Number(number) => number.to_string(),
            Value::Whole(number) => number.to_string(),
            Value::Text(text) => quoted(text),
            Value::Name(name) => name.clone(),
            Value::Tagged(name, inside) => match &inside.value {
                Value::List(items) => {
                    format!("{name}({})", joined(items.iter().map(Tree::written).collect()))
                }
                _ => format!("{name}{}", inside.written()),
            },
            Value::List(items) => {
                format!("[{}]", joined(items.iter().map(Tree::written).collect()))
            }
            Value::Group(fields) => {
                let field = |field: &Field| format!("{}: {}", field.name, field.value.written());
                format!("({})", joined(fields.iter().map(field).collect()))
            }
            Value::Map(entries) => {
                let entry = |(key, value): &(Key, Tree)| {
                    let key = match key {
                        Key::Written(key) => key.written(),
                        Key::Before => "before".to_owned(),
                    };
                    format!("{key}: {}", value.written())
                };
                format!("{{{}}}", joined(entries.iter().map(entry).collect()))
            }
            Value::Broken => "?".to_owned(),
        }
    }

    /// The value as JSON, with keys in alphabetical order.
    pub fn json(&self) -> Json {
        match &self.value {
            Value::Number(number) => Json::from(*number),
            Value::Whole(number) => Json::from(*number),
            Value::Text(text) | Value::Name(text) => Json::from(text.as_str()),
            Value::List(items) => items.iter().map(Tree::json).collect(),
            Value::Group(fields) => {
                fields.iter().map(|field| (field.name.clone(), field.value.json())).collect()
            }
            Value::Map(_) => {
                self.entries().map(|(name, value)| (name.to_owned(), value.json())).collect()
            }
            Value::Tagged(_, inside) => inside.json(),
            Value::Broken => Json::Null,
        }
    }
}

/// A text in quotes.
pub fn quoted(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{}\"", escaped.replace('\n', "\\n").replace('\t', "\\t"))
}

/// Year, month and day of a text that has the form of a date.
pub(super) fn date_parts(text: &str) -> Option<(i16, i8, i8)> {
    let bytes = text.as_bytes();
    let digits = |range: Range<usize>| bytes[range].iter().all(u8::is_ascii_digit);
    let shaped = bytes.len() == 10
        && (bytes[4], bytes[7]) == (b'-', b'-')
        && digits(0..4)
        && digits(5..7)
        && digits(8..10);
    if !shaped {
        return None;
    }
    Some((text[..4].parse().ok()?, text[5..7].parse().ok()?, text[8..].parse().ok()?))
}

impl Value {
    /// The value in words, for "but found …".
    pub fn in_words(&self) -> String {
        match self {
            Value::Group(_) => "a group in round brackets".to_owned(),
            Value::Map(_) => "a list in curly brackets".to_owned(),
            Value::List(_) => "a list in square brackets".to_owned(),
            Value::Text(text) => format!("the text \"{}\"", text.escape_debug()),
            Value::Number(number) => format!("the number {number}"),
            Value::Whole(number) => format!("the number {number}"),
            Value::Name(name) => format!("the word `{name}`"),
            Value::Tagged(name, _) => format!("`{name}(…)`"),
            Value::Broken => "something unreadable".to_owned(),
        }
    }
}
