//! Several policy files together: what they set, where they contradict each other, and one file that says it all.
//!
//! Works on what the files say, not on what comes of it: what two files say alike is no conflict, what only one says is
//! taken over, and what they say differently is one, unless the last is to win. Then lists by date are laid over each
//! other like layers. A campaign that the reference does not know is taken as a whole.
//!
//! Deliberately absent: printing, and putting the file on disk.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use world::text::{printable, shown};

use super::changes::{Change, changes};
use super::finding::{Finding, Findings};
use super::layers::{self, merged_differences};
use super::resolved::{Resolved, load, resolve};
use super::shape::{REFERENCE_NAME, holds_entries};
use super::shipped;
use super::tree::{Tree, Value};
use super::write;

/// Longest title of joined ones. Unit: characters. Source: some lines of a figure; Status: judgement.
const LONGEST_TITLE: usize = 400;

/// What to stack, and how.
#[derive(Clone, Copy, Debug)]
pub struct Stack<'a> {
    /// Policy files that extend the same reference, in the order in which they are laid over each other.
    pub files: &'a [PathBuf],
    /// Name of the bundle.
    pub name: &'a str,
    /// Its title; without it, the titles of the files joined.
    pub title: Option<&'a str>,
    /// Folder in which the bundle will stand.
    pub folder: &'a Path,
}

/// What two files set differently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// Path of the parameter or campaign.
    pub path: String,
    /// The file that said it first, and what.
    pub first: (PathBuf, String),
    /// The file that says otherwise, and what.
    pub second: (PathBuf, String),
    /// Whether both change on dates, but from different ones.
    pub other_dates: bool,
}

/// Several policy files together.
#[derive(Clone, Debug)]
pub struct Stacked {
    /// What each file changes of the reference, in the order of the files.
    pub said: Vec<(PathBuf, Vec<Change>)>,
    /// What they set differently.
    pub conflicts: Vec<Conflict>,
    /// What is no conflict, but acts on the same lever.
    pub notes: Vec<String>,
    /// The bundle as a scenario file; with the last file's values where files contradict each other.
    pub text: String,
    /// The bundle, read from that text.
    pub resolved: Resolved,
}

/// Why files cannot be stacked.
#[derive(Clone, Debug)]
pub enum Refused {
    /// A file is wrong.
    File(PathBuf, Findings),
    /// The files do not belong together.
    Apart(String),
    /// Together they are no valid scenario.
    Together(Findings),
}

/// What a file says beyond the reference.
struct PolicyFile {
    path: PathBuf,
    base: PathBuf,
    resolved: Resolved,
    tree: Tree,
}

/// Lays policy files over each other.
///
/// # Errors
/// If a file is wrong, if they extend different references, or if what comes of them is no valid scenario.
pub fn stack(of: &Stack) -> Result<Stacked, Refused> {
    let files: Vec<PolicyFile> = of.files.iter().map(|path| own(path)).collect::<Result<_, _>>()?;
    let Some(base) = files.first().map(|file| file.base.clone()) else {
        return Err(Refused::Apart("there is nothing to stack".to_owned()));
    };
    if let Some(other) = files.iter().find(|file| file.base != base) {
        return Err(Refused::Apart(format!(
            "{} extends {}, but {} extends {}: only policies on the same reference can be stacked",
            shown(&files[0].path),
            shown(&base),
            shown(&other.path),
            shown(&other.base)
        )));
    }
    let reference = load(&base, &[]).map_err(|findings| Refused::File(base.clone(), findings))?;
    let said =
        files.iter().map(|file| (file.path.clone(), changes(&reference, &file.resolved))).collect();
    let (tree, conflicts) = together(&files, &reference);
    let first = first_day(&files[0]);
    let text = bundle(of, &files, &base, &tree, first);
    let mut findings = Findings::default();
    let gathered =
        layers::gather_text(&text, "the bundle", &base, &mut findings.sources, &mut findings.found);
    let resolved = resolve(gathered, findings).map_err(Refused::Together)?;
    Ok(Stacked { said, conflicts, notes: notes(&files), text, resolved })
}

fn own(path: &Path) -> Result<PolicyFile, Refused> {
    let wrong = |findings| Refused::File(path.to_owned(), findings);
    let resolved = load(path, &[]).map_err(wrong)?;
    let mut findings = Findings::default();
    let chain = layers::chain(path, None, &mut findings.sources, &mut findings.found);
    let (mut layers, base) = (chain.layers, chain.paths.last().cloned().unwrap_or_default());
    layers.pop();
    if base == Path::new(REFERENCE_NAME) {
        let message = format!("{} does not say which scenario it lies over", path.display());
        findings.found.push(
            Finding::error(message).hint("add it to the file: \"extends\": \"scenarios/kazakhstan.ron\", with the path from the file's folder"),
        );
        return Err(wrong(findings));
    }
    let Some(tree) = layers.into_iter().rev().reduce(merged_differences) else {
        findings.found.push(
            Finding::error(format!("{} extends nothing: it is no policy on a reference", path.display()))
                .hint("a policy file begins with extends: \"../kazakhstan.ron\" and says only what differs"),
        );
        return Err(wrong(findings));
    };
    Ok(PolicyFile { path: path.to_owned(), base, resolved, tree })
}

/// Values that a tree says, by path; a campaign that the reference does not know is one value.
fn values<'a>(tree: &'a Tree, reference: &Resolved) -> BTreeMap<String, &'a Tree> {
    let known = &reference.scenario.policy;
    let new = |path: &str| {
        let entry = path.rsplit_once('.').filter(|(map, _)| holds_entries(map));
        entry.is_some_and(|(_, name)| {
            !known.campaigns.contains_key(name) && !known.interventions.contains_key(name)
        })
    };
    let mut found = tree.leaves(&new);
    found.retain(|path, _| path != "name" && path != "title");
    found
}

/// All files laid over each other, and what they set differently.
fn together(files: &[PolicyFile], reference: &Resolved) -> (Tree, Vec<Conflict>) {
    let mut conflicts = Vec::new();
    let mut said: BTreeMap<String, (&Path, &Tree)> = BTreeMap::new();
    let mut all: Option<Tree> = None;
    for file in files {
        let mut below = all;
        for (path, node) in values(&file.tree, reference) {
            // One file takes a campaign away of which another changes a field.
            let under = format!("{path}.");
            let other = said.iter().find(|(known, (_, earlier))| {
                **known == path
                    || node.is_none() && known.starts_with(&under)
                    || earlier.is_none() && path.starts_with(&format!("{known}."))
            });
            if let Some((known, (first, earlier))) = other
                && (*known != path || *earlier != node)
            {
                let begins = |node: &Tree| node.steps().first().and_then(|(date, _, _)| *date);
                conflicts.push(Conflict {
                    path: path.clone(),
                    first: (first.to_path_buf(), earlier.written()),
                    second: (file.path.clone(), node.written()),
                    other_dates: matches!(
                        (&earlier.value, &node.value),
                        (Value::Map(_), Value::Map(_))
                    ) && begins(earlier) != begins(node),
                });
                // A campaign that the reference does not know replaces the other of its name as a whole.
                if let (Value::Group(_), Some(tree)) = (&node.value, &mut below) {
                    tree.remove(&path);
                }
            }
            said.insert(path, (file.path.as_path(), node));
        }
        all = Some(match below {
            Some(below) => merged_differences(below, file.tree.clone()),
            None => file.tree.clone(),
        });
    }
    (all.expect("there is at least one file"), conflicts)
}

/// Levers on which campaigns of one file act, while another file sets them or has campaigns on them too.
fn notes(files: &[PolicyFile]) -> Vec<String> {
    let campaigns = |file: &PolicyFile| -> Vec<(String, String)> {
        let entries = file.tree.at("policy.campaigns").into_iter().flat_map(Tree::entries);
        let known = &file.resolved.scenario.policy.campaigns;
        entries
            .filter_map(|(name, _)| Some((name.to_owned(), known.get(name)?.lever.clone())))
            .collect()
    };
    let mut notes = Vec::new();
    for (index, file) in files.iter().enumerate() {
        for (name, lever) in campaigns(file) {
            for (number, other) in files.iter().enumerate().filter(|(number, _)| *number != index) {
                let shown = other.path.display();
                if other.tree.at(&format!("policy.{lever}")).is_some() {
                    notes.push(format!(
                        "campaign \"{name}\" of {} acts on `{lever}`, which {shown} sets: the campaign is laid over that",
                        file.path.display()
                    ));
                }
                let same =
                    campaigns(other).into_iter().find(|(also, of)| *of == lever && *also != name);
                if let (Some((also, _)), true) = (same, index < number) {
                    notes.push(format!(
                        "campaigns \"{name}\" of {} and \"{also}\" of {shown} both act on `{lever}`: applied by first day, then by name",
                        file.path.display()
                    ));
                }
            }
        }
    }
    notes
}

fn first_day(file: &PolicyFile) -> Date {
    file.resolved.scenario.date(world::units::Day(0))
}

/// How a bundle begins.
pub const HEAD: &str = "// Written by crackdown stack";

/// The bundle as a scenario file.
fn bundle(of: &Stack, files: &[PolicyFile], base: &Path, tree: &Tree, first: Date) -> String {
    let titles: Vec<&str> =
        files.iter().map(|file| file.resolved.scenario.title.as_str()).collect();
    let joined = titles.join(" + ");
    let joined = match joined.chars().count() {
        0..=LONGEST_TITLE => joined,
        _ => format!("{} policies together", files.len()),
    };
    let names: Vec<String> = files
        .iter()
        .filter_map(|file| Some(file.path.file_name()?.to_string_lossy().into_owned()))
        .collect();
    let comment = format!("{HEAD} from {}.", printable(&names.join(" and ")));
    let extends = from_folder(of.folder, base);
    write::policy_file(&comment, [&extends, of.name, of.title.unwrap_or(&joined)], tree, first)
}

/// The way from a folder to a file, with `/`.
fn from_folder(folder: &Path, file: &Path) -> String {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let (a, b): (Vec<_>, Vec<_>) = (folder.components().collect(), file.components().collect());
    let shared = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    if shared == 0 {
        return shipped::typed(&shipped::shown(file)).to_owned();
    }
    let up = std::iter::repeat_n("..".to_owned(), a.len() - shared);
    let down = b[shared..].iter().map(|part| part.as_os_str().to_string_lossy().into_owned());
    up.chain(down).collect::<Vec<_>>().join("/")
}
