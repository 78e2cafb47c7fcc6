//! The what-if page of a best mix: sliders for levers, and what surfaces say there, without a server.
//!
//! Deliberately absent: any number that is not a surface's, a run's or a policy file's; the script only adds terms up.

use minijinja::Environment;
use minijinja::context;
use minijinja::value::{Serde, Value};
use serde::Serialize;

use super::{base64, canvas, translated};
use crate::language;
use study::stats::Emulator;

/// A lever of the page.
#[derive(Debug, Serialize)]
pub struct PageLever {
    /// Path.
    pub path: String,
    /// What it means.
    pub words: String,
    /// Ends of its range; `None` where it is no range of numbers, then it stays at the lower end.
    pub ends: Option<(f64, f64)>,
    /// What it does to the policy; `None` if the page cannot write that.
    pub parts: Option<Vec<scenario::study::PolicyPart>>,
    /// Where it stands in the best mix, from 0 to 1.
    pub best: f64,
}

/// A measure of the page.
#[derive(Debug, Serialize)]
pub struct PageMeasure {
    /// Name.
    pub name: &'static str,
    /// As people say it.
    pub title: String,
    /// Unit; `KZT` and `share` as they are, others as people say them.
    pub unit: String,
    /// `Less`, `More` or `Neither` is better.
    pub better: String,
    /// Mean in the baseline.
    pub baseline: f64,
    /// What a policy may add at most; `None` without a limit.
    pub limit: Option<f64>,
    /// Share of the variance between points that the surface predicts where it did not look (Q²).
    pub explained: f64,
    /// Mean square of its errors.
    pub variance: f64,
    /// Variance of the mean effect of a point by chance: all points share the random numbers, so the surface does not see it.
    pub chance: f64,
    /// Terms: places of the coordinates of each.
    pub terms: Vec<Vec<usize>>,
    /// Their weights.
    pub weights: Vec<f64>,
    /// Inverse factor, row by row.
    pub factor: Vec<Vec<f64>>,
    /// Largest leverage among the points of the design: what has more lies outside it.
    pub reach: f64,
    /// What runs at each point of the design say.
    pub runs: Vec<f64>,
}

impl PageMeasure {
    /// Takes over a surface through runs at points.
    #[must_use]
    pub fn with(mut self, surface: &Emulator, points: &[Vec<f64>]) -> PageMeasure {
        let (terms, weights, factor) = surface.spelled();
        let leverage = |point: &Vec<f64>| {
            let error = surface.error(point);
            error * error / surface.variance - 1.0
        };
        self.reach = points.iter().map(leverage).fold(0.0, f64::max);
        (self.explained, self.variance) = (surface.explained, surface.variance);
        (self.terms, self.weights, self.factor) = (terms, weights.to_vec(), factor);
        self
    }
}

/// Everything on the page.
#[derive(Debug, Serialize)]
pub struct WhatIf {
    /// Title of the study.
    pub title: String,
    /// Name of the baseline: its file is `scenarios/NAME.ron` beside the page.
    pub baseline: String,
    /// Seed of runs that are not those of the design.
    pub fresh_seed: u64,
    /// First and last day that count.
    pub window: (String, String),
    /// Runs of each point of the design.
    pub replications: u32,
    /// Draws of unknown parameters behind each of them.
    pub draws: u32,
    /// How numbers were got.
    pub foot: String,
    /// Levers.
    pub levers: Vec<PageLever>,
    /// Measures, the objective first.
    pub answers: Vec<PageMeasure>,
    /// Points of the design.
    pub points: Vec<Vec<f64>>,
}

/// The page.
pub fn what_if(about: &WhatIf) -> String {
    let mut environment = Environment::new();
    let (source, script) = (include_str!("what_if.html"), include_str!("what_if.js"));
    environment.add_template_owned("what_if.html", translated(source)).expect("it is valid");
    let safe = |text: &str| Value::from_safe_string(text.to_owned());
    let page = context! {
        language => language::current().code(),
        title => Serde(&about.title),
        trusted => Emulator::TRUSTED,
        foot => Serde(&about.foot),
        data => Serde(about),
        style => safe(include_str!("page.css")),
        script => safe(&translated(script)),
        regular => safe(&base64(canvas::REGULAR)),
        semibold => safe(&base64(canvas::SEMIBOLD)),
    };
    let template = environment.get_template("what_if.html").expect("it was added");
    template.render(page).expect("the template knows its values")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_holds_its_data_and_no_title_ends_an_element() {
        let about = WhatIf {
            title: "</script><b>".to_owned(),
            baseline: "base".to_owned(),
            fresh_seed: 2,
            window: ("2024-01-01".to_owned(), "2024-12-31".to_owned()),
            replications: 4,
            draws: 1,
            foot: String::new(),
            levers: Vec::new(),
            answers: Vec::new(),
            points: vec![vec![0.25]],
        };
        let page = what_if(&about);
        assert!(page.contains("0.25") && !page.contains("</script><b>"), "{page}");
        assert!(!page.contains("src=\"http"));
    }
}
