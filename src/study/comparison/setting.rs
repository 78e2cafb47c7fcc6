//! What it takes to repeat a study, and an amount with its interval.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::stats::{Blocks, Summary};
use model::MODEL_VERSION;
use scenario::{Resolved, Study};

/// How numbers were got: what stands at the foot of a figure and in a manifest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setting {
    /// Version of the program.
    pub version: String,
    /// Version of the model.
    pub model_version: u32,
    /// Seed of the study.
    pub seed: u64,
    /// Replications of each scenario.
    pub replications: u32,
    /// First and last day that count.
    pub window: (Date, Date),
    /// People that one agent stands for.
    pub people_per_agent: u32,
    /// Name of the baseline.
    pub baseline: String,
    /// Its title.
    pub baseline_title: String,
}

impl Setting {
    /// Of a study, its first arm the baseline, with so many replications.
    pub fn of_study(study: &Study, replications: u32) -> Setting {
        Setting::of(&study.arms[0].resolved, study.seed, replications, study.window)
    }

    /// Of scenarios run by this program.
    pub fn of(baseline: &Resolved, seed: u64, replications: u32, window: (Date, Date)) -> Setting {
        Setting {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            model_version: MODEL_VERSION,
            seed,
            replications,
            window,
            people_per_agent: baseline.scenario.people_per_agent,
            baseline: baseline.scenario.name.clone(),
            baseline_title: baseline.scenario.title.clone(),
        }
    }
}

/// Mean over replications with its 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Amount {
    /// Mean; no number where nothing has a value.
    #[serde(deserialize_with = "crate::absent::number")]
    pub mean: f64,
    /// 95 % interval of the mean by Student's t; `None` for one replication.
    pub interval: Option<(f64, f64)>,
}

impl Amount {
    /// Of the values that there are, in the order of the replications.
    pub fn of(values: &[f64]) -> Amount {
        let [known] = Blocks::SINGLE.complete([values]);
        match Summary::of(&known) {
            Some(summary) => Amount { mean: summary.mean, interval: summary.mean_interval() },
            None => Amount { mean: f64::NAN, interval: None },
        }
    }

    /// Lower end of the interval, or the mean where there is none.
    pub fn low(&self) -> f64 {
        self.interval.map_or(self.mean, |(low, _)| low)
    }

    /// Upper end of the interval, or the mean where there is none.
    pub fn high(&self) -> f64 {
        self.interval.map_or(self.mean, |(_, high)| high)
    }
}
