//! The merged tree as text again: complete and in the order of the reference scenario.

use std::collections::BTreeMap;
use std::fmt::Write;

use jiff::civil::Date;

use super::shape::{Parameter, ParameterKind, Schema, shape};
use super::tree::{Field, Tree, Value, quoted};

/// What the text is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TextPurpose {
    /// People, and `load`: constants as plain values.
    Reading,
    /// ron, which types it: every value by date as a list.
    Typing,
}

/// Writes the tree for a run with this first and last day; the value before all dates gets the first.
/// Fields that are unknown and steps that never act are left out.
pub(super) fn write(root: &Tree, run: (Date, Date), purpose: TextPurpose) -> String {
    let mut text = String::new();
    field(&mut text, root, shape(), 0, run, purpose);
    text.push('\n');
    text
}

fn field(
    text: &mut String,
    node: &Tree,
    shape: &Schema,
    depth: usize,
    run: (Date, Date),
    purpose: TextPurpose,
) {
    match shape {
        Schema::Leaf(parameter) => value(text, node, parameter, depth, run, purpose),
        Schema::Group { fields, .. } => {
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
                field(text, &given.value, below, depth + 1, run, purpose);
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
fn plain_leaf(shape: &Schema) -> bool {
    matches!(shape, Schema::Leaf(parameter) if parameter.documented_at != parameter.path)
}

fn value(
    text: &mut String,
    node: &Tree,
    parameter: &Parameter,
    depth: usize,
    (first, last): (Date, Date),
    purpose: TextPurpose,
) {
    if !parameter.by_date {
        if matches!(parameter.kind, ParameterKind::Map(_)) {
            entries(text, node, depth, (first, last), purpose);
            return;
        }
        if let (ParameterKind::List(_), Value::List(items)) = (&parameter.kind, &node.value) {
            text.push('[');
            for item in items {
                let _ = write!(text, "\n{}{},", "    ".repeat(depth + 1), item.written());
            }
            let _ = write!(text, "\n{}]", "    ".repeat(depth));
            return;
        }
        text.push_str(&node.written());
        return;
    }
    if purpose == TextPurpose::Reading && !matches!(node.value, Value::Map(_)) {
        text.push_str(&node.written());
        return;
    }
    let steps = node.steps();
    let constant = !matches!(node.value, Value::Map(_));
    let mut entries = Vec::new();
    let mut late = 0;
    for (index, (date, _, value)) in steps.iter().enumerate() {
        let next = steps.get(index + 1).and_then(|(date, _, _)| *date);
        late += usize::from(date.is_some_and(|date| date > last));
        let needed = usize::from(parameter.is_interpolated());
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
        let written = match value.pick().filter(|_| parameter.is_open_choice()) {
            Some(pick) if purpose == TextPurpose::Typing => quoted(&pick),
            _ => value.written(),
        };
        entries.push(format!("{}: {written}", quoted(&date.to_string())));
    }
    let _ = write!(text, "{{{}}}", entries.join(", "));
}

/// Campaigns or interventions, each on a line of its own; those that never act in this run are left out.
fn entries(text: &mut String, node: &Tree, depth: usize, run: (Date, Date), purpose: TextPurpose) {
    // In the order of names, as they are typed: the same campaigns give the same text.
    let acting: BTreeMap<&str, &Tree> = node.entries().filter(|(_, one)| acts(one, run)).collect();
    text.push('{');
    for (name, one) in &acting {
        let mut one = (*one).clone();
        // A word of a choice is typed as a text, since a value may be a number too.
        if let (TextPurpose::Typing, Some(value)) = (purpose, one.at_mut("value"))
            && let Some(word) = value.pick()
        {
            value.value = Value::Text(word);
        }
        let _ = write!(text, "\n{}{}: {},", "    ".repeat(depth + 1), quoted(name), one.written());
    }
    if !acting.is_empty() {
        let _ = write!(text, "\n{}", "    ".repeat(depth));
    }
    text.push('}');
}

/// Whether a campaign or intervention has a day in the run.
pub(super) fn acts(campaign: &Tree, (first, last): (Date, Date)) -> bool {
    let date = |name: &str| campaign.at(name).and_then(Tree::date);
    !campaign.is_none()
        && date("on").is_none_or(|on| first <= on && on <= last)
        && date("from").is_none_or(|from| from <= last)
        && date("until").is_none_or(|until| until >= first)
}

/// What a tree says beyond the scenario that it extends, as a file for people; the value before all dates gets the first day.
pub(super) fn policy_file(
    comment: &str,
    [extends, name, title]: [&str; 3],
    tree: &Tree,
    first: Date,
) -> String {
    let [extends, name, title] = [extends, name, title].map(quoted);
    let mut text =
        format!("{comment}\n(\n    extends: {extends},\n    name: {name},\n    title: {title},\n");
    if let (Value::Group(fields), Schema::Group { fields: known, .. }) = (&tree.value, shape()) {
        let order = |field: &&Field| known.iter().position(|(name, _)| *name == field.name);
        let mut fields: Vec<&Field> =
            fields.iter().filter(|field| field.name != "name" && field.name != "title").collect();
        fields.sort_by_key(order);
        for field in fields {
            in_lines(&mut text, &field.name, &field.value, 1, first);
        }
    }
    text + ")\n"
}

fn in_lines(text: &mut String, name: &str, node: &Tree, depth: usize, first: Date) {
    let indent = "    ".repeat(depth);
    match &node.value {
        Value::Group(fields) if depth < 3 => {
            text.push_str(&format!("{indent}{name}: (\n"));
            for field in fields {
                in_lines(text, &field.name, &field.value, depth + 1, first);
            }
            text.push_str(&format!("{indent}),\n"));
        }
        Value::Map(_) if name == "campaigns" || name == "interventions" => {
            text.push_str(&format!("{indent}{name}: {{\n"));
            for (name, entry) in node.entries() {
                let (name, entry) = (quoted(name), entry.written());
                text.push_str(&format!("{indent}    {name}: {entry},\n"));
            }
            text.push_str(&format!("{indent}}},\n"));
        }
        Value::Map(_) => {
            let entries: Vec<String> = node
                .steps()
                .into_iter()
                .map(|(date, _, value)| {
                    let date = date.unwrap_or(first).to_string();
                    format!("{}: {}", quoted(&date), value.written())
                })
                .collect();
            text.push_str(&format!("{indent}{name}: {{{}}},\n", entries.join(", ")));
        }
        _ => text.push_str(&format!("{indent}{name}: {},\n", node.written())),
    }
}
