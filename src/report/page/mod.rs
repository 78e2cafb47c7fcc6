//! The page of a comparison: one file to hand over.
//!
//! In reading order: `policies` (words, time line), `limits`, `tables`, `uncertainty` (luck and ignorance), then [`page`], which fills
//! `page.html`. Figures are embedded twice, as drawings and as data that `chart.js` turns into charts.
//!
//! Everything stands in the one file: styles, fonts, charts (Apache ECharts 6.1, see `ECHARTS_LICENSE.txt` and
//! `ECHARTS_NOTICE.txt`). Without scripts and on paper the still figures are shown. Titles come from files of strangers:
//! the template escapes all text, and data for scripts is packed JSON: letters that cannot end their element.
//!
//! Deliberately absent: a clock, paths, the network. The page is a function of the comparison and its figures.

mod limits;
mod markup;
mod policies;
mod tables;
mod trust;
mod uncertainty;
mod what_if;

use base64::Engine;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value};
use minijinja::{Environment, UndefinedBehavior, context};
use miniz_oxide::deflate::compress_to_vec_zlib;
use serde::Serialize;

use super::svg::canvas;
use super::{Figure, svg, words};
use crate::figures::{MOST, others};
use crate::language;
use crate::speech::{self, tr};
use study::comparison::Comparison;
use study::store;

pub use what_if::{PageLever, PageMeasure, WhatIf, what_if};

/// Packed as small as can be.
const BEST: u8 = 9;

/// The figure that stands in the section on uncertainty.
const UNCERTAINTY: &str = "uncertainty";

/// A figure on the page.
#[derive(Debug, Serialize)]
struct Shown<'a> {
    name: &'a str,
    heading: &'a str,
    title: String,
    subtitle: &'a str,
    svg: String,
}

impl<'a> Shown<'a> {
    fn new(figure: &'a Figure) -> Shown<'a> {
        Shown {
            name: &figure.name,
            heading: &figure.heading,
            title: words::tied(&figure.title),
            subtitle: &figure.subtitle,
            svg: drawing(&svg(figure)),
        }
    }
}

/// The page; `drawn` says whether the figures lie beside it as files.
pub fn page(comparison: &Comparison, figures: &[Figure], drawn: bool) -> String {
    render(comparison, figures, drawn, false)
}

/// How a brief begins.
pub const BRIEF: [&str; 3] = [
    "<!doctype html>\n<html lang=\"en\" class=\"brief\">",
    "<!doctype html>\n<html lang=\"ru\" class=\"brief\">",
    "<!doctype html>\n<html lang=\"kk\" class=\"brief\">",
];

/// The same page with fewer sections, as two pages to print: without scripts and charts, of figures the panel of the title as a drawing.
pub fn brief(comparison: &Comparison, figures: &[Figure]) -> String {
    let mut figures = figures.to_vec();
    figures.iter_mut().for_each(|figure| figure.paper.most = 1);
    render(comparison, &figures, false, true)
}

fn render(comparison: &Comparison, figures: &[Figure], drawn: bool, brief: bool) -> String {
    let comparison = &words::in_language(comparison);
    let source = translated(include_str!("page.html"));
    let mut environment = Environment::new();
    environment.add_filter("whole", |text: String| Value::from_safe_string(markup::whole(&text)));
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
    environment.set_syntax(syntax.expect("the usual delimiters"));
    environment.add_template("page.html", &source).expect("the template is valid");
    let template = environment.get_template("page.html").expect("the template was added");
    let page = context! {
        ..context! { brief => brief }, ..about(comparison, drawn), ..results(comparison, figures, brief),
        ..parts()
    };
    template.render(page).expect("the template knows its values")
}

/// A template or script in the language of now: what stands between `⟦` and `⟧` is a key of the catalogue, its values in braces gaps.
fn translated(source: &str) -> String {
    let mut parts = source.split('⟦');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |told, part| {
        let (key, rest) = part.split_once('⟧').expect("every mark is closed");
        told + tr(key) + rest
    })
}

/// What is compared and how.
fn about(comparison: &Comparison, drawn: bool) -> Value {
    let (from, to) = comparison.window;
    let tables = store::tables(comparison);
    let files: Vec<(String, &str)> =
        tables.iter().map(|table| (table.file_name(), tr(table.meaning))).collect();
    context! {
        language => language::current().code(),
        how_many => Serde(speech::counted(
            comparison.verdicts.len() as u64,
            "{n} policy|{n} policies, the largest effect first",
        )),
        headline => Serde(words::headline(comparison).map(|text| words::tied(&text))),
        subtitle => Serde(words::how(comparison)),
        precision => Serde(words::precision(comparison)),
        baseline => Serde(&comparison.arms[0].title),
        told => policies::told(comparison),
        years => policies::years(comparison),
        window => Serde([from, to].map(|day| speech::dated(day.to_string()))),
        days => Serde(words::days(comparison.window)),
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
        repeat => Serde(store::repeat_command(comparison).figures(drawn).repeated().to_string()),
        files => Serde(files),
        figures_beside => drawn,
        limits_short => limits::items().map(|item| Value::from_safe_string(markup::html(&limits::first(&item)))).collect::<Vec<_>>(),
        limits => limits::items().map(|item| Value::from_safe_string(markup::html(&item))).collect::<Vec<_>>(),
    }
}

/// What came out.
fn results(comparison: &Comparison, figures: &[Figure], brief: bool) -> Value {
    let policies = 0..comparison.verdicts.len();
    let parameters = scenario::parameters();
    context! {
        summary => Serde(tables::summary(comparison, brief)),
        left_out => Serde(if brief { others(comparison) } else { String::new() }),
        trust => Serde(trust::table(comparison, brief)),
        published => Serde(tables::published(comparison)),
        beside => Serde(words::beside(comparison)),
        surprises => Serde(trust::surprises(comparison, if brief { 2 } else { MOST })),
        classes => Serde(tables::classes(comparison)),
        account => Serde(tables::account(comparison)),
        measures => Serde(policies.clone().map(|policy| tables::measures(comparison, policy)).collect::<Vec<_>>()),
        outside => Serde(tables::outside(comparison, None)),
        outside_all => Serde(policies.map(|policy| tables::outside(comparison, Some(policy))).collect::<Vec<_>>()),
        recovery => Serde(tables::recovery(comparison)),
        assumptions => Serde(tables::parameters(&parameters, false)),
        measured => Serde(tables::parameters(&parameters, true)),
        uncertainty => uncertainty::uncertainty(comparison, figures),
        figures => Serde(figures.iter().filter(|f| f.name != UNCERTAINTY).map(Shown::new).collect::<Vec<_>>()),
        charts => Value::from_safe_string(charts(figures)),
    }
}

/// Styles, fonts and scripts, to be written as they are.
fn parts() -> Value {
    let safe = |text: &str| Value::from_safe_string(text.to_owned());
    context! {
        style => safe(include_str!("page.css")),
        echarts => safe(include_str!("echarts.min.js.gz.b64")),
        script => safe(&translated(concat!(
            include_str!("chart.js"),
            "\n",
            include_str!("page.js")
        ))),
        regular => safe(&base64(canvas::REGULAR)),
        semibold => safe(&base64(canvas::SEMIBOLD)),
    }
}

/// Figures as charts read them, packed (zlib, by a library whose bytes no machine changes): five digits that matter are enough, and short
/// in the file.
fn charts(figures: &[Figure]) -> String {
    fn round(value: &mut serde_json::Value) {
        match value {
            serde_json::Value::Array(all) => all.iter_mut().for_each(round),
            serde_json::Value::Object(all) => all.values_mut().for_each(round),
            serde_json::Value::Number(number) if number.is_f64() => {
                let short = number.as_f64().and_then(|n| format!("{n:.4e}").parse::<f64>().ok());
                *value = short.into();
            }
            _ => {}
        }
    }
    let mut value = serde_json::to_value(figures).expect("figures are data");
    round(&mut value);
    base64(&compress_to_vec_zlib(value.to_string().as_bytes(), BEST))
}

/// A drawing without what stands before its `svg` element, which has no place within a page.
fn drawing(svg: &str) -> String {
    svg.find("<svg").map_or_else(String::new, |at| svg[at..].to_owned())
}

/// Bytes as text for a `data:` address.
fn base64(bytes: &[u8]) -> String {
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

/// The data of a page's charts, unpacked again; nothing for a page without.
#[cfg(test)]
pub fn charts_of(page: &str) -> serde_json::Value {
    let Some((_, rest)) = page.split_once("id=\"charts\">") else { return serde_json::json!([]) };
    let packed = base64::engine::general_purpose::STANDARD
        .decode(rest.split_once("</script").expect("the element ends").0)
        .expect("base64");
    let text = miniz_oxide::inflate::decompress_to_vec_zlib(&packed).expect("zlib");
    serde_json::from_slice(&text).expect("JSON")
}

#[cfg(test)]
mod tests;
