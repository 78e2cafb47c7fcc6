//! A folder that appears whole or not at all.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::manifest::{HeldFolder, MANIFEST, ResultKind};
use super::stages::portable_files;
use super::{File, single};
use scenario::Study;
use scenario::files::unwritten;
use world::text::shown;

/// Why what is there is not replaced: it is not a result folder.
fn foreign(path: &Path) -> String {
    format!(
        "{} is no result folder (it has no manifest.json of crackdown), so it is not replaced: name another folder with --out",
        shown(path)
    )
}

/// Another run is writing it.
fn busy(path: &Path) -> String {
    format!("another run is writing {}: wait for it or use --out", shown(path))
}

/// A place for results: claimed before the simulation, filled after it.
///
/// Until [`Folder::write`] has succeeded, only a hidden folder beside the place exists; dropping removes it.
#[derive(Debug)]
pub struct Folder {
    target: PathBuf,
    partial: PathBuf,
    replaced: PathBuf,
    /// Locked while this run lives, so that a left-over of a killed run can be told from one in use.
    lock: fs::File,
    /// Parent folders that were made for it, the outermost last.
    made: Vec<PathBuf>,
    /// What is put there: only results of this kind are replaced.
    kind: ResultKind,
    /// Whether earlier results may be replaced.
    force: bool,
    done: bool,
}

impl Folder {
    /// Claims a place that is free (or empty), or with `force` one that holds earlier results of this kind.
    pub fn claim(target: &Path, kind: ResultKind, force: bool) -> Result<Folder, String> {
        let no_name = || format!("{} does not end in the name of a folder", shown(target));
        let name = target.file_name().ok_or_else(no_name)?;
        let beside =
            |ending: &str| target.with_file_name(format!(".{}.{ending}", name.to_string_lossy()));
        let (partial, replaced) = (beside("partial"), beside("replaced"));
        let disk = |error| unwritten(target, &error);

        check(target, &kind, force)?;
        let missing = |parent: &&Path| !parent.as_os_str().is_empty() && !parent.exists();
        let made = target.ancestors().skip(1).take_while(missing).map(Path::to_owned).collect();
        fs::create_dir_all(target.parent().unwrap_or(Path::new(""))).map_err(disk)?;
        for left_over in [&partial, &replaced] {
            if left_over.symlink_metadata().is_ok() && !is_own(left_over) {
                return Err(foreign(left_over));
            }
        }
        if partial.exists() {
            let left_over = fs::File::open(&partial).map_err(disk)?;
            left_over.try_lock().map_err(|_| busy(target))?;
            fs::remove_dir_all(&partial).map_err(disk)?;
        }
        if replaced.exists() {
            // A run was killed between its two renames.
            if target.exists() {
                fs::remove_dir_all(&replaced).map_err(disk)?;
            } else {
                fs::rename(&replaced, target).map_err(disk)?;
                check(target, &kind, force)?;
            }
        }
        fs::create_dir(&partial).map_err(disk)?;
        let lock = fs::File::open(&partial).map_err(disk)?;
        lock.try_lock().map_err(|_| busy(target))?;
        let target = target.to_owned();
        let folder = Folder { target, partial, replaced, lock, made, kind, force, done: false };
        fs::write(folder.partial.join(MARK), "")
            .map_err(|error| unwritten(&folder.target, &error))?;
        Ok(folder)
    }

    /// Writes all files and puts the folder in its place.
    ///
    /// # Errors
    /// If the disk refuses; then the place is as it was. If something appeared there meanwhile, that is left alone, and the results are
    /// kept beside it.
    pub fn write(mut self, files: &[File]) -> Result<PathBuf, String> {
        for file in files {
            let path = self.partial.join(&file.name);
            store(&path, &file.bytes).map_err(|error| unwritten(&path, &error))?;
        }
        let target = self.target.clone();
        let disk = |error| unwritten(&target, &error);
        self.lock.sync_all().map_err(disk)?;
        fs::remove_file(self.partial.join(MARK)).map_err(disk)?;
        // A run takes long: what was free when it began may be somebody's now.
        let taken = check(&self.target, &self.kind, self.force).is_err();
        let failed = if taken { None } else { self.put_in_place().err() };
        if taken || failed.is_some() {
            return Err(self.put_beside(failed));
        }
        self.done = true;
        Ok(target)
    }

    /// Keeps the results under a name that is free, since they cannot have their own; `why` says why, unless it is taken.
    fn put_beside(&mut self, why: Option<io::Error>) -> String {
        // Whatever happens now, what was made stays.
        self.done = true;
        let taken = self.target.symlink_metadata().is_ok();
        let mut kept = self.partial.clone();
        let free = single::numbered(&self.target).find(|path| path.symlink_metadata().is_err());
        if let Some(free) = free.filter(|free| fs::rename(&self.partial, free).is_ok()) {
            kept = free;
        }
        let said = match why {
            Some(error) if !taken => unwritten(&self.target, &error),
            _ => format!(
                "{} appeared while the results were made, and is not replaced",
                shown(&self.target)
            ),
        };
        format!("{said}; the results are in {}", shown(&kept))
    }

    /// Renames; if that fails, the results are still in their partial folder.
    fn put_in_place(&self) -> io::Result<()> {
        let held = self.target.join(MANIFEST).exists();
        if held {
            fs::rename(&self.target, &self.replaced)?;
        }
        if let Err(error) = fs::rename(&self.partial, &self.target) {
            if held {
                fs::rename(&self.replaced, &self.target)?;
            }
            return Err(error);
        }
        if let Some(parent) = self.target.parent().filter(|parent| !parent.as_os_str().is_empty()) {
            // Some file systems cannot flush a folder; the name is there all the same.
            let _ = fs::File::open(parent).and_then(|parent| parent.sync_all());
        }
        // The new results are in place; old ones that cannot be removed are removed by the next run. What was put among them in the
        // last moment stays.
        if is_own(&self.replaced) {
            let _ = fs::remove_dir_all(&self.replaced);
        }
        Ok(())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !self.done {
            let _ = fs::remove_dir_all(&self.partial);
            for parent in &self.made {
                // Only empty folders go.
                let _ = fs::remove_dir(parent);
            }
        }
    }
}

/// File in a folder that is being filled, by which left-overs of a killed run are known.
const MARK: &str = ".crackdown";

/// Whether a hidden folder is what a killed run of this program left, and holds nothing else.
fn is_own(folder: &Path) -> bool {
    let Ok(found) = folder.symlink_metadata() else { return false };
    if !found.is_dir() {
        return false;
    }
    let empty = fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none());
    empty
        || folder.join(MARK).is_file()
        || HeldFolder::in_folder(folder)
            .is_some_and(|held| stranger(folder, folder, &held.files).is_none())
}

/// Whether the runs and results of a study, or of what stands on studies, may go to a folder: it is not there or empty, or holds
/// results of this kind and study, or such a study in the making. Nothing is written.
pub fn takes(folder: &Path, kind: &ResultKind, study: &Study) -> Result<(), String> {
    if fs::read_dir(folder).is_err() {
        return if folder.symlink_metadata().is_ok() { Err(foreign(folder)) } else { Ok(()) };
    }
    if is_bare(folder) {
        return Ok(());
    }
    if folder.join(MANIFEST).symlink_metadata().is_err() {
        let begun = match kind {
            ResultKind::Study => is_begun(folder, study),
            _ => fs::read_dir(folder).is_ok_and(|mut entries| entries.any(is_stage)),
        };
        return if begun { Ok(()) } else { Err(foreign(folder)) };
    }
    let held = HeldFolder::in_folder(folder).ok_or_else(|| foreign(folder))?;
    other(folder, &held, kind)?;
    match held.study.filter(|name| *name != study.name) {
        None => Ok(()),
        Some(name) => {
            let of = |name: &str| format!("{} `{name}`", kind.in_words());
            Err(holds(folder, &of(&name), &of(&study.name)))
        }
    }
}

/// Whether a folder without a manifest holds a study in the making: runs, or the study as it is laid down for runs.
fn is_begun(folder: &Path, study: &Study) -> bool {
    let runs = ["unmerged", "runs.parquet", "former", "submit/state"];
    if runs.iter().any(|name| folder.join(name).exists()) {
        return true;
    }
    // The file is known by its content: another of this name is somebody's work.
    let laid = portable_files(&study.portable()).pop().map(|file| file.bytes);
    scenario::files::read(folder.join("study.ron")).ok() == laid
}

/// Whether there is no file in a folder or below it: a full disk may leave such.
fn is_bare(folder: &Path) -> bool {
    fs::read_dir(folder).is_ok_and(|mut entries| {
        entries.all(|entry| {
            entry.is_ok_and(|entry| {
                entry.file_type().is_ok_and(|kind| kind.is_dir()) && is_bare(&entry.path())
            })
        })
    })
}

/// Whether an entry of a folder is a study beneath what stands on studies.
fn is_stage(entry: io::Result<fs::DirEntry>) -> bool {
    entry.is_ok_and(|entry| {
        let path = entry.path();
        let runs = ["points.csv", "posterior.csv", "posterior.parquet", "unmerged", "runs.parquet"];
        path.join("study.ron").is_file() && runs.iter().any(|name| path.join(name).exists())
    })
}

/// Refuses a folder of another kind of results.
fn other(folder: &Path, held: &HeldFolder, kind: &ResultKind) -> Result<(), String> {
    if held.kind == *kind {
        return Ok(());
    }
    Err(holds(folder, &held.kind.in_words(), &kind.in_words()))
}

/// It holds other results than those that are to be written there.
fn holds(folder: &Path, found: &str, expected: &str) -> String {
    let folder = shown(folder);
    format!(
        "{folder} holds {found}, not {expected}, and is not touched: name another folder with --out"
    )
}

/// Whether results may be put there.
fn check(target: &Path, kind: &ResultKind, force: bool) -> Result<(), String> {
    let Ok(found) = target.symlink_metadata() else { return Ok(()) };
    let empty =
        found.is_dir() && fs::read_dir(target).is_ok_and(|mut entries| entries.next().is_none());
    if empty {
        return Ok(());
    }
    let held = HeldFolder::in_folder(target).filter(|_| found.is_dir());
    let held = held.ok_or_else(|| foreign(target))?;
    other(target, &held, kind)?;
    if let Some(path) = stranger(target, target, &held.files) {
        return Err(format!(
            "{} is not replaced, since {} is no result of crackdown and would be lost: move it away, or name another folder with --out",
            shown(target),
            shown(&path)
        ));
    }
    let target = shown(target);
    let exists = || {
        format!(
            "{target} exists already: name another folder with --out, or replace it with --force"
        )
    };
    if force { Ok(()) } else { Err(exists()) }
}

/// A file below a folder that is no result: replacing the folder would lose it. Links are files, wherever they lead.
fn stranger(folder: &Path, root: &Path, listed: &[String]) -> Option<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let is_folder = |entry: &fs::DirEntry| entry.file_type().is_ok_and(|kind| kind.is_dir());
    let mut paths: Vec<(PathBuf, bool)> =
        entries.map(|entry| (entry.path(), is_folder(&entry))).collect();
    paths.sort();
    paths.into_iter().find_map(|(path, is_folder)| {
        if is_folder {
            return stranger(&path, root, listed);
        }
        let parts = path.strip_prefix(root).unwrap_or(&path).iter();
        let name = parts.map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/");
        (name != MANIFEST && !listed.contains(&name)).then_some(path)
    })
}

fn store(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    let mut file = fs::File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::super::single::tests::names;
    use super::*;

    fn files(text: &str) -> Vec<File> {
        let manifest = br#"{"program": "crackdown", "files": {"figures/a.svg": {}}}"#.to_vec();
        let file = |name: &str, bytes: Vec<u8>| File { name: name.to_owned(), bytes };
        vec![file("figures/a.svg", text.into()), file("manifest.json", manifest)]
    }

    fn claim(target: &Path, force: bool) -> Result<Folder, String> {
        Folder::claim(target, ResultKind::Run, force)
    }

    /// Results of a run in a folder of their own.
    fn written() -> (tempfile::TempDir, PathBuf) {
        let home = tempfile::tempdir().unwrap();
        let target = home.path().join("study");
        claim(&target, false).unwrap().write(&files("one")).unwrap();
        (home, target)
    }

    /// Whether this is why it was refused.
    fn says<T>(refused: Result<T, String>, why: &str) -> bool {
        refused.is_err_and(|told| told.contains(why))
    }

    const FOREIGN: &str = "is no result folder";

    #[test]
    fn results_appear_whole_and_are_replaced_only_by_force() {
        let home = tempfile::tempdir().unwrap();
        let target = home.path().join("output/study");
        claim(&target, false).unwrap().write(&files("one")).unwrap();
        assert_eq!(names(&target), ["figures", "manifest.json"]);
        let refused = claim(&target, false).unwrap_err();
        assert!(refused.contains("--force"), "{refused}");
        claim(&target, true).unwrap().write(&files("two")).unwrap();
        assert_eq!(fs::read_to_string(target.join("figures/a.svg")).unwrap(), "two");
        assert_eq!(names(&home.path().join("output")), ["study"]);
    }

    #[test]
    fn a_folder_that_holds_more_than_results_is_not_replaced() {
        let (_home, target) = written();
        fs::write(target.join("figures/notes.txt"), "years of work").unwrap();
        let refused = claim(&target, true).unwrap_err();
        assert!(refused.contains("notes.txt"), "{refused}");
        assert_eq!(names(&target.join("figures")), ["a.svg", "notes.txt"]);
    }

    #[test]
    fn a_claim_that_is_dropped_leaves_nothing() {
        let home = tempfile::tempdir().unwrap();
        drop(claim(&home.path().join("a/b/study"), false).unwrap());
        assert!(names(home.path()).is_empty());
    }

    #[test]
    fn a_failed_write_leaves_the_old_results() {
        let (home, target) = written();
        let mut broken = files("two");
        // A file where a folder is needed: the disk refuses in the middle, whoever runs the test.
        broken.push(File { name: "manifest.json/inside".to_owned(), bytes: Vec::new() });
        let error = claim(&target, true).unwrap().write(&broken).unwrap_err();
        assert!(error.starts_with("cannot write"), "{error}");
        assert_eq!(fs::read_to_string(target.join("figures/a.svg")).unwrap(), "one");
        assert_eq!(names(home.path()), ["study"]);
    }

    #[test]
    fn what_appears_at_the_place_meanwhile_stays_and_the_results_are_kept_beside_it() {
        let home = tempfile::tempdir().unwrap();
        let target = home.path().join("study");
        for force in [false, true] {
            let folder = claim(&target, force).unwrap();
            fs::create_dir_all(&target).unwrap();
            fs::write(target.join("notes.txt"), "years of work").unwrap();
            let told = folder.write(&files("one")).unwrap_err();
            let (why, kept) = told.split_once("; the results are in ").unwrap();
            assert!(why.contains("appeared while the results were made"), "{told}");
            assert_eq!(names(Path::new(kept)), ["figures", "manifest.json"]);
            assert_eq!(names(&target), ["notes.txt"]);
            fs::remove_dir_all(&target).unwrap();
        }
        assert_eq!(names(home.path()), ["study-2", "study-3"]);
    }

    #[test]
    fn hidden_folders_of_others_stay() {
        let home = tempfile::tempdir().unwrap();
        let target = home.path().join("study");
        for name in [".study.partial", ".study.replaced"] {
            let foreign = home.path().join(name);
            fs::create_dir(&foreign).unwrap();
            fs::write(foreign.join("notes.txt"), "years of work").unwrap();
            if name.ends_with("replaced") {
                claim(&home.path().join("x"), false).unwrap().write(&files("one")).unwrap();
                fs::rename(home.path().join("x"), &target).unwrap();
            }
            let refused = claim(&target, true).unwrap_err();
            assert!(refused.contains(FOREIGN), "{refused}");
            assert_eq!(names(&foreign), ["notes.txt"]);
            if name.ends_with("replaced") {
                fs::remove_dir_all(&target).unwrap();
                assert!(claim(&target, true).is_err());
                assert_eq!(names(&foreign), ["notes.txt"], "it is not taken for earlier results");
            }
            fs::remove_dir_all(&foreign).unwrap();
        }
        // What a killed run had written so far is no work of others.
        let left_over = home.path().join(".study.partial");
        fs::create_dir(&left_over).unwrap();
        fs::write(left_over.join(MARK), "").unwrap();
        fs::write(left_over.join("summary.csv"), "half").unwrap();
        claim(&target, true).unwrap().write(&files("two")).unwrap();
        assert_eq!(names(home.path()), ["study"]);
    }

    fn study(name: &str) -> Study {
        let root = env!("CARGO_MANIFEST_DIR");
        let text = format!(
            "(name: \"{name}\", title: \"T\", scenarios: [\"{root}/../../scenarios/kazakhstan.ron\"], replications: 1)"
        );
        let read = crate::store::read_table;
        Study::load_text(&text, Path::new("study.ron"), &[], model::YIELDS, &read).unwrap()
    }

    #[test]
    fn a_study_goes_to_folders_of_its_kind_and_name_only() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("study");
        let study = study("mine");
        let taken = || takes(&folder, &ResultKind::Study, &study);
        assert!(taken().is_ok());
        fs::create_dir(&folder).unwrap();
        assert!(taken().is_ok());
        fs::write(folder.join("notes.txt"), "years of work").unwrap();
        assert!(says(taken(), FOREIGN));
        // Another study of that name is somebody's work; the one that is laid down for its runs is not.
        fs::write(folder.join("study.ron"), "(title: \"Years of work\")").unwrap();
        assert!(says(taken(), FOREIGN));
        fs::write(folder.join("study.ron"), study.portable().study).unwrap();
        assert!(taken().is_ok());
        fs::remove_file(folder.join("study.ron")).unwrap();
        fs::create_dir(folder.join("unmerged")).unwrap();
        assert!(taken().is_ok());
        let manifest = |kind: &str, name: &str| {
            let file = format!("{{\"bytes\": 0, \"blake3\": \"{}\"}}", blake3::hash(b""));
            let text = format!(
                "{{\"program\": \"crackdown\", \"kind\": \"{kind}\", \"study\": \"{name}\", \"files\": {{\"a.csv\": {file}}}}}"
            );
            fs::write(folder.join("manifest.json"), text).unwrap();
        };
        manifest("study", "mine");
        assert!(taken().is_ok());
        for (kind, name, told) in [
            ("comparison", "mine", "holds a comparison, not a study"),
            ("attribution", "mine", "holds an attribution, not a study"),
            ("of tomorrow", "mine", "holds an of tomorrow, not a study"),
            ("study", "other", "holds a study `other`, not a study `mine`"),
        ] {
            manifest(kind, name);
            let refused = taken().unwrap_err();
            assert!(refused.contains(told), "{refused}");
        }
        fs::write(folder.join("manifest.json"), "{}").unwrap();
        assert!(says(taken(), FOREIGN));
    }

    #[test]
    fn results_are_replaced_by_their_own_kind_only() {
        let (home, target) = written();
        for force in [false, true] {
            let refused = Folder::claim(&target, ResultKind::Dose, force).unwrap_err();
            assert!(refused.contains("holds a run, not a dose"), "{refused}");
        }
        assert_eq!(names(home.path()), ["study"]);
    }

    #[cfg(unix)]
    #[test]
    fn links_are_never_followed_to_what_others_have() {
        let home = tempfile::tempdir().unwrap();
        let (target, thesis) = (home.path().join("study"), home.path().join("thesis"));
        fs::create_dir(&thesis).unwrap();
        fs::write(thesis.join("chapter.txt"), "years of work").unwrap();
        claim(&target, false).unwrap().write(&files("one")).unwrap();
        std::os::unix::fs::symlink(&thesis, target.join("figures/thesis")).unwrap();
        let refused = claim(&target, true).unwrap_err();
        assert!(refused.contains("is no result of crackdown"), "{refused}");
        fs::remove_file(target.join("figures/thesis")).unwrap();
        std::os::unix::fs::symlink(&thesis, home.path().join(".study.partial")).unwrap();
        let refused = claim(&target, true).unwrap_err();
        assert!(refused.contains(FOREIGN), "{refused}");
        assert_eq!(names(&thesis), ["chapter.txt"]);
    }

    #[test]
    fn left_overs_of_a_killed_run_go_and_those_of_a_living_one_stay() {
        let home = tempfile::tempdir().unwrap();
        let target = home.path().join("study");
        fs::create_dir(home.path().join(".study.partial")).unwrap();
        let first = claim(&target, false).unwrap();
        assert!(says(claim(&target, false), "another run is writing"));
        first.write(&files("one")).unwrap();
        fs::rename(&target, home.path().join(".study.replaced")).unwrap();
        assert!(says(claim(&target, false), "exists already"));
        assert_eq!(names(home.path()), ["study"]);
    }

    #[test]
    fn a_place_below_a_file_or_without_a_name_is_refused() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("file");
        fs::write(&file, "").unwrap();
        assert!(says(claim(&file.join("study"), false), "cannot write"));
        assert!(says(claim(Path::new(".."), false), "does not end in the name of a folder"));
    }
}
