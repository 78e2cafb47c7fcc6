//! What an outside analyst computes from counts before and after: displacement and diffusion of benefits.
//!
//! Sources: Bowers & Johnson (2003), Journal of Quantitative Criminology 19(3); Guerette (2009), Tool Guide 10 of
//! the Center for Problem-Oriented Policing; Wheeler & Ratcliffe (2018), Crime Science 7:6.

use super::Coefficient;

/// A count or amount before and after.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AreaChange {
    /// Before the measure.
    pub before: f64,
    /// After it.
    pub after: f64,
}

impl AreaChange {
    /// After minus before.
    pub fn difference(self) -> f64 {
        self.after - self.before
    }

    /// Both times the same weight.
    pub fn over(self, other: AreaChange) -> AreaChange {
        AreaChange { before: self.before / other.before, after: self.after / other.after }
    }
}

/// The three areas of an evaluation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Areas {
    /// Where the measure acts.
    pub target: AreaChange,
    /// Where displacement is looked for.
    pub displacement: AreaChange,
    /// Which neither should touch.
    pub comparison: AreaChange,
}

impl Areas {
    /// Gross effect: how much less there is in the target area.
    pub fn gross_effect(&self) -> f64 {
        -self.target.difference()
    }

    /// Net effect: fall of the target area over the comparison area.
    pub fn net_effect(&self) -> f64 {
        -self.target.over(self.comparison).difference()
    }

    /// Weighted displacement quotient: below 0 displacement, above 0 diffusion of benefits, −1 all displaced.
    /// `None` where it has no meaning: unless the target area fell against the comparison area.
    pub fn wdq(&self) -> Option<f64> {
        let success = self.target.over(self.comparison).difference();
        let moved = self.displacement.over(self.comparison).difference();
        (success < 0.0).then(|| moved / success)
    }

    /// Total net effect: removed from target and displacement area together, against the growth of the comparison area.
    pub fn total_net_effect(&self) -> f64 {
        let growth = self.comparison.after / self.comparison.before;
        let removed = |area: AreaChange| area.before * growth - area.after;
        removed(self.target) + removed(self.displacement)
    }
}

/// Weighted displacement difference of a target and a displacement area, each against its comparison area, all in counts: below 0 is a fall;
/// the standard error is that of Poisson counts.
pub fn wdd(
    target: AreaChange,
    control: AreaChange,
    displacement: AreaChange,
    its_control: AreaChange,
) -> Coefficient {
    let value = target.difference() - control.difference() + displacement.difference()
        - its_control.difference();
    let counts = [target, control, displacement, its_control];
    let variance: f64 = counts.iter().map(|change| change.before + change.after).sum();
    Coefficient { value, standard_error: variance.sqrt() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(before: f64, after: f64) -> AreaChange {
        AreaChange { before, after }
    }

    #[test]
    fn reference_values_are_reproduced() {
        // Source: reference-values.md of the project, from Bowers & Johnson (2003) and Guerette (2009).
        for (displaced, wdq, total) in [
            (160.0, -1.0, 0.0),
            (130.0, -0.5, 30.0),
            (100.0, 0.0, 60.0),
            (80.0, 0.3333, 80.0),
            (190.0, -1.5, -30.0),
        ] {
            let areas = Areas {
                target: change(100.0, 40.0),
                displacement: change(100.0, displaced),
                comparison: change(100.0, 100.0),
            };
            assert!((areas.wdq().unwrap() - wdq).abs() < 1e-4, "{displaced}");
            assert!((areas.total_net_effect() - total).abs() < 1e-9, "{displaced}");
            assert_eq!(areas.gross_effect(), 60.0);
            assert!((areas.net_effect() - 0.6).abs() < 1e-12);
        }
    }

    #[test]
    fn growth_of_the_comparison_area_is_taken_out() {
        // Everything doubled, the target did not: as by hand from the formulas.
        let areas = Areas {
            target: change(100.0, 80.0),
            displacement: change(50.0, 140.0),
            comparison: change(10.0, 20.0),
        };
        assert!((areas.net_effect() - (10.0 - 4.0)).abs() < 1e-12);
        assert!((areas.wdq().unwrap() - (7.0 - 5.0) / (4.0 - 10.0)).abs() < 1e-12);
        assert!((areas.total_net_effect() - (120.0 - 40.0)).abs() < 1e-12);
    }

    #[test]
    fn the_quotient_means_nothing_where_the_target_did_not_fall() {
        let same = change(100.0, 100.0);
        let areas = Areas { target: change(100.0, 120.0), displacement: same, comparison: same };
        assert_eq!(areas.wdq(), None);
    }

    #[test]
    fn wdd_agrees_with_its_authors() {
        // Source: Wheeler & Ratcliffe (2018), as in reference-values.md.
        let result = wdd(
            change(207.0, 110.0),
            change(308.0, 318.0),
            change(178.0, 157.0),
            change(150.0, 140.0),
        );
        assert_eq!(result.value, -118.0);
        assert!((result.standard_error - 39.60).abs() < 0.005);
    }
}
