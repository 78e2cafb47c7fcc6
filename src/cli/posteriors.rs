//! `crackdown posteriors DIR…`: what several calibrations say of each parameter, side by side, and where the reference's value lies in them.

use std::path::{Path, PathBuf};

use super::input;
use super::params::cells;
use super::simulate::{Refusal, print, show};
use super::tables::{aligned, significant};
use ::report::speech;
use scenario::study::{InputEntry, InputTable};
use scenario::{Findings, Parameter};
use study::comparison::calibration::Identified;
use study::stats::quantile;
use study::store;

/// Which calibrations, and how they are listed.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    crackdown posteriors scenarios/posterior.parquet\n  \
    crackdown posteriors output/calibration/a output/calibration/b output/calibration/c --format csv\n\n\
    `reference` is the value in scenarios/kazakhstan.ron, and in brackets the share of the last posterior that lies below it: between 2.5 % and \
    97.5 % it is inside. Quantiles are 5, 50 and 95 %.")]
pub struct PosteriorsArgs {
    /// Result folders of `crackdown calibrate`, or posterior files
    #[arg(value_name = "DIR", required = true)]
    posteriors: Vec<PathBuf>,
    /// How to list them
    #[arg(long, value_enum, default_value_t = PosteriorFormat::Text)]
    format: PosteriorFormat,
    /// Exit code 1 if a value of the reference lies outside 95 % of the last posterior
    #[arg(long)]
    strict: bool,
}

/// How they are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum PosteriorFormat {
    /// For reading
    Text,
    /// For spreadsheets
    Csv,
}

/// A posterior, and what its folder says of the parameters.
struct Posterior {
    name: String,
    sample: InputTable,
    told: Option<InputTable>,
}

/// Lists them.
pub fn run(args: &PosteriorsArgs) -> Result<(), Refusal> {
    let read = args.posteriors.iter().map(|path| Posterior::read(path));
    let all: Vec<Posterior> =
        read.filter_map(|one| one.map_err(|why| input::tell(&[why])).ok()).collect();
    if all.len() < args.posteriors.len() {
        return Err(().into());
    }
    let parameters = scenario::parameters();
    let rows = rows(&all, &parameters);
    let outside: Vec<&str> =
        rows.iter().filter(|row| !row.is_inside()).map(|row| &*row.parameter.path).collect();
    let mut head = vec!["parameter".to_owned(), "reference".to_owned(), "prior".to_owned()];
    head.extend(all.iter().map(|one| one.name.clone()));
    head.push("told by".to_owned());
    let table: Vec<Vec<String>> =
        std::iter::once(head).chain(rows.iter().map(ParameterRow::cells)).collect();
    let text = match args.format {
        PosteriorFormat::Csv => {
            let line =
                |row: &Vec<String>| cells(&row.iter().map(String::as_str).collect::<Vec<&str>>());
            table.iter().map(line).collect()
        }
        PosteriorFormat::Text => {
            let said = match outside.len() {
                0 => "Every value of the reference lies inside 95 % of the last posterior."
                    .to_owned(),
                number => format!(
                    "{number} of {} values of the reference lie outside 95 % of the last posterior: {}",
                    rows.len(),
                    outside.join(", ")
                ),
            };
            let told = |row: &Vec<String>| row.iter().map(|cell| speech::told(cell)).collect();
            format!("{}\n{said}\n", aligned(&table.iter().map(told).collect::<Vec<Vec<String>>>()))
        }
    };
    match args.format {
        PosteriorFormat::Csv => print(&text),
        PosteriorFormat::Text => show(&text),
    }
    if args.strict && !outside.is_empty() { Err(().into()) } else { Ok(()) }
}

impl Posterior {
    fn read(path: &Path) -> Result<Posterior, String> {
        let table = |path: &Path| {
            let read = store::read_table(path);
            read.map_err(|faults| {
                let text = Findings::of_faults(path, faults).render_by(false, &speech::told);
                let error = format!("{}: ", speech::told("error"));
                text.trim().trim_start_matches(&error).to_owned()
            })
        };
        let name =
            path.file_stem().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        if !path.is_dir() {
            return Ok(Posterior { name, sample: table(path)?, told: None });
        }
        let inside = ["posterior.parquet", "posterior.csv"].map(|name| path.join(name));
        let file = inside.into_iter().find(|file| file.is_file());
        let file = file.ok_or_else(|| {
            format!("{}: no posterior.parquet is there: is it a result folder of `crackdown calibrate`?", path.display())
        })?;
        let told = path.join("parameters.csv");
        let told = told.is_file().then(|| table(&told)).transpose()?;
        Ok(Posterior { name, sample: table(&file)?, told })
    }

    /// What the folder says of a parameter in a column of its table.
    fn said(&self, path: &str, column: &str) -> Option<String> {
        let told = self.told.as_ref()?;
        let is = |entry: &InputEntry| matches!(entry, InputEntry::Text(text) if text == path);
        let row = told.column("parameter")?.entries.iter().position(is)?;
        told.column(column)?.entries[row].written()
    }

    fn entries(&self, path: &str) -> Option<&[InputEntry]> {
        self.sample.column(path).map(|column| &*column.entries)
    }

    /// Quantiles of a parameter and whether it is identified, or the share of each word.
    fn in_words(&self, path: &str) -> String {
        let Some(entries) = self.entries(path) else { return "-".to_owned() };
        let mut values: Vec<f64> = entries.iter().filter_map(number).collect();
        values.sort_by(f64::total_cmp);
        let spread = match values.is_empty() {
            false => [0.05, 0.5, 0.95].map(|p| significant(quantile(&values, p))).join(" / "),
            true => {
                let mut words: Vec<&str> = entries.iter().filter_map(word).collect();
                words.sort_unstable();
                let shares = words.chunk_by(|a, b| a == b).map(|same| {
                    format!(
                        "{} {}",
                        same[0],
                        report::percent_of(same.len() as f64 / words.len() as f64)
                    )
                });
                shares.collect::<Vec<String>>().join(", ")
            }
        };
        let known = self.said(path, "identified").filter(|known| known != Identified::No.key());
        known.map_or(spread.clone(), |known| format!("{spread} ({known})"))
    }
}

fn number(entry: &InputEntry) -> Option<f64> {
    if let InputEntry::Number(number) = entry { Some(*number) } else { None }
}

fn word(entry: &InputEntry) -> Option<&str> {
    if let InputEntry::Text(word) = entry { Some(word) } else { None }
}

/// A parameter in all posteriors.
struct ParameterRow<'a> {
    parameter: &'a Parameter,
    posteriors: &'a [Posterior],
    /// Share of the last posterior below the reference's value, half of what is equal to it included; of a word the share that is it.
    below: Option<f64>,
}

fn rows<'a>(all: &'a [Posterior], parameters: &'a [Parameter]) -> Vec<ParameterRow<'a>> {
    let drawn =
        |parameter: &&Parameter| all.iter().any(|one| one.entries(&parameter.path).is_some());
    let of = |parameter: &'a Parameter| {
        let last = all.last().and_then(|last| last.entries(&parameter.path));
        ParameterRow {
            parameter,
            posteriors: all,
            below: last.and_then(|entries| below(parameter, entries)),
        }
    };
    parameters.iter().filter(drawn).map(of).collect()
}

fn below(parameter: &Parameter, entries: &[InputEntry]) -> Option<f64> {
    let number_of = entries.len() as f64;
    let Some(reference) = parameter.numbers.last() else {
        let same =
            entries.iter().filter_map(word).filter(|word| *word == parameter.default).count();
        return Some(same as f64 / number_of);
    };
    let values = || entries.iter().filter_map(number);
    let (less, equal) =
        (values().filter(|x| x < reference).count(), values().filter(|x| x == reference).count());
    Some((less as f64 + equal as f64 / 2.0) / number_of)
}

impl ParameterRow<'_> {
    /// Whether the reference's value lies inside 95 % of the last posterior; a word that is ever drawn does.
    fn is_inside(&self) -> bool {
        let least = if self.parameter.numbers.is_empty() { 0.025..=1.0 } else { 0.025..=0.975 };
        self.below.is_none_or(|below| least.contains(&below))
    }

    fn cells(&self) -> Vec<String> {
        let path = &self.parameter.path;
        let reference = match self.below {
            Some(below) => {
                let outside = if self.is_inside() { "" } else { ", OUTSIDE" };
                format!("{} ({}{outside})", self.parameter.default, report::percent_of(below))
            }
            None => self.parameter.default.clone(),
        };
        let told =
            |column: &str| self.posteriors.iter().rev().find_map(|one| one.said(path, column));
        let mut cells =
            vec![path.clone(), reference, told("range").unwrap_or_else(|| "-".to_owned())];
        cells.extend(self.posteriors.iter().map(|one| one.in_words(path)));
        cells.push(told("told_by").unwrap_or_default());
        cells
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_of_the_reference_in_a_posterior_counts_what_is_below() {
        let all = scenario::parameters();
        let habit = all.iter().find(|one| one.path == "customers.habit").unwrap();
        let value = *habit.numbers.last().unwrap();
        let entries = |values: &[f64]| {
            values.iter().map(|x| InputEntry::Number(*x)).collect::<Vec<InputEntry>>()
        };
        assert_eq!(
            below(habit, &entries(&[value - 0.1, value, value + 0.1, value + 0.2])),
            Some(0.375)
        );
        assert_eq!(below(habit, &entries(&[value - 0.2, value - 0.1])), Some(1.0));
    }
}
