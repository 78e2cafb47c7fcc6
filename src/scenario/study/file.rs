//! A study file as it is written: every field for itself.
//!
//! Deliberately absent: the scenarios that it names (`worlds`) and the values that it draws (`ranges`, `draws`).

use std::path::{Path, PathBuf};

use jiff::civil::Date;

use super::at::{At, path_of, unknown};
use super::{LuckOf, Precision, Seen, Width};
use crate::finding::{Finding, nearest};
use crate::limits;
use crate::names::Names;
use crate::shape::{Shape, shape};
use crate::source::{Field, Key, Node, Span, Value};
use world::record::{MEASURES, SIGHTS};

/// Fields of a study.
pub(super) const FIELDS: [&str; 14] = [
    "title",
    "name",
    "seed",
    "scenarios",
    "policies",
    "set",
    "replications",
    "luck",
    "draws",
    "window",
    "measures",
    "seen",
    "precision",
    "budget",
];
/// Largest seed. Unit: 1. Source: whole numbers up to 2^53 are read exactly; Status: measured.
const LARGEST_SEED: f64 = 9_007_199_254_740_992.0;
/// Most replications of a draw. Unit: 1. Source: the same limit as that of `crackdown compare`; Status: assumption.
pub(super) const MOST_REPLICATIONS: f64 = 100_000.0;
/// Replications at most where a precision does not say. Unit: 1. Source: as for `crackdown compare`; Status: assumption.
const AT_MOST: u32 = 400;

/// What a study file says.
pub(super) struct Said {
    pub(super) title: Option<String>,
    pub(super) name: Option<String>,
    pub(super) seed: u64,
    /// Scenario files of the worlds, as seen from here, and where they are named.
    pub(super) worlds: Vec<(PathBuf, Span)>,
    pub(super) policies: Vec<(PathBuf, Span)>,
    /// Values laid over every scenario, as `--set` takes them.
    pub(super) sets: Vec<String>,
    /// Paths of these values, and where they stand.
    pub(super) set_paths: Vec<(String, Span)>,
    pub(super) replications: u32,
    pub(super) luck: LuckOf,
    pub(super) draws: Option<Node>,
    pub(super) window: Option<((Date, Date), Span)>,
    pub(super) measures: Vec<usize>,
    pub(super) seen: Vec<(Seen, Span)>,
    pub(super) precision: Option<Precision>,
    pub(super) budget: Option<u64>,
}

/// Reads the fields of a study that stands in this file.
pub(super) fn read(root: &Node, path: &Path, found: &mut Vec<Finding>) -> Said {
    let mut said = Said {
        title: None,
        name: None,
        seed: 1,
        worlds: Vec::new(),
        policies: Vec::new(),
        sets: Vec::new(),
        set_paths: Vec::new(),
        replications: 1,
        luck: LuckOf::Each,
        draws: None,
        window: None,
        measures: (0..MEASURES.len()).collect(),
        seen: Vec::new(),
        precision: None,
        budget: None,
    };
    let Value::Group(fields) = &root.value else {
        if !matches!(root.value, Value::Broken) {
            let what = root.value.in_words();
            found.push(
                Finding::error(format!("a study is a group of fields, but found {what}"))
                    .at(root.span, "a group in round brackets is wanted")
                    .hint(crate::reader::WHOLE_STUDY),
            );
        }
        return said;
    };
    let known: Vec<String> = FIELDS.iter().map(|name| (*name).to_owned()).collect();
    limits::unknown_fields(fields, &known, "a study", found);
    missing(root, fields, found);
    for field in fields {
        let mut at = At { path: &field.name, node: &field.value, found };
        match field.name.as_str() {
            "title" => said.title = at.text(),
            "name" => {
                said.name = at.text();
                if let Some(name) = &said.name {
                    limits::folder_name(name, &field.value, found);
                }
            }
            "seed" => said.seed = at.whole(0.0, LARGEST_SEED).map_or(1, |seed| seed as u64),
            "scenarios" => said.worlds = at.paths(path),
            "policies" => said.policies = at.paths(path),
            "set" => (said.sets, said.set_paths) = at.sets(),
            "replications" => {
                said.replications = at.whole(1.0, MOST_REPLICATIONS).map_or(1, |n| n as u32);
            }
            "luck" => {
                let all = at.word(&["Each", "All"]).as_deref() == Some("All");
                said.luck = if all { LuckOf::All } else { LuckOf::Each };
            }
            "draws" => said.draws = Some(field.value.clone()),
            "window" => said.window = at.window().map(|days| (days, field.value.span)),
            "measures" => said.measures = at.measures(),
            "seen" => said.seen = at.seen(),
            "precision" => said.precision = at.precision(),
            "budget" => said.budget = at.budget(),
            _ => {}
        }
    }
    if let (Some(precision), Some(place)) = (&said.precision, root.at("precision"))
        && precision.at_most < said.replications
    {
        found.push(
            Finding::error(format!(
                "`precision` allows at most {} replications, but `replications` is {}",
                precision.at_most, said.replications
            ))
            .at(place.at("at_most").unwrap_or(place).span, "less than the first stage")
            .hint(
                "`replications` are made in any case; `at_most` bounds what is added for precision",
            ),
        );
    }
    if let Some(first) = said.worlds.first()
        && said.worlds.iter().any(|(path, _)| path.as_os_str().is_empty())
    {
        found.push(Finding::error("the path of a scenario is empty").at(first.1, "here"));
    }
    said
}

fn missing(root: &Node, fields: &[Field], found: &mut Vec<Finding>) {
    let lacks = |name: &&&str| !fields.iter().any(|field| field.name == **name);
    let missing: Vec<String> = ["title", "scenarios", "replications"]
        .iter()
        .filter(lacks)
        .map(|name| format!("`{name}`"))
        .collect();
    if missing.is_empty() {
        return;
    }
    let plural = if missing.len() == 1 { "is" } else { "are" };
    let opening = Span { end: root.span.start + 1, ..root.span };
    found.push(
        Finding::error(format!("in a study, {} {plural} missing", missing.join(", ")))
            .at(opening, "in this group")
            .hint("write for example title: \"My study\", scenarios: [\"../kazakhstan.ron\"], replications: 10"),
    );
}

impl At<'_> {
    /// Paths of files, which are taken from the folder of the study.
    fn paths(&mut self, study: &Path) -> Vec<(PathBuf, Span)> {
        let folder = study.parent().unwrap_or(Path::new(""));
        let texts = self.texts(&format!("write {}: [\"../kazakhstan.ron\"]", self.path));
        let empty = matches!(&self.node.value, Value::List(items) if items.is_empty());
        if empty && self.path == "scenarios" {
            let finding = Finding::error("a study needs at least one scenario");
            self.found.push(finding.at(self.node.span, "empty"));
        }
        texts.into_iter().map(|(text, span)| (folder.join(text), span)).collect()
    }

    fn sets(&mut self) -> (Vec<String>, Vec<(String, Span)>) {
        let Value::Map(entries) = &self.node.value else {
            self.wanted("a list in curly brackets", "write set: {\"people_per_agent\": 100}");
            return (Vec::new(), Vec::new());
        };
        let (mut sets, mut paths) = (Vec::new(), Vec::new());
        for (key, value) in entries {
            let Key::Written(key) = key else { continue };
            let Some(path) = path_of(key, "set", self.found) else { continue };
            match shape().at(path) {
                Some(Shape::Leaf(parameter)) => limits::leaf(parameter, value, self.found),
                _ if path.starts_with("policy.campaigns.") => {}
                _ if path.starts_with("policy.interventions.") => {}
                _ => {
                    unknown(path, key, self.found);
                    continue;
                }
            }
            sets.push(format!("{path}={}", crate::shape::written(value)));
            paths.push((path.to_owned(), key.span));
        }
        (sets, paths)
    }

    /// `FROM..TO`.
    fn window(&mut self) -> Option<(Date, Date)> {
        let text = self.text()?;
        let dates = text
            .split_once("..")
            .and_then(|(from, to)| Some((from.trim().parse().ok()?, to.trim().parse().ok()?)));
        if dates.is_none() {
            let message = format!("`window` is two dates, but found \"{}\"", text.escape_debug());
            self.found.push(
                Finding::error(message)
                    .at(self.node.span, "first and last day that count")
                    .hint("write for example window: \"2024-01-01..2024-12-31\""),
            );
        }
        dates
    }

    fn measures(&mut self) -> Vec<usize> {
        let texts = self.texts("write measures: [\"illicit_turnover\"]");
        let mut measures: Vec<usize> =
            texts.iter().filter_map(|(text, span)| measure(text, *span, self.found)).collect();
        measures.sort_unstable();
        if matches!(&self.node.value, Value::List(items) if items.is_empty()) {
            let finding = Finding::error("`measures` is empty: nothing would be kept");
            self.found.push(finding.at(self.node.span, "leave it out to keep all measures"));
        }
        measures
    }

    /// Figures of the agency's view with their years.
    fn seen(&mut self) -> Vec<(Seen, Span)> {
        let texts = self.texts(SEEN_EXAMPLE);
        let mut seen: Vec<(Seen, Span)> = Vec::new();
        let mut names = Names::new();
        for (text, span) in texts {
            let Some(figure) = figure(&text, span, self.found) else { continue };
            // The same figure may be written with other spaces or zeros.
            if names.once(&figure.name(), &format!("in `seen`, \"{text}\""), span, self.found) {
                seen.push((figure, span));
            }
        }
        seen
    }

    fn precision(&mut self) -> Option<Precision> {
        const EXAMPLE: &str =
            "write precision: (measure: \"illicit_turnover\", percent: 0.5, at_most: 400)";
        let Value::Group(fields) = &self.node.value else {
            self.wanted("a group in round brackets", EXAMPLE);
            return None;
        };
        let known = ["measure", "percent", "amount", "at_most"].map(str::to_owned);
        limits::unknown_fields(fields, &known, "`precision`", self.found);
        let measure = self.below("measure", |at| {
            let text = at.text()?;
            measure(&text, at.node.span, at.found)
        });
        let percent = self.below("percent", |at| at.amount()).map(|percent| percent / 100.0);
        let amount = self.below("amount", |at| at.amount());
        let at_most = self.below("at_most", |at| at.whole(1.0, MOST_REPLICATIONS));
        let given = |name| self.node.field(name).is_some();
        if !given("measure") || given("percent") == given("amount") {
            let message = "`precision` needs a `measure`, and either `percent` or `amount`";
            let opening = Span { end: self.node.span.start + 1, ..self.node.span };
            self.found.push(Finding::error(message).at(opening, "in this group").hint(EXAMPLE));
            return None;
        }
        let width = percent.map(Width::Share).or(amount.map(Width::Amount))?;
        let at_most = at_most.map_or(AT_MOST, |number| number as u32);
        Some(Precision { measure: measure?, width, at_most })
    }

    fn budget(&mut self) -> Option<u64> {
        let Value::Group(fields) = &self.node.value else {
            self.wanted("a group in round brackets", "write budget: (runs: 20000)");
            return None;
        };
        limits::unknown_fields(fields, &["runs".to_owned()], "`budget`", self.found);
        if self.node.field("runs").is_none() {
            let finding = Finding::error("in `budget`, `runs` is missing");
            self.found.push(finding.at(self.node.span, "write budget: (runs: 20000)"));
        }
        self.below("runs", |at| at.whole(1.0, 1e12)).map(|runs| runs as u64)
    }
}

/// Number of a measure by its name.
fn measure(name: &str, span: Span, found: &mut Vec<Finding>) -> Option<usize> {
    let number = MEASURES.iter().position(|measure| measure.name == name);
    if number.is_none() {
        let names = MEASURES.iter().map(|measure| measure.name);
        let finding = Finding::error(format!("there is no measure \"{}\"", name.escape_debug()));
        found.push(match nearest(name, names.clone()) {
            Some(near) => finding.at(span, format!("did you mean \"{near}\"?")),
            None => {
                let known: Vec<&str> = names.collect();
                finding.at(span, "unknown measure").hint(format!("measures: {}", known.join(", ")))
            }
        });
    }
    number
}

/// How a figure of the agency's view is named.
const SEEN_EXAMPLE: &str = "write seen: [\"closures 2024\"]";

/// A figure of the agency's view by its name and year.
fn figure(text: &str, span: Span, found: &mut Vec<Finding>) -> Option<Seen> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let year = words.get(1).and_then(|year| year.parse::<i16>().ok());
    let (&[name, _], Some(year)) = (&words[..], year) else {
        let finding = Finding::error(format!("\"{}\" is no figure and year", text.escape_debug()));
        found.push(finding.at(span, "a figure and a year are wanted").hint(SEEN_EXAMPLE));
        return None;
    };
    let number = SIGHTS.iter().position(|sight| sight.quantity == name);
    if number.is_none() {
        let names = SIGHTS.iter().map(|sight| sight.quantity);
        let finding = Finding::error(format!("the agency sees no \"{}\"", name.escape_debug()));
        found.push(match nearest(name, names.clone()) {
            Some(near) => finding.at(span, format!("did you mean \"{near} {year}\"?")),
            None => {
                let known: Vec<&str> = names.collect();
                finding.at(span, "unknown figure").hint(format!("figures: {}", known.join(", ")))
            }
        });
    }
    Some(Seen { figure: number?, year })
}
