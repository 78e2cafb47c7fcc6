//! Many scenarios that are simulated together and of which only measures are kept: `attribute` and `dose`.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use jiff::civil::Date;

use super::runs::{Arm, Way, Work};
use super::simulate::{How, Refusal, failed, interruption, print};
use scenario::{Mixture, Resolved, Scenario};
use study::comparison;
use study::store::{self, Folder, Measured, Written, fingerprint};
use world::record::Record;

/// How many runs, over which days, and where they are kept: options of both commands.
#[derive(Debug, clap::Args)]
pub struct Trial {
    /// Number of replications: the same world with different luck
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub replications: u32,
    /// Days that count [default: all reported days]
    #[arg(long, value_name = "FROM..TO")]
    pub window: Option<String>,
    /// Where finished runs are kept and looked for; it may be deleted at any time
    #[arg(long, value_name = "DIR", default_value = "output/runs")]
    pub runs: PathBuf,
    /// How to simulate
    #[command(flatten)]
    pub how: How,
}

/// Scenarios to be simulated; the same scenario is in it once, whatever it is called.
pub struct Pool {
    seed: u64,
    titles: Vec<String>,
    fingerprints: Vec<String>,
    scenarios: Vec<Scenario>,
}

impl Pool {
    /// An empty pool.
    pub fn new(seed: u64) -> Pool {
        Pool { seed, titles: Vec::new(), fingerprints: Vec::new(), scenarios: Vec::new() }
    }

    /// Puts a scenario in and gives its place.
    pub fn add(&mut self, title: String, mixture: Mixture) -> usize {
        let print = fingerprint(&mixture.json, self.seed);
        let known = self.fingerprints.iter().position(|known| *known == print);
        known.unwrap_or_else(|| {
            self.titles.push(title);
            self.fingerprints.push(print);
            self.scenarios.push(mixture.scenario);
            self.scenarios.len() - 1
        })
    }

    /// The scenarios with their runs, for the folder.
    pub fn measured<'a>(&'a self, values: &'a [Vec<Vec<f64>>]) -> Measured<'a> {
        Measured { titles: &self.titles, fingerprints: &self.fingerprints, values }
    }

    /// What each scenario is called.
    pub fn titles(&self) -> &[String] {
        &self.titles
    }

    /// What determines the runs of each scenario.
    pub fn fingerprints(&self) -> &[String] {
        &self.fingerprints
    }

    /// The scenarios in the order of their places.
    pub fn scenarios(&self) -> &[Scenario] {
        &self.scenarios
    }

    fn arms(&self) -> Vec<Arm<'_>> {
        let arms = self.titles.iter().zip(&self.fingerprints).zip(&self.scenarios);
        arms.map(|((title, fingerprint), scenario)| Arm {
            title: title.clone(),
            fingerprint: fingerprint.clone(),
            scenario,
            draw: 0,
        })
        .collect()
    }
}

/// Runs that were made, and the place for what follows from them.
pub struct Simulated {
    /// `values[scenario][replication][measure]`.
    pub values: Vec<Vec<Vec<f64>>>,
    folder: Folder,
    counted: String,
    time: Duration,
}

/// Simulates the pool; `None` after a dry run. The first scenario of the pool is the baseline.
pub fn simulate(
    pool: &Pool,
    trial: &Trial,
    window: (Date, Date),
    out: &Path,
) -> Result<Option<Simulated>, Refusal> {
    // Before anything is on disk, so that an interruption always cleans up.
    let interrupted = interruption()?;
    // Before the simulation: nobody should wait for results that cannot be kept.
    let folder = Folder::claim(out, trial.how.force).map_err(failed)?;
    // Weights and costs of the baseline hold for all: measures compare worlds, not yardsticks.
    let base = &pool.scenarios[0];
    let days = comparison::days(base, window).expect("the window was checked");
    let digest = |record: &Record| -> Vec<f64> {
        let measures = model::measures(record, base, days.clone());
        measures.into_iter().map(|measure| measure.value).collect()
    };
    let way = Way {
        store: &trial.runs,
        seed: trial.how.seed,
        threads: trial.how.threads(),
        quiet: trial.how.quiet,
        interrupted: &interrupted,
    };
    let mut work = Work::new(pool.arms(), way, &digest);
    let announcement = work.announcement(trial.replications);
    if trial.how.dry_run {
        print(&format!("{announcement}\n{}", work.plan(trial.replications, out)));
        return Ok(None);
    }
    if !trial.how.quiet {
        let _ = writeln!(anstream::stderr(), "{announcement}");
    }
    let started = Instant::now();
    work.ensure(trial.replications)?;
    let (counted, time) = (work.counted(), started.elapsed());
    Ok(Some(Simulated { values: work.into_kept(), folder, counted, time }))
}

impl Simulated {
    /// Writes the folder, then prints a table, or JSON for programs.
    pub fn conclude(
        self,
        files: &[store::File],
        how: &How,
        text: &dyn Fn() -> String,
        json: &dyn Fn() -> serde_json::Value,
    ) -> Result<(), Refusal> {
        self.folder.write(files).map_err(failed)?;
        if how.json {
            print(&(serde_json::to_string_pretty(&json()).expect("plain values") + "\n"));
        } else if !how.quiet {
            print(&text());
            let seconds = self.time.as_secs_f64();
            let _ = writeln!(anstream::stderr(), "{} in {seconds:.1} s", self.counted);
        }
        Ok(())
    }
}

/// Scenarios as the folder holds them.
pub fn texts(scenarios: &[Resolved], seed: u64) -> Vec<Written<'_>> {
    let written = |one| {
        let Resolved { scenario, text, json, .. }: &Resolved = one;
        Written { name: &scenario.name, text, fingerprint: fingerprint(json, seed) }
    };
    scenarios.iter().map(written).collect()
}
