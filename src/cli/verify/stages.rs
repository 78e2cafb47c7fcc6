//! A folder with studies beneath its results, of a calibration or a sensitivity: whether these are whole, and runs made again.

use std::path::Path;

use super::report::Check;
use super::study::{Again, opened, simulated_again};
use super::{Args, Rerun, quietly};
use crate::cli::simulate::{Refusal, failed};
use scenario::Study;
use study::store::study::Plan;
use study::store::verify::{Manifest, pick};

/// Makes all checks that come after the one of the files.
pub fn check(
    args: &Args,
    folder: &Path,
    manifest: &Manifest,
    checks: &mut Vec<Check>,
) -> Result<(), Refusal> {
    let mut studies: Vec<(&str, Study)> = Vec::new();
    let mut wrong = Vec::new();
    for stage in manifest.files.keys().filter_map(|name| name.strip_suffix("/study.ron")) {
        match quietly(|| opened(&folder.join(stage))) {
            Ok(study) => studies.push((stage, study)),
            Err(why) => wrong.push(format!("{stage}: {why}")),
        }
    }
    let names: Vec<&str> = studies.iter().map(|(stage, _)| *stage).collect();
    let about = format!("the studies in the folder stand on their own: {}", names.join(", "));
    let well = wrong.is_empty() && !studies.is_empty();
    checks.push(Check::of("inputs", about, wrong));
    if !well {
        checks.push(Check::impossible("runs", "the studies cannot be used"));
        return Ok(());
    }
    let repeat = manifest.repeat.as_deref().unwrap_or("the command that made the folder");
    let why = format!("tables and figures follow from the runs by `{repeat}`, inside the folder");
    checks.push(Check::left_out("contents", &why));
    let wanted = match args.rerun {
        Rerun::Some(0) => {
            checks.push(Check::left_out("runs", "none were asked for"));
            return Ok(());
        }
        Rerun::Some(wanted) => wanted,
        Rerun::All => u64::MAX,
    };
    let plans: Vec<Plan> = studies
        .iter()
        .map(|(_, study)| Plan::of(study))
        .collect::<Result<_, _>>()
        .map_err(failed)?;
    let all = plans.iter().map(Plan::runs).sum();
    let picked = pick(&manifest.hash, args.seed_of_pick, all, wanted);
    let mut before = 0;
    let mut together = Again::default();
    for ((stage, _), plan) in studies.iter().zip(&plans) {
        let here = before..before + plan.runs();
        let of: Vec<u64> =
            picked.iter().filter(|at| here.contains(at)).map(|at| at - before).collect();
        before = here.end;
        if of.is_empty() {
            continue;
        }
        let again = simulated_again(args, plan, &folder.join(stage), &of)?;
        let of_stage = |text: &String| format!("{stage} {text}");
        together.made += again.made;
        together.counts = again.counts;
        together.which.extend(again.which.iter().map(of_stage));
        together.findings.extend(again.findings.iter().map(of_stage));
    }
    checks.push(together.check("figures", all, picked.len() as u64 == all));
    Ok(())
}
