//! Scripts on disk: all or none; logs of earlier submissions stay.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::super::simulate::{Refusal, failed, usage};
use scenario::files;
use study::store::{self, File};
use world::text::shown;

/// How the state of a submission that has not ended begins.
const UNDER_WAY: &str = "running";

/// Whether scripts may go to a folder: it is not there or empty, or holds those of an earlier submission.
pub fn takes(folder: &Path) -> Result<(), Refusal> {
    let free = match fs::read_dir(folder) {
        Ok(mut entries) => entries.next().is_none() || folder.join("state").is_file(),
        Err(_) => folder.symlink_metadata().is_err(),
    };
    if free {
        return Ok(());
    }
    Err(failed(format!(
        "{} holds no scripts of an earlier submission, so nothing is written there: move it away, or name another folder with --out",
        shown(folder)
    )))
}

/// Writes scripts, and a state that says that they run.
pub fn write(folder: &Path, files: &[File], force: bool) -> Result<(), Refusal> {
    let state = files::read_text(folder.join("state")).unwrap_or_default();
    if state.starts_with(UNDER_WAY) && !force {
        return Err(usage(format!(
            "{} says that an earlier submission has not ended: wait for it, or end its jobs and submit with --force",
            folder.join("state").display()
        )));
    }
    let disk = |error| failed(files::unwritten(folder, &error));
    fs::create_dir_all(folder.join("logs")).map_err(disk)?;
    let state = store::file("state", format!("{UNDER_WAY}: attempt 1\n"));
    let mut partial = Vec::new();
    let all = files.iter().chain([&state]).try_for_each(|file| {
        let place = folder.join(format!(".{}.partial", file.name));
        partial.push((place.clone(), folder.join(&file.name)));
        let mut out = fs::File::create(&place)?;
        out.write_all(&file.bytes)?;
        out.sync_all()
    });
    let done = all
        .and_then(|()| forget(folder))
        .and_then(|()| partial.iter().try_for_each(|(from, to)| fs::rename(from, to)));
    done.map_err(|error| {
        for (from, _) in &partial {
            let _ = fs::remove_file(from);
        }
        disk(error)
    })
}

/// Removes what an earlier submission noted of its attempts.
fn forget(folder: &Path) -> io::Result<()> {
    let paths: Vec<PathBuf> = fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    let noted = |path: &&PathBuf| {
        path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("attempt-"))
    };
    paths.iter().filter(noted).try_for_each(fs::remove_file)
}

/// Notes that nothing runs.
pub fn not_started(folder: &Path) {
    let _ = fs::write(folder.join("state"), "failed: not submitted\n");
}
