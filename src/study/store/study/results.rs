//! Result files of a study beside its merged runs: study and scenarios, tables, the draws, the manifest.
//!
//! All files are written or none, the manifest last; large ones are never in memory as a whole.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::path::Path;

use serde_json::{Value, json};

use super::merge::{Merged, Merging};
use super::place::{StudyFolder, Writing};
use super::plan::Plan;
use crate::comparison::across::Across;
use crate::store::csv::CsvFile;
use crate::store::draws::of_draws;
use crate::store::manifest::{Listed, MANIFEST, Manifest, ResultKind};
use crate::store::stages::{portable_files, table_of};
use crate::store::{Command, Figures, File, across_files};
use scenario::files;
use scenario::study::Arm;

/// Puts merged runs in their place with everything that follows from them; `figures` are taken as they are.
///
/// # Errors
/// If the disk refuses; then the folder is as it was.
pub fn write_results(
    plan: &Plan,
    place: &StudyFolder,
    merging: Merging,
    across: &Across,
    figures: Figures,
) -> Result<Merged, String> {
    let folder = place.folder();
    let portable = plan.study.portable();
    let mut files = portable_files(&portable);
    files.extend(table_of(&portable)?);
    files.extend(across_files(across)?);
    let mut manifest = manifest(plan, figures.is_some());
    files.extend(figures.into_iter().flatten());
    let mut together = Together::new(folder);
    together.put(&files)?;
    together.fill("draws.csv", |file| draws(plan, file))?;
    manifest.files.extend(merging.listed()?);
    together.seal(manifest)?;
    let merged = merging.finish()?;
    together.finish()?;
    Ok(merged)
}

/// Writes files into a folder, all or none.
///
/// # Errors
/// If the disk refuses; then the folder is as it was.
pub fn put_files(folder: &Path, files: &[File]) -> Result<(), String> {
    let mut together = Together { has_runs: false, ..Together::new(folder) };
    together.put(files)?;
    together.finish()
}

/// Files that belong together: under other names until all are on the disk, so that one that is full leaves nothing half-written.
pub(in crate::store) struct Together<'a> {
    folder: &'a Path,
    /// Whether there are runs to go on from when the disk refuses.
    has_runs: bool,
    written: Vec<(String, Writing)>,
}

impl Together<'_> {
    /// None yet.
    pub fn new(folder: &Path) -> Together<'_> {
        Together { folder, has_runs: true, written: Vec::new() }
    }

    /// Adds files.
    pub fn put(&mut self, files: &[File]) -> Result<(), String> {
        files.iter().try_for_each(|file| {
            let write = |mut open: fs::File| open.write_all(&file.bytes).map(|()| open);
            self.fill(&file.name, |open| write(open).map_err(|error| error.to_string()))
        })
    }

    /// Adds a file that is written piece by piece.
    pub fn fill(
        &mut self,
        name: &str,
        write: impl FnOnce(fs::File) -> Result<fs::File, String>,
    ) -> Result<(), String> {
        let target = self.folder.join(name);
        let writing = Writing::of(&target);
        let text = |error: std::io::Error| error.to_string();
        let write = || {
            fs::create_dir_all(target.parent().unwrap_or(self.folder)).map_err(text)?;
            let open = write(fs::File::create(writing.path()).map_err(text)?)?;
            open.sync_all().map_err(text)
        };
        write().map_err(|why| {
            let shown = target.display();
            let wrong = format!("cannot write {shown}: {why}");
            match self.has_runs {
                true => format!("{wrong}; runs are kept: the same command goes on from here"),
                false => wrong,
            }
        })?;
        self.written.push((name.to_owned(), writing));
        Ok(())
    }

    /// Gives all files their names.
    pub fn finish(self) -> Result<(), String> {
        self.written.into_iter().try_for_each(|(_, writing)| writing.finish())
    }

    /// The same with a manifest of them and of files that lie in the folder. It comes last: while names are given there is none.
    pub fn finish_with(
        mut self,
        manifest: Manifest,
        beside: &BTreeSet<String>,
    ) -> Result<(), String> {
        self.seal(manifest.lists_on_disk(self.folder, beside)?)?;
        self.finish()
    }

    /// Adds a manifest of them beside what it lists already, and takes away the earlier one: from here on names are given.
    fn seal(&mut self, mut manifest: Manifest) -> Result<(), String> {
        for (name, writing) in &self.written {
            let listed = Listed::on_disk(writing.path())
                .map_err(|error| files::unread(writing.path(), &error))?;
            manifest.files.insert(name.clone(), listed);
        }
        self.put(&[manifest.file()])?;
        // Neither a manifest nor figures of earlier results must stand beside new ones; what somebody changed since is his.
        let earlier = Manifest::read(self.folder).map_or_else(|_| BTreeMap::new(), |it| it.files);
        for (name, listed) in earlier {
            let path = self.folder.join(&name);
            let stale = name.starts_with("figures/") && !manifest.files.contains_key(&name);
            if stale && Listed::on_disk(&path).is_ok_and(|found| found == listed) {
                let _ = fs::remove_file(path);
            }
        }
        let _ = fs::remove_dir(self.folder.join("figures"));
        let _ = fs::remove_file(self.folder.join(MANIFEST));
        Ok(())
    }
}

/// Draws that are written together. Unit: draws. Source: judgement.
const TOGETHER: u32 = 1_000;

/// `draws.csv`: a row for each draw.
fn draws(plan: &Plan, file: fs::File) -> Result<fs::File, String> {
    let mut file = CsvFile::new(file);
    let (study, parameters) = (plan.study, plan.study.parameters());
    for first in (0..study.draws()).step_by(TOGETHER as usize) {
        let together = first..study.draws().min(first + TOGETHER);
        let rows: Vec<(u32, Vec<String>)> =
            together.map(|draw| (draw, study.values(draw))).collect();
        file.push(&of_draws(&parameters, &rows))?;
    }
    file.finish().map_err(|error| error.to_string())
}

/// `manifest.json`: what was run, and the fingerprint of every file.
fn manifest(plan: &Plan, drawn: bool) -> Manifest {
    let study = plan.study;
    let arm = |arm: &Arm| json!({ "name": arm.name, "title": arm.title, "baseline": study.arms[arm.baseline].name });
    let (from, to) = study.window;
    let repeat = Command::new("sweep").word("study.ron").figures(drawn);
    Manifest::new(ResultKind::Study, study.seed, plan.replications, repeat)
        .title(&study.title)
        .says("study", &study.name)
        .says("draws", study.draws())
        .says("people_per_agent", study.arms[0].resolved.scenario.people_per_agent)
        .says("window", [from, to])
        .says("arms", study.arms.iter().map(arm).collect::<Vec<Value>>())
        .says("input_blake3", plan.fingerprint())
}
