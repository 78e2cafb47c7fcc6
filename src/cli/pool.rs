//! Many scenarios that are simulated together and of which only measures are kept: `attribute` and `dose`.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use jiff::civil::Date;

use super::input;
use super::runs::StudyRuns;
use super::shard::ShardAsked;
use super::simulate::{How, Refusal, failed, in_seconds, print, tell};
use scenario::{Findings, Mixture, Resolved, Study};
use study::comparison;
use study::store::{self, Folder, MeasuredRuns, ResultKind, Written, fingerprint};
use world::record::Record;

/// How many runs, over which days, and where they are kept: options of both commands.
#[derive(Debug, clap::Args)]
pub struct Trial {
    /// Number of replications: the same world with different random numbers
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub replications: u32,
    /// Days that count: FROM..TO of days, months or years, `2024`, `2024-07..` or `..` for all reported days [default: from the
    /// first day on which a policy differs]
    #[arg(long, value_name = "FROM..TO")]
    pub window: Option<String>,
    /// Where finished runs are kept and looked for; it may be deleted at any time
    #[arg(long, value_name = "DIR", default_value = "output/runs")]
    pub runs: PathBuf,
    /// Make only this part of the runs, keep them and write no results: K from 1 to M, or `auto` for the number that Slurm,
    /// HyperQueue or Kubernetes gives
    #[arg(long, value_name = "K/M")]
    pub shard: Option<ShardAsked>,
    /// A folder of the same command whose values are taken as they are, and nothing is simulated: for `verify`
    #[arg(skip)]
    pub known: Option<PathBuf>,
    /// How to simulate
    #[command(flatten)]
    pub how: How,
}

impl Trial {
    /// A baseline, policies that differ from it in nothing else, and the days that count. What is wrong is told: `wrong` with the options of the
    /// command, and what it finds in the `scenarios`.
    pub fn scenarios(
        &self,
        base: &PathBuf,
        policies: &[PathBuf],
        out: &Path,
        wrong: Vec<String>,
        look: impl FnOnce(&[Resolved]) -> Result<(), String>,
    ) -> Result<(Vec<Resolved>, (Date, Date)), ()> {
        let how = &self.how;
        let mut window = (Date::MIN, Date::MAX);
        let (sets, places) = (how.sets(), (out, self.runs.as_path()));
        let scenarios =
            input::trial((base, policies), (&sets, how.quiet), places, wrong, |scenarios| {
                window = input::window(self.window.as_deref(), scenarios)?;
                look(scenarios)
            })?;
        if !how.quiet {
            input::hint_at_late_starts(&scenarios, window);
        }
        Ok((scenarios, window))
    }
}

/// Scenarios to be simulated; the same scenario is in it once, whatever it is called.
pub struct Pool {
    seed: u64,
    /// What each scenario is called.
    pub titles: Vec<String>,
    /// What determines the runs of each scenario.
    pub fingerprints: Vec<String>,
    scenarios: Vec<Resolved>,
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
            let Mixture { scenario, json } = mixture;
            let (text, warnings) = (String::new(), Findings::default());
            self.scenarios.push(Resolved { scenario, text, json, files: Vec::new(), warnings });
            self.scenarios.len() - 1
        })
    }

    /// The scenarios with their runs, for the folder.
    pub fn measured<'a>(&'a self, values: &'a [Vec<Vec<f64>>]) -> MeasuredRuns<'a> {
        MeasuredRuns { titles: &self.titles, fingerprints: &self.fingerprints, values }
    }

    /// The study of these scenarios, of which the first is the baseline.
    pub fn study(&self, replications: u32) -> Study {
        let mut study = Study::of(self.scenarios.clone(), self.seed, replications, model::YIELDS);
        for (arm, title) in study.arms.iter_mut().zip(&self.titles) {
            arm.title.clone_from(title);
        }
        study
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

/// Simulates the pool; `None` after a dry run or a shard. The first scenario of the pool is the baseline.
pub fn simulate(
    pool: &Pool,
    trial: &Trial,
    window: (Date, Date),
    out: (&Path, ResultKind),
) -> Result<Option<Simulated>, Refusal> {
    // A shard writes no results.
    let folder = trial.shard.is_none().then(|| trial.how.claim(out.0, out.1)).transpose()?;
    if let Some(known) = &trial.known {
        let values = store::read_measured(known, &pool.fingerprints, trial.replications);
        let (values, counted, time) = (values.map_err(failed)?, String::new(), Duration::ZERO);
        return Ok(folder.map(|folder| Simulated { values, folder, counted, time }));
    }
    // Weights and costs of the baseline hold for all: measures compare worlds, not yardsticks.
    let base = &pool.scenarios[0].scenario;
    let days = comparison::days(base, window).expect("the window was checked");
    let digest = |record: Record| -> Vec<f64> {
        let measures = model::measures(&record, base, days.clone());
        measures.iter().map(world::record::Measured::number).collect()
    };
    let study = pool.study(trial.replications);
    let mut runs = StudyRuns::new(&study, &trial.how, &trial.runs, &digest);
    if trial.how.dry_run {
        let announcement = runs.announcement(trial.replications);
        print(&format!("{announcement}\n{}", runs.plan(trial.replications, out.0)));
        return Ok(None);
    }
    runs.announce("", trial.replications);
    if let Some(asked) = trial.shard {
        runs.make_shard(asked)?;
        return Ok(None);
    }
    let started = Instant::now();
    runs.ensure(trial.replications)?;
    let (counted, time) = (runs.counted(), started.elapsed());
    let values = runs.into_kept();
    Ok(folder.map(|folder| Simulated { values, folder, counted, time }))
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
        if how.answer(json, text) {
            tell!("{}", in_seconds(&self.counted, self.time.as_secs_f64()));
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
