//! A sweep that is killed at any moment goes on where it was.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Stdio;

use super::*;
use crate::run_command::content;

/// Addresses of the runs in whole lines of a journal, in order.
fn journaled(home: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(unmerged(home)) else { return Vec::new() };
    let mut paths = entries.map(|entry| entry.unwrap().path());
    let Some(path) = paths.find(|path| path.extension().is_some_and(|end| end == "journal")) else {
        return Vec::new();
    };
    let text = fs::read_to_string(path).unwrap_or_default();
    let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
    let address = |line: &str| {
        let value: serde_json::Value = serde_json::from_str(line).unwrap();
        value["address"].as_str().unwrap().to_owned()
    };
    whole.lines().skip(1).map(address).collect()
}

#[test]
fn a_sweep_killed_at_fifty_moments_loses_and_repeats_no_finished_run() {
    const KILLS: usize = 50;
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let tiny = Tiny { policies: &["no_enforcement"], replications: 100, draws: "", more: "" };
    tiny.write(home);
    let mut known: Vec<String> = Vec::new();
    // Numbers without a pattern: Lehmer's generator.
    let mut random = 20_261_121_u64;
    for kill in 0..KILLS {
        random = random * 48_271 % 0x7fff_ffff;
        let more = (random % 5) as usize;
        let mut child = command(home, &["sweep", "tiny.ron", "--threads=2"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        while journaled(home).len() < known.len() + more {
            assert_eq!(child.try_wait().unwrap(), None, "it ended by itself at kill {kill}");
            std::thread::yield_now();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let now = journaled(home);
        assert_eq!(now[..known.len()], known, "a finished run was lost at kill {kill}");
        known = now;
    }
    let different: BTreeSet<&String> = known.iter().collect();
    assert_eq!(different.len(), known.len(), "a finished run was made again");
    assert!((1..200).contains(&known.len()), "{} runs before the last try", known.len());
    let (made, there) = counted(&succeeds(home, &["sweep", "tiny.ron"]));
    assert_eq!((made, there), (200 - known.len() as u64, known.len() as u64));
    succeeds(home, &["sweep", "tiny.ron", "--out=undisturbed"]);
    assert!(content(&home.join("output/studies/tiny")) == content(&home.join("undisturbed")));
    assert_eq!(counted(&succeeds(home, &["sweep", "tiny.ron"])), (0, 200));
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
    Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130), "{}", said(&output.stderr));
    let kept = journaled(home).len();
    assert!(said(&output.stderr).contains(&format!("interrupted, {kept} runs")), "{output:?}");
    assert!(!home.join("output/studies/tiny/runs.parquet").exists());
    let (made, there) = counted(&succeeds(home, &["sweep", "tiny.ron"]));
    assert_eq!((made + there, there), (300, kept as u64));
}
