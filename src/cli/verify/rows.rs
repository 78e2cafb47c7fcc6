//! Studies in a folder: its own, or those of its stages; each run is a row of a table.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::again::Claims;
use crate::cli::input;
use scenario::study::Cell;
use scenario::{Study, files};
use study::ensemble::{Run, Unmade};
use study::store;
use study::store::study::{Addresses, Fingerprint, MergedRuns, Plan, Row, RunEnd};

/// The study in a folder, which may name nothing outside it.
pub fn opened(folder: &Path) -> Result<Study, String> {
    let study =
        input::study(&folder.join("study.ron"), &[]).map_err(|findings| findings.to_string())?;
    let portable = study.portable();
    let same = |name: &str, text: &str| {
        files::read_text(folder.join(name)).is_ok_and(|found| found == text)
    };
    let alone = same("study.ron", &portable.study)
        && portable.scenarios.iter().all(|(name, text)| same(name, text));
    if alone {
        Ok(study)
    } else {
        Err("study.ron does not stand on its own, as crackdown writes it".to_owned())
    }
}

/// The runs of a study and their rows.
pub struct RowClaims<'a> {
    /// Where the rows are.
    pub folder: PathBuf,
    /// How messages call the study, with a space behind it; empty if it is the only one.
    pub called: String,
    /// Which runs there are.
    pub plan: Plan<'a>,
    /// RowClaims of the picked runs that finished, by position.
    pub stored: BTreeMap<u64, Row>,
}

impl Claims for RowClaims<'_> {
    fn study(&self) -> &Study {
        self.plan.study
    }

    fn runs(&self) -> u64 {
        self.plan.runs()
    }

    fn at(&self, position: u64) -> (usize, Cell) {
        self.plan.at(position)
    }

    fn name(&self, arm: usize, cell: Cell) -> String {
        let Cell { draw, replication } = cell;
        format!("{}{}:{draw}:{replication}", self.called, self.plan.study.arms[arm].name)
    }

    fn compared(&self) -> String {
        "all days and measures to the last bit".to_owned()
    }

    fn read(&mut self, picked: &[u64]) -> Result<(), String> {
        if picked.is_empty() {
            return Ok(());
        }
        MergedRuns::open(&self.folder)?.rows(&mut |row| {
            let arm = self.plan.study.arms.iter().position(|arm| arm.name == row.arm);
            let arm = arm.ok_or_else(|| format!("the study has no arm {}", row.arm))?;
            let position = self.plan.position(arm, row.cell);
            if picked.binary_search(&position).is_ok() {
                self.stored.insert(position, row);
            }
            Ok(())
        })
    }

    fn differs(
        &self,
        arm: usize,
        cell: Cell,
        made: &Result<Run, Unmade>,
    ) -> Result<Vec<String>, String> {
        let was = self.stored.get(&self.plan.position(arm, cell));
        let Run { record, scenario } = match made {
            Ok(run) => run,
            // It failed when the study was run, for the same reason.
            Err(_) if was.is_none() => return Ok(Vec::new()),
            Err(unmade) => return Ok(vec![unmade.message.clone()]),
        };
        let values = self.plan.values(record, scenario)?;
        let address = Addresses::new(self.plan.kept, self.plan.study).of(arm, cell);
        let content = Fingerprint::of(store::digest(record));
        let now = Row::finished(self.plan.name(arm), cell, address, values, content);
        Ok(other(was, &now).into_iter().collect())
    }
}

/// In what a run differs from its row.
fn other(was: Option<&Row>, now: &Row) -> Option<String> {
    let Some(was) = was else { return Some("the folder has no such run".to_owned()) };
    if was.address != now.address {
        return Some("its row belongs to another scenario, seed or draw".to_owned());
    }
    let (
        RunEnd::Finished { values: before, content: was_content, .. },
        RunEnd::Finished { values: after, content, .. },
    ) = (&was.outcome, &now.outcome)
    else {
        return Some("one of the two failed".to_owned());
    };
    let differ = before
        .iter()
        .zip(after)
        .filter(|(before, after)| before.to_bits() != after.to_bits())
        .count();
    match differ {
        // Not the rows as a whole: what has no value is not like itself.
        0 if was_content == content => None,
        0 => Some("another course of days with the same measures".to_owned()),
        number => Some(format!("{number} measures differ")),
    }
}
