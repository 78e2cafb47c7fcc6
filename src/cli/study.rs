//! What the commands of studies have in common: which study, where it lies, how it is called in commands.

use std::path::PathBuf;

use super::simulate::{Refusal, failed};
use super::{compare, input};
use report::say;
use scenario::Study;
use study::store::study::{Merged, StudyFolder};
use study::store::{ResultKind, quoted, takes};

/// Files that are named in a message at most. Unit: files. Source: judgement.
pub const NAMED: usize = 5;

/// What can stand in the place of a study file: a command whose runs are a study, written as it would be run.
#[derive(Debug, clap::Subcommand)]
pub enum StudyCommand {
    /// The runs of a comparison
    Compare(Box<compare::CompareArgs>),
}

/// A study and its folder.
#[derive(Debug, clap::Args)]
pub struct Chosen {
    /// Study file
    #[arg(value_name = "STUDY")]
    pub study: PathBuf,
    /// Folder of runs and results [default: one of the study's name below output]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Override a value of every scenario, e.g. customers.habit=0.5; may be given several times
    #[arg(long = "set", value_name = "PATH=VALUE")]
    pub sets: Vec<String>,
}

impl Chosen {
    /// A study with a folder for its runs.
    pub fn of(study: PathBuf, out: Option<PathBuf>, sets: Vec<String>) -> Chosen {
        Chosen { study, out, sets }
    }

    /// Reads the study and tells what is wrong with it; `None` if it cannot be used.
    pub fn load(&self, quiet: bool) -> Option<Study> {
        input::told_study(&self.study, &self.sets, quiet)
    }

    /// Where what a command makes of it lies: as was said, or in a folder of such.
    pub fn folder(&self, of: &str, study: &Study) -> PathBuf {
        let usual = || ["output", of, &study.name].iter().collect();
        self.out.clone().unwrap_or_else(usual)
    }

    /// Where its runs and results lie.
    pub fn place(&self, study: &Study) -> StudyFolder {
        StudyFolder::new(&self.folder("studies", study))
    }

    /// The same, if runs and results of the study may go there.
    pub fn place_to_write(&self, study: &Study) -> Result<StudyFolder, Refusal> {
        let place = self.place(study);
        takes(place.folder(), &ResultKind::Study, study).map_err(failed)?;
        Ok(place)
    }

    /// How the study is called in a command typed here.
    pub fn called(&self) -> String {
        self.with_sets(quoted(&self.study.to_string_lossy()))
    }

    /// How the study is called in a command typed beside its file: the same on every machine.
    pub fn called_beside(&self) -> String {
        self.with_sets(quoted(&self.study.file_name().unwrap_or_default().to_string_lossy()))
    }

    fn with_sets(&self, mut called: String) -> String {
        for set in &self.sets {
            called.push_str(" --set ");
            called.push_str(&quoted(set));
        }
        called
    }

    /// The `--out` that a command needs to find the same folder, with a space before it.
    pub fn out_again(&self) -> String {
        let out = self.out.as_ref();
        out.map_or_else(String::new, |out| format!(" --out {}", quoted(&out.to_string_lossy())))
    }
}

/// How many runs failed and where it stands, for stderr.
pub fn failures_in_words(place: &StudyFolder, merged: &Merged) -> String {
    say!(
        "{failed} of {all} runs failed; why, and the command that repeats each: {file}",
        failed = merged.failed,
        all = merged.failed + merged.finished,
        file = place.failures().display()
    )
}

/// Numbers as `3,7-9`, for engines.
pub fn ranges(numbers: &[u32]) -> String {
    let mut parts: Vec<(u32, u32)> = Vec::new();
    for &number in numbers {
        match parts.last_mut() {
            Some((_, last)) if *last + 1 == number => *last = number,
            _ => parts.push((number, number)),
        }
    }
    let text = |(first, last): &(u32, u32)| {
        if first == last { first.to_string() } else { format!("{first}-{last}") }
    };
    parts.iter().map(text).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_are_written_as_engines_take_them() {
        for (numbers, expected) in [
            (&[][..], ""),
            (&[3], "3"),
            (&[1, 2], "1-2"),
            (&[3, 7, 8, 9], "3,7-9"),
            (&[1, 3, 4, 6], "1,3-4,6"),
        ] {
            assert_eq!(ranges(numbers), expected);
        }
    }
}
