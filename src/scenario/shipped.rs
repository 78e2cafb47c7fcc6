//! Files that the program holds: all that lies under `scenarios`, found by name where no file is.
//!
//! `auto_block`, `auto_block.ron` and `scenarios/policies/auto_block.ron` all name the same one, if no file of that name, with
//! `.ron` or without, is there. Its path from then on is `shipped:/policies/auto_block.ron`, so what it `extends` is found beside it.

use std::path::{Path, PathBuf};

use crate::files;
use crate::finding::nearest;

/// Path within `scenarios` and content of every file.
const FILES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/shipped.rs"));

/// How the path of such a file begins.
const ROOT: &str = "shipped:/";

/// What is added to its name in messages.
const SAID: &str = " (shipped with the program)";

/// Its name in short: `auto_block`.
fn stem(file: &str) -> &str {
    let name = file.rsplit('/').next().unwrap_or(file);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// The file that a path names, whether or not a file lies there.
fn find(path: &Path) -> Option<&'static (&'static str, &'static [u8])> {
    let text = path.to_str()?.replace('\\', "/");
    if let Some(within) = text.strip_prefix(ROOT) {
        return FILES.iter().find(|(file, _)| *file == within);
    }
    let text = text.strip_prefix("./").unwrap_or(&text);
    let whole = text.strip_prefix("scenarios/");
    let named = |file: &str| match whole {
        Some(within) => file == within,
        None => {
            !text.contains('/') && (file.rsplit('/').next() == Some(text) || stem(file) == text)
        }
    };
    FILES.iter().find(|(file, _)| named(file))
}

/// The file on disk that a path names, with or without its `.ron`.
fn on_disk(path: &Path) -> Option<PathBuf> {
    let ended = || path.with_added_extension("ron");
    let there = path.exists() && !path.is_dir();
    if there { Some(path.to_owned()) } else { Some(ended()).filter(|path| path.is_file()) }
}

/// Where the program holds the file that a path names.
fn held(path: &Path) -> Option<PathBuf> {
    find(path).map(|(file, _)| format!("{ROOT}{file}").into())
}

/// Where a file is read from: where the path says, or from the program if there is no file and the program has one of that name.
pub fn located(path: &Path) -> PathBuf {
    on_disk(path).or_else(|| held(path)).unwrap_or_else(|| path.to_owned())
}

/// A path that holds wherever it is read.
pub fn absolute(path: &Path) -> PathBuf {
    let path = located(path);
    if path.starts_with(ROOT) {
        return path;
    }
    std::path::absolute(&path).unwrap_or(path)
}

/// The file that another one names: from its folder, or else by the name of a shipped one.
pub(crate) fn beside(file: &Path, named: &str) -> PathBuf {
    if named.starts_with(ROOT) {
        return named.into();
    }
    let there = file.parent().unwrap_or(Path::new("")).join(named);
    let plain = Path::new(named).components().count() == 1;
    let shipped = || held(Path::new(named)).filter(|_| plain);
    on_disk(&there).or_else(shipped).unwrap_or(there)
}

/// The content of a shipped file; `None` if the path leads to no such file.
pub(crate) fn content(path: &Path) -> Option<&'static [u8]> {
    let (file, bytes) = find(path)?;
    (located(path) == Path::new(&format!("{ROOT}{file}"))).then_some(*bytes)
}

/// The name of the shipped world (a file of `scenarios` itself, not of a folder in it) that a file is, letter by letter.
pub(crate) fn world(path: &Path) -> Option<&'static str> {
    let bytes = files::whole(path, files::LARGEST_BYTES).ok()?;
    let (file, _) = FILES.iter().find(|(file, held)| !file.contains('/') && *held == bytes)?;
    Some(stem(file))
}

/// Whether there is such a file, on disk or in the program.
pub fn is_file(path: &Path) -> bool {
    path.is_file() || content(path).is_some()
}

/// A path as messages show it: `auto_block (shipped with the program)`.
pub fn shown(path: &Path) -> String {
    match path.to_str().and_then(|text| text.strip_prefix(ROOT)) {
        Some(file) => format!("{}{SAID}", stem(file)),
        None => path.display().to_string(),
    }
}

/// What a person types to name a file that messages show.
pub fn typed(shown: &str) -> &str {
    shown.strip_suffix(SAID).unwrap_or(shown)
}

/// The name of a shipped file that somebody may have meant by a path that leads nowhere.
pub(crate) fn meant(path: &Path) -> Option<String> {
    if let Some(name) = path.file_name()?.to_str()
        && let Some((file, _)) = find(Path::new(name))
    {
        return Some(format!("\"{}\"{SAID}", stem(file)));
    }
    let near = nearest(path.file_stem()?.to_str()?, FILES.iter().map(|(file, _)| stem(file)))?;
    Some(format!("\"{near}\"{SAID}"))
}

/// Names and contents of the shipped files in a folder of `scenarios`.
pub fn within(folder: &str) -> impl Iterator<Item = (&'static str, &'static [u8])> {
    let below = format!("{folder}/");
    FILES
        .iter()
        .filter(move |(file, _)| file.starts_with(&below))
        .map(|(file, bytes)| (stem(file), *bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_held_and_has_a_name_of_its_own() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios");
        for (file, bytes) in FILES {
            assert_eq!(std::fs::read(root.join(file)).unwrap(), *bytes, "{file}");
            assert_eq!(find(Path::new(stem(file))).unwrap().0, *file, "two have this name");
        }
        let policies = std::fs::read_dir(root.join("policies")).unwrap().count();
        assert_eq!(within("policies").count(), policies);
    }

    #[test]
    fn a_file_is_found_by_name_where_none_lies_and_files_come_first() {
        let home = tempfile::tempdir().unwrap();
        let own = home.path().join("auto_block.ron");
        std::fs::write(&own, "").unwrap();
        assert_eq!((located(&own), content(&own)), (own.clone(), None));
        assert_eq!(located(&home.path().join("auto_block")), own, "its ending may be left out");
        let held = PathBuf::from("shipped:/policies/auto_block.ron");
        for name in ["auto_block", "auto_block.ron", "scenarios/policies/auto_block.ron"] {
            assert_eq!(located(name.as_ref()), held, "{name}");
        }
        assert_eq!(shown(&held), "auto_block (shipped with the program)");
        assert_eq!(typed(&shown(&held)), "auto_block");
        assert_eq!(
            beside(&home.path().join("mine.ron"), "kazakhstan"),
            Path::new("shipped:/kazakhstan.ron")
        );
        assert_eq!(beside(&home.path().join("mine.ron"), "auto_block.ron"), own);
        assert_eq!(beside(&home.path().join("mine.ron"), "auto_block"), own);
        assert_eq!(
            meant("auto_blok".as_ref()).unwrap(),
            "\"auto_block\" (shipped with the program)"
        );
        assert!(!is_file("no/auto_block".as_ref()) && !is_file("nothing_like_it".as_ref()));
    }
}
