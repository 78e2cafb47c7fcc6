//! A study that stands on its own: its file beside complete scenarios, with nothing elsewhere that it needs.

use std::path::PathBuf;

use super::Study;
use super::draws::DrawDesign;
use crate::reader::{read_study, study_in_ron};
use crate::source::{Sources, Span, replaced};
use crate::tree::{Tree, Value, quoted};

/// Texts of files, and a file to be copied.
#[derive(Clone, Debug)]
pub struct Portable {
    /// The study file: comments and draws as they were, paths to the scenarios beside it.
    pub study: String,
    /// Path from the study's folder and complete text of each scenario.
    pub scenarios: Vec<(String, String)>,
    /// The table that draws are taken from, and its path from the study's folder.
    pub table: Option<(PathBuf, String)>,
}

impl Study {
    /// The study with everything it needs, to be kept beside its results. What was laid over the scenarios is in their texts.
    pub fn portable(&self) -> Portable {
        self.derived(&[])
    }

    /// The same as another study: fields by name with the text that takes their place, such as other draws.
    pub fn derived(&self, fields: &[(&str, String)]) -> Portable {
        let text = study_in_ron(&self.text);
        let file = Sources::default().add("", &*text);
        let root = read_study(&text, file, &mut Vec::new()).expect("it was read before");
        let path = |arm: usize| format!("scenarios/{}.ron", self.arms[arm].resolved.scenario.name);
        let (worlds, others): (Vec<usize>, Vec<usize>) =
            (0..self.arms.len()).partition(|arm| self.arms[*arm].baseline == *arm);
        // Those of further worlds follow from these.
        let policies: Vec<usize> =
            others.into_iter().filter(|arm| self.arms[*arm].baseline == 0).collect();
        let list = |arms: &[usize]| {
            let paths: Vec<String> = arms.iter().map(|arm| quoted(&path(*arm))).collect();
            format!("[{}]", paths.join(", "))
        };
        let mut changes = Vec::new();
        let given = |name: &str| fields.iter().any(|(field, _)| *field == name);
        let mut change = |name: &str, text: String| {
            if let Some(field) = root.field(name) {
                changes.push((field.value.span.within(0), text));
            } else if name == "name" || given(name) {
                let opening =
                    Span { start: root.span.start + 1, end: root.span.start + 1, ..root.span };
                changes.push((opening.within(0), format!("\n    {name}: {text},")));
            }
        };
        change("scenarios", list(&worlds));
        // Whoever names other policies brings their files, and asks for nothing of these.
        let others = given("policies");
        let policies = if others { Vec::new() } else { policies };
        if !others {
            change("policies", list(&policies));
        } else if root.field("optimise").is_some() {
            change("optimise", "None".to_owned());
        }
        change("set", "{}".to_owned());
        if root.field("name").is_none() && !given("name") {
            change("name", quoted(&self.name));
        }
        for (name, text) in fields {
            change(name, text.clone());
        }
        let table = match &self.draws.kind {
            DrawDesign::Posterior(from) | DrawDesign::Table(from) if !given("draws") => {
                let end = from.extension().unwrap_or_default().to_string_lossy();
                let points = matches!(self.draws.kind, DrawDesign::Table(_));
                let word = if points { "points" } else { "posterior" };
                let name = format!("{word}.{end}");
                let named = root.at("draws").and_then(table_file);
                changes.extend(named.map(|node| (node.span.within(0), quoted(&name))));
                Some((from.clone(), name))
            }
            _ => None,
        };
        let study = replaced(&text, changes);
        let text = |arm: usize| (path(arm), self.arms[arm].resolved.text.clone());
        Portable { study, scenarios: worlds.into_iter().chain(policies).map(text).collect(), table }
    }
}

/// The text that names the table in `draws: Posterior(file: …)` or `Table(file: …)`.
fn table_file(draws: &Tree) -> Option<&Tree> {
    let Value::Tagged(_, inside) = &draws.value else { return None };
    inside.at("file")
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::study::{InputColumn, InputEntry, InputTable, Yields};

    const YIELDS: Yields = Yields {
        measures: &["unlicensed_turnover", "licensed_turnover", "closures"],
        quantities: &["closures"],
    };

    #[test]
    fn a_study_beside_its_results_is_the_same_study() {
        let home = tempfile::tempdir().unwrap();
        for name in ["small"] {
            let path = format!("../../scenarios/studies/{name}.ron");
            let sets = ["customers.vpn_share.retail=0.33".to_owned()];
            let study = Study::load(Path::new(&path), &sets, YIELDS).unwrap();
            let portable = study.portable();
            let folder = home.path().join(name);
            std::fs::create_dir_all(folder.join("scenarios")).unwrap();
            for (path, text) in &portable.scenarios {
                std::fs::write(folder.join(path), text).unwrap();
            }
            std::fs::write(folder.join("study.ron"), &portable.study).unwrap();
            let again = Study::load(&folder.join("study.ron"), &[], YIELDS)
                .unwrap_or_else(|findings| panic!("{findings}"));
            assert_eq!(
                (&again.name, again.cells(), again.arms.len()),
                (&study.name, study.cells(), study.arms.len())
            );
            for draw in 0..study.draws() {
                for arm in 0..study.arms.len() {
                    assert_eq!(
                        again.canonical(arm, draw),
                        study.canonical(arm, draw),
                        "{name}, arm {arm}, draw {draw}"
                    );
                }
            }
            // Comments stay, and made portable once more nothing changes.
            assert!(portable.study.contains("// "), "{}", portable.study);
            assert_eq!(again.portable().study, portable.study);
        }
    }

    #[test]
    fn a_derived_study_has_other_draws_and_the_same_worlds() {
        let home = tempfile::tempdir().unwrap();
        let study =
            Study::load(Path::new("../../scenarios/studies/small.ron"), &[], YIELDS).unwrap();
        let point: Vec<f64> = study.parameters().iter().map(|_| 0.25).collect();
        let values = study.at(&point);
        let derived = study.derived(&[
            ("draws", "Table(file: \"points.csv\")".to_owned()),
            ("luck", "All".to_owned()),
            ("name", "\"wave\"".to_owned()),
        ]);
        std::fs::create_dir_all(home.path().join("scenarios")).unwrap();
        for (path, text) in &derived.scenarios {
            std::fs::write(home.path().join(path), text).unwrap();
        }
        std::fs::write(home.path().join("study.ron"), &derived.study).unwrap();
        let columns = study.parameters().into_iter().zip(&values).map(|(path, value)| {
            let entry =
                value.parse().map(InputEntry::Number).unwrap_or(InputEntry::Text(value.clone()));
            InputColumn { name: path.to_owned(), place: 0, index: false, entries: vec![entry] }
        });
        let table = InputTable { rows: 1, columns: columns.collect(), ..InputTable::default() };
        let again = Study::load_with(&home.path().join("study.ron"), &[], YIELDS, &|path| {
            assert!(path.ends_with("points.csv"));
            Ok(table.clone())
        })
        .unwrap_or_else(|findings| panic!("{findings}\n{}", derived.study));
        assert_eq!((again.draws(), again.name.as_str()), (1, "wave"));
        assert_eq!(again.values(0), values);
        assert_eq!(again.luck, super::super::LuckOf::All);
        assert_eq!(again.arms.len(), study.arms.len());
    }
}
