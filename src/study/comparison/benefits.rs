//! Costs and benefits of policies in tenge, at stated values of a unit of each item.
//!
//! Deliberately absent: the values themselves, which are judgements and stand in a file.

use super::{Blocks, Comparison, ComparisonDraws, measure_number, paired_where_known};
use crate::stats::{Paired, Resamples};

/// What a unit of an item is worth.
#[derive(Clone, Debug, PartialEq)]
pub struct UnitValue {
    /// The item as written.
    pub item: String,
    /// Measures by number: the first, less the others.
    pub measures: Vec<usize>,
    /// In words.
    pub title: String,
    /// Tenge for a unit; costs and harm are negative.
    pub value: f64,
    /// Range in which reasonable people differ.
    pub range: (f64, f64),
    /// Where it stands.
    pub source: String,
}

/// One item of one policy.
#[derive(Clone, Debug, PartialEq)]
pub struct BenefitItem {
    /// Number of the unit value.
    pub item: usize,
    /// Change, policy minus baseline, in units of the item; `None` if no run has a value.
    pub change: Option<Paired>,
    /// Its worth in tenge.
    pub worth: Option<f64>,
    /// Value of a unit at which the policy's net benefit is zero; `None` where the item does not change.
    pub threshold: Option<f64>,
}

impl BenefitItem {
    /// Whether a value within its range turns the sign of the net benefit.
    pub fn turns(&self, values: &[UnitValue]) -> bool {
        let (low, high) = values[self.item].range;
        self.threshold.is_some_and(|at| (low..=high).contains(&at))
    }
}

/// Costs and benefits of a policy.
#[derive(Clone, Debug, PartialEq)]
pub struct Benefit {
    /// Number of the policy, from 0.
    pub policy: usize,
    /// One for each unit value.
    pub lines: Vec<BenefitItem>,
    /// Net benefit in tenge over the days that count, of the items that have a value.
    pub net: Option<Paired>,
}

/// Costs and benefits of all policies.
pub fn benefits(comparison: &Comparison, values: &[UnitValue]) -> Vec<Benefit> {
    let blocks = comparison.draws.as_ref().map_or(Blocks::SINGLE, ComparisonDraws::blocks);
    let resamples = Resamples::usual_of_blocks(blocks, comparison.replications as usize);
    let amounts = |arm: usize, value: &UnitValue| -> Vec<f64> {
        let of = |measure: &usize| &comparison.arms[arm].values[*measure];
        let mut all = of(&value.measures[0]).clone();
        for other in &value.measures[1..] {
            all.iter_mut().zip(of(other)).for_each(|(sum, less)| *sum -= less);
        }
        all
    };
    let known = |arm: usize, value: &UnitValue| {
        let all = amounts(arm, value);
        all.iter().all(|amount| amount.is_finite()).then_some(all)
    };
    let benefit = |policy: usize| {
        let (mut before, mut after) = (Vec::new(), Vec::new());
        let mut changes = Vec::new();
        for value in values {
            let both = known(0, value).zip(known(policy + 1, value));
            let change =
                both.as_ref().and_then(|(base, own)| paired_where_known(base, own, &resamples));
            changes.push(change.map(|(paired, _)| paired));
            let Some((base, own)) = both else { continue };
            before.resize(base.len(), 0.0);
            after.resize(own.len(), 0.0);
            before.iter_mut().zip(base).for_each(|(sum, amount)| *sum += value.value * amount);
            after.iter_mut().zip(own).for_each(|(sum, amount)| *sum += value.value * amount);
        }
        let net = match before.is_empty() {
            true => None,
            false => paired_where_known(&before, &after, &resamples).map(|(paired, _)| paired),
        };
        let line = |(item, change): (usize, Option<Paired>)| {
            let moved = change.as_ref().map(|change| change.mean);
            let threshold = moved
                .zip(net.as_ref())
                .filter(|(moved, _)| *moved != 0.0)
                .map(|(moved, net)| values[item].value - net.mean / moved);
            BenefitItem {
                item,
                change,
                worth: moved.map(|moved| values[item].value * moved),
                threshold,
            }
        };
        let lines = changes.into_iter().enumerate().map(line).collect();
        Benefit { policy, lines, net }
    };
    (0..comparison.policies().len()).map(benefit).collect()
}

/// Measures of an item such as `enforcement_cost - bank_cost`.
pub fn item(text: &str) -> Result<Vec<usize>, String> {
    let number = |name: &str| {
        let name = name.trim();
        measure_number(name).ok_or_else(|| name.to_owned())
    };
    text.split(" - ").map(number).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comparison::tests::small;

    fn value(text: &str, value: f64) -> UnitValue {
        let range = (value - 1.0, value + 1.0);
        let (item_, title, source) = (text.to_owned(), text.to_owned(), "made up".to_owned());
        UnitValue { measures: item(text).unwrap(), item: item_, title, value, range, source }
    }

    #[test]
    fn net_benefit_is_the_sum_of_items_and_a_threshold_brings_it_to_zero() {
        let comparison = small(2, 4);
        let mut values = vec![value("crime_turnover", -0.5), value("agency_cost", -1.0)];
        let made = benefits(&comparison, &values);
        assert_eq!(made.len(), comparison.policies().len());
        let mut turned = 0;
        for one in &made {
            let net = one.net.as_ref().unwrap().mean;
            let sum: f64 = one.lines.iter().filter_map(|line| line.worth).sum();
            assert!((net - sum).abs() <= 1e-9 * net.abs().max(1.0), "{net} {sum}");
        }
        let thresholds: Vec<Option<f64>> = made.iter().map(|one| one.lines[0].threshold).collect();
        for (policy, threshold) in thresholds.into_iter().enumerate() {
            let Some(threshold) = threshold else { continue };
            values[0].value = threshold;
            let net = benefits(&comparison, &values)[policy].net.as_ref().unwrap().mean;
            let change = made[policy].lines[0].change.as_ref().unwrap().mean;
            assert!(net.abs() <= 1e-6 * change.abs().max(1.0), "{net}");
            turned += 1;
        }
        assert!(turned > 0, "a policy changes money of crime");
    }

    #[test]
    fn items_are_measures_or_differences_of_them() {
        assert_eq!(item("enforcement_cost - bank_cost").unwrap().len(), 2);
        assert_eq!(item("agency_cost - bank"), Err("bank".to_owned()));
    }
}
