//! The code keeps to its layout: who imports whom, who owns which package, and what the documents claim.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Modules of packages in the order in which they may import: nothing imports to its right. Between packages the compiler sees to it.
const LAYERS: [(&str, &[&str]); 2] = [
    ("world", &["units", "random", "record"]),
    ("study", &["ensemble", "stats", "comparison", "store"]),
];

/// Outside packages that only some modules of a package may name; of whole packages `Cargo.toml` says it.
const OWNERS: [(&str, &[&str]); 9] = [
    ("rand", &["world/random"]),
    ("rand_chacha", &["world/random"]),
    ("ron", &["scenario/typed"]),
    ("rayon", &["model", "study/ensemble", "cli/figures"]),
    ("parquet", &["study/store"]),
    ("csv", &["study/store", "cli"]),
    ("anstream", &["cli/terminal"]),
    ("rust_xlsxwriter", &["study/store"]),
    ("zip", &["study/store"]),
];

/// Modules of the registry's actors that everybody may read: the levers of the day, and words of measures.
const NO_STRANGERS: [&str; 2] = ["policy", "measure"];

/// Actors of the model, as its registry lists them: they meet on boards and through messages only.
fn actors() -> Vec<String> {
    let registry = fs::read_to_string("src/model/registry.rs").unwrap();
    let list = registry.split("const ACTORS: ").nth(1).and_then(|rest| rest.split("];").next());
    let words = list.unwrap().split(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':'));
    let actors = words.filter_map(|word| word.strip_suffix("::ACTOR"));
    let actors = actors.filter(|actor| !NO_STRANGERS.contains(actor));
    let actors: Vec<String> = actors.map(str::to_owned).collect();
    assert!(actors.len() >= 12, "{actors:?}");
    actors
}

fn sources() -> BTreeMap<PathBuf, String> {
    let mut found = BTreeMap::new();
    let mut folders = vec![PathBuf::from("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.ends_with("examples") {
                // Programs that show the front door: they print.
            } else if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") {
                found.insert(path.clone(), fs::read_to_string(&path).unwrap());
            }
        }
    }
    found
}

/// First or second part of a path below `src`, without `.rs`.
fn part(path: &Path, number: usize) -> String {
    let name = path.iter().nth(number).map_or_else(String::new, |p| p.to_string_lossy().into());
    name.trim_end_matches(".rs").to_owned()
}

/// Code without comments.
fn code(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(|line| line.split("//").next().unwrap_or(""))
}

fn names(line: &str, package: &str) -> bool {
    line.match_indices(&format!("{package}::")).any(|(at, _)| {
        // `::csv` is the package, `store::csv` a module.
        let before = line[..at].strip_suffix("::").unwrap_or(&line[..at]);
        !before.ends_with(|before: char| before.is_alphanumeric() || before == '_' || before == ':')
    })
}

/// Everything that breaks the layout, in words.
fn breaches(sources: &BTreeMap<PathBuf, String>) -> Vec<String> {
    let mut found = Vec::new();
    let actors = actors();
    for (path, text) in sources {
        let (package, module) = (part(path, 1), part(path, 2));
        let layers = LAYERS.iter().find(|(name, _)| *name == package);
        let layers: &[&str] = layers.map_or(&[], |(_, layers)| layers);
        let layer = layers.iter().position(|name| *name == module);
        let room = format!("{package}/{module}");
        for line in code(text) {
            for right in layer.map_or(&[] as &[&str], |layer| &layers[layer + 1..]) {
                if line.contains(&format!("crate::{right}")) {
                    found.push(format!("{} imports `{right}`", path.display()));
                }
            }
            for (outside, owners) in OWNERS {
                if names(line, outside)
                    && !owners.contains(&package.as_str())
                    && !owners.contains(&room.as_str())
                {
                    found.push(format!("{} names `{outside}`", path.display()));
                }
            }
            // A device has no end and a pipe waits for a writer.
            let opens = ["fs::read(", "fs::read_to_string(", "File::open("];
            let own =
                line.contains("sync_all") || line.contains("partial") || line.contains("folder)");
            let tests = text.find("#[cfg(test)]").unwrap_or(text.len());
            let before = line.as_ptr() as usize - text.as_ptr() as usize <= tests;
            if before
                && !own
                && !path.ends_with("scenario/files.rs")
                && !path.ends_with("tests.rs")
                && opens.iter().any(|open| line.contains(open))
            {
                found.push(format!("{} opens files past `scenario::files`", path.display()));
            }
            // A build script speaks to cargo.
            let speaks = package == "cli" || path.ends_with("build.rs");
            if !speaks && (line.contains("println!") || line.contains("process::exit")) {
                found.push(format!("{} prints or exits", path.display()));
            }
            if ["SysRng", "rand::rng(", "try_from_rng", "getrandom"]
                .iter()
                .any(|own| line.contains(own))
            {
                found.push(format!("{} draws what nobody can draw again", path.display()));
            }
            if package == "model" && (line.contains("std::time") || line.contains("std::fs")) {
                found.push(format!("{} reads a clock or a file", path.display()));
            }
        }
        let actor = part(path, 2);
        if package == "model" {
            let code: Vec<&str> = code(text).take_while(|line| *line != "#[cfg(test)]").collect();
            // A run forks on the day on which levers differ: nobody else may look ahead in the policy.
            if actor != "policy"
                && !path.ends_with("tests.rs")
                && code.iter().any(|line| line.contains(".policy."))
            {
                found.push(format!(
                    "{} reads the policy past its levers of the day",
                    path.display()
                ));
            }
            // What a system keeps to itself is not in the world that is forked.
            for state in ["Local<", "Changed<", "Added<"] {
                if code.iter().any(|line| line.contains(state)) {
                    found.push(format!("{} has `{state}>`", path.display()));
                }
            }
        }
        if package == "model" && actors.contains(&actor) {
            for line in code(text) {
                for other in actors.iter().filter(|other| **other != actor) {
                    let imported = [format!("crate::{other}"), format!("super::{other}::")];
                    if imported.iter().any(|import| line.contains(import.as_str())) {
                        found.push(format!("{} imports the actor `{other}`", path.display()));
                    }
                }
            }
        }
    }
    found
}

#[test]
fn nothing_imports_to_its_right_packages_have_owners_and_actors_do_not_know_each_other() {
    assert_eq!(breaches(&sources()), Vec::<String>::new());
}

#[test]
fn a_planted_breach_is_found() {
    let planted = |path: &str, line: &str| {
        let mut sources = sources();
        sources.get_mut(Path::new(path)).unwrap().push_str(line);
        breaches(&sources).len()
    };
    assert_eq!(planted("src/world/units.rs", "\nuse crate::random::Luck;"), 1);
    assert_eq!(planted("src/study/stats/mod.rs", "\nuse crate::store::Folder;"), 1);
    assert_eq!(planted("src/study/stats/mod.rs", "\nuse ::parquet::basic::Type;"), 1);
    assert_eq!(planted("src/study/stats/mod.rs", "\nfn f() { store::parquet::f() }"), 0);
    assert_eq!(planted("src/scenario/shape.rs", "\nuse ron::Value;"), 1);
    assert_eq!(planted("src/cli/report.rs", "\nfn f() { fs::read(\"a\"); }"), 1);
    assert_eq!(planted("src/model/bank.rs", "\nuse super::customer::Customer;"), 1);
    assert_eq!(planted("src/model/bank.rs", "\nfn say() { println!(\"!\"); }"), 1);
    assert_eq!(planted("src/world/random.rs", "\nfn f() { rand::rngs::SysRng.next_u32() }"), 1);
    let planted_first = |path: &str, line: &str| {
        let mut sources = sources();
        sources.get_mut(Path::new(path)).unwrap().insert_str(0, line);
        breaches(&sources).len()
    };
    assert_eq!(planted_first("src/model/bank.rs", "fn ahead(s: &S) -> f64 { s.policy.kyc }\n"), 1);
    assert_eq!(planted_first("src/model/bank.rs", "fn count(mut n: Local<usize>) {}\n"), 1);
    assert_eq!(
        planted("src/model/bank.rs", "\n// see ron::Value, crate::customer and println!"),
        0
    );
}

/// Names of types that a file declares: by a keyword, or as a head in a call of one of our macros that make types.
fn declared(text: &str) -> BTreeSet<&str> {
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
    let mut found = BTreeSet::new();
    let mut in_macro = false;
    for line in code(text) {
        let public = line.trim_start().strip_prefix("pub").unwrap_or(line.trim_start());
        let kept = public.strip_prefix('(').and_then(|within| within.split_once(')'));
        let (keyword, rest) =
            kept.map_or(public, |(_, rest)| rest).trim_start().split_once(' ').unwrap_or_default();
        // Indented, `type` belongs to a trait and is no name of its own.
        let declares = ["struct", "enum", "union", "trait"].contains(&keyword)
            || keyword == "type" && !line.starts_with(' ');
        found.extend(declares.then_some(rest));
        in_macro =
            line.ends_with("! {") && !line.starts_with(' ') || in_macro && !line.starts_with('}');
        let head = line.strip_prefix("    ").filter(|head| in_macro && !head.starts_with(' '));
        // `Customers {`, `kyc: Kyc, KycToday {`, `Class, PerClass:` and `Flow in "flows", Class, "";`.
        let block = head.and_then(|head| head.strip_suffix(" {").or(head.strip_suffix(':')));
        found.extend(block.iter().flat_map(|all| all.rsplit(": ").next().unwrap().split(", ")));
        found.extend(head.and_then(|head| head.split_once(" in \"")).map(|(name, _)| name));
    }
    let end = |text: &str| text.find(|c: char| !c.is_alphanumeric()).unwrap_or(text.len());
    let found = found.into_iter().map(|text| &text[..end(text)]);
    found.filter(|name| name.starts_with(char::is_uppercase)).collect()
}

/// Names of types that several files declare, with the files.
fn shared_names(sources: &BTreeMap<PathBuf, String>) -> Vec<String> {
    let mut places: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (path, text) in sources.iter().filter(|(path, _)| !path.ends_with("tests.rs")) {
        for name in declared(text) {
            places.entry(name).or_default().push(path.display().to_string());
        }
    }
    assert!(places.len() > 800, "types are not found: {}", places.len());
    let shared = places.into_iter().filter(|(_, places)| places.len() > 1);
    shared.map(|(name, places)| format!("`{name}`: {}", places.join(", "))).collect()
}

#[test]
fn no_two_files_declare_a_type_of_one_name() {
    assert_eq!(shared_names(&sources()), Vec::<String>::new());
}

#[test]
fn a_planted_second_type_of_a_name_is_found() {
    let planted = |line: &str| {
        let mut sources = sources();
        sources.get_mut(Path::new("src/world/units.rs")).unwrap().insert_str(0, line);
        shared_names(&sources).len()
    };
    // `Customers` to `ResultKind` are declared by macros of ours.
    for again in [
        "pub struct Comparison(u8);",
        "pub(in a::b) enum VenueState {",
        "type Bands = u8;",
        "struct Customers;",
        "struct KycToday;",
        "struct VenueGone;",
        "struct CardSeries;",
        "struct ResultKind;",
        "named! {\n    /// Again.\n    Comparison:\n    Variant = variant;\n}",
    ] {
        assert_eq!(planted(&format!("{again}\n")), 1, "{again}");
    }
    for other in ["    type Bands = u8;", "// struct Comparison;", "fn f(c: Comparison) {"] {
        assert_eq!(planted(&format!("{other}\n")), 0, "{other}");
    }
}

/// Words in backticks in a text.
fn quoted(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

/// Functions that are registered as systems, by looking at how schedules are built.
fn systems() -> Vec<String> {
    let mut found = Vec::new();
    for (path, text) in sources() {
        if part(&path, 1) != "model" {
            continue;
        }
        for block in text.split("add_systems(").skip(1) {
            let block = block.split(".in_set").next().unwrap_or("");
            for word in block.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':')) {
                let name = word.rsplit("::").next().unwrap_or("");
                if text.contains(&format!("fn {name}(")) || word.contains("::") {
                    found.push(name.to_owned());
                }
            }
        }
    }
    found.retain(|name| !name.is_empty());
    found.sort();
    found
}

#[test]
fn the_odd_names_every_system_and_nothing_that_is_not_there() {
    let odd = fs::read_to_string("src/model/ODD.md").unwrap();
    let table = odd.split("## 3.").nth(1).unwrap().split("## 4.").next().unwrap();
    let mut claimed: Vec<String> = table
        .lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| phase"))
        .flat_map(quoted)
        .map(str::to_owned)
        .collect();
    claimed.sort();
    assert_eq!(claimed, systems());
}

/// Whether a name is that of a result file: the store writes it as a table or under its whole name.
fn is_result(name: &str, code: &str) -> bool {
    let stem = name.trim_end_matches(".csv");
    code.contains(&format!("\"{name}\"")) || code.contains(&format!("Table::of(\"{stem}\""))
}

#[test]
fn names_of_files_constants_and_parameters_in_the_documents_exist() {
    let sources = sources();
    let all: String = sources.values().map(String::as_str).collect();
    let scenario = fs::read_to_string("scenarios/kazakhstan.ron").unwrap();
    for document in ["src/model/ODD.md", "src/ARCHITECTURE.md"] {
        let text = fs::read_to_string(document).unwrap();
        // A block of code has its own backticks.
        let text = text.split("```").step_by(2).collect::<String>();
        for name in quoted(&text) {
            let known = if name.contains('/') || name.contains('.') {
                let last = name.rsplit('.').next().unwrap();
                let file = name.trim_end_matches('/');
                Path::new(name).exists()
                    || name.split(' ').all(|word| word == "crackdown" || word == "params")
                    || ["facts.md", "ODD.md"].contains(&name)
                    || sources.keys().any(|path| path.to_string_lossy().contains(file))
                    || is_result(file, &all)
                    || scenario.contains(&format!("{last}:"))
            } else {
                let word = name.split(|c: char| !(c.is_alphanumeric() || c == '_')).next().unwrap();
                all.contains(word) || scenario.contains(word) || name.starts_with("crackdown")
            };
            assert!(known, "{document} speaks of `{name}`, which is not there");
        }
    }
}

/// Words that made readers stumble, and what is written instead.
const UNWANTED: [(&str, &str); 12] = [
    ("luck", "chance; the same random numbers"),
    ("lucky", "chance"),
    ("ignorance", "unknown parameters"),
    ("hang on", "depend on"),
    ("hangs on", "depends on"),
    ("hung on", "depended on"),
    ("hangs most on", "depends most on"),
    ("does it hang", "does it depend"),
    ("sees cause", "measures that change over time"),
    ("what only the model knows", "a trigger may use only figures that the agency has"),
    ("agree in all that was read", "all readings inside the band"),
    ("what the figures leave open", "what the data do not determine"),
];

/// Keys of files and quotations that reference tables repeat: they stay as they are.
const KEPT: [&str; 3] = ["luck:", "`luck`", "less than nothing is allowed for luck"];

/// Literals of a program before its tests, and with `help` the comments that become help texts.
fn said_by(program: &str, help: bool) -> Vec<&str> {
    let program = program.split("#[cfg(test)]\nmod tests {").next().unwrap();
    let mut found = Vec::new();
    let mut rest = program;
    while let Some(at) = rest.find(['"', '/', '\'']) {
        let (from, after) = (&rest[at..], &rest[at + 1..]);
        let end = if from.starts_with("//") {
            let line = from.find('\n').unwrap_or(from.len());
            found.extend((help && from.starts_with("///")).then_some(&from[..line]));
            line
        } else if from.starts_with('"') {
            let raw = "#".repeat(rest[..at].chars().rev().take_while(|c| *c == '#').count());
            let closing = format!("\"{raw}");
            let ends = after.match_indices(&closing).find(|(to, _)| {
                let escapes = after[..*to].chars().rev().take_while(|c| *c == '\\').count();
                !raw.is_empty() || escapes % 2 == 0
            });
            let to = ends.map_or(after.len(), |(to, _)| to);
            found.push(&after[..to]);
            1 + (to + closing.len()).min(after.len())
        } else {
            // A quotation mark as a character begins no text.
            ["'\"'", "'\\\"'", "'\\''"]
                .iter()
                .find(|c| from.starts_with(**c))
                .map_or(1, |c| c.len())
        };
        rest = &from[end..];
    }
    found
}

/// Unwanted words in a text; what is part of a name (`luck_band`), a placeholder or a key is none.
fn unwanted(text: &str) -> Vec<&'static str> {
    let text = text.replace("\\n", " ").replace('\\', " ");
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let text = KEPT.iter().fold(text, |text, kept| text.replace(kept, "")).to_lowercase();
    let part = |c: char| c.is_alphanumeric() || "_{}".contains(c);
    let mut found = Vec::new();
    for (word, _) in UNWANTED {
        let alone = |(at, _): (usize, &str)| {
            !text[..at].ends_with(part) && !text[at + word.len()..].starts_with(part)
        };
        found.extend(text.match_indices(word).any(alone).then_some(word));
    }
    found
}

#[test]
fn texts_that_people_read_have_none_of_the_words_that_made_readers_stumble() {
    let mut texts: Vec<(String, String)> = Vec::new();
    for (path, program) in sources() {
        let told = said_by(&program, part(&path, 1) == "cli");
        let name = path.display().to_string();
        // A literal that is one lower-case word is a name in a file: `luck` of a study.
        let is_name = |text: &str| text.chars().all(|c| c.is_ascii_lowercase() || c == '_');
        let told = told.into_iter().filter(|text| !is_name(text) && !name.ends_with("/tests.rs"));
        texts.extend(told.map(|text| (name.clone(), text.to_owned())));
    }
    assert!(texts.len() > 4_000, "literals are not found: {}", texts.len());
    let mut folders = ["src/guide", "src/report/page", "src/cli/submit/templates", "scenarios"]
        .map(PathBuf::from)
        .to_vec();
    let mut files = vec![PathBuf::from("README.md")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let ours = !path.ends_with("echarts.min.js")
                && path.extension().is_none_or(|end| end != "rs" && end != "csv");
            if path.is_dir() {
                folders.push(path);
            } else if ours {
                files.push(path);
            }
        }
    }
    for path in files {
        texts.extend(fs::read_to_string(&path).ok().map(|text| (path.display().to_string(), text)));
    }
    let mut faults = Vec::new();
    for (place, text) in &texts {
        for word in unwanted(text) {
            let better = UNWANTED.iter().find(|(other, _)| *other == word).unwrap().1;
            faults.push(format!("{place}: `{word}`; better: {better}"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_planted_word_is_found_in_literals_and_help_and_names_are_left_alone() {
    let program = "/// bad luck\nconst A: &str = \"it hangs \\\n  on luck_band\"; // ignorance\nlet c = '\"';\n\
        let b = r#\"a \"quoted\" Ignorance\"#; let d = \"{luck} `luck` luck: All, \\\"said\\\"\";";
    let found = |help| said_by(program, help).into_iter().flat_map(unwanted).collect::<Vec<_>>();
    assert_eq!(found(false), ["hangs on", "ignorance"]);
    assert_eq!(found(true), ["luck", "hangs on", "ignorance"]);
}
