//! An edited study makes only what is new.

use super::*;

#[test]
fn an_edit_makes_only_new_runs_and_ends_in_the_bytes_of_a_fresh_study() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    USUAL.write(home);
    let sweep = || counted(&succeeds(home, &["sweep", "tiny.ron"]));
    assert_eq!(sweep(), (18, 0));
    let before = runs(home);
    // A title is no run.
    let path = home.join("tiny.ron");
    let text = fs::read_to_string(&path).unwrap().replace("A study for tests", "Another title");
    fs::write(&path, text).unwrap();
    assert_eq!(sweep(), (0, 18));
    assert!(runs(home) == before);
    // A policy more, in front of the others.
    let policies = &["auto_block", "no_enforcement", "shutdown_double"][..];
    let tiny = Tiny { policies, ..USUAL };
    tiny.write(home);
    assert_eq!(sweep(), (6, 18));
    let tiny = Tiny { replications: 5, ..tiny };
    tiny.write(home);
    assert_eq!(sweep(), (16, 24));
    // A draw more, at the end: the others keep their luck.
    let draws = "Grid({\"customers.habit\": [0.2, 0.7, 0.4]})";
    let tiny = Tiny { draws, ..tiny };
    tiny.write(home);
    assert_eq!(sweep(), (20, 40));
    succeeds(home, &["sweep", "tiny.ron", "--out=fresh"]);
    assert!(runs(home) == fs::read(home.join("fresh/runs.parquet")).unwrap());
    // A policy under another name.
    let from = format!("{SCENARIOS}/policies/no_enforcement.ron");
    let policy = fs::read_to_string(from).unwrap();
    let policy = policy
        .replace("name: \"no_enforcement\"", "name: \"hands_off\"")
        .replace("\"../kazakhstan.ron\"", &format!("\"{SCENARIOS}/kazakhstan.ron\""));
    fs::write(home.join("hands_off.ron"), policy).unwrap();
    let text = fs::read_to_string(&path).unwrap();
    let named = format!("\"{SCENARIOS}/policies/no_enforcement.ron\"");
    fs::write(&path, text.replace(&named, "\"hands_off.ron\"")).unwrap();
    assert_eq!(sweep(), (0, 60));
    assert!(succeeds(home, &["status", "tiny.ron"]).contains("hands_off"));
}

#[test]
fn an_edit_after_shards_is_merged_first_and_nothing_is_made_twice() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    USUAL.write(home);
    succeeds(home, &["sweep", "tiny.ron", "--shard=1/2"]);
    Tiny { replications: 4, ..USUAL }.write(home);
    let errors = refused(home, 3, &["sweep", "tiny.ron", "--shard=2/2"]);
    assert!(errors.contains("another version of the study"), "{errors}");
    assert!(errors.contains("crackdown merge tiny.ron --partial"), "{errors}");
    succeeds(home, &["merge", "tiny.ron", "--partial"]);
    let made: u64 = ["--shard=1/2", "--shard=2/2"]
        .iter()
        .map(|shard| counted(&succeeds(home, &["sweep", "tiny.ron", shard])).0)
        .sum();
    assert_eq!(made, 24 - 9);
    succeeds(home, &["merge", "tiny.ron"]);
    succeeds(home, &["sweep", "tiny.ron", "--out=fresh"]);
    assert!(runs(home) == fs::read(home.join("fresh/runs.parquet")).unwrap());
}

#[test]
fn another_number_of_shards_is_merged_first() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    USUAL.write(home);
    succeeds(home, &["sweep", "tiny.ron", "--shard=1/2"]);
    let errors = refused(home, 3, &["sweep", "tiny.ron", "--shard=1/3"]);
    assert!(errors.contains("a shard of 2, not of 3"), "{errors}");
    // The whole takes in what shards made.
    assert_eq!(counted(&succeeds(home, &["sweep", "tiny.ron"])), (9, 9));
}

#[test]
fn what_a_smaller_study_left_out_is_there_when_it_grows_again() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    USUAL.write(home);
    let sweep = || counted(&succeeds(home, &["sweep", "tiny.ron"]));
    assert_eq!(sweep(), (18, 0));
    let before = runs(home);
    Tiny { policies: &["shutdown_double"], replications: 2, ..USUAL }.write(home);
    assert_eq!(sweep(), (0, 8));
    assert!(runs(home) != before);
    USUAL.write(home);
    assert_eq!(sweep(), (0, 18));
    assert!(runs(home) == before);
}
