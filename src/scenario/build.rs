//! Lists the files under `scenarios`, so that the program holds them: `shipped.rs` finds them by name.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    // Cargo starts a build script in the folder of its package, wherever that is now.
    let root = Path::new("../../scenarios").canonicalize()?;
    let mut files = Vec::new();
    below(&root, &mut files)?;
    files.sort();
    let line = |path: &PathBuf| {
        let name = path.strip_prefix(&root).expect("it was found there");
        let name = name.to_str().expect("shipped names are text").replace('\\', "/");
        format!("    ({name:?}, include_bytes!({:?})),\n", path.display().to_string())
    };
    let lines: String = files.iter().map(line).collect();
    let made = Path::new(&env::var("OUT_DIR").expect("cargo sets it")).join("shipped.rs");
    fs::write(made, format!("&[\n{lines}]\n"))
}

/// All files of a folder and those below; a file that is added later builds the package again.
fn below(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    println!("cargo::rerun-if-changed={}", folder.display());
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        match path.is_dir() {
            _ if hidden => {}
            true => below(&path, files)?,
            false => files.push(path),
        }
    }
    Ok(())
}
