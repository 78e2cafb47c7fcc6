//! The merged tree as text again: complete and in the order of the reference scenario.

use std::fmt::Write;

use jiff::civil::Date;

use super::finding::plain;
use super::layers::is_none;
use super::limits::date_in;
use super::sense::steps;
use super::shape::{Kind, Parameter, Shape, quoted, shape, written};
use super::source::{Key, Node, Value};

/// For whom the text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum For {
    /// People, and `load`: constants as plain values.
    Reading,
    /// ron, which types it: every value by date as a list.
    Typing,
}

/// Writes the tree for a run with this first and last day; the value before all dates gets the first.
/// Fields that are unknown and steps that never act are left out.
pub(super) fn write(root: &Node, run: (Date, Date), whom: For) -> String {
    let mut text = String::new();
    field(&mut text, root, shape(), 0, run, whom);
    text.push('\n');
    text
}

fn field(
    text: &mut String,
    node: &Node,
    shape: &Shape,
    depth: usize,
    run: (Date, Date),
    whom: For,
) {
    match shape {
        Shape::Leaf(parameter) => value(text, node, parameter, depth, run, whom),
        Shape::Group { fields, .. } => {
            let family = depth > 1 && fields.iter().all(|(_, shape)| plain_leaf(shape));
            text.push('(');
            for (index, (name, below)) in fields.iter().enumerate() {
                let Some(given) = node.field(name) else { continue };
                if family {
                    let comma = if index > 0 { ", " } else { "" };
                    let _ = write!(text, "{comma}{name}: ");
                } else {
                    let _ = write!(text, "\n{}{name}: ", "    ".repeat(depth + 1));
                }
                field(text, &given.value, below, depth + 1, run, whom);
                if !family {
                    text.push(',');
                }
            }
            if !family {
                let _ = write!(text, "\n{}", "    ".repeat(depth));
            }
            text.push(')');
        }
    }
}

/// Whether a leaf is a member of a family such as the five segments.
fn plain_leaf(shape: &Shape) -> bool {
    matches!(shape, Shape::Leaf(parameter) if parameter.documented_at != parameter.path)
}

fn value(
    text: &mut String,
    node: &Node,
    parameter: &Parameter,
    depth: usize,
    (first, last): (Date, Date),
    whom: For,
) {
    if !parameter.by_date {
        if let (Kind::Map(_), Value::Map(entries)) = (&parameter.kind, &node.value) {
            campaigns(text, entries, depth, (first, last), whom);
            return;
        }
        if let (Kind::List(_), Value::List(items)) = (&parameter.kind, &node.value) {
            text.push('[');
            for item in items {
                let _ = write!(text, "\n{}{},", "    ".repeat(depth + 1), written(item));
            }
            let _ = write!(text, "\n{}]", "    ".repeat(depth));
            return;
        }
        text.push_str(&written(node));
        return;
    }
    if whom == For::Reading && !matches!(node.value, Value::Map(_)) {
        text.push_str(&written(node));
        return;
    }
    let steps = steps(node);
    let constant = !matches!(node.value, Value::Map(_));
    let mut entries = Vec::new();
    let mut late = 0;
    for (index, (date, _, value)) in steps.iter().enumerate() {
        let next = steps.get(index + 1).and_then(|(date, _, _)| *date);
        late += usize::from(date.is_some_and(|date| date > last));
        let needed = usize::from(is_interpolated(&parameter.path));
        if late > needed || (date.is_some() && next.is_some_and(|next| next <= first)) {
            continue;
        }
        let date = match date {
            Some(date) => *date,
            None if constant => Date::MIN,
            // A list that begins before the run leaves nothing of the value before it.
            None if next.is_some_and(|next| next <= first) => continue,
            None => first,
        };
        entries.push(format!("{}: {}", quoted(&date.to_string()), written(value)));
    }
    let _ = write!(text, "{{{}}}", entries.join(", "));
}

/// Campaigns or interventions, each on a line of its own; those that never act in this run are left out.
fn campaigns(
    text: &mut String,
    entries: &[(Key, Node)],
    depth: usize,
    run: (Date, Date),
    whom: For,
) {
    let mut acting: Vec<_> = entries.iter().filter(|(_, node)| acts(node, run)).collect();
    // In the order of names, as they are typed: the same campaigns give the same text.
    acting.sort_by_key(|(key, _)| match key {
        Key::Written(key) => key.text(),
        Key::Before => None,
    });
    text.push('{');
    for (key, node) in &acting {
        let Key::Written(key) = key else { continue };
        let mut node = node.clone();
        if let (For::Typing, Value::Group(fields)) = (whom, &mut node.value) {
            // A word of a choice is typed as a text, since a value may be a number too.
            for field in fields.iter_mut().filter(|field| field.name == "value") {
                if let Value::Name(word) = &field.value.value {
                    field.value.value = Value::Text(word.clone());
                }
            }
        }
        let _ = write!(text, "\n{}{}: {},", "    ".repeat(depth + 1), written(key), written(&node));
    }
    if !acting.is_empty() {
        let _ = write!(text, "\n{}", "    ".repeat(depth));
    }
    text.push('}');
}

/// Whether a campaign or intervention has a day in the run.
pub(super) fn acts(campaign: &Node, (first, last): (Date, Date)) -> bool {
    let date = |name: &str| campaign.at(name).and_then(date_in);
    !is_none(campaign)
        && date("on").is_none_or(|on| first <= on && on <= last)
        && date("from").is_none_or(|from| from <= last)
        && date("until").is_none_or(|until| until >= first)
}

/// Whether values lie on straight lines between dates: then the first step after the run acts as well.
pub(super) fn is_interpolated(path: &str) -> bool {
    path == "customers.ownership"
}

/// A share as a percentage, without digits that are not there.
pub(super) fn percent(share: f64) -> String {
    // Twelve digits are more than anybody writes and fewer than rounding disturbs.
    format!("{} %", plain((share * 1e12).round() / 1e10))
}
