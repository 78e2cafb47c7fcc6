//! `crackdown attribute`: what each measure of a bundle adds, or each mechanism of an effect.

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use jiff::civil::Date;

use super::pool::{self, Pool, Trial};
use super::simulate::{Refusal, failed};
use super::tables::{aligned, head, results};
use report::speech::tr;
use report::words::{against, days, measure, sentence};
use report::{SHOWN, attribution_figures, attribution_finding, say};
use scenario::mixture::{measures_that_differ, with_measures, without_mechanisms};
use scenario::{Mixture, Resolved};
use study::comparison::attribution::{self, Attribution, By, Division, MECHANISMS, Split};
use study::comparison::{Amount, Setting};
use study::store;

/// Measures of a bundle at most: twice as many scenarios with each one more. Source: judgement.
const MOST: usize = 6;

/// What an effect is divided into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Into {
    /// The measures in which the bundle differs from the baseline
    Measure,
    /// Incapacitation, deterrence, displacement and replacement
    Mechanism,
}

/// What to divide, how, and where the results go.
#[derive(Debug, clap::Args)]
#[command(
    long_about = "Say what each measure of a bundle adds to its effect, or each mechanism\n\n\
    A measure is a group of `policy` (auto_block, shutdown_rate, …) in which BUNDLE differs from BASE. All sets of measures are \
    simulated with the same random numbers. For each measure: its effect alone; as the last one, on top of all others; and its Shapley \
    value, the mean over all orders in which measures can be added. Shapley values add up to the effect of the bundle in every \
    replication. Interaction is the effect of the bundle minus the sum of all alone.\n\n\
    With --by mechanism the effect is divided by switching deterrence, displacement and replacement off, in BASE and BUNDLE \
    alike: incapacitation is the effect without all three, each of them gets its Shapley value over the eight worlds.",
    after_help = "Examples:\n  \
    crackdown attribute scenarios/kazakhstan.ron scenarios/policies/no_enforcement.ron --people-per-agent 100\n  \
    crackdown attribute scenarios/kazakhstan.ron scenarios/policies/shutdown_double.ron --by mechanism --out output/closures\n\n\
    Finished runs are kept in output/runs and used again; after Ctrl-C the same command goes on where it stopped."
)]
pub struct AttributeArgs {
    /// Scenario file of the baseline
    #[arg(value_name = "BASE")]
    pub base: PathBuf,
    /// Scenario file of the bundle, or of the policy whose effect is divided
    #[arg(value_name = "BUNDLE")]
    pub bundle: PathBuf,
    /// What the effect is divided into
    #[arg(long, value_enum, value_name = "WHAT", default_value = "measure")]
    pub by: Into,
    /// Result folder
    #[arg(long, value_name = "DIR", default_value = "output/attribution")]
    pub out: PathBuf,
    /// Runs
    #[command(flatten)]
    pub trial: Trial,
}

/// Divides the effect.
pub fn run(args: &AttributeArgs) -> Result<(), Refusal> {
    let (scenarios, window) = prepare(args)?;
    let AttributeArgs { out, trial, .. } = args;
    let (pool, division) = divide(args.by, &scenarios, trial.how.seed);
    let simulated = pool::simulate(&pool, trial, window, (out, store::ResultKind::Attribution))?;
    let Some(simulated) = simulated else { return Ok(()) };
    let setting = Setting::of(&scenarios[0], trial.how.seed, trial.replications, window);
    let bundle = &scenarios[1].scenario;
    let bundle = (&*bundle.name, &*bundle.title);
    let made = attribution::attribute(setting, bundle, &division, &simulated.values);
    let figures = trial.how.drawing.files(&attribution_figures(&made))?;
    let texts = pool::texts(&scenarios, trial.how.seed);
    let measured = pool.measured(&simulated.values);
    let files = store::attribution_files(&made, &texts, &measured, figures).map_err(failed)?;
    let json = || serde_json::json!({ "folder": out.display().to_string(), "attribution": made });
    simulated.conclude(&files, &trial.how, &|| text(&made, out), &json)
}

/// The two scenarios and the days that count; what is wrong is told.
fn prepare(args: &AttributeArgs) -> Result<(Vec<Resolved>, (Date, Date)), ()> {
    let AttributeArgs { base, bundle, by, out, trial } = args;
    let look = |both: &[Resolved]| divisible(*by, &both[0], bundle, &both[1]);
    trial.scenarios(base, std::slice::from_ref(bundle), out, Vec::new(), look)
}

/// Whether the bundle has measures, and not too many.
fn divisible(by: Into, base: &Resolved, path: &Path, bundle: &Resolved) -> Result<(), String> {
    let measures = measures_that_differ(base, bundle);
    let path = path.display();
    if measures.is_empty() {
        return Err(format!(
            "{path} has the same policy as the baseline: there is no effect to divide"
        ));
    }
    if by == Into::Measure && measures.len() > MOST {
        return Err(format!(
            "{path} differs from the baseline in {} measures ({}): their sets are {} scenarios, each with all replications; at \
             most {MOST} measures can be divided. Leave some of them as in the baseline, or put them into the baseline",
            measures.len(),
            measures.join(", "),
            1_u64 << measures.len().min(63)
        ));
    }
    Ok(())
}

/// All scenarios that are simulated, and the days that count; what is wrong is told.
pub(super) fn pool(args: &AttributeArgs) -> Result<(Pool, (Date, Date)), ()> {
    let (scenarios, window) = prepare(args)?;
    Ok((divide(args.by, &scenarios, args.trial.how.seed).0, window))
}

/// Baseline and bundle divided: the scenarios to be run, and which of them make which world.
fn divide(by: Into, scenarios: &[Resolved], seed: u64) -> (Pool, Division) {
    let (base, bundle) = (&scenarios[0], &scenarios[1]);
    let mut pool = Pool::new(seed);
    let division = match by {
        Into::Measure => by_measure(&mut pool, base, bundle),
        Into::Mechanism => by_mechanism(&mut pool, base, bundle),
    };
    (pool, division)
}

fn by_measure(pool: &mut Pool, base: &Resolved, bundle: &Resolved) -> Division {
    let parts = measures_that_differ(base, bundle);
    let inside = |set: usize| -> Vec<&str> {
        let chosen = parts.iter().enumerate().filter(|(part, _)| set >> part & 1 == 1);
        chosen.map(|(_, name)| name.as_str()).collect()
    };
    let world = |set: usize| {
        let measures = inside(set);
        let title = if set == 0 { base.scenario.title.clone() } else { measures.join(" + ") };
        (0, pool.add(title, with_measures(base, bundle, &measures)))
    };
    let worlds = (0..1 << parts.len()).map(world).collect();
    Division { by: By::Measure, parts, worlds }
}

fn by_mechanism(pool: &mut Pool, base: &Resolved, bundle: &Resolved) -> Division {
    // The baseline as it is comes first: its yardsticks hold for all.
    pool.add(base.scenario.title.clone(), Mixture::just(base));
    let mut world = |set: usize| {
        let off = MECHANISMS.iter().enumerate().filter(|(part, _)| set >> part & 1 == 0);
        let off: Vec<&str> = off.map(|(_, name)| *name).collect();
        let mut put = |resolved: &Resolved| {
            let title = &resolved.scenario.title;
            let title = match off.is_empty() {
                true => title.clone(),
                false => format!("{title} without {}", off.join(", ")),
            };
            pool.add(title, without_mechanisms(resolved, &off))
        };
        (put(base), put(bundle))
    };
    let worlds = (0..1 << MECHANISMS.len()).map(&mut world).collect();
    Division { by: By::Mechanism, parts: MECHANISMS.map(str::to_owned).to_vec(), worlds }
}

/// The finding, what each part adds to domestic exchange without a licence in three ways, and its Shapley value on other measures.
fn text(made: &Attribution, out: &Path) -> String {
    let split = made.split("unlicensed_domestic_turnover");
    let said = |split: &Split, amount: &Amount| against(amount, split.baseline, &split.unit);
    let titles = [
        tr("domestic exchange without a licence##column"),
        tr("alone##column"),
        tr("last##column"),
        tr("Shapley value"),
    ];
    let mut rows = vec![head(titles)];
    for (name, part) in made.parts.iter().zip(&split.parts) {
        let cells = [&part.alone, &part.last, &part.shapley].map(|amount| said(split, amount));
        rows.push(std::iter::once(named(name)).chain(cells).collect());
    }
    let mut head = vec![tr("Shapley value").to_owned()];
    head.extend(SHOWN.map(measure));
    let mut others = vec![head];
    let mut line = |name: String, of: &dyn Fn(&Split) -> String| {
        let cells = SHOWN.iter().map(|measure| of(made.split(measure)));
        others.push(std::iter::once(name).chain(cells).collect());
    };
    for (number, name) in made.parts.iter().enumerate() {
        line(named(name), &|split| said(split, &split.parts[number].shapley));
    }
    match made.by {
        By::Measure => line(tr("Interaction").to_owned(), &|split| said(split, &split.interaction)),
        By::Mechanism => line(tr("Incapacitation").to_owned(), &|split| said(split, &split.none)),
    }
    line(tr("All together").to_owned(), &|split| said(split, &split.effect));
    let note = match made.by {
        By::Measure => tr(
            "Shapley values add up to all together; interaction is all together minus the sum of all alone. A part that comes last is measured on top of the others: where these raise what is counted, it may take away more than 100 %.",
        ),
        By::Mechanism => tr(
            "Incapacitation (all three switched off) and the three Shapley values add up to all together.",
        ),
    };
    let holds = say!(
        "In percent of the baseline, {days}; 95 % intervals by Student's t hold chance only, {n} replications with the same random numbers in every scenario.",
        days = days(made.setting.window),
        n = made.setting.replications
    );
    format!(
        "{}.\n\n{}\n{}\n{note}\n{holds}\n{}",
        attribution_finding(made),
        aligned(&rows),
        aligned(&others),
        results(&made.setting, out)
    )
}

/// A part in words.
fn named(part: &str) -> String {
    tr(&sentence(part)).to_owned()
}
