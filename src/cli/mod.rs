//! The command line: the only place that prints and exits.

use std::process::ExitCode;

use clap::Parser;
use world::text::{printable, unprintable};

pub mod attribute;
pub mod benefits;
pub mod calibrate;
pub mod check;
pub mod compare;
pub mod defaults;
pub mod demo;
pub mod diff;
pub mod discover;
pub mod dose;
mod draws;
pub mod expand;
pub mod explain;
mod figures;
pub mod forecast;
pub mod help;
mod input;
pub mod list;
pub mod merge;
pub mod new;
pub mod optimise;
pub mod panics;
pub mod paperwork;
mod params;
mod pool;
mod posteriors;
mod progress;
mod published;
pub mod reach;
pub mod record;
pub mod report;
mod rows;
pub mod run;
mod runs;
pub mod schema;
pub mod sensitivity;
mod shard;
mod simulate;
pub mod stack;
mod stage;
pub mod status;
mod study;
mod study_results;
pub mod submit;
pub mod sweep;
mod tables;
pub mod template;
mod terminal;
pub mod update;
pub mod validate;
pub mod verify;

/// Simulates enforcement against illicit crypto exchanges and counts what it displaces.
#[derive(Debug, Parser)]
#[command(
    version,
    disable_help_subcommand = true,
    after_help = "Start here:\n  \
        crackdown demo                                  four policies in half a minute\n  \
        crackdown list                                  policies, levers, measures and studies by name\n  \
        crackdown check auto_block                      what a policy says\n  \
        crackdown compare kazakhstan auto_block --people-per-agent 50\n  \
        crackdown help policies                         how to write one of your own\n\n\
        `crackdown help` lists the topics of the guide. A file crackdown.toml in the current folder sets options that \
        are not given: `threads = 2` is --threads 2.\n\n\
        Exit codes: 0 all is well, 1 a scenario is wrong or results differ, 2 wrong usage, 3 failed while running or \
        writing, 130 interrupted."
)]
enum Command {
    /// See it at work: four policies, few runs, a table that grows sharper, a page
    Demo(demo::Args),
    /// List policies, levers, measures and studies, a line each
    List(list::Args),
    /// Compare policies with a baseline with the same random numbers: effects, displacement, figures and a page
    Compare(compare::Args),
    /// Simulate a scenario and write tables and figures to a result folder
    Run(run::Args),
    /// Check scenario and study files and say in words what they mean
    Check(check::Args),
    /// List the parameters of a scenario with meaning, unit, default, range, source and status
    Params(params::Args),
    /// What several calibrations say of each parameter, and where the reference's value lies in them
    Posteriors(posteriors::Args),
    /// Write a workbook with a row for each lever, in which a policy is filled in
    Template(template::Args),
    /// Print the JSON Schema of policy files in JSON, for editors
    Schema(schema::Args),
    /// Tell in words in what two scenarios differ
    Diff(diff::Args),
    /// Put policy files together and tell where they contradict each other
    Stack(stack::Args),
    /// Tell why a policy run differs from its baseline: the chain of events, or the life of one agent in both
    Explain(explain::Args),
    /// Say what each measure of a bundle adds to its effect, or each mechanism
    Attribute(attribute::Args),
    /// Say how the effect of policies grows with their strength
    Dose(dose::Args),
    /// Count costs and benefits of a finished comparison in tenge
    Benefits(benefits::Args),
    /// Forecast the agency's figures by year and quarter, and say how well past ones would have been predicted
    Forecast(forecast::Args),
    /// Weigh the posterior by new figures and say what moved
    Update(update::Args),
    /// Render the tables, figures and page of a comparison again, without simulating
    Report(report::Args),
    /// Make the runs of a study that are missing, the whole or one shard
    Sweep(sweep::Args),
    /// Say how much of a study is there, and what to do next
    Status(status::Args),
    /// Add draws or replications to a study file
    Expand(expand::Args),
    /// Hand the shards of a study to Slurm, HyperQueue or Kubernetes
    Submit(submit::Args),
    /// Make one file of the parts of a study, with the bytes that one machine would have written
    Merge(merge::Args),
    /// Say in which worlds policies fail, and what finding out is worth
    Discover(discover::Args),
    /// Find parameters that agree with what was published, and say which are known
    Calibrate(calibrate::Args),
    /// Say on which parameters the answers of a study depend, and its ranking of policies
    Sensitivity(sensitivity::Args),
    /// Find the mix of levers that is best under limits, and verify it by fresh runs
    Optimise(optimise::Args),
    /// Say how strong a policy must be to reach an aim, or that no strength does
    Reach(reach::Args),
    /// Repeat cases from elsewhere in the model and say whether the same came of them
    Validate(validate::Args),
    /// Say whether results are what was written, and whether they can be made again bit for bit
    Verify(verify::Args),
    /// Pack a result folder with what it takes to make and verify it again into one archive
    Record(record::Args),
    /// Write the files for a question, and say the command to type next
    New(new::Args),
    /// Write a file that completes commands and options in your shell
    Completions(paperwork::Completions),
    /// Write manual pages
    Man(paperwork::Man),
    /// Show the guide by topic, or the options of a command
    Help(help::Args),
}

/// An argument that cannot be shown: paths and texts of the command line come back in messages, titles and manifests.
fn unfit_argument() -> Option<String> {
    let mut arguments =
        std::env::args_os().skip(1).map(|argument| argument.to_string_lossy().into_owned());
    arguments.find(|argument| argument.contains(unprintable))
}

/// Runs the command that the arguments name.
pub fn main() -> ExitCode {
    if let Some(argument) = unfit_argument() {
        let text = printable(&argument).into_owned();
        return simulate::usage(format!(
            "an argument holds a character that cannot be shown: {text}"
        ))
        .tell();
    }
    let arguments = match defaults::laid_under(std::env::args_os().collect()) {
        Ok(arguments) => arguments,
        Err(why) => return simulate::usage(why).tell(),
    };
    simulate::all_written(panics::told(Command::parse_from(arguments), dispatch))
}

fn dispatch(command: Command) -> ExitCode {
    match command {
        Command::Attribute(args) => attribute::run(&args),
        Command::Benefits(args) => benefits::run(&args),
        Command::Calibrate(args) => calibrate::run(&args),
        Command::Check(args) => check::run(&args),
        Command::Compare(args) => compare::run(&args),
        Command::Completions(args) => paperwork::completions(&args),
        Command::Demo(args) => demo::run(&args),
        Command::Diff(args) => diff::run(&args),
        Command::Discover(args) => discover::run(&args),
        Command::Dose(args) => dose::run(&args),
        Command::Expand(args) => expand::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Forecast(args) => forecast::run(&args),
        Command::Help(args) => help::run(&args),
        Command::List(args) => list::run(&args),
        Command::Man(args) => paperwork::man(&args),
        Command::Merge(args) => merge::run(&args),
        Command::New(args) => new::run(&args),
        Command::Optimise(args) => optimise::run(&args),
        Command::Reach(args) => reach::run(&args),
        Command::Record(args) => record::run(&args),
        Command::Report(args) => report::run(&args),
        Command::Run(args) => run::run(&args),
        Command::Schema(args) => schema::run(&args),
        Command::Sensitivity(args) => sensitivity::run(&args),
        Command::Stack(args) => stack::run(&args),
        Command::Status(args) => status::run(&args),
        Command::Submit(args) => submit::run(&args),
        Command::Sweep(args) => sweep::run(&args),
        Command::Params(args) => params::run(&args),
        Command::Posteriors(args) => posteriors::run(&args),
        Command::Template(args) => template::run(&args),
        Command::Update(args) => update::run(&args),
        Command::Validate(args) => validate::run(&args),
        Command::Verify(args) => verify::run(&args),
    }
}
