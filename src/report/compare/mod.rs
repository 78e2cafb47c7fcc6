//! Figures of a comparison: one file each. `sheet` holds what they share.
//!
//! Deliberately absent: statistics; every number comes from the [`Comparison`].

mod account;
mod cumulative;
mod flow;
mod forest;
mod heat;
pub(super) mod sheet;
mod tradeoff;
mod turnover;
mod uncertainty;

pub use sheet::first_month;

use super::Figure;
use study::comparison::Comparison;

/// All figures of a comparison.
#[must_use]
pub fn comparison_figures(comparison: &Comparison) -> Vec<Figure> {
    let drawn = [
        ("effects", forest::draw(comparison)),
        ("turnover_by_policy", turnover::draw(comparison)),
        ("cumulative_effect", cumulative::draw(comparison)),
        ("displacement_account", account::draw(comparison)),
        ("displacement_flow", flow::draw(comparison)),
        ("tradeoff", tradeoff::draw(comparison)),
        ("measures", heat::draw(comparison)),
    ];
    let uncertainty = uncertainty::draw(comparison).map(|canvas| ("uncertainty", canvas));
    drawn
        .into_iter()
        .chain(uncertainty)
        .map(|(name, canvas)| Figure { name: name.to_owned(), svg: canvas.svg() })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::canvas::Canvas;
    use super::*;
    use study::comparison::tests::{drawn, small};

    fn drawings(comparison: &Comparison) -> Vec<(&'static str, Canvas)> {
        vec![
            ("forest", forest::draw(comparison)),
            ("turnover", turnover::draw(comparison)),
            ("cumulative", cumulative::draw(comparison)),
            ("account", account::draw(comparison)),
            ("flow", flow::draw(comparison)),
            ("tradeoff", tradeoff::draw(comparison)),
            ("heat", heat::draw(comparison)),
        ]
    }

    #[test]
    fn no_text_overlaps_another_or_leaves_the_paper() {
        let few = small(2, 3);
        let mut long = small(6, 2);
        for arm in &mut long.arms {
            arm.title =
                "A policy whose title is as long as somebody may write it who means well".into();
        }
        let mut many = small(6, 1);
        for number in 0..6 {
            many.arms.push(many.arms[number + 1].clone());
            many.verdicts.push(many.verdicts[number].clone());
        }
        // A policy that changes nothing.
        let mut same = small(1, 2);
        same.arms.truncate(1);
        same.arms.push(same.arms[0].clone());
        let draws = drawn(6, 3);
        for comparison in [few, long, many, same, draws] {
            let uncertainty = uncertainty::draw(&comparison).map(|canvas| ("uncertainty", canvas));
            assert_eq!(uncertainty.is_some(), comparison.draws.is_some());
            for (name, canvas) in drawings(&comparison).into_iter().chain(uncertainty) {
                let faults = canvas.faults();
                assert!(faults.is_empty(), "{name}, {} arms: {faults:#?}", comparison.arms.len());
            }
        }
    }

    #[test]
    fn figures_tell_how_they_were_got_and_are_always_the_same() {
        let comparison = small(2, 3);
        let figures = comparison_figures(&comparison);
        assert_eq!(figures.len(), 7);
        for (figure, again) in figures.iter().zip(comparison_figures(&comparison)) {
            assert_eq!(figure.svg, again.svg);
            assert!(figure.svg.contains("3 replications"), "{}", figure.name);
            assert!(figure.svg.contains("seed 1"), "{}", figure.name);
        }
    }
}
