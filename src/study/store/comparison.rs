//! The folder of a comparison: tables as CSV, one workbook, everything as JSON, the complete scenarios.

use std::fs;
use std::path::Path;

use serde_json::json;

use super::manifest::fingerprints;
use super::number::{optional, plain, yes};
use super::views::{OVER_DRAWS, csv, over_draws};
use super::{File, columns, draws, file, workbook};
use crate::comparison::{Comparison, Entry, Line, Recovered, Time};
use crate::stats::{Paired, Ratio};
use world::record::MEASURES;

/// A table of a comparison: name of the file without its ending, heads, rows.
pub struct Table {
    /// Name.
    pub name: &'static str,
    /// What one row is.
    pub about: &'static str,
    /// Heads of the columns.
    pub head: Vec<&'static str>,
    /// Rows.
    pub rows: Vec<Vec<String>>,
}

const PAIRED: [&str; 16] = [
    "baseline_mean",
    "policy_mean",
    "effect",
    "effect_low",
    "effect_high",
    "effect_percent",
    "effect_percent_low",
    "effect_percent_high",
    "bootstrap_low",
    "bootstrap_high",
    "t_and_bootstrap_agree",
    "unpaired_low",
    "unpaired_high",
    "unpaired_needs_times_more",
    "sd",
    "replications",
];

fn paired(effect: &Paired) -> Vec<String> {
    let low = |interval: Option<(f64, f64)>| optional(interval.map(|(low, _)| low));
    let high = |interval: Option<(f64, f64)>| optional(interval.map(|(_, high)| high));
    let percent =
        |value: f64| (effect.baseline != 0.0).then(|| 100.0 * value / effect.baseline.abs());
    let (t, resampled, unpaired) = (effect.interval, effect.bootstrap, effect.unpaired);
    vec![
        plain(effect.baseline),
        plain(effect.policy),
        plain(effect.mean),
        low(t),
        high(t),
        optional(percent(effect.mean)),
        optional(t.and_then(|(low, _)| percent(low))),
        optional(t.and_then(|(_, high)| percent(high))),
        low(resampled),
        high(resampled),
        effect.agree.map_or_else(String::new, yes),
        low(unpaired),
        high(unpaired),
        optional(effect.variance_ratio),
        optional(effect.sd),
        effect.n.to_string(),
    ]
}

/// All tables of a comparison.
#[must_use]
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
    ]
}

fn effects(comparison: &Comparison) -> Table {
    let mut head = vec!["policy", "measure", "unit", "better"];
    head.extend(PAIRED);
    head.extend(["share_better", "luck_band"]);
    let draws = comparison.draws.as_ref();
    head.extend(draws.into_iter().flat_map(|_| OVER_DRAWS));
    let mut rows = Vec::new();
    for (arm, verdict) in comparison.policies().iter().zip(&comparison.verdicts) {
        for effect in &verdict.effects {
            let mut row = vec![arm.name.clone(), effect.measure.clone(), effect.unit.clone()];
            row.push(effect.wanted.key().to_owned());
            row.extend(paired(&effect.paired));
            row.extend([optional(effect.share_better), optional(effect.luck_band)]);
            if let Some(draws) = draws {
                row.extend(over_draws(draws, effect.spread));
            }
            rows.push(row);
        }
    }
    let about = "Effect of a policy on a measure: policy minus baseline in the same replication";
    Table { name: "effects", about, head, rows }
}

fn pairs(comparison: &Comparison) -> Table {
    let name = |number: usize| comparison.arms[number].name.clone();
    let row = |pair: &crate::comparison::Pair| {
        vec![
            pair.measure.clone(),
            name(pair.first),
            name(pair.second),
            plain(pair.mean),
            optional(pair.interval.map(|(low, _)| low)),
            optional(pair.interval.map(|(_, high)| high)),
        ]
    };
    Table {
        name: "pairs",
        about: "Two scenarios on a measure, with an interval that holds for all pairs of that measure together",
        head: vec![
            "measure",
            "first",
            "second",
            "second_minus_first",
            "simultaneous_low",
            "simultaneous_high",
        ],
        rows: comparison.pairs.iter().map(row).collect(),
    }
}

fn standings(comparison: &Comparison) -> Table {
    let mut rows = Vec::new();
    for (meaning, standings) in MEASURES.iter().zip(&comparison.standings) {
        for (arm, standing) in comparison.arms.iter().zip(standings) {
            let mut row = vec![meaning.name.to_owned(), meaning.unit.to_owned(), arm.name.clone()];
            row.extend(
                [standing.probability_best, standing.share_best, standing.regret].map(plain),
            );
            rows.push(row);
        }
    }
    Table {
        name: "ranking",
        about: "How each scenario stands among all on a measure of which one way is better",
        head: vec!["measure", "unit", "scenario", "probability_best", "share_best", "regret"],
        rows,
    }
}

fn displacement(comparison: &Comparison) -> Table {
    let mut rows = Vec::new();
    for (arm, verdict) in comparison.policies().iter().zip(&comparison.verdicts) {
        let account = &verdict.account;
        let removed = account.removed.mean;
        let mut add = |entry: &str, label: &str, value: &Paired, share: Option<f64>| {
            let interval = value.interval;
            rows.push(vec![
                arm.name.clone(),
                entry.to_owned(),
                label.to_owned(),
                plain(value.mean),
                optional(interval.map(|(low, _)| low)),
                optional(interval.map(|(_, high)| high)),
                optional(share),
                value.n.to_string(),
            ]);
        };
        add("removed", "Removed from the target", &account.removed, None);
        for (entry, value) in Entry::ALL.iter().zip(&account.entries) {
            let share = account.removed.is_clear().then(|| value.mean / removed);
            add(entry.key(), entry.label(), value, share);
        }
        let mut ratio = |name: &str, label: &str, ratio: Option<Ratio>| {
            let row = [arm.name.clone(), name.to_owned(), label.to_owned()].into_iter();
            let values =
                [ratio.map(|r| r.value), ratio.map(|r| r.low), ratio.map(|r| r.high), None];
            let n = account.removed.n.to_string();
            rows.push(row.chain(values.map(optional)).chain([n]).collect());
        };
        ratio(
            "net_efficiency",
            "1 − displaced to illicit / removed (ratio)",
            account.net_efficiency,
        );
        let price = &verdict.price;
        ratio(
            "cost_per_removed",
            "Cost of agency and banks for a tenge of illicit turnover removed (ratio)",
            price.agency_cost,
        );
        ratio(
            "honest_stopped_per_removed",
            "Honest turnover stopped for a tenge of illicit turnover removed (ratio)",
            price.honest_turnover,
        );
    }
    Table {
        name: "displacement",
        about: "The displacement account: means over replications with 95 % intervals (Student's t; ratios by resampling)",
        head: vec![
            "policy",
            "entry",
            "meaning",
            "kzt",
            "kzt_low",
            "kzt_high",
            "share_of_removed",
            "replications",
        ],
        rows,
    }
}

fn account(comparison: &Comparison) -> Table {
    let mut head = vec!["policy", "replication"];
    head.extend(comparison.draws.iter().map(|_| "draw"));
    head.push("removed");
    head.extend(Entry::ALL.iter().map(|entry| entry.key()));
    let mut rows = Vec::new();
    for (arm, verdict) in comparison.policies().iter().zip(&comparison.verdicts) {
        for account in &verdict.account.replications {
            let mut row = vec![arm.name.clone(), account.replication.to_string()];
            row.extend(draw_of(comparison, account.replication));
            row.push(account.removed.to_string());
            row.extend(account.entries.iter().map(i64::to_string));
            rows.push(row);
        }
    }
    let about = "The displacement account in every replication, to the tenge: the entries add up to what was removed";
    Table { name: "account", about, head, rows }
}

fn outside(comparison: &Comparison) -> Table {
    let mut rows = Vec::new();
    for (arm, verdict) in comparison.policies().iter().zip(&comparison.verdicts) {
        for outside in &verdict.outside {
            let mut row = vec![arm.name.clone(), outside.name.clone(), outside.unit.clone()];
            for bands in [outside.computed, outside.placebo, outside.truth] {
                row.extend([2, 0, 4].map(|at| optional(bands.map(|bands| bands[at]))));
            }
            row.push(plain(outside.share_defined));
            rows.push(row);
        }
    }
    Table {
        name: "outside",
        about: "What an analyst without the model would compute from the policy's world alone, its placebo, and the truth",
        head: vec![
            "policy",
            "measure",
            "unit",
            "computed_p50",
            "computed_p5",
            "computed_p95",
            "placebo_p50",
            "placebo_p5",
            "placebo_p95",
            "truth_p50",
            "truth_p5",
            "truth_p95",
            "share_defined",
        ],
        rows,
    }
}

fn recovery(comparison: &Comparison) -> Table {
    let mut rows = Vec::new();
    for (arm, verdict) in comparison.policies().iter().zip(&comparison.verdicts) {
        let recoveries = &verdict.recoveries;
        for (series, found) in [("target", recoveries.target), ("illicit", recoveries.illicit)] {
            let Some(found) = found else { continue };
            let mut row = vec![arm.name.clone(), series.to_owned()];
            row.extend(recovered(&found));
            rows.push(row);
        }
    }
    Table {
        name: "recovery",
        about: "How turnover fell against the baseline with the same luck since the policy began, and came back",
        head: vec![
            "policy",
            "series",
            "peak_loss_p50",
            "peak_loss_p5",
            "peak_loss_p95",
            "peak_after_days",
            "half_life_days",
            "half_life_share_seen",
            "to_ninety_days",
            "to_ninety_share_seen",
            "lost_kzt_p50",
            "lost_kzt_p5",
            "lost_kzt_p95",
            "lost_share_p50",
            "lost_share_p5",
            "lost_share_p95",
        ],
        rows,
    }
}

fn recovered(found: &Recovered) -> Vec<String> {
    let three = |bands: [f64; 5]| [2, 0, 4].map(|at| plain(bands[at]));
    let time = |time: Time| [optional(time.median_days), plain(time.share_seen)];
    let mut row = three(found.peak_loss).to_vec();
    row.push(optional(found.peak_after.median_days));
    row.extend(time(found.half_life));
    row.extend(time(found.to_ninety));
    row.extend(three(found.lost_area));
    row.extend(three(found.lost_share));
    row
}

fn agency(comparison: &Comparison) -> Table {
    let mut rows = Vec::new();
    for (arm, verdict) in comparison.policies().iter().zip(&comparison.verdicts) {
        for sight in &verdict.sights {
            let mut row = vec![arm.name.clone(), sight.year.to_string(), sight.quantity.clone()];
            row.push(sight.unit.clone());
            for effect in [&sight.seen, &sight.truth] {
                let interval = effect.as_ref().and_then(|effect| effect.interval);
                row.push(optional(effect.as_ref().map(|effect| effect.baseline)));
                row.push(optional(effect.as_ref().map(|effect| effect.mean)));
                row.push(optional(interval.map(|(low, _)| low)));
                row.push(optional(interval.map(|(_, high)| high)));
            }
            rows.push(row);
        }
    }
    Table {
        name: "agency_view",
        about: "What the agency would see change, beside what does change, by calendar year",
        head: vec![
            "policy",
            "year",
            "quantity",
            "unit",
            "seen_baseline",
            "seen_effect",
            "seen_effect_low",
            "seen_effect_high",
            "truth_baseline",
            "truth_effect",
            "truth_effect_low",
            "truth_effect_high",
        ],
        rows,
    }
}

fn series(comparison: &Comparison) -> Table {
    let mut rows = Vec::new();
    for arm in &comparison.arms {
        for (line, months) in Line::ALL.iter().zip(&arm.turnover) {
            for ((date, days), bands) in comparison.months.iter().zip(months) {
                let mut row = vec![arm.name.clone(), line.key().to_owned(), date.to_string()];
                row.push(days.to_string());
                row.extend(bands.map(plain));
                rows.push(row);
            }
        }
    }
    Table {
        name: "series",
        about: "Turnover of each scenario by month, in tenge a day, over replications",
        head: vec!["scenario", "class", "month", "days", "p5", "p25", "p50", "p75", "p95"],
        rows,
    }
}

fn replications(comparison: &Comparison) -> Table {
    let mut rows = Vec::new();
    for arm in &comparison.arms {
        for (meaning, values) in MEASURES.iter().zip(&arm.values) {
            for (replication, value) in values.iter().enumerate() {
                let mut row = vec![arm.name.clone(), replication.to_string()];
                row.extend(draw_of(comparison, replication as u32));
                // Shortest text that reads back as the same number: effects can be recomputed from it.
                row.extend([meaning.name.to_owned(), value.to_string()]);
                rows.push(row);
            }
        }
    }
    let about =
        "Every measure of every scenario in every replication: each effect can be computed again";
    let mut head = vec!["scenario", "replication"];
    head.extend(comparison.draws.iter().map(|_| "draw"));
    head.extend(["measure", "value"]);
    Table { name: "replications", about, head, rows }
}

/// The draw of a run, where parameters are drawn.
fn draw_of(comparison: &Comparison, run: u32) -> Option<String> {
    comparison.draws.as_ref().map(|draws| (run / draws.replications.max(1)).to_string())
}

/// All files of a comparison's folder, the manifest last; figures, page and copies of files from elsewhere are taken as they are.
///
/// # Errors
/// If a table cannot be encoded.
pub fn comparison_files(
    comparison: &Comparison,
    texts: &[String],
    rendered: Vec<File>,
) -> Result<Vec<File>, String> {
    let tables = tables(comparison);
    let drawn = comparison.draws.as_ref();
    let mut files: Vec<File> = drawn.map(draws::table).transpose()?.into_iter().collect();
    for (arm, text) in comparison.arms.iter().zip(texts) {
        files.push(file(&format!("scenarios/{}.ron", arm.name), text.clone().into_bytes()));
    }
    for table in &tables {
        let name = format!("{}.csv", table.name);
        files.push(file(&name, csv(&table.head, table.rows.iter().cloned())?));
    }
    files.push(file("results.xlsx", workbook::workbook(comparison, &tables)?));
    files.push(file("columns.md", columns::comparison(&tables, drawn.is_some()).into_bytes()));
    files.extend(rendered);
    let mut text = serde_json::to_vec(comparison).map_err(|error| error.to_string())?;
    text.push(b'\n');
    files.push(file("comparison.json", text));
    files.push(file("manifest.json", manifest(comparison, &files)));
    Ok(files)
}

/// The command that makes a comparison again, from inside its folder.
#[must_use]
pub fn repeat_command(comparison: &Comparison) -> String {
    let files: Vec<String> =
        comparison.arms.iter().map(|arm| format!("scenarios/{}.ron", arm.name)).collect();
    let target: Vec<&str> = comparison.target.iter().map(|class| class.key()).collect();
    let (from, to) = comparison.window;
    format!(
        "crackdown compare {} --seed {} --replications {}{}{} --window {from}..{to} --target {} --out repeated",
        files.join(" "),
        comparison.seed,
        comparison.replications,
        draws::options(comparison.draws.as_ref()),
        comparison.sensitivity.as_ref().map_or("", |_| " --sensitivity ."),
        target.join(",")
    )
}

fn manifest(comparison: &Comparison, files: &[File]) -> Vec<u8> {
    let policies: Vec<&str> = comparison.policies().iter().map(|arm| arm.name.as_str()).collect();
    let inputs: serde_json::Map<String, serde_json::Value> =
        comparison.arms.iter().map(|arm| (arm.name.clone(), json!(arm.fingerprint))).collect();
    let mut manifest = json!({
        "program": "crackdown",
        "kind": "comparison",
        "version": comparison.version,
        "model_version": comparison.model_version,
        "seed": comparison.seed,
        "replications": comparison.replications,
        "people_per_agent": comparison.people_per_agent,
        "window": [comparison.window.0.to_string(), comparison.window.1.to_string()],
        "baseline": comparison.arms[0].name,
        "policies": policies,
        "input_blake3": inputs,
        "repeat": repeat_command(comparison),
        "files": fingerprints(files),
    });
    if let Some(drawn) = &comparison.draws {
        manifest["draws"] = draws::in_manifest(drawn);
    }
    let mut text = serde_json::to_string_pretty(&manifest).expect("plain values");
    text.push('\n');
    text.into_bytes()
}

/// Reads a comparison's folder: the comparison, and the complete scenarios in the order of its arms.
///
/// # Errors
/// If it is no such folder, or was written by a version with another form.
pub fn read_comparison(folder: &Path) -> Result<(Comparison, Vec<String>), String> {
    let path = folder.join("comparison.json");
    let text = fs::read_to_string(&path).map_err(|error| {
        format!(
            "{}: {error}; {} is no result folder of `crackdown compare`",
            path.display(),
            folder.display()
        )
    })?;
    let comparison: Comparison = serde_json::from_str(&text)
        .map_err(|error| format!("{} cannot be read by this version: {error}", path.display()))?;
    let read = |name: &str| {
        let path = folder.join("scenarios").join(format!("{name}.ron"));
        fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))
    };
    let texts = comparison.arms.iter().map(|arm| read(&arm.name)).collect::<Result<_, _>>()?;
    Ok((comparison, texts))
}
