//! Every source that the project names can be found: sections of `scenarios/facts.md`, publications in `scenarios/sources.csv`.

use std::fs;
use std::path::{Path, PathBuf};

use scenario::study::InputEntry;
use study::store::read_table;

/// What can be cited.
struct Library {
    /// Keys that are no author and year.
    keys: Vec<String>,
    /// Authors and year.
    publications: Vec<(String, u32)>,
    /// Numbers of the sections of the facts.
    sections: Vec<String>,
}

impl Library {
    fn open() -> Library {
        let table = read_table(Path::new("scenarios/sources.csv")).unwrap();
        let column = |name: &str| table.columns.iter().find(|it| it.name == name).unwrap();
        let text = |name: &str, row: usize| match &column(name).entries[row] {
            InputEntry::Text(text) => Some(text.clone()),
            _ => None,
        };
        let mut library =
            Library { keys: Vec::new(), publications: Vec::new(), sections: Vec::new() };
        for row in 0..table.rows {
            let InputEntry::Number(year) = column("year").entries[row] else {
                panic!("row {row}: year")
            };
            for needed in ["author", "title", "where"] {
                assert!(
                    text(needed, row).is_some(),
                    "scenarios/sources.csv, row {row}: no {needed}"
                );
            }
            library.keys.extend(text("key", row));
            library.publications.push((text("author", row).unwrap(), year as u32));
        }
        let facts = fs::read_to_string("scenarios/facts.md").unwrap();
        let heads = facts.lines().filter_map(|line| line.strip_prefix("## ")?.split('.').next());
        library.sections = heads.map(str::to_owned).collect();
        library
    }

    /// References of a text that lead nowhere.
    fn dead(&self, text: &str) -> Vec<String> {
        let mut dead = Vec::new();
        for (at, _) in text.match_indices("facts.md") {
            let rest = text[at + 8..].trim_start_matches(['`', ',', ' ']);
            let Some(rest) = rest.strip_prefix('§').or(rest.strip_prefix("section ")) else {
                continue;
            };
            let number: String =
                rest.trim_start().chars().take_while(char::is_ascii_digit).collect();
            if !self.sections.contains(&number) {
                dead.push(format!("facts.md §{number}"));
            }
        }
        let words: Vec<&str> = text.split_whitespace().collect();
        for (at, word) in words.iter().enumerate() {
            let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
            if is_key(bare) && !self.keys.iter().any(|key| key == bare) {
                dead.push(bare.to_owned());
            }
            let Some(year) = bare.parse().ok().filter(|year| (1900..=2100).contains(year)) else {
                continue;
            };
            // "Vu et al. 2025", "Soska & Christin 2015".
            let name = match &words[at.saturating_sub(3)..at] {
                [name, "et", "al." | "al"] | [_, "&", name] => name,
                _ => continue,
            };
            let name = name.trim_matches(|c: char| !c.is_alphanumeric());
            if name.chars().next().is_some_and(char::is_uppercase) && !self.has(name, year) {
                dead.push(format!("{name} {year}"));
            }
        }
        dead
    }

    fn has(&self, name: &str, year: u32) -> bool {
        self.publications.iter().any(|(author, of)| *of == year && author.contains(name))
    }
}

/// Whether a word is a key such as `AFM-2025-01`.
fn is_key(word: &str) -> bool {
    let Some((name, rest)) = word.split_once('-') else { return false };
    let numbers = || rest.split('-');
    let year = numbers().next().is_some_and(|year| year.len() == 4 && year.starts_with("20"));
    year && name.len() > 2
        && name.chars().all(|c| c.is_ascii_uppercase())
        && numbers().all(|number| number.chars().all(|c| c.is_ascii_digit()))
}

fn texts(folder: &str, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        let end = path.extension().and_then(|end| end.to_str()).unwrap_or_default();
        if path.is_dir() {
            texts(path.to_str().unwrap(), found);
        } else if ["rs", "ron", "md", "csv"].contains(&end) && !path.ends_with("sources.csv") {
            found.push(path);
        }
    }
}

#[test]
fn no_reference_leads_nowhere() {
    let library = Library::open();
    let mut files = vec![PathBuf::from("README.md")];
    texts("src", &mut files);
    texts("scenarios", &mut files);
    let mut dead = Vec::new();
    for path in files {
        let text = fs::read_to_string(&path).unwrap();
        dead.extend(library.dead(&text).into_iter().map(|it| format!("{}: {it}", path.display())));
    }
    assert!(dead.is_empty(), "not in scenarios/sources.csv or facts.md:\n{}", dead.join("\n"));
}

#[test]
fn a_planted_reference_that_leads_nowhere_is_found() {
    let library = Library::open();
    for (text, dead) in [
        ("source: more (facts.md §9), size is judgement", "facts.md §9"),
        ("AFM-2019-03: closures", "AFM-2019-03"),
        ("(Vu et al. 2024)", "Vu 2024"),
        ("Soska & Christen 2015:", "Christen 2015"),
    ] {
        assert_eq!(library.dead(text), [dead], "{text}");
    }
    let well = "AFM-2025-01 (facts.md §1); Vu et al. 2025; Soska & Christin (2015), ISO-8601";
    assert_eq!(library.dead(well), [""; 0]);
}
