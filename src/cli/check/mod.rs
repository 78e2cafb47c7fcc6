//! `crackdown check`: what is wrong with scenario and study files, or what they mean in words and cost to run.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::simulate::{Refusal, print, tell};
use super::{diff, input};
use ::report::say;
use ::report::speech::{self, counted, retold, tr};
use scenario::finding::plain;
use scenario::{self, Findings, Resolved};
use world::text::shown;

mod study;

/// Scenario and study files to check.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    crackdown check scenarios/kazakhstan.ron scenarios/policies/*.ron\n  \
    crackdown check scenarios/policies/auto_block.ron --full\n  \
    crackdown check scenarios/studies/small.ron\n\n\
    A study is told from a scenario by its field `scenarios`.")]
pub struct CheckArgs {
    /// Scenario or study files
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Show all measures by date, not only what differs from the reference
    #[arg(long)]
    pub full: bool,
    /// Override a value of every file, e.g. customers.habit=0.5; may be given several times
    #[arg(long = "set", value_name = "PATH=VALUE")]
    pub sets: Vec<String>,
}

/// Checks every file; fails if any has an error.
///
/// Findings go to stderr; what a well-formed file says goes to stdout.
pub fn run(args: &CheckArgs) -> Result<(), Refusal> {
    let mut failed = 0;
    for (index, path) in args.files.iter().enumerate() {
        let checked = if scenario::study::is_study(path) {
            input::study(path, &args.sets).map(|study| {
                let words = study::in_words(path, &args.sets, &study);
                (study.warnings, words)
            })
        } else {
            scenario::load(path, &args.sets).map(|resolved| {
                let words = in_words(path, &resolved, args.full);
                (resolved.warnings, words)
            })
        };
        match checked {
            Ok((warnings, words)) => {
                show_findings(path, &warnings);
                let gap = if index > 0 { "\n" } else { "" };
                print(&format!("{gap}{words}"));
            }
            Err(findings) => {
                show_findings(path, &findings);
                failed += 1;
            }
        }
    }
    if failed > 0 && args.files.len() > 1 {
        tell!(
            "{}",
            say!("{failed} of {files} files cannot be used", failed, files = args.files.len())
        );
    }
    if failed > 0 { Err(().into()) } else { Ok(()) }
}

/// Prints all findings about a file and how many there are.
pub(super) fn show_findings(path: &Path, findings: &Findings) {
    if findings.is_empty() {
        return;
    }
    let _ = write!(
        crate::cli::terminal::styled(),
        "{}\n{}: {}\n",
        findings.render_by(true, &speech::told),
        shown(path),
        counts(findings)
    );
}

/// How many errors and warnings there are: `1 error, 2 warnings`.
fn counts(findings: &Findings) -> String {
    let errors = (findings.errors(), "{n} error|{n} errors");
    let warnings = (findings.warnings(), "{n} warning|{n} warnings");
    let some = [errors, warnings].into_iter().filter(|(number, _)| *number > 0);
    let counts: Vec<String> = some.map(|(number, key)| counted(number as u64, key)).collect();
    counts.join(", ")
}

/// A well-formed scenario: what is simulated, in what it differs from the reference, the cost; in full all measures by date.
fn in_words(path: &Path, resolved: &Resolved, full: bool) -> String {
    let scenario = &resolved.scenario;
    let days = say!(
        "{start} to {end} after {days} days of warm-up; {people} people as {agents} agents",
        start = scenario.start,
        end = scenario.end,
        days = scenario.warm_up_days,
        people = speech::told(&plain(f64::from(scenario.customers.number))),
        agents = speech::told(&plain(f64::from(scenario.agents()))),
    );
    let mut text = format!("{}: {}\n  {days}\n", path.display(), retold(&scenario.title));
    let below = scenario::shipped_world_below(resolved);
    let world = below.as_ref().map(|(name, _)| *name);
    let mut reference = below.map_or_else(scenario::reference, |(_, world)| world);
    let mut changes = scenario::changes(&reference, resolved);
    if scenario.end > reference.scenario.end {
        // Policies after the last day of the reference are told against what it says last.
        reference.scenario.end = scenario.end;
        changes.retain(|change| change.path == "end");
        changes.extend(scenario::changes(&reference, resolved));
    }
    let line = |text: &mut String, said: String| {
        text.push_str(&said);
        text.push('\n');
    };
    let compared = match (changes.is_empty(), world) {
        (true, None) => say!("As the reference in everything."),
        (true, Some(world)) => say!("As `{world}` in everything.", world),
        (false, None) => say!("Differs from the reference, by measure and date:"),
        (false, Some(world)) => say!("Differs from `{world}`, by measure and date:", world),
    };
    line(&mut text, compared);
    text += &diff::lines(&changes);
    let turns = scenario::changes::turns(&changes);
    let banks = scenario::changes::banks_of_the_share(scenario, &changes);
    let besides = scenario::changes::banks_besides(scenario, &changes);
    let later = scenario::changes::banks_begin_later(scenario, &changes);
    let frozen = scenario::frozen(scenario).map(|one| one.to_string());
    let cards = scenario::changes::cards_apart(scenario, &changes);
    let beyond = scenario::changes::implausible(&changes);
    let unchanged = scenario::changes::checks_unchanged(scenario, &changes);
    let licences = scenario::changes::few_apply(scenario, &changes);
    let of_levers = [banks, besides, unchanged, later, cards, licences].into_iter().flatten();
    for note in turns.into_iter().chain(of_levers).chain(beyond).chain(frozen) {
        line(&mut text, say!("Note: {note}", note = speech::told(&note)));
    }
    if full {
        line(&mut text, say!("All measures, by date:"));
        for (date, words) in scenario::describe::steps_in_words(scenario) {
            let day = date.map(|date| speech::dated(date.to_string()));
            let day = day.unwrap_or_else(|| tr("at first").to_owned());
            text += &format!("  {day:<10}  {}\n", retold(&words));
        }
    } else {
        line(&mut text, say!("All measures, by date: the same command with --full"));
    }
    let cost = speech::told(&scenario::estimate(scenario).to_string());
    line(&mut text, say!("Cost of one replication on one core: {cost}", cost));
    text
}
