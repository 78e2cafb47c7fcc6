//! The command that made a folder, carried out again inside it: results go to a temporary place, and every file must have the same bytes.
//!
//! Deliberately absent: trust in that command. It comes with the folder, so it may be only the one that makes results of its kind, name
//! only files that the manifest lists, and where it writes is not its own choice.

use std::env::{current_dir, set_current_dir};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use clap::Parser;

use crate::cli::simulate::{Refusal, failed, interruption, was_interrupted};
use crate::cli::{CommandLine, Subcommand, dispatch, report, validate};
use ::report::language::{self, Language};
use study::store::verify::{MANIFEST, Manifest, ResultKind};

/// Where the manifest says that results go.
const OUT: [&str; 2] = ["--out", "repeated"];

/// What is known of runs when a command is carried out again: what the folder says of all but those that this picks from so many; `None`
/// if nothing is known, so that all are simulated.
pub type KnownValues<'a> = Option<&'a dyn Fn(u64) -> Vec<u64>>;

/// What came of it: files that are not what was made again, or why nothing was; of a validation also the cells there are, and those that were
/// picked, in words.
pub type Repeated = (Vec<String>, (u64, Vec<String>));

/// The command of a folder.
pub struct Repeat<'a> {
    folder: PathBuf,
    manifest: &'a Manifest,
    words: Vec<String>,
}

impl<'a> Repeat<'a> {
    /// Reads the command in the manifest.
    ///
    /// # Errors
    /// If it is not one that makes a folder of this kind of nothing but what the folder holds.
    pub fn of(folder: &Path, manifest: &'a Manifest) -> Result<Repeat<'a>, String> {
        let unknown = "this program does not know this kind of results";
        let name = manifest.kind.command().ok_or(unknown)?;
        let text = manifest.repeat.as_deref().ok_or("the manifest names no command")?;
        let unfit = |why: String| format!("the manifest's command `{text}` {why}");
        let words = study::store::words(text).ok_or_else(|| unfit("is no command".to_owned()))?;
        let words = words.strip_suffix(&OUT.map(str::to_owned)).unwrap_or(&words).to_vec();
        if !words.iter().take(2).eq(["crackdown", name]) {
            return Err(unfit(format!("is not `crackdown {name}`, which makes such results")));
        }
        let inside = |word: &&String| {
            manifest.files.contains_key(*word) || !(word.contains(['/', '\\']) || *word == "..")
        };
        if let Some(word) = words.iter().find(|word| !inside(word)) {
            return Err(unfit(format!("names {word}, which the folder does not hold")));
        }
        let repeat = Repeat { folder: folder.to_owned(), manifest, words };
        repeat.command(folder, 1).map(|_| repeat)
    }

    /// The command with this place for all that it writes.
    pub fn command(&self, place: &Path, threads: u16) -> Result<Subcommand, String> {
        let (out, runs) = (place.join("repeated"), place.join("runs"));
        let mut words = self.words.clone();
        let mut add = |name: &str, value: String| words.extend([name.to_owned(), value]);
        add("--out", out.to_string_lossy().into_owned());
        if !matches!(
            self.manifest.kind,
            ResultKind::Study
                | ResultKind::Calibration
                | ResultKind::Sensitivity
                | ResultKind::Optimum
                | ResultKind::Reach
        ) {
            add("--runs", runs.to_string_lossy().into_owned());
        }
        add("--threads", threads.to_string());
        words.push("--quiet".to_owned());
        CommandLine::try_parse_from(words).map(|command| command.what).map_err(|error| {
            format!("the manifest's command cannot be carried out: {}", error.render())
        })
    }

    /// The language of the command: that of this process is another matter.
    fn language(&self) -> Language {
        let after = self.words.iter().skip_while(|word| *word != "--lang").nth(1);
        after.and_then(|code| Language::of(code)).unwrap_or_default()
    }

    /// Does some work with the folder as the current one, where names in the command are looked for.
    pub fn inside<T>(&self, work: impl FnOnce() -> T) -> Result<T, Refusal> {
        let before = current_dir().map_err(failed)?;
        set_current_dir(&self.folder).map_err(failed)?;
        let done = work();
        set_current_dir(before).map_err(failed)?;
        Ok(done)
    }

    /// Carries the command out.
    ///
    /// # Errors
    /// If the user interrupts, or there is no place to write to.
    pub fn made(&self, threads: u16, known: KnownValues) -> Result<Repeated, Refusal> {
        let place = tempfile::tempdir().map_err(failed)?;
        let out = place.path().join("repeated");
        let told = || {
            let mut command = self.command(place.path(), threads)?;
            let know = |picked| self.know(&mut command, &out, picked);
            let cells = known.map_or(Ok((0, Vec::new())), know)?;
            Ok::<_, String>((command, cells))
        };
        let (command, cells) = match self.inside(told)? {
            Ok(told) => told,
            Err(why) => return Ok((vec![why], (0, Vec::new()))),
        };
        self.inside(|| language::speaking(self.language(), || dispatch(command)))?;
        if interruption()?.load(Ordering::Relaxed) {
            return Err(was_interrupted("nothing was verified"));
        }
        // Not by the exit code: where runs failed, the same runs fail again.
        let Ok(made) = Manifest::read(&out) else {
            return Ok((vec!["it cannot be made again".to_owned()], cells));
        };
        let mut differ: Vec<String> = self.manifest.differing(&made).into_iter().cloned().collect();
        if said(self.manifest) != said(&made) {
            differ.push(MANIFEST.to_owned());
        }
        Ok((differ, cells))
    }

    /// Gives a command what the folder says of runs.
    fn know(
        &self,
        command: &mut Subcommand,
        out: &Path,
        picked: &dyn Fn(u64) -> Vec<u64>,
    ) -> Result<(u64, Vec<String>), String> {
        match command {
            Subcommand::Attribute(args) => args.trial.known = Some(self.folder.clone()),
            Subcommand::Dose(args) => args.trial.known = Some(self.folder.clone()),
            Subcommand::Compare(args) => {
                // What days say of all runs together is not in the folder run by run: it is rendered from comparison.json.
                let (folder, out) = (self.folder.clone(), Some(args.out()));
                let (force, quiet, drawing) = (false, true, args.how.drawing);
                *command = Subcommand::Report(report::ReportArgs {
                    folder,
                    out,
                    force,
                    drawing,
                    quiet,
                    brief: false,
                });
            }
            Subcommand::Validate(args) => return validate::take(args, &self.folder, picked),
            _ => {}
        }
        let rows = |name: &&String| {
            let name = name.rsplit('/').next();
            matches!(name, Some("study.ron" | "runs.parquet" | "failures.csv"))
        };
        for name in self.manifest.files.keys().filter(rows) {
            let to = out.join(name);
            let copied = fs::create_dir_all(to.parent().unwrap_or(out))
                .and_then(|()| fs::copy(self.folder.join(name), &to));
            copied.map_err(|error| format!("{name}: {error}"))?;
        }
        Ok((0, Vec::new()))
    }
}

/// What a manifest says but for its files, and for what was set from the command line: a complete scenario has it in its text.
fn said(manifest: &Manifest) -> Manifest {
    let mut said = manifest.clone();
    (said.files, said.hash) = Default::default();
    said.more.remove("sets");
    said
}
