//! `crackdown diff`: in what two scenarios differ, in words.

use std::path::{Path, PathBuf};

use super::check::show_findings;
use super::params::{ParameterFormat, cells};
use super::simulate::{Refusal, json, print};
use ::report::say;
use ::report::speech::{retold, told};
use scenario::{self, Change, Resolved};

/// Two scenario files, and how to show in what they differ.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    crackdown diff scenarios/kazakhstan.ron scenarios/policies/auto_block.ron\n  \
    crackdown diff a.ron b.ron --format csv > differences.csv")]
pub struct DiffArgs {
    /// The scenario that holds before
    #[arg(value_name = "FIRST")]
    pub first: PathBuf,
    /// The scenario that is told by its differences
    #[arg(value_name = "SECOND")]
    pub second: PathBuf,
    /// How to show them
    #[arg(long, value_enum, default_value_t = ParameterFormat::Text)]
    pub format: ParameterFormat,
}

/// Shows the differences; fails only if a file is wrong.
pub fn run(args: &DiffArgs) -> Result<(), Refusal> {
    let read =
        |path: &Path| scenario::load(path, &[]).map_err(|findings| show_findings(path, &findings));
    // Both are read, so that all findings are told at once.
    let (first, second) = (read(&args.first), read(&args.second));
    let (first, second) = (first?, second?);
    let changes = scenario::changes(&first, &second);
    let text = match args.format {
        ParameterFormat::Text => in_words(args, &first, &second, &changes),
        ParameterFormat::Csv => csv(&changes),
        ParameterFormat::Json => json(&changes),
    };
    print(&text);
    Ok(())
}

fn in_words(args: &DiffArgs, first: &Resolved, second: &Resolved, changes: &[Change]) -> String {
    if changes.is_empty() {
        return say!("no difference") + "\n";
    }
    let title =
        |path: &Path, of: &Resolved| format!("{} ({})", path.display(), retold(&of.scenario.title));
    let head = say!(
        "What {second} changes of {first}:",
        second = title(&args.second, second),
        first = title(&args.first, first)
    );
    format!("{head}\n{}", lines(changes))
}

/// One line for each difference: when, and what.
pub(super) fn lines(changes: &[Change]) -> String {
    let when = |change: &Change| match (change.from, change.until) {
        (Some(from), Some(until)) if from == until => say!("on {day}##change", day = from),
        (Some(from), Some(until)) => say!("{from} to {until}", from, until),
        (Some(from), None) => say!("from {from}", from),
        (None, Some(until)) => say!("until {until}", until),
        (None, None) => say!("all the time"),
    };
    let words = |change: &Change| match change.words.split_once(": ") {
        // A parameter is told by its path, with values as files have them.
        Some((path, words)) if path == change.path => format!("{path}: {}", told(words)),
        _ => retold(&change.words),
    };
    let line = |change: &Change| format!("  {:<24}  {}\n", when(change), words(change));
    changes.iter().map(line).collect()
}

fn csv(changes: &[Change]) -> String {
    let mut text = "path,from,until,first,second,unit,words\n".to_owned();
    for change in changes {
        let date =
            |date: Option<jiff::civil::Date>| date.map_or_else(String::new, |d| d.to_string());
        text.push_str(&cells(&[
            &change.path,
            &date(change.from),
            &date(change.until),
            &change.first,
            &change.second,
            &change.unit,
            &change.words,
        ]));
    }
    text
}
