//! A result folder as something that can be computed and simulated again.

use std::ops::Range;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use serde::de::DeserializeOwned;

use super::inputs::Scenarios;
use super::report::Check;
use crate::cli::draws::Laid;
use crate::cli::figures::Drawing;
use crate::cli::pool::Pool;
use crate::cli::simulate::failed;
use crate::cli::{attribute, compare, dose, input};
use model::MEASURES;
use scenario::study::Wanted;
use scenario::{Resolved, Study};
use study::comparison::attribution::{Attribution, By, Division};
use study::comparison::dose::{Dose, Dosed};
use study::comparison::{self, Comparison, Draws, Setting, paired_where_known};
use study::stats::{Blocks, Resamples};
use study::store::verify::{Kind, Manifest, rows_that_differ, scenario_file};
use study::store::{self, File};
use world::record::Record;

/// What the folder holds.
pub enum Content {
    /// Of `crackdown run`.
    Run,
    /// Of `crackdown compare`.
    Comparison(Box<Comparison>),
    /// Of `crackdown attribute`.
    Attribution(Pool, Division),
    /// Of `crackdown dose`.
    Dose(Pool, Vec<Dosed>, Vec<f64>),
}

/// A folder whose files are those that were written.
pub struct Opened {
    folder: PathBuf,
    /// Seed.
    pub seed: u64,
    /// Replications of each scenario.
    pub replications: u32,
    /// What it holds.
    pub content: Content,
    /// Complete scenarios in the order of the command.
    pub scenarios: Vec<Resolved>,
    /// First and last day that count.
    pub window: (Date, Date),
    /// The scenarios under draws of parameters.
    pub laid: Option<Laid>,
    /// The study whose runs it holds.
    pub study: Study,
    /// Measures of every run where the folder has them: `values[scenario][replication][measure]`.
    values: Vec<Vec<Vec<f64>>>,
}

impl Opened {
    /// Reads the folder.
    pub fn of(folder: &Path, manifest: &Manifest, scenarios: Scenarios) -> Result<Opened, String> {
        let seed = manifest.seed.ok_or("the manifest names no seed")?;
        let replications = manifest.replications.filter(|number| (1..=100_000).contains(number));
        let replications = replications.ok_or("the manifest names no number of replications")?;
        let whole = |scenarios: &[Resolved]| {
            let base = &scenarios[0].scenario;
            (base.start, base.end)
        };
        let opened = |content: Content, scenarios: Vec<Resolved>, window, values| {
            let study = match &content {
                Content::Run | Content::Comparison(_) => {
                    Study::of(scenarios.clone(), seed, replications, model::YIELDS)
                }
                Content::Attribution(pool, _) | Content::Dose(pool, ..) => pool.study(replications),
            };
            let (folder, laid) = (folder.to_owned(), None);
            Opened { folder, seed, replications, content, scenarios, window, laid, study, values }
        };
        let mut opened = match &manifest.kind {
            Kind::Run => {
                let scenarios = in_order(scenarios, &manifest.scenarios())?;
                let window = whole(&scenarios);
                opened(Content::Run, scenarios, window, Vec::new())
            }
            Kind::Comparison => {
                let comparison: Comparison = json(folder, "comparison.json")?;
                let names: Vec<&str> =
                    comparison.arms.iter().map(|arm| arm.name.as_str()).collect();
                let scenarios = in_order(scenarios, &files(&names))?;
                fits(&comparison, manifest)?;
                let window = comparison.window;
                days(&scenarios, window)?;
                let values = values(&comparison);
                opened(Content::Comparison(Box::new(comparison)), scenarios, window, values)
            }
            Kind::Attribution => {
                let made: Attribution = json(folder, "attribution.json")?;
                let names = [made.setting.baseline.as_str(), &made.bundle];
                let scenarios = in_order(scenarios, &files(&names))?;
                days(&scenarios, made.setting.window)?;
                let by = match made.by {
                    By::Measure => attribute::Into::Measure,
                    By::Mechanism => attribute::Into::Mechanism,
                };
                attribute::divisible(by, &scenarios[0], folder, &scenarios[1])?;
                let (pool, division) = attribute::divide(by, &scenarios, seed);
                let values = store::read_measured(folder, pool.fingerprints(), replications)?;
                let content = Content::Attribution(pool, division);
                opened(content, scenarios, made.setting.window, values)
            }
            Kind::Dose => {
                let made: Dose = json(folder, "dose.json")?;
                let base = std::iter::once(made.setting.baseline.as_str());
                let policies = made.curves.iter().map(|curve| curve.policy.as_str());
                let names: Vec<&str> = base.chain(policies).collect();
                let scenarios = in_order(scenarios, &files(&names))?;
                days(&scenarios, made.setting.window)?;
                let (pool, dosed) = dose::mix(&scenarios, &made.strengths, seed);
                let values = store::read_measured(folder, pool.fingerprints(), replications)?;
                let content = Content::Dose(pool, dosed, made.strengths);
                opened(content, scenarios, made.setting.window, values)
            }
            Kind::Study
            | Kind::Calibration
            | Kind::Sensitivity
            | Kind::Validation
            | Kind::Unknown(_) => return Err("not this kind of results".to_owned()),
        };
        opened.laid = opened.lay(manifest)?;
        if let Some(laid) = &opened.laid {
            opened.study = laid.study.clone();
        }
        Ok(opened)
    }

    /// The scenarios under the draws that the manifest tells of.
    fn lay(&self, manifest: &Manifest) -> Result<Option<Laid>, String> {
        let Some(per_draw) = manifest.per_draw() else {
            return match &self.content {
                Content::Comparison(comparison) if comparison.draws.is_some() => {
                    Err("comparison.json tells of draws of parameters, the manifest does not"
                        .to_owned())
                }
                _ => Ok(None),
            };
        };
        let posterior = ["posterior.parquet", "posterior.csv"].map(|name| self.folder.join(name));
        let posterior = posterior.into_iter().find(|path| path.is_file());
        let posterior = posterior.ok_or("the posterior is missing from the folder")?;
        if per_draw == 0 || !self.replications.is_multiple_of(per_draw) {
            return Err("the manifest tells of draws and replications that do not fit".to_owned());
        }
        let (draws, seed) = (self.replications / per_draw, self.seed);
        let wanted = Wanted { posterior: &posterior, draws, per_draw, seed };
        let laid =
            Laid::of(&self.scenarios, &[], &wanted).map_err(|why| format!("the draws: {why}"))?;
        if let Content::Comparison(comparison) = &self.content {
            let ranking = comparison.draws.as_ref().and_then(|draws| draws.ranking.clone());
            let told = Draws { ranking, ..laid.told() };
            if comparison.draws.as_ref() != Some(&told) {
                return Err(
                    "the draws in comparison.json do not follow from the posterior".to_owned()
                );
            }
        }
        Ok(Some(laid))
    }

    /// What each scenario that was run is called.
    pub fn titles(&self) -> Vec<String> {
        match &self.content {
            Content::Run | Content::Comparison(_) => {
                self.scenarios.iter().map(|one| one.scenario.name.clone()).collect()
            }
            Content::Attribution(pool, _) | Content::Dose(pool, ..) => pool.titles().to_vec(),
        }
    }

    /// What of a run is compared, in words.
    pub fn compared(&self) -> String {
        match self.content {
            Content::Run => format!(
                "every day in the daily tables and {} measures in replications.csv",
                MEASURES.len()
            ),
            _ => format!("{} measures, to the last bit", MEASURES.len()),
        }
    }

    /// In what a run that was made again differs from the folder.
    pub fn differs(&self, scenario: usize, record: &Record) -> Vec<String> {
        let numbered = self.laid.as_ref().map(|laid| laid.numbered(record.clone()));
        let named = numbered.as_ref().unwrap_or(record);
        if matches!(self.content, Content::Run) {
            return rows_that_differ(&self.folder, named).unwrap_or_else(|why| vec![why]);
        }
        let Ok(days) = days(&self.scenarios, self.window) else { return Vec::new() };
        // Weights and costs of the baseline hold for all: measures compare worlds, not yardsticks.
        let base = match &self.laid {
            Some(laid) => laid.scenario(0, self.scenarios.len(), record.key.draw),
            None => &self.scenarios[0].scenario,
        };
        let measures = model::measures(record, base, days);
        let kept = &self.values[scenario][named.key.replication as usize];
        let each = measures.iter().zip(kept);
        let other = each.filter(|(measure, kept)| {
            measure.value.map(f64::to_bits)
                != Some(**kept).filter(|kept| !kept.is_nan()).map(f64::to_bits)
        });
        other
            .map(|(measure, kept)| {
                format!("{} is {}, in the folder {kept}", measure.name, measure.number())
            })
            .collect()
    }

    /// Whether the rest of the folder follows from the values of its runs; `None` where the tables are the runs.
    pub fn derived(&self, manifest: &Manifest, threads: u16) -> Option<Check> {
        let drawing = Drawing::again(threads, manifest.drawn());
        let setting = || Setting::of(&self.scenarios[0], self.seed, self.replications, self.window);
        let made = match &self.content {
            Content::Run => return None,
            Content::Comparison(comparison) => {
                let texts: Vec<String> =
                    self.scenarios.iter().map(|one| one.text.clone()).collect();
                store::copies(comparison, &self.folder)
                    .map_err(failed)
                    .and_then(|copies| compare::rendered(comparison, &texts, copies, drawing))
            }
            Content::Attribution(pool, division) => {
                let parts = (pool, division);
                attribute::files(setting(), &self.scenarios, parts, &self.values, drawing)
                    .map(|made| made.1)
            }
            Content::Dose(pool, dosed, strengths) => {
                let parts = (pool, &dosed[..]);
                dose::files(setting(), &self.scenarios, strengths, parts, &self.values, drawing)
                    .map(|made| made.1)
            }
        };
        let mut findings = match made {
            Ok(files) => other_files(&files, manifest),
            Err(refusal) => vec![refusal.to_string()],
        };
        let source = match &self.content {
            Content::Comparison(comparison) => {
                findings.extend(other_effects(comparison));
                "comparison.json"
            }
            _ => "replications.csv",
        };
        let about = match findings.len() {
            0 => format!("computed again from {source}: every file has the same bytes"),
            number => format!("computed again from {source}; differences: {number}"),
        };
        Some(Check::of("contents", about, findings))
    }
}

fn files(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| scenario_file(name)).collect()
}

/// The scenarios in the order of the command, under the names that their files have.
fn in_order(mut scenarios: Scenarios, files: &[String]) -> Result<Vec<Resolved>, String> {
    let take = |file: &String| {
        let mut resolved = scenarios
            .remove(file)
            .ok_or_else(|| format!("{file} is missing, or is named twice"))?;
        if let Some(name) = file.strip_prefix("scenarios/").and_then(|n| n.strip_suffix(".ron")) {
            resolved.scenario.name = name.to_owned();
        }
        Ok(resolved)
    };
    let mut taken: Vec<Resolved> = files.iter().map(take).collect::<Result<_, String>>()?;
    // As the command did: the names are told apart already.
    input::name_apart(&mut taken);
    if taken.is_empty() { Err("no scenarios are named".to_owned()) } else { Ok(taken) }
}

fn days(scenarios: &[Resolved], window: (Date, Date)) -> Result<Range<usize>, String> {
    let days = comparison::days(&scenarios[0].scenario, window);
    days.ok_or_else(|| format!("{} to {} are no days of the run", window.0, window.1))
}

fn json<T: DeserializeOwned>(folder: &Path, name: &str) -> Result<T, String> {
    store::read_json(&folder.join(name)).map_err(|why| format!("{name} cannot be read: {why}"))
}

/// Whether a comparison has as many values as it says.
fn fits(comparison: &Comparison, manifest: &Manifest) -> Result<(), String> {
    let replications = comparison.replications as usize;
    let complete = |values: &Vec<Vec<f64>>| {
        values.len() == MEASURES.len() && values.iter().all(|of| of.len() == replications)
    };
    let arms = &comparison.arms;
    let fits = !arms.is_empty()
        && arms.iter().all(|arm| complete(&arm.values))
        && comparison.verdicts.len() + 1 == arms.len()
        && manifest.seed == Some(comparison.seed)
        && manifest.replications == Some(comparison.replications);
    if fits {
        Ok(())
    } else {
        Err("comparison.json does not hold what the manifest says".to_owned())
    }
}

/// Measures of all runs, turned to scenario, replication, measure.
fn values(comparison: &Comparison) -> Vec<Vec<Vec<f64>>> {
    let of = |values: &Vec<Vec<f64>>| {
        let one = |replication: usize| values.iter().map(|of| of[replication]).collect();
        (0..comparison.replications as usize).map(one).collect()
    };
    comparison.arms.iter().map(|arm| of(&arm.values)).collect()
}

/// Effects that are not what the values of the runs give.
fn other_effects(comparison: &Comparison) -> Vec<String> {
    let blocks = comparison.draws.as_ref().map_or(Blocks::SINGLE, Draws::blocks);
    let resamples = Resamples::usual_of_blocks(blocks, comparison.replications as usize);
    let base = &comparison.arms[0].values;
    let mut found = Vec::new();
    for (arm, verdict) in comparison.policies().iter().zip(&comparison.verdicts) {
        for ((before, after), measure) in base.iter().zip(&arm.values).zip(&MEASURES) {
            let kept = verdict.effects.iter().find(|effect| effect.measure == measure.name);
            let now = paired_where_known(before, after, &resamples);
            // As text, so that what is no number is like itself.
            let kept = kept.map(|kept| (kept.paired, kept.spread));
            if format!("{now:?}") != format!("{kept:?}") {
                found.push(format!(
                    "the effect of {} on {} does not follow from the runs",
                    arm.name, measure.name
                ));
            }
        }
    }
    if comparison.draws != comparison.draws.clone().map(|draws| draws.of(&comparison.arms)) {
        found.push("what the ranking depends on does not follow from the runs".to_owned());
    }
    found
}

/// Files that are not as they were made again.
pub fn other_files(made: &[File], manifest: &Manifest) -> Vec<String> {
    let mut found = Vec::new();
    for file in made {
        let hash = blake3::hash(&file.bytes).to_hex().to_string();
        let same = match manifest.files.get(&file.name) {
            Some(listed) => listed.blake3 == hash,
            // The manifest itself: only if all it lists is the same can it be.
            None => {
                file.name == store::verify::MANIFEST && (!found.is_empty() || hash == manifest.hash)
            }
        };
        if !same {
            found.push(file.name.clone());
        }
    }
    let known = |name: &String| made.iter().any(|file| file.name == *name);
    let stranger = manifest.files.keys().filter(|name| !known(name));
    found.extend(stranger.map(|name| format!("{name} is no result of this program")));
    found
}
