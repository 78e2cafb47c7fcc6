//! The folder of a discovery: boxes, paths of peeling, what finding out is worth, and the values of the runs that all of it follows from.

use std::path::Path;

use super::command::Command;
use super::manifest::{Manifest, ResultKind};
use super::table::{Table, with_columns};
use super::{Figures, File, columns, file, outside, sealed, told};
use crate::comparison::discovery::{
    Discovery, DiscoveryRequest, InformationValue, OfParameter, PolicyTest, Worlds,
};
use crate::stats::boxes::{BoxSide, Choice, FoundBox};
use model::MEASURES;

/// File with the values of the runs.
pub const WORLDS: &str = "worlds.json";

/// A box, its number, and the case that it belongs to.
struct BoxRow<'a> {
    case: &'a PolicyTest,
    number: usize,
    found: &'a FoundBox,
    parameter: usize,
}

const POLICY: &str = "Policy";
const TEST: &str =
    "What it may fail: `backfires` (it moves the objective the wrong way), or the limit";
const BOX: &str = "Number of the box: each is looked for in the worlds outside those before";

fn test(made: &Discovery, case: &PolicyTest) -> String {
    let limit = case.limit.map(|limit| made.asked.limits[limit].text.clone());
    limit.unwrap_or_else(|| "backfires".to_owned())
}

fn boxes(made: &Discovery) -> Table {
    let mut rows: Vec<BoxRow> = Vec::new();
    for case in &made.cases {
        for (number, found) in case.boxes.iter().flatten().enumerate() {
            let parameters = 0..made.worlds.parameters.len();
            rows.extend(parameters.map(|parameter| BoxRow { case, number, found, parameter }));
        }
    }
    let side = |row: &BoxRow| row.found.chosen.sides[row.parameter].clone();
    let about = "Boxes of parameters within which a policy fails in most worlds: a row for each box and parameter, restricted or not";
    with_columns!(Table::of("boxes", about, &rows), row =>
        text "policy", "name", POLICY => made.worlds.arms[row.case.policy].name.clone();
        text "test", "words", TEST => test(made, row.case);
        whole "box", "number", BOX => row.number + 1;
        text "parameter", "name", "Path of the parameter" => made.worlds.parameters[row.parameter].path.clone();
        truth "restricted", "yes or no", "Whether the box restricts the parameter" => side(row) != BoxSide::Open;
        number "low", "unit of the parameter", "Lower end of the box; empty if it has none"
            => if let BoxSide::Range(low, _) = side(row) { low } else { None };
        number "high", "unit of the parameter", "Upper end of the box; empty if it has none"
            => if let BoxSide::Range(_, high) = side(row) { high } else { None };
        text "without", "words", "Words that lie outside the box" => match side(row) {
            BoxSide::Without(out) => {
                let words = &row.case.words[row.parameter];
                let names: Vec<&str> = out.iter().map(|word| words[*word].as_str()).collect();
                Some(names.join(" "))
            }
            _ => None,
        };
        number "quasi_p", "probability", "Chance of so dense a box if the parameter had nothing to do with it: binomial, against the box without this side (Bryant & Lempert 2010); \
             too small where many parameters were tried, so see by_chance and restricted_in"
            => row.found.quasi_p[row.parameter];
        number "restricted_in", "share", "Share of 100 random halves of the worlds in which the box found there restricts the parameter"
            => row.found.restricted_in[row.parameter];
        number "density", "share", "Share of the box's worlds in which the policy fails" => row.found.chosen.count.density();
        number "coverage", "share", "Share of all worlds in which the policy fails that lie in the box"
            => row.found.chosen.count.coverage(row.case.count.hits);
        whole "worlds", "number", "Worlds in the box" => row.found.chosen.count.worlds;
        whole "failures", "number", "Worlds in the box in which the policy fails" => row.found.chosen.count.hits;
        number "by_chance", "probability", "Share of 199 shuffles of the worlds whose path of peeling reaches as good a box" => row.found.by_chance;
    ).table()
}

fn failing(made: &Discovery) -> Table {
    let about = "In how many worlds each policy fails each test; a world is a draw of parameters, and counts by its mean over replications";
    with_columns!(Table::of("failing", about, &made.cases), case =>
        text "policy", "name", POLICY => made.worlds.arms[case.policy].name.clone();
        text "test", "words", TEST => test(made, case);
        whole "worlds", "number", "Worlds with a value" => case.count.worlds;
        whole "failures", "number", "Worlds in which it fails" => case.count.hits;
        number "share", "share", "Share of worlds in which it fails; chance can push a world over the line" => case.count.density();
        number "share_without_chance", "share", "The same with the worlds' means drawn together to the spread that is left when chance is taken off (Louis 1984); empty with one replication"
            => case.without_chance;
        whole "boxes", "number", "Boxes found; empty where worlds or failures are too few to look" => case.boxes.as_ref().map(Vec::len);
        number "by_chance", "probability", "Of the last box that was looked for: share of 199 shuffles that reach as good a one; from 0.05 on it is not kept"
            => case.by_chance;
    ).table()
}

fn peeling(made: &Discovery) -> Table {
    let mut rows = Vec::new();
    for case in &made.cases {
        for (number, found) in case.boxes.iter().flatten().enumerate() {
            rows.extend(found.path.iter().map(|peeled| (case, number, found, peeled)));
        }
    }
    let about = "The path of peeling: each row is a box inside that of the row before; choose another density with --density";
    with_columns!(Table::of("peeling", about, &rows), row =>
        text "policy", "name", POLICY => made.worlds.arms[row.0.policy].name.clone();
        text "test", "words", TEST => test(made, row.0);
        whole "box", "number", BOX => row.1 + 1;
        number "density", "share", "Share of the box's worlds in which the policy fails" => row.3.count.density();
        number "coverage", "share", "Share of all worlds in which the policy fails that lie in it" => row.3.count.coverage(row.0.count.hits);
        whole "worlds", "number", "Worlds in it" => row.3.count.worlds;
        whole "restricted", "number", "Parameters that it restricts" => row.3.restricted().count();
        text "parameters", "names", "Their paths" => {
            let names = row.3.restricted().map(|at| made.worlds.parameters[at].path.as_str());
            names.collect::<Vec<_>>().join(" ")
        };
    ).table()
}

fn value(made: &Discovery) -> Table {
    let value = made.value.as_ref();
    let everything = value.map(|value| (value, None));
    let each = value
        .into_iter()
        .flat_map(|value| value.parameters.iter().map(move |one| (value, Some(one))));
    let rows: Vec<(&InformationValue, Option<&OfParameter>)> =
        everything.into_iter().chain(each).collect();
    let unit = MEASURES[made.asked.objective].unit;
    let people = made.asked.people;
    let worth = |row: &(&InformationValue, Option<&OfParameter>)| match row.1 {
        None => Some(row.0.everything),
        Some(one) => one.known,
    };
    let about = "What finding out is worth before the choice is made: mean gain on the objective over worlds, and how often the choice changes";
    with_columns!(Table::of("value", about, &rows), row =>
        text "what", "name", "Path of the parameter; `everything`: all that is drawn, but not chance"
            => row.1.map_or_else(|| "everything".to_owned(), |one| one.path.clone());
        number "worth", unit, "Mean gain from knowing it before choosing; empty if it does not vary" => worth(row).map(|worth| worth.gain);
        number "changes", "share", "Share of worlds in which another policy would be chosen" => worth(row).map(|worth| worth.changes);
        truth "clear", "yes or no", "Whether that is more than by_chance" => row.1.map(|one| one.clear);
        number "by_chance", unit, "Gain that chance alone gives to any parameter in 95 of 100 cases (200 shuffles)" => row.1.map(|_| row.0.by_chance);
        number "known_answers", "answers", "How many answers what is known already is worth: of yes or no for a share, else of the spread given by --spread"
            => row.1?.survey.map(|(before, _)| before);
        number "survey_worth", unit, format!("Mean gain from a survey of {people} people about it; empty where no spread of answers is known")
            => row.1?.survey.map(|(_, worth)| worth.gain);
        number "survey_changes", "share", "Share of such surveys after which another policy would be chosen"
            => row.1?.survey.map(|(_, worth)| worth.changes);
    ).table()
}

/// What the folder is, for `columns.md`.
const ABOUT: &str = "Where policies fail and what finding out is worth. A world is a draw of parameters. All of it follows from `worlds.json`: the parameters of each world \
    and the values of each run (by arm, draw, replication).";

/// Reads the runs that an earlier discovery kept.
pub fn read_worlds(folder: &Path) -> Result<Worlds, String> {
    let path = folder.join(WORLDS);
    let worlds: Worlds =
        outside::read_json(&path).map_err(|why| format!("{}: {why}", path.display()))?;
    let broken = || format!("{} holds lists of different lengths", path.display());
    worlds.is_whole().then_some(worlds).ok_or_else(broken)
}

/// All files of the folder, the manifest last; `figures` are taken as they are, `sentence` says what was found.
pub fn discovery_files(
    made: &Discovery,
    sentence: &str,
    figures: Figures,
) -> Result<Vec<File>, String> {
    let tables = [failing(made), boxes(made), peeling(made), value(made)];
    let mut files = told(ABOUT, &tables, &columns::measures())?;
    files.push(file("findings.txt", sentence.as_bytes().to_vec()));
    let text = serde_json::to_string(&made.worlds).map_err(|error| error.to_string())? + "\n";
    files.push(file(WORLDS, text));
    Ok(sealed(files, figures, repeat(&made.worlds, &made.asked), |repeat| {
        Manifest::of(ResultKind::Discovery, &made.worlds.setting, repeat)
            .title(&made.worlds.title)
            .says("of", &made.worlds.name)
            .says("draws", made.worlds.draws())
    }))
}

/// The command that makes the folder again, inside it.
fn repeat(worlds: &Worlds, asked: &DiscoveryRequest) -> Command {
    let policies: Vec<&str> =
        asked.policies.iter().map(|arm| worlds.arms[*arm].name.as_str()).collect();
    let mut repeat = Command::new("discover")
        .word(WORLDS)
        .option("objective", MEASURES[asked.objective].name)
        .option("policies", policies.join(","))
        .option("boxes", asked.boxes)
        .option("people", asked.people);
    for limit in &asked.limits {
        repeat = repeat.option("limit", &limit.text);
    }
    if let Choice::Density(density) = asked.choice {
        repeat = repeat.option("density", density);
    }
    for (path, sd) in &asked.spreads {
        repeat = repeat.option("spread", format!("{path}={sd}"));
    }
    repeat
}
