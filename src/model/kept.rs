//! Tables that are long to make and depend on few parameters: made once for all worlds that share these.
//!
//! Replications and policies of a study differ in luck and law, seldom in people. What is kept is a pure function of the
//! parameters, so nothing depends on who made it first.

use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use world::units::maths;

/// Tables that are kept at most, the latest first.
const MOST: usize = 16;

/// A kind of tables by their parameters.
pub struct Kept<T>(Mutex<Vec<(Vec<u64>, Arc<T>)>>);

impl<T> Kept<T> {
    /// None yet.
    pub const fn new() -> Kept<T> {
        Kept(Mutex::new(Vec::new()))
    }

    /// The table of these parameters, made if there is none.
    pub fn get(&self, parameters: impl Iterator<Item = f64>, make: impl FnOnce() -> T) -> Arc<T> {
        let key: Vec<u64> = parameters.map(f64::to_bits).collect();
        let kept = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = kept().iter().find(|(of, _)| *of == key).map(|(_, table)| table.clone());
        // Two threads may make the same table at once; nobody waits.
        found.unwrap_or_else(|| {
            let made = Arc::new(make());
            let mut kept = kept();
            kept.insert(0, (key, made.clone()));
            kept.truncate(MOST);
            made
        })
    }
}

fn in_steps<const STEPS: usize>() -> Vec<f64> {
    (0..STEPS).map(|i| maths::normal_quantile((i as f64 + 0.5) / STEPS as f64)).collect()
}

/// Quantiles of the standard normal distribution in the middle of as many equal steps.
pub static NORMAL_4096: LazyLock<Vec<f64>> = LazyLock::new(in_steps::<4096>);

/// The same in finer steps.
pub static NORMAL_16384: LazyLock<Vec<f64>> = LazyLock::new(in_steps::<16384>);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_made_once_for_equal_parameters_and_the_oldest_goes_first() {
        let kept = Kept::new();
        let get = |of: f64, make: i32| *kept.get([of].into_iter(), || make);
        assert_eq!((get(1.0, 10), get(1.0, 11), get(2.0, 20)), (10, 10, 20));
        (3..18).for_each(|of| _ = get(f64::from(of), of));
        assert_eq!((get(2.0, 21), get(1.0, 12)), (20, 12));
    }
}
