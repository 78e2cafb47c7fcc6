//! Studies seen from outside: `sweep`, `merge` and `status`.

mod edits;
#[cfg(unix)]
mod kill;
mod refusals;
mod results;
mod sensitivity;
mod shards;

use std::fs;
use std::path::{Path, PathBuf};

use crate::program::{SCENARIOS, TINY, command, crackdown, said, succeeds, tiny_set};

/// What a study for tests consists of.
struct Tiny<'a> {
    policies: &'a [&'a str],
    replications: u32,
    /// The field `draws`, if there is one.
    draws: &'a str,
    more: &'a str,
}

/// Three arms, two draws, three replications: 18 runs.
const USUAL: Tiny = Tiny {
    policies: &["no_enforcement", "shutdown_double"],
    replications: 3,
    draws: "Grid({\"customers.habit\": [0.2, 0.7]})",
    more: "",
};

impl Tiny<'_> {
    fn write(&self, home: &Path) -> PathBuf {
        let policies: Vec<String> = self
            .policies
            .iter()
            .map(|name| format!("\"{SCENARIOS}/policies/{name}.ron\""))
            .collect();
        let draws =
            if self.draws.is_empty() { String::new() } else { format!("draws: {},", self.draws) };
        let text = format!(
            "(\n title: \"A study for tests\",\n scenarios: [\"{SCENARIOS}/kazakhstan.ron\"],\n policies: [{}],\n \
             set: {},\n replications: {},\n {draws}\n measures: [\"unlicensed_domestic_turnover\", \"closures\"],\n {}\n)\n",
            policies.join(", "),
            tiny_set(),
            self.replications,
            self.more
        );
        let path = home.join("tiny.ron");
        fs::write(&path, text).unwrap();
        path
    }
}

/// What a command says that is refused with this exit code.
fn refused(home: &Path, code: i32, words: &[&str]) -> String {
    let output = crackdown(home, words);
    let errors = said(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{words:?}: {}{errors}", said(&output.stdout));
    errors
}

/// Words of a comparison in the same world: two arms and so many replications.
fn comparison(replications: u32, more: &[&str]) -> Vec<String> {
    let mut words = vec!["compare".to_owned(), format!("{SCENARIOS}/kazakhstan.ron")];
    words.push(format!("{SCENARIOS}/policies/no_enforcement.ron"));
    words.push(format!("--replications={replications}"));
    words.push("--chance-only".to_owned());
    words.extend(TINY.iter().map(|set| format!("--set={set}")));
    words.extend(more.iter().map(|word| (*word).to_owned()));
    words
}

/// Runs that a sweep made and that were there, as it counts them.
fn counted(text: &str) -> (u64, u64) {
    let number = |before: &str| {
        let words = text.split(before).next().unwrap();
        words.rsplit([' ', ',', '\n']).find(|word| !word.is_empty()).unwrap().parse().unwrap()
    };
    (number(" runs made"), number(" were there"))
}

/// The merged runs in the usual folder.
fn runs(home: &Path) -> Vec<u8> {
    fs::read(home.join("output/studies/tiny/runs.parquet")).unwrap()
}

fn unmerged(home: &Path) -> PathBuf {
    home.join("output/studies/tiny/unmerged")
}

/// The only unmerged file with this ending.
fn only_file(home: &Path, ending: &str) -> PathBuf {
    let entries = fs::read_dir(unmerged(home)).unwrap().map(|entry| entry.unwrap().path());
    let mut found: Vec<PathBuf> =
        entries.filter(|path| path.extension().is_some_and(|end| end == ending)).collect();
    assert_eq!(found.len(), 1, "{found:?}");
    found.pop().unwrap()
}
