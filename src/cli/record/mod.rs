//! `crackdown record`: a result folder with what it takes to make and verify it again, as one archive.
//!
//! Deliberately absent: date, host and target of the build, so that the same folder gives the same bytes anywhere.

mod cited;

use std::fs;
use std::path::{Path, PathBuf};

pub use cited::Cited;

use super::simulate::{Refusal, failed, show, usage, wrong};
use study::store::single::{OwnFile, SingleFile};
use study::store::verify::{Manifest, differences};
use study::store::{self, File, archive};
use world::text::shown;

/// Exact versions of everything that the program is built from.
const LOCK: &str = include_str!("../../../Cargo.lock");

/// What to pack, and where it goes.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    crackdown record output/comparison\n  \
    crackdown record output/kazakhstan --out kazakhstan.zip\n  \
    crackdown verify kazakhstan.zip --rerun all\n\n\
    The archive holds the whole folder, RECORD.md, which says how to make, verify and read it, RO-Crate metadata, a citation, and Cargo.lock with the versions \
    of all libraries. The same folder gives the same bytes.")]
pub struct RecordArgs {
    /// Result folder
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
    /// Archive [default: DIR.zip]
    #[arg(long, value_name = "FILE.zip")]
    pub out: Option<PathBuf>,
    /// Who cites it
    #[command(flatten)]
    pub cited: Cited,
    /// Replace the archive if there is one
    #[arg(long)]
    pub force: bool,
}

/// Packs the folder.
pub fn run(args: &RecordArgs) -> Result<(), Refusal> {
    let out = place(args)?;
    let own = OwnFile { what: "an archive of `crackdown record`", is: archive::is_record };
    let mut single = SingleFile::claim(&out, own, args.force).map_err(failed)?;
    let manifest = Manifest::read(&args.folder).map_err(wrong)?;
    let found = differences(&args.folder, &manifest);
    if !found.is_empty() {
        let found: Vec<String> = found.iter().map(ToString::to_string).collect();
        return Err(wrong(format!(
            "{} is not what its manifest lists, so it is not recorded:\n  {}\n\
             move files of your own out of the folder; what is missing or changed is made again by the command in its manifest.json",
            shown(&args.folder),
            found.join("\n  ")
        )));
    }
    let beside = beside(&args.cited, &manifest);
    let cannot = |why| failed(format!("cannot write {}: {why}", shown(&out)));
    archive::pack(&args.folder, &manifest, &beside, single.file()).map_err(cannot)?;
    single.put().map_err(failed)?;
    show(&format!(
        "{}\nFingerprint of the manifest, to be published with it: {}\n",
        shown(&out),
        manifest.hash
    ));
    Ok(())
}

/// What stands beside the results in the archive.
pub fn beside(cited: &Cited, manifest: &Manifest) -> [File; 4] {
    let [metadata, citation] = cited::files(cited, manifest, &title(manifest));
    [metadata, citation, store::file("RECORD.md", about(manifest)), store::file("Cargo.lock", LOCK)]
}

/// Where the archive goes, if it may.
fn place(args: &RecordArgs) -> Result<PathBuf, Refusal> {
    let absolute = |path: &Path| fs::canonicalize(path).or_else(|_| std::path::absolute(path));
    let folder = absolute(&args.folder).map_err(failed)?;
    let name = folder.file_name().map(|name| name.to_string_lossy().into_owned());
    let beside = |name: String| args.folder.join("..").join(format!("{name}.zip"));
    let out = match (&args.out, name) {
        (Some(out), _) => out.clone(),
        // Beside a folder that is called by its name; only `.` and the like go by way of their parent.
        (None, Some(name)) if args.folder.file_name().is_some() => {
            args.folder.with_file_name(format!("{name}.zip"))
        }
        (None, Some(name)) => beside(name),
        (None, None) => return Err(usage("name the archive with --out")),
    };
    if out.file_name().is_none() {
        return Err(usage(format!("{} is no name of a file", shown(&out))));
    }
    let parent = out.parent().filter(|parent| !parent.as_os_str().is_empty());
    let inside = absolute(parent.unwrap_or(Path::new("."))).map_err(failed)?;
    if inside.starts_with(&folder) {
        return Err(usage(format!(
            "{} lies in the folder that is recorded: name another place with --out",
            shown(&out)
        )));
    }
    Ok(out)
}

/// What the results are about: their title, or the names of the scenarios.
fn title(manifest: &Manifest) -> String {
    manifest.title.clone().unwrap_or_else(|| {
        let name =
            |file: &String| Some(file.strip_prefix("scenarios/")?.strip_suffix(".ron")?.to_owned());
        let names: Vec<String> = manifest.files.keys().filter_map(name).collect();
        names.join(", ")
    })
}

/// `RECORD.md`.
fn about(manifest: &Manifest) -> String {
    let version = &manifest.version;
    let number = |value: Option<String>| value.unwrap_or_else(|| "not recorded".to_owned());
    let kind = manifest.kind.about();
    let title = title(manifest);
    let sets = match manifest.sets().is_empty() {
        true => String::new(),
        false => format!(
            "| set on the command line (now part of the scenario) | `{}` |\n",
            manifest.sets().join("`, `")
        ),
    };
    let repeat = manifest.repeat.as_deref().unwrap_or("(the manifest names no command)");
    let rust = env!("CARGO_PKG_RUST_VERSION");
    let licence = env!("CARGO_PKG_LICENSE");
    format!(
        "# Record of a simulation with crackdown\n\n\
        {title}\n\n\
        | what | value |\n|---|---|\n\
        | results of | {kind} |\n\
        | program | crackdown {version} |\n\
        | model | version {} |\n\
        | seed | {} |\n\
        | replications | {} |\n\
        {sets}\
        | fingerprint of `results/manifest.json` (BLAKE3) | `{}` |\n\
        | files | {}, {} bytes |\n\n\
        The fingerprint stands for everything in `results`, since the manifest lists the hash of every file. Compare it with the one \
        that was published.\n\n\
        ## Read\n\n\
        `results/columns.md` explains every column of every table. CSV files are UTF-8 with a comma and a point; Parquet files open with \
        pandas, R's arrow or DuckDB. Complete scenarios are the `.ron` files, with every value that was used.\n\n\
        ## Verify\n\n\
        ```sh\n\
        crackdown verify FILE.zip                            # hashes, inputs, tables, and three runs picked at random\n\
        crackdown verify FILE.zip --rerun all --threads 1,8  # everything again; every file must have the same bytes\n\
        ```\n\n\
        ## Make again\n\n\
        Build crackdown {version} with Rust {rust} or later and the versions of libraries in `Cargo.lock` (`cargo build --release --locked`). \
        Then, inside `results`:\n\n\
        ```sh\n{repeat}\n```\n\n\
        Results do not depend on machine, number of threads or time.\n\n\
        ## Licence\n\n\
        The program is under {licence}; who publishes these results says under which terms.\n",
        number(manifest.model_version.map(|version| version.to_string())),
        number(manifest.seed.map(|seed| seed.to_string())),
        number(manifest.replications.map(|replications| replications.to_string())),
        manifest.hash,
        manifest.files.len(),
        manifest.bytes(),
    )
}
