//! A scenario into which drawn values are put: many scenarios that differ in a few leaves, made in a moment.
//!
//! Reading a scenario file takes milliseconds; a study needs the scenario of every arm and draw, and what determines
//! its runs a few times more. So the text is prepared with gaps for the drawn values, and only what these can spoil is checked.
//!
//! Deliberately absent: reading files, and how values are drawn.

use jiff::civil::Date;
use serde_json::Value as Json;

use super::ranges::Column;
use crate::layers::Order;
use crate::shape::Kind;
use crate::source::{Node, Value};
use crate::{Finding, Resolved, Scenario, Severity, sense};

/// A scenario with gaps.
#[derive(Clone, Debug)]
pub(super) struct Prepared {
    ground: Ground,
    /// `"name":…,"title":…,`: what determines no run.
    head: String,
    /// Text before each gap, and after the last.
    pieces: Vec<String>,
    gaps: Vec<Gap>,
}

/// What values are put into.
#[derive(Clone, Debug)]
enum Ground {
    /// Nothing is: the scenario as it is.
    Whole(Box<Scenario>),
    /// The values as written, with which drawn ones have to agree.
    Written(Node),
}

/// Place of a drawn value.
#[derive(Clone, Debug)]
struct Gap {
    /// Number among the drawn parameters.
    column: usize,
    /// Whether the scenario holds a whole number there.
    whole: bool,
}

impl Prepared {
    /// A scenario as it is.
    pub(super) fn fixed(resolved: &Resolved) -> Prepared {
        let ground = Ground::Whole(Box::new(resolved.scenario.clone()));
        Prepared::on(ground, &resolved.json, &[], &[])
    }

    /// A scenario with gaps for those columns that are `open`.
    pub(super) fn new(
        resolved: &Resolved,
        tree: &Node,
        columns: &[Column],
        open: &[bool],
    ) -> Prepared {
        let ground = Ground::Written(without_comments(tree));
        Prepared::on(ground, &resolved.json, columns, open)
    }

    fn on(ground: Ground, json: &str, columns: &[Column], open: &[bool]) -> Prepared {
        let mut json: Json = serde_json::from_str(json).expect("a scenario is well-formed");
        let mut head = String::new();
        if let Some(fields) = json.as_object_mut() {
            for name in ["name", "title"] {
                let value = fields.remove(name).unwrap_or_default();
                head.push_str(&format!("\"{name}\":{value},"));
            }
        }
        let mut gaps: Vec<(String, Gap)> = Vec::new();
        for (column, Column { parameter, .. }) in columns.iter().enumerate() {
            let place =
                parameter.path.split('.').try_fold(&mut json, |json, name| json.get_mut(name));
            let Some(place) = place.filter(|_| open[column]) else { continue };
            let number = match &*place {
                Json::Object(dated) if parameter.by_date => dated.values().next().cloned(),
                other => Some(other.clone()),
            };
            let mark = format!("\u{1}{column}\u{1}");
            // As the text of a marked value will stand in the whole.
            let shown = Json::from(mark.as_str()).to_string();
            let whole = number.is_some_and(|number| number.is_u64() || number.is_i64());
            gaps.push((shown, Gap { column, whole }));
            *place = if parameter.by_date {
                Json::Object([(Date::MIN.to_string(), Json::from(mark))].into_iter().collect())
            } else {
                Json::from(mark)
            };
        }
        let text = json.to_string();
        gaps.sort_by_key(|(mark, _)| text.find(mark.as_str()));
        let mut pieces = Vec::new();
        let mut rest = text.as_str();
        for (mark, _) in &gaps {
            let (before, after) = rest.split_once(mark.as_str()).expect("every mark was put there");
            pieces.push(before.to_owned());
            rest = after;
        }
        pieces.push(rest.to_owned());
        let gaps = gaps.into_iter().map(|(_, gap)| gap).collect();
        Prepared { ground, head, pieces, gaps }
    }

    /// What determines the runs: the scenario as JSON without name and title.
    pub(super) fn canonical(&self, columns: &[Column], values: &[f64]) -> String {
        let length = self.pieces.iter().map(String::len).sum::<usize>() + 24 * self.gaps.len();
        let mut text = String::with_capacity(length);
        for (piece, gap) in self.pieces.iter().zip(&self.gaps) {
            text.push_str(piece);
            let value = values[gap.column];
            match &columns[gap.column].parameter.kind {
                Kind::Choice(words) => text.push_str(&format!("\"{}\"", words[value as usize])),
                _ if gap.whole => text.push_str(&(value as i64).to_string()),
                _ => text.push_str(&Json::from(value).to_string()),
            }
        }
        text.push_str(self.pieces.last().map_or("", String::as_str));
        text
    }

    /// The scenario.
    pub(super) fn scenario(&self, columns: &[Column], values: &[f64]) -> Result<Scenario, String> {
        match &self.ground {
            Ground::Whole(scenario) => return Ok((**scenario).clone()),
            Ground::Written(tree) => self.agree(tree.clone(), columns, values)?,
        }
        let canonical = self.canonical(columns, values);
        let whole = format!("{{{}{}", self.head, canonical.trim_start_matches('{'));
        serde_json::from_str(&whole).map_err(|error| format!("the values cannot be used: {error}"))
    }

    /// Whether drawn values agree with those that were written.
    fn agree(&self, mut tree: Node, columns: &[Column], values: &[f64]) -> Result<(), String> {
        for gap in &self.gaps {
            let (column, value) = (&columns[gap.column], values[gap.column]);
            let value = match &column.parameter.kind {
                Kind::Choice(words) => Value::Name(words[value as usize].clone()),
                _ => Value::Number(value),
            };
            if let Some(leaf) = leaf_at(&mut tree, &column.parameter.path) {
                leaf.value = value;
            }
        }
        let mut found = Vec::new();
        sense::check_amounts(&tree, Order::single(), &mut found);
        let wrong = found.iter().find(|finding| finding.severity == Severity::Error);
        wrong.map_or(Ok(()), |finding| Err(in_one_line(finding)))
    }
}

fn in_one_line(finding: &Finding) -> String {
    match finding.hints.first() {
        Some(hint) => format!("{} ({hint})", finding.message),
        None => finding.message.clone(),
    }
}

/// The value at a dotted path.
pub(super) fn leaf_at<'a>(tree: &'a mut Node, path: &str) -> Option<&'a mut Node> {
    path.split('.').try_fold(tree, |node, name| match &mut node.value {
        Value::Group(fields) => {
            fields.iter_mut().find(|field| field.name == name).map(|field| &mut field.value)
        }
        _ => None,
    })
}

fn without_comments(node: &Node) -> Node {
    let mut node = node.clone();
    if let Value::Group(fields) = &mut node.value {
        for field in fields {
            field.comment = Vec::new();
            field.value = without_comments(&field.value);
        }
    }
    node
}
