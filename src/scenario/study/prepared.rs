//! A scenario into which drawn values are put: many scenarios that differ in a few leaves, made in a moment.
//!
//! Reading a scenario file takes milliseconds; a study needs the scenario of every arm and draw, and what determines
//! its runs a few times more. So the text is prepared with gaps for the drawn values, and only what these can spoil is checked.
//!
//! Deliberately absent: reading files, and how values are drawn.

use jiff::ToSpan;
use jiff::civil::Date;
use serde_json::Value as Json;

use super::ranges::{DrawTarget, DrawnParameter};
use crate::campaign::CampaignValue;
use crate::cross_checks;
use crate::finding::{Finding, Severity};
use crate::layers::LayerOrder;
use crate::mixture::tree_at_strength;
use crate::shape::ParameterKind;
use crate::tree::{Tree, Value};
use crate::world::Scenario;

/// A scenario with gaps.
#[derive(Clone, Debug)]
pub(super) struct ArmTemplate {
    ground: Ground,
    /// `"name":…,"title":…,`: what determines no run.
    head: String,
    /// Text before each gap, and after the last.
    pieces: Vec<String>,
    gaps: Vec<TemplateGap>,
    /// A policy of which a drawn share is carried out: it is prepared anew for each draw.
    part: Option<Box<TemplatePart>>,
}

/// A policy and its baseline.
#[derive(Clone, Debug)]
struct TemplatePart {
    /// Number of the share among the drawn parameters.
    column: usize,
    baseline: Tree,
    policy: Tree,
    /// The values as written.
    written: Tree,
    /// Which columns are drawn in it.
    open: Vec<bool>,
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
struct TemplateGap {
    /// Number among the drawn parameters.
    column: usize,
    /// Whether the scenario holds a whole number there.
    whole: bool,
    /// Whether it is a value of a campaign, which is written as a whole number where it is one.
    setting: bool,
}

impl ArmTemplate {
    /// A scenario as it is.
    pub(super) fn fixed(scenario: &Scenario) -> ArmTemplate {
        let ground = Ground::Whole(Box::new(scenario.clone()));
        ArmTemplate::on(ground, Tree::of(scenario), &[], &[])
    }

    /// A policy with gaps for those columns that are `open`, by its typed values and its tree as it was written. If one of the columns
    /// is the share of it that is carried out, it is made anew for each draw.
    pub(super) fn new(
        (baseline, policy): (&Tree, &Tree),
        written: &Tree,
        columns: &[DrawnParameter],
        open: &[bool],
    ) -> ArmTemplate {
        let share = |column: &DrawnParameter| matches!(column.place(), DrawTarget::Strength(_));
        let column = (0..columns.len()).find(|at| open[*at] && share(&columns[*at]));
        let written = written.clone().without_comments();
        let ground = Ground::Written(written.clone());
        let part = column.map(|column| {
            let (baseline, policy) = (baseline.clone(), policy.clone());
            Box::new(TemplatePart { column, baseline, policy, written, open: open.to_vec() })
        });
        ArmTemplate { part, ..ArmTemplate::on(ground, policy.clone(), columns, open) }
    }

    /// As of a draw, in which a share of the policy is carried out.
    fn of_draw(part: &TemplatePart, columns: &[DrawnParameter], values: &[f64]) -> ArmTemplate {
        let tree = tree_at_strength(&part.baseline, &part.policy, values[part.column]);
        ArmTemplate::on(Ground::Written(part.written.clone()), tree, columns, &part.open)
    }

    fn on(
        ground: Ground,
        mut typed: Tree,
        columns: &[DrawnParameter],
        open: &[bool],
    ) -> ArmTemplate {
        let mut head = String::new();
        for name in ["name", "title"] {
            let value = typed.remove(name).map_or(Json::Null, |value| value.json());
            head.push_str(&format!("\"{name}\":{value},"));
        }
        let first = first_day(&typed);
        let mut gaps: Vec<(String, TemplateGap)> = Vec::new();
        // A value for all days comes before those from a day on, and these in the order of their days.
        let mut order: Vec<usize> = (0..columns.len()).filter(|column| open[*column]).collect();
        order.sort_by_key(|column| columns[*column].place());
        for column in order {
            let mark = format!("\u{1}{column}\u{1}");
            // As the text of a marked value will stand in the whole.
            let shown = Json::from(mark.as_str()).to_string();
            let mark = Value::Text(mark);
            let (path, by_date) = match columns[column].place() {
                DrawTarget::Leaf(path) => (path, columns[column].parameter.by_date),
                DrawTarget::From(path, _) => (path, true),
                DrawTarget::Campaign(path) => (path, false),
                DrawTarget::Strength(_) => continue,
            };
            let Some(place) = typed.at_mut(path) else { continue };
            let whole = matches!(place.value, Value::Whole(_));
            let setting = path.ends_with(".value") && !by_date;
            match columns[column].place() {
                DrawTarget::From(_, date) => place.hold_from(first, date, mark),
                _ if by_date => *place = Tree::constant(mark),
                _ => *place = Tree::new(mark),
            }
            gaps.push((shown, TemplateGap { column, whole, setting }));
        }
        let text = typed.json().to_string();
        // Where a later column took a step away, nothing is left to be filled.
        gaps.retain(|(mark, _)| text.contains(mark.as_str()));
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
        ArmTemplate { ground, head, pieces, gaps, part: None }
    }

    /// What determines the runs: the scenario as JSON without name and title.
    pub(super) fn canonical(&self, columns: &[DrawnParameter], values: &[f64]) -> String {
        if let Some(part) = &self.part {
            return ArmTemplate::of_draw(part, columns, values).canonical(columns, values);
        }
        let length = self.pieces.iter().map(String::len).sum::<usize>() + 24 * self.gaps.len();
        let mut text = String::with_capacity(length);
        for (piece, gap) in self.pieces.iter().zip(&self.gaps) {
            text.push_str(piece);
            let value = values[gap.column];
            match &columns[gap.column].parameter.kind {
                ParameterKind::Choice(words) => {
                    text.push_str(&format!("\"{}\"", words[value as usize]))
                }
                _ if gap.setting => text.push_str(&json(&CampaignValue::Number(value))),
                _ if gap.whole => text.push_str(&(value as i64).to_string()),
                _ => text.push_str(&Json::from(value).to_string()),
            }
        }
        text.push_str(self.pieces.last().map_or("", String::as_str));
        text
    }

    /// The scenario.
    pub(super) fn scenario(
        &self,
        columns: &[DrawnParameter],
        values: &[f64],
    ) -> Result<Scenario, String> {
        if let Some(part) = &self.part {
            return ArmTemplate::of_draw(part, columns, values).scenario(columns, values);
        }
        match &self.ground {
            Ground::Whole(scenario) => return Ok((**scenario).clone()),
            Ground::Written(tree) => self.agree(tree.clone(), columns, values)?,
        }
        let canonical = self.canonical(columns, values);
        let whole = format!("{{{}{}", self.head, canonical.trim_start_matches('{'));
        serde_json::from_str(&whole).map_err(|error| format!("the values cannot be used: {error}"))
    }

    /// Whether drawn values agree with those that were written.
    fn agree(
        &self,
        mut tree: Tree,
        columns: &[DrawnParameter],
        values: &[f64],
    ) -> Result<(), String> {
        for gap in &self.gaps {
            let (column, value) = (&columns[gap.column], values[gap.column]);
            let value = match &column.parameter.kind {
                ParameterKind::Choice(words) => Value::Name(words[value as usize].clone()),
                _ => Value::Number(value),
            };
            // What is checked together holds at all times.
            if let DrawTarget::Leaf(path) = column.place()
                && let Some(leaf) = tree.at_mut(path)
            {
                leaf.value = value;
            }
        }
        let mut found = Vec::new();
        cross_checks::check_amounts(&tree, LayerOrder::single(), &mut found);
        let wrong = found.iter().find(|finding| finding.severity == Severity::Error);
        wrong.map_or(Ok(()), |finding| Err(in_one_line(finding)))
    }
}

/// First day of the run of a typed scenario, warm-up included.
pub(super) fn first_day(typed: &Tree) -> Date {
    let start = typed.at("start").and_then(Tree::date);
    let warm_up = typed.at("warm_up_days").and_then(Tree::number).unwrap_or(0.0);
    start.and_then(|start| start.checked_sub((warm_up as i64).days()).ok()).unwrap_or(Date::MIN)
}

fn json(setting: &CampaignValue) -> String {
    serde_json::to_string(setting).expect("a number can be written")
}

fn in_one_line(finding: &Finding) -> String {
    match finding.hints.first() {
        Some(hint) => format!("{} ({hint})", finding.message),
        None => finding.message.clone(),
    }
}
