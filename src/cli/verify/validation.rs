//! A folder of a validation, made again by the same command: the readings of picked cells simulated, those of the others taken
//! from the folder, tables and figures computed from all of them.

use std::path::Path;
use std::sync::atomic::Ordering;

use super::report::Check;
use super::{Args, Rerun, VERSION, other_version, quietly};
use crate::cli::figures::Drawing;
use crate::cli::simulate::{Refusal, failed, interruption, was_interrupted};
use crate::cli::validate::{Again, made_again};
use study::store::verify::{Manifest, pick};

/// Cells that are named.
const NAMED: usize = 8;

/// Makes all checks that come after the one of the files.
pub fn check(
    args: &Args,
    folder: &Path,
    manifest: &Manifest,
    checks: &mut Vec<Check>,
) -> Result<(), Refusal> {
    let (Some(seed), Some(replications)) = (manifest.seed, manifest.replications) else {
        checks.push(Check::impossible("runs", "the manifest tells no seed or no replications"));
        return Ok(());
    };
    let wanted = match args.rerun {
        Rerun::Some(wanted) => wanted,
        Rerun::All => u64::MAX,
    };
    let picked = |all| pick(&manifest.hash, args.seed_of_pick, all, wanted);
    let (mut contents, mut runs) = (Vec::new(), Vec::new());
    let (mut all, mut which) = (0, Vec::new());
    for threads in args.threads() {
        let drawing = Drawing::again(threads, manifest.drawn());
        let place = tempfile::tempdir().map_err(failed)?;
        let again = Again { folder, replications, seed, drawing, place: place.path() };
        match quietly(|| made_again(&again, &picked)) {
            Ok(made) => (all, which) = made,
            Err(_) if interruption()?.load(Ordering::Relaxed) => {
                return Err(was_interrupted("nothing was verified"));
            }
            Err(why) => {
                checks.push(Check::of("contents", "cannot be made again".to_owned(), vec![why]));
                return Ok(());
            }
        }
        let made = Manifest::read(&place.path().join("repeated")).map_err(failed)?;
        for name in manifest.differing(&made) {
            let differs = format!("on {threads} threads: {name} differs");
            if name == "runs.csv" { &mut runs } else { &mut contents }.push(differs);
        }
    }
    checks.push(if manifest.version == VERSION {
        let about = "catalogue, scenarios, tables and figures follow from what is in the folder";
        Check::of("contents", about.to_owned(), contents)
    } else {
        other_version(manifest)
    });
    checks.push(if wanted == 0 {
        Check::left_out("runs", "none were asked for")
    } else {
        let more = if which.len() > NAMED { ", …" } else { "" };
        let named = which.iter().take(NAMED).cloned().collect::<Vec<String>>().join(", ");
        let about = format!(
            "readings of {} of {all} cells made again from their first day, to the last bit: {named}{more}",
            which.len()
        );
        Check::of("runs", about, runs).complete(which.len() as u64 == all)
    });
    Ok(())
}
