//! Commands that are killed at any moment go on where they were.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::Stdio;

use super::*;
use crate::program::{content, interrupt};

/// Finished runs: the address of each, and a number that is another if it is made again.
type Finished = BTreeSet<(String, u64)>;

/// Runs in whole lines of a journal, by line.
fn journaled(home: &Path) -> Finished {
    let Ok(entries) = fs::read_dir(unmerged(home)) else { return Finished::new() };
    let mut paths = entries.map(|entry| entry.unwrap().path());
    let Some(path) = paths.find(|path| path.extension().is_some_and(|end| end == "journal")) else {
        return Finished::new();
    };
    let text = fs::read_to_string(path).unwrap_or_default();
    let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
    let address = |line: &str| {
        let value: serde_json::Value = serde_json::from_str(line).unwrap();
        value["address"].as_str().unwrap().to_owned()
    };
    whole.lines().skip(1).map(address).zip(1..).collect()
}

/// Runs that are kept as files of their own, by inode.
fn kept(home: &Path) -> Finished {
    let mut found = Finished::new();
    for folder in fs::read_dir(home.join("output/runs")).into_iter().flatten().flatten() {
        for file in fs::read_dir(folder.path()).into_iter().flatten().flatten() {
            let name = file.file_name().into_string().unwrap();
            if let (Ok(metadata), false) = (file.metadata(), name.starts_with('.')) {
                found.insert((name, metadata.ino()));
            }
        }
    }
    found
}

/// Kills a command at so many moments, each some runs after the last; no finished run may be lost or made again. Gives how many there are.
fn killed(
    home: &Path,
    moments: usize,
    words: &[&str],
    finished: &dyn Fn(&Path) -> Finished,
) -> u64 {
    let mut known = Finished::new();
    // Numbers without a pattern: Lehmer's generator.
    let mut random = 20_261_121_u64;
    for kill in 0..moments {
        random = random * 48_271 % 0x7fff_ffff;
        let more = (random % 5) as usize;
        let mut child =
            command(home, words).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        while finished(home).len() < known.len() + more {
            assert_eq!(child.try_wait().unwrap(), None, "it ended by itself at kill {kill}");
            std::thread::yield_now();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let now = finished(home);
        assert!(known.is_subset(&now), "a finished run was lost or made again at kill {kill}");
        known = now;
    }
    let different: BTreeSet<&String> = known.iter().map(|(address, _)| address).collect();
    assert_eq!(different.len(), known.len(), "a finished run was made again");
    assert!(!known.is_empty());
    known.len() as u64
}

#[test]
fn a_sweep_killed_at_fifty_moments_loses_and_repeats_no_finished_run() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let tiny = Tiny { policies: &["no_enforcement"], replications: 100, draws: "", more: "" };
    tiny.write(home);
    let known = killed(home, 50, &["sweep", "tiny.ron", "--threads=2"], &journaled);
    assert!(known < 200, "{known} runs before the last try");
    let (made, there) = counted(&succeeds(home, &["sweep", "tiny.ron"]));
    assert_eq!((made, there), (200 - known, known));
    succeeds(home, &["sweep", "tiny.ron", "--out=undisturbed"]);
    assert!(content(&home.join("output/studies/tiny")) == content(&home.join("undisturbed")));
    assert_eq!(counted(&succeeds(home, &["sweep", "tiny.ron"])), (0, 200));
}

#[test]
fn a_comparison_killed_at_twenty_moments_loses_and_repeats_no_finished_run() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let compare = |more: &[&'static str]| comparison(80, more);
    let words = compare(&["--threads=2", "--out=a"]);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let known = killed(home, 20, &words, &kept);
    assert!(known < 160, "{known} runs before the last try");
    let told = |more: &[&'static str]| {
        let words = compare(more);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let output = crackdown(home, &words);
        assert_eq!(output.status.code(), Some(0), "{}", said(&output.stderr));
        said(&output.stderr)
    };
    let resumed = told(&["--threads=2", "--out=a"]);
    let expected = format!("{} runs simulated, {known} taken", 160 - known);
    assert!(resumed.contains(&expected), "{expected}: {resumed}");
    told(&["--out=b", "--runs=undisturbed"]);
    assert!(content(&home.join("a")) == content(&home.join("b")));
}

#[test]
fn a_merge_killed_before_it_removed_the_parts_is_finished_by_the_next() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    USUAL.write(home);
    for shard in ["--shard=1/2", "--shard=2/2"] {
        succeeds(home, &["sweep", "tiny.ron", shard]);
    }
    let parts = content(&unmerged(home));
    succeeds(home, &["merge", "tiny.ron"]);
    let whole = content(&home.join("output/studies/tiny"));
    // As if it had been killed after the new name was given and while something else was written.
    fs::create_dir_all(unmerged(home)).unwrap();
    for (name, bytes) in parts {
        fs::write(unmerged(home).join(name), bytes).unwrap();
    }
    fs::write(home.join("output/studies/tiny/.writing-1-runs.parquet"), "half").unwrap();
    succeeds(home, &["merge", "tiny.ron"]);
    assert!(content(&home.join("output/studies/tiny")) == whole);
}

#[cfg(unix)]
#[test]
fn an_interrupted_sweep_keeps_what_is_finished() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    Tiny { replications: 100, draws: "", ..USUAL }.write(home);
    let child = command(home, &["sweep", "tiny.ron", "--threads=2"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    while journaled(home).is_empty() {
        std::thread::yield_now();
    }
    interrupt(&child);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130), "{}", said(&output.stderr));
    let kept = journaled(home).len();
    assert!(said(&output.stderr).contains(&format!("interrupted, {kept} runs")), "{output:?}");
    assert!(!home.join("output/studies/tiny/runs.parquet").exists());
    let (made, there) = counted(&succeeds(home, &["sweep", "tiny.ron"]));
    assert_eq!((made + there, there), (300, kept as u64));
}
