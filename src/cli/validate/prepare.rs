//! Everything that is to be validated, read and checked.

use std::path::{Path, PathBuf};

use super::super::check::show_findings;
use super::super::input;
use super::super::tables::{draws_and_replications, on_threads};
use super::ValidateArgs;
use scenario::catalogue::{Catalogue, Pattern};
use scenario::study::{Fault, InputTable};
use scenario::{self, Study, quoted, shipped};
use study::comparison;
use study::store;
use world::text::{printable, unprintable};

/// A pattern with the study that repeats it.
pub struct PatternExperiment {
    /// The pattern.
    pub pattern: Pattern,
    /// World and policies, draws and replications.
    pub study: Study,
    /// Reported day of the event.
    pub event: usize,
}

/// The catalogue and its experiments; what is wrong is told.
pub fn prepare(args: &ValidateArgs) -> Result<(Catalogue, Vec<PatternExperiment>), ()> {
    let catalogue = Catalogue::load(&args.catalogue);
    let catalogue = catalogue.map_err(|findings| show_findings(&args.catalogue, &findings))?;
    let names: Vec<&str> = catalogue.patterns.iter().map(|pattern| pattern.name.as_str()).collect();
    let mut wrong = Vec::new();
    wrong.extend(input::apart(&args.out, &args.runs).err());
    for only in args.only.iter().filter(|only| !names.contains(&only.as_str())) {
        let near = input::meant(only, names.iter().copied());
        wrong.push(format!(
            "--only: no pattern is called `{only}`.{near} Patterns: {}",
            names.join(", ")
        ));
    }
    input::tell(&wrong);
    let wanted = |pattern: &&Pattern| args.only.is_empty() || args.only.contains(&pattern.name);
    let chosen: Vec<&Pattern> = catalogue.patterns.iter().filter(wanted).collect();
    // All of them are looked at before any is refused.
    let experiments: Vec<_> = chosen.iter().map(|pattern| experiment(args, pattern)).collect();
    let experiments = experiments.into_iter().collect::<Result<_, ()>>()?;
    if wrong.is_empty() { Ok((catalogue, experiments)) } else { Err(()) }
}

fn experiment(args: &ValidateArgs, pattern: &Pattern) -> Result<PatternExperiment, ()> {
    let sets = args.how.sets();
    let show = |findings| show_findings(&pattern.world, &findings);
    let own = own_values(&scenario::load(&pattern.world, &sets).map_err(show)?);
    // What makes the world the case that it is keeps its value: no draw moves it.
    let tables = |path: &Path| -> Result<InputTable, Vec<Fault>> {
        let mut table = store::read_table(path)?;
        table.columns.retain(|column| !own.contains(&column.name));
        Ok(table)
    };
    // The text of a study names these files, and no text may hold what cannot be shown.
    let files = [&pattern.world].into_iter().chain(&pattern.policies).chain(&args.draws);
    let odd = |path: &&PathBuf| absolute(path).contains(unprintable);
    if let Some(path) = files.into_iter().find(odd) {
        let shown = printable(&absolute(path)).into_owned();
        input::refuse(&[format!(
            "{shown}: the path holds a character that cannot be shown: give the folder or the file another name"
        )])?;
    }
    let path = args.catalogue.with_file_name(format!("{}.ron", pattern.name));
    let study = Study::load_text(&text(args, pattern), &path, &sets, model::YIELDS, &tables);
    let study = study.map_err(show)?;
    let scenario = &study.arms[0].resolved.scenario;
    if let Some(most) = pattern.people_per_agent.filter(|most| scenario.people_per_agent > *most)
        && !args.how.quiet
    {
        input::note(&format!(
            "the case `{}` needs one agent for at most {most} people, and has one for {}: its readings are coarse",
            pattern.name, scenario.people_per_agent
        ));
    }
    let days = comparison::days(scenario, (pattern.on, scenario.end)).ok_or_else(|| {
        input::tell(&[format!(
            "the pattern `{}` happens on {}, but {} reports {} to {}",
            pattern.name,
            pattern.on,
            pattern.world.display(),
            scenario.start,
            scenario.end
        )]);
    })?;
    Ok(PatternExperiment { pattern: pattern.clone(), study, event: days.start })
}

/// Paths of the parameters that a world does not have as the reference has them.
fn own_values(world: &scenario::Resolved) -> Vec<String> {
    let reference = scenario::reference();
    let differ = scenario::differences(&reference.scenario, &world.scenario);
    differ.into_iter().map(|difference| difference.path).collect()
}

/// A path that holds wherever it is read.
fn absolute(path: &Path) -> String {
    shipped::absolute(path).display().to_string()
}

/// The study file of a pattern.
fn text(args: &ValidateArgs, pattern: &Pattern) -> String {
    let whole = |path: &Path| quoted(&absolute(path));
    let policies: Vec<String> = pattern.policies.iter().map(|policy| whole(policy)).collect();
    let draws = args.draws.as_ref().map_or_else(String::new, |file| match args.every_row {
        true => format!("    draws: Table(file: {}),\n", whole(file)),
        false => {
            let number = args.number_of_draws;
            format!("    draws: Posterior(file: {}, number: {number}),\n", whole(file))
        }
    });
    format!(
        "(\n    title: {},\n    name: {},\n    seed: {},\n    scenarios: [{}],\n    policies: [{}],\n    replications: {},\n{draws})\n",
        quoted(&pattern.words),
        quoted(&pattern.name),
        args.how.seed,
        whole(&pattern.world),
        policies.join(", "),
        args.replications(),
    )
}

/// What would be run, in words.
pub fn plan(args: &ValidateArgs, experiments: &[PatternExperiment]) -> String {
    let mut lines = Vec::new();
    let mut seconds = 0.0;
    for PatternExperiment { pattern, study, .. } in experiments {
        seconds += study.cell_cost().seconds_per_replication * study.cells() as f64;
        lines.push(format!(
            "{}: {} × {} scenarios, {} readings",
            pattern.name,
            draws_and_replications(study.draws(), study.replications),
            study.arms.len(),
            pattern.readings.len()
        ));
    }
    lines.push(format!("About {}", on_threads(seconds, args.how.threads())));
    lines.push(format!("Results would go to {}", args.out.display()));
    lines.join("\n") + "\n"
}
