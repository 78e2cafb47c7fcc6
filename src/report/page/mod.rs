//! The page of a comparison: one file to hand over.
//!
//! In reading order: `labels` (names of measures), `policies` (words, time line), `findings` (titles of charts), `limits`, `tables`,
//! `uncertainty` (luck and ignorance), `data` (what charts read), then [`page`], which fills `page.html`.
//!
//! Everything stands in the one file: styles, fonts, charts (Apache ECharts 6.1, see `ECHARTS_LICENSE.txt` and
//! `ECHARTS_NOTICE.txt`). Without scripts and on paper the still figures are shown. Titles come from files of strangers:
//! the template escapes all text, and data for scripts is JSON that cannot end its element.
//!
//! Deliberately absent: a clock, paths, the network. The page is a function of the comparison and its figures.

mod data;
mod findings;
mod labels;
mod limits;
mod policies;
mod tables;
mod uncertainty;

use base64::Engine;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value};
use minijinja::{Environment, UndefinedBehavior, context};
use serde::Serialize;

use super::{Figure, canvas, words};
use study::comparison::Comparison;
use study::store;

pub use limits::LIMITS;

/// What an interactive chart replaces, or the still figure itself: name, heading, caption.
const FIGURES: [(&str, &str, &str); 7] = [
    (
        "turnover_by_policy",
        "Turnover over time",
        "Turnover by month under each scenario: the line is the median over replications, the band holds nine of ten of them. Bands are wide because every replication has its own luck; effects compare the same luck and are far more certain.",
    ),
    (
        "cumulative_effect",
        "Effect so far",
        "Illicit turnover under a policy minus that of the baseline with the same luck, summed up month by month; the band is the 95 % interval of the mean. Below zero the policy has taken turnover away.",
    ),
    (
        "effects",
        "Effects side by side",
        "Dot: mean effect. Thick line: 50 % interval, thin line: 95 % interval. Blue is better, orange is worse, grey where the 95 % interval holds zero.",
    ),
    (
        "displacement_account",
        "Where turnover went",
        "What established venues of the target lost, policy minus baseline, and where it is found again. Bars to the right are what rose, bars to the left what fell as well; the mark is what was removed. The bars add up to it exactly.",
    ),
    (
        "displacement_flow",
        "What fell and what rose",
        "Left what fell, right what rose, to scale. The account holds net changes: ribbons are drawn in proportion and do not say who went where.",
    ),
    (
        "tradeoff",
        "What it costs",
        "Effect on illicit turnover against effect on a cost, with 95 % intervals. To the lower left is better. Filled: no other scenario is as good on both and better on one.",
    ),
    (
        "measures",
        "All measures",
        "Effects in percent of the baseline. Blue is better, orange is worse, without colour where no way is better; grey numbers cannot be told from zero.",
    ),
];

/// A figure on the page.
#[derive(Debug, Serialize)]
struct Shown {
    name: String,
    heading: String,
    caption: String,
    svg: String,
    interactive: bool,
}

/// The page.
///
/// # Panics
/// Never: the template is part of the program, and tests render it.
#[must_use]
pub fn page(comparison: &Comparison, figures: &[Figure]) -> String {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
    environment.set_syntax(syntax.expect("the usual delimiters"));
    environment
        .add_template("page.html", include_str!("page.html"))
        .expect("the template is valid");
    let template = environment.get_template("page.html").expect("the template was added");
    let page = context! { ..about(comparison), ..results(comparison, figures), ..parts() };
    template.render(page).expect("the template knows its values")
}

/// What is compared and how.
fn about(comparison: &Comparison) -> Value {
    let (from, to) = comparison.window;
    let tables = store::tables(comparison);
    let files: Vec<(String, &str)> =
        tables.iter().map(|table| (table.file_name(), table.meaning)).collect();
    context! {
        headline => Serde(words::headline(comparison).map(|text| labels::tied(&text))),
        subtitle => Serde(words::how(comparison)),
        precision => Serde(words::precision(comparison)),
        baseline => Serde(&comparison.arms[0].title),
        told => Serde(policies::told(comparison)),
        years => Serde(policies::years(comparison)),
        window => Serde((from.to_string(), to.to_string())),
        target => Serde(words::target(comparison)),
        replications => Serde(comparison.replications),
        runs => Serde(words::ignorance::runs(comparison)),
        drawn => Serde(comparison.draws.as_ref().map(|draws| (draws.parameters.len(), draws.file.clone(), draws.blake3.clone()))),
        quoted => Serde(comparison.sensitivity.is_some()),
        people_per_agent => Serde(comparison.people_per_agent),
        seed => Serde(comparison.seed.to_string()),
        version => Serde(&comparison.version),
        model_version => Serde(comparison.model_version),
        fingerprints => Serde(comparison.arms.iter().map(|arm| (&arm.name, &arm.fingerprint)).collect::<Vec<_>>()),
        repeat => Serde(store::repeat_command(comparison).repeated().to_string()),
        files => Serde(files),
        limits => limits::items().map(|item| Value::from_safe_string(limits::html(&item))).collect::<Vec<_>>(),
    }
}

/// What came out.
fn results(comparison: &Comparison, figures: &[Figure]) -> Value {
    let policies = 0..comparison.verdicts.len();
    let parameters = scenario::parameters();
    context! {
        summary => Serde(tables::summary(comparison)),
        classes => Serde(tables::classes(comparison)),
        account => Serde(tables::account(comparison)),
        measures => Serde(policies.clone().map(|policy| tables::measures(comparison, policy)).collect::<Vec<_>>()),
        outside => Serde(tables::outside(comparison, None)),
        outside_all => Serde(policies.map(|policy| tables::outside(comparison, Some(policy))).collect::<Vec<_>>()),
        recovery => Serde(tables::recovery(comparison)),
        assumptions => Serde(tables::parameters(&parameters, false)),
        measured => Serde(tables::parameters(&parameters, true)),
        uncertainty => Serde(uncertainty::uncertainty(comparison, figures)),
        figures => Serde(shown(figures)),
        charts => Serde(data::charts(comparison)),
    }
}

/// Styles, fonts and scripts, to be written as they are.
fn parts() -> Value {
    let safe = |text: &str| Value::from_safe_string(text.to_owned());
    context! {
        style => safe(include_str!("page.css")),
        echarts => safe(include_str!("echarts.min.js")),
        script => safe(concat!(
            include_str!("shared.js"),
            "\n",
            include_str!("charts.js"),
            "\n",
            include_str!("page.js")
        )),
        regular => safe(&base64(canvas::REGULAR)),
        semibold => safe(&base64(canvas::SEMIBOLD)),
    }
}

/// All figures: those with a chart in the order of the page, then the others.
fn shown(figures: &[Figure]) -> Vec<Shown> {
    let svg = |name: &str| figures.iter().find(|f| f.name == name).map(|f| drawing(&f.svg));
    let known = FIGURES.iter().map(|(name, heading, caption)| Shown {
        name: (*name).to_owned(),
        heading: (*heading).to_owned(),
        caption: (*caption).to_owned(),
        svg: svg(name).unwrap_or_default(),
        interactive: true,
    });
    let elsewhere = |f: &&Figure| f.name != uncertainty::FIGURE;
    let others = figures.iter().filter(elsewhere);
    let others = others.filter(|f| FIGURES.iter().all(|(name, ..)| *name != f.name));
    let others = others.map(|figure| Shown {
        name: figure.name.clone(),
        heading: words::sentence(&figure.name),
        caption: String::new(),
        svg: drawing(&figure.svg),
        interactive: false,
    });
    known.chain(others).collect()
}

/// A drawing without what stands before its `svg` element, which has no place within a page.
fn drawing(svg: &str) -> String {
    svg.find("<svg").map_or_else(String::new, |at| svg[at..].to_owned())
}

/// Bytes as text for a `data:` address.
fn base64(bytes: &[u8]) -> String {
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

#[cfg(test)]
mod tests;
