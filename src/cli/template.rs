//! `crackdown template`: a workbook in which a policy is written without any syntax.

use std::path::{Path, PathBuf};

use super::check::show_findings;
use super::simulate::{Refusal, failed, tell, usage};
use report::say;
use scenario::shipped::{absolute, shown, typed};
use study::store::single::{OwnFile, SingleFile};
use study::store::template;

/// Which levers, and where they go.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    crackdown template --xlsx\n  \
    crackdown template outlook_2028 --xlsx --out next_year.xlsx\n\n\
    Fill it, save it, and give it to check or compare in the place of a policy file.")]
pub struct TemplateArgs {
    /// Scenario whose values are shown and changed [default: the reference; the policy then changes what it is compared with]
    #[arg(value_name = "SCENARIO")]
    pub scenario: Option<PathBuf>,
    /// Write a workbook for Excel or LibreOffice
    #[arg(long, required = true)]
    pub xlsx: bool,
    /// File to write
    #[arg(long, value_name = "FILE", default_value = "policy.xlsx")]
    pub out: PathBuf,
    /// Replace a file that is there
    #[arg(long)]
    pub force: bool,
}

/// Files that are replaced if that is wished.
const OWN: OwnFile = OwnFile { what: "a workbook of levers", is: scenario::workbook::holds_levers };

/// Writes the workbook.
pub fn run(args: &TemplateArgs) -> Result<(), Refusal> {
    let out = &args.out;
    if !out.extension().is_some_and(|end| end.eq_ignore_ascii_case("xlsx")) {
        let why = "--out wants a name that ends in .xlsx, as spreadsheets and `check` know workbooks by it";
        return Err(usage(why));
    }
    let single = SingleFile::claim(out, OWN, args.force).map_err(failed)?;
    let resolved = match &args.scenario {
        None => scenario::reference(),
        Some(path) => {
            scenario::load(path, &[]).map_err(|findings| show_findings(path, &findings))?
        }
    };
    let on = args.scenario.as_deref().map(named);
    let file = out.file_name().unwrap_or_default().to_string_lossy();
    let bytes = template(&resolved.scenario, on.as_deref(), &file).map_err(failed)?;
    single.put_bytes(&bytes).map_err(failed)?;
    let base = on.as_deref().unwrap_or("kazakhstan");
    let file = out.display();
    let next = say!(
        "fill it, then: crackdown check {file}, and crackdown compare {base} {file}",
        file,
        base
    );
    tell!("{}\n{next}", say!("written to {file}", file));
    Ok(())
}

/// How a workbook names the scenario that it stands on, wherever the workbook is read.
fn named(path: &Path) -> String {
    typed(&shown(&absolute(path))).to_owned()
}
