//! `crackdown forecast`: the agency's figures of years to come, and how well those of past years would have been predicted.

use std::path::{Path, PathBuf};

use jiff::civil::Date;

use super::draws::{self, DrawOptions, DrawnStudy};
use super::published::{self, OwnFigures};
use super::runs::StudyRuns;
use super::simulate::{How, Refusal, failed, show};
use super::tables::{aligned, results};
use super::{input, pool};
use report::say;
use report::speech::{counted, number, retold, tr};
use report::words::{amount, percent_of};
use scenario::study::Portable;
use scenario::{Resolved, Study};
use study::comparison::Setting;
use study::comparison::forecast::{
    self, Backtest, Fan, KnownFigure, Period, Score, backtest, fans, periods, quantities,
};
use study::store::published::Published;
use study::store::{self, Command, File, Forecast};
use world::record::Record;

/// What is simulated: options of `forecast` and `update`.
#[derive(Debug, clap::Args)]
pub struct Ahead {
    /// Scenario file of the status quo
    #[arg(value_name = "SCENARIO")]
    pub scenario: PathBuf,
    /// Last day
    #[arg(long, value_name = "DATE", default_value = "2028-12-31")]
    pub until: Date,
    /// Number of runs, spread over draws of parameters
    #[arg(long, value_name = "N", default_value_t = 80, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub replications: u32,
    /// Over which draws runs are spread [default: posterior.parquet beside the scenario, else the one in the program]
    #[command(flatten)]
    pub spread: DrawOptions,
    /// Where finished runs are kept and looked for; it may be deleted at any time
    #[arg(long, value_name = "DIR", default_value = "output/runs")]
    pub runs: PathBuf,
    /// How to simulate
    #[command(flatten)]
    pub how: How,
}

/// What to forecast, how, and where the results go.
#[derive(Debug, clap::Args)]
#[command(
    long_about = "Forecast the agency's figures by year and quarter, under the status quo and policies\n\n\
    Bands hold chance and unknown parameters. The backtest weighs draws that were fitted to nothing by the figures that end before a year, and predicts \
    those of the year; it is scored against \"as last year\" and a straight line.",
    after_help = "Examples:\n  \
    crackdown forecast scenarios/outlook_2028.ron --until 2028-12-31\n  \
    crackdown forecast scenarios/outlook_2028.ron --policy scenarios/questions/next_year.ron --people-per-agent 1000\n  \
    crackdown forecast scenarios/kazakhstan.ron --until 2026-12-31 --figures my_figures.csv\n\n\
    Finished runs are kept in output/runs and used again; after Ctrl-C the same command goes on where it stopped."
)]
pub struct ForecastArgs {
    /// What is simulated
    #[command(flatten)]
    pub ahead: Ahead,
    /// Scenario file of a policy; may be given several times
    #[arg(long = "policy", value_name = "FILE")]
    pub policies: Vec<PathBuf>,
    /// Bands of chance alone: no draws of parameters
    #[arg(long, conflicts_with = "draws")]
    pub chance_only: bool,
    /// Study whose ranges the backtest draws from [default: studies/calibration.ron beside the scenario, else the one in the program]
    #[arg(long, value_name = "STUDY")]
    pub prior: Option<PathBuf>,
    /// Runs of the backtest, each a draw of its own; 0 for none
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u32).range(0..=100_000))]
    pub backtest: u32,
    /// Published figures that are overlaid and predicted
    #[command(flatten)]
    pub published: OwnFigures,
    /// Result folder
    #[arg(long, value_name = "DIR", default_value = "output/forecast")]
    pub out: PathBuf,
}

/// Scenarios to the last day, under draws.
pub(super) struct PreparedForecast {
    /// Status quo first.
    pub scenarios: Vec<Resolved>,
    /// Under draws; `None` for chance alone.
    pub laid: Option<DrawnStudy>,
}

impl Ahead {
    /// Reads everything and tells what is wrong.
    pub(super) fn prepare(
        &self,
        policies: &[PathBuf],
        chance_only: bool,
        out: &Path,
    ) -> Result<PreparedForecast, ()> {
        let how = &self.how;
        let mut sets = how.sets();
        sets.push(format!("end=\"{}\"", self.until));
        let mut spread = self.spread.clone();
        if spread.draws.is_none() && !chance_only {
            // Else the one that is in the program.
            let own = beside(&self.scenario, "posterior.parquet");
            spread.draws = Some(own.unwrap_or_else(|| "posterior".into()));
        }
        let wrong = spread.check(self.replications).err().into_iter().collect();
        let reaches = |scenarios: &[Resolved]| {
            let (start, until) = (scenarios[0].scenario.start, self.until);
            let none = periods(start, until).is_empty();
            let why =
                || format!("--until {until}: no whole quarter lies between {start} and this day");
            if none { Err(why()) } else { Ok(()) }
        };
        let places = (out, self.runs.as_path());
        let files = (&self.scenario, policies);
        let scenarios = input::trial(files, (&sets, how.quiet), places, wrong, reaches)?;
        let laid = spread.lay(&scenarios, &sets, self.replications, how.seed, how.quiet)?;
        Ok(PreparedForecast { scenarios, laid })
    }
}

impl PreparedForecast {
    /// The study of these scenarios.
    pub(super) fn study(&self, ahead: &Ahead) -> Study {
        draws::study(&self.scenarios, self.laid.as_ref(), ahead.how.seed, ahead.replications)
    }

    /// How it was got.
    pub(super) fn setting(&self, ahead: &Ahead) -> Setting {
        let base = &self.scenarios[0].scenario;
        let days = (base.start, base.end);
        Setting::of(&self.scenarios[0], ahead.how.seed, ahead.replications, days)
    }
}

/// A file of the project beside a scenario, or beside the folder in which it lies.
fn beside(scenario: &Path, name: &str) -> Option<PathBuf> {
    let folders = [scenario.parent(), scenario.parent().and_then(Path::parent)];
    let path = |folder: &Path| folder.join(name);
    folders.into_iter().flatten().map(path).find(|path| path.is_file())
}

/// Published figures as a forecast weighs them.
pub(super) fn known(published: &Published) -> KnownFigure {
    let Published { quantity, from, to, .. } = *published;
    KnownFigure { quantity, from, to, target: published.target() }
}

/// The study whose draws the backtest weighs.
struct Prior {
    study: Study,
    portable: Portable,
}

/// Reads it, and tells what is wrong.
fn prior(args: &ForecastArgs, wrong: &mut Vec<String>) -> Option<Prior> {
    let path = match &args.prior {
        Some(path) => path.clone(),
        None => beside(&args.ahead.scenario, "studies/calibration.ron")
            .unwrap_or_else(|| "calibration".into()),
    };
    let how = &args.ahead.how;
    let study = input::told_study(&path, &how.sets(), how.quiet);
    let Some(study) = study else {
        wrong.push(format!(
            "--prior {} cannot be used; --backtest 0 leaves the backtest out",
            path.display()
        ));
        return None;
    };
    if !study.draws_from_ranges() || study.arms.len() != 1 {
        wrong.push(format!(
            "--prior {}: a backtest needs one scenario and draws from ranges, such as scenarios/studies/calibration.ron",
            path.display()
        ));
        return None;
    }
    let portable = study.portable();
    Some(Prior { study: study.first_draws(args.backtest), portable })
}

/// Forecasts.
pub fn run(args: &ForecastArgs) -> Result<(), Refusal> {
    let ahead = &args.ahead;
    let own = args.published.read(ahead.how.quiet);
    let mut wrong = Vec::new();
    let prior = if args.backtest > 0 { prior(args, &mut wrong) } else { None };
    input::tell(&wrong);
    let prepared = ahead.prepare(&args.policies, args.chance_only, &args.out);
    let (Ok(prepared), Ok(own), true) = (prepared, own, wrong.is_empty()) else {
        return Err(().into());
    };
    let how = &ahead.how;
    let folder = how.claim(&args.out, store::ResultKind::Forecast)?;
    let base = &prepared.scenarios[0].scenario;
    let periods = periods(base.start, base.end);
    let list = published::list(own.as_ref());
    let known: Vec<KnownFigure> = list.all.iter().map(known).collect();
    let digest = |record: Record| forecast::seen(&record, base, &periods);
    let study = prepared.study(ahead);
    let mut runs = StudyRuns::new(&study, how, &ahead.runs, &digest);
    let past = |study: &Study| -> Vec<KnownFigure> {
        let days = &study.arms[0].resolved.scenario;
        known.iter().filter(|it| days.start <= it.from && it.to <= days.end).cloned().collect()
    };
    if how.dry_run {
        let more = prior.as_ref().map_or(String::new(), |prior| {
            format!("The backtest has {} runs\n", prior.study.draws())
        });
        show(&(runs.plan(study.replications, &args.out) + &more));
        return Ok(());
    }
    runs.announce("", study.replications);
    runs.ensure(study.replications)?;
    let values = runs.into_kept();
    let mut backtests = Vec::new();
    if let Some(prior) = &prior {
        let known = past(&prior.study);
        let days = &prior.study.arms[0].resolved.scenario;
        let digest = |record: Record| -> Vec<f64> {
            let one =
                |it: &KnownFigure| forecast::seen_in(&record, days, it.quantity, it.from, it.to);
            known.iter().map(one).collect()
        };
        let mut runs = StudyRuns::new(&prior.study, how, &ahead.runs, &digest);
        runs.announce(
            "Backtest with draws that were fitted to nothing (--backtest 0 leaves it out), ",
            1,
        );
        runs.ensure(1)?;
        let figures = runs.into_kept().remove(0);
        backtests.extend((2024..=2100).filter_map(|year| backtest(&known, &figures, year)));
    }
    let weights = vec![1.0 / values[0].len() as f64; values[0].len()];
    let arms = prepared.scenarios.iter();
    let made = Forecast {
        setting: prepared.setting(ahead),
        arms: arms.map(|one| (one.scenario.name.clone(), one.scenario.title.clone())).collect(),
        draws: prepared.laid.as_ref().map(DrawnStudy::told),
        fans: fans(&values, periods.len(), &weights),
        periods,
        backtests,
        backtest_runs: prior.as_ref().map_or(0, |prior| prior.study.draws()),
        frozen_since: scenario::frozen(base).map(|frozen| frozen.since),
    };
    let figure = report::forecast_figure(&made, &known, sentence(&made));
    let drawn = how.drawing.files(&figure.into_iter().collect::<Vec<_>>())?;
    let texts = pool::texts(&prepared.scenarios, how.seed);
    let mut repeat = Command::new("forecast").word(file_of(&texts[0]));
    for policy in &texts[1..] {
        repeat = repeat.option("policy", file_of(policy));
    }
    repeat = repeat.option("until", ahead.until).option("backtest", made.backtest_runs);
    if made.draws.is_none() {
        repeat = repeat.word("--chance-only");
    }
    let mut copies: Vec<File> = prepared.laid.iter().map(|laid| laid.posterior.clone()).collect();
    if let Some(prior) = &prior {
        repeat = repeat.option("prior", "prior/study.ron");
        let files = store::portable_files(&prior.portable).into_iter();
        copies.extend(files.map(|file| File { name: format!("prior/{}", file.name), ..file }));
    }
    repeat = repeat.published(own.as_ref().map(|own| own.file.name.as_str()));
    copies.extend(own.as_ref().map(|own| own.file.clone()));
    let files = store::forecast_files(&made, &texts, repeat, copies, drawn).map_err(failed)?;
    folder.write(&files).map_err(failed)?;
    how.answer(|| json(&made, &args.out), || text(&made, &args.out));
    Ok(())
}

/// File of a scenario in the folder.
pub(super) fn file_of(written: &store::Written) -> String {
    store::verify::scenario_file(written.name)
}

/// What is printed, with its title; the first has the sentence.
const SHOWN: [(&str, &str); 8] = [
    ("closures", "Platforms closed"),
    ("closed_turnover_kzt", "Turnover of the closed"),
    ("largest_case_share", "Share of the largest case"),
    ("seized_kzt", "Coins and money seized"),
    ("seized_property_kzt", "Property seized"),
    ("arrests", "Operators arrested"),
    ("licensed_turnover_kzt", "Turnover of licensed venues"),
    ("licensed_users_share", "Users of licensed venues"),
];
/// Years that fit beside each other.
const YEARS: usize = 4;

/// Draws from which on ends of bands of 90 % lie within what was drawn. Unit: draws. Source: 1 / 0.05; Status: judgement.
const FEWEST_DRAWS: u32 = 20;

fn held(forecast: &Forecast) -> &'static str {
    if forecast.draws.is_some() { tr("chance and unknown parameters") } else { tr("chance only") }
}

fn cell(value: f64, unit: &str) -> String {
    match unit {
        "share" => percent_of(value),
        "KZT" => amount(value, unit, false),
        _ => format!("{value:.0}"),
    }
}

fn banded(fan: &Fan, unit: &str) -> String {
    let [low, .., high] = fan.quantiles;
    let ends = say!("[{from} to {to}]", from = cell(low, unit), to = cell(high, unit));
    format!("{} {ends}", cell(fan.quantiles[2], unit)).replace(" to KZT ", " to ")
}

/// The fan of a quantity under a scenario in a period.
fn fan<'a>(forecast: &'a Forecast, arm: usize, quantity: &str, period: &Period) -> Option<&'a Fan> {
    let number = quantities().iter().position(|(name, _)| *name == quantity)?;
    let is = |fan: &&Fan| {
        fan.arm == arm && fan.quantity == number && forecast.periods[fan.period] == *period
    };
    forecast.fans.iter().find(is)
}

/// Years, or quarters where there is no year.
fn shown(forecast: &Forecast) -> Vec<&Period> {
    let years: Vec<&Period> = forecast.periods.iter().filter(|period| period.is_year()).collect();
    let all = if years.is_empty() { forecast.periods.iter().collect() } else { years };
    all[all.len().saturating_sub(YEARS)..].to_vec()
}

/// One sentence that says the result.
fn sentence(forecast: &Forecast) -> String {
    let shown = shown(forecast);
    let last = shown[shown.len() - 1];
    let closures = fan(forecast, 0, "closures", last);
    let turnover = fan(forecast, 0, "closed_turnover_kzt", last);
    match (closures, turnover) {
        (Some(closures), Some(turnover)) => say!(
            "In {year} the agency closes {closures} platforms (median; {low} to {high} in 90 % of worlds; {held}), with a turnover of {turnover}",
            year = last.name,
            closures = cell(closures.quantiles[2], "venues"),
            low = cell(closures.quantiles[0], "venues"),
            high = cell(closures.quantiles[4], "venues"),
            held = held(forecast),
            turnover = cell(turnover.quantiles[2], "KZT"),
        ),
        _ => say!("The agency's figures to {year}", year = last.name),
    }
}

fn text(forecast: &Forecast, out: &Path) -> String {
    let shown = shown(forecast);
    let mut rows = vec![
        std::iter::once(tr("median [90 % of worlds]").to_owned())
            .chain(shown.iter().map(|period| period.name.clone()))
            .collect::<Vec<String>>(),
    ];
    for (arm, (_, title)) in forecast.arms.iter().enumerate() {
        if forecast.arms.len() > 1 {
            let mut row = vec![format!("{}:", retold(title))];
            row.resize(shown.len() + 1, String::new());
            rows.push(row);
        }
        for (quantity, name) in SHOWN {
            let unit =
                quantities().iter().find(|(of, _)| *of == quantity).map_or("", |(_, unit)| unit);
            let mut row = vec![tr(name).to_owned()];
            row.extend(shown.iter().map(|period| {
                fan(forecast, arm, quantity, period).map_or("-".to_owned(), |fan| banded(fan, unit))
            }));
            rows.push(row);
        }
    }
    let frozen = forecast.frozen_since.map_or(String::new(), |since| {
        let said = say!(
            "After {since} nothing in the world changes by itself: scenarios/outlook_2028.ron states trends.",
            since
        );
        said + "\n"
    });
    let over = forecast.draws.as_ref().map_or(String::new(), |draws| {
        let few = match draws.number < FEWEST_DRAWS {
            true => tr(", too few for ends of bands: more --replications"),
            false => "",
        };
        let draws = counted(u64::from(draws.number), "{n} draw|{n} draws");
        say!(" over {draws}{few}", draws, few)
    });
    let holds = say!(
        "Bands hold {held}; {runs} runs of each scenario{over}.",
        held = held(forecast),
        runs = forecast.setting.replications,
        over
    );
    format!(
        "{}.\n\n{}\n{holds}\n{frozen}{}{}",
        sentence(forecast),
        aligned(&rows),
        scores(forecast),
        results(&forecast.setting, out)
    )
}

/// Mean of scores against a naive forecast, where both are known: number, model, naive, and how often the model is better.
fn against(
    scores: &[&Score],
    naive: fn(&Score) -> Option<f64>,
) -> Option<(usize, f64, f64, usize)> {
    let both: Vec<(f64, f64)> =
        scores.iter().filter_map(|score| Some((score.model, naive(score)?))).collect();
    let mean = |of: fn(&(f64, f64)) -> f64| both.iter().map(of).sum::<f64>() / both.len() as f64;
    let better = both.iter().filter(|(model, naive)| model < naive).count();
    (!both.is_empty()).then(|| (both.len(), mean(|pair| pair.0), mean(|pair| pair.1), better))
}

/// The backtest in words.
fn scores(forecast: &Forecast) -> String {
    let mut text = String::new();
    for test in &forecast.backtests {
        let all: Vec<&Score> = test.scores.iter().collect();
        let count = |is: &dyn Fn(&Score) -> bool| all.iter().filter(|score| is(score)).count();
        text += &say!(
            "Backtest {year}: {figures} figures from {before} before it; inside the 50 % band {half}, inside the 90 % band {most}, band meets the source's range {meets}; {carried}",
            year = test.year,
            figures = all.len(),
            before = test.fitted,
            half = count(&|score| score.inside(1)),
            most = count(&|score| score.inside(0)),
            meets = count(&Score::meets),
            carried = carried(test)
        );
        text.push('\n');
        for (name, naive) in [
            (
                tr("before any figure is known"),
                (|score: &Score| Some(score.unfitted)) as fn(&Score) -> Option<f64>,
            ),
            (tr("as last year"), |score| score.last_year),
            (tr("straight line"), |score| score.line),
        ] {
            let name = format!("\"{name}\"");
            text += &match against(&all, naive) {
                None => say!("  against {name}: no figure of the years before was published", name),
                Some((figures, model, naive, better)) => say!(
                    "  against {name}: CRPS {model} and {naive} on {figures} figures, the model nearer on {better}{so}",
                    name,
                    model = number(format!("{model:.2}")),
                    naive = number(format!("{naive:.2}")),
                    figures,
                    better,
                    so = if model < naive { "" } else { tr(": the model is no better") }
                ),
            };
            text.push('\n');
        }
    }
    text
}

fn carried(test: &Backtest) -> String {
    let weights = &test.weights;
    match weights.power < 1.0 {
        false => say!("{runs} effective runs", runs = format!("{:.0}", weights.effective)),
        true => say!(
            "{runs} effective runs, for which the figures before count with the power {power} (in full: {full} runs)",
            runs = format!("{:.0}", weights.effective),
            power = number(format!("{:.2}", weights.power)),
            full = number(format!("{:.1}", weights.untempered))
        ),
    }
}

fn json(forecast: &Forecast, out: &Path) -> serde_json::Value {
    let names = quantities();
    let fans: Vec<serde_json::Value> = forecast
        .fans
        .iter()
        .map(|fan| {
            let (quantity, unit) = names[fan.quantity];
            serde_json::json!({
                "arm": forecast.arms[fan.arm].0, "quantity": quantity, "unit": unit,
                "period": forecast.periods[fan.period].name, "quantiles": fan.quantiles,
            })
        })
        .collect();
    let tests: Vec<serde_json::Value> = forecast
        .backtests
        .iter()
        .flat_map(|test| test.scores.iter().map(move |score| {
            serde_json::json!({
                "year": test.year, "figure": score.known.target.name, "published": score.known.target.value,
                "quantiles": score.quantiles, "crps": score.model, "crps_last_year": score.last_year,
                "crps_straight_line": score.line, "effective_runs": test.weights.effective,
            })
        }))
        .collect();
    serde_json::json!({
        "folder": out.display().to_string(), "held": held(forecast), "forecast": fans, "backtest": tests,
    })
}
