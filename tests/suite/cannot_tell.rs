//! What the program says that the model cannot tell is true of the model: no lever and no actor is denied.

use std::collections::BTreeSet;
use std::fs;

use crackdown::report::guide::Topic;
use crackdown::scenario;

/// Words by which a sentence says that something is not there.
const DENIALS: [&str; 6] = [
    "not in the model",
    "not part of the model",
    "not represented",
    "not modelled",
    "leaves out",
    "left out",
];

/// Sentence on the page until model version 5, beside results on all five.
const OLD: &str = "Anything about courts, licences as a way out, pyramids, mining and foreign partners: they are not in the model.";

fn words(text: &str) -> Vec<String> {
    let parts = text.split(|letter: char| !letter.is_alphanumeric());
    parts.filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

/// Whether two words have the same beginning: `courts` and `court`, `licences` and `licensing`.
fn alike(a: &str, b: &str) -> bool {
    let length = a.chars().count().min(b.chars().count()).min(5);
    length > 2 && a.chars().take(length).eq(b.chars().take(length))
}

/// Groups of parameters and of levers, by the schema of the reference scenario, and entities, by the ODD: one word is enough to deny them.
fn groups_and_actors() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for parameter in scenario::parameters() {
        let below = parameter.path.strip_prefix("policy.").unwrap_or(&parameter.path);
        names.extend(below.split_once('.').map(|(group, _)| group.to_owned()));
    }
    let odd = fs::read_to_string("src/model/ODD.md").unwrap();
    let table = odd.split("## 2.").nth(1).unwrap().split("## 3.").next().unwrap();
    let first_cells = table.lines().filter_map(|line| line.strip_prefix("| ")?.split(" |").next());
    for cell in first_cells {
        for name in cell.split('`').skip(1).step_by(2) {
            let apart = |letter: char| {
                if letter.is_uppercase() { format!("_{letter}") } else { letter.to_string() }
            };
            names.insert(name.chars().map(apart).collect());
        }
    }
    names
}

/// Levers by the schema: all words of a name deny one.
fn levers() -> BTreeSet<String> {
    let paths = scenario::parameters();
    let levers = paths.iter().filter_map(|one| one.path.strip_prefix("policy.")?.split_once('.'));
    levers.map(|(_, lever)| lever.to_owned()).collect()
}

/// What a text says is not in the model, though it is.
fn denied(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for sentence in text.split(". ") {
        if !DENIALS.iter().any(|denial| sentence.to_lowercase().contains(denial)) {
            continue;
        }
        let said = words(sentence);
        let said = |word: &String| said.iter().any(|other| alike(word, other));
        found.extend(groups_and_actors().into_iter().filter(|name| words(name).iter().any(said)));
        found.extend(levers().into_iter().filter(|name| words(name).iter().all(said)));
    }
    found
}

#[test]
fn no_lever_and_no_actor_of_the_model_is_denied() {
    let limits = Topic::of("limits").unwrap().texts[0];
    assert_eq!(denied(limits), BTreeSet::new());
    // There is something to look at, in what is looked for and in what is looked through.
    assert!(groups_and_actors().len() > 30 && levers().len() > 30);
    assert!(DENIALS.iter().any(|denial| limits.to_lowercase().contains(denial)));
}

#[test]
fn the_sentence_that_denied_five_actors_is_found() {
    let found = denied(OLD);
    for name in ["courts", "licensing", "pyramids", "mining", "partners", "_Mining_Farm"] {
        assert!(found.contains(name), "{name} is not among {found:?}");
    }
    assert!(denied("We left out chain analytics.").contains("chain_analytics"));
    assert_eq!(denied("Courts are in the model. Elections are left out."), BTreeSet::new());
}

#[test]
fn the_readme_tells_the_same_limits_as_the_page() {
    assert!(fs::read_to_string("README.md").unwrap().contains("src/guide/limits.md"));
}
