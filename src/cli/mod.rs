//! The command line: the only place that prints and exits.

use std::process::ExitCode;

use clap::Parser;

pub mod check;
pub mod params;

/// Simulates enforcement against illicit crypto exchanges and counts what it displaces.
#[derive(Debug, Parser)]
#[command(version)]
enum Command {
    /// Check scenario files and say in words what they mean
    Check(check::Args),
    /// List the parameters of a scenario with meaning, unit, default, range, source and status
    Params(params::Args),
}

/// Runs the command that the arguments name.
pub fn main() -> ExitCode {
    match Command::parse() {
        Command::Check(args) => check::run(&args),
        Command::Params(args) => params::run(&args),
    }
}
