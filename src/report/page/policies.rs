//! Policies in words and on a time line.

use jiff::civil::Date;
use serde::Serialize;
use serde_json::Value;

use crate::speech::tr;
use crate::{palette, words};
use study::comparison::{Arm, Comparison};

/// Share of the time line behind which a label stands to the left of its date. Unit: %.
const FLIP: f64 = 62.0;

/// A scenario as the page tells of it.
#[derive(Debug, Serialize)]
pub struct Told {
    /// Number: 0 for the baseline.
    pub number: usize,
    /// Title.
    pub title: String,
    /// Name in the tables.
    pub name: String,
    /// Colour in charts.
    pub colour: String,
    /// First day on which it differs from the baseline.
    pub since: Option<String>,
    /// What it changes; for the baseline its measures from the first change on.
    pub changes: Vec<Change>,
    /// Values in which it differs: path, baseline's, own.
    pub differences: Vec<(String, String, String)>,
    /// Where the time line begins to differ. Unit: % of its length.
    pub from: Option<f64>,
    /// Changes on the time line: those that the baseline does not have.
    pub marks: Vec<Mark>,
}

/// A change in words.
#[derive(Debug, Serialize)]
pub struct Change {
    /// `+` for what it adds, `−` for what it drops.
    pub sign: String,
    /// When.
    pub when: String,
    /// What.
    pub what: String,
}

/// A change on the time line.
#[derive(Debug, Serialize)]
pub struct Mark {
    /// Distance of its dot from the left end, or from the right one if the label stands to the left. Unit: % of the length.
    pub aside: f64,
    /// Whether the label stands to the left.
    pub flip: bool,
    /// When.
    pub when: String,
    /// What.
    pub what: String,
}

/// A year on the time line.
#[derive(Debug, Serialize)]
pub struct Year {
    /// Place. Unit: % of the length.
    pub at: f64,
    /// The year.
    pub year: i16,
}

/// All scenarios of a comparison, baseline first.
pub fn told(comparison: &Comparison) -> Vec<Told> {
    comparison.arms.iter().enumerate().map(|(number, arm)| tell(comparison, number, arm)).collect()
}

fn tell(comparison: &Comparison, number: usize, arm: &Arm) -> Told {
    let baseline = &comparison.arms[0];
    let new = |mark: &&(Date, String)| number == 0 || !baseline.marks.contains(mark);
    let marks = arm.marks.iter().filter(new);
    let changes = if number == 0 {
        let dated = arm.sequence.iter().filter(|line| !line.starts_with(tr("at first")));
        dated.map(|line| change("+", line)).collect()
    } else {
        arm.changes.iter().map(|line| split(line)).collect()
    };
    Told {
        number,
        title: arm.title.clone(),
        name: arm.name.clone(),
        colour: palette::arm(number).0.hex(),
        since: arm.since.map(|date| date.to_string()),
        changes,
        differences: arm
            .differences
            .iter()
            .map(|(path, a, b)| (path.clone(), plain(a), plain(b)))
            .collect(),
        from: arm.since.and_then(|date| place(comparison, date)),
        marks: marks.filter_map(|(date, text)| mark(comparison, *date, text)).collect(),
    }
}

/// A value as people write it; one that changes on dates as a list.
fn plain(json: &str) -> String {
    let word = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.as_f64().map_or_else(|| json.to_owned(), |n| n.to_string()),
        other => other.to_string(),
    };
    match serde_json::from_str(json) {
        Ok(Value::Object(dates)) => {
            let each = |(date, value): (&String, &Value)| format!("{date}: {}", word(value));
            dates.iter().map(each).collect::<Vec<_>>().join(", ")
        }
        Ok(value) => word(&value),
        Err(_) => json.to_owned(),
    }
}

/// A line of `changes`: sign, a space, when, two spaces, what.
fn split(line: &str) -> Change {
    match line.split_once(' ') {
        Some((sign, rest)) => change(sign, rest),
        None => change("", line),
    }
}

fn change(sign: &str, line: &str) -> Change {
    let (when, what) = line.split_once("  ").unwrap_or(("", line));
    let what = match what.trim().split_once(": ") {
        Some((lever, text)) => format!("{}: {text}", tr(&words::sentence(lever))),
        None => what.trim().to_owned(),
    };
    Change { sign: sign.to_owned(), when: when.to_owned(), what: words::tied(&what) }
}

fn mark(comparison: &Comparison, date: Date, text: &str) -> Option<Mark> {
    let at = place(comparison, date)?;
    let flip = at > FLIP;
    let aside = if flip { (1000.0 - 10.0 * at).round() / 10.0 } else { at };
    Some(Mark { aside, flip, when: date.to_string(), what: text.to_owned() })
}

/// Place of a date on the time line, earlier ones at its beginning; `None` for later ones.
fn place(comparison: &Comparison, date: Date) -> Option<f64> {
    let (from, to) = comparison.window;
    let days = |date: Date| f64::from((date - from).get_days());
    let length = days(to) + 1.0;
    (date <= to).then(|| (1000.0 * days(date).max(0.0) / length).round() / 10.0)
}

/// Years that begin within the window, and the one in which it begins.
pub fn years(comparison: &Comparison) -> Vec<Year> {
    let (from, to) = comparison.window;
    let first = |year: i16| Date::new(year, 1, 1).expect("the first of January exists").max(from);
    let year = |year: i16| Some(Year { at: place(comparison, first(year))?, year });
    (from.year()..=to.year()).filter_map(year).collect()
}
