//! `crackdown help`: the guide by topic, and the options of a command.

use std::process::ExitCode;

use clap::CommandFactory;

use super::Command;
use super::simulate::{print, usage};
use scenario::finding::nearest;

/// Topics in the order of use: name, what it is about, text.
const TOPICS: [(&str, &str, &str); 14] = [
    (
        "policies",
        "policy files, dates, campaigns, interventions",
        include_str!("../guide/policies.md"),
    ),
    (
        "results",
        "what a result folder holds, in R, Python and Excel",
        include_str!("../guide/results.md"),
    ),
    (
        "uncertainty",
        "chance, what is not known, the days that count",
        include_str!("../guide/uncertainty.md"),
    ),
    ("why", "explain, attribute, dose", include_str!("../guide/why.md")),
    (
        "studies",
        "many plausible worlds, on a laptop or a cluster",
        include_str!("../guide/studies.md"),
    ),
    (
        "deciding",
        "where a policy fails, what to find out first",
        include_str!("../guide/deciding.md"),
    ),
    (
        "calibration",
        "which parameters are known, and which matter",
        include_str!("../guide/calibration.md"),
    ),
    (
        "optimising",
        "the best mix under limits, and what it takes to reach an aim",
        include_str!("../guide/optimising.md"),
    ),
    (
        "forecasting",
        "years to come, new figures, costs and benefits in tenge",
        include_str!("../guide/forecasting.md"),
    ),
    (
        "methods",
        "formulas and sources of effects, intervals, calibration, sensitivity",
        include_str!("../guide/methods.md"),
    ),
    (
        "validation",
        "whether it repeats what happened elsewhere",
        include_str!("../guide/validation.md"),
    ),
    ("limits", "what the model cannot tell", include_str!("../guide/limits.md")),
    ("commands", "all commands and exit codes", include_str!("../guide/commands.md")),
    ("glossary", "the words that this program uses", include_str!("../guide/glossary.md")),
];

/// What to show.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A topic of the guide, or a command; without it, all topics
    #[arg(value_name = "TOPIC")]
    pub topic: Option<String>,
}

/// Shows it.
pub fn run(args: &Args) -> ExitCode {
    let mut program = Command::command();
    let Some(wanted) = &args.topic else {
        print(&format!("{}\n\n{}", program.render_long_help(), topics()));
        return ExitCode::SUCCESS;
    };
    if let Some((_, about, text)) = TOPICS.iter().find(|(name, _, _)| name == wanted) {
        // The list of limits stands on the page as well, which has a head of its own.
        let head = if text.starts_with('#') {
            String::new()
        } else {
            format!("# {}\n\n", first_upper(about))
        };
        print(&format!("{head}{text}"));
        return ExitCode::SUCCESS;
    }
    if let Some(command) = program.find_subcommand_mut(wanted) {
        let text = command.render_long_help();
        print(&format!("{text}\n"));
        return ExitCode::SUCCESS;
    }
    let names = || {
        TOPICS
            .iter()
            .map(|(name, _, _)| *name)
            .chain(program.get_subcommands().map(clap::Command::get_name))
    };
    let near = nearest(wanted, names())
        .map_or_else(String::new, |near| format!(" Did you mean `{near}`?"));
    usage(format!("there is no topic or command `{wanted}`.{near}\n\n{}", topics())).tell()
}

/// All topics, a line each.
fn topics() -> String {
    let line = |(name, about, _): &(&str, &str, &str)| format!("  {name:<12} {about}\n");
    let lines: String = TOPICS.iter().map(line).collect();
    format!("Topics of the guide, each shown by `crackdown help TOPIC`:\n{lines}")
}

fn first_upper(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_guide_is_a_topic_and_no_topic_is_a_command() {
        let mut files: Vec<String> = std::fs::read_dir("src/guide")
            .unwrap()
            .map(|file| file.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
            .collect();
        files.sort();
        let mut names: Vec<&str> = TOPICS.iter().map(|(name, _, _)| *name).collect();
        names.sort_unstable();
        assert_eq!(names, files);
        let program = Command::command();
        assert!(names.iter().all(|name| program.find_subcommand(name).is_none()));
    }
}
