//! Where the files of a study lie, and who may write them.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::plan::Shard;
use scenario::files;
use world::text::shown;

/// What a file of rows holds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SourceKind {
    /// All finished runs, as a merge wrote them.
    Runs,
    /// All failed runs, as a merge wrote them.
    Failures,
    /// Finished runs that the study does not have any more.
    Orphans,
    /// Runs of a finished shard.
    Part(Label),
    /// Runs of a shard that is being made.
    Journal(Label),
}

/// Whose runs a file holds, as its name says.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Label {
    /// Fingerprint of the plan.
    pub plan: String,
    /// The shard.
    pub shard: Shard,
}

impl Label {
    fn read(stem: &str) -> Option<Label> {
        let mut parts = stem.split('-');
        let plan = parts.next()?.to_owned();
        let number = parts.next()?.parse().ok()?;
        let of = parts.nth(1)?.parse().ok()?;
        let label = Label { plan, shard: Shard { number, of } };
        let ours = is_fingerprint(&label.plan) && (1..=of).contains(&number);
        (ours && label.stem() == stem).then_some(label)
    }

    fn stem(&self) -> String {
        format!("{}-{}-of-{}", self.plan, self.shard.number, self.shard.of)
    }
}

/// Whether a part of a file's name is one that this program gives: names come back in messages.
fn is_fingerprint(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// A file of rows.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RowSource {
    /// What it holds.
    pub kind: SourceKind,
    /// Where it lies.
    pub path: PathBuf,
}

impl RowSource {
    /// Whose runs it holds, if it is unmerged.
    pub fn label(&self) -> Option<&Label> {
        match &self.kind {
            SourceKind::Part(label) | SourceKind::Journal(label) => Some(label),
            SourceKind::Runs | SourceKind::Failures | SourceKind::Orphans => None,
        }
    }
}

/// The folder of a study.
#[derive(Clone, Debug)]
pub struct StudyFolder {
    folder: PathBuf,
}

impl StudyFolder {
    /// A folder, which need not be there yet.
    pub fn new(folder: &Path) -> StudyFolder {
        StudyFolder { folder: folder.to_owned() }
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// All finished runs.
    pub fn runs(&self) -> PathBuf {
        self.folder.join("runs.parquet")
    }

    /// All failed runs.
    pub fn failures(&self) -> PathBuf {
        self.folder.join("failures.csv")
    }

    /// Finished runs that the study does not have any more.
    pub fn former(&self) -> PathBuf {
        self.folder.join("former")
    }

    /// Journals and parts.
    pub fn unmerged(&self) -> PathBuf {
        self.folder.join("unmerged")
    }

    /// The journal of a shard.
    pub fn journal(&self, label: &Label) -> PathBuf {
        self.unmerged().join(format!("{}.journal", label.stem()))
    }

    /// The part of a finished shard.
    pub fn part(&self, label: &Label) -> PathBuf {
        self.unmerged().join(format!("{}.parquet", label.stem()))
    }

    /// What is there, in the order in which it is read: what is merged first.
    ///
    /// # Errors
    /// If the folder cannot be read, or holds what is no file of a study.
    pub fn sources(&self) -> Result<Vec<RowSource>, String> {
        let mut found = Vec::new();
        for (kind, path) in
            [(SourceKind::Runs, self.runs()), (SourceKind::Failures, self.failures())]
        {
            if path.exists() {
                found.push(RowSource { kind, path });
            }
        }
        for path in files(&self.former())? {
            let stem = path.file_stem().unwrap_or_default().to_string_lossy();
            if path.extension().is_some_and(|end| end == "parquet") && is_fingerprint(&stem) {
                found.push(RowSource { kind: SourceKind::Orphans, path });
            }
        }
        for path in files(&self.unmerged())? {
            let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let label = Label::read(&stem);
            let end = path.extension().unwrap_or_default().to_string_lossy().into_owned();
            let kind = match (label, end.as_str()) {
                (Some(label), "parquet") => SourceKind::Part(label),
                (Some(label), "journal") => SourceKind::Journal(label),
                // Left-overs of what was killed while it wrote, and the lock.
                _ => continue,
            };
            found.push(RowSource { kind, path });
        }
        found.sort();
        Ok(found)
    }

    /// Makes the folder and takes part in its work: shards beside each other, a merge alone.
    ///
    /// # Errors
    /// If it cannot be made or written, or another process is at work that excludes this one.
    pub fn enter(&self, alone: bool) -> Result<Lock, String> {
        let unmerged = self.unmerged();
        fs::create_dir_all(&unmerged).map_err(|error| disk(&unmerged, &error))?;
        let path = unmerged.join("lock");
        let lock = Lock::take(&path, alone)?.ok_or_else(|| {
            format!(
                "another process of crackdown is at work in {}: wait until it has ended",
                self.folder.display()
            )
        })?;
        if alone {
            self.sweep_up();
        }
        Ok(lock)
    }

    /// Removes left-overs of what was killed while it wrote.
    fn sweep_up(&self) {
        for folder in [self.folder.clone(), self.unmerged()] {
            for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
                let name = entry.file_name().to_string_lossy().into_owned();
                // By the number of a process: another name is somebody's own.
                let rest = name.strip_prefix(WRITING).and_then(|rest| rest.split_once('-'));
                if rest.is_some_and(|(process, _)| process.parse::<u32>().is_ok()) {
                    let _ = fs::remove_file(entry.path());
                }
            }
        }
    }

    /// Leaves the folder after a merge: what is empty goes.
    pub fn leave(&self, lock: Lock) {
        // Removed while it is held, so that whoever opened it meanwhile sees that it is another.
        let _ = fs::remove_file(self.unmerged().join("lock"));
        let _ = fs::remove_dir(self.unmerged());
        drop(lock);
    }
}

/// Files in a folder; none if it is not there.
fn files(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(disk(folder, &error)),
    };
    let path = |entry: io::Result<fs::DirEntry>| match entry {
        Ok(entry) => Ok(entry.path()),
        Err(error) => Err(disk(folder, &error)),
    };
    entries.map(path).collect()
}

/// How the names of files that are being written begin.
const WRITING: &str = ".writing-";

/// A file under another name, which gets its own when it is whole.
#[derive(Debug)]
pub struct Writing {
    target: PathBuf,
    path: PathBuf,
}

impl Writing {
    /// Where to write what becomes `target`.
    pub fn of(target: &Path) -> Writing {
        let name = target.file_name().unwrap_or_default().to_string_lossy();
        let path = target.with_file_name(format!("{WRITING}{}-{name}", std::process::id()));
        Writing { target: target.to_owned(), path }
    }

    /// Opens the file.
    pub fn create(&self) -> Result<fs::File, String> {
        fs::File::create(&self.path).map_err(|error| disk(&self.target, &error))
    }

    /// That it cannot be written.
    pub fn refused(&self, why: &dyn std::fmt::Display) -> String {
        format!("cannot write {}: {why}", self.path.display())
    }

    /// Puts what was written on disk; the file has its name only after [`Self::finish`].
    ///
    /// # Errors
    /// If the disk refuses, or did before.
    pub fn written(self, file: Result<fs::File, String>) -> Result<Writing, String> {
        let file = file.map_err(|error| self.refused(&error))?;
        file.sync_all().map_err(|error| self.refused(&error))?;
        Ok(self)
    }

    /// Where to write.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The same for another place in the same file system.
    pub fn instead(mut self, target: PathBuf) -> Writing {
        self.target = target;
        self
    }

    /// Gives the file its name. It is on disk before.
    ///
    /// # Errors
    /// If the disk refuses; then what had the name still has it.
    pub fn finish(self) -> Result<(), String> {
        fs::rename(&self.path, &self.target).map_err(|error| disk(&self.target, &error))?;
        if let Some(folder) = self.target.parent() {
            // Some file systems cannot flush a folder; the name is there all the same.
            let _ = fs::File::open(folder).and_then(|folder| folder.sync_all());
        }
        Ok(())
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

/// A lock on a file, held until it is dropped.
#[derive(Debug)]
pub struct Lock {
    /// The locked file, open for reading and writing.
    pub(super) file: fs::File,
}

impl Lock {
    /// Takes the lock; `None` if another process holds it. A file that is not there is made.
    pub(super) fn take(path: &Path, alone: bool) -> Result<Option<Lock>, String> {
        loop {
            let open = fs::OpenOptions::new()
                .read(true)
                .write(true)
                .create(true)
                .truncate(false)
                .open(path);
            let file = open.map_err(|error| disk(path, &error))?;
            let locked = if alone { file.try_lock() } else { file.try_lock_shared() };
            match locked {
                Err(fs::TryLockError::WouldBlock) => return Ok(None),
                // A file system without locks: the engine has to see to it that no task runs twice.
                Err(fs::TryLockError::Error(_)) | Ok(()) => {}
            }
            // Whoever held it before may have removed it while this process waited to open it.
            if is_at(&file, path) {
                return Ok(Some(Lock { file }));
            }
        }
    }
}

/// Whether an open file is the one at this path.
#[cfg(unix)]
fn is_at(file: &fs::File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    match (file.metadata(), fs::metadata(path)) {
        (Ok(open), Ok(there)) => (open.dev(), open.ino()) == (there.dev(), there.ino()),
        _ => false,
    }
}

/// An open file cannot be removed there.
#[cfg(not(unix))]
fn is_at(_: &fs::File, _: &Path) -> bool {
    true
}

/// What the disk said, in words.
pub(super) fn disk(path: &Path, error: &io::Error) -> String {
    format!("cannot read or write {}: {}", shown(path), files::why(error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_parts_are_read_as_they_are_written() {
        let label = Label { plan: "0123456789ab".to_owned(), shard: Shard { number: 3, of: 7 } };
        assert_eq!(Label::read(&label.stem()), Some(label));
        for wrong in ["0123-8-of-7", "0123-0-of-7", "0123-3-7", "lock", "a-03-of-7", "a-1-of-2-x"] {
            assert_eq!(Label::read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_merge_is_alone_and_shards_are_not() {
        let home = tempfile::tempdir().unwrap();
        let place = StudyFolder::new(&home.path().join("study"));
        let (first, second) = (place.enter(false).unwrap(), place.enter(false).unwrap());
        assert!(place.enter(true).unwrap_err().contains("another process"));
        drop((first, second));
        let alone = place.enter(true).unwrap();
        assert!(place.enter(false).is_err());
        place.leave(alone);
        assert!(!place.unmerged().exists());
        place.enter(false).unwrap();
    }
}
