//! `crackdown verify`: whether results are what was written, and whether they can be made again bit for bit.
//!
//! In reading order: `report` (checks and what they say), `inputs` (scenarios), `opened` (what of a folder can be computed or simulated again),
//! `again` (runs picked at random), `whole` (everything), `study` (the same for a study), `stages` (for studies beneath other results), `validation`. Each check needs those before it: a folder whose files were changed is not simulated.
//!
//! Deliberately absent: believing anything in the folder; repairing it.

mod again;
mod inputs;
mod opened;
mod report;
mod stages;
mod study;
mod validation;
mod whole;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::panics::quietly;
use super::simulate::{Refusal, failed, offered_threads, print, wrong};
use ::study::store::archive;
use ::study::store::verify::{Kind, Manifest, differences};
use model::MODEL_VERSION;
use report::{Check, Report};

/// Version of this program.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// How many runs are simulated again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rerun {
    /// So many, picked at random.
    Some(u64),
    /// The whole folder: runs, tables and figures.
    All,
}

impl std::str::FromStr for Rerun {
    type Err = String;

    fn from_str(text: &str) -> Result<Rerun, String> {
        let number = || text.parse().map(Rerun::Some).map_err(|_| ());
        if text == "all" { Ok(Rerun::All) } else { number() }
            .map_err(|()| "write a number of runs, such as 3, or `all`".to_owned())
    }
}

/// What to verify, and how thoroughly.
#[derive(Debug, clap::Args)]
#[command(
    long_about = "Say whether results are what was written, and whether they can be made again bit for bit\n\n\
    Every file is hashed against the manifest; the scenarios in the folder must give the fingerprints that the manifest records; \
    tables, figures and pages are computed again from the values of the runs; and some runs, picked at random, are simulated again \
    and must have the same values. With --rerun all everything is simulated again and every file must have the same bytes.",
    after_help = "Examples:\n  \
    crackdown verify output/comparison\n  \
    crackdown verify output/kazakhstan --rerun 10 --threads 1,2,8\n  \
    crackdown verify output/comparison --rerun all\n  \
    crackdown verify output/comparison --rerun 0 --json\n  \
    crackdown verify comparison.zip\n\n\
    Exit codes: 0 all is well, 1 something differs or cannot be made again, 3 failed while running, 130 interrupted."
)]
pub struct Args {
    /// Result folder, or archive of `crackdown record`
    #[arg(value_name = "DIR")]
    pub path: PathBuf,
    /// Runs to simulate again, picked at random; `all` for the whole folder
    #[arg(long, value_name = "K", default_value = "3")]
    pub rerun: Rerun,
    /// Simulate them with each of these numbers of threads [default: as many as the machine offers]
    #[arg(long, value_name = "N,…", value_delimiter = ',', value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Vec<u16>,
    /// Number that decides, with the manifest, which runs are picked
    #[arg(long, value_name = "S", default_value_t = 0)]
    pub seed_of_pick: u64,
    /// No progress, no report: only the exit code and errors
    #[arg(long)]
    pub quiet: bool,
    /// Print the report as JSON
    #[arg(long, conflicts_with = "quiet")]
    pub json: bool,
}

impl Args {
    fn threads(&self) -> Vec<u16> {
        let offered = || vec![offered_threads().min(1024) as u16];
        if self.threads.is_empty() { offered() } else { self.threads.clone() }
    }
}

/// Verifies the folder.
pub fn run(args: &Args) -> ExitCode {
    match verify(args) {
        Ok(report) => {
            if args.json {
                print(&report.json());
            } else if !args.quiet {
                print(&report.text());
            }
            if report.is_well() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(refusal) => refusal.tell(),
    }
}

fn verify(args: &Args) -> Result<Report, Refusal> {
    // Removed when it is dropped.
    let unpacked = args.path.is_file().then(tempfile::tempdir).transpose().map_err(failed)?;
    let folder = match &unpacked {
        Some(place) => archive::unpack(&args.path, place.path()).map_err(wrong)?,
        None => args.path.clone(),
    };
    let manifest = Manifest::read(&folder).map_err(wrong)?;
    let mut report = Report::new(&args.path, &manifest);
    let checks = &mut report.checks;
    checks.push(files(&folder, &manifest));
    let left = match &checks[0] {
        check if !check.is_well() => Some("the files are not those of the manifest".to_owned()),
        _ => other_model(&manifest),
    };
    match left {
        Some(why) => checks.extend(not_made(args, &why)),
        None => made_again(args, &folder, &manifest, checks)?,
    }
    Ok(report)
}

/// Every file against the manifest.
fn files(folder: &Path, manifest: &Manifest) -> Check {
    let found = differences(folder, manifest);
    let number = manifest.files.len();
    let megabytes = manifest.bytes() as f64 / 1e6;
    let about = match found.len() {
        0 => format!("{number} files, {megabytes:.1} MB, are those that the manifest lists"),
        differ => format!("differences from the {number} files that the manifest lists: {differ}"),
    };
    Check::of("files", about, found.iter().map(ToString::to_string).collect())
}

/// What follows from the runs is not compared where another version of the program made it.
fn other_version(manifest: &Manifest) -> Check {
    let why = format!("tables and figures are compared by crackdown {} only", manifest.version);
    Check::left_out("contents", &why)
}

/// Why runs of another model cannot be made again.
fn other_model(manifest: &Manifest) -> Option<String> {
    let found = manifest.model_version;
    let said =
        found.map_or_else(|| "no version".to_owned(), |version| format!("version {version}"));
    (found != Some(u64::from(MODEL_VERSION))).then(|| {
        format!(
            "the results come from {said} of the model and this program has version {MODEL_VERSION}: the same seed gives other \
             runs. Verify them with crackdown {}, which made them",
            manifest.version
        )
    })
}

/// What is asked for and cannot be done is not well.
fn not_made(args: &Args, why: &str) -> Vec<Check> {
    let runs = match args.rerun {
        Rerun::Some(0) => Check::left_out("runs", "none were asked for"),
        _ => Check::impossible("runs", why),
    };
    vec![Check::left_out("inputs", why), runs]
}

fn made_again(
    args: &Args,
    folder: &Path,
    manifest: &Manifest,
    checks: &mut Vec<Check>,
) -> Result<(), Refusal> {
    match manifest.kind {
        Kind::Study => return study::check(args, folder, manifest, checks),
        Kind::Calibration | Kind::Sensitivity => {
            return stages::check(args, folder, manifest, checks);
        }
        Kind::Validation => return validation::check(args, folder, manifest, checks),
        _ => {}
    }
    let (check, scenarios) = inputs::check(folder, manifest);
    let well = check.is_well();
    checks.push(check);
    if !well {
        checks.push(Check::impossible("runs", "the scenarios are not those that were run"));
        return Ok(());
    }
    if matches!(manifest.kind, Kind::Unknown(_)) {
        checks.push(match args.rerun {
            Rerun::Some(0) => Check::left_out("runs", "none were asked for"),
            _ => Check::impossible("runs", "this program does not know this kind of results"),
        });
        return Ok(());
    }
    let opened = match quietly(|| opened::Opened::of(folder, manifest, scenarios)) {
        Ok(opened) => opened,
        Err(why) => {
            checks.push(Check::of("contents", "the folder cannot be read".to_owned(), vec![why]));
            checks.push(Check::impossible("runs", "the folder cannot be read"));
            return Ok(());
        }
    };
    if manifest.version == VERSION {
        let derived = quietly(|| Ok(opened.derived(manifest, args.threads()[0])));
        let damaged = |why| Check::of("contents", "cannot be computed again".to_owned(), vec![why]);
        checks.extend(derived.unwrap_or_else(|why| Some(damaged(why))));
    } else {
        checks.push(other_version(manifest));
    }
    let check = match args.rerun {
        Rerun::Some(0) => Check::left_out("runs", "none were asked for"),
        Rerun::Some(wanted) => again::check(args, wanted, &opened, manifest)?,
        Rerun::All if manifest.version == VERSION => whole::check(args, folder, &opened, manifest)?,
        Rerun::All => Check::impossible(
            "runs",
            &format!(
                "files have the same bytes with crackdown {} only; give a number of runs",
                manifest.version
            ),
        ),
    };
    checks.push(check);
    Ok(())
}
