//! What a result folder of `crackdown compare` says about the runs in it.
//!
//! Deliberately absent: its results; runs are simulated again from seed and scenario.

use std::path::{Path, PathBuf};

use crate::cli::draws::DrawnStudy;
use crate::cli::simulate::{Refusal, failed, usage};
use model::MODEL_VERSION;
use scenario::finding::nearest;
use scenario::study::DrawsWanted;
use scenario::{Resolved, Scenario};
use study::store::{self, Manifest, ResultKind};
use world::record::RunKey;

/// A comparison that was run.
#[derive(Debug)]
pub(super) struct Compared {
    folder: PathBuf,
    pub seed: u64,
    replications: u32,
    pub baseline: String,
    policies: Vec<String>,
    /// File of the posterior and replications of each draw, where runs are spread over draws of parameters.
    draws: Option<(String, u32)>,
}

impl Compared {
    /// Reads the manifest of a folder.
    pub fn read(folder: &Path) -> Result<Compared, Refusal> {
        let manifest = Manifest::read(folder).map_err(|why| {
            failed(format!("{why}\n`explain` needs a result folder of `crackdown compare`"))
        })?;
        if manifest.kind != ResultKind::Comparison {
            return Err(failed(format!(
                "{} is no result folder of `crackdown compare`: `explain` needs a baseline and a policy",
                folder.display()
            )));
        }
        if manifest.model_version != Some(u64::from(MODEL_VERSION)) {
            let found = manifest.model_version.map_or_else(|| "none".to_owned(), |v| v.to_string());
            return Err(failed(format!(
                "the results in {} come from model version {found}, this is {MODEL_VERSION}: the same seed \
                 would give other runs\nExplain them with the program that made them, or compare again",
                folder.display()
            )));
        }
        let mut names = manifest.names().into_iter();
        let draws = || {
            let file = manifest.more.get("draws")?["file"].as_str()?.to_owned();
            Some((file, manifest.per_draw().filter(|each| *each > 0)?))
        };
        let complete = || {
            Some(Compared {
                folder: folder.to_owned(),
                seed: manifest.seed?,
                replications: manifest.replications?,
                baseline: names.next()?,
                policies: names.collect(),
                draws: draws(),
            })
        };
        complete().ok_or_else(|| {
            failed(format!(
                "the manifest in {} lacks one of seed, replications, baseline, policies",
                folder.display()
            ))
        })
    }

    /// The policy of this name, or the only one.
    pub fn policy(&self, wanted: Option<&str>) -> Result<&str, Refusal> {
        let known = self.policies.join(", ");
        match (wanted, self.policies.as_slice()) {
            (None, [only]) => Ok(only),
            (None, _) => Err(usage(format!("which policy? Use --policy with one of: {known}"))),
            (Some(wanted), policies) => {
                policies.iter().find(|name| *name == wanted).map(String::as_str).ok_or_else(|| {
                    let near = nearest(wanted, policies.iter().map(String::as_str));
                    let near =
                        near.map_or_else(String::new, |near| format!(", did you mean `{near}`?"));
                    usage(format!("there is no policy `{wanted}`{near}\nKnown are: {known}"))
                })
            }
        }
    }

    /// Whether the replication was run.
    pub fn has_replication(&self, replication: u32) -> Result<(), Refusal> {
        if replication < self.replications {
            return Ok(());
        }
        Err(usage(format!(
            "there is no replication {replication}: {} were run, numbered from 0 to {}",
            self.replications,
            self.replications.saturating_sub(1)
        )))
    }

    /// Both scenarios as they were in a run, and its random numbers: as written, or under the draw to which the run belongs.
    pub fn run(
        &self,
        scenarios: [Resolved; 2],
        run: u32,
    ) -> Result<([Scenario; 2], RunKey), Refusal> {
        let Some((file, per_draw)) = &self.draws else {
            return Ok((scenarios.map(|one| one.scenario), RunKey::new(self.seed, run)));
        };
        let wanted = DrawsWanted {
            posterior: &self.folder.join(store::posterior_name(&self.folder.join(file))),
            draws: self.replications / per_draw,
            per_draw: *per_draw,
            seed: self.seed,
        };
        let laid = DrawnStudy::of(&scenarios, &[], &wanted)
            .map_err(|why| failed(format!("the draws in the folder cannot be used: {why}")))?;
        let key = laid.key(run);
        Ok(([0, 1].map(|arm| laid.scenario(arm, 2, key.draw).clone()), key))
    }

    /// In words, to which draw a run belongs; nothing where nothing is drawn.
    pub fn draw_of(&self, run: u32) -> Option<String> {
        let (_, per_draw) = self.draws.as_ref()?;
        let (draw, replication) = (run / per_draw, run % per_draw);
        Some(format!(
            "Run {run} is replication {replication} of draw {draw} of the parameters: see draws.csv."
        ))
    }

    /// File of a scenario's complete text.
    pub fn scenario_file(&self, name: &str) -> PathBuf {
        self.folder.join("scenarios").join(format!("{name}.ron"))
    }
}
