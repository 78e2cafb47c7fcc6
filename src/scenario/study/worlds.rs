//! Worlds and policies of a study: the arms.
//!
//! With one world, a policy file is an arm as it stands. With more, a policy is what it changes of the first world: the
//! groups of `policy` in which it differs, laid over every world.
//!
//! Deliberately absent: what is drawn.

use std::path::{Path, PathBuf};

use jiff::civil::Date;

use super::Arm;
use super::draws::DrawnValues;
use super::file::StudyFile;
use super::prepared::ArmTemplate;
use super::ranges::{DrawTarget, DrawnParameter};
use crate::finding::{Finding, Findings, nearest};
use crate::horizon::ends_together;
use crate::layers::{self, LayerOrder, elsewhere, tidy};
use crate::names::{Names, titles_apart};
use crate::resolved::{Resolved, complete_text, resolve_tree, typed};
use crate::shape::{ParameterKind, Schema, shape};
use crate::shipped::{is_file, shown};
use crate::source::Span;
use crate::tree::Tree;
use crate::{cross_checks, mixture};

/// What all worlds of a study have the same, so that days and people can be set side by side.
const SHARED: [&str; 4] = ["start", "end", "warm_up_days", "people_per_agent"];

/// A scenario that a study names.
struct Named {
    path: PathBuf,
    /// Where the study names it.
    place: Span,
    resolved: Resolved,
    tree: Tree,
}

/// An arm with the tree of its values.
pub(super) struct ArmTree {
    pub(super) arm: Arm,
    pub(super) tree: Tree,
}

/// All arms: world by world, in each the baseline first; `None` if something is wrong, which is reported.
pub(super) fn arms(
    said: &StudyFile,
    sets: &[String],
    findings: &mut Findings,
) -> Option<Vec<ArmTree>> {
    let files = || said.worlds.iter().chain(&said.policies);
    let paths: Vec<&Path> = files().map(|(path, _)| path.as_path()).collect();
    let (sets, longer) = ends_together(&paths, sets);
    findings.found.extend(longer.map(Finding::warning));
    // A reform in JSON lies over the first world.
    let under = |number: usize| paths.first().copied().filter(|_| number >= said.worlds.len());
    let mut load = files().zip(&sets).enumerate().map(|(number, ((path, place), sets))| {
        named((path, under(number)), *place, sets, &said.sets, findings)
    });
    let worlds: Vec<Option<Named>> = load.by_ref().take(said.worlds.len()).collect();
    let policies: Vec<Option<Named>> = load.collect();
    let worlds: Vec<Named> = worlds.into_iter().collect::<Option<_>>()?;
    let policies: Vec<Named> = policies.into_iter().collect::<Option<_>>()?;
    let first = worlds.first()?;
    let before = findings.errors();
    for other in &worlds[1..] {
        same_days(first, other, &mut findings.found);
    }
    for policy in &policies {
        differs_in_policy(first, policy, &mut findings.found);
    }
    if findings.errors() > before {
        return None;
    }
    let mut arms: Vec<ArmTree> = Vec::new();
    let several = worlds.len() > 1;
    for (number, world) in worlds.iter().enumerate() {
        let baseline = arms.len();
        let arm = Arm { baseline, ..Arm::of(world.resolved.clone()) };
        arms.push(ArmTree { arm, tree: world.tree.clone() });
        for policy in &policies {
            let (resolved, tree) = if number == 0 {
                (policy.resolved.clone(), policy.tree.clone())
            } else {
                laid_over(world, first, policy)
                    .map_err(|why| findings.found.push(cannot(world, policy, &why)))
                    .ok()?
            };
            let mut arm = Arm { baseline, ..Arm::of(policy.resolved.clone()) };
            if several {
                arm.name = format!("{}/{}", world.resolved.scenario.name, arm.name);
                arm.title = format!("{}: {}", world.resolved.scenario.title, arm.title);
            }
            arms.push(ArmTree { arm: Arm { resolved, ..arm }, tree });
        }
    }
    let all: Vec<(&str, &str)> =
        arms.iter().map(|one| (&one.arm.name[..], &one.arm.title[..])).collect();
    let titles = titles_apart(&all);
    for (one, title) in arms.iter_mut().zip(titles) {
        one.arm.title = title;
    }
    unique(&worlds, &policies, several, &mut findings.found).then_some(arms)
}

/// Reads a scenario that is named at this place; a reform in JSON lies over `under`.
fn named(
    (path, under): (&Path, Option<&Path>),
    place: Span,
    sets: &[String],
    said_sets: &[String],
    findings: &mut Findings,
) -> Option<Named> {
    let path = tidy(path);
    if !is_file(&path) {
        let what = if path.is_dir() { "is a folder, not a scenario file" } else { "is not there" };
        let mut finding = Finding::error(format!("{} {what}", shown(&path)))
            .at(place, "named here")
            .hint("the path is taken from the folder of the study");
        finding.hints.extend(elsewhere(&path, false));
        findings.found.push(finding);
        return None;
    }
    let mut own = Findings::default();
    let gathered = layers::gather(&path, under, sets, &mut own.sources, &mut own.found);
    // What the study lays over its scenarios is said to come from there.
    for set in said_sets {
        own.sources.rename("--set", set, "`set` of the study");
    }
    match resolve_tree(gathered, own) {
        Ok((resolved, tree)) => {
            findings.absorb(resolved.warnings.clone());
            Some(Named { path, place, resolved, tree })
        }
        Err(own) => {
            findings.absorb(own);
            None
        }
    }
}

fn same_days(first: &Named, other: &Named, found: &mut Vec<Finding>) {
    let differ = mixture::worlds_differ_in(&first.resolved, &other.resolved);
    let differ: Vec<&String> =
        differ.iter().filter(|path| SHARED.contains(&path.as_str())).collect();
    for path in differ {
        let said = |named: &Named| named.tree.at(path).map_or_else(String::new, Tree::written);
        found.push(
            Finding::error(format!(
                "all worlds of a study have the same `{path}`, but {} has {} and {} has {}",
                shown(&first.path),
                said(first),
                shown(&other.path),
                said(other)
            ))
            .at(other.place, "named here")
            .hint(format!("write set: {{\"{path}\": {}}} to give both the same", said(first))),
        );
    }
}

fn differs_in_policy(first: &Named, policy: &Named, found: &mut Vec<Finding>) {
    let world = mixture::worlds_differ_in(&first.resolved, &policy.resolved);
    if !world.is_empty() {
        found.push(
            Finding::error(format!(
                "{} differs from {} in more than policy: {}",
                shown(&policy.path),
                shown(&first.path),
                world.join(", ")
            ))
            .at(policy.place, "named here")
            .hint("an effect would be of both: name it under `scenarios`, or let the two files have the same world"),
        );
    } else if mixture::measures_that_differ(&first.resolved, &policy.resolved).is_empty() {
        found.push(
            Finding::warning(format!(
                "{} changes nothing of {}",
                shown(&policy.path),
                shown(&first.path)
            ))
            .at(policy.place, "its effect is 0"),
        );
    }
}

/// A world with what a policy changes of the first world.
fn laid_over(world: &Named, first: &Named, policy: &Named) -> Result<(Resolved, Tree), String> {
    let mut tree = world.tree.clone();
    let measures = mixture::measures_that_differ(&first.resolved, &policy.resolved);
    let paths = measures.into_iter().map(|measure| format!("policy.{measure}"));
    for path in paths.chain(["name", "title"].map(str::to_owned)) {
        if let (Some(place), Some(value)) = (tree.at_mut(&path), policy.tree.at(&path)) {
            *place = value.clone();
        }
    }
    let run = cross_checks::window(&tree, LayerOrder::single())
        .map_or((Date::MIN, Date::MAX), |window| (window.first, window.end));
    let (scenario, json) = typed(&tree, run)?;
    let text = complete_text(&tree, run);
    Ok((Resolved { scenario, text, json, files: Vec::new(), warnings: Findings::default() }, tree))
}

fn cannot(world: &Named, policy: &Named, why: &str) -> Finding {
    Finding::error(format!(
        "{} cannot be laid over {}: {why}",
        shown(&policy.path),
        shown(&world.path)
    ))
    .at(policy.place, "named here")
}

/// Whether every arm has a name of its own.
fn unique(worlds: &[Named], policies: &[Named], several: bool, found: &mut Vec<Finding>) -> bool {
    // With several worlds, names of policies stand behind those of worlds.
    let lists: Vec<Vec<&Named>> = if several {
        vec![worlds.iter().collect(), policies.iter().collect()]
    } else {
        vec![worlds.iter().chain(policies).collect()]
    };
    let before = found.len();
    for list in lists {
        let mut names = Names::new();
        for named in list {
            let name = &named.resolved.scenario.name;
            names.once(name, &format!("in these files, the `name` \"{name}\""), named.place, found);
        }
    }
    found.len() == before
}

/// The typed values of each arm, to be set side by side.
pub(super) fn typed_trees(arms: &[Arm]) -> Vec<Tree> {
    arms.iter().map(|arm| Tree::of(&arm.resolved.scenario)).collect()
}

/// Whether a policy says something of its own about a parameter: then no draw moves it there.
pub(super) fn says_itself(arms: &[Arm], trees: &[Tree], arm: usize, path: &str) -> bool {
    let baseline = arms[arm].baseline;
    // In every world a policy is what it changes of the first world; there it stands at the same distance from the baseline.
    baseline != arm
        && path.starts_with("policy.")
        && trees[0].at(path) != trees[arm - baseline].at(path)
}

/// The scenario of each arm with gaps for what is drawn in it, by its typed values and its tree as it was written. What is drawn and has
/// no place is reported.
pub(super) fn prepared(
    arms: &[Arm],
    trees: &[Tree],
    written: impl Iterator<Item = Tree>,
    draws: &DrawnValues,
    place: Span,
    found: &mut Vec<Finding>,
) -> Vec<ArmTemplate> {
    misplaced(arms, trees, draws, place, found);
    let of = |((number, arm), written): ((usize, &Arm), Tree)| {
        let open = open(arms, trees, number, &draws.columns);
        for (column, _) in draws.columns.iter().zip(&open).filter(|(_, open)| !**open) {
            if let DrawTarget::Leaf(_) | DrawTarget::From(..) = column.place() {
                let path = &column.parameter.path;
                let message = format!("`{path}` is drawn, but the arm \"{}\" sets it", arm.name);
                let hint = "the draw counts in the baseline; the policy keeps its own value";
                found.push(Finding::warning(message).at(place, "drawn here").hint(hint));
            }
        }
        let pair = (&trees[arm.baseline], &trees[number]);
        ArmTemplate::new(pair, &written, &draws.columns, &open)
    };
    arms.iter().enumerate().zip(written).map(of).collect()
}

/// Which columns are drawn in an arm: what a policy says of its own is not, campaigns are where there is such a one, and a strength is
/// that of one policy.
fn open(arms: &[Arm], trees: &[Tree], arm: usize, columns: &[DrawnParameter]) -> Vec<bool> {
    let drawn = |column: &DrawnParameter| match column.place() {
        DrawTarget::Leaf(path) | DrawTarget::From(path, _) => !says_itself(arms, trees, arm, path),
        DrawTarget::Campaign(path) => trees[arm].at(path).is_some(),
        DrawTarget::Strength(policy) => is_policy(arms, arm, policy),
    };
    columns.iter().map(drawn).collect()
}

/// Whether an arm is the policy of this name, in whatever world.
fn is_policy(arms: &[Arm], arm: usize, policy: &str) -> bool {
    let name = &arms[arm].name;
    arms[arm].baseline != arm && (name == policy || name.rsplit('/').next() == Some(policy))
}

/// Reports drawn numbers that no arm has, or that it cannot take.
fn misplaced(
    arms: &[Arm],
    trees: &[Tree],
    draws: &DrawnValues,
    place: Span,
    found: &mut Vec<Finding>,
) {
    let mut wrong = |message: String, label: String| {
        found.push(Finding::error(message).at(place, label));
    };
    let near = |name: &str, names: &[&str]| match nearest(name, names.iter().copied()) {
        Some(near) => format!("did you mean {near}?"),
        None if names.is_empty() => "there are none".to_owned(),
        None => format!("there are: {}", names.join(", ")),
    };
    let base = &arms[0].resolved.scenario;
    for (number, column) in draws.columns.iter().enumerate() {
        let path = &column.parameter.path;
        match column.place() {
            DrawTarget::Leaf(_) => {}
            DrawTarget::From(_, date) => {
                let first = base.date(world::units::Day(0));
                if date > base.end || date <= first {
                    let message = format!("`{path}`: {date} lies outside the run");
                    wrong(message, format!("after {first} and up to {}", base.end));
                }
            }
            DrawTarget::Strength(policy) => {
                let policies = || (0..arms.len()).filter(|arm| arms[*arm].baseline != *arm);
                if !policies().any(|arm| is_policy(arms, arm, policy)) {
                    let names: Vec<&str> =
                        policies().filter_map(|arm| arms[arm].name.rsplit('/').next()).collect();
                    wrong(format!("`{path}`: there is no policy {policy}"), near(policy, &names));
                }
            }
            DrawTarget::Campaign(_) => {
                let with: Vec<&Tree> =
                    trees.iter().filter(|tree| tree.at(path).is_some()).collect();
                if with.is_empty() {
                    let all = trees.iter().filter_map(|tree| tree.at("policy.campaigns"));
                    let mut names: Vec<&str> =
                        all.flat_map(Tree::entries).map(|(name, _)| name).collect();
                    names.sort_unstable();
                    names.dedup();
                    let name = path.split('.').nth(2).unwrap_or_default();
                    wrong(format!("`{path}`: there is no such campaign"), near(name, &names));
                }
                let Some((campaign, "value")) = path.rsplit_once('.') else { continue };
                let lever = with.iter().find_map(|tree| tree.at(campaign)?.at("lever")?.text());
                let lever = lever.and_then(|lever| shape().at(&format!("policy.{lever}")));
                let Some(Schema::Leaf(lever)) = lever else { continue };
                if !matches!(lever.kind, ParameterKind::Number | ParameterKind::Whole) {
                    let message = format!("`{path}`: its lever `{}` is a word", lever.path);
                    wrong(message, "only numbers can be drawn".to_owned());
                    continue;
                }
                let values = (0..draws.number).map(|draw| draws.of(draw)[number]);
                if let Some(value) = values.into_iter().find(|value| !lever.allowed.contain(*value))
                {
                    let allowed = lever.allowed.in_words();
                    let message = format!("`{path}` is {value}, which `{}` cannot be", lever.path);
                    wrong(message, format!("allowed: {allowed}"));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::study::{Study, Yields};
    use crate::{Scenario, load};
    use jiff::civil::date;

    const YIELDS: Yields = Yields { measures: &["closures"], quantities: &[] };

    /// The reference, a policy and one with a campaign, under draws.
    fn study(draws: &str) -> Result<Study, String> {
        let text = format!(
            "(title: \"s\", scenarios: [\"../kazakhstan.ron\"], policies: [\"../policies/auto_block.ron\", \
             \"../policies/crackdown_waves.ron\"], replications: 1, draws: {draws})"
        );
        let path = Path::new("../../scenarios/studies/s.ron");
        let none = |_: &Path| Err(Vec::new());
        Study::load_text(&text, path, &[], YIELDS, &none).map_err(|found| found.to_string())
    }

    fn policy(name: &str, sets: &[&str]) -> Scenario {
        let sets: Vec<String> = sets.iter().map(|set| (*set).to_owned()).collect();
        let path = format!("../../scenarios/{name}.ron");
        load(Path::new(&path), &sets).unwrap().scenario
    }

    /// The scenario and what determines its runs say the same as those of another.
    fn same(study: &Study, (arm, draw): (usize, u32), wanted: &Scenario) {
        let mut drawn = study.scenario(arm, draw).unwrap();
        (drawn.name, drawn.title) = (wanted.name.clone(), wanted.title.clone());
        assert_eq!(&drawn, wanted);
        let mut json: serde_json::Value = serde_json::from_str(&wanted.json()).unwrap();
        for name in ["name", "title"] {
            json.as_object_mut().unwrap().remove(name);
        }
        assert_eq!(study.canonical(arm, draw), json.to_string());
    }

    #[test]
    fn a_lever_is_drawn_from_a_day_on_and_what_held_before_stays() {
        let at = |path: &str| format!("\"policy.{path}@2025-02-01\"");
        let (card, closures) =
            (at("auto_block.detect_card"), at("shutdown_rate.closures_per_month"));
        let study = study(&format!("List([{{{card}: 0.12, {closures}: 5}}])")).unwrap();
        let sets = [
            "policy.auto_block.detect_card={\"2025-02-01\": 0.12}",
            "policy.shutdown_rate.closures_per_month={\"2025-02-01\": 5}",
        ];
        same(&study, (0, 0), &policy("kazakhstan", &sets));
        let drawn = study.scenario(2, 0).unwrap().policy;
        let closures = &drawn.shutdown_rate.closures_per_month;
        assert_eq!([date(2025, 1, 31), date(2025, 2, 1)].map(|day| closures.on(day)), [3.0, 5.0]);
        // Two days of one lever, and a value for all days below them.
        let two = "policy.site_blocking.traffic_reached";
        let text = format!(
            "List([{{\"{two}@2025-01-01\": 0.6, \"{two}\": 0.5, \"{two}@2024-01-01\": 0.9}}])"
        );
        let reached = self::study(&text).unwrap().scenario(0, 0).unwrap();
        let reached = reached.policy.site_blocking.traffic_reached;
        let days = [2023, 2024, 2025].map(|year| reached.on(date(year, 6, 1)));
        assert_eq!(days, [0.5, 0.9, 0.6]);
    }

    #[test]
    fn the_strength_of_a_policy_is_drawn_from_the_baseline_to_the_policy_as_written() {
        let study = study("Grid({\"strength.auto_block\": [0, 0.5, 1]})").unwrap();
        for draw in 0..3 {
            same(&study, (0, draw), &policy("kazakhstan", &[]));
            same(&study, (2, draw), &policy("policies/crackdown_waves", &[]));
        }
        same(&study, (1, 0), &policy("kazakhstan", &[]));
        same(&study, (1, 2), &policy("policies/auto_block", &[]));
        let half = study.scenario(1, 1).unwrap().policy.auto_block.bank_share;
        assert!((half.on(date(2024, 2, 1)) - 0.475).abs() < 1e-12);
        assert_ne!(study.canonical(1, 1), study.canonical(1, 2));
        assert!(
            self::study("Sobol(number: 4, parameters: {\"strength.auto_block\": Prior})").is_ok()
        );
    }

    #[test]
    fn the_value_and_strength_of_a_campaign_are_drawn_where_there_is_the_campaign() {
        for (field, value) in [("value", "9"), ("value", "7.5"), ("strength", "0.25")] {
            let path = format!("policy.campaigns.raids.{field}");
            let study = study(&format!("List([{{\"{path}\": {value}}}])")).unwrap();
            same(&study, (0, 0), &policy("kazakhstan", &[]));
            let set = format!("{path}={value}");
            same(&study, (2, 0), &policy("policies/crackdown_waves", &[&set]));
        }
    }

    #[test]
    fn drawn_numbers_that_nothing_has_or_takes_are_refused_with_what_there_is() {
        for (name, value, words) in [
            ("strength.auto_blok", "0.5", "did you mean auto_block?"),
            ("strength.auto_block", "1.5", "must be from 0 to 1"),
            ("strength.kazakhstan", "0.5", "there is no policy kazakhstan"),
            ("policy.campaigns.raid.value", "3", "did you mean raids?"),
            ("policy.campaigns.raids.value", "-3", "allowed: from 0 to 200"),
            ("policy.campaigns.raids.from", "3", "write policy.campaigns.NAME.value"),
            ("policy.auto_block.detect_card@2027-01-01", "0.1", "lies outside the run"),
            ("policy.auto_block.detect_card@soon", "0.1", "names no day"),
            ("policy.auto_block.banks", "Largest(3)", "it names banks"),
            ("customers.habit@2025-01-01", "0.1", "cannot change on dates"),
            ("policy.auto_block.detect_kard@2025-01-01", "0.1", "did you mean"),
        ] {
            let found = study(&format!("List([{{\"{name}\": {value}}}])")).unwrap_err();
            assert!(found.contains(words), "{name}: {found}");
        }
    }
}
