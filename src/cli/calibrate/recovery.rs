//! The recovery test: data that the model made with known parameters, calibrated blind in the same waves.

use std::io::Write;

use super::Args;
use super::waves::{LUCK_OF_RECOVERY, Waves};
use crate::cli::simulate::{Refusal, wrong};
use crate::comparison::calibration::{Knowledge, Marginal, Recovered, Recovery, Wave};

/// Calibrates `number` times to figures of runs of the first wave, each of which is left out of its own calibration.
pub fn recover(
    args: &Args,
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
    let dimensions = waves.study.parameters().len();
    let mut repetitions = Vec::new();
    for at in 0..number {
        // Spread over the wave: the rows of a Latin hypercube are in no order.
        let run = usable[at as usize * usable.len() / number as usize];
        let blank = Knowledge::new(dimensions, waves.targets, waves.study.seed, at + 1);
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
        let recovered: Vec<Recovered> = (0..dimensions)
            .map(|place| Recovered {
                truth: first.points[run][place],
                marginal: Marginal::of(&sample.points, place),
            })
            .collect();
        repetitions.push(recovered);
        if !args.quiet {
            let _ = writeln!(anstream::stderr(), "recovery {} of {number} done", at + 1);
        }
    }
    Ok(Recovery { waves: args.recovery_waves, repetitions })
}
