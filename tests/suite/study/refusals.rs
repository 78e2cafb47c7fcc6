//! What does not fit is refused in words, and nothing is damaged by it.

use super::*;
use crate::program::{content, on_small_disk, rows};

#[test]
fn overlapping_parts_are_refused() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    USUAL.write(home);
    succeeds(home, &["sweep", "tiny.ron", "--shard=1/1"]);
    succeeds(home, &["sweep", "tiny.ron", "--shard=1/2", "--out=other"]);
    for entry in fs::read_dir(home.join("other/unmerged")).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, unmerged(home).join(path.file_name().unwrap())).unwrap();
    }
    let before = content(&unmerged(home));
    let errors = refused(home, 3, &["merge", "tiny.ron"]);
    assert!(errors.contains("overlap") && errors.contains("1-of-2"), "{errors}");
    assert!(content(&unmerged(home)) == before, "nothing is lost by a refusal");
    succeeds(home, &["merge", "tiny.ron", "--partial"]);
}

#[test]
fn a_row_that_was_changed_is_refused() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    USUAL.write(home);
    succeeds(home, &["sweep", "tiny.ron", "--shard=1/1"]);
    let path = only_file(home, "parquet");
    let whole = fs::read(&path).unwrap();
    let mut refusals = 0;
    // Wherever a byte changes, the merge is refused or ends in what was written.
    succeeds(home, &["sweep", "tiny.ron", "--out=other"]);
    for place in (0..whole.len()).step_by(whole.len() / 30) {
        let mut bytes = whole.clone();
        bytes[place] ^= 0x10;
        fs::create_dir_all(unmerged(home)).unwrap();
        fs::write(&path, bytes).unwrap();
        let output = crackdown(home, &["merge", "tiny.ron"]);
        if output.status.success() {
            assert!(runs(home) == fs::read(home.join("other/runs.parquet")).unwrap());
            fs::remove_file(home.join("output/studies/tiny/runs.parquet")).unwrap();
        } else {
            refusals += 1;
            let errors = said(&output.stderr);
            assert!(errors.starts_with("error: ") && !errors.contains("panicked"), "{errors}");
        }
    }
    assert!(refusals > 10, "{refusals}");
}

#[test]
fn a_damaged_line_of_a_journal_is_made_again() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    USUAL.write(home);
    // A folder in the place of the part: the shard cannot be finished, so its journal stays.
    succeeds(home, &["sweep", "tiny.ron", "--shard=1/1", "--out=other"]);
    let name = fs::read_dir(home.join("other/unmerged")).unwrap().map(|e| e.unwrap().file_name());
    let name = name.into_iter().find(|name| name.to_string_lossy().ends_with("parquet")).unwrap();
    fs::create_dir_all(unmerged(home)).unwrap();
    let journal = unmerged(home).join(Path::new(&name).with_extension("journal"));
    let output = crackdown(home, &["sweep", "tiny.ron", "--quiet", "--out=third"]);
    assert!(output.status.success());
    let stopped = command(home, &["sweep", "tiny.ron", "--shard=1/1"]).spawn().unwrap();
    let mut stopped = stopped;
    while fs::read_to_string(&journal).map_or(0, |text| text.lines().count()) < 5 {
        std::thread::yield_now();
    }
    stopped.kill().unwrap();
    stopped.wait().unwrap();
    let text = fs::read_to_string(&journal).unwrap();
    let lines = text.lines().count() as u64;
    let mut lines_of: Vec<String> = text.lines().map(str::to_owned).collect();
    lines_of[2] = lines_of[2].replace("\"values\":[", "\"values\":[1");
    fs::write(&journal, lines_of.join("\n") + "\n").unwrap();
    let output = crackdown(home, &["sweep", "tiny.ron"]);
    assert!(said(&output.stderr).contains("1 damaged lines"), "{}", said(&output.stderr));
    let (made, there) = counted(&said(&output.stdout));
    assert!(there <= lines - 2 && made + there == 18, "{made} {there} {lines}");
    assert!(
        runs(home)
            == fs::read(home.join("other/runs.parquet"))
                .unwrap_or(fs::read(home.join("third/runs.parquet")).unwrap())
    );
}

#[test]
fn versions_of_the_model_are_not_mixed() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    USUAL.write(home);
    succeeds(home, &["sweep", "tiny.ron", "--shard=1/2"]);
    let path = only_file(home, "parquet");
    let mut bytes = fs::read(&path).unwrap();
    // A program with another model version would have written another number here.
    let mark = b"{\"model_version\":";
    let at = bytes.windows(mark.len()).position(|window| window == mark).unwrap() + mark.len();
    bytes[at] = b'9';
    fs::write(&path, bytes).unwrap();
    for words in [&["merge", "tiny.ron", "--partial"][..], &["sweep", "tiny.ron"]] {
        let errors = refused(home, 3, words);
        assert!(errors.contains("model version 9"), "{errors}");
    }
    assert!(path.exists());
}

#[test]
fn a_second_sweep_of_a_shard_and_a_merge_beside_it_are_refused() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    Tiny { replications: 400, ..USUAL }.write(home);
    let mut first =
        command(home, &["sweep", "tiny.ron", "--shard=1/2", "--quiet"]).spawn().unwrap();
    while !fs::read_dir(unmerged(home)).is_ok_and(|mut files| {
        files.any(|file| file.unwrap().path().extension().is_some_and(|end| end == "journal"))
    }) {
        assert_eq!(first.try_wait().unwrap(), None, "it ended by itself");
        std::thread::yield_now();
    }
    let errors = refused(home, 3, &["sweep", "tiny.ron", "--shard=1/2"]);
    assert!(errors.contains("another process is making this shard"), "{errors}");
    for words in [&["merge", "tiny.ron", "--partial"][..], &["sweep", "tiny.ron"]] {
        let errors = refused(home, 3, words);
        assert!(errors.contains("another process of crackdown is at work"), "{errors}");
    }
    assert_eq!(first.try_wait().unwrap(), None, "it ended before it was in the way");
    first.kill().unwrap();
    first.wait().unwrap();
}

#[test]
fn a_folder_that_cannot_be_written_is_told_before_anything_is_run() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    USUAL.write(home);
    // A file where a folder is needed: the disk refuses, whoever runs the test.
    fs::write(home.join("output"), "").unwrap();
    let errors = refused(home, 3, &["sweep", "tiny.ron"]);
    assert!(errors.contains("cannot read or write"), "{errors}");
    assert_eq!(fs::read(home.join("output")).unwrap(), b"");
}

#[cfg(unix)]
#[test]
fn a_full_disk_damages_nothing_and_the_sweep_goes_on_afterwards() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    USUAL.write(home);
    // The disk is full after some lines of the journal.
    let output = on_small_disk(4, home, &["sweep", "tiny.ron", "--threads", "1"]);
    let errors = said(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{errors}");
    assert!(errors.contains("File too large") && errors.contains("are kept"), "{errors}");
    let (made, there) = counted(&succeeds(home, &["sweep", "tiny.ron"]));
    assert!(there > 0 && made + there == 18, "{made} {there}");
    succeeds(home, &["sweep", "tiny.ron", "--out=undisturbed"]);
    assert!(content(&home.join("output/studies/tiny")) == content(&home.join("undisturbed")));
}

#[test]
fn a_draw_that_is_no_scenario_is_recorded_and_the_others_go_on() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let draws = "Grid({\"customers.segment_share.retail\": [0.832, 0.5]})";
    Tiny { draws, ..USUAL }.write(home);
    let errors = refused(home, 3, &["sweep", "tiny.ron"]);
    assert!(errors.contains("9 of 18 runs failed"), "{errors}");
    let rows = rows(&fs::read(home.join("output/studies/tiny/failures.csv")).unwrap());
    assert_eq!(rows.len(), 9);
    let row = &rows[4];
    assert_eq!((row["stage"].as_str(), row["draw"].as_str()), ("scenario", "1"));
    let words: Vec<&str> = row["command"].split(' ').skip(1).collect();
    let again = refused(home, 3, &words);
    assert!(again.contains(&row["message"]), "{again}");
    // Not again by itself, but when it is asked for.
    let output = crackdown(home, &["sweep", "tiny.ron"]);
    assert_eq!(output.status.code(), Some(3));
    assert_eq!(counted(&said(&output.stdout)), (0, 18));
    let output = crackdown(home, &["sweep", "tiny.ron", "--retry-failed"]);
    assert_eq!(counted(&said(&output.stdout)), (9, 9));
    // In shards the same.
    for shard in ["--shard=1/2", "--shard=2/2"] {
        refused(home, 3, &["sweep", "tiny.ron", "--out=shards", shard]);
    }
    assert_eq!(succeeds(home, &["status", "tiny.ron", "--out=shards", "--missing=2"]), "");
    refused(home, 3, &["merge", "tiny.ron", "--out=shards"]);
    assert!(content(&home.join("shards")) == content(&home.join("output/studies/tiny")));
}

#[test]
fn a_single_run_is_repeated_from_the_start_with_the_same_values() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    USUAL.write(home);
    let only = ["sweep", "tiny.ron", "--only", "shutdown_double:1:2"];
    let text = succeeds(home, &only);
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert!(!home.join("output").exists(), "nothing is kept");
    succeeds(home, &["sweep", "tiny.ron"]);
    let digest = value["digest"].as_str().unwrap().as_bytes();
    let stored =
        crackdown::store::study::MergedRuns::open(&home.join("output/studies/tiny")).unwrap();
    let values = stored.values("shutdown_double", "unlicensed_domestic_turnover").unwrap();
    assert_eq!(values.len(), 6);
    let last = values.last().unwrap();
    assert_eq!((last.0.draw, last.0.replication), (1, 2));
    assert_eq!(value["measures"]["unlicensed_domestic_turnover"].as_f64(), Some(last.1));
    assert_eq!(digest.len(), 32);
    for (run, word) in [
        ("shutdown_doubl:1:2", "Did you mean `shutdown_double`?"),
        ("shutdown_double:2:0", "draws are 0 to 1"),
        ("shutdown_double:0:3", "replications 0 to 2"),
        ("shutdown_double", "ARM:DRAW:REPLICATION"),
    ] {
        let errors = refused(home, 2, &["sweep", "tiny.ron", "--only", run]);
        assert!(errors.contains(word), "{errors}");
    }
}

#[test]
fn a_study_beyond_its_budget_is_refused() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    Tiny { more: "budget: (runs: 17),", ..USUAL }.write(home);
    let errors = refused(home, 1, &["sweep", "tiny.ron"]);
    assert!(errors.contains("18 runs, more than its budget of 17"), "{errors}");
    assert!(!home.join("output").exists());
    let dry = Tiny { more: "budget: (runs: 18),", ..USUAL };
    dry.write(home);
    assert!(succeeds(home, &["sweep", "tiny.ron", "--dry-run"]).contains("18 would be"));
    assert!(!home.join("output").exists(), "a dry run leaves nothing");
}
