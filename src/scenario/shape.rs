//! What a scenario must contain: read once from the reference scenario and the comments in it.
//!
//! Deliberately absent: the limits themselves; they stand in `scenarios/kazakhstan.ron` and nowhere else.

use std::sync::LazyLock;

use serde::Serialize;

use super::finding::{Findings, plain};
use super::reader::{Origin, read};
use super::source::Sources;
use super::tree::{Field, Tree, Value};

/// The text of the reference scenario.
pub(super) const REFERENCE: &str = include_str!("../../scenarios/kazakhstan.ron");
/// Its name in messages.
pub(super) const REFERENCE_NAME: &str = "kazakhstan.ron (built in)";

/// Lowest and highest value.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Bounds {
    /// Lowest value; `None` if any.
    pub low: Option<f64>,
    /// Highest value; `None` if any.
    pub high: Option<f64>,
}

impl Bounds {
    /// Everything above 0, up to a number.
    pub(super) fn above_zero(high: Option<f64>) -> Bounds {
        Bounds { low: Some(f64::MIN_POSITIVE), high }
    }

    /// Whether the value lies within, ends included.
    pub fn contain(&self, value: f64) -> bool {
        self.low.is_none_or(|low| low <= value) && self.high.is_none_or(|high| value <= high)
    }

    /// In words: `from 0 to 1`, `0 or more`.
    pub fn in_words(&self) -> String {
        match (self.low, self.high) {
            (Some(f64::MIN_POSITIVE), None) => "above 0".to_owned(),
            (Some(f64::MIN_POSITIVE), Some(high)) => format!("above 0 and up to {}", plain(high)),
            (Some(low), Some(high)) => format!("from {} to {}", plain(low), plain(high)),
            (Some(low), None) => format!("{} or more", plain(low)),
            (None, Some(high)) => format!("{} or less", plain(high)),
            (None, None) => "any number".to_owned(),
        }
    }
}

/// What a parameter is written as.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ParameterKind {
    /// A number.
    Number,
    /// A whole number.
    Whole,
    /// A text in quotes.
    Text,
    /// A date in quotes.
    Date,
    /// One of some words.
    Choice(Vec<String>),
    /// A list of groups with these fields; `name` is a text, the others are numbers above 0.
    List(Vec<String>),
    /// Groups with these fields under names of the reader's choice.
    Map(Vec<String>),
}

/// A parameter of the scenario with its documentation.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Parameter {
    /// Dotted path, e.g. `customers.vpn_share.retail`.
    pub path: String,
    /// Path of the comment that documents it: its own, or that of the group it belongs to.
    pub documented_at: String,
    /// What it means.
    pub meaning: String,
    /// Unit.
    pub unit: String,
    /// What it is written as.
    pub kind: ParameterKind,
    /// Whether it may change on dates.
    pub by_date: bool,
    /// Value in the reference scenario, as it is written.
    pub default: String,
    /// Numbers in the reference scenario, in the order of dates.
    pub numbers: Vec<f64>,
    /// What makes sense at all; other values are refused.
    pub allowed: Bounds,
    /// What is plausible; `None` if it is not varied.
    pub range: Option<Bounds>,
    /// `measured`, `estimated` or `assumption`.
    pub status: String,
    /// Where the value comes from.
    pub source: String,
    /// Of a lever: sentence and label with `{}` for the value.
    #[serde(skip)]
    pub says: Option<(String, String)>,
}

impl Parameter {
    /// What is not worth a warning: the documented range, widened to what the reference itself says.
    ///
    /// A family has one range, and some members lie apart for good reasons: no licensed venues enter.
    pub(super) fn plausible(&self) -> Option<Bounds> {
        let Bounds { low: Some(low), high: Some(high) } = self.range? else { return None };
        let (low, high) = self
            .numbers
            .iter()
            .fold((low, high), |(low, high), &number| (low.min(number), high.max(number)));
        Some(Bounds { low: Some(low), high: Some(high) })
    }

    /// Whether values lie on straight lines between dates: then the first step after the run acts as well.
    pub(super) fn is_interpolated(&self) -> bool {
        self.path == "customers.ownership" || self.path.starts_with("customers.trade_growth.")
    }

    /// Whether its words are examples of more, such as `Largest(5)`: then values are typed as texts.
    pub(super) fn is_open_choice(&self) -> bool {
        matches!(&self.kind, ParameterKind::Choice(words) if words.iter().any(|word| word.contains('(')))
    }

    /// Meaning, unit and reference value, to be shown with a finding.
    pub(super) fn about(&self) -> String {
        let unit = match self.kind {
            ParameterKind::Number | ParameterKind::Whole if self.unit != "1" => {
                format!(" ({})", self.unit)
            }
            _ => String::new(),
        };
        let meaning = self.meaning.trim_end_matches('.');
        format!("`{}`: {meaning}{unit}; in the reference {}", self.path, self.default)
    }
}

/// The shape of a value.
#[derive(Clone, Debug)]
pub(super) enum Schema {
    Group { path: String, fields: Vec<(String, Schema)> },
    Leaf(Box<Parameter>),
}

impl Schema {
    pub(super) fn field(&self, name: &str) -> Option<&Schema> {
        match self {
            Schema::Group { fields, .. } => {
                fields.iter().find(|(known, _)| known == name).map(|(_, shape)| shape)
            }
            Schema::Leaf(_) => None,
        }
    }

    pub(super) fn at(&self, path: &str) -> Option<&Schema> {
        path.split('.').try_fold(self, |shape, name| shape.field(name))
    }

    pub(super) fn leaves(&self) -> Vec<&Parameter> {
        match self {
            Schema::Leaf(parameter) => vec![parameter],
            Schema::Group { fields, .. } => {
                fields.iter().flat_map(|(_, shape)| shape.leaves()).collect()
            }
        }
    }

    /// Paths of all groups and parameters.
    pub(super) fn paths(&self) -> Vec<&str> {
        match self {
            Schema::Leaf(parameter) => vec![&parameter.path],
            Schema::Group { path, fields } => std::iter::once(path.as_str())
                .filter(|path| !path.is_empty())
                .chain(fields.iter().flat_map(|(_, shape)| shape.paths()))
                .collect(),
        }
    }
}

/// Every parameter, in the order of the reference scenario.
pub fn parameters() -> Vec<Parameter> {
    shape().leaves().into_iter().cloned().collect()
}

/// Whether entries stand at a path by names of the reader's choice: campaigns, interventions.
pub(super) fn holds_entries(path: &str) -> bool {
    matches!(shape().at(path), Some(Schema::Leaf(parameter)) if matches!(parameter.kind, ParameterKind::Map(_)))
}

/// The shape of a scenario.
pub(super) fn shape() -> &'static Schema {
    static SHAPE: LazyLock<Schema> = LazyLock::new(|| {
        let mut sources = Sources::default();
        let file = sources.add(REFERENCE_NAME, REFERENCE);
        let mut found = Vec::new();
        let node = read(REFERENCE, file, 0, Origin::InFile, &mut found);
        match node {
            Some(node) if found.is_empty() => shape_of("", &node, None),
            _ => panic!("the reference scenario cannot be read:\n{}", Findings { sources, found }),
        }
    });
    &SHAPE
}

fn shape_of(path: &str, node: &Tree, inherited: Option<&Doc>) -> Schema {
    let Value::Group(fields) = &node.value else {
        let undocumented = Doc::default();
        return Schema::Leaf(Box::new(leaf(path, node, inherited.unwrap_or(&undocumented))));
    };
    let below = |field: &Field| {
        let name = &field.name;
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        let own = Doc::parse(&path, &field.comment);
        (name.clone(), shape_of(&path, &field.value, own.as_ref().or(inherited)))
    };
    Schema::Group { path: path.to_owned(), fields: fields.iter().map(below).collect() }
}

/// Begin of the line with the words of a lever: `says: sentence with {} | label with {}`.
const SAYS: &str = "says:";

/// The comment above a parameter.
#[derive(Clone, Debug, Default)]
struct Doc {
    path: String,
    meaning: String,
    unit: String,
    allowed: String,
    range: String,
    status: String,
    source: String,
    says: Option<(String, String)>,
}

impl Doc {
    fn parse(path: &str, comment: &[String]) -> Option<Doc> {
        let words = comment.iter().position(|line| line.starts_with("unit:"))?;
        let mut doc = Doc { path: path.to_owned(), ..Doc::default() };
        doc.meaning = comment[..words]
            .iter()
            .filter(|line| !line.starts_with("---") && !line.starts_with(SAYS))
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join(" ");
        let says = comment[..words].iter().find_map(|line| line.strip_prefix(SAYS));
        doc.says = says
            .and_then(|says| says.split_once('|'))
            .map(|(sentence, label)| (sentence.trim().to_owned(), label.trim().to_owned()));
        let line = comment[words..].join(" ");
        let (words, source) = line.split_once("; source:").unwrap_or((&line, ""));
        doc.source = source.trim().to_owned();
        for word in words.split("; ") {
            let (key, value) = word.split_once(':').unwrap_or((word, ""));
            let place = match key.trim() {
                "unit" => &mut doc.unit,
                "allowed" => &mut doc.allowed,
                "range" => &mut doc.range,
                "status" => &mut doc.status,
                _ => continue,
            };
            *place = value.trim().to_owned();
        }
        // What cannot be read documents nothing: the test that looks for gaps finds it.
        let ranged = doc.range == "fixed" || bounds(&doc.range).is_some();
        let limited = doc.allowed.is_empty() || bounds(&doc.allowed).is_some();
        (ranged && limited).then_some(doc)
    }
}

fn bounds(text: &str) -> Option<Bounds> {
    let (low, high) = text.split_once("..=")?;
    Some(Bounds { low: Some(low.trim().parse().ok()?), high: Some(high.trim().parse().ok()?) })
}

fn leaf(path: &str, node: &Tree, doc: &Doc) -> Parameter {
    let (unit, by_date) = match doc.unit.strip_suffix("by date") {
        Some(unit) => (unit.trim(), true),
        None => (doc.unit.as_str(), false),
    };
    let (unit, whole) = match unit.strip_suffix(" whole") {
        Some(unit) => (unit, true),
        None => (unit, false),
    };
    let names = |text: &str| -> Vec<String> {
        text.trim_matches(['(', ')']).split(',').map(|name| name.trim().to_owned()).collect()
    };
    let kind = if let Some(choices) = unit.strip_prefix("choice of ") {
        ParameterKind::Choice(names(choices))
    } else if let Some(fields) = unit.strip_prefix("list of ") {
        ParameterKind::List(names(fields))
    } else if let Some(fields) = unit.strip_prefix("map of ") {
        ParameterKind::Map(names(fields))
    } else {
        match unit {
            "text" => ParameterKind::Text,
            "date" => ParameterKind::Date,
            _ if whole => ParameterKind::Whole,
            _ => ParameterKind::Number,
        }
    };
    let allowed = bounds(&doc.allowed).unwrap_or(match unit {
        "share" | "probability" => Bounds { low: Some(0.0), high: Some(1.0) },
        "1" | "utility" => Bounds { low: None, high: None },
        _ => Bounds { low: Some(0.0), high: None },
    });
    let unit = match kind {
        ParameterKind::Choice(_) => "choice",
        ParameterKind::List(_) => "list",
        ParameterKind::Map(_) => "map",
        _ => unit,
    };
    let numbers = match &node.value {
        Value::Number(number) => vec![*number],
        Value::Map(entries) => entries.iter().filter_map(|(_, value)| value.number()).collect(),
        _ => Vec::new(),
    };
    Parameter {
        path: path.to_owned(),
        documented_at: doc.path.clone(),
        meaning: doc.meaning.clone(),
        unit: unit.to_owned(),
        kind,
        by_date,
        default: node.written(),
        numbers,
        allowed,
        range: bounds(&doc.range),
        status: doc.status.clone(),
        source: doc.source.clone(),
        says: doc
            .says
            .as_ref()
            .map(|(sentence, label)| (of_member(sentence, path), of_member(label, path))),
    }
}

/// Words of a family with the name of a member in them: `{class}` as a plural, `{short}` for labels.
fn of_member(words: &str, path: &str) -> String {
    let (class, short) = match path.rsplit('.').next().unwrap_or_default() {
        "licensed" => ("licensed venues", "licensed"),
        "shadow" => ("shadow exchanges", "shadow"),
        "hub" => ("hubs", "hubs"),
        "foreign" => ("foreign platforms", "foreign"),
        "peer_to_peer" => ("peer-to-peer deals", "peer-to-peer"),
        _ => return words.to_owned(),
    };
    words.replace("{class}", class).replace("{short}", short)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;

    #[test]
    fn a_comment_gives_meaning_and_five_words() {
        let comment = ["Meaning one,", "two.", "unit: days whole by date; allowed: 1..=9; range: 2..=3; status: measured; source: a; b"]
            .map(str::to_owned);
        let doc = Doc::parse("x", &comment).unwrap();
        assert_eq!((doc.meaning.as_str(), doc.source.as_str()), ("Meaning one, two.", "a; b"));
        assert_eq!((doc.unit.as_str(), doc.allowed.as_str()), ("days whole by date", "1..=9"));
        assert!(Doc::parse("x", &comment[..2]).is_none());
    }

    /// Paths of the parameters of a text that lack a part of their documentation.
    fn gaps(text: &str) -> Vec<String> {
        let mut found = Vec::new();
        let node = read(text, FileId(0), 0, Origin::InFile, &mut found).unwrap();
        let shape = shape_of("", &node, None);
        let lacking = |p: &&Parameter| {
            [&p.meaning, &p.unit, &p.source].iter().any(|part| part.is_empty())
                || !["measured", "estimated", "assumption"].contains(&p.status.as_str())
        };
        shape.leaves().into_iter().filter(lacking).map(|p| p.path.clone()).collect()
    }

    #[test]
    fn every_parameter_of_the_reference_is_documented_and_a_planted_gap_is_found() {
        assert!(gaps(REFERENCE).is_empty(), "{:?}", gaps(REFERENCE));
        let habit = "// unit: 1; range: 1..=5; status: assumption; source: judgement";
        let text = format!("(\n// Habit.\n{habit}\nhabit: 3,\n)");
        assert!(gaps(&text).is_empty());
        for planted in [
            "",
            "// unit: 1; range: 1..=5; status: guess; source: judgement",
            "// unit: 1; range: 1..=5; status: assumption",
            "// unit: 1; range: 1-5; status: assumption; source: judgement",
        ] {
            assert_eq!(gaps(&text.replace(habit, planted)), ["habit"], "{planted}");
        }
    }

    #[test]
    fn members_of_a_family_share_its_comment() {
        let retail =
            parameters().into_iter().find(|p| p.path == "customers.vpn_share.retail").unwrap();
        assert_eq!(retail.documented_at, "customers.vpn_share");
        assert_eq!(retail.numbers, [0.25]);
        assert_eq!(retail.allowed, Bounds { low: Some(0.0), high: Some(1.0) });
    }
}
