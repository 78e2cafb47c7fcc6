//! Scenario files on disk: their texts, and what is wrong when they cannot be had.

use std::path::{Component, Path, PathBuf};

use world::text::unprintable;

use crate::files;
use crate::finding::{Finding, nearest};
use crate::formats::{InputKind, foreign};
use crate::shipped;
use crate::source::Span;

/// `a/b/../c` as `a/c`, where that is the same file.
pub(crate) fn tidy(path: &Path) -> PathBuf {
    let mut short = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir
                if matches!(short.components().next_back(), Some(Component::Normal(_))) =>
            {
                short.pop();
            }
            Component::CurDir => {}
            other => short.push(other),
        }
    }
    if short.canonicalize().ok() == path.canonicalize().ok() { short } else { path.to_path_buf() }
}

/// The text of a file; `None` if it cannot be had, which is reported.
pub(crate) fn open(
    path: &Path,
    from: Option<Span>,
    chain: &[PathBuf],
    found: &mut Vec<Finding>,
) -> Option<String> {
    opened(path, from, chain, content, found)
}

/// The same for whatever a file is read as: what it holds, or what is wrong with it and a hint.
pub(super) fn opened<T>(
    path: &Path,
    from: Option<Span>,
    chain: &[PathBuf],
    content: impl Fn(&Path) -> Result<T, (String, String)>,
    found: &mut Vec<Finding>,
) -> Option<T> {
    let shown = shipped::shown(path);
    let place = |finding: Finding| match from {
        Some(span) => finding.at(span, "named here"),
        None => finding,
    };
    if let Ok(whole) = path.canonicalize()
        && chain.contains(&whole)
    {
        let message = format!("`extends` goes round in a circle: {shown} is already being read");
        let hint = "a scenario extends another, which in the end extends nothing";
        found.push(place(Finding::error(message)).hint(hint));
        return None;
    }
    match content(path) {
        Ok(content) => Some(content),
        Err((wrong, hint)) => {
            let mut finding = Finding::error(wrong);
            finding.hints.extend((!hint.is_empty()).then_some(hint));
            if !path.exists()
                && let Some(hint) = elsewhere(path, from.is_some())
            {
                finding = finding.hint(hint);
            }
            if from.is_some() {
                finding =
                    finding.hint("the path is taken from the folder of the file that extends");
            }
            found.push(place(finding));
            None
        }
    }
}

/// The text of a file, or what is wrong with it and a hint.
fn content(path: &Path) -> Result<String, (String, String)> {
    let shown = shipped::shown(path);
    if path.as_os_str().is_empty() {
        return Err(("the path of the scenario file is empty".to_owned(), String::new()));
    }
    if path.is_dir() && !shipped::is_file(path) {
        let wrong = format!("{shown} is a folder, not a scenario file");
        return Err((wrong, "name the file in it, ending in .ron".to_owned()));
    }
    let bytes = files::beginning(path, files::LARGEST_BYTES)
        .map_err(|error| (format!("cannot read {shown}: {}", files::why(&error)), String::new()))?;
    if let Some(foreign) = foreign(path, &bytes, InputKind::Ron) {
        return Err((format!("{shown} is {}, not a scenario file", foreign.what), foreign.hint));
    }
    if bytes.len() as u64 > files::LARGEST_BYTES {
        let wrong = format!("{shown} is too large to be a scenario file");
        return Err((wrong, "scenario files are texts of some kilobytes".to_owned()));
    }
    files::text(bytes).map_err(|error| {
        let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = valid.iter().filter(|byte| **byte == b'\n').count() + 1;
        let tail = valid.rsplit(|byte| *byte == b'\n').next().unwrap_or(valid);
        let column = String::from_utf8_lossy(tail).chars().count() + 1;
        let wrong = format!("{shown}:{line}:{column}: the file is not text in UTF-8");
        (wrong, "save it in your editor with the encoding UTF-8".to_owned())
    })
}

/// Where a missing file may be instead.
pub(crate) fn elsewhere(path: &Path, extended: bool) -> Option<String> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let name = path.file_name()?;
    if extended {
        for way in ["..", "scenarios", "../scenarios", "../..", "../../scenarios"] {
            if folder.join(way).join(name).is_file() {
                return Some(format!("did you mean \"{way}/{}\"?", name.display()));
            }
        }
    }
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.ends_with(".ron") && !name.contains(unprintable))
        .collect();
    names.sort();
    let stem =
        |name: &str| name.strip_suffix(".ron").map_or_else(|| name.to_owned(), str::to_owned);
    let stems: Vec<String> = names.iter().map(|name| stem(name)).collect();
    let near = nearest(&stem(name.to_str()?), stems.iter().map(String::as_str));
    let near = near.map(|near| tidy(&folder.join(format!("{near}.ron"))).display().to_string());
    match near.or_else(|| shipped::meant(path)) {
        Some(near) => Some(format!("did you mean {near}?")),
        // A name without folder and ending may be meant for something that is shipped.
        None if path == Path::new(name) && path.extension().is_none() => {
            Some("`crackdown list` names everything that is shipped with the program".to_owned())
        }
        None => None,
    }
}
