//! What a parameter is drawn from: its plausible range, a range of one's own, or some values.
//!
//! Deliberately absent: the points at which ranges are read (`draws`).

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use jiff::civil::Date;

use crate::check;
use crate::finding::{Finding, nearest, plain};
use crate::names::Names;
use crate::shape::{Bounds, Parameter, ParameterKind, Schema, shape};
use crate::tree::{Key, Tree, Value};
use world::units::maths;

/// Parameters that say how is simulated, not what: the same for all runs of a study.
const FIXED: [&str; 2] = ["people_per_agent", "warm_up_days"];

/// A parameter that is drawn. Words are numbered in the order in which `crackdown params` lists them.
#[derive(Clone, Debug)]
pub(super) struct DrawnParameter {
    pub(super) parameter: &'static Parameter,
    pub(super) range: DrawRange,
}

/// What a parameter is drawn from.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum DrawRange {
    /// All numbers between two, each as likely.
    Uniform(f64, f64),
    /// All magnitudes between two numbers, each as likely.
    LogUniform(f64, f64),
    /// Some values, each as likely.
    OneOf(Vec<f64>),
}

/// What a drawn number is put into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum DrawTarget<'a> {
    /// A parameter, at all times.
    Leaf(&'a str),
    /// A parameter by date, from a day on: `policy.auto_block.bank_share@2025-01-01`.
    From(&'a str, Date),
    /// A number of a campaign: `policy.campaigns.autumn raids.value`.
    Campaign(&'a str),
    /// How much of a policy is carried out, from 0 (the baseline) to 1: `strength.auto_block`.
    Strength(&'a str),
}

/// Begin of the name of a policy's strength.
const STRENGTH: &str = "strength.";
/// Begin of the path of a campaign.
const CAMPAIGNS: &str = "policy.campaigns.";
/// How numbers other than parameters are named.
const OTHERS: &str = "besides parameters: \"policy.auto_block.bank_share@2025-01-01\" (from that day on), \"strength.POLICY\" (a policy by its \
    name, 0 to 1), \"policy.campaigns.NAME.value\"";

impl<'a> DrawTarget<'a> {
    /// What a name stands for; whether there is such a thing is not said.
    pub(super) fn named(name: &'a str) -> DrawTarget<'a> {
        let dated = || {
            let (path, date) = name.split_once('@')?;
            Some(DrawTarget::From(path, date.trim().parse().ok()?))
        };
        match name {
            _ if name.starts_with(CAMPAIGNS) => DrawTarget::Campaign(name),
            _ => match name.strip_prefix(STRENGTH) {
                Some(policy) => DrawTarget::Strength(policy),
                None => dated().unwrap_or(DrawTarget::Leaf(name)),
            },
        }
    }
}

impl DrawnParameter {
    /// What the number is put into.
    pub(super) fn place(&self) -> DrawTarget<'static> {
        DrawTarget::named(&self.parameter.path)
    }

    /// The value at a point from 0 to 1.
    pub(super) fn at(&self, unit: f64) -> f64 {
        let whole = self.parameter.kind == ParameterKind::Whole;
        match &self.range {
            DrawRange::Uniform(low, high) if whole => {
                // Every whole number is as likely, the ends included.
                (low + (unit * (high - low + 1.0)).floor()).min(*high)
            }
            DrawRange::Uniform(low, high) => (low + unit * (high - low)).clamp(*low, *high),
            DrawRange::LogUniform(low, high) => {
                let (from, to) = (maths::ln(*low), maths::ln(*high));
                let value = maths::exp(from + unit * (to - from)).clamp(*low, *high);
                if whole { value.round() } else { value }
            }
            DrawRange::OneOf(values) => {
                let slice = (unit * values.len() as f64) as usize;
                values[slice.min(values.len() - 1)]
            }
        }
    }

    /// A value as `--set` takes it.
    pub(super) fn written(&self, value: f64) -> String {
        match &self.parameter.kind {
            ParameterKind::Choice(words) => words[value as usize].clone(),
            _ => value.to_string(),
        }
    }

    /// The range in words.
    pub(super) fn in_words(&self) -> String {
        match &self.range {
            DrawRange::Uniform(low, high) => format!("{} to {}", plain(*low), plain(*high)),
            DrawRange::LogUniform(low, high) => {
                format!("{} to {} (by magnitude)", plain(*low), plain(*high))
            }
            DrawRange::OneOf(values) => {
                let mut ordered = values.clone();
                ordered.sort_by(f64::total_cmp);
                ordered.dedup();
                // Few values are shown in the order in which they were written.
                let distinct = if ordered.len() == values.len() { values } else { &ordered };
                let words = self.parameter.kind != ParameterKind::Number
                    && self.parameter.kind != ParameterKind::Whole;
                if words || distinct.len() <= 5 {
                    let values: Vec<String> = distinct
                        .iter()
                        .map(|value| if words { self.written(*value) } else { plain(*value) })
                        .collect();
                    return values.join(", ");
                }
                let low = distinct.iter().copied().fold(f64::INFINITY, f64::min);
                let high = distinct.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                format!("{} values, {} to {}", distinct.len(), plain(low), plain(high))
            }
        }
    }
}

/// The path of a parameter that a key in quotes names.
pub(super) fn path_of<'a>(key: &'a Tree, what: &str, found: &mut Vec<Finding>) -> Option<&'a str> {
    if key.text().is_none() && !matches!(key.value, Value::Broken) {
        found.push(
            Finding::error(format!(
                "in `{what}`, a parameter is named by its path in quotes, but found {}",
                key.value.in_words()
            ))
            .at(key.span, "quotes are wanted")
            .hint("for example \"customers.habit\": 0.5; `crackdown params` lists all paths"),
        );
    }
    key.text()
}

/// Reports a path that names no parameter.
pub(super) fn unknown(path: &str, key: &Tree, found: &mut Vec<Finding>) {
    let finding = Finding::error(format!("there is no parameter `{path}`"));
    let hint = format!(
        "`crackdown params` lists all paths, `crackdown params WORD` those with a word; {OTHERS}"
    );
    if matches!(shape().at(path), Some(Schema::Group { .. })) {
        found.push(finding.at(key.span, "a group of parameters: name one of them").hint(hint));
        return;
    }
    let paths = shape().paths();
    let last = path.rsplit('.').next();
    let alike = paths.iter().filter(|known| known.rsplit('.').next() == last);
    let near =
        nearest(path, paths.iter().copied()).or_else(|| match alike.collect::<Vec<_>>()[..] {
            [only] => Some(*only),
            _ => None,
        });
    let label = near.map_or("unknown path".to_owned(), |near| format!("did you mean `{near}`?"));
    found.push(finding.at(key.span, label).hint(hint));
}

/// The parameter that a key names, if it can be drawn.
pub(super) fn parameter(key: &Tree, found: &mut Vec<Finding>) -> Option<&'static Parameter> {
    let path = path_of(key, "draws", found)?;
    named(path, key, found)
}

/// The same for a path that stands in another file.
pub(super) fn named(
    path: &str,
    place: &Tree,
    found: &mut Vec<Finding>,
) -> Option<&'static Parameter> {
    let leaf = match DrawTarget::named(path) {
        DrawTarget::Leaf(leaf) if leaf.contains('@') => {
            let message = format!("`{path}` names no day behind its `@`");
            let label = "a date is wanted: PATH@2025-01-01";
            found.push(Finding::error(message).at(place.span, label));
            return None;
        }
        DrawTarget::Leaf(leaf) | DrawTarget::From(leaf, _) => leaf,
        DrawTarget::Campaign(path) => return in_a_campaign(path, place, found),
        DrawTarget::Strength(policy) => {
            let meaning = format!(
                "How much of the policy {policy} is carried out: 0 is the baseline, 1 the policy as written"
            );
            return Some(made(path, meaning, "share", Bounds { low: Some(0.0), high: Some(1.0) }));
        }
    };
    let Some(Schema::Leaf(parameter)) = shape().at(leaf) else {
        unknown(leaf, place, found);
        return None;
    };
    if leaf != path && (!parameter.by_date || parameter.is_interpolated()) {
        let (message, label) = match parameter.by_date {
            true => {
                (format!("`{leaf}` lies on straight lines between dates"), "no value from a day on")
            }
            false => (format!("`{leaf}` cannot change on dates"), "leave the `@` and the date out"),
        };
        found.push(Finding::error(message).at(place.span, label).hint(parameter.about()));
        return None;
    }
    if FIXED.contains(&path) {
        found.push(
            Finding::error(format!(
                "`{path}` cannot be drawn: it is the same for all runs of a study"
            ))
            .at(place.span, "not drawn")
            .hint(format!("write set: {{\"{path}\": …}}")),
        );
        return None;
    }
    if parameter.is_open_choice() {
        let message = format!("`{path}` cannot be drawn: it names banks");
        let hint = "write a policy that picks them, and draw how much of it is carried out: \"strength.POLICY\"";
        found.push(Finding::error(message).at(place.span, "not drawn").hint(hint));
        return None;
    }
    if !matches!(
        parameter.kind,
        ParameterKind::Number | ParameterKind::Whole | ParameterKind::Choice(_)
    ) {
        found.push(
            Finding::error(format!("`{path}` cannot be drawn: only numbers and words can"))
                .at(place.span, "neither number nor word")
                .hint(parameter.about()),
        );
        return None;
    }
    if leaf == path {
        return Some(parameter);
    }
    let (_, date) = path.split_once('@')?;
    let meaning = format!("From {date} on: {}", parameter.meaning);
    Some(kept(Parameter { path: path.to_owned(), meaning, ..(**parameter).clone() }))
}

/// A number of a campaign that a name stands for.
fn in_a_campaign(path: &str, place: &Tree, found: &mut Vec<Finding>) -> Option<&'static Parameter> {
    let (name, field) = path[CAMPAIGNS.len()..].rsplit_once('.').unwrap_or_default();
    let strength = Bounds { low: Some(0.0), high: Some(1.0) };
    match field {
        "value" if !name.is_empty() => {
            let meaning = format!("Value at which the campaign {name} holds its lever");
            // What the lever allows is known once the scenarios are read.
            Some(made(path, meaning, "1", Bounds { low: None, high: None }))
        }
        "strength" if !name.is_empty() => {
            let meaning = format!("Share of the way that the campaign {name} moves its lever");
            Some(made(path, meaning, "share", strength))
        }
        _ => {
            let message =
                format!("`{path}` cannot be drawn: of a campaign its value and strength can");
            let label = "write policy.campaigns.NAME.value";
            found.push(Finding::error(message).at(place.span, label));
            None
        }
    }
}

/// A number that is no parameter of a scenario.
fn made(path: &str, meaning: String, unit: &str, allowed: Bounds) -> &'static Parameter {
    kept(Parameter {
        path: path.to_owned(),
        documented_at: path.to_owned(),
        meaning,
        unit: unit.to_owned(),
        kind: ParameterKind::Number,
        by_date: false,
        default: "as written".to_owned(),
        numbers: Vec::new(),
        allowed,
        range: Some(allowed).filter(|bounds| bounds.low.is_some()),
        status: "assumption".to_owned(),
        source: "drawn by the study".to_owned(),
        says: None,
    })
}

/// The same as long as the program runs, like the parameters of the reference; one for each name.
fn kept(parameter: Parameter) -> &'static Parameter {
    static KEPT: Mutex<BTreeMap<String, &'static Parameter>> = Mutex::new(BTreeMap::new());
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    kept.entry(parameter.path.clone()).or_insert_with(|| Box::leak(Box::new(parameter)))
}

/// Parameters with the values behind their names, in the order of the file.
pub(super) fn parameters<'a>(
    node: &'a Tree,
    example: &str,
    found: &mut Vec<Finding>,
) -> Vec<(&'static Parameter, &'a Tree)> {
    let Value::Map(entries) = &node.value else {
        if !matches!(node.value, Value::Broken) {
            let what = node.value.in_words();
            found.push(
                Finding::error(format!("parameters stand in curly brackets, but found {what}"))
                    .at(node.span, "curly brackets are wanted")
                    .hint(example),
            );
        }
        return Vec::new();
    };
    if entries.is_empty() {
        found.push(Finding::error("no parameter is drawn").at(node.span, "empty").hint(example));
    }
    // What is named again was reported by the reader.
    let mut names = Names::new();
    let entries = entries.iter().filter_map(|(key, value)| match key {
        Key::Written(key) => {
            let parameter = parameter(key, found)?;
            names.before(&parameter.path, ()).is_none().then_some((parameter, value))
        }
        Key::Before => None,
    });
    entries.collect()
}

/// What a parameter is drawn from.
pub(super) fn range(
    parameter: &'static Parameter,
    node: &Tree,
    found: &mut Vec<Finding>,
) -> Option<DrawnParameter> {
    let column = |range| Some(DrawnParameter { parameter, range });
    let wrong = |found: &mut Vec<Finding>, message: String, label: &str| {
        let finding = Finding::error(message).at(node.span, label);
        found.push(finding.hint(parameter.about()));
    };
    let path = &parameter.path;
    match &node.value {
        Value::Broken => None,
        Value::Name(word) if word == "Prior" => match (parameter.range, &parameter.kind) {
            (
                Some(Bounds { low: Some(low), high: Some(high) }),
                ParameterKind::Number | ParameterKind::Whole,
            ) => {
                let whole = parameter.kind == ParameterKind::Whole;
                let (low, high) = if whole { (low.ceil(), high.floor()) } else { (low, high) };
                column(DrawRange::Uniform(low, high))
            }
            (_, ParameterKind::Choice(words)) => {
                let message = format!("`{path}` is a word, which has no range");
                wrong(found, message, &format!("write OneOf([{}])", words.join(", ")));
                None
            }
            _ => {
                let message = format!("`{path}` has no plausible range");
                wrong(found, message, "write Uniform(low, high)");
                None
            }
        },
        Value::Tagged(word, inside) if word == "Uniform" || word == "LogUniform" => {
            let (low, high) = ends(parameter, word, inside, found)?;
            match word.as_str() {
                "Uniform" => column(DrawRange::Uniform(low, high)),
                _ if low > 0.0 => column(DrawRange::LogUniform(low, high)),
                _ => {
                    let message = format!("`LogUniform` of `{path}` begins at {}", plain(low));
                    wrong(found, message, "both ends above 0 are wanted");
                    None
                }
            }
        }
        Value::Tagged(word, inside) if word == "OneOf" => {
            let items = match &inside.value {
                // `OneOf([a, b])` and `OneOf(a, b)` mean the same.
                Value::List(items) => match &items[..] {
                    [Tree { value: Value::List(items), .. }] => items,
                    _ => items,
                },
                _ => &Vec::new(),
            };
            if items.is_empty() {
                wrong(found, format!("`{path}` has nothing to be drawn from"), "values are wanted");
                return None;
            }
            let values: Option<Vec<f64>> =
                items.iter().map(|item| value(parameter, item, found)).collect();
            column(DrawRange::OneOf(values?))
        }
        other => {
            let words = ["Prior", "Uniform", "LogUniform", "OneOf"];
            let near = match other {
                Value::Name(given) | Value::Tagged(given, _) => nearest(given, words),
                _ => None,
            };
            let label = match near {
                Some("Prior") => "did you mean Prior?".to_owned(),
                Some(near) => format!("did you mean {near}(…)?"),
                None => "not a range".to_owned(),
            };
            found.push(
                Finding::error(format!("`{path}` is drawn from a range, but found {}", other.in_words()))
                    .at(node.span, label)
                    .hint("write Prior (the range of `crackdown params`), Uniform(low, high), LogUniform(low, high) or OneOf([…])"),
            );
            None
        }
    }
}

/// Two ends of a range.
fn ends(
    parameter: &'static Parameter,
    word: &str,
    inside: &Tree,
    found: &mut Vec<Finding>,
) -> Option<(f64, f64)> {
    let path = &parameter.path;
    if matches!(parameter.kind, ParameterKind::Choice(_)) {
        let message = format!("`{path}` is a word, which has no range");
        found.push(
            Finding::error(message).at(inside.span, "write OneOf([…])").hint(parameter.about()),
        );
        return None;
    }
    let [low_node, high_node] = inside.items() else {
        found.push(
            Finding::error(format!("`{word}` of `{path}` takes two numbers"))
                .at(inside.span, format!("write {word}(low, high)")),
        );
        return None;
    };
    let (low, high) = (value(parameter, low_node, found), value(parameter, high_node, found));
    let (low, high) = (low?, high?);
    if low >= high {
        found.push(
            Finding::error(format!(
                "the range of `{path}` is empty: {} to {}",
                plain(low),
                plain(high)
            ))
            .at(inside.span, "the lower number comes first"),
        );
        return None;
    }
    Some((low, high))
}

/// A value that a parameter can take, checked like one in a scenario.
pub(super) fn value(
    parameter: &'static Parameter,
    node: &Tree,
    found: &mut Vec<Finding>,
) -> Option<f64> {
    if !check::single(parameter, node, found) {
        return None;
    }
    match &parameter.kind {
        ParameterKind::Choice(words) => {
            words.iter().position(|word| Some(word.as_str()) == node.word()).map(|at| at as f64)
        }
        _ => node.number(),
    }
}
