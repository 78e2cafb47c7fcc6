//! Luck and ignorance on the page: how runs are spread, the shares of both, what the ranking hangs on.

use serde::Serialize;

use super::tables::{Table, effect_words, heads, number, words as text};
use super::{Shown, UNCERTAINTY};
use crate::say;
use crate::speech::tr;
use crate::words::{self, ignorance};
use crate::{Figure, SHOWN};
use study::comparison::{Assumption, Comparison, Effect};

/// What the section says.
#[derive(Debug, Serialize)]
pub struct Uncertainty<'a> {
    /// How runs are spread over draws; nothing where no parameters are drawn.
    how: String,
    /// Shares of luck and ignorance; no rows where they are not known.
    shares: Table,
    /// The shares as a figure; nothing where they are not known.
    figure: Option<Shown<'a>>,
    /// What the ranking hangs on.
    sentence: String,
    /// Where that is known from.
    source: String,
    /// The assumptions.
    assumptions: Vec<Told>,
}

/// An assumption in words.
#[derive(Debug, Serialize)]
struct Told {
    path: String,
    share: String,
}

/// The section; `None` where nothing is known about it.
pub fn uncertainty<'a>(comparison: &Comparison, figures: &'a [Figure]) -> Option<Uncertainty<'a>> {
    let hangs = ignorance::hangs(comparison)?;
    let figure = figures.iter().find(|figure| figure.name == UNCERTAINTY);
    Some(Uncertainty {
        how: comparison.draws.as_ref().map_or_else(String::new, ignorance::how_drawn),
        shares: shares(comparison),
        figure: figure.map(Shown::new),
        sentence: hangs.sentence,
        source: hangs.source,
        assumptions: hangs.assumptions.iter().map(told).collect(),
    })
}

fn told(one: &Assumption) -> Told {
    let percent = |share: f64| format!("{:.0}", 100.0 * share);
    let interval = one.low.zip(one.high).map_or_else(String::new, |(low, high)| {
        say!(" [{low}, {high}]", low = percent(low), high = percent(high))
    });
    Told { path: one.path.clone(), share: format!("{} %{interval}", percent(one.share)) }
}

/// The first measures of each policy: effect, and the shares of its spread.
fn shares(comparison: &Comparison) -> Table {
    let titles = SHOWN.map(words::measure);
    let mut columns = vec![("Policy", "")];
    for title in &titles {
        columns.push((title, "Share of the variance of a single run’s effect that comes from the draw of parameters, with its 95 % interval; below it that of chance"));
    }
    let row = |policy: usize| {
        let mut row = vec![text(&comparison.policies()[policy].title)];
        row.extend(SHOWN.iter().map(|measure| cell(comparison.effect(policy, measure))));
        row
    };
    let known = ignorance::shares(comparison).is_some();
    let policies = 0..if known { comparison.policies().len() } else { 0 };
    Table {
        caption: tr(
            "Unknown parameters and chance: shares of the variance of single runs’ effects",
        )
        .to_owned(),
        head: heads(&columns),
        rows: policies.map(row).collect(),
    }
}

fn cell(effect: Option<&Effect>) -> super::tables::Cell {
    let Some(effect) = effect else { return number(String::new(), None) };
    let Some(share) = ignorance::share_of_ignorance(effect) else {
        return number(effect_words(effect).0, None);
    };
    let said = effect.spread.as_ref().and_then(ignorance::share).unwrap_or_default();
    let mut cell = number(say!("parameters {said}", said), Some(share));
    cell.below =
        say!("chance {share} %", share = format!("{:.0}", 100.0 - (100.0 * share).round()));
    cell
}
