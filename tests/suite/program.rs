//! The program as tests run it: in a folder of its own, what it says there and what it leaves.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Output};

use assert_cmd::cargo::cargo_bin;

pub const HERE: &str = env!("CARGO_MANIFEST_DIR");
pub const SCENARIOS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios");
pub const REFERENCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/kazakhstan.ron");
/// A village over a month in which policies are in force: a run takes a moment.
pub const TINY: [&str; 4] =
    ["people_per_agent=4000", "start=\"2024-01-01\"", "end=\"2024-01-31\"", "warm_up_days=30"];

/// The same as the file `w.ron`.
pub fn tiny_world(home: &Path) {
    let tiny = TINY.map(|set| set.replacen('=', ": ", 1) + ", ").concat();
    let world = format!("(extends: \"{REFERENCE}\", name: \"w\", title: \"World\", {tiny})");
    fs::write(home.join("w.ron"), world).unwrap();
}

/// The same as the field `set` of a study.
pub fn tiny_set() -> String {
    let fields = TINY.map(|set| format!("\"{}", set.replacen('=', "\": ", 1)));
    format!("{{{}}}", fields.join(", "))
}

/// The program with these words, in this folder.
pub fn command(home: &Path, words: &[impl AsRef<OsStr>]) -> Command {
    let mut command = Command::new(cargo_bin("crackdown"));
    command.current_dir(home).args(words);
    command
}

/// Runs the program, which may refuse but not panic.
pub fn crackdown(home: &Path, words: &[impl AsRef<OsStr>]) -> Output {
    let output = command(home, words).output().unwrap();
    let errors = said(&output.stderr);
    assert!(!errors.contains("panicked") && !errors.contains("bug of crackdown"), "{errors}");
    output
}

/// Runs the program where the scenarios lie.
pub fn at_root(words: &[impl AsRef<OsStr>]) -> Output {
    crackdown(Path::new(HERE), words)
}

/// What it said, on stdout and on stderr, where it succeeded.
pub fn succeeded(output: &Output) -> (String, String) {
    let (text, errors) = (said(&output.stdout), said(&output.stderr));
    assert_eq!(output.status.code(), Some(0), "{text}{errors}");
    (text, errors)
}

/// What a command says on stdout that succeeds.
pub fn succeeds(home: &Path, words: &[impl AsRef<OsStr>]) -> String {
    succeeded(&crackdown(home, words)).0
}

pub fn said(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// The program on a disk on which no file can have more than so many blocks of 512 bytes.
pub fn on_small_disk(blocks: u32, home: &Path, words: &[&str]) -> Output {
    // Without its signal the limit is an error of the write.
    let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$@\"");
    let mut shell = Command::new("sh");
    shell.current_dir(home).args(["-c", &script, "sh"]).arg(cargo_bin("crackdown")).args(words);
    shell.output().unwrap()
}

/// Waits until the running program has made this.
pub fn until_there(child: &mut Child, place: &Path) {
    while !place.exists() {
        assert_eq!(child.try_wait().unwrap(), None, "it ended by itself");
        std::thread::yield_now();
    }
}

/// Tells it to stop, as Ctrl-C does.
pub fn interrupt(child: &Child) {
    let kill = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(kill.success());
}

/// The same command again, from inside its folder of results as its manifest says.
pub fn repeated(folder: &Path) -> Output {
    let manifest = fs::read(folder.join("manifest.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_slice(&manifest).unwrap();
    let words: Vec<&str> = manifest["repeat"].as_str().unwrap().split(' ').skip(1).collect();
    crackdown(folder, &words)
}

/// All files below a folder with their content.
pub fn content(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            files.extend(content(&path).into_iter().map(|(file, b)| (format!("{name}/{file}"), b)));
        } else {
            files.insert(name, fs::read(&path).unwrap());
        }
    }
    files
}

pub type Row = BTreeMap<String, String>;

/// Rows of a CSV file.
pub fn rows(bytes: &[u8]) -> Vec<Row> {
    csv::Reader::from_reader(bytes).deserialize().map(Result::unwrap).collect()
}
