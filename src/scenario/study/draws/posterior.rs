//! Draws from a file: rows of a table, each as likely as its weight (a posterior), or all of them in order.
//!
//! Columns that number rows, and those that samplers write beside parameters, are passed over with a note.
//!
//! Deliberately absent: the format of the file, which `store` knows.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::{
    DrawDesign, DrawnValues, few_enough, fields, form, from_rows, named, number, points, value,
};
use crate::check::Holds;
use crate::finding::{Finding, Findings, nearest, plain};
use crate::layers::elsewhere;
use crate::names::Names;
use crate::shape::{Parameter, Schema, shape};
use crate::shipped::{self, beside, shown};
use crate::source::Span;
use crate::study::{InputColumn, InputEntry, InputTable, Tables};
use crate::tree::{Tree, Value};

/// Column of the weights of rows.
const WEIGHT: &str = "weight";

/// A table and where it is spoken of.
struct Opened<'a> {
    table: InputTable,
    path: &'a Path,
    /// Where the file is named.
    named: Span,
    /// Cells of lines that were shown.
    shown: BTreeMap<usize, Vec<Span>>,
}

/// Reads `Posterior(file: …, number: …)`.
pub(super) fn read(
    inside: &Tree,
    seed: u64,
    study: &Path,
    tables: Tables,
    findings: &mut Findings,
) -> Option<DrawnValues> {
    let form = form("Posterior").needs("file", Holds::Text, "").needs("number", number(), "");
    let given = fields("Posterior", inside, &form, &mut findings.found)?;
    let file = given.at("file")?;
    let path = beside(study, file.text()?);
    let opened = opened(file.span, &path, BESIDE_THE_STUDY, tables, findings)?;
    let number_node = given.at("number")?;
    let number = number_node.number().map(|number| number as usize);
    drawn(opened, number_node, number, seed, findings)
}

/// So many draws from the posterior in this file, which stands in the command line at `place`.
pub(in crate::study) fn named_by_option(
    path: &Path,
    place: &Tree,
    number: usize,
    seed: u64,
    tables: Tables,
    findings: &mut Findings,
) -> Option<DrawnValues> {
    let opened = opened(place.span, path, "", tables, findings)?;
    drawn(opened, place, Some(number), seed, findings)
}

/// Rows of a table, each as likely as its weight; `number_node` stands where their number is said.
fn drawn(
    mut opened: Opened,
    number_node: &Tree,
    number: Option<usize>,
    seed: u64,
    findings: &mut Findings,
) -> Option<DrawnValues> {
    let weights = weights(&opened.table);
    let weights = weights.map_err(|(row, why)| opened.wrong(row, why, findings));
    let values = values(&mut opened, findings);
    let (weights, (heads, rows)) = (weights.ok()?, values?);
    let number = number?;
    few_enough(number as f64, heads.len(), number_node, &mut findings.found).then_some(())?;
    let possible = (0..rows.len())
        .filter(|row| weights[*row] > row.checked_sub(1).map_or(0.0, |before| weights[before]));
    let bits = |row: usize| rows[row].iter().map(|value| value.to_bits()).collect::<Vec<u64>>();
    let different = possible.map(bits).collect::<BTreeSet<_>>().len();
    if different < number {
        let shown = shown(opened.path);
        let finding = match different {
            1 => Finding::error(format!("all rows of {shown} that can be drawn are the same"))
                .at(number_node.span, "draws would not differ")
                .hint("what is not known needs rows that differ: with a single one leave the draws out and set its values"),
            rows => Finding::warning(format!(
                "{} draws are taken from {} different rows of {shown}, so some are the same",
                plain(number as f64),
                plain(rows as f64)
            ))
            .at(number_node.span, "more draws than rows"),
        };
        findings.found.push(finding);
        (different > 1).then_some(())?;
    }
    let drawn: Vec<Vec<f64>> =
        points::rows(seed, number).map(|unit| rows[row_at(&weights, unit)].clone()).collect();
    Some(from_rows(DrawDesign::Posterior(opened.path.to_owned()), &heads, &drawn))
}

/// Reads `Table(file: …)`: every row is a draw.
pub(super) fn rows(
    inside: &Tree,
    study: &Path,
    tables: Tables,
    findings: &mut Findings,
) -> Option<DrawnValues> {
    let form = form("Table").needs("file", Holds::Text, "");
    let given = fields("Table", inside, &form, &mut findings.found)?;
    let file = given.at("file")?;
    let path = beside(study, file.text()?);
    let mut opened = opened(file.span, &path, BESIDE_THE_STUDY, tables, findings)?;
    let (heads, rows) = values(&mut opened, findings)?;
    few_enough(rows.len() as f64, heads.len(), file, &mut findings.found).then_some(())?;
    Some(from_rows(DrawDesign::Table(path), &heads, &rows))
}

/// Where a file was looked for that is not there.
const BESIDE_THE_STUDY: &str = "the path is taken from the folder of the study";

/// The table in a file, which is named at a place; one without rows is of no use. `hint` says where a missing file was looked for.
fn opened<'a>(
    named: Span,
    path: &'a Path,
    hint: &str,
    tables: Tables,
    findings: &mut Findings,
) -> Option<Opened<'a>> {
    let shown = shown(path);
    let table = match tables(path) {
        Ok(table) => table,
        Err(faults) => {
            for fault in faults {
                let mut finding = findings.of_fault(path, fault, Some(named));
                if !shipped::is_file(path) {
                    finding.hints.extend((!hint.is_empty()).then(|| hint.to_owned()));
                    finding.hints.extend(elsewhere(path, false));
                }
                findings.found.push(finding);
            }
            return None;
        }
    };
    let mut opened = Opened { table, path, named, shown: BTreeMap::new() };
    if opened.table.rows == 0 {
        opened.wrong(None, "it has no rows".to_owned(), findings);
        return None;
    }
    for note in &opened.table.notes {
        let finding = Finding::warning(format!("{shown}: {note}"));
        findings.found.push(finding.at(named, "named here"));
    }
    Some(opened)
}

impl Opened<'_> {
    /// Reports what is wrong with the file, or with the weight of a row.
    fn wrong(&mut self, row: Option<usize>, why: String, findings: &mut Findings) {
        let weight = self.table.column(WEIGHT);
        let place = row.zip(weight.map(|column| column.place));
        let place = place.and_then(|(row, place)| self.place(row + 1, place, findings));
        let finding = Finding::error(format!("cannot use {}: {why}", shown(self.path)));
        let finding = match place {
            Some(span) => finding.at(span, "0 or more is wanted"),
            None => finding.at(self.named, "named here"),
        };
        findings.found.push(finding);
    }

    /// Where a cell of the head (row 0) or of a row from 1 on stands, if the file is a text.
    fn place(&mut self, row: usize, place: usize, findings: &mut Findings) -> Option<Span> {
        let lines = self.table.lines.as_ref()?;
        let cells = self.shown.entry(row).or_insert_with(|| {
            let (line, number, cells) = lines.cells(row);
            let file = findings.sources.add_line(shown(self.path), line, number);
            cells.into_iter().map(|cell| Span { file, start: cell.start, end: cell.end }).collect()
        });
        cells.get(place).copied()
    }

    /// Reports what is wrong with a cell and with so many more of its column.
    fn wrong_cell(
        &mut self,
        (row, column): (usize, &InputColumn),
        finding: Finding,
        more: usize,
        findings: &mut Findings,
    ) {
        let name = &column.name;
        let label = finding.place.as_ref().map_or(String::new(), |(_, label)| label.clone());
        let many = match more {
            0 => String::new(),
            more => format!(" (and {} more rows)", plain(more as f64)),
        };
        let finding = match self.place(row + 1, column.place, findings) {
            Some(span) => {
                finding.at(span, format!("row {}, column `{name}`{many}: {label}", row + 1))
            }
            None => {
                let shown = self.path.display();
                let message =
                    format!("{shown}, row {}, column `{name}`{many}: {}", row + 1, finding.message);
                Finding { message, ..finding }
            }
        };
        findings.found.push(finding);
    }
}

/// Why a column is passed over, if it holds no parameter: what numbers rows, and what samplers write of themselves.
fn passed_over(column: &InputColumn) -> Option<&'static str> {
    let name = column.name.trim();
    if matches!(shape().at(name), Some(Schema::Leaf(_))) || name == WEIGHT {
        return None;
    }
    let numbered = |prefix: &str| {
        let rest = name.strip_prefix(prefix);
        rest.is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let first = column.place == 0;
    let rows = ["index", "rownames", "row.names", "rowname", "row_names", "row_nr", "row"];
    let samplers = ["chain", "iteration", "draw", "sample"];
    if column.index
        || first && (name.is_empty() || name == "X")
        || rows.contains(&name.to_lowercase().as_str())
        || ["Unnamed: ", "...", "level_"].into_iter().any(numbered)
        || name.starts_with("__index_level_")
    {
        return Some("names of rows");
    }
    (samplers.contains(&name.to_lowercase().as_str())
        || name.ends_with("__")
        || [".chain", ".iteration", ".draw"].contains(&name))
    .then_some("written by a sampler")
}

/// Heads that a message names at most. Source: judgement.
const HEADS: usize = 5;

/// The parameters that columns are named by, and what they hold row by row.
fn values(
    opened: &mut Opened,
    findings: &mut Findings,
) -> Option<(Vec<&'static Parameter>, Vec<Vec<f64>>)> {
    let (path, place) = (opened.path, opened.named);
    let columns = std::mem::take(&mut opened.table.columns);
    let shown = path.display();
    let (before, begun) = (findings.errors(), findings.found.len());
    let (mut heads, mut passed, mut unknown) = (Vec::new(), Vec::new(), Vec::new());
    let mut names = Names::new();
    let mut rows = vec![Vec::new(); opened.table.rows];
    for column in &columns {
        let name = &column.name;
        if let Some(why) = passed_over(column) {
            passed.push(format!("`{name}` ({why})"));
            continue;
        }
        let head = opened.place(0, column.place, findings).unwrap_or(place);
        if let Some(first) = names.before(name, column.place) {
            let message = format!(
                "columns {} and {} of {shown} are both named `{name}`",
                first + 1,
                column.place + 1
            );
            let hint = "a name stands over one column: take one of the two out of the table";
            findings.found.push(Finding::error(message).at(head, "named again").hint(hint));
        }
        if name == WEIGHT {
            continue;
        }
        let node = Tree { value: Value::Text(name.clone()), span: head };
        // Paths have points; what is within a group is told as such.
        let known = shape().at(name).is_some() || name.contains('.');
        let about_weights = name.to_lowercase().contains("weight");
        if !known && (about_weights || nearest(name, [WEIGHT]).is_some()) {
            let finding = Finding::error(format!("there is no parameter `{name}`"));
            findings.found.push(
                finding.at(head, "did you mean `weight`?").hint(
                    "the column `weight` says how likely each row is; it holds no logarithms",
                ),
            );
            continue;
        }
        let Some(parameter) = named(name, &node, &mut findings.found) else {
            let index = "columns that number rows are passed over if they are called `index` or nothing at all";
            if !known && let Some(finding) = findings.found.last_mut() {
                finding.hints.push(index.to_owned());
                unknown.push((format!("`{name}`"), head));
            }
            continue;
        };
        heads.push(parameter);
        // The first wrong row speaks for all of its column.
        let (mut first, mut more) = (None, 0);
        let mut said = Vec::new();
        for (row, cell) in column.entries.iter().enumerate() {
            said.clear();
            match (cell_value(parameter, cell, place, &mut said), &first) {
                (Some(value), _) => rows[row].push(value),
                (None, None) => first = said.pop().map(|finding| (row, finding)),
                (None, Some(_)) => more += 1,
            }
        }
        if let Some((row, finding)) = first {
            opened.wrong_cell((row, column), finding, more, findings);
        }
    }
    if !passed.is_empty() {
        let message = format!("{shown}: passed over, since no parameter: {}", passed.join(", "));
        findings.found.push(Finding::warning(message).at(place, "named here"));
    }
    if let [(_, first), _, ..] = &unknown[..]
        && heads.is_empty()
    {
        // A table of something else, or with heads in another language: one finding says it.
        findings.found.truncate(begun);
        let named: Vec<&str> = unknown.iter().take(HEADS).map(|(name, _)| name.as_str()).collect();
        let named = named.join(", ");
        let message = format!(
            "{shown} is no table of draws: no column is named by a parameter's path, but {named}"
        );
        let finding = Finding::error(message).at(*first, "no path of a parameter");
        let hint = "each column is named by a path such as `customers.habit`: `crackdown params` lists all";
        findings.found.push(finding.hint(hint));
        return None;
    }
    if heads.is_empty() {
        // What is wrong with each column was said.
        if findings.errors() == before {
            opened.wrong(None, "no column is named by a parameter's path".to_owned(), findings);
        }
        return None;
    }
    (findings.errors() == before).then_some((heads, rows))
}

/// The value that a cell says; what is wrong with it is told in `said`.
fn cell_value(
    parameter: &'static Parameter,
    cell: &InputEntry,
    place: Span,
    said: &mut Vec<Finding>,
) -> Option<f64> {
    let wrong = |what: &str| {
        let message = format!("`{}` holds {what}", parameter.path);
        let finding = Finding::error(message).at(place, "a value is wanted");
        finding.hint("every row has a value of every parameter: delete the row, or fill it in")
    };
    let written = match cell {
        InputEntry::Number(number) if number.is_finite() => Value::Number(number + 0.0),
        InputEntry::Text(text) => Value::Name(text.clone()),
        other => {
            said.push(match other {
                InputEntry::Number(number) => wrong(&format!("{number}, which is no number")),
                InputEntry::Other(what) => wrong(what),
                _ => wrong("no value"),
            });
            return None;
        }
    };
    value(parameter, &Tree { value: written, span: place }, said)
}

/// Sums of weights up to each row, the last of which is 1; or what is wrong, and in which row.
fn weights(table: &InputTable) -> Result<Vec<f64>, (Option<usize>, String)> {
    let column = table.column(WEIGHT);
    let mut sum = 0.0;
    let mut sums = Vec::with_capacity(table.rows);
    for row in 0..table.rows {
        sum += match column.map(|column| &column.entries[row]) {
            None => 1.0,
            Some(InputEntry::Number(weight)) if weight.is_finite() && *weight >= 0.0 => *weight,
            Some(other) => {
                let shown = match other {
                    InputEntry::Number(number) => format!("the weight {number}"),
                    InputEntry::Text(text) => format!("the weight \"{text}\""),
                    InputEntry::Empty => "no weight".to_owned(),
                    InputEntry::Other(what) => format!("{what} as its weight"),
                };
                return Err((
                    Some(row),
                    format!("row {} has {shown}; 0 or more is wanted", row + 1),
                ));
            }
        };
        sums.push(sum);
    }
    if sum <= 0.0 || !sum.is_finite() {
        return Err((None, "the weights of all rows add up to 0".to_owned()));
    }
    Ok(sums.into_iter().map(|part| part / sum).collect())
}

/// The row whose stretch of the cumulated weights holds a point.
fn row_at(sums: &[f64], unit: f64) -> usize {
    sums.partition_point(|sum| *sum <= unit).min(sums.len() - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_drawn_by_their_weights() {
        let weights = |list: &[f64]| {
            let entries = list.iter().map(|weight| InputEntry::Number(*weight)).collect();
            let column = InputColumn { name: WEIGHT.to_owned(), place: 0, index: false, entries };
            weights(&InputTable {
                rows: list.len(),
                columns: vec![column],
                ..InputTable::default()
            })
        };
        let sums = weights(&[1.0, 0.0, 3.0]).unwrap();
        assert_eq!([0.0, 0.2, 0.25, 0.9, 0.999].map(|unit| row_at(&sums, unit)), [0, 0, 2, 2, 2]);
        assert!(weights(&[0.0, 0.0]).is_err() && weights(&[1.0, -1.0]).is_err());
        assert!(weights(&[f64::NAN]).is_err());
    }
}
