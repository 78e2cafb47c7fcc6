//! `crackdown demo`: a small comparison that shows what it knows while runs come in.

use std::path::PathBuf;

use clap::Parser;

use super::simulate::{Refusal, show};
use super::{CommandLine, Subcommand, compare};

/// What it compares with the reference. Source: one of each kind (banks, cards, closures, none), judgement.
const POLICIES: [&str; 4] = ["auto_block", "card_limits", "shutdown_double", "no_enforcement"];

/// Where the demonstration goes.
#[derive(Debug, clap::Args)]
pub struct DemoArgs {
    /// Result folder; an earlier demonstration is replaced
    #[arg(long, value_name = "DIR", default_value = "output/demo")]
    pub out: PathBuf,
    /// Replications
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub replications: u32,
    /// People that one agent stands for
    #[arg(long, value_name = "K", default_value_t = 100)]
    pub people_per_agent: u32,
    /// Threads [default: as many as the machine offers]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
    /// Where finished runs are kept
    #[arg(long, value_name = "DIR", default_value = "output/runs")]
    pub runs: PathBuf,
}

/// Compares, and says what to do next.
pub fn run(args: &DemoArgs) -> Result<(), Refusal> {
    let mut words = vec!["crackdown".to_owned(), "compare".to_owned(), "kazakhstan".to_owned()];
    words.extend(POLICIES.map(str::to_owned));
    words.push("--chance-only".to_owned());
    show(&format!(
        "What happens if banks block automatically, cards are limited, twice as many platforms are closed, or none?\n\
         One agent stands for {} people: coarse and quick. This is\n  {} --people-per-agent {} --replications {}\n\n",
        args.people_per_agent,
        words.join(" "),
        args.people_per_agent,
        args.replications
    ));
    words.extend([
        format!("--people-per-agent={}", args.people_per_agent),
        format!("--replications={}", args.replications),
        "--force".to_owned(),
    ]);
    words.extend(args.threads.map(|threads| format!("--threads={threads}")));
    for (option, folder) in [("out", &args.out), ("runs", &args.runs)] {
        words.push(format!("--{option}={}", folder.display()));
    }
    let Subcommand::Compare(compared) = CommandLine::parse_from(words).what else {
        return Err(().into());
    };
    compare::run(&compare::CompareArgs { provisional: true, ..compared })?;
    show(&format!(
        "\nOpen {} in a browser. Then:\n  \
         crackdown list policies                 what else is there\n  \
         crackdown check auto_block              what a policy says; your own is ten lines: crackdown help policies\n  \
         crackdown compare kazakhstan auto_block --people-per-agent 10    the same question, finer\n",
        args.out.join("report.html").display()
    ));
    Ok(())
}
