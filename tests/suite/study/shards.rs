//! Shards, threads and machines change no byte.

use super::*;
use crate::program::content;

/// All files of the study when it is made whole on one thread.
fn whole(home: &Path) -> std::collections::BTreeMap<String, Vec<u8>> {
    succeeds(home, &["sweep", "tiny.ron", "--threads=1", "--out=whole"]);
    content(&home.join("whole"))
}

#[test]
fn merged_shards_are_the_whole_whatever_the_threads_and_the_order() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    USUAL.write(home);
    let whole = whole(home);
    let named =
        ["effects.csv", "failures.csv", "figures/effects.png", "manifest.json", "runs.parquet"];
    assert!(named.iter().all(|name| whole.contains_key(*name)), "{:?}", whole.keys());
    assert!(!whole.keys().any(|name| name.contains("unmerged")), "{:?}", whole.keys());
    for threads in ["2", "8"] {
        let out = format!("--out={threads}");
        succeeds(home, &["sweep", "tiny.ron", "--threads", threads, &out]);
        assert!(content(&home.join(threads)) == whole, "{threads} threads");
    }
    for of in [1, 3, 7] {
        let out = format!("--out=of-{of}");
        // The last first: parts are merged by what they hold.
        for number in (1..=of).rev() {
            let shard = format!("--shard={number}/{of}");
            let threads = ["1", "2"][number as usize % 2];
            succeeds(home, &["sweep", "tiny.ron", &out, &shard, "--threads", threads]);
            // Again: nothing is made twice.
            let again = succeeds(home, &["sweep", "tiny.ron", &out, &shard]);
            assert_eq!(counted(&again).0, 0, "{again}");
        }
        assert_eq!(succeeds(home, &["status", "tiny.ron", &out, "--missing", &of.to_string()]), "");
        succeeds(home, &["merge", "tiny.ron", &out]);
        assert!(content(&home.join(format!("of-{of}"))) == whole, "{of} shards");
    }
}

#[test]
fn status_tells_the_shards_that_are_missing_and_what_to_do() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    USUAL.write(home);
    assert_eq!(succeeds(home, &["status", "tiny.ron", "--missing=6"]), "1-6\n");
    assert!(!home.join("output").exists(), "looking leaves nothing");
    for shard in ["--shard=2/6", "--shard=5/6"] {
        assert_eq!(counted(&succeeds(home, &["sweep", "tiny.ron", shard])), (3, 0));
    }
    assert_eq!(succeeds(home, &["status", "tiny.ron", "--missing=6"]), "1,3-4,6\n");
    let text = succeeds(home, &["status", "tiny.ron"]);
    assert!(text.contains("--shard K/6 for K in 1,3-4,6"), "{text}");
    let json = succeeds(home, &["status", "tiny.ron", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!((&json["finished"], &json["missing"]), (&6.into(), &12.into()));
    assert_eq!(json["shards"][4]["finished"], 3);
    let gaps = refused(home, 3, &["merge", "tiny.ron"]);
    for part in ["12 of 18 runs are missing", "1,3-4,6 of 6", "--shard 4/6"] {
        assert!(gaps.contains(part), "no `{part}` in {gaps}");
    }
    succeeds(home, &["merge", "tiny.ron", "--partial"]);
    assert_eq!(counted(&succeeds(home, &["sweep", "tiny.ron"])), (12, 6));
    assert!(content(&home.join("output/studies/tiny")) == whole(home));
    assert!(succeeds(home, &["status", "tiny.ron"]).contains("nothing: all runs are there"));
}

#[test]
fn the_number_of_a_shard_comes_from_the_engine() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    USUAL.write(home);
    let auto = |name: &str, value: &str| {
        let mut command = command(home, &["sweep", "tiny.ron", "--shard=auto/2"]);
        command.env(name, value).output().unwrap()
    };
    assert!(said(&auto("HQ_TASK_ID", "2").stdout).contains("shard 2/2"));
    assert!(said(&auto("JOB_COMPLETION_INDEX", "0").stdout).contains("shard 1/2"));
    let wrong = auto("SLURM_ARRAY_TASK_ID", "3");
    assert_eq!(wrong.status.code(), Some(2));
    assert!(said(&wrong.stderr).contains("SLURM_ARRAY_TASK_ID"), "{}", said(&wrong.stderr));
    succeeds(home, &["merge", "tiny.ron"]);
}

#[test]
fn a_study_with_precision_goes_on_to_its_second_stage_in_shards_too() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let more = "precision: (measure: \"unlicensed_domestic_turnover\", percent: 0.05, at_most: 7),";
    Tiny { more, policies: &["no_enforcement"], draws: "", ..USUAL }.write(home);
    let whole = whole(home);
    let text = succeeds(home, &["status", "tiny.ron", "--out=whole"]);
    assert!(text.contains("not reached with 7 replications, it needs "), "{text}");
    assert_eq!(counted(&succeeds(home, &["sweep", "tiny.ron", "--out=whole"])), (0, 14));
    let shards = ["--shard=1/2", "--shard=2/2"];
    let made: Vec<u64> = [shards, shards]
        .concat()
        .iter()
        .map(|shard| counted(&succeeds(home, &["sweep", "tiny.ron", shard])).0)
        .collect();
    // The first shard cannot know what the second one will find; the second one goes on at once.
    assert_eq!(made.iter().sum::<u64>(), 14, "{made:?}");
    succeeds(home, &["merge", "tiny.ron"]);
    assert!(content(&home.join("output/studies/tiny")) == whole);
}

/// Kind: what a precision says where it is not reached.
#[test]
fn a_precision_is_enough_only_where_it_is_reached_and_the_spread_is_known() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let said = |wanted: &str, policy: &str| {
        let more = format!("precision: (measure: {wanted}, at_most: 4),");
        Tiny { more: &more, policies: &[policy], draws: "", ..USUAL }.write(home);
        let swept = succeeds(home, &["sweep", "tiny.ron"]);
        let status = succeeds(home, &["status", "tiny.ron"]);
        let of = |text: &str| {
            text.lines().find(|line| line.starts_with("precision: ")).unwrap().to_owned()
        };
        assert_eq!(of(&swept), of(&status));
        of(&swept)
    };
    let enough = said("\"unlicensed_domestic_turnover\", percent: 1000", "no_enforcement");
    assert!(enough.contains("3 replications are enough, 3 of them"), "{enough}");
    let capped = said("\"unlicensed_domestic_turnover\", percent: 0.05", "no_enforcement");
    assert!(capped.contains("not reached with 4 replications, it needs "), "{capped}");
    // Licences close nobody within a month: all differences are zero.
    let unknown = said("\"closures\", amount: 5", "licensing");
    assert!(unknown.contains("cannot tell for licensing"), "{unknown}");
}

#[test]
fn shards_of_a_comparison_are_taken_by_the_same_command_without_them() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let compare = |more: &[&str]| {
        let words = comparison(4, more);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let output = crackdown(home, &words);
        assert_eq!(output.status.code(), Some(0), "{}", said(&output.stderr));
        (said(&output.stdout), said(&output.stderr))
    };
    compare(&["--out=whole", "--runs=alone", "--threads=1"]);
    let made = |number: u32| {
        let shard = format!("--shard={number}/3");
        let first = counted(&compare(&[&shard, "--out=shards"]).0);
        assert_eq!(counted(&compare(&[&shard, "--out=shards"]).0), (0, first.0));
        first
    };
    assert_eq!([3, 1, 2].map(made), [(2, 0), (4, 0), (2, 0)]);
    assert!(!home.join("shards").exists(), "a shard writes no results");
    let (_, told) = compare(&["--out=shards"]);
    assert!(told.contains("0 runs simulated, 8 taken"), "{told}");
    assert!(content(&home.join("shards")) == content(&home.join("whole")));
}
