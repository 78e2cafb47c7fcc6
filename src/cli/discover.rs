//! `crackdown discover`: in which worlds policies fail, and what finding out is worth.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::figures::Drawing;
use super::rows::{self, RowsWay};
use super::simulate::{Refusal, answer, failed, interruption, show, usage, wrong};
use super::study::Chosen;
use super::tables::{aligned, results};
use super::{input, study_results, sweep};
use model::MEASURES;
use report::language::{Language, speaking};
use report::speech::{retold, tr};
use report::words::{amount, discovery as words};
use report::{discovery_figures, percent_of, say};
use scenario::Study;
use scenario::finding::nearest;
use study::comparison::discovery::{Discovery, DiscoveryRequest, Limit, Worlds};
use study::comparison::measure_number;
use study::comparison::{Comparison, ParameterDraws};
use study::stats::boxes::Choice;
use study::store::study::{MergedRuns, Plan, Scope, Shard, look};
use study::store::{self, Folder, Manifest, ResultKind};
use world::record::Wanted;

/// What policies are chosen by unless something else is said, if the study keeps it.
const USUAL: &str = "unlicensed_domestic_turnover";

/// Where to look, and for what.
#[derive(Debug, clap::Args)]
#[command(
    long_about = "Say in which worlds policies fail, and what finding out is worth\n\n\
    A world is a draw of parameters. A policy fails in a world if it moves the objective the wrong way there, or misses a limit. Boxes of parameters \
    within which most such worlds lie are looked for by peeling (PRIM), with density, coverage, and whether chance gives as good a box. \
    Then what it is worth to find out before choosing: everything (EVPI), each parameter (EVPPI), a survey about it (EVSI).\n\n\
    SOURCE is a study file, whose missing runs are made first, as `sweep` makes them; or a result folder of `sweep`, or of `compare --draws`.",
    after_help = "Examples:\n  \
    crackdown discover scenarios/studies/rails_over_plausible_worlds.ron\n  \
    crackdown discover output/comparison --objective crime_turnover --limit \"honest_turnover_stopped<=5e9\"\n  \
    crackdown discover output/studies/rails_over_plausible_worlds --policies auto_block --density 0.8\n\n\
    Limits: a plain value is a level under the policy, one with a sign (+2, -1e9) a change from the baseline, one with % a change in percent.\n\
    A policy that misses a limit in the mean over worlds is no choice when it comes to what finding out is worth."
)]
pub struct DiscoverArgs {
    /// Study file, or result folder of `sweep` or of `compare --draws`
    #[arg(value_name = "SOURCE")]
    source: PathBuf,
    /// Measure by which policies are chosen [default: unlicensed_domestic_turnover, or the first that the study keeps]
    #[arg(long, value_name = "MEASURE")]
    objective: Option<String>,
    /// Policies that are looked at, and choices [default: all]
    #[arg(long, value_name = "NAME,…", value_delimiter = ',')]
    policies: Vec<String>,
    /// What a policy must keep in each world, e.g. "honest_turnover_stopped<=5e9" or "crime_turnover<=-5%"; may be given several times
    #[arg(long = "limit", value_name = "MEASURE<=VALUE", allow_hyphen_values = true)]
    limits: Vec<String>,
    /// Boxes at most for each policy and test
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u8).range(1..=20))]
    boxes: u8,
    /// Choose boxes that hold as many failures as they can at this density or more [default: best balance of density and coverage]
    #[arg(long, value_name = "SHARE", value_parser = share)]
    density: Option<f64>,
    /// People asked in a survey
    #[arg(long, value_name = "N", default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    people: u32,
    /// How answers about a parameter that is no share spread (standard deviation), so that a survey has a worth; may be given several times
    #[arg(long = "spread", value_name = "PATH=SD")]
    spreads: Vec<String>,
    /// Result folder [default: output/discover/NAME]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Folder of the runs of a study file [default: output/studies/NAME]
    #[arg(long, value_name = "DIR")]
    runs: Option<PathBuf>,
    /// Override a value of every scenario of a study file; may be given several times
    #[arg(long = "set", value_name = "PATH=VALUE")]
    sets: Vec<String>,
    /// Threads and figures
    #[command(flatten)]
    drawing: Drawing,
    /// Replace the result folder if there is one
    #[arg(long)]
    force: bool,
    /// Try runs that failed once more
    #[arg(long)]
    retry_failed: bool,
    /// Check everything and say what would be run, but run nothing
    #[arg(long)]
    dry_run: bool,
    /// No progress and no text, only errors
    #[arg(long)]
    quiet: bool,
    /// Print results as JSON instead of text
    #[arg(long, conflicts_with = "quiet")]
    json: bool,
}

impl DiscoverArgs {
    fn chosen(&self) -> Chosen {
        Chosen::of(self.source.clone(), self.runs.clone(), self.sets.clone())
    }
}

fn share(text: &str) -> Result<f64, String> {
    let share = text.parse().ok().filter(|share| *share > 0.0 && *share <= 1.0);
    share.ok_or_else(|| "write a share above 0 and up to 1, such as 0.8".to_owned())
}

/// Looks.
pub fn run(args: &DiscoverArgs) -> Result<(), Refusal> {
    let source = source(args)?;
    let about = SourceAbout::of(&source);
    let (asked, measures) = asked(args, &about)?;
    // Before anything is simulated: nobody should wait for results that cannot be kept.
    interruption()?;
    let usual = || ["output", "discover", &about.name].iter().collect();
    let out: PathBuf = args.out.clone().unwrap_or_else(usual);
    if args.dry_run {
        show(&in_advance(args, &source, &out)?);
        return Ok(());
    }
    let folder = Folder::claim(&out, ResultKind::Discovery, args.force).map_err(failed)?;
    let worlds = worlds(args, source, &measures)?;
    if worlds.draws() < 2 {
        return Err(wrong(format!(
            "{} has one world, so nothing tells worlds apart: give a study with draws, or `compare --draws`",
            args.source.display()
        )));
    }
    let made = Discovery::of(worlds, asked);
    let findings = words::findings(&made);
    let figures = args.drawing.files(&discovery_figures(&made))?;
    let files = store::discovery_files(&made, &findings, figures).map_err(failed)?;
    folder.write(&files).map_err(failed)?;
    let json = || speaking(Language::English, || json(&made, &words::findings(&made), &out));
    answer((args.json, args.quiet), json, || text(&made, &findings, &out));
    Ok(())
}

/// Where the runs are.
enum Source {
    File(Box<Study>),
    Study(Box<Study>, Manifest),
    Comparison(Box<Comparison>),
    Worlds(Worlds),
}

fn source(args: &DiscoverArgs) -> Result<Source, Refusal> {
    let path = &args.source;
    if path.is_dir() {
        let manifest = Manifest::read(path).map_err(wrong)?;
        return match manifest.kind {
            ResultKind::Study => told_study(&path.join("study.ron"), &[], manifest),
            ResultKind::Comparison => {
                let (comparison, _) = store::read_comparison(path).map_err(wrong)?;
                Ok(Source::Comparison(Box::new(comparison)))
            }
            ResultKind::Discovery => Ok(Source::Worlds(store::read_worlds(path).map_err(wrong)?)),
            other => Err(wrong(format!(
                "{} holds {}, which has no worlds to tell apart: give a study file, or the folder of `crackdown sweep` or of \
                 `crackdown compare --draws`",
                path.display(),
                other.in_words()
            ))),
        };
    }
    if path.file_name().is_some_and(|name| name == store::WORLDS) {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let worlds = store::read_worlds(folder.unwrap_or(Path::new("."))).map_err(wrong)?;
        return Ok(Source::Worlds(worlds));
    }
    let study = input::told_study(path, &args.sets, args.quiet);
    study
        .map(|study| Source::File(Box::new(study)))
        .ok_or_else(|| wrong(format!("{} cannot be used", path.display())))
}

fn told_study(path: &Path, sets: &[String], manifest: Manifest) -> Result<Source, Refusal> {
    let study = input::told_study(path, sets, true);
    let study = study.ok_or_else(|| wrong(format!("{} cannot be used", path.display())))?;
    Ok(Source::Study(Box::new(study), manifest))
}

/// What can be asked of a source.
struct SourceAbout {
    name: String,
    measures: Vec<usize>,
    /// Name and number of the baseline, by arm.
    arms: Vec<(String, usize)>,
    parameters: Vec<String>,
}

impl SourceAbout {
    fn of(source: &Source) -> SourceAbout {
        let of_study = |study: &Study| SourceAbout {
            name: study.name.clone(),
            measures: study.measures.clone(),
            arms: study.arms.iter().map(|arm| (arm.name.clone(), arm.baseline)).collect(),
            parameters: study.parameters().iter().map(|path| (*path).to_owned()).collect(),
        };
        let paths = |all: &[ParameterDraws]| all.iter().map(|one| one.path.clone()).collect();
        match source {
            Source::File(study) | Source::Study(study, _) => of_study(study),
            Source::Comparison(comparison) => SourceAbout {
                name: comparison.arms[0].name.clone(),
                measures: (0..MEASURES.len()).collect(),
                arms: comparison.arms.iter().map(|arm| (arm.name.clone(), 0)).collect(),
                parameters: comparison
                    .draws
                    .as_ref()
                    .map_or_else(Vec::new, |draws| paths(&draws.parameters)),
            },
            Source::Worlds(worlds) => SourceAbout {
                name: worlds.name.clone(),
                measures: worlds
                    .lines
                    .iter()
                    .filter_map(|line| measure_number(&line.measure))
                    .collect(),
                arms: worlds.arms.iter().map(|arm| (arm.name.clone(), arm.baseline)).collect(),
                parameters: paths(&worlds.parameters),
            },
        }
    }
}

fn near<'a>(name: &str, all: impl Iterator<Item = &'a str> + Clone) -> String {
    let list = all.clone().collect::<Vec<_>>().join(", ");
    let near =
        nearest(name, all).map_or_else(String::new, |near| format!(" did you mean `{near}`?"));
    format!("{near} Allowed: {list}")
}

/// What is asked, checked, and the measures that it takes.
fn asked(
    args: &DiscoverArgs,
    about: &SourceAbout,
) -> Result<(DiscoveryRequest, Vec<usize>), Refusal> {
    let mut wrongs = Vec::new();
    let kept = || about.measures.iter().map(|measure| MEASURES[*measure].name);
    let mut known = |option: &str, name: &str| {
        let found = measure_number(name.trim()).filter(|found| about.measures.contains(found));
        if found.is_none() {
            let hint = near(name, kept());
            wrongs.push(format!(
                "{option}: {} has no measure `{name}`;{hint}",
                args.source.display()
            ));
        }
        found
    };
    let judged = |measure: &usize| MEASURES[*measure].wanted != Wanted::Neither;
    let usual = || {
        let usual = measure_number(USUAL).filter(|usual| about.measures.contains(usual));
        usual.or_else(|| about.measures.iter().copied().find(judged))
    };
    let objective = match &args.objective {
        Some(name) => known("--objective", name),
        None => usual(),
    };
    let mut limits = Vec::new();
    let mut unread = Vec::new();
    for text in &args.limits {
        match Limit::read(text) {
            Ok(limit) => {
                if known("--limit", MEASURES[limit.measure].name).is_some() {
                    limits.push(limit);
                }
            }
            Err(Some(why)) => unread.push(format!("--limit `{text}` {why}")),
            Err(None) => {
                let name = text.split(['<', '>']).next().unwrap_or_default().trim().to_owned();
                known("--limit", &name);
            }
        }
    }
    wrongs.extend(unread);
    if let Some(measure) = objective.filter(|objective| !judged(objective)) {
        wrongs.push(format!(
            "--objective {}: neither more nor less of it is better, so no policy can fail by it; use --limit",
            MEASURES[measure].name
        ));
    }
    if args.objective.is_none() && objective.is_none() {
        wrongs.push(format!(
            "{} keeps no measure of which one way is better: add one to its `measures`",
            args.source.display()
        ));
    }
    let arms = || about.arms.iter().enumerate().filter(|(number, arm)| arm.1 != *number);
    let worlds = about.arms.len() - arms().count();
    if worlds != 1 {
        wrongs.push(format!(
            "{} has {worlds} baselines; policies are chosen in one: leave one of `scenarios`",
            args.source.display()
        ));
    }
    let mut policies = Vec::new();
    for name in &args.policies {
        match arms().find(|(_, arm)| arm.0 == name.trim()) {
            Some((number, _)) if policies.contains(&number) => {}
            Some((number, _)) => policies.push(number),
            None => wrongs.push(format!(
                "--policies: there is no policy `{name}`;{}",
                near(name, arms().map(|(_, arm)| arm.0.as_str()))
            )),
        }
    }
    if args.policies.is_empty() {
        policies = arms().map(|(number, _)| number).collect();
    }
    if policies.is_empty() && wrongs.is_empty() {
        wrongs.push(format!("{} has no policies", args.source.display()));
    }
    let mut spreads = Vec::new();
    for text in &args.spreads {
        let parts = text.split_once('=');
        let sd = parts
            .and_then(|(_, sd)| sd.trim().parse().ok())
            .filter(|sd: &f64| *sd > 0.0 && sd.is_finite());
        match (parts, sd) {
            (Some((path, _)), Some(sd))
                if about.parameters.iter().any(|known| known == path.trim()) =>
            {
                spreads.push((path.trim().to_owned(), sd));
            }
            (Some((path, _)), Some(_)) => wrongs.push(format!(
                "--spread: `{path}` is not drawn;{}",
                near(path, about.parameters.iter().map(String::as_str))
            )),
            _ => wrongs.push(format!(
                "--spread `{text}`: write a path and a number above 0, such as customers.habit=0.2"
            )),
        }
    }
    if about.parameters.is_empty() {
        wrongs.push(format!(
            "{} draws no parameters, so there is one world: give a study with `draws`, or `compare --draws scenarios/posterior.parquet`",
            args.source.display()
        ));
    }
    let Some(objective) = objective.filter(|_| wrongs.is_empty()) else {
        let last = wrongs.pop().unwrap_or_default();
        input::tell(&wrongs);
        return Err(usage(last));
    };
    let mut measures = vec![objective];
    for limit in &limits {
        if !measures.contains(&limit.measure) {
            measures.push(limit.measure);
        }
    }
    let choice = args.density.map_or(Choice::Balance, Choice::Density);
    let boxes = usize::from(args.boxes);
    let asked = DiscoveryRequest {
        objective,
        policies,
        limits,
        boxes,
        choice,
        people: args.people,
        spreads,
    };
    Ok((asked, measures))
}

fn in_advance(args: &DiscoverArgs, source: &Source, out: &Path) -> Result<String, Refusal> {
    let first = match source {
        Source::File(study) => {
            let chosen = args.chosen();
            let plan = Plan::of(study).map_err(failed)?;
            let (plan, there) =
                look(plan, &chosen.place(study), Scope::Everything).map_err(failed)?;
            let missing = rows::missing(&plan, &there, Shard::WHOLE);
            format!(
                "{missing} of {} runs would be made in {} first",
                plan.runs(),
                chosen.place(study).folder().display()
            )
        }
        _ => format!("The runs are in {}", args.source.display()),
    };
    Ok(format!("{first}\nResults would go to {}\n", out.display()))
}

/// The runs; those of a study file that are missing are made.
fn worlds(args: &DiscoverArgs, source: Source, measures: &[usize]) -> Result<Worlds, Refusal> {
    match source {
        Source::Worlds(worlds) => Ok(worlds),
        Source::Comparison(comparison) => Worlds::of_comparison(&comparison, measures)
            .ok_or_else(|| wrong(format!("{} has no draws", args.source.display()))),
        Source::Study(study, manifest) => {
            let plan = Plan::of(&study).map_err(failed)?;
            let plan = plan.with_replications(manifest.replications.unwrap_or(study.replications));
            of_study(&plan, &args.source, measures)
        }
        Source::File(study) => {
            let chosen = args.chosen();
            let way = RowsWay {
                threads: args.drawing.threads(),
                quiet: args.quiet,
                retry_failed: args.retry_failed,
            };
            let place = chosen.place(&study);
            let plan = Plan::of(&study).map_err(failed)?;
            let held = Manifest::read(place.folder()).ok();
            let same =
                |held: &Manifest| held.inputs().into_values().eq([plan.fingerprint().to_owned()]);
            match held.filter(same) {
                Some(held) if !args.retry_failed => {
                    let plan =
                        plan.with_replications(held.replications.unwrap_or(study.replications));
                    of_study(&plan, place.folder(), measures)
                }
                _ => {
                    let (complete, ..) = sweep::whole(&chosen, &study, way, args.drawing)?;
                    of_study(&complete.plan, place.folder(), measures)
                }
            }
        }
    }
}

fn of_study(plan: &Plan, folder: &Path, measures: &[usize]) -> Result<Worlds, Refusal> {
    let study = plan.study;
    let runs = MergedRuns::open(folder).map_err(failed)?;
    let parameters = ParameterDraws::drawn(study);
    let asked = study_results::asked(plan);
    let mut column = |arm: usize, measure: usize| study_results::column(plan, &runs, arm, measure);
    Worlds::of_study(&study.name, &asked, parameters, measures, &mut column).map_err(failed)
}

fn text(made: &Discovery, findings: &str, out: &Path) -> String {
    let head = say!(
        "{title}, {worlds} worlds × {replications} replications",
        title = retold(&made.worlds.title),
        worlds = made.worlds.draws(),
        replications = made.worlds.setting.replications
    );
    let mut text = format!("{head}\n\n{findings}");
    if let Some(value) = &made.value {
        let unit = MEASURES[made.asked.objective].unit;
        let in_unit = |gain: f64| amount(gain, unit, false);
        let survey = say!("asking {people}", people = made.asked.people);
        let titles = ["", tr("worth##column"), tr("another choice in"), &survey, ""];
        let mut rows = vec![titles.map(str::to_owned).to_vec()];
        let everything = value.everything;
        rows.push(vec![
            tr("everything##row").to_owned(),
            in_unit(everything.gain),
            percent_of(everything.changes),
            "-".to_owned(),
            String::new(),
        ]);
        for one in value.parameters.iter().filter(|one| one.clear) {
            let Some(known) = one.known else { continue };
            let asking =
                one.survey.map_or_else(|| "-".to_owned(), |(_, worth)| in_unit(worth.gain));
            rows.push(vec![
                one.path.clone(),
                in_unit(known.gain),
                percent_of(known.changes),
                asking,
                String::new(),
            ]);
        }
        let others = value.parameters.len() + 2 - rows.len();
        let rest = say!(
            "{others} other parameters are worth no more than chance gives to one in 95 of 100 cases ({gain}).",
            others,
            gain = in_unit(value.by_chance)
        );
        let head = tr("What it is worth to find out before choosing");
        text += &format!("\n{head}\n{}{rest}\n", aligned(&rows));
    }
    text + &results(&made.worlds.setting, out)
}

fn json(made: &Discovery, findings: &str, out: &Path) -> Value {
    let worth = |worth: study::stats::information::Worth| json!({"gain": worth.gain, "changes": worth.changes});
    let cases: Vec<Value> = made
        .cases
        .iter()
        .map(|case| {
            let boxes = case.boxes.as_ref().map(|boxes| {
                let one = |found: &study::stats::boxes::FoundBox| {
                    json!({
                        "within": words::within(made, case, found),
                        "density": found.chosen.count.density(),
                        "coverage": found.chosen.count.coverage(case.count.hits),
                        "by_chance": found.by_chance,
                    })
                };
                boxes.iter().map(one).collect::<Vec<Value>>()
            });
            json!({
                "policy": made.worlds.arms[case.policy].name,
                "limit": case.limit.map(|limit| made.asked.limits[limit].text.clone()),
                "worlds": case.count.worlds,
                "failures": case.count.hits,
                "share_without_chance": case.without_chance,
                "boxes": boxes,
            })
        })
        .collect();
    let value = made.value.as_ref().map(|value| {
        let parameters: Vec<Value> = value
            .parameters
            .iter()
            .map(|one| {
                json!({
                    "path": one.path,
                    "known": one.known.map(worth),
                    "clear": one.clear,
                    "survey": one.survey.map(|(_, survey)| worth(survey)),
                })
            })
            .collect();
        json!({
            "chosen": made.worlds.arms[value.chosen].name,
            "everything": worth(value.everything),
            "holds_chance": value.holds_chance,
            "by_chance": value.by_chance,
            "parameters": parameters,
        })
    });
    json!({
        "folder": out.display().to_string(),
        "objective": MEASURES[made.asked.objective].name,
        "findings": findings,
        "cases": cases,
        "value": value,
    })
}
