//! The recovery test: data that the model made with known parameters, calibrated blind in the same waves.

use std::sync::atomic::{AtomicU32, Ordering};

use super::CalibrateArgs;
use super::waves::{LUCK_OF_RECOVERY, Waves};
use crate::cli::simulate::{Refusal, failed, tell, wrong};
use study::comparison::calibration::{Knowledge, Marginal, RecoveredParameter, Recovery, Wave};

/// Calibrates `number` times to figures of runs of the first wave, each of which is left out of its own calibration.
pub fn recover(
    args: &CalibrateArgs,
    waves: &Waves,
    first: &Wave,
    runs: usize,
    number: u32,
) -> Result<Recovery, Refusal> {
    let whole = |run: &usize| first.figures.iter().all(|values| values[*run].is_finite());
    let usable: Vec<usize> = (0..first.points.len()).filter(whole).collect();
    if usable.len() < number as usize {
        return Err(wrong(format!(
            "--recovery {number}: only {} runs of the first wave have all figures",
            usable.len()
        )));
    }
    // Spread over the wave: the rows of a Latin hypercube are in no order.
    let run_of = |at: u32| usable[at as usize * usable.len() / number as usize];
    let repetition = |at: u32| -> Result<Vec<RecoveredParameter>, Refusal> {
        let recovered = blind(args, waves, first, runs, (at, run_of(at)))?;
        if !args.how.quiet {
            tell!("recovery {} of {number} done", at + 1);
        }
        Ok(recovered)
    };
    // Waves of their own use all cores already.
    let threads = if args.recovery_waves > 1 { 1 } else { waves.workplace.way.threads };
    let repetitions = side_by_side(threads, number, &repetition)?;
    Ok(Recovery { waves: args.recovery_waves, repetitions })
}

/// The numbers below `number`, each done once on one of the threads; results in their order.
fn side_by_side<T: Send>(
    threads: usize,
    number: u32,
    work: &(dyn Fn(u32) -> Result<T, Refusal> + Sync),
) -> Result<Vec<T>, Refusal> {
    let next = AtomicU32::new(0);
    let worker = || -> Result<Vec<(u32, T)>, Refusal> {
        let mut done = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            if at >= number {
                return Ok(done);
            }
            done.push((at, work(at)?));
        }
    };
    let mut all = Vec::new();
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads.max(1)).map(|_| scope.spawn(worker)).collect();
        for worker in workers {
            all.extend(worker.join().map_err(|_| failed("a recovery panicked"))??);
        }
        Ok::<(), Refusal>(())
    })?;
    all.sort_by_key(|(at, _)| *at);
    Ok(all.into_iter().map(|(_, done)| done).collect())
}

/// One calibration that does not know the parameters: number of the repetition, and of the run that is its data.
fn blind(
    args: &CalibrateArgs,
    waves: &Waves,
    first: &Wave,
    runs: usize,
    (at, run): (u32, usize),
) -> Result<Vec<RecoveredParameter>, Refusal> {
    let study = waves.workplace.study;
    let dimensions = study.parameters().len();
    let blank = Knowledge::new(dimensions, waves.targets, study.seed, at + 1);
    let data = blank.data_of(first, run);
    let mut known = blank.aiming_at(&data);
    known.learn(first, Some(run)).map_err(wrong)?;
    for wave in 2..=args.recovery_waves {
        let name = format!("recovery/{}/wave_{wave}", at + 1);
        let luck = u64::from(at + 1) * LUCK_OF_RECOVERY + u64::from(wave) - 1;
        let made = waves.wave(&name, luck, known.next_points(runs))?;
        known.learn(&made, None).map_err(wrong)?;
    }
    let sample = known.posterior(args.posterior as usize);
    let recovered = |place| RecoveredParameter {
        truth: first.points[run][place],
        marginal: Marginal::of(&sample.points, place),
    };
    Ok((0..dimensions).map(recovered).collect())
}
