//! The one test binary: what the program does, seen from outside.

mod bad;
mod campaigns;
mod compare_command;
mod displacement;
mod explain;
mod levers;
mod limits;
mod luck;
mod params;
mod readme;
mod run_command;
mod scenarios;
mod stack_command;
mod thinning;
mod tidy;
mod worlds;
