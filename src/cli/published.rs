//! `--figures FILE`: published figures of an analyst in place of ours.

use std::path::PathBuf;

use super::check::show_findings;
use super::input;
use super::simulate::tell;
use scenario::Scenario;
use study::store::published::List;
use study::store::{self, File};

/// An analyst's own published figures.
#[derive(Clone, Debug, clap::Args)]
pub struct OwnFigures {
    /// Published figures in place of scenarios/figures.csv: CSV or Parquet with the columns quantity, from, to, value, low, high, factor, use,
    /// source. `use` is fit or check; days may be other than a year
    #[arg(long = "figures", value_name = "FILE")]
    file: Option<PathBuf>,
}

/// Figures that were read, and their file as a result folder keeps it.
pub struct PublishedFigures {
    /// The figures.
    pub list: List,
    /// Where they were read.
    path: PathBuf,
    /// Their file.
    pub file: File,
}

/// An analyst's own figures where there are any, else ours.
pub fn list(own: Option<&PublishedFigures>) -> &List {
    match own {
        Some(own) => &own.list,
        None => List::ours(),
    }
}

/// Figures left out that are told of at most. Source: judgement.
const TOLD: usize = 5;

impl PublishedFigures {
    /// Tells which figures are not set beside what the agency of a scenario sees, and why: a figure that is missing in the results without
    /// a word looks like one that fits.
    pub fn tell_left_out(&self, scenario: &Scenario) {
        let (file, first, last) = (&self.path.display(), scenario.start, scenario.end);
        let left = self.list.left_out(scenario);
        for (line, name, year) in left.iter().take(TOLD) {
            match year {
                true => tell!(
                    "warning: {file}:{line}: `{name}` is not used: its year does not lie within the run, {first} to {last}"
                ),
                false => tell!(
                    "warning: {file}:{line}: `{name}` is not used: only whole calendar years are set beside the model here"
                ),
            }
        }
        if left.len() > TOLD {
            let more = left.len() - TOLD;
            tell!("warning: {file}: {more} more figures are not used");
        }
        if left.len() == self.list.all.len() {
            tell!("warning: {file}: none of its figures is used, so results show none");
        }
    }
}

impl OwnFigures {
    /// Reads them, if there are any, and tells what is wrong.
    ///
    /// # Errors
    /// If they cannot be used: everything was told.
    pub fn read(&self, quiet: bool) -> Result<Option<PublishedFigures>, ()> {
        let Some(path) = &self.file else { return Ok(None) };
        let list = List::read(path).map_err(|findings| show_findings(path, &findings))?;
        if !quiet {
            list.notes.iter().for_each(|note| input::note(&format!("{}: {note}", path.display())));
        }
        let file = store::copied(path, store::published_name(path));
        let file = file.map_err(|why| input::tell(&[why]))?;
        Ok(Some(PublishedFigures { list, path: path.clone(), file }))
    }
}
