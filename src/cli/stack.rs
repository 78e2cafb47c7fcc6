//! `crackdown stack`: several policy files as one, with a report of where they contradict each other.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::check::show_findings;
use super::diff::lines;
use super::simulate::{Refusal, failed, print, tell, wrong};
use report::say;
use scenario::stack::{Conflict, Refused};
use scenario::{self, Stack, Stacked};
use study::store::single::{OwnFile, SingleFile};

/// Longest name of a bundle: a scenario's name can be no longer.
const LONGEST_NAME: usize = 64;

/// Policy files to be laid over each other, and what becomes of them.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    crackdown stack scenarios/policies/auto_block.ron scenarios/policies/site_blocking.ron\n  \
    crackdown stack a.ron b.ron --prefer last --out scenarios/policies/a_and_b.ron\n\n\
    The report goes to stderr and the bundle to stdout or --out. Exit code 1 if files contradict each other.")]
pub struct StackArgs {
    /// Policy files that extend the same reference; later ones lie over earlier ones
    #[arg(required = true, num_args = 2.., value_name = "POLICY")]
    pub policies: Vec<PathBuf>,
    /// Scenario file to write [default: stdout]
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Which file wins where two contradict each other
    #[arg(long, value_enum)]
    pub prefer: Option<Prefer>,
    /// Name of the bundle [default: the name of the file, or the names of the policies joined]
    #[arg(long)]
    pub name: Option<String>,
    /// Title of the bundle [default: the titles of the policies joined]
    #[arg(long)]
    pub title: Option<String>,
    /// Replace a file that is there
    #[arg(long)]
    pub force: bool,
}

/// Which file wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Prefer {
    /// The one named last
    Last,
}

/// Files that it wrote itself.
const OWN: OwnFile = OwnFile {
    what: "a bundle that `crackdown stack` wrote",
    is: |path| {
        scenario::files::whole(path, 4_000_000)
            .is_ok_and(|text| text.starts_with(scenario::stack::HEAD.as_bytes()))
    },
};

/// Stacks the policies; fails if they contradict each other and none is preferred.
pub fn run(args: &StackArgs) -> Result<(), Refusal> {
    let claim = |out: &PathBuf| SingleFile::claim(out, OWN, args.force).map_err(failed);
    let single = args.out.as_ref().map(claim).transpose()?;
    let stem = |path: &PathBuf| Some(path.file_stem()?.to_string_lossy().into_owned());
    let joined = || args.policies.iter().filter_map(stem).collect::<Vec<_>>().join("_and_");
    let name = args.name.clone().or_else(|| args.out.as_ref().and_then(stem));
    let name: String = name.unwrap_or_else(joined).chars().take(LONGEST_NAME).collect();
    let folder = args.out.as_deref().and_then(Path::parent).unwrap_or(Path::new(""));
    let wish = Stack { files: &args.policies, name: &name, title: args.title.as_deref(), folder };
    let stacked = scenario::stack(&wish).map_err(refusal)?;
    let _ = write!(crate::cli::terminal::stderr(), "{}", report(&stacked, args.prefer));
    if !stacked.conflicts.is_empty() && args.prefer.is_none() {
        tell!(
            "nothing was written: change one of the files, or let the last one win with --prefer last"
        );
        return Err(().into());
    }
    show_findings(Path::new("the bundle"), &stacked.resolved.warnings);
    let (Some(single), Some(out)) = (single, &args.out) else {
        print(&stacked.text);
        return Ok(());
    };
    single.put_bytes(stacked.text.as_bytes()).map_err(failed)?;
    tell!("{}", say!("written to {file}", file = out.display()));
    Ok(())
}

fn refusal(refused: Refused) -> Refusal {
    match refused {
        Refused::File(path, findings) => show_findings(&path, &findings),
        Refused::Together(findings) => show_findings(Path::new("the bundle"), &findings),
        Refused::Apart(why) => return wrong(why),
    }
    ().into()
}

/// What each file sets, where they contradict each other, and what acts on the same lever.
fn report(stacked: &Stacked, prefer: Option<Prefer>) -> String {
    let mut text = String::new();
    for (path, changes) in &stacked.said {
        text.push_str(&format!("{} sets:\n{}", path.display(), lines(changes)));
    }
    for Conflict { path, first, second, other_dates } in &stacked.conflicts {
        let dates = if *other_dates { " (from different dates)" } else { "" };
        let ending = match prefer {
            Some(Prefer::Last) => ": the last one wins",
            None => "",
        };
        text.push_str(&format!("conflict: `{path}` is set differently{dates}{ending}\n"));
        for (file, value) in [first, second] {
            text.push_str(&format!("  {}: {value}\n", file.display()));
        }
    }
    for note in &stacked.notes {
        text.push_str(&format!("note: {note}\n"));
    }
    if stacked.conflicts.is_empty() {
        text.push_str("no conflicts\n");
    }
    text
}
