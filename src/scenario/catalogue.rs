//! A catalogue of patterns: what happened elsewhere, the experiment that repeats it, and what is read from it.
//!
//! An experiment is a world and one or more policies, as scenario files; a reading is a number that follows from runs of
//! both with the same luck; its band says what would agree with the source. Whoever knows another case adds a pattern with the
//! readings there are.
//!
//! Deliberately absent: what a reading computes (`comparison::pattern`).

use std::path::{Path, PathBuf};

use jiff::civil::Date;

use super::finding::{Finding, Findings};
use super::layers;
use super::limits::unknown_fields;
use super::names::Names;
use super::reader::{Written, read};
use super::shape::quoted;
use super::source::{Node, Sources, Span, Value, replaced};
use super::study::at::At;
use world::units::{Class, Trader};

/// What is read from runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Turnover against the baseline, as a relative change.
    Change,
    /// Share of the classes' turnover in all turnover against the baseline, as a relative change.
    ShareChange,
    /// Share of the classes' turnover in all turnover under the policy.
    Share,
    /// Share of the largest venue in the turnover of its class, in the baseline.
    LargestShare,
    /// Days from which on turnover has regained a share of the baseline's.
    DaysUntil,
    /// Share of the venues that an intervention closed whose operator is back within a number of days.
    BackWithin,
    /// Turnover of those that are back, as a share of what they had before.
    Kept,
    /// Turnover of the venues of an intervention against the baseline, as a relative change.
    TargetChange,
    /// The same for drug money alone.
    TargetDrugChange,
    /// Effect of the second policy against the first, over the effect of the first against the baseline.
    SecondEffect,
    /// Elasticity of turnover to the certainty of closure.
    CertaintyElasticity,
    /// Elasticity of turnover to the severity of punishment.
    SeverityElasticity,
}

impl Kind {
    /// All of them with the fields that each needs, in the order of the documentation.
    pub const ALL: [(Kind, &'static str, &'static [&'static str]); 12] = [
        (Kind::Change, "Change", &["classes", "days"]),
        (Kind::ShareChange, "ShareChange", &["classes", "days"]),
        (Kind::Share, "Share", &["classes", "days"]),
        (Kind::LargestShare, "LargestShare", &["classes", "days"]),
        (Kind::DaysUntil, "DaysUntil", &["classes", "share"]),
        (Kind::BackWithin, "BackWithin", &["days"]),
        (Kind::Kept, "Kept", &["days"]),
        (Kind::TargetChange, "TargetChange", &["days"]),
        (Kind::TargetDrugChange, "TargetDrugChange", &["days"]),
        (Kind::SecondEffect, "SecondEffect", &["classes", "days", "first_days"]),
        (Kind::CertaintyElasticity, "CertaintyElasticity", &["classes", "days"]),
        (Kind::SeverityElasticity, "SeverityElasticity", &["classes", "days"]),
    ];
}

/// Whether a number was used to make the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fitted {
    /// It was used for nothing.
    No,
    /// A parameter has a range from the same source: it checks the mechanism, not the number.
    Prior,
    /// The model was fitted to it.
    Yes,
    /// It says that the world is as the case was; no finding of the case.
    Condition,
}

impl Fitted {
    /// All of them.
    pub const ALL: [Fitted; 4] = [Fitted::No, Fitted::Prior, Fitted::Yes, Fitted::Condition];

    /// In tables.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Fitted::No => "no",
            Fitted::Prior => "prior",
            Fitted::Yes => "yes",
            Fitted::Condition => "condition",
        }
    }
}

/// A number that is read, and what would agree with the source.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// Short name, unique within its pattern.
    pub name: String,
    /// What it is, in words.
    pub words: String,
    /// What is computed.
    pub kind: Kind,
    /// Venue classes whose turnover counts.
    pub classes: Vec<Class>,
    /// Traders whose turnover counts; all if nothing is said.
    pub traders: Vec<Trader>,
    /// Days counted from the event: from, and before.
    pub days: (i64, i64),
    /// The same for the first effect.
    pub first_days: (i64, i64),
    /// Share that is regained.
    pub share: f64,
    /// Lowest and highest value that agree with the source.
    pub band: (f64, f64),
    /// Where the band comes from, and why it is as wide.
    pub source: String,
    /// Whether it was used to make the model.
    pub fitted: Fitted,
}

/// Something that happened elsewhere.
#[derive(Clone, Debug, PartialEq)]
pub struct Pattern {
    /// Short name, unique in the catalogue.
    pub name: String,
    /// What happened, in words.
    pub words: String,
    /// World: the baseline.
    pub world: PathBuf,
    /// What is done in it.
    pub policies: Vec<PathBuf>,
    /// Day of the event.
    pub on: Date,
    /// What is read.
    pub readings: Vec<Reading>,
}

/// Everything in a catalogue file.
#[derive(Clone, Debug, PartialEq)]
pub struct Catalogue {
    /// Title for figures and tables.
    pub title: String,
    /// The patterns.
    pub patterns: Vec<Pattern>,
    /// The file as it was read.
    pub text: String,
}

const PATTERN: [&str; 6] = ["name", "words", "world", "policies", "on", "readings"];
const READING: [&str; 12] = [
    "name",
    "words",
    "read",
    "classes",
    "traders",
    "days",
    "first_days",
    "share",
    "low",
    "high",
    "source",
    "fitted",
];
/// Longest time after an event. Unit: days. Source: longer than any run; Status: assumption.
const MOST_DAYS: f64 = 7300.0;

impl Catalogue {
    /// Reads a catalogue; the scenario files that it names are looked for and not yet read.
    ///
    /// # Errors
    /// Everything that is wrong with it, at once.
    pub fn load(path: &Path) -> Result<Catalogue, Findings> {
        let mut findings = Findings::default();
        let Some(text) = layers::open(path, None, &[], &mut findings.found) else {
            return Err(findings);
        };
        Catalogue::load_text(&text, path)
    }

    /// The same for a text that would stand in this file.
    ///
    /// # Errors
    /// Everything that is wrong with it, at once.
    pub fn load_text(text: &str, path: &Path) -> Result<Catalogue, Findings> {
        let mut findings = Findings::default();
        let file = findings.sources.add(path.display().to_string(), text);
        let root = read(text, file, 0, Written::InStudy, &mut findings.found);
        let made = root.and_then(|root| catalogue(&root, path, &mut findings.found));
        findings.sort();
        match made {
            Some((title, patterns)) if findings.errors() == 0 => {
                Ok(Catalogue { title, patterns, text: text.to_owned() })
            }
            _ => Err(findings),
        }
    }

    /// The text with these patterns only, of which the files stand elsewhere: for each its name and paths, the world first.
    ///
    /// # Panics
    /// Never: the text was read before.
    #[must_use]
    pub fn moved(&self, to: &[(&str, Vec<String>)]) -> String {
        let file = Sources::default().add("", self.text.as_str());
        let read = read(&self.text, file, 0, Written::InStudy, &mut Vec::new());
        let root = read.expect("it was read before");
        let patterns = root.at("patterns").expect("it was read before");
        let Value::List(items) = &patterns.value else { return self.text.clone() };
        let moved = items.iter().filter_map(|node| {
            let Value::Text(is) = &node.at("name")?.value else { return None };
            let (_, paths) = to.iter().find(|(name, _)| name == is)?;
            let (world, policies) = paths.split_first()?;
            let policies: Vec<String> = policies.iter().map(|path| quoted(path)).collect();
            let Span { start, end, .. } = node.span;
            let changes = vec![
                (node.at("world")?.span.within(start), quoted(world)),
                (node.at("policies")?.span.within(start), format!("[{}]", policies.join(", "))),
            ];
            let text = replaced(&self.text[start..end], changes);
            Some(format!("        {text},\n"))
        });
        let list = format!("[\n{}    ]", moved.collect::<String>());
        let (before, after) = (&self.text[..patterns.span.start], &self.text[patterns.span.end..]);
        format!("{before}{list}{after}")
    }
}

fn catalogue(root: &Node, path: &Path, found: &mut Vec<Finding>) -> Option<(String, Vec<Pattern>)> {
    group(root, "a catalogue", &["title", "patterns"], &["title", "patterns"], found)?;
    let title = At { path: "catalogue", node: root, found }.below("title", |at| at.text());
    let items = list(root, "patterns", found)?;
    let patterns: Vec<Option<Pattern>> =
        items.iter().map(|node| pattern(node, path, found)).collect();
    let patterns: Vec<Pattern> = patterns.into_iter().collect::<Option<_>>()?;
    let names = items.iter().zip(patterns.iter().map(|pattern| &pattern.name));
    unique(names, "pattern", found);
    Some((title?, patterns))
}

fn pattern(node: &Node, path: &Path, found: &mut Vec<Finding>) -> Option<Pattern> {
    group(node, "a pattern", &PATTERN, &PATTERN, found)?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let mut at = At { path: "pattern", node, found };
    let (name, words) = (at.below("name", |at| at.text()), at.below("words", |at| at.text()));
    if let (Some(name), Some(field)) = (&name, node.field("name")) {
        super::limits::folder_name(name, &field.value, at.found);
    }
    let world = at.below("world", |at| Some((at.text()?, at.node.span)));
    let policies = at.below("policies", |at| Some(at.texts("write policies: [\"my_policy.ron\"]")));
    let on = node.at("on").and_then(|node| {
        super::limits::date("`on` of a pattern", node, at.found);
        super::limits::date_in(node)
    });
    let file = |(name, place): (String, Span), found: &mut Vec<Finding>| {
        let path = layers::tidy(&folder.join(&name));
        if !path.is_file() {
            let finding = Finding::error(format!("{} is not there", path.display()));
            let hint = "the path is taken from the folder of the catalogue";
            found.push(finding.at(place, "named here").hint(hint));
        }
        path
    };
    let world = world.map(|world| file(world, found));
    let policies: Vec<PathBuf> = policies?.into_iter().map(|policy| file(policy, found)).collect();
    let items = list(node, "readings", found)?;
    let readings: Vec<Option<Reading>> = items
        .iter()
        .map(|node| {
            let reading = reading(node, found)?;
            if reading.kind == Kind::SecondEffect && policies.len() < 2 {
                let message = "SecondEffect sets a second policy against the first";
                let place = node.at("read").unwrap_or(node).span;
                found.push(Finding::error(message).at(place, "the pattern has one policy"));
            }
            Some(reading)
        })
        .collect();
    let readings: Vec<Reading> = readings.into_iter().collect::<Option<_>>()?;
    unique(items.iter().zip(readings.iter().map(|reading| &reading.name)), "reading", found);
    if policies.is_empty() {
        found.push(Finding::error("a pattern needs a policy").at(node.span, "without one"));
    }
    Some(Pattern { name: name?, words: words?, world: world?, policies, on: on?, readings })
}

fn reading(node: &Node, found: &mut Vec<Finding>) -> Option<Reading> {
    let wanted = ["name", "words", "read", "low", "high", "source", "fitted"];
    group(node, "a reading", &READING, &wanted, found)?;
    let mut at = At { path: "reading", node, found };
    let name = at.below("name", |at| at.text());
    let words = at.below("words", |at| at.text());
    let source = at.below("source", |at| at.text());
    let kinds = Kind::ALL.map(|(_, word, _)| word);
    let kind = at.below("read", |at| at.word(&kinds));
    let kind = Kind::ALL.iter().find(|(_, word, _)| Some(*word) == kind.as_deref());
    let fitted =
        at.below("fitted", |at| at.word(&Fitted::ALL.map(debug).each_ref().map(|w| w.as_str())));
    let fitted = Fitted::ALL.into_iter().find(|one| Some(debug(*one)) == fitted);
    let classes: Vec<&str> = Class::ALL.iter().map(|class| class.key()).collect();
    let traders: Vec<&str> = Trader::ALL.iter().map(|trader| trader.key()).collect();
    let classes = at.below("classes", |at| Some(at.words(&classes))).unwrap_or_default();
    let traders = at.below("traders", |at| Some(at.words(&traders))).unwrap_or_default();
    let days = at.below("days", |at| at.days());
    let first_days = at.below("first_days", |at| at.days());
    let share = at.below("share", |at| at.real());
    let (low, high) = (at.below("low", |at| at.real()), at.below("high", |at| at.real()));
    if let (Some(low), Some(high)) = (low, high)
        && low > high
    {
        let place = node.at("high").unwrap_or(node).span;
        at.found.push(Finding::error("`high` lies below `low`").at(place, "no value lies between"));
    }
    let (kind, _, needs) = kind?;
    for field in needs.iter().filter(|field| node.field(field).is_none()) {
        let place = node.at("read").unwrap_or(node).span;
        let message = format!("{kind:?} needs `{field}`");
        found.push(Finding::error(message).at(place, format!("without `{field}`")));
    }
    Some(Reading {
        name: name?,
        words: words?,
        kind: *kind,
        classes: Class::ALL
            .iter()
            .filter(|class| classes.iter().any(|word| word == class.key()))
            .copied()
            .collect(),
        traders: if traders.is_empty() {
            Trader::ALL.to_vec()
        } else {
            Trader::ALL
                .iter()
                .filter(|trader| traders.iter().any(|word| word == trader.key()))
                .copied()
                .collect()
        },
        days: days.unwrap_or((0, 1)),
        first_days: first_days.unwrap_or((0, 1)),
        share: share.unwrap_or(1.0),
        band: (low?, high?),
        source: source?,
        fitted: fitted?,
    })
}

fn debug(fitted: Fitted) -> String {
    format!("{fitted:?}")
}

/// Whether it is a group with these fields and has those that are wanted.
fn group(
    node: &Node,
    whose: &str,
    known: &[&str],
    wanted: &[&str],
    found: &mut Vec<Finding>,
) -> Option<()> {
    let Value::Group(fields) = &node.value else {
        if !matches!(node.value, Value::Broken) {
            let message =
                format!("{whose} is a group of fields, but found {}", node.value.in_words());
            found
                .push(Finding::error(message).at(node.span, "a group in round brackets is wanted"));
        }
        return None;
    };
    let known: Vec<String> = known.iter().map(|name| (*name).to_owned()).collect();
    unknown_fields(fields, &known, whose, found);
    let missing: Vec<String> = wanted
        .iter()
        .filter(|name| !fields.iter().any(|field| field.name == **name))
        .map(|name| format!("`{name}`"))
        .collect();
    if missing.is_empty() {
        return Some(());
    }
    let opening = Span { end: node.span.start + 1, ..node.span };
    let plural = if missing.len() == 1 { "is" } else { "are" };
    let message = format!("in {whose}, {} {plural} missing", missing.join(", "));
    found.push(Finding::error(message).at(opening, "in this group"));
    None
}

fn list<'a>(node: &'a Node, field: &str, found: &mut Vec<Finding>) -> Option<&'a [Node]> {
    let node = node.at(field)?;
    match &node.value {
        Value::List(items) if !items.is_empty() => Some(items),
        Value::Broken => None,
        _ => {
            let message = format!("`{field}` is a list in square brackets that is not empty");
            found.push(Finding::error(message).at(node.span, "a list is wanted"));
            None
        }
    }
}

fn unique<'a>(
    named: impl Iterator<Item = (&'a Node, &'a String)>,
    what: &str,
    found: &mut Vec<Finding>,
) {
    let mut names = Names::new();
    for (node, name) in named {
        let place = node.at("name").unwrap_or(node).span;
        names.once(name, &format!("the {what} \"{name}\""), place, found);
    }
}

impl At<'_> {
    fn real(&mut self) -> Option<f64> {
        let number = self.node.number();
        if number.is_none() {
            self.wanted("a number", "");
        }
        number
    }

    /// Words in a list.
    fn words(&mut self, known: &[&str]) -> Vec<String> {
        let Value::List(items) = &self.node.value else {
            self.wanted("a list of words", &format!("words: {}", known.join(", ")));
            return Vec::new();
        };
        let path = format!("an item of {}", self.path);
        let (mut words, mut names) = (Vec::new(), Names::new());
        for node in items {
            let word = At { path: &path, node, found: &mut *self.found }.word(known);
            let Some(word) = word else { continue };
            let shown = format!("in `{}`, {word}", self.path);
            if names.once(&word, &shown, node.span, self.found) {
                words.push(word);
            }
        }
        words
    }

    /// `[from, before]`, counted from the event.
    fn days(&mut self) -> Option<(i64, i64)> {
        let numbers = match &self.node.value {
            Value::List(items) => items.iter().filter_map(Node::number).collect(),
            _ => Vec::new(),
        };
        match numbers[..] {
            [from, before]
                if from < before
                    && [from, before]
                        .iter()
                        .all(|day| day.fract() == 0.0 && day.abs() <= MOST_DAYS) =>
            {
                Some((from as i64, before as i64))
            }
            _ => {
                let hint = "write days: [0, 30] for the thirty days from the event on";
                self.wanted("two whole numbers of days, the second larger", hint);
                None
            }
        }
    }
}
