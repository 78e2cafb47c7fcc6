//! `crackdown verify`: whether results are what was written, and whether they can be made again bit for bit.
//!
//! One path for all kinds: files against the manifest (`files`), scenarios and studies against their fingerprints (`inputs`), what follows from
//! the values of the runs (`contents`: the command in the manifest, carried out again with these values, `repeat`), and runs: some picked at
//! random (`again`; what a folder says of them: `values`, `rows`), or all (the command again, with nothing). `report` is what comes of it.
//! Each check needs those before it: a folder whose files were changed is not simulated.
//!
//! Deliberately absent: believing anything in the folder; repairing it.

mod again;
mod inputs;
mod repeat;
mod report;
mod rows;
mod values;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::panics::quietly;
use super::record::{self, Cited};
use super::simulate::{Refusal, answer, failed, offered_threads, wrong};
use again::Claims;
use model::MODEL_VERSION;
use repeat::{KnownValues, Repeat, Repeated};
use report::{Check, Report};
use rows::RowClaims;
use scenario::Study;
use study::store::study::Plan;
use study::store::verify::{Manifest, ResultKind, Way, differences, pick};
use study::store::{self, File, archive};
use values::ValueClaims;
use world::text::printable;

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
pub struct VerifyArgs {
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

impl VerifyArgs {
    fn threads(&self) -> Vec<u16> {
        let offered = || vec![offered_threads().min(1024) as u16];
        if self.threads.is_empty() { offered() } else { self.threads.clone() }
    }

    fn threads_in_words(&self) -> String {
        let counts = self.threads().iter().map(u16::to_string).collect::<Vec<_>>().join(", ");
        if counts == "1" { "1 thread".to_owned() } else { format!("{counts} threads") }
    }
}

/// Verifies the folder.
pub fn run(args: &VerifyArgs) -> Result<(), Refusal> {
    let report = verify(args)?;
    answer((args.json, args.quiet), || report.json(), || report.text());
    if report.is_well() { Ok(()) } else { Err(().into()) }
}

fn verify(args: &VerifyArgs) -> Result<Report, Refusal> {
    // Removed when it is dropped.
    let unpacked = args.path.is_file().then(tempfile::tempdir).transpose().map_err(failed)?;
    let (folder, beside) = match &unpacked {
        Some(place) => {
            let beside = archive::unpack(&args.path, place.path()).map_err(wrong)?;
            (place.path().to_owned(), Some(beside))
        }
        None => (args.path.clone(), None),
    };
    let manifest = Manifest::read(&folder).map_err(wrong)?;
    // Its command is carried out inside it.
    let folder = std::path::absolute(folder).map_err(failed)?;
    let mut report = Report::new(&args.path, &manifest);
    let checks = &mut report.checks;
    checks.push(files(&folder, &manifest, unpacked.is_some()));
    checks.extend(beside.map(|beside| recorded(&beside, &manifest)));
    let left = match &checks[0] {
        check if !check.is_well() => Some("the files are not those of the manifest".to_owned()),
        _ => other_model(&manifest),
    };
    match left {
        Some(why) => checks.extend(not_made(args, &why)),
        None => made_again(args, &folder, &manifest, checks)?,
    }
    if unpacked.is_some() {
        // Where it was unpacked is nobody's business.
        let place = format!("{}/", folder.display());
        report.checks.iter_mut().for_each(|check| check.leave_out(&place));
    }
    Ok(report)
}

/// What stands beside the results in an archive against what `crackdown record` puts there.
fn recorded(beside: &[File], manifest: &Manifest) -> Check {
    if manifest.version != VERSION {
        let why = format!("what crackdown {} packs is known to itself only", manifest.version);
        return Check::left_out("record", &why);
    }
    let there = |name: &str| beside.iter().find(|file| file.name == name);
    let cited =
        there("ro-crate-metadata.json").map_or_else(Cited::default, |one| Cited::of(&one.bytes));
    let wanted = record::beside(&cited, manifest);
    let mut found = Vec::new();
    for file in &wanted {
        match there(&file.name) {
            None => found.push(format!("missing: {}", file.name)),
            Some(one) if one.bytes != file.bytes => found.push(format!("changed: {}", file.name)),
            Some(_) => {}
        }
    }
    let known = |file: &&File| wanted.iter().any(|one| one.name == file.name);
    let others = beside.iter().filter(|file| !known(file));
    found.extend(others.map(|file| format!("not listed: {}", file.name)));
    let about = "metadata, citation and list of libraries in the archive are those of the results and this program";
    Check::of("record", about.to_owned(), found)
}

/// Every file against the manifest. A file in a folder that the manifest does not list is somebody's own, as a policy of the what-if page
/// that was saved there; in an archive nobody works, so there it is a difference.
fn files(folder: &Path, manifest: &Manifest, in_archive: bool) -> Check {
    let (own, found): (Vec<_>, Vec<_>) = differences(folder, manifest)
        .into_iter()
        .partition(|one| !in_archive && one.way == Way::Added);
    let number = manifest.files.len();
    let megabytes = manifest.bytes() as f64 / 1e6;
    let about = match found.len() {
        0 => format!("{number} files, {megabytes:.1} MB, are those that the manifest lists"),
        differ => format!("differences from the {number} files that the manifest lists: {differ}"),
    };
    let found = found.iter().map(ToString::to_string).collect();
    let own = own.iter().map(|one| printable(&one.name).into_owned());
    let named = own.map(|name| format!("not part of the results, left alone: {name}"));
    Check::of("files", about, found).noting(named)
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
fn not_made(args: &VerifyArgs, why: &str) -> Vec<Check> {
    let runs = match args.rerun {
        Rerun::Some(0) => Check::left_out("runs", "none were asked for"),
        _ => Check::impossible("runs", why),
    };
    vec![Check::left_out("inputs", why), runs]
}

/// All checks but the one of the files.
fn made_again(
    args: &VerifyArgs,
    folder: &Path,
    manifest: &Manifest,
    checks: &mut Vec<Check>,
) -> Result<(), Refusal> {
    let (check, studies) = match manifest.kind {
        // Its catalogue is checked as it is made again; a discovery has no scenarios.
        ResultKind::Validation | ResultKind::Discovery => (None, Vec::new()),
        ResultKind::Study
        | ResultKind::Calibration
        | ResultKind::Sensitivity
        | ResultKind::Optimum
        | ResultKind::Reach => {
            let (check, studies) = inputs::studies(folder, manifest);
            (Some(check), studies)
        }
        _ => (Some(inputs::scenarios(folder, manifest)), Vec::new()),
    };
    let well = check.as_ref().is_none_or(Check::is_well);
    checks.extend(check);
    if !well {
        checks.push(Check::impossible("runs", "scenarios or studies are not those that were run"));
        return Ok(());
    }
    let opened = match Repeat::of(folder, manifest) {
        Ok(repeat) => repeat
            .inside(|| quietly(|| claims(&repeat, folder, manifest, &studies)))?
            .map(|claims| (repeat, claims)),
        Err(why) => Err(why),
    };
    let (repeat, mut claims) = match opened {
        Ok(opened) => opened,
        Err(_)
            if matches!(manifest.kind, ResultKind::Unknown(_)) && args.rerun == Rerun::Some(0) =>
        {
            checks.push(Check::left_out("runs", "none were asked for"));
            return Ok(());
        }
        Err(why) => {
            checks.push(Check::of("contents", "the folder cannot be read".to_owned(), vec![why]));
            checks.push(Check::impossible("runs", "the folder cannot be read"));
            return Ok(());
        }
    };
    checks.extend(contents(args, &repeat, &claims, manifest)?);
    checks.push(match args.rerun {
        _ if manifest.kind == ResultKind::Discovery => Check::left_out(
            "runs",
            "they are those of a study or comparison: `crackdown verify` its folder",
        ),
        Rerun::Some(0) => Check::left_out("runs", "none were asked for"),
        Rerun::Some(wanted) if !claims.is_empty() => {
            again::check(args, wanted, manifest, &mut claims)?
        }
        _ => repeated(args, &repeat, manifest)?,
    });
    Ok(())
}

/// What the folder says of single runs; nothing of a validation, which keeps readings of several.
fn claims<'a>(
    repeat: &Repeat,
    folder: &'a Path,
    manifest: &Manifest,
    studies: &'a [(String, Study)],
) -> Result<Vec<Box<dyn Claims + 'a>>, String> {
    let mut claims: Vec<Box<dyn Claims>> = Vec::new();
    for (stage, study) in studies {
        let mut plan = Plan::of(study)?;
        if let (ResultKind::Study, Some(replications)) = (&manifest.kind, manifest.replications) {
            // A second stage may have added some.
            plan = plan.with_replications(replications.clamp(1, 100_000));
        }
        let called = if stage.is_empty() { String::new() } else { format!("{stage} ") };
        let (folder, stored) = (folder.join(stage), BTreeMap::new());
        claims.push(Box::new(RowClaims { folder, called, plan, stored }));
    }
    // Of a forecast the folder holds no single runs: all of it is made again.
    let whole = matches!(
        manifest.kind,
        ResultKind::Validation | ResultKind::Discovery | ResultKind::Forecast | ResultKind::Update
    );
    if studies.is_empty() && !whole {
        claims.push(Box::new(ValueClaims::of(folder, manifest, &repeat.command(folder, 1)?)?));
    }
    Ok(claims)
}

/// Whether the rest of the folder follows from the values of its runs; `None` where the tables are the runs.
fn contents(
    args: &VerifyArgs,
    repeat: &Repeat,
    claims: &[Box<dyn Claims + '_>],
    manifest: &Manifest,
) -> Result<Option<Check>, Refusal> {
    if manifest.version != VERSION {
        let why = format!("tables and figures are compared by crackdown {} only", manifest.version);
        return Ok(Some(Check::left_out("contents", &why)));
    }
    let source = match manifest.kind {
        ResultKind::Run | ResultKind::Forecast | ResultKind::Update => return Ok(None),
        ResultKind::Comparison => "comparison.json",
        ResultKind::Attribution | ResultKind::Dose => "replications.csv",
        ResultKind::Validation => "runs.csv",
        ResultKind::Discovery => store::WORLDS,
        _ => "runs.parquet",
    };
    let (mut found, _) = repeat.made(args.threads()[0], Some(&|_| Vec::new()))?;
    found.extend(claims.iter().flat_map(|claims| claims.unfounded()));
    let about = match found.len() {
        0 => format!("computed again from {source}: every file has the same bytes"),
        number => format!("computed again from {source}; differences: {number}"),
    };
    Ok(Some(Check::of("contents", about, found)))
}

/// The folder is made again with every number of threads: all of it, or picked cells of a validation, whose readings are compared.
fn repeated(args: &VerifyArgs, repeat: &Repeat, manifest: &Manifest) -> Result<Check, Refusal> {
    if manifest.version != VERSION {
        let only = format!("files have the same bytes with crackdown {} only", manifest.version);
        return Ok(Check::impossible("runs", &format!("{only}; give a number of runs")));
    }
    let whole = matches!(manifest.kind, ResultKind::Forecast | ResultKind::Update);
    let (Rerun::Some(wanted), false) = (args.rerun, whole) else {
        let about = format!(
            "everything made again on {}; every file compared byte by byte",
            args.threads_in_words()
        );
        let (findings, _) = differing(args, repeat, None)?;
        return Ok(Check::of("runs", about, findings).complete(true));
    };
    let picked = |all| pick(&manifest.hash, args.seed_of_pick, all, wanted);
    let (mut findings, (all, which)) = differing(args, repeat, Some(&picked))?;
    // What follows from the readings was compared before.
    findings.retain(|what| what.contains(": runs.csv ") || which.is_empty());
    let about = format!(
        "readings of {} of {all} cells made again on {} from their first day, to the last bit: {}",
        which.len(),
        args.threads_in_words(),
        again::named(&which)
    );
    Ok(Check::of("runs", about, findings).complete(which.len() as u64 == all))
}

/// What differs with every number of threads, and which cells were made again.
fn differing(args: &VerifyArgs, repeat: &Repeat, known: KnownValues) -> Result<Repeated, Refusal> {
    let (mut findings, mut cells) = (Vec::new(), (0, Vec::new()));
    for threads in args.threads() {
        let (differ, made) = repeat.made(threads, known)?;
        findings.extend(differ.iter().map(|what| format!("on {threads} threads: {what} differs")));
        cells = made;
    }
    Ok((findings, cells))
}
