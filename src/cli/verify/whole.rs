//! The whole folder is made again by the command that made it, and every file must have the same bytes.
//!
//! Deliberately absent: the manifest's own line with the command, since it comes with the folder and could name any place
//! to write to. The command is put together from what the folder holds, and writes to a temporary place.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::Ordering;

use super::Args;
use super::opened::{Content, Opened};
use super::report::Check;
use crate::cli::attribute::{self, Into};
use crate::cli::draws::Options;
use crate::cli::figures::Drawing;
use crate::cli::pool::Trial;
use crate::cli::simulate::{How, Refusal, failed, interruption, was_interrupted};
use crate::cli::{compare, dose, run};
use study::comparison::attribution::By;
use study::comparison::{Comparison, Precision};
use study::store::verify::{MANIFEST, Manifest, scenario_file};

/// Makes everything again, with every number of threads.
pub fn check(
    args: &Args,
    folder: &Path,
    opened: &Opened,
    manifest: &Manifest,
) -> Result<Check, Refusal> {
    let threads = args.threads();
    let mut findings = Vec::new();
    for count in &threads {
        let place = tempfile::tempdir().map_err(failed)?;
        let out = place.path().join("repeated");
        let runs = place.path().join("runs");
        let how = How::again(opened.seed, Drawing::again(*count, manifest.drawn()));
        if again(folder, opened, (out.clone(), runs), how) != ExitCode::SUCCESS {
            if interruption()?.load(Ordering::Relaxed) {
                return Err(was_interrupted("nothing was verified"));
            }
            findings.push(format!("on {count} threads: it cannot be made again"));
            continue;
        }
        let made = Manifest::read(&out).map_err(failed)?;
        for name in manifest.differing(&made) {
            findings.push(format!("on {count} threads: {name} differs"));
        }
    }
    let counts: Vec<String> = threads.iter().map(u16::to_string).collect();
    let about = format!(
        "everything made again (scenarios: {}, replications of each: {}, threads: {}); every file but {MANIFEST} compared byte by byte",
        opened.study.arms.len(),
        opened.replications,
        counts.join(", ")
    );
    Ok(Check::of("runs", about, findings).complete(true))
}

/// Results and runs go to these two places.
fn again(folder: &Path, opened: &Opened, (out, runs): (PathBuf, PathBuf), how: How) -> ExitCode {
    let file = |number: usize| folder.join(scenario_file(&opened.scenarios[number].scenario.name));
    let policies = || (1..opened.scenarios.len()).map(file).collect::<Vec<PathBuf>>();
    let (from, to) = opened.window;
    let window = Some(format!("{from}..{to}"));
    let replications = opened.replications;
    let spread = Options::again(folder, opened.laid.as_ref());
    let trial =
        |how| Trial { replications, window: window.clone(), runs: runs.clone(), shard: None, how };
    match &opened.content {
        Content::Run => {
            let scenario = folder.join("scenario.ron");
            run::run(&run::Args { scenario, replications, spread, out: Some(out), runs, how })
        }
        Content::Comparison(comparison) => {
            let (replications, precision, max_replications) = stages(comparison);
            let target = comparison.target.iter().map(|class| class.key().to_owned()).collect();
            compare::run(&compare::Args {
                baseline: file(0),
                policies: policies(),
                replications,
                precision,
                max_replications,
                spread,
                sensitivity: comparison.sensitivity.as_ref().map(|_| folder.to_owned()),
                window,
                target,
                out,
                runs,
                shard: None,
                how,
            })
        }
        Content::Attribution(_, division) => {
            let by = match division.by {
                By::Measure => Into::Measure,
                By::Mechanism => Into::Mechanism,
            };
            let trial = trial(how);
            attribute::run(&attribute::Args { base: file(0), bundle: file(1), by, out, trial })
        }
        Content::Dose(_, _, strengths) => {
            let strengths = strengths.iter().map(f64::to_string).collect();
            let trial = trial(how);
            dose::run(&dose::Args { base: file(0), policies: policies(), strengths, out, trial })
        }
    }
}

/// Replications of the first stage, the precision asked for, and the budget.
fn stages(comparison: &Comparison) -> (u32, Option<String>, u32) {
    match &comparison.precision {
        None => (comparison.replications, None, comparison.replications),
        Some(Precision { first_stage, wanted, .. }) => {
            (*first_stage, Some(wanted.clone()), comparison.replications)
        }
    }
}
