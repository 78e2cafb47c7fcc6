//! Text to valid scenario: the only place that knows RON.
//!
//! In reading order: [`world`] (what a scenario is), [`campaign`] (levers for a time), [`intervention`] (acts of a day), `source` and `reader` (text to tree), `shape` (what the
//! reference scenario says about each parameter), `layers` (`extends` and `--set`), `limits` and `sense`
//! (what is wrong with it), [`finding`] (saying so), `write` (the tree as text again), [`describe`] (a
//! scenario in words), [`difference`] and [`mod@changes`] (two scenarios), [`mixture`] (what lies between them), [`mod@stack`] (several policies together),
//! [`mod@estimate`] (what a run costs), [`study`] (scenarios × policies × draws × replications), [`catalogue`] (patterns from elsewhere).
//!
//! Deliberately absent: printing, and anything that a run does.

use std::path::Path;

use jiff::civil::Date;
use ron::extensions::Extensions;

mod layers;
mod limits;
mod names;
mod reader;
mod sense;
mod shape;
mod write;

pub mod campaign;
pub mod catalogue;
pub mod changes;
pub mod describe;
pub mod difference;
pub mod estimate;
pub mod files;
pub mod finding;
pub mod intervention;
pub mod mixture;
pub mod source;
pub mod stack;
pub mod study;
pub mod world;

pub use campaign::{Campaign, Indicator, Setting};
pub use catalogue::Catalogue;
pub use changes::{Change, changes};
pub use describe::{measures_by_date, sequence, steps_in_words};
pub use difference::{Difference, differences, policies_part_on};
pub use estimate::{Estimate, estimate};
pub use finding::{Finding, Findings, Severity};
pub use intervention::{Act, Intervention};
pub use mixture::Mixture;
pub use shape::{Bounds, Kind, Parameter, parameters, quoted};
pub use stack::{Stack, Stacked, stack};
pub use study::Study;
pub use world::Scenario;

/// A valid scenario with the texts that stand for it.
#[derive(Clone, Debug)]
pub struct Resolved {
    /// The scenario.
    pub scenario: Scenario,
    /// The scenario as readable RON: complete, without `extends`, and read again it gives the same scenario.
    pub text: String,
    /// The scenario as JSON with its keys in fixed order: the same scenario gives the same bytes.
    pub json: String,
    /// What is doubtful but does not keep the scenario from being run.
    pub warnings: Findings,
}

/// Reads the scenario file, what it extends, and the `--set PATH=VALUE` texts laid over it.
///
/// # Errors
/// Everything that is wrong with it, at once; warnings included.
pub fn load(path: &Path, sets: &[String]) -> Result<Resolved, Findings> {
    let mut findings = Findings::default();
    let gathered = layers::gather(path, sets, &mut findings.sources, &mut findings.found);
    resolve(gathered, findings)
}

/// The reference scenario, which is built into the program.
///
/// # Panics
/// Never: a test loads it.
#[must_use]
pub fn reference() -> Resolved {
    let mut findings = Findings::default();
    let file = findings.sources.add(shape::REFERENCE_NAME, shape::REFERENCE);
    let node =
        reader::read(shape::REFERENCE, file, 0, reader::Written::InFile, &mut findings.found);
    let gathered =
        node.map(|root| layers::Gathered { root, order: layers::Order::single(), complete: true });
    resolve(gathered, findings).unwrap_or_else(|findings| panic!("{findings}"))
}

fn resolve(gathered: Option<layers::Gathered>, findings: Findings) -> Result<Resolved, Findings> {
    resolve_tree(gathered, findings).map(|(resolved, _)| resolved)
}

/// The scenario and the tree of its values.
fn resolve_tree(
    gathered: Option<layers::Gathered>,
    mut findings: Findings,
) -> Result<(Resolved, source::Node), Findings> {
    let Some(layers::Gathered { root, order, complete }) = gathered else {
        findings.sort();
        return Err(findings);
    };
    limits::check(&root, complete, &mut findings.found);
    sense::check(&root, order, &mut findings.found);
    findings.sort();
    if findings.errors() > 0 {
        return Err(findings);
    }
    let run = sense::window(&root, order)
        .map_or((Date::MIN, Date::MAX), |window| (window.first, window.end));
    match typed(&root, run) {
        Ok((scenario, json)) => {
            let text = complete_text(&root, run);
            let warnings = with_cost(findings, &scenario, &root);
            Ok((Resolved { scenario, text, json, warnings }, root))
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
fn complete_text(root: &source::Node, run: (Date, Date)) -> String {
    format!(
        "// A complete scenario, written by crackdown: it extends nothing.\n{}",
        write::write(root, run, write::For::Reading)
    )
}

/// The findings, with a warning if a run would need more memory than many computers have.
fn with_cost(mut findings: Findings, scenario: &Scenario, root: &source::Node) -> Findings {
    let cost = estimate(scenario);
    if cost.bytes > estimate::MUCH_MEMORY_BYTES
        && let Some(number) = root.at("customers.number")
    {
        let agents = finding::plain(f64::from(scenario.agents()));
        findings.found.push(
            Finding::warning(format!("{agents} agents are many: each replication takes {cost}"))
                .at(number.span, format!("with `people_per_agent` {}", scenario.people_per_agent))
                .hint("raise `people_per_agent`: totals stay the same, only their spread grows"),
        );
        findings.sort();
    }
    findings
}

/// Types the tree with ron.
fn typed(root: &source::Node, run: (Date, Date)) -> Result<(Scenario, String), String> {
    let text = write::write(root, run, write::For::Typing);
    let options = ron::Options::default()
        .with_default_extension(Extensions::IMPLICIT_SOME | Extensions::UNWRAP_NEWTYPES);
    let scenario: Scenario = options.from_str(&text).map_err(|error| error.to_string())?;
    let json = serde_json::to_string(&scenario).map_err(|error| error.to_string())?;
    Ok((scenario, json))
}
