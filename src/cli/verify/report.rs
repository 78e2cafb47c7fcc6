//! What was checked, what was found, and what that establishes.

use std::path::{Path, PathBuf};

use serde::Serialize;
use serde_json::json;

use ::report::language::{Language, speaking};
use ::report::say;
use ::report::speech::{told, tr};
use study::store::verify::Manifest;

/// Findings that are shown of each check; JSON has all. Source: judgement.
const SHOWN: usize = 20;

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum CheckOutcome {
    Passed,
    Failed,
    /// Not asked for, or not needed.
    LeftOut,
    /// Asked for, but not possible.
    Impossible,
}

/// One check.
#[derive(Clone, Debug, Serialize)]
pub struct Check {
    #[serde(rename = "check")]
    name: &'static str,
    outcome: CheckOutcome,
    about: String,
    findings: Vec<String>,
    /// What was seen and speaks against nothing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<String>,
    /// Whether it looked at all there is.
    #[serde(skip)]
    complete: bool,
}

impl Check {
    /// A check that passed if nothing was found.
    pub fn of(name: &'static str, about: String, findings: Vec<String>) -> Check {
        let outcome = if findings.is_empty() { CheckOutcome::Passed } else { CheckOutcome::Failed };
        Check { name, outcome, about, findings, notes: Vec::new(), complete: false }
    }

    /// The same check, with what was seen and speaks against nothing.
    pub fn noting(mut self, notes: impl IntoIterator<Item = String>) -> Check {
        self.notes.extend(notes);
        self
    }

    fn not_made(name: &'static str, outcome: CheckOutcome, about: String) -> Check {
        Check { outcome, ..Check::of(name, about, Vec::new()) }
    }

    /// Leaves a text out of all that is said.
    pub fn leave_out(&mut self, text: &str) {
        for said in self.findings.iter_mut().chain(&mut self.notes).chain([&mut self.about]) {
            *said = said.replace(text, "");
        }
    }

    /// The same check, which looked at all there is, or only at a part.
    pub fn complete(mut self, complete: bool) -> Check {
        self.complete = complete;
        self
    }

    /// A check that was not made, and nobody misses it.
    pub fn left_out(name: &'static str, why: &str) -> Check {
        Check::not_made(name, CheckOutcome::LeftOut, format!("not checked: {why}"))
    }

    /// A check that was asked for but cannot be made.
    pub fn impossible(name: &'static str, why: &str) -> Check {
        Check::not_made(name, CheckOutcome::Impossible, format!("cannot be checked: {why}"))
    }

    /// Whether nothing speaks against the results.
    pub fn is_well(&self) -> bool {
        matches!(self.outcome, CheckOutcome::Passed | CheckOutcome::LeftOut)
    }

    fn word(&self) -> &'static str {
        match self.outcome {
            CheckOutcome::Passed => tr("ok##check"),
            CheckOutcome::Failed => tr("DIFFERS##check"),
            CheckOutcome::LeftOut => tr("left out##check"),
            CheckOutcome::Impossible => tr("NOT DONE##check"),
        }
    }
}

/// All checks of a folder.
#[derive(Debug)]
pub struct Report {
    path: PathBuf,
    manifest: Manifest,
    /// In the order in which they were made.
    pub checks: Vec<Check>,
}

impl Report {
    /// About a folder or archive.
    pub fn new(path: &Path, manifest: &Manifest) -> Report {
        Report { path: path.to_owned(), manifest: manifest.clone(), checks: Vec::new() }
    }

    /// Whether all is well.
    pub fn is_well(&self) -> bool {
        self.checks.iter().all(Check::is_well)
    }

    fn passed(&self, name: &str) -> bool {
        self.checks.iter().any(|check| check.name == name && check.outcome == CheckOutcome::Passed)
    }

    fn all_runs(&self) -> bool {
        self.checks.iter().any(|check| check.name == "runs" && check.complete)
    }

    fn establishes(&self) -> Vec<String> {
        let mut said = Vec::new();
        if self.passed("files") {
            said.push(say!("The files are those that the manifest lists, bit for bit."));
        }
        if self.passed("contents") {
            said.push(say!(
                "Tables, figures and pages follow from the values of the runs in the folder."
            ));
        }
        if self.passed("runs") {
            let which = match self.all_runs() {
                true => tr("All runs"),
                false => tr("The runs that were made again"),
            };
            said.push(say!(
                "{which} come from the scenarios in the folder, its seed and this program, bit for bit.",
                which
            ));
        }
        said
    }

    fn does_not_establish(&self) -> Vec<String> {
        let mut said = Vec::new();
        if self.passed("runs") && !self.all_runs() {
            said.push(say!(
                "Anything about runs that were not made again: --rerun all makes all of them."
            ));
        }
        said.push(say!(
            "That the model is right, or that what the scenarios say about the world is true."
        ));
        said.push(say!(
            "That nobody wrote other scenarios, results and manifest together: for that, compare the fingerprint of the manifest with the one that was published: {fingerprint}",
            fingerprint = self.manifest.hash
        ));
        said
    }

    /// For people.
    pub fn text(&self) -> String {
        let manifest = &self.manifest;
        let model =
            manifest.model_version.map_or_else(|| tr("unknown").to_owned(), |v| v.to_string());
        let head = say!(
            "{path}: {kind} by crackdown {version}, model {model}",
            path = self.path.display(),
            kind = manifest.kind.name(),
            version = manifest.version,
            model
        );
        let named = say!("Manifest: {fingerprint}", fingerprint = manifest.hash);
        let mut text = format!("{head}\n{named}\n\n");
        for check in &self.checks {
            text += &format!("{:<9} {:<9} {}\n", check.word(), check.name, told(&check.about));
            for said in [&check.findings, &check.notes] {
                for one in said.iter().take(SHOWN) {
                    let one = told(one).replace('\n', &format!("\n{:20}", ""));
                    text += &format!("{:20}{one}\n", "");
                }
                if said.len() > SHOWN {
                    let more = said.len() - SHOWN;
                    text += &format!("{:20}{}\n", "", say!("and {more} more: see --json", more));
                }
            }
        }
        let list = |head: &str, lines: Vec<String>| {
            let lines: String = lines.iter().map(|line| format!("- {line}\n")).collect();
            if lines.is_empty() { String::new() } else { format!("\n{head}\n{lines}") }
        };
        text += &list(tr("This establishes:"), self.establishes());
        text += &list(tr("It does not establish:"), self.does_not_establish());
        text
    }

    /// For programs.
    pub fn json(&self) -> serde_json::Value {
        let all = || {
            json!({
                "path": self.path.display().to_string(),
                "kind": self.manifest.kind.name(),
                "version": self.manifest.version,
                "model_version": self.manifest.model_version,
                "manifest_blake3": self.manifest.hash,
                "ok": self.is_well(),
                "checks": self.checks,
                "establishes": self.establishes(),
                "does_not_establish": self.does_not_establish(),
            })
        };
        speaking(Language::English, all)
    }
}
