//! Draws of parameters: how many there are, and the values of each.
//!
//! Deliberately absent: laying them over a scenario (`prepared`).

use std::path::{Path, PathBuf};

use super::Tables;
use super::points;
use super::ranges::{DrawRange, DrawnParameter, named, parameters, range, value};
use crate::check::{FieldForm, Given, Holds, opening, wanted};
use crate::finding::{Finding, Findings, plain};
use crate::names::Names;
use crate::shape::Bounds;
use crate::source::Span;
use crate::tree::{Tree, Value};

pub(super) mod posterior;

/// Most draws. Unit: 1. Source: their values are held in memory; Status: assumption.
pub(super) const MOST_DRAWS: f64 = 1_000_000.0;
/// Most values of all draws together. Unit: 1. Source: 800 MB of memory; Status: assumption.
const MOST_VALUES: f64 = 100_000_000.0;

/// Ways to draw.
const KINDS: [&str; 6] = ["LatinHypercube", "Sobol", "Grid", "List", "Posterior", "Table"];

/// How points are spread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum DrawDesign {
    /// One draw: the scenarios as written.
    AsWritten,
    /// Blocks of so many draws, each a hypercube of its own.
    LatinHypercube(Vec<usize>),
    Sobol,
    Grid,
    List,
    Posterior(PathBuf),
    Table(PathBuf),
}

/// All draws of a study.
#[derive(Clone, Debug)]
pub(super) struct DrawnValues {
    pub(super) kind: DrawDesign,
    pub(super) columns: Vec<DrawnParameter>,
    pub(super) number: u32,
    /// Draw by draw; a word by its number.
    values: Vec<f64>,
}

impl DrawnValues {
    /// The scenarios as written.
    pub(super) fn as_written() -> DrawnValues {
        DrawnValues {
            kind: DrawDesign::AsWritten,
            columns: Vec::new(),
            number: 1,
            values: Vec::new(),
        }
    }

    /// Values of a draw, column by column.
    pub(super) fn of(&self, draw: u32) -> &[f64] {
        let width = self.columns.len();
        &self.values[draw as usize * width..][..width]
    }

    /// Reports `--set` texts that set what is drawn; `who` draws it.
    pub(super) fn drawn_and_set(
        &self,
        sets: &[String],
        who: &str,
        hint: &str,
        found: &mut Vec<Finding>,
    ) {
        for set in sets {
            let path = set.split('=').next().unwrap_or_default().trim();
            if self.columns.iter().any(|column| column.parameter.path == path) {
                let message = format!("--set {set} has no effect: {who} draws `{path}`");
                found.push(Finding::error(message).hint(hint));
            }
        }
    }

    /// In words.
    pub(super) fn in_words(&self) -> String {
        let number = plain(f64::from(self.number));
        let draws = if self.number == 1 { "draw" } else { "draws" };
        match &self.kind {
            DrawDesign::AsWritten => "one draw: parameters as written".to_owned(),
            DrawDesign::LatinHypercube(blocks) if blocks.len() > 1 => {
                let blocks: Vec<String> = blocks.iter().map(usize::to_string).collect();
                format!("{number} draws: Latin hypercubes of {}", blocks.join(", "))
            }
            DrawDesign::LatinHypercube(_) => format!("{number} {draws}: a Latin hypercube"),
            DrawDesign::Sobol => format!("{number} {draws}: shifted Sobol' points"),
            DrawDesign::Grid => format!("{number} {draws}: a grid"),
            DrawDesign::List => format!("{number} {draws}: a list"),
            DrawDesign::Posterior(path) => {
                format!("{number} {draws} from {}", crate::shipped::shown(path))
            }
            DrawDesign::Table(path) => {
                format!("{number} {draws}: the rows of {}", crate::shipped::shown(path))
            }
        }
    }
}

/// Reads `draws` of the study in this file; `None` if something is wrong, which is reported.
pub(super) fn read(
    node: &Tree,
    seed: u64,
    study: &Path,
    tables: Tables,
    findings: &mut Findings,
) -> Option<DrawnValues> {
    let found = &mut findings.found;
    match &node.value {
        Value::Tagged(word, inside) => match word.as_str() {
            "LatinHypercube" => spread(word, inside, seed, found),
            "Sobol" => spread(word, inside, seed, found),
            "Grid" => grid(sole(word, inside, found)?, found),
            "List" => list(sole(word, inside, found)?, found),
            "Posterior" => posterior::read(inside, seed, study, tables, findings),
            "Table" => posterior::rows(inside, study, tables, findings),
            _ => no_kind(node, found),
        },
        Value::Name(word) if KINDS.contains(&word.as_str()) => {
            let finding = Finding::error(format!("`{word}` says nothing yet"));
            found.push(finding.at(node.span, "brackets are wanted").hint(example(word)));
            None
        }
        _ => no_kind(node, found),
    }
}

fn no_kind(node: &Tree, found: &mut Vec<Finding>) -> Option<DrawnValues> {
    Holds::Word(KINDS.map(str::to_owned).to_vec()).check("`draws`", node, found);
    None
}

fn example(kind: &str) -> &'static str {
    match kind {
        "Grid" => "write Grid({\"customers.habit\": [0.6, 0.8]})",
        "List" => "write List([{\"customers.habit\": 0.6}, {\"customers.habit\": 0.8}])",
        "Posterior" => "write Posterior(file: \"posterior.parquet\", number: 200)",
        "Table" => "write Table(file: \"points.csv\")",
        "Sobol" => "write Sobol(number: 64, parameters: {\"customers.habit\": Prior})",
        _ => "write LatinHypercube(number: 50, parameters: {\"customers.habit\": Prior})",
    }
}

/// The one value in brackets behind a word.
fn sole<'a>(word: &str, inside: &'a Tree, found: &mut Vec<Finding>) -> Option<&'a Tree> {
    if let Value::List(items) = &inside.value
        && let [only] = &items[..]
    {
        return Some(only);
    }
    let finding = Finding::error(format!("`{word}` takes one value in its brackets"));
    found.push(finding.at(inside.span, "one value is wanted").hint(example(word)));
    None
}

/// The fields of a way to draw, all of which are needed.
fn fields<'a>(
    word: &str,
    inside: &'a Tree,
    form: &'a FieldForm,
    found: &mut Vec<Finding>,
) -> Option<Given<'a>> {
    if matches!(inside.value, Value::List(_)) {
        let finding = Finding::error(format!("`{word}` has fields with names"));
        found.push(finding.at(inside.span, "names are wanted").hint(example(word)));
        return None;
    }
    form.check(inside, found)
}

/// A way to draw, which has no fields yet.
fn form(word: &str) -> FieldForm {
    FieldForm::new(format!("`{word}`"), example(word))
}

/// A number of draws.
fn number() -> Holds {
    Holds::Whole(Bounds { low: Some(1.0), high: Some(MOST_DRAWS) })
}

/// How many draws each block of a Latin hypercube has: one number, or a list of them.
fn blocks(node: &Tree, found: &mut Vec<Finding>) -> Option<Vec<usize>> {
    let before = found.len();
    for item in node.items() {
        number().check("`number` of `LatinHypercube`", item, found);
    }
    if node.items().is_empty() {
        found.push(wanted("`number` of `LatinHypercube`", "a whole number", node));
    }
    let sizes: Option<Vec<usize>> =
        node.items().iter().map(|item| item.number().map(|number| number as usize)).collect();
    sizes.filter(|_| found.len() == before)
}

fn few_enough(number: f64, columns: usize, node: &Tree, found: &mut Vec<Finding>) -> bool {
    let most = MOST_DRAWS.min((MOST_VALUES / columns.max(1) as f64).floor());
    if number > most {
        found.push(
            Finding::error(format!("{} draws are too many", plain(number)))
                .at(node.span, format!("at most {} are possible", plain(most))),
        );
    }
    number <= most
}

/// A Latin hypercube or Sobol' points.
fn spread(word: &str, inside: &Tree, seed: u64, found: &mut Vec<Finding>) -> Option<DrawnValues> {
    let hypercube = word == "LatinHypercube";
    let size = if hypercube { Holds::Other } else { number() };
    let form = form(word).needs("number", size, "").needs("parameters", Holds::Other, "");
    // What can be said about one field is said even if the other is missing.
    let given = fields(word, inside, &form, found)?;
    let blocks = match given.at("number") {
        Some(node) if hypercube => blocks(node, found),
        node => node.and_then(Tree::number).map(|number| vec![number as usize]),
    };
    let parameters_node = given.at("parameters");
    let named =
        parameters_node.map(|node| parameters(node, example(word), found)).unwrap_or_default();
    let columns: Vec<Option<DrawnParameter>> =
        named.into_iter().map(|(parameter, node)| range(parameter, node, found)).collect();
    let columns: Vec<DrawnParameter> = columns.into_iter().collect::<Option<_>>()?;
    let (blocks, parameters_node) = (blocks?, parameters_node?);
    let rows: usize = blocks.iter().sum();
    if columns.is_empty() || !few_enough(rows as f64, columns.len(), inside, found) {
        return None;
    }
    if !hypercube && columns.len() > points::MOST_SOBOL {
        let message = format!("Sobol' points know at most {} parameters", points::MOST_SOBOL);
        found.push(Finding::error(message).at(parameters_node.span, "too many"));
        return None;
    }
    let width = columns.len();
    let units: Vec<f64> = if hypercube {
        let block = |(block, rows): (usize, &usize)| points::hypercube(seed, block, *rows, width);
        blocks.iter().enumerate().flat_map(block).collect()
    } else {
        points::sobol(seed, rows, width)
    };
    let values = units.iter().enumerate().map(|(index, unit)| columns[index % width].at(*unit));
    let values = values.map(|value| value + 0.0).collect();
    let kind = if hypercube { DrawDesign::LatinHypercube(blocks) } else { DrawDesign::Sobol };
    Some(DrawnValues { kind, columns, number: rows as u32, values })
}

/// All combinations of values, those of the last parameter changing fastest.
fn grid(node: &Tree, found: &mut Vec<Finding>) -> Option<DrawnValues> {
    let mut columns: Vec<(DrawnParameter, Vec<f64>)> = Vec::new();
    let named = parameters(node, example("Grid"), found);
    let mut whole = !named.is_empty();
    for (parameter, node) in named {
        let Value::List(items) = &node.value else {
            let shown = format!("`{}`", parameter.path);
            let finding = wanted(&shown, "a list of values in square brackets", node);
            found.push(finding.hint(example("Grid")));
            whole = false;
            continue;
        };
        if items.is_empty() {
            let finding = Finding::error(format!("`{}` has no values", parameter.path));
            found.push(finding.at(node.span, "empty"));
        }
        let values: Vec<Option<f64>> =
            items.iter().map(|item| value(parameter, item, found)).collect();
        let values: Vec<f64> = match values.into_iter().collect() {
            Some(values) => values,
            None => {
                whole = false;
                continue;
            }
        };
        let mut names = Names::new();
        for item in items {
            if let Some(first) = names.before(&item.written(), item.span) {
                let finding = Finding::error(format!("`{}` has a value twice", parameter.path))
                    .at(item.span, "given again: these draws would be the same")
                    .see(first, "first given here");
                found.push(finding);
                whole = false;
            }
        }
        whole &= !values.is_empty();
        columns
            .push((DrawnParameter { parameter, range: DrawRange::OneOf(values.clone()) }, values));
    }
    if !whole {
        return None;
    }
    let number = columns.iter().map(|(_, values)| values.len() as f64).product::<f64>();
    if !few_enough(number, columns.len(), node, found) {
        return None;
    }
    let number = number as usize;
    let mut all = Vec::with_capacity(number * columns.len());
    for draw in 0..number {
        let mut slower = number;
        for (_, values) in &columns {
            slower /= values.len();
            all.push(values[draw / slower % values.len()]);
        }
    }
    let columns = columns.into_iter().map(|(column, _)| column).collect();
    Some(DrawnValues { kind: DrawDesign::Grid, columns, number: number as u32, values: all })
}

/// Draws one by one, each with a value of every parameter.
fn list(node: &Tree, found: &mut Vec<Finding>) -> Option<DrawnValues> {
    let Value::List(items) = &node.value else {
        let finding = wanted("`draws`", "a list of draws in square brackets", node);
        found.push(finding.hint(example("List")));
        return None;
    };
    let Some(first) = items.first() else {
        found.push(
            Finding::error("no parameter is drawn").at(node.span, "empty").hint(example("List")),
        );
        return None;
    };
    let apart = |message: String, place: Span| {
        let finding = Finding::error(message).at(place, "every draw has the same parameters");
        finding.see(first.span, "the first draw")
    };
    let mut errors = false;
    let mut rows: Vec<Vec<f64>> = Vec::new();
    let heads: Vec<_> =
        parameters(first, example("List"), found).into_iter().map(|(head, _)| head).collect();
    for (number, item) in items.iter().enumerate() {
        // Findings about the paths of the first item are there already.
        let mut again = Vec::new();
        let given = parameters(item, example("List"), if number == 0 { &mut again } else { found });
        let mut row = Vec::new();
        for head in &heads {
            match given.iter().find(|(parameter, _)| parameter.path == head.path) {
                Some((parameter, node)) => row.extend(value(parameter, node, found)),
                None => {
                    let message = format!("draw {number} has no value of `{}`", head.path);
                    found.push(apart(message, opening(item)));
                }
            }
        }
        for (parameter, node) in &given {
            if !heads.iter().any(|head| head.path == parameter.path) {
                let message = format!("`{}` is not drawn in the first draw", parameter.path);
                found.push(apart(message, node.span));
                errors = true;
            }
        }
        errors |= row.len() != heads.len();
        rows.push(row);
    }
    if errors || heads.is_empty() || !few_enough(rows.len() as f64, heads.len(), node, found) {
        return None;
    }
    Some(from_rows(DrawDesign::List, &heads, &rows))
}

/// Draws that are written out.
fn from_rows(
    kind: DrawDesign,
    heads: &[&'static crate::Parameter],
    rows: &[Vec<f64>],
) -> DrawnValues {
    let column = |(index, parameter): (usize, &&'static crate::Parameter)| DrawnParameter {
        parameter,
        range: DrawRange::OneOf(rows.iter().map(|row| row[index]).collect()),
    };
    DrawnValues {
        kind,
        columns: heads.iter().enumerate().map(column).collect(),
        number: rows.len() as u32,
        values: rows.iter().flatten().copied().collect(),
    }
}
