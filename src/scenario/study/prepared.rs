//! A scenario into which drawn values are put: many scenarios that differ in a few leaves, made in a moment.
//!
//! Reading a scenario file takes milliseconds; a study needs the scenario of every arm and draw, and what determines
//! its runs a few times more. So the text is prepared with gaps for the drawn values, and only what these can spoil is checked.
//!
//! Deliberately absent: reading files, and how values are drawn.

use serde_json::Value as Json;

use super::ranges::Column;
use crate::cross_checks;
use crate::finding::{Finding, Severity};
use crate::layers::Order;
use crate::shape::Kind;
use crate::tree::{Tree, Value};
use crate::world::Scenario;

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
    Written(Tree),
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
    pub(super) fn fixed(scenario: &Scenario) -> Prepared {
        let ground = Ground::Whole(Box::new(scenario.clone()));
        Prepared::on(ground, Tree::of(scenario), &[], &[])
    }

    /// A scenario with gaps for those columns that are `open`: its typed values, and its tree as it was written.
    pub(super) fn new(typed: &Tree, tree: &Tree, columns: &[Column], open: &[bool]) -> Prepared {
        let ground = Ground::Written(tree.clone().without_comments());
        Prepared::on(ground, typed.clone(), columns, open)
    }

    fn on(ground: Ground, mut typed: Tree, columns: &[Column], open: &[bool]) -> Prepared {
        let mut head = String::new();
        for name in ["name", "title"] {
            let value = typed.remove(name).map_or(Json::Null, |value| value.json());
            head.push_str(&format!("\"{name}\":{value},"));
        }
        let mut gaps: Vec<(String, Gap)> = Vec::new();
        for (column, Column { parameter, .. }) in columns.iter().enumerate() {
            let place = typed.at_mut(&parameter.path);
            let Some(place) = place.filter(|_| open[column]) else { continue };
            let mark = format!("\u{1}{column}\u{1}");
            // As the text of a marked value will stand in the whole.
            let shown = Json::from(mark.as_str()).to_string();
            gaps.push((shown, Gap { column, whole: matches!(place.value, Value::Whole(_)) }));
            let mark = Value::Text(mark);
            *place = if parameter.by_date { Tree::constant(mark) } else { Tree::new(mark) };
        }
        typed.leave_later_out();
        let text = typed.json().to_string();
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
    fn agree(&self, mut tree: Tree, columns: &[Column], values: &[f64]) -> Result<(), String> {
        for gap in &self.gaps {
            let (column, value) = (&columns[gap.column], values[gap.column]);
            let value = match &column.parameter.kind {
                Kind::Choice(words) => Value::Name(words[value as usize].clone()),
                _ => Value::Number(value),
            };
            if let Some(leaf) = tree.at_mut(&column.parameter.path) {
                leaf.value = value;
            }
        }
        let mut found = Vec::new();
        cross_checks::check_amounts(&tree, Order::single(), &mut found);
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
