//! One checker for every kind of file that people write: scenarios, studies, catalogues, tables of draws.
//!
//! What a group may hold is declared, not programmed: for a scenario by the comments in the reference ([`Schema`]), for
//! everything else by a [`FieldForm`]. Both come here, so an unknown field, a missing one, a wrong kind, a value out of range or a
//! name given twice is found everywhere, with its place.
//!
//! Deliberately absent: how values go together (`cross_checks`).

use jiff::civil::Date;

use super::finding::{Finding, hundredth, nearest, plain};
use super::reader::WHOLE;
use super::shape::{Bounds, Parameter, ParameterKind, Schema, shape};
use super::source::Span;
use super::tree::{Field, Key, Tree, Value, join};

mod campaigns;
mod entries;
mod form;
mod interventions;
mod own;

pub(super) use form::{FieldForm, Given, Holds, names_a_folder, wanted};

/// Most names that a hint lists. Unit: names. Source: two lines of a terminal; Status: assumption.
const LONGEST_LISTING: usize = 15;
/// Largest number in an item of a list. Unit: as the field says, e.g. bn KZT. Source: far beyond any bank;
/// Status: assumption.
const LARGEST_IN_LIST: f64 = 1e9;

/// Looks at every value of the merged tree; whether any is missing only if the tree is `complete`.
pub(super) fn check(node: &Tree, complete: bool, found: &mut Vec<Finding>) {
    group("", node, shape(), complete, found);
}

fn group(path: &str, node: &Tree, shape: &Schema, complete: bool, found: &mut Vec<Finding>) {
    let Schema::Group { fields: known, .. } = shape else { return };
    let whose = if path.is_empty() { "a scenario".to_owned() } else { format!("`{path}`") };
    let names: Vec<&str> = known.iter().map(|(name, _)| name.as_str()).collect();
    let Value::Group(fields) = &node.value else {
        found.extend(no_group(&whose, node).map(|finding| {
            let few: Vec<String> = names.iter().take(3).map(|name| format!("{name}: …")).collect();
            let dots = if names.len() > 3 { ", …" } else { "" };
            finding.hint(match path {
                "" => WHOLE.to_owned(),
                _ => format!("write ({}{dots}), each field with its name", few.join(", ")),
            })
        }));
        return;
    };
    for field in fields {
        let below = join(path, &field.name);
        match shape.field(&field.name) {
            Some(Schema::Leaf(parameter)) if below == "policy.campaigns" => {
                campaigns::check(&parameter.path, &field.value, complete, found);
            }
            Some(Schema::Leaf(parameter)) if below == "policy.interventions" => {
                interventions::check(&parameter.path, &field.value, complete, found);
            }
            Some(Schema::Leaf(parameter)) if below == "measures.own" => {
                own::check(&parameter.path, &field.value, complete, found);
            }
            Some(Schema::Leaf(parameter)) => leaf(parameter, &field.value, found),
            Some(shape) => group(&below, &field.value, shape, complete, found),
            None => found.push(unknown_in_scenario(path, &whose, field, &names)),
        }
    }
    if let Some(finding) = missing(&whose, node, names.into_iter()).filter(|_| complete) {
        found.push(finding.hint("add them, or take everything that you do not change from the reference: extends: \"kazakhstan.ron\""));
    }
}

/// That something stands in the place of a group of fields; nothing where it could not be read.
fn no_group(whose: &str, node: &Tree) -> Option<Finding> {
    if matches!(node.value, Value::Broken) {
        return None;
    }
    let found = node.value.in_words();
    let finding = Finding::error(format!("{whose} is a group of fields, but found {found}"));
    Some(finding.at(node.span, "a group in round brackets is wanted"))
}

/// Which of the needed fields a group lacks.
fn missing<'a>(
    whose: &str,
    group: &Tree,
    needed: impl Iterator<Item = &'a str>,
) -> Option<Finding> {
    let lacks: Vec<String> =
        needed.filter(|name| group.field(name).is_none()).map(|name| format!("`{name}`")).collect();
    let plural = if lacks.len() == 1 { "is" } else { "are" };
    let finding = Finding::error(format!("in {whose}, {} {plural} missing", lacks.join(", ")));
    (!lacks.is_empty()).then(|| finding.at(opening(group), "in this group"))
}

/// A field that such a group does not have.
fn unknown(whose: &str, field: &Field, names: &[&str]) -> Finding {
    let label = match nearest(&field.name, names.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "unknown name".to_owned(),
    };
    Finding::error(format!("{whose} has no field `{}`", field.name))
        .at(field.name_span, label)
        .hint(format!("known here: {}", names.join(", ")))
}

/// The same in a scenario, where the name may be known elsewhere.
fn unknown_in_scenario(path: &str, whose: &str, field: &Field, names: &[&str]) -> Finding {
    let mut finding = unknown(whose, field, names);
    if field.name == "extends" {
        finding.hints = vec!["`extends` stands once, at the top of a scenario file".to_owned()];
        return finding.at(field.name_span, "not here");
    }
    if names.len() > LONGEST_LISTING && !path.is_empty() {
        finding.hints = vec![format!("`crackdown params {path}.` lists what is known here")];
    }
    let paths = shape().paths().into_iter();
    let elsewhere: Vec<&str> = paths
        .filter(|path| path.rsplit('.').next() == Some(&field.name) && path.contains('.'))
        .collect();
    match elsewhere[..] {
        [only] if nearest(&field.name, names.iter().copied()).is_none() => {
            finding.at(field.name_span, format!("did you mean `{only}`?"))
        }
        _ => finding,
    }
}

/// Place of the whole of a value: its opening bracket, if it has one.
pub(super) fn opening(node: &Tree) -> Span {
    match node.value {
        Value::Group(_) | Value::Map(_) | Value::List(_) => {
            Span { end: node.span.start + 1, ..node.span }
        }
        _ => node.span,
    }
}

impl Parameter {
    /// What a value of the parameter must be.
    fn holds(&self) -> Holds {
        match &self.kind {
            ParameterKind::Number => Holds::Number(self.allowed),
            ParameterKind::Whole => Holds::Whole(self.allowed),
            ParameterKind::Text if self.path == "name" => Holds::Folder,
            ParameterKind::Text => Holds::Text,
            ParameterKind::Date => Holds::Date,
            ParameterKind::Choice(words) if self.is_open_choice() => Holds::WordLike(words.clone()),
            ParameterKind::Choice(words) => Holds::Word(words.clone()),
            ParameterKind::List(fields) => {
                let form = FieldForm::new(format!("an item of `{}`", self.path), "");
                let number = || Holds::Number(Bounds::above_zero(Some(LARGEST_IN_LIST)));
                Holds::Items(fields.iter().fold(form, |form, field| {
                    form.needs(field, if field == "name" { Holds::Text } else { number() }, "")
                }))
            }
            // Campaigns, interventions and own definitions are looked at by their names.
            ParameterKind::Map(_) => Holds::Other,
        }
    }
}

/// Looks at the value of one parameter.
pub(super) fn leaf(parameter: &Parameter, node: &Tree, found: &mut Vec<Finding>) {
    let path = &parameter.path;
    match &node.value {
        Value::Map(_) if matches!(parameter.kind, ParameterKind::Map(_)) => {}
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
            let mut before: Option<(Date, &Tree)> = None;
            for (key, value) in entries {
                if let Key::Written(key) = key {
                    found.extend(form::date(&format!("a date of `{path}`"), key));
                    in_order(path, &mut before, key, found);
                }
                single(parameter, value, found);
            }
        }
        _ => {
            single(parameter, node, found);
        }
    }
}

/// Reports a date that does not come after the one `before` it; the same date again was reported by the reader.
fn in_order<'a>(
    path: &str,
    before: &mut Option<(Date, &'a Tree)>,
    key: &'a Tree,
    found: &mut Vec<Finding>,
) {
    let Some(date) = key.date() else { return };
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

/// Looks at one value of a parameter, on whatever date; whether it can be used.
pub(super) fn single(parameter: &Parameter, node: &Tree, found: &mut Vec<Finding>) -> bool {
    let before = found.len();
    let shown = format!("`{}`", parameter.path);
    parameter.holds().check(&shown, node, found);
    let fine = found.len() == before;
    let number = node.number();
    let numeric = matches!(parameter.kind, ParameterKind::Number | ParameterKind::Whole);
    for finding in &mut found[before..] {
        let mut hints = Vec::new();
        if numeric && number.is_none() && parameter.by_date {
            hints.push("one number, or numbers by date: {\"2024-01-01\": …}".to_owned());
        }
        let outside = number.filter(|number| !parameter.allowed.contain(*number));
        if matches!(parameter.unit.as_str(), "share" | "probability")
            && let Some(percent) = outside.filter(|number| *number > 1.0 && *number <= 100.0)
        {
            hints.push(format!("if you mean {percent} %, write {}", hundredth(percent)));
        }
        if numeric || matches!(parameter.kind, ParameterKind::Choice(_)) {
            hints.push(parameter.about());
        }
        finding.hints.extend(hints);
    }
    // What is plausible is said of the world; a policy sets its levers on purpose.
    let lever = parameter.path.starts_with("policy.");
    if let (true, Some(number), Some(range)) = (fine, number, parameter.plausible())
        && !lever
        && !range.contain(number)
    {
        found.push(
            Finding::warning(format!("{shown} is {}, outside the plausible range", plain(number)))
                .at(node.span, format!("plausible: {}", range.in_words()))
                .hint(parameter.about()),
        );
    }
    fine && !matches!(node.value, Value::Broken)
}
