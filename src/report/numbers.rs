//! Ticks and numbers as people write them, in the language of now.

use crate::speech::{number, tr};
use scenario::finding::plain;

/// Billions.
pub const BN: f64 = 1e9;

/// Round values from 0 to at least `highest`, about four of them.
pub fn ticks_from_zero(highest: f64) -> Vec<f64> {
    if highest <= 0.0 {
        return vec![0.0, 1.0];
    }
    let step = step(highest / 4.0);
    let count = (highest / step - 1e-9).ceil() as usize;
    (0..=count).map(|i| i as f64 * step).collect()
}

/// Round values from below `low` to above `high`, about `number` of them; 0 is one of them.
pub fn ticks(low: f64, high: f64, number: usize) -> Vec<f64> {
    let (low, high) = (low.min(0.0), high.max(0.0));
    if high - low <= 0.0 {
        return vec![-1.0, 0.0, 1.0];
    }
    let step = step((high - low) / number as f64);
    let first = (low / step + 1e-9).floor() as i64;
    let last = (high / step - 1e-9).ceil() as i64;
    (first..=last).map(|i| i as f64 * step).collect()
}

/// A tick with its sign.
pub fn signed_tick(value: f64, unit: &str) -> String {
    let sign = if value > 0.0 { "+" } else { "" };
    if value == 0.0 { "0".to_owned() } else { format!("{sign}{}{unit}", short(value)) }
}

/// The smallest of 1, 2, 5, 10, 20, … (and of 0.5, 0.2, …) that is not below a number.
fn step(rough: f64) -> f64 {
    let mut decade = 1e-9;
    loop {
        for factor in [1.0, 2.0, 5.0] {
            if decade * factor >= rough {
                return decade * factor;
            }
        }
        decade *= 10.0;
    }
}

/// A number with three digits that matter, and thousands apart.
pub fn short(value: f64) -> String {
    let size = value.abs();
    for (large, unit) in [(1e9, "bn"), (1e6, "m")] {
        if size >= large {
            return format!("{} {}", short(value / large), tr(unit));
        }
    }
    let text = match size {
        _ if size >= 99.95 => format!("{value:.0}"),
        _ if size >= 9.995 => format!("{value:.1}"),
        _ if size >= 0.9995 => format!("{value:.2}"),
        _ if size == 0.0 => "0".into(),
        _ if size >= 0.0995 => format!("{value:.2}"),
        _ if size < 5e-7 => return format!("{value:.0e}").replace('-', "−"),
        _ if size < 0.0005 => {
            let digits = (4..8).find(|digits| size * power_of_ten(*digits) >= 0.95).unwrap_or(7);
            format!("{value:.digits$}")
        }
        _ => format!("{value:.3}"),
    };
    number(plain(text.parse().unwrap_or(value)).replace('-', "−"))
}

/// A number as a tick: the digits that the step needs.
pub fn tick(value: f64, step: f64) -> String {
    if step < 0.0005 {
        return short(value);
    }
    let digits = (0..9).find(|digits| {
        let scale = power_of_ten(*digits);
        ((step * scale).round() - step * scale).abs() < 1e-6 * scale * step
    });
    let text = format!("{value:.*}", digits.unwrap_or(3));
    if digits == Some(0) { short(value) } else { number(text.replace('-', "−")) }
}

fn power_of_ten(digits: usize) -> f64 {
    (0..digits).fold(1.0, |power, _| power * 10.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_reach_the_top() {
        assert_eq!(ticks_from_zero(7.3), vec![0.0, 2.0, 4.0, 6.0, 8.0]);
        assert_eq!(ticks_from_zero(0.0), vec![0.0, 1.0]);
        assert_eq!(ticks_from_zero(100.0), vec![0.0, 50.0, 100.0]);
        let labels: Vec<String> =
            ticks_from_zero(0.7).iter().map(|value| tick(*value, 0.2)).collect();
        assert_eq!(labels, ["0.0", "0.2", "0.4", "0.6", "0.8"]);
        assert_eq!(tick(-0.2, 0.2), "−0.2");
    }

    #[test]
    fn numbers_are_short() {
        for (value, text) in [
            (0.0, "0"),
            (12_345.6, "12,346"),
            (99.94, "99.9"),
            (5.0, "5"),
            (0.0425, "0.043"),
            (0.223, "0.22"),
            (-1234.0, "−1,234"),
            (1.5e9, "1.5 bn"),
            (-0.0002, "−0.0002"),
            (0.00049, "0.0005"),
            (0.000_096, "0.0001"),
            (-0.000_002, "−0.000002"),
            (-2e-9, "−2e−9"),
        ] {
            assert_eq!(short(value), text);
        }
    }
    #[test]
    fn ticks_are_round_and_hold_zero() {
        let near = |found: Vec<f64>, expected: &[f64]| {
            let close = found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-9);
            found.len() == expected.len() && close
        };
        assert!(near(ticks(-3.0, 9.0, 4), &[-5.0, 0.0, 5.0, 10.0]));
        assert!(near(ticks(2.0, 9.0, 5), &[0.0, 2.0, 4.0, 6.0, 8.0, 10.0]));
        assert_eq!(ticks(0.0, 0.0, 4), [-1.0, 0.0, 1.0]);
        assert_eq!(
            (signed_tick(-5.0, " %"), signed_tick(0.0, " %")),
            ("−5 %".to_owned(), "0".to_owned())
        );
    }
}
