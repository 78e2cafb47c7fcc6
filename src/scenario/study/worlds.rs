//! Worlds and policies of a study: the arms.
//!
//! With one world, a policy file is an arm as it stands. With more, a policy is what it changes of the first world: the
//! groups of `policy` in which it differs, laid over every world.
//!
//! Deliberately absent: what is drawn.

use std::path::{Path, PathBuf};

use jiff::civil::Date;

use super::Arm;
use super::file::StudyFile;
use crate::finding::{Finding, Findings};
use crate::layers::{self, Order, elsewhere, tidy};
use crate::names::{Names, titles_apart};
use crate::resolved::{Resolved, complete_text, resolve_tree, typed};
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
    let mut load = |files: &[(PathBuf, Span)]| -> Vec<Option<Named>> {
        files.iter().map(|(path, place)| named(path, *place, sets, &said.sets, findings)).collect()
    };
    let (worlds, policies) = (load(&said.worlds), load(&said.policies));
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
        arms.push(baseline_of(world, baseline));
        for policy in &policies {
            let (resolved, tree) = if number == 0 {
                (policy.resolved.clone(), policy.tree.clone())
            } else {
                laid_over(world, first, policy)
                    .map_err(|why| findings.found.push(cannot(world, policy, &why)))
                    .ok()?
            };
            let scenario = &policy.resolved.scenario;
            let (mut name, mut title) = (scenario.name.clone(), scenario.title.clone());
            if several {
                name = format!("{}/{name}", world.resolved.scenario.name);
                title = format!("{}: {title}", world.resolved.scenario.title);
            }
            arms.push(ArmTree { arm: Arm { name, title, baseline, resolved }, tree });
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

fn baseline_of(world: &Named, baseline: usize) -> ArmTree {
    let scenario = &world.resolved.scenario;
    let (name, title) = (scenario.name.clone(), scenario.title.clone());
    let resolved = world.resolved.clone();
    ArmTree { arm: Arm { name, title, baseline, resolved }, tree: world.tree.clone() }
}

/// Reads a scenario that is named at this place.
fn named(
    path: &Path,
    place: Span,
    sets: &[String],
    said_sets: &[String],
    findings: &mut Findings,
) -> Option<Named> {
    let path = tidy(path);
    if !path.is_file() {
        let what = if path.is_dir() { "is a folder, not a scenario file" } else { "is not there" };
        let mut finding = Finding::error(format!("{} {what}", path.display()))
            .at(place, "named here")
            .hint("the path is taken from the folder of the study");
        finding.hints.extend(elsewhere(&path, false));
        findings.found.push(finding);
        return None;
    }
    let mut own = Findings::default();
    let gathered = layers::gather(&path, sets, &mut own.sources, &mut own.found);
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
        let shown = |named: &Named| named.tree.at(path).map_or_else(String::new, Tree::written);
        found.push(
            Finding::error(format!(
                "all worlds of a study have the same `{path}`, but {} has {} and {} has {}",
                first.path.display(),
                shown(first),
                other.path.display(),
                shown(other)
            ))
            .at(other.place, "named here")
            .hint(format!("write set: {{\"{path}\": {}}} to give both the same", shown(first))),
        );
    }
}

fn differs_in_policy(first: &Named, policy: &Named, found: &mut Vec<Finding>) {
    let world = mixture::worlds_differ_in(&first.resolved, &policy.resolved);
    if !world.is_empty() {
        found.push(
            Finding::error(format!(
                "{} differs from {} in more than policy: {}",
                policy.path.display(),
                first.path.display(),
                world.join(", ")
            ))
            .at(policy.place, "named here")
            .hint("an effect would be of both: name it under `scenarios`, or let the two files have the same world"),
        );
    } else if mixture::measures_that_differ(&first.resolved, &policy.resolved).is_empty() {
        found.push(
            Finding::warning(format!(
                "{} changes nothing of {}",
                policy.path.display(),
                first.path.display()
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
    let run = cross_checks::window(&tree, Order::single())
        .map_or((Date::MIN, Date::MAX), |window| (window.first, window.end));
    let (scenario, json) = typed(&tree, run)?;
    let text = complete_text(&tree, run);
    Ok((Resolved { scenario, text, json, warnings: Findings::default() }, tree))
}

fn cannot(world: &Named, policy: &Named, why: &str) -> Finding {
    Finding::error(format!(
        "{} cannot be laid over {}: {why}",
        policy.path.display(),
        world.path.display()
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
