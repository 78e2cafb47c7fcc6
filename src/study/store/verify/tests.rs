use super::*;

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    let mut listed = serde_json::Map::new();
    for (name, text) in files {
        let path = home.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        let hash = blake3::hash(text.as_bytes()).to_hex().to_string();
        listed.insert((*name).to_owned(), serde_json::json!({"bytes": text.len(), "blake3": hash}));
    }
    let manifest = serde_json::json!({"program": "crackdown", "seed": 7, "files": listed});
    fs::write(home.path().join(MANIFEST), manifest.to_string()).unwrap();
    home
}

fn found(home: &Path) -> Vec<String> {
    let manifest = Manifest::read(home).unwrap();
    differences(home, &manifest).iter().map(FileDifference::to_string).collect()
}

#[test]
fn every_difference_is_found_at_once() {
    let home = folder(&[("a.csv", "one"), ("figures/b.svg", "two"), ("c.csv", "three")]);
    assert!(found(home.path()).is_empty());
    fs::write(home.path().join("a.csv"), "onf").unwrap();
    fs::remove_file(home.path().join("c.csv")).unwrap();
    fs::create_dir(home.path().join("more")).unwrap();
    fs::write(home.path().join("more/d.csv"), "").unwrap();
    assert_eq!(found(home.path()), ["missing: c.csv", "changed: a.csv", "added:   more/d.csv"]);
}

#[cfg(unix)]
#[test]
fn links_are_no_files_and_are_not_followed() {
    let home = folder(&[("a.csv", "one"), ("figures/b.svg", "two")]);
    let other = tempfile::tempdir().unwrap();
    let moved = other.path().join("figures");
    fs::rename(home.path().join("figures"), &moved).unwrap();
    std::os::unix::fs::symlink(&moved, home.path().join("figures")).unwrap();
    std::os::unix::fs::symlink("/", home.path().join("all")).unwrap();
    let said = found(home.path());
    assert_eq!(said.len(), 3, "{said:?}");
    assert_eq!(said[0], "missing: figures/b.svg");
    assert!(said[1].starts_with("no file: all") && said[2].starts_with("no file: figures"));
}

#[test]
fn a_manifest_that_is_none_is_refused_in_words() {
    let home = folder(&[("a.csv", "one")]);
    let whole = fs::read_to_string(home.path().join(MANIFEST)).unwrap();
    let parse = |text: &str| Manifest::parse(text.as_bytes());
    let known = parse(&whole).unwrap();
    assert_eq!((known.bytes(), known.kind, known.seed), (3, ResultKind::Run, Some(7)));
    for end in 0..whole.len() {
        assert!(parse(&whole[..end]).is_err(), "the first {end} bytes are taken for a manifest");
    }
    for name in ["../a.csv", "/etc/passwd", "a/../../b", "", "./a.csv", "a//b", "a\\\\b"] {
        let refused = parse(&whole.replace("a.csv", name)).unwrap_err();
        assert!(refused.contains("no place inside the folder"), "{name}: {refused}");
    }
    for (from, to, word) in [
        ("crackdown", "another", "no manifest of crackdown"),
        ("\"bytes\":3", "\"bytes\":1e300", "without size and hash"),
        ("\"bytes\":3", "\"bytes\":-3", "without size and hash"),
        ("\"files\"", "\"fils\"", "lists no files"),
    ] {
        let refused = parse(&whole.replace(from, to)).unwrap_err();
        assert!(refused.contains(word), "{refused}");
    }
    let huge = parse(&whole.replace("\"seed\":7", "\"seed\":1e400"));
    assert!(huge.is_err() || huge.unwrap().seed.is_none());
    let deep = "[".repeat(100_000);
    assert!(parse(&deep).is_err());
}

#[test]
fn what_a_study_has_not_merged_is_no_result() {
    let home = folder(&[("runs.parquet", "one")]);
    let path = home.path().join(MANIFEST);
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("\"seed\"", "\"kind\":\"study\",\"seed\"")).unwrap();
    fs::create_dir(home.path().join("unmerged")).unwrap();
    fs::write(home.path().join("unmerged/part"), "").unwrap();
    assert!(found(home.path()).is_empty());
    fs::write(home.path().join("part"), "").unwrap();
    assert_eq!(found(home.path()), ["added:   part"]);
}
