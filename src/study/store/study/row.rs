//! What is kept of a run: the measures, or why there are none.

use serde::{Deserialize, Serialize};

use super::plan::Fingerprint;
use crate::ensemble::Stage;
use scenario::study::Cell;
use world::text::{printable, unprintable};

/// Characters of the check value of a line: 64 bits.
const CHECK_LENGTH: usize = 16;
/// What stands between a line and its check value.
const CHECK: &str = ",\"check\":\"";

/// How a run ended.
#[derive(Clone, Debug, PartialEq)]
pub enum RunEnd {
    /// It was finished.
    Finished {
        /// The kept measures; empty where only places were asked for.
        values: Vec<f64>,
        /// Fingerprint of everything that the run yielded.
        content: Fingerprint,
        /// Fingerprint of the row itself.
        digest: Fingerprint,
    },
    /// It could not be made.
    Failed {
        /// Where it failed.
        stage: Stage,
        /// Why, in one line.
        message: String,
    },
}

/// What is kept of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Name of its arm when it was made.
    pub arm: String,
    /// Number of its draw and replication when it was made.
    pub cell: Cell,
    /// What determines it.
    pub address: Fingerprint,
    /// How it ended.
    pub outcome: RunEnd,
}

impl Row {
    /// The row of a finished run.
    pub fn finished(
        arm: &str,
        cell: Cell,
        address: Fingerprint,
        values: Vec<f64>,
        content: Fingerprint,
    ) -> Row {
        // All that are no number are the same, so that bits are.
        let values: Vec<f64> =
            values.into_iter().map(|value| if value.is_nan() { f64::NAN } else { value }).collect();
        let digest = digest(address, &values, content);
        let outcome = RunEnd::Finished { values, content, digest };
        Row { arm: arm.to_owned(), cell, address, outcome }
    }

    /// The row of a run that could not be made.
    pub fn failed(arm: &str, cell: Cell, address: Fingerprint, stage: Stage, message: &str) -> Row {
        let message = message.split_whitespace().collect::<Vec<_>>().join(" ");
        let message = printable(&message).into_owned();
        Row { arm: arm.to_owned(), cell, address, outcome: RunEnd::Failed { stage, message } }
    }

    /// The kept values, if it was finished.
    pub fn values(&self) -> Option<&[f64]> {
        match &self.outcome {
            RunEnd::Finished { values, .. } => Some(values),
            RunEnd::Failed { .. } => None,
        }
    }

    /// Why it failed, if it did.
    pub fn failure(&self) -> Option<&str> {
        match &self.outcome {
            RunEnd::Finished { .. } => None,
            RunEnd::Failed { message, .. } => Some(message),
        }
    }

    /// Whether its values are those that were written.
    pub fn is_whole(&self) -> bool {
        match &self.outcome {
            RunEnd::Finished { values, content, digest: written } => {
                digest(self.address, values, *content) == *written
            }
            RunEnd::Failed { .. } => true,
        }
    }

    /// One line of a journal, its end included.
    pub fn line(&self) -> String {
        let mut line = JournalLine {
            arm: self.arm.clone(),
            draw: self.cell.draw,
            replication: self.cell.replication,
            address: self.address.to_string(),
            ..JournalLine::default()
        };
        match &self.outcome {
            RunEnd::Finished { values, content, digest } => {
                line.values = values.iter().copied().map(Number::of).collect();
                line.content = Some(content.to_string());
                line.digest = Some(digest.to_string());
            }
            RunEnd::Failed { stage, message } => {
                line.stage = Some(*stage);
                line.message = Some(message.clone());
            }
        }
        checked(&line)
    }

    /// A row as a file has it; `None` if its texts cannot be shown or its address is none.
    pub(super) fn found(arm: String, cell: Cell, address: &str, outcome: RunEnd) -> Option<Row> {
        let message = match &outcome {
            RunEnd::Failed { message, .. } => message,
            RunEnd::Finished { .. } => "",
        };
        if arm.contains(unprintable) || message.contains(unprintable) {
            return None;
        }
        Some(Row { arm, cell, address: Fingerprint::read(address)?, outcome })
    }

    /// Reads a line; `None` if it is not what was written.
    pub fn read(line: &str) -> Option<Row> {
        let line: JournalLine = read_checked(line)?;
        let outcome = match (line.stage, line.message) {
            (Some(stage), Some(message)) => RunEnd::Failed { stage, message },
            _ => RunEnd::Finished {
                values: line.values.iter().map(Number::value).collect::<Option<_>>()?,
                content: Fingerprint::read(&line.content?)?,
                digest: Fingerprint::read(&line.digest?)?,
            },
        };
        let cell = Cell { draw: line.draw, replication: line.replication };
        Row::found(line.arm, cell, &line.address, outcome)
    }
}

/// Fingerprint of a row: of what determines it, its values and all that the run yielded.
fn digest(address: Fingerprint, values: &[f64], content: Fingerprint) -> Fingerprint {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&address.0.to_be_bytes());
    for value in values {
        hasher.update(&value.to_bits().to_le_bytes());
    }
    hasher.update(&content.0.to_be_bytes());
    Fingerprint::of(hasher.finalize())
}

/// A line of a journal.
#[derive(Default, Serialize, Deserialize)]
struct JournalLine {
    arm: String,
    draw: u32,
    replication: u32,
    address: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    values: Vec<Number>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    content: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    digest: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    stage: Option<Stage>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    message: Option<String>,
}

/// A value in JSON, which has no word for infinity and for what is no number.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Number {
    Finite(f64),
    Other(String),
}

impl Number {
    fn of(value: f64) -> Number {
        if value.is_finite() { Number::Finite(value) } else { Number::Other(value.to_string()) }
    }

    fn value(&self) -> Option<f64> {
        match self {
            Number::Finite(value) => Some(*value),
            Number::Other(text) => text.parse().ok(),
        }
    }
}

/// One line of JSON with a check value, its end included.
pub(super) fn checked(value: &impl Serialize) -> String {
    let mut line = serde_json::to_string(value).expect("plain values");
    line.pop();
    let check = blake3::hash(line.as_bytes()).to_hex();
    line.push_str(CHECK);
    line.push_str(&check[..CHECK_LENGTH]);
    line.push_str("\"}\n");
    line
}

/// Reads such a line; `None` if a byte is not what was written.
pub(super) fn read_checked<T: for<'a> Deserialize<'a>>(line: &str) -> Option<T> {
    let (body, check) = line.rsplit_once(CHECK)?;
    let check = check.strip_suffix("\"}")?;
    let expected = blake3::hash(body.as_bytes()).to_hex();
    if check != &expected[..CHECK_LENGTH] {
        return None;
    }
    serde_json::from_str(&format!("{body}}}")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    pub fn row(values: Vec<f64>) -> Row {
        let (address, content) = (Fingerprint(7), Fingerprint(u128::MAX));
        let digest = digest(address, &values, content);
        let cell = Cell { draw: 3, replication: 11 };
        let outcome = RunEnd::Finished { values, content, digest };
        Row { arm: "a/\"b\"".to_owned(), cell, address, outcome }
    }

    #[test]
    fn a_line_comes_back_with_the_same_bits_and_a_changed_one_does_not() {
        let values = vec![0.1 + 0.2, -0.0, f64::NAN, f64::NEG_INFINITY, 1e300, 5e-324];
        let row = row(values.clone());
        let line = row.line();
        let back = Row::read(line.trim_end()).unwrap();
        assert!(back.is_whole());
        let RunEnd::Finished { values: read, .. } = &back.outcome else { panic!() };
        assert!(read.iter().zip(&values).all(|(a, b)| a.to_bits() == b.to_bits()), "{line}");
        for place in 0..line.len() - 1 {
            let mut bytes = line.clone().into_bytes();
            bytes[place] ^= 1;
            let changed = String::from_utf8(bytes).unwrap();
            assert!(Row::read(changed.trim_end_matches('\n')).is_none(), "byte {place}");
            assert!(Row::read(&line[..place]).is_none(), "cut at {place}");
        }
    }

    #[test]
    fn a_failure_is_one_line() {
        let cell = Cell { draw: 0, replication: 0 };
        let row = Row::failed("a", cell, Fingerprint(1), Stage::Scenario, "two\nlines  and more");
        let Some(Row { outcome: RunEnd::Failed { stage, message }, .. }) =
            Row::read(row.line().trim_end())
        else {
            panic!()
        };
        assert_eq!((stage, message.as_str()), (Stage::Scenario, "two lines and more"));
    }

    #[test]
    fn a_changed_value_does_not_fit_its_digest() {
        let mut changed = row(vec![1.0, 2.0]);
        assert!(changed.is_whole());
        if let RunEnd::Finished { values, .. } = &mut changed.outcome {
            values[1] = 2.000_000_1;
        }
        assert!(!changed.is_whole());
    }
}
