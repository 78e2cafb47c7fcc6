#![doc = include_str!("ARCHITECTURE.md")]

pub use world::{random, record, units};

pub use scenario;

pub use model;

pub use study::{comparison, ensemble, stats, store};

pub use report;

pub mod cli;
