//! Simulates enforcement against illicit crypto exchanges and counts what it displaces.
//!
//! ```
//! use crackdown::{Experiment, scenario};
//! # let small = ["people_per_agent=4000", "warm_up_days=30", "start=\"2024-01-01\"", "end=\"2024-03-31\""].map(String::from);
//! let baseline = scenario::load("scenarios/kazakhstan.ron".as_ref(), &small)?;
//! let policy = scenario::load("scenarios/policies/shutdown_double.ron".as_ref(), &small)?;
//! let comparison = Experiment::compare(baseline, [policy]).replications(4).run()?;
//! for effect in &comparison.verdicts[0].effects {
//!     println!("{}: {:+.3e} {}", effect.measure, effect.paired.mean, effect.unit);
//! }
//! # assert!(comparison.verdicts[0].effects.iter().any(|effect| effect.paired.mean != 0.0));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! More programs: `cargo run --example compare`, `one_run`, `strength` (in `src/study/examples`). How the code is laid out:
#![doc = include_str!("ARCHITECTURE.md")]

pub use world::{random, record, text, units};

pub use scenario;

pub use model;

pub use study::{Experiment, comparison, ensemble, stats, store};

pub use report;

pub mod cli;
