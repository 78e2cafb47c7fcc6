//! The one test binary: what the program does, seen from outside.

mod bad;
mod params;
mod run_command;
mod scenarios;
