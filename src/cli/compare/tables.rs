//! A comparison as a table for the terminal, and as JSON for programs.

use std::path::Path;
use std::time::Duration;

use crate::cli::tables::{aligned, in_lines};
use report::say;
use report::speech::tr;
use report::words::{self, percent_effect, percent_interval};
use study::comparison::{Comparison, Effect};

/// Measures of the table, with their heads.
const SHOWN: [(&str, &str); 6] = [
    ("crime_turnover", "money of crime##head"),
    ("unlicensed_domestic_turnover", "without a licence, domestic"),
    ("unlicensed_foreign_turnover", "foreign"),
    ("private_turnover", "between honest persons"),
    ("licensed_turnover", "licensed turnover"),
    ("honest_turnover_stopped", "honest stopped"),
];

/// Widths of the column of titles and of the others, where words allow. Unit: characters.
const TITLE: usize = 30;
const COLUMN: usize = 13;

/// Headline, effects in percent of the baseline, and how they were got.
pub fn text(comparison: &Comparison, out: &Path) -> String {
    let comparison = &words::in_language(comparison);
    let days = words::days(comparison.window);
    let mut head = vec![say!("policy minus baseline, {days}", days)];
    head.extend(SHOWN.iter().map(|(_, title)| tr(title).to_owned()));
    head.extend(comparison.own.iter().map(|(_, title)| title.clone()));
    head.extend(["domestic falls in", "moved to other unlicensed"].map(|head| tr(head).to_owned()));
    let mut rows = vec![narrow(head)];
    for (number, arm) in comparison.policies().iter().enumerate() {
        let mut row = vec![in_lines(&arm.title, TITLE)];
        let own = comparison.own.iter().map(|(measure, _)| measure.as_str());
        for measure in SHOWN.iter().map(|(measure, _)| *measure).chain(own) {
            row.push(comparison.effect(number, measure).map_or_else(String::new, cell));
        }
        let effect = comparison.effect(number, "unlicensed_domestic_turnover");
        let better = effect.and_then(|effect| effect.share_better);
        row.push(better.map_or_else(String::new, |share| format!("{:.0} %", share * 100.0)));
        let displaced = words::displaced(&comparison.verdicts[number].account);
        row.push(displaced.replacen(" [", "\n[", 1));
        rows.push(row);
    }
    let [first, second] = words::headline(comparison);
    format!(
        "{first} {second}\n\n{}\n{}\n{}{}{}{}\n",
        aligned(&rows),
        words::how(comparison),
        words::ignorance::uncertainty(comparison),
        words::precision(comparison).map_or_else(String::new, |text| text + "\n"),
        words::beside(comparison).map_or_else(String::new, |text| text + "\n"),
        say!(
            "Results: {folder}, page: {page}",
            folder = out.display(),
            page = out.join("report.html").display()
        )
    )
}

/// A table of four columns while runs come in: what is known after so many of `all` replications.
pub fn so_far(comparison: &Comparison, all: u32, gone: Duration) -> String {
    let comparison = &words::in_language(comparison);
    let shown = &SHOWN[..3];
    let mut rows = vec![vec![tr("policy minus baseline").to_owned()]];
    rows[0].extend(shown.iter().map(|(_, title)| tr(title).to_owned()));
    rows[0] = narrow(std::mem::take(&mut rows[0]));
    for (number, arm) in comparison.policies().iter().enumerate() {
        let mut row = vec![in_lines(&arm.title, TITLE)];
        let effects = shown.iter().map(|(measure, _)| comparison.effect(number, measure));
        row.extend(effects.map(|effect| effect.map_or_else(String::new, cell)));
        rows.push(row);
    }
    let head = say!(
        "Provisional: {number} of {all} replications, after {seconds} s (brackets: chance only)",
        number = comparison.replications,
        all,
        seconds = format!("{:.0}", gone.as_secs_f64())
    );
    format!("{head}\n{}\n", aligned(&rows))
}

/// The effect, and its interval below it.
fn cell(effect: &Effect) -> String {
    format!("{}\n{}", percent_effect(effect), percent_interval(effect)).trim_end().to_owned()
}

/// A head whose columns are hardly wider than what stands below them.
fn narrow(head: Vec<String>) -> Vec<String> {
    let width = |column: usize| if column == 0 { TITLE } else { COLUMN };
    head.iter().enumerate().map(|(column, title)| in_lines(title, width(column))).collect()
}

/// Effects and the place of the results, for programs.
pub fn json(comparison: &Comparison, out: &Path) -> serde_json::Value {
    let policies: Vec<serde_json::Value> = comparison
        .policies()
        .iter()
        .zip(&comparison.verdicts)
        .map(|(arm, verdict)| {
            serde_json::json!({
                "name": arm.name, "title": arm.title, "effects": verdict.effects,
                "removed": verdict.account.removed, "displaced": verdict.account.displaced,
                "diffusion": verdict.account.diffusion,
                "price_of_crime": verdict.price_of_crime,
                "price_of_domestic": verdict.price_of_domestic,
            })
        })
        .collect();
    let mut all = serde_json::json!({
        "folder": out.display().to_string(), "replications": comparison.replications,
        "baseline": comparison.arms[0].name, "precision": comparison.precision, "policies": policies,
    });
    if let Some(draws) = &comparison.draws {
        all["draws"] = serde_json::json!({
            "number": draws.number, "replications": draws.replications, "ranking": draws.ranking,
        });
    }
    all
}
