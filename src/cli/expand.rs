//! `crackdown expand`: more draws or replications in a study file, so that only what is new has to be run.
//!
//! Deliberately absent: running it.

use std::path::{Path, PathBuf};

use super::check::show_findings;
use super::input;
use super::simulate::{Refusal, failed, show, wrong};
use scenario::Study;
use scenario::files;
use scenario::finding::plain;
use study::store;

/// A study file and what is added to it.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    crackdown expand scenarios/studies/small.ron --add-replications 20\n  \
    crackdown expand scenarios/studies/small.ron --add-draws 50 --dry-run\n\n\
    Only numbers in the file are changed; comments stay. Draws and replications that were there stay as they are.")]
pub struct ExpandArgs {
    /// Study file
    #[arg(value_name = "STUDY")]
    pub study: PathBuf,
    /// Replications to add to each draw
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub add_replications: u32,
    /// Draws to add
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub add_draws: u32,
    /// Say what would change and change nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// Changes the numbers in the file and says what is to be run.
pub fn run(args: &ExpandArgs) -> Result<(), Refusal> {
    if args.add_replications == 0 && args.add_draws == 0 {
        return Err(wrong("nothing to add: give --add-replications N or --add-draws N"));
    }
    let path = &args.study;
    let told = |findings| show_findings(path, &findings);
    let study = input::study(path, &[]).map_err(told)?;
    let text = study
        .expanded(args.add_draws, args.add_replications)
        .map_err(|why| wrong(format!("{}: {why}", path.display())))?;
    // What was changed is read as a whole before it takes the place of the file.
    let expanded = Study::load_text(&text, path, &[], model::YIELDS, &store::read_table);
    let expanded = expanded.map_err(told)?;
    if !args.dry_run {
        store::single::replace(path, &text)
            .map_err(|error| failed(files::unwritten(path, &error)))?;
    }
    show(&in_words(path, &study, &expanded, args.dry_run));
    Ok(())
}

fn in_words(path: &Path, old: &Study, new: &Study, dry_run: bool) -> String {
    let shown = path.display();
    let sum = |study: &Study| {
        format!(
            "{} draws × {} replications × {} arms = {} runs",
            plain(f64::from(study.draws())),
            plain(f64::from(study.replications)),
            plain(study.arms.len() as f64),
            plain(study.runs() as f64)
        )
    };
    let mut text = format!("{shown}\n  before: {}\n  after:  {}\n", sum(old), sum(new));
    if let Some(budget) = new.budget.filter(|budget| new.runs() > *budget) {
        let budget = plain(budget as f64);
        text.push_str(&format!(
            "  over its budget of {budget} runs: raise `budget`, or it will be refused\n"
        ));
    }
    let added = plain((new.runs() - old.runs()) as f64);
    if dry_run {
        text.push_str(&format!("Nothing was changed. It would add {added} runs.\n"));
    } else {
        text.push_str(&format!("The {added} runs that are missing: crackdown sweep {shown}\n"));
    }
    text
}
