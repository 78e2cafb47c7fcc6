#![doc = include_str!("ARCHITECTURE.md")]
#![warn(missing_docs)]
#![forbid(unsafe_code)]

pub mod units;

pub mod random;

pub mod record;

pub mod scenario;

pub mod model;

pub mod ensemble;

pub mod stats;

pub mod comparison;

pub mod store;

pub mod report;

pub mod cli;
