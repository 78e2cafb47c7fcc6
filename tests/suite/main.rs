//! The one test binary: what the program does, seen from outside.

mod attribute_command;
mod bad;
mod campaigns;
mod cards_and_checks;
mod compare_command;
mod displacement;
mod explain;
mod family;
mod institutions;
mod levers;
mod limits;
mod luck;
mod params;
mod readme;
mod regimes;
mod run_command;
mod scenarios;
mod stack_command;
mod studies;
mod study;
mod submit_command;
mod thinning;
mod tidy;
mod underworld;
mod verify_command;
mod worlds;
