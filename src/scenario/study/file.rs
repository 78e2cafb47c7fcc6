//! A study file as it is written: every field for itself.
//!
//! Deliberately absent: the scenarios that it names (`worlds`) and the values that it draws (`ranges`, `draws`).

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use jiff::civil::Date;

use super::ranges::{path_of, unknown};
use super::{LuckOf, Optimise, Over, Precision, Seen, Width, Yields, levers};
use crate::check::{self, FieldForm, Given, Holds, opening};
use crate::finding::{Finding, nearest};
use crate::names::Names;
use crate::reader::WHOLE_STUDY;
use crate::shape::{Bounds, Schema, shape};
use crate::shipped::beside;
use crate::source::Span;
use crate::tree::{Key, Tree, Value};
use crate::window;

/// Largest seed. Unit: 1. Source: whole numbers up to 2^53 are read exactly; Status: measured.
const LARGEST_SEED: f64 = 9_007_199_254_740_992.0;
/// Most replications of a draw. Unit: 1. Source: the same limit as that of `crackdown compare`; Status: assumption.
pub(super) const MOST_REPLICATIONS: f64 = 100_000.0;
/// Replications at most where a precision does not say. Unit: 1. Source: as for `crackdown compare`; Status: assumption.
const AT_MOST: u32 = 400;

const PRECISION_EXAMPLE: &str =
    "write precision: (measure: \"unlicensed_turnover\", percent: 0.5, at_most: 400)";

/// What a study may say.
static FORM: LazyLock<FieldForm> = LazyLock::new(|| {
    let whole = |low, high| Holds::Whole(Bounds { low: Some(low), high: Some(high) });
    let above_zero = || Holds::Number(Bounds::above_zero(None));
    let replications = || whole(1.0, MOST_REPLICATIONS);
    let luck = Holds::Word(["Each", "All"].map(str::to_owned).to_vec());
    let precision = FieldForm::new("`precision`", PRECISION_EXAMPLE)
        .needs("measure", Holds::Text, "of which the effect is to be known")
        .may("percent", above_zero(), "half-width of the interval, of the baseline's mean")
        .may("amount", above_zero(), "half-width of the interval, in the measure's unit")
        .may("at_most", replications(), "replications at most");
    let budget = FieldForm::new("`budget`", "write budget: (runs: 20000)").needs(
        "runs",
        whole(1.0, 1e12),
        "more runs than this are not wanted",
    );
    FieldForm::file("a study", WHOLE_STUDY)
        .needs("title", Holds::Text, "for figures and tables")
        .may("name", Holds::Folder, "")
        .may("seed", whole(0.0, LARGEST_SEED), "of the draws and of all chance")
        .needs("scenarios", Holds::Texts, "files of the worlds: the baselines")
        .may("policies", Holds::Texts, "files of the policies")
        .may("set", Holds::Other, "values laid over every scenario")
        .needs("replications", replications(), "of each draw")
        .may("luck", luck, "whether each draw has random numbers of its own")
        .may("draws", Holds::Other, "which parameters are drawn, and how")
        .may("window", Holds::Text, "first and last day that count")
        .may("measures", Holds::Texts, "measures that are kept")
        .may("seen", Holds::Texts, "figures of the agency's view, with their years")
        .may("precision", Holds::Group(precision), "")
        .may("budget", Holds::Group(budget), "")
        .may("optimise", Holds::Other, "the mix of levers that is to be found")
});

/// What a study file says.
#[derive(Default)]
pub(super) struct StudyFile {
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
    pub(super) draws: Option<Tree>,
    /// The days that count, as written.
    pub(super) window: Option<(String, Span)>,
    pub(super) measures: Vec<usize>,
    pub(super) seen: Vec<(Seen, Span)>,
    pub(super) precision: Option<Precision>,
    pub(super) budget: Option<u64>,
    pub(super) optimise: Option<Optimise>,
}

/// Reads the fields of a study that stands in this file.
pub(super) fn read(
    root: &Tree,
    path: &Path,
    yields: Yields,
    found: &mut Vec<Finding>,
) -> StudyFile {
    let measures = (0..yields.measures.len()).collect();
    let mut said = StudyFile { seed: 1, replications: 1, measures, ..StudyFile::default() };
    let Some(given) = FORM.check(root, found) else { return said };
    let whole = |name| given.number(name).map(|number| number as u32);
    said.title = given.text("title").map(str::to_owned);
    said.name = given.text("name").map(str::to_owned);
    said.seed = given.number("seed").map_or(1, |seed| seed as u64);
    said.worlds = paths(&given, "scenarios", path);
    said.policies = paths(&given, "policies", path);
    said.replications = whole("replications").unwrap_or(1);
    said.luck = if given.word("luck") == Some("All") { LuckOf::All } else { LuckOf::Each };
    said.draws = given.at("draws").cloned();
    if let Some(node) = given.at("set") {
        (said.sets, said.set_paths) = sets(node, found);
    }
    if let Some(node) = given.at("window") {
        said.window = window(node, found).map(|text| (text, node.span));
    }
    if root.field("measures").is_some() {
        let texts = given.texts("measures");
        said.measures =
            texts.iter().filter_map(|(text, span)| measure(text, *span, yields, found)).collect();
        said.measures.sort_unstable();
        // What is named twice was reported.
        said.measures.dedup();
    }
    let mut figures = Names::new();
    for (text, span) in given.texts("seen") {
        let Some(seen) = figure(text, span, yields, found) else { continue };
        // The same figure may be written with other spaces or zeros.
        if figures.once(&seen.name(), &format!("in `seen`, \"{text}\""), span, found) {
            said.seen.push((seen, span));
        }
    }
    said.precision = given.at("precision").and_then(|node| precision(node, yields, found));
    said.budget = given.at("budget").and_then(|node| Some(node.at("runs")?.number()? as u64));
    // Studies that are made of this one leave it out.
    let optimise = given.at("optimise").filter(|node| !node.is_none());
    said.optimise = optimise.and_then(|node| levers::read(node, yields, found));
    for (name, message, label) in [
        ("scenarios", "a study needs at least one scenario", "empty"),
        (
            "measures",
            "`measures` is empty: nothing would be kept",
            "leave it out to keep all measures",
        ),
    ] {
        if let Some(node) = given.at(name).filter(|node| node.items().is_empty()) {
            found.push(Finding::error(message).at(node.span, label));
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

/// Paths of files, which are taken from the folder of the study.
fn paths(given: &Given, name: &str, study: &Path) -> Vec<(PathBuf, Span)> {
    let texts = given.texts(name).into_iter().filter(|(text, _)| !text.trim().is_empty());
    texts.map(|(text, span)| (beside(study, text), span)).collect()
}

/// Values laid over every scenario, as `--set` takes them, and their paths.
fn sets(node: &Tree, found: &mut Vec<Finding>) -> (Vec<String>, Vec<(String, Span)>) {
    let (mut sets, mut paths) = (Vec::new(), Vec::new());
    let Value::Map(entries) = &node.value else {
        let finding = check::wanted("`set`", "a list in curly brackets", node);
        found.push(finding.hint("write set: {\"people_per_agent\": 100}"));
        return (sets, paths);
    };
    for (key, value) in entries {
        let Key::Written(key) = key else { continue };
        let Some(path) = path_of(key, "set", found) else { continue };
        match shape().at(path) {
            Some(Schema::Leaf(parameter)) => check::leaf(parameter, value, found),
            // Looked at where they are laid over a scenario.
            _ if path.starts_with("policy.campaigns.") => {}
            _ if path.starts_with("policy.interventions.") => {}
            _ => {
                unknown(path, key, found);
                continue;
            }
        }
        sets.push(format!("{path}={}", value.written()));
        paths.push((path.to_owned(), key.span));
    }
    (sets, paths)
}

/// The days that count, if they can be read; whether they are reported is known once the scenarios are.
fn window(node: &Tree, found: &mut Vec<Finding>) -> Option<String> {
    let text = node.text()?;
    match window::read(text, (Date::MIN, Date::MAX)) {
        Ok(_) => Some(text.to_owned()),
        Err(_) => {
            let message = format!("`window` is no days: \"{}\"", text.escape_debug());
            found
                .push(Finding::error(message).at(node.span, "first and last day that count").hint(
                "write for example window: \"2024-01-01..2024-12-31\", \"2024\" or \"2024-07..\"",
            ));
            None
        }
    }
}

fn precision(node: &Tree, yields: Yields, found: &mut Vec<Finding>) -> Option<Precision> {
    let name = node.at("measure")?;
    let measure = measure(name.text()?, name.span, yields, found);
    let number = |field| node.at(field).and_then(Tree::number);
    let width = match (number("percent"), number("amount")) {
        (Some(percent), None) => Width::Share(percent / 100.0),
        (None, Some(amount)) => Width::Amount(amount),
        _ => {
            let message = "`precision` needs a `measure`, and either `percent` or `amount`";
            let finding = Finding::error(message).at(opening(node), "in this group");
            found.push(finding.hint(PRECISION_EXAMPLE));
            return None;
        }
    };
    let at_most = number("at_most").map_or(AT_MOST, |number| number as u32);
    Some(Precision { measure: measure?, width, at_most })
}

/// Number of a measure by its name.
pub(super) fn measure(
    name: &str,
    span: Span,
    yields: Yields,
    found: &mut Vec<Finding>,
) -> Option<usize> {
    let number = yields.measures.iter().position(|measure| *measure == name);
    if number.is_none() {
        let finding = Finding::error(format!("there is no measure \"{}\"", name.escape_debug()));
        found.push(match nearest(name, yields.measures.iter().copied()) {
            Some(near) => finding.at(span, format!("did you mean \"{near}\"?")),
            None => {
                let known = yields.measures.join(", ");
                finding.at(span, "unknown measure").hint(format!("measures: {known}"))
            }
        });
    }
    number
}

/// How a figure of the agency's view is named.
const SEEN_EXAMPLE: &str = "write seen: [\"closures 2024\"]";

/// A figure of the agency's view by its name and year.
fn figure(text: &str, span: Span, yields: Yields, found: &mut Vec<Finding>) -> Option<Seen> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let over = words.get(1).and_then(|over| Over::named(over));
    let (&[name, year], Some(over)) = (&words[..], over) else {
        let finding = Finding::error(format!("\"{}\" is no figure and year", text.escape_debug()));
        found.push(finding.at(span, "a figure and a year are wanted").hint(SEEN_EXAMPLE));
        return None;
    };
    let quantity = yields.quantities.iter().find(|quantity| **quantity == name);
    if quantity.is_none() {
        let finding = Finding::error(format!("the agency sees no \"{}\"", name.escape_debug()));
        found.push(match nearest(name, yields.quantities.iter().copied()) {
            Some(near) => finding.at(span, format!("did you mean \"{near} {year}\"?")),
            None => {
                let known = yields.quantities.join(", ");
                finding.at(span, "unknown figure").hint(format!("figures: {known}"))
            }
        });
    }
    Some(Seen { quantity: quantity?, over })
}
