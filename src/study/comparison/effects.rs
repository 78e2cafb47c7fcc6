//! Effects: every measure as policy minus baseline in the same replication.

use serde::{Deserialize, Serialize};

use super::RunOutcome;
use crate::stats::{
    Blocks, Components, Design, Paired, Resamples, components, differences, mean, paired, quantile,
    share_interval, simultaneous, student_quantile,
};
use model::{MEASURES, Measure};
use world::record::{Sight, Wanted};

/// Effect of a policy on a measure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Effect {
    /// Name of the measure.
    pub measure: String,
    /// Unit.
    pub unit: String,
    /// Which way is better.
    pub wanted: Wanted,
    /// Policy minus baseline.
    pub paired: Paired,
    /// Share of replications in which the policy is better; `None` where no way is.
    pub share_better: Option<f64>,
    /// Two histories of the baseline differ by no more than this in nine of ten cases: what luck alone does.
    pub luck_band: Option<f64>,
    /// Where the spread of single runs' effects comes from; `None` where no parameters are drawn, or with one replication of each draw.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spread: Option<Spread>,
}

/// What luck does to the effect of a single run, and what we do not know about the world.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// Standard deviation of single runs' effects under the same draw.
    pub luck: f64,
    /// Standard deviation between draws with luck taken away.
    pub ignorance: f64,
    /// Share of the variance of single runs' effects that comes from the draw; `None` where nothing varies.
    pub share_of_ignorance: Option<f64>,
    /// Its 95 % interval.
    pub share_interval: Option<(f64, f64)>,
}

impl Spread {
    /// Of values draw by draw; `None` if each draw has one run, or there is one draw.
    pub fn of(values: &[f64], blocks: Blocks) -> Option<Spread> {
        // The same as a study says of the same draws.
        let found: Components = components(values, blocks.size(), Design::SAMPLED)?;
        let (luck, ignorance) = (found.luck?, found.ignorance?);
        let share_of_ignorance = found.share_of_ignorance();
        let share_interval = share_interval(values, blocks);
        Some(Spread { luck, ignorance, share_of_ignorance, share_interval })
    }
}

impl Effect {
    /// A value of the measure as a share of the baseline's mean; `None` where that is zero.
    pub fn relative(&self, value: f64) -> Option<f64> {
        (self.paired.baseline != 0.0).then(|| value / self.paired.baseline.abs())
    }

    /// 95 % interval of the mean effect that holds chance alone; `draws` tells how many draws with how many replications each there were.
    /// `None` where one replication of each draw cannot tell the two apart. Source: one-way analysis of variance, error within draws.
    pub fn by_chance(&self, draws: Option<(u32, u32)>) -> Option<(f64, f64)> {
        let Some((number, each)) = draws else { return self.paired.interval };
        let degrees = number * each.checked_sub(1).filter(|degrees| *degrees > 0)?;
        let error = self.spread?.luck / f64::from(number * each).sqrt();
        let half = student_quantile(0.975, degrees) * error;
        Some((self.paired.mean - half, self.paired.mean + half))
    }

    /// Whether the effect is for the better, the worse, or (`None`) cannot be told from nothing or is neither.
    pub fn is_better(&self) -> Option<bool> {
        let less = less_is_better(self.wanted)?;
        self.paired.is_clear().then_some((self.paired.mean < 0.0) == less)
    }
}

/// Whether less of a measure is better; `None` where no way is.
pub fn less_is_better(wanted: Wanted) -> Option<bool> {
    match wanted {
        Wanted::Less => Some(true),
        Wanted::More => Some(false),
        Wanted::Neither => None,
    }
}

/// A policy against the baseline, and where the spread comes from, over the runs in which both have a value; `None` if there are none.
pub fn paired_where_known(
    before: &[f64],
    after: &[f64],
    resamples: &Resamples,
) -> Option<(Paired, Option<Spread>)> {
    let blocks = resamples.blocks();
    let [known, other] = blocks.complete([before, after]);
    let paired = match known.len() {
        0 => return None,
        all if all == before.len() => paired(&known, &other, resamples),
        fewer => paired(&known, &other, &Resamples::usual_of_blocks(blocks, fewer)),
    };
    Some((paired, Spread::of(&differences(&other, &known), blocks)))
}

/// Effects on the measures that have a value, in the order of [`MEASURES`]; so many runs in a row have the same parameters.
pub fn effects(
    before: &[RunOutcome],
    after: &[RunOutcome],
    resamples: &Resamples,
    together: usize,
) -> Vec<Effect> {
    let of = |outcomes: &[RunOutcome], number: usize| -> Vec<f64> {
        outcomes.iter().map(|outcome| outcome.measures[number]).collect()
    };
    let effect = |(number, meaning): (usize, &Measure)| {
        let (baseline, policy) = (of(before, number), of(after, number));
        let (paired, spread) = paired_where_known(&baseline, &policy, resamples)?;
        let better = less_is_better(meaning.wanted);
        Some(Effect {
            measure: meaning.name.to_owned(),
            unit: meaning.unit.to_owned(),
            wanted: meaning.wanted,
            share_better: better
                .map(|less| if less { paired.share_lower } else { paired.share_higher }),
            luck_band: luck_band(&baseline, together),
            spread,
            paired,
        })
    };
    MEASURES.iter().enumerate().filter_map(effect).collect()
}

/// Replications of which all pairs are looked at for the luck band: enough for a steady quantile. Source: judgement.
const PAIRED: usize = 300;

/// The 90 % quantile of the distance between two replications (of the same draw); `None` for one.
fn luck_band(values: &[f64], together: usize) -> Option<f64> {
    let values = &values[..values.len().min(PAIRED)];
    let mut distances: Vec<f64> = Vec::new();
    for values in values.chunks(together.max(1)) {
        for (number, a) in values.iter().enumerate() {
            distances
                .extend(values[..number].iter().map(|b| (a - b).abs()).filter(|d| !d.is_nan()));
        }
    }
    distances.sort_by(f64::total_cmp);
    (!distances.is_empty()).then(|| quantile(&distances, 0.9))
}

/// Two arms on a measure, with an interval that holds for all pairs of that measure together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ArmPair {
    /// Name of the measure.
    pub measure: String,
    /// Number of the first arm, 0 for the baseline.
    pub first: usize,
    /// Number of the second arm.
    pub second: usize,
    /// Mean of second minus first.
    pub mean: f64,
    /// Simultaneous 95 % interval over all pairs of the measure; `None` for one replication.
    pub interval: Option<(f64, f64)>,
    /// 95 % interval of this pair by itself.
    #[serde(default)]
    pub by_itself: Option<(f64, f64)>,
}

/// All pairs of arms, on measures of which one way is better: `values[arm][measure][replication]`.
pub fn pairs(values: &[&[Vec<f64>]], blocks: Blocks) -> Vec<ArmPair> {
    let number = values.len() * values.len().saturating_sub(1) / 2;
    let mut found = Vec::new();
    for (index, meaning) in MEASURES.iter().enumerate() {
        if less_is_better(meaning.wanted).is_none() {
            continue;
        }
        for second in 1..values.len() {
            for first in 0..second {
                let (a, b) = (&values[first][index], &values[second][index]);
                let [a, b] = blocks.complete([a, b]);
                let differences = differences(&b, &a);
                let means = blocks.means(&differences);
                if means.is_empty() {
                    continue;
                }
                found.push(ArmPair {
                    measure: meaning.name.to_owned(),
                    first,
                    second,
                    mean: mean(&means),
                    interval: simultaneous(&means, number),
                    by_itself: simultaneous(&means, 1),
                });
            }
        }
    }
    found
}

/// Effect of a policy on a quantity of the agency's view and on its truth, in one year.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SightEffect {
    /// Calendar year.
    pub year: i16,
    /// Name of the quantity.
    pub quantity: String,
    /// Unit.
    pub unit: String,
    /// What the agency sees: policy minus baseline.
    pub seen: Option<Paired>,
    /// What is true: policy minus baseline.
    pub truth: Option<Paired>,
}

/// Effects on the agency's view and on the truth.
pub fn sights(
    before: &[RunOutcome],
    after: &[RunOutcome],
    resamples: &Resamples,
) -> Vec<SightEffect> {
    let Some(first) = before.first() else { return Vec::new() };
    let compare = |index: usize, of: fn(&Sight) -> Option<f64>| {
        let values = |outcomes: &[RunOutcome]| -> Option<Vec<f64>> {
            outcomes.iter().map(|outcome| of(outcome.sights.get(index)?)).collect()
        };
        Some(paired(&values(before)?, &values(after)?, resamples))
    };
    let row = |(index, sight): (usize, &Sight)| SightEffect {
        year: sight.year,
        quantity: sight.quantity.to_owned(),
        unit: sight.unit.to_owned(),
        seen: compare(index, |sight| sight.seen),
        truth: compare(index, |sight| sight.truth),
    };
    first.sights.iter().enumerate().map(row).collect()
}
