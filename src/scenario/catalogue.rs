//! A catalogue of patterns: what happened elsewhere, the experiment that repeats it, and what is read from it.
//!
//! An experiment is a world and one or more policies, as scenario files; a reading is a number that follows from runs of
//! both with the same luck; its band says what would agree with the source. Whoever knows another case adds a pattern with the
//! readings there are.
//!
//! Deliberately absent: what a reading computes (`comparison::pattern`).

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use jiff::civil::Date;

use super::check::{FieldForm, Holds, opening, wanted};
use super::finding::{Finding, Findings};
use super::layers;
use super::reader::read_study;
use super::shape::Bounds;
use super::shipped::{beside, is_file, located, shown};
use super::source::{Sources, Span, replaced};
use super::tree::{Tree, Value, quoted};
use world::units::{Class, Trader};

world::named! {
    /// What is read from runs.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    Statistic:
    /// Turnover against the baseline, as a relative change.
    Change;
    /// Share of the classes' turnover in all turnover against the baseline, as a relative change.
    ShareChange;
    /// Turnover under the policy against as many days just before the event, as a relative change: as those count who have no baseline.
    BeforeAfter;
    /// What the share of the classes' turnover in all turnover gains on the baseline, over all that it lacked there.
    GapClosed;
    /// Turnover against the baseline, as a relative change, among those who had used the venues of an intervention: as if before they had
    /// the part of this turnover that they had of all.
    ChangeAmongUsers;
    /// Share of the classes' turnover in all turnover under the policy.
    Share;
    /// Share of the largest venue in the turnover of its class, in the baseline.
    LargestShare;
    /// Days from which on turnover has regained a share of the baseline's.
    DaysUntil;
    /// Share of the venues that an intervention closed whose operator is back within a number of days.
    BackWithin;
    /// Turnover of those that are back, as a share of what they had before.
    Kept;
    /// Turnover of the venues of an intervention against the baseline, as a relative change.
    TargetChange;
    /// The same for drug money alone.
    TargetDrugChange;
    /// Effect of the second policy against the first, over the effect of the first against the baseline.
    SecondEffect;
    /// Elasticity of turnover to the certainty of closure.
    CertaintyElasticity;
    /// Elasticity of turnover to the severity of punishment.
    SeverityElasticity;
}

impl Statistic {
    /// Fields that a reading of it needs.
    fn needs(self) -> &'static [&'static str] {
        match self {
            Statistic::DaysUntil => &["classes", "share"],
            Statistic::BackWithin
            | Statistic::Kept
            | Statistic::TargetChange
            | Statistic::TargetDrugChange => &["days"],
            Statistic::SecondEffect => &["classes", "days", "first_days"],
            _ => &["classes", "days"],
        }
    }
}

world::named! {
    /// Whether a number was used to make the model.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    Fitted:
    /// It was used for nothing.
    No = no;
    /// A parameter has a range from the same source: it checks the mechanism, not the number.
    Prior = prior;
    /// The model was fitted to it.
    Yes = yes;
    /// It says that the world is as the case was; no finding of the case.
    Condition = condition;
}

/// A number that is read, and what would agree with the source.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// Short name, unique within its pattern.
    pub name: String,
    /// What it is, in words.
    pub words: String,
    /// What is computed.
    pub kind: Statistic,
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
    /// Cases of one mechanism, which a calibration takes or leaves together (`calibrate --cases`); empty if it belongs to none.
    pub fold: String,
    /// Most people for whom one agent may stand so that the readings mean what they say; any number where nothing is said.
    pub people_per_agent: Option<u32>,
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

/// Longest time after an event. Unit: days. Source: longer than any run; Status: assumption.
const MOST_DAYS: f64 = 7300.0;

impl Catalogue {
    /// Reads a catalogue; the scenario files that it names are looked for and not yet read.
    pub fn load(path: &Path) -> Result<Catalogue, Findings> {
        let mut findings = Findings::default();
        let Some(text) = layers::open(path, None, &[], &mut findings.found) else {
            return Err(findings);
        };
        Catalogue::load_text(&text, path)
    }

    /// The same for a text that would stand in this file.
    pub fn load_text(text: &str, path: &Path) -> Result<Catalogue, Findings> {
        let mut findings = Findings::default();
        let path = &located(path);
        let file = findings.sources.add(shown(path), text);
        let root = read_study(text, file, &mut findings.found);
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
    pub fn moved(&self, to: &[(&str, Vec<String>)]) -> String {
        let file = Sources::default().add("", self.text.as_str());
        let root = read_study(&self.text, file, &mut Vec::new());
        let root = root.expect("it was read before");
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

/// What a catalogue may say.
static FORM: LazyLock<FieldForm> = LazyLock::new(|| {
    let pattern = FieldForm::new("a pattern", "")
        .needs("name", Holds::Folder, "short name, unique in the catalogue")
        .needs("words", Holds::Text, "what happened, in words")
        .needs("world", Holds::Text, "path of a scenario file: the baseline")
        .needs("policies", Holds::Texts, "paths of scenario files: what is done in it")
        .needs("on", Holds::Date, "day of the event")
        .may("fold", Holds::Text, "cases that a calibration takes together")
        .may(
            "people_per_agent",
            Holds::Number(Bounds { low: Some(1.0), high: None }),
            "most people that one agent may stand for",
        )
        .needs("readings", Holds::Items(reading_form()), "what is read");
    FieldForm::file("a catalogue", "")
        .needs("title", Holds::Text, "title for figures and tables")
        .needs("patterns", Holds::Items(pattern), "what happened elsewhere")
});

fn reading_form() -> FieldForm {
    let classes = Class::ALL.iter().map(|class| class.key().to_owned());
    let traders = Trader::ALL.iter().map(|trader| trader.key().to_owned());
    let statistics = Statistic::ALL.iter().map(|kind| kind.key().to_owned()).collect();
    let fitted = Fitted::ALL.iter().map(|one| format!("{one:?}"));
    let any = || Holds::Number(Bounds { low: None, high: None });
    FieldForm::new("a reading", "")
        .needs("name", Holds::Text, "short name, unique within its pattern")
        .needs("words", Holds::Text, "what it is, in words")
        .needs("read", Holds::Word(statistics), "what is computed")
        .may("classes", Holds::Words(classes.collect()), "classes that count")
        .may("traders", Holds::Words(traders.collect()), "traders that count")
        .may("days", Holds::Other, "days from the event: first, and the day after the last")
        .may("first_days", Holds::Other, "the same for the first effect")
        .may("share", any(), "share that is regained")
        .needs("low", any(), "lowest value that agrees with the source")
        .needs("high", any(), "highest value that agrees with the source")
        .needs("source", Holds::Text, "where the band comes from")
        .needs("fitted", Holds::Word(fitted.collect()), "use in making the model")
}

fn catalogue(root: &Tree, path: &Path, found: &mut Vec<Finding>) -> Option<(String, Vec<Pattern>)> {
    let given = FORM.check(root, found)?;
    let patterns: Vec<Option<Pattern>> =
        root.at("patterns")?.items().iter().map(|node| pattern(node, path, found)).collect();
    let patterns: Vec<Pattern> = patterns.into_iter().collect::<Option<_>>()?;
    if patterns.is_empty() {
        found.push(Finding::error("a catalogue needs a pattern").at(root.span, "without one"));
    }
    Some((given.text("title")?.to_owned(), patterns))
}

/// A pattern whose values were looked at.
fn pattern(node: &Tree, path: &Path, found: &mut Vec<Finding>) -> Option<Pattern> {
    let text = |field| Some(node.at(field)?.text()?.to_owned());
    let mut file = |node: &Tree| {
        let path = layers::tidy(&beside(path, node.text()?));
        if !is_file(&path) {
            let finding = Finding::error(format!("{} is not there", shown(&path)));
            let hint = "the path is taken from the folder of the catalogue";
            found.push(finding.at(node.span, "named here").hint(hint));
        }
        Some(path)
    };
    let world = node.at("world").and_then(&mut file);
    let policies: Vec<PathBuf> = node.at("policies")?.items().iter().filter_map(file).collect();
    let readings = node.at("readings")?.items();
    for (needed, message, label) in [
        (policies.len(), "a pattern needs a policy", "without one"),
        (readings.len(), "a pattern needs a reading", "without one"),
    ] {
        if needed == 0 {
            found.push(Finding::error(message).at(opening(node), label));
        }
    }
    let mut read = |node| {
        let reading = reading(node, found)?;
        if reading.kind == Statistic::SecondEffect && policies.len() < 2 {
            let message = "SecondEffect sets a second policy against the first";
            let place = node.at("read").unwrap_or(node).span;
            found.push(Finding::error(message).at(place, "the pattern has one policy"));
        }
        Some(reading)
    };
    let readings: Vec<Option<Reading>> = readings.iter().map(&mut read).collect();
    let readings: Vec<Reading> = readings.into_iter().collect::<Option<_>>()?;
    let on = node.at("on")?.date()?;
    let people = node.at("people_per_agent").and_then(Tree::number);
    Some(Pattern {
        fold: text("fold").unwrap_or_default(),
        people_per_agent: people.map(|people| people as u32),
        name: text("name")?,
        words: text("words")?,
        world: world?,
        policies,
        on,
        readings,
    })
}

/// A reading whose values were looked at, one by one.
fn reading(node: &Tree, found: &mut Vec<Finding>) -> Option<Reading> {
    let text = |field| Some(node.at(field)?.text()?.to_owned());
    let number = |field| node.at(field).and_then(Tree::number);
    let named = |field: &str, word: &str| {
        let items = node.at(field).map_or(&[][..], Tree::items);
        items.iter().any(|item| item.word() == Some(word))
    };
    let (low, high) = (number("low"), number("high"));
    if let (Some(low), Some(high)) = (low, high)
        && low > high
    {
        let place = node.at("high").unwrap_or(node).span;
        found.push(Finding::error("`high` lies below `low`").at(place, "no value lies between"));
    }
    let mut days = |field| node.at(field).map_or(Some((0, 1)), |node| days(field, node, found));
    let (of_days, first_days) = (days("days"), days("first_days"));
    let read = node.at("read")?;
    let kind = *Statistic::ALL.iter().find(|kind| read.word() == Some(kind.key()))?;
    for field in kind.needs().iter().filter(|field| node.field(field).is_none()) {
        let message = format!("{kind:?} needs `{field}`");
        found.push(Finding::error(message).at(read.span, format!("without `{field}`")));
    }
    let fitted = node.at("fitted")?.word()?;
    let traders = Trader::ALL.iter().copied();
    let every = node.at("traders").is_none_or(|node| node.items().is_empty());
    Some(Reading {
        name: text("name")?,
        words: text("words")?,
        kind,
        classes: Class::ALL.iter().copied().filter(|class| named("classes", class.key())).collect(),
        traders: traders.filter(|trader| every || named("traders", trader.key())).collect(),
        days: of_days?,
        first_days: first_days?,
        share: number("share").unwrap_or(1.0),
        band: (low?, high?),
        source: text("source")?,
        fitted: *Fitted::ALL.iter().find(|one| format!("{one:?}") == fitted)?,
    })
}

/// `[from, before]`, counted from the event.
fn days(field: &str, node: &Tree, found: &mut Vec<Finding>) -> Option<(i64, i64)> {
    let numbers: Vec<f64> = node.items().iter().filter_map(Tree::number).collect();
    let fits = |day: &f64| day.fract() == 0.0 && day.abs() <= MOST_DAYS;
    match numbers[..] {
        [from, before] if from < before && numbers.iter().all(fits) => {
            Some((from as i64, before as i64))
        }
        _ => {
            let wish = "two whole numbers of days, the second larger";
            let hint = format!("write {field}: [0, 30] for the thirty days from the event on");
            found.push(wanted(&format!("`{field}` of a reading"), wish, node).hint(hint));
            None
        }
    }
}
