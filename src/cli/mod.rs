//! The command line: the only place that prints and exits.

use std::process::ExitCode;

use ::report::language::{self, Language};
use clap::{CommandFactory, FromArgMatches, Parser};
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
mod spoken;
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
struct CommandLine {
    /// Language of page, brief, figures and of what commands print: en, ru (русский) or kk (қазақша), also by CRACKDOWN_LANG in the
    /// environment; names and numbers in CSV, JSON and Parquet stay as they are [default: en]
    #[arg(long, global = true, value_name = "LANGUAGE", value_parser = ["en", "ru", "kk"])]
    lang: Option<String>,
    #[command(subcommand)]
    what: Subcommand,
}

/// Each command with its arguments and what carries it out.
macro_rules! commands {
    ($($(#[$about:meta])* $name:ident($arguments:ty) => $run:path,)*) => {
        /// The commands.
        #[derive(Debug, clap::Subcommand)]
        enum Subcommand {
            $($(#[$about])* $name($arguments),)*
        }

        /// Carries a command out, and says why if there are no results.
        fn dispatch(command: Subcommand) -> ExitCode {
            let done = match command {
                $(Subcommand::$name(args) => $run(&args),)*
            };
            done.map_or_else(|refusal| refusal.tell(), |()| ExitCode::SUCCESS)
        }
    };
}

commands! {
    /// See it at work: four policies, few runs, a table that grows sharper, a page
    Demo(demo::DemoArgs) => demo::run,
    /// List policies, levers, measures and studies, a line each
    List(list::ListArgs) => list::run,
    /// Compare policies with a baseline with the same random numbers: effects, displacement, figures and a page
    Compare(compare::CompareArgs) => compare::run,
    /// Simulate a scenario and write tables and figures to a result folder
    Run(run::RunArgs) => run::run,
    /// Check scenario and study files and say in words what they mean
    Check(check::CheckArgs) => check::run,
    /// List the parameters of a scenario with meaning, unit, default, range, source and status
    Params(params::ParamsArgs) => params::run,
    /// What several calibrations say of each parameter, and where the reference's value lies in them
    Posteriors(posteriors::PosteriorsArgs) => posteriors::run,
    /// Write a workbook with a row for each lever, in which a policy is filled in
    Template(template::TemplateArgs) => template::run,
    /// Print the JSON Schema of policy files in JSON, for editors
    Schema(schema::SchemaArgs) => schema::run,
    /// Tell in words in what two scenarios differ
    Diff(diff::DiffArgs) => diff::run,
    /// Put policy files together and tell where they contradict each other
    Stack(stack::StackArgs) => stack::run,
    /// Tell why a policy run differs from its baseline: the chain of events, or the life of one agent in both
    Explain(explain::ExplainArgs) => explain::run,
    /// Say what each measure of a bundle adds to its effect, or each mechanism
    Attribute(attribute::AttributeArgs) => attribute::run,
    /// Say how the effect of policies grows with their strength
    Dose(dose::DoseArgs) => dose::run,
    /// Count costs and benefits of a finished comparison in tenge
    Benefits(benefits::BenefitsArgs) => benefits::run,
    /// Forecast the agency's figures by year and quarter, and say how well past ones would have been predicted
    Forecast(forecast::ForecastArgs) => forecast::run,
    /// Weigh the posterior by new figures and say what moved
    Update(update::UpdateArgs) => update::run,
    /// Render the tables, figures and page of a comparison again, without simulating
    Report(report::ReportArgs) => report::run,
    /// Make the runs of a study that are missing, the whole or one shard
    Sweep(sweep::SweepArgs) => sweep::run,
    /// Say how much of a study is there, and what to do next
    Status(status::StatusArgs) => status::run,
    /// Add draws or replications to a study file
    Expand(expand::ExpandArgs) => expand::run,
    /// Hand the shards of a study to Slurm, HyperQueue or Kubernetes
    Submit(submit::SubmitArgs) => submit::run,
    /// Make one file of the parts of a study, with the bytes that one machine would have written
    Merge(merge::MergeArgs) => merge::run,
    /// Say in which worlds policies fail, and what finding out is worth
    Discover(discover::DiscoverArgs) => discover::run,
    /// Find parameters that agree with what was published, and say which are known
    Calibrate(calibrate::CalibrateArgs) => calibrate::run,
    /// Say on which parameters the answers of a study depend, and its ranking of policies
    Sensitivity(sensitivity::SensitivityArgs) => sensitivity::run,
    /// Find the mix of levers that is best under limits, and verify it by fresh runs
    Optimise(optimise::OptimiseArgs) => optimise::run,
    /// Say how strong a policy must be to reach an aim, or that no strength does
    Reach(reach::ReachArgs) => reach::run,
    /// Repeat cases from elsewhere in the model and say whether the same came of them
    Validate(validate::ValidateArgs) => validate::run,
    /// Say whether results are what was written, and whether they can be made again bit for bit
    Verify(verify::VerifyArgs) => verify::run,
    /// Pack a result folder with what it takes to make and verify it again into one archive
    Record(record::RecordArgs) => record::run,
    /// Write the files for a question, and say the command to type next
    New(new::NewArgs) => new::run,
    /// Write a file that completes commands and options in your shell
    Completions(paperwork::Completions) => paperwork::completions,
    /// Write manual pages
    Man(paperwork::Man) => paperwork::man,
    /// Show the guide by topic, or the options of a command
    Help(help::HelpArgs) => help::run,
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
    // Help is printed while arguments are read.
    let asked = || Language::of(&defaults::language_of_the_environment()?);
    if let Some(language) = spoken::language_of(&arguments).or_else(asked) {
        language::choose(language);
    }
    let mut program = spoken::spoken(CommandLine::command());
    let read = program.try_get_matches_from_mut(arguments);
    let command = read
        .and_then(|mut matches| CommandLine::from_arg_matches_mut(&mut matches))
        .unwrap_or_else(|error| spoken::refuse(&error.format(&mut program)));
    if let Some(code) = command.lang.clone().or_else(defaults::language_of_the_environment) {
        let Some(language) = Language::of(&code) else {
            let name = defaults::LANGUAGE;
            return simulate::usage(format!("{name} is {code}; it may be en, ru or kk")).tell();
        };
        language::choose(language);
    }
    simulate::all_written(panics::told(command.what, dispatch))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_takes_a_language_before_or_after_its_name() {
        let lang = |line: &str| {
            let command = CommandLine::try_parse_from(line.split(' ')).map(|command| command.lang);
            command.map_err(|error| error.kind())
        };
        assert_eq!(lang("crackdown list --lang ru"), Ok(Some("ru".to_owned())));
        assert_eq!(lang("crackdown --lang kk compare kazakhstan kyc"), Ok(Some("kk".to_owned())));
        assert_eq!(lang("crackdown list"), Ok(None));
        assert_eq!(lang("crackdown list --lang de"), Err(clap::error::ErrorKind::InvalidValue));
    }
}
