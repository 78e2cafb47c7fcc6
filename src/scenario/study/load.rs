//! Reading a study: the file, the scenarios that it names, what is drawn; all findings at once.
//!
//! Deliberately absent: each of these (`file`, `worlds`, `draws`).

use std::path::Path;

use jiff::civil::Date;

use super::Over;
use super::draws::{self, DrawnValues};
use super::file::StudyFile;
use super::worlds;
use super::{Arm, MOST_RUNS, Study, Tables, Yields, days_that_count, file, levers};
use crate::check::{names_a_folder, opening};
use crate::finding::{Finding, Findings, plain};
use crate::layers;
use crate::reader::read_study;
use crate::recognise;
use crate::shipped::{located, shown};
use crate::source::Span;
use crate::tree::Tree;
use crate::window;

impl Study {
    /// Reads a study file and all scenarios that it names, with `--set PATH=VALUE` texts laid over each; without posterior files.
    ///
    /// # Errors
    /// Everything that is wrong, at once; warnings included.
    pub fn load(path: &Path, sets: &[String], yields: Yields) -> Result<Study, Findings> {
        Study::load_with(path, sets, yields, &|_| {
            Err(vec!["tables are not read here".to_owned().into()])
        })
    }

    /// The same, with posterior files read by `tables`.
    ///
    /// # Errors
    /// Everything that is wrong, at once; warnings included.
    pub fn load_with(
        path: &Path,
        sets: &[String],
        yields: Yields,
        tables: Tables,
    ) -> Result<Study, Findings> {
        let mut findings = Findings::default();
        let Some(text) = layers::open(path, None, &[], &mut findings.found) else {
            return Err(findings);
        };
        Study::load_text(&text, path, sets, yields, tables)
    }

    /// The same for a text that would stand in this file.
    ///
    /// # Errors
    /// Everything that is wrong, at once; warnings included.
    pub fn load_text(
        text: &str,
        path: &Path,
        sets: &[String],
        yields: Yields,
        tables: Tables,
    ) -> Result<Study, Findings> {
        let mut findings = Findings::default();
        let study = Study::read(text, path, sets, yields, tables, &mut findings);
        settled(study, findings)
    }

    fn read(
        text: &str,
        path: &Path,
        sets: &[String],
        yields: Yields,
        tables: Tables,
        findings: &mut Findings,
    ) -> Option<Study> {
        let path = &located(path);
        let file = findings.sources.add(shown(path), text);
        let root = read_study(text, file, &mut findings.found)?;
        if let Some(finding) = recognise::is_scenario(&root) {
            findings.found = vec![finding];
            return None;
        }
        let said = file::read(&root, path, yields, &mut findings.found);
        let name = said.name.clone().or_else(|| name_of(path, &root, &mut findings.found));
        let draws = match &said.draws {
            Some(node) => draws::read(node, said.seed, path, tables, findings),
            None => Some(DrawnValues::as_written()),
        };
        // What a study lays over its scenarios comes first: the command line has the last word.
        let all: Vec<String> = said.sets.iter().chain(sets).cloned().collect();
        let rooted = worlds::arms(&said, &all, findings);
        let (draws, rooted) = (draws?, rooted?);
        let hint = "take it out of `draws`, or leave the --set out";
        draws.drawn_and_set(sets, "the study", hint, &mut findings.found);
        for (set, place) in &said.set_paths {
            if draws.columns.iter().any(|column| column.parameter.path == *set) {
                let finding = Finding::error(format!("`{set}` is both drawn and set"));
                findings.found.push(finding.at(*place, "the draws would replace this value"));
            }
        }
        let arms: Vec<Arm> = rooted.iter().map(|rooted| rooted.arm.clone()).collect();
        if let Some(optimise) = &said.optimise {
            levers::check(optimise, &arms, &mut findings.found);
        }
        let scenario = &arms.first()?.resolved.scenario;
        let days = (scenario.start, scenario.end);
        let window = match &said.window {
            Some((wished, place)) => within(wished, *place, days, &mut findings.found)?,
            None => days_that_count(&arms),
        };
        for (seen, place) in &said.seen {
            let (inside, when) = match seen.over {
                Over::Year(year) => {
                    ((days.0.year()..=days.1.year()).contains(&year), year.to_string())
                }
                Over::Days(from, to) => (days.0 <= from && to <= days.1, format!("{from}..{to}")),
            };
            if !inside {
                let finding = Finding::error(format!("{when} is not simulated"));
                let days = format!("the reported days are {} to {}", days.0, days.1);
                findings.found.push(finding.at(*place, days));
            }
        }
        if !few_enough(&said, u64::from(draws.number), arms.len() as u64, &root, findings) {
            return None;
        }
        let place = said.draws.as_ref().map_or(root.span, opening);
        let written = rooted.into_iter().map(|rooted| rooted.tree);
        let trees = worlds::typed_trees(&arms);
        let prepared = worlds::prepared(&arms, &trees, written, &draws, place, &mut findings.found);
        Some(Study {
            name: name?,
            title: said.title?,
            seed: said.seed,
            replications: said.replications,
            luck: said.luck,
            window,
            measures: said.measures,
            seen: said.seen.iter().map(|(seen, _)| *seen).collect(),
            precision: said.precision,
            arms,
            budget: said.budget,
            optimise: said.optimise,
            warnings: Findings::default(),
            text: text.to_owned(),
            draws,
            prepared,
        })
    }
}

/// The study with its warnings, or all that is wrong.
pub(super) fn settled(study: Option<Study>, mut findings: Findings) -> Result<Study, Findings> {
    findings.sort();
    match study {
        Some(study) if findings.errors() == 0 => Ok(Study { warnings: findings, ..study }),
        _ => Err(findings),
    }
}

/// The name of a study that has none: that of its file.
fn name_of(path: &Path, root: &Tree, found: &mut Vec<Finding>) -> Option<String> {
    let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    if root.field("name").is_some() || names_a_folder(&name) {
        return Some(name);
    }
    found.push(
        Finding::error(format!("the file's name cannot name a folder: \"{}\"", name.escape_debug()))
            .at(opening(root), "a name is wanted here")
            .hint("write name: \"…\" with 1 to 64 letters, digits, `_` and `-`, or give the file another name"),
    );
    None
}

/// Whether the runs can be numbered and held, those included that precision may ask for.
fn few_enough(
    said: &StudyFile,
    draws: u64,
    arms: u64,
    root: &Tree,
    findings: &mut Findings,
) -> bool {
    let at_most = said.precision.as_ref().map_or(0, |precision| precision.at_most);
    let replications = u64::from(said.replications.max(at_most));
    let runs = draws.saturating_mul(replications).saturating_mul(arms);
    if runs > MOST_RUNS {
        let count = |number: u64| plain(number as f64);
        let message = format!(
            "{} draws × {} replications × {} arms are {} runs, which are too many",
            count(draws),
            count(replications),
            count(arms),
            count(runs)
        );
        let place = root.at("replications").unwrap_or(root).span;
        let label = format!("a study may have {} runs", count(MOST_RUNS));
        findings.found.push(Finding::error(message).at(place, label).hint(
            "take fewer draws or replications: intervals of an effect are narrow after some hundred runs",
        ));
    }
    runs <= MOST_RUNS
}

/// The days that count, if they lie within the reported ones.
fn within(
    text: &str,
    place: Span,
    days: (Date, Date),
    found: &mut Vec<Finding>,
) -> Option<(Date, Date)> {
    let why = match window::read(text, days) {
        Ok(window) => return Some(window),
        Err(why) => why,
    };
    found.push(
        Finding::error(format!("`window`: {why}"))
            .at(place, format!("the reported days are {} to {}", days.0, days.1)),
    );
    None
}
