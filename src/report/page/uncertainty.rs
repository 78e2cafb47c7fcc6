//! Luck and ignorance on the page: how runs are spread, the shares of both, what the ranking hangs on.

use minijinja::context;
use minijinja::value::{Serde, Value};

use super::tables::{PageCell, PageTable, effect_words, number, words as text};
use super::{Shown, UNCERTAINTY};
use crate::say;
use crate::speech::tr;
use crate::words::{self, ignorance};
use crate::{Figure, SHOWN};
use study::comparison::{Assumption, Comparison, Effect};

/// What the section says: how runs are spread, shares of luck and ignorance as table and figure, what the ranking hangs on; `None` where nothing
/// is known about it.
pub fn uncertainty(comparison: &Comparison, figures: &[Figure]) -> Option<Value> {
    let hangs = ignorance::hangs(comparison)?;
    let figure = figures.iter().find(|figure| figure.name == UNCERTAINTY);
    Some(context! {
        how => Serde(comparison.draws.as_ref().map_or_else(String::new, ignorance::how_drawn)),
        shares => Serde(shares(comparison)),
        figure => Serde(figure.map(Shown::new)),
        sentence => Serde(hangs.sentence),
        source => Serde(hangs.source),
        assumptions => hangs.assumptions.iter().map(told).collect::<Vec<_>>(),
    })
}

/// An assumption in words.
fn told(one: &Assumption) -> Value {
    let percent = |share: f64| format!("{:.0}", 100.0 * share);
    let interval = one.low.zip(one.high).map_or_else(String::new, |(low, high)| {
        say!(" [{low}, {high}]", low = percent(low), high = percent(high))
    });
    let share = format!("{} %{interval}", percent(one.share));
    context! { path => Serde(&one.path), share => Serde(share) }
}

/// The first measures of each policy: effect, and the shares of its spread.
fn shares(comparison: &Comparison) -> PageTable {
    let titles = SHOWN.map(words::measure);
    let about = "Share of the variance of a single run’s effect that comes from the draw of parameters, with its 95 % interval; below it that of chance";
    let measures = titles.iter().map(|title| (&**title, about));
    let heads: Vec<(&str, &str)> = [("Policy", "")].into_iter().chain(measures).collect();
    let row = |policy: usize| {
        let mut row = vec![text(&comparison.policies()[policy].title)];
        row.extend(SHOWN.iter().map(|measure| cell(comparison.effect(policy, measure))));
        row
    };
    let known = ignorance::shares(comparison).is_some();
    let policies = 0..if known { comparison.policies().len() } else { 0 };
    let caption =
        tr("Unknown parameters and chance: shares of the variance of single runs’ effects");
    PageTable::new(caption, &heads, policies.map(row))
}

fn cell(effect: Option<&Effect>) -> PageCell {
    let Some(effect) = effect else { return number(String::new(), None) };
    let Some(share) = ignorance::share_of_ignorance(effect) else {
        return number(effect_words(effect).0, None);
    };
    let said = effect.spread.as_ref().and_then(ignorance::share).unwrap_or_default();
    let chance = format!("{:.0}", 100.0 - (100.0 * share).round());
    number(say!("parameters {said}", said), Some(share))
        .below(say!("chance {share} %", share = chance))
}
