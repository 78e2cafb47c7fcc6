//! What a group of fields may hold, declared: the name, kind, range and meaning of each, and whether it may be left out.

use jiff::civil::Date;

use super::{missing, no_group, unknown};
use crate::finding::{Finding, nearest, plain};
use crate::names::Names;
use crate::shape::Bounds;
use crate::source::Span;
use crate::tree::{Tree, Value, date_parts};

/// What a field holds.
pub(crate) enum Holds {
    /// A number.
    Number(Bounds),
    /// A whole number.
    Whole(Bounds),
    /// A text in quotes that is not empty.
    Text,
    /// A text that names a folder.
    Folder,
    /// A date in quotes.
    Date,
    /// One of some words.
    Word(Vec<String>),
    /// One of some words, or something like them: whether there is such a thing is looked at elsewhere.
    WordLike(Vec<String>),
    /// Texts in a list, none of them twice; a single text stands for a list of one.
    Texts,
    /// Some of these words in a list, none of them twice.
    Words(Vec<String>),
    /// Fields of its own.
    Group(FieldForm),
    /// Groups in a list, no two of one name.
    Items(FieldForm),
    /// Something that is looked at elsewhere.
    Other,
}

/// A field that a group may have.
struct Rule {
    name: String,
    holds: Holds,
    needed: bool,
    /// What it means, as a hint where it is wrong or missing.
    meaning: &'static str,
}

/// A kind of group: which fields it may have.
pub(crate) struct FieldForm {
    /// As in "a campaign".
    whose: String,
    /// Whether it is all of a file, so that its fields need not be said to be of it.
    file: bool,
    /// How one is written, as a hint.
    example: &'static str,
    rules: Vec<Rule>,
}

/// A group that was looked at: values that are wrong are left out.
pub(crate) struct Given<'a> {
    pub(crate) node: &'a Tree,
    wrong: Vec<&'a str>,
}

impl<'a> Given<'a> {
    /// A field that is right.
    pub(crate) fn at(&self, name: &str) -> Option<&'a Tree> {
        let node = &self.node.field(name)?.value;
        (!self.wrong.contains(&name)).then_some(node)
    }

    pub(crate) fn number(&self, name: &str) -> Option<f64> {
        self.at(name)?.number()
    }

    pub(crate) fn text(&self, name: &str) -> Option<&'a str> {
        self.at(name)?.text()
    }

    pub(crate) fn word(&self, name: &str) -> Option<&'a str> {
        self.at(name)?.word()
    }

    /// Texts of a list with their places; those that are wrong are left out.
    pub(crate) fn texts(&self, name: &str) -> Vec<(&'a str, Span)> {
        let items = self.node.field(name).map_or(&[][..], |field| field.value.items());
        items.iter().filter_map(|item| Some((item.text()?, item.span))).collect()
    }
}

impl FieldForm {
    /// A group that has no fields yet.
    pub(crate) fn new(whose: impl Into<String>, example: &'static str) -> FieldForm {
        FieldForm { whose: whose.into(), file: false, example, rules: Vec::new() }
    }

    /// The group that a file is.
    pub(crate) fn file(whose: &str, example: &'static str) -> FieldForm {
        FieldForm { file: true, ..FieldForm::new(whose, example) }
    }

    /// With a field that may not be left out.
    pub(crate) fn needs(self, name: &str, holds: Holds, meaning: &'static str) -> FieldForm {
        self.with(name, holds, true, meaning)
    }

    /// With a field that may be left out.
    pub(crate) fn may(self, name: &str, holds: Holds, meaning: &'static str) -> FieldForm {
        self.with(name, holds, false, meaning)
    }

    fn with(mut self, name: &str, holds: Holds, needed: bool, meaning: &'static str) -> FieldForm {
        self.rules.push(Rule { name: name.to_owned(), holds, needed, meaning });
        self
    }

    /// Names of the fields, in the order in which they were declared.
    pub(crate) fn names(&self) -> Vec<&str> {
        self.rules.iter().map(|rule| rule.name.as_str()).collect()
    }

    /// Looks at a group; `None` if it is none.
    pub(crate) fn check<'a>(
        &'a self,
        node: &'a Tree,
        found: &mut Vec<Finding>,
    ) -> Option<Given<'a>> {
        let given = self.fields(node, found)?;
        found.extend(self.missing(&self.whose, node));
        Some(given)
    }

    /// The same for a layer, in which nothing is missing.
    pub(super) fn fields<'a>(
        &'a self,
        node: &'a Tree,
        found: &mut Vec<Finding>,
    ) -> Option<Given<'a>> {
        let Value::Group(fields) = &node.value else {
            found.extend(no_group(&self.whose, node).map(|finding| match self.example {
                "" => finding.hint(format!("write ({}: …)", self.names().join(": …, "))),
                example => finding.hint(example),
            }));
            return None;
        };
        let mut wrong = Vec::new();
        for field in fields {
            let Some(rule) = self.rules.iter().find(|rule| rule.name == field.name) else {
                found.push(unknown(&self.whose, field, &self.names()));
                continue;
            };
            let before = found.len();
            let shown = match self.file {
                true => format!("`{}`", rule.name),
                false => format!("`{}` of {}", rule.name, self.whose),
            };
            rule.holds.check(&shown, &field.value, found);
            let scalar = !matches!(rule.holds, Holds::Group(_) | Holds::Items(_));
            for finding in &mut found[before..] {
                finding.hints.extend((scalar && !rule.meaning.is_empty()).then(|| rule.hint()));
            }
            if found.len() > before || matches!(field.value.value, Value::Broken) {
                wrong.push(rule.name.as_str());
            }
        }
        Some(Given { node, wrong })
    }

    /// Which needed fields a group lacks; it is called `whose`.
    pub(super) fn missing(&self, whose: &str, node: &Tree) -> Option<Finding> {
        let lacks = |rule: &&Rule| rule.needed && node.field(&rule.name).is_none();
        let lacking: Vec<&Rule> = self.rules.iter().filter(lacks).collect();
        let mut finding = missing(whose, node, lacking.iter().map(|rule| rule.name.as_str()))?;
        let meant = lacking.iter().filter(|rule| !rule.meaning.is_empty());
        finding.hints.extend(meant.map(|rule| rule.hint()));
        Some(if self.example.is_empty() { finding } else { finding.hint(self.example) })
    }
}

impl Rule {
    fn hint(&self) -> String {
        format!("`{}`: {}", self.name, self.meaning)
    }
}

impl Holds {
    /// Looks at a value, which is called `shown`.
    pub(crate) fn check(&self, shown: &str, node: &Tree, found: &mut Vec<Finding>) {
        match (self, &node.value) {
            (_, Value::Broken) | (Holds::Other, _) => {}
            (Holds::Texts, Value::List(_) | Value::Text(_)) => {
                each(shown, &Holds::Text, node.items(), found);
            }
            (Holds::Texts, _) => found.push(wanted(shown, "a list of texts in quotes", node)),
            (Holds::Words(words), Value::List(items)) => {
                each(shown, &Holds::Word(words.clone()), items, found);
            }
            (Holds::Words(words), _) => {
                let hint = format!("words: {}", words.join(", "));
                found.push(wanted(shown, "a list of words", node).hint(hint));
            }
            (Holds::Items(form), Value::List(items)) => {
                for item in items {
                    form.check(item, found);
                }
                let all = shown.rsplit_once(" of ").map_or(shown, |(field, _)| field);
                let mut names = Names::new();
                for item in items.iter().filter_map(|item| item.at("name")) {
                    let Some(name) = item.text() else { continue };
                    let shown = format!("in {all}, the name \"{}\"", name.escape_debug());
                    names.once(name, &shown, item.span, found);
                }
            }
            (Holds::Items(form), _) => {
                let hint = format!("write [({}: …), …]", form.names().join(": …, "));
                let finding = wanted(shown, "a list in square brackets", node);
                found.push(finding.hint(hint));
            }
            (Holds::Group(form), _) => drop(form.check(node, found)),
            _ => found.extend(self.wrong(shown, node)),
        }
    }

    /// What is wrong with a single value.
    fn wrong(&self, shown: &str, node: &Tree) -> Option<Finding> {
        match (self, &node.value) {
            (Holds::Number(bounds) | Holds::Whole(bounds), value) => {
                let whole = matches!(self, Holds::Whole(_));
                let kind = if whole { "a whole number" } else { "a number" };
                let allowed = bounds.in_words();
                let wish = match bounds {
                    Bounds { low: None, high: None } => format!("{kind} is wanted"),
                    _ => format!("{kind} {allowed} is wanted"),
                };
                let Some(number) = node.number() else {
                    let mut finding = not(shown, kind, value).at(node.span, wish);
                    let quoted = node.text().is_some_and(|text| text.parse::<f64>().is_ok());
                    let hint = "write the number without quotes".to_owned();
                    finding.hints.extend(quoted.then_some(hint));
                    return Some(finding);
                };
                let (must, label) = match number {
                    _ if whole && number.fract() != 0.0 => (kind, wish),
                    _ if !bounds.contain(number) => (&*allowed, format!("allowed: {allowed}")),
                    _ => return None,
                };
                let message = format!("{shown} must be {must}, but is {}", plain(number));
                Some(Finding::error(message).at(node.span, label))
            }
            (Holds::Folder, Value::Text(text)) if names_a_folder(text) => None,
            (Holds::Folder, Value::Text(text)) => {
                let message = format!("{shown} cannot name a folder: \"{}\"", text.escape_debug());
                let label = "1 to 64 letters, digits, `_` and `-` are allowed";
                let hint = "`name` names the result folder; `title` may hold any text";
                Some(Finding::error(message).at(node.span, label).hint(hint))
            }
            (Holds::Text, Value::Text(text)) => text.trim().is_empty().then(|| {
                Finding::error(format!("{shown} is empty")).at(node.span, "a text is wanted")
            }),
            (Holds::Text | Holds::Folder, value) => {
                let finding = not(shown, "a text in quotes", value);
                let name = shown.split('`').nth(1).unwrap_or(shown);
                let finding = finding.at(node.span, "a text is wanted");
                // An item of a list has no name before it.
                Some(if shown.starts_with('`') {
                    finding.hint(format!("write {name}: \"…\""))
                } else {
                    finding
                })
            }
            (Holds::Date, _) => date(shown, node),
            (Holds::Word(words), Value::Name(word)) if words.contains(word) => None,
            (Holds::WordLike(_), _) if node.pick().is_some() => None,
            (Holds::WordLike(words), _) => Some(wanted(
                shown,
                &format!("one of {}, or a list of names", words.join(", ")),
                node,
            )),
            (Holds::Word(words), value) => {
                let given = match value {
                    Value::Name(text) | Value::Text(text) | Value::Tagged(text, _) => text.as_str(),
                    _ => "",
                };
                let label = match nearest(given, words.iter().map(String::as_str)) {
                    Some(near) if near == given => format!("write {near} without quotes"),
                    Some(near) => format!("did you mean {near}?"),
                    None => "not one of the choices".to_owned(),
                };
                let finding = not(shown, &format!("one of {}", words.join(", ")), value);
                Some(finding.at(node.span, label))
            }
            _ => None,
        }
    }
}

/// Looks at the values of a list, none of which may stand there twice.
fn each(shown: &str, holds: &Holds, items: &[Tree], found: &mut Vec<Finding>) {
    let item = format!("an item of {shown}");
    let mut names = Names::new();
    for node in items {
        holds.check(&item, node, found);
        let (name, written) = match &node.value {
            Value::Text(text) => (text, format!("\"{}\"", text.escape_debug())),
            Value::Name(word) => (word, word.clone()),
            _ => continue,
        };
        names.once(name, &format!("in {shown}, {written}"), node.span, found);
    }
}

fn not(shown: &str, wish: &str, value: &Value) -> Finding {
    Finding::error(format!("{shown} must be {wish}, but found {}", value.in_words()))
}

/// That something else is wanted here.
pub(crate) fn wanted(shown: &str, wish: &str, node: &Tree) -> Finding {
    not(shown, wish, &node.value).at(node.span, format!("{wish} is wanted"))
}

/// Whether a text can name a folder on every system.
pub(crate) fn names_a_folder(text: &str) -> bool {
    let good = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    !text.is_empty() && text.len() <= 64 && text.chars().all(good)
}

/// What is wrong with a value that should be a date.
pub(super) fn date(shown: &str, node: &Tree) -> Option<Finding> {
    if matches!(node.value, Value::Broken) || node.date().is_some() {
        return None;
    }
    let Some(text) = node.text() else {
        let finding = Finding::error(format!(
            "{shown} is a date in quotes, but found {}",
            node.value.in_words()
        ));
        let finding = finding.at(node.span, "a date is wanted");
        return Some(finding.hint("dates are written as \"2024-01-31\""));
    };
    let days = ["-01", "-01-01"].map(|day| format!("{text}{day}"));
    let meant = days.into_iter().find(|text| date_parts(text).is_some());
    let (label, hint) = match (why_no_date(text), meant) {
        (Some(why), _) => (why.clone(), why),
        (None, Some(day)) => {
            ("not a date".to_owned(), format!("a date has a day: write \"{day}\""))
        }
        (None, None) => (
            "not a date".to_owned(),
            "dates are written as \"2024-01-31\": year, month, day, with two digits each for month and day"
                .to_owned(),
        ),
    };
    let text = text.escape_debug();
    let mut finding = Finding::error(format!("{shown} must be a date, but \"{text}\" is none"))
        .at(node.span, label.clone());
    if hint != label {
        finding = finding.hint(hint);
    }
    Some(finding)
}

/// Why a text of the right form is no date after all.
fn why_no_date(text: &str) -> Option<String> {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let (year, month, _) = date_parts(text)?;
    let Ok(first) = Date::new(year, month, 1) else {
        return Some(format!("there is no month {month:02}"));
    };
    let name = MONTHS[usize::try_from(month).ok()? - 1];
    Some(format!("{name} {year} has {} days", first.days_in_month()))
}
