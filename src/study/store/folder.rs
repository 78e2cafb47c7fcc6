//! A folder that appears whole or not at all.

use std::fmt;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::{File, manifest};

/// Why there is no result folder.
#[derive(Debug)]
pub enum FolderError {
    /// There is one already, and it may not be replaced without being told to.
    Exists(PathBuf),
    /// What is there is not a result folder, so it is not replaced.
    Foreign(PathBuf),
    /// It holds a file that is no result, so it is not replaced.
    Holds(PathBuf, PathBuf),
    /// It holds other results than those that are to be written there: what it holds, and what was expected.
    Other(PathBuf, String, &'static str),
    /// It appeared while the results were made, which are kept in another place.
    Appeared(PathBuf, PathBuf),
    /// The path names no folder, such as `..`.
    NoName(PathBuf),
    /// Another run is writing it.
    Busy(PathBuf),
    /// The disk refused.
    Disk(PathBuf, io::Error),
}

impl fmt::Display for FolderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FolderError::Exists(path) => write!(
                f,
                "{} exists already: name another folder with --out, or replace it with --force",
                path.display()
            ),
            FolderError::Foreign(path) => write!(
                f,
                "{} is no result folder (it has no manifest.json of crackdown), so it is not \
                 replaced: name another folder with --out",
                path.display()
            ),
            FolderError::Holds(path, file) => write!(
                f,
                "{} is not replaced, since {} is no result of crackdown and would be lost: move it away, or \
                 name another folder with --out",
                path.display(),
                file.display()
            ),
            FolderError::Other(path, found, expected) => write!(
                f,
                "{} holds a {found}, not a {expected}, and is not touched: name another folder with --out",
                path.display()
            ),
            FolderError::Appeared(path, kept) => write!(
                f,
                "{} appeared while the results were made, and is not replaced; the results are in {}",
                path.display(),
                kept.display()
            ),
            FolderError::NoName(path) => {
                write!(f, "{} does not end in the name of a folder", path.display())
            }
            FolderError::Busy(path) => {
                write!(f, "another run is writing {}: wait for it or use --out", path.display())
            }
            FolderError::Disk(path, error) => {
                write!(f, "cannot write {}: {error}", path.display())
            }
        }
    }
}

impl std::error::Error for FolderError {}

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
    /// Whether earlier results may be replaced.
    force: bool,
    done: bool,
}

impl Folder {
    /// Claims a place that is free (or empty), or with `force` one that holds earlier results.
    ///
    /// # Errors
    /// If it is taken or cannot be written.
    pub fn claim(target: &Path, force: bool) -> Result<Folder, FolderError> {
        let name = target.file_name().ok_or_else(|| FolderError::NoName(target.to_owned()))?;
        let beside =
            |ending: &str| target.with_file_name(format!(".{}.{ending}", name.to_string_lossy()));
        let (partial, replaced) = (beside("partial"), beside("replaced"));
        let disk = |error| FolderError::Disk(target.to_owned(), error);

        check(target, force)?;
        let missing = |parent: &&Path| !parent.as_os_str().is_empty() && !parent.exists();
        let made = target.ancestors().skip(1).take_while(missing).map(Path::to_owned).collect();
        fs::create_dir_all(target.parent().unwrap_or(Path::new(""))).map_err(disk)?;
        if partial.exists() {
            let left_over = fs::File::open(&partial).map_err(disk)?;
            left_over.try_lock().map_err(|_| FolderError::Busy(target.to_owned()))?;
            remove_own(&partial)?;
        }
        if replaced.exists() {
            // A run was killed between its two renames.
            if target.exists() {
                remove_own(&replaced)?;
            } else {
                fs::rename(&replaced, target).map_err(disk)?;
                check(target, force)?;
            }
        }
        fs::create_dir(&partial).map_err(disk)?;
        fs::write(partial.join(MARK), "").map_err(disk)?;
        let lock = fs::File::open(&partial).map_err(disk)?;
        lock.try_lock().map_err(|_| FolderError::Busy(target.to_owned()))?;
        Ok(Folder { target: target.to_owned(), partial, replaced, lock, made, force, done: false })
    }

    /// Writes all files and puts the folder in its place.
    ///
    /// # Errors
    /// If the disk refuses; then the place is as it was. If something appeared there meanwhile, that is left alone, and the results are
    /// kept beside it.
    pub fn write(mut self, files: &[File]) -> Result<PathBuf, FolderError> {
        for file in files {
            let path = self.partial.join(&file.name);
            store(&path, &file.bytes).map_err(|error| FolderError::Disk(path.clone(), error))?;
        }
        let disk = |error| FolderError::Disk(self.target.clone(), error);
        fs::remove_file(self.partial.join(MARK))
            .and_then(|()| self.lock.sync_all())
            .map_err(disk)?;
        // A run takes long: what was free when it began may be somebody's now.
        if check(&self.target, self.force).is_err() {
            return self.put_beside();
        }
        self.put_in_place().map_err(disk)?;
        self.done = true;
        Ok(self.target.clone())
    }

    /// Keeps the results under a name that is free, since their own is taken.
    fn put_beside(mut self) -> Result<PathBuf, FolderError> {
        let name = self.target.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let beside = |number: u32| self.target.with_file_name(format!("{name}-{number}"));
        let free = (2..).map(beside).find(|path| path.symlink_metadata().is_err());
        let free = free.expect("not all numbers are taken");
        fs::rename(&self.partial, &free).map_err(|error| FolderError::Disk(free.clone(), error))?;
        self.done = true;
        Err(FolderError::Appeared(self.target.clone(), free))
    }

    fn put_in_place(&self) -> io::Result<()> {
        let held = self.target.join("manifest.json").exists();
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
            fs::File::open(parent)?.sync_all()?;
        }
        // The new results are in place; old ones that cannot be removed are removed by the next run.
        let _ = fs::remove_dir_all(&self.replaced);
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

/// Removes a folder that a killed run of this program left; one with anything else in it stays.
fn remove_own(folder: &Path) -> Result<(), FolderError> {
    let text = fs::read_to_string(folder.join("manifest.json")).ok();
    let listed = text.and_then(|text| manifest::files(&text));
    let empty = fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none());
    let own = match listed {
        _ if empty || folder.join(MARK).is_file() => true,
        Some(listed) => stranger(folder, folder, &listed).is_none(),
        None => false,
    };
    if !own {
        return Err(FolderError::Foreign(folder.to_owned()));
    }
    fs::remove_dir_all(folder).map_err(|error| FolderError::Disk(folder.to_owned(), error))
}

/// What by its name is of a study in the making, which has no manifest yet; what stands on studies has them in folders.
const OF_A_STUDY: [&str; 5] = ["unmerged", "runs.parquet", "study.ron", "former", "submit"];

/// Whether the runs and results of a study, or of what stands on studies, may go to a folder: it is not there or empty, or holds
/// results of this kind, or a study in the making.
///
/// # Errors
/// What it holds.
pub fn takes(folder: &Path, kind: &'static str) -> Result<(), FolderError> {
    let Ok(mut entries) = fs::read_dir(folder) else {
        let there = folder.exists();
        return if there { Err(FolderError::Foreign(folder.to_owned())) } else { Ok(()) };
    };
    let Ok(text) = fs::read_to_string(folder.join("manifest.json")) else {
        let known = |name: &&str| folder.join(name).exists();
        let stage = |entry: io::Result<fs::DirEntry>| {
            entry.is_ok_and(|entry| entry.path().join("study.ron").exists())
        };
        let begun = match kind {
            "study" => OF_A_STUDY.iter().any(known),
            _ => fs::read_dir(folder).is_ok_and(|mut entries| entries.any(stage)),
        };
        let own = begun || entries.next().is_none();
        return if own { Ok(()) } else { Err(FolderError::Foreign(folder.to_owned())) };
    };
    match manifest::Manifest::parse(text.as_bytes()) {
        Ok(found) if found.kind.name() == kind => Ok(()),
        Ok(found) => {
            let name = found.kind.name().to_owned();
            Err(FolderError::Other(folder.to_owned(), name, kind))
        }
        Err(_) => Err(FolderError::Foreign(folder.to_owned())),
    }
}

/// Whether results may be put there.
fn check(target: &Path, force: bool) -> Result<(), FolderError> {
    let Ok(found) = target.symlink_metadata() else { return Ok(()) };
    let empty =
        found.is_dir() && fs::read_dir(target).is_ok_and(|mut entries| entries.next().is_none());
    if empty {
        return Ok(());
    }
    if !force {
        return Err(FolderError::Exists(target.to_owned()));
    }
    let text = fs::read_to_string(target.join("manifest.json")).ok();
    let listed = text.and_then(|text| manifest::files(&text)).filter(|_| found.is_dir());
    let listed = listed.ok_or_else(|| FolderError::Foreign(target.to_owned()))?;
    match stranger(target, target, &listed) {
        Some(path) => Err(FolderError::Holds(target.to_owned(), path)),
        None => Ok(()),
    }
}

/// A file below a folder that is no result: replacing the folder would lose it.
fn stranger(folder: &Path, root: &Path, listed: &[String]) -> Option<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    paths.sort();
    paths.into_iter().find_map(|path| {
        if path.is_dir() {
            return stranger(&path, root, listed);
        }
        let parts = path.strip_prefix(root).unwrap_or(&path).iter();
        let name = parts.map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/");
        (name != "manifest.json" && !listed.contains(&name)).then_some(path)
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
    use super::*;

    fn files(text: &str) -> Vec<File> {
        let manifest = br#"{"program": "crackdown", "files": {"figures/a.svg": {}}}"#.to_vec();
        let file = |name: &str, bytes: Vec<u8>| File { name: name.to_owned(), bytes };
        vec![file("figures/a.svg", text.into()), file("manifest.json", manifest)]
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
        let mut names: Vec<String> = entries.map(|name| name.into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn results_appear_whole_and_are_replaced_only_by_force() {
        let home = tempfile::tempdir().unwrap();
        let target = home.path().join("output/study");
        Folder::claim(&target, false).unwrap().write(&files("one")).unwrap();
        assert_eq!(names(&target), ["figures", "manifest.json"]);
        let refused = Folder::claim(&target, false).unwrap_err();
        assert!(refused.to_string().contains("--force"), "{refused}");
        Folder::claim(&target, true).unwrap().write(&files("two")).unwrap();
        assert_eq!(fs::read_to_string(target.join("figures/a.svg")).unwrap(), "two");
        assert_eq!(names(&home.path().join("output")), ["study"]);
    }

    #[test]
    fn a_folder_that_holds_more_than_results_is_not_replaced() {
        let home = tempfile::tempdir().unwrap();
        let target = home.path().join("study");
        Folder::claim(&target, false).unwrap().write(&files("one")).unwrap();
        fs::write(target.join("figures/notes.txt"), "years of work").unwrap();
        let refused = Folder::claim(&target, true).unwrap_err();
        assert!(refused.to_string().contains("notes.txt"), "{refused}");
        assert_eq!(names(&target.join("figures")), ["a.svg", "notes.txt"]);
    }

    #[test]
    fn a_foreign_folder_is_never_replaced() {
        let home = tempfile::tempdir().unwrap();
        let target = home.path().join("thesis");
        fs::create_dir(&target).unwrap();
        fs::write(target.join("chapter.txt"), "years of work").unwrap();
        assert!(matches!(Folder::claim(&target, true), Err(FolderError::Foreign(_))));
        assert_eq!(names(home.path()), ["thesis"]);
    }

    #[test]
    fn a_claim_that_is_dropped_leaves_nothing() {
        let home = tempfile::tempdir().unwrap();
        drop(Folder::claim(&home.path().join("a/b/study"), false).unwrap());
        assert!(names(home.path()).is_empty());
    }

    #[test]
    fn a_failed_write_leaves_the_old_results() {
        let home = tempfile::tempdir().unwrap();
        let target = home.path().join("study");
        Folder::claim(&target, false).unwrap().write(&files("one")).unwrap();
        let mut broken = files("two");
        // A file where a folder is needed: the disk refuses in the middle, whoever runs the test.
        broken.push(File { name: "manifest.json/inside".to_owned(), bytes: Vec::new() });
        let error = Folder::claim(&target, true).unwrap().write(&broken).unwrap_err();
        assert!(matches!(error, FolderError::Disk(..)));
        assert_eq!(fs::read_to_string(target.join("figures/a.svg")).unwrap(), "one");
        assert_eq!(names(home.path()), ["study"]);
    }

    #[test]
    fn what_appears_at_the_place_meanwhile_stays_and_the_results_are_kept_beside_it() {
        let home = tempfile::tempdir().unwrap();
        let target = home.path().join("study");
        for force in [false, true] {
            let folder = Folder::claim(&target, force).unwrap();
            fs::create_dir_all(&target).unwrap();
            fs::write(target.join("notes.txt"), "years of work").unwrap();
            let told = folder.write(&files("one")).unwrap_err();
            let FolderError::Appeared(_, kept) = &told else { panic!("{told}") };
            assert!(told.to_string().contains("the results are in"), "{told}");
            assert_eq!(names(kept), ["figures", "manifest.json"]);
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
                Folder::claim(&home.path().join("x"), false).unwrap().write(&files("one")).unwrap();
                fs::rename(home.path().join("x"), &target).unwrap();
            }
            let refused = Folder::claim(&target, true).unwrap_err();
            assert!(matches!(refused, FolderError::Foreign(_)), "{refused}");
            assert_eq!(names(&foreign), ["notes.txt"]);
            fs::remove_dir_all(&foreign).unwrap();
        }
        // What a killed run had written so far is no work of others.
        let left_over = home.path().join(".study.partial");
        fs::create_dir(&left_over).unwrap();
        fs::write(left_over.join(MARK), "").unwrap();
        fs::write(left_over.join("summary.csv"), "half").unwrap();
        Folder::claim(&target, true).unwrap().write(&files("two")).unwrap();
        assert_eq!(names(home.path()), ["study"]);
    }

    #[test]
    fn a_study_goes_to_folders_of_its_kind_only() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("study");
        assert!(takes(&folder, "study").is_ok());
        fs::create_dir(&folder).unwrap();
        assert!(takes(&folder, "study").is_ok());
        fs::write(folder.join("notes.txt"), "years of work").unwrap();
        assert!(matches!(takes(&folder, "study"), Err(FolderError::Foreign(_))));
        fs::create_dir(folder.join("unmerged")).unwrap();
        assert!(takes(&folder, "study").is_ok());
        let manifest = |kind: &str| {
            let file = format!("{{\"bytes\": 0, \"blake3\": \"{}\"}}", blake3::hash(b""));
            let text = format!(
                "{{\"program\": \"crackdown\", \"kind\": \"{kind}\", \"files\": {{\"a.csv\": {file}}}}}"
            );
            fs::write(folder.join("manifest.json"), text).unwrap();
        };
        manifest("study");
        assert!(takes(&folder, "study").is_ok());
        manifest("comparison");
        let refused = takes(&folder, "study").unwrap_err().to_string();
        assert!(refused.contains("holds a comparison, not a study"), "{refused}");
    }

    #[test]
    fn left_overs_of_a_killed_run_go_and_those_of_a_living_one_stay() {
        let home = tempfile::tempdir().unwrap();
        let target = home.path().join("study");
        fs::create_dir(home.path().join(".study.partial")).unwrap();
        let first = Folder::claim(&target, false).unwrap();
        assert!(matches!(Folder::claim(&target, false), Err(FolderError::Busy(_))));
        first.write(&files("one")).unwrap();
        fs::rename(&target, home.path().join(".study.replaced")).unwrap();
        assert!(matches!(Folder::claim(&target, false), Err(FolderError::Exists(_))));
        assert_eq!(names(home.path()), ["study"]);
    }

    #[test]
    fn a_place_below_a_file_or_without_a_name_is_refused() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("file");
        fs::write(&file, "").unwrap();
        assert!(matches!(Folder::claim(&file.join("study"), false), Err(FolderError::Disk(..))));
        assert!(matches!(Folder::claim(Path::new(".."), false), Err(FolderError::NoName(_))));
    }
}
