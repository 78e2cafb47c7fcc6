//! The folder of a comparison: tables as CSV, one workbook, everything as JSON, the complete scenarios.

use std::collections::BTreeMap;
use std::path::Path;

use super::command::Command;
use super::manifest::{Manifest, ResultKind, scenario_file};
use super::outside;
use super::table::{Table, TableRows, UNIT_OF_ROW, with_columns};
use super::views::over_draws;
use super::{Figures, File, columns, draws, file, sealed, told, workbook};
use crate::comparison::{
    ComparedArm, Comparison, DisplacementAccount, Effect, Entry, MoneyLine, OutsideMeasure,
    PolicyVerdict, PrecisionReached, Recoveries, SightEffect, TurnoverRecovery,
};
use crate::stats::{Paired, Ratio, Standing};
use model::{MEASURES, Measure};
use scenario::files;

/// What the folder is, for `columns.md`.
const ABOUT: &str = "A comparison of policies with a baseline under the same random numbers. Intervals are 95 %, Student's t over replications paired by their random numbers, \
    unless a column says otherwise. `results.xlsx` holds the shorter tables as sheets, `comparison.json` everything for programs.";

/// All tables of a comparison.
pub fn tables(comparison: &Comparison) -> Vec<Table> {
    vec![
        effects(comparison),
        pairs(comparison),
        standings(comparison),
        displacement(comparison),
        account(comparison),
        outside(comparison),
        recovery(comparison),
        agency(comparison),
        series(comparison),
        replications(comparison),
        published(comparison),
    ]
}

const NAME: &str = "name";
const SCENARIO: &str = "Name of the scenario";
const MEASURE: &str =
    "Name of the measure; see the list below, and ODD.md for those of outside analysts";
const UNIT: &str = "Unit of the row's values";
const REPLICATIONS: &str = "Number of replications";

/// Policies with what was found of them.
fn policies(comparison: &Comparison) -> impl Iterator<Item = (&str, &PolicyVerdict)> {
    let names = comparison.policies().iter().map(|arm| arm.name.as_str());
    names.zip(&comparison.verdicts)
}

/// Adds all that is known of a difference between two scenarios; nothing where no run has a value in both.
fn paired<'a, R>(
    rows: TableRows<'a, R>,
    of: impl Fn(&'a R) -> Option<&'a Paired>,
) -> TableRows<'a, R> {
    let of = &of;
    let percent = |effect: &Paired, value: f64| {
        (effect.baseline != 0.0).then(|| 100.0 * value / effect.baseline.abs())
    };
    with_columns!(rows, row =>
        number "baseline_mean", UNIT_OF_ROW, "Mean of the baseline over replications" => of(row).map(|found| found.baseline);
        number "policy_mean", UNIT_OF_ROW, "Mean of the policy over replications" => of(row).map(|found| found.policy);
        number "effect", UNIT_OF_ROW, "Policy minus baseline in the same replication: mean" => of(row).map(|found| found.mean);
        interval ["effect_low", "effect_high"], UNIT_OF_ROW, "95 % interval of the mean effect (Student's t)" => of(row)?.interval;
        number "effect_percent", "%", "Effect over the baseline's mean" => percent(of(row)?, of(row)?.mean);
        interval ["effect_percent_low", "effect_percent_high"], "%", "95 % interval of effect_percent; the baseline's mean is taken as given" => {
            let (low, high) = of(row)?.interval?;
            percent(of(row)?, low).zip(percent(of(row)?, high))
        };
        interval ["bootstrap_low", "bootstrap_high"], UNIT_OF_ROW, "95 % interval of the mean effect by resampling (expanded percentiles, Hesterberg 2015)"
            => of(row)?.bootstrap;
        truth "t_and_bootstrap_agree", "yes or no", "Whether ends of the two intervals differ by less than a quarter of the half-width; if not, effects are skewed: trust the wider"
            => of(row)?.agree;
        interval ["unpaired_low", "unpaired_high"], UNIT_OF_ROW, "95 % interval if the two scenarios had different random numbers (Welch 1947)"
            => of(row)?.unpaired;
        number "unpaired_needs_times_more", "times", "How many times more replications a comparison with different random numbers would need for the same width"
            => of(row)?.variance_ratio;
        number "sd", UNIT_OF_ROW, "Standard deviation of single replications (divisor n - 1)" => of(row)?.sd;
        whole "replications", "number", REPLICATIONS => of(row).map_or(0, |found| found.n);
    )
}

pub(super) fn effects(comparison: &Comparison) -> Table {
    // A measure without a value in any pair of runs has a row and nothing in it.
    let rows: Vec<(&str, &Measure, Option<&Effect>)> = policies(comparison)
        .flat_map(|(policy, verdict)| {
            MEASURES.iter().map(move |measure| {
                let found = verdict.effects.iter().find(|effect| effect.measure == measure.name);
                (policy, measure, found)
            })
        })
        .collect();
    let about = "Effect of a policy on a measure: policy minus baseline in the same replication";
    with_columns!(Table::of("effects", about, &rows), row =>
        text "policy", NAME, SCENARIO => row.0.to_owned();
        text "measure", NAME, MEASURE => row.1.name;
        text "unit", NAME, UNIT => row.1.unit;
        text "better", NAME, "Which way is better: less, more or neither" => row.1.wanted.key();
        with |rows| paired(rows, |row| row.2.map(|effect| &effect.paired));
        number "share_better", "share", "Share of replications in which the policy is better" => row.2?.share_better;
        number "luck_band", UNIT_OF_ROW, "Nine of ten pairs of histories of the baseline differ by no more: what chance alone does"
            => row.2?.luck_band;
        with |rows| over_draws(rows, comparison.draws.as_ref(), |row| row.2?.spread);
    ).table()
}

fn pairs(comparison: &Comparison) -> Table {
    let name = |number: usize| comparison.arms[number].name.clone();
    let about = "Two scenarios on a measure, with an interval that holds for all pairs of that measure together";
    with_columns!(Table::of("pairs", about, &comparison.pairs), pair =>
        text "measure", NAME, MEASURE => pair.measure.clone();
        text "first", NAME, SCENARIO => name(pair.first);
        text "second", NAME, SCENARIO => name(pair.second);
        number "second_minus_first", "unit of the measure", "Mean difference in the same replication" => pair.mean;
        interval ["simultaneous_low", "simultaneous_high"], "unit of the measure", "95 % interval that holds for all pairs of this measure together (Bonferroni)"
            => pair.interval;
    ).table()
}

fn standings(comparison: &Comparison) -> Table {
    let each = MEASURES.iter().zip(&comparison.standings);
    let rows: Vec<(&Measure, &ComparedArm, &Standing)> = each
        .flat_map(|(measure, standings)| {
            let arms = comparison.arms.iter().zip(standings);
            arms.map(move |(arm, standing)| (measure, arm, standing))
        })
        .collect();
    let about = "How each scenario stands among all on a measure of which one way is better";
    with_columns!(Table::of("ranking", about, &rows), row =>
        text "measure", NAME, MEASURE => row.0.name;
        text "unit", NAME, UNIT => row.0.unit;
        text "scenario", NAME, SCENARIO => row.1.name.clone();
        number "probability_best", "probability", "Share of resamples in which its mean is the best of all scenarios" => row.2.probability_best;
        number "share_best", "share", "Share of replications in which it is the best" => row.2.share_best;
        number "regret", UNIT_OF_ROW, "Expected distance of its mean from the best, over resamples" => row.2.regret;
    ).table()
}

/// A line of the displacement account.
struct Displaced<'a> {
    policy: &'a str,
    entry: &'static str,
    meaning: &'static str,
    value: Option<f64>,
    interval: Option<(f64, f64)>,
    share: Option<Ratio>,
    replications: usize,
}

fn displaced<'a>(policy: &'a str, verdict: &PolicyVerdict) -> Vec<Displaced<'a>> {
    let account = &verdict.account;
    let replications = account.removed.n;
    let line = |entry, meaning, found: &Paired, share| Displaced {
        policy,
        entry,
        meaning,
        value: Some(found.mean),
        interval: found.interval,
        share,
        replications: found.n,
    };
    let removed = line("removed", "Removed from the target", &account.removed, None);
    let entries = Entry::ALL.iter().zip(&account.entries).zip(&account.shares);
    let entries =
        entries.map(|((entry, found), share)| line(entry.key(), entry.label(), found, *share));
    let sums = [
        line(
            "to_unlicensed",
            "Moved to other exchange without a licence",
            &account.moved,
            account.displaced,
        ),
        line(
            "diffusion",
            "Other exchange without a licence that fell as well",
            &account.diffusion,
            None,
        ),
    ];
    let ratios = [
        (
            "cost_per_crime_removed",
            "Cost of agency and banks for a tenge of money of crime removed (ratio)",
            verdict.price_of_crime.agency_cost,
        ),
        (
            "cost_per_domestic_removed",
            "Cost of agency and banks for a tenge of domestic exchange without a licence removed (ratio)",
            verdict.price_of_domestic.agency_cost,
        ),
        (
            "honest_stopped_per_crime_removed",
            "Honest turnover stopped for a tenge of money of crime removed (ratio)",
            verdict.price_of_crime.honest_turnover,
        ),
        (
            "honest_stopped_per_domestic_removed",
            "Honest turnover stopped for a tenge of domestic exchange without a licence removed (ratio)",
            verdict.price_of_domestic.honest_turnover,
        ),
    ];
    let ratios = ratios.into_iter().map(|(entry, meaning, found)| Displaced {
        policy,
        entry,
        meaning,
        value: found.map(|ratio| ratio.value),
        interval: found.map(|ratio| (ratio.low, ratio.high)),
        share: None,
        replications,
    });
    std::iter::once(removed).chain(entries).chain(sums).chain(ratios).collect()
}

fn displacement(comparison: &Comparison) -> Table {
    const AMOUNT: &str = "KZT or ratio";
    let rows: Vec<Displaced> =
        policies(comparison).flat_map(|(policy, verdict)| displaced(policy, verdict)).collect();
    let about = "The displacement account: means over replications with 95 % intervals (Student's t; ratios by resampling)";
    with_columns!(Table::of("displacement", about, &rows), row =>
        text "policy", NAME, SCENARIO => row.policy.to_owned();
        text "entry", NAME, "Line of the displacement account" => row.entry;
        text "meaning", "text", "The line in words" => row.meaning;
        number "kzt", AMOUNT, "Mean over replications" => row.value;
        interval ["kzt_low", "kzt_high"], AMOUNT, "95 % interval of the mean" => row.interval;
        number "share_of_lost", "share", "Of all that fell, the target and whatever else: what went there; empty if the entry fell itself, or the target did not clearly lose"
            => row.share.map(|share| share.value);
        interval ["share_of_lost_low", "share_of_lost_high"], "share", "95 % interval by resampling"
            => row.share.map(|share| (share.low, share.high));
        whole "replications", "number", REPLICATIONS => row.replications;
    ).table()
}

fn account(comparison: &Comparison) -> Table {
    let rows: Vec<(&str, &DisplacementAccount)> = policies(comparison)
        .flat_map(|(policy, verdict)| verdict.account.replications.iter().map(move |a| (policy, a)))
        .collect();
    let about = "The displacement account in every replication, to the tenge: the entries add up to what was removed";
    with_columns!(Table::of("account", about, &rows), row =>
        text "policy", NAME, SCENARIO => row.0.to_owned();
        with |rows| runs(rows, comparison, |row| row.1.replication);
        whole "removed", "KZT", "Turnover that established venues of the target lost, policy against baseline" => row.1.removed;
        with |rows| {
            let entries = Entry::ALL.iter().enumerate();
            entries.fold(rows, |rows, (number, entry)| {
                rows.whole(entry.key(), "KZT", format!("Where it went: {}", entry.label()), |row| {
                    row.1.entries[number]
                })
            })
        };
    ).table()
}

/// Adds number of a run, and its draw where parameters are drawn.
fn runs<'a, R>(
    rows: TableRows<'a, R>,
    comparison: &Comparison,
    of: impl Fn(&'a R) -> u32,
) -> TableRows<'a, R> {
    let rows = rows.index("replication", "number", "Number of the replication, from 0", &of);
    let Some(draws) = &comparison.draws else { return rows };
    let about = "Draw of parameters to which the run belongs, from 0";
    rows.index("draw", "number", about, |row| of(row) / draws.replications.max(1))
}

fn outside(comparison: &Comparison) -> Table {
    let rows: Vec<(&str, &OutsideMeasure)> = policies(comparison)
        .flat_map(|(policy, verdict)| verdict.outside.iter().map(move |outside| (policy, outside)))
        .collect();
    let about = "What an analyst without the model would compute from the policy's world alone, its placebo, and the truth";
    with_columns!(Table::of("outside", about, &rows), row =>
        text "policy", NAME, SCENARIO => row.0.to_owned();
        text "measure", NAME, MEASURE => row.1.name.clone();
        text "unit", NAME, UNIT => row.1.unit.clone();
        quantiles "computed", UNIT_OF_ROW, "As computed from the policy's world alone, before and after the date" => row.1.computed;
        quantiles "placebo", UNIT_OF_ROW, "The same in the baseline, where nothing happened on the date" => row.1.placebo;
        quantiles "truth", UNIT_OF_ROW, "The same quantity from policy and baseline with the same random numbers" => row.1.truth;
        number "share_defined", "share", "Share of replications in which the measure means something" => row.1.share_defined;
    ).table()
}

fn recovery(comparison: &Comparison) -> Table {
    const SEEN: &str = "Share of replications that saw it within the window";
    let rows: Vec<(&str, &str, TurnoverRecovery)> = policies(comparison)
        .flat_map(|(policy, verdict)| {
            let Recoveries { target, crime, domestic } = verdict.recoveries;
            let all = [("target", target), ("crime", crime), ("domestic", domestic)];
            all.into_iter().filter_map(move |(series, found)| Some((policy, series, found?)))
        })
        .collect();
    let about = "How turnover fell against the baseline with the same random numbers since the policy began, and came back";
    with_columns!(Table::of("recovery", about, &rows), row =>
        text "policy", NAME, SCENARIO => row.0.to_owned();
        text "series", NAME, "Turnover of the target classes, money of crime, or exchange without a licence" => row.1.to_owned();
        quantiles "peak_loss", "share", "Largest loss of four weeks against the baseline" => Some(row.2.peak_loss);
        number "peak_after_days", "days", "From the start of the policy to the largest loss: median" => row.2.peak_after.median_days;
        number "half_life_days", "days", "From the largest loss until half of it is made good: median; empty if fewer than half of the replications saw it"
            => row.2.half_life.median_days;
        number "half_life_share_seen", "share", SEEN => row.2.half_life.share_seen;
        number "to_ninety_days", "days", "From the start until turnover is back at nine tenths of the baseline for good: median; 0 if it never fell below"
            => row.2.to_ninety.median_days;
        number "to_ninety_share_seen", "share", SEEN => row.2.to_ninety.share_seen;
        quantiles "lost_kzt", "KZT", "Turnover lost since the policy began" => Some(row.2.lost_area);
        quantiles "lost_share", "share", "The same over the baseline's turnover" => Some(row.2.lost_share);
    ).table()
}

fn agency(comparison: &Comparison) -> Table {
    let rows: Vec<(&str, &SightEffect)> = policies(comparison)
        .flat_map(|(policy, verdict)| verdict.sights.iter().map(move |sight| (policy, sight)))
        .collect();
    let seen = ["seen_baseline", "seen_effect", "seen_effect_low", "seen_effect_high"];
    let truth = ["truth_baseline", "truth_effect", "truth_effect_low", "truth_effect_high"];
    let about = "What the agency would see change, beside what does change, by calendar year";
    with_columns!(Table::of("agency_view", about, &rows), row =>
        text "policy", NAME, SCENARIO => row.0.to_owned();
        whole "year", "year", "Calendar year" => row.1.year;
        text "quantity", NAME, "What is counted; see the list below" => row.1.quantity.clone();
        text "unit", NAME, UNIT => row.1.unit.clone();
        with |rows| changed(rows, seen, "What the agency would see change: mean", |row| row.1.seen.as_ref());
        with |rows| changed(rows, truth, "What does change: mean", |row| row.1.truth.as_ref());
    ).table()
}

fn published(comparison: &Comparison) -> Table {
    let about = "What was published beside what the agency of the baseline sees";
    with_columns!(Table::of("published", about, &comparison.published), row =>
        whole "year", "year", "Calendar year" => row.year;
        text "quantity", NAME, "What is counted; see the list below" => row.quantity.clone();
        text "unit", NAME, UNIT => row.unit.clone();
        number "published", UNIT_OF_ROW, "Published figure, or middle of the published band" => Some(row.published);
        interval ["tolerance_low", "tolerance_high"], UNIT_OF_ROW, "band in which the truth lies in nine cases of ten, by its source"
            => Some(row.tolerance);
        number "seen_p5", UNIT_OF_ROW, "What the agency sees in single runs of the baseline: 5 %" => Some(row.seen[0]);
        number "seen_p50", UNIT_OF_ROW, "Median of these" => Some(row.seen[1]);
        number "seen_p95", UNIT_OF_ROW, "95 % of these" => Some(row.seen[2]);
        truth "inside", "yes or no", "Whether the median lies between tolerance_low and tolerance_high" => Some(row.inside());
    ).table()
}

/// Adds mean of the baseline, mean effect and its interval.
fn changed<'a, R>(
    rows: TableRows<'a, R>,
    [baseline, effect, low, high]: [&'static str; 4],
    about: &'static str,
    of: impl Fn(&'a R) -> Option<&'a Paired>,
) -> TableRows<'a, R> {
    with_columns!(rows, row =>
        number baseline, UNIT_OF_ROW, "Mean of the baseline" => of(row).map(|it| it.baseline);
        number effect, UNIT_OF_ROW, about => of(row).map(|it| it.mean);
        interval [low, high], UNIT_OF_ROW, "95 % interval of the mean" => of(row)?.interval;
    )
}

fn series(comparison: &Comparison) -> Table {
    // Arm, place of the line, place of the month.
    let mut rows: Vec<(&ComparedArm, usize, usize)> = Vec::new();
    for arm in &comparison.arms {
        for (line, months) in arm.turnover.iter().enumerate() {
            rows.extend((0..months.len()).map(|month| (arm, line, month)));
        }
    }
    let about = "Turnover of each scenario by month as tenge a day: the month's turnover over its days, over replications";
    with_columns!(Table::of("series", about, &rows), row =>
        text "scenario", NAME, SCENARIO => row.0.name.clone();
        text "line", NAME, "Money of crime, exchange without a licence, deals between honest persons, or a class of venue" => MoneyLine::ALL[row.1].key();
        date "month", "date", "First day of the month" => comparison.months[row.2].0;
        whole "days", "days", "Days of the month within the window" => comparison.months[row.2].1;
        numbers ["p5", "p25", "p50", "p75", "p95"].map(|name| format!("{name}_kzt_per_day")), "KZT a day", "Quantile over replications"
            => row.0.turnover[row.1][row.2];
    ).table()
}

fn replications(comparison: &Comparison) -> Table {
    let mut rows: Vec<(&ComparedArm, &Measure, u32, f64)> = Vec::new();
    for arm in &comparison.arms {
        for (measure, values) in MEASURES.iter().zip(&arm.values) {
            let values = values.iter().enumerate();
            rows.extend(values.map(|(number, value)| (arm, measure, number as u32, *value)));
        }
    }
    let about =
        "Every measure of every scenario in every replication: each effect can be computed again";
    with_columns!(Table::of("replications", about, &rows), row =>
        text "scenario", NAME, SCENARIO => row.0.name.clone();
        with |rows| runs(rows, comparison, |row| row.2);
        text "measure", NAME, MEASURE => row.1.name;
        exact "value", "unit of the measure", "Value in this replication, exactly" => row.3;
    )
    .table()
}

/// All files of a comparison's folder, the manifest last; copies of files from elsewhere, figures and page are taken as they are.
pub fn comparison_files(
    comparison: &Comparison,
    texts: &[String],
    copies: Vec<File>,
    figures: Figures,
    page: File,
) -> Result<Vec<File>, String> {
    let mut tables = tables(comparison);
    tables.extend(comparison.draws.as_ref().map(draws::table));
    let over_draws = comparison.draws.as_ref().map_or("", |_| columns::DRAWS);
    let mut files = told(ABOUT, &tables, &(columns::measures() + over_draws))?;
    for (arm, text) in comparison.arms.iter().zip(texts) {
        files.push(file(&scenario_file(&arm.name), &**text));
    }
    files.push(file("results.xlsx", workbook::workbook(comparison, &tables)?));
    files.extend(copies);
    files.push(page);
    let mut text = serde_json::to_vec(comparison).map_err(|error| error.to_string())?;
    text.push(b'\n');
    files.push(file("comparison.json", text));
    Ok(sealed(files, figures, repeat_command(comparison), |repeat| manifest(comparison, repeat)))
}

/// The command that makes a comparison again, from inside its folder.
pub fn repeat_command(comparison: &Comparison) -> Command {
    let target: Vec<&str> = comparison.target.iter().map(|class| class.key()).collect();
    let (from, to) = comparison.window;
    let command = Command::new("compare")
        .words(comparison.arms.iter().map(|arm| scenario_file(&arm.name)))
        .option("seed", comparison.seed);
    let all = comparison.replications;
    let command = match &comparison.precision {
        None => command.option("replications", all),
        Some(PrecisionReached { first_stage, wanted, .. }) => command
            .option("replications", first_stage)
            .option("precision", wanted)
            .option("max-replications", all),
    };
    let command = command.draws(comparison.draws.as_ref());
    let command = match comparison.sensitivity {
        Some(_) => command.option("sensitivity", "."),
        None => command,
    };
    let command = command.published(comparison.figures.as_deref());
    command.option("window", format_args!("{from}..{to}")).option("target", target.join(","))
}

fn manifest(comparison: &Comparison, repeat: Command) -> Manifest {
    let (from, to) = comparison.window;
    let policies: Vec<&str> = comparison.policies().iter().map(|arm| arm.name.as_str()).collect();
    let inputs: BTreeMap<&str, &str> =
        comparison.arms.iter().map(|arm| (&*arm.name, &*arm.fingerprint)).collect();
    Manifest::of(ResultKind::Comparison, &comparison.setting(), repeat)
        .says("window", [from, to])
        .says("baseline", &comparison.arms[0].name)
        .says("policies", policies)
        .says("input_blake3", inputs)
        .draws(comparison.draws.as_ref())
}

/// Reads a comparison's folder: the comparison, and the complete scenarios in the order of its arms.
///
/// # Errors
/// If it is no such folder, or was written by a version with another form.
pub fn read_comparison(folder: &Path) -> Result<(Comparison, Vec<String>), String> {
    let path = folder.join("comparison.json");
    let bytes = files::read(&path).map_err(|error| {
        format!(
            "{} is no result folder of `crackdown compare`: {}: {}",
            folder.display(),
            path.display(),
            files::why(&error)
        )
    })?;
    let comparison: Comparison = outside::json(&bytes)
        .map_err(|error| format!("{} cannot be read by this version: {error}", path.display()))?;
    let read = |name: &str| {
        let path = folder.join(scenario_file(name));
        let text = files::read_text(&path);
        text.map_err(|error| format!("{}: {}", path.display(), files::why(&error)))
    };
    let texts = comparison.arms.iter().map(|arm| read(&arm.name)).collect::<Result<_, _>>()?;
    Ok((comparison, texts))
}
