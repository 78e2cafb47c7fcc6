//! Text to valid scenario: the only place that knows RON.

pub mod world;

pub use world::Scenario;
