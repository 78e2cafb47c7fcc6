//! Numbers as text: without false precision, the same on every machine.

/// A value in a table: at least six significant digits, and never less exact than whole units.
pub fn plain(value: f64) -> String {
    if !value.is_finite() {
        return String::new();
    }
    let text = if value.abs() >= 1e5 || value.fract() == 0.0 {
        format!("{value:.0}")
    } else {
        let rounded: f64 = format!("{value:.5e}").parse().expect("a number was written");
        rounded.to_string()
    };
    if text == "-0" { "0".to_owned() } else { text }
}

/// Whether something is so, in a table.
pub fn yes(truth: bool) -> String {
    if truth { "yes" } else { "no" }.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_what_is_known_and_no_more() {
        for (value, expected) in [
            (60e9 + 0.4, "60000000000"),
            (123_456.7, "123457"),
            (12.345_678_9, "12.3457"),
            (0.042_512_345, "0.0425123"),
            (1.0 / 3.0, "0.333333"),
            (36.0, "36"),
            (-0.0, "0"),
            (f64::NAN, ""),
        ] {
            assert_eq!(plain(value), expected);
        }
    }
}
