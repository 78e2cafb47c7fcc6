//! What a study is to find the best mix of: an objective, limits, levers with their ranges; and the policy at a point of these ranges.
//!
//! A lever is what a study can draw (`ranges`) of the policy: the share of a policy that is carried out, a lever from a day on or at all times.
//!
//! Deliberately absent: which points are tried, and what is best.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::prepared::first_day;
use super::ranges::{DrawRange, DrawTarget, DrawnParameter, parameters, range};
use super::{Arm, Study, Yields, file, worlds};
use crate::campaign::Campaign;
use crate::check::{FieldForm, Holds};
use crate::finding::{Finding, plain};
use crate::intervention::Intervention;
use crate::mixture::tree_at_strength;
use crate::shape::{Bounds, Parameter, ParameterKind, holds_entries};
use crate::source::Span;
use crate::tree::{ByDate, Key, Tree, Value, held, join};
use crate::write;

/// How a section is written.
const EXAMPLE: &str = "write optimise: (objective: \"crime_turnover\", limits: {\"bank_cost\": (adds: 500000000, a_month: true)}, levers: \
    {\"strength.auto_block\": Uniform(0, 1)})";

/// A limit that a mix has to keep.
#[derive(Clone, Debug, PartialEq)]
pub struct MixLimit {
    /// Number of the measure in [`Yields::measures`].
    pub measure: usize,
    /// Not more than this. Unit: that of the measure, a month if `a_month`.
    pub at_most: f64,
    /// Whether what the policy adds to the baseline counts, or the whole.
    pub added: bool,
    /// Whether it is meant for each month of the days that count, or for all of them together.
    pub a_month: bool,
    /// Share of the worlds (draws; with one draw, of the replications) in which it is to be kept; without it, on average.
    pub worlds: Option<f64>,
}

/// What is to be found.
#[derive(Clone, Debug)]
pub struct Optimise {
    /// Number of the measure that is to be as small (or large) as can be.
    pub objective: usize,
    /// Limits.
    pub limits: Vec<MixLimit>,
    /// Sobol' points at which runs are made for the surfaces.
    pub points: u32,
    /// Mixes that the surfaces propose, among which runs choose.
    pub candidates: u32,
    /// Rounds of choosing at most; each has twice the replications of the one before.
    pub rounds: u32,
    /// What another mix may be better by without anybody minding. Unit: share of the baseline's mean.
    pub indifference: f64,
    /// Replications of the fresh runs that verify the winner.
    pub verify: u32,
    levers: Vec<DrawnParameter>,
    place: Span,
}

fn form() -> FieldForm {
    let whole = |low, high| Holds::Whole(Bounds { low: Some(low), high: Some(high) });
    FieldForm::new("`optimise`", EXAMPLE)
        .needs("objective", Holds::Text, "the measure whose paired effect is to be best")
        .may("limits", Holds::Other, "measures that may not grow beyond something")
        .needs("levers", Holds::Other, "what may be chosen, with its range")
        .may("points", whole(8.0, 4096.0), "points at which runs are made for the surfaces")
        .may("candidates", whole(2.0, 200.0), "mixes among which runs choose")
        .may("rounds", whole(1.0, 12.0), "rounds of choosing at most")
        .may("indifferent_percent", Holds::Number(Bounds::above_zero(None)), "what nobody minds")
        .may("verify", whole(2.0, file::MOST_REPLICATIONS), "replications of the fresh runs")
}

/// Reads the section; `None` if something is wrong, which is reported.
pub(super) fn read(node: &Tree, yields: Yields, found: &mut Vec<Finding>) -> Option<Optimise> {
    let before = found.len();
    let form = form();
    let given = form.check(node, found)?;
    let name = given.at("objective")?;
    let objective = file::measure(name.text()?, name.span, yields, found);
    let mut limits = Vec::new();
    if let Some(node) = given.at("limits") {
        for (name, value) in node.entries() {
            limits.extend(limit(name, value, yields, found));
        }
        if !matches!(node.value, Value::Map(_)) {
            let finding = Finding::error("limits stand in curly brackets, each under its measure");
            found.push(finding.at(node.span, "not in curly brackets").hint(EXAMPLE));
        }
    }
    let mut levers = Vec::new();
    for (parameter, node) in parameters(given.at("levers")?, EXAMPLE, found) {
        if !is_lever(parameter) {
            let finding = Finding::error(format!("`{}` is no lever", parameter.path));
            let hint = "name levers below `policy.`, from a day on with `@2024-01-01`, or `strength.POLICY`";
            found.push(finding.at(node.span, "nobody can choose it").hint(hint));
        }
        levers.extend(range(parameter, node, found));
    }
    let whole = |name, usual| given.number(name).map_or(usual, |number| number as u32);
    let points = whole("points", 64);
    // Three runs for each weight of the surface, at the least.
    let least = 3 * (levers.len() as u32 + 1);
    if points < least {
        let place = node.field("points").map_or(node.span, |points| points.value.span);
        let levers = plain(levers.len() as f64);
        let finding = Finding::error(format!("{points} points are too few for {levers} levers"));
        let hint = format!("write points: {least} or more, or take fewer levers");
        found.push(finding.at(place, format!("{least} or more")).hint(hint));
    }
    let found_nothing = found.len() == before;
    Some(Optimise {
        objective: objective?,
        limits,
        points,
        candidates: whole("candidates", 12),
        rounds: whole("rounds", 4),
        indifference: given.number("indifferent_percent").unwrap_or(0.5) / 100.0,
        verify: whole("verify", 20),
        levers,
        place: node.span,
    })
    .filter(|_| found_nothing)
}

fn is_lever(parameter: &Parameter) -> bool {
    match DrawTarget::named(&parameter.path) {
        DrawTarget::Strength(_) => true,
        DrawTarget::Leaf(path) | DrawTarget::From(path, _) => path.starts_with("policy."),
        DrawTarget::Campaign(_) => false,
    }
}

fn limit(name: &str, node: &Tree, yields: Yields, found: &mut Vec<Finding>) -> Option<MixLimit> {
    let amount = || Holds::Number(Bounds { low: None, high: None });
    let share = Holds::Number(Bounds { low: Some(0.5), high: Some(1.0) });
    let form = FieldForm::new(format!("the limit of `{name}`"), EXAMPLE)
        .may("adds", amount(), "what a mix may add to the baseline")
        .may("at_most", amount(), "what there may be in all")
        .may("a_month", Holds::Word(["true", "false"].map(str::to_owned).to_vec()), "")
        .may("worlds", share, "share of the worlds in which it is kept");
    let measure = file::measure(name, node.span, yields, found);
    let share = ["adds", "at_most"].into_iter().find_map(|name| {
        let field = node.at(name)?;
        let percent = field.text()?.trim().strip_suffix('%')?.trim();
        Some((field.span, percent.trim_start_matches(['-', '+', '−'])))
    });
    if let Some((place, percent)) = share {
        let finding = Finding::error(format!("the limit of `{name}` is a share: {percent} %"));
        found.push(finding.at(place, "an amount is wanted").hint(format!(
            "multiply it out: {percent} % of the measure in the baseline, which `crackdown run` tells"
        )));
        return None;
    }
    let given = form.check(node, found)?;
    let (at_most, added) = match (given.number("adds"), given.number("at_most")) {
        (Some(amount), None) => (amount, true),
        (None, Some(amount)) => (amount, false),
        // What is there and could not be read was said already.
        (None, None) if ["adds", "at_most"].iter().any(|name| node.field(name).is_some()) => {
            return None;
        }
        _ => {
            let message = format!("the limit of `{name}` needs either `adds` or `at_most`");
            found.push(Finding::error(message).at(node.span, "one of both").hint(EXAMPLE));
            return None;
        }
    };
    let a_month = given.word("a_month") == Some("true");
    Some(MixLimit { measure: measure?, at_most, added, a_month, worlds: given.number("worlds") })
}

/// What is wrong with levers, now that the policies are known: some that there are not, or two that move the same value.
pub(super) fn check(said: &Optimise, arms: &[Arm], found: &mut Vec<Finding>) {
    let trees = worlds::typed_trees(arms);
    let mut wrong = |message: String, label: String| {
        found.push(Finding::error(message).at(said.place, label));
    };
    if arms.iter().enumerate().any(|(number, arm)| number > 0 && arm.baseline == number) {
        wrong("`optimise` looks for a mix in one world".into(), "leave one of `scenarios`".into());
        return;
    }
    let mut moved: BTreeMap<String, &str> = BTreeMap::new();
    for column in &said.levers {
        let name = column.parameter.path.as_str();
        let paths: Vec<String> = match column.place() {
            DrawTarget::Strength(policy) => match arms.iter().position(|arm| arm.name == policy) {
                Some(arm) if arm > 0 => {
                    trees[0].differences(&trees[arm]).into_iter().map(|(path, ..)| path).collect()
                }
                _ => {
                    let names: Vec<&str> = arms[1..].iter().map(|arm| &arm.name[..]).collect();
                    wrong(
                        format!("`{name}`: the study has no policy {policy}"),
                        format!("there are: {}", names.join(", ")),
                    );
                    continue;
                }
            },
            DrawTarget::From(path, _) | DrawTarget::Leaf(path) => vec![path.to_owned()],
            DrawTarget::Campaign(_) => continue,
        };
        for path in paths.into_iter().filter(|path| path.starts_with("policy.")) {
            if let Some(other) = moved.insert(path.clone(), name) {
                wrong(
                    format!("`{other}` and `{name}` both move `{path}`"),
                    "what holds would depend on their order: leave one of both".to_owned(),
                );
            }
        }
    }
}

impl Study {
    /// Names of the levers in the order of the file, what each means, and its range in words; none if the study asks for no best mix.
    pub fn levers(&self) -> Vec<(&'static Parameter, String)> {
        let levers = self.optimise.iter().flat_map(|said| &said.levers);
        levers.map(|column| (column.parameter, column.in_words())).collect()
    }

    /// Values of the levers at a point of the unit cube, as text.
    pub fn lever_values(&self, unit: &[f64]) -> Vec<String> {
        let levers = self.optimise.iter().flat_map(|said| &said.levers);
        levers.zip(unit).map(|(column, unit)| column.written(rounded(column, *unit))).collect()
    }

    /// The point at which the levers make one of the study's policies as it stands and nothing else; `None` if no point does.
    pub fn point_of(&self, arm: usize) -> Option<Vec<f64>> {
        let said = self.optimise.as_ref()?;
        let own = said.levers.iter().position(|column| {
            matches!(column.place(), DrawTarget::Strength(policy) if policy == self.arms[arm].name)
        })?;
        let point: Vec<f64> =
            (0..said.levers.len()).map(|at| if at == own { 1.0 } else { 0.0 }).collect();
        let strengths = said.levers.iter().zip(&point).all(|(column, unit)| {
            matches!(column.place(), DrawTarget::Strength(_)) && rounded(column, *unit) == *unit
        });
        strengths.then_some(point)
    }

    /// The policy at a point of the unit cube as a policy file that extends this file, and says no more than what differs.
    ///
    /// # Panics
    /// If the study asks for no best mix.
    pub fn policy_at(&self, unit: &[f64], name: &str, title: &str, extends: &str) -> String {
        let said = self.optimise.as_ref().expect("the study has levers");
        let base = Tree::of(&self.arms[0].resolved.scenario);
        let first = first_day(&base);
        let mut tree = base.clone();
        for (column, unit) in said.levers.iter().zip(unit) {
            let value = rounded(column, *unit);
            let plain = || match &column.parameter.kind {
                ParameterKind::Choice(words) => Value::Name(words[value as usize].clone()),
                ParameterKind::Whole => Value::Whole(value as i64),
                _ => Value::Number(value),
            };
            match column.place() {
                DrawTarget::Strength(policy) => {
                    let arm = self.arms.iter().position(|arm| arm.name == policy);
                    let arm = &self.arms[arm.expect("policies were looked for")];
                    let other = Tree::of(&arm.resolved.scenario);
                    let moved = tree_at_strength(&base, &other, value);
                    for (path, _, there) in base.differences(&moved) {
                        match there {
                            Some(there) => tree.set(&path, there.clone()),
                            None => drop(tree.remove(&path)),
                        }
                    }
                }
                DrawTarget::Leaf(path) if column.parameter.by_date => {
                    tree.set(path, Tree::constant(plain()));
                }
                DrawTarget::Leaf(path) => tree.set(path, Tree::new(plain())),
                DrawTarget::From(path, date) => {
                    if let Some(place) = tree.at_mut(path) {
                        place.hold_from(first, date, plain());
                    }
                }
                DrawTarget::Campaign(_) => {}
            }
        }
        policy_text((&base, &tree), first, [extends, name, title])
    }

    /// The same with no more digits than anybody could order, for people: what lies between two values has any number of them.
    pub fn short_policy_at(&self, unit: &[f64], title: &str, extends: &str) -> String {
        let text = self.policy_at(unit, "reach", title, extends);
        let mut short = String::with_capacity(text.len());
        for part in text.split_inclusive([' ', ',', '(', ')', '}']) {
            let number = part.trim_end_matches([' ', ',', '(', ')', '}']);
            match number.parse::<f64>() {
                Ok(value) if number.contains('.') && number.len() > 7 => {
                    let rounded: f64 = format!("{value:.3e}").parse().unwrap_or(value);
                    short += &format!("{rounded}{}", &part[number.len()..]);
                }
                _ => short.push_str(part),
            }
        }
        short
    }
}

/// The value of a lever, with no more digits than anybody could order.
fn rounded(column: &DrawnParameter, unit: f64) -> f64 {
    let value = column.at(unit);
    if value == 0.0 || !matches!(column.parameter.kind, ParameterKind::Number) {
        return value;
    }
    let text = format!("{value:.2e}");
    let short: f64 = text.parse().unwrap_or(value);
    // Rounding may not leave the range.
    if short.clamp(column.at(0.0), column.at(1.0)) == short { short } else { value }
}

/// What differs between two scenarios as a policy file.
fn policy_text((base, tree): (&Tree, &Tree), first: Date, head: [&str; 3]) -> String {
    let mut changed = Tree::new(Value::Group(Vec::new()));
    for (path, before, after) in base.differences(tree) {
        if !path.starts_with("policy.") {
            continue;
        }
        for (end, _) in path.match_indices('.') {
            let parent = &path[..end];
            if changed.at(parent).is_none() {
                let entries = holds_entries(parent);
                let empty = if entries { Value::Map(Vec::new()) } else { Value::Group(Vec::new()) };
                changed.set(parent, Tree::new(empty));
            }
        }
        let value = match (before, after) {
            (Some(before), Some(after)) => dated(before, after, first),
            (None, Some(after)) => told(&path, after),
            _ => Tree::new(Value::Name("None".to_owned())),
        };
        changed.set(&path, value);
    }
    let comment = format!("// Written by `crackdown`: what differs from {}.", head[0]);
    write::policy_file(&comment, head, &changed, first)
}

/// Days from the first on which two values by date differ.
fn from_the_difference_on(a: &ByDate, b: &ByDate, first: Date) -> Vec<Date> {
    let dates: BTreeSet<Date> = a.keys().chain(b.keys()).map(|date| (*date).max(first)).collect();
    dates.into_iter().skip_while(|date| held(a, *date) == held(b, *date)).collect()
}

/// A value by date from the first day on which it differs; any other as it is.
fn dated(before: &Tree, after: &Tree, first: Date) -> Tree {
    let (Some(a), Some(b)) = (before.by_date(), after.by_date()) else { return after.clone() };
    let dates = from_the_difference_on(&a, &b, first);
    let Some(from) = dates.first() else { return after.clone() };
    let own = dates.iter().filter(|date| *date == from || b.contains_key(date));
    let step = |date: &Date| {
        let key = Key::Written(Tree::new(Value::Text(date.to_string())));
        Some((key, held(&b, *date)?.clone()))
    };
    Tree::new(Value::Map(own.filter_map(step).collect()))
}

/// What a lever does to one value of the policy: its path below `policy`, and by date (none: at all times) the value at the lower and at the upper
/// end of the lever, as text.
pub type PolicyPart = (String, Vec<(Option<String>, String, String)>);

impl Study {
    /// What each lever does, so that others can write policies: strengths and numbers lie on straight lines between both ends, words switch
    /// above the lower one. `None` for a lever that moves campaigns or interventions, or lies by magnitude.
    pub fn lever_parts(&self) -> Vec<Option<Vec<PolicyPart>>> {
        let Some(said) = &self.optimise else { return Vec::new() };
        let base = Tree::of(&self.arms[0].resolved.scenario);
        let first = first_day(&base);
        let ends = |column: &DrawnParameter| -> Option<Vec<PolicyPart>> {
            let DrawRange::Uniform(low, high) = column.range else { return None };
            let (path, from) = match column.place() {
                DrawTarget::Strength(policy) => {
                    let arm = self.arms.iter().find(|arm| arm.name == policy)?;
                    let full = Tree::of(&arm.resolved.scenario);
                    let moved = base.differences(&full).into_iter();
                    return moved
                        .filter(|(path, ..)| path.starts_with("policy."))
                        .map(|(path, before, after)| {
                            part(&path["policy.".len()..], before?, after?, first)
                        })
                        .collect();
                }
                DrawTarget::Leaf(path) => (path, None),
                DrawTarget::From(path, date) => (path, Some(date.to_string())),
                DrawTarget::Campaign(_) => return None,
            };
            let values = vec![(from, low.to_string(), high.to_string())];
            Some(vec![(path.strip_prefix("policy.")?.to_owned(), values)])
        };
        said.levers.iter().map(ends).collect()
    }

    /// Ends of the levers' ranges, where they are ranges of numbers.
    pub fn lever_ends(&self) -> Vec<Option<(f64, f64)>> {
        let levers = self.optimise.iter().flat_map(|said| &said.levers);
        let ends = |column: &DrawnParameter| match column.range {
            DrawRange::Uniform(low, high) => Some((low, high)),
            _ => None,
        };
        levers.map(ends).collect()
    }
}

/// Both ends of a value, date by date.
fn part(path: &str, before: &Tree, after: &Tree, first: Date) -> Option<PolicyPart> {
    if path.starts_with("campaigns") || path.starts_with("interventions") {
        return None;
    }
    let (Some(a), Some(b)) = (before.by_date(), after.by_date()) else {
        return Some((path.to_owned(), vec![(None, exact(before), exact(after))]));
    };
    let dates = from_the_difference_on(&a, &b, first);
    let step = |date: &Date| {
        Some((Some(date.to_string()), exact(held(&a, *date)?), exact(held(&b, *date)?)))
    };
    let dates = Some(dates).filter(|dates| !dates.is_empty())?;
    Some((path.to_owned(), dates.iter().map(step).collect::<Option<_>>()?))
}

/// Campaigns and interventions without what holds where nothing is said: some of it may not be said at all beside the rest. Values of levers
/// that are words stand as people write them, without quotes.
fn told(path: &str, after: &Tree) -> Tree {
    let entry = path.rsplit_once('.').filter(|(group, _)| holds_entries(group));
    let group = entry.map_or(path, |(group, _)| group);
    let usual = match group {
        "policy.campaigns" => Tree::of(&Campaign::default()),
        "policy.interventions" => Tree::of(&Intervention::default()),
        _ => return after.clone(),
    };
    let mut told = after.clone();
    let names: Vec<&str> = match entry {
        Some(_) => vec![""],
        None => after.entries().map(|(name, _)| name).collect(),
    };
    for name in names {
        let usual = usual.leaves(&|_| false).into_iter();
        for (field, value) in usual.filter(|(field, _)| field != "act") {
            let path = join(name, &field);
            if after.at(&path) == Some(value) {
                told.remove(&path);
            }
        }
        if let Some(value) = told.at_mut(&join(name, "value"))
            && let Some(word) =
                value.text().filter(|word| word.chars().all(|c| c.is_ascii_alphabetic()))
        {
            value.value = Value::Name(word.to_owned());
        }
    }
    told
}

/// A value as text; a number that does not count whole things has a point.
fn exact(tree: &Tree) -> String {
    match tree.value {
        Value::Number(number) => format!("{number:?}"),
        _ => tree.written(),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::mixture::at_strength;
    use crate::{load, policies_part_on};

    const YIELDS: Yields =
        Yields { measures: &["crime_turnover", "bank_cost", "closures"], quantities: &[] };

    fn study(policies: &[&str], optimise: &str) -> Result<Study, crate::Findings> {
        let files: Vec<String> =
            policies.iter().map(|name| format!("\"../policies/{name}.ron\"")).collect();
        let text = format!(
            "(title: \"A mix\", scenarios: [\"../kazakhstan.ron\"], policies: [{}], replications: 2, optimise: ({optimise}))",
            files.join(", ")
        );
        let none = |_: &Path| Err(Vec::new());
        Study::load_text(&text, Path::new("../../scenarios/studies/mix.ron"), &[], YIELDS, &none)
    }

    fn written(study: &Study, point: &[f64]) -> crate::Resolved {
        let home = tempfile::tempdir().unwrap();
        let base = std::fs::canonicalize("../../scenarios/kazakhstan.ron").unwrap();
        let text = study.policy_at(point, "mix", "A mix", &base.to_string_lossy());
        let path = home.path().join("mix.ron");
        std::fs::write(&path, &text).unwrap();
        load(&path, &[]).unwrap_or_else(|findings| panic!("{findings}\n{text}"))
    }

    #[test]
    fn a_policy_file_at_part_strength_is_the_mixture() {
        let base = crate::reference();
        for file in std::fs::read_dir("../../scenarios/policies").unwrap() {
            let path = file.unwrap().path();
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            let lever = format!(
                "objective: \"crime_turnover\", levers: {{\"strength.{name}\": Uniform(0, 1)}}"
            );
            let study = study(&[&name], &lever).unwrap_or_else(|findings| panic!("{findings}"));
            let policy = &study.arms[1].resolved;
            for share in [0.25, 1.0] {
                let (found, wanted) =
                    (written(&study, &[share]), at_strength(&base, policy, share));
                let apart = policies_part_on(&found.scenario, &wanted.scenario);
                assert_eq!(apart, None, "{name} at {share}");
            }
        }
    }

    #[test]
    fn levers_from_a_day_on_and_strengths_go_together() {
        let study = study(
            &["auto_block"],
            "objective: \"crime_turnover\", limits: {\"bank_cost\": (adds: 5, a_month: true, worlds: 0.9)}, \
             levers: {\"strength.auto_block\": Prior, \"policy.shutdown_rate.with_arrest@2024-03-01\": Uniform(0.2, 0.8)}",
        );
        let study = study.unwrap_or_else(|findings| panic!("{findings}"));
        let policy = written(&study, &[0.5, 0.5]).scenario.policy;
        let day = |month| jiff::civil::date(2024, month, 15);
        assert_eq!(policy.shutdown_rate.with_arrest.on(day(3)), 0.5);
        assert_ne!(policy.shutdown_rate.with_arrest.on(day(2)), 0.5);
        assert_eq!(policy.auto_block.bank_share.on(day(1)), 0.475);
        assert_eq!(study.lever_values(&[0.123_456, 0.0]), ["0.123", "0.2"]);
        let limit = &study.optimise.as_ref().unwrap().limits[0];
        assert_eq!((limit.at_most, limit.a_month, limit.worlds), (5.0, true, Some(0.9)));
    }

    #[test]
    fn what_nobody_can_choose_is_refused() {
        let refused = |policies: &[&str], optimise: &str| {
            study(policies, optimise).err().map(|findings| findings.to_string()).unwrap_or_default()
        };
        let with = |levers: &str| format!("objective: \"crime_turnover\", levers: {{{levers}}}");
        for (policies, section, says) in [
            (&["auto_block"][..], with("\"customers.habit\": Prior"), "is no lever"),
            (&["auto_block"], with("\"strength.auto_blok\": Prior"), "no policy auto_blok"),
            (
                &["bundle_all_rails", "auto_block"],
                with("\"strength.bundle_all_rails\": Prior, \"strength.auto_block\": Prior"),
                "both move",
            ),
            (&[], "objective: \"crime\", levers: {}".to_owned(), "crime"),
            (
                &["auto_block"],
                with("\"strength.auto_block\": Prior") + ", limits: {\"bank_cost\": (worlds: 0.9)}",
                "either `adds` or `at_most`",
            ),
        ] {
            let found = refused(policies, &section);
            assert!(found.contains(says), "{section}: {found}");
        }
    }
}
