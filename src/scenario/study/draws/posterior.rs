//! Draws from a file: rows of a table, each as likely as its weight (a posterior), or all of them in order.
//!
//! Deliberately absent: the format of the file, which `store` knows.

use std::path::{Path, PathBuf};

use super::{Design, Draws, few_enough, fields, form, from_rows, named, number, points, value};
use crate::check::{Given, Holds};
use crate::finding::Finding;
use crate::layers::elsewhere;
use crate::names::Names;
use crate::shape::Parameter;
use crate::study::{Entry, Table, Tables};
use crate::tree::{Tree, Value};

/// Column of the weights of rows.
const WEIGHT: &str = "weight";

/// Reads `Posterior(file: …, number: …)`.
pub(super) fn read(
    inside: &Tree,
    seed: u64,
    study: &Path,
    tables: Tables,
    found: &mut Vec<Finding>,
) -> Option<Draws> {
    let form = form("Posterior").needs("file", Holds::Text, "").needs("number", number(), "");
    let given = fields("Posterior", inside, &form, found)?;
    let (file, path, table) = open(&given, study, tables, found)?;
    let number_node = given.at("number")?;
    let number = number_node.number().map(|number| number as usize);
    drawn(&table, path, (file, number_node), number, seed, found)
}

/// So many draws from the posterior in this file, which stands in the command line at `place`.
pub(in crate::study) fn named_by_option(
    path: &Path,
    place: &Tree,
    number: usize,
    seed: u64,
    tables: Tables,
    found: &mut Vec<Finding>,
) -> Option<Draws> {
    let table = opened(place, path, "", tables, found)?;
    drawn(&table, path.to_owned(), (place, place), Some(number), seed, found)
}

/// Rows of a table, each as likely as its weight; `file` and `number_node` stand where file and number are named.
fn drawn(
    table: &Table,
    path: PathBuf,
    (file, number_node): (&Tree, &Tree),
    number: Option<usize>,
    seed: u64,
    found: &mut Vec<Finding>,
) -> Option<Draws> {
    let weights = weights(table).map_err(|why| wrong(file, &path, why, found)).ok()?;
    let (heads, rows) = values(file, &path, table, found)?;
    let number = number?;
    few_enough(number as f64, heads.len(), number_node, found).then_some(())?;
    let drawn: Vec<Vec<f64>> =
        points::rows(seed, number).map(|unit| rows[row_at(&weights, unit)].clone()).collect();
    Some(from_rows(Design::Posterior(path), &heads, &drawn))
}

/// Reads `Table(file: …)`: every row is a draw.
pub(super) fn rows(
    inside: &Tree,
    study: &Path,
    tables: Tables,
    found: &mut Vec<Finding>,
) -> Option<Draws> {
    let form = form("Table").needs("file", Holds::Text, "");
    let given = fields("Table", inside, &form, found)?;
    let (file, path, table) = open(&given, study, tables, found)?;
    let (heads, rows) = values(file, &path, &table, found)?;
    few_enough(rows.len() as f64, heads.len(), file, found).then_some(())?;
    Some(from_rows(Design::Table(path), &heads, &rows))
}

fn wrong(file: &Tree, path: &Path, why: impl std::fmt::Display, found: &mut Vec<Finding>) {
    let message = format!("cannot use {}: {why}", path.display());
    found.push(Finding::error(message).at(file.span, "named here"));
}

/// Where the file is named, its path and the table that it holds; one without rows is of no use.
fn open<'a>(
    given: &Given<'a>,
    study: &Path,
    tables: Tables,
    found: &mut Vec<Finding>,
) -> Option<(&'a Tree, PathBuf, Table)> {
    let file = given.at("file")?;
    let path = study.parent().unwrap_or(Path::new("")).join(file.text()?);
    let hint = "the path is taken from the folder of the study";
    let table = opened(file, &path, hint, tables, found)?;
    Some((file, path, table))
}

/// The same for a path as seen from here; `hint` says where a missing file was looked for.
fn opened(
    file: &Tree,
    path: &Path,
    hint: &str,
    tables: Tables,
    found: &mut Vec<Finding>,
) -> Option<Table> {
    let table = match tables(path) {
        Ok(table) => table,
        Err(why) => {
            let message = format!("cannot use {}: {why}", path.display());
            let mut finding = Finding::error(message).at(file.span, "named here");
            if !path.exists() {
                finding.hints.extend((!hint.is_empty()).then(|| hint.to_owned()));
                finding.hints.extend(elsewhere(path, false));
            }
            found.push(finding);
            return None;
        }
    };
    if table.rows == 0 {
        wrong(file, path, "it has no rows", found);
        return None;
    }
    Some(table)
}

/// The parameters that columns are named by, and what they hold row by row.
fn values(
    file: &Tree,
    path: &Path,
    table: &Table,
    found: &mut Vec<Finding>,
) -> Option<(Vec<&'static Parameter>, Vec<Vec<f64>>)> {
    let shown = path.display();
    let mut heads = Vec::new();
    let (mut names, mut unique) = (Names::new(), true);
    for (column, (name, _)) in table.columns.iter().enumerate() {
        if let Some(first) = names.before(name, column) {
            unique = false;
            let message = format!(
                "columns {} and {} of {shown} are both named `{name}`",
                first + 1,
                column + 1
            );
            let hint = "a name stands over one column: take one of the two out of the table";
            found.push(Finding::error(message).at(file.span, "named here").hint(hint));
        }
    }
    let mut rows = vec![Vec::new(); table.rows];
    for (name, cells) in table.columns.iter().filter(|(name, _)| name != WEIGHT) {
        let Some(parameter) = named(name, file, found) else { continue };
        heads.push(parameter);
        let mut said = Vec::new();
        for (row, cell) in cells.iter().enumerate() {
            let written = match cell {
                Entry::Number(number) if number.is_finite() => Value::Number(number + 0.0),
                Entry::Number(number) => {
                    wrong(file, path, format!("row {} has {number} as `{name}`", row + 1), found);
                    return None;
                }
                Entry::Text(text) => Value::Name(text.clone()),
            };
            match value(parameter, &Tree { value: written, span: file.span }, &mut said) {
                Some(value) => rows[row].push(value),
                None => {
                    // The first wrong row speaks for all of its column.
                    for finding in said.drain(..) {
                        let message = format!("{shown}, row {}: {}", row + 1, finding.message);
                        found.push(Finding { message, ..finding });
                    }
                    break;
                }
            }
        }
    }
    if heads.is_empty() {
        wrong(file, path, "no column is named by a parameter's path", found);
        return None;
    }
    (unique && rows.iter().all(|row| row.len() == heads.len())).then_some((heads, rows))
}

/// Sums of weights up to each row, the last of which is 1.
fn weights(table: &Table) -> Result<Vec<f64>, String> {
    let column = table.columns.iter().find(|(name, _)| name == WEIGHT);
    let mut sum = 0.0;
    let mut sums = Vec::with_capacity(table.rows);
    for row in 0..table.rows {
        sum += match column.map(|(_, cells)| &cells[row]) {
            None => 1.0,
            Some(Entry::Number(weight)) if weight.is_finite() && *weight >= 0.0 => *weight,
            Some(other) => {
                let shown = match other {
                    Entry::Number(number) => number.to_string(),
                    Entry::Text(text) => format!("\"{text}\""),
                };
                return Err(format!("row {} has the weight {shown}; 0 or more is wanted", row + 1));
            }
        };
        sums.push(sum);
    }
    if sum <= 0.0 || !sum.is_finite() {
        return Err("the weights of all rows add up to 0".to_owned());
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
            let cells = list.iter().map(|weight| Entry::Number(*weight)).collect();
            weights(&Table { rows: list.len(), columns: vec![(WEIGHT.to_owned(), cells)] })
        };
        let sums = weights(&[1.0, 0.0, 3.0]).unwrap();
        assert_eq!([0.0, 0.2, 0.25, 0.9, 0.999].map(|unit| row_at(&sums, unit)), [0, 0, 2, 2, 2]);
        assert!(weights(&[0.0, 0.0]).is_err() && weights(&[1.0, -1.0]).is_err());
        assert!(weights(&[f64::NAN]).is_err());
    }
}
