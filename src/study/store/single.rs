//! A single file that appears whole or not at all, at a place where a user may have one of his own.

use std::fmt;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use scenario::files;
use scenario::files::unwritten;
use tempfile::{Builder, NamedTempFile};
use world::text::shown;

/// What a command writes, and how it knows its own.
#[derive(Clone, Copy)]
pub struct OwnFile {
    /// What it is, in words.
    pub what: &'static str,
    /// Whether a file is such: only then it may be replaced.
    pub is: fn(&Path) -> bool,
}

/// A place for a file: claimed before the work, filled after it. Until then a hidden file beside it is filled, which dropping removes.
#[derive(Debug)]
pub struct SingleFile {
    target: PathBuf,
    partial: NamedTempFile,
    own: OwnFile,
    force: bool,
}

impl fmt::Debug for OwnFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.what)
    }
}

impl SingleFile {
    /// Claims a place that is free, or with `force` one that holds a file of the same kind.
    pub fn claim(target: &Path, own: OwnFile, force: bool) -> Result<SingleFile, String> {
        let no_name = || format!("{} does not end in the name of a file", shown(target));
        let name = target.file_name().ok_or_else(no_name)?;
        check(target, own, force)?;
        let disk = |error| unwritten(target, &error);
        let folder = folder_of(target);
        fs::create_dir_all(folder).map_err(disk)?;
        let prefix = format!(".{}.crackdown-", name.to_string_lossy());
        sweep_up(folder, &prefix);
        let partial = new(folder, &prefix).map_err(disk)?;
        Ok(SingleFile { target: target.to_owned(), partial, own, force })
    }

    /// Where to write.
    pub fn file(&mut self) -> &mut fs::File {
        self.partial.as_file_mut()
    }

    /// Fills it with these bytes, and puts it in its place.
    pub fn put_bytes(mut self, bytes: &[u8]) -> Result<(), String> {
        let written = self.file().write_all(bytes);
        written.map_err(|error| unwritten(&self.target, &error))?;
        self.put()
    }

    /// Puts the file in its place, on disk.
    ///
    /// # Errors
    /// If the disk refuses; then the place is as it was. If something appeared there meanwhile, that is left alone, and the file is
    /// kept beside it.
    pub fn put(self) -> Result<(), String> {
        let SingleFile { target, partial, own, force } = self;
        let disk = |error| unwritten(&target, &error);
        let appeared = |kept: &Path| {
            let (target, kept) = (shown(&target), shown(kept));
            Err(format!(
                "{target} appeared meanwhile, and is not replaced; what was made is {kept}"
            ))
        };
        partial.as_file().sync_all().map_err(disk)?;
        let there = target.symlink_metadata().is_ok();
        if there && check(&target, own, force).is_ok() {
            partial.persist(&target).map_err(|error| disk(error.error))?;
            return Ok(());
        }
        let mut partial = match partial.persist_noclobber(&target) {
            Ok(_) => return Ok(()),
            Err(error) if target.symlink_metadata().is_ok() => error.file,
            Err(error) => return Err(disk(error.error)),
        };
        for beside in numbered(&target).take(TRIES) {
            match partial.persist_noclobber(&beside) {
                Ok(_) => return appeared(&beside),
                Err(error) => partial = error.file,
            }
        }
        match partial.keep() {
            Ok((_, kept)) => appeared(&kept),
            Err(error) => Err(disk(error.error)),
        }
    }
}

/// Names that are tried beside a place that is taken. Unit: names. Source: judgement.
const TRIES: usize = 1_000;

/// Names beside a place that is taken: `a-2.zip`, `a-3.zip` and so on.
pub(super) fn numbered(target: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    let text =
        |part: Option<&std::ffi::OsStr>| part.map(|part| part.to_string_lossy().into_owned());
    let is_file = target.is_file();
    let stem = text(if is_file { target.file_stem() } else { target.file_name() });
    let end = text(target.extension()).filter(|_| is_file).map(|end| format!(".{end}"));
    let (stem, end) = (stem.unwrap_or_default(), end.unwrap_or_default());
    let target = target.to_owned();
    (2_u32..).map(move |number| target.with_file_name(format!("{stem}-{number}{end}")))
}

/// Puts another text in the place of a file, whole or not at all, with the rights of the old; where the file is a link, in the place
/// that it leads to.
///
/// # Errors
/// If the disk refuses; then the file is as it was.
pub fn replace(path: &Path, text: &str) -> io::Result<()> {
    let path = fs::canonicalize(path)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let prefix = format!(".{name}.crackdown-");
    sweep_up(folder_of(&path), &prefix);
    let mut partial = new(folder_of(&path), &prefix)?;
    partial.write_all(text.as_bytes())?;
    partial.as_file().set_permissions(fs::metadata(&path)?.permissions())?;
    partial.as_file().sync_all()?;
    partial.persist(&path).map(|_| ()).map_err(|error| error.error)
}

fn folder_of(target: &Path) -> &Path {
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or(Path::new("."))
}

/// Whether a file may be put there.
fn check(target: &Path, own: OwnFile, force: bool) -> Result<(), String> {
    let Ok(found) = target.symlink_metadata() else { return Ok(()) };
    if !found.is_file() || !(own.is)(target) {
        return Err(format!(
            "{} is not {}, so it is not replaced: move it away, or name another file with --out",
            shown(target),
            own.what
        ));
    }
    let target = shown(target);
    let exists = || {
        format!("{target} exists already: name another file with --out, or replace it with --force")
    };
    if force { Ok(()) } else { Err(exists()) }
}

/// How the names of hidden files end.
const PARTIAL: &str = ".partial";

/// A hidden file that is locked while this process lives, so that a left-over of a killed one can be told from one in use.
fn new(folder: &Path, prefix: &str) -> io::Result<NamedTempFile> {
    let mut builder = Builder::new();
    builder.prefix(prefix).suffix(PARTIAL);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // As any file: the user's mask takes away.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let file = builder.tempfile_in(folder)?;
    // A file system without locks: then left-overs stay.
    let _ = file.as_file().try_lock();
    Ok(file)
}

/// Removes what killed processes left: files with names that only [`new`] gives, which nobody has locked.
fn sweep_up(folder: &Path, prefix: &str) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let random = name.strip_prefix(prefix).and_then(|rest| rest.strip_suffix(PARTIAL));
        let ours = random.is_some_and(|random| {
            random.len() == 6 && random.chars().all(|letter| letter.is_ascii_alphanumeric())
        });
        let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
        let unused = || files::open(&entry.path()).is_ok_and(|file| file.try_lock().is_ok());
        if ours && is_file && unused() {
            let _ = fs::remove_file(entry.path());
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    const NUMBERS: OwnFile = OwnFile {
        what: "a file of numbers",
        is: |path| files::read_text(path).is_ok_and(|text| text.parse::<u32>().is_ok()),
    };

    /// Names of what is in a folder, in order.
    pub fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
        let mut names: Vec<String> = entries.map(|name| name.into_string().unwrap()).collect();
        names.sort();
        names
    }

    fn put(target: &Path, text: &str, force: bool) -> Result<(), String> {
        let mut single = SingleFile::claim(target, NUMBERS, force)?;
        single.file().write_all(text.as_bytes()).unwrap();
        single.put()
    }

    #[test]
    fn a_file_is_replaced_only_by_force_and_only_by_its_own_kind() {
        let home = tempfile::tempdir().unwrap();
        let target = home.path().join("below/numbers.txt");
        put(&target, "1", false).unwrap();
        assert!(put(&target, "2", false).unwrap_err().contains("exists already"));
        put(&target, "2", true).unwrap();
        assert_eq!(fs::read_to_string(&target).unwrap(), "2");
        fs::write(&target, "years of work").unwrap();
        for force in [false, true] {
            assert!(put(&target, "3", force).unwrap_err().contains("is not a file of numbers"));
        }
        assert_eq!(fs::read_to_string(&target).unwrap(), "years of work");
        assert_eq!(names(target.parent().unwrap()), ["numbers.txt"]);
        assert!(put(Path::new(".."), "3", true).unwrap_err().contains("does not end in the name"));
        assert!(put(home.path(), "3", true).unwrap_err().contains("is not a file of numbers"));
    }

    #[test]
    fn what_appears_at_the_place_meanwhile_stays_and_the_file_is_kept_beside_it() {
        let home = tempfile::tempdir().unwrap();
        let target = home.path().join("numbers.txt");
        for force in [false, true] {
            let mut single = SingleFile::claim(&target, NUMBERS, force).unwrap();
            single.file().write_all(b"7").unwrap();
            fs::write(&target, "years of work").unwrap();
            let told = single.put().unwrap_err();
            let (_, kept) = told.split_once("what was made is ").unwrap();
            assert_eq!(fs::read_to_string(kept).unwrap(), "7");
            assert_eq!(fs::read_to_string(&target).unwrap(), "years of work");
            fs::remove_file(&target).unwrap();
        }
        assert_eq!(names(home.path()), ["numbers-2.txt", "numbers-3.txt"]);
    }

    #[test]
    fn left_overs_of_a_killed_process_go_and_hidden_files_of_others_stay() {
        let home = tempfile::tempdir().unwrap();
        let target = home.path().join("numbers.txt");
        let foreign = [".numbers.txt.partial", ".numbers.txt.crackdown-notes.partial"];
        for name in foreign.iter().chain(&[".numbers.txt.crackdown-aB3dE6.partial"]) {
            fs::write(home.path().join(name), "half").unwrap();
        }
        let living = SingleFile::claim(&target, NUMBERS, false).unwrap();
        put(&target, "1", false).unwrap();
        assert!(living.partial.path().exists());
        drop(living);
        assert_eq!(names(home.path()), [foreign[1], foreign[0], "numbers.txt"]);
    }
}
