//! `crackdown dose`: effects of policies at part strength.

use std::path::{Path, PathBuf};

use jiff::civil::Date;

use super::input;
use super::pool::{self, Pool, Trial};
use super::simulate::{Refusal, failed};
use super::tables::{aligned, results};
use report::speech::{number as decimal, retold};
use report::words::{self, against};
use report::{SHOWN, dose_figures, say};
use scenario::mixture::at_strength;
use scenario::{Mixture, Resolved};
use study::comparison::Setting;
use study::comparison::dose::{self, Dose, Dosed};
use study::store;

/// What to dose, how, and where the results go.
#[derive(Debug, clap::Args)]
#[command(
    long_about = "Say how the effect of policies grows with their strength\n\n\
    At strength s every number of POLICY that differs from BASE lies the share s of the way between the two, on every date. \
    Words, such as targeting, switch as soon as s is above 0; a campaign gets the share s of its strength. Strength 0 is the \
    baseline itself, strength 1 the policy itself; all strengths have the same random numbers.",
    after_help = "Examples:\n  \
    crackdown dose scenarios/kazakhstan.ron scenarios/policies/*.ron --people-per-agent 100\n  \
    crackdown dose scenarios/kazakhstan.ron scenarios/policies/auto_block.ron --strengths 0,0.1,0.2,0.5,1\n\n\
    Finished runs are kept in output/runs and used again; after Ctrl-C the same command goes on where it stopped."
)]
pub struct DoseArgs {
    /// Scenario file of the baseline
    #[arg(value_name = "BASE")]
    pub base: PathBuf,
    /// Scenario files of the policies
    #[arg(value_name = "POLICY", required = true)]
    pub policies: Vec<PathBuf>,
    /// Shares of the way from the baseline to the policy
    #[arg(long, value_name = "S,…", default_value = "0,0.25,0.5,0.75,1", value_delimiter = ',')]
    pub strengths: Vec<String>,
    /// Measures that are shown, here and as figures; `dose.csv` has all [default: the three lines, licensed turnover, honest payments stopped]
    #[arg(long, value_name = "MEASURE,…", value_delimiter = ',')]
    pub measures: Vec<String>,
    /// Result folder
    #[arg(long, value_name = "DIR", default_value = "output/dose")]
    pub out: PathBuf,
    /// Runs
    #[command(flatten)]
    pub trial: Trial,
}

/// Scenarios, the baseline first and names unique; strengths; measures that are shown; days that count.
type PreparedDoses = (Vec<Resolved>, Vec<f64>, Vec<&'static str>, (Date, Date));

/// Makes the curves.
pub fn run(args: &DoseArgs) -> Result<(), Refusal> {
    let (scenarios, strengths, shown, window) = prepare(args)?;
    let DoseArgs { out, trial, .. } = args;
    let (pool, dosed) = mix(&scenarios, &strengths, trial.how.seed);
    let simulated = pool::simulate(&pool, trial, window, (out, store::ResultKind::Dose))?;
    let Some(simulated) = simulated else { return Ok(()) };
    let setting = Setting::of(&scenarios[0], trial.how.seed, trial.replications, window);
    let made = dose::dose(setting, &strengths, &dosed, &simulated.values);
    let figures = trial.how.drawing.files(&dose_figures(&made, &shown))?;
    let texts = pool::texts(&scenarios, trial.how.seed);
    let measured = pool.measured(&simulated.values);
    let files = store::dose_files(&made, &texts, &measured, figures, &shown).map_err(failed)?;
    let json = || serde_json::json!({ "folder": out.display().to_string(), "dose": made });
    simulated.conclude(&files, &trial.how, &|| text(&made, &shown, out), &json)
}

/// Everything that was asked; what is wrong is told.
fn prepare(args: &DoseArgs) -> Result<PreparedDoses, ()> {
    let (strengths, shown) = (shares(&args.strengths), shown(&args.measures));
    let wrong = strengths.as_ref().err().into_iter().chain(shown.as_ref().err()).cloned().collect();
    let DoseArgs { base, policies, out, trial, .. } = args;
    let (scenarios, window) = trial.scenarios(base, policies, out, wrong, |_| Ok(()))?;
    Ok((scenarios, strengths.unwrap_or_default(), shown.unwrap_or_default(), window))
}

/// Measures by their names, each once; those that are always shown where none is named.
fn shown(names: &[String]) -> Result<Vec<&'static str>, String> {
    let mut found: Vec<&'static str> = Vec::new();
    for name in names.iter().map(|name| name.trim()) {
        let number = input::measure(name).map_err(|why| format!("--measures: {why}"))?;
        let known = model::MEASURES[number].name;
        if !found.contains(&known) {
            found.push(known);
        }
    }
    Ok(if found.is_empty() { SHOWN.to_vec() } else { found })
}

/// Strengths in rising order, each once.
fn shares(texts: &[String]) -> Result<Vec<f64>, String> {
    let mut found = Vec::new();
    for text in texts {
        let share = text.trim().parse().ok().filter(|share| (0.0..=1.0).contains(share));
        found.push(share.ok_or_else(|| {
            format!(
                "--strengths: `{text}` is no share from 0 to 1; write for example 0,0.25,0.5,0.75,1"
            )
        })?);
    }
    found.sort_by(f64::total_cmp);
    found.dedup();
    Ok(found)
}

/// All scenarios that are simulated, and the days that count; what is wrong is told.
pub(super) fn pool(args: &DoseArgs) -> Result<(Pool, (Date, Date)), ()> {
    let (scenarios, strengths, _, window) = prepare(args)?;
    Ok((mix(&scenarios, &strengths, args.trial.how.seed).0, window))
}

/// Policies at all strengths: the scenarios to be run, and which of them make which curve.
fn mix(scenarios: &[Resolved], strengths: &[f64], seed: u64) -> (Pool, Vec<Dosed>) {
    let base = &scenarios[0];
    let mut pool = Pool::new(seed);
    pool.add(base.scenario.title.clone(), Mixture::just(base));
    let mut dosed: Vec<Dosed> = Vec::new();
    for policy in &scenarios[1..] {
        let (name, title) = (policy.scenario.name.clone(), policy.scenario.title.clone());
        let at = |share: &f64| {
            pool.add(format!("{title}, strength {share}"), at_strength(base, policy, *share))
        };
        let places = strengths.iter().map(at).collect();
        dosed.push((name, title, places));
    }
    (pool, dosed)
}

/// For each measure that is shown: a line for each policy, a column for each strength.
fn text(made: &Dose, shown: &[&str], out: &Path) -> String {
    let mut text = String::new();
    for &measure in shown {
        let number = Dose::measure(measure);
        let unit = model::MEASURES[number].unit;
        let mut head = vec![words::measure(measure)];
        head.extend(made.strengths.iter().map(|share| format!("{:.3}", share * 100.0)));
        for cell in &mut head[1..] {
            let percent = cell.trim_end_matches('0').trim_end_matches('.').to_owned();
            *cell = format!("{} %", decimal(percent));
        }
        let mut rows = vec![head];
        for curve in &made.curves {
            let cell = |effects: &Vec<_>| against(&effects[number], made.baseline[number], unit);
            rows.push(
                std::iter::once(retold(&curve.title))
                    .chain(curve.effects.iter().map(cell))
                    .collect(),
            );
        }
        text += &aligned(&rows);
        text.push('\n');
    }
    let holds = say!(
        "Effect by strength over {days}, in percent of the baseline; 95 % intervals by Student's t hold chance only, {n} replications with the same random numbers in every scenario.",
        days = words::days(made.setting.window),
        n = made.setting.replications
    );
    format!("{text}{holds}\n{}", results(&made.setting, out))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measures_are_those_named_or_the_usual_ones() {
        let shown = |names: &[&str]| {
            shown(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<String>>())
        };
        assert_eq!(shown(&[]), Ok(SHOWN.to_vec()));
        assert_eq!(shown(&["hub_fee", " hub_fee"]), Ok(vec!["hub_fee"]));
        assert!(shown(&["hub_fees"]).unwrap_err().contains("did you mean hub_fee?"));
    }

    #[test]
    fn strengths_are_shares_in_rising_order() {
        let shares = |texts: &[&str]| {
            shares(&texts.iter().map(|text| (*text).to_owned()).collect::<Vec<String>>())
        };
        assert_eq!(shares(&["1", "0", " 0.5", "0.5"]), Ok(vec![0.0, 0.5, 1.0]));
        for wrong in ["50", "-0.1", "half", "NaN", ""] {
            assert!(shares(&[wrong]).unwrap_err().contains("no share from 0 to 1"), "{wrong}");
        }
    }
}
