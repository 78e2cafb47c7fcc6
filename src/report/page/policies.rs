//! Policies in words and on a time line.

use jiff::civil::Date;
use minijinja::context;
use minijinja::value::{Serde, Value};
use serde_json::Value as Json;

use crate::speech::{dated, tr};
use crate::{palette, words};
use study::comparison::{ComparedArm, Comparison};

/// Share of the time line behind which a label stands to the left of its date. Unit: %.
const FLIP: f64 = 62.0;

/// All scenarios of a comparison, baseline first.
pub fn told(comparison: &Comparison) -> Vec<Value> {
    comparison.arms.iter().enumerate().map(|(number, arm)| tell(comparison, number, arm)).collect()
}

/// What a scenario changes, in words, in values and on the time line: what the baseline does not have; of the baseline its measures from
/// the first change on. Places on the time line are in percent of its length.
fn tell(comparison: &Comparison, number: usize, arm: &ComparedArm) -> Value {
    let baseline = &comparison.arms[0];
    let new = |mark: &&(Date, String)| number == 0 || !baseline.marks.contains(mark);
    let marks = arm.marks.iter().filter(new);
    let changes: Vec<Value> = if number == 0 {
        let dated = arm.sequence.iter().filter(|line| !line.starts_with(tr("at first")));
        dated.map(|line| change("+", line)).collect()
    } else {
        arm.changes.iter().map(|line| split(line)).collect()
    };
    let differences = arm.differences.iter().map(|(path, a, b)| (path, plain(a), plain(b)));
    context! {
        number => number,
        title => Serde(&arm.title),
        name => Serde(&arm.name),
        colour => Serde(palette::arm(number).0.hex()),
        since => Serde(arm.since.map(|date| dated(date.to_string()))),
        changes => changes,
        differences => Serde(differences.collect::<Vec<_>>()),
        from => arm.since.and_then(|date| place(comparison, date)),
        marks => marks.filter_map(|(date, text)| mark(comparison, *date, text)).collect::<Vec<_>>(),
    }
}

/// A value as people write it; one that changes on dates as a list.
fn plain(json: &str) -> String {
    let word = |value: &Json| match value {
        Json::String(text) => text.clone(),
        Json::Number(number) => number.as_f64().map_or_else(|| json.to_owned(), |n| n.to_string()),
        other => other.to_string(),
    };
    match serde_json::from_str(json) {
        Ok(Json::Object(dates)) => {
            let each = |(date, value): (&String, &Json)| {
                format!("{}: {}", dated(date.clone()), word(value))
            };
            dates.iter().map(each).collect::<Vec<_>>().join(", ")
        }
        Ok(value) => word(&value),
        Err(_) => json.to_owned(),
    }
}

/// A line of `changes`: sign, a space, when, two spaces, what.
fn split(line: &str) -> Value {
    match line.split_once(' ') {
        Some((sign, rest)) => change(sign, rest),
        None => change("", line),
    }
}

/// A change in words: `+` for what is added and `−` for what is dropped, when, and what.
fn change(sign: &str, line: &str) -> Value {
    let (when, what) = line.split_once("  ").unwrap_or(("", line));
    let what = match what.trim().split_once(": ") {
        Some((lever, text)) => format!("{}: {text}", tr(&words::sentence(lever))),
        None => what.trim().to_owned(),
    };
    context! { sign => Serde(sign), when => Serde(dated(when.to_owned())), what => Serde(words::tied(&what)) }
}

/// A change on the time line: how far its dot lies from the left end, or from the right one where the label stands to the left (`flip`).
fn mark(comparison: &Comparison, date: Date, text: &str) -> Option<Value> {
    let at = place(comparison, date)?;
    let flip = at > FLIP;
    let aside = if flip { (1000.0 - 10.0 * at).round() / 10.0 } else { at };
    Some(
        context! { aside => aside, flip => flip, when => Serde(dated(date.to_string())), what => Serde(text) },
    )
}

/// Place of a date on the time line, earlier ones at its beginning; `None` for later ones.
fn place(comparison: &Comparison, date: Date) -> Option<f64> {
    let (from, to) = comparison.window;
    let days = |date: Date| f64::from((date - from).get_days());
    let length = days(to) + 1.0;
    (date <= to).then(|| (1000.0 * days(date).max(0.0) / length).round() / 10.0)
}

/// Years that begin within the window, and the one in which it begins, with their places.
pub fn years(comparison: &Comparison) -> Vec<Value> {
    let (from, to) = comparison.window;
    let first = |year: i16| Date::new(year, 1, 1).expect("the first of January exists").max(from);
    let year = |year: i16| Some(context! { at => place(comparison, first(year))?, year => year });
    (from.year()..=to.year()).filter_map(year).collect()
}
