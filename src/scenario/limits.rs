//! Each value for itself: is it known, complete, of the right kind and within what is allowed?
//!
//! Deliberately absent: how values go together (`sense`).

use jiff::civil::Date;

use super::finding::{Finding, hundredth, nearest, plain};
use super::reader::WHOLE;
use super::shape::{Kind, Parameter, Shape, shape};
use super::source::{Field, Key, Node, Value};

mod campaigns;
mod interventions;
mod list;
mod named;

/// Most names that a hint lists. Unit: names. Source: two lines of a terminal; Status: assumption.
const LONGEST_LISTING: usize = 15;

/// Looks at every value of the merged tree; whether any is missing only if the tree is `complete`.
pub(super) fn check(node: &Node, complete: bool, found: &mut Vec<Finding>) {
    group("", node, shape(), complete, found);
}

fn group(path: &str, node: &Node, shape: &Shape, complete: bool, found: &mut Vec<Finding>) {
    let Shape::Group { fields: known, .. } = shape else { return };
    let shown = if path.is_empty() { "a scenario".to_owned() } else { format!("`{path}`") };
    let fields = match &node.value {
        Value::Group(fields) => fields,
        Value::Broken => return,
        other => {
            let names: Vec<String> =
                known.iter().take(3).map(|(name, _)| format!("{name}: …")).collect();
            let dots = if known.len() > 3 { ", …" } else { "" };
            let hint = match path {
                "" => WHOLE.to_owned(),
                _ => format!("write ({}{dots}), each field with its name", names.join(", ")),
            };
            let message = format!("{shown} is a group of fields, but found {}", other.in_words());
            let label = "a group in round brackets is wanted";
            found.push(Finding::error(message).at(node.span, label).hint(hint));
            return;
        }
    };
    for field in fields {
        match shape.field(&field.name) {
            Some(below) => {
                let path = join(path, &field.name);
                match below {
                    Shape::Group { .. } => group(&path, &field.value, below, complete, found),
                    Shape::Leaf(parameter) => match &parameter.kind {
                        Kind::Map(fields) if path == "policy.interventions" => {
                            interventions::check(fields, &field.value, complete, found);
                        }
                        Kind::Map(fields) => {
                            campaigns::check(fields, &field.value, complete, found)
                        }
                        _ => leaf(parameter, &field.value, found),
                    },
                }
            }
            None => found.push(unknown(path, field, known)),
        }
    }
    let missing: Vec<String> = known
        .iter()
        .filter(|(name, _)| !fields.iter().any(|field| field.name == *name))
        // Complete scenarios that were written before there were interventions have none.
        .filter(|(name, _)| name != "interventions")
        .map(|(name, _)| format!("`{name}`"))
        .collect();
    if complete && !missing.is_empty() {
        let mut opening = node.span;
        opening.end = opening.start + 1;
        let plural = if missing.len() == 1 { "is" } else { "are" };
        found.push(
            Finding::error(format!("in {shown}, {} {plural} missing", missing.join(", ")))
                .at(opening, "in this group")
                .hint("add them, or take everything that you do not change from the reference: extends: \"kazakhstan.ron\""),
        );
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

fn unknown(path: &str, field: &Field, known: &[(String, Shape)]) -> Finding {
    let name = &field.name;
    let place = if path.is_empty() { "a scenario".to_owned() } else { format!("`{path}`") };
    let finding = Finding::error(format!("{place} has no field `{name}`"));
    if name == "extends" {
        return finding
            .at(field.name_span, "not here")
            .hint("`extends` stands once, at the top of a scenario file");
    }
    let names = || known.iter().map(|(name, _)| name.as_str());
    let elsewhere: Vec<&str> = shape()
        .paths()
        .into_iter()
        .filter(|path| path.rsplit('.').next() == Some(name) && path.contains('.'))
        .collect();
    let finding = if let Some(near) = nearest(name, names()) {
        finding.at(field.name_span, format!("did you mean `{near}`?"))
    } else if let [only] = elsewhere[..] {
        finding.at(field.name_span, format!("did you mean `{only}`?"))
    } else {
        finding.at(field.name_span, "unknown name")
    };
    let list: Vec<&str> = names().collect();
    if list.len() > LONGEST_LISTING && !path.is_empty() {
        return finding.hint(format!("`crackdown params {path}.` lists what is known here"));
    }
    finding.hint(format!("known here: {}", list.join(", ")))
}

/// Fields that `whose` kind of group does not have.
pub(super) fn unknown_fields(
    given: &[Field],
    fields: &[String],
    whose: &str,
    found: &mut Vec<Finding>,
) {
    for field in given.iter().filter(|field| !fields.contains(&field.name)) {
        let label = match nearest(&field.name, fields.iter().map(String::as_str)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "unknown name".to_owned(),
        };
        found.push(
            Finding::error(format!("{whose} has no field `{}`", field.name))
                .at(field.name_span, label)
                .hint(format!("known here: {}", fields.join(", "))),
        );
    }
}

/// Looks at the value of one parameter.
pub(super) fn leaf(parameter: &Parameter, node: &Node, found: &mut Vec<Finding>) {
    let path = &parameter.path;
    match &node.value {
        Value::Broken => {}
        Value::Map(_) if !parameter.by_date => found.push(
            Finding::error(format!("`{path}` cannot change on dates"))
                .at(node.span, "one value is wanted")
                .hint(format!("write {path} as one value, e.g. {}", parameter.default))
                .hint(parameter.about()),
        ),
        Value::Map(entries) if entries.is_empty() => found.push(
            Finding::error(format!("`{path}` is an empty list by date"))
                .at(node.span, "no value")
                .hint("write one value, or dates with values: {\"2024-01-01\": …}"),
        ),
        Value::Map(entries) => {
            let mut before: Option<(Date, &Node)> = None;
            for (key, value) in entries {
                if let Key::Written(key) = key {
                    date(&format!("a date of `{path}`"), key, found);
                    in_order(path, &mut before, key, found);
                }
                single(parameter, value, found);
            }
        }
        _ => single(parameter, node, found),
    }
}

/// Reports a date that does not come after the one `before` it; the same date again was reported by the reader.
fn in_order<'a>(
    path: &str,
    before: &mut Option<(Date, &'a Node)>,
    key: &'a Node,
    found: &mut Vec<Finding>,
) {
    let Some(date) = date_in(key) else { return };
    if let Some((other, place)) = *before
        && date < other
    {
        found.push(
            Finding::error(format!(
                "the dates of `{path}` are not in order: {date} follows {other}"
            ))
            .at(key.span, "earlier than the date before it")
            .see(place.span, "the date before it")
            .hint("write the earliest date first"),
        );
    }
    *before = Some((date, key));
}

/// The date that a text is, reporting what is wrong if it is none.
pub(super) fn date(what: &str, node: &Node, found: &mut Vec<Finding>) {
    if matches!(node.value, Value::Broken) || date_in(node).is_some() {
        return;
    }
    let Some(text) = node.text() else {
        found.push(
            Finding::error(format!(
                "{what} is a date in quotes, but found {}",
                node.value.in_words()
            ))
            .at(node.span, "a date is wanted")
            .hint("dates are written as \"2024-01-31\""),
        );
        return;
    };
    let (label, hint) = match why_no_date(text) {
        Some(why) => (why.clone(), why),
        None => (
            "not a date".to_owned(),
            "dates are written as \"2024-01-31\": year, month, day, with two digits each for month and day"
                .to_owned(),
        ),
    };
    let mut finding =
        Finding::error(format!("{what} must be a date, but \"{}\" is none", text.escape_debug()))
            .at(node.span, label.clone());
    if hint != label {
        finding = finding.hint(hint);
    }
    found.push(finding);
}

/// The date that a node holds.
pub(super) fn date_in(node: &Node) -> Option<Date> {
    let text = node.text()?;
    let (year, month, day) = numbers(text)?;
    Date::new(year, month, day).ok()
}

fn numbers(text: &str) -> Option<(i16, i8, i8)> {
    let bytes = text.as_bytes();
    let digits = |range: std::ops::Range<usize>| bytes[range].iter().all(u8::is_ascii_digit);
    let shaped = bytes.len() == 10
        && (bytes[4], bytes[7]) == (b'-', b'-')
        && digits(0..4)
        && digits(5..7)
        && digits(8..10);
    if !shaped {
        return None;
    }
    Some((text[..4].parse().ok()?, text[5..7].parse().ok()?, text[8..].parse().ok()?))
}

/// Why a text of the right form is no date after all.
fn why_no_date(text: &str) -> Option<String> {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let (year, month, _) = numbers(text)?;
    let Ok(first) = Date::new(year, month, 1) else {
        return Some(format!("there is no month {month:02}"));
    };
    let name = MONTHS[usize::try_from(month).ok()? - 1];
    Some(format!("{name} {year} has {} days", first.days_in_month()))
}

/// Looks at one value of a parameter, on whatever date.
pub(super) fn single(parameter: &Parameter, node: &Node, found: &mut Vec<Finding>) {
    let path = &parameter.path;
    let wrong = |wanted: &str, label: &str| {
        Finding::error(format!("`{path}` must be {wanted}, but found {}", node.value.in_words()))
            .at(node.span, label)
    };
    match (&parameter.kind, &node.value) {
        (_, Value::Broken) => {}
        (Kind::Number | Kind::Whole, Value::Number(number)) => {
            amount(parameter, *number, node, found);
        }
        (Kind::Number | Kind::Whole, other) => {
            let wanted = if parameter.kind == Kind::Whole { "a whole number" } else { "a number" };
            let mut finding =
                wrong(wanted, &format!("{wanted} {} is wanted", parameter.allowed.in_words()));
            if let Value::Text(text) = other
                && text.parse::<f64>().is_ok()
            {
                finding = finding.hint("write the number without quotes");
            }
            if parameter.by_date {
                finding = finding.hint("one number, or numbers by date: {\"2024-01-01\": …}");
            }
            found.push(finding.hint(parameter.about()));
        }
        (Kind::Text, Value::Text(text)) => {
            if path == "name" {
                folder_name(text, node, found);
            } else if text.trim().is_empty() {
                found.push(
                    Finding::error(format!("`{path}` is empty")).at(node.span, "a text is wanted"),
                );
            }
        }
        (Kind::Text, _) => found.push(
            wrong("a text in quotes", "a text is wanted").hint(format!("write {path}: \"…\"")),
        ),
        (Kind::Date, _) => date(&format!("`{path}`"), node, found),
        (Kind::Choice(choices), Value::Name(name)) if choices.contains(name) => {}
        (Kind::Choice(choices), other) => {
            let given = match other {
                Value::Name(text) | Value::Text(text) => text.as_str(),
                _ => "",
            };
            let near = nearest(given, choices.iter().map(String::as_str));
            let label = match near {
                Some(near) if near == given => format!("write {near} without quotes"),
                Some(near) => format!("did you mean {near}?"),
                None => "not one of the choices".to_owned(),
            };
            found.push(
                wrong(&format!("one of {}", choices.join(", ")), &label).hint(parameter.about()),
            );
        }
        // Campaigns are looked at elsewhere.
        (Kind::Map(_), _) => {}
        (Kind::List(fields), Value::List(items)) => list::check(path, fields, items, found),
        (Kind::List(fields), _) => found.push(
            wrong("a list", "a list in square brackets is wanted")
                .hint(format!("write [({}: …), …]", fields.join(": …, "))),
        ),
    }
}

/// Whether a text can name a folder on every system.
pub(super) fn names_a_folder(text: &str) -> bool {
    let good = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    !text.is_empty() && text.len() <= 64 && text.chars().all(good)
}

/// The `name` of a scenario or study names a folder on every system.
pub(super) fn folder_name(text: &str, node: &Node, found: &mut Vec<Finding>) {
    if !names_a_folder(text) {
        found.push(
            Finding::error(format!("`name` cannot name a folder: \"{}\"", text.escape_debug()))
                .at(node.span, "1 to 64 letters, digits, `_` and `-` are allowed")
                .hint("`name` names the result folder; `title` may hold any text"),
        );
    }
}

fn amount(parameter: &Parameter, number: f64, node: &Node, found: &mut Vec<Finding>) {
    let path = &parameter.path;
    let allowed = parameter.allowed.in_words();
    if parameter.kind == Kind::Whole && number.fract() != 0.0 {
        found.push(
            Finding::error(format!("`{path}` must be a whole number, but is {}", plain(number)))
                .at(node.span, format!("a whole number {allowed} is wanted"))
                .hint(parameter.about()),
        );
    } else if !parameter.allowed.contain(number) {
        let mut finding =
            Finding::error(format!("`{path}` must be {allowed}, but is {}", plain(number)))
                .at(node.span, format!("allowed: {allowed}"));
        if matches!(parameter.unit.as_str(), "share" | "probability")
            && number > 1.0
            && number <= 100.0
        {
            finding = finding.hint(format!("if you mean {number} %, write {}", hundredth(number)));
        }
        found.push(finding.hint(parameter.about()));
    } else if let Some(range) = parameter.plausible()
        && !range.contain(number)
    {
        found.push(
            Finding::warning(format!("`{path}` is {}, outside the plausible range", plain(number)))
                .at(node.span, format!("plausible: {}", range.in_words()))
                .hint(parameter.about()),
        );
    }
}
