//! `crackdown report`: tables, figures and page of a comparison again, without simulating.

use std::path::PathBuf;

use super::compare::rendered;
use super::figures::Drawing;
use super::panics::quietly;
use super::simulate::{Refusal, failed, print, tell, wrong};
use study::comparison::Comparison;
use study::store::single::{OwnFile, SingleFile};
use study::store::{self, Folder};

/// Which comparison to render.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    crackdown report output/comparison\n  \
    crackdown report output/comparison --out output/again\n  \
    crackdown report output/comparison --brief --out brief.html")]
pub struct ReportArgs {
    /// Result folder of `crackdown compare`
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
    /// Write to another folder, or with --brief to another file, and leave this one as it is
    #[arg(long, value_name = "PATH")]
    pub out: Option<PathBuf>,
    /// Write only a brief of two pages to print: one file, beside the folder unless --out names another
    #[arg(long)]
    pub brief: bool,
    /// Replace what --out names, or the brief, if it is there
    #[arg(long)]
    pub force: bool,
    /// Threads and figures
    #[command(flatten)]
    pub drawing: Drawing,
    /// Print nothing, only errors
    #[arg(long)]
    pub quiet: bool,
}

/// Renders the comparison.
pub fn run(args: &ReportArgs) -> Result<(), Refusal> {
    let (comparison, texts) = store::read_comparison(&args.folder).map_err(wrong)?;
    if comparison.version != env!("CARGO_PKG_VERSION") && !args.quiet {
        tell!(
            "warning: the comparison was made by crackdown {}, this is {}",
            comparison.version,
            env!("CARGO_PKG_VERSION")
        );
    }
    if args.brief {
        return brief(args, &comparison);
    }
    let target = args.out.as_ref().unwrap_or(&args.folder);
    let force = args.out.is_none() || args.force;
    let folder = Folder::claim(target, store::ResultKind::Comparison, force).map_err(failed)?;
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

/// Briefs that it wrote itself.
const OWN: OwnFile = OwnFile {
    what: "a brief that `crackdown report` wrote",
    is: |path| {
        scenario::files::whole(path, 20_000_000).is_ok_and(|text| {
            let begins = |brief: &str| text.trim_ascii_start().starts_with(brief.as_bytes());
            report::BRIEF.into_iter().any(begins)
        })
    },
};

/// The brief alone.
fn brief(args: &ReportArgs, comparison: &Comparison) -> Result<(), Refusal> {
    let name = args.folder.file_name().map_or("comparison".into(), |name| name.to_string_lossy());
    let beside = || args.folder.with_file_name(format!("{name}_brief.html"));
    let out = args.out.clone().unwrap_or_else(beside);
    let single = SingleFile::claim(&out, OWN, args.force).map_err(failed)?;
    let page = || Ok(report::brief(comparison, &report::comparison_figures(comparison)));
    let page = quietly(page).map_err(wrong)?;
    single.put_bytes(page.as_bytes()).map_err(failed)?;
    if !args.quiet {
        print(&format!("{}\n", out.display()));
    }
    Ok(())
}
