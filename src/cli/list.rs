//! `crackdown list`: what can be named on the command line, a line each.

use std::path::Path;

use super::input;
use super::simulate::{Refusal, print};
use ::report::speech::{retold, told, tr};
use ::report::words;
use model::{MEASURES, Measure};
use scenario::{parameters, shipped};

/// What to list.
#[derive(Debug, clap::Args)]
pub struct ListArgs {
    /// One kind only
    #[arg(value_enum)]
    pub kind: Option<Listable>,
}

/// What can be listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Listable {
    /// Policy files that the program holds
    Policies,
    /// What a policy can set
    Levers,
    /// What is counted
    Measures,
    /// Study files that the program holds
    Studies,
}

/// Lists them.
pub fn run(args: &ListArgs) -> Result<(), Refusal> {
    use Listable::{Levers, Measures, Policies, Studies};
    let kinds = match args.kind {
        Some(kind) => vec![kind],
        None => vec![Policies, Levers, Measures, Studies],
    };
    for (number, kind) in kinds.into_iter().enumerate() {
        let gap = if number > 0 { "\n" } else { "" };
        let (head, rows) = match kind {
            Policies => (tr("Policies (crackdown compare kazakhstan NAME)"), policies()),
            Levers => (tr("Levers (crackdown params NAME tells unit, range and source)"), levers()),
            Measures => (tr("Measures (columns of the results)"), measures()),
            Studies => (tr("Studies (crackdown sweep NAME)"), studies()),
        };
        print(&format!("{gap}{head}\n{}", lines(&rows)));
    }
    Ok(())
}

/// A name and what it means on each line.
fn lines(rows: &[(String, String)]) -> String {
    let width = rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    rows.iter().map(|(name, text)| format!("  {name:<width$}  {text}\n")).collect()
}

fn policies() -> Vec<(String, String)> {
    let title = |name: &str| Some(scenario::load(Path::new(name), &[]).ok()?.scenario.title);
    let named = shipped::within("policies").map(|(name, _)| name);
    named.filter_map(|name| Some((name.to_owned(), retold(&title(name)?)))).collect()
}

fn studies() -> Vec<(String, String)> {
    let title = |name: &str| Some(input::study(Path::new(name), &[]).ok()?.title);
    let named = shipped::within("studies").map(|(name, _)| name);
    named.filter_map(|name| Some((name.to_owned(), retold(&title(name)?)))).collect()
}

fn levers() -> Vec<(String, String)> {
    let all = parameters();
    let levers = all.iter().filter(|parameter| parameter.path.starts_with("policy."));
    levers.map(|lever| (lever.path.clone(), told(&lever.meaning))).collect()
}

fn measures() -> Vec<(String, String)> {
    // English leaves out what says no more than the name.
    let label = |one: &Measure| words::foreign(one.name).unwrap_or_else(|| one.label.to_owned());
    MEASURES.iter().map(|one| (one.name.to_owned(), label(one))).collect()
}
