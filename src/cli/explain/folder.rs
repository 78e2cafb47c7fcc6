//! What a result folder of `crackdown compare` says about the runs in it.
//!
//! Deliberately absent: its results; runs are simulated again from seed and scenario.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::cli::simulate::{Refusal, failed, usage};
use crate::model::MODEL_VERSION;
use crate::scenario::finding::nearest;

/// The keys of the manifest that are read.
#[derive(Deserialize)]
struct Manifest {
    kind: Option<String>,
    seed: Option<u64>,
    replications: Option<u32>,
    baseline: Option<String>,
    policies: Option<Vec<String>>,
    model_version: Option<u32>,
}

/// A comparison that was run.
#[derive(Debug)]
pub(super) struct Compared {
    folder: PathBuf,
    pub seed: u64,
    replications: u32,
    pub baseline: String,
    policies: Vec<String>,
}

impl Compared {
    /// Reads the manifest of a folder.
    pub fn read(folder: &Path) -> Result<Compared, Refusal> {
        let file = folder.join("manifest.json");
        let text = fs::read_to_string(&file).map_err(|error| {
            failed(format!(
                "cannot read {}: {error}\n`explain` needs a result folder of `crackdown compare`",
                file.display()
            ))
        })?;
        let manifest: Manifest = serde_json::from_str(&text)
            .map_err(|error| failed(format!("{} is no manifest: {error}", file.display())))?;
        if manifest.kind.as_deref() != Some("comparison") {
            return Err(failed(format!(
                "{} is no result folder of `crackdown compare`: `explain` needs a baseline and a policy",
                folder.display()
            )));
        }
        if manifest.model_version != Some(MODEL_VERSION) {
            let found = manifest.model_version.map_or_else(|| "none".to_owned(), |v| v.to_string());
            return Err(failed(format!(
                "the results in {} come from model version {found}, this is {MODEL_VERSION}: the same seed \
                 would give other runs\nExplain them with the program that made them, or compare again",
                folder.display()
            )));
        }
        let complete = |manifest: Manifest| {
            Some(Compared {
                folder: folder.to_owned(),
                seed: manifest.seed?,
                replications: manifest.replications?,
                baseline: manifest.baseline?,
                policies: manifest.policies?,
            })
        };
        complete(manifest).ok_or_else(|| {
            failed(format!(
                "{} lacks one of seed, replications, baseline, policies",
                file.display()
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

    /// File of a scenario's complete text.
    pub fn scenario_file(&self, name: &str) -> PathBuf {
        self.folder.join("scenarios").join(format!("{name}.ron"))
    }
}
