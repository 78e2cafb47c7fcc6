//! From a scenario file to a valid scenario: read, laid over one another, checked, typed.

use std::path::{Path, PathBuf};

use jiff::civil::Date;

use super::estimate::{self, estimate};
use super::finding::{Finding, Findings, plain};
use super::reader::{Origin, read};
use super::tree::Tree;
use super::world::Scenario;
use super::{check, cross_checks, files, layers, shape, shipped, write};

/// A valid scenario with the texts that stand for it.
#[derive(Clone, Debug)]
pub struct Resolved {
    /// The scenario.
    pub scenario: Scenario,
    /// The scenario as readable RON: complete, without `extends`, and read again it gives the same scenario.
    pub text: String,
    /// The scenario as JSON with its keys in fixed order: the same scenario gives the same bytes.
    pub json: String,
    /// The files that were laid over one another, the one that was asked for first; symbolic links are followed.
    pub files: Vec<PathBuf>,
    /// What is doubtful but does not keep the scenario from being run.
    pub warnings: Findings,
}

/// Reads the scenario file, what it extends, and the `--set PATH=VALUE` texts laid over it.
///
/// # Errors
/// Everything that is wrong with it, at once; warnings included.
pub fn load(path: &Path, sets: &[String]) -> Result<Resolved, Findings> {
    load_over(path, None, sets)
}

/// The shipped posterior, where a scenario is the shipped reference or rests on it, letter by letter, and the posterior lies beside that.
pub fn shipped_posterior(resolved: &Resolved) -> Option<PathBuf> {
    let root = resolved.files.last()?;
    let text = files::whole(root, files::LARGEST_BYTES).ok()?;
    let posterior = root.with_file_name(POSTERIOR);
    let rests = text == shape::REFERENCE.as_bytes();
    (rests && files::open(&posterior).is_ok()).then(|| near(posterior))
}

/// The shipped world other than the reference that a scenario rests on, and its name: what a policy for 2026 changes is what differs
/// from the outlook, not from the reference.
#[must_use]
pub fn shipped_world_below(resolved: &Resolved) -> Option<(&'static str, Resolved)> {
    // The file itself differs from what it extends, and the root is the reference.
    let [_, between @ .., _] = resolved.files.as_slice() else { return None };
    let (name, world) = between.iter().find_map(|path| Some((shipped::world(path)?, path)))?;
    Some((name, load(world, &[]).ok()?))
}

/// Name of the shipped posterior.
const POSTERIOR: &str = "posterior.parquet";

/// The posterior as people would write it, where it lies below the folder that they are in.
fn near(posterior: PathBuf) -> PathBuf {
    let here = std::env::current_dir().and_then(|here| here.canonicalize());
    let below = here.ok().and_then(|here| Some(posterior.strip_prefix(here).ok()?.to_owned()));
    below.unwrap_or(posterior)
}

/// The same where a reform in JSON that extends nothing is laid over the scenario `under`, or else over the reference.
///
/// # Errors
/// Everything that is wrong with it, at once; warnings included.
pub fn load_over(path: &Path, under: Option<&Path>, sets: &[String]) -> Result<Resolved, Findings> {
    let mut findings = Findings::default();
    let gathered = layers::gather(path, under, sets, &mut findings.sources, &mut findings.found);
    resolve(gathered, findings)
}

/// The reference scenario, which is built into the program.
pub fn reference() -> Resolved {
    let mut findings = Findings::default();
    let file = findings.sources.add(shape::REFERENCE_NAME, shape::REFERENCE);
    let node = read(shape::REFERENCE, file, 0, Origin::InFile, &mut findings.found);
    let gathered = node.map(|root| layers::Gathered {
        root,
        order: layers::LayerOrder::single(),
        files: vec![shape::REFERENCE_NAME.into()],
        complete: true,
    });
    resolve(gathered, findings).unwrap_or_else(|findings| panic!("{findings}"))
}

pub(super) fn resolve(
    gathered: Option<layers::Gathered>,
    findings: Findings,
) -> Result<Resolved, Findings> {
    resolve_tree(gathered, findings).map(|(resolved, _)| resolved)
}

/// The scenario and the tree of its values.
pub(super) fn resolve_tree(
    gathered: Option<layers::Gathered>,
    mut findings: Findings,
) -> Result<(Resolved, Tree), Findings> {
    let Some(layers::Gathered { root, order, files, complete }) = gathered else {
        findings.sort();
        return Err(findings);
    };
    check::check(&root, complete, &mut findings.found);
    cross_checks::check(&root, order, &mut findings.found);
    findings.sort();
    if findings.errors() > 0 {
        return Err(findings);
    }
    let run = cross_checks::window(&root, order)
        .map_or((Date::MIN, Date::MAX), |window| (window.first, window.end));
    match typed(&root, run) {
        Ok((scenario, json)) => {
            let text = complete_text(&root, run);
            let warnings = with_cost(findings, &scenario, &root);
            Ok((Resolved { scenario, text, json, files, warnings }, root))
        }
        Err(why) => {
            findings.found.push(
                Finding::error(format!("the scenario passed all checks, but cannot be used: {why}"))
                    .hint("this is a mistake in crackdown itself; please report it with your scenario file"),
            );
            Err(findings)
        }
    }
}

/// The scenario as a file that extends nothing.
pub(super) fn complete_text(root: &Tree, run: (Date, Date)) -> String {
    format!(
        "// A complete scenario, written by crackdown: it extends nothing.\n{}",
        write::write(root, run, write::TextPurpose::Reading)
    )
}

/// The findings, with a warning if a run would need more memory than many computers have.
fn with_cost(mut findings: Findings, scenario: &Scenario, root: &Tree) -> Findings {
    let cost = estimate(scenario);
    if cost.bytes > estimate::MUCH_MEMORY_BYTES
        && let Some(number) = root.at("customers.number")
    {
        let agents = plain(f64::from(scenario.agents()));
        findings.found.push(
            Finding::warning(format!("{agents} agents are many: each replication takes {cost}"))
                .at(number.span, format!("with `people_per_agent` {}", scenario.people_per_agent))
                .hint("raise `people_per_agent`: totals stay the same, only their spread grows"),
        );
        findings.sort();
    }
    findings
}

/// The scenario that a tree says, and its JSON.
pub(super) fn typed(root: &Tree, run: (Date, Date)) -> Result<(Scenario, String), String> {
    let scenario: Scenario =
        super::typed::typed(&write::write(root, run, write::TextPurpose::Typing))?;
    let json = scenario.json();
    Ok((scenario, json))
}
