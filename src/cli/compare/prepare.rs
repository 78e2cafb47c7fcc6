//! From arguments to scenarios that can be compared, or everything that is wrong with them.

use std::path::PathBuf;

use jiff::civil::Date;

use super::CompareArgs;
use crate::cli::draws::{DrawOptions, DrawnStudy};
use crate::cli::input;
use crate::cli::published::PublishedFigures;
use crate::cli::simulate::tell;
use ::report::say;
use model::MEASURES;
use scenario::finding::nearest;
use scenario::study::{DrawsWanted, Width};
use scenario::{self, Resolved, Scenario};
use study::comparison::RankingSensitivity;
use study::store::{self, File};
use world::units::Class;

/// A measure and how narrow its interval is to be.
#[derive(Clone, Debug, PartialEq)]
pub struct PrecisionWish {
    /// Number of the measure.
    pub measure: usize,
    /// Half-width of the interval: a share of the baseline's mean, or an amount.
    pub width: Width,
    /// As written.
    pub written: String,
}

/// What is to be compared.
pub struct PreparedComparison {
    /// Baseline first; names are unique.
    pub scenarios: Vec<Resolved>,
    /// First and last day that count.
    pub window: (Date, Date),
    /// Target of the displacement account.
    pub target: Vec<Class>,
    /// What `--precision` asks for.
    pub wish: Option<PrecisionWish>,
    /// An analyst's own published figures.
    pub figures: Option<PublishedFigures>,
    /// The scenarios under draws of parameters.
    pub laid: Option<DrawnStudy>,
    /// What a sensitivity analysis found, and its file.
    pub sensitivity: Option<(RankingSensitivity, File)>,
}

impl PreparedComparison {
    /// Files from elsewhere that the result folder keeps.
    pub fn copies(&self) -> Vec<File> {
        let posterior = self.laid.as_ref().map(|laid| laid.posterior.clone());
        let sensitivity = self.sensitivity.as_ref().map(|(_, file)| file.clone());
        let figures = self.figures.as_ref().map(|own| own.file.clone());
        posterior.into_iter().chain(sensitivity).chain(figures).collect()
    }
}

/// Loads and checks everything, and tells all findings.
pub fn prepare(args: &CompareArgs) -> Result<PreparedComparison, ()> {
    let sets = args.how.sets();
    let paths: Vec<&PathBuf> = std::iter::once(&args.baseline).chain(&args.policies).collect();
    let mut wrong: Vec<String> = Vec::new();
    let loaded = input::load(&paths, &sets, args.how.quiet);
    let mut keep = |result: Result<(), String>| wrong.extend(result.err());
    let mut target = Vec::new();
    keep(classes(&args.target).map(|classes| target = classes));
    let mut wish = None;
    keep(args.precision.as_deref().map_or(Ok(()), |text| precision(text).map(|w| wish = Some(w))));
    if args.precision.is_some() && args.replications < 2 {
        keep(Err("--precision needs at least 2 --replications in its first stage".to_owned()));
    }
    let spread = spread(args, loaded.as_deref());
    keep(spread.check(args.replications));
    if args.precision.is_some() && spread.draws.is_some() {
        keep(Err("--precision cannot be combined with --draws: it adds replications, but what is not known shrinks only with more \
             draws. Give more --replications"
            .to_owned()));
    }
    let mut sensitivity = None;
    keep(args.sensitivity.as_deref().map_or(Ok(()), |folder| {
        store::read_sensitivity(folder)
            .map(|read| sensitivity = Some(read))
            .map_err(|why| format!("--sensitivity: {why}"))
    }));
    let figures = args.published.read(args.how.quiet);
    keep(input::apart(&args.out(), &args.runs));
    let mut window = (Date::MIN, Date::MAX);
    if let Some(scenarios) = &loaded {
        let base = &scenarios[0].scenario;
        keep(input::window(args.window.as_deref(), scenarios).map(|dates| window = dates));
        for (path, resolved) in paths.iter().zip(scenarios).skip(1) {
            let same = comparable(base, &resolved.scenario);
            keep(same.map_err(|why| format!("{}: {why}", path.display())));
        }
    }
    input::tell(&wrong);
    let figures = figures?;
    let how = &args.how;
    let laid = match &loaded {
        Some(scenarios) if args.spread.draws.is_none() => usual(args, &spread, scenarios, &sets),
        Some(scenarios) => spread.lay(scenarios, &sets, args.replications, how.seed, how.quiet)?,
        None => None,
    };
    let few = args.replications < FEWEST && shipped(args, loaded.as_deref()).is_some();
    if few && !how.quiet {
        input::note(&say!(
            "intervals hold chance only: there are fewer than {most} replications; with --replications {most} or more they hold unknown parameters too",
            most = FEWEST
        ));
    }
    let mut scenarios = loaded.filter(|_| wrong.is_empty()).ok_or(())?;
    input::name_apart(&mut scenarios);
    if !args.how.quiet {
        if let Some(own) = &figures {
            own.tell_left_out(&scenarios[0].scenario);
        }
        warn_of_other_worlds(&paths, &scenarios);
        input::hint_at_late_starts(&scenarios, window);
    }
    Ok(PreparedComparison { scenarios, window, target, wish, laid, sensitivity, figures })
}

/// Fewest replications that are spread over draws when nobody asked for it: with two of each, as many draws as make an effect clear.
const FEWEST: u32 = 2 * study::stats::CLEAR as u32;

/// The shipped posterior, where the baseline rests on the shipped reference and nothing else was asked for.
fn shipped(args: &CompareArgs, scenarios: Option<&[Resolved]>) -> Option<PathBuf> {
    let other = args.chance_only || args.precision.is_some() || args.spread.draws.is_some();
    scenarios.filter(|_| !other).and_then(|all| scenario::shipped_posterior(&all[0]))
}

/// Over which draws runs are spread: those that were asked for, or else the shipped posterior of a baseline that rests on the shipped reference.
fn spread(args: &CompareArgs, scenarios: Option<&[Resolved]>) -> DrawOptions {
    if args.spread.draws.is_some() || args.replications < FEWEST {
        return args.spread.clone();
    }
    let draws = shipped(args, scenarios);
    // Two replications of each draw tell chance from what is not known; an odd number has a draw for each.
    let per_draw = if args.replications.is_multiple_of(2) { 2 } else { 1 };
    DrawOptions { draws, per_draw }
}

/// Scenarios over the shipped posterior; `None` where it does not lie beside, or where they say themselves what it draws: then the answer is
/// about that.
fn usual(
    args: &CompareArgs,
    spread: &DrawOptions,
    scenarios: &[Resolved],
    sets: &[String],
) -> Option<DrawnStudy> {
    let path = spread.draws.as_ref()?;
    let (number, per_draw) = (args.replications / spread.per_draw, spread.per_draw);
    let wanted = DrawsWanted { posterior: path, draws: number, per_draw, seed: args.how.seed };
    let own = scenario::differences(&scenario::reference().scenario, &scenarios[0].scenario);
    let says = |path: &&str| own.iter().any(|difference| difference.path == **path);
    let laid = DrawnStudy::of(scenarios, sets, &wanted).ok();
    let both: Vec<String> = laid
        .iter()
        .flat_map(|laid| laid.study.parameters())
        .filter(says)
        .map(|path| format!("`{path}`"))
        .collect();
    let laid = laid.filter(|_| both.is_empty());
    if !args.how.quiet {
        let path = scenario::shipped::shown(path);
        let said = match laid {
            Some(_) => format!(
                "intervals hold chance and unknown parameters, {number} draws of {path} × {per_draw} replications; with --chance-only \
                 they hold chance only"
            ),
            None if both.is_empty() => format!(
                "intervals hold chance only: a scenario or --set gives values already that {path} draws; --draws takes other draws"
            ),
            None => format!(
                "intervals hold chance only: the scenario or --set gives a value to {}, which {path} draws too; with --draws posterior they hold both",
                both.join(", ")
            ),
        };
        input::note(&said);
    }
    laid
}

/// Replications of two scenarios pair only if their days and agents are the same.
fn comparable(baseline: &Scenario, policy: &Scenario) -> Result<(), String> {
    let mut differ = Vec::new();
    let mut check = |name: &str, a: String, b: String| {
        if a != b {
            differ.push(format!("{name} is {b}, in the baseline {a}"));
        }
    };
    check("start", baseline.start.to_string(), policy.start.to_string());
    check("end", baseline.end.to_string(), policy.end.to_string());
    let warm_up = |scenario: &Scenario| scenario.warm_up_days.to_string();
    check("warm_up_days", warm_up(baseline), warm_up(policy));
    let people = |scenario: &Scenario| scenario.people_per_agent.to_string();
    check("people_per_agent", people(baseline), people(policy));
    if differ.is_empty() {
        return Ok(());
    }
    Err(format!("cannot be compared day by day with the baseline: {}", differ.join("; ")))
}

/// A policy that changes the world as well is no longer only a policy: the reader should know.
fn warn_of_other_worlds(paths: &[&PathBuf], scenarios: &[Resolved]) {
    for (path, resolved) in paths.iter().zip(scenarios).skip(1) {
        let found = scenario::differences(&scenarios[0].scenario, &resolved.scenario);
        let world: Vec<&str> = found
            .iter()
            .map(|difference| difference.path.as_str())
            .filter(|path| !path.starts_with("policy."))
            .collect();
        if !world.is_empty() {
            tell!(
                "warning: {} differs from the baseline in more than policy ({}): the effect is of both",
                path.display(),
                world.join(", ")
            );
        }
    }
}

fn classes(names: &[String]) -> Result<Vec<Class>, String> {
    let mut found = Vec::new();
    for name in names {
        let class = Class::ALL.iter().find(|class| class.key() == name.trim());
        let class = class.ok_or_else(|| {
            let all = || Class::ALL.iter().map(|class| class.key());
            let near = nearest(name, all())
                .map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
            format!("--target: no class is called `{name}`{near} Allowed: {}", list(all()))
        })?;
        if !found.contains(class) {
            found.push(*class);
        }
    }
    if found.len() == Class::COUNT {
        return Err("--target: with all classes as the target nothing can be displaced".to_owned());
    }
    Ok(found)
}

fn list<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.collect::<Vec<_>>().join(", ")
}

/// `MEASURE=WIDTH`, such as `unlicensed_turnover=2%`.
fn precision(text: &str) -> Result<PrecisionWish, String> {
    let example = "write for example unlicensed_turnover=0.5% or closures=2";
    let (name, width) =
        text.split_once('=').ok_or_else(|| format!("--precision {text}: no `=`; {example}"))?;
    let measure = MEASURES.iter().position(|meaning| meaning.name == name.trim());
    let measure = measure.ok_or_else(|| {
        let all = || MEASURES.iter().map(|meaning| meaning.name);
        let near = input::meant(name, all());
        format!("--precision: no measure is called `{name}`.{near} Allowed: {}", list(all()))
    })?;
    let (number, share) = match width.trim().strip_suffix('%') {
        Some(number) => (number.trim(), true),
        None => (width.trim(), false),
    };
    let value: f64 = number
        .parse()
        .ok()
        .filter(|value: &f64| value.is_finite() && *value > 0.0)
        .ok_or_else(|| format!("--precision: `{width}` is no width above 0; {example}"))?;
    let width = if share { Width::Share(value / 100.0) } else { Width::Amount(value) };
    Ok(PrecisionWish { measure, width, written: text.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_precision_is_a_measure_and_a_width() {
        let wish = precision("unlicensed_turnover=2%").unwrap();
        assert_eq!(
            (MEASURES[wish.measure].name, wish.width),
            ("unlicensed_turnover", Width::Share(0.02))
        );
        assert_eq!(precision("unlicensed_turnover=5e9").unwrap().width, Width::Amount(5e9));
        for (text, word) in [
            ("unlicensed_turnover", "no `=`"),
            ("unlicenced_turnover=2%", "Did you mean `unlicensed_turnover`?"),
            ("unlicensed_turnover=0%", "no width above 0"),
            ("unlicensed_turnover=inf", "no width above 0"),
        ] {
            let message = precision(text).unwrap_err();
            assert!(message.contains(word), "{message}");
        }
    }

    #[test]
    fn a_class_that_is_misspelt_gets_the_nearest_name() {
        let message = classes(&["shadov".to_owned()]).unwrap_err();
        assert!(message.contains("did you mean `shadow`?"), "{message}");
        let twice = ["hub".to_owned(), "hub".to_owned()];
        assert_eq!(classes(&twice), Ok(vec![Class::Hub]));
    }
}
