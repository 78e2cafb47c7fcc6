//! Verdicts: what was measured beside what is required and what is aimed at.

use std::fmt::Display;
use std::time::{Duration, Instant};

/// What is required of a number, and what is aimed at.
#[derive(Clone, Copy)]
pub enum Goal {
    /// Required and aimed at: not more than.
    AtMost(f64, Option<f64>),
    /// Required and aimed at: not less than.
    AtLeast(f64, Option<f64>),
}

/// Whether goals are judged: worlds that only show that the benches start are too small.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Size {
    Full,
    Tiny,
}

impl Size {
    /// One number for measuring, another for showing that it works.
    pub fn pick<T>(self, full: T, tiny: T) -> T {
        if self == Size::Full { full } else { tiny }
    }
}

/// One line: what, measured, required, aim, met or not.
pub fn verdict(size: Size, what: &str, measured: f64, goal: Goal) {
    let (word, required, aim, keeps): (_, _, _, fn(f64, f64) -> bool) = match goal {
        Goal::AtMost(required, aim) => ("at most", required, aim, |a, b| a <= b),
        Goal::AtLeast(required, aim) => ("at least", required, aim, |a, b| a >= b),
    };
    let met = match aim {
        _ if size == Size::Tiny => "too small to judge",
        _ if !keeps(measured, required) => "NOT MET",
        Some(aim) if !keeps(measured, aim) => "met, aim not reached",
        Some(_) => "met, aim reached",
        None => "met",
    };
    let aim = aim.map_or(String::new(), |aim| format!("aim {}", number(aim)));
    let required = format!("{word} {}", number(required));
    println!("{what:<62} {:>9}   {required:<14} {aim:<9} {met}", number(measured));
}

/// A number that is reported and not judged.
pub fn note(what: impl Display, measured: f64) {
    println!("{:<62} {:>9}", what.to_string(), number(measured));
}

fn number(value: f64) -> String {
    match value.abs() {
        large if large >= 100.0 => format!("{value:.0}"),
        middle if middle >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

/// How long something takes.
pub fn time<T>(work: impl FnOnce() -> T) -> (f64, T) {
    let start = Instant::now();
    let made = work();
    (start.elapsed().as_secs_f64(), made)
}

/// The shortest times of several works that are done in turn: what else the machine does makes a time longer, and all alike.
pub fn shortest<const N: usize>(rounds: u32, mut works: [&mut dyn FnMut() -> f64; N]) -> [f64; N] {
    let mut least = [Duration::MAX.as_secs_f64(); N];
    for _ in 0..rounds {
        for (least, work) in least.iter_mut().zip(&mut works) {
            *least = least.min(work());
        }
    }
    least
}
