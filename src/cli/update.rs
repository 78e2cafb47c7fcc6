//! `crackdown update`: the posterior weighed by figures that it was not fitted to.

use std::path::{Path, PathBuf};

use super::forecast::{Ahead, PreparedForecast, file_of, known};
use super::published::{OwnFigures, PublishedFigures};
use super::runs::StudyRuns;
use super::simulate::{Refusal, failed, print, wrong};
use super::tables::aligned;
use super::{input, pool};
use report::words::amount;
use study::comparison::forecast::{
    self, FEWEST, KnownFigure, PosteriorShift, of_draws, periods, quantities, weigh,
};
use study::store::published::List;
use study::store::{self, Command, Update};
use world::record::Record;

/// What is weighed, by what, and where the results go.
#[derive(Debug, clap::Args)]
#[command(
    long_about = "Weigh the posterior by new figures\n\n\
    Runs are weighed by how well they meet figures that the posterior was not fitted to; those that stand in scenarios/figures.csv already are left out. \
    updated.parquet holds the draws with their weights, for --draws.",
    after_help = "Examples:\n  \
    crackdown update scenarios/outlook_2028.ron --figures new.csv\n  \
    crackdown forecast scenarios/outlook_2028.ron --draws output/update/updated.parquet\n\n\
    Runs that `crackdown forecast` made with the same options are used again."
)]
pub struct UpdateArgs {
    /// What is simulated
    #[command(flatten)]
    pub ahead: Ahead,
    /// New figures
    #[command(flatten)]
    pub published: OwnFigures,
    /// Result folder
    #[arg(long, value_name = "DIR", default_value = "output/update")]
    pub out: PathBuf,
}

/// Weighs.
pub fn run(args: &UpdateArgs) -> Result<(), Refusal> {
    let quiet = args.ahead.how.quiet;
    let own = args.published.read(quiet)?.ok_or_else(|| {
        wrong("no new figures: give --figures FILE, with the columns of scenarios/figures.csv")
    })?;
    let prepared = args.ahead.prepare(&[], false, &args.out)?;
    let new = new(&own, &prepared, quiet).map_err(wrong)?;
    let (ahead, how) = (&args.ahead, &args.ahead.how);
    let folder = how.claim(&args.out, store::ResultKind::Update)?;
    let base = &prepared.scenarios[0].scenario;
    let years: Vec<_> =
        periods(base.start, base.end).into_iter().filter(|period| period.is_year()).collect();
    let digest = |record: Record| -> (Vec<f64>, Vec<f64>) {
        let one = |it: &KnownFigure| forecast::seen_in(&record, base, it.quantity, it.from, it.to);
        (new.iter().map(one).collect(), forecast::seen(&record, base, &years))
    };
    let study = prepared.study(ahead);
    let mut runs = StudyRuns::new(&study, how, &ahead.runs, &digest);
    if how.dry_run {
        print(&runs.plan(study.replications, &args.out));
        return Ok(());
    }
    runs.announce("", study.replications);
    runs.ensure(study.replications)?;
    let kept = runs.into_kept().remove(0);
    let (figures, seen): (Vec<Vec<f64>>, Vec<Vec<f64>>) = kept.into_iter().unzip();
    let weights = weigh(&new.iter().collect::<Vec<_>>(), &figures);
    let laid = prepared.laid.as_ref().expect("an update has draws");
    let (draws, each) = (laid.told(), study.replications as usize);
    let (draw_weights, effective) = of_draws(&weights.weights, each);
    let mut moved: Vec<PosteriorShift> = draws
        .parameters
        .iter()
        .filter_map(|parameter| {
            let values: Option<Vec<f64>> =
                parameter.values.iter().map(|value| value.parse().ok()).collect();
            PosteriorShift::of(
                parameter.path.clone(),
                "unit of the parameter",
                &values?,
                &draw_weights,
            )
        })
        .collect();
    let names = quantities();
    let mut ahead_of: Vec<PosteriorShift> = (0..names.len() * years.len())
        .filter_map(|place| {
            let (quantity, unit) = names[place / years.len()];
            let what = format!("{quantity} {}", years[place % years.len()].name);
            let values: Vec<f64> = seen.iter().map(|row| row[place]).collect();
            PosteriorShift::of(what, unit, &values, &weights.weights)
        })
        .collect();
    for list in [&mut moved, &mut ahead_of] {
        list.sort_by(|a, b| b.shift.abs().total_cmp(&a.shift.abs()));
    }
    let told = text(&moved, &ahead_of, &weights, (effective, draws.number), args, &new);
    moved.extend(ahead_of);
    let made = Update {
        setting: prepared.setting(ahead),
        draws,
        weights,
        draw_weights,
        effective,
        figures: new.iter().map(|it| it.target.name.clone()).collect(),
        moved,
    };
    let texts = pool::texts(&prepared.scenarios, how.seed);
    let repeat = Command::new("update")
        .word(file_of(&texts[0]))
        .option("until", ahead.until)
        .published(Some(&own.file.name));
    let copies = vec![laid.posterior.clone(), own.file.clone()];
    let files = store::update_files(&made, &texts, repeat, copies).map_err(failed)?;
    folder.write(&files).map_err(failed)?;
    how.answer(|| json(&made, &args.out), || told);
    Ok(())
}

/// Figures inside the simulated days that the posterior was not fitted to.
fn new(
    own: &PublishedFigures,
    prepared: &PreparedForecast,
    quiet: bool,
) -> Result<Vec<KnownFigure>, String> {
    let days = &prepared.scenarios[0].scenario;
    let all: Vec<_> = own.list.to_fit(days.start, days.end).collect();
    let outside = own.list.all.len() - all.len();
    let fitted = |one: &study::store::published::Published| {
        let ours = List::ours().to_fit(days.start, days.end);
        ours.into_iter().any(|it| {
            (it.quantity, it.from, it.to, it.value) == (one.quantity, one.from, one.to, one.value)
        })
    };
    let (old, new): (Vec<_>, Vec<_>) = all.into_iter().partition(|one| fitted(one));
    if !quiet {
        if !old.is_empty() {
            input::note(&format!(
                "{} figures stand in scenarios/figures.csv and were fitted already: they are left out, since they would count twice",
                old.len()
            ));
        }
        if outside > 0 {
            input::note(&format!(
                "{outside} figures are left out: their use is check, or their days are not all between {} and {}",
                days.start, days.end
            ));
        }
    }
    if new.is_empty() {
        return Err(format!(
            "--figures: no figure is new: give figures with days between {} and {} that do not stand in scenarios/figures.csv",
            days.start, days.end
        ));
    }
    Ok(new.into_iter().map(known).collect())
}

/// Rows that are shown of each kind.
const SHOWN: usize = 6;

fn text(
    parameters: &[PosteriorShift],
    figures: &[PosteriorShift],
    weights: &study::stats::Weights,
    (effective, draws): (f64, u32),
    args: &UpdateArgs,
    new: &[KnownFigure],
) -> String {
    let head = ["what", "before: median [90 %]", "after", "moved by (sd)"].map(str::to_owned);
    let mut rows = vec![head.to_vec()];
    let short = |value: f64| amount(value, "", false).trim_end().to_owned();
    let band = |q: &[f64; 5]| format!("{} [{} to {}]", short(q[2]), short(q[0]), short(q[4]));
    for one in parameters.iter().take(SHOWN).chain(figures.iter().take(SHOWN)) {
        let shift = format!("{:+.2}", one.shift).replace('-', "−");
        rows.push(vec![one.what.clone(), band(&one.before), band(&one.after), shift]);
    }
    let more = match weights.untempered < FEWEST {
        false => String::new(),
        true => format!(
            "The new figures counted in full leave {:.1} effective runs, fewer than {FEWEST:.0}, so they count with the power {:.2}. More runs: the same command with --replications {}\n",
            weights.untempered,
            weights.power,
            args.ahead.replications * 4
        ),
    };
    format!(
        "{} new figures leave {effective:.0} effective draws of {draws} ({:.0} effective runs); what moved furthest is {}.\n\n{}\nBands hold chance and unknown parameters.\n{more}Results: {}; draws with their weights: {}\n",
        new.len(),
        weights.effective,
        parameters.first().map_or("nothing", |one| one.what.as_str()),
        aligned(&rows),
        args.out.display(),
        args.out.join("updated.parquet").display()
    )
}

fn json(update: &Update, out: &Path) -> serde_json::Value {
    let moved: Vec<serde_json::Value> = update
        .moved
        .iter()
        .map(|one| {
            serde_json::json!({
                "what": one.what, "unit": one.unit, "shift": one.shift, "before": one.before, "after": one.after,
            })
        })
        .collect();
    serde_json::json!({
        "folder": out.display().to_string(), "figures": update.figures, "effective_draws": update.effective,
        "effective_runs": update.weights.effective, "power": update.weights.power, "moved": moved,
    })
}
