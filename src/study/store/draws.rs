//! What a result folder holds of draws of parameters: the posterior as it was read, and the values of each draw.
//!
//! Deliberately absent: reading a posterior (`table`), and drawing from it (`scenario`).

use std::path::Path;

use super::imported::is_parquet;
use super::outside;
use super::sensitivity::SENTENCE;
use super::table::{Table, TableRows};
use super::{File, file, table_file};
use crate::comparison::{Comparison, ComparisonDraws, RankingSensitivity};
use scenario::files;

/// A file as it lies somewhere, to be kept in a result folder under another name.
pub fn copied(from: &Path, name: &str) -> Result<File, String> {
    let bytes = files::read(from)
        .map_err(|error| format!("cannot read {}: {}", from.display(), files::why(&error)))?;
    Ok(file(name, bytes))
}

/// Names of a posterior's copy in a result folder: a table of text, and one in Parquet.
const POSTERIOR: [&str; 2] = ["posterior.csv", "posterior.parquet"];

/// Name of a posterior's copy in a result folder.
pub fn posterior_name(from: &Path) -> &'static str {
    match files::beginning(from, 4) {
        Ok(head) => POSTERIOR[usize::from(is_parquet(&head))],
        // A copy that is not there yet is spoken of by its name.
        Err(_) => POSTERIOR[usize::from(from.extension().is_none_or(|end| end != "csv"))],
    }
}

/// Names of a copy of published figures in a result folder: a table of text, and one in Parquet.
const PUBLISHED: [&str; 2] = ["figures.csv", "figures.parquet"];

/// Name of a copy of published figures in a result folder.
pub fn published_name(from: &Path) -> &'static str {
    let parquet = files::beginning(from, 4).is_ok_and(|head| is_parquet(&head));
    PUBLISHED[usize::from(parquet)]
}

/// What `crackdown sensitivity` wrote to its folder about the ranking of policies, and the file.
///
/// # Errors
/// If there is no such file, or it does not say what a page quotes.
pub fn read_sensitivity(folder: &Path) -> Result<(RankingSensitivity, File), String> {
    let path = folder.join(SENTENCE);
    if !path.is_file() {
        return Err(format!(
            "{} is not there; {} is no result folder of `crackdown sensitivity`",
            path.display(),
            folder.display()
        ));
    }
    let file = copied(&path, SENTENCE)?;
    let found: RankingSensitivity = outside::json(&file.bytes)
        .map_err(|error| format!("{} cannot be used: {error}", path.display()))?;
    if found.sentence.trim().is_empty() {
        return Err(format!("{} cannot be used: its sentence is empty", path.display()));
    }
    Ok((found, file))
}

/// Files beside the results of a comparison that came from elsewhere, as its folder holds them.
pub fn copies(comparison: &Comparison, folder: &Path) -> Result<Vec<File>, String> {
    let posterior = comparison.draws.as_ref().map(|draws| kept_name(draws));
    let sensitivity = comparison.sensitivity.as_ref().map(|_| SENTENCE);
    let figures =
        comparison.figures.as_ref().map(|name| PUBLISHED[usize::from(name != PUBLISHED[0])]);
    let names = posterior.into_iter().chain(sensitivity).chain(figures);
    names.map(|name| copied(&folder.join(name), name)).collect()
}

/// The name under which a folder holds the posterior, whatever its JSON says.
fn kept_name(draws: &ComparisonDraws) -> &'static str {
    POSTERIOR[usize::from(draws.file != POSTERIOR[0])]
}

/// `draws.csv`: a row for each draw.
pub(super) fn table(draws: &ComparisonDraws) -> Table {
    let paths: Vec<&str> = draws.parameters.iter().map(|of| of.path.as_str()).collect();
    let rows: Vec<(u32, Vec<String>)> =
        (0..draws.number).map(|draw| (draw, draws.values(draw))).collect();
    of_draws(&paths, &rows)
}

/// `draws.csv`: a row for each draw with the value of each drawn parameter.
pub(super) fn of_draws(parameters: &[&str], rows: &[(u32, Vec<String>)]) -> Table {
    Table::of("draws", "The value of each drawn parameter in each draw", rows)
        .index("draw", "number", "Number of the draw, from 0", |row| row.0)
        .with(|table| values(table, parameters, |row| &row.1))
        .table()
}

/// `points.csv`: a row for each point of a design with the value of each parameter.
pub fn points(parameters: &[&str], rows: &[Vec<String>]) -> Result<File, String> {
    let table = Table::of("points", "The value of each parameter at each point", rows);
    table_file(&values(table, parameters, |row| row).table())
}

/// Adds the values of parameters, as `--set` takes them.
fn values<'a, R>(
    table: TableRows<'a, R>,
    parameters: &[&str],
    of: impl Fn(&'a R) -> &'a Vec<String>,
) -> TableRows<'a, R> {
    let places = parameters.iter().enumerate();
    places.fold(table, |table, (place, path)| {
        let about = "Value of this parameter, as `--set` takes it";
        table.text((*path).to_owned(), "unit of the parameter", about, |row| of(row)[place].clone())
    })
}
