//! What each of several measures adds to what they do together, whatever the order.

/// What one measure adds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Added {
    /// As the only one: worth of it alone minus worth of none.
    pub alone: f64,
    /// As the last one: worth of all minus worth of all others.
    pub last: f64,
    /// On average over all orders in which they can be added: the Shapley value.
    pub shapley: f64,
}

/// What each measure adds, given what every set of them is worth: `worth[set]`, where measure `i` is in a set if
/// bit `i` of its number is. Shapley values add up to the worth of all minus the worth of none.
///
/// Source: Shapley (1953). Sums use whole weights, so amounts in whole tenge lose nothing before the one division.
///
/// # Panics
/// If there is not one worth for each set.
pub fn added(worth: &[f64]) -> Vec<Added> {
    assert!(worth.len().is_power_of_two(), "one worth for each set");
    let players = worth.len().trailing_zeros() as usize;
    let all = worth.len() - 1;
    let factorial = |number: usize| (1..=number).map(|n| n as f64).product::<f64>();
    let orders = factorial(players);
    let one = |player: usize| {
        let bit = 1 << player;
        let without = (0..worth.len()).filter(|set| set & bit == 0);
        // A set comes before a measure in as many orders as there are of the set and of the rest.
        let sum: f64 = without
            .map(|set| {
                let before = set.count_ones() as usize;
                let weight = factorial(before) * factorial(players - 1 - before);
                weight * (worth[set | bit] - worth[set])
            })
            .sum();
        Added {
            alone: worth[bit] - worth[0],
            last: worth[all] - worth[all & !bit],
            shapley: sum / orders,
        }
    };
    (0..players).map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use world::random::{Decision, Luck};

    fn shapley(worth: &[f64]) -> Vec<f64> {
        added(worth).iter().map(|added| added.shapley).collect()
    }

    #[test]
    fn the_glove_game_has_its_known_values() {
        // Source: textbook; one owner of a left glove (bit 0), two of right gloves: a pair is worth 1.
        let worth = [0.0, 0.0, 0.0, 1.0, 0.0, 1.0, 0.0, 1.0];
        let found = shapley(&worth);
        for (value, expected) in found.iter().zip([2.0 / 3.0, 1.0 / 6.0, 1.0 / 6.0]) {
            assert!((value - expected).abs() < 1e-15, "{found:?}");
        }
        assert_eq!(added(&worth)[0], Added { alone: 0.0, last: 1.0, shapley: found[0] });
    }

    #[test]
    fn who_adds_the_same_to_every_set_gets_just_that() {
        let apart = [-3.0, 10.0, 0.25, 7.0];
        let worth: Vec<f64> = (0..16_usize)
            .map(|set| 5.0 + (0..4).filter(|i| set >> i & 1 == 1).map(|i| apart[i]).sum::<f64>())
            .collect();
        for (found, value) in added(&worth).iter().zip(apart) {
            assert_eq!((found.alone, found.last), (value, value));
            assert!((found.shapley - value).abs() < 1e-12);
        }
    }

    #[test]
    fn values_add_up_to_the_effect_of_all_to_the_tenge() {
        for players in 0..=6 {
            let mut draws = Luck::new(5, 1).at(Decision::Resampling, players, 0);
            let worth: Vec<f64> =
                (0..1 << players).map(|_| (draws.normal() * 1e12).round()).collect();
            let sum: f64 = shapley(&worth).iter().sum();
            let effect = worth[worth.len() - 1] - worth[0];
            assert!((sum - effect).abs() <= 1e-3, "{players}: {sum} {effect}");
        }
    }

    #[test]
    fn of_two_each_gets_the_mean_of_alone_and_last() {
        for added in added(&[1.0, 4.0, 2.0, 11.0]) {
            assert_eq!(added.shapley, (added.alone + added.last) / 2.0);
        }
    }
}
