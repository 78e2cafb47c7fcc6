//! Files that the program holds, in a folder where none lies.

use std::fs;

use crate::program::{SCENARIOS, content, crackdown, said, succeeds};

#[test]
fn names_give_the_bytes_that_files_give() {
    let home = tempfile::tempdir().unwrap();
    let here = home.path();
    let files = ["kazakhstan.ron", "policies/card_limits.ron"].map(|f| format!("{SCENARIOS}/{f}"));
    let small = ["--people-per-agent=4000", "--replications=2", "--no-figures", "--quiet"];
    let names = ["compare", "kazakhstan", "card_limits"];
    succeeds(here, &[&names[..], &small].concat());
    let files = ["compare", &files[0], &files[1], "--out=files", "--runs=own"];
    succeeds(here, &[&files[..], &small].concat());
    let named = content(&here.join("output/card_limits"));
    assert!(named.len() > 5 && named == content(&here.join("files")));
}

#[test]
fn a_file_of_ones_own_extends_a_name_and_a_wrong_name_is_told() {
    let home = tempfile::tempdir().unwrap();
    let here = home.path();
    fs::create_dir(here.join("mine")).unwrap();
    let text = "(extends: \"kazakhstan\", name: \"mine\", title: \"Mine\")";
    fs::write(here.join("mine/mine.ron"), text).unwrap();
    assert!(succeeds(here, &["check", "mine/mine.ron"]).contains("As the reference"));
    assert!(succeeds(here, &["check", "small"]).contains("Policies: no_enforcement"));
    let validated = crackdown(here, &["validate", "--dry-run"]);
    assert_eq!(validated.status.code(), Some(0), "{}", said(&validated.stderr));
    let wrong = crackdown(here, &["check", "auto_blok"]);
    assert_eq!(wrong.status.code(), Some(1));
    let hint = "did you mean \"auto_block\" (shipped with the program)?";
    assert!(said(&wrong.stderr).contains(hint), "{}", said(&wrong.stderr));
    let broken = "(extends: \"kazakhstan.rom\", name: \"mine\", title: \"Mine\")";
    fs::write(here.join("broken.ron"), broken).unwrap();
    let told = said(&crackdown(here, &["check", "broken.ron"]).stderr);
    assert!(told.contains("did you mean \"kazakhstan\" (shipped with the program)?"), "{told}");
}
