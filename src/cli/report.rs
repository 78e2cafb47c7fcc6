//! `crackdown report`: tables, figures and page of a comparison again, without simulating.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use super::compare::rendered;
use super::figures::Drawing;
use super::panics::quietly;
use super::simulate::{Refusal, failed, print, wrong};
use study::store::{self, Folder};

/// Which comparison to render.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    crackdown report output/comparison\n  \
    crackdown report output/comparison --out output/again")]
pub struct Args {
    /// Result folder of `crackdown compare`
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
    /// Write to another folder and leave this one as it is
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Replace the folder named by --out if there is one
    #[arg(long, requires = "out")]
    pub force: bool,
    /// Threads and figures
    #[command(flatten)]
    pub drawing: Drawing,
    /// Print nothing, only errors
    #[arg(long)]
    pub quiet: bool,
}

/// Renders the comparison.
pub fn run(args: &Args) -> ExitCode {
    match render(args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(refusal) => refusal.tell(),
    }
}

fn render(args: &Args) -> Result<(), Refusal> {
    let (comparison, texts) = store::read_comparison(&args.folder).map_err(wrong)?;
    if comparison.version != env!("CARGO_PKG_VERSION") && !args.quiet {
        let _ = writeln!(
            crate::cli::terminal::stderr(),
            "warning: the comparison was made by crackdown {}, this is {}",
            comparison.version,
            env!("CARGO_PKG_VERSION")
        );
    }
    let target = args.out.as_ref().unwrap_or(&args.folder);
    let force = args.out.is_none() || args.force;
    let folder = Folder::claim(target, store::Kind::Comparison, force).map_err(failed)?;
    let copies = store::copies(&comparison, &args.folder).map_err(wrong)?;
    let rendered =
        || rendered(&comparison, &texts, copies, args.drawing).map_err(|why| why.to_string());
    let files = quietly(rendered).map_err(|why| {
        wrong(format!(
            "{} cannot be rendered: {why}",
            args.folder.join("comparison.json").display()
        ))
    })?;
    folder.write(&files).map_err(failed)?;
    if args.quiet {
        return Ok(());
    }
    print(&format!("{}\n", target.join("report.html").display()));
    Ok(())
}
